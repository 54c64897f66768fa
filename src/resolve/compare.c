#include "resolve/compare.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/likeness.h"
#include "resolve/weight.h"

#define CACHE_LEAST ((size_t)1 << 14)
#define CACHE_MOST ((size_t)1 << 18)
#define RARE_RATIO 200
#define ROUNDING 0.001f /* of a sum of floats that is kept up to date */

struct cached {
    uint32_t x, y, word;
    uint8_t group, level;
};

struct lm_comparer {
    const struct lm_records *r;
    const struct lm_model *m;
    struct cached *cache;
    size_t mask;
    uint16_t places[LM_PLACES];
    struct lm_comparer_counts counts;
    struct unit {
        uint8_t field[LM_GROUP_MOST]; /* several: fields that may be swapped */
        uint8_t n;
        float best;          /* the most that it can be worth */
        float least;         /* when nothing agrees */
    } units[LM_FIELDS_MOST]; /* those that can be worth most first */
    uint32_t n_units;
    float rest[LM_FIELDS_MOST + 1]; /* what all units from the k-th on can be worth at most */
};

const char *lm_level_name(enum lm_field_kind kind, enum lm_level level)
{
    static const char *const words[] = { "equal", "one slip", "one slip, both common", "near or a short form", "near or a short form, both common", "part of it",
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

/* Those first that can be worth most: a pair that lacks them is dropped soonest. */
static void add_unit(struct lm_comparer *c, struct unit u)
{
    uint32_t k = c->n_units++;
    for (uint32_t i = 0; i < u.n; i++) {
        u.best += fmaxf(c->m->best[u.field[i]], 0);
        u.least += c->m->best_of[u.field[i]][1u << LM_LEVEL_DIFFERENT];
    }
    for (; k > 0 && c->units[k - 1].best < u.best; k--)
        c->units[k] = c->units[k - 1];
    c->units[k] = u;
}

static void find_units(struct lm_comparer *c)
{
    const struct lm_records *r = c->r;
    for (uint32_t g = 0; g < r->n_fields; g++) {
        struct unit u = { .n = 0 };
        for (uint32_t f = 0; f < r->n_fields; f++) {
            if (r->fields[f].group != g)
                continue;
            if (u.n < LM_GROUP_MOST)
                u.field[u.n++] = (uint8_t)f;
            else
                add_unit(c, (struct unit){ .field = { (uint8_t)f }, .n = 1 });
        }
        if (u.n > 0)
            add_unit(c, u);
    }
    c->rest[c->n_units] = 0;
    for (uint32_t k = c->n_units; k-- > 0;)
        c->rest[k] = c->rest[k + 1] + c->units[k].best;
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
    lm_word_places(c->places);
    find_units(c);
    *ret = c;
    return LM_OK;
}

void lm_comparer_close(struct lm_comparer *c)
{
    if (c != NULL)
        free(c->cache);
    free(c);
}

struct lm_comparer_counts lm_comparer_counts(const struct lm_comparer *c)
{
    return c->counts;
}

/* --- the bound --- */

static void fill_row(const struct lm_comparer *c, uint32_t record, struct lm_cell *row)
{
    const uint32_t *ids = lm_record(c->r, record);
    for (uint32_t f = 0; f < c->r->n_fields; f++) {
        const struct lm_values *v = &c->r->values[c->r->fields[f].group];
        uint32_t id = ids[f];
        row[f].id = id;
        row[f].sign = v->signature[id];
        row[f].rest = v->rest != NULL ? v->rest[id] : 0;
    }
}

void lm_comparer_rows(const struct lm_comparer *c, const uint32_t *records, uint32_t n, struct lm_cell *ret)
{
    for (uint32_t k = 0; k < n; k++)
        fill_row(c, records[k], ret + (size_t)k * c->r->n_fields);
}

void lm_comparer_ahead(const struct lm_comparer *c, uint32_t record)
{
    const uint32_t *ids = lm_record(c->r, record);
    for (uint32_t f = 0; f < c->r->n_fields; f++) {
        const struct lm_values *v = &c->r->values[c->r->fields[f].group];
        __builtin_prefetch(&v->signature[ids[f]]);
        if (v->rest != NULL)
            __builtin_prefetch(&v->rest[ids[f]]);
    }
}

/* Fine: with a look at the words. *settled becomes false unless the bound is what the field is worth. */
static inline float field_bound(const struct lm_comparer *c, uint32_t f, uint32_t with, const struct lm_cell *x,
                                const struct lm_cell *y, bool fine, bool *settled)
{
    const struct lm_model *m = c->m;
    if (x->id == 0 || y->id == 0)
        return 0;
    if (m->category[f] != NULL)
        return m->category[f]->bits[(size_t)x->id * m->category[f]->side + y->id];
    if (x->id == y->id)
        return f == with ? m->equal_bits[f][x->id] : fminf(m->equal_bits[f][x->id], m->equal_bits[with][x->id]);
    const struct lm_values *v = &c->r->values[c->r->fields[f].group];
    enum lm_field_kind kind = c->r->fields[f].kind;
    bool short_form = kind == LM_FIELD_GIVEN && (x->sign & y->sign & LM_SIGN_WORDS) != 0;
    if (((x->sign | y->sign) & LM_SIGN_SEVERAL) == 0 && lm_by_words(kind) && !short_form) {
        uint32_t place = lm_word_place(x, y);
        if (place < LM_PLACES) {
            unsigned levels = c->places[place];
            *settled &= levels == 1u << LM_LEVEL_DIFFERENT;
            return m->best_of[f][levels];
        }
    }
    bool unsure = fine;
    struct lm_possible p = { .levels = 0 };
    if (!fine)
        p = lm_levels_in_rows(kind, x, y, &unsure);
    if (unsure)
        p = lm_levels_possible(kind, v, x->id, y->id);
    *settled &= p.levels == 1u << LM_LEVEL_DIFFERENT || kind == LM_FIELD_DATE;
    float best = m->best_of[f][p.levels & ~(1u << LM_LEVEL_PART)];
    if (p.word != 0 && (p.levels >> LM_LEVEL_PART & 1) != 0)
        return fmaxf(best, m->log_m[f][LM_LEVEL_PART] + v->word_values->rarity[p.word]);
    return m->best_of[f][p.levels];
}

static const uint8_t arrangements[][LM_GROUP_MOST] = {
    { 1, 0, 2 }, { 0, 2, 1 }, { 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 }
};

static uint32_t n_arrangements(const struct unit *g)
{
    return g->n == 2 ? 1 : 5;
}

/* What the best arrangement of a group but the straight one can be worth. */
static float swapped_bound(const struct lm_comparer *c, const struct unit *g, const struct lm_cell *a,
                           const struct lm_cell *b, bool fine)
{
    float best = -INFINITY;
    bool settled = true; /* not asked for */
    for (uint32_t p = 0; p < n_arrangements(g); p++) {
        float sum = c->m->swap_bits[c->r->fields[g->field[0]].group];
        for (uint32_t k = 0; k < g->n; k++)
            sum += field_bound(c, g->field[k], g->field[arrangements[p][k]], &a[g->field[k]], &b[g->field[arrangements[p][k]]], fine,
                               &settled);
        if (sum > best)
            best = sum;
    }
    return best;
}

static inline float unit_bound(const struct lm_comparer *c, const struct unit *u, const struct lm_cell *a,
                               const struct lm_cell *b, bool fine, bool *ret_settled)
{
    *ret_settled = true;
    float straight = field_bound(c, u->field[0], u->field[0], &a[u->field[0]], &b[u->field[0]], fine, ret_settled);
    if (u->n == 1)
        return straight;
    bool fits = a[u->field[0]].id == b[u->field[0]].id;
    for (uint32_t k = 1; k < u->n; k++) {
        straight += field_bound(c, u->field[k], u->field[k], &a[u->field[k]], &b[u->field[k]], fine, ret_settled);
        fits &= a[u->field[k]].id == b[u->field[k]].id;
    }
    float swapped = fits ? -INFINITY : swapped_bound(c, u, a, b, fine);
    *ret_settled &= swapped <= straight;
    return fmaxf(straight, swapped);
}

bool lm_rows_reach(const struct lm_comparer *c, const struct lm_cell *a, const struct lm_cell *b, float floor)
{
    float sum = c->m->prior_bits;
    bool settled;
    for (uint32_t k = 0; k < c->n_units; k++) {
        sum += unit_bound(c, &c->units[k], a, b, false, &settled);
        if (sum + c->rest[k + 1] < floor)
            return false;
    }
    return true;
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
    c->counts.asked++;
    /* one word against one word costs less than looking it up */
    if (kind == LM_FIELD_DATE
        || (lm_by_words(kind)
            && ((c->r->values[group].signature[x] | c->r->values[group].signature[y]) & LM_SIGN_SEVERAL)
                   == 0)) {
        c->counts.metrics += kind != LM_FIELD_DATE;
        return lm_likeness_of(kind, &c->r->values[group], x, y);
    }
    if (at->x != x || at->y != y || at->group != group) {
        struct lm_likeness l = lm_likeness_of(kind, &c->r->values[group], x, y);
        *at = (struct cached){ .x = x, .y = y, .word = l.word, .group = (uint8_t)group, .level = l.level };
        c->counts.metrics++;
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
    if (m->category[f] != NULL) {
        size_t at = (size_t)x * m->category[f]->side + y;
        g.level = m->category[f]->level[at];
        g.bits = m->category[f]->bits[at];
        return g;
    }
    if (x == y) {
        g.level = LM_LEVEL_EQUAL;
        g.share = (float)fmax(lm_model_share(m, f, x), lm_model_share(m, with, x));
        g.bits = fminf(m->equal_bits[f][x], m->equal_bits[with][x]);
        return g;
    }
    struct lm_possible possible = lm_levels_possible(kind, &c->r->values[group], x, y);
    struct lm_likeness l = { .level = LM_LEVEL_DIFFERENT };
    if (possible.levels != 1u << LM_LEVEL_DIFFERENT)
        l = likeness(c, group, kind, x, y);
    g.level = l.level;
    if (g.level == LM_LEVEL_DIFFERENT) {
        g.bits = m->log_m[f][g.level] - m->log_u_different[f];
        return g;
    }
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
static float unit_bits(struct lm_comparer *c, const struct unit *u, const struct lm_cell *a,
                       const struct lm_cell *b, struct lm_agreement *parts)
{
    struct lm_agreement tried[LM_GROUP_MOST];
    float best = 0;
    bool fits = true;
    for (uint32_t k = 0; k < u->n; k++) {
        uint32_t f = u->field[k];
        parts[f] = agree(c, f, f, a[f].id, b[f].id);
        best += parts[f].bits;
        fits &= a[f].id == b[f].id;
    }
    if (u->n == 1 || fits || swapped_bound(c, u, a, b, true) <= best)
        return best;
    float swap_bits = c->m->swap_bits[c->r->fields[u->field[0]].group];
    for (uint32_t p = 0; p < n_arrangements(u); p++) {
        float sum = swap_bits;
        for (uint32_t k = 0; k < u->n; k++) {
            uint32_t f = u->field[k], with = u->field[arrangements[p][k]];
            tried[k] = agree(c, f, with, a[f].id, b[with].id);
            sum += tried[k].bits;
        }
        if (sum <= best)
            continue;
        best = sum;
        for (uint32_t k = 0; k < u->n; k++)
            parts[u->field[k]] = tried[k];
    }
    return best;
}

float lm_related_discount(const struct lm_model *m, float shared)
{
    return m->related == 0 ? 0 : (float)log2(1 + exp2((double)(m->related_bits + shared)));
}

static bool is_shared(const struct lm_model *m, uint8_t field)
{
    return (m->related >> field & 1) != 0;
}

/* *ret_shared: what is in it of the fields that related pairs share. */
static float rows_bits(struct lm_comparer *c, const struct lm_cell *a, const struct lm_cell *b,
                       struct lm_agreement *parts, float *ret_shared)
{
    float sum = c->m->prior_bits;
    *ret_shared = 0;
    for (uint32_t k = 0; k < c->n_units; k++)
        sum += unit_bits(c, &c->units[k], a, b, parts);
    for (uint32_t f = 0; f < c->r->n_fields; f++) {
        float bits = lm_following_bits(c->m, f, parts, parts[f].bits);
        sum += bits - parts[f].bits;
        parts[f].bits = bits;
        *ret_shared += is_shared(c->m, (uint8_t)f) ? bits : 0;
    }
    return sum;
}

float lm_pair_bits(struct lm_comparer *c, uint32_t a, uint32_t b, struct lm_agreement *parts)
{
    struct lm_agreement own[LM_FIELDS_MOST];
    struct lm_cell ra[LM_FIELDS_MOST], rb[LM_FIELDS_MOST];
    float shared;
    fill_row(c, a, ra);
    fill_row(c, b, rb);
    float bits = rows_bits(c, ra, rb, parts != NULL ? parts : own, &shared);
    return bits - lm_related_discount(c->m, shared);
}

/* The unit that a closer look may lower most; n_units: none is left. */
static uint32_t most_open(uint32_t n, const float *open)
{
    uint32_t best = n;
    float most = 0;
    for (uint32_t k = 0; k < n; k++)
        if (open[k] > most) {
            most = open[k];
            best = k;
        }
    return best;
}

bool lm_pair_above(struct lm_comparer *c, uint32_t a, uint32_t b, float floor, float *ret_bits)
{
    struct lm_agreement parts[LM_FIELDS_MOST];
    struct lm_cell ra[LM_FIELDS_MOST], rb[LM_FIELDS_MOST];
    float bound[LM_FIELDS_MOST], open[LM_FIELDS_MOST], sum = c->m->prior_bits;
    uint32_t n = c->n_units;
    fill_row(c, a, ra);
    fill_row(c, b, rb);
    for (uint32_t k = 0; k < n; k++) {
        bool settled;
        bound[k] = unit_bound(c, &c->units[k], ra, rb, true, &settled);
        open[k] = settled ? 0 : bound[k] - c->units[k].least;
        sum += bound[k];
        if (sum + c->rest[k + 1] < floor)
            return false;
    }
    c->counts.compared++;
    for (uint32_t k = most_open(n, open); k < n; k = most_open(n, open)) {
        sum += unit_bits(c, &c->units[k], ra, rb, parts) - bound[k];
        if (sum < floor - ROUNDING)
            return false;
        open[k] = 0;
    }
    float shared, bits = rows_bits(c, ra, rb, parts, &shared);
    *ret_bits = bits - lm_related_discount(c->m, shared);
    return bits >= floor;
}
