#include <stdio.h>

#include "store/look.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- the list --- */

static lm_err thread_row(struct lm_look *look, sqlite3_stmt *q, struct lm_thread_row *ret, struct lm_error *e)
{
    struct lm_sha256 exhibit;
    char hex[65];
    if (!lm_db_sha256(q, 4, &exhibit))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    struct lm_thread_row r = {
        .id = sqlite3_column_int64(q, 0),
        .platform = (enum lm_platform)sqlite3_column_int(q, 1),
        .kind = (enum lm_thread_kind)sqlite3_column_int(q, 2),
        .native = lm_arena_copy(&look->arena, lm_db_str(q, 3)),
        .exhibit = lm_arena_copy(&look->arena, lm_str(lm_sha256_hex(&exhibit, hex))),
        .source = lm_arena_copy(&look->arena, lm_db_str(q, 5)),
        .events = (uint64_t)sqlite3_column_int64(q, 6),
        .first_us = sqlite3_column_int64(q, 7),
        .last_us = sqlite3_column_int64(q, 8),
    };
    lm_err err = lm_look_title(look, r.id, &r.title, e);
    if (err == LM_OK && (r.native.p == NULL || r.exhibit.p == NULL || r.source.p == NULL))
        err = no_memory(e);
    if (err == LM_OK)
        *ret = r;
    return err;
}

static lm_err list_threads(struct lm_look *look, struct lm_thread_row **ret, size_t *ret_n, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    size_t n = 0;
    struct lm_thread_row *rows = NULL;
    lm_err err = lm_db_prepare(
        look->st,
        "SELECT t.id, t.platform, t.kind, t.native, x.sha256, y.path, count(*), min(e.at_us), max(e.at_us),"
        " count(*) OVER () FROM thread t JOIN exhibit x ON x.id = t.exhibit JOIN source y ON y.id = t.source"
        " JOIN event e ON e.thread = t.id JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"
        " WHERE" LM_LOOK_LIVE " AND" LM_LOOK_REVIEWED " GROUP BY t.id ORDER BY t.id",
        &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        if (rows == NULL)
            rows = lm_arena_array(&look->arena, (size_t)sqlite3_column_int64(q, 9), sizeof *rows);
        err = rows != NULL ? thread_row(look, q, &rows[n], e) : no_memory(e);
        if (err != LM_OK)
            break;
        n++;
    }
    (void)sqlite3_finalize(q);
    *ret = rows;
    *ret_n = n;
    return err;
}

lm_err lm_store_threads(struct lm_store *st, const struct lm_filter *f,
                        lm_err (*each)(void *user, const struct lm_thread_row *t), void *user, struct lm_error *e)
{
    struct lm_look look;
    struct lm_thread_row *rows = NULL;
    size_t n = 0;
    char outcome[48];
    lm_err err = lm_look_begin(st, f, &look, e);
    if (err == LM_OK) {
        err = list_threads(&look, &rows, &n, e);
        (void)snprintf(outcome, sizeof outcome, "returned %zu", n);
        err = lm_look_commit(&look, f, "threads", (struct lm_str){ NULL, 0 }, outcome, err, e);
    }
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = each(user, &rows[i]);
    lm_look_free(&look);
    return err;
}

/* --- one conversation --- */

static lm_err may_read(struct lm_look *look, int64_t thread, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT a.investigation = ?2, a.revoked_us IS NULL FROM thread t"
                                         " JOIN exhibit x ON x.id = t.exhibit JOIN authority a ON a.id = x.authority"
                                         " WHERE t.id = ?1", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, thread);
    (void)sqlite3_bind_int64(q, 2, look->investigation);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no thread %lld", (long long)thread);
    else if (err == LM_OK && sqlite3_column_int(q, 0) == 0)
        err = lm_fail(e, LM_EDENIED, "the thread does not lie under this investigation");
    else if (err == LM_OK && sqlite3_column_int(q, 1) == 0)
        err = lm_fail(e, LM_EDENIED, "the authority under which the thread was acquired is revoked");
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err read_thread(struct lm_look *look, int64_t thread, uint64_t limit, uint64_t offset, uint64_t *ret_total,
                          struct lm_error *e)
{
    sqlite3_stmt *q = NULL, *n = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT count(*) FROM event e JOIN source s ON s.id = e.source"
                                         " JOIN authority a ON a.id = s.authority"
                                         " WHERE e.thread = ?2 AND" LM_LOOK_LIVE " AND" LM_LOOK_REVIEWED, &n, e);
    if (err == LM_OK)
        err = lm_db_prepare(look->st, "SELECT " LM_LOOK_HIT_COLUMNS " FROM" LM_LOOK_HIT_TABLES
                                      " WHERE e.thread = ?2 AND" LM_LOOK_LIVE " AND" LM_LOOK_REVIEWED
                                      " ORDER BY e.at_us IS NULL, e.at_us, e.source, e.record, e.id LIMIT ?3 OFFSET ?4",
                            &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(n, 1, look->investigation);
        (void)sqlite3_bind_int64(n, 2, thread);
        (void)sqlite3_bind_int64(q, 1, look->investigation);
        (void)sqlite3_bind_int64(q, 2, thread);
        (void)sqlite3_bind_int64(q, 3, limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit);
        (void)sqlite3_bind_int64(q, 4, offset > INT64_MAX ? INT64_MAX : (int64_t)offset);
        err = lm_db_step(look->st, n, &row, e);
    }
    if (err == LM_OK)
        *ret_total = (uint64_t)sqlite3_column_int64(n, 0);
    while (err == LM_OK && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_hit *h;
        err = lm_look_hit(look, q, &h, e);
    }
    (void)sqlite3_finalize(q);
    (void)sqlite3_finalize(n);
    return err;
}

lm_err lm_store_thread(struct lm_store *st, const struct lm_filter *f, int64_t thread, uint64_t limit, uint64_t offset,
                       lm_err (*each)(void *user, const struct lm_hit *event), void *user, uint64_t *ret_total,
                       struct lm_error *e)
{
    struct lm_look look;
    uint64_t total = 0;
    char outcome[64], detail[48];
    (void)snprintf(detail, sizeof detail, "thread %lld", (long long)thread);
    lm_err err = lm_look_begin(st, f, &look, e);
    if (err == LM_OK) {
        err = may_read(&look, thread, e);
        if (err == LM_OK)
            err = read_thread(&look, thread, limit, offset, &total, e);
        (void)snprintf(outcome, sizeof outcome, "returned %zu of %llu", look.n_hits, (unsigned long long)total);
        err = lm_look_commit(&look, f, "thread", lm_str(detail), outcome, err, e);
    }
    for (size_t i = 0; i < look.n_hits && err == LM_OK; i++)
        err = each(user, &look.hits[i]);
    if (err == LM_OK)
        *ret_total = total;
    lm_look_free(&look);
    return err;
}
