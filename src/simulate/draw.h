/* draw.h - random numbers by what they are for: every part of the made-up operation can be made again without what came
 * before it, so nothing has to be held.
 *
 * A stream is named by (seed, what, i, j); the numbers in it are those of base/rng.h.
 */
#ifndef LM_SIMULATE_DRAW_H
#define LM_SIMULATE_DRAW_H

#include <stdbool.h>

#include "base/rng.h"

enum sim_stream { SIM_OF_CASE = 1, SIM_OF_PERSON, SIM_OF_PAIR, SIM_OF_TEXT, SIM_OF_EXHIBIT, SIM_OF_TABLE, SIM_OF_NETWORK };

static inline struct lm_rng sim_stream(uint64_t seed, enum sim_stream what, uint64_t i, uint64_t j)
{
    struct lm_rng r = { seed };
    r.state ^= lm_rng_next(&(struct lm_rng){ i * 8 + (uint64_t)what });
    r.state ^= lm_rng_next(&(struct lm_rng){ ~j });
    (void)lm_rng_next(&r);
    return r;
}

/* low … high, both included. */
static inline int sim_between(struct lm_rng *r, int low, int high)
{
    return low + (int)lm_rng_below(r, (uint64_t)(high - low + 1));
}

static inline bool sim_chance(struct lm_rng *r, int per_mille)
{
    return lm_rng_below(r, 1000) < (uint64_t)per_mille;
}

/* The share of total that falls to part i of n: the parts add up to the total exactly, whatever the seed. Neighbours
 * (2k, 2k+1) shift some of it between them, so that the shares are not all alike. total × n below 2^63. */
static inline int64_t sim_share(uint64_t seed, uint64_t salt, int64_t total, int64_t i, int64_t n)
{
    int64_t at[4];
    int64_t even = i & ~INT64_C(1);
    for (int k = 0; k < 3; k++)
        at[k] = even + k <= n ? total * (even + k) / n : total;
    int64_t first = at[1] - at[0], second = at[2] - at[1];
    struct lm_rng r = sim_stream(seed, SIM_OF_TABLE, salt, (uint64_t)even);
    int64_t shift = even + 1 < n ? (int64_t)lm_rng_below(&r, (uint64_t)first + 1) : 0;
    return i == even ? first - shift : second + shift;
}

#endif
