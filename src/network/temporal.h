/* temporal.h - paths along contacts in the order in which they took place.
 *
 * A chain is a list of contacts, each between the name that the one before led to and the next, each strictly later than
 * the one before: of two contacts at the same moment nobody knows which came first. With `wait` a contact follows at most
 * that long after the one before (how long the first name waits does not count). Undirected, a contact leads both ways.
 *
 * A chain says that something could have gone from the first name to the last, by what is held; not that it did.
 *
 * One pass over the contacts in order of time (Wu et al. 2016, doi:10.1109/TKDE.2016.2594065), with waiting bounds as well: a
 * chain may then pass a name twice, because a contact in between can bridge a wait that would be too long (walks, Bentert et
 * al. 2020, doi:10.1007/s41109-020-00311-0; without repeated names the question is NP-hard, Casteigts et al. 2021,
 * doi:10.1007/s00453-021-00831-w). Such a chain says so.
 *
 * cost      O(n + m) after the sorting; with at most `hops` hops that many times; 12 bytes for each name, with `wait` 8 more
 *           for each contact (times hops)
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_temporal.c (every answer against a search through all chains)
 */
#ifndef LM_NETWORK_TEMPORAL_H
#define LM_NETWORK_TEMPORAL_H

#include "network/contacts.h"

#define LM_WAIT_ANY INT64_MAX

struct lm_temporal_wish {
    bool directed;
    int64_t wait_us; /* LM_WAIT_ANY: no bound */
    uint32_t hops;   /* at most; 0: no bound */
};

struct lm_chain {
    bool found;
    size_t *contacts; /* indices into the list, in order of time */
    uint32_t *names;  /* n + 1: from … to */
    uint32_t n;
    bool repeats;     /* passes a name twice */
};

/* The chain that arrives first; of those that arrive then the one that leaves last. wish->hops is not asked. from = to: found,
 * without a contact. */
lm_err lm_temporal_earliest(struct lm_arena *a, const struct lm_contacts *c, uint32_t from, uint32_t to,
                            const struct lm_temporal_wish *wish, struct lm_chain *ret, struct lm_error *e);

/* Back from a moment: from whom something could have come to `name` before it. */
struct lm_temporal_reach {
    uint32_t name;
    uint32_t hops;        /* of the chain that leaves last (the fewest, if several do) */
    int64_t departs_us;
    size_t departs;       /* its first contact: the last moment at which something can have left */
    size_t direct;        /* the last contact with `name` itself; SIZE_MAX: none */
};

struct lm_temporal_back;

/* In the order: who could leave last; then fewer hops, then the name. Only contacts strictly before `before_us`. */
lm_err lm_temporal_before(struct lm_arena *a, const struct lm_contacts *c, uint32_t name, int64_t before_us,
                          const struct lm_temporal_wish *wish, struct lm_temporal_back **ret_back,
                          struct lm_temporal_reach **ret, size_t *ret_n, struct lm_error *e);
/* The chain of one of them. */
lm_err lm_temporal_chain(struct lm_arena *a, const struct lm_temporal_back *b, const struct lm_temporal_reach *r,
                         struct lm_chain *ret, struct lm_error *e);

#endif
