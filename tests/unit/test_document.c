/* One document, four renderings: nothing runs, nothing is fetched, headers repeat, the bytes are the same again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "report/document.h"

static const struct lm_doc_column columns[] = {
    { "number", false, 20, false }, { "times", true, 8, false }, { "note", false, 30, true },
};

#define EVIL "<script>alert(1)</script><img src=x onerror=y> & \"q\" \xe2\x80\xae" "evil \xff"

static void build(struct lm_document *d, struct lm_arena *a, size_t rows)
{
    lm_document_init(d, a);
    d->title = LM_STR("Contact pack: \xd0\x9e\xd0\xbf\xd0\xb5\xd1\x80\xd0\xb0\xd1\x86\xd0\xb8\xd1\x8f \xe6\x9d\xb1\xe4\xba\xac");
    d->subtitle = LM_STR(EVIL);
    d->foot = LM_STR("foot");
    d->made = (struct lm_when){ INT64_C(1741000000) * LM_SECOND_US, 0, LM_TIME_UTC };
    lm_doc_heading(d, 2, "%s", "Head <b>");
    lm_doc_paragraph(d, "%s", EVIL);
    lm_doc_item(d, "one");
    lm_doc_item(d, "two");
    lm_doc_table(d, "t", LM_STR("+13035550101"), columns, 3);
    for (size_t i = 0; i < rows; i++) {
        lm_doc_cellf(d, "=row %zu", i);
        lm_doc_cell_raw(d, LM_STR("1,000"), LM_STR("1000"));
        lm_doc_shade(d, (uint8_t)(i % 10));
        lm_doc_cell(d, i == 0 ? LM_STR(EVIL) : LM_STR("+521234567890123456789012345678901234567890123456789012345678901234567890"));
    }
    lm_doc_note(d, "a note");
    lm_doc_table(d, "empty", LM_STR(""), columns, 3);
    assert_false(d->failed);
}

static size_t times(struct lm_str s, const char *what)
{
    size_t n = 0, at;
    while ((at = lm_str_find(s, lm_str(what))) != SIZE_MAX) {
        n++;
        s = lm_str_skip(s, at + 1);
    }
    return n;
}

static void test_html(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_document d;
    struct lm_buf b;
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 1 << 24);
    build(&d, &a, 3);
    assert_int_equal(lm_document_html(&d, &b, NULL), LM_OK);
    struct lm_str s = lm_buf_str(&b);
    assert_int_equal(lm_utf8_valid_prefix(s), s.n);
    static const char *const never[] = { "<script", "<img", "http:", "https:", "url(", "@import", "\xe2\x80\xae", "<b>" };
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
        assert_int_equal(times(s, never[i]), 0);
    assert_int_equal(times(s, "&lt;script&gt;"), 3);
    assert_int_equal(times(s, "default-src 'none'"), 1);
    assert_int_equal(times(s, "<thead>"), 2);
    assert_int_equal(times(s, "<li>"), 2);
    assert_int_equal(times(s, "<ul>"), times(s, "</ul>"));
    assert_int_equal(times(s, "<tr>"), 2 + 3 + 1); /* the empty table says so in a row of its own */
    lm_buf_free(&b);
    lm_arena_free(&a);
}

static void test_csv(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_document d;
    struct lm_buf b;
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 1 << 24);
    build(&d, &a, 2);
    assert_int_equal(lm_document_csv(&d, LM_STR("t"), &b, NULL), LM_OK);
    struct lm_str s = lm_buf_str(&b);
    assert_true(lm_str_starts(s, LM_STR("of,number,times,note\r\n\"'+13035550101\",\"'=row 0\",1000,")));
    lm_buf_clear(&b);
    assert_int_equal(lm_document_csv(&d, LM_STR("empty"), &b, NULL), LM_OK);
    assert_true(lm_str_eq(lm_buf_str(&b), LM_STR("number,times,note\r\n")));
    assert_int_equal(lm_document_csv(&d, LM_STR("none"), &b, NULL), LM_ENOTFOUND);
    lm_buf_free(&b);
    lm_arena_free(&a);
}

static void test_text(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_document d;
    struct lm_buf b;
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 1 << 24);
    build(&d, &a, 2);
    assert_int_equal(lm_document_text(&d, &b, NULL), LM_OK);
    struct lm_str s = lm_buf_str(&b);
    assert_int_equal(times(s, "\xe2\x80\xae"), 0);
    assert_int_equal(times(s, "(none)"), 1);
    assert_int_equal(times(s, "(1 more column in the documents)"), 1);
    assert_int_equal(times(s, "number  times\n=row 0  1,000\n=row 1  1,000\n"), 1);
    lm_buf_free(&b);
    lm_arena_free(&a);
}

/* What pdftotext reads, page by page. */
static struct lm_str text_of(struct lm_arena *a, struct lm_str pdf)
{
    char path[] = "/tmp/lm-document-XXXXXX", command[128];
    struct lm_buf out;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, pdf.p, pdf.n), (ssize_t)pdf.n);
    (void)close(fd);
    (void)snprintf(command, sizeof command, "pdftotext -layout %s - 2>/dev/null", path);
    FILE *p = popen(command, "r");
    assert_non_null(p);
    lm_buf_init(&out, 1 << 24);
    for (int c; (c = fgetc(p)) != EOF;)
        lm_buf_putc(&out, (char)c);
    (void)pclose(p);
    (void)unlink(path);
    struct lm_str s = lm_arena_copy(a, lm_buf_str(&out));
    lm_buf_free(&out);
    return s;
}

static void test_pdf(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_document d;
    struct lm_buf b, again;
    unsigned pages = 0;
    char last[40];
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 1 << 26);
    lm_buf_init(&again, 1 << 26);
    build(&d, &a, 150);
    assert_int_equal(lm_document_pdf(&d, &b, &pages, NULL), LM_OK);
    assert_int_equal(lm_document_pdf(&d, &again, NULL, NULL), LM_OK);
    assert_true(lm_str_starts(lm_buf_str(&b), LM_STR("%PDF-")));
    assert_int_equal(b.n, again.n);
    assert_memory_equal(b.p, again.p, b.n); /* no clock, no machine in it */
    assert_true(pages >= 3);
    struct lm_str s = text_of(&a, lm_buf_str(&b));
    if (s.n == 0) {
        print_message("# SKIP pdftotext is not here: the text of the pages is not compared\n");
    } else {
        (void)snprintf(last, sizeof last, "page %u of %u", pages, pages);
        assert_int_equal(times(s, last), 1);
        assert_int_equal(times(s, "page "), pages);
        assert_int_equal(times(s, "times"), pages); /* the header row is on every page of the table */
        assert_int_equal(times(s, "=row "), 150);
    }
    lm_buf_free(&b);
    lm_buf_free(&again);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_html), cmocka_unit_test(test_csv), cmocka_unit_test(test_text),
                                        cmocka_unit_test(test_pdf) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
