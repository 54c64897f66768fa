#include "store/rehome_read.h"

#include <stdio.h>
#include <stdlib.h>

#define CITES_CEILING_BYTES ((size_t)16 << 30)
#define KNOWN_FULL_BYTES ((size_t)64 << 20)
#define NAME_PREFIX_BYTES ((size_t)(5 + 16 + 1)) /* name:<16 digits>: */

enum { Q_EVENT, Q_ACCOUNT, Q_NAMES, Q_TITLES, Q_LEGS, Q_ATTACHMENTS, Q_REACTIONS, Q_EDITS, QUERIES };
_Static_assert(QUERIES == sizeof((struct lm_reread *)0)->q / sizeof(sqlite3_stmt *), "lm_reread.q");

static const char *const queries[QUERIES] = {
    [Q_EVENT] = ("SELECT e.kind, e.platform, e.flags, e.at_us, e.offset_s, e.quality, e.thread, e.frm, e.native, e.detail,"
                 " e.duration_s, e.amount_minor, e.currency, e.exponent, e.reply_to, e.latitude, e.longitude, m.text,"
                 " m.raw, t.native, t.title, t.kind, t.source FROM event e LEFT JOIN msg m ON m.event = e.id"
                 " LEFT JOIN thread t ON t.id = e.thread WHERE e.id = ?"),
    [Q_ACCOUNT] = "SELECT platform, form, native, key FROM account WHERE id = ?",
    [Q_NAMES] = ("SELECT i.raw FROM account_identifier l JOIN identifier i ON i.id = l.identifier WHERE l.account = ?1"
                 " AND l.source = ?2 AND l.basis = 'shown' AND i.type = ?3 ORDER BY l.id"),
    [Q_TITLES] = "SELECT title FROM thread_title WHERE thread = ?1 AND source = ?2 ORDER BY id",
    [Q_LEGS] = "SELECT dst FROM leg WHERE event = ? AND dst IS NOT NULL ORDER BY ord",
    [Q_ATTACHMENTS] = "SELECT name, type, bytes, note FROM attachment WHERE event = ? ORDER BY id",
    [Q_REACTIONS] = "SELECT account, what FROM reaction WHERE event = ? ORDER BY id",
    [Q_EDITS] = "SELECT at_us, offset_s, quality, text FROM edit WHERE event = ? ORDER BY id",
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- which facts --- */

static const char *table_of(int what)
{
    return what == LM_CITE_EVENT        ? "event"
           : what == LM_CITE_IDENTIFIER ? "account_identifier"
                                        : lm_parts[LM_PART_OP + what - LM_CITE_OP].table;
}

static lm_err find_cites(struct lm_reread *r, int what, int64_t authority, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    char sql[256];
    (void)snprintf(sql, sizeof sql, "SELECT f.record, f.id FROM %s f JOIN source s ON s.id = f.source"
                                    " WHERE s.authority = ? AND f.record IS NOT NULL"
                                    " AND EXISTS (SELECT 1 FROM duplicate d WHERE d.record = f.record)", table_of(what));
    lm_err err = lm_db_prepare(r->st, sql, &q, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(q, 1, authority);
    while (err == LM_OK && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        struct lm_cite c;
        memset(&c, 0, sizeof c); /* its padding as well: it is copied as bytes */
        c.record = sqlite3_column_int64(q, 0);
        c.id = sqlite3_column_int64(q, 1);
        c.what = what;
        lm_buf_put(&r->cites, (struct lm_str){ (const char *)&c, sizeof c });
        err = r->cites.failed ? no_memory(e) : LM_OK;
    }
    (void)sqlite3_finalize(q);
    return err;
}

static int by_record(const void *a, const void *b)
{
    const struct lm_cite *x = a, *y = b;
    if (x->record != y->record)
        return x->record < y->record ? -1 : 1;
    if (x->what != y->what)
        return x->what < y->what ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static const struct lm_cite *cites(const struct lm_reread *r, size_t *ret_n)
{
    *ret_n = r->cites.n / sizeof(struct lm_cite);
    return (const struct lm_cite *)(const void *)r->cites.p; /* from realloc: aligned */
}

lm_err lm_reread_init(struct lm_reread *r, struct lm_store *st, int64_t authority, struct lm_error *e)
{
    size_t n;
    lm_err err = LM_OK;
    *r = (struct lm_reread){ .st = st };
    lm_buf_init(&r->cites, CITES_CEILING_BYTES);
    lm_arena_init(&r->one, 0);
    lm_arena_init(&r->known, 0);
    lm_map_init(&r->accounts, &r->known);
    for (int what = 0; what < LM_CITES && err == LM_OK; what++)
        err = find_cites(r, what, authority, e);
    for (size_t i = 0; i < QUERIES && err == LM_OK; i++)
        err = lm_db_prepare(st, queries[i], &r->q[i], e);
    (void)cites(r, &n);
    if (n > 1)
        qsort(r->cites.p, n, sizeof(struct lm_cite), by_record);
    return err;
}

void lm_reread_free(struct lm_reread *r)
{
    for (size_t i = 0; i < QUERIES; i++)
        (void)sqlite3_finalize(r->q[i]);
    lm_buf_free(&r->cites);
    lm_arena_free(&r->one);
    lm_arena_free(&r->known);
}

void lm_reread_begin(struct lm_reread *r, struct lm_import *im, const struct lm_place *at, bool whole, bool same_bytes)
{
    r->im = im;
    r->at = *at;
    r->whole = whole;
    r->same_bytes = same_bytes;
    lm_arena_reset(&r->known);
    lm_map_init(&r->accounts, &r->known);
}

void lm_reread_find(struct lm_reread *r, int64_t from, int64_t record, const struct lm_cite **ret, size_t *ret_n)
{
    size_t n, lo = 0;
    r->from = from;
    lm_arena_reset(&r->one);
    if (r->known.used_bytes > KNOWN_FULL_BYTES) {
        lm_arena_reset(&r->known);
        lm_map_init(&r->accounts, &r->known);
    }
    const struct lm_cite *all = cites(r, &n);
    for (size_t hi = n; lo < hi;) {
        size_t mid = lo + (hi - lo) / 2;
        if (all[mid].record < record)
            lo = mid + 1;
        else
            hi = mid;
    }
    size_t end = lo;
    while (end < n && all[end].record == record)
        end++;
    *ret = all + lo;
    *ret_n = end - lo;
}

/* --- accounts --- */

/* The names under which the old source shows an account. Which record showed which is not known: they are carried on when
 * there is but one, or when everything of that source may be. The others are entered here, the first is returned. */
static lm_err names_of(struct lm_reread *r, int64_t account, struct lm_account_ref *ref, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_NAMES];
    bool row = false;
    size_t n = 0;
    lm_err err = LM_OK;
    (void)sqlite3_bind_int64(q, 1, account);
    (void)sqlite3_bind_int64(q, 2, r->from);
    (void)sqlite3_bind_int(q, 3, LM_IDENTIFIER_NAME);
    while ((err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        struct lm_account_ref other = *ref;
        int64_t id;
        if (++n == 1) {
            ref->display = lm_arena_copy(&r->known, lm_db_str(q, 0));
            err = ref->display.p != NULL ? LM_OK : no_memory(e);
        } else if (r->whole) {
            other.display = lm_db_str(q, 0);
            err = lm_intern_account(&r->im->intern, &r->at, &other, 0, (struct lm_str){ NULL, 0 }, &id, e);
        }
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    if (n > 1 && !r->whole)
        ref->display = (struct lm_str){ NULL, 0 };
    return err;
}

static lm_err read_account(struct lm_reread *r, int64_t account, struct lm_str thread_native,
                           struct lm_account_ref *ret, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_ACCOUNT];
    bool row = false;
    struct lm_str key = { NULL, 0 };
    (void)sqlite3_bind_int64(q, 1, account);
    lm_err err = lm_db_step(r->st, q, &row, e);
    if (err == LM_OK && row) {
        ret->platform = (enum lm_platform)sqlite3_column_int(q, 0);
        ret->form = (enum lm_account_form)sqlite3_column_int(q, 1);
        ret->native = lm_arena_copy(&r->known, lm_db_str(q, 2));
        key = lm_arena_copy(&r->known, lm_db_str(q, 3));
        err = ret->native.p != NULL && key.p != NULL ? LM_OK : no_memory(e);
    }
    (void)sqlite3_reset(q);
    if (err != LM_OK)
        return err;
    if (ret->form == LM_ACCOUNT_NAME) { /* name:<exhibit>:<thread>:<display> */
        ret->display = lm_str_skip(key, NAME_PREFIX_BYTES + thread_native.n + 1);
        ret->native = (struct lm_str){ NULL, 0 };
        return ret->display.n != 0 ? LM_OK
                                   : lm_fail(e, LM_EDAMAGED, "account %lld has no name", (long long)account);
    }
    if (ret->form == LM_ACCOUNT_OWNER)
        ret->native = (struct lm_str){ NULL, 0 };
    /* other bytes show names of their own, and did when they were read */
    return r->same_bytes ? names_of(r, account, ret, e) : LM_OK;
}

/* id 0: nobody. */
static lm_err account_ref(struct lm_reread *r, int64_t account, struct lm_str thread_native,
                          struct lm_account_ref *ret, struct lm_error *e)
{
    int64_t key[2] = { account, r->from };
    uint64_t *at;
    bool fresh = false;
    *ret = (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
    if (account == 0)
        return LM_OK;
    if (lm_map_put(&r->accounts, (struct lm_str){ (const char *)key, sizeof key }, 0, &at, &fresh) != LM_OK)
        return no_memory(e);
    if (fresh) {
        struct lm_account_ref *ref = lm_arena_alloc(&r->known, sizeof *ref);
        *at = (uint64_t)(uintptr_t)ref;
        if (ref == NULL)
            return no_memory(e);
        lm_err err = read_account(r, account, thread_native, ref, e);
        if (err != LM_OK)
            return err;
    }
    *ret = *(const struct lm_account_ref *)(uintptr_t)*at; /* put above, in r->known */
    return LM_OK;
}

/* --- events --- */

static struct lm_str copied(struct lm_reread *r, sqlite3_stmt *q, int i, bool *failed)
{
    struct lm_str s = lm_db_str(q, i);
    if (s.n == 0)
        return (struct lm_str){ NULL, 0 };
    s = lm_arena_copy(&r->one, s);
    *failed |= s.p == NULL;
    return s;
}

static bool stated(sqlite3_stmt *q, int i)
{
    return sqlite3_column_type(q, i) != SQLITE_NULL;
}

static struct lm_when moment(sqlite3_stmt *q, int us, int offset, int quality)
{
    return (struct lm_when){ sqlite3_column_int64(q, us), sqlite3_column_int(q, offset),
                             (enum lm_time_quality)sqlite3_column_int(q, quality) };
}

struct ends { /* of an event, as row ids */
    int64_t thread, from, title_from;
};

/* The row itself. Of other bytes only what import_twin.c compared. */
static lm_err read_row(struct lm_reread *r, int64_t id, struct lm_event *ev, struct ends *ret, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_EVENT];
    bool row = false, failed = false;
    (void)sqlite3_bind_int64(q, 1, id);
    lm_err err = lm_db_step(r->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_EDAMAGED, "event %lld is not there", (long long)id);
    if (err == LM_OK) {
        *ev = (struct lm_event){ .kind = (enum lm_event_kind)sqlite3_column_int(q, 0),
                                 .platform = (enum lm_platform)sqlite3_column_int(q, 1),
                                 .flags = (unsigned)sqlite3_column_int64(q, 2),
                                 .at = moment(q, 3, 4, 5),
                                 .native_id = copied(r, q, 8, &failed),
                                 .duration_s = stated(q, 10) ? sqlite3_column_int64(q, 10) : -1,
                                 .has_amount = stated(q, 11),
                                 .amount = { .minor = sqlite3_column_int64(q, 11),
                                             .exponent = (int8_t)sqlite3_column_int(q, 13) },
                                 .has_place = stated(q, 15) || stated(q, 16),
                                 .latitude = sqlite3_column_double(q, 15),
                                 .longitude = sqlite3_column_double(q, 16),
                                 .text = copied(r, q, 17, &failed),
                                 .thread = { .native = copied(r, q, 19, &failed), .title = copied(r, q, 20, &failed),
                                             .kind = (enum lm_thread_kind)sqlite3_column_int(q, 21) } };
        struct lm_str code = lm_str_take(lm_db_str(q, 12), sizeof ev->amount.currency - 1);
        if (code.n != 0)
            memcpy(ev->amount.currency, code.p, code.n);
        if (r->same_bytes) {
            ev->detail = copied(r, q, 9, &failed);
            ev->reply_to = copied(r, q, 14, &failed);
            ev->raw = copied(r, q, 18, &failed);
        }
        *ret = (struct ends){ sqlite3_column_int64(q, 6), sqlite3_column_int64(q, 7), sqlite3_column_int64(q, 22) };
        err = failed ? no_memory(e) : LM_OK;
    }
    (void)sqlite3_reset(q);
    return err;
}

/* Titles are like names: told when there is no doubt that these bytes show them. */
static lm_err choose_title(struct lm_reread *r, const struct ends *x, struct lm_event *ev, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_TITLES];
    struct lm_thread_ref *t = &ev->thread;
    bool row = false, own = x->title_from == r->from || r->whole;
    int64_t key[2] = { x->thread, -r->from }, id;
    uint64_t *at;
    bool fresh = false;
    lm_err err = LM_OK;
    if (x->thread == 0 || !r->same_bytes) { /* other bytes gave the thread its title when they were read */
        t->title = (struct lm_str){ NULL, 0 };
        return LM_OK;
    }
    if (lm_map_put(&r->accounts, (struct lm_str){ (const char *)key, sizeof key }, 0, &at, &fresh) != LM_OK)
        return no_memory(e);
    if (!fresh && r->whole)
        return LM_OK;
    (void)sqlite3_bind_int64(q, 1, x->thread);
    (void)sqlite3_bind_int64(q, 2, r->from);
    while ((err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        struct lm_thread_ref other = { t->native, lm_db_str(q, 0), t->kind };
        own = own && r->whole;
        err = r->whole ? lm_intern_thread(&r->im->intern, &r->at, ev->platform, t, &id, e) : LM_OK; /* the first first */
        if (err == LM_OK && r->whole)
            err = lm_intern_thread(&r->im->intern, &r->at, ev->platform, &other, &id, e);
        if (err != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    if (!own)
        t->title = (struct lm_str){ NULL, 0 };
    return err;
}

/* How many rows a query gives for an event, so that there is room for them. */
static lm_err rows_of(struct lm_reread *r, int which, int64_t event, size_t *ret, struct lm_error *e)
{
    bool row = false;
    size_t n = 0;
    lm_err err;
    (void)sqlite3_bind_int64(r->q[which], 1, event);
    while ((err = lm_db_step(r->st, r->q[which], &row, e)) == LM_OK && row)
        n++;
    (void)sqlite3_reset(r->q[which]);
    *ret = n;
    return err;
}

static lm_err read_legs(struct lm_reread *r, int64_t id, struct lm_event *ev, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_LEGS];
    bool row = false;
    size_t n = 0, i = 0;
    if (!r->same_bytes && ev->thread.kind != LM_THREAD_DIRECT) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN; /* the other members are what the hidden source says */
        return LM_OK;
    }
    lm_err err = rows_of(r, Q_LEGS, id, &n, e);
    struct lm_account_ref *to = lm_arena_array(&r->one, n, sizeof *to);
    if (err == LM_OK && to == NULL)
        err = no_memory(e);
    while (err == LM_OK && i < n && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row)
        err = account_ref(r, sqlite3_column_int64(q, 0), ev->thread.native, &to[i++], e);
    (void)sqlite3_reset(q);
    ev->to = to;
    ev->n_to = i;
    return err;
}

static lm_err read_attachments(struct lm_reread *r, int64_t id, struct lm_event *ev, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_ATTACHMENTS];
    bool row = false, failed = false;
    size_t n = 0, i = 0;
    lm_err err = rows_of(r, Q_ATTACHMENTS, id, &n, e);
    struct lm_attachment *a = lm_arena_array(&r->one, n, sizeof *a);
    while (err == LM_OK && a != NULL && i < n && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        a[i].bytes = -1;
        if (r->same_bytes)
            a[i] = (struct lm_attachment){ copied(r, q, 0, &failed), copied(r, q, 1, &failed),
                                           stated(q, 2) ? sqlite3_column_int64(q, 2) : -1, copied(r, q, 3, &failed) };
        i++;
    }
    (void)sqlite3_reset(q);
    ev->attachments = a;
    ev->n_attachments = i;
    return err == LM_OK && (failed || a == NULL) ? no_memory(e) : err;
}

static lm_err read_reactions(struct lm_reread *r, int64_t id, struct lm_event *ev, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_REACTIONS];
    bool row = false, failed = false;
    size_t n = 0, i = 0;
    lm_err err = rows_of(r, Q_REACTIONS, id, &n, e);
    struct lm_reaction *x = lm_arena_array(&r->one, n, sizeof *x);
    while (err == LM_OK && x != NULL && i < n && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row) {
        x[i].what = copied(r, q, 1, &failed);
        err = account_ref(r, sqlite3_column_int64(q, 0), ev->thread.native, &x[i++].by, e);
    }
    (void)sqlite3_reset(q);
    ev->reactions = x;
    ev->n_reactions = i;
    return err == LM_OK && (failed || x == NULL) ? no_memory(e) : err;
}

static lm_err read_edits(struct lm_reread *r, int64_t id, struct lm_event *ev, struct lm_error *e)
{
    sqlite3_stmt *q = r->q[Q_EDITS];
    bool row = false, failed = false;
    size_t n = 0, i = 0;
    lm_err err = rows_of(r, Q_EDITS, id, &n, e);
    struct lm_edit *x = lm_arena_array(&r->one, n, sizeof *x);
    while (err == LM_OK && x != NULL && i < n && (err = lm_db_step(r->st, q, &row, e)) == LM_OK && row)
        x[i++] = (struct lm_edit){ moment(q, 0, 1, 2), copied(r, q, 3, &failed) };
    (void)sqlite3_reset(q);
    ev->edits = x;
    ev->n_edits = i;
    return err == LM_OK && (failed || x == NULL) ? no_memory(e) : err;
}

static lm_err read_event(struct lm_reread *r, int64_t id, struct lm_event *ev, bool *ret_ok, struct lm_error *e)
{
    struct ends x;
    bool content = r->im->content;
    lm_err err = read_row(r, id, ev, &x, e);
    if (err == LM_OK)
        err = choose_title(r, &x, ev, e);
    if (err == LM_OK)
        err = account_ref(r, x.from, ev->thread.native, &ev->from, e);
    if (err == LM_OK)
        err = read_legs(r, id, ev, e);
    if (err == LM_OK && (content || r->same_bytes))
        err = read_attachments(r, id, ev, e);
    if (err == LM_OK && r->same_bytes)
        err = read_reactions(r, id, ev, e);
    if (err == LM_OK && r->same_bytes)
        err = read_edits(r, id, ev, e);
    if (err == LM_OK && !content && !r->same_bytes)
        ev->text = (struct lm_str){ NULL, 0 };
    /* what was a duplicate under this authority was within its reach; whoever changed the file since is stopped here */
    *ret_ok = content || (ev->text.n == 0 && ev->raw.n == 0 && ev->n_edits + ev->n_attachments + ev->n_reactions == 0);
    return err;
}

/* --- the other facts --- */

static lm_err read_identifier(struct lm_reread *r, int64_t id, struct lm_identifier_fact *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false, failed = false;
    lm_err err = lm_db_prepare(r->st, "SELECT l.account, i.type, i.raw, l.basis, l.at_us, l.quality"
                                      " FROM account_identifier l JOIN identifier i ON i.id = l.identifier"
                                      " WHERE l.id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    err = lm_db_step(r->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_EDAMAGED, "identifier %lld is not there", (long long)id);
    if (err == LM_OK) {
        *ret = (struct lm_identifier_fact){ .type = (enum lm_identifier_type)sqlite3_column_int(q, 1),
                                            .value = copied(r, q, 2, &failed),
                                            .basis = copied(r, q, 3, &failed),
                                            .at = { sqlite3_column_int64(q, 4), 0,
                                                    (enum lm_time_quality)sqlite3_column_int(q, 5) } };
        err = failed ? no_memory(e)
                     : account_ref(r, sqlite3_column_int64(q, 0), (struct lm_str){ NULL, 0 }, &ret->account, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err copy_op_row(struct lm_reread *r, struct lm_op_row *o, struct lm_error *e)
{
    struct lm_str *const texts[] = { &o->id, &o->investigation, &o->operation, &o->agency, &o->division, &o->city,
                                     &o->state, &o->drug, &o->form, &o->kind, &o->amount.original, &o->net.original,
                                     &o->seizure, &o->profile, &o->exhibit_number, &o->cartel, &o->note };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = lm_arena_copy(&r->one, *texts[i]);
        if (texts[i]->p == NULL)
            return no_memory(e);
    }
    return LM_OK;
}

static lm_err read_op_row(struct lm_reread *r, enum lm_op_table table, int64_t id, struct lm_op_row *ret,
                          struct lm_error *e)
{
    const struct lm_part_table *p = &lm_parts[LM_PART_OP + (int)table];
    sqlite3_stmt *q = NULL;
    bool row = false;
    char sql[1024];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM %s WHERE id = ?", p->columns, p->table);
    lm_err err = lm_db_prepare(r->st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    err = lm_db_step(r->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_EDAMAGED, "row %lld of %s is not there", (long long)id, p->table);
    if (err == LM_OK) {
        *ret = lm_db_op_row(q, table);
        err = copy_op_row(r, ret, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_reread_fact(struct lm_reread *r, const struct lm_cite *c, struct lm_fact *ret, bool *ret_ok,
                      struct lm_error *e)
{
    *ret_ok = true;
    switch (c->what) {
    case LM_CITE_EVENT:
        ret->kind = LM_FACT_EVENT;
        return read_event(r, c->id, &ret->event, ret_ok, e);
    case LM_CITE_IDENTIFIER:
        ret->kind = LM_FACT_IDENTIFIER;
        return read_identifier(r, c->id, &ret->identifier, e);
    default:
        ret->kind = LM_FACT_OP_ROW;
        return read_op_row(r, (enum lm_op_table)(c->what - LM_CITE_OP), c->id, &ret->op_row, e);
    }
}
