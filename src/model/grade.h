/* grade.h - what a source and its information are worth, in the scheme of whoever says so; never converted.
 *
 *   admiralty  A-F (source; E unreliable, F cannot be judged), 1-6 (information)                      "admiralty:B2"
 *   5x5x5      A-E (source; E untested), 1-5 (information), then 1-5 (handling) where it is given     "5x5x5:B21"
 *   3x5x2      1-3 (source), A-E (information), then P or C (handling) where it is given              "3x5x2:1BP"
 *   4x4        A, B, C or X (source), 1-4 (information)                                               "4x4:A1"
 *
 * test  tests/unit/test_attribute.c
 */
#ifndef LM_MODEL_GRADE_H
#define LM_MODEL_GRADE_H

#include "base/err.h"
#include "base/str.h"

#define LM_GRADE_VALUE 4

struct lm_grade {
    const char *scheme; /* static text; NULL: none */
    char value[LM_GRADE_VALUE]; /* "B2", upper case */
};

/* "SCHEME:VALUE", case does not matter. LM_EUSAGE with a hint that says what is known; *ret then untouched. */
lm_err lm_grade_parse(struct lm_str text, struct lm_grade *ret, struct lm_error *e);

#endif
