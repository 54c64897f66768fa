/* meta_export_json_message.c - one message of a thread, in either form; one login. */
#include "readers/meta_export_json.h"

#include "readers/shared/mojibake.h"

#define FAILED_MEDIA "Failed to download media"
#define PAYMENT_SENTENCE "A payment request was auto-detected"
#define MAX_MS INT64_C(253402300799999)      /* the end of year 9999 */
#define LIKELY_SECONDS INT64_C(100000000000) /* as milliseconds: March 1973 */

struct values {
    struct lm_str sender, content, type, ip;
    bool has_time, unsent, missed, has_duration;
    int64_t time_ms, duration_s;
    struct lm_attachment *attachments;
    size_t n_attachments, cap_attachments;
    struct lm_reaction *reactions;
    size_t n_reactions, cap_reactions;
    struct lm_account_ref *users;
    size_t n_users, cap_users;
};

lm_err meta_text(struct meta *m, const struct lm_json_token *v, struct lm_str *ret)
{
    struct lm_str s = { NULL, 0 };
    lm_err e = lm_jread_text(&m->r, v, &s);
    return e != LM_OK || s.n == 0 ? e : lm_mojibake_repair(m->r.ctx->record, s, ret);
}

/* A text that is nice to have: anything else makes *ret_odd true. */
static lm_err soft_text(struct meta *m, const struct lm_json_token *v, struct lm_str *ret, bool *ret_odd)
{
    if (v->type == LM_JSON_STRING || v->type == LM_JSON_NUMBER)
        return meta_text(m, v, ret);
    *ret_odd = *ret_odd || v->type != LM_JSON_NULL;
    return lm_jread_skip(&m->r, v);
}

/* --- media --- */

/* {"uri": …, "creation_timestamp": …}; members besides uri make *ret_odd true. */
static lm_err one_medium(struct meta *m, struct values *v, struct lm_str kind, bool *ret_odd)
{
    struct lm_attachment a = { .type = kind, .bytes = -1 };
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("uri")) || (lm_str_eq(key, LM_STR("link")) && a.name.n == 0)) {
            e = soft_text(m, &t, &a.name, ret_odd);
        } else {
            *ret_odd = *ret_odd || t.type != LM_JSON_NULL;
            e = lm_jread_skip(&m->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK)
        e = lm_jread_push(&m->r, (void **)&v->attachments, v->n_attachments, &v->cap_attachments, sizeof a);
    if (e == LM_OK)
        v->attachments[v->n_attachments++] = a;
    return e == LM_ELIMIT && m->r.j.failed == LM_OK ? LM_OK : e;
}

/* A list of media, or one. What has no field stays in raw, the whole of it. */
static lm_err media(struct meta *m, struct values *v, struct lm_str kind, const struct lm_json_token *t)
{
    struct lm_json_token item;
    bool odd = false;
    lm_err e = LM_OK;
    if (t->type == LM_JSON_OBJECT) {
        e = one_medium(m, v, kind, &odd);
    } else if (t->type == LM_JSON_ARRAY) {
        while ((e = lm_jread_next(&m->r, &item)) == LM_OK && item.type != LM_JSON_ARRAY_END) {
            odd = odd || (item.type != LM_JSON_OBJECT && item.type != LM_JSON_NULL);
            e = item.type == LM_JSON_OBJECT ? one_medium(m, v, kind, &odd) : lm_jread_skip(&m->r, &item);
            if (e != LM_OK)
                return e;
        }
    } else if (t->type != LM_JSON_NULL) {
        lm_jread_doubt(&m->r, "a member is not the list or object that it should be");
        return lm_jread_raw(&m->r, kind, t);
    }
    return e != LM_OK || !odd ? e : lm_jread_raw_span(&m->r, kind, t->at, lm_json_offset(&m->r.j));
}

/* --- people in lists --- */

/* {"reaction": …, "actor": …} */
static lm_err one_reaction(struct meta *m, struct values *v, bool *ret_odd)
{
    struct lm_str key, what = { NULL, 0 }, actor = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("reaction"))) {
            e = soft_text(m, &t, &what, ret_odd);
        } else if (lm_str_eq(key, LM_STR("actor"))) {
            e = soft_text(m, &t, &actor, ret_odd);
        } else {
            *ret_odd = true;
            e = lm_jread_skip(&m->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK)
        e = lm_jread_push(&m->r, (void **)&v->reactions, v->n_reactions, &v->cap_reactions,
                          sizeof *v->reactions);
    if (e == LM_OK)
        v->reactions[v->n_reactions++] = (struct lm_reaction){ .by = meta_account(m, actor), .what = what };
    return e == LM_ELIMIT && m->r.j.failed == LM_OK ? LM_OK : e;
}

/* {"name": …}: who was added or removed */
static lm_err one_user(struct meta *m, struct values *v, bool *ret_odd)
{
    struct lm_str key, name = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (lm_str_eq(key, LM_STR("name"))) {
            e = soft_text(m, &t, &name, ret_odd);
        } else {
            *ret_odd = true;
            e = lm_jread_skip(&m->r, &t);
        }
        if (e != LM_OK)
            return e;
    }
    *ret_odd = *ret_odd || name.n == 0;
    if (e != LM_OK || name.n == 0)
        return e;
    e = lm_jread_push(&m->r, (void **)&v->users, v->n_users, &v->cap_users, sizeof *v->users);
    if (e == LM_OK)
        v->users[v->n_users++] = meta_account(m, name);
    return e == LM_ELIMIT && m->r.j.failed == LM_OK ? LM_OK : e;
}

static lm_err people(struct meta *m, struct values *v, struct lm_str key, const struct lm_json_token *t,
                     lm_err (*one)(struct meta *, struct values *, bool *))
{
    struct lm_json_token item;
    bool odd = false;
    lm_err e;
    if (t->type == LM_JSON_NULL)
        return LM_OK;
    if (t->type != LM_JSON_ARRAY) {
        lm_jread_doubt(&m->r, "a member is not the list or object that it should be");
        return lm_jread_raw(&m->r, key, t);
    }
    while ((e = lm_jread_next(&m->r, &item)) == LM_OK && item.type != LM_JSON_ARRAY_END) {
        odd = odd || (item.type != LM_JSON_OBJECT && item.type != LM_JSON_NULL);
        e = item.type == LM_JSON_OBJECT ? one(m, v, &odd) : lm_jread_skip(&m->r, &item);
        if (e != LM_OK)
            return e;
    }
    return e != LM_OK || !odd ? e : lm_jread_raw_span(&m->r, key, t->at, lm_json_offset(&m->r.j));
}

/* --- members --- */

static bool is(struct lm_str s, const char *word)
{
    return lm_str_is(s, word);
}

static bool medium_key(struct lm_str key)
{
    static const char *const keys[] = { "photos", "videos",  "audio_files", "files",
                                        "gifs",   "sticker", "share",       "media" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (is(key, keys[i]))
            return true;
    return false;
}

/* Said of every message; only `true` says something. */
static bool withheld_key(struct lm_str key)
{
    return is(key, "is_geoblocked_for_viewer") || is(key, "is_unsent_image_by_messenger_kid_parent")
           || is(key, "is_taken_down");
}

static lm_err duration(struct meta *m, struct values *v, struct lm_str key, const struct lm_json_token *t)
{
    if ((t->type == LM_JSON_NUMBER || t->type == LM_JSON_STRING) && lm_str_to_i64(t->text, &v->duration_s)
        && v->duration_s >= 0) {
        v->has_duration = true;
        return LM_OK;
    }
    if (t->type != LM_JSON_NULL)
        lm_jread_doubt(&m->r, "the duration of a call cannot be read");
    v->duration_s = -1;
    return t->type == LM_JSON_NULL ? LM_OK : lm_jread_raw(&m->r, key, t);
}

static lm_err member(struct meta *m, struct values *v, struct lm_str key, const struct lm_json_token *t)
{
    struct lm_jread *r = &m->r;
    if (is(key, "sender_name") || is(key, "senderName"))
        return meta_text(m, t, &v->sender);
    if (is(key, "timestamp_ms") || (is(key, "timestamp") && !v->has_time))
        return lm_jread_i64(r, t, &v->time_ms, &v->has_time);
    if (is(key, "content") || (is(key, "text") && v->content.n == 0))
        return meta_text(m, t, &v->content);
    if (is(key, "type") && t->type == LM_JSON_STRING)
        return meta_text(m, t, &v->type);
    if (is(key, "is_unsent") || is(key, "isUnsent"))
        return lm_jread_bool(r, t, &v->unsent);
    if (is(key, "missed") && (t->type == LM_JSON_TRUE || t->type == LM_JSON_FALSE))
        return lm_jread_bool(r, t, &v->missed);
    if (is(key, "call_duration"))
        return duration(m, v, key, t);
    if (is(key, "ip") && t->type == LM_JSON_STRING)
        return meta_text(m, t, &v->ip);
    if (is(key, "reactions"))
        return people(m, v, key, t, one_reaction);
    if (is(key, "users"))
        return people(m, v, key, t, one_user);
    if (medium_key(key))
        return media(m, v, key, t);
    if (withheld_key(key) && t->type == LM_JSON_FALSE)
        return LM_OK;
    if (withheld_key(key) && t->type == LM_JSON_TRUE)
        lm_jread_doubt(r, "the export withholds something of this message");
    return lm_jread_raw(r, key, t);
}

/* --- what they add up to --- */

/* The sentences that stand for a reaction when the app that reads the thread cannot show one (English
 * exports). */
static bool reaction_notice(struct lm_str content)
{
    struct lm_str s = lm_str_trim(content);
    return is(s, "Liked a message") || is(s, "Liked a message.")
           || (lm_str_starts(s, LM_STR("Reacted ")) && lm_str_ends(s, LM_STR(" to your message")));
}

static void kind_of(const struct values *v, struct lm_event *ev)
{
    ev->kind = LM_EVENT_MESSAGE;
    if (is(v->type, "Call") || v->has_duration) {
        ev->kind = LM_EVENT_CALL;
        ev->duration_s = v->has_duration ? v->duration_s : -1;
        /* a call of no length was not taken */
        if (v->missed || (v->has_duration && v->duration_s == 0))
            ev->flags |= LM_EVENT_ATTEMPT;
        ev->detail = v->missed ? LM_STR("missed") : v->type.n != 0 ? v->type : LM_STR("Call");
    } else if (is(v->type, "Subscribe") || is(v->type, "Unsubscribe")) {
        ev->kind = LM_EVENT_GROUP_CHANGE;
        ev->flags |= LM_EVENT_SYSTEM;
        ev->detail = v->type;
    } else if (is(v->type, "Payment")) {
        ev->kind = LM_EVENT_PAYMENT;
        ev->flags |= LM_EVENT_PAYMENT_HINT;
        ev->detail = v->type;
    } else if (reaction_notice(v->content)) {
        ev->kind = LM_EVENT_OTHER;
        ev->detail = LM_STR("reaction");
    } else if (!is(v->type, "Generic")) {
        ev->detail = v->type;
    }
    if (lm_str_starts(v->content, LM_STR(PAYMENT_SENTENCE)))
        ev->flags |= LM_EVENT_PAYMENT_HINT;
    if (v->unsent)
        ev->flags |= LM_EVENT_DELETED;
}

static lm_err legs(struct meta *m, const struct values *v, struct lm_event *ev)
{
    struct lm_account_ref *to;
    bool listed = false;
    ev->from = meta_account(m, v->sender);
    if (ev->kind == LM_EVENT_GROUP_CHANGE && v->n_users != 0) {
        ev->to = v->users;
        ev->n_to = v->n_users;
        return LM_OK;
    }
    to = lm_arena_array(m->r.ctx->record, m->n_members, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < m->n_members; i++) {
        if (meta_same(&m->members[i], &ev->from))
            listed = true;
        else
            to[ev->n_to++] = m->members[i];
    }
    ev->to = to;
    /* Who wrote and is not listed has left: others may have as well. */
    if (!listed || m->members_doubtful || ev->n_to == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return LM_OK;
}

static void moment(struct meta *m, const struct values *v, struct lm_event *ev)
{
    if (!v->has_time || v->time_ms <= 0 || v->time_ms > MAX_MS) {
        lm_jread_reject(&m->r, "no moment that can be read");
        return;
    }
    if (v->time_ms < LIKELY_SECONDS)
        lm_jread_doubt(&m->r, "a moment before 1973: perhaps not in milliseconds");
    ev->at = (struct lm_when){ .us = v->time_ms * 1000, .quality = LM_TIME_UTC };
}

static lm_err failed_media(struct meta *m, struct values *v)
{
    if (!m->encrypted_form || !is(v->content, FAILED_MEDIA))
        return LM_OK;
    lm_err e = lm_jread_push(&m->r, (void **)&v->attachments, v->n_attachments, &v->cap_attachments,
                             sizeof *v->attachments);
    if (e == LM_OK)
        v->attachments[v->n_attachments++] = (struct lm_attachment){ .bytes = -1, .note = v->content };
    v->content = (struct lm_str){ NULL, 0 };
    return e == LM_ELIMIT ? LM_OK : e;
}

lm_err meta_message(struct lm_jread *r, void *user)
{
    struct meta *m = user;
    struct values v = { .duration_s = -1 };
    struct lm_fact facts[2] = { { .kind = LM_FACT_EVENT } };
    struct lm_event *ev = &facts[0].event;
    size_t n = 1;
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        e = member(m, &v, key, &t);
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK)
        e = failed_media(m, &v);
    if (e != LM_OK)
        return e;
    *ev = (struct lm_event){
        .platform = m->platform, .thread = m->thread, .duration_s = -1, .text = v.content
    };
    kind_of(&v, ev);
    moment(m, &v, ev);
    e = legs(m, &v, ev);
    if (e != LM_OK)
        return e;
    ev->attachments = v.attachments;
    ev->n_attachments = v.n_attachments;
    ev->reactions = v.reactions;
    ev->n_reactions = v.n_reactions;
    if (v.ip.n != 0 && ev->from.form != LM_ACCOUNT_NONE) {
        struct lm_identifier_fact f = { .account = ev->from,
                                        .type = LM_IDENTIFIER_IP,
                                        .value = v.ip,
                                        .basis = LM_STR("message"),
                                        .at = ev->at };
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    } else if (v.ip.n != 0) {
        lm_jread_raw_text(r, LM_STR("ip"), v.ip);
    }
    ev->raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, facts, n);
}
