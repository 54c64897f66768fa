-- fixture: telegram_android_db/files/cache4.db
INSERT INTO messages_v2 (mid, uid, read_state, send_state, date, data, out) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 1, 800000 + i, 3, 0, 1709308800, (SELECT data FROM messages_v2 WHERE mid = 1 AND uid = 700002), 0 FROM n;
