/* Communities against igraph's and against what is known; groups, their stability, their bridges, and chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <igraph/igraph.h>

#include "base/rng.h"
#include "network/communities.h"
#include "network/groups.h"
#include "network/swaps.h"

static void build(struct lm_arena *a, const struct lm_edge_in *edges, size_t m, size_t n, bool directed, struct lm_graph *g)
{
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = lm_arena_printf(a, "%06zu", i);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, g, NULL, NULL), LM_OK);
}

/* k cliques of `size`, a ring of single ties around them. */
static void cliques(struct lm_arena *a, uint32_t k, uint32_t size, struct lm_graph *g)
{
    struct lm_edge_in *edges = lm_arena_array(a, (size_t)k * size * size, sizeof *edges);
    size_t m = 0;
    for (uint32_t c = 0; c < k; c++) {
        for (uint32_t i = 0; i < size; i++)
            for (uint32_t j = i + 1; j < size; j++)
                edges[m++] = (struct lm_edge_in){ c * size + i, c * size + j, 1 };
        edges[m++] = (struct lm_edge_in){ c * size, (c + 1) % k * size + 1, 1 };
    }
    build(a, edges, m, (size_t)k * size, false, g);
}

static void random_network(struct lm_arena *a, uint32_t n, size_t m, uint64_t seed, bool directed, struct lm_graph *g)
{
    struct lm_edge_in *edges = lm_arena_array(a, m, sizeof *edges);
    struct lm_rng r = { seed };
    for (size_t i = 0; i < m; i++)
        edges[i] = (struct lm_edge_in){ (uint32_t)lm_rng_below(&r, n), (uint32_t)lm_rng_below(&r, n),
                                        1 + (double)lm_rng_below(&r, 9) };
    build(a, edges, m, n, directed, g);
}

static double ours(struct lm_arena *a, const struct lm_graph *g, uint64_t seed)
{
    struct lm_communities c;
    double *w;
    assert_int_equal(lm_near_weights(a, g, &w), LM_OK);
    assert_int_equal(lm_communities(a, &g->near, w, seed, &c), LM_OK);
    return c.modularity;
}

/* The best of ten runs of igraph's Leiden, and igraph's word on the modularity of our parts. */
static double theirs(struct lm_arena *a, const struct lm_graph *g)
{
    igraph_t ig;
    igraph_vector_int_t ends, member;
    igraph_vector_t w, strength;
    struct lm_communities c;
    double *mine, best = -1, q;
    assert_int_equal(lm_near_weights(a, g, &mine), LM_OK);
    assert_int_equal(lm_communities(a, &g->near, mine, 7, &c), LM_OK);
    igraph_vector_int_init(&ends, 0);
    igraph_vector_init(&w, 0);
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (v < g->near.to[j]) {
                igraph_vector_int_push_back(&ends, v);
                igraph_vector_int_push_back(&ends, g->near.to[j]);
                igraph_vector_push_back(&w, mine[j]);
            }
    igraph_create(&ig, &ends, g->n, false);
    igraph_vector_int_init(&member, g->n);
    igraph_vector_init(&strength, g->n);
    for (uint32_t v = 0; v < g->n; v++)
        VECTOR(member)[v] = c.of[v];
    igraph_modularity(&ig, &member, &w, 1, false, &q);
    assert_true(fabs(q - c.modularity) < 1e-9);
    igraph_strength(&ig, &strength, igraph_vss_all(), IGRAPH_ALL, true, &w);
    igraph_rng_seed(igraph_rng_default(), 1);
    for (int i = 0; i < 10; i++) {
        igraph_integer_t n;
        igraph_community_leiden(&ig, &w, &strength, 1 / (2 * igraph_vector_sum(&w)), 0.01, false, 10, &member, &n, &q);
        igraph_modularity(&ig, &member, &w, 1, false, &q);
        best = q > best ? q : best;
    }
    igraph_destroy(&ig);
    igraph_vector_int_destroy(&ends);
    igraph_vector_int_destroy(&member);
    igraph_vector_destroy(&w);
    igraph_vector_destroy(&strength);
    return best;
}

static double best_of_ten(struct lm_arena *a, const struct lm_graph *g)
{
    double best = -1;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        double q = ours(a, g, seed);
        best = q > best ? q : best;
    }
    return best;
}

static void the_karate_club(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    igraph_t club;
    struct lm_edge_in edges[78];
    (void)state;
    lm_arena_init(&a, 0);
    igraph_famous(&club, "Zachary");
    assert_int_equal(igraph_ecount(&club), 78);
    for (igraph_integer_t i = 0; i < 78; i++)
        edges[i] = (struct lm_edge_in){ (uint32_t)IGRAPH_FROM(&club, i), (uint32_t)IGRAPH_TO(&club, i), 1 };
    igraph_destroy(&club);
    build(&a, edges, 78, 34, false, &g);
    /* the optimum is known: Brandes et al. 2008, doi:10.1109/TKDE.2007.190689 */
    assert_true(fabs(best_of_ten(&a, &g) - 0.4197896) < 1e-6);
    lm_arena_free(&a);
}

static void as_good_as_the_library(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct lm_arena a;
        struct lm_graph g;
        lm_arena_init(&a, 0);
        random_network(&a, 300, 700 + 200 * seed, seed, seed % 2 == 0, &g);
        double q = best_of_ten(&a, &g), t = theirs(&a, &g);
        if (!(q > t - 0.01))
            fail_msg("seed %d: modularity %g, igraph's %g", (int)seed, q, t);
        lm_arena_free(&a);
    }
}

static void cliques_are_groups_and_stay(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_groups r;
    (void)state;
    lm_arena_init(&a, 0);
    cliques(&a, 5, 8, &g);
    assert_int_equal(lm_groups(&a, &g, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n, 5);
    assert_int_equal(r.runs, LM_GROUP_RUNS);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(r.groups[i].n, 8);
        assert_int_equal(r.groups[i].members[0], 8 * i);
        assert_int_equal(r.groups[i].ties_inside, 28);
        assert_int_equal(r.groups[i].ties_outside, 2);
        assert_true(r.groups[i].jaccard > 0.95 && r.groups[i].jaccard <= 1);
        assert_true(r.groups[i].together > 0.95 && r.groups[i].together <= 1);
    }
    /* inside 140 of 145, each group a fifth of all ends */
    assert_true(fabs(r.modularity - (140.0 / 145 - 0.2)) < 1e-12);
    assert_true(r.random_high < r.modularity - 0.2 && r.random_low > 0 && r.random_low <= r.random_high);
    assert_int_equal(r.n_bridges, 10);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(r.bridges[i].others, 1);
        assert_int_equal(r.bridges[i].ties_outside, 1);
        assert_int_equal(r.bridges[i].ties_inside, 7);
        assert_true(r.bridges[i].vertex % 8 < 2);
    }
    for (uint32_t v = 0; v < g.n; v++)
        assert_true(r.kept[v] > 0.9 && r.kept[v] <= 1);
    lm_arena_free(&a);
}

static void a_random_network_is_not_beyond_chance(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_groups r;
    double least = 1;
    (void)state;
    lm_arena_init(&a, 0);
    random_network(&a, 200, 400, 11, false, &g);
    assert_int_equal(lm_groups(&a, &g, 1, NULL, &r, NULL), LM_OK);
    assert_true(r.modularity > 0.3); /* it looks like something */
    assert_true(fabs(r.modularity - (r.random_low + r.random_high) / 2) < 0.05);
    for (uint32_t i = 0; i < r.n; i++)
        if (r.groups[i].n > 5 && r.groups[i].jaccard < least)
            least = r.groups[i].jaccard;
    assert_true(least < LM_GROUP_STABLE);
    lm_arena_free(&a);
}

static void the_same_with_any_number_of_threads(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_groups one, many;
    (void)state;
    lm_arena_init(&a, 0);
    random_network(&a, 150, 400, 3, true, &g);
    assert_int_equal(lm_groups(&a, &g, 5, &(struct lm_effort){ .threads = 1 }, &one, NULL), LM_OK);
    assert_int_equal(lm_groups(&a, &g, 5, &(struct lm_effort){ .threads = 5 }, &many, NULL), LM_OK);
    assert_int_equal(one.n, many.n);
    assert_memory_equal(one.of, many.of, g.n * sizeof *one.of);
    assert_memory_equal(one.kept, many.kept, g.n * sizeof *one.kept);
    for (uint32_t i = 0; i < one.n; i++) {
        assert_memory_equal(&one.groups[i].jaccard, &many.groups[i].jaccard, sizeof(double));
        assert_memory_equal(&one.groups[i].together, &many.groups[i].together, sizeof(double));
    }
    assert_memory_equal(&one.random_low, &many.random_low, sizeof(double));
    assert_memory_equal(&one.random_high, &many.random_high, sizeof(double));
    lm_arena_free(&a);
}

static void nothing_and_almost_nothing(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_groups r;
    const struct lm_edge_in loop = { 0, 0, 1 }, tie = { 0, 1, 1 };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, NULL, 0, 0, false, &g);
    assert_int_equal(lm_groups(&a, &g, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n, 0);
    build(&a, &loop, 1, 1, false, &g);
    assert_int_equal(lm_groups(&a, &g, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.runs, 0);
    assert_true(isnan(r.groups[0].jaccard) && r.modularity == 0);
    build(&a, &tie, 1, 2, true, &g);
    assert_int_equal(lm_groups(&a, &g, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.groups[0].n, 2);
    const atomic_bool stop = true;
    assert_int_equal(lm_groups(&a, &g, 1, &(struct lm_effort){ .cancel = &stop }, &r, NULL), LM_ECANCELLED);
    lm_arena_free(&a);
}

static void swaps_keep_the_number_of_ties_of_each(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_adjacency near;
    double *w, *swapped;
    size_t same = 0;
    (void)state;
    lm_arena_init(&a, 0);
    random_network(&a, 100, 400, 4, false, &g);
    assert_int_equal(lm_near_weights(&a, &g, &w), LM_OK);
    assert_int_equal(lm_swapped(&a, &g, w, 9, &near, &swapped), LM_OK);
    double before = 0, after = 0;
    for (uint32_t v = 0; v < g.n; v++) {
        bool met[100] = { false };
        assert_int_equal(lm_degree(&near, v), lm_degree(&g.near, v));
        for (uint32_t j = near.at[v]; j < near.at[v + 1]; j++) {
            assert_true(near.to[j] != v && !met[near.to[j]]);
            met[near.to[j]] = true;
            after += swapped[j];
            before += w[j];
        }
        for (uint32_t j = g.near.at[v]; j < g.near.at[v + 1]; j++)
            same += met[g.near.to[j]];
    }
    assert_true(fabs(before - after) < 1e-9);
    assert_true(same < near.at[g.n] / 4);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_karate_club),
        cmocka_unit_test(as_good_as_the_library),
        cmocka_unit_test(cliques_are_groups_and_stay),
        cmocka_unit_test(a_random_network_is_not_beyond_chance),
        cmocka_unit_test(the_same_with_any_number_of_threads),
        cmocka_unit_test(nothing_and_almost_nothing),
        cmocka_unit_test(swaps_keep_the_number_of_ties_of_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
