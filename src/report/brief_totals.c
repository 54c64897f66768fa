#include "report/brief_data.h"
#include "report/operation_rows.h"

lm_err lm_brief_add_totals(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_brief *b,
                           struct lm_error *e)
{
    struct lm_dose_rules *rules = lm_arena_alloc(a, sizeof *rules);
    struct lm_rollup_options options = { .by = 1U << LM_ROLLUP_WHOLE, .rules = rules };
    if (rules == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_dose_rules_builtin(a, rules, e);
    if (err == LM_OK)
        err = lm_dose_rule_choose(rules, LM_DOSE_RULE_DEFAULT, &options.rule, e);
    if (err == LM_OK)
        err = lm_report_rollup(a, st, f, &options, &b->rollup, NULL, e);
    b->rollup_options = options;
    return err;
}
