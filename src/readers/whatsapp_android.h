/* whatsapp_android.h - what the files of the reader whatsapp_android share. */
#ifndef LM_READERS_WHATSAPP_ANDROID_H
#define LM_READERS_WHATSAPP_ANDROID_H

#include "readers/shared/db_read.h"
#include "readers/shared/whatsapp_id.h"

struct waa_jid { /* a row of `jid`, rising */
    int64_t row;
    struct lm_str id;
};

/* A table of what belongs to messages or calls, and which of its rows belongs to which of them. */
struct waa_side {
    struct lm_evdb_table *t; /* NULL: there is none */
    struct lm_evdb_index of;
};

struct waa {
    struct lm_dbread r;
    struct lm_waid ids;
    struct lm_waid_chats chats; /* by row of `chat` (or of `chat_list`) */
    struct lm_map chat_of;      /* id without device → row of its chat */
    struct waa_jid *jids;
    size_t n_jids, cap_jids;
};

/* Table `name` with an index over its column `key`, which stands first among the columns. */
lm_err waa_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct waa_side *ret);
/* The row that belongs to `key`, the first when there are several; *ret_any false: none, or damaged (then the record is doubted). */
lm_err waa_side_fetch(struct lm_dbread *r, struct waa_side *s, int64_t key, bool *ret_any);

/* `jid` and `jid_map`, of the file that r reads. */
lm_err waa_jids(struct lm_dbread *r, struct waa *w);
struct lm_str waa_jid(const struct waa *w, int64_t row); /* empty: none */
struct lm_waid_chat *waa_chat_of(const struct waa *w, struct lm_str id); /* NULL: none */

/* Names out of wa.db beside the input. */
lm_err waa_names_beside(struct waa *w);
/* The owner, from the preferences of the app beside or in ../shared_prefs. */
lm_err waa_owner_beside(struct waa *w);

/* wa.db */
lm_err waa_contacts(struct waa *w);
/* msgstore.db: chats and their members; then message, messages and call_log */
lm_err waa_chats(struct waa *w);
lm_err waa_messages(struct waa *w);
lm_err waa_old_messages(struct waa *w);
lm_err waa_calls(struct waa *w);

/* The word for a kind of message and for what the app writes itself; *ev gets kind and flags. LM_ENOMEM. */
lm_err waa_kind(struct lm_dbread *r, int64_t type, bool system, int64_t action, struct lm_event *ev);

#endif
