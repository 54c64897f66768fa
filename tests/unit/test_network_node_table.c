/* The table of nodes: columns by name, rows that cannot be used, hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "network/node_table.h"

static void three(struct lm_arena *a, struct lm_graph *g)
{
    static const struct lm_str names[] = { { "ana", 3 }, { "beto", 4 }, { "El Nido", 7 } };
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 1, 2, 1 } };
    assert_int_equal(lm_graph_build(a, names, 3, edges, 2, false, g, NULL, NULL), LM_OK);
}

static void columns_by_name_in_any_order(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_node_table t;
    (void)state;
    lm_arena_init(&a, 0);
    three(&a, &g);
    static const char text[] = "\xef\xbb\xbf" "Cost\tROLE\tname\tnotes\tcity\r\n2.5\tSource\t ana \tx\tDenver\r\n\r\n"
                               "\tcustomer\tEl Nido\ty\tDENVER\r\n0.5\tboth\tbeto\t\t\r\n";
    assert_int_equal(lm_node_table_parse(&a, lm_str(text), &g, &t, NULL), LM_OK);
    uint32_t ana = lm_graph_find(&g, LM_STR("ana")), nido = lm_graph_find(&g, LM_STR("El Nido"));
    uint32_t beto = lm_graph_find(&g, LM_STR("beto"));
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.n_damaged + t.unknown, 0);
    assert_int_equal(t.columns_ignored, 1);
    assert_true(t.has_city && t.has_role && t.has_cost);
    assert_true(t.cost[ana] == 2.5 && t.cost[nido] == 1 && t.cost[beto] == 0.5);
    assert_int_equal(t.role[ana], LM_NODE_SOURCE);
    assert_int_equal(t.role[nido], LM_NODE_CUSTOMER);
    assert_int_equal(t.role[beto], LM_NODE_BOTH);
    assert_int_equal(t.n_cities, 1);
    assert_true(lm_str_eq(t.cities[t.city[nido]], LM_STR("Denver"))); /* the first spelling */
    assert_int_equal(t.city[ana], t.city[nido]);
    assert_int_equal(t.city[beto], LM_NO_CITY);
    assert_true(lm_str_eq(t.role_name[beto], LM_STR("both")));
    lm_arena_free(&a);
}

static void what_cannot_be_used_has_a_place(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_node_table t;
    struct lm_error e;
    (void)state;
    lm_arena_init(&a, 0);
    three(&a, &g);
    static const char text[] = "name,cost\nana,1\nana,2\nbeto,nan\nbeto,-0.5\nnobody,1\n\"El Nido\"x,1\nbe\xff,1\n";
    assert_int_equal(lm_node_table_parse(&a, lm_str(text), &g, &t, NULL), LM_OK);
    assert_int_equal(t.rows, 1);
    assert_int_equal(t.unknown, 1);
    assert_int_equal(t.n_damaged, 5);
    assert_int_equal(t.n_problems, 6);
    assert_int_equal(t.problems[0].line, 3);
    assert_int_equal(t.problems[0].byte, 16);
    assert_false(t.has_city || t.has_role);
    assert_int_equal(lm_node_table_parse(&a, LM_STR("who,cost\n"), &g, &t, &e), LM_EINPUT);
    assert_int_equal(lm_node_table_parse(&a, LM_STR(""), &g, &t, &e), LM_EINPUT);
    assert_int_equal(lm_node_table_parse(&a, LM_STR("name,Religion\nana,x\n"), &g, &t, &e), LM_EINPUT);
    assert_non_null(strstr(e.message, "column 2 is refused"));
    assert_null(strstr(e.message, "Religion"));
    lm_arena_free(&a);
}

static void any_bytes_are_survived(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_node_table t;
    uint64_t x = 88172645463325252u;
    (void)state;
    lm_arena_init(&a, 0);
    three(&a, &g);
    for (int i = 0; i < 3000; i++) {
        char text[96] = "name,city,cost\n";
        for (size_t k = i % 2 == 0 ? 15 : 0; k < sizeof text; k++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            text[k] = i % 3 == 0 ? "ana,\"\n;1\t"[x % 9] : (char)x;
        }
        (void)lm_node_table_parse(&a, (struct lm_str){ text, sizeof text }, &g, &t, NULL);
    }
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_name_in_any_order),
        cmocka_unit_test(what_cannot_be_used_has_a_place),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
