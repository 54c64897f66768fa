-- fixture: snapchat_arroyo/phone/arroyo.db
INSERT INTO conversation_message WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 'c0ffee00-0000-4000-8000-0000000000' || (10 + i % 90), 100 + i, 1000 + i, x'22132211120f0a0d686f6c612c207477656e74793f', 1709400000000 + i * 37000, 0, 1, '3f2a0000-0000-4000-8000-00000000000' || (1 + i % 2), i % 2 FROM n;
