/* test_traffic.c - tables of calls by a map: legs of one event, whose records they are, headers in the middle, what is doubted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/buf.h"
#include "readers/shared/traffic.h"

/* --- helpers --- */

struct trace {
    struct lm_sink sink;
    struct lm_buf out;
    size_t records, entries, rejected;
};

static void account(struct lm_buf *b, const struct lm_account_ref *a)
{
    static const char *const forms[] = { "-", "", "name:", "owner" };
    lm_buf_printf(b, "%s%.*s", forms[a->form], LM_STR_ARG(a->form == LM_ACCOUNT_NAME ? a->display : a->native));
}

/* "call 2025-… from>to 35s attempt,… rows 2" and, indented, identifiers */
static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct trace *t = (struct trace *)sink;
    char iso[LM_WHEN_TEXT];
    t->entries++;
    t->records += entry->n_records;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_fact *f = &entry->facts[i];
        if (f->kind == LM_FACT_IDENTIFIER) {
            lm_buf_printf(&t->out, "  %.*s = %.*s\n", LM_STR_ARG(f->identifier.account.native), LM_STR_ARG(f->identifier.value));
            continue;
        }
        const struct lm_event *e = &f->event;
        lm_buf_printf(&t->out, "%s %s ", lm_event_kind_word(e->kind), e->at.quality == LM_TIME_NONE ? "?" : lm_when_format(&e->at, iso));
        account(&t->out, &e->from);
        lm_buf_putc(&t->out, '>');
        if (e->n_to != 0)
            account(&t->out, &e->to[0]);
        if (e->duration_s >= 0)
            lm_buf_printf(&t->out, " %llds", (long long)e->duration_s);
        for (unsigned k = 0; e->flags >> k != 0; k++)
            if ((e->flags >> k & 1) != 0)
                lm_buf_printf(&t->out, " %s", lm_event_flag_word((enum lm_event_flag)k));
        if (entry->n_records > 1)
            lm_buf_printf(&t->out, " rows %zu", entry->n_records);
        lm_buf_putc(&t->out, '\n');
    }
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    struct trace *t = (struct trace *)sink;
    char where[LM_LOCATOR_TEXT];
    t->rejected += p->records;
    lm_buf_printf(&t->out, "! %s %s: %.*s\n", lm_problem_kind_word(p->kind), lm_locator_format(&p->at, where),
                  LM_STR_ARG(lm_str_take(p->reason, 60)));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    lm_buf_put(&((struct trace *)sink)->out, LM_STR("empty\n"));
    return LM_OK;
}

static lm_err read_by(struct trace *t, const char *map, const char *table)
{
    struct lm_arena file, record;
    struct lm_layout l;
    struct lm_error e = { 0 };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    *t = (struct trace){ .sink = { on_entry, on_problem, on_empty } };
    lm_buf_init(&t->out, (size_t)16 << 20);
    struct lm_input in = { .bytes = lm_str(table), .path = LM_STR("t.csv") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    if (lm_layout_parse(&file, LM_STR("test"), lm_str(map), &l, &e) != LM_OK)
        fail_msg("%s", e.message);
    lm_err err = lm_traffic_read(&ctx, &t->sink, &l, 1, true);
    lm_arena_free(&file);
    lm_arena_free(&record);
    return err;
}

static void reads(const char *map, const char *table, const char *expected)
{
    struct trace t;
    assert_int_equal(read_by(&t, map, table), LM_OK);
    lm_buf_putc(&t.out, '\0');
    if (strcmp(t.out.p, expected) != 0)
        fail_msg("got:\n%sexpected:\n%s", t.out.p, expected);
    lm_buf_free(&t.out);
}

#define PLAIN "At,start,UTC\nFrom,from\nTo,to\nSecs,duration,seconds\n"
#define H "At,From,To,Secs\n"

/* --- one event, several records --- */

static void legs_of_a_call_are_one_event(void **state)
{
    (void)state;
    reads(PLAIN, H "2025-03-01 10:00:00,3035550101,3035550102,60\n2025-03-01 10:00:00,13035550101,3035550102,58\n"
                   "2025-03-01 10:00:00,3035550103,3035550102,9\n2025-03-01 10:00:00,3035550101,3035550102,61\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 61s rows 3\n"
          "call 2025-03-01T10:00:00Z 3035550103>3035550102 9s\n");
    /* the other way, another second, or nobody on either side: calls of their own */
    reads(PLAIN, H "2025-03-01 10:00:00,3035550101,3035550102,60\n2025-03-01 10:00:00,3035550102,3035550101,60\n"
                   "2025-03-01 10:00:01,3035550102,3035550101,60\n2025-03-01 10:00:02,Private,-1,1\n2025-03-01 10:00:02,Private,-1,1\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 60s\ncall 2025-03-01T10:00:00Z 3035550102>3035550101 60s\n"
          "call 2025-03-01T10:00:01Z 3035550102>3035550101 60s\ncall 2025-03-01T10:00:02Z -> 1s traffic\n"
          "call 2025-03-01T10:00:02Z -> 1s traffic\n");
}

static void messages_are_joined_only_when_every_cell_is_the_same(void **state)
{
    (void)state;
    reads(PLAIN ",kind,message\nSwitch,keep\nItem,item\n",
          "Item,At,From,To,Switch\n1,2025-03-01 10:00:00,3035550101,3035550102,A\n2,2025-03-01 10:00:00,3035550101,3035550102,A\n"
          "3,2025-03-01 10:00:00,3035550101,3035550102,B\n",
          "! doubted row 3 (byte 69): every cell is the same as in a row before it; taken as the s\n"
          "message 2025-03-01T10:00:00Z 3035550101>3035550102 traffic rows 2\n"
          "message 2025-03-01T10:00:00Z 3035550101>3035550102 traffic\n");
}

static void more_legs_than_an_event_holds(void **state)
{
    (void)state;
    struct lm_buf b;
    struct trace t;
    lm_buf_init(&b, (size_t)1 << 20);
    lm_buf_put(&b, LM_STR(H));
    for (int i = 0; i < 200; i++)
        lm_buf_put(&b, LM_STR("2025-03-01 10:00:00,3035550101,3035550102,60\n"));
    lm_buf_putc(&b, '\0');
    assert_int_equal(read_by(&t, PLAIN, b.p), LM_OK);
    assert_int_equal(t.records, 200);
    assert_int_equal(t.entries, 4);
    lm_buf_free(&t.out);
    lm_buf_free(&b);
}

static void forwarding_voicemail_and_attempts_stay_apart(void **state)
{
    (void)state;
    reads(PLAIN "What,outcome,\"forwarded=F;voicemail=V\"\n",
          "At,From,To,Secs,What\n2025-03-01 10:00:00,3035550101,3035550102,0,\n2025-03-01 10:00:00,3035550101,3035550102,30,F\n"
          "2025-03-01 10:00:00,3035550101,3035550102,30,V\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 0s attempt\n"
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 30s forwarded traffic\n"
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 30s traffic\n");
}

/* --- whose records they are --- */

#define OTHER "At,start,UTC\nNumber,other\nWay,direction\nSecs,duration\nIMEI,imei\n"

static void the_owner_is_in_the_heading(void **state)
{
    (void)state;
    reads(OTHER, "Subscriber: (303) 555-0101,\nAt,Number,Way,Secs,IMEI\n2025-03-01 10:00:00,3035550102,Out,5,\n"
                 "2025-03-01 11:00:00,3035550103,Incoming,5,353918051234560\n2025-03-01 11:30:00,3035550103,sideways,5,\n",
          "call 2025-03-01T10:00:00Z (303) 555-0101>3035550102 5s traffic\n"
          "! rejected row 5 (byte 148): the direction is not known, and with it who called whom\n"
          "call 2025-03-01T11:00:00Z 3035550103>(303) 555-0101 5s traffic\n"
          "  (303) 555-0101 = imei:353918051234560\n");
}

static void nobody_is_named_as_owner_without_a_word(void **state)
{
    (void)state;
    reads(OTHER, "At,Number,Way,Secs,IMEI\n2025-03-01 10:00:00,3035550102,Out,5,353918051234560\n",
          "call 2025-03-01T10:00:00Z owner>3035550102 5s traffic\n");
}

static void a_device_is_told_when_it_changes(void **state)
{
    (void)state;
    reads(PLAIN "IMEI,imei\n", "At,From,To,Secs,IMEI\n2025-03-01 10:00:00,3035550101,3035550102,5,353918051234560\n"
                               "2025-03-01 11:00:00,3035550101,3035550103,5,353918051234560\n"
                               "2025-03-01 12:00:00,3035550101,3035550104,5,356938035643809\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 5s traffic\n  3035550101 = imei:353918051234560\n"
          "call 2025-03-01T11:00:00Z 3035550101>3035550103 5s traffic\n"
          "call 2025-03-01T12:00:00Z 3035550101>3035550104 5s traffic\n  3035550101 = imei:356938035643809\n");
}

/* --- bad input --- */

static void headers_in_the_middle_footers_and_notes(void **state)
{
    (void)state;
    reads(PLAIN, "Call records,\n" H "2025-03-01 10:00:00,3035550101,3035550102,5\n" H
                 "2025-03-01 11:00:00,3035550101,3035550102,5\nTo,From,At,Secs\n3035550109,3035550101,2025-03-01 12:00:00,5\n"
                 ",,,15\nEnd of report\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 5s\ncall 2025-03-01T11:00:00Z 3035550101>3035550102 5s\n"
          "! doubted row 8 (byte 194): below the header, neither a moment nor anybody: a note, a to\n"
          "! doubted row 9 (byte 200): below the header, neither a moment nor anybody: a note, a to\n"
          "call 2025-03-01T12:00:00Z 3035550101>3035550109 5s\n");
}

static void mixed_zones_in_one_file(void **state)
{
    (void)state;
    reads("At,start\nFrom,from\nTo,to\nZone,zone\n",
          "At,From,To,Zone\n2025-03-01 10:00:00,3035550101,3035550102,UTC\n2025-03-01 10:00:00,3035550101,3035550102,MST\n"
          "2025-03-01 10:00:00 -06:00,3035550101,3035550102,MST\n2025-03-01 10:00:00,3035550101,3035550102,Denver\n"
          "2025-03-01 10:00:00,3035550101,3035550102,\n",
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 traffic\ncall 2025-03-01T10:00:00-07:00 3035550101>3035550102 traffic\n"
          "! doubted row 5 (byte 161): the zone that is named is no one offset; kept as local time\n"
          "call 2025-03-01T10:00:00-06:00 3035550101>3035550102 traffic\n"
          "call 2025-03-01T10:00:00 3035550101>3035550102 traffic rows 2\n");
}

static void day_numbers_scientific_notation_blank_numbers(void **state)
{
    (void)state;
    reads(PLAIN, H "45717.25,1.3035550101E+10,-1,5\n45717.5,1.30356E+10,3035550102,5\n",
          "! altered row 2 (byte 16): the date is a spreadsheet's day number; read as days since 1\n"
          "! altered row 3 (byte 47): the date is a spreadsheet's day number; read as days since 1\n"
          "! doubted row 3 (byte 47): a number was rounded by a spreadsheet program: digits are lo\n"
          "call 2025-03-01T06:00:00Z 13035550101> 5s traffic\ncall 2025-03-01T12:00:00Z ->3035550102 5s traffic\n");
}

static void the_order_of_dates_is_decided_by_the_file(void **state)
{
    (void)state;
    reads("At,start,UTC\nFrom,from\nTo,to\n", "At,From,To\n3/4/2025 10:00,3035550101,3035550102\n14/4/2025 10:00,3035550101,3035550102\n",
          "call 2025-04-03T10:00:00Z 3035550101>3035550102\ncall 2025-04-14T10:00:00Z 3035550101>3035550102\n");
    reads("At,start,UTC\nFrom,from\nTo,to\n", "At,From,To\n3/4/2025 10:00,3035550101,3035550102\n",
          "! doubted row 2 (byte 11): day and month could be exchanged, and no date in the file de\n"
          "call 2025-03-04T10:00:00Z 3035550101>3035550102\n");
}

static void columns_that_nobody_may_bring(void **state)
{
    (void)state;
    reads(PLAIN "Nationality,keep\n", "At,From,To,Secs,Nationality,Remark\n2025-03-01 10:00:00,3035550101,3035550102,5,x,y\n",
          "! altered row 1 (byte 0): column 5 is of a kind that is not kept (race, religion, poli\n"
          "! doubted row 1 (byte 0): 1 columns of the header are not in the map (6): kept beside \n"
          "call 2025-03-01T10:00:00Z 3035550101>3035550102 5s\n");
}

static void a_table_without_the_header_is_refused(void **state)
{
    (void)state;
    struct trace t;
    assert_int_equal(read_by(&t, PLAIN, "a,b,c\n1,2,3\n"), LM_EINPUT);
    assert_int_equal(t.entries + t.rejected, 0);
    lm_buf_free(&t.out);
    assert_int_equal(read_by(&t, PLAIN, H), LM_OK);
    assert_true(lm_str_eq(lm_buf_str(&t.out), LM_STR("empty\n")));
    lm_buf_free(&t.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(legs_of_a_call_are_one_event),
        cmocka_unit_test(messages_are_joined_only_when_every_cell_is_the_same),
        cmocka_unit_test(more_legs_than_an_event_holds),
        cmocka_unit_test(forwarding_voicemail_and_attempts_stay_apart),
        cmocka_unit_test(the_owner_is_in_the_heading),
        cmocka_unit_test(nobody_is_named_as_owner_without_a_word),
        cmocka_unit_test(a_device_is_told_when_it_changes),
        cmocka_unit_test(headers_in_the_middle_footers_and_notes),
        cmocka_unit_test(mixed_zones_in_one_file),
        cmocka_unit_test(day_numbers_scientific_notation_blank_numbers),
        cmocka_unit_test(the_order_of_dates_is_decided_by_the_file),
        cmocka_unit_test(columns_that_nobody_may_bring),
        cmocka_unit_test(a_table_without_the_header_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
