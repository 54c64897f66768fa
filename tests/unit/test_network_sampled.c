/* Drawn betweenness against the exact one: every vertex within epsilon, the same bytes with the same seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "network/betweenness.h"
#include "network/sampled.h"

static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m, bool directed)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, &g, NULL, NULL), LM_OK);
    return g;
}

/* The largest difference from the exact betweenness, as a share of all pairs. */
static double off(struct lm_arena *a, const struct lm_graph *g, double epsilon, uint64_t seed)
{
    struct lm_sampled one, three;
    double *exact, most = 0, pairs = (double)g->n * (g->n - 1) / (g->directed ? 1 : 2);
    const struct lm_sampling how = { .epsilon = epsilon, .delta = 0.1, .seed = seed };
    assert_int_equal(lm_betweenness(a, g, g->directed, NULL, &exact, NULL), LM_OK);
    assert_int_equal(lm_betweenness_sampled(a, g, &how, &(struct lm_effort){ .threads = 1 }, &one, NULL), LM_OK);
    assert_int_equal(lm_betweenness_sampled(a, g, &how, &(struct lm_effort){ .threads = 3 }, &three, NULL), LM_OK);
    assert_memory_equal(one.score, three.score, g->n * sizeof *one.score);
    assert_true(one.error_pairs == epsilon * pairs);
    for (uint32_t v = 0; v < g->n; v++)
        most = fmax(most, fabs(one.score[v] - exact[v]) / pairs);
    return most;
}

static void within_epsilon(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct lm_arena a;
        struct lm_rng r = { seed };
        uint32_t n = 30 + (uint32_t)seed * 40;
        size_t m = n * (1 + seed % 4);
        lm_arena_init(&a, 0);
        struct lm_edge_in *edges = lm_arena_array(&a, m, sizeof *edges);
        for (size_t i = 0; i < m; i++) {
            uint32_t x = (uint32_t)lm_rng_below(&r, n), y = (uint32_t)lm_rng_below(&r, n);
            edges[i] = (struct lm_edge_in){ x, (uint32_t)lm_rng_below(&r, y + 1), 1 };
        }
        for (int directed = 0; directed < 2; directed++) {
            struct lm_graph g = build(&a, n, edges, m, directed);
            double most = off(&a, &g, 0.02, seed);
            if (!(most < 0.02))
                fail_msg("seed %u, %s: off by %.4f", (unsigned)seed, directed ? "directed" : "undirected", most);
        }
        lm_arena_free(&a);
    }
}

/* All shortest paths of a pair are equally likely: of the 6 through a 4 × 3 fan, each. */
static void paths_are_equally_likely(void **state)
{
    struct lm_arena a;
    (void)state;
    lm_arena_init(&a, 0);
    /* 0 – {1,2} – 3 – {4,5,6} – 7, and 1 – 8 – 7 is longer */
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 0, 2, 1 }, { 1, 3, 1 }, { 2, 3, 1 }, { 3, 4, 1 }, { 3, 5, 1 },
                                        { 3, 6, 1 }, { 4, 7, 1 }, { 5, 7, 1 }, { 6, 7, 1 }, { 0, 4, 1 } };
    struct lm_graph g = build(&a, 8, edges, sizeof edges / sizeof edges[0], false);
    assert_true(off(&a, &g, 0.005, 9) < 0.005);
    /* a chain of 1,100 squares: more paths than a double holds */
    uint32_t rungs = 1100, m = 0;
    struct lm_edge_in *ladder = lm_arena_array(&a, 4 * rungs, sizeof *ladder);
    for (uint32_t i = 0; i < rungs; i++)
        for (uint32_t k = 0; k < 4; k++)
            ladder[m++] = (struct lm_edge_in){ 3 * i + (k & 1 ? 3 : 0), 3 * i + 1 + k / 2, 1 };
    g = build(&a, 3 * rungs + 1, ladder, m, false);
    assert_true(off(&a, &g, 0.04, 3) < 0.04);
    lm_arena_free(&a);
}

static void hardly_networks(void **state)
{
    struct lm_arena a;
    struct lm_sampled r;
    struct lm_error e = { 0 };
    struct lm_sampling how = { .epsilon = 0.05, .delta = 0.1, .seed = 1 };
    (void)state;
    lm_arena_init(&a, 0);
    for (uint32_t n = 0; n < 4; n++) {
        struct lm_graph g = build(&a, n, NULL, 0, n % 2);
        assert_int_equal(lm_betweenness_sampled(&a, &g, &how, NULL, &r, &e), LM_OK);
        for (uint32_t v = 0; v < n; v++)
            assert_true(r.score[v] == 0);
    }
    struct lm_graph g = build(&a, 3, NULL, 0, false);
    const double bad[] = { 0, 1, -1, NAN };
    for (int i = 0; i < 4; i++) {
        how.epsilon = bad[i];
        assert_int_equal(lm_betweenness_sampled(&a, &g, &how, NULL, &r, &e), LM_EUSAGE);
    }
    how.epsilon = 1e-6;
    assert_int_equal(lm_betweenness_sampled(&a, &g, &how, NULL, &r, &e), LM_ELIMIT);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_epsilon),
        cmocka_unit_test(paths_are_equally_likely),
        cmocka_unit_test(hardly_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
