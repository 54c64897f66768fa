/* map.h - bytes to a 64-bit number, open addressing, keys copied into an arena.
 *
 * cost      O(1) expected; grows by doubling; never shrinks
 * lifetime  lives as long as its arena; nothing to free
 * order     iteration is in order of insertion, so output does not depend on the hash
 * hostile   keys come from evidence: each map has a seed of its own, so that colliding keys cannot be
 *           prepared beforehand
 */
#ifndef LM_BASE_MAP_H
#define LM_BASE_MAP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct lm_map_entry {
    struct lm_str key;
    uint64_t value;
};

struct lm_map {
    struct lm_arena *a;
    struct lm_map_entry *entries; /* in order of insertion */
    uint32_t *slots;              /* index + 1 into entries; 0 empty */
    size_t n, cap, n_slots;
    uint64_t seed;
};

void lm_map_init(struct lm_map *m, struct lm_arena *a);

/* NULL when the key is absent; the pointer is valid until the next put. */
uint64_t *lm_map_get(const struct lm_map *m, struct lm_str key);

/* Inserts value when the key is absent. ret_value points at the value that is there afterwards,
 * ret_new (may be NULL) says whether it was inserted. LM_ENOMEM only. */
lm_err lm_map_put(struct lm_map *m, struct lm_str key, uint64_t value, uint64_t **ret_value,
                  bool *ret_new);

/* Not cryptographic. */
uint64_t lm_hash64(struct lm_str s, uint64_t seed);

#endif
