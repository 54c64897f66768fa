#include "store/summary.h"

#include "store/authority.h"
#include "store/look.h"

/* One walk over all events: there is no index that holds source and moment. */
static const char events_sql[] =
    "SELECT e.at_us, e.offset_s, e.quality FROM event e WHERE e.source IN (SELECT s.id FROM source s"
    " JOIN authority a ON a.id = s.authority WHERE" LM_LOOK_LIVE ") AND" LM_LOOK_REVIEWED " ORDER BY e.id";

static const char interrupted_sql[] = "SELECT count(*) FROM import i JOIN authority a ON a.id = i.authority"
                                      " WHERE i.interrupted = 1 AND" LM_LOOK_LIVE;

static const char head_sql[] = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";

static const char accounts_sql[] = "SELECT id, platform, form FROM account WHERE investigation = ?1 ORDER BY id";

/* Prepares a query over ?1, the investigation, when it has one, and takes its first row; the caller finalizes. */
static lm_err first_row(struct lm_store *st, const char *sql, int64_t investigation, sqlite3_stmt **ret, bool *ret_row,
                        struct lm_error *e)
{
    lm_err err = lm_db_prepare(st, sql, ret, e);
    if (err != LM_OK)
        return err;
    if (sqlite3_bind_parameter_count(*ret) >= 1)
        (void)sqlite3_bind_int64(*ret, 1, investigation);
    return lm_db_step(st, *ret, ret_row, e);
}

static void count_event(struct lm_summary *y, const struct lm_when *at)
{
    y->events++;
    if (at->quality == LM_TIME_NONE) {
        y->events_undated++;
        return;
    }
    y->events_local += at->quality == LM_TIME_LOCAL;
    if (y->first.quality == LM_TIME_NONE || at->us < y->first.us)
        y->first = *at;
    if (y->last.quality == LM_TIME_NONE || at->us > y->last.us)
        y->last = *at;
}

static lm_err count_events(struct lm_store *st, int64_t investigation, struct lm_summary *y, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = first_row(st, events_sql, investigation, &q, &row, e);
    while (err == LM_OK && row) {
        struct lm_when at = lm_look_when(q, 0);
        count_event(y, &at);
        err = lm_db_step(st, q, &row, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err count_interrupted(struct lm_store *st, int64_t investigation, struct lm_summary *y, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = first_row(st, interrupted_sql, investigation, &q, &row, e);
    if (err == LM_OK && row)
        y->imports_interrupted = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_summary(struct lm_store *st, const struct lm_filter *f, struct lm_summary *ret, struct lm_error *e)
{
    struct lm_summary y = { 0 };
    int64_t investigation;
    lm_err err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err = count_events(st, investigation, &y, e);
    if (err == LM_OK)
        err = count_interrupted(st, investigation, &y, e);
    if (err == LM_OK)
        *ret = y;
    return err;
}

lm_err lm_store_head(struct lm_store *st, struct lm_audit_head *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_sha256 hash;
    bool row = false;
    lm_err err = first_row(st, head_sql, 0, &q, &row, e);
    if (err == LM_OK && (!row || !lm_db_sha256(q, 1, &hash)))
        err = lm_fail(e, LM_EDAMAGED, "the audit chain has no head");
    if (err == LM_OK) {
        ret->entries = (uint64_t)sqlite3_column_int64(q, 0);
        (void)lm_sha256_hex(&hash, ret->hex);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_accounts(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_account_row *account), void *user,
                         struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t investigation;
    bool row = false;
    lm_err err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err = first_row(st, accounts_sql, investigation, &q, &row, e);
    while (err == LM_OK && row) {
        struct lm_account_row a = { sqlite3_column_int64(q, 0), (enum lm_platform)sqlite3_column_int(q, 1),
                                    (enum lm_account_form)sqlite3_column_int(q, 2) };
        err = each(user, &a);
        if (err == LM_OK)
            err = lm_db_step(st, q, &row, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}
