/* removal.h - taking vertices out one after the other, and what is left.
 *
 * Adaptive betweenness order ("HBA", high betweenness adaptive; Holme et al. 2002,
 * doi:10.1103/PhysRevE.65.056109): betweenness is computed anew after every removal and the highest goes
 * next. Which vertices are candidates depends on the goal:
 *   LM_GOAL_LCC    the vertices of the largest component (of all largest ones, when several are equal):
 *                  each removal works on what LCC measures;
 *   LM_GOAL_PAIRS  the vertices of every component: the betweenness of a vertex is the number of pairs
 *                  whose shortest paths depend on it, wherever they are, so each removal works on the
 *                  number of connected pairs.
 * Among candidates within 1e-9 (relative) of the highest betweenness the one with the highest degree in
 * what is left goes first, then the first name.
 *
 * A removal changes only the component it happens in: the betweenness of all others is kept. That and
 * blocks.h change the cost, never the order: tests/unit/test_network_removal.c compares with plain
 * recomputation.
 *
 * With `directed` (and a directed graph) betweenness follows the arcs; LCC and pairs stay those of the
 * undirected projection.
 */
#ifndef LM_NETWORK_REMOVAL_H
#define LM_NETWORK_REMOVAL_H

#include "network/graph.h"
#include "base/workers.h"

enum lm_goal { LM_GOAL_LCC, LM_GOAL_PAIRS };

struct lm_removal_wish {
    enum lm_goal goal;
    bool directed;
    uint32_t k_max; /* stop after so many removals; UINT32_MAX: when nothing is left */
    double until;   /* stop when LCC < until × N; 0: never */
};

struct lm_removal_step {
    uint32_t vertex;
    uint32_t lcc;      /* vertices in the largest component after this removal */
    uint64_t pairs;    /* connected pairs after this removal */
    double score;      /* betweenness that put the vertex first, at that moment */
};

#define LM_NOT_REACHED (-1)

/* Measures of one removal curve; N is the number of vertices at the start. */
struct lm_removal_measures {
    double auc10; /* lm_removal_auc10; NaN when LCC < N/10 was not reached */
    double r;     /* 1/N · Σ LCC(k)/N over all k = 1 … N; NaN unless everything was removed */
    int64_t n10;  /* removals until LCC ≤ 10 % of N; LM_NOT_REACHED */
    int64_t n1;   /* removals until LCC ≤ 1 % of N; LM_NOT_REACHED */
};

struct lm_removal {
    uint32_t lcc0;
    uint64_t pairs0;
    struct lm_removal_step *steps;
    uint32_t n_steps;
    struct lm_removal_measures measures;
};

/* lm_removal_adaptive - the order and its curve.
 *
 * steps     from `a`
 * cost      at most N times that of betweenness inside the component it happens in
 * errors    LM_ECANCELLED, LM_ENOMEM
 * test      tests/unit/test_network_removal.c; tests/compat/test_network.c */
lm_err lm_removal_adaptive(struct lm_arena *a, const struct lm_graph *g, const struct lm_removal_wish *wish,
                           const struct lm_effort *effort, struct lm_removal *ret, struct lm_error *e);

/* How many steps, from the first, a ranking of accounts may show: a vertex of betweenness 0 stands between nobody, and
 * its place in the order says nothing about it. */
uint32_t lm_removal_ranked(const struct lm_removal *r);

/* AUC10 of LCC(1) … LCC(n_steps): composite Simpson rule, step 1, over LCC(k)/N from k = 1 to the first
 * K with LCC(K) < N/10; when the number of intervals is odd the last one gets Cartwright's correction
 * (2017, as in SciPy ≥ 1.11: 5/12, 2/3, −1/12); one interval is a trapezium, K = 1 gives 0. NaN when K
 * is not reached. */
double lm_removal_auc10(const struct lm_removal_step *steps, uint32_t n_steps, uint32_t n);

/* All measures of a curve, whatever made it. */
struct lm_removal_measures lm_removal_measure(const struct lm_removal_step *steps, uint32_t n_steps, uint32_t n,
                                              uint32_t lcc0);

#endif
