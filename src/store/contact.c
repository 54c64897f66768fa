#include "store/contact.h"

#include <stdlib.h>

struct lm_contact_sum {
    int64_t from, to, source; /* to 0: left out of measures */
    int32_t kind, month;
    char currency[4];
    int64_t occurrences, attempts, weight, first_us, last_us, amount_minor;
    bool dated, has_amount, amount_refused;
};

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
    lm_arena_free(&c->arena);
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

/* The sum that belongs to key's first six members; NULL: no memory. */
static struct lm_contact_sum *sum_of(struct lm_contacts *c, const struct lm_contact_sum *key)
{
    struct {
        int64_t from, to, source;
        int32_t kind, month;
        char currency[8];
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

static lm_err count(struct lm_contacts *c, const struct lm_contact_sum *key, const struct lm_event *ev, size_t n_to,
                    struct lm_error *e)
{
    struct lm_contact_sum *s = sum_of(c, key);
    if (s == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    if (ev->flags & LM_EVENT_ATTEMPT) {
        s->attempts++;
        return LM_OK;
    }
    s->occurrences++;
    s->weight += n_to != 0 ? LM_CONTACT_WEIGHT_ONE / (int64_t)n_to : 0;
    if (ev->at.quality != LM_TIME_NONE) {
        s->first_us = !s->dated || ev->at.us < s->first_us ? ev->at.us : s->first_us;
        s->last_us = !s->dated || ev->at.us > s->last_us ? ev->at.us : s->last_us;
        s->dated = true;
    }
    if (ev->has_amount) {
        s->has_amount = true;
        s->amount_refused |= !lm_checked_add(s->amount_minor, ev->amount.minor, &s->amount_minor);
    }
    return LM_OK;
}

lm_err lm_contacts_add(struct lm_contacts *c, int64_t source, const struct lm_event *ev, int64_t from,
                       const int64_t *to, size_t n_to, bool has_thread, struct lm_error *e)
{
    if (from == 0 || (ev->flags & LM_EVENT_SYSTEM) || (n_to == 0 && !has_thread))
        return LM_OK;
    struct lm_contact_sum key = { .from = from, .source = source, .kind = (int32_t)ev->kind, .month = INT32_MIN };
    if (n_to == 0 || n_to > LM_CONTACT_MOST_TO || (ev->flags & LM_EVENT_MEMBERS_UNKNOWN)) {
        key.from = 0;
        return count(c, &key, ev, 0, e);
    }
    if (ev->at.quality != LM_TIME_NONE) {
        struct lm_civil civil;
        lm_civil_from_us(ev->at.us, &civil);
        key.month = (civil.year - 1970) * 12 + civil.month - 1;
    }
    if (ev->has_amount)
        memcpy(key.currency, ev->amount.currency, sizeof key.currency);
    key.currency[3] = '\0';
    for (size_t i = 0; i < n_to; i++) {
        size_t k = 0;
        while (k < i && to[k] != to[i])
            k++;
        if (to[i] == from || to[i] == 0 || k < i)
            continue;
        key.to = to[i];
        lm_err err = count(c, &key, ev, n_to, e);
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
    /* an amount that overflows is refused: NULL, and stays so */
    return lm_db_prepare(
        c->st,
        "INSERT INTO contact_edge(frm, dst, kind, month, source, currency, authority, occurrences, attempts, weight,"
        " first_us, last_us, amount_minor) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET occurrences = occurrences + excluded.occurrences,"
        " attempts = attempts + excluded.attempts, weight = weight + excluded.weight,"
        " first_us = min(ifnull(first_us, excluded.first_us), ifnull(excluded.first_us, first_us)),"
        " last_us = max(ifnull(last_us, excluded.last_us), ifnull(excluded.last_us, last_us)),"
        " amount_minor = iif(typeof(amount_minor + excluded.amount_minor) = 'integer',"
        " amount_minor + excluded.amount_minor, NULL)",
        &c->edge, e);
}

static lm_err write_sum(struct lm_contacts *c, const struct lm_contact_sum *s, struct lm_error *e)
{
    sqlite3_stmt *q = s->to != 0 ? c->edge : c->left_out;
    if (s->to == 0) {
        (void)sqlite3_bind_int64(q, 1, s->source);
        (void)sqlite3_bind_int(q, 2, s->kind);
        (void)sqlite3_bind_int64(q, 3, s->occurrences + s->attempts);
        return lm_db_run(c->st, q, e);
    }
    const int64_t numbers[] = { s->from, s->to, s->kind, s->month, s->source };
    for (int i = 0; i < 5; i++)
        (void)sqlite3_bind_int64(q, i + 1, numbers[i]);
    lm_db_bind_str(q, 6, lm_str(s->currency));
    (void)sqlite3_bind_int64(q, 7, c->authority);
    (void)sqlite3_bind_int64(q, 8, s->occurrences);
    (void)sqlite3_bind_int64(q, 9, s->attempts);
    (void)sqlite3_bind_int64(q, 10, s->weight);
    for (int i = 11; i <= 13; i++)
        (void)sqlite3_bind_null(q, i);
    if (s->dated) {
        (void)sqlite3_bind_int64(q, 11, s->first_us);
        (void)sqlite3_bind_int64(q, 12, s->last_us);
    }
    if (s->has_amount && !s->amount_refused)
        (void)sqlite3_bind_int64(q, 13, s->amount_minor);
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

lm_err lm_contacts_flush(struct lm_contacts *c, struct lm_error *e)
{
    lm_err err = c->n != 0 ? prepare(c, e) : LM_OK;
    if (c->n > 1)
        qsort(c->sums, c->n, sizeof *c->sums, by_key);
    for (size_t i = 0; i < c->n && err == LM_OK; i++)
        err = write_sum(c, &c->sums[i], e);
    lm_arena_reset(&c->arena);
    lm_map_init(&c->map, &c->arena);
    c->sums = NULL;
    c->n = c->cap = 0;
    return err;
}
