/* Tables of contacts, and the order that they are put into. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "network/contacts_file.h"

static struct lm_contacts_file parse(struct lm_arena *a, const char *text)
{
    struct lm_contacts_file r;
    struct lm_error e = { 0 };
    lm_arena_init(a, 0);
    if (lm_contacts_parse(a, lm_str(text), &r, &e) != LM_OK)
        fail_msg("%s", e.message);
    return r;
}

static void refused(const char *text, const char *because)
{
    struct lm_arena a;
    struct lm_contacts_file r;
    struct lm_error e = { 0 };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_contacts_parse(&a, lm_str(text), &r, &e), LM_EINPUT);
    assert_true(lm_str_find(lm_str(e.message), lm_str(because)) != SIZE_MAX);
    lm_arena_free(&a);
}

static void test_columns(void **state)
{
    struct lm_arena a;
    (void)state;
    struct lm_contacts_file r = parse(&a, "Row;layer;TARGET;Time;class;source;weight\n"
                                          "p. 3;sms;b;2023-05-01T10:00:00Z;reported;a;2.5\n"
                                          "p. 4;sms;\"c;c\";-1;;a;1\n");
    assert_true(r.header && r.timed && r.weighted && r.classed && r.separator == ';');
    assert_int_equal(r.columns_ignored, 1);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.n_names, 3);
    assert_string_equal(r.names[r.list[0].from].p, "a");
    assert_string_equal(r.names[r.list[1].to].p, "c;c");
    assert_int_equal(r.list[0].link, LM_LINK_REPORTED);
    assert_int_equal(r.list[1].link, LM_LINK_EVIDENCED);
    assert_int_equal(r.list[1].at.us, -LM_SECOND_US);
    assert_int_equal(r.list[1].row, 3);
    assert_string_equal(r.refs[1].p, "p. 4");
    assert_int_equal(r.ref_rows[1], 3);
    lm_arena_free(&a);
}

static void test_edge_lists(void **state)
{
    struct lm_arena a;
    (void)state;
    struct lm_contacts_file r = parse(&a, "# note\n\n  a   b  2\nb c 3\n");
    assert_true(!r.header && !r.timed && r.weighted && r.separator == ' ');
    assert_int_equal(r.n, 2);
    assert_int_equal(r.list[1].row, 4);
    assert_true(r.list[1].weight > 2.9 && r.list[1].at.quality == LM_TIME_NONE);
    lm_arena_free(&a);
    r = parse(&a, "suspect,number,time\na,b,2023-05-01\n");
    assert_true(r.header && r.timed && r.list[0].at.quality == LM_TIME_LOCAL);
    lm_arena_free(&a);
    r = parse(&a, "\xef\xbb\xbf" "a\tb\n"); /* a byte order mark */
    assert_string_equal(r.names[0].p, "a");
    lm_arena_free(&a);
}

static void test_damaged_rows(void **state)
{
    struct lm_arena a;
    (void)state;
    struct lm_contacts_file r = parse(&a, "from,to,time\na,b,2023-05-01\na,b,soon\na,b\na,b,1,2\n,b,1\na,\"b,1\na,b\x01,1\n");
    assert_int_equal(r.n, 1);
    assert_int_equal(r.n_damaged, 6);
    assert_int_equal(r.problems[0].line, 3);
    assert_int_equal(r.problems[0].byte, 28);
    assert_string_equal(r.problems[0].reason, "the time is not ISO 8601, a day, or seconds since 1970");
    assert_string_equal(r.problems[1].reason, "fewer cells than the first row");
    assert_string_equal(r.problems[2].reason, "more cells than the first row");
    assert_string_equal(r.problems[3].reason, "a name is empty");
    lm_arena_free(&a);
    refused("", "the file is empty");
    refused("source,target,time\n", "holds no contact");
    refused("a\n", "only one cell");
    refused("source,target,time\na,b,99999999999999999\n", "the time is not");
    refused("source,target,class\na,b,certain\n", "the class is not");
    refused("\xff\xfe" "a", "UTF-16");
}

static const struct lm_str names[] = { LM_STR_INIT("z"), LM_STR_INIT("a"), LM_STR_INIT("m") };

static struct lm_when utc(int64_t us)
{
    return (struct lm_when){ us, 0, LM_TIME_UTC };
}

static void test_order(void **state)
{
    struct lm_arena a;
    struct lm_contacts c;
    const struct lm_when none = { 0, 0, LM_TIME_NONE }, wall = { 3, 0, LM_TIME_LOCAL };
    (void)state;
    lm_arena_init(&a, 0);
    struct lm_timed_contact list[] = {
        { 0, 1, utc(5), 1, 1, LM_LINK_EVIDENCED }, { 1, 0, utc(5), 1, 2, LM_LINK_REPORTED },
        { 2, 2, utc(1), 1, 3, LM_LINK_EVIDENCED }, { 1, 2, none, 1, 4, LM_LINK_EVIDENCED },
        { 0, 2, utc(-4), 1, 5, LM_LINK_MACHINE },  { 0, 2, wall, 1, 6, LM_LINK_EVIDENCED },
        { 2, 0, utc(-9), 1, 7, LM_LINK_EVIDENCED },
    };
    struct lm_timed_contact again[7];
    memcpy(again, list, sizeof list);
    assert_int_equal(lm_contacts_order(&a, names, 3, list, 7, false, &c, NULL), LM_OK);
    assert_int_equal(c.m, 5);
    assert_int_equal(c.dated, 3);
    assert_int_equal(c.self, 1);
    assert_int_equal(c.machine, 1);
    assert_int_equal(c.local_apart, 1); /* a wall clock has no place among moments of UTC */
    assert_false(c.local);
    const uint64_t rows[] = { 7, 2, 1, 4, 6 }; /* the names in byte order: a, m, z */
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(c.list[i].row, rows[i]);
    assert_int_equal(lm_contacts_find(&c, LM_STR("z")), 2);
    assert_int_equal(lm_contacts_find(&c, LM_STR("b")), UINT32_MAX);
    struct lm_contacts w = lm_contacts_window(&c, -9, 5);
    assert_int_equal(w.m, 1);
    assert_int_equal(w.outside, 4);
    w = lm_contacts_window(&c, 5, INT64_MAX);
    assert_int_equal(w.m, 2);
    assert_int_equal(lm_contacts_order(&a, names, 3, again, 7, true, &c, NULL), LM_OK);
    assert_int_equal(c.m, 6);
    again[0].to = 9;
    assert_int_equal(lm_contacts_order(&a, names, 3, again, 1, true, &c, NULL), LM_EINTERNAL);
    lm_arena_free(&a);
}

static void test_wall_clocks_alone_are_one_clock(void **state)
{
    struct lm_arena a;
    struct lm_contacts c;
    (void)state;
    lm_arena_init(&a, 0);
    struct lm_timed_contact list[] = { { 0, 1, { 7, 0, LM_TIME_LOCAL }, 1, 1, LM_LINK_EVIDENCED },
                                       { 1, 2, { 3, 0, LM_TIME_LOCAL }, 1, 2, LM_LINK_EVIDENCED } };
    assert_int_equal(lm_contacts_order(&a, names, 3, list, 2, false, &c, NULL), LM_OK);
    assert_true(c.local && c.dated == 2 && c.local_apart == 0);
    assert_int_equal(c.list[0].row, 2);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns), cmocka_unit_test(test_edge_lists), cmocka_unit_test(test_damaged_rows),
        cmocka_unit_test(test_order),   cmocka_unit_test(test_wall_clocks_alone_are_one_clock),
    };
    return cmocka_run_group_tests_name("network_contacts", tests, NULL, NULL);
}
