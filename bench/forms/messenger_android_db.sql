-- fixture: messenger_android_db/threads_db2
INSERT INTO messages (msg_id, thread_key, text, sender, timestamp_ms, msg_type) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 'm_B' || i, 'ONE_TO_ONE:100001:100002', 'on my way, ten minutes ' || i, '{"user_key":"FACEBOOK:10000' || (1 + i % 2) || '","name":"Beto"}', 1709308800000 + i * 1000, 0 FROM n;
