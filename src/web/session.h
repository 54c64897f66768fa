/* session.h - who may ask: a one-time token in the start link, and the cookie that it buys.
 *
 * The token opens exactly one session and is replaced at once, so a link that leaked through a history or
 * a shoulder is worth nothing after its first use. A session ends after LM_SESSION_IDLE_US without a
 * request (CJIS AC-11: lock at 30 minutes). Values are 256 random bits; they are compared in constant time.
 *
 * threads   safe from several threads
 * clock     given by the caller (monotonic microseconds), so that tests own it
 * test      tests/unit/test_web_session.c
 */
#ifndef LM_WEB_SESSION_H
#define LM_WEB_SESSION_H

#include <pthread.h>

#include "base/err.h"
#include "base/str.h"

#define LM_SESSION_SECRET 65 /* 64 hexadecimal digits and a NUL */
#define LM_SESSION_MAX 16    /* the one longest unused gives way */
#define LM_SESSION_IDLE_US (INT64_C(30) * 60 * 1000000)

struct lm_session {
    char id[LM_SESSION_SECRET]; /* "" when the place is free */
    int64_t used_us;
};

struct lm_sessions {
    pthread_mutex_t lock;
    char token[LM_SESSION_SECRET];
    uint64_t n_tokens; /* how many were made: a new link is there when it grows */
    struct lm_session open[LM_SESSION_MAX];
};

/* LM_EIO when the system gives no random bytes. */
lm_err lm_sessions_init(struct lm_sessions *s, struct lm_error *e);
void lm_sessions_destroy(struct lm_sessions *s);

/* The token of the next link, and its number (1 for the first). */
uint64_t lm_sessions_token(struct lm_sessions *s, char ret_token[LM_SESSION_SECRET]);

/* False: not the token. Otherwise the token is spent, a new one made, and ret_id is the cookie's value. */
bool lm_sessions_redeem(struct lm_sessions *s, struct lm_str token, int64_t now_us,
                        char ret_id[LM_SESSION_SECRET]);

/* Is there such a session, and was it used within the idle time? Counts as a use. */
bool lm_sessions_check(struct lm_sessions *s, struct lm_str id, int64_t now_us);

#endif
