-- fixture: instagram_android_db/direct.db
INSERT INTO messages (user_id, server_item_id, thread_id, timestamp, message_type, text, message) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT '1001', 'B' || i, '3402', 1709308800000000 + i * 1000000, 'text', 'on my way, ten minutes ' || i, '{"item_id":"B' || i || '","item_type":"text","user_id":"100' || (1 + i % 2) || '","text":"on my way, ten minutes ' || i || '"}' FROM n;
