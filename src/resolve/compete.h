/* compete.h - proposed pairs that exclude each other.
 *
 * When a record a fits both b and c, and b and c do not fit each other, then a is b, or a is c, or neither. The odds of (a, b) are those
 * against the others as well:
 *
 *     2^bits(a, b) / (1 + sum over c of 2^seen(a, c) · (1 - min(1, 2^evidence(b, c))))
 *
 * and the same on the side of b. Evidence is what the fields of b and c say, without the prior: records that support each other, as
 * several of one person do, do not compete. seen(a, c) are the bits of (a, c) after c has competed for itself: a rival that is better off
 * elsewhere is none. That makes it belief propagation on a matching (Bayati, Shah, Sharma 2008, doi:10.1109/TIT.2007.915695), a
 * fixed number of rounds with damping. So a pair that joins two groups by chance loses against the pairs inside them, and of two
 * telephone accounts that fit one person equally well neither is proposed with confidence. Where a source has each person once only, all of
 * its records exclude each other.
 *
 * cost   O(pairs · LM_RIVALS) comparisons at most; for each pair that has a chance 40 bytes, and 4 for each rival
 * errors LM_ENOMEM
 * test   tests/unit/test_linkage_learn.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_COMPETE_H
#define LM_RESOLVE_COMPETE_H

#include "resolve/cluster.h"
#include "resolve/compare.h"

#define LM_RIVALS 24        /* the best of each record that are looked at */
#define LM_RIVAL_BITS -3.0f /* what is less likely is no rival */

struct lm_contest {
    const struct lm_records *records;
    float prior_bits;
    bool single[2]; /* no two records of this source are one */
};
/* edges: any order, no pair twice. ret_bits[k]: the bits of edges[k] after the competition, never more than before. */
lm_err lm_compete(struct lm_comparer *c, const struct lm_contest *contest, const struct lm_edge *edges, uint64_t n_edges, float *ret_bits);

/* Whether a source has each person once only, as far as the pairs between the sources tell: of its records that fit one record of the
 * other source, less than LM_SINGLE_SHARE fit each other as well as nineteen in twenty pairs do that are the best for both sides.
 * Sets contest->single. */
#define LM_SINGLE_SHARE 0.15
lm_err lm_find_single(struct lm_comparer *c, struct lm_contest *contest, const struct lm_edge *edges, uint64_t n_edges);

#endif
