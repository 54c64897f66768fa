#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/fact.h"
#include "model/outcome.h"
#include "model/quantity.h"
#include "model/when.h"
#include "model/words.h"

static void words_go_both_ways(void **state)
{
    (void)state;
    enum lm_platform p;
    assert_string_equal(lm_platform_word(LM_PLATFORM_WICKR), "wickr");
    assert_true(lm_platform_parse(LM_STR("Telegram"), &p));
    assert_int_equal(p, LM_PLATFORM_TELEGRAM);
    assert_false(lm_platform_parse(LM_STR("myspace"), &p));
    assert_string_equal(lm_platform_word((enum lm_platform)99), "?");
}

/* The bits lie in workspaces: they never move. */
static void flags_keep_their_bits(void **state)
{
    static const struct {
        unsigned bit;
        const char *word;
    } list[] = { { 1, "system" }, { 2, "deleted" }, { 4, "edited" }, { 8, "attempt" }, { 16, "forwarded" },
                 { 32, "members_unknown" }, { 64, "header_in_body" }, { 128, "payment_hint" }, { 256, "traffic" },
                 { 512, "cell_site" } };
    (void)state;
    for (unsigned i = 0; i < sizeof list / sizeof list[0]; i++) {
        assert_int_equal(1u << i, list[i].bit);
        assert_string_equal(lm_event_flag_word((enum lm_event_flag)i), list[i].word);
    }
    assert_int_equal(LM_EVENT_SYSTEM, 1);
    assert_int_equal(LM_EVENT_MEMBERS_UNKNOWN, 32);
    assert_int_equal(LM_EVENT_PAYMENT_HINT, 128);
    assert_int_equal(LM_EVENT_CELL_SITE, 512);
    assert_string_equal(lm_event_flag_said(LM_EVENT_FLAG_HEADER_IN_BODY), "looks like two messages");
    assert_null(lm_event_flag_said(LM_EVENT_FLAG_MEMBERS_UNKNOWN));
    assert_null(lm_event_flag_said((enum lm_event_flag)10));
}

static void dates_that_cannot_be_are_refused(void **state)
{
    (void)state;
    int32_t day;
    int64_t us;
    assert_true(lm_day_parse(LM_STR("1970-01-02"), &day));
    assert_int_equal(day, 1);
    assert_true(lm_day_parse(LM_STR("2024-02-29"), &day));
    assert_int_equal(day, 19782);
    assert_false(lm_day_parse(LM_STR("2023-02-29"), &day));
    assert_false(lm_day_parse(LM_STR("2023-13-01"), &day));
    assert_false(lm_day_parse(LM_STR("2023-1-01"), &day));
    assert_false(lm_civil_to_us(&(struct lm_civil){ 2023, 5, 1, 24, 0, 0, 0 }, &us));
}

static void civil_time_round_trips(void **state)
{
    (void)state;
    for (int64_t us = -62135596800 * LM_SECOND_US; us < INT64_C(253402300800) * LM_SECOND_US;
         us += INT64_C(86400) * 997 * LM_SECOND_US + 12345678901) {
        struct lm_civil c;
        int64_t back;
        lm_civil_from_us(us, &c);
        assert_true(lm_civil_to_us(&c, &back));
        assert_int_equal(back, us);
    }
}

static void iso_keeps_what_is_known_of_the_zone(void **state)
{
    (void)state;
    struct lm_when w;
    char text[LM_WHEN_TEXT];
    assert_true(lm_when_parse_iso(LM_STR("2023-05-01T10:00:00-06:00"), &w));
    assert_int_equal(w.quality, LM_TIME_ZONE);
    assert_string_equal(lm_when_format(&w, text), "2023-05-01T10:00:00-06:00");
    assert_true(lm_when_parse_iso(LM_STR("2023-05-01 16:00:00.25 UTC"), &w));
    assert_string_equal(lm_when_format(&w, text), "2023-05-01T16:00:00.250000Z");
    assert_true(lm_when_parse_iso(LM_STR("2023-05-01T16:00"), &w));
    assert_int_equal(w.quality, LM_TIME_LOCAL);
    int64_t first, last;
    lm_when_interval(&w, &first, &last);
    assert_int_equal(last - first, 26 * 3600 * LM_SECOND_US);
    assert_false(lm_when_parse_iso(LM_STR("2023-05-01T16:00:00 EST"), &w));
}

static void quantities_are_exact(void **state)
{
    (void)state;
    struct lm_quantity q;
    struct lm_error e;
    char text[LM_QUANTITY_TEXT];
    assert_int_equal(lm_quantity_parse(LM_STR("6,500"), LM_UNIT_LB, LM_QUALIFIER_MORE_THAN, &q, &e), LM_OK);
    assert_int_equal(q.value, 6500 * LM_UG_PER_LB);
    assert_int_equal(lm_quantity_parse(LM_STR("0.5"), LM_UNIT_OZ, LM_QUALIFIER_EXACT, &q, &e), LM_OK);
    assert_int_equal(q.value, 14174762); /* 14,174,761.5625 */
    assert_int_equal(lm_quantity_parse(LM_STR("$1,234.50"), LM_UNIT_USD, LM_QUALIFIER_EXACT, &q, &e), LM_OK);
    assert_int_equal(q.value, 123450);
    assert_string_equal(lm_quantity_format(123450, LM_UNIT_USD, text), "1234.5");
    assert_string_equal(lm_quantity_format(LM_UG_PER_LB * 25, LM_UNIT_LB, text), "25");
    const char *bad[] = { "-5", "", "1,23", "1.2.3", "12e3", "99999999999999999999", ",123" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lm_quantity_parse(lm_str(bad[i]), LM_UNIT_G, LM_QUALIFIER_EXACT, &q, &e), LM_EINPUT);
    assert_int_equal(lm_quantity_parse(LM_STR("1.5"), LM_UNIT_PILLS, LM_QUALIFIER_EXACT, &q, &e), LM_EINPUT);
    assert_int_equal(lm_quantity_parse(LM_STR("3"), LM_UNIT_NONE, LM_QUALIFIER_EXACT, &q, &e), LM_EINPUT);
    assert_int_equal(lm_quantity_parse(LM_STR("9223372036854775"), LM_UNIT_KG, LM_QUALIFIER_EXACT, &q, &e), LM_EINPUT);
    int64_t sum = 5;
    assert_false(lm_checked_add(INT64_MAX, 1, &sum));
    assert_int_equal(sum, 5);
}

static void locators_read_as_words(void **state)
{
    (void)state;
    char text[LM_LOCATOR_TEXT];
    struct lm_locator row = { .kind = LM_LOCATOR_ROW, .a = 3, .b = 120 };
    struct lm_locator table = { .kind = LM_LOCATOR_TABLE, .a = 7, .name = LM_STR("message") };
    assert_string_equal(lm_locator_format(&row, text), "row 3 (byte 120)");
    assert_string_equal(lm_locator_format(&table, text), "table message row 7");
    struct lm_locator page = lm_locator_page(3, 0, 0), line = lm_locator_page(3, 12, 0), column = lm_locator_page(99999, 12, 19);
    struct lm_locator far = lm_locator_page(UINT32_MAX, UINT32_MAX, UINT32_MAX), sheet = { .kind = LM_LOCATOR_SHEET, .a = 1048576 };
    assert_string_equal(lm_locator_format(&page, text), "page 3");
    assert_string_equal(lm_locator_format(&line, text), "page 3 line 12");
    assert_string_equal(lm_locator_format(&column, text), "page 99999 line 12 column 20");
    assert_true(page.a < line.a && line.a < column.a && far.a <= INT64_MAX);
    assert_string_equal(lm_locator_format(&sheet, text), "sheet  row 1048576");
}

static void what_became_of_an_event(void **state)
{
    static const struct {
        enum lm_event_kind kind;
        unsigned flags;
        const char *detail;
        enum lm_event_outcome want;
    } cases[] = {
        { LM_EVENT_CALL, 0, "", LM_OUTCOME_TOOK_PLACE },
        { LM_EVENT_CALL, LM_EVENT_ATTEMPT, "missed", LM_OUTCOME_ATTEMPT },
        { LM_EVENT_CALL, 0, "voicemail", LM_OUTCOME_VOICEMAIL },
        { LM_EVENT_CALL, 0, "to Voice-Mail box", LM_OUTCOME_VOICEMAIL },
        { LM_EVENT_CALL, 0, "VOICE MAIL", LM_OUTCOME_VOICEMAIL },
        { LM_EVENT_CALL, LM_EVENT_ATTEMPT, "voicemail", LM_OUTCOME_VOICEMAIL },
        { LM_EVENT_CALL, LM_EVENT_FORWARDED | LM_EVENT_ATTEMPT, "voicemail", LM_OUTCOME_FORWARDED },
        { LM_EVENT_CALL, 0, "voice", LM_OUTCOME_TOOK_PLACE },
        { LM_EVENT_CALL, 0, "voice mai", LM_OUTCOME_TOOK_PLACE },
        { LM_EVENT_CALL, 0, "voice  mail", LM_OUTCOME_TOOK_PLACE },
        { LM_EVENT_MESSAGE, LM_EVENT_FORWARDED, "voicemail", LM_OUTCOME_TOOK_PLACE },
        { LM_EVENT_MESSAGE, LM_EVENT_ATTEMPT, "", LM_OUTCOME_ATTEMPT },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(lm_outcome_of(cases[i].kind, cases[i].flags, lm_str(cases[i].detail)), cases[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_go_both_ways), cmocka_unit_test(flags_keep_their_bits), cmocka_unit_test(dates_that_cannot_be_are_refused),
        cmocka_unit_test(civil_time_round_trips), cmocka_unit_test(iso_keeps_what_is_known_of_the_zone),
        cmocka_unit_test(quantities_are_exact), cmocka_unit_test(locators_read_as_words),
        cmocka_unit_test(what_became_of_an_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
