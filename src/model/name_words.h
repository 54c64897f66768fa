/* name_words.h - words by which a name can be taken apart.
 *
 * sources  generational suffixes, titles, particles and placeholder words ("FNU", "LNU") as U.S.
 * law-enforcement and court records write them; surnames with mostly Hispanic or mostly Asian bearers: U.S.
 * Census Bureau, Frequently Occurring Surnames from the 2010 Census (public domain), the frequent ones
 * without those that are common given or English names. cost     one binary search in a table of less than
 * 400 words test     tests/unit/test_name.c (sorted); tests/compat/test_identity_forms.c (each surname is in
 * the Census list)
 */
#ifndef LM_MODEL_NAME_WORDS_H
#define LM_MODEL_NAME_WORDS_H

#include "base/str.h"

enum {
    LM_WORD_SUFFIX = 1 << 0,
    LM_WORD_DEGREE = 1 << 1,
    LM_WORD_TITLE = 1 << 2,
    LM_WORD_PARTICLE = 1 << 3,
    LM_WORD_PORTUGUESE = 1 << 4, /* particle of a Portuguese surname: the last surname is the father's */
    LM_WORD_MARIAN = 1 << 5,     /* "María del Carmen": what follows with "de" is still a given name */
    LM_WORD_ABD = 1 << 6,        /* "Abd al-Rahman" is one name */
    LM_WORD_PLACEHOLDER = 1 << 7,
    LM_WORD_ORGANISATION = 1 << 8,
    LM_WORD_SPANISH = 1 << 9, /* surname */
    LM_WORD_ASIAN = 1 << 10,  /* surname that stands first in its own country */
};

/* Bits of a core (folded), 0 for any other word. "-ez" of five letters or more is Spanish (patronymic). */
unsigned lm_name_word(struct lm_str word);

/* "mc" + "donald" is one word; "o" + "brien" and "mac" + "neil" only where surnames stand: they may be initials or names. */
bool lm_name_joins(struct lm_str word, bool surname);

/* The table, for tests. Returns how many there are; word i into ret. */
size_t lm_name_words(size_t i, struct lm_str *ret, unsigned *ret_bits);

#endif
