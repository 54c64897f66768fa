/* join.h - brings the occurrences of an investigation up to date: reads the records from the store, joins them
 * (occurrence.h), writes the answer back (store/occurrence.h).
 *
 * To be called after an import, a revocation, a split. The answer is that of joining everything anew, whatever came in which
 * order (a source is known by the hash of its bytes, an account by its key). What was added since the last time is joined
 * by itself where that is the same: the ends between which a new source reports anything are joined again with all their
 * records, the offsets among the sources that were there before are taken as they are. When a new source moves them
 * against each other, when a known source has more records than before, or when an authority was revoked, everything is
 * joined anew. While an investigation has a single source nothing is read: nobody else can report its events.
 *
 * cost     in proportion to the records between the ends that the new sources report on; about 240 bytes for each of
 *          these in memory; docs/occurrences.md has figures
 * errors   the store's; LM_ELOCKED: an import is running, and does it at its end; LM_ECANCELLED
 * test     tests/unit/test_join.c, tests/cli/occurrence.sh
 */
#ifndef LM_RESOLVE_JOIN_H
#define LM_RESOLVE_JOIN_H

#include <stdatomic.h>

#include "resolve/occurrence.h"
#include "store/occurrence.h"

struct lm_joined {
    bool ran;            /* false: all was up to date */
    bool all;            /* everything was joined anew */
    uint64_t reports;    /* that take part, in the investigation */
    uint64_t read;       /* of these, how many were read now */
    uint64_t written;    /* occurrences written */
};

/* anew: everything, even when it seems up to date. cancel may be NULL. */
lm_err lm_join(struct lm_store *st, struct lm_str investigation, bool anew, const atomic_bool *cancel, struct lm_joined *ret,
               struct lm_error *e);
/* Joins everything anew in memory and compares: *ret_wrong counts occurrences that are there and do not follow from the
 * records, or follow and are not there. Nothing is written. Not called where the state is not current. */
lm_err lm_join_check(struct lm_store *st, struct lm_str investigation, uint64_t *ret_wrong, struct lm_error *e);

#endif
