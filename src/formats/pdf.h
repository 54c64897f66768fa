/* pdf.h - the text of a PDF in memory, page by page: lines from top to bottom, in each the pieces that stand apart.
 *
 * Poppler says what characters are on a page, where, and in which font; nothing is rendered, no font or file is opened. From that lines are
 * made by height and pieces by gaps and fonts, so that the columns of a table stay beside each other whatever order
 * the PDF wrote them in. White space between words is one space. A line's number is the n-th line of its page that holds text.
 *
 * Encryption: a PDF that opens without a password is read (viewers do the same); else the passwords that a person supplied are tried.
 * limits    LM_PDF_MAX_PAGES, LM_PDF_MAX_PAGE_TEXT and LM_PDF_MAX_PAGE_WORDS of a page (the rest of it is cut), LM_PDF_MAX_FONTS;
 *           objects and nesting are Poppler's own; time is the process's
 * memory    one page; Poppler keeps some 1.6 KB of every page up to the one that is asked for (measured, 22.12), and its table of objects
 * errors    LM_EDENIED: encrypted, and no password fits. LM_EINPUT: not a PDF that can be opened. LM_ENOTFOUND: no Poppler. LM_ENOMEM.
 *           Poppler may end the process when it has no memory: it runs in the reader's process only
 * sandbox   lm_pdf_warm_up before it, then nothing but memory (docs/decisions/0081-pdf-text.md)
 * threads   one PDF at a time in a process: Poppler's complaints are counted by its one log handler
 * test      tests/unit/test_pdf.c; fuzz/fuzz_pdf.c
 */
#ifndef LM_FORMATS_PDF_H
#define LM_FORMATS_PDF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_PDF_HEAD_BYTES 1024
#define LM_PDF_MAX_PAGES 100000u
#define LM_PDF_MAX_PAGE_TEXT ((size_t)4 << 20)
#define LM_PDF_MAX_PAGE_WORDS 20000u
#define LM_PDF_MAX_FONTS 4096u

/* "%PDF-" within the first LM_PDF_HEAD_BYTES (ISO 32000-1 annex H.3, note 13). */
bool lm_pdf_possible(struct lm_str head);

/* Loads Poppler, some 35 ms, while files can still be opened; it needs nothing else from outside. Without Poppler on the machine nothing
 * happens: lm_pdf_open says so. */
void lm_pdf_warm_up(void);

struct lm_pdf;

/* bytes and a are borrowed until lm_pdf_close. passwords: one a line (base/password.h). */
lm_err lm_pdf_open(struct lm_arena *a, struct lm_str bytes, struct lm_str passwords, struct lm_pdf **ret, struct lm_error *e);
void lm_pdf_close(struct lm_pdf *p); /* NULL is nothing */

uint32_t lm_pdf_n_pages(const struct lm_pdf *p); /* as stated; at most LM_PDF_MAX_PAGES of them can be asked for */
/* What Poppler found wrong so far: damage that it looked past, or text that it could not map to characters. */
uint64_t lm_pdf_complaints(const struct lm_pdf *p);

struct lm_pdf_word {
    struct lm_str text; /* within the piece's */
    float x0, x1;
    uint32_t column;    /* characters before it in its line */
};

struct lm_pdf_piece {
    struct lm_str text; /* UTF-8, not empty: its words with one space between, or none where they touch */
    const struct lm_pdf_word *words; /* in the order in which they are read */
    size_t n_words;
    float x0, x1;       /* points from the page's left edge */
    float size;
    uint32_t font;      /* the same number, the same font's name */
    uint32_t column;
};

struct lm_pdf_line {
    const struct lm_pdf_piece *pieces; /* from left to right */
    size_t n;
    float top, bottom;                 /* points from the page's upper edge */
};

struct lm_pdf_page {
    uint32_t number;  /* from 1 */
    float width, height;
    const struct lm_pdf_line *lines;
    size_t n;
    bool cut;         /* more text than the limits: the rest is left out */
};

/* Lives in `a`. LM_EINPUT: this page cannot be read, others may. */
lm_err lm_pdf_page(struct lm_pdf *p, uint32_t number, struct lm_arena *a, struct lm_pdf_page *ret);

#endif
