#include "network/ranking.h"

#include <stdio.h>
#include <stdlib.h>

#include "network/betweenness.h"

#define TIE 1e-9
#define COST_MAX (UINT64_C(1000) * 1000 * 1000) /* runs × cost: a second or two */

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

/* Runs are shared out among the threads, each of them whole: what a run leaves out depends on its number alone, and the
 * widest of all ranges does not depend on who found it. */
struct simulation {
    const struct lm_graph *g;
    const struct lm_measure *measure;
    const struct lm_loss *loss;
    struct lm_effort alone; /* of one run */
    struct {
        struct lm_arena tmp;
        struct lm_rank_range *of;
        lm_err err;
    } worker[LM_WORKERS_MAX];
};

static void widen(struct lm_rank_range *range, uint32_t low, uint32_t high)
{
    range->low = range->low == 0 || low < range->low ? low : range->low;
    range->high = high > range->high ? high : range->high;
}

/* Those that are there, sorted by score. NULL without memory. */
static struct ranked *sorted_present(struct lm_arena *a, const struct lm_graph *g, const double *score, const bool *gone,
                                     uint32_t *ret_n)
{
    struct ranked *r = sorted(a, g, score);
    uint32_t n = 0;
    for (uint32_t i = 0; r != NULL && i < g->n; i++)
        if (gone == NULL || !gone[r[i].vertex])
            r[n++] = r[i];
    *ret_n = n;
    return r;
}

static void simulate(void *ctx, unsigned worker, uint32_t run)
{
    struct simulation *s = ctx;
    struct lm_arena *tmp = &s->worker[worker].tmp;
    struct lm_graph thin;
    const bool *gone;
    double *score;
    uint32_t n = 0;
    if (s->worker[worker].err != LM_OK)
        return;
    lm_err err = lm_cancelled(&s->alone) ? LM_ECANCELLED : lm_lose(tmp, s->g, s->loss, run, &thin, &gone);
    if (err == LM_OK)
        err = s->measure->score(tmp, &thin, s->measure->ctx, &s->alone, &score, NULL);
    struct ranked *r = err == LM_OK ? sorted_present(tmp, &thin, score, gone, &n) : NULL;
    s->worker[worker].err = err != LM_OK ? err : r != NULL ? LM_OK : LM_ENOMEM;
    for (uint32_t i = 0, j; r != NULL && i < n; i = j) {
        j = end_of_run(r, n, i);
        for (uint32_t k = i; k < j; k++)
            widen(&s->worker[worker].of[r[k].vertex], i + 1, j);
    }
    lm_arena_reset(tmp);
}

static void nothing(void *ctx, uint32_t run)
{
    (void)ctx;
    (void)run;
}

static lm_err simulate_all(struct lm_arena *tmp, struct simulation *s, const struct lm_effort *effort,
                           const struct lm_ranks *ranks)
{
    struct lm_workers *workers;
    const struct lm_effort mine = { .threads = s->measure->alone ? 1 : effort != NULL ? effort->threads : 0,
                                    .cancel = s->alone.cancel };
    lm_err err = lm_workers_open(tmp, &mine, &workers);
    if (err != LM_OK)
        return err;
    unsigned n = lm_workers_count(workers);
    for (unsigned i = 0; i < n; i++) {
        lm_arena_init(&s->worker[i].tmp, SIZE_MAX / 2);
        s->worker[i].of = lm_arena_array(tmp, s->g->n, sizeof *s->worker[i].of);
        if (s->worker[i].of == NULL)
            err = LM_ENOMEM;
    }
    if (err == LM_OK)
        lm_workers_run(workers, ranks->runs, false, (struct lm_work){ .work = simulate, .merge = nothing, .ctx = s });
    lm_workers_close(workers);
    for (unsigned i = 0; i < n; i++) {
        err = err == LM_OK ? s->worker[i].err : err;
        lm_arena_free(&s->worker[i].tmp);
        for (uint32_t v = 0; err == LM_OK && v < s->g->n; v++)
            if (s->worker[i].of[v].low != 0)
                widen(&ranks->of[v], s->worker[i].of[v].low, s->worker[i].of[v].high);
    }
    return err;
}

static uint32_t runs_for(const struct lm_graph *g, const struct lm_measure *m, const struct lm_loss *loss)
{
    uint64_t runs = m->cost != 0 && g->n_edges != 0 ? COST_MAX / m->cost : 0;
    if (loss->kind == LM_LOSS_SUPPLIER)
        return runs < loss->n_suppliers ? 0 : loss->n_suppliers;
    return runs < LM_RANK_RUNS_LEAST ? 0 : runs < LM_RANK_RUNS ? (uint32_t)runs : LM_RANK_RUNS;
}

lm_err lm_rank_ranges_of(struct lm_arena *a, const struct lm_graph *g, const struct lm_measure *m,
                         const struct lm_loss *loss, const struct lm_effort *effort, struct lm_ranks *ret,
                         struct lm_error *e)
{
    struct lm_ranks ranks = { .runs = runs_for(g, m, loss), .measure = m->name, .loss = loss->kind };
    struct lm_arena tmp;
    if (ranks.runs == 0) {
        *ret = ranks;
        return LM_OK;
    }
    lm_arena_init(&tmp, SIZE_MAX / 2);
    ranks.of = lm_arena_array(a, g->n, sizeof *ranks.of);
    struct simulation *s = lm_arena_alloc(&tmp, sizeof *s);
    lm_err err = LM_ENOMEM;
    if (ranks.of != NULL && s != NULL) {
        *s = (struct simulation){ .g = g, .measure = m, .loss = loss,
                                  .alone = { .threads = 1, .cancel = effort != NULL ? effort->cancel : NULL } };
        err = simulate_all(&tmp, s, effort, &ranks);
    }
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the simulation of missing data was cancelled");
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "no memory to simulate missing data among %u vertices", g->n);
    if (err != LM_OK)
        return lm_fail(e, err, "%s could not be computed on a part of the network", m->name);
    *ret = ranks;
    return LM_OK;
}

static lm_err betweenness(struct lm_arena *a, const struct lm_graph *g, const void *ctx, const struct lm_effort *effort,
                          double **ret_score, struct lm_error *e)
{
    return lm_betweenness(a, g, *(const bool *)ctx, effort, ret_score, e);
}

struct lm_measure lm_measure_betweenness(const struct lm_graph *g, bool directed)
{
    static const bool along[2] = { false, true };
    return (struct lm_measure){ "betweenness", betweenness, &along[directed], (uint64_t)g->n * g->n_edges, false };
}

static lm_err degree(struct lm_arena *a, const struct lm_graph *g, const void *ctx, const struct lm_effort *effort,
                     double **ret_score, struct lm_error *e)
{
    double *score = lm_arena_array(a, g->n, sizeof *score);
    (void)ctx;
    (void)effort;
    if (score == NULL)
        return lm_fail(e, LM_ENOMEM, "no memory for the degrees of %u vertices", g->n);
    for (uint32_t v = 0; v < g->n; v++)
        score[v] = (double)lm_graph_degree(g, v);
    *ret_score = score;
    return LM_OK;
}

struct lm_measure lm_measure_degree(const struct lm_graph *g)
{
    return (struct lm_measure){ "degree", degree, NULL, g->n + g->n_edges, false };
}

lm_err lm_rank_ranges(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      struct lm_ranks *ret, struct lm_error *e)
{
    const struct lm_measure m = lm_measure_betweenness(g, directed);
    const struct lm_loss ties = { .kind = LM_LOSS_TIES };
    return lm_rank_ranges_of(a, g, &m, &ties, effort, ret, e);
}

const char *lm_rank_sentence(const struct lm_ranks *r, char out[LM_RANK_SENTENCE])
{
    static const char *const lost[] = {
        [LM_LOSS_TIES] = "10 % of the ties (fixed seed)",
        [LM_LOSS_NODES] = "5 % of the nodes (fixed seed)",
        [LM_LOSS_SUPPLIER] = "what one exhibit alone supplies",
    };
    if (r->runs == 0)
        (void)snprintf(out, LM_RANK_SENTENCE, "Rank ranges were not simulated: the network is empty or too large for it.");
    else
        (void)snprintf(out, LM_RANK_SENTENCE,
                       "Rank range: ranks by %s over %u simulations that each leave out %s; equal values share all their "
                       "ranks.", r->measure, r->runs, lost[r->loss]);
    return out;
}
