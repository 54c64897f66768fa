/* fuzz_pdf.c - PDFs in two ways: the bytes as a file, and, when they are none, as what stands on the only page of one.
 *
 * The second way writes a PDF with two fonts around the input, so that the fuzzer needs no table of objects to reach the text; that one is read as a
 * return as well. Besides not crashing: texts are valid UTF-8 and not empty, words lie in their piece, lines go down the page. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "formats/pdf.h"
#include "lastmile/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct lm_pdf_page *page)
{
    for (size_t l = 0; l < page->n; l++) {
        const struct lm_pdf_line *line = &page->lines[l];
        require(line->n > 0 && line->top <= line->bottom);
        for (size_t i = 0; i < line->n; i++) {
            const struct lm_pdf_piece *p = &line->pieces[i];
            require(p->text.n > 0 && p->n_words > 0 && lm_utf8_valid_prefix(p->text) == p->text.n && p->x0 <= p->x1);
            for (size_t k = 0; k < p->n_words; k++)
                require(p->words[k].text.n > 0 && p->words[k].text.p >= p->text.p
                        && p->words[k].text.p + p->words[k].text.n <= p->text.p + p->text.n && p->words[k].column >= p->column);
        }
    }
}

static void read_pages(struct lm_str bytes)
{
    struct lm_arena a, of_page;
    struct lm_pdf *pdf = NULL;
    struct lm_error e = { 0 };
    lm_arena_init(&a, (size_t)64 << 20);
    lm_arena_init(&of_page, (size_t)128 << 20);
    lm_err err = lm_pdf_open(&a, bytes, LM_STR("one\nother"), &pdf, &e);
    require(err == LM_OK || err == LM_EINPUT || err == LM_EDENIED || err == LM_ENOMEM || err == LM_ENOTFOUND);
    for (uint32_t n = 1; err == LM_OK && n <= 16; n++) {
        struct lm_pdf_page page;
        lm_arena_reset(&of_page);
        lm_err got = lm_pdf_page(pdf, n, &of_page, &page);
        require(got == LM_OK || got == LM_EINPUT || got == LM_ENOMEM);
        if (got == LM_OK)
            check(&page);
    }
    lm_pdf_close(pdf);
    lm_arena_free(&of_page);
    lm_arena_free(&a);
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    (void)sink;
    for (size_t i = 0; i < entry->n_records; i++)
        require(entry->records[i].kind == LM_LOCATOR_SHEET && entry->records[i].name.n == 0);
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    (void)sink;
    require((problem->kind == LM_PROBLEM_REJECTED) == (problem->records > 0));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static void read_return(const char *name, struct lm_str bytes)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(name));
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    struct lm_sink sink = { on_entry, on_problem, on_empty };
    struct lm_input in = { .bytes = bytes, .path = LM_STR("fuzz/input.pdf") };
    lm_arena_init(&file, (size_t)256 << 20);
    lm_arena_init(&record, (size_t)256 << 20);
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    require(reader != NULL);
    lm_err err = reader->read(&ctx, &sink);
    require(err == LM_OK || err == LM_EINPUT || err == LM_ELIMIT || err == LM_ENOMEM);
    lm_arena_free(&record);
    lm_arena_free(&file);
}

static void object(struct lm_buf *b, size_t places[], int number, struct lm_str text)
{
    places[number] = b->n;
    lm_buf_printf(b, "%d 0 obj\n", number);
    lm_buf_put(b, text);
    lm_buf_put(b, LM_STR("\nendobj\n"));
}

static void write_pdf(struct lm_buf *b, struct lm_str content)
{
    size_t places[7] = { 0 };
    lm_buf_put(b, LM_STR("%PDF-1.5\n"));
    object(b, places, 1, LM_STR("<< /Type /Catalog /Pages 2 0 R >>"));
    object(b, places, 2, LM_STR("<< /Type /Pages /Count 2 /Kids [3 0 R 3 0 R] >>"));
    object(b, places, 3, LM_STR("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R"
                                " /Resources << /Font << /plain 4 0 R /bold 5 0 R >> >> >>"));
    object(b, places, 4, LM_STR("<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"));
    object(b, places, 5, LM_STR("<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>"));
    places[6] = b->n;
    lm_buf_printf(b, "6 0 obj\n<< /Length %zu >>\nstream\n", content.n);
    lm_buf_put(b, content);
    lm_buf_put(b, LM_STR("\nendstream\nendobj\n"));
    size_t table = b->n;
    lm_buf_put(b, LM_STR("xref\n0 7\n0000000000 65535 f \n"));
    for (int i = 1; i < 7; i++)
        lm_buf_printf(b, "%010zu 00000 n \n", places[i]);
    lm_buf_printf(b, "trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_str bytes = { (const char *)data, size };
    struct lm_buf pdf;
    if (size > (size_t)256 << 10)
        return 0;
    if (lm_pdf_possible(bytes)) {
        read_pages(bytes);
        return 0;
    }
    lm_buf_init(&pdf, (size_t)1 << 20);
    write_pdf(&pdf, bytes);
    require(!pdf.failed);
    read_pages(lm_buf_str(&pdf));
    read_return("meta_return_pdf", lm_buf_str(&pdf));
    read_return("tiktok_return_pdf", lm_buf_str(&pdf));
    lm_buf_free(&pdf);
    return 0;
}
