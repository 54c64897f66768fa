-- fixture: android_contacts/contacts2.db
INSERT INTO calls (number, presentation, date, duration, features, type) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
 SELECT '+130355501' || (10 + i % 90), 1, 1709400000000 + i * 37000, i % 600, 0, 1 + i % 3 FROM n;
