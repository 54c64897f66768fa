/* brandes.h - weighted shortest-path dependencies, sixteen sources at a time (the engine room of
 * betweenness.h; nobody else needs it).
 *
 * Brandes 2001, doi:10.1080/0022250X.2001.9990249, with vertex weights: a vertex of weight k stands
 * for k vertices hung onto it. For every source s and every v other than s, the dependency of s on v,
 * times the weight of s, is added up. Sixteen sources run side by side in the lanes of a vector: per
 * level a vertex carries its path counts in the lanes that reach it there and zero elsewhere, so that
 * one pass over an arc serves all of them. Going forward a level is pushed along the arcs of the
 * frontier, or pulled by the vertices not reached yet, whichever has fewer arcs (Beamer et al. 2012).
 *
 * Path counts can exceed a double (a ladder of 1,100 rungs): such a batch is redone with counts that
 * carry their own exponent.
 *
 * The build for AVX-512, AVX2 or neither is chosen at run time; all give the same bytes, because lanes
 * never mix before they are summed in a fixed order.
 *
 * test      tests/unit/test_network_betweenness.c
 */
#ifndef LM_NETWORK_BRANDES_H
#define LM_NETWORK_BRANDES_H

#include "network/graph.h"

#define LM_LANES 16

/* Vertices 0 … n - 1. weight: n values ≥ 1. in == out when the network is undirected. */
struct lm_brandes_net {
    uint32_t n;
    struct lm_adjacency out, in;
    const double *weight;
};

/* Scratch of one thread, for up to n_max vertices: about 640 bytes each. */
struct lm_brandes;

enum lm_brandes_build { LM_BRANDES_BEST, LM_BRANDES_PLAIN, LM_BRANDES_AVX2, LM_BRANDES_AVX512 };

/* build: BEST outside tests; what the processor lacks falls back to PLAIN. LM_ENOMEM only. */
lm_err lm_brandes_open(struct lm_arena *a, uint32_t n_max, enum lm_brandes_build build, struct lm_brandes **ret);

/* Adds the dependencies of n ≤ LM_LANES distinct sources to the scratch. O(m). */
void lm_brandes_sources(struct lm_brandes *s, const struct lm_brandes_net *g, const uint32_t *sources, uint32_t n);

/* ret_sum[v] = what was added up since the last take. O(n). */
void lm_brandes_take(struct lm_brandes *s, uint32_t n, double *ret_sum);

#endif
