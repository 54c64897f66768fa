#include "resolve/sort.h"

#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define BUCKETS (1u << DIGIT_BITS)
#define PASSES 6

static void pass(const uint64_t *keys, const uint32_t *ids, uint32_t n, unsigned shift, const uint32_t *count,
                 uint64_t *to_keys, uint32_t *to_ids)
{
    uint32_t at[BUCKETS], sum = 0;
    for (unsigned b = 0; b < BUCKETS; b++) {
        at[b] = sum;
        sum += count[b];
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t to = at[keys[i] >> shift & (BUCKETS - 1)]++;
        to_keys[to] = keys[i];
        to_ids[to] = ids[i];
    }
}

lm_err lm_sort_keys(uint64_t *keys, uint32_t *ids, uint32_t n)
{
    if (n < 2)
        return LM_OK;
    uint32_t *count = calloc((size_t)PASSES * BUCKETS, sizeof *count);
    uint64_t *other_keys = malloc(n * sizeof *other_keys);
    uint32_t *other_ids = malloc(n * sizeof *other_ids);
    lm_err err = count != NULL && other_keys != NULL && other_ids != NULL ? LM_OK : LM_ENOMEM;
    uint64_t *from_keys = keys, *to_keys = other_keys;
    uint32_t *from_ids = ids, *to_ids = other_ids;
    for (uint32_t i = 0; err == LM_OK && i < n; i++)
        for (unsigned p = 0; p < PASSES; p++)
            count[p * BUCKETS + (keys[i] >> (p * DIGIT_BITS) & (BUCKETS - 1))]++;
    for (unsigned p = 0; err == LM_OK && p < PASSES; p++) {
        const uint32_t *mine = count + p * BUCKETS;
        if (mine[from_keys[0] >> (p * DIGIT_BITS) & (BUCKETS - 1)] == n)
            continue;
        pass(from_keys, from_ids, n, p * DIGIT_BITS, mine, to_keys, to_ids);
        uint64_t *k = from_keys;
        uint32_t *d = from_ids;
        from_keys = to_keys;
        from_ids = to_ids;
        to_keys = k;
        to_ids = d;
    }
    if (err == LM_OK && from_keys != keys) {
        memcpy(keys, from_keys, n * sizeof *keys);
        memcpy(ids, from_ids, n * sizeof *ids);
    }
    free(count);
    free(other_keys);
    free(other_ids);
    return err;
}
