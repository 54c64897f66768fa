#include <stdio.h>
#include <unistd.h>

#include "store/anchor.h"
#include "store/audit.h"
#include "store/authority.h"
#include "store/cbor.h"
#include "store/import.h"
#include "store/rehome.h"

static lm_err not_found(struct lm_error *e, const char *what, struct lm_str id)
{
    return lm_fail(e, LM_ENOTFOUND, "there is no %s %.*s", what, LM_STR_ARG(lm_str_take(id, 64)));
}

static lm_err plain_id(struct lm_error *e, const char *what, struct lm_str id)
{
    bool ok = id.n > 0 && id.n <= 64 && lm_utf8_valid_prefix(id) == id.n;
    for (size_t i = 0; ok && i < id.n; i++)
        ok = (unsigned char)id.p[i] > ' ' && id.p[i] != 0x7f;
    return ok ? LM_OK : lm_fail(e, LM_EUSAGE, "the id of an %s is 1 to 64 characters without spaces", what);
}

lm_err lm_investigation_find(struct lm_store *st, struct lm_str id, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT id FROM investigation WHERE code = ?", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, id);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row)
        err = not_found(e, "investigation", id);
    else if (err == LM_OK)
        *ret = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err exists(struct lm_store *st, const char *sql, struct lm_str id, bool *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, id);
    err = lm_db_step(st, q, ret, e);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err add_investigation(struct lm_store *st, const struct lm_investigation *i, struct lm_error *e)
{
    bool there = false;
    sqlite3_stmt *q = NULL;
    lm_err err = exists(st, "SELECT 1 FROM investigation WHERE code = ?", i->id, &there, e);
    if (err == LM_OK && there)
        err = lm_fail(e, LM_EEXIST, "there is an investigation %.*s already", LM_STR_ARG(i->id));
    if (err == LM_OK)
        err = lm_db_prepare(st, "INSERT INTO investigation(code, title, agency, division, added_us, added_by)"
                                " VALUES(?, ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, i->id);
    lm_db_bind_str(q, 2, i->title);
    lm_db_bind_str_null(q, 3, i->agency);
    lm_db_bind_str_null(q, 4, i->division);
    (void)sqlite3_bind_int64(q, 5, lm_db_now_us());
    lm_db_bind_str(q, 6, lm_str(st->actor));
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    int64_t id = sqlite3_last_insert_rowid(st->db);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_INVESTIGATION, id, i->id, e);
}

lm_err lm_store_add_investigation(struct lm_store *st, const struct lm_investigation *i, struct lm_error *e)
{
    lm_err err = plain_id(e, "investigation", i->id);
    if (err == LM_OK && i->title.n == 0)
        err = lm_fail(e, LM_EUSAGE, "an investigation needs a title");
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, add_investigation(st, i, e), e);
}

lm_err lm_store_investigations(struct lm_store *st, lm_err (*each)(void *user, const struct lm_investigation *i),
                               void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT code, title, agency, division FROM investigation ORDER BY id", &q, e);
    if (err != LM_OK)
        return err;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_investigation i = { lm_db_str(q, 0), lm_db_str(q, 1), lm_db_str(q, 2), lm_db_str(q, 3) };
        if ((err = each(user, &i)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* 18 U.S.C. 2703, 3121-3127: what each kind can reach at most; a reach with a higher code is narrower. */
static enum lm_reach widest(enum lm_authority_kind kind)
{
    switch (kind) {
    case LM_AUTHORITY_D_ORDER:
    case LM_AUTHORITY_PEN_TRAP:
    case LM_AUTHORITY_GRAND_JURY_SUBPOENA:
    case LM_AUTHORITY_ADMIN_SUBPOENA:
    case LM_AUTHORITY_AREA_REQUEST:
        return LM_REACH_NON_CONTENT;
    case LM_AUTHORITY_SEARCH_WARRANT:
    case LM_AUTHORITY_TITLE_III:
    case LM_AUTHORITY_CONSENT:
    case LM_AUTHORITY_EXIGENT:
    case LM_AUTHORITY_OWN_RECORDS:
    case LM_AUTHORITY_OPEN_SOURCE:
        break;
    }
    return LM_REACH_CONTENT;
}

/* Location needs a warrant (Carpenter), what the emergency or the holder allows, or an order for an area. */
static bool may_locate(enum lm_authority_kind kind)
{
    return widest(kind) == LM_REACH_CONTENT || kind == LM_AUTHORITY_AREA_REQUEST;
}

static lm_err check_authority(const struct lm_authority *a, struct lm_error *e)
{
    lm_err err = plain_id(e, "authority", a->id);
    if (err != LM_OK)
        return err;
    if (a->from_day != LM_DAY_NONE && a->to_day != LM_DAY_NONE && a->from_day > a->to_day)
        return lm_fail(e, LM_EUSAGE, "the authority ends before it begins");
    if (a->issued_day != LM_DAY_NONE && a->expires_day != LM_DAY_NONE && a->issued_day > a->expires_day)
        return lm_fail(e, LM_EUSAGE, "the authority expires before it was issued");
    const char *kind = lm_authority_kind_word(a->kind), *reach = lm_reach_word(a->reach);
    if (a->reach != LM_REACH_LOCATION && a->reach < widest(a->kind)) {
        (void)lm_fail(e, LM_EDENIED, "a %s never reaches %s; the widest it can reach is %s", kind, reach,
                      lm_reach_word(widest(a->kind)));
        lm_fail_hint(e, "content needs a search warrant, a Title III order, or the holder's consent");
        return LM_EDENIED;
    }
    if ((a->reach == LM_REACH_LOCATION || a->reaches_location) && !may_locate(a->kind))
        return lm_fail(e, LM_EDENIED, "a %s does not reach location; that needs a warrant", kind);
    for (size_t i = 0; i < a->n_accounts; i++)
        if (a->accounts[i].id.n == 0 || a->accounts[i].platform == LM_PLATFORM_NONE)
            return lm_fail(e, LM_EUSAGE, "a covered account is a platform and an id");
    return LM_OK;
}

static lm_err add_accounts(struct lm_store *st, int64_t id, const struct lm_authority *a, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO authority_account(authority, ord, platform, native)"
                                   " VALUES(?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < a->n_accounts && err == LM_OK; i++) {
        (void)sqlite3_bind_int64(q, 1, id);
        (void)sqlite3_bind_int64(q, 2, (int64_t)i);
        (void)sqlite3_bind_int(q, 3, (int)a->accounts[i].platform);
        lm_db_bind_str(q, 4, a->accounts[i].id);
        err = lm_db_run(st, q, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static void day(struct lm_buf *b, int32_t d)
{
    if (d == LM_DAY_NONE)
        lm_cbor_null(b);
    else
        lm_cbor_i64(b, d);
}

lm_err lm_authority_digest(const struct lm_authority *a, char ret_hex[65])
{
    struct lm_buf b;
    lm_buf_init(&b, 1 << 24);
    lm_cbor_array(&b, 14 + a->n_accounts * 2);
    lm_cbor_text(&b, a->id);
    lm_cbor_text(&b, a->investigation);
    lm_cbor_text(&b, lm_str(lm_authority_kind_word(a->kind)));
    lm_cbor_text(&b, lm_str(lm_reach_word(a->reach)));
    lm_cbor_i64(&b, a->reaches_location);
    lm_cbor_text(&b, a->number);
    lm_cbor_text(&b, a->court);
    lm_cbor_text(&b, a->offences);
    lm_cbor_text(&b, a->seizure_terms);
    day(&b, a->issued_day);
    day(&b, a->from_day);
    day(&b, a->to_day);
    day(&b, a->expires_day);
    lm_cbor_i64(&b, a->sealed);
    for (size_t i = 0; i < a->n_accounts; i++) {
        lm_cbor_text(&b, lm_str(lm_platform_word(a->accounts[i].platform)));
        lm_cbor_text(&b, a->accounts[i].id);
    }
    struct lm_sha256 h;
    lm_err err = b.failed ? LM_ENOMEM : lm_sha256_of(lm_buf_str(&b), &h);
    if (err == LM_OK)
        (void)lm_sha256_hex(&h, ret_hex);
    lm_buf_free(&b);
    return err;
}

static lm_err insert_authority(struct lm_store *st, const struct lm_authority *a, int64_t investigation,
                               struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO authority(code, investigation, kind, reach, location, number, court,"
                                   " offences, seizure_terms, issued_day, from_day, to_day, expires_day, sealed,"
                                   " added_us, added_by) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, a->id);
    (void)sqlite3_bind_int64(q, 2, investigation);
    (void)sqlite3_bind_int(q, 3, (int)a->kind);
    (void)sqlite3_bind_int(q, 4, (int)a->reach);
    (void)sqlite3_bind_int(q, 5, a->reaches_location);
    lm_db_bind_str_null(q, 6, a->number);
    lm_db_bind_str_null(q, 7, a->court);
    lm_db_bind_str_null(q, 8, a->offences);
    lm_db_bind_str_null(q, 9, a->seizure_terms);
    lm_db_bind_day(q, 10, a->issued_day);
    lm_db_bind_day(q, 11, a->from_day);
    lm_db_bind_day(q, 12, a->to_day);
    lm_db_bind_day(q, 13, a->expires_day);
    (void)sqlite3_bind_int(q, 14, a->sealed);
    (void)sqlite3_bind_int64(q, 15, lm_db_now_us());
    lm_db_bind_str(q, 16, lm_str(st->actor));
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err add_authority(struct lm_store *st, const struct lm_authority *a, struct lm_error *e)
{
    bool there = false;
    int64_t investigation = 0;
    char hex[65];
    lm_err err = lm_investigation_find(st, a->investigation, &investigation, e);
    if (err == LM_OK)
        err = exists(st, "SELECT 1 FROM authority WHERE code = ?", a->id, &there, e);
    if (err == LM_OK && there)
        err = lm_fail(e, LM_EEXIST, "there is an authority %.*s already", LM_STR_ARG(a->id));
    if (err == LM_OK)
        err = insert_authority(st, a, investigation, e);
    if (err == LM_OK)
        err = add_accounts(st, sqlite3_last_insert_rowid(st->db), a, e);
    if (err == LM_OK && lm_authority_digest(a, hex) != LM_OK)
        err = lm_fail(e, LM_ENOMEM, "out of memory");
    return err != LM_OK ? err : lm_audit_add(st, LM_ACTION_AUTHORITY_ADD, a->id, lm_str(hex), e);
}

lm_err lm_store_add_authority(struct lm_store *st, const struct lm_authority *a, struct lm_error *e)
{
    lm_err err = check_authority(a, e);
    if (err == LM_EDENIED) {
        lm_err logged = lm_store_audit(st, LM_ACTION_AUTHORITY_ADD, a->id, "denied", NULL);
        return logged == LM_OK ? err : lm_fail(e, logged, "the refusal could not be written into the audit chain");
    }
    if (err == LM_OK)
        err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, add_authority(st, a, e), e);
}

#define AUTHORITY_COLUMNS                                                                                    \
    "a.id, a.code, i.code, a.kind, a.reach, a.location, a.number, a.court, a.offences, a.seizure_terms,"     \
    " a.issued_day, a.from_day, a.to_day, a.expires_day, a.sealed, a.revoked_us"

static lm_err read_accounts(struct lm_store *st, struct lm_arena *arena, int64_t id, struct lm_authority *a,
                            struct lm_error *e)
{
    int64_t n = 0;
    bool row = false;
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "SELECT platform, native, count(*) OVER () FROM authority_account"
                                   " WHERE authority = ? ORDER BY ord", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    struct lm_covered_account *list = NULL;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        if (list == NULL)
            list = lm_arena_array(arena, (size_t)sqlite3_column_int64(q, 2), sizeof *list);
        struct lm_str native = lm_arena_copy(arena, lm_db_str(q, 1));
        if (list == NULL || native.p == NULL) {
            err = lm_fail(e, LM_ENOMEM, "out of memory");
            break;
        }
        list[n++] = (struct lm_covered_account){ (enum lm_platform)sqlite3_column_int(q, 0), native };
    }
    (void)sqlite3_finalize(q);
    a->accounts = list;
    a->n_accounts = (size_t)n;
    return err;
}

static lm_err read_authority(struct lm_store *st, struct lm_arena *arena, sqlite3_stmt *q, struct lm_authority *ret,
                             struct lm_error *e)
{
    struct lm_authority a = {
        .id = lm_arena_copy(arena, lm_db_str(q, 1)),
        .investigation = lm_arena_copy(arena, lm_db_str(q, 2)),
        .kind = (enum lm_authority_kind)sqlite3_column_int(q, 3),
        .reach = (enum lm_reach)sqlite3_column_int(q, 4),
        .reaches_location = sqlite3_column_int(q, 5) != 0 || sqlite3_column_int(q, 4) == LM_REACH_LOCATION,
        .number = lm_arena_copy(arena, lm_db_str(q, 6)),
        .court = lm_arena_copy(arena, lm_db_str(q, 7)),
        .offences = lm_arena_copy(arena, lm_db_str(q, 8)),
        .seizure_terms = lm_arena_copy(arena, lm_db_str(q, 9)),
        .issued_day = lm_db_day(q, 10),
        .from_day = lm_db_day(q, 11),
        .to_day = lm_db_day(q, 12),
        .expires_day = lm_db_day(q, 13),
        .sealed = sqlite3_column_int(q, 14) != 0,
        .revoked = sqlite3_column_type(q, 15) != SQLITE_NULL,
    };
    if (a.id.p == NULL || a.investigation.p == NULL || a.seizure_terms.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = read_accounts(st, arena, sqlite3_column_int64(q, 0), &a, e);
    if (err == LM_OK)
        *ret = a;
    return err;
}

lm_err lm_authority_find(struct lm_store *st, struct lm_arena *a, struct lm_str id, struct lm_authority *ret,
                         int64_t *ret_id, int64_t *ret_investigation, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT " AUTHORITY_COLUMNS ", a.investigation FROM authority a"
                                   " JOIN investigation i ON i.id = a.investigation WHERE a.code = ?", &q, e);
    if (err != LM_OK)
        return err;
    lm_db_bind_str(q, 1, id);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row) {
        err = not_found(e, "authority", id);
        lm_fail_hint(e, "a person enters it first: lastmile authority add");
    } else if (err == LM_OK) {
        err = read_authority(st, a, q, ret, e);
    }
    if (err == LM_OK) {
        *ret_id = sqlite3_column_int64(q, 0);
        *ret_investigation = sqlite3_column_int64(q, 16);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_authority(struct lm_store *st, struct lm_arena *a, struct lm_str id, struct lm_authority *ret,
                          struct lm_error *e)
{
    int64_t ignored[2];
    return lm_authority_find(st, a, id, ret, &ignored[0], &ignored[1], e);
}

lm_err lm_store_authorities(struct lm_store *st, struct lm_str investigation,
                            lm_err (*each)(void *user, const struct lm_authority *a), void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    struct lm_arena arena;
    int64_t id = 0;
    lm_err err = investigation.n != 0 ? lm_investigation_find(st, investigation, &id, e) : LM_OK;
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT " AUTHORITY_COLUMNS " FROM authority a JOIN investigation i"
                                " ON i.id = a.investigation WHERE ?1 = 0 OR a.investigation = ?1 ORDER BY a.id",
                            &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    lm_arena_init(&arena, 0);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_authority a;
        lm_arena_reset(&arena);
        if ((err = read_authority(st, &arena, q, &a, e)) != LM_OK || (err = each(user, &a)) != LM_OK)
            break;
    }
    lm_arena_free(&arena);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err mark_revoked(struct lm_store *st, int64_t id, struct lm_str reason, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "UPDATE authority SET revoked_us = ?, revoked_by = ?, revoked_reason = ?"
                                   " WHERE id = ?", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
    lm_db_bind_str(q, 2, lm_str(st->actor));
    lm_db_bind_str(q, 3, reason);
    (void)sqlite3_bind_int64(q, 4, id);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

/* The entry: object the authority's code, outcome "DIGEST REASON". */
static lm_err enter_revocation(struct lm_store *st, struct lm_arena *arena, struct lm_str code, int64_t id,
                               struct lm_str reason, struct lm_error *e)
{
    char hex[65];
    lm_err err = lm_anchor_digest(st, LM_ANCHOR_REVOCATION, id, hex, e);
    if (err != LM_OK)
        return err;
    struct lm_str outcome = lm_arena_printf(arena, "%s %.*s", hex, LM_STR_ARG(reason));
    return outcome.p == NULL ? lm_fail(e, LM_ENOMEM, "out of memory")
                             : lm_audit_add(st, LM_ACTION_AUTHORITY_REVOKE, code, outcome, e);
}

static lm_err revoke_authority(struct lm_store *st, struct lm_str code, struct lm_str reason, struct lm_error *e)
{
    struct lm_authority a;
    struct lm_arena arena;
    int64_t id = 0, investigation = 0;
    lm_arena_init(&arena, 0);
    lm_err err = lm_authority_find(st, &arena, code, &a, &id, &investigation, e);
    if (err == LM_OK && a.revoked)
        err = lm_fail(e, LM_EEXIST, "the authority %.*s is revoked already", LM_STR_ARG(code));
    if (err == LM_OK)
        err = mark_revoked(st, id, reason, e);
    if (err == LM_OK)
        err = enter_revocation(st, &arena, code, id, reason, e);
    if (err == LM_OK)
        err = lm_rehome(st, id, code, investigation, e);
    lm_arena_free(&arena);
    return err;
}

lm_err lm_store_revoke_authority(struct lm_store *st, struct lm_str id, struct lm_str reason, struct lm_error *e)
{
    if (lm_str_trim(reason).n == 0)
        return lm_fail(e, LM_EUSAGE, "revoking an authority needs a reason");
    /* an import that is running goes by the authorities as they were when it began */
    int lock = -1;
    lm_err err = lm_import_lock(st, &lock, e);
    if (err != LM_OK)
        return err;
    err = lm_db_begin(st, e);
    if (err == LM_OK)
        err = lm_db_end(st, revoke_authority(st, id, reason, e), e);
    (void)close(lock);
    return err;
}
