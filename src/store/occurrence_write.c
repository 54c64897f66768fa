/* Writing what the records were joined to. Everything here is derived and, until lm_occurrence_end, said to
 * be "not built": so a transaction may be long, as each commit writes every page again that it touched. It
 * ends soon when somebody waits. */
#include "store/occurrence.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/audit.h"
#include "store/authority.h"
#include "store/contact.h"
#include "store/import.h"

#define SUMS 64 /* of joined events between one pair, by source and month, before they are written */
#define COMMIT_ROWS 200000
#define ASK_ROWS 64 /* between two looks at the clock */
/* Rows are written and cleared all over the tables, and their pages are to be found again. Foreign keys: what
 * is written names events and accounts that were just read under the lock, and verify derives it again. */
#define SETTINGS "PRAGMA foreign_keys=OFF; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144"
#define SETTINGS_BEFORE "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536"

enum { W_OCCURRENCE, W_EVENT, W_SUM, W_CLEAR_EVENTS, W_CLEAR, W_CLEAR_SUMS, W_QUERIES };
static const char *const queries[W_QUERIES] = {
    [W_OCCURRENCE] = "INSERT INTO occurrence(id, investigation, platform, kind, outcome, frm, dst, at_us, "
                     "duration_s, events,"
                     " records, spread_us, rule) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [W_EVENT] = "INSERT INTO occurrence_event(event, occurrence) VALUES(?, ?)",
    [W_SUM] = "UPDATE contact_edge SET joined = joined + ?6, joined_attempts = joined_attempts + ?7,"
              " joined_voicemails = joined_voicemails + ?8, joined_forwards = joined_forwards + ?9"
              " WHERE frm = ?1 AND dst = ?2 AND kind = ?3 AND month = ?4 AND source = ?5 AND currency = ''",
    [W_CLEAR_EVENTS] = "DELETE FROM occurrence_event WHERE occurrence IN"
                       " (SELECT id FROM occurrence WHERE frm = ? AND dst = ?)",
    [W_CLEAR] = "DELETE FROM occurrence WHERE frm = ? AND dst = ?",
    [W_CLEAR_SUMS] =
        "UPDATE contact_edge SET joined = 0, joined_attempts = 0, joined_voicemails = 0, joined_forwards = 0"
        " WHERE frm = ? AND dst = ?",
};

struct sum { /* events of one row of contact_edge that are counted elsewhere */
    int64_t from, to, source;
    int32_t kind, month;
    int64_t n[4]; /* by outcome */
};

struct lm_occurrence_writer {
    struct lm_store *st;
    int lock_fd;
    int64_t investigation;
    struct lm_str code; /* of the investigation, borrowed */
    bool open, marked;  /* in a transaction; the state says "not built" */
    int64_t begun_us;
    uint64_t rows;      /* changed since then */
    uint64_t occurrences, events;
    struct sum sums[SUMS];
    size_t n_sums;
    sqlite3_stmt *q[W_QUERIES];
};

static void forget(struct lm_occurrence_writer *w)
{
    if (w->open)
        (void)sqlite3_exec(w->st->db, "ROLLBACK", NULL, NULL, NULL);
    for (size_t i = 0; i < W_QUERIES; i++)
        (void)sqlite3_finalize(w->q[i]);
    (void)sqlite3_exec(w->st->db, SETTINGS_BEFORE, NULL, NULL, NULL);
    if (w->lock_fd >= 0)
        (void)close(w->lock_fd);
    free(w);
}

/* --- transactions --- */

static lm_err writing(struct lm_occurrence_writer *w, struct lm_error *e)
{
    if (w->open)
        return LM_OK;
    lm_err err = lm_db_exec(w->st, "BEGIN IMMEDIATE", e);
    w->open = err == LM_OK;
    w->begun_us = lm_db_now_us();
    w->rows = 0;
    return err;
}

static lm_err write_sums(struct lm_occurrence_writer *w, struct lm_error *e)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < w->n_sums && err == LM_OK; i++) {
        const struct sum *s = &w->sums[i];
        const int64_t values[] = { s->from,
                                   s->to,
                                   s->kind,
                                   s->month,
                                   s->source,
                                   s->n[LM_OUTCOME_TOOK_PLACE],
                                   s->n[LM_OUTCOME_ATTEMPT],
                                   s->n[LM_OUTCOME_VOICEMAIL],
                                   s->n[LM_OUTCOME_FORWARDED] };
        for (int k = 0; k < 9; k++)
            (void)sqlite3_bind_int64(w->q[W_SUM], k + 1, values[k]);
        err = lm_db_run(w->st, w->q[W_SUM], e);
        if (err == LM_OK && sqlite3_changes(w->st->db) != 1)
            err = lm_fail(e, LM_EDAMAGED, "a contact that the events speak of is not there");
    }
    w->n_sums = 0;
    return err;
}

static lm_err commit(struct lm_occurrence_writer *w, struct lm_error *e)
{
    if (!w->open)
        return LM_OK;
    lm_err err = write_sums(w, e);
    if (err == LM_OK)
        err = lm_db_exec(w->st, "COMMIT", e);
    if (err != LM_OK)
        return err;
    w->open = false;
    if (lm_db_flock(w->st->turn_fd, LM_STORE_WAIT_US)
        == LM_OK) /* as an import does: whoever waits to look has the turn */
        (void)flock(w->st->turn_fd, LOCK_UN);
    return LM_OK;
}

/* Whoever wants to write holds the turn meanwhile (lm_db_begin). */
static bool somebody_waits(struct lm_occurrence_writer *w)
{
    int64_t took = lm_db_now_us() - w->begun_us;
    if (took >= 0 && took < LM_IMPORT_COMMIT_US)
        return false;
    if (flock(w->st->turn_fd, LOCK_EX | LOCK_NB) != 0)
        return true;
    (void)flock(w->st->turn_fd, LOCK_UN);
    return false;
}

static lm_err maybe_commit(struct lm_occurrence_writer *w, uint64_t rows, struct lm_error *e)
{
    bool ask = w->rows / ASK_ROWS != (w->rows + rows) / ASK_ROWS;
    w->rows += rows;
    return w->rows >= COMMIT_ROWS || (ask && somebody_waits(w)) ? commit(w, e) : LM_OK;
}

static uint64_t changed(const struct lm_occurrence_writer *w)
{
    return (uint64_t)sqlite3_changes(w->st->db);
}

/* --- begin --- */

/* One bound statement, again and again until it changes nothing, each time in reach of a commit. */
static lm_err repeat(struct lm_occurrence_writer *w, const char *sql, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, sql, &q, e);
    for (bool more = err == LM_OK; more && err == LM_OK;) {
        err = writing(w, e);
        (void)sqlite3_bind_int64(q, 1, w->investigation);
        if (err == LM_OK)
            err = lm_db_run(w->st, q, e);
        more = err == LM_OK && changed(w) != 0;
        if (err == LM_OK)
            err = maybe_commit(w, changed(w), e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err clear_sums(struct lm_occurrence_writer *w, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t last = 0;
    lm_err err = lm_db_i64(w->st, "SELECT max(frm) FROM contact_edge", 0, &last, e);
    if (err == LM_OK)
        err = lm_db_prepare(w->st,
                            "UPDATE contact_edge SET joined = 0, joined_attempts = 0, joined_voicemails = 0,"
                            " joined_forwards = 0 WHERE frm > ?2 AND frm <= ?2 + 2000"
                            " AND joined + joined_attempts + joined_voicemails + joined_forwards <> 0"
                            " AND authority IN (SELECT id FROM authority WHERE investigation = ?1)",
                            &q, e);
    for (int64_t from = 0; from < last && err == LM_OK; from += 2000) {
        err = writing(w, e);
        (void)sqlite3_bind_int64(q, 1, w->investigation);
        (void)sqlite3_bind_int64(q, 2, from);
        if (err == LM_OK)
            err = lm_db_run(w->st, q, e);
        if (err == LM_OK)
            err = maybe_commit(w, ASK_ROWS + changed(w), e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err put_state(struct lm_occurrence_writer *w, const struct lm_occurrence_state *s,
                        struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err =
        lm_db_prepare(w->st,
                      "INSERT OR REPLACE INTO occurrence_state(investigation, imports, revoked, judgements,"
                      " events, reports, building, built_us) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                      &q, e);
    if (err != LM_OK)
        return err;
    const int64_t values[] = { w->investigation, s->imports, s->revoked, s->judgements,
                               s->events,        s->reports, !s->built,  lm_db_now_us() };
    for (int i = 0; i < 8; i++)
        (void)sqlite3_bind_int64(q, i + 1, values[i]);
    err = lm_db_run(w->st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

/* A change is about to be made: in a transaction, and the state says that what is there is not whole. */
static lm_err changing(struct lm_occurrence_writer *w, struct lm_error *e)
{
    lm_err err = writing(w, e);
    if (err != LM_OK || w->marked)
        return err;
    w->marked = true;
    return put_state(w, &(struct lm_occurrence_state){ .built = false }, e);
}

/* Whether no other investigation has any: then the tables are emptied as a whole. */
static lm_err is_alone(struct lm_occurrence_writer *w, bool *ret, struct lm_error *e)
{
    int64_t low = 0, high = 0;
    lm_err err = lm_db_i64(w->st, "SELECT min(investigation) FROM occurrence", w->investigation, &low, e);
    if (err == LM_OK)
        err = lm_db_i64(w->st, "SELECT max(investigation) FROM occurrence", w->investigation, &high, e);
    if (err == LM_OK)
        *ret = low == w->investigation && high == w->investigation;
    return err;
}

lm_err lm_occurrence_clear_all(struct lm_occurrence_writer *w, struct lm_error *e)
{
    bool alone = false;
    lm_err err = changing(w, e);
    if (err == LM_OK)
        err = is_alone(w, &alone, e);
    if (err == LM_OK && alone)
        err = lm_db_exec(w->st, "DELETE FROM occurrence_event; DELETE FROM occurrence", e);
    if (err == LM_OK && alone)
        return clear_sums(w, e);
    if (err == LM_OK)
        err = repeat(w,
                     "DELETE FROM occurrence_event WHERE event IN (SELECT m.event FROM occurrence o JOIN"
                     " occurrence_event m ON m.occurrence = o.id WHERE o.investigation = ?1 LIMIT 5000)",
                     e);
    if (err == LM_OK)
        err = repeat(w,
                     "DELETE FROM occurrence WHERE id IN (SELECT id FROM occurrence WHERE investigation = ?1"
                     " LIMIT 5000)",
                     e);
    return err != LM_OK ? err : clear_sums(w, e);
}

static lm_err begin(struct lm_occurrence_writer *w, struct lm_error *e)
{
    lm_err err = lm_investigation_find(w->st, w->code, &w->investigation, e);
    for (size_t i = 0; i < W_QUERIES && err == LM_OK; i++)
        err = lm_db_prepare(w->st, queries[i], &w->q[i], e);
    return err;
}

lm_err lm_occurrence_begin(struct lm_store *st, struct lm_str investigation,
                           struct lm_occurrence_writer **ret, struct lm_error *e)
{
    int fd = -1;
    if (st->mode != LM_STORE_WRITE)
        return lm_fail(e, LM_EUSAGE, "the workspace is open for reading only");
    lm_err err = lm_import_lock(st, &fd, e);
    if (err != LM_OK)
        return err;
    struct lm_occurrence_writer *w = calloc(1, sizeof *w);
    if (w == NULL) {
        (void)close(fd);
        return lm_fail(e, LM_ENOMEM, "out of memory");
    }
    w->st = st;
    w->lock_fd = fd;
    w->code = investigation;
    err = lm_db_exec(st, SETTINGS, e);
    if (err == LM_OK)
        err = begin(w, e);
    if (err != LM_OK) {
        forget(w);
        return err;
    }
    *ret = w;
    return LM_OK;
}

lm_err lm_occurrence_clear(struct lm_occurrence_writer *w, const struct lm_account_pair *pair,
                           struct lm_error *e)
{
    lm_err err = changing(w, e);
    if (err == LM_OK)
        err = write_sums(w, e);
    for (int i = W_CLEAR_EVENTS; i <= W_CLEAR_SUMS && err == LM_OK; i++) {
        (void)sqlite3_bind_int64(w->q[i], 1, pair->from);
        (void)sqlite3_bind_int64(w->q[i], 2, pair->to);
        err = lm_db_run(w->st, w->q[i], e);
    }
    return err != LM_OK ? err : maybe_commit(w, ASK_ROWS, e);
}

/* --- occurrences --- */

static bool other_pair(const struct sum *a, const struct sum *b)
{
    return a->from != b->from || a->to != b->to;
}

lm_err lm_occurrence_count(struct lm_occurrence_writer *w, const struct lm_event_report *r,
                           struct lm_error *e)
{
    struct lm_when at = { r->at_us, 0, LM_TIME_UTC };
    struct sum s = {
        .from = r->from, .to = r->to, .source = r->source_row, .kind = r->kind, .month = lm_contact_month(&at)
    };
    lm_err err = changing(w, e);
    if (err == LM_OK && w->n_sums != 0 && (w->n_sums == SUMS || other_pair(&w->sums[0], &s))) {
        uint64_t n = w->n_sums;
        err = write_sums(w, e);
        if (err == LM_OK)
            err = maybe_commit(w, n, e);
        if (err == LM_OK)
            err = writing(w, e);
    }
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < w->n_sums; i++) {
        struct sum *x = &w->sums[i];
        if (x->source == s.source && x->month == s.month && x->kind == s.kind) {
            x->n[r->outcome]++;
            return LM_OK;
        }
    }
    s.n[r->outcome] = 1;
    w->sums[w->n_sums++] = s;
    return LM_OK;
}

static lm_err put_row(struct lm_occurrence_writer *w, const struct lm_event_report *lead, uint32_t n,
                      int64_t records, int64_t spread_us, int rule, struct lm_error *e)
{
    sqlite3_stmt *q = w->q[W_OCCURRENCE];
    const int64_t values[] = { lead->event, w->investigation, lead->platform,
                               lead->kind,  lead->outcome,    lead->from,
                               lead->to,    lead->at_us,      lead->duration_s,
                               n,           records,          spread_us,
                               rule };
    for (int i = 0; i < 13; i++)
        (void)sqlite3_bind_int64(q, i + 1, values[i]);
    if (lead->duration_s < 0)
        (void)sqlite3_bind_null(q, 9);
    return lm_db_run(w->st, q, e);
}

lm_err lm_occurrence_put(struct lm_occurrence_writer *w, const struct lm_event_report *lead, uint32_t n,
                         int64_t records, int64_t spread_us, enum lm_occurrence_rule rule, struct lm_error *e)
{
    lm_err err = changing(w, e);
    if (err == LM_OK)
        err = put_row(w, lead, n, records, spread_us, (int)rule, e);
    w->occurrences++;
    return err != LM_OK ? err : maybe_commit(w, 1, e);
}

lm_err lm_occurrence_member(struct lm_occurrence_writer *w, int64_t event, int64_t occurrence,
                            struct lm_error *e)
{
    lm_err err = changing(w, e);
    (void)sqlite3_bind_int64(w->q[W_EVENT], 1, event);
    (void)sqlite3_bind_int64(w->q[W_EVENT], 2, occurrence);
    if (err == LM_OK)
        err = lm_db_run(w->st, w->q[W_EVENT], e);
    w->events++;
    return err != LM_OK ? err : maybe_commit(w, 1, e);
}

/* --- end --- */

static lm_err forget_clocks(struct lm_occurrence_writer *w, const char *sql, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(w->st, sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, w->investigation);
    err = lm_db_run(w->st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err put_clocks(struct lm_occurrence_writer *w, const struct lm_occurrence_built *b,
                         struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = forget_clocks(w, "DELETE FROM source_clock WHERE investigation = ?", e);
    if (err == LM_OK)
        err = lm_db_prepare(
            w->st,
            "INSERT INTO source_clock(investigation, sha256, reference, records, granularity_us,"
            " duration_granularity_s, offset_us, support) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            &q, e);
    for (size_t i = 0; i < b->n_clocks && err == LM_OK; i++) {
        const struct lm_stored_clock *c = &b->clocks[i];
        const int64_t values[] = { (int64_t)c->records, c->granularity_us, c->duration_granularity_s,
                                   c->offset_us, c->support };
        (void)sqlite3_bind_int64(q, 1, w->investigation);
        lm_db_bind_sha256(q, 2, &c->source);
        lm_db_bind_sha256(q, 3, &c->reference);
        for (int k = 0; k < 5; k++)
            (void)sqlite3_bind_int64(q, k + 4, values[k]);
        err = lm_db_run(w->st, q, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err put_pairs(struct lm_occurrence_writer *w, const struct lm_occurrence_built *b,
                        struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = forget_clocks(w, "DELETE FROM clock_pair WHERE investigation = ?", e);
    if (err == LM_OK)
        err = lm_db_prepare(
            w->st, "INSERT INTO clock_pair(investigation, a, b, offset_us, shared) VALUES(?, ?, ?, ?, ?)", &q,
            e);
    for (size_t i = 0; i < b->n_pairs && err == LM_OK; i++) {
        (void)sqlite3_bind_int64(q, 1, w->investigation);
        lm_db_bind_sha256(q, 2, &b->pairs[i].a);
        lm_db_bind_sha256(q, 3, &b->pairs[i].b);
        (void)sqlite3_bind_int64(q, 4, b->pairs[i].offset_us);
        (void)sqlite3_bind_int64(q, 5, b->pairs[i].shared);
        err = lm_db_run(w->st, q, e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err end(struct lm_occurrence_writer *w, const struct lm_occurrence_built *b, struct lm_error *e)
{
    char object[160], outcome[160];
    lm_err err = commit(w, e);
    if (err == LM_OK) /* the last commit reaches the disk, and with it all before */
        err = lm_db_exec(w->st, "PRAGMA synchronous=FULL", e);
    if (err == LM_OK)
        err = writing(w, e);
    if (err == LM_OK && b->clocks != NULL)
        err = put_clocks(w, b, e);
    if (err == LM_OK && b->clocks != NULL)
        err = put_pairs(w, b, e);
    if (err == LM_OK)
        err = put_state(w, &b->state, e);
    (void)snprintf(object, sizeof object, "investigation %.*s", LM_STR_ARG(lm_str_take(w->code, 100)));
    (void)snprintf(outcome, sizeof outcome, "%llu events joined to %llu occurrences, of %lld that take part",
                   (unsigned long long)w->events, (unsigned long long)w->occurrences,
                   (long long)b->state.reports);
    if (err == LM_OK)
        err = lm_audit_add(w->st, "occurrences.build", lm_str(object), lm_str(outcome), e);
    return err != LM_OK ? err : commit(w, e);
}

lm_err lm_occurrence_end(struct lm_occurrence_writer *w, const struct lm_occurrence_built *built,
                         struct lm_error *e)
{
    lm_err err = end(w, built, e);
    forget(w);
    return err;
}

void lm_occurrence_abandon(struct lm_occurrence_writer *w)
{
    if (w != NULL)
        forget(w);
}
