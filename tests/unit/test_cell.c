/* test_cell.c - cells of somebody's table: moments in every spelling, zones, durations, telephone numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "readers/shared/cell.h"

/* The moment as text with its quality and doubts; "no" when it is none. */
static void moment_is(const char *date, const char *time, struct lm_cell_form form, const char *expected)
{
    struct lm_cell_moment m = { 0 };
    char iso[LM_WHEN_TEXT], got[160];
    if (!lm_cell_moment(lm_str(date), lm_str(time), &form, &m))
        (void)snprintf(got, sizeof got, "no");
    else
        (void)snprintf(got, sizeof got, "%s%s%s%s%s", m.timed ? lm_when_format(&m.when, iso) : "a day",
                       m.timed && m.when.quality == LM_TIME_LOCAL ? " local" : "", m.serial ? " serial" : "",
                       m.exchanged ? " exchanged" : "", m.zone_unread ? " unread" : "");
    if (strcmp(got, expected) != 0)
        fail_msg("<%s> <%s>: got %s, expected %s", date, time, got, expected);
}

static const struct lm_cell_form mdy, dmy = { .order = LM_ORDER_DMY }, ymd = { .order = LM_ORDER_YMD },
                                 utc = { .zone = { LM_CELL_ZONE_UTC, 0 } },
                                 denver = { .zone = { LM_CELL_ZONE_OFFSET, -7 * 3600 } };

static void dates_in_every_spelling(void **state)
{
    (void)state;
    moment_is("03/14/2025", "10:15:23", mdy, "2025-03-14T10:15:23 local");
    moment_is("3/14/25", "10:15", utc, "2025-03-14T10:15:00Z");
    moment_is("14.03.2025", "10:15:23", dmy, "2025-03-14T10:15:23 local");
    moment_is("14/03/2025", "10:15:23", mdy, "no"); /* there is no fourteenth month */
    moment_is("2025-03-14", "10:15:23", ymd, "2025-03-14T10:15:23 local");
    moment_is("2025-03-14T10:15:23Z", "", mdy, "2025-03-14T10:15:23Z");
    moment_is("2025-03-14 10:15:23.500", "", utc, "2025-03-14T10:15:23.500000Z");
    moment_is("20250314", "101523", mdy, "2025-03-14T10:15:23 local");
    moment_is("14-Mar-2025", "10:15:23 PM", mdy, "2025-03-14T22:15:23 local");
    moment_is("Mar 14, 2025 12:00:01 AM", "", mdy, "2025-03-14T00:00:01 local");
    moment_is("Friday, March 14, 2025", "12:15 PM", mdy, "2025-03-14T12:15:00 local");
    moment_is("3/4/2025", "10:15", mdy, "2025-03-04T10:15:00 local exchanged");
    moment_is("3/4/2025", "10:15", dmy, "2025-04-03T10:15:00 local exchanged");
    moment_is("03/14/2025", "", mdy, "a day");
    moment_is("02/29/2025", "10:15", mdy, "no");
    moment_is("03/14/2025", "25:15", mdy, "no");
    moment_is("Total", "", mdy, "no");
    moment_is("", "10:15", mdy, "no");
    moment_is("13035550101", "", mdy, "no");
}

static void zones_are_taken_where_they_are_one_offset(void **state)
{
    (void)state;
    moment_is("03/14/2025 10:15:23 UTC", "", mdy, "2025-03-14T10:15:23Z");
    moment_is("03/14/2025", "10:15:23 MST", mdy, "2025-03-14T10:15:23-07:00");
    moment_is("03/14/2025 10:15:23 MST", "", utc, "2025-03-14T10:15:23-07:00"); /* the cell wins */
    moment_is("03/14/2025 10:15:23 -06:00", "", denver, "2025-03-14T10:15:23-06:00");
    moment_is("03/14/2025 10:15:23", "", denver, "2025-03-14T10:15:23-07:00");
    moment_is("03/14/2025 10:15:23 Central", "", mdy, "2025-03-14T10:15:23 local unread");
    struct lm_cell_zone z;
    assert_true(lm_cell_zone(LM_STR("UTC-6"), &z) && z.state == LM_CELL_ZONE_OFFSET && z.offset_s == -6 * 3600);
    assert_true(lm_cell_zone(LM_STR("EDT"), &z) && z.offset_s == -4 * 3600);
    assert_true(lm_cell_zone(LM_STR("Eastern"), &z) && z.state == LM_CELL_ZONE_UNKNOWN);
    assert_false(lm_cell_zone(LM_STR("Denver Sector 2"), &z));
    assert_int_equal(lm_cell_zone_of_header(LM_STR("Conn. Time (UTC)")).state, LM_CELL_ZONE_UTC);
    assert_int_equal(lm_cell_zone_of_header(LM_STR("Start Time MST")).offset_s, -7 * 3600);
    assert_int_equal(lm_cell_zone_of_header(LM_STR("Start Time")).state, LM_CELL_ZONE_NONE);
}

static void day_numbers_and_epochs(void **state)
{
    (void)state;
    /* 2025-03-01 is day 45717 of the 1900 system */
    moment_is("45717", "", mdy, "a day serial");
    moment_is("45717", "0.5", mdy, "2025-03-01T12:00:00 local serial");
    moment_is("45717.25", "", utc, "2025-03-01T06:00:00Z serial");
    moment_is("45717", "09:20:00", utc, "2025-03-01T09:20:00Z serial");
    moment_is("2025", "", mdy, "no"); /* a year alone */
    struct lm_cell_form s = { .epoch = LM_EPOCH_UNIX_S }, ms = { .epoch = LM_EPOCH_UNIX_MS }, us = { .epoch = LM_EPOCH_UNIX_US };
    moment_is("1741947323", "", s, "2025-03-14T10:15:23Z");
    moment_is("1741947323250", "", ms, "2025-03-14T10:15:23.250000Z");
    moment_is("1741947323000000", "", us, "2025-03-14T10:15:23Z");
    moment_is("yesterday", "", s, "no");
}

static void orders_that_dates_allow(void **state)
{
    (void)state;
    assert_int_equal(lm_cell_orders(LM_STR("03/14/2025")) & 3, 1 << LM_ORDER_MDY);
    assert_int_equal(lm_cell_orders(LM_STR("14/03/2025")) & 3, 1 << LM_ORDER_DMY);
    assert_int_equal(lm_cell_orders(LM_STR("03/04/2025")) & 3, 3);
    assert_int_equal(lm_cell_orders(LM_STR("no date")), 7);
}

static void duration_is(const char *s, enum lm_cell_duration_form form, enum lm_cell_said said, int64_t expected)
{
    int64_t v = -7;
    if (lm_cell_duration(lm_str(s), form, &v) != said || (said == LM_SAID_VALUE && v != expected))
        fail_msg("<%s>: got %lld, expected %lld", s, (long long)v, (long long)expected);
}

static void durations(void **state)
{
    (void)state;
    duration_is("135", LM_DURATION_AUTO, LM_SAID_VALUE, 135);
    duration_is("2:15", LM_DURATION_AUTO, LM_SAID_VALUE, 135);
    duration_is("61:05", LM_DURATION_AUTO, LM_SAID_VALUE, 3665);
    duration_is("0:02:15", LM_DURATION_AUTO, LM_SAID_VALUE, 135);
    duration_is("2m 15s", LM_DURATION_AUTO, LM_SAID_VALUE, 135);
    duration_is("0", LM_DURATION_SECONDS, LM_SAID_VALUE, 0);
    duration_is("3", LM_DURATION_MINUTES, LM_SAID_VALUE, 180);
    duration_is("2500", LM_DURATION_MS, LM_SAID_VALUE, 2);
    duration_is("", LM_DURATION_AUTO, LM_SAID_NOTHING, 0);
    duration_is("-1", LM_DURATION_AUTO, LM_SAID_NOTHING, 0);
    duration_is("n/a", LM_DURATION_AUTO, LM_SAID_NOTHING, 0);
    duration_is("abc", LM_DURATION_AUTO, LM_SAID_NONSENSE, 0);
    duration_is("99999999999999999999", LM_DURATION_SECONDS, LM_SAID_NONSENSE, 0);
}

static void number_is(const char *s, enum lm_cell_number_kind kind, const char *value, bool marked)
{
    char room[LM_NUMBER_ROOM];
    struct lm_cell_number n = lm_cell_number(lm_str(s), room);
    if (n.kind != kind || (value != NULL && !lm_str_eq(n.value, lm_str(value))) || n.marked != marked)
        fail_msg("<%s>: kind %d, value %.*s, marked %d", s, (int)n.kind, LM_STR_ARG(n.value), n.marked);
}

static void numbers_of_telephones(void **state)
{
    (void)state;
    number_is("13035550101", LM_NUMBER_PHONE, "13035550101", false);
    number_is("+1 (303) 555-0101", LM_NUMBER_PHONE, "+1 (303) 555-0101", false);
    number_is("tel:+13035550101;phone-context=x", LM_NUMBER_PHONE, "+13035550101", true);
    number_is("<sip:+13035550101@ims.example.net>;tag=9", LM_NUMBER_PHONE, "+13035550101", true);
    number_is("911", LM_NUMBER_PHONE, "911", false);
    number_is("*86", LM_NUMBER_PHONE, "*86", false);
    number_is("13035550105\n3035550105(D)", LM_NUMBER_PHONE, "13035550105", true);
    number_is("3035550105(D) 13035550105", LM_NUMBER_PHONE, "13035550105", true);
    number_is("13035550199(F)", LM_NUMBER_PHONE, "13035550199", true);
    number_is("ana@example.org", LM_NUMBER_ADDRESS, "ana@example.org", false);
    number_is("Front desk", LM_NUMBER_WORD, "Front desk", false);
}

static void numbers_that_spreadsheets_wrote(void **state)
{
    (void)state;
    number_is("1.3035550106E+10", LM_NUMBER_PHONE, "13035550106", false); /* nothing is lost */
    number_is("1.30356E+10", LM_NUMBER_ROUNDED, NULL, false);
    number_is("3.0355501140000001E+17", LM_NUMBER_ROUNDED, NULL, false);
    number_is("13035550101.0", LM_NUMBER_PHONE, "13035550101", false);
    char room[LM_NUMBER_ROOM];
    struct lm_str plain;
    bool lost = true;
    assert_true(lm_cell_plain_digits(LM_STR("1.3035550101E10"), room, &plain, &lost));
    assert_true(lm_str_eq(plain, LM_STR("13035550101")) && !lost);
    assert_false(lm_cell_plain_digits(LM_STR("13035550101"), room, &plain, &lost));
    assert_false(lm_cell_plain_digits(LM_STR("1.5E0"), room, &plain, &lost));
}

static void numbers_that_are_not_said(void **state)
{
    (void)state;
    static const char *const blank[] = { "", " ", "-1", "N/A", "null", "Unknown", "0" };
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        number_is(blank[i], LM_NUMBER_NONE, NULL, false);
    number_is("Anonymous", LM_NUMBER_NONE, NULL, true);
    number_is("RESTRICTED", LM_NUMBER_NONE, NULL, true);
    assert_true(lm_cell_says_nothing(LM_STR("-1")));
    assert_false(lm_cell_says_nothing(LM_STR("-12")));
}

static void the_same_number_with_and_without_its_country(void **state)
{
    (void)state;
    assert_true(lm_cell_same_number(LM_STR("13035550101"), LM_STR("(303) 555-0101")));
    assert_true(lm_cell_same_number(LM_STR("+13035550101"), LM_STR("3035550101")));
    assert_false(lm_cell_same_number(LM_STR("13035550101"), LM_STR("13035550102")));
    assert_false(lm_cell_same_number(LM_STR("ana 1"), LM_STR("1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_in_every_spelling),
        cmocka_unit_test(zones_are_taken_where_they_are_one_offset),
        cmocka_unit_test(day_numbers_and_epochs),
        cmocka_unit_test(orders_that_dates_allow),
        cmocka_unit_test(durations),
        cmocka_unit_test(numbers_of_telephones),
        cmocka_unit_test(numbers_that_spreadsheets_wrote),
        cmocka_unit_test(numbers_that_are_not_said),
        cmocka_unit_test(the_same_number_with_and_without_its_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
