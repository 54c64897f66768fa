#include "rollup/dose.h"

#include <stdio.h>

#include "base/embedded.h"
#include "formats/csv.h"
#include "model/quantity.h"

enum column { RULE, TITLE, PILL_SHARE, PURITY, MG_PER_DOSE, PERIOD, INFERENCE, SOURCE, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = { "rule",        "title",  "pill_share", "powder_purity",
                                                     "mg_per_dose", "period", "inference",  "source" };

/* --- the table --- */

/* A share of one in parts per million: as grams it has the same millionths. */
static bool share(struct lm_str s, int64_t *ret)
{
    struct lm_quantity q;
    if (s.n == 0 || lm_str_eq(s, LM_STR("laboratory"))) {
        *ret = -1;
        return true;
    }
    if (lm_quantity_parse(s, LM_UNIT_G, LM_QUALIFIER_EXACT, &q, NULL) != LM_OK || q.value > LM_DOSE_SCALE)
        return false;
    *ret = q.value;
    return true;
}

static lm_err one_rule(struct lm_arena *a, const struct lm_str *cells, struct lm_dose_rule *ret)
{
    struct lm_quantity mass;
    struct lm_str copy[N_COLUMNS];
    for (size_t i = 0; i < N_COLUMNS; i++) {
        copy[i] = lm_arena_copy(a, lm_str_trim(cells[i]));
        if (copy[i].p == NULL)
            return LM_ENOMEM;
    }
    struct lm_dose_rule r = {
        .id = copy[RULE],
        .title = copy[TITLE],
        .period = copy[PERIOD],
        .basis = copy[INFERENCE],
        .source = copy[SOURCE],
        .inference = lm_str_eq(copy[INFERENCE], LM_STR("our inference")),
        .laboratory = lm_str_eq(copy[PURITY], LM_STR("laboratory")),
    };
    if (r.id.n == 0 || r.source.n == 0 || !share(copy[PILL_SHARE], &r.pill_share_ppm)
        || !share(copy[PURITY], &r.purity_ppm)
        || lm_quantity_parse(copy[MG_PER_DOSE], LM_UNIT_MG, LM_QUALIFIER_EXACT, &mass, NULL) != LM_OK
        || mass.value < 1 || mass.value > LM_UG_PER_G)
        return LM_EINPUT;
    r.ug_per_dose = mass.value;
    *ret = r;
    return LM_OK;
}

static lm_err read_rows(struct lm_arena *a, struct lm_csv *csv, struct lm_dose_rules *ret, struct lm_error *e)
{
    struct lm_dose_rule *rules = lm_arena_array(a, LM_DOSE_RULES_MAX, sizeof *rules);
    if (rules == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    size_t n = 0;
    for (bool done = false;;) {
        struct lm_csv_row row;
        lm_err err = lm_csv_next(csv, &row, &done);
        if (err == LM_OK && done)
            break;
        bool header = csv->number == 1;
        if (err == LM_OK && (row.n != N_COLUMNS || row.oddities != 0 || (!header && n == LM_DOSE_RULES_MAX)))
            err = LM_EINPUT;
        for (size_t i = 0; err == LM_OK && header && i < N_COLUMNS; i++)
            err = lm_str_eq(row.cells[i], lm_str(column_names[i])) ? LM_OK : LM_EINPUT;
        if (err == LM_OK && !header) {
            err = one_rule(a, row.cells, &rules[n]);
            struct lm_dose_rules so_far = { rules, n };
            if (err == LM_OK
                && (lm_dose_rule_find(&so_far, rules[n].id) != NULL
                    || rules[n].ug_per_dose != rules[0].ug_per_dose))
                err = LM_EINPUT;
            n += err == LM_OK;
        }
        if (err != LM_OK)
            return lm_fail(e, err, "row %llu of the dose rules cannot be read",
                           (unsigned long long)csv->number);
    }
    *ret = (struct lm_dose_rules){ rules, n };
    return LM_OK;
}

lm_err lm_dose_rules_read(struct lm_arena *a, struct lm_str text, struct lm_dose_rules *ret,
                          struct lm_error *e)
{
    struct lm_csv csv;
    lm_csv_init(&csv, text, ',');
    lm_err err = read_rows(a, &csv, ret, e);
    lm_csv_free(&csv);
    return err;
}

lm_err lm_dose_rules_builtin(struct lm_arena *a, struct lm_dose_rules *ret, struct lm_error *e)
{
    struct lm_str text = lm_embedded(LM_STR("data/dose_rules.csv"));
    if (text.p == NULL)
        return lm_fail(e, LM_EINTERNAL, "the binary carries no dose rules");
    return lm_dose_rules_read(a, text, ret, e);
}

const struct lm_dose_rule *lm_dose_rule_find(const struct lm_dose_rules *rules, struct lm_str id)
{
    for (size_t i = 0; i < rules->n; i++)
        if (lm_str_eq_nocase(rules->rules[i].id, id))
            return &rules->rules[i];
    return NULL;
}

lm_err lm_dose_rule_choose(const struct lm_dose_rules *rules, const char *id, const struct lm_dose_rule **ret,
                           struct lm_error *e)
{
    char list[240] = "";
    size_t at = 0;
    const struct lm_dose_rule *r = lm_dose_rule_find(rules, lm_str(id != NULL ? id : LM_DOSE_RULE_DEFAULT));
    if (r != NULL) {
        *ret = r;
        return LM_OK;
    }
    for (size_t i = 0; i < rules->n && at < sizeof list; i++) {
        int n = snprintf(list + at, sizeof list - at, "%s%.*s", i != 0 ? ", " : "",
                         LM_STR_ARG(rules->rules[i].id));
        at += n > 0 ? (size_t)n : 0;
    }
    (void)lm_fail(e, LM_EUSAGE, "there is no dose rule %.80s; the rules are: %s",
                  id != NULL ? id : LM_DOSE_RULE_DEFAULT, list);
    lm_fail_hint(e, "--rule takes one of them; docs/doses.md says where each comes from");
    return LM_EUSAGE;
}

/* --- arithmetic --- */

static bool add_product(uint64_t a, uint64_t b, uint64_t c, lm_dose_sum *sum)
{
    lm_dose_sum product = (lm_dose_sum)a * b, total;
    if (__builtin_mul_overflow(product, (lm_dose_sum)c, &product)
        || __builtin_add_overflow(*sum, product, &total))
        return false;
    *sum = total;
    return true;
}

bool lm_dose_add(const struct lm_dose_rule *rule, int64_t pills, int64_t powder_ug, lm_dose_sum *sum)
{
    lm_dose_sum total = *sum;
    if (rule->pill_share_ppm >= 0
        && !add_product((uint64_t)pills, (uint64_t)rule->pill_share_ppm, (uint64_t)rule->ug_per_dose, &total))
        return false;
    if (rule->purity_ppm >= 0 && !add_product((uint64_t)powder_ug, (uint64_t)rule->purity_ppm, 1, &total))
        return false;
    *sum = total;
    return true;
}

bool lm_dose_covers(const struct lm_dose_rule *rule, bool has_pills, bool has_powder)
{
    return !rule->laboratory
           && ((has_pills && rule->pill_share_ppm >= 0) || (has_powder && rule->purity_ppm >= 0));
}

bool lm_dose_add_pills_measured(int64_t pills, int64_t ug_per_pill, lm_dose_sum *sum)
{
    return add_product((uint64_t)pills, (uint64_t)ug_per_pill, LM_DOSE_SCALE, sum);
}

bool lm_dose_add_mass_measured(int64_t net_ug, int64_t purity_ppm, lm_dose_sum *sum)
{
    return add_product((uint64_t)net_ug, (uint64_t)purity_ppm, 1, sum);
}

bool lm_dose_whole(lm_dose_sum sum, int64_t ug_per_dose, int64_t *ret)
{
    lm_dose_sum whole = sum / ((lm_dose_sum)LM_DOSE_SCALE * (uint64_t)ug_per_dose);
    if (whole > INT64_MAX)
        return false;
    *ret = (int64_t)whole;
    return true;
}

/* Decimal digits of v, at the end of out. */
static const char *digits_of(lm_dose_sum v, char out[48])
{
    size_t at = 47;
    out[at] = '\0';
    do {
        out[--at] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v != 0);
    return out + at;
}

struct lm_str lm_rollup_fraction(struct lm_arena *a, lm_dose_sum numerator, lm_dose_sum denominator)
{
    char n[48], d[48];
    return lm_arena_printf(a, "%s/%s", digits_of(numerator, n), digits_of(denominator, d));
}

struct lm_str lm_dose_fraction(struct lm_arena *a, lm_dose_sum sum, int64_t ug_per_dose)
{
    return lm_rollup_fraction(a, sum, (lm_dose_sum)LM_DOSE_SCALE * (uint64_t)ug_per_dose);
}
