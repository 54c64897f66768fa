/* wire_desktop_wbu.c - the backup that Wire's desktop and web apps wrote until 2025: a plain zip of JSON files, one per table.
 *
 * events.json, conversations.json, users.json (newer) and export.json are sources of their own; events.json asks the other three who
 * the owner is, who is in a conversation, and what people are called. docs/readers/wire.md has the rules.
 */
#include "readers/wire_desktop_wbu.h"

#include "readers/shared/json_sniff.h"
#include "readers/shared/text.h"

/* --- which of the files it is --- */

enum wdb_file { F_NONE, F_EVENTS, F_CONVERSATIONS, F_USERS, F_EXPORT };

#define EVENT_TYPES                                                                                                                        \
    " conversation.message-add conversation.asset-add conversation.group-creation conversation.one2one-creation conversation.member-join " \
    "conversation.member-leave conversation.rename conversation.knock conversation.location conversation.reaction "                       \
    "conversation.delete-everywhere conversation.message-delete conversation.message-hidden conversation.confirmation "                    \
    "conversation.voice-channel-activate conversation.voice-channel-deactivate conversation.unable-to-decrypt conversation.verification "   \
    "conversation.missed-messages conversation.composite-message-add conversation.receipt-mode-update "                                    \
    "conversation.message-timer-update conversation.legal-hold-update conversation.multipart-message-add "

enum { C_TYPE, C_CONVERSATION, C_FROM, C_TIME, C_OTHERS, C_KIND, C_EVENT_TIME, C_READ_TIME, C_CLEARED, C_HANDLE, C_QUALIFIED, C_ACCENT,
       C_USER, C_CLIENT, C_CREATED, C_PLATFORM };
static const struct lm_sniff_clue clues[] = {
    [C_TYPE] = { "/[]/type", LM_SNIFF_STRING, 32, EVENT_TYPES },
    [C_CONVERSATION] = { "/[]/conversation", LM_SNIFF_STRING, 12, NULL },
    [C_FROM] = { "/[]/from", LM_SNIFF_STRING, 4, NULL },
    [C_TIME] = { "/[]/time", LM_SNIFF_STRING, 4, NULL },
    [C_OTHERS] = { "/[]/others", LM_SNIFF_ARRAY, 16, NULL },
    [C_KIND] = { "/[]/type", LM_SNIFF_NUMBER, 8, NULL },
    [C_EVENT_TIME] = { "/[]/last_event_timestamp", LM_SNIFF_NUMBER, 16, NULL },
    [C_READ_TIME] = { "/[]/last_read_timestamp", LM_SNIFF_NUMBER, 16, NULL },
    [C_CLEARED] = { "/[]/cleared_timestamp", LM_SNIFF_NUMBER, 16, NULL },
    [C_HANDLE] = { "/[]/handle", LM_SNIFF_STRING, 8, NULL },
    [C_QUALIFIED] = { "/[]/qualified_id", LM_SNIFF_OBJECT, 16, NULL },
    [C_ACCENT] = { "/[]/accent_id", LM_SNIFF_NUMBER, 16, NULL },
    [C_USER] = { "/user_id", LM_SNIFF_STRING, 12, NULL },
    [C_CLIENT] = { "/client_id", LM_SNIFF_STRING, 12, NULL },
    [C_CREATED] = { "/creation_time", LM_SNIFF_STRING, 12, NULL },
    [C_PLATFORM] = { "/platform", LM_SNIFF_STRING, 8, NULL },
};

static bool has(uint64_t found, int clue)
{
    return (found >> clue & 1) != 0;
}

static bool named(const struct lm_input *in, const char *name)
{
    return lm_str_is_nocase(lm_text_file_name(in->path), name);
}

static enum wdb_file which(const struct lm_input *in, struct lm_str head, int *ret_bits)
{
    uint64_t found = 0;
    struct lm_str export_file;
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof *clues, &found);
    *ret_bits = bits;
    if (has(found, C_TYPE) && has(found, C_CONVERSATION))
        return F_EVENTS;
    if (has(found, C_USER) && has(found, C_CLIENT) && has(found, C_CREATED))
        return F_EXPORT;
    if (has(found, C_KIND) && has(found, C_OTHERS) && (has(found, C_EVENT_TIME) || has(found, C_READ_TIME) || has(found, C_CLEARED)))
        return F_CONVERSATIONS;
    if (has(found, C_HANDLE) && (has(found, C_QUALIFIED) || has(found, C_ACCENT)))
        return F_USERS;
    /* an empty list, or one without what is looked for: the export file beside it says what this is */
    enum wdb_file by_name = named(in, "events.json")          ? F_EVENTS
                            : named(in, "conversations.json") ? F_CONVERSATIONS
                            : named(in, "users.json")         ? F_USERS
                                                              : F_NONE;
    struct lm_str start = lm_str_trim(lm_str_take(head, 64));
    if (by_name == F_NONE || start.n == 0 || start.p[0] != '[' || lm_input_sibling(in, LM_STR("export.json"), &export_file) != LM_OK)
        return F_NONE;
    (void)lm_json_sniff(lm_str_take(export_file, 65536), clues, sizeof clues / sizeof *clues, &found);
    *ret_bits = 40;
    return has(found, C_USER) && has(found, C_CLIENT) && has(found, C_CREATED) ? by_name : F_NONE;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    int bits = 0;
    return which(in, head, &bits) != F_NONE ? bits : 0;
}

/* --- accounts and conversations --- */

struct lm_account_ref wdb_user(const struct wdb *w, struct lm_str id)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE, .native = id, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE };
    const uint64_t *i = id.n != 0 ? lm_map_get(&w->names, id) : NULL;
    if (i != NULL)
        a.display = w->shown[*i];
    return a;
}

struct lm_account_ref wdb_owner(const struct wdb *w)
{
    if (w->owner.n != 0)
        return wdb_user(w, w->owner);
    return (struct lm_account_ref){ .platform = LM_PLATFORM_WIRE, .form = LM_ACCOUNT_OWNER };
}

const struct wdb_conversation *wdb_conversation_of(const struct wdb *w, struct lm_str id)
{
    const uint64_t *i = id.n != 0 ? lm_map_get(&w->by_id, id) : NULL;
    return i != NULL ? &w->conversations[*i] : NULL;
}

/* Text of a file beside, which may hold escapes: copied. */
static struct lm_str copied(struct wdb *w, struct lm_str s)
{
    struct lm_str own = lm_arena_copy(w->r.ctx->file, s);
    w->no_memory = w->no_memory || own.p == NULL;
    return own;
}

static void name_user(struct wdb *w, struct lm_str id, struct lm_str name)
{
    uint64_t *at;
    bool fresh = false;
    if (id.n == 0 || name.n == 0 || w->no_memory)
        return;
    struct lm_str *grown = lm_arena_grow(w->r.ctx->file, w->shown, w->n_shown, &w->cap_shown, sizeof *grown);
    w->no_memory = grown == NULL || lm_map_put(&w->names, id, w->n_shown, &at, &fresh) != LM_OK;
    if (w->no_memory)
        return;
    w->shown = grown;
    if (fresh)
        w->shown[w->n_shown++] = copied(w, name);
}

enum { P_OBJECT, P_ID, P_NAME, P_TYPE, P_OTHER };
static const char *const conversation_paths[] = { "/[]", "/[]/id", "/[]/name", "/[]/type", "/[]/others/[]" };

static enum lm_thread_kind kind_of(int64_t type)
{
    return type == 0 ? LM_THREAD_GROUP : type == 2 || type == 3 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
}

static void take_conversation(void *user, size_t path, const struct lm_json_token *v)
{
    struct wdb *w = user;
    int64_t type;
    if (w->no_memory || (path != P_OBJECT && w->last == NULL))
        return;
    struct wdb_conversation *c = w->last;
    if (path == P_OBJECT) {
        struct wdb_conversation *grown = lm_arena_grow(w->r.ctx->file, w->conversations, w->n, &w->cap, sizeof *grown);
        w->no_memory = grown == NULL;
        if (grown == NULL)
            return;
        w->conversations = grown;
        w->last = &grown[w->n++];
        *w->last = (struct wdb_conversation){ .kind = LM_THREAD_UNKNOWN };
    } else if (path == P_ID && v->type == LM_JSON_STRING && v->text.n != 0) {
        uint64_t *at;
        c->id = copied(w, v->text);
        w->no_memory = w->no_memory || lm_map_put(&w->by_id, c->id, w->n - 1, &at, NULL) != LM_OK;
    } else if (path == P_NAME && v->type == LM_JSON_STRING) {
        c->name = copied(w, v->text);
    } else if (path == P_TYPE && v->type == LM_JSON_NUMBER && lm_str_to_i64(v->text, &type)) {
        c->kind = kind_of(type);
        c->self = type == 1;
    } else if (path == P_OTHER && v->type == LM_JSON_STRING && c->n <= WDB_MAX_MEMBERS) {
        struct lm_str *grown = lm_arena_grow(w->r.ctx->file, c->others, c->n, &c->cap, sizeof *grown);
        w->no_memory = grown == NULL;
        if (grown != NULL) {
            c->others = grown;
            grown[c->n++] = copied(w, v->text);
        }
    }
}

static const char *const user_paths[] = { "/[]", "/[]/id", "/[]/qualified_id/id", "/[]/name" };

static void take_user(void *user, size_t path, const struct lm_json_token *v)
{
    struct wdb *w = user;
    if (path == 0)
        w->last_user = (struct lm_str){ NULL, 0 };
    else if (path < 3 && v->type == LM_JSON_STRING && w->last_user.n == 0)
        w->last_user = copied(w, v->text);
    else if (path == 3 && v->type == LM_JSON_STRING)
        name_user(w, w->last_user, v->text);
}

static const char *const export_paths[] = { "/user_id", "/user_name" };

static void take_export(void *user, size_t path, const struct lm_json_token *v)
{
    struct wdb *w = user;
    if (v->type == LM_JSON_STRING)
        *(path == 0 ? &w->owner : &w->owner_name) = copied(w, v->text);
}

static lm_err beside(struct wdb *w)
{
    const struct lm_input *in = w->r.ctx->in;
    struct lm_str bytes;
    if (lm_input_sibling(in, LM_STR("export.json"), &bytes) == LM_OK)
        lm_json_pick(bytes, export_paths, 2, take_export, w);
    name_user(w, w->owner, w->owner_name);
    if (lm_input_sibling(in, LM_STR("users.json"), &bytes) == LM_OK)
        lm_json_pick(bytes, user_paths, 4, take_user, w);
    if (lm_input_sibling(in, LM_STR("conversations.json"), &bytes) == LM_OK)
        lm_json_pick(bytes, conversation_paths, 5, take_conversation, w);
    return w->no_memory ? LM_ENOMEM : LM_OK;
}

/* --- conversations.json, users.json, export.json as sources --- */

lm_err wdb_ids(struct lm_jread *r, const struct lm_json_token *v, struct lm_str **ret, size_t *ret_n)
{
    struct lm_str *list = NULL;
    size_t n = 0, cap = 0;
    lm_err err = LM_OK;
    if (v->type != LM_JSON_ARRAY)
        return lm_jread_skip(r, v);
    for (;;) {
        struct lm_json_token t;
        struct lm_str id = { NULL, 0 }, key;
        err = lm_jread_next(r, &t);
        if (err != LM_OK || t.type == LM_JSON_ARRAY_END)
            break;
        if (t.type == LM_JSON_STRING) {
            err = lm_jread_keep(r, r->ctx->record, &t, &id);
        } else if (t.type == LM_JSON_OBJECT) {
            struct lm_json_token m;
            while ((err = lm_jread_member(r, &key, &m)) == LM_OK && key.p != NULL) {
                err = lm_str_eq(key, LM_STR("id")) && m.type == LM_JSON_STRING ? lm_jread_keep(r, r->ctx->record, &m, &id) : lm_jread_skip(r, &m);
                if (err != LM_OK)
                    return err;
            }
        } else {
            err = lm_jread_skip(r, &t);
        }
        if (err != LM_OK)
            return err;
        if (id.n == 0)
            continue;
        err = lm_jread_push(r, (void **)&list, n, &cap, sizeof *list);
        if (err == LM_OK)
            list[n++] = id;
        else if (err != LM_ELIMIT)
            return err;
    }
    *ret = list;
    *ret_n = n;
    return err;
}

static lm_err one_conversation(struct lm_jread *r, void *user)
{
    struct wdb *w = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .flags = LM_EVENT_SYSTEM, .platform = LM_PLATFORM_WIRE,
                                    .detail = LM_STR("conversation"), .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    struct lm_str key, *others = NULL, creator = { NULL, 0 };
    struct lm_json_token v;
    int64_t type = -1;
    bool any = false;
    size_t n = 0;
    lm_err err;
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("id")))
            err = lm_jread_text(r, &v, &ev->thread.native);
        else if (lm_str_eq(key, LM_STR("name")))
            err = lm_jread_text(r, &v, &ev->thread.title);
        else if (lm_str_eq(key, LM_STR("type")))
            err = lm_jread_i64(r, &v, &type, &any);
        else if (lm_str_eq(key, LM_STR("creator")))
            err = lm_jread_text(r, &v, &creator);
        else if (lm_str_eq(key, LM_STR("others")))
            err = wdb_ids(r, &v, &others, &n);
        else
            err = lm_jread_raw(r, key, &v);
        if (err != LM_OK)
            return err;
    }
    if (err != LM_OK)
        return err;
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, n, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++)
        to[i] = wdb_user(w, others[i]);
    ev->to = to;
    ev->n_to = n;
    ev->from = wdb_user(w, creator);
    ev->thread.kind = kind_of(type);
    if (ev->thread.native.n == 0)
        lm_jread_reject(r, "a conversation without an id");
    ev->raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, &f, 1);
}

static void identify(struct lm_fact *facts, size_t *n, struct lm_account_ref a, enum lm_identifier_type type, struct lm_str value,
                     const char *basis, struct lm_when at)
{
    if (value.n != 0)
        facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                          .identifier = { .account = a, .type = type, .value = value, .basis = lm_str(basis), .at = at } };
}

static lm_err emit_person(struct wdb *w, struct lm_fact *facts, size_t n, struct lm_account_ref a, const char *detail, struct lm_when at)
{
    struct lm_str raw = lm_jread_raw_done(&w->r);
    if (raw.n != 0)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WIRE, .at = at, .detail = lm_str(detail),
                                                  .from = a, .duration_s = -1, .raw = raw } };
    return lm_jread_emit(&w->r, facts, n);
}

static lm_err one_user(struct lm_jread *r, void *user)
{
    struct wdb *w = user;
    struct lm_fact facts[6];
    struct lm_str key, id = { NULL, 0 }, name = { NULL, 0 }, handle = { NULL, 0 }, email = { NULL, 0 }, phone = { NULL, 0 };
    struct lm_json_token v;
    size_t n = 0;
    lm_err err;
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        struct lm_str *to = lm_str_eq(key, LM_STR("id"))       ? &id
                            : lm_str_eq(key, LM_STR("name"))   ? &name
                            : lm_str_eq(key, LM_STR("handle")) ? &handle
                            : lm_str_eq(key, LM_STR("email"))  ? &email
                            : lm_str_eq(key, LM_STR("phone"))  ? &phone
                                                               : NULL;
        err = to != NULL ? lm_jread_text(r, &v, to) : lm_jread_raw(r, key, &v);
        if (err != LM_OK)
            return err;
    }
    if (err != LM_OK)
        return err;
    struct lm_account_ref a = wdb_user(w, id);
    struct lm_when none = { .quality = LM_TIME_NONE };
    const char *basis = id.n != 0 && lm_str_eq(id, w->owner) ? "own_profile" : "contact_list";
    a.display = name;
    if (id.n == 0)
        lm_jread_reject(r, "a user without an id");
    identify(facts, &n, a, LM_IDENTIFIER_NAME, name, basis, none);
    identify(facts, &n, a, LM_IDENTIFIER_HANDLE, handle, basis, none);
    identify(facts, &n, a, LM_IDENTIFIER_EMAIL, email, basis, none);
    identify(facts, &n, a, LM_IDENTIFIER_PHONE, phone, basis, none);
    if (n == 0)
        identify(facts, &n, a, LM_IDENTIFIER_ACCOUNT_ID, id, basis, none);
    return emit_person(w, facts, n, a, "profile", none);
}

static lm_err one_export(struct lm_jread *r, void *user)
{
    struct wdb *w = user;
    struct lm_fact facts[6];
    struct lm_str key, id = { NULL, 0 }, name = { NULL, 0 }, handle = { NULL, 0 }, client = { NULL, 0 }, time = { NULL, 0 };
    struct lm_json_token v;
    struct lm_when at = { .quality = LM_TIME_NONE };
    size_t n = 0;
    lm_err err;
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        struct lm_str *to = lm_str_eq(key, LM_STR("user_id"))         ? &id
                            : lm_str_eq(key, LM_STR("user_name"))     ? &name
                            : lm_str_eq(key, LM_STR("user_handle"))   ? &handle
                            : lm_str_eq(key, LM_STR("client_id"))     ? &client
                            : lm_str_eq(key, LM_STR("creation_time")) ? &time
                                                                      : NULL;
        err = to != NULL ? lm_jread_text(r, &v, to) : lm_jread_raw(r, key, &v);
        if (err != LM_OK)
            return err;
    }
    if (err != LM_OK)
        return err;
    if (time.n != 0 && !lm_when_parse_iso(time, &at))
        lm_jread_doubt(r, "when the backup was made cannot be read");
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER, .native = id, .display = name };
    identify(facts, &n, a, LM_IDENTIFIER_NAME, name, "own_profile", at);
    identify(facts, &n, a, LM_IDENTIFIER_HANDLE, handle, "own_profile", at);
    identify(facts, &n, a, LM_IDENTIFIER_DEVICE, client, "own_profile", at);
    if (n == 0)
        identify(facts, &n, a, LM_IDENTIFIER_ACCOUNT_ID, id, "own_profile", at);
    return emit_person(w, facts, n, a, "backup_made", at);
}

/* --- the reader --- */

static lm_err read_list(struct wdb *w, enum wdb_file file)
{
    struct lm_json_token t;
    lm_err err = lm_jread_next(&w->r, &t);
    if (err != LM_OK)
        return err;
    if (file == F_EXPORT)
        err = lm_jread_object(&w->r, &t, one_export, w);
    else
        err = lm_jread_array(&w->r, &t, file == F_CONVERSATIONS ? one_conversation : file == F_USERS ? one_user : wdb_event, w);
    return err == LM_OK ? lm_jread_next(&w->r, &t) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wdb *w = lm_arena_alloc(ctx->file, sizeof *w);
    int bits;
    if (w == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    lm_jread_init(&w->r, ctx, sink);
    lm_map_init(&w->by_id, ctx->file);
    lm_map_init(&w->names, ctx->file);
    lm_buf_init(&w->key, 512);
    enum wdb_file file = which(ctx->in, lm_str_take(ctx->in->bytes, 65536), &bits);
    if (file == F_NONE) /* the reader was named: events, unless it is a single object */
        file = lm_str_trim(lm_str_take(ctx->in->bytes, 64)).n != 0 && lm_str_trim(lm_str_take(ctx->in->bytes, 64)).p[0] == '{' ? F_EXPORT : F_EVENTS;
    lm_err err = beside(w);
    if (err == LM_OK && file == F_EVENTS && w->owner.n == 0)
        err = lm_jread_notice(&w->r, 0, 0, "no export.json beside it: whose backup it is is not known");
    if (err == LM_OK)
        err = read_list(w, file);
    err = lm_jread_end(&w->r, err, true, "");
    lm_buf_free(&w->key);
    return err;
}

const struct lm_reader lm_reader_wire_desktop_wbu = {
    .name = "wire_desktop_wbu",
    .title = "Wire backup of the desktop and web apps (events, conversations, users)",
    .reference = "wireapp/backup-export-tool 5cf19f4b DesktopExporter, wireapp/wire-webapp src/script/event/Client.ts, checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = 65536,
    .bid = bid,
    .read = read_all,
};
