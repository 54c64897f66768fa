/* cluster.h - sets of records joined by edges, and how well they are those that a person says they are.
 *
 * The closure of edges: everything that a chain of them connects. Measures:
 *   edge     the proposed pairs against the true pairs, missed ones included
 *   closure  all pairs inside the closure of the proposals against the true pairs
 *   b3       B-cubed (Bagga and Baldwin 1998): of each record, the share of its set that is right, and of its person that is in it
 * f1 is the harmonic mean. 0 / 0 is 0.
 *
 * memory   4 bytes a record for a union-find; measures O(n log n)
 * errors   LM_ENOMEM
 * test     tests/unit/test_linkage_cluster.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CLUSTER_H
#define LM_RESOLVE_CLUSTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct lm_edge {
    uint32_t a, b; /* records, a < b */
    float bits;    /* log2 of the odds that they are one */
};

/* Ascending by a, then b. LM_ENOMEM. */
lm_err lm_edges_sort(struct lm_edge *edges, uint64_t n);

/* --- union-find --- */
void lm_sets_init(uint32_t *parent, uint32_t n);
uint32_t lm_set_of(uint32_t *parent, uint32_t i);
/* The lower number becomes the name of both. False when they were one. */
bool lm_sets_join(uint32_t *parent, uint32_t a, uint32_t b);

struct lm_measure {
    double precision, recall, f1;
};
struct lm_measures {
    struct lm_measure edge, closure, b3;
};

struct lm_truth {
    uint32_t n;               /* records */
    const uint32_t *person;   /* [record] < n; NULL when only pairs are known */
    const uint64_t *pairs;    /* a << 32 | b with a < b, ascending, distinct; NULL when persons are known */
    uint64_t n_pairs;         /* true pairs; of persons: only those that could be proposed (between sources) */
    uint32_t n_first;         /* link: records of the first source; pairs inside one source do not count. 0: all count */
};
bool lm_truth_says(const struct lm_truth *t, uint32_t a, uint32_t b);
/* n_pairs of a truth that has persons. */
lm_err lm_truth_count(struct lm_truth *t);

/* edges in descending order of bits, then a, b; the first n_edges are proposed. B-cubed of pairs takes their closure as persons. */
lm_err lm_measure(const struct lm_truth *t, const struct lm_edge *edges, uint64_t n_edges, struct lm_measures *ret);

struct lm_best {
    struct lm_measure measure;
    float bits; /* threshold: edges with at least so many */
};
/* The threshold at which each measure has its highest f1, over all thresholds (closure and b3: over 2,000 of them up to
 * 20,000 records, else over 64). */
lm_err lm_measure_best(const struct lm_truth *t, const struct lm_edge *edges, uint64_t n_edges, struct lm_best *ret_edge,
                       struct lm_best *ret_closure, struct lm_best *ret_b3);

#endif
