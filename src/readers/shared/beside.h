/* beside.h - media that lie in the exhibit beside a database or an export: looked for by the names that records give, and hashed.
 *
 * A record says "Media/WhatsApp Images/a.jpg" from some folder of the telephone, and exhibits keep that folder here or there.
 * So a name is looked for from the input's own folder and from each one above it, behind each prefix that its form has
 * ("WhatsApp/", "Attachments/"); of an absolute name the last two components as well. Where one is found, the next are looked
 * for there first. Found, the attachment's note gets "sha256 …"; not found, nothing is said: that a file is not in this exhibit is
 * no statement of the source's. Media are never decoded.
 *
 * One place serves all readers: lm_beside_read runs a reader behind a sink that does this to every attachment that has a name and no
 * hash yet. A reader whose files are not called as its attachments are asks by itself (lm_beside_hash_as).
 *
 * ceilings  LM_BESIDE_ASKED questions; LM_BESIDE_BYTES hashed, beyond: "in the exhibit, not hashed here" (the ledger of the import has the hash of
 *           every file); a name is looked for in all places only while fewer than LM_BESIDE_MISSES were found nowhere. Names that were not
 *           looked for any more are told once, with their number.
 * errors    LM_ENOMEM, or what the sink returned
 * test      tests/unit/test_beside.c, tests/cli/media.sh
 */
#ifndef LM_READERS_SHARED_BESIDE_H
#define LM_READERS_SHARED_BESIDE_H

#include "lastmile/reader.h"

#define LM_BESIDE_ASKED 65536
#define LM_BESIDE_BYTES ((uint64_t)1 << 30)
#define LM_BESIDE_MISSES 512
#define LM_BESIDE_FOLDERS 8 /* above the input's own */

struct lm_beside {
    const struct lm_input *in;
    const char *const *prefixes; /* ended by NULL; "" among them where the bare name is to be tried */
    size_t n_prefixes, n_folders;
    bool any;                    /* something was found, with this: */
    size_t prefix, folder;
    uint64_t asked, misses, bytes;
    uint64_t passed;             /* names that were not looked for any more, though something had been found */
};

/* prefixes NULL: only the name itself. What is borrowed must live as long as b. */
void lm_beside_init(struct lm_beside *b, const struct lm_input *in, const char *const *prefixes);

/* Looks for a file of that name and adds to the attachment's note, in a. A name that is empty, or no relative path when the "/", "~/" and "file://"
 * in front are taken away, is not looked for. */
lm_err lm_beside_hash_as(struct lm_beside *b, struct lm_arena *a, struct lm_str name, struct lm_attachment *at);

/* reader->read with a sink before `sink` that hashes what lies beside. */
lm_err lm_beside_read(const struct lm_reader *reader, struct lm_read *ctx, struct lm_sink *sink);

#endif
