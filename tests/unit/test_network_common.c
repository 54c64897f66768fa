/* Common contacts, counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "network/common.h"

/* a, b, c ask; m is known to a and b alone; t (a taxi) to all and to four more; u to b and c, and v. */
static const struct lm_str names[] = { LM_STR_INIT("a"), LM_STR_INIT("b"), LM_STR_INIT("c"), LM_STR_INIT("m"), LM_STR_INIT("t"),
                                       LM_STR_INIT("u"), LM_STR_INIT("v"), LM_STR_INIT("w"), LM_STR_INIT("x") };
enum { A, B, C, M, T, U, V, W, X };
static const struct lm_edge_in edges[] = { { A, M, 1 }, { M, B, 1 }, { A, T, 1 }, { B, T, 1 }, { T, C, 1 }, { T, V, 1 },
                                           { T, W, 1 }, { T, X, 1 }, { B, U, 1 }, { U, C, 1 }, { U, V, 1 }, { A, B, 1 } };

static bool near(double x, double y)
{
    return fabs(x - y) < 1e-12;
}

static void test_by_hand(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_commons r;
    const uint32_t asked[] = { A, B, C };
    (void)state;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_graph_build(&a, names, 9, edges, 12, false, &g, NULL, NULL), LM_OK);
    assert_int_equal(lm_commons_find(&a, &g, asked, 3, 100, &r, NULL), LM_OK);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.list[0].vertex, T); /* of all three */
    assert_int_equal(r.list[0].n_of, 3);
    assert_true(near(r.list[0].weight, 1 / log(6)));
    assert_int_equal(r.list[1].vertex, M);
    assert_true(near(r.list[1].weight, 1 / log(2)));
    assert_int_equal(r.list[2].vertex, U);
    assert_int_equal(r.n_pairs, 3);
    assert_true(r.pairs[0].a == 0 && r.pairs[0].b == 1 && r.pairs[0].shared == 2 && r.pairs[0].direct);
    assert_true(near(r.pairs[0].weight, 1 / log(6) + 1 / log(2)));
    assert_true(r.pairs[1].a == 1 && r.pairs[1].b == 2 && !r.pairs[1].direct);
    assert_true(near(r.pairs[2].weight, 1 / log(6)));
    assert_int_equal(lm_commons_find(&a, &g, asked, 3, 5, &r, NULL), LM_OK); /* the taxi has six */
    assert_int_equal(r.n_capped, 1);
    assert_true(r.list[2].vertex == T && r.list[2].capped);
    assert_true(near(r.pairs[0].weight, 1 / log(2)) && r.pairs[0].capped == 1);
    assert_true(near(r.pairs[2].weight, 0) && r.pairs[2].shared == 1);
    assert_int_equal(lm_commons_find(&a, &g, asked, 1, 5, &r, NULL), LM_OK);
    assert_int_equal(r.n + r.n_pairs, 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_by_hand) };
    return cmocka_run_group_tests_name("network_common", tests, NULL, NULL);
}
