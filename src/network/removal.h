/* removal.h - taking vertices out one after the other, and what is left.
 *
 * Adaptive betweenness order ("HBA", high betweenness adaptive; Holme et al. 2002,
 * doi:10.1103/PhysRevE.65.056109): betweenness is computed anew after every removal and the highest goes
 * next. Which vertices are candidates depends on the goal:
 *   LM_GOAL_LCC    the vertices of the largest component (of all largest ones, when several are equal):
 *                  each removal works on what LCC measures;
 *   LM_GOAL_PAIRS  the vertices of every component: the betweenness of a vertex is the number of pairs
 *                  whose shortest paths depend on it, wherever they are, so each removal works on the
 *                  number of connected pairs;
 *   LM_GOAL_REACH, LM_GOAL_CITIES   the vertices of every component, by the wanted pairs that depend on
 *                  them (wanted.h); when none is left, as LM_GOAL_LCC.
 * With costs, betweenness is divided by the vertex's cost. Among candidates within 1e-9 (relative) of the highest betweenness the one with the highest degree in
 * what is left goes first, then the first name.
 *
 * A removal changes only the component it happens in: the betweenness of all others is kept. That and
 * blocks.h change the cost, never the order: tests/unit/test_network_removal.c compares with plain
 * recomputation.
 *
 * Where that takes too long (LM_REMOVAL_WORK for all removals together) betweenness comes from LM_REMOVAL_SOURCES
 * sources drawn at random (fixed seed), and the highest `batch` of a component go before it is computed anew; the batch
 * falls with the component, and small components are computed exactly. What was done is in the answer.
 *
 * With `directed` (and a directed graph) betweenness follows the arcs; LCC and pairs stay those of the
 * undirected projection.
 */
#ifndef LM_NETWORK_REMOVAL_H
#define LM_NETWORK_REMOVAL_H

#include "network/goal.h"
#include "base/workers.h"

#define LM_REMOVAL_WORK UINT64_C(40000000000) /* sources × ties */
#define LM_REMOVAL_SOURCES 256

struct lm_removal_wish {
    enum lm_goal goal;
    bool directed;
    uint32_t k_max; /* stop after so many removals; UINT32_MAX: when nothing is left */
    double until;   /* stop when LCC < until × N; 0: never */
    const struct lm_node_data *nodes; /* NULL: nothing is known */
    const uint32_t *first;            /* these go first, in this order, whatever their betweenness */
    uint32_t n_first;
    uint64_t work_max;                /* 0: LM_REMOVAL_WORK */
};

struct lm_removal_step {
    uint32_t vertex;
    uint32_t lcc;      /* vertices in the largest component after this removal */
    uint64_t pairs;    /* connected pairs after this removal */
    double score;      /* betweenness that put the vertex first, at that moment */
    double cost;       /* of this vertex and all before it */
};

#define LM_NOT_REACHED (-1)

/* Measures of one removal curve; N is the number of vertices at the start. */
struct lm_removal_measures {
    double auc10; /* lm_removal_auc10; NaN when LCC < N/10 was not reached */
    double r;     /* 1/N · Σ LCC(k)/N over all k = 1 … N; NaN unless everything was removed */
    double r_cost; /* Σ cost(k)/C · LCC(k)/N, C the cost of all: r when all cost the same; NaN as r */
    int64_t n10;  /* removals until LCC ≤ 10 % of N; LM_NOT_REACHED */
    int64_t n1;   /* removals until LCC ≤ 1 % of N; LM_NOT_REACHED */
};

struct lm_removal {
    uint32_t lcc0;
    uint64_t pairs0;
    struct lm_removal_step *steps;
    uint32_t n_steps;
    uint32_t sampled; /* steps whose betweenness came from a sample */
    uint32_t batch;   /* the largest batch; 1 or 0: every removal computed anew */
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
