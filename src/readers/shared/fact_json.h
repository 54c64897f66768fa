/* fact_json.h - what a reader emitted, one JSON line per entry or problem.
 *
 * For golden tests and for people who want to see how a file is read. Members that a fact leaves empty are
 * not written. The lines hold content: they are never logged.
 */
#ifndef LM_READERS_SHARED_FACT_JSON_H
#define LM_READERS_SHARED_FACT_JSON_H

#include "base/buf.h"
#include "lastmile/reader.h"

void lm_entry_to_json(const struct lm_entry *entry, struct lm_buf *out);
void lm_problem_to_json(const struct lm_problem *problem, struct lm_buf *out);

#endif
