/* op_row.h - the agency's own rows: how each is called, and a person's word about two of them.
 *
 * A row is called by its file and its place in it, "seizures.csv row 7 (byte 572)"; a further file of the same name adds the
 * beginning of its SHA-256: "seizures.csv @1f2e3d4c row 7 (byte 572)". A word is kept by the whole hash and the place.
 *
 * errors    those of store.h
 * test      tests/cli/rollup_judge.sh
 */
#ifndef LM_STORE_OP_ROW_H
#define LM_STORE_OP_ROW_H

#include "store/anchor.h"
#include "store/authority.h"
#include "store/ledger.h"
#include "store/look.h"
#include "store/op_word.h"

#define LM_OP_REF (LM_LOCATOR_TEXT + 1024)

#endif
