/* choose.h - which keys find the pairs of one person, and in which order they are tried. Private to this
 * folder; see candidate.h.
 *
 * A greedy cover. It is known of some pairs that they are likely of one person (from a sample); others are
 * made up, from records and what usually goes wrong, so that no kind of agreement is forgotten that the
 * sample happens to lack. The next key is the one that gives the most of them that no key has given so far,
 * or (for less) only one: what is found twice is found also when it differs a little. How large the block of
 * a pair would be is estimated from how frequent each part is; a block that is too large finds nothing.
 * Identifiers (codes, e-mail addresses) are keys in any case.
 *
 * cost   O(pairs · keys of one pair) once, then a few passes over the pairs for each key
 * errors LM_ENOMEM
 * test   tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_CHOOSE_H
#define LM_RESOLVE_CHOOSE_H

#include "resolve/part.h"

struct lm_chooser;

/* n: records that take part; block: the size of block that is likely affordable. */
lm_err lm_chooser_open(const struct lm_candidates *c, const struct lm_candidate_parts *p, double n,
                       double block, struct lm_chooser **ret);
void lm_chooser_close(struct lm_chooser *c);

/* False when no key is worth its cost. */
bool lm_chooser_next(struct lm_chooser *c, bool cheap, struct lm_key *ret);

/* After the key has run: whether the blocks of these pairs were taken. */
void lm_chooser_tell(struct lm_chooser *c, const struct lm_key *key,
                     bool (*taken)(void *ctx, uint32_t record), void *ctx);

#endif
