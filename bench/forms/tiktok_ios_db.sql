-- fixture: tiktok_ios_db/ChatFiles/7000000000000000001/db.sqlite
INSERT INTO TIMMessageORM WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 100 + i, 'bench-' || i, 1709400000.25 + i * 37, NULL, '700000000000000000' || (1 + i % 2), '{"text":"on my way, ten minutes ' || i || '"}', 7, 0, '0:1:7000000000000000001:7000000000000000002' FROM n;
