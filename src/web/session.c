#include "web/session.h"

#include <sys/random.h>

static bool make_secret(char out[LM_SESSION_SECRET])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[(LM_SESSION_SECRET - 1) / 2];
    if (getrandom(raw, sizeof raw, 0) != (ssize_t)sizeof raw)
        return false;
    for (size_t i = 0; i < sizeof raw; i++) {
        out[2 * i] = digits[raw[i] >> 4];
        out[2 * i + 1] = digits[raw[i] & 15];
    }
    out[LM_SESSION_SECRET - 1] = '\0';
    return true;
}

/* Takes the same time whatever the first difference is; an empty secret equals nothing. */
static bool same_secret(const char secret[LM_SESSION_SECRET], struct lm_str given)
{
    if (given.n != LM_SESSION_SECRET - 1 || secret[0] == '\0')
        return false;
    unsigned difference = 0;
    for (size_t i = 0; i < LM_SESSION_SECRET - 1; i++)
        difference |= (unsigned)(unsigned char)secret[i] ^ (unsigned)(unsigned char)given.p[i];
    return difference == 0;
}

lm_err lm_sessions_init(struct lm_sessions *s, struct lm_error *e)
{
    struct lm_sessions fresh = { .n_tokens = 1 };
    if (!make_secret(fresh.token))
        return lm_fail(e, LM_EIO, "the system gives no random bytes");
    *s = fresh;
    if (pthread_mutex_init(&s->lock, NULL) != 0)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    return LM_OK;
}

void lm_sessions_destroy(struct lm_sessions *s)
{
    (void)pthread_mutex_destroy(&s->lock);
}

uint64_t lm_sessions_token(struct lm_sessions *s, char ret_token[LM_SESSION_SECRET])
{
    (void)pthread_mutex_lock(&s->lock);
    memcpy(ret_token, s->token, LM_SESSION_SECRET);
    uint64_t number = s->n_tokens;
    (void)pthread_mutex_unlock(&s->lock);
    return number;
}

bool lm_sessions_redeem(struct lm_sessions *s, struct lm_str token, int64_t now_us,
                        char ret_id[LM_SESSION_SECRET])
{
    char id[LM_SESSION_SECRET], next[LM_SESSION_SECRET];
    if (!make_secret(id) || !make_secret(next))
        return false;
    (void)pthread_mutex_lock(&s->lock);
    bool mine = same_secret(s->token, token);
    if (mine) {
        struct lm_session *place = &s->open[0];
        for (size_t i = 0; i < LM_SESSION_MAX && place->id[0] != '\0'; i++)
            if (s->open[i].id[0] == '\0' || s->open[i].used_us < place->used_us)
                place = &s->open[i];
        memcpy(place->id, id, sizeof id);
        place->used_us = now_us;
        memcpy(s->token, next, sizeof next);
        s->n_tokens++;
        memcpy(ret_id, id, sizeof id);
    }
    (void)pthread_mutex_unlock(&s->lock);
    return mine;
}

bool lm_sessions_check(struct lm_sessions *s, struct lm_str id, int64_t now_us)
{
    bool found = false;
    (void)pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < LM_SESSION_MAX; i++) {
        struct lm_session *o = &s->open[i];
        if (o->id[0] != '\0' && now_us - o->used_us > LM_SESSION_IDLE_US)
            o->id[0] = '\0';
        if (same_secret(o->id, id)) {
            o->used_us = now_us;
            found = true;
        }
    }
    (void)pthread_mutex_unlock(&s->lock);
    return found;
}
