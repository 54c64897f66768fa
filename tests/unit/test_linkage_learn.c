/* What is learned without examples, against what was planted: shares of agreement, counts of holders, synonyms, relatives, rivals. */
#include "linkage_made.h"

#include <math.h>
#include <stdio.h>

#include "resolve/compete.h"
#include "resolve/related.h"

#define PERSONS 900
#define CODES 4

static void link_all(struct lm_records *r, bool between, struct lm_linkage *l)
{
    const struct lm_linkage_wish wish = { .between = between };
    assert_int_equal(lm_link(r, &wish, l, NULL), LM_OK);
}

/* Two records of each person; each of four codes is the same in both with a known chance. */
static void shares_of_agreement_are_found_again(void **state)
{
    (void)state;
    static const unsigned same[CODES] = { 95, 85, 75, 60 };
    struct lm_field fields[CODES];
    struct lm_records r;
    struct lm_linkage l;
    struct lm_rng rng = { 41 };
    double agreed[CODES] = { 0 };
    for (uint8_t f = 0; f < CODES; f++)
        fields[f] = (struct lm_field){ .name = LM_STR_INIT("code"), .kind = LM_FIELD_CODE, .group = f };
    lm_records_init(&r, fields, CODES, 1, made_folder);
    for (uint32_t p = 0; p < PERSONS; p++) {
        char text[2][CODES][16];
        for (unsigned copy = 0; copy < 2; copy++) {
            struct lm_str cells[CODES];
            for (unsigned f = 0; f < CODES; f++) {
                bool new = copy == 0 || lm_rng_below(&rng, 100) >= same[f];
                unsigned long long n = new ? (unsigned long long)lm_rng_below(&rng, 10000000000u) : 0;
                if (new)
                    (void)snprintf(text[copy][f], 16, "%010llu", n);
                else
                    memcpy(text[copy][f], text[0][f], 16);
                agreed[f] += copy == 1 && !new;
                cells[f] = lm_str(text[copy][f]);
            }
            assert_int_equal(lm_records_add(&r, 0, p * 2 + copy, cells), LM_OK);
        }
    }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    link_all(&r, false, &l);
    for (unsigned f = 0; f < CODES; f++) {
        double m = l.model.m[f][LM_LEVEL_EQUAL], planted = agreed[f] / PERSONS;
        if (fabs(m - planted) > 0.03)
            fail_msg("code %u: %f, planted %f", f, m, planted);
        assert_true(l.model.u[f][LM_LEVEL_EQUAL] < 0.01 && l.model.u[f][LM_LEVEL_DIFFERENT] > 0.9);
    }
    assert_true(fabs(l.model.matches / PERSONS - 1) < 0.06);
    lm_linkage_free(&l);
    lm_records_free(&r);
}

/* Persons that have a value, counted one by one. */
static void holders_are_persons(void **state)
{
    (void)state;
    struct lm_records r;
    struct lm_model m;
    uint32_t *id;
    made_identities(&r, 6, 150, 0, &id);
    assert_int_equal(lm_model_init(&m, &r, false), LM_OK);
    uint32_t *person = malloc((size_t)r.n * sizeof *person);
    assert_non_null(person);
    for (uint32_t i = 0; i < r.n; i++)
        person[i] = id[i] / 4;
    assert_int_equal(lm_model_count(&m, &r, person), LM_OK);
    for (uint32_t f = 0; f < r.n_fields; f++) {
        double all = 0;
        for (uint32_t v = 1; v <= lm_field_values(&r, f)->n; v++) {
            bool has[150] = { false };
            uint32_t holders = 0;
            for (uint32_t i = 0; i < r.n; i++)
                if (lm_record(&r, i)[f] == v && !has[person[i]]) {
                    has[person[i]] = true;
                    holders++;
                }
            assert_int_equal(m.holders[f][v], holders);
            all += holders;
        }
        assert_true(m.persons[f] == fmax(all, 2));
    }
    /* a telephone is nobody else's, a town is */
    assert_true(m.unseen[ID_PHONE] < m.unseen[ID_TOWN]);
    free(person);
    free(id);
    lm_model_free(&m);
    lm_records_free(&r);
}

/* --- categories --- */

static const struct lm_field two_words[] = { { .name = LM_STR_INIT("what"), .kind = LM_FIELD_WORDS, .group = 0 },
                                             { .name = LM_STR_INIT("number"), .kind = LM_FIELD_CODE, .group = 1 },
                                             { .name = LM_STR_INIT("other"), .kind = LM_FIELD_CODE, .group = 2 } };

/* Two tables of the same things: one says colours in English, the other in Spanish. */
static void synonyms_are_learned(void **state)
{
    (void)state;
    static const char *const colours[2][4] = { { "yellow", "green", "black", "white" }, { "amarillo", "verde", "negro", "blanco" } };
    struct lm_records r;
    struct lm_linkage l;
    struct lm_rng rng = { 42 };
    lm_records_init(&r, two_words, 3, 1, made_folder);
    for (unsigned source = 0; source < 2; source++) {
        rng.state = 42;
        for (uint32_t i = 0; i < 600; i++) {
            char a[16], b[16];
            uint64_t x = lm_rng_below(&rng, 1000000000), y = lm_rng_below(&rng, 1000000000);
            (void)snprintf(a, sizeof a, "%09llu", (unsigned long long)x);
            (void)snprintf(b, sizeof b, "%09llu", (unsigned long long)(i % 4 == 3 ? y + source * 7777777 : y));
            const struct lm_str cells[] = { lm_str(colours[source][x % 4]), lm_str(a), lm_str(b) };
            assert_int_equal(lm_records_add(&r, source, i, cells), LM_OK);
        }
    }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    link_all(&r, true, &l);
    const struct lm_category *c = l.model.category[0];
    assert_non_null(c);
    for (uint32_t x = 1; x < c->side; x++)
        for (uint32_t y = 1; y < c->side; y++)
            for (unsigned k = 0; k < 16; k++)
                if (lm_str_is(lm_value(&r.values[0], x), colours[0][k / 4]) && lm_str_is(lm_value(&r.values[0], y), colours[1][k % 4])) {
                    float bits = c->bits[x * c->side + y];
                    assert_true(k / 4 == k % 4 ? bits > 1.5f && bits < 2.5f : bits < -2);
                }
    lm_linkage_free(&l);
    lm_records_free(&r);
}

/* The odds of each two values, by the formula of the header. */
static void odds_of_two_values(void **state)
{
    (void)state;
    const char *cells[180];
    struct lm_records r;
    struct lm_category *c;
    for (unsigned i = 0; i < 60; i++) {
        cells[i * 3] = i % 3 == 0 ? "red" : i % 3 == 1 ? "reed" : "ochre";
        cells[i * 3 + 1] = cells[i * 3 + 2] = NULL;
    }
    made_rows(&r, two_words, 3, cells, 60);
    assert_int_equal(lm_category_make(&r, 0, false, &c), LM_OK);
    assert_non_null(c);
    float level[LM_LEVELS], equal[4];
    for (unsigned k = 0; k < LM_LEVELS; k++)
        level[k] = 2 - (float)k;
    for (unsigned k = 0; k < 4; k++)
        equal[k] = 3 + (float)k;
    for (uint32_t at = 0; at < c->side * c->side; at++)
        c->seen[at] = at * 1.5;
    lm_category_ready(c, level, equal);
    double seen = 0, mean = 0, share = 20.5 / (60 + 0.5 * 4); /* with half a record for each value, and for none */
    double odds[16];
    for (uint32_t at = 0; at < 16; at++)
        seen += at * 1.5;
    for (uint32_t x = 1; x < 4; x++)
        for (uint32_t y = 1; y < 4; y++) {
            double bits = x == y ? 3 + (double)x : 2 - (double)c->level[x * 4 + y], chance = seen * share * share;
            assert_true(fabs(c->share[0][x] - share) < 1e-12);
            odds[x * 4 + y] = ((x * 4 + y) * 1.5 + LM_CATEGORY_PRIOR) / (chance + LM_CATEGORY_PRIOR / exp2(bits));
            mean += share * share * odds[x * 4 + y];
        }
    for (uint32_t x = 1; x < 4; x++)
        for (uint32_t y = 1; y < 4; y++)
            assert_true(fabs((double)c->bits[x * 4 + y] - log2(odds[x * 4 + y] / mean)) < 1e-4);
    lm_category_free(c);
    lm_records_free(&r);
}

/* A year of birth is a category too: years that differ are no sign of one person, though some pairs with these years are taken for one. */
static void a_few_pairs_make_no_synonym(void **state)
{
    (void)state;
    static const struct lm_field fields[] = { { .name = LM_STR_INIT("year"), .kind = LM_FIELD_NUMBER, .group = 0 },
                                              { .name = LM_STR_INIT("name"), .kind = LM_FIELD_CODE, .group = 1 },
                                              { .name = LM_STR_INIT("other"), .kind = LM_FIELD_CODE, .group = 2 } };
    struct lm_records r;
    struct lm_linkage l;
    struct lm_rng rng = { 45 };
    lm_records_init(&r, fields, 3, 1, made_folder);
    for (uint32_t p = 0; p < 1200; p++) {
        char text[3][16];
        struct lm_str cells[3];
        (void)snprintf(text[0], 16, "%u", 1940 + (unsigned)lm_rng_below(&rng, 50));
        (void)snprintf(text[1], 16, "%u", 100000 + (unsigned)lm_rng_below(&rng, 300)); /* names that others have, too */
        (void)snprintf(text[2], 16, "%u", 200000 + (unsigned)lm_rng_below(&rng, 300));
        for (unsigned f = 0; f < 3; f++)
            cells[f] = lm_str(text[f]);
        for (unsigned copy = 0; copy < (p % 3 == 0 ? 2u : 1u); copy++)
            assert_int_equal(lm_records_add(&r, 0, p * 2 + copy, cells), LM_OK);
    }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    link_all(&r, false, &l);
    const struct lm_category *c = l.model.category[0];
    assert_non_null(c);
    double worst = -INFINITY;
    for (uint32_t x = 1; x < c->side; x++)
        for (uint32_t y = 1; y < c->side; y++)
            worst = x != y ? fmax(worst, (double)c->bits[x * c->side + y]) : worst;
    assert_true(worst < -2);
    lm_linkage_free(&l);
    lm_records_free(&r);
}

/* --- relatives --- */

/* Persons with two records each; with households, five persons share surname, street and telephone. */
static uint32_t related_of(bool households)
{
    static const struct lm_field fields[] = {
        { .name = LM_STR_INIT("given"), .kind = LM_FIELD_CODE, .group = 0 },
        { .name = LM_STR_INIT("surname"), .kind = LM_FIELD_CODE, .group = 1, .shared = true },
        { .name = LM_STR_INIT("street"), .kind = LM_FIELD_CODE, .group = 2, .shared = true },
        { .name = LM_STR_INIT("birth"), .kind = LM_FIELD_CODE, .group = 3 },
        { .name = LM_STR_INIT("phone"), .kind = LM_FIELD_CODE, .group = 4, .shared = true },
    };
    struct lm_records r;
    struct lm_linkage l;
    lm_records_init(&r, fields, 5, 1, made_folder);
    for (uint32_t p = 0; p < 700; p++)
        for (unsigned copy = 0; copy < 2; copy++) {
            char text[5][16];
            struct lm_str cells[5];
            struct lm_rng rng = { 43 + (uint64_t)p * 2 + copy };
            for (unsigned f = 0; f < 5; f++) {
                struct lm_rng own = { 44 + (uint64_t)(fields[f].shared && households ? p / 5 : p) * 64 + f };
                bool other = copy == 1 && lm_rng_below(&rng, 100) < 12;
                (void)snprintf(text[f], 16, "%08llu", (unsigned long long)lm_rng_below(other ? &rng : &own, 100000000));
                cells[f] = lm_str(text[f]);
            }
            assert_int_equal(lm_records_add(&r, 0, p * 2 + copy, cells), LM_OK);
        }
    assert_int_equal(lm_records_seal(&r), LM_OK);
    link_all(&r, false, &l);
    uint32_t related = l.model.related;
    uint64_t wrong = 0, right = 0;
    for (uint64_t k = 0; k < l.n_edges && l.edges[k].bits >= LM_LINKAGE_THRESHOLD; k++) {
        bool one = r.origin[l.edges[k].a] / 2 == r.origin[l.edges[k].b] / 2;
        right += one;
        wrong += !one;
    }
    assert_true(right > 650 && wrong < right / 50);
    lm_linkage_free(&l);
    lm_records_free(&r);
    return related;
}

static void relatives_are_found_where_there_are_any(void **state)
{
    (void)state;
    assert_int_equal(related_of(true), 1u << 1 | 1u << 2 | 1u << 4);
    assert_int_equal(related_of(false), 0);
}

/* --- rivals --- */

static void rivals_lose_what_the_formula_says(void **state)
{
    (void)state;
    struct lm_records r;
    struct lm_linkage l;
    struct lm_comparer *c;
    uint32_t *id;
    made_identities(&r, 7, 300, 0, &id);
    link_all(&r, false, &l);
    assert_int_equal(lm_comparer_open(&r, &l.model, &c), LM_OK);
    const struct lm_contest contest = { .records = &r, .prior_bits = l.model.prior_bits };
    unsigned checked = 0;
    for (uint32_t a = 0; a + 3 < r.n; a += 4) {
        uint32_t b = a + 1, d = a + 2;
        double evidence = (double)(lm_pair_bits(c, b, d, NULL) - l.model.prior_bits);
        const struct lm_edge pair[] = { { a, b, 6 }, { a, d, 4 } };
        float bits[3], backwards[3];
        double share = evidence < 0 ? 1 - exp2(evidence) : 0;
        assert_int_equal(lm_compete(c, &contest, pair, 2, bits), LM_OK);
        assert_true(fabs((double)bits[0] - (6 - log2(1 + exp2(4) * share))) < 1e-3);
        assert_true(fabs((double)bits[1] - (4 - log2(1 + exp2(6) * share))) < 1e-3);
        /* a rival that is better off elsewhere is none */
        uint32_t e = a + 3;
        const struct lm_edge chain[] = { { a, b, 6 }, { a, d, 4 }, { d, e, 16 } }, turned[] = { chain[2], chain[0], chain[1] };
        if (share < 0.9 || lm_pair_bits(c, a, e, NULL) > l.model.prior_bits - 4)
            continue;
        assert_int_equal(lm_compete(c, &contest, chain, 3, bits), LM_OK);
        assert_true(bits[0] > 5.8f && bits[0] <= 6 && bits[1] < -10 && bits[2] > 15);
        assert_int_equal(lm_compete(c, &contest, turned, 3, backwards), LM_OK);
        assert_true(fabsf(backwards[1] - bits[0]) < 1e-4f && fabsf(backwards[2] - bits[1]) < 1e-4f && fabsf(backwards[0] - bits[2]) < 1e-4f);
        checked++;
    }
    assert_true(checked > 40);
    lm_comparer_close(c);
    lm_linkage_free(&l);
    lm_records_free(&r);
    free(id);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_agreement_are_found_again),
        cmocka_unit_test(holders_are_persons),
        cmocka_unit_test(synonyms_are_learned),
        cmocka_unit_test(odds_of_two_values),
        cmocka_unit_test(a_few_pairs_make_no_synonym),
        cmocka_unit_test(relatives_are_found_where_there_are_any),
        cmocka_unit_test(rivals_lose_what_the_formula_says),
    };
    return cmocka_run_group_tests(tests, made_open, made_close);
}
