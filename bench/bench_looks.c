/* bench_looks - what a look costs in a big workspace, and what the bare statement under it costs.
 *
 *   bench_looks [FOLDER [MESSAGES [RUNS]]]     (/var/tmp/lm-bench-looks, 1,200,000 and 5 unless asked)
 *
 * The workspace is made when FOLDER does not hold one, and stays there, so that two builds can be compared over the
 * same file. Made-up messages of about 65 bytes: one thread holds 5 of 12 of them, 500 threads the others, one message
 * in 1,000 is undated; and a twelfth as many calls between 20,000 numbers. "zirconio" stands in 5 messages, "hielo" in
 * every third. Each measure runs in a process of its own, as a command would; the median of RUNS, in milliseconds from
 * opening the workspace to closing it, and the most memory that any of them took. `bare` is one SQL statement over the
 * same rows without authorities, names, text or audit entry: what SQLite alone needs for the answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/store.h"
#include "store/summary.h"

#define RUNS_MAX 25
#define WORDS 4000
#define CHATS 500
#define NUMBERS 20000
#define AT_ONCE 3

static const struct lm_filter filter = { { "I1", 2 }, { "bench", 5 } };

struct outcome { /* of one process */
    double ms, cpu_ms;
    long peak_kib;
    uint64_t rows, total;
    lm_err err;
};

struct measure {
    const char *name, *query; /* query: of a search; NULL: another look */
    lm_err (*look)(struct lm_store *st, const struct measure *m, struct outcome *o);
    uint64_t limit, offset;
    int at_once;
    const char *bare; /* SQL, or NULL */
};

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench_looks: %s failed\n", what);
        exit(1);
    }
}

static double now_ms(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* --- the workspace --- */

/* Words lean to low numbers, as in a language. */
static struct lm_str make_text(uint64_t *seed, size_t i, size_t n_messages, char out[128])
{
    static const char *const parts[] = { "ca", "lo", "mi", "ta", "re", "so", "ne", "vi", "du", "pa" };
    size_t n = 0;
    if (i % (n_messages / 5) == 1)
        n = (size_t)snprintf(out, 128, "zirconio ");
    else if (i % 3 == 0)
        n = (size_t)snprintf(out, 128, "hielo ");
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
    return (struct lm_str){ out, n - 1 };
}

static struct lm_account_ref number(char room[32], uint64_t i)
{
    int n = snprintf(room, 32, "+1303%07u", (unsigned)(5550000 + i)); /* invented */
    return (struct lm_account_ref){ .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_NATIVE,
                                    .native = { room, (size_t)n } };
}

static void put(struct lm_import *im, int64_t source, size_t i, const struct lm_event *ev)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = i * 100, .b = 100 };
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = *ev };
    struct lm_entry entry = { &at, 1, &f, 1 };
    enum lm_outcome kept;
    must(lm_import_entry(im, source, &entry, &kept, NULL) == LM_OK && kept == LM_OUTCOME_KEPT, "entry");
}

static void put_message(struct lm_import *im, int64_t source, size_t i, size_t n, uint64_t *seed)
{
    char from[32], to[32], thread[32], text[128];
    uint64_t chat = i * 12 < n * 5 ? 0 : 1 + (i - n * 5 / 12) % CHATS;
    bool out = next_random(seed) % 2;
    struct lm_account_ref recipient = number(to, out ? chat + 1 : 0);
    int k = snprintf(thread, sizeof thread, "chat%u", (unsigned)chat);
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE,
                           .platform = LM_PLATFORM_WHATSAPP,
                           .at = { INT64_C(1650000000000000) + (int64_t)i * 37000000, 0, LM_TIME_UTC },
                           .thread = { .native = { thread, (size_t)k }, .kind = LM_THREAD_DIRECT },
                           .from = number(from, out ? 0 : chat + 1),
                           .to = &recipient,
                           .n_to = 1,
                           .text = make_text(seed, i, n, text),
                           .duration_s = -1 };
    if (i % 1000 == 999)
        ev.at = (struct lm_when){ .quality = LM_TIME_NONE };
    put(im, source, i, &ev);
}

static void put_call(struct lm_import *im, int64_t source, size_t i, uint64_t *seed)
{
    char from[32], to[32];
    uint64_t a = next_random(seed) % NUMBERS, b = next_random(seed) % NUMBERS;
    struct lm_account_ref recipient = number(to, 1000 + b);
    struct lm_event ev = { .kind = LM_EVENT_CALL,
                           .platform = LM_PLATFORM_WHATSAPP,
                           .at = { INT64_C(1650000000000000) + (int64_t)i * 37000000, 0, LM_TIME_UTC },
                           .from = number(from, 1000 + (a != b ? a : (a + 1) % NUMBERS)),
                           .to = &recipient,
                           .n_to = 1,
                           .duration_s = 60 };
    put(im, source, i, &ev);
}

static void make_workspace(const char *path, size_t n)
{
    struct lm_store *st;
    struct lm_import *im;
    struct lm_counts counts;
    int64_t exhibit, source;
    bool known;
    uint64_t seed = 7;
    struct lm_investigation i = { .id = LM_STR("I1"), .title = LM_STR("bench") };
    struct lm_authority a = { .id = LM_STR("A1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_CONSENT,
                              .issued_day = LM_DAY_NONE, .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE,
                              .expires_day = LM_DAY_NONE };
    struct lm_exhibit x = { .name = LM_STR("x"), .folder = true };
    must(lm_store_create(path, "bench", NULL) == LM_OK
             && lm_store_open(path, LM_STORE_WRITE, "bench", &st, NULL) == LM_OK
             && lm_store_add_investigation(st, &i, NULL) == LM_OK && lm_store_add_authority(st, &a, NULL) == LM_OK
             && lm_import_begin(st, a.id, &im, NULL) == LM_OK
             && lm_import_exhibit(im, &x, &exhibit, &known, NULL) == LM_OK,
         "workspace");
    struct lm_source s = { .exhibit = exhibit, .path = LM_STR("x"), .reader = LM_STR("bench") };
    must(lm_import_source(im, &s, &source, NULL) == LM_OK, "source");
    for (size_t k = 0; k < n; k++)
        put_message(im, source, k, n, &seed);
    for (size_t k = n; k < n + n / 12; k++)
        put_call(im, source, k, &seed);
    must(lm_import_source_end(im, source, LM_SOURCE_READ, &counts, NULL) == LM_OK
             && lm_import_end(im, &counts, NULL) == LM_OK, "end");
    lm_store_close(st);
}

/* --- the looks --- */

static lm_err take_hit(void *user, const struct lm_hit *h)
{
    struct outcome *o = user;
    (void)h;
    o->rows++;
    return LM_OK;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct outcome *o = user;
    (void)row;
    o->rows++;
    return LM_OK;
}

static lm_err take_thread(void *user, const struct lm_thread_row *row)
{
    struct outcome *o = user;
    (void)row;
    o->rows++;
    return LM_OK;
}

static lm_err search(struct lm_store *st, const struct measure *m, struct outcome *o)
{
    struct lm_search s = { lm_str(m->query), m->limit, m->offset };
    return lm_store_search(st, &filter, &s, take_hit, o, &o->total, NULL);
}

static lm_err thread(struct lm_store *st, const struct measure *m, struct outcome *o)
{
    return lm_store_thread(st, &filter, 1, m->limit, m->offset, take_hit, o, &o->total, NULL);
}

static lm_err threads(struct lm_store *st, const struct measure *m, struct outcome *o)
{
    (void)m;
    return lm_store_threads(st, &filter, take_thread, o, NULL);
}

static lm_err edges(struct lm_store *st, const struct measure *m, struct outcome *o)
{
    (void)m;
    return lm_store_edges(st, &filter, take_edge, o, &o->total, NULL);
}

static lm_err summary(struct lm_store *st, const struct measure *m, struct outcome *o)
{
    struct lm_summary y = { 0 };
    (void)m;
    lm_err err = lm_store_summary(st, &filter, &y, NULL);
    o->rows = y.events;
    return err;
}

/* --- measuring --- */

static void in_child(const char *path, const struct measure *m, int out)
{
    struct outcome o = { 0 };
    struct lm_store *st;
    struct rusage u;
    double start = now_ms(CLOCK_MONOTONIC), cpu = now_ms(CLOCK_PROCESS_CPUTIME_ID);
    o.err = lm_store_open(path, LM_STORE_READ, "bench", &st, NULL);
    if (o.err == LM_OK) {
        o.err = m->look(st, m, &o);
        lm_store_close(st);
    }
    o.ms = now_ms(CLOCK_MONOTONIC) - start;
    o.cpu_ms = now_ms(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    (void)getrusage(RUSAGE_SELF, &u);
    o.peak_kib = u.ru_maxrss;
    must(write(out, &o, sizeof o) == (ssize_t)sizeof o, "pipe");
    _exit(0);
}

/* m->at_once processes; the slowest of them, and the first failure. */
static struct outcome run(const char *path, const struct measure *m)
{
    struct outcome worst = { 0 };
    int ends[2];
    must(pipe(ends) == 0, "pipe");
    (void)fflush(stdout);
    for (int i = 0; i < m->at_once; i++) {
        pid_t child = fork();
        must(child >= 0, "fork");
        if (child == 0)
            in_child(path, m, ends[1]);
    }
    for (int i = 0; i < m->at_once; i++) {
        struct outcome o;
        must(read(ends[0], &o, sizeof o) == (ssize_t)sizeof o, "pipe");
        lm_err failed = worst.err != LM_OK ? worst.err : o.err;
        if (o.ms >= worst.ms)
            worst = o;
        worst.err = failed;
    }
    while (wait(NULL) > 0)
        continue;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return worst;
}

static double bare(const char *path, const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    double start = now_ms(CLOCK_MONOTONIC);
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
             && sqlite3_exec(db, "PRAGMA cache_size=-16384", NULL, NULL, NULL) == SQLITE_OK
             && sqlite3_prepare_v2(db, text, -1, &q, NULL) == SQLITE_OK, text);
    while (sqlite3_step(q) == SQLITE_ROW)
        continue;
    must(sqlite3_finalize(q) == SQLITE_OK, text);
    (void)sqlite3_close(db);
    return now_ms(CLOCK_MONOTONIC) - start;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void compare(const char *path, const struct measure *m, size_t runs)
{
    double ms[RUNS_MAX], cpu[RUNS_MAX], floor[RUNS_MAX];
    struct outcome last = { 0 };
    long peak = 0;
    for (size_t r = 0; r < runs; r++) {
        last = run(path, m);
        ms[r] = last.ms;
        cpu[r] = last.cpu_ms;
        peak = last.peak_kib > peak ? last.peak_kib : peak;
        floor[r] = m->bare != NULL ? bare(path, m->bare) : 0;
        if (last.err != LM_OK)
            runs = r + 1;
    }
    double wall = median(ms, runs), least = median(floor, runs);
    printf("%-34s %9.1f ms %9.1f ms cpu %7ld KiB  %8llu rows of %8llu", m->name, wall, median(cpu, runs), peak,
           (unsigned long long)last.rows, (unsigned long long)last.total);
    if (m->bare != NULL)
        printf("  bare %7.1f ms, ratio %.1f", least, wall / least);
    printf("%s%s\n", last.err != LM_OK ? "  FAILED: " : "", last.err != LM_OK ? lm_err_name(last.err) : "");
}

#define IN_THREAD "SELECT id FROM event WHERE thread = 1 ORDER BY at_us LIMIT 50 OFFSET "

int main(int argc, char **argv)
{
    static const struct measure measures[] = {
        { "search, rare word", "zirconio", search, 50, 0, 1, "SELECT count(*) FROM msg_fts WHERE msg_fts MATCH 'zirconio'" },
        { "search, common word", "hielo", search, 50, 0, 1, "SELECT count(*) FROM msg_fts WHERE msg_fts MATCH 'hielo'" },
        { "search, common word, every hit", "hielo", search, 1000000, 0, 1, NULL },
        { "search, two words", "hielo ca", search, 50, 0, 1,
          "SELECT count(*) FROM msg_fts WHERE msg_fts MATCH 'hielo AND ca'" },
        { "search, phone", "303 555 0107", search, 50, 0, 1,
          "SELECT count(*) FROM leg WHERE frm = 107 OR dst = 107" },
        { "search, phone in every chat", "+1 303 555 0000", search, 50, 0, 1,
          "SELECT count(*) FROM leg WHERE frm = 1 OR dst = 1" },
        { "search, common word, 3 at once", "hielo", search, 50, 0, AT_ONCE, NULL },
        { "thread, 50 at offset 0", NULL, thread, 50, 0, 1, IN_THREAD "0" },
        { "thread, 50 at offset 400000", NULL, thread, 50, 400000, 1, IN_THREAD "400000" },
        { "thread, all of it", NULL, thread, 0, 0, 1, NULL },
        { "threads", NULL, threads, 0, 0, 1, "SELECT thread, count(*), min(at_us), max(at_us) FROM event GROUP BY thread" },
        { "edges", NULL, edges, 0, 0, 1, "SELECT frm, dst, kind, month, occurrences FROM contact_edge" },
        { "summary", NULL, summary, 0, 0, 1, "SELECT count(*), min(at_us), max(at_us) FROM event" },
    };
    int64_t n = 1200000, runs = 5;
    const char *folder = argc > 1 ? argv[1] : "/var/tmp/lm-bench-looks";
    char path[512];
    if ((argc > 2 && !lm_str_to_i64(lm_str(argv[2]), &n)) || (argc > 3 && !lm_str_to_i64(lm_str(argv[3]), &runs))
        || n < 12000 || runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: bench_looks [FOLDER [MESSAGES [RUNS]]]\n");
        return 2;
    }
    (void)mkdir(folder, 0700);
    (void)snprintf(path, sizeof path, "%s/w.lastmile", folder);
    if (access(path, F_OK) != 0)
        make_workspace(path, (size_t)n);
    for (size_t i = 0; i < sizeof measures / sizeof measures[0]; i++)
        compare(path, &measures[i], (size_t)runs);
    return 0;
}
