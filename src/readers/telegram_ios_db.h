/* telegram_ios_db.h - inside the reader of Telegram's Postbox: telegram_ios_db.c walks tables and people, telegram_ios_db_message.c takes
 * messages apart. */
#ifndef LM_READERS_TELEGRAM_IOS_DB_H
#define LM_READERS_TELEGRAM_IOS_DB_H

#include "formats/postbox.h"
#include "readers/shared/beside.h"
#include "readers/shared/people.h"

enum { TGI_KEY, TGI_VALUE, TGI_N };

enum tgi_kind { TGI_USER, TGI_GROUP, TGI_CHANNEL, TGI_SECRET, TGI_NOBODY };
struct tgi_peer {
    enum tgi_kind kind;
    int64_t id;
};
/* The number that the database has for a peer: 32 low bits of the id, three bits of kind, 29 high bits of the id. */
struct tgi_peer tgi_peer_of(int64_t number);

struct tgi {
    struct lm_dbread r;
    struct lm_people p;
    struct lm_beside beside;
    struct lm_buf json;
    struct lm_evdb_table *media; /* t6; NULL: there is none */
    struct lm_map media_row;     /* key → rowid */
    uint64_t unknown, undecoded; /* messages, objects of a layout that is not known here */
};

const char *tgi_class(uint32_t hash); /* NULL: not known here */
const char *tgi_class_at(size_t i);   /* all that are; NULL behind the last */
/* "user7", "chat7", "channel7", "secret chat 7"; {NULL, 0} for nobody. LM_ENOMEM. */
lm_err tgi_id(struct tgi *g, struct lm_arena *a, struct tgi_peer peer, struct lm_str *ret);
lm_err tgi_thread(struct tgi *g, struct tgi_peer peer, bool keep, struct lm_people_thread **ret);
/* Entries of an object under a key in raw, but those taken. */
void tgi_raw(struct tgi *g, const char *key, struct lm_str entries, const char *const taken[]);
lm_err tgi_text(struct tgi *g, struct lm_str s, struct lm_str *ret); /* repaired where it is no text */

/* A row of t7. */
lm_err tgi_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user);

#endif
