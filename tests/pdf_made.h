/* pdf_made.h - PDFs of a few pages for tests: each page is a content stream, with /plain (Courier) and /bold (Courier-Bold). Header only. */
#ifndef LM_TESTS_PDF_MADE_H
#define LM_TESTS_PDF_MADE_H

#include "base/buf.h"

#define PDF_MADE_PAGES 8

static inline void pdf_made(struct lm_buf *b, const char *const *pages)
{
    size_t n = 0;
    while (pages[n] != NULL && n < PDF_MADE_PAGES)
        n++;
    lm_buf_init(b, (size_t)16 << 20);
    lm_buf_put(b, LM_STR("%PDF-1.5\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids ["));
    for (size_t i = 0; i < n; i++)
        lm_buf_printf(b, " %zu 0 R", 5 + 2 * i);
    lm_buf_printf(b, " ] /Count %zu >> endobj\n", n);
    lm_buf_put(b, LM_STR("3 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >> endobj\n"
                         "4 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >> endobj\n"));
    for (size_t i = 0; i < n; i++)
        lm_buf_printf(b, "%zu 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %zu 0 R /Resources << /Font << /plain 3 0 R"
                         " /bold 4 0 R >> >> >> endobj\n%zu 0 obj << /Length %zu >> stream\n%s\nendstream endobj\n",
                      5 + 2 * i, 6 + 2 * i, 6 + 2 * i, strlen(pages[i]), pages[i]);
    lm_buf_put(b, LM_STR("trailer << /Root 1 0 R /Size 99 >>\n%%EOF\n"));
}

/* A text of ten points (each character six wide) at x, y from below. */
#define PDF_PLAIN(x, y, text) "BT /plain 10 Tf " #x " " #y " Td (" text ") Tj ET\n"
#define PDF_BOLD(x, y, text) "BT /bold 10 Tf " #x " " #y " Td (" text ") Tj ET\n"

#endif
