/* rows.h - the tables that an import fills, and the digest of what it writes into them.
 *
 * Every row goes through lm_rows_put: it is bound to the table's one prepared statement and added, as a CBOR array
 * [key, columns …], to the running SHA-256 of its part. verify reads the same columns back in the same order and
 * must come to the same digests. A part is a table; its rows of one batch are a range of keys.
 */
#ifndef LM_STORE_ROWS_H
#define LM_STORE_ROWS_H

#include "base/buf.h"
#include "store/db.h"

enum lm_part {
    LM_PART_RECORD, LM_PART_DUPLICATE, LM_PART_HELD, LM_PART_PROBLEM, LM_PART_ACCOUNT, LM_PART_IDENTIFIER,
    LM_PART_ACCOUNT_IDENTIFIER, LM_PART_THREAD, LM_PART_THREAD_TITLE, LM_PART_THREAD_MEMBER, LM_PART_EVENT,
    LM_PART_LEG, LM_PART_MSG, LM_PART_ATTACHMENT, LM_PART_REACTION, LM_PART_EDIT,
    LM_PART_OP, /* then one per lm_op_table */
    LM_PARTS = LM_PART_OP + LM_OP_LAST + 1,
};

struct lm_part_table {
    const char *table;
    const char *key;     /* the column that runs upwards: id, or event; never bound when it is the rowid `id` */
    const char *columns; /* after the key; for leg the second part of the key comes first */
};
extern const struct lm_part_table lm_parts[LM_PARTS];

struct lm_value {
    enum { LM_VALUE_NULL, LM_VALUE_INT, LM_VALUE_REAL, LM_VALUE_TEXT } type;
    int64_t i;
    double r;
    struct lm_str s;
};

static inline struct lm_value lm_value_i64(int64_t i)
{
    return (struct lm_value){ .type = LM_VALUE_INT, .i = i };
}

static inline struct lm_value lm_value_str(struct lm_str s)
{
    return (struct lm_value){ .type = LM_VALUE_TEXT, .s = s };
}

/* empty: NULL */
static inline struct lm_value lm_value_str_null(struct lm_str s)
{
    return (struct lm_value){ .type = s.n == 0 ? LM_VALUE_NULL : LM_VALUE_TEXT, .s = s };
}

/* none: NULL */
static inline struct lm_value lm_value_unless(int64_t i, int64_t none)
{
    return (struct lm_value){ .type = i == none ? LM_VALUE_NULL : LM_VALUE_INT, .i = i };
}

struct lm_digest {
    struct lm_buf pending;
    struct lm_sha256_run *run; /* NULL until the first row */
    int64_t first, last;
    uint64_t n_rows;
};

struct lm_rows {
    struct lm_store *st;
    sqlite3_stmt *insert[LM_PARTS];
    struct lm_digest digest[LM_PARTS];
};

void lm_rows_init(struct lm_rows *r, struct lm_store *st);
void lm_rows_free(struct lm_rows *r);

/* key 0: the next rowid. n values in the order of lm_parts[part].columns. ret_key may be NULL. */
lm_err lm_rows_put(struct lm_rows *r, enum lm_part part, int64_t key, const struct lm_value *values, size_t n,
                   int64_t *ret_key, struct lm_error *e);

/* Writes batch and batch_part and the audit entry, and begins anew; *ret_any false, and nothing written, when there
 * are no rows. */
lm_err lm_rows_seal(struct lm_rows *r, int64_t import, bool *ret_any, struct lm_error *e);

/* A row of the operation's tables: columns in the order of lm_parts, from 0 on; the slices are valid until the next
 * step. (edges.c) */
struct lm_op_row lm_db_op_row(sqlite3_stmt *q, enum lm_op_table table);

/* --- for verify --- */

/* Adds the row that q stands on (key and columns, from column 0 on) as lm_rows_put did. */
lm_err lm_digest_add_row(struct lm_digest *d, sqlite3_stmt *q);
/* Closes the digest of a part: SHA-256 over its rows. */
lm_err lm_digest_end(struct lm_digest *d, struct lm_sha256 *ret);
/* The digest of a batch from those of its parts, added in order of the part's name. */
void lm_digest_part(struct lm_buf *b, const char *part, int64_t first, int64_t last, uint64_t n_rows,
                    const struct lm_sha256 *digest);

#endif
