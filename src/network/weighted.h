/* weighted.h - betweenness where strong ties are short.
 *
 * A tie is as long as 1 / its weight (Newman 2001, doi:10.1103/PhysRevE.64.016132): many contacts bring two nodes close.
 * Shortest paths by Dijkstra from every vertex, dependencies after Brandes 2001. Lengths of paths that differ by less
 * than one part in 10^10 are equal. A directed network is measured along its arcs, every ordered pair counting; an
 * undirected one counts each pair once. Path counts carry their own exponent: none overflows.
 *
 * ret_score g->n values from `a`, pairs of vertices, not normalised
 * cost      O(n·m·log n) time, 40 bytes per vertex and 8 per arc of memory, and the former per thread
 * errors    LM_ECANCELLED (polled once per source), LM_ENOMEM
 * threads   the same bytes with any number
 * test      tests/unit/test_network_measure.c (igraph) */
#ifndef LM_NETWORK_WEIGHTED_H
#define LM_NETWORK_WEIGHTED_H

#include "base/workers.h"
#include "network/graph.h"

lm_err lm_betweenness_weighted(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort,
                               double **ret_score, struct lm_error *e);

#endif
