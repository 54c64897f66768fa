/* beside.h - media that lie in the exhibit beside a database or an export: looked for by the names that records give, and hashed.
 *
 * A record says "Media/WhatsApp Images/a.jpg" from some folder of the telephone, and exhibits keep that folder here or there. So a name is looked
 * for from the input's own folder and from each one above it, behind each of the reader's prefixes ("WhatsApp/", "../media/"); where one is found, the
 * next are looked for there first. Found, the attachment's note gets "sha256 …"; not found, nothing is said: "no file here" is no statement
 * of the source's. Media are never decoded.
 *
 * ceilings  LM_BESIDE_FILES files, LM_BESIDE_BYTES hashed (beyond: "in the exhibit, not hashed here"; the ledger of the import has the hash of every
 *           file); nothing more is looked for after LM_BESIDE_MISSES names of which none was found
 * errors    LM_ENOMEM
 * test      tests/unit/test_beside.c
 */
#ifndef LM_READERS_SHARED_BESIDE_H
#define LM_READERS_SHARED_BESIDE_H

#include "lastmile/reader.h"

#define LM_BESIDE_FILES 2048
#define LM_BESIDE_BYTES ((uint64_t)1 << 30)
#define LM_BESIDE_MISSES 512
#define LM_BESIDE_FOLDERS 8 /* above the input's own */

struct lm_beside {
    const struct lm_input *in;
    const char *const *prefixes; /* ended by NULL; "" among them where the bare name is to be tried */
    size_t n_prefixes, n_folders;
    bool any;                    /* something was found, with this: */
    size_t prefix, folder;
    size_t files, misses;
    uint64_t bytes;
};

/* prefixes NULL: only the name itself. What is borrowed must live as long as b. */
void lm_beside_init(struct lm_beside *b, const struct lm_input *in, const char *const *prefixes);

/* Looks for the attachment's name and adds to its note, in a. A name that is empty, or no relative path when the "/", "~/" and "file://" in front
 * are taken away, is not looked for. */
lm_err lm_beside_hash(struct lm_beside *b, struct lm_arena *a, struct lm_attachment *at);
/* The same for a file that is not called as the attachment is. */
lm_err lm_beside_hash_as(struct lm_beside *b, struct lm_arena *a, struct lm_str name, struct lm_attachment *at);
lm_err lm_beside_hash_all(struct lm_beside *b, struct lm_arena *a, struct lm_attachment *list, size_t n);

#endif
