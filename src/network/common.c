#include "network/common.h"

#include <math.h>
#include <stdlib.h>

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the common contacts");
}

static int by_weight(const void *x, const void *y)
{
    const struct lm_common *p = x, *q = y;
    if (p->capped != q->capped)
        return p->capped ? 1 : -1;
    if (p->n_of != q->n_of)
        return p->n_of > q->n_of ? -1 : 1;
    if (p->others != q->others) /* weights without their rounding */
        return p->others < q->others ? -1 : 1;
    return p->vertex < q->vertex ? -1 : p->vertex > q->vertex;
}

static int by_pair(const void *x, const void *y)
{
    const struct lm_common_pair *p = x, *q = y;
    if (p->weight < q->weight || p->weight > q->weight)
        return p->weight > q->weight ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static bool in_contact(const struct lm_adjacency *j, uint32_t v, uint32_t w)
{
    uint32_t low = j->at[v], high = j->at[v + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (j->to[middle] < w)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->at[v + 1] && j->to[low] == w;
}

static lm_err find_pairs(struct lm_arena *a, const struct lm_graph *g, const uint32_t *names, size_t n, struct lm_commons *c,
                         struct lm_error *e)
{
    bool *touches = lm_arena_array(a, n, sizeof *touches);
    c->pairs = lm_arena_array(a, n * n / 2 + 1, sizeof *c->pairs);
    if (touches == NULL || c->pairs == NULL)
        return no_memory(e);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = i + 1; k < n; k++)
            c->pairs[c->n_pairs++] =
                (struct lm_common_pair){ .a = i, .b = k, .direct = in_contact(&g->near, names[i], names[k]) };
    for (size_t x = 0; x < c->n; x++) {
        size_t p = 0;
        for (size_t i = 0; i < n; i++)
            touches[i] = in_contact(&g->near, c->list[x].vertex, names[i]);
        for (size_t i = 0; i < n; i++)
            for (size_t k = i + 1; k < n; k++, p++) {
                if (!touches[i] || !touches[k])
                    continue;
                c->pairs[p].shared++;
                c->pairs[p].capped += c->list[x].capped;
                c->pairs[p].weight += c->list[x].capped ? 0 : c->list[x].weight;
            }
    }
    if (c->n_pairs > 1)
        qsort(c->pairs, c->n_pairs, sizeof *c->pairs, by_pair);
    return LM_OK;
}

lm_err lm_commons_find(struct lm_arena *a, const struct lm_graph *g, const uint32_t *names, size_t n, uint32_t cap,
                       struct lm_commons *ret, struct lm_error *e)
{
    struct lm_commons c = { 0 };
    size_t room = 0;
    if (n > LM_COMMON_NAMES)
        return lm_fail(e, LM_ELIMIT, "more than %d names", LM_COMMON_NAMES);
    uint32_t *of = lm_arena_array(a, g->n, sizeof *of);
    if (of == NULL)
        return no_memory(e);
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = g->near.at[names[i]]; k < g->near.at[names[i] + 1]; k++)
            room += of[g->near.to[k]]++ == 1;
    for (size_t i = 0; i < n; i++)
        of[names[i]] = 0;
    c.list = lm_arena_array(a, room, sizeof *c.list);
    if (c.list == NULL)
        return no_memory(e);
    for (uint32_t v = 0; v < g->n; v++) {
        uint32_t others = lm_degree(&g->near, v);
        if (of[v] < 2)
            continue;
        c.list[c.n++] = (struct lm_common){ v, of[v], others, 1 / log(others), others > cap };
        c.n_capped += others > cap;
    }
    if (c.n > 1)
        qsort(c.list, c.n, sizeof *c.list, by_weight);
    lm_err err = find_pairs(a, g, names, n, &c, e);
    if (err == LM_OK)
        *ret = c;
    return err;
}
