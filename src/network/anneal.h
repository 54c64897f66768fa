/* anneal.h - a better order by local search.
 *
 * Annealing (Kirkpatrick, Gelatt, Vecchi 1983, doi:10.1126/science.220.4598.671) over the order of removals, from a
 * given one: two vertices change places, or one is moved forward or back. What is minimised is the area under the
 * curve: the goal's value after every removal times the cost of that removal, summed over the first `depth` removals; money that
 * an order saves over the given one is counted at the last value, so that cheap removals that do nothing win nothing.
 * LM_ANNEAL_CHAINS runs with seeds of their own; the best order of all is taken, and among those that are no worse than
 * the given one by that area the one with the lowest AUC10 when the goal is LCC and nothing has a
 * cost.
 *
 * A move changes the curve between the two places only: components are joined again from the nearest state kept behind
 * them.
 *
 * cost      LM_ANNEAL_WORK vertices and ties per chain at most; the same order with any number of threads
 * errors    LM_ECANCELLED, LM_ENOMEM, LM_ELIMIT (cities × vertices above 2^26)
 * test      tests/unit/test_network_exact.c; tests/compat/test_network_key.c
 */
#ifndef LM_NETWORK_ANNEAL_H
#define LM_NETWORK_ANNEAL_H

#include "base/workers.h"
#include "network/goal.h"

#define LM_ANNEAL_CHAINS 4
#define LM_ANNEAL_WORK UINT64_C(800000000)

struct lm_anneal_wish {
    enum lm_goal goal;
    const struct lm_node_data *nodes; /* NULL: nothing is known */
    uint32_t depth;                   /* removals whose curve is minimised */
    uint64_t seed;
};

struct lm_anneal {
    uint64_t moves; /* tried, by all chains together */
    double area0, area; /* before and after */
};

/* order: all vertices of g, changed in place; left alone when nothing better was found. */
lm_err lm_anneal(const struct lm_graph *g, const struct lm_anneal_wish *wish, const struct lm_effort *effort,
                 uint32_t *order, struct lm_anneal *ret, struct lm_error *e);

#endif
