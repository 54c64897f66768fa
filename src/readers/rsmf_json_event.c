/* rsmf_json_event.c - one event of an RSMF manifest: a message, or something about the conversation. */
#include "readers/rsmf_json.h"

struct values {
    struct lm_str id, type, parent, body, participant, conversation, timestamp;
    bool deleted;
    struct lm_attachment *attachments;
    size_t n_attachments, cap_attachments;
    struct reaction {
        struct lm_str what, by; /* by: an id, empty when nobody is named */
    } *reactions;
    size_t n_reactions, cap_reactions;
    struct lm_edit *edits;
    size_t n_edits, cap_edits;
};

static bool is(struct lm_str s, const char *word)
{
    return lm_str_is(s, word);
}

/* A full list is noted by lm_jread_push, and its record is kept. */
static lm_err pushed(const struct rsmf *m, lm_err e)
{
    return e == LM_ELIMIT && m->r.j.failed == LM_OK ? LM_OK : e;
}

static lm_err attachment(struct rsmf *m, struct values *v)
{
    struct lm_attachment a = { .bytes = -1 };
    struct lm_str key;
    struct lm_json_token t;
    bool sized = false;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (is(key, "id"))
            e = lm_jread_text(&m->r, &t, &a.name);
        else if (is(key, "display"))
            e = lm_jread_text(&m->r, &t, &a.note);
        else if (is(key, "size"))
            e = lm_jread_i64(&m->r, &t, &a.bytes, &sized);
        else
            e = lm_jread_raw(&m->r, key, &t);
        if (e != LM_OK)
            return e;
    }
    if (e != LM_OK)
        return e;
    rsmf_file(m, a.name);
    if (a.bytes < 0)
        a.bytes = -1;
    e = lm_jread_push(&m->r, (void **)&v->attachments, v->n_attachments, &v->cap_attachments, sizeof a);
    if (e == LM_OK)
        v->attachments[v->n_attachments++] = a;
    return pushed(m, e);
}

static lm_err add_reaction(struct rsmf *m, struct values *v, struct lm_str by)
{
    lm_err e = lm_jread_push(&m->r, (void **)&v->reactions, v->n_reactions, &v->cap_reactions, sizeof *v->reactions);
    if (e == LM_OK)
        v->reactions[v->n_reactions++] = (struct reaction){ .by = by };
    return pushed(m, e);
}

static lm_err reaction_people(struct rsmf *m, struct values *v, const struct lm_json_token *list)
{
    struct lm_json_token t;
    lm_err e;
    if (list->type != LM_JSON_ARRAY)
        return lm_jread_skip(&m->r, list); /* the whole is in raw */
    while ((e = lm_jread_next(&m->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        struct lm_str by = { NULL, 0 };
        e = rsmf_id(m, &t, &by);
        if (e == LM_OK && by.n != 0)
            e = add_reaction(m, v, by);
        if (e != LM_OK)
            return e;
    }
    return e;
}

static lm_err reaction(struct rsmf *m, struct values *v)
{
    size_t first = v->n_reactions;
    struct lm_str key, what = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (is(key, "value"))
            e = lm_jread_text(&m->r, &t, &what);
        else if (is(key, "participants"))
            e = reaction_people(m, v, &t);
        else
            e = lm_jread_skip(&m->r, &t);
        if (e != LM_OK)
            return e;
    }
    if (e == LM_OK && v->n_reactions == first)
        e = add_reaction(m, v, (struct lm_str){ NULL, 0 });
    for (size_t i = first; i < v->n_reactions; i++)
        v->reactions[i].what = what;
    return e;
}

static lm_err edit(struct rsmf *m, struct values *v)
{
    struct lm_edit edit = { .text = { NULL, 0 } };
    struct lm_str key, at = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(&m->r, &key, &t)) == LM_OK && key.p != NULL) {
        if (is(key, "previous"))
            e = lm_jread_text(&m->r, &t, &edit.text);
        else if (is(key, "timestamp"))
            e = lm_jread_text(&m->r, &t, &at);
        else
            e = lm_jread_skip(&m->r, &t);
        if (e != LM_OK)
            return e;
    }
    if (at.n != 0 && !lm_when_parse_iso(at, &edit.at))
        lm_jread_doubt(&m->r, "the moment of an edit cannot be read");
    if (e == LM_OK)
        e = lm_jread_push(&m->r, (void **)&v->edits, v->n_edits, &v->cap_edits, sizeof edit);
    if (e == LM_OK)
        v->edits[v->n_edits++] = edit;
    return pushed(m, e);
}

/* A list of objects. keep: the whole is in raw as well, since it says more than its fields take. */
static lm_err objects(struct rsmf *m, struct values *v, const char *key, const struct lm_json_token *list, bool keep,
                      lm_err (*one)(struct rsmf *, struct values *))
{
    struct lm_json_token t;
    lm_err e;
    if (list->type != LM_JSON_ARRAY)
        return lm_jread_raw(&m->r, lm_str(key), list);
    while ((e = lm_jread_next(&m->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        keep = keep || t.type != LM_JSON_OBJECT;
        e = t.type == LM_JSON_OBJECT ? one(m, v) : lm_jread_skip(&m->r, &t);
        if (e != LM_OK)
            return e;
    }
    if (e != LM_OK || !keep)
        return e;
    return lm_jread_raw_span(&m->r, lm_str(key), list->at, lm_json_offset(&m->r.j));
}

static lm_err member(struct rsmf *m, struct values *v, struct lm_str key, const struct lm_json_token *t)
{
    struct lm_jread *r = &m->r;
    bool text = t->type == LM_JSON_STRING || t->type == LM_JSON_NUMBER;
    struct lm_str *id = is(key, "id")             ? &v->id
                        : is(key, "parent")       ? &v->parent
                        : is(key, "participant")  ? &v->participant
                        : is(key, "conversation") ? &v->conversation
                                                  : NULL;
    if (id != NULL && text)
        return rsmf_id(m, t, id);
    if (is(key, "type") && text)
        return lm_jread_text(r, t, &v->type);
    if (is(key, "body") && text)
        return lm_jread_text(r, t, &v->body);
    if (is(key, "timestamp") && text)
        return lm_jread_text(r, t, &v->timestamp);
    if (is(key, "deleted"))
        return lm_jread_bool(r, t, &v->deleted);
    if (is(key, "attachments"))
        return objects(m, v, "attachments", t, false, attachment);
    if (is(key, "reactions"))
        return objects(m, v, "reactions", t, true, reaction);
    if (is(key, "edits"))
        return objects(m, v, "edits", t, true, edit);
    return lm_jread_raw(r, key, t); /* importance, direction, read_receipts, custom, and what is not in the form */
}

/* --- what they add up to --- */

static void kind_of(struct rsmf *m, const struct values *v, struct lm_event *ev)
{
    ev->detail = v->type;
    if (is(v->type, "message")) {
        ev->kind = LM_EVENT_MESSAGE;
        ev->detail = (struct lm_str){ NULL, 0 };
    } else if (is(v->type, "join") || is(v->type, "leave")) {
        ev->kind = LM_EVENT_GROUP_CHANGE;
        ev->flags |= LM_EVENT_SYSTEM;
    } else {
        ev->kind = LM_EVENT_OTHER;
        ev->flags |= is(v->type, "unknown") ? 0 : LM_EVENT_SYSTEM;
        if (!is(v->type, "unknown") && !is(v->type, "disclaimer") && !is(v->type, "history"))
            lm_jread_doubt(&m->r, "an event of a type that is not in the form");
    }
    ev->flags |= v->deleted ? LM_EVENT_DELETED : 0;
    ev->flags |= v->n_edits != 0 ? LM_EVENT_EDITED : 0;
}

static lm_err legs(struct rsmf *m, const struct values *v, const struct rsmf_conversation *c, struct lm_event *ev)
{
    struct lm_account_ref *to = lm_arena_array(m->r.ctx->record, c->n_members, sizeof *to);
    const uint64_t *own = v->participant.n != 0 ? lm_map_get(&m->person_ids, v->participant) : NULL;
    bool listed = false;
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < c->n_members; i++) {
        if (own != NULL && *own == c->members[i])
            listed = true;
        else
            to[ev->n_to++] = rsmf_account(m, m->people[c->members[i]].id, c->platform);
    }
    ev->to = to;
    if (!listed || c->members_doubtful || ev->n_to == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return LM_OK;
}

static lm_err reactions(struct rsmf *m, const struct values *v, struct lm_event *ev)
{
    struct lm_reaction *all = lm_arena_array(m->r.ctx->record, v->n_reactions, sizeof *all);
    if (all == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < v->n_reactions; i++)
        all[i] = (struct lm_reaction){ .by = rsmf_account(m, v->reactions[i].by, ev->platform), .what = v->reactions[i].what };
    ev->reactions = all;
    ev->n_reactions = v->n_reactions;
    return LM_OK;
}

static lm_err place_in_conversation(struct rsmf *m, const struct values *v, struct lm_event *ev)
{
    const struct rsmf_conversation *c = rsmf_conversation(m, v->conversation);
    if (c != NULL) {
        ev->platform = c->platform;
        ev->thread = (struct lm_thread_ref){ c->id, c->title, c->kind };
        ev->from = rsmf_account(m, v->participant, ev->platform);
        return legs(m, v, c, ev);
    }
    ev->platform = LM_PLATFORM_OTHER;
    ev->thread.native = v->conversation;
    ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    ev->from = rsmf_account(m, v->participant, ev->platform);
    lm_jread_doubt(&m->r, v->conversation.n != 0 ? "an event of a conversation that is not in the list of conversations"
                                                 : "an event that does not say its conversation");
    return LM_OK;
}

lm_err rsmf_event(struct lm_jread *r, void *user)
{
    struct rsmf *m = user;
    struct values v = { .deleted = false };
    struct lm_fact fact = { .kind = LM_FACT_EVENT };
    struct lm_event *ev = &fact.event;
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        e = member(m, &v, key, &t);
        if (e != LM_OK)
            return e;
    }
    if (e != LM_OK)
        return e;
    *ev = (struct lm_event){ .native_id = v.id, .text = v.body, .reply_to = v.parent, .duration_s = -1 };
    if (v.type.n == 0)
        lm_jread_reject(r, "an event without a type");
    kind_of(m, &v, ev);
    if (v.timestamp.n != 0 && !lm_when_parse_iso(v.timestamp, &ev->at)) {
        lm_jread_doubt(r, "the moment of an event cannot be read");
        lm_jread_raw_text(r, LM_STR("timestamp"), v.timestamp);
    }
    e = place_in_conversation(m, &v, ev);
    if (e == LM_OK)
        e = reactions(m, &v, ev);
    if (e != LM_OK)
        return e;
    ev->attachments = v.attachments;
    ev->n_attachments = v.n_attachments;
    ev->edits = v.edits;
    ev->n_edits = v.n_edits;
    ev->raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, &fact, 1);
}
