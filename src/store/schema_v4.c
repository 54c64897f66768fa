#include "store/schema.h"

/* Who is who. What is said is kept and only ever ended (identity_edge) or withdrawn (identity_word, under its judgement); whose an
 * account is follows from it (identity_member, identity_state) and can be derived again at any time. identity_change is the history of the numbers of persons. */
const char lm_schema_v4[] =
    /* "these two accounts are one person's, because …": a < b, so that two of them are one pair. identifier: what they share;
     * bits: how much more likely than not, for a likeness. records: a row of evidence about each */
    "CREATE TABLE identity_edge(id INTEGER PRIMARY KEY, investigation INTEGER NOT NULL REFERENCES investigation(id),"
    " a INTEGER NOT NULL REFERENCES account(id), b INTEGER NOT NULL REFERENCES account(id),"
    " kind TEXT NOT NULL CHECK (kind IN ('account_number', 'sim', 'likeness')),"
    " identifier INTEGER REFERENCES identifier(id), a_record INTEGER REFERENCES record(id),"
    " b_record INTEGER REFERENCES record(id), bits REAL, added_us INTEGER NOT NULL, added_by TEXT NOT NULL,"
    " ended_us INTEGER, CHECK (a < b), CHECK ((bits IS NULL) = (kind <> 'likeness'))) STRICT;\n"
    "CREATE UNIQUE INDEX identity_edge_open ON identity_edge(a, b, kind) WHERE ended_us IS NULL;\n"
    "CREATE INDEX identity_edge_b ON identity_edge(b) WHERE ended_us IS NULL;\n"
    "CREATE TRIGGER identity_edge_only_ended BEFORE UPDATE ON identity_edge"
    " WHEN OLD.ended_us IS NOT NULL OR NEW.ended_us IS NULL OR NEW.id <> OLD.id OR NEW.a <> OLD.a OR NEW.b <> OLD.b"
    " OR NEW.kind <> OLD.kind OR NEW.bits IS NOT OLD.bits OR NEW.identifier IS NOT OLD.identifier"
    " OR NEW.investigation <> OLD.investigation"
    " BEGIN SELECT RAISE(ABORT, 'an edge is ended, never changed'); END;\n"
    "CREATE TRIGGER identity_edge_no_delete BEFORE DELETE ON identity_edge"
    " BEGIN SELECT RAISE(ABORT, 'an edge is ended, never removed'); END;\n"

    /* the pairs that a judgement about identities speaks of */
    "CREATE TABLE identity_word(judgement INTEGER NOT NULL REFERENCES judgement(id), ord INTEGER NOT NULL,"
    " a INTEGER NOT NULL REFERENCES account(id), b INTEGER NOT NULL REFERENCES account(id),"
    " PRIMARY KEY (judgement, ord), CHECK (a <> b)) STRICT, WITHOUT ROWID;\n"
    "CREATE INDEX identity_word_a ON identity_word(a);\n"
    "CREATE INDEX identity_word_b ON identity_word(b);\n"
    "CREATE TRIGGER identity_word_no_update BEFORE UPDATE ON identity_word"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never changed'); END;\n"
    "CREATE TRIGGER identity_word_no_delete BEFORE DELETE ON identity_word"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never removed'); END;\n"

    "CREATE INDEX attribution_account ON attribution(account) WHERE account IS NOT NULL;\n"

    /* --- derived --- */
    "CREATE TABLE identity_member(account INTEGER PRIMARY KEY REFERENCES account(id),"
    " person INTEGER NOT NULL REFERENCES person(id)) STRICT;\n"
    "CREATE INDEX identity_member_person ON identity_member(person);\n"
    /* what became of an edge: 0 it joins, 1 its ends are kept apart, 2 it lies between two who are; no row: a proposal */
    "CREATE TABLE identity_fate(edge INTEGER PRIMARY KEY REFERENCES identity_edge(id),"
    " fate INTEGER NOT NULL CHECK (fate BETWEEN 0 AND 2), bridge INTEGER NOT NULL CHECK (bridge IN (0, 1))) STRICT;\n"
    "CREATE TABLE identity_state(investigation INTEGER PRIMARY KEY REFERENCES investigation(id),"
    " account INTEGER NOT NULL, link INTEGER NOT NULL, event INTEGER NOT NULL, revoked INTEGER NOT NULL,"
    " attributions INTEGER NOT NULL) STRICT;\n"

    /* --- the numbers of persons --- */
    /* a person that the program made follows the account that it was made for */
    "CREATE TABLE identity_anchor(person INTEGER PRIMARY KEY REFERENCES person(id),"
    " account INTEGER NOT NULL UNIQUE REFERENCES account(id)) STRICT;\n"
    "CREATE TABLE identity_change(id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
    " change TEXT NOT NULL CHECK (change IN ('made', 'joined', 'left', 'merged', 'restored')),"
    " account INTEGER REFERENCES account(id), other INTEGER REFERENCES person(id), at_us INTEGER NOT NULL,"
    " who TEXT NOT NULL) STRICT;\n"
    "CREATE INDEX identity_change_person ON identity_change(person);\n"
    "CREATE TRIGGER identity_change_no_update BEFORE UPDATE ON identity_change"
    " BEGIN SELECT RAISE(ABORT, 'what happened to a person is never changed'); END;\n"
    "CREATE TRIGGER identity_change_no_delete BEFORE DELETE ON identity_change"
    " BEGIN SELECT RAISE(ABORT, 'what happened to a person is never removed'); END;\n";
