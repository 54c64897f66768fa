/* phone_e164.h - the one function that crosses into C++ (libphonenumber); only selector.c calls it. */
#ifndef LM_MODEL_PHONE_E164_H
#define LM_MODEL_PHONE_E164_H

#include <stddef.h>

/* Writes "+13035550101" (no NUL) and returns its length; 0 when the text is not a possible number. */
size_t lm_phone_e164(const char *p, size_t n, char *out, size_t cap);

#endif
