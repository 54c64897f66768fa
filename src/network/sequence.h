/* sequence.h - "A calls B, then B calls C within n minutes", and how often chance alone would give it.
 *
 * The events of one number B, in and out. A sequence is an event from A and one to C, A and C different, where the second
 * begins not before the first begins and at most `within` after the first ends. Each event is used once for a pair (A, C):
 * in order of time, an event to C takes the earliest event from A that is still free.
 *
 * Chance: interval jitter (Amarasingham, Harrison, Hatsopoulos, Geman 2012, doi:10.1152/jn.00633.2011). Time is cut into
 * windows of LM_SEQUENCE_WINDOW × within; in each run every event to somebody is put at a random moment of the window it
 * lies in, and everything is counted again. So each run keeps who is called how often, on which days and in which hours, and
 * the events from others as they are; what it breaks is the order within minutes. Moments stay whole minutes when all are.
 *   expected  mean count over the runs
 *   share     (runs with a count as high + 1) / (runs + 1): never 0
 *   listed    counted at least `least` times, and share at most LM_SEQUENCE_SHARE
 * Many pairs are looked at, so some are listed by chance: by_chance is how many the same rule lists in a run, on average.
 * A low share says that chance in this sense does not explain the count; it says nothing about what was said.
 *
 * seed      same input, same seed, same answer
 * cost      O(runs × events × events from others inside `within`); events of both directions about 100 bytes each, and
 *           about 50 for every pair that follows once in some run (at most LM_SEQUENCE_PAIRS: beyond that LM_ELIMIT)
 * errors    LM_ENOMEM, LM_ELIMIT, LM_ECANCELLED
 * test      tests/unit/test_network_sequence.c
 */
#ifndef LM_NETWORK_SEQUENCE_H
#define LM_NETWORK_SEQUENCE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"

#define LM_SEQUENCE_WINDOW 12
#define LM_SEQUENCE_SHARE 0.01
#define LM_SEQUENCE_PAIRS 4000000u

struct lm_sequence_event {
    int64_t at_us, end_us; /* end: after a call's duration; else at */
    uint32_t who;          /* the other number, 0 … n_who - 1 */
    bool out;              /* from B */
};

struct lm_sequence_wish {
    int64_t within_us;
    uint32_t least; /* at least 2 */
    uint32_t runs;  /* at least 1 */
    uint64_t seed;
    const atomic_bool *cancel; /* or NULL */
};

struct lm_sequence {
    uint32_t from, to;    /* who */
    uint32_t n_in, n_out; /* events from A, and to C */
    uint32_t seen;
    uint32_t as_high;     /* runs with a count at least as high */
    double expected, share;
    bool listed;
};

struct lm_sequences {
    struct lm_sequence *list; /* seen at least `least` times: lowest share first, then most seen, then who */
    size_t n, n_listed;
    uint32_t runs;
    int64_t window_us, grain_us;
    double by_chance;
};

/* events need no order. */
lm_err lm_sequences_find(struct lm_arena *a, const struct lm_sequence_event *events, size_t n,
                         const struct lm_sequence_wish *wish, struct lm_sequences *ret, struct lm_error *e);

/* The events behind one of them: pairs of indices into events, in order of time; *ret_n pairs. */
struct lm_sequence_pair {
    size_t in, out;
};
lm_err lm_sequence_pairs(struct lm_arena *a, const struct lm_sequence_event *events, size_t n, int64_t within_us,
                         uint32_t from, uint32_t to, struct lm_sequence_pair **ret, size_t *ret_n, struct lm_error *e);

#endif
