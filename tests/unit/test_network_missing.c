/* Simulated loss: ties, nodes and suppliers go missing, the same ones in the same run; ranks by any measure follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "network/ranking.h"

static void build(struct lm_arena *a, const struct lm_edge_in *edges, size_t m, size_t n, bool directed, struct lm_graph *g)
{
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = lm_arena_printf(a, "%06zu", i);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, g, NULL, NULL), LM_OK);
}

/* Everyone tied to everyone, with weight 3. */
static void complete(struct lm_arena *a, uint32_t n, struct lm_graph *g)
{
    struct lm_edge_in *edges = lm_arena_array(a, (size_t)n * n, sizeof *edges);
    size_t m = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++)
            edges[m++] = (struct lm_edge_in){ i, j, 3 };
    build(a, edges, m, n, false, g);
}

static void a_tenth_of_the_ties(void **state)
{
    struct lm_arena a;
    struct lm_graph g, thin, again;
    const bool *gone;
    uint64_t kept = 0;
    const struct lm_loss ties = { .kind = LM_LOSS_TIES };
    (void)state;
    lm_arena_init(&a, 0);
    complete(&a, 60, &g);
    for (uint32_t run = 0; run < 20; run++) {
        assert_int_equal(lm_lose(&a, &g, &ties, run, &thin, &gone), LM_OK);
        assert_null(gone);
        assert_int_equal(thin.n, g.n);
        assert_true(thin.weight_sum == 3.0 * (double)thin.n_edges);
        kept += thin.n_edges;
    }
    /* 35,400 ties in all: nine tenths within five standard deviations */
    assert_true(kept > 31860 - 283 && kept < 31860 + 283);
    assert_int_equal(lm_lose(&a, &g, &ties, 19, &again, &gone), LM_OK);
    assert_int_equal(again.n_edges, thin.n_edges);
    assert_memory_equal(again.out.to, thin.out.to, 2 * thin.n_edges * sizeof *thin.out.to);
    lm_arena_free(&a);
}

static void nodes_lose_all_their_ties_and_only_those(void **state)
{
    struct lm_arena a;
    struct lm_graph g, thin;
    const bool *gone;
    uint64_t lost = 0;
    const struct lm_loss nodes = { .kind = LM_LOSS_NODES };
    (void)state;
    lm_arena_init(&a, 0);
    complete(&a, 100, &g);
    for (uint32_t run = 0; run < 50; run++) {
        uint64_t n = 0;
        assert_int_equal(lm_lose(&a, &g, &nodes, run, &thin, &gone), LM_OK);
        for (uint32_t v = 0; v < g.n; v++)
            n += gone[v];
        for (uint32_t v = 0; v < g.n; v++)
            assert_int_equal(lm_degree(&thin.near, v), gone[v] ? 0 : 99 - n);
        lost += n;
    }
    assert_true(lost > 250 - 77 && lost < 250 + 77);
    lm_arena_free(&a);
}

/* 0-1 from two suppliers, 1-2 from the first, 2-3 from the second. */
static const struct lm_supplied supplied[] = { { 0, 1, 0, 2 }, { 0, 1, 1, 5 }, { 1, 2, 0, 1 }, { 2, 3, 1, 1 } };

static void what_one_supplier_alone_supplies(void **state)
{
    struct lm_arena a;
    struct lm_graph g, thin;
    const bool *gone;
    const struct lm_edge_in edges[] = { { 0, 1, 7 }, { 1, 2, 1 }, { 2, 3, 1 } };
    const struct lm_loss loss = { LM_LOSS_SUPPLIER, supplied, 4, 2 };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, edges, 3, 4, false, &g);
    assert_int_equal(lm_lose(&a, &g, &loss, 0, &thin, &gone), LM_OK);
    assert_int_equal(thin.n_edges, 2);
    assert_int_equal(lm_degree(&thin.near, 1), 1);
    assert_true(thin.weight_sum == 6);
    assert_int_equal(lm_lose(&a, &g, &loss, 1, &thin, &gone), LM_OK);
    assert_int_equal(thin.n_edges, 2);
    assert_int_equal(lm_degree(&thin.near, 3), 0);

    struct lm_ranks r;
    const struct lm_measure degree = lm_measure_degree(&g);
    char sentence[LM_RANK_SENTENCE];
    assert_int_equal(lm_rank_ranges_of(&a, &g, &degree, &loss, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, 2);
    /* without 0: degrees 1 1 1 1; without 1: 1 2 1 0 */
    assert_int_equal(r.of[1].low, 1);
    assert_int_equal(r.of[1].high, 4);
    assert_int_equal(r.of[3].low, 1);
    assert_int_equal(r.of[3].high, 4);
    assert_int_equal(r.of[0].low, 1);
    assert_int_equal(r.of[0].high, 4);
    assert_non_null(strstr(lm_rank_sentence(&r, sentence), "ranks by degree over 2 simulations"));
    assert_non_null(strstr(sentence, "what one exhibit alone supplies"));
    lm_arena_free(&a);
}

static void a_lost_vertex_has_no_rank_and_takes_none(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks r;
    const struct lm_loss nodes = { .kind = LM_LOSS_NODES };
    (void)state;
    lm_arena_init(&a, 0);
    complete(&a, 40, &g);
    const struct lm_measure degree = lm_measure_degree(&g);
    assert_int_equal(lm_rank_ranges_of(&a, &g, &degree, &nodes, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, LM_RANK_RUNS);
    /* whoever is left has the degree of all others who are left: rank 1 to their number */
    const struct lm_rank_range first = r.of[0];
    for (uint32_t v = 0; v < g.n; v++) {
        assert_int_equal(r.of[v].low, 1);
        assert_true(r.of[v].high <= 40 && r.of[v].high >= 36);
    }
    assert_true(first.high > 0);
    lm_arena_free(&a);
}

/* A measure that may not be called by two threads at once. */
static lm_err counted(struct lm_arena *a, const struct lm_graph *g, const void *ctx, const struct lm_effort *effort,
                      double **ret_score, struct lm_error *e)
{
    atomic_int *inside = (atomic_int *)(uintptr_t)ctx;
    if (atomic_fetch_add(inside, 1) != 0)
        return LM_EINTERNAL;
    lm_err err = lm_measure_degree(g).score(a, g, NULL, effort, ret_score, e);
    (void)atomic_fetch_sub(inside, 1);
    return err;
}

static lm_err broken(struct lm_arena *a, const struct lm_graph *g, const void *ctx, const struct lm_effort *effort,
                     double **ret_score, struct lm_error *e)
{
    (void)a, (void)g, (void)ctx, (void)effort, (void)ret_score, (void)e;
    return LM_EINTERNAL;
}

static void measures_of_other_libraries_run_alone_and_may_fail(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_ranks alone, four, untouched = { .runs = 99 };
    atomic_int inside = 0;
    struct lm_error e;
    const struct lm_loss ties = { .kind = LM_LOSS_TIES };
    (void)state;
    lm_arena_init(&a, 0);
    complete(&a, 30, &g);
    struct lm_measure m = lm_measure_degree(&g);
    assert_int_equal(lm_rank_ranges_of(&a, &g, &m, &ties, &(struct lm_effort){ .threads = 4 }, &four, NULL), LM_OK);
    m.score = counted;
    m.ctx = &inside;
    m.alone = true;
    assert_int_equal(lm_rank_ranges_of(&a, &g, &m, &ties, &(struct lm_effort){ .threads = 4 }, &alone, NULL), LM_OK);
    assert_memory_equal(alone.of, four.of, g.n * sizeof *four.of);
    m.score = broken;
    assert_int_equal(lm_rank_ranges_of(&a, &g, &m, &ties, NULL, &untouched, &e), LM_EINTERNAL);
    assert_int_equal(untouched.runs, 99);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_of_the_ties),
        cmocka_unit_test(nodes_lose_all_their_ties_and_only_those),
        cmocka_unit_test(what_one_supplier_alone_supplies),
        cmocka_unit_test(a_lost_vertex_has_no_rank_and_takes_none),
        cmocka_unit_test(measures_of_other_libraries_run_alone_and_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
