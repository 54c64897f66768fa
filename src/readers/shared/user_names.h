/* user_names.h - what a database beside (or this one) says of users: the id that messages carry → user name and name shown.
 *
 * An account is known by its user name, because the platform's exports and returns know it by that; by its id where no user name
 * is known. Reads rows of one table, adds to records and is counted nowhere.
 *
 * test  the fixtures of snapchat_arroyo, tiktok_android_db and tiktok_ios_db
 */
#ifndef LM_READERS_SHARED_USER_NAMES_H
#define LM_READERS_SHARED_USER_NAMES_H

#include "readers/shared/db_read.h"

#define LM_USER_NAMES_MAX 1000000

struct lm_user_names {
    enum lm_platform platform;
    struct lm_account_ref owner; /* whose id or user name it is comes back as this */
    struct lm_map by_id;
    struct lm_user_name {
        struct lm_str id, username, shown;
    } *items;
    size_t n, cap;
};

void lm_user_names_init(struct lm_user_names *u, struct lm_arena *file, enum lm_platform platform);
/* Every row of the table, from its columns id, user name and name shown. No such table: nothing. */
lm_err lm_user_names_read(struct lm_user_names *u, struct lm_dbread *r, const char *table, const char *const columns[3]);
/* The account of an id; form NONE for an empty one. */
struct lm_account_ref lm_user_names_account(const struct lm_user_names *u, struct lm_str id);

#endif
