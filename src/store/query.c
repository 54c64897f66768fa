#include "store/query.h"

#include <stdio.h>

#include "model/selector.h"

#define MOST_BYTES 4096
#define MOST_TERMS 64

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- the tokenizer of msg_fts, asked whether it keeps anything of a term --- */

struct tokenizer {
    fts5_tokenizer t;
    Fts5Tokenizer *handle;
};

static lm_err find_tokenizer(struct lm_store *st, struct tokenizer *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    fts5_api *api = NULL;
    lm_err err = lm_db_prepare(st, "SELECT fts5(?1)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_pointer(q, 1, (void *)&api, "fts5_api_ptr", NULL);
    (void)sqlite3_step(q);
    (void)sqlite3_finalize(q);
    const char *options[] = { "remove_diacritics", "2" };
    void *context = NULL;
    if (api == NULL || api->xFindTokenizer(api, "unicode61", &context, &ret->t) != SQLITE_OK
        || ret->t.xCreate(context, options, 2, &ret->handle) != SQLITE_OK)
        return lm_fail(e, LM_EINTERNAL, "SQLite was built without FTS5");
    return LM_OK;
}

static int on_token(void *user, int flags, const char *p, int n, int start, int end)
{
    (void)flags;
    (void)p;
    (void)n;
    (void)start;
    (void)end;
    ++*(size_t *)user;
    return SQLITE_OK;
}

static bool has_token(const struct tokenizer *t, struct lm_str s)
{
    size_t n = 0;
    (void)t->t.xTokenize(t->handle, &n, FTS5_TOKENIZE_QUERY, s.p, (int)s.n, on_token);
    return n != 0;
}

/* --- taking the text apart --- */

struct parse {
    struct lm_arena *a;
    struct tokenizer tokenizer;
    struct lm_query out;
};

static size_t quote_at(struct lm_str s)
{
    if (s.n >= 1 && s.p[0] == '"')
        return 1;
    /* typographic quotes, as telephones and word processors make them: U+201C, U+201D, U+201E */
    if (s.n >= 3 && s.p[0] == '\xe2' && s.p[1] == '\x80' && s.p[2] >= '\x9c' && s.p[2] <= '\x9e')
        return 3;
    return 0;
}

static bool blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7f;
}

static size_t word_length(struct lm_str s)
{
    size_t n = 0;
    while (n < s.n && !blank(s.p[n]) && quote_at(lm_str_skip(s, n)) == 0)
        n++;
    return n;
}

/* An FTS5 string: what stands in it is text, whatever it looks like. */
static void put_string(struct lm_buf *b, struct lm_str s)
{
    lm_buf_putc(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            lm_buf_putc(b, '"');
        lm_buf_putc(b, blank(s.p[i]) ? ' ' : s.p[i]);
    }
    lm_buf_putc(b, '"');
}

static void put_or(struct lm_buf *b, struct lm_str s)
{
    if (b->n != 0)
        lm_buf_put(b, LM_STR(" OR "));
    put_string(b, s);
}

/* The ways in which people write a telephone number inside a text. */
static void put_phone_spellings(struct lm_buf *b, struct lm_str key)
{
    char out[32];
    struct lm_str digits = key.n > 0 && key.p[0] == '+' ? lm_str_skip(key, 1) : key;
    put_or(b, digits);
    if (digits.n != 11 || digits.p[0] != '1')
        return;
    struct lm_str area = lm_str_take(lm_str_skip(digits, 1), 3), office = lm_str_take(lm_str_skip(digits, 4), 3),
                  line = lm_str_skip(digits, 7);
    put_or(b, lm_str_skip(digits, 1));
    int n = snprintf(out, sizeof out, "%.*s %.*s %.*s", LM_STR_ARG(area), LM_STR_ARG(office), LM_STR_ARG(line));
    put_or(b, (struct lm_str){ out, (size_t)n });
    n = snprintf(out, sizeof out, "%.*s %.*s%.*s", LM_STR_ARG(area), LM_STR_ARG(office), LM_STR_ARG(line));
    put_or(b, (struct lm_str){ out, (size_t)n });
}

static lm_err add(struct parse *p, struct lm_term t, struct lm_error *e)
{
    struct lm_buf b;
    if (p->out.n == MOST_TERMS)
        return lm_fail(e, LM_EUSAGE, "a search has at most %d terms", MOST_TERMS);
    lm_buf_init(&b, 1 << 16);
    t.typed = lm_arena_copy(p->a, t.typed);
    if (t.typed.p == NULL)
        return no_memory(e);
    if (has_token(&p->tokenizer, t.typed)) {
        put_or(&b, t.typed);
        if (t.kind == LM_TERM_SELECTOR && t.type == LM_IDENTIFIER_PHONE)
            put_phone_spellings(&b, t.key);
        t.match = lm_arena_copy(p->a, lm_buf_str(&b));
    } else if (t.kind != LM_TERM_SELECTOR) {
        t.kind = LM_TERM_SIGNS;
    }
    lm_err err = b.failed || (b.n != 0 && t.match.p == NULL) ? no_memory(e) : LM_OK;
    lm_buf_free(&b);
    if (err == LM_OK)
        p->out.terms[p->out.n++] = t;
    return err;
}

static bool as_selector(struct parse *p, struct lm_str s, struct lm_term *ret)
{
    struct lm_term t = { .kind = LM_TERM_SELECTOR, .typed = s };
    if (!lm_selector_guess(s, &t.type) || !lm_identifier_key(p->a, t.type, s, &t.key))
        return false;
    *ret = t;
    return true;
}

static bool phone_sign(char c)
{
    return (c >= '0' && c <= '9') || c == '+' || c == '(' || c == ')' || c == '-' || c == '.' || c == '/';
}

/* The longest run of words made of digits and telephone punctuation at the start of s. */
static size_t phone_run(struct lm_str s)
{
    size_t run = 0, at = 0;
    while (at < s.n) {
        size_t n = word_length(lm_str_skip(s, at));
        for (size_t i = 0; i < n; i++)
            if (!phone_sign(s.p[at + i]))
                return run;
        if (n == 0)
            return run;
        run = at += n;
        while (at < s.n && blank(s.p[at]))
            at++;
    }
    return run;
}

static lm_err word(struct parse *p, struct lm_str s, size_t *ret_used, struct lm_error *e)
{
    struct lm_term t;
    size_t run = phone_run(s), n = word_length(s);
    if (run > n && as_selector(p, lm_str_take(s, run), &t)) {
        *ret_used = run;
        return add(p, t, e);
    }
    *ret_used = n;
    if (!as_selector(p, lm_str_take(s, n), &t))
        t = (struct lm_term){ .kind = LM_TERM_WORD, .typed = lm_str_take(s, n) };
    return add(p, t, e);
}

static lm_err phrase(struct parse *p, struct lm_str s, size_t *ret_used, struct lm_error *e)
{
    size_t open = quote_at(s), n = 0;
    struct lm_str body = lm_str_skip(s, open);
    while (n < body.n && quote_at(lm_str_skip(body, n)) == 0)
        n++;
    *ret_used = open + n + (n < body.n ? quote_at(lm_str_skip(body, n)) : 0);
    struct lm_term t = { .kind = LM_TERM_PHRASE, .typed = lm_str_trim(lm_str_take(body, n)) };
    return t.typed.n == 0 ? LM_OK : add(p, t, e);
}

static lm_err take_apart(struct parse *p, struct lm_str s, struct lm_error *e)
{
    lm_err err = LM_OK;
    struct lm_term t;
    if (quote_at(s) == 0 && as_selector(p, s, &t) && t.type == LM_IDENTIFIER_PHONE)
        return add(p, t, e); /* a number with the odd spaces that telephones paste */
    while (err == LM_OK && s.n > 0) {
        size_t used = 1;
        if (quote_at(s) != 0)
            err = phrase(p, s, &used, e);
        else if (!blank(s.p[0]))
            err = word(p, s, &used, e);
        s = lm_str_skip(s, used);
    }
    return err;
}

lm_err lm_query_parse(struct lm_store *st, struct lm_arena *a, struct lm_str text, struct lm_query *ret,
                      struct lm_error *e)
{
    struct parse p = { .a = a };
    text = lm_str_trim(text);
    if (text.n > MOST_BYTES)
        return lm_fail(e, LM_EUSAGE, "a search is at most %d bytes long", MOST_BYTES);
    p.out.terms = lm_arena_array(a, MOST_TERMS, sizeof *p.out.terms);
    if (p.out.terms == NULL)
        return no_memory(e);
    lm_err err = find_tokenizer(st, &p.tokenizer, e);
    if (err != LM_OK)
        return err;
    err = take_apart(&p, text, e);
    p.tokenizer.t.xDelete(p.tokenizer.handle);
    if (err == LM_OK && p.out.n == 0)
        return lm_fail(e, LM_EUSAGE, "the search is empty");
    if (err == LM_OK)
        *ret = p.out;
    return err;
}

/* --- accounts --- */

/* What else a term can be the id of: a platform's own id may look like a number, a handle or a word. */
static const char accounts_sql[] =
    "SELECT DISTINCT c.id, c.investigation = ?1 FROM identifier i JOIN account_identifier l ON l.identifier = i.id"
    " JOIN account c ON c.id = l.account JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"
    " WHERE ((i.key = ?2 AND i.type = ?3) OR (i.key = ?4 AND i.type = ?5))"
    " AND (l.basis = 'native_id' OR a.revoked_us IS NULL) ORDER BY c.id";

static void put_id(struct lm_buf *b, int64_t id)
{
    lm_buf_printf(b, "%s%lld", b->n != 0 ? "," : "", (long long)id);
}

static lm_err collect(struct lm_store *st, struct lm_arena *a, sqlite3_stmt *q, struct lm_term *t, struct lm_error *e)
{
    struct lm_buf list;
    bool row = false;
    size_t n[2] = { 0, 0 }, cap = 0;
    int64_t *ids = NULL;
    lm_err err;
    lm_buf_init(&list, 1 << 20);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        bool ours = sqlite3_column_int(q, 1) != 0;
        if (n[ours]++ >= LM_TERM_MOST_ACCOUNTS)
            continue;
        int64_t *more = lm_arena_grow(a, ids, t->n_accounts, &cap, sizeof *ids);
        if (more == NULL) {
            err = no_memory(e);
            break;
        }
        ids = more;
        ids[t->n_accounts++] = sqlite3_column_int64(q, 0);
        put_id(&list, sqlite3_column_int64(q, 0));
    }
    t->accounts = ids;
    t->list = lm_arena_copy(a, lm_buf_str(&list));
    if (err == LM_OK && (list.failed || t->list.p == NULL))
        err = no_memory(e);
    lm_buf_free(&list);
    return err;
}

lm_err lm_query_resolve(struct lm_store *st, struct lm_arena *a, int64_t investigation, struct lm_query *query,
                        struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, accounts_sql, &q, e);
    for (size_t i = 0; i < query->n && err == LM_OK; i++) {
        struct lm_term *t = &query->terms[i];
        struct lm_str id = { NULL, 0 };
        bool selector = t->kind == LM_TERM_SELECTOR;
        if (!selector && t->kind != LM_TERM_WORD)
            continue;
        (void)lm_identifier_key(a, LM_IDENTIFIER_ACCOUNT_ID,
                                selector && t->type == LM_IDENTIFIER_HANDLE ? lm_str_skip(t->typed, 1) : t->typed, &id);
        (void)sqlite3_bind_int64(q, 1, investigation);
        lm_db_bind_str(q, 2, selector ? t->key : id);
        (void)sqlite3_bind_int(q, 3, selector ? (int)t->type : LM_IDENTIFIER_ACCOUNT_ID);
        lm_db_bind_str(q, 4, id);
        (void)sqlite3_bind_int(q, 5, LM_IDENTIFIER_ACCOUNT_ID);
        err = collect(st, a, q, t, e);
        (void)sqlite3_reset(q);
    }
    (void)sqlite3_finalize(q);
    return err;
}
