#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/embedded.h"
#include "model/quantity.h"
#include "rollup/compare.h"
#include "rollup/published.h"
#include "rollup/rollup.h"

/* --- helpers --- */

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

struct list {
    struct lm_rollup_rows rows;
    struct lm_rollup_row v[128];
    size_t n, at;
};

static lm_err next(struct lm_rollup_rows *rows, struct lm_rollup_row *ret, bool *ret_done, struct lm_error *e)
{
    struct list *l = (struct list *)rows;
    (void)e;
    *ret_done = l->at == l->n;
    if (!*ret_done)
        *ret = l->v[l->at++];
    return LM_OK;
}

static struct list *new_list(void)
{
    struct list *l = lm_arena_alloc(&arena, sizeof *l);
    assert_non_null(l);
    l->rows.next = next;
    return l;
}

/* A row with nothing stated, its reference "rN" with N from 1. */
static struct lm_op_row *put(struct list *l, enum lm_op_table table, const char *id, const char *agency)
{
    assert_true(l->n < sizeof l->v / sizeof l->v[0]);
    struct lm_rollup_row *r = &l->v[l->n];
    *r = (struct lm_rollup_row){ .op = { .table = table,
                                         .id = lm_str(id),
                                         .agency = lm_str(agency),
                                         .day = LM_DAY_NONE,
                                         .purity_ppm = -1,
                                         .ug_per_pill = -1,
                                         .social_media = -1,
                                         .encrypted = -1 },
                                 .ref = lm_arena_printf(&arena, "r%zu", ++l->n) };
    return &r->op;
}

static struct lm_quantity amount(const char *text, enum lm_unit unit, enum lm_qualifier q)
{
    struct lm_quantity r;
    assert_int_equal(lm_quantity_parse(lm_str(text), unit, q, &r, NULL), LM_OK);
    return r;
}

static struct lm_op_row *seizure(struct list *l, const char *id, const char *agency, const char *drug,
                                 const char *form, const char *text, enum lm_unit unit)
{
    struct lm_op_row *o = put(l, LM_OP_SEIZURE, id, agency);
    o->drug = lm_str(drug);
    o->form = lm_str(form);
    o->amount = amount(text, unit, LM_QUALIFIER_EXACT);
    return o;
}

static void stand(struct lm_op_row *o, const char *city, const char *day)
{
    o->city = lm_str(city);
    o->state = LM_STR("CO");
    assert_true(lm_day_parse(lm_str(day), &o->day));
}

static struct lm_rollup roll(struct list *l, unsigned by, const char *rule)
{
    struct lm_rollup r;
    struct lm_error e = { 0 };
    struct lm_rollup_options o = { .by = by, .rules = &rules };
    assert_int_equal(lm_dose_rule_choose(&rules, rule, &o.rule, &e), LM_OK);
    l->at = 0;
    assert_int_equal(lm_rollup_run(&arena, &l->rows, &o, &r, &e), LM_OK);
    return r;
}

static const struct lm_figure *find(const struct lm_rollup *r, const char *by, const char *place,
                                    const char *name)
{
    for (size_t i = 0; i < r->n_figures; i++) {
        const struct lm_figure *f = &r->figures[i];
        if ((by == NULL || (f->by != NULL && lm_str_eq(lm_str(f->by), lm_str(by))))
            && lm_str_eq(f->place, lm_str(place)) && lm_str_eq(f->name, lm_str(name)))
            return f;
    }
    return NULL;
}

static int64_t whole(const struct lm_rollup *r, const char *name)
{
    const struct lm_figure *f = find(r, "whole", "whole", name);
    return f == NULL ? -1 : f->refused ? -2 : f->base;
}

static const char *text(struct lm_str s)
{
    return lm_arena_copy(&arena, s).p;
}

/* --- tests --- */

static void the_binary_carries_its_tables(void **state)
{
    (void)state;
    static const char *const names[] = { "investigations", "seizures", "lab_results", "firearms",
                                         "money",          "arrests",  "overdoses",   "published_figures" };
    for (size_t i = 0; i < 8; i++) {
        struct lm_str file = lm_embedded(lm_arena_printf(&arena, "data/templates/%s.csv", names[i]));
        assert_non_null(file.p);
        assert_true(file.n > 20 && file.p[file.n - 1] == '\n' && file.p[file.n] == '\0');
    }
    assert_null(lm_embedded(LM_STR("data/templates/nothing.csv")).p);
    assert_null(lm_embedded(LM_STR("")).p);
    assert_int_equal(rules.n, 4);
}

static void qualifiers_join(void **state)
{
    (void)state;
    enum {
        E = LM_QUALIFIER_EXACT,
        N = LM_QUALIFIER_NEARLY,
        A = LM_QUALIFIER_ABOUT,
        M = LM_QUALIFIER_MORE_THAN,
        L = LM_QUALIFIER_AT_LEAST
    };
    static const int want[5][5] = {
        /*         E  N  A  M  L */
        [E] = { E, A, A, M, L }, [N] = { A, N, A, A, A }, [A] = { A, A, A, A, A },
        [M] = { M, A, A, M, M }, [L] = { L, A, A, M, L },
    };
    for (int a = 0; a < 5; a++)
        for (int b = 0; b < 5; b++) {
            assert_int_equal(lm_qualifier_join((enum lm_qualifier)a, (enum lm_qualifier)b), want[a][b]);
            for (int c = 0; c < 5; c++)
                assert_int_equal(want[want[a][b]][c],
                                 want[a][want[b][c]]); /* the order of rows does not matter */
        }
}

static void values_are_held_against_qualifiers(void **state)
{
    (void)state;
    assert_true(lm_value_agrees(100, 100, LM_QUALIFIER_EXACT));
    assert_false(lm_value_agrees(101, 100, LM_QUALIFIER_EXACT));
    assert_true(lm_value_agrees(101, 100, LM_QUALIFIER_MORE_THAN));
    assert_false(lm_value_agrees(100, 100, LM_QUALIFIER_MORE_THAN));
    assert_true(lm_value_agrees(100, 100, LM_QUALIFIER_AT_LEAST));
    assert_false(lm_value_agrees(99, 100, LM_QUALIFIER_AT_LEAST));
    assert_true(lm_value_agrees(95, 100, LM_QUALIFIER_NEARLY));
    assert_false(lm_value_agrees(94, 100, LM_QUALIFIER_NEARLY));
    assert_false(lm_value_agrees(101, 100, LM_QUALIFIER_NEARLY));
    assert_true(lm_value_agrees(105, 100, LM_QUALIFIER_ABOUT));
    assert_false(lm_value_agrees(106, 100, LM_QUALIFIER_ABOUT));
    assert_false(lm_value_agrees(0, INT64_MAX, LM_QUALIFIER_ABOUT));
}

static int64_t doses(const char *rule, int64_t pills, int64_t lb)
{
    const struct lm_dose_rule *r = lm_dose_rule_find(&rules, lm_str(rule));
    lm_dose_sum sum = 0;
    int64_t n;
    assert_non_null(r);
    assert_true(lm_dose_add(r, pills, lb * LM_UG_PER_LB, &sum));
    assert_true(lm_dose_whole(sum, r->ug_per_dose, &n));
    return n;
}

/* By hand, 1 lb = 453,592.37 mg: 6,500 lb x 453,592.37 mg x 0.113 / 2 mg = 166,581,797.88…; 0.6 x 44 M =
 * 26,400,000. */
static void every_rule_by_hand(void **state)
{
    (void)state;
    assert_int_equal(doses("fit-last-mile-2023", 44000000, 6500), 192981797);
    assert_int_equal(doses("fit-last-mile-2023", 375000, 25), 865699);   /* 225,000 + 640,699.22 */
    assert_int_equal(doses("fit-last-mile-2023", 2000000, 87), 3429633); /* 1,200,000 + 2,229,633.29 */
    assert_int_equal(doses("fit-cy2022", 375000, 25), 1047136);          /* 225,000 + 822,136.17 */
    assert_int_equal(doses("fit-cy2022", 10, 0), 6);
    assert_int_equal(doses("gross-weight", 375000, 25), 5669904); /* 25 x 226,796.185 */
    assert_int_equal(doses("gross-weight", 375000, 0), 0);
    assert_int_equal(doses("fit-last-mile-2023", 1, 0), 0); /* rounded down, once */
    assert_int_equal(doses("fit-last-mile-2023", 2, 0), 1);
    /* a kilogram can contain 500,000 */
    const struct lm_dose_rule *gross = lm_dose_rule_find(&rules, LM_STR("gross-weight"));
    lm_dose_sum sum = 0;
    int64_t n;
    assert_true(lm_dose_add(gross, 0, LM_UG_PER_KG, &sum) && lm_dose_whole(sum, gross->ug_per_dose, &n));
    assert_int_equal(n, 500000);
    assert_string_equal(lm_dose_fraction(&arena, 5, 2000).p, "5/2000000000");
}

static void rules_say_what_they_are(void **state)
{
    (void)state;
    struct lm_error e = { 0 };
    const struct lm_dose_rule *r;
    for (size_t i = 0; i < rules.n; i++) {
        bool fit = lm_str_starts(rules.rules[i].id, LM_STR("fit-"));
        assert_int_equal(rules.rules[i].inference, fit);
        assert_true(rules.rules[i].source.n != 0 && rules.rules[i].period.n != 0);
        assert_int_equal(rules.rules[i].ug_per_dose, 2000);
    }
    assert_int_equal(lm_dose_rule_choose(&rules, NULL, &r, &e), LM_OK);
    assert_string_equal(r->id.p, "fit-last-mile-2023");
    assert_int_equal(lm_dose_rule_choose(&rules, "guess", &r, &e), LM_EUSAGE);
    assert_non_null(strstr(e.message, "fit-last-mile-2023, fit-cy2022, gross-weight, laboratory"));
    struct lm_dose_rules other;
    static const char *const bad[] = {
        "rule,title\n",
        "rule,title,pill_share,powder_purity,mg_per_dose,period,inference,source\na,t,1.1,0.1,2,p,i,s\n",
        "rule,title,pill_share,powder_purity,mg_per_dose,period,inference,source\na,t,0.5,0.1,0,p,i,s\n",
        "rule,title,pill_share,powder_purity,mg_per_dose,period,inference,source\na,t,0.5,0.1,2,p,i,\n",
        "rule,title,pill_share,powder_purity,mg_per_dose,period,inference,source\na,t,1,1,2,p,i,s\na,t,1,1,2,"
        "p,i,s\n",
        "rule,title,pill_share,powder_purity,mg_per_dose,period,inference,source\na,t,1,1,2,p,i,s\nb,t,1,1,3,"
        "p,i,s\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lm_dose_rules_read(&arena, lm_str(bad[i]), &other, &e), LM_EINPUT);
}

/* El Paso: 71 and 51 in 114 investigations overlap; the union is counted from the investigations, never
 * added. */
static void flags_are_unions(void **state)
{
    (void)state;
    struct list *l = new_list();
    for (int i = 0; i < 114; i++) {
        struct lm_op_row *o = put(l, LM_OP_INVESTIGATION, lm_arena_printf(&arena, "I%d", i).p, "DEA");
        o->social_media = i < 71;
        o->encrypted = i >= 114 - 51;
    }
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "investigations"), 114);
    assert_int_equal(whole(&r, "social_media"), 71);
    assert_int_equal(whole(&r, "encrypted"), 51);
    assert_int_equal(find(&r, "whole", "whole", "social_media")->n_rows, 71);
    assert_int_equal(whole(&r, "social_media_or_encrypted"), 114); /* not 122 */
    /* The same with 20 fewer that are both. */
    for (int i = 100; i < 114; i++)
        l->v[i].op.encrypted = 0;
    r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "encrypted"), 37);
    assert_int_equal(whole(&r, "social_media_or_encrypted"), 100);
}

static void flags_come_from_platforms_too_and_silence_is_said(void **state)
{
    (void)state;
    struct list *l = new_list();
    put(l, LM_OP_INVESTIGATION, "I1", "DEA")->platforms =
        1u << LM_PLATFORM_SIGNAL | 1u << LM_PLATFORM_FACEBOOK;
    put(l, LM_OP_INVESTIGATION, "I2", "DEA");
    /* Another agency states I1 again: one investigation, united. */
    struct lm_op_row *again = put(l, LM_OP_INVESTIGATION, "i1", "County");
    again->platforms = 1u << LM_PLATFORM_TIKTOK;
    again->cartel = LM_STR("Sinaloa");
    struct lm_rollup r = roll(l, 1u << LM_ROLLUP_PLATFORM, NULL);
    assert_int_equal(whole(&r, "investigations"), 2);
    const struct lm_figure *f = find(&r, "whole", "whole", "social_media");
    assert_int_equal(f->base, 1);
    assert_int_equal(f->n_rows, 2); /* r1 and r3 both say so */
    assert_int_equal(f->qualifier, LM_QUALIFIER_AT_LEAST);
    assert_string_equal(text(f->note), "1 of the investigations do not say");
    assert_int_equal(whole(&r, "platform:tiktok"), 1);
    assert_int_equal(whole(&r, "cartel:sinaloa"), 1);
    assert_int_equal(r.n_set_aside, 1);
    assert_string_equal(text(r.set_aside[0].row), "r3");
    assert_non_null(find(&r, "platform", "signal", "investigations"));
    assert_non_null(find(&r, "platform", "facebook", "investigations"));
    assert_non_null(find(&r, "platform", "not stated", "investigations"));
}

static void fill_parts(struct list *l)
{
    static const char *const divisions[] = { "El Paso", "St. Louis", "", "el paso", "Miami" };
    static const char *const masses[] = { "0.1", "2.5", "13.37", "0.0625", "7" };
    for (int i = 0; i < 5; i++) {
        struct lm_op_row *inv = put(l, LM_OP_INVESTIGATION, lm_arena_printf(&arena, "I%d", i).p, "DEA");
        inv->division = lm_str(divisions[i]);
        inv->cartel = i % 2 == 0 ? LM_STR("Sinaloa") : LM_STR("");
    }
    for (int i = 0; i < 40; i++) {
        struct lm_op_row *o;
        const char *id = lm_arena_printf(&arena, "S%d", i).p, *agency = i % 3 == 0   ? "DEA"
                                                                        : i % 3 == 1 ? "County"
                                                                                     : "";
        if (i % 4 == 0)
            o = seizure(l, id, agency, "fentanyl", "pills", lm_arena_printf(&arena, "%d", 1001 + i).p,
                        LM_UNIT_PILLS);
        else if (i % 4 == 1)
            o = seizure(l, id, agency, "fentanyl", "powder", masses[i % 5],
                        i % 2 == 0 ? LM_UNIT_LB : LM_UNIT_OZ);
        else if (i % 4 == 2)
            o = seizure(l, id, agency, "methamphetamine", "crystal", masses[i % 5], LM_UNIT_LB);
        else {
            o = put(l, LM_OP_MONEY, id, agency);
            o->kind = i % 8 == 3 ? LM_STR("currency") : LM_STR("assets");
            o->amount =
                amount(lm_arena_printf(&arena, "%d.%02d", i * 17, i).p, LM_UNIT_USD, LM_QUALIFIER_EXACT);
        }
        o->investigation = lm_arena_printf(&arena, "I%d", i % 7); /* I5 and I6 are not among the rows */
        o->city = i % 5 == 0 ? LM_STR("") : i % 5 < 3 ? LM_STR("Denver") : LM_STR("Omaha");
        o->day = i % 6 == 0 ? LM_DAY_NONE : 19000 + i * 9;
    }
}

/* Numerator of "n/d". */
static lm_dose_sum numerator(struct lm_str s)
{
    lm_dose_sum v = 0;
    for (size_t i = 0; i < s.n && s.p[i] != '/'; i++)
        v = v * 10 + (unsigned char)(s.p[i] - '0');
    return v;
}

static void parts_make_the_whole_exactly(void **state)
{
    (void)state;
    static const enum lm_rollup_by bys[] = { LM_ROLLUP_DIVISION, LM_ROLLUP_AGENCY, LM_ROLLUP_MONTH,
                                             LM_ROLLUP_CARTEL, LM_ROLLUP_CITY };
    struct list *l = new_list();
    int compared = 0;
    fill_parts(l);
    struct lm_rollup r = roll(l, ~0u, NULL);
    for (size_t i = 0; i < r.n_figures; i++) {
        const struct lm_figure *w = &r.figures[i];
        if (!lm_str_eq(lm_str(w->by), LM_STR("whole")))
            continue;
        for (size_t b = 0; b < sizeof bys / sizeof bys[0]; b++) {
            int64_t sum = 0;
            lm_dose_sum exact = 0;
            size_t rows = 0, parts = 0;
            for (size_t k = 0; k < r.n_figures; k++) {
                const struct lm_figure *f = &r.figures[k];
                if (!lm_str_eq(lm_str(f->by), lm_str(lm_rollup_by_word(bys[b])))
                    || !lm_str_eq(f->name, w->name))
                    continue;
                assert_false(f->refused);
                sum += f->base;
                exact += numerator(f->exact);
                rows += f->n_rows;
                parts++;
            }
            assert_int_equal(rows, w->n_rows);
            if (w->rule.n != 0)
                assert_true(exact == numerator(w->exact)); /* whole doses are rounded, the fraction is not */
            else
                assert_int_equal(sum, w->base);
            compared += parts >= 2; /* a whole of one part proves nothing */
        }
    }
    print_message("# compared %d wholes with their parts\n", compared);
    assert_true(compared >= 30);
    /* Spellings of one division meet; a row without a division takes its investigation's. */
    assert_non_null(find(&r, "division", "El Paso", "investigations"));
    assert_int_equal(find(&r, "division", "El Paso", "investigations")->base, 2);
    assert_null(find(&r, "division", "el paso", "investigations"));
    l->v[5].op.division = LM_STR("Own Division"); /* the row's own word comes before its investigation's */
    r = roll(l, 1u << LM_ROLLUP_DIVISION, NULL);
    assert_int_equal(find(&r, "division", "Own Division", "pills")->base, 1001);
    assert_non_null(find(&r, "division", "not stated", "pills"));
}

static void values_are_printed_exactly(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "powder", "25", LM_UNIT_LB);
    seizure(l, "S2", "DEA", "fentanyl", "powder", "0.001", LM_UNIT_MG);
    struct lm_op_row *m = put(l, LM_OP_MONEY, "M1", "DEA");
    m->kind = LM_STR("assets");
    m->amount = amount("$1,234.50", LM_UNIT_USD, LM_QUALIFIER_MORE_THAN);
    m = put(l, LM_OP_MONEY, "M2", "DEA");
    m->kind = LM_STR("proceeds");
    m->amount = amount("0.50", LM_UNIT_USD, LM_QUALIFIER_EXACT);
    struct lm_rollup r = roll(l, 0, NULL);
    assert_string_equal(text(find(&r, "whole", "whole", "powder")->value), "11.339809251");
    const struct lm_figure *money = find(&r, "whole", "whole", "money");
    assert_string_equal(text(money->value), "1235");
    assert_string_equal(text(money->note), "adds assets and proceeds");
    assert_int_equal(money->qualifier, LM_QUALIFIER_MORE_THAN);
    assert_string_equal(text(find(&r, "whole", "whole", "assets")->value), "1234.5");
    assert_null(find(&r, "whole", "whole", "currency"));
}

/* --- what is claimed twice --- */

static void the_same_exhibit_is_counted_once(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "pills", "100", LM_UNIT_PILLS)->exhibit_number = LM_STR("EX-1");
    seizure(l, "C9", "County", "fentanyl", "pills", "101", LM_UNIT_PILLS)->exhibit_number = LM_STR("ex-1");
    seizure(l, "C8", "County", "heroin", "powder", "5", LM_UNIT_G)->exhibit_number =
        LM_STR("EX-1"); /* another drug */
    seizure(l, "S2", "DEA", "fentanyl", "pills", "7", LM_UNIT_PILLS)->exhibit_number =
        LM_STR("EX-1"); /* same agency */
    seizure(l, "N1", "", "fentanyl", "pills", "3", LM_UNIT_PILLS)->exhibit_number =
        LM_STR("EX-1"); /* nobody's claim */
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "pills"), 110);
    assert_int_equal(whole(&r, "mass:heroin"), 5 * LM_UG_PER_G);
    assert_int_equal(r.n_set_aside, 1);
    assert_string_equal(text(r.set_aside[0].row), "r2");
    assert_string_equal(text(r.set_aside[0].kept), "r1");
    assert_string_equal(text(r.set_aside[0].because),
                        "another agency claims the same exhibit number, with another quantity; "
                        "counted once, as stated by DEA in r1");
}

static void the_same_place_day_and_quantity_is_counted_once(void **state)
{
    (void)state;
    struct list *l = new_list();
    const char *agencies[] = { "DEA", "DEA", "County", "County", "County", "City" };
    for (int i = 0; i < 6; i++)
        stand(seizure(l, lm_arena_printf(&arena, "X%d", i).p, agencies[i], "methamphetamine", "crystal", "2",
                      LM_UNIT_LB),
              i == 2 ? "DENVER" : "Denver", "2022-09-10");
    /* Each of these differs in one thing. */
    stand(seizure(l, "Y1", "City", "methamphetamine", "crystal", "2", LM_UNIT_LB), "Denver", "2022-09-11");
    stand(seizure(l, "Y2", "City", "methamphetamine", "crystal", "2.1", LM_UNIT_LB), "Denver", "2022-09-10");
    stand(seizure(l, "Y3", "City", "methamphetamine", "powder", "2", LM_UNIT_LB), "Denver", "2022-09-10");
    stand(seizure(l, "Y4", "City", "methamphetamine", "crystal", "2", LM_UNIT_LB), "Omaha", "2022-09-10");
    struct lm_rollup r = roll(l, 0, NULL);
    /* DEA 2, County 3, City 1 of the same: three are counted. */
    assert_int_equal(r.n_set_aside, 3);
    assert_int_equal(find(&r, "whole", "whole", "meth")->n_rows, 3 + 4);
    /* Without a day nothing is set aside. */
    for (size_t i = 0; i < l->n; i++)
        l->v[i].op.day = LM_DAY_NONE;
    r = roll(l, 0, NULL);
    assert_int_equal(r.n_set_aside, 0);
}

/* B1 is A1 by exhibit number; B2, of the same place and quantity, is then another seizure. */
static void one_claim_answers_for_one_row_of_each_agency(void **state)
{
    (void)state;
    for (int order = 0; order < 3; order++) {
        struct list *l = new_list();
        static const char *const orders[3] = { "abx", "axb", "xab" };
        for (const char *c = orders[order]; *c != '\0'; c++) {
            struct lm_op_row *o =
                seizure(l,
                        *c == 'a'   ? "A1"
                        : *c == 'b' ? "B1"
                                    : "B2",
                        *c == 'a' ? "DEA" : "County", "fentanyl", "pills", "500", LM_UNIT_PILLS);
            stand(o, "Denver", "2022-09-10");
            o->exhibit_number = *c == 'x' ? LM_STR("") : LM_STR("EX-7");
        }
        struct lm_rollup r = roll(l, 0, NULL);
        assert_int_equal(r.n_set_aside, 1);
        assert_int_equal(whole(&r, "pills"), 1000);
    }
}

static void arrests_firearms_and_rows_again(void **state)
{
    (void)state;
    struct list *l = new_list();
    stand(put(l, LM_OP_ARREST, "AR-1", "DEA"), "Denver", "2022-09-10");
    stand(put(l, LM_OP_ARREST, "AR-1", "County"), "Denver", "2022-09-10"); /* set aside */
    stand(put(l, LM_OP_ARREST, "AR-1", "City"), "Denver", "2022-09-12");   /* another day: another arrest */
    stand(put(l, LM_OP_ARREST, "AR-2", "DEA"), "Denver", "2022-09-10");
    stand(put(l, LM_OP_ARREST, "AR-2", "DEA"), "Denver",
          "2022-09-10"); /* the same row in two files: set aside */
    struct lm_op_row *two = put(l, LM_OP_ARREST, "AR-3", "DEA");
    two->amount = amount("4", LM_UNIT_COUNT, LM_QUALIFIER_AT_LEAST);
    put(l, LM_OP_FIREARM, "F1", "DEA")->kind = LM_STR("rifle");
    put(l, LM_OP_FIREARM, "F2", "DEA")->kind = LM_STR("");
    put(l, LM_OP_OVERDOSE, "O1", "DEA")->fatal = true;
    put(l, LM_OP_OVERDOSE, "O2", "DEA");
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "arrests"), 3 + 4);
    assert_int_equal(find(&r, "whole", "whole", "arrests")->qualifier, LM_QUALIFIER_AT_LEAST);
    assert_int_equal(r.n_set_aside, 2);
    assert_int_equal(whole(&r, "firearms"), 2);
    assert_int_equal(whole(&r, "firearms:rifle"), 1);
    assert_int_equal(whole(&r, "firearms:not stated"), 1);
    assert_int_equal(whole(&r, "overdoses"), 2);
    assert_int_equal(whole(&r, "deaths"), 1);
}

/* One seizure_id with two drugs is two rows, not the same row again. */
static void an_id_used_twice_with_other_content_is_counted(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "pills", "10", LM_UNIT_PILLS);
    seizure(l, "S1", "DEA", "methamphetamine", "crystal", "1", LM_UNIT_KG);
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(r.n_set_aside, 0);
    assert_int_equal(whole(&r, "pills"), 10);
    assert_int_equal(whole(&r, "meth"), LM_UG_PER_KG);
}

/* --- overflow --- */

static void an_overflow_is_a_refused_figure(void **state)
{
    (void)state;
    struct list *l = new_list();
    for (int i = 0; i < 2; i++) {
        struct lm_op_row *o = seizure(l, i == 0 ? "S1" : "S2", "DEA", "fentanyl", "powder", "1", LM_UNIT_KG);
        o->amount.value = INT64_MAX - 1;
    }
    seizure(l, "S3", "DEA", "methamphetamine", "crystal", "1", LM_UNIT_KG);
    struct lm_rollup r = roll(l, 0, NULL);
    const struct lm_figure *f = find(&r, "whole", "whole", "powder");
    assert_true(f->refused);
    assert_null(f->value.p);
    assert_string_equal(text(f->note), "refused: the sum is too large for exact arithmetic");
    assert_int_equal(f->n_rows, 2);
    assert_int_equal(whole(&r, "meth"), LM_UG_PER_KG); /* the others stand */
    /* Pills: 2 x (2^63 - 2) doses at one dose each do not fit either. */
    const struct lm_dose_rule gross = {
        .id = LM_STR("x"), .pill_share_ppm = LM_DOSE_SCALE, .purity_ppm = -1, .ug_per_dose = 2000
    };
    lm_dose_sum sum = 0;
    int64_t n = 5;
    assert_true(lm_dose_add(&gross, INT64_MAX, 0, &sum) && lm_dose_add(&gross, INT64_MAX, 0, &sum));
    assert_false(lm_dose_whole(sum, 2000, &n));
    assert_int_equal(n, 5);
}

/* --- laboratory --- */

static void the_laboratory_wins_for_its_exhibit(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "pills", "12000", LM_UNIT_PILLS);
    seizure(l, "S2", "DEA", "fentanyl", "powder", "1", LM_UNIT_KG)->exhibit_number = LM_STR("EX-2");
    seizure(l, "S3", "DEA", "fentanyl", "powder", "2", LM_UNIT_KG);
    struct lm_op_row *lab = put(l, LM_OP_LAB_RESULT, "L1", "DEA Lab");
    lab->drug = LM_STR("fentanyl");
    lab->seizure = LM_STR("s1");
    lab->ug_per_pill = 1900;
    lab = put(l, LM_OP_LAB_RESULT, "L2", "DEA Lab");
    lab->drug = LM_STR("fentanyl");
    lab->exhibit_number = LM_STR("EX-2");
    lab->purity_ppm = 50000;
    lab->net = amount("0.9", LM_UNIT_KG, LM_QUALIFIER_EXACT);
    lab = put(l, LM_OP_LAB_RESULT, "L3", "DEA Lab");
    lab->drug = LM_STR("fentanyl");
    lab->seizure = LM_STR("S99");
    lab->purity_ppm = 1;
    struct lm_rollup r = roll(l, 0, NULL);
    /* Rule: 7,200 + 1 kg and 2 kg at 11.3 %: 56,500 and 113,000. */
    const struct lm_figure *rule = find(&r, "whole", "whole", "doses");
    assert_int_equal(rule->base, 7200 + 56500 + 113000);
    assert_string_equal(text(rule->rule), "fit-last-mile-2023");
    /* Laboratory: 12,000 x 1.9 / 2 = 11,400; 0.9 kg x 5 % / 2 mg = 22,500. */
    const struct lm_figure *measured = find(&r, "whole", "whole", "doses_laboratory");
    assert_int_equal(measured->base, 11400 + 22500);
    assert_string_equal(text(measured->rule), "laboratory");
    assert_string_equal(text(measured->note), "covers 2 of 3 seizures");
    /* Over the two exhibits: the laboratory 33,900, fit 63,700, cy2022 79,700, gross weight 500,000. */
    assert_int_equal(measured->low, 33900);
    assert_int_equal(measured->high, 500000);
    const struct lm_figure *best = find(&r, "whole", "whole", "doses_preferred");
    assert_int_equal(best->base, 11400 + 22500 + 113000);
    assert_string_equal(text(best->rule), "laboratory, else fit-last-mile-2023");
    assert_int_equal(best->n_rows, 3 + 2);
    assert_int_equal(best->low, 146900);
    assert_int_equal(best->high, 1500000); /* gross weight of 3 kg */
    assert_int_equal(rule->low, 146900);
    assert_int_equal(r.n_notes, 1);
    assert_string_equal(text(r.notes[0].row), "r6");
    /* --rule laboratory: only what it has measured. */
    r = roll(l, 0, "laboratory");
    assert_int_equal(whole(&r, "doses"), 33900);
    assert_null(find(&r, "whole", "whole", "doses_preferred"));
}

static void a_later_laboratory_result_stands(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "powder", "1", LM_UNIT_KG)->exhibit_number = LM_STR("EX-2");
    for (int i = 0; i < 3; i++) {
        struct lm_op_row *lab = put(l, LM_OP_LAB_RESULT, i == 0 ? "L1" : i == 1 ? "L2" : "L3", "DEA Lab");
        lab->drug = LM_STR("fentanyl");
        lab->exhibit_number = LM_STR("EX-2");
        lab->purity_ppm = 10000 * (i + 1);
        lab->day = i == 1 ? 19300 : 19200;
    }
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "doses_laboratory"), 10000); /* 1 kg x 2 % / 2 mg */
    assert_int_equal(r.n_set_aside, 2);
}

/* A result that fits two seizures is not used for either. */
static void an_ambiguous_result_is_not_used(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "powder", "1", LM_UNIT_KG);
    seizure(l, "S1", "County", "fentanyl", "powder", "3", LM_UNIT_KG);
    struct lm_op_row *lab = put(l, LM_OP_LAB_RESULT, "L1", "Lab");
    lab->drug = LM_STR("fentanyl");
    lab->seizure = LM_STR("S1");
    lab->purity_ppm = 10000;
    struct lm_rollup r = roll(l, 0, NULL);
    assert_null(find(&r, "whole", "whole", "doses_laboratory"));
    assert_int_equal(r.n_notes, 1);
}

static void rows_of_the_wrong_sort_are_told(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "powder", "1", LM_UNIT_KG)->amount.value = -5;
    put(l, LM_OP_SEIZURE, "S2", "DEA")->drug = LM_STR("fentanyl");
    put(l, LM_OP_MONEY, "M1", "DEA")->amount = amount("5", LM_UNIT_COUNT, LM_QUALIFIER_EXACT);
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(r.n_figures, 0);
    assert_int_equal(r.n_notes, 3);
}

/* Weighed pills and drugs with a near name stay out of pills, powder and doses. */
static void only_fentanyl_powder_and_pills_make_doses(void **state)
{
    (void)state;
    struct list *l = new_list();
    seizure(l, "S1", "DEA", "fentanyl", "pills", "1", LM_UNIT_KG);
    seizure(l, "S2", "DEA", "fluorofentanyl", "powder", "1", LM_UNIT_KG);
    seizure(l, "S3", "DEA", "methamphetamine", "pills", "50", LM_UNIT_PILLS);
    seizure(l, "S4", "DEA", "fentanyl/heroin", "powder", "1", LM_UNIT_G);
    seizure(l, "S5", "DEA", "fentanyl", "tablets", "20", LM_UNIT_COUNT);
    seizure(l, "S6", "DEA", "fentanyl", "patches", "30", LM_UNIT_COUNT);
    struct lm_rollup r = roll(l, 0, NULL);
    assert_int_equal(whole(&r, "mass:fentanyl pills"), LM_UG_PER_KG);
    assert_int_equal(whole(&r, "mass:fluorofentanyl"), LM_UG_PER_KG);
    assert_int_equal(whole(&r, "pills:methamphetamine"), 50);
    assert_int_equal(whole(&r, "pills"), 20);
    assert_int_equal(whole(&r, "count:fentanyl"), 30);
    assert_int_equal(whole(&r, "powder"), LM_UG_PER_G);
    assert_int_equal(whole(&r, "doses"), 12 + 56); /* 56.5 rounded down with the 12 */
}

/* --- published figures --- */

static struct lm_published publish(const char *csv)
{
    struct lm_published p;
    struct lm_rollup_options o = { .rules = &rules, .rule = &rules.rules[0] };
    struct lm_error e = { 0 };
    assert_int_equal(lm_published_read(&arena, lm_str(csv), &o, &p, &e), LM_OK);
    return p;
}

static const struct lm_figure *computed(const struct lm_published *p, const char *place)
{
    for (size_t i = 0; i < p->rollup.n_figures; i++)
        if (p->rollup.figures[i].rule_object != NULL && lm_str_eq(p->rollup.figures[i].place, lm_str(place)))
            return &p->rollup.figures[i];
    return NULL;
}

#define HEADER "place,figure,value,unit,qualifier,source\n"

static void published_doses_are_held_against(void **state)
{
    (void)state;
    struct lm_published p =
        publish(HEADER "National,pills,\"44,000,000\",pills,nearly,S\n"
                       "National,powder,\"6,500\",lb,more_than,S\n"
                       "National,doses,193000000,doses,nearly,S\n"
                       "Half,pills,10,pills,,S\nHalf,doses,6,doses,exact,S\n"
                       "Off,pills,10,pills,,S\nOff,powder,0,g,,S\nOff,doses,7,doses,more than,S\n"
                       "None,arrests,3,count,,S\n");
    assert_int_equal(p.n_problems, 0);
    const struct lm_figure *f = computed(&p, "National");
    assert_int_equal(f->base, 192981797);
    assert_int_equal(f->agrees, 1);
    assert_int_equal(f->qualifier, LM_QUALIFIER_ABOUT);
    assert_int_equal(f->low, 192981797);
    assert_int_equal(f->high, 1474175202);
    assert_int_equal(f->n_rows, 2);
    assert_string_equal(text(f->rows[1]), "row 3 (byte 84)");
    f = computed(&p, "Half"); /* no powder: cannot be compared */
    assert_int_equal(f->base, 6);
    assert_int_equal(f->agrees, -1);
    assert_int_equal(computed(&p, "Off")->agrees, 0);
    assert_null(computed(&p, "None"));
    for (size_t i = 0; i < p.rollup.n_figures; i++) /* places are never added */
        assert_false(lm_str_eq_nocase(p.rollup.figures[i].place, LM_STR("whole")));
    assert_int_equal(p.rollup.n_figures, 9 + 3);
}

static void published_claims_twice_and_side_by_side(void **state)
{
    (void)state;
    struct lm_published p = publish(HEADER "A,arrests,65,count,exact,DEA\n"
                                           "a,Arrests,65,count,,dea\n"     /* the same claim again */
                                           "A,arrests,66,count,,Sheriff\n" /* another source */
                                           "A,pills,100,pills,,DEA\nA,powder,1,g,,DEA\n"
                                           "A,pills,200,pills,,Sheriff\nA,powder,2,g,,Sheriff\n"
                                           "A,pills,300,pills,,Sheriff\n");
    assert_int_equal(p.rollup.n_set_aside, 1);
    assert_string_equal(text(p.rollup.set_aside[0].row), "row 3 (byte 70)");
    int arrests = 0, dose_figures = 0, refused = 0;
    for (size_t i = 0; i < p.rollup.n_figures; i++) {
        const struct lm_figure *f = &p.rollup.figures[i];
        arrests += lm_str_eq(f->name, LM_STR("arrests"));
        dose_figures += f->rule_object != NULL;
        refused += f->refused;
        if (f->rule_object != NULL && !f->refused)
            assert_int_equal(f->base, 60 + 56); /* DEA's pills and DEA's powder */
    }
    assert_int_equal(arrests, 2);
    assert_int_equal(dose_figures, 2);
    assert_int_equal(refused, 1); /* the sheriff has two values for pills */
    assert_int_equal(p.rollup.n_notes, 4);
}

static void published_rows_that_cannot_be_read_are_problems(void **state)
{
    (void)state;
    struct lm_published p =
        publish(HEADER "A,powder,-5,lb,,S\nA,powder,5,,,S\nA,powder,5,lb,roughly,S\nA,powder,5,pills,,S\n"
                       "A,arrests,1.5,count,,S\nA,arrests,7\n,arrests,7,count,,S\n"
                       "A,money,\"$1,800,000.50\",USD,,S\nA,\"arrests,1,count,,S\nA,meth,007.5,kg,,S\n");
    assert_int_equal(p.n_problems, 8);
    assert_int_equal(p.problems[1].at.a, 3);
    assert_int_equal(p.problems[1].at.b, 59);
    assert_string_equal(text(p.problems[2].reason),
                        "the qualifier is none of exact, nearly, about, more_than, at_least");
    assert_int_equal(p.rollup.n_figures, 2); /* the rest goes on, also after the open quote */
    assert_string_equal(text(p.rollup.figures[0].value), "1800000.50");
    assert_string_equal(text(p.rollup.figures[1].value), "7.5");
    static const char *const refused[] = {
        "",
        "place,figure,value,unit,qualifier\n",
        HEADER + 6,
        "place,figure,value,unit,qualifier,source,place\n",
        "place,figure,value,unit,qualifier,source,Nationality\n",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct lm_rollup_options o = { .rules = &rules, .rule = &rules.rules[0] };
        assert_int_equal(lm_published_read(&arena, lm_str(refused[i]), &o, &p, NULL), LM_EINPUT);
    }
    assert_int_equal(publish(HEADER).rollup.n_figures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_binary_carries_its_tables),
        cmocka_unit_test(qualifiers_join),
        cmocka_unit_test(values_are_held_against_qualifiers),
        cmocka_unit_test(every_rule_by_hand),
        cmocka_unit_test(rules_say_what_they_are),
        cmocka_unit_test(flags_are_unions),
        cmocka_unit_test(flags_come_from_platforms_too_and_silence_is_said),
        cmocka_unit_test(parts_make_the_whole_exactly),
        cmocka_unit_test(values_are_printed_exactly),
        cmocka_unit_test(the_same_exhibit_is_counted_once),
        cmocka_unit_test(the_same_place_day_and_quantity_is_counted_once),
        cmocka_unit_test(one_claim_answers_for_one_row_of_each_agency),
        cmocka_unit_test(arrests_firearms_and_rows_again),
        cmocka_unit_test(an_id_used_twice_with_other_content_is_counted),
        cmocka_unit_test(an_overflow_is_a_refused_figure),
        cmocka_unit_test(the_laboratory_wins_for_its_exhibit),
        cmocka_unit_test(a_later_laboratory_result_stands),
        cmocka_unit_test(an_ambiguous_result_is_not_used),
        cmocka_unit_test(rows_of_the_wrong_sort_are_told),
        cmocka_unit_test(only_fentanyl_powder_and_pills_make_doses),
        cmocka_unit_test(published_doses_are_held_against),
        cmocka_unit_test(published_claims_twice_and_side_by_side),
        cmocka_unit_test(published_rows_that_cannot_be_read_are_problems),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
