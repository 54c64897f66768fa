#include <stdio.h>

#include "store/anchor.h"
#include "store/audit.h"
#include "store/authority.h"
#include "store/import.h"
#include "store/ledger.h"

#define OP_FACTS(table) " + (SELECT count(*) FROM " table " WHERE source = ?1)"

lm_err lm_ledger_recount(struct lm_store *st, int64_t source, struct lm_counts *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(
        st,
        "SELECT (SELECT count(*) FROM record WHERE source = ?1), (SELECT count(*) FROM duplicate WHERE source = ?1),"
        " (SELECT count(*) FROM held WHERE source = ?1),"
        " (SELECT ifnull(sum(records), 0) FROM problem WHERE source = ?1),"
        " (SELECT count(*) FROM event WHERE source = ?1)"
        " + (SELECT count(*) FROM account_identifier WHERE source = ?1 AND record IS NOT NULL)"
        OP_FACTS("investigation_row") OP_FACTS("seizure") OP_FACTS("lab_result") OP_FACTS("firearm")
        OP_FACTS("money") OP_FACTS("arrest") OP_FACTS("overdose")
        ", (SELECT count(*) FROM problem WHERE source = ?1)",
        &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, source);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK) {
        struct lm_counts c = { .kept = (uint64_t)sqlite3_column_int64(q, 0),
                               .duplicate = (uint64_t)sqlite3_column_int64(q, 1),
                               .held = (uint64_t)sqlite3_column_int64(q, 2),
                               .rejected = (uint64_t)sqlite3_column_int64(q, 3),
                               .facts = (uint64_t)sqlite3_column_int64(q, 4),
                               .problems = (uint64_t)sqlite3_column_int64(q, 5) };
        c.seen = c.kept + c.duplicate + c.held + c.rejected;
        *ret = c;
    }
    (void)sqlite3_finalize(q);
    return err;
}

void lm_counts_text(const struct lm_counts *c, char out[LM_COUNTS_TEXT])
{
    (void)snprintf(out, LM_COUNTS_TEXT,
                   "seen %llu kept %llu duplicate %llu held %llu rejected %llu facts %llu problems %llu",
                   (unsigned long long)c->seen, (unsigned long long)c->kept, (unsigned long long)c->duplicate,
                   (unsigned long long)c->held, (unsigned long long)c->rejected, (unsigned long long)c->facts,
                   (unsigned long long)c->problems);
}

lm_err lm_source_words(struct lm_store *st, int64_t source, enum lm_source_state state, const struct lm_counts *c,
                       struct lm_source_words *ret, struct lm_error *e)
{
    char counts[LM_COUNTS_TEXT], hex[65];
    lm_err err = lm_anchor_digest(st, LM_ANCHOR_SOURCE, source, hex, e);
    lm_counts_text(c, counts);
    (void)snprintf(ret->object, sizeof ret->object, "source %lld %s", (long long)source, lm_source_state_word(state));
    (void)snprintf(ret->outcome, sizeof ret->outcome, "%s row %s", counts, hex);
    return err;
}

lm_err lm_ledger_close(struct lm_store *st, int64_t source, enum lm_source_state state, const struct lm_counts *c,
                       struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "UPDATE source SET state = ?, seen = ?, kept = ?, duplicate = ?, held = ?,"
                                   " rejected = ?, facts = ?, problems = ? WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    const uint64_t numbers[] = { (uint64_t)state, c->seen, c->kept, c->duplicate, c->held, c->rejected, c->facts,
                                 c->problems, (uint64_t)source };
    for (int i = 0; i < 9; i++)
        (void)sqlite3_bind_int64(q, i + 1, (int64_t)numbers[i]);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    struct lm_source_words w;
    if (err == LM_OK)
        err = lm_source_words(st, source, state, c, &w, e);
    return err != LM_OK ? err
                        : lm_audit_add(st, lm_anchored[LM_ANCHOR_SOURCE].action, lm_str(w.object), lm_str(w.outcome), e);
}

/* --- after a crash --- */

static lm_err recover_source(struct lm_rows *rows, int64_t source, struct lm_error *e)
{
    struct lm_counts c;
    lm_err err = lm_ledger_recount(rows->st, source, &c, e);
    if (err != LM_OK)
        return err;
    char reason[128];
    (void)snprintf(reason, sizeof reason, "the import was interrupted; %llu records of this source were kept",
                   (unsigned long long)c.kept);
    struct lm_value v[] = { lm_value_i64(source), lm_value_i64(LM_LOCATOR_NONE), lm_value_i64(0), lm_value_i64(0),
                            lm_value_str(LM_STR("")), lm_value_i64(LM_PROBLEM_LOST), lm_value_i64(0),
                            lm_value_str(lm_str(reason)) };
    err = lm_rows_put(rows, LM_PART_PROBLEM, 0, v, 8, NULL, e);
    c.problems++;
    return err != LM_OK ? err : lm_ledger_close(rows->st, source, LM_SOURCE_INTERRUPTED, &c, e);
}

static lm_err recover_import(struct lm_store *st, int64_t import, struct lm_error *e)
{
    struct lm_rows rows;
    char sql[128], object[48];
    bool any = false;
    lm_err err = LM_OK;
    lm_rows_init(&rows, st);
    for (int64_t source = 1; err == LM_OK && source != 0;) {
        (void)snprintf(sql, sizeof sql, "SELECT min(id) FROM source WHERE import = %lld AND state IS NULL",
                       (long long)import);
        err = lm_db_i64(st, sql, 0, &source, e);
        if (err == LM_OK && source != 0)
            err = recover_source(&rows, source, e);
    }
    if (err == LM_OK)
        err = lm_rows_seal(&rows, import, &any, e);
    lm_rows_free(&rows);
    (void)snprintf(sql, sizeof sql, "UPDATE import SET interrupted = 1, ended_us = %lld WHERE id = %lld",
                   (long long)lm_db_now_us(), (long long)import);
    (void)snprintf(object, sizeof object, "import %lld", (long long)import);
    if (err == LM_OK)
        err = lm_db_exec(st, sql, e);
    return err != LM_OK ? err : lm_audit_add(st, "import.interrupted", lm_str(object), LM_STR("closed"), e);
}

lm_err lm_import_recover(struct lm_store *st, struct lm_error *e)
{
    for (;;) {
        int64_t import = 0;
        lm_err err = lm_db_i64(st, "SELECT min(id) FROM import WHERE ended_us IS NULL", 0, &import, e);
        if (err != LM_OK || import == 0)
            return err;
        err = lm_db_begin(st, e);
        if (err == LM_OK)
            err = lm_db_end(st, recover_import(st, import, e), e);
        if (err != LM_OK)
            return err;
    }
}

/* --- looks --- */

#define REVOKED LM_STR("(revoked)")

static lm_err ledger_row(struct lm_store *st, sqlite3_stmt *q, struct lm_ledger_row *r, char hex[65],
                         struct lm_error *e)
{
    struct lm_sha256 exhibit;
    if (!lm_db_sha256(q, 1, &exhibit) || !lm_db_sha256(q, 6, &r->sha256))
        return lm_fail(e, LM_EDAMAGED, "a source without a hash");
    r->source = sqlite3_column_int64(q, 0);
    r->exhibit = lm_str(lm_sha256_hex(&exhibit, hex));
    r->revoked = sqlite3_column_int(q, 15) != 0;
    r->path = r->revoked ? REVOKED : lm_db_str(q, 2);
    r->reader = lm_db_str(q, 3);
    r->authority = lm_db_str(q, 4);
    r->investigation = lm_db_str(q, 5);
    if (sqlite3_column_type(q, 7) == SQLITE_NULL) {
        r->state = LM_SOURCE_INTERRUPTED;
        return lm_ledger_recount(st, r->source, &r->counts, e);
    }
    r->state = (enum lm_source_state)sqlite3_column_int(q, 7);
    uint64_t *const counts[] = { &r->counts.seen, &r->counts.kept, &r->counts.duplicate, &r->counts.held,
                                 &r->counts.rejected, &r->counts.facts, &r->counts.problems };
    for (int i = 0; i < 7; i++)
        *counts[i] = (uint64_t)sqlite3_column_int64(q, 8 + i);
    return LM_OK;
}

/* The row id of the investigation of a filter, 0 without one. */
static lm_err filter_id(struct lm_store *st, const struct lm_filter *f, int64_t *ret, struct lm_error *e)
{
    *ret = 0;
    return f != NULL ? lm_investigation_find(st, f->investigation, ret, e) : LM_OK;
}

lm_err lm_store_ledger(struct lm_store *st, const struct lm_filter *f,
                       lm_err (*each)(void *user, const struct lm_ledger_row *row), void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t id;
    bool row = false;
    char hex[65];
    lm_err err = filter_id(st, f, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT s.id, x.sha256, s.path, s.reader, a.code, i.code, s.sha256, s.state, s.seen,"
                                " s.kept, s.duplicate, s.held, s.rejected, s.facts, s.problems, a.revoked_us IS NOT NULL"
                                " FROM source s"
                                " JOIN exhibit x ON x.id = s.exhibit JOIN authority a ON a.id = s.authority"
                                " JOIN investigation i ON i.id = a.investigation"
                                " WHERE ?1 = 0 OR a.investigation = ?1 ORDER BY s.id", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_ledger_row r = { 0 };
        if ((err = ledger_row(st, q, &r, hex, e)) != LM_OK || (err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

struct lm_locator lm_db_locator(sqlite3_stmt *q, int first)
{
    return (struct lm_locator){ .kind = (enum lm_locator_kind)sqlite3_column_int(q, first),
                                .a = (uint64_t)sqlite3_column_int64(q, first + 1),
                                .b = (uint64_t)sqlite3_column_int64(q, first + 2),
                                .name = lm_db_str(q, first + 3) };
}

lm_err lm_store_problems(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_problem_row *row), void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t id;
    bool row = false;
    lm_err err = filter_id(st, f, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT s.path, s.reader, p.problem, p.records, p.reason, p.kind, p.a, p.b, p.name,"
                                " a.revoked_us IS NOT NULL FROM problem p JOIN source s ON s.id = p.source"
                                " JOIN authority a ON a.id = s.authority"
                                " WHERE ?1 = 0 OR a.investigation = ?1 ORDER BY p.source, p.id", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        char locator[LM_LOCATOR_TEXT];
        struct lm_locator l = lm_db_locator(q, 5);
        struct lm_problem_row r = { .path = lm_db_str(q, 0),
                                    .reader = lm_db_str(q, 1),
                                    .kind = lm_str(lm_problem_kind_word(
                                        (enum lm_problem_kind)sqlite3_column_int(q, 2))),
                                    .locator = lm_str(lm_locator_format(&l, locator)),
                                    .reason = lm_db_str(q, 4),
                                    .records = (uint64_t)sqlite3_column_int64(q, 3) };
        if (sqlite3_column_int(q, 9) != 0)
            r.path = r.locator = r.reason = REVOKED;
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}
