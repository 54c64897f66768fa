/* zip_memory.h - members of a zip that is a slice in memory, or is given piece by piece, by name, as a stream.
 *
 * Over libarchive (zip only), with the central directory or, when that is gone, in the order of the bytes. Names are compared
 * without regard to ASCII case, as the Open Packaging Conventions ask (ECMA-376 part 2, 6.2.2).
 *
 * limits    LM_ZIP_MAX_MEMBERS headers; of one member LM_ZIP_MAX_BYTES, and beyond LM_ZIP_FREE_BYTES at most LM_ZIP_RATIO times
 *           the size of the whole zip
 * errors    LM_ENOTFOUND; LM_EINPUT (damaged, encrypted); LM_ELIMIT; LM_ENOMEM
 * sandbox   opens no file: works in a process that is shut in
 * test      tests/unit/test_xlsx.c; fuzz/fuzz_xlsx.c
 */
#ifndef LM_FORMATS_ZIP_MEMORY_H
#define LM_FORMATS_ZIP_MEMORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define LM_ZIP_MAX_MEMBERS 10000
#define LM_ZIP_MAX_BYTES ((uint64_t)8 << 30)
#define LM_ZIP_FREE_BYTES ((uint64_t)64 << 20)
#define LM_ZIP_RATIO 200

/* Where the zip stands. */
struct lm_zip_bytes {
    struct lm_str memory;
    uint64_t n; /* of read(), which gives any n of them; NULL: in memory */
    void (*read)(void *user, uint64_t at, char *out, size_t n);
    void *user;
};
static inline struct lm_zip_bytes lm_zip_in(struct lm_str memory)
{
    return (struct lm_zip_bytes){ .memory = memory, .n = memory.n };
}

struct lm_zip_member;

/* What zip points at is borrowed until the member is closed. */
lm_err lm_zip_open(struct lm_zip_bytes zip, struct lm_str name, struct lm_zip_member **ret, struct lm_error *e);
void lm_zip_close(struct lm_zip_member *m); /* NULL is nothing */

/* Before the first member. lm_zip_next goes to the next one that is a file: LM_ENOTFOUND behind the last. One after the other they cost what they hold; by
 * name, each costs a look at the headers of all. */
lm_err lm_zip_walk(struct lm_zip_bytes zip, struct lm_zip_member **ret, struct lm_error *e);
lm_err lm_zip_next(struct lm_zip_member *m, struct lm_error *e);

/* The next bytes, valid until the next call; empty at the end. */
lm_err lm_zip_read(struct lm_zip_member *m, struct lm_str *ret, struct lm_error *e);

/* The names of all members that are files, in the order of the zip, as text in a. LM_EINPUT: damaged; what was found before stays in *ret. */
lm_err lm_zip_names(struct lm_arena *a, struct lm_zip_bytes zip, struct lm_str **ret, size_t *ret_n, struct lm_error *e);

/* All of a member in a, at most max_bytes (LM_ELIMIT). */
lm_err lm_zip_whole(struct lm_arena *a, struct lm_zip_bytes zip, struct lm_str name, size_t max_bytes, struct lm_str *ret,
                    struct lm_error *e);

#endif
