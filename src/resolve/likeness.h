/* likeness.h - the level at which two different values of a kind of field agree. Private to this folder; levels are in compare.h.
 * test  tests/unit/test_compare.c */
#ifndef LM_RESOLVE_LIKENESS_H
#define LM_RESOLVE_LIKENESS_H

#include "resolve/compare.h"

struct lm_likeness {
    uint8_t level;
    uint32_t word; /* PART: the rarest word (or the domain) that both have; 0: none */
};

/* x and y are different values, both given. */
struct lm_likeness lm_likeness_of(enum lm_field_kind kind, const struct lm_values *values, uint32_t x, uint32_t y);

/* The levels that two signatures (value.h) still allow, as a bit set; a level may be set in vain, never missing. For values of one word,
 * and kinds without words, it depends on both lengths and the distance only. */
unsigned lm_levels_possible(enum lm_field_kind kind, uint64_t x, uint64_t y);

#endif
