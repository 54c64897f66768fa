#include <unistd.h>

#include "store/audit.h"
#include "store/blob.h"
#include "store/verify.h"

#define PAGES_AT_ONCE 2000

static lm_err copy_database(struct lm_store *st, const char *path, struct lm_error *e)
{
    struct lm_store to = { .path = st->path };
    int rc = sqlite3_open_v2(path, &to.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    sqlite3_backup *b = rc == SQLITE_OK ? sqlite3_backup_init(to.db, "main", st->db, "main") : NULL;
    lm_err err = b != NULL ? LM_OK : lm_db_fail(&to, rc == SQLITE_OK ? sqlite3_errcode(to.db) : rc, e);
    int waited_ms = 0;
    while (err == LM_OK) {
        rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
        if (rc == SQLITE_DONE)
            break;
        if ((rc == SQLITE_BUSY || rc == SQLITE_LOCKED) && waited_ms < 5000)
            waited_ms += sqlite3_sleep(10);
        else if (rc != SQLITE_OK)
            err = lm_db_fail(&to, rc, e);
    }
    if (b != NULL && (rc = sqlite3_backup_finish(b)) != SQLITE_OK && err == LM_OK)
        err = lm_db_fail(&to, rc, e);
    (void)sqlite3_close_v2(to.db);
    return err;
}

/* Bytes that are missing or changed are left to the verification of the copy to tell. */
static lm_err copy_blobs(struct lm_store *from, struct lm_store *to, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(to, "SELECT sha256 FROM blob ORDER BY sha256", &q, e);
    while (err == LM_OK && (err = lm_db_step(to, q, &row, e)) == LM_OK && row) {
        struct lm_sha256 hash;
        struct lm_blob copied;
        int fd = -1;
        if (!lm_db_sha256(q, 0, &hash) || lm_blob_open(from->exhibits_fd, &hash, &fd, e) != LM_OK)
            continue;
        err = lm_blob_keep(to->exhibits_fd, fd, &copied, e);
        (void)close(fd);
    }
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_blob_sync(to->exhibits_fd, NULL, SIZE_MAX, e);
}

static lm_err finish(struct lm_store *st, struct lm_store *to, struct lm_verify *ret,
                     lm_err (*each)(void *user, const char *what, const char *detail), void *user, struct lm_error *e)
{
    struct lm_verify v;
    lm_err err = copy_blobs(st, to, e);
    if (err == LM_OK)
        err = lm_check_all(to, NULL, &v, each, user, e);
    if (err != LM_OK)
        return err;
    *ret = v;
    err = lm_store_audit(st, "backup", lm_str(to->path), lm_check_sound(&v) ? "sound" : "damaged", e);
    if (err != LM_OK || lm_check_sound(&v))
        return err;
    err = lm_fail(e, LM_EDAMAGED, "the copy is not sound");
    lm_fail_at(e, to->path, "%s", "");
    return err;
}

lm_err lm_store_backup(struct lm_store *st, const char *path, struct lm_verify *ret,
                       lm_err (*each)(void *user, const char *what, const char *detail), void *user,
                       struct lm_error *e)
{
    struct lm_store *to = NULL;
    lm_err err = lm_store_files(path, st->actor, e);
    if (err == LM_OK) /* first, so that the copy knows that it is one */
        err = lm_store_audit(st, "backup", lm_str(path), "begun", e);
    if (err == LM_OK)
        err = copy_database(st, path, e);
    if (err == LM_OK)
        err = lm_store_open(path, LM_STORE_WRITE, st->actor, &to, e);
    if (err == LM_OK)
        err = finish(st, to, ret, each, user, e);
    lm_store_close(to);
    return err;
}
