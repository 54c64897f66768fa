/* month_words.h - a moment that a page writes for people, with the month as a word: "22 de septiembre de 2017, 6:33 p. m.".
 *
 * Languages: English, Spanish, Portuguese, French, German, Italian, Dutch, Polish, Turkish, Indonesian, Russian, by their words for months; and
 * "2017年9月22日 下午6:33", "2017년 9월 22일 오후 6:33". Read only when nothing in it is open: one word for a month (or several that mean the same one), one year of four
 * figures, one day, one time of day, and behind the time nothing but what is known (am, pm, a zone in figures, a small word between).
 * "mar" is March in four languages and Tuesday in three: with another month beside it the moment is open.
 *
 * The wall clock is kept as local time, unless "UTC-06", "GMT+2" or the like stands behind it.
 *
 * test  tests/unit/test_month_words.c
 */
#ifndef LM_READERS_SHARED_MONTH_WORDS_H
#define LM_READERS_SHARED_MONTH_WORDS_H

#include "base/str.h"
#include "model/when.h"

/* False: it is not clear. */
bool lm_month_words(struct lm_str s, struct lm_when *ret);

#endif
