-- fixture: telegram_ios_db/postbox/db/db_sqlite
INSERT INTO t7 (key, value) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT CAST(x'00000000000aae620000000066' || char(i / 16384 % 128) || char(i / 128 % 128) || char(i % 128) || x'01' || char(i / 16384 % 128) || char(i / 128 % 128) || char(i % 128) AS BLOB),
  (SELECT value FROM t7 WHERE key = x'00000000000aae620000000065e1fb8000000001') FROM n;
