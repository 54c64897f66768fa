/* snapchat_mydata_json.c - Snapchat's "My Data", the files of its folder json/: chats, snaps, friends, the account and its history.
 *
 * docs/readers/snapchat_mydata_json.md says which member lands where.
 */
#include "readers/operation_csv_table.h"
#include "readers/shared/json_read.h"
#include "readers/shared/json_sniff.h"
#include "readers/shared/snapchat.h"

#define MAX_KEY 512
#define OWNER_SEARCH ((size_t)1 << 20)

/* What a list is, by its key. */
enum list { LIST_ITEMS, LIST_RECEIVED, LIST_SENT, LIST_FRIENDS, LIST_PEOPLE, LIST_LOGINS };

static const struct {
    const char *key;
    enum list list;
} lists[] = {
    { "Received Saved Chat History", LIST_RECEIVED }, { "Received Unsaved Chat History", LIST_RECEIVED }, { "Received Snap History", LIST_RECEIVED },
    { "Sent Saved Chat History", LIST_SENT }, { "Sent Unsaved Chat History", LIST_SENT }, { "Sent Snap History", LIST_SENT },
    { "Friends", LIST_FRIENDS }, { "Friend Requests Sent", LIST_PEOPLE }, { "Blocked Users", LIST_PEOPLE }, { "Deleted Friends", LIST_PEOPLE },
    { "Pending Requests", LIST_PEOPLE }, { "Hidden Friend Suggestions", LIST_PEOPLE }, { "Ignored Snapchatters", LIST_PEOPLE }, { "Shortcuts", LIST_PEOPLE },
    { "Login History", LIST_LOGINS },
};

struct mydata {
    struct lm_jread r;
    struct lm_account_ref owner;
    char room[MAX_KEY];
    struct lm_str key; /* of the list or object in hand, in room */
    enum list list;
    bool seen;         /* a list or an object that may be empty */
};

struct item {
    struct lm_str from, to, kind, created, precise, text, title, media, username, name, ip, device, status, email, phone;
    bool has_sender, mine, chat;
};

/* --- bid --- */

static int known_member(struct lm_str key)
{
    static const char *const keys[] = { "From", "To", "Media Type", "Created", "Content", "Conversation Title", "IsSender", "Created(microseconds)", "IsSaved",
                                        "Media IDs" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (lm_str_is(key, keys[i]))
            return 1;
    return 0;
}

/* {conversationId: [{…}]}: how many members of the first elements are those of a chat. */
static int chat_members(struct lm_str head)
{
    struct lm_json j;
    struct lm_json_token t;
    int n = 0;
    lm_json_init(&j, head);
    if (lm_json_next(&j, &t) == LM_OK && t.type == LM_JSON_OBJECT) {
        bool in_list = false;
        while (n < 10 && lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
            in_list = t.depth == 1 ? t.type == LM_JSON_ARRAY : in_list;
            if (t.type == LM_JSON_KEY && t.depth == 3 && in_list)
                n += known_member(t.text);
            if (t.type == LM_JSON_KEY && t.depth == 1 && n > 0)
                break;
        }
    }
    lm_json_free(&j);
    return n;
}

static const struct lm_sniff_clue clues[] = {
    { "/Received Saved Chat History", LM_SNIFF_ARRAY, 48, NULL }, { "/Sent Saved Chat History", LM_SNIFF_ARRAY, 48, NULL },
    { "/Received Snap History", LM_SNIFF_ARRAY, 48, NULL },       { "/Sent Snap History", LM_SNIFF_ARRAY, 48, NULL },
    { "/Friends", LM_SNIFF_ARRAY, 12, NULL },                     { "/Friend Requests Sent", LM_SNIFF_ARRAY, 24, NULL },
    { "/Blocked Users", LM_SNIFF_ARRAY, 12, NULL },               { "/Deleted Friends", LM_SNIFF_ARRAY, 24, NULL },
    { "/Friends/[]/Creation Timestamp", LM_SNIFF_STRING, 24, NULL }, { "/Basic Information/Username", LM_SNIFF_STRING, 24, NULL },
    { "/Basic Information/Creation Date", LM_SNIFF_STRING, 24, NULL }, { "/Basic Information", LM_SNIFF_OBJECT, 12, NULL },
    { "/Device Information", LM_SNIFF_OBJECT, 12, NULL },         { "/Display Name Change", LM_SNIFF_ARRAY, 24, NULL },
    { "/Email Change", LM_SNIFF_ARRAY, 16, NULL },                { "/Mobile Number Change", LM_SNIFF_ARRAY, 24, NULL },
    { "/Login History", LM_SNIFF_ARRAY, 8, NULL },                { "/Password Change", LM_SNIFF_ARRAY, 8, NULL },
    { "/messages", LM_SNIFF_ARRAY, -1, NULL },                    { "/Profile", LM_SNIFF_OBJECT, -1, NULL },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_str s = lm_str_trim(lm_str_take(head, 256));
    (void)in;
    if (lm_str_starts(s, LM_STR("\xef\xbb\xbf")))
        s = lm_str_trim(lm_str_skip(s, 3));
    if (s.n == 0 || s.p[0] != '{')
        return 0;
    int n = chat_members(head), bits = lm_json_sniff(head, clues, sizeof clues / sizeof clues[0], NULL);
    bits = n >= 3 && bits < 24 + 8 * n ? 24 + 8 * n : bits;
    return bits >= 20 ? bits : 0;
}

/* --- one item --- */

static lm_err text_member(struct mydata *m, const struct lm_json_token *v, struct lm_str *ret)
{
    lm_err e = lm_jread_text(&m->r, v, ret);
    return e != LM_OK ? e : lm_snapchat_entities(m->r.ctx->record, *ret, ret);
}

static const struct {
    const char *key;
    size_t at;
    bool chat; /* only chats and snaps have it */
} members[] = {
#define M(key, field, chat) { key, offsetof(struct item, field), chat }
    M("From", from, true),           M("To", to, true),               M("Media Type", kind, true),      M("Created", created, false),
    M("Content", text, true),        M("Text", text, true),           M("Conversation Title", title, true), M("Created(microseconds)", precise, true),
    M("Media IDs", media, true),     M("Username", username, false),  M("Display Name", name, false),   M("Creation Timestamp", created, false),
    M("IP", ip, false),              M("Device", device, false),      M("Date", created, false),        M("Status", status, false),
    M("Name", name, false),          M("Creation Date", created, false), M("Registration IP", ip, false), M("Email Address", email, false),
    M("Mobile Number", phone, false), M("Phone Number", phone, false), M("Email", email, false),
};

/* Fields that are told in words of their own stay in raw as well: the moment beside the precise one, the status. */
static bool kept_as_well(struct lm_str key)
{
    return lm_str_eq(key, LM_STR("Created(microseconds)")) || lm_str_eq(key, LM_STR("Status")) || lm_str_eq(key, LM_STR("Registration IP"));
}

static lm_err item_member(struct mydata *m, struct item *it, struct lm_str key, const struct lm_json_token *v)
{
    struct lm_jread *r = &m->r;
    bool scalar = v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER;
    if (lm_str_eq(key, LM_STR("IsSender")) && (v->type == LM_JSON_TRUE || v->type == LM_JSON_FALSE)) {
        it->has_sender = it->chat = true;
        it->mine = v->type == LM_JSON_TRUE;
        return LM_OK;
    }
    for (size_t i = 0; scalar && i < sizeof members / sizeof members[0]; i++) {
        struct lm_str *field = (struct lm_str *)(void *)((char *)it + members[i].at);
        if (!lm_str_is(key, members[i].key) || field->n != 0)
            continue;
        it->chat = it->chat || members[i].chat;
        lm_err e = text_member(m, v, field);
        if (e == LM_OK && kept_as_well(key))
            lm_jread_raw_text(r, key, *field);
        return e;
    }
    if (v->type == LM_JSON_NULL)
        return LM_OK;
    if (lm_table_protected(key)) {
        lm_jread_doubt(r, "a member of a kind that no file may bring is not read");
        return lm_jread_skip(r, v);
    }
    return lm_jread_raw(r, key, v);
}

/* "Created" and, to the millisecond, "Created(microseconds)", which holds milliseconds. */
static void moment(struct mydata *m, const struct item *it, struct lm_when *ret)
{
    struct lm_when said = { .quality = LM_TIME_NONE };
    int64_t n;
    *ret = said;
    if (it->created.n != 0 && lm_snapchat_when(it->created, &said))
        *ret = said;
    else if (it->created.n != 0)
        lm_jread_raw_text(&m->r, LM_STR("Created"), it->created);
    if (it->precise.n != 0 && lm_str_to_i64(it->precise, &n) && n > 0) {
        int64_t us = n >= INT64_C(100000000000000) ? n : n >= INT64_C(100000000000) ? n * 1000 : n * LM_SECOND_US;
        int64_t apart = said.us - us;
        if (us >= INT64_C(250000000000000000))
            lm_jread_doubt(&m->r, "Created(microseconds) is no moment; Created is taken");
        else if (said.quality != LM_TIME_NONE && (apart > LM_SECOND_US || apart < -LM_SECOND_US))
            lm_jread_doubt(&m->r, "Created and Created(microseconds) are more than a second apart; Created is taken");
        else
            *ret = (struct lm_when){ .us = us, .quality = LM_TIME_UTC };
    } else if (it->created.n != 0 && said.quality == LM_TIME_NONE) {
        lm_jread_doubt(&m->r, "a moment that cannot be read; kept as written");
    }
}

static struct lm_account_ref account(const struct mydata *m, struct lm_str name)
{
    if (name.n != 0 && lm_str_eq(name, m->owner.native))
        return m->owner;
    return lm_snapchat_account(name, (struct lm_str){ NULL, 0 });
}

/* 8-4-4-4-12 hexadecimal digits: a conversation, not a user name. */
static bool is_uuid(struct lm_str s)
{
    if (s.n != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23, hex = memchr("0123456789abcdefABCDEF", s.p[i], 22) != NULL;
        if (dash ? s.p[i] != '-' : !hex)
            return false;
    }
    return true;
}

static lm_err media(struct mydata *m, struct lm_str list, struct lm_event *ev)
{
    struct lm_attachment *items = NULL;
    size_t n = 0, cap = 0;
    while (list.n != 0) {
        size_t at = lm_str_find(list, LM_STR(" | "));
        struct lm_str one = lm_str_trim(lm_str_take(list, at == SIZE_MAX ? list.n : at));
        list = lm_str_skip(list, at == SIZE_MAX ? list.n : at + 3);
        if (one.n == 0)
            continue;
        lm_err e = lm_jread_push(&m->r, (void **)&items, n, &cap, sizeof *items);
        if (e == LM_ELIMIT)
            break;
        if (e != LM_OK)
            return e;
        items[n++] = (struct lm_attachment){ .name = one, .bytes = -1 };
    }
    ev->attachments = items;
    ev->n_attachments = n;
    return LM_OK;
}

/* Sender, recipient and conversation of a chat or a snap. */
static void ends(struct mydata *m, const struct item *it, struct lm_event *ev, struct lm_account_ref *to)
{
    bool keyed = m->list == LIST_ITEMS, uuid = keyed && is_uuid(m->key);
    bool mine = it->has_sender ? it->mine : m->list == LIST_SENT || (it->from.n == 0 && it->to.n != 0);
    *to = (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
    ev->from = mine && it->from.n == 0 ? m->owner : account(m, it->from);
    if (mine && it->from.n != 0 && m->owner.native.n == 0)
        ev->from = lm_snapchat_account(it->from, (struct lm_str){ NULL, 0 });
    if (!mine)
        *to = m->owner;
    else if (it->to.n != 0)
        *to = account(m, it->to);
    else if (keyed && !uuid)
        *to = account(m, m->key);
    struct lm_str other = mine ? (it->to.n != 0 ? it->to : (struct lm_str){ NULL, 0 }) : it->from;
    ev->thread.native = keyed ? m->key : other;
    ev->thread.title = it->title;
    ev->thread.kind = it->title.n != 0 && uuid ? LM_THREAD_GROUP : uuid ? LM_THREAD_UNKNOWN : LM_THREAD_DIRECT;
    ev->to = to;
    ev->n_to = to->form != LM_ACCOUNT_NONE;
    if (uuid)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
}

static size_t identifier(struct lm_fact *facts, size_t n, struct lm_account_ref who, enum lm_identifier_type type, struct lm_str value, const char *basis)
{
    if (value.n == 0 || who.form == LM_ACCOUNT_NONE)
        return n;
    facts[n] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = who, .type = type, .value = value, .basis = lm_str(basis) } };
    return n + 1;
}

static bool is_basic(const struct mydata *m)
{
    return lm_str_eq(m->key, LM_STR("Basic Information"));
}

static enum lm_event_kind kind_of(const struct mydata *m, const struct item *it)
{
    if (it->chat)
        return LM_EVENT_MESSAGE;
    if (m->list == LIST_FRIENDS)
        return LM_EVENT_CONTACT_ADDED;
    return m->list == LIST_LOGINS || is_basic(m) ? LM_EVENT_LOGIN : LM_EVENT_OTHER;
}

static lm_err one_item(struct lm_jread *r, void *user)
{
    struct mydata *m = user;
    struct item it = { .has_sender = false };
    struct lm_fact facts[8];
    struct lm_event *ev = &facts[0].event;
    struct lm_account_ref to = { .form = LM_ACCOUNT_NONE };
    struct lm_str key;
    struct lm_json_token v;
    size_t n = 1;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL)
        if ((e = item_member(m, &it, key, &v)) != LM_OK)
            return e;
    if (e != LM_OK)
        return e;
    facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                 .event = { .kind = kind_of(m, &it), .platform = LM_PLATFORM_SNAPCHAT, .from = m->owner, .duration_s = -1, .text = it.text,
                                            .detail = it.chat ? it.kind : is_basic(m) ? LM_STR("registration") : m->key } };
    moment(m, &it, &ev->at);
    if (it.chat) {
        ends(m, &it, ev, &to);
        e = media(m, it.media, ev);
    } else {
        bool own = is_basic(m) || it.username.n == 0;
        struct lm_account_ref who = own ? m->owner : account(m, it.username);
        who.display = own ? who.display : it.name;
        to = who;
        ev->to = own ? NULL : &to;
        ev->n_to = own ? 0 : 1;
        n = own ? identifier(facts, n, who, LM_IDENTIFIER_HANDLE, it.username, "own_profile") : n;
        n = own ? identifier(facts, n, who, LM_IDENTIFIER_NAME, it.name, "own_profile") : n;
        n = identifier(facts, n, who, LM_IDENTIFIER_EMAIL, it.email, own ? "own_profile" : "contact_list");
        n = identifier(facts, n, who, LM_IDENTIFIER_PHONE, it.phone, own ? "own_profile" : "contact_list");
        n = identifier(facts, n, m->owner, LM_IDENTIFIER_IP, it.ip, "login");
        n = identifier(facts, n, m->owner, LM_IDENTIFIER_DEVICE, it.device, "login");
    }
    ev->raw = lm_jread_raw_done(r);
    return e != LM_OK ? e : lm_jread_emit(r, facts, n);
}

/* --- the file --- */

static void take_key(struct mydata *m, struct lm_str key)
{
    size_t n = key.n < MAX_KEY ? key.n : MAX_KEY;
    if (n != 0)
        memcpy(m->room, key.p, n);
    m->key = (struct lm_str){ m->room, n };
    m->key.n = lm_utf8_valid_prefix(m->key);
    m->list = LIST_ITEMS;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lm_str_is(m->key, lists[i].key))
            m->list = lists[i].list;
}

static lm_err root_member(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v, void *user)
{
    struct mydata *m = user;
    (void)r;
    take_key(m, key);
    if (v->type == LM_JSON_ARRAY || v->type == LM_JSON_NULL) {
        m->seen = true;
        return lm_jread_array(&m->r, v, one_item, m);
    }
    if (v->type == LM_JSON_OBJECT) {
        m->seen = true;
        return lm_jread_object(&m->r, v, one_item, m);
    }
    lm_err e = lm_jread_skip(&m->r, v);
    return e != LM_OK ? e : lm_jread_notice(&m->r, v->at, lm_json_offset(&m->r.j), "a part of the file that is not read");
}

static lm_err root(struct mydata *m)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&m->r, "not a file of My Data", &t);
    return e == LM_OK ? lm_jread_members(&m->r, root_member, m) : e;
}

/* --- the owner: of account.json, this file or its neighbour; else whom this file calls the sender --- */

struct finding {
    struct lm_arena *a;
    struct lm_str name;
};

static void take_name(void *user, size_t path, const struct lm_json_token *value)
{
    struct finding *f = user;
    (void)path;
    if (f->name.n == 0 && value->type == LM_JSON_STRING && value->text.n != 0)
        f->name = lm_arena_copy(f->a, value->text);
}

/* The From of the first item with "IsSender": true. */
static void sender_of(struct lm_str doc, struct finding *f)
{
    struct lm_json j;
    struct lm_json_token t;
    struct lm_str from = { NULL, 0 };
    bool is_from = false, is_sender = false;
    lm_json_init(&j, doc);
    while (f->name.n == 0 && lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
        if (t.type == LM_JSON_KEY) {
            is_from = t.depth == 3 && lm_str_eq(t.text, LM_STR("From"));
            is_sender = t.depth == 3 && lm_str_eq(t.text, LM_STR("IsSender"));
        } else if (t.type == LM_JSON_OBJECT) {
            from.n = 0;
        } else if (t.type == LM_JSON_STRING && is_from) {
            size_t at = (size_t)t.at;
            from = (struct lm_str){ doc.p + at + 1, t.text.n }; /* a user name has no escapes */
            from = at + 1 + t.text.n <= doc.n && lm_str_eq(from, t.text) ? from : (struct lm_str){ NULL, 0 };
        } else if (t.type == LM_JSON_TRUE && is_sender && from.n != 0) {
            f->name = lm_arena_copy(f->a, from);
        }
    }
    lm_json_free(&j);
}

static void find_owner(struct mydata *m, struct lm_read *ctx)
{
    static const char *const paths[] = { "/Basic Information/Username" };
    static const char *const beside[] = { "account.json", "../json/account.json" };
    struct finding f = { .a = ctx->file };
    struct lm_str bytes;
    lm_json_pick(lm_str_take(ctx->in->bytes, OWNER_SEARCH), paths, 1, take_name, &f);
    for (size_t i = 0; f.name.n == 0 && i < 2; i++)
        if (lm_input_sibling(ctx->in, lm_str(beside[i]), &bytes) == LM_OK)
            lm_json_pick(lm_str_take(bytes, OWNER_SEARCH), paths, 1, take_name, &f);
    if (f.name.n == 0)
        sender_of(lm_str_take(ctx->in->bytes, OWNER_SEARCH), &f);
    m->owner = f.name.n != 0 ? lm_snapchat_account(f.name, (struct lm_str){ NULL, 0 })
                             : (struct lm_account_ref){ .platform = LM_PLATFORM_SNAPCHAT, .form = LM_ACCOUNT_OWNER };
}

static lm_err read_file(struct lm_read *ctx, struct lm_sink *sink)
{
    struct mydata *m = lm_arena_alloc(ctx->file, sizeof *m);
    if (m == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    lm_jread_init(&m->r, ctx, sink);
    find_owner(m, ctx);
    lm_err e = root(m);
    return lm_jread_end(&m->r, e, m->seen, "no list and no object in this file");
}

const struct lm_reader lm_reader_snapchat_mydata_json = {
    .name = "snapchat_mydata_json",
    .title = "Snapchat \"My Data\", JSON",
    .reference = "no document of Snap's; member names as open parsers read them (RLEAPP snapChathistory.py and others), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_file,
};
