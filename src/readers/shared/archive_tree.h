/* archive_tree.h - an NSKeyedArchiver archive inside evidence, as the tree that json_tree.h gives of JSON.
 *
 * An archive is a binary property list whose objects point at one another by UID. Here every pointer is followed: an object becomes an object
 * with its class under "$class" (marked as taken, so that it is not kept in raw), NSArray and NSSet an array, NSDictionary an object, NSString and
 * NSNumber a value, NSDate {"NS.time": seconds since 2001-01-01 UTC}, NSURL its members, NSData {"bytes": n, "hex": …} of up to 1,024 bytes. $null is null. What
 * says nothing (null, false, 0, an empty text) is marked as taken, as empty columns are. A property list that is no archive is read as it stands.
 *
 * memory    the tree lives in the arena; at most LM_JTREE_MAX_NODES values, LM_JTREE_MAX_DEPTH deep: a cycle ends there, and *ret_broken
 * errors    LM_ENOMEM only; bytes that are no property list give a null and *ret_broken
 * test      tests/unit/test_plist.c
 */
#ifndef LM_READERS_SHARED_ARCHIVE_TREE_H
#define LM_READERS_SHARED_ARCHIVE_TREE_H

#include "readers/shared/json_tree.h"

lm_err lm_archive_tree(struct lm_arena *a, struct lm_str bytes, struct lm_jnode **ret, bool *ret_odd, bool *ret_broken);

/* The moment of an NSDate; false when n is none. Cut to the microsecond, 1970 … 2200. */
bool lm_archive_date(struct lm_jnode *n, struct lm_when *ret);

#endif
