/* plist.h - binary property lists ("bplist00"): objects by number, nothing built, nothing allocated but texts.
 *
 * Layout: the header comment of CFBinaryPList.c in opensource.apple.com/source/CF; a trailer of 32 bytes, a table of offsets, objects that name one
 * another by number. Here an object is looked at where it stands; whoever follows the numbers must mind depth and cycles.
 * lifetime  the bytes must outlive everything read from them
 * errors    LM_EINPUT: not a binary property list, or damaged; LM_ENOMEM. lm_plist_get says LM_EINPUT for a number that is not there and
 *           for an object that does not fit into the bytes before the table of offsets.
 * limits    whole numbers of up to 8 bytes; one of 16 bytes that does not fit into int64_t is LM_EINPUT
 * test      tests/unit/test_plist.c, tests/compat/instagram_ios_db.sh (python3's plistlib is the oracle); fuzz/fuzz_plist.c
 */
#ifndef LM_FORMATS_PLIST_H
#define LM_FORMATS_PLIST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct lm_plist {
    struct lm_str bytes;
    unsigned offset_bytes, ref_bytes; /* 1 … 8 */
    uint64_t n, root;                 /* objects; the number of the first */
    uint64_t table;                   /* where the offsets stand */
};

enum lm_plist_type {
    LM_PLIST_NULL,
    LM_PLIST_FALSE,
    LM_PLIST_TRUE,
    LM_PLIST_INTEGER, /* i */
    LM_PLIST_REAL,    /* d */
    LM_PLIST_DATE,    /* d: seconds since 2001-01-01 UTC */
    LM_PLIST_DATA,    /* bytes */
    LM_PLIST_ASCII,   /* bytes: text, not checked */
    LM_PLIST_UTF16,   /* bytes: big endian, not checked */
    LM_PLIST_UID,     /* u: what an archive's object points at */
    LM_PLIST_ARRAY,   /* n items */
    LM_PLIST_SET,     /* n items */
    LM_PLIST_DICT,    /* items 0 … n - 1 are the keys, n … 2n - 1 the values */
};

struct lm_plist_object {
    enum lm_plist_type type;
    int64_t i;
    uint64_t u;
    double d;
    struct lm_str bytes;
    size_t n;
    const char *items; /* numbers of objects, ref_bytes each */
};

lm_err lm_plist_open(struct lm_str bytes, struct lm_plist *ret, struct lm_error *e);
lm_err lm_plist_get(const struct lm_plist *p, uint64_t number, struct lm_plist_object *ret);
/* The number of item i of an array, set or dictionary; i < n, or < 2n. */
uint64_t lm_plist_item(const struct lm_plist *p, const struct lm_plist_object *o, size_t i);
/* Text as UTF-8 without NUL, in a; what is not text becomes U+FFFD, and *ret_altered (may be NULL) is then set. {NULL, 0} for other types. */
lm_err lm_plist_text(struct lm_arena *a, const struct lm_plist_object *o, struct lm_str *ret, bool *ret_altered);

#endif
