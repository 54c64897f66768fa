-- fixture: android_sms/mmssms.db
INSERT INTO sms (thread_id, address, date, date_sent, type, body) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 1, '+13035550101', 1709400000000 + i * 37000, 0, 1 + i % 2, 'on my way, ten minutes ' || i FROM n;
