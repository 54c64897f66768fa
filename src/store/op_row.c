#include "store/op_row.h"

#include <stdio.h>

#include "store/rows.h"

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

/* A file's name is enough for its rows, until another file has the same one: what differs from the first of them says which it is. The hash is that of
 * the row with the least id (sqlite.org/lang_select.html, "Bare columns in an aggregate query"). */
#define FIRST "WITH first AS (SELECT path, sha256, min(id) FROM source GROUP BY path) "
#define NAMED " s.path, s.sha256, s.sha256 <> f.sha256, r.kind, r.a, r.b, r.name"

/* The name of the row in columns i (path) to i + 6 of NAMED. */
static void name_row(sqlite3_stmt *q, int i, char out[LM_OP_REF])
{
    char locator[LM_LOCATOR_TEXT], hex[65] = "";
    struct lm_sha256 hash;
    struct lm_locator l = lm_db_locator(q, i + 3);
    bool later = sqlite3_column_int(q, i + 2) != 0 && lm_db_sha256(q, i + 1, &hash);
    if (later)
        (void)lm_sha256_hex(&hash, hex);
    (void)snprintf(out, LM_OP_REF, "%.*s%s%.8s %s", LM_STR_ARG(lm_str_take(lm_db_str(q, i), 1000)), later ? " @" : "", hex,
                   lm_locator_format(&l, locator));
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
        FIRST "SELECT o.*," NAMED " FROM (SELECT %s, id FROM %s) o JOIN source s ON s.id = o.source"
        " JOIN first f ON f.path = s.path JOIN authority a ON a.id = s.authority JOIN record r ON r.id = o.record"
        " WHERE (?1 = 0 OR a.investigation = ?1) AND a.revoked_us IS NULL ORDER BY o.id", p->columns, p->table);
    if (sql.p == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    lm_err err = lm_db_prepare(look->st, sql.p, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        char reference[LM_OP_REF];
        struct lm_op_row r = lm_db_op_row(q, table);
        name_row(q, 36, reference);
        look->n_given++;
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
    struct lm_look look;
    struct lm_look_at at = { .action = "op_rows", .outcome = "returned", .every = true };
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK) {
        for (int t = LM_OP_INVESTIGATION; t <= LM_OP_LAST && err == LM_OK; t++)
            err = op_table(&look, (enum lm_op_table)t, each, user, e);
        err = lm_look_end(&look, NULL, err, e);
    }
    lm_look_free(&look);
    return err;
}

/* --- a person's word about two rows --- */

/* Where a word's row stands now; ret_ref "" when it is under no live authority of the look. */
static lm_err ref_of(struct lm_look *look, sqlite3_stmt *q, sqlite3_stmt *words, int i, char ret_ref[LM_OP_REF],
                     struct lm_error *e)
{
    bool row = false;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    (void)sqlite3_bind_value(q, 2, sqlite3_column_value(words, i));
    (void)sqlite3_bind_int64(q, 3, sqlite3_column_int64(words, i + 1));
    lm_err err = lm_db_step(look->st, q, &row, e);
    ret_ref[0] = '\0';
    if (err == LM_OK && row)
        name_row(q, 0, ret_ref);
    (void)sqlite3_reset(q);
    return err;
}

static lm_err words(struct lm_look *look, sqlite3_stmt *q, sqlite3_stmt *place,
                    lm_err (*each)(void *user, const struct lm_op_word_row *row), void *user, struct lm_error *e)
{
    lm_err err;
    bool row = false;
    (void)sqlite3_bind_int64(q, 1, look->investigation);
    while ((err = lm_db_step(look->st, q, &row, e)) == LM_OK && row) {
        char a[LM_OP_REF], b[LM_OP_REF];
        if ((err = ref_of(look, place, q, 5, a, e)) != LM_OK || (err = ref_of(look, place, q, 7, b, e)) != LM_OK)
            break;
        struct lm_op_word_row r = { .judgement = sqlite3_column_int64(q, 0),
                                    .same = lm_str_eq(lm_db_str(q, 1), LM_STR("same")),
                                    .reason = lm_db_str(q, 2),
                                    .who = lm_db_str(q, 3),
                                    .at_us = sqlite3_column_int64(q, 4),
                                    .a = lm_str(a),
                                    .b = lm_str(b) };
        look->n_given++;
        if ((err = each(user, &r)) != LM_OK)
            break;
    }
    return err;
}

lm_err lm_store_op_words(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_op_word_row *row), void *user, struct lm_error *e)
{
    struct lm_look look;
    struct lm_look_at at = { .action = "op_words", .outcome = "returned", .every = true };
    sqlite3_stmt *q = NULL, *place = NULL;
    lm_err err = lm_look_begin(st, f, &at, &look, e);
    if (err == LM_OK) {
        err = lm_db_prepare(st, "SELECT j.id, j.verdict, j.reason, j.who, j.at_us, w.a_sha256, w.a_a, w.b_sha256, w.b_a"
                                " FROM op_word w JOIN judgement j ON j.id = w.judgement WHERE j.withdrawn_us IS NULL"
                                " AND (?1 = 0 OR j.investigation = ?1) ORDER BY j.id", &q, e);
        if (err == LM_OK)
            err = lm_db_prepare(st, FIRST "SELECT" NAMED " FROM source s JOIN first f ON f.path = s.path"
                                          " JOIN authority a ON a.id = s.authority JOIN record r ON r.source = s.id"
                                          " WHERE s.sha256 = ?2 AND r.a = ?3 AND (?1 = 0 OR a.investigation = ?1)"
                                          " AND a.revoked_us IS NULL ORDER BY s.id LIMIT 1", &place, e);
        if (err == LM_OK)
            err = words(&look, q, place, each, user, e);
        (void)sqlite3_finalize(q);
        (void)sqlite3_finalize(place);
        err = lm_look_end(&look, NULL, err, e);
    }
    lm_look_free(&look);
    return err;
}

/* "seizures.csv row 7" names "seizures.csv row 7 (byte 572)". */
static bool is_called(struct lm_str ref, struct lm_str name)
{
    if (ref.n < name.n || !lm_str_eq(lm_str_take(ref, name.n), name))
        return false;
    return ref.n == name.n || lm_str_starts(lm_str_skip(ref, name.n), LM_STR(" (byte "));
}

struct found {
    struct lm_str name;
    uint8_t sha256[32];
    int64_t a;
    int table;
    bool any;
};

/* The rows that two names mean, among all rows of the investigation's operation that the workspace holds. */
static lm_err find_rows(struct lm_store *st, enum lm_op_table table, struct found two[2], struct lm_error *e)
{
    const struct lm_part_table *p = &lm_parts[LM_PART_OP + (int)table];
    char sql[512];
    sqlite3_stmt *q = NULL;
    bool row = false;
    (void)snprintf(sql, sizeof sql, FIRST "SELECT" NAMED " FROM %s o JOIN source s ON s.id = o.source JOIN first f ON"
                   " f.path = s.path JOIN authority a ON a.id = s.authority JOIN record r ON r.id = o.record"
                   " WHERE a.revoked_us IS NULL", p->table);
    lm_err err = lm_db_prepare(st, sql, &q, e);
    while (err == LM_OK && (err = lm_db_step(st, q, &row, e)) == LM_OK && row) {
        char ref[LM_OP_REF];
        struct lm_sha256 hash;
        name_row(q, 0, ref);
        for (int i = 0; i < 2; i++) {
            if (!is_called(lm_str(ref), two[i].name) || !lm_db_sha256(q, 1, &hash))
                continue;
            two[i].any = true;
            two[i].table = (int)table;
            two[i].a = sqlite3_column_int64(q, 4);
            memcpy(two[i].sha256, hash.b, 32);
        }
    }
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err put_word(struct lm_store *st, int64_t investigation, const struct found two[2], bool same, struct lm_str reason,
                       int64_t *ret, struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    lm_err err = lm_db_prepare(st, "INSERT INTO judgement(investigation, about, row, verdict, reason, who, at_us)"
                                   " VALUES(?, 'op_row', ?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, investigation);
    (void)sqlite3_bind_int64(q, 2, two[0].a);
    lm_db_bind_str(q, 3, same ? LM_STR("same") : LM_STR("not_same"));
    lm_db_bind_str(q, 4, reason);
    lm_db_bind_str(q, 5, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 6, lm_db_now_us());
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    *ret = sqlite3_last_insert_rowid(st->db);
    q = NULL;
    if (err == LM_OK)
        err = lm_db_prepare(st, "INSERT INTO op_word(judgement, a_sha256, a_a, b_sha256, b_a) VALUES(?, ?, ?, ?, ?)", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, *ret);
    for (int i = 0; i < 2; i++) {
        (void)sqlite3_bind_blob(q, 2 + 2 * i, two[i].sha256, 32, SQLITE_STATIC);
        (void)sqlite3_bind_int64(q, 3 + 2 * i, two[i].a);
    }
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    return err;
}

static lm_err judge(struct lm_store *st, struct lm_str investigation, bool same, struct found two[2], struct lm_str reason,
                    int64_t *ret, struct lm_error *e)
{
    int64_t id = 0;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    for (int t = LM_OP_SEIZURE; err == LM_OK && t <= LM_OP_LAST; t++)
        err = find_rows(st, (enum lm_op_table)t, two, e);
    for (int i = 0; i < 2 && err == LM_OK; i++)
        if (!two[i].any)
            err = lm_fail(e, LM_ENOTFOUND, "no row is called %.*s (investigations apart)",
                          LM_STR_ARG(lm_str_take(two[i].name, 200)));
    if (err == LM_OK && two[0].table != two[1].table)
        err = lm_fail(e, LM_EUSAGE, "the rows are not of one table");
    if (err == LM_OK && two[0].a == two[1].a && memcmp(two[0].sha256, two[1].sha256, 32) == 0)
        err = lm_fail(e, LM_EUSAGE, "a row is always the same as itself");
    if (err == LM_OK)
        err = put_word(st, id, two, same, reason, ret, e);
    return err == LM_OK ? lm_anchor_add(st, LM_ANCHOR_JUDGEMENT, *ret, investigation, e) : err;
}

lm_err lm_store_op_judge(struct lm_store *st, struct lm_str investigation, bool same, struct lm_str a, struct lm_str b,
                         struct lm_str reason, int64_t *ret_judgement, struct lm_error *e)
{
    struct found two[2] = { { .name = lm_str_trim(a) }, { .name = lm_str_trim(b) } };
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "a judgement needs a reason: --reason");
    lm_err err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, judge(st, investigation, same, two, reason, ret_judgement, e), e);
}

static lm_err withdraw(struct lm_store *st, struct lm_str investigation, int64_t judgement, struct lm_str reason,
                       struct lm_error *e)
{
    int64_t id = 0;
    sqlite3_stmt *q = NULL;
    lm_err err = lm_investigation_find(st, investigation, &id, e);
    if (err == LM_OK)
        err = lm_db_prepare(st, "UPDATE judgement SET withdrawn_us = ?, withdrawn_by = ? WHERE id = ? AND investigation = ?"
                                " AND about = 'op_row' AND withdrawn_us IS NULL", &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, lm_db_now_us());
    lm_db_bind_str(q, 2, lm_str(st->actor));
    (void)sqlite3_bind_int64(q, 3, judgement);
    (void)sqlite3_bind_int64(q, 4, id);
    err = lm_db_run(st, q, e);
    (void)sqlite3_finalize(q);
    if (err == LM_OK && sqlite3_changes(st->db) != 1)
        return lm_fail(e, LM_ENOTFOUND, "no judgement %lld about rows stands under this investigation", (long long)judgement);
    return err == LM_OK ? lm_anchor_add(st, LM_ANCHOR_WITHDRAWAL, judgement, reason, e) : err;
}

lm_err lm_store_op_unjudge(struct lm_store *st, struct lm_str investigation, int64_t judgement, struct lm_str reason,
                           struct lm_error *e)
{
    reason = lm_str_trim(reason);
    if (reason.n == 0)
        return lm_fail(e, LM_EUSAGE, "taking a judgement back needs a reason: --reason");
    lm_err err = lm_db_begin(st, e);
    return err != LM_OK ? err : lm_db_end(st, withdraw(st, investigation, judgement, reason, e), e);
}
