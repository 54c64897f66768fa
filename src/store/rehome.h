/* rehome.h - records of a revoked authority that another one covers as well.
 *
 * When evidence is imported under A1 and again under A2, the second reading leaves duplicates that point at the records
 * of the first. Once A1 is revoked those records are hidden; what A2 covers has to stay in sight. So every record of
 * A1 with a duplicate under a live authority of the same investigation is kept once more, under that authority: with
 * the place, the source and the exhibit that the duplicate names, as if the evidence had been imported under A2 again. It
 * goes through the import itself (import.h), in the transaction that revokes: batches, digests, ledger, contacts and
 * the chain know it like any other import. The old rows stay as they are, under A1.
 *
 * Same bytes, same place: everything that the record says is carried on, with what review found about it. Same message
 * id, leg and time in other bytes: only what those bytes were seen to say (import_twin.c): text and figures, the ends of
 * a direct message, the sender of a group's; where they did not say the same, nothing is, and the new source has a
 * problem that says how many records have to be imported again.
 *
 * test       tests/unit/test_store_revoke.c
 */
#ifndef LM_STORE_REHOME_H
#define LM_STORE_REHOME_H

#include "store/db.h"

/* authority and code: the one that was just revoked. Inside the caller's transaction; the caller holds the import lock.
 * Writes an audit entry when there was anything to do. */
lm_err lm_rehome(struct lm_store *st, int64_t authority, struct lm_str code, int64_t investigation,
                 struct lm_error *e);

#endif
