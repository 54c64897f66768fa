/* compare.h - what qualifiers mean when figures are added or held against each other.
 *
 * A qualifier is a claim about the true value t of a figure printed as v:
 *   exact      t = v
 *   at_least   t >= v
 *   more_than  t > v
 *   nearly     t < v, and not by much
 *   about      t near v, either side
 * Join (the qualifier of a sum): the same words stay; among exact, at_least and more_than the strongest lower
 * bound wins (more_than, then at_least); whatever else is mixed with nearly or about becomes about. The join
 * is commutative and associative, so the order of the rows does not matter.
 *
 * test  tests/unit/test_rollup.c
 */
#ifndef LM_ROLLUP_COMPARE_H
#define LM_ROLLUP_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/words.h"

enum lm_qualifier lm_qualifier_join(enum lm_qualifier a, enum lm_qualifier b);

/* How far below (nearly) or around (about) a printed value a computed one may lie: 5 in 100 of it. */
#define LM_NEAR_PERCENT 5

/* Does a computed value agree with a published one, as its qualifier says? exact: equal; at_least, more_than:
 * not below it, above it (there is no upper end); nearly: below or equal, within LM_NEAR_PERCENT; about:
 * within that, either side. */
bool lm_value_agrees(int64_t computed, int64_t published, enum lm_qualifier qualifier);

#endif
