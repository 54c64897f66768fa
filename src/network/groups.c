#include "network/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "network/communities.h"
#include "network/missing.h"
#include "network/swaps.h"

#define TIES_MOST (UINT64_C(3) * 1000 * 1000) /* of all runs together: some seconds */

/* Searches are shared out among the threads, each of them whole and with a seed of its own number. */
struct search {
    const struct lm_graph *g;
    const double *w; /* beside g->near.to */
    uint64_t seed;
    struct lm_groups *groups;
    const struct lm_effort *effort;
    double *quality;               /* [start or random run] */
    double *jaccard, *together;    /* [run × groups] */
    struct {
        struct lm_arena tmp;
        uint32_t *kept;            /* [vertex] runs */
        uint32_t *overlap;         /* [group of the run]; 0 outside a step */
        lm_err err;
    } worker[LM_WORKERS_MAX];
};

static uint64_t seed_of(const struct search *s, uint64_t stream, uint64_t number)
{
    struct lm_rng r = { s->seed * 1000003 + stream };
    r.state = lm_rng_next(&r) + number;
    return lm_rng_next(&r);
}

/* The best of several starts. */
static lm_err best_of(struct lm_arena *a, const struct search *s, const struct lm_adjacency *near, const double *w,
                      struct lm_communities *ret)
{
    struct lm_communities best = { .modularity = -2 }, c;
    for (uint32_t i = 0; i < s->groups->starts; i++) {
        if (lm_cancelled(s->effort))
            return LM_ECANCELLED;
        lm_err err = lm_communities(a, near, w, seed_of(s, 0, i), &c);
        if (err != LM_OK)
            return err;
        if (c.modularity > best.modularity + 1e-12)
            best = c;
    }
    *ret = best;
    return LM_OK;
}

/* Where each group of the answer went in this run. */
static void compare(struct search *s, unsigned worker, uint32_t run, const struct lm_communities *c, const uint32_t *size)
{
    uint32_t *overlap = s->worker[worker].overlap;
    for (uint32_t i = 0; i < s->groups->n; i++) {
        const struct lm_group *group = &s->groups->groups[i];
        double best = -1, pairs = 0;
        uint32_t home = 0;
        for (uint32_t k = 0; k < group->n; k++)
            overlap[c->of[group->members[k]]]++;
        for (uint32_t k = 0; k < group->n; k++) {
            uint32_t d = c->of[group->members[k]], both = overlap[d];
            double like = (double)both / ((double)group->n + size[d] - both);
            pairs += both - 1; /* each member counts the others beside it: every pair twice */
            if (like > best || (like == best && d < home)) {
                best = like;
                home = d;
            }
        }
        for (uint32_t k = 0; k < group->n; k++) {
            uint32_t v = group->members[k];
            s->worker[worker].kept[v] += c->of[v] == home;
            overlap[c->of[v]] = 0;
        }
        s->jaccard[(size_t)run * s->groups->n + i] = best;
        s->together[(size_t)run * s->groups->n + i] = group->n > 1 ? pairs / group->n / (group->n - 1.0) : NAN;
    }
}

static lm_err resample_one(struct search *s, unsigned worker, uint32_t run)
{
    struct lm_arena *tmp = &s->worker[worker].tmp;
    const struct lm_loss ties = { .kind = LM_LOSS_TIES };
    struct lm_graph thin;
    struct lm_communities c;
    const bool *gone;
    double *w;
    lm_err err = lm_cancelled(s->effort) ? LM_ECANCELLED : lm_lose(tmp, s->g, &ties, run, &thin, &gone);
    if (err == LM_OK)
        err = lm_near_weights(tmp, &thin, &w);
    if (err == LM_OK)
        err = lm_communities(tmp, &thin.near, w, seed_of(s, 1, run), &c);
    uint32_t *size = err == LM_OK ? lm_arena_array(tmp, c.n, sizeof *size) : NULL;
    if (err == LM_OK && size == NULL)
        err = LM_ENOMEM;
    for (uint32_t v = 0; err == LM_OK && v < thin.n; v++)
        size[c.of[v]]++;
    if (err == LM_OK)
        compare(s, worker, run, &c, size);
    return err;
}

static void resample(void *ctx, unsigned worker, uint32_t run)
{
    struct search *s = ctx;
    if (s->worker[worker].err == LM_OK)
        s->worker[worker].err = resample_one(s, worker, run);
    lm_arena_reset(&s->worker[worker].tmp);
}

static void randomise(void *ctx, unsigned worker, uint32_t run)
{
    struct search *s = ctx;
    struct lm_arena *tmp = &s->worker[worker].tmp;
    struct lm_adjacency near;
    struct lm_communities c;
    double *w;
    lm_err err = s->worker[worker].err;
    if (err == LM_OK)
        err = lm_swapped(tmp, s->g, s->w, seed_of(s, 2, run), &near, &w);
    if (err == LM_OK)
        err = best_of(tmp, s, &near, w, &c);
    if (err == LM_OK)
        s->quality[run] = c.modularity;
    s->worker[worker].err = err;
    lm_arena_reset(tmp);
}

static void nothing(void *ctx, uint32_t run)
{
    (void)ctx;
    (void)run;
}

/* --- the groups of the answer --- */

static int by_size(const void *x, const void *y)
{
    const struct lm_group *p = x, *q = y;
    if (p->n != q->n)
        return p->n > q->n ? -1 : 1;
    return (p->members[0] > q->members[0]) - (p->members[0] < q->members[0]);
}

static lm_err fill(struct lm_arena *a, struct search *s, const struct lm_communities *c)
{
    struct lm_groups *r = s->groups;
    const struct lm_graph *g = s->g;
    uint32_t *members = lm_arena_array(a, g->n, sizeof *members), *at = lm_arena_array(a, (size_t)c->n + 1, sizeof *at);
    r->groups = lm_arena_array(a, c->n, sizeof *r->groups);
    r->of = lm_arena_array(a, g->n, sizeof *r->of);
    if (members == NULL || at == NULL || r->groups == NULL || r->of == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++)
        at[c->of[v] + 1]++;
    for (uint32_t i = 0; i < c->n; i++) {
        r->groups[i] = (struct lm_group){ .members = members + at[i], .n = at[i + 1], .jaccard = NAN, .together = NAN };
        at[i + 1] += at[i];
    }
    for (uint32_t v = 0; v < g->n; v++)
        members[at[c->of[v]]++] = v;
    r->n = c->n;
    if (r->n > 1)
        qsort(r->groups, r->n, sizeof *r->groups, by_size);
    for (uint32_t i = 0; i < r->n; i++)
        for (uint32_t k = 0; k < r->groups[i].n; k++)
            r->of[r->groups[i].members[k]] = i;
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++) {
            struct lm_group *group = &r->groups[r->of[v]];
            if (r->of[g->near.to[j]] != r->of[v])
                group->ties_outside++;
            else
                group->ties_inside += v < g->near.to[j];
        }
    r->modularity = c->modularity;
    return LM_OK;
}

static int by_reach(const void *x, const void *y)
{
    const struct lm_bridge *p = x, *q = y;
    if (p->others != q->others)
        return p->others > q->others ? -1 : 1;
    if (p->ties_outside != q->ties_outside)
        return p->ties_outside > q->ties_outside ? -1 : 1;
    return (p->vertex > q->vertex) - (p->vertex < q->vertex);
}

static lm_err find_bridges(struct lm_arena *a, const struct lm_graph *g, struct lm_groups *r)
{
    uint32_t *last = lm_arena_array(a, r->n, sizeof *last); /* 1 + the vertex that met the group last */
    r->bridges = lm_arena_array(a, g->n, sizeof *r->bridges);
    if (last == NULL || r->bridges == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++) {
        struct lm_bridge b = { .vertex = v, .group = r->of[v] };
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++) {
            uint32_t other = r->of[g->near.to[j]];
            if (other == b.group) {
                b.ties_inside++;
                continue;
            }
            b.ties_outside++;
            b.others += last[other] != v + 1;
            last[other] = v + 1;
        }
        if (b.others > 0)
            r->bridges[r->n_bridges++] = b;
    }
    if (r->n_bridges > 1)
        qsort(r->bridges, r->n_bridges, sizeof *r->bridges, by_reach);
    return LM_OK;
}

/* --- stability and chance --- */

static void settle(struct search *s, unsigned n_workers)
{
    struct lm_groups *r = s->groups;
    for (uint32_t i = 0; r->runs > 0 && i < r->n; i++) {
        double jaccard = 0, together = 0;
        for (uint32_t run = 0; run < r->runs; run++) {
            jaccard += s->jaccard[(size_t)run * r->n + i];
            together += s->together[(size_t)run * r->n + i];
        }
        r->groups[i].jaccard = jaccard / r->runs;
        r->groups[i].together = together / r->runs;
    }
    for (uint32_t v = 0; v < s->g->n; v++) {
        uint32_t kept = 0;
        for (unsigned w = 0; w < n_workers; w++)
            kept += s->worker[w].kept[v];
        r->kept[v] = r->runs > 0 ? (double)kept / r->runs : NAN;
    }
    r->random_low = r->random_high = r->random_runs > 0 ? s->quality[0] : NAN;
    for (uint32_t run = 1; run < r->random_runs; run++) {
        r->random_low = s->quality[run] < r->random_low ? s->quality[run] : r->random_low;
        r->random_high = s->quality[run] > r->random_high ? s->quality[run] : r->random_high;
    }
}

static lm_err simulate(struct lm_arena *a, struct lm_arena *tmp, struct search *s)
{
    struct lm_groups *r = s->groups;
    struct lm_workers *workers;
    s->jaccard = lm_arena_array(tmp, (size_t)r->runs * r->n, sizeof *s->jaccard);
    s->together = lm_arena_array(tmp, (size_t)r->runs * r->n, sizeof *s->together);
    s->quality = lm_arena_array(tmp, r->random_runs, sizeof *s->quality);
    r->kept = lm_arena_array(a, s->g->n, sizeof *r->kept);
    if (s->jaccard == NULL || s->together == NULL || s->quality == NULL || r->kept == NULL)
        return LM_ENOMEM;
    lm_err err = lm_workers_open(tmp, s->effort, &workers);
    if (err != LM_OK)
        return err;
    unsigned n = lm_workers_count(workers);
    for (unsigned i = 0; i < n; i++) {
        lm_arena_init(&s->worker[i].tmp, SIZE_MAX / 2);
        s->worker[i].kept = lm_arena_array(tmp, s->g->n, sizeof *s->worker[i].kept);
        s->worker[i].overlap = lm_arena_array(tmp, s->g->n, sizeof *s->worker[i].overlap);
        if (s->worker[i].kept == NULL || s->worker[i].overlap == NULL)
            err = LM_ENOMEM;
    }
    if (err == LM_OK) {
        lm_workers_run(workers, r->runs, false, (struct lm_work){ resample, nothing, s });
        lm_workers_run(workers, r->random_runs, false, (struct lm_work){ randomise, nothing, s });
    }
    lm_workers_close(workers);
    for (unsigned i = 0; i < n; i++) {
        err = err == LM_OK ? s->worker[i].err : err;
        lm_arena_free(&s->worker[i].tmp);
    }
    if (err == LM_OK)
        settle(s, n);
    return err;
}

/* How often there is time for, in the order in which it matters. */
static void plan(const struct lm_graph *g, struct lm_groups *r)
{
    uint64_t searches = g->n_pairs != 0 ? TIES_MOST / g->n_pairs : 0;
    r->starts = searches < 20 ? 1 : searches / 20 < LM_GROUP_STARTS ? (uint32_t)(searches / 20) : LM_GROUP_STARTS;
    r->runs = searches < LM_GROUP_RUNS_LEAST ? 0 : searches < LM_GROUP_RUNS ? (uint32_t)searches : LM_GROUP_RUNS;
    uint64_t random = searches / 2 / r->starts;
    r->random_runs = random < LM_GROUP_RUNS_LEAST ? 0 : random < LM_GROUP_RANDOM_RUNS ? (uint32_t)random : LM_GROUP_RANDOM_RUNS;
}

lm_err lm_groups(struct lm_arena *a, const struct lm_graph *g, uint64_t seed, const struct lm_effort *effort,
                 struct lm_groups *ret, struct lm_error *e)
{
    struct lm_groups r = { 0 };
    struct lm_communities c;
    struct lm_arena tmp;
    double *w;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    plan(g, &r);
    struct search *s = lm_arena_alloc(&tmp, sizeof *s);
    lm_err err = s != NULL ? lm_near_weights(&tmp, g, &w) : LM_ENOMEM;
    if (err == LM_OK) {
        *s = (struct search){ .g = g, .w = w, .seed = seed, .groups = &r, .effort = effort };
        err = best_of(&tmp, s, &g->near, w, &c);
    }
    if (err == LM_OK)
        err = fill(a, s, &c);
    if (err == LM_OK)
        err = find_bridges(a, g, &r);
    if (err == LM_OK)
        err = simulate(a, &tmp, s);
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "the search for groups was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the groups of %u vertices", g->n);
    *ret = r;
    return LM_OK;
}
