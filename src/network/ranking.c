#include "network/ranking.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "network/betweenness.h"

#define TIE 1e-9
#define COST_MAX (UINT64_C(400) * 1000 * 1000) /* runs × vertices × ties: a second or two */

struct ranked {
    uint32_t vertex;
    uint64_t degree;
    double score;
};

static int by_score(const void *x, const void *y)
{
    const struct ranked *p = x, *q = y;
    if (p->score != q->score)
        return p->score > q->score ? -1 : 1;
    return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

static int by_degree(const void *x, const void *y)
{
    const struct ranked *p = x, *q = y;
    if (p->degree != q->degree)
        return p->degree > q->degree ? -1 : 1;
    return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

/* Sorted by score. NULL without memory. */
static struct ranked *sorted(struct lm_arena *a, const struct lm_graph *g, const double *score)
{
    struct ranked *r = lm_arena_array(a, g->n, sizeof *r);
    if (r == NULL)
        return NULL;
    for (uint32_t v = 0; v < g->n; v++)
        r[v] = (struct ranked){ v, lm_graph_degree(g, v), score[v] };
    if (g->n > 1)
        qsort(r, g->n, sizeof *r, by_score);
    return r;
}

/* Where the run of equals that begins at i ends. */
static uint32_t end_of_run(const struct ranked *r, uint32_t n, uint32_t i)
{
    uint32_t j = i + 1;
    while (j < n && r[j].score >= r[i].score * (1 - TIE))
        j++;
    return j;
}

lm_err lm_ranking(struct lm_arena *a, const struct lm_graph *g, const double *score, uint32_t **ret_order,
                  struct lm_error *e)
{
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct ranked *r = sorted(&tmp, g, score);
    uint32_t *order = lm_arena_array(a, g->n, sizeof *order);
    bool there = r != NULL && order != NULL;
    for (uint32_t i = 0, j; there && i < g->n; i = j) {
        j = end_of_run(r, g->n, i);
        qsort(r + i, j - i, sizeof *r, by_degree);
    }
    for (uint32_t i = 0; there && i < g->n; i++)
        order[i] = r[i].vertex;
    lm_arena_free(&tmp);
    if (!there)
        return lm_fail(e, LM_ENOMEM, "no memory for a ranking of %u vertices", g->n);
    *ret_order = order;
    return LM_OK;
}

/* One run: what it leaves out is drawn in the order of the ties, its ranks widen the ranges. Everything in tmp. */
static lm_err simulate(struct lm_arena *tmp, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                       struct lm_rng *random, struct lm_rank_range *of, struct lm_error *e)
{
    struct lm_edge_in *kept = lm_arena_array(tmp, g->n_edges, sizeof *kept);
    struct lm_graph thin;
    double *score;
    size_t n_kept = 0;
    if (kept == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for %llu ties", (unsigned long long)g->n_edges);
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            if ((g->directed || v < w) && lm_rng_below(random, 100) >= LM_RANK_LOSS_PERCENT)
                kept[n_kept++] = (struct lm_edge_in){ v, w, 1 };
        }
    /* the names are in order already: a vertex keeps its number */
    lm_err err = lm_graph_build(tmp, g->names, g->n, kept, n_kept, g->directed, &thin, NULL, e);
    if (err == LM_OK)
        err = lm_betweenness(tmp, &thin, directed, effort, &score, e);
    if (err != LM_OK)
        return err;
    struct ranked *r = sorted(tmp, &thin, score);
    if (r == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for a ranking of %u vertices", g->n);
    for (uint32_t i = 0, j; i < g->n; i = j) {
        j = end_of_run(r, g->n, i);
        for (uint32_t k = i; k < j; k++) {
            struct lm_rank_range *range = &of[r[k].vertex];
            range->low = range->low == 0 || i + 1 < range->low ? i + 1 : range->low;
            range->high = j > range->high ? j : range->high;
        }
    }
    return LM_OK;
}

static uint32_t runs_for(const struct lm_graph *g)
{
    uint64_t cost = (uint64_t)g->n * g->n_edges;
    uint64_t runs = cost != 0 ? COST_MAX / cost : 0;
    return runs < LM_RANK_RUNS_LEAST ? 0 : runs < LM_RANK_RUNS ? (uint32_t)runs : LM_RANK_RUNS;
}

lm_err lm_rank_ranges(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      struct lm_ranks *ret, struct lm_error *e)
{
    struct lm_ranks ranks = { .runs = runs_for(g) };
    struct lm_rng random = { 1 };
    struct lm_arena tmp;
    lm_err err = LM_OK;
    if (ranks.runs != 0) {
        ranks.of = lm_arena_array(a, g->n, sizeof *ranks.of);
        if (ranks.of == NULL)
            return lm_fail(e, LM_ENOMEM, "no memory for the ranks of %u vertices", g->n);
    }
    lm_arena_init(&tmp, SIZE_MAX / 2);
    for (uint32_t i = 0; i < ranks.runs && err == LM_OK; i++) {
        err = lm_cancelled(effort) ? lm_fail(e, LM_ECANCELLED, "the simulation was cancelled")
                                   : simulate(&tmp, g, directed, effort, &random, ranks.of, e);
        lm_arena_reset(&tmp);
    }
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret = ranks;
    return err;
}

const char *lm_rank_sentence(const struct lm_ranks *r, char out[LM_RANK_SENTENCE])
{
    if (r->runs == 0)
        (void)snprintf(out, LM_RANK_SENTENCE, "Rank ranges were not simulated: the network is empty or too large for it.");
    else
        (void)snprintf(out, LM_RANK_SENTENCE,
                       "Rank range: ranks by betweenness over %u simulations that each leave out 10 %% of the ties (fixed "
                       "seed); equal values share all their ranks.", r->runs);
    return out;
}
