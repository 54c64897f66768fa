#include "store/schema.h"

#define WORDS(list)                                                                                          \
    "CREATE TABLE word_" list "(code INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;\n"

/* One table of the operation. All have the flat shape of struct lm_op_row; what a table does not use stays NULL.
 * amount_text and amount_unit are what the agency wrote. */
#define OP(table, checks)                                                                                    \
    "CREATE TABLE " table "(id INTEGER PRIMARY KEY,"                                                         \
    " source INTEGER NOT NULL REFERENCES source(id), record INTEGER NOT NULL REFERENCES record(id),"         \
    " n_records INTEGER NOT NULL, code TEXT, investigation TEXT, operation TEXT, agency TEXT, division TEXT,"\
    " city TEXT, state TEXT, day INTEGER, drug TEXT, form TEXT, kind TEXT,"                                  \
    " amount_dimension INTEGER NOT NULL, amount_value INTEGER, amount_unit INTEGER, amount_qualifier INTEGER,"\
    " amount_text TEXT, net_dimension INTEGER NOT NULL, net_value INTEGER, net_unit INTEGER,"                \
    " net_qualifier INTEGER, net_text TEXT, purity_ppm INTEGER, ug_per_pill INTEGER, seizure TEXT,"          \
    " profile TEXT, exhibit_number TEXT, cartel TEXT, platforms INTEGER NOT NULL DEFAULT 0,"                 \
    " social_media INTEGER, encrypted INTEGER, fatal INTEGER NOT NULL DEFAULT 0, note TEXT,"                 \
    " CHECK (amount_dimension BETWEEN 0 AND 3 AND net_dimension BETWEEN 0 AND 3"                             \
    " AND (amount_dimension = 0) = (amount_text IS NULL) AND (net_dimension = 0) = (net_text IS NULL)"       \
    " AND ifnull(amount_value, 0) >= 0 AND ifnull(net_value, 0) >= 0"                                        \
    " AND ifnull(purity_ppm, 0) BETWEEN 0 AND 1000000" checks ")) STRICT;\n"

const char lm_schema_v1[] =
    WORDS("platform") WORDS("event_kind") WORDS("thread_kind") WORDS("authority_kind") WORDS("reach")
    WORDS("qualifier") WORDS("unit") WORDS("identifier_type") WORDS("time_quality") WORDS("op_table")
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;\n"

    /* --- the chain: entry is canonical CBOR, hash its SHA-256 --- */
    "CREATE TABLE audit(seq INTEGER PRIMARY KEY, entry BLOB NOT NULL,"
    " hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;\n"
    "CREATE TRIGGER audit_next BEFORE INSERT ON audit"
    " WHEN NEW.seq IS NULL OR NEW.seq <> 1 + (SELECT ifnull(max(seq), 0) FROM audit)"
    " BEGIN SELECT RAISE(ABORT, 'audit entries follow each other'); END;\n"
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;\n"
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;\n"

    /* --- legal basis --- */
    "CREATE TABLE investigation(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE CHECK (length(code) > 0),"
    " title TEXT NOT NULL, agency TEXT, division TEXT, added_us INTEGER NOT NULL, added_by TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE authority(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE CHECK (length(code) > 0),"
    " investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " kind INTEGER NOT NULL REFERENCES word_authority_kind(code), reach INTEGER NOT NULL REFERENCES word_reach(code),"
    " location INTEGER NOT NULL CHECK (location IN (0, 1)), number TEXT, court TEXT, offences TEXT,"
    " seizure_terms TEXT, issued_day INTEGER, from_day INTEGER, to_day INTEGER, expires_day INTEGER,"
    " sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)), added_us INTEGER NOT NULL, added_by TEXT NOT NULL,"
    " revoked_us INTEGER, revoked_by TEXT, revoked_reason TEXT,"
    " CHECK (from_day IS NULL OR to_day IS NULL OR from_day <= to_day),"
    " CHECK ((revoked_us IS NULL) = (revoked_reason IS NULL))) STRICT;\n"
    "CREATE TABLE authority_account(authority INTEGER NOT NULL REFERENCES authority(id), ord INTEGER NOT NULL,"
    " platform INTEGER NOT NULL REFERENCES word_platform(code), native TEXT NOT NULL,"
    " PRIMARY KEY (authority, ord)) STRICT, WITHOUT ROWID;\n"
    "CREATE TRIGGER authority_only_revoked BEFORE UPDATE ON authority"
    " WHEN OLD.revoked_us IS NOT NULL OR NEW.id <> OLD.id OR NEW.code <> OLD.code"
    " OR NEW.investigation <> OLD.investigation OR NEW.kind <> OLD.kind OR NEW.reach <> OLD.reach"
    " OR NEW.location <> OLD.location OR NEW.from_day IS NOT OLD.from_day OR NEW.to_day IS NOT OLD.to_day"
    " OR NEW.expires_day IS NOT OLD.expires_day"
    " BEGIN SELECT RAISE(ABORT, 'an authority is revoked, never changed'); END;\n"
    "CREATE TRIGGER authority_no_delete BEFORE DELETE ON authority"
    " BEGIN SELECT RAISE(ABORT, 'an authority is revoked, never removed'); END;\n"

    /* --- acquired items --- */
    "CREATE TABLE import(id INTEGER PRIMARY KEY, authority INTEGER NOT NULL REFERENCES authority(id),"
    " actor TEXT NOT NULL, program TEXT NOT NULL, begun_us INTEGER NOT NULL, ended_us INTEGER,"
    " interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1))) STRICT;\n"
    "CREATE TABLE blob(sha256 BLOB PRIMARY KEY CHECK (length(sha256) = 32), bytes INTEGER NOT NULL,"
    " kept_us INTEGER NOT NULL) STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE exhibit(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL CHECK (length(sha256) = 32),"
    " authority INTEGER NOT NULL REFERENCES authority(id), name TEXT NOT NULL,"
    " folder INTEGER NOT NULL CHECK (folder IN (0, 1)), bytes INTEGER NOT NULL, zone TEXT,"
    " owner_platform INTEGER REFERENCES word_platform(code), owner_native TEXT, owner_name TEXT, certificate TEXT,"
    " added_us INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX exhibit_sha256 ON exhibit(sha256);\n"
    "CREATE TABLE custody(id INTEGER PRIMARY KEY, exhibit INTEGER NOT NULL REFERENCES exhibit(id),"
    " at_us INTEGER NOT NULL, who TEXT NOT NULL, act TEXT NOT NULL, note TEXT) STRICT;\n"
    "CREATE INDEX custody_exhibit ON custody(exhibit);\n"
    /* state and counts stay NULL until the source was read to its end (or found interrupted) */
    "CREATE TABLE source(id INTEGER PRIMARY KEY, exhibit INTEGER NOT NULL REFERENCES exhibit(id),"
    " authority INTEGER NOT NULL REFERENCES authority(id), import INTEGER NOT NULL REFERENCES import(id),"
    " path TEXT NOT NULL, sha256 BLOB NOT NULL CHECK (length(sha256) = 32), bytes INTEGER NOT NULL,"
    " reader TEXT, state INTEGER, seen INTEGER, kept INTEGER, duplicate INTEGER, held INTEGER, rejected INTEGER,"
    " facts INTEGER, problems INTEGER,"
    " CHECK (state IS NULL OR (state BETWEEN 0 AND 6 AND seen = kept + duplicate + held + rejected"
    " AND facts >= 0 AND problems >= 0))) STRICT;\n"
    "CREATE INDEX source_sha256 ON source(sha256);\n"
    "CREATE INDEX source_exhibit ON source(exhibit);\n"
    "CREATE INDEX source_open ON source(import) WHERE state IS NULL;\n"

    /* --- the ledger: every source record is in exactly one of these four --- */
    /* kept; kind, a, b, name are its locator, kind none has its place in the source as a */
    "CREATE TABLE record(id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 4), a INTEGER NOT NULL, b INTEGER NOT NULL,"
    " name TEXT NOT NULL) STRICT;\n"
    "CREATE UNIQUE INDEX record_place ON record(source, a, kind, name);\n"
    "CREATE TABLE duplicate(id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " kind INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, name TEXT NOT NULL,"
    " rule INTEGER NOT NULL CHECK (rule IN (1, 2)), record INTEGER NOT NULL REFERENCES record(id)) STRICT;\n"
    "CREATE INDEX duplicate_record ON duplicate(record);\n"
    "CREATE TABLE held(id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " kind INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL)"
    " STRICT;\n"
    "CREATE TABLE problem(id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " problem INTEGER NOT NULL CHECK (problem BETWEEN 0 AND 3), records INTEGER NOT NULL CHECK (records >= 0),"
    " kind INTEGER NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL)"
    " STRICT;\n"
    "CREATE INDEX problem_source ON problem(source);\n"

    /* --- who: accounts live within one investigation, so nothing of one case shows in another --- */
    "CREATE TABLE account(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " platform INTEGER NOT NULL, form INTEGER NOT NULL CHECK (form BETWEEN 1 AND 3), native TEXT NOT NULL,"
    " key TEXT NOT NULL) STRICT;\n"
    "CREATE UNIQUE INDEX account_key ON account(investigation, key, platform, form);\n"
    "CREATE TABLE identifier(id INTEGER PRIMARY KEY, type INTEGER NOT NULL, raw TEXT NOT NULL, key TEXT NOT NULL)"
    " STRICT;\n"
    "CREATE UNIQUE INDEX identifier_raw ON identifier(raw, type);\n"
    "CREATE INDEX identifier_key ON identifier(key, type);\n"
    /* what a source says; basis native_id is the account's own id and holds whatever becomes of the source */
    "CREATE TABLE account_identifier(id INTEGER PRIMARY KEY, account INTEGER NOT NULL REFERENCES account(id),"
    " identifier INTEGER NOT NULL REFERENCES identifier(id), source INTEGER NOT NULL REFERENCES source(id),"
    " record INTEGER REFERENCES record(id), basis TEXT NOT NULL, at_us INTEGER, quality INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX account_identifier_account ON account_identifier(account, identifier);\n"
    "CREATE INDEX account_identifier_identifier ON account_identifier(identifier, account);\n"

    /* --- what happened: traffic --- */
    "CREATE TABLE thread(id INTEGER PRIMARY KEY, exhibit INTEGER NOT NULL REFERENCES exhibit(id),"
    " source INTEGER NOT NULL REFERENCES source(id), platform INTEGER NOT NULL, native TEXT NOT NULL,"
    " title TEXT, kind INTEGER NOT NULL) STRICT;\n"
    "CREATE UNIQUE INDEX thread_native ON thread(exhibit, native, platform);\n"
    "CREATE TABLE thread_title(id INTEGER PRIMARY KEY, thread INTEGER NOT NULL REFERENCES thread(id),"
    " source INTEGER NOT NULL REFERENCES source(id), title TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX thread_title_thread ON thread_title(thread);\n"
    "CREATE TABLE thread_member(id INTEGER PRIMARY KEY, thread INTEGER NOT NULL REFERENCES thread(id),"
    " account INTEGER NOT NULL REFERENCES account(id), source INTEGER NOT NULL REFERENCES source(id)) STRICT;\n"
    "CREATE UNIQUE INDEX thread_member_pair ON thread_member(thread, account);\n"
    "CREATE TABLE event(id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source(id),"
    " record INTEGER NOT NULL REFERENCES record(id), n_records INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " platform INTEGER NOT NULL, flags INTEGER NOT NULL, at_us INTEGER, offset_s INTEGER, quality INTEGER NOT NULL,"
    " thread INTEGER REFERENCES thread(id), frm INTEGER REFERENCES account(id), n_to INTEGER NOT NULL,"
    " native TEXT, native_key INTEGER, detail TEXT, duration_s INTEGER, amount_minor INTEGER, currency TEXT,"
    " exponent INTEGER, reply_to TEXT, latitude REAL, longitude REAL) STRICT;\n"
    "CREATE INDEX event_thread ON event(thread, at_us);\n"
    "CREATE INDEX event_native ON event(at_us, native_key) WHERE native_key IS NOT NULL;\n"
    /* dst NULL: the thread itself is the other end */
    "CREATE TABLE leg(event INTEGER NOT NULL REFERENCES event(id), ord INTEGER NOT NULL,"
    " frm INTEGER REFERENCES account(id), dst INTEGER REFERENCES account(id), at_us INTEGER,"
    " PRIMARY KEY (event, ord)) STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX leg_from ON leg(frm, dst, at_us);\n"
    "CREATE INDEX leg_to ON leg(dst, frm, at_us);\n"

    /* --- content, apart from traffic --- */
    "CREATE TABLE msg(event INTEGER PRIMARY KEY REFERENCES event(id), text TEXT NOT NULL, raw TEXT) STRICT;\n"
    "CREATE VIRTUAL TABLE msg_fts USING fts5(text, content='msg', content_rowid='event', columnsize=0,"
    " tokenize=\"unicode61 remove_diacritics 2\");\n"
    "CREATE TABLE attachment(id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES event(id),"
    " name TEXT, type TEXT, bytes INTEGER, note TEXT) STRICT;\n"
    "CREATE INDEX attachment_event ON attachment(event);\n"
    "CREATE TABLE reaction(id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES event(id),"
    " account INTEGER REFERENCES account(id), what TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX reaction_event ON reaction(event);\n"
    "CREATE TABLE edit(id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES event(id),"
    " at_us INTEGER, offset_s INTEGER, quality INTEGER NOT NULL, text TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX edit_event ON edit(event);\n"

    /* --- proof of what was written: one batch per commit --- */
    "CREATE TABLE batch(id INTEGER PRIMARY KEY, import INTEGER NOT NULL REFERENCES import(id),"
    " digest BLOB NOT NULL CHECK (length(digest) = 32)) STRICT;\n"
    "CREATE TABLE batch_part(batch INTEGER NOT NULL REFERENCES batch(id), part TEXT NOT NULL,"
    " first INTEGER NOT NULL, last INTEGER NOT NULL, n_rows INTEGER NOT NULL,"
    " digest BLOB NOT NULL CHECK (length(digest) = 32), PRIMARY KEY (batch, part)) STRICT, WITHOUT ROWID;\n"

    /* --- derived: contacts. weight counts in 1/232792560 (the least common multiple of 1 … 20), so that sums
     * of 1/(members - 1) are exact and do not depend on their order. No foreign keys: every row follows from legs, which
     * have them, and verify derives it again --- */
    "CREATE TABLE contact_edge(frm INTEGER NOT NULL, dst INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, month INTEGER NOT NULL, source INTEGER NOT NULL,"
    " currency TEXT NOT NULL, authority INTEGER NOT NULL, occurrences INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, weight INTEGER NOT NULL, first_us INTEGER, last_us INTEGER, amount_minor INTEGER,"
    " PRIMARY KEY (frm, dst, kind, month, source, currency)) STRICT, WITHOUT ROWID;\n"
    "CREATE TABLE contact_left_out(source INTEGER NOT NULL REFERENCES source(id), kind INTEGER NOT NULL,"
    " events INTEGER NOT NULL, PRIMARY KEY (source, kind)) STRICT, WITHOUT ROWID;\n"

    /* --- the agency's own tables --- */
    OP("investigation_row", "") OP("seizure", "") OP("lab_result", "") OP("firearm", "") OP("money", "")
    OP("arrest", "") OP("overdose", " AND fatal IN (0, 1)")
    "CREATE TABLE charge(id INTEGER PRIMARY KEY, arrest INTEGER NOT NULL REFERENCES arrest(id),"
    " statute TEXT, text TEXT NOT NULL, day INTEGER) STRICT;\n"
    "CREATE TABLE operation(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, from_day INTEGER, to_day INTEGER,"
    " note TEXT, CHECK (from_day IS NULL OR to_day IS NULL OR from_day <= to_day)) STRICT;\n"
    "CREATE TABLE agency(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, level TEXT"
    " CHECK (level IN ('federal', 'state', 'local', 'tribal', 'foreign'))) STRICT;\n"
    "CREATE TABLE division(id INTEGER PRIMARY KEY, agency INTEGER NOT NULL REFERENCES agency(id),"
    " name TEXT NOT NULL, UNIQUE (agency, name)) STRICT;\n"

    /* --- real events and persons --- */
    "CREATE TABLE occurrence(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " kind INTEGER NOT NULL, at_us INTEGER, rule TEXT NOT NULL, split_us INTEGER, split_by TEXT,"
    " CHECK ((split_us IS NULL) = (split_by IS NULL))) STRICT;\n"
    "CREATE TABLE occurrence_event(event INTEGER NOT NULL REFERENCES event(id),"
    " occurrence INTEGER NOT NULL REFERENCES occurrence(id), PRIMARY KEY (event, occurrence)) STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX occurrence_event_of ON occurrence_event(occurrence);\n"
    "CREATE TABLE person(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " label TEXT NOT NULL, pseudonym TEXT, minor INTEGER NOT NULL DEFAULT 0 CHECK (minor IN (0, 1)),"
    " merged_into INTEGER REFERENCES person(id), added_us INTEGER NOT NULL, added_by TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE attribution(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
    " identifier INTEGER NOT NULL REFERENCES identifier(id), account INTEGER REFERENCES account(id),"
    " basis TEXT NOT NULL, link TEXT NOT NULL CHECK (link IN ('evidenced', 'reported', 'machine')),"
    " from_us INTEGER, to_us INTEGER, scheme TEXT, grade TEXT, decided_by TEXT NOT NULL, decided_us INTEGER NOT NULL,"
    " undone_us INTEGER, undone_by TEXT, undone_reason TEXT, CHECK ((scheme IS NULL) = (grade IS NULL)),"
    " CHECK (from_us IS NULL OR to_us IS NULL OR from_us <= to_us)) STRICT;\n"
    "CREATE INDEX attribution_identifier ON attribution(identifier);\n"
    "CREATE INDEX attribution_person ON attribution(person);\n"
    /* nobody is suspected until a named person says so, with a reason */
    "CREATE TABLE standing(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
    " investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " standing TEXT NOT NULL CHECK (standing IN ('suspected', 'unassessed', 'protected')),"
    " reason TEXT NOT NULL CHECK (length(reason) > 0), who TEXT NOT NULL, at_us INTEGER NOT NULL) STRICT;\n"
    "CREATE INDEX standing_person ON standing(person, investigation);\n"

    /* --- a person's word: withdrawn, never lost --- */
    "CREATE TABLE judgement(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " about TEXT NOT NULL, row INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, scheme TEXT, grade TEXT,"
    " who TEXT NOT NULL, at_us INTEGER NOT NULL, withdrawn_us INTEGER, withdrawn_by TEXT) STRICT;\n"
    "CREATE TABLE note(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " about TEXT NOT NULL, row INTEGER NOT NULL, text TEXT NOT NULL, who TEXT NOT NULL, at_us INTEGER NOT NULL,"
    " withdrawn_us INTEGER, withdrawn_by TEXT) STRICT;\n"
    "CREATE TABLE tag(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " about TEXT NOT NULL, row INTEGER NOT NULL, word TEXT NOT NULL, who TEXT NOT NULL, at_us INTEGER NOT NULL,"
    " withdrawn_us INTEGER, withdrawn_by TEXT) STRICT;\n"
    "CREATE TABLE hypothesis(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " text TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('open', 'dismissed')), reason TEXT,"
    " who TEXT NOT NULL, at_us INTEGER NOT NULL, CHECK (state = 'open' OR length(reason) > 0)) STRICT;\n"
    /* no row: unreviewed. Only unreviewed and responsive content is returned */
    "CREATE TABLE review(event INTEGER PRIMARY KEY REFERENCES event(id),"
    " state TEXT NOT NULL CHECK (state IN ('unreviewed', 'responsive', 'non_responsive', 'privileged', 'held')),"
    " who TEXT NOT NULL, at_us INTEGER NOT NULL, reason TEXT) STRICT;\n"

    /* --- trust --- */
    "CREATE TABLE user(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL"
    " CHECK (role IN ('analyst', 'investigator', 'prosecutor', 'manager', 'auditor', 'administrator')),"
    " secret TEXT, second_factor BLOB, disabled_us INTEGER, seen_us INTEGER, added_us INTEGER NOT NULL,"
    " added_by TEXT NOT NULL) STRICT;\n"
    "CREATE TABLE \"release\"(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " what TEXT NOT NULL, sha256 BLOB NOT NULL CHECK (length(sha256) = 32), recipient TEXT NOT NULL,"
    " reason TEXT NOT NULL, who TEXT NOT NULL, at_us INTEGER NOT NULL, audit_head BLOB NOT NULL) STRICT;\n"
    "CREATE TABLE legal_hold(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " reason TEXT NOT NULL, who TEXT NOT NULL, at_us INTEGER NOT NULL, lifted_us INTEGER, lifted_by TEXT,"
    " CHECK ((lifted_us IS NULL) = (lifted_by IS NULL))) STRICT;\n";
