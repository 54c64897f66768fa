/* by_id.h - many rows of a table by their ids: rising ids go through one cursor, and no page is read twice.
 *
 * The ids are cut into fixed chunks. A chunk is read by whoever is free: the caller, or one thread on the
 * look's second connection (look.h, `beside`), which sees the same state. Rows are given on the caller's
 * thread in the order of their ids, whoever read them: the answer does not depend on whether there is a
 * second connection.
 *
 * cost    one step down the table per id; LM_BY_ID_SLOTS chunks of rows in memory, never the answer
 * errors  those of the statement, of read and of give; the first in the order of the ids
 * test    tests/unit/test_by_id.c, tests/unit/test_toll.c
 */
#ifndef LM_STORE_BY_ID_H
#define LM_STORE_BY_ID_H

#include "store/look.h"

#define LM_BY_ID_CHUNK 2048u
#define LM_BY_ID_SLOTS 8u

struct lm_by_id {
    const char
        *sql; /* "… FROM json_each(?1) j CROSS JOIN t ON t.id = j.value …": at most one row for an id */
    size_t row_bytes;
    /* Both on any thread: they look at user and change nothing. a: lives until the row is given. */
    void (*bind)(const void *user, sqlite3_stmt *q); /* ?2 and on; values that outlive the call */
    lm_err (*read)(const void *user, sqlite3_stmt *q, struct lm_arena *a, void *ret_row, struct lm_error *e);
    lm_err (*give)(void *user, const void *row, struct lm_error *e);
    void *user;
};

/* ids: rising, each once. */
lm_err lm_by_id(struct lm_look *look, const struct lm_by_id *what, const int64_t *ids, size_t n,
                struct lm_error *e);

#endif
