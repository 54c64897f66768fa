-- fixture: instagram_ios_db/1001.db
INSERT INTO messages (message_id, thread_id, archive, class_name) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 'B-' || i, 'direct', (SELECT archive FROM messages WHERE message_id = 'm2'), 'IGDirectPublishedMessage' FROM n;
