/* Search: one statement finds the events in which every term occurs, here and elsewhere, and tells moment and source of
 * each. What is counted, what is elsewhere and which of them stand on the page is decided in one pass over its rows;
 * names and texts are read for the page only.
 */
#include <stdio.h>
#include <stdlib.h>

#include "store/audit.h"
#include "store/look.h"
#include "store/query.h"

#define SQL_CEILING_BYTES ((size_t)16 << 20)
#define MATCH_PARAMETER 1 /* all terms that are looked for in texts alone */
#define TERM_PARAMETER 2  /* + i: text of term i; + 64 + i: the same as typed */

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- the statement --- */

/* A term that only texts can hold: FTS5 itself intersects those. */
static bool in_text_alone(const struct lm_term *t)
{
    return t->match.n != 0 && t->list.n == 0 && !(t->kind == LM_TERM_SELECTOR && t->type == LM_IDENTIFIER_HANDLE);
}

/* The events of a term that is an account's identifier or stands in a text, as a query of ids. */
static void put_union(struct lm_buf *b, const struct lm_term *t, size_t i)
{
    const char *also = "";
    if (t->list.n != 0) {
        lm_buf_printf(b, "SELECT event AS id FROM leg WHERE frm IN (%.*s) UNION SELECT event FROM leg WHERE dst IN (%.*s)",
                      LM_STR_ARG(t->list), LM_STR_ARG(t->list));
        also = " UNION ";
    }
    if (t->match.n != 0 && t->kind == LM_TERM_SELECTOR && t->type == LM_IDENTIFIER_HANDLE)
        lm_buf_printf(b, "%sSELECT y.event AS id FROM msg_fts g JOIN msg y ON y.event = g.rowid WHERE g.msg_fts MATCH ?%zu"
                         " AND instr(lower(y.text), lower(?%zu)) > 0", also, i + TERM_PARAMETER, i + TERM_PARAMETER + 64);
    else if (t->match.n != 0)
        lm_buf_printf(b, "%sSELECT rowid AS id FROM msg_fts WHERE msg_fts MATCH ?%zu", also, i + TERM_PARAMETER);
    else if (t->list.n == 0)
        lm_buf_put(b, LM_STR("SELECT NULL AS id"));
}

/* What is walked over: the texts of the index, else the events of one term, else every text, for signs. *ret_done: the
 * term that is thereby asked; SIZE_MAX: those in texts alone. */
static void put_driver(struct lm_buf *b, const struct lm_query *q, size_t *ret_done)
{
    size_t one = SIZE_MAX;
    for (size_t i = 0; i < q->n; i++) {
        if (in_text_alone(&q->terms[i])) {
            lm_buf_printf(b, "(SELECT rowid AS id FROM msg_fts WHERE msg_fts MATCH ?%d)", MATCH_PARAMETER);
            *ret_done = SIZE_MAX;
            return;
        }
        if (one == SIZE_MAX && q->terms[i].kind != LM_TERM_SIGNS)
            one = i;
    }
    *ret_done = one != SIZE_MAX ? one : 0;
    lm_buf_putc(b, '(');
    if (one != SIZE_MAX)
        put_union(b, &q->terms[one], one);
    else
        lm_buf_printf(b, "SELECT event AS id FROM msg WHERE instr(text, ?%d) > 0", TERM_PARAMETER);
    lm_buf_putc(b, ')');
}

static void put_statement(struct lm_buf *b, const struct lm_query *q, bool hides)
{
    size_t done;
    lm_buf_put(b, LM_STR("SELECT e.id, e.at_us, e.source FROM "));
    put_driver(b, q, &done);
    lm_buf_put(b, LM_STR(" d CROSS JOIN event e ON e.id = d.id WHERE 1"));
    for (size_t i = 0; i < q->n; i++) {
        const struct lm_term *t = &q->terms[i];
        if (i == done || in_text_alone(t))
            continue;
        if (t->kind == LM_TERM_SIGNS) {
            lm_buf_printf(b, " AND EXISTS (SELECT 1 FROM msg y WHERE y.event = d.id AND instr(y.text, ?%zu) > 0)",
                          i + TERM_PARAMETER);
            continue;
        }
        lm_buf_put(b, LM_STR(" AND +d.id IN (")); /* +: a set made once, not a question to the index for each of its ids */
        put_union(b, t, i);
        lm_buf_putc(b, ')');
    }
    lm_buf_put(b, hides ? LM_STR(" AND" LM_LOOK_REVIEWED) : LM_STR(""));
    lm_buf_putc(b, '\0');
}

/* The FTS5 expression of all terms that are looked for in texts alone. */
static void put_match(struct lm_buf *b, const struct lm_query *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (in_text_alone(&q->terms[i]))
            lm_buf_printf(b, "%s(%.*s)", b->n != 0 ? " AND " : "", LM_STR_ARG(q->terms[i].match));
}

/* match: must outlive the statement. */
static lm_err prepare(struct lm_look *look, const struct lm_query *query, struct lm_str match, sqlite3_stmt **ret,
                      struct lm_error *e)
{
    struct lm_buf b;
    lm_buf_init(&b, SQL_CEILING_BYTES);
    put_statement(&b, query, look->hides);
    lm_err err = b.failed ? no_memory(e) : lm_db_prepare(look->st, b.p, ret, e);
    lm_buf_free(&b);
    if (err != LM_OK)
        return err;
    int most = sqlite3_bind_parameter_count(*ret);
    if (match.n != 0)
        lm_db_bind_str(*ret, MATCH_PARAMETER, match);
    for (size_t i = 0; i < query->n; i++) {
        const struct lm_term *t = &query->terms[i];
        int at = (int)i + TERM_PARAMETER;
        if (at <= most)
            lm_db_bind_str(*ret, at, t->kind == LM_TERM_SIGNS ? t->typed : t->match);
        if (at + 64 <= most)
            lm_db_bind_str(*ret, at + 64, t->typed);
    }
    return LM_OK;
}

/* --- where a source lies --- */

enum place { NOWHERE, HERE, ELSEWHERE }; /* nowhere: revoked */

struct placed {
    int64_t source;
    enum place place;
};

struct places {
    struct placed *list; /* in order of source */
    size_t n;
    struct placed last; /* asked; most events follow one of the same source */
};

static lm_err find_places(struct lm_look *look, struct places *p, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    size_t cap = 0;
    lm_err err = lm_db_prepare(look->st, "SELECT s.id, iif(a.investigation <> ?1, 2, a.revoked_us IS NULL) FROM source s"
                                         " JOIN authority a ON a.id = s.authority ORDER BY s.id", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct placed *list = lm_arena_grow(&look->arena, p->list, p->n, &cap, sizeof *list);
        if (list == NULL) {
            err = no_memory(e);
            break;
        }
        p->list = list;
        list[p->n++] = (struct placed){ sqlite3_column_int64(q, 0), (enum place)sqlite3_column_int(q, 1) };
    }
    (void)sqlite3_finalize(q);
    return err;
}

static enum place place_of(struct places *p, int64_t source)
{
    size_t lo = 0, hi = p->n;
    if (p->last.source == source)
        return p->last.place;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (p->list[mid].source < source)
            lo = mid + 1;
        else
            hi = mid;
    }
    p->last = (struct placed){ source, lo < p->n && p->list[lo].source == source ? p->list[lo].place : NOWHERE };
    return p->last.place;
}

/* --- the page: the first `want` events in order of time, undated ones last, then of id --- */

struct found {
    int64_t at_us, event; /* undated: INT64_MAX, which no date is */
};

struct found_page {
    struct found *list; /* once it holds `want`: a heap, the latest on top */
    size_t n, cap, want;
};

static bool before(const struct found *a, const struct found *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->event < b->event;
}

static int by_time(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return before(x, y) ? -1 : before(y, x);
}

static void sink(struct found *v, size_t n, size_t i)
{
    struct found x = v[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && before(&v[child], &v[child + 1]);
        if (!before(&x, &v[child]))
            break;
        v[i] = v[child];
    }
    v[i] = x;
}

static bool keep(struct lm_arena *a, struct found_page *p, struct found f)
{
    if (p->n == p->want) {
        if (before(&f, &p->list[0])) {
            p->list[0] = f;
            sink(p->list, p->n, 0);
        }
        return true;
    }
    struct found *list = lm_arena_grow(a, p->list, p->n, &p->cap, sizeof *list);
    if (list == NULL)
        return false;
    p->list = list;
    list[p->n++] = f;
    if (p->n == p->want)
        for (size_t i = p->n / 2; i-- > 0;)
            sink(list, p->n, i);
    return true;
}

struct tally {
    uint64_t here, elsewhere;
};

static lm_err match(struct lm_look *look, sqlite3_stmt *q, struct found_page *page, struct tally *n,
                    struct lm_error *e)
{
    struct places places = { .list = NULL };
    bool row = false;
    lm_err err = find_places(look, &places, e);
    while (err == LM_OK && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        bool dated = sqlite3_column_type(q, 1) != SQLITE_NULL;
        switch (place_of(&places, sqlite3_column_int64(q, 2))) {
        case HERE:
            n->here++;
            if (!keep(&look->arena, page, (struct found){ dated ? sqlite3_column_int64(q, 1) : INT64_MAX,
                                                          sqlite3_column_int64(q, 0) }))
                err = no_memory(e);
            break;
        case ELSEWHERE:
            n->elsewhere++;
            break;
        case NOWHERE:
            break;
        }
    }
    if (err == LM_OK && page->n > 1)
        qsort(page->list, page->n, sizeof *page->list, by_time);
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

/* Bit i: an account of term i is a recipient. */
static lm_err find_recipients(struct lm_look *look, const struct lm_query *query, int64_t event, uint64_t *ret,
                              struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false, asked = false;
    uint64_t bits = 0;
    for (size_t i = 0; i < query->n; i++)
        asked = asked || query->terms[i].n_accounts != 0;
    *ret = 0;
    lm_err err = asked ? lm_look_query(look, LM_LOOK_RECIPIENTS, &q, e) : LM_OK;
    if (err != LM_OK || !asked)
        return err;
    (void)sqlite3_bind_int64(q, 1, event);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row)
        for (size_t i = 0; i < query->n; i++)
            bits |= (uint64_t)among(&query->terms[i], sqlite3_column_int64(q, 0)) << i;
    (void)sqlite3_reset(q);
    *ret = bits;
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

/* Writes why the hit matched; b holds it. */
static lm_err why(struct lm_look *look, const struct lm_query *query, struct lm_hit *h, int64_t from, struct lm_buf *b,
                  struct lm_error *e)
{
    uint64_t recipients = 0;
    lm_err err = find_recipients(look, query, h->event, &recipients, e);
    if (err != LM_OK)
        return err;
    lm_buf_clear(b);
    for (size_t i = 0; i < query->n; i++) {
        const struct lm_term *t = &query->terms[i];
        bool sender = among(t, from), recipient = recipients >> i & 1;
        struct lm_str shown = t->kind == LM_TERM_SELECTOR ? t->key : t->typed;
        enum lm_identifier_type type = t->kind == LM_TERM_SELECTOR ? t->type : LM_IDENTIFIER_ACCOUNT_ID;
        lm_buf_put(b, b->n != 0 ? LM_STR("; ") : LM_STR(""));
        if (!sender && !recipient)
            put_text_reason(b, t);
        else
            lm_buf_printf(b, "%s %.*s is %s", noun(type), LM_STR_ARG(shown),
                          sender && recipient ? "the sender and a recipient" : sender ? "the sender" : "a recipient");
    }
    h->why = lm_buf_str(b);
    return b->failed ? no_memory(e) : LM_OK;
}

/* --- the look --- */

struct asked {
    const struct lm_search *s;
    struct lm_query query;
    lm_err (*each)(void *user, const struct lm_hit *hit);
    void *user;
};

static lm_err give(struct lm_look *look, const struct asked *w, const struct found_page *page, struct lm_error *e)
{
    struct lm_buf reason;
    lm_err err = LM_OK;
    lm_buf_init(&reason, (size_t)1 << 20);
    for (size_t i = w->s->offset < page->n ? (size_t)w->s->offset : page->n; i < page->n && err == LM_OK; i++) {
        struct lm_hit h;
        int64_t from = 0;
        err = lm_look_hit(look, page->list[i].event, &h, &from, e);
        if (err == LM_OK)
            err = why(look, &w->query, &h, from, &reason, e);
        if (err == LM_OK) {
            look->n_given++;
            err = w->each(w->user, &h);
        }
    }
    lm_buf_free(&reason);
    return err;
}

static lm_err look_for(struct lm_look *look, struct asked *w, struct tally *n, struct lm_error *e)
{
    const struct lm_search *s = w->s;
    struct found_page page = { .want = s->limit == 0 || s->limit > SIZE_MAX - s->offset ? SIZE_MAX
                                                                                       : (size_t)(s->offset + s->limit) };
    struct lm_buf texts;
    sqlite3_stmt *q = NULL;
    lm_err err = lm_query_resolve(look->st, &look->arena, look->investigation, &w->query, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&texts, SQL_CEILING_BYTES);
    put_match(&texts, &w->query);
    err = texts.failed ? no_memory(e) : prepare(look, &w->query, lm_buf_str(&texts), &q, e);
    if (err == LM_OK)
        err = match(look, q, &page, n, e);
    (void)sqlite3_finalize(q);
    lm_buf_free(&texts);
    return err != LM_OK ? err : give(look, w, &page, e);
}

/* What lies under other investigations was asked for as well: it is not returned, and the chain says so. */
static void put_outcome(char out[160], const struct lm_look *look, const struct tally *n)
{
    int at = snprintf(out, 160, "found %llu, returned %llu", (unsigned long long)n->here,
                      (unsigned long long)look->n_given);
    if (n->elsewhere != 0)
        (void)snprintf(out + at, 160 - (size_t)at, "; denied: %llu under other investigations",
                       (unsigned long long)n->elsewhere);
}

lm_err lm_store_search(struct lm_store *st, const struct lm_filter *f, const struct lm_search *s,
                       lm_err (*each)(void *user, const struct lm_hit *hit), void *user, uint64_t *ret_total,
                       struct lm_error *e)
{
    struct lm_look look;
    struct lm_arena words;
    struct asked w = { s, .each = each, .user = user };
    struct tally n = { 0 };
    char outcome[160];
    lm_arena_init(&words, 0);
    lm_err err = lm_query_parse(st, &words, s->query, &w.query, e);
    struct lm_str detail = lm_arena_printf(&words, "query: %.*s", LM_STR_ARG(lm_str_trim(s->query)));
    if (err == LM_OK && detail.p == NULL)
        err = no_memory(e);
    if (err == LM_OK) {
        err = lm_look_begin(st, f, &(struct lm_look_at){ .action = "search", .detail = detail }, &look, e);
        if (err == LM_OK) {
            err = look_for(&look, &w, &n, e);
            put_outcome(outcome, &look, &n);
            err = lm_look_end(&look, outcome, err, e);
        }
        lm_look_free(&look);
    }
    lm_arena_free(&words);
    if (err == LM_OK)
        *ret_total = n.here;
    return err;
}
