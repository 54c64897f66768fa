/* Best sets, fewest removals, better orders and reinsertion, each against another way to compute the same: every subset
 * of a small network, measured on its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "network/anneal.h"
#include "network/best.h"
#include "network/exact.h"
#include "network/reinsert.h"
#include "network/removal.h"
#include "network/separate.h"
#include "network/wanted.h"

enum { N_MAX = 10 };

static struct lm_graph build(struct lm_arena *a, uint32_t n, const struct lm_edge_in *edges, size_t m)
{
    struct lm_graph g;
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (uint32_t v = 0; v < n; v++)
        names[v] = lm_arena_printf(a, "%05u", v);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, false, &g, NULL, NULL), LM_OK);
    return g;
}

struct made {
    struct lm_graph g;
    struct lm_node_data d;
};

/* Sparse to dense, sometimes a tree; costs 1 … 5, three cities, some of each role. */
static struct made make(struct lm_arena *a, uint64_t seed, uint32_t least, uint32_t most)
{
    struct lm_rng r = { seed };
    struct made x = { .d.n_cities = 3 };
    uint32_t n = least + (uint32_t)lm_rng_below(&r, most - least + 1), m = 0, want = n + (uint32_t)lm_rng_below(&r, 2 * n);
    bool tree = lm_rng_below(&r, 4) == 0;
    struct lm_edge_in *edges = lm_arena_array(a, 3 * (size_t)n, sizeof *edges);
    double *cost = lm_arena_array(a, n, sizeof *cost);
    bool *source = lm_arena_array(a, n, sizeof *source), *customer = lm_arena_array(a, n, sizeof *customer);
    uint32_t *city = lm_arena_array(a, n, sizeof *city);
    for (uint32_t v = 1; tree && v < n; v++)
        edges[m++] = (struct lm_edge_in){ v, (uint32_t)lm_rng_below(&r, v), 1 };
    while (!tree && m < want)
        edges[m++] = (struct lm_edge_in){ (uint32_t)lm_rng_below(&r, n), (uint32_t)lm_rng_below(&r, n), 1 };
    for (uint32_t v = 0; v < n; v++) {
        cost[v] = 1 + (double)lm_rng_below(&r, 5);
        source[v] = lm_rng_below(&r, 4) == 0;
        customer[v] = lm_rng_below(&r, 3) == 0;
        uint32_t c = (uint32_t)lm_rng_below(&r, 4);
        city[v] = c == 3 ? LM_NO_CITY : c;
    }
    x.g = build(a, n, edges, m);
    x.d.cost = cost;
    x.d.source = source;
    x.d.customer = customer;
    x.d.city = city;
    return x;
}

/* --- the plain way: components by a matrix of who reaches whom --- */

static struct lm_left plain_left(const struct made *x, uint32_t gone)
{
    bool reach[N_MAX][N_MAX] = { 0 };
    uint32_t n = x->g.n;
    struct lm_left l = { 0 };
    for (uint32_t v = 0; v < n; v++) {
        reach[v][v] = (gone >> v & 1) == 0;
        for (uint32_t j = x->g.near.at[v]; j < x->g.near.at[v + 1]; j++)
            reach[v][x->g.near.to[j]] = ((gone >> v | gone >> x->g.near.to[j]) & 1) == 0;
    }
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t v = 0; v < n; v++)
            for (uint32_t w = 0; w < n; w++)
                reach[v][w] = reach[v][w] || (reach[v][k] && reach[k][w]);
    for (uint32_t v = 0; v < n; v++) {
        uint32_t size = 0;
        bool supplied = false, first = reach[v][v];
        for (uint32_t w = 0; w < n; w++) {
            if (!reach[v][w])
                continue;
            size++;
            first = first && w >= v;
            l.pairs += w > v;
            l.reach += w != v && x->d.source[v] && x->d.customer[w];
            l.cities += w > v && x->d.city[v] != LM_NO_CITY && x->d.city[w] != LM_NO_CITY && x->d.city[v] != x->d.city[w];
            supplied = supplied || x->d.source[w];
        }
        l.parts += first;
        l.supplied += x->d.customer[v] && supplied;
        l.lcc = size > l.lcc ? size : l.lcc;
    }
    return l;
}

static double cost_of(const struct made *x, uint32_t set)
{
    double sum = 0;
    for (uint32_t v = 0; v < x->g.n; v++)
        sum += (set >> v & 1) != 0 ? x->d.cost[v] : 0;
    return sum;
}

static uint32_t mask_of(const uint32_t *v, uint32_t n)
{
    uint32_t set = 0;
    for (uint32_t i = 0; i < n; i++)
        set |= 1u << v[i];
    assert_int_equal(__builtin_popcount(set), n);
    return set;
}

static void assert_left(const struct lm_left *l, const struct lm_left *plain)
{
    assert_int_equal(l->lcc, plain->lcc);
    assert_int_equal(l->parts, plain->parts);
    assert_int_equal(l->pairs, plain->pairs);
    assert_int_equal(l->reach, plain->reach);
    assert_int_equal(l->supplied, plain->supplied);
    assert_int_equal(l->cities, plain->cities);
}

static void best_of_all_subsets(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 2, 9);
        uint32_t n = x.g.n;
        for (int goal = LM_GOAL_LCC; goal <= LM_GOAL_CITIES; goal++)
            for (uint32_t k = 1; k <= n && k <= 4; k++) {
                uint64_t best = UINT64_MAX;
                double cheapest = HUGE_VAL;
                for (uint32_t set = 0; set < 1u << n; set++) {
                    if ((uint32_t)__builtin_popcount(set) != k)
                        continue;
                    struct lm_left l = plain_left(&x, set);
                    uint64_t value = lm_left_value(&l, (enum lm_goal)goal);
                    if (value < best || (value == best && cost_of(&x, set) < cheapest))
                        cheapest = cost_of(&x, set);
                    best = value < best ? value : best;
                }
                const struct lm_exact_wish wish = { .goal = (enum lm_goal)goal, .nodes = &x.d, .k = k };
                struct lm_exact_set r[2];
                for (int t = 0; t < 2; t++) {
                    const struct lm_effort effort = { .threads = t == 0 ? 1 : 3 };
                    assert_int_equal(lm_exact_enumerate(&a, &x.g, &wish, &effort, &r[t], NULL), LM_OK);
                }
                assert_memory_equal(r[0].vertex, r[1].vertex, k * sizeof *r[0].vertex);
                uint32_t set = mask_of(r[0].vertex, k);
                struct lm_left plain = plain_left(&x, set);
                assert_left(&r[0].left, &plain);
                assert_int_equal(lm_left_value(&plain, (enum lm_goal)goal), best);
                assert_true(cost_of(&x, set) == cheapest);
                assert_int_equal(r[0].sets, lm_sets_of(n, k));
                compared++;
            }
        lm_arena_free(&a);
    }
    print_message("# %zu best sets compared\n", compared);
    assert_true(compared > 700);
}

static void the_fewest_of_all_subsets(void **state)
{
    (void)state;
    size_t compared = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 3, N_MAX);
        uint32_t n = x.g.n, all[N_MAX];
        for (uint32_t v = 0; v < n; v++)
            all[v] = v;
        for (uint32_t largest = 1; largest <= 5; largest++)
            for (int costs = 0; costs < 2; costs++) {
                double best = HUGE_VAL;
                for (uint32_t set = 0; set < 1u << n; set++) {
                    double cost = costs ? cost_of(&x, set) : __builtin_popcount(set);
                    if (cost < best && plain_left(&x, set).lcc <= largest)
                        best = cost;
                }
                struct lm_fewest f;
                assert_int_equal(lm_fewest(&a, &x.g, largest, costs ? x.d.cost : NULL, all, n, UINT64_MAX, NULL, &f, NULL),
                                 LM_OK);
                uint32_t set = mask_of(f.vertex, f.n);
                assert_true(plain_left(&x, set).lcc <= largest);
                assert_true(fabs((costs ? cost_of(&x, set) : f.n) - best) < 1e-9);
                assert_true(fabs(f.bound - best) < 1e-6);
                compared++;
            }
        lm_arena_free(&a);
    }
    print_message("# %zu fewest compared\n", compared);
}

/* Best sets by bounds alone agree with those of the enumeration, and a spent limit says so. */
static void bounds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        struct lm_arena a;
        struct lm_best b;
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 6, N_MAX);
        x.d.cost = NULL;
        uint32_t n = x.g.n, all[N_MAX];
        for (uint32_t v = 0; v < n; v++)
            all[v] = v;
        const struct lm_best_wish wish = { .k_max = 4, .order = all, .n_order = n, .fewest = true, .largest = 2, .nodes = &x.d };
        assert_int_equal(lm_best_sets(&a, &x.g, &wish, NULL, &b, NULL), LM_OK);
        assert_int_equal(b.n_steps, 4);
        for (uint32_t k = 1; k <= 4; k++) {
            struct lm_separate s;
            const struct lm_best_set *t = &b.steps[k - 1];
            assert_int_equal(t->known.kind, LM_KNOWN_ENUMERATION);
            struct lm_separate_wish ask = { .largest = t->left.lcc, .budget = k, .work_max = UINT64_MAX };
            if (t->left.lcc > 0) {
                assert_int_equal(lm_separate(&a, &x.g, &ask, NULL, &s, NULL), LM_OK);
                assert_int_equal(s.answer, LM_SEPARATE_FOUND);
            }
            ask.largest = t->left.lcc - 1;
            if (t->left.lcc > 1) {
                assert_int_equal(lm_separate(&a, &x.g, &ask, NULL, &s, NULL), LM_OK);
                assert_int_equal(s.answer, LM_SEPARATE_NONE);
                ask.work_max = 0;
                assert_int_equal(lm_separate(&a, &x.g, &ask, NULL, &s, NULL), LM_OK);
                assert_int_equal(s.answer, s.branches > 1 ? LM_SEPARATE_LIMIT : LM_SEPARATE_NONE);
            }
        }
        assert_true(b.fewest.known.gap == 0 && b.fewest.left.lcc <= 2);
        lm_arena_free(&a);
    }
}

/* An order measured from its end is each of its beginnings measured alone. */
static void orders(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 80; seed++) {
        struct lm_arena a;
        struct lm_rng r = { seed };
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 2, N_MAX);
        uint32_t n = x.g.n, order[N_MAX];
        struct lm_left left[N_MAX];
        struct lm_measurer *m;
        bool gone[N_MAX] = { 0 };
        for (uint32_t v = 0; v < n; v++)
            order[v] = v;
        for (uint32_t v = n; v-- > 1;) {
            uint32_t w = (uint32_t)lm_rng_below(&r, v + 1), t = order[v];
            order[v] = order[w];
            order[w] = t;
        }
        assert_int_equal(lm_measure_order(&x.g, &x.d, order, n, left, NULL), LM_OK);
        assert_int_equal(lm_measurer_open(&a, &x.g, &x.d, &m), LM_OK);
        for (uint32_t k = 0; k < n; k++) {
            struct lm_left plain = plain_left(&x, mask_of(order, k + 1)), alone;
            gone[order[k]] = true;
            alone = lm_left_after(m, gone);
            assert_left(&left[k], &plain);
            assert_left(&alone, &plain);
        }
        lm_arena_free(&a);
    }
}

static double area(const struct made *x, const uint32_t *order, uint32_t depth, enum lm_goal goal, double budget)
{
    double sum = 0, spent = 0, last = 0;
    for (uint32_t k = 1; k <= depth; k++) {
        struct lm_left l = plain_left(x, mask_of(order, k));
        last = (double)lm_left_value(&l, goal);
        sum += last * x->d.cost[order[k - 1]];
        spent += x->d.cost[order[k - 1]];
    }
    return sum + last * (budget - spent);
}

static void annealing(void **state)
{
    (void)state;
    size_t improved = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 5, N_MAX);
        uint32_t n = x.g.n, order[2][N_MAX], depth = 2 + (uint32_t)seed % (n - 2);
        enum lm_goal goal = (enum lm_goal)(seed % 4);
        double budget = 0;
        struct lm_anneal r[2];
        for (int t = 0; t < 2; t++) {
            const struct lm_anneal_wish wish = { .goal = goal, .nodes = &x.d, .depth = depth, .seed = 7 };
            const struct lm_effort effort = { .threads = t == 0 ? 1 : 3 };
            for (uint32_t v = 0; v < n; v++)
                order[t][v] = v;
            assert_int_equal(lm_anneal(&x.g, &wish, &effort, order[t], &r[t], NULL), LM_OK);
        }
        assert_memory_equal(order[0], order[1], n * sizeof order[0][0]);
        (void)mask_of(order[0], n); /* still all of them */
        uint32_t before[N_MAX];
        for (uint32_t v = 0; v < n; v++)
            before[v] = v;
        for (uint32_t v = 0; v < depth; v++)
            budget += x.d.cost[v];
        assert_true(fabs(r[0].area0 - area(&x, before, depth, goal, budget)) < 1e-6);
        assert_true(fabs(r[0].area - area(&x, order[0], depth, goal, budget)) < 1e-6);
        assert_true(r[0].area <= r[0].area0 + 1e-9);
        improved += r[0].area < r[0].area0 - 1e-9;
        lm_arena_free(&a);
    }
    assert_true(improved > 12);
}

/* What is put back keeps to the size, and nothing more could be. */
static void reinsertion(void **state)
{
    (void)state;
    size_t back = 0;
    for (uint64_t seed = 1; seed <= 80; seed++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct made x = make(&a, seed, 4, N_MAX);
        uint32_t n = x.g.n, order[N_MAX], largest = 1 + (uint32_t)seed % 4;
        struct lm_reinsert r;
        for (uint32_t v = 0; v < n; v++)
            order[v] = v;
        assert_int_equal(lm_reinsert(&a, &x.g, &x.d, order, n, largest, &r, NULL), LM_OK);
        assert_int_equal(r.n_kept + r.n_back, n);
        uint32_t kept = mask_of(r.kept, r.n_kept);
        assert_int_equal(kept & mask_of(r.back, r.n_back), 0);
        assert_true(plain_left(&x, kept).lcc <= largest);
        for (uint32_t i = 0; i < r.n_kept; i++)
            assert_true(plain_left(&x, kept & ~(1u << r.kept[i])).lcc > largest);
        back += r.n_back;
        lm_arena_free(&a);
    }
    assert_true(back > 150);
}

/* The first removal by wanted pairs, by hand: s - m - c, s - m - d, and a pair elsewhere. */
static void wanted_pairs(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_removal r;
    lm_arena_init(&a, 0);
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 1, 2, 1 }, { 1, 3, 1 }, { 4, 5, 1 }, { 5, 6, 1 }, { 6, 7, 1 }, { 7, 8, 1 } };
    struct lm_graph g = build(&a, 9, edges, 7);
    const bool source[9] = { [0] = true, [4] = true }, customer[9] = { [2] = true, [3] = true };
    const uint32_t city[9] = { 0, 0, 1, 1, LM_NO_CITY, 2, LM_NO_CITY, LM_NO_CITY, 2 };
    const double cost[9] = { 1, 3, 1, 1, 1, 1, 1, 1, 1 };
    struct lm_node_data d = { .source = source, .customer = customer, .city = city, .n_cities = 3 };
    struct lm_removal_wish wish = { .goal = LM_GOAL_REACH, .nodes = &d, .k_max = 1 };
    assert_int_equal(lm_removal_adaptive(&a, &g, &wish, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.steps[0].vertex, 1); /* both pairs run through it; the source is an end of both: the degree decides */
    assert_true(fabs(r.steps[0].score - 2) < 1e-9);
    d.cost = cost;
    assert_int_equal(lm_removal_adaptive(&a, &g, &wish, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.steps[0].vertex, 0); /* the source is cheaper */
    d.cost = NULL;
    wish.goal = LM_GOAL_CITIES;
    assert_int_equal(lm_removal_adaptive(&a, &g, &wish, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.steps[0].vertex, 1); /* 0-2, 0-3, 1-2, 1-3 */
    assert_true(fabs(r.steps[0].score - 4) < 1e-9);
    wish.k_max = UINT32_MAX;
    assert_int_equal(lm_removal_adaptive(&a, &g, &wish, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.n_steps, 9); /* after the last wanted pair the largest component goes on */
    assert_int_equal(r.steps[1].vertex, 6);
    lm_arena_free(&a);
}

/* A budget that allows little: samples and batches, the same for any number of threads. */
static void sampled(void **state)
{
    (void)state;
    enum { N = 3000, M = 6000 };
    struct lm_arena a;
    struct lm_rng random = { 5 };
    struct lm_removal r[3];
    lm_arena_init(&a, 0);
    struct lm_edge_in *edges = lm_arena_array(&a, M, sizeof *edges);
    for (uint32_t i = 0; i < M; i++)
        edges[i] = (struct lm_edge_in){ (uint32_t)lm_rng_below(&random, N), (uint32_t)lm_rng_below(&random, N), 1 };
    struct lm_graph g = build(&a, N, edges, M);
    for (int t = 0; t < 3; t++) {
        const struct lm_removal_wish wish = { .k_max = UINT32_MAX, .until = 0.1, .work_max = t < 2 ? 200000000 : 0 };
        const struct lm_effort effort = { .threads = t == 0 ? 1 : 3 };
        assert_int_equal(lm_removal_adaptive(&a, &g, &wish, &effort, &r[t], NULL), LM_OK);
    }
    assert_true(r[0].sampled > 100 && r[0].batch > 1);
    assert_int_equal(r[2].sampled, 0);
    assert_int_equal(r[0].n_steps, r[1].n_steps);
    for (uint32_t k = 0; k < r[0].n_steps; k++)
        assert_int_equal(r[0].steps[k].vertex, r[1].steps[k].vertex);
    assert_true(r[0].measures.auc10 < 1.1 * r[2].measures.auc10);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_of_all_subsets), cmocka_unit_test(the_fewest_of_all_subsets), cmocka_unit_test(bounds),
        cmocka_unit_test(orders),              cmocka_unit_test(annealing),                 cmocka_unit_test(reinsertion),
        cmocka_unit_test(wanted_pairs),        cmocka_unit_test(sampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
