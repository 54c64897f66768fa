/* ranking.h - vertices in order of a measure, and how far missing data moves each of them.
 *
 * test      tests/unit/test_network_ranking.c
 */
#ifndef LM_NETWORK_RANKING_H
#define LM_NETWORK_RANKING_H

#include "network/graph.h"
#include "network/missing.h"
#include "base/workers.h"

/* lm_ranking - highest score first; scores within 1e-9 (relative) of the first of their run are equal: then the
 * higher degree, then the name.
 *
 * score     g->n values
 * ret_order g->n vertices, from `a`
 * cost      O(n log n)
 * errors    LM_ENOMEM */
lm_err lm_ranking(struct lm_arena *a, const struct lm_graph *g, const double *score, uint32_t **ret_order,
                  struct lm_error *e);

#define LM_RANK_RUNS 50       /* simulations; fewer when the network is large */
#define LM_RANK_RUNS_LEAST 10 /* with less than this a range says nothing: none is given */
struct lm_rank_range {
    uint32_t low, high; /* 1 is the highest score; 0: lost in every run */
};

struct lm_ranks {
    struct lm_rank_range *of; /* g->n; NULL without runs */
    uint32_t runs;            /* 0: the network is too large (or empty, or nobody supplies it) */
    const char *measure;      /* its name */
    enum lm_loss_kind loss;
};

/* What vertices are ranked by. */
struct lm_measure {
    const char *name; /* as in "ranks by betweenness" */
    /* g->n values from a, the higher the first. effort->threads is 1. */
    lm_err (*score)(struct lm_arena *a, const struct lm_graph *g, const void *ctx, const struct lm_effort *effort,
                    double **ret_score, struct lm_error *e);
    const void *ctx;
    uint64_t cost; /* steps of one call on the whole network: as many runs as keep runs × cost within 10^9 */
    bool alone;    /* not to be called by two threads at once (igraph): the runs go one after the other */
};

/* Brandes along the arcs when `directed`; ctx points at that flag: static in the library. */
struct lm_measure lm_measure_betweenness(const struct lm_graph *g, bool directed);
/* Distinct neighbours; arcs out plus arcs in when the network is directed. */
struct lm_measure lm_measure_degree(const struct lm_graph *g);

/* lm_rank_ranges_of - the ranks of every vertex by a measure when part of the network is missing (missing.h).
 *
 * In a run the rank of a vertex is everything from 1 + those above it to those above it or equal to it: equal scores have no
 * order. The range is from the lowest to the highest of all runs. A vertex that is lost in a run has no rank in it, and the
 * others are counted without it; one that only loses its ties stays, with the score that it then has.
 * Runs: LM_RANK_RUNS, or one for each supplier (LM_LOSS_SUPPLIER: none is given unless all fit).
 * The ranges have the same bytes with any number of threads.
 * cost      runs times that of the measure
 * errors    LM_ECANCELLED, LM_ENOMEM, the measure's; *ret untouched on error */
lm_err lm_rank_ranges_of(struct lm_arena *a, const struct lm_graph *g, const struct lm_measure *m,
                         const struct lm_loss *loss, const struct lm_effort *effort, struct lm_ranks *ret,
                         struct lm_error *e);

/* By betweenness, when a tenth of the ties is missing. */
lm_err lm_rank_ranges(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      struct lm_ranks *ret, struct lm_error *e);

#define LM_RANK_SENTENCE 256
/* How the ranges came about, or that there are none, for the foot of a table. Returns out. */
const char *lm_rank_sentence(const struct lm_ranks *r, char out[LM_RANK_SENTENCE]);

#endif
