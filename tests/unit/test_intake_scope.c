/* One test per rule of scope.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "intake/scope.h"

static struct lm_arena arena;

static struct lm_authority warrant(void)
{
    return (struct lm_authority){ .kind = LM_AUTHORITY_SEARCH_WARRANT, .reach = LM_REACH_CONTENT, .issued_day = LM_DAY_NONE,
                                  .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE, .expires_day = LM_DAY_NONE };
}

static struct lm_fact message(const char *text)
{
    return (struct lm_fact){ .kind = LM_FACT_EVENT, .event = {
        .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_WHATSAPP, .text = lm_str(text), .duration_s = -1,
        .from = { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NATIVE, LM_STR("+13035550101"), LM_STR("Ana") } } };
}

static const char *ask_owner(const struct lm_authority *a, const struct lm_fact *facts, size_t n, struct lm_covered_account owner)
{
    struct lm_scope s;
    struct lm_locator record = { LM_LOCATOR_BYTES, 1, 1, { NULL, 0 } };
    struct lm_entry e = { &record, 1, facts, n };
    const char *why = "not asked", *again = "not asked";
    assert_int_equal(lm_scope_init(&s, &arena, a, &owner), LM_OK);
    assert_int_equal(lm_scope_check(&s, &e, &why), LM_OK);
    assert_int_equal(lm_scope_check(&s, &e, &again), LM_OK); /* a remembered answer is the same */
    assert_ptr_equal(why, again);
    return why;
}

static const char *ask(const struct lm_authority *a, struct lm_fact f)
{
    return ask_owner(a, &f, 1, (struct lm_covered_account){ 0 });
}

#define IN(a, f) assert_null(ask(a, f))
#define HELD(a, f, word) do { const char *why_ = ask(a, f); assert_non_null(why_); assert_non_null(strstr(why_, word)); } while (0)

static int64_t us(const char *iso)
{
    struct lm_when w;
    assert_true(lm_when_parse_iso(lm_str(iso), &w));
    return w.us;
}

static int32_t day(const char *text)
{
    int32_t d;
    assert_true(lm_day_parse(lm_str(text), &d));
    return d;
}

static void test_content(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    static const struct lm_attachment attachment[1];
    static const struct lm_reaction reaction[1];
    static const struct lm_edit edit[1];
    IN(&a, message("hello"));
    a.kind = LM_AUTHORITY_D_ORDER;
    a.reach = LM_REACH_NON_CONTENT;
    HELD(&a, message("hello"), "content");
    IN(&a, message(""));
    struct lm_fact f = message("");
    f.event.attachments = attachment;
    f.event.n_attachments = 1;
    HELD(&a, f, "content");
    f = message("");
    f.event.reactions = reaction;
    f.event.n_reactions = 1;
    HELD(&a, f, "content");
    f = message("");
    f.event.edits = edit;
    f.event.n_edits = 1;
    HELD(&a, f, "content");
    f = message("");
    f.event.raw = LM_STR("{}");
    HELD(&a, f, "content");
    f = message("");
    f.event.thread = (struct lm_thread_ref){ LM_STR("t"), LM_STR("our group"), LM_THREAD_GROUP };
    HELD(&a, f, "content");
    f.event.thread.kind = LM_THREAD_DIRECT; /* the other person's name */
    IN(&a, f);
}

static void test_event_reach(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = message("");
    a.kind = LM_AUTHORITY_ADMIN_SUBPOENA;
    a.reach = LM_REACH_SUBSCRIBER;
    HELD(&a, f, "kind");
    f.event.kind = LM_EVENT_CALL;
    HELD(&a, f, "kind"); /* a call inside an app is a correspondent, not a connection record */
    f.event.platform = LM_PLATFORM_PHONE;
    IN(&a, f);
    f = message("");
    f.event.kind = LM_EVENT_LOGIN;
    IN(&a, f);
    f.event.kind = LM_EVENT_PAYMENT;
    HELD(&a, f, "kind");
    a.reach = LM_REACH_NON_CONTENT;
    IN(&a, f);
    a.reach = LM_REACH_LOCATION;
    HELD(&a, f, "kind");
    f.event.kind = LM_EVENT_LOGIN;
    HELD(&a, f, "kind");
}

static void test_location(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = message("");
    f.event.kind = LM_EVENT_LOCATION;
    f.event.has_place = true;
    IN(&a, f);
    a.kind = LM_AUTHORITY_TITLE_III;
    HELD(&a, f, "location");
    a.reaches_location = true;
    IN(&a, f);
    a = warrant();
    a.kind = LM_AUTHORITY_D_ORDER;
    a.reach = LM_REACH_NON_CONTENT;
    HELD(&a, f, "location");
    a.reach = LM_REACH_LOCATION;
    IN(&a, f);
    /* a place that was sent in a message is what the message says */
    a = warrant();
    a.kind = LM_AUTHORITY_TITLE_III;
    f.event.kind = LM_EVENT_MESSAGE;
    IN(&a, f);
    a.reach = LM_REACH_NON_CONTENT;
    HELD(&a, f, "location");
}

static void test_carrier_records(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = {
        .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_PHONE, .duration_s = 60,
        .from = { LM_PLATFORM_PHONE, LM_ACCOUNT_NATIVE, LM_STR("+13035550101"), LM_STR("") },
        .raw = LM_STR("{\"Switch Name\":\"A\"}") } };
    IN(&a, f);
    a.kind = LM_AUTHORITY_ADMIN_SUBPOENA;
    a.reach = LM_REACH_SUBSCRIBER;
    HELD(&a, f, "content"); /* a column that nobody knows */
    f.event.flags = LM_EVENT_TRAFFIC;
    IN(&a, f);
    f.event.flags |= LM_EVENT_CELL_SITE;
    HELD(&a, f, "cell sites");
    a.reaches_location = true;
    IN(&a, f);
    a.reach = LM_REACH_NON_CONTENT;
    IN(&a, f);
    f.event.text = LM_STR("hello"); /* the flags speak of raw alone */
    HELD(&a, f, "content");
    a = warrant();
    IN(&a, f);
}

static void test_identifiers(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER, .identifier = {
        .account = { LM_PLATFORM_TELEGRAM, LM_ACCOUNT_NATIVE, LM_STR("user1"), { NULL, 0 } }, .type = LM_IDENTIFIER_PHONE,
        .value = LM_STR("+13035550101"), .basis = LM_STR("own_profile") } };
    a.reach = LM_REACH_SUBSCRIBER;
    IN(&a, f);
    f.identifier.basis = LM_STR("contact_list");
    HELD(&a, f, "identifiers");
    a.reach = LM_REACH_NON_CONTENT;
    IN(&a, f);
    a.reach = LM_REACH_LOCATION;
    f.identifier.basis = LM_STR("own_profile");
    HELD(&a, f, "identifiers");
}

static void test_dates(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = message("x");
    IN(&a, f); /* no dates: no time is needed */
    a.from_day = day("2023-05-01");
    a.to_day = day("2023-05-31");
    HELD(&a, f, "no time");
    struct lm_fact who = { .kind = LM_FACT_IDENTIFIER, .identifier = { .type = LM_IDENTIFIER_PHONE, .value = LM_STR("303-555-0101"),
                                                                       .basis = LM_STR("own_profile") } };
    IN(&a, who); /* who somebody is has no date of its own */
    who.identifier.at = (struct lm_when){ us("2023-06-02T00:00:00Z"), 0, LM_TIME_UTC };
    HELD(&a, who, "after");
    f.event.at = (struct lm_when){ us("2023-05-01T00:00:00Z"), 0, LM_TIME_UTC };
    IN(&a, f);
    f.event.at.us -= 1;
    HELD(&a, f, "before");
    f.event.at.us = us("2023-05-31T23:59:59.999999Z");
    IN(&a, f);
    f.event.at.us += 1;
    HELD(&a, f, "after");
    a.to_day = LM_DAY_NONE; /* open to that side */
    IN(&a, f);
    a.to_day = day("2023-05-31");
    a.from_day = LM_DAY_NONE;
    f.event.at.us = us("1999-01-01T00:00:00Z");
    IN(&a, f);
    f.event.at = (struct lm_when){ us("2023-06-01T04:00:00Z"), -6 * 3600, LM_TIME_ZONE }; /* 31 May, 22:00 in Denver */
    HELD(&a, f, "after"); /* the authority's days are UTC days */
}

static void test_local_time(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = message("x");
    a.from_day = day("2023-05-01");
    a.to_day = day("2023-05-31");
    f.event.at = (struct lm_when){ us("2023-05-15T00:00:00Z"), 0, LM_TIME_LOCAL };
    IN(&a, f);
    f.event.at.us = us("2023-05-01T13:59:59Z"); /* in UTC+14 this was still April */
    HELD(&a, f, "near the edge");
    f.event.at.us = us("2023-05-01T14:00:00Z");
    IN(&a, f);
    f.event.at.us = us("2023-05-31T11:59:59Z");
    IN(&a, f);
    f.event.at.us = us("2023-05-31T12:00:00Z"); /* in UTC-12 this is June */
    HELD(&a, f, "near the edge");
    f.event.at.us = us("2023-04-30T12:00:00Z") - 12 * 3600 * LM_SECOND_US - 1;
    HELD(&a, f, "before");
}

static void test_accounts(void **state)
{
    (void)state;
    struct lm_covered_account covered[] = { { LM_PLATFORM_WHATSAPP, LM_STR("(303) 555-0101") }, { LM_PLATFORM_INSTAGRAM, LM_STR("@Ana.R") } };
    struct lm_authority a = warrant();
    a.accounts = covered;
    a.n_accounts = 2;
    IN(&a, message("x")); /* the sender, by telephone key */
    struct lm_fact f = message("x");
    f.event.from.native = LM_STR("13035550101@s.whatsapp.net");
    IN(&a, f);
    f.event.from.native = LM_STR("+13035550199");
    HELD(&a, f, "accounts");
    struct lm_account_ref to[] = { { LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NATIVE, LM_STR("+13035550101"), { NULL, 0 } } };
    f.event.to = to;
    f.event.n_to = 1;
    IN(&a, f); /* a leg */
    to[0].platform = LM_PLATFORM_SIGNAL;
    HELD(&a, f, "accounts"); /* the same number elsewhere is another account */
    f = message("x");
    f.event.platform = f.event.from.platform = LM_PLATFORM_INSTAGRAM;
    f.event.from.native = LM_STR("ana.r");
    IN(&a, f); /* by handle key */
    f.event.platform = f.event.from.platform = LM_PLATFORM_FACEBOOK;
    HELD(&a, f, "accounts"); /* no account is listed there */
}

static void test_display_names(void **state)
{
    (void)state;
    struct lm_covered_account covered[] = { { LM_PLATFORM_FACEBOOK, LM_STR("Ana Robles") } };
    struct lm_authority a = warrant();
    a.accounts = covered;
    a.n_accounts = 1;
    struct lm_fact f = message("x");
    f.event.platform = LM_PLATFORM_FACEBOOK;
    f.event.from = (struct lm_account_ref){ LM_PLATFORM_FACEBOOK, LM_ACCOUNT_NAME, { NULL, 0 }, LM_STR("Ana Robles") };
    IN(&a, f);
    f.event.from.display = LM_STR("ana robles"); /* as written, not nearly */
    HELD(&a, f, "accounts");
    /* a display name that looks like a covered number is not one */
    covered[0] = (struct lm_covered_account){ LM_PLATFORM_FACEBOOK, LM_STR("+1 303 555 0101") };
    f.event.from.display = LM_STR("303-555-0101");
    HELD(&a, f, "accounts");
}

static void test_owner(void **state)
{
    (void)state;
    struct lm_covered_account covered[] = { { LM_PLATFORM_FACEBOOK, LM_STR("100001") } };
    struct lm_authority a = warrant();
    a.accounts = covered;
    a.n_accounts = 1;
    struct lm_fact f = message("x");
    f.event.platform = LM_PLATFORM_FACEBOOK;
    f.event.from = (struct lm_account_ref){ LM_PLATFORM_FACEBOOK, LM_ACCOUNT_OWNER, { NULL, 0 }, { NULL, 0 } };
    assert_non_null(ask_owner(&a, &f, 1, (struct lm_covered_account){ 0 }));
    assert_null(ask_owner(&a, &f, 1, (struct lm_covered_account){ LM_PLATFORM_FACEBOOK, LM_STR("100001") }));
    assert_non_null(ask_owner(&a, &f, 1, (struct lm_covered_account){ LM_PLATFORM_FACEBOOK, LM_STR("100002") }));
    assert_non_null(ask_owner(&a, &f, 1, (struct lm_covered_account){ LM_PLATFORM_WHATSAPP, LM_STR("100001") }));
    f.event.from = (struct lm_account_ref){ LM_PLATFORM_FACEBOOK, LM_ACCOUNT_NAME, { NULL, 0 }, LM_STR("Someone") };
    assert_null(ask_owner(&a, &f, 1, (struct lm_covered_account){ LM_PLATFORM_FACEBOOK, LM_STR("100001") })); /* their export */
}

static void test_operation_rows(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    struct lm_fact f = { .kind = LM_FACT_OP_ROW, .op_row = { .table = LM_OP_SEIZURE, .day = day("2023-05-01") } };
    HELD(&a, f, "table of the agency");
    a.kind = LM_AUTHORITY_OWN_RECORDS;
    IN(&a, f);
    a.kind = LM_AUTHORITY_OPEN_SOURCE;
    IN(&a, f);
    a.from_day = a.to_day = day("2023-05-01");
    IN(&a, f);
    f.op_row.day++;
    HELD(&a, f, "after");
    f.op_row.day = LM_DAY_NONE;
    HELD(&a, f, "no time");
}

static void test_area_request(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    a.kind = LM_AUTHORITY_AREA_REQUEST;
    HELD(&a, message("x"), "area request");
}

/* One fact outside holds the whole entry. */
static void test_one_for_all(void **state)
{
    (void)state;
    struct lm_authority a = warrant();
    a.reach = LM_REACH_NON_CONTENT;
    struct lm_fact facts[] = { message(""), message("text") };
    assert_non_null(ask_owner(&a, facts, 2, (struct lm_covered_account){ 0 }));
    assert_null(ask_owner(&a, facts, 1, (struct lm_covered_account){ 0 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_content), cmocka_unit_test(test_event_reach), cmocka_unit_test(test_location),
        cmocka_unit_test(test_carrier_records),
        cmocka_unit_test(test_identifiers), cmocka_unit_test(test_dates), cmocka_unit_test(test_local_time),
        cmocka_unit_test(test_accounts), cmocka_unit_test(test_display_names), cmocka_unit_test(test_owner),
        cmocka_unit_test(test_operation_rows), cmocka_unit_test(test_area_request), cmocka_unit_test(test_one_for_all),
    };
    lm_arena_init(&arena, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lm_arena_free(&arena);
    return failed;
}
