/* Two periods by hand, and the shape of networks under other names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/rng.h"
#include "network/compare.h"

static const struct lm_str p_names[] = { LM_STR_INIT("d"), LM_STR_INIT("a"), LM_STR_INIT("b"), LM_STR_INIT("idle") };
static const struct lm_str q_names[] = { LM_STR_INIT("a"), LM_STR_INIT("b"), LM_STR_INIT("c") };

static void test_by_hand(void **state)
{
    struct lm_arena a;
    struct lm_graph p, q;
    struct lm_compared c;
    const struct lm_edge_in before[] = { { 1, 2, 3 }, { 2, 0, 1 } }; /* a-b, b-d */
    const struct lm_edge_in after[] = { { 1, 0, 5 }, { 1, 2, 2 } };  /* b-a, b-c */
    (void)state;
    lm_arena_init(&a, 0);
    for (int directed = 0; directed < 2; directed++) {
        assert_int_equal(lm_graph_build(&a, p_names, 4, before, 2, directed, &p, NULL, NULL), LM_OK);
        assert_int_equal(lm_graph_build(&a, q_names, 3, after, 2, directed, &q, NULL, NULL), LM_OK);
        assert_int_equal(lm_compare(&a, &p, &q, &c, NULL), LM_OK);
        assert_int_equal(c.n, 4); /* a name without a tie is in no period */
        assert_true(c.n_kept == 2 && c.n_gained == 1 && c.n_lost == 1);
        assert_true(!c.same_ties && !c.same_shape);
        assert_int_equal(c.m_kept, directed ? 0 : 1);
        assert_int_equal(c.m_gained, directed ? 2 : 1);
        assert_int_equal(c.m_lost, directed ? 2 : 1);
    }
    assert_int_equal(lm_graph_build(&a, p_names, 4, before, 2, false, &p, NULL, NULL), LM_OK);
    assert_int_equal(lm_graph_build(&a, q_names, 3, after, 2, false, &q, NULL, NULL), LM_OK);
    assert_int_equal(lm_compare(&a, &p, &q, &c, NULL), LM_OK);
    assert_true(c.kept[0].before > 2.9 && c.kept[0].before < 3.1 && c.kept[0].after > 4.9 && c.kept[0].after < 5.1);
    assert_string_equal(c.names[c.gained[0].b].name.p, "c");
    assert_string_equal(c.names[c.lost[0].b].name.p, "d");
    assert_int_equal(lm_compare(&a, &p, &p, &c, NULL), LM_OK);
    assert_true(c.same_ties && c.m_kept == 2);
    lm_arena_free(&a);
}

#define N 30
#define M 45

static void test_shape(void **state)
{
    struct lm_rng rng = { 4 };
    char room[N][8];
    struct lm_str names[N];
    size_t different = 0;
    (void)state;
    for (int i = 0; i < N; i++) {
        (void)snprintf(room[i], sizeof room[i], "v%d", i);
        names[i] = lm_str(room[i]);
    }
    for (int run = 0; run < 100; run++) {
        struct lm_arena a;
        struct lm_edge_in e[M];
        struct lm_graph g, h;
        uint32_t to[N];
        uint64_t x, y;
        bool directed = run % 2 == 1;
        lm_arena_init(&a, 0);
        for (uint32_t i = 0; i < N; i++)
            to[i] = i;
        for (uint32_t i = N; i-- > 1;) {
            uint32_t k = (uint32_t)lm_rng_below(&rng, i + 1), t = to[i];
            to[i] = to[k];
            to[k] = t;
        }
        for (size_t i = 0; i < M; i++)
            e[i] = (struct lm_edge_in){ (uint32_t)lm_rng_below(&rng, N), (uint32_t)lm_rng_below(&rng, N), 1 };
        assert_int_equal(lm_graph_build(&a, names, N, e, M, directed, &g, NULL, NULL), LM_OK);
        for (size_t i = 0; i < M; i++) {
            e[i].a = to[e[i].a];
            e[i].b = to[e[i].b];
        }
        assert_int_equal(lm_graph_build(&a, names, N, e, M, directed, &h, NULL, NULL), LM_OK);
        assert_int_equal(lm_graph_shape(&a, &g, &x, NULL), LM_OK);
        assert_int_equal(lm_graph_shape(&a, &h, &y, NULL), LM_OK);
        assert_true(x == y); /* the same under other names */
        struct lm_compared c;
        assert_int_equal(lm_compare(&a, &g, &h, &c, NULL), LM_OK);
        assert_true(c.same_ties || c.same_shape);
        uint32_t end = e[0].b; /* one end of one tie elsewhere */
        while (e[0].b == end || e[0].b == e[0].a)
            e[0].b = (uint32_t)lm_rng_below(&rng, N);
        assert_int_equal(lm_graph_build(&a, names, N, e, M, directed, &h, NULL, NULL), LM_OK);
        assert_int_equal(lm_graph_shape(&a, &h, &y, NULL), LM_OK);
        different += x != y;
        lm_arena_free(&a);
    }
    assert_true(different >= 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_by_hand), cmocka_unit_test(test_shape) };
    return cmocka_run_group_tests_name("network_compare", tests, NULL, NULL);
}
