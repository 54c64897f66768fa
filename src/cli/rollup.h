/* rollup.h - the words after rollup: freezing and comparing revisions, judging rows.
 *
 * test  tests/cli/rollup_revision.sh, tests/cli/rollup_judge.sh
 */
#ifndef LM_CLI_ROLLUP_H
#define LM_CLI_ROLLUP_H

#include "cli/look.h"
#include "rollup/rollup.h"

/* args->operands[0] is the word. */
lm_err lm_cli_rollup_word(struct lm_cli *cli, const struct lm_args *args, struct lm_rollup_options *options);

#endif
