#include "network/sequence.h"

#include <stdlib.h>

#include "base/rng.h"

#define MINUTE_US INT64_C(60000000)
#define SECOND_US INT64_C(1000000)
#define HISTOGRAM 32

struct moment {
    int64_t at, end;
    uint32_t who;
    size_t index; /* into the caller's events */
};

/* A pair (A, C), once one event followed the other. */
struct slot {
    uint64_t key;            /* from << 32 | to; free: UINT64_MAX */
    uint64_t sum;            /* over the runs */
    uint32_t count, run;     /* of run `run` */
    uint32_t used_in;        /* the event from A used last, + 1 */
    uint32_t used_out;       /* the event to C used last, + 1 */
    uint32_t seen, as_high;
    uint32_t *histogram;     /* runs by count; the last bucket holds what is above; NULL below `least` */
};

struct search {
    struct lm_arena *a;
    const struct lm_sequence_wish *wish;
    struct moment *in, *out, *moved; /* moved: out, in one run */
    size_t n_in, n_out;
    int64_t longest;                 /* of an event from others */
    int64_t grain, window;
    struct slot *slots;
    size_t n_slots, used;            /* n_slots: a power of two */
    uint32_t *touched;               /* slots of the run at hand */
    size_t n_touched, cap_touched;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static int by_time(const void *pa, const void *pb)
{
    const struct moment *a = pa, *b = pb;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->who != b->who)
        return a->who < b->who ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* --- the table of pairs --- */

static size_t place(const struct slot *slots, size_t n, uint64_t key)
{
    uint64_t h = key * 0x9e3779b97f4a7c15u;
    size_t i = (size_t)(h >> 20) & (n - 1);
    while (slots[i].key != UINT64_MAX && slots[i].key != key)
        i = (i + 1) & (n - 1);
    return i;
}

static struct slot *empty_slots(struct lm_arena *a, size_t n)
{
    struct slot *s = lm_arena_array(a, n, sizeof *s);
    for (size_t i = 0; s != NULL && i < n; i++)
        s[i].key = UINT64_MAX;
    return s;
}

/* Doubles the table; the run's list of touched slots moves with it. */
static lm_err grow(struct search *x, struct lm_error *e)
{
    size_t n = x->n_slots * 2;
    if (x->used >= LM_SEQUENCE_PAIRS)
        return lm_fail(e, LM_ELIMIT, "more than %u pairs follow each other within that time", LM_SEQUENCE_PAIRS);
    struct slot *more = empty_slots(x->a, n);
    if (more == NULL)
        return no_memory(e);
    for (size_t i = 0; i < x->n_slots; i++)
        if (x->slots[i].key != UINT64_MAX)
            more[place(more, n, x->slots[i].key)] = x->slots[i];
    for (size_t i = 0; i < x->n_touched; i++)
        x->touched[i] = (uint32_t)place(more, n, x->slots[x->touched[i]].key);
    x->slots = more;
    x->n_slots = n;
    return LM_OK;
}

static lm_err slot_of(struct search *x, uint32_t from, uint32_t to, uint32_t run, struct slot **ret, struct lm_error *e)
{
    uint64_t key = (uint64_t)from << 32 | to;
    lm_err err = (x->used + 1) * 2 > x->n_slots ? grow(x, e) : LM_OK;
    if (err != LM_OK)
        return err;
    size_t i = place(x->slots, x->n_slots, key);
    struct slot *s = &x->slots[i];
    if (s->key == UINT64_MAX) {
        *s = (struct slot){ .key = key, .run = UINT32_MAX };
        x->used++;
    }
    if (s->run != run) {
        uint32_t *list = lm_arena_grow(x->a, x->touched, x->n_touched, &x->cap_touched, sizeof *list);
        if (list == NULL)
            return no_memory(e);
        x->touched = list;
        list[x->n_touched++] = (uint32_t)i;
        s->run = run;
        s->count = s->used_in = s->used_out = 0;
    }
    *ret = s;
    return LM_OK;
}

/* --- counting --- */

/* Every event to somebody, with the events from others that it may follow. */
static lm_err count(struct search *x, const struct moment *out, uint32_t run, struct lm_error *e)
{
    size_t low = 0;
    int64_t reach = x->longest + x->wish->within_us;
    x->n_touched = 0;
    for (size_t j = 0; j < x->n_out; j++) {
        while (low < x->n_in && x->in[low].at + reach < out[j].at)
            low++;
        for (size_t i = low; i < x->n_in && x->in[i].at <= out[j].at; i++) {
            struct slot *s = NULL;
            if (x->in[i].who == out[j].who || x->in[i].end + x->wish->within_us < out[j].at)
                continue;
            lm_err err = slot_of(x, x->in[i].who, out[j].who, run, &s, e);
            if (err != LM_OK)
                return err;
            if (s->used_out == j + 1 || s->used_in > i)
                continue;
            s->used_out = (uint32_t)j + 1;
            s->used_in = (uint32_t)i + 1;
            s->count++;
        }
    }
    return LM_OK;
}

/* Each event at a random moment of its window; windows follow each other, so the order is mended inside each. */
static void jitter(struct search *x, struct lm_rng *rng)
{
    int64_t steps = x->window / x->grain;
    for (size_t j = 0; j < x->n_out; j++) {
        int64_t at = x->out[j].at, into = at % x->window;
        struct moment m = x->out[j];
        into += into < 0 ? x->window : 0;
        m.at = at - into + (int64_t)((lm_rng_next(rng) >> 32) * (uint64_t)steps >> 32) * x->grain;
        size_t k = j;
        while (k > 0 && x->moved[k - 1].at > m.at) {
            x->moved[k] = x->moved[k - 1];
            k--;
        }
        x->moved[k] = m;
    }
}

static lm_err note_run(struct search *x, struct lm_error *e)
{
    for (size_t i = 0; i < x->n_touched; i++) {
        struct slot *s = &x->slots[x->touched[i]];
        s->sum += s->count;
        s->as_high += s->seen != 0 && s->count >= s->seen;
        if (s->count < x->wish->least)
            continue;
        if (s->histogram == NULL && (s->histogram = lm_arena_array(x->a, HISTOGRAM, sizeof *s->histogram)) == NULL)
            return no_memory(e);
        s->histogram[s->count < HISTOGRAM ? s->count : HISTOGRAM - 1]++;
    }
    return LM_OK;
}

static lm_err run_all(struct search *x, struct lm_error *e)
{
    lm_err err = count(x, x->out, 0, e);
    for (size_t i = 0; err == LM_OK && i < x->n_touched; i++) {
        struct slot *s = &x->slots[x->touched[i]];
        s->seen = s->count;
    }
    for (uint32_t run = 1; run <= x->wish->runs && err == LM_OK; run++) {
        struct lm_rng rng = { x->wish->seed ^ (uint64_t)run << 32 };
        if (x->wish->cancel != NULL && atomic_load(x->wish->cancel))
            return lm_fail(e, LM_ECANCELLED, "cancelled");
        jitter(x, &rng);
        err = count(x, x->moved, run, e);
        if (err == LM_OK)
            err = note_run(x, e);
    }
    return err;
}

/* --- the answer --- */

static double share_of(uint32_t as_high, uint32_t runs)
{
    return ((double)as_high + 1) / ((double)runs + 1);
}

/* How often the rule lists this pair in a run. */
static double listed_by_chance(const struct slot *s, const struct lm_sequence_wish *w)
{
    uint32_t tail = 0, best = 0;
    for (uint32_t k = HISTOGRAM - 1; k >= w->least && s->histogram != NULL; k--) {
        tail += s->histogram[k];
        if (share_of(tail, w->runs) <= LM_SEQUENCE_SHARE)
            best = tail;
    }
    return (double)best / (double)w->runs;
}

static int by_share(const void *pa, const void *pb)
{
    const struct lm_sequence *a = pa, *b = pb;
    if (a->as_high != b->as_high)
        return a->as_high < b->as_high ? -1 : 1;
    if (a->seen != b->seen)
        return a->seen > b->seen ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? -1 : a->to > b->to;
}

static uint32_t events_of(const struct moment *m, size_t n, uint32_t who)
{
    uint32_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += m[i].who == who;
    return k;
}

static lm_err answer(struct search *x, struct lm_sequences *ret, struct lm_error *e)
{
    const struct lm_sequence_wish *w = x->wish;
    struct lm_sequences r = { .runs = w->runs, .window_us = x->window, .grain_us = x->grain };
    size_t cap = 0;
    for (size_t i = 0; i < x->n_slots; i++) {
        const struct slot *s = &x->slots[i];
        if (s->key == UINT64_MAX)
            continue;
        r.by_chance += listed_by_chance(s, w);
        if (s->seen < w->least)
            continue;
        struct lm_sequence *list = lm_arena_grow(x->a, r.list, r.n, &cap, sizeof *list);
        if (list == NULL)
            return no_memory(e);
        r.list = list;
        list[r.n++] = (struct lm_sequence){
            .from = (uint32_t)(s->key >> 32),
            .to = (uint32_t)s->key,
            .seen = s->seen,
            .as_high = s->as_high,
            .expected = (double)s->sum / (double)w->runs,
            .share = share_of(s->as_high, w->runs),
            .listed = share_of(s->as_high, w->runs) <= LM_SEQUENCE_SHARE,
        };
    }
    if (r.n > 1)
        qsort(r.list, r.n, sizeof *r.list, by_share);
    for (size_t i = 0; i < r.n; i++) {
        r.list[i].n_in = events_of(x->in, x->n_in, r.list[i].from);
        r.list[i].n_out = events_of(x->out, x->n_out, r.list[i].to);
        r.n_listed += r.list[i].listed;
    }
    *ret = r;
    return LM_OK;
}

/* Events of who has fewer than `least` in that direction can be in no pair that is counted so often. */
static size_t drop_rare(struct moment *m, size_t n, const uint32_t *events, uint32_t least)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (events[m[i].who] >= least)
            m[kept++] = m[i];
    return kept;
}

static lm_err prune(struct search *x, struct lm_error *e)
{
    struct moment *const lists[] = { x->in, x->out };
    size_t *const counts[] = { &x->n_in, &x->n_out };
    uint32_t n_who = 0;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < *counts[k]; i++)
            n_who = lists[k][i].who >= n_who ? lists[k][i].who + 1 : n_who;
    for (size_t k = 0; k < 2; k++) {
        uint32_t *events = lm_arena_array(x->a, n_who, sizeof *events);
        if (events == NULL)
            return no_memory(e);
        for (size_t i = 0; i < *counts[k]; i++)
            events[lists[k][i].who]++;
        *counts[k] = drop_rare(lists[k], *counts[k], events, x->wish->least);
    }
    return LM_OK;
}

static lm_err split(struct search *x, const struct lm_sequence_event *events, size_t n, struct lm_error *e)
{
    x->in = lm_arena_array(x->a, n, sizeof *x->in);
    x->out = lm_arena_array(x->a, n, sizeof *x->out);
    x->moved = lm_arena_array(x->a, n, sizeof *x->moved);
    if (x->in == NULL || x->out == NULL || x->moved == NULL)
        return no_memory(e);
    x->grain = MINUTE_US;
    for (size_t i = 0; i < n; i++) {
        struct moment m = { events[i].at_us, events[i].end_us, events[i].who, i };
        m.end = m.end < m.at ? m.at : m.end;
        if (m.at % MINUTE_US != 0)
            x->grain = SECOND_US;
        if (events[i].out) {
            x->out[x->n_out++] = m;
        } else {
            x->in[x->n_in++] = m;
            x->longest = m.end - m.at > x->longest ? m.end - m.at : x->longest;
        }
    }
    if (x->n_in > 1)
        qsort(x->in, x->n_in, sizeof *x->in, by_time);
    if (x->n_out > 1)
        qsort(x->out, x->n_out, sizeof *x->out, by_time);
    return LM_OK;
}

lm_err lm_sequences_find(struct lm_arena *a, const struct lm_sequence_event *events, size_t n,
                         const struct lm_sequence_wish *wish, struct lm_sequences *ret, struct lm_error *e)
{
    struct search x = { .a = a, .wish = wish, .n_slots = 1024, .window = wish->within_us * LM_SEQUENCE_WINDOW };
    if (n >= UINT32_MAX)
        return lm_fail(e, LM_ELIMIT, "more than 2^32 events");
    x.slots = empty_slots(a, x.n_slots);
    if (x.slots == NULL)
        return no_memory(e);
    lm_err err = split(&x, events, n, e);
    if (err == LM_OK)
        err = prune(&x, e);
    if (err == LM_OK)
        err = run_all(&x, e);
    return err == LM_OK ? answer(&x, ret, e) : err;
}

lm_err lm_sequence_pairs(struct lm_arena *a, const struct lm_sequence_event *events, size_t n, int64_t within_us,
                         uint32_t from, uint32_t to, struct lm_sequence_pair **ret, size_t *ret_n, struct lm_error *e)
{
    struct lm_sequence_wish wish = { .within_us = within_us };
    struct search x = { .a = a, .wish = &wish };
    struct lm_sequence_pair *list = NULL;
    size_t m = 0, cap = 0, i = 0;
    lm_err err = split(&x, events, n, e);
    for (size_t j = 0; j < x.n_out && err == LM_OK; j++) {
        if (x.out[j].who != to)
            continue;
        size_t k = i;
        while (k < x.n_in && x.in[k].at <= x.out[j].at
               && (x.in[k].who != from || x.in[k].end + within_us < x.out[j].at))
            k++;
        if (k == x.n_in || x.in[k].at > x.out[j].at)
            continue;
        struct lm_sequence_pair *more = lm_arena_grow(a, list, m, &cap, sizeof *list);
        if (more == NULL)
            return no_memory(e);
        list = more;
        list[m++] = (struct lm_sequence_pair){ x.in[k].index, x.out[j].index };
        i = k + 1;
    }
    if (err == LM_OK) {
        *ret = list;
        *ret_n = m;
    }
    return err;
}
