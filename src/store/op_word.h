/* op_word.h - a person's word that two rows of the agency's tables are the same thing, or are not.
 *
 * The rows are called as lm_store_op_rows calls them; what stands in brackets at the end, "(byte 572)", may be left out. The
 * word is kept under an investigation and holds in every look that sees both rows, until it is taken back.
 *
 * errors    those of store.h; LM_ENOTFOUND: no such row; LM_EUSAGE: no reason, or not of one table
 * test      tests/cli/rollup_judge.sh
 */
#ifndef LM_STORE_OP_WORD_H
#define LM_STORE_OP_WORD_H

#include "store/store.h"

lm_err lm_store_op_judge(struct lm_store *st, struct lm_str investigation, bool same, struct lm_str a, struct lm_str b,
                         struct lm_str reason, int64_t *ret_judgement, struct lm_error *e);
lm_err lm_store_op_unjudge(struct lm_store *st, struct lm_str investigation, int64_t judgement, struct lm_str reason,
                           struct lm_error *e);

struct lm_op_word_row {
    int64_t judgement, at_us;
    bool same;
    struct lm_str a, b; /* empty: under no live authority of the look */
    struct lm_str reason, who;
};
/* Those that stand, in order; the filter's investigation may be empty, as for lm_store_op_rows. */
lm_err lm_store_op_words(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_op_word_row *row), void *user, struct lm_error *e);

#endif
