/* whatsapp_ios_chat.c - ChatStorage.sqlite: one row of ZWAMESSAGE is one record. */
#include "formats/protobuf.h"
#include "readers/whatsapp_ios.h"

#include <stdio.h>

enum {
    M_AT, M_MINE, M_FROM, M_TO, M_TEXT, M_TYPE, M_EVENT, M_CHAT, M_MEMBER, M_MEDIA, M_INFO, M_PARENT, M_STANZA, M_FLAGS, M_SENT, M_N = M_SENT + 9
};
static const char *const message_columns[] = {
    "ZMESSAGEDATE", "ZISFROMME", "ZFROMJID", "ZTOJID", "ZTEXT", "ZMESSAGETYPE", "ZGROUPEVENTTYPE", "ZCHATSESSION", "ZGROUPMEMBER",
    "ZMEDIAITEM", "ZMESSAGEINFO", "ZPARENTMESSAGE", "ZSTANZAID", "ZFLAGS", "ZSENTDATE",
    "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZSORT", "-ZDOCID", "-ZSPOTLIGHTSTATUS", "-ZDATAITEMVERSION", "-ZLASTSESSION",
};
enum { S_ID, S_NAME, S_REMOVED, S_N };
static const char *const session_columns[] = { "ZCONTACTJID", "ZPARTNERNAME", "ZREMOVED" };
enum { G_CHAT, G_ID, G_NAME, G_ACTIVE, G_N };
static const char *const member_columns[] = { "ZCHATSESSION", "ZMEMBERJID", "ZCONTACTNAME", "ZISACTIVE" };
enum { D_PATH, D_THUMB, D_TYPE, D_NAME, D_TITLE, D_BYTES, D_LATITUDE, D_LONGITUDE, D_META, D_SECONDS, D_N = D_SECONDS + 9 };
static const char *const media_columns[] = {
    "ZMEDIALOCALPATH", "ZXMPPTHUMBPATH", "ZVCARDSTRING", "ZVCARDNAME", "ZTITLE", "ZFILESIZE", "ZLATITUDE", "ZLONGITUDE", "ZMETADATA",
    "ZMOVIEDURATION", "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZMESSAGE", "-ZMEDIAKEY", "-ZCLOUDSTATUS", "-ZASPECTRATIO", "-ZMEDIAORIGIN",
};
enum { I_RECEIPT, I_N };
static const char *const info_columns[] = { "ZRECEIPTINFO" };

enum { /* ZMESSAGETYPE */
    TYPE_TEXT = 0, TYPE_IMAGE, TYPE_VIDEO, TYPE_AUDIO, TYPE_CONTACT, TYPE_PLACE, TYPE_GROUP, TYPE_LINK, TYPE_FILE, TYPE_NOTICE = 10, TYPE_GIF,
    TYPE_DELETED = 14, TYPE_STICKER
};
#define FLAG_FORWARDED 128

struct chat_file {
    struct wai *w;
    struct lm_evdb_table *messages, *members, *media, *info;
    struct lm_str owner; /* to whom incoming messages went, while it is always the same */
    bool owner_doubted;
};

/* --- names, chats, members, owner --- */

static lm_err push_name(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct chat_file *f = user;
    struct lm_str id, name;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 0, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, 1, &name);
    return err == LM_OK ? lm_waid_name(&f->w->ids, id, name) : err;
}

static lm_err session(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct chat_file *f = user;
    struct lm_str id, name;
    struct lm_waid_chat *c = lm_waid_chat_add(&f->w->chats, r->ctx->file, rowid);
    lm_err err = lm_dbread_text(r, r->ctx->file, t, S_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, S_NAME, &name);
    if (err == LM_OK && c == NULL)
        err = LM_ENOMEM;
    if (err != LM_OK)
        return err;
    c->jid = id;
    c->title = name;
    c->kind = lm_waid_thread_kind(id);
    return c->kind == LM_THREAD_DIRECT ? lm_waid_name(&f->w->ids, id, name) : LM_OK;
}

static lm_err member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct chat_file *f = user;
    struct lm_str id, name;
    (void)rowid;
    struct lm_waid_chat *c = lm_waid_chat_find(&f->w->chats, lm_dbread_int(t, G_CHAT));
    lm_err err = lm_dbread_text(r, r->ctx->file, t, G_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, G_NAME, &name);
    if (err == LM_OK)
        err = lm_waid_name(&f->w->ids, id, name);
    bool gone = lm_evdb_type(t, G_ACTIVE) != LM_EVDB_NULL && lm_dbread_int(t, G_ACTIVE) == 0;
    if (err != LM_OK || c == NULL || gone || id.n == 0)
        return err;
    return lm_waid_chat_member(c, &f->w->ids, id);
}

/* Incoming messages say to whom they came. */
static lm_err look_for_owner(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct chat_file *f = user;
    struct lm_str to = lm_evdb_bytes(t, M_TO);
    (void)rowid;
    if (lm_evdb_type(t, M_MINE) == LM_EVDB_NULL || lm_dbread_int(t, M_MINE) != 0 || !lm_str_ends(to, LM_STR("@s.whatsapp.net")))
        return LM_OK;
    if (f->owner.n == 0) {
        lm_err err = lm_dbread_text(r, r->ctx->file, t, M_TO, &f->owner);
        if (err == LM_OK) {
            f->owner = lm_waid_bare(r->ctx->file, f->owner);
            err = f->owner.p != NULL ? LM_OK : LM_ENOMEM;
        }
        return err;
    }
    f->owner_doubted = f->owner_doubted || !lm_str_eq(to, f->owner);
    return LM_OK;
}

/* Damage is told once, by the walk that makes the records. */
static lm_err find_owner(struct lm_dbread *r, struct chat_file *f)
{
    enum lm_evdb_step s = LM_EVDB_ROW;
    int64_t first = 0, last = 0;
    lm_err err = LM_OK;
    if (f->messages == NULL)
        return LM_OK;
    lm_evdb_rewind(f->messages);
    while (err == LM_OK && s != LM_EVDB_END) {
        err = lm_evdb_next(f->messages, &s, &first, &last);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = look_for_owner(r, f->messages, first, f);
    }
    if (err != LM_OK || f->owner.n == 0)
        return err;
    if (f->owner_doubted)
        return lm_dbread_notice(r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "incoming messages name several receivers: the owner"
                                                                             " of the phone is taken as unknown");
    struct lm_account_ref *o = &f->w->ids.owner;
    o->form = LM_ACCOUNT_NATIVE;
    o->native = f->owner;
    return LM_OK;
}

static lm_err read_owner_beside(struct lm_dbread *other, void *user)
{
    struct chat_file f = { .w = user };
    lm_err err = lm_dbread_table(other, "ZWAMESSAGE", message_columns, M_N, &f.messages);
    return err == LM_OK ? find_owner(other, &f) : err;
}

lm_err wai_owner_beside(struct wai *w)
{
    return lm_dbread_beside(&w->r, "ChatStorage.sqlite", read_owner_beside, w);
}

static lm_err simple_rows(struct chat_file *f, const char *table, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&f->w->r, table, columns, n, &t);
    return err == LM_OK ? lm_dbread_rows(&f->w->r, t, one, f) : err;
}

/* --- what kind of row --- */

static const char *group_event_word(int64_t event)
{
    switch (event) {
    case 2:
        return "member_added";
    case 3:
        return "member_left";
    case 4:
        return "icon_changed";
    case 5:
        return "icon_deleted";
    case 7:
        return "member_removed";
    case 10:
        return "admin_added";
    case 12:
        return "group_created";
    case 50:
        return "members_added";
    default:
        return NULL;
    }
}

static const char *notice_word(int64_t event, enum lm_event_kind *ret_kind, unsigned *ret_flags)
{
    switch (event) {
    case 1:
    case 4:
    case 22:
        *ret_kind = LM_EVENT_CALL;
        *ret_flags |= LM_EVENT_ATTEMPT;
        return event == 1 ? "voice, missed" : "video, missed";
    case 40:
    case 41:
        *ret_kind = LM_EVENT_CALL;
        return "video, started";
    case 2:
        return "messages_encrypted";
    case 3:
        return "security_code_changed";
    case 26:
        return "business_chat";
    case 30:
        return "business_to_standard";
    case 34:
        return "contact_blocked";
    case 35:
        return "contact_unblocked";
    default:
        return NULL;
    }
}

static const char *type_word(int64_t type)
{
    static const char *const words[] = { "text", "image", "video",    "audio", "contact", "location", "group", "link",
                                         "file", NULL,    "notice",   "gif",   NULL,      NULL,       "deleted", "sticker" };
    return type >= 0 && type < (int64_t)(sizeof words / sizeof *words) ? words[type] : NULL;
}

static lm_err kind_of(struct lm_dbread *r, int64_t type, int64_t event, struct lm_event *ev)
{
    const char *word = type_word(type);
    ev->kind = LM_EVENT_MESSAGE;
    if (type == TYPE_GROUP || type == TYPE_NOTICE) {
        ev->flags |= LM_EVENT_SYSTEM;
        ev->kind = type == TYPE_GROUP ? LM_EVENT_GROUP_CHANGE : LM_EVENT_OTHER;
        word = type == TYPE_GROUP ? group_event_word(event) : notice_word(event, &ev->kind, &ev->flags);
    }
    ev->flags |= type == TYPE_DELETED ? LM_EVENT_DELETED : 0;
    if (word != NULL)
        ev->detail = lm_str(word);
    else
        ev->detail = lm_arena_printf(r->ctx->record, "type %lld%s%lld", (long long)type, ev->flags & LM_EVENT_SYSTEM ? ", event " : ", ",
                                     (long long)event);
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- media, places, quotes, reactions --- */

static lm_err attach(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    struct lm_attachment *list = lm_arena_array(r->ctx->record, 2, sizeof *list), one = { .bytes = -1 };
    struct lm_str thumb, title;
    if (list == NULL)
        return LM_ENOMEM;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, D_PATH, &one.name);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, D_THUMB, &thumb);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, D_TITLE, &title);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, D_TYPE, &one.type);
    if (err != LM_OK)
        return err;
    bool file = type == TYPE_IMAGE || type == TYPE_VIDEO || type == TYPE_AUDIO || type == TYPE_FILE || type == TYPE_GIF || type == TYPE_STICKER;
    int64_t bytes;
    if (lm_evdb_i64(t, D_BYTES, &bytes) && bytes > 0)
        one.bytes = bytes;
    if (type == TYPE_CONTACT) { /* the card stands where others have their MIME type */
        lm_dbread_raw_text(r, "vcard", one.type);
        one.type = LM_STR("text/vcard");
        err = lm_dbread_text(r, r->ctx->record, t, D_NAME, &one.name);
    } else if (ev->text.n == 0 && title.n != 0 && type != TYPE_FILE) {
        ev->text = title; /* a caption */
    } else {
        one.note = title;
    }
    if (file && one.name.n == 0 && one.note.n == 0)
        one.note = LM_STR("not on the phone");
    if (file || type == TYPE_CONTACT || one.name.n != 0)
        list[ev->n_attachments++] = one;
    if (thumb.n != 0)
        list[ev->n_attachments++] = (struct lm_attachment){ .name = thumb, .bytes = -1, .note = LM_STR("thumbnail") };
    ev->attachments = list;
    return err;
}

static void place(const struct lm_evdb_table *t, struct lm_event *ev)
{
    double a, b;
    if (!lm_evdb_double(t, D_LATITUDE, &a) || !lm_evdb_double(t, D_LONGITUDE, &b) || a < -90 || a > 90 || b < -180 || b > 180)
        return;
    ev->has_place = true;
    ev->latitude = a;
    ev->longitude = b;
}

static lm_err media(struct lm_dbread *r, struct chat_file *f, int64_t type, int64_t row, struct lm_event *ev)
{
    enum lm_evdb_step s;
    lm_err err = lm_evdb_fetch(f->media, row, &s);
    if (err != LM_OK || s == LM_EVDB_END)
        return err;
    if (s == LM_EVDB_LOST_ROW) {
        lm_dbread_doubt(r, "what is attached cannot be read");
        return LM_OK;
    }
    if (type == TYPE_PLACE)
        place(f->media, ev);
    err = attach(r, f->media, type, ev);
    /* field 5 of the metadata: the message that this one answers; its text there is a copy */
    struct lm_str quoted = lm_pb_bytes(lm_evdb_bytes(f->media, D_META), 5);
    if (err == LM_OK && quoted.n != 0 && quoted.n < 64 && lm_utf8_valid_prefix(quoted) == quoted.n && memchr(quoted.p, '\0', quoted.n) == NULL) {
        ev->reply_to = lm_arena_copy(r->ctx->record, quoted);
        err = ev->reply_to.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (lm_dbread_int(f->media, D_SECONDS) != 0)
        lm_dbread_raw_column(r, f->media, D_SECONDS, "ZWAMEDIAITEM.ZMOVIEDURATION");
    if (type != TYPE_PLACE && (lm_dbread_int(f->media, D_LATITUDE) != 0 || lm_dbread_int(f->media, D_LONGITUDE) != 0)) {
        lm_dbread_raw_column(r, f->media, D_LATITUDE, "ZWAMEDIAITEM.ZLATITUDE"); /* of a picture: its height and width */
        lm_dbread_raw_column(r, f->media, D_LONGITUDE, "ZWAMEDIAITEM.ZLONGITUDE");
    }
    lm_dbread_raw(r, f->media, true);
    return err;
}

/* Text from a protobuf: copied when it is text. */
static lm_err keep(struct lm_dbread *r, struct lm_str s, struct lm_str *ret)
{
    if (s.n == 0 || s.n > 256 || lm_utf8_valid_prefix(s) != s.n || memchr(s.p, '\0', s.n) != NULL)
        return LM_OK;
    *ret = lm_arena_copy(r->ctx->record, s);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* Field 7 of the receipts: 1 a reaction of somebody (2 who, 3 what), 2 the owner's (2 what). */
static lm_err reactions(struct lm_dbread *r, struct chat_file *f, int64_t row, struct lm_event *ev)
{
    enum lm_evdb_step s;
    struct lm_pb_field one;
    struct lm_reaction *list = NULL;
    size_t cap = 0;
    lm_err err = lm_evdb_fetch(f->info, row, &s);
    if (err != LM_OK || s != LM_EVDB_ROW)
        return err;
    struct lm_str all = lm_pb_bytes(lm_evdb_bytes(f->info, I_RECEIPT), 7);
    while (lm_pb_next(&all, &one) && ev->n_reactions < LM_DBREAD_MAX_LIST) {
        struct lm_str who = { NULL, 0 }, what = { NULL, 0 };
        if (!one.has_bytes || one.number < 1 || one.number > 2)
            continue;
        err = keep(r, lm_pb_bytes(one.bytes, one.number == 1 ? 3 : 2), &what);
        if (err == LM_OK && one.number == 1)
            err = keep(r, lm_pb_bytes(one.bytes, 2), &who);
        if (err != LM_OK)
            return err;
        if (what.n == 0)
            continue; /* taken back */
        list = lm_arena_grow(r->ctx->record, list, ev->n_reactions, &cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        struct lm_reaction *to = &list[ev->n_reactions++];
        *to = (struct lm_reaction){ .by = f->w->ids.owner, .what = what };
        if (one.number == 1)
            err = lm_waid_account(&f->w->ids, r->ctx->record, who, &to->by);
        if (err != LM_OK)
            return err;
        ev->reactions = list;
    }
    return LM_OK;
}

/* --- the record --- */

/* In a group the member's row says who sent it. */
static lm_err sender(struct lm_dbread *r, struct chat_file *f, const struct lm_evdb_table *t, struct lm_account_ref *ret)
{
    int64_t row = 0;
    enum lm_evdb_step s = LM_EVDB_END;
    struct lm_str id = { NULL, 0 };
    lm_err err = LM_OK;
    if (f->members != NULL && lm_evdb_i64(t, M_MEMBER, &row))
        err = lm_evdb_fetch(f->members, row, &s);
    if (err == LM_OK && s == LM_EVDB_ROW)
        err = lm_dbread_text(r, r->ctx->record, f->members, G_ID, &id);
    if (err == LM_OK && id.n == 0) {
        err = lm_dbread_text(r, r->ctx->record, t, M_FROM, &id);
        if (!lm_waid_is_person(id))
            id = (struct lm_str){ NULL, 0 };
    }
    return err == LM_OK ? lm_waid_account(&f->w->ids, r->ctx->record, id, ret) : err;
}

/* A row whose chat is not there any more: its own ids say who. */
static lm_err stray_chat(struct lm_dbread *r, struct chat_file *f, const struct lm_evdb_table *t, bool mine, struct lm_waid_chat *ret)
{
    struct lm_str id;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, mine ? M_TO : M_FROM, &id);
    (void)f;
    *ret = (struct lm_waid_chat){ .jid = id, .kind = lm_waid_thread_kind(id) };
    lm_dbread_doubt(r, "the chat of the message is not in the database");
    return err;
}

static lm_err additions(struct lm_dbread *r, struct chat_file *f, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    int64_t row = 0, parent = 0;
    lm_err err = LM_OK;
    if (f->media != NULL && lm_evdb_i64(t, M_MEDIA, &row))
        err = media(r, f, type, row, ev);
    if (err == LM_OK && f->info != NULL && lm_evdb_i64(t, M_INFO, &row))
        err = reactions(r, f, row, ev);
    if (err == LM_OK && lm_evdb_i64(t, M_PARENT, &parent))
        lm_dbread_raw_column(r, t, M_PARENT, "ZPARENTMESSAGE");
    return err;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct chat_file *f = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    struct lm_account_ref by;
    struct lm_waid_chat stray;
    (void)rowid;
    bool mine = lm_dbread_int(t, M_MINE) != 0;
    int64_t type = lm_dbread_int(t, M_TYPE);
    const struct lm_waid_chat *c = lm_waid_chat_find(&f->w->chats, lm_dbread_int(t, M_CHAT));
    ev->at = lm_dbread_when(r, t, M_AT, LM_EPOCH_COCOA_S);
    lm_err err = kind_of(r, type, lm_dbread_int(t, M_EVENT), ev);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_STANZA, &ev->native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_TEXT, &ev->text);
    if (err == LM_OK)
        err = sender(r, f, t, &by);
    if (err == LM_OK && c == NULL) {
        err = stray_chat(r, f, t, mine, &stray);
        c = &stray;
    }
    if (err == LM_OK)
        err = lm_waid_ends(&f->w->ids, r->ctx->record, c, mine, &by, ev);
    if (err == LM_OK)
        err = additions(r, f, t, type, ev);
    if (err != LM_OK)
        return err;
    if (c->kind == LM_THREAD_GROUP && !mine && by.form == LM_ACCOUNT_NONE && (ev->flags & LM_EVENT_SYSTEM) == 0)
        lm_dbread_doubt(r, "who of the group sent it is not said");
    ev->flags |= (lm_dbread_int(t, M_FLAGS) & FLAG_FORWARDED) != 0 ? LM_EVENT_FORWARDED : 0;
    if (ev->flags & LM_EVENT_SYSTEM && ev->kind != LM_EVENT_CALL)
        ev->n_to = 0; /* the thread is the other end of what the app writes */
    if (ev->flags & LM_EVENT_SYSTEM && ev->kind == LM_EVENT_OTHER)
        ev->from = (struct lm_account_ref){ 0 };
    lm_dbread_raw_column(r, t, M_FLAGS, "ZFLAGS");
    lm_dbread_raw_column(r, t, M_SENT, "ZSENTDATE");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

lm_err wai_chat(struct wai *w)
{
    static const char *const push_columns[] = { "ZJID", "ZPUSHNAME" };
    static const size_t expected[] = { M_AT, M_MINE, M_FROM, M_TO, M_TEXT, M_TYPE, M_CHAT };
    struct chat_file f = { .w = w };
    struct lm_dbread *r = &w->r;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(r, "ZWAMESSAGE", message_columns, M_N, &f.messages);
    if (err == LM_OK)
        err = lm_dbread_expect(r, f.messages, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZWAGROUPMEMBER", member_columns, G_N, &f.members);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZWAMEDIAITEM", media_columns, D_N, &f.media);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZWAMESSAGEINFO", info_columns, I_N, &f.info);
    if (err == LM_OK)
        err = wai_contacts_beside(w);
    if (err == LM_OK)
        err = find_owner(r, &f);
    if (err == LM_OK)
        err = simple_rows(&f, "ZWACHATSESSION", session_columns, S_N, session);
    if (err == LM_OK)
        err = simple_rows(&f, "ZWAPROFILEPUSHNAME", push_columns, 2, push_name);
    if (err == LM_OK)
        err = lm_dbread_rows(r, f.members, member, &f);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "ZWAMESSAGE", "WAMessage", &highest);
    return err == LM_OK ? lm_dbread_records(r, f.messages, highest, message, &f) : err;
}
