/* xlsx.h - a pull reader for the rows of an Excel workbook (.xlsx, .xlsm) in memory.
 *
 * Layout: ECMA-376 part 1 (SpreadsheetML) in a package of part 2. Sheets come in the order of the workbook, hidden ones too;
 * rows with the number that the spreadsheet program shows. Streams: a sheet is unpacked and parsed piece by piece; shared
 * strings are read as far as cells ask for them.
 *
 * A cell is text:
 *   numbers    plain digits, as far as they are exact: 1.3035550101E10 is "13035550101"; with more than 15 figures, which is more
 *              than a spreadsheet program keeps, the text as it is stored, and LM_XLSX_ROUNDED
 *   dates      numbers under a format of dates (18.8.30, built in or of the workbook's own), 1900 and 1904: "2025-03-01",
 *              "2025-03-01 10:15:23", to the millisecond. 1900-02-29, which never was, stays a number.
 *   times      "10:15:23"; of elapsed time as the format shows it: "2:15" (h:mm or m:ss), "61:05", "26:30:00"
 *   the rest   text as it is, _x000D_ and the like resolved; TRUE, FALSE; #N/A and the like
 * Merged cells: their text stands in the first, the others are empty. Formulas: their stored results.
 *
 * limits    LM_XLSX_MAX_COLUMNS, rows of the format (1,048,576), texts of 32,767 characters and a little, LM_XLSX_MAX_STRINGS bytes of
 *           shared strings; zip_memory.h has those of unpacking. A document type in a part is refused: XML bombs need one.
 * lifetime  of rows: until the next call; of sheets' names: the arena's
 * errors    LM_EINPUT with "sheet X row n"; LM_ELIMIT; LM_ENOMEM. Sticky; rows before it have been given.
 * sandbox   opens no file
 * test      tests/unit/test_xlsx.c (libxlsxwriter is the oracle), fuzz/fuzz_xlsx.c
 */
#ifndef LM_FORMATS_XLSX_H
#define LM_FORMATS_XLSX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_XLSX_MAX_COLUMNS 4096
#define LM_XLSX_MAX_SHEETS 1024
#define LM_XLSX_MAX_TEXT ((size_t)256 << 10) /* of one cell, bytes */
#define LM_XLSX_MAX_STRINGS ((size_t)768 << 20)

enum { /* bits of lm_xlsx_row.marks[i] */
    LM_XLSX_NUMBER = 1,
    LM_XLSX_DATE = 2,     /* or a time */
    LM_XLSX_ROUNDED = 4,
};

enum { /* bits of lm_xlsx_row.oddities */
    LM_XLSX_NO_STRING = 1, /* a cell names a shared string that is not there: empty */
    LM_XLSX_CUT = 2,       /* a text was longer than LM_XLSX_MAX_TEXT */
    LM_XLSX_TOO_WIDE = 4,  /* cells beyond LM_XLSX_MAX_COLUMNS were left out */
};

struct lm_xlsx_row {
    const struct lm_str *cells; /* UTF-8; {NULL, 0} where the sheet has none */
    const unsigned char *marks;
    size_t n;
    uint64_t number;
    uint32_t sheet;             /* index */
    struct lm_str sheet_name;
    unsigned oddities;
};

struct lm_xlsx;

/* Does head begin as such workbooks do? (A zip whose first member is one of the parts.) */
bool lm_xlsx_possible(struct lm_str head);

/* bytes are borrowed until lm_xlsx_close. LM_EINPUT: not a workbook. */
lm_err lm_xlsx_open(struct lm_arena *a, struct lm_str bytes, struct lm_xlsx **ret, struct lm_error *e);
void lm_xlsx_close(struct lm_xlsx *x); /* NULL is nothing */

size_t lm_xlsx_n_sheets(const struct lm_xlsx *x);

/* The next row that holds a cell, of this sheet or the next. */
lm_err lm_xlsx_next(struct lm_xlsx *x, struct lm_xlsx_row *ret, bool *ret_done, struct lm_error *e);

#endif
