/* records_file.h - plain tables of records (CSV) on their way into record.h.
 *
 * The first row has the names of the columns; columns.h says what they mean, a map (`column,means` a row; `*` for all that it does
 * not name) overrules it. Year, month and day of a birth in columns of their own become one field. Two tables meet in the columns
 * that mean the same: of the same name, else the same word. A row that cannot be read is counted, and the first LM_RECORDS_PROBLEMS are
 * listed; cells that are longer than what is compared are cut and counted, and so are bytes that are not UTF-8.
 *
 * memory   beside the records: the ids, 4 bytes and their text a record. The files are mapped.
 * errors   LM_ENOTFOUND, LM_EIO, LM_EINPUT (no rows, no column that can be compared, a map that names what is not there), LM_ELIMIT,
 *          LM_ENOMEM
 * test     tests/unit/test_linkage_columns.c, tests/cli/resolve.sh, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_RECORDS_FILE_H
#define LM_RESOLVE_RECORDS_FILE_H

#include "resolve/columns.h"

#define LM_RECORDS_COLUMNS 256
#define LM_RECORDS_PROBLEMS 100
#define LM_RECORDS_ID_MOST 256 /* bytes of an id */

struct lm_records_problem {
    unsigned file; /* 0 or 1 */
    uint64_t row, byte;
    const char *reason;
};

struct lm_records_file {
    struct lm_records records;
    struct lm_column *columns[2]; /* of each file */
    size_t n_columns[2];
    struct lm_values ids;         /* not sealed: lm_values_put finds one */
    uint32_t *id;                 /* [input number] value of ids; 0: none. Input numbers run through both files */
    uint32_t n_first;             /* input numbers of the first file */
    uint64_t *row;                /* NULL, or [input number]: the row in its file (only without an id column) */
    uint32_t *truth;              /* NULL, or [input number]: number of the person, 0 … n - 1 */
    uint64_t n_rows, n_damaged, n_same_id;
    struct lm_records_problem problems[LM_RECORDS_PROBLEMS];
    size_t n_problems;
};

struct lm_records_wish {
    const char *path[2];       /* the second NULL: one table */
    const char *map;           /* NULL */
    const char *truth_column;  /* NULL: none */
    const char *truth_pattern; /* NULL: none. An extended regular expression on the id; its first group, else all it matches, is the person */
    uint64_t seed;
    struct lm_folder *folder;  /* NULL: one is opened for this table; programs that read many small ones bring their own */
};

/* Free with lm_records_file_free, whatever was returned. */
lm_err lm_records_file_read(struct lm_arena *a, const struct lm_records_wish *wish, struct lm_records_file *ret, struct lm_error *e);
/* The same for text in memory; map {NULL, 0} for none. */
lm_err lm_records_file_parse(struct lm_arena *a, const struct lm_str text[2], struct lm_str map, const struct lm_records_wish *wish,
                             struct lm_records_file *ret, struct lm_error *e);
void lm_records_file_free(struct lm_records_file *f);

/* True pairs of a file (two columns of ids, or those called …_l and …_r; a column whose name has "score" leaves out rows below 0.5), as
 * a << 32 | b of records, ascending, distinct. *ret_unknown: rows whose ids are not among the records. */
lm_err lm_records_pairs_read(struct lm_arena *a, const struct lm_records_file *f, const char *path, uint64_t **ret_pairs, uint64_t *ret_n,
                             uint64_t *ret_unknown, struct lm_error *e);

#endif
