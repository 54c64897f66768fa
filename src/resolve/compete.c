#include "resolve/compete.h"

#include <math.h>
#include <stdlib.h>

struct rival {
    uint32_t record;
    float bits;
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
            x->list[x->at[edges[k].a + 1]++] = (struct rival){ edges[k].b, edges[k].bits };
            x->list[x->at[edges[k].b + 1]++] = (struct rival){ edges[k].a, edges[k].bits };
        }
    for (uint32_t i = 0; i < n_records; i++)
        if (x->at[i + 1] - x->at[i] > 1)
            qsort(x->list + x->at[i], x->at[i + 1] - x->at[i], sizeof *x->list, best_first);
    return LM_OK;
}

static bool exclude(const struct lm_contest *t, uint32_t b, uint32_t c)
{
    bool first = b < t->records->n_first;
    return first == (c < t->records->n_first) && t->single[first ? 0 : 1];
}

/* What the rivals of b for a are worth together, as odds. */
static double against(struct lm_comparer *c, const struct lm_contest *t, const struct rivals *x, uint32_t a, uint32_t b)
{
    double sum = 0;
    uint64_t from = x->at[a], to = x->at[a + 1];
    for (uint64_t k = from; k < to && k < from + LM_RIVALS; k++) {
        const struct rival *r = &x->list[k];
        if (r->record == b)
            continue;
        double evidence = exclude(t, b, r->record) ? -INFINITY : (double)(lm_pair_bits(c, b, r->record, NULL) - t->prior_bits);
        if (evidence < 0)
            sum += exp2((double)r->bits) * (1 - exp2(evidence));
    }
    return sum;
}

lm_err lm_compete(struct lm_comparer *c, const struct lm_contest *contest, const struct lm_edge *edges, uint64_t n_edges, float *ret_bits)
{
    struct rivals x = { NULL, NULL };
    lm_err err = collect(edges, n_edges, contest->records->n, &x);
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++) {
        const struct lm_edge *e = &edges[k];
        ret_bits[k] = e->bits;
        if (e->bits >= LM_RIVAL_BITS)
            ret_bits[k] = (float)((double)e->bits - log2(1 + against(c, contest, &x, e->a, e->b))
                                  - log2(1 + against(c, contest, &x, e->b, e->a)));
    }
    end(&x);
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
