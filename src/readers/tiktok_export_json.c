/* tiktok_export_json.c - TikTok's data export, user_data*.json (or the same in a .txt): every generation of keys.
 *
 * Keys move and change their case and blanks from one year to the next, so lists are found wherever they stand, by the name of
 * the list and the members of its items, compared in lower case without blanks (docs/readers/tiktok_export_json.md).
 */
#include "readers/operation_csv_table.h"
#include "readers/shared/json_read.h"
#include "readers/shared/snapchat.h"

#define MAX_KEY 256
#define MAX_DEPTH 12
#define RECORD_BYTES ((size_t)32 << 10) /* an object that begins with a scalar and is no longer than this is one record */
#define OWNER_SEARCH ((size_t)4 << 20)
#define NORMAL 40

struct tiktok {
    struct lm_jread r;
    struct lm_account_ref owner;
    char rooms[MAX_DEPTH + 1][MAX_KEY];
    struct lm_str path[MAX_DEPTH + 1]; /* keys of the containers in hand, and of a scalar inside of the last */
    size_t depth;
    bool seen;                     /* a list that may be empty */
};

struct item {
    struct lm_str date, from, text, ip, model, system, who, email, phone, name;
};

/* "Device Model" → "devicemodel"; "" when longer than any that is known. */
static struct lm_str normal(struct lm_str key, char room[NORMAL])
{
    size_t n = 0;
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        if (c == ' ' || c == '_' || c == '-' || c == '+')
            continue;
        if (n == NORMAL)
            return (struct lm_str){ NULL, 0 };
        room[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return (struct lm_str){ room, n };
}

static bool is(struct lm_str key, const char *word)
{
    char room[NORMAL];
    return lm_str_is(normal(key, room), word);
}

/* "Chat History with X:" → X; empty for another key. */
static struct lm_str partner(struct lm_str key)
{
    static const char prefix[] = "chat history with";
    if (key.n < sizeof prefix || !lm_str_eq_nocase(lm_str_take(key, sizeof prefix - 1), LM_STR("chat history with")))
        return (struct lm_str){ NULL, 0 };
    struct lm_str s = lm_str_trim(lm_str_skip(key, sizeof prefix - 1));
    if (s.n != 0 && s.p[s.n - 1] == ':')
        s.n--;
    return lm_str_trim(s);
}

/* --- bid --- */

static const struct {
    const char *key; /* normal form */
    uint32_t depth;
    int bits;
} signs[] = {
    { "activity", 1, 4 }, { "youractivity", 1, 8 }, { "profile", 1, 4 }, { "profileandsettings", 1, 12 }, { "directmessages", 1, 12 }, { "directmessage", 1, 12 },
    { "appsettings", 1, 10 }, { "adsanddata", 1, 12 }, { "incomepluswallettransactions", 1, 32 }, { "tiktoklive", 1, 24 }, { "tiktokshopping", 1, 24 },
    { "tiktokshop", 1, 24 }, { "comment", 1, 4 }, { "video", 1, 4 }, { "loginhistory", 2, 8 }, { "chathistory", 2, 12 }, { "directmessages", 2, 12 },
    { "profileinformation", 2, 12 }, { "profileinfo", 2, 12 }, { "videobrowsinghistory", 2, 24 }, { "favoritevideos", 2, 16 }, { "transactionhistory", 2, 8 },
    { "profilemap", 3, 24 }, { "loginhistorylist", 3, 24 }, { "chathistory", 3, 12 }, { "transactionslist", 3, 16 },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_json j;
    struct lm_json_token t;
    int bits = 0;
    uint32_t given = 0;
    (void)in;
    lm_json_init(&j, head);
    if (lm_json_next(&j, &t) == LM_OK && t.type == LM_JSON_OBJECT) {
        while (lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
            if (t.type != LM_JSON_KEY || t.depth > 5)
                continue;
            for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
                if (t.depth == signs[i].depth && (given >> i & 1) == 0 && is(t.text, signs[i].key)) {
                    given |= UINT32_C(1) << i;
                    bits += signs[i].bits;
                }
            }
            if (partner(t.text).n != 0 && (given >> 31) == 0) {
                given |= UINT32_C(1) << 31;
                bits += 40;
            }
        }
    }
    lm_json_free(&j);
    return bits >= 24 ? bits : 0;
}

/* --- items --- */

static const struct {
    const char *key;
    size_t at;
    bool kept; /* in raw as well */
} members[] = {
#define M(key, field, kept) { key, offsetof(struct item, field), kept }
    M("date", date, false),          M("time", date, false),           M("from", from, false),         M("content", text, false),
    M("comment", text, false),       M("ip", ip, false),               M("ipaddress", ip, false),      M("devicemodel", model, true),
    M("devicesystem", system, true), M("username", who, false),        M("emailaddress", email, false), M("email", email, false),
    M("telephonenumber", phone, false), M("phonenumber", phone, false), M("displayname", name, false),  M("nickname", name, false),
    M("name", name, false),
};

static lm_err item_member(struct tiktok *k, struct item *it, struct lm_str key, const struct lm_json_token *v)
{
    struct lm_jread *r = &k->r;
    char room[NORMAL];
    struct lm_str name = normal(key, room);
    bool scalar = v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER;
    for (size_t i = 0; scalar && i < sizeof members / sizeof members[0]; i++) {
        struct lm_str *field = (struct lm_str *)(void *)((char *)it + members[i].at);
        if (field->n != 0 || !lm_str_is(name, members[i].key))
            continue;
        lm_err e = lm_jread_text(r, v, field);
        if (e == LM_OK && members[i].kept && field->n != 0)
            lm_jread_raw_text(r, key, *field);
        return e;
    }
    if (v->type == LM_JSON_NULL || (v->type == LM_JSON_STRING && v->text.n == 0))
        return LM_OK;
    if (lm_table_protected(key)) {
        lm_jread_doubt(r, "a member of a kind that no file may bring is not read");
        return lm_jread_skip(r, v);
    }
    return lm_jread_raw(r, key, v);
}

/* TikTok writes UTC without saying so, or with a zone; some lists have Unix seconds. */
static void moment(struct tiktok *k, const struct item *it, struct lm_when *ret)
{
    int64_t n;
    *ret = (struct lm_when){ .quality = LM_TIME_NONE };
    if (it->date.n == 0)
        return;
    if (lm_snapchat_when(it->date, ret)) {
        if (ret->quality == LM_TIME_LOCAL)
            ret->quality = LM_TIME_UTC;
        return;
    }
    if (lm_str_to_i64(it->date, &n) && n > 0 && n < INT64_C(100000000000)) {
        *ret = (struct lm_when){ .us = n * LM_SECOND_US, .quality = LM_TIME_UTC };
        return;
    }
    lm_jread_raw_text(&k->r, LM_STR("Date"), it->date);
    lm_jread_doubt(&k->r, "a moment that cannot be read; kept as written");
}

static struct lm_account_ref account(const struct tiktok *k, struct lm_str name)
{
    if (name.n != 0 && k->owner.native.n != 0 && lm_str_eq(name, k->owner.native))
        return k->owner;
    return (struct lm_account_ref){ .platform = LM_PLATFORM_TIKTOK, .form = name.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE, .native = name };
}

static void message(struct tiktok *k, const struct item *it, struct lm_str with, struct lm_event *ev, struct lm_account_ref *to)
{
    bool theirs = lm_str_eq(it->from, with), third = !theirs && k->owner.native.n != 0 && it->from.n != 0 && !lm_str_eq(it->from, k->owner.native);
    ev->kind = LM_EVENT_MESSAGE;
    ev->detail = (struct lm_str){ NULL, 0 };
    ev->thread = (struct lm_thread_ref){ .native = with, .kind = third ? LM_THREAD_GROUP : LM_THREAD_DIRECT };
    ev->from = it->from.n == 0 ? (struct lm_account_ref){ .form = LM_ACCOUNT_NONE } : account(k, it->from);
    *to = theirs || third ? k->owner : account(k, with);
    ev->to = to;
    ev->n_to = it->from.n != 0 && to->form != LM_ACCOUNT_NONE;
    if (third || it->from.n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
}

static size_t identifier(struct lm_fact *facts, size_t n, struct lm_account_ref who, enum lm_identifier_type type, struct lm_str value, const char *basis)
{
    if (value.n == 0 || who.form == LM_ACCOUNT_NONE)
        return n;
    facts[n] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = who, .type = type, .value = value, .basis = lm_str(basis) } };
    return n + 1;
}

/* Persons of lists: whom the owner follows, who follows him, whom he blocked. */
static void person(struct tiktok *k, const struct item *it, struct lm_str list, struct lm_event *ev, struct lm_account_ref *to)
{
    bool fans = is(list, "fanslist") || is(list, "followerlist") || is(list, "follower") || is(list, "followers");
    bool following = is(list, "following") || is(list, "followinglist");
    *to = account(k, it->who);
    if (fans || following)
        ev->kind = LM_EVENT_CONTACT_ADDED;
    if (fans) {
        ev->from = *to;
        *to = k->owner;
    }
    ev->to = to;
    ev->n_to = 1;
}

static bool within_profile(const struct tiktok *k)
{
    for (size_t i = 0; i < k->depth; i++)
        if (is(k->path[i], "profilemap") || is(k->path[i], "profileinformation") || is(k->path[i], "profileinfo"))
            return true;
    return false;
}

static lm_err one_item(struct lm_jread *r, void *user)
{
    struct tiktok *k = user;
    struct item it = { .date = { NULL, 0 } };
    struct lm_fact facts[8];
    struct lm_event *ev = &facts[0].event;
    struct lm_account_ref to = { .form = LM_ACCOUNT_NONE };
    struct lm_str key, list = k->depth != 0 ? k->path[k->depth - 1] : LM_STR("");
    struct lm_json_token v;
    size_t n = 1;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL)
        if ((e = item_member(k, &it, key, &v)) != LM_OK)
            return e;
    if (e != LM_OK)
        return e;
    facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                 .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TIKTOK, .from = k->owner, .duration_s = -1, .text = it.text, .detail = list } };
    moment(k, &it, &ev->at);
    if (partner(list).n != 0) {
        message(k, &it, partner(list), ev, &to);
    } else if (within_profile(k)) {
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_HANDLE, it.who, "own_profile");
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_NAME, it.name, "own_profile");
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_EMAIL, it.email, "own_profile");
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_PHONE, it.phone, "own_profile");
    } else {
        if (is(list, "loginhistorylist"))
            ev->kind = LM_EVENT_LOGIN;
        else if (is(list, "transactionslist"))
            ev->kind = LM_EVENT_PAYMENT;
        else if (it.who.n != 0)
            person(k, &it, list, ev, &to);
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_IP, it.ip, "login");
        n = identifier(facts, n, k->owner, LM_IDENTIFIER_DEVICE, it.model.n != 0 ? it.model : it.system, "login");
        if (it.from.n != 0)
            lm_jread_raw_text(r, LM_STR("From"), it.from);
        if (it.name.n != 0)
            lm_jread_raw_text(r, LM_STR("Name"), it.name);
        if (it.email.n != 0)
            lm_jread_raw_text(r, LM_STR("Email"), it.email);
        if (it.phone.n != 0)
            lm_jread_raw_text(r, LM_STR("Phone"), it.phone);
    }
    ev->raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, facts, n);
}

/* --- the tree --- */

/* Is the object that `v` began one record: its first value that is not null is a scalar, and it is short? */
static bool is_record(const struct tiktok *k, const struct lm_json_token *v)
{
    struct lm_json j;
    struct lm_json_token t;
    bool scalar = false;
    uint64_t end = UINT64_MAX;
    lm_json_init(&j, lm_str_take(lm_str_skip(k->r.j.in, (size_t)v->at), RECORD_BYTES));
    struct lm_json_token opened;
    if (lm_json_next(&j, &opened) == LM_OK) {
        while (lm_json_next(&j, &t) == LM_OK && (t.type == LM_JSON_KEY || t.type == LM_JSON_NULL))
            continue;
        scalar = t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER || t.type == LM_JSON_TRUE || t.type == LM_JSON_FALSE;
        if (scalar && lm_json_skip(&j, &opened, &end) != LM_OK)
            end = UINT64_MAX;
    }
    lm_json_free(&j);
    return scalar && end != UINT64_MAX;
}

static void push_key(struct tiktok *k, struct lm_str key)
{
    size_t n = key.n < MAX_KEY ? key.n : MAX_KEY;
    if (n != 0)
        memcpy(k->rooms[k->depth], key.p, n);
    k->path[k->depth] = (struct lm_str){ k->rooms[k->depth], n };
    k->path[k->depth].n = lm_utf8_valid_prefix(k->path[k->depth]);
    k->depth++;
}

/* A scalar that stands among lists: a record of its own. */
static lm_err loose(struct tiktok *k, struct lm_str key, const struct lm_json_token *v)
{
    struct lm_jread *r = &k->r;
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TIKTOK, .from = k->owner, .duration_s = -1 } };
    bool empty = v->type == LM_JSON_STRING && v->text.n == 0;
    if (empty || lm_table_protected(key))
        return empty ? LM_OK : lm_jread_notice(r, v->at, v->end, "a member of a kind that no file may bring is not read");
    push_key(k, key);
    lm_buf_clear(&r->raw);
    r->raw_over = false;
    lm_err e = lm_jread_raw(r, k->path[k->depth - 1], v);
    f.event.detail = k->path[k->depth - 1];
    f.event.raw = lm_jread_raw_done(r);
    if (e == LM_OK)
        e = lm_jread_emit_range(r, v->at, v->end, v->oddities, &f, 1);
    k->depth--;
    return e;
}

static lm_err value(struct tiktok *k, struct lm_str key, const struct lm_json_token *v);

/* The members of the object in hand. */
static lm_err container(struct tiktok *k)
{
    struct lm_str key;
    struct lm_json_token v;
    for (;;) {
        lm_arena_reset(k->r.ctx->record);
        lm_err e = lm_jread_member(&k->r, &key, &v);
        if (e != LM_OK || key.p == NULL)
            return e;
        e = value(k, key, &v);
        if (e != LM_OK)
            return e;
    }
}

static lm_err value(struct tiktok *k, struct lm_str key, const struct lm_json_token *v)
{
    lm_err e;
    if (v->type == LM_JSON_NULL) {
        k->seen = true;
        return LM_OK;
    }
    if (v->type != LM_JSON_OBJECT && v->type != LM_JSON_ARRAY)
        return loose(k, key, v);
    if (k->depth == MAX_DEPTH) {
        e = lm_jread_skip(&k->r, v);
        return e != LM_OK ? e : lm_jread_notice(&k->r, v->at, lm_json_offset(&k->r.j), "too deep in the file: not read");
    }
    push_key(k, key);
    k->seen = true;
    if (v->type == LM_JSON_ARRAY)
        e = lm_jread_array(&k->r, v, one_item, k);
    else if (is_record(k, v))
        e = lm_jread_object(&k->r, v, one_item, k);
    else
        e = container(k);
    k->depth--;
    return e;
}

static lm_err root(struct tiktok *k)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&k->r, "not an export of TikTok", &t);
    if (e == LM_OK)
        e = container(k);
    return e == LM_OK ? lm_jread_next(&k->r, &t) : e;
}

/* --- the owner: the user name of the profile, wherever in the file; else who writes in chats with others --- */

static struct lm_str profile_name(struct lm_read *ctx)
{
    struct lm_json j;
    struct lm_json_token t;
    struct lm_str found = { NULL, 0 };
    bool named = false;
    lm_json_init(&j, ctx->in->bytes);
    while (found.n == 0 && lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
        char room[NORMAL];
        if (t.type == LM_JSON_KEY && t.depth == 1 && lm_str_find(normal(t.text, room), LM_STR("profile")) == SIZE_MAX) {
            if (lm_json_skip(&j, &t, NULL) != LM_OK)
                break;
        } else if (t.type == LM_JSON_KEY) {
            named = is(t.text, "username");
        } else if (t.type == LM_JSON_STRING && named && t.text.n != 0) {
            found = lm_arena_copy(ctx->file, t.text);
        } else if (t.type == LM_JSON_ARRAY && lm_json_skip(&j, &t, NULL) != LM_OK) {
            break;
        }
    }
    lm_json_free(&j);
    return found;
}

static struct lm_str writer_name(struct lm_read *ctx)
{
    struct lm_json j;
    struct lm_json_token t;
    struct lm_str found = { NULL, 0 }, with = { NULL, 0 };
    char room[MAX_KEY];
    bool from = false;
    lm_json_init(&j, lm_str_take(ctx->in->bytes, OWNER_SEARCH));
    while (found.n == 0 && lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
        struct lm_str p = t.type == LM_JSON_KEY ? partner(t.text) : with;
        if (t.type == LM_JSON_KEY && p.n != 0 && p.n <= MAX_KEY) {
            memcpy(room, p.p, p.n);
            with = (struct lm_str){ room, p.n };
        }
        if (t.type == LM_JSON_KEY)
            from = is(t.text, "from");
        else if (t.type == LM_JSON_STRING && from && with.n != 0 && t.text.n != 0 && !lm_str_eq(t.text, with))
            found = lm_arena_copy(ctx->file, t.text);
    }
    lm_json_free(&j);
    return found;
}

static lm_err read_file(struct lm_read *ctx, struct lm_sink *sink)
{
    struct tiktok *k = lm_arena_alloc(ctx->file, sizeof *k);
    if (k == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    struct lm_str name = profile_name(ctx);
    if (name.n == 0)
        name = writer_name(ctx);
    k->owner = (struct lm_account_ref){ .platform = LM_PLATFORM_TIKTOK, .form = name.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER, .native = name };
    lm_jread_init(&k->r, ctx, sink);
    lm_err e = root(k);
    return lm_jread_end(&k->r, e, k->seen, "no list in this file");
}

const struct lm_reader lm_reader_tiktok_export_json = {
    .name = "tiktok_export_json",
    .title = "TikTok data export, JSON",
    .reference = "no document of TikTok's; member names as open parsers of the export read them (tiktok-save, wrapped, MyTikTokBackup), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_file,
};
