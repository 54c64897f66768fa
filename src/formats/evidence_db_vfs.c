#include "formats/evidence_db_vfs.h"

#include <stdio.h>

enum kind { MAIN, WAL, JOURNAL };

struct file {
    sqlite3_file base;
    struct evdb_vfs *v;
    enum kind kind;
};

static struct file *of(sqlite3_file *f)
{
    return (struct file *)f;
}

static uint64_t size_of(const struct file *f)
{
    return f->kind == MAIN ? f->v->main_bytes : f->kind == WAL ? f->v->wal.n : f->v->journal.n;
}

static int x_close(sqlite3_file *f)
{
    (void)f;
    return SQLITE_OK;
}

/* What lies behind the bytes that are there reads as zeros; behind the size that SQLite knows, as a short read too. */
static int x_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    const struct file *x = of(f);
    const struct evdb_vfs *v = x->v;
    struct lm_str bytes = x->kind == WAL ? v->wal : x->kind == JOURNAL ? v->journal : v->main;
    if (x->kind == MAIN && v->copy != NULL)
        bytes = (struct lm_str){ v->copy, v->copy_bytes < v->main_bytes ? v->copy_bytes : v->main_bytes };
    if (n < 0 || at < 0)
        return SQLITE_IOERR_READ;
    size_t want = (size_t)n, have = 0;
    if ((uint64_t)at < bytes.n)
        have = bytes.n - (size_t)at < want ? bytes.n - (size_t)at : want;
    if (have != 0)
        memcpy(to, bytes.p + at, have);
    if (have < want)
        memset((char *)to + have, 0, want - have);
    return (uint64_t)at + want <= size_of(x) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

/* Only the playback of a journal writes: pages into the copy; and it marks the journal as done, which nobody reads. */
static int x_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct file *x = of(f);
    struct evdb_vfs *v = x->v;
    if (x->kind == JOURNAL && v->copy != NULL)
        return SQLITE_OK;
    if (x->kind != MAIN || v->copy == NULL || n < 0 || at < 0)
        return SQLITE_READONLY;
    if ((uint64_t)at + (uint64_t)n > v->copy_bytes)
        return SQLITE_FULL;
    memcpy(v->copy + at, from, (size_t)n);
    if ((uint64_t)at + (uint64_t)n > v->main_bytes)
        v->main_bytes = (uint64_t)at + (uint64_t)n;
    v->rolled_back = true;
    return SQLITE_OK;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 bytes)
{
    struct file *x = of(f);
    struct evdb_vfs *v = x->v;
    if (v->copy == NULL || bytes < 0 || x->kind == WAL)
        return SQLITE_READONLY;
    if (x->kind == JOURNAL)
        v->journal = lm_str_take(v->journal, (size_t)bytes);
    else if ((uint64_t)bytes < v->main_bytes)
        v->main_bytes = (uint64_t)bytes;
    return SQLITE_OK;
}

static int x_sync(sqlite3_file *f, int flags)
{
    (void)f;
    (void)flags;
    return SQLITE_OK;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)size_of(of(f));
    return SQLITE_OK;
}

static int x_lock(sqlite3_file *f, int level)
{
    (void)f;
    (void)level;
    return SQLITE_OK;
}

static int x_reserved(sqlite3_file *f, int *ret)
{
    (void)f;
    *ret = 0;
    return SQLITE_OK;
}

static int x_control(sqlite3_file *f, int what, void *arg)
{
    (void)f;
    (void)what;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int x_sector(sqlite3_file *f)
{
    (void)f;
    return 4096;
}

static int x_device(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = x_close,
    .xRead = x_read,
    .xWrite = x_write,
    .xTruncate = x_truncate,
    .xSync = x_sync,
    .xFileSize = x_size,
    .xLock = x_lock,
    .xUnlock = x_lock,
    .xCheckReservedLock = x_reserved,
    .xFileControl = x_control,
    .xSectorSize = x_sector,
    .xDeviceCharacteristics = x_device,
};

static int x_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *f, int flags, int *ret_flags)
{
    struct file *x = of(f);
    struct evdb_vfs *v = vfs->pAppData;
    (void)name;
    *x = (struct file){ .v = v };
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
        x->kind = MAIN;
    else if ((flags & SQLITE_OPEN_WAL) != 0)
        x->kind = WAL; /* a database of the WAL kind without one gets an empty one */
    else if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 && v->journal.n != 0)
        x->kind = JOURNAL;
    else
        return SQLITE_CANTOPEN;
    x->base.pMethods = &methods;
    if (ret_flags != NULL)
        *ret_flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_READONLY | SQLITE_OPEN_CREATE))
                     | (v->copy != NULL && x->kind != WAL ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    return SQLITE_OK;
}

static int x_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    struct evdb_vfs *v = vfs->pAppData;
    (void)sync;
    if (strcmp(name, LM_EVDB_FILE_NAME "-journal") == 0)
        v->journal = (struct lm_str){ NULL, 0 };
    return SQLITE_OK;
}

static int x_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
    const struct evdb_vfs *v = vfs->pAppData;
    (void)flags;
    *ret = (strcmp(name, LM_EVDB_FILE_NAME "-wal") == 0 && v->wal.n != 0)
           || (strcmp(name, LM_EVDB_FILE_NAME "-journal") == 0 && v->journal.n != 0);
    return SQLITE_OK;
}

static int x_full(sqlite3_vfs *vfs, const char *name, int n, char *out)
{
    (void)vfs;
    int k = snprintf(out, n > 0 ? (size_t)n : 0, "%s", name);
    return k >= 0 && k < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int x_random(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    memset(out, 0, n > 0 ? (size_t)n : 0); /* nothing that is read depends on it */
    return n;
}

static int x_sleep(sqlite3_vfs *vfs, int us)
{
    (void)vfs;
    return us;
}

static int x_now(sqlite3_vfs *vfs, double *ret)
{
    (void)vfs;
    *ret = 2440587.5; /* 1970: answers do not depend on the clock */
    return SQLITE_OK;
}

static int x_last_error(sqlite3_vfs *vfs, int n, char *out)
{
    (void)vfs;
    if (n > 0)
        out[0] = '\0';
    return 0;
}

int evdb_vfs_show(struct evdb_vfs *v)
{
    (void)snprintf(v->name, sizeof v->name, "lm-%p", (void *)v);
    v->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct file),
        .mxPathname = 64,
        .zName = v->name,
        .pAppData = v,
        .xOpen = x_open,
        .xDelete = x_delete,
        .xAccess = x_access,
        .xFullPathname = x_full,
        .xRandomness = x_random,
        .xSleep = x_sleep,
        .xCurrentTime = x_now,
        .xGetLastError = x_last_error,
    };
    return sqlite3_vfs_register(&v->vfs, 0);
}

void evdb_vfs_hide(struct evdb_vfs *v)
{
    (void)sqlite3_vfs_unregister(&v->vfs);
}
