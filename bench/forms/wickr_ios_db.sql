-- fixture: wickr_ios_db/wickrLocal.sqlite
INSERT INTO ZWICKR_MESSAGE (Z_PK, Z_ENT, ZTIMESTAMP, ZCONVO, ZUSERSENDER, ZFULLTYPE, ZMSGID, ZBODY) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT 100 + i, 14, 731000000 + i * 37, 1, 1 + i % 2, 1000, 'bench-' || i, x'0badc0de0badc0de0badc0de0badc0de' FROM n;
