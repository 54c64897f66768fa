/* test_reader_memory.c - big inputs, made here, and the most memory that a reader has of its own while it reads them.
 *
 * RssAnon, as bench/bench_readers prints it: what the process has beyond the files that it maps. The inputs are files, mapped. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lastmile/reader.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOST_KB SIZE_MAX /* theirs is counted too */
#else
#define MOST_KB ((size_t)64 << 10)
#endif

struct watching {
    struct lm_sink sink;
    uint64_t records, problems, named; /* named: senders with a name */
    size_t kb;
    char said[256]; /* the last problem */
};

static size_t anonymous_kb(void)
{
    char line[256];
    size_t kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "RssAnon: %zu", &kb) == 1)
            break;
    if (f != NULL)
        (void)fclose(f);
    return kb;
}

static void look(struct watching *w)
{
    size_t kb = anonymous_kb();
    w->kb = kb > w->kb ? kb : w->kb;
}

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *e)
{
    struct watching *w = (struct watching *)sink;
    if ((w->records & 4095) == 0)
        look(w);
    w->records += e->n_records;
    for (size_t i = 0; i < e->n_facts; i++)
        w->named += e->facts[i].kind == LM_FACT_EVENT && e->facts[i].event.kind == LM_EVENT_MESSAGE && e->facts[i].event.from.display.n != 0;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    struct watching *w = (struct watching *)sink;
    w->problems++;
    (void)snprintf(w->said, sizeof w->said, "%.*s", LM_STR_ARG(p->reason));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

/* Reads the file at `path`, which goes; *ret_kb: the most that was had more than before. */
static struct watching read_with(const char *reader, const char *path, const char *called, struct lm_str passwords, size_t *ret_kb)
{
    struct watching w = { .sink = { on_entry, on_problem, on_empty } };
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    off_t n = lseek(fd, 0, SEEK_END);
    void *p = n > 0 ? mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    assert_true(p != MAP_FAILED);
    (void)close(fd);
    (void)unlink(path);
    struct lm_input in = { .bytes = { p, (size_t)n }, .path = lm_str(called), .passwords = passwords };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    size_t before = anonymous_kb();
    lm_err err = lm_reader_find(lm_str(reader))->read(&ctx, &w.sink);
    look(&w);
    if (err != LM_OK)
        fail_msg("%s: %s", reader, e.message);
    *ret_kb = w.kb > before ? w.kb - before : 0;
    print_message("# %s: %.0f MB, %llu records, %.1f MB of memory\n", reader, (double)n / 1e6, (unsigned long long)w.records, (double)*ret_kb / 1024);
    lm_arena_free(&record);
    lm_arena_free(&file);
    (void)munmap(p, (size_t)n);
    return w;
}

static void temporary(char path[64])
{
    (void)snprintf(path, 64, "/tmp/lm-memory-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
}

/* More people, groups and dialogs than are kept; everybody who writes is named all the same. */
static void telegram_on_android(void **state)
{
    static const char sql[] =
        "CREATE TABLE users(uid INTEGER PRIMARY KEY, name TEXT, status INTEGER, data BLOB);"
        "CREATE TABLE chats(uid INTEGER PRIMARY KEY, name TEXT, data BLOB);"
        "CREATE TABLE dialogs(did INTEGER PRIMARY KEY, date INTEGER, unread_count INTEGER, last_mid INTEGER, pinned INTEGER, folder_id INTEGER);"
        "CREATE TABLE messages_v2(mid INTEGER, uid INTEGER, read_state INTEGER, send_state INTEGER, date INTEGER, data BLOB, out INTEGER, PRIMARY KEY(mid, uid));"
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150000) INSERT INTO users SELECT 5550000 + i, 'Made Up ' || i || ';;;made' || i, 0, NULL FROM n;"
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150000) INSERT INTO chats SELECT i, 'the crew ' || i, NULL FROM n;"
        "INSERT INTO dialogs SELECT uid, 1709308800, 0, 1, 0, 0 FROM users;"
        "INSERT INTO messages_v2 SELECT 1, uid, 3, 0, 1709308800, x'00', 0 FROM users";
    char path[64], *why = NULL;
    sqlite3 *db = NULL;
    size_t kb;
    (void)state;
    temporary(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    struct watching w = read_with("telegram_android_db", path, "files/cache4.db", (struct lm_str){ NULL, 0 }, &kb);
    assert_int_equal(w.records, 600000);
    assert_int_equal(w.named, 150000);
    assert_true(kb < MOST_KB);
}

/* More ids than are compared: said, and every row is read. */
static void the_agencys_own_table(void **state)
{
    char path[64];
    size_t kb;
    (void)state;
    temporary(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    (void)fputs("date,drug,form,quantity,unit,seizure_id\n", f);
    for (int i = 0; i < 1500000; i++)
        (void)fprintf(f, "2022-09-%02d,fentanyl,pills,%d,pills,SZ-%d\n", 1 + i % 28, 1 + i % 900, i);
    assert_int_equal(fclose(f), 0);
    struct watching w = read_with("operation_csv", path, "seizures.csv", (struct lm_str){ NULL, 0 }, &kb);
    assert_int_equal(w.records, 1500000);
    assert_int_equal(w.problems, 1);
    assert_non_null(strstr(w.said, "were not compared"));
    assert_true(kb < MOST_KB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telegram_on_android),
        cmocka_unit_test(the_agencys_own_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
