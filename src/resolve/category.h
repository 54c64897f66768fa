/* category.h - fields with a few values only: what each two of them are worth together.
 *
 * "SIGMOD Conference" beside "International Conference on Management of Data" agrees in no letter, and yet says that both
 * records may be one; "f" beside "m" says more than "m" beside nothing known. For a field with up to LM_CATEGORY_MOST values, each held by
 * LM_CATEGORY_RECORDS records or more on average, the odds of each two values are learned from the pairs themselves:
 *
 *     m(x, y) = (matches with x beside y + LM_CATEGORY_PRIOR · what the level of agreement says) / (all matches + LM_CATEGORY_PRIOR)
 *     u(x, y) = share of x · share of y
 *
 * test  tests/unit/test_linkage_learn.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CATEGORY_H
#define LM_RESOLVE_CATEGORY_H

#include "resolve/record.h"

#define LM_CATEGORY_MOST 64
#define LM_CATEGORY_RECORDS 20
#define LM_CATEGORY_PRIOR 30.0

struct lm_category {
    uint32_t side;          /* values + 1 */
    double *share[2];       /* [value] in each source; between records of one table both are the same */
    uint8_t *level;         /* [x · side + y] enum lm_level */
    double *seen;           /* [x · side + y] matches, as the model counts them */
    float *bits;            /* [x · side + y]; 0 where one is not given */
    float best;
};

/* Whether a field is one; then *ret is made, with no matches seen. Free with lm_category_free. LM_ENOMEM. */
lm_err lm_category_make(const struct lm_records *r, uint32_t field, bool between, struct lm_category **ret);
void lm_category_free(struct lm_category *c);

/* bits from what was seen. level_bits[level] is what a level says; for equal values, their rarity counts instead. */
void lm_category_ready(struct lm_category *c, const float *level_bits, const float *equal_bits);

#endif
