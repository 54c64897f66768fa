/* authority.h - what the other files of the store need of the legal basis. */
#ifndef LM_STORE_AUTHORITY_H
#define LM_STORE_AUTHORITY_H

#include "store/db.h"

#define LM_ACTION_AUTHORITY_ADD "authority.add"
#define LM_ACTION_AUTHORITY_REVOKE "authority.revoke"

/* LM_ENOTFOUND with detail. */
lm_err lm_investigation_find(struct lm_store *st, struct lm_str id, int64_t *ret, struct lm_error *e);
lm_err lm_authority_find(struct lm_store *st, struct lm_arena *a, struct lm_str id, struct lm_authority *ret,
                         int64_t *ret_id, int64_t *ret_investigation, struct lm_error *e);

/* SHA-256 over everything that a person entered; it stands in the audit entry, so that verify finds a changed row. */
lm_err lm_authority_digest(const struct lm_authority *a, char ret_hex[65]);

#endif
