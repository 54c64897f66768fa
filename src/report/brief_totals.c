#include "report/brief_data.h"

/* The store pushes rows, the roll-up pulls them: they are kept here in between. */
struct kept_rows {
    struct lm_rollup_rows pull;
    struct lm_rollup_row *list;
    size_t n, cap, next;
    struct lm_arena *a;
    struct lm_error *e;
};

static lm_err take_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    struct kept_rows *k = user;
    struct lm_rollup_row *list = lm_brief_grow(k->a, k->list, k->n, &k->cap, sizeof *list);
    if (list == NULL)
        return lm_fail(k->e, LM_ENOMEM, "out of memory");
    k->list = list;
    struct lm_rollup_row *r = &list[k->n++];
    *r = (struct lm_rollup_row){ .op = *row, .ref = lm_arena_copy(k->a, reference) };
    struct lm_str *const texts[] = {
        &r->op.id, &r->op.investigation, &r->op.operation, &r->op.agency, &r->op.division, &r->op.city,
        &r->op.state, &r->op.drug, &r->op.form, &r->op.kind, &r->op.amount.original, &r->op.net.original,
        &r->op.seizure, &r->op.profile, &r->op.exhibit_number, &r->op.cartel, &r->op.note,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = lm_arena_copy(k->a, *texts[i]);
    return LM_OK;
}

static lm_err give_row(struct lm_rollup_rows *rows, struct lm_rollup_row *ret, bool *ret_done, struct lm_error *e)
{
    struct kept_rows *k = (struct kept_rows *)rows; /* pull is the first member */
    (void)e;
    *ret_done = k->next == k->n;
    if (!*ret_done)
        *ret = k->list[k->next++];
    return LM_OK;
}

lm_err lm_brief_add_totals(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_brief *b,
                           struct lm_error *e)
{
    struct kept_rows k = { .pull = { give_row }, .a = a, .e = e };
    struct lm_dose_rules *rules = lm_arena_alloc(a, sizeof *rules);
    struct lm_rollup_options options = { .by = 1U << LM_ROLLUP_WHOLE, .rules = rules };
    if (rules == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_store_op_rows(st, f, take_row, &k, e);
    if (err == LM_OK)
        err = lm_dose_rules_builtin(a, rules, e);
    if (err == LM_OK)
        err = lm_dose_rule_choose(rules, LM_DOSE_RULE_DEFAULT, &options.rule, e);
    if (err == LM_OK && k.n != 0)
        err = lm_rollup_run(a, &k.pull, &options, &b->rollup, e);
    b->rollup_options = options;
    return err;
}
