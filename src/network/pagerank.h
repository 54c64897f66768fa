/* pagerank.h - the share of the visits of a walker who follows ties by their weight.
 *
 * Brin and Page 1998, doi:10.1016/S0169-7552(98)00110-X: with LM_PAGERANK_DAMPING the walker follows a tie out (either
 * way when the network is undirected), else, and where no tie leads out, goes to any vertex. Power iteration until all
 * ranks together move by less than LM_PAGERANK_STOP. The ranks add up to 1.
 *
 * cost      O(n + m) per round, at most 200 rounds
 * errors    LM_ECANCELLED, LM_ENOMEM
 * threads   the same bytes with any number
 * test      tests/unit/test_network_measure.c (igraph) */
#ifndef LM_NETWORK_PAGERANK_H
#define LM_NETWORK_PAGERANK_H

#include "base/workers.h"
#include "network/graph.h"

#define LM_PAGERANK_DAMPING 0.85
#define LM_PAGERANK_STOP 1e-11

lm_err lm_pagerank(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort, double **ret_rank,
                   struct lm_error *e);

#endif
