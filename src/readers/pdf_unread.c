/* pdf_unread.c - a PDF of which no text can be had, so that its source says why: encrypted, scanned, damaged.
 *
 * A PDF with text that no reader knows is nobody's, and listed as such. docs/readers/pdf_unread.md */
#include "formats/pdf.h"
#include "lastmile/reader.h"

#define LOOK_PAGES 32
#define LOOKAHEAD ((size_t)1 << 30)

enum found { TEXT, NO_TEXT, NO_PAGE, REFUSED };

/* REFUSED: *ret_err says how. Otherwise the pages that were looked at, at most LOOK_PAGES. */
static enum found look(struct lm_arena *a, const struct lm_input *in, struct lm_str bytes, lm_err *ret_err, struct lm_error *e)
{
    struct lm_pdf *pdf = NULL;
    struct lm_arena page_arena;
    enum found found = NO_PAGE;
    *ret_err = lm_pdf_open(a, bytes, in->passwords, &pdf, e);
    if (*ret_err != LM_OK)
        return REFUSED;
    lm_arena_init(&page_arena, (size_t)256 << 20);
    for (uint32_t n = 1; n <= lm_pdf_n_pages(pdf) && n <= LOOK_PAGES && found != TEXT; n++) {
        struct lm_pdf_page page;
        lm_arena_reset(&page_arena);
        if (lm_pdf_page(pdf, n, &page_arena, &page) == LM_OK)
            found = page.n != 0 ? TEXT : NO_TEXT;
    }
    lm_arena_free(&page_arena);
    lm_pdf_close(pdf);
    return found;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_arena a;
    lm_err err;
    if (!lm_pdf_possible(head))
        return 0;
    lm_arena_init(&a, (size_t)64 << 20);
    enum found found = look(&a, in, head, &err, NULL);
    lm_arena_free(&a);
    return found != TEXT ? 40 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    lm_err err;
    (void)sink;
    switch (look(ctx->file, ctx->in, ctx->in->bytes, &err, ctx->error)) {
    case REFUSED:
        return err == LM_ENOTFOUND ? LM_EINPUT : err;
    case NO_PAGE:
        return lm_fail(ctx->error, LM_EINPUT, "no page of the PDF can be read: it is damaged");
    case NO_TEXT:
        return lm_fail(ctx->error, LM_EINPUT, "no text layer: not read, needs OCR elsewhere");
    case TEXT:
        break;
    }
    return lm_fail(ctx->error, LM_EINPUT, "a PDF with text in a form that no reader knows");
}

const struct lm_reader lm_reader_pdf_unread = {
    .name = "pdf_unread",
    .title = "PDF of which no text can be had: encrypted, scanned or damaged (listed with the reason)",
    .reference = "ISO 32000-1 by Poppler, checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
