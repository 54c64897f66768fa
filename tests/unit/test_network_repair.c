/* Who is cut off, and what the rules of repair do: counted by hand where one answer is possible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "network/repair.h"

static void build(struct lm_arena *a, const struct lm_edge_in *edges, size_t m, size_t n, bool directed, struct lm_graph *g)
{
    struct lm_str *names = lm_arena_array(a, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = lm_arena_printf(a, "%06zu", i);
    assert_int_equal(lm_graph_build(a, names, n, edges, m, directed, g, NULL, NULL), LM_OK);
}

/* 0 and 1 are sources, 4 and 5 customers; everything goes through 2 or 3, and 5 sends back to 0. City 0: 4; 1: 5; 2: 2, 3. */
static const struct lm_edge_in chain[] = { { 0, 2, 1 }, { 1, 2, 1 }, { 1, 3, 1 }, { 2, 4, 1 }, { 3, 5, 1 }, { 5, 0, 1 } };
static const enum lm_node_role chain_role[6] = { LM_NODE_SOURCE, LM_NODE_SOURCE, LM_NODE_OTHER,
                                                 LM_NODE_OTHER,  LM_NODE_CUSTOMER, LM_NODE_CUSTOMER };
static const uint32_t chain_city[6] = { LM_NO_CITY, LM_NO_CITY, 2, 2, 0, 1 };
static const struct lm_str no_role[6];

static void supply_follows_the_ties(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_impact x;
    const struct lm_supply s = { chain_role, chain_city, 3, 2, 2 };
    bool gone[6] = { false }, city[3] = { false };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, chain, 6, 6, true, &g);
    assert_int_equal(lm_impact_of(&g, NULL, &s, &x, city), LM_OK);
    assert_int_equal(x.supply, 3); /* 0→4, 1→4, 1→5 */
    assert_int_equal(x.customers, 2);
    assert_int_equal(x.cities, 3);
    assert_int_equal(x.lcc, 6);
    gone[2] = true;
    memset(city, 0, sizeof city);
    assert_int_equal(lm_impact_of(&g, gone, &s, &x, city), LM_OK);
    assert_int_equal(x.supply, 1); /* 1→5; from 5 on to 0, which leads to nobody */
    assert_int_equal(x.customers, 1);
    assert_int_equal(x.lcc, 4);
    assert_int_equal(x.pairs, 6);
    assert_false(city[0]);
    assert_true(city[1] && city[2]); /* 3 is still reached */
    gone[0] = gone[1] = true;
    assert_int_equal(lm_impact_of(&g, gone, &s, &x, NULL), LM_OK);
    assert_int_equal(x.supply + x.customers + x.cities, 0);
    build(&a, chain, 6, 6, false, &g);
    gone[0] = gone[1] = gone[2] = false;
    assert_int_equal(lm_impact_of(&g, gone, &s, &x, NULL), LM_OK);
    assert_int_equal(x.supply, 4); /* without directions everybody reaches everybody */
    lm_arena_free(&a);
}

static void without_sources_cities_hang_on_the_largest_component(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_impact x;
    const struct lm_supply s = { NULL, chain_city, 3, 0, 0 };
    bool gone[6] = { false }, city[3] = { false };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, chain, 6, 6, true, &g);
    gone[2] = true; /* leaves 0 1 3 5, and 4 alone */
    assert_int_equal(lm_impact_of(&g, gone, &s, &x, city), LM_OK);
    assert_int_equal(x.cities, 2);
    assert_false(city[0]);
    gone[5] = gone[1] = true; /* 0, 3, 4 alone: all are largest */
    memset(city, 0, sizeof city);
    assert_int_equal(lm_impact_of(&g, gone, &s, &x, city), LM_OK);
    assert_int_equal(x.lcc, 1);
    assert_true(city[0] && city[2] && !city[1]);
    lm_arena_free(&a);
}

/* The centre of a star with ten points: only a replacement, or somebody who still has ties, can join them. */
static void a_star_without_its_centre(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_repair r;
    struct lm_edge_in edges[10];
    struct lm_str none[11] = { { NULL, 0 } };
    bool gone[11] = { true };
    const struct lm_supply s = { 0 };
    (void)state;
    lm_arena_init(&a, 0);
    for (uint32_t i = 0; i < 10; i++)
        edges[i] = (struct lm_edge_in){ 0, i + 1, 1 };
    build(&a, edges, 10, 11, false, &g);
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, LM_REPAIR_RUNS);
    assert_int_equal(r.lost, 10);
    const struct lm_spread *lcc = &r.rule[LM_REPAIR_REPLACEMENT].lcc;
    assert_true(lcc->at[0] <= 2);                         /* next to no repair */
    assert_int_equal(lcc->at[4], 10);                     /* full repair: one of them is the new centre */
    assert_true(lcc->at[2] >= 4 && lcc->at[2] <= 7);      /* one half of the ties, in the middle */
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(r.rule[LM_REPAIR_CLOSURE].lcc.at[k], 1);    /* no contact is left to be introduced by */
        assert_int_equal(r.rule[LM_REPAIR_ATTACHMENT].lcc.at[k], 1); /* nobody has a tie left */
        assert_true(k == 0 || r.all.pairs.at[k] >= r.all.pairs.at[k - 1]);
    }
    assert_int_equal(r.all.lcc.at[0], 1);
    assert_int_equal(r.all.lcc.at[4], 10);
    assert_int_equal(r.all.lcc.at[2], 1); /* two rules of three */
    lm_arena_free(&a);
}

/* Two triangles that share vertex 0, which goes. */
static void closure_needs_a_common_contact_and_attachment_does_not(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_repair r;
    const struct lm_edge_in edges[] = { { 0, 1, 1 }, { 0, 2, 1 }, { 1, 2, 1 }, { 0, 3, 1 }, { 0, 4, 1 }, { 3, 4, 1 } };
    struct lm_str none[5] = { { NULL, 0 } };
    bool gone[5] = { true };
    const struct lm_supply s = { 0 };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, edges, 6, 5, false, &g);
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.rule[LM_REPAIR_CLOSURE].lcc.at[0], 2);
    assert_int_equal(r.rule[LM_REPAIR_CLOSURE].lcc.at[4], 2);
    assert_int_equal(r.rule[LM_REPAIR_ATTACHMENT].lcc.at[0], 2);
    assert_int_equal(r.rule[LM_REPAIR_ATTACHMENT].lcc.at[4], 4);
    assert_int_equal(r.rule[LM_REPAIR_REPLACEMENT].lcc.at[4], 4);
    lm_arena_free(&a);
}

static void who_replaces_a_source_is_a_source(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_repair r;
    struct lm_str role[6] = { { "source", 6 }, { "source", 6 }, { NULL, 0 }, { NULL, 0 }, { "customer", 8 }, { "customer", 8 } };
    const struct lm_supply s = { chain_role, chain_city, 3, 2, 2 };
    bool gone[6] = { false };
    (void)state;
    lm_arena_init(&a, 0);
    build(&a, chain, 6, 6, true, &g);
    gone[1] = true; /* 0 is a source as well, and takes over: at best 0→2, 0→3 and so 4 and 5 */
    assert_int_equal(lm_repair_simulate(&g, gone, &s, role, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.rule[LM_REPAIR_REPLACEMENT].supply.at[0], 1);
    assert_int_equal(r.rule[LM_REPAIR_REPLACEMENT].supply.at[4], 2);
    gone[0] = true; /* no source is left: somebody becomes one */
    assert_int_equal(lm_repair_simulate(&g, gone, &s, role, 1, NULL, &r, NULL), LM_OK);
    assert_true(r.rule[LM_REPAIR_REPLACEMENT].supply.at[4] > 0);
    assert_int_equal(r.rule[LM_REPAIR_CLOSURE].supply.at[4], 0);
    assert_int_equal(r.rule[LM_REPAIR_ATTACHMENT].supply.at[4], 0);
    for (size_t i = 0; i < 6; i++)
        gone[i] = true;
    assert_int_equal(lm_repair_simulate(&g, gone, &s, no_role, 1, NULL, &r, NULL), LM_OK);
    assert_int_equal(r.runs, 0);
    const atomic_bool stop = true;
    gone[3] = false;
    assert_int_equal(lm_repair_simulate(&g, gone, &s, role, 1, &(struct lm_effort){ .cancel = &stop }, &r, NULL), LM_ECANCELLED);
    lm_arena_free(&a);
}

static void the_same_with_any_number_of_threads(void **state)
{
    struct lm_arena a;
    struct lm_graph g;
    struct lm_repair one, many, other;
    struct lm_edge_in edges[300];
    struct lm_str none[301] = { { NULL, 0 } };
    bool gone[301] = { false };
    const struct lm_supply s = { 0 };
    uint64_t x = 12345;
    (void)state;
    lm_arena_init(&a, 0);
    for (size_t i = 0; i < 90; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        edges[i] = (struct lm_edge_in){ (uint32_t)(x >> 33) % 60, (uint32_t)(x >> 40) % 60, 1 };
    }
    build(&a, edges, 90, 60, true, &g);
    for (size_t v = 0; v < 60; v += 3)
        gone[v] = true;
    memset(&one, 0, sizeof one);
    memset(&many, 0, sizeof many);
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 4, &(struct lm_effort){ .threads = 1 }, &one, NULL), LM_OK);
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 4, &(struct lm_effort){ .threads = 5 }, &many, NULL), LM_OK);
    assert_memory_equal(one.rule, many.rule, sizeof one.rule);
    assert_memory_equal(&one.all, &many.all, sizeof one.all);
    memset(gone, 0, sizeof gone);
    for (uint32_t i = 0; i < 300; i++)
        edges[i] = (struct lm_edge_in){ 0, i + 1, 1 };
    build(&a, edges, 300, 301, false, &g);
    gone[0] = true; /* nearly every share of repair has a result of its own */
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 4, NULL, &one, NULL), LM_OK);
    assert_int_equal(lm_repair_simulate(&g, gone, &s, none, 5, NULL, &other, NULL), LM_OK);
    assert_memory_not_equal(one.rule, other.rule, sizeof one.rule);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(supply_follows_the_ties),
        cmocka_unit_test(without_sources_cities_hang_on_the_largest_component),
        cmocka_unit_test(a_star_without_its_centre),
        cmocka_unit_test(closure_needs_a_common_contact_and_attachment_does_not),
        cmocka_unit_test(who_replaces_a_source_is_a_source),
        cmocka_unit_test(the_same_with_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
