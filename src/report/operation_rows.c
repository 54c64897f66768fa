#include "report/operation_rows.h"

#include "rollup/row_list.h"
#include "store/op_word.h"

static lm_err take_row(void *user, const struct lm_op_row *row, struct lm_str reference)
{
    return lm_row_list_add(user, row, reference);
}

struct words {
    struct lm_arena *a;
    struct lm_rollup_word *v;
    size_t n, cap;
};

static lm_err take_word(void *user, const struct lm_op_word_row *r)
{
    struct words *w = user;
    if (r->a.n == 0 || r->b.n == 0)
        return LM_OK;
    struct lm_rollup_word *v = lm_arena_grow(w->a, w->v, w->n, &w->cap, sizeof *v);
    struct lm_rollup_word word = {
        .a = lm_arena_copy(w->a, r->a), .b = lm_arena_copy(w->a, r->b), .same = r->same,
        .because = lm_arena_printf(w->a, "judged the same by %.*s (judgement %lld): %.*s", LM_STR_ARG(lm_str_take(r->who, 60)),
                                   (long long)r->judgement, LM_STR_ARG(lm_str_take(r->reason, 160))),
    };
    if (v == NULL || word.a.p == NULL || word.b.p == NULL || word.because.p == NULL)
        return LM_ENOMEM;
    w->v = v;
    v[w->n++] = word;
    return LM_OK;
}

lm_err lm_report_rollup(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                        struct lm_rollup_options *options, struct lm_rollup *ret, bool *ret_any, struct lm_error *e)
{
    struct lm_row_list list;
    struct words words = { .a = a };
    lm_row_list_init(&list, a);
    lm_err err = lm_store_op_rows(st, f, take_row, &list, e);
    if (err == LM_OK)
        err = lm_store_op_words(st, f, take_word, &words, e);
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "out of memory");
    if (err != LM_OK)
        return err;
    options->words = words.v;
    options->n_words = words.n;
    if (ret_any != NULL)
        *ret_any = list.n != 0;
    return lm_rollup_run(a, &list.pull, options, ret, e);
}
