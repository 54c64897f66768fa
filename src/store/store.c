#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/contact.h"
#include "store/schema.h"

static char *joined(const char *a, const char *b)
{
    size_t n = strlen(a), k = strlen(b);
    char *p = malloc(n + k + 1);
    if (p != NULL) {
        memcpy(p, a, n);
        memcpy(p + n, b, k + 1);
    }
    return p;
}

static int wait_for_turn(void *user, int n)
{
    (void)user;
    if ((int64_t)n * 2000 >= LM_STORE_WAIT_US)
        return 0;
    (void)usleep(2000);
    return 1;
}

static void forget(struct lm_store *st)
{
    (void)sqlite3_finalize(st->audit_insert);
    (void)sqlite3_finalize(st->audit_last);
    (void)sqlite3_close_v2(st->db);
    if (st->exhibits_fd >= 0)
        (void)close(st->exhibits_fd);
    if (st->turn_fd >= 0)
        (void)close(st->turn_fd);
    free(st->path);
    free(st->folder);
    free(st->actor);
    free(st);
}

static lm_err fresh(const char *path, const char *actor, enum lm_store_mode mode, struct lm_store **ret,
                    struct lm_error *e)
{
    struct lm_store *st = calloc(1, sizeof *st);
    if (st == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    st->exhibits_fd = st->turn_fd = -1;
    st->mode = mode;
    st->path = joined(path, "");
    st->folder = st->path != NULL ? joined(st->path, ".d") : NULL;
    st->actor = joined(actor, "");
    if (st->path == NULL || st->folder == NULL || st->actor == NULL) {
        forget(st);
        return lm_fail(e, LM_ENOMEM, "out of memory");
    }
    *ret = st;
    return LM_OK;
}

static lm_err open_folder(struct lm_store *st, struct lm_error *e)
{
    int folder = open(st->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        st->exhibits_fd = openat(folder, "exhibits", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        st->turn_fd = openat(folder, "turn.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        (void)close(folder);
    }
    if (folder >= 0 && st->exhibits_fd >= 0 && st->turn_fd >= 0)
        return LM_OK;
    lm_err err = lm_fail(e, errno == ENOENT || errno == ENOTDIR ? LM_EDAMAGED : LM_EIO,
                         "the folder that belongs to the workspace cannot be opened: %s", strerror(errno));
    lm_fail_at(e, st->folder, "%s", "");
    return err;
}

/* Why these values: docs/decisions/0010-workspace-sqlite.md. */
static lm_err connect(struct lm_store *st, struct lm_error *e)
{
    int rc = sqlite3_open_v2(st->path, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
                             NULL);
    if (st->db == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    if (rc != SQLITE_OK)
        return lm_db_fail(st, rc, e);
    (void)sqlite3_extended_result_codes(st->db, 1);
    (void)sqlite3_busy_handler(st->db, wait_for_turn, NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_limit(st->db, SQLITE_LIMIT_ATTACHED, 0);
    return lm_db_exec(st,
                      st->mode == LM_STORE_WRITE ? "PRAGMA cache_size=-65536" : "PRAGMA cache_size=-16384", e);
}

static lm_err settings(struct lm_store *st, struct lm_error *e)
{
    return lm_db_exec(st, "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA mmap_size=0;"
                          "PRAGMA secure_delete=FAST; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
                          "PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864", e);
}

static lm_err fill_words(struct lm_store *st, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (const struct lm_schema_words *l = lm_schema_word_lists; l->list != NULL && err == LM_OK; l++) {
        char sql[128];
        sqlite3_stmt *q = NULL;
        (void)snprintf(sql, sizeof sql, "INSERT OR IGNORE INTO word_%s(code, word) VALUES(?, ?)", l->list);
        if ((err = lm_db_prepare(st, sql, &q, e)) != LM_OK)
            break;
        for (int i = 0; err == LM_OK && strcmp(l->word(i), "?") != 0; i++) {
            (void)sqlite3_bind_int(q, 1, i);
            lm_db_bind_str(q, 2, lm_str(l->word(i)));
            err = lm_db_run(st, q, e);
        }
        (void)sqlite3_finalize(q);
    }
    return err;
}

static lm_err step(struct lm_store *st, int64_t from, struct lm_error *e)
{
    char sql[96];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%lld", LM_SCHEMA_APPLICATION_ID,
                   (long long)(from + 1));
    lm_err err = lm_db_exec(st, lm_schema_steps[from], e);
    return err != LM_OK ? err : lm_db_exec(st, sql, e);
}

static lm_err migrate(struct lm_store *st, int64_t from, struct lm_error *e)
{
    char object[48];
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    for (int64_t v = from; v < LM_SCHEMA_VERSION && err == LM_OK; v++)
        err = step(st, v, e);
    if (err == LM_OK)
        err = fill_words(st, e);
    if (err == LM_OK && from == 1) /* it had fewer columns */
        err = lm_contacts_rebuild(st, e);
    (void)snprintf(object, sizeof object, "schema %d", LM_SCHEMA_VERSION);
    if (err == LM_OK)
        err = lm_audit_add(st, from == 0 ? "workspace.create" : "workspace.migrate", lm_str(object),
                           LM_STR("done by lastmile " LM_VERSION), e);
    return lm_db_end(st, err, e);
}

static lm_err make_files(struct lm_store *st, struct lm_error *e)
{
    static const char *const folders[] = { "", "/exhibits", "/segments", "/keys" };
    const char *at = st->path;
    int fd = open(st->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    if (ok)
        (void)close(fd);
    for (size_t i = 0; ok && i < sizeof folders / sizeof folders[0]; i++) {
        char *p = joined(st->folder, folders[i]);
        ok = p != NULL && mkdir(p, 0700) == 0;
        at = st->folder;
        int keep = errno;
        free(p);
        errno = keep;
    }
    if (ok)
        return LM_OK;
    int why = errno;
    if (at == st->folder && why == EEXIST)
        (void)unlink(st->path);
    lm_err err = why == EEXIST ? lm_fail(e, LM_EEXIST, "there is one already; nothing was changed")
                               : lm_fail(e, why == ENOENT || why == ENOTDIR ? LM_ENOTFOUND : LM_EIO,
                                         "cannot be made: %s", strerror(why));
    lm_fail_at(e, at, "%s", "");
    return err;
}

lm_err lm_store_files(const char *path, const char *actor, struct lm_error *e)
{
    struct lm_store *st;
    lm_err err = fresh(path, actor, LM_STORE_WRITE, &st, e);
    if (err != LM_OK)
        return err;
    err = make_files(st, e);
    forget(st);
    return err;
}

lm_err lm_store_create(const char *path, const char *actor, struct lm_error *e)
{
    struct lm_store *st;
    lm_err err = fresh(path, actor, LM_STORE_WRITE, &st, e);
    if (err != LM_OK)
        return err;
    err = make_files(st, e);
    if (err == LM_OK)
        err = open_folder(st, e);
    if (err == LM_OK)
        err = connect(st, e);
    if (err == LM_OK)
        err = lm_db_exec(st, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL", e);
    if (err == LM_OK)
        err = settings(st, e);
    if (err == LM_OK)
        err = migrate(st, 0, e);
    forget(st);
    return err;
}

static lm_err damaged(struct lm_store *st, struct lm_error *e, const char *why)
{
    lm_err err = lm_fail(e, LM_EDAMAGED, "%s", why);
    lm_fail_at(e, st->path, "%s", "");
    return err;
}

/* The first page, before SQLite sees the file: whether it is a database of ours, and not cut short. */
static lm_err look_at_header(struct lm_store *st, struct lm_error *e)
{
    unsigned char h[100];
    struct stat s;
    int fd = open(st->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &s) != 0) {
        lm_err err = lm_fail(e, errno == ENOENT ? LM_ENOTFOUND : LM_EIO, "the workspace cannot be opened: %s",
                             strerror(errno));
        lm_fail_at(e, st->path, "%s", "");
        if (err == LM_ENOTFOUND)
            lm_fail_hint(e, "lastmile -w WORKSPACE init makes one");
        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    ssize_t n = S_ISREG(s.st_mode) ? pread(fd, h, sizeof h, 0) : 0;
    (void)close(fd);
    if (n != (ssize_t)sizeof h || memcmp(h, "SQLite format 3", 16) != 0)
        return damaged(st, e, "this is not a lastmile workspace, or its beginning is damaged");
    uint32_t application = (uint32_t)h[68] << 24 | (uint32_t)h[69] << 16 | (uint32_t)h[70] << 8 | h[71];
    if (application != LM_SCHEMA_APPLICATION_ID)
        return damaged(st, e, "this is a database of another program, not a lastmile workspace");
    uint32_t page = (uint32_t)h[16] << 8 | h[17], pages = (uint32_t)h[28] << 24 | (uint32_t)h[29] << 16
                                                          | (uint32_t)h[30] << 8 | h[31];
    page = page == 1 ? 65536 : page;
    if (page < 512 || (uint64_t)s.st_size % page != 0)
        return damaged(st, e, "the workspace is cut short");
    if (memcmp(h + 24, h + 92, 4) == 0 && (uint64_t)s.st_size < (uint64_t)page * pages)
        return damaged(st, e, "the workspace is cut short");
    return LM_OK;
}

static lm_err check_words(struct lm_store *st, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (const struct lm_schema_words *l = lm_schema_word_lists; l->list != NULL && err == LM_OK; l++) {
        char sql[96];
        sqlite3_stmt *q = NULL;
        bool row = true;
        (void)snprintf(sql, sizeof sql, "SELECT code, word FROM word_%s ORDER BY code", l->list);
        if ((err = lm_db_prepare(st, sql, &q, e)) != LM_OK)
            break;
        while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row)
            if (!lm_str_eq(lm_db_str(q, 1), lm_str(l->word(sqlite3_column_int(q, 0)))))
                err = damaged(st, e, "the workspace uses words that this version of lastmile does not know");
        (void)sqlite3_finalize(q);
    }
    return err;
}

static lm_err check_version(struct lm_store *st, struct lm_error *e)
{
    int64_t version = 0;
    lm_err err = lm_db_i64(st, "PRAGMA user_version", 0, &version, e);
    if (err != LM_OK)
        return err;
    if (version > LM_SCHEMA_VERSION) {
        err = damaged(st, e, "the workspace was written by a newer lastmile");
        lm_fail_hint(e, "its schema is %lld, this program knows up to %d", (long long)version, LM_SCHEMA_VERSION);
        return err;
    }
    if (version < 1)
        return damaged(st, e, "the workspace was never finished");
    if (version < LM_SCHEMA_VERSION && st->mode == LM_STORE_READ) {
        err = lm_fail(e, LM_EUSAGE, "the workspace has an older schema, and reading does not change it");
        lm_fail_hint(e, "lastmile -w WORKSPACE verify brings it up to date");
        return err;
    }
    if (version < LM_SCHEMA_VERSION)
        err = migrate(st, version, e);
    return err != LM_OK ? err : check_words(st, e);
}

lm_err lm_store_open(const char *path, enum lm_store_mode mode, const char *actor, struct lm_store **ret,
                     struct lm_error *e)
{
    struct lm_store *st;
    lm_err err = fresh(path, actor, mode, &st, e);
    if (err != LM_OK)
        return err;
    err = look_at_header(st, e);
    if (err == LM_OK)
        err = open_folder(st, e);
    if (err == LM_OK)
        err = connect(st, e);
    if (err == LM_OK)
        err = settings(st, e);
    if (err == LM_OK)
        err = check_version(st, e);
    if (err != LM_OK) {
        forget(st);
        return err;
    }
    *ret = st;
    return LM_OK;
}

lm_err lm_db_beside(const struct lm_store *st, struct lm_store **ret, struct lm_error *e)
{
    struct lm_store *beside;
    lm_err err = fresh(st->path, st->actor, LM_STORE_READ, &beside, e);
    if (err != LM_OK)
        return err;
    err = connect(beside, e);
    if (err == LM_OK)
        err = settings(beside, e);
    if (err != LM_OK) {
        forget(beside);
        return err;
    }
    lm_store_set_cancel(beside, st->cancel);
    *ret = beside;
    return LM_OK;
}

void lm_store_close(struct lm_store *st)
{
    if (st != NULL)
        forget(st);
}
