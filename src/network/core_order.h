/* core_order.h - an order of removals for networks too large for betweenness.
 *
 * The vertex with the most neighbours left goes, and again: those left anywhere (adaptive degree), or with `core` those
 * inside the 2-core, which is peeled anew each time (CoreHD; Zdeborová, Zhang, Zhou 2016, doi:10.1038/srep37954). Which is
 * better depends on the network. Then what need not have gone is put
 * back (reinsert.h), and the rest is ordered so that going backwards each return makes the smallest component.
 *
 * cost      O((n + m) log n)
 * errors    LM_ENOMEM, LM_ECANCELLED
 * test      tests/unit/test_network_exact.c
 */
#ifndef LM_NETWORK_CORE_ORDER_H
#define LM_NETWORK_CORE_ORDER_H

#include "base/workers.h"
#include "network/goal.h"

/* ret_order: from `a`; removing its vertices leaves no component above `largest`. */
lm_err lm_core_order(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d, bool core,
                     uint32_t largest, const struct lm_effort *effort, uint32_t **ret_order, uint32_t *ret_n, struct lm_error *e);

#endif
