-- fixture: wire_android_db/000000a1-0000-4000-8000-0000000000a1
INSERT INTO Messages (_id, conv_id, msg_type, user_id, content, time, msg_state) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 'bench-' || i, 'local-g', 'Text', '000000a2-0000-4000-8000-0000000000a2', '[{"type":"Text","content":"on my way, ten minutes ' || i || '"}]', 1693000000000 + i * 37000, 'SENT' FROM n;
