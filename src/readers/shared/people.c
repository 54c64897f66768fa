#include "readers/shared/people.h"

void lm_people_init(struct lm_people *p, struct lm_dbread *r, enum lm_platform platform)
{
    *p = (struct lm_people){ .r = r, .platform = platform, .owner = { .platform = platform, .form = LM_ACCOUNT_OWNER } };
    lm_map_init(&p->by_id, r->ctx->file);
    lm_map_init(&p->thread_by_id, r->ctx->file);
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

/* What a file has too many of is told once; ids are told with every record all the same. */
static lm_err too_many(struct lm_people *p, bool *told, const char *what, size_t most)
{
    if (*told)
        return LM_OK;
    *told = true;
    return lm_dbread_notice(p->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "more than %zu %s", most, what);
}

lm_err lm_people_name(struct lm_people *p, struct lm_str id, struct lm_str name)
{
    struct lm_arena *a = p->r->ctx->file;
    uint64_t *place = id.n != 0 ? lm_map_get(&p->by_id, id) : NULL;
    if (id.n == 0)
        return LM_OK;
    if (place == NULL && p->n == LM_PEOPLE_MAX) {
        p->more = true;
        return p->name_of != NULL ? LM_OK : too_many(p, &p->told_names, "people: the names of those beyond stand only where they are listed", LM_PEOPLE_MAX);
    }
    if (place == NULL) {
        struct lm_str *grown = lm_arena_grow(a, p->names, p->n, &p->cap, sizeof *grown);
        if (grown == NULL || lm_map_put(&p->by_id, id, p->n, &place, NULL) != LM_OK)
            return LM_ENOMEM;
        p->names = grown;
        grown[p->n++] = (struct lm_str){ NULL, 0 };
    }
    struct lm_str *one = &p->names[*place];
    if (one->n == 0 && name.n != 0) {
        *one = lm_arena_copy(a, name);
        if (one->p == NULL)
            return LM_ENOMEM;
        if (lm_people_is_owner(p, id))
            p->owner.display = *one;
    }
    return LM_OK;
}

struct lm_account_ref lm_people_account(const struct lm_people *p, struct lm_str id)
{
    const uint64_t *place = lm_map_get(&p->by_id, id);
    struct lm_str name = { NULL, 0 };
    if (id.n != 0 && place != NULL)
        name = p->names[*place];
    else if (id.n != 0 && p->more && p->name_of != NULL)
        name = p->name_of(p->name_user, id);
    return (struct lm_account_ref){ .platform = p->platform, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE, .native = id, .display = name };
}

lm_err lm_people_thread_here(struct lm_people *p, struct lm_str id, struct lm_people_thread **ret)
{
    struct lm_arena *a = p->r->ctx->record;
    const uint64_t *place = id.n != 0 ? lm_map_get(&p->thread_by_id, id) : NULL;
    *ret = NULL;
    if (id.n == 0)
        return LM_OK;
    if (place != NULL) {
        *ret = &p->threads[*place];
        return LM_OK;
    }
    struct lm_people_thread *one = lm_arena_alloc(a, sizeof *one);
    if (one == NULL)
        return LM_ENOMEM;
    *one = (struct lm_people_thread){ .ref.native = lm_arena_copy(a, id), .here = true };
    *ret = one;
    return one->ref.native.p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_people_thread(struct lm_people *p, struct lm_str id, struct lm_people_thread **ret)
{
    uint64_t *place = id.n != 0 ? lm_map_get(&p->thread_by_id, id) : NULL;
    if (id.n != 0 && place == NULL && p->n_threads == LM_PEOPLE_MAX) {
        lm_err err = too_many(p, &p->told_threads, "threads: titles and members of those beyond are not told", LM_PEOPLE_MAX);
        return err == LM_OK ? lm_people_thread_here(p, id, ret) : err;
    }
    if (id.n != 0 && place == NULL) {
        struct lm_people_thread *grown = lm_arena_grow(p->r->ctx->file, p->threads, p->n_threads, &p->cap_threads, sizeof *grown);
        if (grown == NULL || lm_map_put(&p->thread_by_id, id, p->n_threads, &place, NULL) != LM_OK)
            return LM_ENOMEM;
        p->threads = grown;
        grown[p->n_threads] = (struct lm_people_thread){ .ref.native = p->thread_by_id.entries[p->n_threads].key };
        p->n_threads++;
    }
    *ret = place != NULL ? &p->threads[*place] : NULL;
    return LM_OK;
}

struct lm_arena *lm_people_arena(struct lm_people *p, const struct lm_people_thread *t)
{
    return t->here ? p->r->ctx->record : p->r->ctx->file;
}

/* The id where it stays: as people are kept by it, or a copy. */
static struct lm_str steady(struct lm_people *p, const struct lm_people_thread *t, struct lm_str id)
{
    const uint64_t *place = lm_map_get(&p->by_id, id);
    return place != NULL ? p->by_id.entries[*place].key : lm_arena_copy(lm_people_arena(p, t), id);
}

lm_err lm_people_member(struct lm_people *p, struct lm_people_thread *t, struct lm_str id)
{
    if (t == NULL || id.n == 0)
        return LM_OK;
    for (size_t i = 0; i < t->n; i++)
        if (lm_str_eq(t->members[i], id))
            return LM_OK;
    if (t->n >= LM_DBREAD_MAX_LIST || (!t->here && p->n_members >= LM_PEOPLE_MAX_MEMBERS)) {
        t->left_out = true;
        return t->n >= LM_DBREAD_MAX_LIST ? LM_OK : too_many(p, &p->told_members, "members of threads: those beyond are not told with what is sent there",
                                                             LM_PEOPLE_MAX_MEMBERS);
    }
    if (t->n == t->cap) { /* most have two */
        size_t cap = t->cap == 0 ? 2 : 2 * t->cap;
        struct lm_str *grown = lm_arena_array(lm_people_arena(p, t), cap, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        if (t->n != 0)
            memcpy(grown, t->members, t->n * sizeof *grown);
        t->members = grown;
        t->cap = cap;
    }
    p->n_members += !t->here;
    t->members[t->n] = steady(p, t, id);
    return t->members[t->n++].p != NULL ? LM_OK : LM_ENOMEM;
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

/* Hashes of what was told, with a seed of their own; of more than LM_PEOPLE_TOLD some may be told twice. */
static lm_err tell_once(struct lm_people *p, struct lm_str key, bool *ret_fresh)
{
    uint64_t hash = lm_hash64(key, p->by_id.seed) | 1;
    *ret_fresh = true;
    if (p->n_told * 4 >= p->told_slots * 3 && p->told_slots < LM_PEOPLE_TOLD / 3 * 4) {
        size_t slots = p->told_slots != 0 ? 2 * p->told_slots : 64;
        uint64_t *grown = lm_arena_array(p->r->ctx->file, slots, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        for (size_t i = 0; i < p->told_slots; i++) {
            size_t k = p->told[i] >> 1 & (slots - 1);
            while (p->told[i] != 0 && grown[k] != 0)
                k = (k + 1) & (slots - 1);
            if (p->told[i] != 0)
                grown[k] = p->told[i];
        }
        p->told = grown;
        p->told_slots = slots;
    }
    size_t k = hash >> 1 & (p->told_slots - 1);
    while (p->told[k] != 0 && p->told[k] != hash)
        k = (k + 1) & (p->told_slots - 1);
    *ret_fresh = p->told[k] == 0;
    if (*ret_fresh && p->n_told * 4 < p->told_slots * 3) {
        p->told[k] = hash;
        p->n_told++;
    }
    return LM_OK;
}

lm_err lm_people_identifier(struct lm_people *p, struct lm_people_facts *f, struct lm_str id, enum lm_identifier_type type, struct lm_str value)
{
    struct lm_arena *a = p->r->ctx->record;
    bool fresh;
    value = lm_str_trim(value);
    if (value.n == 0 || id.n == 0)
        return LM_OK;
    struct lm_str key = lm_arena_printf(a, "%d %.*s %.*s", (int)type, LM_STR_ARG(id), LM_STR_ARG(value));
    if (key.p == NULL || tell_once(p, key, &fresh) != LM_OK)
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
