#include "formats/evidence_db_parts.h"

#define WAL_HEADER_BYTES 32
#define FRAME_HEADER_BYTES 24
#define TICK 1000

static uint32_t be32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static uint32_t le32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[3] << 24 | (uint32_t)u[2] << 16 | (uint32_t)u[1] << 8 | u[0];
}

bool lm_evdb_is_sqlite(struct lm_str head)
{
    return lm_str_starts(head, LM_STR("SQLite format 3\0"));
}

lm_err evdb_fail(struct lm_evdb *db, int rc, struct lm_error *e)
{
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return lm_fail(e, LM_ENOMEM, "out of memory");
    case SQLITE_NOTADB:
        (void)lm_fail(e, LM_EINPUT, "not a database that SQLite can read: encrypted, or its first page is damaged");
        lm_fail_hint(e, "an encrypted database needs to be decrypted by the tool that has its key");
        return LM_EINPUT;
    case SQLITE_CORRUPT:
        return lm_fail(e, LM_EINPUT, "the database is damaged beyond use");
    case SQLITE_INTERRUPT:
        return lm_fail(e, LM_ELIMIT, "the database leads in circles");
    default: /* names of code and reason only: SQLite's text may quote what the file says */
        return lm_fail(e, LM_EINPUT, "the database cannot be read (SQLite: %s, %d)", sqlite3_errstr(rc),
                       sqlite3_extended_errcode(db->db));
    }
}

/* --- the files as a whole --- */

static uint32_t page_bytes(struct lm_str main)
{
    uint32_t n = (uint32_t)(unsigned char)main.p[16] << 8 | (unsigned char)main.p[17];
    n = n == 1 ? 65536 : n;
    return n >= 512 && (n & (n - 1)) == 0 ? n : 0;
}

/* How many pages the header says there are; 0 when it does not say (fileformat2, 1.3.7). */
static uint64_t header_pages(struct lm_str main)
{
    return be32(main.p + 24) == be32(main.p + 92) ? be32(main.p + 28) : 0;
}

struct checksum {
    uint32_t a, b;
    bool big_endian;
};

static void add(struct checksum *c, const char *p, size_t n)
{
    for (size_t i = 0; i + 8 <= n; i += 8) {
        c->a += (c->big_endian ? be32(p + i) : le32(p + i)) + c->b;
        c->b += (c->big_endian ? be32(p + i + 4) : le32(p + i + 4)) + c->a;
    }
}

/* Counts what SQLite will take from the -wal and what it will leave (fileformat2, 4.1 and 4.2). */
static void inspect_wal(struct lm_str wal, struct lm_evdb_state *s)
{
    struct checksum c = { 0 };
    if (wal.n == 0)
        return;
    s->wal_damaged = true;
    if (wal.n < WAL_HEADER_BYTES || (be32(wal.p) & ~1u) != 0x377f0682)
        return;
    c.big_endian = (be32(wal.p) & 1) != 0;
    add(&c, wal.p, 24);
    uint32_t page = be32(wal.p + 8);
    if (c.a != be32(wal.p + 24) || c.b != be32(wal.p + 28) || page < 512 || page > 65536 || (page & (page - 1)) != 0)
        return;
    s->wal_damaged = false;
    uint64_t n = 0;
    bool whole = true;
    for (size_t at = WAL_HEADER_BYTES; at + FRAME_HEADER_BYTES <= wal.n; at += FRAME_HEADER_BYTES + page) {
        const char *f = wal.p + at;
        if (memcmp(f + 8, wal.p + 16, 8) != 0) /* salt: left over from before the last reset */
            break;
        n++;
        whole = whole && wal.n - at >= FRAME_HEADER_BYTES + page;
        if (whole) {
            add(&c, f, 8);
            add(&c, f + FRAME_HEADER_BYTES, page);
            whole = c.a == be32(f + 16) && c.b == be32(f + 20) && be32(f) != 0;
        }
        if (whole && be32(f + 4) != 0)
            s->wal_read = n;
    }
    s->wal_unread = n - s->wal_read;
}

static void prepare_journal(struct lm_evdb *db)
{
    struct evdb_vfs *v = &db->vfs;
    v->writable = lm_str_starts(v->journal, LM_STR("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")) && v->journal.n >= 28;
    uint32_t page = v->writable ? be32(v->journal.p + 24) : 0;
    if (v->writable && v->journal.n / (page >= 512 ? page : 512) > LM_EVDB_MAX_UNDONE) {
        db->state.journal_ignored = true;
        v->writable = false;
    }
    if (v->writable)
        v->main_bytes = v->main.n;
    else
        v->journal = (struct lm_str){ NULL, 0 }; /* none, one that is done with, or too large */
}

/* --- opening --- */

static int on_progress(void *user)
{
    struct lm_evdb *db = user;
    return ++db->ticks > EVDB_MAX_TICKS;
}

/* Our statements read columns; nothing else is asked for, whatever a schema says. */
static int authorize(void *user, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)user;
    (void)c;
    (void)d;
    if (action == SQLITE_SELECT || action == SQLITE_READ)
        return SQLITE_OK;
    bool pragma = action == SQLITE_PRAGMA && (strcmp(a, "table_xinfo") == 0 || (strcmp(a, "encoding") == 0 && b == NULL));
    return pragma ? SQLITE_OK : SQLITE_DENY;
}

static void restrain(sqlite3 *db)
{
    static const struct {
        int what, value;
    } limits[] = {
        { SQLITE_LIMIT_LENGTH, LM_EVDB_MAX_VALUE }, { SQLITE_LIMIT_SQL_LENGTH, 1000000 }, { SQLITE_LIMIT_COLUMN, 2000 },
        { SQLITE_LIMIT_EXPR_DEPTH, 100 },           { SQLITE_LIMIT_COMPOUND_SELECT, 10 }, { SQLITE_LIMIT_FUNCTION_ARG, 8 },
        { SQLITE_LIMIT_ATTACHED, 0 },               { SQLITE_LIMIT_TRIGGER_DEPTH, 1 },    { SQLITE_LIMIT_WORKER_THREADS, 0 },
    }, switches[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },      { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
        { SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 }, { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
        { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        (void)sqlite3_limit(db, limits[i].what, limits[i].value);
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        (void)sqlite3_db_config(db, switches[i].what, switches[i].value, NULL);
    (void)sqlite3_drop_modules(db, NULL); /* no virtual tables */
}

static int run(struct lm_evdb *db, const char *sql)
{
    db->ticks = 0;
    return sqlite3_exec(db->db, sql, NULL, NULL, NULL);
}

/* With tolerant, tables that the schema describes so that they cannot be are left out. */
static int connect_to(struct lm_evdb *db, bool tolerant)
{
    int flags = (db->vfs.writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int rc = sqlite3_open_v2(LM_EVDB_FILE_NAME, &db->db, flags, db->vfs.name);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_progress_handler(db->db, TICK, on_progress, db);
    rc = run(db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0");
    if (rc == SQLITE_OK && tolerant)
        rc = run(db, "PRAGMA writable_schema=ON"); /* read as "go on with what is sound": nothing can be written */
    if (rc != SQLITE_OK)
        return rc;
    restrain(db->db);
    (void)sqlite3_set_authorizer(db->db, authorize, NULL);
    return run(db, "SELECT 1 FROM sqlite_schema LIMIT 1");
}

static void disconnect(struct lm_evdb *db)
{
    sqlite3_stmt *q;
    while ((q = sqlite3_next_stmt(db->db, NULL)) != NULL)
        (void)sqlite3_finalize(q);
    (void)sqlite3_close(db->db);
    db->db = NULL;
}

static int open_files(struct lm_evdb *db)
{
    prepare_journal(db);
    int rc = evdb_vfs_show(&db->vfs);
    if (rc != SQLITE_OK)
        return rc;
    rc = connect_to(db, false);
    if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_NOTADB && (rc & 0xff) != SQLITE_NOMEM) {
        disconnect(db);
        db->state.schema_damaged = true;
        rc = connect_to(db, true);
    }
    evdb_vfs_hide(&db->vfs);
    db->state.journal_rolled_back = db->vfs.rolled_back;
    return rc;
}

static lm_err init(struct lm_evdb *db, struct lm_arena *a, const struct lm_evdb_files *f, struct lm_error *e)
{
    *db = (struct lm_evdb){ .a = a, .vfs = { .main = f->main, .wal = f->wal, .journal = f->journal, .main_bytes = f->main.n } };
    if (f->main.n < 100 || !lm_evdb_is_sqlite(f->main) || page_bytes(f->main) == 0)
        return evdb_fail(db, SQLITE_NOTADB, e);
    struct lm_evdb_state *s = &db->state;
    s->page_bytes = page_bytes(f->main);
    s->pages = (f->main.n + s->page_bytes - 1) / s->page_bytes;
    uint64_t said = header_pages(f->main), there = f->main.n / s->page_bytes;
    if (said > there) {
        s->pages_missing = said - there;
        s->pages = said;
        db->vfs.main_bytes = said * s->page_bytes;
    }
    return LM_OK;
}

static bool is_utf8(struct lm_evdb *db)
{
    sqlite3_stmt *q = NULL;
    db->ticks = 0;
    bool is = sqlite3_prepare_v2(db->db, "PRAGMA encoding", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW
              && sqlite3_column_text(q, 0) != NULL && strcmp((const char *)sqlite3_column_text(q, 0), "UTF-8") == 0;
    (void)sqlite3_finalize(q);
    return is;
}

lm_err lm_evdb_open(struct lm_arena *a, const struct lm_evdb_files *f, struct lm_evdb **ret, struct lm_error *e)
{
    struct lm_evdb *db = lm_arena_alloc(a, sizeof *db);
    if (db == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = init(db, a, f, e);
    if (err != LM_OK)
        return err;
    inspect_wal(f->wal, &db->state);
    int rc = open_files(db);
    if (rc != SQLITE_OK) {
        err = evdb_fail(db, rc, e);
        lm_evdb_close(db);
        return err;
    }
    db->utf8 = is_utf8(db);
    *ret = db;
    return LM_OK;
}

void lm_evdb_close(struct lm_evdb *db)
{
    if (db == NULL)
        return;
    disconnect(db);
    sqlite3_free(db->vfs.pages);
    db->vfs.pages = NULL;
}

const struct lm_evdb_state *lm_evdb_state(const struct lm_evdb *db)
{
    return &db->state;
}

bool lm_evdb_has_table(struct lm_evdb *db, const char *name)
{
    return sqlite3_table_column_metadata(db->db, "main", name, NULL, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

static bool has_column(struct lm_evdb *db, const char *name)
{
    char table[64];
    const char *dot = strchr(name, '.');
    if (dot == NULL)
        return lm_evdb_has_table(db, name);
    if ((size_t)(dot - name) >= sizeof table)
        return false;
    memcpy(table, name, (size_t)(dot - name));
    table[dot - name] = '\0';
    return sqlite3_table_column_metadata(db->db, "main", table, dot + 1, NULL, NULL, NULL, NULL, NULL) == SQLITE_OK;
}

uint32_t lm_evdb_peek(const struct lm_evdb_files *f, const char *const names[], size_t n)
{
    struct lm_evdb db;
    uint32_t found = 0;
    if (init(&db, NULL, f, NULL) != LM_OK)
        return 0;
    if (open_files(&db) == SQLITE_OK)
        for (size_t i = 0; i < n && i < 32; i++)
            found |= has_column(&db, names[i]) ? UINT32_C(1) << i : 0;
    lm_evdb_close(&db);
    return found;
}
