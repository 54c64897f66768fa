/* sampled.h - betweenness of networks that are too large for all pairs, from shortest paths drawn by chance.
 *
 * Riondato and Kornaropoulos 2016, doi:10.1007/s10618-015-0423-0: pairs of vertices are drawn, for each one of its
 * shortest paths, all equally likely; the share of the draws in which a vertex is inside the path estimates its
 * betweenness as a share of all pairs. With r = 0.5 / epsilon² · (floor(log2(D - 2)) + 1 + ln(1 / delta)) draws, D the
 * vertices on the longest shortest path or more, every vertex at once is within epsilon, with a chance of 1 - delta.
 * D comes from one search of each component when the network is undirected (twice its depth at most), else the number
 * of vertices stands for it. A path is found from both ends at once, the side with fewer arcs ahead going first
 * (Borassi and Natale 2019, doi:10.1145/3284359).
 *
 * ret       score: pairs, as lm_betweenness (share × pairs); one draw is pairs / draws, so most vertices have 0
 * threads   the same bytes with any number: each draw has a generator of its own, hits are counted
 * memory    24 bytes per vertex and thread
 * errors    LM_EUSAGE epsilon or delta outside 0 … 1 (both exclusive), LM_ELIMIT more than 2^31 draws,
 *           LM_ECANCELLED, LM_ENOMEM
 * test      tests/unit/test_network_sampled.c (within epsilon of the exact) */
#ifndef LM_NETWORK_SAMPLED_H
#define LM_NETWORK_SAMPLED_H

#include "base/workers.h"
#include "network/graph.h"

struct lm_sampling {
    double epsilon, delta; /* of the share of all pairs */
    uint64_t seed;
};

struct lm_sampled {
    double *score;
    uint32_t draws;
    double error_pairs; /* epsilon × pairs: what a score may be off */
};

lm_err lm_betweenness_sampled(struct lm_arena *a, const struct lm_graph *g, const struct lm_sampling *how,
                              const struct lm_effort *effort, struct lm_sampled *ret, struct lm_error *e);

#endif
