/* telegram_json.h - inside the reader of Telegram Desktop's JSON export; used by telegram_json*.c only.
 *
 * docs/readers/telegram_json.md says what is read from which member and how accounts, threads and legs are
 * made of it. */
#ifndef LM_READERS_TELEGRAM_JSON_H
#define LM_READERS_TELEGRAM_JSON_H

#include "readers/shared/json_read.h"

#define TG_NAME_ROOM 4096 /* bytes of a chat's or the owner's name that are kept */
#define TG_ID_ROOM 64

/* A short text of a chat's header: copied, so that a million chats need no more room than one. */
struct tg_text {
    char p[TG_NAME_ROOM];
    size_t n;
};

struct tg_chat {
    uint64_t at; /* offset of its '{' */
    struct tg_text name, type, id;
    bool has_type, has_id; /* the member was there, null or not */
    struct tg_text thread; /* native id of the thread */
    enum lm_thread_kind kind;
    bool saved;                 /* notes to oneself */
    struct lm_account_ref peer; /* the other end of a direct chat; form NONE when it is not known */
    char peer_native[TG_ID_ROOM];
};

struct tg {
    struct lm_jread r;
    struct tg_chat chat;
    bool owner_known;
    bool owner_stated;  /* by the profile, not found in a chat */
    bool owner_unclear; /* chats contradict each other */
    char owner_native[TG_ID_ROOM];
    struct tg_text owner_name;
    const char
        *owner_basis; /* how the owner's id was found, when no record of its own says it; to be told once */
    bool hints_read;
    bool profile_seen;
    bool list_seen;
    struct lm_buf pieces; /* a text put together from pieces */
};

static inline struct lm_str tg_str(const struct tg_text *t)
{
    return (struct lm_str){ t->p, t->n };
}
void tg_set(struct tg_text *t, struct lm_str s);

/* Accounts: "user123", "chat123", "channel123". `id` is that or a bare number; empty: display only. */
lm_err tg_account(struct tg *tg, struct lm_str id, struct lm_str display, struct lm_account_ref *ret);
lm_err tg_user(struct tg *tg, struct lm_str user_id, struct lm_str display, struct lm_account_ref *ret);
struct lm_account_ref tg_owner(const struct tg *tg);
bool tg_same(const struct lm_account_ref *a, const struct lm_account_ref *b);
/* "first last" in the record arena. */
lm_err tg_full_name(struct tg *tg, struct lm_str first, struct lm_str last, struct lm_str *ret);

/* Seconds since 1970 as text, or a wall clock without zone. NONE when neither can be read. */
struct lm_when tg_when(struct lm_str unixtime, struct lm_str local);

/* telegram_json_chat.c: the chat whose '{' was read; the root is one when it holds messages itself. */
lm_err tg_chat_one(struct tg *tg, const struct lm_json_token *object);
void tg_chat_begin(struct tg *tg, uint64_t at);
lm_err tg_chat_header(struct tg *tg, struct lm_str key, const struct lm_json_token *value, bool *ret_taken);
lm_err tg_chat_messages(struct tg *tg, const struct lm_json_token *array);
/* Looks ahead in the root object for the owner's id and a chat header that follows its messages. */
void tg_root_hints(struct tg *tg);

/* telegram_json_message.c, telegram_json_account.c: records. */
lm_err tg_message(struct lm_jread *r, void *user);
lm_err tg_profile(struct lm_jread *r, void *user);
lm_err tg_contact(struct lm_jread *r, void *user);
lm_err tg_frequent(struct lm_jread *r, void *user);
lm_err tg_session(struct lm_jread *r, void *user);
lm_err tg_media(struct lm_jread *r, void *user); /* profile pictures, stories */

/* telegram_json_event.c: what the members of one message add up to. */
enum tg_slot { /* members that hold one string, number or word */
               TG_ID,
               TG_TYPE,
               TG_DATE,
               TG_DATE_UNIX,
               TG_EDITED,
               TG_EDITED_UNIX,
               TG_FROM,
               TG_FROM_ID,
               TG_ACTOR,
               TG_ACTOR_ID,
               TG_ACTION,
               TG_REPLY,
               TG_REPLY_PEER,
               TG_FORWARDED,
               TG_FILE,
               TG_FILE_NAME,
               TG_FILE_SIZE,
               TG_MIME,
               TG_MEDIA_TYPE,
               TG_PHOTO,
               TG_PHOTO_SIZE,
               TG_VCARD,
               TG_VCARD_SIZE,
               TG_DURATION,
               TG_DURATION_GROUP,
               TG_DISCARD,
               TG_AMOUNT,
               TG_CURRENCY,
               TG_STARS,
               TG_TO,
               TG_TO_ID,
               TG_PEER_NAME,
               TG_PEER_ID,
               TG_SLOTS,
};

struct tg_values {
    struct lm_json_token slot[TG_SLOTS];                 /* type LM_JSON_END: not there */
    uint64_t used;                                       /* slots that found a field; the others go to raw */
    bool has_text, has_entities, odd_text, odd_entities; /* odd: holds more than text and its formatting */
    struct lm_str text, entities;
    uint64_t text_at, text_end, entities_at, entities_end;
    bool invoice;
    const struct lm_account_ref *members;
    size_t n_members;
    const struct lm_reaction *reactions;
    size_t n_reactions;
    bool has_latitude, has_longitude;
    double latitude, longitude;
    bool has_contact;
    struct lm_str first_name, last_name, phone;
};
extern const char *const tg_slot_keys[TG_SLOTS];

/* The slot's text, marked as used; empty when it is absent or null. */
struct lm_str tg_take(struct tg_values *v, enum tg_slot s);
static inline bool tg_has(const struct tg_values *v, enum tg_slot s)
{
    return v->slot[s].type == LM_JSON_STRING || v->slot[s].type == LM_JSON_NUMBER;
}
lm_err tg_event(struct tg *tg, struct tg_values *v, struct lm_event *ret);

#endif
