/* rsmf_json_lists.c - who takes part in what, before the first event is read. */
#include "readers/rsmf_json.h"

static bool is(struct lm_str s, const char *word)
{
    return lm_str_is(s, word);
}

static lm_err keep(struct rsmf *m, const struct lm_json_token *t, struct lm_str *ret)
{
    if (t->type != LM_JSON_STRING && t->type != LM_JSON_NUMBER)
        return LM_OK;
    *ret = lm_arena_copy(m->r.ctx->file, t->text);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* Words of the form for what a conversation ran on; most are not platforms of ours. */
static enum lm_platform platform_of(struct lm_str word)
{
    enum lm_platform p = LM_PLATFORM_OTHER;
    char lower[24];
    if (word.n == 0)
        return LM_PLATFORM_NONE;
    if (word.n >= sizeof lower)
        return p;
    for (size_t i = 0; i < word.n; i++)
        lower[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] + 32) : word.p[i];
    struct lm_str w = { lower, word.n };
    if (is(w, "sms") || is(w, "mms") || is(w, "imessage") || is(w, "rcs"))
        return LM_PLATFORM_PHONE;
    if (is(w, "messenger"))
        return LM_PLATFORM_FACEBOOK;
    return lm_platform_parse(w, &p) ? p : LM_PLATFORM_OTHER;
}

static lm_err person(struct rsmf *m, struct lm_json *j)
{
    struct rsmf_person p = { .platform = LM_PLATFORM_OTHER };
    struct lm_json_token k, v;
    uint64_t *at;
    bool new;
    lm_err e = LM_OK;
    while (e == LM_OK && lm_json_next(j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        struct lm_str *to = is(k.text, "id")           ? &p.id
                            : is(k.text, "display")    ? &p.display
                            : is(k.text, "account_id") ? &p.account
                                                       : NULL;
        if (lm_json_next(j, &v) != LM_OK)
            return LM_OK;
        if (to != NULL)
            e = keep(m, &v, to);
        if (lm_json_skip(j, &v, NULL) != LM_OK)
            return e;
    }
    if (e != LM_OK || p.id.n == 0 || lm_map_get(&m->person_ids, p.id) != NULL)
        return e;
    if (m->n_people == RSMF_MAX_PEOPLE)
        return lm_fail(m->r.ctx->error, LM_ELIMIT, "more than %d participants", RSMF_MAX_PEOPLE);
    m->people = lm_arena_grow(m->r.ctx->file, m->people, m->n_people, &m->cap_people, sizeof p);
    if (m->people == NULL || lm_map_put(&m->person_ids, p.id, m->n_people, &at, &new) != LM_OK)
        return LM_ENOMEM;
    m->people[m->n_people++] = p;
    return LM_OK;
}

struct ids {
    struct lm_str *items;
    size_t n, cap;
    bool cut;
};

static lm_err member_ids(struct rsmf *m, struct lm_json *j, const struct lm_json_token *array, struct ids *ret)
{
    struct lm_json_token t;
    lm_err e = LM_OK;
    if (array->type != LM_JSON_ARRAY)
        return LM_OK;
    while (e == LM_OK && lm_json_next(j, &t) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        struct lm_str id = { NULL, 0 };
        e = keep(m, &t, &id);
        if (lm_json_skip(j, &t, NULL) != LM_OK)
            break;
        if (ret->n == RSMF_MAX_MEMBERS) {
            ret->cut = true;
            continue;
        }
        ret->items = lm_arena_grow(m->r.ctx->file, ret->items, ret->n, &ret->cap, sizeof *ret->items);
        if (ret->items == NULL)
            return LM_ENOMEM;
        ret->items[ret->n++] = id;
    }
    return e;
}

static lm_err settle(struct rsmf *m, struct rsmf_conversation *c, const struct ids *ids)
{
    c->members = lm_arena_array(m->r.ctx->file, ids->n, sizeof *c->members);
    if (c->members == NULL)
        return LM_ENOMEM;
    c->members_doubtful = c->members_doubtful || ids->cut || ids->n == 0;
    for (size_t i = 0; i < ids->n; i++) {
        const uint64_t *at = ids->items[i].n != 0 ? lm_map_get(&m->person_ids, ids->items[i]) : NULL;
        if (at == NULL) {
            c->members_doubtful = true;
            continue;
        }
        struct rsmf_person *p = &m->people[*at];
        if (p->platform == LM_PLATFORM_OTHER && c->platform != LM_PLATFORM_NONE)
            p->platform = c->platform;
        c->members[c->n_members++] = (uint32_t)*at;
    }
    if (!c->members_doubtful && c->n_members == 2)
        c->kind = LM_THREAD_DIRECT;
    return LM_OK;
}

static lm_err conversation(struct rsmf *m, struct lm_json *j)
{
    struct rsmf_conversation c = { .kind = LM_THREAD_GROUP };
    struct lm_str platform = { NULL, 0 }, type = { NULL, 0 };
    struct ids ids = { .n = 0 };
    struct lm_json_token k, v;
    uint64_t *at;
    bool new;
    lm_err e = LM_OK;
    while (e == LM_OK && lm_json_next(j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        struct lm_str *to = is(k.text, "id")         ? &c.id
                            : is(k.text, "display")  ? &c.title
                            : is(k.text, "platform") ? &platform
                            : is(k.text, "type")     ? &type
                                                     : NULL;
        bool people = is(k.text, "participants");
        if (lm_json_next(j, &v) != LM_OK)
            return LM_OK;
        if (to != NULL)
            e = keep(m, &v, to);
        else if (people && v.type == LM_JSON_ARRAY) {
            e = member_ids(m, j, &v, &ids);
            continue; /* the list is read to its end */
        }
        if (lm_json_skip(j, &v, NULL) != LM_OK)
            return e;
    }
    if (e != LM_OK || c.id.n == 0 || lm_map_get(&m->conversation_ids, c.id) != NULL)
        return e;
    c.platform = platform_of(platform);
    c.members_doubtful = is(type, "channel"); /* "participants may enter and leave" */
    e = settle(m, &c, &ids);
    if (e != LM_OK)
        return e;
    m->conversations =
        lm_arena_grow(m->r.ctx->file, m->conversations, m->n_conversations, &m->cap_conversations, sizeof c);
    if (m->conversations == NULL || lm_map_put(&m->conversation_ids, c.id, m->n_conversations, &at, &new) != LM_OK)
        return LM_ENOMEM;
    m->conversations[m->n_conversations++] = c;
    return LM_OK;
}

static lm_err list(struct rsmf *m, struct lm_json *j, const struct lm_json_token *array,
                   lm_err (*one)(struct rsmf *, struct lm_json *))
{
    struct lm_json_token t;
    if (array->type != LM_JSON_ARRAY)
        return lm_json_skip(j, array, NULL) == LM_OK ? LM_OK : LM_EINPUT;
    while (lm_json_next(j, &t) == LM_OK) {
        if (t.type == LM_JSON_ARRAY_END)
            return LM_OK;
        lm_err e = t.type == LM_JSON_OBJECT ? one(m, j) : lm_json_skip(j, &t, NULL);
        if (e != LM_OK)
            return e;
    }
    return LM_EINPUT;
}

/* One pass for a list: the conversations name people, who may stand behind them. */
static lm_err pass(struct rsmf *m, const char *name, lm_err (*one)(struct rsmf *, struct lm_json *))
{
    struct lm_json j;
    struct lm_json_token k, v;
    lm_err e = LM_OK;
    lm_json_init(&j, m->r.j.in);
    bool more = lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_OBJECT;
    while (more && e == LM_OK && lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        bool mine = is(k.text, name);
        if (lm_json_next(&j, &v) != LM_OK)
            break;
        if (mine)
            e = list(m, &j, &v, one);
        else
            more = lm_jread_pass_list(&j, &v) == LM_OK;
    }
    lm_json_free(&j);
    return e == LM_EINPUT ? LM_OK : e;
}

lm_err rsmf_look_ahead(struct rsmf *m)
{
    lm_err e = pass(m, "participants", person);
    return e == LM_OK ? pass(m, "conversations", conversation) : e;
}
