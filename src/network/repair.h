/* repair.h - what holds after vertices are taken out, and what may hold again when those who are left make new ties.
 *
 * impact     of a network and who is gone: the largest component and connected pairs (components.h); supply: pairs (source,
 *            customer) with a path along the ties from the one to the other, and the customers that some source reaches;
 *            cities with a vertex that a source reaches (without sources: that is in the largest component, or in
 *            one of several that are equally large).
 * repair     each tie that a vertex which is left had to one that is gone finds a new other end with a chance that is
 *            drawn anew for every run, from 0 to 1; what that end is, a rule says:
 *              replacement  somebody takes the place of each vertex that is gone: of those with the same role (when none is
 *                           left, of all, and then with that role), met first on a walk from contact to contact that
 *                           stops at each with a chance of a half (Duijn et al. 2014, doi:10.1038/srep04238: nearness,
 *                           and the role). Ties between two who are gone find both replacements;
 *              closure      somebody with whom one has a contact in common, drawn at random;
 *              attachment   somebody drawn in proportion to the ties that he has left.
 *            (The last two: Diviák 2023.) Which rule holds matters more than the first impact (also MADTOR 2024,
 *            doi:10.18564/jasss.5430), and nobody knows it: so the answer is the spread over all of them. It knows
 *            no time, no trust and no newcomers.
 *
 * seed       same input, same seed, same bytes, with any number of threads
 * test       tests/unit/test_network_repair.c
 */
#ifndef LM_NETWORK_REPAIR_H
#define LM_NETWORK_REPAIR_H

#include "base/workers.h"
#include "network/graph.h"
#include "network/node_table.h"

struct lm_impact {
    uint32_t lcc, components;
    uint64_t pairs;
    uint64_t supply;    /* pairs (source, customer) */
    uint32_t customers; /* that a source reaches */
    uint32_t cities;    /* reached */
};

/* Roles and cities; role NULL: none are known. */
struct lm_supply {
    const enum lm_node_role *role;
    const uint32_t *city; /* LM_NO_CITY … */
    uint32_t n_cities;
    uint32_t n_sources, n_customers; /* before anything is taken out */
};

struct lm_supply lm_supply_of(const struct lm_graph *g, const struct lm_node_table *t);

/* gone NULL: nobody. ret_reached (may be NULL): n_cities flags, set for those reached. O((1 + sources) × (n + ties)).
 * LM_ENOMEM only. */
lm_err lm_impact_of(const struct lm_graph *g, const bool *gone, const struct lm_supply *s, struct lm_impact *ret,
                     bool *ret_reached);

enum lm_repair_rule { LM_REPAIR_REPLACEMENT, LM_REPAIR_CLOSURE, LM_REPAIR_ATTACHMENT, LM_REPAIR_RULES };
extern const char *const lm_repair_words[LM_REPAIR_RULES]; /* "replacement", … */

#define LM_REPAIR_RUNS 200
#define LM_REPAIR_RUNS_LEAST 20 /* with less than this no spread is given */

/* Of the values of all runs in order: the first, those at a quarter, a half and three quarters (nearest rank), the last. */
struct lm_spread {
    uint64_t at[5];
};

struct lm_repaired {
    struct lm_spread lcc, pairs, supply, customers, cities;
};

struct lm_repair {
    uint32_t runs;  /* of each rule; 0: the network is too large, or nobody is left */
    uint64_t lost;  /* ties that ended at somebody who is gone */
    struct lm_repaired rule[LM_REPAIR_RULES], all;
};

/* cost      3 × runs × that of lm_graph_build and an impact
 * errors    LM_ECANCELLED, LM_ENOMEM */
lm_err lm_repair_simulate(const struct lm_graph *g, const bool *gone, const struct lm_supply *s,
                          const struct lm_str *role_name, uint64_t seed, const struct lm_effort *effort,
                          struct lm_repair *ret, struct lm_error *e);

#endif
