/* What the store gives to whoever joins records, and what the answer was derived from. */
#include "store/occurrence.h"

#include <stdlib.h>

#include "model/outcome.h"
#include "store/authority.h"
#include "store/look.h"

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

const char *lm_occurrence_rule_said(int rule)
{
    return rule == LM_RULE_NUMBERS_TIME_DURATION ? "numbers, time and duration"
           : rule == LM_RULE_NUMBERS_TIME        ? "numbers and time"
                                                 : "stands alone";
}

/* --- sources --- */

static lm_err take_sources(struct lm_store *st, struct lm_arena *a, sqlite3_stmt *q,
                           struct lm_report_sources *s, struct lm_error *e)
{
    size_t cap = 0;
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_sha256 hash;
        int64_t id = sqlite3_column_int64(q, 0);
        if (!lm_db_sha256(q, 1, &hash) || id < 0 || id >= s->n_rows)
            return lm_fail(e, LM_EDAMAGED, "a source without a hash");
        if (s->n == 0 || memcmp(&s->sha256[s->n - 1], &hash, sizeof hash) != 0) {
            struct lm_sha256 *list = lm_arena_grow(a, s->sha256, s->n, &cap, sizeof *list);
            if (list == NULL || s->n == UINT32_MAX - 1)
                return no_memory(e);
            s->sha256 = list;
            list[s->n++] = hash;
        }
        s->of_row[id] = s->n - 1;
    }
    return err;
}

lm_err lm_store_report_sources(struct lm_store *st, struct lm_arena *a, struct lm_str investigation,
                               struct lm_report_sources *ret, struct lm_error *e)
{
    struct lm_report_sources s = { .n = 0 };
    sqlite3_stmt *q = NULL;
    int64_t id, last = 0;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_i64(st, "SELECT max(id) FROM source", 0, &last, e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st,
            "SELECT s.id, s.sha256 FROM source s JOIN authority a ON a.id = s.authority WHERE" LM_LOOK_LIVE
            " AND ifnull(s.kept, 1) > 0 ORDER BY s.sha256, s.id",
            &q, e);
    if (err != LM_OK)
        return err;
    s.n_rows = last + 1;
    s.of_row = lm_arena_array(a, (size_t)s.n_rows, sizeof *s.of_row);
    if (s.of_row == NULL) {
        (void)sqlite3_finalize(q);
        return no_memory(e);
    }
    memset(s.of_row, 0xff, (size_t)s.n_rows * sizeof *s.of_row);
    (void)sqlite3_bind_int64(q, 1, id);
    err = take_sources(st, a, q, &s, e);
    (void)sqlite3_finalize(q);
    if (err == LM_OK)
        *ret = s;
    return err;
}

/* --- reports --- */

#define COLUMNS \
    "SELECT e.id, l.frm, l.dst, e.at_us, r.a, e.source, e.duration_s, e.n_records, e.kind, e.platform, " \
    "e.flags, e.detail"
#define TAKES_PART                                                                                           \
    " e.n_to = 1 AND l.ord = 0 AND l.frm IS NOT NULL AND l.dst IS NOT NULL AND l.frm <> l.dst"               \
    " AND e.kind IN (0, 1) AND e.quality IN (1, 2) AND e.at_us IS NOT NULL AND e.amount_minor IS NULL"       \
    " AND e.flags & 33 = 0"
_Static_assert(LM_EVENT_MESSAGE == 0 && LM_EVENT_CALL == 1 && LM_TIME_UTC == 1 && LM_TIME_ZONE == 2
                   && LM_EVENT_SYSTEM + LM_EVENT_MEMBERS_UNKNOWN == 33, "TAKES_PART");

static const char above_sql[] =
    COLUMNS " FROM event e CROSS JOIN leg l ON l.event = e.id CROSS JOIN record r ON r.id = e.record WHERE "
            "e.id > ?1 AND" TAKES_PART " ORDER BY e.id";
static const char pair_sql[] =
    COLUMNS " FROM leg l CROSS JOIN event e ON e.id = l.event CROSS JOIN record r ON r.id = e.record"
    " WHERE l.frm = ?1 AND l.dst = ?2 AND" TAKES_PART " ORDER BY l.at_us, l.event";

static struct lm_event_report report_in(sqlite3_stmt *q)
{
    int64_t duration = sqlite3_column_type(q, 6) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 6);
    struct lm_event_report r = {
        .event = sqlite3_column_int64(q, 0),
        .from = sqlite3_column_int64(q, 1),
        .to = sqlite3_column_int64(q, 2),
        .at_us = sqlite3_column_int64(q, 3),
        .place = sqlite3_column_int64(q, 4),
        .source_row = sqlite3_column_int64(q, 5),
        .duration_s = duration < 0 || duration > INT32_MAX / 4 ? -1 : (int32_t)duration,
        .n_records = (uint32_t)sqlite3_column_int64(q, 7),
        .kind = (uint8_t)sqlite3_column_int(q, 8),
        .platform = (uint8_t)sqlite3_column_int(q, 9),
    };
    r.outcome = (uint8_t)lm_outcome_of((enum lm_event_kind)r.kind, (unsigned)sqlite3_column_int64(q, 10),
                                       lm_db_str(q, 11));
    return r;
}

/* A moment outside the years 1 to 9999 is a damaged one, and compared with nothing. */
static bool in_range(int64_t at_us)
{
    return at_us > INT64_C(-62135596800) * LM_SECOND_US && at_us < INT64_C(253402300800) * LM_SECOND_US;
}

static lm_err send(struct lm_store *st, sqlite3_stmt *q, const struct lm_report_sources *s,
                   lm_err (*each)(void *user, const struct lm_event_report *r), void *user,
                   struct lm_error *e)
{
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_event_report r = report_in(q);
        if (r.source_row < 0 || r.source_row >= s->n_rows || s->of_row[r.source_row] == UINT32_MAX
            || !in_range(r.at_us))
            continue;
        r.source = s->of_row[r.source_row];
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    (void)sqlite3_reset(q);
    return err;
}

lm_err lm_store_reports(struct lm_store *st, const struct lm_report_sources *sources,
                        const struct lm_report_scope *scope,
                        lm_err (*each)(void *user, const struct lm_event_report *r), void *user,
                        struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, scope->pairs != NULL ? pair_sql : above_sql, &q, e);
    if (err != LM_OK)
        return err;
    if (scope->pairs == NULL) {
        (void)sqlite3_bind_int64(q, 1, scope->after);
        err = send(st, q, sources, each, user, e);
    }
    for (size_t i = 0; scope->pairs != NULL && i < scope->n_pairs && err == LM_OK; i++) {
        (void)sqlite3_bind_int64(q, 1, scope->pairs[i].from);
        (void)sqlite3_bind_int64(q, 2, scope->pairs[i].to);
        err = send(st, q, sources, each, user, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* --- accounts in an order of their own --- */

struct named {
    struct lm_str key;
    int64_t id;
    int32_t platform, form;
};

static int by_name(const void *pa, const void *pb)
{
    const struct named *a = pa, *b = pb;
    int order = lm_str_cmp(a->key, b->key);
    if (order != 0)
        return order;
    if (a->platform != b->platform)
        return a->platform < b->platform ? -1 : 1;
    return a->form < b->form ? -1 : a->form > b->form;
}

lm_err lm_store_order_accounts(struct lm_store *st, int64_t *ids, size_t n, struct lm_error *e)
{
    struct lm_arena a;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_arena_init(&a, SIZE_MAX / 2);
    struct named *list = lm_arena_array(&a, n, sizeof *list);
    lm_err err = list != NULL
                     ? lm_db_prepare(st, "SELECT key, platform, form FROM account WHERE id = ?", &q, e)
                     : no_memory(e);
    for (size_t i = 0; i < n && err == LM_OK; i++) {
        (void)sqlite3_bind_int64(q, 1, ids[i]);
        err = lm_db_step(st, q, &row, e);
        if (err == LM_OK && !row)
            err = lm_fail(e, LM_EDAMAGED, "account %lld is not there", (long long)ids[i]);
        if (err == LM_OK) {
            list[i] = (struct named){ lm_arena_copy(&a, lm_db_str(q, 0)), ids[i], sqlite3_column_int(q, 1),
                                      sqlite3_column_int(q, 2) };
            err = list[i].key.p != NULL ? LM_OK : no_memory(e);
        }
        (void)sqlite3_reset(q);
    }
    (void)sqlite3_finalize(q);
    if (err == LM_OK && n > 1)
        qsort(list, n, sizeof *list, by_name);
    for (size_t i = 0; i < n && err == LM_OK; i++)
        ids[i] = list[i].id;
    lm_arena_free(&a);
    return err;
}

/* --- what it was derived from --- */

static const char now_sql[] =
    "SELECT (SELECT ifnull(max(i.id), 0) FROM import i JOIN authority a ON a.id = i.authority WHERE "
    "a.investigation = ?1),"
    " (SELECT count(*) FROM authority WHERE investigation = ?1 AND revoked_us IS NOT NULL),"
    " (SELECT count(*) + count(withdrawn_us) FROM judgement WHERE investigation = ?1 AND about = "
    "'occurrence'), (SELECT ifnull(max(id), 0) FROM event), 0, 1";
static const char stored_sql[] =
    "SELECT imports, revoked, judgements, events, reports, building = 0 FROM occurrence_state"
    " WHERE investigation = ?1";

static lm_err read_state(struct lm_store *st, const char *sql, int64_t investigation,
                         struct lm_occurrence_state *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    err = lm_db_step(st, q, &row, e);
    *ret = (struct lm_occurrence_state){ 0 };
    if (err == LM_OK && row)
        *ret = (struct lm_occurrence_state){ sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
                                             sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3),
                                             sqlite3_column_int64(q, 4), sqlite3_column_int(q, 5) != 0 };
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_occurrence_state(struct lm_store *st, struct lm_str investigation,
                                 struct lm_occurrence_state *ret_stored, struct lm_occurrence_state *ret_now,
                                 struct lm_error *e)
{
    struct lm_occurrence_state stored, now;
    int64_t id;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = read_state(st, stored_sql, id, &stored, e);
    if (err == LM_OK)
        err = read_state(st, now_sql, id, &now, e);
    if (err == LM_OK) {
        *ret_stored = stored;
        *ret_now = now;
    }
    return err;
}

bool lm_occurrences_current(const struct lm_occurrence_state *stored, const struct lm_occurrence_state *now)
{
    return stored->built && stored->imports == now->imports && stored->revoked == now->revoked
           && stored->judgements == now->judgements;
}

/* --- clocks --- */

static lm_err read_clocks(struct lm_store *st, struct lm_arena *a, sqlite3_stmt *q,
                          struct lm_stored_clock **list, size_t *n, struct lm_error *e)
{
    size_t cap = 0;
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_stored_clock *more = lm_arena_grow(a, *list, *n, &cap, sizeof *more);
        if (more == NULL)
            return no_memory(e);
        *list = more;
        more[*n] = (struct lm_stored_clock){ .records = (uint64_t)sqlite3_column_int64(q, 1),
                                             .granularity_us = sqlite3_column_int64(q, 2),
                                             .duration_granularity_s = sqlite3_column_int(q, 3),
                                             .offset_us = sqlite3_column_int64(q, 4),
                                             .support = (uint32_t)sqlite3_column_int64(q, 6) };
        if (!lm_db_sha256(q, 0, &more[*n].source) || !lm_db_sha256(q, 5, &more[*n].reference))
            return lm_fail(e, LM_EDAMAGED, "a clock without a source");
        (*n)++;
    }
    return err;
}

static lm_err read_pairs(struct lm_store *st, struct lm_arena *a, sqlite3_stmt *q,
                         struct lm_stored_clock_pair **list, size_t *n, struct lm_error *e)
{
    size_t cap = 0;
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_stored_clock_pair *more = lm_arena_grow(a, *list, *n, &cap, sizeof *more);
        if (more == NULL)
            return no_memory(e);
        *list = more;
        more[*n] = (struct lm_stored_clock_pair){ .offset_us = sqlite3_column_int64(q, 2),
                                                  .shared = (uint32_t)sqlite3_column_int64(q, 3) };
        if (!lm_db_sha256(q, 0, &more[*n].a) || !lm_db_sha256(q, 1, &more[*n].b))
            return lm_fail(e, LM_EDAMAGED, "two clocks without a source");
        (*n)++;
    }
    return err;
}

lm_err lm_store_clocks(struct lm_store *st, struct lm_arena *a, struct lm_str investigation,
                       struct lm_stored_clock **ret_clocks, size_t *ret_n,
                       struct lm_stored_clock_pair **ret_pairs, size_t *ret_n_pairs, struct lm_error *e)
{
    struct lm_stored_clock *clocks = NULL;
    struct lm_stored_clock_pair *pairs = NULL;
    size_t n = 0, n_pairs = 0;
    sqlite3_stmt *q = NULL;
    int64_t id;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st,
            "SELECT sha256, records, granularity_us, duration_granularity_s, offset_us, reference, support"
            " FROM source_clock WHERE investigation = ? ORDER BY sha256",
            &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, id);
        err = read_clocks(st, a, q, &clocks, &n, e);
        (void)sqlite3_finalize(q);
        q = NULL;
    }
    if (err == LM_OK)
        err = lm_db_prepare(
            st, "SELECT a, b, offset_us, shared FROM clock_pair WHERE investigation = ? ORDER BY a, b", &q,
            e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, id);
        err = read_pairs(st, a, q, &pairs, &n_pairs, e);
    }
    (void)sqlite3_finalize(q);
    if (err != LM_OK)
        return err;
    *ret_clocks = clocks;
    *ret_n = n;
    *ret_pairs = pairs;
    *ret_n_pairs = n_pairs;
    return LM_OK;
}

lm_err lm_store_occurrence_events(struct lm_store *st, struct lm_str investigation,
                                  lm_err (*each)(void *user, int64_t event, int64_t occurrence), void *user,
                                  struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t id;
    bool row = false;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st,
            "SELECT m.event, m.occurrence FROM occurrence o JOIN occurrence_event m ON m.occurrence = o.id"
            " WHERE o.investigation = ?",
            &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row)
        if ((err = each(user, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1))) != LM_OK)
            break;
    (void)sqlite3_finalize(q);
    return err;
}
