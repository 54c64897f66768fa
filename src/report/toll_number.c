/* The legs of one number become occurrences, contacts and hours: see toll.h. */
#include "report/toll_parts.h"

#include <stdlib.h>

#define LEGS_MOST ((size_t)20000000)

struct filling {
    struct lm_toll_making *m;
    struct lm_toll_number *t;
    int64_t *other;     /* of each event: the account at the other end */
    int64_t *accounts;  /* these, rising, each once */
    struct lm_str *keys;
    uint32_t *contact;  /* of each account; UINT32_MAX: none yet */
    size_t n_accounts;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

struct lm_str lm_toll_label(struct lm_arena *a, struct lm_str key, int64_t account)
{
    return key.n != 0 ? key : lm_arena_printf(a, "account %lld", (long long)account);
}

bool lm_toll_is_shielded(const struct lm_toll_making *m, struct lm_str key, int64_t account, struct lm_str *ret_name)
{
    struct lm_str name;
    bool found = (key.n != 0 && lm_mask_identifier(m->mask, LM_IDENTIFIER_PHONE, key, &name))
                 || lm_mask_account(m->mask, account, &name);
    if (found && ret_name != NULL)
        *ret_name = name;
    return found;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Microseconds of the wall clock in the pack's zone. */
static int64_t wall(const struct lm_toll_pack *p, const struct lm_when *w)
{
    if (p->utc || w->quality == LM_TIME_LOCAL)
        return w->us;
    return w->us + (int64_t)lm_zone_offset(&p->zone, floor_div(w->us, LM_SECOND_US)) * LM_SECOND_US;
}

bool lm_toll_day_of(const struct lm_toll_pack *p, const struct lm_when *w, int32_t *ret)
{
    if (w->quality == LM_TIME_NONE)
        return false;
    *ret = (int32_t)floor_div(wall(p, w), LM_DAY_US);
    return true;
}

bool lm_toll_hour_of(const struct lm_toll_pack *p, const struct lm_when *w, uint32_t *ret_day,
                     uint32_t *ret_hour)
{
    if (w->quality != LM_TIME_UTC && w->quality != LM_TIME_ZONE)
        return false;
    int64_t us = wall(p, w), day = floor_div(us, LM_DAY_US);
    *ret_day = (uint32_t)((day % 7 + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
    *ret_hour = (uint32_t)((us - day * LM_DAY_US) / (LM_DAY_US / 24));
    return true;
}

/* --- the legs of all numbers in one go: events that lie near each other are read together --- */

struct gathering {
    struct lm_toll_making *m;
    int64_t *accounts; /* of all numbers */
    uint32_t *of;      /* the number of each */
    size_t *most;      /* legs, per number */
};

static lm_err expect_legs(void *user, size_t account, size_t most)
{
    struct gathering *g = user;
    uint32_t k = g->of[account];
    g->most[k] += most;
    if (g->most[k] > LEGS_MOST)
        return lm_fail(g->m->e, LM_ELIMIT, "more than %zu records of one number", LEGS_MOST);
    return LM_OK;
}

static lm_err take_leg(void *user, size_t account, const struct lm_toll_leg *leg)
{
    struct gathering *g = user;
    uint32_t k = g->of[account];
    struct lm_toll_number *t = &g->m->p->numbers[k];
    for (size_t i = 0; i < t->n_accounts; i++)
        if (t->accounts[i] == leg->other)
            return LM_OK; /* two accounts of one number */
    if (t->legs == NULL && (t->legs = lm_arena_array(g->m->a, g->most[k], sizeof *t->legs)) == NULL)
        return no_memory(g->m->e);
    t->legs[t->n_legs++] = *leg;
    return LM_OK;
}

static lm_err find_accounts(struct gathering *g, size_t *ret_n)
{
    struct lm_toll_pack *p = g->m->p;
    size_t n = 0, at = 0;
    lm_err err = LM_OK;
    for (size_t i = 0; i < p->n && err == LM_OK; i++) {
        struct lm_toll_number *t = &p->numbers[i];
        err = lm_toll_accounts(g->m->look, g->m->a, t->key, &t->accounts, &t->n_accounts, g->m->e);
        n += t->n_accounts;
    }
    if (err != LM_OK)
        return err;
    g->accounts = lm_arena_array(g->m->a, n, sizeof *g->accounts);
    g->of = lm_arena_array(g->m->a, n, sizeof *g->of);
    if (g->accounts == NULL || g->of == NULL)
        return no_memory(g->m->e);
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->numbers[i].n_accounts; k++) {
            g->accounts[at] = p->numbers[i].accounts[k];
            g->of[at++] = (uint32_t)i;
        }
    }
    *ret_n = n;
    return LM_OK;
}

lm_err lm_toll_add_legs(struct lm_toll_making *m)
{
    struct gathering g = { .m = m, .most = lm_arena_array(m->a, m->p->n, sizeof *g.most) };
    size_t n = 0;
    lm_err err = g.most != NULL ? find_accounts(&g, &n) : no_memory(m->e);
    return err == LM_OK ? lm_toll_legs(m->look, g.accounts, n, expect_legs, take_leg, &g, m->e) : err;
}

/* --- legs into occurrences --- */

/* Most lists come in order already. */
static void sort_unless(void *list, size_t n, size_t size, int (*by)(const void *, const void *))
{
    for (size_t i = 1; i < n; i++) {
        if (by((const char *)list + (i - 1) * size, (const char *)list + i * size) > 0) {
            qsort(list, n, size, by);
            return;
        }
    }
}

static int by_occurrence(const void *pa, const void *pb)
{
    const struct lm_toll_leg *a = pa, *b = pb;
    if (a->occurrence != b->occurrence)
        return a->occurrence < b->occurrence ? -1 : 1;
    bool la = a->event == a->occurrence, lb = b->event == b->occurrence;
    if (la != lb)
        return la ? -1 : 1;
    return a->event < b->event ? -1 : a->event > b->event;
}

/* Whether it lies in the days asked for; counts why not. */
static bool inside(struct filling *x, const struct lm_when *at)
{
    const struct lm_toll_wish *w = &x->m->p->wish;
    int32_t day;
    if (w->from_day == LM_DAY_NONE && w->to_day == LM_DAY_NONE)
        return true;
    if (!lm_toll_day_of(x->m->p, at, &day)) {
        x->t->undated_left_out++;
        return false;
    }
    bool in =
        (w->from_day == LM_DAY_NONE || day >= w->from_day) && (w->to_day == LM_DAY_NONE || day <= w->to_day);
    x->t->outside += !in;
    return in;
}

/* One occurrence: the legs from `first` on, n of them. */
static void take_occurrence(struct filling *x, size_t first, size_t n)
{
    struct lm_toll_number *t = x->t;
    const struct lm_toll_leg *lead = &t->legs[first];
    uint64_t records = 0;
    int64_t duration = lead->duration_s;
    if (!inside(x, &lead->at))
        return;
    if (lead->n_to > 1 || lead->other == 0) {
        t->group += lead->n_to > 1;
        t->nobody += lead->n_to <= 1;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const struct lm_toll_leg *l = &t->legs[first + i];
        records += l->n_records;
        duration = duration < 0 ? l->duration_s : duration;
    }
    x->other[t->n_events] = lead->other;
    t->events[t->n_events++] = (struct lm_toll_event){ .occurrence = lead->occurrence,
                                                       .event = lead->event,
                                                       .source = lead->source,
                                                       .record = lead->record,
                                                       .at = lead->at,
                                                       .duration_s = duration,
                                                       .reports = (uint32_t)n,
                                                       .records = (uint32_t)records,
                                                       .first_leg = (uint32_t)first,
                                                       .kind = (uint8_t)lead->kind,
                                                       .outcome = (uint8_t)lead->outcome,
                                                       .out = lead->out };
}

static lm_err group(struct filling *x)
{
    struct lm_toll_number *t = x->t;
    t->events = lm_arena_array(x->m->a, t->n_legs, sizeof *t->events);
    x->other = lm_arena_array(x->m->a, t->n_legs, sizeof *x->other);
    if (t->events == NULL || x->other == NULL)
        return no_memory(x->m->e);
    sort_unless(t->legs, t->n_legs, sizeof *t->legs, by_occurrence);
    for (size_t i = 0, n; i < t->n_legs; i += n) {
        n = 1;
        while (i + n < t->n_legs && t->legs[i + n].occurrence == t->legs[i].occurrence)
            n++;
        take_occurrence(x, i, n);
    }
    return LM_OK;
}

/* --- contacts: accounts at the other end, those of one number together --- */

static int by_id(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return a < b ? -1 : a > b;
}

static lm_err list_accounts(struct filling *x)
{
    struct lm_arena *a = x->m->a;
    size_t n = 0;
    x->accounts = lm_arena_array(a, x->t->n_events, sizeof *x->accounts);
    if (x->accounts == NULL)
        return no_memory(x->m->e);
    if (x->t->n_events != 0)
        memcpy(x->accounts, x->other, x->t->n_events * sizeof *x->accounts);
    sort_unless(x->accounts, x->t->n_events, sizeof *x->accounts, by_id);
    for (size_t i = 0; i < x->t->n_events; i++)
        if (n == 0 || x->accounts[n - 1] != x->accounts[i])
            x->accounts[n++] = x->accounts[i];
    x->n_accounts = n;
    x->contact = lm_arena_array(a, n, sizeof *x->contact);
    x->t->contacts = lm_arena_array(a, n, sizeof *x->t->contacts);
    if (x->contact == NULL || x->t->contacts == NULL)
        return no_memory(x->m->e);
    for (size_t i = 0; i < n; i++)
        x->contact[i] = UINT32_MAX;
    return lm_toll_keys(x->m->look, a, x->accounts, n, &x->keys, x->m->e);
}

static lm_err contact_of(struct filling *x, struct lm_map *by_key, int64_t account, uint32_t *ret)
{
    struct lm_toll_number *t = x->t;
    const int64_t *found = bsearch(&account, x->accounts, x->n_accounts, sizeof *found, by_id);
    size_t i = (size_t)(found - x->accounts);
    uint64_t k = t->n_contacts, *at;
    bool fresh = true;
    if (x->contact[i] != UINT32_MAX) {
        *ret = x->contact[i];
        return LM_OK;
    }
    struct lm_str key = x->keys[i];
    if (key.n != 0) {
        if (lm_map_put(by_key, key, k, &at, &fresh) != LM_OK)
            return no_memory(x->m->e);
        k = *at;
    }
    if (fresh) {
        t->contacts[t->n_contacts++] = (struct lm_toll_contact){
            .key = key,
            .label = lm_toll_label(x->m->a, key, account),
            .account = account,
            .is_protected = lm_toll_is_shielded(x->m, key, account, NULL),
            .has_country = key.n != 0 && key.p[0] == '+',
        };
    }
    *ret = x->contact[i] = (uint32_t)k;
    return LM_OK;
}

static lm_err add_contacts(struct filling *x)
{
    struct lm_map by_key;
    lm_map_init(&by_key, x->m->a);
    lm_err err = list_accounts(x);
    for (size_t i = 0; i < x->t->n_events && err == LM_OK; i++)
        err = contact_of(x, &by_key, x->other[i], &x->t->events[i].contact);
    return err;
}

/* --- tallies --- */

static void count_way(struct lm_toll_way *w, bool out)
{
    w->out += out;
    w->in += !out;
}

static void tally(struct lm_toll_tally *y, const struct lm_toll_event *ev)
{
    bool call = ev->kind == LM_EVENT_CALL;
    switch ((enum lm_event_outcome)ev->outcome) {
    case LM_OUTCOME_TOOK_PLACE: count_way(call ? &y->calls : &y->messages, ev->out); break;
    case LM_OUTCOME_ATTEMPT: count_way(&y->attempts, ev->out); break;
    case LM_OUTCOME_VOICEMAIL: count_way(&y->voicemails, ev->out); break;
    case LM_OUTCOME_FORWARDED: count_way(&y->forwards, ev->out); break;
    }
    if (ev->outcome == LM_OUTCOME_TOOK_PLACE) {
        y->records += ev->records;
        y->talk_s += call && ev->duration_s > 0 ? ev->duration_s : 0;
        y->no_duration += call && ev->duration_s < 0;
    } else {
        y->other_records += ev->records;
    }
    if (ev->at.quality == LM_TIME_NONE)
        return;
    if (y->first.quality == LM_TIME_NONE || ev->at.us < y->first.us)
        y->first = ev->at;
    if (y->last.quality == LM_TIME_NONE || ev->at.us > y->last.us)
        y->last = ev->at;
}

static void count_hour(struct lm_toll_making *m, struct lm_toll_number *t, const struct lm_toll_event *ev)
{
    uint32_t day, hour;
    if (ev->outcome != LM_OUTCOME_TOOK_PLACE)
        return;
    t->hours_total++;
    if (lm_toll_hour_of(m->p, &ev->at, &day, &hour))
        t->hours[day][hour]++;
    else
        t->hours_unknown++;
}

static int by_time(const void *pa, const void *pb)
{
    const struct lm_toll_event *a = pa, *b = pb;
    bool na = a->at.quality == LM_TIME_NONE, nb = b->at.quality == LM_TIME_NONE;
    if (na != nb)
        return na ? 1 : -1;
    if (!na && a->at.us != b->at.us)
        return a->at.us < b->at.us ? -1 : 1;
    return a->occurrence < b->occurrence ? -1 : a->occurrence > b->occurrence;
}

static int by_occurrences(const void *pa, const void *pb)
{
    const struct lm_toll_contact *a = *(struct lm_toll_contact *const *)pa,
                                 *b = *(struct lm_toll_contact *const *)pb;
    if (a->occurrences != b->occurrences)
        return a->occurrences > b->occurrences ? -1 : 1;
    int c = lm_str_cmp(a->key, b->key);
    return c != 0 ? c : a->account < b->account ? -1 : a->account > b->account;
}

/* Contacts into their order, and the events' indices after them. */
static lm_err order_contacts(struct lm_toll_making *m, struct lm_toll_number *t)
{
    struct lm_toll_contact **list = lm_arena_array(m->a, t->n_contacts, sizeof(struct lm_toll_contact *));
    struct lm_toll_contact *sorted = lm_arena_array(m->a, t->n_contacts, sizeof *sorted);
    uint32_t *now = lm_arena_array(m->a, t->n_contacts, sizeof *now);
    if (list == NULL || sorted == NULL || now == NULL)
        return no_memory(m->e);
    for (size_t i = 0; i < t->n_contacts; i++) {
        struct lm_toll_tally *y = &t->contacts[i].tally;
        t->contacts[i].occurrences = y->calls.out + y->calls.in + y->messages.out + y->messages.in;
        list[i] = &t->contacts[i];
    }
    if (t->n_contacts > 1)
        qsort(list, t->n_contacts, sizeof(struct lm_toll_contact *), by_occurrences);
    for (size_t i = 0; i < t->n_contacts; i++) {
        sorted[i] = *list[i];
        now[list[i] - t->contacts] = (uint32_t)i;
    }
    t->contacts = sorted;
    for (size_t i = 0; i < t->n_events; i++)
        t->events[i].contact = now[t->events[i].contact];
    return LM_OK;
}

static void count_all(struct lm_toll_making *m, struct lm_toll_number *t)
{
    for (size_t i = 0; i < t->n_events; i++) {
        const struct lm_toll_event *ev = &t->events[i];
        tally(&t->contacts[ev->contact].tally, ev);
        tally(&t->tally, ev);
        count_hour(m, t, ev);
        t->local += ev->at.quality == LM_TIME_LOCAL;
    }
}

static void look_at_contacts(struct lm_toll_making *m, struct lm_toll_number *t)
{
    for (size_t i = 0; i < t->n_contacts; i++) {
        struct lm_toll_contact *c = &t->contacts[i];
        t->no_country += !c->has_country && c->key.n != 0;
        t->protected_contacts += c->is_protected;
        t->protected_occurrences += c->is_protected ? c->occurrences : 0;
        for (size_t k = 0; k < m->p->n && c->key.n != 0; k++)
            if (lm_str_eq(m->p->numbers[k].key, c->key))
                c->target = (uint32_t)k + 1;
    }
}

lm_err lm_toll_add_number(struct lm_toll_making *m, struct lm_toll_number *t)
{
    struct filling x = { .m = m, .t = t };
    lm_err err = group(&x);
    if (err == LM_OK)
        err = add_contacts(&x);
    if (err != LM_OK)
        return err;
    sort_unless(t->events, t->n_events, sizeof *t->events, by_time);
    count_all(m, t);
    err = order_contacts(m, t);
    if (err == LM_OK)
        look_at_contacts(m, t);
    if (err == LM_OK)
        lm_toll_give_names(m->p, t);
    return err;
}
