/* quantity.h - masses, counts and money as integers, with what was written kept beside them.
 *
 * Mass: micrograms; 1 lb = 453,592,370 ug exactly, 1 oz = 1/16 lb = 28,349,523.125 ug (computed from
 * the decimal text in exact arithmetic, rounded half away from zero once). Money: minor units, ISO 4217 code and
 * exponent; never added across currencies. Every sum is checked: an overflow is a refused figure.
 */
#ifndef LM_MODEL_QUANTITY_H
#define LM_MODEL_QUANTITY_H

#include "base/err.h"
#include "base/str.h"
#include "model/words.h"

#define LM_UG_PER_MG INT64_C(1000)
#define LM_UG_PER_G INT64_C(1000000)
#define LM_UG_PER_KG INT64_C(1000000000)
#define LM_UG_PER_LB INT64_C(453592370)

struct lm_money {
    int64_t minor;
    char currency[4]; /* ISO 4217, NUL-terminated */
    int8_t exponent;  /* digits of the minor unit: 2 for USD, 0 for JPY */
};

enum lm_dimension { LM_DIMENSION_NONE, LM_DIMENSION_MASS, LM_DIMENSION_COUNT, LM_DIMENSION_MONEY };

struct lm_quantity {
    enum lm_dimension dimension; /* NONE: the row states no quantity */
    int64_t value;               /* ug, count, or minor units of USD */
    enum lm_unit unit;           /* as written */
    enum lm_qualifier qualifier;
    struct lm_str original;      /* the decimal text as written, separators included */
};

/* A decimal number ("1,234.5", "$1.8", no exponent; thousands separators `,` only between groups of
 * three) times the unit. Units: mass, pills/count/doses (whole numbers only), USD (at most two
 * decimals). LM_EINPUT with a reason for anything else: negative, empty, no unit, too large. */
lm_err lm_quantity_parse(struct lm_str text, enum lm_unit unit, enum lm_qualifier qualifier,
                         struct lm_quantity *ret, struct lm_error *e);

/* False on overflow; *ret then untouched. */
bool lm_checked_add(int64_t a, int64_t b, int64_t *ret);

/* value of `dimension` expressed in unit, as exact decimal text with at most 9 decimals, no trailing
 * zeros ("2.5"). out holds LM_QUANTITY_TEXT bytes. Returns out. */
#define LM_QUANTITY_TEXT 48
const char *lm_quantity_format(int64_t value, enum lm_unit unit, char out[LM_QUANTITY_TEXT]);

/* Minor-unit exponent of a currency code (ISO 4217); 2 when the code is unknown. */
int8_t lm_currency_exponent(struct lm_str code);

#endif
