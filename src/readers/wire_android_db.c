/* Wire on Android, the app until 2022: a database that is named by the owner's id, on the phone or out of a WBUA backup.
 *
 * Ids are texts, so rows are joined by maps. Times are milliseconds. docs/readers/wire.md has the rules and what is not kept.
 */
#include "readers/wire_android_db.h"

#include "readers/shared/json_sniff.h"
#include "readers/shared/text.h"

#define MAX_DEVICES 32

struct lm_account_ref wad_user(const struct wad *w, struct lm_str id)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE, .native = id, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE };
    const uint64_t *i = id.n != 0 ? lm_map_get(&w->names, id) : NULL;
    if (i != NULL)
        a.display = w->shown[*i];
    return a;
}

struct lm_account_ref wad_owner(const struct wad *w)
{
    if (w->owner.n != 0)
        return wad_user(w, w->owner);
    return (struct lm_account_ref){ .platform = LM_PLATFORM_WIRE, .form = LM_ACCOUNT_OWNER };
}

/* --- Users --- */

enum { U_ID, U_NAME, U_HANDLE, U_EMAIL, U_PHONE, U_CONNECTION, U_AT, U_TEXT, U_CONVERSATION, U_N = U_CONVERSATION + 11 };
static const char *const user_columns[] = {
    "_id", "name", "handle", "email", "phone", "connection", "conn_timestamp", "conn_msg", "conversation",
    "-picture", "-accent", "-skey", "-tracking_id", "-timestamp", "-relation", "-availability", "-fields", "-permissions", "-expires_at",
};
_Static_assert(sizeof user_columns / sizeof *user_columns == U_N, "one name for each column");

static lm_err known_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wad *w = user;
    struct lm_str id, name;
    uint64_t *at;
    bool fresh = false;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, U_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, U_NAME, &name);
    if (err != LM_OK || id.n == 0)
        return err;
    struct lm_str *grown = lm_arena_grow(r->ctx->file, w->shown, w->n_shown, &w->cap_shown, sizeof *grown);
    if (grown == NULL || lm_map_put(&w->names, id, w->n_shown, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    w->shown = grown;
    grown[w->n_shown] = name;
    w->n_shown += fresh;
    if (lm_str_eq(lm_evdb_bytes(t, U_CONNECTION), LM_STR("self")))
        w->owner = id;
    return LM_OK;
}

/* The request between two users; only two states say who asked. */
static void connection(struct wad *w, const struct lm_str *text, struct lm_when at, struct lm_account_ref *to, struct lm_event *ev)
{
    bool from_other = lm_str_eq(text[U_CONNECTION], LM_STR("pending")) || lm_str_eq(text[U_CONNECTION], LM_STR("pending_from_other"));
    bool from_owner = lm_str_eq(text[U_CONNECTION], LM_STR("sent")) || lm_str_eq(text[U_CONNECTION], LM_STR("pending_from_user"));
    struct lm_account_ref own = wad_owner(w);
    *ev = (struct lm_event){ .kind = LM_EVENT_CONTACT_ADDED, .platform = LM_PLATFORM_WIRE, .at = at, .detail = text[U_CONNECTION],
                             .thread = { .native = text[U_CONVERSATION], .kind = LM_THREAD_DIRECT }, .duration_s = -1, .n_to = 1, .to = to };
    ev->from = from_other ? *to : own;
    if (from_other)
        *to = own;
    if (from_other || from_owner)
        ev->text = text[U_TEXT];
    else
        lm_dbread_raw_text(&w->r, "conn_msg", text[U_TEXT]);
}

static lm_err one_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const enum lm_identifier_type types[] = { LM_IDENTIFIER_ACCOUNT_ID, LM_IDENTIFIER_NAME, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_EMAIL,
                                                     LM_IDENTIFIER_PHONE };
    struct wad *w = user;
    struct lm_fact facts[6];
    struct lm_str text[U_N] = { 0 };
    size_t n = 0;
    (void)rowid;
    for (size_t i = 0; i <= U_CONVERSATION; i++) {
        lm_err err = i != U_AT ? lm_dbread_text(r, r->ctx->record, t, i, &text[i]) : LM_OK;
        if (err != LM_OK)
            return err;
    }
    bool own = text[U_ID].n != 0 && lm_str_eq(text[U_ID], w->owner);
    struct lm_account_ref a = wad_user(w, text[U_ID]), to = a;
    for (size_t i = U_NAME; i <= U_PHONE && a.form != LM_ACCOUNT_NONE; i++)
        if (text[i].n != 0)
            facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = a, .type = types[i], .value = text[i] } };
    if (n == 0 && a.form != LM_ACCOUNT_NONE)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = a, .type = LM_IDENTIFIER_ACCOUNT_ID, .value = a.native } };
    for (size_t i = 0; i < n; i++)
        facts[i].identifier.basis = own ? LM_STR("own_profile") : LM_STR("contact_list");
    lm_dbread_raw(r, t, false);
    bool contact = n != 0 && !own && text[U_CONNECTION].n != 0 && !lm_str_eq(text[U_CONNECTION], LM_STR("unconnected"));
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WIRE, .detail = LM_STR("profile"), .from = a, .duration_s = -1 };
    if (contact)
        connection(w, text, lm_dbread_when(r, t, U_AT, LM_EPOCH_UNIX_MS), &to, &ev);
    ev.raw = lm_dbread_raw_done(r);
    if (n != 0 && (contact || ev.raw.n != 0))
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, facts, n);
}

/* --- Clients: a user, and his devices as JSON --- */

enum { D_DEVICE, D_ID, D_LABEL, D_MODEL, D_TYPE, D_VERIFIED, D_REGISTERED, D_LATITUDE, D_LONGITUDE, D_N };
static const char *const device_paths[D_N] = { "/clients/[]", "/clients/[]/id", "/clients/[]/label", "/clients/[]/model", "/clients/[]/devType",
                                               "/clients/[]/verification", "/clients/[]/regTime", "/clients/[]/regLocation/lat",
                                               "/clients/[]/regLocation/lon" };
static const char *const device_keys[D_N] = { NULL, NULL, "label", "model", "devType", "verification", NULL, "regLocation.lat", "regLocation.lon" };

struct devices {
    struct lm_arena *a;
    struct lm_str values[MAX_DEVICES][D_N];
    size_t n;
    bool more, no_memory;
};

/* Keys that stand there too (signalingKey) are nobody's business and not taken. */
static void take_device(void *user, size_t path, const struct lm_json_token *v)
{
    struct devices *d = user;
    d->more = d->more || (path == D_DEVICE && d->n == MAX_DEVICES);
    if (path == D_DEVICE)
        d->n += !d->more;
    else if (d->n != 0 && !d->more && (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER) && v->text.n != 0) {
        struct lm_str own = lm_arena_copy(d->a, v->text);
        d->no_memory = d->no_memory || own.p == NULL;
        d->values[d->n - 1][path] = own;
    }
}

/* {"label": …}, of what is known of one device besides its id. */
static lm_err device_raw(struct lm_arena *a, const struct lm_str *values, struct lm_str *ret)
{
    struct lm_buf b;
    struct lm_json_out o;
    bool any = false;
    lm_buf_init(&b, LM_DBREAD_MAX_RAW);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    for (size_t i = 0; i < D_N; i++) {
        if (device_keys[i] == NULL || values[i].n == 0)
            continue;
        lm_json_kv_str(&o, device_keys[i], values[i]);
        any = true;
    }
    lm_json_object_end(&o);
    if (any && !b.failed)
        *ret = lm_arena_copy(a, lm_buf_str(&b));
    lm_buf_free(&b);
    return any && ret->p == NULL ? LM_ENOMEM : LM_OK;
}

static lm_err device_facts(struct lm_dbread *r, struct devices *d, struct lm_account_ref of, struct lm_fact *facts, size_t *n)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < d->n; i++) {
        const struct lm_str *v = d->values[i];
        struct lm_when at = { .quality = LM_TIME_NONE };
        int64_t ms;
        if (lm_str_to_i64(v[D_REGISTERED], &ms) && ms > 0 && ms < INT64_C(7258118400000))
            at = (struct lm_when){ .us = ms * 1000, .quality = LM_TIME_UTC };
        facts[*n] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                      .event = { .kind = LM_EVENT_LOGIN, .platform = LM_PLATFORM_WIRE, .at = at, .native_id = v[D_ID], .from = of,
                                                 .detail = at.quality != LM_TIME_NONE ? LM_STR("device_registered") : LM_STR("device_known"),
                                                 .duration_s = -1 } };
        err = device_raw(r->ctx->record, v, &facts[(*n)++].event.raw);
        if (v[D_ID].n != 0)
            facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                              .identifier = { .account = of, .type = LM_IDENTIFIER_DEVICE, .value = v[D_ID],
                                                              .basis = LM_STR("login"), .at = at } };
    }
    return err;
}

static lm_err one_client(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct devices *d = lm_arena_alloc(r->ctx->record, sizeof *d);
    struct lm_fact *facts = lm_arena_array(r->ctx->record, (size_t)2 * MAX_DEVICES, sizeof *facts);
    struct lm_str id, data;
    size_t n = 0;
    (void)rowid;
    if (d == NULL || facts == NULL)
        return LM_ENOMEM;
    d->a = r->ctx->record;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, lm_evdb_has_column(t, 2) ? 2 : 0, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, 1, &data);
    if (err != LM_OK)
        return err;
    if (id.n != 0)
        lm_json_pick(data, device_paths, D_N, take_device, d);
    if (d->no_memory)
        return LM_ENOMEM;
    if (d->more)
        lm_dbread_doubt(r, "more than 32 devices: the rest is left out");
    err = device_facts(r, d, wad_user(user, id), facts, &n);
    return err == LM_OK ? lm_dbread_emit(r, facts, n) : err;
}

/* --- Conversations, ConversationMembers, Likings --- */

enum { V_ID, V_REMOTE, V_NAME, V_TYPE, V_N };
static const char *const conversation_columns[] = { "_id", "remote_id", "name", "conv_type" };

static lm_err conversation(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wad *w = user;
    struct lm_str id;
    uint64_t *at;
    bool fresh = false;
    int64_t type = -1;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, V_ID, &id);
    if (err != LM_OK || id.n == 0)
        return err;
    struct wad_conversation *grown = lm_arena_grow(r->ctx->file, w->conversations, w->n, &w->cap, sizeof *grown);
    if (grown == NULL || lm_map_put(&w->by_id, id, w->n, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    w->conversations = grown;
    struct wad_conversation *c = &grown[w->n];
    *c = (struct wad_conversation){ .id = id };
    w->n += fresh;
    err = lm_dbread_text(r, r->ctx->file, t, V_REMOTE, &c->id);
    if (err == LM_OK && c->id.n == 0)
        c->id = id;
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, V_NAME, &c->title);
    (void)lm_evdb_i64(t, V_TYPE, &type);
    c->self = type == 1;
    c->kind = type == 0 ? LM_THREAD_GROUP : type >= 2 && type <= 4 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
    return err;
}

static lm_err member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wad *w = user;
    const uint64_t *i = lm_map_get(&w->by_id, lm_evdb_bytes(t, 1));
    struct wad_conversation *c = i != NULL ? &w->conversations[*i] : NULL;
    (void)rowid;
    if (c == NULL || c->n > WAD_MAX_MEMBERS)
        return LM_OK;
    struct lm_str *grown = lm_arena_grow(r->ctx->file, c->members, c->n, &c->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    c->members = grown;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 0, &grown[c->n]);
    c->n += err == LM_OK && grown[c->n].n != 0;
    return err;
}

static lm_err like(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wad *w = user;
    uint64_t *at;
    int64_t action = 1;
    (void)rowid;
    struct lm_str id = lm_evdb_bytes(t, 0);
    if (id.n == 0 || (lm_evdb_i64(t, 2, &action) && action == 0)) /* taken back */
        return LM_OK;
    struct wad_like *grown = lm_arena_grow(r->ctx->file, w->likes, w->n_likes, &w->cap_likes, sizeof *grown);
    if (grown == NULL || lm_map_put(&w->liked, id, 0, &at, NULL) != LM_OK)
        return LM_ENOMEM;
    w->likes = grown;
    grown[w->n_likes] = (struct wad_like){ .next = (size_t)*at };
    *at = ++w->n_likes;
    return lm_dbread_text(r, r->ctx->file, t, 1, &grown[w->n_likes - 1].user);
}

static lm_err rows_of(struct wad *w, const char *table, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&w->r, table, columns, n, &t);
    return err == LM_OK ? lm_dbread_rows(&w->r, t, one, w) : err;
}

static lm_err records_of(struct wad *w, const char *table, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&w->r, table, columns, n, &t);
    return err == LM_OK ? lm_dbread_records(&w->r, t, -1, one, w) : err;
}

/* The file's name is the owner's id: "199a7b4b-4342-4de6-b4cb-f39852ee445b", perhaps with ".db". */
static lm_err owner_by_name(struct wad *w)
{
    struct lm_str name = lm_str_take(lm_text_file_name(w->r.ctx->in->path), 36);
    bool id = name.n == 36;
    for (size_t i = 0; i < name.n && id; i++)
        id = i == 8 || i == 13 || i == 18 || i == 23 ? name.p[i] == '-' : strchr("0123456789abcdef", name.p[i]) != NULL && name.p[i] != '\0';
    if (w->owner.n == 0 && id)
        w->owner = lm_arena_copy(w->r.ctx->file, name);
    if (w->owner.n == 0)
        return lm_dbread_notice(&w->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "neither the table Users nor the file's name says whose"
                                                                                 " account this is: the owner is unknown");
    return w->owner.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err read_database(struct wad *w)
{
    static const char *const member_columns[] = { "user_id", "conv_id" }, *const like_columns[] = { "message_id", "user_id", "action" };
    static const char *const client_columns[] = { "id", "data", "_id" };
    lm_err err = rows_of(w, "Users", user_columns, U_N, known_user);
    if (err == LM_OK)
        err = owner_by_name(w);
    if (err == LM_OK)
        err = rows_of(w, "Conversations", conversation_columns, V_N, conversation);
    if (err == LM_OK)
        err = rows_of(w, "ConversationMembers", member_columns, 2, member);
    if (err == LM_OK)
        err = rows_of(w, "Likings", like_columns, 3, like);
    if (err == LM_OK)
        err = wad_messages(w);
    if (err == LM_OK)
        err = records_of(w, "Users", user_columns, U_N, one_user);
    return err == LM_OK ? records_of(w, "Clients", client_columns, 3, one_client) : err;
}

static const char *const tables[] = { "Messages.conv_id", "Messages.protos", "ConversationMembers.conv_id" };

/* The magic (128 bits) and columns that no other app has together (40). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    uint32_t found = lm_dbread_peek(in, head, tables, 3);
    return (found & 3) == 3 ? 168 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wad w = { .n = 0 };
    lm_map_init(&w.names, ctx->file);
    lm_map_init(&w.by_id, ctx->file);
    lm_map_init(&w.liked, ctx->file);
    lm_err err = lm_dbread_open(&w.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(w.r.db, "Messages") && !lm_evdb_has_table(w.r.db, "Users"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables Messages and Users is in it");
    if (err == LM_OK)
        err = read_database(&w);
    return lm_dbread_finish(&w.r, err);
}

const struct lm_reader lm_reader_wire_android_db = {
    .name = "wire_android_db",
    .title = "Wire on Android, the app until 2022: the database named by the owner's id",
    .reference = "LukasForst/wire-android-backup 2391500b (columns), wireapp/generic-message-proto 06fc4939, checked 2026-11",
    .tested_on = "one backup of another project; edits, calls and deletions: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
