#include "network/weighted.h"

#include <math.h>

#define CHUNK_SOURCES 32
#define EQUAL_WITHIN 1e-10
#define LONGEST 1e200 /* of one tie: a path of 2^31 of them still has a length */

/* Scratch of one thread. */
struct search {
    double *length, *count, *delta, *sum;
    int32_t *power;              /* the number of shortest paths is count × 2^power */
    uint32_t *place;             /* in the heap, plus 1; 0 not met; SETTLED */
    uint32_t *heap, *settled;    /* settled: in the order of their lengths */
    uint32_t n_heap, n_settled;
};
#define SETTLED UINT32_MAX

struct weighted {
    const struct lm_graph *g;
    const struct lm_effort *effort;
    double *of_arc; /* length of each arc out */
    struct search search[LM_WORKERS_MAX];
    double *slot[LM_WORKERS_SLOTS], *total;
};

static void put(struct search *s, uint32_t at, uint32_t v)
{
    s->heap[at] = v;
    s->place[v] = at + 1;
}

/* Shorter first, then the lower number: the order of settling is the same on every machine. */
static bool before(const struct search *s, uint32_t v, uint32_t u)
{
    return s->length[v] != s->length[u] ? s->length[v] < s->length[u] : v < u;
}

static void rise(struct search *s, uint32_t at)
{
    uint32_t v = s->heap[at];
    while (at > 0 && before(s, v, s->heap[(at - 1) / 4])) {
        put(s, at, s->heap[(at - 1) / 4]);
        at = (at - 1) / 4;
    }
    put(s, at, v);
}

static uint32_t take_first(struct search *s)
{
    uint32_t first = s->heap[0], v = s->heap[--s->n_heap], at = 0;
    s->place[first] = SETTLED;
    s->settled[s->n_settled++] = first;
    while (s->n_heap > 0) {
        uint32_t child = 4 * at + 1, best = child;
        if (child >= s->n_heap)
            break;
        for (uint32_t k = child + 1; k < child + 4 && k < s->n_heap; k++)
            if (before(s, s->heap[k], s->heap[best]))
                best = k;
        if (!before(s, s->heap[best], v))
            break;
        put(s, at, s->heap[best]);
        at = best;
    }
    if (s->n_heap > 0)
        put(s, at, v);
    return first;
}

static bool is_equal(double x, double y)
{
    return fabs(x - y) <= EQUAL_WITHIN * (x < y ? y : x);
}

static void add_paths(struct search *s, uint32_t v, uint32_t u)
{
    if (s->power[v] > s->power[u]) {
        s->count[u] = ldexp(s->count[u], s->power[u] - s->power[v]);
        s->power[u] = s->power[v];
    }
    s->count[u] += ldexp(s->count[v], s->power[v] - s->power[u]);
}

static void reach(struct search *s, uint32_t v, uint32_t u, double length)
{
    if (s->place[u] == SETTLED)
        return;
    if (s->place[u] != 0 && is_equal(s->length[u], length)) {
        add_paths(s, v, u);
        return;
    }
    if (s->place[u] != 0 && length > s->length[u])
        return;
    s->length[u] = length;
    s->count[u] = s->count[v];
    s->power[u] = s->power[v];
    if (s->place[u] == 0)
        put(s, s->n_heap++, u);
    rise(s, s->place[u] - 1);
}

static void from_source(const struct weighted *w, struct search *s, uint32_t source)
{
    const struct lm_adjacency *out = &w->g->out;
    s->length[source] = 0;
    s->count[source] = 1;
    s->power[source] = 0;
    put(s, s->n_heap++, source);
    while (s->n_heap > 0) {
        uint32_t v = take_first(s);
        int shift;
        s->count[v] = frexp(s->count[v], &shift);
        s->power[v] += shift;
        s->delta[v] = 0;
        for (uint32_t j = out->at[v]; j < out->at[v + 1]; j++)
            reach(s, v, out->to[j], s->length[v] + w->of_arc[j]);
    }
    /* A settled neighbour whose length is v's and the arc's has v before it on shortest paths: those counted. */
    for (uint32_t i = s->n_settled; i-- > 0;) {
        uint32_t v = s->settled[i];
        s->place[v] = i + 1; /* from here on: when it was settled */
    }
    while (s->n_settled > 0) {
        uint32_t i = --s->n_settled, v = s->settled[i];
        for (uint32_t j = out->at[v]; j < out->at[v + 1]; j++) {
            uint32_t u = out->to[j];
            if (s->place[u] > i + 1 && is_equal(s->length[u], s->length[v] + w->of_arc[j]))
                s->delta[v] += ldexp(s->count[v] / s->count[u], s->power[v] - s->power[u]) * (1 + s->delta[u]);
        }
        if (v != source)
            s->sum[v] += s->delta[v];
    }
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct weighted *w = ctx;
    struct search *s = &w->search[worker];
    uint32_t n = w->g->n, from = chunk * CHUNK_SOURCES, to = n - from < CHUNK_SOURCES ? n : from + CHUNK_SOURCES;
    for (uint32_t v = from; v < to && !lm_cancelled(w->effort); v++) {
        memset(s->place, 0, n * sizeof *s->place);
        from_source(w, s, v);
    }
    memcpy(w->slot[chunk % LM_WORKERS_SLOTS], s->sum, n * sizeof *s->sum);
    memset(s->sum, 0, n * sizeof *s->sum);
}

static void merge(void *ctx, uint32_t chunk)
{
    struct weighted *w = ctx;
    for (uint32_t v = 0; v < w->g->n; v++)
        w->total[v] += w->slot[chunk % LM_WORKERS_SLOTS][v];
}

static lm_err open_search(struct lm_arena *a, uint32_t n, struct search *s)
{
    double **const doubles[] = { &s->length, &s->count, &s->delta, &s->sum };
    uint32_t **const words[] = { &s->place, &s->heap, &s->settled };
    for (size_t i = 0; i < sizeof doubles / sizeof doubles[0]; i++)
        if ((*doubles[i] = lm_arena_array(a, n, sizeof(double))) == NULL)
            return LM_ENOMEM;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if ((*words[i] = lm_arena_array(a, n, sizeof(uint32_t))) == NULL)
            return LM_ENOMEM;
    s->power = lm_arena_array(a, n, sizeof *s->power);
    return s->power != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err open_all(struct lm_arena *tmp, struct weighted *w, struct lm_workers **ret)
{
    const struct lm_graph *g = w->g;
    uint32_t m = g->out.at[g->n];
    w->of_arc = lm_arena_array(tmp, m, sizeof *w->of_arc);
    if (w->of_arc == NULL)
        return LM_ENOMEM;
    for (uint32_t j = 0; j < m; j++)
        w->of_arc[j] = lm_weight(g->w_out, j) > 1 / LONGEST ? 1 / lm_weight(g->w_out, j) : LONGEST;
    for (int i = 0; i < LM_WORKERS_SLOTS; i++)
        if ((w->slot[i] = lm_arena_array(tmp, g->n, sizeof *w->slot[i])) == NULL)
            return LM_ENOMEM;
    lm_err err = lm_workers_open(tmp, w->effort, ret);
    for (unsigned i = 0; err == LM_OK && i < lm_workers_count(*ret); i++)
        err = open_search(tmp, g->n, &w->search[i]);
    return err;
}

lm_err lm_betweenness_weighted(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort,
                               double **ret_score, struct lm_error *e)
{
    struct weighted w = { .g = g, .effort = effort };
    struct lm_workers *workers = NULL;
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    w.total = lm_arena_array(a, g->n, sizeof *w.total);
    lm_err err = w.total != NULL ? open_all(&tmp, &w, &workers) : LM_ENOMEM;
    if (err == LM_OK) {
        uint64_t amount = (uint64_t)g->n * (g->out.at[g->n] + 1);
        lm_workers_run(workers, (g->n + CHUNK_SOURCES - 1) / CHUNK_SOURCES, amount < 100000,
                       (struct lm_work){ .work = work, .merge = merge, .ctx = &w });
        if (lm_cancelled(effort))
            err = LM_ECANCELLED;
    }
    lm_workers_close(workers);
    lm_arena_free(&tmp);
    if (err != LM_OK)
        return lm_fail(e, err, err == LM_ECANCELLED ? "betweenness was cancelled" : "no memory for the betweenness");
    for (uint32_t v = 0; !g->directed && v < g->n; v++)
        w.total[v] /= 2;
    *ret_score = w.total;
    return LM_OK;
}
