#include "store/process.h"

#include "store/anchor.h"
#include "store/authority.h"
#include "store/mask.h"

static const char *const kinds[] = { "preservation", "non_disclosure" };

const char *lm_process_kind_word(enum lm_process_kind kind)
{
    return (unsigned)kind < sizeof kinds / sizeof kinds[0] ? kinds[kind] : "?";
}

bool lm_process_kind_parse(struct lm_str word, enum lm_process_kind *ret)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (lm_str_eq(word, lm_str(kinds[i]))) {
            *ret = (enum lm_process_kind)i;
            return true;
        }
    return false;
}

/* --- what may be entered --- */

static lm_err check_text(const char *what, struct lm_str s, struct lm_error *e)
{
    if (s.n > LM_PROCESS_TEXT_BYTES || lm_utf8_valid_prefix(s) != s.n
        || (s.n != 0 && memchr(s.p, '\n', s.n) != NULL))
        return lm_fail(e, LM_EUSAGE, "the %s of a process is one line of at most %d bytes", what, LM_PROCESS_TEXT_BYTES);
    return LM_OK;
}

static lm_err check(const struct lm_process *p, struct lm_error *e)
{
    bool ok = p->id.n > 0 && p->id.n <= 64 && lm_utf8_valid_prefix(p->id) == p->id.n;
    for (size_t i = 0; ok && i < p->id.n; i++)
        ok = (unsigned char)p->id.p[i] > ' ' && p->id.p[i] != 0x7f;
    if (!ok)
        return lm_fail(e, LM_EUSAGE, "the id of a process is 1 to 64 characters without spaces");
    if (lm_str_trim(p->provider).n == 0)
        return lm_fail(e, LM_EUSAGE, "a process names the provider on whom it is served");
    if (p->served_day != LM_DAY_NONE && p->expires_day != LM_DAY_NONE && p->served_day > p->expires_day)
        return lm_fail(e, LM_EUSAGE, "the process expires before it was served");
    lm_err err = check_text("provider", p->provider, e);
    if (err == LM_OK)
        err = check_text("account", p->account, e);
    return err == LM_OK ? check_text("reference", p->reference, e) : err;
}

/* --- adding --- */

static lm_err find(struct lm_store *st, struct lm_str id, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT id FROM process WHERE code = ?", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, id);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK)
        *ret = row ? sqlite3_column_int64(q, 0) : 0;
    (void)sqlite3_finalize(q);
    return err;
}

/* The authority's row, which must lie in the same investigation; 0: none is named. */
static lm_err authority_of(struct lm_store *st, const struct lm_process *p, int64_t investigation, int64_t *ret,
                           struct lm_error *e)
{
    struct lm_arena arena;
    struct lm_authority a;
    int64_t of = investigation;
    *ret = 0;
    if (p->authority.n == 0)
        return LM_OK;
    lm_arena_init(&arena, 0);
    lm_err err = lm_authority_find(st, &arena, p->authority, &a, ret, &of, e);
    lm_arena_free(&arena);
    if (err == LM_OK && of != investigation)
        err = lm_fail(e, LM_EUSAGE, "the authority %.*s does not belong to the investigation %.*s", LM_STR_ARG(p->authority),
                      LM_STR_ARG(p->investigation));
    return err;
}

static lm_err insert(struct lm_store *st, const struct lm_process *p, int64_t investigation, int64_t authority,
                     struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO process(investigation, code, kind, provider, account, reference, authority,"
                                   " served_day, expires_day, added_us, added_by) VALUES(?, ?, ?, ?, ?, ?, nullif(?, 0), ?,"
                                   " ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    lm_db_bind_str(q, 2, p->id);
    lm_db_bind_str(q, 3, lm_str(lm_process_kind_word(p->kind)));
    lm_db_bind_str(q, 4, p->provider);
    lm_db_bind_str_null(q, 5, p->account);
    lm_db_bind_str_null(q, 6, p->reference);
    (void)sqlite3_bind_int64(q, 7, authority);
    lm_db_bind_day(q, 8, p->served_day);
    lm_db_bind_day(q, 9, p->expires_day);
    (void)sqlite3_bind_int64(q, 10, lm_db_now_us());
    lm_db_bind_str(q, 11, lm_str(st->actor));
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err add(struct lm_store *st, const struct lm_process *p, struct lm_error *e)
{
    int64_t investigation = 0, authority = 0, there = 0;
    lm_err err = lm_investigation_find(st, p->investigation, &investigation, e);
    if (err == LM_OK)
        err = authority_of(st, p, investigation, &authority, e);
    if (err == LM_OK)
        err = find(st, p->id, &there, e);
    if (err == LM_OK && there != 0)
        err = lm_fail(e, LM_EEXIST, "there is a process %.*s already", LM_STR_ARG(p->id));
    if (err == LM_OK)
        err = insert(st, p, investigation, authority, e);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_PROCESS, sqlite3_last_insert_rowid(st->db), p->id, e);
}

lm_err lm_store_add_process(struct lm_store *st, const struct lm_process *p, struct lm_error *e)
{
    lm_err err = check(p, e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, add(st, p, e), e);
}

/* --- what becomes of one --- */

static lm_err insert_change(struct lm_store *st, int64_t process, const struct lm_process_change *c, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO process_change(process, change, expires_day, reference, reason, at_us, who)"
                                   " VALUES(?, ?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, process);
    lm_db_bind_str(q, 2, c->withdrawn ? LM_STR("withdrawn") : LM_STR("extended"));
    lm_db_bind_day(q, 3, c->expires_day);
    lm_db_bind_str_null(q, 4, c->reference);
    lm_db_bind_str_null(q, 5, c->reason);
    (void)sqlite3_bind_int64(q, 6, lm_db_now_us());
    lm_db_bind_str(q, 7, lm_str(st->actor));
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

struct now { /* how a process stands */
    int32_t until_day, served_day;
    bool withdrawn;
};

static lm_err keep_now(void *user, const struct lm_process *p)
{
    *(struct now *)user = (struct now){ p->until_day, p->served_day, p->withdrawn };
    return LM_OK;
}

static lm_err change(struct lm_store *st, struct lm_str id, const struct lm_process_change *c, struct lm_error *e)
{
    struct now now = { LM_DAY_NONE, LM_DAY_NONE, false };
    int64_t process = 0;
    char day[LM_WHEN_TEXT];
    lm_err err = lm_store_processes(st, LM_STR(""), id, keep_now, &now, e);
    if (err == LM_OK)
        err = find(st, id, &process, e);
    if (err == LM_OK && now.withdrawn)
        err = lm_fail(e, LM_EEXIST, "the process %.*s was withdrawn, and stays so", LM_STR_ARG(id));
    if (err == LM_OK && !c->withdrawn && now.until_day != LM_DAY_NONE && c->expires_day <= now.until_day)
        err = lm_fail(e, LM_EUSAGE, "an extension goes to a day after %s, until which the process holds already",
                      lm_day_format(now.until_day, day));
    if (err == LM_OK && !c->withdrawn && now.served_day != LM_DAY_NONE && c->expires_day < now.served_day)
        err = lm_fail(e, LM_EUSAGE, "the process would expire before it was served");
    if (err == LM_OK)
        err = insert_change(st, process, c, e);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_PROCESS_CHANGE, sqlite3_last_insert_rowid(st->db), id, e);
}

lm_err lm_store_extend_process(struct lm_store *st, struct lm_str id, int32_t expires_day, struct lm_str reference,
                               struct lm_error *e)
{
    struct lm_process_change c = { .expires_day = expires_day, .reference = reference };
    lm_err err = expires_day == LM_DAY_NONE ? lm_fail(e, LM_EUSAGE, "an extension names the day until which it goes")
                                            : check_text("reference", reference, e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, change(st, id, &c, e), e);
}

lm_err lm_store_withdraw_process(struct lm_store *st, struct lm_str id, struct lm_str reason, struct lm_error *e)
{
    struct lm_process_change c = { .withdrawn = true, .expires_day = LM_DAY_NONE, .reason = lm_str_trim(reason) };
    lm_err err = c.reason.n == 0 ? lm_fail(e, LM_EUSAGE, "withdrawing a process needs a reason")
                                 : check_text("reason", c.reason, e);
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, change(st, id, &c, e), e);
}

/* --- reading --- */

static lm_err read_changes(struct lm_store *st, struct lm_arena *a, sqlite3_stmt *q, int64_t id, struct lm_process *p,
                           struct lm_error *e)
{
    struct lm_process_change *list = NULL;
    size_t n = 0, cap = 0;
    bool row = false;
    lm_err err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_process_change *more = lm_arena_grow(a, list, n, &cap, sizeof *list);
        struct lm_process_change c = { .withdrawn = lm_str_eq(lm_db_str(q, 0), LM_STR("withdrawn")),
                                       .expires_day = lm_db_day(q, 1),
                                       .reference = lm_arena_copy(a, lm_db_str(q, 2)),
                                       .reason = lm_arena_copy(a, lm_db_str(q, 3)),
                                       .at_us = sqlite3_column_int64(q, 4),
                                       .who = lm_arena_copy(a, lm_db_str(q, 5)) };
        if (more == NULL || c.reference.p == NULL || c.reason.p == NULL || c.who.p == NULL) {
            err = lm_fail(e, LM_ENOMEM, "out of memory");
            break;
        }
        list = more;
        list[n++] = c;
        p->withdrawn = p->withdrawn || c.withdrawn;
        p->until_day = c.withdrawn ? p->until_day : c.expires_day;
    }
    (void)sqlite3_reset(q);
    p->changes = list;
    p->n_changes = n;
    return err;
}

static lm_err read_process(struct lm_arena *a, sqlite3_stmt *q, struct lm_process *ret, struct lm_error *e)
{
    struct lm_process p = { .id = lm_arena_copy(a, lm_db_str(q, 1)),
                            .investigation = lm_arena_copy(a, lm_db_str(q, 2)),
                            .provider = lm_arena_copy(a, lm_db_str(q, 4)),
                            .account = lm_arena_copy(a, lm_db_str(q, 5)),
                            .reference = lm_arena_copy(a, lm_db_str(q, 6)),
                            .authority = lm_arena_copy(a, lm_db_str(q, 7)),
                            .authority_revoked = sqlite3_column_int(q, 8) != 0,
                            .served_day = lm_db_day(q, 9),
                            .expires_day = lm_db_day(q, 10),
                            .at_us = sqlite3_column_int64(q, 11),
                            .who = lm_arena_copy(a, lm_db_str(q, 12)) };
    p.until_day = p.expires_day;
    if (!lm_process_kind_parse(lm_db_str(q, 3), &p.kind))
        return lm_fail(e, LM_EDAMAGED, "a process of an unknown kind");
    if (p.id.p == NULL || p.investigation.p == NULL || p.provider.p == NULL || p.who.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    *ret = p;
    return LM_OK;
}

/* The mask of the investigation at hand, read when the rows come to it. */
struct masking {
    struct lm_mask mask;
    int64_t investigation;
};

static lm_err mask_account(struct lm_store *st, struct masking *k, struct lm_arena *a, int64_t investigation,
                           struct lm_process *p, struct lm_error *e)
{
    struct lm_str name;
    if (p->account.n == 0)
        return LM_OK;
    if (k->investigation != investigation) {
        lm_mask_free(&k->mask);
        lm_mask_init(&k->mask);
        k->investigation = investigation;
        lm_err err = lm_mask_load(&k->mask, st, investigation, e);
        if (err != LM_OK)
            return err;
    }
    if (!lm_mask_text(&k->mask, a, p->account, &name))
        return LM_OK;
    p->masked = true;
    p->account = name;
    struct lm_process_change *c = lm_arena_array(a, p->n_changes, sizeof *c);
    if (c == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < p->n_changes; i++) {
        c[i] = p->changes[i];
        c[i].reason = c[i].reason.n != 0 ? LM_STR("(masked)") : c[i].reason;
    }
    p->changes = c;
    return LM_OK;
}

static lm_err stream(struct lm_store *st, sqlite3_stmt *q, sqlite3_stmt *changes, size_t *ret_n,
                     lm_err (*each)(void *user, const struct lm_process *p), void *user, struct lm_error *e)
{
    struct lm_arena arena;
    struct masking masking = { .investigation = 0 };
    bool row = false;
    lm_err err;
    lm_arena_init(&arena, 0);
    lm_mask_init(&masking.mask);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_process p;
        lm_arena_reset(&arena);
        err = read_process(&arena, q, &p, e);
        if (err == LM_OK)
            err = read_changes(st, &arena, changes, sqlite3_column_int64(q, 0), &p, e);
        if (err == LM_OK)
            err = mask_account(st, &masking, &arena, sqlite3_column_int64(q, 13), &p, e);
        if (err != LM_OK || (err = each(user, &p)) != LM_OK)
            break;
        ++*ret_n;
    }
    lm_mask_free(&masking.mask);
    lm_arena_free(&arena);
    return err;
}

lm_err lm_store_processes(struct lm_store *st, struct lm_str investigation, struct lm_str id,
                          lm_err (*each)(void *user, const struct lm_process *p), void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL, *changes = NULL;
    int64_t of = 0;
    size_t n = 0;
    lm_err err = investigation.n != 0 ? lm_investigation_find(st, investigation, &of, e) : LM_OK;
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT p.id, p.code, i.code, p.kind, p.provider, p.account, p.reference, a.code,"
                                " a.revoked_us IS NOT NULL, p.served_day, p.expires_day, p.added_us, p.added_by,"
                                " p.investigation FROM process p JOIN investigation i ON i.id = p.investigation"
                                " LEFT JOIN authority a ON a.id = p.authority WHERE (?1 = 0 OR p.investigation = ?1)"
                                " AND (?2 = '' OR p.code = ?2) ORDER BY p.id", &q, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT change, expires_day, reference, reason, at_us, who FROM process_change"
                                " WHERE process = ? ORDER BY id", &changes, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, of);
        lm_db_bind_str(q, 2, id);
        err = stream(st, q, changes, &n, each, user, e);
    }
    (void)sqlite3_finalize(changes);
    (void)sqlite3_finalize(q);
    if (err == LM_OK && id.n != 0 && n == 0)
        err = lm_fail(e, LM_ENOTFOUND, "there is no process %.*s", LM_STR_ARG(lm_str_take(id, 64)));
    return err;
}
