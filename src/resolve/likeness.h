/* likeness.h - the level at which two different values of a kind of field agree. Private to this folder; levels are in compare.h.
 * test  tests/unit/test_linkage_value.c, tests/compat/linkage.sh */
#ifndef LM_RESOLVE_LIKENESS_H
#define LM_RESOLVE_LIKENESS_H

#include "resolve/compare.h"
#include "resolve/metric.h"

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
struct lm_possible lm_levels_possible(enum lm_field_kind kind, const struct lm_values *values, uint32_t x,
                                      uint32_t y);
/* The same by what a row says alone, without a look at the words. *ret_unsure: not without one. */
struct lm_possible lm_levels_in_rows(enum lm_field_kind kind, const struct lm_cell *x,
                                     const struct lm_cell *y, bool *ret_unsure);

/* The levels that two single words may have, by place: how long the longer is, by how much, the distance of
 * their signatures, and how many of their first bytes can be equal. */
#define LM_PLACE_LENGTHS 16
#define LM_PLACE_GAPS 8
#define LM_PLACE_DISTANCES 16
#define LM_PLACES (LM_PLACE_LENGTHS * LM_PLACE_GAPS * LM_PLACE_DISTANCES * 5)
void lm_word_places(uint16_t levels[LM_PLACES]);
/* LM_PLACES: none, they are too long. */
static inline uint32_t lm_word_place(const struct lm_cell *x, const struct lm_cell *y)
{
    uint32_t sx = (uint32_t)x->sign, sy = (uint32_t)y->sign;
    unsigned a = lm_signature_length(sx), b = lm_signature_length(sy), d = lm_signature_distance(sx, sy);
    unsigned longer = a > b ? a : b, gap = a > b ? a - b : b - a,
             prefix = lm_beginning_equal(x->rest, y->rest);
    if (longer >= LM_PLACE_LENGTHS || gap >= LM_PLACE_GAPS)
        return LM_PLACES;
    d = d < LM_PLACE_DISTANCES ? d : LM_PLACE_DISTANCES - 1;
    return ((prefix * LM_PLACE_LENGTHS + longer) * LM_PLACE_GAPS + gap) * LM_PLACE_DISTANCES + d;
}

#endif
