/* verify.h - the parts of a verification; inside src/store/ only. */
#ifndef LM_STORE_VERIFY_H
#define LM_STORE_VERIFY_H

#include "base/map.h"
#include "store/db.h"

struct lm_check {
    struct lm_store *st;
    struct lm_verify out;
    struct lm_arena arena;
    lm_err (*each)(void *user, const char *what, const char *detail);
    void *user;
};

/* Tells the caller; what it returns is passed on. */
lm_err lm_check_finding(struct lm_check *c, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* All checks, without an entry in the chain; head NULL: not checked. */
lm_err lm_check_all(struct lm_store *st, const struct lm_sha256 *head, struct lm_verify *ret,
                    lm_err (*each)(void *user, const char *what, const char *detail), void *user, struct lm_error *e);

/* The chain, and what its entries say of batches, authorities and sources. */
lm_err lm_check_chain(struct lm_check *c, const struct lm_sha256 *head, struct lm_error *e);
/* Every digest computed again from the tables; every row under a digest. */
lm_err lm_check_batches(struct lm_check *c, struct lm_error *e);
/* Counts against rows. */
lm_err lm_check_ledger(struct lm_check *c, struct lm_error *e);
/* The contact edges derived again from the events, column by column; memory for one pair of accounts at a time. */
lm_err lm_check_contacts(struct lm_check *c, struct lm_error *e);

#endif
