#include "resolve/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "model/name.h"
#include "resolve/metric.h"

#define NEAR_JW 0.92
#define LOOSE_JW 0.82
#define EMAIL_JW 0.9
#define ALL_LEVELS ((1u << LM_LEVELS) - 1)
#define BIT(level) (1u << (level))

/* --- names and words --- */

/* Two words as their signatures see them. */
struct gauge {
    unsigned longer, shorter, gap, distance;
    unsigned prefix; /* first bytes that can be equal, up to four */
    bool slip, two;  /* one edit, two edits are possible */
};

static struct gauge gauge_of(uint32_t x, uint32_t y, unsigned prefix)
{
    unsigned a = lm_signature_length(x), b = lm_signature_length(y);
    struct gauge g = { .longer = a > b ? a : b, .shorter = a > b ? b : a, .distance = lm_signature_distance(x, y) };
    g.gap = g.longer - g.shorter;
    g.prefix = prefix < g.shorter ? prefix : g.shorter;
    g.slip = g.distance <= 2 && g.gap <= 1;
    g.two = g.distance <= 4 && g.gap <= 2;
    return g;
}

/* Whether Jaro-Winkler may reach `least` with a common prefix of so many letters: each bit of distance is at
 * least one byte that has no partner. */
static bool jw_possible(const struct gauge *g, double least, unsigned prefix)
{
    double p = 0.1 * prefix, jaro = (least - p) / (1 - p);
    double twice_m = (double)(g->longer + g->shorter) - g->distance;
    if (twice_m > 2.0 * g->shorter)
        twice_m = 2.0 * g->shorter;
    return twice_m * (g->longer + g->shorter) >= 2 * (3 * jaro - 1) * g->longer * g->shorter - 1e-9;
}

/* One word against one word: SLIP, NEAR, INITIAL, LOOSE or DIFFERENT; EQUAL when they are. */
static unsigned word_level(struct lm_str a, uint32_t sa, struct lm_str b, uint32_t sb, bool alone)
{
    struct gauge g = gauge_of(sa, sb, 4);
    if (g.distance == 0 && lm_str_eq(a, b))
        return LM_LEVEL_EQUAL;
    if (g.shorter == 1)
        return a.p[0] == b.p[0] ? LM_LEVEL_INITIAL : LM_LEVEL_DIFFERENT;
    unsigned edits = g.two ? lm_edits(a, b) : 3, prefix = 0;
    if (edits == 1)
        return g.longer >= 4 ? LM_LEVEL_SLIP : LM_LEVEL_LOOSE;
    if (edits == 2 && g.shorter >= 6)
        return LM_LEVEL_NEAR;
    while (prefix < 4 && prefix < g.shorter && a.p[prefix] == b.p[prefix])
        prefix++;
    double jw = g.shorter >= 3 && jw_possible(&g, LOOSE_JW, prefix) ? lm_jaro_winkler(a, b) : 0;
    if (jw >= NEAR_JW && g.shorter >= 4)
        return LM_LEVEL_NEAR;
    if (jw >= LOOSE_JW || (alone && g.shorter >= 3 && prefix >= 3 && memcmp(a.p, b.p, a.n < b.n ? a.n : b.n) == 0))
        return LM_LEVEL_LOOSE;
    return LM_LEVEL_DIFFERENT;
}

static unsigned words_level(const struct lm_values *words, uint32_t x, uint32_t y)
{
    return word_level(lm_value(words, x), (uint32_t)words->signature[x], lm_value(words, y), (uint32_t)words->signature[y], false);
}

#define ALIGN_MOST 8

struct alignment {
    unsigned worst;          /* level, over the words of the shorter list */
    unsigned equal;          /* words that are equal and not frequent */
    uint32_t word;           /* the rarest of them */
};

/* Each word of the shorter list goes to the best word of the longer one that is left, equal ones first. */
static struct alignment align(const struct lm_values *v, const uint32_t *s, uint32_t n_s, const uint32_t *l, uint32_t n_l)
{
    struct alignment r = { .worst = LM_LEVEL_EQUAL };
    unsigned taken = 0, done = 0;
    float rarest = 0;
    for (uint32_t i = 0; i < n_s; i++)
        for (uint32_t j = 0; j < n_l; j++)
            if (s[i] == l[j] && (taken >> j & 1) == 0 && (done >> i & 1) == 0) {
                taken |= 1u << j;
                done |= 1u << i;
                float rarity = v->word_values->rarity[s[i]];
                r.equal += rarity >= LM_WORD_FREQUENT;
                if (rarity > rarest) {
                    rarest = rarity;
                    r.word = s[i];
                }
            }
    for (uint32_t i = 0; i < n_s; i++) {
        if (done >> i & 1)
            continue;
        unsigned best = LM_LEVEL_DIFFERENT, at = 0;
        for (uint32_t j = 0; j < n_l; j++) {
            if ((taken >> j & 1) != 0 || v->word_values->common[s[i]] != v->word_values->common[l[j]])
                continue;
            unsigned level = words_level(v->word_values, s[i], l[j]);
            if (level < best) {
                best = level;
                at = j;
            }
        }
        if (best < LM_LEVEL_DIFFERENT)
            taken |= 1u << at;
        if (best > r.worst)
            r.worst = best;
    }
    return r;
}

/* Words as their rest says it: how many letters both have, how many of them differ, and by how many one is
 * longer. */
struct rests {
    unsigned letters, distance, gap;
};

static uint32_t rest_of(uint64_t sign, uint32_t rest)
{
    if ((sign & LM_SIGN_SEVERAL) != 0)
        return rest;
    return (rest & LM_REST_COMMON) != 0 ? 0 : (uint32_t)sign;
}

static struct rests rests_of(uint64_t sx, uint32_t x, uint64_t sy, uint32_t y)
{
    x = rest_of(sx, x);
    y = rest_of(sy, y);
    unsigned a = lm_signature_length(x), b = lm_signature_length(y);
    return (struct rests){ a + b, lm_signature_distance(x, y), a > b ? a - b : b - a };
}

/* A word that is near (Jaro-Winkler from 0.92, or two edits in six letters) leaves a third of the letters
 * over at most; a loose one (from 0.82) 0.45 when both are about as long. Common words only go with common
 * words. A word more in one of both is PART or LOOSE. An initial among other words may leave more, and then
 * says nothing. */
static bool may_be_near(const struct rests *p)
{
    return 3 * p->distance <= p->letters + 2;
}

static bool may_be_loose(const struct rests *p)
{
    return 20 * p->distance <= 9 * p->letters + 20 || 4 * p->gap > p->letters;
}

static struct lm_likeness words_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_str a = lm_value(v, x), b = lm_value(v, y);
    const uint32_t *wa, *wb;
    uint32_t na = lm_value_words(v, x, &wa), nb = lm_value_words(v, y, &wb);
    if (na <= 1 && nb <= 1)
        return (struct lm_likeness){ .level = (uint8_t)word_level(a, (uint32_t)v->signature[x], b,
                                                                  (uint32_t)v->signature[y], true) };
    struct gauge g = gauge_of((uint32_t)v->signature[x], (uint32_t)v->signature[y], 4);
    unsigned edits = g.two ? lm_edits(a, b) : 3;
    if (edits == 1)
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    na = na < ALIGN_MOST ? na : ALIGN_MOST;
    nb = nb < ALIGN_MOST ? nb : ALIGN_MOST;
    /* which is which must not depend on the numbers of the values */
    bool straight = na < nb || (na == nb && lm_str_cmp(a, b) < 0);
    struct alignment r = straight ? align(v, wa, na, wb, nb) : align(v, wb, nb, wa, na);
    unsigned level = r.worst;
    if (na != nb && level <= LM_LEVEL_NEAR && r.equal > 0)
        return (struct lm_likeness){ .level = LM_LEVEL_PART, .word = r.word };
    if (level == LM_LEVEL_EQUAL && na == nb) /* the same words in another order */
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    if (level == LM_LEVEL_INITIAL ? r.equal == 0 : level <= LM_LEVEL_NEAR && na != nb)
        level = LM_LEVEL_LOOSE;
    if (level == LM_LEVEL_DIFFERENT && (2 * r.equal >= (na < nb ? na : nb) && r.equal > 0))
        level = LM_LEVEL_LOOSE;
    struct rests rests = rests_of(v->signature[x], v->rest[x], v->signature[y], v->rest[y]);
    if (level == LM_LEVEL_DIFFERENT && edits <= 2)
        level = LM_LEVEL_LOOSE;
    else if (level == LM_LEVEL_LOOSE && r.equal == 0 && edits > 2 && !may_be_loose(&rests))
        level = LM_LEVEL_DIFFERENT;
    return (struct lm_likeness){ .level = (uint8_t)level };
}

/* Each one word, and both may be short for the same name; values that have no bit in common are not. */
static bool may_be_short(uint64_t sx, uint64_t sy)
{
    return ((sx | sy) & LM_SIGN_SEVERAL) == 0 && (sx & sy & LM_SIGN_WORDS) != 0;
}

static struct lm_likeness given_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_likeness l = words_likeness(v, x, y);
    if (l.level > LM_LEVEL_NEAR && may_be_short(v->signature[x], v->signature[y]) && lm_given_related(lm_value(v, x), lm_value(v, y)))
        l.level = LM_LEVEL_NEAR;
    return l;
}

/* --- text --- */

/* The order of words of a set is that of their numbers, which no answer may depend on. */
static void by_letters(const struct lm_values *words, uint32_t *w, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t k = i; k > 0 && lm_str_cmp(lm_value(words, w[k - 1]), lm_value(words, w[k])) > 0; k--) {
            uint32_t t = w[k];
            w[k] = w[k - 1];
            w[k - 1] = t;
        }
}

/* Words that both have and words that are a slip apart, each by its rarity; Dice's share of both texts. */
static double text_share(const struct lm_values *v, uint32_t x, uint32_t y)
{
    const float *rarity = v->word_values->rarity;
    const uint32_t *wa, *wb;
    uint32_t na = lm_value_words(v, x, &wa), nb = lm_value_words(v, y, &wb);
    uint32_t left_a[LM_WORDS_MOST], left_b[LM_WORDS_MOST];
    uint32_t ka = 0, kb = 0, i = 0, j = 0;
    double all = 0, common = 0;
    while (i < na || j < nb) {
        if (j == nb || (i < na && wa[i] < wb[j])) {
            all += rarity[wa[i]];
            left_a[ka++] = wa[i++];
        } else if (i == na || wb[j] < wa[i]) {
            all += rarity[wb[j]];
            left_b[kb++] = wb[j++];
        } else {
            all += 2 * rarity[wa[i]];
            common += 2 * rarity[wa[i]];
            i++;
            j++;
        }
    }
    if (common * 8 < all && common < 8) /* nothing that slips could mend */
        return all > 0 ? common / all : 0;
    by_letters(v->word_values, left_a, ka);
    by_letters(v->word_values, left_b, kb);
    for (uint32_t k = 0; k < ka && kb > 0; k++) {
        unsigned best = LM_LEVEL_LOOSE;
        uint32_t at = 0;
        for (uint32_t q = 0; q < kb; q++) {
            unsigned level = words_level(v->word_values, left_a[k], left_b[q]);
            if (level < best) {
                best = level;
                at = q;
            }
        }
        if (best == LM_LEVEL_LOOSE)
            continue;
        double lesser = fmin(rarity[left_a[k]], rarity[left_b[at]]);
        common += (best == LM_LEVEL_INITIAL ? 1.2 : 1.8) * lesser;
        if (best == LM_LEVEL_INITIAL)
            all -= fabs((double)rarity[left_a[k]] - rarity[left_b[at]]); /* an initial is not held to the name's rarity */
        left_b[at] = left_b[--kb];
    }
    return all > 0 ? common / all : 0;
}

static struct lm_likeness text_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    if (lm_str_cmp(lm_value(v, x), lm_value(v, y)) > 0) {
        uint32_t t = x;
        x = y;
        y = t;
    }
    static const double from[] = { 0.92, 0.8, 0.65, 0.5, 0.35, 0.2 };
    static const uint8_t level[] = { LM_LEVEL_SLIP_RARE, LM_LEVEL_SLIP, LM_LEVEL_NEAR_RARE, LM_LEVEL_NEAR, LM_LEVEL_INITIAL, LM_LEVEL_LOOSE };
    double share = text_share(v, x, y);
    for (unsigned k = 0; k < sizeof level; k++)
        if (share >= from[k])
            return (struct lm_likeness){ .level = level[k] };
    return (struct lm_likeness){ .level = LM_LEVEL_DIFFERENT };
}

/* --- codes, e-mail, dates, numbers --- */

static unsigned code_level(struct lm_str a, struct lm_str b)
{
    size_t shorter = a.n < b.n ? a.n : b.n, same = 0;
    unsigned edits = lm_edits(a, b);
    if (edits == 1)
        return shorter >= 3 ? LM_LEVEL_SLIP : LM_LEVEL_LOOSE;
    while (same < shorter && a.p[a.n - 1 - same] == b.p[b.n - 1 - same])
        same++;
    if (same >= 7) /* a country or area code more or less */
        return LM_LEVEL_NEAR_RARE;
    if (edits == 2)
        return shorter >= 6 ? LM_LEVEL_NEAR : shorter >= 4 ? LM_LEVEL_LOOSE : LM_LEVEL_DIFFERENT;
    return LM_LEVEL_DIFFERENT;
}

static struct lm_str local_part(struct lm_str s)
{
    size_t i = s.n;
    while (i > 0 && s.p[i - 1] != '@')
        i--;
    return i > 0 ? lm_str_take(s, i - 1) : s;
}

static unsigned local_apart(uint64_t sx, uint64_t sy)
{
    return lm_bits_of((uint32_t)((sx ^ sy) >> LM_SIGN_ABOVE) & LM_SIGN_LOCAL);
}

/* Two addresses; the letters of one domain do not make them differ. */
static struct gauge email_gauge(uint64_t sx, uint64_t sy, bool same_domain)
{
    unsigned prefix = lm_beginning_equal((uint32_t)(sx >> (LM_SIGN_ABOVE + LM_SIGN_BEGIN)),
                                         (uint32_t)(sy >> (LM_SIGN_ABOVE + LM_SIGN_BEGIN)));
    struct gauge g = gauge_of((uint32_t)sx, (uint32_t)sy, prefix);
    unsigned local = local_apart(sx, sy);
    if (same_domain && local > g.distance)
        g.distance = local;
    return g;
}

static struct lm_likeness email_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_str a = lm_value(v, x), b = lm_value(v, y), la = local_part(a), lb = local_part(b);
    uint64_t sx = v->signature[x], sy = v->signature[y];
    bool same_domain = v->rest[x] != 0 && v->rest[x] == v->rest[y];
    struct gauge g = email_gauge(sx, sy, same_domain);
    unsigned local = local_apart(sx, sy) <= 4 ? lm_edits(la, lb) : 3;
    unsigned edits = g.two || (local <= 2 && !same_domain) ? lm_edits(a, b) : same_domain ? local : 7;
    if (edits <= 2)
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    if (local == 0 && la.n >= 3)
        return (struct lm_likeness){ .level = LM_LEVEL_NEAR_RARE };
    if (local <= 2 && edits <= 6)
        return (struct lm_likeness){ .level = LM_LEVEL_NEAR };
    if (same_domain)
        return (struct lm_likeness){ .level = LM_LEVEL_PART, .word = v->rest[x] };
    if (local <= 2 && la.n >= 5 && lb.n >= 5)
        return (struct lm_likeness){ .level = LM_LEVEL_LOOSE };
    return (struct lm_likeness){ .level = LM_LEVEL_DIFFERENT };
}

/* Eight digits of four bits each. */
static unsigned date_level(uint64_t from, uint64_t to)
{
    uint32_t a = (uint32_t)from, b = (uint32_t)to, x = a ^ b,
             nibbles = (x | x >> 1 | x >> 2 | x >> 3) & 0x11111111;
    unsigned differ = lm_bits_of(nibbles), at = nibbles != 0 ? (unsigned)__builtin_ctz(nibbles) : 0;
    bool year = x >> 16 == 0, month = (x >> 8 & 0xff) == 0, day = (x & 0xff) == 0;
    bool neighbours = differ == 2 && nibbles >> at == 0x11 && (a >> at & 15) == (b >> at >> 4 & 15) && (b >> at & 15) == (a >> at >> 4 & 15);
    if (year && (a & 0xff) == (b >> 8 & 0xff) && (b & 0xff) == (a >> 8 & 0xff))
        return LM_LEVEL_SLIP_RARE;
    if (differ == 1 || neighbours)
        return LM_LEVEL_SLIP;
    if (month && day)
        return LM_LEVEL_NEAR_RARE;
    if (year && (month || day))
        return LM_LEVEL_NEAR;
    if (differ == 2)
        return LM_LEVEL_PART;
    return year ? LM_LEVEL_INITIAL : LM_LEVEL_DIFFERENT;
}

static unsigned number_level(struct lm_str a, struct lm_str b)
{
    double p, q;
    if (!lm_str_to_double(a, &p) || !lm_str_to_double(b, &q))
        return lm_edits(a, b) <= 1 ? LM_LEVEL_SLIP : LM_LEVEL_DIFFERENT;
    double apart = fabs(p - q), size = fmax(fabs(p), fabs(q));
    bool year = p >= 1500 && p <= 2100 && q >= 1500 && q <= 2100;
    if (year ? apart <= 1 : apart <= 0.005 * size)
        return LM_LEVEL_SLIP_RARE;
    if (year ? apart <= 2 : apart <= 0.03 * size)
        return LM_LEVEL_SLIP;
    if (lm_edits(a, b) == 1)
        return LM_LEVEL_NEAR_RARE;
    if (year ? apart <= 5 : apart <= 0.1 * size)
        return LM_LEVEL_NEAR;
    return (year ? apart <= 10 : apart <= 0.3 * size) ? LM_LEVEL_LOOSE : LM_LEVEL_DIFFERENT;
}

struct lm_likeness lm_likeness_of(enum lm_field_kind kind, const struct lm_values *values, uint32_t x, uint32_t y)
{
    struct lm_str a = lm_value(values, x), b = lm_value(values, y);
    switch (kind) {
    case LM_FIELD_GIVEN:
        return given_likeness(values, x, y);
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS:
        return words_likeness(values, x, y);
    case LM_FIELD_TEXT:
        return text_likeness(values, x, y);
    case LM_FIELD_CODE:
        return (struct lm_likeness){ .level = (uint8_t)code_level(a, b) };
    case LM_FIELD_EMAIL:
        return email_likeness(values, x, y);
    case LM_FIELD_DATE:
        return (struct lm_likeness){ .level = (uint8_t)date_level(values->signature[x] >> LM_SIGN_ABOVE,
                                                                  values->signature[y] >> LM_SIGN_ABOVE) };
    case LM_FIELD_NUMBER:
        break;
    }
    return (struct lm_likeness){ .level = (uint8_t)number_level(a, b) };
}

/* --- what signatures allow --- */

#define SLIPS (BIT(LM_LEVEL_SLIP) | BIT(LM_LEVEL_SLIP_RARE))
#define NEARS (BIT(LM_LEVEL_NEAR) | BIT(LM_LEVEL_NEAR_RARE))

static unsigned word_possible(const struct gauge *g)
{
    unsigned set = BIT(LM_LEVEL_DIFFERENT);
    if (g->slip)
        set |= SLIPS;
    if (g->two || (g->shorter >= 4 && jw_possible(g, NEAR_JW, g->prefix)))
        set |= NEARS;
    if ((g->distance <= g->gap && g->prefix >= 3) || g->two || jw_possible(g, LOOSE_JW, g->prefix))
        set |= BIT(LM_LEVEL_LOOSE);
    if (g->shorter == 1 && g->prefix == 1)
        set |= BIT(LM_LEVEL_INITIAL);
    return set;
}

/* The rarest word that both have and that is not frequent; 0: none. */
static uint32_t shared_word(const struct lm_values *v, const uint32_t *wa, uint32_t na, const uint32_t *wb, uint32_t nb)
{
    uint32_t word = 0;
    float rarest = LM_WORD_FREQUENT;
    for (uint32_t i = 0; i < na; i++)
        for (uint32_t j = 0; j < nb; j++)
            if (wa[i] == wb[j] && v->word_values->rarity[wa[i]] >= rarest) {
                word = wa[i];
                rarest = v->word_values->rarity[word];
            }
    return word;
}

static struct gauge words_gauge(const struct lm_values *w, uint32_t x, uint32_t y)
{
    return gauge_of((uint32_t)w->signature[x], (uint32_t)w->signature[y],
                    lm_beginning_equal(w->rest[x], w->rest[y]));
}

/* Whether each word of the shorter list may be as near to one of the longer: two edits, an initial, or
 * Jaro-Winkler from `least`. */
static bool all_alike(const struct lm_values *v, const uint32_t *s, uint32_t ns, const uint32_t *l,
                      uint32_t nl, double least)
{
    const struct lm_values *w = v->word_values;
    if (ns > nl)
        return all_alike(v, l, nl, s, ns, least);
    for (uint32_t i = 0; i < ns; i++) {
        bool alike = false;
        for (uint32_t j = 0; j < nl && !alike; j++) {
            struct gauge g = words_gauge(w, s[i], l[j]);
            alike = w->common[s[i]] == w->common[l[j]]
                    && (g.two || (g.shorter == 1 && g.prefix == 1) || jw_possible(&g, least, g.prefix));
        }
        if (!alike)
            return false;
    }
    return true;
}

static struct lm_possible words_possible(const struct lm_values *v, uint32_t x, uint32_t y)
{
    uint64_t sx = v->signature[x], sy = v->signature[y];
    struct lm_possible r = { .levels = BIT(LM_LEVEL_DIFFERENT) };
    if (((sx | sy) & LM_SIGN_SEVERAL) == 0) {
        struct gauge one = gauge_of((uint32_t)sx, (uint32_t)sy, lm_beginning_equal(v->rest[x], v->rest[y]));
        return (struct lm_possible){ .levels = word_possible(&one) };
    }
    struct gauge g = gauge_of((uint32_t)sx, (uint32_t)sy, 4);
    const uint32_t *wa, *wb;
    uint32_t na = lm_value_words(v, x, &wa), nb = lm_value_words(v, y, &wb);
    struct rests rests = rests_of(sx, v->rest[x], sy, v->rest[y]);
    na = na < ALIGN_MOST ? na : ALIGN_MOST;
    nb = nb < ALIGN_MOST ? nb : ALIGN_MOST;
    if ((sx & sy & LM_SIGN_WORDS) != 0)
        r.word = shared_word(v, wa, na, wb, nb);
    bool near = (may_be_near(&rests) || r.word != 0) && all_alike(v, wa, na, wb, nb, NEAR_JW);
    if (g.two || (na == nb && near && may_be_near(&rests)))
        r.levels |= SLIPS | NEARS;
    if (g.two || r.word != 0 || (may_be_loose(&rests) && all_alike(v, wa, na, wb, nb, LOOSE_JW)))
        r.levels |= BIT(LM_LEVEL_LOOSE);
    if (r.word != 0)
        r.levels |= BIT(LM_LEVEL_INITIAL);
    if (r.word != 0 && na != nb && near)
        r.levels |= BIT(LM_LEVEL_PART);
    return r;
}

static unsigned words_in_rows(const struct lm_cell *x, const struct lm_cell *y, bool *ret_unsure)
{
    struct rests rests = rests_of(x->sign, x->rest, y->sign, y->rest);
    unsigned set = BIT(LM_LEVEL_DIFFERENT);
    if (((x->sign | y->sign) & LM_SIGN_SEVERAL) == 0) {
        struct gauge one =
            gauge_of((uint32_t)x->sign, (uint32_t)y->sign, lm_beginning_equal(x->rest, y->rest));
        return word_possible(&one);
    }
    struct gauge g = gauge_of((uint32_t)x->sign, (uint32_t)y->sign, 4);
    *ret_unsure = (x->sign & y->sign & LM_SIGN_WORDS) != 0;
    if (g.two || may_be_near(&rests))
        set |= SLIPS | NEARS;
    if (g.two || may_be_loose(&rests))
        set |= BIT(LM_LEVEL_LOOSE);
    return set;
}

static unsigned code_possible(uint64_t sx, uint64_t sy)
{
    struct gauge g = gauge_of((uint32_t)sx, (uint32_t)sy, 4);
    unsigned set = BIT(LM_LEVEL_DIFFERENT),
             digits = lm_bits_of((uint32_t)((sx ^ sy) >> LM_SIGN_ABOVE) & LM_SIGN_DIGITS);
    g.distance = digits > g.distance ? digits : g.distance;
    if (g.distance <= 2 && g.gap <= 1)
        set |= g.shorter >= 3 ? SLIPS : BIT(LM_LEVEL_LOOSE);
    if (g.distance <= 4 && g.gap <= 2)
        set |= g.shorter >= 6 ? BIT(LM_LEVEL_NEAR) : g.shorter >= 4 ? BIT(LM_LEVEL_LOOSE) : 0;
    if (g.shorter >= 7 && g.distance <= g.longer + g.shorter - 14)
        set |= BIT(LM_LEVEL_NEAR_RARE);
    return set;
}

/* p, q: the domains' words. */
static struct lm_possible email_possible(uint64_t sx, uint64_t sy, uint32_t p, uint32_t q)
{
    struct gauge g = email_gauge(sx, sy, p != 0 && p == q);
    struct lm_possible r = { .levels = BIT(LM_LEVEL_DIFFERENT), .word = p == q ? p : 0 };
    bool local = local_apart(sx, sy) <= 4;
    if (g.two)
        r.levels |= BIT(LM_LEVEL_SLIP);
    if (local)
        r.levels |= BIT(LM_LEVEL_NEAR_RARE) | BIT(LM_LEVEL_NEAR) | BIT(LM_LEVEL_SLIP);
    if (r.word != 0)
        r.levels |= BIT(LM_LEVEL_PART);
    if (local)
        r.levels |= BIT(LM_LEVEL_LOOSE);
    return r;
}

static struct lm_possible given_possible(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_possible r = words_possible(v, x, y);
    if (may_be_short(v->signature[x], v->signature[y]))
        r.levels |= NEARS;
    return r;
}

struct lm_possible lm_levels_possible(enum lm_field_kind kind, const struct lm_values *v, uint32_t x, uint32_t y)
{
    uint64_t sx = v->signature[x], sy = v->signature[y];
    switch (kind) {
    case LM_FIELD_GIVEN: return given_possible(v, x, y);
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS:
        return words_possible(v, x, y);
    case LM_FIELD_EMAIL:
        return email_possible(sx, sy, v->rest[x], v->rest[y]);
    case LM_FIELD_DATE:
        return (struct lm_possible){ .levels = BIT(date_level(sx >> LM_SIGN_ABOVE, sy >> LM_SIGN_ABOVE)) };
    case LM_FIELD_CODE:
        return (struct lm_possible){ .levels = code_possible(sx, sy) };
    case LM_FIELD_TEXT:
    case LM_FIELD_NUMBER:
        break;
    }
    return (struct lm_possible){ .levels = ALL_LEVELS & ~BIT(LM_LEVEL_EQUAL) };
}

struct lm_possible lm_levels_in_rows(enum lm_field_kind kind, const struct lm_cell *x,
                                     const struct lm_cell *y, bool *ret_unsure)
{
    *ret_unsure = false;
    switch (kind) {
    case LM_FIELD_GIVEN:
        return (struct lm_possible){ .levels = words_in_rows(x, y, ret_unsure)
                                               | (may_be_short(x->sign, y->sign) ? NEARS : 0) };
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS: return (struct lm_possible){ .levels = words_in_rows(x, y, ret_unsure) };
    case LM_FIELD_EMAIL:
        return email_possible(x->sign, y->sign, x->rest, y->rest);
    case LM_FIELD_DATE:
        return (struct lm_possible){ .levels = BIT(
                                         date_level(x->sign >> LM_SIGN_ABOVE, y->sign >> LM_SIGN_ABOVE)) };
    case LM_FIELD_CODE:
        return (struct lm_possible){ .levels = code_possible(x->sign, y->sign) };
    case LM_FIELD_TEXT:
    case LM_FIELD_NUMBER: break;
    }
    return (struct lm_possible){ .levels = ALL_LEVELS & ~BIT(LM_LEVEL_EQUAL) };
}

void lm_word_places(uint16_t levels[LM_PLACES])
{
    uint32_t at = 0;
    for (unsigned prefix = 0; prefix < 5; prefix++)
        for (uint32_t longer = 0; longer < LM_PLACE_LENGTHS; longer++)
            for (uint32_t gap = 0; gap < LM_PLACE_GAPS; gap++)
                for (uint32_t d = 0; d < LM_PLACE_DISTANCES; d++) {
                    uint32_t shorter = longer > gap ? longer - gap : 1;
                    struct gauge g = gauge_of(longer << 26 | ((UINT32_C(1) << d) - 1), shorter << 26, prefix);
                    levels[at++] = (uint16_t)word_possible(&g);
                }
}
