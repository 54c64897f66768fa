-- fixture: ios_sms/sms.db
INSERT INTO message (guid, text, handle_id, service, account, date, is_from_me) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 'B-' || i, 'on my way, ten minutes ' || i, 1, 'iMessage', 'P:+13035550199', 731000000000000000 + i * 37000000000, i % 2 FROM n;
INSERT INTO chat_message_join (chat_id, message_id) SELECT 1, ROWID FROM message WHERE guid LIKE 'B-%';
