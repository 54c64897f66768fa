#include "store/schema.h"

/* Occurrences were planned in version 1 and never written: their tables are made anew. contact_edge is filled again by
 * the migration (contact.h), from the events. */
const char lm_schema_v2[] =
    "CREATE TABLE word_event_outcome(code INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;\n"

    /* --- derived: contacts. occurrences, attempts, voicemails and forwards count events; joined_* say how many of them
     * are another record of something that is counted already, at the row of the lead. records: of `occurrences` --- */
    "ALTER TABLE contact_edge ADD COLUMN voicemails INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN forwards INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN records INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN joined_attempts INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN joined_voicemails INTEGER NOT NULL DEFAULT 0;\n"
    "ALTER TABLE contact_edge ADD COLUMN joined_forwards INTEGER NOT NULL DEFAULT 0;\n"

    /* --- derived: real events that several records report. An event that is in no occurrence is one of its own. id is
     * that of the lead, the event that gives the time; `event <> occurrence` are the others, which are not counted --- */
    "DROP TABLE occurrence_event;\n"
    "DROP TABLE occurrence;\n"
    "CREATE TABLE occurrence(id INTEGER PRIMARY KEY REFERENCES event(id),"
    " investigation INTEGER NOT NULL REFERENCES investigation(id), platform INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL CHECK (outcome BETWEEN 0 AND 3), frm INTEGER NOT NULL REFERENCES account(id),"
    " dst INTEGER NOT NULL REFERENCES account(id), at_us INTEGER NOT NULL, duration_s INTEGER,"
    " events INTEGER NOT NULL CHECK (events >= 2), records INTEGER NOT NULL CHECK (records >= events),"
    " spread_us INTEGER NOT NULL CHECK (spread_us >= 0), rule INTEGER NOT NULL CHECK (rule IN (1, 2))) STRICT;\n"
    "CREATE INDEX occurrence_ends ON occurrence(frm, dst, at_us);\n"
    "CREATE INDEX occurrence_investigation ON occurrence(investigation, at_us);\n"
    "CREATE TABLE occurrence_event(event INTEGER PRIMARY KEY REFERENCES event(id),"
    " occurrence INTEGER NOT NULL REFERENCES occurrence(id)) STRICT;\n"
    "CREATE INDEX occurrence_event_of ON occurrence_event(occurrence);\n"
    /* how exactly a source (by the hash of its bytes) states time, and how far its clock is from its reference's */
    "CREATE TABLE source_clock(investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " sha256 BLOB NOT NULL CHECK (length(sha256) = 32), records INTEGER NOT NULL, granularity_us INTEGER NOT NULL,"
    " duration_granularity_s INTEGER NOT NULL, offset_us INTEGER NOT NULL,"
    " reference BLOB NOT NULL CHECK (length(reference) = 32), support INTEGER NOT NULL,"
    " PRIMARY KEY (investigation, sha256)) STRICT, WITHOUT ROWID;\n"
    /* what two clocks differ by, from the events that both report: offset is b minus a */
    "CREATE TABLE clock_pair(investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " a BLOB NOT NULL CHECK (length(a) = 32), b BLOB NOT NULL CHECK (length(b) = 32), offset_us INTEGER NOT NULL,"
    " shared INTEGER NOT NULL, PRIMARY KEY (investigation, a, b), CHECK (a < b)) STRICT, WITHOUT ROWID;\n"
    /* what the occurrences of an investigation were derived from; building: they are being written */
    "CREATE TABLE occurrence_state(investigation INTEGER PRIMARY KEY REFERENCES investigation(id),"
    " imports INTEGER NOT NULL, revoked INTEGER NOT NULL, judgements INTEGER NOT NULL, events INTEGER NOT NULL,"
    " reports INTEGER NOT NULL, building INTEGER NOT NULL CHECK (building IN (0, 1)), built_us INTEGER NOT NULL) STRICT;\n"

    /* --- "these two are not the same", a person's word: it holds for the records, named by the hash of their source and
     * their place in it, so that it outlives a new import of the same bytes --- */
    "CREATE TABLE not_same(judgement INTEGER NOT NULL REFERENCES judgement(id), ord INTEGER NOT NULL,"
    " a_sha256 BLOB NOT NULL CHECK (length(a_sha256) = 32), a_kind INTEGER NOT NULL, a_a INTEGER NOT NULL,"
    " a_name TEXT NOT NULL, a_nth INTEGER NOT NULL,"
    " b_sha256 BLOB NOT NULL CHECK (length(b_sha256) = 32), b_kind INTEGER NOT NULL, b_a INTEGER NOT NULL,"
    " b_name TEXT NOT NULL, b_nth INTEGER NOT NULL, PRIMARY KEY (judgement, ord)) STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX duplicate_place ON duplicate(source, a);\n"
    "CREATE TRIGGER not_same_no_update BEFORE UPDATE ON not_same"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never changed'); END;\n"
    "CREATE TRIGGER not_same_no_delete BEFORE DELETE ON not_same"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never removed'); END;\n"
    "CREATE TRIGGER judgement_only_withdrawn BEFORE UPDATE ON judgement"
    " WHEN OLD.withdrawn_us IS NOT NULL OR NEW.withdrawn_us IS NULL OR NEW.id <> OLD.id"
    " OR NEW.investigation <> OLD.investigation OR NEW.about <> OLD.about OR NEW.row <> OLD.row"
    " OR NEW.verdict <> OLD.verdict OR NEW.reason <> OLD.reason OR NEW.who <> OLD.who OR NEW.at_us <> OLD.at_us"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never changed'); END;\n"
    "CREATE TRIGGER judgement_no_delete BEFORE DELETE ON judgement"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never removed'); END;\n"

    /* --- identifier -> person. state: the program alone proposes; only a person decides. by: the operating system's user
     * or, for a proposal, the rule --- */
    "DROP TABLE attribution;\n"
    "CREATE TABLE attribution(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
    " identifier INTEGER NOT NULL REFERENCES identifier(id), account INTEGER REFERENCES account(id),"
    " basis TEXT NOT NULL CHECK (basis IN ('subscriber_record', 'own_contact_card', 'others_contact_cards', 'login',"
    " 'persons_word')), link TEXT NOT NULL CHECK (link IN ('evidenced', 'reported', 'machine')),"
    " state TEXT NOT NULL CHECK (state IN ('proposed', 'decided', 'refused')), from_us INTEGER, to_us INTEGER,"
    " scheme TEXT, grade TEXT, reason TEXT, source INTEGER REFERENCES source(id), record INTEGER REFERENCES record(id),"
    " proposed_us INTEGER, decided_by TEXT, decided_us INTEGER, undone_us INTEGER, undone_by TEXT, undone_reason TEXT,"
    " CHECK ((scheme IS NULL) = (grade IS NULL)), CHECK (from_us IS NULL OR to_us IS NULL OR from_us <= to_us),"
    " CHECK ((decided_by IS NULL) = (decided_us IS NULL)), CHECK (decided_by <> ''),"
    " CHECK ((state = 'proposed') = (decided_by IS NULL)), CHECK (state <> 'proposed' OR link = 'machine'),"
    " CHECK ((undone_us IS NULL) = (undone_by IS NULL))) STRICT;\n"
    "CREATE INDEX attribution_identifier ON attribution(identifier);\n"
    "CREATE INDEX attribution_person ON attribution(person);\n"
    "CREATE TRIGGER attribution_no_delete BEFORE DELETE ON attribution"
    " BEGIN SELECT RAISE(ABORT, 'an attribution is undone, never removed'); END;\n";
