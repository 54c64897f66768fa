/* rows.h - the rows of a table, whatever it is written in: separated text or a workbook.
 *
 * Rows come in the order of the file, blank ones left out, workbooks sheet after sheet. Cells are trimmed and UTF-8 (what
 * is not becomes U+FFFD and the row is `altered`). Separated text: the separator is the candidate that occurs most often in
 * the first lines, so that sentences above the table do not decide; damaged quoting is handled as lm_table does. Locators are
 * ROW or SHEET. A workbook's dates, times and numbers arrive as text in one form (formats/xlsx.h), marked.
 *
 * memory    one row; a workbook's shared strings (formats/xlsx.h says how many)
 * lifetime  cells and reason live until the next call or until `record` is reset, whichever is first
 * errors    LM_EINPUT, LM_ELIMIT (a workbook that breaks or is too large; e has the place), LM_ENOMEM
 * test      tests/unit/test_rows.c
 */
#ifndef LM_READERS_SHARED_ROWS_H
#define LM_READERS_SHARED_ROWS_H

#include "formats/xlsx.h"
#include "readers/operation_csv_table.h"

enum { /* bits of lm_rows_row.marks[i] */
    LM_CELL_NUMBER = LM_XLSX_NUMBER,   /* a workbook's number, as plain digits */
    LM_CELL_DATE = LM_XLSX_DATE,       /* a workbook's date or time, as ISO text */
    LM_CELL_ROUNDED = LM_XLSX_ROUNDED, /* a workbook's number with more digits than it can hold */
};

struct lm_rows_row {
    const struct lm_str *cells;
    const unsigned char *marks; /* NULL: none */
    size_t n;
    struct lm_locator at;
    uint32_t sheet;             /* counts a workbook's sheets from 0 */
    bool bad;                   /* the row cannot be read: reason says why */
    bool altered;
    bool cut;                   /* separated text ends here, without a line end */
    const char *reason;         /* not bad and not "": read as it stands, but a person should look */
};

struct lm_rows {
    struct lm_table csv;
    struct lm_xlsx *book; /* NULL: separated text */
    struct lm_str *cells; /* in `file` */
    size_t cap;
    struct lm_arena *file;
};

/* Whether the beginning of a file can be a table at all; head may be cut anywhere. */
bool lm_rows_possible(struct lm_str head);

/* a outlives the rows. e may be NULL. */
lm_err lm_rows_open(struct lm_rows *r, struct lm_arena *a, struct lm_str bytes, struct lm_error *e);
void lm_rows_close(struct lm_rows *r);

lm_err lm_rows_next(struct lm_rows *r, struct lm_arena *record, struct lm_rows_row *ret, bool *ret_done,
                    struct lm_error *e);

#endif
