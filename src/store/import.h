/* import.h - the parts of one import; inside src/store/ only. */
#ifndef LM_STORE_IMPORT_H
#define LM_STORE_IMPORT_H

#include "store/blob.h"
#include "store/contact.h"
#include "store/intern.h"
#include "store/rows.h"

#define LM_IMPORT_COMMIT_ROWS 20000
#define LM_IMPORT_COMMIT_US INT64_C(100000)
/* While nobody waits: docs/decisions/0010-workspace-sqlite.md. Each commit writes every page again that it touched, and of the leg indexes
 * it touches most. */
#define LM_IMPORT_ALONE_US INT64_C(1000000)

enum { LM_RULE_PLACE = 1, LM_RULE_NATIVE = 2 }; /* duplicate.rule: same bytes and locator; same message id, leg, time */

struct lm_import_exhibit {
    int64_t id;
    char name[17]; /* first digits of its SHA-256 */
    enum lm_platform owner_platform;
    struct lm_str owner, owner_name;
};

struct lm_import_source {
    int64_t id;
    const struct lm_import_exhibit *exhibit;
    const int64_t *earlier; /* sources of the same bytes in this investigation, of which something was kept */
    size_t n_earlier;
    uint64_t highest;       /* the largest locator kept or seen so far: beyond it nothing of this source can be known */
    int64_t unnamed;        /* records without a locator so far: their place in the source */
    bool ended;
    struct lm_counts counts;
};

/* Bytes kept in this import. */
struct lm_import_blob {
    struct lm_blob_stamp stamp;
    bool replaced; /* others stood in their place and were set aside */
};

struct lm_import_unsynced {
    struct lm_sha256 hash;
    uint64_t bytes;
};

struct lm_import {
    struct lm_store *st;
    int lock_fd;
    int64_t id, authority, investigation;
    bool content, location; /* what the authority reaches */
    bool broken;            /* a write failed: only abandoning is left */
    bool inside;            /* in a transaction of the caller's: batches are sealed, nothing is committed */
    bool differed;          /* the last entry: see lm_import_entry_differed */
    int64_t last_event;     /* the latest one written; inside: or there before */
    int64_t begun_us;       /* when the open transaction began (monotonic); 0: none is open */
    int64_t asked_us;       /* when it was last asked whether somebody waits (monotonic) */
    uint64_t entries;       /* since it began */
    struct lm_arena run, scratch;
    struct lm_rows rows;
    struct lm_intern intern;
    struct lm_contacts contacts;
    struct lm_import_exhibit **exhibits;
    struct lm_import_source **sources;
    size_t n_exhibits, cap_exhibits, n_sources, cap_sources;
    struct lm_map blobs;      /* SHA-256 → struct lm_import_blob */
    struct lm_import_unsynced *unsynced; /* kept, perhaps not on the disk yet, and not in the table: before the next transaction */
    size_t n_unsynced, cap_unsynced;
    struct lm_counts totals;
    sqlite3_stmt *fts, *at_place, *same_event, *legs_of, *twin;
    struct lm_buf ids; /* account ids of the recipients */
};

/* Opens a transaction when none is open. */
lm_err lm_import_writing(struct lm_import *im, struct lm_error *e);
/* Commits when enough is written. */
lm_err lm_import_maybe_commit(struct lm_import *im, struct lm_error *e);
lm_err lm_import_commit(struct lm_import *im, struct lm_error *e);
/* Marks the import as broken when err is not LM_OK; returns err. */
lm_err lm_import_checked(struct lm_import *im, lm_err err);
/* The lock that the one running import holds; close ret_fd to let it go. LM_ELOCKED names the process. */
lm_err lm_import_lock(struct lm_store *st, int *ret_fd, struct lm_error *e);
/* An import inside the caller's transaction, who holds the lock; expired authorities take part. lm_import_end and
 * lm_import_abandon end it as usual, but the caller commits or rolls back. */
lm_err lm_import_begin_inside(struct lm_store *st, struct lm_str authority, struct lm_import **ret, struct lm_error *e);
/* Makes an exhibit that is there already part of this import. */
lm_err lm_import_adopt(struct lm_import *im, int64_t exhibit, struct lm_error *e);
/* Whether a kept event with the same message id, ends and time says the same as this one: text, duration, amount, place,
 * how many attachments and earlier states; as far as the authority reaches. What differs from export to export without
 * meaning anything is not compared: names of attachments, reactions, the source's own words. */
lm_err lm_import_twin_agrees(struct lm_import *im, int64_t event, const struct lm_event *ev, bool *ret,
                             struct lm_error *e);
/* LM_EINTERNAL when there is no such open source. */
lm_err lm_import_find_source(struct lm_import *im, int64_t id, struct lm_import_source **ret, struct lm_error *e);

/* Counts the rows of a source again: what the ledger must say. */
lm_err lm_ledger_recount(struct lm_store *st, int64_t source, struct lm_counts *ret, struct lm_error *e);
/* Writes state and counts into the source's row, and the audit entry. */
lm_err lm_ledger_close(struct lm_store *st, int64_t source, enum lm_source_state state, const struct lm_counts *c,
                       struct lm_error *e);
/* Imports that never ended: closes their ledgers from their rows. The caller holds the import lock. */
lm_err lm_import_recover(struct lm_store *st, struct lm_error *e);

#endif
