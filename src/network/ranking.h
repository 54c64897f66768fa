/* ranking.h - vertices in order of betweenness, and how far missing data moves each of them.
 *
 * test      tests/unit/test_network_ranking.c
 */
#ifndef LM_NETWORK_RANKING_H
#define LM_NETWORK_RANKING_H

#include "network/graph.h"
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

#define LM_RANK_RUNS 50         /* simulations; fewer when the network is large */
#define LM_RANK_RUNS_LEAST 10   /* with less than this a range says nothing: none is given */
#define LM_RANK_LOSS_PERCENT 10 /* of the ties, each with this chance, in every run */
struct lm_rank_range {
    uint32_t low, high; /* 1 is the highest betweenness */
};

struct lm_ranks {
    struct lm_rank_range *of; /* g->n; NULL without runs */
    uint32_t runs;            /* 0: the network is too large (or empty) */
};

/* lm_rank_ranges - the ranks of every vertex by betweenness when a tenth of the ties is missing.
 *
 * In a run the rank of a vertex is everything from 1 + those above it to those above it or equal to it: equal scores
 * have no order. The range is from the lowest to the highest of all runs. Deleting ties says how a measure bears
 * random loss (Borgatti et al. 2006, doi:10.1016/j.socnet.2005.05.001); it says nothing about a source that was never
 * held.
 * The ranges have the same bytes with any number of threads.
 * cost      runs times that of betweenness; as many runs as keep runs × n × ties within 10^9
 * errors    LM_ECANCELLED, LM_ENOMEM; *ret untouched on error */
lm_err lm_rank_ranges(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      struct lm_ranks *ret, struct lm_error *e);

#define LM_RANK_SENTENCE 256
/* How the ranges came about, or that there are none, for the foot of a table. Returns out. */
const char *lm_rank_sentence(const struct lm_ranks *r, char out[LM_RANK_SENTENCE]);

#endif
