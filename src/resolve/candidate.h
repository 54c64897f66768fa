/* candidate.h - which pairs of records are worth a look: blocks of records that agree on something rare.
 *
 * Few records: all of their pairs (LM_ALL_PAIRS_MOST). Else blocks of records with an equal key, one key after the other. A part is
 * a value, or a piece of one: the first or last letters of a name, half of a number, two of year, month and day, the name before
 * the '@', a rare word. Blocks that agree on one part are taken when they are small; what is too common alone goes with a second
 * part, and what is then still too common with a third. How much a key may cost is known before any pair is looked at: each has its
 * share of LM_CANDIDATES_EACH pairs for every record, and takes blocks up to the size that it can afford. Blocks that are too large for all
 * that are counted. No table of pairs: whether an earlier key has given a pair already is seen from the parts of both records (a few
 * come again all the same).
 *
 * order    the same pairs for the same records; on several threads in any order
 * cost     a sort for each key; memory 24 bytes for each record, and 4 for each part
 * errors   LM_ENOMEM, LM_ECANCELLED, what look returns
 * test     tests/unit/test_linkage_link.c, tests/cli/resolve.sh, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CANDIDATE_H
#define LM_RESOLVE_CANDIDATE_H

#include "base/workers.h"
#include "resolve/record.h"

#define LM_ALL_PAIRS_MOST UINT64_C(4000000)
#define LM_CANDIDATES_EACH 60     /* pairs for each record, over all keys */
#define LM_CANDIDATES_LEAST 20000000 /* pairs that are always affordable */
#define LM_PARTS_MOST 48

struct lm_candidate_counts {
    bool all_pairs;
    uint32_t n_keys;       /* keys tried */
    uint64_t n_pairs;      /* given out */
    uint64_t n_too_large;  /* records in blocks that stayed too large, over all keys */
    uint32_t largest;      /* records that share one value of an identifier, at most */
    uint32_t largest_field;
};

struct lm_candidates {
    const struct lm_records *records;
    bool between;     /* only pairs of source 0 with source 1 */
    uint32_t every;   /* only pairs of which one has a number that this divides; 1: all */
    struct lm_workers *workers;
    const struct lm_effort *effort; /* to be cancelled by; may be NULL */
    void *ctx;
    lm_err (*look)(void *ctx, unsigned worker, uint32_t a, uint32_t b); /* a < b */
};

/* Parts of the records, made once for several runs. */
struct lm_candidate_parts;
lm_err lm_candidates_prepare(const struct lm_records *r, struct lm_candidate_parts **ret);
void lm_candidates_forget(struct lm_candidate_parts *p);

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_parts *parts, struct lm_candidate_counts *ret);

/* All pairs that could be; whether they are few enough to be all looked at. */
uint64_t lm_candidates_possible(const struct lm_records *r, bool between);

#endif
