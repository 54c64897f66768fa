/* candidate.h - which pairs of records are worth a look: blocks of records that agree on something rare.
 *
 * Few records: all of them are one block (LM_ALL_PAIRS_MOST pairs). Else blocks of records with an equal key, one key after the
 * other. A part is a value, or a piece of one: the first or last letters of a name, half of a number, two of year, month and day, the
 * name before the '@', a rare word. Blocks that agree on one part are taken when they are small; what is too common alone goes
 * with a second part, and what is then still too common with a third. How much a key may cost is known before any pair is looked at:
 * each has its share of LM_CANDIDATES_EACH pairs for every record, and takes blocks up to the size that it can afford. Blocks that are too
 * large for all that are counted. No table of pairs. A pair may come up more than once.
 *
 * order    blocks do not depend on the order of the records; records in a block ascend
 * cost     a sort for each key: 24 bytes for each record, and 4 for each part
 * errors   LM_ENOMEM, what take returns
 * test     tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CANDIDATE_H
#define LM_RESOLVE_CANDIDATE_H

#include "resolve/record.h"

#define LM_ALL_PAIRS_MOST UINT64_C(4000000)
#define LM_CANDIDATES_EACH 60     /* pairs for each record, over all keys */
#define LM_CANDIDATES_LEAST 20000000 /* pairs that are always affordable */
#define LM_PARTS_MOST 64

struct lm_candidate_counts {
    bool all_pairs;
    uint32_t n_keys;       /* keys tried */
    uint64_t n_pairs;      /* taken, repeats included */
    uint64_t n_too_large;  /* records in blocks that stayed too large, over all keys */
    uint32_t largest;      /* records that share one value of an identifier, at most */
    uint32_t largest_field;
};

struct lm_candidates {
    const struct lm_records *records;
    bool between;     /* pairs inside a source are not looked at */
    bool blocks_only; /* never all pairs */
    uint32_t every;   /* only blocks with a record whose number this divides; 1: all */
    void *ctx;
    /* n records with an equal key; all their pairs are candidates. n = 0: all records are. */
    lm_err (*take)(void *ctx, const uint32_t *block, uint32_t n);
};

lm_err lm_candidates_run(const struct lm_candidates *c, struct lm_candidate_counts *ret);

/* All pairs that could be. */
uint64_t lm_candidates_possible(const struct lm_candidates *c);

#endif
