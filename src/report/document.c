#include "report/document.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT_MOST 4096

void lm_document_init(struct lm_document *d, struct lm_arena *a)
{
    *d = (struct lm_document){ .a = a };
}

__attribute__((format(printf, 2, 0))) static struct lm_str format(struct lm_document *d, const char *fmt, va_list ap)
{
    char text[TEXT_MOST];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    struct lm_str s = lm_str(text);
    s = lm_arena_copy(d->a, lm_str_take(s, lm_utf8_valid_prefix(s)));
    d->failed = d->failed || s.p == NULL;
    return s;
}

static struct lm_doc_block *add(struct lm_document *d, enum lm_doc_kind kind)
{
    struct lm_doc_block *list = lm_arena_grow(d->a, d->blocks, d->n, &d->cap, sizeof *list);
    if (list == NULL) {
        d->failed = true;
        return NULL;
    }
    d->blocks = list;
    list[d->n] = (struct lm_doc_block){ .kind = kind };
    return &list[d->n++];
}

__attribute__((format(printf, 4, 0))) static void add_text(struct lm_document *d, enum lm_doc_kind kind, int level, const char *fmt, va_list ap)
{
    struct lm_doc_block *b = add(d, kind);
    if (b == NULL)
        return;
    b->level = level;
    b->text = format(d, fmt, ap);
}

void lm_doc_heading(struct lm_document *d, int level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_text(d, LM_DOC_HEADING, level, fmt, ap);
    va_end(ap);
}

void lm_doc_paragraph(struct lm_document *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_text(d, LM_DOC_PARAGRAPH, 0, fmt, ap);
    va_end(ap);
}

void lm_doc_item(struct lm_document *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add_text(d, LM_DOC_ITEM, 0, fmt, ap);
    va_end(ap);
}

void lm_doc_table(struct lm_document *d, const char *id, struct lm_str subject, const struct lm_doc_column *columns,
                  size_t n_columns)
{
    struct lm_doc_block *b = add(d, LM_DOC_TABLE);
    struct lm_doc_table *t = lm_arena_alloc(d->a, sizeof *t);
    if (b == NULL || t == NULL || n_columns > LM_DOC_COLUMNS) {
        d->failed = true;
        return;
    }
    *t = (struct lm_doc_table){ .id = id, .subject = subject, .columns = columns, .n_columns = n_columns };
    b->table = t;
}

/* The table that is being filled; NULL after a failure. */
static struct lm_doc_table *current(struct lm_document *d)
{
    return d->n != 0 && d->blocks[d->n - 1].kind == LM_DOC_TABLE ? d->blocks[d->n - 1].table : NULL;
}

void lm_doc_cell_raw(struct lm_document *d, struct lm_str text, struct lm_str raw)
{
    struct lm_doc_table *t = current(d);
    if (t == NULL || d->failed)
        return;
    struct lm_doc_cell *cells = lm_arena_grow(d->a, t->cells, t->n_cells, &t->cap_cells, sizeof *cells);
    if (cells == NULL) {
        d->failed = true;
        return;
    }
    t->cells = cells;
    cells[t->n_cells++] = (struct lm_doc_cell){ .text = text, .raw = raw };
}

void lm_doc_cell(struct lm_document *d, struct lm_str text)
{
    lm_doc_cell_raw(d, text, (struct lm_str){ NULL, 0 });
}

void lm_doc_cellf(struct lm_document *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct lm_str s = format(d, fmt, ap);
    va_end(ap);
    lm_doc_cell(d, s);
}

void lm_doc_shade(struct lm_document *d, uint8_t shade)
{
    struct lm_doc_table *t = current(d);
    if (t != NULL && t->n_cells != 0)
        t->cells[t->n_cells - 1].shade = shade < 9 ? shade : 9;
}

void lm_doc_note(struct lm_document *d, const char *fmt, ...)
{
    struct lm_doc_table *t = current(d);
    va_list ap;
    va_start(ap, fmt);
    if (t != NULL)
        t->note = format(d, fmt, ap);
    va_end(ap);
}
