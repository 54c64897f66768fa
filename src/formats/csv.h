/* csv.h - a pull reader for separated tables (RFC 4180 and what programs really write).
 *
 * Separator: `,` `;` tab or `|`, given or sniffed from the first line. Quote `"` doubled inside.
 * LF, CRLF and CR end rows outside quotes. A UTF-8 byte order mark is passed over. Damaged quoting is
 * read on and flagged: text after a closing quote, a quote inside a bare cell, an open quote at the
 * end of the input. An open quote never swallows more than LM_CSV_MAX_ROW: the row is then cut at the
 * first line end and flagged.
 *
 * lifetime  cells point into the input or the reader's buffers: valid until the next call
 * memory    one row; ceilings LM_CSV_MAX_ROW bytes and LM_CSV_MAX_CELLS cells
 * errors    LM_ELIMIT (row too long or too wide; the reader stands after it and can go on;
 *           its number is c->number), LM_ENOMEM
 * test      tests/unit/test_csv.c; fuzz/fuzz_csv.c; libcsv is the oracle
 */
#ifndef LM_FORMATS_CSV_H
#define LM_FORMATS_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define LM_CSV_MAX_ROW ((size_t)16 << 20)
#define LM_CSV_MAX_CELLS 4096

enum { /* bits of lm_csv_row.oddities */
    LM_CSV_TEXT_AFTER_QUOTE = 1,
    LM_CSV_QUOTE_IN_BARE = 2,
    LM_CSV_OPEN_QUOTE = 4,
    LM_CSV_NUL = 8,
};

struct lm_csv_row {
    const struct lm_str *cells;  /* unquoted; not trimmed */
    size_t n;                    /* an empty line is a row of one empty cell */
    uint64_t at, end;            /* bytes of the row, line end not included */
    uint64_t number;             /* 1 for the first row of the file */
    unsigned oddities;
};

struct lm_csv {
    struct lm_str in;
    size_t pos;
    uint64_t number;
    char separator;
    struct lm_str *cells;
    size_t cells_cap;
    struct lm_buf scratch;
    size_t block;  /* where the 64 bytes start of which `marks` says where one may end a cell */
    uint64_t marks;
};

/* separator 0 sniffs it: the candidate that occurs most often outside quotes in the first line;
 * comma when none does. */
void lm_csv_init(struct lm_csv *c, struct lm_str in, char separator);
void lm_csv_free(struct lm_csv *c);

/* LM_OK with *ret filled, or *ret_done = true after the last row. */
lm_err lm_csv_next(struct lm_csv *c, struct lm_csv_row *ret, bool *ret_done);

#endif
