/* Measures against igraph, or against their definition written out; the same bytes with any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <igraph/igraph.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "network/components.h"
#include "network/cuts.h"
#include "network/measure.h"

static void assert_near(double x, double expected, double tolerance)
{
    if (!(fabs(x - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", x, expected);
}

static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m, bool directed)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, &g, NULL, NULL), LM_OK);
    return g;
}

/* Half of the ends lean to low numbers: hubs, tails and leaves. Weights are 1 … most. */
static struct lm_graph random_graph(struct lm_arena *a, uint64_t seed, uint32_t n, size_t m, bool directed, uint32_t most)
{
    struct lm_rng r = { seed };
    struct lm_edge_in *edges = lm_arena_array(a, m, sizeof *edges);
    for (size_t i = 0; i < m; i++) {
        uint32_t x = (uint32_t)lm_rng_below(&r, n), y = (uint32_t)lm_rng_below(&r, n);
        if (lm_rng_below(&r, 2) == 0)
            y = (uint32_t)lm_rng_below(&r, y + 1);
        edges[i] = (struct lm_edge_in){ x, y, 1 + (double)lm_rng_below(&r, most) };
    }
    return build(a, n, edges, m, directed);
}

struct twin {
    igraph_t ig;
    igraph_vector_t weights, lengths;
};

static void open_twin(const struct lm_graph *g, struct twin *t)
{
    igraph_vector_int_t ends;
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(&t->weights, 0);
    igraph_vector_init(&t->lengths, 0);
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++)
            if (g->directed || v < g->out.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, g->out.to[j]);
                igraph_vector_push_back(&t->weights, lm_weight(g->w_out, j));
                igraph_vector_push_back(&t->lengths, 1 / lm_weight(g->w_out, j));
            }
    igraph_create(&t->ig, &ends, g->n, g->directed);
    igraph_vector_int_destroy(&ends);
}

static void close_twin(struct twin *t)
{
    igraph_destroy(&t->ig);
    igraph_vector_destroy(&t->weights);
    igraph_vector_destroy(&t->lengths);
}

static const double *measured(struct lm_arena *a, const struct lm_graph *g, enum lm_node_measure m)
{
    double *one, *three;
    assert_int_equal(lm_node_measure(a, g, m, &(struct lm_effort){ .threads = 1 }, &one, NULL), LM_OK);
    assert_int_equal(lm_node_measure(a, g, m, &(struct lm_effort){ .threads = 3 }, &three, NULL), LM_OK);
    assert_memory_equal(one, three, g->n * sizeof *one);
    return one;
}

static void same(const double *ours, const igraph_vector_t *theirs, uint32_t n, double tolerance, size_t *compared)
{
    assert_int_equal(igraph_vector_size(theirs), n);
    for (uint32_t v = 0; v < n; v++, ++*compared)
        assert_near(ours[v], VECTOR(*theirs)[v], tolerance * (1 + fabs(ours[v])));
}

static void numbers_agree(struct lm_arena *a, const struct lm_graph *g, struct twin *t, size_t *compared)
{
    igraph_vector_t x;
    igraph_vector_int_t k;
    igraph_vector_init(&x, 0);
    igraph_vector_int_init(&k, 0);
    igraph_betweenness(&t->ig, &x, igraph_vss_all(), g->directed, &t->lengths);
    same(measured(a, g, LM_MEASURE_BETWEENNESS_WEIGHTED), &x, g->n, 1e-9, compared);
    igraph_pagerank(&t->ig, IGRAPH_PAGERANK_ALGO_PRPACK, &x, NULL, igraph_vss_all(), g->directed, 0.85, &t->weights, NULL);
    same(measured(a, g, LM_MEASURE_PAGERANK), &x, g->n, 1e-9, compared);
    static const struct {
        enum lm_node_measure measure;
        igraph_neimode_t mode;
    } strengths[] = { { LM_MEASURE_STRENGTH, IGRAPH_ALL },
                      { LM_MEASURE_STRENGTH_IN, IGRAPH_IN },
                      { LM_MEASURE_STRENGTH_OUT, IGRAPH_OUT } };
    for (size_t i = 0; i < (g->directed ? 3 : 1); i++) {
        igraph_strength(&t->ig, &x, igraph_vss_all(), strengths[i].mode, true, &t->weights);
        same(measured(a, g, strengths[i].measure), &x, g->n, 1e-12, compared);
        igraph_degree(&t->ig, &k, igraph_vss_all(), strengths[i].mode, true);
        const double *d = measured(a, g, (enum lm_node_measure)((int)strengths[i].measure - 3));
        for (uint32_t v = 0; v < g->n; v++, ++*compared)
            assert_true(d[v] == (double)VECTOR(k)[v]);
    }
    igraph_vector_destroy(&x);
    igraph_vector_int_destroy(&k);
}

/* Of the undirected projection. */
static void structure_agrees(struct lm_arena *a, const struct lm_graph *g, struct twin *t, size_t *compared)
{
    igraph_t flat;
    igraph_vector_t triangles;
    igraph_vector_int_t k;
    struct lm_cuts cuts;
    igraph_copy(&flat, &t->ig);
    igraph_to_undirected(&flat, IGRAPH_TO_UNDIRECTED_COLLAPSE, NULL);
    igraph_vector_int_init(&k, 0);
    igraph_vector_init(&triangles, 0);
    igraph_coreness(&flat, &k, IGRAPH_ALL);
    const double *core = measured(a, g, LM_MEASURE_CORE);
    for (uint32_t v = 0; v < g->n; v++, ++*compared)
        assert_true(core[v] == (double)VECTOR(k)[v]);
    igraph_adjacent_triangles(&flat, &triangles, igraph_vss_all());
    const double *size = measured(a, g, LM_MEASURE_EFFECTIVE_SIZE);
    for (uint32_t v = 0; v < g->n; v++, ++*compared) {
        double d = lm_degree(&g->near, v);
        assert_near(size[v], d > 0 ? d - 2 * VECTOR(triangles)[v] / d : 0, 1e-12);
    }
    assert_int_equal(lm_cuts(a, g, &cuts, NULL), LM_OK);
    igraph_articulation_points(&flat, &k);
    assert_int_equal(cuts.n_cut_vertices, igraph_vector_int_size(&k));
    for (igraph_integer_t i = 0; i < igraph_vector_int_size(&k); i++, ++*compared)
        assert_true(cuts.cut_vertex[VECTOR(k)[i]]);
    igraph_bridges(&flat, &k);
    assert_int_equal(cuts.n_bridges, igraph_vector_int_size(&k));
    for (igraph_integer_t i = 0; i < igraph_vector_int_size(&k); i++, ++*compared) {
        igraph_integer_t x, y;
        bool found = false;
        igraph_edge(&flat, VECTOR(k)[i], &x, &y);
        for (uint32_t b = 0; b < cuts.n_bridges; b++)
            found = found || (cuts.bridges[b][0] == (x < y ? x : y) && cuts.bridges[b][1] == (x < y ? y : x));
        assert_true(found);
    }
    igraph_vector_destroy(&triangles);
    igraph_vector_int_destroy(&k);
    igraph_destroy(&flat);
}

static void igraph_agrees(uint64_t seed, uint32_t n, size_t m, bool directed, uint32_t most, size_t *compared)
{
    struct lm_arena a;
    struct twin t;
    lm_arena_init(&a, 0);
    struct lm_graph g = random_graph(&a, seed, n, m, directed, most);
    open_twin(&g, &t);
    numbers_agree(&a, &g, &t, compared);
    structure_agrees(&a, &g, &t, compared);
    close_twin(&t);
    lm_arena_free(&a);
}

static void igraph_agrees_on_random_networks(void **state)
{
    size_t compared = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        uint32_t n = 2 + (uint32_t)(seed * 7 % 90);
        size_t m = n * (seed % 5) / 2 + 1;
        igraph_agrees(seed, n, m, false, 1 + (uint32_t)seed % 7, &compared);
        igraph_agrees(seed + 1000, n, m, true, 1 + (uint32_t)seed % 7, &compared);
    }
    igraph_agrees(7, 1500, 9000, false, 1, &compared);
    igraph_agrees(8, 1500, 9000, true, 4, &compared);
    print_message("# %zu values compared\n", compared);
    assert_true(compared > 50000);
}

static void strong_ties_are_short(void **state)
{
    struct lm_arena a;
    double *steps, *weighted;
    (void)state;
    lm_arena_init(&a, 0);
    /* a triangle whose tie 0-2 is weak: its path by way of 1 is shorter (1/4 + 1/4 < 1) */
    const struct lm_edge_in edges[] = { { 0, 1, 4 }, { 1, 2, 4 }, { 0, 2, 1 } };
    struct lm_graph g = build(&a, 3, edges, 3, false);
    assert_int_equal(lm_node_measure(&a, &g, LM_MEASURE_BETWEENNESS, NULL, &steps, NULL), LM_OK);
    assert_int_equal(lm_node_measure(&a, &g, LM_MEASURE_BETWEENNESS_WEIGHTED, NULL, &weighted, NULL), LM_OK);
    assert_true(steps[1] == 0 && weighted[1] == 1 && weighted[0] == 0);
    /* tenths: 1/10 and 1/20 + 1/20 are the same length, whatever the rounding */
    const struct lm_edge_in equal[] = { { 0, 1, 20 }, { 1, 2, 20 }, { 0, 2, 10 } };
    g = build(&a, 3, equal, 3, false);
    assert_int_equal(lm_node_measure(&a, &g, LM_MEASURE_BETWEENNESS_WEIGHTED, NULL, &weighted, NULL), LM_OK);
    assert_near(weighted[1], 0.5, 1e-12);
    lm_arena_free(&a);
}

static void many_paths_do_not_overflow(void **state)
{
    struct lm_arena a;
    double *steps, *weighted;
    uint32_t rungs = 1100, m = 0;
    (void)state;
    lm_arena_init(&a, 0);
    /* a chain of squares: 2^1100 shortest paths from end to end */
    struct lm_edge_in *edges = lm_arena_array(&a, 4 * rungs, sizeof *edges);
    for (uint32_t i = 0; i < rungs; i++)
        for (uint32_t k = 0; k < 4; k++)
            edges[m++] = (struct lm_edge_in){ 3 * i + (k & 1 ? 3 : 0), 3 * i + 1 + k / 2, 1 };
    struct lm_graph g = build(&a, 3 * rungs + 1, edges, m, false);
    assert_int_equal(lm_node_measure(&a, &g, LM_MEASURE_BETWEENNESS, NULL, &steps, NULL), LM_OK);
    assert_int_equal(lm_node_measure(&a, &g, LM_MEASURE_BETWEENNESS_WEIGHTED, NULL, &weighted, NULL), LM_OK);
    for (uint32_t v = 0; v < g.n; v++)
        assert_near(weighted[v], steps[v], 1e-9 * (1 + steps[v]));
    lm_arena_free(&a);
}

/* --- networks that are hardly one --- */

static void every_measure_is_finite(const struct lm_graph *g)
{
    for (enum lm_node_measure m = LM_MEASURE_DEGREE; m < LM_MEASURES; m++) {
        struct lm_arena a;
        double *x = NULL;
        lm_arena_init(&a, 0);
        lm_err err = lm_node_measure(&a, g, m, NULL, &x, NULL);
        assert_int_equal(err, lm_measure_directed(m) && !g->directed ? LM_EUSAGE : LM_OK);
        for (uint32_t v = 0; err == LM_OK && v < g->n; v++)
            if (!isfinite(x[v]))
                fail_msg("%s of %u is %g", lm_measure_words[m], v, x[v]);
        lm_arena_free(&a);
    }
}

static void hardly_networks(void **state)
{
    (void)state;
    const struct lm_edge_in loop = { 0, 0, 3 }, tiny = { 0, 1, 5e-324 }, huge[] = { { 0, 1, 1e308 }, { 1, 2, 1e308 } };
    for (int directed = 0; directed < 2; directed++) {
        struct lm_arena a;
        struct lm_graph g;
        struct lm_error e = { 0 };
        struct lm_str names[3] = { LM_STR("a"), LM_STR("b"), LM_STR("c") };
        lm_arena_init(&a, 0);
        g = build(&a, 0, NULL, 0, directed);
        every_measure_is_finite(&g);
        g = build(&a, 1, NULL, 0, directed);
        every_measure_is_finite(&g);
        g = build(&a, 5, NULL, 0, directed);
        every_measure_is_finite(&g);
        g = build(&a, 1, &loop, 1, directed);
        assert_int_equal(g.n_loops, 1);
        every_measure_is_finite(&g);
        g = build(&a, 2, &tiny, 1, directed);
        every_measure_is_finite(&g);
        assert_int_equal(lm_graph_build(&a, names, 3, huge, 2, directed, &g, NULL, &e), LM_EINPUT);
        assert_non_null(strstr(e.message, "more than a number can hold"));
        lm_arena_free(&a);
    }
}

static void words(void **state)
{
    (void)state;
    for (enum lm_node_measure m = LM_MEASURE_DEGREE; m < LM_MEASURES; m++)
        assert_int_equal(lm_measure_called(lm_str(lm_measure_words[m])), m);
    assert_int_equal(lm_measure_called(LM_STR("guilt")), LM_MEASURES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(igraph_agrees_on_random_networks), cmocka_unit_test(strong_ties_are_short),
        cmocka_unit_test(many_paths_do_not_overflow),       cmocka_unit_test(hardly_networks),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
