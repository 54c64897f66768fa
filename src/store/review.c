#include "store/review.h"

#include "store/anchor.h"

lm_err lm_review_put(struct lm_store *st, const struct lm_review *r, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO review(event, state, who, at_us, reason) VALUES(?, ?, ?, ?, ?)"
                                   " ON CONFLICT DO UPDATE SET state = excluded.state, who = excluded.who,"
                                   " at_us = excluded.at_us, reason = excluded.reason", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, r->event);
    lm_db_bind_str(q, 2, r->state);
    lm_db_bind_str(q, 3, r->who);
    (void)sqlite3_bind_int64(q, 4, r->at_us);
    lm_db_bind_str_null(q, 5, r->reason);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_REVIEW, r->event, r->state, e);
}
