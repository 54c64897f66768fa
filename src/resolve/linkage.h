/* linkage.h - which records may be of one person: learns a model from them and proposes pairs, each with its bits for and against.
 *
 * Arrays in, arrays out; nobody is merged here. The steps: candidates (candidate.h) among a part of the
 * records and random pairs are sampled; the model is learned (weight.h); all candidates whose bound reaches
 * the floor are compared; values are counted anew among the persons that were found, the model is learned
 * again from pairs that were found, and they are weighed again. Then pairs that exclude each other compete:
 * when a record fits two others that do not fit each other, at most one of both is right, and each pair's
 * odds are those against the other being right.
 *
 * order    the same pairs and bits for the same records and seed, whatever their order and the number of threads
 * memory   16 bytes for a proposed pair, record.h's, weight.h's
 * errors   LM_ENOMEM, LM_ECANCELLED
 * test     tests/unit/test_linkage_link.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_LINKAGE_H
#define LM_RESOLVE_LINKAGE_H

#include "base/workers.h"
#include "resolve/candidate.h"
#include "resolve/cluster.h"
#include "resolve/weight.h"

#define LM_LINKAGE_THRESHOLD 0.0f /* bits: more likely than not */
#define LM_LINKAGE_BELOW 6.0f     /* pairs down to so many bits below the threshold are kept, so that a person may look at them */

struct lm_linkage_wish {
    bool between;          /* only pairs of source 0 with source 1 */
    const struct lm_effort *effort;
};

struct lm_linkage {
    struct lm_model model;
    struct lm_edge *edges; /* descending by bits, then a, b */
    uint64_t n_edges;
    bool single[2];        /* between two sources: each person is once in this one (compete.h) */
    struct lm_candidate_counts counts;
    uint64_t n_compared; /* of all that were looked at, pairs for which metrics were asked */
    uint64_t n_metrics;  /* metrics computed */
};

/* Free with lm_linkage_free; records are borrowed and must outlive it. */
lm_err lm_link(struct lm_records *r, const struct lm_linkage_wish *wish, struct lm_linkage *ret, struct lm_error *e);
void lm_linkage_free(struct lm_linkage *l);

#endif
