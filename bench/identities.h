/* identities.h - made-up identity records with planted truth, for bench_resolve and its tests: no person, no number is real.
 *
 * Error model, all chances independent. A person has a given name (one in five two), one or two surnames (two: 40 %), a date of birth
 * (1940-2005), a town with its postal code, a street, a telephone number (its area begins with 0: none is ever dialled), an e-mail
 * address and an account id. Names follow Zipf's law (exponent 1) over 4,000 given names, 60,000 surnames and 2,000 towns, built from
 * syllables. 5 % of the persons share their number with another person, 2 % surname, address and number with a relative.
 * A person has 1, 2, 3 or 4 records (45, 25, 15, 15 %). In each but the first:
 *   given      missing 5 %, one typing error 8 %, its initial 4 %, second name dropped 30 %
 *   surname    missing 3 %, typing error 8 %, second surname dropped 30 % (of those who have two), changed altogether 2 %
 *   both names swapped 3 %
 *   date       missing 10 %, day and month swapped 2 %, one digit wrong 5 %
 *   town, street, postal code   moved 15 % (all three), else missing 10 %, typing error 5 %
 *   number     missing 25 %, another one 20 %, one digit wrong 3 %
 *   e-mail     missing 30 %, another one 15 %, typing error 3 %
 *   account    missing 40 %, another one 20 %, one digit wrong 1 %
 * A typing error is an insertion, a deletion, a substitution or a swap of neighbours, each one in four.
 *
 * The same record for the same seed, person and copy, on every machine. */
#ifndef LM_BENCH_IDENTITIES_H
#define LM_BENCH_IDENTITIES_H

#include "base/rng.h"
#include "resolve/record.h"

enum { ID_GIVEN, ID_SURNAME, ID_DATE, ID_STREET, ID_TOWN, ID_POSTCODE, ID_PHONE, ID_EMAIL, ID_ACCOUNT, ID_FIELDS };
#define ID_CELL 64

struct identity {
    char cell[ID_FIELDS][ID_CELL];
};

static const struct lm_field identity_fields[ID_FIELDS] = {
    { { "given_name", 10 }, LM_FIELD_GIVEN, 0, false },   { { "surname", 7 }, LM_FIELD_SURNAME, 0, true },
    { { "date_of_birth", 13 }, LM_FIELD_DATE, 2, false }, { { "street", 6 }, LM_FIELD_WORDS, 3, true },
    { { "town", 4 }, LM_FIELD_WORDS, 4, true },           { { "postcode", 8 }, LM_FIELD_CODE, 5, true },
    { { "phone", 5 }, LM_FIELD_CODE, 6, true },           { { "email", 5 }, LM_FIELD_EMAIL, 7, false },
    { { "account", 7 }, LM_FIELD_CODE, 8, false },
};

/* How many records person p has. */
static inline unsigned identity_copies(uint64_t seed, uint32_t p)
{
    struct lm_rng r = { seed * 31 + p * 0x9e3779b97f4a7c15u + 5 };
    uint64_t x = lm_rng_below(&r, 100);
    return x < 45 ? 1 : x < 70 ? 2 : x < 85 ? 3 : 4;
}

void identity_make(uint64_t seed, uint32_t n_persons, uint32_t person, unsigned copy, struct identity *ret);

#endif
