/* telegram_tl.h - the objects that Telegram on Android keeps as it got them from the wire (TL), as far as their layout is known here.
 *
 * Constructors change with each layer of the protocol. A message counts as read only when the number and the time that are found in it are those of
 * its row: a layout that is not the right one does not give both. Anything else is LM_TL_UNKNOWN, never a guess. Layouts: core.telegram.org/schema,
 * the generated model of DrKLO/Telegram, abrignoni/ALEAPP telegramAndroid (lists of constructors), checked 2026-11.
 *
 * lifetime  texts point into the bytes
 * test      tests/unit/test_telegram_tl.c, the fixtures of telegram_android_db
 */
#ifndef LM_READERS_SHARED_TELEGRAM_TL_H
#define LM_READERS_SHARED_TELEGRAM_TL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum lm_tl_peer_kind { LM_TL_NOBODY, LM_TL_USER, LM_TL_CHAT, LM_TL_CHANNEL };
struct lm_tl_peer {
    enum lm_tl_peer_kind kind;
    int64_t id;
};

enum lm_tl_known { LM_TL_UNKNOWN, LM_TL_MESSAGE, LM_TL_SERVICE };
struct lm_tl_message {
    enum lm_tl_known known;
    uint32_t constructor; /* also of one that is not known */
    struct lm_tl_peer from;
    struct lm_str text;
    bool forwarded, edited;
    int64_t reply_to;     /* 0: to nothing */
    uint32_t media;       /* MESSAGE: the constructor of what hangs on it, which is not read; 0: nothing */
    const char *media_word; /* NULL: not known here */
    uint32_t action;      /* SERVICE: the constructor of what happened */
    const char *action_word;   /* NULL: not known here */
    bool is_call, is_video;
    const char *reason;   /* of a call that ended; NULL: not said */
    int64_t duration_s;   /* of a call; -1: not said */
    struct lm_str title;  /* of a group that was made or renamed */
};
/* id and date as the row has them. */
void lm_tl_message(struct lm_str bytes, int64_t id, int64_t date, struct lm_tl_message *ret);

struct lm_tl_user {
    int64_t id;
    struct lm_str first, last, handle, phone;
};
/* False for a constructor that is not known here (*ret_constructor says which), or damage. */
bool lm_tl_user(struct lm_str bytes, struct lm_tl_user *ret, uint32_t *ret_constructor);

/* userconfing.xml, userconfig1.xml …: the text of the setting `user`, decoded from base64; {NULL, 0}: there is none. LM_ENOMEM. */
lm_err lm_tl_config_user(struct lm_arena *a, struct lm_str xml, struct lm_str *ret);

#endif
