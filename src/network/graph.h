/* graph.h - a network in memory: compressed adjacency, built once, never changed.
 *
 * Vertices stand in the byte order of their names (equal names in the order given), so "then the
 * name" in a tie means the lower vertex, and nothing depends on the order of the lines of a file.
 * Several edges between the same two vertices become one whose weight is their sum; an edge from a
 * vertex to itself is dropped and counted. Weights are kept but enter no shortest path: a path is
 * counted in steps.
 *
 * Every graph has the undirected simple projection (`near`). A directed one has arcs out and in as
 * well; on an undirected one `out` and `in` are `near`.
 *
 * limits    vertices below 2^31, arcs below 2^32
 * test      tests/unit/test_network_graph.c
 */
#ifndef LM_NETWORK_GRAPH_H
#define LM_NETWORK_GRAPH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct lm_edge_in {
    uint32_t a, b; /* indices into the names given; a → b when the graph is directed */
    double w;
};

/* Neighbours of v: to[at[v]] … to[at[v + 1] - 1], ascending, each once. */
struct lm_adjacency {
    uint32_t n;
    const uint32_t *at; /* n + 1 */
    const uint32_t *to;
};

struct lm_graph {
    uint32_t n;
    bool directed;
    uint64_t n_edges; /* distinct: unordered pairs, or ordered pairs when directed */
    uint64_t n_pairs; /* distinct unordered pairs, always */
    uint64_t n_loops, n_merged;
    double weight_sum; /* over all edges kept; finite */
    const struct lm_str *names;
    struct lm_adjacency near, out, in;
    bool weighted;                           /* some weight, after merging, is not 1 */
    const double *w_out, *w_in; /* beside out.to and in.to; NULL when all are 1: lm_weight */
};

/* names and edges are borrowed: the texts the names point to must outlive the graph, the arrays need
 * not. Everything else is in `a`. ret_vertex_of (may be NULL) gets an array of n: name → vertex.
 * cost      O(n log n + m)
 * memory    8 bytes per edge and 4 per vertex in `a`, and 16 per edge for the weights unless all are 1; a directed
 *           network three times the former. While it is built 48 bytes per edge more at most
 * errors    LM_ELIMIT beyond the limits, LM_EINTERNAL for an index outside the names, LM_EINPUT when the weights add up
 *           to more than a double, LM_ENOMEM */
lm_err lm_graph_build(struct lm_arena *a, const struct lm_str *names, size_t n, const struct lm_edge_in *edges,
                      size_t n_edges, bool directed, struct lm_graph *ret, uint32_t **ret_vertex_of,
                      struct lm_error *e);

/* The vertex with this name (the first of equals), or UINT32_MAX. O(log n). */
uint32_t lm_graph_find(const struct lm_graph *g, struct lm_str name);

static inline uint32_t lm_degree(const struct lm_adjacency *j, uint32_t v)
{
    return j->at[v + 1] - j->at[v];
}

/* Of arc j; weights is w_out or w_in. */
static inline double lm_weight(const double *weights, uint32_t j)
{
    return weights != NULL ? weights[j] : 1;
}

/* Distinct neighbours; arcs out plus arcs in when the graph is directed. */
static inline uint64_t lm_graph_degree(const struct lm_graph *g, uint32_t v)
{
    return g->directed ? (uint64_t)lm_degree(&g->out, v) + lm_degree(&g->in, v) : lm_degree(&g->near, v);
}

#endif
