/* A document for a terminal, and a table of it as CSV. */
#include "base/terminal.h"
#include "formats/csv_out.h"
#include "report/document.h"

#define CELL_MOST 48
#define CROWDED 16 /* columns, beyond which one blank stands between them */

static size_t rows_of(const struct lm_doc_table *t)
{
    return t->n_columns != 0 ? t->n_cells / t->n_columns : 0;
}

static size_t width_of(const struct lm_doc_table *t, size_t column)
{
    size_t width = lm_terminal_width(lm_str(t->columns[column].title));
    for (size_t r = 0; r < rows_of(t); r++) {
        size_t n = lm_terminal_width(t->cells[r * t->n_columns + column].text);
        width = n > width ? n : width;
    }
    width = width < CELL_MOST ? width : CELL_MOST;
    size_t least = t->columns[column].right ? 2 : 3;
    return width > least ? width : least;
}

static void put_cell(struct lm_buf *out, struct lm_str s, size_t width, bool right, bool last)
{
    size_t n = lm_terminal_width(s);
    for (size_t i = n; right && i < width; i++)
        lm_buf_putc(out, ' ');
    if (n > width || (!right && !last))
        lm_terminal_cell(out, s, width, LM_CUT_MIDDLE);
    else
        (void)lm_terminal_put(out, s);
}

static void put_table(struct lm_buf *out, const struct lm_doc_table *t)
{
    size_t left_out = 0, shown = 0, last = 0, widths[LM_DOC_COLUMNS];
    for (size_t c = 0; c < t->n_columns; c++) {
        widths[c] = width_of(t, c);
        left_out += t->columns[c].wide;
        shown += !t->columns[c].wide;
        last = t->columns[c].wide ? last : c;
    }
    if (shown == 0)
        return;
    for (size_t r = 0; r <= rows_of(t); r++) {
        for (size_t c = 0; c < t->n_columns; c++) {
            const struct lm_doc_column *col = &t->columns[c];
            if (col->wide)
                continue;
            put_cell(out, r == 0 ? lm_str(col->title) : t->cells[(r - 1) * t->n_columns + c].text, widths[c],
                     col->right, c == last);
            lm_buf_put(out, c == last ? LM_STR("\n") : shown > CROWDED ? LM_STR(" ") : LM_STR("  "));
        }
    }
    if (rows_of(t) == 0)
        lm_buf_put(out, LM_STR("(none)\n"));
    if (t->note.n != 0)
        lm_terminal_wrap(out, t->note, 0, 0);
    if (left_out != 0 && rows_of(t) != 0)
        lm_buf_printf(out, "(%zu more column%s in the documents)\n", left_out, left_out == 1 ? "" : "s");
}

lm_err lm_document_text(const struct lm_document *d, struct lm_buf *out, struct lm_error *e)
{
    if (d->failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_terminal_wrap(out, d->title, 0, 0);
    if (d->subtitle.n != 0)
        lm_terminal_wrap(out, d->subtitle, 0, 0);
    for (size_t i = 0; i < d->n; i++) {
        const struct lm_doc_block *b = &d->blocks[i];
        switch (b->kind) {
        case LM_DOC_HEADING:
            lm_buf_putc(out, '\n');
            lm_terminal_wrap(out, b->text, 0, 0);
            break;
        case LM_DOC_PARAGRAPH:
            lm_terminal_wrap(out, b->text, 0, 0);
            break;
        case LM_DOC_ITEM:
            lm_buf_put(out, LM_STR("* "));
            lm_terminal_wrap(out, b->text, 2, 2);
            break;
        case LM_DOC_CHART:
            break; /* its table says the same */
        case LM_DOC_TABLE:
            put_table(out, b->table);
            break;
        }
    }
    return LM_OK;
}

static void csv_row(struct lm_buf *out, const struct lm_doc_table *t, size_t row)
{
    if (t->subject.n != 0)
        lm_csv_put(out, t->subject, true);
    for (size_t c = 0; c < t->n_columns; c++) {
        const struct lm_doc_cell *cell = &t->cells[row * t->n_columns + c];
        lm_csv_put(out, cell->raw.p != NULL ? cell->raw : cell->text, c == 0 && t->subject.n == 0);
    }
    lm_csv_end_row(out);
}

lm_err lm_document_csv(const struct lm_document *d, struct lm_str id, struct lm_buf *out, struct lm_error *e)
{
    bool head = false;
    if (d->failed)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < d->n; i++) {
        const struct lm_doc_table *t = d->blocks[i].table;
        if (d->blocks[i].kind != LM_DOC_TABLE || !lm_str_eq(lm_str(t->id), id))
            continue;
        if (!head) {
            if (t->subject.n != 0)
                lm_csv_put(out, LM_STR("of"), true);
            for (size_t c = 0; c < t->n_columns; c++)
                lm_csv_put(out, lm_str(t->columns[c].title), c == 0 && t->subject.n == 0);
            lm_csv_end_row(out);
            head = true;
        }
        for (size_t r = 0; r < rows_of(t); r++)
            csv_row(out, t, r);
    }
    return head ? LM_OK : lm_fail(e, LM_ENOTFOUND, "there is no table %.*s here", LM_STR_ARG(lm_str_take(id, 60)));
}
