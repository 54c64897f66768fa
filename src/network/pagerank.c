#include "network/pagerank.h"

#include <math.h>

#define CHUNK_VERTICES 8192
#define ROUNDS_MAX 200
#define STRENGTH_LEAST 1e-290 /* below it rank / strength is no number: nobody follows such a tie */

struct walk {
    const struct lm_graph *g;
    double *rank, *share[2], *strength; /* share: rank / strength, the part that one unit of weight carries */
    int now;                            /* share[now] is read, share[!now] written */
    double base;                        /* what comes to every vertex from anywhere */
    double moved, stuck;                /* of the round: how far ranks moved, rank without a tie out */
    double slot_moved[LM_WORKERS_SLOTS], slot_stuck[LM_WORKERS_SLOTS];
};

static double received(const struct walk *w, uint32_t v)
{
    const struct lm_adjacency *in = &w->g->in;
    const double *share = w->share[w->now];
    double sum = 0;
    if (w->g->weighted) {
        for (uint32_t j = in->at[v]; j < in->at[v + 1]; j++)
            sum += share[in->to[j]] * w->g->w_in[j];
    } else {
        double odd = 0; /* two sums: additions that wait for each other are what this loop would cost */
        uint32_t j = in->at[v], end = in->at[v + 1];
        for (; j + 1 < end; j += 2) {
            sum += share[in->to[j]];
            odd += share[in->to[j + 1]];
        }
        sum += odd + (j < end ? share[in->to[j]] : 0);
    }
    return sum;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct walk *w = ctx;
    (void)worker;
    uint32_t from = chunk * CHUNK_VERTICES, n = w->g->n;
    uint32_t to = n - from < CHUNK_VERTICES ? n : from + CHUNK_VERTICES;
    double moved = 0, stuck = 0;
    for (uint32_t v = from; v < to; v++) {
        double r = w->base + LM_PAGERANK_DAMPING * received(w, v);
        moved += fabs(r - w->rank[v]);
        w->rank[v] = r;
        if (w->strength[v] > STRENGTH_LEAST)
            w->share[!w->now][v] = r / w->strength[v];
        else
            stuck += r;
    }
    w->slot_moved[chunk % LM_WORKERS_SLOTS] = moved;
    w->slot_stuck[chunk % LM_WORKERS_SLOTS] = stuck;
}

static void merge(void *ctx, uint32_t chunk)
{
    struct walk *w = ctx;
    w->moved += w->slot_moved[chunk % LM_WORKERS_SLOTS];
    w->stuck += w->slot_stuck[chunk % LM_WORKERS_SLOTS];
}

static void begin(struct walk *w)
{
    const struct lm_graph *g = w->g;
    w->stuck = 0;
    for (uint32_t v = 0; v < g->n; v++) {
        w->rank[v] = 1.0 / g->n;
        if (g->weighted)
            for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++)
                w->strength[v] += g->w_out[j];
        else
            w->strength[v] = lm_degree(&g->out, v);
        if (w->strength[v] > STRENGTH_LEAST)
            w->share[0][v] = w->rank[v] / w->strength[v];
        else
            w->stuck += w->rank[v];
    }
}

lm_err lm_pagerank(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort, double **ret_rank,
                   struct lm_error *e)
{
    struct walk w = { .g = g };
    struct lm_workers *workers = NULL;
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    w.rank = lm_arena_array(a, g->n, sizeof *w.rank);
    w.share[0] = lm_arena_array(&tmp, g->n, sizeof *w.rank);
    w.share[1] = lm_arena_array(&tmp, g->n, sizeof *w.rank);
    w.strength = lm_arena_array(&tmp, g->n, sizeof *w.rank);
    bool room = w.rank != NULL && w.share[0] != NULL && w.share[1] != NULL && w.strength != NULL;
    lm_err err = room ? lm_workers_open(&tmp, effort, &workers) : LM_ENOMEM;
    if (err == LM_OK) {
        begin(&w);
        w.moved = 1;
    }
    for (int round = 0; err == LM_OK && g->n != 0 && round < ROUNDS_MAX && w.moved > LM_PAGERANK_STOP; round++) {
        w.base = (1 - LM_PAGERANK_DAMPING + LM_PAGERANK_DAMPING * w.stuck) / g->n;
        w.moved = w.stuck = 0;
        lm_workers_run(workers, (g->n + CHUNK_VERTICES - 1) / CHUNK_VERTICES, false,
                       (struct lm_work){ .work = work, .merge = merge, .ctx = &w });
        w.now = !w.now;
        if (lm_cancelled(effort))
            err = LM_ECANCELLED;
    }
    lm_workers_close(workers);
    lm_arena_free(&tmp);
    if (err != LM_OK)
        return lm_fail(e, err, err == LM_ECANCELLED ? "PageRank was cancelled" : "no memory for PageRank");
    *ret_rank = w.rank;
    return LM_OK;
}
