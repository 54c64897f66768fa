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
    int64_t first_us, last_us;    /* of the dated events; meaningful when there are any */
    uint64_t imports_interrupted;
    uint64_t audit_entries;       /* of the whole workspace */
    char audit_head[65];
};
lm_err lm_store_summary(struct lm_store *st, const struct lm_filter *f, struct lm_summary *ret, struct lm_error *e);

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
