/* test_snapchat.c - moments of Snapchat's forms; a return read in pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lastmile/reader.h"
#include "readers/shared/snapchat.h"

static void moments(void **state)
{
    static const struct {
        const char *text, *iso;
    } good[] = {
        { "Wed Aug 19 12:00:00 UTC 2021", "2021-08-19T12:00:00Z" },
        { "Wed Aug 4 02:00:00 GMT 2021", "2021-08-04T02:00:00Z" },
        { "2026-04-11 04:02:00 UTC", "2026-04-11T04:02:00Z" },
        { "2026-04-11T04:02:00.25Z", "2026-04-11T04:02:00.250000Z" },
        { "Apr 06 2026 03:48:31 UTC", "2026-04-06T03:48:31Z" },
        { "Wed Aug 18 22:30:00 PDT 2021", "2021-08-18T22:30:00-07:00" },
        { "Mon Jan 18 22:30:00 PST 2021", "2021-01-18T22:30:00-08:00" },
        { "2026-04-11 04:02:00", "2026-04-11T04:02:00" },
        { "Wed Aug 18 22:30:00 2021", "2021-08-18T22:30:00" },
    };
    static const char *const bad[] = { "", "yesterday", "2026-04-11", "2026-13-11 04:02:00 UTC", "2026-04-11 04:02:00 CEST", "2026-04-11 24:02:00 UTC",
                                       "Wed Aug 32 12:00:00 UTC 2021", "Wed Aug 19 12:00:00 UTC 2021 x", "Wed Aug 19 12:00:00 UTC 21", "Apr 06 2026 03:48:31 UTC UTC",
                                       "Apr 06 2026", "Wed", "Wed Aug", "2026-04-11 04:02:0", "2026-04-11 04:02:00.", "    ", "Wed Aug 19 12:00:00x UTC 2021" };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct lm_when w;
        char iso[LM_WHEN_TEXT];
        assert_true(lm_snapchat_when(lm_str(good[i].text), &w));
        assert_string_equal(lm_when_format(&w, iso), good[i].iso);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct lm_when w;
        char *exact = malloc(strlen(bad[i]) + 1); /* without its end: a sanitizer sees one byte too many */
        assert_non_null(exact);
        memcpy(exact, bad[i], strlen(bad[i]));
        assert_false(lm_snapchat_when((struct lm_str){ exact, strlen(bad[i]) }, &w));
        free(exact);
    }
}

struct count {
    struct lm_sink sink;
    uint64_t records, entries, legs, rejected, empty;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct count *c = (struct count *)sink;
    c->records += entry->n_records;
    c->entries++;
    c->legs += entry->facts[0].kind == LM_FACT_EVENT ? entry->facts[0].event.n_to : 0;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    ((struct count *)sink)->rejected += problem->records;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    ((struct count *)sink)->empty++;
    return LM_OK;
}

static lm_err run(struct lm_str bytes, struct count *c, size_t *ret_memory)
{
    const struct lm_reader *reader = lm_reader_find(LM_STR("snapchat_return_csv"));
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, (size_t)64 << 20);
    lm_arena_init(&record, (size_t)64 << 20);
    struct lm_input in = { .bytes = bytes, .path = LM_STR("return/conversations.csv") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    *c = (struct count){ .sink = { on_entry, on_problem, on_empty } };
    lm_err err = reader->read(&ctx, &c->sink);
    *ret_memory = file.used_bytes + record.used_bytes;
    lm_arena_free(&record);
    lm_arena_free(&file);
    return err;
}

/* 40,000 messages to three persons each, then two rows of one moment mixed: every row a record, every recipient a leg, memory stays. */
static void legs_and_memory(void **state)
{
    struct lm_buf b;
    struct count c;
    size_t memory;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR("===========================\nmessage_id,conversation_id,sender_username,recipient_username,text,timestamp\n"));
    for (int i = 0; i < 40000; i++)
        for (int k = 0; k < 3; k++)
            lm_buf_printf(&b, "%d,c,rosa_ej,friend_%d,\"said \"\"%d\"\"\",2026-04-11 %02d:%02d:%02d UTC\n", i, k, i, i / 3600, i / 60 % 60, i % 60);
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 40; i++)
            lm_buf_printf(&b, "m%d,c,rosa_ej,friend_%d,x,2026-04-12 00:00:00 UTC\n", i, k);
    assert_false(b.failed);
    assert_int_equal(run(lm_buf_str(&b), &c, &memory), LM_OK);
    assert_int_equal(c.records, 120120);
    assert_int_equal(c.entries, 40040);
    assert_int_equal(c.legs, 120120);
    assert_true(memory < (size_t)1 << 20);
    lm_buf_free(&b);
}

/* Cut anywhere, it ends with what it is: no record twice, none without end. */
static void cut_anywhere(void **state)
{
    static const char text[] = "\"Target username \"\"a\"\" is associated with User ID \"\"b\"\"\"\n---------------------------\n\"Legend\nx\"\n"
                               "===========================\nmessage_id,sender_username,text,timestamp\n1,a,\"two\nlines\",2026-04-11 04:02:00 UTC\n"
                               "---------------------------\n===========================\nip,timestamp\n192.0.2.1,Wed Aug 19 12:00:00 UTC 2021\n";
    (void)state;
    for (size_t n = 0; n < sizeof text; n++) {
        struct count c;
        size_t memory;
        char *exact = malloc(n != 0 ? n : 1);
        assert_non_null(exact);
        memcpy(exact, text, n);
        lm_err e = run((struct lm_str){ exact, n }, &c, &memory);
        assert_true(e == LM_OK || e == LM_EINPUT);
        assert_true(c.records + c.rejected <= 3);
        assert_true(e != LM_OK || c.records + c.rejected != 0 || c.empty == 1);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments),
        cmocka_unit_test(legs_and_memory),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
