/* attribution_parts.h - what the files of attribution.h share; inside src/store/ only. */
#ifndef LM_STORE_ATTRIBUTION_PARTS_H
#define LM_STORE_ATTRIBUTION_PARTS_H

#include "store/attribution.h"
#include "store/db.h"

/* Rows t with their person p, identifier i, and the source s and authority a that they point at; ?1 is the investigation. */
#define LM_ATTRIBUTION_FROM                                                                                  \
    " FROM attribution t JOIN person p ON p.id = t.person JOIN identifier i ON i.id = t.identifier"          \
    " LEFT JOIN source s ON s.id = t.source LEFT JOIN authority a ON a.id = s.authority"
#define LM_ATTRIBUTION_LIVE " (t.source IS NULL OR (a.investigation = ?1 AND a.revoked_us IS NULL))"

/* LM_ENOMEM only. */
lm_err lm_attribution_mark(const struct lm_sha256 *source, int64_t kind, int64_t a, struct lm_str name, uint64_t *ret);
/* The number in "named by N: …"; 0: none. */
uint64_t lm_attribution_devices(struct lm_str marks);

/* False when a column holds another word. */
bool lm_attribution_words(sqlite3_stmt *q, int basis, int state, enum lm_attribution_basis *ret_basis,
                          enum lm_attribution_state *ret_state);
int64_t lm_attribution_end(sqlite3_stmt *q, int i, int64_t open);
void lm_attribution_bind_window(sqlite3_stmt *q, int i, int64_t from_us, int64_t to_us);

/* Inside the caller's transaction. */
struct lm_new_person {
    struct lm_str label, pseudonym; /* pseudonym: may be empty */
    bool is_minor;
};
lm_err lm_attribution_new_person(struct lm_store *st, struct lm_str investigation, const struct lm_new_person *p, int64_t *ret,
                                 struct lm_error *e);
/* A row of standing with its entry. */
lm_err lm_attribution_standing(struct lm_store *st, int64_t investigation, int64_t person, enum lm_standing to,
                               struct lm_str reason, struct lm_error *e);

/* The row as it is now, in the chain. */
lm_err lm_attribution_entry(struct lm_store *st, int64_t id, const char *word, struct lm_error *e);

#endif
