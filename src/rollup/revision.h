/* revision.h - what moved between two roll-ups, and why, from their documents (docs/json/rollup.json).
 *
 * A figure is known by its dimension, place and name. Rows are known by their references, which never change what they
 * point to: a figure moves because rows came, rows went, or what counts as one thing is judged otherwise, or because of its rule.
 *
 * lifetime  slices point into the documents or live in a
 * errors    LM_EINPUT: not such a document; LM_ENOMEM
 * test      tests/unit/test_rollup_figures.c, tests/cli/rollup_revision.sh
 */
#ifndef LM_ROLLUP_REVISION_H
#define LM_ROLLUP_REVISION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct lm_moved {
    struct lm_str by, place, name, unit;
    struct lm_str from, to;           /* as printed; empty: there was, or is, no such figure; "null": refused */
    struct lm_str from_rule, to_rule; /* empty: none */
    const struct lm_str *came, *went; /* rows */
    size_t n_came, n_went;
    const struct lm_str *aside, *because; /* of the rows that went: those that are set aside now, and why */
    size_t n_aside;
};

struct lm_revision_change {
    const struct lm_moved *moved; /* in the order of the later document, then what it no longer has */
    size_t n_moved, n_same;
};

lm_err lm_rollup_change(struct lm_arena *a, struct lm_str before, struct lm_str after, struct lm_revision_change *ret,
                        struct lm_error *e);

/* Members of the object that the caller has open, and text. */
struct lm_json_out;
void lm_rollup_change_json(const struct lm_revision_change *c, struct lm_json_out *o);
void lm_rollup_change_text(const struct lm_revision_change *c, struct lm_buf *out);

#endif
