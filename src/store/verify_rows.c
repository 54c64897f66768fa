#include <stdio.h>

#include "store/import.h"
#include "store/rows.h"
#include "store/verify.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- batches --- */

struct parts {
    sqlite3_stmt *rows[LM_PARTS];
    uint64_t n_rows[LM_PARTS]; /* under a digest */
};

static int part_named(struct lm_str name)
{
    for (int i = 0; i < LM_PARTS; i++)
        if (lm_str_eq(lm_str(lm_parts[i].table), name))
            return i;
    return -1;
}

static lm_err rows_of(struct lm_check *c, struct parts *p, int part, struct lm_error *e)
{
    const struct lm_part_table *t = &lm_parts[part];
    char sql[1024];
    if (p->rows[part] != NULL)
        return LM_OK;
    (void)snprintf(sql, sizeof sql, "SELECT %s,%s FROM %s WHERE %s BETWEEN ? AND ? ORDER BY %s%s", t->key, t->columns,
                   t->table, t->key, t->key, part == LM_PART_LEG ? ",ord" : "");
    return lm_db_prepare(c->st, sql, &p->rows[part], e);
}

static lm_err digest_again(struct lm_check *c, struct parts *p, int part, int64_t first, int64_t last,
                           struct lm_digest *ret, struct lm_sha256 *ret_hash, struct lm_error *e)
{
    struct lm_digest d = { .n_rows = 0 };
    bool row = false;
    lm_err err = rows_of(c, p, part, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&d.pending, (size_t)1 << 30);
    sqlite3_stmt *q = p->rows[part];
    (void)sqlite3_bind_int64(q, 1, first);
    (void)sqlite3_bind_int64(q, 2, last);
    while ((err = lm_db_step(c->st, q, &row, e)) == LM_OK && row)
        if ((err = lm_digest_add_row(&d, q)) != LM_OK)
            break;
    (void)sqlite3_reset(q);
    *ret = (struct lm_digest){ .first = d.first, .last = d.last, .n_rows = d.n_rows };
    if (err == LM_OK || d.run != NULL) {
        lm_err ended = lm_digest_end(&d, ret_hash);
        err = err != LM_OK ? err : ended;
    }
    lm_buf_free(&d.pending);
    return err == LM_ENOMEM ? no_memory(e) : err;
}

static lm_err check_part(struct lm_check *c, struct parts *p, int64_t batch, sqlite3_stmt *q, struct lm_buf *b,
                         struct lm_error *e)
{
    struct lm_sha256 stored, computed;
    struct lm_digest d;
    char name[64];
    int part = part_named(lm_db_str(q, 0));
    int64_t first = sqlite3_column_int64(q, 1), last = sqlite3_column_int64(q, 2), n = sqlite3_column_int64(q, 3);
    (void)snprintf(name, sizeof name, "%.*s", LM_STR_ARG(lm_db_str(q, 0)));
    bool whole = part >= 0 && lm_db_sha256(q, 4, &stored);
    if (whole) {
        lm_digest_part(b, name, first, last, (uint64_t)n, &stored);
        p->n_rows[part] += (uint64_t)n;
        lm_err err = digest_again(c, p, part, first, last, &d, &computed, e);
        if (err != LM_OK)
            return err;
        if (d.n_rows == (uint64_t)n && memcmp(&stored, &computed, sizeof stored) == 0)
            return LM_OK;
    }
    c->out.batches_ok = false;
    return lm_check_finding(c, "batch", "batch %lld: the rows %lld to %lld of %s are not those that were written",
                            (long long)batch, (long long)first, (long long)last, name);
}

static lm_err check_batch(struct lm_check *c, struct parts *p, int64_t batch, const struct lm_sha256 *digest,
                          struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct lm_buf b;
    struct lm_sha256 whole;
    lm_buf_init(&b, 1 << 20);
    lm_err err = lm_db_prepare(c->st, "SELECT part, first, last, n_rows, digest FROM batch_part WHERE batch = ?"
                                      " ORDER BY part", &q, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(q, 1, batch);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row)
        err = check_part(c, p, batch, q, &b, e);
    (void)sqlite3_finalize(q);
    if (err == LM_OK && (b.failed || lm_sha256_of(lm_buf_str(&b), &whole) != LM_OK))
        err = no_memory(e);
    lm_buf_free(&b);
    if (err == LM_OK && memcmp(&whole, digest, sizeof whole) != 0) {
        c->out.batches_ok = false;
        err = lm_check_finding(c, "batch", "batch %lld: its digest does not belong to its parts", (long long)batch);
    }
    return err;
}

/* Rows that were put in beside an import. */
static lm_err check_coverage(struct lm_check *c, const struct parts *p, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (int i = 0; i < LM_PARTS && err == LM_OK; i++) {
        char sql[96];
        int64_t n = 0;
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", lm_parts[i].table);
        err = lm_db_i64(c->st, sql, 0, &n, e);
        if (err != LM_OK || (uint64_t)n == p->n_rows[i])
            continue;
        c->out.batches_ok = false;
        err = lm_check_finding(c, "batch", "%s holds %lld rows, of which %llu were imported", lm_parts[i].table,
                               (long long)n, (unsigned long long)p->n_rows[i]);
    }
    return err;
}

lm_err lm_check_batches(struct lm_check *c, struct lm_error *e)
{
    struct parts p = { 0 };
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(c->st, "SELECT id, digest FROM batch ORDER BY id", &q, e);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row) {
        struct lm_sha256 digest = { { 0 } };
        (void)lm_db_sha256(q, 1, &digest);
        err = check_batch(c, &p, sqlite3_column_int64(q, 0), &digest, e);
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        err = check_coverage(c, &p, e);
    for (size_t i = 0; i < LM_PARTS; i++)
        (void)sqlite3_finalize(p.rows[i]);
    return err;
}

/* --- the ledger --- */

enum { N_KEPT, N_DUPLICATE, N_HELD, N_REJECTED, N_FACTS, N_PROBLEMS, NUMBERS };

#define OP_ROWS(table) " UNION ALL SELECT source, 4, count(*) FROM " table " GROUP BY source"

static const char recount[] =
    "SELECT source, 0, count(*) FROM record GROUP BY source"
    " UNION ALL SELECT source, 1, count(*) FROM duplicate GROUP BY source"
    " UNION ALL SELECT source, 2, count(*) FROM held GROUP BY source"
    " UNION ALL SELECT source, 3, sum(records) FROM problem GROUP BY source"
    " UNION ALL SELECT source, 5, count(*) FROM problem GROUP BY source"
    " UNION ALL SELECT source, 4, count(*) FROM event GROUP BY source"
    " UNION ALL SELECT source, 4, count(*) FROM account_identifier WHERE record IS NOT NULL GROUP BY source"
    OP_ROWS("investigation_row") OP_ROWS("seizure") OP_ROWS("lab_result") OP_ROWS("firearm") OP_ROWS("money")
    OP_ROWS("arrest") OP_ROWS("overdose") OP_ROWS("charge") OP_ROWS("pill_press") OP_ROWS("organization")
    OP_ROWS("firearm_link");

struct tally {
    int64_t n[NUMBERS];
};

static lm_err tally_rows(struct lm_check *c, struct lm_map *map, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(c->st, recount, &q, e);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row) {
        int64_t source = sqlite3_column_int64(q, 0);
        int which = sqlite3_column_int(q, 1);
        uint64_t *at;
        bool fresh = false;
        struct lm_str key = { (const char *)&source, sizeof source };
        if (lm_map_put(map, key, 0, &at, &fresh) != LM_OK)
            err = no_memory(e);
        if (err == LM_OK && fresh) {
            struct tally *t = lm_arena_alloc(&c->arena, sizeof *t);
            *at = (uint64_t)(uintptr_t)t;
            err = t != NULL ? LM_OK : no_memory(e);
        }
        if (err == LM_OK && which >= 0 && which < NUMBERS)
            ((struct tally *)(uintptr_t)*at)->n[which] += sqlite3_column_int64(q, 2);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err check_source(struct lm_check *c, const struct lm_map *map, sqlite3_stmt *q)
{
    static const struct tally none = { { 0 } };
    int64_t id = sqlite3_column_int64(q, 0);
    const uint64_t *at = lm_map_get(map, (struct lm_str){ (const char *)&id, sizeof id });
    const struct tally *t = at != NULL ? (const struct tally *)(uintptr_t)*at : &none;
    c->out.sources++;
    if (sqlite3_column_type(q, 2) == SQLITE_NULL)
        return lm_check_finding(c, "note", "source %lld was not read to its end: being imported, or interrupted",
                                (long long)id);
    int64_t seen = sqlite3_column_int64(q, 3), sum = 0;
    bool same = true;
    for (int i = 0; i < NUMBERS; i++) {
        same = same && t->n[i] == sqlite3_column_int64(q, 4 + i);
        sum += i <= N_REJECTED ? t->n[i] : 0;
    }
    if (same && seen == sum)
        return LM_OK;
    c->out.sources_open++;
    return lm_check_finding(c, "ledger", "source %lld: the counts do not close: seen %lld; in the tables %lld kept,"
                                         " %lld duplicate, %lld held, %lld rejected, %lld facts",
                            (long long)id, (long long)seen, (long long)t->n[N_KEPT], (long long)t->n[N_DUPLICATE],
                            (long long)t->n[N_HELD], (long long)t->n[N_REJECTED], (long long)t->n[N_FACTS]);
}

lm_err lm_check_ledger(struct lm_check *c, struct lm_error *e)
{
    struct lm_map map;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_map_init(&map, &c->arena);
    lm_err err = tally_rows(c, &map, e);
    if (err == LM_OK)
        err = lm_db_prepare(c->st, "SELECT id, path, state, seen, kept, duplicate, held, rejected, facts, problems"
                                   " FROM source ORDER BY id", &q, e);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row)
        err = check_source(c, &map, q);
    (void)sqlite3_finalize(q);
    return err;
}
