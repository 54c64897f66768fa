/* address.h - a postal address of the United States in its parts, whatever their order.
 *
 * USPS Publication 28: number, pre-directional, street, suffix, post-directional, unit; city, state, ZIP
 * Code; P.O. boxes. Words are brought to the standard abbreviations ("North" → n, "Avenue" → ave, "Apartment"
 * → apt, "Colorado" → co), lower case, Latin letters.
 *
 *   "123 North Main St., Apt 4, Denver, CO 80202-1234"    "Denver, Colorado 80202; 123 N. Main Street #4"
 *
 * Commas help and are not needed: without them the suffix ends the street. Where it does not ("123 Broadway
 * Denver CO") one word is taken for the street and LM_ADDRESS_SPLIT_UNKNOWN set. Addresses of other countries
 * give what can be told (number, words, city); nothing is looked up: an address that does not exist looks
 * like one that does.
 *
 * memory  slices into the caller's buffer, or static words; LM_ADDRESS_BYTES are enough, longer text is cut
 * cost    about 1 us
 * test    tests/unit/test_address.c; fuzz/fuzz_identity_forms.c
 */
#ifndef LM_MODEL_ADDRESS_H
#define LM_MODEL_ADDRESS_H

#include "model/fold.h"

#define LM_ADDRESS_BYTES ((size_t)512)

enum {
    LM_ADDRESS_SPLIT_UNKNOWN = 1 << 0,
    LM_ADDRESS_CUT = 1 << 1,
};

struct lm_address {
    struct lm_str number, predir, street, suffix, postdir; /* "123", "n", "main", "st", "" */
    struct lm_str unit_kind, unit;                         /* "apt", "4"; "#4" has no kind */
    struct lm_str box;                                     /* P.O. box or box of a rural route */
    struct lm_str city, state, zip, zip4;                  /* "denver", "co", "80202", "1234" */
    unsigned flags;
};

/* False when neither a street, a box, a city nor a ZIP is there. */
bool lm_address_parse(struct lm_fold *f, struct lm_str raw, char *buf, size_t cap, struct lm_address *ret);

/* Columns that say what they hold: `street` is the delivery line; city, state and zip are taken as they are.
 */
struct lm_address_columns {
    struct lm_str street, unit, city, state, zip;
};
bool lm_address_from_columns(struct lm_fold *f, const struct lm_address_columns *c, char *buf, size_t cap,
                             struct lm_address *ret);

/* At most cap bytes at out, no NUL. Key: every part but unit_kind and zip4. Wide key: number, street and ZIP,
 * or city where there is no ZIP; or the box in the place of the first two. Text: one line for people. */
size_t lm_address_key(const struct lm_address *d, char *out, size_t cap);
size_t lm_address_wide_key(const struct lm_address *d, char *out, size_t cap);
size_t lm_address_text(const struct lm_address *d, char *out, size_t cap);

#endif
