/* The order by betweenness, and the ranks when a tenth of the ties is missing: hand-counted, same bytes with any
 * number of threads, given up where it would take long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "network/betweenness.h"
#include "network/ranking.h"

static void build(struct lm_arena *a, const struct lm_edge_in *edges, size_t m, size_t n, bool directed, struct lm_graph *g)
{
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = lm_arena_printf(a, "%06zu", i);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, g, NULL, NULL), LM_OK);
}

/* Vertex 0 tied to all others. */
static void star(struct lm_arena *a, uint32_t leaves, struct lm_graph *g)
{
    struct lm_edge_in *edges = lm_arena_array(a, leaves, sizeof *edges);
    for (uint32_t i = 0; i < leaves; i++)
        edges[i] = (struct lm_edge_in){ 0, i + 1, 1 };
    build(a, edges, leaves, leaves + 1, false, g);
}

static void path(struct lm_arena *a, uint32_t n, struct lm_graph *g)
{
    struct lm_edge_in *edges = lm_arena_array(a, n - 1, sizeof *edges);
    for (uint32_t i = 0; i + 1 < n; i++)
        edges[i] = (struct lm_edge_in){ i, i + 1, 1 };
    build(a, edges, n - 1, n, false, g);
}

static void equal_values_go_by_degree_then_name(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    uint32_t *order;
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 1, 2, 1 }, { 3, 1, 1 }, { 4, 2, 1 } };
    const double score[] = { 5, 7, 7 * (1 - 1e-12), 5 * (1 + 1e-12), 9 };
    const uint32_t expected[] = { 4, 1, 2, 0, 3 };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, edges, 4, 5, false, &g);
    assert_int_equal(lm_ranking(&a, &g, score, &order, NULL), LM_OK);
    assert_memory_equal(order, expected, sizeof expected);
    lm_arena_free(&a);
}

static void the_centre_of_a_large_star_stays_first(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks r;
    (void)state;
    lm_arena_init(&a, 0);
    star(&a, 200, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, false, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, LM_RANK_RUNS);
    assert_int_equal(r.of[0].low, 1);
    assert_int_equal(r.of[0].high, 1);
    for (uint32_t v = 1; v < g.n; v++) { /* all leaves are equal, so each has every rank but the first */
        assert_int_equal(r.of[v].low, 2);
        assert_int_equal(r.of[v].high, 201);
    }
    lm_arena_free(&a);
}

static void one_missing_tie_may_undo_a_rank(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks r;
    (void)state;
    lm_arena_init(&a, 0);
    path(&a, 3, &g); /* without either tie nobody stands between others: 0.19 in each of 50 runs */
    assert_int_equal(lm_rank_ranges(&a, &g, false, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.of[1].low, 1);
    assert_int_equal(r.of[1].high, 3);
    assert_int_equal(r.of[0].low, 1);
    assert_int_equal(r.of[0].high, 3);
    lm_arena_free(&a);
}

static void directed_ties_are_left_out_one_by_one(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks along, across;
    struct lm_edge_in edges[60];
    (void)state;
    lm_arena_init(&a, 0);
    for (uint32_t i = 0; i < 30; i++) { /* thirty send to 0, 0 sends to thirty others */
        edges[i] = (struct lm_edge_in){ i + 1, 0, 1 };
        edges[30 + i] = (struct lm_edge_in){ 0, i + 31, 1 };
    }
    build(&a, edges, 60, 61, true, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, true, NULL, &along, NULL), LM_OK);
    assert_int_equal(along.of[0].high, 1);
    for (uint32_t i = 30; i < 60; i++)
        edges[i] = (struct lm_edge_in){ i + 1, 0, 1 };
    build(&a, edges, 60, 61, true, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, true, NULL, &across, NULL), LM_OK);
    assert_int_equal(across.of[0].high, 61); /* nothing leaves 0 any more */
    lm_arena_free(&a);
}

static void the_same_with_any_number_of_threads(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks one, other;
    struct lm_edge_in edges[900];
    uint64_t z = 1;
    (void)state;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < 900; i++) {
        z = z * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        edges[i] = (struct lm_edge_in){ (uint32_t)(z >> 33) % 300, (uint32_t)(z >> 13) % 300, 1 };
    }
    build(&a, edges, 900, 300, false, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, false, &(struct lm_effort){ .threads = 1 }, &one, NULL), LM_OK);
    for (unsigned threads = 2; threads <= 5; threads += 3) {
        assert_int_equal(lm_rank_ranges(&a, &g, false, &(struct lm_effort){ .threads = threads }, &other, NULL), LM_OK);
        assert_memory_equal(one.of, other.of, g.n * sizeof *one.of);
    }
    bool moved = false;
    for (uint32_t v = 0; v < g.n; v++) {
        assert_true(one.of[v].low >= 1 && one.of[v].low <= one.of[v].high && one.of[v].high <= g.n);
        moved = moved || one.of[v].low != one.of[v].high;
    }
    assert_true(moved);
    lm_arena_free(&a);
}

static void a_large_network_gets_fewer_runs_or_none(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks r;
    char text[LM_RANK_SENTENCE];
    (void)state;
    lm_arena_init(&a, 0);
    path(&a, 7000, &g); /* 10^9 / (7000 · 6999) = 20.4 */
    assert_int_equal(lm_rank_ranges(&a, &g, false, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, 20);
    assert_non_null(strstr(lm_rank_sentence(&r, text), "over 20 simulations"));
    path(&a, 10100, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, false, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, 0);
    assert_null(r.of);
    assert_non_null(strstr(lm_rank_sentence(&r, text), "not simulated"));
    build(&a, NULL, 0, 3, false, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, false, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, 0);
    lm_arena_free(&a);
}

static void it_can_be_stopped(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks r = { .runs = 7 };
    struct lm_error e = { 0 };
    const atomic_bool stop = true;
    (void)state;
    lm_arena_init(&a, 0);
    star(&a, 40, &g);
    assert_int_equal(lm_rank_ranges(&a, &g, false, &(struct lm_effort){ .cancel = &stop }, &r, &e), LM_ECANCELLED);
    assert_int_equal(r.runs, 7);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_go_by_degree_then_name),
        cmocka_unit_test(the_centre_of_a_large_star_stays_first),
        cmocka_unit_test(one_missing_tie_may_undo_a_rank),
        cmocka_unit_test(directed_ties_are_left_out_one_by_one),
        cmocka_unit_test(the_same_with_any_number_of_threads),
        cmocka_unit_test(a_large_network_gets_fewer_runs_or_none),
        cmocka_unit_test(it_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
