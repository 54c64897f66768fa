#include "network/brandes.h"

#include <math.h>
#include <string.h>


/* Measured on sparse random networks: an arc pushed costs about twice an arc pulled. */
#define PUSH_COST 2
#define PULL_COST 1
#define COUNT_LIMIT 0x1p1000

typedef uint16_t lanes_t; /* a bit for each of LM_LANES */
#define ALL_LANES ((lanes_t)-1)

struct lm_brandes {
    /* LM_LANES doubles per vertex. x: counts of one level going forward, shares going back; zero
     * outside the level, and everywhere between batches. */
    double *sigma, *x[2], *acc;
    lanes_t *visited, *frontier[2]; /* bit per lane; frontier zero between batches */
    uint32_t *entry;                /* vertices by level, one entry per vertex and level */
    lanes_t *entry_mask;            /* the lanes that reach it there */
    size_t *level_at;
    uint32_t n_levels;
    bool (*forward)(struct lm_brandes *s, const struct lm_brandes_net *g, size_t n_sources, uint64_t open_arcs);
    void (*backward)(struct lm_brandes *s, const struct lm_brandes_net *g, const double *source_weight);
};

/* Unrolled by order: GCC 12 at -O2 keeps the sums of a loop of vectors in memory. */
#if defined(__clang__)
#define EACH_VECTOR(k) _Pragma("unroll") for (int k = 0; k < VECTORS; k++)
#else
#define EACH_VECTOR(k) _Pragma("GCC unroll 16") for (int k = 0; k < VECTORS; k++)
#endif

#define WIDTH 2
#define TARGET
#define F(x) plain_##x
#include "network/brandes_lanes.h"

#if defined(__x86_64__)
#define WIDTH 4
#define TARGET __attribute__((target("avx2")))
#define F(x) avx2_##x
#include "network/brandes_lanes.h"

#define WIDTH 8
#define TARGET __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define F(x) avx512_##x
#include "network/brandes_lanes.h"
#endif

static void choose(struct lm_brandes *s, enum lm_brandes_build build)
{
    s->forward = plain_forward;
    s->backward = plain_backward;
#if defined(__x86_64__)
    bool best = build == LM_BRANDES_BEST;
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
                  && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    if (avx512 && (best || build == LM_BRANDES_AVX512)) {
        s->forward = avx512_forward;
        s->backward = avx512_backward;
    } else if (__builtin_cpu_supports("avx2") && (best || build == LM_BRANDES_AVX2)) {
        s->forward = avx2_forward;
        s->backward = avx2_backward;
    }
#else
    (void)build;
#endif
}

/* LM_LANES doubles per vertex, on a cache line. */
static double *lanes(struct lm_arena *a, size_t n)
{
    char *p = lm_arena_array(a, n + 1, LM_LANES * sizeof(double));
    return p != NULL ? (double *)(void *)(p + (64 - (uintptr_t)p % 64) % 64) : NULL;
}

lm_err lm_brandes_open(struct lm_arena *a, uint32_t n_max, enum lm_brandes_build build, struct lm_brandes **ret)
{
    size_t n = n_max;
    struct lm_brandes *s = lm_arena_alloc(a, sizeof *s);
    if (s == NULL)
        return LM_ENOMEM;
    s->sigma = lanes(a, n);
    s->x[0] = lanes(a, n);
    s->x[1] = lanes(a, n);
    s->acc = lanes(a, n);
    s->visited = lm_arena_array(a, n, sizeof(lanes_t));
    s->frontier[0] = lm_arena_array(a, n, sizeof(lanes_t));
    s->frontier[1] = lm_arena_array(a, n, sizeof(lanes_t));
    /* A push lists up to n vertices before it drops those reached already. */
    s->entry = lm_arena_array(a, n * (LM_LANES + 1) + 1, sizeof *s->entry);
    s->entry_mask = lm_arena_array(a, n * LM_LANES + 1, sizeof *s->entry_mask);
    s->level_at = lm_arena_array(a, n + 2, sizeof *s->level_at);
    if (s->sigma == NULL || s->x[0] == NULL || s->x[1] == NULL || s->acc == NULL || s->visited == NULL
        || s->frontier[0] == NULL || s->frontier[1] == NULL || s->entry == NULL || s->entry_mask == NULL
        || s->level_at == NULL)
        return LM_ENOMEM;
    choose(s, build);
    *ret = s;
    return LM_OK;
}

/* One source with counts as mantissa and exponent. Levels and order come from a search of its own in
 * the arrays of the lanes, which are free at that moment. */
static void wide_source(struct lm_brandes *s, const struct lm_brandes_net *g, uint32_t source)
{
    uint32_t n = g->n, *queue = s->entry, *dist = s->entry + n, head = 0, tail = 0;
    int32_t *power = (int32_t *)(void *)(s->entry + 2 * (size_t)n);
    double *count = s->x[0], *delta = s->x[1];
    for (uint32_t v = 0; v < n; v++) {
        dist[v] = UINT32_MAX;
        count[v] = delta[v] = 0;
        power[v] = 0;
    }
    dist[source] = 0;
    count[source] = 1;
    queue[tail++] = source;
    while (head < tail) {
        uint32_t v = queue[head++];
        int shift;
        count[v] = frexp(count[v], &shift);
        power[v] += shift;
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            if (dist[w] == UINT32_MAX) {
                dist[w] = dist[v] + 1;
                queue[tail++] = w;
                power[w] = power[v];
            }
            if (dist[w] != dist[v] + 1)
                continue;
            if (power[v] > power[w]) {
                count[w] = ldexp(count[w], power[w] - power[v]);
                power[w] = power[v];
            }
            count[w] += ldexp(count[v], power[v] - power[w]);
        }
    }
    while (tail-- > 1) {
        uint32_t v = queue[tail];
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            if (dist[w] == dist[v] + 1)
                delta[v] += ldexp(count[v] / count[w], power[v] - power[w]) * (g->weight[w] + delta[w]);
        }
        s->acc[(size_t)v * LM_LANES] += g->weight[source] * delta[v];
    }
    memset(count, 0, n * sizeof *count);
    memset(delta, 0, n * sizeof *delta);
}

void lm_brandes_sources(struct lm_brandes *s, const struct lm_brandes_net *g, const uint32_t *sources, uint32_t n)
{
    double source_weight[LM_LANES] = { 0 };
    uint64_t open_arcs = g->in.at[g->n];
    lanes_t idle = (lanes_t)(((1u << LM_LANES) - 1) & ~((1u << n) - 1)); /* lanes without a source are done */
    for (uint32_t v = 0; v < g->n; v++)
        s->visited[v] = idle;
    for (uint32_t l = 0; l < n; l++) {
        uint32_t v = sources[l];
        lanes_t bit = (lanes_t)((lanes_t)1 << l);
        source_weight[l] = g->weight[v];
        s->sigma[(size_t)v * LM_LANES + l] = 1;
        s->x[0][(size_t)v * LM_LANES + l] = 1;
        s->frontier[0][v] = bit;
        s->visited[v] = (lanes_t)(s->visited[v] | bit);
        s->entry[l] = v;
        s->entry_mask[l] = bit;
        if (s->visited[v] == ALL_LANES)
            open_arcs -= lm_degree(&g->in, v);
    }
    if (s->forward(s, g, n, open_arcs)) {
        s->backward(s, g, source_weight);
        return;
    }
    for (uint32_t l = 0; l < n; l++)
        wide_source(s, g, sources[l]);
}

void lm_brandes_take(struct lm_brandes *s, uint32_t n, double *ret_sum)
{
    for (uint32_t v = 0; v < n; v++) {
        double *acc = s->acc + (size_t)v * LM_LANES;
        double sum = 0;
        for (int l = 0; l < LM_LANES; l++)
            sum += acc[l];
        ret_sum[v] = sum;
        memset(acc, 0, LM_LANES * sizeof *acc);
    }
}
