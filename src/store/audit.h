/* audit.h - the chain: entry = CBOR array [seq, time us, actor, action, object, outcome, previous hash]. */
#ifndef LM_STORE_AUDIT_H
#define LM_STORE_AUDIT_H

#include "store/db.h"

struct lm_audit_entry {
    int64_t seq, at_us;
    struct lm_str actor, action, object, outcome;
    struct lm_sha256 previous; /* all zero for the first */
};

/* Inside the caller's transaction: the entry is kept or lost together with what it records. */
lm_err lm_audit_add(struct lm_store *st, const char *action, struct lm_str object, struct lm_str outcome,
                    struct lm_error *e);

/* False when the bytes are not exactly one entry in deterministic form. Slices point into bytes. */
bool lm_audit_decode(struct lm_str bytes, struct lm_audit_entry *ret);

#endif
