/* Bursts, silences and replaced numbers: planted ones are found, and chance gives as many as is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/rng.h"
#include "network/burst.h"
#include "network/turnover.h"

#define HOUR (INT64_C(3600) * LM_SECOND_US)
#define NAMES 130

static struct lm_str names[NAMES];
static char room[NAMES][8];

struct made {
    struct lm_arena a;
    struct lm_timed_contact list[40000];
    size_t n;
    struct lm_contacts c;
};

static int start(void **state)
{
    struct made *m = test_calloc(1, sizeof *m);
    for (int i = 0; i < NAMES; i++) {
        (void)snprintf(room[i], sizeof room[i], "n%03d", i); /* in byte order: index = vertex */
        names[i] = lm_str(room[i]);
    }
    *state = m;
    return 0;
}

static int finish(void **state)
{
    test_free(*state);
    return 0;
}

static void begin(struct made *m)
{
    lm_arena_init(&m->a, 0);
    m->n = 0;
}

static void put(struct made *m, uint32_t a, uint32_t b, int64_t us)
{
    assert_true(m->n < sizeof m->list / sizeof m->list[0]);
    m->list[m->n] = (struct lm_timed_contact){ a, b, { us, 0, LM_TIME_UTC }, 1, m->n + 1, LM_LINK_EVIDENCED };
    m->n++;
}

static void ready(struct made *m)
{
    assert_int_equal(lm_contacts_order(&m->a, names, NAMES, m->list, m->n, false, &m->c, NULL), LM_OK);
}

static struct lm_bursts bursts(struct made *m)
{
    struct lm_bursts r;
    assert_int_equal(lm_bursts_find(&m->a, &m->c, 1, NULL, &r, NULL), LM_OK);
    return r;
}

/* Two contacts a day for a hundred days, and sixty within day 50: between names 0 and 1 (both have it). */
static void test_a_planted_burst(void **state)
{
    struct made *m = *state;
    begin(m);
    for (int day = 0; day < 100; day++) {
        put(m, 0, 1, day * LM_DAY_US + 10 * HOUR);
        put(m, 1, 0, day * LM_DAY_US + 17 * HOUR);
    }
    for (int i = 0; i < 60; i++)
        put(m, 0, 1, 50 * LM_DAY_US + 11 * HOUR + i * HOUR / 15);
    ready(m);
    struct lm_bursts r = bursts(m);
    assert_int_equal(r.tested, 2);
    assert_int_equal(r.runs, LM_BURST_RUNS);
    assert_int_equal(r.n_listed, 2);
    const struct lm_burst *b = &r.list[0];
    assert_true(b->listed && b->contacts >= 60 && b->contacts <= 63);
    assert_true(m->c.list[b->first].at.us >= 50 * LM_DAY_US && m->c.list[b->last].at.us < 51 * LM_DAY_US);
    /* the weight by hand: each gap saves ln 2 - rate * gap */
    double rate = 259.0 / (double)(99 * LM_DAY_US + 7 * HOUR), weight = 0;
    for (uint32_t i = 1; i < b->contacts; i++)
        weight += 0.6931471805599453 - rate * (double)(m->c.list[b->first + i].at.us - m->c.list[b->first + i - 1].at.us);
    assert_true(b->weight > weight - 1e-6 && b->weight < weight + 1e-6);
    struct lm_bursts again = bursts(m);
    assert_memory_equal(r.list, again.list, r.n * sizeof *r.list);
    lm_arena_free(&m->a);
}

/* Contacts on random days at office hours: one name in a hundred may be marked. 40 pairs, 25 times: 1,000 pairs. Both ends of a
 * pair have the same contacts, so marks come in twos. */
static void test_false_alarms_of_bursts(void **state)
{
    struct made *m = *state;
    struct lm_rng rng = { 5 };
    size_t marked = 0, tested = 0;
    for (int run = 0; run < 25; run++) {
        begin(m);
        for (uint32_t pair = 0; pair < 40; pair++)
            for (int i = 0; i < 40; i++)
                put(m, 2 * pair, 2 * pair + 1,
                    (int64_t)lm_rng_below(&rng, 60) * LM_DAY_US + (int64_t)(8 + lm_rng_below(&rng, 10)) * HOUR
                        + (int64_t)lm_rng_below(&rng, 3600) * LM_SECOND_US);
        ready(m);
        struct lm_bursts r = bursts(m);
        bool seen[NAMES] = { false };
        for (size_t i = 0; i < r.n; i++)
            if (r.list[i].listed && !seen[r.list[i].name]) {
                seen[r.list[i].name] = true;
                marked++;
            }
        tested += r.tested;
        assert_true(r.by_chance > 0.79 && r.by_chance < 0.81);
        lm_arena_free(&m->a);
    }
    assert_int_equal(tested, 2000);
    print_message("# bursts: %zu of %zu names marked by chance\n", marked, tested);
    assert_true(marked <= 44); /* 20 are expected, in twos: more than 22 pairs where 10 are is rarer than 1 in 1,000 */
}

static void test_silence(void **state)
{
    struct made *m = *state;
    struct lm_turnover r;
    begin(m);
    for (int i = 0; i < 30; i++)
        put(m, 0, 1, i * LM_DAY_US);           /* 30 days, then nothing */
    for (int i = 0; i < 30; i++)
        put(m, 2, 3, (40 + i) * LM_DAY_US);    /* nothing, then 30 days */
    for (int i = 0; i < 10; i++)
        put(m, 4, 5, i * LM_DAY_US);           /* too few to say anything */
    ready(m);
    assert_int_equal(lm_turnover_find(&m->a, &m->c, INT64_MIN, INT64_MAX, LM_DAY_US, &r, NULL), LM_OK);
    assert_int_equal(r.tested, 4);
    assert_true(r.by_chance > 4.0 / 30 - 1e-9 && r.by_chance < 4.0 / 30 + 1e-9);
    assert_int_equal(r.n_silent, 2);
    assert_int_equal(r.silent[0].name, 0);
    assert_int_equal(r.silent[0].silent_us, 40 * LM_DAY_US);
    assert_int_equal(r.silent[0].longest_us, LM_DAY_US);
    assert_int_equal(r.n_appeared, 2);
    assert_int_equal(r.appeared[1].name, 3);
    lm_arena_free(&m->a);
}

/* Contacts at any moment in any order: no more fall silent than is printed. */
static void test_false_alarms_of_silence(void **state)
{
    struct made *m = *state;
    struct lm_rng rng = { 6 };
    size_t silent = 0;
    double by_chance = 0;
    for (int run = 0; run < 60; run++) {
        struct lm_turnover r;
        begin(m);
        for (uint32_t pair = 0; pair < 40; pair++)
            for (int i = 0; i < 25; i++)
                put(m, 2 * pair, 2 * pair + 1, (int64_t)lm_rng_below(&rng, 1000000) * HOUR / 100);
        ready(m);
        assert_int_equal(lm_turnover_find(&m->a, &m->c, 0, 1000000 * HOUR / 100, LM_DAY_US, &r, NULL), LM_OK);
        silent += r.n_silent;
        by_chance += r.by_chance;
        lm_arena_free(&m->a);
    }
    print_message("# silence: %zu names by chance, %.1f said\n", silent, by_chance);
    assert_true((double)silent < by_chance * 1.35 && (double)silent > by_chance * 0.65);
}

/* Six circles of fifteen; each name has eight friends of its own choice among the twenty of its circle, of forty (90 … 129) in all;
 * everybody is there for some part of 200 days. */
static void circles(struct made *m, struct lm_rng *rng)
{
    begin(m);
    for (uint32_t v = 0; v < 90; v++) {
        int64_t from = (int64_t)lm_rng_below(rng, 150), days = 20 + (int64_t)lm_rng_below(rng, 30);
        uint32_t friends[8];
        for (int k = 0; k < 8; k++)
            friends[k] = 90 + (v / 15 * 6 + (uint32_t)lm_rng_below(rng, 20)) % 40;
        for (int k = 0; k < 30; k++)
            put(m, v, friends[lm_rng_below(rng, 8)],
                (from + (int64_t)lm_rng_below(rng, (uint64_t)days)) * LM_DAY_US + (int64_t)lm_rng_below(rng, 86400) * LM_SECOND_US);
    }
}

/* Three names are given up (7, 37, 67); two days later the next one begins with the same eight friends, whom nobody else has all. */
static void plant(struct made *m, struct lm_rng *rng)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->list[i].from % 30 != 7 && m->list[i].from % 30 != 8)
            m->list[kept++] = m->list[i];
    m->n = kept;
    for (uint32_t v = 7; v < 90; v += 30) {
        int64_t until = 70 + v;
        for (int k = 0; k < 40; k++) {
            uint32_t friend = 90 + ((uint32_t)(k % 8) * 5 + v / 30) % 40;
            put(m, v, friend, (until - 1 - (int64_t)lm_rng_below(rng, 40)) * LM_DAY_US);
            put(m, v + 1, friend, (until + 1 + (int64_t)lm_rng_below(rng, 40)) * LM_DAY_US);
        }
        put(m, v, 90 + v / 30, (until - 1) * LM_DAY_US);
        put(m, v + 1, 90 + v / 30, (until + 1) * LM_DAY_US);
    }
}

static void test_replaced(void **state)
{
    struct made *m = *state;
    struct lm_rng rng = { 9 };
    size_t found = 0, others = 0;
    for (int run = 0; run < 20; run++) {
        struct lm_turnover r;
        circles(m, &rng);
        plant(m, &rng);
        ready(m);
        assert_int_equal(lm_turnover_find(&m->a, &m->c, INT64_MIN, INT64_MAX, 4 * LM_DAY_US, &r, NULL), LM_OK);
        for (size_t i = 0; i < r.n_handsets && r.handsets[i].listed; i++) {
            const struct lm_handset *h = &r.handsets[i];
            uint32_t *shared;
            size_t n;
            assert_int_equal(lm_handset_shared(&m->a, &m->c, h, &shared, &n, NULL), LM_OK);
            assert_int_equal(n, h->shared);
            if (h->from % 30 != 7 || h->to != h->from + 1) {
                others++;
                continue;
            }
            assert_int_equal(n, 8);
            assert_true(h->score > 0.99);
            assert_int_equal(h->gap_us, 2 * LM_DAY_US);
            found++;
        }
        lm_arena_free(&m->a);
    }
    print_message("# replaced: %zu of 60 planted ones marked, and %zu others\n", found, others);
    assert_int_equal(found, 60);
    assert_true(others <= 12);
}

/* No replacement in any of them: something is marked in one of ten at most; and as many pairs fit in time as `expected` says. */
static void test_false_alarms_of_replaced(void **state)
{
    struct made *m = *state;
    struct lm_rng rng = { 10 };
    size_t networks = 0, fitting = 0;
    double expected = 0;
    for (int run = 0; run < 400; run++) {
        struct lm_turnover r;
        circles(m, &rng);
        ready(m);
        assert_int_equal(lm_turnover_find(&m->a, &m->c, INT64_MIN, INT64_MAX, 4 * LM_DAY_US, &r, NULL), LM_OK);
        networks += r.n_listed > 0;
        fitting += r.n_handsets;
        if (r.n_handsets > 0)
            expected += r.handsets[r.n_handsets - 1].expected; /* of the lowest score: about all pairs */
        lm_arena_free(&m->a);
    }
    print_message("# replaced: something marked in %zu of 400 networks without any; %zu pairs fit in time, %.0f expected\n", networks,
                  fitting, expected);
    assert_true(networks <= 60); /* 40 at most are expected; more than 60 are rarer than 1 in 1,000 */
    assert_true((double)fitting < expected * 1.1 && (double)fitting > expected * 0.9);
}

static void test_nothing(void **state)
{
    struct made *m = *state;
    struct lm_turnover r;
    begin(m);
    ready(m);
    assert_int_equal(lm_turnover_find(&m->a, &m->c, INT64_MIN, INT64_MAX, LM_DAY_US, &r, NULL), LM_OK);
    assert_int_equal(r.n_silent + r.n_handsets + r.tested, 0);
    assert_int_equal(bursts(m).n, 0);
    for (int i = 0; i < 50; i++)
        put(m, 0, 1, 5); /* all at one moment */
    ready(m);
    assert_int_equal(bursts(m).n, 0);
    assert_int_equal(lm_turnover_find(&m->a, &m->c, INT64_MIN, INT64_MAX, LM_DAY_US, &r, NULL), LM_OK);
    assert_int_equal(r.n_silent, 0);
    lm_arena_free(&m->a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_planted_burst),          cmocka_unit_test(test_false_alarms_of_bursts),
        cmocka_unit_test(test_silence),                  cmocka_unit_test(test_false_alarms_of_silence),
        cmocka_unit_test(test_replaced),                 cmocka_unit_test(test_false_alarms_of_replaced),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests_name("network_change", tests, start, finish);
}
