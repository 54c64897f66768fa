/* rsmf_json.c - RSMF manifests (rsmf_manifest.json): what review platforms and collection tools exchange chats in. */
#include "readers/rsmf_json.h"

#include "readers/shared/json_sniff.h"

static const struct lm_sniff_clue clues[] = {
    { "/participants", LM_SNIFF_ARRAY, 4, NULL },
    { "/conversations", LM_SNIFF_ARRAY, 8, NULL },
    { "/events", LM_SNIFF_ARRAY, 8, NULL },
    { "/version", LM_SNIFF_STRING, 12, " 1.0.0 2.0.0 " },
    { "/participants/[]/id", LM_SNIFF_STRING | LM_SNIFF_NUMBER, 4, NULL },
    { "/participants/[]/account_id", LM_SNIFF_STRING, 8, NULL },
    { "/conversations/[]/platform", LM_SNIFF_STRING, 12, NULL },
    { "/conversations/[]/custodian", LM_SNIFF_STRING, 8, NULL },
    { "/conversations/[]/type", LM_SNIFF_STRING, 6, " direct channel " },
    { "/events/[]/conversation", LM_SNIFF_STRING, 12, NULL },
    { "/events/[]/participant", LM_SNIFF_STRING, 8, NULL },
    { "/events/[]/type", LM_SNIFF_STRING, 8, " message disclaimer join leave history unknown " },
    { "/@context", LM_SNIFF_ANY, -1, NULL },
    { "/messages", LM_SNIFF_ANY, -1, NULL },
    { "/chats", LM_SNIFF_ANY, -1, NULL },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof clues[0], NULL);
    if (bits > 0 && lm_str_ends(in->path, LM_STR("rsmf_manifest.json")))
        bits += 8;
    return bits >= 32 ? bits : 0;
}

/* --- what the records share --- */

lm_err rsmf_id(struct rsmf *m, const struct lm_json_token *v, struct lm_str *ret)
{
    if (v->type == LM_JSON_NUMBER)
        lm_jread_doubt(&m->r, "an id is a number, where the form asks for text");
    return lm_jread_text(&m->r, v, ret);
}

void rsmf_file(struct rsmf *m, struct lm_str name)
{
    struct lm_str bytes;
    if (name.n != 0 && lm_input_sibling(m->r.ctx->in, name, &bytes) == LM_ENOTFOUND)
        lm_jread_doubt(&m->r, "a file that the manifest names is not beside it");
}

const struct rsmf_conversation *rsmf_conversation(const struct rsmf *m, struct lm_str id)
{
    const uint64_t *at = id.n != 0 ? lm_map_get(&m->conversation_ids, id) : NULL;
    return at != NULL ? &m->conversations[*at] : NULL;
}

struct lm_account_ref rsmf_account(struct rsmf *m, struct lm_str id, enum lm_platform platform)
{
    struct lm_account_ref a = { .platform = platform };
    if (id.n == 0)
        return a;
    const uint64_t *at = lm_map_get(&m->person_ids, id);
    if (at == NULL) {
        lm_jread_doubt(&m->r, "a participant who is not in the list of participants");
        a.form = LM_ACCOUNT_NAME;
        a.display = id;
        return a;
    }
    const struct rsmf_person *p = &m->people[*at];
    a.form = p->account.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME;
    a.native = p->account;
    a.display = p->display.n != 0 ? p->display : p->account.n != 0 ? p->display : p->id;
    return a;
}

/* --- participants --- */

static bool is(struct lm_str s, const char *word)
{
    return lm_str_is(s, word);
}

struct participant {
    struct lm_str id, display, email, avatar, account;
};

static lm_err participant_member(struct rsmf *m, struct participant *p, struct lm_str key, const struct lm_json_token *t)
{
    bool text = t->type == LM_JSON_STRING || t->type == LM_JSON_NUMBER;
    if (is(key, "id") && text)
        return rsmf_id(m, t, &p->id);
    if (is(key, "display") && text)
        return lm_jread_text(&m->r, t, &p->display);
    if (is(key, "email") && text)
        return lm_jread_text(&m->r, t, &p->email);
    if (is(key, "account_id") && text)
        return lm_jread_text(&m->r, t, &p->account);
    if (is(key, "avatar") && text) {
        lm_err e = lm_jread_text(&m->r, t, &p->avatar);
        if (e == LM_OK)
            rsmf_file(m, p->avatar);
        return e;
    }
    return lm_jread_raw(&m->r, key, t); /* custom, and what later versions add */
}

static void add_identifier(struct lm_fact *facts, size_t *n, const struct lm_account_ref *who, enum lm_identifier_type type,
                           struct lm_str value)
{
    if (value.n == 0)
        return;
    struct lm_identifier_fact f = { .account = *who, .type = type, .value = value, .basis = LM_STR("participant_list") };
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
}

/* What a participant's entry says besides identifiers is kept beside them: an event "other" that says no more than that. */
static lm_err emit_participant(struct rsmf *m, const struct participant *p)
{
    struct lm_fact facts[5];
    size_t n = 0;
    const uint64_t *at = p->id.n != 0 ? lm_map_get(&m->person_ids, p->id) : NULL;
    enum lm_platform platform = at != NULL ? m->people[*at].platform : LM_PLATFORM_OTHER;
    struct lm_account_ref who = { .platform = platform };
    if (at != NULL) {
        who = rsmf_account(m, p->id, platform);
    } else {
        lm_jread_doubt(&m->r, "a participant without an id: no event can name them");
        who.form = p->account.n != 0 ? LM_ACCOUNT_NATIVE : p->display.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE;
        who.native = p->account;
        who.display = p->display;
    }
    if (who.form == LM_ACCOUNT_NONE) {
        lm_jread_reject(&m->r, "a participant without id, name or account");
        return lm_jread_emit(&m->r, facts, 0);
    }
    add_identifier(facts, &n, &who, LM_IDENTIFIER_ACCOUNT_ID, p->account);
    add_identifier(facts, &n, &who, LM_IDENTIFIER_EMAIL, p->email);
    add_identifier(facts, &n, &who, LM_IDENTIFIER_NAME, p->display);
    if (p->avatar.n != 0)
        lm_jread_raw_text(&m->r, LM_STR("avatar"), p->avatar);
    if (p->id.n != 0)
        lm_jread_raw_text(&m->r, LM_STR("id"), p->id);
    struct lm_event other = { .kind = LM_EVENT_OTHER, .platform = platform, .flags = LM_EVENT_SYSTEM, .from = who,
                              .detail = LM_STR("participant"), .duration_s = -1, .raw = lm_jread_raw_done(&m->r) };
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = other };
    return lm_jread_emit(&m->r, facts, n);
}

lm_err rsmf_participant(struct lm_jread *r, void *user)
{
    struct rsmf *m = user;
    struct participant p = { .id = { NULL, 0 } };
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        e = participant_member(m, &p, key, &t);
        if (e != LM_OK)
            return e;
    }
    return e != LM_OK ? e : emit_participant(m, &p);
}

/* --- conversations --- */

lm_err rsmf_conversation_record(struct lm_jread *r, void *user)
{
    struct rsmf *m = user;
    struct lm_str key, id = { NULL, 0 }, file = { NULL, 0 };
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        if (is(key, "id"))
            e = rsmf_id(m, &t, &id);
        else if (is(key, "display")) /* the thread's title, looked up already */
            e = lm_jread_skip(r, &t);
        else if (is(key, "icon") && t.type == LM_JSON_STRING)
            e = lm_jread_text(r, &t, &file);
        else
            e = lm_jread_raw(r, key, &t);
        if (e != LM_OK)
            return e;
    }
    if (e != LM_OK)
        return e;
    if (file.n != 0) {
        rsmf_file(m, file);
        lm_jread_raw_text(r, LM_STR("icon"), file);
    }
    const struct rsmf_conversation *c = rsmf_conversation(m, id);
    if (c == NULL) {
        lm_jread_reject(r, "a conversation without an id");
        return lm_jread_emit(r, NULL, 0);
    }
    if (c->platform == LM_PLATFORM_NONE)
        lm_jread_doubt(r, "a conversation does not say its platform");
    struct lm_event other = { .kind = LM_EVENT_OTHER, .platform = c->platform, .flags = LM_EVENT_SYSTEM,
                              .detail = LM_STR("conversation"), .thread = { c->id, c->title, c->kind }, .duration_s = -1,
                              .raw = lm_jread_raw_done(r) };
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = other };
    return lm_jread_emit(r, &fact, 1);
}

/* --- the document --- */

static lm_err root_member(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v, void *user)
{
    struct rsmf *m = user;
    lm_jread_one one = is(key, "participants")    ? rsmf_participant
                       : is(key, "conversations") ? rsmf_conversation_record
                       : is(key, "events")        ? rsmf_event
                                                  : NULL;
    m->listed = m->listed || (is(key, "events") && v->type == LM_JSON_ARRAY);
    if (one != NULL)
        return lm_jread_array(r, v, one, m);
    bool known = is(key, "version") && v->type == LM_JSON_STRING && (is(v->text, "2.0.0") || is(v->text, "1.0.0"));
    lm_err e = lm_jread_skip(r, v);
    if (e != LM_OK || known)
        return e;
    return lm_jread_notice(r, v->at, lm_json_offset(&r->j),
                           is(key, "version") ? "a version of RSMF that is not known here: read as 2.0.0" : "a part of the manifest that is not read");
}

static lm_err root(struct rsmf *m)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&m->r, "not an RSMF manifest", &t);
    if (e == LM_OK)
        e = rsmf_look_ahead(m);
    return e == LM_OK ? lm_jread_members(&m->r, root_member, m) : e;
}

static lm_err read_manifest(struct lm_read *ctx, struct lm_sink *sink)
{
    struct rsmf *m = lm_arena_alloc(ctx->file, sizeof *m);
    if (m == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    *m = (struct rsmf){ .n_people = 0 };
    lm_map_init(&m->person_ids, ctx->file);
    lm_map_init(&m->conversation_ids, ctx->file);
    lm_jread_init(&m->r, ctx, sink);
    lm_err e = root(m);
    return lm_jread_end(&m->r, e, m->listed, "no events in this manifest");
}

const struct lm_reader lm_reader_rsmf_json = {
    .name = "rsmf_json",
    .title = "RSMF manifest (short messages exchanged between review platforms)",
    .reference = "RSMF 2.0.0 and its JSON schema (relativitydev/rsmf-validator-samples c717cd32), checked 2026-11",
    .tested_on = "the four samples of its publisher, three of them invalid on purpose; our own files",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_manifest,
};
