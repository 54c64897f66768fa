#include "network/reinsert.h"

struct offer {
    uint32_t size; /* of the component that its return would make, when last looked at; never falls */
    uint32_t vertex;
    double cost;
};

struct returning {
    const struct lm_graph *g;
    bool *gone;
    uint32_t *up, *size, *mark, stamp;
    struct offer *heap;
    uint32_t n_heap;
};

static bool before(const struct offer *x, const struct offer *y)
{
    if (x->size != y->size)
        return x->size < y->size;
    if (x->cost != y->cost)
        return x->cost > y->cost;
    return x->vertex < y->vertex;
}

static void sink(struct returning *s, uint32_t i)
{
    for (;;) {
        uint32_t first = i, left = 2 * i + 1;
        for (uint32_t c = left; c < left + 2 && c < s->n_heap; c++)
            if (before(&s->heap[c], &s->heap[first]))
                first = c;
        if (first == i)
            return;
        struct offer t = s->heap[i];
        s->heap[i] = s->heap[first];
        s->heap[first] = t;
        i = first;
    }
}

static uint32_t root_of(struct returning *s, uint32_t v)
{
    while (s->up[v] != v)
        v = s->up[v] = s->up[s->up[v]];
    return v;
}

static void join(struct returning *s, uint32_t x, uint32_t y)
{
    x = root_of(s, x);
    y = root_of(s, y);
    if (x == y)
        return;
    uint32_t large = s->size[x] >= s->size[y] ? x : y, small = large == x ? y : x;
    s->up[small] = large;
    s->size[large] += s->size[small];
}

static uint32_t size_with(struct returning *s, uint32_t v)
{
    const struct lm_adjacency *near = &s->g->near;
    uint32_t size = 1;
    s->stamp++;
    for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++) {
        if (s->gone[near->to[j]])
            continue;
        uint32_t r = root_of(s, near->to[j]);
        if (s->mark[r] != s->stamp)
            size += s->size[r];
        s->mark[r] = s->stamp;
    }
    return size;
}

static void put_back(struct returning *s, uint32_t v)
{
    const struct lm_adjacency *near = &s->g->near;
    s->gone[v] = false;
    for (uint32_t j = near->at[v]; j < near->at[v + 1]; j++)
        if (!s->gone[near->to[j]])
            join(s, v, near->to[j]);
}

static lm_err open_returning(struct returning *s, struct lm_arena *tmp, const struct lm_graph *g,
                             uint32_t n_gone)
{
    size_t n = g->n;
    *s = (struct returning){ .g = g };
    s->gone = lm_arena_array(tmp, n, sizeof *s->gone);
    s->up = lm_arena_array(tmp, n, sizeof *s->up);
    s->size = lm_arena_array(tmp, n, sizeof *s->size);
    s->mark = lm_arena_array(tmp, n, sizeof *s->mark);
    s->heap = lm_arena_array(tmp, n_gone, sizeof *s->heap);
    return s->gone != NULL && s->up != NULL && s->size != NULL && s->mark != NULL && s->heap != NULL
               ? LM_OK
               : LM_ENOMEM;
}

lm_err lm_reinsert(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d,
                   const uint32_t *order, uint32_t n_gone, uint32_t largest, struct lm_reinsert *ret,
                   struct lm_error *e)
{
    struct lm_arena tmp;
    struct returning s;
    struct lm_reinsert r = { 0 };
    lm_arena_init(&tmp, SIZE_MAX / 2);
    r.kept = lm_arena_array(a, n_gone, sizeof *r.kept);
    r.back = lm_arena_array(a, n_gone, sizeof *r.back);
    lm_err err = r.kept != NULL && r.back != NULL ? open_returning(&s, &tmp, g, n_gone) : LM_ENOMEM;
    if (err != LM_OK) {
        lm_arena_free(&tmp);
        return lm_fail(e, err, "no memory to put %u vertices back", n_gone);
    }
    for (uint32_t k = 0; k < n_gone; k++)
        s.gone[order[k]] = true;
    for (uint32_t v = 0; v < g->n; v++) {
        s.up[v] = v;
        s.size[v] = 1;
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (g->near.to[j] < v && !s.gone[v] && !s.gone[g->near.to[j]])
                join(&s, v, g->near.to[j]);
    }
    for (uint32_t k = 0; k < n_gone; k++)
        s.heap[s.n_heap++] = (struct offer){ size_with(&s, order[k]), order[k], lm_cost_of(d, order[k]) };
    for (uint32_t i = s.n_heap / 2; i-- > 0;)
        sink(&s, i);
    while (s.n_heap > 0 && s.heap[0].size <= largest) {
        uint32_t size = size_with(&s, s.heap[0].vertex);
        if (size != s.heap[0].size) {
            s.heap[0].size = size;
        } else {
            put_back(&s, s.heap[0].vertex);
            r.back[r.n_back++] = s.heap[0].vertex;
            s.heap[0] = s.heap[--s.n_heap];
        }
        sink(&s, 0);
    }
    for (uint32_t k = 0; k < n_gone; k++)
        if (s.gone[order[k]])
            r.kept[r.n_kept++] = order[k];
    lm_arena_free(&tmp);
    *ret = r;
    return LM_OK;
}
