/* follow.h - fields that follow from another one: who has the same postal code has the same town, whether one
 * person or not.
 *
 * Fields are taken to be independent; where they are not, agreement counts twice. For two fields f and g the
 * share of pairs of different persons that have the same f and agree in g at each level is counted, over
 * pairs of records drawn from those with the same f. When g is equal in LM_FOLLOW_SHARE of them,
 * LM_FOLLOW_LIFT times as often as by chance, and f is the rarer agreement of the two, g follows from f (each
 * field from the one of which that is most true): in pairs with equal f the u of a level of g is at least
 * that share. So a tree of dependences among different persons (Chow and Liu 1968,
 * doi:10.1109/TIT.1968.1054142), of one level. Values of f that mostly one person shares (telephone numbers)
 * tell nothing about different persons; they are left to related.h.
 *
 * cost   LM_FOLLOW_SAMPLE comparisons for each field, and one pass over the records
 * errors LM_ENOMEM
 * test   tests/compat/linkage.sh
 */
#ifndef LM_RESOLVE_FOLLOW_H
#define LM_RESOLVE_FOLLOW_H

#include "resolve/weight.h"

#define LM_FOLLOW_SAMPLE 10000u
#define LM_FOLLOW_LEAST 500.0 /* pairs of different persons that must be seen */
#define LM_FOLLOW_SHARE 0.25
#define LM_FOLLOW_LIFT 4.0

/* Sets m->follows and m->u_following; the comparer is for this model. */
lm_err lm_find_following(struct lm_model *m, const struct lm_records *r, struct lm_comparer *c);

#endif
