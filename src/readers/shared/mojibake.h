/* mojibake.h - text whose UTF-8 bytes were each written as a character of their own.
 *
 * Meta's "Download your information" writes every byte of a UTF-8 text as \u00XX. Told per string: all
 * its characters are below U+0100, and their values, taken as bytes, are valid UTF-8 that is not plain ASCII.
 * A text that fails this stays as it is, so plain UTF-8 and genuine Latin-1 are not touched.
 * test      tests/unit/test_json_readers.c */
#ifndef LM_READERS_SHARED_MOJIBAKE_H
#define LM_READERS_SHARED_MOJIBAKE_H

#include "base/arena.h"
#include "base/err.h"

/* *ret is s itself, or repaired text in a. LM_ENOMEM. */
lm_err lm_mojibake_repair(struct lm_arena *a, struct lm_str s, struct lm_str *ret);

#endif
