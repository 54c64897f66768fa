/* Sets and measures against brute force: every pair, every record, every threshold. */
#include "linkage_made.h"

#include <math.h>

#define RECORDS 60
#define TRIALS 60

static struct lm_rng rng = { 31 };
static uint32_t person[RECORDS];
static struct lm_edge edges[RECORDS * RECORDS];
static uint64_t n_edges;
static bool joined[RECORDS][RECORDS];

static int by_bits(const void *x, const void *y)
{
    const struct lm_edge *p = x, *q = y;
    if (p->bits != q->bits)
        return p->bits > q->bits ? -1 : 1;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

/* Persons of a few records, and edges of which most are right; a few bits are equal. */
static void made(uint32_t n, uint32_t n_first)
{
    n_edges = 0;
    for (uint32_t i = 0; i < n; i++)
        person[i] = (uint32_t)lm_rng_below(&rng, n / 3 + 1);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++) {
            bool crosses = n_first == 0 || (a < n_first && b >= n_first);
            if (crosses && lm_rng_below(&rng, 100) < (person[a] == person[b] ? 60u : 1u))
                edges[n_edges++] = (struct lm_edge){ a, b, (float)lm_rng_below(&rng, 20) };
        }
    qsort(edges, n_edges, sizeof *edges, by_bits);
}

/* Everything that the first n edges connect, by asking again until nothing changes. */
static void closure(uint32_t n, uint64_t first)
{
    bool changed = true;
    memset(joined, 0, sizeof joined);
    for (uint32_t i = 0; i < n; i++)
        joined[i][i] = true;
    for (uint64_t k = 0; k < first; k++)
        joined[edges[k].a][edges[k].b] = joined[edges[k].b][edges[k].a] = true;
    while (changed) {
        changed = false;
        for (uint32_t a = 0; a < n; a++)
            for (uint32_t b = 0; b < n; b++)
                for (uint32_t c = 0; c < n && joined[a][b]; c++)
                    if (joined[b][c] && !joined[a][c])
                        changed = joined[a][c] = true;
    }
}

static struct lm_measure measure(double right, double proposed, double real)
{
    double p = proposed > 0 ? right / proposed : 0, r = real > 0 ? right / real : 0;
    return (struct lm_measure){ p, r, p + r > 0 ? 2 * p * r / (p + r) : 0 };
}

static struct lm_measures brute(uint32_t n, uint32_t n_first, uint64_t first)
{
    double right = 0, real = 0, closed = 0, closed_right = 0, precision = 0, recall = 0;
    closure(n, first);
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = a + 1; b < n; b++) {
            bool counts = n_first == 0 || (a < n_first && b >= n_first);
            real += counts && person[a] == person[b];
            closed += counts && joined[a][b];
            closed_right += counts && joined[a][b] && person[a] == person[b];
        }
    for (uint64_t k = 0; k < first; k++)
        right += person[edges[k].a] == person[edges[k].b];
    for (uint32_t a = 0; a < n; a++) {
        double both = 0, set = 0, own = 0;
        for (uint32_t b = 0; b < n; b++) {
            both += joined[a][b] && person[a] == person[b];
            set += joined[a][b];
            own += person[a] == person[b];
        }
        precision += both / set / n;
        recall += both / own / n;
    }
    return (struct lm_measures){ measure(right, (double)first, real), measure(closed_right, closed, real),
                                 { precision, recall, 2 * precision * recall / (precision + recall) } };
}

static void same(struct lm_measure a, struct lm_measure b)
{
    assert_true(fabs(a.precision - b.precision) < 1e-9 && fabs(a.recall - b.recall) < 1e-9 && fabs(a.f1 - b.f1) < 1e-9);
}

static void measures_are_those_of_all_pairs(void **state)
{
    (void)state;
    for (unsigned t = 0; t < TRIALS; t++) {
        uint32_t n = 4 + (uint32_t)lm_rng_below(&rng, RECORDS - 3), n_first = t % 2 == 0 ? 0 : n / 2;
        made(n, n_first);
        struct lm_truth truth = { .n = n, .person = person, .n_first = n_first };
        struct lm_measures got, want = brute(n, n_first, n_edges);
        assert_int_equal(lm_truth_count(&truth), LM_OK);
        assert_int_equal(lm_measure(&truth, edges, n_edges, &got), LM_OK);
        same(got.edge, want.edge);
        same(got.closure, want.closure);
        same(got.b3, want.b3);
        /* the same truth as pairs: edges and closure do not change */
        static uint64_t pairs[RECORDS * RECORDS];
        struct lm_truth by_pairs = { .n = n, .pairs = pairs, .n_first = n_first };
        for (uint32_t a = 0; a < n; a++)
            for (uint32_t b = a + 1; b < n; b++)
                if (lm_truth_says(&truth, a, b))
                    pairs[by_pairs.n_pairs++] = (uint64_t)a << 32 | b;
        assert_int_equal(by_pairs.n_pairs, truth.n_pairs);
        assert_int_equal(lm_measure(&by_pairs, edges, n_edges, &got), LM_OK);
        same(got.edge, want.edge);
        same(got.closure, want.closure);
    }
}

static void the_best_threshold_is_the_best_of_all(void **state)
{
    (void)state;
    for (unsigned t = 0; t < TRIALS / 3; t++) {
        uint32_t n = 10 + (uint32_t)lm_rng_below(&rng, 20);
        made(n, 0);
        struct lm_truth truth = { .n = n, .person = person };
        struct lm_best edge, closed, b3;
        double want[3] = { 0, 0, 0 };
        assert_int_equal(lm_truth_count(&truth), LM_OK);
        assert_int_equal(lm_measure_best(&truth, edges, n_edges, &edge, &closed, &b3), LM_OK);
        for (uint64_t k = 1; k <= n_edges; k++) {
            if (k < n_edges && edges[k].bits == edges[k - 1].bits)
                continue; /* no threshold lies between equal ones */
            struct lm_measures m = brute(n, 0, k);
            want[0] = fmax(want[0], m.edge.f1);
            want[1] = fmax(want[1], m.closure.f1);
            want[2] = fmax(want[2], m.b3.f1);
        }
        assert_true(fabs(edge.measure.f1 - want[0]) < 1e-9 && fabs(closed.measure.f1 - want[1]) < 1e-9 && fabs(b3.measure.f1 - want[2]) < 1e-9);
        uint64_t above = 0;
        while (above < n_edges && edges[above].bits >= closed.bits)
            above++;
        same(brute(n, 0, above).closure, closed.measure);
    }
}

static void sets_and_sorted_edges(void **state)
{
    (void)state;
    uint32_t parent[RECORDS];
    struct lm_edge sorted[RECORDS * RECORDS];
    made(RECORDS, 0);
    lm_sets_init(parent, RECORDS);
    for (uint64_t k = 0; k < n_edges; k++) {
        closure(RECORDS, k);
        assert_int_equal(lm_sets_join(parent, edges[k].a, edges[k].b), !joined[edges[k].a][edges[k].b]);
        if (k % 16 != 0)
            continue;
        closure(RECORDS, k + 1);
        for (uint32_t i = 0; i < RECORDS; i++) {
            uint32_t lowest = 0;
            while (!joined[i][lowest])
                lowest++;
            assert_int_equal(lm_set_of(parent, i), lowest);
        }
    }
    memcpy(sorted, edges, n_edges * sizeof *edges);
    assert_int_equal(lm_edges_sort(sorted, n_edges), LM_OK);
    for (uint64_t k = 1; k < n_edges; k++)
        assert_true(sorted[k - 1].a < sorted[k].a || (sorted[k - 1].a == sorted[k].a && sorted[k - 1].b < sorted[k].b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_all_pairs),
        cmocka_unit_test(the_best_threshold_is_the_best_of_all),
        cmocka_unit_test(sets_and_sorted_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
