/* burst.h - when a name was in contact much more often than usual, and how often chance alone would look so.
 *
 * Kleinberg 2002, doi:10.1145/775047.775061, with two states: gaps between contacts are drawn at the name's mean rate or at twice that
 * (exponential); to enter the faster state costs ln(gaps). The cheapest sequence of states is found; a run of the faster
 * state is a burst, its weight how much cheaper it is than the slower one.
 *
 * Chance: in each run every contact keeps its time of day and is put on a random day between the name's first and last. So how many
 * there are and at which hours stays; what breaks is on which days. share = (runs whose heaviest burst weighs as much + 1) /
 * (runs + 1); listed at LM_BURST_SHARE or less. The chance that a name without bursts in that sense has one listed is LM_BURST_SHARE at
 * most, so among `tested` names by_chance = tested × LM_BURST_SHARE have.
 *
 * seed      same input, same seed, same answer
 * cost      O(n log n) for each run and name
 * errors    LM_ENOMEM, LM_ECANCELLED
 * test      tests/unit/test_network_change.c
 */
#ifndef LM_NETWORK_BURST_H
#define LM_NETWORK_BURST_H

#include "base/workers.h"
#include "network/contacts.h"

#define LM_BURST_LEAST 20    /* contacts of a name that is looked at */
#define LM_BURST_DAYS 3      /* days between its first and its last */
#define LM_BURST_RUNS 199
#define LM_BURST_RUNS_LEAST 99
#define LM_BURST_SHARE 0.01

struct lm_burst {
    uint32_t name;
    size_t first, last;  /* indices into the list: its first and last contact */
    uint32_t contacts;
    double weight, share;
    bool listed;
};

struct lm_bursts {
    struct lm_burst *list; /* lowest share first, then heaviest, then name and time */
    size_t n, n_listed;
    uint32_t tested, runs; /* runs 0: too many contacts for chance to be looked at; nothing is listed */
    double by_chance;
};

lm_err lm_bursts_find(struct lm_arena *a, const struct lm_contacts *c, uint64_t seed, const struct lm_effort *effort,
                      struct lm_bursts *ret, struct lm_error *e);

#endif
