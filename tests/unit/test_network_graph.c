#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "network/components.h"
#include "network/graph.h"

static const struct lm_str names[] = { { "b", 1 }, { "a", 1 }, { "10", 2 }, { "9", 1 }, { "ab", 2 } };

static void vertices_stand_in_name_order(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_graph g;
    uint32_t *vertex_of;
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 2, 3, 1 } };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_graph_build(&a, names, 5, edges, 2, false, &g, &vertex_of, NULL), LM_OK);
    static const char *const order[] = { "10", "9", "a", "ab", "b" };
    for (uint32_t v = 0; v < 5; v++) {
        assert_true(lm_str_eq(g.names[v], lm_str(order[v])));
        assert_int_equal(lm_graph_find(&g, lm_str(order[v])), v);
    }
    assert_int_equal(vertex_of[0], 4);
    assert_int_equal(vertex_of[3], 1);
    assert_int_equal(lm_graph_find(&g, LM_STR("c")), UINT32_MAX);
    assert_int_equal(lm_graph_find(&g, LM_STR("")), UINT32_MAX);
    assert_int_equal(lm_graph_degree(&g, 3), 0);
    lm_arena_free(&a);
}

static void repeats_merge_and_loops_drop(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_graph g;
    const struct lm_edge_in edges[] = { { 0, 1, 2 }, { 1, 0, 3 }, { 0, 1, 0.5 }, { 2, 2, 9 }, { 3, 0, 1 } };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_graph_build(&a, names, 5, edges, 5, false, &g, NULL, NULL), LM_OK);
    assert_int_equal(g.n, 5);
    assert_int_equal(g.n_edges, 2);
    assert_int_equal(g.n_merged, 2);
    assert_int_equal(g.n_loops, 1);
    assert_true(g.weight_sum == 6.5);
    uint32_t b = lm_graph_find(&g, LM_STR("b"));
    assert_int_equal(lm_degree(&g.near, b), 2);
    assert_true(lm_str_eq(g.names[g.near.to[g.near.at[b]]], LM_STR("9")));
    assert_true(lm_weight(g.w_out, g.out.at[b] + 1) == 5.5);

    assert_int_equal(lm_graph_build(&a, names, 5, edges, 5, true, &g, NULL, NULL), LM_OK);
    assert_int_equal(g.n_edges, 3);
    assert_int_equal(g.n_pairs, 2);
    assert_int_equal(g.n_merged, 1);
    assert_int_equal(lm_degree(&g.out, b), 1);
    assert_int_equal(lm_degree(&g.in, b), 2);
    assert_int_equal(lm_graph_degree(&g, b), 3);
    assert_true(lm_weight(g.w_out, g.out.at[b]) == 2.5);
    lm_arena_free(&a);
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_graph g = { .n = 77 };
    struct lm_error e;
    const struct lm_edge_in edges[] = { { 0, 5, 1 } };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_graph_build(&a, names, 5, edges, 1, false, &g, NULL, &e), LM_EINTERNAL);
    assert_int_equal(lm_graph_build(&a, NULL, (size_t)1 << 31, NULL, 0, false, &g, NULL, &e), LM_ELIMIT);
    assert_int_equal(g.n, 77);
    lm_arena_free(&a);
    lm_arena_init(&a, 100);
    const struct lm_edge_in fine[] = { { 0, 1, 1 } };
    assert_int_equal(lm_graph_build(&a, names, 5, fine, 1, false, &g, NULL, &e), LM_ENOMEM);
    lm_arena_free(&a);
}

static void components_and_pairs(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_graph g;
    struct lm_components c;
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 1, 2, 1 } };
    lm_arena_init(&a, 0);
    assert_int_equal(lm_graph_build(&a, names, 5, edges, 2, false, &g, NULL, NULL), LM_OK);
    assert_int_equal(lm_components(&g, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 3);
    assert_int_equal(c.lcc, 3);
    assert_int_equal(c.pairs, 3);
    bool gone[5] = { false };
    gone[lm_graph_find(&g, LM_STR("a"))] = true;
    assert_int_equal(lm_components(&g, gone, &c, NULL), LM_OK);
    assert_int_equal(c.n, 4);
    assert_int_equal(c.lcc, 1);
    assert_int_equal(c.pairs, 0);
    for (int i = 0; i < 5; i++)
        gone[i] = true;
    assert_int_equal(lm_components(&g, gone, &c, NULL), LM_OK);
    assert_int_equal(c.n, 0);
    assert_int_equal(c.lcc, 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vertices_stand_in_name_order),
        cmocka_unit_test(repeats_merge_and_loops_drop),
        cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(components_and_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
