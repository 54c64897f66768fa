/* wire_ios_db.h - what the files of the reader wire_ios_db share. */
#ifndef LM_READERS_WIRE_IOS_DB_H
#define LM_READERS_WIRE_IOS_DB_H

#include "readers/shared/db_read.h"
#include "readers/shared/wire_generic.h"

#define WIO_MAX_MEMBERS 1024 /* of a conversation; above, messages get no legs */

struct wio_user {
    int64_t row;
    struct lm_str id, name;
};

struct wio_conversation {
    int64_t row;
    struct lm_str id, title;
    enum lm_thread_kind kind;
    bool self, owner_in;  /* self: the owner's own, for notes to his other devices */
    int64_t *members; /* rows of users, the owner not among them unless he is listed */
    size_t n;
    bool over;            /* more than WIO_MAX_MEMBERS */
};

struct wio {
    struct lm_dbread r;
    int64_t owner; /* row of a user; 0: unknown */
    int64_t n_reaction, n_system, n_conversation, n_user; /* numbers of Core Data's entities: they are in names of tables */
    int64_t n_knock, n_image;
    struct wio_user *users;
    size_t n_users, cap_users;
    struct wio_conversation *conversations;
    size_t n_conversations, cap_conversations;
};

/* Form NONE when the row is 0; the owner without id is OWNER; another without id is known by name. */
struct lm_account_ref wio_account(const struct wio *w, int64_t row);
const struct wio_conversation *wio_conversation(const struct wio *w, int64_t row);
/* A table between two entities: "Z_15USERS" (Z_15SYSTEMMESSAGES, Z_23USERS, or USERS1…). Empty when it is not there. */
lm_err wio_join(struct wio *w, int64_t left, const char *table, const char *left_column, int64_t right, const char *right_column,
                struct lm_evdb_index *ret);

/* ZMESSAGE with ZGENERICMESSAGEDATA, ZREACTION, ZMESSAGECONFIRMATION */
lm_err wio_messages(struct wio *w);

#endif
