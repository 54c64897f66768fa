/* Sets of accounts from edges and from what keeps apart, against an answer by hand: every way between two who are kept apart is
 * walked, and every edge on it must not join. Fixed seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "resolve/identity.h"

#define MOST 8
#define EDGES_MOST 14

struct world {
    struct lm_arena a;
    struct lm_identity_edge edges[EDGES_MOST];
    struct lm_identity_apart apart[4];
    int64_t holder[MOST];
    struct lm_identity_graph g;
};

static void answer(struct world *w)
{
    w->g.edges = w->edges;
    w->g.apart = w->apart;
    w->g.holder = w->holder;
    assert_int_equal(lm_identity_sets(&w->a, &w->g), LM_OK);
}

static void begin(struct world *w, uint32_t n)
{
    memset(w, 0, sizeof *w);
    lm_arena_init(&w->a, 0);
    w->g.n = n;
}

static void edge(struct world *w, uint32_t a, uint32_t b, bool word)
{
    w->edges[w->g.n_edges++] = (struct lm_identity_edge){ .a = a, .b = b, .word = word };
}

static void apart(struct world *w, uint32_t a, uint32_t b)
{
    w->apart[w->g.n_apart++] = (struct lm_identity_apart){ a, b, true };
}

static void test_chain(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 5);
    for (uint32_t v = 0; v + 1 < 5; v++)
        edge(&w, v, v + 1, false);
    answer(&w);
    for (uint32_t v = 0; v < 5; v++)
        assert_int_equal(w.g.set[v], 0);
    for (uint32_t i = 0; i < 4; i++)
        assert_true(w.edges[i].bridge);
    apart(&w, 1, 3); /* 1 - 2 - 3 is in doubt, 0 - 1 and 3 - 4 are not */
    answer(&w);
    assert_int_equal(w.edges[0].fate, LM_EDGE_JOINS);
    assert_int_equal(w.edges[1].fate, LM_EDGE_BETWEEN);
    assert_int_equal(w.edges[2].fate, LM_EDGE_BETWEEN);
    assert_int_equal(w.edges[3].fate, LM_EDGE_JOINS);
    assert_int_equal(w.g.set[1], 0);
    assert_int_equal(w.g.set[2], 2);
    assert_int_equal(w.g.set[4], 3);
    lm_arena_free(&w.a);
}

/* One account is taken out of three that share a number: the others stay one. */
static void test_split(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 3);
    edge(&w, 0, 1, false);
    edge(&w, 0, 2, false);
    edge(&w, 1, 2, false);
    apart(&w, 2, 0);
    apart(&w, 2, 1);
    answer(&w);
    assert_int_equal(w.g.set[1], 0);
    assert_int_equal(w.g.set[2], 2);
    assert_int_equal(w.edges[0].fate, LM_EDGE_JOINS);
    assert_int_equal(w.edges[1].fate, LM_EDGE_APART);
    lm_arena_free(&w.a);
}

static void test_holders(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 4);
    edge(&w, 0, 1, false);
    edge(&w, 1, 2, false);
    edge(&w, 2, 3, true);
    w.holder[0] = 7;
    w.holder[3] = 8; /* through a person's word 2 is 8's as well: 0 - 1 - 2 leads from 7 to 8 */
    answer(&w);
    assert_int_equal(w.edges[0].fate, LM_EDGE_BETWEEN);
    assert_int_equal(w.edges[1].fate, LM_EDGE_BETWEEN);
    assert_int_equal(w.g.set[3], 2);
    w.holder[3] = 7;
    answer(&w);
    assert_int_equal(w.g.set[3], 0);
    w.holder[1] = LM_HOLDER_SEVERAL;
    answer(&w);
    assert_int_equal(w.edges[0].fate, LM_EDGE_APART);
    assert_int_equal(w.g.set[1], 1);
    lm_arena_free(&w.a);
}

static void test_words_against_each_other(void **state)
{
    struct world w;
    (void)state;
    begin(&w, 3);
    edge(&w, 0, 1, true);
    edge(&w, 1, 2, true);
    apart(&w, 0, 2);
    answer(&w);
    assert_int_equal(w.g.contradictions, 1);
    assert_int_equal(w.g.set[2], 0);
    w.g.n_apart = 0;
    answer(&w);
    assert_int_equal(w.g.contradictions, 0);
    w.holder[0] = 4;
    w.holder[1] = 4;
    answer(&w);
    assert_int_equal(w.g.contradictions, 0);
    w.holder[2] = 5;
    answer(&w);
    assert_int_equal(w.g.contradictions, 1);
    lm_arena_free(&w.a);
}

static void test_times(void **state)
{
    const int64_t day = INT64_C(86400) * 1000000;
    struct lm_holding a = { 0, true, 0, 10 * day }, b = { 1, true, 54 * day, 90 * day }, c = { 2, true, 56 * day, 90 * day },
                      unknown = { 3, false, 0, 0 }, always = { 4, true, INT64_MIN, INT64_MAX };
    (void)state;
    assert_true(lm_holdings_meet(&a, &b));
    assert_true(lm_holdings_meet(&b, &a));
    assert_false(lm_holdings_meet(&a, &c));
    assert_false(lm_holdings_meet(&c, &a));
    assert_true(lm_holdings_meet(&b, &c));
    assert_true(lm_holdings_meet(&a, &unknown));
    assert_true(lm_holdings_meet(&always, &c));
}

/* --- by walking every way --- */

struct hand {
    const struct world *w;
    uint32_t group[MOST];
    bool stopped[EDGES_MOST], on_way[EDGES_MOST], visited[MOST];
    uint32_t target;
};

static bool walk(struct hand *h, uint32_t at)
{
    bool found = false;
    if (at == h->target)
        return true;
    h->visited[at] = true;
    for (uint32_t i = 0; i < h->w->g.n_edges; i++) {
        const struct lm_identity_edge *x = &h->w->edges[i];
        uint32_t a = h->group[x->a], b = h->group[x->b];
        if (x->word || h->stopped[i] || a == b || (a != at && b != at) || h->visited[a == at ? b : a])
            continue;
        if (walk(h, a == at ? b : a))
            h->on_way[i] = found = true;
    }
    h->visited[at] = false;
    return found;
}

static bool differ(const struct world *w, const uint32_t *group, uint32_t p, uint32_t q)
{
    bool apart = false;
    int64_t hp = 0, hq = 0;
    for (uint32_t i = 0; i < w->g.n_apart; i++) {
        uint32_t a = group[w->apart[i].a], b = group[w->apart[i].b];
        apart = apart || (a == p && b == q) || (a == q && b == p);
    }
    for (uint32_t v = 0; v < w->g.n; v++) {
        int64_t h = w->holder[v], *mine = group[v] == p ? &hp : group[v] == q ? &hq : NULL;
        if (mine != NULL && h != 0)
            *mine = *mine == 0 || *mine == h ? h : -1;
    }
    return apart || hp == -1 || hq == -1 || (hp != 0 && hq != 0 && hp != hq);
}

static void by_hand(const struct world *w, enum lm_edge_fate fate[EDGES_MOST])
{
    struct hand h = { .w = w };
    for (uint32_t v = 0; v < w->g.n; v++)
        h.group[v] = v;
    for (uint32_t round = 0; round < w->g.n; round++)
        for (uint32_t i = 0; i < w->g.n_edges; i++)
            if (w->edges[i].word) {
                uint32_t a = h.group[w->edges[i].a], b = h.group[w->edges[i].b];
                for (uint32_t v = 0; v < w->g.n; v++)
                    h.group[v] = h.group[v] == a || h.group[v] == b ? (a < b ? a : b) : h.group[v];
            }
    for (uint32_t i = 0; i < w->g.n_edges; i++) {
        uint32_t a = h.group[w->edges[i].a], b = h.group[w->edges[i].b];
        h.stopped[i] = !w->edges[i].word && a != b && differ(w, h.group, a, b);
    }
    for (uint32_t p = 0; p < w->g.n; p++)
        for (uint32_t q = p + 1; q < w->g.n; q++)
            if (h.group[p] == p && h.group[q] == q && differ(w, h.group, p, q)) {
                h.target = q;
                (void)walk(&h, p);
            }
    for (uint32_t i = 0; i < w->g.n_edges; i++)
        fate[i] = h.stopped[i] ? LM_EDGE_APART : h.on_way[i] ? LM_EDGE_BETWEEN : LM_EDGE_JOINS;
}

static void made_up(struct world *w, struct lm_rng *r)
{
    begin(w, 2 + (uint32_t)lm_rng_below(r, MOST - 1));
    for (uint32_t n = (uint32_t)lm_rng_below(r, EDGES_MOST + 1); w->g.n_edges < n;) {
        uint32_t a = (uint32_t)lm_rng_below(r, w->g.n), b = (uint32_t)lm_rng_below(r, w->g.n);
        edge(w, a, b, lm_rng_below(r, 6) == 0);
    }
    for (uint32_t n = (uint32_t)lm_rng_below(r, 3); n != 0; n--)
        apart(w, (uint32_t)lm_rng_below(r, w->g.n), (uint32_t)lm_rng_below(r, w->g.n));
    for (uint32_t v = 0; v < w->g.n; v++)
        w->holder[v] = lm_rng_below(r, 4) == 0 ? (int64_t)lm_rng_below(r, 3) : 0;
    if (lm_rng_below(r, 10) == 0)
        w->holder[0] = LM_HOLDER_SEVERAL;
}

static void test_every_way(void **state)
{
    struct lm_rng r = { 17 };
    uint64_t joined = 0, stopped = 0, between = 0;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct world w;
        enum lm_edge_fate want[EDGES_MOST] = { 0 };
        made_up(&w, &r);
        by_hand(&w, want);
        answer(&w);
        for (uint32_t i = 0; i < w.g.n_edges; i++) {
            assert_int_equal(w.edges[i].fate, want[i]);
            joined += want[i] == LM_EDGE_JOINS;
            stopped += want[i] == LM_EDGE_APART;
            between += want[i] == LM_EDGE_BETWEEN;
        }
        lm_arena_free(&w.a);
    }
    print_message("# edges that join %llu, kept apart %llu, between %llu\n", (unsigned long long)joined, (unsigned long long)stopped,
                  (unsigned long long)between);
    assert_true(joined > 1000 && stopped > 1000 && between > 1000);
}

/* The same statements in another order, under other numbers, give the same sets. */
static void test_any_order(void **state)
{
    struct lm_rng r = { 18 };
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct world w, x;
        uint32_t to[MOST];
        made_up(&w, &r);
        answer(&w);
        x = w;
        lm_arena_init(&x.a, 0);
        for (uint32_t v = 0; v < w.g.n; v++)
            to[v] = v;
        for (uint32_t v = w.g.n; v > 1; v--) {
            uint32_t k = (uint32_t)lm_rng_below(&r, v), t = to[k];
            to[k] = to[v - 1];
            to[v - 1] = t;
        }
        for (uint32_t i = 0; i < w.g.n_edges; i++) {
            struct lm_identity_edge *from = &w.edges[w.g.n_edges - 1 - i];
            x.edges[i] = (struct lm_identity_edge){ .a = to[from->b], .b = to[from->a], .word = from->word };
        }
        for (uint32_t i = 0; i < w.g.n_apart; i++)
            x.apart[i] = (struct lm_identity_apart){ to[w.apart[i].b], to[w.apart[i].a], true };
        for (uint32_t v = 0; v < w.g.n; v++)
            x.holder[to[v]] = w.holder[v];
        answer(&x);
        for (uint32_t v = 0; v < w.g.n; v++)
            for (uint32_t u = 0; u < w.g.n; u++)
                assert_int_equal(w.g.set[v] == w.g.set[u], x.g.set[to[v]] == x.g.set[to[u]]);
        lm_arena_free(&w.a);
        lm_arena_free(&x.a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain), cmocka_unit_test(test_split), cmocka_unit_test(test_holders),
        cmocka_unit_test(test_words_against_each_other), cmocka_unit_test(test_times), cmocka_unit_test(test_every_way),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
