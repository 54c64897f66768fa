/* evidence_db_parts.h - what evidence_db.c and evidence_db_table.c share. */
#ifndef LM_FORMATS_EVIDENCE_DB_PARTS_H
#define LM_FORMATS_EVIDENCE_DB_PARTS_H

#include "base/buf.h"
#include "formats/evidence_db.h"
#include "formats/evidence_db_vfs.h"

struct lm_evdb {
    struct lm_arena *a;
    sqlite3 *db;
    struct evdb_vfs vfs;
    struct lm_evdb_state state;
    bool utf8;      /* its texts are: they can be looked at where they lie */
    uint32_t ticks; /* of SQLite's machine in the step at hand, in thousands of instructions */
};

/* A statement of ours may run for some hundred thousand instructions; more is a file that leads in circles. */
#define EVDB_MAX_TICKS 1000

/* SQLite's code in our words; rc is not OK, ROW or DONE. */
lm_err evdb_fail(struct lm_evdb *db, int rc, struct lm_error *e);

#endif
