#include "rollup/row_list.h"

static lm_err next_row(struct lm_rollup_rows *rows, struct lm_rollup_row *ret, bool *ret_done, struct lm_error *e)
{
    struct lm_row_list *l = (struct lm_row_list *)rows; /* pull is the first member */
    (void)e;
    *ret_done = l->next == l->n;
    if (!*ret_done)
        *ret = l->blocks[l->next / LM_ROW_BLOCK][l->next % LM_ROW_BLOCK];
    l->next += !*ret_done;
    return LM_OK;
}

void lm_row_list_init(struct lm_row_list *l, struct lm_arena *a)
{
    *l = (struct lm_row_list){ .pull = { .next = next_row, .stable = true }, .a = a };
}

lm_err lm_row_list_add(struct lm_row_list *l, const struct lm_op_row *op, struct lm_str ref)
{
    if (l->n % LM_ROW_BLOCK == 0) {
        struct lm_rollup_row **blocks = lm_arena_grow(l->a, l->blocks, l->n / LM_ROW_BLOCK, &l->cap, sizeof(void *));
        struct lm_rollup_row *block = lm_arena_array(l->a, LM_ROW_BLOCK, sizeof *block);
        if (blocks == NULL || block == NULL || l->n >= INT32_MAX)
            return LM_ENOMEM;
        l->blocks = blocks;
        blocks[l->n / LM_ROW_BLOCK] = block;
    }
    struct lm_rollup_row *r = &l->blocks[l->n / LM_ROW_BLOCK][l->n % LM_ROW_BLOCK];
    *r = (struct lm_rollup_row){ .op = *op, .ref = lm_arena_copy(l->a, ref) };
    struct lm_op_row *o = &r->op;
    o->note = o->amount.original = o->net.original = (struct lm_str){ NULL, 0 };
    struct lm_str *const texts[] = {
        &o->id,   &o->investigation, &o->operation, &o->agency,  &o->division,       &o->city,   &o->state,
        &o->drug, &o->form,          &o->kind,      &o->seizure, &o->profile, &o->exhibit_number, &o->cartel,
    };
    const struct lm_op_row *before = l->n != 0 ? &l->blocks[(l->n - 1) / LM_ROW_BLOCK][(l->n - 1) % LM_ROW_BLOCK].op : NULL;
    const struct lm_str *earlier[sizeof texts / sizeof texts[0]];
    for (size_t i = 0; before != NULL && i < sizeof texts / sizeof texts[0]; i++) /* the same member of the row before */
        earlier[i] = (const struct lm_str *)(const void *)((const char *)before + ((const char *)texts[i] - (const char *)o));
    bool ok = r->ref.p != NULL;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (before != NULL && lm_str_eq(*earlier[i], *texts[i])) /* most say DEA */
            *texts[i] = *earlier[i];
        else if (texts[i]->n != 0)
            *texts[i] = lm_arena_copy(l->a, *texts[i]);
        ok = ok && (texts[i]->n == 0 || texts[i]->p != NULL);
    }
    if (!ok)
        return LM_ENOMEM;
    l->pull.n = (uint32_t)++l->n;
    return LM_OK;
}
