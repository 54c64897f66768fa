/* bench_whole - `lastmile import` as a user runs it against C loops that insert the same rows.
 *
 *   bench_whole LASTMILE [MESSAGES] [RUNS]          (200,000 and 5 unless asked)
 *   bench_whole LASTMILE --calls [CALLS] [RUNS]     (300,000 and 5)
 *
 * A made-up Telegram export (200 chats, about 65 bytes of text a message), or the call records of a carrier
 * in the columns of AT&T (300 numbers of theirs, each with 120 others, the near ones more often), is imported
 * by the command: copying, hashing, the reader's process, frames, scope, duplicates, audit, contact edges,
 * for calls the search for occurrences. Then the rows that the import left in record, event, leg, msg and
 * msg_fts are inserted into fresh files by plain loops with prepared statements. Accounts, threads and
 * sources, which the foreign keys ask for, are there before; contact edges, audit and digests are the
 * import's alone.
 *   loop   same schema with its indexes and FTS5, the import's settings, committed every 5,000 records
 *   alone  the same, committed every 20,000 records, as the import does while nobody waits
 *   bare   the same rows into tables without index or FTS5, committed once
 *   after  bare, then the indexes and FTS5 built over it
 * Interleaved; medians; processor time of the command includes its reader process.
 *
 * Where the processor time of --calls goes (perf, 2,763 samples of one import): inserting rows 41 %, commits 25 %,
 * contact edges 10 %, reader 8 %, occurrences 8 %, accounts 5 %, the rest 3 %; what the commits cost is in
 * docs/decisions/0010-workspace-sqlite.md.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/rng.h"
#include "store/store.h"

#define RUNS_MAX 25

enum { IMPORT, LOOP, ALONE, BARE, AFTER, WAYS };
static const char *const way_names[WAYS] = { "import", "loop", "alone", "bare", "after" };
static const size_t commit_every[WAYS] = { [LOOP] = 5000, [ALONE] = 20000 };
static const char *const tables[] = { "record", "event", "leg", "msg" };
enum { N_TABLES = sizeof tables / sizeof tables[0] };

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_whole: %s failed\n", what);
        exit(1);
    }
}

static void sql(sqlite3 *db, const char *text)
{
    char *why = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
        (void)fprintf(stderr, "%s: %s\n", text, why);
    must(why == NULL, "SQL");
}

static double wall(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(int who)
{
    struct rusage u;
    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec)
           + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* --- the evidence --- */

static void write_export(const char *path, long messages)
{
    static const char *const words[] = { "mañana", "later",  "blue",  "casa",   "street", "the",
                                         "usual",  "quince", "call",  "ready",  "diez",   "when",
                                         "plaza",  "ok",     "money", "traigo", "no",     "yes" };
    FILE *f = fopen(path, "wb");
    struct lm_rng r = { 7 };
    must(f != NULL, "export");
    fputs("{\"about\":\"made up\","
          "\"personal_information\":{\"user_id\":1,\"first_name\":\"Own\"},\"chats\":{\"list\":[",
          f);
    long per_chat = messages / 200, s = 1651406400;
    for (long c = 0; c < 200; c++) {
        fprintf(f, "%s{\"name\":\"Contact %ld\",\"type\":\"personal_chat\",\"id\":%ld,\"messages\":[",
                c != 0 ? "," : "", c, 1000 + c);
        for (long i = 0; i < per_chat; i++) {
            bool own = lm_rng_below(&r, 2) == 0;
            s += (long)lm_rng_below(&r, 100);
            char date[LM_WHEN_TEXT];
            struct lm_when at = { .us = s * LM_SECOND_US, .quality = LM_TIME_LOCAL };
            fprintf(f, "%s\n{\"id\":%ld,\"type\":\"message\",\"date\":\"%s\",\"date_unixtime\":\"%ld\","
                       "\"from\":\"%s\",\"from_id\":\"user%ld\",\"text\":\"", i != 0 ? "," : "", i + 1,
                    lm_when_format(&at, date), s,
                    own ? "Own" : "Contact", own ? 1 : 1000 + c);
            for (int k = 0; k < 11; k++)
                fprintf(f, "%s%s", k != 0 ? " " : "",
                        words[lm_rng_below(&r, sizeof words / sizeof words[0])]);
            fprintf(f, " n%ld\",\"text_entities\":[]}", i * 7919 % 100003);
        }
        fputs("]}", f);
    }
    fputs("]}}", f);
    must(fclose(f) == 0, "export");
}

/* One telephone's records are one file at a carrier; here all are in one, which the map for AT&T allows. */
static void write_calls(const char *path, long calls)
{
    FILE *f = fopen(path, "wb");
    struct lm_rng r = { 7 };
    must(f != NULL, "calls");
    fputs("AT&T\nMOBILITY USAGE\nItem,Conn. Date,Conn. Time (UTC),Seizure Time,ET,Originating "
          "Number,Terminating Number,IMEI,IMSI,"
          "CT,Feature,Cell Location\n",
          f);
    long s = 1740787200;
    for (long i = 0; i < calls; i++) {
        unsigned own = (unsigned)lm_rng_below(&r, 300), near = (unsigned)lm_rng_below(&r, 120);
        unsigned other = (own * 7919 + near * near / 120 * 104729) % 20000;
        unsigned long talk = lm_rng_below(&r, 900);
        bool out = lm_rng_below(&r, 2) == 0;
        s += (long)lm_rng_below(&r, 20);
        char at[LM_WHEN_TEXT]; /* 2025-03-01T00:00:00 */
        struct lm_when when = { .us = s * LM_SECOND_US, .quality = LM_TIME_LOCAL };
        lm_when_format(&when, at);
        fprintf(f, "%ld,%.2s/%.2s/%.2s,%.8s,0:0%u,%lu:%02lu,", i + 1, at + 5, at + 8, at + 2, at + 11,
                own % 10, talk / 60, talk % 60);
        if (out)
            fprintf(f, "1303555%04u,1720%07u", own, 5550000 + other);
        else
            fprintf(f, "1720%07u,1303555%04u", 5550000 + other, own);
        fprintf(f, ",35693803564%04u,310410123%06u,%s,[],\"[40001/1%04u:-104.9903:39.7392:120:-1.0]\"\n", own,
                own, out ? "MO" : "MT", other % 9000);
    }
    must(fclose(f) == 0, "calls");
}

static int command(const char *lastmile, const char *const *words)
{
    pid_t pid = fork();
    if (pid == 0) {
        const char *argv[16] = { lastmile };
        for (int i = 0; words[i] != NULL && i < 14; i++)
            argv[i + 1] = words[i];
        (void)!freopen("/dev/null", "w", stdout);
        (void)execv(lastmile, (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    int status = 0;
    must(pid > 0 && waitpid(pid, &status, 0) == pid, "command");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* --- the loops --- */

struct column_set {
    sqlite3_value ***rows; /* [row][column] */
    size_t n;
    int n_columns;
};

static struct column_set load(sqlite3 *db, const char *table)
{
    struct column_set t = { 0 };
    char text[64];
    sqlite3_stmt *q;
    size_t cap = 0;
    (void)snprintf(text, sizeof text, "SELECT * FROM %s", table);
    must(sqlite3_prepare_v2(db, text, -1, &q, NULL) == SQLITE_OK, "load");
    t.n_columns = sqlite3_column_count(q);
    while (sqlite3_step(q) == SQLITE_ROW) {
        if (t.n == cap) {
            cap = cap == 0 ? 1024 : cap * 2;
            t.rows = realloc(t.rows, cap * sizeof *t.rows);
            must(t.rows != NULL, "memory");
        }
        sqlite3_value **row = malloc((size_t)t.n_columns * sizeof *row);
        must(row != NULL, "memory");
        for (int i = 0; i < t.n_columns; i++)
            row[i] = sqlite3_value_dup(sqlite3_column_value(q, i));
        t.rows[t.n++] = row;
    }
    (void)sqlite3_finalize(q);
    return t;
}

static sqlite3_stmt *insert_into(sqlite3 *db, const char *table, int n_columns)
{
    char text[512];
    sqlite3_stmt *q;
    int n = snprintf(text, sizeof text, "INSERT INTO %s VALUES(?", table);
    for (int i = 1; i < n_columns; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, ",?");
    (void)snprintf(text + n, sizeof text - (size_t)n, ")");
    must(sqlite3_prepare_v2(db, text, -1, &q, NULL) == SQLITE_OK, "insert");
    return q;
}

static void put(sqlite3_stmt *q, sqlite3_value **row, int n_columns)
{
    for (int i = 0; i < n_columns; i++)
        (void)sqlite3_bind_value(q, i + 1, row[i]);
    must(sqlite3_step(q) == SQLITE_DONE, "insert");
    (void)sqlite3_reset(q);
}

static size_t drop_indexes(sqlite3 *db, char made[16][512])
{
    sqlite3_stmt *q;
    size_t n = 0;
    char drop[16][80];
    must(sqlite3_prepare_v2(db,
                            "SELECT sql, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
                            " AND tbl_name IN ('record','event','leg','msg')",
                            -1, &q, NULL)
             == SQLITE_OK,
         "indexes");
    while (sqlite3_step(q) == SQLITE_ROW && n < 16) {
        (void)snprintf(made[n], 512, "%s", (const char *)sqlite3_column_text(q, 0));
        (void)snprintf(drop[n++], 80, "DROP INDEX %s", (const char *)sqlite3_column_text(q, 1));
    }
    (void)sqlite3_finalize(q);
    for (size_t i = 0; i < n; i++)
        sql(db, drop[i]);
    return n;
}

/* Rows that others point at, and that no loop is asked to insert: where they are not, the foreign keys
 * refuse. */
static void copy_parents(sqlite3 *db, const char *imported)
{
    static const char *const parents[] = { "investigation", "authority", "import", "exhibit",
                                           "source",        "account",   "thread" };
    char text[160];
    (void)snprintf(text, sizeof text, "ATTACH '%s' AS imported", imported);
    sql(db, text);
    for (size_t i = 0; i < sizeof parents / sizeof parents[0]; i++) {
        (void)snprintf(text, sizeof text, "INSERT INTO main.%s SELECT * FROM imported.%s", parents[i],
                       parents[i]);
        sql(db, text);
    }
    sql(db, "DETACH imported");
}

enum { RECORD, EVENT, LEG, MSG };
#define EVENT_RECORD 2 /* the column of event that names its record */

/* In the order an import writes: the records of an event, the event, its legs, its text. */
static void insert_all(sqlite3 *db, const struct column_set *sets, sqlite3_stmt *const *q, sqlite3_stmt *fts,
                       int way)
{
    size_t record = 0, leg = 0, msg = 0;
    for (size_t i = 0; i <= sets[EVENT].n; i++) {
        sqlite3_value **event = i < sets[EVENT].n ? sets[EVENT].rows[i] : NULL;
        sqlite3_int64 id = event != NULL ? sqlite3_value_int64(event[0]) : INT64_MAX;
        sqlite3_int64 its = event != NULL ? sqlite3_value_int64(event[EVENT_RECORD]) : INT64_MAX;
        for (; record < sets[RECORD].n && sqlite3_value_int64(sets[RECORD].rows[record][0]) <= its; record++)
            put(q[RECORD], sets[RECORD].rows[record], sets[RECORD].n_columns);
        if (event != NULL)
            put(q[EVENT], event, sets[EVENT].n_columns);
        for (; leg < sets[LEG].n && sqlite3_value_int64(sets[LEG].rows[leg][0]) <= id; leg++)
            put(q[LEG], sets[LEG].rows[leg], sets[LEG].n_columns);
        for (; msg < sets[MSG].n && sqlite3_value_int64(sets[MSG].rows[msg][0]) <= id; msg++) {
            sqlite3_value **row = sets[MSG].rows[msg];
            put(q[MSG], row, sets[MSG].n_columns);
            if (commit_every[way] == 0 || sqlite3_value_bytes(row[1]) == 0)
                continue;
            (void)sqlite3_bind_value(fts, 1, row[0]);
            (void)sqlite3_bind_value(fts, 2, row[1]);
            must(sqlite3_step(fts) == SQLITE_DONE, "fts");
            (void)sqlite3_reset(fts);
        }
        if (commit_every[way] != 0 && i % commit_every[way] == commit_every[way] - 1)
            sql(db, "COMMIT; BEGIN IMMEDIATE");
    }
}

static void loop(const char *path, const char *imported, const struct column_set *sets, int way,
                 double start[2])
{
    sqlite3 *db;
    sqlite3_stmt *q[N_TABLES], *fts;
    char made[16][512];
    size_t n_made = 0;
    must(lm_store_create(path, "bench", NULL) == LM_OK && sqlite3_open(path, &db) == SQLITE_OK, "workspace");
    copy_parents(db, imported);
    sql(db, "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=FAST; PRAGMA "
            "temp_store=MEMORY;"
            "PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536; PRAGMA cell_size_check=ON; PRAGMA "
            "mmap_size=0");
    start[0] = wall();
    start[1] = cpu(RUSAGE_SELF);
    if (commit_every[way] == 0)
        n_made = drop_indexes(db, made);
    for (int t = 0; t < N_TABLES; t++)
        q[t] = insert_into(db, tables[t], sets[t].n_columns);
    must(sqlite3_prepare_v2(db, "INSERT INTO msg_fts(rowid, text) VALUES(?, ?)", -1, &fts, NULL) == SQLITE_OK,
         "fts");
    sql(db, "BEGIN IMMEDIATE");
    insert_all(db, sets, q, fts, way);
    sql(db, "COMMIT");
    for (size_t i = 0; way == AFTER && i < n_made; i++)
        sql(db, made[i]);
    if (way == AFTER)
        sql(db, "INSERT INTO msg_fts(msg_fts) VALUES('rebuild')");
    for (int t = 0; t < N_TABLES; t++)
        (void)sqlite3_finalize(q[t]);
    (void)sqlite3_finalize(fts);
    must(sqlite3_close(db) == SQLITE_OK, "close");
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

int main(int argc, char **argv)
{
    const char *lastmile = argc > 1 ? argv[1] : NULL;
    bool calls = argc > 2 && strcmp(argv[2], "--calls") == 0;
    argc -= calls;
    argv += calls;
    long messages = argc > 2 ? strtol(argv[2], NULL, 10) : calls ? 300000 : 200000;
    int runs = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 5;
    char folder[] = "bench-whole.XXXXXX", export[64], w[64], imported[64];
    double spent[WAYS][RUNS_MAX], processor[WAYS][RUNS_MAX];
    must(lastmile != NULL && messages >= 200 && runs > 0 && runs <= RUNS_MAX,
         "usage: bench_whole LASTMILE [--calls] [RECORDS] [RUNS]");
    must(mkdtemp(folder) != NULL, "folder");
    (void)snprintf(export, sizeof export, "%s/%s", folder, calls ? "calls.csv" : "result.json");
    if (calls)
        write_calls(export, messages);
    else
        write_export(export, messages);
    (void)snprintf(imported, sizeof imported, "%s/%s0", folder, way_names[IMPORT]);
    struct column_set sets[N_TABLES] = { { 0 } };
    for (int r = 0; r < runs; r++) {
        for (int way = 0; way < WAYS; way++) {
            (void)snprintf(w, sizeof w, "%s/%s%d", folder, way_names[way], r);
            if (way == IMPORT) {
                must(command(lastmile, (const char *const[]){ "-w", w, "init", NULL }) == 0
                         && command(lastmile, (const char *const[]){ "-w", w, "investigation", "add", "--id",
                                                                     "I", "--title", "t", NULL })
                                == 0
                         && command(lastmile, (const char *const[]){ "-w", w, "authority", "add", "--id", "A",
                                                                     "--investigation", "I", "--kind",
                                                                     "consent", "--reach", "content", NULL })
                                == 0,
                     "set-up");
            }
            double start[2] = { wall(), cpu(RUSAGE_CHILDREN) };
            if (way == IMPORT)
                must(command(lastmile, (const char *const[]){ "-w", w, "import", "--authority", "A", "--json",
                                                              export, NULL })
                         == 0,
                     "import");
            else
                loop(w, imported, sets, way, start);
            spent[way][r] = wall() - start[0];
            processor[way][r] = cpu(way == IMPORT ? RUSAGE_CHILDREN : RUSAGE_SELF) - start[1];
            if (way == IMPORT && r == 0) {
                sqlite3 *db;
                must(sqlite3_open_v2(w, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK, "open");
                for (int k = 0; k < N_TABLES; k++)
                    sets[k] = load(db, tables[k]);
                (void)sqlite3_close(db);
            }
        }
    }
    printf("%zu records, %zu events, %zu legs, %zu texts; medians of %d interleaved runs\n", sets[0].n,
           sets[1].n, sets[2].n, sets[3].n, runs);
    double base[2] = { median(spent[IMPORT], runs), median(processor[IMPORT], runs) };
    for (int way = 0; way < WAYS; way++) {
        double a = median(spent[way], runs), b = median(processor[way], runs);
        printf("  %-7s %7.3f s wall %7.3f s cpu   import at %.2f (wall) %.2f (cpu) of its speed\n",
               way_names[way], a, b, a / base[0], b / base[1]);
    }
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
