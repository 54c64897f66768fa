/* telegram_json_chat.c - whose account it is, which chat a message stands in, and who its two ends are. */
#include "readers/telegram_json.h"

#include <stdio.h>

void tg_set(struct tg_text *t, struct lm_str s)
{
    s = lm_str_take(s, sizeof t->p);
    t->n = lm_utf8_valid_prefix(s);
    if (t->n != 0)
        memcpy(t->p, s.p, t->n);
}

/* --- accounts --- */

/* A peer as exports of before 2021 write it: a bare number whose bits above 32 say what it is [inferred]. */
static struct lm_str peer_of_number(struct lm_arena *a, int64_t n)
{
    int64_t bare = n & INT64_C(0xffffffff);
    const char *kind = n >> 32 == 1 ? "chat" : n >> 32 == 2 ? "channel" : "user";
    return lm_arena_printf(a, "%s%lld", kind, (long long)(n >> 32 == 1 || n >> 32 == 2 ? bare : n));
}

lm_err tg_account(struct tg *tg, struct lm_str id, struct lm_str display, struct lm_account_ref *ret)
{
    int64_t n;
    struct lm_account_ref a = { .platform = LM_PLATFORM_TELEGRAM, .display = display };
    if (lm_str_to_i64(id, &n)) {
        if (n > 0)
            id = peer_of_number(tg->r.ctx->record, n);
        else
            id.n = 0;
        if (id.n != 0 && id.p == NULL)
            return LM_ENOMEM;
    }
    a.native = id;
    a.form = id.n != 0 ? LM_ACCOUNT_NATIVE : display.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE;
    *ret = a;
    return LM_OK;
}

lm_err tg_user(struct tg *tg, struct lm_str user_id, struct lm_str display, struct lm_account_ref *ret)
{
    int64_t n;
    if (lm_str_to_i64(user_id, &n) && n > 0) {
        user_id = lm_arena_printf(tg->r.ctx->record, "user%lld", (long long)n);
        if (user_id.p == NULL)
            return LM_ENOMEM;
    }
    return tg_account(tg, user_id, display, ret);
}

struct lm_account_ref tg_owner(const struct tg *tg)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_TELEGRAM,
                                .form = tg->owner_known ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER,
                                .display = tg_str(&tg->owner_name) };
    if (tg->owner_known)
        a.native = lm_str(tg->owner_native);
    return a;
}

bool tg_same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form != b->form || a->form == LM_ACCOUNT_NONE)
        return false;
    if (a->form == LM_ACCOUNT_NATIVE)
        return lm_str_eq(a->native, b->native);
    return a->form == LM_ACCOUNT_OWNER || lm_str_eq(a->display, b->display);
}

lm_err tg_full_name(struct tg *tg, struct lm_str first, struct lm_str last, struct lm_str *ret)
{
    if (first.n == 0 || last.n == 0) {
        *ret = first.n != 0 ? first : last;
        return LM_OK;
    }
    char *p = lm_arena_alloc(tg->r.ctx->record, first.n + 1 + last.n);
    if (p == NULL)
        return LM_ENOMEM;
    memcpy(p, first.p, first.n);
    p[first.n] = ' ';
    memcpy(p + first.n + 1, last.p, last.n);
    *ret = (struct lm_str){ p, first.n + 1 + last.n };
    return LM_OK;
}

struct lm_when tg_when(struct lm_str unixtime, struct lm_str local)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    int64_t s;
    if (lm_str_to_i64(unixtime, &s) && s > 0 && s <= INT64_C(253402300799)) { /* the end of year 9999 */
        w.us = s * LM_SECOND_US;
        w.quality = LM_TIME_UTC;
    } else if (local.n != 0 && !lm_when_parse_iso(local, &w)) {
        w = (struct lm_when){ .quality = LM_TIME_NONE };
    }
    return w;
}

/* --- looking ahead, without the record machinery and without a word about damage: that comes when it is read
 * --- */

static void hint_text(struct tg_text *t, bool *has, const struct lm_json_token *v)
{
    if (!*has && (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER))
        tg_set(t, v->text);
    *has = true;
}

static void owner_is(struct tg *tg, struct lm_str user_id)
{
    int64_t n;
    if (lm_str_to_i64(user_id, &n) && n > 0) {
        (void)snprintf(tg->owner_native, sizeof tg->owner_native, "user%lld", (long long)n);
        tg->owner_known = true;
    }
}

/* The owner's id from {"user_id": …} whose '{' was just read. */
static void profile_hints(struct tg *tg, struct lm_json *j)
{
    struct lm_json_token k, v;
    while (lm_json_next(j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        bool id = lm_str_eq(k.text, LM_STR("user_id"));
        if (lm_json_next(j, &v) != LM_OK)
            return;
        if (id && (v.type == LM_JSON_STRING || v.type == LM_JSON_NUMBER))
            owner_is(tg, v.text);
        tg->owner_stated = tg->owner_known;
        if (lm_json_skip(j, &v, NULL) != LM_OK)
            return;
    }
}

/* Header members of the chat whose '{' is at `at`; in the root also the owner's id. Those already known stay.
 */
static void scan(struct tg *tg, uint64_t at, bool root)
{
    struct tg_chat *c = &tg->chat;
    struct lm_json j;
    struct lm_json_token k, v;
    bool has_name = c->name.n != 0;
    lm_json_init(&j, lm_str_skip(tg->r.j.in, (size_t)at));
    bool more = lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_OBJECT;
    while (more && lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        bool name = lm_str_eq(k.text, LM_STR("name")), type = lm_str_eq(k.text, LM_STR("type"));
        bool id = lm_str_eq(k.text, LM_STR("id"));
        bool messages = lm_str_eq(k.text, LM_STR("messages"));
        bool profile = root && lm_str_eq(k.text, LM_STR("personal_information"));
        more = lm_json_next(&j, &v) == LM_OK;
        if (!more)
            break;
        if (name)
            hint_text(&c->name, &has_name, &v);
        else if (type)
            hint_text(&c->type, &c->has_type, &v);
        else if (id)
            hint_text(&c->id, &c->has_id, &v);
        else if (profile && v.type == LM_JSON_OBJECT && !tg->owner_known)
            profile_hints(tg, &j);
        more = messages ? lm_jread_pass_list(&j, &v) == LM_OK : lm_json_skip(&j, &v, NULL) == LM_OK;
    }
    lm_json_free(&j);
}

void tg_root_hints(struct tg *tg)
{
    if (tg->hints_read || (tg->profile_seen && tg->owner_known))
        return;
    tg->hints_read = true;
    scan(tg, tg->chat.at, true);
}

/* The first user besides the other end who writes in a chat of two is the owner. True when j's record named
 * one. */
static bool writer_besides(struct tg *tg, struct lm_json *j, struct lm_str peer)
{
    struct lm_json_token k, v;
    while (lm_json_next(j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        bool id = lm_str_eq(k.text, LM_STR("from_id")) || lm_str_eq(k.text, LM_STR("actor_id"));
        if (lm_json_next(j, &v) != LM_OK)
            return false;
        struct lm_str user = v.text;
        if (id && v.type == LM_JSON_STRING && lm_str_starts(user, LM_STR("user")))
            user = lm_str_skip(user, 4);
        if (id && (v.type == LM_JSON_STRING || v.type == LM_JSON_NUMBER) && !lm_str_eq(user, peer))
            owner_is(tg, user);
        if (tg->owner_known)
            return true;
        if (lm_json_skip(j, &v, NULL) != LM_OK)
            return false;
    }
    return false;
}

static void owner_from_chat(struct tg *tg, uint64_t messages_at)
{
    struct tg_chat *c = &tg->chat;
    struct lm_json j;
    struct lm_json_token t;
    int64_t peer;
    if (!lm_str_to_i64(tg_str(&c->id), &peer) || peer <= 0)
        return;
    if (c->saved) {
        owner_is(tg, tg_str(&c->id));
        tg->owner_basis = tg->owner_known ? "saved_messages" : NULL;
        return;
    }
    lm_json_init(&j, lm_str_skip(tg->r.j.in, (size_t)messages_at));
    if (lm_json_next(&j, &t) == LM_OK && t.type == LM_JSON_ARRAY) {
        while (lm_json_next(&j, &t) == LM_OK && t.type == LM_JSON_OBJECT) {
            if (writer_besides(tg, &j, tg_str(&c->id))) {
                tg->owner_basis = "direct_chat";
                break;
            }
            if (lm_json_skip(&j, &t, NULL) != LM_OK)
                break;
        }
    }
    lm_json_free(&j);
}

/* --- chats --- */

void tg_chat_begin(struct tg *tg, uint64_t at)
{
    struct tg_chat *c = &tg->chat;
    c->at = at;
    c->name.n = c->type.n = c->id.n = c->thread.n = 0;
    c->has_type = c->has_id = c->saved = false;
    c->kind = LM_THREAD_UNKNOWN;
    c->peer = (struct lm_account_ref){ 0 };
}

static lm_err header_text(struct tg *tg, const struct lm_json_token *v, struct tg_text *t)
{
    if (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER) {
        unsigned oddities = v->oddities;
        if (v->text.n > sizeof t->p)
            oddities |= LM_JSON_BAD_UTF8;
        tg_set(t, v->text);
        return oddities == 0
                   ? LM_OK
                   : lm_jread_notice(&tg->r, v->at, v->end, "a chat's header is read otherwise than written");
    }
    lm_err e = lm_jread_skip(&tg->r, v);
    if (e == LM_OK && v->type != LM_JSON_NULL)
        e = lm_jread_notice(&tg->r, v->at, lm_json_offset(&tg->r.j), "a chat's header is not text");
    return e;
}

lm_err tg_chat_header(struct tg *tg, struct lm_str key, const struct lm_json_token *value, bool *ret_taken)
{
    struct tg_chat *c = &tg->chat;
    *ret_taken = true;
    if (lm_str_eq(key, LM_STR("name")))
        return header_text(tg, value, &c->name);
    if (lm_str_eq(key, LM_STR("type"))) {
        c->has_type = true;
        return header_text(tg, value, &c->type);
    }
    if (lm_str_eq(key, LM_STR("id"))) {
        c->has_id = true;
        return header_text(tg, value, &c->id);
    }
    *ret_taken = false;
    return LM_OK;
}

static enum lm_thread_kind kind_of(struct lm_str type)
{
    static const struct {
        const char *type;
        enum lm_thread_kind kind;
    } kinds[] = {
        { "personal_chat", LM_THREAD_DIRECT },     { "bot_chat", LM_THREAD_DIRECT },
        { "saved_messages", LM_THREAD_DIRECT },    { "private_group", LM_THREAD_GROUP },
        { "private_supergroup", LM_THREAD_GROUP }, { "public_supergroup", LM_THREAD_GROUP },
        { "private_channel", LM_THREAD_CHANNEL },  { "public_channel", LM_THREAD_CHANNEL },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (lm_str_is(type, kinds[i].type))
            return kinds[i].kind;
    return LM_THREAD_UNKNOWN; /* replies and verification codes hold many senders */
}

/* What was taken for the owner in an earlier chat is the other end of this one: then nobody is. */
static lm_err owner_disputed(struct tg *tg, uint64_t at)
{
    tg->owner_known = false;
    tg->owner_basis = NULL;
    tg->owner_unclear = true;
    return lm_jread_notice(&tg->r, at, at + 1, "the export does not say clearly whose it is");
}

static lm_err settle(struct tg *tg, uint64_t messages_at)
{
    struct tg_chat *c = &tg->chat;
    int64_t id;
    c->kind = kind_of(tg_str(&c->type));
    c->saved = lm_str_eq(tg_str(&c->type), LM_STR("saved_messages"));
    if (c->id.n != 0)
        tg_set(&c->thread, tg_str(&c->id));
    else if (c->name.n != 0)
        tg_set(&c->thread, tg_str(&c->name));
    else
        c->thread.n =
            (size_t)snprintf(c->thread.p, sizeof c->thread.p, "chat at byte %llu", (unsigned long long)c->at);
    if (c->kind != LM_THREAD_DIRECT)
        return LM_OK;
    if (!tg->owner_known && !tg->owner_unclear)
        owner_from_chat(tg, messages_at);
    if (c->saved) {
        c->peer = tg_owner(tg);
        return LM_OK;
    }
    c->peer = (struct lm_account_ref){ .platform = LM_PLATFORM_TELEGRAM, .display = tg_str(&c->name) };
    if (lm_str_to_i64(tg_str(&c->id), &id) && id > 0) {
        (void)snprintf(c->peer_native, sizeof c->peer_native, "user%lld", (long long)id);
        c->peer.form = LM_ACCOUNT_NATIVE;
        c->peer.native = lm_str(c->peer_native);
        if (tg->owner_known && !tg->owner_stated && lm_str_is(c->peer.native, tg->owner_native))
            return owner_disputed(tg, messages_at);
    } else if (c->name.n != 0) {
        c->peer.form = LM_ACCOUNT_NAME;
    }
    return LM_OK;
}

lm_err tg_chat_messages(struct tg *tg, const struct lm_json_token *array)
{
    lm_err e = settle(tg, array->at);
    if (e != LM_OK)
        return e;
    tg->list_seen = tg->list_seen || array->type == LM_JSON_ARRAY;
    return lm_jread_array(&tg->r, array, tg_message, tg);
}

lm_err tg_chat_one(struct tg *tg, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token v;
    lm_err e;
    if (object->type != LM_JSON_OBJECT) {
        e = lm_jread_skip(&tg->r, object);
        return e != LM_OK || object->type == LM_JSON_NULL
                   ? e
                   : lm_jread_notice(&tg->r, object->at, lm_json_offset(&tg->r.j),
                                     "a chat that is not an object");
    }
    tg_chat_begin(tg, object->at);
    for (;;) {
        bool taken = false;
        lm_arena_reset(tg->r.ctx->record);
        e = lm_jread_member(&tg->r, &key, &v);
        if (e != LM_OK || key.p == NULL)
            return e;
        if (lm_str_eq(key, LM_STR("messages"))) {
            if (!tg->chat.has_type || !tg->chat.has_id)
                scan(tg, object->at, false);
            e = tg_chat_messages(tg, &v);
        } else {
            e = tg_chat_header(tg, key, &v, &taken);
            if (e == LM_OK && !taken)
                e = lm_jread_skip(&tg->r, &v);
            if (e == LM_OK && !taken)
                e = lm_jread_notice(&tg->r, v.at, lm_json_offset(&tg->r.j),
                                    "a member of the chat that is not read");
        }
        if (e != LM_OK)
            return e;
    }
}
