#include "resolve/compete.h"

#include <math.h>
#include <stdlib.h>

#define ROUNDS 8
#define DAMPING 0.5

struct rival {
    uint32_t record;
    float bits;
    uint64_t edge;
};

/* Of each record, its pairs with a chance, the best first. */
struct rivals {
    uint64_t *at; /* n_records + 1 */
    struct rival *list;
};

static void end(struct rivals *x)
{
    free(x->at);
    free(x->list);
}

static int best_first(const void *x, const void *y)
{
    const struct rival *p = x, *q = y;
    if (p->bits != q->bits)
        return p->bits > q->bits ? -1 : 1;
    return (p->record > q->record) - (p->record < q->record);
}

static lm_err collect(const struct lm_edge *edges, uint64_t n_edges, uint32_t n_records, struct rivals *x)
{
    uint64_t sum = 0;
    x->at = calloc((size_t)n_records + 2, sizeof *x->at);
    if (x->at == NULL)
        return LM_ENOMEM;
    for (uint64_t k = 0; k < n_edges; k++)
        if (edges[k].bits >= LM_RIVAL_BITS) {
            x->at[edges[k].a + 2]++;
            x->at[edges[k].b + 2]++;
        }
    for (size_t i = 2; i < (size_t)n_records + 2; i++)
        sum = x->at[i] += sum;
    x->list = malloc((sum + 1) * sizeof *x->list);
    if (x->list == NULL)
        return LM_ENOMEM;
    for (uint64_t k = 0; k < n_edges; k++)
        if (edges[k].bits >= LM_RIVAL_BITS) {
            x->list[x->at[edges[k].a + 1]++] = (struct rival){ edges[k].b, edges[k].bits, k };
            x->list[x->at[edges[k].b + 1]++] = (struct rival){ edges[k].a, edges[k].bits, k };
        }
    for (uint32_t i = 0; i < n_records; i++)
        if (x->at[i + 1] - x->at[i] > 1)
            qsort(x->list + x->at[i], x->at[i + 1] - x->at[i], sizeof *x->list, best_first);
    return LM_OK;
}

/* --- the competition --- */

/* One of two rivals: how far they exclude each other, 0 … 1. */
struct lack {
    uint64_t seen; /* place in struct arena.seen of the rival */
    float share;
};

struct arena {
    struct rivals x;
    uint64_t *at;      /* [2 · edge + side] where its rivals begin in lacks; side 0: those of a, for b */
    struct lack *lacks;
    uint64_t n, cap;
    double *seen;      /* [2 · edge + side] bits of an edge as a (side 0) or b (side 1) sees it */
    double *next;
};

static bool exclude(const struct lm_contest *t, uint32_t b, uint32_t c)
{
    bool first = b < t->records->n_first;
    return first == (c < t->records->n_first) && t->single[first ? 0 : 1];
}

static lm_err add_lack(struct arena *w, uint64_t seen, double share)
{
    if (w->n == w->cap) {
        uint64_t cap = w->cap == 0 ? 1024 : w->cap + w->cap / 2;
        struct lack *grown = realloc(w->lacks, cap * sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        w->lacks = grown;
        w->cap = cap;
    }
    w->lacks[w->n++] = (struct lack){ seen, (float)share };
    return LM_OK;
}

/* The rivals of b for a: c in pairs of a that b does not go with. */
static lm_err find_lacks(struct lm_comparer *c, const struct lm_contest *t, const struct lm_edge *edges, struct arena *w, uint32_t a, uint32_t b)
{
    uint64_t from = w->x.at[a], to = w->x.at[a + 1];
    lm_err err = LM_OK;
    for (uint64_t k = from; err == LM_OK && k < to && k < from + LM_RIVALS; k++) {
        const struct rival *r = &w->x.list[k];
        if (r->record == b)
            continue;
        double evidence = exclude(t, b, r->record) ? -INFINITY : (double)(lm_pair_bits(c, b, r->record, NULL) - t->prior_bits);
        if (evidence < 0)
            err = add_lack(w, 2 * r->edge + (edges[r->edge].a == a ? 0 : 1), 1 - exp2(evidence));
    }
    return err;
}

static double lost(const struct arena *w, uint64_t place)
{
    double sum = 1;
    for (uint64_t k = w->at[place]; k < w->at[place + 1]; k++)
        sum += exp2(w->seen[w->lacks[k].seen]) * (double)w->lacks[k].share;
    return log2(sum);
}

/* a sees its pair with b without what b loses to others, and so does b. */
static void play(const struct lm_edge *edges, uint64_t n_edges, struct arena *w)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (uint64_t k = 0; k < n_edges; k++)
            for (unsigned side = 0; side < 2; side++) {
                double now = (double)edges[k].bits - lost(w, 2 * k + (1 - side));
                w->next[2 * k + side] = DAMPING * w->seen[2 * k + side] + (1 - DAMPING) * now;
            }
        double *t = w->seen;
        w->seen = w->next;
        w->next = t;
    }
}

static lm_err prepare(struct lm_comparer *c, const struct lm_contest *t, const struct lm_edge *edges, uint64_t n_edges, struct arena *w)
{
    lm_err err = collect(edges, n_edges, t->records->n, &w->x);
    w->at = malloc((2 * n_edges + 1) * sizeof *w->at);
    w->seen = malloc((2 * n_edges + 1) * sizeof *w->seen);
    w->next = malloc((2 * n_edges + 1) * sizeof *w->next);
    if (err == LM_OK && (w->at == NULL || w->seen == NULL || w->next == NULL))
        err = LM_ENOMEM;
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++) {
        bool chance = edges[k].bits >= LM_RIVAL_BITS;
        w->seen[2 * k] = w->seen[2 * k + 1] = edges[k].bits;
        w->at[2 * k] = w->n;
        if (chance)
            err = find_lacks(c, t, edges, w, edges[k].a, edges[k].b);
        w->at[2 * k + 1] = w->n;
        if (chance && err == LM_OK)
            err = find_lacks(c, t, edges, w, edges[k].b, edges[k].a);
    }
    if (err == LM_OK)
        w->at[2 * n_edges] = w->n;
    return err;
}

lm_err lm_compete(struct lm_comparer *c, const struct lm_contest *contest, const struct lm_edge *edges, uint64_t n_edges, float *ret_bits)
{
    struct arena w = { .n = 0 };
    lm_err err = prepare(c, contest, edges, n_edges, &w);
    if (err == LM_OK)
        play(edges, n_edges, &w);
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++)
        ret_bits[k] = (float)((double)edges[k].bits - lost(&w, 2 * k) - lost(&w, 2 * k + 1));
    end(&w.x);
    free(w.at);
    free(w.lacks);
    free(w.seen);
    free(w.next);
    return err;
}

/* --- once only --- */

static int ascending(const void *x, const void *y)
{
    float p = *(const float *)x, q = *(const float *)y;
    return (p > q) - (p < q);
}

/* The bits that nineteen in twenty of the pairs have that are the best for both sides; infinite when there are none. */
static float usual(const struct rivals *x, uint32_t n_first, float *bits)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < n_first; i++) {
        if (x->at[i] == x->at[i + 1])
            continue;
        const struct rival *r = &x->list[x->at[i]];
        if (r->bits >= 0 && x->list[x->at[r->record]].record == i)
            bits[n++] = r->bits;
    }
    if (n == 0)
        return INFINITY;
    qsort(bits, n, sizeof *bits, ascending);
    return bits[n / 20];
}

lm_err lm_find_single(struct lm_comparer *c, struct lm_contest *contest, const struct lm_edge *edges, uint64_t n_edges)
{
    struct rivals x = { NULL, NULL };
    const struct lm_records *r = contest->records;
    float *bits = malloc(((size_t)r->n + 1) * sizeof *bits);
    lm_err err = bits != NULL ? collect(edges, n_edges, r->n, &x) : LM_ENOMEM;
    float least = err == LM_OK ? usual(&x, r->n_first, bits) : 0;
    for (unsigned source = 0; err == LM_OK && source < 2; source++) {
        /* two of this source meet in a record of the other */
        uint32_t from = source == 0 ? r->n_first : 0, to = source == 0 ? r->n : r->n_first, fit = 0, twice = 0;
        for (uint32_t i = from; i < to; i++) {
            const struct rival *p = &x.list[x.at[i]];
            uint64_t n = x.at[i + 1] - x.at[i];
            fit += n > 0 && p[0].bits >= 0;
            if (n > 1 && p[1].bits >= 0)
                twice += lm_pair_bits(c, p[0].record, p[1].record, NULL) >= least;
        }
        contest->single[source] = fit > 0 && twice < LM_SINGLE_SHARE * fit;
    }
    end(&x);
    free(bits);
    return err;
}
