/* wire_android_db.h - what the files of the reader wire_android_db share. */
#ifndef LM_READERS_WIRE_ANDROID_DB_H
#define LM_READERS_WIRE_ANDROID_DB_H

#include "readers/shared/db_read.h"
#include "readers/shared/wire_generic.h"

#define WAD_MAX_MEMBERS 1024 /* of a conversation; above, messages get no legs */

struct wad_conversation {
    struct lm_str id, title;
    enum lm_thread_kind kind;
    bool self;
    struct lm_str *members;
    size_t n, cap;
};

struct wad_like {
    struct lm_str user;
    size_t next; /* index + 1 of the next one of the same message; 0: the last */
};

struct wad {
    struct lm_dbread r;
    struct lm_str owner; /* empty: unknown */
    struct lm_map names; /* a user's id → index into shown */
    struct lm_str *shown;
    size_t n_shown, cap_shown;
    struct lm_map by_id; /* a conversation's local id → index into conversations */
    struct wad_conversation *conversations;
    size_t n, cap;
    struct lm_map liked; /* a message's id → index + 1 into likes */
    struct wad_like *likes;
    size_t n_likes, cap_likes;
};

struct lm_account_ref wad_user(const struct wad *w, struct lm_str id);
struct lm_account_ref wad_owner(const struct wad *w);
/* Messages, with Assets2 and Likings */
lm_err wad_messages(struct wad *w);

#endif
