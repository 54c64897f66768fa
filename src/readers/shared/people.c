#include "readers/shared/people.h"

void lm_people_init(struct lm_people *p, struct lm_dbread *r, enum lm_platform platform)
{
    *p = (struct lm_people){ .r = r, .platform = platform, .owner = { .platform = platform, .form = LM_ACCOUNT_OWNER } };
    lm_map_init(&p->by_id, r->ctx->file);
    lm_map_init(&p->thread_by_id, r->ctx->file);
    lm_map_init(&p->told, r->ctx->file);
}

lm_err lm_people_owner(struct lm_people *p, struct lm_str id)
{
    if (id.n == 0)
        return LM_OK;
    struct lm_str own = lm_arena_copy(p->r->ctx->file, id);
    if (own.p == NULL)
        return LM_ENOMEM;
    p->owner = lm_people_account(p, own);
    return LM_OK;
}

bool lm_people_is_owner(const struct lm_people *p, struct lm_str id)
{
    return p->owner.form == LM_ACCOUNT_NATIVE && lm_str_eq(p->owner.native, id);
}

lm_err lm_people_name(struct lm_people *p, struct lm_str id, struct lm_str name)
{
    struct lm_arena *a = p->r->ctx->file;
    uint64_t *place;
    bool fresh;
    if (id.n == 0)
        return LM_OK;
    if (lm_map_put(&p->by_id, id, p->n, &place, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (fresh) {
        struct lm_person *grown = lm_arena_grow(a, p->list, p->n, &p->cap, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        p->list = grown;
        grown[p->n++] = (struct lm_person){ .id = lm_arena_copy(a, id) };
    }
    struct lm_person *one = &p->list[*place];
    if (one->id.p == NULL)
        return LM_ENOMEM;
    if (one->name.n == 0 && name.n != 0) {
        one->name = lm_arena_copy(a, name);
        if (one->name.p == NULL)
            return LM_ENOMEM;
        if (lm_people_is_owner(p, id))
            p->owner.display = one->name;
    }
    return LM_OK;
}

struct lm_account_ref lm_people_account(const struct lm_people *p, struct lm_str id)
{
    const uint64_t *place = lm_map_get(&p->by_id, id);
    return (struct lm_account_ref){ .platform = p->platform,
                                    .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE,
                                    .native = id,
                                    .display = id.n != 0 && place != NULL ? p->list[*place].name : (struct lm_str){ NULL, 0 } };
}

lm_err lm_people_thread(struct lm_people *p, struct lm_str id, struct lm_people_thread **ret)
{
    struct lm_arena *a = p->r->ctx->file;
    uint64_t *place;
    bool fresh;
    *ret = NULL;
    if (id.n == 0)
        return LM_OK;
    if (lm_map_put(&p->thread_by_id, id, p->n_threads, &place, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (fresh) {
        struct lm_people_thread *grown = lm_arena_grow(a, p->threads, p->n_threads, &p->cap_threads, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        p->threads = grown;
        grown[p->n_threads++] = (struct lm_people_thread){ .ref.native = lm_arena_copy(a, id) };
    }
    *ret = &p->threads[*place];
    return (*ret)->ref.native.p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_people_member(struct lm_people *p, struct lm_people_thread *t, struct lm_str id)
{
    struct lm_arena *a = p->r->ctx->file;
    if (t == NULL || id.n == 0)
        return LM_OK;
    for (size_t i = 0; i < t->n; i++)
        if (lm_str_eq(t->members[i], id))
            return LM_OK;
    if (t->n >= LM_DBREAD_MAX_LIST) {
        t->left_out = true;
        return LM_OK;
    }
    struct lm_str *grown = lm_arena_grow(a, t->members, t->n, &t->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    t->members = grown;
    grown[t->n] = lm_arena_copy(a, id);
    return grown[t->n++].p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_people_ends(struct lm_people *p, const struct lm_people_thread *t, struct lm_str sender, bool mine, struct lm_event *ev)
{
    size_t members = t != NULL ? t->n : 0;
    struct lm_account_ref *to = lm_arena_array(p->r->ctx->record, members + 1, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    mine = mine || lm_people_is_owner(p, sender);
    ev->from = mine ? p->owner : lm_people_account(p, sender);
    ev->to = to;
    ev->n_to = 0;
    if (t != NULL)
        ev->thread = t->ref;
    if (!mine && sender.n == 0) { /* who sent it is not known, so neither is to whom */
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    for (size_t i = 0; i < members; i++)
        if (!lm_people_is_owner(p, t->members[i]) && !lm_str_eq(t->members[i], sender))
            to[ev->n_to++] = lm_people_account(p, t->members[i]);
    bool others = ev->n_to != 0;
    /* one of the two of a direct thread is the owner, though it is not known which */
    bool listed = p->owner.form == LM_ACCOUNT_OWNER && t != NULL && t->ref.kind == LM_THREAD_DIRECT && members > 1;
    if (!mine && !listed)
        to[ev->n_to++] = p->owner;
    if (t == NULL || t->left_out || (members == 0 && t->ref.kind != LM_THREAD_DIRECT) || (mine && !others && t->ref.kind == LM_THREAD_GROUP))
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return LM_OK;
}

lm_err lm_people_event(struct lm_people *p, struct lm_people_facts *f, const struct lm_event *ev)
{
    lm_err err = lm_dbread_push(p->r, (void **)&f->items, f->n, &f->cap, sizeof *f->items);
    if (err == LM_OK)
        f->items[f->n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = *ev };
    return err == LM_ELIMIT ? LM_OK : err;
}

lm_err lm_people_identifier(struct lm_people *p, struct lm_people_facts *f, struct lm_str id, enum lm_identifier_type type, struct lm_str value)
{
    struct lm_arena *a = p->r->ctx->record;
    uint64_t *ignored;
    bool fresh;
    value = lm_str_trim(value);
    if (value.n == 0 || id.n == 0)
        return LM_OK;
    struct lm_str key = lm_arena_printf(a, "%d %.*s %.*s", (int)type, LM_STR_ARG(id), LM_STR_ARG(value));
    if (key.p == NULL || lm_map_put(&p->told, key, 1, &ignored, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (!fresh)
        return LM_OK;
    lm_err err = lm_dbread_push(p->r, (void **)&f->items, f->n, &f->cap, sizeof *f->items);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    bool own = lm_people_is_owner(p, id);
    f->items[f->n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                         .identifier = { .account = own ? p->owner : lm_people_account(p, id), .type = type, .value = value,
                                                         .basis = own ? LM_STR("own_profile") : LM_STR("contact_list") } };
    return LM_OK;
}
