/* candidate.h - which pairs of records are worth a look: blocks of records that agree on something rare.
 *
 * Few records: all of their pairs (LM_ALL_PAIRS_MOST). Else blocks of records with an equal key, one key
 * after the other. A key is up to three parts of different fields. A part is a value, or a piece of one: the
 * first or last letters of a name, half of a number, two of year, month and day, the name before the '@', a
 * rare word. Which keys are tried is learned (choose.h): those that find the pairs that are known to be
 * likely, until hardly one is left that no key finds. What a key may cost is known before any pair is looked
 * at: each has LM_CANDIDATES_EACH pairs for every record, and takes blocks up to the size that it can afford.
 * Records whose block of a single part was taken take part in no other key with that part. No table of pairs:
 * signatures (compare.h) drop what cannot reach the floor, and of the rest it is seen from the parts of both
 * records whether an earlier key has given it already (a few come again all the same).
 *
 * order    the same pairs for the same records; on several threads in any order
 * cost     a sort for each key; memory 20 bytes for each record, and part.h's
 * errors   LM_ENOMEM, LM_ECANCELLED, what look returns
 * test     tests/unit/test_linkage_link.c, tests/cli/resolve.sh, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CANDIDATE_H
#define LM_RESOLVE_CANDIDATE_H

#include "base/workers.h"
#include "resolve/compare.h"

#define LM_ALL_PAIRS_MOST UINT64_C(4000000)
#define LM_CANDIDATES_EACH 1       /* pairs for each record and key */
#define LM_CANDIDATES_LEAST 200000 /* pairs of a key that are always affordable */
#define LM_KEYS_MOST 96
#define LM_PARTS_MOST 48

#define LM_KEY_PARTS 3
#define LM_BLOCK_MOST 2000u /* records of a block that is taken */

/* Records that agree on all of a few parts, each of a field of its own, make a block. */
struct lm_key {
    uint8_t part[LM_KEY_PARTS], n;
};

struct lm_candidate_counts {
    bool all_pairs;
    uint32_t n_keys;      /* keys tried, */
    struct lm_key keys[LM_KEYS_MOST];
    uint32_t most[LM_KEYS_MOST]; /* and the size of a block up to which each took them */
    uint64_t n_pairs;     /* pairs looked at, some of them more than once */
    uint64_t n_too_large; /* records in blocks that stayed too large, over all keys of three parts */
    uint32_t largest;     /* records that share one value of an identifier, at most */
    uint32_t largest_field;
};

struct lm_candidates {
    const struct lm_records *records;
    bool between;                      /* only pairs of source 0 with source 1 */
    uint32_t every[2];                 /* by source: only records with a number that this divides; 1: all */
    const uint32_t *known_a, *known_b; /* pairs that are likely one person */
    uint32_t n_known;
    struct lm_workers *workers;
    const struct lm_effort *effort;       /* to be cancelled by; may be NULL */
    struct lm_comparer *const *comparers; /* [worker] */
    float floor;                          /* bits that a pair must be able to reach */
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
