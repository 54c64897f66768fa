/* separate.h - the fewest vertices whose removal leaves no component above a size, by branch and bound.
 *
 * (k-separator, component order connectivity.) A vertex is removed, kept or open. Kept vertices that touch
 * form clusters: a cluster of s vertices with f open neighbours loses at least s + f - largest of these. From
 * that follow
 *   * an open vertex that would make a cluster too large for what may still be spent is removed at once
 * (hubs),
 *   * a bound: the needs of clusters with disjoint neighbours, and disjoint connected pieces of largest + 1
 * vertices, of each of which one goes. A leaf is never worth more than its neighbour. The vertex that decides
 * most is tried first, removed, then kept.
 *
 * test      tests/unit/test_network_exact.c; tests/compat/test_network_key.c
 */
#ifndef LM_NETWORK_SEPARATE_H
#define LM_NETWORK_SEPARATE_H

#include "base/workers.h"
#include "network/goal.h"

#define LM_SEPARATE_VERTICES 20000 /* more than this would take minutes for the first bound */

struct lm_separate_wish {
    uint32_t largest;   /* vertices a component may have; at least 1 */
    const double *cost; /* of each vertex, above 0; NULL: 1 */
    double budget;      /* total cost of the set at most */
    uint64_t work_max;  /* vertices and ties looked at; beyond: LM_SEPARATE_LIMIT */
};

enum lm_separate_answer { LM_SEPARATE_FOUND, LM_SEPARATE_NONE, LM_SEPARATE_LIMIT };

struct lm_separate {
    enum lm_separate_answer answer;
    uint32_t *vertex; /* found: the set, ascending */
    uint32_t n;
    uint64_t branches; /* partial sets looked at */
    uint64_t work;
};

/* Is there a set within the budget?
 * errors    LM_ECANCELLED, LM_ENOMEM */
lm_err lm_separate(struct lm_arena *a, const struct lm_graph *g, const struct lm_separate_wish *wish,
                   const struct lm_effort *effort, struct lm_separate *ret, struct lm_error *e);

struct lm_fewest {
    uint32_t *vertex; /* the best set known, ascending */
    uint32_t n;
    double cost;
    double bound; /* no set costs less; equal to cost: proved best */
    uint64_t branches;
};

/* lm_fewest - the cheapest set (the smallest without costs), from a set that is known to do: `known`, n_known
 * vertices, borrowed.
 * work_max  for all questions together; when it is spent the bound stays below the cost
 * errors    as above */
lm_err lm_fewest(struct lm_arena *a, const struct lm_graph *g, uint32_t largest, const double *cost,
                 const uint32_t *known, uint32_t n_known, uint64_t work_max, const struct lm_effort *effort,
                 struct lm_fewest *ret, struct lm_error *e);

#endif
