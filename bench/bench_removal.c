/* bench_removal - adaptive removal on networks of 800 nodes and 2,100 ties, against the same algorithm
 * written with igraph's C betweenness. Interleaved runs, medians, CPU time beside wall time; both must
 * give the same order, or it says so and ends with 1.
 *
 *   bench_removal [RUNS]   (5 runs unless asked)
 */
#include <igraph/igraph.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "network/removal.h"

#define NODES 800
#define TIES 2100
#define RUNS_MAX 99

struct timing {
    double wall[RUNS_MAX], cpu[RUNS_MAX];
};

static double seconds(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Distinct ties, no loops. skewed: the second end leans to low numbers, which makes hubs and leaves. */
static struct lm_graph make(struct lm_arena *a, uint64_t seed, bool skewed)
{
    struct lm_graph g;
    struct lm_str names[NODES];
    struct lm_edge_in edges[TIES];
    bool *taken = lm_arena_array(a, (size_t)NODES * NODES, 1);
    for (uint32_t v = 0; v < NODES; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    for (size_t m = 0; taken != NULL && m < TIES;) {
        uint32_t x = (uint32_t)(next_random(&seed) % NODES), y = (uint32_t)(next_random(&seed) % NODES);
        if (skewed)
            y = (uint32_t)(next_random(&seed) % ((uint64_t)y * y / NODES + 1));
        if (x == y || taken[x * NODES + y] || taken[y * NODES + x])
            continue;
        taken[x * NODES + y] = true;
        edges[m++] = (struct lm_edge_in){ x, y, 1 };
    }
    if (taken == NULL || lm_graph_build(a, names, NODES, edges, TIES, false, &g, NULL, NULL) != LM_OK)
        abort();
    return g;
}

static igraph_t to_igraph(const struct lm_graph *g)
{
    igraph_t ig;
    igraph_vector_int_t ends;
    igraph_vector_int_init(&ends, 0);
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (v < g->near.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, g->near.to[j]);
            }
    igraph_create(&ig, &ends, g->n, false);
    igraph_vector_int_destroy(&ends);
    return ig;
}

/* Highest betweenness, then degree, then number, among the vertices of the largest components. The
 * original number of vertex i of `ig` is id[i]; returns the place in `ig`. */
static igraph_integer_t choose(const igraph_t *ig, const igraph_vector_int_t *part, const igraph_vector_int_t *sizes,
                               igraph_integer_t lcc)
{
    double best = -1;
    igraph_integer_t first = -1, first_degree = 0;
    double *score = calloc((size_t)igraph_vcount(ig) + 1, sizeof *score);
    igraph_vector_int_t members, back, degree;
    igraph_vector_t b;
    igraph_vector_int_init(&members, 0);
    igraph_vector_int_init(&back, 0);
    igraph_vector_int_init(&degree, 0);
    igraph_vector_init(&b, 0);
    for (igraph_integer_t c = 0; score != NULL && c < igraph_vector_int_size(sizes); c++) {
        if (VECTOR(*sizes)[c] != lcc)
            continue;
        igraph_t sub;
        igraph_vector_int_clear(&members);
        for (igraph_integer_t v = 0; v < igraph_vcount(ig); v++)
            if (VECTOR(*part)[v] == c)
                igraph_vector_int_push_back(&members, v);
        if (lcc > 2) {
            igraph_induced_subgraph_map(ig, &sub, igraph_vss_vector(&members), IGRAPH_SUBGRAPH_AUTO, NULL, &back);
            igraph_betweenness(&sub, &b, igraph_vss_all(), false, NULL);
            for (igraph_integer_t i = 0; i < igraph_vcount(&sub); i++)
                score[VECTOR(back)[i]] = VECTOR(b)[i];
            igraph_destroy(&sub);
        }
        for (igraph_integer_t i = 0; i < igraph_vector_int_size(&members); i++)
            if (score[VECTOR(members)[i]] > best)
                best = score[VECTOR(members)[i]];
    }
    igraph_degree(ig, &degree, igraph_vss_all(), IGRAPH_ALL, false);
    for (igraph_integer_t v = 0; v < igraph_vcount(ig); v++)
        if (VECTOR(*sizes)[VECTOR(*part)[v]] == lcc && score[v] >= best * (1 - 1e-9)
            && (first < 0 || VECTOR(degree)[v] > first_degree)) {
            first = v;
            first_degree = VECTOR(degree)[v];
        }
    igraph_vector_int_destroy(&members);
    igraph_vector_int_destroy(&back);
    igraph_vector_int_destroy(&degree);
    igraph_vector_destroy(&b);
    free(score);
    return first;
}

static uint32_t with_igraph(const struct lm_graph *g, double until, uint32_t *order)
{
    igraph_t ig = to_igraph(g);
    igraph_vector_int_t part, sizes;
    uint32_t id[NODES], n_removed = 0;
    igraph_vector_int_init(&part, 0);
    igraph_vector_int_init(&sizes, 0);
    for (uint32_t v = 0; v < NODES; v++)
        id[v] = v;
    for (;;) {
        igraph_integer_t lcc = 0;
        igraph_connected_components(&ig, &part, &sizes, NULL, IGRAPH_WEAK);
        for (igraph_integer_t c = 0; c < igraph_vector_int_size(&sizes); c++)
            lcc = VECTOR(sizes)[c] > lcc ? VECTOR(sizes)[c] : lcc;
        if (lcc == 0 || (double)lcc < until * NODES)
            break;
        igraph_integer_t v = choose(&ig, &part, &sizes, lcc);
        order[n_removed++] = id[v];
        for (igraph_integer_t i = v; i + 1 < igraph_vcount(&ig); i++)
            id[i] = id[i + 1];
        igraph_delete_vertices(&ig, igraph_vss_1(v));
    }
    igraph_vector_int_destroy(&part);
    igraph_vector_int_destroy(&sizes);
    igraph_destroy(&ig);
    return n_removed;
}

static uint32_t with_ours(const struct lm_graph *g, double until, unsigned threads, uint32_t *order)
{
    struct lm_arena a;
    struct lm_removal r;
    const struct lm_removal_wish wish = { .k_max = UINT32_MAX, .until = until };
    const struct lm_effort effort = { .threads = threads };
    lm_arena_init(&a, 0);
    if (lm_removal_adaptive(&a, g, &wish, &effort, &r, NULL) != LM_OK)
        abort();
    for (uint32_t k = 0; k < r.n_steps; k++)
        order[k] = r.steps[k].vertex;
    uint32_t n = r.n_steps;
    lm_arena_free(&a);
    return n;
}

static int ascending(const void *x, const void *y)
{
    double p = *(const double *)x, q = *(const double *)y;
    return (p > q) - (p < q);
}

static double median(double *x, int n)
{
    qsort(x, (size_t)n, sizeof *x, ascending);
    return n % 2 == 1 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static int bench(const char *name, bool skewed, double until, int runs)
{
    static const char *const who[] = { "igraph C", "ours, 1 thread", "ours, all threads" };
    struct lm_arena a;
    struct timing t[3];
    uint32_t order[3][NODES], n[3] = { 0 };
    lm_arena_init(&a, 0);
    struct lm_graph g = make(&a, 20240607, skewed);
    for (int run = 0; run < runs; run++)
        for (int k = 0; k < 3; k++) {
            double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
            n[k] = k == 0 ? with_igraph(&g, until, order[0]) : with_ours(&g, until, k == 1 ? 1 : 0, order[k]);
            t[k].wall[run] = seconds(CLOCK_MONOTONIC) - wall;
            t[k].cpu[run] = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        }
    double wall0 = median(t[0].wall, runs), cpu0 = median(t[0].cpu, runs);
    bool same = n[0] == n[1] && n[0] == n[2] && memcmp(order[0], order[1], n[0] * sizeof order[0][0]) == 0
                && memcmp(order[0], order[2], n[0] * sizeof order[0][0]) == 0;
    printf("%s, %u nodes, %llu ties, until %s: %u removals, %s\n", name, g.n, (unsigned long long)g.n_edges,
           until > 0 ? "LCC < N/10" : "nothing is left", n[0], same ? "the same order" : "DIFFERENT ORDERS");
    for (int k = 0; k < 3; k++) {
        double wall = median(t[k].wall, runs), cpu = median(t[k].cpu, runs);
        printf("  %-18s  CPU %8.2f ms (%5.1f x)   wall %8.2f ms (%5.1f x)\n", who[k], cpu * 1e3, cpu0 / cpu, wall * 1e3,
               wall0 / wall);
    }
    lm_arena_free(&a);
    return same ? 0 : 1;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 5;
    if (runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: bench_removal [RUNS]   1 to %d\n", RUNS_MAX);
        return 2;
    }
    printf("adaptive removal, medians of %d interleaved runs; x = times faster than igraph C\n", runs);
    int bad = bench("random", false, 0.1, runs);
    bad |= bench("random", false, 0, runs);
    bad |= bench("hubs and leaves", true, 0.1, runs);
    bad |= bench("hubs and leaves", true, 0, runs);
    return bad;
}
