/* goal.h - what a removal is meant to break, and how much of it is left.
 *
 *   LM_GOAL_LCC     vertices in the largest component
 *   LM_GOAL_PAIRS   connected pairs of vertices
 *   LM_GOAL_REACH   pairs of a source and a customer (not the same vertex) that are connected: supply
 *   LM_GOAL_CITIES  connected pairs of vertices in different cities; a vertex of no known city is in none
 * All are those of the undirected projection, and all fall (or stay) with every removal.
 *
 * test      tests/unit/test_network_exact.c
 */
#ifndef LM_NETWORK_GOAL_H
#define LM_NETWORK_GOAL_H

#include "network/graph.h"

enum lm_goal { LM_GOAL_LCC, LM_GOAL_PAIRS, LM_GOAL_REACH, LM_GOAL_CITIES };

#define LM_NO_CITY UINT32_MAX

/* What is known of the vertices; g->n values each. NULL where a thing is not known. */
struct lm_node_data {
    const double *cost;            /* of removing it, above 0; NULL: 1 each */
    const bool *source, *customer; /* both or neither */
    const uint32_t *city;          /* 0 … n_cities - 1, or LM_NO_CITY */
    uint32_t n_cities;
};

struct lm_left {
    uint32_t lcc;
    uint32_t parts;    /* components */
    uint64_t pairs;
    uint64_t reach;    /* 0 without sources and customers */
    uint64_t supplied; /* customers that are connected to a source, or are one */
    uint64_t cities;   /* 0 without cities */
};

uint64_t lm_left_value(const struct lm_left *l, enum lm_goal goal);

static inline double lm_cost_of(const struct lm_node_data *d, uint32_t v)
{
    return d != NULL && d->cost != NULL ? d->cost[v] : 1;
}

/* The same over and over, with changing sets: scratch is kept. LM_ENOMEM only. */
struct lm_measurer;
lm_err lm_measurer_open(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d,
                        struct lm_measurer **ret);

/* What is left without the vertices that are gone. O(n + m). */
struct lm_left lm_left_after(struct lm_measurer *m, const bool *gone);

/* ret[k] = what is left without order[0 … k], k = 0 … n - 1. Components are joined from the end to the
 * beginning: O((n + m) log n). errors    LM_ELIMIT cities × vertices above 2^28, LM_ENOMEM */
lm_err lm_measure_order(const struct lm_graph *g, const struct lm_node_data *d, const uint32_t *order,
                        uint32_t n, struct lm_left *ret, struct lm_error *e);

#endif
