#include "identities.h"

#include <math.h>
#include <stdio.h>

static bool chance(struct lm_rng *r, unsigned per_cent)
{
    return lm_rng_below(r, 100) < per_cent;
}

/* 0 … n - 1, the k-th with a chance of about 1 / (k + 1). */
static uint32_t zipf(struct lm_rng *r, uint32_t n)
{
    double u = (double)(lm_rng_next(r) >> 11) / 9007199254740992.0;
    double k = exp(u * log((double)n + 1)) - 1;
    return k < n ? (uint32_t)k : n - 1;
}

/* The k-th name of a kind: two to four syllables that its number decides. */
static void name_of(uint32_t k, uint64_t kind, char out[ID_CELL])
{
    static const char onsets[][3] = { "b", "c", "d", "f", "g", "h",  "j",  "k",  "l",  "m",  "n",  "p",
                                      "r", "s", "t", "v", "z", "br", "tr", "st", "ch", "al", "mo", "gr" };
    static const char rimes[][4] = { "a", "e", "i", "o", "u", "an", "en", "in", "on", "ar", "er", "es", "el", "al", "ez", "ia", "io", "ard" };
    struct lm_rng r = { kind * 0x2545f4914f6cdd1du + k };
    unsigned syllables = 2 + (unsigned)lm_rng_below(&r, 2) + (k > 500), n = 0;
    for (unsigned s = 0; s < syllables; s++)
        n += (unsigned)snprintf(out + n, ID_CELL - n, "%s%s", onsets[lm_rng_below(&r, sizeof onsets / sizeof onsets[0])],
                                rimes[lm_rng_below(&r, sizeof rimes / sizeof rimes[0])]);
}

static void slip(struct lm_rng *r, char *s, const char *letters)
{
    size_t n = strlen(s);
    if (n < 2 || n + 2 > ID_CELL)
        return;
    size_t at = lm_rng_below(r, n);
    char c = letters[lm_rng_below(r, strlen(letters))];
    switch (lm_rng_below(r, 4)) {
    case 0:
        memmove(s + at + 1, s + at, n - at + 1);
        s[at] = c;
        break;
    case 1:
        memmove(s + at, s + at + 1, n - at);
        break;
    case 2:
        s[at] = c;
        break;
    default:
        if (at + 1 == n)
            at--;
        c = s[at];
        s[at] = s[at + 1];
        s[at + 1] = c;
    }
}

static void wrong_digit(struct lm_rng *r, char *s)
{
    s[lm_rng_below(r, strlen(s))] = (char)('0' + lm_rng_below(r, 10));
}

#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static struct lm_rng rng_of(uint64_t seed, uint64_t what, uint64_t p)
{
    struct lm_rng r = { seed * 0x9e3779b97f4a7c15u + what * 0xbf58476d1ce4e5b9u + p };
    (void)lm_rng_next(&r);
    return r;
}

static void number(uint64_t seed, uint64_t key, char out[ID_CELL])
{
    struct lm_rng r = rng_of(seed, 11, key);
    (void)snprintf(out, ID_CELL, "0%09llu", (unsigned long long)lm_rng_below(&r, 1000000000));
}

static void account(uint64_t seed, uint64_t key, char out[ID_CELL])
{
    struct lm_rng r = rng_of(seed, 12, key);
    (void)snprintf(out, ID_CELL, "%010llu", (unsigned long long)lm_rng_below(&r, 10000000000u));
}

static void place(uint64_t seed, uint64_t key, struct identity *x)
{
    struct lm_rng r = rng_of(seed, 13, key);
    uint32_t town = zipf(&r, 2000);
    char street[ID_CELL];
    name_of(town, 3, x->cell[ID_TOWN]);
    name_of((uint32_t)lm_rng_below(&r, 20000), 4, street);
    (void)snprintf(x->cell[ID_STREET], ID_CELL, "%u %.40s street", (unsigned)lm_rng_below(&r, 200) + 1, street);
    (void)snprintf(x->cell[ID_POSTCODE], ID_CELL, "%05u", town * 40 + (unsigned)lm_rng_below(&r, 40));
}

static void email(uint64_t seed, uint64_t key, const char *given, const char *surname, char out[ID_CELL])
{
    struct lm_rng r = rng_of(seed, 14, key);
    unsigned tail = (unsigned)lm_rng_below(&r, 10000);
    static const char *const domains[] = { "example.org", "example.com", "mail.example.net", "post.example.org" };
    const char *domain = domains[lm_rng_below(&r, 4)];
    if (chance(&r, 50))
        (void)snprintf(out, ID_CELL, "%.12s.%.14s%u@%s", given, surname, tail, domain);
    else
        (void)snprintf(out, ID_CELL, "%.1s%.16s%u@%s", given, surname, tail * 7, domain);
}

/* Whom a person shares with: itself for most. */
static uint32_t shared_with(uint64_t seed, uint64_t what, uint32_t p, uint32_t n, unsigned per_cent)
{
    struct lm_rng r = rng_of(seed, what, p);
    return chance(&r, per_cent) ? (uint32_t)lm_rng_below(&r, n) : p;
}

struct person {
    char given[ID_CELL], given2[ID_CELL], surname[ID_CELL], surname2[ID_CELL];
    unsigned year, month, day;
};

static void person_make(uint64_t seed, uint32_t n, uint32_t p, struct person *x)
{
    struct lm_rng r = rng_of(seed, 1, p);
    struct lm_rng family = rng_of(seed, 2, shared_with(seed, 3, p, n, 2));
    name_of(zipf(&r, 4000), 1, x->given);
    x->given2[0] = x->surname2[0] = '\0';
    if (chance(&r, 20))
        name_of(zipf(&r, 4000), 1, x->given2);
    name_of(zipf(&family, 60000), 2, x->surname);
    if (chance(&family, 40))
        name_of(zipf(&family, 60000), 2, x->surname2);
    x->year = 1940 + (unsigned)lm_rng_below(&r, 66);
    x->month = 1 + (unsigned)lm_rng_below(&r, 12);
    x->day = 1 + (unsigned)lm_rng_below(&r, 28);
}

static void spoil_names(struct lm_rng *r, struct person *x)
{
    if (chance(r, 30))
        x->given2[0] = '\0';
    if (chance(r, 30))
        x->surname2[0] = '\0';
    if (chance(r, 8))
        slip(r, x->given, LETTERS);
    if (chance(r, 4))
        x->given[1] = '\0';
    if (chance(r, 8))
        slip(r, x->surname, LETTERS);
    if (chance(r, 2))
        name_of(zipf(r, 60000), 2, x->surname);
    if (chance(r, 2)) {
        unsigned t = x->month;
        x->month = x->day <= 12 ? x->day : x->month;
        x->day = x->day <= 12 ? t : x->day;
    }
}

static void spoil_rest(struct lm_rng *r, struct identity *x)
{
    static const struct {
        uint8_t field, missing, slips;
    } rest[] = { { ID_GIVEN, 5, 0 }, { ID_SURNAME, 3, 0 }, { ID_DATE, 10, 0 }, { ID_STREET, 10, 5 }, { ID_TOWN, 10, 5 }, { ID_POSTCODE, 10, 0 },
                 { ID_PHONE, 25, 0 }, { ID_EMAIL, 30, 3 }, { ID_ACCOUNT, 40, 0 } };
    if (chance(r, 5))
        wrong_digit(r, x->cell[ID_DATE] + 2);
    if (chance(r, 3))
        wrong_digit(r, x->cell[ID_PHONE]);
    if (chance(r, 1))
        wrong_digit(r, x->cell[ID_ACCOUNT]);
    if (chance(r, 5))
        wrong_digit(r, x->cell[ID_POSTCODE]);
    for (size_t k = 0; k < sizeof rest / sizeof rest[0]; k++) {
        if (chance(r, rest[k].slips))
            slip(r, x->cell[rest[k].field], LETTERS);
        if (chance(r, rest[k].missing))
            x->cell[rest[k].field][0] = '\0';
    }
    if (chance(r, 3)) {
        char t[ID_CELL];
        memcpy(t, x->cell[ID_GIVEN], ID_CELL);
        memcpy(x->cell[ID_GIVEN], x->cell[ID_SURNAME], ID_CELL);
        memcpy(x->cell[ID_SURNAME], t, ID_CELL);
    }
}

void identity_make(uint64_t seed, uint32_t n_persons, uint32_t person, unsigned copy, struct identity *ret)
{
    struct lm_rng r = rng_of(seed, 20 + copy, person);
    struct person x;
    uint32_t relative = shared_with(seed, 3, person, n_persons, 2);
    uint32_t line = relative != person ? relative : shared_with(seed, 4, person, n_persons, 5);
    uint64_t other = (uint64_t)1 << 40 | (uint64_t)copy << 34; /* what belongs to this copy alone */
    memset(ret, 0, sizeof *ret);
    person_make(seed, n_persons, person, &x);
    email(seed, copy > 0 && chance(&r, 15) ? other + person : person, x.given, x.surname, ret->cell[ID_EMAIL]);
    place(seed, copy > 0 && chance(&r, 15) ? other + person : relative, ret);
    number(seed, copy > 0 && chance(&r, 20) ? other + person : line, ret->cell[ID_PHONE]);
    account(seed, copy > 0 && chance(&r, 20) ? other + person : person, ret->cell[ID_ACCOUNT]);
    if (copy > 0)
        spoil_names(&r, &x);
    (void)snprintf(ret->cell[ID_GIVEN], ID_CELL, "%.30s%s%.30s", x.given, x.given2[0] != '\0' ? " " : "", x.given2);
    (void)snprintf(ret->cell[ID_SURNAME], ID_CELL, "%.30s%s%.30s", x.surname, x.surname2[0] != '\0' ? " " : "", x.surname2);
    (void)snprintf(ret->cell[ID_DATE], ID_CELL, "%04u-%02u-%02u", x.year % 10000, x.month % 100, x.day % 100);
    if (copy > 0)
        spoil_rest(&r, ret);
}
