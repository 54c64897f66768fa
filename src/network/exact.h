/* exact.h - the best sets of k vertices, every one of the sets looked at.
 *
 * For k = 1, 2, … the set of k vertices after whose removal the least is left of the goal. Best sets are not
 * nested: each k has its own. Among sets that leave equally little the cheapest is taken, then the one that
 * leaves the fewer connected pairs, then the first by the names in it.
 *
 * All sets of k - 1 vertices are walked through; after each one depth-first search (Hopcroft and Tarjan 1973,
 * doi:10.1145/362248.362272) says for every k-th vertex what its removal leaves, because the pieces that a
 * cut vertex leaves are subtrees. LM_GOAL_CITIES measures every set on its own.
 *
 * cost      C(n, k-1) × (n + m) for each k, C(n, k) × (n + m) for cities, over all threads; the same answer
 * with any number of them errors    LM_ECANCELLED, LM_ENOMEM test      tests/unit/test_network_exact.c;
 * tests/compat/test_network_key.c
 */
#ifndef LM_NETWORK_EXACT_H
#define LM_NETWORK_EXACT_H

#include "base/workers.h"
#include "network/goal.h"

struct lm_exact_wish {
    enum lm_goal goal;
    const struct lm_node_data *nodes; /* NULL: nothing is known */
    uint32_t k;
};

struct lm_exact_set {
    uint32_t *vertex; /* k of them, ascending */
    uint32_t n;
    uint64_t sets; /* that were looked at */
    struct lm_left left;
};

/* Sets of k among n; UINT64_MAX when there are more. */
uint64_t lm_sets_of(uint32_t n, uint32_t k);

/* What lm_exact_enumerate costs, in vertices and ties looked at; UINT64_MAX when it is more. */
uint64_t lm_exact_work(const struct lm_graph *g, const struct lm_exact_wish *wish);

/* k at most g->n, and at least 1 */
lm_err lm_exact_enumerate(struct lm_arena *a, const struct lm_graph *g, const struct lm_exact_wish *wish,
                          const struct lm_effort *effort, struct lm_exact_set *ret, struct lm_error *e);

/* lm_exact_improve - a set that no change of one vertex makes better, from `start` (k vertices, changed): each vertex in
 * turn gives way to the best one in its place.
 * cost      k × (n + m) for each round; cities: n times that */
lm_err lm_exact_improve(struct lm_arena *a, const struct lm_graph *g, const struct lm_exact_wish *wish,
                        const struct lm_effort *effort, uint32_t *start, struct lm_exact_set *ret, struct lm_error *e);

#endif
