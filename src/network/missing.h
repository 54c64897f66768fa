/* missing.h - the network as it would be held if some of it were not: the error that rank ranges and the stability of
 * groups are measured under.
 *
 * Error is simulated on the network given, not on a model of networks (Borgatti, Carley, Krackhardt 2006,
 * doi:10.1016/j.socnet.2005.05.001; Martin, Niemeyer 2019, Network Science 7(2)). It says how an answer bears random loss,
 * and nothing about a source that was never held.
 *
 * test      tests/unit/test_network_missing.c
 */
#ifndef LM_NETWORK_MISSING_H
#define LM_NETWORK_MISSING_H

#include "network/graph.h"

#define LM_LOSS_TIES_PERCENT 10 /* each tie is left out with this chance */
#define LM_LOSS_NODES_PERCENT 5 /* each node, with all its ties: a person who was never seen */

enum lm_loss_kind {
    LM_LOSS_TIES,
    LM_LOSS_NODES,
    LM_LOSS_SUPPLIER, /* run r: without what supplier r alone supplies (a device, an account's return) */
};

/* A tie between two vertices, as one supplier has it. A tie that several have stands here for each. */
struct lm_supplied {
    uint32_t a, b; /* vertices; a → b when the network is directed */
    uint32_t supplier;
    double w;
};

struct lm_loss {
    enum lm_loss_kind kind;
    const struct lm_supplied *supplied; /* LM_LOSS_SUPPLIER only; borrowed */
    size_t n_supplied;
    uint32_t n_suppliers;
};

/* The network of run `run`: vertices keep their numbers, those that are lost have no ties left. The same run loses the same
 * on every machine and thread. ret_gone: g->n flags of vertices lost, NULL when the loss is of ties. All in a; names are
 * borrowed from g. cost O(n + m log d); errors LM_ENOMEM */
lm_err lm_lose(struct lm_arena *a, const struct lm_graph *g, const struct lm_loss *loss, uint32_t run,
               struct lm_graph *ret, const bool **ret_gone);

#endif
