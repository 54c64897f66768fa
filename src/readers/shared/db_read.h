/* db_read.h - what readers of databases share: opening with the files beside, walking tables, values, records, gaps.
 *
 * A source record is one row of a table that the reader walks with lm_dbread_records; rows of other tables (members, media,
 * names) add to records and are counted nowhere. While a record is read, what it holds is gathered in the record arena, columns
 * that have no field of their own are kept as JSON in `raw`, and what is wrong is noted. Then the record becomes one entry
 * (lm_dbread_emit) with at most one problem of each kind, or one rejected record.
 *
 * damage    Rows that cannot be read: one rejected record each when their number is known, else one LOST problem for the range
 *           of rowids. Missing rowids between the first and the last (and up to the highest ever given, where the database
 *           says so): one DOUBTED problem a table.
 * memory    names and indices live in the file arena; the record arena is reset before each row of a walk
 * errors    LM_EINPUT (the file cannot be opened), LM_ENOMEM, or what the sink returned
 * test      tests/unit/test_db_readers.c and the fixtures of the readers
 */
#ifndef LM_READERS_SHARED_DB_READ_H
#define LM_READERS_SHARED_DB_READ_H

#include "base/map.h"
#include "formats/evidence_db.h"
#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/shared/json_tree.h"

#define LM_DBREAD_LOOKAHEAD (SIZE_MAX / 2) /* tables stand anywhere in a file; only a few pages are looked at */
#define LM_DBREAD_MAX_RAW ((size_t)64 << 10)
#define LM_DBREAD_MAX_LIST 4096

struct lm_dbread {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_evdb *db;
    uint64_t records; /* kept or rejected */
    bool lost;        /* something is missing that cannot be counted */

    /* the record in hand */
    struct lm_locator at;
    bool emitted, altered;
    const char *rejected, *doubted; /* static text; the first stays */
    struct lm_buf raw;
    struct lm_json_out raw_out;
    bool raw_over;
};

/* For bid(): bit i for names[i] (lm_evdb_peek), with the -wal beside the file. 0 when it is not SQLite at all. */
uint32_t lm_dbread_peek(const struct lm_input *in, struct lm_str head, const char *const names[], size_t n);
/* The last component of the input's path is this name, letter case apart. */
bool lm_dbread_named(const struct lm_input *in, const char *name);

/* Opens the input with its -wal and -journal; what is odd about the files as a whole is reported. */
lm_err lm_dbread_open(struct lm_dbread *r, struct lm_read *ctx, struct lm_sink *sink);
/* Pages of noise behind the first 32 bytes, which may stand in the clear: a database that SQLCipher sealed. A page decides; 4,096 bytes at least. */
bool lm_dbread_looks_encrypted(struct lm_str bytes);
/* Told as such: "encrypted, not read: a database of Signal (SQLCipher)". LM_EINPUT, or what the sink returned. */
lm_err lm_dbread_encrypted(struct lm_read *ctx, struct lm_sink *sink, const char *whose);
/* The outcome of the run: closes the database; says that it is empty when every table was sound and no record in it. */
lm_err lm_dbread_finish(struct lm_dbread *r, lm_err e);

/* Another database of the exhibit, by its path from the input's folder, for what it adds: `read` gets a reader whose sink hears
 * nothing, because what is wrong with that file is told when it is read itself. LM_OK when it is not there or cannot be opened. */
lm_err lm_dbread_beside(struct lm_dbread *r, const char *name, lm_err (*read)(struct lm_dbread *other, void *user), void *user);

/* lm_evdb_table_open; *ret = NULL when there is no such table, or (reported) when it cannot be read. */
lm_err lm_dbread_table(struct lm_dbread *r, const char *name, const char *const columns[], size_t n,
                       struct lm_evdb_table **ret);

/* Tells which of these columns the table lacks: another version of the app. t may be NULL. */
lm_err lm_dbread_expect(struct lm_dbread *r, const struct lm_evdb_table *t, const char *const columns[], const size_t expected[], size_t n);

typedef lm_err (*lm_dbread_row)(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user);
/* Every row as a record; one must call lm_dbread_emit or lm_dbread_pass once. t may be NULL. highest: the highest rowid that the database says it
 * ever gave, 0 when it does not say; negative: rowids are given anew or are ids of something else, so that a gap says nothing. */
lm_err lm_dbread_records(struct lm_dbread *r, struct lm_evdb_table *t, int64_t highest, lm_dbread_row one, void *user);
/* Every row of a table that only adds to records. t may be NULL. */
lm_err lm_dbread_rows(struct lm_dbread *r, struct lm_evdb_table *t, lm_dbread_row one, void *user);
/* A table by its name, which need not be there: as records, the highest rowid being what lm_dbread_highest finds; or as rows that only add. */
lm_err lm_dbread_table_records(struct lm_dbread *r, const char *name, const char *entity, const char *const columns[], size_t n, lm_dbread_row one,
                               void *user);
lm_err lm_dbread_table_rows(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, lm_dbread_row one, void *user);
/* sqlite_sequence (AUTOINCREMENT) or, for `entity`, Z_PRIMARYKEY (Core Data); 0: not said. entity may be NULL. */
lm_err lm_dbread_highest(struct lm_dbread *r, const char *table, const char *entity, int64_t *ret);
/* Rows by a column, as lm_evdb_index; empty for t = NULL. Damage is told. */
lm_err lm_dbread_index(struct lm_dbread *r, struct lm_evdb_table *t, size_t key, size_t value, struct lm_evdb_index *ret);

/* --- values --- */

/* Room for one more item in a list of the record arena, as lm_arena_grow; beyond LM_DBREAD_MAX_LIST LM_ELIMIT, and the record is
 * doubted. */
lm_err lm_dbread_push(struct lm_dbread *r, void **items, size_t n, size_t *cap, size_t size);

/* Text of any value, copied into a; bytes that are not text become U+FFFD and the record is marked. {NULL, 0} for NULL. */
lm_err lm_dbread_text(struct lm_dbread *r, struct lm_arena *a, const struct lm_evdb_table *t, size_t column, struct lm_str *ret);
/* 0 for what is not an integer. */
int64_t lm_dbread_int(const struct lm_evdb_table *t, size_t column);

enum lm_dbread_epoch {
    LM_EPOCH_UNIX_S,
    LM_EPOCH_UNIX_MS,
    LM_EPOCH_COCOA_S, /* since 2001-01-01, with fractions */
    LM_EPOCH_COCOA,   /* seconds, or nanoseconds since iOS 11: told by the size */
};
/* Quality NONE for NULL and 0; the record is doubted for a time before 1970 or after 2200. */
struct lm_when lm_dbread_when(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, enum lm_dbread_epoch epoch);

/* --- the record in hand --- */

void lm_dbread_reject(struct lm_dbread *r, const char *why);
void lm_dbread_doubt(struct lm_dbread *r, const char *why);
/* The row is no record: something that the app keeps for itself, or that is read elsewhere. In place of lm_dbread_emit. */
void lm_dbread_pass(struct lm_dbread *r);
/* All columns that the reader did not name and that are not NULL, 0 or empty; of a second table of the record with its name before them:
 * "message_media.file_hash". Beyond LM_DBREAD_MAX_RAW the rest is left out and the record doubted. */
void lm_dbread_raw(struct lm_dbread *r, const struct lm_evdb_table *t, bool prefixed);
void lm_dbread_raw_as(struct lm_dbread *r, const struct lm_evdb_table *t, const char *prefix); /* another name, for one of several rows */
void lm_dbread_raw_column(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, const char *key);
void lm_dbread_raw_text(struct lm_dbread *r, const char *key, struct lm_str text);
/* The members of a JSON object that were not taken (json_tree.h), as one object under `key`, or, for key = NULL, beside the columns. */
void lm_dbread_raw_tree(struct lm_dbread *r, const char *key, const struct lm_jnode *object);
/* A whole JSON value that another writer made. */
void lm_dbread_raw_value(struct lm_dbread *r, const char *key, struct lm_str json);
struct lm_str lm_dbread_raw_done(struct lm_dbread *r);

/* The facts of the record; nothing is sent for one that was rejected. No fact: rejected as well, `why` being the reason. */
lm_err lm_dbread_emit(struct lm_dbread *r, const struct lm_fact *facts, size_t n);

/* A problem that is no record's. */
#define lm_dbread_notice(r, kind, at, ...) lm_sink_problem((r)->sink, kind, 0, at, __VA_ARGS__)
struct lm_locator lm_dbread_place(const struct lm_evdb_table *t, int64_t rowid);

#endif
