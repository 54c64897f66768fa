#include "store/source_record.h"

#include "store/db.h"

lm_err lm_store_every_source(struct lm_store *st,
                             lm_err (*each)(void *user, int64_t source, struct lm_str authority, struct lm_str path),
                             void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT s.id, a.code, s.path FROM source s JOIN authority a ON a.id = s.authority ORDER BY s.id", &q, e);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row)
        err = each(user, sqlite3_column_int64(q, 0), lm_db_str(q, 1), lm_db_str(q, 2));
    (void)sqlite3_finalize(q);
    return err;
}

/* The first id of a table whose second column is at least `value`: both rise together, because sources are written one after
 * the other. max: "SELECT max(id) …"; next: "SELECT id, column … WHERE id >= ?1 ORDER BY id LIMIT 1". */
static lm_err first_row(struct lm_store *st, const char *max, const char *next, int64_t value, int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t low = 1, high = 0;
    lm_err err = lm_db_i64(st, max, 0, &high, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, next, &q, e);
    for (high++; err == LM_OK && low < high;) {
        int64_t middle = low + (high - low) / 2;
        bool row = false;
        (void)sqlite3_bind_int64(q, 1, middle);
        err = lm_db_step(st, q, &row, e);
        if (err == LM_OK && row && sqlite3_column_int64(q, 1) < value)
            low = sqlite3_column_int64(q, 0) + 1;
        else
            high = middle;
        (void)sqlite3_reset(q);
    }
    (void)sqlite3_finalize(q);
    *ret = low;
    return err;
}

static struct lm_str account(sqlite3_stmt *q, int form, int key)
{
    struct lm_str s = lm_db_str(q, key);
    int f = sqlite3_column_int(q, form);
    if (f == LM_ACCOUNT_OWNER)
        return LM_STR("owner");
    if (f == LM_ACCOUNT_NAME) /* name:<exhibit>:<thread>:<display> */
        for (size_t i = s.n; i > 0; i--)
            if (s.p[i - 1] == ':')
                return lm_str_skip(s, i);
    return s;
}

static void read_event(sqlite3_stmt *q, struct lm_source_record *r)
{
    r->has_event = true;
    r->kind = (enum lm_event_kind)sqlite3_column_int(q, 2);
    r->at_us = sqlite3_column_int64(q, 3);
    r->duration_s = sqlite3_column_type(q, 4) == SQLITE_NULL ? -1 : sqlite3_column_int64(q, 4);
    r->from = account(q, 5, 6);
    r->to = account(q, 7, 8);
    r->text = lm_db_str(q, 9);
    r->occurrence = sqlite3_column_int64(q, 10);
}

#define EVENTS                                                                                               \
    "SELECT e.id, e.record, e.kind, e.at_us, e.duration_s, f.form, f.key, t.form, t.key, m.text,"             \
    " ifnull(o.occurrence, e.id) FROM event e LEFT JOIN account f ON f.id = e.frm"                            \
    " LEFT JOIN leg l ON l.event = e.id AND l.ord = 0 LEFT JOIN account t ON t.id = l.dst"                    \
    " LEFT JOIN msg m ON m.event = e.id LEFT JOIN occurrence_event o ON o.event = e.id"                       \
    " WHERE e.id >= ?1 ORDER BY e.id"

/* Records and events of one source side by side: both come in order of the record. */
static lm_err kept(struct lm_store *st, int64_t source, lm_err (*each)(void *user, const struct lm_source_record *r),
                   void *user, struct lm_error *e)
{
    sqlite3_stmt *records = NULL, *events = NULL;
    int64_t from = 0;
    bool begun = false, row = false, event_row = false;
    lm_err err = lm_db_prepare(st, "SELECT id, a FROM record WHERE source = ?1 ORDER BY id", &records, e);
    (void)sqlite3_bind_int64(records, 1, source);
    while (err == LM_OK && (err = lm_db_step(st, records, &row, e)) == LM_OK && row) {
        int64_t id = sqlite3_column_int64(records, 0);
        struct lm_source_record r = { .at = sqlite3_column_int64(records, 1) };
        if (!begun) {
            begun = true;
            err = first_row(st, "SELECT max(id) FROM event", "SELECT id, record FROM event WHERE id >= ?1 ORDER BY id LIMIT 1", id, &from, e);
            if (err == LM_OK)
                err = lm_db_prepare(st, EVENTS, &events, e);
            (void)sqlite3_bind_int64(events, 1, from);
            if (err == LM_OK)
                err = lm_db_step(st, events, &event_row, e);
        }
        while (err == LM_OK && event_row && sqlite3_column_int64(events, 1) < id)
            err = lm_db_step(st, events, &event_row, e);
        if (err == LM_OK && event_row && sqlite3_column_int64(events, 1) == id)
            read_event(events, &r);
        if (err == LM_OK)
            err = each(user, &r);
    }
    (void)sqlite3_finalize(records);
    (void)sqlite3_finalize(events);
    return err;
}

static lm_err duplicates(struct lm_store *st, int64_t source, lm_err (*each)(void *user, const struct lm_source_record *r),
                         void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT a FROM duplicate WHERE source = ?1 ORDER BY id", &q, e);
    (void)sqlite3_bind_int64(q, 1, source);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row)
        err = each(user, &(struct lm_source_record){ .at = sqlite3_column_int64(q, 0), .duplicate = true });
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err held(struct lm_store *st, int64_t source, lm_err (*each)(void *user, const struct lm_source_record *r),
                   void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    int64_t from = 0;
    bool row = false;
    lm_err err = first_row(st, "SELECT max(id) FROM held", "SELECT id, source FROM held WHERE id >= ?1 ORDER BY id LIMIT 1", source, &from, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "SELECT source, a FROM held WHERE id >= ?1 ORDER BY id", &q, e);
    (void)sqlite3_bind_int64(q, 1, from);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row && sqlite3_column_int64(q, 0) == source)
        err = each(user, &(struct lm_source_record){ .at = sqlite3_column_int64(q, 1), .held = true });
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_source_records(struct lm_store *st, int64_t source,
                               lm_err (*each)(void *user, const struct lm_source_record *r), void *user,
                               struct lm_error *e)
{
    lm_err err = kept(st, source, each, user, e);
    if (err == LM_OK)
        err = duplicates(st, source, each, user, e);
    return err == LM_OK ? held(st, source, each, user, e) : err;
}

lm_err lm_store_account_persons(struct lm_store *st, struct lm_str investigation,
                                lm_err (*each)(void *user, enum lm_platform platform, struct lm_str key, int64_t account, int64_t person),
                                void *user, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(st, "SELECT a.platform, a.key, a.id, ifnull(m.person, 0) FROM investigation i"
                                   " JOIN account a ON a.investigation = i.id LEFT JOIN identity_member m ON m.account = a.id"
                                   " WHERE i.code = ?1 AND a.form = 1 ORDER BY a.id", &q, e);
    lm_db_bind_str(q, 1, investigation);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row)
        err = each(user, (enum lm_platform)sqlite3_column_int(q, 0), lm_db_str(q, 1), sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3));
    (void)sqlite3_finalize(q);
    return err;
}
