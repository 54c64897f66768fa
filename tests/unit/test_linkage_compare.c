/* What a pair is worth: levels by hand, the parts of the sum, and the bound before it. */
#include "linkage_made.h"

#include <math.h>
#include <stdio.h>

#include "resolve/likeness.h"

/* --- levels --- */

static const struct {
    enum lm_field_kind kind;
    const char *a, *b;
    enum lm_level level;
} levels[] = {
    { LM_FIELD_GIVEN, "Carlota", "Carlotta", LM_LEVEL_SLIP },
    { LM_FIELD_GIVEN, "Gabriela", "Gabreila", LM_LEVEL_SLIP }, /* two neighbours */
    { LM_FIELD_GIVEN, "Fidencio", "Fidenzia", LM_LEVEL_NEAR },
    { LM_FIELD_GIVEN, "Q", "Quirino", LM_LEVEL_INITIAL },
    { LM_FIELD_GIVEN, "Ana", "Ena", LM_LEVEL_LOOSE }, /* a letter of three is much */
    { LM_FIELD_GIVEN, "Ulises", "Wilfrido", LM_LEVEL_DIFFERENT },
    { LM_FIELD_GIVEN, "Francisco", "Paco", LM_LEVEL_NEAR },
    { LM_FIELD_GIVEN, "Rob", "Bob", LM_LEVEL_NEAR }, /* both are Robert */
    { LM_FIELD_SURNAME, "Francisco", "Paco", LM_LEVEL_DIFFERENT },
    { LM_FIELD_SURNAME, "Hurtado", "Hurtado Quezada", LM_LEVEL_PART },
    { LM_FIELD_SURNAME, "Quezada Hurtado", "Hurtado Quezada", LM_LEVEL_SLIP },
    { LM_FIELD_SURNAME, "Hurtado Zamora", "Hurtado Quezada", LM_LEVEL_LOOSE },
    { LM_FIELD_SURNAME, "de la Cruz", "Dela Cruz", LM_LEVEL_EQUAL },
    { LM_FIELD_WORDS, "12 Elderberry Row", "12 Elderbery Row", LM_LEVEL_SLIP },
    { LM_FIELD_CODE, "80202113", "80202118", LM_LEVEL_SLIP },
    { LM_FIELD_CODE, "13035550177", "3035550177", LM_LEVEL_SLIP },
    { LM_FIELD_CODE, "523035550177", "3035550177", LM_LEVEL_NEAR_RARE },
    { LM_FIELD_CODE, "80202113", "70202118", LM_LEVEL_NEAR },
    { LM_FIELD_CODE, "80202113", "55913", LM_LEVEL_DIFFERENT },
    { LM_FIELD_EMAIL, "zoraida@example.com", "zoraidq@example.com", LM_LEVEL_SLIP },
    { LM_FIELD_EMAIL, "zoraida.q@example.com", "zoraida.q@post.example.org", LM_LEVEL_NEAR_RARE },
    { LM_FIELD_EMAIL, "zoraida.q@example.com", "bertoldo@example.com", LM_LEVEL_PART },
    { LM_FIELD_DATE, "1970-05-04", "1970-04-05", LM_LEVEL_SLIP_RARE },
    { LM_FIELD_DATE, "1970-05-14", "1970-05-24", LM_LEVEL_SLIP },
    { LM_FIELD_DATE, "1970-05-14", "1970-05-28", LM_LEVEL_NEAR },
    { LM_FIELD_DATE, "1970-05-14", "1982-05-14", LM_LEVEL_NEAR_RARE },
    { LM_FIELD_DATE, "1970-05-14", "1970-11-28", LM_LEVEL_INITIAL },
    { LM_FIELD_DATE, "1970-05-14", "1982-11-28", LM_LEVEL_DIFFERENT },
    { LM_FIELD_NUMBER, "1970", "1971", LM_LEVEL_SLIP_RARE },
    { LM_FIELD_NUMBER, "1970", "1979", LM_LEVEL_NEAR_RARE },
    { LM_FIELD_NUMBER, "100.00", "102.00", LM_LEVEL_SLIP },
    { LM_FIELD_NUMBER, "3", "900", LM_LEVEL_DIFFERENT },
    { LM_FIELD_TEXT, "on linking census records without keys", "on linking census records without keys 1969", LM_LEVEL_SLIP },
    { LM_FIELD_TEXT, "on linking census records", "cattle breeds of the plateau", LM_LEVEL_DIFFERENT },
};

/* Each pair among a hundred other values, so that its words are rare. */
static void levels_are_what_the_header_says(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof levels / sizeof levels[0]; k++) {
        const struct lm_field field = { .name = LM_STR_INIT("x"), .kind = levels[k].kind };
        static char other[100][16];
        const char *cells[102] = { levels[k].a, levels[k].b };
        struct lm_records r;
        for (unsigned i = 0; i < 100; i++) {
            (void)snprintf(other[i], sizeof other[i], "xx%c%cyy%u", 'a' + (int)(i % 26), 'a' + (int)(i / 26), i * 7);
            cells[2 + i] = other[i];
        }
        made_rows(&r, &field, 1, cells, 102);
        uint32_t x = *lm_record(&r, made_at(&r, 0)), y = *lm_record(&r, made_at(&r, 1));
        unsigned level = x == y ? LM_LEVEL_EQUAL : lm_likeness_of(levels[k].kind, &r.values[0], x, y).level;
        if (level != levels[k].level)
            fail_msg("%s and %s: %s, not %s", levels[k].a, levels[k].b, lm_level_name(levels[k].kind, (enum lm_level)level),
                     lm_level_name(levels[k].kind, levels[k].level));
        lm_records_free(&r);
    }
}

/* --- sums --- */

static struct lm_records records;
static struct lm_linkage linkage;
static struct lm_comparer *comparer;

static int link_identities(void **state)
{
    uint32_t *id;
    const struct lm_linkage_wish wish = { .between = false };
    if (made_open(state) != 0)
        return -1;
    made_identities(&records, 5, 400, 0, &id);
    free(id);
    return lm_link(&records, &wish, &linkage, NULL) == LM_OK && lm_comparer_open(&records, &linkage.model, &comparer) == LM_OK ? 0 : -1;
}

static int forget(void **state)
{
    lm_comparer_close(comparer);
    lm_linkage_free(&linkage);
    lm_records_free(&records);
    return made_close(state);
}

/* One field of a pair, from the model's shares and counts alone; NAN where a category says it. */
static double field_bits(uint32_t f, uint32_t v, uint32_t w, const struct lm_agreement *g)
{
    const struct lm_model *m = &linkage.model;
    if (g->level == LM_LEVEL_NOT_GIVEN)
        return 0;
    if (m->category[f] != NULL)
        return NAN;
    double share = g->level == LM_LEVEL_DIFFERENT ? m->u[f][g->level] : NAN;
    if (v == w && g->with == f) {
        double others = m->holders[f][v] > 2 ? m->holders[f][v] - 2 : 0;
        share = (others + m->unseen[f]) / m->persons[f];
    }
    return log2(m->m[f][g->level]) - log2(share);
}

static void the_parts_add_up(void **state)
{
    (void)state;
    const struct lm_model *m = &linkage.model;
    unsigned swaps = 0, checked = 0;
    assert_true(linkage.n_edges > 200);
    for (uint64_t k = 0; k < linkage.n_edges; k++) {
        struct lm_agreement parts[LM_FIELDS_MOST];
        uint32_t a = linkage.edges[k].a, b = linkage.edges[k].b;
        double total = (double)lm_pair_bits(comparer, a, b, parts), sum = (double)m->prior_bits, shared = 0;
        bool swapped[LM_FIELDS_MOST] = { false }, any = false;
        for (uint32_t f = 0; f < records.n_fields; f++) {
            double bits = (double)parts[f].bits, own = field_bits(f, lm_record(&records, a)[f], lm_record(&records, b)[parts[f].with], &parts[f]);
            uint32_t group = records.fields[f].group;
            sum += bits;
            shared += (m->related >> f & 1) != 0 ? bits : 0;
            if (parts[f].with != f && !swapped[group]) {
                swapped[group] = any = true;
                sum += log2(m->swapped[group]);
                swaps++;
            }
            if (isnan(own))
                continue;
            assert_true(fabs(own - bits) < 1e-3);
            checked++;
        }
        if (m->related != 0)
            sum -= log2(1 + exp2((double)m->related_bits + shared));
        if (fabs(sum - total) > 1e-3)
            fail_msg("%u and %u: %f, the parts give %f", a, b, total, sum);
        assert_true(any || fabs((double)lm_pair_bits(comparer, b, a, NULL) - total) < 1e-3); /* crosswise, each side has its own shares */
    }
    assert_true(swaps > 0 && checked > linkage.n_edges);
}

/* What related pairs have in common is taken off only afterwards. */
static float before_discount(uint32_t a, uint32_t b, float *ret_bits)
{
    struct lm_agreement parts[LM_FIELDS_MOST];
    float shared = 0;
    *ret_bits = lm_pair_bits(comparer, a, b, parts);
    for (uint32_t f = 0; f < records.n_fields; f++)
        shared += (linkage.model.related >> f & 1) != 0 ? parts[f].bits : 0;
    return *ret_bits + lm_related_discount(&linkage.model, shared);
}

/* lm_pair_above is the same question, answered sooner, and lm_rows_reach is right when it says no. */
static void the_bound_never_loses_a_pair(void **state)
{
    (void)state;
    static const float floors[] = { -12, 0, 8 };
    struct lm_comparer_counts before = lm_comparer_counts(comparer);
    uint64_t yes = 0, asked = 0, reach = 0;
    static struct lm_cell rows[300][LM_FIELDS_MOST];
    for (uint32_t a = 0; a < 300; a++)
        lm_comparer_rows(comparer, &a, 1, rows[a]);
    for (uint32_t a = 0; a < 300; a++)
        for (uint32_t b = a + 1; b < 300; b++)
            for (unsigned k = 0; k < 3; k++) {
                float bits = 0, all, most = before_discount(a, b, &all);
                bool above = lm_pair_above(comparer, a, b, floors[k], &bits), may = lm_rows_reach(comparer, rows[a], rows[b], floors[k]);
                if (fabsf(most - floors[k]) > 0.01f && above != (most >= floors[k]))
                    fail_msg("%u and %u have %f bits, and are %s %f", a, b, (double)most, above ? "above" : "below", (double)floors[k]);
                assert_true(!above || (may && fabsf(bits - all) < 1e-3f));
                yes += above;
                reach += may;
                asked++;
            }
    struct lm_comparer_counts after = lm_comparer_counts(comparer);
    assert_true(yes > 50 && after.compared - before.compared < asked / 4); /* most are settled by their signatures */
    assert_true(reach < asked / 3);                                        /* or already by their rows */
}

/* Given name and surname in each other's place are better explained so. */
static void swapped_names_are_compared_crosswise(void **state)
{
    (void)state;
    unsigned better = 0;
    for (uint64_t k = 0; k < linkage.n_edges; k++) {
        struct lm_agreement parts[LM_FIELDS_MOST];
        const uint32_t *ra = lm_record(&records, linkage.edges[k].a), *rb = lm_record(&records, linkage.edges[k].b);
        if (ra[ID_GIVEN] == 0 || ra[ID_SURNAME] == 0 || ra[ID_GIVEN] != rb[ID_SURNAME] || ra[ID_SURNAME] != rb[ID_GIVEN]
            || ra[ID_GIVEN] == ra[ID_SURNAME])
            continue;
        (void)lm_pair_bits(comparer, linkage.edges[k].a, linkage.edges[k].b, parts);
        assert_int_equal(parts[ID_GIVEN].with, ID_SURNAME);
        assert_int_equal(parts[ID_SURNAME].with, ID_GIVEN);
        assert_int_equal(parts[ID_GIVEN].level, LM_LEVEL_EQUAL);
        better++;
    }
    assert_true(better > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_what_the_header_says),
        cmocka_unit_test(the_parts_add_up),
        cmocka_unit_test(the_bound_never_loses_a_pair),
        cmocka_unit_test(swapped_names_are_compared_crosswise),
    };
    return cmocka_run_group_tests(tests, link_identities, forget);
}
