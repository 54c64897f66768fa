/* The made-up operation: shares add up, an investigation follows from its number alone, numbers are of ranges kept for fiction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "simulate/world.h"

static void shares_add_up(void **state)
{
    (void)state;
    static const int64_t totals[] = { 0, 1, 33, 3337, 44000000, INT64_C(10000000000) }, parts[] = { 1, 2, 3, 14, 1436, 14361 };
    for (size_t t = 0; t < 6; t++)
        for (size_t n = 0; n < 6; n++) {
            int64_t sum = 0;
            for (int64_t i = 0; i < parts[n]; i++) {
                int64_t share = sim_share(7, t, totals[t], i, parts[n]);
                assert_true(share >= 0);
                sum += share;
            }
            assert_int_equal(sum, totals[t]);
        }
}

static bool is_fiction(const char *number)
{
    static const char *const ranges[] = { "+3363998", "+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+447700900", "+441632960" };
    if (strncmp(number, "+1", 2) == 0)
        return strlen(number) == 12 && strncmp(number + 5, "55501", 5) == 0;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (strncmp(number, ranges[i], strlen(ranges[i])) == 0)
            return true;
    return false;
}

static void check_case(const struct sim_case *c)
{
    assert_in_range(c->n_people, 40, SIM_MAX_PEOPLE);
    assert_in_range(c->n_phones, c->n_people, SIM_MAX_PHONES);
    assert_true(c->n_events > 3000 && c->n_events < SIM_MAX_EVENTS);
    for (int i = 0; i < c->n_phones; i++) {
        assert_true(is_fiction(c->phones[i].number));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(c->phones[i].number, c->phones[k].number);
    }
    for (int i = 0; i < c->n_pairs; i++)
        for (int k = c->pairs[i].first + 1; k < c->pairs[i].first + c->pairs[i].n; k++)
            assert_true(c->events[k].us - c->events[k - 1].us >= 200 * LM_SECOND_US);
}

static void a_case_follows_from_its_number(void **state)
{
    (void)state;
    struct lm_arena a;
    struct sim_world w;
    struct lm_error e = { 0 };
    lm_arena_init(&a, 0);
    assert_int_equal(sim_world_init(&a, 5, 1.0, &w, &e), LM_OK);
    assert_int_equal(w.n_cases, 1436);
    struct sim_case *one = calloc(1, sizeof *one), *other = calloc(1, sizeof *other);
    assert_non_null(one);
    assert_non_null(other);
    int64_t with_platform = 0, people = 0, events = 0;
    for (int64_t i = 0; i < w.n_cases; i++) {
        sim_make_case(&w, i, one);
        with_platform += one->n_platforms != 0;
        people += one->n_people - SIM_LEADER;
        events += one->n_events;
        if (i % 97 != 0)
            continue;
        check_case(one);
        sim_make_case(&w, i == 0 ? 1435 : i - 1, other); /* what was made before does not matter */
        sim_make_case(&w, i, other);
        assert_memory_equal(one->events, other->events, (size_t)one->n_events * sizeof *one->events);
        assert_memory_equal(one->phones, other->phones, (size_t)one->n_phones * sizeof *one->phones);
    }
    assert_true(with_platform > 1100);
    assert_true(people > 60000);
    assert_true(events > 5000000);
    /* a network's people are the same in its eight investigations */
    sim_make_case(&w, 8, one);
    sim_make_case(&w, 15, other);
    assert_string_equal(one->people[2].id, other->people[2].id);
    assert_string_equal(one->phones[one->people[2].first_phone].number, other->phones[other->people[2].first_phone].number);
    sim_make_case(&w, 16, other);
    assert_string_not_equal(one->people[2].id, other->people[2].id);
    free(one);
    free(other);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_add_up),
        cmocka_unit_test(a_case_follows_from_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
