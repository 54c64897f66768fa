/* compare.h - the networks of two periods side by side: names and ties that came, went and stayed, and whether one is the
 * other under new names.
 *
 * A name is in a period when it has a tie there. Names are compared byte for byte.
 *
 * cost      O(n + m), the shape O(rounds · m log d)
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_compare.c
 */
#ifndef LM_NETWORK_COMPARE_H
#define LM_NETWORK_COMPARE_H

#include "network/graph.h"

#define LM_COMPARED_NONE UINT32_MAX

struct lm_compared_name {
    struct lm_str name;
    uint32_t before, after; /* its vertex; LM_COMPARED_NONE: not in that period */
};

struct lm_compared_tie {
    uint32_t a, b;          /* indices into the names; a → b when directed, else a < b */
    double before, after;   /* weights; 0: no such tie */
};

struct lm_compared {
    struct lm_compared_name *names; /* in byte order */
    size_t n, n_kept, n_gained, n_lost;
    struct lm_compared_tie *gained, *lost, *kept; /* heaviest first, kept: largest change first; then by a and b */
    size_t m_gained, m_lost, m_kept;
    bool same_ties;         /* every tie is in both (weights may differ) */
    bool same_shape;        /* not same_ties, at least LM_SHAPE_LEAST ties, and the shape is the same: consistent with one network
                               whose names were changed */
};

#define LM_SHAPE_LEAST 20 /* small networks have the same shape by chance */

lm_err lm_compare(struct lm_arena *a, const struct lm_graph *before, const struct lm_graph *after, struct lm_compared *ret,
                  struct lm_error *e);

/* A number that is the same for networks that are the same but for their names: the colours of colour refinement (1-WL, Weisfeiler
 * and Leman 1968), where a vertex starts with its degree, until no more of them are told apart,
 * or 64 rounds. Different networks of one number
 * exist, above all regular ones. Directions count when the graph has them; weights and names without a tie do not. */
lm_err lm_graph_shape(struct lm_arena *a, const struct lm_graph *g, uint64_t *ret, struct lm_error *e);

#endif
