/* bucket.h - records by a 32-bit key: blocks of equal keys, in buckets that threads can share. Private to
 * this folder.
 *
 * Filled in ascending order of records; scattered by the highest bits of the key; each bucket then sorted by
 * the others, least digit first and stable, in cache. Within a block records ascend.
 *
 * memory  16 bytes for each record
 * errors  LM_ENOMEM
 * threads lm_buckets_sort on different buckets
 * test    tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_BUCKET_H
#define LM_RESOLVE_BUCKET_H

#include <stdint.h>

#include "base/err.h"

#define LM_BUCKET_BITS 12

struct lm_buckets {
    uint32_t *keys, *ids;       /* sorted, when scattered and sorted */
    uint32_t *in_keys, *in_ids; /* where they are filled in */
    uint32_t n, cap;
    unsigned low;                            /* bits of a key that are the same in no bucket */
    uint32_t at[(1u << LM_BUCKET_BITS) + 1]; /* bucket b is at[b] … at[b + 1] */
    uint32_t n_buckets;
};

lm_err lm_buckets_open(uint32_t cap, struct lm_buckets *ret);
void lm_buckets_close(struct lm_buckets *b);

static inline void lm_buckets_begin(struct lm_buckets *b)
{
    b->n = 0;
}

static inline void lm_buckets_put(struct lm_buckets *b, uint32_t key, uint32_t id)
{
    b->in_keys[b->n] = key;
    b->in_ids[b->n++] = id;
}

/* After the last: into buckets; then each is to be sorted. */
void lm_buckets_scatter(struct lm_buckets *b);
void lm_buckets_sort(struct lm_buckets *b, uint32_t bucket);

/* The end of the block that begins at i, in a bucket that ends at `end`. */
static inline uint32_t lm_bucket_block(const struct lm_buckets *b, uint32_t i, uint32_t end)
{
    uint32_t j = i + 1;
    while (j < end && b->keys[j] == b->keys[i])
        j++;
    return j;
}

#endif
