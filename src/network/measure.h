/* measure.h - one number per vertex: the measures by which a network can be listed.
 *
 * degree            distinct neighbours; ties in plus ties out when the network is directed
 * in, out           ties in, ties out                                (directed only)
 * strength          sum of the weights of the ties of a vertex; in plus out when directed
 * strength_in, strength_out, net   the same by direction; net = out - in  (directed only)
 * betweenness       betweenness.h: exact, a path is counted in steps
 * betweenness_weighted             weighted.h: exact, a tie is as long as 1 / its weight
 * pagerank          pagerank.h
 * core              the largest k such that the vertex has k neighbours in the part where everybody has k
 *                   (Seidman 1983, doi:10.1016/0378-8733(83)90028-X; Batagelj and Zaversnik 2003, arXiv:cs/0310049)
 * effective_size    neighbours, less the mean number of ties that a neighbour has to the others (Burt 1992, as
 *                   simplified for ties without weight by Borgatti 1997): d - 2 t / d with t ties between neighbours
 * core and effective_size are those of the undirected projection, without weights.
 *
 * test  tests/unit/test_network_measure.c (igraph, or every definition written out), tests/compat/test_network.c
 */
#ifndef LM_NETWORK_MEASURE_H
#define LM_NETWORK_MEASURE_H

#include "base/workers.h"
#include "network/graph.h"

enum lm_node_measure {
    LM_MEASURE_DEGREE,
    LM_MEASURE_IN,
    LM_MEASURE_OUT,
    LM_MEASURE_STRENGTH,
    LM_MEASURE_STRENGTH_IN,
    LM_MEASURE_STRENGTH_OUT,
    LM_MEASURE_NET,
    LM_MEASURE_BETWEENNESS,
    LM_MEASURE_BETWEENNESS_WEIGHTED,
    LM_MEASURE_PAGERANK,
    LM_MEASURE_CORE,
    LM_MEASURE_EFFECTIVE_SIZE,
    LM_MEASURES
};

/* The word of each, as above; it is also its member in JSON. */
extern const char *const lm_measure_words[LM_MEASURES];

/* LM_MEASURES when no measure is called that. */
enum lm_node_measure lm_measure_called(struct lm_str word);

/* Is it one of those that need directions? */
bool lm_measure_directed(enum lm_node_measure m);

/* Whole numbers print without decimals. */
bool lm_measure_whole(enum lm_node_measure m);

/* lm_node_measure - ret_score: g->n values from `a`. The same bytes with any number of threads.
 * errors  LM_EUSAGE a measure of directions on a network without; LM_ECANCELLED; LM_ENOMEM */
lm_err lm_node_measure(struct lm_arena *a, const struct lm_graph *g, enum lm_node_measure m, const struct lm_effort *effort,
                  double **ret_score, struct lm_error *e);

/* The parts of it that the bench calls by themselves; LM_ENOMEM only. O(n + m); O(m^1.5). */
lm_err lm_core_numbers(struct lm_arena *a, const struct lm_graph *g, uint32_t **ret_core, struct lm_error *e);
lm_err lm_triangles(struct lm_arena *a, const struct lm_graph *g, const struct lm_effort *effort,
                    uint64_t **ret_triangles, struct lm_error *e);

#endif
