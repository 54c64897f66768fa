/* part.h - the parts of a record that candidates are found by. Private to this folder; see candidate.h.
 * memory  4 bytes for each distinct value and sort of piece
 * test    tests/unit/test_linkage_link.c, tests/compat/linkage.sh */
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
    uint8_t table; /* fields of a group share those of their pieces */
};

struct lm_candidate_parts {
    struct lm_part part[LM_PARTS_MOST];
    uint32_t n;
    uint32_t *table[LM_PARTS_MOST]; /* [value] a hash; 0: not given */
    uint32_t n_tables;
    uint64_t *taken[LM_PARTS_MOST]; /* [part][value] bits, of a run: all pairs that agree on it were given */
    uint32_t filled[LM_PARTS_MOST], cap[LM_PARTS_MOST]; /* [table] values; those that there is room for, here and in taken */
};

/* After values were appended: their parts, which are not taken. LM_ENOMEM. */
lm_err lm_parts_extend(const struct lm_records *r, struct lm_candidate_parts *p);
/* Nothing is taken. */
void lm_parts_reset(const struct lm_records *r, struct lm_candidate_parts *p);

static inline uint32_t lm_part_key(const struct lm_candidate_parts *p, uint32_t part, const uint32_t *row)
{
    return p->table[p->part[part].table][row[p->part[part].field]];
}

static inline bool lm_part_taken(const struct lm_candidate_parts *p, uint32_t part, const uint32_t *row)
{
    uint32_t v = row[p->part[part].field];
    return (p->taken[part][v / 64] >> v % 64 & 1) != 0;
}

/* The sum of its parts: the same when fields of a group are swapped. 0: not given. */
static inline uint32_t lm_key_sum(const struct lm_candidate_parts *p, const struct lm_key *k,
                                  const uint32_t *row)
{
    uint32_t sum = 0, before = 0;
    for (uint32_t i = 0; i < k->n; i++) {
        uint32_t key = lm_part_key(p, k->part[i], row);
        if (key == 0 || key == before)
            return 0;
        sum += before = key;
    }
    return sum;
}

/* Fetches what lm_key_sum and lm_key_taken will need. */
static inline void lm_key_ahead(const struct lm_candidate_parts *p, const struct lm_key *k, const uint32_t *row)
{
    for (uint32_t i = 0; i < k->n; i++) {
        const struct lm_part *part = &p->part[k->part[i]];
        uint32_t v = row[part->field];
        __builtin_prefetch(&p->table[part->table][v]);
        __builtin_prefetch(&p->taken[k->part[i]][v / 64]);
    }
}

static inline void lm_part_take(struct lm_candidate_parts *p, uint32_t part, const uint32_t *row)
{
    uint32_t v = row[p->part[part].field];
    __atomic_fetch_or(&p->taken[part][v / 64], UINT64_C(1) << v % 64, __ATOMIC_RELAXED);
}

static inline bool lm_key_taken(const struct lm_candidate_parts *p, const struct lm_key *k,
                                const uint32_t *row)
{
    bool taken = false;
    for (uint32_t i = 0; i < k->n; i++)
        taken |= lm_part_taken(p, k->part[i], row);
    return taken;
}

#endif
