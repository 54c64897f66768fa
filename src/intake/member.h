/* member.h - names of members of containers, and what a container looks like from its first bytes.
 *
 * test  tests/unit/test_intake_member.c
 */
#ifndef LM_INTAKE_MEMBER_H
#define LM_INTAKE_MEMBER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum lm_container {
    LM_CONTAINER_NONE,
    LM_CONTAINER_ZIP,
    LM_CONTAINER_7Z,
    LM_CONTAINER_TAR,
    LM_CONTAINER_GZ,
    LM_CONTAINER_BZ2,
    LM_CONTAINER_XZ,
    LM_CONTAINER_RSMF, /* a message (RFC 5322) that carries rsmf.zip and what its text shows */
};

#define LM_CONTAINER_HEAD_BYTES 4096
/* By the magic numbers; a tar without one by its header checksum, a message by its X-RSMF fields. */
enum lm_container lm_container_sniff(struct lm_str head);
const char *lm_container_word(enum lm_container c); /* "zip"; NULL for NONE */

/* A name as the container writes it → a relative path of UTF-8: '/' between components, no "." or "..", not
 * absolute, nothing empty; control characters and bytes that are not UTF-8 as %XX; at most about 4,000 bytes.
 * windows: '\' parts components when there is no '/', and a drive letter is dropped; containers are read so, file
 * systems are not. *ret_why: NULL, or static text that says what was changed and must be reported. LM_ENOMEM only. */
lm_err lm_member_path(struct lm_arena *a, struct lm_str name, bool windows, struct lm_str *ret, const char **ret_why);

/* The member of a single compressed file: its name without .gz, .bz2, .xz; ".tgz" gives ".tar". */
struct lm_str lm_member_of_single(struct lm_arena *a, struct lm_str container_path);

/* "a/b/c.json" and "../d.json" → "a/d.json". False when it leaves the exhibit, or is empty or absolute. */
bool lm_member_relative(struct lm_arena *a, struct lm_str from, struct lm_str path, struct lm_str *ret);

#endif
