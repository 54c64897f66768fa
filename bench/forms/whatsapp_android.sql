-- fixture: whatsapp_android/com.whatsapp/databases/msgstore.db
INSERT INTO message (chat_row_id, from_me, key_id, timestamp, message_type, text_data) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 1, i % 2, 'BENCH' || i, 1709400000000 + i * 37000, 0, 'on my way, ten minutes ' || i FROM n;
