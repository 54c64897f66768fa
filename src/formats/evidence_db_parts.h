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
    bool no_memory; /* there was none when a link was asked for: said by the next step */
    uint32_t ticks; /* of SQLite's machine in the step at hand, in thousands of instructions */
};

/* A statement of ours may run for some hundred thousand instructions; more is a file that leads in circles. */
#define EVDB_MAX_TICKS 1000

/* The same table once more, to be walked beside t. */
lm_err evdb_again(struct lm_evdb_table *t, const char *const columns[], size_t n, struct lm_evdb_table **ret);
/* As lm_evdb_rewind, to the first row at or behind this one. */
void evdb_seek(struct lm_evdb_table *t, int64_t rowid);
void evdb_no_memory(struct lm_evdb_table *t);
void evdb_links_cut(struct lm_evdb_table *t);

/* SQLite's code in our words; rc is not OK, ROW or DONE. */
lm_err evdb_fail(struct lm_evdb *db, int rc, struct lm_error *e);

#endif
