#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/zone.h"

static struct lm_arena arena;

static struct lm_zone load(const char *name)
{
    struct lm_zone z = { 0 };
    struct lm_error e = { 0 };
    lm_err err = lm_zone_load(&arena, lm_str(name), &z, &e);
    if (err != LM_OK)
        print_message("# %s: %s\n", name, e.message);
    assert_int_equal(err, LM_OK);
    return z;
}

/* wall clock in, "UTC offset hit" out */
static void check(const struct lm_zone *z, const char *wall, const char *want, enum lm_zone_hit hit)
{
    struct lm_when w;
    char text[LM_WHEN_TEXT];
    assert_true(lm_when_parse_iso(lm_str(wall), &w));
    assert_int_equal(w.quality, LM_TIME_LOCAL);
    enum lm_zone_hit got = lm_zone_apply(z, &w);
    assert_int_equal(w.quality, LM_TIME_ZONE);
    assert_string_equal(lm_when_format(&w, text), want);
    assert_int_equal(got, hit);
}

static void test_denver(void **state)
{
    (void)state;
    struct lm_zone z = load("America/Denver");
    check(&z, "2023-01-15T12:00:00", "2023-01-15T12:00:00-07:00", LM_ZONE_ONCE);
    check(&z, "2023-07-15T12:00:00.25", "2023-07-15T12:00:00.250000-06:00", LM_ZONE_ONCE);
    check(&z, "2023-03-12T01:59:59", "2023-03-12T01:59:59-07:00", LM_ZONE_ONCE);
    check(&z, "2023-03-12T02:30:00", "2023-03-12T02:30:00-07:00", LM_ZONE_NEVER);
    check(&z, "2023-03-12T03:00:00", "2023-03-12T03:00:00-06:00", LM_ZONE_ONCE);
    check(&z, "2023-11-05T00:59:59", "2023-11-05T00:59:59-06:00", LM_ZONE_ONCE);
    check(&z, "2023-11-05T01:00:00", "2023-11-05T01:00:00-06:00", LM_ZONE_TWICE);
    check(&z, "2023-11-05T01:59:59", "2023-11-05T01:59:59-06:00", LM_ZONE_TWICE);
    check(&z, "2023-11-05T02:00:00", "2023-11-05T02:00:00-07:00", LM_ZONE_ONCE);
    /* beyond the table of the file: the footer's rule */
    check(&z, "2061-07-01T12:00:00", "2061-07-01T12:00:00-06:00", LM_ZONE_ONCE);
    check(&z, "2061-03-13T02:30:00", "2061-03-13T02:30:00-07:00", LM_ZONE_NEVER);
    check(&z, "2061-11-06T01:30:00", "2061-11-06T01:30:00-06:00", LM_ZONE_TWICE);
    /* before it: local mean time, -6:59:56 */
    struct lm_when w = { .us = INT64_C(-3000000000) * LM_SECOND_US, .quality = LM_TIME_LOCAL };
    assert_int_equal(lm_zone_apply(&z, &w), LM_ZONE_ONCE);
    assert_int_equal(w.offset_s, -25196);
}

static void test_elsewhere(void **state)
{
    (void)state;
    struct lm_zone z = load("Europe/Berlin");
    check(&z, "2019-10-27T02:30:00", "2019-10-27T02:30:00+02:00", LM_ZONE_TWICE);
    check(&z, "2019-03-31T02:30:00", "2019-03-31T02:30:00+01:00", LM_ZONE_NEVER);
    z = load("Asia/Kolkata");
    check(&z, "2024-06-01T00:00:00", "2024-06-01T00:00:00+05:30", LM_ZONE_ONCE);
    z = load("America/Phoenix");
    check(&z, "2024-07-01T00:00:00", "2024-07-01T00:00:00-07:00", LM_ZONE_ONCE);
    z = load("Australia/Sydney"); /* southern summer: the rule wraps around the year */
    check(&z, "2060-01-15T12:00:00", "2060-01-15T12:00:00+11:00", LM_ZONE_ONCE);
    check(&z, "2060-07-15T12:00:00", "2060-07-15T12:00:00+10:00", LM_ZONE_ONCE);
    z = load("Pacific/Apia"); /* a whole day that never was */
    check(&z, "2011-12-30T12:00:00", "2011-12-30T12:00:00-10:00", LM_ZONE_NEVER);
    check(&z, "2011-12-31T12:00:00", "2011-12-31T12:00:00+14:00", LM_ZONE_ONCE);
    z = load("Europe/Dublin"); /* negative daylight saving in the footer */
    check(&z, "2060-01-15T12:00:00", "2060-01-15T12:00:00+00:00", LM_ZONE_ONCE);
    check(&z, "2060-07-15T12:00:00", "2060-07-15T12:00:00+01:00", LM_ZONE_ONCE);
    z = load("UTC");
    check(&z, "2024-07-01T00:00:00", "2024-07-01T00:00:00+00:00", LM_ZONE_ONCE);
    z = load("Etc/GMT+5");
    check(&z, "2024-07-01T00:00:00", "2024-07-01T00:00:00-05:00", LM_ZONE_ONCE);
}

static void test_other_qualities_stay(void **state)
{
    (void)state;
    struct lm_zone z = load("America/Denver");
    struct lm_when utc = { 5, 0, LM_TIME_UTC }, none = { 0 };
    assert_int_equal(lm_zone_apply(&z, &utc), LM_ZONE_ONCE);
    assert_int_equal(lm_zone_apply(&z, &none), LM_ZONE_ONCE);
    assert_true(utc.us == 5 && utc.quality == LM_TIME_UTC && none.quality == LM_TIME_NONE);
}

static void test_names(void **state)
{
    static const char *const bad[] = { "", "/etc/passwd", "../../../etc/passwd", "America/../../x", "America//Denver", "Denver/",
                                       "a b", "localtime", "right/UTC", "zone.tab", "America/Den\nver" };
    struct lm_zone z;
    struct lm_error e;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(lm_zone_load(&arena, lm_str(bad[i]), &z, &e), LM_EUSAGE);
    assert_int_equal(lm_zone_load(&arena, LM_STR("America/Nowhere"), &z, &e), LM_ENOTFOUND);
    assert_int_equal(lm_zone_load(&arena, LM_STR("America"), &z, &e), LM_EINPUT); /* a folder */
}

/* A file by hand: one transition, then every cut and every changed byte must be refused or read, never more. */
static void test_damaged(void **state)
{
    char file[512];
    size_t n = 0;
    struct lm_zone z;
    struct lm_error e;
    (void)state;
    memset(file, 0, sizeof file);
    memcpy(file, "TZif2", 5);
    file[39] = 1; /* first block: one type, one character */
    file[43] = 1;
    n = 44 + 6 + 1;
    memcpy(file + n, "TZif2", 5);
    file[n + 35] = 1; /* one transition */
    file[n + 39] = 2; /* two types */
    file[n + 43] = 4;
    n += 44;
    memcpy(file + n, "\0\0\0\0\0\0\3\xe8" "\1", 9); /* at 1000 */
    n += 9;
    memcpy(file + n, "\0\0\0\0\0\0" "\0\0\x0e\x10\1\0", 12);
    n += 12 + 4;
    memcpy(file + n, "\nUTC0\n", 6);
    n += 6;
    assert_int_equal(lm_zone_parse(&arena, (struct lm_str){ file, n }, &z, &e), LM_OK);
    assert_int_equal(lm_zone_offset(&z, 999), 0);
    assert_int_equal(lm_zone_offset(&z, 1000), 0); /* from the last transition on: the footer */
    for (size_t k = 0; k < n; k++) {
        char *exact = malloc(k != 0 ? k : 1);
        assert_non_null(exact);
        memcpy(exact, file, k);
        assert_int_equal(lm_zone_parse(&arena, (struct lm_str){ exact, k }, &z, &e), LM_EINPUT);
        free(exact);
    }
    for (size_t k = 0; k < n; k++)
        for (int bit = 0; bit < 8; bit++) {
            file[k] = (char)(file[k] ^ 1 << bit);
            if (lm_zone_parse(&arena, (struct lm_str){ file, n }, &z, &e) == LM_OK)
                (void)lm_zone_offset(&z, 1700000000);
            file[k] = (char)(file[k] ^ 1 << bit);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_denver), cmocka_unit_test(test_elsewhere), cmocka_unit_test(test_other_qualities_stay),
        cmocka_unit_test(test_names), cmocka_unit_test(test_damaged),
    };
    lm_arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lm_arena_free(&arena);
    return failed;
}
