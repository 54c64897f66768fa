#include "network/graph.h"

#include <math.h>
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

enum side { SIDE_OUT, SIDE_IN, SIDE_BOTH };

/* The ties given, and one direction of adjacency while it is made of them. */
struct making {
    const uint32_t *vertex_of;
    const struct lm_edge_in *edges;
    size_t n_edges;
    bool unit; /* every weight given is 1: a merged one is a count, and none need be carried along */
    uint32_t n;
    enum side side;
    /* as made */
    uint32_t *at, *to;
    double *w;
    uint64_t n_merged;
    bool weighted; /* some weight is not 1 */
};

/* Arcs by one of their ends, in the order given: to[at[v]] … are the other ends. */
struct bucket {
    uint32_t *at, *to;
    double *w;
};

static void drop(struct bucket *b, uint32_t end, uint32_t other, double w)
{
    uint32_t k = b->at[end + 1]++;
    b->to[k] = other;
    if (b->w != NULL)
        b->w[k] = w;
}

/* at[v + 1] says where the next arc of v goes, and so ends as the start of v + 1. */
static lm_err open_bucket(struct lm_arena *tmp, const struct making *m, bool by_target, struct bucket *ret)
{
    size_t n_arcs = 0;
    bool count_a = m->side == SIDE_BOTH || (m->side == SIDE_OUT) != by_target;
    bool count_b = m->side == SIDE_BOTH || !count_a;
    ret->at = lm_arena_array(tmp, (size_t)m->n + 2, sizeof *ret->at);
    if (ret->at == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < m->n_edges; i++) {
        uint32_t x = m->vertex_of[m->edges[i].a], y = m->vertex_of[m->edges[i].b];
        if (x == y)
            continue;
        if (count_a)
            ret->at[x + 2]++, n_arcs++;
        if (count_b)
            ret->at[y + 2]++, n_arcs++;
    }
    for (uint32_t v = 0; v < m->n; v++)
        ret->at[v + 2] += ret->at[v + 1];
    ret->to = lm_arena_array(tmp, n_arcs, sizeof *ret->to);
    ret->w = m->unit ? NULL : lm_arena_array(tmp, n_arcs, sizeof *ret->w);
    return ret->to != NULL && (m->unit || ret->w != NULL) ? LM_OK : LM_ENOMEM;
}

/* Sorting by counting, twice: by target, then by source, each keeping the order of what is equal. So targets ascend,
 * and equal ones stand as they were given: weights are summed in one order. */
static lm_err sort_arcs(struct lm_arena *tmp, const struct making *m, struct bucket *ret)
{
    struct lm_arena first;
    struct bucket by_target = { 0 };
    lm_arena_init(&first, SIZE_MAX / 2);
    lm_err err = open_bucket(&first, m, true, &by_target);
    for (size_t i = 0; err == LM_OK && i < m->n_edges; i++) {
        uint32_t x = m->vertex_of[m->edges[i].a], y = m->vertex_of[m->edges[i].b];
        if (x == y)
            continue;
        if (m->side != SIDE_IN)
            drop(&by_target, y, x, m->edges[i].w);
        if (m->side != SIDE_OUT)
            drop(&by_target, x, y, m->edges[i].w);
    }
    if (err == LM_OK)
        err = open_bucket(tmp, m, false, ret);
    for (uint32_t v = 0; err == LM_OK && v < m->n; v++)
        for (uint32_t j = by_target.at[v]; j < by_target.at[v + 1]; j++)
            drop(ret, by_target.to[j], v, m->unit ? 1 : by_target.w[j]);
    lm_arena_free(&first);
    return err;
}

/* Equal neighbours become one. Only what stays is allocated in `a`. */
static lm_err make(struct lm_arena *a, struct making *m)
{
    struct lm_arena tmp;
    struct bucket b = { 0 };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    lm_err err = sort_arcs(&tmp, m, &b);
    uint32_t kept = 0;
    for (uint32_t v = 0; err == LM_OK && v < m->n; v++)
        for (uint32_t j = b.at[v]; j < b.at[v + 1]; j++)
            kept += j == b.at[v] || b.to[j] != b.to[j - 1];
    m->at = lm_arena_array(a, (size_t)m->n + 1, sizeof *m->at);
    m->to = lm_arena_array(a, kept, sizeof *m->to);
    if (err == LM_OK)
        m->weighted = !m->unit || kept < b.at[m->n];
    m->w = m->weighted ? lm_arena_array(a, kept, sizeof *m->w) : NULL;
    if (m->at == NULL || m->to == NULL || (m->weighted && m->w == NULL))
        err = LM_ENOMEM;
    for (uint32_t v = 0, k = 0; err == LM_OK && v < m->n; v++) {
        m->at[v] = k;
        for (uint32_t j = b.at[v]; j < b.at[v + 1]; j++) {
            double w = m->unit ? 1 : b.w[j];
            if (j > b.at[v] && b.to[j] == b.to[j - 1]) {
                m->w[k - 1] += w;
                m->n_merged++;
                continue;
            }
            m->to[k] = b.to[j];
            if (m->weighted)
                m->w[k] = w;
            k++;
        }
        m->at[v + 1] = k;
    }
    lm_arena_free(&tmp);
    return err;
}

static lm_err make_all(struct lm_arena *a, struct lm_graph *g, const uint32_t *vertex_of,
                       const struct lm_edge_in *edges, size_t n_edges)
{
    struct making near = { .vertex_of = vertex_of, .edges = edges, .n_edges = n_edges, .unit = true, .n = g->n };
    for (size_t i = 0; i < n_edges; i++) {
        bool loop = vertex_of[edges[i].a] == vertex_of[edges[i].b];
        g->n_loops += loop;
        g->weight_sum += loop ? 0 : edges[i].w;
        near.unit = near.unit && (loop || edges[i].w == 1);
    }
    struct making out = near, in = near;
    near.side = SIDE_BOTH;
    out.side = SIDE_OUT;
    in.side = SIDE_IN;
    lm_err err = make(a, &near);
    if (err == LM_OK && g->directed)
        err = make(a, &out);
    if (err == LM_OK && g->directed)
        err = make(a, &in);
    if (err != LM_OK)
        return err;
    g->near = g->out = g->in = (struct lm_adjacency){ g->n, near.at, near.to };
    g->n_pairs = near.at[g->n] / 2;
    g->n_merged = near.n_merged / 2;
    g->n_edges = g->n_pairs;
    g->weighted = near.weighted;
    g->w_out = g->w_in = near.w;
    if (g->directed) {
        g->out = (struct lm_adjacency){ g->n, out.at, out.to };
        g->in = (struct lm_adjacency){ g->n, in.at, in.to };
        g->weighted = out.weighted;
        g->w_out = out.w;
        g->w_in = in.w;
        g->n_merged = out.n_merged;
        g->n_edges = out.at[g->n];
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
        err = make_all(a, &g, vertex_of, edges, n_edges);
    }
    lm_arena_free(&tmp);
    if (err == LM_OK && !isfinite(g.weight_sum))
        return lm_fail(e, LM_EINPUT, "the weights add up to more than a number can hold");
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
