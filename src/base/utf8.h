/* utf8.h - text that is not what it should be: the one way in which bytes of evidence become UTF-8.
 *
 * Decoding and checking are in str.h. Text is UTF-8 without NUL: the workspace, the frames between processes and JSON take
 * nothing else.
 *
 * test  tests/unit/test_base.c
 */
#ifndef LM_BASE_UTF8_H
#define LM_BASE_UTF8_H

#include "base/arena.h"

bool lm_utf8_is_text(struct lm_str s);

/* Bytes 1 … 127 only. */
bool lm_utf8_is_ascii(struct lm_str s);

/* A copy in which every byte that is not UTF-8, and every NUL, is U+FFFD. *ret_altered (may be NULL): how many. p = NULL when
 * there is no memory. Linear; at most 3 bytes per byte. */
struct lm_str lm_utf8_repaired(struct lm_arena *a, struct lm_str s, uint64_t *ret_altered);

/* What a byte of Windows-1252 stands for (unicode.org, MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT); the five that are no character there
 * stay as they are, as in HTML. */
uint32_t lm_windows_1252(unsigned char byte);

#endif
