/* db.h - the connection under a workspace; inside src/store/ only.
 *
 * Every SQLite failure becomes an lm_err with the workspace's name: busy LM_ELOCKED, corrupt or not a database
 * LM_EDAMAGED, disk LM_EIO, memory LM_ENOMEM, interrupted LM_ECANCELLED, the rest LM_EINTERNAL.
 */
#ifndef LM_STORE_DB_H
#define LM_STORE_DB_H

#include <sqlite3.h>

#include "base/buf.h"
#include "store/store.h"

#define LM_STORE_WAIT_US (INT64_C(5) * LM_SECOND_US)

struct lm_store {
    sqlite3 *db;
    char *path;   /* NAME.lastmile */
    char *folder; /* NAME.lastmile.d */
    char *actor;
    enum lm_store_mode mode;
    int exhibits_fd; /* the folder exhibits/ */
    int turn_fd;     /* turn.lock: whoever wants a short write takes it; an import lets them pass between commits */
    int nested;   /* savepoints inside an import's transaction */
    bool writing; /* between lm_db_begin and lm_db_end: a short write is not cancelled, it may be the entry that says so */
    bool looking; /* a look's rows are being handed out */
    const atomic_bool *cancel; /* or NULL */
    sqlite3_stmt *audit_insert, *audit_last;
};

/* A second connection to the same workspace, for another thread; closed by lm_store_close. The folder and its locks stay
 * with the first. */
lm_err lm_db_beside(const struct lm_store *st, struct lm_store **ret, struct lm_error *e);

/* Fills e from the connection's last error; rc as SQLite gave it. */
lm_err lm_db_fail(struct lm_store *st, int rc, struct lm_error *e);
/* SQL without results. */
lm_err lm_db_exec(struct lm_store *st, const char *sql, struct lm_error *e);
lm_err lm_db_prepare(struct lm_store *st, const char *sql, sqlite3_stmt **ret, struct lm_error *e);
/* Steps to the end or the first row; *ret_row says which. */
lm_err lm_db_step(struct lm_store *st, sqlite3_stmt *q, bool *ret_row, struct lm_error *e);
/* Steps a statement that gives no rows and resets it. */
lm_err lm_db_run(struct lm_store *st, sqlite3_stmt *q, struct lm_error *e);

void lm_db_bind_str(sqlite3_stmt *q, int i, struct lm_str s);       /* not copied: s must outlive the step */
void lm_db_bind_str_null(sqlite3_stmt *q, int i, struct lm_str s);  /* empty: NULL */
void lm_db_bind_day(sqlite3_stmt *q, int i, int32_t day);           /* LM_DAY_NONE: NULL */
void lm_db_bind_sha256(sqlite3_stmt *q, int i, const struct lm_sha256 *h);
struct lm_str lm_db_str(sqlite3_stmt *q, int i);                    /* valid until the next step */
int32_t lm_db_day(sqlite3_stmt *q, int i);
/* False when the column does not hold 32 bytes. */
bool lm_db_sha256(sqlite3_stmt *q, int i, struct lm_sha256 *ret);

/* One number; fallback when there is no row or it is NULL. */
lm_err lm_db_i64(struct lm_store *st, const char *sql, int64_t fallback, int64_t *ret, struct lm_error *e);

/* A short write of its own: takes its turn (see turn_fd), then BEGIN IMMEDIATE. lm_db_end commits when err is LM_OK
 * and rolls back otherwise; it returns err, or why the commit failed. */
lm_err lm_db_begin(struct lm_store *st, struct lm_error *e);
lm_err lm_db_end(struct lm_store *st, lm_err err, struct lm_error *e);

/* LM_ECANCELLED, with detail, once the caller's flag is up and no short write is under way. */
lm_err lm_db_alive(struct lm_store *st, struct lm_error *e);

/* Waits at most `wait_us` for an exclusive lock on fd. LM_ELOCKED, without detail, when it stays taken. */
lm_err lm_db_flock(int fd, int64_t wait_us);

int64_t lm_db_now_us(void);

/* Makes an empty file and the folders of a workspace; LM_EEXIST. */
lm_err lm_store_files(const char *path, const char *actor, struct lm_error *e);

#endif
