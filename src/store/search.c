#include <stdio.h>

#include "store/audit.h"
#include "store/look.h"
#include "store/query.h"

#define SQL_CEILING_BYTES ((size_t)16 << 20)
#define SCOPE_TABLES " event e JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* Parameter 2 + i is the text of term i: its FTS5 expression, or for signs what was typed. elsewhere: the accounts
 * are those of other investigations. */
static void put_condition(struct lm_buf *b, const struct lm_term *t, size_t i, bool elsewhere)
{
    struct lm_str list = elsewhere ? t->list_elsewhere : t->list;
    if (t->kind == LM_TERM_SIGNS) {
        lm_buf_printf(b, " AND e.id IN (SELECT event FROM msg WHERE instr(text, ?%zu) > 0)", i + 2);
        return;
    }
    const char *also = "";
    lm_buf_put(b, LM_STR(" AND e.id IN ("));
    if (list.n != 0) {
        lm_buf_printf(b, "SELECT event FROM leg WHERE frm IN (%.*s) UNION SELECT event FROM leg WHERE dst IN (%.*s)",
                      LM_STR_ARG(list), LM_STR_ARG(list));
        also = " UNION ";
    }
    if (t->match.n != 0 && t->kind == LM_TERM_SELECTOR && t->type == LM_IDENTIFIER_HANDLE)
        lm_buf_printf(b, "%sSELECT f.rowid FROM msg_fts f JOIN msg y ON y.event = f.rowid WHERE msg_fts MATCH ?%zu"
                         " AND instr(lower(y.text), lower(?%zu)) > 0", also, i + 2, i + 2 + 64);
    else if (t->match.n != 0)
        lm_buf_printf(b, "%sSELECT rowid FROM msg_fts WHERE msg_fts MATCH ?%zu", also, i + 2);
    else if (list.n == 0)
        lm_buf_put(b, LM_STR("SELECT NULL"));
    lm_buf_putc(b, ')');
}

static void put_where(struct lm_buf *b, const struct lm_query *q, bool elsewhere)
{
    lm_buf_put(b, elsewhere ? LM_STR(" WHERE a.investigation <> ?1") : LM_STR(" WHERE" LM_LOOK_LIVE));
    lm_buf_put(b, LM_STR(" AND" LM_LOOK_REVIEWED));
    for (size_t i = 0; i < q->n; i++)
        put_condition(b, &q->terms[i], i, elsewhere);
}

static lm_err prepare(struct lm_look *look, const struct lm_query *query, struct lm_buf *b, sqlite3_stmt **ret,
                      struct lm_error *e)
{
    lm_buf_putc(b, '\0');
    if (b->failed)
        return no_memory(e);
    lm_err err = lm_db_prepare(look->st, b->p, ret, e);
    if (err != LM_OK)
        return err;
    int most = sqlite3_bind_parameter_count(*ret);
    (void)sqlite3_bind_int64(*ret, 1, look->investigation);
    for (size_t i = 0; i < query->n; i++) {
        const struct lm_term *t = &query->terms[i];
        if ((int)i + 2 <= most)
            lm_db_bind_str(*ret, (int)i + 2, t->kind == LM_TERM_SIGNS ? t->typed : t->match);
        if ((int)i + 2 + 64 <= most)
            lm_db_bind_str(*ret, (int)i + 2 + 64, t->typed);
    }
    return LM_OK;
}

static lm_err count(struct lm_look *look, const struct lm_query *query, bool elsewhere, uint64_t *ret,
                    struct lm_error *e)
{
    struct lm_buf b;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_buf_init(&b, SQL_CEILING_BYTES);
    lm_buf_put(&b, LM_STR("SELECT count(*) FROM" SCOPE_TABLES));
    put_where(&b, query, elsewhere);
    lm_err err = prepare(look, query, &b, &q, e);
    if (err == LM_OK)
        err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK)
        *ret = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    lm_buf_free(&b);
    return err;
}

/* --- why --- */

static const char *noun(enum lm_identifier_type type)
{
    switch (type) {
    case LM_IDENTIFIER_PHONE:
        return "phone";
    case LM_IDENTIFIER_EMAIL:
        return "e-mail";
    case LM_IDENTIFIER_HANDLE:
        return "handle";
    case LM_IDENTIFIER_NAME:
    case LM_IDENTIFIER_ACCOUNT_ID:
    case LM_IDENTIFIER_IP:
    case LM_IDENTIFIER_DEVICE:
        break;
    }
    return "account";
}

static bool among(const struct lm_term *t, int64_t account)
{
    size_t lo = 0, hi = t->n_accounts; /* in order of id */
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (t->accounts[mid] < account)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < t->n_accounts && t->accounts[lo] == account;
}

static lm_err has_recipient(struct lm_look *look, const struct lm_term *t, int64_t event, bool *ret,
                            struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    *ret = false;
    lm_err err = t->n_accounts != 0
                     ? lm_db_prepare(look->st, "SELECT dst FROM leg WHERE event = ? AND dst IS NOT NULL", &q, e)
                     : LM_OK;
    if (err != LM_OK || q == NULL)
        return err;
    (void)sqlite3_bind_int64(q, 1, event);
    while (!*ret && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row)
        *ret = among(t, sqlite3_column_int64(q, 0));
    (void)sqlite3_finalize(q);
    return err;
}

static void put_text_reason(struct lm_buf *b, const struct lm_term *t)
{
    if (t->kind == LM_TERM_SELECTOR)
        lm_buf_printf(b, "%s \"%.*s\" in the text", noun(t->type), LM_STR_ARG(t->typed));
    else
        lm_buf_printf(b, "%s \"%.*s\" in the text", t->kind == LM_TERM_PHRASE ? "phrase" : "word",
                      LM_STR_ARG(t->typed));
}

static lm_err why(struct lm_look *look, const struct lm_query *query, struct lm_hit *h, int64_t from,
                  struct lm_error *e)
{
    struct lm_buf b;
    lm_err err = LM_OK;
    lm_buf_init(&b, 1 << 20);
    for (size_t i = 0; i < query->n && err == LM_OK; i++) {
        const struct lm_term *t = &query->terms[i];
        bool sender = among(t, from), recipient = false;
        struct lm_str shown = t->kind == LM_TERM_SELECTOR ? t->key : t->typed;
        enum lm_identifier_type type = t->kind == LM_TERM_SELECTOR ? t->type : LM_IDENTIFIER_ACCOUNT_ID;
        lm_buf_put(&b, b.n != 0 ? LM_STR("; ") : LM_STR(""));
        err = has_recipient(look, t, h->event, &recipient, e);
        if (!sender && !recipient)
            put_text_reason(&b, t);
        else
            lm_buf_printf(&b, "%s %.*s is %s", noun(type), LM_STR_ARG(shown),
                          sender && recipient ? "the sender and a recipient" : sender ? "the sender" : "a recipient");
    }
    if (err == LM_OK) {
        h->why = lm_arena_copy(&look->arena, lm_buf_str(&b));
        err = b.failed || h->why.p == NULL ? no_memory(e) : LM_OK;
    }
    lm_buf_free(&b);
    return err;
}

static lm_err collect(struct lm_look *look, const struct lm_query *query, const struct lm_search *s,
                      struct lm_error *e)
{
    struct lm_buf b;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_buf_init(&b, SQL_CEILING_BYTES);
    lm_buf_put(&b, LM_STR("SELECT " LM_LOOK_HIT_COLUMNS " FROM" LM_LOOK_HIT_TABLES));
    put_where(&b, query, false);
    lm_buf_printf(&b, " ORDER BY e.at_us IS NULL, e.at_us, e.id LIMIT %lld OFFSET %lld",
                  s->limit == 0 || s->limit > INT64_MAX ? -1LL : (long long)s->limit,
                  s->offset > INT64_MAX ? (long long)INT64_MAX : (long long)s->offset);
    lm_err err = prepare(look, query, &b, &q, e);
    while (err == LM_OK && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_hit *h = NULL;
        int64_t from = sqlite3_column_int64(q, 8);
        err = lm_look_hit(look, q, &h, e);
        if (err == LM_OK)
            err = why(look, query, h, from, e);
    }
    (void)sqlite3_finalize(q);
    lm_buf_free(&b);
    return err;
}

static lm_err look_for(struct lm_look *look, const struct lm_filter *f, const struct lm_search *s, uint64_t *ret_total,
                       struct lm_error *e)
{
    struct lm_query query = { 0 };
    uint64_t total = 0, elsewhere = 0;
    char outcome[96];
    lm_err err = lm_query_parse(look->st, &look->arena, s->query, &query, e);
    if (err == LM_OK)
        err = lm_query_resolve(look->st, &look->arena, look->investigation, &query, e);
    if (err == LM_OK)
        err = count(look, &query, false, &total, e);
    if (err == LM_OK)
        err = count(look, &query, true, &elsewhere, e);
    if (err == LM_OK)
        err = collect(look, &query, s, e);
    struct lm_str detail = lm_arena_printf(&look->arena, "query: %.*s", LM_STR_ARG(lm_str_trim(s->query)));
    if (err == LM_OK && detail.p == NULL)
        err = no_memory(e);
    /* what lies under other investigations was asked for as well: it is not returned, and the chain says so */
    (void)snprintf(outcome, sizeof outcome, "denied: %llu under other investigations", (unsigned long long)elsewhere);
    if (err == LM_OK && elsewhere != 0)
        err = lm_look_audit(look->st, &look->arena, f, "search", detail, outcome, e);
    (void)snprintf(outcome, sizeof outcome, "found %llu, returned %zu", (unsigned long long)total, look->n_hits);
    err = lm_look_commit(look, f, "search", detail, outcome, err, e);
    if (err == LM_OK)
        *ret_total = total;
    return err;
}

lm_err lm_store_search(struct lm_store *st, const struct lm_filter *f, const struct lm_search *s,
                       lm_err (*each)(void *user, const struct lm_hit *hit), void *user, uint64_t *ret_total,
                       struct lm_error *e)
{
    struct lm_look look;
    uint64_t total = 0;
    lm_err err = lm_look_begin(st, f, &look, e);
    if (err == LM_OK)
        err = look_for(&look, f, s, &total, e);
    for (size_t i = 0; i < look.n_hits && err == LM_OK; i++)
        err = each(user, &look.hits[i]);
    if (err == LM_OK)
        *ret_total = total;
    lm_look_free(&look);
    return err;
}
