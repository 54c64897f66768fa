/* test_reader_memory.c - big inputs, made here, and the most memory that a reader has of its own while it reads them.
 *
 * RssAnon, as bench/bench_readers prints it: what the process has beyond the files that it maps. The inputs are files, mapped. */
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
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

static struct lm_str mapped(int fd)
{
    off_t n = lseek(fd, 0, SEEK_END);
    void *p = n > 0 ? mmap(NULL, (size_t)n, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    assert_true(p != MAP_FAILED);
    (void)close(fd);
    return (struct lm_str){ p, (size_t)n };
}

/* As intake has it: a file of its own. */
static lm_err spill(const struct lm_input *in, lm_err (*next)(void *from, struct lm_str *ret), void *from, struct lm_str *ret)
{
    FILE *f = tmpfile();
    struct lm_str piece = { NULL, 0 };
    lm_err err = LM_OK;
    (void)in;
    assert_non_null(f);
    do {
        err = next(from, &piece);
        assert_true(err != LM_OK || fwrite(piece.p, 1, piece.n, f) == piece.n);
    } while (err == LM_OK && piece.n != 0);
    assert_int_equal(fflush(f), 0);
    if (err == LM_OK)
        *ret = mapped(dup(fileno(f)));
    (void)fclose(f);
    return err;
}

/* Reads the file at `path`, which goes; *ret_kb: the most that was had more than before. */
static struct watching read_with(const char *reader, const char *path, const char *called, struct lm_str passwords, size_t *ret_kb)
{
    struct watching w = { .sink = { on_entry, on_problem, on_empty } };
    struct lm_arena file, record;
    struct lm_error e = { 0 };
    struct lm_str bytes = mapped(open(path, O_RDONLY | O_CLOEXEC));
    (void)unlink(path);
    struct lm_input in = { .bytes = bytes, .path = lm_str(called), .passwords = passwords, .spill = spill };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &e };
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    (void)malloc_trim(0); /* what earlier tests gave back is not to be had again unseen */
    size_t before = anonymous_kb();
    lm_err err = lm_reader_find(lm_str(reader))->read(&ctx, &w.sink);
    look(&w);
    if (err != LM_OK)
        fail_msg("%s: %s", reader, e.message);
    *ret_kb = w.kb > before ? w.kb - before : 0;
    print_message("# %s: %.0f MB, %llu records, %.1f MB of memory\n", reader, (double)bytes.n / 1e6, (unsigned long long)w.records, (double)*ret_kb / 1024);
    lm_arena_free(&record);
    lm_arena_free(&file);
    (void)munmap((void *)(uintptr_t)bytes.p, bytes.n);
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

/* --- sealed backups of Wire --- */

static void put_le(FILE *f, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)fputc((int)(v >> 8 * i & 255), f);
}

/* A zip of one member, stored as it is. */
static void zip_of(FILE *f, const char *name, FILE *member)
{
    size_t n_name = strlen(name);
    uint32_t crc = UINT32_MAX, n = 0;
    rewind(member);
    for (int c; (c = fgetc(member)) != EOF; n++) {
        crc ^= (uint32_t)c;
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (UINT32_C(0xedb88320) & (0 - (crc & 1)));
    }
    for (int central = 0; central < 2; central++) {
        put_le(f, central ? 0x02014b50 : 0x04034b50, 4);
        put_le(f, 20, central ? 2 : 0);
        put_le(f, 20, 2);
        put_le(f, 0, 8);
        put_le(f, ~crc, 4);
        put_le(f, n, 4);
        put_le(f, n, 4);
        put_le(f, n_name, 2);
        put_le(f, 0, central ? 2 + 2 + 2 + 2 + 4 + 4 : 2);
        (void)fputs(name, f);
        rewind(member);
        for (int c; !central && (c = fgetc(member)) != EOF;)
            (void)fputc(c, f);
    }
    put_le(f, 0x06054b50, 4);
    put_le(f, 0, 4);
    put_le(f, 1, 2);
    put_le(f, 1, 2);
    put_le(f, 46 + n_name, 4);
    put_le(f, 30 + n_name + n, 4);
    put_le(f, 0, 2);
}

/* The seals of wire_wbux.c (messages of 4 KiB, the header beside each) and of wire_wbu_encrypted.c (one message of all). */
static void sealed(const char *path, bool wbux, FILE *zip)
{
    unsigned char head[1024] = { 0 }, key[32], stream[24];
    size_t n_head = wbux ? 1024 : 63;
    long n = (fseek(zip, 0, SEEK_END), ftell(zip));
    unsigned char *text = malloc((size_t)n), *box = malloc((size_t)n + 4096);
    crypto_secretstream_xchacha20poly1305_state s;
    FILE *f = fopen(path, "wb");
    rewind(zip);
    assert_true(text != NULL && box != NULL && f != NULL && fread(text, 1, (size_t)n, zip) == (size_t)n);
    memcpy(head, wbux ? "WBUX\0\0\4" : "WBUA\0\0\2", 7);
    head[58] = 1;       /* one pass */
    head[59 + 1] = 128; /* over 8 MiB */
    head[63] = 1;
    assert_int_equal(crypto_pwhash(key, sizeof key, "made up", 7, head + 7, 1, 8 << 20, crypto_pwhash_ALG_ARGON2ID13), 0);
    (void)crypto_secretstream_xchacha20poly1305_init_push(&s, stream, key);
    (void)fwrite(head, 1, n_head, f);
    (void)fwrite(stream, 1, sizeof stream, f);
    for (long at = 0, one = wbux ? 4096 : n; at < n; at += one) {
        unsigned long long got;
        one = n - at < one ? n - at : one;
        (void)crypto_secretstream_xchacha20poly1305_push(&s, box, &got, text + at, (unsigned long long)one, wbux ? head : NULL, wbux ? sizeof head : 0,
                                                         at + one == n ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        (void)fwrite(box, 1, (size_t)got, f);
    }
    free(text);
    free(box);
    (void)fclose(zip);
    assert_int_equal(fclose(f), 0);
}

/* One page of all messages. */
static void wire_across_platforms(void **state)
{
    enum { MESSAGES = 300000 };
    FILE *page = tmpfile(), *zip = tmpfile();
    char path[64];
    size_t kb;
    (void)state;
    assert_true(page != NULL && zip != NULL);
    (void)fwrite("\x0a\x07\x1a\x05\x0a\x03" "ana", 1, 9, page); /* info: the owner */
    for (int i = 0; i < MESSAGES; i++) { /* 3 message: 1 id, 3 from, 5 conversation, 6 text */
        char m[128];
        int n = snprintf(m, sizeof m, "\x0a\x08%08d\x1a\x06\x0a\x04" "beto\x2a\x04\x0a\x02" "c1\x32\x1a\x0a\x18on my way, minutes %05d", i, i % 100000);
        (void)fprintf(page, "\x1a%c", n);
        (void)fwrite(m, 1, (size_t)n, page);
    }
    zip_of(zip, "messages_0.binpb", page);
    (void)fclose(page);
    temporary(path);
    sealed(path, true, zip);
    struct watching w = read_with("wire_wbux", path, "backup.wbu", LM_STR("made up"), &kb);
    assert_int_equal(w.records, MESSAGES + 1);
    assert_int_equal(w.problems, 0);
    assert_true(kb < MOST_KB / 8);
}

static void wire_on_android(void **state)
{
    static const char sql[] =
        "CREATE TABLE Messages(_id TEXT PRIMARY KEY, conv_id TEXT, msg_type TEXT, user_id TEXT, content TEXT, time INTEGER, msg_state TEXT, protos BLOB);"
        "CREATE TABLE Users(_id TEXT PRIMARY KEY, name TEXT); CREATE TABLE Conversations(_id TEXT PRIMARY KEY, conv_type INTEGER, creator TEXT);"
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 60000) INSERT INTO Messages SELECT 'made-' || i, 'c1', 'Text', 'beto',"
        " '[{\"type\":\"Text\",\"content\":\"' || printf('%.*c', 400, 'x') || '\"}]', 1693000000000 + i, 'SENT', NULL FROM n";
    char path[64], database[64], *why = NULL;
    sqlite3 *db = NULL;
    FILE *zip = tmpfile();
    size_t kb;
    (void)state;
    temporary(database);
    assert_int_equal(sqlite3_open(database, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    FILE *member = fopen(database, "rb");
    assert_true(zip != NULL && member != NULL);
    zip_of(zip, "000000a1-0000-4000-8000-0000000000a1", member);
    (void)fclose(member);
    (void)unlink(database);
    temporary(path);
    sealed(path, false, zip);
    struct watching w = read_with("wire_wbu_encrypted", path, "backup.android_wbu", LM_STR("made up"), &kb);
    assert_true(w.records >= 60000);
    assert_true(kb < MOST_KB / 8);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(telegram_on_android),
        cmocka_unit_test(the_agencys_own_table),
        cmocka_unit_test(wire_across_platforms),
        cmocka_unit_test(wire_on_android),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
