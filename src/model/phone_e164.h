/* phone_e164.h - the functions that cross into C++ (libphonenumber); only selector.c and form_phone.c call
 * them. */
#ifndef LM_MODEL_PHONE_E164_H
#define LM_MODEL_PHONE_E164_H

#include <stdbool.h>
#include <stddef.h>

/* Writes "+13035550101" (no NUL) and returns its length; 0 when the text is not a possible number. region:
 * where a number without a country is dialled, two letters. */
size_t lm_phone_e164(const char *p, size_t n, const char *region, char *out, size_t cap);

/* What the metadata say of "+13035550101". False: nothing. */
struct lm_phone_facts {
    bool assigned;   /* in a range that is in use */
    bool local_only; /* of a length that works only inside its area */
};
bool lm_phone_facts(const char *p, size_t n, struct lm_phone_facts *ret);

#endif
