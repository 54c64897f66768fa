/* evidence_db.h - an SQLite database that is evidence: tables by name, rows by rowid, out of memory, in any state.
 *
 * The files are slices (a mapping of the main file, and the -wal and -journal that lay beside it); SQLite reads them
 * through a file system of its own that knows nothing else. Nothing is written: a hot rollback journal is played back
 * beside the main file. Layout: www.sqlite.org/fileformat2.html. What SQLite is told: trusted_schema off, defensive, no
 * views, triggers, ATTACH, extensions or FTS tokenizers, values up to LM_EVDB_MAX_VALUE, a ceiling on the steps of its machine,
 * locking_mode EXCLUSIVE (so no -shm is wanted), cell_size_check. It checks the frames of the -wal itself, by salt and checksum.
 *
 * damage    A page that cannot be read loses its rows: lm_evdb_next says which rowids, and goes on behind them. A file that is
 *           shorter than its header says is read as if zeros followed. A damaged schema loses the tables behind the damage.
 * tables    ordinary tables with a rowid; a view, a virtual table or a table WITHOUT ROWID is not found.
 * lifetime  a table lives as long as its database; texts and blobs until the next call on their table
 * memory    SQLite's own (2 MiB of pages), the arena for names; of a hot journal 16 bytes a page, at most LM_EVDB_MAX_UNDONE
 *           of them, else it is not played back and lm_evdb_state says so
 * errors    LM_EINPUT (not a database, encrypted, damaged beyond use), LM_ELIMIT, LM_ENOMEM
 * threads   one database, one thread
 * test      tests/unit/test_evidence_db.c; fuzz/fuzz_evidence_db.c
 */
#ifndef LM_FORMATS_EVIDENCE_DB_H
#define LM_FORMATS_EVIDENCE_DB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_EVDB_MAX_VALUE (64 << 20)
#define LM_EVDB_MAX_UNDONE ((size_t)3 << 18)

struct lm_evdb_files {
    struct lm_str main, wal, journal; /* empty: not there */
};

/* What a person should hear about the files as a whole. */
struct lm_evdb_state {
    uint32_t page_bytes;
    uint64_t pages, pages_missing;   /* of the main file, by its own header; missing: the file ends before them */
    uint64_t wal_read;               /* frames of complete transactions */
    uint64_t wal_unread;             /* frames behind the last complete transaction, of the same run of the program */
    bool wal_damaged;                /* there is a -wal, and its header or page size does not hold: not read at all */
    bool journal_rolled_back;        /* a transaction was under way: its pages were put back as they had been */
    bool journal_ignored;            /* the same, but the journal is too large to do that */
    bool schema_damaged;             /* some tables may not be seen */
    bool links_cut;                  /* an index: one key has more than LM_EVDB_LINKS links, and those beyond were left out */
};

/* The first 16 bytes. */
bool lm_evdb_is_sqlite(struct lm_str head);

struct lm_evdb;
/* Arena and slices must outlive it. */
lm_err lm_evdb_open(struct lm_arena *a, const struct lm_evdb_files *files, struct lm_evdb **ret, struct lm_error *e);
void lm_evdb_close(struct lm_evdb *db); /* NULL is fine */
const struct lm_evdb_state *lm_evdb_state(const struct lm_evdb *db);
bool lm_evdb_has_table(struct lm_evdb *db, const char *name);

/* Bit i: there is a table names[i], or a column, for "table.column" (at most 32). 0 also for what cannot be opened. */
uint32_t lm_evdb_peek(const struct lm_evdb_files *files, const char *const names[], size_t n);

struct lm_evdb_table;
/* columns: the names that the caller reads, in the order of the indices below; a name that the table lacks is a column of
 * NULLs. A name written "-NAME" is known and not read: it is no unknown column. LM_ENOTFOUND: no such table.
 * LM_EINPUT: it cannot be read at all (e says why). */
lm_err lm_evdb_table_open(struct lm_evdb *db, const char *name, const char *const columns[], size_t n,
                          struct lm_evdb_table **ret, struct lm_error *e);
struct lm_str lm_evdb_table_name(const struct lm_evdb_table *t);
bool lm_evdb_has_column(const struct lm_evdb_table *t, size_t column);
/* Columns that were not named: they follow the named ones, with indices n … n + count - 1. */
size_t lm_evdb_unknown_columns(const struct lm_evdb_table *t);
size_t lm_evdb_unknown_first(const struct lm_evdb_table *t); /* n */
struct lm_str lm_evdb_column_name(const struct lm_evdb_table *t, size_t column);

enum lm_evdb_step {
    LM_EVDB_ROW,
    LM_EVDB_LOST_ROW,   /* this row is there, but its values cannot be read */
    LM_EVDB_LOST_RANGE, /* whatever rows had these rowids, both ends included; INT64_MAX: to the end of the table */
    LM_EVDB_END,
};

/* From the first row, in order of rowid. */
void lm_evdb_rewind(struct lm_evdb_table *t);
/* *ret_last differs from *ret_first for a range only. LM_ENOMEM only. */
lm_err lm_evdb_next(struct lm_evdb_table *t, enum lm_evdb_step *ret, int64_t *ret_first, int64_t *ret_last);
/* One row; *ret: ROW, LOST_ROW, or END when there is none. Ends a walk with lm_evdb_next. LM_ENOMEM only. */
lm_err lm_evdb_fetch(struct lm_evdb_table *t, int64_t rowid, enum lm_evdb_step *ret);

/* --- values of the row in hand --- */
enum lm_evdb_type { LM_EVDB_NULL, LM_EVDB_INTEGER, LM_EVDB_REAL, LM_EVDB_TEXT, LM_EVDB_BLOB };
enum lm_evdb_type lm_evdb_type(const struct lm_evdb_table *t, size_t column);
/* An integer, a whole real, or text that is one; false for anything else, *ret then untouched. */
bool lm_evdb_i64(const struct lm_evdb_table *t, size_t column, int64_t *ret);
/* Any finite number, or text that is one. */
bool lm_evdb_double(const struct lm_evdb_table *t, size_t column, double *ret);
/* Text as it stands (not checked for UTF-8, may hold NUL), numbers in decimal, the bytes of a blob; {NULL, 0} for NULL. */
struct lm_str lm_evdb_bytes(const struct lm_evdb_table *t, size_t column);

/* --- rows by a value in another column --- */
struct lm_evdb_link {
    int64_t key, rowid; /* or another value */
};
#define LM_EVDB_LINKS ((size_t)1 << 16)
struct evdb_zone;
struct lm_evdb_index {
    struct lm_evdb_link *links; /* by key, then rowid: those between `low` and `high`, for the functions below only */
    size_t n, room;
    bool damaged;               /* rows were passed over; a walk says which */
    bool partial, own_rowid;
    int64_t low, high;
    struct lm_arena *a;
    struct lm_evdb_table *t;
    struct evdb_zone *zones;
    size_t n_zones, cap_zones;
};
#define LM_EVDB_ROWID SIZE_MAX
/* Of all readable rows in which both columns are integers; damage is passed over, and said in `damaged`. value: the column that stands in `rowid`, or
 * LM_EVDB_ROWID for the row itself. memory: 3 MiB and a byte for some hundred rows, however many there are; of more than twice LM_EVDB_LINKS, links
 * are gathered again when another part of them is asked for (evidence_db_index.c), so they should be asked for in order. LM_ENOMEM. */
lm_err lm_evdb_index(struct lm_arena *a, struct lm_evdb_table *t, size_t key, size_t value, struct lm_evdb_index *ret);
/* The links with this key: the first, and how many; valid until the next call on x. No memory: the next step of any table says so. */
const struct lm_evdb_link *lm_evdb_index_find(struct lm_evdb_index *x, int64_t key, size_t *ret_n);
/* The same for the smallest key that is not below `key`; NULL: there is none. */
const struct lm_evdb_link *lm_evdb_index_from(struct lm_evdb_index *x, int64_t key, size_t *ret_n);

#endif
