-- fixture: signal_android_db/databases/signal.db
INSERT INTO message (date_sent, date_received, thread_id, from_recipient_id, to_recipient_id, type, body) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 1709400000000 + i * 37000, 1709400000900 + i * 37000, 1, 1 + i % 2, 2 - i % 2, CASE i % 2 WHEN 0 THEN 10485783 ELSE 10485780 END, 'on my way, ten minutes ' || i FROM n;
