/* ledger.h - the counts of a source as text and in the chain. */
#ifndef LM_STORE_LEDGER_H
#define LM_STORE_LEDGER_H

#include "store/db.h"

#define LM_COUNTS_TEXT 256

void lm_counts_text(const struct lm_counts *c, char out[LM_COUNTS_TEXT]);

/* What the chain says of a source that was read: its state, its counts, and the digest of its row. */
struct lm_source_words {
    char object[64];
    char outcome[LM_COUNTS_TEXT + 80];
};
lm_err lm_source_words(struct lm_store *st, int64_t source, enum lm_source_state state, const struct lm_counts *c,
                       struct lm_source_words *ret, struct lm_error *e);

/* Columns kind, a, b, name from `first` on; the name is valid until the next step. */
struct lm_locator lm_db_locator(sqlite3_stmt *q, int first);

#endif
