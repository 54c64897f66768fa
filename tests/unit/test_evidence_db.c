/* test_evidence_db.c - databases made here by SQLite itself, then copied, cut and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "formats/evidence_db.h"

struct made {
    char folder[64], path[96];
    sqlite3 *db;
};

static void exec(sqlite3 *db, const char *sql)
{
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

static void make(struct made *m, const char *sql)
{
    (void)snprintf(m->folder, sizeof m->folder, "/tmp/lm-evdb-XXXXXX");
    assert_non_null(mkdtemp(m->folder));
    (void)snprintf(m->path, sizeof m->path, "%s/a.db", m->folder);
    assert_int_equal(sqlite3_open(m->path, &m->db), SQLITE_OK);
    exec(m->db, sql);
}

static void unmake(struct made *m)
{
    static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
    char path[128];
    (void)sqlite3_close(m->db);
    for (size_t i = 0; i < 4; i++) {
        (void)snprintf(path, sizeof path, "%s%s", m->path, suffixes[i]);
        (void)unlink(path);
    }
    (void)rmdir(m->folder);
}

/* A malloc'd copy, so that a sanitizer sees a step beyond it. */
static struct lm_str load(const struct made *m, const char *suffix)
{
    char path[128];
    struct lm_str s = { NULL, 0 };
    (void)snprintf(path, sizeof path, "%s%s", m->path, suffix);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return s;
    (void)fseek(f, 0, SEEK_END);
    long n = ftell(f);
    char *p = malloc((size_t)n + 1);
    rewind(f);
    if (p != NULL && n > 0)
        s = (struct lm_str){ p, fread(p, 1, (size_t)n, f) };
    else
        free(p);
    (void)fclose(f);
    return s;
}

static void drop(struct lm_str s)
{
    free((char *)(uintptr_t)s.p);
}

static char *bytes_of(struct lm_str s)
{
    return (char *)(uintptr_t)s.p;
}

struct walked {
    size_t rows, lost_rows, ranges;
    int64_t lost_first, lost_last; /* of the last range */
    int64_t sum;                   /* of the rowids read */
};

static struct walked walk(struct lm_evdb *db, const char *table)
{
    static const char *const columns[] = { "body", "absent" };
    struct walked w = { 0 };
    struct lm_evdb_table *t = NULL;
    enum lm_evdb_step s = LM_EVDB_ROW;
    int64_t first = 0, last = 0;
    assert_int_equal(lm_evdb_table_open(db, table, columns, 2, &t, NULL), LM_OK);
    while (s != LM_EVDB_END) {
        assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
        w.rows += s == LM_EVDB_ROW;
        w.lost_rows += s == LM_EVDB_LOST_ROW;
        if (s == LM_EVDB_ROW) {
            w.sum += first;
            assert_int_equal(lm_evdb_type(t, 1), LM_EVDB_NULL);
            (void)lm_evdb_bytes(t, 0);
        }
        if (s == LM_EVDB_LOST_RANGE) {
            w.ranges++;
            w.lost_first = first;
            w.lost_last = last;
        }
    }
    assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK); /* the end stays the end */
    assert_int_equal(s, LM_EVDB_END);
    return w;
}

static struct walked walk_files(struct lm_str main, struct lm_str wal, struct lm_str journal, struct lm_evdb_state *ret)
{
    struct lm_arena a;
    struct lm_evdb *db = NULL;
    struct lm_error e = { 0 };
    const struct lm_evdb_files files = { main, wal, journal };
    lm_arena_init(&a, 0);
    if (lm_evdb_open(&a, &files, &db, &e) != LM_OK)
        fail_msg("%s", e.message);
    struct walked w = walk(db, "m");
    if (ret != NULL)
        *ret = *lm_evdb_state(db);
    lm_evdb_close(db);
    lm_arena_free(&a);
    return w;
}

static const struct lm_str none = { NULL, 0 };

static void test_values(void **state)
{
    (void)state;
    static const char *const columns[] = { "n", "-known", "body", "absent", "r", "b" };
    struct made m;
    struct lm_arena a;
    struct lm_evdb *db = NULL;
    struct lm_evdb_table *t = NULL;
    enum lm_evdb_step s;
    int64_t first, last, n = 0;
    double d = 0;
    make(&m, "CREATE TABLE m(n INTEGER, known TEXT, \"o\"\"dd\" TEXT, body TEXT, r, b BLOB, g AS (n + 1));"
             "INSERT INTO m(rowid, n, known, \"o\"\"dd\", body, r, b) VALUES (-3, 7, 'k', 'u', 'text', 2.5, x'00ff'),"
             " (9, '12', NULL, NULL, NULL, 3.0, NULL), (9223372036854775807, 'x', NULL, NULL, 5, '1.5', NULL)");
    struct lm_str main = load(&m, "");
    const struct lm_evdb_files files = { main, none, none };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_evdb_open(&a, &files, &db, NULL), LM_OK);
    assert_true(lm_evdb_has_table(db, "m") && !lm_evdb_has_table(db, "n"));
    assert_int_equal(lm_evdb_table_open(db, "n", columns, 6, &t, NULL), LM_ENOTFOUND);
    assert_int_equal(lm_evdb_table_open(db, "m", columns, 6, &t, NULL), LM_OK);
    assert_true(lm_evdb_has_column(t, 0) && !lm_evdb_has_column(t, 1) && !lm_evdb_has_column(t, 3));
    assert_int_equal(lm_evdb_unknown_columns(t), 1);
    assert_true(lm_str_eq(lm_evdb_column_name(t, 6), LM_STR("o\"dd")));
    assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
    assert_true(s == LM_EVDB_ROW && first == -3);
    assert_true(lm_evdb_i64(t, 0, &n) && n == 7);
    assert_true(lm_str_eq(lm_evdb_bytes(t, 2), LM_STR("text")) && lm_str_eq(lm_evdb_bytes(t, 6), LM_STR("u")));
    assert_true(lm_evdb_double(t, 4, &d) && d == 2.5 && !lm_evdb_i64(t, 4, &n) && !lm_evdb_i64(t, 3, &n));
    assert_true(lm_evdb_type(t, 5) == LM_EVDB_BLOB && lm_str_eq(lm_evdb_bytes(t, 5), LM_STR("\0\xff")));
    assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
    assert_true(lm_evdb_i64(t, 0, &n) && n == 12 && lm_evdb_i64(t, 4, &n) && n == 3);
    assert_int_equal(lm_evdb_bytes(t, 2).n, 0);
    assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
    assert_true(s == LM_EVDB_ROW && first == INT64_MAX && !lm_evdb_i64(t, 0, &n));
    assert_true(lm_str_eq(lm_evdb_bytes(t, 2), LM_STR("5")) && lm_evdb_double(t, 4, &d) && d == 1.5);
    assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
    assert_int_equal(s, LM_EVDB_END);
    assert_true(lm_evdb_fetch(t, 9, &s) == LM_OK && s == LM_EVDB_ROW && lm_evdb_i64(t, 0, &n) && n == 12);
    assert_true(lm_evdb_fetch(t, 10, &s) == LM_OK && s == LM_EVDB_END && lm_evdb_type(t, 0) == LM_EVDB_NULL);
    struct lm_evdb_index x;
    size_t k;
    assert_int_equal(lm_evdb_index(&a, t, 0, LM_EVDB_ROWID, &x), LM_OK);
    assert_int_equal(x.n, 2);
    assert_true(lm_evdb_index_find(&x, 12, &k)->rowid == 9 && k == 1);
    assert_true(lm_evdb_index_find(&x, 8, &k) == NULL && k == 0);
    static const char *const peeked[] = { "zz", "m", "m.body", "m.absent", "zz.body" };
    assert_int_equal(lm_evdb_peek(&files, peeked, 5), 2 + 4);
    lm_evdb_close(db);
    lm_arena_free(&a);
    drop(main);
    unmake(&m);
}

#define MANY(n) "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < " #n ")" \
                " INSERT INTO m(body) SELECT printf('message %d %.*c', i, 60, 'x') FROM c;"

/* One main file, three states of its -wal. */
static void test_wal(void **state)
{
    (void)state;
    struct made m;
    struct lm_evdb_state s;
    make(&m, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);"
             "INSERT INTO m(body) VALUES ('a'), ('b'); PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO m(body) VALUES ('c')");
    struct lm_str main = load(&m, ""), wal = load(&m, "-wal");
    exec(m.db, MANY(300));
    struct lm_str wal2 = load(&m, "-wal"), main2 = load(&m, "");
    assert_true(lm_str_eq(main, main2));
    assert_int_equal(walk_files(main, none, none, &s).rows, 2);
    assert_int_equal(s.wal_read, 0);
    assert_int_equal(walk_files(main, wal, none, &s).rows, 3);
    assert_true(s.wal_read == 1 && s.wal_unread == 0 && !s.wal_damaged);
    struct walked w = walk_files(main, wal2, none, &s);
    assert_int_equal(w.rows, 303);
    assert_int_equal(w.ranges + w.lost_rows, 0);
    assert_int_equal(s.wal_unread, 0);
    uint64_t all = s.wal_read;

    /* cut inside the second transaction: it never happened, and that is said */
    assert_int_equal(walk_files(main, lm_str_take(wal2, wal2.n - 100), none, &s).rows, 3);
    assert_true(s.wal_read == 1 && s.wal_unread == all - 1);
    bytes_of(wal2)[wal2.n - 7] ^= 1; /* checksum of the last frame */
    assert_int_equal(walk_files(main, wal2, none, &s).rows, 3);
    assert_true(s.wal_read == 1 && s.wal_unread == all - 1);
    bytes_of(wal2)[20] ^= 1; /* salt in the header */
    assert_int_equal(walk_files(main, wal2, none, &s).rows, 2);
    assert_true(s.wal_damaged);
    assert_int_equal(walk_files(main, lm_str_take(wal, 10), none, &s).rows, 2);
    assert_true(s.wal_damaged);
    drop(main);
    drop(main2);
    drop(wal);
    drop(wal2);
    unmake(&m);
}

/* Everything, the schema too, is in the -wal. */
static void test_wal_alone(void **state)
{
    (void)state;
    struct made m;
    make(&m, "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE m(body TEXT); INSERT INTO m VALUES ('a')");
    struct lm_str main = load(&m, ""), wal = load(&m, "-wal");
    static const char *const names[] = { "m" };
    const struct lm_evdb_files with = { main, wal, none }, without = { main, none, none };
    assert_int_equal(lm_evdb_peek(&with, names, 1), 1);
    assert_int_equal(lm_evdb_peek(&without, names, 1), 0);
    assert_int_equal(walk_files(main, wal, none, NULL).rows, 1);
    drop(main);
    drop(wal);
    unmake(&m);
}

static size_t number_of(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    size_t n = (size_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return n;
}

/* The place of a text in the file, and so of its page. */
static size_t place_of(struct lm_str file, const char *text)
{
    size_t at = lm_str_find(file, lm_str(text));
    assert_true(at != SIZE_MAX);
    return at;
}

static void test_damaged_page(void **state)
{
    (void)state;
    struct made m;
    struct lm_evdb_state s;
    make(&m, "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);" MANY(1000)
             "DELETE FROM m WHERE id % 10 = 3");
    struct lm_str main = load(&m, "");
    assert_int_equal(walk_files(main, none, none, &s).rows, 900);
    size_t page = place_of(main, "message 500 ") / 1024 * 1024;
    /* what that page held, by another way than rowids: the texts on it */
    int64_t sum = 0, first = 0, last = 0, n = 0;
    for (int i = 1; i <= 1000; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "message %d x", i);
        bool on = i % 10 != 3 && lm_str_find((struct lm_str){ main.p + page, 1024 }, lm_str(text)) != SIZE_MAX;
        sum += i % 10 == 3 || on ? 0 : i;
        n += on;
        first = on && first == 0 ? i : first;
        last = on ? i : last;
    }
    assert_true(n > 5 && n < 15);
    memset(bytes_of(main) + page, 0, 1024);
    struct walked w = walk_files(main, none, none, NULL);
    assert_int_equal(w.rows, 900 - n);
    assert_int_equal(w.sum, sum);
    assert_int_equal(w.ranges, 1);
    assert_true(w.lost_first <= first && w.lost_last >= last && w.lost_last - w.lost_first < last - first + 4);

    /* a second one, next but one; and the first page of the table */
    memset(bytes_of(main) + place_of(main, "message 530 ") / 1024 * 1024, 0xff, 1024);
    w = walk_files(main, none, none, NULL);
    assert_int_equal(w.ranges, 2);
    assert_true(w.rows < 900 - (size_t)n && w.rows > 870);
    memset(bytes_of(main) + place_of(main, "message 2 ") / 1024 * 1024, 0, 1024);
    w = walk_files(main, none, none, NULL);
    assert_int_equal(w.ranges, 3);
    /* and the last */
    memset(bytes_of(main) + place_of(main, "message 1000 ") / 1024 * 1024, 0, 1024);
    w = walk_files(main, none, none, NULL);
    assert_int_equal(w.ranges, 4);
    assert_true(w.lost_last == INT64_MAX && w.lost_first > 985 && w.rows > 840);
    drop(main);
    unmake(&m);
}

/* A long text whose further pages are gone loses one row. */
static void test_damaged_overflow(void **state)
{
    (void)state;
    struct made m;
    make(&m, "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);"
             "INSERT INTO m(body) VALUES ('a'), (printf('%.*c', 9000, 'y')), ('c')");
    struct lm_str main = load(&m, "");
    assert_int_equal(walk_files(main, none, none, NULL).rows, 3);
    /* the number of the first overflow page ends the cell of row 2 on the table's page */
    size_t at = place_of(main, "yyyy");
    while (main.p[at] == 'y')
        at++;
    memset(bytes_of(main) + at, 0xff, 4);
    struct walked w = walk_files(main, none, none, NULL);
    assert_int_equal(w.rows, 2);
    assert_int_equal(w.lost_rows, 1);
    assert_int_equal(w.sum, 4);
    drop(main);
    unmake(&m);
}

static void test_truncated(void **state)
{
    (void)state;
    struct made m;
    struct lm_evdb_state s;
    make(&m, "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);" MANY(1000));
    struct lm_str main = load(&m, "");
    struct walked w = walk_files(lm_str_take(main, main.n / 2 + 100), none, none, &s);
    assert_true(s.pages == main.n / 1024 && s.pages_missing == main.n / 1024 - main.n / 2 / 1024);
    assert_true(w.rows > 400 && w.rows < 600 && w.ranges >= 1 && w.lost_last == INT64_MAX);
    drop(main);
    unmake(&m);
}

/* A transaction was being written when the phone was taken: its pages go back to what they were. */
static void test_hot_journal(void **state)
{
    (void)state;
    struct made m;
    struct lm_evdb_state s;
    make(&m, "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);" MANY(1000)
             "PRAGMA cache_size=2; PRAGMA cache_spill=2; BEGIN; DELETE FROM m WHERE id > 100;" MANY(3000));
    struct lm_str main = load(&m, ""), journal = load(&m, "-journal");
    assert_true(journal.n > 1024);
    struct walked w = walk_files(main, none, journal, &s);
    assert_int_equal(w.rows, 1000);
    assert_int_equal(w.sum, 500500);
    assert_int_equal(w.ranges + w.lost_rows, 0);
    assert_true(s.journal_rolled_back && !s.journal_ignored);
    memset(bytes_of(journal), 0, 28); /* as journal_mode=PERSIST leaves it */
    (void)walk_files(main, none, journal, &s);
    assert_false(s.journal_rolled_back);
    drop(main);
    drop(journal);
    unmake(&m);
}

static void refused(struct lm_str main, lm_err want, const char *word)
{
    struct lm_arena a;
    struct lm_evdb *db = NULL;
    struct lm_error e = { 0 };
    const struct lm_evdb_files files = { main, none, none };
    static const char *const names[] = { "m" };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_evdb_open(&a, &files, &db, &e), want);
    assert_true(lm_str_find(lm_str(e.message), lm_str(word)) != SIZE_MAX);
    assert_int_equal(lm_evdb_peek(&files, names, 1), 0);
    lm_arena_free(&a);
}

static void test_not_a_database(void **state)
{
    (void)state;
    char noise[4096];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 37 + i / 256);
    refused((struct lm_str){ noise, sizeof noise }, LM_EINPUT, "encrypted");
    refused(none, LM_EINPUT, "encrypted");
    refused(LM_STR("SQLite format 3\0"), LM_EINPUT, "encrypted");
    memset(noise, 0, sizeof noise);
    memcpy(noise, "SQLite format 3", 16);
    refused((struct lm_str){ noise, sizeof noise }, LM_EINPUT, "encrypted"); /* page size 0 */
    noise[16] = 16;
    refused((struct lm_str){ noise, sizeof noise }, LM_EINPUT, "encrypted");
}

/* A schema with one bad entry loses that table only. What is no ordinary table is not read. */
static void test_schema(void **state)
{
    (void)state;
    struct made m;
    struct lm_arena a;
    struct lm_evdb *db = NULL;
    struct lm_evdb_table *t = NULL;
    struct lm_error e = { 0 };
    static const char *const columns[] = { "body" };
    make(&m, "CREATE TABLE m(body TEXT); INSERT INTO m VALUES ('a'); CREATE TABLE broken(x); CREATE TABLE later(body);"
             "INSERT INTO later VALUES (1), (2); CREATE VIEW v AS SELECT * FROM m; CREATE TABLE w(body PRIMARY KEY) WITHOUT ROWID;"
             "CREATE VIRTUAL TABLE f USING fts5(body); CREATE TABLE r(body, rowid, oid, _rowid_)");
    struct lm_str main = load(&m, "");
    const struct lm_evdb_files files = { main, none, none };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_evdb_open(&a, &files, &db, &e), LM_OK);
    assert_false(lm_evdb_state(db)->schema_damaged);
    static const char *const not_tables[] = { "v", "w", "f", "r", "sqlite_dbpage", "pragma_table_list" };
    for (size_t i = 0; i < 6; i++)
        assert_int_not_equal(lm_evdb_table_open(db, not_tables[i], columns, 1, &t, &e), LM_OK);
    lm_evdb_close(db);
    size_t at = place_of(main, "CREATE TABLE broken");
    memcpy(bytes_of(main) + at, "CREATE TUBLE", 12);
    assert_int_equal(lm_evdb_open(&a, &files, &db, &e), LM_OK);
    assert_true(lm_evdb_state(db)->schema_damaged);
    assert_false(lm_evdb_has_table(db, "broken"));
    assert_int_equal(walk(db, "m").rows, 1);
    assert_int_equal(walk(db, "later").rows, 2);
    lm_evdb_close(db);
    lm_arena_free(&a);
    drop(main);
    unmake(&m);
}

/* An interior page all of whose children are one leaf, and one that is its own child. */
static void test_circles(void **state)
{
    (void)state;
    struct made m;
    make(&m, "PRAGMA page_size=1024; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);" MANY(1000));
    struct lm_str main = load(&m, "");
    size_t root = number_of(m.db, "SELECT rootpage FROM sqlite_schema WHERE name = 'm'");
    char *page = bytes_of(main) + (root - 1) * 1024;
    assert_int_equal(page[0], 5); /* interior */
    size_t n = (size_t)(unsigned char)page[3] << 8 | (unsigned char)page[4];
    char *first = page + ((size_t)(unsigned char)page[12] << 8 | (unsigned char)page[13]), child[4];
    memcpy(child, first, 4);
    for (size_t i = 0; i < n; i++) {
        char *cell = page + ((size_t)(unsigned char)page[12 + 2 * i] << 8 | (unsigned char)page[13 + 2 * i]);
        memcpy(cell, child, 4);
    }
    memcpy(page + 8, child, 4);
    struct walked w = walk_files(main, none, none, NULL);
    assert_true(w.rows > 0 && w.rows < 120 && w.ranges > 0);
    child[0] = child[1] = child[2] = 0;
    child[3] = (char)root;
    memcpy(first, child, 4);
    w = walk_files(main, none, none, NULL);
    assert_true(w.rows < 120);
    drop(main);
    unmake(&m);
}

/* No byte of a small database can be changed so that a walk does not end, or ends with more rows than there are cells. */
static void test_every_byte(void **state)
{
    (void)state;
    static const char *const columns[] = { "body" };
    struct made m;
    size_t opened = 0, rows = 0;
    make(&m, "PRAGMA page_size=512; CREATE TABLE m(id INTEGER PRIMARY KEY, body TEXT);"
             "INSERT INTO m(body) SELECT 'some text of a message ' || value FROM (WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL"
             " SELECT value + 1 FROM c WHERE value < 60) SELECT value FROM c)");
    struct lm_str main = load(&m, "");
    for (size_t i = 16; i < main.n; i++) {
        char was = main.p[i];
        struct lm_arena a;
        struct lm_evdb *db = NULL;
        struct lm_evdb_table *t = NULL;
        const struct lm_evdb_files files = { main, none, none };
        bytes_of(main)[i] = (char)(was ^ (i % 2 != 0 ? 0xff : 1 << (i / 2 % 8)));
        lm_arena_init(&a, 0);
        if (lm_evdb_open(&a, &files, &db, NULL) == LM_OK && lm_evdb_table_open(db, "m", columns, 1, &t, NULL) == LM_OK) {
            enum lm_evdb_step s = LM_EVDB_ROW;
            int64_t first = 0, last = 0, before = INT64_MIN;
            size_t here = 0;
            opened++;
            while (s != LM_EVDB_END) {
                assert_int_equal(lm_evdb_next(t, &s, &first, &last), LM_OK);
                if (s != LM_EVDB_END) {
                    assert_true((first > before || before == INT64_MIN) && last >= first);
                    before = last;
                }
                here += s == LM_EVDB_ROW;
            }
            assert_true(here <= 300);
            rows += here;
        }
        lm_evdb_close(db);
        lm_arena_free(&a);
        bytes_of(main)[i] = was;
    }
    assert_true(opened > main.n / 2 && rows > opened * 40);
    drop(main);
    unmake(&m);
}

/* More links than an index keeps: every one of them is found, in whatever order they lie and are asked for, in the same memory. */
static void test_many_links(void **state)
{
    (void)state;
    enum { ROWS = 300000 };
    static const char *const keys[] = { "i", "i * 7919 % 300000", "i / 3", "300000 - i", "CASE WHEN i % 100 = 0 THEN i ELSE NULL END" };
    static const char *const columns[] = { "k" };
    for (size_t which = 0; which < sizeof keys / sizeof *keys; which++) {
        struct made m;
        char sql[400];
        (void)snprintf(sql, sizeof sql, "CREATE TABLE m(id INTEGER PRIMARY KEY, k); WITH RECURSIVE c(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c"
                                        " WHERE i < %d) INSERT INTO m SELECT i, %s FROM c", ROWS, keys[which]);
        make(&m, sql);
        struct lm_str main = load(&m, "");
        struct lm_evdb_files files = { .main = main };
        struct lm_arena a;
        struct lm_evdb *db;
        struct lm_evdb_table *t;
        struct lm_evdb_index x;
        sqlite3_stmt *q;
        size_t n, found = 0, wrong = 0;
        lm_arena_init(&a, 0);
        assert_int_equal(lm_evdb_open(&a, &files, &db, NULL), LM_OK);
        assert_int_equal(lm_evdb_table_open(db, "m", columns, 1, &t, NULL), LM_OK);
        size_t before = a.used_bytes;
        assert_int_equal(lm_evdb_index(&a, t, 0, LM_EVDB_ROWID, &x), LM_OK);
        assert_int_equal(sqlite3_prepare_v2(m.db, "SELECT k, id FROM m WHERE k IS NOT NULL ORDER BY k, id", -1, &q, NULL), SQLITE_OK);
        const struct lm_evdb_link *l = NULL;
        int64_t key = -1;
        for (size_t i = 0; sqlite3_step(q) == SQLITE_ROW; i++) {
            if (sqlite3_column_int64(q, 0) != key) {
                key = sqlite3_column_int64(q, 0);
                l = lm_evdb_index_find(&x, key, &n);
                found += n;
                i = 0;
            }
            wrong += l == NULL || i >= n || l[i].key != key || l[i].rowid != sqlite3_column_int64(q, 1);
        }
        (void)sqlite3_finalize(q);
        assert_int_equal(wrong, 0);
        assert_int_equal(found, which == 4 ? ROWS / 100 : ROWS);
        int64_t keys_in_order = 0, before_that = INT64_MIN;
        for (int64_t from = INT64_MIN; (l = lm_evdb_index_from(&x, from, &n)) != NULL; from = l->key + 1) {
            assert_true(l->key > before_that && n > 0);
            before_that = l->key;
            keys_in_order++;
        }
        assert_int_equal(keys_in_order, which == 2 ? ROWS / 3 + 1 : which == 4 ? ROWS / 100 : ROWS);
        for (int64_t far = ROWS; far > 0; far -= 99991) { /* backwards, and beside what there is */
            l = lm_evdb_index_find(&x, far, &n);
            assert_true(n <= 3 && (n == 0 || l->key == far));
            assert_null(lm_evdb_index_find(&x, -far, &n));
        }
        assert_true(a.used_bytes - before < ((size_t)4 << 20));
        assert_false(lm_evdb_state(db)->links_cut);
        lm_evdb_close(db);
        lm_arena_free(&a);
        drop(main);
        unmake(&m);
    }
}

/* One key with more links than are kept: the first of them, and it is said. */
static void test_too_many_for_one(void **state)
{
    (void)state;
    static const char *const columns[] = { "k" };
    struct made m;
    struct lm_arena a;
    struct lm_evdb *db;
    struct lm_evdb_table *t;
    struct lm_evdb_index x;
    size_t n;
    make(&m, "CREATE TABLE m(id INTEGER PRIMARY KEY, k); WITH RECURSIVE c(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM c WHERE i < 300000)"
             " INSERT INTO m SELECT i, CASE WHEN i <= 100 THEN i WHEN i > 299900 THEN i ELSE 7777 END FROM c");
    struct lm_str main = load(&m, "");
    struct lm_evdb_files files = { .main = main };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_evdb_open(&a, &files, &db, NULL), LM_OK);
    assert_int_equal(lm_evdb_table_open(db, "m", columns, 1, &t, NULL), LM_OK);
    assert_int_equal(lm_evdb_index(&a, t, 0, LM_EVDB_ROWID, &x), LM_OK);
    assert_true(lm_evdb_index_find(&x, 42, &n)->rowid == 42 && n == 1);
    const struct lm_evdb_link *l = lm_evdb_index_find(&x, 7777, &n);
    assert_true(n == LM_EVDB_LINKS && l[0].rowid == 101 && l[n - 1].rowid == 100 + (int64_t)n);
    assert_true(lm_evdb_state(db)->links_cut);
    assert_true(lm_evdb_index_find(&x, 299950, &n)->rowid == 299950 && n == 1);
    assert_true(lm_evdb_index_find(&x, 1, &n)->rowid == 1 && n == 1);
    lm_evdb_close(db);
    lm_arena_free(&a);
    drop(main);
    unmake(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_wal),
        cmocka_unit_test(test_wal_alone),
        cmocka_unit_test(test_damaged_page),
        cmocka_unit_test(test_damaged_overflow),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_hot_journal),
        cmocka_unit_test(test_not_a_database),
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_circles),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_many_links),
        cmocka_unit_test(test_too_many_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
