/* bench_toll - a contact pack over a big workspace, against one SQL statement over the same legs.
 *
 *   bench_toll [FOLDER [EVENTS [RUNS [WORD]]]]     (/var/tmp/lm-bench-toll, 10,000,000 and 5 unless asked; WORD: only the
 *                                                   measures that have it in their name)
 *
 * The workspace is made when FOLDER does not hold one, and stays there. 2 M numbers, skewed (the square of an even draw), with
 * calls, messages and attempts over a year; a taxi firm that one event in 200 goes to; and 12 numbers whose own records are
 * held, of 1,000 to 45,000 events each. The tables are filled by SQL, because what is measured is the look and not the import.
 * Each measure runs in a process of its own, as a command would; the median of RUNS, in milliseconds from opening the workspace
 * to closing it, and the most memory any of them took. `bare` walks the two indexes of the same numbers and looks into each
 * event: what SQLite alone needs for the rows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/rng.h"
#include "report/toll.h"

#define NUMBERS 2000000
#define TARGETS 12
#define RUNS_MAX 25

static const struct lm_filter filter = { { "I1", 2 }, { "bench", 5 } };

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_toll: %s failed\n", what);
        exit(1);
    }
}

static double now_ms(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* --- the workspace --- */

static void sql(sqlite3 *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) {
        (void)fprintf(stderr, "bench_toll: %s: %.200s\n", why, text);
        exit(1);
    }
}

static void make_frame(const char *path)
{
    struct lm_store *st;
    must(lm_store_create(path, "bench", NULL) == LM_OK, "create");
    must(lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK, "open");
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("Bench") };
    struct lm_authority a = { .id = LM_STR("A1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_D_ORDER,
                              .reach = LM_REACH_NON_CONTENT, .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE,
                              .to_day = LM_DAY_NONE, .expires_day = LM_DAY_NONE };
    must(lm_store_add_investigation(st, &i, NULL) == LM_OK, "investigation");
    must(lm_store_add_authority(st, &a, NULL) == LM_OK, "authority");
    lm_store_close(st);
}

/* Events 1 … n: which two numbers. Number 1 is the taxi firm, 2 … 13 are asked for. */
static void ends(struct lm_rng *r, size_t i, int64_t *ret_from, int64_t *ret_to)
{
    uint64_t u = lm_rng_below(r, 1000000), v = lm_rng_below(r, 1000000);
    int64_t from = 20 + (int64_t)(u * u / 1000000) * (NUMBERS - 20) / 1000000, to = 20 + (int64_t)(v * v / 1000000) * (NUMBERS - 20) / 1000000;
    if (i % 200 == 0) {
        to = 1;
    } else if (i % 64 == 1) { /* one event in 64 is of a number asked for: the k-th gets a share that falls */
        uint64_t k = lm_rng_below(r, TARGETS * (TARGETS + 1) / 2);
        int64_t target = 2;
        for (uint64_t width = TARGETS; k >= width; width--, target++)
            k -= width;
        int64_t with = 100 + target * 300 + (int64_t)(lm_rng_below(r, 300) * lm_rng_below(r, 300) / 300);
        if (lm_rng_below(r, 2) != 0) {
            from = target;
            to = with;
        } else {
            from = with;
            to = target;
        }
    }
    *ret_from = from;
    *ret_to = to == from ? to + 1 : to;
}

static void fill_events(sqlite3 *db, size_t n)
{
    sqlite3_stmt *record, *event, *leg;
    struct lm_rng r = { 1 };
    must(sqlite3_prepare_v2(db, "INSERT INTO record(id, source, kind, a, b, name) VALUES(?1, ?2, 2, ?1, ?1 * 90, '')", -1, &record, NULL) == SQLITE_OK, "record");
    must(sqlite3_prepare_v2(db, "INSERT INTO event(id, source, record, n_records, kind, platform, flags, at_us, offset_s, quality, thread, frm,"
                                " n_to, duration_s) VALUES(?1, ?2, ?1, 1, ?3, 10, ?4, ?5, 0, 1, NULL, ?6, 1, ?7)", -1, &event, NULL) == SQLITE_OK, "event");
    must(sqlite3_prepare_v2(db, "INSERT INTO leg(event, ord, frm, dst, at_us) VALUES(?1, 0, ?2, ?3, ?4)", -1, &leg, NULL) == SQLITE_OK, "leg");
    for (size_t i = 1; i <= n; i++) {
        int64_t from, to, at = INT64_C(1704067200000000) + (int64_t)((double)i / (double)n * 365 * 86400e6) / 1000000 * 1000000;
        ends(&r, i, &from, &to);
        int64_t source = from >= 2 && from < 2 + TARGETS ? from : to >= 2 && to < 2 + TARGETS ? to : 1;
        uint64_t what = lm_rng_below(&r, 10);
        int64_t duration = what < 6 ? (int64_t)lm_rng_below(&r, 600) : -1;
        (void)sqlite3_bind_int64(record, 1, (int64_t)i);
        (void)sqlite3_bind_int64(record, 2, source);
        (void)sqlite3_bind_int64(event, 1, (int64_t)i);
        (void)sqlite3_bind_int64(event, 2, source);
        (void)sqlite3_bind_int(event, 3, what < 7 ? LM_EVENT_CALL : LM_EVENT_MESSAGE);
        (void)sqlite3_bind_int(event, 4, what == 6 ? LM_EVENT_ATTEMPT : 0);
        (void)sqlite3_bind_int64(event, 5, at);
        (void)sqlite3_bind_int64(event, 6, from);
        (void)sqlite3_bind_int64(event, 7, duration);
        if (duration < 0)
            (void)sqlite3_bind_null(event, 7);
        (void)sqlite3_bind_int64(leg, 1, (int64_t)i);
        (void)sqlite3_bind_int64(leg, 2, from);
        (void)sqlite3_bind_int64(leg, 3, to);
        (void)sqlite3_bind_int64(leg, 4, at);
        sqlite3_stmt *all[] = { record, event, leg };
        for (size_t k = 0; k < 3; k++) {
            must(sqlite3_step(all[k]) == SQLITE_DONE, "insert");
            (void)sqlite3_reset(all[k]);
        }
    }
    (void)sqlite3_finalize(record);
    (void)sqlite3_finalize(event);
    (void)sqlite3_finalize(leg);
}

static void make_workspace(const char *path, size_t n)
{
    sqlite3 *db;
    make_frame(path);
    must(sqlite3_open(path, &db) == SQLITE_OK, "open");
    sql(db, "PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF; PRAGMA cache_size=-400000; BEGIN");
    sql(db, "INSERT INTO import(id, authority, actor, program, begun_us) VALUES(1, 1, 'bench', 'bench', 0)");
    sql(db, "INSERT INTO exhibit(id, sha256, authority, name, folder, bytes, added_us)"
            " VALUES(1, zeroblob(32), 1, 'returns', 1, 0, 0)");
    sql(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 13) INSERT INTO source(id, exhibit, authority,"
            " import, path, sha256, bytes, reader, state, seen, kept, duplicate, held, rejected, facts, problems)"
            " SELECT i, 1, 1, 1, printf('return_%d.csv', i), randomblob(32), 0, 'call_detail', 0, 0, 0, 0, 0, 0, 0, 0 FROM n");
    sql(db, "DROP INDEX leg_from; DROP INDEX leg_to; DROP INDEX event_thread; DROP INDEX event_native; DROP INDEX record_place;"
            "DROP INDEX account_key");
    sql(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000100) INSERT INTO account(id, investigation,"
            " platform, form, native, key) SELECT i, 1, 10, 1, printf('+1303%07d', 5550000 + i), printf('+1303%07d', 5550000 + i)"
            " FROM n");
    fill_events(db, n);
    sql(db, "UPDATE source SET facts = (SELECT count(*) FROM event WHERE event.source = source.id)");
    sql(db, "CREATE INDEX leg_from ON leg(frm, dst, at_us); CREATE INDEX leg_to ON leg(dst, frm, at_us);"
            "CREATE INDEX event_thread ON event(thread, at_us); CREATE INDEX event_native ON event(at_us, native_key)"
            " WHERE native_key IS NOT NULL; CREATE UNIQUE INDEX record_place ON record(source, a, kind, name);"
            "CREATE UNIQUE INDEX account_key ON account(investigation, key, platform, form); COMMIT; PRAGMA journal_mode=WAL");
    must(sqlite3_close(db) == SQLITE_OK, "close");
}

/* --- measures --- */

struct outcome {
    double ms, cpu_ms;
    long peak_kib;
    uint64_t events, contacts;
};

struct measure {
    const char *name;
    int first, n; /* accounts */
    bool bare, documents;
};

static void pack(const char *path, const struct measure *m, struct outcome *o)
{
    struct lm_store *st;
    struct lm_arena a;
    struct lm_str numbers[TARGETS];
    const struct lm_toll_pack *p;
    char room[TARGETS][24];
    struct lm_error e = { 0 };
    lm_arena_init(&a, (size_t)4 << 30);
    for (int i = 0; i < m->n; i++) {
        (void)snprintf(room[i], sizeof room[i], "+1303%07d", 5550000 + m->first + i);
        numbers[i] = lm_str(room[i]);
    }
    struct lm_toll_wish w = { .numbers = numbers, .n = (size_t)m->n, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE,
                              .covered_from = LM_DAY_NONE, .covered_to = LM_DAY_NONE, .zone = LM_STR("America/Denver"),
                              .within_minutes = 10, .least = 3, .runs = 1000, .seed = 1 };
    must(lm_store_open(path, LM_STORE_READ, "bench", &st, NULL) == LM_OK, "open");
    if (lm_toll_make(&a, st, &filter, &w, &p, &e) != LM_OK) {
        (void)fprintf(stderr, "bench_toll: %s\n", e.message);
        exit(1);
    }
    for (size_t i = 0; i < p->n; i++) {
        o->events += p->numbers[i].n_events;
        o->contacts += p->numbers[i].n_contacts;
    }
    if (m->documents) {
        struct lm_document d;
        struct lm_buf b;
        lm_buf_init(&b, (size_t)1 << 30);
        must(lm_toll_document(&a, p, 25, 0, &d, NULL) == LM_OK && lm_document_html(&d, &b, NULL) == LM_OK
                 && lm_document_pdf(&d, &b, NULL, NULL) == LM_OK, "documents");
        lm_toll_json(p, 25, &b);
        must(!b.failed, "documents");
        lm_buf_free(&b);
    }
    lm_store_close(st);
    lm_arena_free(&a);
}

static void bare(const char *path, const struct measure *m, struct outcome *o)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "open");
    must(sqlite3_prepare_v2(db, "SELECT e.at_us, e.kind, e.flags, e.duration_s, l.dst FROM leg l CROSS JOIN event e ON e.id = l.event"
                                " WHERE l.frm = ?1 UNION ALL SELECT e.at_us, e.kind, e.flags, e.duration_s, l.frm FROM leg l"
                                " CROSS JOIN event e ON e.id = l.event WHERE l.dst = ?1", -1, &q, NULL) == SQLITE_OK, "prepare");
    for (int i = 0; i < m->n; i++) {
        (void)sqlite3_bind_int64(q, 1, m->first + i);
        while (sqlite3_step(q) == SQLITE_ROW)
            o->events++;
        (void)sqlite3_reset(q);
    }
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
}

static struct outcome in_process(const char *path, const struct measure *m)
{
    struct outcome o = { 0 };
    int ends_of[2];
    must(pipe(ends_of) == 0, "pipe");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        struct rusage use;
        double wall = now_ms(CLOCK_MONOTONIC), cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
        if (m->bare)
            bare(path, m, &o);
        else
            pack(path, m, &o);
        o.ms = now_ms(CLOCK_MONOTONIC) - wall;
        o.cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        (void)getrusage(RUSAGE_SELF, &use);
        o.peak_kib = use.ru_maxrss;
        must(write(ends_of[1], &o, sizeof o) == sizeof o, "pipe");
        _exit(0);
    }
    (void)close(ends_of[1]);
    must(read(ends_of[0], &o, sizeof o) == sizeof o, "measure");
    (void)close(ends_of[0]);
    must(waitpid(pid, NULL, 0) == pid, "wait");
    return o;
}

static int by_wall(const void *a, const void *b)
{
    const struct outcome *x = a, *y = b;
    return x->ms < y->ms ? -1 : x->ms > y->ms;
}

static const struct measure measures[] = {
    { "one number of 24,000 events", 2, 1, false, false },
    { "  bare", 2, 1, true, false },
    { "one number of 2,000 events", 13, 1, false, false },
    { "  bare", 13, 1, true, false },
    { "six numbers", 8, 6, false, false },
    { "  bare", 8, 6, true, false },
    { "six numbers, HTML, PDF, JSON", 8, 6, false, true },
    { "twelve numbers", 2, 12, false, false },
    { "  bare", 2, 12, true, false },
    { "the taxi firm of 50,000 events", 1, 1, false, false },
    { "  bare", 1, 1, true, false },
};
#define N_MEASURES (sizeof measures / sizeof measures[0])

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "/var/tmp/lm-bench-toll";
    size_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000;
    int runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
    const char *only = argc > 4 ? argv[4] : "";
    char path[512];
    struct stat s;
    static struct outcome all[N_MEASURES][RUNS_MAX];
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    (void)mkdir(folder, 0700);
    (void)snprintf(path, sizeof path, "%s/w.lastmile", folder);
    if (stat(path, &s) != 0)
        make_workspace(path, n);
    for (int r = 0; r < runs; r++)
        for (size_t i = 0; i < N_MEASURES; i++)
            if (strstr(measures[i].name, only) != NULL)
                all[i][r] = in_process(path, &measures[i]);
    (void)printf("%-34s %10s %10s %10s %10s %10s\n", "", "wall ms", "cpu ms", "peak MiB", "events", "contacts");
    for (size_t i = 0; i < N_MEASURES; i++) {
        if (strstr(measures[i].name, only) == NULL)
            continue;
        qsort(all[i], (size_t)runs, sizeof all[i][0], by_wall);
        const struct outcome *o = &all[i][runs / 2];
        (void)printf("%-34s %10.1f %10.1f %10.1f %10llu %10llu\n", measures[i].name, o->ms, o->cpu_ms, (double)o->peak_kib / 1024,
                     (unsigned long long)o->events, (unsigned long long)o->contacts);
    }
    return 0;
}
