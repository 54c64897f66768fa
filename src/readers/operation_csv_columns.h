/* operation_csv_columns.h - which columns each of the agency's own tables has. The human form is
 * docs/operation_csv.md. */
#ifndef LM_READERS_OPERATION_CSV_COLUMNS_H
#define LM_READERS_OPERATION_CSV_COLUMNS_H

#include "base/err.h"
#include "formats/csv.h"
#include "model/words.h"

enum lm_op_column {
    LM_COLUMN_UNKNOWN,
    LM_COLUMN_ID,
    LM_COLUMN_TITLE,
    LM_COLUMN_INVESTIGATION,
    LM_COLUMN_OPERATION,
    LM_COLUMN_AGENCY,
    LM_COLUMN_DIVISION,
    LM_COLUMN_CITY,
    LM_COLUMN_STATE,
    LM_COLUMN_DATE,
    LM_COLUMN_DRUG,
    LM_COLUMN_FORM,
    LM_COLUMN_KIND,
    LM_COLUMN_QUANTITY,
    LM_COLUMN_UNIT,
    LM_COLUMN_QUALIFIER,
    LM_COLUMN_NET_QUANTITY,
    LM_COLUMN_NET_UNIT,
    LM_COLUMN_PURITY_PERCENT,
    LM_COLUMN_PURITY_FRACTION,
    LM_COLUMN_MG_PER_PILL,
    LM_COLUMN_SEIZURE,
    LM_COLUMN_EXHIBIT,
    LM_COLUMN_PROFILE,
    LM_COLUMN_CARTEL,
    LM_COLUMN_PLATFORMS,
    LM_COLUMN_SOCIAL_MEDIA,
    LM_COLUMN_ENCRYPTED,
    LM_COLUMN_FATAL,
    LM_COLUMN_SCOPE,
    LM_COLUMN_NOTE,
    LM_N_COLUMNS,
};

#define LM_COLUMN_NONE UINT32_MAX

struct lm_op_header {
    enum lm_op_table table;
    size_t n;                          /* cells of the header row */
    uint32_t at[LM_N_COLUMNS];         /* cell of each column, LM_COLUMN_NONE when absent */
    uint16_t column[LM_CSV_MAX_CELLS]; /* lm_op_column of each cell */
    size_t n_known, n_unknown;
};

/* Which table is this? How many of its columns are there? 0: none of ours. */
int lm_op_header_recognise(const struct lm_str *cells, size_t n, enum lm_op_table *ret_table);

/* LM_EINPUT with the reason: a protected column, no or several tables, a column twice, a required one
 * missing. */
lm_err lm_op_header_read(const struct lm_str *cells, size_t n, struct lm_op_header *ret, struct lm_error *e);

#endif
