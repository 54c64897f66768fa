#include "store/toll.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/selector.h"
#include "store/by_id.h"
#include "store/ledger.h"

struct lm_toll_look {
    struct lm_look look;
    int64_t *live; /* ids of the live sources, rising */
    size_t n_live;
    bool all_live; /* nothing of the investigation is revoked: what an index gives may be given */
    sqlite3_stmt *accounts, *from, *to, *others_from, *others_to, *devices, *locator;
};

#define PLATFORMS "(?2, ?3, ?4)"

static void bind_platforms(sqlite3_stmt *q)
{
    (void)sqlite3_bind_int(q, 2, LM_PLATFORM_PHONE);
    (void)sqlite3_bind_int(q, 3, LM_PLATFORM_WHATSAPP);
    (void)sqlite3_bind_int(q, 4, LM_PLATFORM_SIGNAL);
}

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

static lm_err prepare(struct lm_toll_look *t, const char *sql, sqlite3_stmt **q, struct lm_error *e)
{
    return *q != NULL ? LM_OK : lm_db_prepare(t->look.st, sql, q, e);
}

/* --- beginning and end --- */

static lm_err load_live(struct lm_toll_look *t, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    size_t cap = 0;
    t->all_live = true;
    lm_err err = lm_db_prepare(t->look.st,
                               "SELECT s.id, a.revoked_us IS NULL FROM source s JOIN authority a"
                               " ON a.id = s.authority WHERE a.investigation = ?1 ORDER BY s.id",
                               &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, t->look.investigation);
    while ((err = lm_db_step(t->look.st, q, &row, e)) == LM_OK && row) {
        if (sqlite3_column_int(q, 1) == 0) {
            t->all_live = false;
            continue;
        }
        int64_t *list = lm_arena_grow(&t->look.arena, t->live, t->n_live, &cap, sizeof *list);
        if (list == NULL) {
            err = no_memory(e);
            break;
        }
        t->live = list;
        list[t->n_live++] = sqlite3_column_int64(q, 0);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static bool is_live(const struct lm_toll_look *t, int64_t source)
{
    size_t low = 0, high = t->n_live;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (t->live[mid] < source)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->n_live && t->live[low] == source;
}

lm_err lm_toll_look_begin(struct lm_store *st, const struct lm_filter *f, const char *action,
                          struct lm_str what, struct lm_toll_look **ret, struct lm_error *e)
{
    struct lm_toll_look *t = calloc(1, sizeof *t);
    if (t == NULL)
        return no_memory(e);
    struct lm_look_at at = { .action = action, .detail = lm_str_take(what, 2000), .beside = true };
    lm_err err = lm_look_begin(st, f, &at, &t->look, e);
    if (err == LM_OK && (err = load_live(t, e)) != LM_OK)
        err = lm_look_end(&t->look, NULL, err, e);
    if (err != LM_OK) {
        lm_look_free(&t->look);
        free(t);
        return err;
    }
    *ret = t;
    return LM_OK;
}

lm_err lm_toll_look_end(struct lm_toll_look *t, lm_err err, struct lm_error *e)
{
    char outcome[64];
    if (t == NULL)
        return err;
    sqlite3_stmt *all[] = {
        t->accounts, t->from, t->to, t->others_from, t->others_to, t->devices, t->locator
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        (void)sqlite3_finalize(all[i]);
    (void)snprintf(outcome, sizeof outcome, "returned %llu", (unsigned long long)t->look.n_given);
    err = lm_look_end(&t->look, outcome, err, e);
    lm_look_free(&t->look);
    free(t);
    return err;
}

/* --- accounts --- */

lm_err lm_toll_accounts(struct lm_toll_look *t, struct lm_arena *a, struct lm_str key, int64_t **ret,
                        size_t *ret_n, struct lm_error *e)
{
    int64_t *list = NULL;
    size_t n = 0, cap = 0;
    bool row = false;
    lm_err err =
        prepare(t,
                "SELECT id FROM account WHERE investigation = ?1 AND key = ?5 AND platform IN " PLATFORMS
                " AND form = ?6 ORDER BY id",
                &t->accounts, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(t->accounts, 1, t->look.investigation);
    bind_platforms(t->accounts);
    lm_db_bind_str(t->accounts, 5, key);
    (void)sqlite3_bind_int(t->accounts, 6, LM_ACCOUNT_NATIVE);
    while ((err = lm_db_step(t->look.st, t->accounts, &row, e)) == LM_OK && row) {
        int64_t *more = lm_arena_grow(a, list, n, &cap, sizeof *list);
        if (more == NULL) {
            err = no_memory(e);
            break;
        }
        list = more;
        list[n++] = sqlite3_column_int64(t->accounts, 0);
    }
    (void)sqlite3_reset(t->accounts);
    if (err == LM_OK) {
        *ret = list;
        *ret_n = n;
    }
    return err;
}

/* --- how accounts are known --- */

struct account_key {
    int64_t id;
    struct lm_str key;
};

struct keys {
    const int64_t *accounts;
    size_t n, at; /* at: the first that no row was given for yet */
    struct lm_arena *a;
    struct lm_str *keys;
};

static void bind_keys(const void *user, sqlite3_stmt *q)
{
    (void)user;
    bind_platforms(q);
    (void)sqlite3_bind_int(q, 5, LM_ACCOUNT_NATIVE);
}

static lm_err read_key(const void *user, sqlite3_stmt *q, struct lm_arena *a, void *ret_row,
                       struct lm_error *e)
{
    struct account_key k = { sqlite3_column_int64(q, 0), lm_arena_copy(a, lm_db_str(q, 1)) };
    (void)user;
    *(struct account_key *)ret_row = k;
    return k.key.p == NULL ? no_memory(e) : LM_OK;
}

static lm_err give_key(void *user, const void *row, struct lm_error *e)
{
    struct keys *x = user;
    const struct account_key *k = row;
    while (x->at < x->n && x->accounts[x->at] < k->id)
        x->at++;
    if (x->at == x->n || x->accounts[x->at] != k->id)
        return lm_fail(e, LM_EDAMAGED, "accounts are not in the order of their ids");
    x->keys[x->at] = lm_arena_copy(x->a, k->key);
    return x->keys[x->at].p == NULL ? no_memory(e) : LM_OK;
}

lm_err lm_toll_keys(struct lm_toll_look *t, struct lm_arena *a, const int64_t *accounts, size_t n,
                    struct lm_str **ret, struct lm_error *e)
{
    struct keys x = { .accounts = accounts, .n = n, .a = a, .keys = lm_arena_array(a, n, sizeof *x.keys) };
    struct lm_by_id what = {
        .sql = "SELECT c.id, c.key FROM json_each(?1) j CROSS JOIN account c ON c.id = j.value"
               " WHERE c.platform IN " PLATFORMS " AND c.form = ?5",
        .row_bytes = sizeof(struct account_key),
        .bind = bind_keys,
        .read = read_key,
        .give = give_key,
        .user = &x
    };
    if (x.keys == NULL)
        return no_memory(e);
    for (size_t i = 0; i < n; i++)
        x.keys[i] = LM_STR("");
    lm_err err = lm_by_id(&t->look, &what, accounts, n, e);
    if (err == LM_OK)
        *ret = x.keys;
    return err;
}

/* --- legs: first where they are, from the indexes alone; then their events, in order of id --- */

struct end {
    int64_t event, other;
    uint32_t
        account; /* twice the index into the accounts asked for, and one when the account is the one called */
    uint32_t index;   /* order of the indexes */
};

struct legs {
    struct lm_toll_look *t;
    const int64_t *accounts;
    struct end *ends;
    size_t n, cap;
    size_t next;      /* the first whose event is not given */
    lm_err (*each)(void *user, size_t account, const struct lm_toll_leg *leg);
    void *user;
};

#define ENDS_MOST ((size_t)200000000)

/* In room of its own, that is given back: an arena would keep each step of its growth. */
static lm_err add_end(struct legs *x, struct end end, struct lm_error *e)
{
    if (x->n == ENDS_MOST)
        return lm_fail(e, LM_ELIMIT, "more than %zu records of these numbers", ENDS_MOST);
    if (x->n == x->cap) {
        size_t cap = x->cap == 0 ? 4096 : x->cap * 2;
        struct end *more = realloc(x->ends, cap * sizeof *more);
        if (more == NULL)
            return no_memory(e);
        x->ends = more;
        x->cap = cap;
    }
    end.index = (uint32_t)x->n;
    x->ends[x->n++] = end;
    return LM_OK;
}

static lm_err find_ends(struct legs *x, sqlite3_stmt *q, size_t account, bool in, struct lm_error *e)
{
    bool row = false;
    lm_err err;
    (void)sqlite3_bind_int64(q, 1, x->accounts[account]);
    while ((err = lm_db_step(x->t->look.st, q, &row, e)) == LM_OK && row) {
        int64_t other = sqlite3_column_int64(q, 1);
        if (other == x->accounts[account])
            continue;
        struct end end = { .event = sqlite3_column_int64(q, 0),
                           .other = other,
                           .account = (uint32_t)account * 2 + in };
        if ((err = add_end(x, end, e)) != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    return err;
}

static int by_event(const void *pa, const void *pb)
{
    const struct end *a = pa, *b = pb;
    if (a->event != b->event)
        return a->event < b->event ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static void bind_events(const void *user, sqlite3_stmt *q)
{
    const struct legs *x = user;
    (void)sqlite3_bind_int(q, 2, LM_EVENT_CALL);
    (void)sqlite3_bind_int(q, 3, LM_EVENT_MESSAGE);
    (void)sqlite3_bind_int(q, 4, LM_EVENT_SYSTEM);
    (void)sqlite3_bind_int(q, 5, x->t->look.hides);
}

static lm_err read_event(const void *user, sqlite3_stmt *q, struct lm_arena *a, void *ret_row,
                         struct lm_error *e)
{
    unsigned flags = (unsigned)sqlite3_column_int64(q, 5);
    enum lm_event_kind kind = (enum lm_event_kind)sqlite3_column_int(q, 4);
    (void)user;
    (void)a;
    (void)e;
    *(struct lm_toll_leg *)ret_row = (struct lm_toll_leg){
        .event = sqlite3_column_int64(q, 0),
        .at = lm_look_when(q, 1),
        .kind = kind,
        .outcome = lm_outcome_of(kind, flags, lm_db_str(q, 11)),
        .duration_s = sqlite3_column_type(q, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 6),
        .n_to = (uint32_t)sqlite3_column_int64(q, 7),
        .n_records = (uint32_t)sqlite3_column_int64(q, 8),
        .source = sqlite3_column_int64(q, 9),
        .record = sqlite3_column_int64(q, 10),
        .occurrence = sqlite3_column_int64(q, 12),
    };
    return LM_OK;
}

/* The event to each leg that ends in it. */
static lm_err give_event(void *user, const void *row, struct lm_error *e)
{
    struct legs *x = user;
    struct lm_toll_leg leg = *(const struct lm_toll_leg *)row;
    lm_err err = LM_OK;
    while (x->next < x->n && x->ends[x->next].event < leg.event)
        x->next++; /* not of the kinds asked for, or kept back */
    if (x->next == x->n || x->ends[x->next].event != leg.event)
        return lm_fail(e, LM_EDAMAGED, "events are not in the order of their ids");
    bool live = is_live(x->t, leg.source);
    for (; x->next < x->n && x->ends[x->next].event == leg.event && err == LM_OK; x->next++) {
        const struct end *end = &x->ends[x->next];
        if (!live)
            continue;
        leg.other = end->other;
        leg.out = end->account % 2 == 0;
        x->t->look.n_given++;
        err = x->each(x->user, end->account / 2, &leg);
    }
    return err;
}

static lm_err give_legs(struct legs *x, struct lm_error *e)
{
    struct lm_by_id what = {
        .sql =
            "SELECT e.id, e.at_us, e.offset_s, e.quality, e.kind, e.flags, e.duration_s, e.n_to, e.n_records,"
            " e.source, e.record, e.detail, ifnull(o.occurrence, e.id) FROM json_each(?1) j"
            " CROSS JOIN event e ON e.id = j.value LEFT JOIN occurrence_event o ON o.event = e.id"
            " WHERE e.kind IN (?2, ?3) AND e.flags & ?4 = 0 AND (?5 = 0 OR" LM_LOOK_REVIEWED ")",
        .row_bytes = sizeof(struct lm_toll_leg),
        .bind = bind_events,
        .read = read_event,
        .give = give_event,
        .user = x
    };
    int64_t *ids = malloc((x->n + 1) * sizeof *ids);
    size_t n = 0;
    if (ids == NULL)
        return no_memory(e);
    for (size_t i = 0; i < x->n; i++)
        if (n == 0 || ids[n - 1] != x->ends[i].event)
            ids[n++] = x->ends[i].event;
    lm_err err = lm_by_id(&x->t->look, &what, ids, n, e);
    free(ids);
    return err;
}

lm_err lm_toll_legs(struct lm_toll_look *t, const int64_t *accounts, size_t n,
                    lm_err (*expect)(void *user, size_t account, size_t most),
                    lm_err (*each)(void *user, size_t account, const struct lm_toll_leg *leg), void *user,
                    struct lm_error *e)
{
    struct legs x = { .t = t, .accounts = accounts, .each = each, .user = user };
    lm_err err = prepare(t, "SELECT event, dst FROM leg WHERE frm = ?1 ORDER BY dst, at_us", &t->from, e);
    if (err == LM_OK)
        err = prepare(t, "SELECT event, frm FROM leg WHERE dst = ?1 ORDER BY frm, at_us", &t->to, e);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        size_t before = x.n;
        err = find_ends(&x, t->from, i, false, e);
        if (err == LM_OK)
            err = find_ends(&x, t->to, i, true, e);
        if (err == LM_OK)
            err = expect(user, i, x.n - before);
    }
    if (err == LM_OK && x.n > 1)
        qsort(x.ends, x.n, sizeof *x.ends, by_event);
    if (err == LM_OK)
        err = give_legs(&x, e);
    free(x.ends);
    return err;
}

/* --- others: from one distinct end to the next --- */

#define OTHERS(mine, other) \
    "WITH RECURSIVE n(x) AS (SELECT min(" other ") FROM leg WHERE " mine " = ?1 UNION ALL" \
    " SELECT (SELECT min(" other ") FROM leg WHERE " mine " = ?1 AND " other " > n.x) FROM n" \
    " WHERE n.x IS NOT NULL) SELECT x FROM n WHERE x IS NOT NULL AND (?2 OR EXISTS (SELECT 1 FROM leg l" \
    " JOIN event e ON e.id = l.event JOIN source s ON s.id = e.source JOIN authority a ON a.id = " \
    "s.authority" \
    " WHERE l." mine " = ?1 AND l." other " = n.x AND a.revoked_us IS NULL AND" LM_LOOK_REVIEWED "))"

struct others {
    struct lm_arena arena;
    struct lm_map seen;
    const int64_t *accounts;
    size_t n;
    uint64_t most, found;
};

static lm_err add_others(struct lm_toll_look *t, struct others *x, sqlite3_stmt *q, int64_t account,
                         struct lm_error *e)
{
    bool row = false;
    lm_err err = LM_OK;
    (void)sqlite3_bind_int64(q, 1, account);
    (void)sqlite3_bind_int(q, 2, t->all_live && !t->look.hides);
    while (x->found < x->most && (err = lm_db_step(t->look.st, q, &row, e)) == LM_OK && row) {
        int64_t other = sqlite3_column_int64(q, 0);
        bool own = false, fresh = false;
        for (size_t i = 0; i < x->n; i++)
            own = own || x->accounts[i] == other;
        if (own)
            continue;
        uint64_t *at;
        if (lm_map_put(&x->seen, (struct lm_str){ (const char *)&other, sizeof other }, 1, &at, &fresh)
            != LM_OK) {
            err = no_memory(e);
            break;
        }
        x->found += fresh;
    }
    (void)sqlite3_reset(q);
    return err;
}

lm_err lm_toll_others(struct lm_toll_look *t, const int64_t *accounts, size_t n, uint64_t most, uint64_t *ret,
                      struct lm_error *e)
{
    struct others x = { .accounts = accounts, .n = n, .most = most };
    lm_err err = prepare(t, OTHERS("frm", "dst"), &t->others_from, e);
    if (err == LM_OK)
        err = prepare(t, OTHERS("dst", "frm"), &t->others_to, e);
    lm_arena_init(&x.arena, 0);
    lm_map_init(&x.seen, &x.arena);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        err = add_others(t, &x, t->others_from, accounts[i], e);
        if (err == LM_OK)
            err = add_others(t, &x, t->others_to, accounts[i], e);
    }
    if (err == LM_OK)
        *ret = x.found;
    lm_arena_free(&x.arena);
    return err;
}

/* --- devices, sources, records --- */

lm_err lm_toll_devices(struct lm_toll_look *t, int64_t account,
                       lm_err (*each)(void *user, const struct lm_toll_device *d), void *user,
                       struct lm_error *e)
{
    bool row = false;
    lm_err err = prepare(t,
                         "SELECT i.raw, l.at_us, 0, l.quality, l.source, l.record FROM account_identifier l"
                         " JOIN identifier i ON i.id = l.identifier WHERE l.account = ?1 AND i.type = ?2"
                         " ORDER BY l.source, l.at_us, l.id",
                         &t->devices, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(t->devices, 1, account);
    (void)sqlite3_bind_int(t->devices, 2, LM_IDENTIFIER_DEVICE);
    while ((err = lm_db_step(t->look.st, t->devices, &row, e)) == LM_OK && row) {
        struct lm_toll_device d = { .id = lm_db_str(t->devices, 0), .at = lm_look_when(t->devices, 1),
                                    .source = sqlite3_column_int64(t->devices, 4),
                                    .record = sqlite3_column_int64(t->devices, 5) };
        if (is_live(t, d.source) && (err = each(user, &d)) != LM_OK)
            break;
    }
    (void)sqlite3_reset(t->devices);
    return err;
}

static uint64_t count(sqlite3_stmt *q, int i)
{
    return (uint64_t)sqlite3_column_int64(q, i);
}

static lm_err read_source(struct lm_arena *a, sqlite3_stmt *q, struct lm_toll_source *ret, struct lm_error *e)
{
    struct lm_sha256 hash;
    char hex[65];
    if (!lm_db_sha256(q, 4, &hash))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    struct lm_toll_source s = {
        .id = sqlite3_column_int64(q, 0),
        .path = lm_arena_copy(a, lm_db_str(q, 1)),
        .reader = lm_arena_copy(a, lm_db_str(q, 2)),
        .authority = lm_arena_copy(a, lm_db_str(q, 3)),
        .exhibit = lm_arena_copy(a, lm_str(lm_sha256_hex(&hash, hex))),
        .exhibit_name = lm_arena_copy(a, lm_db_str(q, 5)),
        .zone = lm_arena_copy(a, lm_db_str(q, 6)),
        .counts = { count(q, 7), count(q, 8), count(q, 9), count(q, 10), count(q, 11), count(q, 12),
                    count(q, 13) },
        .from_day = lm_db_day(q, 14),
        .to_day = lm_db_day(q, 15),
    };
    if (!lm_db_sha256(q, 17, &s.sha256))
        return lm_fail(e, LM_EDAMAGED, "a source without a hash");
    if (sqlite3_column_type(q, 16) != SQLITE_NULL && !lm_phone_key(a, lm_db_str(q, 16), &s.owner))
        s.owner = lm_arena_copy(a, lm_db_str(q, 16));
    *ret = s;
    return s.path.p == NULL || s.exhibit.p == NULL || s.authority.p == NULL ? no_memory(e) : LM_OK;
}

lm_err lm_toll_sources(struct lm_toll_look *t, struct lm_arena *a, struct lm_toll_source **ret, size_t *ret_n,
                       struct lm_error *e)
{
    struct lm_toll_source *list = NULL;
    sqlite3_stmt *q = NULL;
    size_t n = 0, cap = 0;
    bool row = false;
    lm_err err = lm_db_prepare(
        t->look.st,
        "SELECT s.id, s.path, s.reader, a.code, x.sha256, x.name, x.zone, s.seen, s.kept,"
        " s.duplicate, s.held, s.rejected, s.facts, s.problems, a.from_day, a.to_day,"
        " iif(x.owner_platform IN " PLATFORMS ", x.owner_native, NULL), s.sha256"
        " FROM source s JOIN authority a ON a.id = s.authority JOIN exhibit x ON x.id = s.exhibit"
        " WHERE" LM_LOOK_LIVE " ORDER BY s.id",
        &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, t->look.investigation);
    bind_platforms(q);
    while ((err = lm_db_step(t->look.st, q, &row, e)) == LM_OK && row) {
        struct lm_toll_source *more = lm_arena_grow(a, list, n, &cap, sizeof *list);
        if (more == NULL) {
            err = no_memory(e);
            break;
        }
        list = more;
        if ((err = read_source(a, q, &list[n], e)) != LM_OK)
            break;
        n++;
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK) {
        *ret = list;
        *ret_n = n;
    }
    return err;
}

lm_err lm_toll_locator(struct lm_toll_look *t, struct lm_arena *a, int64_t record, struct lm_str *ret,
                       struct lm_error *e)
{
    char text[LM_LOCATOR_TEXT] = "";
    bool row = false;
    lm_err err = prepare(t, "SELECT kind, a, b, name FROM record WHERE id = ?1", &t->locator, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(t->locator, 1, record);
    err = lm_db_step(t->look.st, t->locator, &row, e);
    if (err == LM_OK && row) {
        struct lm_locator l = lm_db_locator(t->locator, 0);
        (void)lm_locator_format(&l, text);
    }
    (void)sqlite3_reset(t->locator);
    if (err != LM_OK)
        return err;
    struct lm_str s = lm_arena_copy(a, lm_str(text));
    if (s.p == NULL)
        return no_memory(e);
    *ret = s;
    return LM_OK;
}

lm_err lm_toll_mask(struct lm_toll_look *t, const struct lm_mask **ret, struct lm_error *e)
{
    return lm_look_mask(&t->look, ret, e);
}
