/* put.h - text into room that the caller gave: what does not fit is cut, nothing is allocated. Header only; for keys and texts of names
 * and addresses.
 * test  tests/unit/test_name.c, tests/unit/test_address.c */
#ifndef LM_MODEL_PUT_H
#define LM_MODEL_PUT_H

#include "base/str.h"

struct lm_put {
    char *p;
    size_t n, cap;
};

static inline void lm_put(struct lm_put *o, struct lm_str s)
{
    size_t n = s.n < o->cap - o->n ? s.n : o->cap - o->n;
    if (n != 0)
        memcpy(o->p + o->n, s.p, n);
    o->n += n;
}

#endif
