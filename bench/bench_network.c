/* bench_network - measures of power-law networks (exponent 2.5, seed 42) against igraph C, on the same network in the
 * same run. Wall time of ours with --threads (2), CPU time beside it; the answers must agree, or it says so and ends
 * with 1.
 *
 *   bench_network [10k|100k|1M] …          10k and 100k unless asked
 *   bench_network --write FILE 1M          the network as an edge list, for `lastmile network show`
 *
 * 10k: all of betweenness. 100k: from SOURCES vertices of the largest 2-connected part, which is what all of it comes
 * down to; igraph gets the same part. 1M: none exact.
 */
#include <igraph/igraph.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "network/betweenness.h"
#include "network/blocks.h"
#include "network/brandes.h"
#include "network/components.h"
#include "network/leiden.h"
#include "network/measure.h"
#include "network/pagerank.h"
#include "network/sampled.h"

#define SOURCES 128
#define CHUNK 32 /* of sources, as in betweenness.c */

static const struct lm_effort effort = { .threads = 2 };

struct clocks {
    double wall, cpu;
};

static struct clocks now(void)
{
    struct timespec t[2];
    (void)clock_gettime(CLOCK_MONOTONIC, &t[0]);
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t[1]);
    return (struct clocks){ (double)t[0].tv_sec + 1e-9 * (double)t[0].tv_nsec,
                            (double)t[1].tv_sec + 1e-9 * (double)t[1].tv_nsec };
}

static struct clocks since(struct clocks t)
{
    struct clocks x = now();
    return (struct clocks){ x.wall - t.wall, x.cpu - t.cpu };
}

static void print(const char *what, struct clocks theirs, struct clocks ours, bool agree, const char *note)
{
    printf("  %-34s igraph %9.3f s   ours wall %8.3f s (%5.1f x)  CPU %8.3f s (%5.1f x)  %s%s\n", what, theirs.wall,
           ours.wall, theirs.wall / ours.wall, ours.cpu, theirs.cpu / ours.cpu, agree ? "" : "DIFFERENT ", note);
    (void)fflush(stdout);
}

static void make(igraph_t *ig, igraph_integer_t n, igraph_integer_t m)
{
    igraph_rng_seed(igraph_rng_default(), 42);
    igraph_static_power_law_game(ig, n, m, 2.5, -1, false, false, true);
}

static struct lm_graph ours_of(struct lm_arena *a, const igraph_t *ig)
{
    struct lm_graph g;
    struct lm_arena tmp;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    size_t n = (size_t)igraph_vcount(ig), m = (size_t)igraph_ecount(ig);
    struct lm_str *names = lm_arena_array(&tmp, n, sizeof *names);
    struct lm_edge_in *edges = lm_arena_array(&tmp, m, sizeof *edges);
    if (names == NULL || edges == NULL)
        abort();
    for (size_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%08zu", v);
    for (size_t i = 0; i < m; i++)
        edges[i] = (struct lm_edge_in){ (uint32_t)IGRAPH_FROM(ig, i), (uint32_t)IGRAPH_TO(ig, i), 1 };
    struct clocks t = now();
    if (lm_graph_build(a, names, n, edges, m, false, &g, NULL, NULL) != LM_OK)
        abort();
    t = since(t);
    size_t bytes = ((size_t)g.n + 1 + g.near.at[g.n]) * sizeof(uint32_t) + (g.weighted ? g.near.at[g.n] * sizeof(double) : 0);
    printf("%zu nodes, %zu ties: built in %.3f s CPU, %.1f bytes per tie\n", n, m, t.cpu, (double)bytes / (double)m);
    lm_arena_free(&tmp);
    return g;
}

static bool structure(const igraph_t *ig, const struct lm_graph *g)
{
    struct lm_arena a;
    struct lm_components c;
    uint32_t *core;
    double *rank;
    igraph_integer_t n_parts;
    igraph_vector_int_t k;
    igraph_vector_t x;
    lm_arena_init(&a, SIZE_MAX / 2);
    igraph_vector_int_init(&k, 0);
    igraph_vector_init(&x, 0);
    struct clocks t = now(), theirs;
    igraph_connected_components(ig, NULL, NULL, &n_parts, IGRAPH_WEAK);
    theirs = since(t);
    t = now();
    if (lm_components(g, NULL, &c, NULL) != LM_OK)
        abort();
    bool good = c.n == (uint32_t)n_parts, all = good;
    print("components", theirs, since(t), good, "");
    t = now();
    igraph_coreness(ig, &k, IGRAPH_ALL);
    theirs = since(t);
    t = now();
    if (lm_core_numbers(&a, g, &core, NULL) != LM_OK)
        abort();
    struct clocks ours = since(t);
    good = true;
    for (uint32_t v = 0; v < g->n; v++)
        good = good && core[v] == (uint32_t)VECTOR(k)[v];
    print("cores", theirs, ours, good, "");
    all = all && good;
    t = now();
    igraph_pagerank(ig, IGRAPH_PAGERANK_ALGO_PRPACK, &x, NULL, igraph_vss_all(), false, 0.85, NULL, NULL);
    theirs = since(t);
    t = now();
    if (lm_pagerank(&a, g, &effort, &rank, NULL) != LM_OK)
        abort();
    ours = since(t);
    good = true;
    for (uint32_t v = 0; v < g->n; v++)
        good = good && fabs(rank[v] - VECTOR(x)[v]) < 1e-9;
    print("PageRank", theirs, ours, good, "");
    igraph_vector_int_destroy(&k);
    igraph_vector_destroy(&x);
    lm_arena_free(&a);
    return all && good;
}

static bool communities(const igraph_t *ig, const struct lm_graph *g)
{
    struct lm_arena a;
    struct lm_communities c;
    igraph_vector_int_t membership;
    igraph_vector_t strength;
    igraph_integer_t n;
    double q;
    char note[96];
    lm_arena_init(&a, SIZE_MAX / 2);
    igraph_vector_int_init(&membership, 0);
    igraph_vector_init(&strength, 0);
    igraph_strength(ig, &strength, igraph_vss_all(), IGRAPH_ALL, true, NULL);
    igraph_rng_seed(igraph_rng_default(), 42);
    struct clocks t = now(), theirs;
    igraph_community_leiden(ig, NULL, &strength, 1.0 / (2.0 * (double)igraph_ecount(ig)), 0.01, false, 2, &membership, &n,
                            NULL);
    theirs = since(t);
    t = now();
    if (lm_leiden(&a, g, 42, 2, &effort, &c, NULL) != LM_OK)
        abort();
    struct clocks ours = since(t);
    igraph_modularity(ig, &membership, NULL, 1, false, &q);
    (void)snprintf(note, sizeof note, "Q %.4f, igraph's %.4f", c.modularity, q);
    print("Leiden, 2 rounds", theirs, ours, true, note);
    igraph_vector_int_destroy(&membership);
    igraph_vector_destroy(&strength);
    lm_arena_free(&a);
    return true;
}

static bool exact(const igraph_t *ig, const struct lm_graph *g)
{
    struct lm_arena a;
    double *score;
    igraph_vector_t x;
    bool good = true;
    lm_arena_init(&a, SIZE_MAX / 2);
    igraph_vector_init(&x, 0);
    struct clocks t = now();
    igraph_betweenness(ig, &x, igraph_vss_all(), false, NULL);
    struct clocks theirs = since(t);
    t = now();
    if (lm_betweenness(&a, g, false, &effort, &score, NULL) != LM_OK)
        abort();
    struct clocks ours = since(t);
    for (uint32_t v = 0; v < g->n; v++)
        good = good && fabs(score[v] - VECTOR(x)[v]) <= 1e-9 * (1 + fabs(score[v]));
    print("exact betweenness", theirs, ours, good, "");
    igraph_vector_destroy(&x);
    lm_arena_free(&a);
    return good;
}

/* The largest 2-connected part, as lm_betweenness takes it. */
static struct lm_block largest_block(struct lm_arena *a, const struct lm_graph *g)
{
    struct lm_carver *carver;
    struct lm_blocks *blocks;
    struct lm_block b, best = { 0 };
    bool *gone = lm_arena_array(a, g->n, sizeof *gone);
    uint32_t hub = 0;
    for (uint32_t v = 0; v < g->n; v++)
        hub = lm_degree(&g->near, v) > lm_degree(&g->near, hub) ? v : hub;
    if (gone == NULL || lm_carver_open(a, g, false, &carver) != LM_OK
        || lm_blocks_open(a, g->n, g->near.at[g->n], &blocks) != LM_OK)
        abort();
    struct lm_carved part = lm_carve(carver, hub, gone);
    lm_blocks_start(blocks, &part.near);
    while (lm_blocks_next(blocks, &b)) {
        if (b.n < g->n / 2)
            continue;
        uint32_t *at = lm_arena_array(a, (size_t)b.n + 1, sizeof *at), *to = lm_arena_array(a, b.inside.at[b.n], sizeof *to);
        if (at == NULL || to == NULL)
            abort();
        memcpy(at, b.inside.at, ((size_t)b.n + 1) * sizeof *at);
        memcpy(to, b.inside.to, b.inside.at[b.n] * sizeof *to);
        best = b;
        best.inside = (struct lm_adjacency){ b.n, at, to };
    }
    return best;
}

struct some {
    struct lm_brandes_net net;
    struct lm_brandes *brandes[LM_WORKERS_MAX];
    double *slot[LM_WORKERS_SLOTS], *sum;
    uint32_t sources[SOURCES];
};

static void some_work(void *ctx, unsigned worker, uint32_t chunk)
{
    struct some *x = ctx;
    for (uint32_t s = 0; s < CHUNK; s += LM_LANES)
        lm_brandes_sources(x->brandes[worker], &x->net, x->sources + chunk * CHUNK + s, LM_LANES);
    lm_brandes_take(x->brandes[worker], x->net.n, x->slot[chunk % LM_WORKERS_SLOTS]);
}

static void some_merge(void *ctx, uint32_t chunk)
{
    struct some *x = ctx;
    for (uint32_t v = 0; v < x->net.n; v++)
        x->sum[v] += x->slot[chunk % LM_WORKERS_SLOTS][v];
}

static struct clocks ours_from_sources(struct lm_arena *a, const struct lm_block *b, struct some *x)
{
    struct lm_workers *workers;
    double *ones = lm_arena_array(a, b->n, sizeof *ones);
    x->sum = lm_arena_array(a, b->n, sizeof *x->sum);
    if (ones == NULL || x->sum == NULL || lm_workers_open(a, &effort, &workers) != LM_OK)
        abort();
    for (uint32_t v = 0; v < b->n; v++)
        ones[v] = 1;
    for (uint32_t i = 0; i < SOURCES; i++)
        x->sources[i] = (uint32_t)((uint64_t)i * b->n / SOURCES);
    x->net = (struct lm_brandes_net){ b->n, b->inside, b->inside, ones };
    for (unsigned i = 0; i < lm_workers_count(workers); i++)
        if (lm_brandes_open(a, b->n, LM_BRANDES_BEST, &x->brandes[i]) != LM_OK)
            abort();
    for (int i = 0; i < LM_WORKERS_SLOTS; i++)
        if ((x->slot[i] = lm_arena_array(a, b->n, sizeof *x->slot[i])) == NULL)
            abort();
    struct clocks t = now();
    lm_workers_run(workers, SOURCES / CHUNK, false, (struct lm_work){ some_work, some_merge, x });
    t = since(t);
    lm_workers_close(workers);
    return t;
}

/* The same sources of the same 2-connected part on both sides. */
static bool from_sources(const struct lm_graph *g)
{
    struct lm_arena a;
    struct some x = { 0 };
    igraph_t ig;
    igraph_vector_t theirs;
    igraph_vector_int_t ends, some;
    bool good = true;
    char what[64];
    lm_arena_init(&a, SIZE_MAX / 2);
    struct lm_block b = largest_block(&a, g);
    struct clocks t_ours = ours_from_sources(&a, &b, &x);
    igraph_vector_init(&theirs, 0);
    igraph_vector_int_init(&ends, 0);
    igraph_vector_int_init(&some, 0);
    for (uint32_t v = 0; v < b.n; v++)
        for (uint32_t j = b.inside.at[v]; j < b.inside.at[v + 1]; j++)
            if (v < b.inside.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, b.inside.to[j]);
            }
    igraph_create(&ig, &ends, b.n, false);
    for (uint32_t i = 0; i < SOURCES; i++)
        igraph_vector_int_push_back(&some, x.sources[i]);
    struct clocks t = now();
    igraph_betweenness_subset(&ig, &theirs, igraph_vss_all(), false, igraph_vss_vector(&some), igraph_vss_all(), NULL);
    t = since(t);
    for (uint32_t v = 0; v < b.n; v++)
        good = good && fabs(x.sum[v] / 2 - VECTOR(theirs)[v]) <= 1e-9 * (1 + fabs(x.sum[v]));
    (void)snprintf(what, sizeof what, "from %d sources, 2-connected part", SOURCES);
    print(what, t, t_ours, good, "");
    printf("  %-34s %u nodes, %u ties\n", "  the part", b.n, b.inside.at[b.n] / 2);
    igraph_destroy(&ig);
    igraph_vector_destroy(&theirs);
    igraph_vector_int_destroy(&ends);
    igraph_vector_int_destroy(&some);
    lm_arena_free(&a);
    return good;
}

static bool drawn(const struct lm_graph *g, bool with_exact)
{
    struct lm_arena a;
    struct lm_sampled s;
    double *score, most = 0;
    const struct lm_sampling how = { .epsilon = 0.01, .delta = 0.1, .seed = 42 };
    lm_arena_init(&a, SIZE_MAX / 2);
    struct clocks t = now();
    if (lm_betweenness_sampled(&a, g, &how, &effort, &s, NULL) != LM_OK)
        abort();
    t = since(t);
    printf("  %-34s %u paths, wall %.3f s, CPU %.3f s", "sampled betweenness, within 0.01", s.draws, t.wall, t.cpu);
    if (with_exact) {
        if (lm_betweenness(&a, g, false, &effort, &score, NULL) != LM_OK)
            abort();
        for (uint32_t v = 0; v < g->n; v++)
            most = fmax(most, fabs(s.score[v] - score[v]) / (0.5 * g->n * (g->n - 1.0)));
        printf(", largest error %.4f", most);
    }
    printf("\n");
    lm_arena_free(&a);
    return most < 0.01;
}

static int write_list(const char *path, const igraph_t *ig)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return 1;
    for (igraph_integer_t i = 0; i < igraph_ecount(ig); i++)
        fprintf(f, "n%lld\tn%lld\n", (long long)IGRAPH_FROM(ig, i), (long long)IGRAPH_TO(ig, i));
    return fclose(f) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    static const char *const unasked[] = { "10k", "100k" };
    const char *file = argc > 2 && strcmp(argv[1], "--write") == 0 ? argv[2] : NULL;
    int first = file != NULL ? 3 : 1;
    bool good = true;
    for (int i = 0; argc > first ? i < argc - first : i < 2; i++) {
        const char *word = argc > first ? argv[first + i] : unasked[i];
        igraph_integer_t n = strcmp(word, "1M") == 0 ? 1000000 : strcmp(word, "100k") == 0 ? 100000 : 10000;
        struct lm_arena a;
        igraph_t ig;
        make(&ig, n, 10 * n);
        if (file != NULL) {
            int status = write_list(file, &ig);
            igraph_destroy(&ig);
            return status;
        }
        lm_arena_init(&a, SIZE_MAX / 2);
        struct lm_graph g = ours_of(&a, &ig);
        good = structure(&ig, &g) && good;
        good = drawn(&g, n == 10000) && good;
        if (n == 10000)
            good = exact(&ig, &g) && good;
        if (n == 100000)
            good = from_sources(&g) && good;
        good = communities(&ig, &g) && good;
        igraph_destroy(&ig);
        lm_arena_free(&a);
    }
    return good ? 0 : 1;
}
