#include "network/path.h"

#include <math.h>

#define NOWHERE UINT32_MAX

struct search {
    const struct lm_graph *g;
    uint32_t *before, *level, *queue;
    double *weakest;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the path");
}

static lm_err prepare(struct lm_arena *a, const struct lm_graph *g, struct search *s, struct lm_error *e)
{
    *s = (struct search){ .g = g,
                          .before = lm_arena_array(a, g->n, sizeof *s->before),
                          .level = lm_arena_array(a, g->n, sizeof *s->level),
                          .queue = lm_arena_array(a, g->n, sizeof *s->queue),
                          .weakest = lm_arena_array(a, g->n, sizeof *s->weakest) };
    return s->before == NULL || s->level == NULL || s->queue == NULL || s->weakest == NULL ? no_memory(e) : LM_OK;
}

/* Breadth first over the ties of at least `least`. Vertices of a level are done in the order they were met; of equally strong
 * ways into a vertex the one from the lower vertex stays. */
static void spread(struct search *s, uint32_t from, uint32_t to, double least)
{
    const struct lm_adjacency *j = &s->g->out;
    uint32_t head = 0, tail = 0;
    for (uint32_t v = 0; v < s->g->n; v++) {
        s->level[v] = s->before[v] = NOWHERE;
        s->weakest[v] = 0;
    }
    s->level[from] = 0;
    s->weakest[from] = INFINITY;
    s->queue[tail++] = from;
    while (head < tail) {
        uint32_t v = s->queue[head++];
        if (s->level[to] != NOWHERE && s->level[v] >= s->level[to])
            break;
        for (uint32_t i = j->at[v]; i < j->at[v + 1]; i++) {
            uint32_t w = j->to[i];
            double tie = lm_weight(s->g->w_out, i), reach = tie < s->weakest[v] ? tie : s->weakest[v];
            if (tie < least || (s->level[w] != NOWHERE && s->level[w] != s->level[v] + 1))
                continue;
            if (s->level[w] == NOWHERE) {
                s->level[w] = s->level[v] + 1;
                s->queue[tail++] = w;
            } else if (reach < s->weakest[w] || (!(reach > s->weakest[w]) && v > s->before[w])) {
                continue;
            }
            s->weakest[w] = reach;
            s->before[w] = v;
        }
    }
}

static lm_err walk_back(struct lm_arena *a, const struct search *s, uint32_t from, uint32_t to, struct lm_path *ret,
                        struct lm_error *e)
{
    struct lm_path p = { .found = s->level[to] != NOWHERE };
    if (p.found) {
        p.n = s->level[to] + 1;
        p.weakest = from == to ? 0 : s->weakest[to];
        p.vertices = lm_arena_array(a, p.n, sizeof *p.vertices);
        if (p.vertices == NULL)
            return no_memory(e);
        for (uint32_t i = p.n, v = to; i-- > 0; v = s->before[v])
            p.vertices[i] = v;
    }
    *ret = p;
    return LM_OK;
}

lm_err lm_path_fewest(struct lm_arena *a, const struct lm_graph *g, uint32_t from, uint32_t to, struct lm_path *ret,
                      struct lm_error *e)
{
    struct search s;
    lm_err err = prepare(a, g, &s, e);
    if (err != LM_OK)
        return err;
    spread(&s, from, to, 0);
    return walk_back(a, &s, from, to, ret, e);
}

/* --- the strongest: Dijkstra's order with the weakest tie in place of the sum --- */

struct heap {
    uint32_t *vertex, *place; /* place: by vertex, NOWHERE when it is not in the heap */
    uint32_t n;
    const double *key;
};

static void put(struct heap *h, uint32_t i, uint32_t v)
{
    h->vertex[i] = v;
    h->place[v] = i;
}

static void rise(struct heap *h, uint32_t i)
{
    uint32_t v = h->vertex[i];
    while (i > 0 && h->key[h->vertex[(i - 1) / 2]] < h->key[v]) {
        put(h, i, h->vertex[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    put(h, i, v);
}

static uint32_t take(struct heap *h)
{
    uint32_t top = h->vertex[0], v = h->vertex[--h->n], i = 0;
    h->place[top] = NOWHERE;
    if (h->n == 0)
        return top;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child + 1 < h->n && h->key[h->vertex[child + 1]] > h->key[h->vertex[child]])
            child++;
        if (child >= h->n || !(h->key[h->vertex[child]] > h->key[v]))
            break;
        put(h, i, h->vertex[child]);
        i = child;
    }
    put(h, i, v);
    return top;
}

/* The strength of the weakest tie on the best way to `to`; 0: there is none. s->weakest is the heap's key. */
static double bottleneck(struct search *s, uint32_t from, uint32_t to)
{
    struct heap h = { s->queue, s->level, 0, s->weakest };
    for (uint32_t v = 0; v < s->g->n; v++) {
        s->weakest[v] = 0;
        h.place[v] = NOWHERE;
    }
    s->weakest[from] = INFINITY;
    put(&h, h.n++, from);
    while (h.n > 0) {
        uint32_t v = take(&h);
        if (v == to)
            return s->weakest[to];
        for (uint32_t i = s->g->out.at[v]; i < s->g->out.at[v + 1]; i++) {
            uint32_t w = s->g->out.to[i];
            double tie = lm_weight(s->g->w_out, i), reach = tie < s->weakest[v] ? tie : s->weakest[v];
            if (!(reach > s->weakest[w]))
                continue;
            s->weakest[w] = reach;
            if (h.place[w] == NOWHERE)
                put(&h, h.n++, w);
            rise(&h, h.place[w]);
        }
    }
    return 0;
}

lm_err lm_path_strongest(struct lm_arena *a, const struct lm_graph *g, uint32_t from, uint32_t to, struct lm_path *ret,
                         struct lm_error *e)
{
    struct search s;
    lm_err err = prepare(a, g, &s, e);
    if (err != LM_OK)
        return err;
    double least = bottleneck(&s, from, to);
    spread(&s, from, to, least);
    return walk_back(a, &s, from, to, ret, e);
}
