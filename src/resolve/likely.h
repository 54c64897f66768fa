/* likely.h - which accounts of an investigation may be one person's by what is known of them: linkage.h over names, numbers, addresses,
 * handles, ids and devices. Proposals only, with their bits for and against; nobody is joined by them.
 *
 * Numbers, ids and devices are equal or not: nobody types them, and numbers that differ in one digit are two. A field stands for up to three values of an account, in order of their keys, what it or its provider says before what others say. Values are shared in
 * families and company, so none of them counts more than its rarity in the investigation says.
 *
 * The model is learned from the investigation each time, so bits are true of what is held now. Below LM_LIKELY_LEAST accounts there is
 * nothing to learn from, and nothing is proposed.
 *
 * cost    linkage.h: about 25 CPU seconds for 100,000 accounts
 * errors  those of the store and of linkage.h
 * test    tests/unit/test_identify.c, tests/cli/person.sh
 */
#ifndef LM_RESOLVE_LIKELY_H
#define LM_RESOLVE_LIKELY_H

#include "resolve/compare.h"
#include "store/identity.h"

#define LM_LIKELY_LEAST 3u

/* Puts the pairs above the threshold, and ends those that follow no longer. (A look leaves out those that are one person's already.) */
lm_err lm_likely(struct lm_store *st, struct lm_str investigation, struct lm_identity_writer *w, uint64_t *ret_new, uint64_t *ret_ended,
                 struct lm_error *e);

struct lm_likely_field {
    struct lm_str name;   /* "name", "number 2" */
    struct lm_str a, b;   /* as one of the records writes it; empty: not known */
    const char *level;    /* "equal", …; NULL: one of them is not known */
    double bits;
};
/* Field by field; *ret_before: bits before anything is compared (that two accounts of the investigation are one at all), *ret_bits: all
 * together. LM_ENOTFOUND: nothing is known of one of them. */
lm_err lm_likely_explain(struct lm_store *st, struct lm_str investigation, int64_t a, int64_t b,
                         lm_err (*each)(void *user, const struct lm_likely_field *f), void *user, double *ret_before, double *ret_bits,
                         struct lm_error *e);

#endif
