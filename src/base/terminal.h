/* terminal.h - text of unknown origin in lines and columns for people.
 *
 * A terminal must not obey evidence: control characters (C0, C1), marks that end a line or change the direction of text
 * (U+061C, 200E, 200F, 2028 … 202E, 2066 … 2069), U+FEFF and what is not UTF-8 are shown as U+FFFD. Widths count code
 * points: a combining mark or a wide letter shifts a column, never a meaning.
 *
 * test      tests/unit/test_terminal.c, tests/unit/test_base.c
 */
#ifndef LM_BASE_TERMINAL_H
#define LM_BASE_TERMINAL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define LM_TERMINAL_WIDTH 110 /* columns that running text fills */

size_t lm_terminal_width(struct lm_str s);

/* Returns how many characters it put. */
size_t lm_terminal_put(struct lm_buf *out, struct lm_str s);

/* Exactly width ≥ 3 characters: blanks after what is shorter; what is longer loses its end, or its middle where the end
 * says more (paths), to one "…". */
enum lm_cut { LM_CUT_END, LM_CUT_MIDDLE };
void lm_terminal_cell(struct lm_buf *out, struct lm_str s, size_t width, enum lm_cut cut);

/* Words of s on lines of at most LM_TERMINAL_WIDTH characters, the first beginning in column `at`, the others after
 * `indent` blanks; a longer word has a line of its own. Ends with a line end. */
void lm_terminal_wrap(struct lm_buf *out, struct lm_str s, size_t at, size_t indent);

#define LM_GROUPED_TEXT 32
/* "12,410". Returns out. */
const char *lm_grouped(uint64_t v, char out[LM_GROUPED_TEXT]);

#endif
