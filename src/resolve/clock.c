#include "resolve/clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

#define SECOND_US INT64_C(1000000)
#define GRANULARITY_PROOF 20  /* records that must agree before a coarse granularity is believed */
#define SAMPLES_MAX 8192      /* time differences kept for one pair of sources */
#define NEIGHBOURS_MAX \
    16 /* records of the other source that one record is compared with, before it and after it */

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

lm_err lm_clock_order(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t **ret_order,
                      size_t *ret_n, struct lm_error *e)
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
                                           (uint64_t)r->kind << 40 | (uint64_t)r->outcome << 32 | (uint32_t)i,
                                           r->at_us, r->key };
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

static void granularities(const struct lm_report *reports, size_t n, struct lm_source_clock *clocks,
                          uint32_t n_sources, uint64_t *n_durations, const struct lm_known_clocks *known)
{
    for (uint32_t s = 0; s < n_sources; s++)
        clocks[s] = (struct lm_source_clock){ .granularity_us = LM_CLOCK_GRANULARITY_MAX_US,
                                              .duration_granularity_s = 60,
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
        if (known != NULL && known->is_known[s]) {
            clocks[s].granularity_us = known->of[s].granularity_us;
            clocks[s].duration_granularity_s = known->of[s].duration_granularity_s;
            clocks[s].records = known->of[s].records;
        }
    }
}

/* --- offsets --- */

/* Time differences (later index minus earlier index) of one pair of sources. */
struct pair_samples {
    uint32_t s, t;
    int64_t *d;
    size_t n, cap;
};

static int by_value(const void *pa, const void *pb)
{
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return a < b ? -1 : a > b;
}

static int by_support(const void *pa, const void *pb)
{
    const struct lm_clock_pair *a = pa, *b = pb;
    if (a->shared != b->shared)
        return a->shared > b->shared ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

/* The densest window of the sorted differences; its middle is the offset. */
static bool densest(struct pair_samples *p, int64_t width_us, struct lm_clock_pair *ret)
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
    /* the middle of where nine in ten lie, not the median: a clock cut to the minute fills the window evenly,
     * and chance pairs lie at its ends */
    int64_t low = p->d[best_at + best / 20], high = p->d[best_at + best - 1 - best / 20];
    *ret = (struct lm_clock_pair){ p->s, p->t, (uint32_t)best, low + (high - low) / 2 };
    return true;
}

struct estimate {
    struct lm_arena *scratch;
    const struct lm_report *reports;
    const struct lm_source_clock *clocks;
    const struct lm_known_clocks *known; /* NULL: none */
    uint32_t *of; /* the reports of one pair of ends, source by source, in order of time */
    size_t cap_of;
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

/* Between the same ends: rows [s, s_end) of one source against [t, t_end) of a later one. */
static lm_err gather_two(struct estimate *m, const uint32_t *s, const uint32_t *s_end, const uint32_t *t,
                         const uint32_t *t_end)
{
    for (const uint32_t *near = t; s < s_end; s++) {
        const struct lm_report *a = &m->reports[*s];
        while (near < t_end && m->reports[*near].at_us < a->at_us)
            near++;
        const uint32_t *from = near - t > NEIGHBOURS_MAX ? near - NEIGHBOURS_MAX : t;
        const uint32_t *to = t_end - near > NEIGHBOURS_MAX ? near + NEIGHBOURS_MAX : t_end;
        for (; from < to; from++) {
            const struct lm_report *b = &m->reports[*from];
            int64_t d = b->at_us - a->at_us;
            if (d < -LM_CLOCK_REACH_US || d > LM_CLOCK_REACH_US || !lm_clock_durations_agree(a, b, m->clocks))
                continue;
            lm_err err = add_sample(m, a->source, b->source, d);
            if (err != LM_OK)
                return err;
        }
    }
    return LM_OK;
}

static int by_source(const void *pa, const void *pb, void *user)
{
    const struct lm_report *reports = user, *a = &reports[*(const uint32_t *)pa],
                           *b = &reports[*(const uint32_t *)pb];
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    return a->key < b->key ? -1 : a->key > b->key;
}

/* All reports between one pair of ends: each two sources of them by themselves, so that what is found of two
 * does not depend on which others there are. */
static lm_err gather_pair(struct estimate *m, const uint32_t *order, size_t n)
{
    lm_err err = LM_OK;
    if (n > m->cap_of) {
        m->of = lm_arena_array(m->scratch, n * 2, sizeof *m->of);
        if (m->of == NULL)
            return LM_ENOMEM;
        m->cap_of = n * 2;
    }
    memcpy(m->of, order, n * sizeof *m->of);
    qsort_r(m->of, n, sizeof *m->of, by_source, (void *)(uintptr_t)m->reports);
    for (size_t s = 0, s_end; s < n && err == LM_OK; s = s_end) {
        uint32_t first = m->reports[m->of[s]].source;
        for (s_end = s; s_end < n && m->reports[m->of[s_end]].source == first;)
            s_end++;
        for (size_t t = s_end, t_end; t < n && err == LM_OK; t = t_end) {
            uint32_t second = m->reports[m->of[t]].source;
            for (t_end = t; t_end < n && m->reports[m->of[t_end]].source == second;)
                t_end++;
            if (m->known == NULL || !m->known->is_known[first] || !m->known->is_known[second])
                err = gather_two(m, m->of + s, m->of + s_end, m->of + t, m->of + t_end);
        }
    }
    return err;
}

static lm_err gather(struct estimate *m, const uint32_t *order, size_t n)
{
    lm_err err = LM_OK;
    for (size_t i = 0, end; i < n && err == LM_OK; i = end) {
        const struct lm_report *a = &m->reports[order[i]];
        bool several = false;
        for (end = i; end < n; end++) {
            const struct lm_report *b = &m->reports[order[end]];
            if (b->from != a->from || b->to != a->to || b->kind != a->kind || b->outcome != a->outcome)
                break;
            several = several || b->source != a->source;
        }
        if (several)
            err = gather_pair(m, order + i, end - i);
    }
    return err;
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

static lm_err span(struct lm_arena *scratch, struct lm_clock_pair *edges, size_t n_edges,
                   struct lm_source_clock *clocks, uint32_t n_sources)
{
    struct forest f = { lm_arena_array(scratch, n_sources, sizeof *f.parent),
                        lm_arena_array(scratch, n_sources, sizeof *f.offset) };
    uint32_t *reference = lm_arena_array(scratch, n_sources, sizeof *reference); /* of a root's tree */
    if (f.parent == NULL || f.offset == NULL || reference == NULL)
        return LM_ENOMEM;
    for (uint32_t s = 0; s < n_sources; s++)
        f.parent[s] = reference[s] = s;
    for (size_t i = 0; i < n_edges; i++) {
        int64_t os, ot;
        uint32_t rs = root_of(&f, edges[i].a, &os), rt = root_of(&f, edges[i].b, &ot);
        if (rs == rt)
            continue;
        /* clock(t) = clock(s) + offset; hang t's root under s's */
        f.parent[rt] = rs;
        f.offset[rt] = os + edges[i].offset_us - ot;
        struct lm_source_clock *c[2] = { &clocks[edges[i].a], &clocks[edges[i].b] };
        for (int k = 0; k < 2; k++)
            c[k]->support = edges[i].shared > c[k]->support ? edges[i].shared : c[k]->support;
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

/* The pairs found, after those that are known; in a, strongest first. */
static lm_err find_pairs(struct lm_arena *a, struct estimate *m, const uint32_t *order, size_t n,
                         struct lm_clocks *r)
{
    size_t n_known = m->known != NULL ? m->known->n_pairs : 0;
    lm_map_init(&m->pairs, m->scratch);
    lm_err err = gather(m, order, n);
    r->pairs = err == LM_OK ? lm_arena_array(a, m->n + n_known, sizeof *r->pairs) : NULL;
    if (r->pairs == NULL)
        return LM_ENOMEM;
    if (n_known != 0)
        memcpy(r->pairs, m->known->pairs, n_known * sizeof *r->pairs);
    r->n_pairs = n_known;
    for (size_t i = 0; i < m->n; i++) {
        struct pair_samples *p = &m->samples[i];
        int64_t width = m->clocks[p->s].granularity_us + m->clocks[p->t].granularity_us + LM_CLOCK_JITTER_US;
        r->n_pairs += densest(p, width, &r->pairs[r->n_pairs]);
    }
    if (r->n_pairs > 1)
        qsort(r->pairs, r->n_pairs, sizeof *r->pairs, by_support);
    return LM_OK;
}

lm_err lm_clocks_estimate(struct lm_arena *a, const struct lm_report *reports, size_t n,
                          const uint32_t *order, size_t n_order, uint32_t n_sources,
                          const struct lm_known_clocks *known, struct lm_clocks *ret, struct lm_error *e)
{
    struct lm_arena scratch;
    lm_arena_init(&scratch, SIZE_MAX / 2);
    struct lm_clocks r = { .of = lm_arena_array(a, n_sources, sizeof *r.of) };
    uint64_t *n_durations = lm_arena_array(&scratch, n_sources, sizeof *n_durations);
    lm_err err = r.of == NULL || n_durations == NULL ? LM_ENOMEM : LM_OK;
    if (err == LM_OK) {
        struct estimate m = { .scratch = &scratch, .reports = reports, .clocks = r.of, .known = known };
        granularities(reports, n, r.of, n_sources, n_durations, known);
        err = find_pairs(a, &m, order, n_order, &r);
    }
    if (err == LM_OK)
        err = span(&scratch, r.pairs, r.n_pairs, r.of, n_sources);
    lm_arena_free(&scratch);
    if (err != LM_OK)
        return lm_fail(e, err, "out of memory");
    *ret = r;
    return LM_OK;
}

lm_err lm_clocks_find(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t n_sources,
                      const struct lm_known_clocks *known, struct lm_clocks *ret, struct lm_error *e)
{
    struct lm_arena own;
    uint32_t *order = NULL;
    size_t n_order = 0;
    lm_arena_init(&own, SIZE_MAX / 2);
    lm_err err = n_sources > 1 ? lm_clock_order(&own, reports, n, &order, &n_order, e) : LM_OK; /* one meets nobody */
    if (err == LM_OK)
        err = lm_clocks_estimate(a, reports, n, order, n_order, n_sources, known, ret, e);
    lm_arena_free(&own);
    return err;
}

bool lm_clocks_unmoved(const struct lm_source_clock *before, const struct lm_source_clock *now,
                       const bool *is_known, uint32_t n_sources)
{
    for (uint32_t s = 0; s < n_sources; s++) {
        if (!is_known[s])
            continue;
        /* its reference then, and where both stand now */
        uint32_t r = before[s].reference;
        if (now[s].reference != now[r].reference
            || before[s].offset_us != now[s].offset_us - now[r].offset_us)
            return false;
        /* two trees that have become one are compared more strictly from now on */
        if (r != s || before[s].records == 0)
            continue;
        for (uint32_t t = 0; t < s; t++)
            if (is_known[t] && before[t].reference == t && before[t].records != 0
                && now[t].reference == now[s].reference)
                return false;
    }
    return true;
}
