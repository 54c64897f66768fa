/* operation_csv_table.h - header names and rows of a table that people wrote, shared by every reader of such
 * tables.
 *
 * Header names are compared in lower case, trimmed, with blanks and hyphens as `_`. Columns that the program
 * has no field for on principle (race, religion, political or social views, citizenship, immigration status,
 * birthplace, nationality, in English and Spanish) refuse the whole file: lm_table_protected().
 *
 * test  tests/unit/test_operation_csv.c
 */
#ifndef LM_READERS_OPERATION_CSV_TABLE_H
#define LM_READERS_OPERATION_CSV_TABLE_H

#include "formats/csv.h"
#include "model/fact.h"

/* Bytes of a header name that are compared, with the NUL; a longer name matches nothing. */
#define LM_TABLE_NAME 64

/* "Seizure ID" becomes "seizure_id". */
void lm_table_name(struct lm_str header, char out[LM_TABLE_NAME]);

/* Is this the name of a column that no file may bring? Accents and camelCase are seen through. */
bool lm_table_protected(struct lm_str header);

/* A table while it is read. Damaged quoting makes some bytes be read again; together at most LM_TABLE_REREAD
 * times the input, so that a hostile file costs no more than that. */
#define LM_TABLE_REREAD 8

struct lm_table {
    struct lm_csv csv;
    uint64_t reread_bytes;
    char reason[160];
};

void lm_table_init(struct lm_table *t, struct lm_str in);
void lm_table_free(struct lm_table *t);

struct lm_table_row {
    struct lm_csv_row row;
    struct lm_locator at;
    bool bad;           /* the row cannot be read: reason says why */
    const char *reason; /* not bad and not "": the row is read as it stands, but a person should look */
};

/* The next row that is not blank. n_columns is the header's, 0 for the header itself. After a quote that is
 * never closed, and after damaged quoting that runs over a line end, reading goes on at the next line. Cells
 * and reason live until the next call. LM_ENOMEM only. */
lm_err lm_table_next(struct lm_table *t, size_t n_columns, struct lm_table_row *ret, bool *ret_done);

#endif
