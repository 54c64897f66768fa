/* category.h - fields with a few values only: what each two of them are worth together.
 *
 * "SIGMOD Conference" beside "International Conference on Management of Data" agrees in no letter, and yet says that both
 * records may be one; "f" beside "m" says more than "m" beside nothing known. For a field with up to LM_CATEGORY_MOST values, each held by
 * LM_CATEGORY_RECORDS records or more on average, the odds of each two values are learned from the pairs themselves:
 *
 *     odds(x, y) = (matches with x beside y + LM_CATEGORY_PRIOR) / (those that chance alone would give + LM_CATEGORY_PRIOR / 2^bits of the level)
 *
 * so that two values go by their level of agreement until a few matches say otherwise (a ratio of counts shrunk to its first guess, as in
 * DuMouchel 1999, doi:10.1080/00031305.1999.10474456); chance gives all matches · share of x · share of y. All odds are then divided by
 * their mean under chance. A weak first guess would believe whatever pair was there first: years of birth are a category as well.
 *
 * test  tests/unit/test_linkage_learn.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CATEGORY_H
#define LM_RESOLVE_CATEGORY_H

#include "resolve/record.h"

#define LM_CATEGORY_MOST 64
#define LM_CATEGORY_RECORDS 20
#define LM_CATEGORY_PRIOR 4.0

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
