#include "report/timed_contacts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "model/selector.h"

#define GROUP_MOST 20

/* A leg that is a contact, before the reports of one event are joined. */
struct leg {
    int64_t event, occurrence, source, record;
    struct lm_when at;
    uint32_t from, to, n_records;
};

struct load {
    struct lm_arena *a;
    struct lm_timed *t;
    int64_t *accounts;
    uint32_t *name_of;             /* beside accounts */
    size_t n_accounts;
    struct leg *legs;
    size_t n_legs, cap_legs;
    struct lm_error *e;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the contacts");
}

/* --- names --- */

static bool is_number(struct lm_str s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 1 && s.p[0] == '+';
}

static lm_err name_of_node(struct load *w, struct lm_map *names, const struct lm_contact_node *node,
                           const struct lm_mask *mask, uint32_t *ret)
{
    struct lm_str masked, label = node->label;
    uint64_t *at;
    bool fresh;
    bool one = lm_mask_account(mask, node->account, &masked) || is_number(label);
    lm_err err = lm_map_put(names, label, w->t->n_names, &at, &fresh);
    if (err == LM_OK && !fresh && !one) {
        label = lm_arena_printf(w->a, "%.*s (account %" PRId64 ")", LM_STR_ARG(label), node->account);
        err = label.p != NULL ? lm_map_put(names, label, w->t->n_names, &at, &fresh) : LM_ENOMEM;
    }
    if (err != LM_OK)
        return no_memory(w->e);
    if (fresh)
        w->t->names[w->t->n_names++] = label;
    *ret = (uint32_t)*at;
    return LM_OK;
}

static int by_account(const void *x, const void *y)
{
    const struct lm_contact_node *p = x, *q = y;
    return p->account < q->account ? -1 : p->account > q->account;
}

static lm_err take_names(struct load *w)
{
    const struct lm_mask *mask;
    struct lm_map names;
    struct lm_timed *t = w->t;
    lm_err err = lm_toll_mask(t->look, &mask, w->e);
    if (err != LM_OK)
        return err;
    if (t->net.n > 1)
        qsort(t->net.nodes, t->net.n, sizeof *t->net.nodes, by_account); /* its pairs are not used */
    w->n_accounts = t->net.n;
    w->accounts = lm_arena_array(w->a, t->net.n, sizeof *w->accounts);
    w->name_of = lm_arena_array(w->a, t->net.n, sizeof *w->name_of);
    t->names = lm_arena_array(w->a, t->net.n, sizeof *t->names);
    if (w->accounts == NULL || w->name_of == NULL || t->names == NULL)
        return no_memory(w->e);
    lm_map_init(&names, w->a);
    for (size_t i = 0; i < t->net.n && err == LM_OK; i++) {
        w->accounts[i] = t->net.nodes[i].account;
        err = name_of_node(w, &names, &t->net.nodes[i], mask, &w->name_of[i]);
    }
    return err;
}

/* --- legs --- */

static size_t index_of(const struct load *w, int64_t account)
{
    size_t low = 0, high = w->n_accounts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->accounts[middle] < account)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_accounts && w->accounts[low] == account ? low : SIZE_MAX;
}

static lm_err expect(void *user, size_t account, size_t most)
{
    (void)user;
    (void)account;
    (void)most;
    return LM_OK;
}

/* Each leg is given from both of its ends: the one of the sender counts. */
static lm_err take_leg(void *user, size_t account, const struct lm_toll_leg *leg)
{
    struct load *w = user;
    size_t other = index_of(w, leg->other);
    if (!leg->out || leg->n_to > GROUP_MOST || leg->outcome != LM_OUTCOME_TOOK_PLACE || other == SIZE_MAX)
        return LM_OK;
    struct leg *list = lm_arena_grow(w->a, w->legs, w->n_legs, &w->cap_legs, sizeof *list);
    if (list == NULL)
        return no_memory(w->e);
    w->legs = list;
    list[w->n_legs++] = (struct leg){ .event = leg->event,
                                      .occurrence = leg->occurrence,
                                      .source = leg->source,
                                      .record = leg->record,
                                      .at = leg->at,
                                      .from = w->name_of[account],
                                      .to = w->name_of[other],
                                      .n_records = leg->n_records };
    return LM_OK;
}

/* The reports of one event side by side, its lead first. */
static int by_occurrence(const void *x, const void *y)
{
    const struct leg *p = x, *q = y;
    if (p->occurrence != q->occurrence)
        return p->occurrence < q->occurrence ? -1 : 1;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->to != q->to)
        return p->to < q->to ? -1 : 1;
    bool p_leads = p->event == p->occurrence, q_leads = q->event == q->occurrence;
    if (p_leads != q_leads)
        return p_leads ? -1 : 1;
    return p->event < q->event ? -1 : p->event > q->event;
}

static lm_err join(struct load *w)
{
    struct lm_timed *t = w->t;
    t->list = lm_arena_array(w->a, w->n_legs, sizeof *t->list);
    t->rows = lm_arena_array(w->a, w->n_legs, sizeof *t->rows);
    if (t->list == NULL || t->rows == NULL)
        return no_memory(w->e);
    if (w->n_legs > 1)
        qsort(w->legs, w->n_legs, sizeof *w->legs, by_occurrence);
    for (size_t i = 0; i < w->n_legs; i++) {
        const struct leg *x = &w->legs[i];
        struct lm_timed_contact *before = t->n > 0 ? &t->list[t->n - 1] : NULL;
        if (before != NULL && t->rows[t->n - 1].occurrence == x->occurrence && before->from == x->from && before->to == x->to) {
            t->rows[t->n - 1].reports++;
            t->rows[t->n - 1].records += x->n_records;
            continue;
        }
        t->list[t->n] = (struct lm_timed_contact){ .from = x->from,
                                                   .to = x->to,
                                                   .at = x->at,
                                                   .weight = 1,
                                                   .row = t->n,
                                                   .link = LM_LINK_EVIDENCED };
        t->rows[t->n++] = (struct lm_timed_row){ x->occurrence, x->source, x->record, 1, x->n_records };
    }
    return LM_OK;
}

lm_err lm_timed_open(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *action,
                     struct lm_str what, struct lm_timed *ret, struct lm_error *e)
{
    struct lm_timed t = { .a = a };
    struct load w = { .a = a, .t = &t, .e = e };
    lm_err err = lm_contact_net_load(a, st, f, 0, false, NULL, &t.net, e);
    if (err == LM_OK)
        err = lm_toll_look_begin(st, f, action, what, &t.look, e);
    if (err != LM_OK)
        return err;
    err = lm_toll_sources(t.look, a, &t.sources, &t.n_sources, e);
    if (err == LM_OK)
        err = take_names(&w);
    if (err == LM_OK)
        err = lm_toll_legs(t.look, w.accounts, w.n_accounts, expect, take_leg, &w, e);
    if (err == LM_OK)
        err = join(&w);
    if (err == LM_OK)
        *ret = t;
    else
        err = lm_toll_look_end(t.look, err, e);
    return err;
}

lm_err lm_timed_locate(struct lm_timed *t, const struct lm_timed_row *row, struct lm_str *ret_locator,
                       const struct lm_toll_source **ret_source, struct lm_error *e)
{
    static const struct lm_toll_source unknown = { .path = LM_STR_INIT("?") };
    const struct lm_toll_source *source = &unknown;
    size_t low = 0, high = t->n_sources;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->sources[middle].id < row->source)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < t->n_sources && t->sources[low].id == row->source)
        source = &t->sources[low];
    lm_err err = lm_toll_locator(t->look, t->a, row->record, ret_locator, e);
    if (err == LM_OK)
        *ret_source = source;
    return err;
}

lm_err lm_timed_meant(struct lm_timed *t, struct lm_str text, struct lm_str *ret, struct lm_error *e)
{
    const struct lm_mask *mask;
    enum lm_identifier_type type;
    struct lm_str name = text;
    lm_err err = lm_toll_mask(t->look, &mask, e);
    for (size_t i = 0; i < t->n_names && err == LM_OK; i++)
        if (lm_str_eq(t->names[i], text)) {
            *ret = text;
            return LM_OK;
        }
    if (err == LM_OK && !lm_mask_text(mask, t->a, text, &name) && lm_selector_guess(text, &type)
        && !lm_identifier_key(t->a, type, text, &name))
        name = text;
    if (err == LM_OK)
        *ret = name;
    return err;
}

lm_err lm_timed_close(struct lm_timed *t, lm_err err, struct lm_error *e)
{
    struct lm_toll_look *look = t->look;
    t->look = NULL;
    return lm_toll_look_end(look, err, e);
}
