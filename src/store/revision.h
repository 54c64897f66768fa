/* revision.h - roll-ups as they were when somebody froze them: numbered, signed, never changed.
 *
 * A revision is a document (docs/json/rollup.json) and a statement about it, line by line:
 *
 *     lastmile rollup revision 2
 *     scope: workspace            or: scope: investigation I1
 *     document sha256: …
 *     previous statement sha256: … or: none
 *     audit head before: …
 *     frozen: 2023-05-02T10:00:00Z by NAME
 *
 * The statement is signed with Ed25519 (RFC 8032; libsodium) by the workspace's own key, NAME.lastmile.d/keys/rollup.ed25519, made
 * when it is first needed and readable by its owner only. Whoever compares the public key with the one that was printed at the
 * freeze knows that the document is the one of that day. A backup has no key: what is frozen there is signed by a new one.
 * Numbers run from 1 in each scope.
 *
 * errors    those of store.h; LM_EDAMAGED: the key file is not a key
 * test      tests/cli/rollup_revision.sh
 */
#ifndef LM_STORE_REVISION_H
#define LM_STORE_REVISION_H

#include "store/store.h"

struct lm_revision {
    int64_t number, frozen_us;
    struct lm_str by, document, statement;
    char sha256[65], public_key[65], signature[129]; /* hex */
    bool sound; /* the document has the hash that the statement names, and the signature is the key's */
};

/* f->investigation empty: the whole workspace. */
lm_err lm_store_freeze(struct lm_store *st, const struct lm_filter *f, struct lm_str document, int64_t *ret_number,
                       struct lm_error *e);
/* In order of number; document is empty. */
lm_err lm_store_revisions(struct lm_store *st, const struct lm_filter *f,
                          lm_err (*each)(void *user, const struct lm_revision *r), void *user, struct lm_error *e);
/* number 0: the newest. Slices live in a. LM_ENOTFOUND. */
lm_err lm_store_revision(struct lm_store *st, const struct lm_filter *f, int64_t number, struct lm_arena *a,
                         struct lm_revision *ret, struct lm_error *e);

#endif
