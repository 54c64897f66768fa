/* swaps.h - a random network in which every vertex has as many ties as here.
 *
 * Two ties a-b and c-d become a-d and c-b, unless one of these is there already or joins a vertex to itself; ten tries for each
 * tie (Maslov, Sneppen 2002, doi:10.1126/science.1065103). A weight goes with the first end of its tie.
 *
 * test      tests/unit/test_network_groups.c
 */
#ifndef LM_NETWORK_SWAPS_H
#define LM_NETWORK_SWAPS_H

#include "network/graph.h"

/* w: beside g->near.to. Lists of neighbours are not in order. All in a. O(ties). LM_ENOMEM only. */
lm_err lm_swapped(struct lm_arena *a, const struct lm_graph *g, const double *w, uint64_t seed, struct lm_adjacency *ret,
                  double **ret_w);

#endif
