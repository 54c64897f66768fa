/* "These are not the same": a person's word about records, kept by what does not change when the same bytes
 * are imported again: the hash of the source, the place in it, and which event of that record. */
#include "store/occurrence.h"

#include <stdio.h>

#include "store/anchor.h"
#include "store/authority.h"
#include "store/look.h"

struct place { /* of an event */
    struct lm_sha256 sha256;
    int64_t kind, a, nth;
    struct lm_str name;
};

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "out of memory");
}

/* --- event to place --- */

static lm_err place_of(struct lm_store *st, struct lm_arena *a, int64_t event, struct place *ret,
                       struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    /* events of one record follow each other */
    lm_err err =
        lm_db_prepare(st,
                      "SELECT s.sha256, r.kind, r.a, r.name, (SELECT count(*) FROM event x WHERE x.id < e.id"
                      " AND x.id > e.id - 10000 AND x.record = e.record) FROM event e JOIN record r"
                      " ON r.id = e.record JOIN source s ON s.id = r.source WHERE e.id = ?",
                      &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, event);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && (!row || !lm_db_sha256(q, 0, &ret->sha256)))
        err = lm_fail(e, LM_EDAMAGED, "event %lld has no record", (long long)event);
    if (err == LM_OK) {
        ret->kind = sqlite3_column_int64(q, 1);
        ret->a = sqlite3_column_int64(q, 2);
        ret->name = lm_arena_copy(a, lm_db_str(q, 3));
        ret->nth = sqlite3_column_int64(q, 4);
        err = ret->name.p != NULL ? LM_OK : no_memory(e);
    }
    (void)sqlite3_finalize(q);
    return err;
}

/* --- place to event --- */

enum { Q_RECORD, Q_DUPLICATE, Q_NEAR, Q_EVENT, Q_N };
static const char *const queries[Q_N] = {
    [Q_RECORD] =
        "SELECT r.id FROM source s JOIN authority a ON a.id = s.authority JOIN record r ON r.source = s.id"
        " WHERE" LM_LOOK_LIVE
        " AND s.sha256 = ?2 AND r.a = ?3 AND r.kind = ?4 AND r.name = ?5 ORDER BY r.id LIMIT 1",
    /* kept from other bytes, which say the same by its message id */
    [Q_DUPLICATE] =
        "SELECT r.id FROM source s JOIN duplicate d ON d.source = s.id JOIN record r ON r.id = d.record"
        " JOIN source o ON o.id = r.source JOIN authority a ON a.id = o.authority WHERE" LM_LOOK_LIVE
        " AND s.sha256 = ?2 AND d.a = ?3 AND d.kind = ?4 AND d.name = ?5 ORDER BY r.id LIMIT 1",
    [Q_NEAR] = "SELECT id, record FROM event WHERE id >= ? ORDER BY id LIMIT 1",
    [Q_EVENT] =
        ("SELECT e.id, l.frm, l.dst FROM event e JOIN leg l ON l.event = e.id AND l.ord = 0 WHERE e.id >= ?1"
         " AND e.id < ?1 + 10000 AND e.record = ?2 ORDER BY e.id LIMIT 1 OFFSET ?3"),
};

struct finder {
    struct lm_store *st;
    int64_t investigation, last_event;
    sqlite3_stmt *q[Q_N];
};

static lm_err record_at(struct finder *f, const struct place *p, int64_t *ret, struct lm_error *e)
{
    lm_err err = LM_OK;
    *ret = 0;
    for (int which = Q_RECORD; which <= Q_DUPLICATE && *ret == 0 && err == LM_OK; which++) {
        sqlite3_stmt *q = f->q[which];
        bool row = false;
        (void)sqlite3_bind_int64(q, 1, f->investigation);
        lm_db_bind_sha256(q, 2, &p->sha256);
        (void)sqlite3_bind_int64(q, 3, p->a);
        (void)sqlite3_bind_int64(q, 4, p->kind);
        lm_db_bind_str(q, 5, p->name);
        err = lm_db_step(f->st, q, &row, e);
        if (err == LM_OK && row)
            *ret = sqlite3_column_int64(q, 0);
        (void)sqlite3_reset(q);
    }
    return err;
}

/* The first event whose record is not below this one: records and events are numbered in one order, as they
 * are read. */
static lm_err first_event(struct finder *f, int64_t record, int64_t *ret, struct lm_error *e)
{
    int64_t low = 1, high = f->last_event + 1;
    lm_err err = LM_OK;
    while (low < high && err == LM_OK) {
        int64_t middle = low + (high - low) / 2, id = high;
        bool row = false, below = false;
        (void)sqlite3_bind_int64(f->q[Q_NEAR], 1, middle);
        err = lm_db_step(f->st, f->q[Q_NEAR], &row, e);
        if (err == LM_OK && row) {
            id = sqlite3_column_int64(f->q[Q_NEAR], 0);
            below = sqlite3_column_int64(f->q[Q_NEAR], 1) < record;
        }
        (void)sqlite3_reset(f->q[Q_NEAR]);
        if (below)
            low = id + 1;
        else
            high = middle;
    }
    *ret = low;
    return err;
}

/* 0: no such event is live. */
static lm_err event_at(struct finder *f, const struct place *p, int64_t *ret,
                       struct lm_account_pair *ret_ends, struct lm_error *e)
{
    int64_t record = 0, from = 0;
    bool row = false;
    *ret = 0;
    lm_err err = record_at(f, p, &record, e);
    if (err == LM_OK && record != 0)
        err = first_event(f, record, &from, e);
    if (err != LM_OK || record == 0)
        return err;
    sqlite3_stmt *q = f->q[Q_EVENT];
    (void)sqlite3_bind_int64(q, 1, from);
    (void)sqlite3_bind_int64(q, 2, record);
    (void)sqlite3_bind_int64(q, 3, p->nth);
    err = lm_db_step(f->st, q, &row, e);
    if (err == LM_OK && row) {
        *ret = sqlite3_column_int64(q, 0);
        *ret_ends = (struct lm_account_pair){ sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2) };
    }
    (void)sqlite3_reset(q);
    return err;
}

static lm_err find_pairs(struct finder *f, sqlite3_stmt *q,
                         lm_err (*each)(void *user, const struct lm_not_same_row *row), void *user,
                         struct lm_error *e)
{
    bool row = false;
    lm_err err;
    while ((err = lm_db_step(f->st, q, &row, e)) == LM_OK && row) {
        int64_t event[2] = { 0, 0 };
        struct lm_not_same_row r = { .in_force = sqlite3_column_int(q, 10) != 0 };
        for (int i = 0; i < 2 && err == LM_OK; i++) {
            struct place p = { .kind = sqlite3_column_int64(q, i * 5 + 1),
                               .a = sqlite3_column_int64(q, i * 5 + 2),
                               .name = lm_db_str(q, i * 5 + 3),
                               .nth = sqlite3_column_int64(q, i * 5 + 4) };
            err = lm_db_sha256(q, i * 5, &p.sha256) ? event_at(f, &p, &event[i], &r.ends, e)
                                                    : lm_fail(e, LM_EDAMAGED, "a judgement without a source");
        }
        r.a = event[0];
        r.b = event[1];
        if (err == LM_OK && r.a != 0 && r.b != 0 && r.a != r.b)
            err = each(user, &r);
        if (err != LM_OK)
            break;
    }
    return err;
}

lm_err lm_store_not_same(struct lm_store *st, struct lm_str investigation,
                         lm_err (*each)(void *user, const struct lm_not_same_row *row), void *user,
                         struct lm_error *e)
{
    struct finder f = { .st = st };
    sqlite3_stmt *q = NULL;
    lm_err err = lm_investigation_find(st, investigation, &f.investigation, e);
    if (err == LM_OK)
        err = lm_db_i64(st, "SELECT max(id) FROM event", 0, &f.last_event, e);
    for (int i = 0; i < Q_N && err == LM_OK; i++)
        err = lm_db_prepare(st, queries[i], &f.q[i], e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st,
            "SELECT n.a_sha256, n.a_kind, n.a_a, n.a_name, n.a_nth, n.b_sha256, n.b_kind, n.b_a, n.b_name,"
            " n.b_nth, j.withdrawn_us IS NULL FROM not_same n JOIN judgement j ON j.id = n.judgement"
            " WHERE j.investigation = ? ORDER BY n.judgement, n.ord",
            &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, f.investigation);
        err = find_pairs(&f, q, each, user, e);
    }
    (void)sqlite3_finalize(q);
    for (int i = 0; i < Q_N; i++)
        (void)sqlite3_finalize(f.q[i]);
    return err;
}

/* --- saying it --- */

static lm_err put_judgement(struct lm_store *st, int64_t investigation, int64_t event, struct lm_str reason,
                            int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st,
                               "INSERT INTO judgement(investigation, about, row, verdict, reason, who, at_us)"
                               " VALUES(?, 'occurrence', ?, 'not_same', ?, ?, ?)",
                               &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    (void)sqlite3_bind_int64(q, 2, event);
    lm_db_bind_str(q, 3, reason);
    lm_db_bind_str(q, 4, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 5, lm_db_now_us());
    err = lm_db_run(st, q, e);
    *ret = sqlite3_last_insert_rowid(st->db);
    (void)sqlite3_finalize(q);
    return err;
}

static void bind_place(sqlite3_stmt *q, int i, const struct place *p)
{
    lm_db_bind_sha256(q, i, &p->sha256);
    (void)sqlite3_bind_int64(q, i + 1, p->kind);
    (void)sqlite3_bind_int64(q, i + 2, p->a);
    lm_db_bind_str(q, i + 3, p->name);
    (void)sqlite3_bind_int64(q, i + 4, p->nth);
}

/* Keeps the event apart from every other member of its occurrence. */
static lm_err put_pairs(struct lm_store *st, struct lm_arena *a, int64_t judgement, int64_t occurrence,
                        int64_t event, struct lm_error *e)
{
    sqlite3_stmt *members = NULL, *q = NULL;
    struct place own, other;
    bool row = false;
    lm_err err = place_of(st, a, event, &own, e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st, "SELECT event FROM occurrence_event WHERE occurrence = ? AND event <> ? ORDER BY event",
            &members, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "INSERT INTO not_same VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(members, 1, occurrence);
        (void)sqlite3_bind_int64(members, 2, event);
    }
    for (int64_t ord = 0; err == LM_OK && (err = lm_db_step(st, members, &row, e)) == LM_OK && row; ord++) {
        err = place_of(st, a, sqlite3_column_int64(members, 0), &other, e);
        (void)sqlite3_bind_int64(q, 1, judgement);
        (void)sqlite3_bind_int64(q, 2, ord);
        bind_place(q, 3, &own);
        bind_place(q, 8, &other);
        if (err == LM_OK)
            err = lm_db_run(st, q, e);
    }
    (void)sqlite3_finalize(members);
    (void)sqlite3_finalize(q);
    return err;
}

/* The occurrence that the event is in; 0: none. LM_ENOTFOUND when it does not lie under the investigation. */
static lm_err occurrence_of(struct lm_store *st, int64_t investigation, int64_t event, int64_t *ret,
                            struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err =
        lm_db_prepare(st,
                      "SELECT (SELECT m.occurrence FROM occurrence_event m WHERE m.event = e.id) FROM event e"
                      " JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"
                      " WHERE e.id = ?2 AND" LM_LOOK_LIVE,
                      &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    (void)sqlite3_bind_int64(q, 2, event);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no event %lld under this investigation", (long long)event);
    if (err == LM_OK)
        *ret = sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err split(struct lm_store *st, const struct lm_filter *f, int64_t event, struct lm_str reason,
                    int64_t *ret, struct lm_error *e)
{
    struct lm_arena a;
    int64_t investigation = 0, occurrence = 0, id = 0;
    lm_err err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err = occurrence_of(st, investigation, event, &occurrence, e);
    if (err == LM_OK && occurrence == 0)
        err = lm_fail(e, LM_EUSAGE, "event %lld is in no occurrence: there is nothing to split it from",
                      (long long)event);
    if (err == LM_OK)
        err = put_judgement(st, investigation, event, reason, &id, e);
    lm_arena_init(&a, 0);
    if (err == LM_OK)
        err = put_pairs(st, &a, id, occurrence, event, e);
    lm_arena_free(&a);
    if (err == LM_OK)
        err = lm_anchor_add(st, LM_ANCHOR_JUDGEMENT, id, f->investigation, e);
    if (err == LM_OK)
        *ret = id;
    return err;
}

lm_err lm_store_split(struct lm_store *st, const struct lm_filter *f, int64_t event, struct lm_str reason,
                      int64_t *ret_judgement, struct lm_error *e)
{
    int64_t id = 0;
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "a judgement needs a reason");
    lm_err err = lm_db_begin(st, e);
    if (err != LM_OK)
        return err;
    err = lm_db_end(st, split(st, f, event, reason, &id, e), e);
    if (err == LM_OK)
        *ret_judgement = id;
    return err;
}

/* --- taking it back --- */

static lm_err withdraw(struct lm_store *st, const struct lm_filter *f, int64_t judgement,
                       struct lm_str reason, struct lm_error *e)
{
    int64_t investigation = 0;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err =
            lm_db_prepare(st,
                          "SELECT withdrawn_us IS NOT NULL FROM judgement WHERE id = ? AND investigation = ?"
                          " AND about = 'occurrence'",
                          &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, judgement);
    (void)sqlite3_bind_int64(q, 2, investigation);
    err = lm_db_step(st, q, &row, e);
    if (err == LM_OK && !row)
        err = lm_fail(e, LM_ENOTFOUND, "there is no judgement %lld under this investigation",
                      (long long)judgement);
    else if (err == LM_OK && sqlite3_column_int(q, 0) != 0)
        err = lm_fail(e, LM_EUSAGE, "judgement %lld is withdrawn already", (long long)judgement);
    (void)sqlite3_finalize(q);
    q = NULL;
    if (err == LM_OK)
        err =
            lm_db_prepare(st, "UPDATE judgement SET withdrawn_us = ?, withdrawn_by = ? WHERE id = ?", &q, e);
    if (err == LM_OK) {
        (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
        lm_db_bind_str(q, 2, lm_str(st->actor));
        (void)sqlite3_bind_int64(q, 3, judgement);
        err = lm_db_run(st, q, e);
    }
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : lm_anchor_add(st, LM_ANCHOR_WITHDRAWAL, judgement, reason, e);
}

lm_err lm_store_unsplit(struct lm_store *st, const struct lm_filter *f, int64_t judgement,
                        struct lm_str reason, struct lm_error *e)
{
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "taking a judgement back needs a reason");
    lm_err err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, withdraw(st, f, judgement, reason, e), e);
}

lm_err lm_store_splits(struct lm_store *st, const struct lm_filter *f,
                       lm_err (*each)(void *user, const struct lm_split_row *row), void *user,
                       struct lm_error *e)
{
    int64_t investigation;
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_investigation_find(st, f->investigation, &investigation, e);
    if (err == LM_OK)
        err = lm_db_prepare(
            st,
            "SELECT j.id, j.row, j.who, j.reason, j.withdrawn_by, j.at_us, ifnull(j.withdrawn_us, 0),"
            " (SELECT count(*) FROM not_same n WHERE n.judgement = j.id) FROM judgement j"
            " WHERE j.investigation = ? AND j.about = 'occurrence' ORDER BY j.id",
            &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    while ((err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        struct lm_split_row s = { sqlite3_column_int64(q, 0),
                                  sqlite3_column_int64(q, 1),
                                  lm_db_str(q, 2),
                                  lm_db_str(q, 3),
                                  lm_db_str(q, 4),
                                  sqlite3_column_int64(q, 5),
                                  sqlite3_column_int64(q, 6),
                                  (uint64_t)sqlite3_column_int64(q, 7) };
        if ((err = each(user, &s)) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}
