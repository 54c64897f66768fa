/* bench_join - the occurrences of an investigation of many call records, as `occurrence rebuild` makes them:
 * reading the records from the store, clocks, joining, writing the answer back.
 *
 *   bench_join [FOLDER [RECORDS]]     (/var/tmp/lm-bench-join and 10,000,000 unless asked)
 *
 * The workspace is made when FOLDER does not hold one, and stays there. Three sources report each call (a
 * carrier; another, 37 s fast; a telephone, cut to the minute) between 50,000 numbers and 40 others of each.
 * Its tables are filled by SQL, because what is measured is not the import. Measured in a process of its own:
 * wall and processor seconds from opening the workspace to closing it, and the most memory it took.
 * docs/occurrences.md has figures: 10,000,000 records, load average about 7 on two cores: 170 s wall, 103.5 s
 * of processor time, 1,424 MiB.
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
#include "resolve/join.h"
#include "store/contact.h"
#include "store/store.h"

#define CALLERS 50000
#define NEAR 40
#define SOURCES 3

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_join: %s failed\n", what);
        exit(1);
    }
}

static void sql(sqlite3 *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK) {
        (void)fprintf(stderr, "bench_join: %s: %.200s\n", why, text);
        exit(1);
    }
}

static double seconds(clockid_t which)
{
    struct timespec t;
    (void)clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- the workspace --- */

static void make_frame(const char *path)
{
    struct lm_store *st;
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("Bench") };
    struct lm_authority a = { .id = LM_STR("A1"),
                              .investigation = LM_STR("I1"),
                              .kind = LM_AUTHORITY_D_ORDER,
                              .reach = LM_REACH_NON_CONTENT,
                              .issued_day = LM_DAY_NONE,
                              .from_day = LM_DAY_NONE,
                              .to_day = LM_DAY_NONE,
                              .expires_day = LM_DAY_NONE };
    must(lm_store_create(path, "bench", NULL) == LM_OK, "create");
    must(lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK, "open");
    must(lm_store_add_investigation(st, &i, NULL) == LM_OK, "investigation");
    must(lm_store_add_authority(st, &a, NULL) == LM_OK, "authority");
    lm_store_close(st);
}

struct inserts {
    sqlite3_stmt *record, *event, *leg;
};

static void put(const struct inserts *q, int64_t id, int64_t source, int64_t at, const int64_t ends[2],
                int64_t talk)
{
    sqlite3_stmt *const all[] = { q->record, q->event, q->leg };
    const int64_t v[3][6] = { { id, source, id * 90 },
                              { id, source, at, ends[0], talk },
                              { id, ends[0], ends[1], at } };
    const int n[] = { 3, 5, 4 };
    for (int t = 0; t < 3; t++) {
        for (int i = 0; i < n[t]; i++)
            (void)sqlite3_bind_int64(all[t], i + 1, v[t][i]);
        must(sqlite3_step(all[t]) == SQLITE_DONE, "insert");
        (void)sqlite3_reset(all[t]);
    }
}

static void fill(sqlite3 *db, size_t n)
{
    struct inserts q;
    struct lm_rng r = { 1 };
    const int64_t second = LM_SECOND_US;
    must(sqlite3_prepare_v2(db,
                            "INSERT INTO record(id, source, kind, a, b, name) VALUES(?1, ?2, 2, ?1, ?3, '')",
                            -1, &q.record, NULL)
             == SQLITE_OK,
         "record");
    must(
        sqlite3_prepare_v2(
            db,
            "INSERT INTO event(id, source, record, n_records, kind, platform, flags, at_us,"
            " offset_s, quality, frm, n_to, duration_s) VALUES(?1, ?2, ?1, 1, 1, 10, 0, ?3, 0, 1, ?4, 1, ?5)",
            -1, &q.event, NULL)
            == SQLITE_OK,
        "event");
    must(sqlite3_prepare_v2(db, "INSERT INTO leg(event, ord, frm, dst, at_us) VALUES(?1, 0, ?2, ?3, ?4)", -1,
                            &q.leg, NULL)
             == SQLITE_OK,
         "leg");
    /* each source after the other, as they come in: the same calls are drawn again */
    int64_t id = 0;
    for (int source = 1; source <= SOURCES; source++) {
        struct lm_rng draw = { 1 };
        int64_t at = INT64_C(1704067200) * second;
        for (size_t i = 0; i < n / SOURCES; i++) {
            int64_t caller = 1 + (int64_t)lm_rng_below(&draw, CALLERS),
                    near = (int64_t)lm_rng_below(&draw, NEAR);
            int64_t other = 1 + (caller + (near * near / NEAR + 1) * 7919) % CALLERS;
            bool out = lm_rng_below(&draw, 2) != 0;
            int64_t talk = 1 + (int64_t)lm_rng_below(&draw, 600), t;
            at += (int64_t)lm_rng_below(&draw, 9) * second;
            t = at + (source == 2 ? 37 * second + (int64_t)lm_rng_below(&r, 2) * second : 0);
            put(&q, ++id, source, source == 3 ? t - t % (60 * second) : t,
                out ? (const int64_t[]){ caller, other } : (const int64_t[]){ other, caller }, talk);
        }
    }
    (void)sqlite3_finalize(q.record);
    (void)sqlite3_finalize(q.event);
    (void)sqlite3_finalize(q.leg);
}

static void make_workspace(const char *path, size_t n)
{
    sqlite3 *db;
    struct lm_store *st;
    make_frame(path);
    must(sqlite3_open(path, &db) == SQLITE_OK, "open");
    sql(db, "PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF;"
            "PRAGMA cache_size=-400000; BEGIN");
    sql(db, "INSERT INTO import(id, authority, actor, program, begun_us) VALUES(1, 1, 'bench', 'bench', 0)");
    sql(db, "INSERT INTO exhibit(id, sha256, authority, name, folder, bytes, added_us)"
            " VALUES(1, zeroblob(32), 1, 'returns', 1, 0, 0)");
    sql(db,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) INSERT INTO source(id,"
        " exhibit, authority, import, path, sha256, bytes, reader, state, seen, kept, duplicate, held, "
        "rejected,"
        " facts, problems) SELECT i, 1, 1, 1, printf('return_%d.csv', i), randomblob(32), 0, 'call_detail',"
        " 0, 0, 0, 0, 0, 0, 0, 0 FROM n");
    sql(db, "DROP INDEX leg_from; DROP INDEX leg_to; DROP INDEX event_thread; DROP INDEX event_native;"
            "DROP INDEX record_place; DROP INDEX account_key");
    sql(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)"
            " INSERT INTO account(id, investigation, platform, form, native, key)"
            " SELECT i, 1, 10, 1, printf('+1303%07d', 5550000 + i), printf('+1303%07d', 5550000 + i) FROM n");
    fill(db, n);
    sql(db, "UPDATE source SET facts = n, seen = n, kept = n"
            " FROM (SELECT source of, count(*) n FROM event GROUP BY 1) WHERE id = of");
    sql(db,
        "CREATE INDEX leg_from ON leg(frm, dst, at_us); CREATE INDEX leg_to ON leg(dst, frm, at_us);"
        "CREATE INDEX event_thread ON event(thread, at_us); CREATE INDEX event_native ON event(at_us, "
        "native_key)"
        " WHERE native_key IS NOT NULL; CREATE UNIQUE INDEX record_place ON record(source, a, kind, name);"
        "CREATE UNIQUE INDEX account_key ON account(investigation, key, platform, form); COMMIT;"
        "PRAGMA journal_mode=WAL");
    must(sqlite3_close(db) == SQLITE_OK, "close");
    must(lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK, "open");
    must(lm_db_exec(st, "BEGIN IMMEDIATE", NULL) == LM_OK && lm_contacts_rebuild(st, NULL) == LM_OK
             && lm_db_exec(st, "COMMIT", NULL) == LM_OK, "contacts");
    lm_store_close(st);
}

/* --- the measure --- */

static void join(const char *path, const char *what, bool anew)
{
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        struct lm_store *st;
        struct lm_joined j;
        struct lm_error e = { 0 };
        struct rusage use;
        double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        must(lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK, "open");
        if (lm_join(st, LM_STR("I1"), anew, NULL, &j, &e) != LM_OK) {
            (void)fprintf(stderr, "bench_join: %s\n", e.message);
            _exit(1);
        }
        lm_store_close(st);
        wall = seconds(CLOCK_MONOTONIC) - wall;
        cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        (void)getrusage(RUSAGE_SELF, &use);
        printf("%-20s %llu reports, %llu read, %llu occurrences written: %.1f s wall, %.1f s cpu, %.0f MiB\n",
               what, (unsigned long long)j.reports, (unsigned long long)j.read, (unsigned long long)j.written,
               wall, cpu, (double)use.ru_maxrss / 1024);
        (void)fflush(stdout);
        _exit(0);
    }
    int status = 0;
    must(waitpid(pid, &status, 0) == pid && status == 0, "join");
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "/var/tmp/lm-bench-join";
    size_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000;
    char path[512];
    struct stat s;
    (void)mkdir(folder, 0700);
    (void)snprintf(path, sizeof path, "%s/w.lastmile", folder);
    if (stat(path, &s) != 0)
        make_workspace(path, n);
    join(path, "for the first time", false);
    join(path, "anew", true);
    return 0;
}
