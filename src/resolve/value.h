/* value.h - the distinct values of one kind of field, numbered from 1 in order of appearance; 0 is "not given".
 *
 * What is computed from a value alone is computed once: its signature (metric.h) and its words. Words are numbered by another
 * such table. Text is kept in one block; offsets are 32 bits.
 *
 * later    Once sealed and signed, values may be appended: they are signed by what was frequent then.
 *
 * memory   about 21 bytes and the text for each distinct value, 8 more with words
 * errors   LM_ENOMEM; LM_ELIMIT above 2^32 - 2 bytes of text or 2^31 values
 * hostile  the hash has a seed of its own: colliding values cannot be prepared. Numbers depend on the order of appearance,
 *          answers must not.
 * test     tests/unit/test_linkage_value.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_VALUE_H
#define LM_RESOLVE_VALUE_H

#include "base/err.h"
#include "base/str.h"

#define LM_WORDS_FREQUENT 16

struct lm_values {
    char *text;
    uint32_t n_text, text_cap;
    uint32_t *at;         /* value v is text[at[v - 1]] … text[at[v]] */
    uint32_t n, cap;      /* values are 1 … n */
    struct lm_value_slot {
        uint32_t id, hash; /* 0: free; the hash tells others apart without a look at their text */
    } *slots;             /* open addressing; gone once sealed, back once reopened */
    uint32_t n_slots;
    uint64_t seed;
    uint64_t *signature;  /* [v], once signed: metric.h's in the lower half; above it LM_SIGN_… */
    uint32_t *rest;       /* [v], once signed; several words: metric.h's signature of those that are not common; one word, and words
                             of words: metric.h's beginning, LM_REST_COMMON; e-mail: the domain's word */
    uint32_t *words_at;   /* words of v are words[words_at[v - 1]] … words[words_at[v]]; NULL: this kind has none */
    uint32_t *words;
    struct lm_values *word_values;
    float *rarity;        /* [v], words only: bits, log2 of records to records that have it; once signed */
    uint8_t *common;      /* [v], words only: frequent, or up to two edits from a word that is; once signed */
    uint32_t n_words, words_cap;
    uint32_t signed_cap;  /* values for which what is told of them once sealed has room */
    uint32_t frequent[LM_WORDS_FREQUENT], n_frequent; /* words only */
    float rarest;                                     /* words only: of one that nobody has */
};
#define LM_SIGN_SEVERAL ((uint64_t)1 << 63)                 /* more than one word */
#define LM_SIGN_WORDS (LM_SIGN_SEVERAL - ((uint64_t)1 << 32)) /* its words that are not frequent, hashed to 31 bits; of one word:
                                                                 what it may be short for, too */
#define LM_SIGN_ABOVE 32 /* in their place, shifted down by so many: */
/* e-mail: 23 bits for letters that occur an odd number of times in the local part; 9 for its beginning */
#define LM_SIGN_LOCAL UINT32_C(0x7fffff)
#define LM_SIGN_BEGIN 23
/* codes: three bits for each digit, as many set as there are of it; one edit changes two at most */
#define LM_SIGN_DIGITS UINT32_C(0x3fffffff)
/* dates: the eight digits, four bits each */
#define LM_REST_COMMON UINT32_C(0x80000000) /* a word that is common */
#define LM_WORD_FREQUENT 3.0f /* less bits than this: "street" says nothing */

void lm_values_init(struct lm_values *v);
void lm_values_free(struct lm_values *v);

/* The number of this value, new or known; 0 for the empty one. */
lm_err lm_values_put(struct lm_values *v, struct lm_str s, uint32_t *ret);

/* The number of a value that is there, until sealed; else 0. */
uint32_t lm_values_find(const struct lm_values *v, struct lm_str s);

enum lm_word_cut {
    LM_CUT_NONE,
    LM_CUT_BLANKS, /* in their order */
    LM_CUT_SET,    /* without repeats, by number */
    LM_CUT_DOMAIN, /* one word: what stands behind the last '@' */
    LM_CUT_DATE,   /* no words; for the signature: eight digits */
    LM_CUT_CODE,   /* no words; a code */
};
#define LM_WORDS_MOST 160 /* of one value */
/* No more values after this: their words. Text is LM_CUT_SET. */
lm_err lm_values_seal(struct lm_values *v, enum lm_word_cut cut);
/* records: how many have each value [v]; NULL for words of words. Then the rarity of the words, and the signatures. */
lm_err lm_values_sign(struct lm_values *v, enum lm_word_cut cut, const uint64_t *records);

/* After both: values can be found and appended again, at 8 to 11 bytes for each. */
lm_err lm_values_reopen(struct lm_values *v);
/* lm_values_put for reopened ones; cut as they were sealed with. After an error they can only be freed. */
lm_err lm_values_append(struct lm_values *v, enum lm_word_cut cut, struct lm_str s, uint32_t *ret);

static inline struct lm_str lm_value(const struct lm_values *v, uint32_t id)
{
    if (id == 0)
        return (struct lm_str){ NULL, 0 };
    return (struct lm_str){ v->text + v->at[id - 1], v->at[id] - v->at[id - 1] };
}

static inline uint32_t lm_value_words(const struct lm_values *v, uint32_t id, const uint32_t **ret_words)
{
    *ret_words = v->words + v->words_at[id - 1];
    return v->words_at[id] - v->words_at[id - 1];
}

#endif
