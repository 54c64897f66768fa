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

/* What the rivals of b for a are worth together, as odds. */
static double against(struct lm_comparer *c, const struct rivals *x, uint32_t a, uint32_t b, float prior_bits)
{
    double sum = 0;
    uint64_t from = x->at[a], to = x->at[a + 1];
    for (uint64_t k = from; k < to && k < from + LM_RIVALS; k++) {
        const struct rival *r = &x->list[k];
        if (r->record == b)
            continue;
        double evidence = (double)lm_pair_bits(c, b, r->record, NULL) - (double)prior_bits;
        if (evidence < 0)
            sum += exp2((double)r->bits) * (1 - exp2(evidence));
    }
    return sum;
}

lm_err lm_compete(struct lm_comparer *c, const struct lm_edge *edges, uint64_t n_edges, uint32_t n_records, float prior_bits,
                  float *ret_bits)
{
    struct rivals x = { NULL, NULL };
    lm_err err = collect(edges, n_edges, n_records, &x);
    for (uint64_t k = 0; err == LM_OK && k < n_edges; k++) {
        const struct lm_edge *e = &edges[k];
        ret_bits[k] = e->bits;
        if (e->bits >= LM_RIVAL_BITS)
            ret_bits[k] = (float)((double)e->bits - log2(1 + against(c, &x, e->a, e->b, prior_bits))
                                  - log2(1 + against(c, &x, e->b, e->a, prior_bits)));
    }
    end(&x);
    return err;
}
