/* test_vcard_file.c - what the fixtures of vcard_file do not show: bids, ranges, ceilings, every place to cut at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lastmile/reader.h"

#define CARD "BEGIN:VCARD\nVERSION:3.0\nFN:Beto\nTEL:303-555-0101\nEND:VCARD\n"

struct seen {
    struct lm_sink sink;
    uint64_t entries, facts, rejected, problems;
    uint64_t first, bytes; /* of the last record */
    struct lm_account_ref account;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct seen *s = (struct seen *)sink;
    s->entries++;
    s->facts = entry->n_facts;
    s->first = entry->records[0].a;
    s->bytes = entry->records[0].b;
    s->account = entry->facts[0].identifier.account;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    ((struct seen *)sink)->rejected += p->records;
    ((struct seen *)sink)->problems++;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static const struct lm_reader *vcard(void)
{
    return lm_reader_find(LM_STR("vcard_file"));
}

static lm_err run(struct lm_str bytes, struct seen *ret)
{
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    *ret = (struct seen){ .sink = { on_entry, on_problem, on_empty } };
    struct lm_input in = { .bytes = bytes, .path = LM_STR("a.vcf") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_err err = vcard()->read(&ctx, &ret->sink);
    lm_arena_free(&file);
    lm_arena_free(&record);
    return err;
}

static int bid(const struct lm_reader *r, const char *path, struct lm_str bytes)
{
    struct lm_input in = { .bytes = bytes, .path = lm_str(path) };
    return r->bid(&in, lm_str_take(bytes, r->lookahead));
}

static void test_bids(void **state)
{
    (void)state;
    const struct lm_reader *us = vcard();
    assert_int_equal(bid(us, "a.vcf", LM_STR(CARD)), 72);
    assert_int_equal(bid(us, "a.VCF", LM_STR("\xef\xbb\xbf\n" CARD)), 72);
    assert_int_equal(bid(us, "contacts", LM_STR(CARD)), 64);
    assert_int_equal(bid(us, "a.vcf", LM_STR("junk\n" CARD)), 24);
    assert_int_equal(bid(us, "a.vcf", LM_STR("")), 8);
    assert_int_equal(bid(us, "a.txt", LM_STR("")), 0);
    assert_int_equal(bid(us, "a.txt", LM_STR("[2023-03-11, 22:14] Beto: look\n" CARD)), 0);
    assert_int_equal(bid(us, "a.vcf", LM_STR("##fileformat=VCFv4.2\n")), 0);
    assert_int_equal(bid(us, "a.ics", LM_STR("BEGIN:VCALENDAR\nVERSION:2.0\n")), 0);
    assert_int_equal(bid(us, "a.vcf", LM_STR("BEGIN:VCARD")), 72);
    for (size_t i = 0; lm_readers[i] != NULL; i++)
        if (lm_readers[i] != us)
            assert_int_equal(bid(lm_readers[i], "a.vcf", LM_STR(CARD)), 0);
}

static void test_range(void **state)
{
    (void)state;
    struct seen s;
    assert_int_equal(run(LM_STR("\n" CARD "\n" CARD), &s), LM_OK);
    assert_int_equal(s.entries, 2);
    assert_int_equal(s.first, 1 + sizeof CARD); /* 1, the card, a blank line */
    assert_int_equal(s.bytes, sizeof CARD - 2);
    assert_int_equal(s.problems, 0);
}

/* Wherever a file is cut, the cards that began are counted once each. */
static void test_cut(void **state)
{
    (void)state;
    const struct lm_str all = LM_STR(CARD CARD);
    const size_t card = sizeof CARD - 1;
    for (size_t n = 11; n < all.n; n++) {
        struct seen s;
        uint64_t begun = 1 + (n >= card + 11);
        assert_int_equal(run(lm_str_take(all, n), &s), LM_OK);
        assert_int_equal(s.entries + s.rejected, begun);
        assert_int_equal(s.entries, (n + 1) / card); /* the last line end may be missing */
    }
}

static void account_is(const char *tel, enum lm_account_form form)
{
    struct seen s;
    char text[256];
    (void)snprintf(text, sizeof text, "BEGIN:VCARD\nVERSION:3.0\nFN:Beto\nTEL:%s\nEND:VCARD\n", tel);
    assert_int_equal(run(lm_str(text), &s), LM_OK);
    assert_int_equal(s.entries, 1);
    assert_int_equal(s.facts, 2);
    assert_int_equal(s.account.platform, LM_PLATFORM_PHONE);
    assert_int_equal(s.account.form, form);
    assert_int_equal(s.account.native.n != 0, form == LM_ACCOUNT_NATIVE);
}

static void test_account(void **state)
{
    (void)state;
    account_is("303-555-0101", LM_ACCOUNT_NATIVE);
    account_is("+52 686 555 0101", LM_ACCOUNT_NATIVE);
    account_is("+1\xc2\xa0(303)\xc2\xa0" "555\xe2\x80\x91" "0101", LM_ACCOUNT_NATIVE); /* as Apple writes it */
    account_is("555-0101", LM_ACCOUNT_NAME);
    account_is("611", LM_ACCOUNT_NAME);
    account_is("303-555-0101,,12#", LM_ACCOUNT_NAME);
    account_is("3035550101303555", LM_ACCOUNT_NAME);
    account_is("303-555-HIELO", LM_ACCOUNT_NAME);
}

static void test_ceilings(void **state)
{
    (void)state;
    struct lm_buf b;
    struct seen s;
    lm_buf_init(&b, (size_t)16 << 20);
    lm_buf_put(&b, LM_STR("BEGIN:VCARD\nVERSION:3.0\nFN:Beto\n"));
    for (int i = 0; i < 5000; i++)
        lm_buf_printf(&b, "TEL:303-555-0101 %d\n", i);
    lm_buf_put(&b, LM_STR("NICKNAME:"));
    for (int i = 0; i < 70000; i++)
        lm_buf_putc(&b, 'a');
    lm_buf_put(&b, LM_STR("\nEND:VCARD\n" CARD));
    assert_false(b.failed);
    assert_int_equal(run(lm_buf_str(&b), &s), LM_OK);
    assert_int_equal(s.entries, 2);
    assert_int_equal(s.problems, 1);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bids),    cmocka_unit_test(test_range),    cmocka_unit_test(test_cut),
        cmocka_unit_test(test_account), cmocka_unit_test(test_ceilings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
