#include "readers/operation_csv_ids.h"

#include "base/map.h"

#define LONGEST 4095
#define LAST_ROW ((UINT64_C(1) << 40) - 1)

struct lm_op_id {
    const char *p; /* NULL: free */
    uint64_t row : 40, n : 12, tag : 12; /* tag: of the hash; another id is seldom looked at */
};

lm_err lm_op_ids_init(struct lm_op_ids *ids, struct lm_arena *a, struct lm_str in)
{
    struct lm_map seeded;
    size_t slots = 64;
    while (slots < in.n / 2 && slots < LM_OP_IDS / 3 * 4)
        slots *= 2;
    lm_map_init(&seeded, a);
    *ids = (struct lm_op_ids){ .a = a, .in = in, .mask = slots - 1, .seed = seeded.seed };
    ids->slots = lm_arena_array(a, slots, sizeof *ids->slots);
    return ids->slots != NULL ? LM_OK : LM_ENOMEM;
}

/* The id where it stays: in the file, or a copy. p = NULL: there is no room. */
static struct lm_str steady(struct lm_op_ids *ids, struct lm_str id, lm_err *ret_err)
{
    uintptr_t p = (uintptr_t)id.p, from = (uintptr_t)ids->in.p;
    if (p >= from && p - from <= ids->in.n && id.n <= ids->in.n - (p - from))
        return id;
    if (id.n > LM_OP_IDS_COPIED - ids->copied)
        return (struct lm_str){ NULL, 0 };
    ids->copied += id.n;
    struct lm_str copy = lm_arena_copy(ids->a, id);
    if (copy.p == NULL)
        *ret_err = LM_ENOMEM;
    return copy;
}

lm_err lm_op_ids_put(struct lm_op_ids *ids, struct lm_str id, uint64_t row, uint64_t *ret_first)
{
    uint64_t hash = lm_hash64(id, ids->seed), tag = hash >> 52;
    size_t i = hash & ids->mask;
    lm_err err = LM_OK;
    *ret_first = 0;
    if (id.n > LONGEST || row > LAST_ROW) {
        ids->not_compared++;
        return LM_OK;
    }
    for (; ids->slots[i].p != NULL; i = (i + 1) & ids->mask) {
        const struct lm_op_id *s = &ids->slots[i];
        if (s->tag == tag && lm_str_eq((struct lm_str){ s->p, s->n }, id)) {
            *ret_first = s->row;
            return LM_OK;
        }
    }
    struct lm_str kept = ids->n < (ids->mask + 1) / 4 * 3 ? steady(ids, id, &err) : (struct lm_str){ NULL, 0 };
    if (kept.p == NULL) {
        ids->not_compared += err == LM_OK;
        return err;
    }
    ids->n++;
    ids->slots[i] = (struct lm_op_id){ .p = kept.p, .row = row & LAST_ROW, .n = id.n & LONGEST, .tag = tag & 0xfff };
    return LM_OK;
}
