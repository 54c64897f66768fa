#include "store/schema.h"

/* Letters and orders that are not authorities, because nothing is acquired under them, but that run out: to preserve, and
 * not to disclose. All dates are what a person entered; none is derived from a statute. What becomes of one is a row of
 * process_change: nothing is ever changed in place. */
const char lm_schema_v3[] =
    "CREATE TABLE process(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " code TEXT NOT NULL UNIQUE CHECK (length(code) > 0),"
    " kind TEXT NOT NULL CHECK (kind IN ('preservation', 'non_disclosure')),"
    " provider TEXT NOT NULL CHECK (length(provider) > 0), account TEXT, reference TEXT,"
    " authority INTEGER REFERENCES authority(id), served_day INTEGER, expires_day INTEGER,"
    " added_us INTEGER NOT NULL, added_by TEXT NOT NULL,"
    " CHECK (served_day IS NULL OR expires_day IS NULL OR served_day <= expires_day)) STRICT;\n"
    "CREATE INDEX process_investigation ON process(investigation);\n"
    "CREATE TABLE process_change(id INTEGER PRIMARY KEY, process INTEGER NOT NULL REFERENCES process(id),"
    " change TEXT NOT NULL CHECK (change IN ('extended', 'withdrawn')), expires_day INTEGER, reference TEXT, reason TEXT,"
    " at_us INTEGER NOT NULL, who TEXT NOT NULL, CHECK ((change = 'extended') = (expires_day IS NOT NULL)),"
    " CHECK (change = 'extended' OR length(reason) > 0)) STRICT;\n"
    "CREATE INDEX process_change_of ON process_change(process);\n"
    "CREATE TRIGGER process_no_update BEFORE UPDATE ON process"
    " BEGIN SELECT RAISE(ABORT, 'a process is extended or withdrawn, never changed'); END;\n"
    "CREATE TRIGGER process_no_delete BEFORE DELETE ON process"
    " BEGIN SELECT RAISE(ABORT, 'a process is withdrawn, never removed'); END;\n"
    "CREATE TRIGGER process_change_no_update BEFORE UPDATE ON process_change"
    " BEGIN SELECT RAISE(ABORT, 'a change of a process is never changed'); END;\n"
    "CREATE TRIGGER process_change_no_delete BEFORE DELETE ON process_change"
    " BEGIN SELECT RAISE(ABORT, 'a change of a process is never removed'); END;\n"
    "CREATE TRIGGER process_change_last BEFORE INSERT ON process_change"
    " WHEN EXISTS (SELECT 1 FROM process_change WHERE process = NEW.process AND change = 'withdrawn')"
    " BEGIN SELECT RAISE(ABORT, 'a process that was withdrawn stays so'); END;\n";
