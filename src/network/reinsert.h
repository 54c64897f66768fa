/* reinsert.h - what a removal need not have removed.
 *
 * Of the vertices removed, those are put back one after the other whose return makes the smallest component, as long as
 * that has at most `largest` vertices; among equals the dearest first, then the name (reverse greedy, as in
 * Braunstein et al. 2016, doi:10.1073/pnas.1605083113).
 *
 * cost      O((n + m) log n)
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_exact.c
 */
#ifndef LM_NETWORK_REINSERT_H
#define LM_NETWORK_REINSERT_H

#include "network/goal.h"

struct lm_reinsert {
    uint32_t *kept, n_kept; /* still removed, in the order given */
    uint32_t *back, n_back; /* put back, the first one first */
};

/* order: n_gone distinct vertices. */
lm_err lm_reinsert(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d, const uint32_t *order,
                   uint32_t n_gone, uint32_t largest, struct lm_reinsert *ret, struct lm_error *e);

#endif
