/* candidate.h - which pairs of records are worth a look: blocks of records that agree on something rare.
 *
 * Few records: all of them are one block (LM_ALL_PAIRS_MOST pairs). Else blocks of records with an equal key, one key after the
 * other: a value, a part of a value (the first letters of a name, half of a number, the month and day of a date, a rare word of a
 * text), and two of these together where one alone is shared by too many. What a key costs is known before any pair is looked
 * at; blocks above the size that a key can afford are split by a third part, or counted as too large. No table of pairs.
 *
 * order    blocks do not depend on the order of the records; records in a block ascend
 * errors   LM_ENOMEM, what take returns
 * test     tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CANDIDATE_H
#define LM_RESOLVE_CANDIDATE_H

#include "resolve/record.h"

#define LM_ALL_PAIRS_MOST UINT64_C(64000000)

struct lm_candidate_counts {
    bool all_pairs;
    uint32_t n_keys;       /* kinds of keys used */
    uint64_t n_pairs;      /* looked at, repeats included */
    uint64_t n_too_large;  /* records in blocks that were too large to be split */
    uint32_t largest;      /* records that share one value of a field, at most */
    uint32_t largest_field;
};

struct lm_candidates {
    const struct lm_records *records;
    bool between;     /* pairs inside a source are not looked at */
    bool blocks_only;
    void *ctx;
    /* n records with an equal key; all their pairs are candidates. n = 0: all records are. */
    lm_err (*take)(void *ctx, const uint32_t *block, uint32_t n);
};

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_counts *ret);

#endif
