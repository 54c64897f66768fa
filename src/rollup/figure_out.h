/* figure_out.h - a roll-up as one JSON document and as text for people. */
#ifndef LM_ROLLUP_FIGURE_OUT_H
#define LM_ROLLUP_FIGURE_OUT_H

#include "base/buf.h"
#include "rollup/beside.h"
#include "rollup/published.h"

/* What stands around the figures. */
struct lm_rollup_print {
    const struct lm_rollup *rollup;
    const struct lm_rollup_options *options;
    const struct lm_published_problem *problems; /* may be NULL with n_problems 0 */
    const struct lm_str *problem_files;          /* one for each problem */
    size_t n_problems;
    uint64_t n_more_problems; /* counted, not listed */
    const struct lm_beside *beside; /* NULL: no published figures were asked for */
    size_t n_beside;
};

/* {"figures":[…],"set_aside":[…],"notes":[…],"problems":[…],"rules":[…],"caution":"…"}; schema
 * docs/json/rollup.json. */
void lm_rollup_to_json(const struct lm_rollup_print *p, struct lm_buf *out);

/* A table by place. Beside every dose figure: its rule, whether it is our inference, the range, the
 * comparison; below: the source of each rule that was used and the caution. Control characters of the
 * evidence become "?". */
void lm_rollup_to_text(const struct lm_rollup_print *p, struct lm_buf *out);

#endif
