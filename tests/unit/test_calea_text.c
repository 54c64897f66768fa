/* test_calea_text.c - heads, moments, what is content, every place to cut at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "readers/calea_text.h"

#define HEAD "release Version 3\n    caseId = X\n    timestamp = 20250301140434Z\n    callId\n        main = 1\n"

struct seen {
    struct lm_sink sink;
    uint64_t entries, records, rejected;
    unsigned content, attempts; /* events */
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *e)
{
    struct seen *s = (struct seen *)sink;
    const struct lm_event *ev = &e->facts[0].event;
    s->entries++;
    s->records += e->n_records;
    s->content += ev->text.n != 0 || (ev->flags & LM_EVENT_TRAFFIC) == 0;
    s->attempts += (ev->flags & LM_EVENT_ATTEMPT) != 0;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    ((struct seen *)sink)->rejected += p->records;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static lm_err run(struct lm_str bytes, struct seen *ret)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    *ret = (struct seen){ .sink = { on_entry, on_problem, on_empty } };
    struct lm_input in = { .bytes = bytes, .path = LM_STR("cdc.txt") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_err err = lm_reader_find(LM_STR("calea_text"))->read(&ctx, &ret->sink);
    lm_arena_free(&file);
    lm_arena_free(&record);
    return err;
}

static void test_heads(void **state)
{
    enum cx_type t;
    struct lm_str name;
    bool known;
    (void)state;
    assert_true(cx_head(LM_STR("  ims_3GPP_VoIP_answer Version 3.1"), &t, &name, &known) && known && t == CX_ANSWER);
    assert_true(cx_head(LM_STR("origAttempt"), &t, &name, &known) && known && t == CX_ORIGINATION);
    assert_true(cx_head(LM_STR("vendorThing Version 2"), &t, &name, &known) && !known && t == CX_OTHER);
    assert_false(cx_head(LM_STR("    answer"), &t, &name, &known));
    assert_false(cx_head(LM_STR("answering"), &t, &name, &known));
    assert_false(cx_head(LM_STR("release = 3"), &t, &name, &known));
    assert_false(cx_head(LM_STR("release Version three"), &t, &name, &known));
}

static void test_moments(void **state)
{
    struct lm_when w;
    char text[LM_WHEN_TEXT];
    (void)state;
    assert_true(cx_moment(LM_STR("20250301140211.250Z"), &w));
    assert_string_equal(lm_when_format(&w, text), "2025-03-01T14:02:11.250000Z");
    assert_true(cx_moment(LM_STR("20250301070211-0700"), &w));
    assert_string_equal(lm_when_format(&w, text), "2025-03-01T07:02:11-07:00");
    assert_true(cx_moment(LM_STR("20250301140211"), &w));
    assert_int_equal(w.quality, LM_TIME_LOCAL);
    assert_false(cx_moment(LM_STR("20251301140211Z"), &w));
    assert_false(cx_moment(LM_STR("2025"), &w));
}

/* Which lines make a record content; the call beside it stays traffic. */
static void test_content(void **state)
{
    static const struct {
        const char *line;
        unsigned content;
    } lines[] = {
        { "    cause\n        signalingType = BYE\n", 0 },
        { "    sdp = v=0\ns=a title\n", 0 },
        { "    sipHeader[0] = Subject: a title\n", 0 },
        { "    userInput = 4417\n", 1 },
        { "    vendorNote = 1\n", 1 },
        { "    signalingMsg = MESSAGE sip:a@example.net SIP/2.0\nContent-Type: application/sdp\n\nnot one\n", 1 },
        { "    signalingMsg = BYE sip:a@example.net SIP/2.0\nFrom: <sip:b@example.net>\n\n[bin]\n", 0 },
        { "    signalingMsg = 0x00010203\n", 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[512];
        struct seen s;
        int n = snprintf(text, sizeof text, HEAD "%s", lines[i].line);
        assert_int_equal(run((struct lm_str){ text, (size_t)n }, &s), LM_OK);
        assert_int_equal(s.entries, 1);
        if (s.content != lines[i].content)
            fail_msg("line %zu: content %u", i, s.content);
    }
    struct seen s;
    assert_int_equal(run(LM_STR(HEAD "dialedDigitExtraction Version 3\n    caseId = X\n    timestamp = 20250301140300Z\n    callId\n"
                                     "        main = 1\n    digits = 4417\n"), &s), LM_OK);
    assert_int_equal(s.entries, 2);
    assert_int_equal(s.content, 1);
}

/* Wherever a file is cut, each block that began is counted once. */
static void test_cut(void **state)
{
    const struct lm_str all = LM_STR(HEAD HEAD "answer Version 3\n    caseId = X\n    timestamp = 20250301140300Z\n");
    const size_t one = sizeof HEAD - 1;
    (void)state;
    for (size_t n = 17; n < all.n; n++) {
        struct seen s;
        assert_int_equal(run(lm_str_take(all, n), &s), LM_OK);
        size_t second = n > one ? n - one : 0, third = n > 2 * one ? n - 2 * one : 0;
        uint64_t begun = 1; /* a bare name is a head too, half a version is not */
        begun += second == 7 || second == 8 || second >= 17;
        begun += third == 6 || third == 7 || third >= 16;
        if (s.records + s.rejected != begun)
            fail_msg("cut at %zu: %llu", n, (unsigned long long)(s.records + s.rejected));
    }
}

/* More calls than are held open, mixed: every call is one event of two records. */
static void test_many_calls(void **state)
{
    struct lm_buf b;
    struct seen s;
    (void)state;
    lm_buf_init(&b, (size_t)16 << 20);
    for (int half = 0; half < 6; half++)
        for (int i = 0; i < 2000; i++)
            if (i / 1000 == half / 2 && half < 4)
                lm_buf_printf(&b, "%s Version 3\n caseId = X\n timestamp = 2025030114%02d%02dZ\n callId\n  main = %d\n",
                              half % 2 == 0 ? "origination" : "release", half, i % 60, i);
    assert_int_equal(run(lm_buf_str(&b), &s), LM_OK);
    assert_int_equal(s.entries, 2000);
    assert_int_equal(s.records, 4000);
    assert_int_equal(s.attempts, 2000);
    lm_buf_free(&b);
}

static void test_bids(void **state)
{
    struct lm_input in = { .bytes = LM_STR(HEAD), .path = LM_STR("cdc.txt") };
    (void)state;
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        bool us = strcmp(lm_readers[i]->name, "calea_text") == 0;
        assert_int_equal(lm_readers[i]->bid(&in, in.bytes), us ? 48 : 0);
        if (us)
            assert_int_equal(lm_readers[i]->bid(&in, LM_STR("release\nof the answer\n")), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads), cmocka_unit_test(test_moments), cmocka_unit_test(test_content),
        cmocka_unit_test(test_cut), cmocka_unit_test(test_many_calls), cmocka_unit_test(test_bids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
