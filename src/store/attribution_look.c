/* Looks at attributions. */
#include "store/attribution_parts.h"

#include <stdio.h>

#include "model/selector.h"
#include "store/ledger.h"
#include "store/look.h"

/* The latest word about a person; nobody is suspected until somebody says so. */
#define STANDING                                                                                             \
    "ifnull((SELECT y.standing FROM standing y WHERE y.person = p.id AND y.investigation = ?1"               \
    " ORDER BY y.id DESC LIMIT 1), 'unassessed')"
#define OVERLAP                                                                                              \
    " (ot.to_us IS NULL OR t.from_us IS NULL OR t.from_us < ot.to_us)"                                       \
    " AND (t.to_us IS NULL OR ot.from_us IS NULL OR ot.from_us < t.to_us)"
#define CONFLICTS                                                                                            \
    "(SELECT count(DISTINCT ifnull(op.merged_into, op.id)) FROM identifier oi JOIN attribution ot ON ot.identifier = oi.id" \
    " JOIN person op ON op.id = ot.person LEFT JOIN source os ON os.id = ot.source"                          \
    " LEFT JOIN authority oa ON oa.id = os.authority WHERE oi.key = i.key AND oi.type = i.type AND op.investigation = ?1"   \
    " AND ot.undone_us IS NULL AND ot.state <> 'refused' AND (ot.source IS NULL OR (oa.investigation = ?1"   \
    " AND oa.revoked_us IS NULL)) AND ifnull(op.merged_into, op.id) <> ifnull(p.merged_into, p.id) AND" OVERLAP ")"
#define COLUMNS                                                                                              \
    "SELECT t.id, t.person, i.type, i.key, p.label, NULL, " STANDING ", NULL, t.basis, t.state, t.undone_us,"   \
    " t.from_us, t.to_us, t.scheme, t.grade, t.decided_by, t.undone_by, ifnull(t.proposed_us, 0), ifnull(t.decided_us, 0),"  \
    " t.reason, " CONFLICTS ", t.link"
/* ?2 … ?5 identifier keys or NULL, ?6 person, ?7 state, ?8 with undone ones */
#define ASKED                                                                                                \
    " WHERE p.investigation = ?1 AND (?2 IS NULL OR i.key IN (?2, ?3, ?4, ?5)) AND (?6 = 0 OR p.id = ?6)"    \
    " AND (?7 IS NULL OR t.state = ?7) AND (?8 OR t.undone_us IS NULL)"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* Any name that a record gives for a protected person's number could be hers. */
static lm_err mask_row(struct lm_look *look, struct lm_attribution_row *r, char name[64], struct lm_error *e)
{
    const struct lm_mask *mask;
    struct lm_str says;
    lm_err err = lm_look_mask(look, &mask, e);
    if (err != LM_OK)
        return err;
    if (lm_mask_has_person(mask, r->person, &r->label)) {
        r->masked = true;
    } else if (lm_mask_identifier(mask, r->type, r->identifier, &says)) {
        r->masked = true;
        (void)snprintf(name, 64, "person %lld", (long long)r->person);
        r->label = lm_str(name);
    }
    return LM_OK;
}

static lm_err read_row(struct lm_look *look, sqlite3_stmt *q, char name[64], struct lm_attribution_row *ret, struct lm_error *e)
{
    struct lm_str marks = lm_db_str(q, 19);
    size_t at = lm_str_find(marks, LM_STR(": "));
    struct lm_attribution_row r = {
        .id = sqlite3_column_int64(q, 0), .person = sqlite3_column_int64(q, 1),
        .type = (enum lm_identifier_type)sqlite3_column_int(q, 2), .identifier = lm_db_str(q, 3), .label = lm_db_str(q, 4),
        .standing = lm_db_str(q, 6),
        .undone = sqlite3_column_type(q, 10) != SQLITE_NULL, .undone_us = sqlite3_column_int64(q, 10),
        .from_us = lm_attribution_end(q, 11, LM_WINDOW_OPEN_FROM), .to_us = lm_attribution_end(q, 12, LM_WINDOW_OPEN_TO),
        .scheme = lm_db_str(q, 13), .grade = lm_db_str(q, 14), .decided_by = lm_db_str(q, 15), .undone_by = lm_db_str(q, 16),
        .proposed_us = sqlite3_column_int64(q, 17), .decided_us = sqlite3_column_int64(q, 18),
        .records = at != SIZE_MAX ? (marks.n - at - 1) / 17 : 0, .devices = lm_attribution_devices(marks),
        .conflicts = (uint64_t)sqlite3_column_int64(q, 20) };
    if (!lm_attribution_words(q, 8, 9, &r.basis, &r.state) || !lm_link_class_parse(lm_db_str(q, 21), &r.link))
        return lm_fail(e, LM_EDAMAGED, "attribution %lld has a word that is unknown", (long long)r.id);
    lm_err err = mask_row(look, &r, name, e);
    if (err != LM_OK)
        return err;
    *ret = r;
    return LM_OK;
}

/* --- list --- */

/* Every key that the text could have. */
static lm_err bind_asked(struct lm_arena *a, sqlite3_stmt *q, int64_t investigation, const struct lm_attribution_query *x,
                         struct lm_error *e)
{
    static const enum lm_identifier_type types[] = { LM_IDENTIFIER_PHONE, LM_IDENTIFIER_EMAIL, LM_IDENTIFIER_HANDLE,
                                                     LM_IDENTIFIER_ACCOUNT_ID };
    struct lm_str text = lm_str_trim(x->identifier), key;
    (void)sqlite3_bind_int64(q, 1, investigation);
    bool any = false;
    for (int i = 0; i < 4 && text.n != 0; i++) {
        if (!lm_identifier_key(a, types[i], text, &key))
            continue;
        lm_db_bind_str(q, 2 + i, key);
        if (!any)
            lm_db_bind_str(q, 2, key);
        any = true;
    }
    (void)sqlite3_bind_int64(q, 6, x->person);
    if (x->has_state)
        lm_db_bind_str(q, 7, lm_str(lm_attribution_state_word(x->state)));
    (void)sqlite3_bind_int(q, 8, x->undone);
    return text.n == 0 || any ? LM_OK : lm_fail(e, LM_EUSAGE, "this is not an identifier");
}

static lm_err list_rows(struct lm_look *look, const struct lm_attribution_query *x,
                        lm_err (*each)(void *user, const struct lm_attribution_row *row), void *user, uint64_t *ret_withheld,
                        struct lm_error *e)
{
    static const char rows[] = COLUMNS LM_ATTRIBUTION_FROM ASKED " AND" LM_ATTRIBUTION_LIVE
                               " ORDER BY i.type, i.key, t.basis, p.label, t.id";
    static const char withheld[] = "SELECT count(*)" LM_ATTRIBUTION_FROM ASKED " AND NOT" LM_ATTRIBUTION_LIVE;
    sqlite3_stmt *q = NULL, *n = NULL;
    bool row = false;
    char name[64];
    lm_err err = lm_db_prepare(look->st, withheld, &n, e);
    if (err == LM_OK)
        err = bind_asked(&look->arena, n, look->investigation, x, e);
    if (err == LM_OK)
        err = lm_db_step(look->st, n, &row, e);
    if (err == LM_OK)
        *ret_withheld = row ? (uint64_t)sqlite3_column_int64(n, 0) : 0;
    (void)sqlite3_finalize(n);
    if (err == LM_OK)
        err = lm_db_prepare(look->st, rows, &q, e);
    if (err == LM_OK)
        err = bind_asked(&look->arena, q, look->investigation, x, e);
    while (err == LM_OK && (err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_attribution_row r;
        err = read_row(look, q, name, &r, e);
        if (err == LM_OK)
            err = each(user, &r);
        look->n_given += err == LM_OK;
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_attributions(struct lm_store *st, const struct lm_filter *f, const struct lm_attribution_query *x,
                             lm_err (*each)(void *user, const struct lm_attribution_row *row), void *user,
                             uint64_t *ret_withheld, struct lm_error *e)
{
    char detail[256], outcome[64];
    uint64_t withheld = 0;
    (void)snprintf(detail, sizeof detail, "identifier \"%.*s\", person %lld, state %s",
                   LM_STR_ARG(lm_str_take(x->identifier, 128)), (long long)x->person,
                   x->has_state ? lm_attribution_state_word(x->state) : "any");
    struct lm_look_at at = { .action = "attribution", .detail = lm_str(detail) };
    struct lm_look look;
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK) {
        err = list_rows(&look, x, each, user, &withheld, e);
        (void)snprintf(outcome, sizeof outcome, "returned %llu, withheld %llu", (unsigned long long)look.n_given,
                       (unsigned long long)withheld);
        err = lm_look_end(&look, outcome, err, e);
    }
    lm_look_free(&look);
    if (err == LM_OK)
        *ret_withheld = withheld;
    return err;
}

/* --- why --- */

struct why {
    struct lm_look *look;
    const struct lm_attribution_why *to;
    int64_t id;
    uint64_t *marks;
    bool *seen;
    size_t n_marks;
    bool masked;
};

static lm_err why_row(struct why *w, struct lm_error *e)
{
    static const char sql[] = COLUMNS ", t.reason," LM_ATTRIBUTION_LIVE LM_ATTRIBUTION_FROM
                              " WHERE t.id = ?2 AND p.investigation = ?1";
    sqlite3_stmt *q = NULL;
    bool row = false;
    char name[64];
    struct lm_attribution_row r;
    lm_err err = lm_db_prepare(w->look->st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->look->investigation);
    (void)sqlite3_bind_int64(q, 2, w->id);
    err = lm_db_step(w->look->st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no attribution %lld under this investigation", (long long)w->id);
    else if (err == LM_OK && sqlite3_column_int(q, 23) == 0)
        err = lm_fail(e, LM_EDENIED, "the record that attribution %lld points at is not under a live authority", (long long)w->id);
    if (err == LM_OK)
        err = read_row(w->look, q, name, &r, e);
    if (err == LM_OK)
        err = lm_attribution_marks(&w->look->arena, lm_db_str(q, 22), &w->marks, &w->n_marks, e);
    if (err == LM_OK) {
        w->seen = lm_arena_array(&w->look->arena, w->n_marks + 1, sizeof *w->seen);
        w->masked = r.masked;
        err = w->seen == NULL ? no_memory(e) : w->to->row(w->to->user, &r);
        w->look->n_given += err == LM_OK;
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* Index of a mark that was not given yet; SIZE_MAX: none. */
static size_t wanted(const struct why *w, uint64_t mark)
{
    size_t low = 0, high = w->n_marks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->marks[middle] < mark)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_marks && w->marks[low] == mark && !w->seen[low] ? low : SIZE_MAX;
}

static lm_err why_record(struct why *w, sqlite3_stmt *q, struct lm_error *e)
{
    struct lm_sha256 source, exhibit;
    uint64_t mark;
    char hex[65], text[LM_LOCATOR_TEXT];
    struct lm_locator l = lm_db_locator(q, 1);
    if (!lm_db_sha256(q, 0, &source) || !lm_db_sha256(q, 5, &exhibit))
        return lm_fail(e, LM_EDAMAGED, "a source without a hash");
    if (lm_attribution_mark(&source, sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2), lm_db_str(q, 4), &mark) != LM_OK)
        return no_memory(e);
    size_t at = wanted(w, mark);
    if (at == SIZE_MAX)
        return LM_OK;
    w->seen[at] = true;
    struct lm_attribution_record r = { .exhibit = lm_str(lm_sha256_hex(&exhibit, hex)), .exhibit_name = lm_db_str(q, 6),
                                       .source = lm_db_str(q, 7), .reader = lm_db_str(q, 8),
                                       .locator = lm_str(lm_locator_format(&l, text)), .authority = lm_db_str(q, 9),
                                       .says = lm_db_str(q, 10) };
    lm_err err = w->to->record(w->to->user, &r);
    w->look->n_given += err == LM_OK;
    return err;
}

/* The records of all accounts that go with the identifier are compared with the marks. */
static lm_err why_records(struct why *w, uint64_t *ret_withheld, struct lm_error *e)
{
    static const char sql[] =
        "SELECT s.sha256, r.kind, r.a, r.b, r.name, x.sha256, x.name, s.path, s.reader, a.code, l.basis"
        " FROM attribution t JOIN identifier i ON i.id = t.identifier JOIN identifier o ON o.key = i.key AND o.type = i.type"
        " JOIN account_identifier ol ON ol.identifier = o.id JOIN account c ON c.id = ol.account AND c.investigation = ?1"
        " JOIN account_identifier l ON l.account = c.id JOIN record r ON r.id = l.record JOIN source s ON s.id = l.source"
        " JOIN authority a ON a.id = s.authority JOIN exhibit x ON x.id = s.exhibit WHERE t.id = ?2 AND" LM_LOOK_LIVE
        " GROUP BY r.id ORDER BY s.sha256, r.kind, r.a, r.name";
    sqlite3_stmt *q = NULL;
    bool row = false;
    uint64_t left = 0;
    lm_err err = lm_db_prepare(w->look->st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->look->investigation);
    (void)sqlite3_bind_int64(q, 2, w->id);
    while (err == LM_OK && (err = lm_db_step(w->look->st, q, &row, e)) == LM_OK && row)
        err = why_record(w, q, e);
    (void)sqlite3_finalize(q);
    for (size_t i = 0; i < w->n_marks; i++)
        left += !w->seen[i];
    *ret_withheld = left;
    return err;
}

static lm_err why_said(struct why *w, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(w->look->st, "SELECT verdict, reason, who, withdrawn_by, at_us, ifnull(withdrawn_us, 0)"
                                            " FROM judgement WHERE investigation = ?1 AND about = 'attribution' AND row = ?2"
                                            " ORDER BY id", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->look->investigation);
    (void)sqlite3_bind_int64(q, 2, w->id);
    while (err == LM_OK && (err = lm_db_step(w->look->st, q, &row, e)) == LM_OK && row) {
        struct lm_attribution_said s = { lm_db_str(q, 0), w->masked ? LM_STR("(masked)") : lm_db_str(q, 1), lm_db_str(q, 2),
                                         lm_db_str(q, 3), sqlite3_column_int64(q, 4), sqlite3_column_int64(q, 5) };
        err = w->to->said(w->to->user, &s);
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_attribution_why(struct lm_store *st, const struct lm_filter *f, int64_t id,
                                const struct lm_attribution_why *to, uint64_t *ret_withheld, struct lm_error *e)
{
    char detail[64], outcome[64];
    uint64_t withheld = 0;
    (void)snprintf(detail, sizeof detail, "why attribution %lld", (long long)id);
    struct lm_look_at at = { .action = "attribution", .detail = lm_str(detail) };
    struct lm_look look;
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK) {
        struct why w = { .look = &look, .to = to, .id = id };
        err = why_row(&w, e);
        if (err == LM_OK)
            err = why_records(&w, &withheld, e);
        if (err == LM_OK)
            err = why_said(&w, e);
        (void)snprintf(outcome, sizeof outcome, "returned %llu, withheld %llu", (unsigned long long)look.n_given,
                       (unsigned long long)withheld);
        err = lm_look_end(&look, outcome, err, e);
    }
    lm_look_free(&look);
    if (err == LM_OK)
        *ret_withheld = withheld;
    return err;
}
