/* embedded.h - files of the source tree that the binary carries: tables of facts, templates, the web front
 * end.
 *
 * The list is made at build time by packaging/embed.c from `embedded` (src/base/meson.build), to which any
 * folder's meson.build adds pairs of a name and a file: embedded += ['data/x.csv',
 * files('../../data/x.csv')]. A name is the file's path in the source tree, '/' separated. Bytes are static
 * and followed by a NUL that n does not count.
 *
 * test  tests/unit/test_rollup.c
 */
#ifndef LM_BASE_EMBEDDED_H
#define LM_BASE_EMBEDDED_H

#include "base/str.h"

struct lm_embedded_file {
    struct lm_str name;
    struct lm_str bytes;
};

/* In the order of the build files; ended by an entry whose name.p is NULL. */
extern const struct lm_embedded_file lm_embedded_files[];

/* p = NULL when the binary carries no file of that name (an empty file has p != NULL, n = 0). */
struct lm_str lm_embedded(struct lm_str name);

#endif
