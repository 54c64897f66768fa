/* document.h - a report as headings, paragraphs, tables and charts, and its renderings: text, HTML, PDF, CSV.
 *
 * One document is built once; what stands in it is the same in every rendering. Text is from anywhere: each rendering makes it
 * harmless in its own way. The same document gives the same bytes (PDF: with the same fonts; see lm_document_pdf).
 *
 * HTML  one file: no script, nothing from outside, a policy that says so; the header row of a table repeats in print
 * PDF   US Letter, landscape; "page x of y" and the title under every page; a table that goes on repeats its header row; a row
 *       is never cut, nor is a chart. Text by Pango: any script for which the machine has a font
 * charts are boxes and texts in points, one description for HTML (inline SVG) and PDF; on a terminal their title stands for
 *       them. Links go to anchors inside the document.
 * CSV   RFC 4180, UTF-8; no cell that a spreadsheet program would take for a formula (formats/csv_out.h)
 *
 * ownership  everything lives in the arena given at the start
 * errors     sticky: d->failed after a call without memory; renderings then give LM_ENOMEM
 * test       tests/unit/test_document.c, tests/cli/toll.sh
 */
#ifndef LM_REPORT_DOCUMENT_H
#define LM_REPORT_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/when.h"

#define LM_DOC_COLUMNS 40 /* of a table, at most */

struct lm_doc_column {
    const char *title;
    bool right;    /* numbers */
    uint8_t width; /* share of the page, relative to the other columns; 0: as 10 */
    bool wide;     /* left out on a terminal, which says so */
};

struct lm_doc_cell {
    struct lm_str text;
    struct lm_str raw;  /* for CSV; p NULL: the text */
    uint8_t shade;      /* 0 none … 9 darkest */
    const char *link;   /* the anchor that it leads to; NULL: none */
    const char *anchor; /* of its row; NULL: none */
};

/* A box, its text, or both, in points from the chart's upper left corner. */
struct lm_doc_shape {
    double x, y, w, h;
    bool box;
    uint8_t shade;      /* of the box: 0 white … 9 darkest */
    struct lm_str text; /* inside, on one line, cut where it does not fit */
    double size;
    enum { LM_DOC_LEFT, LM_DOC_MIDDLE, LM_DOC_RIGHT } align;
    const char *link;   /* as of a cell */
};

#define LM_DOC_CHART_WIDTH 700.0
#define LM_DOC_CHART_HEIGHT 480.0 /* at most */

struct lm_doc_chart {
    struct lm_str title; /* for who cannot see it */
    double height;
    struct lm_doc_shape *shapes;
    size_t n, cap;
};

struct lm_doc_table {
    const char *id;      /* "contacts": what --table names */
    struct lm_str subject; /* what it is about: the first column of its CSV; empty: none */
    const struct lm_doc_column *columns;
    size_t n_columns;
    struct lm_doc_cell *cells;
    size_t n_cells, cap_cells;
    struct lm_str note;  /* under it; empty: none */
};

enum lm_doc_kind { LM_DOC_HEADING, LM_DOC_PARAGRAPH, LM_DOC_ITEM, LM_DOC_TABLE, LM_DOC_CHART };
struct lm_doc_block {
    enum lm_doc_kind kind;
    int level;           /* of a heading: 1 … 3 */
    struct lm_str text;
    struct lm_doc_table *table;
    struct lm_doc_chart *chart;
};

struct lm_document {
    struct lm_arena *a;
    struct lm_str title, subtitle, foot; /* foot: one line under every page */
    struct lm_when made;                 /* the data cut-off: the only date in it */
    struct lm_doc_block *blocks;
    size_t n, cap;
    bool failed;
};

void lm_document_init(struct lm_document *d, struct lm_arena *a);
void lm_doc_heading(struct lm_document *d, int level, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void lm_doc_paragraph(struct lm_document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lm_doc_item(struct lm_document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Begins a table; cells follow row by row. columns are borrowed. */
void lm_doc_table(struct lm_document *d, const char *id, struct lm_str subject, const struct lm_doc_column *columns,
                  size_t n_columns);
void lm_doc_cell(struct lm_document *d, struct lm_str text);
void lm_doc_cellf(struct lm_document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A cell whose CSV says it otherwise: seconds for "1:02:03". */
void lm_doc_cell_raw(struct lm_document *d, struct lm_str text, struct lm_str raw);
void lm_doc_link(struct lm_document *d, const char *anchor);   /* from the last cell */
void lm_doc_anchor(struct lm_document *d, const char *anchor); /* of the row of the last cell; letters, digits, - */
/* Begins a chart; shapes follow. */
void lm_doc_chart(struct lm_document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void lm_doc_shape(struct lm_document *d, const struct lm_doc_shape *shape);
/* One bar for each of n: "label ▇▇▇ value". Charts of as many bars as fit follow each other. */
struct lm_doc_bar {
    struct lm_str label, value;
    double share; /* of the longest bar: 0 … 1 */
    const char *link;
};
void lm_doc_bars(struct lm_document *d, const char *title, const struct lm_doc_bar *bars, size_t n);
void lm_doc_shade(struct lm_document *d, uint8_t shade); /* of the last cell */
void lm_doc_note(struct lm_document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* For a terminal: tables without their wide columns. */
lm_err lm_document_text(const struct lm_document *d, struct lm_buf *out, struct lm_error *e);
lm_err lm_document_html(const struct lm_document *d, struct lm_buf *out, struct lm_error *e);
/* All tables of that id, one after the other, under one header row. LM_ENOTFOUND: there is none. */
lm_err lm_document_csv(const struct lm_document *d, struct lm_str id, struct lm_buf *out, struct lm_error *e);
/* The font family: DejaVu Sans, with the machine's others for scripts it lacks. Its date is d->made, nothing in it is of the
 * machine or the moment. *ret_pages may be NULL. */
lm_err lm_document_pdf(const struct lm_document *d, struct lm_buf *out, unsigned *ret_pages, struct lm_error *e);

#endif
