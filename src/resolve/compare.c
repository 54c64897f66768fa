#include "resolve/compare.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/likeness.h"
#include "resolve/metric.h"
#include "resolve/weight.h"

#define CACHE_LEAST ((size_t)1 << 14)
#define CACHE_MOST ((size_t)1 << 21)
#define RARE_RATIO 200

struct cached {
    uint32_t x, y, word;
    uint8_t group, level;
};

struct lm_comparer {
    const struct lm_records *r;
    const struct lm_model *m;
    struct cached *cache;
    size_t mask;
    uint64_t n_computed, n_asked;
    uint32_t order[LM_FIELDS_MOST]; /* fields, those that can be worth most first */
    float rest[LM_FIELDS_MOST + 1]; /* what all fields from the k-th on can be worth at most */
    struct group {
        uint8_t field[LM_GROUP_MOST];
        uint8_t n;
    } groups[LM_FIELDS_MOST]; /* those with several fields */
    uint32_t n_groups;
    bool alone[LM_FIELDS_MOST];
};

const char *lm_level_name(enum lm_field_kind kind, enum lm_level level)
{
    static const char *const words[] = { "equal", "one slip", "one slip, both common", "near", "near, both common", "part of it",
                                         "initial", "loosely alike", "different" };
    static const char *const text[] = { "equal", "nearly all words", "most words", "two thirds of the words", "half of the words",
                                        "", "a third of the words", "some words", "different" };
    static const char *const date[] = { "equal", "day and month swapped", "one digit", "day and month equal",
                                        "year and day or month equal", "two digits", "year equal", "", "different" };
    static const char *const email[] = { "equal", "", "one or two slips", "same name, other domain", "nearly the same name",
                                         "same domain", "", "loosely alike", "different" };
    static const char *const code[] = { "equal", "one slip", "one slip, both common", "same ending", "two slips", "", "",
                                        "loosely alike", "different" };
    static const char *const number[] = { "equal", "next to it", "close", "one digit", "near", "", "", "not far", "different" };
    if ((unsigned)level >= LM_LEVELS)
        return "not given";
    switch (kind) {
    case LM_FIELD_TEXT: return text[level];
    case LM_FIELD_DATE: return date[level];
    case LM_FIELD_EMAIL: return email[level];
    case LM_FIELD_CODE: return code[level];
    case LM_FIELD_NUMBER: return number[level];
    case LM_FIELD_GIVEN:
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS: break;
    }
    return words[level];
}

/* --- opening --- */

static void find_groups(struct lm_comparer *c)
{
    const struct lm_records *r = c->r;
    for (uint32_t f = 0; f < r->n_fields; f++)
        c->alone[f] = true;
    for (uint32_t g = 0; g < r->n_fields; g++) {
        struct group x = { .n = 0 };
        for (uint32_t f = 0; f < r->n_fields; f++)
            if (r->fields[f].group == g && x.n < LM_GROUP_MOST)
                x.field[x.n++] = (uint8_t)f;
        for (uint32_t k = 0; k < x.n; k++)
            c->alone[x.field[k]] = x.n == 1; /* what is beyond LM_GROUP_MOST stays alone */
        if (x.n > 1)
            c->groups[c->n_groups++] = x;
    }
}

static void put_fields_in_order(struct lm_comparer *c)
{
    uint32_t n = c->r->n_fields;
    for (uint32_t f = 0; f < n; f++) {
        uint32_t k = f;
        for (; k > 0 && c->m->best[c->order[k - 1]] < c->m->best[f]; k--)
            c->order[k] = c->order[k - 1];
        c->order[k] = f;
    }
    c->rest[n] = 0;
    for (uint32_t k = n; k-- > 0;)
        c->rest[k] = c->rest[k + 1] + fmaxf(c->m->best[c->order[k]], 0);
}

lm_err lm_comparer_open(const struct lm_records *r, const struct lm_model *model, struct lm_comparer **ret)
{
    struct lm_comparer *c = calloc(1, sizeof *c);
    size_t n = CACHE_LEAST;
    while (n < CACHE_MOST && n < (size_t)r->n * 64)
        n *= 2;
    if (c != NULL)
        c->cache = calloc(n, sizeof *c->cache);
    if (c == NULL || c->cache == NULL) {
        free(c);
        return LM_ENOMEM;
    }
    c->r = r;
    c->m = model;
    c->mask = n - 1;
    find_groups(c);
    put_fields_in_order(c);
    *ret = c;
    return LM_OK;
}

void lm_comparer_close(struct lm_comparer *c)
{
    if (c != NULL)
        free(c->cache);
    free(c);
}

void lm_comparer_counts(const struct lm_comparer *c, uint64_t *ret_computed, uint64_t *ret_asked)
{
    *ret_computed = c->n_computed;
    *ret_asked = c->n_asked;
}

/* --- the bound --- */

static inline float field_bound(const struct lm_comparer *c, uint32_t f, uint32_t x, uint32_t y)
{
    const struct lm_model *m = c->m;
    if (x == 0 || y == 0)
        return 0;
    if (x == y)
        return m->equal_bits[f][x];
    const uint64_t *sign = c->r->values[c->r->fields[f].group].signature;
    uint64_t sx = sign[x], sy = sign[y];
    if (m->bound[f] != NULL && ((sx | sy) & LM_SIGN_SEVERAL) == 0)
        return m->bound[f][lm_bound_place((uint32_t)sx, (uint32_t)sy)];
    return m->best_of[f][lm_levels_possible(c->r->fields[f].kind, sx, sy)];
}

static float cross_bound(const struct lm_comparer *c, uint32_t f, uint32_t with, uint32_t x, uint32_t y)
{
    if (x != 0 && x == y)
        return fminf(c->m->equal_bits[f][x], c->m->equal_bits[with][x]);
    return field_bound(c, f, x, y);
}

static const uint8_t arrangements[][LM_GROUP_MOST] = { { 1, 0, 2 }, { 0, 2, 1 }, { 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 } };

static uint32_t n_arrangements(const struct group *g)
{
    return g->n == 2 ? 1 : 5;
}

/* What the best arrangement of a group but the straight one can be worth. */
static float swapped_bound(const struct lm_comparer *c, const struct group *g, const uint32_t *ra, const uint32_t *rb)
{
    float best = -INFINITY;
    for (uint32_t p = 0; p < n_arrangements(g); p++) {
        float sum = c->m->swap_bits[c->r->fields[g->field[0]].group];
        for (uint32_t k = 0; k < g->n; k++)
            sum += cross_bound(c, g->field[k], g->field[arrangements[p][k]], ra[g->field[k]], rb[g->field[arrangements[p][k]]]);
        if (sum > best)
            best = sum;
    }
    return best;
}

static float swap_gain(const struct lm_comparer *c, const struct group *g, const uint32_t *ra, const uint32_t *rb)
{
    float straight = 0, swapped = swapped_bound(c, g, ra, rb);
    for (uint32_t k = 0; k < g->n; k++)
        straight += field_bound(c, g->field[k], ra[g->field[k]], rb[g->field[k]]);
    return fmaxf(swapped - straight, 0);
}

float lm_pair_bound(const struct lm_comparer *c, uint32_t a, uint32_t b, float floor)
{
    const uint32_t *ra = lm_record(c->r, a), *rb = lm_record(c->r, b);
    float sum = c->m->prior_bits;
    uint32_t n = c->r->n_fields;
    for (uint32_t k = 0; k < n; k++) {
        if (c->n_groups == 0 && sum + c->rest[k] < floor)
            return sum + c->rest[k];
        uint32_t f = c->order[k];
        sum += field_bound(c, f, ra[f], rb[f]);
    }
    for (uint32_t k = 0; k < c->n_groups && sum < floor; k++)
        sum += swap_gain(c, &c->groups[k], ra, rb);
    return sum;
}

/* --- the comparison --- */

static struct lm_likeness likeness(struct lm_comparer *c, uint32_t group, enum lm_field_kind kind, uint32_t x, uint32_t y)
{
    if (x > y) {
        uint32_t t = x;
        x = y;
        y = t;
    }
    uint64_t h = ((uint64_t)x << 32 | y) * 0x9e3779b97f4a7c15u + group;
    struct cached *at = &c->cache[(h ^ h >> 29) & c->mask];
    c->n_asked++;
    if (at->x != x || at->y != y || at->group != group) {
        struct lm_likeness l = lm_likeness_of(kind, &c->r->values[group], x, y);
        *at = (struct cached){ .x = x, .y = y, .word = l.word, .group = (uint8_t)group, .level = l.level };
        c->n_computed++;
    }
    return (struct lm_likeness){ .level = at->level, .word = at->word };
}

/* A rare spelling beside a common one is a slip; two that are both common are two names. */
static bool is_rare(uint32_t p, uint32_t q)
{
    uint32_t low = p < q ? p : q, high = p < q ? q : p;
    return low <= 1 || (uint64_t)low * RARE_RATIO < high;
}

/* The value x of field f beside the value y of field `with`. */
static struct lm_agreement agree(struct lm_comparer *c, uint32_t f, uint32_t with, uint32_t x, uint32_t y)
{
    const struct lm_model *m = c->m;
    enum lm_field_kind kind = c->r->fields[f].kind;
    uint32_t group = c->r->fields[f].group;
    struct lm_agreement g = { .level = LM_LEVEL_NOT_GIVEN, .with = (uint8_t)with };
    if (x == 0 || y == 0)
        return g;
    if (x == y) {
        g.level = LM_LEVEL_EQUAL;
        g.share = (float)fmax(lm_model_share(m, f, x), lm_model_share(m, with, x));
        g.bits = fminf(m->equal_bits[f][x], m->equal_bits[with][x]);
        return g;
    }
    struct lm_likeness l = likeness(c, group, kind, x, y);
    g.level = l.level;
    if (lm_by_spelling(kind)) {
        uint32_t hx = m->holders[f][x], hy = m->holders[with][y];
        if ((l.level == LM_LEVEL_SLIP || (l.level == LM_LEVEL_NEAR && kind != LM_FIELD_CODE)) && is_rare(hx, hy))
            g.level = l.level == LM_LEVEL_SLIP ? LM_LEVEL_SLIP_RARE : LM_LEVEL_NEAR_RARE;
        g.share = (float)fmax(lm_model_share(m, f, x), lm_model_share(m, with, y));
    }
    if (l.level == LM_LEVEL_PART && l.word != 0)
        g.share = exp2f(-c->r->values[group].word_values->rarity[l.word]);
    g.bits = m->log_m[f][g.level] - (float)log2(lm_model_u(m, kind, f, &g));
    return g;
}

/* Fields of a group: straight, or the best arrangement when something does not fit. Returns its bits. */
static float group_bits(struct lm_comparer *c, const struct group *g, const uint32_t *ra, const uint32_t *rb, struct lm_agreement *parts)
{
    struct lm_agreement tried[LM_GROUP_MOST];
    float best = 0;
    bool fits = true;
    for (uint32_t k = 0; k < g->n; k++) {
        uint32_t f = g->field[k];
        parts[f] = agree(c, f, f, ra[f], rb[f]);
        best += parts[f].bits;
        fits &= parts[f].level == LM_LEVEL_EQUAL || (ra[f] == 0 && rb[f] == 0);
    }
    if (fits || swapped_bound(c, g, ra, rb) <= best)
        return best;
    float swap_bits = c->m->swap_bits[c->r->fields[g->field[0]].group];
    for (uint32_t p = 0; p < n_arrangements(g); p++) {
        float sum = swap_bits;
        for (uint32_t k = 0; k < g->n; k++) {
            uint32_t f = g->field[k], with = g->field[arrangements[p][k]];
            tried[k] = agree(c, f, with, ra[f], rb[with]);
            sum += tried[k].bits;
        }
        if (sum <= best)
            continue;
        best = sum;
        for (uint32_t k = 0; k < g->n; k++)
            parts[g->field[k]] = tried[k];
    }
    return best;
}

float lm_pair_bits(struct lm_comparer *c, uint32_t a, uint32_t b, struct lm_agreement *parts)
{
    struct lm_agreement own[LM_FIELDS_MOST];
    const uint32_t *ra = lm_record(c->r, a), *rb = lm_record(c->r, b);
    struct lm_agreement *p = parts != NULL ? parts : own;
    float sum = c->m->prior_bits;
    for (uint32_t k = 0; k < c->n_groups; k++)
        sum += group_bits(c, &c->groups[k], ra, rb, p);
    for (uint32_t f = 0; f < c->r->n_fields; f++) {
        if (!c->alone[f])
            continue;
        p[f] = agree(c, f, f, ra[f], rb[f]);
        sum += p[f].bits;
    }
    return sum;
}
