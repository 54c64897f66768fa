#include "network/cuts.h"

#include <stdlib.h>

struct walk {
    const struct lm_adjacency *near;
    uint32_t *found, *low, *parent, *arc; /* found: order of discovery, 1 first; 0 not yet */
    uint32_t n_found;
    struct lm_cuts r;
};

static void find(struct walk *w, uint32_t v, uint32_t parent)
{
    w->found[v] = w->low[v] = ++w->n_found;
    w->parent[v] = parent;
    w->arc[v] = w->near->at[v];
}

/* v is done; what it says about the vertex above it. */
static void climb(struct walk *w, uint32_t v, uint32_t up, bool up_is_root)
{
    if (w->low[v] < w->low[up])
        w->low[up] = w->low[v];
    if (w->low[v] > w->found[up]) {
        uint32_t *b = w->r.bridges[w->r.n_bridges++];
        b[0] = v < up ? v : up;
        b[1] = v < up ? up : v;
    }
    if (!up_is_root && w->low[v] >= w->found[up])
        w->r.cut_vertex[up] = true;
}

static void walk_from(struct walk *w, uint32_t root)
{
    uint32_t v = root, branches = 0;
    find(w, root, UINT32_MAX);
    for (;;) {
        if (w->arc[v] < w->near->at[v + 1]) {
            uint32_t u = w->near->to[w->arc[v]++];
            if (w->found[u] == 0) {
                find(w, u, v);
                v = u;
            } else if (u != w->parent[v] && w->found[u] < w->low[v]) {
                w->low[v] = w->found[u];
            }
            continue;
        }
        uint32_t up = w->parent[v];
        if (up == UINT32_MAX)
            break;
        climb(w, v, up, up == root);
        branches += up == root;
        v = up;
    }
    w->r.cut_vertex[root] = branches > 1;
}

static int by_ends(const void *x, const void *y)
{
    const uint32_t *p = x, *q = y;
    return p[0] != q[0] ? (p[0] > q[0]) - (p[0] < q[0]) : (p[1] > q[1]) - (p[1] < q[1]);
}

lm_err lm_cuts(struct lm_arena *a, const struct lm_graph *g, struct lm_cuts *ret, struct lm_error *e)
{
    struct lm_arena tmp;
    struct walk w = { .near = &g->near };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    uint32_t **const words[] = { &w.found, &w.low, &w.parent, &w.arc };
    bool room = true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        room = (*words[i] = lm_arena_array(&tmp, g->n, sizeof(uint32_t))) != NULL && room;
    w.r.cut_vertex = lm_arena_array(a, g->n, sizeof *w.r.cut_vertex);
    w.r.bridges = lm_arena_array(a, g->n, sizeof *w.r.bridges); /* those of a forest: fewer than vertices */
    room = room && w.r.cut_vertex != NULL && w.r.bridges != NULL;
    for (uint32_t v = 0; room && v < g->n; v++)
        if (w.found[v] == 0)
            walk_from(&w, v);
    lm_arena_free(&tmp);
    if (!room)
        return lm_fail(e, LM_ENOMEM, "no memory for the bridges");
    for (uint32_t v = 0; v < g->n; v++)
        w.r.n_cut_vertices += w.r.cut_vertex[v];
    if (w.r.n_bridges > 1)
        qsort(w.r.bridges, w.r.n_bridges, sizeof *w.r.bridges, by_ends);
    *ret = w.r;
    return LM_OK;
}
