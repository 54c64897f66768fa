#include "resolve/related.h"

#include <math.h>
#include <stdlib.h>

#define ROUNDS 12
#define REFINE_ROUNDS 40

struct search {
    const struct lm_records *r;
    float *bits; /* n × n_fields: what each field is worth */
    float *all;  /* n: all fields, without the prior */
    uint32_t n;
    double each; /* how many pairs one stands for */
    double pairs, matches;
};

struct found {
    uint32_t fields;
    double pairs, matches; /* at the best fit */
    double likelihood;     /* bits, for the sample */
};

/* The best shares of matches and related pairs for a set of fields. No set: matches only. */
static void fit(const struct search *s, uint32_t fields, unsigned rounds, struct found *x)
{
    double matches = s->matches, related = fields != 0 ? s->matches * 0.2 : 0;
    for (unsigned k = 0; k < rounds; k++) {
        double sum_m = 0, sum_r = 0, likelihood = 0;
        double odds_m = matches / s->pairs, odds_r = related / s->pairs;
        for (uint32_t i = 0; i < s->n; i++) {
            const float *bits = s->bits + (size_t)i * s->r->n_fields;
            float z = 0;
            for (uint32_t rest = fields; rest != 0; rest &= rest - 1)
                z += bits[__builtin_ctz(rest)];
            double m = odds_m * exp2((double)s->all[i]), h = fields != 0 ? odds_r * exp2((double)z) : 0, all = 1 + m + h;
            sum_m += m / all;
            sum_r += h / all;
            likelihood += log2(all);
        }
        matches = fmax(sum_m * s->each, 1);
        related = sum_r * s->each;
        *x = (struct found){ fields, related, matches, likelihood };
    }
}

static lm_err weigh_fields(struct search *s, const struct lm_model *m, const struct lm_sample *c)
{
    uint32_t every = c->n / LM_RELATED_SAMPLE + 1;
    s->bits = malloc(((size_t)c->n / every + 1) * s->r->n_fields * sizeof *s->bits);
    s->all = malloc(((size_t)c->n / every + 1) * sizeof *s->all);
    if (s->bits == NULL || s->all == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < c->n; i += every) {
        s->all[s->n] = lm_sample_bits(m, s->r, c, i, s->bits + (size_t)s->n * s->r->n_fields);
        s->n++;
    }
    s->each = c->each * every;
    return LM_OK;
}

/* The best of the sets that differ from this one by one field (added only, or either way) and leave two outside. */
static struct found step(const struct search *s, uint32_t fields, bool add_only)
{
    struct found best = { .likelihood = -1 };
    for (uint32_t f = 0; f < s->r->n_fields; f++) {
        uint32_t other = fields ^ UINT32_C(1) << f;
        struct found x;
        if (other == 0 || !s->r->fields[f].shared || (add_only && other < fields) || (uint32_t)__builtin_popcount(other) + 2 > s->r->n_fields)
            continue;
        fit(s, other, ROUNDS, &x);
        if (x.likelihood > best.likelihood)
            best = x;
    }
    return best;
}

/* Adds the field that helps most, again and again; then, from the best set on the way, changes one field as long as it helps. */
static struct found climb(const struct search *s)
{
    struct found best = { .likelihood = -1 }, here = { .fields = 0 };
    for (uint32_t k = 0; k + 2 < s->r->n_fields; k++) {
        here = step(s, here.fields, true);
        if (here.likelihood > best.likelihood)
            best = here;
    }
    for (uint32_t k = 0; k < s->r->n_fields && best.fields != 0; k++) {
        here = step(s, best.fields, false);
        if (here.likelihood <= best.likelihood)
            break;
        best = here;
    }
    return best;
}

lm_err lm_find_related(struct lm_model *m, const struct lm_records *r, const struct lm_sample *candidates)
{
    struct search s = { .r = r, .pairs = m->pairs, .matches = m->matches };
    lm_err err = weigh_fields(&s, m, candidates);
    m->related = 0;
    m->related_pairs = 0;
    if (err == LM_OK && s.n > 0 && r->n_fields > 2) {
        struct found without, with = climb(&s);
        fit(&s, 0, REFINE_ROUNDS, &without);
        if (with.fields != 0)
            fit(&s, with.fields, REFINE_ROUNDS, &with);
        if (with.likelihood > without.likelihood + LM_RELATED_GAIN) {
            m->related = with.fields;
            m->related_pairs = with.pairs;
        }
    }
    free(s.bits);
    free(s.all);
    return err;
}
