/* path.h - how two names hang together in a network without time: the fewest hops, and the strongest ties.
 *
 * A tie's strength is its weight (graph.h: the sum over its contacts); with a directed graph a path follows the arcs.
 *   fewest     fewest hops; of those the path whose weakest tie is strongest; then the lower vertices, from the end
 *   strongest  the path whose weakest tie is as strong as possible (Pollack 1960, doi:10.1287/opre.8.5.733); of those the
 *              fewest hops; then the lower vertices
 * A chain of contacts is as doubtful as its weakest link; a product of strengths would need them to be chances, which counts
 * of calls are not.
 *
 * cost      O(n + m) and O(m log n); 16 bytes for each vertex
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_path.c
 */
#ifndef LM_NETWORK_PATH_H
#define LM_NETWORK_PATH_H

#include "network/graph.h"

struct lm_path {
    bool found;
    uint32_t *vertices; /* from … to; one when both are the same */
    uint32_t n;
    double weakest;     /* 0 without a hop */
};

lm_err lm_path_fewest(struct lm_arena *a, const struct lm_graph *g, uint32_t from, uint32_t to, struct lm_path *ret,
                      struct lm_error *e);
lm_err lm_path_strongest(struct lm_arena *a, const struct lm_graph *g, uint32_t from, uint32_t to, struct lm_path *ret,
                         struct lm_error *e);

#endif
