/* Sequences: counted by hand, planted and by chance. Numbers are indices; all moments are made up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "network/sequence.h"

#define MIN INT64_C(60000000)
#define DAY (1440 * MIN)

struct list {
    struct lm_sequence_event v[6000];
    size_t n;
};

static void put(struct list *l, uint32_t who, bool out, int64_t at, int64_t minutes)
{
    l->v[l->n++] = (struct lm_sequence_event){ at, at + minutes * MIN, who, out };
}

static const struct lm_sequence *of(const struct lm_sequences *s, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].from == from && s->list[i].to == to)
            return &s->list[i];
    return NULL;
}

static struct lm_sequences find(struct lm_arena *a, const struct list *l, int64_t within, uint32_t least, uint32_t runs)
{
    struct lm_sequences s;
    struct lm_sequence_wish w = { .within_us = within * MIN, .least = least, .runs = runs, .seed = 1 };
    assert_int_equal(lm_sequences_find(a, l->v, l->n, &w, &s, NULL), LM_OK);
    return s;
}

/* 1 calls at 10:00 (5 minutes), 10:30, 10:31; calls to 2 at 10:14, 10:15, 10:32, 11:00. Within 10 minutes of the end:
 * 10:00 → 10:14 (10:15 has no event left), then 10:30 → 10:32. One event serves once. */
static void test_by_hand(void **state)
{
    (void)state;
    struct lm_arena a;
    struct list l = { .n = 0 };
    struct lm_sequence_pair *pairs;
    size_t n;
    lm_arena_init(&a, 0);
    put(&l, 2, true, 615 * MIN, 0);
    put(&l, 1, false, 600 * MIN, 5);
    put(&l, 1, false, 630 * MIN, 0);
    put(&l, 1, false, 631 * MIN, 0);
    put(&l, 2, true, 614 * MIN, 0);
    put(&l, 2, true, 632 * MIN, 0);
    put(&l, 2, true, 660 * MIN, 0);
    put(&l, 1, true, 633 * MIN, 0); /* back to the same number: no sequence */
    struct lm_sequences s = find(&a, &l, 10, 2, 50);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.list[0].seen, 2);
    assert_int_equal(s.list[0].n_in, 3);
    assert_int_equal(s.list[0].n_out, 4);
    assert_int_equal(s.grain_us, MIN);
    assert_int_equal(s.window_us, 120 * MIN);
    assert_int_equal(lm_sequence_pairs(&a, l.v, l.n, 10 * MIN, 1, 2, &pairs, &n, NULL), LM_OK);
    assert_int_equal(n, 2);
    assert_int_equal(pairs[0].in, 1);
    assert_int_equal(pairs[0].out, 4);
    assert_int_equal(pairs[1].in, 2);
    assert_int_equal(pairs[1].out, 5);
    lm_arena_free(&a);
}

/* Borders: at the same moment counts, exactly `within` after the end counts, a minute more does not, before does not. */
static void test_borders(void **state)
{
    (void)state;
    struct lm_arena a;
    struct list l = { .n = 0 };
    lm_arena_init(&a, 0);
    put(&l, 1, false, 100 * MIN, 0);
    put(&l, 2, true, 100 * MIN, 0);
    put(&l, 1, false, 300 * MIN, 3);
    put(&l, 2, true, 313 * MIN, 0);
    put(&l, 1, false, 500 * MIN, 0);
    put(&l, 2, true, 511 * MIN, 0);
    put(&l, 2, true, 699 * MIN, 0);
    put(&l, 1, false, 700 * MIN, 0);
    struct lm_sequences s = find(&a, &l, 10, 2, 10);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.list[0].seen, 2);
    lm_arena_free(&a);
}

/* One event from 1 and one to 2, at noon, 1 minute apart, on each of 40 days. In a run the second lies anywhere in its two
 * hours (12:00 to 13:59, as whole minutes), so it follows within 0 … 10 minutes 11 times of 120: expected 40 * 11 / 120. */
static void test_expected_by_hand(void **state)
{
    (void)state;
    struct lm_arena a;
    struct list l = { .n = 0 };
    lm_arena_init(&a, 0);
    for (int d = 0; d < 40; d++) {
        put(&l, 1, false, d * DAY + 720 * MIN, 0);
        put(&l, 2, true, d * DAY + 721 * MIN, 0);
    }
    struct lm_sequences s = find(&a, &l, 10, 3, 4000);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.list[0].seen, 40);
    assert_true(s.list[0].expected > 40.0 * 11 / 120 - 0.1 && s.list[0].expected < 40.0 * 11 / 120 + 0.1);
    assert_int_equal(s.list[0].as_high, 0);
    assert_true(s.list[0].share == 1.0 / 4001);
    assert_true(s.list[0].listed);
    /* P(3 or more of 40 with p = 11/120) = 0.70: chance alone passes the count, never the share */
    assert_true(s.by_chance < 0.02);
    lm_arena_free(&a);
}

/* 12 numbers call and 12 are called at random by day, very often; 20 to 21 is planted 12 times among them. */
static void test_planted(void **state)
{
    (void)state;
    struct lm_arena a;
    static struct list l;
    struct lm_rng r = { 7 };
    l.n = 0;
    lm_arena_init(&a, 0);
    for (int d = 0; d < 60; d++) {
        for (int k = 0; k < 80; k++)
            put(&l, (uint32_t)lm_rng_below(&r, 12), lm_rng_below(&r, 2) != 0,
                d * DAY + (480 + (int64_t)lm_rng_below(&r, 840)) * MIN + (int64_t)lm_rng_below(&r, 60) * 1000000, 2);
        if (d % 5 == 0) {
            int64_t at = d * DAY + (500 + (int64_t)lm_rng_below(&r, 700)) * MIN;
            put(&l, 20, false, at, 1);
            put(&l, 21, true, at + 4 * MIN, 1);
        }
    }
    struct lm_sequences s = find(&a, &l, 10, 3, 2000);
    const struct lm_sequence *planted = of(&s, 20, 21);
    assert_non_null(planted);
    assert_int_equal(planted->seen, 12);
    assert_true(planted->listed);
    assert_ptr_equal(planted, &s.list[0]);
    size_t others = s.n_listed - 1;
    assert_true(s.n > 50);                        /* very many pairs follow each other that often by chance … */
    assert_true((double)others <= 3 * s.by_chance + 3); /* … and no more are listed than chance lists */
    print_message("# %zu pairs, %zu listed beside the planted one, %.2f by chance\n", s.n, others, s.by_chance);
    lm_arena_free(&a);
}

/* A pair that follows each other only because both are busy at the same hours is not listed. */
static void test_same_hours(void **state)
{
    (void)state;
    struct lm_arena a;
    static struct list l;
    struct lm_rng r = { 11 };
    l.n = 0;
    lm_arena_init(&a, 0);
    for (int d = 0; d < 50; d++)
        for (int k = 0; k < 8; k++) { /* all inside two hours of the evening */
            put(&l, 1, false, d * DAY + (1080 + (int64_t)lm_rng_below(&r, 120)) * MIN, 0);
            put(&l, 2, true, d * DAY + (1080 + (int64_t)lm_rng_below(&r, 120)) * MIN, 0);
        }
    struct lm_sequences s = find(&a, &l, 10, 3, 1000);
    const struct lm_sequence *q = of(&s, 1, 2);
    assert_non_null(q);
    assert_true(q->seen > 100);
    assert_false(q->listed);
    assert_true(q->share > 0.02);
    lm_arena_free(&a);
}

static void test_same_again(void **state)
{
    (void)state;
    struct lm_arena a;
    static struct list l, turned;
    struct lm_rng r = { 3 };
    l.n = 0;
    lm_arena_init(&a, 0);
    for (int i = 0; i < 600; i++)
        put(&l, (uint32_t)lm_rng_below(&r, 6), lm_rng_below(&r, 2) != 0, (int64_t)lm_rng_below(&r, 20 * 1440) * MIN, 1);
    turned.n = l.n;
    for (size_t i = 0; i < l.n; i++)
        turned.v[i] = l.v[l.n - 1 - i];
    struct lm_sequences s = find(&a, &l, 15, 2, 300), t = find(&a, &turned, 15, 2, 300), u = find(&a, &l, 15, 2, 300);
    assert_int_equal(s.n, u.n);
    assert_memory_equal(s.list, u.list, s.n * sizeof *s.list);
    assert_int_equal(s.n, t.n); /* the order of the input changes no count */
    for (size_t i = 0; i < s.n; i++) {
        const struct lm_sequence *q = of(&t, s.list[i].from, s.list[i].to);
        struct lm_sequence_pair *pairs;
        size_t n;
        assert_non_null(q);
        assert_int_equal(q->seen, s.list[i].seen);
        assert_int_equal(lm_sequence_pairs(&a, l.v, l.n, 15 * MIN, q->from, q->to, &pairs, &n, NULL), LM_OK);
        assert_int_equal(n, q->seen); /* the pairs listed are the pairs counted */
    }
    lm_arena_free(&a);
}

static void test_nothing(void **state)
{
    (void)state;
    struct lm_arena a;
    struct list l = { .n = 0 };
    lm_arena_init(&a, 0);
    assert_int_equal(find(&a, &l, 10, 2, 10).n, 0);
    put(&l, 1, true, -5 * DAY - 1, 0); /* before 1970 */
    put(&l, 2, false, -5 * DAY - MIN, 0);
    assert_int_equal(find(&a, &l, 10, 2, 10).n, 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),    cmocka_unit_test(test_borders), cmocka_unit_test(test_expected_by_hand),
        cmocka_unit_test(test_planted),    cmocka_unit_test(test_same_hours),
        cmocka_unit_test(test_same_again), cmocka_unit_test(test_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
