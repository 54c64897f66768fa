/* wire_desktop_wbu.h - what the files of the reader wire_desktop_wbu share. */
#ifndef LM_READERS_WIRE_DESKTOP_WBU_H
#define LM_READERS_WIRE_DESKTOP_WBU_H

#include "base/map.h"
#include "readers/shared/json_read.h"

#define WDB_MAX_MEMBERS 1024 /* of a conversation; above, messages get no legs */

struct wdb_conversation {
    struct lm_str id, name;
    enum lm_thread_kind kind;
    struct lm_str *others;
    size_t n, cap;
    bool self;
};

struct wdb {
    struct lm_jread r;
    struct lm_str owner, owner_name; /* from export.json beside it; empty: unknown */
    struct lm_map by_id;             /* → index into conversations */
    struct wdb_conversation *conversations;
    size_t n, cap;
    struct lm_map names;             /* a user's id → index into shown */
    struct lm_str *shown;
    size_t n_shown, cap_shown;
    struct wdb_conversation *last;   /* while the file beside is walked */
    struct lm_str last_user;
    bool no_memory;

    struct lm_buf key;               /* "data.duration" */
};

struct lm_account_ref wdb_user(const struct wdb *w, struct lm_str id);
struct lm_account_ref wdb_owner(const struct wdb *w);
/* NULL when conversations.json does not have it. */
const struct wdb_conversation *wdb_conversation_of(const struct wdb *w, struct lm_str id);
/* One element of events.json; user is a struct wdb. */
lm_err wdb_event(struct lm_jread *r, void *user);

/* Ids from a list of texts, or of objects with a member "id"; {NULL, 0} for anything else. */
lm_err wdb_ids(struct lm_jread *r, const struct lm_json_token *v, struct lm_str **ret, size_t *ret_n);

#endif
