#include "rollup/row_list.h"

static lm_err next_row(struct lm_rollup_rows *rows, struct lm_rollup_row *ret, bool *ret_done, struct lm_error *e)
{
    struct lm_row_list *l = (struct lm_row_list *)rows; /* pull is the first member */
    (void)e;
    *ret_done = l->next == l->n;
    if (!*ret_done)
        *ret = l->rows[l->next++];
    return LM_OK;
}

void lm_row_list_init(struct lm_row_list *l, struct lm_arena *a)
{
    *l = (struct lm_row_list){ .pull = { next_row }, .a = a };
}

lm_err lm_row_list_add(struct lm_row_list *l, const struct lm_op_row *op, struct lm_str ref)
{
    struct lm_rollup_row *list = lm_arena_grow(l->a, l->rows, l->n, &l->cap, sizeof *list);
    if (list == NULL)
        return LM_ENOMEM;
    l->rows = list;
    struct lm_rollup_row *r = &list[l->n];
    *r = (struct lm_rollup_row){ .op = *op, .ref = lm_arena_copy(l->a, ref) };
    struct lm_op_row *o = &r->op;
    o->note = o->amount.original = o->net.original = (struct lm_str){ NULL, 0 };
    struct lm_str *const texts[] = {
        &o->id,   &o->investigation, &o->operation, &o->agency,  &o->division,       &o->city,   &o->state,
        &o->drug, &o->form,          &o->kind,      &o->seizure, &o->profile, &o->exhibit_number, &o->cartel,
    };
    bool ok = r->ref.p != NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = lm_arena_copy(l->a, *texts[i]);
        ok = ok && texts[i]->p != NULL;
    }
    if (!ok)
        return LM_ENOMEM;
    l->n++;
    return LM_OK;
}
