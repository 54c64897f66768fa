#include "report/brief_data.h"
#include "rollup/row_list.h"

static lm_err take_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    return lm_row_list_add(user, row, reference);
}

lm_err lm_brief_add_totals(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_brief *b,
                           struct lm_error *e)
{
    struct lm_row_list list;
    struct lm_dose_rules *rules = lm_arena_alloc(a, sizeof *rules);
    struct lm_rollup_options options = { .by = 1U << LM_ROLLUP_WHOLE, .rules = rules };
    if (rules == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_row_list_init(&list, a);
    lm_err err = lm_store_op_rows(st, f, take_row, &list, e);
    if (err == LM_OK)
        err = lm_dose_rules_builtin(a, rules, e);
    if (err == LM_OK)
        err = lm_dose_rule_choose(rules, LM_DOSE_RULE_DEFAULT, &options.rule, e);
    if (err == LM_OK && list.n != 0)
        err = lm_rollup_run(a, &list.pull, &options, &b->rollup, e);
    b->rollup_options = options;
    return err;
}
