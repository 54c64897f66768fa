#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/removal.h"

static void assert_near(double x, double expected, double tolerance)
{
    if (!(fabs(x - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", x, expected);
}

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m, bool directed)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, &g, NULL, NULL), LM_OK);
    return g;
}

/* --- the plain way: a matrix, and everything computed again after every removal --- */

enum { MOST = 260 };

struct plain {
    uint32_t n;
    bool tie[MOST][MOST], near[MOST][MOST], gone[MOST];
    uint32_t part[MOST], size[MOST]; /* of its component; UINT32_MAX: gone */
    double score[MOST];
    uint32_t lcc;
    uint64_t pairs;
};

static void plain_parts(struct plain *p)
{
    p->lcc = 0;
    p->pairs = 0;
    for (uint32_t v = 0; v < p->n; v++)
        p->part[v] = UINT32_MAX;
    for (uint32_t s = 0; s < p->n; s++) {
        if (p->gone[s] || p->part[s] != UINT32_MAX)
            continue;
        uint32_t stack[MOST], depth = 0, size = 0;
        stack[depth++] = s;
        p->part[s] = s;
        while (depth > 0) {
            uint32_t v = stack[--depth];
            size++;
            for (uint32_t w = 0; w < p->n; w++)
                if (p->near[v][w] && !p->gone[w] && p->part[w] == UINT32_MAX) {
                    p->part[w] = s;
                    stack[depth++] = w;
                }
        }
        p->size[s] = size;
        p->pairs += (uint64_t)size * (size - 1) / 2;
        if (size > p->lcc)
            p->lcc = size;
    }
}

/* Brandes as in the paper, source by source. */
static void plain_scores(struct plain *p, bool directed)
{
    memset(p->score, 0, sizeof p->score);
    for (uint32_t s = 0; s < p->n; s++) {
        if (p->gone[s])
            continue;
        uint32_t queue[MOST], head = 0, tail = 0;
        int dist[MOST];
        double sigma[MOST] = { 0 }, delta[MOST] = { 0 };
        for (uint32_t v = 0; v < p->n; v++)
            dist[v] = -1;
        dist[s] = 0;
        sigma[s] = 1;
        queue[tail++] = s;
        while (head < tail) {
            uint32_t v = queue[head++];
            for (uint32_t w = 0; w < p->n; w++) {
                if (!p->tie[v][w] || p->gone[w])
                    continue;
                if (dist[w] < 0) {
                    dist[w] = dist[v] + 1;
                    queue[tail++] = w;
                }
                if (dist[w] == dist[v] + 1)
                    sigma[w] += sigma[v];
            }
        }
        while (tail-- > 1) {
            uint32_t w = queue[tail];
            for (uint32_t v = 0; v < p->n; v++)
                if (p->tie[v][w] && dist[v] >= 0 && dist[w] == dist[v] + 1)
                    delta[v] += sigma[v] / sigma[w] * (1 + delta[w]);
            p->score[w] += directed ? delta[w] : delta[w] / 2;
        }
    }
}

static uint32_t plain_degree(const struct plain *p, uint32_t v)
{
    uint32_t d = 0;
    for (uint32_t w = 0; w < p->n; w++)
        d += p->near[v][w] && !p->gone[w];
    return d;
}

static uint32_t plain_choice(const struct plain *p, enum lm_goal goal)
{
    double best = 0;
    uint32_t first = UINT32_MAX;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t v = 0; v < p->n; v++) {
            if (p->gone[v] || (goal == LM_GOAL_LCC && p->size[p->part[v]] != p->lcc))
                continue;
            if (pass == 0 && p->score[v] > best)
                best = p->score[v];
            if (pass == 1 && p->score[v] >= best * (1 - 1e-9)
                && (first == UINT32_MAX || plain_degree(p, v) > plain_degree(p, first)))
                first = v;
        }
    return first;
}

static size_t compare_with_plain(const struct lm_graph *g, enum lm_goal goal, bool directed, unsigned threads)
{
    struct lm_arena a;
    struct lm_removal r;
    lm_arena_init(&a, 0);
    const struct lm_removal_wish wish = { .goal = goal, .directed = directed, .k_max = UINT32_MAX };
    const struct lm_effort effort = { .threads = threads };
    assert_int_equal(lm_removal_adaptive(&a, g, &wish, &effort, &r, NULL), LM_OK);
    assert_int_equal(r.n_steps, g->n);
    struct plain *p = lm_arena_alloc(&a, sizeof *p);
    p->n = g->n;
    for (uint32_t v = 0; v < g->n; v++) {
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            p->near[v][g->near.to[j]] = p->tie[v][g->near.to[j]] = true;
        for (uint32_t w = 0; directed && w < g->n; w++)
            p->tie[v][w] = false;
        for (uint32_t j = g->out.at[v]; directed && j < g->out.at[v + 1]; j++)
            p->tie[v][g->out.to[j]] = true;
    }
    plain_parts(p);
    assert_int_equal(r.lcc0, p->lcc);
    assert_int_equal(r.pairs0, p->pairs);
    for (uint32_t k = 0; k < r.n_steps; k++) {
        plain_scores(p, directed);
        uint32_t v = plain_choice(p, goal);
        assert_int_equal(r.steps[k].vertex, v);
        assert_near(r.steps[k].score, p->score[v], 1e-9 * (1 + p->score[v]));
        p->gone[v] = true;
        plain_parts(p);
        assert_int_equal(r.steps[k].lcc, p->lcc);
        assert_int_equal(r.steps[k].pairs, p->pairs);
    }
    lm_arena_free(&a);
    return g->n;
}

/* Kinds: sparse random, tree, dense, cliques in a ring, grid (all full of ties). */
static struct lm_graph some_graph(struct lm_arena *a, uint64_t seed, bool directed)
{
    uint32_t n = 3 + (uint32_t)(next_random(&seed) % 60), kind = (uint32_t)(next_random(&seed) % 5);
    struct lm_edge_in *edges = lm_arena_array(a, (size_t)n * (n + 6), sizeof *edges);
    size_t m = 0;
    for (uint32_t i = 0; i < n * 3 / 2 && kind == 0; i++)
        edges[m++] = (struct lm_edge_in){ (uint32_t)(next_random(&seed) % n), (uint32_t)(next_random(&seed) % n), 1 };
    for (uint32_t v = 1; v < n && kind == 1; v++)
        edges[m++] = (struct lm_edge_in){ v, (uint32_t)(next_random(&seed) % v), 1 };
    for (uint32_t i = 0; i < n * 6 && kind == 2; i++)
        edges[m++] = (struct lm_edge_in){ (uint32_t)(next_random(&seed) % n), (uint32_t)(next_random(&seed) % n), 1 };
    for (uint32_t v = 0; v < n && kind == 3; v++)
        for (uint32_t w = v + 1; w < n; w++)
            if (v / 4 == w / 4 || (w % 4 == 0 && w == v + 4))
                edges[m++] = (struct lm_edge_in){ v, w, 1 };
    for (uint32_t v = 0; v < n && kind == 4; v++) {
        if (v % 5 != 4 && v + 1 < n)
            edges[m++] = (struct lm_edge_in){ v, v + 1, 1 };
        if (v + 5 < n)
            edges[m++] = (struct lm_edge_in){ v + 5, v, 1 };
    }
    return build(a, n, edges, m, directed);
}

static void the_same_as_plain_recomputation(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 150; seed++)
        for (int variant = 0; variant < 4; variant++) {
            struct lm_arena a;
            lm_arena_init(&a, 0);
            struct lm_graph g = some_graph(&a, seed, variant / 2);
            compared += compare_with_plain(&g, variant % 2 ? LM_GOAL_PAIRS : LM_GOAL_LCC, variant / 2, 1 + (unsigned)seed % 3);
            lm_arena_free(&a);
        }
    struct lm_arena a;
    lm_arena_init(&a, 0);
    uint64_t seed = 99;
    struct lm_edge_in edges[700];
    for (size_t i = 0; i < 700; i++)
        edges[i] = (struct lm_edge_in){ (uint32_t)(next_random(&seed) % 250), (uint32_t)(next_random(&seed) % 250), 1 };
    struct lm_graph g = build(&a, 250, edges, 700, false);
    compared += compare_with_plain(&g, LM_GOAL_LCC, false, 2);
    compared += compare_with_plain(&g, LM_GOAL_PAIRS, false, 2);
    lm_arena_free(&a);
    print_message("# %zu removals compared with plain recomputation\n", compared);
    assert_true(compared > 15000);
}

static void ties_go_to_degree_then_name(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_removal r;
    lm_arena_init(&a, 0);
    /* two stars of five, the second with a chord: equal betweenness is broken by … nothing else than the
     * name for the centres 0 and 5 of two equal stars */
    const struct lm_edge_in stars[] = { { 5, 6, 1 }, { 5, 7, 1 }, { 5, 8, 1 }, { 0, 1, 1 }, { 0, 2, 1 }, { 0, 3, 1 } };
    struct lm_graph g = build(&a, 9, stars, 6, false);
    const struct lm_removal_wish all = { .k_max = UINT32_MAX };
    assert_int_equal(lm_removal_adaptive(&a, &g, &all, NULL, &r, NULL), LM_OK);
    static const uint32_t order[] = { 0, 5, 1, 2, 3, 4, 6, 7, 8 };
    for (uint32_t k = 0; k < 9; k++)
        assert_int_equal(r.steps[k].vertex, order[k]);
    /* 0-1-2 and the triangle 3-4-5: no betweenness in the triangle, but in the pairs goal, once 1 is gone,
     * its vertices have the higher degree */
    const struct lm_edge_in mixed[] = { { 0, 1, 1 }, { 1, 2, 1 }, { 3, 4, 1 }, { 4, 5, 1 }, { 3, 5, 1 }, { 6, 7, 1 } };
    g = build(&a, 8, mixed, 6, false);
    const struct lm_removal_wish pairs = { .k_max = 3, .goal = LM_GOAL_PAIRS };
    assert_int_equal(lm_removal_adaptive(&a, &g, &pairs, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n_steps, 3);
    assert_int_equal(r.steps[0].vertex, 1);
    assert_int_equal(r.steps[1].vertex, 3);
    assert_int_equal(r.steps[2].vertex, 4);
    assert_int_equal(r.steps[2].pairs, 1);
    lm_arena_free(&a);
}

static void it_stops_where_it_is_told(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_removal r;
    struct lm_edge_in path[99];
    lm_arena_init(&a, 0);
    for (uint32_t i = 0; i < 99; i++)
        path[i] = (struct lm_edge_in){ i, i + 1, 1 };
    struct lm_graph g = build(&a, 100, path, 99, false);
    const struct lm_removal_wish until = { .k_max = UINT32_MAX, .until = 0.25 };
    assert_int_equal(lm_removal_adaptive(&a, &g, &until, NULL, &r, NULL), LM_OK);
    assert_true(r.steps[r.n_steps - 1].lcc < 25);
    assert_true(r.steps[r.n_steps - 2].lcc >= 25);
    assert_int_equal(r.measures.n10, LM_NOT_REACHED);
    assert_true(isnan(r.measures.r));
    assert_true(isnan(r.measures.auc10));
    const struct lm_removal_wish two = { .k_max = 2 };
    assert_int_equal(lm_removal_adaptive(&a, &g, &two, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n_steps, 2);
    assert_int_equal(r.steps[0].vertex, 49);
    assert_int_equal(r.steps[0].lcc, 50);
    const struct lm_removal_wish none = { .k_max = 0 };
    assert_int_equal(lm_removal_adaptive(&a, &g, &none, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n_steps, 0);
    assert_int_equal(r.lcc0, 100);
    lm_arena_free(&a);
}

static struct lm_removal_measures of_curve(const uint32_t *lcc, uint32_t k, uint32_t n, uint32_t lcc0)
{
    struct lm_removal_step steps[16] = { 0 };
    for (uint32_t i = 0; i < k; i++)
        steps[i].lcc = lcc[i];
    return lm_removal_measure(steps, k, n, lcc0);
}

/* Values of scipy.integrate.simpson by hand: an even number of intervals is the plain rule. */
static void measures_of_known_curves(void **state)
{
    (void)state;
    struct lm_removal_measures m;
    /* K = 3 (two intervals): (60 + 4·30 + 9) / 3 / 100 */
    m = of_curve((const uint32_t[]){ 60, 30, 9 }, 3, 100, 100);
    assert_near(m.auc10, 0.63, 1e-12);
    assert_int_equal(m.n10, 3);
    assert_int_equal(m.n1, LM_NOT_REACHED);
    assert_true(isnan(m.r));
    /* K = 4 (three intervals): (80 + 4·60 + 30) / 3 + 5/12·9 + 2/3·30 − 1/12·60, over 100 */
    m = of_curve((const uint32_t[]){ 80, 60, 30, 9, 1 }, 5, 100, 100);
    assert_near(m.auc10, (350.0 / 3 + 3.75 + 20 - 5) / 100, 1e-12);
    assert_int_equal(m.n1, 5);
    /* a straight line: all rules are exact; one interval is a trapezium */
    m = of_curve((const uint32_t[]){ 12, 10, 8 }, 3, 100, 14);
    assert_near(m.auc10, 0.2, 1e-12);
    assert_int_equal(m.n10, 2); /* at most a tenth, where AUC10 wants less than a tenth */
    m = of_curve((const uint32_t[]){ 12, 8 }, 2, 100, 14);
    assert_near(m.auc10, 0.1, 1e-12);
    m = of_curve((const uint32_t[]){ 5 }, 1, 100, 14);
    assert_near(m.auc10, 0, 0);
    /* R over the whole order: (3 + 2 + 1 + 0) / 4 / 4; N = 4 reaches a tenth only at nothing */
    m = of_curve((const uint32_t[]){ 3, 2, 1, 0 }, 4, 4, 4);
    assert_near(m.r, 0.375, 1e-12);
    assert_int_equal(m.n10, 4);
    assert_int_equal(m.n1, 4);
    /* in pieces from the start */
    m = of_curve((const uint32_t[]){ 1 }, 1, 200, 2);
    assert_int_equal(m.n10, 0);
    assert_int_equal(m.n1, 0);
}

static void cancelled(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_removal r = { .lcc0 = 77 };
    atomic_bool stop = true;
    const struct lm_effort effort = { .cancel = &stop };
    const struct lm_removal_wish all = { .k_max = UINT32_MAX };
    lm_arena_init(&a, 0);
    struct lm_graph g = some_graph(&a, 3, false);
    assert_int_equal(lm_removal_adaptive(&a, &g, &all, &effort, &r, NULL), LM_ECANCELLED);
    assert_int_equal(r.lcc0, 77);
    lm_arena_free(&a);
}

/* Many equal pieces: 20,000 pairs and 20,000 single vertices must not take quadratic time. */
static void a_network_in_crumbs(void **state)
{
    (void)state;
    enum { PAIRS = 20000 };
    struct lm_arena a;
    struct lm_removal r;
    lm_arena_init(&a, 0);
    struct lm_edge_in *edges = lm_arena_array(&a, PAIRS, sizeof *edges);
    for (uint32_t i = 0; i < PAIRS; i++)
        edges[i] = (struct lm_edge_in){ i, 3 * PAIRS - 1 - i, 1 };
    struct lm_graph g = build(&a, 3 * PAIRS, edges, PAIRS, false);
    const struct lm_removal_wish all = { .k_max = UINT32_MAX };
    assert_int_equal(lm_removal_adaptive(&a, &g, &all, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.steps[PAIRS - 1].lcc, 1);
    assert_int_equal(r.steps[PAIRS - 2].lcc, 2);
    assert_int_equal(r.steps[3 * PAIRS - 2].lcc, 1);
    assert_int_equal(r.steps[3 * PAIRS - 1].lcc, 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_as_plain_recomputation),
        cmocka_unit_test(ties_go_to_degree_then_name),
        cmocka_unit_test(it_stops_where_it_is_told),
        cmocka_unit_test(measures_of_known_curves),
        cmocka_unit_test(cancelled),
        cmocka_unit_test(a_network_in_crumbs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
