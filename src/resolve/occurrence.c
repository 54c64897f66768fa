#include "resolve/occurrence.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "resolve/clock.h"

#define NONE UINT32_MAX

#define BLOCK_MAX 1500 /* longest run of rows aligned at once; a longer one is cut */
#define GAP 1001       /* leaving a row alone; two of them cost more than any pair that is allowed */

/* A record of one pair of ends. */
struct slot {
    int64_t at_us;     /* corrected */
    int64_t likely_us; /* where in its granularity it probably lies; only for the choice between pairs that
                          are allowed */
    uint32_t report;
};

/* What is so far one occurrence, in order of time. */
struct cluster {
    struct slot best; /* the member of the finest granularity */
    uint32_t n;
};

struct work {
    struct lm_arena *a;
    struct lm_error *e;
    const struct lm_report *reports;
    const struct lm_source_clock *clocks;
    struct lm_map apart;
    bool any_apart;
    uint32_t *next; /* ring of an occurrence's members */
    struct slot *slots;
    struct cluster *clusters, *merged;
    uint32_t *match; /* per slot of the source at hand: cluster, or NONE */
    size_t cap;      /* of the four */
    uint32_t *costs; /* of the alignment */
    size_t cap_costs;
    struct lm_occurrence *list;
    uint32_t n_list;
    size_t cap_list;
};

/* --- the tests that decide --- */

static int32_t duration_difference(const struct lm_report *a, const struct lm_report *b)
{
    if (a->duration_s < 0 || b->duration_s < 0)
        return -1;
    return a->duration_s > b->duration_s ? a->duration_s - b->duration_s : b->duration_s - a->duration_s;
}

static int32_t duration_tolerance(const struct lm_report *a, const struct lm_report *b,
                                  const struct lm_source_clock *clocks)
{
    int32_t ga = clocks[a->source].duration_granularity_s, gb = clocks[b->source].duration_granularity_s;
    int32_t longer = a->duration_s > b->duration_s ? a->duration_s : b->duration_s;
    int32_t share = longer / 100 * 3;
    return (ga > gb ? ga : gb) + (share > 5 ? share : 5);
}

bool lm_clock_durations_agree(const struct lm_report *a, const struct lm_report *b,
                              const struct lm_source_clock *clocks)
{
    int32_t d = duration_difference(a, b);
    return d < 0 || d <= duration_tolerance(a, b, clocks);
}

static int64_t time_tolerance(const struct lm_report *a, const struct lm_report *b,
                              const struct lm_source_clock *clocks)
{
    const struct lm_source_clock *ca = &clocks[a->source], *cb = &clocks[b->source];
    int64_t both = ca->granularity_us + cb->granularity_us;
    bool compared = ca->reference == cb->reference && (ca->support != 0 || cb->support != 0);
    return (compared ? both / 2 : both) + LM_CLOCK_JITTER_US;
}

static int64_t corrected(const struct lm_report *r, const struct lm_source_clock *clocks)
{
    return r->at_us - clocks[r->source].offset_us;
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

void lm_occurrence_explain(const struct lm_report *a, const struct lm_report *b,
                           const struct lm_source_clock *clocks, struct lm_pair_reason *ret)
{
    struct lm_pair_reason r = {
        .ends = a->from == b->from && a->to == b->to && a->from != LM_END_UNKNOWN && a->to != LM_END_UNKNOWN,
        .outcome = a->kind == b->kind && a->outcome == b->outcome,
        .sources = a->source != b->source,
        .duration = lm_clock_durations_agree(a, b, clocks),
        .difference_us = distance(corrected(a, clocks), corrected(b, clocks)),
        .tolerance_us = time_tolerance(a, b, clocks),
        .offset_us = clocks[b->source].offset_us - clocks[a->source].offset_us,
        .duration_difference_s = duration_difference(a, b),
        .duration_tolerance_s = duration_tolerance(a, b, clocks),
    };
    r.time = r.difference_us <= r.tolerance_us;
    *ret = r;
}

static bool judged_apart(const struct work *w, const struct lm_report *a, const struct lm_report *b)
{
    if (!w->any_apart)
        return false;
    uint32_t i = (uint32_t)(a - w->reports), j = (uint32_t)(b - w->reports);
    uint32_t pair[2] = { i < j ? i : j, i < j ? j : i };
    return lm_map_get(&w->apart, (struct lm_str){ (const char *)pair, sizeof pair }) != NULL;
}

static bool may_be_one(const struct work *w, uint32_t i, uint32_t j)
{
    const struct lm_report *a = &w->reports[i], *b = &w->reports[j];
    return a->source != b->source && lm_clock_durations_agree(a, b, w->clocks)
           && distance(corrected(a, w->clocks), corrected(b, w->clocks)) <= time_tolerance(a, b, w->clocks)
           && !judged_apart(w, a, b);
}

/* Complete linkage: the record may be every member of the occurrence. */
static bool may_join(const struct work *w, uint32_t report, const struct cluster *c)
{
    uint32_t x = c->best.report;
    do {
        if (!may_be_one(w, report, x))
            return false;
        x = w->next[x];
    } while (x != c->best.report);
    return true;
}

static uint32_t cost(const struct work *w, const struct slot *x, const struct cluster *c)
{
    const struct lm_report *a = &w->reports[x->report], *b = &w->reports[c->best.report];
    int64_t time = distance(x->likely_us, c->best.likely_us) * 1000 / time_tolerance(a, b, w->clocks);
    int32_t d = duration_difference(a, b);
    return (uint32_t)(time < 1000 ? time : 1000)
           + (d > 0 ? (uint32_t)(d * 1000LL / duration_tolerance(a, b, w->clocks)) : 0);
}

/* --- one source against what is known so far --- */

/* Aligns two short runs without crossings: two people have one call after the other, and every source lists
 * them so. The cheapest alignment, GAP for each row left alone (Needleman and Wunsch 1970,
 * doi:10.1016/0022-2836(70)90057-4). */
static lm_err align(struct work *w, const struct cluster *c, size_t n_c, size_t first_c, const struct slot *s,
                    size_t n_s, uint32_t *match)
{
    size_t wide = n_s + 1, cells = (n_c + 1) * wide;
    if (cells > w->cap_costs) {
        w->costs = lm_arena_array(w->a, cells * 2, 2 * sizeof *w->costs);
        if (w->costs == NULL)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
        w->cap_costs = cells * 2;
    }
    uint32_t *total = w->costs, *pair = w->costs + w->cap_costs;
    for (size_t j = 0; j <= n_s; j++)
        total[j] = (uint32_t)j * GAP;
    for (size_t i = 1; i <= n_c; i++) {
        total[i * wide] = (uint32_t)i * GAP;
        for (size_t j = 1; j <= n_s; j++) {
            uint32_t up = total[(i - 1) * wide + j] + GAP, left = total[i * wide + j - 1] + GAP;
            uint32_t best = up < left ? up : left;
            pair[i * wide + j] = NONE;
            if (may_join(w, s[j - 1].report, &c[i - 1])) {
                pair[i * wide + j] = cost(w, &s[j - 1], &c[i - 1]);
                uint32_t both = total[(i - 1) * wide + j - 1] + pair[i * wide + j];
                best = both <= best ? both : best;
            }
            total[i * wide + j] = best;
        }
    }
    for (size_t i = n_c, j = n_s; i > 0 && j > 0;) {
        uint32_t here = total[i * wide + j], p = pair[i * wide + j];
        if (p != NONE && here == total[(i - 1) * wide + j - 1] + p) {
            match[--j] = (uint32_t)(first_c + --i);
        } else if (here == total[(i - 1) * wide + j] + GAP) {
            i--;
        } else {
            j--;
        }
    }
    return LM_OK;
}

/* Cuts both lists where nothing can reach across, and aligns piece by piece. */
static lm_err match_source(struct work *w, size_t n_c, const struct slot *s, size_t n_s, int64_t reach_us)
{
    for (size_t j = 0; j < n_s; j++)
        w->match[j] = NONE;
    lm_err err = LM_OK;
    for (size_t i = 0, j = 0; err == LM_OK && i < n_c && j < n_s;) {
        size_t i0 = i, j0 = j;
        int64_t last = INT64_MIN;
        while (i - i0 + j - j0 < BLOCK_MAX && (i < n_c || j < n_s)) {
            bool take_c = j == n_s || (i < n_c && w->clusters[i].best.at_us <= s[j].at_us);
            int64_t at = take_c ? w->clusters[i].best.at_us : s[j].at_us;
            if (last != INT64_MIN && at - last > reach_us)
                break;
            last = at;
            if (take_c)
                i++;
            else
                j++;
        }
        if (i > i0 && j > j0)
            err = align(w, w->clusters + i0, i - i0, i0, s + j0, j - j0, w->match + j0);
    }
    return err;
}

/* Adds the source's rows: those that match to their occurrence, the others as new ones, in order of time. */
static size_t take_in(struct work *w, size_t n_c, const struct slot *s, size_t n_s)
{
    size_t n = 0, i = 0;
    for (size_t j = 0; j < n_s; j++) {
        if (w->match[j] != NONE) {
            struct cluster *c = &w->clusters[w->match[j]];
            uint32_t x = s[j].report, best = c->best.report;
            w->next[x] = w->next[best];
            w->next[best] = x;
            c->n++;
            continue;
        }
        while (i < n_c && w->clusters[i].best.at_us <= s[j].at_us)
            w->merged[n++] = w->clusters[i++];
        w->merged[n++] = (struct cluster){ s[j], 1 };
    }
    while (i < n_c)
        w->merged[n++] = w->clusters[i++];
    struct cluster *swap = w->clusters;
    w->clusters = w->merged;
    w->merged = swap;
    return n;
}

static lm_err add_occurrence(struct work *w, const struct cluster *c, uint32_t *of)
{
    struct lm_occurrence *list = lm_arena_grow(w->a, w->list, w->n_list, &w->cap_list, sizeof *list);
    if (list == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    w->list = list;
    struct lm_occurrence o = { .first = c->best.report, .n = c->n, .durations = true };
    int64_t low = INT64_MAX, high = INT64_MIN;
    uint32_t x = o.first;
    do {
        int64_t at = corrected(&w->reports[x], w->clocks);
        low = at < low ? at : low;
        high = at > high ? at : high;
        o.durations = o.durations && w->reports[x].duration_s >= 0;
        of[x] = w->n_list;
        x = w->next[x];
    } while (x != o.first);
    o.spread_us = high - low;
    list[w->n_list++] = o;
    return LM_OK;
}

struct by_source {
    const struct lm_report *reports;
    const struct lm_source_clock *clocks;
};

/* Finest granularity first, then source, time, place in the source. */
static int by_source_and_time(const void *pa, const void *pb, void *user)
{
    const struct slot *a = pa, *b = pb;
    const struct by_source *u = user;
    const struct lm_report *x = &u->reports[a->report], *y = &u->reports[b->report];
    if (x->source != y->source) {
        int64_t gx = u->clocks[x->source].granularity_us, gy = u->clocks[y->source].granularity_us;
        if (gx != gy)
            return gx < gy ? -1 : 1;
        return x->source < y->source ? -1 : 1;
    }
    if (a->at_us != b->at_us)
        return a->at_us < b->at_us ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return a->report < b->report ? -1 : a->report > b->report;
}

/* Rows of one source that state the same coarse time lie in it in the order of the source: k of them at 1/(k
 * + 1), … */
static void spread(struct slot *s, size_t n, int64_t granularity_us)
{
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && s[end].at_us == s[i].at_us)
            end++;
        int64_t k = (int64_t)(end - i);
        for (size_t x = i; x < end; x++)
            s[x].likely_us =
                s[x].at_us
                + (k > 1 ? granularity_us * (int64_t)(x - i + 1) / (k + 1) - granularity_us / 2 : 0);
        i = end;
    }
}

/* All reports between one pair of ends, of one kind and outcome. */
static lm_err one_pair(struct work *w, size_t n, uint32_t *of)
{
    struct slot *s = w->slots;
    struct by_source user = { w->reports, w->clocks };
    size_t n_c = 0;
    lm_err err = LM_OK;
    for (size_t i = 0; i < n; i++)
        s[i].at_us = corrected(&w->reports[s[i].report], w->clocks);
    qsort_r(s, n, sizeof *s, by_source_and_time, &user);
    for (size_t i = 0; err == LM_OK && i < n;) {
        uint32_t source = w->reports[s[i].report].source;
        size_t end = i + 1;
        while (end < n && w->reports[s[end].report].source == source)
            end++;
        int64_t g = w->clocks[source].granularity_us;
        spread(s + i, end - i, g);
        err = match_source(w, n_c, s + i, end - i, g + LM_CLOCK_GRANULARITY_MAX_US + LM_CLOCK_JITTER_US);
        if (err == LM_OK)
            n_c = take_in(w, n_c, s + i, end - i);
        i = end;
    }
    for (size_t i = 0; err == LM_OK && i < n_c; i++)
        if (w->clusters[i].n > 1)
            err = add_occurrence(w, &w->clusters[i], of);
    return err;
}

/* Room for a pair with n reports. */
static lm_err make_room(struct work *w, size_t n)
{
    if (n <= w->cap)
        return LM_OK;
    size_t cap = n * 2;
    w->slots = lm_arena_array(w->a, cap, sizeof *w->slots);
    w->clusters = lm_arena_array(w->a, cap, sizeof *w->clusters);
    w->merged = lm_arena_array(w->a, cap, sizeof *w->merged);
    w->match = lm_arena_array(w->a, cap, sizeof *w->match);
    if (w->slots == NULL || w->clusters == NULL || w->merged == NULL || w->match == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    w->cap = cap;
    return LM_OK;
}

static lm_err keep_apart(struct work *w, const struct lm_not_same *apart, size_t n)
{
    lm_map_init(&w->apart, w->a);
    w->any_apart = n != 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t pair[2] = { apart[i].a < apart[i].b ? apart[i].a : apart[i].b,
                             apart[i].a < apart[i].b ? apart[i].b : apart[i].a };
        uint64_t *value;
        if (lm_map_put(&w->apart, (struct lm_str){ (const char *)pair, sizeof pair }, 1, &value, NULL)
            != LM_OK)
            return lm_fail(w->e, LM_ENOMEM, "out of memory");
    }
    return LM_OK;
}

static bool same_pair(const struct lm_report *a, const struct lm_report *b)
{
    return a->from == b->from && a->to == b->to && a->kind == b->kind && a->outcome == b->outcome;
}

static lm_err all_pairs(struct work *w, const uint32_t *order, size_t n, const atomic_bool *cancel,
                        uint32_t *of)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < n;) {
        const struct lm_report *first = &w->reports[order[i]];
        size_t end = i + 1;
        bool several = false; /* sources; one alone has nothing to meet */
        while (end < n && same_pair(first, &w->reports[order[end]])) {
            several = several || w->reports[order[end]].source != first->source;
            end++;
        }
        if (several && (err = make_room(w, end - i)) == LM_OK) {
            for (size_t k = i; k < end; k++)
                w->slots[k - i] = (struct slot){ .report = order[k] };
            if (cancel != NULL && atomic_load_explicit(cancel, memory_order_relaxed))
                return lm_fail(w->e, LM_ECANCELLED, "stopped");
            err = one_pair(w, end - i, of);
        }
        i = end;
    }
    return err;
}

lm_err lm_occurrences_find(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t n_sources,
                           const struct lm_source_clock *clocks, const struct lm_not_same *apart,
                           size_t n_apart, const atomic_bool *cancel, struct lm_occurrences *ret,
                           struct lm_error *e)
{
    if (n >= UINT32_MAX - 1)
        return lm_fail(e, LM_ELIMIT, "more than 2^32 - 2 records at once");
    struct lm_occurrences r = { .total = n, .clocks = clocks };
    struct lm_clocks found;
    uint32_t *order = NULL;
    size_t n_order = 0;
    lm_err err = n_sources > 1 ? lm_clock_order(a, reports, n, &order, &n_order, e) : LM_OK; /* one meets nobody */
    if (err == LM_OK && clocks == NULL) {
        err = lm_clocks_estimate(a, reports, n, order, n_order, n_sources, NULL, &found, e);
        r.clocks = found.of;
    }
    if (err != LM_OK)
        return err;
    struct work w = { .a = a, .e = e, .reports = reports, .clocks = r.clocks };
    w.next = lm_arena_array(a, n, sizeof *w.next);
    r.of = lm_arena_array(a, n, sizeof *r.of);
    if (w.next == NULL || r.of == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < n; i++) {
        w.next[i] = i;
        r.of[i] = NONE;
    }
    err = keep_apart(&w, apart, n_apart);
    if (err == LM_OK)
        err = all_pairs(&w, order, n_order, cancel, r.of);
    if (err != LM_OK)
        return err;
    r.list = w.list;
    r.n = w.n_list;
    r.next = w.next;
    for (uint32_t i = 0; i < w.n_list; i++)
        r.total -= w.list[i].n - 1;
    *ret = r;
    return LM_OK;
}
