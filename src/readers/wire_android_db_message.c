/* wire_android_db_message.c - one row of Messages is one record. */
#include "formats/protobuf.h"
#include "readers/shared/json_sniff.h"
#include "readers/wire_android_db.h"

enum {
    M_ID, M_CONVERSATION, M_TYPE, M_USER, M_CONTENT, M_PROTOS, M_TIME, M_MEMBERS, M_NAME, M_STATE, M_EDITED, M_DURATION, M_QUOTE, M_ASSET,
    M_RECIPIENT, M_N = M_RECIPIENT + 6
};
static const char *const message_columns[] = {
    "_id", "conv_id", "msg_type", "user_id", "content", "protos", "time", "members", "name", "msg_state", "edit_time", "duration", "quote",
    "asset_id", "recipient", "-first_msg", "-content_size", "-quote_validity", "-force_read_receipts", "-local_time",
};
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "one name for each column");
enum { A_ID, A_NAME, A_MIME, A_SIZE, A_SHA, A_SOURCE, A_DETAILS, A_N };
static const char *const asset_columns[] = { "_id", "name", "mime", "size", "sha", "source", "details" };

struct messages {
    struct wad *w;
    struct lm_evdb_table *assets;
    struct lm_map asset_of; /* an asset's id → its row */
};

static const struct {
    const char *type, *detail;
    enum lm_event_kind kind;
    unsigned flags;
    bool members; /* the other ends are those in `members` */
} types[] = {
    { "Text", NULL, LM_EVENT_MESSAGE, 0, false },
    { "TextEmojiOnly", NULL, LM_EVENT_MESSAGE, 0, false },
    { "RichMedia", NULL, LM_EVENT_MESSAGE, 0, false },
    { "Composite", "poll", LM_EVENT_MESSAGE, 0, false },
    { "Asset", "image", LM_EVENT_MESSAGE, 0, false },
    { "AnyAsset", "file", LM_EVENT_MESSAGE, 0, false },
    { "VideoAsset", "video", LM_EVENT_MESSAGE, 0, false },
    { "AudioAsset", "audio", LM_EVENT_MESSAGE, 0, false },
    { "Location", "location", LM_EVENT_MESSAGE, 0, false },
    { "Knock", "ping", LM_EVENT_MESSAGE, 0, false },
    { "Recalled", "deleted_for_everyone", LM_EVENT_MESSAGE, LM_EVENT_DELETED, false },
    { "MissedCall", "missed_call", LM_EVENT_CALL, LM_EVENT_ATTEMPT, false },
    { "SuccessfulCall", "call", LM_EVENT_CALL, 0, false },
    { "MemberJoin", "members_added", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM, true },
    { "MemberLeave", "members_removed", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM, true },
    { "MemberLeaveDueToLegalHold", "members_removed", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM, true },
    { "Rename", "renamed", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM, false },
    { "ConnectRequest", "connection_request", LM_EVENT_CONTACT_ADDED, 0, false },
    { "ConnectAccepted", "connection_accepted", LM_EVENT_OTHER, LM_EVENT_SYSTEM, false },
};

static bool is(struct lm_str s, const char *z)
{
    return lm_str_is(s, z);
}

static bool kind_of(struct lm_str type, struct lm_event *ev)
{
    ev->kind = LM_EVENT_OTHER;
    ev->detail = type;
    ev->flags |= LM_EVENT_SYSTEM;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!is(type, types[i].type))
            continue;
        ev->kind = types[i].kind;
        ev->detail = lm_str(types[i].detail);
        ev->flags = (ev->flags & ~(unsigned)LM_EVENT_SYSTEM) | types[i].flags;
        return types[i].members;
    }
    return false;
}

/* --- content --- */

/* GenericMessages one after the other, each behind its length; or a single one. */
static bool is_delimited(struct lm_str all)
{
    while (all.n != 0) {
        uint64_t n = 0;
        size_t k = 0;
        for (; k < all.n && k < 5; k++) {
            n |= (uint64_t)(all.p[k] & 0x7f) << (7 * k);
            if ((all.p[k] & 0x80) == 0)
                break;
        }
        all = lm_str_skip(all, k + 1);
        if (n < 2 || n > all.n || all.p[0] != 0x0a)
            return false;
        all = lm_str_skip(all, (size_t)n);
    }
    return true;
}

static lm_err protos(struct lm_dbread *r, struct lm_str all, struct lm_wire *g, struct lm_event *ev)
{
    lm_err err = LM_OK;
    if (all.n == 0)
        return LM_OK;
    if (!is_delimited(all))
        return lm_wire_generic(r, g, all, ev);
    while (err == LM_OK && all.n != 0) {
        uint64_t n = 0;
        size_t k = 0;
        do
            n |= (uint64_t)(all.p[k] & 0x7f) << (7 * k);
        while ((all.p[k++] & 0x80) != 0);
        err = lm_wire_generic(r, g, lm_str_take(lm_str_skip(all, k), (size_t)n), ev);
        all = lm_str_skip(all, k + (size_t)n);
    }
    return err;
}

struct pieces {
    struct lm_dbread *r;
    struct lm_str text;
    lm_err err;
};

static void take_piece(void *user, size_t path, const struct lm_json_token *v)
{
    struct pieces *p = user;
    (void)path;
    if (p->err != LM_OK || v->type != LM_JSON_STRING || v->text.n == 0)
        return;
    if (p->text.n > 65536) {
        lm_dbread_doubt(p->r, "a text of many pieces is cut");
        return;
    }
    struct lm_str both = lm_arena_joined(p->r->ctx->record, p->text, v->text);
    p->err = both.p != NULL ? LM_OK : LM_ENOMEM;
    p->text = both;
}

/* [{"type": "Text", "content": "…"}, …]: only when the protobuf has no text. */
static lm_err content(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    static const char *const paths[] = { "/[]/content" };
    struct pieces p = { .r = r };
    struct lm_str json;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, M_CONTENT, &json);
    if (err != LM_OK || json.n == 0)
        return err;
    if (json.p[0] == '[') {
        lm_json_pick(json, paths, 1, take_piece, &p);
        if (p.err == LM_OK)
            ev->text = p.text;
        return p.err;
    }
    ev->text = json;
    return LM_OK;
}

/* --- Assets2 --- */

static lm_err known_asset(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct messages *m = user;
    uint64_t *at;
    struct lm_str id = lm_evdb_bytes(t, A_ID);
    (void)r;
    return id.n == 0 || lm_map_put(&m->asset_of, id, (uint64_t)rowid, &at, NULL) == LM_OK ? LM_OK : LM_ENOMEM;
}

static lm_err asset(struct lm_dbread *r, struct messages *m, const struct lm_evdb_table *t, struct lm_event *ev)
{
    struct lm_str id = lm_evdb_bytes(t, M_ASSET);
    const uint64_t *row = id.n != 0 && m->assets != NULL ? lm_map_get(&m->asset_of, id) : NULL;
    struct lm_attachment *a = lm_arena_alloc(r->ctx->record, sizeof *a);
    enum lm_evdb_step s;
    int64_t bytes;
    if (a == NULL)
        return LM_ENOMEM;
    lm_dbread_raw_column(r, t, M_ASSET, "asset_id");
    if (row == NULL)
        return LM_OK;
    lm_err err = lm_evdb_fetch(m->assets, (int64_t)*row, &s);
    if (err != LM_OK || s != LM_EVDB_ROW)
        return err;
    *a = ev->n_attachments != 0 ? ev->attachments[0] : (struct lm_attachment){ .bytes = -1 };
    if (a->name.n == 0)
        err = lm_dbread_text(r, r->ctx->record, m->assets, A_NAME, &a->name);
    if (err == LM_OK && a->type.n == 0)
        err = lm_dbread_text(r, r->ctx->record, m->assets, A_MIME, &a->type);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, m->assets, A_SOURCE, &a->note);
    if (a->bytes < 0 && lm_evdb_i64(m->assets, A_SIZE, &bytes) && bytes > 0)
        a->bytes = bytes;
    if (a->note.n == 0)
        a->note = LM_STR("not in the database");
    lm_dbread_raw_column(r, m->assets, A_SHA, "Assets2.sha");
    lm_dbread_raw_column(r, m->assets, A_DETAILS, "Assets2.details");
    ev->attachments = a;
    ev->n_attachments = 1;
    return err;
}

/* --- ends --- */

static lm_err listed(struct lm_dbread *r, struct wad *w, struct lm_str members, struct lm_event *ev)
{
    struct lm_account_ref *to = NULL;
    size_t cap = 0;
    while (members.n != 0) {
        const char *comma = memchr(members.p, ',', members.n);
        struct lm_str one = lm_str_take(members, comma != NULL ? (size_t)(comma - members.p) : members.n);
        members = lm_str_skip(members, one.n + (comma != NULL));
        one = lm_str_trim(one);
        if (one.n == 0)
            continue;
        lm_err err = lm_dbread_push(r, (void **)&to, ev->n_to, &cap, sizeof *to);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        to[ev->n_to++] = wad_user(w, one);
        ev->to = to;
    }
    return LM_OK;
}

static lm_err legs(struct lm_dbread *r, struct wad *w, const struct wad_conversation *c, struct lm_event *ev)
{
    struct lm_account_ref own = wad_owner(w);
    bool owner_listed = false;
    if (c == NULL || c->n == 0 || c->n > WAD_MAX_MEMBERS) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, c->n + 1, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < c->n; i++) {
        owner_listed = owner_listed || lm_str_eq(c->members[i], w->owner);
        if (!lm_str_eq(c->members[i], ev->from.native))
            to[ev->n_to++] = wad_user(w, c->members[i]);
    }
    if (!owner_listed && own.form == LM_ACCOUNT_NATIVE && !lm_str_eq(own.native, ev->from.native))
        to[ev->n_to++] = own;
    if (own.form != LM_ACCOUNT_NATIVE)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    ev->to = to;
    return LM_OK;
}

static lm_err likes(struct lm_dbread *r, struct wad *w, struct lm_event *ev)
{
    struct lm_reaction *list = NULL;
    size_t cap = 0;
    const uint64_t *first = ev->native_id.n != 0 ? lm_map_get(&w->liked, ev->native_id) : NULL;
    for (size_t i = first != NULL ? (size_t)*first : 0; i != 0; i = w->likes[i - 1].next) {
        lm_err err = lm_dbread_push(r, (void **)&list, ev->n_reactions, &cap, sizeof *list);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        list[ev->n_reactions++] = (struct lm_reaction){ wad_user(w, w->likes[i - 1].user), LM_STR("liked") };
        ev->reactions = list;
    }
    return LM_OK;
}

/* --- the record --- */

static lm_err said(struct lm_dbread *r, struct messages *m, const struct lm_evdb_table *t, struct lm_event *ev)
{
    struct lm_wire g = { 0 };
    enum lm_event_kind kind = ev->kind;
    struct lm_str detail = ev->detail;
    lm_err err = protos(r, lm_evdb_bytes(t, M_PROTOS), &g, ev);
    ev->kind = kind; /* the app's own word decides */
    ev->detail = detail.n != 0 ? detail : ev->detail;
    if (err == LM_OK && ev->text.n == 0)
        err = content(r, t, ev);
    if (err == LM_OK && ev->text.n == 0)
        err = lm_dbread_text(r, r->ctx->record, t, M_NAME, &ev->text);
    if (err == LM_OK && lm_evdb_bytes(t, M_QUOTE).n != 0)
        err = lm_dbread_text(r, r->ctx->record, t, M_QUOTE, &ev->reply_to);
    if (err == LM_OK)
        err = asset(r, m, t, ev);
    return err == LM_OK ? likes(r, m->w, ev) : err;
}

static void states(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    struct lm_str state = lm_evdb_bytes(t, M_STATE);
    int64_t millis;
    if (lm_dbread_int(t, M_EDITED) != 0)
        ev->flags |= LM_EVENT_EDITED;
    if (is(state, "DELETED"))
        ev->flags |= LM_EVENT_DELETED;
    if (is(state, "FAILED"))
        ev->flags |= LM_EVENT_ATTEMPT; /* never sent */
    if (lm_evdb_i64(t, M_DURATION, &millis) && millis > 0 && ev->kind == LM_EVENT_CALL)
        ev->duration_s = millis / 1000;
    lm_dbread_raw_column(r, t, M_STATE, "msg_state");
    lm_dbread_raw_column(r, t, M_EDITED, "edit_time");
    lm_dbread_raw_column(r, t, M_DURATION, "duration");
    lm_dbread_raw_column(r, t, M_RECIPIENT, "recipient");
    lm_dbread_raw(r, t, false);
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct messages *m = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WIRE, .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    struct lm_str type, sender, members;
    const uint64_t *i = lm_map_get(&m->w->by_id, lm_evdb_bytes(t, M_CONVERSATION));
    const struct wad_conversation *c = i != NULL ? &m->w->conversations[*i] : NULL;
    (void)rowid;
    ev->at = lm_dbread_when(r, t, M_TIME, LM_EPOCH_UNIX_MS);
    lm_err err = lm_dbread_text(r, r->ctx->record, t, M_TYPE, &type);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_ID, &ev->native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_USER, &sender);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_MEMBERS, &members);
    if (err != LM_OK)
        return err;
    bool by_list = kind_of(type, ev);
    ev->from = wad_user(m->w, sender);
    if (c != NULL) {
        ev->thread = (struct lm_thread_ref){ c->id, c->title, c->kind };
    } else {
        err = lm_dbread_text(r, r->ctx->record, t, M_CONVERSATION, &ev->thread.native);
        lm_dbread_doubt(r, "the conversation of the message is not in the database");
    }
    if (err == LM_OK)
        err = said(r, m, t, ev);
    if (err == LM_OK && by_list)
        err = listed(r, m->w, members, ev);
    else if (err == LM_OK && (ev->flags & LM_EVENT_SYSTEM) == 0 && (c == NULL || !c->self))
        err = legs(r, m->w, c, ev);
    if (err != LM_OK)
        return err;
    if (!by_list)
        lm_dbread_raw_text(r, "members", members);
    if (ev->from.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "who sent it is not said");
    states(r, t, ev);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

lm_err wad_messages(struct wad *w)
{
    static const size_t expected[] = { M_ID, M_CONVERSATION, M_TYPE, M_USER, M_CONTENT, M_PROTOS, M_TIME };
    struct messages m = { .w = w };
    struct lm_dbread *r = &w->r;
    struct lm_evdb_table *t = NULL;
    lm_map_init(&m.asset_of, r->ctx->file);
    lm_err err = lm_dbread_table(r, "Messages", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(r, t, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table(r, "Assets2", asset_columns, A_N, &m.assets);
    if (err == LM_OK)
        err = lm_dbread_rows(r, m.assets, known_asset, &m);
    return err == LM_OK ? lm_dbread_records(r, t, -1, message, &m) : err;
}
