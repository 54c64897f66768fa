/* How alike two texts are, against the textbook's way to compute it. */
#include "linkage_made.h"

#include <math.h>

#include "resolve/metric.h"

#define PAIRS 20000

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, by the table of all prefixes. */
static unsigned edits(struct lm_str a, struct lm_str b)
{
    static unsigned d[LM_METRIC_MAX + 1][LM_METRIC_MAX + 1];
    for (size_t i = 0; i <= a.n; i++)
        for (size_t j = 0; j <= b.n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a.p[i - 1] != b.p[j - 1]));
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.n][b.n];
}

static double jaro_winkler(struct lm_str a, struct lm_str b)
{
    bool in_a[LM_METRIC_MAX] = { false }, in_b[LM_METRIC_MAX] = { false };
    char ca[LM_METRIC_MAX], cb[LM_METRIC_MAX];
    size_t longer = a.n > b.n ? a.n : b.n, m = 0, k = 0, t = 0, prefix = 0;
    if (a.n == 0 || b.n == 0)
        return a.n == b.n;
    for (size_t i = 0; i < a.n; i++)
        for (size_t j = 0; j < b.n && !in_a[i]; j++) {
            size_t apart = i > j ? i - j : j - i;
            if (apart <= (longer / 2 > 0 ? longer / 2 - 1 : 0) && !in_b[j] && a.p[i] == b.p[j])
                in_a[i] = in_b[j] = true;
        }
    for (size_t i = 0; i < a.n; i++)
        if (in_a[i])
            ca[m++] = a.p[i];
    for (size_t j = 0; j < b.n; j++)
        if (in_b[j])
            cb[k++] = b.p[j];
    assert_int_equal(m, k);
    if (m == 0)
        return 0;
    for (size_t i = 0; i < m; i++)
        t += ca[i] != cb[i];
    double x = (double)m, jaro = (x / (double)a.n + x / (double)b.n + (x - (double)t / 2) / x) / 3;
    while (prefix < 4 && prefix < a.n && prefix < b.n && a.p[prefix] == b.p[prefix])
        prefix++;
    return jaro + 0.1 * (double)prefix * (1 - jaro);
}

/* Pairs of words, near ones as well: the second is the first with up to three letters changed. */
static void pair(struct lm_rng *rng, char x[2][LM_METRIC_MAX], struct lm_str *a, struct lm_str *b)
{
    static const char *const letters[] = { "ab", "abcdef", "abcdefghijklmnopqrstuvwxyz0123456789 " };
    const char *from = letters[lm_rng_below(rng, 3)];
    size_t most = lm_rng_below(rng, 4) == 0 ? LM_METRIC_MAX : 12;
    *a = made_word(rng, from, most, x[0]);
    *b = made_word(rng, from, most, x[1]);
    if (lm_rng_below(rng, 2) == 0 && a->n > 0) {
        memcpy(x[1], x[0], a->n);
        b->n = a->n;
        for (uint64_t k = lm_rng_below(rng, 4); k > 0; k--)
            x[1][lm_rng_below(rng, a->n)] = from[lm_rng_below(rng, strlen(from))];
    }
}

static void edits_are_those_of_the_table(void **state)
{
    (void)state;
    struct lm_rng rng = { 11 };
    char x[2][LM_METRIC_MAX];
    struct lm_str a, b;
    for (unsigned k = 0; k < PAIRS; k++) {
        pair(&rng, x, &a, &b);
        if (lm_edits(a, b) != edits(a, b) || lm_edits(b, a) != edits(a, b))
            fail_msg("%.*s and %.*s: %u, not %u", LM_STR_ARG(a), LM_STR_ARG(b), lm_edits(a, b), edits(a, b));
    }
    assert_int_equal(lm_edits(LM_STR("garcia"), LM_STR("gracia")), 1);
    assert_int_equal(lm_edits(LM_STR(""), LM_STR("abc")), 3);
    char long_a[200], long_b[200];
    memset(long_a, 'a', sizeof long_a);
    memset(long_b, 'a', sizeof long_b);
    long_b[199] = 'b'; /* behind what is compared */
    assert_int_equal(lm_edits((struct lm_str){ long_a, 200 }, (struct lm_str){ long_b, 200 }), 0);
}

static void jaro_winkler_is_the_textbooks(void **state)
{
    (void)state;
    struct lm_rng rng = { 12 };
    char x[2][LM_METRIC_MAX];
    struct lm_str a, b;
    for (unsigned k = 0; k < PAIRS; k++) {
        pair(&rng, x, &a, &b);
        if (fabs(lm_jaro_winkler(a, b) - jaro_winkler(a, b)) > 1e-12)
            fail_msg("%.*s and %.*s: %f, not %f", LM_STR_ARG(a), LM_STR_ARG(b), lm_jaro_winkler(a, b), jaro_winkler(a, b));
    }
    /* Winkler 1990 */
    assert_true(fabs(lm_jaro_winkler(LM_STR("martha"), LM_STR("marhta")) - 0.9611) < 5e-5);
    assert_true(fabs(lm_jaro_winkler(LM_STR("dixon"), LM_STR("dicksonx")) - 0.8133) < 5e-5);
}

/* What the comparison relies on when it leaves a metric out. */
static void signatures_never_promise_too_little(void **state)
{
    (void)state;
    struct lm_rng rng = { 13 };
    char x[2][LM_METRIC_MAX];
    struct lm_str a, b;
    unsigned tight = 0;
    for (unsigned k = 0; k < PAIRS; k++) {
        pair(&rng, x, &a, &b);
        uint32_t p = lm_signature(a), q = lm_signature(b);
        unsigned apart = lm_signature_distance(p, q), bits = 0;
        for (uint32_t d = (p ^ q) & LM_SIGNATURE_LETTERS; d != 0; d &= d - 1)
            bits++;
        assert_int_equal(apart, bits);
        assert_int_equal(lm_signature_length(p), a.n < 63 ? a.n : 63);
        assert_true(apart <= 2 * edits(a, b));
        if (a.n == 0 || b.n == 0)
            continue;
        size_t shorter = a.n < b.n ? a.n : b.n, prefix = 0, may = lm_beginning_equal(lm_beginning(a), lm_beginning(b));
        while (prefix < 4 && prefix < shorter && a.p[prefix] == b.p[prefix])
            prefix++;
        assert_true(may >= prefix);
        /* a bit of distance is a byte without a partner */
        double m = fmin(((double)(a.n + b.n) - apart) / 2, (double)shorter);
        double jaro = m > 0 ? (m / (double)a.n + m / (double)b.n + 1) / 3 : 0;
        double bound = jaro + 0.1 * (double)(may < shorter ? may : shorter) * (1 - jaro);
        assert_true(bound >= jaro_winkler(a, b) - 1e-12);
        tight += bound < 0.82;
    }
    assert_true(tight > PAIRS / 10); /* and are worth having */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_are_those_of_the_table),
        cmocka_unit_test(jaro_winkler_is_the_textbooks),
        cmocka_unit_test(signatures_never_promise_too_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
