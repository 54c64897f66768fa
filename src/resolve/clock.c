#include "resolve/clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define SECOND_US INT64_C(1000000)
#define GRANULARITY_PROOF 20  /* records that must agree before a coarse granularity is believed */
#define SAMPLES_MAX 8192      /* time differences kept for one pair of sources */
#define NEIGHBOURS_MAX 32

/* --- order --- */

struct sort_key {
    uint64_t ends;   /* from, to */
    uint64_t what;   /* kind, outcome, then the index */
    int64_t at_us;
    uint64_t key;
};

static int by_pair(const void *pa, const void *pb)
{
    const struct sort_key *a = pa, *b = pb;
    if (a->ends != b->ends)
        return a->ends < b->ends ? -1 : 1;
    if (a->what >> 32 != b->what >> 32)
        return a->what >> 32 < b->what >> 32 ? -1 : 1;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

lm_err lm_clock_order(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t **ret_order, size_t *ret_n,
                      struct lm_error *e)
{
    struct lm_arena scratch;
    lm_arena_init(&scratch, SIZE_MAX / 2);
    struct sort_key *keys = lm_arena_array(&scratch, n, sizeof *keys);
    uint32_t *order = lm_arena_array(a, n, sizeof *order);
    size_t m = 0;
    if (keys == NULL || order == NULL) {
        lm_arena_free(&scratch);
        return lm_fail(e, LM_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        const struct lm_report *r = &reports[i];
        if (r->from != LM_END_UNKNOWN && r->to != LM_END_UNKNOWN)
            keys[m++] = (struct sort_key){ (uint64_t)r->from << 32 | r->to,
                                           (uint64_t)r->kind << 40 | (uint64_t)r->outcome << 32 | (uint32_t)i, r->at_us,
                                           r->key };
    }
    qsort(keys, m, sizeof *keys, by_pair);
    for (size_t i = 0; i < m; i++)
        order[i] = (uint32_t)keys[i].what;
    lm_arena_free(&scratch);
    *ret_order = order;
    *ret_n = m;
    return LM_OK;
}

/* --- granularity --- */

static void granularities(const struct lm_report *reports, size_t n, struct lm_source_clock *clocks, uint32_t n_sources,
                          uint64_t *n_durations)
{
    for (uint32_t s = 0; s < n_sources; s++)
        clocks[s] = (struct lm_source_clock){ .granularity_us = LM_CLOCK_GRANULARITY_MAX_US, .duration_granularity_s = 60,
                                              .reference = s };
    for (size_t i = 0; i < n; i++) {
        struct lm_source_clock *c = &clocks[reports[i].source];
        c->records++;
        if (reports[i].at_us % LM_CLOCK_GRANULARITY_MAX_US != 0)
            c->granularity_us = SECOND_US;
        if (reports[i].duration_s > 0) {
            n_durations[reports[i].source]++;
            if (reports[i].duration_s % 60 != 0)
                c->duration_granularity_s = 1;
        }
    }
    for (uint32_t s = 0; s < n_sources; s++) {
        if (clocks[s].records < GRANULARITY_PROOF)
            clocks[s].granularity_us = SECOND_US;
        if (n_durations[s] < GRANULARITY_PROOF)
            clocks[s].duration_granularity_s = 1;
    }
}

/* --- offsets --- */

/* Time differences (later index minus earlier index) of one pair of sources. */
struct pair_samples {
    uint32_t s, t;
    int64_t *d;
    size_t n, cap;
};

struct offset_edge {
    uint32_t s, t, support;
    int64_t offset_us; /* t's clock minus s's */
};

static int by_value(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return a < b ? -1 : a > b;
}

static int by_support(const void *pa, const void *pb)
{
    const struct offset_edge *a = pa, *b = pb;
    if (a->support != b->support)
        return a->support > b->support ? -1 : 1;
    if (a->s != b->s)
        return a->s < b->s ? -1 : 1;
    return a->t < b->t ? -1 : a->t > b->t;
}

/* The densest window of the sorted differences; its middle is the offset. */
static bool densest(struct pair_samples *p, int64_t width_us, struct offset_edge *ret)
{
    size_t best = 0, best_at = 0;
    qsort(p->d, p->n, sizeof *p->d, by_value);
    for (size_t i = 0, j = 0; i < p->n; i++) {
        while (j < p->n && p->d[j] - p->d[i] <= width_us)
            j++;
        if (j - i > best) {
            best = j - i;
            best_at = i;
        }
    }
    if (best < LM_CLOCK_SUPPORT || best * 10 < p->n * 3)
        return false;
    /* the middle of where nine in ten lie, not the median: a clock cut to the minute fills the window evenly, and chance
     * pairs lie at its ends */
    int64_t low = p->d[best_at + best / 20], high = p->d[best_at + best - 1 - best / 20];
    *ret = (struct offset_edge){ p->s, p->t, (uint32_t)best, low + (high - low) / 2 };
    return true;
}

struct estimate {
    struct lm_arena *scratch;
    struct lm_map pairs;
    struct pair_samples *samples;
    size_t n, cap;
};

static lm_err add_sample(struct estimate *m, uint32_t s, uint32_t t, int64_t d)
{
    uint32_t ends[2] = { s, t };
    uint64_t *at;
    bool fresh;
    if (lm_map_put(&m->pairs, (struct lm_str){ (const char *)ends, sizeof ends }, m->n, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (fresh) {
        struct pair_samples *list = lm_arena_grow(m->scratch, m->samples, m->n, &m->cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        m->samples = list;
        list[m->n++] = (struct pair_samples){ .s = s, .t = t };
    }
    struct pair_samples *p = &m->samples[*at];
    if (p->n >= SAMPLES_MAX)
        return LM_OK;
    int64_t *v = lm_arena_grow(m->scratch, p->d, p->n, &p->cap, sizeof *v);
    if (v == NULL)
        return LM_ENOMEM;
    p->d = v;
    v[p->n++] = d;
    return LM_OK;
}

static lm_err gather(struct estimate *m, const struct lm_report *reports, const uint32_t *order, size_t n,
                     const struct lm_source_clock *clocks)
{
    for (size_t i = 0; i < n; i++) {
        const struct lm_report *a = &reports[order[i]];
        for (size_t j = i + 1; j < n && j - i <= NEIGHBOURS_MAX; j++) {
            const struct lm_report *b = &reports[order[j]];
            if (b->from != a->from || b->to != a->to || b->kind != a->kind || b->outcome != a->outcome
                || b->at_us - a->at_us > LM_CLOCK_REACH_US)
                break;
            if (a->source == b->source || !lm_clock_durations_agree(a, b, clocks))
                continue;
            bool forward = a->source < b->source;
            lm_err err = add_sample(m, forward ? a->source : b->source, forward ? b->source : a->source,
                                    forward ? b->at_us - a->at_us : a->at_us - b->at_us);
            if (err != LM_OK)
                return err;
        }
    }
    return LM_OK;
}

/* Union-find whose edges carry differences: where a source stands against its root. */
struct forest {
    uint32_t *parent;
    int64_t *offset; /* this clock minus the parent's */
};

static uint32_t root_of(struct forest *f, uint32_t s, int64_t *ret_offset)
{
    int64_t total = 0;
    while (f->parent[s] != s) {
        total += f->offset[s];
        s = f->parent[s];
    }
    *ret_offset = total;
    return s;
}

static bool better_reference(const struct lm_source_clock *clocks, uint32_t a, uint32_t b)
{
    if (clocks[a].granularity_us != clocks[b].granularity_us)
        return clocks[a].granularity_us < clocks[b].granularity_us;
    if (clocks[a].records != clocks[b].records)
        return clocks[a].records > clocks[b].records;
    return a < b;
}

static lm_err span(struct lm_arena *scratch, struct offset_edge *edges, size_t n_edges, struct lm_source_clock *clocks,
                   uint32_t n_sources)
{
    struct forest f = { lm_arena_array(scratch, n_sources, sizeof *f.parent), lm_arena_array(scratch, n_sources, sizeof *f.offset) };
    uint32_t *reference = lm_arena_array(scratch, n_sources, sizeof *reference); /* of a root's tree */
    if (f.parent == NULL || f.offset == NULL || reference == NULL)
        return LM_ENOMEM;
    for (uint32_t s = 0; s < n_sources; s++)
        f.parent[s] = reference[s] = s;
    qsort(edges, n_edges, sizeof *edges, by_support);
    for (size_t i = 0; i < n_edges; i++) {
        int64_t os, ot;
        uint32_t rs = root_of(&f, edges[i].s, &os), rt = root_of(&f, edges[i].t, &ot);
        if (rs == rt)
            continue;
        /* clock(t) = clock(s) + offset; hang t's root under s's */
        f.parent[rt] = rs;
        f.offset[rt] = os + edges[i].offset_us - ot;
        struct lm_source_clock *c[2] = { &clocks[edges[i].s], &clocks[edges[i].t] };
        for (int k = 0; k < 2; k++)
            c[k]->support = edges[i].support > c[k]->support ? edges[i].support : c[k]->support;
    }
    for (uint32_t s = 0; s < n_sources; s++) {
        int64_t o;
        uint32_t r = root_of(&f, s, &o);
        if (better_reference(clocks, s, reference[r]))
            reference[r] = s;
    }
    for (uint32_t s = 0; s < n_sources; s++) {
        int64_t mine, its;
        uint32_t r = root_of(&f, s, &mine);
        (void)root_of(&f, reference[r], &its);
        clocks[s].reference = reference[r];
        clocks[s].offset_us = mine - its;
    }
    return LM_OK;
}

static lm_err offsets(struct lm_arena *scratch, const struct lm_report *reports, const uint32_t *order, size_t n,
                      struct lm_source_clock *clocks, uint32_t n_sources)
{
    struct estimate m = { .scratch = scratch };
    lm_map_init(&m.pairs, scratch);
    lm_err err = gather(&m, reports, order, n, clocks);
    struct offset_edge *edges = err == LM_OK ? lm_arena_array(scratch, m.n, sizeof *edges) : NULL;
    size_t n_edges = 0;
    if (edges == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < m.n; i++) {
        struct pair_samples *p = &m.samples[i];
        int64_t width = clocks[p->s].granularity_us + clocks[p->t].granularity_us + LM_CLOCK_JITTER_US;
        n_edges += densest(p, width, &edges[n_edges]);
    }
    return span(scratch, edges, n_edges, clocks, n_sources);
}

lm_err lm_clocks_estimate(struct lm_arena *a, const struct lm_report *reports, size_t n, const uint32_t *order,
                          size_t n_order, uint32_t n_sources, struct lm_source_clock **ret, struct lm_error *e)
{
    struct lm_arena scratch;
    lm_arena_init(&scratch, SIZE_MAX / 2);
    struct lm_source_clock *clocks = lm_arena_array(a, n_sources, sizeof *clocks);
    uint64_t *n_durations = lm_arena_array(&scratch, n_sources, sizeof *n_durations);
    lm_err err = clocks == NULL || n_durations == NULL ? LM_ENOMEM : LM_OK;
    if (err == LM_OK) {
        granularities(reports, n, clocks, n_sources, n_durations);
        err = offsets(&scratch, reports, order, n_order, clocks, n_sources);
    }
    lm_arena_free(&scratch);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    *ret = clocks;
    return LM_OK;
}
