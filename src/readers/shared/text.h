/* text.h - what readers of plain text share: lines. Bytes that are not text: base/utf8.h.
 *
 * test  the fixtures of signal_text and vcard_file
 */
#ifndef LM_READERS_SHARED_TEXT_H
#define LM_READERS_SHARED_TEXT_H

#include "base/str.h"

/* The first line of *s without its end (LF or CR LF); *s is moved behind it. */
struct lm_str lm_text_line(struct lm_str *s);

#endif
