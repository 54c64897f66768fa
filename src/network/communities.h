/* communities.h - parts of a network with more ties inside than the degrees of their vertices explain.
 *
 * Leiden (Traag, Waltman, van Eck 2019, doi:10.1038/s41598-019-41695-z) on modularity with resolution 1 (Newman, Girvan 2004,
 * doi:10.1103/PhysRevE.69.026113), over the undirected projection; weights are the ties'. The refinement takes the best merger
 * (the paper's randomness at 0), the order of the vertices is drawn from the seed, and an iteration is repeated until it
 * gains nothing. Our own because groups are worth what resampling says of them: hundreds of runs on all processors, which
 * the library (not built for threads) cannot do. It is the oracle of the test.
 *
 * test      tests/unit/test_network_groups.c
 */
#ifndef LM_NETWORK_COMMUNITIES_H
#define LM_NETWORK_COMMUNITIES_H

#include "network/graph.h"

/* The undirected projection with the weights of its ties: one value for each entry of g->near.to, those of both directions
 * added up. LM_ENOMEM only. */
lm_err lm_near_weights(struct lm_arena *a, const struct lm_graph *g, double **ret);

struct lm_communities {
    uint32_t *of; /* vertex → community, numbered in the order of their first vertices */
    uint32_t n;
    double modularity; /* 0 without ties */
};

/* near: any undirected adjacency without loops, w beside near->to. Same seed, same answer.
 * cost      O(ties) for a pass, a few passes; ret in a, scratch in an arena of its own
 * errors    LM_ENOMEM */
lm_err lm_communities(struct lm_arena *a, const struct lm_adjacency *near, const double *w, uint64_t seed,
                      struct lm_communities *ret);

/* Modularity of any parts, numbered below n_parts. O(n + ties). LM_ENOMEM only. */
lm_err lm_modularity(const struct lm_adjacency *near, const double *w, const uint32_t *of, uint32_t n_parts, double *ret);

#endif
