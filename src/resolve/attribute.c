#include "resolve/attribute.h"

#include <stdlib.h>

#include "base/map.h"

/* One record that gives one name to one identifier. */
struct support {
    const struct lm_card_row *id,
        *name; /* id: whose record, source and account it is (name's, where id has none) */
    enum lm_attribution_basis basis;
};

struct supports {
    struct lm_arena *a;
    struct support *s;
    size_t n, cap;
    uint64_t skipped;
};

/* --- what a row is --- */

static bool basis_of(struct lm_str word, enum lm_attribution_basis *ret)
{
    static const struct {
        struct lm_str word;
        enum lm_attribution_basis basis;
    } known[] = {
        { { "own_profile", 11 }, LM_BASIS_OWN_CONTACT_CARD },
        { { "subscriber_record", 17 }, LM_BASIS_SUBSCRIBER_RECORD },
        { { "contact_list", 12 }, LM_BASIS_OTHERS_CONTACT_CARDS },
        { { "shared_contact", 14 }, LM_BASIS_OTHERS_CONTACT_CARDS },
        { { "login", 5 }, LM_BASIS_LOGIN },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (lm_str_eq(word, known[i].word)) {
            *ret = known[i].basis;
            return true;
        }
    }
    return false;
}

static bool has_letter(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            return true;
    }
    return false;
}

static bool is_name(const struct lm_card_row *r, enum lm_attribution_basis *ret)
{
    return r->type == LM_IDENTIFIER_NAME && has_letter(r->key) && basis_of(r->basis, ret)
           && *ret != LM_BASIS_LOGIN;
}

static bool is_id(const struct lm_card_row *r)
{
    enum lm_attribution_basis basis;
    bool of_a_person = r->type == LM_IDENTIFIER_PHONE || r->type == LM_IDENTIFIER_EMAIL
                       || r->type == LM_IDENTIFIER_HANDLE || r->type == LM_IDENTIFIER_ACCOUNT_ID;
    return of_a_person && r->key.n != 0
           && (r->record == 0 || (basis_of(r->basis, &basis) && basis != LM_BASIS_LOGIN));
}

static bool is_login(const struct lm_card_row *r)
{
    enum lm_attribution_basis basis;
    return (r->type == LM_IDENTIFIER_IP || r->type == LM_IDENTIFIER_DEVICE) && r->key.n != 0
           && basis_of(r->basis, &basis) && basis == LM_BASIS_LOGIN;
}

/* --- cards --- */

static int sign(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int unsigned_sign(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static lm_err add(struct supports *w, const struct lm_card_row *id, const struct lm_card_row *name,
                  enum lm_attribution_basis basis)
{
    if (lm_str_eq(id->key, name->key))
        return LM_OK;
    struct support *s = lm_arena_grow(w->a, w->s, w->n, &w->cap, sizeof *s);
    if (s == NULL)
        return LM_ENOMEM;
    w->s = s;
    s[w->n++] = (struct support){ id, name, basis };
    return LM_OK;
}

/* Each name goes with each identifier; across: only with those of other records. */
static lm_err card(struct supports *w, const struct lm_card_row *const *rows, size_t n, bool across)
{
    const struct lm_card_row *names[LM_CARD_MOST_NAMES], *ids[LM_CARD_MOST_IDS];
    enum lm_attribution_basis bases[LM_CARD_MOST_NAMES], basis;
    size_t n_names = 0, n_ids = 0;
    for (size_t i = 0; i < n; i++) {
        const struct lm_card_row *r = rows[i];
        bool name = is_name(r, &basis), id = is_id(r);
        if ((name && n_names == LM_CARD_MOST_NAMES) || (id && n_ids == LM_CARD_MOST_IDS)) {
            w->skipped++;
            return LM_OK;
        }
        if (name) {
            bases[n_names] = basis;
            names[n_names++] = r;
        }
        if (id)
            ids[n_ids++] = r;
    }
    lm_err err = LM_OK;
    for (size_t i = 0; i < n_names; i++)
        for (size_t k = 0; k < n_ids && err == LM_OK; k++)
            if (!across || ids[k]->record != names[i]->record)
                err = add(w, ids[k], names[i], bases[i]);
    return err;
}

/* One record about the account, with the account's native ids. */
static lm_err record_card(struct supports *w, const struct lm_card_row *own, size_t n_own,
                          const struct lm_card_row *rows, size_t n)
{
    const struct lm_card_row *all[LM_CARD_MOST_NAMES + LM_CARD_MOST_IDS];
    size_t most = sizeof all / sizeof all[0], k = 0;
    enum lm_attribution_basis basis;
    for (size_t i = 0; i < n_own + n; i++) {
        const struct lm_card_row *r = i < n_own ? &own[i] : &rows[i - n_own];
        if (!is_name(r, &basis) && !is_id(r))
            continue;
        if (k == most) {
            w->skipped++;
            return LM_OK;
        }
        all[k++] = r;
    }
    return card(w, all, k, false);
}

static int by_source(const void *a, const void *b)
{
    const struct lm_card_row *const *x = a, *const *y = b;
    int c = sign((*x)->source, (*y)->source);
    return c != 0 ? c : lm_str_cmp((*x)->basis, (*y)->basis);
}

/* What an account says of itself, or its provider of it, may stand in several records of a source: a row for
 * the name, one for the number. */
static lm_err own_cards(struct supports *w, const struct lm_card_row *rows, size_t n)
{
    enum lm_attribution_basis basis;
    size_t k = 0;
    lm_err err = LM_OK;
    const struct lm_card_row **own = n > 1 ? lm_arena_array(w->a, n, sizeof *own) : NULL;
    if (own == NULL)
        return n > 1 ? LM_ENOMEM : LM_OK;
    for (size_t i = 0; i < n; i++)
        if ((is_name(&rows[i], &basis) || is_id(&rows[i])) && basis_of(rows[i].basis, &basis)
            && basis != LM_BASIS_OTHERS_CONTACT_CARDS)
            own[k++] = &rows[i];
    if (k != 0)
        qsort(own, k, sizeof *own, by_source);
    for (size_t i = 0, to; i < k && err == LM_OK; i = to) {
        for (to = i; to < k && by_source(&own[i], &own[to]) == 0; to++)
            continue;
        err = card(w, own + i, to - i, true);
    }
    return err;
}

/* An account that is named by itself or by its provider, and where it logged in. */
static lm_err logins(struct supports *w, const struct lm_card_row *rows, size_t n)
{
    const struct lm_card_row *names[LM_CARD_MOST_NAMES];
    enum lm_attribution_basis basis;
    size_t n_names = 0, n_logins = 0;
    for (size_t i = 0; i < n; i++) {
        n_logins += is_login(&rows[i]);
        if (!is_name(&rows[i], &basis) || basis == LM_BASIS_OTHERS_CONTACT_CARDS)
            continue;
        size_t k = 0;
        while (k < n_names && !lm_str_eq(names[k]->key, rows[i].key))
            k++;
        if (k == LM_CARD_MOST_NAMES) {
            w->skipped++;
            return LM_OK;
        }
        if (k == n_names)
            names[n_names++] = &rows[i];
        else if (rows[i].mark < names[k]->mark)
            names[k] = &rows[i];
    }
    lm_err err = LM_OK;
    for (size_t i = 0; i < n && n_names != 0 && n_logins != 0 && err == LM_OK; i++)
        for (size_t k = 0; k < n_names && is_login(&rows[i]) && err == LM_OK; k++)
            err = add(w, &rows[i], names[k], LM_BASIS_LOGIN);
    return err;
}

static lm_err account(struct supports *w, const struct lm_card_row *rows, size_t n)
{
    size_t n_own = 0;
    while (n_own < n && rows[n_own].record == 0)
        n_own++;
    lm_err err = logins(w, rows + n_own, n - n_own);
    if (err == LM_OK)
        err = own_cards(w, rows + n_own, n - n_own);
    for (size_t i = n_own, k; i < n && err == LM_OK; i = k) {
        for (k = i; k < n && rows[k].record == rows[i].record; k++)
            continue;
        err = record_card(w, rows, n_own, rows + i, k - i);
    }
    return err;
}

/* --- from supports to proposals --- */

static const struct lm_card_row *record_of(const struct support *s)
{
    return s->id->record != 0 ? s->id : s->name;
}

/* Which proposal a support belongs to. */
static int by_proposal(const struct support *x, const struct support *y)
{
    int c = sign((int64_t)x->id->type, (int64_t)y->id->type);
    c = c != 0 ? c : lm_str_cmp(x->id->key, y->id->key);
    c = c != 0 ? c : sign((int64_t)x->basis, (int64_t)y->basis);
    return c != 0 ? c : lm_str_cmp(x->name->key, y->name->key);
}

static int by_all(const void *a, const void *b)
{
    const struct support *x = a, *y = b;
    int c = by_proposal(x, y);
    c = c != 0 ? c : unsigned_sign(record_of(x)->mark, record_of(y)->mark);
    c = c != 0 ? c : lm_str_cmp(x->name->raw, y->name->raw);
    c = c != 0 ? c : sign(record_of(x)->record, record_of(y)->record);
    return c != 0 ? c : sign(x->id->identifier, y->id->identifier);
}

static int by_account(const struct lm_card_row *x, const struct lm_card_row *y)
{
    int c = sign((int64_t)x->platform, (int64_t)y->platform);
    c = c != 0 ? c : sign((int64_t)x->form, (int64_t)y->form);
    return c != 0 ? c : lm_str_cmp(x->account_key, y->account_key);
}

static int by_mark(const void *a, const void *b)
{
    return unsigned_sign(*(const uint64_t *)a, *(const uint64_t *)b);
}

static int by_device(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct lm_sha256));
}

static uint32_t count_devices(struct lm_arena *a, const struct support *s, size_t n, lm_err *err)
{
    struct lm_sha256 *d = lm_arena_array(a, n, sizeof *d);
    uint32_t devices = 0;
    if (d == NULL) {
        *err = LM_ENOMEM;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        d[i] = record_of(&s[i])->device;
    qsort(d, n, sizeof *d, by_device);
    for (size_t i = 0; i < n; i++)
        devices += i == 0 || memcmp(&d[i], &d[i - 1], sizeof *d) != 0;
    return devices;
}

/* s[0 … n): the supports of one proposal, by mark. Each rests on the record that gives the identifier and on
 * that which gives the name. */
static lm_err proposal(struct lm_arena *a, const struct support *s, size_t n,
                       struct lm_attribution_proposal *ret)
{
    bool login = s->basis == LM_BASIS_LOGIN;
    uint64_t *marks = lm_arena_array(a, 2 * n, sizeof *marks);
    const struct lm_card_row *first = s[0].id, *account = first;
    struct lm_attribution_proposal p = { .type = first->type,
                                         .key = first->key,
                                         .identifier = first->identifier,
                                         .source = record_of(s)->source,
                                         .record = record_of(s)->record,
                                         .mark = record_of(s)->mark,
                                         .basis = s->basis,
                                         .label = s->name->raw,
                                         .from_us = LM_WINDOW_OPEN_FROM,
                                         .to_us = LM_WINDOW_OPEN_TO };
    lm_err err = LM_OK;
    size_t n_marks = 0;
    bool dated = login;
    if (marks == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        marks[n_marks++] = record_of(&s[i])->mark;
        marks[n_marks++] = s[i].name->mark;
        dated = dated && s[i].id->at.quality != LM_TIME_NONE;
        p.identifier = s[i].id->identifier < p.identifier ? s[i].id->identifier : p.identifier;
        p.label = lm_str_cmp(s[i].name->raw, p.label) < 0 ? s[i].name->raw : p.label;
        account = by_account(s[i].id, account) < 0 ? s[i].id : account;
    }
    for (size_t i = 0; i < n && dated; i++) {
        int64_t at = s[i].id->at.us;
        p.from_us = i == 0 || at < p.from_us ? at : p.from_us;
        p.to_us = i == 0 || at >= p.to_us ? at + 1 : p.to_us;
    }
    qsort(marks, n_marks, sizeof *marks, by_mark);
    for (size_t i = 0; i < n_marks; i++)
        if (p.n_marks == 0 || marks[i] != marks[p.n_marks - 1])
            marks[p.n_marks++] = marks[i];
    p.marks = marks;
    p.account = account->account;
    p.devices = count_devices(a, s, n, &err);
    if (err == LM_OK)
        *ret = p;
    return err;
}

/* --- which proposals are of one person --- */

static uint32_t root(uint32_t *of, uint32_t i)
{
    while (of[i] != i)
        i = of[i] = of[of[i]];
    return i;
}

static lm_err same_name(struct lm_arena *a, struct lm_map *m, uint32_t *of, uint32_t i, struct lm_str what,
                        struct lm_str name)
{
    uint64_t *at;
    bool fresh;
    struct lm_str key = lm_arena_printf(a, "%zu:%.*s%.*s", what.n, LM_STR_ARG(what), LM_STR_ARG(name));
    if (key.p == NULL || lm_map_put(m, key, i, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    uint32_t x = root(of, (uint32_t)*at), y = root(of, i);
    of[x > y ? x : y] = x > y ? y : x;
    return LM_OK;
}

/* By the identifier, and by the accounts of all its supports. */
static lm_err join(struct lm_arena *a, struct lm_map *m, uint32_t *of, uint32_t i, const struct support *s,
                   size_t n)
{
    struct lm_str what = lm_arena_printf(a, "i%d:%.*s", (int)s->id->type, LM_STR_ARG(s->id->key));
    lm_err err = what.p == NULL ? LM_ENOMEM : same_name(a, m, of, i, what, s->name->key);
    for (size_t k = 0; k < n && err == LM_OK; k++) {
        if (k != 0 && s[k].id->account == s[k - 1].id->account)
            continue;
        what = lm_arena_printf(a, "a%lld", (long long)s[k].id->account);
        err = what.p == NULL ? LM_ENOMEM : same_name(a, m, of, i, what, s->name->key);
    }
    return err;
}

static void number_groups(struct lm_proposals *p, uint32_t *of)
{
    uint32_t *number = p->group;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t r = root(of, i);
        number[i] = r == i ? p->n_groups++ : number[r];
    }
}

static lm_err build(struct lm_arena *a, struct supports *w, struct lm_proposals *p)
{
    struct lm_map m;
    size_t most = 0;
    for (size_t i = 0; i < w->n; i++)
        most += i == 0 || by_proposal(&w->s[i - 1], &w->s[i]) != 0;
    p->p = lm_arena_array(a, most + 1, sizeof *p->p);
    p->group = lm_arena_array(a, most + 1, sizeof *p->group);
    uint32_t *of = lm_arena_array(a, most + 1, sizeof *of);
    if (p->p == NULL || p->group == NULL || of == NULL || most >= UINT32_MAX)
        return LM_ENOMEM;
    lm_map_init(&m, a);
    lm_err err = LM_OK;
    for (size_t i = 0, k; i < w->n && err == LM_OK; i = k) {
        for (k = i; k < w->n && by_proposal(&w->s[i], &w->s[k]) == 0; k++)
            continue;
        of[p->n] = (uint32_t)p->n;
        err = proposal(a, &w->s[i], k - i, &p->p[p->n]);
        if (err == LM_OK)
            err = join(a, &m, of, (uint32_t)p->n, &w->s[i], k - i);
        p->n++;
    }
    if (err == LM_OK)
        number_groups(p, of);
    return err;
}

lm_err lm_attribute(struct lm_arena *a, const struct lm_card_row *rows, size_t n, struct lm_proposals *ret)
{
    struct supports w = { .a = a };
    struct lm_proposals p = { .n = 0 };
    lm_err err = LM_OK;
    for (size_t i = 0, k; i < n && err == LM_OK; i = k) {
        for (k = i; k < n && rows[k].account == rows[i].account; k++)
            continue;
        err = account(&w, rows + i, k - i);
    }
    if (err != LM_OK)
        return err;
    if (w.n != 0)
        qsort(w.s, w.n, sizeof *w.s, by_all);
    p.skipped = w.skipped;
    err = build(a, &w, &p);
    if (err == LM_OK)
        *ret = p;
    return err;
}
