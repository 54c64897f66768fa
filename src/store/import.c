#include "store/import.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/authority.h"
#include "store/blob.h"
#include "store/ledger.h"

#define LOCK_TEXT 32
/* Between the batches of one import only the last commit has to reach the disk at once. What a row points to has been
 * written or looked up by this import: docs/decisions/0010-workspace-sqlite.md. */
#define SETTINGS "PRAGMA foreign_keys=OFF; PRAGMA synchronous=NORMAL"
#define SETTINGS_BEFORE "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static int64_t monotonic_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * LM_SECOND_US + t.tv_nsec / 1000;
}

/* --- transactions --- */

lm_err lm_import_checked(struct lm_import *im, lm_err err)
{
    im->broken |= err != LM_OK;
    return err;
}

static lm_err sync_blobs(struct lm_import *im, struct lm_error *e)
{
    struct lm_sha256 few[16];
    size_t n = im->n_unsynced;
    for (size_t i = 0; i < n && n <= sizeof few / sizeof few[0]; i++)
        few[i] = im->unsynced[i].hash;
    return lm_blob_sync(im->st->exhibits_fd, few, n, e);
}

static lm_err note_blobs(struct lm_import *im, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(im->st, "INSERT OR IGNORE INTO blob(sha256, bytes, kept_us) VALUES(?, ?, ?)", &q, e);
    for (size_t i = 0; i < im->n_unsynced && err == LM_OK; i++) {
        lm_db_bind_sha256(q, 1, &im->unsynced[i].hash);
        (void)sqlite3_bind_int64(q, 2, (int64_t)im->unsynced[i].bytes);
        (void)sqlite3_bind_int64(q, 3, lm_db_now_us());
        err = lm_db_run(im->st, q, e);
    }
    (void)sqlite3_finalize(q);
    im->n_unsynced = 0;
    return err;
}

/* No row is committed that points at bytes which are not on the disk; and nobody waits for a lock while they get there. */
lm_err lm_import_writing(struct lm_import *im, struct lm_error *e)
{
    if (im->broken)
        return lm_fail(e, LM_EINTERNAL, "the import failed before and cannot go on");
    if (im->begun_us != 0)
        return LM_OK;
    lm_err err = im->n_unsynced != 0 ? sync_blobs(im, e) : LM_OK;
    if (err == LM_OK)
        err = lm_db_exec(im->st, "BEGIN IMMEDIATE", e);
    if (err != LM_OK)
        return err;
    im->begun_us = monotonic_us();
    im->entries = 0;
    return im->n_unsynced != 0 ? lm_import_checked(im, note_blobs(im, e)) : LM_OK;
}

lm_err lm_import_commit(struct lm_import *im, struct lm_error *e)
{
    bool any = false;
    if (im->begun_us == 0)
        return LM_OK;
    lm_err err = lm_contacts_flush(&im->contacts, e);
    if (err == LM_OK)
        err = lm_rows_seal(&im->rows, im->id, &any, e);
    if (err == LM_OK && im->inside) {
        im->begun_us = monotonic_us();
        im->entries = 0;
        return LM_OK;
    }
    if (err == LM_OK)
        err = lm_db_exec(im->st, "COMMIT", e);
    if (err != LM_OK)
        return lm_import_checked(im, err);
    im->begun_us = 0;
    /* Whoever waits to look has the turn: let them pass, but not for ever. */
    if (lm_db_flock(im->st->turn_fd, LM_STORE_WAIT_US) == LM_OK)
        (void)flock(im->st->turn_fd, LOCK_UN);
    return LM_OK;
}

/* Who wants to write holds the turn while the importer writes (lm_db_begin). Asked once in 10 ms. */
static bool somebody_waits(struct lm_import *im, int64_t now)
{
    if (now - im->asked_us < LM_IMPORT_COMMIT_US / 10)
        return false;
    im->asked_us = now;
    if (flock(im->st->turn_fd, LOCK_EX | LOCK_NB) != 0)
        return true;
    (void)flock(im->st->turn_fd, LOCK_UN);
    return false;
}

lm_err lm_import_maybe_commit(struct lm_import *im, struct lm_error *e)
{
    im->entries++;
    int64_t now = monotonic_us(), took = now - im->begun_us;
    if (im->entries < LM_IMPORT_COMMIT_ROWS && took < LM_IMPORT_COMMIT_US)
        return LM_OK;
    if (im->entries < LM_IMPORT_COMMIT_ROWS && took < LM_IMPORT_ALONE_US && !somebody_waits(im, now))
        return LM_OK;
    return lm_import_commit(im, e);
}

lm_err lm_import_flush(struct lm_import *im, struct lm_error *e)
{
    return im->broken ? LM_OK : lm_import_commit(im, e);
}

/* --- the lock --- */

lm_err lm_import_lock(struct lm_store *st, int *ret_fd, struct lm_error *e)
{
    char path[4096], pid[LOCK_TEXT] = { 0 };
    int n = snprintf(path, sizeof path, "%s/import.lock", st->folder);
    int fd = n > 0 && (size_t)n < sizeof path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    if (fd < 0) {
        (void)lm_fail(e, LM_EIO, "the lock of the workspace cannot be opened: %s", strerror(errno));
        lm_fail_at(e, path, "%s", "");
        return LM_EIO;
    }
    lm_err err = lm_db_flock(fd, LM_STORE_WAIT_US);
    if (err != LM_OK) {
        ssize_t k = pread(fd, pid, sizeof pid - 1, 0);
        while (k > 0 && (pid[k - 1] < '0' || pid[k - 1] > '9'))
            pid[--k] = '\0';
        err = lm_fail(e, LM_ELOCKED, "another import is writing to the workspace (process %s)", k > 0 ? pid : "?");
        lm_fail_at(e, st->path, "%s", "");
        lm_fail_hint(e, "wait until it has ended");
        (void)close(fd);
        return err;
    }
    n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
        (void)close(fd);
        return lm_fail(e, LM_EIO, "the lock of the workspace cannot be written: %s", strerror(errno));
    }
    *ret_fd = fd;
    return LM_OK;
}

/* --- begin and end --- */

static void forget(struct lm_import *im)
{
    if (!im->inside && sqlite3_get_autocommit(im->st->db) == 0)
        (void)sqlite3_exec(im->st->db, "ROLLBACK", NULL, NULL, NULL);
    if (!im->inside)
        (void)sqlite3_exec(im->st->db, SETTINGS_BEFORE, NULL, NULL, NULL);
    (void)sqlite3_finalize(im->fts);
    (void)sqlite3_finalize(im->at_place);
    (void)sqlite3_finalize(im->same_event);
    (void)sqlite3_finalize(im->legs_of);
    (void)sqlite3_finalize(im->twin);
    lm_rows_free(&im->rows);
    lm_intern_free(&im->intern);
    lm_contacts_free(&im->contacts);
    lm_buf_free(&im->ids);
    lm_arena_free(&im->run);
    lm_arena_free(&im->scratch);
    if (im->lock_fd >= 0)
        (void)close(im->lock_fd);
    free(im);
}

static lm_err may_import(const struct lm_authority *a, struct lm_error *e)
{
    int64_t today = lm_db_now_us() / LM_DAY_US;
    char day[LM_WHEN_TEXT];
    if (a->revoked)
        return lm_fail(e, LM_EDENIED, "the authority %.*s is revoked", LM_STR_ARG(a->id));
    if (a->expires_day != LM_DAY_NONE && a->expires_day < today)
        return lm_fail(e, LM_EDENIED, "the authority %.*s expired on %s", LM_STR_ARG(a->id),
                       lm_day_format(a->expires_day, day));
    return LM_OK;
}

static lm_err write_begin(struct lm_import *im, struct lm_str authority, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(im->st, "INSERT INTO import(authority, actor, program, begun_us) VALUES(?, ?, ?, ?)",
                               &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, im->authority);
    lm_db_bind_str(q, 2, lm_str(im->st->actor));
    lm_db_bind_str(q, 3, LM_STR("lastmile " LM_VERSION));
    (void)sqlite3_bind_int64(q, 4, lm_db_now_us());
    err = lm_db_run(im->st, q, e);
    (void)sqlite3_finalize(q);
    im->id = sqlite3_last_insert_rowid(im->st->db);
    char outcome[48];
    (void)snprintf(outcome, sizeof outcome, "import %lld", (long long)im->id);
    return err != LM_OK ? err : lm_audit_add(im->st, "import.begin", authority, lm_str(outcome), e);
}

static lm_err find_authority(struct lm_import *im, struct lm_str id, struct lm_authority *ret, struct lm_error *e)
{
    lm_err err = lm_authority_find(im->st, &im->run, id, ret, &im->authority, &im->investigation, e);
    if (err != LM_OK)
        return err;
    im->content = ret->reach == LM_REACH_CONTENT;
    im->location = ret->reaches_location;
    lm_intern_init(&im->intern, &im->rows, im->investigation);
    lm_contacts_init(&im->contacts, im->st, im->authority);
    return LM_OK;
}

static lm_err begin(struct lm_import *im, struct lm_str id, struct lm_error *e)
{
    struct lm_authority a;
    lm_err err = find_authority(im, id, &a, e);
    if (err == LM_OK && (err = may_import(&a, e)) == LM_EDENIED) {
        lm_err logged = lm_store_audit(im->st, "import.begin", id, "denied", NULL);
        return logged == LM_OK ? err : lm_fail(e, logged, "the refusal could not be written into the audit chain");
    }
    if (err == LM_OK)
        err = lm_import_recover(im->st, e);
    if (err == LM_OK)
        err = lm_db_begin(im->st, e);
    if (err == LM_OK)
        err = lm_db_end(im->st, write_begin(im, id, e), e);
    return err != LM_OK ? err : lm_db_exec(im->st, SETTINGS, e);
}

static struct lm_import *fresh(struct lm_store *st, int lock_fd)
{
    struct lm_import *im = calloc(1, sizeof *im);
    if (im == NULL)
        return NULL;
    im->st = st;
    im->lock_fd = lock_fd;
    lm_arena_init(&im->run, 0);
    lm_arena_init(&im->scratch, 0);
    lm_map_init(&im->blobs, &im->run);
    lm_rows_init(&im->rows, st);
    lm_buf_init(&im->ids, (size_t)1 << 28);
    return im;
}

lm_err lm_import_begin_inside(struct lm_store *st, struct lm_str authority, struct lm_import **ret, struct lm_error *e)
{
    struct lm_authority a;
    struct lm_import *im = fresh(st, -1);
    if (im == NULL)
        return no_memory(e);
    im->inside = true;
    im->begun_us = monotonic_us();
    lm_err err = find_authority(im, authority, &a, e);
    if (err == LM_OK)
        err = write_begin(im, authority, e);
    if (err == LM_OK)
        err = lm_db_i64(st, "SELECT max(id) FROM event", 0, &im->last_event, e);
    if (err != LM_OK) {
        forget(im);
        return err;
    }
    *ret = im;
    return LM_OK;
}

lm_err lm_import_begin(struct lm_store *st, struct lm_str authority, struct lm_import **ret, struct lm_error *e)
{
    int fd;
    if (st->mode != LM_STORE_WRITE)
        return lm_fail(e, LM_EUSAGE, "the workspace is open for reading only");
    lm_err err = lm_import_lock(st, &fd, e);
    if (err != LM_OK)
        return err;
    struct lm_import *im = fresh(st, fd);
    if (im == NULL) {
        (void)close(fd);
        return no_memory(e);
    }
    err = begin(im, authority, e);
    if (err != LM_OK) {
        forget(im);
        return err;
    }
    *ret = im;
    return LM_OK;
}

lm_err lm_import_map(struct lm_import *im, struct lm_str name, const struct lm_sha256 *sha256, struct lm_error *e)
{
    char object[48], outcome[65 + 200];
    (void)snprintf(object, sizeof object, "import %lld", (long long)im->id);
    lm_err err = lm_import_writing(im, e);
    if (err != LM_OK)
        return err;
    (void)lm_sha256_hex(sha256, outcome);
    name = lm_str_take(name, 190);
    name = lm_str_take(name, lm_utf8_valid_prefix(name));
    (void)snprintf(outcome + 64, sizeof outcome - 64, " %.*s", LM_STR_ARG(name));
    return lm_import_checked(im, lm_audit_add(im->st, "import.map", lm_str(object), lm_str(outcome), e));
}

static lm_err write_end(struct lm_import *im, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    char object[48], outcome[LM_COUNTS_TEXT];
    lm_err err = lm_db_prepare(im->st, "UPDATE import SET ended_us = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
    (void)sqlite3_bind_int64(q, 2, im->id);
    err = lm_db_run(im->st, q, e);
    (void)sqlite3_finalize(q);
    (void)snprintf(object, sizeof object, "import %lld", (long long)im->id);
    lm_counts_text(&im->totals, outcome);
    return err != LM_OK ? err : lm_audit_add(im->st, "import.end", lm_str(object), lm_str(outcome), e);
}

static lm_err end(struct lm_import *im, struct lm_error *e)
{
    struct lm_counts ignored;
    lm_err err = lm_import_writing(im, e);
    for (size_t i = 0; i < im->n_sources && err == LM_OK; i++)
        if (!im->sources[i]->ended)
            err = lm_import_source_end(im, im->sources[i]->id, LM_SOURCE_INTERRUPTED, &ignored, e);
    if (err == LM_OK)
        err = lm_import_commit(im, e);
    if (err == LM_OK && !im->inside) /* the last commit reaches the disk, and with it all before */
        err = lm_db_exec(im->st, "PRAGMA synchronous=FULL", e);
    if (err == LM_OK)
        err = lm_import_writing(im, e);
    if (err == LM_OK)
        err = write_end(im, e);
    return err != LM_OK ? err : lm_import_commit(im, e);
}

lm_err lm_import_end(struct lm_import *im, struct lm_counts *ret_totals, struct lm_error *e)
{
    lm_err err = end(im, e);
    if (err == LM_OK)
        *ret_totals = im->totals;
    forget(im);
    return err;
}

void lm_import_abandon(struct lm_import *im)
{
    if (im == NULL)
        return;
    if (!im->broken && !im->inside)
        (void)lm_import_commit(im, NULL);
    forget(im);
}

/* --- blobs --- */

static lm_err remember_blob(struct lm_import *im, const struct lm_blob *b, struct lm_error *e)
{
    uint64_t *at;
    bool fresh = false;
    struct lm_import_unsynced *list = lm_arena_grow(&im->run, im->unsynced, im->n_unsynced, &im->cap_unsynced, sizeof *list);
    if (list == NULL
        || lm_map_put(&im->blobs, (struct lm_str){ (const char *)b->hash.b, sizeof b->hash.b }, 0, &at, &fresh) != LM_OK)
        return no_memory(e);
    im->unsynced = list;
    list[im->n_unsynced++] = (struct lm_import_unsynced){ b->hash, b->bytes };
    if (fresh) {
        struct lm_import_blob *x = lm_arena_alloc(&im->run, sizeof *x);
        *at = (uint64_t)(uintptr_t)x;
        if (x == NULL)
            return no_memory(e);
    }
    struct lm_import_blob *x = (struct lm_import_blob *)(uintptr_t)*at;
    x->stamp = b->stamp;
    x->replaced |= b->aside[0] != '\0';
    return LM_OK;
}

static lm_err enter_replaced(struct lm_import *im, const struct lm_blob *b, struct lm_error *e)
{
    char object[65], outcome[LM_BLOB_NAME + 64];
    (void)lm_sha256_hex(&b->hash, object);
    (void)snprintf(outcome, sizeof outcome, "other bytes stood there; set aside as %s", b->aside);
    return lm_audit_add(im->st, "blob.replace", lm_str(object), lm_str(outcome), e);
}

lm_err lm_import_blob(struct lm_import *im, int fd, struct lm_sha256 *ret_hash, uint64_t *ret_bytes,
                      struct lm_error *e)
{
    struct lm_blob b;
    lm_err err = lm_import_flush(im, e); /* copying may take long: nobody waits for it */
    if (err == LM_OK)
        err = lm_blob_keep(im->st->exhibits_fd, fd, &b, e);
    if (err == LM_OK)
        err = lm_import_checked(im, remember_blob(im, &b, e));
    if (err == LM_OK && b.aside[0] != '\0') {
        err = lm_import_writing(im, e);
        if (err == LM_OK)
            err = lm_import_checked(im, enter_replaced(im, &b, e));
    }
    if (err == LM_OK) {
        *ret_hash = b.hash;
        *ret_bytes = b.bytes;
    }
    return err;
}

static struct lm_import_blob *kept_blob(const struct lm_import *im, const struct lm_sha256 *hash)
{
    const uint64_t *at = lm_map_get(&im->blobs, (struct lm_str){ (const char *)hash->b, sizeof hash->b });
    return at != NULL ? (struct lm_import_blob *)(uintptr_t)*at : NULL;
}

bool lm_import_blob_replaced(const struct lm_import *im, const struct lm_sha256 *hash)
{
    const struct lm_import_blob *x = kept_blob(im, hash);
    return x != NULL && x->replaced;
}

lm_err lm_import_open_blob(struct lm_import *im, const struct lm_sha256 *hash, int *ret_fd, struct lm_error *e)
{
    struct lm_import_blob *x = kept_blob(im, hash);
    struct lm_blob_stamp unknown = { 0 };
    return lm_blob_open_sound(im->st->exhibits_fd, hash, x != NULL ? &x->stamp : &unknown, ret_fd, e);
}
