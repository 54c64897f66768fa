/* compare.h - how two values of a field agree, and what the pair of records is worth, in bits.
 *
 * Agreement comes in levels. For each level of each field the model (weight.h) has m, the share of pairs of one person that agree so,
 * and u, the share of pairs of different persons; the field is worth log2(m / u) bits. When the values are equal, u is the frequency of
 * that value: an exact "Garcia" is worth little, a rare name much. When they are nearly equal, the more frequent of both counts beside u.
 * A value that is not given is worth 0 bits.
 *
 * levels   equal · one slip (an edit; a rare spelling beside it, or two that are both common) · near (two edits, Jaro-Winkler from
 *          .92, or a given name beside its usual short form: name.h) · part (the words of one are among those of the other; u is the frequency of what is shared) · initial · loose (Jaro-Winkler
 *          from .82) · different. Several words are compared word by word, the worst word counts: "García López" is far from
 *          "García Gómez". Text: by the share of words in common, each weighed by its rarity. Dates: which parts agree.
 * few      Fields with a few values only have odds for each two of them (category.h).
 * swapped  Fields of one group are also compared crosswise; the best arrangement counts, at the price of its rarity.
 * bound    Before any metric is computed, signatures (metric.h) bound what a pair can be worth; below the floor it is dropped. Records
 *          of a block are laid out in rows first, so that a pair costs no look into the tables of values.
 * cached   A metric is computed once for each two values (as long as they stay in the cache).
 *
 * threads  a comparer is one thread's own; records and model are shared and not changed
 * test     tests/unit/test_linkage_compare.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_COMPARE_H
#define LM_RESOLVE_COMPARE_H

#include "resolve/category.h"

enum lm_level {
    LM_LEVEL_EQUAL,
    LM_LEVEL_SLIP_RARE,  /* dates: day and month swapped. text: nearly all words */
    LM_LEVEL_SLIP,       /* dates: one digit. e-mail: up to two edits */
    LM_LEVEL_NEAR_RARE,  /* dates: month and day. e-mail: the same name at another provider */
    LM_LEVEL_NEAR,       /* dates: year and one of the others */
    LM_LEVEL_PART,       /* dates: two digits. e-mail: the same domain */
    LM_LEVEL_INITIAL,    /* dates: the year */
    LM_LEVEL_LOOSE,
    LM_LEVEL_DIFFERENT,
    LM_LEVELS,
    LM_LEVEL_NOT_GIVEN = LM_LEVELS,
};
/* "equal", "day and month swapped", … */
const char *lm_level_name(enum lm_field_kind kind, enum lm_level level);

#define LM_FOLLOWS_NONE 0xff

/* What weight.h learns and the comparison uses. Indexes: field, level. */
struct lm_model {
    double m[LM_FIELDS_MOST][LM_LEVELS], u[LM_FIELDS_MOST][LM_LEVELS];
    uint32_t *holders[LM_FIELDS_MOST]; /* [field][value]: persons that have it, as far as known */
    double persons[LM_FIELDS_MOST];    /* among whom they are counted */
    double unseen[LM_FIELDS_MOST];     /* how many more have a value that nobody else was seen with (Good-Turing) */
    double swapped[LM_FIELDS_MOST];    /* by group: share of pairs of one person with these fields swapped */
    bool between;                      /* only pairs of source 0 with source 1 */
    double pairs, matches;             /* all pairs that could be; those of one person among them */
    uint32_t related;                  /* fields that related pairs share, as bits; 0: no such kind of pair (related.h) */
    double related_pairs;
    uint8_t follows[LM_FIELDS_MOST];   /* the field that it follows from, or LM_FOLLOWS_NONE (follow.h) */
    double u_following[LM_FIELDS_MOST][LM_LEVELS]; /* u of a level is at least this when that field is equal */
    /* derived by lm_model_ready */
    float prior_bits;                  /* log2 of the odds before anything is compared */
    float related_bits;                /* the same for related pairs */
    float log_m[LM_FIELDS_MOST][LM_LEVELS];
    float log_u_different[LM_FIELDS_MOST];
    float following_bits[LM_FIELDS_MOST][LM_LEVELS]; /* the most that a level is worth when the field follows */
    float swap_bits[LM_FIELDS_MOST];
    float *equal_bits[LM_FIELDS_MOST]; /* [field][value] */
    float best[LM_FIELDS_MOST];        /* the most that the field can be worth */
    float best_of[LM_FIELDS_MOST][1 << LM_LEVELS]; /* the most that one of a set of levels, but EQUAL, can be worth */
    struct lm_category *category[LM_FIELDS_MOST]; /* NULL, or what counts instead of the levels (category.h) */
};

struct lm_comparer;
lm_err lm_comparer_open(const struct lm_records *r, const struct lm_model *model, struct lm_comparer **ret);
void lm_comparer_close(struct lm_comparer *c);

/* One field of a pair. */
struct lm_agreement {
    uint8_t level; /* enum lm_level, or LM_LEVEL_NOT_GIVEN */
    uint8_t with;  /* the field of the other record that it was compared with */
    float share;   /* frequency of what agrees: lm_model_u */
    float bits;
};

/* u for an agreement: the share itself when values, words or domains are equal, else that of the level with the share beside it. */
double lm_model_u(const struct lm_model *m, enum lm_field_kind kind, uint32_t field, const struct lm_agreement *g);

/* log2 of the odds that a and b are one: prior, all fields, and what related pairs have in common taken off. parts: NULL, or n_fields of them, for the fields of a. */
float lm_pair_bits(struct lm_comparer *c, uint32_t a, uint32_t b, struct lm_agreement *parts);

/* What field f is worth beside the other fields of the pair: less than g.bits when it follows from one that
 * is equal. */
static inline float lm_following_bits(const struct lm_model *m, uint32_t f, const struct lm_agreement *parts,
                                      float bits)
{
    uint8_t from = m->follows[f];
    if (from == LM_FOLLOWS_NONE || parts[from].level != LM_LEVEL_EQUAL
        || parts[f].level >= LM_LEVEL_DIFFERENT)
        return bits;
    float most = m->following_bits[f][parts[f].level];
    return bits < most ? bits : most;
}

/* What is taken off when the fields of `related` agree: shared are their bits, swaps included. */
float lm_related_discount(const struct lm_model *m, float shared);

/* The same bits, and true, when they reach floor before what related pairs have in common is taken off (so
 * that related pairs are still there to be recognised again); else false, as soon as a bound says so. */
bool lm_pair_above(struct lm_comparer *c, uint32_t a, uint32_t b, float floor, float *ret_bits);

/* What the bound must know of one field of a record. */
struct lm_cell {
    uint64_t sign; /* value.h's */
    uint32_t id;   /* the value; 0: not given */
    uint32_t rest; /* value.h's */
};
/* The rows of these records, n_fields cells each. */
void lm_comparer_rows(const struct lm_comparer *c, const uint32_t *records, uint32_t n, struct lm_cell *ret);
/* Fetches what the row of a record will need; the record itself must have been fetched (lm_record_ahead). */
void lm_comparer_ahead(const struct lm_comparer *c, uint32_t record);
/* False when the pair cannot reach floor. */
bool lm_rows_reach(const struct lm_comparer *c, const struct lm_cell *a, const struct lm_cell *b,
                   float floor);

struct lm_comparer_counts {
    uint64_t compared; /* pairs given to lm_pair_above that signatures did not rule out */
    uint64_t asked;    /* agreements of two different values that were asked for */
    uint64_t metrics;  /* of these, those that were not in the cache */
};
struct lm_comparer_counts lm_comparer_counts(const struct lm_comparer *c);

#endif
