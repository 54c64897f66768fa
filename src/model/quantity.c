#include "model/quantity.h"

#include <stdio.h>

/* 63-bit numbers times pounds do not fit in 64 bits; gcc and clang both have this type. */
__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 wide_unsigned;

static const struct {
    enum lm_dimension dimension;
    int64_t numerator, denominator; /* base units in one unit */
} units[] = {
    [LM_UNIT_NONE] = { LM_DIMENSION_NONE, 1, 1 },
    [LM_UNIT_LB] = { LM_DIMENSION_MASS, LM_UG_PER_LB, 1 },
    [LM_UNIT_KG] = { LM_DIMENSION_MASS, LM_UG_PER_KG, 1 },
    [LM_UNIT_OZ] = { LM_DIMENSION_MASS, LM_UG_PER_LB, 16 },
    [LM_UNIT_G] = { LM_DIMENSION_MASS, LM_UG_PER_G, 1 },
    [LM_UNIT_MG] = { LM_DIMENSION_MASS, LM_UG_PER_MG, 1 },
    [LM_UNIT_PILLS] = { LM_DIMENSION_COUNT, 1, 1 },
    [LM_UNIT_USD] = { LM_DIMENSION_MONEY, 100, 1 },
    [LM_UNIT_COUNT] = { LM_DIMENSION_COUNT, 1, 1 },
    [LM_UNIT_DOSES] = { LM_DIMENSION_COUNT, 1, 1 },
};

bool lm_checked_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *ret = sum;
    return true;
}

/* digits × 10^-decimals; grouping commas checked. */
static bool decimal(struct lm_str s, int64_t *ret_digits, int *ret_decimals, const char **why)
{
    int64_t v = 0;
    int decimals = -1;
    size_t since_comma = SIZE_MAX, seen = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, c - '0', &v)) {
                *why = "the number is too large";
                return false;
            }
            seen++;
            decimals += decimals >= 0;
            since_comma += since_comma != SIZE_MAX;
        } else if (c == '.' && decimals < 0 && (since_comma == SIZE_MAX || since_comma == 3)) {
            decimals = 0;
            since_comma = SIZE_MAX;
        } else if (c == ',' && decimals < 0 && seen > 0
                   && (since_comma == SIZE_MAX ? seen <= 3 : since_comma == 3)) {
            since_comma = 0;
        } else {
            *why = c == '-' ? "the number is negative" : "this is not a decimal number";
            return false;
        }
    }
    if (seen == 0 || (since_comma != SIZE_MAX && since_comma != 3) || decimals == 0 || decimals > 9) {
        *why = seen == 0 ? "there is no number" : "this is not a decimal number";
        return false;
    }
    *ret_digits = v;
    *ret_decimals = decimals < 0 ? 0 : decimals;
    return true;
}

lm_err lm_quantity_parse(struct lm_str text, enum lm_unit unit, enum lm_qualifier qualifier,
                         struct lm_quantity *ret, struct lm_error *e)
{
    struct lm_str original = lm_str_trim(text), s = original;
    const char *why = NULL;
    int64_t value;
    int decimals;
    if ((size_t)unit >= sizeof units / sizeof units[0] || units[unit].dimension == LM_DIMENSION_NONE)
        return lm_fail(e, LM_EINPUT, "the quantity has no unit");
    if (unit == LM_UNIT_USD && s.n > 0 && s.p[0] == '$')
        s = lm_str_skip(s, 1);
    if (!decimal(s, &value, &decimals, &why))
        return lm_fail(e, LM_EINPUT, "%s", why);
    wide scaled = (wide)value * units[unit].numerator;
    wide divisor = units[unit].denominator;
    for (int i = 0; i < decimals; i++)
        divisor *= 10;
    if (units[unit].dimension != LM_DIMENSION_MASS && scaled % divisor != 0)
        return lm_fail(e, LM_EINPUT, "a fraction of %s is not counted", unit == LM_UNIT_USD ? "a cent" : "one");
    scaled = (scaled + divisor / 2) / divisor;
    if (scaled > INT64_MAX)
        return lm_fail(e, LM_EINPUT, "the quantity is too large");
    *ret = (struct lm_quantity){ units[unit].dimension, (int64_t)scaled, unit, qualifier, original };
    return LM_OK;
}

const char *lm_quantity_format(int64_t value, enum lm_unit unit, char out[LM_QUANTITY_TEXT])
{
    size_t u = (size_t)unit < sizeof units / sizeof units[0] ? (size_t)unit : LM_UNIT_NONE;
    const uint64_t billion = 1000000000;
    bool negative = value < 0;
    uint64_t magnitude = negative ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t numerator = (uint64_t)units[u].numerator, denominator = (uint64_t)units[u].denominator;
    wide_unsigned scaled = magnitude;
    wide_unsigned nano = (scaled * denominator * billion + numerator / 2) / numerator;
    int n = snprintf(out, LM_QUANTITY_TEXT, "%s%llu.%09llu", negative ? "-" : "",
                     (unsigned long long)(nano / billion), (unsigned long long)(nano % billion));
    while (n > 0 && out[n - 1] == '0')
        out[--n] = '\0';
    if (n > 0 && out[n - 1] == '.')
        out[--n] = '\0';
    return out;
}

int8_t lm_currency_exponent(struct lm_str code)
{
    /* ISO 4217:2015, the codes whose minor unit is not 2 and that payment exports carry. */
    static const char zero[][4] = { "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                    "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF" };
    static const char three[][4] = { "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND" };
    for (size_t i = 0; i < sizeof zero / sizeof zero[0]; i++)
        if (lm_str_is_nocase(code, zero[i]))
            return 0;
    for (size_t i = 0; i < sizeof three / sizeof three[0]; i++)
        if (lm_str_is_nocase(code, three[i]))
            return 3;
    return 2;
}
