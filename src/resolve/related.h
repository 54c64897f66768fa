/* related.h - pairs that agree because they are related, not because they are one.
 *
 * Members of a household share surname, address and telephone; papers of the same authors share the authors. Taken field by field that is
 * overwhelming evidence, and wrong. So besides matches and strangers there may be a third kind of pair: its fields of a set Z agree as those
 * of matches do, all others as those of strangers (Winkler 1993 fits such a class by hand). Which fields are in Z, and how many
 * such pairs there are, is found by the likelihood of the sample; without a clear gain there is none. Only fields that people have in
 * common (lm_field.shared) can be in Z: a person who moved is not a relative of the one before, though the pairs look as much alike. The
 * odds of a match are then
 *
 *     2^(all bits) / (1 + 2^(prior of related pairs + bits of Z))
 *
 * so that the fields outside Z must carry the match.
 *
 * cost   a few hundred passes over at most LM_RELATED_SAMPLE pairs
 * errors LM_ENOMEM
 * test   tests/unit/test_linkage_learn.c, tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_RELATED_H
#define LM_RESOLVE_RELATED_H

#include "resolve/weight.h"

#define LM_RELATED_SAMPLE 40000u
#define LM_RELATED_GAIN 40.0 /* bits of likelihood that the third kind must bring */

/* Sets m->related and m->related_pairs; both 0 when there is no such kind. */
lm_err lm_find_related(struct lm_model *m, const struct lm_records *r, const struct lm_sample *candidates);

#endif
