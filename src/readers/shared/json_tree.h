/* json_tree.h - small JSON documents inside evidence (a column of a table, a line of a file), as a tree.
 *
 * memory    the tree and its texts live in the arena; at most LM_JTREE_MAX_NODES values, LM_JTREE_MAX_DEPTH deep
 * text      UTF-8 without NUL; anything else is U+FFFD, and *ret_odd says so
 * errors    LM_ENOMEM only. A document that breaks, or is too large, gives the tree of what stands before that, and *ret_broken.
 * test      tests/unit/test_signal_readers.c
 */
#ifndef LM_READERS_SHARED_JSON_TREE_H
#define LM_READERS_SHARED_JSON_TREE_H

#include "base/arena.h"
#include "formats/json.h"
#include "formats/json_out.h"

#define LM_JTREE_MAX_NODES 65536
#define LM_JTREE_MAX_DEPTH 24

struct lm_jnode {
    enum lm_json_type type; /* OBJECT, ARRAY, STRING, NUMBER, TRUE, FALSE, NULL */
    bool taken;             /* has a member of the fact: not written by lm_jtree_rest */
    struct lm_str key, text;
    struct lm_jnode *first, *next;
};

/* *ret is never NULL on LM_OK: an empty text is a null. */
lm_err lm_jtree_parse(struct lm_arena *a, struct lm_str text, struct lm_jnode **ret, bool *ret_odd, bool *ret_broken);

/* The member of an object; NULL when there is none, or when it is null. The first of several. NULL in, NULL out. */
struct lm_jnode *lm_jtree_get(struct lm_jnode *object, const char *key);
/* The same, and it is marked as taken. */
struct lm_jnode *lm_jtree_take(struct lm_jnode *object, const char *key);
/* A string or a number; {NULL, 0} otherwise. */
struct lm_str lm_jtree_text(const struct lm_jnode *n);
bool lm_jtree_i64(const struct lm_jnode *n, int64_t *ret);
bool lm_jtree_true(const struct lm_jnode *n);

/* Writes the members of an object that were not taken as members of the object that o is in; values that say nothing (null, "", {}, [])
 * are left out. */
void lm_jtree_rest(struct lm_json_out *o, const struct lm_jnode *object);

#endif
