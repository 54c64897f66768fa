#include "resolve/weight.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/likeness.h"
#include "resolve/sort.h"

#define PRIOR_PAIRS 8.0   /* what is taken for m before anything is seen weighs as many pairs */
#define PRIOR_RANDOM 2.0  /* the same for u */
#define BASE_SHARE 0.5    /* of u of a level, for a spelling that is itself unknown */
#define UNSEEN_LEAST 0.01
#define UNSEEN_MOST 1.5
#define SWAPPED_FIRST 0.02
#define SWAPPED_LEAST 0.0005
#define TINY 1e-9

/* Shares of one person's pairs, before anything is learned; and of two persons'. */
static const double first_m[LM_FIELD_KINDS][LM_LEVELS] = {
    [LM_FIELD_GIVEN] = { .78, .07, .01, .04, .01, .01, .01, .02, .05 },
    [LM_FIELD_SURNAME] = { .80, .07, .01, .03, .01, .01, .005, .015, .05 },
    [LM_FIELD_WORDS] = { .72, .08, .01, .04, .01, .03, .005, .025, .08 },
    [LM_FIELD_TEXT] = { .55, .13, .09, .07, .05, TINY, .03, .03, .05 },
    [LM_FIELD_CODE] = { .80, .07, .01, .01, .03, TINY, TINY, .01, .07 },
    [LM_FIELD_EMAIL] = { .75, TINY, .08, .02, .03, .02, TINY, .02, .08 },
    [LM_FIELD_DATE] = { .84, .01, .06, .02, .02, .01, .01, TINY, .03 },
    [LM_FIELD_NUMBER] = { .82, .05, .02, .02, .01, TINY, TINY, .02, .06 },
};
static const double first_u[LM_FIELD_KINDS][LM_LEVELS] = {
    [LM_FIELD_GIVEN] = { .01, .001, .001, .002, .002, .002, .003, .03, .95 },
    [LM_FIELD_SURNAME] = { .005, .001, .001, .001, .001, .001, .003, .02, .968 },
    [LM_FIELD_WORDS] = { .01, .001, .001, .001, .001, .005, .003, .03, .95 },
    [LM_FIELD_TEXT] = { .0001, .0001, .0001, .0002, .0005, TINY, .001, .01, .988 },
    [LM_FIELD_CODE] = { .001, .001, .001, .001, .01, TINY, TINY, .02, .967 },
    [LM_FIELD_EMAIL] = { .0001, TINY, .0001, .0005, .0005, .02, TINY, .01, .969 },
    [LM_FIELD_DATE] = { .0001, .0001, .001, .003, .01, .005, .015, TINY, .966 },
    [LM_FIELD_NUMBER] = { .05, .05, .05, .1, .1, TINY, TINY, .2, .45 },
};

static double possible_pairs(const struct lm_records *r, bool between)
{
    double n = r->n, first = r->n_first;
    return fmax(between ? first * (n - first) : n * (n - 1) / 2, 1);
}

lm_err lm_model_init(struct lm_model *m, const struct lm_records *r, bool between)
{
    *m = (struct lm_model){ .pairs = possible_pairs(r, between),
                            .matches = r->n / 5.0 + 1,
                            .between = between };
    memset(m->follows, LM_FOLLOWS_NONE, sizeof m->follows);
    for (uint32_t f = 0; f < r->n_fields; f++) {
        lm_err err = lm_category_make(r, f, between, &m->category[f]);
        if (err != LM_OK)
            return err;
    }
    for (uint32_t f = 0; f < r->n_fields; f++) {
        size_t n = (size_t)r->values[r->fields[f].group].n + 1;
        memcpy(m->m[f], first_m[r->fields[f].kind], sizeof m->m[f]);
        memcpy(m->u[f], first_u[r->fields[f].kind], sizeof m->u[f]);
        m->swapped[f] = SWAPPED_FIRST;
        m->holders[f] = malloc(n * sizeof *m->holders[f]);
        m->equal_bits[f] = malloc(n * sizeof *m->equal_bits[f]);
        if (m->holders[f] == NULL || m->equal_bits[f] == NULL)
            return LM_ENOMEM;
    }
    return lm_model_count(m, r, NULL);
}

void lm_model_free(struct lm_model *m)
{
    for (uint32_t f = 0; f < LM_FIELDS_MOST; f++) {
        free(m->holders[f]);
        free(m->equal_bits[f]);
        lm_category_free(m->category[f]);
    }
    *m = (struct lm_model){ .pairs = 0 };
}

/* --- frequencies --- */

/* Persons that have each value: the distinct pairs of value and person. */
static lm_err count_field(const struct lm_records *r, uint32_t f, const uint32_t *person, uint64_t *keys, uint32_t *ids, uint32_t *holders)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t v = lm_record(r, i)[f];
        if (v != 0)
            keys[n++] = (uint64_t)v << 32 | person[i];
    }
    lm_err err = lm_sort_keys(keys, ids, n);
    for (uint32_t i = 0; err == LM_OK && i < n; i++)
        holders[keys[i] >> 32] += i == 0 || keys[i] != keys[i - 1];
    return err;
}

lm_err lm_model_count(struct lm_model *m, const struct lm_records *r, const uint32_t *person)
{
    uint64_t *keys = person != NULL ? malloc(((size_t)r->n + 1) * sizeof *keys) : NULL;
    uint32_t *ids = person != NULL ? calloc((size_t)r->n + 1, sizeof *ids) : NULL;
    lm_err err = person == NULL || (keys != NULL && ids != NULL) ? LM_OK : LM_ENOMEM;
    for (uint32_t f = 0; err == LM_OK && f < r->n_fields; f++) {
        uint32_t n = r->values[r->fields[f].group].n;
        double all = 0, once = 0, twice = 0;
        memset(m->holders[f], 0, ((size_t)n + 1) * sizeof *m->holders[f]);
        if (person != NULL)
            err = count_field(r, f, person, keys, ids, m->holders[f]);
        else
            memcpy(m->holders[f], r->count[f], ((size_t)n + 1) * sizeof *m->holders[f]);
        for (uint32_t v = 1; v <= n; v++) {
            all += m->holders[f][v];
            once += m->holders[f][v] == 1;
            twice += m->holders[f][v] == 2;
        }
        m->persons[f] = fmax(all, 2);
        m->unseen[f] = fmin(fmax((2 * twice + UNSEEN_LEAST) / (once + 1), UNSEEN_LEAST), UNSEEN_MOST);
    }
    free(keys);
    free(ids);
    return err;
}

/* --- what the comparison uses --- */

double lm_model_u(const struct lm_model *m, enum lm_field_kind kind, uint32_t field, const struct lm_agreement *g)
{
    if (g->level == LM_LEVEL_EQUAL || (g->level == LM_LEVEL_PART && g->share > 0 && kind != LM_FIELD_DATE))
        return g->share;
    if (g->level == LM_LEVEL_DIFFERENT || !lm_by_spelling(kind))
        return m->u[field][g->level];
    return BASE_SHARE * m->u[field][g->level] + (double)g->share;
}

static void ready_bound(struct lm_model *m, const struct lm_records *r, uint32_t f)
{
    enum lm_field_kind kind = r->fields[f].kind;
    float rarest = (float)(m->unseen[f] / m->persons[f]);
    float most[LM_LEVELS];
    for (unsigned l = 0; l < LM_LEVELS; l++) {
        struct lm_agreement g = { .level = (uint8_t)l, .share = rarest };
        most[l] = m->log_m[f][l] - (float)log2(lm_model_u(m, kind, f, &g));
    }
    for (unsigned set = 1; set < 1u << LM_LEVELS; set++) {
        float best = -INFINITY;
        for (unsigned l = 1; l < LM_LEVELS; l++)
            if (set >> l & 1)
                best = fmaxf(best, most[l]);
        m->best_of[f][set] = best;
    }
}

/* Odds before anything is compared. */
static void ready_priors(struct lm_model *m)
{
    double share = fmin(m->matches / m->pairs, 0.5);
    m->prior_bits = (float)log2(share / (1 - share));
    m->related_bits = m->related != 0 ? (float)log2(fmax(m->related_pairs, 1) / m->pairs) : 0;
}

static void ready_levels(struct lm_model *m, uint32_t f)
{
    for (unsigned l = 0; l < LM_LEVELS; l++) {
        m->log_m[f][l] = (float)log2(fmax(m->m[f][l], TINY));
        m->following_bits[f][l] =
            m->u_following[f][l] > 0 ? m->log_m[f][l] - (float)log2(m->u_following[f][l]) : INFINITY;
    }
}

static void ready_category(struct lm_model *m, uint32_t f)
{
    float level_bits[LM_LEVELS];
    if (m->category[f] == NULL)
        return;
    for (unsigned l = 0; l < LM_LEVELS; l++)
        level_bits[l] = m->log_m[f][l] - (float)log2(fmax(m->u[f][l], TINY));
    lm_category_ready(m->category[f], level_bits, m->equal_bits[f]);
    m->best[f] = m->category[f]->best;
}

lm_err lm_model_ready(struct lm_model *m, const struct lm_records *r)
{
    ready_priors(m);
    for (uint32_t f = 0; f < r->n_fields; f++) {
        uint32_t n = r->values[r->fields[f].group].n;
        ready_levels(m, f);
        m->log_u_different[f] = (float)log2(m->u[f][LM_LEVEL_DIFFERENT]);
        m->swap_bits[f] = (float)log2(m->swapped[f]);
        ready_bound(m, r, f);
        m->best[f] = m->best_of[f][(1u << LM_LEVELS) - 2];
        m->equal_bits[f][0] = 0;
        for (uint32_t v = 1; v <= n; v++) {
            m->equal_bits[f][v] = m->log_m[f][LM_LEVEL_EQUAL] - (float)log2(lm_model_share(m, f, v));
            m->best[f] = fmaxf(m->best[f], m->equal_bits[f][v]);
        }
        ready_category(m, f);
    }
    return LM_OK;
}

/* --- samples --- */

bool lm_sample_add(struct lm_sample *s, uint32_t a, uint32_t b)
{
    if (s->n >= s->most)
        return false;
    if (s->n == s->cap) {
        uint32_t cap = s->cap == 0 ? 1024 : s->cap * 2;
        uint32_t *pa = realloc(s->a, cap * sizeof *pa);
        if (pa != NULL)
            s->a = pa;
        uint32_t *pb = pa != NULL ? realloc(s->b, cap * sizeof *pb) : NULL;
        if (pb == NULL)
            return false;
        s->b = pb;
        s->cap = cap;
    }
    s->a[s->n] = a;
    s->b[s->n++] = b;
    return true;
}

void lm_sample_free(struct lm_sample *s)
{
    free(s->a);
    free(s->b);
    free(s->parts);
    free(s->offset);
    *s = (struct lm_sample){ .n = 0 };
}

lm_err lm_sample_compare(struct lm_sample *s, const struct lm_records *r, struct lm_comparer *c)
{
    if (s->parts == NULL)
        s->parts = malloc(((size_t)s->n * r->n_fields + 1) * sizeof *s->parts);
    if (s->parts == NULL)
        return LM_ENOMEM;
    for (uint32_t i = 0; i < s->n; i++)
        (void)lm_pair_bits(c, s->a[i], s->b[i], s->parts + (size_t)i * r->n_fields);
    return LM_OK;
}

/* --- learning --- */

struct sums {
    double m[LM_FIELDS_MOST][LM_LEVELS], u[LM_FIELDS_MOST][LM_LEVELS];
    double swapped[LM_FIELDS_MOST], swappable[LM_FIELDS_MOST];
    double matches, related;
};

static size_t category_at(const struct lm_model *m, const struct lm_records *r, uint32_t f, uint32_t a, uint32_t b)
{
    return (size_t)lm_record(r, a)[f] * m->category[f]->side + lm_record(r, b)[f];
}

float lm_sample_bits(const struct lm_model *m, const struct lm_records *r, const struct lm_sample *s, uint32_t i, float *bits)
{
    const struct lm_agreement *parts = s->parts + (size_t)i * r->n_fields;
    float sum = 0;
    bool swapped[LM_FIELDS_MOST] = { false };
    for (uint32_t f = 0; f < r->n_fields; f++) {
        const struct lm_agreement *g = &parts[f];
        bits[f] = 0;
        if (g->level == LM_LEVEL_NOT_GIVEN)
            continue;
        if (m->category[f] != NULL)
            bits[f] = m->category[f]->bits[category_at(m, r, f, s->a[i], s->b[i])];
        else
            bits[f] = m->log_m[f][g->level] - (float)log2(lm_model_u(m, r->fields[f].kind, f, g));
        bits[f] = lm_following_bits(m, f, parts, bits[f]);
        sum += bits[f];
        if (g->with != f && !swapped[r->fields[f].group]) {
            swapped[r->fields[f].group] = true;
            sum += m->swap_bits[r->fields[f].group];
        }
    }
    return sum;
}

struct kinds {
    double match, related; /* chances of a pair */
};

/* Pair i of the sample under the model as it is now. */
static struct kinds weigh(const struct lm_model *m, const struct lm_records *r, const struct lm_sample *s, uint32_t i)
{
    float bits[LM_FIELDS_MOST], shared = m->related_bits;
    double sum = m->prior_bits + lm_sample_bits(m, r, s, i, bits);
    for (uint32_t rest = m->related; rest != 0; rest &= rest - 1)
        shared += bits[__builtin_ctz(rest)];
    double offset = s->offset != NULL ? exp2((double)s->offset[i]) : 1;
    double match = exp2(sum) * offset, related = m->related != 0 ? exp2((double)shared) : 0, all = 1 + match + related;
    return (struct kinds){ match / all, related / all };
}

static void see_category(struct lm_model *m, const struct lm_records *r, uint32_t f, uint32_t a, uint32_t b, double p)
{
    if (m->category[f] == NULL)
        return;
    m->category[f]->seen[category_at(m, r, f, a, b)] += m->between ? p : p / 2;
    if (!m->between)
        m->category[f]->seen[category_at(m, r, f, b, a)] += p / 2;
}

static void expect(struct lm_model *m, const struct lm_records *r, const struct lm_sample *s, bool random, struct sums *x)
{
    for (uint32_t i = 0; i < s->n; i++) {
        const struct lm_agreement *parts = s->parts + (size_t)i * r->n_fields;
        struct kinds kinds = weigh(m, r, s, i);
        double p = kinds.match;
        bool seen[LM_FIELDS_MOST] = { false };
        x->matches += random ? 0 : p;
        x->related += random ? 0 : kinds.related;
        for (uint32_t f = 0; f < r->n_fields; f++) {
            uint32_t group = r->fields[f].group;
            if (parts[f].level == LM_LEVEL_NOT_GIVEN)
                continue;
            if (random) {
                x->u[f][parts[f].level] += 1 - p;
                continue;
            }
            x->m[f][parts[f].level] += p;
            see_category(m, r, f, s->a[i], s->b[i], p);
            if (seen[group])
                continue;
            seen[group] = true;
            x->swappable[group] += p;
            x->swapped[group] += parts[f].with != f ? p : 0;
        }
    }
}

static void maximise(struct lm_model *m, const struct lm_records *r, const struct sums *x, double each)
{
    for (uint32_t f = 0; f < r->n_fields; f++) {
        const double *pm = first_m[r->fields[f].kind], *pu = first_u[r->fields[f].kind];
        double sum_m = 0, sum_u = 0;
        for (unsigned l = 0; l < LM_LEVELS; l++) {
            sum_m += x->m[f][l] + PRIOR_PAIRS * pm[l];
            sum_u += x->u[f][l] + PRIOR_RANDOM * pu[l];
        }
        for (unsigned l = 0; l < LM_LEVELS; l++) {
            m->m[f][l] = (x->m[f][l] + PRIOR_PAIRS * pm[l]) / sum_m;
            m->u[f][l] = (x->u[f][l] + PRIOR_RANDOM * pu[l]) / sum_u;
        }
        m->swapped[f] = fmax((x->swapped[f] + PRIOR_PAIRS * SWAPPED_FIRST) / (x->swappable[f] + PRIOR_PAIRS), SWAPPED_LEAST);
    }
    m->matches = fmin(fmax(x->matches * each, 1), m->pairs / 2);
    m->related_pairs = m->related != 0 ? fmin(fmax(x->related * each, 1), m->pairs / 2) : 0;
}


lm_err lm_model_learn(struct lm_model *m, const struct lm_records *r, const struct lm_sample *candidates,
                      const struct lm_sample *random, unsigned rounds)
{
    struct sums *x = malloc(sizeof *x);
    lm_err err = x != NULL ? LM_OK : LM_ENOMEM;
    for (unsigned k = 0; err == LM_OK && k < rounds; k++) {
        memset(x, 0, sizeof *x);
        for (uint32_t f = 0; f < r->n_fields; f++)
            if (m->category[f] != NULL)
                memset(m->category[f]->seen, 0, (size_t)m->category[f]->side * m->category[f]->side * sizeof *m->category[f]->seen);
        expect(m, r, candidates, false, x);
        expect(m, r, random, true, x);
        double before = m->matches;
        maximise(m, r, x, candidates->each);
        for (uint32_t f = 0; f < r->n_fields; f++) {
            ready_levels(m, f);
            m->swap_bits[f] = (float)log2(m->swapped[f]);
            ready_category(m, f);
        }
        ready_priors(m);
        if (fabs(m->matches - before) < 1e-4 * before && k >= 4)
            break;
    }
    free(x);
    return err == LM_OK ? lm_model_ready(m, r) : err;
}
