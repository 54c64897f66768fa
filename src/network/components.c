#include "network/components.h"

#include <stdlib.h>

lm_err lm_components(const struct lm_graph *g, const bool *gone, struct lm_components *ret, struct lm_error *e)
{
    struct lm_components r = { 0 };
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    bool *seen = lm_arena_array(&tmp, g->n, sizeof *seen);
    uint32_t *queue = lm_arena_array(&tmp, g->n, sizeof *queue);
    lm_err err = seen != NULL && queue != NULL ? LM_OK : lm_fail(e, LM_ENOMEM, "no memory for the components");
    for (uint32_t s = 0; err == LM_OK && s < g->n; s++) {
        if (seen[s] || (gone != NULL && gone[s]))
            continue;
        uint32_t head = 0, tail = 0;
        seen[s] = true;
        queue[tail++] = s;
        while (head < tail) {
            uint32_t v = queue[head++];
            for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++) {
                uint32_t w = g->near.to[j];
                if (seen[w] || (gone != NULL && gone[w]))
                    continue;
                seen[w] = true;
                queue[tail++] = w;
            }
        }
        r.n++;
        r.pairs += (uint64_t)tail * (tail - 1) / 2;
        if (tail > r.lcc)
            r.lcc = tail;
    }
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret = r;
    return err;
}

struct group {
    uint32_t size, lowest, old;
};

static int largest_first(const void *x, const void *y)
{
    const struct group *p = x, *q = y;
    return p->size != q->size ? (p->size < q->size) - (p->size > q->size) : (p->lowest > q->lowest) - (p->lowest < q->lowest);
}

lm_err lm_groups_by_size(uint32_t *of, uint32_t n_of, uint32_t n_groups, uint32_t *ret_n, struct lm_error *e)
{
    struct lm_arena tmp;
    uint32_t n = 0;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct group *groups = lm_arena_array(&tmp, n_groups, sizeof *groups);
    uint32_t *number = lm_arena_array(&tmp, n_groups, sizeof *number);
    bool room = groups != NULL && number != NULL;
    for (uint32_t i = 0; room && i < n_groups; i++)
        groups[i] = (struct group){ .lowest = UINT32_MAX, .old = i };
    for (uint32_t v = 0; room && v < n_of; v++) {
        struct group *x = &groups[of[v]];
        x->lowest = x->size++ == 0 ? v : x->lowest;
    }
    if (room && n_groups > 1)
        qsort(groups, n_groups, sizeof *groups, largest_first);
    for (uint32_t i = 0; room && i < n_groups; i++) {
        number[groups[i].old] = i + 1;
        n += groups[i].size != 0;
    }
    for (uint32_t v = 0; room && v < n_of; v++)
        of[v] = number[of[v]];
    lm_arena_free(&tmp);
    if (!room)
        return lm_fail(e, LM_ENOMEM, "no memory for the groups");
    *ret_n = n;
    return LM_OK;
}

lm_err lm_component_numbers(struct lm_arena *a, const struct lm_graph *g, uint32_t **ret_of, uint32_t *ret_n,
                            struct lm_error *e)
{
    struct lm_arena tmp;
    uint32_t n = 0;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    uint32_t *of = lm_arena_array(a, g->n, sizeof *of), *queue = lm_arena_array(&tmp, g->n, sizeof *queue);
    bool room = of != NULL && queue != NULL;
    for (uint32_t v = 0; room && v < g->n; v++)
        of[v] = UINT32_MAX;
    for (uint32_t s = 0; room && s < g->n; s++) {
        uint32_t head = 0, tail = 0;
        if (of[s] != UINT32_MAX)
            continue;
        of[s] = n;
        queue[tail++] = s;
        while (head < tail) {
            uint32_t v = queue[head++];
            for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
                if (of[g->near.to[j]] == UINT32_MAX) {
                    of[g->near.to[j]] = n;
                    queue[tail++] = g->near.to[j];
                }
        }
        n++;
    }
    lm_arena_free(&tmp);
    if (!room)
        return lm_fail(e, LM_ENOMEM, "no memory for the components");
    lm_err err = lm_groups_by_size(of, g->n, n, ret_n, e);
    if (err == LM_OK)
        *ret_of = of;
    return err;
}

struct lm_carver {
    const struct lm_graph *g;
    bool directed;
    uint32_t *vertex, *number;
    bool *seen; /* all false between calls */
    uint32_t *at[2], *to[2];
};

lm_err lm_carver_open(struct lm_arena *a, const struct lm_graph *g, bool directed, struct lm_carver **ret)
{
    struct lm_carver *c = lm_arena_alloc(a, sizeof *c);
    if (c == NULL)
        return LM_ENOMEM;
    c->g = g;
    c->directed = directed && g->directed;
    c->vertex = lm_arena_array(a, g->n, sizeof *c->vertex);
    c->number = lm_arena_array(a, g->n, sizeof *c->number);
    c->seen = lm_arena_array(a, g->n, sizeof *c->seen);
    const struct lm_adjacency *from[2] = { c->directed ? &g->out : &g->near, &g->in };
    for (int k = 0; k < (c->directed ? 2 : 1); k++) {
        c->at[k] = lm_arena_array(a, (size_t)g->n + 1, sizeof *c->at[k]);
        c->to[k] = lm_arena_array(a, from[k]->at[g->n], sizeof *c->to[k]);
        if (c->at[k] == NULL || c->to[k] == NULL)
            return LM_ENOMEM;
    }
    if (c->vertex == NULL || c->number == NULL || c->seen == NULL)
        return LM_ENOMEM;
    *ret = c;
    return LM_OK;
}

/* Breadth first from start; returns how many vertices, listed in c->vertex. Leaves c->seen clean. */
static uint32_t gather(struct lm_carver *c, uint32_t start, const bool *gone)
{
    uint32_t head = 0, tail = 0;
    c->seen[start] = true;
    c->vertex[tail++] = start;
    while (head < tail) {
        uint32_t v = c->vertex[head++];
        for (uint32_t j = c->g->near.at[v]; j < c->g->near.at[v + 1]; j++) {
            uint32_t w = c->g->near.to[j];
            if (c->seen[w] || gone[w])
                continue;
            c->seen[w] = true;
            c->vertex[tail++] = w;
        }
    }
    for (uint32_t i = 0; i < tail; i++) {
        c->seen[c->vertex[i]] = false;
        c->number[c->vertex[i]] = i;
    }
    return tail;
}

static struct lm_adjacency renumber(struct lm_carver *c, int k, const struct lm_adjacency *from, uint32_t n,
                                    const bool *gone)
{
    uint32_t m = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = c->vertex[i];
        c->at[k][i] = m;
        for (uint32_t j = from->at[v]; j < from->at[v + 1]; j++)
            if (!gone[from->to[j]])
                c->to[k][m++] = c->number[from->to[j]];
    }
    c->at[k][n] = m;
    return (struct lm_adjacency){ n, c->at[k], c->to[k] };
}

struct lm_carved lm_carve(struct lm_carver *c, uint32_t start, const bool *gone)
{
    uint32_t n = gather(c, start, gone), hub = start, hub_degree = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = c->vertex[i], degree = 0;
        for (uint32_t j = c->g->near.at[v]; j < c->g->near.at[v + 1]; j++)
            degree += !gone[c->g->near.to[j]];
        if (degree > hub_degree || (degree == hub_degree && v < hub)) {
            hub = v;
            hub_degree = degree;
        }
    }
    if (hub != start)
        n = gather(c, hub, gone);
    struct lm_carved r = { .n = n, .vertex = c->vertex };
    if (c->directed) {
        r.out = renumber(c, 0, &c->g->out, n, gone);
        r.in = renumber(c, 1, &c->g->in, n, gone);
    } else {
        r.near = r.out = r.in = renumber(c, 0, &c->g->near, n, gone);
    }
    return r;
}
