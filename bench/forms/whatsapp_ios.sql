-- fixture: whatsapp_ios/phone/ChatStorage.sqlite
INSERT INTO ZWAMESSAGE (Z_ENT, Z_OPT, ZISFROMME, ZMESSAGETYPE, ZCHATSESSION, ZMESSAGEDATE, ZFROMJID, ZSTANZAID, ZTEXT) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 9, 1, i % 2, 0, 1, 731000000 + i * 37, CASE WHEN i % 2 = 0 THEN '13035550101@s.whatsapp.net' END, 'BENCH' || i, 'on my way, ten minutes ' || i FROM n;
