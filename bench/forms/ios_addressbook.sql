-- fixture: ios_addressbook/AddressBook.sqlitedb
INSERT INTO ABPerson (First, Last, CreationDate, StoreID) WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT 'Ana', 'Prueba ' || i, 700000000, 1 FROM n;
INSERT INTO ABMultiValue (record_id, property, identifier, label, value) SELECT ROWID, 3, 0, 1, '+1303555' || (1000 + ROWID % 9000) FROM ABPerson WHERE ROWID > 10;
