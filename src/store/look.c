#include "store/look.h"

#include "store/audit.h"
#include "store/authority.h"
#include "store/ledger.h"

#define MOST_NAMES 20 /* recipients written out in one hit */

static const char *const queries[LM_LOOK_QUERIES] = {
    [LM_LOOK_ACCOUNT] =
        "SELECT c.platform, c.form, c.native, c.key, (SELECT i.raw FROM account_identifier l JOIN identifier i"
        " ON i.id = l.identifier JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"
        " WHERE l.account = c.id AND i.type = ?2 AND" LM_LOOK_LIVE " ORDER BY l.id LIMIT 1)"
        " FROM account c WHERE c.id = ?3",
    [LM_LOOK_TITLE] = ("SELECT ifnull(t.title, (SELECT y.title FROM thread_title y WHERE y.thread = t.id"
                       " ORDER BY y.id LIMIT 1)) FROM thread t WHERE t.id = ?1"),
    [LM_LOOK_RECIPIENTS] = "SELECT dst FROM leg WHERE event = ?1 AND dst IS NOT NULL ORDER BY ord",
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

lm_err lm_look_begin(struct lm_store *st, const struct lm_filter *f, struct lm_look *look, struct lm_error *e)
{
    *look = (struct lm_look){ .st = st };
    lm_arena_init(&look->arena, 0);
    lm_map_init(&look->names, &look->arena);
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    err = lm_investigation_find(st, f->investigation, &look->investigation, e);
    return err != LM_OK ? lm_db_end(st, err, e) : LM_OK;
}

void lm_look_free(struct lm_look *look)
{
    for (size_t i = 0; i < LM_LOOK_QUERIES; i++)
        (void)sqlite3_finalize(look->q[i]);
    lm_arena_free(&look->arena);
}

lm_err lm_look_audit(struct lm_store *st, struct lm_arena *a, const struct lm_filter *f, const char *action,
                     struct lm_str detail, const char *outcome, struct lm_error *e)
{
    struct lm_str purpose = f->purpose.n != 0 ? f->purpose : LM_STR("none given");
    struct lm_str object = lm_arena_printf(a, "investigation %.*s; purpose: %.*s%s%.*s", LM_STR_ARG(f->investigation),
                                           LM_STR_ARG(lm_str_take(purpose, 512)), detail.n != 0 ? "; " : "",
                                           LM_STR_ARG(detail));
    return object.p == NULL ? no_memory(e) : lm_audit_add(st, action, object, lm_str(outcome), e);
}

lm_err lm_look_commit(struct lm_look *look, const struct lm_filter *f, const char *action, struct lm_str detail,
                      const char *outcome, lm_err err, struct lm_error *e)
{
    if (err != LM_OK && err != LM_EDENIED)
        return lm_db_end(look->st, err, e);
    struct lm_error logging = { 0 };
    lm_err logged = lm_look_audit(look->st, &look->arena, f, action, detail, err == LM_OK ? outcome : "denied",
                                  &logging);
    logged = lm_db_end(look->st, logged, &logging);
    if (logged == LM_OK)
        return err;
    if (e != NULL)
        *e = logging;
    return logged; /* nobody looks without an entry */
}

static lm_err ready(struct lm_look *look, enum lm_look_query which, sqlite3_stmt **ret, struct lm_error *e)
{
    lm_err err = look->q[which] != NULL ? LM_OK : lm_db_prepare(look->st, queries[which], &look->q[which], e);
    *ret = look->q[which];
    return err;
}

/* The text remembered under (what, id); false when it has to be looked up. */
static bool cached(struct lm_look *look, char what, int64_t id, char key[9], struct lm_str *ret)
{
    key[0] = what;
    memcpy(key + 1, &id, sizeof id);
    const uint64_t *at = lm_map_get(&look->names, (struct lm_str){ key, 9 });
    if (at == NULL)
        return false;
    const struct lm_str *text = (const struct lm_str *)(uintptr_t)*at; /* a slice in the look's arena */
    *ret = *text;
    return true;
}

static lm_err keep(struct lm_look *look, const char key[9], struct lm_str text, struct lm_str *ret, struct lm_error *e)
{
    uint64_t *at;
    struct lm_str *kept = lm_arena_alloc(&look->arena, sizeof *kept);
    if (kept == NULL)
        return no_memory(e);
    *kept = lm_arena_copy(&look->arena, text);
    if (kept->p == NULL
        || lm_map_put(&look->names, (struct lm_str){ key, 9 }, (uint64_t)(uintptr_t)kept, &at, NULL) != LM_OK)
        return no_memory(e);
    *ret = *kept;
    return LM_OK;
}

lm_err lm_look_name(struct lm_look *look, int64_t account, bool by_identifier, struct lm_str *ret, struct lm_error *e)
{
    char key[9];
    sqlite3_stmt *q;
    bool row = false;
    if (cached(look, by_identifier ? 'i' : 'n', account, key, ret))
        return LM_OK;
    lm_err err = ready(look, LM_LOOK_ACCOUNT, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_int(q, 2, LM_IDENTIFIER_NAME);
    (void)sqlite3_bind_int64(q, 3, account);
    err = lm_db_step(look->st, q, &row, e);
    struct lm_str name = LM_STR("?"), shown = { NULL, 0 };
    if (err == LM_OK && row) {
        int form = sqlite3_column_int(q, 1);
        shown = lm_db_str(q, 4);
        if (shown.n != 0 && !(by_identifier && form == LM_ACCOUNT_NATIVE))
            name = shown;
        else if (form == LM_ACCOUNT_NATIVE)
            name = lm_db_str(q, by_identifier ? 3 : 2);
        else if (form == LM_ACCOUNT_OWNER)
            name = lm_arena_printf(&look->arena, "owner (%s)",
                                   lm_platform_word((enum lm_platform)sqlite3_column_int(q, 0)));
    }
    if (err == LM_OK)
        err = keep(look, key, name, ret, e);
    (void)sqlite3_reset(q);
    return err;
}

lm_err lm_look_title(struct lm_look *look, int64_t thread, struct lm_str *ret, struct lm_error *e)
{
    char key[9];
    sqlite3_stmt *q;
    bool row = false;
    if (cached(look, 't', thread, key, ret))
        return LM_OK;
    lm_err err = ready(look, LM_LOOK_TITLE, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, thread);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK)
        err = keep(look, key, row ? lm_db_str(q, 0) : (struct lm_str){ NULL, 0 }, ret, e);
    (void)sqlite3_reset(q);
    return err;
}

/* Names of the recipients, joined; the first MOST_NAMES of them. */
static lm_err recipients(struct lm_look *look, int64_t event, struct lm_str *ret, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    uint64_t n = 0;
    struct lm_buf b;
    lm_err err = ready(look, LM_LOOK_RECIPIENTS, &q, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&b, 1 << 20);
    (void)sqlite3_bind_int64(q, 1, event);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_str name;
        if (n++ >= MOST_NAMES)
            continue;
        if ((err = lm_look_name(look, sqlite3_column_int64(q, 0), false, &name, e)) != LM_OK)
            break;
        lm_buf_put(&b, n > 1 ? LM_STR(", ") : LM_STR(""));
        lm_buf_put(&b, lm_str_take(name, 4096));
    }
    (void)sqlite3_reset(q);
    if (n > MOST_NAMES)
        lm_buf_printf(&b, " and %llu more", (unsigned long long)(n - MOST_NAMES));
    if (err == LM_OK) {
        *ret = lm_arena_copy(&look->arena, lm_buf_str(&b));
        err = b.failed || ret->p == NULL ? no_memory(e) : LM_OK;
    }
    lm_buf_free(&b);
    return err;
}

static lm_err hit_ends(struct lm_look *look, sqlite3_stmt *q, struct lm_hit *h, struct lm_error *e)
{
    int kind = sqlite3_column_int(q, 19);
    lm_err err = LM_OK;
    if (sqlite3_column_type(q, 8) != SQLITE_NULL)
        err = lm_look_name(look, sqlite3_column_int64(q, 8), false, &h->from, e);
    if (err == LM_OK && h->thread != 0 && (kind == LM_THREAD_GROUP || kind == LM_THREAD_CHANNEL))
        err = lm_look_title(look, h->thread, &h->to, e);
    if (err == LM_OK && h->to.n == 0)
        err = recipients(look, h->event, &h->to, e);
    if (err == LM_OK && h->to.n == 0 && h->thread != 0)
        err = lm_look_title(look, h->thread, &h->to, e);
    return err;
}

static struct lm_hit *next_hit(struct lm_look *look)
{
    if (look->n_hits == look->cap_hits) {
        size_t cap = look->cap_hits == 0 ? 64 : look->cap_hits * 2;
        struct lm_hit *hits = lm_arena_array(&look->arena, cap, sizeof *hits);
        if (hits == NULL)
            return NULL;
        if (look->n_hits != 0)
            memcpy(hits, look->hits, look->n_hits * sizeof *hits);
        look->hits = hits;
        look->cap_hits = cap;
    }
    return &look->hits[look->n_hits++];
}

lm_err lm_look_hit(struct lm_look *look, sqlite3_stmt *q, struct lm_hit **ret, struct lm_error *e)
{
    struct lm_hit *h = next_hit(look);
    struct lm_sha256 exhibit;
    char hex[65], locator[LM_LOCATOR_TEXT];
    if (h == NULL)
        return no_memory(e);
    if (!lm_db_sha256(q, 11, &exhibit))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    struct lm_locator l = lm_db_locator(q, 13);
    struct lm_arena *a = &look->arena;
    *h = (struct lm_hit){
        .event = sqlite3_column_int64(q, 0),
        .thread = sqlite3_column_int64(q, 1),
        .kind = (enum lm_event_kind)sqlite3_column_int(q, 2),
        .platform = (enum lm_platform)sqlite3_column_int(q, 3),
        .flags = (unsigned)sqlite3_column_int64(q, 4),
        .at = { sqlite3_column_int64(q, 5), sqlite3_column_int(q, 6),
                (enum lm_time_quality)sqlite3_column_int(q, 7) },
        .text = lm_arena_copy(a, lm_db_str(q, 9)),
        .detail = lm_arena_copy(a, lm_db_str(q, 10)),
        .exhibit = lm_arena_copy(a, lm_str(lm_sha256_hex(&exhibit, hex))),
        .source = lm_arena_copy(a, lm_db_str(q, 12)),
        .locator = lm_arena_copy(a, lm_str(lm_locator_format(&l, locator))),
        .authority = lm_arena_copy(a, lm_db_str(q, 17)),
        .duration_s = sqlite3_column_type(q, 18) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 18),
    };
    if (h->text.p == NULL || h->locator.p == NULL || h->authority.p == NULL)
        return no_memory(e);
    *ret = h;
    return hit_ends(look, q, h, e);
}
