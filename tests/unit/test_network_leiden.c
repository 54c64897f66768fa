/* Communities: the planted ones are found, the modularity is that of igraph's formula and not below what igraph's
 * Leiden finds, and each community hangs together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <igraph/igraph.h>
#include <math.h>

#include "base/rng.h"
#include "network/components.h"
#include "network/leiden.h"

static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m, bool directed)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, &g, NULL, NULL), LM_OK);
    return g;
}

/* groups of 20; a tie stays in its group with this chance in per cent. */
static struct lm_graph planted(struct lm_arena *a, uint64_t seed, uint32_t groups, size_t m, unsigned inside)
{
    struct lm_rng r = { seed };
    uint32_t n = groups * 20;
    struct lm_edge_in *edges = lm_arena_array(a, m, sizeof *edges);
    for (size_t i = 0; i < m; i++) {
        uint32_t x = (uint32_t)lm_rng_below(&r, n), y = (uint32_t)lm_rng_below(&r, n);
        if (lm_rng_below(&r, 100) < inside)
            y = x / 20 * 20 + y % 20;
        edges[i] = (struct lm_edge_in){ x, y, 1 + (double)lm_rng_below(&r, 3) };
    }
    return build(a, n, edges, m, false);
}

static void igraph_of(const struct lm_graph *g, igraph_t *ig, igraph_vector_t *weights)
{
    igraph_vector_int_t ends;
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(weights, 0);
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (v < g->near.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, g->near.to[j]);
                igraph_vector_push_back(weights, lm_weight(g->w_out, j));
            }
    igraph_create(ig, &ends, g->n, false);
    igraph_vector_int_destroy(&ends);
}

static void each_hangs_together(const struct lm_graph *g, const struct lm_communities *c)
{
    struct lm_arena a;
    lm_arena_init(&a, 0);
    for (uint32_t k = 1; k <= c->n; k++) {
        struct lm_components parts;
        bool *gone = lm_arena_array(&a, g->n, sizeof *gone);
        for (uint32_t v = 0; v < g->n; v++)
            gone[v] = c->of[v] != k;
        assert_int_equal(lm_components(g, gone, &parts, NULL), LM_OK);
        assert_int_equal(parts.n, 1);
    }
    lm_arena_free(&a);
}

static void as_good_as_igraph(void **state)
{
    double ours_sum = 0, theirs_sum = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct lm_arena a;
        struct lm_communities c, again;
        igraph_t ig;
        igraph_vector_t weights, strength;
        igraph_vector_int_t membership;
        double same_formula, theirs;
        igraph_integer_t n_theirs;
        lm_arena_init(&a, 0);
        struct lm_graph g = planted(&a, seed, 3 + (uint32_t)seed, 1200, 50 + (unsigned)seed * 2);
        assert_int_equal(lm_leiden(&a, &g, seed, 10, NULL, &c, NULL), LM_OK);
        assert_int_equal(lm_leiden(&a, &g, seed, 10, NULL, &again, NULL), LM_OK);
        assert_memory_equal(c.of, again.of, g.n * sizeof *c.of);
        each_hangs_together(&g, &c);
        igraph_of(&g, &ig, &weights);
        igraph_vector_init(&strength, 0);
        igraph_vector_int_init(&membership, g.n);
        for (uint32_t v = 0; v < g.n; v++)
            VECTOR(membership)[v] = c.of[v] - 1;
        igraph_modularity(&ig, &membership, &weights, 1, false, &same_formula);
        assert_true(fabs(same_formula - c.modularity) < 1e-12);
        igraph_strength(&ig, &strength, igraph_vss_all(), IGRAPH_ALL, true, &weights);
        double all = igraph_vector_sum(&strength);
        igraph_rng_seed(igraph_rng_default(), seed);
        igraph_community_leiden(&ig, &weights, &strength, 1 / all, 0.01, false, 10, &membership, &n_theirs, NULL);
        igraph_modularity(&ig, &membership, &weights, 1, false, &theirs);
        if (!(c.modularity > theirs - 0.01))
            fail_msg("seed %llu: %.4f is below igraph's %.4f", (unsigned long long)seed, c.modularity, theirs);
        ours_sum += c.modularity;
        theirs_sum += theirs;
        igraph_destroy(&ig);
        igraph_vector_destroy(&weights);
        igraph_vector_destroy(&strength);
        igraph_vector_int_destroy(&membership);
        lm_arena_free(&a);
    }
    print_message("# mean modularity %.5f, igraph %.5f\n", ours_sum / 20, theirs_sum / 20);
    assert_true(ours_sum > theirs_sum - 0.04);
}

static void what_was_planted_is_found(void **state)
{
    struct lm_arena a;
    struct lm_communities c;
    (void)state;
    lm_arena_init(&a, 0);
    struct lm_graph g = planted(&a, 5, 10, 3000, 90);
    assert_int_equal(lm_leiden(&a, &g, 1, 10, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 10);
    for (uint32_t v = 0; v < g.n; v++)
        assert_int_equal(c.of[v], c.of[v / 20 * 20]);
    lm_arena_free(&a);
}

static void hardly_networks(void **state)
{
    struct lm_arena a;
    struct lm_communities c;
    (void)state;
    lm_arena_init(&a, 0);
    struct lm_graph g = build(&a, 0, NULL, 0, false);
    assert_int_equal(lm_leiden(&a, &g, 1, 10, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 0);
    g = build(&a, 4, NULL, 0, true);
    assert_int_equal(lm_leiden(&a, &g, 1, 10, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 4);
    assert_true(c.modularity == 0);
    /* one direction or both: the pair weighs what both do */
    const struct lm_edge_in edges[] = { { 0, 1, 2 }, { 1, 0, 3 }, { 2, 3, 5 } };
    g = build(&a, 4, edges, 3, true);
    assert_int_equal(lm_leiden(&a, &g, 1, 10, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 2);
    assert_true(c.modularity == 0.5);
    assert_true(c.of[0] == 1 && c.of[1] == 1 && c.of[2] == 2 && c.of[3] == 2);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_good_as_igraph),
        cmocka_unit_test(what_was_planted_is_found),
        cmocka_unit_test(hardly_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
