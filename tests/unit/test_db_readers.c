/* test_db_readers.c - readers of databases on files that are damaged, hostile or huge: nothing is lost without being told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lastmile/reader.h"
#include "readers/shared/whatsapp_id.h"

static const struct fixture {
    const char *reader, *path;
} fixtures[] = {
    { "whatsapp_ios", "whatsapp_ios/phone/ChatStorage.sqlite" },
    { "whatsapp_ios", "whatsapp_ios/phone/CallHistory.sqlite" },
    { "whatsapp_ios", "whatsapp_ios/phone/ContactsV2.sqlite" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/databases/msgstore.db" },
    { "whatsapp_android", "whatsapp_android/com.whatsapp/databases/wa.db" },
    { "whatsapp_android", "whatsapp_android/old/msgstore.db" },
    { "ios_sms", "ios_sms/sms.db" },
    { "ios_addressbook", "ios_addressbook/AddressBook.sqlitedb" },
    { "instagram_ios_db", "instagram_ios_db/1001.db" },
    { "instagram_android_db", "instagram_android_db/direct.db" },
    { "messenger_ios_db", "messenger_ios_db/1001.db" },
    { "telegram_android_db", "telegram_android_db/files/cache4.db" },
    { "messenger_android_db", "messenger_android_db/msys_database_100001" },
    { "messenger_android_db", "messenger_android_db/threads_db2" },
    { "android_sms", "android_sms/mmssms.db" },
    { "android_contacts", "android_contacts/contacts2.db" },
    { "wire_ios_db", "wire_ios_db/store.wiredatabase" },
    { "wire_android_db", "wire_android_db/000000a1-0000-4000-8000-0000000000a1" },
    { "wickr_ios_db", "wickr_ios_db/wickrLocal.sqlite" },
    { "signal_desktop_db", "signal_desktop_db/sql/db.sqlite" },
    { "signal_android_db", "signal_android_db/databases/signal.db" },
    { "signal_ios_db", "signal_ios_db/grdb/signal.sqlite" },
};
#define N_FIXTURES (sizeof fixtures / sizeof *fixtures)

struct result {
    struct lm_sink sink;
    uint64_t records, rejected, lost, altered;
    size_t longest_text;
    bool empty;
    char reasons[4096];
    lm_err err;
    struct lm_error error;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct result *r = (struct result *)sink;
    assert_true(entry->n_records == 1 && entry->n_facts >= 1);
    r->records++;
    for (size_t i = 0; i < entry->n_facts; i++)
        if (entry->facts[i].kind == LM_FACT_EVENT && entry->facts[i].event.text.n > r->longest_text)
            r->longest_text = entry->facts[i].event.text.n;
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *p)
{
    struct result *r = (struct result *)sink;
    size_t n = strlen(r->reasons);
    r->rejected += p->records;
    r->lost += p->kind == LM_PROBLEM_LOST;
    r->altered += p->kind == LM_PROBLEM_ALTERED;
    (void)snprintf(r->reasons + n, sizeof r->reasons - n, "%.*s\n", LM_STR_ARG(p->reason));
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    ((struct result *)sink)->empty = true;
    return LM_OK;
}

struct beside {
    const char *name;
    struct lm_str bytes;
};

static lm_err sibling(const struct lm_input *in, struct lm_str path, struct lm_str *ret)
{
    for (const struct beside *b = in->user; b != NULL && b->name != NULL; b++)
        if (lm_str_eq(path, lm_str(b->name))) {
            *ret = b->bytes;
            return LM_OK;
        }
    return LM_ENOTFOUND;
}

static struct result run(const char *reader_name, const char *path, struct lm_str bytes, struct beside *beside)
{
    const struct lm_reader *reader = lm_reader_find(lm_str(reader_name));
    struct result r = { .sink = { on_entry, on_problem, on_empty } };
    struct lm_arena file, record;
    lm_arena_init(&file, (size_t)512 << 20);
    lm_arena_init(&record, (size_t)512 << 20);
    struct lm_input in = { .bytes = bytes, .path = lm_str(path), .sibling = sibling, .user = beside };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record, .error = &r.error };
    assert_non_null(reader);
    (void)reader->bid(&in, lm_str_take(bytes, reader->lookahead));
    r.err = reader->read(&ctx, &r.sink);
    lm_arena_free(&file);
    lm_arena_free(&record);
    return r;
}

static struct lm_str load(const char *path)
{
    char full[4096];
    (void)snprintf(full, sizeof full, "%s/tests/fixtures/%s", getenv("LM_TOP"), path);
    FILE *f = fopen(full, "rb");
    assert_non_null(f);
    char *p = malloc((size_t)1 << 20);
    assert_non_null(p);
    size_t n = fread(p, 1, (size_t)1 << 20, f);
    (void)fclose(f);
    char *own = realloc(p, n); /* as large as it is: a sanitizer sees a step beyond */
    return (struct lm_str){ own != NULL ? own : p, n };
}

static void drop(struct lm_str s)
{
    free((void *)(uintptr_t)s.p);
}

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

/* What is missing against the sound file must be in a problem, or the run must have failed. */
static void told(const struct fixture *f, const struct result *sound, const struct result *r, size_t where)
{
    bool refused = r->err == LM_EINPUT;
    if (r->err != LM_OK && !refused)
        fail_msg("%s at %zu: %s", f->path, where, lm_err_name(r->err));
    if (!refused && r->records + r->rejected < sound->records + sound->rejected && r->lost == 0)
        fail_msg("%s at %zu: %llu records of %llu, and nothing is told", f->path, where, (unsigned long long)(r->records + r->rejected),
                 (unsigned long long)(sound->records + sound->rejected));
    if (refused && r->error.message[0] == '\0')
        fail_msg("%s at %zu: refused without a reason", f->path, where);
    assert_false(r->empty);
}

static void test_every_page(void **state)
{
    static const int fillings[] = { 0x00, 0xa5, 0xff, 0x0d };
    (void)state;
    for (size_t i = 0; i < N_FIXTURES; i++) {
        struct lm_str s = load(fixtures[i].path);
        struct result sound = run(fixtures[i].reader, name_of(fixtures[i].path), s, NULL);
        assert_int_equal(sound.err, LM_OK);
        assert_true(sound.records != 0);
        char *bytes = (char *)(uintptr_t)s.p, page[1024];
        for (size_t at = 0; at + sizeof page <= s.n; at += sizeof page)
            for (size_t k = 0; k < sizeof fillings / sizeof *fillings; k++) {
                size_t from = at == 0 ? 100 : 0; /* the header stays: without it there is no database */
                memcpy(page, bytes + at, sizeof page);
                memset(bytes + at + from, fillings[k], sizeof page - from);
                struct result r = run(fixtures[i].reader, name_of(fixtures[i].path), s, NULL);
                told(&fixtures[i], &sound, &r, at);
                memcpy(bytes + at, page, sizeof page);
            }
        drop(s);
    }
}

static void test_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_FIXTURES; i++) {
        struct lm_str s = load(fixtures[i].path);
        struct result sound = run(fixtures[i].reader, name_of(fixtures[i].path), s, NULL);
        for (size_t n = 0; n < s.n; n += 331) {
            char *cut = malloc(n != 0 ? n : 1);
            assert_non_null(cut);
            memcpy(cut, s.p, n);
            struct result r = run(fixtures[i].reader, name_of(fixtures[i].path), (struct lm_str){ cut, n }, NULL);
            told(&fixtures[i], &sound, &r, n);
            free(cut);
        }
        drop(s);
    }
}

/* --- files made here --- */

struct made {
    char path[64];
    sqlite3 *db;
};

static void make(struct made *m, const char *sql)
{
    char *why = NULL;
    (void)snprintf(m->path, sizeof m->path, "%s", "/tmp/test_db_readers.XXXXXX");
    int fd = mkstemp(m->path);
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(sqlite3_open(m->path, &m->db), SQLITE_OK);
    if (sqlite3_exec(m->db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s", why);
}

static struct lm_str taken(struct made *m)
{
    (void)sqlite3_close(m->db);
    FILE *f = fopen(m->path, "rb");
    assert_non_null(f);
    (void)fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *p = malloc(n);
    assert_true(p != NULL && fread(p, 1, n, f) == n);
    (void)fclose(f);
    (void)unlink(m->path);
    return (struct lm_str){ p, n };
}

#define CHAT_TABLES                                                                                                                        \
    "CREATE TABLE jid (_id INTEGER PRIMARY KEY, raw_string TEXT);"                                                                         \
    "CREATE TABLE chat (_id INTEGER PRIMARY KEY, jid_row_id INTEGER, subject TEXT);"                                                       \
    "CREATE TABLE message (_id INTEGER PRIMARY KEY, chat_row_id INTEGER, from_me INTEGER, key_id TEXT, sender_jid_row_id INTEGER,"         \
    " status INTEGER, timestamp INTEGER, message_type INTEGER, text_data TEXT, more BLOB);"                                                \
    "INSERT INTO jid VALUES (1, '13035550101@s.whatsapp.net'); INSERT INTO chat VALUES (1, 1, NULL);"

static void test_huge_values(void **state)
{
    struct made m;
    (void)state;
    make(&m, CHAT_TABLES "INSERT INTO message VALUES (1, 1, 0, 'A', 0, 5, 1700000000000, 0, 'small', NULL),"
                         "(2, 1, 0, 'B', 0, 5, 1700000000000, 0, replace(hex(zeroblob(2500000)), '00', 'xy'), NULL),"
                         "(3, 1, 0, 'C', 0, 5, 1700000000000, 0, 'a large unknown column', zeroblob(300000)),"
                         "(4, 1, 0, 'D', 0, 5, 1700000000000, 0, 'larger than a value may be', zeroblob(70000000)),"
                         "(5, 1, 0, 'E', 0, 5, 1700000000000, 0, 'behind it', NULL);");
    struct lm_str s = taken(&m);
    struct result r = run("whatsapp_android", "msgstore.db", s, NULL);
    drop(s);
    assert_int_equal(r.err, LM_OK);
    assert_int_equal(r.records, 4);
    assert_int_equal(r.rejected, 1);
    assert_int_equal(r.longest_text, 5000000);
    assert_non_null(strstr(r.reasons, "the row is damaged: its values cannot be read"));
}

static void test_many(void **state)
{
    struct made m;
    (void)state;
    make(&m, CHAT_TABLES
         "CREATE TABLE message_vcard (_id INTEGER PRIMARY KEY, message_row_id INTEGER, vcard TEXT);"
         "INSERT INTO message VALUES (1, 1, 0, 'A', 7, 5, 1700000000000, 14, NULL, NULL);"
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO message_vcard SELECT i, 1, NULL FROM n;"
         "UPDATE jid SET raw_string = '120363000000000001@g.us';"
         "CREATE TABLE group_participant_user (_id INTEGER PRIMARY KEY, group_jid_row_id INTEGER, user_jid_row_id INTEGER);"
         "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO jid SELECT i, (13035550000 + i) || '@s.whatsapp.net' FROM n;"
         "INSERT INTO group_participant_user SELECT _id, 1, _id FROM jid WHERE _id > 1;");
    struct lm_str s = taken(&m);
    struct result r = run("whatsapp_android", "msgstore.db", s, NULL);
    drop(s);
    assert_int_equal(r.err, LM_OK);
    assert_int_equal(r.records, 1);
    assert_non_null(strstr(r.reasons, "a list of more than 4096 items is cut"));
}

/* Tables that are none, names that repeat, a schema that computes. */
static void test_hostile_schema(void **state)
{
    static const char *const schemas[] = {
        "CREATE VIEW message AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS chat_row_id, 'x' AS text_data FROM n;",
        "CREATE TABLE message (chat_row_id INTEGER PRIMARY KEY, text_data TEXT) WITHOUT ROWID; INSERT INTO message VALUES (1, 'x');",
        "CREATE TABLE message (chat_row_id INTEGER);",
        "CREATE TABLE other (a);",
    };
    (void)state;
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        struct made m;
        make(&m, schemas[i]);
        struct lm_str s = taken(&m);
        struct result r = run("whatsapp_android", "msgstore.db", s, NULL);
        drop(s);
        assert_int_equal(r.records, 0);
        if (i == 1) /* there is a table, and it cannot be walked: nothing is called empty */
            assert_true(r.err == LM_OK && !r.empty && r.lost == 1);
        else if (i == 2)
            assert_true(r.err == LM_OK && r.empty && strstr(r.reasons, "has no column from_me") != NULL);
        else
            assert_true(r.err == LM_EINPUT && r.error.message[0] != '\0');
    }
}

/* A phone that was writing: what lies beside is damaged, of another file, or nothing. */
static void test_beside(void **state)
{
    char noise[4096];
    (void)state;
    memset(noise, 'x', sizeof noise);
    struct lm_str s = load("whatsapp_android/0123456789abcdef"), wal = load("whatsapp_android/0123456789abcdef-wal");
    struct lm_str other = load("android_sms/c0ffee-wal");
    struct beside right[] = { { "msgstore.db-wal", wal }, { NULL, { NULL, 0 } } };
    struct beside damaged[] = { { "msgstore.db-wal", { noise, sizeof noise } }, { "msgstore.db-journal", { noise, sizeof noise } }, { NULL, { NULL, 0 } } };
    struct beside foreign[] = { { "msgstore.db-wal", other }, { NULL, { NULL, 0 } } };
    struct beside nothing[] = { { "msgstore.db-wal", { NULL, 0 } }, { NULL, { NULL, 0 } } };
    struct result r = run("whatsapp_android", "msgstore.db", s, right);
    assert_int_equal(r.err, LM_OK);
    assert_int_equal(r.records, 4);
    r = run("whatsapp_android", "msgstore.db", s, damaged);
    assert_int_equal(r.records, 2);
    assert_non_null(strstr(r.reasons, "the -wal beside the file is damaged and not read"));
    r = run("whatsapp_android", "msgstore.db", s, nothing);
    assert_int_equal(r.records, 2);
    assert_int_equal(r.lost, 0);
    r = run("whatsapp_android", "msgstore.db", s, foreign); /* its checksums hold, so SQLite would read it: the tables then say nothing */
    assert_true(r.err == LM_OK || r.err == LM_EINPUT);
    assert_true(r.err == LM_EINPUT || r.records + r.rejected >= 2 || r.lost != 0);
    drop(s);
    drop(wal);
    drop(other);
}

static void test_ids(void **state)
{
    struct lm_arena a;
    struct lm_waid ids;
    struct lm_account_ref one;
    (void)state;
    lm_arena_init(&a, (size_t)1 << 20);
    lm_waid_init(&ids, &a);
    assert_true(lm_str_eq(lm_waid_bare(&a, LM_STR("13035550101.0:12@s.whatsapp.net")), LM_STR("13035550101@s.whatsapp.net")));
    assert_true(lm_str_eq(lm_waid_bare(&a, LM_STR("13035550101:3@s.whatsapp.net")), LM_STR("13035550101@s.whatsapp.net")));
    assert_true(lm_str_eq(lm_waid_bare(&a, LM_STR("13035550199-1500000000@g.us")), LM_STR("13035550199-1500000000@g.us")));
    assert_true(lm_str_eq(lm_waid_bare(&a, LM_STR("no id")), LM_STR("no id")));
    assert_true(lm_str_eq(lm_waid_bare(&a, LM_STR(":@s.whatsapp.net")), LM_STR(":@s.whatsapp.net")));
    assert_null(lm_waid_bare(&a, LM_STR("")).p);
    assert_int_equal(lm_waid_map(&ids, LM_STR("2056:1@lid"), LM_STR("13035550101.0:1@s.whatsapp.net")), LM_OK);
    assert_int_equal(lm_waid_map(&ids, LM_STR("13035550102@s.whatsapp.net"), LM_STR("13035550103@s.whatsapp.net")), LM_OK); /* no hidden id: ignored */
    assert_int_equal(lm_waid_name(&ids, LM_STR("13035550101@s.whatsapp.net"), LM_STR("Ana")), LM_OK);
    assert_int_equal(lm_waid_name(&ids, LM_STR("13035550101@s.whatsapp.net"), LM_STR("another")), LM_OK);
    assert_int_equal(lm_waid_account(&ids, &a, LM_STR("2056:7@lid"), &one), LM_OK);
    assert_true(lm_str_eq(one.native, LM_STR("13035550101@s.whatsapp.net")) && lm_str_eq(one.display, LM_STR("Ana")));
    assert_int_equal(lm_waid_account(&ids, &a, LM_STR("13035550102@s.whatsapp.net"), &one), LM_OK);
    assert_true(lm_str_eq(one.native, LM_STR("13035550102@s.whatsapp.net")) && one.display.n == 0);
    assert_int_equal(lm_waid_account(&ids, &a, LM_STR(""), &one), LM_OK);
    assert_int_equal(one.form, LM_ACCOUNT_NONE);
    assert_int_equal(lm_waid_thread_kind(LM_STR("1@g.us")), LM_THREAD_GROUP);
    assert_int_equal(lm_waid_thread_kind(LM_STR("status@broadcast")), LM_THREAD_CHANNEL);
    assert_int_equal(lm_waid_thread_kind(LM_STR("1@lid")), LM_THREAD_DIRECT);
    assert_int_equal(lm_waid_thread_kind(LM_STR("1")), LM_THREAD_UNKNOWN);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page),     cmocka_unit_test(test_every_length), cmocka_unit_test(test_huge_values), cmocka_unit_test(test_many),
        cmocka_unit_test(test_hostile_schema), cmocka_unit_test(test_beside),       cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
