/* Looks at occurrences: the list, one with all its records, the figures. */
#include "store/occurrence.h"

#include <stdio.h>

#include "model/outcome.h"
#include "store/authority.h"
#include "store/contact.h"
#include "store/ledger.h"
#include "store/look.h"

/* --- rows --- */

#define ROW \
    "SELECT o.id, o.kind, o.platform, o.outcome, o.frm, o.dst, e.at_us, e.offset_s, e.quality, " \
    "o.duration_s, o.events," \
    " o.records, o.spread_us, o.rule FROM occurrence o JOIN event e ON e.id = o.id"

static struct lm_occurrence_row row_in(sqlite3_stmt *q)
{
    return (struct lm_occurrence_row){
        .id = sqlite3_column_int64(q, 0),
        .kind = (enum lm_event_kind)sqlite3_column_int(q, 1),
        .platform = (enum lm_platform)sqlite3_column_int(q, 2),
        .outcome = (enum lm_event_outcome)sqlite3_column_int(q, 3),
        .from = sqlite3_column_int64(q, 4),
        .to = sqlite3_column_int64(q, 5),
        .at = lm_look_when(q, 6),
        .duration_s = sqlite3_column_type(q, 9) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 9),
        .events = (uint64_t)sqlite3_column_int64(q, 10),
        .records = (uint64_t)sqlite3_column_int64(q, 11),
        .spread_us = sqlite3_column_int64(q, 12),
        .rule = sqlite3_column_int(q, 13),
    };
}

static lm_err name_ends(struct lm_look *look, struct lm_occurrence_row *r, struct lm_error *e)
{
    lm_err err = r->from != 0 ? lm_look_name(look, r->from, true, &r->from_name, e) : LM_OK;
    return err == LM_OK && r->to != 0 ? lm_look_name(look, r->to, true, &r->to_name, e) : err;
}

static const char list_sql[] =
    ROW " WHERE o.investigation = ?1 AND (?2 = 0 OR o.frm = ?2 OR o.dst = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM occurrence_event m JOIN review v ON v.event = m.event WHERE "
        "m.occurrence = o.id"
        " AND v.state IN ('non_responsive', 'privileged', 'held')) ORDER BY o.at_us, o.id LIMIT ?3 OFFSET ?4";

static lm_err list(struct lm_look *look, const struct lm_occurrence_page *page,
                   lm_err (*each)(void *user, const struct lm_occurrence_row *row), void *user,
                   struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, list_sql, &q, e);
    if (err != LM_OK)
        return err;
    const int64_t values[] = { look->investigation, page->account,
                               page->limit != 0 ? (int64_t)page->limit : -1, (int64_t)page->offset };
    for (int i = 0; i < 4; i++)
        (void)sqlite3_bind_int64(q, i + 1, values[i]);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        struct lm_occurrence_row r = row_in(q);
        lm_look_forget(look);
        err = name_ends(look, &r, e);
        look->n_given++;
        if (err != LM_OK || (err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_occurrences(struct lm_store *st, const struct lm_filter *f,
                            const struct lm_occurrence_page *page,
                            lm_err (*each)(void *user, const struct lm_occurrence_row *row), void *user,
                            struct lm_error *e)
{
    struct lm_look look;
    char detail[48] = "";
    if (page->limit > INT64_MAX / 2 || page->offset > INT64_MAX / 2)
        return lm_fail(e, LM_EUSAGE, "a page that far does not exist");
    if (page->account != 0)
        (void)snprintf(detail, sizeof detail, "account %lld", (long long)page->account);
    struct lm_look_at at = { .action = "occurrences", .detail = lm_str(detail), .outcome = "returned" };
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK)
        err = lm_look_end(&look, NULL, list(&look, page, each, user, e), e);
    lm_look_free(&look);
    return err;
}

/* --- the figures --- */

static const char totals_sql[] =
    "SELECT ifnull(sum(c.occurrences - c.joined), 0), ifnull(sum(c.records), 0),"
    " ifnull(sum(c.attempts - c.joined_attempts), 0), ifnull(sum(c.voicemails - c.joined_voicemails), 0),"
    " ifnull(sum(c.forwards - c.joined_forwards), 0) FROM contact_edge c JOIN authority a ON a.id = "
    "c.authority WHERE c.kind IN (0, 1) AND" LM_LOOK_LIVE;

lm_err lm_store_occurrence_totals(struct lm_store *st, struct lm_str investigation,
                                  struct lm_occurrence_totals *ret, struct lm_error *e)
{
    struct lm_occurrence_totals t = { 0 };
    struct lm_occurrence_state stored, now;
    sqlite3_stmt *q = NULL;
    bool row = false;
    int64_t id;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_store_occurrence_state(st, investigation, &stored, &now, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, totals_sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && row)
        t = (struct lm_occurrence_totals){ (uint64_t)sqlite3_column_int64(q, 0),
                                           (uint64_t)sqlite3_column_int64(q, 1),
                                           (uint64_t)sqlite3_column_int64(q, 2),
                                           (uint64_t)sqlite3_column_int64(q, 3),
                                           (uint64_t)sqlite3_column_int64(q, 4),
                                           0,
                                           false };
    (void)sqlite3_finalize(q);
    q = NULL;
    t.current = err == LM_OK && lm_occurrences_current(&stored, &now);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT count(*) FROM occurrence WHERE investigation = ?", &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, id);
        err = lm_db_step(st, q, &row, e);
        t.joined = err == LM_OK ? (uint64_t)sqlite3_column_int64(q, 0) : 0;
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        *ret = t;
    return err;
}

/* --- one --- */

static const char members_sql[] =
    "SELECT e.id, e.frm, (SELECT l.dst FROM leg l WHERE l.event = e.id AND l.ord = 0), e.at_us, r.a, "
    "e.source, e.duration_s,"
    " e.n_records, e.kind, e.platform, e.flags, e.detail, e.quality, s.sha256, x.name, e.offset_s, e.n_to "
    "FROM event e"
    " JOIN record r ON r.id = e.record JOIN source s ON s.id = e.source JOIN authority a ON a.id = "
    "s.authority JOIN exhibit x ON x.id = s.exhibit WHERE" LM_LOOK_LIVE " AND" LM_LOOK_REVIEWED
    " AND e.id IN (SELECT ?2 UNION SELECT m.event FROM occurrence_event m WHERE m.occurrence ="
    " (SELECT o.occurrence FROM occurrence_event o WHERE o.event = ?2))"
    " ORDER BY e.id <> ifnull((SELECT o.occurrence FROM occurrence_event o WHERE o.event = ?2), ?2), e.id";

static lm_err member_in(struct lm_look *look, sqlite3_stmt *q, struct lm_occurrence_member *m,
                        struct lm_error *e)
{
    int64_t duration = sqlite3_column_type(q, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 6);
    int quality = sqlite3_column_int(q, 12);
    *m = (struct lm_occurrence_member){
        .report = { .event = sqlite3_column_int64(q, 0),
                    .from = sqlite3_column_int64(q, 1),
                    .to = sqlite3_column_int64(q, 2),
                    .at_us = sqlite3_column_int64(q, 3),
                    .place = sqlite3_column_int64(q, 4),
                    .source_row = sqlite3_column_int64(q, 5),
                    .duration_s = duration < 0 || duration > INT32_MAX / 4 ? -1 : (int32_t)duration,
                    .n_records = (uint32_t)sqlite3_column_int64(q, 7),
                    .kind = (uint8_t)sqlite3_column_int(q, 8),
                    .platform = (uint8_t)sqlite3_column_int(q, 9) },
        .exhibit_name = lm_db_str(q, 14),
        .dated = quality == LM_TIME_UTC || quality == LM_TIME_ZONE,
    };
    m->report.outcome = (uint8_t)lm_outcome_of((enum lm_event_kind)m->report.kind,
                                               (unsigned)sqlite3_column_int64(q, 10), lm_db_str(q, 11));
    if (!lm_db_sha256(q, 13, &m->source))
        return lm_fail(e, LM_EDAMAGED, "a source without a hash");
    return lm_look_hit(look, m->report.event, &m->hit, NULL, e);
}

/* The event alone, or what is stored of its occurrence. */
static lm_err occurrence_row(struct lm_look *look, const struct lm_occurrence_member *first,
                             struct lm_occurrence_row *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(
        look->st, ROW " WHERE o.id = (SELECT m.occurrence FROM occurrence_event m WHERE m.event = ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, first->report.event);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK && row)
        *ret = row_in(q);
    else if (err == LM_OK)
        *ret = (struct lm_occurrence_row){ .id = first->report.event,
                                           .kind = (enum lm_event_kind)first->report.kind,
                                           .platform = (enum lm_platform)first->report.platform,
                                           .outcome = (enum lm_event_outcome)first->report.outcome,
                                           .from = first->report.from,
                                           .to = first->report.to,
                                           .at = first->hit.at,
                                           .duration_s = first->report.duration_s,
                                           .events = 1,
                                           .records = first->report.n_records };
    (void)sqlite3_finalize(q);
    return err;
}

struct showing {
    struct lm_look look;
    struct lm_arena a; /* of the row's names */
    lm_err (*each)(void *user, const struct lm_occurrence_row *row, const struct lm_occurrence_member *m);
    void *user;
};

static lm_err give(struct showing *s, sqlite3_stmt *q, struct lm_occurrence_row *r, struct lm_error *e)
{
    struct lm_occurrence_member m;
    lm_err err = member_in(&s->look, q, &m, e);
    if (err == LM_OK && s->look.n_given == 0) {
        err = occurrence_row(&s->look, &m, r, e);
        if (err == LM_OK)
            err = name_ends(&s->look, r, e);
        if (err == LM_OK) {
            r->from_name = lm_arena_copy(&s->a, r->from_name);
            r->to_name = lm_arena_copy(&s->a, r->to_name);
            err = r->from_name.p != NULL && r->to_name.p != NULL ? LM_OK
                                                                 : lm_fail(e, LM_ENOMEM, "out of memory");
        }
    }
    s->look.n_given++;
    return err != LM_OK ? err : s->each(s->user, r, &m);
}

static lm_err show(struct showing *s, int64_t event, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_occurrence_row r = { 0 };
    bool row = false;
    lm_err err = lm_db_prepare(s->look.st, members_sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, s->look.investigation);
    (void)sqlite3_bind_int64(q, 2, event);
    while ((err = lm_db_step(s->look.st, q, &row, e)) == LM_OK && row)
        if ((err = give(s, q, &r, e)) != LM_OK)
            break;
    (void)sqlite3_finalize(q);
    if (err == LM_OK && s->look.n_given == 0)
        err = lm_fail(e, LM_ENOTFOUND, "there is no event %lld under this investigation", (long long)event);
    return err;
}

lm_err lm_store_occurrence(struct lm_store *st, const struct lm_filter *f, int64_t event,
                           lm_err (*each)(void *user, const struct lm_occurrence_row *row,
                                          const struct lm_occurrence_member *m),
                           void *user, struct lm_error *e)
{
    struct showing s = { .each = each, .user = user };
    char detail[48];
    (void)snprintf(detail, sizeof detail, "event %lld", (long long)event);
    struct lm_look_at at = { .action = "occurrence", .detail = lm_str(detail) };
    lm_arena_init(&s.a, 0);
    lm_err err = lm_look_begin(st, f, &at, &s.look, e);
    if (err == LM_OK) {
        err = show(&s, event, e);
        char outcome[48];
        (void)snprintf(outcome, sizeof outcome, "returned %llu", (unsigned long long)s.look.n_given);
        err = lm_look_end(&s.look, outcome, err, e);
    }
    lm_look_free(&s.look);
    lm_arena_free(&s.a);
    return err;
}
