#include "store/db.h"

#include <errno.h>
#include <sys/file.h>
#include <time.h>

#define PROGRESS_STEPS 10000 /* of SQLite's machine, well under a millisecond, between two questions to the flag */

lm_err lm_db_fail(struct lm_store *st, int rc, struct lm_error *e)
{
    const char *why = sqlite3_errmsg(st->db);
    lm_err err;
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        err = lm_fail(e, LM_ELOCKED, "another process has been writing to the workspace for more than 5 seconds");
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        err = lm_fail(e, LM_EDAMAGED, "the workspace is damaged: %s", why);
        break;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
        err = lm_fail(e, LM_EIO, "the workspace cannot be read or written: %s", why);
        break;
    case SQLITE_NOMEM:
        err = lm_fail(e, LM_ENOMEM, "out of memory");
        break;
    case SQLITE_INTERRUPT:
        err = lm_fail(e, LM_ECANCELLED, "cancelled");
        break;
    case SQLITE_TOOBIG:
        err = lm_fail(e, LM_ELIMIT, "a value is larger than the workspace can hold");
        break;
    default:
        err = lm_fail(e, LM_EINTERNAL, "the workspace refused a statement: %s", why);
        break;
    }
    lm_fail_at(e, st->path, "%s", "");
    return err;
}

lm_err lm_db_exec(struct lm_store *st, const char *sql, struct lm_error *e)
{
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? LM_OK : lm_db_fail(st, rc, e);
}

lm_err lm_db_prepare(struct lm_store *st, const char *sql, sqlite3_stmt **ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v3(st->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q, NULL);
    if (rc != SQLITE_OK)
        return lm_db_fail(st, rc, e);
    *ret = q;
    return LM_OK;
}

static bool cancelled(const struct lm_store *st)
{
    return st->cancel != NULL && !st->writing && atomic_load_explicit(st->cancel, memory_order_relaxed);
}

lm_err lm_db_alive(struct lm_store *st, struct lm_error *e)
{
    return cancelled(st) ? lm_db_fail(st, SQLITE_INTERRUPT, e) : LM_OK;
}

static int is_cancelled(void *user)
{
    return cancelled(user);
}

void lm_store_set_cancel(struct lm_store *st, const atomic_bool *cancel)
{
    st->cancel = cancel;
    sqlite3_progress_handler(st->db, cancel != NULL ? PROGRESS_STEPS : 0, is_cancelled, st);
}

lm_err lm_db_step(struct lm_store *st, sqlite3_stmt *q, bool *ret_row, struct lm_error *e)
{
    int rc = cancelled(st) ? SQLITE_INTERRUPT : sqlite3_step(q);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        return lm_db_fail(st, rc, e);
    *ret_row = rc == SQLITE_ROW;
    return LM_OK;
}

lm_err lm_db_run(struct lm_store *st, sqlite3_stmt *q, struct lm_error *e)
{
    int rc = sqlite3_step(q);
    lm_err err = rc == SQLITE_DONE || rc == SQLITE_ROW ? LM_OK : lm_db_fail(st, rc, e);
    (void)sqlite3_reset(q);
    return err;
}

void lm_db_bind_str(sqlite3_stmt *q, int i, struct lm_str s)
{
    (void)sqlite3_bind_text64(q, i, s.p != NULL ? s.p : "", s.n, SQLITE_STATIC, SQLITE_UTF8);
}

void lm_db_bind_str_null(sqlite3_stmt *q, int i, struct lm_str s)
{
    if (s.n == 0)
        (void)sqlite3_bind_null(q, i);
    else
        lm_db_bind_str(q, i, s);
}

void lm_db_bind_day(sqlite3_stmt *q, int i, int32_t day)
{
    if (day == LM_DAY_NONE)
        (void)sqlite3_bind_null(q, i);
    else
        (void)sqlite3_bind_int(q, i, day);
}

void lm_db_bind_sha256(sqlite3_stmt *q, int i, const struct lm_sha256 *h)
{
    (void)sqlite3_bind_blob(q, i, h->b, sizeof h->b, SQLITE_STATIC);
}

struct lm_str lm_db_str(sqlite3_stmt *q, int i)
{
    const char *p = (const char *)sqlite3_column_blob(q, i);
    int n = sqlite3_column_bytes(q, i);
    return (struct lm_str){ p, p != NULL && n > 0 ? (size_t)n : 0 };
}

int32_t lm_db_day(sqlite3_stmt *q, int i)
{
    return sqlite3_column_type(q, i) == SQLITE_NULL ? LM_DAY_NONE : sqlite3_column_int(q, i);
}

bool lm_db_sha256(sqlite3_stmt *q, int i, struct lm_sha256 *ret)
{
    struct lm_str s = lm_db_str(q, i);
    if (s.n != sizeof ret->b)
        return false;
    memcpy(ret->b, s.p, sizeof ret->b);
    return true;
}

lm_err lm_db_i64(struct lm_store *st, const char *sql, int64_t fallback, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK)
        *ret = row && sqlite3_column_type(q, 0) != SQLITE_NULL ? sqlite3_column_int64(q, 0) : fallback;
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_db_flock(int fd, int64_t wait_us)
{
    struct timespec nap = { 0, 2000000 };
    for (int64_t waited = 0;; waited += 2000) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return LM_OK;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return LM_EIO;
        if (waited >= wait_us)
            return LM_ELOCKED;
        (void)nanosleep(&nap, NULL);
    }
}

lm_err lm_db_begin(struct lm_store *st, struct lm_error *e)
{
    st->writing = true;
    if (sqlite3_get_autocommit(st->db) == 0) { /* inside an import on the same connection */
        st->nested++;
        return lm_db_exec(st, "SAVEPOINT nested", e);
    }
    /* Holding the turn is a courtesy between our processes; BEGIN IMMEDIATE decides. */
    lm_err err = lm_db_flock(st->turn_fd, LM_STORE_WAIT_US);
    err = err == LM_ELOCKED ? lm_db_fail(st, SQLITE_BUSY, e) : lm_db_exec(st, "BEGIN IMMEDIATE", e);
    if (err != LM_OK) {
        (void)flock(st->turn_fd, LOCK_UN);
        st->writing = false;
    }
    return err;
}

lm_err lm_db_end(struct lm_store *st, lm_err err, struct lm_error *e)
{
    if (st->nested > 0) {
        st->nested--;
        if (err == LM_OK)
            err = lm_db_exec(st, "RELEASE nested", e);
        else
            (void)sqlite3_exec(st->db, "ROLLBACK TO nested; RELEASE nested", NULL, NULL, NULL);
        st->writing = false;
        return err;
    }
    if (err == LM_OK)
        err = lm_db_exec(st, "COMMIT", e);
    if (err != LM_OK && sqlite3_get_autocommit(st->db) == 0)
        (void)sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
    (void)flock(st->turn_fd, LOCK_UN);
    st->writing = false;
    return err;
}

int64_t lm_db_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * LM_SECOND_US + t.tv_nsec / 1000;
}
