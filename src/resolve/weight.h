/* weight.h - what agreement and disagreement are worth, learned from the records without examples.
 *
 * Fellegi and Sunter 1969 (doi:10.1080/01621459.1969.10501049), with expectation and maximisation over two samples of pairs: candidates, for
 * m and the number of matches; and pairs taken at random, for u, each by the odds that it is no match. What is learned of a field uses the odds
 * that all *other* fields give (held out), so that a field never confirms itself. All sums run in the order of the samples.
 *
 * Frequencies are counted among persons, not records: holders[] starts as the number of records with a value and is counted anew
 * when records were found to be one person (lm_model_count). A value that two records share is that frequent among the others:
 * (holders - 2 + unseen) / persons, where unseen is the Good-Turing estimate 2 V2 / V1 of the field: near 1 for surnames, near
 * 0 for telephone numbers, so that what nobody shares says more.
 *
 * test   tests/unit/test_linkage_learn.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_WEIGHT_H
#define LM_RESOLVE_WEIGHT_H

#include "resolve/compare.h"

/* Kinds that are compared word by word. */
static inline bool lm_by_words(enum lm_field_kind kind)
{
    return kind == LM_FIELD_GIVEN || kind == LM_FIELD_SURNAME || kind == LM_FIELD_WORDS;
}

/* Kinds whose unequal values are spellings, each with a frequency of its own. */
static inline bool lm_by_spelling(enum lm_field_kind kind)
{
    return lm_by_words(kind) || kind == LM_FIELD_CODE || kind == LM_FIELD_EMAIL;
}

/* How many in one have this value, besides the two that share it. */
static inline double lm_model_share(const struct lm_model *m, uint32_t field, uint32_t value)
{
    uint32_t others = m->holders[field][value] > 2 ? m->holders[field][value] - 2 : 0;
    return (others + m->unseen[field]) / m->persons[field];
}

/* A model that knows the kinds of the fields and the counts only. between: of pairs of source 0 and source 1
 * only. Free with lm_model_free, also after LM_ENOMEM. */
lm_err lm_model_init(struct lm_model *m, const struct lm_records *r, bool between);
void lm_model_free(struct lm_model *m);

/* Derives what the comparison uses from what was learned; to be called after each change. LM_ENOMEM. */
lm_err lm_model_ready(struct lm_model *m, const struct lm_records *r);

/* Counts holders anew: person[i] says whom record i is of (numbers below r->n). LM_ENOMEM. */
lm_err lm_model_count(struct lm_model *m, const struct lm_records *r, const uint32_t *person);

/* Pairs with the agreement of each of their fields. */
struct lm_sample {
    uint32_t *a, *b;
    uint32_t n, cap, most;
    struct lm_agreement *parts; /* n × n_fields; filled by lm_sample_compare */
    float *offset;              /* NULL, or bits that a pair has besides: what it lost to others (compete.h) */
    double each;                /* how many pairs one of the sample stands for */
};
/* Keeps a pair; above `most` it is not kept, and false. */
bool lm_sample_add(struct lm_sample *s, uint32_t a, uint32_t b);
void lm_sample_free(struct lm_sample *s);
lm_err lm_sample_compare(struct lm_sample *s, const struct lm_records *r, struct lm_comparer *c);

/* What each field of pair i of a sample is worth under the model as it is (0: not given), and their sum with swaps, without the prior. */
float lm_sample_bits(const struct lm_model *m, const struct lm_records *r, const struct lm_sample *s, uint32_t i, float *bits);

#define LM_LEARN_ROUNDS 25
/* Learns m, u, swapped, matches. Both samples were compared with this model. candidates in ascending order of (a, b). */
lm_err lm_model_learn(struct lm_model *m, const struct lm_records *r, const struct lm_sample *candidates,
                      const struct lm_sample *random, unsigned rounds);

#endif
