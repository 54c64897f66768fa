-- fixture: tiktok_android_db/7000000000000000001_im.db
INSERT INTO msg WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 100 + i, 'bench-' || i, 1709400000000 + i * 37000, 7000000000000000001 + i % 2, '{"text":"on my way, ten minutes ' || i || '"}', 7, 0, 1, '0:1:7000000000000000001:7000000000000000002' FROM n;
