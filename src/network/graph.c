#include "network/graph.h"

#include <stdlib.h>

#define MAX_VERTICES ((size_t)1 << 31)
#define MAX_ARCS ((size_t)UINT32_MAX)

struct named {
    struct lm_str name;
    uint32_t given;
};

static int by_name(const void *x, const void *y)
{
    const struct named *p = x, *q = y;
    int c = lm_str_cmp(p->name, q->name);
    return c != 0 ? c : (p->given > q->given) - (p->given < q->given);
}

struct arc {
    uint32_t to;
    uint32_t order; /* of appearance, so that weights are summed in one order */
    double w;
};

static int by_target(const void *x, const void *y)
{
    const struct arc *p = x, *q = y;
    if (p->to != q->to)
        return p->to < q->to ? -1 : 1;
    return (p->order > q->order) - (p->order < q->order);
}

/* One direction of adjacency while it is made. */
struct making {
    uint32_t *at;
    uint32_t *to;
    double *w;
    uint64_t n_merged;
};

enum side { SIDE_OUT, SIDE_IN, SIDE_BOTH };

/* Counts, fills, then sorts and merges each vertex's run. Scratch comes from `tmp`. */
static lm_err make(struct lm_arena *a, struct lm_arena *tmp, uint32_t n, const uint32_t *vertex_of,
                   const struct lm_edge_in *edges, size_t n_edges, enum side side, struct making *ret)
{
    size_t n_arcs = 0;
    size_t *start = lm_arena_array(tmp, (size_t)n + 2, sizeof *start);
    if (start == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n_edges; i++) {
        uint32_t x = vertex_of[edges[i].a], y = vertex_of[edges[i].b];
        if (x == y)
            continue;
        if (side != SIDE_IN)
            start[x + 2]++, n_arcs++;
        if (side != SIDE_OUT)
            start[y + 2]++, n_arcs++;
    }
    for (uint32_t v = 0; v < n; v++)
        start[v + 2] += start[v + 1];
    struct arc *arcs = lm_arena_array(tmp, n_arcs, sizeof *arcs);
    ret->at = lm_arena_array(a, (size_t)n + 1, sizeof *ret->at);
    ret->to = lm_arena_array(a, n_arcs, sizeof *ret->to);
    ret->w = lm_arena_array(side == SIDE_IN ? tmp : a, n_arcs, sizeof *ret->w);
    if (arcs == NULL || ret->at == NULL || ret->to == NULL || ret->w == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n_edges; i++) {
        uint32_t x = vertex_of[edges[i].a], y = vertex_of[edges[i].b];
        if (x == y)
            continue;
        if (side != SIDE_IN)
            arcs[start[x + 1]++] = (struct arc){ .to = y, .order = (uint32_t)i, .w = edges[i].w };
        if (side != SIDE_OUT)
            arcs[start[y + 1]++] = (struct arc){ .to = x, .order = (uint32_t)i, .w = edges[i].w };
    }
    uint32_t k = 0;
    for (uint32_t v = 0; v < n; v++) {
        struct arc *run = arcs + start[v];
        size_t n_run = start[v + 1] - start[v];
        ret->at[v] = k;
        if (n_run > 1)
            qsort(run, n_run, sizeof *run, by_target);
        for (size_t i = 0; i < n_run; i++) {
            if (i > 0 && run[i].to == run[i - 1].to) {
                ret->w[k - 1] += run[i].w;
                ret->n_merged++;
            } else {
                ret->to[k] = run[i].to;
                ret->w[k++] = run[i].w;
            }
        }
    }
    ret->at[n] = k;
    return LM_OK;
}

static lm_err make_all(struct lm_arena *a, struct lm_arena *tmp, struct lm_graph *g, const uint32_t *vertex_of,
                       const struct lm_edge_in *edges, size_t n_edges)
{
    struct making near = { 0 }, out = { 0 }, in = { 0 };
    lm_err err = make(a, tmp, g->n, vertex_of, edges, n_edges, SIDE_BOTH, &near);
    if (err == LM_OK && g->directed)
        err = make(a, tmp, g->n, vertex_of, edges, n_edges, SIDE_OUT, &out);
    if (err == LM_OK && g->directed)
        err = make(a, tmp, g->n, vertex_of, edges, n_edges, SIDE_IN, &in);
    if (err != LM_OK)
        return err;
    g->near = (struct lm_adjacency){ g->n, near.at, near.to };
    g->n_pairs = near.at[g->n] / 2;
    if (g->directed) {
        g->out = (struct lm_adjacency){ g->n, out.at, out.to };
        g->in = (struct lm_adjacency){ g->n, in.at, in.to };
        g->out_weights = out.w;
        g->n_merged = out.n_merged;
        g->n_edges = out.at[g->n];
    } else {
        g->out = g->in = g->near;
        g->out_weights = near.w;
        g->n_merged = near.n_merged / 2;
        g->n_edges = g->n_pairs;
    }
    for (size_t i = 0; i < n_edges; i++) {
        bool loop = vertex_of[edges[i].a] == vertex_of[edges[i].b];
        g->n_loops += loop;
        g->weight_sum += loop ? 0 : edges[i].w;
    }
    return LM_OK;
}

static lm_err check(size_t n, const struct lm_edge_in *edges, size_t n_edges, struct lm_error *e)
{
    if (n >= MAX_VERTICES || n_edges > MAX_ARCS / 2)
        return lm_fail(e, LM_ELIMIT, "the network is larger than %zu vertices or %zu edges", MAX_VERTICES - 1,
                       MAX_ARCS / 2);
    for (size_t i = 0; i < n_edges; i++)
        if (edges[i].a >= n || edges[i].b >= n)
            return lm_fail(e, LM_EINTERNAL, "edge %zu names a vertex that does not exist", i);
    return LM_OK;
}

lm_err lm_graph_build(struct lm_arena *a, const struct lm_str *names, size_t n, const struct lm_edge_in *edges,
                      size_t n_edges, bool directed, struct lm_graph *ret, uint32_t **ret_vertex_of,
                      struct lm_error *e)
{
    lm_err err = check(n, edges, n_edges, e);
    if (err != LM_OK)
        return err;
    struct lm_graph g = { .n = (uint32_t)n, .directed = directed };
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2); /* bounded by the limits just checked */
    struct lm_str *sorted = lm_arena_array(a, n, sizeof *sorted);
    uint32_t *vertex_of = lm_arena_array(a, n, sizeof *vertex_of);
    struct named *order = lm_arena_array(&tmp, n, sizeof *order);
    err = sorted != NULL && vertex_of != NULL && order != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK) {
        for (size_t i = 0; i < n; i++)
            order[i] = (struct named){ names[i], (uint32_t)i };
        if (n > 1)
            qsort(order, n, sizeof *order, by_name);
        for (size_t v = 0; v < n; v++) {
            sorted[v] = order[v].name;
            vertex_of[order[v].given] = (uint32_t)v;
        }
        g.names = sorted;
        err = make_all(a, &tmp, &g, vertex_of, edges, n_edges);
    }
    lm_arena_free(&tmp);
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for a network of %zu vertices and %zu edges", n, n_edges);
    *ret = g;
    if (ret_vertex_of != NULL)
        *ret_vertex_of = vertex_of;
    return LM_OK;
}

uint32_t lm_graph_find(const struct lm_graph *g, struct lm_str name)
{
    uint32_t lo = 0, hi = g->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (lm_str_cmp(g->names[mid], name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->n && lm_str_eq(g->names[lo], name) ? lo : UINT32_MAX;
}
