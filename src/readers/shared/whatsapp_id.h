/* whatsapp_id.h - what the two WhatsApp databases share: ids, chats with their members, the two ends of a message.
 *
 * An id is "13035550101@s.whatsapp.net" (a telephone number), "1203…@g.us" (a group), "2056…@lid" (a person whose number is
 * hidden: only a map in the database leads to it), "status@broadcast", "…@newsletter". Devices are cut off:
 * "13035550101.0:12@s.whatsapp.net" is the account without ".0:12". An id that the map knows becomes the telephone number's.
 *
 * test  tests/unit/test_db_readers.c and the fixtures of whatsapp_ios and whatsapp_android
 */
#ifndef LM_READERS_SHARED_WHATSAPP_ID_H
#define LM_READERS_SHARED_WHATSAPP_ID_H

#include "base/map.h"
#include "lastmile/reader.h"

#define LM_WAID_MAX_MEMBERS 1024 /* of a group; above, messages get no legs */

struct lm_waid {
    struct lm_arena *a;      /* the file arena */
    struct lm_map lids;      /* "…@lid" → index into numbers */
    struct lm_str *numbers;
    size_t n, cap;
    struct lm_map names;     /* id → index into shown */
    struct lm_str *shown;
    size_t n_shown, cap_shown;
    struct lm_account_ref owner;
};

void lm_waid_init(struct lm_waid *ids, struct lm_arena *file);
/* Both are texts of the database; ids without an '@' are ignored. LM_ENOMEM. */
lm_err lm_waid_map(struct lm_waid *ids, struct lm_str lid, struct lm_str number);
/* The first name of an id stays. LM_ENOMEM. */
lm_err lm_waid_name(struct lm_waid *ids, struct lm_str id, struct lm_str name);

/* The id without its device, in a; what is not an id comes back as it is. p = NULL without memory or for an empty one. */
struct lm_str lm_waid_bare(struct lm_arena *a, struct lm_str id);
/* The account of an id: the number's when the map has one, with the name known. Form NONE for an empty id. LM_ENOMEM. The
 * owner's id gives the owner. */
lm_err lm_waid_account(struct lm_waid *ids, struct lm_arena *a, struct lm_str id, struct lm_account_ref *ret);
/* "…@lid" of which the map knows the number. */
bool lm_waid_is_mapped(const struct lm_waid *ids, struct lm_str bare);

/* What one row says of an account; at most eight facts, which is the caller's to keep. Empty values are passed over. */
struct lm_waid_facts {
    struct lm_fact items[8];
    size_t n;
};
void lm_waid_identifier(struct lm_waid_facts *f, struct lm_account_ref account, enum lm_identifier_type type,
                        struct lm_str value, const char *basis);

enum lm_thread_kind lm_waid_thread_kind(struct lm_str id);
bool lm_waid_is_person(struct lm_str id); /* …@s.whatsapp.net, …@c.us, …@lid */

struct lm_waid_chat {
    int64_t id;              /* its row */
    struct lm_str jid, title;
    enum lm_thread_kind kind;
    struct lm_account_ref *members; /* without the owner, when the owner is known */
    size_t n, cap;
    bool any_member;         /* the database lists members, the owner perhaps among them */
    bool owner_listed;       /* the owner stands in the list as such, so the others are all the others */
};

struct lm_waid_chats {
    struct lm_waid_chat *items; /* rising id */
    size_t n, cap;
};

/* The next chat; ids must rise. NULL without memory. */
struct lm_waid_chat *lm_waid_chat_add(struct lm_waid_chats *c, struct lm_arena *file, int64_t id);
struct lm_waid_chat *lm_waid_chat_find(const struct lm_waid_chats *c, int64_t id);
/* An empty jid is the owner: Android lists him so. */
lm_err lm_waid_chat_member(struct lm_waid_chat *c, struct lm_waid *ids, struct lm_str jid);

/* from, to and thread of a message. sender: who the row says sent it, form NONE when it does not. In a direct chat the other end is
 * the chat's; in a group everybody else who is listed, and the owner. */
lm_err lm_waid_ends(struct lm_waid *ids, struct lm_arena *record, const struct lm_waid_chat *c, bool mine,
                  const struct lm_account_ref *sender, struct lm_event *ev);

#endif
