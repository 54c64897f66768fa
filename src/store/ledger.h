/* ledger.h - the counts of a source as text and in the chain. */
#ifndef LM_STORE_LEDGER_H
#define LM_STORE_LEDGER_H

#include "store/db.h"

#define LM_ACTION_SOURCE "import.source"
#define LM_COUNTS_TEXT 256

void lm_counts_text(const struct lm_counts *c, char out[LM_COUNTS_TEXT]);
/* Columns kind, a, b, name from `first` on; the name is valid until the next step. */
struct lm_locator lm_db_locator(sqlite3_stmt *q, int first);

#endif
