/* likeness.h - the level at which two different values of a kind of field agree. Private to this folder; levels are in compare.h.
 * test  tests/unit/test_linkage_value.c, tests/compat/linkage.sh */
#ifndef LM_RESOLVE_LIKENESS_H
#define LM_RESOLVE_LIKENESS_H

#include "resolve/compare.h"

struct lm_likeness {
    uint8_t level;
    uint32_t word; /* PART: the rarest word (or the domain) that both have; 0: none */
};

/* x and y are different values, both given. */
struct lm_likeness lm_likeness_of(enum lm_field_kind kind, const struct lm_values *values, uint32_t x, uint32_t y);

/* What the signatures of two values (value.h) still allow; a level may be set in vain, never missing. */
struct lm_possible {
    unsigned levels; /* bit set */
    uint32_t word;   /* what PART can share */
};
struct lm_possible lm_levels_possible(enum lm_field_kind kind, const struct lm_values *values, uint32_t x, uint32_t y);
/* The levels for values of one word, by the lower halves alone. */
unsigned lm_levels_possible_alone(enum lm_field_kind kind, uint32_t x, uint32_t y);

#endif
