#include "store/contact.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/outcome.h"

void lm_contacts_init(struct lm_contacts *c, struct lm_store *st, int64_t authority)
{
    *c = (struct lm_contacts){ .st = st, .authority = authority };
    lm_arena_init(&c->arena, 0);
    lm_map_init(&c->map, &c->arena);
}

void lm_contacts_free(struct lm_contacts *c)
{
    (void)sqlite3_finalize(c->edge);
    (void)sqlite3_finalize(c->left_out);
    (void)sqlite3_finalize(c->amount);
    (void)sqlite3_finalize(c->amounts);
    lm_arena_free(&c->arena);
}

void lm_contacts_clear(struct lm_contacts *c)
{
    lm_arena_reset(&c->arena);
    lm_map_init(&c->map, &c->arena);
    c->sums = NULL;
    c->n = c->cap = 0;
}

int32_t lm_contact_month(const struct lm_when *at)
{
    struct lm_civil civil;
    if (at->quality == LM_TIME_NONE)
        return INT32_MIN;
    lm_civil_from_us(at->us, &civil);
    return (civil.year - 1970) * 12 + civil.month - 1;
}

void lm_contact_currency(const struct lm_event *ev, char out[LM_CONTACT_CURRENCY])
{
    const struct lm_money *m = &ev->amount;
    memset(out, 0, LM_CONTACT_CURRENCY);
    if (!ev->has_amount)
        return;
    struct lm_str code = { m->currency, strnlen(m->currency, sizeof m->currency - 1) };
    if (m->exponent == lm_currency_exponent(code))
        (void)snprintf(out, LM_CONTACT_CURRENCY, "%.*s", LM_STR_ARG(code));
    else
        (void)snprintf(out, LM_CONTACT_CURRENCY, "%.*s/%d", LM_STR_ARG(code), m->exponent);
}

int64_t lm_contact_stored(lm_contact_amount amount)
{
    return amount > INT64_MIN && amount <= INT64_MAX ? (int64_t)amount : LM_CONTACT_REFUSED;
}

static struct lm_contact_sum *room(struct lm_contacts *c)
{
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 256 : c->cap * 2;
        struct lm_contact_sum *sums = lm_arena_array(&c->arena, cap, sizeof *sums);
        if (sums == NULL)
            return NULL;
        if (c->n != 0)
            memcpy(sums, c->sums, c->n * sizeof *sums);
        c->sums = sums;
        c->cap = cap;
    }
    return &c->sums[c->n];
}

/* The sum that belongs to the key; NULL: no memory. */
static struct lm_contact_sum *sum_of(struct lm_contacts *c, const struct lm_contact_sum *key)
{
    struct {
        int64_t from, to, source;
        int32_t kind, month;
        char currency[LM_CONTACT_CURRENCY];
    } k = { key->from, key->to, key->source, key->kind, key->month, { 0 } };
    memcpy(k.currency, key->currency, sizeof key->currency);
    uint64_t *at;
    bool fresh;
    struct lm_contact_sum *s = room(c);
    if (s == NULL
        || lm_map_put(&c->map, (struct lm_str){ (const char *)&k, sizeof k }, c->n, &at, &fresh) != LM_OK)
        return NULL;
    if (fresh) {
        *s = *key;
        c->n++;
    }
    return &c->sums[*at];
}

lm_err lm_contacts_count(struct lm_contacts *c, const struct lm_contact_sum *key, const struct lm_event *ev,
                         size_t n_records, size_t n_to, struct lm_error *e)
{
    struct lm_contact_sum *s = sum_of(c, key);
    if (s == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    enum lm_event_outcome outcome = lm_outcome_of(ev->kind, ev->flags, ev->detail);
    if (outcome != LM_OUTCOME_TOOK_PLACE) {
        s->attempts += outcome == LM_OUTCOME_ATTEMPT;
        s->voicemails += outcome == LM_OUTCOME_VOICEMAIL;
        s->forwards += outcome == LM_OUTCOME_FORWARDED;
        return LM_OK;
    }
    s->occurrences++;
    s->records += (int64_t)n_records;
    s->weight += n_to != 0 ? LM_CONTACT_WEIGHT_ONE / (int64_t)n_to : 0;
    if (ev->at.quality != LM_TIME_NONE) {
        s->first_us = !s->dated || ev->at.us < s->first_us ? ev->at.us : s->first_us;
        s->last_us = !s->dated || ev->at.us > s->last_us ? ev->at.us : s->last_us;
        s->dated = true;
    }
    if (ev->has_amount) {
        s->has_amount = true;
        s->amount += ev->amount.minor;
    }
    return LM_OK;
}

lm_err lm_contacts_add(struct lm_contacts *c, int64_t source, const struct lm_event *ev, size_t n_records,
                       const struct lm_contact_ends *x, struct lm_error *e)
{
    if (x->from == 0 || (ev->flags & LM_EVENT_SYSTEM) || (x->n_to == 0 && !x->has_thread))
        return LM_OK;
    struct lm_contact_sum key = { .from = x->from, .source = source, .kind = (int32_t)ev->kind, .month = INT32_MIN };
    if (x->n_to == 0 || x->n_to > LM_CONTACT_MOST_TO || (ev->flags & LM_EVENT_MEMBERS_UNKNOWN)) {
        key.from = 0;
        return lm_contacts_count(c, &key, ev, 0, 0, e);
    }
    key.authority = c->authority;
    key.month = lm_contact_month(&ev->at);
    lm_contact_currency(ev, key.currency);
    for (size_t i = 0; i < x->n_to; i++) {
        size_t k = 0;
        while (k < i && x->to[k] != x->to[i])
            k++;
        if (x->to[i] == x->from || x->to[i] == 0 || k < i)
            continue;
        key.to = x->to[i];
        lm_err err = lm_contacts_count(c, &key, ev, n_records, x->n_to, e);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err prepare(struct lm_contacts *c, struct lm_error *e)
{
    if (c->edge != NULL)
        return LM_OK;
    lm_err err = lm_db_prepare(c->st, "INSERT INTO contact_left_out(source, kind, events) VALUES(?, ?, ?)"
                                      " ON CONFLICT DO UPDATE SET events = events + excluded.events", &c->left_out, e);
    if (err != LM_OK)
        return err;
    err = lm_db_prepare(c->st, "SELECT amount_minor FROM contact_edge WHERE frm = ? AND dst = ? AND kind = ?"
                               " AND month = ? AND source = ? AND currency = ?", &c->amount, e);
    if (err != LM_OK)
        return err;
    return lm_db_prepare(
        c->st,
        "INSERT INTO contact_edge(frm, dst, kind, month, source, currency, authority, occurrences, attempts, voicemails,"
        " forwards, records, weight, first_us, last_us, amount_minor)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences,"
        " attempts = attempts + excluded.attempts, voicemails = voicemails + excluded.voicemails,"
        " forwards = forwards + excluded.forwards, records = records + excluded.records,"
        " weight = weight + excluded.weight,"
        " first_us = min(ifnull(first_us, excluded.first_us), ifnull(excluded.first_us, first_us)),"
        " last_us = max(ifnull(last_us, excluded.last_us), ifnull(excluded.last_us, last_us)),"
        " amount_minor = ifnull(excluded.amount_minor, amount_minor)",
        &c->edge, e);
}

static void bind_key(sqlite3_stmt *q, const struct lm_contact_sum *s)
{
    const int64_t numbers[] = { s->from, s->to, s->kind, s->month, s->source };
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(q, i + 1, numbers[i]);
    lm_db_bind_str(q, 6, lm_str(s->currency));
}

/* Adds up every amount of the key again: what is stored was refused, and the rest may bring the sum back into range. */
static lm_err amounts_again(struct lm_contacts *c, const struct lm_contact_sum *s, lm_contact_amount *ret,
                            struct lm_error *e)
{
    lm_contact_amount sum = 0;
    int64_t last = 0;
    bool row = true;
    lm_err err = c->amounts != NULL
                     ? LM_OK
                     : lm_db_prepare(c->st, "SELECT e.id, e.at_us, e.quality, e.amount_minor, e.currency, e.exponent"
                                            " FROM leg l JOIN event e ON e.id = l.event WHERE l.frm = ?1 AND l.dst = ?2"
                                            " AND e.kind = ?3 AND e.source = ?4 AND e.amount_minor IS NOT NULL"
                                            " AND e.n_to <= ?5 AND e.flags & ?6 = 0 ORDER BY e.id", &c->amounts, e);
    if (err != LM_OK)
        return err;
    const int64_t numbers[] = { s->from, s->to, s->kind, s->source, LM_CONTACT_MOST_TO,
                                LM_EVENT_SYSTEM | LM_EVENT_MEMBERS_UNKNOWN | LM_EVENT_ATTEMPT };
    for (int i = 0; i < 6; i++)
        (void)sqlite3_bind_int64(c->amounts, i + 1, numbers[i]);
    while ((err = lm_db_step(c->st, c->amounts, &row, e)) == LM_OK && row) {
        char currency[LM_CONTACT_CURRENCY];
        struct lm_str code = lm_str_take(lm_db_str(c->amounts, 4), 3);
        struct lm_event ev = { .at = { sqlite3_column_int64(c->amounts, 1), 0,
                                       (enum lm_time_quality)sqlite3_column_int(c->amounts, 2) },
                               .has_amount = true,
                               .amount = { .exponent = (int8_t)sqlite3_column_int(c->amounts, 5) } };
        if (code.n != 0)
            memcpy(ev.amount.currency, code.p, code.n);
        lm_contact_currency(&ev, currency);
        if (sqlite3_column_int64(c->amounts, 0) == last || lm_contact_month(&ev.at) != s->month
            || memcmp(currency, s->currency, sizeof currency) != 0)
            continue;
        last = sqlite3_column_int64(c->amounts, 0);
        sum += sqlite3_column_int64(c->amounts, 3);
    }
    (void)sqlite3_reset(c->amounts);
    if (err == LM_OK)
        *ret = sum;
    return err;
}

/* The amount of the key once this sum is added. */
static lm_err whole_amount(struct lm_contacts *c, const struct lm_contact_sum *s, lm_contact_amount *ret,
                           struct lm_error *e)
{
    bool row = false;
    int64_t before = 0;
    bind_key(c->amount, s);
    lm_err err = lm_db_step(c->st, c->amount, &row, e);
    if (err == LM_OK && row) /* NULL: 0 */
        before = sqlite3_column_int64(c->amount, 0);
    (void)sqlite3_reset(c->amount);
    if (err != LM_OK)
        return err;
    if (before == LM_CONTACT_REFUSED)
        return amounts_again(c, s, ret, e);
    *ret = s->amount + before;
    return LM_OK;
}

static lm_err write_sum(struct lm_contacts *c, const struct lm_contact_sum *s, struct lm_error *e)
{
    sqlite3_stmt *q = s->to != 0 ? c->edge : c->left_out;
    if (s->to == 0) {
        (void)sqlite3_bind_int64(q, 1, s->source);
        (void)sqlite3_bind_int(q, 2, s->kind);
        (void)sqlite3_bind_int64(q, 3, s->occurrences + s->attempts + s->voicemails + s->forwards);
        return lm_db_run(c->st, q, e);
    }
    lm_contact_amount amount = 0;
    lm_err err = s->has_amount ? whole_amount(c, s, &amount, e) : LM_OK;
    if (err != LM_OK)
        return err;
    bind_key(q, s);
    const int64_t numbers[] = { s->authority, s->occurrences, s->attempts, s->voicemails, s->forwards, s->records,
                                s->weight };
    for (int i = 0; i < 7; i++)
        (void)sqlite3_bind_int64(q, 7 + i, numbers[i]);
    for (int i = 14; i <= 16; i++)
        (void)sqlite3_bind_null(q, i);
    if (s->dated) {
        (void)sqlite3_bind_int64(q, 14, s->first_us);
        (void)sqlite3_bind_int64(q, 15, s->last_us);
    }
    if (s->has_amount)
        (void)sqlite3_bind_int64(q, 16, lm_contact_stored(amount));
    return lm_db_run(c->st, q, e);
}

/* In the order of the table's key: neighbours land on one page. */
static int by_key(const void *a, const void *b)
{
    const struct lm_contact_sum *x = a, *y = b;
    const int64_t l[] = { x->from, x->to, x->kind, x->month, x->source },
                  r[] = { y->from, y->to, y->kind, y->month, y->source };
    for (size_t i = 0; i < sizeof l / sizeof l[0]; i++)
        if (l[i] != r[i])
            return l[i] < r[i] ? -1 : 1;
    return memcmp(x->currency, y->currency, sizeof x->currency);
}

void lm_contacts_sort(struct lm_contacts *c)
{
    if (c->n > 1)
        qsort(c->sums, c->n, sizeof *c->sums, by_key);
}

lm_err lm_contacts_flush(struct lm_contacts *c, struct lm_error *e)
{
    lm_err err = c->n != 0 ? prepare(c, e) : LM_OK;
    lm_contacts_sort(c);
    for (size_t i = 0; i < c->n && err == LM_OK; i++)
        err = write_sum(c, &c->sums[i], e);
    lm_contacts_clear(c);
    return err;
}
