/* rehome_read.h - kept records read back as the entries they were made from; inside src/store/ only. */
#ifndef LM_STORE_REHOME_READ_H
#define LM_STORE_REHOME_READ_H

#include "store/import.h"

enum { LM_CITE_EVENT, LM_CITE_IDENTIFIER, LM_CITE_OP, LM_CITES = LM_CITE_OP + LM_OP_LAST + 1 };

struct lm_cite { /* a fact that names a record */
    int64_t record, id;
    int32_t what;
};

struct lm_reread {
    struct lm_store *st;
    struct lm_buf cites;   /* struct lm_cite, in order of record, kind of fact, id */
    struct lm_arena one;   /* the facts of one entry */
    struct lm_arena known; /* accounts as read */
    struct lm_map accounts;
    sqlite3_stmt *q[8];
    /* for whom: */
    struct lm_import *im;
    struct lm_place at;    /* the new source */
    int64_t from;          /* the source whose records are read */
    bool whole;            /* everything that source said was within the reach of the new authority */
    bool same_bytes;
};

/* Finds the facts that cite records of the authority which have duplicates. */
lm_err lm_reread_init(struct lm_reread *r, struct lm_store *st, int64_t authority, struct lm_error *e);
void lm_reread_free(struct lm_reread *r);
/* Before another source is read, or read for another. */
void lm_reread_begin(struct lm_reread *r, struct lm_import *im, const struct lm_place *at, bool whole, bool same_bytes);

/* The facts that cite a record of the source `from`: *ret_n from *ret on; 0: none. Forgets what was read before. */
void lm_reread_find(struct lm_reread *r, int64_t from, int64_t record, const struct lm_cite **ret, size_t *ret_n);
/* Reads one back, as far as it may be carried on. *ret_ok false: it may not. Valid until the next lm_reread_find. */
lm_err lm_reread_fact(struct lm_reread *r, const struct lm_cite *c, struct lm_fact *ret, bool *ret_ok,
                      struct lm_error *e);

#endif
