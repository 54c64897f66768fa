/* selector.h - identifiers and the keys by which two spellings of one are found to be the same.
 *
 * A key is for looking up; the raw value is always kept beside it. Phone keys: E.164 from libphonenumber
 * (default region US, national and international spellings, letters refused), then the match-key layer:
 * Mexico drops the legacy 1 after 52, Argentina the 9 (and 15), Brazil the ninth digit of a mobile
 * number. Short codes stay as their digits. E-mail: trimmed, ASCII lower case (the local part too: no
 * provider in this field tells cases apart), "mailto:" dropped. Handle: without '@', NFKC, case-folded.
 *
 * These keys are stored (table identifier) and so never change for a text that had one: docs/decisions/0080-normal-forms.md.
 * What else is known of an identifier, and the keys for comparing persons, are the forms of form.h; lm_form_of_identifier
 * is the way from a stored type to them.
 *
 * threads  safe from several threads
 * cost     a phone key costs about 10 us, a North American one 0.1 us; callers keep results of repeated values
 * test     tests/unit/test_selector.c
 */
#ifndef LM_MODEL_SELECTOR_H
#define LM_MODEL_SELECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/form.h"
#include "model/words.h"

/* False when the text is not a phone number, e-mail or handle; *ret then untouched. Out of memory is
 * also false. *ret lives in a. */
bool lm_phone_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);
bool lm_email_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);
bool lm_handle_key(struct lm_arena *a, struct lm_str raw, struct lm_str *ret);

/* The number behind a phone key, before the match-key layer: E.164, or the digits of a short code. region: where a number without a
 * country is dialled. False as above; out and *ret_n then hold nothing. */
#define LM_PHONE_NUMBER 32
bool lm_phone_number(struct lm_str raw, const char *region, char out[LM_PHONE_NUMBER], size_t *ret_n);
/* The match-key layer alone, in place: n bytes of E.164 become the ones returned. */
size_t lm_phone_match_key(char *p, size_t n);

/* The normal form of an identifier of a stored type; c->platform says whose handle or account id it is. f may be NULL (form.h). */
lm_err lm_form_of_identifier(struct lm_arena *a, struct lm_fold *f, const struct lm_form_context *c,
                             enum lm_identifier_type type, struct lm_str raw, struct lm_form *ret);

/* The key of any identifier type: the three above, and for the others the trimmed text in lower case. */
bool lm_identifier_key(struct lm_arena *a, enum lm_identifier_type type, struct lm_str raw, struct lm_str *ret);

/* What a word typed by a person looks like: a phone (at least 7 digits and only phone punctuation), an e-mail (one '@'
 * inside), a handle ('@' first). False: an ordinary word. */
bool lm_selector_guess(struct lm_str word, enum lm_identifier_type *ret);

#endif
