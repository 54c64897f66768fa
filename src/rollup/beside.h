/* beside.h - published figures beside one's own: each compared as its qualifier says, conflicting sources side by side.
 *
 * A published place is the operation's whole ("National", "whole", or the operation's own name), else the division, else
 * the city of that name (compare without regard to case). Figures meet by name; a cartel's name is cartel:NAME, doses are
 * those that prefer the laboratory, where there are any. Nothing is added up or averaged.
 *
 * test  tests/cli/rollup_published.sh
 */
#ifndef LM_ROLLUP_BESIDE_H
#define LM_ROLLUP_BESIDE_H

#include "rollup/rollup.h"

#define LM_BESIDE_BY (1U << LM_ROLLUP_OPERATION | 1U << LM_ROLLUP_DIVISION | 1U << LM_ROLLUP_CITY)

struct lm_beside {
    const struct lm_figure *published;
    const struct lm_figure *own;  /* NULL: there is none of that place and name */
    int agrees;                   /* 1, 0; -1: cannot be compared */
    bool conflict;                /* another source prints another value for the same place and figure */
    const char *because;          /* why it cannot be compared; "" when it can */
};

/* ours was made with LM_BESIDE_BY among its dimensions. One row for each figure that is printed, in their order. LM_ENOMEM. */
lm_err lm_rollup_beside(struct lm_arena *a, const struct lm_rollup *published, const struct lm_rollup *ours,
                        struct lm_beside **ret, size_t *ret_n, struct lm_error *e);

#endif
