/* fact_json.h - what a reader emitted, one JSON line per entry or problem: the lines of the .expected files.
 *
 * Members that a fact leaves empty are not written. Linked into the tests and fuzz targets only.
 */
#ifndef LM_TESTS_FACT_JSON_H
#define LM_TESTS_FACT_JSON_H

#include "base/buf.h"
#include "lastmile/reader.h"

void lm_entry_to_json(const struct lm_entry *entry, struct lm_buf *out);
void lm_problem_to_json(const struct lm_problem *problem, struct lm_buf *out);

#endif
