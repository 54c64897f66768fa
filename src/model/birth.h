/* birth.h - a date of birth with what is known of it: the day, the month, the year, or an age on a day.
 *
 * Spellings: ISO 8601 ("1990-05-04", "19900504", with or without a time of day behind it), "05/04/1990", "4
 * May 1990", "May 4, 1990", "4 de mayo de 1990", "04-MAY-90", "05/1990", "1990", "XX/XX/1990", "age 34", "34
 * años". Month words are English and Spanish. "05/04/1990" is the 4th of May in the United States and the 5th
 * of April elsewhere: both readings are kept, the American first. A year of two digits is the latest one not
 * after the record; without a record's day both centuries are readings, where there is room.
 *
 * errors  none: false when nothing can be read; years before 1850 and after 2100 are not births that this
 * program meets cost    below 100 ns test    tests/unit/test_birth.c; fuzz/fuzz_identity_forms.c
 */
#ifndef LM_MODEL_BIRTH_H
#define LM_MODEL_BIRTH_H

#include "model/when.h"

enum lm_birth_precision { LM_BIRTH_DAY, LM_BIRTH_MONTH, LM_BIRTH_YEAR, LM_BIRTH_AGE };

enum { /* bits of lm_birth.flags */
       LM_BIRTH_PLACEHOLDER =
           1 << 0, /* 1 January of 1900, 1901 or 1970: what systems write when they know nothing */
       LM_BIRTH_NEW_YEAR = 1 << 1,      /* 1 January: often stands for a year alone */
       LM_BIRTH_FUTURE = 1 << 2,        /* after the day of the record */
       LM_BIRTH_CENTURY_TAKEN = 1 << 3, /* written with two digits */
};

struct lm_birth_reading {
    int32_t first_day, last_day; /* days since 1970-01-01, both included; equal for a day */
    int32_t year, month, day;    /* month and day 0 when not stated; all 0 for an age */
};

struct lm_birth {
    enum lm_birth_precision precision;
    unsigned flags;
    size_t n; /* 1 or 2 readings */
    struct lm_birth_reading reading[2];
};

/* record_day: when the record was made (ages, two-digit years, births in the future); LM_DAY_NONE: unknown,
 * ages are then refused. */
bool lm_birth_parse(struct lm_str raw, int32_t record_day, struct lm_birth *ret);

/* Columns; month and day 0 when not stated. */
bool lm_birth_from_parts(int32_t year, int32_t month, int32_t day, struct lm_birth *ret);

/* "1990-05-04", "1990-05", "1990"; an age: "1989-06-02/1990-06-01". Returns the length, 0 when there is no
 * reading i. */
#define LM_BIRTH_KEY 32
size_t lm_birth_key(const struct lm_birth *b, size_t i, char out[LM_BIRTH_KEY]);

enum lm_birth_match {
    LM_BIRTH_CONFLICT,   /* no day can be both */
    LM_BIRTH_CLOSE,      /* a conflict of one slip: one digit, day and month swapped, two digits swapped */
    LM_BIRTH_COMPATIBLE, /* some day can be both, but one of them does not say the day, or needs its second
                            reading */
    LM_BIRTH_SAME,       /* one and the same day in the first readings */
};
enum lm_birth_match lm_birth_compare(const struct lm_birth *a, const struct lm_birth *b);

#endif
