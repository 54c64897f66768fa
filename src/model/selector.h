/* selector.h - identifiers and the keys by which two spellings of one are found to be the same.
 *
 * A key is for looking up; the raw value is always kept beside it. Phone keys: E.164 from libphonenumber
 * (default region US, national and international spellings, letters refused), then the match-key layer:
 * Mexico drops the legacy 1 after 52, Argentina the 9 (and 15), Brazil the ninth digit of a mobile
 * number. Short codes stay as their digits. E-mail: trimmed, ASCII lower case (the local part too: no
 * provider in this field tells cases apart), "mailto:" dropped. Handle: without '@', NFKC, case-folded.
 *
 * threads  safe from several threads
 * cost     a phone key costs about 10 us; callers keep results of repeated values
 */
#ifndef LM_MODEL_SELECTOR_H
#define LM_MODEL_SELECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/words.h"

/* False when the text is not a phone number, e-mail or handle; *ret then untouched. Out of memory is
 * also false. *ret lives in a. */
bool lm_phone_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);
bool lm_email_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);
bool lm_handle_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);

/* The key of any identifier type: the three above, and for the others the trimmed text in lower case. */
bool lm_identifier_key(struct lm_arena *a, enum lm_identifier_type type, struct lm_str raw, struct lm_str *ret);

/* What a word typed by a person looks like: a phone (at least 7 digits and only phone punctuation), an e-mail (one '@'
 * inside), a handle ('@' first). False: an ordinary word. */
bool lm_selector_guess(struct lm_str word, enum lm_identifier_type *ret);

#endif
