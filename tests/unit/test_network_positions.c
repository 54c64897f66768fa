/* Positions: pairing of arrivals and departures by hand, the posterior against a closed form, and the table of layers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

#include "network/layers_file.h"

#define DAY (INT64_C(86400) * 1000000)

static const struct lm_positioned *at(const struct lm_positioned *p, uint32_t v, enum lm_position k)
{
    return &p[(size_t)v * LM_POSITIONS + k];
}

static void the_posterior(void **state)
{
    (void)state;
    assert_true(lm_more_than_half(0, 0, 2) == 0.5);                       /* flat over two kinds */
    assert_true(fabs(lm_more_than_half(0, 0, 4) - 0.125) < 1e-12);        /* Beta(1, 3): (1/2)^3 */
    assert_true(fabs(lm_more_than_half(1, 1, 2) - 0.75) < 1e-12);         /* Beta(2, 1): 1 - (1/2)^2 */
    assert_true(fabs(lm_more_than_half(10, 10, 2) - (1 - pow(0.5, 11))) < 1e-12);
    assert_true(fabs(lm_more_than_half(500, 1000, 2) - 0.5) < 1e-9);
    /* where the normal distribution takes over there is no step */
    double below = lm_more_than_half(5030, 9997, 2), above = lm_more_than_half(5032, 10001, 2);
    assert_true(fabs(below - above) < 1e-3 && below > 0.7 && below < 0.76);
}

/* 0 → 1 on day 0, 1 → 2 on day 2 (moved); 0 → 1 on day 10, 1 → 3 on day 30 (held); 0 → 1 on day 40 (kept). */
static void goods_are_paired_in_order_of_time(void **state)
{
    struct lm_arena a;
    struct lm_positioned *p;
    const struct lm_flow flows[] = {
        { 0, 1, LM_FLOW_GOODS, 40 * DAY, 1, 4 }, { 0, 1, LM_FLOW_GOODS, 0, 1, 0 },
        { 1, 3, LM_FLOW_GOODS, 30 * DAY, 1, 3 }, { 1, 2, LM_FLOW_GOODS, 2 * DAY, 1, 1 },
        { 0, 1, LM_FLOW_GOODS, 10 * DAY, 1, 2 },
    };
    (void)state;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_positions(&a, 4, flows, 5, &p, NULL), LM_OK);
    assert_int_equal(at(p, 0, LM_POSITION_SENDS)->counted, 3);
    assert_int_equal(at(p, 0, LM_POSITION_SENDS)->of, 3);
    assert_true(fabs(at(p, 0, LM_POSITION_SENDS)->probability - lm_more_than_half(3, 3, 4)) < 1e-12);
    assert_int_equal(at(p, 1, LM_POSITION_MOVES)->counted, 2);
    assert_int_equal(at(p, 1, LM_POSITION_HOLDS)->counted, 2);
    assert_int_equal(at(p, 1, LM_POSITION_RECEIVES)->counted, 1);
    assert_int_equal(at(p, 1, LM_POSITION_SENDS)->counted, 0);
    assert_int_equal(at(p, 1, LM_POSITION_MOVES)->of, 5);
    assert_int_equal(at(p, 1, LM_POSITION_HOLDS)->n_rows, 2);
    assert_int_equal(at(p, 1, LM_POSITION_HOLDS)->rows[0], 2);
    assert_int_equal(at(p, 1, LM_POSITION_HOLDS)->rows[1], 3);
    assert_int_equal(at(p, 3, LM_POSITION_RECEIVES)->counted, 1);
    assert_int_equal(at(p, 3, LM_POSITION_CONNECTS)->of, 0);
    assert_true(isnan(at(p, 3, LM_POSITION_CONNECTS)->probability));
    lm_arena_free(&a);
}

static void a_departure_before_the_arrival_is_no_pair(void **state)
{
    struct lm_arena a;
    struct lm_positioned *p;
    struct lm_flow flows[] = { { 1, 2, LM_FLOW_GOODS, 0, 1, 0 }, { 0, 1, LM_FLOW_GOODS, DAY, 1, 1 } };
    (void)state;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_positions(&a, 3, flows, 2, &p, NULL), LM_OK);
    assert_int_equal(at(p, 1, LM_POSITION_MOVES)->counted, 0);
    assert_int_equal(at(p, 1, LM_POSITION_SENDS)->counted, 1);
    assert_int_equal(at(p, 1, LM_POSITION_RECEIVES)->counted, 1);
    flows[0].at_us = LM_NO_MOMENT; /* not known any more: paired whatever the order */
    assert_int_equal(lm_positions(&a, 3, flows, 2, &p, NULL), LM_OK);
    assert_int_equal(at(p, 1, LM_POSITION_MOVES)->counted, 2);
    assert_true(isnan(at(p, 1, LM_POSITION_HOLDS)->probability));
    lm_arena_free(&a);
}

static void money_and_counts(void **state)
{
    struct lm_arena a;
    struct lm_positioned *p;
    const struct lm_flow flows[] = { { 0, 1, LM_FLOW_MONEY, 0, 5, 7 }, { 1, 2, LM_FLOW_MONEY, DAY, 3, 8 },
                                     { 1, 2, LM_FLOW_MONEY, 20 * DAY, 2, 9 } };
    (void)state;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_positions(&a, 3, flows, 3, &p, NULL), LM_OK);
    assert_int_equal(at(p, 1, LM_POSITION_PASSES_MONEY)->counted, 6);
    assert_int_equal(at(p, 1, LM_POSITION_PASSES_MONEY)->of, 10);
    assert_int_equal(at(p, 1, LM_POSITION_PASSES_MONEY)->n_rows, 2);
    assert_true(fabs(at(p, 1, LM_POSITION_PASSES_MONEY)->probability - lm_more_than_half(6, 10, 3)) < 1e-12);
    assert_int_equal(at(p, 0, LM_POSITION_PASSES_MONEY)->counted, 0);
    assert_int_equal(at(p, 1, LM_POSITION_SENDS)->of, 0);
    lm_arena_free(&a);
}

/* 0 in contact with 1, 2, 3; 1 and 2 with each other. */
static void who_connects(void **state)
{
    struct lm_arena a;
    struct lm_positioned *p;
    const struct lm_flow flows[] = { { 0, 1, LM_FLOW_COMMUNICATION, 0, 1, 0 }, { 2, 0, LM_FLOW_COMMUNICATION, 0, 9, 1 },
                                     { 0, 3, LM_FLOW_COMMUNICATION, 0, 1, 2 }, { 1, 2, LM_FLOW_COMMUNICATION, 0, 1, 3 },
                                     { 1, 0, LM_FLOW_COMMUNICATION, 0, 1, 4 } };
    (void)state;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_positions(&a, 4, flows, 5, &p, NULL), LM_OK);
    assert_int_equal(at(p, 0, LM_POSITION_CONNECTS)->counted, 2);
    assert_int_equal(at(p, 0, LM_POSITION_CONNECTS)->of, 3);
    assert_int_equal(at(p, 0, LM_POSITION_CONNECTS)->rows_all, 4);
    assert_int_equal(at(p, 1, LM_POSITION_CONNECTS)->counted, 0);
    assert_int_equal(at(p, 1, LM_POSITION_CONNECTS)->of, 1);
    assert_int_equal(at(p, 3, LM_POSITION_CONNECTS)->of, 0);
    assert_int_equal(at(p, 3, LM_POSITION_CONNECTS)->n_rows, 0);
    lm_arena_free(&a);
}

static void the_table(void **state)
{
    struct lm_arena a;
    struct lm_layers_file f;
    struct lm_error e;
    (void)state;
    lm_arena_init(&a, 0);
    static const char text[] = "Layer,source,target,time,weight,class,row,note\n"
                               "drug,Beto,ana,2025-03-01,,evidenced,S1,x\n"
                               "payment,ana,Beto,2025-03-01T10:00:00Z,3,reported,,x\n"
                               "call,ana,Beto,0,,,,\n"
                               "call,ana,Beto,,,machine,,\n"
                               "kinship,ana,Beto,,,,,\n"
                               "call,ana,ana,,,,,\n"
                               "call,ana,Beto,yesterday,,,,\n"
                               "call,,Beto,,,,,\n"
                               "call,ana,Beto,,-1,,,\n"
                               "call,ana,Beto,,,rumour,,\n";
    assert_int_equal(lm_layers_parse(&a, lm_str(text), &f, NULL), LM_OK);
    assert_int_equal(f.n_names, 2);
    assert_true(lm_str_eq(f.names[0], LM_STR("Beto")));
    assert_int_equal(f.n_flows, 3);
    assert_int_equal(f.flows[0].from, 0);
    assert_int_equal(f.flows[1].from, 1);
    assert_int_equal(f.flows[1].count, 3);
    assert_int_equal(f.flows[1].at_us - f.flows[0].at_us, INT64_C(36000) * 1000000);
    assert_int_equal(f.flows[2].at_us, 0);
    assert_true(lm_str_eq(f.refs[0], LM_STR("S1")));
    assert_true(lm_str_eq(f.refs[1], LM_STR("row 3")));
    assert_int_equal(f.machine, 1);
    assert_int_equal(f.other_layers, 1);
    assert_int_equal(f.loops, 1);
    assert_int_equal(f.n_damaged, 4);
    assert_int_equal(f.problems[0].line, 8);
    assert_int_equal(f.columns_ignored, 1);
    assert_int_equal(lm_layers_parse(&a, LM_STR("source,target\na,b\n"), &f, &e), LM_EINPUT);
    assert_non_null(strstr(e.message, "\"layer\""));
    assert_int_equal(lm_layers_parse(&a, LM_STR("source,target,layer\na,a,call\n"), &f, &e), LM_EINPUT);
    lm_arena_free(&a);
}

static void any_bytes_are_survived(void **state)
{
    struct lm_arena a;
    struct lm_layers_file f;
    struct lm_positioned *p;
    uint64_t x = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 3000; i++) {
        char text[160] = "source,target,layer,time,weight\na,b,drug,1,2\n";
        lm_arena_init(&a, 0);
        for (size_t k = 46; k < sizeof text; k++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            text[k] = i % 3 != 0 ? "ab,\"\n1c,drug\n,,"[x % 16] : (char)x;
        }
        if (lm_layers_parse(&a, (struct lm_str){ text, sizeof text }, &f, NULL) == LM_OK)
            assert_int_equal(lm_positions(&a, f.n_names, f.flows, f.n_flows, &p, NULL), LM_OK);
        lm_arena_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_posterior),
        cmocka_unit_test(goods_are_paired_in_order_of_time),
        cmocka_unit_test(a_departure_before_the_arrival_is_no_pair),
        cmocka_unit_test(money_and_counts),
        cmocka_unit_test(who_connects),
        cmocka_unit_test(the_table),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
