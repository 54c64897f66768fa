/* operation_rows.h - the roll-up of a workspace's own rows, with what persons have judged of them.
 *
 * f->investigation empty: all investigations. Everything lives in a.
 *
 * errors  those of lm_store_op_rows and lm_rollup_run
 * test    tests/cli/workspace_figures.sh, tests/cli/rollup_judge.sh
 */
#ifndef LM_REPORT_OPERATION_ROWS_H
#define LM_REPORT_OPERATION_ROWS_H

#include "rollup/rollup.h"
#include "store/store.h"

/* options->words is filled. *ret_any (may be NULL): there were rows. */
lm_err lm_report_rollup(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                        struct lm_rollup_options *options, struct lm_rollup *ret, bool *ret_any, struct lm_error *e);

#endif
