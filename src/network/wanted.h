/* wanted.h - betweenness that counts only the pairs that a goal is about (goal.h: LM_GOAL_REACH, LM_GOAL_CITIES), and
 * the order of removals by it.
 *
 * The score of a vertex is the number of wanted pairs whose shortest paths depend on it, the pairs that it is itself an
 * end of included: without it they are gone as well. Brandes 2001 with targets of weight 0 or 1 (Brandes 2008,
 * doi:10.1016/j.socnet.2007.11.001: betweenness of sources and targets).
 *
 * test      tests/unit/test_network_exact.c
 */
#ifndef LM_NETWORK_WANTED_H
#define LM_NETWORK_WANTED_H

#include "network/removal.h"

/* order: the vertices, highest score for its cost first and computed anew after each, until no wanted pair is
 * connected or k_max are gone (score: what put each of them first); g->n values each.
 * cost      O(sources × (n + m)) for each removal; cities: O(n × (n + m))
 * errors    LM_ECANCELLED, LM_ENOMEM */
lm_err lm_wanted_order(const struct lm_graph *g, const struct lm_removal_wish *wish, const struct lm_effort *effort,
                       uint32_t *order, double *score, uint32_t *ret_n);

#endif
