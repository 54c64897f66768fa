#include "base/map.h"

#include <sys/random.h>

void lm_map_init(struct lm_map *m, struct lm_arena *a)
{
    *m = (struct lm_map){ .a = a };
    if (getrandom(&m->seed, sizeof m->seed, GRND_NONBLOCK) != (ssize_t)sizeof m->seed)
        m->seed = (uint64_t)(uintptr_t)m; /* early in the boot: the stack's random place is what there is */
}

uint64_t lm_hash64(struct lm_str s, uint64_t seed)
{
    /* Multiply-and-fold over 8-byte words. */
    uint64_t h = (seed ^ s.n) * 0x9e3779b97f4a7c15u;
    size_t i = 0;
    for (; i + 8 <= s.n; i += 8) {
        uint64_t w;
        memcpy(&w, s.p + i, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    uint64_t tail = 0;
    if (i < s.n)
        memcpy(&tail, s.p + i, s.n - i);
    h = (h ^ tail) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

static size_t probe(const struct lm_map *m, struct lm_str key)
{
    size_t mask = m->n_slots - 1;
    size_t i = lm_hash64(key, m->seed) & mask;
    while (m->slots[i] != 0 && !lm_str_eq(m->entries[m->slots[i] - 1].key, key))
        i = (i + 1) & mask;
    return i;
}

uint64_t *lm_map_get(const struct lm_map *m, struct lm_str key)
{
    if (m->n == 0)
        return NULL;
    uint32_t at = m->slots[probe(m, key)];
    return at != 0 ? &m->entries[at - 1].value : NULL;
}

static lm_err grow(struct lm_map *m)
{
    size_t cap = m->cap == 0 ? 16 : m->cap * 2;
    if (cap > UINT32_MAX / 4)
        return LM_ENOMEM;
    struct lm_map_entry *entries = lm_arena_array(m->a, cap, sizeof *entries);
    uint32_t *slots = lm_arena_array(m->a, cap * 2, sizeof *slots);
    if (entries == NULL || slots == NULL)
        return LM_ENOMEM;
    if (m->n != 0)
        memcpy(entries, m->entries, m->n * sizeof *entries);
    m->entries = entries;
    m->slots = slots;
    m->cap = cap;
    m->n_slots = cap * 2;
    for (size_t i = 0; i < m->n; i++)
        slots[probe(m, entries[i].key)] = (uint32_t)i + 1;
    return LM_OK;
}

lm_err lm_map_put(struct lm_map *m, struct lm_str key, uint64_t value, uint64_t **ret_value,
                  bool *ret_new)
{
    if (m->n == m->cap && grow(m) != LM_OK)
        return LM_ENOMEM;
    size_t at = probe(m, key);
    bool fresh = m->slots[at] == 0;
    if (fresh) {
        struct lm_str copy = lm_arena_copy(m->a, key);
        if (copy.p == NULL)
            return LM_ENOMEM;
        m->entries[m->n] = (struct lm_map_entry){ copy, value };
        m->slots[at] = (uint32_t)++m->n;
    }
    *ret_value = &m->entries[m->slots[at] - 1].value;
    if (ret_new != NULL)
        *ret_new = fresh;
    return LM_OK;
}
