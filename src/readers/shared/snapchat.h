/* snapchat.h - what the forms of Snapchat's data share: its moments, its accounts.
 *
 * test  tests/unit/test_snapchat.c
 */
#ifndef LM_READERS_SHARED_SNAPCHAT_H
#define LM_READERS_SHARED_SNAPCHAT_H

#include "base/arena.h"
#include "base/err.h"
#include "model/fact.h"

/* "Wed Aug 19 12:00:00 UTC 2021", "2026-04-11 04:02:00 UTC", "Apr 06 2026 03:48:31 UTC": the whole text, a fraction of the second
 * allowed. UTC and GMT: quality utc; PST and PDT: zone; no zone: local. False: anything else. */
bool lm_snapchat_when(struct lm_str s, struct lm_when *ret);

/* An account is known by its user name, which every form has; where that is missing, by its user id. Both empty: NONE. */
struct lm_account_ref lm_snapchat_account(struct lm_str username, struct lm_str user_id);

/* "&amp;", "&#39;", "&#x2F;" and their like as characters; what is none stays. *ret is s itself or in a. LM_ENOMEM. */
lm_err lm_snapchat_entities(struct lm_arena *a, struct lm_str s, struct lm_str *ret);

#endif
