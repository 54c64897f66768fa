/* anchor.h - rows that the audit chain vouches for one by one: SHA-256 over the row, in the entry that made it.
 *
 * (What an import writes is vouched for by the digests of its batches, rows.h; authorities by authority.h.)
 */
#ifndef LM_STORE_ANCHOR_H
#define LM_STORE_ANCHOR_H

#include "store/db.h"

enum lm_anchor {
    LM_ANCHOR_INVESTIGATION, LM_ANCHOR_EXHIBIT, LM_ANCHOR_CUSTODY, LM_ANCHOR_SOURCE,
    LM_ANCHOR_REVIEW,     /* may be set again: the last entry about an event holds */
    LM_ANCHOR_REVOCATION, /* when, by whom and why; its entry names the authority by its code */
    LM_ANCHOR_JUDGEMENT,  /* a person's word, with what it keeps apart */
    LM_ANCHOR_WITHDRAWAL, /* of a judgement */
    LM_ANCHOR_ATTRIBUTION, /* after each change: the last entry about a row holds */
    LM_ANCHOR_PERSON,
    LM_ANCHOR_STANDING,
    LM_ANCHOR_PROCESS,        /* a letter or an order that runs out */
    LM_ANCHOR_PROCESS_CHANGE, /* extended, withdrawn */
    LM_ANCHOR_REVISION,       /* a frozen roll-up */
    LM_ANCHORS
};

struct lm_anchored {
    const char *table, *action;
    const char *sql;   /* the row's columns, by its id */
    const char *where; /* the rows of the table that have an entry; NULL: all */
    bool again;        /* a row may have several entries; the last one holds */
};
extern const struct lm_anchored lm_anchored[LM_ANCHORS];

/* hex is "" when there is no such row. */
lm_err lm_anchor_digest(struct lm_store *st, enum lm_anchor which, int64_t id, char ret_hex[65], struct lm_error *e);
/* The entry: object "TABLE ID NOTE", outcome the digest. */
lm_err lm_anchor_add(struct lm_store *st, enum lm_anchor which, int64_t id, struct lm_str note, struct lm_error *e);

#endif
