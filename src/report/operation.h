/* operation.h - the operation report: the roll-up's figures with charts by month, division and platform, and every number a
 * link to the rows that it rests on.
 *
 * Its date is the data cut-off, the latest day that a row states: the same workspace gives the same bytes. The map is a
 * cartogram: one square for each of DEA's divisions, about where it lies; other divisions stand under it.
 *
 * lifetime  everything lives in a; r is borrowed as long as the document
 * errors    LM_ENOMEM
 * test      tests/cli/report_operation.sh
 */
#ifndef LM_REPORT_OPERATION_H
#define LM_REPORT_OPERATION_H

#include "report/document.h"
#include "rollup/rollup.h"

/* Dimensions that the report needs. */
#define LM_OPERATION_BY                                                                                      \
    (1U << LM_ROLLUP_WHOLE | 1U << LM_ROLLUP_DIVISION | 1U << LM_ROLLUP_MONTH | 1U << LM_ROLLUP_PLATFORM     \
     | 1U << LM_ROLLUP_CARTEL)

/* scope: "all investigations", "investigation I1". most_ranges: of rows listed for one figure, the rest is counted; 0: all. */
lm_err lm_operation_document(struct lm_arena *a, const struct lm_rollup *r, const struct lm_rollup_options *options,
                             struct lm_str scope, size_t most_ranges, struct lm_document *ret, struct lm_error *e);

/* Where a division stands on the cartogram; false: it is none of DEA's. "Denver Division" is "Denver". */
#define LM_MAP_COLUMNS 10
#define LM_MAP_ROWS 6
bool lm_division_place(struct lm_str division, unsigned *ret_column, unsigned *ret_row, struct lm_str *ret_short);
/* Draws the cartogram of a figure's values by division into the document. */
struct lm_map_value {
    struct lm_str division, value;
    double share; /* of the greatest */
    const char *link;
};
void lm_doc_division_map(struct lm_document *d, const char *title, const struct lm_map_value *v, size_t n);

#endif
