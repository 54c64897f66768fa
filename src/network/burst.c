#include "network/burst.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"

#define EFFORT_MOST 2e8 /* contacts looked at, over all runs */
#define CLOSE 1e-9

/* A name's contacts, and room for its states. */
struct stream {
    const int64_t *at;
    size_t n;
    bool *enters[2]; /* from which state the cheapest way comes into each, by gap: true: from the fast one */
    bool *fast;      /* by gap */
};

struct search {
    struct lm_arena *a;
    const struct lm_contacts *c;
    size_t *of;        /* contacts of the names, name by name */
    size_t *at;        /* where each name's begin: n + 1 */
    int64_t *moments, *moved;
    struct stream s;
    struct lm_bursts r;
    size_t cap;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the bursts");
}

static double saving(double gap, double rate)
{
    /* Cost of the slow state minus that of the fast one: -ln(r e^(-r x)) + ln(2 r e^(-2 r x)). */
    return M_LN2 - rate * gap;
}

static double gap_of(const struct stream *s, size_t i)
{
    return (double)(s->at[i + 1] - s->at[i]);
}

/* The cheapest states of all gaps, into s->fast. False when all contacts have one moment. */
static bool states(struct stream *s)
{
    size_t gaps = s->n - 1;
    double span = (double)(s->at[s->n - 1] - s->at[0]);
    if (!(span > 0))
        return false;
    double rate = (double)gaps / span, enter = log((double)gaps), slow = 0, fast = enter;
    for (size_t i = 0; i < gaps; i++) { /* costs above that of "slow throughout" */
        double x = saving(gap_of(s, i), rate);
        if (i > 0) {
            s->enters[0][i] = fast < slow;
            s->enters[1][i] = !(slow + enter < fast);
            double from_slow = slow + enter;
            slow = fast < slow ? fast : slow;
            fast = from_slow < fast ? from_slow : fast;
        }
        fast -= x;
    }
    bool state = fast < slow;
    for (size_t i = gaps; i-- > 0;) {
        s->fast[i] = state;
        if (i > 0)
            state = s->enters[state][i];
    }
    return true;
}

/* The burst that begins at or after gap *i; false: none. */
static bool next_burst(const struct stream *s, size_t *i, size_t *ret_first, size_t *ret_last, double *ret_weight)
{
    size_t gaps = s->n - 1;
    double rate = (double)gaps / (double)(s->at[s->n - 1] - s->at[0]);
    while (*i < gaps && !s->fast[*i])
        (*i)++;
    if (*i == gaps)
        return false;
    *ret_first = *i;
    *ret_weight = 0;
    for (; *i < gaps && s->fast[*i]; (*i)++)
        *ret_weight += saving(gap_of(s, *i), rate);
    *ret_last = *i;
    return true;
}

static double heaviest(struct stream *s)
{
    double most = 0, weight;
    size_t i = 0, first, last;
    if (!states(s))
        return 0;
    while (next_burst(s, &i, &first, &last, &weight))
        most = weight > most ? weight : most;
    return most;
}

static int64_t day_of(int64_t us)
{
    int64_t day = us / LM_DAY_US;
    return us % LM_DAY_US < 0 ? day - 1 : day;
}

static int by_moment(const void *x, const void *y)
{
    const int64_t *p = x, *q = y;
    return *p < *q ? -1 : *p > *q;
}

static bool is_looked_at(const struct search *x, uint32_t name)
{
    size_t n = x->at[name + 1] - x->at[name];
    if (n < LM_BURST_LEAST)
        return false;
    int64_t first = x->c->list[x->of[x->at[name]]].at.us, last = x->c->list[x->of[x->at[name + 1] - 1]].at.us;
    return day_of(last) - day_of(first) + 1 >= LM_BURST_DAYS;
}

static lm_err split(struct search *x, struct lm_error *e)
{
    const struct lm_contacts *c = x->c;
    size_t *fill = lm_arena_array(x->a, c->n, sizeof *fill);
    size_t most = 0;
    x->at = lm_arena_array(x->a, c->n + 1, sizeof *x->at);
    x->of = lm_arena_array(x->a, 2 * c->dated, sizeof *x->of);
    if (fill == NULL || x->at == NULL || x->of == NULL)
        return no_memory(e);
    for (size_t k = 0; k < c->dated; k++) {
        x->at[c->list[k].from + 1]++;
        x->at[c->list[k].to + 1]++;
    }
    for (size_t v = 0; v < c->n; v++) {
        most = x->at[v + 1] > most ? x->at[v + 1] : most;
        x->at[v + 1] += x->at[v];
        fill[v] = x->at[v];
    }
    for (size_t k = 0; k < c->dated; k++) {
        x->of[fill[c->list[k].from]++] = k;
        x->of[fill[c->list[k].to]++] = k;
    }
    x->moments = lm_arena_array(x->a, most, sizeof *x->moments);
    x->moved = lm_arena_array(x->a, most, sizeof *x->moved);
    x->s.fast = lm_arena_array(x->a, most, sizeof *x->s.fast);
    x->s.enters[0] = lm_arena_array(x->a, most, sizeof *x->s.fast);
    x->s.enters[1] = lm_arena_array(x->a, most, sizeof *x->s.fast);
    return x->moments == NULL || x->moved == NULL || x->s.fast == NULL || x->s.enters[0] == NULL || x->s.enters[1] == NULL
               ? no_memory(e)
               : LM_OK;
}

static lm_err find_of(struct search *x, uint32_t name, struct lm_error *e)
{
    size_t i = 0, first = 0, last = 0;
    double weight = 0;
    if (!states(&x->s))
        return LM_OK;
    while (next_burst(&x->s, &i, &first, &last, &weight)) {
        struct lm_burst *list = lm_arena_grow(x->a, x->r.list, x->r.n, &x->cap, sizeof *list);
        if (list == NULL)
            return no_memory(e);
        x->r.list = list;
        list[x->r.n++] = (struct lm_burst){ .name = name,
                                            .first = x->of[x->at[name] + first],
                                            .last = x->of[x->at[name] + last],
                                            .contacts = (uint32_t)(last - first + 1),
                                            .weight = weight,
                                            .share = 1 };
    }
    return LM_OK;
}

/* Each of the name's bursts from `from` on against the runs. */
static void compare_with_chance(struct search *x, uint32_t name, size_t from, uint64_t seed)
{
    size_t n = x->s.n;
    int64_t first = day_of(x->moments[0]);
    uint64_t days = (uint64_t)(day_of(x->moments[n - 1]) - first + 1);
    struct lm_rng rng = { seed ^ (uint64_t)name << 32 };
    for (size_t k = from; k < x->r.n; k++)
        x->r.list[k].share = 1; /* counts itself */
    for (uint32_t run = 0; run < x->r.runs; run++) {
        for (size_t i = 0; i < n; i++)
            x->moved[i] = x->moments[i] - day_of(x->moments[i]) * LM_DAY_US
                          + (first + (int64_t)lm_rng_below(&rng, days)) * LM_DAY_US;
        qsort(x->moved, n, sizeof *x->moved, by_moment);
        x->s.at = x->moved;
        double most = heaviest(&x->s);
        for (size_t k = from; k < x->r.n; k++)
            x->r.list[k].share += most >= x->r.list[k].weight * (1 - CLOSE);
    }
    for (size_t k = from; k < x->r.n; k++)
        x->r.list[k].share /= x->r.runs + 1;
}

static int by_share(const void *x, const void *y)
{
    const struct lm_burst *p = x, *q = y;
    if (p->share < q->share || p->share > q->share)
        return p->share < q->share ? -1 : 1;
    if (p->weight < q->weight || p->weight > q->weight)
        return p->weight > q->weight ? -1 : 1;
    if (p->name != q->name)
        return p->name < q->name ? -1 : 1;
    return p->first < q->first ? -1 : p->first > q->first;
}

lm_err lm_bursts_find(struct lm_arena *a, const struct lm_contacts *c, uint64_t seed, const struct lm_effort *effort,
                      struct lm_bursts *ret, struct lm_error *e)
{
    struct search x = { .a = a, .c = c };
    double looked_at = 0;
    lm_err err = split(&x, e);
    for (uint32_t v = 0; v < c->n && err == LM_OK; v++)
        if (is_looked_at(&x, v)) {
            x.r.tested++;
            looked_at += (double)(x.at[v + 1] - x.at[v]);
        }
    x.r.runs = looked_at * LM_BURST_RUNS <= EFFORT_MOST ? LM_BURST_RUNS
               : looked_at * LM_BURST_RUNS_LEAST <= EFFORT_MOST ? LM_BURST_RUNS_LEAST : 0;
    for (uint32_t v = 0; v < c->n && err == LM_OK; v++) {
        size_t from = x.r.n;
        if (!is_looked_at(&x, v))
            continue;
        if (lm_cancelled(effort))
            return lm_fail(e, LM_ECANCELLED, "cancelled");
        x.s.n = x.at[v + 1] - x.at[v];
        for (size_t i = 0; i < x.s.n; i++)
            x.moments[i] = c->list[x.of[x.at[v] + i]].at.us;
        x.s.at = x.moments;
        err = find_of(&x, v, e);
        if (err == LM_OK && x.r.n > from && x.r.runs > 0)
            compare_with_chance(&x, v, from, seed);
    }
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < x.r.n; i++) {
        x.r.list[i].listed = x.r.runs > 0 && x.r.list[i].share <= LM_BURST_SHARE;
        x.r.n_listed += x.r.list[i].listed;
    }
    if (x.r.n > 1)
        qsort(x.r.list, x.r.n, sizeof *x.r.list, by_share);
    x.r.by_chance = x.r.runs > 0 ? LM_BURST_SHARE * x.r.tested : 0;
    *ret = x.r;
    return LM_OK;
}
