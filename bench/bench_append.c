/* bench_append - what the workspace costs above SQLite: lm_import_entry against plain C loops with prepared statements.
 *
 *   bench_append [MESSAGES] [RUNS]     (200,000 and 5 unless asked)
 *
 * One import of made-up messages with about 65 bytes of text, written five ways in turn, each into a fresh file with the
 * same settings (WAL, synchronous=NORMAL, foreign keys, 64 MiB of cache):
 *   import   lm_import_*: duplicates looked up, accounts and threads found or made, digests, contact edges, audit chain
 *   loop     the same rows (record, event, leg, msg, msg_fts) into the same schema, committed every 5,000 messages
 *   one      the same loop, committed once
 *   bare     the same rows into tables without any index or FTS5
 *   after    bare, then the indexes and FTS5 built over it
 * Two shapes: chats as a telephone holds them (200 conversations, one after the other), and records as a carrier returns
 * them (no text, ends spread over 20,000 accounts, in order of time). Medians; ratios in messages per second.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/schema.h"
#include "store/store.h"

#define RUNS_MAX 25
#define WORDS 4000
#define CHATS 200
#define NUMBERS 20000

enum { IMPORT, LOOP, ONE, BARE, AFTER, WAYS };
static const char *const way_names[WAYS] = { "import", "loop", "one", "bare", "after" };

struct message {
    uint32_t from, to, thread;
    int64_t at_us;
    char text[96]; /* empty: a call */
};

struct timing {
    double wall[RUNS_MAX], cpu[RUNS_MAX];
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_append: %s failed\n", what);
        exit(1);
    }
}

static double seconds(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Words lean to low numbers, as in a language. */
static void make_text(uint64_t *seed, char out[96])
{
    static const char *const parts[] = { "ca", "lo", "mi", "ta", "re", "so", "ne", "vi", "du", "pa" };
    size_t n = 0;
    while (n < 60) {
        uint64_t r = next_random(seed) % WORDS;
        r = r * (next_random(seed) % WORDS) / WORDS * (next_random(seed) % WORDS) / WORDS;
        do {
            memcpy(out + n, parts[r % 10], 2);
            n += 2;
            r /= 10;
        } while (r != 0);
        out[n++] = ' ';
    }
    out[n - 1] = '\0';
}

static struct message *make(size_t n, bool chats)
{
    uint64_t seed = 7;
    struct message *m = calloc(n, sizeof *m);
    must(m != NULL, "memory");
    for (size_t i = 0; i < n; i++) {
        m[i].at_us = INT64_C(1650000000000000) + (int64_t)i * 37000000;
        if (chats) {
            m[i].thread = (uint32_t)(i * CHATS / n);
            bool out = next_random(&seed) % 2;
            m[i].from = out ? 0 : m[i].thread + 1;
            m[i].to = out ? m[i].thread + 1 : 0;
            make_text(&seed, m[i].text);
        } else {
            m[i].from = (uint32_t)(next_random(&seed) % NUMBERS);
            m[i].to = (uint32_t)((m[i].from + 1 + next_random(&seed) % (NUMBERS - 1)) % NUMBERS);
        }
    }
    return m;
}

/* --- the workspace --- */

static struct lm_account_ref account(char room[32], uint32_t number)
{
    int n = snprintf(room, 32, "user%u", number);
    return (struct lm_account_ref){ .platform = LM_PLATFORM_TELEGRAM, .form = LM_ACCOUNT_NATIVE,
                                    .native = { room, (size_t)n } };
}

static void put_entry(struct lm_import *im, int64_t source, const struct message *m, size_t i)
{
    char from[32], to[32], thread[32];
    bool call = m->text[0] == '\0';
    struct lm_account_ref recipient = account(to, m->to);
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = i * 100, .b = 100 };
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    enum lm_outcome outcome;
    f.event = (struct lm_event){ .kind = call ? LM_EVENT_CALL : LM_EVENT_MESSAGE,
                                 .platform = LM_PLATFORM_TELEGRAM,
                                 .at = { m->at_us, 0, LM_TIME_UTC },
                                 .from = account(from, m->from),
                                 .to = &recipient,
                                 .n_to = 1,
                                 .text = lm_str(m->text),
                                 .duration_s = call ? 60 : -1 };
    if (!call) {
        int n = snprintf(thread, sizeof thread, "chat%u", m->thread);
        f.event.thread = (struct lm_thread_ref){ .native = { thread, (size_t)n }, .kind = LM_THREAD_DIRECT };
    }
    struct lm_entry entry = { &at, 1, &f, 1 };
    must(lm_import_entry(im, source, &entry, &outcome, NULL) == LM_OK && outcome == LM_OUTCOME_KEPT, "entry");
}

static void run_import(const char *path, const struct message *m, size_t n, double start[2])
{
    struct lm_store *st;
    struct lm_import *im;
    struct lm_counts counts;
    int64_t exhibit, source;
    bool known;
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("bench") };
    struct lm_authority a = { .id = LM_STR("A1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_CONSENT,
                              .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE,
                              .expires_day = LM_DAY_NONE };
    struct lm_exhibit x = { .name = LM_STR("x"), .folder = true };
    must(lm_store_create(path, "bench", NULL) == LM_OK
             && lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK
             && lm_store_add_investigation(st, &i, NULL) == LM_OK && lm_store_add_authority(st, &a, NULL) == LM_OK,
         "workspace");
    start[0] = seconds(CLOCK_MONOTONIC);
    start[1] = seconds(CLOCK_PROCESS_CPUTIME_ID);
    must(lm_import_begin(st, a.id, &im, NULL) == LM_OK && lm_import_exhibit(im, &x, &exhibit, &known, NULL) == LM_OK,
         "import");
    struct lm_source s = { .exhibit = exhibit, .path = LM_STR("x"), .reader = LM_STR("bench") };
    must(lm_import_source(im, &s, &source, NULL) == LM_OK, "source");
    for (size_t k = 0; k < n; k++)
        put_entry(im, source, &m[k], k);
    must(lm_import_source_end(im, source, LM_SOURCE_READ, &counts, NULL) == LM_OK && counts.kept == n
             && lm_import_end(im, &counts, NULL) == LM_OK, "end");
    lm_store_close(st);
}

/* --- the plain loops --- */

enum { S_RECORD, S_EVENT, S_LEG, S_MSG, S_FTS, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    "INSERT INTO record(id, source, kind, a, b, name) VALUES(?, 1, 1, ?, 100, '')",
    "INSERT INTO event(id, source, record, n_records, kind, platform, flags, at_us, offset_s, quality, thread, frm, n_to,"
    " native, native_key, detail, duration_s, amount_minor, currency, exponent, reply_to, latitude, longitude)"
    " VALUES(?, 1, ?, 1, ?, 6, 0, ?, NULL, 1, ?, ?, 1, NULL, NULL, NULL, ?, NULL, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO leg(event, ord, frm, dst, at_us) VALUES(?, 0, ?, ?, ?)",
    "INSERT INTO msg(event, text, raw) VALUES(?, ?, NULL)",
    "INSERT INTO msg_fts(rowid, text) VALUES(?, ?)",
};

static void sql(sqlite3 *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
        (void)fprintf(stderr, "%s: %s\n", text, why);
    must(why == NULL, "SQL");
}

static void step(sqlite3_stmt *q)
{
    must(sqlite3_step(q) == SQLITE_DONE, "insert");
    (void)sqlite3_reset(q);
}

/* What the rows refer to; 20,001 accounts and 200 threads. */
static void make_parents(sqlite3 *db)
{
    sql(db, "INSERT INTO word_platform VALUES(6, 'telegram'); INSERT INTO word_authority_kind VALUES(6, 'consent');"
            "INSERT INTO word_reach VALUES(0, 'content');"
            "INSERT INTO investigation VALUES(1, 'I1', 'bench', NULL, NULL, 0, 'bench');"
            "INSERT INTO authority(id, code, investigation, kind, reach, location, sealed, added_us, added_by)"
            " VALUES(1, 'A1', 1, 6, 0, 0, 0, 0, 'bench');"
            "INSERT INTO import(id, authority, actor, program, begun_us) VALUES(1, 1, 'bench', '', 0);"
            "INSERT INTO exhibit(id, sha256, authority, name, folder, bytes, added_us)"
            " VALUES(1, zeroblob(32), 1, 'x', 1, 0, 0);"
            "INSERT INTO source(id, exhibit, authority, import, path, sha256, bytes, reader)"
            " VALUES(1, 1, 1, 1, 'x', zeroblob(32), 0, 'bench');"
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
            " INSERT INTO account SELECT i + 1, 1, 6, 1, 'user' || i, 'user' || i FROM n;"
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 199)"
            " INSERT INTO thread SELECT i + 1, 1, 1, 6, 'chat' || i, NULL, 1 FROM n");
}

/* Every index of the tables that are filled, as the schema words it; dropped first, made again afterwards. */
static size_t drop_indexes(sqlite3 *db, char made[16][512])
{
    sqlite3_stmt *q;
    size_t n = 0;
    must(sqlite3_prepare_v2(db, "SELECT sql, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name"
                                " IN ('record', 'event', 'leg', 'msg')", -1, &q, NULL) == SQLITE_OK, "indexes");
    char drop[16][64];
    while (sqlite3_step(q) == SQLITE_ROW && n < 16) {
        (void)snprintf(made[n], 512, "%s", (const char *)sqlite3_column_text(q, 0));
        (void)snprintf(drop[n++], 64, "DROP INDEX %s", (const char *)sqlite3_column_text(q, 1));
    }
    (void)sqlite3_finalize(q);
    for (size_t i = 0; i < n; i++)
        sql(db, drop[i]);
    return n;
}

static void put_rows(sqlite3_stmt *const q[STATEMENTS], const struct message *m, int64_t id, bool fts)
{
    bool call = m->text[0] == '\0';
    (void)sqlite3_bind_int64(q[S_RECORD], 1, id);
    (void)sqlite3_bind_int64(q[S_RECORD], 2, (id - 1) * 100);
    step(q[S_RECORD]);
    (void)sqlite3_bind_int64(q[S_EVENT], 1, id);
    (void)sqlite3_bind_int64(q[S_EVENT], 2, id);
    (void)sqlite3_bind_int(q[S_EVENT], 3, call ? LM_EVENT_CALL : LM_EVENT_MESSAGE);
    (void)sqlite3_bind_int64(q[S_EVENT], 4, m->at_us);
    if (!call)
        (void)sqlite3_bind_int64(q[S_EVENT], 5, m->thread + 1);
    (void)sqlite3_bind_int64(q[S_EVENT], 6, m->from + 1);
    if (call)
        (void)sqlite3_bind_int(q[S_EVENT], 7, 60);
    step(q[S_EVENT]);
    (void)sqlite3_bind_int64(q[S_LEG], 1, id);
    (void)sqlite3_bind_int64(q[S_LEG], 2, m->from + 1);
    (void)sqlite3_bind_int64(q[S_LEG], 3, m->to + 1);
    (void)sqlite3_bind_int64(q[S_LEG], 4, m->at_us);
    step(q[S_LEG]);
    for (int i = S_MSG; i <= (fts ? S_FTS : S_MSG) && !call; i++) {
        (void)sqlite3_bind_int64(q[i], 1, id);
        (void)sqlite3_bind_text(q[i], 2, m->text, -1, SQLITE_STATIC);
        step(q[i]);
    }
}

static void run_loop(const char *path, const struct message *m, size_t n, int way, double start[2])
{
    sqlite3 *db;
    sqlite3_stmt *q[STATEMENTS];
    char indexes[16][512];
    size_t n_indexes = 0;
    must(sqlite3_open(path, &db) == SQLITE_OK, "open");
    sql(db, "PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL;"
            "PRAGMA secure_delete=FAST; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536;"
            "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0");
    sql(db, lm_schema_v1);
    make_parents(db);
    if (way == BARE || way == AFTER)
        n_indexes = drop_indexes(db, indexes);
    for (int i = 0; i < STATEMENTS; i++)
        must(sqlite3_prepare_v3(db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &q[i], NULL) == SQLITE_OK, "prepare");
    start[0] = seconds(CLOCK_MONOTONIC);
    start[1] = seconds(CLOCK_PROCESS_CPUTIME_ID);
    sql(db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < n; i++) {
        put_rows(q, &m[i], (int64_t)i + 1, way == LOOP || way == ONE);
        if (way != ONE && i % 5000 == 4999)
            sql(db, "COMMIT; BEGIN IMMEDIATE");
    }
    sql(db, "COMMIT");
    for (size_t i = 0; i < n_indexes && way == AFTER; i++)
        sql(db, indexes[i]);
    if (way == AFTER)
        sql(db, "INSERT INTO msg_fts(msg_fts) VALUES('rebuild')");
    for (int i = 0; i < STATEMENTS; i++)
        (void)sqlite3_finalize(q[i]);
    (void)sqlite3_close(db);
}

/* --- measuring --- */

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *f)
{
    (void)s;
    (void)type;
    (void)f;
    return remove(path);
}

static void run(int way, const struct message *m, size_t n, double *ret_wall, double *ret_cpu)
{
    char dir[] = "/var/tmp/lm-bench-XXXXXX", path[64];
    double start[2];
    must(mkdtemp(dir) != NULL, "folder");
    (void)snprintf(path, sizeof path, "%s/w.lastmile", dir);
    if (way == IMPORT)
        run_import(path, m, n, start);
    else
        run_loop(path, m, n, way, start);
    *ret_wall = seconds(CLOCK_MONOTONIC) - start[0];
    *ret_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - start[1];
    (void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(const double *v, size_t n)
{
    double copy[RUNS_MAX];
    memcpy(copy, v, n * sizeof *v);
    qsort(copy, n, sizeof *copy, by_value);
    return n % 2 ? copy[n / 2] : (copy[n / 2 - 1] + copy[n / 2]) / 2;
}

static void compare(const char *shape, const struct message *m, size_t n, size_t runs)
{
    static struct timing t[WAYS];
    double wall[WAYS], cpu[WAYS];
    for (size_t r = 0; r < runs; r++)
        for (int w = 0; w < WAYS; w++)
            run(w, m, n, &t[w].wall[r], &t[w].cpu[r]);
    printf("%s: %zu messages, median of %zu interleaved runs\n", shape, n, runs);
    for (int w = 0; w < WAYS; w++) {
        wall[w] = median(t[w].wall, runs);
        cpu[w] = median(t[w].cpu, runs);
        printf("  %-7s %7.3f s wall  %7.3f s cpu  %9.0f messages/s\n", way_names[w], wall[w], cpu[w], (double)n / wall[w]);
    }
    for (int w = LOOP; w < WAYS; w++)
        printf("  import against %-6s %5.2f (wall)  %5.2f (cpu)\n", way_names[w], wall[w] / wall[IMPORT],
               cpu[w] / cpu[IMPORT]);
    printf("  load then index against the loop: %.2f times as fast (wall)\n", wall[LOOP] / wall[AFTER]);
}

int main(int argc, char **argv)
{
    int64_t n = 200000, runs = 5;
    if ((argc > 1 && !lm_str_to_i64(lm_str(argv[1]), &n)) || (argc > 2 && !lm_str_to_i64(lm_str(argv[2]), &runs))
        || n < 5000 || runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: bench_append [MESSAGES] [RUNS]\n");
        return 2;
    }
    for (int chats = 1; chats >= 0; chats--) {
        struct message *m = make((size_t)n, chats);
        compare(chats ? "chats" : "carrier", m, (size_t)n, (size_t)runs);
        free(m);
    }
    return 0;
}
