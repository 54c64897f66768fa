/* groups.h - the groups of a network, who bridges them, and how far they can be relied on.
 *
 * Groups are communities (communities.h): the best of several runs by modularity. Any network falls into some: so
 *   stability  each of `runs` times ties are left out (missing.h) and groups are sought anew. jaccard is the mean over the runs
 *              of the likeness (Jaccard) of the group to the group of the run that is most like it (Hennig 2007,
 *              doi:10.1016/j.csda.2006.11.025: from 0.75 a group is stable, up to 0.5 it has dissolved); together the share of
 *              pairs of members that stay in one group; kept, for a vertex, the share of runs in which it is in the
 *              group most like its own;
 *   chance     the same search in `random_runs` networks in which every vertex has as many ties as here, drawn by swapping the
 *              ends of ties (Maslov, Sneppen 2002, doi:10.1126/science.1065103): modularity that such a network reaches
 *              as well says nothing.
 * Each tie weighs what the network says.
 *
 * test      tests/unit/test_network_groups.c
 */
#ifndef LM_NETWORK_GROUPS_H
#define LM_NETWORK_GROUPS_H

#include "base/workers.h"
#include "network/graph.h"

#define LM_GROUP_STARTS 5
#define LM_GROUP_RUNS 100
#define LM_GROUP_RUNS_LEAST 10 /* with less than this stability is not given */
#define LM_GROUP_RANDOM_RUNS 20
#define LM_GROUP_STABLE 0.75
#define LM_GROUP_DISSOLVED 0.5

struct lm_group {
    const uint32_t *members; /* vertices, ascending */
    uint32_t n;
    uint64_t ties_inside, ties_outside; /* pairs */
    double jaccard, together;           /* NaN without runs; together: also NaN for one member */
};

/* A vertex with ties into other groups. */
struct lm_bridge {
    uint32_t vertex, group;
    uint32_t others; /* how many other groups */
    uint64_t ties_inside, ties_outside;
};

struct lm_groups {
    struct lm_group *groups; /* the largest first, then the lower first member */
    uint32_t n;
    uint32_t *of;  /* vertex → group */
    double *kept;  /* [vertex]; NaN without runs */
    struct lm_bridge *bridges; /* most other groups first, then most ties outside, then the vertex */
    uint32_t n_bridges;
    double modularity;
    uint32_t starts, runs, random_runs; /* fewer in large networks: they share 3 × 10^6 ties */
    double random_low, random_high;     /* modularity of the random networks; NaN without */
};

/* Everything in a. The same bytes with any number of threads.
 * cost      (starts × (1 + random_runs) + runs) searches
 * errors    LM_ECANCELLED, LM_ENOMEM */
lm_err lm_groups(struct lm_arena *a, const struct lm_graph *g, uint64_t seed, const struct lm_effort *effort,
                 struct lm_groups *ret, struct lm_error *e);

#endif
