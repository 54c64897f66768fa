/* tiktok_db.h - what TikTok's databases on Android and iOS share: a table of messages, a table of users.
 *
 * test  the fixtures of tiktok_android_db and tiktok_ios_db
 */
#ifndef LM_READERS_SHARED_TIKTOK_DB_H
#define LM_READERS_SHARED_TIKTOK_DB_H

#include "readers/shared/user_names.h"

enum { LM_TTDB_AT, LM_TTDB_AT_2, LM_TTDB_SENDER, LM_TTDB_CONTENT, LM_TTDB_TYPE, LM_TTDB_DELETED, LM_TTDB_THREAD, LM_TTDB_ID, LM_TTDB_N };

struct lm_ttdb_form {
    const char *messages;
    const char *const *columns;      /* by the names above; NULL: there is none */
    const char *users[6];            /* names that the table of users has had */
    const char *const *user_columns; /* id, user name, name shown */
    const char *beside[3];           /* where the users' database may lie, from the messages' folder */
    bool by_size;                    /* the unit of the moment is in no source: told by its size, and doubted */
};

/* The n-th component of a path from its end. */
struct lm_str lm_ttdb_component(struct lm_str path, size_t n);
/* owner: his id, or empty. */
lm_err lm_ttdb_read(struct lm_read *ctx, struct lm_sink *sink, const struct lm_ttdb_form *form, struct lm_str owner);

#endif
