/* address_words.h - the words of a U.S. postal address and their standard abbreviations; address.c asks,
 * nobody else.
 *
 * source  USPS Publication 28, "Postal Addressing Standards": appendix B (states), C1 (street suffixes), C2
 * (secondary units), section 233 (directionals). Public domain; words that appendix C1 lists as variants are
 * mapped to its standard abbreviation. test    tests/unit/test_address.c
 */
#ifndef LM_MODEL_ADDRESS_WORDS_H
#define LM_MODEL_ADDRESS_WORDS_H

#include "base/str.h"

enum lm_address_word { /* in the order of the table */
                       LM_ADDRESS_COUNTRY,
                       LM_ADDRESS_DIRECTION,
                       LM_ADDRESS_ORDINAL,
                       LM_ADDRESS_STATE,
                       LM_ADDRESS_SUFFIX,
                       LM_ADDRESS_UNIT,
};

/* The standard abbreviation, lower case, static; p = NULL when the word is not of this kind. Words may have
 * spaces ("new mexico"). */
struct lm_str lm_address_word(struct lm_str text, enum lm_address_word kind);

/* The table, for tests. */
size_t lm_address_words(size_t i, struct lm_str *ret_text, enum lm_address_word *ret_kind);

#endif
