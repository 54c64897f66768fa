/* rng.h - a small generator for simulations and resampling: same seed, same numbers, on every machine.
 *
 * SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195). Not for keys or tokens.
 */
#ifndef LM_BASE_RNG_H
#define LM_BASE_RNG_H

#include <stdint.h>

struct lm_rng {
    uint64_t state;
};

static inline uint64_t lm_rng_next(struct lm_rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 0 … n - 1; n > 0. The bias is below n / 2^64. */
static inline uint64_t lm_rng_below(struct lm_rng *r, uint64_t n)
{
    return lm_rng_next(r) % n;
}

#endif
