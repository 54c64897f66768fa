/* ufed_xml_event.c - chats, messages, texts, mail, calls: what their fields add up to. */
#include "readers/ufed_xml.h"

#include <inttypes.h>

#include "base/utf8.h"

void uf_doubt(struct uf_record *r, const char *why)
{
    if (r->doubted == NULL)
        r->doubted = why;
}

struct lm_when uf_when(struct uf_record *r, struct uf_model *m, const char *name)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    struct uf_field *f = uf_find(m, name);
    struct lm_str text = uf_text(m, name);
    if (text.n == 0)
        return w;
    if (lm_str_starts(text, LM_STR("0001-01-01T00:00:00"))) /* .NET for "no time" */
        return w;
    if (!lm_when_parse_iso(text, &w)) {
        uf_doubt(r, "a time that cannot be read");
        return w;
    }
    f->used = f->values->next == NULL;
    if (w.quality == LM_TIME_LOCAL)
        f->used = false; /* its format says why there is no zone */
    return w;
}

void uf_deleted(const struct uf_model *m, struct lm_event *ev)
{
    if (uf_is(m->deleted, "Deleted") || uf_is(m->deleted, "Trash"))
        ev->flags |= LM_EVENT_DELETED;
}

/* --- texts --- */

static int sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* RFC 4648; white space inside is passed over. False: it is not base64. */
static bool base64(struct lm_str s, char *out, size_t *ret_n)
{
    unsigned bits = 0, have = 0;
    size_t n = 0;
    while (s.n != 0 && s.p[s.n - 1] == '=')
        s.n--;
    for (size_t i = 0; i < s.n; i++) {
        int v = sextet(s.p[i]);
        if (s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == ' ')
            continue;
        if (v < 0)
            return false;
        bits = bits << 6 | (unsigned)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    *ret_n = n;
    return true;
}

/* A text as it was written; texts that XML cannot hold come in base64. */
lm_err uf_body(struct uf_record *r, struct uf_model *m, const char *name, struct lm_str *ret)
{
    struct uf_field *f = uf_find(m, name);
    *ret = LM_STR("");
    if (f == NULL || f->values == NULL || f->values->next != NULL)
        return LM_OK;
    struct lm_str text = f->values->text;
    if (uf_is(f->format, "Base64String")) {
        struct lm_str plain = { lm_arena_alloc(r->u->ctx->record, text.n), 0 };
        if (plain.p == NULL)
            return uf_no_memory(r->u);
        if (!base64(lm_str_trim(text), (char *)(uintptr_t)plain.p, &plain.n)) {
            uf_doubt(r, "a text that says it is base64 and is not");
        } else {
            text = lm_utf8_is_text(plain) ? plain : lm_utf8_repaired(r->u->ctx->record, plain, NULL);
            if (text.p == NULL)
                return uf_no_memory(r->u);
        }
    }
    f->used = true;
    *ret = text;
    return LM_OK;
}

/* --- attachments, places --- */

static int64_t number(struct lm_str s)
{
    int64_t n;
    return lm_str_to_i64(lm_str_trim(s), &n) && n >= 0 ? n : -1;
}

lm_err uf_attachments(struct uf_record *r, struct uf_model *m, struct lm_event *ev)
{
    static const char *const names[] = { "Attachment", "Attachments" };
    struct lm_attachment *list = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < 2; i++) {
        struct uf_field *f = uf_find(m, names[i]);
        for (struct uf_model *a = f != NULL ? f->models : NULL; a != NULL; a = a->next) {
            struct uf_field *data = uf_find(a, "Data");
            if (n > 0 && a->id.n != 0 && lm_str_eq(a->id, m->file_id))
                continue;
            list = lm_arena_grow(r->u->ctx->record, list, n, &cap, sizeof *list);
            if (list == NULL)
                return uf_no_memory(r->u);
            list[n++] = (struct lm_attachment){
                .name = uf_take(a, "Filename"),
                .type = uf_take(a, "ContentType"),
                .bytes = data != NULL ? number(data->length) : -1,
                .note = uf_take(a, "attachment_extracted_path"),
            };
            if (data != NULL && list[n - 1].bytes >= 0)
                data->length = LM_STR("");
        }
    }
    ev->attachments = list;
    ev->n_attachments = n;
    return LM_OK;
}

lm_err uf_place(struct uf_record *r, struct uf_model *m, struct lm_event *ev)
{
    struct uf_model *c = uf_sub(m, "Position");
    double latitude, longitude;
    if (c == NULL || (uf_text(c, "Latitude").n == 0 && uf_text(c, "Longitude").n == 0))
        return LM_OK;
    if (!lm_str_to_double(uf_text(c, "Latitude"), &latitude) || !lm_str_to_double(uf_text(c, "Longitude"), &longitude)
        || latitude < -90 || latitude > 90 || longitude < -180 || longitude > 180) {
        uf_doubt(r, "a place that is not on Earth");
        return LM_OK;
    }
    (void)uf_take(c, "Latitude");
    (void)uf_take(c, "Longitude");
    ev->has_place = true;
    ev->latitude = latitude;
    ev->longitude = longitude;
    return LM_OK;
}

/* --- ends --- */

struct ends {
    struct lm_account_ref *list;
    size_t n, cap;
};

static lm_err add_end(struct uf_record *r, struct ends *ends, struct lm_account_ref a)
{
    if (a.form == LM_ACCOUNT_NONE)
        return LM_OK;
    for (size_t i = 0; i < ends->n && i < UF_MAX_LEGS; i++)
        if (uf_same(&ends->list[i], &a))
            return LM_OK;
    struct lm_account_ref *list = lm_arena_grow(r->u->ctx->record, ends->list, ends->n, &ends->cap, sizeof *list);
    if (list == NULL)
        return uf_no_memory(r->u);
    ends->list = list;
    list[ends->n++] = a;
    return LM_OK;
}

/* The parties of a field; beyond UF_MAX_LEGS none: then the thread is the other end. */
static lm_err parties(struct uf_record *r, struct uf_app app, struct uf_field *f, struct ends *ends)
{
    lm_err err = LM_OK;
    size_t n = 0;
    for (struct uf_model *p = f != NULL ? f->models : NULL; p != NULL; p = p->next)
        n++;
    if (n > UF_MAX_LEGS)
        return LM_OK;
    for (struct uf_model *p = f != NULL ? f->models : NULL; p != NULL && err == LM_OK; p = p->next) {
        struct lm_account_ref a = { .form = LM_ACCOUNT_NONE };
        err = uf_party(r, app, p, &a);
        if (err == LM_OK)
            err = add_end(r, ends, a);
    }
    return err;
}

/* --- chats --- */

static enum lm_thread_kind chat_kind(const struct uf_model *chat)
{
    struct lm_str type = uf_text(chat, "ChatType"), id = uf_text(chat, "Id");
    size_t n = 0;
    if (uf_is(type, "OneOnOne") || uf_is(type, "Private") || uf_is(type, "Direct"))
        return LM_THREAD_DIRECT;
    if (uf_is(type, "Group") || uf_is(type, "SuperGroup"))
        return LM_THREAD_GROUP;
    if (uf_is(type, "Channel") || uf_is(type, "Broadcast"))
        return LM_THREAD_CHANNEL;
    if (lm_str_ends(id, LM_STR("@g.us")))
        return LM_THREAD_GROUP;
    if (lm_str_ends(id, LM_STR("@broadcast")) || lm_str_ends(id, LM_STR("@newsletter")) || lm_str_ends(id, LM_STR("@status")))
        return LM_THREAD_CHANNEL;
    if (lm_str_ends(id, LM_STR("@s.whatsapp.net")))
        return LM_THREAD_DIRECT;
    const struct uf_field *f = uf_find(chat, "Participants");
    for (struct uf_model *p = f != NULL ? f->models : NULL; p != NULL && n < 3; p = p->next)
        n++;
    return n == 2 ? LM_THREAD_DIRECT : n > 2 ? LM_THREAD_GROUP : LM_THREAD_UNKNOWN;
}

lm_err uf_thread(struct uf_record *r, const struct uf_model *chat, struct lm_thread_ref *ret)
{
    struct lm_str id = uf_text(chat, "Id");
    if (id.n == 0)
        id = chat->id;
    if (id.n == 0)
        id = lm_arena_printf(r->u->ctx->record, "chat at byte %" PRIu64, chat->at);
    if (id.p == NULL)
        return uf_no_memory(r->u);
    *ret = (struct lm_thread_ref){ .native = id, .title = uf_text(chat, "Name"), .kind = chat_kind(chat) };
    return LM_OK;
}

/* The members, for the messages to come. */
static lm_err remember_members(struct uf_record *r, const struct ends *ends)
{
    struct uf *u = r->u;
    u->members = lm_arena_array(&u->chat_a, ends->n, sizeof *u->members);
    if (u->members == NULL)
        return uf_no_memory(u);
    for (u->n_members = 0; u->n_members < ends->n; u->n_members++) {
        struct lm_account_ref *a = &u->members[u->n_members];
        *a = ends->list[u->n_members];
        a->native = lm_arena_copy(&u->chat_a, a->native);
        if (a->native.p == NULL)
            return uf_no_memory(u);
    }
    return LM_OK;
}

/* The chat itself: its members, so that those who never wrote are known. */
lm_err uf_chat(struct uf_record *r, struct lm_event *ev)
{
    struct uf_app app = uf_app(uf_text(r->m, "Source"));
    struct ends ends = { 0 };
    ev->kind = LM_EVENT_OTHER;
    ev->platform = app.platform;
    ev->detail = LM_STR("chat");
    ev->at = uf_when(r, r->m, "StartTime");
    lm_err err = uf_thread(r, r->m, &ev->thread);
    (void)uf_take(r->m, "Id");
    (void)uf_take(r->m, "Name");
    if (err == LM_OK)
        err = parties(r, app, uf_find(r->m, "Participants"), &ends);
    ev->to = ends.list;
    ev->n_to = ends.n;
    if (ends.n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return err == LM_OK ? remember_members(r, &ends) : err;
}

/* --- messages --- */

struct labels {
    bool system, forwarded, edited, deleted;
    struct lm_str reply_to;
};

static void take_label(struct labels *l, struct uf_model *m)
{
    struct lm_str word = uf_text(m, "Label");
    l->system |= uf_is(word, "System");
    l->forwarded |= uf_is(word, "Forwarded");
    l->edited |= uf_is(word, "Edited");
    l->deleted |= uf_is(word, "Deleted");
}

static struct labels read_labels(struct uf_model *m)
{
    struct labels l = { .reply_to = LM_STR("") };
    struct uf_field *f = uf_find(m, "MessageExtraData");
    take_label(&l, m);
    for (struct uf_model *x = f != NULL ? f->models : NULL; x != NULL; x = x->next) {
        take_label(&l, x);
        l.forwarded |= uf_is(x->type, "ForwardedMessageData");
        bool quotes = uf_is(x->type, "ReplyMessageData") || (uf_is(x->type, "QuotedMessageData") && !l.forwarded);
        if (quotes && l.reply_to.n == 0)
            l.reply_to = uf_take(x, "OriginalMessageID");
    }
    return l;
}

/* "ParticipantJoined", "GroupCreated", …: who did what to the group. */
static lm_err activity(struct uf_record *r, struct uf_app app, struct lm_event *ev, struct ends *ends)
{
    struct uf_field *f = uf_find(r->m, "ActivityLog");
    lm_err err = LM_OK;
    if (f == NULL || f->models == NULL)
        return LM_OK;
    ev->flags |= LM_EVENT_SYSTEM;
    ev->detail = uf_take(f->models, "Action");
    bool call = lm_str_find(ev->detail, LM_STR("Call")) != SIZE_MAX;
    ev->kind = call ? LM_EVENT_OTHER : LM_EVENT_GROUP_CHANGE;
    for (struct uf_model *a = f->models; a != NULL && err == LM_OK; a = a->next)
        err = parties(r, app, uf_find(a, "Participant"), ends);
    return err;
}

/* The app itself, under a name in the phone's language: "System message". */
static bool is_app(const struct uf_model *from, const struct lm_event *ev)
{
    return (ev->flags & LM_EVENT_SYSTEM) != 0 && !uf_is_owner(from)
           && lm_str_eq(uf_text(from, "Identifier"), uf_text(from, "Name"));
}

/* Without stated recipients a message goes to the chat's participants. */
static lm_err to_members(struct uf_record *r, struct uf_app app, struct lm_event *ev, struct ends *ends)
{
    const struct uf *u = r->u;
    bool among = false, same_app = u->n_members != 0 && u->members[0].platform == app.platform;
    ends->list = lm_arena_array(u->ctx->record, u->n_members, sizeof *ends->list);
    if (ends->list == NULL)
        return uf_no_memory(r->u);
    for (size_t i = 0; i < u->n_members && same_app; i++) {
        if (uf_same(&u->members[i], &ev->from))
            among = true;
        else
            ends->list[ends->n++] = u->members[i];
    }
    if (ends->n == 0 || (!among && ev->from.form != LM_ACCOUNT_NONE))
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return LM_OK;
}

static lm_err shared_contacts(struct uf_record *r, struct uf_app app)
{
    struct uf_field *f = uf_find(r->m, "SharedContacts");
    struct uf_told told = { .basis = "shared_contact", .at = { .quality = LM_TIME_NONE } };
    lm_err err = LM_OK;
    for (struct uf_model *c = f != NULL ? f->models : NULL; c != NULL && err == LM_OK; c = c->next) {
        struct lm_account_ref a;
        struct lm_str source = uf_text(c, "Source");
        err = uf_contact_identifiers(r, c, source.n != 0 ? uf_app(source) : app, &told, &a);
    }
    return err;
}

static lm_err who(struct uf_record *r, struct uf_app app, struct lm_event *ev)
{
    struct ends ends = { 0 };
    struct uf_model *from = uf_sub(r->m, "From");
    struct uf_field *to = uf_find(r->m, "To");
    lm_err err = activity(r, app, ev, &ends);
    bool acted = ends.n != 0;
    if (err == LM_OK && from != NULL && !is_app(from, ev))
        err = uf_party(r, app, from, &ev->from);
    if (err == LM_OK)
        err = parties(r, app, to, &ends);
    if (err == LM_OK && acted)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN; /* whom it is about, not whom it went to */
    else if (err == LM_OK && ends.n == 0 && r->u->chat != NULL)
        err = to_members(r, app, ev, &ends);
    else if (err == LM_OK && ends.n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    ev->to = ends.list;
    ev->n_to = ends.n;
    return err;
}

lm_err uf_message(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m, *chat = r->u->chat;
    struct lm_str source = uf_take(m, "Source");
    struct uf_app app = uf_app(source.n != 0 || chat == NULL ? source : uf_text(chat, "Source"));
    struct labels l = read_labels(m);
    ev->kind = LM_EVENT_MESSAGE;
    ev->platform = app.platform;
    ev->at = uf_when(r, m, "TimeStamp");
    ev->native_id = uf_take(m, "Identifier");
    ev->reply_to = l.reply_to;
    ev->flags |= (l.system ? LM_EVENT_SYSTEM : 0u) | (l.forwarded ? LM_EVENT_FORWARDED : 0u)
                 | (l.edited ? LM_EVENT_EDITED : 0u) | (l.deleted ? LM_EVENT_DELETED : 0u);
    lm_err err = chat != NULL ? uf_thread(r, chat, &ev->thread) : LM_OK;
    if (uf_is(uf_text(m, "SourceApplication"), "") || lm_str_eq(uf_text(m, "SourceApplication"), app.source))
        (void)uf_take(m, "SourceApplication");
    if (app.platform == LM_PLATFORM_OTHER)
        ev->detail = app.source;
    if (err == LM_OK)
        err = who(r, app, ev);
    if (err == LM_OK)
        err = uf_body(r, m, "Body", &ev->text);
    if (err == LM_OK)
        err = uf_attachments(r, m, ev);
    if (err == LM_OK)
        err = uf_place(r, m, ev);
    return err == LM_OK ? shared_contacts(r, app) : err;
}

/* --- texts and calls: a list of parties with roles --- */

struct roles {
    struct ends from, to, general;
    struct lm_account_ref owner;
    bool has_owner;
};

static lm_err read_roles(struct uf_record *r, struct uf_app app, const char *name, struct roles *ret)
{
    struct uf_field *f = uf_find(r->m, name);
    lm_err err = LM_OK;
    for (struct uf_model *p = f != NULL ? f->models : NULL; p != NULL && err == LM_OK; p = p->next) {
        struct lm_account_ref a = { .form = LM_ACCOUNT_NONE };
        struct lm_str role = uf_text(p, "Role");
        bool to = uf_is(role, "To") || uf_is(role, "Cc") || uf_is(role, "Bcc");
        struct ends *ends = uf_is(role, "From") ? &ret->from : to ? &ret->to : &ret->general;
        if (ends->n >= UF_MAX_LEGS)
            continue;
        err = uf_party(r, app, p, &a);
        if (err == LM_OK && uf_is_owner(p)) {
            ret->owner = a;
            ret->has_owner = true;
        }
        if (err == LM_OK)
            err = add_end(r, ends, a);
    }
    return err;
}

enum direction { UNSTATED, INCOMING, OUTGOING };

static enum direction direction_of(struct lm_str word)
{
    if (uf_is(word, "Incoming") || uf_is(word, "Missed") || uf_is(word, "Inbox") || uf_is(word, "Received") || uf_is(word, "Rejected"))
        return INCOMING;
    if (uf_is(word, "Outgoing") || uf_is(word, "Dialed") || uf_is(word, "Sent") || uf_is(word, "Outbox") || uf_is(word, "Drafts"))
        return OUTGOING;
    return UNSTATED;
}

/* Parties without a role of their own, by the direction of the whole. */
static lm_err place_general(struct uf_record *r, struct roles *roles, enum direction d)
{
    lm_err err = LM_OK;
    if (d == UNSTATED && roles->from.n != 0)
        d = OUTGOING; /* they are the others */
    else if (d == UNSTATED && roles->to.n != 0)
        d = INCOMING;
    else if (d == UNSTATED && roles->general.n != 0)
        uf_doubt(r, "it is not stated who was at which end");
    for (size_t i = 0; i < roles->general.n && err == LM_OK; i++) {
        struct lm_account_ref *a = &roles->general.list[i];
        bool is_owner = roles->has_owner && uf_same(a, &roles->owner);
        bool is_from = (d == INCOMING && !is_owner) || (d == OUTGOING && is_owner);
        err = add_end(r, is_from ? &roles->from : &roles->to, *a);
    }
    return err;
}

static bool holds_owner(const struct ends *ends, const struct lm_account_ref *owner)
{
    for (size_t i = 0; i < ends->n; i++)
        if (uf_same(&ends->list[i], owner))
            return true;
    return false;
}

/* Who is at which end. Call logs name the other party only: the missing end is the phone's owner. */
static lm_err place_ends(struct uf_record *r, struct uf_app app, struct roles *roles, enum direction d, struct lm_event *ev)
{
    struct lm_account_ref owner = roles->has_owner ? roles->owner : uf_owner(app);
    bool known = d != UNSTATED || roles->from.n != 0 || roles->to.n != 0;
    lm_err err = place_general(r, roles, d);
    if (err != LM_OK)
        return err;
    if (roles->from.n == 0 && d != INCOMING && known && !holds_owner(&roles->to, &owner))
        err = add_end(r, &roles->from, owner);
    else if (roles->to.n == 0 && d != OUTGOING && known && !holds_owner(&roles->from, &owner))
        err = add_end(r, &roles->to, owner);
    if (roles->from.n > 1)
        uf_doubt(r, "more than one party has the role From: the first is taken");
    if (err == LM_OK && roles->from.n != 0)
        ev->from = roles->from.list[0];
    ev->to = roles->to.list;
    ev->n_to = roles->to.n;
    if (roles->to.n == 0 || roles->from.n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return err;
}

lm_err uf_parties(struct uf_record *r, struct uf_app app, const char *name, struct lm_str direction, struct lm_event *ev)
{
    struct roles roles = { 0 };
    lm_err err = read_roles(r, app, name, &roles);
    return err == LM_OK ? place_ends(r, app, &roles, direction_of(direction), ev) : err;
}

lm_err uf_sms(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    struct uf_app app = uf_app(uf_text(m, "Source"));
    struct lm_str subject;
    ev->kind = LM_EVENT_MESSAGE;
    ev->platform = app.platform;
    ev->at = uf_when(r, m, "TimeStamp");
    ev->native_id = uf_take(m, "Identifier");
    ev->detail = uf_is(m->type, "MMS") ? LM_STR("MMS") : LM_STR("SMS");
    lm_err err = uf_parties(r, app, "Parties", uf_text(m, "Folder"), ev);
    if (err == LM_OK)
        err = uf_body(r, m, "Body", &ev->text);
    if (err == LM_OK && ev->text.n == 0) {
        err = uf_body(r, m, "Subject", &subject);
        ev->text = subject;
    }
    return err == LM_OK ? uf_attachments(r, m, ev) : err;
}

static lm_err mail_text(struct uf_record *r, struct lm_event *ev)
{
    struct lm_str subject, body;
    lm_err err = uf_body(r, r->m, "Subject", &subject);
    if (err == LM_OK)
        err = uf_body(r, r->m, "Body", &body);
    if (err == LM_OK && body.n == 0)
        err = uf_body(r, r->m, "Snippet", &body);
    if (err != LM_OK)
        return err;
    ev->text = subject.n == 0 ? body : subject;
    if (subject.n == 0 || body.n == 0)
        return LM_OK;
    ev->text = lm_arena_printf(r->u->ctx->record, "%.*s\n\n%.*s", LM_STR_ARG(subject), LM_STR_ARG(body));
    return ev->text.p != NULL ? LM_OK : uf_no_memory(r->u);
}

lm_err uf_email(struct uf_record *r, struct lm_event *ev)
{
    static const char *const names[] = { "To", "Cc", "Bcc" };
    struct uf_app app = { LM_PLATFORM_EMAIL, uf_text(r->m, "Source") };
    struct uf_model *from = uf_sub(r->m, "From");
    struct ends ends = { 0 };
    lm_err err = LM_OK;
    ev->kind = LM_EVENT_MESSAGE;
    ev->platform = LM_PLATFORM_EMAIL;
    ev->at = uf_when(r, r->m, "TimeStamp");
    ev->native_id = uf_take(r->m, "Identifier");
    if (from != NULL)
        err = uf_party(r, app, from, &ev->from);
    for (size_t i = 0; i < 3 && err == LM_OK; i++)
        err = parties(r, app, uf_find(r->m, names[i]), &ends);
    ev->to = ends.list;
    ev->n_to = ends.n;
    if (ends.n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    if (err == LM_OK)
        err = mail_text(r, ev);
    return err == LM_OK ? uf_attachments(r, r->m, ev) : err;
}

/* "[d.]hh:mm:ss[.fffffff]" as .NET writes a TimeSpan; -1: it is not one. A fraction of a second is cut. */
static int64_t seconds_of(struct lm_str s, bool *ret_cut)
{
    int64_t part[4] = { 0 }, n = 0;
    struct lm_str rest = s;
    size_t colon = lm_str_find(s, LM_STR(":")), dot = lm_str_find(s, LM_STR("."));
    *ret_cut = false;
    if (colon == SIZE_MAX)
        return -1;
    if (dot != SIZE_MAX && dot < colon) {
        if (!lm_str_to_i64(lm_str_take(rest, dot), &part[0]))
            return -1;
        rest = lm_str_skip(rest, dot + 1);
    }
    dot = lm_str_find(rest, LM_STR("."));
    if (dot != SIZE_MAX) {
        for (size_t i = dot + 1; i < rest.n; i++)
            *ret_cut |= rest.p[i] != '0';
        rest = lm_str_take(rest, dot);
    }
    while (rest.n != 0 && n < 3) {
        size_t end = lm_str_find(rest, LM_STR(":"));
        if (!lm_str_to_i64(lm_str_take(rest, end), &part[++n]))
            return -1;
        rest = lm_str_skip(rest, end == SIZE_MAX ? rest.n : end + 1);
    }
    if (n != 3 || rest.n != 0 || part[0] < 0 || part[0] > 36500 || part[1] < 0 || part[1] > 23 || part[2] < 0 || part[2] > 59
        || part[3] < 0 || part[3] > 59)
        return -1;
    return ((part[0] * 24 + part[1]) * 60 + part[2]) * 60 + part[3];
}

static bool is_attempt(struct lm_str status, struct lm_str type, int64_t duration_s)
{
    static const char *const words[] = { "Missed", "Rejected", "Declined", "Cancelled", "Canceled", "Unanswered", "NotAnswered",
                                         "Busy", "Failed", "Blocked", "NoAnswer" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (uf_is(status, words[i]) || uf_is(type, words[i]))
            return true;
    return duration_s == 0 && !uf_is(status, "Established") && !uf_is(status, "Answered");
}

lm_err uf_call(struct uf_record *r, struct lm_event *ev)
{
    struct uf_model *m = r->m;
    struct lm_str source = uf_take(m, "Source"), status = uf_text(m, "Status"), type = uf_text(m, "Type");
    struct lm_str direction = uf_text(m, "Direction"), duration = uf_text(m, "Duration");
    struct uf_app app = uf_app(source);
    bool cut = false;
    ev->kind = LM_EVENT_CALL;
    ev->platform = app.platform;
    ev->at = uf_when(r, m, "TimeStamp");
    ev->native_id = uf_take(m, "Identifier");
    ev->duration_s = duration.n != 0 ? seconds_of(duration, &cut) : -1;
    if (duration.n != 0 && ev->duration_s < 0)
        uf_doubt(r, "a duration that cannot be read");
    else if (!cut)
        (void)uf_take(m, "Duration");
    ev->detail = status.n != 0 && !uf_is(status, "Unknown") ? status : type.n != 0 ? type : direction;
    if (is_attempt(status, type, ev->duration_s))
        ev->flags |= LM_EVENT_ATTEMPT;
    return uf_parties(r, app, "Parties", direction_of(direction) != UNSTATED ? direction : type, ev);
}
