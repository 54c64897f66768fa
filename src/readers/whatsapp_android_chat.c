/* whatsapp_android_chat.c - msgstore.db: chats, members, one row of `message` or of the older `messages` is one record. */
#include "readers/whatsapp_android.h"

#include <stdio.h>

/* --- chats and members --- */

static lm_err add_chat(struct waa *w, struct lm_dbread *r, int64_t row, struct lm_str id, struct lm_str title)
{
    uint64_t *ignored;
    struct lm_waid_chat *c = lm_waid_chat_add(&w->chats, r->ctx->file, row);
    struct lm_str bare = lm_waid_bare(r->ctx->file, id);
    if (c == NULL || (id.n != 0 && bare.p == NULL))
        return LM_ENOMEM;
    c->jid = bare;
    c->title = title;
    c->kind = lm_waid_thread_kind(bare);
    return bare.n != 0 ? lm_map_put(&w->chat_of, bare, (uint64_t)row, &ignored, NULL) : LM_OK;
}

static lm_err on_chat(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_str title;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 1, &title);
    return err == LM_OK ? add_chat(user, r, rowid, waa_jid(user, lm_dbread_int(t, 0)), title) : err;
}

static lm_err on_old_chat(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_str title, id;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 1, &title);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, 0, &id);
    return err == LM_OK ? add_chat(user, r, rowid, id, title) : err;
}

struct lm_waid_chat *waa_chat_of(const struct waa *w, struct lm_str id)
{
    const uint64_t *row = id.n != 0 ? lm_map_get(&w->chat_of, id) : NULL;
    return row != NULL ? lm_waid_chat_find(&w->chats, (int64_t)*row) : NULL;
}

static lm_err on_member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    struct lm_waid_chat *c = waa_chat_of(w, waa_jid(w, lm_dbread_int(t, 0)));
    struct lm_str id = waa_jid(w, lm_dbread_int(t, 1));
    (void)r;
    (void)rowid;
    return c != NULL && id.n != 0 ? lm_waid_chat_member(c, &w->ids, id) : LM_OK;
}

static lm_err on_old_member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    struct lm_str group, id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, 0, &group);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, 1, &id);
    struct lm_waid_chat *c = err == LM_OK ? waa_chat_of(w, group) : NULL;
    return c != NULL ? lm_waid_chat_member(c, &w->ids, id) : err; /* an empty id is the owner's */
}

static lm_err rows_of(struct waa *w, const char *table, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&w->r, table, columns, n, &t);
    return err == LM_OK ? lm_dbread_rows(&w->r, t, one, w) : err;
}

lm_err waa_chats(struct waa *w)
{
    static const char *const chat[] = { "jid_row_id", "subject" }, *const old_chat[] = { "key_remote_jid", "subject" };
    static const char *const member[] = { "group_jid_row_id", "user_jid_row_id" }, *const old_member[] = { "gjid", "jid" };
    lm_err err = rows_of(w, "chat", chat, 2, on_chat);
    if (err == LM_OK && w->chats.n == 0) /* before there was a table `chat` */
        err = rows_of(w, "chat_list", old_chat, 2, on_old_chat);
    if (err == LM_OK)
        err = rows_of(w, "group_participant_user", member, 2, on_member);
    return err == LM_OK ? rows_of(w, "group_participants", old_member, 2, on_old_member) : err;
}

/* --- both layouts --- */

static lm_err own_text(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    return lm_dbread_text(r, r->ctx->record, t, column, ret);
}

static void place(const struct lm_evdb_table *t, size_t latitude, size_t longitude, struct lm_event *ev)
{
    double a, b;
    if (!lm_evdb_double(t, latitude, &a) || !lm_evdb_double(t, longitude, &b) || a < -90 || a > 90 || b < -180 || b > 180
        || (a == 0 && b == 0))
        return;
    ev->has_place = true;
    ev->latitude = a;
    ev->longitude = b;
}

struct files {
    struct lm_attachment *list;
    size_t cap;
};

static lm_err attach(struct lm_dbread *r, struct files *to, const struct lm_attachment *one, struct lm_event *ev)
{
    lm_err err = lm_dbread_push(r, (void **)&to->list, ev->n_attachments, &to->cap, sizeof *to->list);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    to->list[ev->n_attachments++] = *one;
    ev->attachments = to->list;
    return LM_OK;
}

/* A message whose chat is not in the database: what its row says of the other end. */
static const struct lm_waid_chat *stray_chat(struct lm_dbread *r, struct lm_str id, struct lm_waid_chat *ret)
{
    *ret = (struct lm_waid_chat){ .jid = id, .kind = lm_waid_thread_kind(id) };
    lm_dbread_doubt(r, "the chat of the message is not in the database");
    return ret;
}

static void settle(struct lm_dbread *r, const struct lm_waid_chat *c, bool mine, const struct lm_account_ref *by, struct lm_event *ev)
{
    bool system = (ev->flags & LM_EVENT_SYSTEM) != 0;
    if (c->kind == LM_THREAD_GROUP && !mine && by->form == LM_ACCOUNT_NONE && !system)
        lm_dbread_doubt(r, "who of the group sent it is not said");
    if (!system || ev->kind == LM_EVENT_CALL)
        return;
    ev->to = NULL; /* the thread is the other end of what the app writes */
    ev->n_to = 0;
    if (ev->kind == LM_EVENT_OTHER)
        ev->from = (struct lm_account_ref){ 0 };
}

/* --- `message`, since 2021 --- */

enum {
    M_CHAT, M_MINE, M_KEY, M_SENDER, M_STATUS, M_AT, M_TYPE, M_TEXT, M_ORIGIN, M_N = M_ORIGIN + 9
};
static const char *const message_columns[] = {
    "chat_row_id", "from_me", "key_id", "sender_jid_row_id", "status", "timestamp", "message_type", "text_data", "origination_flags",
    "-_id", "-sort_id", "-lookup_tables", "-participant_hash", "-view_mode", "-message_add_on_flags", "-broadcast", "-recipient_count",
};
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "a name for each column");
enum { D_MESSAGE, D_PATH, D_BYTES, D_TYPE, D_NAME, D_CAPTION, D_SECONDS, D_N = D_SECONDS + 15 };
static const char *const media_columns[] = {
    "message_row_id", "file_path", "file_length", "mime_type", "media_name", "media_caption", "media_duration",
    "-chat_row_id", "-autotransfer_retry_enabled", "-multicast_id", "-media_job_uuid", "-transferred", "-transcoded", "-file_size",
    "-suspicious_content", "-trim_from", "-trim_to", "-face_x", "-media_key", "-width", "-height",
};
_Static_assert(sizeof media_columns / sizeof *media_columns == D_N, "a name for each column");
enum { L_MESSAGE, L_LATITUDE, L_LONGITUDE, L_NAME, L_ADDRESS, L_N };
static const char *const place_columns[] = { "message_row_id", "latitude", "longitude", "place_name", "place_address" };
_Static_assert(sizeof place_columns / sizeof *place_columns == L_N, "a name for each column");
enum { R_MESSAGE, R_MINE, R_SENDER, R_N };
static const char *const add_on_columns[] = { "parent_message_row_id", "from_me", "sender_jid_row_id" };

struct store {
    struct waa *w;
    struct waa_side media, places, quoted, system, participants, changes, cards, add_ons, reactions, edits, forwards, missed, receipts;
    struct lm_buf json;
};

static lm_err media(struct lm_dbread *r, struct store *f, int64_t rowid, int64_t type, struct files *files, struct lm_event *ev)
{
    struct lm_attachment one = { .bytes = -1 };
    struct lm_str caption, title;
    int64_t bytes;
    bool any;
    lm_err err = waa_side_fetch(r, &f->media, rowid, &any);
    if (err != LM_OK || !any)
        return err;
    const struct lm_evdb_table *t = f->media.t;
    if ((err = own_text(r, t, D_PATH, &one.name)) != LM_OK || (err = own_text(r, t, D_TYPE, &one.type)) != LM_OK
        || (err = own_text(r, t, D_NAME, &title)) != LM_OK || (err = own_text(r, t, D_CAPTION, &caption)) != LM_OK)
        return err;
    if (lm_evdb_i64(t, D_BYTES, &bytes) && bytes > 0)
        one.bytes = bytes;
    if (ev->text.n == 0)
        ev->text = caption;
    else if (!lm_str_eq(caption, ev->text))
        lm_dbread_raw_text(r, "message_media.media_caption", caption);
    one.note = title.n != 0 ? title : one.name.n == 0 ? LM_STR("not on the phone") : title;
    lm_dbread_raw_column(r, t, D_SECONDS, "message_media.media_duration");
    lm_dbread_raw(r, t, true);
    bool nothing = type == 0 && one.name.n == 0 && one.type.n == 0; /* the preview of a link */
    return nothing ? LM_OK : attach(r, files, &one, ev);
}

static lm_err located(struct lm_dbread *r, struct store *f, int64_t rowid, struct lm_event *ev)
{
    bool any;
    lm_err err = waa_side_fetch(r, &f->places, rowid, &any);
    if (err != LM_OK || !any)
        return err;
    place(f->places.t, L_LATITUDE, L_LONGITUDE, ev);
    lm_dbread_raw_column(r, f->places.t, L_NAME, "message_location.place_name");
    lm_dbread_raw_column(r, f->places.t, L_ADDRESS, "message_location.place_address");
    lm_dbread_raw(r, f->places.t, true);
    return LM_OK;
}

static lm_err cards(struct lm_dbread *r, struct store *f, int64_t rowid, struct files *files, struct lm_event *ev)
{
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->cards.of, rowid, &n);
    for (size_t i = 0; f->cards.t != NULL && i < n; i++) {
        struct lm_attachment one = { .bytes = -1, .type = LM_STR("text/vcard") };
        enum lm_evdb_step s;
        struct lm_str card;
        char key[32];
        (void)snprintf(key, sizeof key, i == 0 ? "vcard" : "vcard %zu", i + 1);
        lm_err err = lm_evdb_fetch(f->cards.t, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = own_text(r, f->cards.t, 1, &card);
        if (err == LM_OK && s == LM_EVDB_ROW)
            lm_dbread_raw_text(r, key, card);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = attach(r, files, &one, ev);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

/* Reactions hang on add-ons, add-ons on the message. */
static lm_err reactions(struct lm_dbread *r, struct store *f, int64_t rowid, struct lm_event *ev)
{
    struct lm_reaction *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->add_ons.of, rowid, &n);
    for (size_t i = 0; f->add_ons.t != NULL && f->reactions.t != NULL && i < n; i++) {
        enum lm_evdb_step s;
        bool any = false;
        struct lm_str what = { NULL, 0 };
        lm_err err = waa_side_fetch(r, &f->reactions, l[i].rowid, &any);
        if (err == LM_OK && any)
            err = own_text(r, f->reactions.t, 1, &what);
        if (err == LM_OK && what.n != 0)
            err = lm_evdb_fetch(f->add_ons.t, l[i].rowid, &s);
        if (err != LM_OK)
            return err;
        if (what.n == 0 || s != LM_EVDB_ROW)
            continue; /* another kind of add-on, or taken back */
        err = lm_dbread_push(r, (void **)&list, ev->n_reactions, &cap, sizeof *list);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        struct lm_reaction *to = &list[ev->n_reactions++];
        *to = (struct lm_reaction){ .by = f->w->ids.owner, .what = what };
        ev->reactions = list;
        if (lm_dbread_int(f->add_ons.t, R_MINE) == 0
            && (err = lm_waid_account(&f->w->ids, r->ctx->record, waa_jid(f->w, lm_dbread_int(f->add_ons.t, R_SENDER)), &to->by)) != LM_OK)
            return err;
    }
    return LM_OK;
}

/* Those whom a change of the group is about; the two numbers of somebody who changed his. */
static lm_err changed(struct lm_dbread *r, struct store *f, int64_t rowid, struct lm_event *ev)
{
    struct lm_account_ref *list = NULL;
    size_t n, cap = 0;
    bool any = false;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->participants.of, rowid, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; f->participants.t != NULL && i < n && err == LM_OK; i++) {
        enum lm_evdb_step s;
        err = lm_evdb_fetch(f->participants.t, l[i].rowid, &s);
        struct lm_str id = err == LM_OK && s == LM_EVDB_ROW ? waa_jid(f->w, lm_dbread_int(f->participants.t, 1)) : (struct lm_str){ NULL, 0 };
        if (id.n == 0)
            continue;
        if ((err = lm_dbread_push(r, (void **)&list, ev->n_to, &cap, sizeof *list)) != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        err = lm_waid_account(&f->w->ids, r->ctx->record, id, &list[ev->n_to++]);
        ev->to = list;
    }
    if (err == LM_OK)
        err = waa_side_fetch(r, &f->changes, rowid, &any);
    if (err != LM_OK || !any)
        return err;
    struct lm_account_ref *renewed = lm_arena_alloc(r->ctx->record, sizeof *renewed);
    if (renewed == NULL)
        return LM_ENOMEM;
    err = lm_waid_account(&f->w->ids, r->ctx->record, waa_jid(f->w, lm_dbread_int(f->changes.t, 1)), &ev->from);
    if (err == LM_OK)
        err = lm_waid_account(&f->w->ids, r->ctx->record, waa_jid(f->w, lm_dbread_int(f->changes.t, 2)), renewed);
    ev->to = renewed;
    ev->n_to = renewed->form != LM_ACCOUNT_NONE;
    return err;
}

enum { T_MESSAGE, T_USER, T_DELIVERED, T_READ, T_PLAYED, T_N };
static const char *const receipt_columns[] = { "message_row_id", "receipt_user_jid_row_id", "receipt_timestamp", "read_timestamp", "played_timestamp" };
_Static_assert(sizeof receipt_columns / sizeof *receipt_columns == T_N, "a name for each column");

/* To whom an own message came, and when it was read: {"user", "delivered", "read", "played"} of each, in raw. */
static lm_err receipts(struct lm_dbread *r, struct store *f, int64_t rowid)
{
    static const char *const words[] = { "delivered", "read", "played" };
    struct lm_json_out o;
    size_t n, shown = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->receipts.of, rowid, &n);
    if (f->receipts.t == NULL || n == 0)
        return LM_OK;
    lm_buf_clear(&f->json);
    lm_json_out_init(&o, &f->json);
    lm_json_array(&o);
    for (size_t i = 0; i < n && shown < LM_DBREAD_MAX_LIST; i++) {
        struct lm_account_ref who;
        enum lm_evdb_step step;
        lm_err err = lm_evdb_fetch(f->receipts.t, l[i].rowid, &step);
        if (err == LM_OK && step == LM_EVDB_ROW)
            err = lm_waid_account(&f->w->ids, r->ctx->record, waa_jid(f->w, lm_dbread_int(f->receipts.t, T_USER)), &who);
        if (err != LM_OK)
            return err;
        if (step != LM_EVDB_ROW) {
            lm_dbread_doubt(r, "a receipt of it cannot be read");
            continue;
        }
        lm_json_object(&o);
        lm_json_kv_text(&o, "user", who.native);
        for (size_t k = 0; k < 3; k++) {
            struct lm_when at = { .quality = LM_TIME_NONE };
            if (lm_dbread_int(f->receipts.t, T_DELIVERED + k) > 0) /* -1: not yet */
                at = lm_dbread_when(r, f->receipts.t, T_DELIVERED + k, LM_EPOCH_UNIX_MS);
            if (at.quality != LM_TIME_NONE)
                lm_json_kv_when(&o, words[k], &at);
        }
        lm_json_object_end(&o);
        shown++;
    }
    lm_json_array_end(&o);
    if (f->json.failed || n > LM_DBREAD_MAX_LIST)
        lm_dbread_doubt(r, "more receipts than are kept");
    if (!f->json.failed && shown != 0)
        lm_dbread_raw_value(r, "receipts", lm_buf_str(&f->json));
    return LM_OK;
}

static lm_err additions(struct lm_dbread *r, struct store *f, const struct lm_evdb_table *t, int64_t rowid, int64_t type, struct lm_event *ev)
{
    struct files files = { NULL, 0 };
    bool any = false;
    lm_err err = media(r, f, rowid, type, &files, ev);
    if (err == LM_OK)
        err = located(r, f, rowid, ev);
    if (err == LM_OK)
        err = cards(r, f, rowid, &files, ev);
    if (err == LM_OK)
        err = reactions(r, f, rowid, ev);
    if (err == LM_OK)
        err = waa_side_fetch(r, &f->quoted, rowid, &any);
    if (err == LM_OK && any)
        err = own_text(r, f->quoted.t, 1, &ev->reply_to);
    if (err == LM_OK)
        err = waa_side_fetch(r, &f->forwards, rowid, &any);
    if (any || (lm_dbread_int(t, M_ORIGIN) & 1) != 0)
        ev->flags |= LM_EVENT_FORWARDED;
    if (err == LM_OK)
        err = waa_side_fetch(r, &f->edits, rowid, &any);
    if (err == LM_OK && any) {
        ev->flags |= LM_EVENT_EDITED;
        lm_dbread_raw(r, f->edits.t, true);
    }
    return err == LM_OK ? receipts(r, f, rowid) : err;
}

/* What the app wrote: its action, and for a missed call whether it had a picture. */
static lm_err kind(struct lm_dbread *r, struct store *f, int64_t rowid, int64_t type, struct lm_event *ev)
{
    bool any = false;
    int64_t action = -1;
    lm_err err = waa_side_fetch(r, &f->system, rowid, &any);
    if (err == LM_OK && any)
        action = lm_dbread_int(f->system.t, 1);
    if (err == LM_OK)
        err = waa_kind(r, type, type == 7, action, ev);
    if (err == LM_OK && type == 10 && (err = waa_side_fetch(r, &f->missed, rowid, &any)) == LM_OK && any
        && lm_dbread_int(f->missed.t, 1) != 0)
        ev->detail = LM_STR("video, missed");
    return err;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct store *f = user;
    struct waa *w = f->w;
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    struct lm_account_ref by;
    struct lm_waid_chat stray;
    bool mine = lm_dbread_int(t, M_MINE) != 0;
    int64_t type = lm_dbread_int(t, M_TYPE), status = lm_dbread_int(t, M_STATUS);
    struct lm_str sender = waa_jid(w, lm_dbread_int(t, M_SENDER));
    if (lm_str_eq(lm_evdb_bytes(t, M_KEY), LM_STR("-1")) && lm_dbread_int(t, M_CHAT) == -1) {
        lm_dbread_pass(r); /* the row that the app writes when it makes the table */
        return LM_OK;
    }
    ev->at = lm_dbread_when(r, t, M_AT, LM_EPOCH_UNIX_MS);
    lm_err err = kind(r, f, rowid, type, ev);
    if (err == LM_OK)
        err = own_text(r, t, M_KEY, &ev->native_id);
    if (err == LM_OK)
        err = own_text(r, t, M_TEXT, &ev->text);
    if (err == LM_OK)
        err = lm_waid_account(&w->ids, r->ctx->record, sender, &by);
    const struct lm_waid_chat *c = lm_waid_chat_find(&w->chats, lm_dbread_int(t, M_CHAT));
    if (err == LM_OK && c == NULL)
        c = stray_chat(r, mine ? (struct lm_str){ NULL, 0 } : sender, &stray);
    if (err == LM_OK)
        err = lm_waid_ends(&w->ids, r->ctx->record, c, mine, &by, ev);
    if (err != LM_OK)
        return err;
    settle(r, c, mine, &by, ev);
    if (ev->flags & LM_EVENT_SYSTEM && ev->kind != LM_EVENT_CALL)
        err = changed(r, f, rowid, ev);
    if (err == LM_OK)
        err = additions(r, f, t, rowid, type, ev);
    if (err != LM_OK)
        return err;
    if (mine && status == 0 && (ev->flags & (LM_EVENT_SYSTEM | LM_EVENT_DELETED)) == 0)
        ev->flags |= LM_EVENT_ATTEMPT; /* never left the phone */
    lm_dbread_raw_column(r, t, M_STATUS, "status");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

lm_err waa_messages(struct waa *w)
{
    static const char *const quoted[] = { "message_row_id", "key_id" }, *const system[] = { "message_row_id", "action_type" };
    static const char *const who[] = { "message_row_id", "user_jid_row_id" }, *const card[] = { "message_row_id", "vcard" };
    static const char *const changes[] = { "message_row_id", "old_jid_row_id", "new_jid_row_id" };
    static const char *const reaction[] = { "message_add_on_row_id", "reaction" }, *const one[] = { "message_row_id" };
    static const char *const missed[] = { "message_row_id", "video_call" };
    struct store f = { .w = w };
    struct lm_dbread *r = &w->r;
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    const struct {
        const char *name;
        const char *const *columns;
        size_t n;
        struct waa_side *side;
    } sides[] = {
        { "message_media", media_columns, D_N, &f.media },
        { "message_location", place_columns, L_N, &f.places },
        { "message_quoted", quoted, 2, &f.quoted },
        { "message_system", system, 2, &f.system },
        { "message_system_chat_participant", who, 2, &f.participants },
        { "message_system_number_change", changes, 3, &f.changes },
        { "message_vcard", card, 2, &f.cards },
        { "message_add_on", add_on_columns, R_N, &f.add_ons },
        { "message_add_on_reaction", reaction, 2, &f.reactions },
        { "message_edit_info", one, 1, &f.edits },
        { "message_forwarded", one, 1, &f.forwards },
        { "missed_call_logs", missed, 2, &f.missed },
        { "receipt_user", receipt_columns, T_N, &f.receipts },
    };
    static const size_t expected[] = { M_CHAT, M_MINE, M_KEY, M_SENDER, M_AT, M_TYPE, M_TEXT };
    lm_err err = lm_dbread_table(r, "message", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(r, t, message_columns, expected, sizeof expected / sizeof *expected);
    for (size_t i = 0; t != NULL && i < sizeof sides / sizeof *sides && err == LM_OK; i++)
        err = waa_side(r, sides[i].name, sides[i].columns, sides[i].n, sides[i].side);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "message", NULL, &highest);
    lm_buf_init(&f.json, LM_DBREAD_MAX_RAW);
    if (err == LM_OK)
        err = lm_dbread_records(r, t, highest, message, &f);
    lm_buf_free(&f.json);
    return err;
}

/* --- `messages`, before --- */

enum {
    O_CHAT, O_MINE, O_KEY, O_STATUS, O_TEXT, O_AT, O_TYPE, O_SENDER, O_BYTES, O_MIME, O_NAME, O_CAPTION, O_LATITUDE, O_LONGITUDE, O_QUOTED,
    O_FORWARDED, O_EDIT, O_N = O_EDIT + 9
};
static const char *const old_columns[] = {
    "key_remote_jid", "key_from_me", "key_id", "status", "data", "timestamp", "media_wa_type", "remote_resource", "media_size",
    "media_mime_type", "media_name", "media_caption", "latitude", "longitude", "quoted_row_id", "forwarded", "edit_version",
    "-_id", "-needs_push", "-recipient_count", "-participant_hash", "-origin", "-send_count", "-thumb_image", "-raw_data",
};
_Static_assert(sizeof old_columns / sizeof *old_columns == O_N, "a name for each column");

struct old_store {
    struct waa *w;
    struct lm_evdb_table *quotes; /* by rowid */
};

static lm_err old_media(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    struct lm_attachment one = { .bytes = -1 };
    struct files files = { NULL, 0 };
    struct lm_str caption, title;
    int64_t bytes;
    lm_err err;
    if ((err = own_text(r, t, O_MIME, &one.type)) != LM_OK || (err = own_text(r, t, O_NAME, &title)) != LM_OK
        || (err = own_text(r, t, O_CAPTION, &caption)) != LM_OK)
        return err;
    if (type == 4) { /* the card is the text */
        lm_dbread_raw_text(r, "vcard", ev->text);
        ev->text = (struct lm_str){ NULL, 0 };
        one.type = LM_STR("text/vcard");
    } else if (type == 1 || type == 2 || type == 3 || type == 9 || type == 13 || type == 20) {
        if (lm_evdb_i64(t, O_BYTES, &bytes) && bytes > 0)
            one.bytes = bytes;
        if (ev->text.n == 0)
            ev->text = caption;
    } else {
        if (ev->text.n == 0)
            ev->text = caption;
        return LM_OK;
    }
    one.name = title;
    return attach(r, &files, &one, ev);
}

static lm_err old_kind(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t type, int64_t status, struct lm_event *ev)
{
    bool system = type == 0 && status == 6;
    lm_err err = waa_kind(r, type, system, system ? lm_dbread_int(t, O_BYTES) : -1, ev);
    bool video = lm_str_eq_nocase(lm_evdb_bytes(t, O_CAPTION), LM_STR("video"));
    if (err == LM_OK && video && (type == 8 || type == 10))
        ev->detail = type == 8 ? LM_STR("video, call") : LM_STR("video, missed");
    return err;
}

static lm_err old_quote(struct lm_dbread *r, struct old_store *f, const struct lm_evdb_table *t, struct lm_event *ev)
{
    enum lm_evdb_step s = LM_EVDB_END;
    int64_t row;
    lm_err err = f->quotes != NULL && lm_evdb_i64(t, O_QUOTED, &row) && row > 0 ? lm_evdb_fetch(f->quotes, row, &s) : LM_OK;
    return err == LM_OK && s == LM_EVDB_ROW ? own_text(r, f->quotes, 0, &ev->reply_to) : err;
}

static lm_err old_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old_store *f = user;
    struct waa *w = f->w;
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    struct lm_account_ref by;
    struct lm_waid_chat stray;
    struct lm_str chat, sender;
    bool mine = lm_dbread_int(t, O_MINE) != 0;
    int64_t type = lm_dbread_int(t, O_TYPE), status = lm_dbread_int(t, O_STATUS);
    (void)rowid;
    if (lm_str_eq(lm_evdb_bytes(t, O_CHAT), LM_STR("-1"))) {
        lm_dbread_pass(r); /* the row that the app writes when it makes the table */
        return LM_OK;
    }
    ev->at = lm_dbread_when(r, t, O_AT, LM_EPOCH_UNIX_MS);
    lm_err err = old_kind(r, t, type, status, ev);
    if (err == LM_OK)
        err = own_text(r, t, O_KEY, &ev->native_id);
    if (err == LM_OK)
        err = own_text(r, t, O_TEXT, &ev->text);
    if (err == LM_OK)
        err = own_text(r, t, O_CHAT, &chat);
    if (err == LM_OK)
        err = own_text(r, t, O_SENDER, &sender);
    if (err == LM_OK)
        err = lm_waid_account(&w->ids, r->ctx->record, sender, &by);
    const struct lm_waid_chat *c = err == LM_OK ? waa_chat_of(w, chat) : NULL;
    if (err == LM_OK && c == NULL)
        c = stray_chat(r, chat, &stray);
    if (err == LM_OK)
        err = lm_waid_ends(&w->ids, r->ctx->record, c, mine, &by, ev);
    if (err != LM_OK)
        return err;
    settle(r, c, mine, &by, ev);
    if (type == 5 || type == 16)
        place(t, O_LATITUDE, O_LONGITUDE, ev);
    err = old_media(r, t, type, ev);
    if (err == LM_OK)
        err = old_quote(r, f, t, ev);
    if (err != LM_OK)
        return err;
    ev->flags |= (lm_dbread_int(t, O_FORWARDED) & 1) != 0 ? LM_EVENT_FORWARDED : 0;
    if (mine && status == 0 && (ev->flags & (LM_EVENT_SYSTEM | LM_EVENT_DELETED)) == 0)
        ev->flags |= LM_EVENT_ATTEMPT;
    lm_dbread_raw_column(r, t, O_STATUS, "status");
    lm_dbread_raw_column(r, t, O_EDIT, "edit_version");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

lm_err waa_old_messages(struct waa *w)
{
    static const char *const quote[] = { "key_id" };
    struct old_store f = { .w = w };
    struct lm_dbread *r = &w->r;
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    static const size_t expected[] = { O_CHAT, O_MINE, O_KEY, O_TEXT, O_AT, O_TYPE, O_SENDER };
    lm_err err = lm_dbread_table(r, "messages", old_columns, O_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(r, t, old_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK && t != NULL)
        err = lm_dbread_table(r, "messages_quotes", quote, 1, &f.quotes);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "messages", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(r, t, highest, old_message, &f) : err;
}
