#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <igraph/igraph.h>
#include <math.h>
#include <stdlib.h>

#include "network/betweenness.h"
#include "network/brandes.h"

static void assert_near(double x, double expected, double tolerance)
{
    if (!(fabs(x - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", x, expected);
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Vertex i is named with five digits, so that its number is its place. */
static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m, bool directed)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, &g, NULL, NULL), LM_OK);
    return g;
}

static void compare(const uint32_t *pairs, size_t m, uint32_t n, bool directed, const double *expected)
{
    struct lm_arena a;
    double *score;
    lm_arena_init(&a, 0);
    struct lm_edge_in *edges = lm_arena_array(&a, m, sizeof *edges);
    for (size_t i = 0; i < m; i++)
        edges[i] = (struct lm_edge_in){ pairs[2 * i], pairs[2 * i + 1], 1 };
    struct lm_graph g = build(&a, n, edges, m, directed);
    assert_int_equal(lm_betweenness(&a, &g, directed, NULL, &score, NULL), LM_OK);
    for (uint32_t v = 0; v < n; v++)
        assert_near(score[v], expected[v], 1e-12);
    lm_arena_free(&a);
}

static void counted_by_hand(void **state)
{
    (void)state;
    const uint32_t path[] = { 0, 1, 1, 2, 2, 3 };
    compare(path, 3, 4, false, (const double[]){ 0, 2, 2, 0 });
    compare(path, 3, 4, true, (const double[]){ 0, 2, 2, 0 });
    const uint32_t star[] = { 4, 0, 4, 1, 4, 2, 4, 3 };
    compare(star, 4, 5, false, (const double[]){ 0, 0, 0, 0, 6 });
    compare(star, 4, 5, true, (const double[]){ 0, 0, 0, 0, 0 });
    const uint32_t square[] = { 0, 1, 1, 2, 2, 3, 3, 0 };
    compare(square, 4, 4, false, (const double[]){ 0.5, 0.5, 0.5, 0.5 });
    compare(square, 4, 4, true, (const double[]){ 3, 3, 3, 3 });
    /* two triangles with one vertex in common, a tail on it, and a vertex apart */
    const uint32_t bow[] = { 0, 1, 1, 2, 2, 0, 2, 3, 3, 4, 4, 2, 2, 5, 5, 6 };
    compare(bow, 8, 8, false, (const double[]){ 0, 0, 12, 0, 0, 5, 0, 0 });
    /* a square whose corner 0 carries two leaves: pairs through 0: leaf–leaf 1, leaves–square 6, 1–3 half */
    const uint32_t hung[] = { 0, 1, 1, 2, 2, 3, 3, 0, 0, 4, 0, 5 };
    compare(hung, 6, 6, false, (const double[]){ 7.5, 1.5, 0.5, 1.5, 0, 0 });
    compare(NULL, 0, 3, false, (const double[]){ 0, 0, 0 });
}

static struct lm_graph random_graph(struct lm_arena *a, uint64_t seed, uint32_t n, size_t m, bool directed)
{
    struct lm_edge_in *edges = lm_arena_array(a, m, sizeof *edges);
    for (size_t i = 0; i < m; i++) {
        /* half of the ends lean to low numbers: hubs, tails and leaves */
        uint32_t x = (uint32_t)(next_random(&seed) % n), y = (uint32_t)(next_random(&seed) % n);
        if (next_random(&seed) % 2 == 0)
            y = (uint32_t)(next_random(&seed) % (y + 1));
        edges[i] = (struct lm_edge_in){ x, y, 1 };
    }
    return build(a, n, edges, m, directed);
}

static void igraph_agrees(uint64_t seed, uint32_t n, size_t m, bool directed, size_t *compared)
{
    struct lm_arena a;
    double *score;
    lm_arena_init(&a, 0);
    struct lm_graph g = random_graph(&a, seed, n, m, directed);
    igraph_t ig;
    igraph_vector_int_t ends;
    igraph_vector_t expected;
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(&expected, 0);
    for (uint32_t v = 0; v < g.n; v++)
        for (uint32_t j = g.out.at[v]; j < g.out.at[v + 1]; j++)
            if (directed || v < g.out.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, g.out.to[j]);
            }
    igraph_create(&ig, &ends, n, directed);
    igraph_betweenness(&ig, &expected, igraph_vss_all(), directed, NULL);
    assert_int_equal(lm_betweenness(&a, &g, directed, NULL, &score, NULL), LM_OK);
    for (uint32_t v = 0; v < n; v++) {
        assert_near(score[v], VECTOR(expected)[v], 1e-9 * (1 + fabs(score[v])));
        ++*compared;
    }
    if (!directed) {
        struct lm_components c;
        igraph_vector_int_t sizes;
        igraph_integer_t n_parts, largest = 0;
        igraph_vector_int_init(&sizes, 0);
        igraph_connected_components(&ig, NULL, &sizes, &n_parts, IGRAPH_WEAK);
        for (igraph_integer_t i = 0; i < n_parts; i++)
            largest = VECTOR(sizes)[i] > largest ? VECTOR(sizes)[i] : largest;
        assert_int_equal(lm_components(&g, NULL, &c, NULL), LM_OK);
        assert_int_equal(c.n, n_parts);
        assert_int_equal(c.lcc, largest);
        igraph_vector_int_destroy(&sizes);
    }
    igraph_destroy(&ig);
    igraph_vector_destroy(&expected);
    igraph_vector_int_destroy(&ends);
    lm_arena_free(&a);
}

static void igraph_agrees_on_random_networks(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        uint32_t n = 2 + (uint32_t)(seed * 7 % 90);
        igraph_agrees(seed, n, n * (seed % 5) / 2 + 1, false, &compared);
        igraph_agrees(seed + 1000, n, n * (seed % 5) / 2 + 1, true, &compared);
    }
    igraph_agrees(7, 1200, 1500, false, &compared);
    igraph_agrees(8, 1200, 4000, false, &compared);
    igraph_agrees(9, 600, 30000, false, &compared);
    igraph_agrees(10, 900, 3000, true, &compared);
    igraph_agrees(11, 300, 20000, true, &compared);
    print_message("# %zu values compared with igraph\n", compared);
    assert_true(compared > 10000);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    for (int directed = 0; directed < 2; directed++) {
        struct lm_arena a;
        double *alone, *shared;
        lm_arena_init(&a, 0);
        struct lm_graph g = random_graph(&a, 42, 1500, 4000, directed);
        const struct lm_effort one = { .threads = 1 };
        assert_int_equal(lm_betweenness(&a, &g, directed, &one, &alone, NULL), LM_OK);
        for (unsigned n = 2; n <= 5; n++) {
            const struct lm_effort several = { .threads = n };
            assert_int_equal(lm_betweenness(&a, &g, directed, &several, &shared, NULL), LM_OK);
            assert_memory_equal(alone, shared, g.n * sizeof *alone);
        }
        lm_arena_free(&a);
    }
}

/* Every build of the engine gives the same bytes (what the processor lacks is the plain one again). */
static void vector_width_does_not_show(void **state)
{
    (void)state;
    struct lm_arena a;
    double *total[4], *weight;
    lm_arena_init(&a, 0);
    struct lm_graph g = random_graph(&a, 5, 500, 1500, false);
    weight = lm_arena_array(&a, g.n, sizeof *weight);
    uint32_t *sources = lm_arena_array(&a, g.n, sizeof *sources);
    for (uint32_t v = 0; v < g.n; v++) {
        weight[v] = 1 + v % 7;
        sources[v] = v;
    }
    for (enum lm_brandes_build build = LM_BRANDES_BEST; build <= LM_BRANDES_AVX512; build++) {
        struct lm_brandes *s;
        const struct lm_brandes_net net = { g.n, g.near, g.near, weight };
        total[build] = lm_arena_array(&a, g.n, sizeof(double));
        assert_int_equal(lm_brandes_open(&a, g.n, build, &s), LM_OK);
        for (uint32_t v = 0; v < g.n; v += LM_LANES)
            lm_brandes_sources(s, &net, sources + v, g.n - v < LM_LANES ? g.n - v : LM_LANES);
        lm_brandes_take(s, g.n, total[build]);
        assert_memory_equal(total[0], total[build], g.n * sizeof(double));
    }
    lm_arena_free(&a);
}

/* Layers of two, each joined to all of the next: 2^1299 shortest paths from end to end. In layer i both
 * carry half of the pairs across, and a share of the pairs of the layers beside it. */
static void more_paths_than_a_double_holds(void **state)
{
    (void)state;
    enum { LAYERS = 1300 };
    struct lm_arena a;
    double *score;
    lm_arena_init(&a, 0);
    struct lm_edge_in *edges = lm_arena_array(&a, 4 * LAYERS, sizeof *edges);
    size_t m = 0;
    for (uint32_t i = 0; i + 1 < LAYERS; i++)
        for (uint32_t k = 0; k < 4; k++)
            edges[m++] = (struct lm_edge_in){ 2 * i + k / 2, 2 * i + 2 + k % 2, 1 };
    struct lm_graph g = build(&a, 2 * LAYERS, edges, m, false);
    assert_int_equal(lm_betweenness(&a, &g, false, NULL, &score, NULL), LM_OK);
    for (uint32_t v = 0; v < g.n; v++) {
        double i = v / 2, expected = 2 * i * (LAYERS - 1 - i);
        /* the two of a layer beside it have 4 vertices between them, or 2 at an end */
        for (int side = -1; side <= 1; side += 2) {
            double beside = i + side;
            if (beside >= 0 && beside < LAYERS)
                expected += beside < 1 || beside > LAYERS - 2 ? 0.5 : 0.25;
        }
        assert_near(score[v], expected, 1e-9 * (1 + expected));
    }
    lm_arena_free(&a);
}

static void cancelled_leaves_nothing(void **state)
{
    (void)state;
    struct lm_arena a;
    double *score = NULL;
    struct lm_error e;
    atomic_bool stop = true;
    const struct lm_effort effort = { .cancel = &stop };
    lm_arena_init(&a, 0);
    struct lm_graph g = random_graph(&a, 42, 300, 900, false);
    assert_int_equal(lm_betweenness(&a, &g, false, &effort, &score, &e), LM_ECANCELLED);
    assert_null(score);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_by_hand),
        cmocka_unit_test(igraph_agrees_on_random_networks),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(vector_width_does_not_show),
        cmocka_unit_test(more_paths_than_a_double_holds),
        cmocka_unit_test(cancelled_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
