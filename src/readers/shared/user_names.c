#include "readers/shared/user_names.h"

void lm_user_names_init(struct lm_user_names *u, struct lm_arena *file, enum lm_platform platform)
{
    *u = (struct lm_user_names){ .platform = platform, .owner = { .platform = platform, .form = LM_ACCOUNT_OWNER } };
    lm_map_init(&u->by_id, file);
}

static lm_err one(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_user_names *u = user;
    struct lm_arena *file = u->by_id.a;
    struct lm_user_name x;
    uint64_t *at;
    bool fresh;
    (void)rowid;
    lm_err e = lm_dbread_text(r, file, t, 0, &x.id);
    if (e == LM_OK)
        e = lm_dbread_text(r, file, t, 1, &x.username);
    if (e == LM_OK)
        e = lm_dbread_text(r, file, t, 2, &x.shown);
    if (e != LM_OK || x.id.n == 0 || u->n == LM_USER_NAMES_MAX)
        return e;
    e = lm_map_put(&u->by_id, x.id, u->n, &at, &fresh);
    if (e != LM_OK || !fresh)
        return e;
    struct lm_user_name *items = u->n < u->cap ? u->items : lm_arena_grow(file, u->items, u->n, &u->cap, sizeof *items);
    if (items == NULL)
        return LM_ENOMEM;
    u->items = items;
    u->items[u->n++] = x;
    return LM_OK;
}

lm_err lm_user_names_read(struct lm_user_names *u, struct lm_dbread *r, const char *table, const char *const columns[3])
{
    struct lm_evdb_table *t = NULL;
    if (!lm_evdb_has_table(r->db, table))
        return LM_OK;
    lm_err e = lm_dbread_table(r, table, columns, 3, &t);
    return e == LM_OK ? lm_dbread_rows(r, t, one, u) : e;
}

struct lm_account_ref lm_user_names_account(const struct lm_user_names *u, struct lm_str id)
{
    struct lm_account_ref a = { .platform = u->platform, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE, .native = id };
    const uint64_t *at = id.n != 0 ? lm_map_get(&u->by_id, id) : NULL;
    if (at != NULL) {
        const struct lm_user_name *x = &u->items[*at];
        a.native = x->username.n != 0 ? x->username : id;
        a.display = x->shown;
    }
    return a;
}
