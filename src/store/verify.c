#include "store/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/blob.h"
#include "store/schema.h"

lm_err lm_check_finding(struct lm_check *c, const char *what, const char *fmt, ...)
{
    char detail[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(detail, sizeof detail, fmt, ap);
    va_end(ap);
    return c->each != NULL ? c->each(c->user, what, detail) : LM_OK;
}

/* --- exhibits --- */

static lm_err check_blob(struct lm_check *c, const struct lm_sha256 *hash, int64_t bytes, struct lm_error *e)
{
    struct lm_sha256 now;
    uint64_t n = 0;
    int fd = -1;
    char hex[65];
    lm_err err = lm_blob_open(c->st->exhibits_fd, hash, &fd, e);
    bool missing = err == LM_ENOTFOUND;
    if (err == LM_OK) {
        err = lm_sha256_fd(fd, &now, &n);
        (void)close(fd);
    }
    c->out.exhibits++;
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "out of memory");
    if (err == LM_OK && n == (uint64_t)bytes && memcmp(&now, hash, sizeof now) == 0)
        return LM_OK;
    c->out.exhibits_bad++;
    return lm_check_finding(c, "exhibit", "%s: %s", lm_sha256_hex(hash, hex),
                            missing         ? "the kept bytes are missing"
                            : err != LM_OK  ? "the kept bytes cannot be read"
                                            : "the kept bytes have changed");
}

static lm_err check_blobs(struct lm_check *c, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(c->st, "SELECT sha256, bytes FROM blob ORDER BY sha256", &q, e);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row) {
        struct lm_sha256 hash = { { 0 } };
        (void)lm_db_sha256(q, 0, &hash);
        err = check_blob(c, &hash, sqlite3_column_int64(q, 1), e);
    }
    (void)sqlite3_finalize(q);
    int64_t n = 0;
    if (err == LM_OK)
        err = lm_db_i64(c->st, "SELECT count(*) FROM exhibit x WHERE NOT folder"
                               " AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.sha256 = x.sha256)", 0, &n, e);
    if (err != LM_OK || n == 0)
        return err;
    c->out.exhibits_bad += (uint64_t)n;
    return lm_check_finding(c, "exhibit", "%lld exhibits without kept bytes", (long long)n);
}

/* --- the database --- */

static lm_err check_pragma(struct lm_check *c, const char *sql, const char *what, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(c->st, sql, &q, e);
    for (int n = 0; err == LM_OK && n < 20 && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row; n++) {
        struct lm_str says = lm_db_str(q, 0);
        if (lm_str_eq(says, LM_STR("ok")))
            break;
        c->out.database_ok = false;
        err = lm_check_finding(c, "database", "%s: %.*s", what, LM_STR_ARG(lm_str_take(says, 300)));
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* The index of words against the messages. FTS5 wants to write for that: all the other checks only read. */
static lm_err check_words(struct lm_check *c, struct lm_error *e)
{
    int rc = sqlite3_exec(c->st->db, "INSERT INTO msg_fts(msg_fts, rank) VALUES('integrity-check', 1)", NULL, NULL,
                          NULL);
    if (rc == SQLITE_OK)
        return LM_OK;
    if ((rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
        return lm_check_finding(c, "note", "the index of words was not compared with the messages:"
                                           " another process is writing to the workspace");
    if ((rc & 0xff) != SQLITE_CORRUPT)
        return lm_db_fail(c->st, rc, e);
    c->out.database_ok = false;
    return lm_check_finding(c, "database", "the index of words does not belong to the messages");
}

static const char schema_sql[] = "SELECT type || ' ' || name || ' ' || ifnull(sql, '') FROM sqlite_schema"
                                 " WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";

static lm_err digest_schema(struct lm_store *st, struct lm_sha256 *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct lm_sha256_run *run = NULL;
    lm_err err = lm_db_prepare(st, schema_sql, &q, e);
    if (err == LM_OK && lm_sha256_begin(&run) != LM_OK)
        err = lm_fail(e, LM_ENOMEM, "out of memory");
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_str s = lm_db_str(q, 0);
        lm_sha256_add(run, s.p, s.n);
        lm_sha256_add(run, "", 1);
    }
    if (run != NULL)
        lm_sha256_end(run, ret);
    (void)sqlite3_finalize(q);
    return err;
}

/* A trigger or a check that was taken away leaves everything else in order: the schema is compared with a fresh one. */
static lm_err check_schema(struct lm_check *c, struct lm_error *e)
{
    struct lm_store plain = { .path = c->st->path };
    struct lm_sha256 ours = { { 0 } }, fresh = { { 0 } };
    lm_err err = digest_schema(c->st, &ours, e);
    if (err == LM_OK && sqlite3_open_v2(":memory:", &plain.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
                            != SQLITE_OK)
        err = lm_fail(e, LM_ENOMEM, "out of memory");
    for (int v = 0; v < LM_SCHEMA_VERSION && err == LM_OK; v++)
        err = lm_db_exec(&plain, lm_schema_steps[v], e);
    if (err == LM_OK)
        err = digest_schema(&plain, &fresh, e);
    (void)sqlite3_close_v2(plain.db);
    if (err != LM_OK || memcmp(&ours, &fresh, sizeof ours) == 0)
        return err;
    c->out.database_ok = false;
    return lm_check_finding(c, "database", "tables, indexes or triggers were changed");
}

/* --- all of it --- */

/* A step that cannot go on because the file is damaged is a finding, and the next step is tried. */
static lm_err survive(struct lm_check *c, lm_err err, bool *flag, const char *what, struct lm_error *e)
{
    if (err != LM_EDAMAGED)
        return err;
    *flag = false;
    return lm_check_finding(c, what, "%s", e != NULL ? e->message : "the workspace is damaged");
}

static lm_err run(struct lm_check *c, const struct lm_sha256 *head, struct lm_error *e)
{
    bool *db = &c->out.database_ok;
    lm_err err = lm_db_exec(c->st, "BEGIN", e); /* one state of the workspace throughout */
    if (err == LM_OK)
        err = survive(c, check_schema(c, e), db, "database", e);
    if (err == LM_OK)
        err = survive(c, lm_check_chain(c, head, e), &c->out.audit_ok, "audit", e);
    if (err == LM_OK)
        err = survive(c, check_blobs(c, e), db, "database", e);
    if (err == LM_OK)
        err = survive(c, lm_check_ledger(c, e), db, "database", e);
    if (err == LM_OK)
        err = survive(c, lm_check_batches(c, e), &c->out.batches_ok, "batch", e);
    if (err == LM_OK)
        err = survive(c, lm_check_contacts(c, e), db, "database", e);
    if (err == LM_OK)
        err = survive(c, check_pragma(c, "PRAGMA integrity_check(20)", "integrity", e), db, "database", e);
    if (err == LM_OK)
        err = survive(c, check_pragma(c, "PRAGMA foreign_key_check", "a row points nowhere in table", e), db,
                      "database", e);
    (void)sqlite3_exec(c->st->db, "COMMIT", NULL, NULL, NULL);
    return err != LM_OK ? err : survive(c, check_words(c, e), db, "database", e);
}

bool lm_check_sound(const struct lm_verify *v)
{
    return v->exhibits_bad == 0 && v->audit_ok && v->sources_open == 0 && v->batches_ok && v->database_ok
           && v->head != LM_HEAD_MISSING;
}

lm_err lm_check_all(struct lm_store *st, const struct lm_sha256 *head, struct lm_verify *ret,
                    lm_err (*each)(void *user, const char *what, const char *detail), void *user, struct lm_error *e)
{
    struct lm_check c = { .st = st, .each = each, .user = user };
    struct lm_error own = { 0 };
    c.out.audit_ok = c.out.batches_ok = c.out.database_ok = true;
    lm_arena_init(&c.arena, 0);
    lm_err err = run(&c, head, &own);
    lm_arena_free(&c.arena);
    if (err != LM_OK && e != NULL)
        *e = own;
    if (err == LM_OK)
        *ret = c.out;
    return err;
}

/* The head that is told is that of the entry about this verification: nothing before it can be cut off unnoticed. */
static lm_err enter(struct lm_store *st, struct lm_verify *v, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_sha256 head;
    bool row = false;
    lm_err err = lm_store_audit(st, "verify", LM_STR("workspace"), lm_check_sound(v) ? "sound" : "damaged", e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1", &q, e);
    if (err == LM_OK)
        err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && row && lm_db_sha256(q, 0, &head))
        (void)lm_sha256_hex(&head, v->audit_head);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_verify(struct lm_store *st, struct lm_str head, struct lm_verify *ret,
                       lm_err (*each)(void *user, const char *what, const char *detail), void *user,
                       struct lm_error *e)
{
    struct lm_verify v;
    struct lm_error why = { 0 };
    struct lm_sha256 wanted;
    if (head.n != 0 && !lm_sha256_parse(head, &wanted))
        return lm_fail(e, LM_EUSAGE, "a head is 64 hexadecimal digits");
    lm_err err = lm_check_all(st, head.n != 0 ? &wanted : NULL, &v, each, user, e);
    /* a damaged file may refuse the entry: what was found is told all the same */
    if (err == LM_OK && enter(st, &v, &why) != LM_OK && each != NULL) {
        char detail[400];
        (void)snprintf(detail, sizeof detail, "this verification could not be entered: %s", why.message);
        err = each(user, "note", detail);
    }
    if (err == LM_OK)
        *ret = v;
    return err;
}
