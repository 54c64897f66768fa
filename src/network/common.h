/* common.h - whom some names have in common, and how much that says.
 *
 * A contact that everybody has joins nobody: each common contact weighs 1 / ln(others), others being the distinct names it is in
 * contact with in the data held (Adamic, Adar 2003, doi:10.1016/S0378-8733(03)00009-1). Two names are joined by the sum over what
 * they share. A contact of more than `cap` others (a taxi firm, a voicemail number) is listed, marked and enters no sum.
 *
 * cost      O(n + ties of the names asked for + k² · common contacts)
 * errors    LM_ENOMEM; LM_ELIMIT above LM_COMMON_NAMES names
 * test      tests/unit/test_network_common.c
 */
#ifndef LM_NETWORK_COMMON_H
#define LM_NETWORK_COMMON_H

#include "network/graph.h"

#define LM_COMMON_NAMES 100

struct lm_common {
    uint32_t vertex;
    uint32_t n_of;   /* how many of the names asked for it is in contact with: at least two */
    uint32_t others;
    double weight;   /* 1 / ln(others) */
    bool capped;
};

struct lm_common_pair {
    uint32_t a, b;   /* indices into the names asked for */
    uint32_t shared; /* those that are capped among them */
    uint32_t capped;
    double weight;   /* sum over the others */
    bool direct;
};

struct lm_commons {
    struct lm_common *list; /* not capped first, most of the names first, then highest weight, then vertex */
    size_t n, n_capped;
    struct lm_common_pair *pairs; /* every two of the names, highest weight first, then in the order asked for */
    size_t n_pairs;
};

/* names: distinct vertices; they are no common contacts of each other. Directions do not count. */
lm_err lm_commons_find(struct lm_arena *a, const struct lm_graph *g, const uint32_t *names, size_t n, uint32_t cap,
                       struct lm_commons *ret, struct lm_error *e);

#endif
