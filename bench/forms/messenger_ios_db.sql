-- fixture: messenger_ios_db/1001.db
INSERT INTO thread_messages (thread_key, timestamp_ms, message_id, sender_id, text) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 100002, 1709308800000 + i * 1000, 'mid.$B' || i, 100001 + i % 2, 'on my way, ten minutes ' || i FROM n;
