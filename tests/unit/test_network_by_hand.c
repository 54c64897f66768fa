/* A network small enough to be computed by hand, on the road that published networks take (tests/compat/test_network.c needs
 * their files; this needs nothing): file, graph, betweenness, components, removals, measures.
 *
 *     a1 a2 a3 a4         b1 b2 b3
 *       \ | | /             \ | /
 *          A ------- m ------- B
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "network/betweenness.h"
#include "network/edges_file.h"
#include "network/removal.h"

static void open_stars(struct lm_arena *a, bool directed, struct lm_graph *ret)
{
    char path[4096];
    struct lm_edges edges;
    struct lm_error e = { 0 };
    const char *top = getenv("LM_TOP");
    (void)snprintf(path, sizeof path, "%s/tests/fixtures/network/two_stars.tsv", top != NULL ? top : ".");
    lm_arena_init(a, 0);
    if (lm_edges_file_read(a, path, &edges, &e) != LM_OK)
        fail_msg("%s: %s", path, e.message);
    assert_int_equal(edges.n_damaged, 0);
    assert_true(edges.header && edges.weighted);
    assert_int_equal(lm_graph_build(a, edges.names, edges.n_names, edges.edges, edges.n_edges, directed, ret, NULL, &e), LM_OK);
    assert_int_equal(ret->n, 10);
    assert_int_equal(ret->weight_sum, 14);
}

static void near(double x, double by_hand)
{
    if (!(fabs(x - by_hand) < 1e-9))
        fail_msg("%.12g is not %.12g", x, by_hand);
}

static void scores_are(const struct lm_graph *g, const double *score, double a, double b, double m)
{
    near(score[lm_graph_find(g, LM_STR("A"))], a);
    near(score[lm_graph_find(g, LM_STR("B"))], b);
    near(score[lm_graph_find(g, LM_STR("m"))], m);
    for (uint32_t v = 0; v < g->n; v++)
        if (g->names[v].n == 2) /* a leaf stands between nobody */
            near(score[v], 0);
}

/* In a tree a node is between all pairs whose two nodes lie on different branches of it. */
static void betweenness_of_two_stars(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    double *score;
    (void)state;
    open_stars(&a, false, &g);
    assert_int_equal(g.n_edges, 9); /* m and A are tied in both directions: once */
    assert_int_equal(lm_betweenness(&a, &g, false, NULL, &score, NULL), LM_OK);
    /* A: 4 leaves and a branch of 5: 6 + 4·5. B: 3 leaves and a branch of 6: 3 + 3·6. m: branches of 5 and 4. */
    scores_are(&g, score, 26, 21, 20);
    lm_arena_free(&a);
    open_stars(&a, true, &g);
    assert_int_equal(g.n_edges, 10);
    assert_int_equal(g.n_pairs, 9);
    assert_int_equal(lm_betweenness(&a, &g, true, NULL, &score, NULL), LM_OK);
    /* A: from m to 4 leaves. B: from m and from A to 3 leaves. m: from A to B and its 3 leaves. */
    scores_are(&g, score, 4, 6, 4);
    lm_arena_free(&a);
}

static void removals_from_two_stars(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_removal r;
    const struct lm_removal_wish all = { .k_max = UINT32_MAX };
    (void)state;
    open_stars(&a, false, &g);
    assert_int_equal(lm_removal_adaptive(&a, &g, &all, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.lcc0, 10);
    assert_int_equal(r.pairs0, 45);
    assert_int_equal(r.n_steps, 10);
    /* A leaves m, B and its leaves together; then B has 4 single neighbours */
    assert_int_equal(r.steps[0].vertex, lm_graph_find(&g, LM_STR("A")));
    near(r.steps[0].score, 26);
    assert_int_equal(r.steps[0].lcc, 5);
    assert_int_equal(r.steps[0].pairs, 10);
    assert_int_equal(r.steps[1].vertex, lm_graph_find(&g, LM_STR("B")));
    near(r.steps[1].score, 6);
    for (uint32_t k = 1; k < 9; k++) {
        assert_int_equal(r.steps[k].lcc, 1);
        assert_int_equal(r.steps[k].pairs, 0);
    }
    assert_int_equal(r.steps[9].lcc, 0);
    assert_int_equal(r.measures.n10, 2); /* 1 of 10 is 10 % */
    assert_int_equal(r.measures.n1, 10);
    near(r.measures.r, (5 + 8 * 1 + 0) / 100.0);
    /* below N/10 only at k = 10: 9 intervals over .5, .1 eight times, 0. Simpson over the first 8,
     * (.5 + 4·.4 + 2·.3 + .1)/3, and the last one corrected, 2/3·.1 − 1/12·.1 */
    near(r.measures.auc10, 2.8 / 3 + 0.7 / 12);
    lm_arena_free(&a);
}

static void what_is_left_of_two_stars(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_components c;
    bool gone[10] = { false };
    (void)state;
    open_stars(&a, false, &g);
    assert_int_equal(lm_components(&g, NULL, &c, NULL), LM_OK);
    assert_int_equal(c.n, 1);
    gone[lm_graph_find(&g, LM_STR("m"))] = true;
    assert_int_equal(lm_components(&g, gone, &c, NULL), LM_OK);
    assert_int_equal(c.n, 2);
    assert_int_equal(c.lcc, 5);
    assert_int_equal(c.pairs, 10 + 6);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(betweenness_of_two_stars),
        cmocka_unit_test(removals_from_two_stars),
        cmocka_unit_test(what_is_left_of_two_stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
