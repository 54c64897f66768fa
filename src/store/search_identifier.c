/* Search among what accounts are called: names, numbers, addresses, handles. A contact card without an event
 * is found here and nowhere else. An account matches when each term is one of its identifiers, as live
 * sources state them; given are the identifiers that a term is.
 */
#include <stdio.h>

#include "model/selector.h"
#include "store/ledger.h"
#include "store/look.h"
#include "store/query.h"

#define SQL_CEILING_BYTES ((size_t)1 << 20)
#define TERM_PARAMETER 10 /* + i: key of term i */

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* A selector is the whole identifier; words are anywhere in it. */
static void put_term(struct lm_buf *b, const struct lm_term *t, size_t i, const char *table)
{
    if (t->kind == LM_TERM_SELECTOR)
        lm_buf_printf(b, "(%s.key = ?%zu AND %s.type = %d)", table, i + TERM_PARAMETER, table, (int)t->type);
    else
        lm_buf_printf(b, "(%s.type IN (%d, %d, %d, %d) AND instr(%s.key, ?%zu) > 0)", table,
                      LM_IDENTIFIER_NAME, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_EMAIL, LM_IDENTIFIER_ACCOUNT_ID,
                      table, i + TERM_PARAMETER);
}

/* An account's own id and the name it is shown by are not a record of their own: where the source tells more
 * of the account, that is the place; and what a card says needs no second row for being shown. */
static void put_statement(struct lm_buf *b, const struct lm_query *q)
{
    lm_buf_put(
        b,
        LM_STR("SELECT l.account, c.platform, i.type, i.raw, l.basis, s.path, x.sha256, a.code, r.kind, r.a, "
               "r.b, r.name, c.investigation = ?1, r.id FROM identifier i CROSS JOIN account_identifier l"
               " ON l.identifier = i.id JOIN account c ON c.id = l.account JOIN source s ON s.id = l.source"
               " JOIN authority a ON a.id = s.authority JOIN exhibit x ON x.id = s.exhibit"
               " LEFT JOIN record r ON r.id = ifnull(l.record, (SELECT k.record FROM account_identifier k"
               " WHERE k.account = l.account AND k.source = l.source AND k.record IS NOT NULL ORDER BY k.id"
               " LIMIT 1)) WHERE a.revoked_us IS NULL AND NOT (l.basis = 'shown' AND EXISTS (SELECT 1"
               " FROM account_identifier k WHERE k.account = l.account AND k.identifier = l.identifier"
               " AND k.source = l.source AND k.basis <> 'shown')) AND ("));
    for (size_t i = 0; i < q->n; i++) {
        lm_buf_put(b, i != 0 ? LM_STR(" OR ") : LM_STR(""));
        put_term(b, &q->terms[i], i, "i");
    }
    lm_buf_putc(b, ')');
    for (size_t i = 0; i < q->n && q->n > 1; i++) {
        lm_buf_put(
            b,
            LM_STR(" AND EXISTS (SELECT 1 FROM account_identifier m JOIN identifier j ON j.id = m.identifier"
                   " JOIN source t ON t.id = m.source JOIN authority h ON h.id = t.authority"
                   " WHERE m.account = l.account AND h.revoked_us IS NULL AND "));
        put_term(b, &q->terms[i], i, "j");
        lm_buf_putc(b, ')');
    }
    lm_buf_put(b, LM_STR(" ORDER BY i.key, l.account, l.source, l.id"));
    lm_buf_putc(b, '\0');
}

/* As the identifier's own key is made: without it nothing can be equal. */
static lm_err key_of(struct lm_arena *a, const struct lm_term *t, struct lm_str *ret, struct lm_error *e)
{
    *ret = t->key;
    if (t->kind == LM_TERM_SELECTOR || lm_identifier_key(a, LM_IDENTIFIER_NAME, t->typed, ret))
        return LM_OK;
    *ret = lm_arena_copy(a, t->typed);
    return ret->p != NULL ? LM_OK : no_memory(e);
}

static lm_err prepare(struct lm_look *look, const struct lm_query *query, sqlite3_stmt **ret,
                      struct lm_error *e)
{
    struct lm_buf b;
    lm_buf_init(&b, SQL_CEILING_BYTES);
    put_statement(&b, query);
    lm_err err = b.failed ? no_memory(e) : lm_db_prepare(look->st, b.p, ret, e);
    lm_buf_free(&b);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(*ret, 1, look->investigation);
    for (size_t i = 0; i < query->n && err == LM_OK; i++) {
        struct lm_str key = LM_STR("");
        err = key_of(&look->arena, &query->terms[i], &key, e);
        if (err == LM_OK)
            lm_db_bind_str(*ret, (int)i + TERM_PARAMETER, key);
    }
    return err;
}

struct asked {
    const struct lm_search *s;
    lm_err (*each)(void *user, const struct lm_identifier_hit *hit);
    void *user;
    uint64_t here, elsewhere;
};

static lm_err give(struct lm_look *look, struct asked *w, sqlite3_stmt *q, struct lm_error *e)
{
    struct lm_sha256 hash;
    char hex[65], locator[LM_LOCATOR_TEXT] = "";
    const struct lm_mask *mask;
    if (!lm_db_sha256(q, 6, &hash))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    if (sqlite3_column_type(q, 13) != SQLITE_NULL) {
        struct lm_locator l = lm_db_locator(q, 8);
        (void)lm_locator_format(&l, locator);
    }
    struct lm_identifier_hit h = {
        .account = sqlite3_column_int64(q, 0),
        .platform = (enum lm_platform)sqlite3_column_int(q, 1),
        .type = (enum lm_identifier_type)sqlite3_column_int(q, 2),
        .value = lm_db_str(q, 3),
        .basis = lm_db_str(q, 4),
        .source = lm_db_str(q, 5),
        .exhibit = lm_str(lm_sha256_hex(&hash, hex)),
        .authority = lm_db_str(q, 7),
        .locator = lm_str(locator),
    };
    lm_look_forget(look);
    lm_err err = lm_look_name(look, h.account, false, &h.name, e);
    if (err == LM_OK)
        err = lm_look_name(look, h.account, true, &h.id, e);
    if (err == LM_OK)
        err = lm_look_mask(look, &mask, e);
    if (err != LM_OK)
        return err;
    (void)lm_mask_account(mask, h.account, &h.value);
    look->n_given++;
    return w->each(w->user, &h);
}

static lm_err look_for(struct lm_look *look, const struct lm_query *query, struct asked *w,
                       struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = prepare(look, query, &q, e);
    while (err == LM_OK && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        if (sqlite3_column_int(q, 12) == 0) {
            w->elsewhere++;
            continue;
        }
        uint64_t at = w->here++;
        if (at >= w->s->offset && (w->s->limit == 0 || at - w->s->offset < w->s->limit))
            err = give(look, w, q, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_search_identifiers(struct lm_store *st, const struct lm_filter *f, const struct lm_search *s,
                                   lm_err (*each)(void *user, const struct lm_identifier_hit *hit),
                                   void *user, uint64_t *ret_total, struct lm_error *e)
{
    struct lm_look look;
    struct lm_arena words;
    struct lm_query query = { 0 };
    struct asked w = { .s = s, .each = each, .user = user };
    char outcome[160];
    lm_arena_init(&words, 0);
    lm_err err = lm_query_parse(st, &words, s->query, &query, e);
    struct lm_str detail = lm_arena_printf(&words, "identifiers: %.*s", LM_STR_ARG(lm_str_trim(s->query)));
    if (err == LM_OK && detail.p == NULL)
        err = no_memory(e);
    if (err == LM_OK) {
        err = lm_look_begin(st, f, &(struct lm_look_at){ .action = "search", .detail = detail }, &look, e);
        if (err == LM_OK) {
            err = look_for(&look, &query, &w, e);
            int at = snprintf(outcome, sizeof outcome, "found %llu, returned %llu",
                              (unsigned long long)w.here, (unsigned long long)look.n_given);
            if (w.elsewhere != 0)
                (void)snprintf(outcome + at, sizeof outcome - (size_t)at,
                               "; denied: %llu identifiers under other investigations",
                               (unsigned long long)w.elsewhere);
            err = lm_look_end(&look, outcome, err, e);
        }
        lm_look_free(&look);
    }
    lm_arena_free(&words);
    if (err == LM_OK)
        *ret_total = w.here;
    return err;
}
