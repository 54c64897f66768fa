/* Paths without time against a search through every simple path, on small random networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "network/path.h"

#define N 7

static const struct lm_str names[N] = { LM_STR_INIT("a"), LM_STR_INIT("b"), LM_STR_INIT("c"), LM_STR_INIT("d"),
                                        LM_STR_INIT("e"), LM_STR_INIT("f"), LM_STR_INIT("g") };

struct best {
    double weight[N][N]; /* 0: no tie */
    uint32_t to, fewest;
    double of_fewest;    /* the weakest tie of the best shortest path */
    double strongest;
    uint32_t of_strongest;
};

static void walk(struct best *b, uint32_t at, unsigned been, uint32_t hops, double weakest)
{
    if (at == b->to) {
        if (hops < b->fewest || (hops == b->fewest && weakest > b->of_fewest)) {
            b->fewest = hops;
            b->of_fewest = weakest;
        }
        if (weakest > b->strongest || (!(weakest < b->strongest) && hops < b->of_strongest)) {
            b->strongest = weakest;
            b->of_strongest = hops;
        }
        return;
    }
    for (uint32_t v = 0; v < N; v++)
        if (b->weight[at][v] > 0 && (been >> v & 1) == 0)
            walk(b, v, been | 1u << v, hops + 1, fmin(weakest, b->weight[at][v]));
}

static void holds(const struct best *b, const struct lm_path *p, uint32_t hops, double weakest)
{
    double w = INFINITY;
    assert_int_equal(p->found, hops != UINT32_MAX);
    if (!p->found)
        return;
    assert_int_equal(p->n, hops + 1);
    assert_int_equal(p->vertices[0], 0);
    assert_int_equal(p->vertices[p->n - 1], b->to);
    for (uint32_t i = 0; i + 1 < p->n; i++) {
        assert_true(b->weight[p->vertices[i]][p->vertices[i + 1]] > 0);
        w = fmin(w, b->weight[p->vertices[i]][p->vertices[i + 1]]);
    }
    assert_true(!(w < weakest) && !(w > weakest));
    assert_true(!(p->weakest < w) && !(p->weakest > w));
}

static void test_every_path(void **state)
{
    struct lm_rng rng = { 3 };
    size_t found = 0;
    (void)state;
    for (int run = 0; run < 600; run++) {
        struct lm_arena a;
        struct lm_edge_in edges[16];
        struct lm_graph g;
        struct best b = { .to = N - 1, .fewest = UINT32_MAX, .of_strongest = UINT32_MAX, .strongest = -1 };
        bool directed = run % 2 == 1;
        size_t m = 1 + lm_rng_below(&rng, 16);
        lm_arena_init(&a, 0);
        for (size_t i = 0; i < m; i++) {
            edges[i] = (struct lm_edge_in){ (uint32_t)lm_rng_below(&rng, N), (uint32_t)lm_rng_below(&rng, N),
                                            (double)(1 + lm_rng_below(&rng, 4)) };
            if (edges[i].a == edges[i].b)
                continue;
            b.weight[edges[i].a][edges[i].b] += edges[i].w;
            if (!directed)
                b.weight[edges[i].b][edges[i].a] += edges[i].w;
        }
        walk(&b, 0, 1, 0, INFINITY);
        assert_int_equal(lm_graph_build(&a, names, N, edges, m, directed, &g, NULL, NULL), LM_OK);
        struct lm_path p;
        assert_int_equal(lm_path_fewest(&a, &g, 0, N - 1, &p, NULL), LM_OK);
        holds(&b, &p, b.fewest, b.of_fewest);
        assert_int_equal(lm_path_strongest(&a, &g, 0, N - 1, &p, NULL), LM_OK);
        holds(&b, &p, b.of_strongest, b.strongest);
        found += p.found;
        assert_int_equal(lm_path_fewest(&a, &g, 2, 2, &p, NULL), LM_OK);
        assert_true(p.found && p.n == 1 && p.vertices[0] == 2);
        lm_arena_free(&a);
    }
    assert_true(found > 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_path) };
    return cmocka_run_group_tests_name("network_path", tests, NULL, NULL);
}
