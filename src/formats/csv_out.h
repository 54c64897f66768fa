/* csv_out.h - writes separated tables (RFC 4180, UTF-8, CRLF) that a spreadsheet program does not obey.
 *
 * A cell that begins with = + - @, a tab or a line end, also behind blanks, would be run as a formula by spreadsheet programs
 * (CWE-1236): it gets an apostrophe in front, which they do not show. Plain numbers ("-12", "3.5") stay numbers. NUL becomes
 * U+FFFD, and so does what is not UTF-8.
 *
 * test  tests/unit/test_csv_out.c
 */
#ifndef LM_FORMATS_CSV_OUT_H
#define LM_FORMATS_CSV_OUT_H

#include "base/buf.h"

/* One cell; first: of its row, else a comma goes before it. */
void lm_csv_put(struct lm_buf *out, struct lm_str cell, bool first);
void lm_csv_end_row(struct lm_buf *out);

#endif
