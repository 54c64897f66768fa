/* dose.h - rules that turn seized pills and powder into "deadly doses", as named, dated, cited objects.
 *
 * The rules are rows of data/dose_rules.csv, carried by the binary. A rule that is our inference says so in
 * its `inference` and wherever it is printed. A dose count is never evidence of drug weight or effect, and is
 * never attributed to a person (LM_DOSE_CAUTION goes wherever a dose figure goes).
 *
 * Arithmetic is exact: a dose count is a fraction, rounded down once, when printed:
 *
 *     numerator    pills × pill_share_ppm × ug_per_dose + powder_ug × purity_ppm
 *     denominator  LM_DOSE_SCALE × ug_per_dose
 *
 * test  tests/unit/test_rollup.c
 */
#ifndef LM_ROLLUP_DOSE_H
#define LM_ROLLUP_DOSE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

__extension__ typedef unsigned __int128 lm_dose_sum;

#define LM_DOSE_SCALE 1000000
#define LM_DOSE_RULE_DEFAULT "fit-last-mile-2023"
#define LM_DOSE_RULE_LABORATORY "laboratory"
#define LM_DOSE_RULES_MAX 16
#define LM_DOSE_CAUTION                                                                                      \
    "A dose count is an estimate under the rule named beside it. It is never evidence of drug weight or of " \
    "effect, and it is never attributed to a person."

struct lm_dose_rule {
    struct lm_str id;
    struct lm_str title;
    struct lm_str period;
    struct lm_str basis; /* "our inference", "as published", "measured" */
    struct lm_str source;
    bool inference;         /* basis is "our inference" */
    bool laboratory;        /* coefficients come from the exhibit's laboratory result, not from the rule */
    int64_t pill_share_ppm; /* pills that count as one dose; -1: the rule says nothing of pills */
    int64_t purity_ppm;     /* of powder; -1: the rule says nothing of powder */
    int64_t ug_per_dose;
};

struct lm_dose_rules {
    const struct lm_dose_rule *rules; /* in the order of the file */
    size_t n;
};

/* From the text of a table of rules; slices are copied into a. All rules have the same mg per dose: counts of
 * different doses cannot stand in one range. LM_EINPUT names the row. */
lm_err lm_dose_rules_read(struct lm_arena *a, struct lm_str csv, struct lm_dose_rules *ret,
                          struct lm_error *e);

/* The table that the binary carries. */
lm_err lm_dose_rules_builtin(struct lm_arena *a, struct lm_dose_rules *ret, struct lm_error *e);

/* NULL when there is no such rule. */
const struct lm_dose_rule *lm_dose_rule_find(const struct lm_dose_rules *rules, struct lm_str id);

/* LM_EUSAGE with the list of ids. */
lm_err lm_dose_rule_choose(const struct lm_dose_rules *rules, const char *id, const struct lm_dose_rule **ret,
                           struct lm_error *e);

/* Adds the numerator of the doses in `pills` and `powder_ug` (both >= 0) to *sum. False on overflow, *sum
 * then untouched. A part that the rule says nothing of adds nothing; so does everything under a laboratory
 * rule. */
bool lm_dose_add(const struct lm_dose_rule *rule, int64_t pills, int64_t powder_ug, lm_dose_sum *sum);

/* Does the rule say anything about these amounts? */
bool lm_dose_covers(const struct lm_dose_rule *rule, bool has_pills, bool has_powder);

/* Laboratory: pills with ug_per_pill each, or a net mass at purity_ppm. Same numerator. */
bool lm_dose_add_pills_measured(int64_t pills, int64_t ug_per_pill, lm_dose_sum *sum);
bool lm_dose_add_mass_measured(int64_t net_ug, int64_t purity_ppm, lm_dose_sum *sum);

/* Whole doses, rounded down; false when the count does not fit. */
bool lm_dose_whole(lm_dose_sum sum, int64_t ug_per_dose, int64_t *ret);

/* "numerator/denominator", so that parts can be added exactly. p = NULL without memory. */
struct lm_str lm_rollup_fraction(struct lm_arena *a, lm_dose_sum numerator, lm_dose_sum denominator);
struct lm_str lm_dose_fraction(struct lm_arena *a, lm_dose_sum sum, int64_t ug_per_dose);

#endif
