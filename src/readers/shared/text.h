/* text.h - what readers of plain text share: lines, and bytes that are not text.
 *
 * memory    repaired text lives in the arena given
 * test      the fixtures of signal_text and vcard_file */
#ifndef LM_READERS_SHARED_TEXT_H
#define LM_READERS_SHARED_TEXT_H

#include "base/arena.h"

/* The first line of *s without its end (LF or CR LF); *s is moved behind it. */
struct lm_str lm_text_line(struct lm_str *s);

/* Whether all of s is UTF-8 without NUL. */
bool lm_text_is_clean(struct lm_str s);

/* Every byte that is not UTF-8, and NUL, becomes U+FFFD. p = NULL without memory. */
struct lm_str lm_text_repaired(struct lm_arena *a, struct lm_str s);

#endif
