/* Seizures by drug and form, charges, measures of organisations, links, and strict claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "rollup/revision.h"
#include "rollup/row_list.h"

static struct lm_arena arena;
static struct lm_dose_rules rules;

static int set_up(void **state)
{
    (void)state;
    lm_arena_init(&arena, 0);
    return lm_dose_rules_builtin(&arena, &rules, NULL) == LM_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    lm_arena_free(&arena);
    return 0;
}

static struct lm_op_row row(enum lm_op_table table, const char *id, const char *agency)
{
    return (struct lm_op_row){ .table = table, .id = lm_str(id), .agency = lm_str(agency), .day = LM_DAY_NONE,
                               .purity_ppm = -1, .ug_per_pill = -1, .social_media = -1, .encrypted = -1 };
}

static struct lm_quantity kg(int64_t v)
{
    return (struct lm_quantity){ LM_DIMENSION_MASS, v * LM_UG_PER_KG, LM_UNIT_KG, LM_QUALIFIER_EXACT, { NULL, 0 } };
}

static struct lm_op_row powder(const char *id, const char *agency, const char *exhibit, const char *division, int64_t mass)
{
    struct lm_op_row o = row(LM_OP_SEIZURE, id, agency);
    o.drug = LM_STR("fentanyl");
    o.form = LM_STR("powder");
    o.exhibit_number = lm_str(exhibit);
    o.division = lm_str(division);
    o.amount = kg(mass);
    return o;
}

static struct lm_op_row lab(const char *seizure, const char *profile, int64_t net, int64_t ppm)
{
    struct lm_op_row o = row(LM_OP_LAB_RESULT, "", "Lab");
    o.drug = LM_STR("fentanyl");
    o.seizure = lm_str(seizure);
    o.profile = lm_str(profile);
    o.net = kg(net);
    o.purity_ppm = ppm;
    return o;
}

/* Rows are called r1, r2, … */
static struct lm_rollup roll(const struct lm_op_row *rows, size_t n, unsigned by, const struct lm_rollup_word *words,
                             size_t n_words)
{
    struct lm_row_list list;
    struct lm_rollup r;
    struct lm_error e = { 0 };
    struct lm_rollup_options o = { .by = by, .rules = &rules, .words = words, .n_words = n_words };
    lm_row_list_init(&list, &arena);
    assert_int_equal(lm_dose_rule_choose(&rules, NULL, &o.rule, &e), LM_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(lm_row_list_add(&list, &rows[i], lm_arena_printf(&arena, "r%zu", i + 1)), LM_OK);
    assert_int_equal(lm_rollup_run(&arena, &list.pull, &o, &r, &e), LM_OK);
    return r;
}

static const struct lm_figure *find(const struct lm_rollup *r, const char *by, const char *place, const char *name)
{
    for (size_t i = 0; i < r->n_figures; i++)
        if (strcmp(r->figures[i].by, by) == 0 && lm_str_eq(r->figures[i].place, lm_str(place))
            && lm_str_eq(r->figures[i].name, lm_str(name)))
            return &r->figures[i];
    return NULL;
}

static int64_t whole(const struct lm_rollup *r, const char *name)
{
    const struct lm_figure *f = find(r, "whole", "whole", name);
    return f != NULL ? f->base : -1;
}

static void fraction(const struct lm_figure *f, unsigned long long *n, unsigned long long *d)
{
    assert_non_null(f);
    assert_int_equal(sscanf(f->exact.p, "%llu/%llu", n, d), 2);
}

static void seizures_by_drug_and_form(void **state)
{
    (void)state;
    const struct lm_op_row rows[] = { powder("S1", "DEA", "E1", "East", 4), powder("S2", "DEA", "E2", "West", 6),
                                      lab("S1", "P-1", 1, 100000), lab("S2", "P-1", 3, 200000), lab("S2", "P-2", 1, 50001) };
    struct lm_rollup r = roll(rows, 4, 1U << LM_ROLLUP_DIVISION, NULL, 0);
    unsigned long long n, d, n1, d1, n2, d2;
    assert_int_equal(whole(&r, "seizures"), 2);
    assert_int_equal(whole(&r, "seizures:fentanyl, powder"), 2);
    assert_int_equal(whole(&r, "gross:fentanyl, powder"), 10 * LM_UG_PER_KG);
    assert_int_equal(whole(&r, "net:fentanyl, powder"), 4 * LM_UG_PER_KG);
    assert_int_equal(whole(&r, "purity:fentanyl, powder"), (100000 * 1 + 200000 * 3) / 4);
    assert_string_equal(find(&r, "whole", "whole", "purity:fentanyl, powder")->value.p, "0.175");
    fraction(find(&r, "whole", "whole", "purity:fentanyl, powder"), &n, &d);
    fraction(find(&r, "division", "East", "purity:fentanyl, powder"), &n1, &d1);
    fraction(find(&r, "division", "West", "purity:fentanyl, powder"), &n2, &d2);
    assert_true(n == n1 + n2 && d == d1 + d2);
    /* one profile, two seizures: linked; a profile of one seizure links nothing */
    assert_int_equal(r.n_profiles, 1);
    assert_int_equal(r.profiles[0].n_seizures, 2);
    assert_false(r.profiles[0].several_agencies);
    r = roll(rows, 3, 0, NULL, 0);
    assert_int_equal(r.n_profiles, 0);
}

static void charges_are_counted_where_they_are_carried_further(void **state)
{
    (void)state;
    struct lm_op_row rows[] = { row(LM_OP_ARREST, "A1", "DEA"), row(LM_OP_ARREST, "A2", "DEA"), row(LM_OP_CHARGE, "C1", "USAO"),
                                row(LM_OP_CHARGE, "C2", "USAO") };
    rows[0].kind = rows[1].kind = LM_STR("21 USC 841");
    rows[2].kind = LM_STR("21 USC 846");
    rows[3].kind = LM_STR("18 USC 924");
    rows[2].seizure = rows[3].seizure = LM_STR("A1");
    struct lm_rollup r = roll(rows, 4, 0, NULL, 0);
    assert_int_equal(whole(&r, "arrests"), 2);
    assert_int_equal(whole(&r, "charges"), 3);
    assert_int_equal(whole(&r, "charges:21 usc 841"), 1); /* A2's; A1's stands in the table of charges */
}

static void measures_are_counted_not_inferred(void **state)
{
    (void)state;
    struct lm_op_row rows[] = { row(LM_OP_ORGANIZATION, "O1", "DEA"), row(LM_OP_ORGANIZATION, "O1", "DEA"),
                                row(LM_OP_ORGANIZATION, "O1", "DEA"), row(LM_OP_ORGANIZATION, "O1", "County") };
    rows[0].kind = rows[2].kind = LM_STR("disrupted");
    rows[1].kind = rows[3].kind = LM_STR("targeted");
    for (int i = 0; i < 4; i++)
        rows[i].form = LM_STR("local");
    rows[2].day = 19000; /* disrupted once more: one organisation */
    struct lm_rollup r = roll(rows, 4, 0, NULL, 0);
    assert_int_equal(whole(&r, "organizations:disrupted"), 1);
    assert_int_equal(whole(&r, "organizations:disrupted, local"), 1);
    assert_int_equal(whole(&r, "organizations:targeted"), 2); /* each agency's own numbers */
    assert_int_equal(whole(&r, "organizations:dismantled"), -1);
}

static void a_lead_is_not_a_hit(void **state)
{
    (void)state;
    struct lm_op_row rows[] = { row(LM_OP_FIREARM, "G1", "DEA"), row(LM_OP_FIREARM_LINK, "L1", "DEA"),
                                row(LM_OP_FIREARM_LINK, "L2", "DEA"), row(LM_OP_FIREARM_LINK, "L3", "DEA") };
    static const char *const kinds[] = { "nibin_lead", "nibin_hit", "first_purchaser" };
    for (int i = 0; i < 3; i++) {
        rows[i + 1].kind = lm_str(kinds[i]);
        rows[i + 1].seizure = LM_STR("G1");
        rows[i + 1].profile = LM_STR("X");
    }
    struct lm_rollup r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "nibin_leads"), 1);
    assert_int_equal(whole(&r, "nibin_hits"), -1);
    r = roll(rows, 4, 0, NULL, 0);
    assert_int_equal(whole(&r, "nibin_hits"), 1);
    assert_int_equal(whole(&r, "first_purchasers"), 1);
    assert_int_equal(r.n_firearm_ties, 3);
    assert_string_equal(r.firearm_ties[0].firearm_row.p, "r1");
    assert_non_null(strstr(lm_firearm_link_said(LM_FIREARM_LINK_NIBIN_LEAD), "not confirmed"));
    assert_null(strstr(lm_firearm_link_said(LM_FIREARM_LINK_FIRST_PURCHASER), "NIBIN"));
}

static void an_exhibit_number_alone_is_not_enough(void **state)
{
    (void)state;
    struct lm_op_row rows[] = { powder("S1", "DEA", "1", "East", 4), powder("C1", "County", "1", "East", 4) };
    struct lm_rollup_word apart = { LM_STR("r1"), LM_STR("r2"), false, LM_STR("") };
    struct lm_rollup_word same = { LM_STR("r2"), LM_STR("r1"), true, LM_STR("judged the same") };
    struct lm_rollup r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "seizures"), 1);
    assert_string_equal(r.set_aside[0].rule, "same_exhibit");
    r = roll(rows, 2, 0, &apart, 1);
    assert_int_equal(whole(&r, "seizures"), 2);
    rows[0].city = LM_STR("Denver");
    rows[1].city = LM_STR("Boulder");
    r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "seizures"), 2);
    assert_int_equal(r.n_notes, 1);
    assert_int_equal(r.n_set_aside, 0);
    r = roll(rows, 2, 0, &same, 1);
    assert_int_equal(whole(&r, "seizures"), 1);
    assert_string_equal(r.set_aside[0].rule, "judged");
    assert_string_equal(r.set_aside[0].kept.p, "r1");
    rows[1].city = LM_STR("denver");
    rows[0].day = 19000;
    rows[1].day = 19008;
    r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "seizures"), 2);
    rows[1].day = 19007;
    r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "seizures"), 1);
    rows[0].investigation = LM_STR("I1");
    rows[1].investigation = LM_STR("I2");
    r = roll(rows, 2, 0, NULL, 0);
    assert_int_equal(whole(&r, "seizures"), 2);
}

static void what_is_no_roll_up_is_not_compared(void **state)
{
    (void)state;
    static const char *const bad[] = { "", "[]", "{\"figures\":[{}]}", "{\"figures\":{}}", "{\"figures\":[",
                                       "{\"figures\":[{\"by\":\"whole\",\"place\":\"w\",\"name\":\"a\",\"value\":{}}]}" };
    struct lm_revision_change c;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lm_rollup_change(&arena, lm_str(bad[i]), LM_STR("{\"figures\":[]}"), &c, NULL), LM_EINPUT);
    struct lm_str a = LM_STR("{\"figures\":[{\"by\":\"whole\",\"place\":\"w\",\"name\":\"a\",\"value\":1,\"unit\":\"count\",\"rows\":[\"x\"],"
                             "\"rule\":null}],\"set_aside\":[]}");
    assert_int_equal(lm_rollup_change(&arena, a, LM_STR("{\"figures\":[]}"), &c, NULL), LM_OK);
    assert_int_equal(c.n_moved, 1);
    assert_int_equal(c.moved[0].n_went, 1);
    assert_int_equal(c.moved[0].to.n, 0);
    assert_int_equal(lm_rollup_change(&arena, a, a, &c, NULL), LM_OK);
    assert_int_equal(c.n_moved, 0);
    assert_int_equal(c.n_same, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seizures_by_drug_and_form),
        cmocka_unit_test(charges_are_counted_where_they_are_carried_further),
        cmocka_unit_test(measures_are_counted_not_inferred),
        cmocka_unit_test(a_lead_is_not_a_hit),
        cmocka_unit_test(an_exhibit_number_alone_is_not_enough),
        cmocka_unit_test(what_is_no_roll_up_is_not_compared),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
