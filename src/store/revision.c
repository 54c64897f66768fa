#include "store/revision.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/when.h"
#include "store/anchor.h"
#include "store/authority.h"
#include "store/look.h"

#define KEY_FILE "/keys/rollup.ed25519"

/* --- the key --- */

static lm_err key_fail(struct lm_store *st, lm_err err, const char *what, struct lm_error *e)
{
    (void)lm_fail(e, err, "the key that signs revisions %s", what);
    lm_fail_at(e, st->folder, "%s", KEY_FILE);
    return err;
}

static lm_err make_key(struct lm_store *st, const char *path, unsigned char key[crypto_sign_SECRETKEYBYTES], struct lm_error *e)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return key_fail(st, LM_EIO, strerror(errno), e);
    bool ok = crypto_sign_keypair(public, key) == 0
              && write(fd, key, crypto_sign_SECRETKEYBYTES) == crypto_sign_SECRETKEYBYTES && fsync(fd) == 0;
    (void)close(fd);
    if (!ok)
        (void)unlink(path);
    return ok ? LM_OK : key_fail(st, LM_EIO, "cannot be written", e);
}

static lm_err read_key(struct lm_store *st, unsigned char key[crypto_sign_SECRETKEYBYTES], struct lm_error *e)
{
    char path[4096];
    unsigned char more;
    if (sodium_init() < 0)
        return lm_fail(e, LM_EINTERNAL, "libsodium does not start");
    if (snprintf(path, sizeof path, "%s" KEY_FILE, st->folder) >= (int)sizeof path)
        return lm_fail(e, LM_ELIMIT, "the workspace's path is too long");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT ? make_key(st, path, key, e) : key_fail(st, LM_EIO, strerror(errno), e);
    bool ok = read(fd, key, crypto_sign_SECRETKEYBYTES) == crypto_sign_SECRETKEYBYTES && read(fd, &more, 1) == 0;
    (void)close(fd);
    return ok ? LM_OK : key_fail(st, LM_EDAMAGED, "is not one", e);
}

/* --- freezing --- */

static lm_err last_in_scope(struct lm_store *st, int64_t investigation, int64_t *ret_number, char ret_previous[65],
                            struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct lm_sha256 hash;
    lm_err err = lm_db_prepare(st, "SELECT number, statement FROM rollup_revision WHERE ifnull(investigation, 0) = ?"
                                   " ORDER BY number DESC LIMIT 1", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    err = lm_db_step(st, q, &row, e);
    *ret_number = err == LM_OK && row ? sqlite3_column_int64(q, 0) : 0;
    (void)snprintf(ret_previous, 65, "none");
    if (err == LM_OK && row && (err = lm_sha256_of(lm_db_str(q, 1), &hash)) == LM_OK)
        (void)lm_sha256_hex(&hash, ret_previous);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err head(struct lm_store *st, char ret[65], struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct lm_sha256 hash;
    lm_err err = lm_db_prepare(st, "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", &q, e);
    if (err == LM_OK)
        err = lm_db_step(st, q, &row, e);
    ret[0] = '\0';
    if (err == LM_OK && row && lm_db_sha256(q, 0, &hash))
        (void)lm_sha256_hex(&hash, ret);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err insert(struct lm_store *st, int64_t investigation, int64_t number, struct lm_str document,
                     const struct lm_sha256 *sha256, struct lm_str statement, int64_t now, struct lm_error *e)
{
    unsigned char key[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
    sqlite3_stmt *q = NULL;
    lm_err err = read_key(st, key, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "INSERT INTO rollup_revision(investigation, number, document, sha256, statement, public_key,"
                                " signature, frozen_us, frozen_by) VALUES(nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?)", &q, e);
    if (err == LM_OK) {
        (void)crypto_sign_detached(signature, NULL, (const unsigned char *)statement.p, statement.n, key);
        (void)sqlite3_bind_int64(q, 1, investigation);
        (void)sqlite3_bind_int64(q, 2, number);
        lm_db_bind_str(q, 3, document);
        lm_db_bind_sha256(q, 4, sha256);
        lm_db_bind_str(q, 5, statement);
        (void)sqlite3_bind_blob(q, 6, key + crypto_sign_SEEDBYTES, crypto_sign_PUBLICKEYBYTES, SQLITE_STATIC);
        (void)sqlite3_bind_blob(q, 7, signature, crypto_sign_BYTES, SQLITE_STATIC);
        (void)sqlite3_bind_int64(q, 8, now);
        lm_db_bind_str(q, 9, lm_str(st->actor));
        err = lm_db_run(st, q, e);
    }
    (void)sqlite3_finalize(q);
    sodium_memzero(key, sizeof key);
    return err;
}

static lm_err freeze(struct lm_store *st, const struct lm_filter *f, struct lm_str document, int64_t *ret_number,
                     struct lm_error *e)
{
    char statement[1024], previous[65], before[65], hex[65], when[LM_WHEN_TEXT];
    struct lm_sha256 sha256;
    int64_t investigation = 0, number = 0;
    struct lm_when now = { lm_db_now_us() / LM_SECOND_US * LM_SECOND_US, 0, LM_TIME_UTC };
    lm_err err = f->investigation.n != 0 ? lm_investigation_find(st, f->investigation, &investigation, e) : LM_OK;
    if (err == LM_OK)
        err = last_in_scope(st, investigation, &number, previous, e);
    if (err == LM_OK)
        err = head(st, before, e);
    if (err == LM_OK && (err = lm_sha256_of(document, &sha256)) != LM_OK)
        return lm_fail(e, err, "out of memory");
    if (err != LM_OK)
        return err;
    (void)snprintf(statement, sizeof statement, "lastmile rollup revision %lld\nscope: %s%.*s\ndocument sha256: %s\n"
                   "previous statement sha256: %s\naudit head before: %s\nfrozen: %s by %.100s\n", (long long)++number,
                   investigation != 0 ? "investigation " : "workspace", LM_STR_ARG(lm_str_take(f->investigation, 200)),
                   lm_sha256_hex(&sha256, hex), previous, before, lm_when_format(&now, when), st->actor);
    err = insert(st, investigation, number, document, &sha256, lm_str(statement), now.us, e);
    if (err == LM_OK)
        err = lm_anchor_add(st, LM_ANCHOR_REVISION, sqlite3_last_insert_rowid(st->db), lm_str(hex), e);
    if (err == LM_OK)
        *ret_number = number;
    return err;
}

lm_err lm_store_freeze(struct lm_store *st, const struct lm_filter *f, struct lm_str document, int64_t *ret_number,
                       struct lm_error *e)
{
    lm_err err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, freeze(st, f, document, ret_number, e), e);
}

/* --- reading --- */

static bool hex_of(sqlite3_stmt *q, int i, size_t n, char *out)
{
    const unsigned char *p = sqlite3_column_blob(q, i);
    bool there = p != NULL && (size_t)sqlite3_column_bytes(q, i) == n;
    out[0] = '\0';
    if (there)
        (void)sodium_bin2hex(out, 2 * n + 1, p, n);
    return there;
}

/* Columns of SELECTED; r's slices are those of the row. */
#define SELECTED "number, frozen_us, frozen_by, document, statement, sha256, public_key, signature"
static void fill(sqlite3_stmt *q, struct lm_revision *r)
{
    char hex[65] = "", line[96];
    struct lm_sha256 hash;
    *r = (struct lm_revision){ .number = sqlite3_column_int64(q, 0),
                               .frozen_us = sqlite3_column_int64(q, 1),
                               .by = lm_db_str(q, 2),
                               .document = lm_db_str(q, 3),
                               .statement = lm_db_str(q, 4) };
    bool whole = hex_of(q, 5, 32, r->sha256) && hex_of(q, 6, crypto_sign_PUBLICKEYBYTES, r->public_key)
                 && hex_of(q, 7, crypto_sign_BYTES, r->signature);
    if (lm_sha256_of(r->document, &hash) == LM_OK)
        (void)lm_sha256_hex(&hash, hex);
    (void)snprintf(line, sizeof line, "\ndocument sha256: %s\n", hex);
    r->sound = whole && strcmp(hex, r->sha256) == 0
               && memmem(r->statement.p, r->statement.n, line, strlen(line)) != NULL
               && crypto_sign_verify_detached(sqlite3_column_blob(q, 7), (const unsigned char *)r->statement.p,
                                              r->statement.n, sqlite3_column_blob(q, 6)) == 0;
}

static lm_err each_row(struct lm_look *look, int64_t number, lm_err (*each)(void *user, const struct lm_revision *r),
                       void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT " SELECTED " FROM rollup_revision WHERE ifnull(investigation, 0) = ?1"
                                         " AND (?2 < 0 OR number = ?2 OR (?2 = 0 AND number = (SELECT max(number) FROM"
                                         " rollup_revision WHERE ifnull(investigation, 0) = ?1))) ORDER BY number", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_int64(q, 2, number);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_revision r;
        fill(q, &r);
        look->n_given++;
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err look_at(struct lm_store *st, const struct lm_filter *f, int64_t number,
                      lm_err (*each)(void *user, const struct lm_revision *r), void *user, struct lm_error *e)
{
    struct lm_look look;
    struct lm_look_at at = { .action = "rollup_revisions", .outcome = "returned", .every = true };
    if (sodium_init() < 0)
        return lm_fail(e, LM_EINTERNAL, "libsodium does not start");
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK)
        err = lm_look_end(&look, NULL, each_row(&look, number, each, user, e), e);
    lm_look_free(&look);
    return err;
}

lm_err lm_store_revisions(struct lm_store *st, const struct lm_filter *f,
                          lm_err (*each)(void *user, const struct lm_revision *r), void *user, struct lm_error *e)
{
    return look_at(st, f, -1, each, user, e);
}

struct kept {
    struct lm_arena *a;
    struct lm_revision r;
    struct lm_error *e;
};

static lm_err keep(void *user, const struct lm_revision *r)
{
    struct kept *k = user;
    k->r = *r;
    k->r.by = lm_arena_copy(k->a, r->by);
    k->r.document = lm_arena_copy(k->a, r->document);
    k->r.statement = lm_arena_copy(k->a, r->statement);
    bool ok = k->r.by.p != NULL && k->r.document.p != NULL && k->r.statement.p != NULL;
    return ok ? LM_OK : lm_fail(k->e, LM_ENOMEM, "out of memory");
}

lm_err lm_store_revision(struct lm_store *st, const struct lm_filter *f, int64_t number, struct lm_arena *a,
                         struct lm_revision *ret, struct lm_error *e)
{
    struct kept k = { .a = a, .e = e };
    lm_err err = number < 0 ? lm_fail(e, LM_EUSAGE, "revisions are numbered from 1") : look_at(st, f, number, keep, &k, e);
    if (err == LM_OK && k.r.number == 0)
        err = number == 0 ? lm_fail(e, LM_ENOTFOUND, "nothing was frozen yet")
                          : lm_fail(e, LM_ENOTFOUND, "there is no revision %lld", (long long)number);
    if (err == LM_OK)
        *ret = k.r;
    return err;
}
