/* leiden.h - communities: vertices with more ties among themselves than their strengths let expect.
 *
 * Traag, Waltman and van Eck 2019, doi:10.1038/s41598-019-41695-z: vertices move to the neighbouring community that
 * raises modularity most (Newman and Girvan 2004, doi:10.1103/PhysRevE.69.026113; resolution 1, weights counted), each
 * community is refined from single vertices, the refined parts become the vertices of the next level. Repeated from
 * the result until nothing is gained, at most `rounds` times. Directions are not looked at: a tie in both directions
 * weighs the sum of both.
 * Communities are a way of reading the ties, not a finding: many partitions have almost the same modularity.
 *
 * ret       of: the community of every vertex, 1 is the largest, equally large ones by their lowest vertex
 * cost      about O(m log n) per round; the same bytes with the same seed
 * errors    LM_ECANCELLED, LM_ENOMEM
 * test      tests/unit/test_network_leiden.c (igraph: modularity) */
#ifndef LM_NETWORK_LEIDEN_H
#define LM_NETWORK_LEIDEN_H

#include "base/workers.h"
#include "network/graph.h"

struct lm_communities {
    uint32_t *of, n;
    double modularity; /* 0 without ties */
};

lm_err lm_leiden(struct lm_arena *a, const struct lm_graph *g, uint64_t seed, unsigned rounds,
                 const struct lm_effort *effort, struct lm_communities *ret, struct lm_error *e);

#endif
