#include "readers/shared/rows.h"

#include "base/utf8.h"

#define SNIFF_BYTES ((size_t)64 << 10)

bool lm_rows_possible(struct lm_str head)
{
    if (lm_xlsx_possible(head))
        return true;
    struct lm_str start = lm_str_take(head, 4096);
    if (lm_str_starts(start, LM_STR("\xef\xbb\xbf")))
        start = lm_str_skip(start, 3);
    start = lm_str_trim(start);
    return start.n != 0 && strchr("{[<%", start.p[0]) == NULL && memchr(start.p, '\0', start.n) == NULL;
}

/* The candidate that stands most often in the first lines, outside quotes; a line end closes a quote here. */
static char separator_of(struct lm_str in)
{
    static const char candidates[] = { ',', ';', '\t', '|' };
    size_t count[sizeof candidates] = { 0 }, best = 0;
    bool quoted = false;
    in = lm_str_take(in, SNIFF_BYTES);
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];
        quoted = c == '"' ? !quoted : quoted && c != '\n';
        for (size_t k = 0; !quoted && k < sizeof candidates; k++)
            count[k] += c == candidates[k];
    }
    for (size_t k = 1; k < sizeof candidates; k++)
        best = count[k] > count[best] ? k : best;
    return candidates[best];
}

lm_err lm_rows_open(struct lm_rows *r, struct lm_arena *a, struct lm_str bytes, struct lm_error *e)
{
    *r = (struct lm_rows){ .file = a };
    if (lm_str_starts(bytes, LM_STR("PK\3\4")))
        return lm_xlsx_open(a, bytes, &r->book, e);
    lm_table_init(&r->csv, bytes);
    r->csv.csv.separator = separator_of(bytes);
    return LM_OK;
}

void lm_rows_close(struct lm_rows *r)
{
    if (r->book != NULL)
        lm_xlsx_close(r->book);
    else
        lm_table_free(&r->csv);
    r->book = NULL;
}

static lm_err room_for(struct lm_rows *r, size_t n)
{
    if (n <= r->cap)
        return LM_OK;
    size_t cap = n < 64 ? 64 : 2 * n;
    struct lm_str *cells = lm_arena_array(r->file, cap, sizeof *cells);
    if (cells == NULL)
        return LM_ENOMEM;
    r->cells = cells;
    r->cap = cap;
    return LM_OK;
}

/* Cells trimmed and made text. ascii: they are known to be. */
static lm_err take_cells(struct lm_rows *r, struct lm_arena *record, const struct lm_str *cells, size_t n, bool ascii,
                         struct lm_rows_row *ret)
{
    if (room_for(r, n) != LM_OK)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct lm_str s = lm_str_trim(cells[i]);
        if (!ascii && !lm_utf8_is_text(s)) {
            s = lm_utf8_repaired(record, s, NULL);
            ret->altered = true;
            if (s.p == NULL)
                return LM_ENOMEM;
        }
        r->cells[i] = s;
    }
    ret->cells = r->cells;
    ret->n = n;
    return LM_OK;
}

static const char *oddity_words(unsigned oddities)
{
    if ((oddities & LM_XLSX_NO_STRING) != 0)
        return "a cell names a shared string that the workbook does not hold; taken as empty";
    if ((oddities & LM_XLSX_TOO_WIDE) != 0)
        return "cells beyond column 4,096 are left out";
    return (oddities & LM_XLSX_CUT) != 0 ? "a text longer than 256 KiB is cut" : "";
}

static bool is_blank(const struct lm_rows_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].n != 0)
            return false;
    return row->reason[0] == '\0';
}

static lm_err next_of_book(struct lm_rows *r, struct lm_arena *record, struct lm_rows_row *ret, bool *ret_done,
                           struct lm_error *e)
{
    for (;;) {
        struct lm_xlsx_row x;
        bool done = false;
        lm_err err = lm_xlsx_next(r->book, &x, &done, e);
        if (err != LM_OK || done) {
            *ret_done = done;
            return err;
        }
        struct lm_rows_row row = { .at = { .kind = LM_LOCATOR_SHEET, .a = x.number, .name = x.sheet_name }, .marks = x.marks,
                                   .sheet = x.sheet, .reason = oddity_words(x.oddities) };
        if (take_cells(r, record, x.cells, x.n, false, &row) != LM_OK)
            return lm_fail(e, LM_ENOMEM, "out of memory");
        if (is_blank(&row))
            continue;
        *ret = row;
        *ret_done = false;
        return LM_OK;
    }
}

lm_err lm_rows_next(struct lm_rows *r, struct lm_arena *record, struct lm_rows_row *ret, bool *ret_done,
                    struct lm_error *e)
{
    struct lm_table_row t;
    bool done = false;
    if (r->book != NULL)
        return next_of_book(r, record, ret, ret_done, e);
    lm_err err = lm_table_next(&r->csv, 0, &t, &done);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    if (done) {
        *ret_done = true;
        return LM_OK;
    }
    struct lm_rows_row row = { .at = t.at, .bad = t.bad, .cut = t.row.end == r->csv.csv.in.n, .reason = t.reason };
    const char *p = r->csv.csv.in.p + t.row.at;
    if (!t.bad && take_cells(r, record, t.row.cells, t.row.n, lm_utf8_is_ascii((struct lm_str){ p, t.row.end - t.row.at }), &row) != LM_OK)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = row;
    *ret_done = false;
    return LM_OK;
}
