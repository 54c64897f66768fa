/* row_list.h - own rows kept in an arena between who pushes them (a reader's sink, the store) and the roll-up,
 * which pulls them.
 *
 * test  tests/cli/rollup.sh, tests/cli/sample.sh
 */
#ifndef LM_ROLLUP_ROW_LIST_H
#define LM_ROLLUP_ROW_LIST_H

#include "rollup/rollup.h"

#define LM_ROW_BLOCK 256

struct lm_row_list {
    struct lm_rollup_rows pull; /* give this to lm_rollup_run, once */
    struct lm_arena *a;
    struct lm_rollup_row **blocks; /* rows stay where they are: there are tens of thousands of them, and copying costs pages */
    size_t n, cap, next;
};

void lm_row_list_init(struct lm_row_list *l, struct lm_arena *a);

/* Copies the row and its reference. The note and the texts of quantities are left out: no figure needs them. LM_ENOMEM. */
lm_err lm_row_list_add(struct lm_row_list *l, const struct lm_op_row *op, struct lm_str ref);

#endif
