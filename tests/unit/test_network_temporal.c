/* Chains in order of time against a search through every chain, on small random networks with many equal moments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/rng.h"
#include "network/temporal.h"

#define NAMES 6
#define MOST 14

static const struct lm_str names[NAMES] = { LM_STR_INIT("a"), LM_STR_INIT("b"), LM_STR_INIT("c"),
                                            LM_STR_INIT("d"), LM_STR_INIT("e"), LM_STR_INIT("f") };

/* Every chain from `at`, whose last contact was at `time`; the moment of leaving and arriving of the best ones. */
struct brute {
    const struct lm_contacts *c;
    const struct lm_temporal_wish *w;
    uint32_t to;
    int64_t before, arrives, departs; /* departs: latest of the chains that arrive at `arrives` */
    uint32_t hops;                    /* fewest of the chains that leave at `latest` */
    int64_t latest;                   /* latest departure of any chain */
};

static void walk(struct brute *b, uint32_t at, int64_t time, int64_t left, uint32_t hops)
{
    if (at == b->to && hops > 0) {
        if (time < b->arrives || (time == b->arrives && left > b->departs)) {
            b->arrives = time;
            b->departs = left;
        }
        if (left > b->latest || (left == b->latest && hops < b->hops)) {
            b->latest = left;
            b->hops = hops;
        }
        return;
    }
    if (b->w->hops != 0 && hops == b->w->hops)
        return;
    for (size_t k = 0; k < b->c->dated; k++) {
        const struct lm_timed_contact *x = &b->c->list[k];
        if (x->at.us >= b->before || (hops > 0 && (x->at.us <= time || x->at.us - time > b->w->wait_us)))
            continue;
        int64_t leaves = hops == 0 ? x->at.us : left;
        if (x->from == at)
            walk(b, x->to, x->at.us, leaves, hops + 1);
        if (!b->w->directed && x->to == at)
            walk(b, x->from, x->at.us, leaves, hops + 1);
    }
}

static struct brute search(const struct lm_contacts *c, const struct lm_temporal_wish *w, uint32_t from, uint32_t to,
                           int64_t before)
{
    struct brute b = { c, w, to, before, INT64_MAX, INT64_MIN, 0, INT64_MIN };
    walk(&b, from, INT64_MIN, INT64_MIN, 0);
    return b;
}

static void is_chain(const struct lm_contacts *c, const struct lm_temporal_wish *w, const struct lm_chain *p, uint32_t from,
                     uint32_t to)
{
    bool twice = false;
    assert_int_equal(p->names[0], from);
    assert_int_equal(p->names[p->n], to);
    for (uint32_t i = 0; i < p->n; i++) {
        const struct lm_timed_contact *x = &c->list[p->contacts[i]];
        bool forth = x->from == p->names[i] && x->to == p->names[i + 1];
        assert_true(forth || (!w->directed && x->to == p->names[i] && x->from == p->names[i + 1]));
        if (i > 0) {
            int64_t gap = x->at.us - c->list[p->contacts[i - 1]].at.us;
            assert_true(gap > 0 && gap <= w->wait_us);
        }
        for (uint32_t j = 0; j <= i; j++)
            twice = twice || p->names[j] == p->names[i + 1];
    }
    assert_int_equal(p->repeats, twice);
    if (w->wait_us == LM_WAIT_ANY)
        assert_false(p->repeats);
}

static struct lm_contacts make(struct lm_arena *a, struct lm_rng *rng)
{
    struct lm_contacts c;
    size_t m = 1 + lm_rng_below(rng, MOST);
    struct lm_timed_contact *list = lm_arena_array(a, m, sizeof *list);
    for (size_t i = 0; i < m; i++) {
        uint32_t from = (uint32_t)lm_rng_below(rng, NAMES), to = (uint32_t)lm_rng_below(rng, NAMES);
        bool undated = lm_rng_below(rng, 10) == 0;
        list[i] = (struct lm_timed_contact){ from, to,
                                             { (int64_t)lm_rng_below(rng, 12) - 6, 0, undated ? LM_TIME_NONE : LM_TIME_UTC },
                                             1, i + 1, LM_LINK_EVIDENCED };
    }
    assert_int_equal(lm_contacts_order(a, names, NAMES, list, m, false, &c, NULL), LM_OK);
    return c;
}

static const struct lm_temporal_wish wishes[] = {
    { false, LM_WAIT_ANY, 0 }, { true, LM_WAIT_ANY, 0 }, { false, 3, 0 }, { true, 3, 0 },
    { false, LM_WAIT_ANY, 3 }, { true, LM_WAIT_ANY, 2 }, { false, 2, 3 }, { true, 4, 3 },
};
#define WISHES (sizeof wishes / sizeof wishes[0])

static void test_earliest(void **state)
{
    struct lm_rng rng = { 7 };
    size_t found = 0;
    (void)state;
    for (int run = 0; run < 400; run++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct lm_contacts c = make(&a, &rng);
        for (size_t i = 0; i < 4; i++)
            for (uint32_t to = 1; to < NAMES; to++) {
                struct lm_chain p;
                struct brute b = search(&c, &wishes[i], 0, to, INT64_MAX);
                assert_int_equal(lm_temporal_earliest(&a, &c, 0, to, &wishes[i], &p, NULL), LM_OK);
                assert_int_equal(p.found, b.arrives != INT64_MAX);
                if (!p.found)
                    continue;
                found++;
                is_chain(&c, &wishes[i], &p, 0, to);
                assert_int_equal(c.list[p.contacts[p.n - 1]].at.us, b.arrives);
                assert_int_equal(c.list[p.contacts[0]].at.us, b.departs);
            }
        lm_arena_free(&a);
    }
    assert_true(found > 1000);
}

static void test_before(void **state)
{
    struct lm_rng rng = { 8 };
    size_t found = 0;
    (void)state;
    for (int run = 0; run < 400; run++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        struct lm_contacts c = make(&a, &rng);
        int64_t before = (int64_t)lm_rng_below(&rng, 12) - 5;
        for (size_t i = 4; i < WISHES; i++) {
            struct lm_temporal_back *back;
            struct lm_temporal_reach *reach;
            size_t n, expected = 0;
            assert_int_equal(lm_temporal_before(&a, &c, 2, before, &wishes[i], &back, &reach, &n, NULL), LM_OK);
            for (uint32_t v = 0; v < NAMES; v++) {
                struct brute b = search(&c, &wishes[i], v, 2, before);
                struct lm_chain p;
                if (v == 2 || b.latest == INT64_MIN)
                    continue;
                size_t k = 0;
                expected++;
                while (k < n && reach[k].name != v)
                    k++;
                assert_true(k < n);
                assert_int_equal(reach[k].departs_us, b.latest);
                assert_int_equal(reach[k].hops, b.hops);
                assert_int_equal(lm_temporal_chain(&a, back, &reach[k], &p, NULL), LM_OK);
                is_chain(&c, &wishes[i], &p, v, 2);
                assert_true(p.n <= b.hops);
                assert_int_equal(c.list[p.contacts[0]].at.us, b.latest);
                assert_true(c.list[p.contacts[p.n - 1]].at.us < before);
                found++;
            }
            assert_int_equal(n, expected);
            for (size_t k = 1; k < n; k++)
                assert_true(reach[k - 1].departs_us >= reach[k].departs_us);
        }
        lm_arena_free(&a);
    }
    assert_true(found > 1000);
}

/* a meets b at 1, b meets c at 10. With a wait of 5 something reaches c only because b and x met at 5. */
static void test_a_bridge_repeats_a_name(void **state)
{
    struct lm_arena a;
    struct lm_contacts c;
    struct lm_chain p;
    const struct lm_temporal_wish w = { false, 5, 0 };
    const struct lm_when at[] = { { 1, 0, LM_TIME_UTC }, { 5, 0, LM_TIME_UTC }, { 6, 0, LM_TIME_UTC }, { 10, 0, LM_TIME_UTC } };
    (void)state;
    lm_arena_init(&a, 0);
    struct lm_timed_contact list[] = { { 0, 1, at[0], 1, 1, LM_LINK_EVIDENCED },
                                       { 1, 3, at[1], 1, 2, LM_LINK_EVIDENCED },
                                       { 3, 1, at[2], 1, 3, LM_LINK_EVIDENCED },
                                       { 1, 2, at[3], 1, 4, LM_LINK_EVIDENCED } };
    assert_int_equal(lm_contacts_order(&a, names, NAMES, list, 4, false, &c, NULL), LM_OK);
    assert_int_equal(lm_temporal_earliest(&a, &c, 0, 2, &w, &p, NULL), LM_OK);
    assert_true(p.found && p.repeats);
    assert_int_equal(p.n, 4);
    const struct lm_temporal_wish longer = { false, 9, 0 };
    assert_int_equal(lm_temporal_earliest(&a, &c, 0, 2, &longer, &p, NULL), LM_OK);
    assert_true(p.found && !p.repeats);
    assert_int_equal(p.n, 2);
    assert_int_equal(lm_temporal_earliest(&a, &c, 4, 4, &w, &p, NULL), LM_OK);
    assert_true(p.found && p.n == 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_earliest),
        cmocka_unit_test(test_before),
        cmocka_unit_test(test_a_bridge_repeats_a_name),
    };
    return cmocka_run_group_tests_name("network_temporal", tests, NULL, NULL);
}
