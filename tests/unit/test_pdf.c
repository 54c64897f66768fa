/* test_pdf.c - the text of PDFs: lines, pieces, words; sealed and damaged ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "formats/pdf.h"
#include "pdf_made.h"

struct opened {
    struct lm_arena a, of_page;
    struct lm_pdf *pdf;
    struct lm_error e;
    lm_err err;
};

static void opens(struct opened *o, struct lm_str bytes, const char *passwords)
{
    memset(o, 0, sizeof *o);
    lm_arena_init(&o->a, 0);
    lm_arena_init(&o->of_page, 0);
    o->err = lm_pdf_open(&o->a, bytes, lm_str(passwords), &o->pdf, &o->e);
}

static void closes(struct opened *o)
{
    if (o->err == LM_OK)
        lm_pdf_close(o->pdf);
    lm_arena_free(&o->of_page);
    lm_arena_free(&o->a);
}

/* "a|b / c": the pieces of each line of a page. */
static void reads(struct opened *o, uint32_t number, const char *want)
{
    struct lm_pdf_page page;
    struct lm_buf b;
    lm_buf_init(&b, 1 << 20);
    assert_int_equal(lm_pdf_page(o->pdf, number, &o->of_page, &page), LM_OK);
    assert_int_equal(page.number, number);
    for (size_t l = 0; l < page.n; l++)
        for (size_t i = 0; i < page.lines[l].n; i++) {
            if (b.n != 0)
                lm_buf_put(&b, lm_str(i == 0 ? " / " : "|"));
            lm_buf_put(&b, page.lines[l].pieces[i].text);
        }
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, want);
    lm_buf_free(&b);
}

static char *fixture(const char *name, size_t *ret_n)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/tests/fixtures/%s", getenv("LM_TOP"), name);
    FILE *f = fopen(path, "rb");
    char *p = malloc(1 << 20);
    assert_true(f != NULL && p != NULL);
    *ret_n = fread(p, 1, 1 << 20, f);
    (void)fclose(f);
    return p;
}

static void makes_lines_whatever_the_order(void **state)
{
    static const char *const pages[] = {
        PDF_PLAIN(200, 700, "right of it") PDF_PLAIN(50, 600, "third") PDF_BOLD(50, 700, "first line") PDF_PLAIN(50, 650, "second with room"),
        "", PDF_PLAIN(50, 700, "kerned ") "BT /plain 10 Tf 50 680 Td [(to) -50 (ge) -3000 (apart)] TJ ET", NULL
    };
    struct lm_buf b;
    struct opened o;
    (void)state;
    pdf_made(&b, pages);
    opens(&o, lm_buf_str(&b), "");
    assert_int_equal(o.err, LM_OK);
    assert_int_equal(lm_pdf_n_pages(o.pdf), 3);
    reads(&o, 1, "first line|right of it / second with room / third");
    reads(&o, 2, "");
    reads(&o, 3, "kerned / toge|apart");
    struct lm_pdf_page page;
    assert_int_equal(lm_pdf_page(o.pdf, 0, &o.of_page, &page), LM_EINPUT);
    assert_int_equal(lm_pdf_page(o.pdf, 4, &o.of_page, &page), LM_EINPUT);
    assert_int_equal(lm_pdf_page(o.pdf, 1, &o.of_page, &page), LM_OK);
    const struct lm_pdf_piece *p = page.lines[0].pieces;
    assert_true(p[0].font != p[1].font && p[1].font == page.lines[1].pieces[0].font);
    assert_true(p[0].x0 > 49 && p[0].x0 < 51 && p[0].x1 > 109 && p[0].x1 < 111 && p[0].size > 9.9f && p[0].size < 10.1f);
    assert_int_equal(p[0].n_words, 2);
    assert_int_equal(p[0].words[1].column, 6);
    assert_int_equal(p[1].column, 11);
    assert_int_equal(p[1].words[2].column, 20);
    assert_true(page.width > 611 && page.height > 791);
    closes(&o);
    lm_buf_free(&b);
}

static void characters_beyond_ascii(void **state)
{
    static const char *const pages[] = { PDF_PLAIN(50, 700, "a\xf1o \x80 9 \x93quoted\x94"), NULL };
    struct lm_buf b;
    struct opened o;
    (void)state;
    pdf_made(&b, pages);
    opens(&o, lm_buf_str(&b), "");
    reads(&o, 1, "a\xc3\xb1o \xe2\x82\xac 9 \xe2\x80\x9cquoted\xe2\x80\x9d");
    closes(&o);
    lm_buf_free(&b);
}

static void a_page_has_limits(void **state)
{
    struct lm_buf b, content;
    struct opened o;
    struct lm_pdf_page page;
    (void)state;
    lm_buf_init(&content, (size_t)8 << 20);
    for (unsigned i = 0; i < LM_PDF_MAX_PAGE_WORDS + 4000; i++)
        lm_buf_printf(&content, "BT /plain 3.4 Tf %u %u Td (x) Tj ET\n", 2 + i % 150 * 4, 4 + i / 150 * 4);
    lm_buf_putc(&content, '\0');
    assert_false(content.failed);
    pdf_made(&b, (const char *const[]){ content.p, PDF_PLAIN(50, 700, "after it"), NULL });
    opens(&o, lm_buf_str(&b), "");
    assert_int_equal(o.err, LM_OK);
    assert_int_equal(lm_pdf_page(o.pdf, 1, &o.of_page, &page), LM_OK);
    assert_true(page.cut && page.n > 0);
    reads(&o, 2, "after it");
    closes(&o);
    lm_buf_free(&content);
    lm_buf_free(&b);
}

static void opens_what_is_sealed(void **state)
{
    struct opened o;
    size_t n;
    char *p = fixture("pdf_unread/sealed.pdf", &n);
    struct lm_str bytes = { p, n };
    (void)state;
    opens(&o, bytes, "");
    assert_int_equal(o.err, LM_EDENIED);
    assert_string_equal(o.e.message, "no password was supplied (import --password-file FILE)");
    closes(&o);
    opens(&o, bytes, "wrong one\nw\xc3\xb1rong\n\n");
    assert_int_equal(o.err, LM_EDENIED);
    assert_string_equal(o.e.message, "the password that was supplied does not open it");
    closes(&o);
    opens(&o, bytes, "wrong one\r\ncorrect horse\r\nnever asked");
    assert_int_equal(o.err, LM_OK);
    reads(&o, 1, "A page of text that is nobody's form.");
    closes(&o);
    free(p);
}

static void what_is_no_pdf_or_damaged(void **state)
{
    static const struct {
        const char *name;
        lm_err err;
        uint32_t pages;
        bool complains;
    } files[] = {
        { "pdf_unread/cut.pdf", LM_EINPUT, 0, false },         { "pdf_unread/truncated.pdf", LM_EINPUT, 0, false },
        { "pdf_unread/header_only.pdf", LM_EINPUT, 0, false }, { "pdf_unread/page_tree_loop.pdf", LM_OK, 0, true },
        { "pdf_unread/xref_loop.pdf", LM_OK, 1, true },        { "pdf_unread/xref_wrong.pdf", LM_OK, 1, true },
        { "pdf_unread/many_pages.pdf", LM_OK, 0, true },       { "pdf_unread/nobody.pdf", LM_OK, 1, false },
        { "pdf_unread/no_text_loop.pdf", LM_OK, 1, false },    { "signal_text/Beto/chat.md", LM_EINPUT, 0, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct opened o;
        size_t n;
        char *p = fixture(files[i].name, &n);
        print_message("# %s\n", files[i].name);
        opens(&o, (struct lm_str){ p, n }, "");
        assert_int_equal(o.err, files[i].err);
        if (o.err == LM_OK) {
            assert_int_equal(lm_pdf_n_pages(o.pdf), files[i].pages);
            struct lm_pdf_page page;
            for (uint32_t k = 1; k <= files[i].pages; k++)
                (void)lm_pdf_page(o.pdf, k, &o.of_page, &page);
            assert_int_equal(lm_pdf_complaints(o.pdf) != 0, files[i].complains);
        }
        closes(&o);
        free(p);
    }
    assert_true(lm_pdf_possible(LM_STR("junk before it\n%PDF-1.4")));
    assert_false(lm_pdf_possible(LM_STR("%PD")));
    assert_false(lm_pdf_possible(LM_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_lines_whatever_the_order), cmocka_unit_test(characters_beyond_ascii), cmocka_unit_test(a_page_has_limits),
        cmocka_unit_test(opens_what_is_sealed),           cmocka_unit_test(what_is_no_pdf_or_damaged),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
