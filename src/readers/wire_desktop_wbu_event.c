/* wire_desktop_wbu_event.c - one element of events.json: a message, a call, a change of a conversation, a notice. */
#include "readers/wire_desktop_wbu.h"

struct said {
    struct wdb *w;
    struct lm_event *ev;
    struct lm_str type, from, conversation, time, edited, deleted, name, content, reference, emoji;
    struct lm_attachment file;
    struct lm_str *users;
    size_t n_users;
    struct lm_reaction *reactions;
    size_t cap_reactions;
    double latitude, longitude, duration_ms;
    bool has_latitude, has_longitude, has_duration, replaces;
    struct lm_str reason;
};

static bool is(struct lm_str s, const char *z)
{
    return lm_str_is(s, z);
}

/* --- members --- */

static lm_err raw_below(struct said *s, const char *above, struct lm_str key, const struct lm_json_token *v)
{
    lm_buf_clear(&s->w->key);
    lm_buf_printf(&s->w->key, "%s.%.*s", above, LM_STR_ARG(lm_str_take(key, 128)));
    struct lm_str name = lm_buf_str(&s->w->key);
    return lm_jread_raw(&s->w->r, lm_str_take(name, lm_utf8_valid_prefix(name)), v);
}

static lm_err location(struct lm_jread *r, struct said *s, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    if (object->type != LM_JSON_OBJECT)
        return lm_jread_skip(r, object);
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        if (is(key, "latitude"))
            err = lm_jread_double(r, &v, &s->latitude, &s->has_latitude);
        else if (is(key, "longitude"))
            err = lm_jread_double(r, &v, &s->longitude, &s->has_longitude);
        else if (is(key, "name"))
            err = lm_jread_text(r, &v, &s->name);
        else
            err = raw_below(s, "location", key, &v);
        if (err != LM_OK)
            return err;
    }
    return err;
}

/* "quote": {"message_id": …}; "info": {"name": …}: one member of an object is wanted, the rest goes to raw. */
static lm_err inner(struct lm_jread *r, struct said *s, const char *above, const char *wanted, struct lm_str *ret,
                    const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    if (object->type != LM_JSON_OBJECT)
        return lm_jread_skip(r, object);
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        err = is(key, wanted) ? lm_jread_text(r, &v, ret) : is(key, "hash") ? lm_jread_skip(r, &v) : raw_below(s, above, key, &v);
        if (err != LM_OK)
            return err;
    }
    return err;
}

static lm_err data_member(struct lm_jread *r, struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    int64_t bytes = -1;
    bool any = false;
    lm_err err;
    if (is(key, "content"))
        return lm_jread_text(r, v, &s->content);
    if (is(key, "name"))
        return lm_jread_text(r, v, &s->name);
    if (is(key, "user_ids") || is(key, "userIds") || (is(key, "users") && s->n_users == 0))
        return wdb_ids(r, v, &s->users, &s->n_users);
    if (is(key, "quote"))
        return inner(r, s, "quote", "message_id", &s->ev->reply_to, v);
    if (is(key, "message_id"))
        return lm_jread_text(r, v, &s->reference);
    if (is(key, "reaction"))
        return lm_jread_text(r, v, &s->emoji);
    if (is(key, "location"))
        return location(r, s, v);
    if (is(key, "content_type"))
        return lm_jread_text(r, v, &s->file.type);
    if (is(key, "info"))
        return inner(r, s, "info", "name", &s->file.name, v);
    if (is(key, "content_length")) {
        err = lm_jread_i64(r, v, &bytes, &any);
        s->file.bytes = any && bytes >= 0 ? bytes : -1;
        return err;
    }
    if (is(key, "duration"))
        return lm_jread_double(r, v, &s->duration_ms, &s->has_duration);
    if (is(key, "reason"))
        return lm_jread_text(r, v, &s->reason);
    if (is(key, "replacing_message_id") && v->type == LM_JSON_STRING)
        s->replaces = true;
    if (is(key, "deleted_time"))
        s->ev->flags |= LM_EVENT_DELETED;
    if (is(key, "otr_key") || is(key, "preview_otr_key") || is(key, "token") || is(key, "preview_token"))
        return lm_jread_skip(r, v); /* what opens the file on Wire's servers */
    return raw_below(s, "data", key, v);
}

static lm_err data(struct lm_jread *r, struct said *s, const struct lm_json_token *object)
{
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    if (object->type != LM_JSON_OBJECT)
        return lm_jread_raw(r, LM_STR("data"), object);
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        err = data_member(r, s, key, &v);
        if (err != LM_OK)
            return err;
    }
    return err;
}

static lm_err reaction_of(struct lm_jread *r, struct said *s, struct lm_str who, struct lm_str what)
{
    lm_err err = LM_OK;
    if (who.n == 0 || what.n == 0)
        return LM_OK; /* taken back */
    err = lm_jread_push(r, (void **)&s->reactions, s->ev->n_reactions, &s->cap_reactions, sizeof *s->reactions);
    if (err == LM_ELIMIT)
        return LM_OK;
    if (err == LM_OK) {
        s->reactions[s->ev->n_reactions++] = (struct lm_reaction){ wdb_user(s->w, who), what };
        s->ev->reactions = s->reactions;
    }
    return err;
}

/* {"user id": "❤️"}, or in newer apps [["❤️", [{"id": "user id", "domain": …}]]] */
static lm_err reactions(struct lm_jread *r, struct said *s, const struct lm_json_token *value)
{
    struct lm_str key, what = { NULL, 0 }, *who = NULL;
    struct lm_json_token v;
    size_t n = 0;
    lm_err err;
    if (value->type == LM_JSON_OBJECT) {
        while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
            what = (struct lm_str){ NULL, 0 };
            err = lm_jread_text(r, &v, &what);
            if (err == LM_OK)
                err = reaction_of(r, s, key, what);
            if (err != LM_OK)
                return err;
        }
        return err;
    }
    if (value->type != LM_JSON_ARRAY)
        return lm_jread_skip(r, value);
    while ((err = lm_jread_next(r, &v)) == LM_OK && v.type != LM_JSON_ARRAY_END) {
        if (v.type != LM_JSON_ARRAY) {
            err = lm_jread_skip(r, &v);
            if (err != LM_OK)
                return err;
            continue;
        }
        what = (struct lm_str){ NULL, 0 };
        while ((err = lm_jread_next(r, &v)) == LM_OK && v.type != LM_JSON_ARRAY_END) {
            err = v.type == LM_JSON_ARRAY ? wdb_ids(r, &v, &who, &n) : lm_jread_text(r, &v, &what);
            for (size_t i = 0; err == LM_OK && v.type == LM_JSON_ARRAY && i < n; i++)
                err = reaction_of(r, s, who[i], what);
            if (err != LM_OK)
                return err;
        }
        if (err != LM_OK)
            return err;
    }
    return err;
}

static lm_err member(struct lm_jread *r, struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    static const struct {
        const char *key;
        size_t at;
    } texts[] = { { "type", offsetof(struct said, type) },         { "from", offsetof(struct said, from) },
                  { "conversation", offsetof(struct said, conversation) }, { "time", offsetof(struct said, time) },
                  { "edited_time", offsetof(struct said, edited) } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (is(key, texts[i].key))
            return lm_jread_text(r, v, (struct lm_str *)(void *)((char *)s + texts[i].at));
    if (is(key, "id"))
        return lm_jread_text(r, v, &s->ev->native_id);
    if (is(key, "data"))
        return data(r, s, v);
    if (is(key, "reactions"))
        return reactions(r, s, v);
    if (is(key, "category") || is(key, "primary_key") || is(key, "version"))
        return lm_jread_skip(r, v); /* the app's own */
    return lm_jread_raw(r, key, v);
}

/* --- what it adds up to --- */

static const struct {
    const char *type, *detail;
    enum lm_event_kind kind;
    bool system;
} types[] = {
    { "conversation.message-add", NULL, LM_EVENT_MESSAGE, false },
    { "conversation.composite-message-add", "poll", LM_EVENT_MESSAGE, false },
    { "conversation.multipart-message-add", NULL, LM_EVENT_MESSAGE, false },
    { "conversation.asset-add", "file", LM_EVENT_MESSAGE, false },
    { "conversation.location", "location", LM_EVENT_MESSAGE, false },
    { "conversation.knock", "ping", LM_EVENT_MESSAGE, false },
    { "conversation.delete-everywhere", "deleted_for_everyone", LM_EVENT_MESSAGE, false },
    { "conversation.message-delete", "message_deleted", LM_EVENT_OTHER, false },
    { "conversation.message-hidden", "message_hidden", LM_EVENT_OTHER, false },
    { "conversation.reaction", "reaction", LM_EVENT_OTHER, false },
    { "conversation.voice-channel-deactivate", "call", LM_EVENT_CALL, false },
    { "conversation.voice-channel-activate", "call_started", LM_EVENT_OTHER, true },
    { "conversation.call-time-out", "call_timed_out", LM_EVENT_OTHER, true },
    { "conversation.group-creation", "group_created", LM_EVENT_GROUP_CHANGE, true },
    { "conversation.one2one-creation", "conversation_created", LM_EVENT_OTHER, true },
    { "conversation.member-join", "members_added", LM_EVENT_GROUP_CHANGE, true },
    { "conversation.member-leave", "members_removed", LM_EVENT_GROUP_CHANGE, true },
    { "conversation.team-member-leave", "team_member_left", LM_EVENT_GROUP_CHANGE, true },
    { "conversation.rename", "renamed", LM_EVENT_GROUP_CHANGE, true },
};

/* Words of older apps; numbers of newer ones (the call library's: 2 timeout, 4 cancelled, 8 timeout, 10 rejected). */
static bool not_answered(struct lm_str reason)
{
    static const char *const reasons[] = { "missed", "canceled", "cancelled", "not_answered", "timeout", "rejected", "2", "4", "8", "10" };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (is(reason, reasons[i]))
            return true;
    return false;
}

static void kind_of(struct said *s)
{
    struct lm_event *ev = s->ev;
    ev->kind = LM_EVENT_OTHER;
    ev->detail = s->type;
    bool system = true;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!is(s->type, types[i].type))
            continue;
        ev->kind = types[i].kind;
        ev->detail = lm_str(types[i].detail);
        system = types[i].system;
    }
    ev->flags |= system ? LM_EVENT_SYSTEM : 0;
    if (is(s->type, "conversation.delete-everywhere"))
        ev->flags |= LM_EVENT_DELETED;
    if (ev->kind == LM_EVENT_CALL && not_answered(s->reason))
        ev->flags |= LM_EVENT_ATTEMPT;
    if (s->replaces || s->edited.n != 0)
        ev->flags |= LM_EVENT_EDITED;
    if (is(s->type, "conversation.unable-to-decrypt"))
        lm_jread_doubt(&s->w->r, "a message that the app itself could not decrypt: what it said is not known");
}

static void texts(struct said *s)
{
    struct lm_event *ev = s->ev;
    ev->text = s->content.n != 0 ? s->content : s->emoji.n != 0 ? s->emoji : ev->kind == LM_EVENT_GROUP_CHANGE || s->has_latitude ? s->name : ev->text;
    if (s->reference.n != 0 && ev->reply_to.n == 0)
        ev->reply_to = s->reference;
    if (s->has_duration && s->duration_ms >= 0 && s->duration_ms < 1e12)
        ev->duration_s = (int64_t)(s->duration_ms / 1000);
    if (s->reason.n != 0)
        lm_jread_raw_text(&s->w->r, LM_STR("data.reason"), s->reason);
    if (s->has_latitude && s->has_longitude && s->latitude >= -90 && s->latitude <= 90 && s->longitude >= -180 && s->longitude <= 180) {
        ev->has_place = true;
        ev->latitude = s->latitude;
        ev->longitude = s->longitude;
    } else if (is(s->type, "conversation.location")) {
        lm_jread_doubt(&s->w->r, "a place without coordinates, or outside the earth");
    }
    if (is(s->type, "conversation.asset-add")) {
        s->file.note = LM_STR("not in the backup");
        ev->attachments = &s->file;
        ev->n_attachments = 1;
    }
}

static lm_err ends(struct lm_jread *r, struct said *s)
{
    struct wdb *w = s->w;
    struct lm_event *ev = s->ev;
    const struct wdb_conversation *c = wdb_conversation_of(w, s->conversation);
    bool change = ev->kind == LM_EVENT_GROUP_CHANGE || is(s->type, "conversation.one2one-creation");
    size_t room = (change ? s->n_users : 0) + (c != NULL ? c->n : 0) + 1;
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, room, sizeof *to), own = wdb_owner(w);
    if (to == NULL)
        return LM_ENOMEM;
    ev->to = to;
    ev->from = wdb_user(w, s->from);
    ev->thread.native = s->conversation;
    if (c != NULL) {
        ev->thread.title = c->name;
        ev->thread.kind = c->kind;
    }
    if (change)
        for (size_t i = 0; i < s->n_users; i++)
            to[ev->n_to++] = wdb_user(w, s->users[i]);
    if (change || (ev->flags & LM_EVENT_SYSTEM) != 0 || (c != NULL && c->self))
        return LM_OK;
    if (c == NULL || c->n == 0 || c->n > WDB_MAX_MEMBERS) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    for (size_t i = 0; i < c->n; i++)
        if (!lm_str_eq(c->others[i], s->from))
            to[ev->n_to++] = wdb_user(w, c->others[i]);
    if (own.form != LM_ACCOUNT_NATIVE)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN; /* the sender may be the owner */
    else if (!lm_str_eq(own.native, s->from))
        to[ev->n_to++] = own;
    return LM_OK;
}

lm_err wdb_event(struct lm_jread *r, void *user)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WIRE, .duration_s = -1 } };
    struct said s = { .w = user, .ev = &f.event, .file = { .bytes = -1 } };
    struct lm_event *ev = &f.event;
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        err = member(r, &s, key, &v);
        if (err != LM_OK)
            return err;
    }
    if (err != LM_OK)
        return err;
    if (s.type.n == 0)
        lm_jread_reject(r, "an event without a type");
    if (s.time.n == 0 || !lm_when_parse_iso(s.time, &ev->at)) {
        lm_jread_doubt(r, "the time is missing, or is none");
        ev->at = (struct lm_when){ .quality = LM_TIME_NONE };
    }
    if (ev->at.quality != LM_TIME_NONE && ev->at.us == 0)
        ev->at.quality = LM_TIME_NONE; /* 1970 stands for "before everything else" */
    if (s.edited.n != 0)
        lm_jread_raw_text(r, LM_STR("edited_time"), s.edited);
    kind_of(&s);
    texts(&s);
    err = ends(r, &s);
    if (err != LM_OK)
        return err;
    ev->raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, &f, 1);
}
