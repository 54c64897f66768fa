#include "network/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for comparing the periods");
}

/* --- names --- */

static bool has_tie(const struct lm_graph *g, uint32_t v)
{
    return lm_degree(&g->near, v) != 0;
}

static uint32_t next_tied(const struct lm_graph *g, uint32_t v)
{
    while (v < g->n && !has_tie(g, v))
        v++;
    return v;
}

static lm_err merge_names(struct lm_arena *a, const struct lm_graph *p, const struct lm_graph *q, struct lm_compared *c,
                          uint32_t *of_p, uint32_t *of_q, struct lm_error *e)
{
    c->names = lm_arena_array(a, (size_t)p->n + q->n, sizeof *c->names);
    if (c->names == NULL)
        return no_memory(e);
    for (uint32_t i = next_tied(p, 0), k = next_tied(q, 0); i < p->n || k < q->n;) {
        int order = i == p->n ? 1 : k == q->n ? -1 : lm_str_cmp(p->names[i], q->names[k]);
        struct lm_compared_name *x = &c->names[c->n];
        *x = (struct lm_compared_name){ order <= 0 ? p->names[i] : q->names[k], LM_COMPARED_NONE, LM_COMPARED_NONE };
        if (order <= 0) {
            x->before = i;
            of_p[i] = (uint32_t)c->n;
            i = next_tied(p, i + 1);
        }
        if (order >= 0) {
            x->after = k;
            of_q[k] = (uint32_t)c->n;
            k = next_tied(q, k + 1);
        }
        c->n_kept += order == 0;
        c->n_lost += order < 0;
        c->n_gained += order > 0;
        c->n++;
    }
    return LM_OK;
}

/* --- ties --- */

static double weight_of(const struct lm_graph *g, uint32_t from, uint32_t to)
{
    uint32_t low = g->out.at[from], high = g->out.at[from + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (g->out.to[middle] < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < g->out.at[from + 1] && g->out.to[low] == to ? lm_weight(g->w_out, low) : 0;
}

static int by_change(const void *x, const void *y)
{
    const struct lm_compared_tie *p = x, *q = y;
    double d = fabs(p->after - p->before), f = fabs(q->after - q->before);
    if (d < f || d > f)
        return d > f ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static void sort_ties(struct lm_compared_tie *list, size_t n)
{
    if (n > 1)
        qsort(list, n, sizeof *list, by_change);
}

/* The ties of g; those the other one has as well go to kept (when it is given), the rest to alone. */
static void split_ties(const struct lm_graph *g, const uint32_t *of, const struct lm_graph *other, bool g_is_after,
                       struct lm_compared *c, struct lm_compared_tie *alone, size_t *m_alone, bool keep)
{
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t i = g->out.at[v]; i < g->out.at[v + 1]; i++) {
            uint32_t w = g->out.to[i];
            if (!g->directed && w < v)
                continue;
            struct lm_compared_tie t = { .a = of[v], .b = of[w] };
            uint32_t x = g_is_after ? c->names[t.a].before : c->names[t.a].after;
            uint32_t y = g_is_after ? c->names[t.b].before : c->names[t.b].after;
            double mine = lm_weight(g->w_out, i);
            double theirs = x != LM_COMPARED_NONE && y != LM_COMPARED_NONE ? weight_of(other, x, y) : 0;
            t.before = g_is_after ? theirs : mine;
            t.after = g_is_after ? mine : theirs;
            if (!(theirs > 0))
                alone[(*m_alone)++] = t;
            else if (keep)
                c->kept[c->m_kept++] = t;
        }
}

lm_err lm_compare(struct lm_arena *a, const struct lm_graph *before, const struct lm_graph *after, struct lm_compared *ret,
                  struct lm_error *e)
{
    struct lm_compared c = { 0 };
    uint32_t *of_before = lm_arena_array(a, before->n, sizeof *of_before);
    uint32_t *of_after = lm_arena_array(a, after->n, sizeof *of_after);
    c.lost = lm_arena_array(a, before->n_edges, sizeof *c.lost);
    c.kept = lm_arena_array(a, before->n_edges, sizeof *c.kept);
    c.gained = lm_arena_array(a, after->n_edges, sizeof *c.gained);
    if (of_before == NULL || of_after == NULL || c.lost == NULL || c.kept == NULL || c.gained == NULL)
        return no_memory(e);
    lm_err err = merge_names(a, before, after, &c, of_before, of_after, e);
    if (err != LM_OK)
        return err;
    split_ties(before, of_before, after, false, &c, c.lost, &c.m_lost, true);
    split_ties(after, of_after, before, true, &c, c.gained, &c.m_gained, false);
    sort_ties(c.lost, c.m_lost);
    sort_ties(c.gained, c.m_gained);
    sort_ties(c.kept, c.m_kept);
    c.same_ties = c.m_lost == 0 && c.m_gained == 0;
    if (!c.same_ties && before->n_edges == after->n_edges && before->n_edges >= LM_SHAPE_LEAST) {
        uint64_t p = 0, q = 0;
        err = lm_graph_shape(a, before, &p, e);
        if (err == LM_OK)
            err = lm_graph_shape(a, after, &q, e);
        c.same_shape = p == q;
    }
    if (err == LM_OK)
        *ret = c;
    return err;
}

/* --- shape --- */

#define ROUNDS_MOST 64 /* a long chain needs half as many rounds as it has names */
#define SEED UINT64_C(0x6c6d7368617065)

static uint64_t hash_of(const uint64_t *words, size_t n)
{
    return lm_hash64((struct lm_str){ (const char *)words, n * sizeof *words }, SEED);
}

static int by_value(const void *x, const void *y)
{
    const uint64_t *p = x, *q = y;
    return *p < *q ? -1 : *p > *q;
}

/* words: the colours of the neighbours, in order. */
static size_t colours(const struct lm_adjacency *j, uint32_t v, const uint64_t *colour, uint64_t *words)
{
    size_t n = 0;
    for (uint32_t i = j->at[v]; i < j->at[v + 1]; i++)
        words[n++] = colour[j->to[i]];
    if (n > 1)
        qsort(words, n, sizeof *words, by_value);
    return n;
}

static size_t distinct(const uint64_t *colour, uint32_t n, uint64_t *sorted)
{
    size_t k = 0;
    if (n != 0)
        memcpy(sorted, colour, n * sizeof *sorted);
    if (n > 1)
        qsort(sorted, n, sizeof *sorted, by_value);
    for (uint32_t v = 0; v < n; v++)
        k += v == 0 || sorted[v] != sorted[v - 1];
    return k;
}

lm_err lm_graph_shape(struct lm_arena *a, const struct lm_graph *g, uint64_t *ret, struct lm_error *e)
{
    uint64_t *colour = lm_arena_array(a, g->n, sizeof *colour), *next = lm_arena_array(a, g->n, sizeof *next);
    uint64_t *sorted = lm_arena_array(a, g->n, sizeof *sorted), *words = lm_arena_array(a, 2 * (size_t)g->n + 4, sizeof *words);
    if (colour == NULL || next == NULL || sorted == NULL || words == NULL)
        return no_memory(e);
    for (uint32_t v = 0; v < g->n; v++)
        colour[v] = lm_degree(&g->near, v) == 0 ? 0 : 1;
    size_t known = distinct(colour, g->n, sorted), before = 0;
    for (int round = 0; known != before && round < ROUNDS_MOST; round++) {
        for (uint32_t v = 0; v < g->n; v++) {
            size_t n = 0;
            words[n++] = colour[v];
            size_t out = colours(&g->out, v, colour, words + 3);
            size_t in = g->directed ? colours(&g->in, v, colour, words + 3 + out) : 0;
            words[n++] = out;
            words[n++] = in;
            next[v] = colour[v] == 0 ? 0 : hash_of(words, n + out + in);
        }
        memcpy(colour, next, g->n * sizeof *colour);
        before = known;
        known = distinct(colour, g->n, sorted);
    }
    uint32_t first = 0; /* names without a tie stand first: they do not count */
    while (first < g->n && sorted[first] == 0)
        first++;
    *ret = hash_of(sorted + first, g->n - first);
    return LM_OK;
}
