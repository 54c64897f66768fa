-- fixture: signal_ios_db/grdb/signal.sqlite
INSERT INTO model_TSInteraction (recordType, uniqueId, receivedAtTimestamp, timestamp, uniqueThreadId, authorUUID, body, read) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 19 + 2 * (i % 2), 'made-' || i, 1709400000900 + i * 37000, 1709400000000 + i * 37000, 't-beto', CASE i % 2 WHEN 0 THEN 'A0000000-0000-4000-8000-000000000002' END, 'on my way, ten minutes ' || i, 1 FROM n;
