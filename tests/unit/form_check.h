/* form_check.h - asks for a normal form and compares it with what is expected. Header only. */
#ifndef LM_TESTS_FORM_CHECK_H
#define LM_TESTS_FORM_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/form.h"

struct form_check {
    struct lm_arena arena;
    struct lm_fold *fold;
    struct lm_form_context context;
};

static struct form_check form_check;

static int form_check_open(void **state)
{
    (void)state;
    lm_arena_init(&form_check.arena, 0);
    form_check.context = LM_FORM_CONTEXT_NONE;
    return lm_fold_open(&form_check.arena, &form_check.fold, NULL) == LM_OK ? 0 : -1;
}

static int form_check_close(void **state)
{
    (void)state;
    lm_fold_close(form_check.fold);
    lm_arena_free(&form_check.arena);
    return 0;
}

static inline struct lm_form form_of(enum lm_form_kind kind, const char *raw)
{
    struct lm_form f;
    assert_int_equal(
        lm_form_of(&form_check.arena, form_check.fold, &form_check.context, kind, lm_str(raw), &f), LM_OK);
    if (f.standing == LM_FORM_REFUSED)
        assert_true(f.key.n == 0 && f.wide.n == 0 && f.normal.n == 0 && f.latin.n == 0 && f.skeleton.n == 0);
    assert_true((f.standing == LM_FORM_VALID) == (f.reason == LM_FORM_REASON_NONE));
    return f;
}

/* The key and why it is doubted (NONE: valid). */
static inline struct lm_form form_is(enum lm_form_kind kind, const char *raw, const char *key,
                                     enum lm_form_reason reason)
{
    struct lm_form f = form_of(kind, raw);
    if (f.standing == LM_FORM_REFUSED || f.reason != reason || !lm_str_eq(f.key, lm_str(key)))
        fail_msg("%s: key '%.*s' standing %d, %s; not '%s', %s", raw, LM_STR_ARG(f.key), (int)f.standing,
                 lm_form_reason_word(f.reason), key, lm_form_reason_word(reason));
    return f;
}

static inline void form_refused(enum lm_form_kind kind, const char *raw, enum lm_form_reason reason)
{
    struct lm_form f = form_of(kind, raw);
    if (f.standing != LM_FORM_REFUSED || f.reason != reason)
        fail_msg("%s: key '%.*s' standing %d, %s; not refused, %s", raw, LM_STR_ARG(f.key), (int)f.standing,
                 lm_form_reason_word(f.reason), lm_form_reason_word(reason));
}

static inline void text_is(struct lm_str got, const char *want)
{
    if (!lm_str_eq(got, lm_str(want)))
        fail_msg("'%.*s', not '%s'", LM_STR_ARG(got), want);
}

#endif
