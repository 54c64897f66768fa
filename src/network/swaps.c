#include "network/swaps.h"

#include "base/rng.h"

#define TRIES 10

struct tie {
    uint32_t a, b;
    double w;
};

/* The ties that are there: open addressing, lower vertex in the high half; 0 is free, since a tie 0-0 is no tie. */
struct set {
    uint64_t *slot;
    uint64_t mask;
};

static uint64_t key_of(uint32_t a, uint32_t b)
{
    return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static uint64_t place(const struct set *s, uint64_t key)
{
    struct lm_rng r = { key };
    return lm_rng_next(&r) & s->mask;
}

/* The slot of key, or the free one where it would stand. */
static uint64_t slot_of(const struct set *s, uint64_t key)
{
    uint64_t i = place(s, key);
    while (s->slot[i] != 0 && s->slot[i] != key)
        i = (i + 1) & s->mask;
    return i;
}

/* Those behind it move up, so that no search stops too early. */
static void take_out(struct set *s, uint64_t key)
{
    uint64_t hole = slot_of(s, key);
    s->slot[hole] = 0;
    for (uint64_t i = (hole + 1) & s->mask; s->slot[i] != 0; i = (i + 1) & s->mask) {
        uint64_t home = place(s, s->slot[i]);
        if (((i - home) & s->mask) >= ((i - hole) & s->mask)) {
            s->slot[hole] = s->slot[i];
            s->slot[i] = 0;
            hole = i;
        }
    }
}

static void swap_all(struct tie *ties, uint64_t m, struct set *s, struct lm_rng *random)
{
    for (uint64_t i = 0; i < TRIES * m; i++) {
        struct tie *x = &ties[lm_rng_below(random, m)], *y = &ties[lm_rng_below(random, m)];
        bool turned = lm_rng_next(random) >> 63 != 0;
        uint32_t c = turned ? y->b : y->a, d = turned ? y->a : y->b;
        uint64_t first = key_of(x->a, d), second = key_of(c, x->b);
        if (x->a == d || c == x->b || first == second || s->slot[slot_of(s, first)] != 0
            || s->slot[slot_of(s, second)] != 0)
            continue;
        take_out(s, key_of(x->a, x->b));
        take_out(s, key_of(c, d));
        s->slot[slot_of(s, first)] = first;
        s->slot[slot_of(s, second)] = second;
        *y = (struct tie){ c, x->b, y->w };
        x->b = d;
    }
}

lm_err lm_swapped(struct lm_arena *a, const struct lm_graph *g, const double *w, uint64_t seed, struct lm_adjacency *ret,
                  double **ret_w)
{
    uint64_t m = g->n_pairs, room = 16, n = 0;
    while (room < m * 2)
        room *= 2;
    struct set s = { lm_arena_array(a, room, sizeof *s.slot), room - 1 };
    struct tie *ties = lm_arena_array(a, m, sizeof *ties);
    uint32_t *at = lm_arena_array(a, (size_t)g->n + 2, sizeof *at), *to = lm_arena_array(a, 2 * m, sizeof *to);
    double *weight = lm_arena_array(a, 2 * m, sizeof *weight);
    if (s.slot == NULL || ties == NULL || at == NULL || to == NULL || weight == NULL)
        return LM_ENOMEM;
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->near.at[v]; j < g->near.at[v + 1]; j++)
            if (v < g->near.to[j]) {
                uint64_t key = key_of(v, g->near.to[j]);
                ties[n++] = (struct tie){ v, g->near.to[j], w[j] };
                s.slot[slot_of(&s, key)] = key;
            }
    struct lm_rng random = { seed };
    if (m > 1)
        swap_all(ties, m, &s, &random);
    for (uint64_t i = 0; i < m; i++) {
        at[ties[i].a + 2]++;
        at[ties[i].b + 2]++;
    }
    for (uint32_t v = 0; v < g->n; v++)
        at[v + 2] += at[v + 1];
    for (uint64_t i = 0; i < m; i++) {
        uint32_t j = at[ties[i].a + 1]++, k = at[ties[i].b + 1]++;
        to[j] = ties[i].b;
        to[k] = ties[i].a;
        weight[j] = weight[k] = ties[i].w;
    }
    *ret = (struct lm_adjacency){ g->n, at, to };
    *ret_w = weight;
    return LM_OK;
}
