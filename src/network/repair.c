#include "network/repair.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "network/components.h"

#define COST_MAX (UINT64_C(400) * 1000 * 1000) /* steps of all runs together: some seconds */
#define WALK_STEPS 64
#define DRAWS 64

const char *const lm_repair_words[LM_REPAIR_RULES] = { "replacement", "closure", "attachment" };

struct lm_supply lm_supply_of(const struct lm_graph *g, const struct lm_node_table *t)
{
    struct lm_supply s = { t->has_role ? t->role : NULL, t->has_city ? t->city : NULL, t->has_city ? t->n_cities : 0, 0, 0 };
    for (uint32_t v = 0; s.role != NULL && v < g->n; v++) {
        s.n_sources += (s.role[v] & LM_NODE_SOURCE) != 0;
        s.n_customers += (s.role[v] & LM_NODE_CUSTOMER) != 0;
    }
    return s;
}

/* --- what holds --- */

struct reach {
    const struct lm_graph *g;
    const bool *gone;
    uint32_t *queue, *stamp; /* stamp: the last search that met the vertex */
    bool *any, *fed;         /* met by any search; by one from somebody else */
};

static uint64_t from_source(struct reach *r, const struct lm_supply *s, uint32_t source, uint32_t search)
{
    uint64_t customers = 0;
    uint32_t head = 0, tail = 0;
    r->queue[tail++] = source;
    r->stamp[source] = search;
    while (head < tail) {
        uint32_t v = r->queue[head++];
        r->any[v] = true;
        r->fed[v] |= v != source;
        customers += v != source && (s->role[v] & LM_NODE_CUSTOMER) != 0;
        for (uint32_t j = r->g->out.at[v]; j < r->g->out.at[v + 1]; j++) {
            uint32_t w = r->g->out.to[j];
            if (r->stamp[w] != search && !(r->gone != NULL && r->gone[w])) {
                r->stamp[w] = search;
                r->queue[tail++] = w;
            }
        }
    }
    return customers;
}

/* Vertices of the largest components, in r->any. */
static void in_the_largest(struct reach *r, uint32_t lcc)
{
    for (uint32_t first = 0; first < r->g->n; first++) {
        if (r->stamp[first] != 0 || (r->gone != NULL && r->gone[first]))
            continue;
        uint32_t head = 0, tail = 0;
        r->queue[tail++] = first;
        r->stamp[first] = 1;
        while (head < tail) {
            uint32_t v = r->queue[head++];
            for (uint32_t j = r->g->near.at[v]; j < r->g->near.at[v + 1]; j++) {
                uint32_t w = r->g->near.to[j];
                if (r->stamp[w] == 0 && !(r->gone != NULL && r->gone[w])) {
                    r->stamp[w] = 1;
                    r->queue[tail++] = w;
                }
            }
        }
        for (uint32_t i = 0; tail == lcc && i < tail; i++)
            r->any[r->queue[i]] = true;
    }
}

static lm_err reached(struct lm_arena *tmp, const struct lm_graph *g, const bool *gone, const struct lm_supply *s,
                      struct lm_impact *x, bool *ret_reached)
{
    struct reach r = { .g = g, .gone = gone };
    bool *city = ret_reached != NULL ? ret_reached : lm_arena_array(tmp, s->n_cities, sizeof *city);
    r.queue = lm_arena_array(tmp, g->n, sizeof *r.queue);
    r.stamp = lm_arena_array(tmp, g->n, sizeof *r.stamp);
    r.any = lm_arena_array(tmp, g->n, sizeof *r.any);
    r.fed = lm_arena_array(tmp, g->n, sizeof *r.fed);
    if (r.queue == NULL || r.stamp == NULL || r.any == NULL || r.fed == NULL || city == NULL)
        return LM_ENOMEM;
    if (s->n_sources > 0) {
        for (uint32_t v = 0, search = 0; v < g->n; v++)
            if ((s->role[v] & LM_NODE_SOURCE) != 0 && !(gone != NULL && gone[v]))
                x->supply += from_source(&r, s, v, ++search);
    } else {
        in_the_largest(&r, x->lcc);
    }
    for (uint32_t v = 0; v < g->n; v++) {
        x->customers += s->n_sources > 0 && r.fed[v] && (s->role[v] & LM_NODE_CUSTOMER) != 0;
        if (s->city != NULL && r.any[v] && s->city[v] != LM_NO_CITY && !city[s->city[v]]) {
            city[s->city[v]] = true;
            x->cities++;
        }
    }
    return LM_OK;
}

lm_err lm_impact_of(const struct lm_graph *g, const bool *gone, const struct lm_supply *s, struct lm_impact *ret,
                     bool *ret_reached)
{
    struct lm_impact x = { 0 };
    struct lm_components c;
    struct lm_arena tmp;
    lm_err err = lm_components(g, gone, &c, NULL);
    if (err != LM_OK)
        return err;
    x.lcc = c.lcc;
    x.components = c.n;
    x.pairs = c.pairs;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    if (s->role != NULL || s->city != NULL)
        err = reached(&tmp, g, gone, s, &x, ret_reached);
    lm_arena_free(&tmp);
    if (err == LM_OK)
        *ret = x;
    return err;
}

/* --- repair --- */

struct simulation {
    const struct lm_graph *g;
    const bool *gone;
    const struct lm_supply *supply;
    const struct lm_str *role_name;
    const struct lm_effort *effort;
    uint64_t seed;
    uint32_t runs;
    struct lm_graph rest;         /* without those who are gone, who stay as vertices without ties */
    const struct lm_edge_in *kept;
    size_t n_kept;
    const struct lm_edge_in *lost; /* an end is gone, or both */
    size_t n_lost;
    const uint32_t *left;          /* vertices that are not gone */
    uint32_t n_left;
    struct lm_impact *outcome;    /* [rule × runs + run] */
    struct {
        struct lm_arena tmp;
        lm_err err;
    } worker[LM_WORKERS_MAX];
};

static double share(struct lm_rng *r)
{
    return (double)(lm_rng_next(r) >> 11) * 0x1p-53;
}

static bool same_role(const struct simulation *s, uint32_t v, uint32_t w)
{
    if (s->supply->role == NULL || s->role_name[v].n == 0)
        return true;
    return lm_str_eq_nocase(s->role_name[v], s->role_name[w]);
}

/* Who takes the place of v. Walks in the network as it was. */
static uint32_t replacement(const struct simulation *s, struct lm_rng *r, uint32_t v, bool any_role)
{
    uint32_t at = v, met = UINT32_MAX;
    for (int i = 0; i < WALK_STEPS; i++) {
        uint32_t degree = lm_degree(&s->g->near, at);
        if (degree == 0)
            break;
        at = s->g->near.to[s->g->near.at[at] + lm_rng_below(r, degree)];
        if (s->gone[at] || !(any_role || same_role(s, v, at)))
            continue;
        met = at;
        if (lm_rng_next(r) >> 63 != 0)
            return met;
    }
    if (met != UINT32_MAX)
        return met;
    /* not among those nearby: anybody who fits, from a place drawn at random */
    uint32_t from = (uint32_t)lm_rng_below(r, s->n_left);
    for (uint32_t i = 0; i < s->n_left; i++) {
        uint32_t w = s->left[(from + i) % s->n_left];
        if (any_role || same_role(s, v, w))
            return w;
    }
    return UINT32_MAX;
}

static bool tied(const struct lm_graph *g, uint32_t v, uint32_t w)
{
    uint32_t lo = g->near.at[v], hi = g->near.at[v + 1];
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (g->near.to[mid] < w)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < g->near.at[v + 1] && g->near.to[lo] == w;
}

/* A contact of a contact, or UINT32_MAX. */
static uint32_t closure(const struct simulation *s, struct lm_rng *r, uint32_t v)
{
    const struct lm_adjacency *near = &s->rest.near;
    for (int i = 0; i < DRAWS && lm_degree(near, v) > 0; i++) {
        uint32_t over = near->to[near->at[v] + lm_rng_below(r, lm_degree(near, v))];
        uint32_t w = near->to[near->at[over] + lm_rng_below(r, lm_degree(near, over))];
        if (w != v && !tied(&s->rest, v, w))
            return w;
    }
    return UINT32_MAX;
}

/* One end of a tie drawn at random: in proportion to the ties of each. */
static uint32_t attachment(const struct simulation *s, struct lm_rng *r, uint32_t v)
{
    uint32_t ends = s->rest.near.at[s->rest.n];
    for (int i = 0; i < DRAWS && ends > 0; i++) {
        uint32_t w = s->rest.near.to[lm_rng_below(r, ends)];
        if (w != v && !tied(&s->rest, v, w))
            return w;
    }
    return UINT32_MAX;
}

/* Fills `heir` for everybody who is gone, and hands on the roles that nobody else has. */
static void replace_all(const struct simulation *s, struct lm_rng *r, uint32_t *heir, enum lm_node_role *role)
{
    for (uint32_t v = 0; v < s->g->n; v++) {
        if (!s->gone[v])
            continue;
        heir[v] = replacement(s, r, v, false);
        if (heir[v] != UINT32_MAX)
            continue;
        heir[v] = replacement(s, r, v, true);
        if (role != NULL && s->supply->role[v] != LM_NODE_OTHER)
            role[heir[v]] = s->supply->role[v];
    }
}

static uint32_t new_end(const struct simulation *s, struct lm_rng *r, enum lm_repair_rule rule, uint32_t left,
                        uint32_t gone, const uint32_t *heir)
{
    switch (rule) {
    case LM_REPAIR_REPLACEMENT:
        return heir[gone];
    case LM_REPAIR_CLOSURE:
        return closure(s, r, left);
    case LM_REPAIR_ATTACHMENT:
        return attachment(s, r, left);
    case LM_REPAIR_RULES:
        break;
    }
    return UINT32_MAX;
}

static lm_err one_run(struct simulation *s, struct lm_arena *tmp, enum lm_repair_rule rule, uint32_t run)
{
    struct lm_rng r = { s->seed * 1000003 + run };
    struct lm_supply supply = *s->supply;
    struct lm_graph g;
    r.state = lm_rng_next(&r);
    double chance = share(&r); /* the same for all rules */
    r.state ^= (uint64_t)rule << 32; /* and the rest not */
    size_t n = s->n_kept;
    uint32_t *heir = lm_arena_array(tmp, s->g->n, sizeof *heir);
    struct lm_edge_in *edges = lm_arena_array(tmp, s->n_kept + s->n_lost, sizeof *edges);
    enum lm_node_role *role = supply.role != NULL ? lm_arena_array(tmp, s->g->n, sizeof *role) : NULL;
    if (heir == NULL || edges == NULL || (supply.role != NULL && role == NULL))
        return LM_ENOMEM;
    if (n > 0)
        memcpy(edges, s->kept, n * sizeof *edges);
    if (role != NULL) {
        memcpy(role, supply.role, s->g->n * sizeof *role);
        supply.role = role;
    }
    if (rule == LM_REPAIR_REPLACEMENT)
        replace_all(s, &r, heir, role);
    for (size_t i = 0; i < s->n_lost; i++) {
        struct lm_edge_in x = s->lost[i];
        bool both = s->gone[x.a] && s->gone[x.b];
        if (share(&r) >= chance || (both && rule != LM_REPAIR_REPLACEMENT))
            continue;
        uint32_t a = s->gone[x.a] ? new_end(s, &r, rule, x.b, x.a, heir) : x.a;
        uint32_t b = s->gone[x.b] ? new_end(s, &r, rule, x.a, x.b, heir) : x.b;
        if (a != UINT32_MAX && b != UINT32_MAX && a != b)
            edges[n++] = (struct lm_edge_in){ a, b, 1 };
    }
    lm_err err = lm_graph_build(tmp, s->g->names, s->g->n, edges, n, s->g->directed, &g, NULL, NULL);
    return err == LM_OK ? lm_impact_of(&g, s->gone, &supply, &s->outcome[(size_t)rule * s->runs + run], NULL) : err;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct simulation *s = ctx;
    if (s->worker[worker].err != LM_OK)
        return;
    s->worker[worker].err = lm_cancelled(s->effort)
                                ? LM_ECANCELLED
                                : one_run(s, &s->worker[worker].tmp, (enum lm_repair_rule)(chunk / s->runs), chunk % s->runs);
    lm_arena_reset(&s->worker[worker].tmp);
}

static void nothing(void *ctx, uint32_t chunk)
{
    (void)ctx;
    (void)chunk;
}

static int by_value(const void *x, const void *y)
{
    const uint64_t *p = x, *q = y;
    return (*p > *q) - (*p < *q);
}

static struct lm_spread spread(uint64_t *v, size_t n)
{
    struct lm_spread s = { { 0 } };
    qsort(v, n, sizeof *v, by_value);
    for (size_t k = 0; k < 5; k++) {
        size_t rank = (k * n + 3) / 4; /* the least number of values that are k quarters of all */
        s.at[k] = v[rank > 0 ? rank - 1 : 0];
    }
    return s;
}

static struct lm_repaired spreads(const struct lm_impact *x, size_t n, uint64_t *v)
{
    struct lm_repaired r;
#define SPREAD(member)                                                                                        \
    for (size_t i = 0; i < n; i++)                                                                            \
        v[i] = x[i].member;                                                                                   \
    r.member = spread(v, n);
    SPREAD(lcc)
    SPREAD(pairs)
    SPREAD(supply)
    SPREAD(customers)
    SPREAD(cities)
#undef SPREAD
    return r;
}

/* Ties that stay and ties that are lost, and who is left. */
static lm_err divide(struct lm_arena *tmp, struct simulation *s, uint64_t *ret_lost)
{
    const struct lm_graph *g = s->g;
    struct lm_edge_in *kept = lm_arena_array(tmp, g->n_edges, sizeof *kept);
    struct lm_edge_in *lost = lm_arena_array(tmp, g->n_edges, sizeof *lost);
    uint32_t *left = lm_arena_array(tmp, g->n, sizeof *left);
    if (kept == NULL || lost == NULL || left == NULL)
        return LM_ENOMEM;
    *ret_lost = 0;
    for (uint32_t v = 0; v < g->n; v++) {
        if (!s->gone[v])
            left[s->n_left++] = v;
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            if (!g->directed && v >= w)
                continue;
            struct lm_edge_in x = { v, w, lm_weight(g->w_out, j) };
            if (s->gone[v] || s->gone[w])
                lost[s->n_lost++] = x;
            else
                kept[s->n_kept++] = x;
            *ret_lost += s->gone[v] != s->gone[w];
        }
    }
    s->kept = kept;
    s->lost = lost;
    s->left = left;
    return lm_graph_build(tmp, g->names, g->n, kept, s->n_kept, g->directed, &s->rest, NULL, NULL);
}

static lm_err simulate(struct lm_arena *tmp, struct simulation *s)
{
    struct lm_workers *workers;
    s->outcome = lm_arena_array(tmp, (size_t)LM_REPAIR_RULES * s->runs, sizeof *s->outcome);
    if (s->outcome == NULL)
        return LM_ENOMEM;
    lm_err err = lm_workers_open(tmp, s->effort, &workers);
    if (err != LM_OK)
        return err;
    unsigned n = lm_workers_count(workers);
    for (unsigned i = 0; i < n; i++)
        lm_arena_init(&s->worker[i].tmp, SIZE_MAX / 2);
    lm_workers_run(workers, LM_REPAIR_RULES * s->runs, false, (struct lm_work){ work, nothing, s });
    lm_workers_close(workers);
    for (unsigned i = 0; i < n; i++) {
        err = err == LM_OK ? s->worker[i].err : err;
        lm_arena_free(&s->worker[i].tmp);
    }
    return err;
}

static uint32_t runs_for(const struct simulation *s)
{
    uint64_t step = ((uint64_t)s->g->n * 8 + s->g->n_edges * 4) * LM_REPAIR_RULES;
    step += ((uint64_t)s->g->n + s->g->n_edges) * s->supply->n_sources * LM_REPAIR_RULES;
    uint64_t runs = step != 0 && s->n_left > 0 ? COST_MAX / step : 0;
    return runs < LM_REPAIR_RUNS_LEAST ? 0 : runs < LM_REPAIR_RUNS ? (uint32_t)runs : LM_REPAIR_RUNS;
}

lm_err lm_repair_simulate(const struct lm_graph *g, const bool *gone, const struct lm_supply *supply,
                          const struct lm_str *role_name, uint64_t seed, const struct lm_effort *effort,
                          struct lm_repair *ret, struct lm_error *e)
{
    struct lm_repair r = { 0 };
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct simulation *s = lm_arena_alloc(&tmp, sizeof *s);
    lm_err err = LM_ENOMEM;
    if (s != NULL) {
        *s = (struct simulation){ .g = g, .gone = gone, .supply = supply, .role_name = role_name, .effort = effort,
                                  .seed = seed };
        err = divide(&tmp, s, &r.lost);
    }
    if (err == LM_OK)
        r.runs = s->runs = runs_for(s);
    if (err == LM_OK && r.runs > 0)
        err = simulate(&tmp, s);
    uint64_t *v = err == LM_OK ? lm_arena_array(&tmp, (size_t)LM_REPAIR_RULES * r.runs, sizeof *v) : NULL;
    if (err == LM_OK && v == NULL)
        err = LM_ENOMEM;
    for (size_t k = 0; err == LM_OK && r.runs > 0 && k < LM_REPAIR_RULES; k++)
        r.rule[k] = spreads(s->outcome + k * r.runs, r.runs, v);
    if (err == LM_OK && r.runs > 0)
        r.all = spreads(s->outcome, (size_t)LM_REPAIR_RULES * r.runs, v);
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the simulation of repair was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory to simulate repair among %u vertices", g->n);
    *ret = r;
    return LM_OK;
}
