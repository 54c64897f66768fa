/* cuts.h - ties and vertices whose loss takes a component apart.
 *
 * A bridge is a tie that is on no cycle, a cut vertex one without which its component falls into pieces (Hopcroft and
 * Tarjan 1973, doi:10.1145/362248.362272, without recursion), both in the undirected projection.
 *
 * cost      O(n + m)
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_measure.c (igraph) */
#ifndef LM_NETWORK_CUTS_H
#define LM_NETWORK_CUTS_H

#include "network/graph.h"

struct lm_cuts {
    bool *cut_vertex;        /* g->n */
    uint32_t n_cut_vertices, n_bridges;
    uint32_t (*bridges)[2];  /* lower vertex first; sorted */
};

lm_err lm_cuts(struct lm_arena *a, const struct lm_graph *g, struct lm_cuts *ret, struct lm_error *e);

#endif
