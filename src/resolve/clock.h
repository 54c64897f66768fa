/* clock.h - how exactly each source states time and duration, and how far its clock is from the others'.
 * Private to this folder; the method is in occurrence.h. */
#ifndef LM_RESOLVE_CLOCK_H
#define LM_RESOLVE_CLOCK_H

#include "resolve/occurrence.h"

#define LM_CLOCK_GRANULARITY_MAX_US INT64_C(60000000)

/* Reports with both ends known, by (from, to, kind, outcome, time, key). */
lm_err lm_clock_order(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t **ret_order, size_t *ret_n,
                      struct lm_error *e);

lm_err lm_clocks_estimate(struct lm_arena *a, const struct lm_report *reports, size_t n, const uint32_t *order,
                          size_t n_order, uint32_t n_sources, const struct lm_known_clocks *known, struct lm_clocks *ret,
                          struct lm_error *e);

bool lm_clock_durations_agree(const struct lm_report *a, const struct lm_report *b, const struct lm_source_clock *clocks);

#endif
