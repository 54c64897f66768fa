#include "store/schema.h"

/* What an operation's figures need beside its rows: further tables, a person's word about two rows, frozen revisions. */
const char lm_schema_v5[] =
    "DROP TABLE charge;\n" /* planned in version 1 and never written */
    LM_SCHEMA_OP("charge", "") LM_SCHEMA_OP("pill_press", "") LM_SCHEMA_OP("organization", "")
    LM_SCHEMA_OP("firearm_link", "")

    /* "these two rows are (not) the same thing", under a judgement (about = 'op_row'); rows are named by the hash of their
     * source and their place in it, so that it outlives a new import of the same bytes */
    "CREATE TABLE op_word(judgement INTEGER PRIMARY KEY REFERENCES judgement(id),"
    " a_sha256 BLOB NOT NULL CHECK (length(a_sha256) = 32), a_a INTEGER NOT NULL,"
    " b_sha256 BLOB NOT NULL CHECK (length(b_sha256) = 32), b_a INTEGER NOT NULL,"
    " CHECK (a_sha256 <> b_sha256 OR a_a <> b_a)) STRICT;\n"
    "CREATE TRIGGER op_word_no_update BEFORE UPDATE ON op_word"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never changed'); END;\n"
    "CREATE TRIGGER op_word_no_delete BEFORE DELETE ON op_word"
    " BEGIN SELECT RAISE(ABORT, 'a judgement is withdrawn, never removed'); END;\n"

    /* A roll-up as it was when somebody froze it. investigation NULL: the whole workspace. statement names the scope, the
     * number, who and when, the head of the audit chain, the revision before and the SHA-256 of the document; signature is
     * Ed25519 over it (RFC 8032) */
    "CREATE TABLE rollup_revision(id INTEGER PRIMARY KEY, investigation INTEGER REFERENCES investigation(id),"
    " number INTEGER NOT NULL CHECK (number > 0), document TEXT NOT NULL,"
    " sha256 BLOB NOT NULL CHECK (length(sha256) = 32), statement TEXT NOT NULL,"
    " public_key BLOB NOT NULL CHECK (length(public_key) = 32), signature BLOB NOT NULL CHECK (length(signature) = 64),"
    " frozen_us INTEGER NOT NULL, frozen_by TEXT NOT NULL) STRICT;\n"
    "CREATE UNIQUE INDEX rollup_revision_number ON rollup_revision(ifnull(investigation, 0), number);\n"
    "CREATE TRIGGER rollup_revision_no_update BEFORE UPDATE ON rollup_revision"
    " BEGIN SELECT RAISE(ABORT, 'a frozen revision is never changed'); END;\n"
    "CREATE TRIGGER rollup_revision_no_delete BEFORE DELETE ON rollup_revision"
    " BEGIN SELECT RAISE(ABORT, 'a frozen revision is never removed'); END;\n";
