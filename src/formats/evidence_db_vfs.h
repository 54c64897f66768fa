/* evidence_db_vfs.h - the file system that SQLite sees: a main file, a -wal and a -journal in memory, nothing else.
 *
 * Shared by evidence_db*.c only. The main file is read-only; when a journal is to be played back, the pages that it puts back are remembered by where
 * they stand in the journal, and lie over the main file. Where that ends before its header says, zeros follow. Locks always succeed: nobody else is there.
 */
#ifndef LM_FORMATS_EVIDENCE_DB_VFS_H
#define LM_FORMATS_EVIDENCE_DB_VFS_H

#include <sqlite3.h>

#include "base/str.h"

#define LM_EVDB_FILE_NAME "evidence"

struct evdb_page {
    uint64_t number; /* from 1; 0: free */
    const char *p;   /* into the journal */
};

struct evdb_vfs {
    sqlite3_vfs vfs;      /* pAppData: this */
    char name[32];
    struct lm_str main, wal, journal;
    uint64_t main_bytes;  /* as SQLite is told; more than main.n when zeros follow */
    bool writable;        /* a journal may be played back */
    struct evdb_page *pages; /* by number: put back from the journal; sqlite3_malloc64 */
    size_t n_pages, n_slots;
    uint32_t page_bytes;  /* of those */
    uint64_t read_at;     /* in the journal, last: what is written next stands there */
    bool rolled_back;     /* the journal was played back */
};

/* Fills v->vfs and makes it known to SQLite under v->name, until evdb_vfs_hide; it must stay where it is as long as a
 * connection uses it. */
int evdb_vfs_show(struct evdb_vfs *v);
void evdb_vfs_hide(struct evdb_vfs *v);

#endif
