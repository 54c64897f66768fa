/* store_fixture.h - a workspace in a private folder, and entries made by hand. Everything in it is invented. */
#ifndef LM_TEST_STORE_FIXTURE_H
#define LM_TEST_STORE_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <sqlite3.h>

#include "store/store.h"

struct fx {
    char dir[64], path[96];
    struct lm_store *st;
    struct lm_import *im;
    int64_t exhibit, source;
    bool known;
};

#define OK(call)                                                                                             \
    do {                                                                                                     \
        struct lm_error fx_e = { 0 };                                                                        \
        struct lm_error *e = &fx_e;                                                                          \
        lm_err fx_err = (call);                                                                              \
        if (fx_err != LM_OK)                                                                                 \
            print_message("# %s: %s %s\n", #call, lm_err_name(fx_err), fx_e.message);                        \
        assert_int_equal(fx_err, LM_OK);                                                                     \
    } while (0)

#define FAILS(code, call)                                                                                    \
    do {                                                                                                     \
        struct lm_error fx_e = { 0 };                                                                        \
        struct lm_error *e = &fx_e;                                                                          \
        assert_int_equal((call), code);                                                                      \
        assert_int_not_equal(fx_e.message[0], 0);                                                            \
    } while (0)

static inline void fx_new(struct fx *x)
{
    *x = (struct fx){ 0 };
    (void)snprintf(x->dir, sizeof x->dir, "/tmp/lm-store-XXXXXX");
    assert_non_null(mkdtemp(x->dir));
    (void)snprintf(x->path, sizeof x->path, "%s/w.lastmile", x->dir);
    OK(lm_store_create(x->path, "ana", e));
}

static inline void fx_open(struct fx *x)
{
    OK(lm_store_open(x->path, LM_STORE_WRITE, "ana", &x->st, e));
}

static inline void fx_close(struct fx *x)
{
    lm_store_close(x->st);
    x->st = NULL;
}

static inline void fx_remove(struct fx *x)
{
    char cmd[160];
    fx_close(x);
    (void)snprintf(cmd, sizeof cmd, "rm -rf '%s'", x->dir);
    FILE *p = popen(cmd, "r");
    assert_non_null(p);
    assert_int_equal(pclose(p), 0);
}

static inline void fx_authority(struct fx *x, const char *investigation, const char *id, enum lm_reach reach)
{
    struct lm_authority a = { .id = lm_str(id),
                              .investigation = lm_str(investigation),
                              .kind = LM_AUTHORITY_CONSENT,
                              .reach = reach,
                              .issued_day = LM_DAY_NONE,
                              .from_day = LM_DAY_NONE,
                              .to_day = LM_DAY_NONE,
                              .expires_day = LM_DAY_NONE };
    OK(lm_store_add_authority(x->st, &a, e));
}

static inline void fx_investigation(struct fx *x, const char *id)
{
    struct lm_investigation i = { .id = lm_str(id), .title = LM_STR("Red Mesa") };
    OK(lm_store_add_investigation(x->st, &i, e));
}

/* A workspace with I1 and A1 (consent, content), open for writing. */
static inline void fx_usual(struct fx *x)
{
    fx_new(x);
    fx_open(x);
    fx_investigation(x, "I1");
    fx_authority(x, "I1", "A1", LM_REACH_CONTENT);
}

static inline int fx_file(struct fx *x, const char *bytes)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/evidence", x->dir);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    return fd;
}

/* Begins an import of one file with these bytes, as one exhibit and one source. */
static inline void fx_begin(struct fx *x, const char *authority, const char *bytes, const char *owner)
{
    struct lm_sha256 hash;
    uint64_t n = 0;
    int fd = fx_file(x, bytes);
    OK(lm_import_begin(x->st, lm_str(authority), &x->im, e));
    OK(lm_import_blob(x->im, fd, &hash, &n, e));
    (void)close(fd);
    struct lm_exhibit xh = { .sha256 = hash, .name = LM_STR("chat.txt"), .bytes = n, .owner = lm_str(owner) };
    OK(lm_import_exhibit(x->im, &xh, &x->exhibit, &x->known, e));
    struct lm_source s = { .exhibit = x->exhibit, .path = LM_STR("chat.txt"), .sha256 = hash, .bytes = n,
                           .reader = LM_STR("whatsapp_text") };
    OK(lm_import_source(x->im, &s, &x->source, e));
}

/* One number through a connection of its own. */
static inline int64_t fx_sql(const struct fx *x, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_open(x->path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    int64_t v = sqlite3_step(q) == SQLITE_ROW ? sqlite3_column_int64(q, 0) : -1;
    assert_int_equal(sqlite3_finalize(q), SQLITE_OK);
    (void)sqlite3_close(db);
    return v;
}

static inline struct lm_counts fx_end(struct fx *x)
{
    struct lm_counts one, all;
    OK(lm_import_source_end(x->im, x->source, LM_SOURCE_READ, &one, e));
    OK(lm_import_end(x->im, &all, e));
    assert_memory_equal(&one, &all, sizeof one);
    assert_int_equal(all.seen, all.kept + all.duplicate + all.held + all.rejected);
    x->im = NULL;
    assert_int_equal(fx_sql(x, "SELECT count(*) FROM pragma_foreign_key_check"), 0); /* off while it imports */
    return all;
}

static inline struct lm_account_ref fx_native(enum lm_platform p, const char *id, const char *display)
{
    return (struct lm_account_ref){ .platform = p, .form = LM_ACCOUNT_NATIVE, .native = lm_str(id),
                                    .display = lm_str(display) };
}

static inline struct lm_account_ref fx_name(enum lm_platform p, const char *display)
{
    return (struct lm_account_ref){ .platform = p, .form = LM_ACCOUNT_NAME, .display = lm_str(display) };
}

/* A message in a direct thread; `to` must outlive its use. */
static inline struct lm_fact fx_message(struct lm_account_ref from, const struct lm_account_ref *to, size_t n_to,
                                        int64_t minute, const char *text)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    f.event = (struct lm_event){ .kind = LM_EVENT_MESSAGE,
                                 .platform = from.platform,
                                 .at = { INT64_C(1683000000) * LM_SECOND_US + minute * 60 * LM_SECOND_US, 0,
                                         LM_TIME_UTC },
                                 .thread = { .native = LM_STR("t1"), .title = LM_STR("Beto"),
                                             .kind = n_to > 1 ? LM_THREAD_GROUP : LM_THREAD_DIRECT },
                                 .from = from,
                                 .to = to,
                                 .n_to = n_to,
                                 .text = lm_str(text),
                                 .duration_s = -1 };
    return f;
}

static inline enum lm_outcome fx_put(struct fx *x, uint64_t byte, const struct lm_fact *f)
{
    enum lm_outcome o = (enum lm_outcome)99;
    struct lm_locator l = { .kind = LM_LOCATOR_BYTES, .a = byte, .b = 10 };
    struct lm_entry entry = { &l, 1, f, 1 };
    OK(lm_import_entry(x->im, x->source, &entry, &o, e));
    return o;
}

/* Changes the file as an outsider would; true when SQLite let it through. */
static inline bool fx_tamper(const struct fx *x, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(x->path, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)sqlite3_close(db);
    return rc == SQLITE_OK;
}

#endif
