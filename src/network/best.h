/* best.h - the best set for each k, and the fewest that break the network up, each with how it is known.
 *
 * Where all sets can be looked at they are (exact.h). Where they cannot, the goal is LCC and branch and bound (separate.h)
 * asks for ever smaller components until there is no set: that is a proof as well. Else the best set found stands beside
 * a bound that none can pass, and the gap between them.
 *
 * The limits are counted in vertices and ties looked at, not in seconds: the same answer on every machine.
 * test      tests/unit/test_network_exact.c; tests/compat/test_network_key.c
 */
#ifndef LM_NETWORK_BEST_H
#define LM_NETWORK_BEST_H

#include "base/workers.h"
#include "network/goal.h"

#define LM_BEST_WORK_ENUMERATE UINT64_C(20000000000) /* all sets of one k */
#define LM_BEST_WORK_UNASKED UINT64_C(1000000000)    /* … when no k was asked for */
#define LM_BEST_WORK_BOUND UINT64_C(4000000000)      /* branch and bound, each k and the fewest */

enum lm_known { LM_KNOWN_ENUMERATION, LM_KNOWN_BOUND };

struct lm_optimality {
    enum lm_known kind;
    uint64_t sets; /* looked at; with LM_KNOWN_BOUND partial sets */
    double bound;  /* nothing better than this exists */
    double gap;    /* what was found, less the bound: 0 is proved */
};

struct lm_best_set {
    uint32_t *vertex, n;
    struct lm_left left;
    double cost;
    struct lm_optimality known;
};

struct lm_best_wish {
    enum lm_goal goal;
    const struct lm_node_data *nodes; /* NULL: nothing is known */
    uint32_t k_max;                   /* 0: as many k as are quickly looked at, at most those of `fewest` */
    bool fewest;                      /* the cheapest set that leaves no component above `largest` */
    uint32_t largest;
    const uint32_t *order;            /* a good order of removals to start from; */
    uint32_t n_order;                 /* at least k_max; with `fewest` enough to come down to `largest` */
};

struct lm_best {
    struct lm_best_set *steps; /* k = 1, 2, … */
    uint32_t n_steps;
    struct lm_best_set fewest; /* bound and gap in cost; kind BOUND */
};

/* errors  LM_ECANCELLED, LM_ENOMEM */
lm_err lm_best_sets(struct lm_arena *a, const struct lm_graph *g, const struct lm_best_wish *wish,
                    const struct lm_effort *effort, struct lm_best *ret, struct lm_error *e);

#endif
