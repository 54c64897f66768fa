#include <stdio.h>

#include "store/anchor.h"
#include "store/audit.h"
#include "store/authority.h"
#include "store/ledger.h"
#include "store/verify.h"

enum { Q_BATCH, Q_SOURCE, Q_REVOKED, QUERIES };

static const char *const queries[QUERIES] = {
    [Q_BATCH] = "SELECT digest FROM batch WHERE id = ?",
    [Q_SOURCE] = "SELECT state, seen, kept, duplicate, held, rejected, facts, problems FROM source WHERE id = ?",
    [Q_REVOKED] = ("SELECT id, revoked_reason, revoked_by, revoked_us FROM authority"
                   " WHERE code = ? AND revoked_us IS NOT NULL"),
};

struct anchors { /* what the chain vouches for */
    uint64_t batches, authorities, rows[LM_ANCHORS];
    struct lm_map last[LM_ANCHORS]; /* of those that may have several entries: row → the digest in the last one */
    sqlite3_stmt *q[QUERIES];
};

/* The number after the first word: "batch 12", "source 3 read". */
static int64_t number_in(struct lm_str object)
{
    size_t at = lm_str_find(object, LM_STR(" "));
    int64_t v = 0;
    if (at == SIZE_MAX)
        return 0;
    struct lm_str rest = lm_str_skip(object, at + 1);
    size_t end = lm_str_find(rest, LM_STR(" "));
    return lm_str_to_i64(end == SIZE_MAX ? rest : lm_str_take(rest, end), &v) ? v : 0;
}

static lm_err check_batch(struct lm_check *c, struct anchors *a, const struct lm_audit_entry *x, struct lm_error *e)
{
    sqlite3_stmt *q = a->q[Q_BATCH];
    struct lm_sha256 there;
    char hex[65];
    bool row = false;
    (void)sqlite3_bind_int64(q, 1, number_in(x->object));
    lm_err err = lm_db_step(c->st, q, &row, e);
    a->batches++;
    bool same = err == LM_OK && row && lm_db_sha256(q, 0, &there)
                && lm_str_eq(lm_str(lm_sha256_hex(&there, hex)), x->outcome);
    (void)sqlite3_reset(q);
    if (err != LM_OK || same)
        return err;
    c->out.batches_ok = false;
    return lm_check_finding(c, "batch", "%.*s is not what the audit chain says of it", LM_STR_ARG(x->object));
}

static lm_err check_authority(struct lm_check *c, struct anchors *a, const struct lm_audit_entry *x,
                              struct lm_error *e)
{
    struct lm_authority there;
    struct lm_arena arena;
    char hex[65] = "";
    a->authorities++;
    lm_arena_init(&arena, 0);
    lm_err err = lm_store_authority(c->st, &arena, x->object, &there, e);
    if (err == LM_OK)
        err = lm_authority_digest(&there, hex);
    lm_arena_free(&arena);
    if (err != LM_OK && err != LM_ENOTFOUND)
        return err;
    if (err == LM_OK && lm_str_eq(lm_str(hex), x->outcome))
        return LM_OK;
    c->out.database_ok = false;
    return lm_check_finding(c, "authority", "%.*s is not what was entered", LM_STR_ARG(x->object));
}

/* Entries of before the digest stood in them hold the reason alone; the row was written just before the entry. */
static bool told_alike(sqlite3_stmt *q, const struct lm_audit_entry *x)
{
    int64_t us = sqlite3_column_int64(q, 3);
    return lm_str_eq(lm_db_str(q, 1), x->outcome) && lm_str_eq(lm_db_str(q, 2), x->actor) && us <= x->at_us
           && us > x->at_us - LM_STORE_WAIT_US;
}

static lm_err check_revoked(struct lm_check *c, struct anchors *a, const struct lm_audit_entry *x,
                            struct lm_error *e)
{
    sqlite3_stmt *q = a->q[Q_REVOKED];
    struct lm_sha256 digest;
    char hex[65] = "";
    bool row = false, same = false;
    a->rows[LM_ANCHOR_REVOCATION]++;
    lm_db_bind_str(q, 1, x->object);
    lm_err err = lm_db_step(c->st, q, &row, e);
    if (err == LM_OK && row) {
        struct lm_str said = lm_str_take(x->outcome, 64);
        err = lm_anchor_digest(c->st, LM_ANCHOR_REVOCATION, sqlite3_column_int64(q, 0), hex, e);
        same = lm_sha256_parse(said, &digest) && x->outcome.n > 64 && x->outcome.p[64] == ' '
                   ? lm_str_eq(said, lm_str(hex))
                   : told_alike(q, x);
    }
    (void)sqlite3_reset(q);
    if (err != LM_OK || same)
        return err;
    c->out.database_ok = false;
    return lm_check_finding(c, "authority", row ? "%.*s: when, by whom or why it was revoked is not what was entered"
                                                : "%.*s was revoked and is not any more", LM_STR_ARG(x->object));
}

/* Entries about one row follow each other: the last one is compared when the chain has been walked. */
static lm_err take_last(struct lm_check *c, struct anchors *a, enum lm_anchor which, const struct lm_audit_entry *x,
                        struct lm_error *e)
{
    int64_t row = number_in(x->object);
    uint64_t *at;
    struct lm_str digest = lm_arena_copy(&c->arena, lm_str_take(x->outcome, 64));
    if (digest.p == NULL || lm_map_put(&a->last[which], (struct lm_str){ (const char *)&row, sizeof row }, 0, &at, NULL)
                                != LM_OK)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *at = (uint64_t)(uintptr_t)digest.p;
    a->rows[which] = a->last[which].n;
    return LM_OK;
}

static lm_err check_last(struct lm_check *c, const struct anchors *a, enum lm_anchor which, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < a->last[which].n && err == LM_OK; i++) {
        const struct lm_map_entry *m = &a->last[which].entries[i];
        int64_t row;
        char hex[65];
        memcpy(&row, m->key.p, sizeof row);
        err = lm_anchor_digest(c->st, which, row, hex, e);
        if (err != LM_OK || strcmp(hex, (const char *)(uintptr_t)m->value) == 0)
            continue;
        c->out.database_ok = false;
        err = which == LM_ANCHOR_REVIEW
                  ? lm_check_finding(c, "review", "event %lld: what review found is not what was entered", (long long)row)
                  : lm_check_finding(c, lm_anchored[which].table, "%s %lld is not what was entered", lm_anchored[which].table,
                                     (long long)row);
    }
    return err;
}

static lm_err check_source(struct lm_check *c, struct anchors *a, const struct lm_audit_entry *x, struct lm_error *e)
{
    sqlite3_stmt *q = a->q[Q_SOURCE];
    bool row = false;
    struct lm_source_words w = { "", "" };
    int64_t id = number_in(x->object);
    (void)sqlite3_bind_int64(q, 1, id);
    lm_err err = lm_db_step(c->st, q, &row, e);
    if (err == LM_OK && row) {
        struct lm_counts n = { (uint64_t)sqlite3_column_int64(q, 1), (uint64_t)sqlite3_column_int64(q, 2),
                               (uint64_t)sqlite3_column_int64(q, 3), (uint64_t)sqlite3_column_int64(q, 4),
                               (uint64_t)sqlite3_column_int64(q, 5), (uint64_t)sqlite3_column_int64(q, 6),
                               (uint64_t)sqlite3_column_int64(q, 7) };
        err = lm_source_words(c->st, id, (enum lm_source_state)sqlite3_column_int(q, 0), &n, &w, e);
    }
    (void)sqlite3_reset(q);
    if (err != LM_OK || (lm_str_eq(lm_str(w.object), x->object) && lm_str_eq(lm_str(w.outcome), x->outcome)))
        return err;
    c->out.sources_open++;
    return lm_check_finding(c, "ledger", "source %lld: its counts, or where it belongs, are not those in the audit chain",
                            (long long)id);
}

static lm_err check_anchored(struct lm_check *c, enum lm_anchor which, const struct lm_audit_entry *x,
                             struct lm_error *e)
{
    char hex[65];
    lm_err err = lm_anchor_digest(c->st, which, number_in(x->object), hex, e);
    if (err != LM_OK || lm_str_eq(lm_str(hex), x->outcome))
        return err;
    c->out.database_ok = false;
    return lm_check_finding(c, lm_anchored[which].table, "%.*s is not what was entered", LM_STR_ARG(x->object));
}

static lm_err check_anchor(struct lm_check *c, struct anchors *a, const struct lm_audit_entry *x, struct lm_error *e)
{
    if (lm_str_eq(x->action, LM_STR("import.batch")))
        return check_batch(c, a, x, e);
    if (lm_str_eq(x->action, LM_STR(LM_ACTION_AUTHORITY_ADD)) && !lm_str_eq(x->outcome, LM_STR("denied")))
        return check_authority(c, a, x, e);
    if (lm_str_eq(x->action, LM_STR(LM_ACTION_AUTHORITY_REVOKE)))
        return check_revoked(c, a, x, e);
    for (int i = 0; i < LM_ANCHORS; i++) {
        if (!lm_str_eq(x->action, lm_str(lm_anchored[i].action)))
            continue;
        if (lm_anchored[i].again)
            return take_last(c, a, (enum lm_anchor)i, x, e);
        a->rows[i]++;
        return i == LM_ANCHOR_SOURCE ? check_source(c, a, x, e) : check_anchored(c, (enum lm_anchor)i, x, e);
    }
    return LM_OK;
}

static lm_err broken(struct lm_check *c, int64_t seq, const char *why)
{
    if (!c->out.audit_ok)
        return LM_OK; /* everything after the first break is open; one finding says where it is */
    c->out.audit_ok = false;
    c->out.audit_broken_at = (uint64_t)seq;
    return lm_check_finding(c, "audit", "entry %lld: %s", (long long)seq, why);
}

/* One entry; *previous is the hash of the one before, and of this one afterwards. */
static lm_err check_entry(struct lm_check *c, struct anchors *a, sqlite3_stmt *q, struct lm_sha256 *previous,
                          struct lm_error *e)
{
    struct lm_audit_entry x;
    struct lm_sha256 stored, computed;
    struct lm_str bytes = lm_db_str(q, 1);
    int64_t seq = sqlite3_column_int64(q, 0);
    bool whole = lm_audit_decode(bytes, &x), hashed = lm_db_sha256(q, 2, &stored);
    lm_err err = lm_sha256_of(bytes, &computed);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    c->out.audit_entries++;
    if (!whole)
        err = broken(c, seq, "the bytes are not an entry");
    else if (!hashed || memcmp(&stored, &computed, sizeof stored) != 0)
        err = broken(c, seq, "the hash does not belong to the entry");
    else if (x.seq != seq || seq != (int64_t)c->out.audit_entries)
        err = broken(c, seq, "the number is out of order: an entry is missing or was moved");
    else if (memcmp(&x.previous, previous, sizeof *previous) != 0)
        err = broken(c, seq, "it does not follow from the entry before it");
    *previous = computed;
    return err == LM_OK && whole ? check_anchor(c, a, &x, e) : err;
}

static lm_err walk(struct lm_check *c, struct anchors *a, const struct lm_sha256 *head, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_sha256 previous = { { 0 } };
    bool row = false;
    lm_err err = lm_db_prepare(c->st, "SELECT seq, entry, hash FROM audit ORDER BY seq", &q, e);
    for (size_t i = 0; i < QUERIES && err == LM_OK; i++)
        err = lm_db_prepare(c->st, queries[i], &a->q[i], e);
    while (err == LM_OK && (err = lm_db_step(c->st, q, &row, e)) == LM_OK && row) {
        err = check_entry(c, a, q, &previous, e);
        if (head != NULL && memcmp(head, &previous, sizeof previous) == 0)
            c->out.head = LM_HEAD_FOUND;
    }
    (void)sqlite3_finalize(q);
    (void)lm_sha256_hex(&previous, c->out.audit_head);
    return err;
}

/* Rows that no entry vouches for. */
static lm_err check_totals(struct lm_check *c, const struct anchors *a, struct lm_error *e)
{
    int64_t batches = 0, authorities = 0;
    lm_err err = lm_db_i64(c->st, "SELECT count(*) FROM batch", 0, &batches, e);
    if (err == LM_OK)
        err = lm_db_i64(c->st, "SELECT count(*) FROM authority", 0, &authorities, e);
    if (err == LM_OK && (uint64_t)batches != a->batches) {
        c->out.batches_ok = false;
        err = lm_check_finding(c, "batch", "%lld batches, %llu in the audit chain", (long long)batches,
                               (unsigned long long)a->batches);
    }
    if (err == LM_OK && (uint64_t)authorities != a->authorities) {
        c->out.database_ok = false;
        err = lm_check_finding(c, "authority", "%lld authorities, %llu in the audit chain", (long long)authorities,
                               (unsigned long long)a->authorities);
    }
    for (int i = 0; i < LM_ANCHORS && err == LM_OK; i++) {
        const struct lm_anchored *k = &lm_anchored[i];
        char sql[128];
        int64_t n = 0;
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s%s%s", k->table, k->where != NULL ? " WHERE " : "",
                       k->where != NULL ? k->where : "");
        err = lm_db_i64(c->st, sql, 0, &n, e);
        if (err != LM_OK || (uint64_t)n == a->rows[i])
            continue;
        c->out.database_ok = c->out.database_ok && i == LM_ANCHOR_SOURCE;
        c->out.sources_open += i == LM_ANCHOR_SOURCE;
        err = lm_check_finding(c, k->table, "%lld %s, %llu in the audit chain", (long long)n,
                               i == LM_ANCHOR_REVOCATION ? "revoked" : "rows", (unsigned long long)a->rows[i]);
    }
    return err;
}

lm_err lm_check_chain(struct lm_check *c, const struct lm_sha256 *head, struct lm_error *e)
{
    struct anchors a = { 0 };
    c->out.head = head != NULL ? LM_HEAD_MISSING : LM_HEAD_NOT_CHECKED;
    for (int i = 0; i < LM_ANCHORS; i++)
        lm_map_init(&a.last[i], &c->arena);
    lm_err err = walk(c, &a, head, e);
    for (int i = 0; i < LM_ANCHORS && err == LM_OK; i++)
        if (lm_anchored[i].again)
            err = check_last(c, &a, (enum lm_anchor)i, e);
    if (err == LM_OK)
        err = check_totals(c, &a, e);
    for (size_t i = 0; i < QUERIES; i++)
        (void)sqlite3_finalize(a.q[i]);
    if (err == LM_OK && c->out.audit_entries == 0)
        err = broken(c, 0, "the chain is empty");
    if (err == LM_OK && c->out.head == LM_HEAD_MISSING)
        err = lm_check_finding(c, "head", "the given head is not in the chain: entries are missing at its end");
    return err;
}
