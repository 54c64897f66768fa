#include "resolve/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "resolve/metric.h"

#define NEAR_JW 0.92
#define LOOSE_JW 0.82
#define ALL_LEVELS ((1u << LM_LEVELS) - 1)
#define BIT(level) (1u << (level))

/* --- names and words --- */

/* One word against one word: SLIP, NEAR, INITIAL, LOOSE or DIFFERENT; EQUAL when they are. */
static unsigned word_level(struct lm_str a, struct lm_str b, bool alone)
{
    if (lm_str_eq(a, b))
        return LM_LEVEL_EQUAL;
    size_t shorter = a.n < b.n ? a.n : b.n, longer = a.n < b.n ? b.n : a.n;
    if (shorter == 1)
        return a.p[0] == b.p[0] ? LM_LEVEL_INITIAL : LM_LEVEL_DIFFERENT;
    unsigned edits = lm_edits(a, b);
    if (edits == 1)
        return longer >= 4 ? LM_LEVEL_SLIP : LM_LEVEL_LOOSE;
    double jw = shorter >= 3 ? lm_jaro_winkler(a, b) : 0;
    if ((edits == 2 && shorter >= 6) || (jw >= NEAR_JW && shorter >= 4))
        return LM_LEVEL_NEAR;
    if (jw >= LOOSE_JW || (alone && shorter >= 3 && memcmp(a.p, b.p, shorter) == 0))
        return LM_LEVEL_LOOSE;
    return LM_LEVEL_DIFFERENT;
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
            if (taken >> j & 1)
                continue;
            unsigned level = word_level(lm_value(v->word_values, s[i]), lm_value(v->word_values, l[j]), false);
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

static struct lm_likeness words_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_str a = lm_value(v, x), b = lm_value(v, y);
    const uint32_t *wa, *wb;
    uint32_t na = lm_value_words(v, x, &wa), nb = lm_value_words(v, y, &wb);
    if (na <= 1 && nb <= 1)
        return (struct lm_likeness){ .level = (uint8_t)word_level(a, b, true) };
    if (lm_edits(a, b) == 1)
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    na = na < ALIGN_MOST ? na : ALIGN_MOST;
    nb = nb < ALIGN_MOST ? nb : ALIGN_MOST;
    struct alignment r = na <= nb ? align(v, wa, na, wb, nb) : align(v, wb, nb, wa, na);
    unsigned level = r.worst;
    if (na != nb && level <= LM_LEVEL_NEAR && r.equal > 0)
        return (struct lm_likeness){ .level = LM_LEVEL_PART, .word = r.word };
    if (level == LM_LEVEL_EQUAL && na == nb) /* the same words in another order */
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    if (level == LM_LEVEL_INITIAL ? r.equal == 0 : level <= LM_LEVEL_NEAR && na != nb)
        level = LM_LEVEL_LOOSE;
    if (level == LM_LEVEL_DIFFERENT && (2 * r.equal >= (na < nb ? na : nb) && r.equal > 0))
        level = LM_LEVEL_LOOSE;
    if (level == LM_LEVEL_DIFFERENT && lm_edits(a, b) <= 2)
        level = LM_LEVEL_LOOSE;
    return (struct lm_likeness){ .level = (uint8_t)level };
}

/* --- text --- */

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
    for (uint32_t k = 0; k < ka && kb > 0; k++) {
        unsigned best = LM_LEVEL_LOOSE;
        uint32_t at = 0;
        for (uint32_t q = 0; q < kb; q++) {
            uint32_t sa = (uint32_t)v->word_values->signature[left_a[k]], sb = (uint32_t)v->word_values->signature[left_b[q]];
            unsigned la = lm_signature_length(sa), lb = lm_signature_length(sb);
            if (la > 1 && lb > 1 && lm_signature_distance(sa, sb) > 4)
                continue;
            unsigned level = word_level(lm_value(v->word_values, left_a[k]), lm_value(v->word_values, left_b[q]), false);
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
        return shorter >= 6 ? LM_LEVEL_NEAR : LM_LEVEL_LOOSE;
    return LM_LEVEL_DIFFERENT;
}

static struct lm_str local_part(struct lm_str s)
{
    size_t i = s.n;
    while (i > 0 && s.p[i - 1] != '@')
        i--;
    return i > 0 ? lm_str_take(s, i - 1) : s;
}

static struct lm_likeness email_likeness(const struct lm_values *v, uint32_t x, uint32_t y)
{
    struct lm_str a = lm_value(v, x), b = lm_value(v, y), la = local_part(a), lb = local_part(b);
    const uint32_t *wa, *wb;
    bool same_domain = lm_value_words(v, x, &wa) == 1 && lm_value_words(v, y, &wb) == 1 && wa[0] == wb[0];
    unsigned edits = lm_edits(a, b), local = lm_edits(la, lb);
    if (edits <= 2)
        return (struct lm_likeness){ .level = LM_LEVEL_SLIP };
    if (local == 0 && la.n >= 3)
        return (struct lm_likeness){ .level = LM_LEVEL_NEAR_RARE };
    double jw = lm_jaro_winkler(la, lb);
    if ((local <= 2 || jw >= NEAR_JW) && (same_domain || edits <= 6))
        return (struct lm_likeness){ .level = LM_LEVEL_NEAR };
    if (same_domain)
        return (struct lm_likeness){ .level = LM_LEVEL_PART, .word = wa[0] };
    if ((local <= 2 && la.n >= 5 && lb.n >= 5) || lm_jaro_winkler(a, b) >= 0.9)
        return (struct lm_likeness){ .level = LM_LEVEL_LOOSE };
    return (struct lm_likeness){ .level = LM_LEVEL_DIFFERENT };
}

static unsigned date_level(struct lm_str a, struct lm_str b)
{
    if (a.n != 8 || b.n != 8)
        return lm_edits(a, b) <= 1 ? LM_LEVEL_SLIP : LM_LEVEL_DIFFERENT;
    bool y = memcmp(a.p, b.p, 4) == 0, m = memcmp(a.p + 4, b.p + 4, 2) == 0, d = memcmp(a.p + 6, b.p + 6, 2) == 0;
    unsigned edits = lm_edits(a, b);
    if (y && memcmp(a.p + 4, b.p + 6, 2) == 0 && memcmp(a.p + 6, b.p + 4, 2) == 0)
        return LM_LEVEL_SLIP_RARE;
    if (edits == 1)
        return LM_LEVEL_SLIP;
    if (m && d)
        return LM_LEVEL_NEAR_RARE;
    if (y && (m || d))
        return LM_LEVEL_NEAR;
    if (edits == 2)
        return LM_LEVEL_PART;
    return y ? LM_LEVEL_INITIAL : LM_LEVEL_DIFFERENT;
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
        return (struct lm_likeness){ .level = (uint8_t)date_level(a, b) };
    case LM_FIELD_NUMBER:
        break;
    }
    return (struct lm_likeness){ .level = (uint8_t)number_level(a, b) };
}

/* --- what signatures allow --- */

struct gauge {
    unsigned longer, shorter, gap, distance;
    bool slip, two;        /* one edit, two edits are possible */
    bool several, shares;  /* words: one has more than one; a word that is not frequent may be the same */
};

static struct gauge gauge_of(uint64_t x, uint64_t y)
{
    unsigned a = lm_signature_length((uint32_t)x), b = lm_signature_length((uint32_t)y);
    struct gauge g = { .longer = a > b ? a : b, .shorter = a > b ? b : a, .distance = lm_signature_distance((uint32_t)x, (uint32_t)y) };
    g.gap = g.longer - g.shorter;
    g.slip = g.distance <= 2 && g.gap <= 1;
    g.two = g.distance <= 4 && g.gap <= 2;
    g.several = ((x | y) & LM_SIGN_SEVERAL) != 0;
    g.shares = (x & y & LM_SIGN_WORDS) != 0;
    return g;
}

#define SLIPS (BIT(LM_LEVEL_SLIP) | BIT(LM_LEVEL_SLIP_RARE))
#define NEARS (BIT(LM_LEVEL_NEAR) | BIT(LM_LEVEL_NEAR_RARE))

static unsigned words_possible(const struct gauge *g)
{
    unsigned set = BIT(LM_LEVEL_DIFFERENT);
    if (!g->several) {
        double jw = lm_jaro_winkler_bound(g->longer, g->shorter, g->distance);
        if (g->slip)
            set |= SLIPS;
        if (g->two || (jw >= NEAR_JW && g->shorter >= 4))
            set |= NEARS;
        if (jw >= LOOSE_JW || g->distance <= g->gap || g->two)
            set |= BIT(LM_LEVEL_LOOSE);
        if (g->shorter == 1)
            set |= BIT(LM_LEVEL_INITIAL);
        return set;
    }
    /* A word that is near (Jaro-Winkler from 0.92, or two edits in six letters) leaves a third of the letters over at most; a loose one
     * (from 0.82) 0.45 when both are about as long. A word more in one of both is only PART or LOOSE. */
    unsigned letters = g->longer + g->shorter;
    if (3 * g->distance <= letters + 2)
        set |= SLIPS | NEARS;
    if (20 * g->distance <= 9 * letters + 20 || 2 * g->gap > g->shorter || g->two || g->shares)
        set |= BIT(LM_LEVEL_LOOSE);
    if (g->shares || g->shorter <= 3)
        set |= BIT(LM_LEVEL_PART) | BIT(LM_LEVEL_INITIAL);
    return set;
}

static unsigned code_possible(const struct gauge *g)
{
    unsigned set = BIT(LM_LEVEL_DIFFERENT);
    if (g->slip)
        set |= SLIPS | BIT(LM_LEVEL_LOOSE);
    if (g->two)
        set |= BIT(LM_LEVEL_NEAR) | BIT(LM_LEVEL_LOOSE);
    if (g->shorter >= 7 && g->distance <= g->longer + g->shorter - 14)
        set |= BIT(LM_LEVEL_NEAR_RARE);
    return set;
}

static unsigned email_possible(const struct gauge *g)
{
    unsigned set = BIT(LM_LEVEL_DIFFERENT) | BIT(LM_LEVEL_LOOSE);
    if (g->two)
        set |= BIT(LM_LEVEL_SLIP);
    if (g->shares)
        set |= BIT(LM_LEVEL_NEAR_RARE) | BIT(LM_LEVEL_PART);
    if (g->shares || g->distance <= 12)
        set |= BIT(LM_LEVEL_NEAR);
    return set;
}

static unsigned date_possible(const struct gauge *g)
{
    unsigned set = BIT(LM_LEVEL_DIFFERENT) | NEARS | BIT(LM_LEVEL_INITIAL);
    if (g->slip)
        set |= BIT(LM_LEVEL_SLIP);
    if (g->distance == 0)
        set |= BIT(LM_LEVEL_SLIP_RARE);
    if (g->two)
        set |= BIT(LM_LEVEL_PART);
    return set;
}

unsigned lm_levels_possible(enum lm_field_kind kind, uint64_t x, uint64_t y)
{
    struct gauge g = gauge_of(x, y);
    switch (kind) {
    case LM_FIELD_GIVEN:
    case LM_FIELD_SURNAME:
    case LM_FIELD_WORDS: return words_possible(&g);
    case LM_FIELD_CODE: return code_possible(&g);
    case LM_FIELD_DATE: return date_possible(&g);
    case LM_FIELD_EMAIL: return email_possible(&g);
    case LM_FIELD_TEXT:
    case LM_FIELD_NUMBER: break;
    }
    return ALL_LEVELS & ~BIT(LM_LEVEL_EQUAL);
}
