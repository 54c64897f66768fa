#include <stdio.h>

#include "store/contact.h"
#include "store/ledger.h"
#include "store/look.h"
#include "store/rows.h"

/* --- contacts --- */

struct merge { /* rows of one (from, to, kind, month, authority), which differ in source and currency */
    struct lm_edge_row row;
    int64_t weight, most;
    bool any, dated;
};

static lm_err send(struct lm_look *look, struct merge *m, lm_err (*each)(void *user, const struct lm_edge_row *row),
                   void *user, struct lm_error *e)
{
    if (!m->any || m->row.occurrences == 0)
        return LM_OK;
    m->row.weight = (double)m->weight / (double)LM_CONTACT_WEIGHT_ONE;
    lm_err err = lm_look_name(look, m->row.from, true, &m->row.from_name, e);
    if (err == LM_OK)
        err = lm_look_name(look, m->row.to, true, &m->row.to_name, e);
    return err != LM_OK ? err : each(user, &m->row);
}

static void start(struct merge *m, sqlite3_stmt *q, char code[65])
{
    struct lm_str authority = lm_str_take(lm_db_str(q, 5), 64);
    if (authority.n != 0)
        memcpy(code, authority.p, authority.n);
    *m = (struct merge){ .any = true,
                         .row = { .from = sqlite3_column_int64(q, 0),
                                  .to = sqlite3_column_int64(q, 1),
                                  .kind = (enum lm_event_kind)sqlite3_column_int(q, 2),
                                  .month = sqlite3_column_int(q, 3),
                                  .authority = { code, authority.n } } };
}

static void add(struct merge *m, sqlite3_stmt *q)
{
    int64_t n = sqlite3_column_int64(q, 6);
    m->row.occurrences += (uint64_t)n;
    m->weight += sqlite3_column_int64(q, 7);
    if (sqlite3_column_type(q, 8) != SQLITE_NULL) {
        int64_t first = sqlite3_column_int64(q, 8), last = sqlite3_column_int64(q, 9);
        m->row.first_us = !m->dated || first < m->row.first_us ? first : m->row.first_us;
        m->row.last_us = !m->dated || last > m->row.last_us ? last : m->row.last_us;
        m->dated = true;
    }
    if (n > m->most || m->row.source == 0) {
        m->most = n;
        m->row.source = sqlite3_column_int64(q, 10);
    }
}

static lm_err stream(struct lm_look *look, lm_err (*each)(void *user, const struct lm_edge_row *row), void *user,
                     struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct merge m = { 0 };
    int64_t authority = 0;
    bool row = false;
    char code[65];
    lm_err err = lm_db_prepare(look->st,
                               "SELECT c.frm, c.dst, c.kind, c.month, c.authority, a.code, sum(c.occurrences),"
                               " sum(c.weight), min(c.first_us), max(c.last_us), c.source FROM contact_edge c"
                               " JOIN authority a ON a.id = c.authority WHERE" LM_LOOK_LIVE
                               " GROUP BY c.frm, c.dst, c.kind, c.month, c.authority, c.source"
                               " ORDER BY c.frm, c.dst, c.kind, c.month, c.authority, c.source", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        bool same = m.any && m.row.from == sqlite3_column_int64(q, 0) && m.row.to == sqlite3_column_int64(q, 1)
                    && m.row.kind == (enum lm_event_kind)sqlite3_column_int(q, 2)
                    && m.row.month == sqlite3_column_int(q, 3) && authority == sqlite3_column_int64(q, 4);
        if (!same) {
            if ((err = send(look, &m, each, user, e)) != LM_OK)
                break;
            start(&m, q, code);
            authority = sqlite3_column_int64(q, 4);
        }
        add(&m, q);
    }
    (void)sqlite3_finalize(q);
    return err != LM_OK ? err : send(look, &m, each, user, e);
}

static lm_err left_out(struct lm_look *look, uint64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_err err = lm_db_prepare(look->st, "SELECT ifnull(sum(c.events), 0) FROM contact_left_out c"
                                         " JOIN source s ON s.id = c.source JOIN authority a ON a.id = s.authority"
                                         " WHERE" LM_LOOK_LIVE, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    err = lm_db_step(look->st, q, &row, e);
    if (err == LM_OK)
        *ret = (uint64_t)sqlite3_column_int64(q, 0);
    (void)sqlite3_finalize(q);
    return err;
}

/* No content: the entry has its own short transaction, and the rows stream after it. */
lm_err lm_store_edges(struct lm_store *st, const struct lm_filter *f,
                      lm_err (*each)(void *user, const struct lm_edge_row *row), void *user, uint64_t *ret_left_out,
                      struct lm_error *e)
{
    struct lm_look look;
    uint64_t n = 0;
    lm_err err = lm_look_begin(st, f, &look, e);
    if (err == LM_OK) {
        err = left_out(&look, &n, e);
        err = lm_look_commit(&look, f, "edges", (struct lm_str){ NULL, 0 }, "returned", err, e);
    }
    if (err == LM_OK)
        err = stream(&look, each, user, e);
    if (err == LM_OK)
        *ret_left_out = n;
    lm_look_free(&look);
    return err;
}

/* --- the agency's own tables --- */

static struct lm_quantity quantity(sqlite3_stmt *q, int i)
{
    struct lm_quantity r = { .dimension = (enum lm_dimension)sqlite3_column_int(q, i) };
    if (r.dimension != LM_DIMENSION_NONE) {
        r.value = sqlite3_column_int64(q, i + 1);
        r.unit = (enum lm_unit)sqlite3_column_int(q, i + 2);
        r.qualifier = (enum lm_qualifier)sqlite3_column_int(q, i + 3);
        r.original = lm_db_str(q, i + 4);
    }
    return r;
}

static int64_t unless_null(sqlite3_stmt *q, int i, int64_t none)
{
    return sqlite3_column_type(q, i) == SQLITE_NULL ? none : sqlite3_column_int64(q, i);
}

struct lm_op_row lm_db_op_row(sqlite3_stmt *q, enum lm_op_table table)
{
    return (struct lm_op_row){ .table = table,
                               .id = lm_db_str(q, 3),
                               .investigation = lm_db_str(q, 4),
                               .operation = lm_db_str(q, 5),
                               .agency = lm_db_str(q, 6),
                               .division = lm_db_str(q, 7),
                               .city = lm_db_str(q, 8),
                               .state = lm_db_str(q, 9),
                               .day = lm_db_day(q, 10),
                               .drug = lm_db_str(q, 11),
                               .form = lm_db_str(q, 12),
                               .kind = lm_db_str(q, 13),
                               .amount = quantity(q, 14),
                               .net = quantity(q, 19),
                               .purity_ppm = unless_null(q, 24, -1),
                               .ug_per_pill = unless_null(q, 25, -1),
                               .seizure = lm_db_str(q, 26),
                               .profile = lm_db_str(q, 27),
                               .exhibit_number = lm_db_str(q, 28),
                               .cartel = lm_db_str(q, 29),
                               .platforms = (uint32_t)sqlite3_column_int64(q, 30),
                               .social_media = (int8_t)unless_null(q, 31, -1),
                               .encrypted = (int8_t)unless_null(q, 32, -1),
                               .fatal = sqlite3_column_int(q, 33) != 0,
                               .note = lm_db_str(q, 34) };
}

static lm_err op_table(struct lm_look *look, enum lm_op_table table,
                       lm_err (*each)(void *user, const struct lm_op_row *row, struct lm_str reference), void *user,
                       struct lm_error *e)
{
    const struct lm_part_table *p = &lm_parts[LM_PART_OP + (int)table];
    sqlite3_stmt *q = NULL;
    bool row = false;
    lm_arena_reset(&look->arena);
    /* the table's columns are unique names but for source, kind and record: taken from a subquery */
    struct lm_str sql = lm_arena_printf(
        &look->arena,
        "SELECT o.*, s.path, r.kind, r.a, r.b, r.name FROM (SELECT %s, id FROM %s) o JOIN source s ON s.id = o.source"
        " JOIN authority a ON a.id = s.authority JOIN record r ON r.id = o.record"
        " WHERE (?1 = 0 OR a.investigation = ?1) AND a.revoked_us IS NULL ORDER BY o.id", p->columns, p->table);
    if (sql.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_db_prepare(look->st, sql.p, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        char locator[LM_LOCATOR_TEXT], reference[LM_LOCATOR_TEXT + 1024];
        struct lm_locator l = lm_db_locator(q, 37);
        struct lm_op_row r = lm_db_op_row(q, table);
        (void)snprintf(reference, sizeof reference, "%.*s %s", LM_STR_ARG(lm_str_take(lm_db_str(q, 36), 1000)),
                       lm_locator_format(&l, locator));
        if ((err = each(user, &r, lm_str(reference))) != LM_OK)
            break;
    }
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_store_op_rows(struct lm_store *st, const struct lm_filter *f,
                        lm_err (*each)(void *user, const struct lm_op_row *row, struct lm_str reference), void *user,
                        struct lm_error *e)
{
    struct lm_look look = { .st = st };
    lm_err err = LM_OK;
    if (f != NULL) {
        err = lm_look_begin(st, f, &look, e);
        if (err == LM_OK)
            err = lm_look_commit(&look, f, "op_rows", (struct lm_str){ NULL, 0 }, "returned", err, e);
    } else {
        lm_arena_init(&look.arena, 0);
    }
    for (int t = LM_OP_INVESTIGATION; t <= LM_OP_OVERDOSE && err == LM_OK; t++)
        err = op_table(&look, (enum lm_op_table)t, each, user, e);
    lm_look_free(&look);
    return err;
}
