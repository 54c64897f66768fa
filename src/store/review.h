/* review.h - what a person found about the content of an event: the one place that writes it.
 *
 * state: unreviewed, responsive, non_responsive, privileged, held (schema_v1.c). The row is anchored in the chain
 * (anchor.h): of several findings about one event the last one holds, and all of them stay in the chain. The caller
 * has a transaction open.
 */
#ifndef LM_STORE_REVIEW_H
#define LM_STORE_REVIEW_H

#include "store/db.h"

struct lm_review {
    int64_t event, at_us;
    struct lm_str state, who, reason; /* reason empty: none */
};
lm_err lm_review_put(struct lm_store *st, const struct lm_review *r, struct lm_error *e);

#endif
