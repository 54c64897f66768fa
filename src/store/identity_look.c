/* Looks at identities: see identity.h. */
#include "store/identity_parts.h"

#include <stdio.h>
#include <string.h>

#include "model/selector.h"
#include "store/authority.h"
#include "store/ledger.h"
#include "store/look.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* live: LM_IDENTITY_LIVE. */
static lm_err is_live(struct lm_store *st, sqlite3_stmt *live, int64_t investigation, int64_t account, bool *ret, struct lm_error *e)
{
    bool row = false;
    (void)sqlite3_bind_int64(live, 1, investigation);
    (void)sqlite3_bind_int64(live, 2, account);
    lm_err err = lm_db_step(st, live, &row, e);
    *ret = err == LM_OK && row && sqlite3_column_int(live, 0) != 0;
    (void)sqlite3_reset(live);
    return err;
}

/* --- which account is meant --- */

struct found {
    int64_t ids[8];
    size_t n;
    sqlite3_stmt *live;
    struct lm_buf said;
};

static lm_err find_by(struct lm_store *st, int64_t investigation, const char *sql, int code, struct lm_str key, struct found *f, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    lm_db_bind_str(q, 2, key);
    (void)sqlite3_bind_int(q, 3, code);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row && f->n < sizeof f->ids / sizeof f->ids[0]) {
        bool known = false, live = false;
        err = is_live(st, f->live, investigation, sqlite3_column_int64(q, 0), &live, e);
        if (err != LM_OK || !live)
            continue;
        for (size_t i = 0; i < f->n; i++)
            known = known || f->ids[i] == sqlite3_column_int64(q, 0);
        if (known)
            continue;
        f->ids[f->n++] = sqlite3_column_int64(q, 0);
        lm_buf_printf(&f->said, "%s%s", f->said.n != 0 ? ", " : "", lm_platform_word((enum lm_platform)sqlite3_column_int(q, 1)));
    }
    (void)sqlite3_finalize(q);
    return err;
}

#define OF_ACCOUNT "SELECT c.id, c.platform FROM account c WHERE c.investigation = ?1 AND c.key = ?2 AND c.platform = ?3 ORDER BY c.id"
/* Accounts that no live record names are not told from those that are not there. */
#define BY_IDENTIFIER                                                                                        \
    "SELECT DISTINCT c.id, c.platform FROM identifier i JOIN account_identifier l ON l.identifier = i.id"  \
    " JOIN account c ON c.id = l.account JOIN source s ON s.id = l.source JOIN authority a ON a.id = s.authority"    \
    " WHERE i.key = ?2 AND i.type = ?3 AND c.investigation = ?1 AND a.revoked_us IS NULL ORDER BY c.id"

static lm_err find(struct lm_store *st, struct lm_arena *a, int64_t investigation, struct lm_str text, struct found *f, struct lm_error *e)
{
    static const enum lm_identifier_type types[] = { LM_IDENTIFIER_PHONE, LM_IDENTIFIER_EMAIL, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_ACCOUNT_ID };
    size_t colon = lm_str_find(text, LM_STR(":"));
    enum lm_platform platform;
    struct lm_str key;
    lm_err err = LM_OK;
    if (colon != SIZE_MAX && lm_platform_parse(lm_str_take(text, colon), &platform)) {
        struct lm_str id = lm_str_skip(text, colon + 1);
        for (size_t i = 0; i < sizeof types / sizeof types[0] && err == LM_OK; i++)
            if (lm_identifier_key(a, types[i], id, &key))
                err = find_by(st, investigation, OF_ACCOUNT, (int)platform, key, f, e);
        return err == LM_OK && f->n == 0 ? find_by(st, investigation, OF_ACCOUNT, (int)platform, id, f, e) : err;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0] && err == LM_OK; i++)
        if (lm_identifier_key(a, types[i], text, &key))
            err = find_by(st, investigation, BY_IDENTIFIER, (int)types[i], key, f, e);
    return err;
}

lm_err lm_store_account_find(struct lm_store *st, struct lm_arena *a, struct lm_str investigation, struct lm_str text, int64_t *ret,
                             struct lm_error *e)
{
    struct found f = { .n = 0 };
    int64_t id = 0;
    text = lm_str_trim(text);
    lm_buf_init(&f.said, (size_t)1 << 20);
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, LM_IDENTITY_LIVE, &f.live, e);
    if (err == LM_OK)
        err = find(st, a, id, text, &f, e);
    (void)sqlite3_finalize(f.live);
    if (err == LM_OK && f.n == 0) {
        err = lm_fail(e, LM_ENOTFOUND, "no account under this investigation is %.*s", LM_STR_ARG(lm_str_take(text, 200)));
        lm_fail_hint(e, "an account is written PLATFORM:ID, or as an identifier that only one account has; search finds them");
    } else if (err == LM_OK && f.n > 1) {
        err = lm_fail(e, LM_EUSAGE, "%zu accounts have %.*s", f.n, LM_STR_ARG(lm_str_take(text, 200)));
        lm_fail_hint(e, "say which, as PLATFORM:ID; they are at %.*s", LM_STR_ARG(lm_str_take(lm_buf_str(&f.said), 400)));
    }
    lm_buf_free(&f.said);
    if (err == LM_OK)
        *ret = f.ids[0];
    return err;
}

/* --- what all looks here share --- */

struct asking {
    struct lm_look look;
    sqlite3_stmt *q, *live, *platform;
};

static lm_err begin(struct asking *k, struct lm_store *st, const struct lm_filter *f, const char *detail, const char *sql, struct lm_error *e)
{
    struct lm_look_at at = { .action = "identity", .detail = lm_str(detail) };
    k->q = k->live = k->platform = NULL;
    lm_err err = lm_look_begin(st, f, &at, &k->look, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, sql, &k->q, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, LM_IDENTITY_LIVE, &k->live, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT platform FROM account WHERE id = ?", &k->platform, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(k->q, 1, k->look.investigation);
    return err;
}

static lm_err end(struct asking *k, lm_err err, struct lm_error *e)
{
    char outcome[64];
    (void)sqlite3_finalize(k->q);
    (void)sqlite3_finalize(k->live);
    (void)sqlite3_finalize(k->platform);
    (void)snprintf(outcome, sizeof outcome, "returned %llu", (unsigned long long)k->look.n_given);
    err = lm_look_end(&k->look, outcome, err, e);
    lm_look_free(&k->look);
    return err;
}

/* "signal:+13035550101", or what the mask says; "(withheld)" when no live record names it. */
static lm_err name_of(struct asking *k, int64_t account, struct lm_str *ret, bool *ret_masked, struct lm_error *e)
{
    struct lm_look *look = &k->look;
    const struct lm_mask *mask;
    struct lm_str says, name;
    bool row = false, masked, live = false;
    lm_err err = is_live(look->st, k->live, look->investigation, account, &live, e);
    if (err == LM_OK)
        err = lm_look_mask(look, &mask, e);
    if (err == LM_OK)
        err = lm_look_name(look, account, true, &name, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(k->platform, 1, account);
    err = lm_db_step(look->st, k->platform, &row, e);
    masked = lm_mask_account(mask, account, &says);
    *ret_masked = *ret_masked || masked;
    if (!live)
        *ret = LM_STR("(withheld)");
    else if (masked || !row)
        *ret = lm_arena_copy(&look->arena, name);
    else
        *ret = lm_arena_printf(&look->arena, "%s:%.*s", lm_platform_word((enum lm_platform)sqlite3_column_int(k->platform, 0)), LM_STR_ARG(name));
    (void)sqlite3_reset(k->platform);
    return err != LM_OK ? err : ret->p != NULL ? LM_OK : no_memory(e);
}

/* --- persons --- */

#define STANDING                                                                                             \
    "ifnull((SELECT y.standing FROM standing y WHERE y.person = p.id AND y.investigation = ?1"               \
    " ORDER BY y.id DESC LIMIT 1), 'unassessed')"
static const char persons_sql[] =
    "SELECT p.id, ifnull(p.merged_into, 0), p.label, " STANDING ", (SELECT count(*) FROM identity_member m WHERE m.person = p.id),"
    " NOT EXISTS (SELECT 1 FROM identity_anchor h WHERE h.person = p.id) AND EXISTS (SELECT 1 FROM attribution t WHERE t.person = p.id"
    " AND t.state = 'decided' AND t.undone_us IS NULL) FROM person p WHERE p.investigation = ?1 AND iif(?2 = 0, EXISTS (SELECT 1"
    " FROM identity_member m WHERE m.person = p.id), p.id = ?2) ORDER BY p.id";

static lm_err give_person(struct lm_look *look, sqlite3_stmt *q, lm_err (*each)(void *user, const struct lm_person_row *row), void *user,
                          struct lm_error *e)
{
    const struct lm_mask *mask;
    char name[64];
    struct lm_person_row r = { .person = sqlite3_column_int64(q, 0), .merged_into = sqlite3_column_int64(q, 1), .name = lm_db_str(q, 2),
                               .standing = lm_db_str(q, 3), .accounts = (uint64_t)sqlite3_column_int64(q, 4),
                               .decided = sqlite3_column_int(q, 5) != 0 };
    lm_err err = lm_look_mask(look, &mask, e);
    if (err != LM_OK)
        return err;
    r.masked = lm_mask_has_person(mask, r.person, &r.name);
    if (!r.masked && !r.decided) {
        (void)snprintf(name, sizeof name, "person %lld", (long long)r.person);
        r.name = lm_str(name);
    }
    look->n_given++;
    return each(user, &r);
}

lm_err lm_store_persons(struct lm_store *st, const struct lm_filter *f, int64_t person,
                        lm_err (*each)(void *user, const struct lm_person_row *row), void *user, struct lm_error *e)
{
    struct asking k;
    bool row = false;
    char detail[64];
    (void)snprintf(detail, sizeof detail, person != 0 ? "person %lld" : "all persons", (long long)person);
    lm_err err = begin(&k, st, f, detail, persons_sql, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(k.q, 2, person);
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row)
        err = give_person(&k.look, k.q, each, user, e);
    if (err == LM_OK && person != 0 && k.look.n_given == 0)
        err = lm_fail(e, LM_ENOTFOUND, "there is no person %lld under this investigation", (long long)person);
    return end(&k, err, e);
}

lm_err lm_store_person_accounts(struct lm_store *st, const struct lm_filter *f, int64_t person,
                                lm_err (*each)(void *user, const struct lm_person_account *row), void *user, struct lm_error *e)
{
    static const char sql[] =
        "SELECT c.id, c.platform, (SELECT count(DISTINCT l.record) FROM account_identifier l JOIN source s ON s.id = l.source JOIN authority a"
        " ON a.id = s.authority WHERE l.account = c.id AND l.record IS NOT NULL AND" LM_LOOK_LIVE ") + (SELECT count(*) FROM leg l"
        " JOIN event x ON x.id = l.event JOIN source s ON s.id = x.source JOIN authority a ON a.id = s.authority WHERE l.frm = c.id"
        " AND" LM_LOOK_LIVE ") + (SELECT count(*) FROM leg l JOIN event x ON x.id = l.event JOIN source s ON s.id = x.source"
        " JOIN authority a ON a.id = s.authority WHERE l.dst = c.id AND" LM_LOOK_LIVE ")"
        " FROM identity_member m JOIN account c ON c.id = m.account WHERE m.person = ?2 AND c.investigation = ?1 ORDER BY c.key, c.platform";
    struct asking k;
    bool row = false;
    char detail[64];
    (void)snprintf(detail, sizeof detail, "accounts of person %lld", (long long)person);
    lm_err err = begin(&k, st, f, detail, sql, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(k.q, 2, person);
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row) {
        bool live = false;
        struct lm_person_account r = { .account = sqlite3_column_int64(k.q, 0), .platform = (enum lm_platform)sqlite3_column_int(k.q, 1),
                                       .records = (uint64_t)sqlite3_column_int64(k.q, 2) };
        err = is_live(st, k.live, k.look.investigation, r.account, &live, e);
        if (err != LM_OK || !live)
            continue;
        err = name_of(&k, r.account, &r.id, &r.masked, e);
        if (err == LM_OK)
            err = lm_look_name(&k.look, r.account, false, &r.name, e);
        k.look.n_given++;
        if (err == LM_OK)
            err = each(user, &r);
    }
    return end(&k, err, e);
}

lm_err lm_store_person_history(struct lm_store *st, const struct lm_filter *f, int64_t person,
                               lm_err (*each)(void *user, const struct lm_change_row *row), void *user, struct lm_error *e)
{
    static const char sql[] = "SELECT h.person, ifnull(h.account, 0), ifnull(h.other, 0), h.change, h.who, h.at_us FROM identity_change h"
                              " JOIN person p ON p.id = h.person WHERE p.investigation = ?1 AND (h.person = ?2 OR h.other = ?2) ORDER BY h.id";
    struct asking k;
    bool row = false;
    char detail[64];
    (void)snprintf(detail, sizeof detail, "history of person %lld", (long long)person);
    lm_err err = begin(&k, st, f, detail, sql, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(k.q, 2, person);
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row) {
        bool masked = false;
        struct lm_change_row r = { .person = sqlite3_column_int64(k.q, 0), .account = sqlite3_column_int64(k.q, 1),
                                   .other = sqlite3_column_int64(k.q, 2), .change = lm_db_str(k.q, 3), .who = lm_db_str(k.q, 4),
                                   .at_us = sqlite3_column_int64(k.q, 5) };
        err = r.account != 0 ? name_of(&k, r.account, &r.name, &masked, e) : LM_OK;
        k.look.n_given++;
        if (err == LM_OK)
            err = each(user, &r);
    }
    return end(&k, err, e);
}

/* --- edges --- */

static const char edges_sql[] =
    "SELECT x.id, x.kind, x.a, x.b, ifnull(ma.person, 0), ifnull(mb.person, 0), i.raw, i.type, i.key, ifnull(t.fate, -1),"
    " ifnull(t.bridge, 0), x.bits, x.added_us, x.a_record, x.b_record FROM identity_edge x LEFT JOIN identity_fate t ON t.edge = x.id"
    " LEFT JOIN identity_member ma ON ma.account = x.a LEFT JOIN identity_member mb ON mb.account = x.b"
    " LEFT JOIN identifier i ON i.id = x.identifier WHERE x.investigation = ?1 AND x.ended_us IS NULL"
    " AND (?2 = 0 OR (x.a = ?2 AND x.b = ?3)) AND (?4 = 0 OR (ma.person = ?4 AND mb.person = ?4 AND t.fate IS NOT NULL))"
    " AND (NOT ?8 OR t.fate = 0)"
    " AND (NOT ?5 OR ((ma.person IS NULL OR ma.person IS NOT mb.person) AND ifnull(t.fate, 1) <> 0"
    " AND NOT (x.kind = 'likeness' AND EXISTS (SELECT 1 FROM identity_edge y WHERE y.a = x.a AND y.b = x.b AND y.kind <> 'likeness'"
    " AND y.ended_us IS NULL)) AND NOT EXISTS (SELECT 1"
    " FROM identity_word w JOIN judgement j ON j.id = w.judgement WHERE j.withdrawn_us IS NULL AND j.verdict <> 'unsure'"
    " AND ((w.a = x.a AND w.b = x.b) OR (w.a = x.b AND w.b = x.a)))))"
    " ORDER BY iif(?5, -ifnull(x.bits, 1e9), 0), x.id LIMIT iif(?6 = 0, -1, ?6) OFFSET ?7";
static const char record_sql[] =
    "SELECT h.sha256, s.path, r.kind, r.a, r.b, r.name, a.code FROM record r JOIN source s ON s.id = r.source JOIN authority a"
    " ON a.id = s.authority JOIN exhibit h ON h.id = s.exhibit WHERE r.id = ?2 AND" LM_LOOK_LIVE;

static lm_err record_at(struct lm_look *look, sqlite3_stmt *q, int64_t record, struct lm_identity_edge_row *r, int side, struct lm_error *e)
{
    struct lm_sha256 hash;
    char hex[65], text[LM_LOCATOR_TEXT];
    bool row = false;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_int64(q, 2, record);
    lm_err err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK && row && lm_db_sha256(q, 0, &hash)) {
        struct lm_locator l = lm_db_locator(q, 2);
        r->record[side].exhibit = lm_arena_copy(&look->arena, lm_str(lm_sha256_hex(&hash, hex)));
        r->record[side].source = lm_arena_copy(&look->arena, lm_db_str(q, 1));
        r->record[side].locator = lm_arena_copy(&look->arena, lm_str(lm_locator_format(&l, text)));
        r->record[side].authority = lm_arena_copy(&look->arena, lm_db_str(q, 6));
    }
    (void)sqlite3_reset(q);
    return err;
}

static lm_err give_edge(struct asking *k, sqlite3_stmt *records, lm_err (*each)(void *user, const struct lm_identity_edge_row *row),
                        void *user, struct lm_error *e)
{
    struct lm_look *look = &k->look;
    sqlite3_stmt *q = k->q;
    const struct lm_mask *mask;
    struct lm_str says;
    bool live[2] = { false, false };
    struct lm_identity_edge_row r = { .edge = sqlite3_column_int64(q, 0), .a = sqlite3_column_int64(q, 2), .b = sqlite3_column_int64(q, 3),
                             .a_person = sqlite3_column_int64(q, 4), .b_person = sqlite3_column_int64(q, 5), .shared = lm_db_str(q, 6),
                             .fate = sqlite3_column_int(q, 9), .bridge = sqlite3_column_int(q, 10) != 0, .bits = sqlite3_column_double(q, 11),
                             .added_us = sqlite3_column_int64(q, 12) };
    if (!lm_identity_kind_parse(lm_db_str(q, 1), &r.kind))
        return lm_fail(e, LM_EDAMAGED, "edge %lld is of an unknown kind", (long long)r.edge);
    lm_err err = is_live(look->st, k->live, look->investigation, r.a, &live[0], e);
    if (err == LM_OK)
        err = is_live(look->st, k->live, look->investigation, r.b, &live[1], e);
    if (err != LM_OK || !live[0] || !live[1])
        return err;
    err = name_of(k, r.a, &r.a_name, &r.masked, e);
    if (err == LM_OK)
        err = name_of(k, r.b, &r.b_name, &r.masked, e);
    if (err == LM_OK)
        err = record_at(look, records, sqlite3_column_int64(q, 13), &r, 0, e);
    if (err == LM_OK)
        err = record_at(look, records, sqlite3_column_int64(q, 14), &r, 1, e);
    if (err == LM_OK)
        err = lm_look_mask(look, &mask, e);
    if (err != LM_OK)
        return err;
    if (r.masked && r.shared.n != 0)
        r.shared = LM_STR("(masked)");
    else if (r.shared.n != 0 && lm_mask_identifier(mask, (enum lm_identifier_type)sqlite3_column_int(q, 7), lm_db_str(q, 8), &says))
        r.shared = says;
    look->n_given++;
    return each(user, &r);
}

lm_err lm_store_identity_edges(struct lm_store *st, const struct lm_filter *f, const struct lm_identity_edge_query *x,
                               lm_err (*each)(void *user, const struct lm_identity_edge_row *row), void *user, struct lm_error *e)
{
    struct asking k;
    sqlite3_stmt *records = NULL;
    bool row = false;
    char detail[128];
    (void)snprintf(detail, sizeof detail, "%s, accounts %lld and %lld, person %lld", x->proposals ? "proposals" : "edges", (long long)x->a,
                   (long long)x->b, (long long)x->person);
    lm_err err = begin(&k, st, f, detail, edges_sql, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, record_sql, &records, e);
    if (err == LM_OK) {
        const int64_t v[] = { x->a < x->b ? x->a : x->b, x->a < x->b ? x->b : x->a, x->person, x->proposals, (int64_t)x->limit, (int64_t)x->offset, x->joins };
        for (int i = 0; i < 7; i++)
            (void)sqlite3_bind_int64(k.q, i + 2, v[i]);
    }
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row)
        err = give_edge(&k, records, each, user, e);
    (void)sqlite3_finalize(records);
    return end(&k, err, e);
}

/* --- words --- */

lm_err lm_store_identity_words(struct lm_store *st, const struct lm_filter *f, int64_t a, int64_t b,
                               lm_err (*each)(void *user, const struct lm_identity_word_row *row), void *user, struct lm_error *e)
{
    static const char sql[] =
        "SELECT j.id, j.verdict, j.reason, j.who, j.withdrawn_by, j.at_us, ifnull(j.withdrawn_us, 0), w.a, w.b FROM judgement j"
        " JOIN identity_word w ON w.judgement = j.id WHERE j.investigation = ?1 AND j.about = 'identity' AND (?2 = 0"
        " OR (w.a = ?2 AND (?3 = 0 OR w.b = ?3)) OR (w.b = ?2 AND (?3 = 0 OR w.a = ?3))) ORDER BY j.id, w.ord";
    struct asking k;
    bool row = false;
    lm_err err = begin(&k, st, f, "judgements", sql, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(k.q, 2, a);
        (void)sqlite3_bind_int64(k.q, 3, b);
    }
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row) {
        struct lm_identity_word_row r = { .judgement = sqlite3_column_int64(k.q, 0), .verdict = lm_db_str(k.q, 1), .reason = lm_db_str(k.q, 2),
                                          .who = lm_db_str(k.q, 3), .withdrawn_by = lm_db_str(k.q, 4), .at_us = sqlite3_column_int64(k.q, 5),
                                          .withdrawn_us = sqlite3_column_int64(k.q, 6), .a = sqlite3_column_int64(k.q, 7),
                                          .b = sqlite3_column_int64(k.q, 8) };
        err = name_of(&k, r.a, &r.a_name, &r.masked, e);
        if (err == LM_OK)
            err = name_of(&k, r.b, &r.b_name, &r.masked, e);
        if (r.masked)
            r.reason = LM_STR("(masked)");
        k.look.n_given++;
        if (err == LM_OK)
            err = each(user, &r);
    }
    return end(&k, err, e);
}

/* --- what is known of an account --- */

static lm_err give_value(struct lm_look *look, sqlite3_stmt *q, int64_t account, lm_err (*each)(void *user, const struct lm_value_row *row),
                         void *user, struct lm_error *e)
{
    const struct lm_mask *mask;
    struct lm_sha256 hash;
    struct lm_str says;
    char hex[65], text[LM_LOCATOR_TEXT] = "";
    struct lm_value_row r = { .type = (enum lm_identifier_type)sqlite3_column_int(q, 0), .value = lm_db_str(q, 1), .key = lm_db_str(q, 2),
                              .basis = lm_db_str(q, 3), .source = lm_db_str(q, 5), .authority = lm_db_str(q, 10),
                              .records = (uint64_t)sqlite3_column_int64(q, 11) };
    lm_err err = lm_look_mask(look, &mask, e);
    if (err != LM_OK)
        return err;
    if (!lm_db_sha256(q, 4, &hash))
        return lm_fail(e, LM_EDAMAGED, "an exhibit without a hash");
    if (sqlite3_column_type(q, 6) != SQLITE_NULL) {
        struct lm_locator l = lm_db_locator(q, 6);
        (void)lm_locator_format(&l, text);
    }
    r.exhibit = lm_str(lm_sha256_hex(&hash, hex));
    r.locator = lm_str(text);
    r.masked = lm_mask_account(mask, account, &says) || lm_mask_identifier(mask, r.type, r.key, &says);
    if (r.masked)
        r.value = r.key = says;
    look->n_given++;
    return each(user, &r);
}

lm_err lm_store_account_values(struct lm_store *st, const struct lm_filter *f, int64_t account,
                               lm_err (*each)(void *user, const struct lm_value_row *row), void *user, struct lm_error *e)
{
    static const char sql[] =
        "SELECT i.type, i.raw, i.key, l.basis, h.sha256, s.path, r.kind, r.a, r.b, r.name, a.code, count(DISTINCT l.id), min(l.id)"
        " FROM account_identifier l JOIN account c ON c.id = l.account JOIN identifier i ON i.id = l.identifier JOIN source s"
        " ON s.id = l.source JOIN authority a ON a.id = s.authority JOIN exhibit h ON h.id = s.exhibit LEFT JOIN record r ON r.id = l.record"
        " WHERE l.account = ?2 AND c.investigation = ?1 AND" LM_LOOK_LIVE " GROUP BY i.type, i.key, i.raw, l.basis"
        " ORDER BY i.type, i.key, i.raw, l.basis";
    struct asking k;
    bool row = false;
    char detail[64];
    (void)snprintf(detail, sizeof detail, "what is known of account %lld", (long long)account);
    lm_err err = begin(&k, st, f, detail, sql, e);
    if (err == LM_OK)
        (void)sqlite3_bind_int64(k.q, 2, account);
    while (err == LM_OK && (err = lm_db_step(st, k.q, &row, e)) == LM_OK && row)
        err = give_value(&k.look, k.q, account, each, user, e);
    return end(&k, err, e);
}
