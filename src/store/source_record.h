/* source_record.h - what became of each record of a source, one by one: for comparing a workspace with what is known to be in
 * its evidence (simulate/score.h). The program's own work: nothing is shown, no look at content, no audit entry.
 *
 * test  tests/cli/sample.sh
 */
#ifndef LM_STORE_SOURCE_RECORD_H
#define LM_STORE_SOURCE_RECORD_H

#include "store/store.h"

/* Every source, in order of id; slices valid until it returns. */
lm_err lm_store_every_source(struct lm_store *st,
                             lm_err (*each)(void *user, int64_t source, struct lm_str authority, struct lm_str path),
                             void *user, struct lm_error *e);

struct lm_source_record {
    int64_t at;              /* first number of its locator: byte, row, rowid */
    bool held, duplicate;    /* neither: kept */
    bool has_event;          /* it is the first record of an event; the rest is of that event (a record of several: of the first) */
    enum lm_event_kind kind;
    struct lm_str from, to;  /* match key of a native account, display name of one without an id, "owner"; to: the first leg's */
    int64_t at_us;
    int64_t duration_s;      /* -1: not stated */
    struct lm_str text;
    int64_t occurrence;      /* id of the occurrence, or of the event that stands alone */
};
/* Those kept, in order of id; then duplicates, then those held. cost: O(log events + its records). */
lm_err lm_store_source_records(struct lm_store *st, int64_t source,
                               lm_err (*each)(void *user, const struct lm_source_record *r), void *user,
                               struct lm_error *e);

/* Every account of an investigation that has an id of its own, and who it was worked out to be (identity.h): a person's number, or
 * 0 where nobody else is known to be the same. In order of id. */
lm_err lm_store_account_persons(struct lm_store *st, struct lm_str investigation,
                                lm_err (*each)(void *user, enum lm_platform platform, struct lm_str key, int64_t account, int64_t person),
                                void *user, struct lm_error *e);

#endif
