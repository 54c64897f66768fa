/* summary.h - counts about an investigation that need no look at content, and how its accounts are known.
 *
 * Bound like every look: revoked authorities and other investigations do not count. No audit entry is written,
 * because nothing of a record's content is returned.
 *
 * errors    those of store.h
 * test      tests/unit/test_web_brief.c
 */
#ifndef LM_STORE_SUMMARY_H
#define LM_STORE_SUMMARY_H

#include "store/store.h"

struct lm_summary {
    uint64_t events, events_local, events_undated;
    struct lm_when first, last; /* as the first and the last dated event state it; quality none: no event is dated */
    uint64_t imports_interrupted;
};
/* Reads every event of the workspace once: not for every request. */
lm_err lm_store_summary(struct lm_store *st, const struct lm_filter *f, struct lm_summary *ret, struct lm_error *e);

struct lm_audit_head { /* of the whole workspace */
    uint64_t entries;
    char hex[65];
};
lm_err lm_store_head(struct lm_store *st, struct lm_audit_head *ret, struct lm_error *e);

struct lm_account_row {
    int64_t id;
    enum lm_platform platform;
    enum lm_account_form form;
};
/* In order of id. */
lm_err lm_store_accounts(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_account_row *account), void *user,
                         struct lm_error *e);

#endif
