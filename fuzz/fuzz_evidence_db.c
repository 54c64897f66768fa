/* fuzz_evidence_db.c - the database codec on any bytes.
 *
 * A file that begins as SQLite's is the main file alone; else eight bytes say how long the main file and the -wal are, and what
 * is left is the -journal. Besides not crashing: a walk ends, its rowids rise, and a row that was read is found again. */
#include <stdint.h>
#include <stdlib.h>

#include "formats/evidence_db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void touch(const struct lm_evdb_table *t)
{
    size_t n = 3 + lm_evdb_unknown_columns(t);
    volatile char sink = 0;
    for (size_t c = 0; c <= n; c++) {
        struct lm_str s = lm_evdb_bytes(t, c);
        int64_t i;
        double d;
        for (size_t k = 0; k < s.n; k += 64)
            sink = (char)(sink ^ s.p[k]);
        (void)lm_evdb_i64(t, c, &i);
        (void)lm_evdb_double(t, c, &d);
    }
}

static void walk(struct lm_arena *a, struct lm_evdb *db, const char *name)
{
    static const char *const columns[] = { "_id", "body", "-date" };
    struct lm_evdb_table *t;
    enum lm_evdb_step s = LM_EVDB_ROW;
    int64_t first = 0, last = 0, before = INT64_MIN, row = 0;
    bool any = false, has_row = false;
    if (lm_evdb_table_open(db, name, columns, 3, &t, NULL) != LM_OK)
        return;
    while (s != LM_EVDB_END) {
        require(lm_evdb_next(t, &s, &first, &last) == LM_OK);
        if (s == LM_EVDB_END)
            break;
        require(last >= first && (!any || first > before) && (s == LM_EVDB_LOST_RANGE || first == last));
        before = last;
        any = true;
        if (s == LM_EVDB_ROW) {
            row = first;
            has_row = true;
            touch(t);
        }
    }
    struct lm_evdb_index x;
    require(lm_evdb_index(a, t, 0, LM_EVDB_ROWID, &x) == LM_OK);
    for (size_t i = 1; i < x.n; i++)
        require(x.links[i - 1].key <= x.links[i].key);
    if (has_row) {
        require(lm_evdb_fetch(t, row, &s) == LM_OK);
        touch(t);
    }
}

static size_t le32(const uint8_t *p)
{
    return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "message", "m", "ZWAMESSAGE" };
    struct lm_str all = { (const char *)data, size };
    struct lm_evdb_files f = { .main = all };
    struct lm_arena a;
    struct lm_evdb *db = NULL;
    if (!lm_evdb_is_sqlite(all) && size >= 8) {
        struct lm_str rest = lm_str_skip(all, 8);
        f.main = lm_str_take(rest, le32(data));
        rest = lm_str_skip(rest, f.main.n);
        f.wal = lm_str_take(rest, le32(data + 4));
        f.journal = lm_str_skip(rest, f.wal.n);
    }
    lm_arena_init(&a, (size_t)256 << 20);
    (void)lm_evdb_peek(&f, names, 3);
    if (lm_evdb_open(&a, &f, &db, NULL) == LM_OK)
        for (size_t i = 0; i < 3; i++)
            walk(&a, db, names[i]);
    lm_evdb_close(db);
    lm_arena_free(&a);
    return 0;
}
