/* betweenness.h - how many shortest paths run through a vertex. */
#ifndef LM_NETWORK_BETWEENNESS_H
#define LM_NETWORK_BETWEENNESS_H

#include "network/components.h"
#include "base/workers.h"

/* lm_betweenness - shortest-path betweenness of every vertex.
 *
 * Brandes 2001, doi:10.1080/0022250X.2001.9990249. Undirected graphs count each pair once; with
 * `directed` (and a directed graph) every ordered pair counts and paths follow the arcs. A path is
 * counted in steps: weights shorten nothing.
 * g         borrowed, not modified
 * effort    NULL: all processors, never cancelled. The scores have the same bytes with any number of
 *           threads
 * ret_score g->n doubles from `a`; pairs of vertices, not normalised
 * cost      O(n·m) time for each block (blocks.h), O(n+m) memory per thread; polls cancel once per
 *           sixteen sources
 * errors    LM_ECANCELLED, LM_ENOMEM; ret_score untouched on error
 * test      tests/unit/test_network_betweenness.c (igraph and hand-counted graphs),
 *           tests/compat/test_network.c */
lm_err lm_betweenness(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                      double **ret_score, struct lm_error *e);

/* The same measure over and over on parts of one graph: scratch and threads are kept. */
struct lm_between;

/* For any component of g. Closing ends the threads; the memory is the arena's. effort is borrowed. */
lm_err lm_between_open(struct lm_arena *a, const struct lm_graph *g, bool directed, const struct lm_effort *effort,
                       struct lm_between **ret);
void lm_between_close(struct lm_between *b);

/* From now on a block of more than `sources` vertices is measured from so many of them, drawn by `seed`, and scaled up
 * (Brandes, Pich 2007, doi:10.1142/S0218127407018403); 0: from all, as at first. */
void lm_between_sample(struct lm_between *b, uint32_t sources, uint64_t seed);

/* Writes score[v] for every vertex v of the component of `start`; the others are not touched.
 * ret_part (may be NULL) lists that component, until the next call. */
lm_err lm_between_component(struct lm_between *b, uint32_t start, const bool *gone, double *score,
                            struct lm_carved *ret_part);

#endif
