/* text.h - what readers share about text: lines, whole telephone numbers. Bytes that are not text: base/utf8.h.
 *
 * test  the fixtures of signal_text, vcard_file, ufed_xml and android_contacts
 */
#ifndef LM_READERS_SHARED_TEXT_H
#define LM_READERS_SHARED_TEXT_H

#include "base/str.h"

/* The first line of *s without its end (LF or CR LF); *s is moved behind it. */
struct lm_str lm_text_line(struct lm_str *s);

/* The file name of a path: what follows the last '/'. */
struct lm_str lm_text_file_name(struct lm_str path);

/* Ten to fifteen digits (E.164), or eight to fifteen behind a '+', in telephone punctuation, without extension or code: the
 * same telephone wherever it is dialled. An address book's account must be that; a short code is not. */
bool lm_text_is_whole_number(struct lm_str s);

#endif
