#include "store/look.h"

#include <stdio.h>
#include <sys/file.h>

#include "model/selector.h"
#include "store/audit.h"
#include "store/authority.h"
#include "store/ledger.h"

#define MOST_NAMES 20 /* recipients written out in one hit */
#define NAMED_BYTES 2000 /* of investigations in one entry; an entry keeps 4,096 of all */
#define NAMES_KEPT 100000
#define NAMES_CEILING_BYTES ((size_t)256 << 20)

static const char *const queries[LM_LOOK_QUERIES] = {
    [LM_LOOK_HIT] =
        "SELECT e.id, e.thread, e.kind, e.platform, e.flags, e.at_us, e.offset_s, e.quality, e.frm,"
        " iif(a.reach = 0, m.text, NULL), e.detail, x.sha256, s.path, r.kind, r.a, r.b, r.name, a.code,"
        " e.duration_s, t.kind, ifnull(o.id, 0), ifnull(o.events, 1), ifnull(o.records, e.n_records) FROM event e JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"
        " JOIN exhibit x ON x.id = s.exhibit JOIN record r ON r.id = e.record"
        " LEFT JOIN msg m ON m.event = e.id LEFT JOIN thread t ON t.id = e.thread"
        " LEFT JOIN occurrence_event y ON y.event = e.id LEFT JOIN occurrence o ON o.id = y.occurrence"
        " WHERE e.id = ?2 AND" LM_LOOK_LIVE " AND" LM_LOOK_REVIEWED,
    [LM_LOOK_ACCOUNT] =
        "SELECT c.platform, c.form, c.native, c.key, (SELECT i.raw FROM account_identifier l JOIN identifier i"
        " ON i.id = l.identifier JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"
        " WHERE l.account = c.id AND i.type = ?2 AND" LM_LOOK_LIVE " ORDER BY l.id LIMIT 1)"
        " FROM account c WHERE c.id = ?3",
    [LM_LOOK_TITLE] = ("SELECT ifnull(t.title, (SELECT y.title FROM thread_title y WHERE y.thread = t.id"
                       " ORDER BY y.id LIMIT 1)), t.kind FROM thread t WHERE t.id = ?1"),
    /* the ends of a thread between two, whom its first events name, and whether ?2 is a name of theirs */
    [LM_LOOK_ENDS] = "SELECT x.id, EXISTS (SELECT 1 FROM account_identifier l JOIN identifier i ON i.id = l.identifier"
                     " WHERE l.account = x.id AND i.type = ?3 AND i.key = ?2) FROM (SELECT account AS id FROM thread_member"
                     " WHERE thread = ?1 UNION SELECT frm FROM (SELECT frm FROM event WHERE thread = ?1 LIMIT 64) UNION"
                     " SELECT l.dst FROM (SELECT id FROM event WHERE thread = ?1 LIMIT 64) e JOIN leg l ON l.event = e.id) x"
                     " WHERE x.id IS NOT NULL ORDER BY x.id",
    [LM_LOOK_RECIPIENTS] = "SELECT dst FROM leg WHERE event = ?1 AND dst IS NOT NULL ORDER BY ord",
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- the two entries, and the reading between them --- */

static lm_err may_read(struct lm_look *look, int64_t thread, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT a.investigation = ?2, a.revoked_us IS NULL FROM thread t"
                                         " JOIN exhibit x ON x.id = t.exhibit JOIN authority a ON a.id = x.authority"
                                         " WHERE t.id = ?1", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, thread);
    (void)sqlite3_bind_int64(q, 2, look->investigation);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no thread %lld", (long long)thread);
    else if (err == LM_OK && sqlite3_column_int(q, 0) == 0)
        err = lm_fail(e, LM_EDENIED, "the thread does not lie under this investigation");
    else if (err == LM_OK && sqlite3_column_int(q, 1) == 0)
        err = lm_fail(e, LM_EDENIED, "the authority under which the thread was acquired is revoked");
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_look_audit(struct lm_store *st, struct lm_arena *a, struct lm_str investigations, struct lm_str purpose,
                     const char *action, struct lm_str detail, const char *outcome, struct lm_error *e)
{
    purpose = purpose.n != 0 ? purpose : LM_STR("none given");
    struct lm_str object = lm_arena_printf(a, "investigation %.*s; purpose: %.*s%s%.*s", LM_STR_ARG(investigations),
                                           LM_STR_ARG(lm_str_take(purpose, 512)), detail.n != 0 ? "; " : "",
                                           LM_STR_ARG(detail));
    return object.p == NULL ? no_memory(e) : lm_audit_add(st, action, object, lm_str(outcome), e);
}

/* A look across all investigations names them; when there are more than an entry holds, in several entries. */
static lm_err write_every(struct lm_look *look, const struct lm_filter *f, const struct lm_look_at *at,
                          struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_buf names;
    bool row = true;
    lm_err err = lm_db_prepare(look->st, "SELECT code FROM investigation ORDER BY id", &q, e);
    if (err != LM_OK)
        return err;
    lm_buf_init(&names, (size_t)1 << 20);
    while (err == LM_OK && row && (err = lm_db_step(look->st, q, &row, e)) == LM_OK) {
        if (row)
            lm_buf_printf(&names, "%s%.*s", names.n != 0 ? ", " : "", LM_STR_ARG(lm_db_str(q, 0)));
        if (names.n < NAMED_BYTES && row)
            continue;
        struct lm_str named = names.n != 0 ? lm_buf_str(&names) : LM_STR("none");
        err = names.failed ? no_memory(e)
                           : lm_look_audit(look->st, &look->arena, named, f->purpose, at->action, at->detail,
                                           at->outcome, e);
        lm_buf_clear(&names);
    }
    lm_buf_free(&names);
    (void)sqlite3_finalize(q);
    return err;
}

/* Inside the short write. *ret_denied: the entry is to be kept, and the look refused. */
static lm_err write_entry(struct lm_look *look, const struct lm_filter *f, const struct lm_look_at *at,
                          lm_err *ret_denied, struct lm_error *e)
{
    if (at->every && f->investigation.n == 0)
        return write_every(look, f, at, e);
    lm_err err = lm_investigation_find(look->st, f->investigation, &look->investigation, e);
    if (err == LM_OK && at->thread != 0)
        err = may_read(look, at->thread, e);
    *ret_denied = err == LM_EDENIED ? err : LM_OK;
    if (err != LM_OK && err != LM_EDENIED)
        return err;
    const char *outcome = err == LM_EDENIED ? "denied" : at->outcome != NULL ? at->outcome : "asked";
    struct lm_error logging = { 0 };
    err = lm_look_audit(look->st, &look->arena, f->investigation, f->purpose, at->action, at->detail, outcome, &logging);
    if (err == LM_OK)
        err = lm_db_i64(look->st, "SELECT max(seq) FROM audit", 0, &look->entry, &logging);
    if (err != LM_OK && e != NULL)
        *e = logging;
    return err;
}

static lm_err begin_reading(struct lm_look *look, struct lm_error *e)
{
    int64_t hidden = 0;
    look->own = sqlite3_get_autocommit(look->st->db) != 0; /* else inside an import on the same connection */
    lm_err err = look->own ? lm_db_exec(look->st, "BEGIN", e) : LM_OK;
    if (err != LM_OK)
        return err;
    look->reading = look->st->looking = true;
    err = lm_db_alive(look->st, e);
    if (err == LM_OK)
        err = lm_db_i64(look->st, "SELECT EXISTS (SELECT 1 FROM review WHERE state IN"
                                  " ('non_responsive', 'privileged', 'held'))", 0, &hidden, e);
    look->hides = hidden != 0;
    return err;
}

/* Two connections see the same state when nobody commits between their first reads: a third one holds the
 * right to write for that moment (docs/decisions/0012-looks.md). */
static lm_err begin_beside(struct lm_look *look, struct lm_error *e)
{
    struct lm_store *st = look->st, *guard = NULL, *beside = NULL;
    bool held = lm_db_beside(st, &guard, NULL) == LM_OK && lm_db_beside(st, &beside, NULL) == LM_OK
                && lm_db_flock(st->turn_fd, LM_STORE_WAIT_US) == LM_OK;
    bool same = held && lm_db_exec(guard, "BEGIN IMMEDIATE", NULL) == LM_OK;
    lm_err err = begin_reading(look, e);
    same = same && err == LM_OK
           && lm_db_exec(beside, "PRAGMA query_only=ON; PRAGMA cache_size=-2048", NULL) == LM_OK
           && lm_db_exec(beside, "BEGIN; SELECT 1 FROM event LIMIT 1", NULL) == LM_OK;
    lm_store_close(guard); /* rolls back: nothing was written */
    if (held)
        (void)flock(st->turn_fd, LOCK_UN);
    if (same)
        look->beside = beside;
    else
        lm_store_close(beside);
    return err;
}

static lm_err start_reading(struct lm_look *look, bool beside, struct lm_error *e)
{
    /* what an import has not committed is seen by its own connection alone */
    beside = beside && sqlite3_get_autocommit(look->st->db) != 0;
    return beside ? begin_beside(look, e) : begin_reading(look, e);
}

lm_err lm_look_begin(struct lm_store *st, const struct lm_filter *f, const struct lm_look_at *at, struct lm_look *look,
                     struct lm_error *e)
{
    lm_err denied = LM_OK;
    *look = (struct lm_look){ .st = st, .action = at->action };
    lm_arena_init(&look->arena, 0);
    lm_arena_init(&look->names_arena, NAMES_CEILING_BYTES);
    lm_map_init(&look->names, &look->names_arena);
    lm_buf_init(&look->to, (size_t)1 << 20);
    lm_mask_init(&look->mask);
    if (st->looking)
        return lm_fail(e, LM_EINTERNAL, "a look inside a look");
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    struct lm_error committing = { 0 };
    err = write_entry(look, f, at, &denied, e);
    lm_err committed = lm_db_end(st, err, &committing);
    if (err == LM_OK && committed != LM_OK) {
        if (e != NULL)
            *e = committing;
        return committed; /* nobody looks without an entry */
    }
    err = err == LM_OK ? denied : err;
    if (err == LM_OK && (err = start_reading(look, at->beside, e)) != LM_OK)
        err = lm_look_end(look, NULL, err, e);
    return err;
}

static void stop_reading(struct lm_look *look)
{
    for (size_t i = 0; i < LM_LOOK_QUERIES; i++) {
        (void)sqlite3_finalize(look->q[i]);
        look->q[i] = NULL;
    }
    lm_store_close(look->beside); /* nothing was written */
    look->beside = NULL;
    if (!look->reading)
        return;
    if (look->own)
        (void)sqlite3_exec(look->st->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    look->reading = look->st->looking = false;
}

lm_err lm_look_end(struct lm_look *look, const char *outcome, lm_err err, struct lm_error *e)
{
    char object[32], failed[96];
    struct lm_error logging = { 0 };
    stop_reading(look);
    if (err == LM_OK && outcome == NULL)
        return LM_OK;
    (void)snprintf(object, sizeof object, "look %lld", (long long)look->entry);
    (void)snprintf(failed, sizeof failed, "failed: %s, after %llu rows", lm_err_name(err),
                   (unsigned long long)look->n_given);
    lm_err logged = lm_store_audit(look->st, look->action, lm_str(object), err == LM_OK ? outcome : failed, &logging);
    if (err != LM_OK || logged == LM_OK)
        return err;
    if (e != NULL)
        *e = logging;
    return logged;
}

void lm_look_free(struct lm_look *look)
{
    stop_reading(look);
    lm_buf_free(&look->to);
    lm_mask_free(&look->mask);
    lm_arena_free(&look->names_arena);
    lm_arena_free(&look->arena);
}

lm_err lm_look_query(struct lm_look *look, enum lm_look_query which, sqlite3_stmt **ret, struct lm_error *e)
{
    lm_err err = look->q[which] != NULL ? LM_OK : lm_db_prepare(look->st, queries[which], &look->q[which], e);
    *ret = look->q[which];
    return err;
}

/* --- names --- */

void lm_look_forget(struct lm_look *look)
{
    if (look->names.n < NAMES_KEPT && look->names_arena.used_bytes < NAMES_CEILING_BYTES / 2)
        return;
    lm_arena_reset(&look->names_arena);
    lm_map_init(&look->names, &look->names_arena);
}

lm_err lm_look_mask(struct lm_look *look, const struct lm_mask **ret, struct lm_error *e)
{
    lm_err err = look->masked ? LM_OK : lm_mask_load(&look->mask, look->st, look->investigation, e);
    look->masked = look->masked || err == LM_OK;
    *ret = &look->mask;
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
    const struct lm_str *text = (const struct lm_str *)(uintptr_t)*at; /* a slice in the arena of names */
    *ret = *text;
    return true;
}

static lm_err keep(struct lm_look *look, const char key[9], struct lm_str text, struct lm_str *ret, struct lm_error *e)
{
    uint64_t *at;
    struct lm_str *kept = lm_arena_alloc(&look->names_arena, sizeof *kept);
    if (kept == NULL)
        return no_memory(e);
    *kept = lm_arena_copy(&look->names_arena, text);
    if (kept->p == NULL
        || lm_map_put(&look->names, (struct lm_str){ key, 9 }, (uint64_t)(uintptr_t)kept, &at, NULL) != LM_OK)
        return no_memory(e);
    *ret = *kept;
    return LM_OK;
}

lm_err lm_look_name(struct lm_look *look, int64_t account, bool by_identifier, struct lm_str *ret, struct lm_error *e)
{
    char key[9];
    const struct lm_mask *mask;
    sqlite3_stmt *q;
    bool row = false;
    if (cached(look, by_identifier ? 'i' : 'n', account, key, ret))
        return LM_OK;
    lm_err err = lm_look_mask(look, &mask, e);
    if (err != LM_OK || lm_mask_account(mask, account, ret))
        return err;
    err = lm_look_query(look, LM_LOOK_ACCOUNT, &q, e);
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
            name = lm_arena_printf(&look->names_arena, "owner (%s)",
                                   lm_platform_word((enum lm_platform)sqlite3_column_int(q, 0)));
    }
    if (err == LM_OK)
        err = keep(look, key, name, ret, e);
    (void)sqlite3_reset(q);
    return err;
}

/* The title of a thread between two is a name of one of them. It stays when it is a name of the one who is not protected;
 * an id stays unless it is a name of the one who is. */
static lm_err mask_ends(struct lm_look *look, int64_t thread, struct lm_str key, bool unless_other, bool *ret_found,
                        struct lm_str *ret, struct lm_error *e)
{
    sqlite3_stmt *q;
    struct lm_str name = { NULL, 0 };
    bool row = false, hers = false, others = false;
    lm_err err = lm_look_query(look, LM_LOOK_ENDS, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, thread);
    lm_db_bind_str(q, 2, key);
    (void)sqlite3_bind_int(q, 3, LM_IDENTIFIER_NAME);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        bool named = sqlite3_column_int(q, 1) != 0;
        bool masked = lm_mask_account(&look->mask, sqlite3_column_int64(q, 0), &name);
        hers = hers || (masked && named);
        others = others || (!masked && named);
    }
    (void)sqlite3_reset(q);
    *ret_found = name.p != NULL && (hers || (unless_other && !others));
    if (*ret_found)
        *ret = name;
    return err;
}

/* *ret_found: what the mask says in place of a thread's title or id. */
static lm_err mask_thread(struct lm_look *look, int64_t thread, struct lm_str text, bool between_two, bool is_title,
                          bool *ret_found, struct lm_str *ret, struct lm_error *e)
{
    const struct lm_mask *mask;
    struct lm_arena scratch;
    struct lm_str key = LM_STR("");
    *ret_found = false;
    lm_err err = lm_look_mask(look, &mask, e);
    if (err != LM_OK || mask->n_persons == 0 || text.n == 0)
        return err;
    lm_arena_init(&scratch, 0);
    *ret_found = lm_mask_text(mask, &scratch, text, ret);
    (void)lm_identifier_key(&scratch, LM_IDENTIFIER_NAME, text, &key);
    if (!*ret_found && between_two)
        err = mask_ends(look, thread, key, is_title, ret_found, ret, e);
    lm_arena_free(&scratch);
    return err;
}

static bool is_group(int kind)
{
    return kind == LM_THREAD_GROUP || kind == LM_THREAD_CHANNEL;
}

static lm_err title_of(struct lm_look *look, int64_t thread, bool want_native, struct lm_str native, struct lm_str *ret,
                       struct lm_error *e)
{
    char key[9];
    sqlite3_stmt *q;
    bool row = false, found = false;
    if (cached(look, want_native ? 'm' : 't', thread, key, ret))
        return LM_OK;
    lm_err err = lm_look_query(look, LM_LOOK_TITLE, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, thread);
    err = lm_db_step(look->st, q, &row, e);
    struct lm_str text = want_native ? native : row ? lm_db_str(q, 0) : (struct lm_str){ NULL, 0 };
    if (err == LM_OK)
        err = mask_thread(look, thread, text, row && !is_group(sqlite3_column_int(q, 1)),
                          !want_native, &found, ret, e);
    if (err == LM_OK)
        err = keep(look, key, found ? *ret : text, ret, e);
    (void)sqlite3_reset(q);
    return err;
}

lm_err lm_look_title(struct lm_look *look, int64_t thread, struct lm_str *ret, struct lm_error *e)
{
    return title_of(look, thread, false, (struct lm_str){ NULL, 0 }, ret, e);
}

lm_err lm_look_native(struct lm_look *look, int64_t thread, struct lm_str native, struct lm_str *ret, struct lm_error *e)
{
    return title_of(look, thread, true, native, ret, e);
}

/* Names of the recipients, joined; the first MOST_NAMES of them. */
static lm_err recipients(struct lm_look *look, int64_t event, struct lm_str *ret, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    uint64_t n = 0;
    struct lm_buf *b = &look->to;
    lm_err err = lm_look_query(look, LM_LOOK_RECIPIENTS, &q, e);
    if (err != LM_OK)
        return err;
    lm_buf_clear(b);
    (void)sqlite3_bind_int64(q, 1, event);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_str name;
        if (n++ >= MOST_NAMES)
            continue;
        if ((err = lm_look_name(look, sqlite3_column_int64(q, 0), false, &name, e)) != LM_OK)
            break;
        lm_buf_put(b, n > 1 ? LM_STR(", ") : LM_STR(""));
        lm_buf_put(b, lm_str_take(name, 4096));
    }
    (void)sqlite3_reset(q);
    if (n > MOST_NAMES)
        lm_buf_printf(b, " and %llu more", (unsigned long long)(n - MOST_NAMES));
    if (err == LM_OK && b->failed)
        err = no_memory(e);
    if (err == LM_OK)
        *ret = lm_buf_str(b);
    return err;
}

/* --- one hit --- */

static lm_err hit_ends(struct lm_look *look, sqlite3_stmt *q, struct lm_hit *h, struct lm_error *e)
{
    int kind = sqlite3_column_int(q, 19);
    lm_err err = LM_OK;
    if (sqlite3_column_type(q, 8) != SQLITE_NULL)
        err = lm_look_name(look, sqlite3_column_int64(q, 8), false, &h->from, e);
    if (err == LM_OK && h->thread != 0 && is_group(kind))
        err = lm_look_title(look, h->thread, &h->to, e);
    if (err == LM_OK && h->to.n == 0)
        err = recipients(look, h->event, &h->to, e);
    if (err == LM_OK && h->to.n == 0 && h->thread != 0)
        err = lm_look_title(look, h->thread, &h->to, e);
    return err;
}

struct lm_when lm_look_when(sqlite3_stmt *q, int i)
{
    return (struct lm_when){ sqlite3_column_int64(q, i), sqlite3_column_int(q, i + 1),
                             (enum lm_time_quality)sqlite3_column_int(q, i + 2) };
}

static lm_err read_hit(struct lm_look *look, sqlite3_stmt *q, struct lm_hit *h, struct lm_error *e)
{
    struct lm_sha256 exhibit;
    if (!lm_db_sha256(q, 11, &exhibit))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    struct lm_locator l = lm_db_locator(q, 13);
    *h = (struct lm_hit){
        .event = sqlite3_column_int64(q, 0),
        .thread = sqlite3_column_int64(q, 1),
        .kind = (enum lm_event_kind)sqlite3_column_int(q, 2),
        .platform = (enum lm_platform)sqlite3_column_int(q, 3),
        .flags = (unsigned)sqlite3_column_int64(q, 4),
        .at = lm_look_when(q, 5),
        .text = lm_db_str(q, 9),
        .detail = lm_db_str(q, 10),
        .exhibit = lm_str(lm_sha256_hex(&exhibit, look->hex)),
        .source = lm_db_str(q, 12),
        .locator = lm_str(lm_locator_format(&l, look->locator)),
        .authority = lm_db_str(q, 17),
        .duration_s = sqlite3_column_type(q, 18) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 18),
        .occurrence = sqlite3_column_int64(q, 20),
        .reports = (uint64_t)sqlite3_column_int64(q, 21),
        .records = (uint64_t)sqlite3_column_int64(q, 22),
    };
    return hit_ends(look, q, h, e);
}

lm_err lm_look_hit(struct lm_look *look, int64_t event, struct lm_hit *ret, int64_t *ret_from, struct lm_error *e)
{
    sqlite3_stmt *q;
    bool row = false;
    lm_err err = lm_look_query(look, LM_LOOK_HIT, &q, e);
    if (err != LM_OK)
        return err;
    lm_look_forget(look);
    (void)sqlite3_reset(q);
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_int64(q, 2, event);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK && !row)
        return lm_fail(e, LM_EDAMAGED, "event %lld does not lie where it was found", (long long)event);
    if (err == LM_OK)
        err = read_hit(look, q, ret, e);
    if (err == LM_OK && ret_from != NULL)
        *ret_from = sqlite3_column_int64(q, 8);
    return err;
}
