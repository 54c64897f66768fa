#include "linkage_made.h"

#include <stdio.h>

static struct lm_str form(enum lm_field_kind kind, unsigned how, struct lm_str cell, char *out)
{
    return (struct lm_str){ out, lm_fold_cell(made_folder, kind, how, cell, out).n };
}

static void is(enum lm_field_kind kind, unsigned how, const char *cell, const char *want)
{
    char out[LM_FORM_TEXT_MAX];
    struct lm_str got = form(kind, how, lm_str(cell), out);
    if (!lm_str_eq(got, lm_str(want)))
        fail_msg("%s: %.*s, not %s", cell, LM_STR_ARG(got), want);
}

static void same(enum lm_field_kind kind, unsigned how, const char *a, const char *b)
{
    char x[LM_FORM_TEXT_MAX], y[LM_FORM_TEXT_MAX];
    struct lm_str p = form(kind, how, lm_str(a), x), q = form(kind, how, lm_str(b), y);
    if (p.n == 0 || !lm_str_eq(p, q))
        fail_msg("%s: %.*s, and %s: %.*s", a, LM_STR_ARG(p), b, LM_STR_ARG(q));
}

static void names_of_any_script_meet(void **state)
{
    (void)state;
    is(LM_FIELD_GIVEN, 0, "  José-Ángel ", "jose angel");
    is(LM_FIELD_GIVEN, 0, "Strau\xc3\x9f", "strauss");
    is(LM_FIELD_GIVEN, 0, "Dar\x86\x92o\xed", "dar oi"); /* Windows-1252: a sign, an apostrophe, í */
    same(LM_FIELD_GIVEN, 0, "Александр", "Aleksandr");
    same(LM_FIELD_SURNAME, 0, "Жуков", "Zukov");
    same(LM_FIELD_WORDS, 0, "王小明", "Wang Xiao Ming");
    same(LM_FIELD_WORDS, 0, "王小明", "WANG XIAO MING"); /* once more, from what is remembered */
    same(LM_FIELD_GIVEN, 0, "Jose\xcc\x81", "JOSÉ");
    is(LM_FIELD_SURNAME, 0, "DE LA CRUZ García", "delacruz garcia");
    is(LM_FIELD_SURNAME, 0, "van der Berg", "vanderberg");
    is(LM_FIELD_SURNAME, 0, "O Brien", "obrien");
    is(LM_FIELD_SURNAME, 0, "O'Brien", "obrien");
    is(LM_FIELD_SURNAME, 0, "Mc Donald", "mcdonald");
    is(LM_FIELD_SURNAME, 0, "La", "la");
    is(LM_FIELD_GIVEN, 0, "Maria de la Luz", "maria de la luz");
}

static void nothing_known_is_not_given(void **state)
{
    (void)state;
    static const char *const nothing[] = { "", "  ", "N/A", "NULL", "NaN", "Unknown", "-", "...", "missing", "desconocido" };
    char out[LM_FORM_TEXT_MAX];
    for (unsigned kind = 0; kind < LM_FIELD_KINDS; kind++)
        for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
                assert_int_equal(form((enum lm_field_kind)kind, 0, lm_str(nothing[i]), out).n, 0);
    is(LM_FIELD_CODE, LM_FOLD_PHONE, "anonymous", "");
    is(LM_FIELD_CODE, LM_FOLD_PHONE, "000-000-0000", "");
    is(LM_FIELD_CODE, LM_FOLD_PHONE, "999 999 9999", "");
    is(LM_FIELD_EMAIL, 0, "none@none.com", "");
    is(LM_FIELD_DATE, 0, "1900-01-01", "");
    is(LM_FIELD_DATE, 0, "01/01/1970", "");
}

static void telephones_by_their_key(void **state)
{
    (void)state;
    const unsigned how = LM_FOLD_PHONE;
    is(LM_FIELD_CODE, how, "(303) 555-0101", "3035550101");
    is(LM_FIELD_CODE, how, "+1 303 555 0101", "3035550101");
    is(LM_FIELD_CODE, how, "1-303-555-0101", "3035550101");
    is(LM_FIELD_CODE, how, "tel:+1-303-555-0101", "3035550101");
    is(LM_FIELD_CODE, how, "303-555-0101 ext. 12", "3035550101");
    same(LM_FIELD_CODE, how, "+52 1 55 5550 0101", "+52 55 5550 0101");
    same(LM_FIELD_CODE, how, "+54 9 11 5555 0101", "+54 11 5555 0101");
    same(LM_FIELD_CODE, how, "+55 11 95555 0101", "+55 11 5555 0101");
    is(LM_FIELD_CODE, how, "02 5550 0101", "0255500101"); /* national digits stay */
    is(LM_FIELD_CODE, how, "555-0101", "5550101");
    is(LM_FIELD_CODE, how, "303 555 01", "30355501"); /* a digit too few is a slip, no other country */
    is(LM_FIELD_CODE, how, "ask Ana", "askana");
    is(LM_FIELD_CODE, 0, "+1 303 555 0101", "13035550101"); /* any other code keeps all of it */
}

static void mailboxes_by_their_key(void **state)
{
    (void)state;
    is(LM_FIELD_EMAIL, 0, " Ana.B+x@GMail.com ", "anab@gmail.com");
    is(LM_FIELD_EMAIL, 0, "mailto:ana.b@example.com", "ana.b@example.com");
    is(LM_FIELD_EMAIL, 0, "ana.b+x@example.com", "ana.b+x@example.com");
    is(LM_FIELD_EMAIL, 0, "Ana @example", "ana@example"); /* none, and compared all the same */
}

static void dates_by_what_is_known_of_them(void **state)
{
    (void)state;
    is(LM_FIELD_DATE, 0, "1990-05-04", "19900504");
    is(LM_FIELD_DATE, 0, "19900504", "19900504");
    is(LM_FIELD_DATE, 0, "1990-05-04T00:00:00Z", "19900504");
    is(LM_FIELD_DATE, 0, "4 de mayo de 1990", "19900504");
    is(LM_FIELD_DATE, 0, "04-MAY-90", "19900504");
    is(LM_FIELD_DATE, 0, "05/04/1990", "19900504");
    is(LM_FIELD_DATE, LM_FOLD_DAY_FIRST, "04/05/1990", "19900504");
    is(LM_FIELD_DATE, LM_FOLD_DAY_FIRST, "04/05/90", "19900504");
    is(LM_FIELD_DATE, LM_FOLD_DAY_FIRST, "04/14/1990", "19900414");
    is(LM_FIELD_DATE, 0, "14/04/1990", "19900414");
    is(LM_FIELD_DATE, 0, "05/04/05", "20050504");
    is(LM_FIELD_DATE, 0, "1990-05", "19900500");
    is(LM_FIELD_DATE, 0, "XX/XX/1990", "19900000");
    is(LM_FIELD_DATE, 0, "1990", "19900000");
    is(LM_FIELD_DATE, 0, "1630-02-03", "16300203"); /* before the births of birth.h */
    is(LM_FIELD_DATE, LM_FOLD_DAY_FIRST, "03.02.1630", "16300203");
    is(LM_FIELD_DATE, 0, "19901345", "19901345"); /* as typed: one slip from the right one */
    is(LM_FIELD_DATE, 0, "34", "");
    is(LM_FIELD_DATE, 0, "sometime", "");
}

static void shape(const char *cell, bool is_date, bool decides, unsigned first)
{
    unsigned f = 99;
    bool d = false;
    bool got = lm_fold_is_date(lm_str(cell), &f, &d);
    if (got != is_date || (got && (d != decides || f != first)))
        fail_msg("%s: %d %d %u", cell, got, d, f);
}

static void a_date_is_told_from_other_numbers(void **state)
{
    (void)state;
    shape("1990-05-04", true, false, 0);
    shape("04/05/1990", true, false, 0);
    shape("14/05/1990", true, true, LM_FOLD_DAY_FIRST);
    shape("05/14/1990", true, true, 0);
    shape("14.05.1630", true, true, LM_FOLD_DAY_FIRST);
    shape("May 4, 1990", true, false, 0);
    shape("192.168.1.1", false, false, 0);
    shape("10.0.12.5", false, false, 0);
    shape("303-555-0101", false, false, 0);
    shape("10:20:30", false, false, 0);
    shape("3035550101", false, false, 0);
    shape("1990", false, false, 0);
    shape("12 Elm St", false, false, 0);
}

static void codes_numbers_and_long_cells(void **state)
{
    (void)state;
    is(LM_FIELD_CODE, 0, "ab-12 34/x", "ab1234x");
    is(LM_FIELD_CODE, 0, "\xef\xbc\x91\xef\xbc\x92", "12"); /* full width */
    is(LM_FIELD_NUMBER, 0, "$ 1,234.50", "1234.50");
    is(LM_FIELD_NUMBER, 0, "-3", "-3");
    static char raw[10000];
    char out[LM_FORM_TEXT_MAX];
    memset(raw, 'q', sizeof raw);
    for (unsigned kind = 0; kind < LM_FIELD_KINDS; kind++) {
        struct lm_folded f = lm_fold_cell(made_folder, (enum lm_field_kind)kind, 0, (struct lm_str){ raw, sizeof raw }, out);
        assert_true(f.cut && f.n <= (kind == LM_FIELD_TEXT ? LM_FORM_TEXT_MAX : LM_FORM_MAX));
    }
    for (size_t i = 0; i + 3 <= sizeof raw; i += 3)
        memcpy(raw + i, "\xe7\x8e\x8b", 3); /* 王, cut in the middle of a letter */
    struct lm_folded f = lm_fold_cell(made_folder, LM_FIELD_TEXT, 0, (struct lm_str){ raw, sizeof raw }, out);
    assert_true(f.cut && !f.not_utf8 && f.n > 0 && memcmp(out, "wang wang", 9) == 0);
    f = lm_fold_cell(made_folder, LM_FIELD_TEXT, 0, LM_STR("a\xff"), out);
    assert_true(!f.cut && f.not_utf8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_any_script_meet),
        cmocka_unit_test(nothing_known_is_not_given),
        cmocka_unit_test(telephones_by_their_key),
        cmocka_unit_test(mailboxes_by_their_key),
        cmocka_unit_test(dates_by_what_is_known_of_them),
        cmocka_unit_test(a_date_is_told_from_other_numbers),
        cmocka_unit_test(codes_numbers_and_long_cells),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
