#include "network/temporal.h"

#include <stdlib.h>

#define NONE 0 /* contacts are numbered from 1 here */
#define ORIGIN UINT32_MAX

/* What is known of a name within so many hops, in the direction of the pass. */
struct state {
    uint32_t first; /* the contact that reached it first */
    uint32_t last;  /* the one that did so last, and the last one of another moment: only with a bound on waits */
    uint32_t older;
};

struct sweep {
    const struct lm_contacts *c;
    struct lm_temporal_wish wish;
    uint32_t origin, layers; /* layers: hops + 1; without a bound one that stands for all */
    bool back;
    struct state *states;    /* layer by layer, a name each */
    uint32_t *via;           /* with a bound on waits: by layer, contact and way, the contact before; else NULL */
};

struct lm_temporal_back {
    struct sweep s;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the paths");
}

static struct state *state_of(const struct sweep *s, uint32_t layer, uint32_t name)
{
    return &s->states[(size_t)layer * s->c->n + name];
}

static uint32_t *via_of(const struct sweep *s, uint32_t layer, size_t contact, bool forth)
{
    return &s->via[((size_t)layer * s->c->dated + contact) * 2 + forth];
}

static int64_t moment(const struct sweep *s, uint32_t contact)
{
    return s->c->list[contact - 1].at.us;
}

/* Differences of any two moments fit: both are within the years 1 … 9999. */
static bool follows(const struct sweep *s, uint32_t earlier, int64_t us)
{
    int64_t gap = s->back ? moment(s, earlier) - us : us - moment(s, earlier);
    return gap > 0 && gap <= s->wish.wait_us;
}

/* The contact after which one at `us` can be passed from x; NONE, ORIGIN. */
static uint32_t usable(const struct sweep *s, uint32_t layer, uint32_t x, int64_t us)
{
    if (x == s->origin)
        return ORIGIN;
    const struct state *t = state_of(s, layer, x);
    if (s->wish.wait_us == LM_WAIT_ANY)
        return t->first != NONE && follows(s, t->first, us) ? t->first : NONE;
    if (t->last != NONE && follows(s, t->last, us))
        return t->last;
    return t->older != NONE && follows(s, t->older, us) ? t->older : NONE;
}

static void reach(const struct sweep *s, uint32_t layer, uint32_t y, uint32_t contact)
{
    struct state *t = state_of(s, layer, y);
    if (t->first == NONE)
        t->first = contact;
    if (t->last != NONE && moment(s, t->last) != moment(s, contact))
        t->older = t->last;
    t->last = contact;
}

/* Over contact k from x to y, in every layer. */
static void pass(const struct sweep *s, size_t k, uint32_t x, uint32_t y, bool forth)
{
    int64_t us = s->c->list[k].at.us;
    if (y == s->origin)
        return;
    for (uint32_t layer = s->layers - 1;; layer--) {
        uint32_t from = s->wish.hops != 0 ? layer - 1 : 0;
        uint32_t before = layer > 0 || s->wish.hops == 0 ? usable(s, from, x, us) : NONE;
        if (before != NONE) {
            reach(s, layer, y, (uint32_t)k + 1);
            if (s->via != NULL)
                *via_of(s, layer, k, forth) = before;
        }
        if (layer == 0)
            break;
    }
}

static void pass_both(const struct sweep *s, size_t k)
{
    const struct lm_timed_contact *x = &s->c->list[k];
    bool forth = !s->back;
    pass(s, k, forth ? x->from : x->to, forth ? x->to : x->from, forth);
    if (!s->wish.directed)
        pass(s, k, forth ? x->to : x->from, forth ? x->from : x->to, !forth);
}

static lm_err sweep_open(struct lm_arena *a, const struct lm_contacts *c, uint32_t origin,
                         const struct lm_temporal_wish *wish, bool back, struct sweep *ret, struct lm_error *e)
{
    struct sweep s = { .c = c, .wish = *wish, .origin = origin, .layers = wish->hops + 1, .back = back };
    s.states = lm_arena_array(a, c->n * s.layers, sizeof *s.states);
    if (wish->wait_us != LM_WAIT_ANY)
        s.via = lm_arena_array(a, c->dated * 2 * s.layers, sizeof *s.via);
    if (s.states == NULL || (wish->wait_us != LM_WAIT_ANY && s.via == NULL))
        return no_memory(e);
    *ret = s;
    return LM_OK;
}

/* The first dated contact at or after us. */
static size_t first_at(const struct lm_contacts *c, int64_t us)
{
    size_t low = 0, high = c->dated;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->list[middle].at.us < us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void sweep_back(const struct sweep *s, int64_t before_us)
{
    for (size_t k = first_at(s->c, before_us); k-- > 0;)
        pass_both(s, k);
}

/* --- chains --- */

/* What stands between two visits of a name goes, where the wait allows it: from the end, to the earliest visit that does. */
static void shorten(const struct lm_contacts *c, int64_t wait_us, struct lm_chain *p)
{
    for (uint32_t k = p->n; k-- > 1;) {
        for (uint32_t j = 0; j < k; j++) {
            bool from_start = j == 0;
            int64_t gap =
                from_start ? 0 : c->list[p->contacts[k]].at.us - c->list[p->contacts[j - 1]].at.us;
            if (p->names[j] != p->names[k] || gap > wait_us)
                continue;
            uint32_t cut = k - j;
            memmove(p->contacts + j, p->contacts + k, (p->n - k) * sizeof *p->contacts);
            memmove(p->names + j, p->names + k, (p->n - k + 1) * sizeof *p->names);
            p->n -= cut;
            k = j;
            break;
        }
    }
    for (uint32_t k = 0; k <= p->n; k++)
        for (uint32_t j = 0; j < k; j++)
            p->repeats = p->repeats || p->names[j] == p->names[k];
}

/* Along a backward pass: from `name`, reached at this layer, to the origin. Walked twice: to count, then to write. */
static uint32_t follow(const struct sweep *s, uint32_t layer, uint32_t name, size_t *contacts, uint32_t *names)
{
    uint32_t n = 0, k = state_of(s, layer, name)->first;
    if (names != NULL)
        names[0] = name;
    while (name != s->origin) {
        const struct lm_timed_contact *x = &s->c->list[k - 1];
        bool forth = s->wish.directed || name == x->from; /* of time; a contact that leads both ways joins two names */
        uint32_t next = forth ? x->to : x->from;
        if (contacts != NULL) {
            contacts[n] = k - 1;
            names[n + 1] = next;
        }
        n++;
        uint32_t below = s->wish.hops != 0 ? layer - 1 : 0;
        if (next != s->origin)
            k = s->via != NULL ? *via_of(s, layer, k - 1, !forth) : state_of(s, below, next)->first;
        layer = below;
        name = next;
    }
    return n;
}

static lm_err chain_of(struct lm_arena *a, const struct sweep *s, uint32_t layer, uint32_t name, struct lm_chain *ret,
                       struct lm_error *e)
{
    struct lm_chain p = { .found = true, .n = follow(s, layer, name, NULL, NULL) };
    p.contacts = lm_arena_array(a, p.n, sizeof *p.contacts);
    p.names = lm_arena_array(a, (size_t)p.n + 1, sizeof *p.names);
    if (p.contacts == NULL || p.names == NULL)
        return no_memory(e);
    (void)follow(s, layer, name, p.contacts, p.names);
    if (s->via != NULL)
        shorten(s->c, s->wish.wait_us, &p);
    *ret = p;
    return LM_OK;
}

lm_err lm_temporal_earliest(struct lm_arena *a, const struct lm_contacts *c, uint32_t from, uint32_t to,
                            const struct lm_temporal_wish *wish, struct lm_chain *ret, struct lm_error *e)
{
    struct lm_temporal_wish w = { wish->directed, wish->wait_us, 0 };
    struct sweep forth, back;
    uint32_t arrives = NONE;
    if (from == to) {
        struct lm_chain p = { .found = true, .names = lm_arena_array(a, 1, sizeof *p.names) };
        if (p.names == NULL)
            return no_memory(e);
        p.names[0] = from;
        *ret = p;
        return LM_OK;
    }
    lm_err err = sweep_open(a, c, from, &w, false, &forth, e);
    if (err != LM_OK)
        return err;
    for (size_t k = 0; k < c->dated && arrives == NONE; k++) {
        pass_both(&forth, k);
        arrives = state_of(&forth, 0, to)->first;
    }
    if (arrives == NONE) {
        *ret = (struct lm_chain){ 0 };
        return LM_OK;
    }
    err = sweep_open(a, c, to, &w, true, &back, e);
    if (err != LM_OK)
        return err;
    sweep_back(&back, moment(&forth, arrives) + 1);
    return chain_of(a, &back, 0, from, ret, e);
}

static int by_departure(const void *x, const void *y)
{
    const struct lm_temporal_reach *p = x, *q = y;
    if (p->departs_us != q->departs_us)
        return p->departs_us > q->departs_us ? -1 : 1;
    if (p->hops != q->hops)
        return p->hops < q->hops ? -1 : 1;
    return p->name < q->name ? -1 : p->name > q->name;
}

lm_err lm_temporal_before(struct lm_arena *a, const struct lm_contacts *c, uint32_t name, int64_t before_us,
                          const struct lm_temporal_wish *wish, struct lm_temporal_back **ret_back,
                          struct lm_temporal_reach **ret, size_t *ret_n, struct lm_error *e)
{
    struct lm_temporal_wish w = *wish;
    w.hops = w.hops == 0 ? 1 : w.hops;
    struct lm_temporal_back *b = lm_arena_alloc(a, sizeof *b);
    struct lm_temporal_reach *list = lm_arena_array(a, c->n, sizeof *list);
    size_t n = 0;
    if (b == NULL || list == NULL)
        return no_memory(e);
    lm_err err = sweep_open(a, c, name, &w, true, &b->s, e);
    if (err != LM_OK)
        return err;
    sweep_back(&b->s, before_us);
    for (uint32_t v = 0; v < c->n; v++) {
        uint32_t last = state_of(&b->s, w.hops, v)->first, direct = state_of(&b->s, 1, v)->first, layer = 1;
        if (v == name || last == NONE)
            continue;
        while (state_of(&b->s, layer, v)->first == NONE
               || moment(&b->s, state_of(&b->s, layer, v)->first) != moment(&b->s, last))
            layer++;
        list[n++] = (struct lm_temporal_reach){ .name = v,
                                                .hops = layer,
                                                .departs = state_of(&b->s, layer, v)->first - 1,
                                                .departs_us = moment(&b->s, last),
                                                .direct = direct != NONE ? direct - 1 : SIZE_MAX };
    }
    if (n > 1)
        qsort(list, n, sizeof *list, by_departure);
    *ret_back = b;
    *ret = list;
    *ret_n = n;
    return LM_OK;
}

lm_err lm_temporal_chain(struct lm_arena *a, const struct lm_temporal_back *b, const struct lm_temporal_reach *r,
                         struct lm_chain *ret, struct lm_error *e)
{
    return chain_of(a, &b->s, r->hops, r->name, ret, e);
}
