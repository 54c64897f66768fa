/* components.h - which vertices hang together, and how many pairs are connected.
 *
 * Components are those of the undirected projection (weak ones, when the network is directed).
 * test      tests/unit/test_network_removal.c
 */
#ifndef LM_NETWORK_COMPONENTS_H
#define LM_NETWORK_COMPONENTS_H

#include "network/graph.h"

struct lm_components {
    uint32_t n;     /* how many */
    uint32_t lcc;   /* vertices in the largest; 0 when nothing is left */
    uint64_t pairs; /* unordered pairs of vertices that some path connects */
};

/* gone: g->n flags of vertices left out, or NULL. O(n + m). LM_ENOMEM only. */
lm_err lm_components(const struct lm_graph *g, const bool *gone, struct lm_components *ret, struct lm_error *e);

/* The component of every vertex, from `a`: 1 is the largest; equally large ones by their lowest vertex. Returns how many
 * there are by ret_n. O(n log n + m). LM_ENOMEM only. */
lm_err lm_component_numbers(struct lm_arena *a, const struct lm_graph *g, uint32_t **ret_of, uint32_t *ret_n,
                            struct lm_error *e);

/* Numbers groups 0 … n_groups - 1 anew in the same order; an empty one gets none. of: n_of values, changed. LM_ENOMEM only. */
lm_err lm_groups_by_size(uint32_t *of, uint32_t n_of, uint32_t n_groups, uint32_t *ret_n, struct lm_error *e);

/* One component, numbered 0 … n - 1 in breadth-first order from its vertex of highest degree, so that
 * neighbouring numbers lie close together. */
struct lm_carved {
    uint32_t n;
    uint32_t *vertex; /* number → vertex of the graph */
    struct lm_adjacency near, out, in; /* as in lm_graph */
};

struct lm_carver;

/* Room for any component of g. LM_ENOMEM only. */
lm_err lm_carver_open(struct lm_arena *a, const struct lm_graph *g, bool directed, struct lm_carver **ret);

/* The component of `start`, leaving out what is gone. The result lives until the next call. O(its
 * vertices and their arcs in the graph). */
struct lm_carved lm_carve(struct lm_carver *c, uint32_t start, const bool *gone);

#endif
