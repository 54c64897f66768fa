/* part.h - the parts of a record that candidates are found by. Private to this folder; see candidate.h.
 * test  tests/unit/test_linkage_link.c, tests/compat/linkage.sh */
#ifndef LM_RESOLVE_PART_H
#define LM_RESOLVE_PART_H

#include "resolve/candidate.h"

enum lm_piece {
    LM_PIECE_WHOLE,
    LM_PIECE_HEAD,   /* names, words: the first letters; codes: the first half; e-mail: before the '@' */
    LM_PIECE_TAIL,
    LM_PIECE_YEAR_MONTH,
    LM_PIECE_MONTH_DAY,
    LM_PIECE_YEAR_DAY,
    LM_PIECE_WORD,   /* + k: of several words the k-th; text: the k-th rarest */
};
#define LM_PIECE_WORDS 4

struct lm_part {
    uint8_t field, piece;
    float holds;     /* how often it is equal in pairs of one person, roughly */
    double alike;    /* chance that two records have the same */
};

/* The parts that these fields have. */
uint32_t lm_parts_of(const struct lm_records *r, struct lm_part parts[LM_PARTS_MOST]);
/* The keys of a part, for all records, to keys[0], keys[stride], …: a hash; 0: not given. LM_ENOMEM. */
lm_err lm_part_keys(const struct lm_records *r, const struct lm_part *p, uint32_t *keys, uint32_t stride);

#endif
