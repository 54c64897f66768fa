/* fold_open.h - a fold for the tests of a file, opened before the first and given back after the last. Header only. */
#ifndef LM_TESTS_FOLD_OPEN_H
#define LM_TESTS_FOLD_OPEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/fold.h"

static struct lm_arena arena;
static struct lm_fold *fold;

static int open_fold(void **state)
{
    (void)state;
    lm_arena_init(&arena, 0);
    return lm_fold_open(&arena, &fold, NULL) == LM_OK ? 0 : -1;
}

static int close_fold(void **state)
{
    (void)state;
    lm_fold_close(fold);
    lm_arena_free(&arena);
    return 0;
}

#endif
