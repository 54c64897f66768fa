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

static struct evdb_page *page_at(const struct evdb_vfs *v, uint64_t number)
{
    size_t i = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (v->n_slots - 1);
    while (v->pages[i].number != 0 && v->pages[i].number != number)
        i = (i + 1) & (v->n_slots - 1);
    return &v->pages[i];
}

/* Lays the pages of the journal over what was read of the main file. */
static void lay_over(const struct evdb_vfs *v, char *to, size_t n, uint64_t at)
{
    while (n != 0) {
        size_t in_page = (size_t)(at % v->page_bytes), here = v->page_bytes - in_page < n ? v->page_bytes - in_page : n;
        const struct evdb_page *p = page_at(v, at / v->page_bytes + 1);
        if (p->number != 0)
            memcpy(to, p->p + in_page, here);
        to += here;
        at += here;
        n -= here;
    }
}

/* What lies behind the bytes that are there reads as zeros; behind the size that SQLite knows, as a short read too. */
static int x_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
    const struct file *x = of(f);
    struct evdb_vfs *v = x->v;
    struct lm_str bytes = x->kind == WAL ? v->wal : x->kind == JOURNAL ? v->journal : v->main;
    if (n < 0 || at < 0)
        return SQLITE_IOERR_READ;
    if (x->kind == MAIN && v->writable)
        bytes = lm_str_take(bytes, v->main_bytes < SIZE_MAX ? (size_t)v->main_bytes : SIZE_MAX);
    size_t want = (size_t)n, have = 0;
    if ((uint64_t)at < bytes.n)
        have = bytes.n - (size_t)at < want ? bytes.n - (size_t)at : want;
    if (have != 0)
        memcpy(to, bytes.p + at, have);
    if (have < want)
        memset((char *)to + have, 0, want - have);
    if (x->kind == JOURNAL && n >= 512) /* a page; its number and its checksum stand around it */
        v->read_at = (uint64_t)at;
    if (x->kind == MAIN && v->n_pages != 0)
        lay_over(v, to, want, (uint64_t)at);
    return (uint64_t)at + want <= size_of(x) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int more_slots(struct evdb_vfs *v)
{
    struct evdb_vfs old = *v;
    size_t n = old.n_slots == 0 ? 64 : 2 * old.n_slots;
    v->pages = sqlite3_malloc64(n * sizeof *v->pages);
    if (v->pages == NULL) {
        v->pages = old.pages;
        return SQLITE_NOMEM;
    }
    memset(v->pages, 0, n * sizeof *v->pages);
    v->n_slots = n;
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.pages[i].number != 0)
            *page_at(v, old.pages[i].number) = old.pages[i];
    sqlite3_free(old.pages);
    return SQLITE_OK;
}

/* Only the playback of a journal writes: pages as it has just read them there; and it marks the journal as done, which nobody reads. */
static int x_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 at)
{
    struct file *x = of(f);
    struct evdb_vfs *v = x->v;
    if (x->kind == JOURNAL && v->writable)
        return SQLITE_OK;
    if (x->kind != MAIN || !v->writable || n <= 0 || at < 0)
        return SQLITE_READONLY;
    bool from_journal = v->read_at <= v->journal.n && (uint64_t)n <= v->journal.n - v->read_at && memcmp(v->journal.p + v->read_at, from, (size_t)n) == 0;
    if (!from_journal || (v->page_bytes != 0 && v->page_bytes != (uint32_t)n) || at % n != 0)
        return SQLITE_IOERR_WRITE;
    if (v->n_pages * 4 >= v->n_slots * 3 && more_slots(v) != SQLITE_OK)
        return SQLITE_NOMEM;
    struct evdb_page *p = page_at(v, (uint64_t)(at / n) + 1);
    v->page_bytes = (uint32_t)n;
    v->n_pages += p->number == 0;
    *p = (struct evdb_page){ (uint64_t)(at / n) + 1, v->journal.p + v->read_at };
    if ((uint64_t)at + (uint64_t)n > v->main_bytes)
        v->main_bytes = (uint64_t)at + (uint64_t)n;
    v->rolled_back = true;
    return SQLITE_OK;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 bytes)
{
    struct file *x = of(f);
    struct evdb_vfs *v = x->v;
    if (!v->writable || bytes < 0 || x->kind == WAL)
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
                     | (v->writable && x->kind != WAL ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
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
