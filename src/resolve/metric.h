/* metric.h - how alike two short texts are. Bytes, not letters: normal forms are ASCII for the Latin scripts.
 *
 * Edits are those of the optimal string alignment (insert, delete, substitute, swap two neighbours; no part edited
 * twice), computed with bit vectors after Hyyrö 2003 ("A bit-vector algorithm for computing Levenshtein and Damerau edit
 * distances"). Jaro-Winkler after Winkler 1990: window max/2 - 1, prefix of at most 4 at 0.1 each, for any Jaro value.
 *
 * cost    lm_edits O(n); lm_jaro_winkler O(n · window), n at most LM_METRIC_MAX
 * test    tests/unit/test_linkage_metric.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_METRIC_H
#define LM_RESOLVE_METRIC_H

#include "base/str.h"

#define LM_METRIC_MAX 64 /* bytes that are compared; what stands behind is cut */

/* Edits from a to b. */
unsigned lm_edits(struct lm_str a, struct lm_str b);

/* 0 … 1; 1 for two empty texts. */
double lm_jaro_winkler(struct lm_str a, struct lm_str b);

/* A signature: which letters occur an odd number of times (26 bits), the length up to 63 (6 bits above them). One edit changes at most
 * two of the lower bits. */
#define LM_SIGNATURE_LETTERS UINT32_C(0x3ffffff)
uint32_t lm_signature(struct lm_str s);
static inline unsigned lm_signature_length(uint32_t s)
{
    return s >> 26;
}
/* Bits that are set, counted without the instruction that not every x86-64 has. */
static inline unsigned lm_bits_of(uint32_t x)
{
    x -= x >> 1 & 0x55555555u;
    x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    return (((x + (x >> 4)) & 0x0f0f0f0fu) * 0x01010101u) >> 24;
}

/* Beginnings: five bits for each of the first four bytes. */
uint32_t lm_beginning(struct lm_str s);
/* How many of the first bytes can be equal, at most. */
static inline unsigned lm_beginning_equal(uint32_t a, uint32_t b)
{
    uint32_t x = (a ^ b) & 0xfffffu;
    return x == 0 ? 4 : (unsigned)__builtin_ctz(x) / 5;
}

static inline unsigned lm_signature_distance(uint32_t a, uint32_t b)
{
    return lm_bits_of((a ^ b) & LM_SIGNATURE_LETTERS);
}

#endif
