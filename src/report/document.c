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

void lm_doc_link(struct lm_document *d, const char *anchor)
{
    struct lm_doc_table *t = current(d);
    if (t != NULL && t->n_cells != 0)
        t->cells[t->n_cells - 1].link = anchor;
}

void lm_doc_anchor(struct lm_document *d, const char *anchor)
{
    struct lm_doc_table *t = current(d);
    if (t != NULL && t->n_cells != 0)
        t->cells[(t->n_cells - 1) / t->n_columns * t->n_columns].anchor = anchor;
}

/* --- charts --- */

void lm_doc_chart(struct lm_document *d, const char *fmt, ...)
{
    struct lm_doc_block *b = add(d, LM_DOC_CHART);
    struct lm_doc_chart *c = lm_arena_alloc(d->a, sizeof *c);
    va_list ap;
    if (b == NULL || c == NULL) {
        d->failed = true;
        return;
    }
    va_start(ap, fmt);
    *c = (struct lm_doc_chart){ .title = format(d, fmt, ap) };
    va_end(ap);
    b->chart = c;
}

void lm_doc_shape(struct lm_document *d, const struct lm_doc_shape *shape)
{
    struct lm_doc_chart *c = d->n != 0 && d->blocks[d->n - 1].kind == LM_DOC_CHART ? d->blocks[d->n - 1].chart : NULL;
    if (c == NULL || d->failed)
        return;
    struct lm_doc_shape *v = lm_arena_grow(d->a, c->shapes, c->n, &c->cap, sizeof *v);
    if (v == NULL || shape->y + shape->h > LM_DOC_CHART_HEIGHT) {
        d->failed = true;
        return;
    }
    c->shapes = v;
    v[c->n++] = *shape;
    c->height = shape->y + shape->h > c->height ? shape->y + shape->h : c->height;
}

void lm_doc_bars(struct lm_document *d, const char *title, const struct lm_doc_bar *bars, size_t n)
{
    const double row = 15, label = 150, bar = 400;
    const size_t most = (size_t)(LM_DOC_CHART_HEIGHT / 15);
    for (size_t i = 0; i < n; i++) {
        double y = row * (double)(i % most);
        struct lm_doc_shape name = { .y = y, .w = label - 6, .h = row, .text = bars[i].label, .size = 9, .align = LM_DOC_RIGHT };
        struct lm_doc_shape box = { .x = label, .y = y + 2, .w = bar * bars[i].share, .h = row - 4, .box = true, .shade = 7,
                                    .link = bars[i].link };
        struct lm_doc_shape value = { .x = label + bar * bars[i].share + 4, .y = y, .w = 140, .h = row, .text = bars[i].value,
                                      .size = 9, .link = bars[i].link };
        if (i % most == 0)
            lm_doc_chart(d, "%s", title);
        lm_doc_shape(d, &name);
        if (box.w > 0)
            lm_doc_shape(d, &box);
        lm_doc_shape(d, &value);
    }
}
