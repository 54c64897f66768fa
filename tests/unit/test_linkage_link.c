/* The whole: the same pairs whatever the order and the threads, nothing that agrees on something rare is passed over, large groups are
 * counted, tables that have each person once are seen. */
#include "linkage_made.h"

#include <math.h>
#include <stdio.h>

#define MANY 1700 /* persons: their records are too many for all pairs */

struct named {
    uint32_t a, b; /* made_identities' ids */
    float bits;
};

struct answer {
    struct named *pairs;
    uint64_t n;
    struct lm_candidate_counts counts;
};

static int by_name(const void *x, const void *y)
{
    const struct named *p = x, *q = y;
    return p->a != q->a ? (p->a > q->a) - (p->a < q->a) : (p->b > q->b) - (p->b < q->b);
}

static struct answer answer(uint32_t persons, uint64_t shuffle, unsigned threads)
{
    const struct lm_effort effort = { .threads = threads };
    const struct lm_linkage_wish wish = { .between = false, .effort = &effort };
    struct lm_records r;
    struct lm_linkage l;
    struct answer x = { .n = 0 };
    uint32_t *id;
    made_identities(&r, 9, persons, shuffle, &id);
    assert_int_equal(lm_link(&r, &wish, &l, NULL), LM_OK);
    x.pairs = malloc((size_t)(l.n_edges + 1) * sizeof *x.pairs);
    assert_non_null(x.pairs);
    for (uint64_t k = 0; k < l.n_edges; k++) {
        uint32_t a = id[l.edges[k].a], b = id[l.edges[k].b];
        assert_true(l.edges[k].a < l.edges[k].b && (k == 0 || l.edges[k - 1].bits >= l.edges[k].bits));
        x.pairs[x.n++] = (struct named){ a < b ? a : b, a < b ? b : a, l.edges[k].bits };
    }
    qsort(x.pairs, x.n, sizeof *x.pairs, by_name);
    x.counts = l.counts;
    free(id);
    lm_linkage_free(&l);
    lm_records_free(&r);
    return x;
}

static void same(const struct answer *p, const struct answer *q)
{
    assert_int_equal(p->n, q->n);
    for (uint64_t k = 0; k < p->n; k++)
        if (by_name(&p->pairs[k], &q->pairs[k]) != 0 || fabsf(p->pairs[k].bits - q->pairs[k].bits) > 1e-3f)
            fail_msg("%u %u %f, and %u %u %f", p->pairs[k].a, p->pairs[k].b, (double)p->pairs[k].bits, q->pairs[k].a, q->pairs[k].b,
                     (double)q->pairs[k].bits);
}

static void neither_order_nor_threads_matter(void **state)
{
    (void)state;
    for (unsigned many = 0; many < 2; many++) {
        uint32_t persons = many != 0 ? MANY : 300;
        struct answer one = answer(persons, 0, 1), shuffled = answer(persons, 77, 1), two = answer(persons, 0, 2);
        assert_true(one.n > persons / 2 && one.counts.all_pairs == (many == 0));
        same(&one, &shuffled);
        same(&one, &two);
        uint64_t right = 0, proposed = 0;
        for (uint64_t k = 0; k < one.n; k++)
            if (one.pairs[k].bits >= LM_LINKAGE_THRESHOLD) {
                proposed++;
                right += one.pairs[k].a / 4 == one.pairs[k].b / 4;
            }
        assert_true(right > proposed / 100 * 97);
        free(one.pairs);
        free(shuffled.pairs);
        free(two.pairs);
    }
}

/* --- candidates --- */

struct seen {
    const struct lm_records *r;
    uint8_t *pairs; /* [a · n + b] how often */
    uint64_t n;
};

static lm_err see(void *ctx, unsigned worker, uint32_t a, uint32_t b)
{
    struct seen *s = ctx;
    (void)worker;
    assert_true(a < b && b < s->r->n);
    s->pairs[(size_t)a * s->r->n + b]++;
    s->n++;
    return LM_OK;
}

static void run(const struct lm_records *r, bool between, struct seen *s, struct lm_candidate_counts *ret)
{
    const struct lm_effort effort = { .threads = 1 };
    struct lm_candidate_parts *parts;
    struct lm_arena a;
    struct lm_model model;
    struct lm_comparer *comparer;
    struct lm_candidates c = { .records = r, .between = between, .every = { 1, 1 }, .comparers = &comparer, .floor = -1e6f, .ctx = s, .look = see };
    *s = (struct seen){ .r = r, .pairs = calloc(r->n, r->n) };
    assert_non_null(s->pairs);
    lm_arena_init(&a, 0);
    assert_int_equal(lm_workers_open(&a, &effort, &c.workers), LM_OK);
    assert_int_equal(lm_model_init(&model, r, between), LM_OK);
    assert_int_equal(lm_model_ready(&model, r), LM_OK);
    assert_int_equal(lm_comparer_open(r, &model, &comparer), LM_OK);
    assert_int_equal(lm_candidates_prepare(r, &parts), LM_OK);
    assert_int_equal(lm_candidates_run(&c, parts, ret), LM_OK);
    lm_candidates_forget(parts);
    lm_comparer_close(comparer);
    lm_model_free(&model);
    lm_workers_close(c.workers);
    lm_arena_free(&a);
}

static void what_agrees_on_something_rare_is_looked_at(void **state)
{
    (void)state;
    struct lm_records r;
    struct seen s;
    struct lm_candidate_counts counts;
    uint32_t *id;
    uint64_t rare = 0, missed = 0, right = 0, right_missed = 0, again = 0;
    made_identities(&r, 9, MANY, 0, &id);
    run(&r, false, &s, &counts);
    assert_true(!counts.all_pairs);
    assert_true(counts.n_pairs >= s.n); /* some came again and were recognised */
    for (uint32_t a = 0; a < r.n; a++)
        for (uint32_t b = a + 1; b < r.n; b++) {
            const uint32_t *x = lm_record(&r, a), *y = lm_record(&r, b);
            bool agree = false, looked = s.pairs[(size_t)a * r.n + b] > 0;
            for (unsigned f = ID_PHONE; f <= ID_ACCOUNT; f++)
                agree |= x[f] != 0 && x[f] == y[f] && r.count[f][x[f]] <= 10;
            rare += agree;
            missed += agree && !looked;
            right += id[a] / 4 == id[b] / 4;
            right_missed += id[a] / 4 == id[b] / 4 && !looked;
            again += s.pairs[(size_t)a * r.n + b] > 1;
        }
    assert_true(rare > 1000);
    assert_int_equal(missed, 0);
    assert_true(right_missed * 200 < right); /* 99.5 % */
    assert_true(again * 20 < s.n && s.n < (uint64_t)r.n * r.n / 4);
    free(s.pairs);
    free(id);
    lm_records_free(&r);
}

/* A telephone that all have, and names without a pattern, or one for all. */
static void made_hot(struct lm_records *r, uint32_t n, unsigned sources, bool names)
{
    static const struct lm_field fields[] = { { .name = LM_STR_INIT("given"), .kind = LM_FIELD_GIVEN, .group = 0 },
                                              { .name = LM_STR_INIT("surname"), .kind = LM_FIELD_SURNAME, .group = 1 },
                                              { .name = LM_STR_INIT("phone"), .kind = LM_FIELD_CODE, .group = 2, .shared = true } };
    struct lm_rng rng = { 51 };
    lm_records_init(r, fields, 3, 1, made_folder);
    for (unsigned source = 0; source < sources; source++)
        for (uint32_t i = 0; i < n; i++) {
            char a[16], b[16];
            struct lm_str cells[3];
            for (unsigned k = 0; k < 10; k++) {
                a[k] = (char)('a' + lm_rng_below(&rng, 26));
                b[k] = (char)('a' + lm_rng_below(&rng, 26));
            }
            cells[0] = names ? (struct lm_str){ a, 10 } : LM_STR("Ana");
            cells[1] = names ? (struct lm_str){ b, 10 } : LM_STR("Prueba");
            cells[2] = LM_STR("3035550199");
            assert_int_equal(lm_records_add(r, source, i, cells), LM_OK);
        }
    assert_int_equal(lm_records_seal(r), LM_OK);
}

static void a_group_that_is_too_large_is_counted(void **state)
{
    (void)state;
    struct lm_records r;
    struct seen s;
    struct lm_candidate_counts counts;
    for (unsigned names = 0; names < 2; names++) {
        made_hot(&r, 8000, 1, names != 0);
        run(&r, false, &s, &counts);
        assert_int_equal(counts.largest, 8000);
        assert_int_equal(counts.largest_field, 2);
        assert_true(names != 0 ? counts.n_too_large == 0 : counts.n_too_large >= 8000); /* names take it apart */
        assert_true(s.n < 20000000); /* of 31,996,000 */
        free(s.pairs);
        lm_records_free(&r);
    }
}

static void between_two_tables_nothing_inside_one(void **state)
{
    (void)state;
    for (uint32_t n = 1000; n <= 3000; n += 2000) {
        struct lm_records r;
        struct seen s;
        struct lm_candidate_counts counts;
        made_hot(&r, n, 2, true);
        run(&r, true, &s, &counts);
        assert_int_equal(counts.all_pairs, n == 1000);
        for (uint32_t a = 0; a < r.n; a++)
            for (uint32_t b = a + 1; b < r.n; b++)
                if (s.pairs[(size_t)a * r.n + b] > 0)
                    assert_true(a < r.n_first && b >= r.n_first);
        assert_true(n != 1000 || s.n == 1000 * 1000);
        free(s.pairs);
        lm_records_free(&r);
    }
}

/* Source 0 has two records of each second person, source 1 one of each. */
static void a_table_that_has_each_person_once(void **state)
{
    (void)state;
    struct lm_records r;
    struct lm_linkage l;
    const struct lm_linkage_wish wish = { .between = true };
    lm_records_init(&r, identity_fields, ID_FIELDS, 1, made_folder);
    for (uint32_t p = 0; p < 400; p++)
        for (unsigned copy = 0; copy < (p % 2 == 0 ? 3u : 2u); copy++) {
            struct identity x;
            struct lm_str cells[ID_FIELDS];
            identity_make(9, 400, p, copy, &x);
            for (unsigned f = 0; f < ID_FIELDS; f++)
                cells[f] = lm_str(x.cell[f]);
            assert_int_equal(lm_records_add(&r, copy == 1, p * 4 + copy, cells), LM_OK);
        }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    assert_int_equal(lm_link(&r, &wish, &l, NULL), LM_OK);
    assert_true(!l.single[0] && l.single[1]);
    lm_linkage_free(&l);
    lm_records_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neither_order_nor_threads_matter),
        cmocka_unit_test(what_agrees_on_something_rare_is_looked_at),
        cmocka_unit_test(a_group_that_is_too_large_is_counted),
        cmocka_unit_test(between_two_tables_nothing_inside_one),
        cmocka_unit_test(a_table_that_has_each_person_once),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
