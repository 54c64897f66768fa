#include "resolve/bucket.h"

#include <stdlib.h>
#include <string.h>

#define BUCKET_SIZE 4096u /* about so many records in each */
#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)
#define INSERT_MOST 48u

lm_err lm_buckets_open(uint32_t cap, struct lm_buckets *ret)
{
    size_t n = (size_t)cap + 1;
    *ret = (struct lm_buckets){ .cap = cap };
    ret->keys = malloc(n * sizeof *ret->keys);
    ret->ids = malloc(n * sizeof *ret->ids);
    ret->in_keys = malloc(n * sizeof *ret->in_keys);
    ret->in_ids = malloc(n * sizeof *ret->in_ids);
    if (ret->keys != NULL && ret->ids != NULL && ret->in_keys != NULL && ret->in_ids != NULL)
        return LM_OK;
    lm_buckets_close(ret);
    return LM_ENOMEM;
}

void lm_buckets_close(struct lm_buckets *b)
{
    free(b->keys);
    free(b->ids);
    free(b->in_keys);
    free(b->in_ids);
    *b = (struct lm_buckets){ .n = 0 };
}

void lm_buckets_scatter(struct lm_buckets *b)
{
    uint32_t to[1u << LM_BUCKET_BITS] = { 0 };
    unsigned bits = 0;
    while (bits < LM_BUCKET_BITS && b->n >> bits > BUCKET_SIZE)
        bits++;
    b->low = 32 - bits;
    b->n_buckets = 1u << bits;
    for (uint32_t i = 0; i < b->n; i++)
        to[(uint64_t)b->in_keys[i] >> b->low]++;
    b->at[0] = 0;
    for (uint32_t k = 0; k < b->n_buckets; k++) {
        b->at[k + 1] = b->at[k] + to[k];
        to[k] = b->at[k];
    }
    for (uint32_t i = 0; i < b->n; i++) {
        uint32_t at = to[(uint64_t)b->in_keys[i] >> b->low]++;
        b->keys[at] = b->in_keys[i];
        b->ids[at] = b->in_ids[i];
    }
}

static void insert(uint32_t *keys, uint32_t *ids, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        uint32_t key = keys[i], id = ids[i], j = i;
        for (; j > 0 && keys[j - 1] > key; j--) {
            keys[j] = keys[j - 1];
            ids[j] = ids[j - 1];
        }
        keys[j] = key;
        ids[j] = id;
    }
}

static void pass(const uint32_t *keys, const uint32_t *ids, uint32_t n, unsigned shift, uint32_t *to_keys,
                 uint32_t *to_ids)
{
    uint32_t at[DIGITS] = { 0 }, sum = 0;
    for (uint32_t i = 0; i < n; i++)
        at[keys[i] >> shift & (DIGITS - 1)]++;
    for (uint32_t k = 0; k < DIGITS; k++) {
        uint32_t count = at[k];
        at[k] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = at[keys[i] >> shift & (DIGITS - 1)]++;
        to_keys[to] = keys[i];
        to_ids[to] = ids[i];
    }
}

void lm_buckets_sort(struct lm_buckets *b, uint32_t bucket)
{
    uint32_t at = b->at[bucket], n = b->at[bucket + 1] - at;
    uint32_t *keys = b->keys + at, *ids = b->ids + at, *other_keys = b->in_keys + at,
             *other_ids = b->in_ids + at;
    if (n <= INSERT_MOST) {
        insert(keys, ids, n);
        return;
    }
    unsigned shift = 0;
    for (; shift < b->low; shift += DIGIT_BITS) {
        pass(keys, ids, n, shift, other_keys, other_ids);
        uint32_t *k = keys, *d = ids;
        keys = other_keys;
        ids = other_ids;
        other_keys = k;
        other_ids = d;
    }
    if (keys != b->keys + at) {
        memcpy(b->keys + at, keys, n * sizeof *keys);
        memcpy(b->ids + at, ids, n * sizeof *ids);
    }
}
