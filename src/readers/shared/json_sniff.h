/* json_sniff.h - values of a JSON file by their paths: evidence for bid(), and small files beside the
 * evidence.
 *
 * Walks the head (which may end anywhere) and looks up every value by its path: "/messages/[]/from_id" is the
 * member from_id of any element of the root's member messages; "/[]/type" a member of any element of a root that is an array.
 * cost      O(head); at most LM_SNIFF_MAX_DEPTH levels are named
 * test      tests/unit/test_json_readers.c */
#ifndef LM_READERS_SHARED_JSON_SNIFF_H
#define LM_READERS_SHARED_JSON_SNIFF_H

#include "formats/json.h"

#define LM_SNIFF_MAX_DEPTH 6
#define LM_SNIFF_MAX_CLUES 40

enum { /* kinds of value that a clue accepts */
       LM_SNIFF_STRING = 1,
       LM_SNIFF_NUMBER = 2,
       LM_SNIFF_OBJECT = 4,
       LM_SNIFF_ARRAY = 8,
       LM_SNIFF_OTHER = 16, /* true, false, null */
       LM_SNIFF_ANY = 31,
};

struct lm_sniff_clue {
    const char *path;
    unsigned kinds;
    int bits;          /* added once; negative: the file is somebody else's */
    const char *words; /* NULL, or the strings that count: " one two " with blanks around each */
};

/* Sum of the bits of the clues found, 0 when a negative one was. *ret_found (may be NULL) gets bit i for clue
 * i. */
int lm_json_sniff(struct lm_str head, const struct lm_sniff_clue *clues, size_t n_clues, uint64_t *ret_found);

/* Every value of doc at one of the paths, in the order of the file, until the file ends or breaks. */
typedef void (*lm_json_take)(void *user, size_t path, const struct lm_json_token *value);
void lm_json_pick(struct lm_str doc, const char *const *paths, size_t n_paths, lm_json_take take, void *user);

#endif
