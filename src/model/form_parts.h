/* form_parts.h - what the parsers of form.h share; only form.c and form_*.c include it.
 *
 * A parser fills f->ret, which begins as {kind, raw, VALID}; c->raw is trimmed. False: out of memory.
 * test  tests/unit/test_form.c
 */
#ifndef LM_MODEL_FORM_PARTS_H
#define LM_MODEL_FORM_PARTS_H

#include "model/form.h"

struct lm_form_work {
    struct lm_arena *a;
    struct lm_fold *fold;
    const struct lm_form_context *context;
    struct lm_str raw; /* trimmed, without the label in front ("IMEI: ") where the kind has one */
    struct lm_form *ret;
};

/* Always true, so that a parser can return them. The first doubt stays; a refusal takes keys away. */
bool lm_form_doubt(struct lm_form_work *w, enum lm_form_reason r);
bool lm_form_refuse(struct lm_form_work *w, enum lm_form_reason r);

/* Copies into the arena; p = NULL when there is no memory. */
struct lm_str lm_form_lower(struct lm_arena *a, struct lm_str s);
struct lm_str lm_form_upper(struct lm_arena *a, struct lm_str s);

/* ASCII letters and digits of s into out; false when there are more than cap, or when anything else than "
 * -./:_" and no-break spaces stands between them. */
bool lm_form_alnum(struct lm_str s, char *out, size_t cap, size_t *ret_n);
bool lm_form_all_digits(const char *p, size_t n);
bool lm_form_all_hex(const char *p, size_t n);
/* One and the same digit, or digits that count up: what people type to get on. */
bool lm_form_run_of_digits(const char *p, size_t n);
/* Luhn over n digits, the last one being the check digit (ISO/IEC 7812-1 annex B); base 10 or 16. */
bool lm_form_luhn(const char *p, size_t n, unsigned base);
/* A number that a spreadsheet has rounded: "3.53919E+14". */
bool lm_form_rounded(struct lm_str s);
/* RFC 9562 text, 8-4-4-4-12 or 32 digits, braces allowed; lower case with hyphens into out. */
bool lm_form_uuid(struct lm_str s, char out[36]);

/* latin and skeleton of text, where wished. */
bool lm_form_letters(struct lm_form_work *w, struct lm_str text, bool skeleton);

bool lm_form_phone(struct lm_form_work *w);
bool lm_form_email(struct lm_form_work *w);
bool lm_form_handle(struct lm_form_work *w);
bool lm_form_account_id(struct lm_form_work *w);
bool lm_form_device(struct lm_form_work *w); /* device and each kind of it */
bool lm_form_ip(struct lm_form_work *w);
bool lm_form_payment(struct lm_form_work *w); /* payment, cashtag, venmo, coin */
bool lm_form_plate(struct lm_form_work *w);
bool lm_form_vin(struct lm_form_work *w);

#endif
