#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/rng.h"
#include "resolve/occurrence.h"

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)

/* A planted set: real calls, each seen by up to three sources. */
struct planted {
    struct lm_report *reports;
    uint32_t *truth; /* per report: the real call */
    size_t n;
    uint32_t n_calls;
};

static void see(struct planted *p, uint32_t call, uint32_t source, int64_t at_us, uint32_t from, uint32_t to, int32_t duration)
{
    p->truth[p->n] = call;
    p->reports[p->n] = (struct lm_report){ .key = (uint64_t)source << 32 | call,
                                           .at_us = at_us, .source = source, .from = from, .to = to, .duration_s = duration,
                                           .kind = 1 };
    p->n++;
}

/* 10,000 calls between 300 numbers; of these, 1,000 pairs of distinct calls between the same two numbers 20 … 110 s apart.
 * Source 0: a carrier, to the second. 1: another carrier, 37 s fast, a second of jitter. 2: a telephone, 81 s slow, times cut
 * to the minute. Each misses some. */
static void plant(struct planted *p, uint64_t seed, unsigned missing_percent)
{
    struct lm_rng r = { seed };
    p->reports = calloc(40000, sizeof *p->reports);
    p->truth = calloc(40000, sizeof *p->truth);
    p->n = 0;
    p->n_calls = 0;
    uint32_t real = 0;
    int64_t at = INT64_C(1680000000) * SECOND;
    while (real < 10000) {
        uint32_t from = (uint32_t)lm_rng_below(&r, 300), to = (uint32_t)lm_rng_below(&r, 299);
        to += to >= from;
        at += (int64_t)lm_rng_below(&r, 400) * SECOND;
        int64_t when = at;
        unsigned times = real < 9000 && lm_rng_below(&r, 8) == 0 ? 2 : 1;
        for (unsigned k = 0; k < times && real < 10000; k++) {
            int32_t duration = 3 + (int32_t)lm_rng_below(&r, 15 + 100 * (times == 1));
            bool seen = false;
            for (uint32_t s = 0; s < 3; s++) {
                if (lm_rng_below(&r, 100) < missing_percent)
                    continue;
                int64_t t = when + (s == 1 ? 37 * SECOND + (int64_t)lm_rng_below(&r, 2) * SECOND : s == 2 ? -81 * SECOND : 0);
                if (s == 2)
                    t -= t % (60 * SECOND);
                see(p, real, s, t, from, to, duration + (s == 1 ? (int32_t)lm_rng_below(&r, 2) : 0));
                seen = true;
            }
            p->n_calls += seen;
            real++;
            when += (duration + 5 + (int64_t)lm_rng_below(&r, 80)) * SECOND;
        }
    }
}

static void unplant(struct planted *p)
{
    free(p->reports);
    free(p->truth);
}

static uint64_t wrong_joins(const struct planted *p, const struct lm_occurrences *o)
{
    uint64_t wrong = 0;
    uint32_t *call_of = malloc((o->n + 1) * sizeof *call_of);
    for (uint32_t i = 0; i < o->n; i++)
        call_of[i] = UINT32_MAX;
    for (size_t i = 0; i < p->n; i++) {
        uint32_t k = o->of[i];
        if (k == UINT32_MAX)
            continue;
        if (call_of[k] == UINT32_MAX)
            call_of[k] = p->truth[i];
        wrong += call_of[k] != p->truth[i];
    }
    free(call_of);
    return wrong;
}

static void planted_calls_are_found_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        for (unsigned missing = 0; missing <= 20; missing += 20) {
            struct planted p;
            struct lm_arena a;
            struct lm_occurrences o;
            lm_arena_init(&a, 0);
            plant(&p, seed, missing);
            assert_int_equal(lm_occurrences_find(&a, p.reports, p.n, 3, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
            int64_t off = (int64_t)o.total - (int64_t)p.n_calls;
            print_message("# seed %llu, %u %% missing: %zu records, %u calls, %llu found, %llu wrong joins; offsets %lld and %lld s\n",
                          (unsigned long long)seed, missing, p.n, p.n_calls, (unsigned long long)o.total,
                          (unsigned long long)wrong_joins(&p, &o), (long long)((o.clocks[1].offset_us - o.clocks[0].offset_us) / SECOND),
                          (long long)((o.clocks[2].offset_us - o.clocks[0].offset_us) / SECOND));
            /* Where one source missed one of two close calls and another the other, nothing tells them apart but a few
             * seconds of duration: fewer than one record in a thousand. */
            assert_true(wrong_joins(&p, &o) * 1000 <= (missing == 0 ? 0 : p.n));
            assert_true(llabs(off) * 1000 <= p.n_calls);
            assert_true(llabs(o.clocks[1].offset_us - o.clocks[0].offset_us - 37 * SECOND) <= 2 * SECOND);
            /* cut to the minute: 30 s more on average */
            assert_true(llabs(o.clocks[2].offset_us - o.clocks[0].offset_us + (81 + 30) * SECOND) <= 2 * SECOND);
            assert_int_equal(o.clocks[2].granularity_us, 60 * SECOND);
            unplant(&p);
            lm_arena_free(&a);
        }
    }
}

/* A number for a partition that does not depend on the order of the reports. */
static uint64_t fingerprint(const struct planted *p, const struct lm_occurrences *o)
{
    uint64_t *sum = calloc(o->n + 1, sizeof *sum), f = 0;
    for (size_t i = 0; i < p->n; i++)
        if (o->of[i] != UINT32_MAX)
            sum[o->of[i]] += p->reports[i].key * UINT64_C(0xff51afd7ed558ccd);
    for (uint32_t i = 0; i < o->n; i++)
        f += (sum[i] ^ sum[i] >> 31) * UINT64_C(0xc4ceb9fe1a85ec53);
    free(sum);
    return f;
}

static void the_order_of_the_files_does_not_matter(void **state)
{
    (void)state;
    struct planted p;
    struct lm_rng r = { 99 };
    uint64_t first = 0;
    plant(&p, 5, 10);
    for (int round = 0; round < 10; round++) {
        struct lm_arena a;
        struct lm_occurrences o;
        lm_arena_init(&a, 0);
        assert_int_equal(lm_occurrences_find(&a, p.reports, p.n, 3, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
        uint64_t f = fingerprint(&p, &o);
        if (round == 0)
            first = f;
        assert_true(f == first);
        lm_arena_free(&a);
        for (size_t i = p.n; i > 1; i--) {
            size_t j = lm_rng_below(&r, i);
            struct lm_report t = p.reports[i - 1];
            p.reports[i - 1] = p.reports[j];
            p.reports[j] = t;
            uint32_t c = p.truth[i - 1];
            p.truth[i - 1] = p.truth[j];
            p.truth[j] = c;
        }
    }
    unplant(&p);
}

static void kinds_and_ends_are_kept_apart(void **state)
{
    (void)state;
    const int64_t t = INT64_C(1680000000) * SECOND + SECOND;
    const struct lm_report r[] = {
        { .key = 1, .at_us = t, .source = 0, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },
        { .key = 2, .at_us = t, .source = 1, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },
        { .key = 3, .at_us = t, .source = 1, .from = 2, .to = 1, .duration_s = 30, .kind = 1 },               /* the other way */
        { .key = 4, .at_us = t, .source = 2, .from = 1, .to = 2, .duration_s = 0, .kind = 1, .outcome = 1 },  /* an attempt */
        { .key = 5, .at_us = t, .source = 3, .from = 1, .to = LM_END_UNKNOWN, .duration_s = 30, .kind = 1 },  /* withheld */
        { .key = 6, .at_us = t, .source = 4, .from = 1, .to = 2, .duration_s = 300, .kind = 1 },              /* too long */
        { .key = 7, .at_us = t + 60 * SECOND, .source = 5, .from = 1, .to = 2, .duration_s = 30, .kind = 1 }, /* too late */
        { .key = 8, .at_us = t, .source = 0, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },               /* same source */
    };
    struct lm_arena a;
    struct lm_occurrences o;
    struct lm_pair_reason why;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_occurrences_find(&a, r, 8, 6, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
    assert_int_equal(o.n, 1);
    assert_int_equal(o.list[0].n, 2);
    assert_true(o.list[0].durations);
    assert_int_equal(o.of[1], 0);
    assert_int_equal(o.total, 7);
    lm_occurrence_explain(&r[0], &r[5], o.clocks, &why);
    assert_true(why.ends && why.time && !why.duration);
    assert_int_equal(why.duration_difference_s, 270);
    lm_occurrence_explain(&r[0], &r[6], o.clocks, &why);
    assert_true(why.duration && !why.time);
    lm_arena_free(&a);
}

static void a_split_is_remembered(void **state)
{
    (void)state;
    const int64_t t = INT64_C(1680000000) * SECOND + SECOND;
    const struct lm_report r[] = {
        { .key = 1, .at_us = t, .source = 0, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },
        { .key = 2, .at_us = t, .source = 1, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },
        { .key = 3, .at_us = t, .source = 2, .from = 1, .to = 2, .duration_s = 30, .kind = 1 },
    };
    const struct lm_not_same apart[] = { { 2, 0 }, { 2, 1 } };
    struct lm_arena a;
    struct lm_occurrences o;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_occurrences_find(&a, r, 3, 3, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
    assert_int_equal(o.total, 1);
    assert_int_equal(lm_occurrences_find(&a, r, 3, 3, NULL, apart, 2, NULL, &o, NULL), LM_OK);
    assert_int_equal(o.total, 2);
    assert_int_equal(o.of[2], UINT32_MAX);
    assert_int_equal(o.of[0], o.of[1]);
    lm_arena_free(&a);
}

static void clocks_without_shared_events_are_left_alone(void **state)
{
    (void)state;
    struct lm_report r[40];
    for (uint32_t i = 0; i < 40; i++)
        r[i] = (struct lm_report){ .key = i, .at_us = (int64_t)i * DAY + SECOND, .source = i % 2, .from = i, .to = i + 1,
                                   .duration_s = 10, .kind = 1 };
    struct lm_arena a;
    struct lm_occurrences o;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_occurrences_find(&a, r, 40, 2, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
    assert_int_equal(o.total, 40);
    assert_int_equal(o.clocks[0].support + o.clocks[1].support, 0);
    assert_int_equal(o.clocks[1].reference, 1);
    assert_int_equal(lm_occurrences_find(&a, r, 0, 0, NULL, NULL, 0, NULL, &o, NULL), LM_OK);
    assert_int_equal(o.total, 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_calls_are_found_again), cmocka_unit_test(the_order_of_the_files_does_not_matter),
        cmocka_unit_test(kinds_and_ends_are_kept_apart), cmocka_unit_test(a_split_is_remembered),
        cmocka_unit_test(clocks_without_shared_events_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
