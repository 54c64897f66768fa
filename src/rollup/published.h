/* published.h - figures as an agency printed them: place,figure,value,unit,qualifier,source.
 *
 * Every figure goes through as printed, with its row. Places are never added up: published parts do not make
 * the published whole. Two sources for one figure stand side by side and are noted; the exact same claim
 * again is set aside once. For each place with pills or powder the doses are computed under the chosen rule,
 * with low and high over the rules in force, and held against the published doses as their qualifier says
 * (compare.h). A place's pills and powder are taken from one source where one source has both.
 *
 * errors  LM_EINPUT: no header, a column missing or twice, a protected column (locator filled; the caller
 *         adds the file); rows that cannot be read are problems, and the rest goes on
 * test    tests/unit/test_rollup.c, tests/cli/rollup.sh
 */
#ifndef LM_ROLLUP_PUBLISHED_H
#define LM_ROLLUP_PUBLISHED_H

#include "rollup/rollup.h"

struct lm_published_problem {
    enum lm_problem_kind kind;
    struct lm_locator at;
    struct lm_str reason;
};

struct lm_published {
    struct lm_rollup rollup;
    const struct lm_published_problem *problems;
    size_t n_problems;
};

/* Everything in the answer lives in a. */
lm_err lm_published_read(struct lm_arena *a, struct lm_str csv, const struct lm_rollup_options *options,
                         struct lm_published *ret, struct lm_error *e);

#endif
