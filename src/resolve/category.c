#include "resolve/category.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/likeness.h"

void lm_category_free(struct lm_category *c)
{
    if (c == NULL)
        return;
    free(c->share[0]);
    free(c->share[1]);
    free(c->level);
    free(c->seen);
    free(c->bits);
    free(c);
}

static bool is_category(const struct lm_records *r, uint32_t field)
{
    uint32_t n = r->values[r->fields[field].group].n;
    enum lm_field_kind kind = r->fields[field].kind;
    for (uint32_t f = 0; f < r->n_fields; f++)
        if (f != field && r->fields[f].group == r->fields[field].group)
            return false;
    return kind != LM_FIELD_DATE && n > 1 && n <= LM_CATEGORY_MOST && r->given[field] >= (uint64_t)n * LM_CATEGORY_RECORDS;
}

static void count_shares(const struct lm_records *r, uint32_t field, bool between, struct lm_category *c)
{
    double all[2] = { 0, 0 };
    for (uint32_t i = 0; i < r->n; i++) {
        unsigned source = between && i >= r->n_first;
        uint32_t v = lm_record(r, i)[field];
        c->share[source][v]++;
        all[source] += v != 0;
    }
    for (uint32_t v = 1; v < c->side; v++) {
        c->share[0][v] = (c->share[0][v] + 0.5) / (all[0] + 0.5 * c->side);
        c->share[1][v] = between ? (c->share[1][v] + 0.5) / (all[1] + 0.5 * c->side) : c->share[0][v];
    }
}

lm_err lm_category_make(const struct lm_records *r, uint32_t field, bool between, struct lm_category **ret)
{
    if (!is_category(r, field)) {
        *ret = NULL;
        return LM_OK;
    }
    struct lm_category *c = calloc(1, sizeof *c);
    if (c == NULL)
        return LM_ENOMEM;
    const struct lm_values *v = &r->values[r->fields[field].group];
    c->side = v->n + 1;
    size_t n = (size_t)c->side * c->side;
    c->share[0] = calloc(c->side, sizeof *c->share[0]);
    c->share[1] = calloc(c->side, sizeof *c->share[1]);
    c->level = calloc(n, sizeof *c->level);
    c->seen = calloc(n, sizeof *c->seen);
    c->bits = calloc(n, sizeof *c->bits);
    if (c->share[0] == NULL || c->share[1] == NULL || c->level == NULL || c->seen == NULL || c->bits == NULL) {
        lm_category_free(c);
        return LM_ENOMEM;
    }
    count_shares(r, field, between, c);
    for (uint32_t x = 1; x < c->side; x++)
        for (uint32_t y = 1; y < c->side; y++)
            c->level[x * c->side + y] = x == y ? LM_LEVEL_EQUAL : lm_likeness_of(r->fields[field].kind, v, x, y).level;
    *ret = c;
    return LM_OK;
}

void lm_category_ready(struct lm_category *c, const float *level_bits, const float *equal_bits)
{
    double seen = 0, sum = 0;
    for (size_t at = 0; at < (size_t)c->side * c->side; at++)
        seen += c->seen[at];
    for (unsigned pass = 0; pass < 2; pass++)
        for (uint32_t x = 1; x < c->side; x++)
            for (uint32_t y = 1; y < c->side; y++) {
                size_t at = (size_t)x * c->side + y;
                double u = c->share[0][x] * c->share[1][y];
                double first = exp2(x == y ? (double)equal_bits[x] : (double)level_bits[c->level[at]]);
                double odds = (c->seen[at] + LM_CATEGORY_PRIOR) / (seen * u + LM_CATEGORY_PRIOR / first);
                if (pass == 0)
                    sum += u * odds;
                else
                    c->bits[at] = (float)log2(odds / sum);
            }
    c->best = 0;
    for (size_t at = 0; at < (size_t)c->side * c->side; at++)
        c->best = fmaxf(c->best, c->bits[at]);
}
