#include "network/betweenness.h"

#include "base/rng.h"
#include "network/blocks.h"
#include "network/brandes.h"

/* Sources of one chunk: enough that handing it out costs nothing, few enough to share 800 vertices. */
#define CHUNK_SOURCES 32
/* Below this many arcs × sources the other threads stay asleep. */
#define ALONE_WORK 400000

struct lm_between {
    const struct lm_effort *effort;
    struct lm_workers *workers;
    struct lm_brandes *brandes[LM_WORKERS_MAX];
    struct lm_carver *carver;
    struct lm_blocks *blocks; /* NULL when directed */
    double *total;            /* of the part being measured */
    double *slot[LM_WORKERS_SLOTS];
    double *ones;        /* weights, when directed */
    uint32_t *in_order;  /* 0, 1, 2, … when directed */
    struct lm_brandes_net net;
    const uint32_t *sources;
    uint32_t n_sources;
    uint32_t sample; /* 0: all */
    uint64_t seed;
    uint32_t *drawn;
};

lm_err lm_between_open(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                       struct lm_between **ret)
{
    bool by_arcs = directed && g->directed;
    struct lm_between *b = lm_arena_alloc(a, sizeof *b);
    if (b == NULL)
        return LM_ENOMEM;
    b->effort = effort;
    b->total = lm_arena_array(a, g->n, sizeof *b->total);
    b->ones = lm_arena_array(a, by_arcs ? g->n : 0, sizeof *b->ones);
    b->in_order = lm_arena_array(a, by_arcs ? g->n : 0, sizeof *b->in_order);
    b->drawn = lm_arena_array(a, g->n, sizeof *b->drawn);
    if (b->total == NULL || b->ones == NULL || b->in_order == NULL || b->drawn == NULL)
        return LM_ENOMEM;
    for (int i = 0; i < LM_WORKERS_SLOTS; i++)
        if ((b->slot[i] = lm_arena_array(a, g->n, sizeof *b->slot[i])) == NULL)
            return LM_ENOMEM;
    for (uint32_t v = 0; by_arcs && v < g->n; v++) {
        b->ones[v] = 1;
        b->in_order[v] = v;
    }
    lm_err err = lm_carver_open(a, g, directed, &b->carver);
    if (err == LM_OK && !by_arcs)
        err = lm_blocks_open(a, g->n, g->near.at[g->n], &b->blocks);
    if (err == LM_OK)
        err = lm_workers_open(a, effort, &b->workers);
    for (unsigned i = 0; err == LM_OK && i < lm_workers_count(b->workers); i++)
        err = lm_brandes_open(a, g->n, LM_BRANDES_BEST, &b->brandes[i]);
    if (err != LM_OK) {
        lm_workers_close(b->workers);
        return err;
    }
    *ret = b;
    return LM_OK;
}

void lm_between_close(struct lm_between *b)
{
    if (b != NULL)
        lm_workers_close(b->workers);
}

void lm_between_sample(struct lm_between *b, uint32_t sources, uint64_t seed)
{
    b->sample = sources;
    b->seed = seed;
}

static void work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct lm_between *b = ctx;
    uint32_t from = chunk * CHUNK_SOURCES;
    uint32_t to = b->n_sources - from < CHUNK_SOURCES ? b->n_sources : from + CHUNK_SOURCES;
    for (uint32_t s = from; s < to && !lm_cancelled(b->effort); s += LM_LANES)
        lm_brandes_sources(b->brandes[worker], &b->net, b->sources + s, to - s < LM_LANES ? to - s : LM_LANES);
    lm_brandes_take(b->brandes[worker], b->net.n, b->slot[chunk % LM_WORKERS_SLOTS]);
}

static void merge(void *ctx, uint32_t chunk)
{
    struct lm_between *b = ctx;
    const double *sum = b->slot[chunk % LM_WORKERS_SLOTS];
    for (uint32_t v = 0; v < b->net.n; v++)
        b->total[v] += sum[v];
}

/* Draws without returning: the beginning of a shuffle. */
static void draw(struct lm_between *b, uint32_t n, const uint32_t *sources)
{
    struct lm_rng random = { b->seed };
    memcpy(b->drawn, sources, n * sizeof *b->drawn);
    for (uint32_t i = 0; i < b->sample; i++) {
        uint32_t j = i + (uint32_t)lm_rng_below(&random, n - i), t = b->drawn[i];
        b->drawn[i] = b->drawn[j];
        b->drawn[j] = t;
    }
}

/* Sums the dependencies of all sources of `net`, taken in this order, into b->total; or of a sample, scaled up. */
static void measure(struct lm_between *b, struct lm_brandes_net net, const uint32_t *sources)
{
    b->net = net;
    b->sources = sources;
    b->n_sources = net.n;
    bool sampled = b->sample > 0 && b->sample < net.n;
    if (sampled) {
        draw(b, net.n, sources);
        b->sources = b->drawn;
        b->n_sources = b->sample;
    }
    memset(b->total, 0, net.n * sizeof *b->total);
    uint64_t amount = (uint64_t)b->n_sources * (net.out.at[net.n] + 1);
    lm_workers_run(b->workers, (b->n_sources + CHUNK_SOURCES - 1) / CHUNK_SOURCES, amount < ALONE_WORK,
                   (struct lm_work){ .work = work, .merge = merge, .ctx = b });
    for (uint32_t v = 0; sampled && v < net.n; v++)
        b->total[v] *= (double)net.n / b->sample;
}

lm_err lm_between_component(struct lm_between *b, uint32_t start, const bool *gone, double *score,
                            struct lm_carved *ret_part)
{
    struct lm_carved part = lm_carve(b->carver, start, gone);
    if (ret_part != NULL)
        *ret_part = part;
    if (b->blocks == NULL) {
        measure(b, (struct lm_brandes_net){ part.n, part.out, part.in, b->ones }, b->in_order);
        for (uint32_t i = 0; i < part.n; i++)
            score[part.vertex[i]] = b->total[i];
        return lm_cancelled(b->effort) ? LM_ECANCELLED : LM_OK;
    }
    for (uint32_t i = 0; i < part.n; i++)
        score[part.vertex[i]] = 0;
    struct lm_block block;
    lm_blocks_start(b->blocks, &part.near);
    while (lm_blocks_next(b->blocks, &block)) {
        measure(b, (struct lm_brandes_net){ block.n, block.inside, block.inside, block.weight }, block.by_number);
        if (lm_cancelled(b->effort))
            return LM_ECANCELLED;
        for (uint32_t i = 0; i < block.n; i++)
            score[part.vertex[block.vertex[i]]] += b->total[i] / 2;
    }
    for (uint32_t i = 0; i < part.n; i++)
        score[part.vertex[i]] += (double)lm_blocks_separated(b->blocks, i);
    return LM_OK;
}

lm_err lm_betweenness(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      double **ret_score, struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_between *b = NULL;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    double *score = lm_arena_array(a, g->n, sizeof *score);
    bool *gone = lm_arena_array(&tmp, g->n, sizeof *gone), *seen = lm_arena_array(&tmp, g->n, sizeof *seen);
    lm_err err = score != NULL && gone != NULL && seen != NULL ? LM_OK : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_between_open(&tmp, g, directed, effort, &b);
    for (uint32_t v = 0; err == LM_OK && v < g->n; v++) {
        if (seen[v])
            continue;
        struct lm_carved part = { 0 };
        err = lm_between_component(b, v, gone, score, &part);
        for (uint32_t i = 0; i < part.n; i++)
            seen[part.vertex[i]] = true;
    }
    lm_between_close(b);
    lm_arena_free(&tmp);
    if (err == LM_ECANCELLED)
        return lm_fail(e, err, "betweenness was cancelled");
    if (err != LM_OK)
        return lm_fail(e, err, "no memory for the betweenness of %u vertices", g->n);
    *ret_score = score;
    return LM_OK;
}
