#include "readers/shared/whatsapp_id.h"

static const struct lm_str nothing = { NULL, 0 };

void lm_waid_init(struct lm_waid *ids, struct lm_arena *file)
{
    *ids = (struct lm_waid){ .a = file, .owner = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER } };
    lm_map_init(&ids->lids, file);
    lm_map_init(&ids->names, file);
}

static size_t at_sign(struct lm_str id)
{
    size_t at = lm_str_find(id, LM_STR("@"));
    return at != SIZE_MAX && at > 0 ? at : SIZE_MAX;
}

struct lm_str lm_waid_bare(struct lm_arena *a, struct lm_str id)
{
    size_t at = at_sign(id), end = at;
    if (id.n == 0)
        return nothing;
    if (at != SIZE_MAX) {
        for (size_t i = 0; i < at && end == at; i++)
            if (id.p[i] == ':' || id.p[i] == '.')
                end = i;
    }
    if (at == SIZE_MAX || end == at || end == 0)
        return lm_arena_copy(a, id);
    return lm_arena_joined(a, lm_str_take(id, end), lm_str_skip(id, at));
}

static lm_err put(struct lm_map *map, struct lm_str **list, size_t *n, size_t *cap, struct lm_arena *a, struct lm_str key,
                  struct lm_str value)
{
    bool fresh = false;
    uint64_t *ignored;
    struct lm_str own = lm_arena_copy(a, value);
    struct lm_str *grown = lm_arena_grow(a, *list, *n, cap, sizeof **list);
    if (own.p == NULL || grown == NULL || lm_map_put(map, key, *n, &ignored, &fresh) != LM_OK)
        return LM_ENOMEM;
    *list = grown;
    if (fresh)
        grown[(*n)++] = own;
    return LM_OK;
}

lm_err lm_waid_map(struct lm_waid *ids, struct lm_str lid, struct lm_str number)
{
    if (at_sign(lid) == SIZE_MAX || at_sign(number) == SIZE_MAX || !lm_str_ends(lid, LM_STR("@lid")))
        return LM_OK;
    struct lm_str key = lm_waid_bare(ids->a, lid), value = lm_waid_bare(ids->a, number);
    if (key.p == NULL || value.p == NULL)
        return LM_ENOMEM;
    return put(&ids->lids, &ids->numbers, &ids->n, &ids->cap, ids->a, key, value);
}

lm_err lm_waid_name(struct lm_waid *ids, struct lm_str id, struct lm_str name)
{
    if (id.n == 0 || name.n == 0)
        return LM_OK;
    return put(&ids->names, &ids->shown, &ids->n_shown, &ids->cap_shown, ids->a, id, name);
}

bool lm_waid_is_mapped(const struct lm_waid *ids, struct lm_str bare)
{
    return lm_map_get(&ids->lids, bare) != NULL;
}

lm_err lm_waid_account(struct lm_waid *ids, struct lm_arena *a, struct lm_str id, struct lm_account_ref *ret)
{
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_WHATSAPP };
    if (id.n == 0)
        return LM_OK;
    struct lm_str bare = lm_waid_bare(a, id);
    if (bare.p == NULL)
        return LM_ENOMEM;
    const uint64_t *number = lm_map_get(&ids->lids, bare), *name = lm_map_get(&ids->names, bare);
    if (number != NULL) {
        bare = ids->numbers[*number];
        name = name != NULL ? name : lm_map_get(&ids->names, bare);
    }
    if (ids->owner.form == LM_ACCOUNT_NATIVE && lm_str_eq(bare, ids->owner.native)) {
        *ret = ids->owner;
        return LM_OK;
    }
    ret->form = LM_ACCOUNT_NATIVE;
    ret->native = bare;
    ret->display = name != NULL ? ids->shown[*name] : nothing;
    return LM_OK;
}

bool lm_waid_is_person(struct lm_str id)
{
    return lm_str_ends(id, LM_STR("@s.whatsapp.net")) || lm_str_ends(id, LM_STR("@c.us")) || lm_str_ends(id, LM_STR("@lid"));
}

void lm_waid_identifier(struct lm_waid_facts *f, struct lm_account_ref account, enum lm_identifier_type type,
                        struct lm_str value, const char *basis)
{
    if (value.n != 0)
        f->items[f->n++] = (struct lm_fact){
            .kind = LM_FACT_IDENTIFIER,
            .identifier = { .account = account, .type = type, .value = value, .basis = lm_str(basis) },
        };
}

enum lm_thread_kind lm_waid_thread_kind(struct lm_str id)
{
    if (lm_str_ends(id, LM_STR("@g.us")) || lm_str_ends(id, LM_STR("@temp")))
        return LM_THREAD_GROUP;
    if (lm_str_ends(id, LM_STR("@newsletter")) || lm_str_ends(id, LM_STR("@broadcast")) || lm_str_ends(id, LM_STR("@status")))
        return LM_THREAD_CHANNEL;
    return lm_waid_is_person(id) ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
}

/* --- chats --- */

struct lm_waid_chat *lm_waid_chat_add(struct lm_waid_chats *c, struct lm_arena *file, int64_t id)
{
    struct lm_waid_chat *items = lm_arena_grow(file, c->items, c->n, &c->cap, sizeof *items);
    if (items == NULL)
        return NULL;
    c->items = items;
    items[c->n] = (struct lm_waid_chat){ .id = id };
    return &items[c->n++];
}

struct lm_waid_chat *lm_waid_chat_find(const struct lm_waid_chats *c, int64_t id)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && c->items[low].id == id ? &c->items[low] : NULL;
}

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form == LM_ACCOUNT_OWNER || b->form == LM_ACCOUNT_OWNER)
        return a->form == b->form;
    return a->form == b->form && lm_str_eq(a->native, b->native);
}

lm_err lm_waid_chat_member(struct lm_waid_chat *c, struct lm_waid *ids, struct lm_str jid)
{
    struct lm_account_ref one;
    if (jid.n == 0)
        c->any_member = c->owner_listed = true;
    if (!lm_waid_is_person(jid))
        return LM_OK;
    lm_err err = lm_waid_account(ids, ids->a, jid, &one);
    if (err != LM_OK)
        return err;
    c->any_member = true;
    if (same(&one, &ids->owner))
        return LM_OK;
    for (size_t i = 0; i < c->n && c->n <= LM_WAID_MAX_MEMBERS; i++)
        if (same(&c->members[i], &one))
            return LM_OK;
    struct lm_account_ref *grown = lm_arena_grow(ids->a, c->members, c->n, &c->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    c->members = grown;
    grown[c->n++] = one;
    return LM_OK;
}

static lm_err direct_ends(struct lm_waid *ids, struct lm_arena *record, const struct lm_waid_chat *c, bool mine, struct lm_event *ev)
{
    struct lm_account_ref *to = lm_arena_alloc(record, sizeof *to), peer;
    if (to == NULL)
        return LM_ENOMEM;
    lm_err err = lm_waid_account(ids, record, c->jid, &peer);
    if (err != LM_OK)
        return err;
    if (peer.form == LM_ACCOUNT_NATIVE && peer.display.n == 0)
        peer.display = c->title;
    ev->from = mine ? ids->owner : peer;
    *to = mine ? peer : ids->owner;
    ev->to = to;
    ev->n_to = 1;
    return LM_OK;
}

lm_err lm_waid_ends(struct lm_waid *ids, struct lm_arena *record, const struct lm_waid_chat *c, bool mine,
                  const struct lm_account_ref *sender, struct lm_event *ev)
{
    ev->thread = (struct lm_thread_ref){ .native = c->jid, .title = c->title, .kind = c->kind };
    if (c->kind == LM_THREAD_DIRECT)
        return direct_ends(ids, record, c, mine, ev);
    ev->from = mine ? ids->owner : *sender;
    if (c->kind != LM_THREAD_GROUP || !c->any_member || c->n > LM_WAID_MAX_MEMBERS) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    bool owner_known = ids->owner.form == LM_ACCOUNT_NATIVE || c->owner_listed;
    if (!owner_known)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN; /* the owner is listed, and nobody knows as whom */
    struct lm_account_ref *to = lm_arena_array(record, c->n + 1, sizeof *to);
    size_t n = 0;
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < c->n; i++)
        if (!same(&c->members[i], &ev->from))
            to[n++] = c->members[i];
    if (owner_known && !same(&ev->from, &ids->owner))
        to[n++] = ids->owner;
    ev->to = to;
    ev->n_to = n;
    return LM_OK;
}
