#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/birth.h"

static int32_t day(const char *text)
{
    int32_t d = LM_DAY_NONE;
    assert_true(lm_day_parse(lm_str(text), &d));
    return d;
}

/* second NULL: one reading. The record is of 2024-06-01. */
static void born(const char *raw, const char *first, const char *second, unsigned flags)
{
    struct lm_birth b;
    char key[LM_BIRTH_KEY];
    if (!lm_birth_parse(lm_str(raw), day("2024-06-01"), &b))
        fail_msg("%s: not read", raw);
    size_t n = lm_birth_key(&b, 0, key);
    if (!lm_str_eq((struct lm_str){ key, n }, lm_str(first)) || b.flags != flags
        || b.n != (second != NULL ? 2u : 1u))
        fail_msg("%s: %.*s, flags %x, %zu readings", raw, (int)n, key, b.flags, b.n);
    n = lm_birth_key(&b, 1, key);
    if (second != NULL && !lm_str_eq((struct lm_str){ key, n }, lm_str(second)))
        fail_msg("%s: second %.*s", raw, (int)n, key);
}

static void dates_in_every_spelling(void **state)
{
    (void)state;
    born("1990-05-24", "1990-05-24", NULL, 0);
    born("19900524", "1990-05-24", NULL, 0);
    born("1990-05-24T00:00:00Z", "1990-05-24", NULL, 0);
    born("5/24/1990 00:00", "1990-05-24", NULL, 0);
    born("24/05/1990", "1990-05-24", NULL, 0);
    born("24.5.1990", "1990-05-24", NULL, 0);
    born("24 May 1990", "1990-05-24", NULL, 0);
    born("May 24, 1990", "1990-05-24", NULL, 0);
    born("May 24th 1990", "1990-05-24", NULL, 0);
    born("24 de mayo de 1990", "1990-05-24", NULL, 0);
    born("24-MAY-90", "1990-05-24", NULL, LM_BIRTH_CENTURY_TAKEN);
    born("DOB: 1990 Sept 3", "1990-09-03", NULL, 0);
    born("05241990", "1990-05-24", NULL, 0);
}

static void what_is_ambiguous_has_two_readings(void **state)
{
    (void)state;
    born("05/04/1990", "1990-05-04", "1990-04-05", 0);
    born("05041990", "1990-05-04", "1990-04-05", 0);
    born("5/5/1990", "1990-05-05", NULL, 0);
    born("05/04/90", "1990-05-04", "1990-04-05", LM_BIRTH_CENTURY_TAKEN);
    born("90-05-04", "1990-05-04", NULL, LM_BIRTH_CENTURY_TAKEN);
}

static void precision_is_kept(void **state)
{
    (void)state;
    born("1990-05", "1990-05", NULL, 0);
    born("05/1990", "1990-05", NULL, 0);
    born("May 1990", "1990-05", NULL, 0);
    born("199005", "1990-05", NULL, 0);
    born("1990", "1990", NULL, 0);
    born("XX/XX/1990", "1990", NULL, 0);
    born("1990-05-00", "1990-05", NULL, 0);
    born("00/00/1990", "1990", NULL, 0);
    struct lm_birth b;
    assert_true(lm_birth_parse(LM_STR("2000-02"), LM_DAY_NONE, &b) && b.precision == LM_BIRTH_MONTH);
    assert_int_equal(b.reading[0].last_day - b.reading[0].first_day, 28);
    assert_true(lm_birth_from_parts(1967, 9, 27, &b) && b.precision == LM_BIRTH_DAY);
    assert_false(lm_birth_from_parts(1967, 2, 30, &b) || lm_birth_from_parts(1967, 0, 3, &b));
}

static void an_age_is_a_year_of_days(void **state)
{
    (void)state;
    born("age 34", "1989-06-02/1990-06-01", NULL, 0);
    born("34", "1989-06-02/1990-06-01", NULL, 0);
    born("34 años", "1989-06-02/1990-06-01", NULL, 0);
    struct lm_birth b;
    assert_false(lm_birth_parse(LM_STR("age 34"), LM_DAY_NONE, &b));
    assert_false(lm_birth_parse(LM_STR("age 134"), day("2024-06-01"), &b));
    assert_true(lm_birth_parse(LM_STR("20"), day("2024-02-29"),
                               &b)); /* turned 20 between 1 March 2003 and 29 February 2024 */
    assert_int_equal(b.reading[0].first_day, day("2003-03-01"));
}

static void placeholders_and_the_future_are_marked(void **state)
{
    (void)state;
    born("01/01/1900", "1900-01-01", NULL, LM_BIRTH_PLACEHOLDER | LM_BIRTH_NEW_YEAR);
    born("1970-01-01", "1970-01-01", NULL, LM_BIRTH_PLACEHOLDER | LM_BIRTH_NEW_YEAR);
    born("1991-01-01", "1991-01-01", NULL, LM_BIRTH_NEW_YEAR);
    born("2031-05-24", "2031-05-24", NULL, LM_BIRTH_FUTURE);
    born("05/24/31", "1931-05-24", NULL, LM_BIRTH_CENTURY_TAKEN);
    static const char *const no[] = {
        "",    "hello",     "1990-13-40",       "0000-00-00",          "1790-01-01",
        "99",  "1/2/3/4",   "24 May June 1990", "1990-05-24 and more", "555-01-0199",
        "May", "9999-12-31"
    };
    struct lm_birth b;
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (lm_birth_parse(lm_str(no[i]), LM_DAY_NONE, &b))
            fail_msg("%s was read", no[i]);
    assert_true(lm_birth_parse(LM_STR("05/24/90"), LM_DAY_NONE, &b) && b.n == 2); /* both centuries */
}

static void compare(const char *x, const char *y, enum lm_birth_match want)
{
    struct lm_birth a, b;
    assert_true(lm_birth_parse(lm_str(x), day("2024-06-01"), &a)
                && lm_birth_parse(lm_str(y), day("2024-06-01"), &b));
    if (lm_birth_compare(&a, &b) != want || lm_birth_compare(&b, &a) != want)
        fail_msg("%s and %s: %d", x, y, (int)lm_birth_compare(&a, &b));
}

static void conflicts_are_told_from_slips(void **state)
{
    (void)state;
    compare("1990-05-24", "24/05/1990", LM_BIRTH_SAME);
    compare("1990-05-24", "1990", LM_BIRTH_COMPATIBLE);
    compare("1990-05-24", "age 34", LM_BIRTH_COMPATIBLE);
    compare("1990-04-05", "05/04/1990", LM_BIRTH_COMPATIBLE); /* its second reading */
    compare("1990-05-24", "1990-05-25", LM_BIRTH_CLOSE);
    compare("1990-05-24", "1909-05-24", LM_BIRTH_CLOSE);
    compare("1990-05-04", "1990-04-05", LM_BIRTH_CLOSE);
    compare("1990-05-24", "1988-06-02", LM_BIRTH_CONFLICT);
    compare("1990-05-24", "1991", LM_BIRTH_CONFLICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_in_every_spelling),
        cmocka_unit_test(what_is_ambiguous_has_two_readings),
        cmocka_unit_test(precision_is_kept),
        cmocka_unit_test(an_age_is_a_year_of_days),
        cmocka_unit_test(placeholders_and_the_future_are_marked),
        cmocka_unit_test(conflicts_are_told_from_slips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
