/* score_parts.h - the parts of score.h. */
#ifndef LM_SIMULATE_SCORE_PARTS_H
#define LM_SIMULATE_SCORE_PARTS_H

#include "formats/csv.h"
#include "simulate/score.h"

/* Each line of DIR/name below its header. What each returns without detail (LM_EINPUT, LM_ENOMEM) gets the file's name and
 * the row; anything else is passed on. */
lm_err sim_each_line(const char *folder, const char *name, lm_err (*each)(void *user, const struct lm_csv_row *row), void *user,
                     struct lm_error *e);

/* Fills the claims and figures of *score. */
lm_err sim_score_rollup(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *truth, struct sim_score *score,
                        struct lm_error *e);

/* Adds the accounts of one investigation. one: for as long as it runs. */
lm_err sim_score_identities(struct lm_arena *one, struct lm_store *st, struct lm_str investigation, const char *truth, struct sim_score *score,
                            struct lm_error *e);

#endif
