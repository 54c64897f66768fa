#include "resolve/candidate.h"

static uint64_t all_pairs(const struct lm_candidates *c)
{
    uint64_t n = c->records->n, first = c->records->n_first;
    return c->between ? first * (n - first) : n * (n - (n > 0)) / 2;
}

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_counts *ret)
{
    struct lm_candidate_counts k = { .n_pairs = all_pairs(c) };
    k.all_pairs = true;
    lm_err err = c->take(c->ctx, NULL, 0);
    if (err == LM_OK)
        *ret = k;
    return err;
}
