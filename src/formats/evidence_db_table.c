#include "formats/evidence_db_parts.h"

#include <math.h>

#define SQL_CEILING ((size_t)1 << 20)
#define MAX_COLUMNS 2000
#define MEMORY_TRIED (16 << 20)
#define STEPS_ONE_BY_ONE 4096   /* rowids tried singly behind a damaged page, before larger steps */
#define STEPS_PER_TABLE 200000 /* of those, over the whole table */

/* A value of the row in hand, asked for once. */
struct value {
    sqlite3_value *v;
    uint64_t of; /* the row: lm_evdb_table.rows; another: not yet asked for */
    enum lm_evdb_type type;
};

struct lm_evdb_table {
    struct lm_evdb *db;
    struct lm_str name, rowid_word;
    size_t n, n_unknown;       /* columns named by the caller, and others */
    int *places;               /* of all of them in the statements; -1: the table lacks it */
    struct lm_str *names;
    sqlite3_stmt *walk, *probe, *one;
    sqlite3_stmt *row;         /* the row in hand, NULL: none */
    struct value *values;      /* by column */
    uint64_t rows;             /* counts them, from 1 */
    int64_t from;              /* the smallest rowid that is still to come */
    bool over, stepping;
    uint32_t steps_left;
};

/* --- statements --- */

static void put_name(struct lm_buf *b, struct lm_str name)
{
    lm_buf_putc(b, '"');
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '"')
            lm_buf_putc(b, '"');
        lm_buf_putc(b, name.p[i]);
    }
    lm_buf_putc(b, '"');
}

struct column_list { /* what the table has */
    struct lm_str names[MAX_COLUMNS];
    size_t n;
};

static int list_columns(struct lm_evdb_table *t, struct column_list *ret)
{
    struct lm_buf b;
    sqlite3_stmt *q = NULL;
    lm_buf_init(&b, SQL_CEILING);
    lm_buf_put(&b, LM_STR("PRAGMA main.table_xinfo("));
    put_name(&b, t->name);
    lm_buf_putc(&b, ')');
    int rc = b.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(t->db->db, b.p, (int)b.n, &q, NULL);
    lm_buf_free(&b);
    t->db->ticks = 0;
    while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(q, 1);
        rc = SQLITE_OK;
        if (name == NULL || sqlite3_column_int(q, 6) != 0 || ret->n == MAX_COLUMNS) /* hidden or computed */
            continue;
        ret->names[ret->n] = lm_arena_copy(t->db->a, lm_str(name));
        if (ret->names[ret->n++].p == NULL)
            rc = SQLITE_NOMEM;
    }
    (void)sqlite3_finalize(q);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* The caller's columns get their places, the others are appended. */
static bool match_columns(struct lm_evdb_table *t, const struct column_list *has, const char *const wanted[], size_t n)
{
    t->n = n;
    t->places = lm_arena_array(t->db->a, n + has->n, sizeof *t->places);
    t->names = lm_arena_array(t->db->a, n + has->n, sizeof *t->names);
    t->values = lm_arena_array(t->db->a, n + has->n, sizeof *t->values);
    if (t->places == NULL || t->names == NULL || t->values == NULL)
        return false;
    for (size_t k = 0; k < n; k++) {
        t->places[k] = -1;
        t->names[k] = lm_str(wanted[k]);
    }
    for (size_t i = 0; i < has->n; i++) {
        bool known = false;
        for (size_t k = 0; k < n; k++) {
            bool unread = t->names[k].n != 0 && t->names[k].p[0] == '-';
            if (lm_str_eq_nocase(has->names[i], unread ? lm_str_skip(t->names[k], 1) : t->names[k])) {
                known = true;
                t->places[k] = unread ? -1 : 0;
            }
        }
        if (!known) {
            t->places[n + t->n_unknown] = 0;
            t->names[n + t->n_unknown++] = has->names[i];
        }
    }
    int place = 1; /* 0 is the rowid */
    for (size_t k = 0; k < n + t->n_unknown; k++)
        if (t->places[k] == 0)
            t->places[k] = place++;
    return true;
}

static int prepare(struct lm_evdb_table *t, bool columns, const char *condition, sqlite3_stmt **ret)
{
    struct lm_buf b;
    lm_buf_init(&b, SQL_CEILING);
    lm_buf_printf(&b, "SELECT %.*s", LM_STR_ARG(t->rowid_word));
    for (size_t k = 0; columns && k < t->n + t->n_unknown; k++) {
        if (t->places[k] > 0) {
            lm_buf_putc(&b, ',');
            put_name(&b, t->names[k]);
        }
    }
    lm_buf_put(&b, LM_STR(" FROM main."));
    put_name(&b, t->name);
    lm_buf_printf(&b, " NOT INDEXED WHERE %.*s %s", LM_STR_ARG(t->rowid_word), condition);
    int rc = b.failed ? SQLITE_TOOBIG : sqlite3_prepare_v3(t->db->db, b.p, (int)b.n, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    lm_buf_free(&b);
    return rc;
}

static int prepare_all(struct lm_evdb_table *t, const struct column_list *has)
{
    static const char *const words[] = { "_rowid_", "rowid", "oid" };
    for (size_t w = 0; w < 3 && t->rowid_word.n == 0; w++) {
        bool taken = false;
        for (size_t i = 0; i < has->n; i++)
            taken = taken || lm_str_is_nocase(has->names[i], words[w]);
        if (!taken)
            t->rowid_word = lm_str(words[w]);
    }
    if (t->rowid_word.n == 0)
        return SQLITE_ERROR;
    int rc = prepare(t, true, ">= ?1 ORDER BY 1", &t->walk);
    if (rc == SQLITE_OK)
        rc = prepare(t, false, ">= ?1 ORDER BY 1 LIMIT 1", &t->probe);
    if (rc == SQLITE_OK)
        rc = prepare(t, true, "= ?1", &t->one);
    return rc;
}

lm_err lm_evdb_table_open(struct lm_evdb *db, const char *name, const char *const columns[], size_t n,
                          struct lm_evdb_table **ret, struct lm_error *e)
{
    struct lm_evdb_table *t = lm_arena_alloc(db->a, sizeof *t);
    struct column_list *has = lm_arena_alloc(db->a, sizeof *has);
    if (t == NULL || has == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    if (!lm_evdb_has_table(db, name))
        return lm_fail(e, LM_ENOTFOUND, "the database has no table %s", name);
    *t = (struct lm_evdb_table){ .db = db, .name = lm_str(name), .steps_left = STEPS_PER_TABLE };
    int rc = list_columns(t, has);
    if (rc == SQLITE_OK && !match_columns(t, has, columns, n))
        rc = SQLITE_NOMEM;
    if (rc == SQLITE_OK)
        rc = prepare_all(t, has);
    if (rc == SQLITE_NOMEM)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    if (rc != SQLITE_OK)
        return lm_fail(e, LM_EINPUT, "table %s cannot be read (SQLite: %s)", name, sqlite3_errstr(rc));
    lm_evdb_rewind(t);
    *ret = t;
    return LM_OK;
}

struct lm_str lm_evdb_table_name(const struct lm_evdb_table *t)
{
    return t->name;
}

bool lm_evdb_has_column(const struct lm_evdb_table *t, size_t column)
{
    return column < t->n + t->n_unknown && t->places[column] > 0;
}

size_t lm_evdb_unknown_columns(const struct lm_evdb_table *t)
{
    return t->n_unknown;
}

size_t lm_evdb_unknown_first(const struct lm_evdb_table *t)
{
    return t->n;
}

struct lm_str lm_evdb_column_name(const struct lm_evdb_table *t, size_t column)
{
    return column < t->n + t->n_unknown ? t->names[column] : (struct lm_str){ NULL, 0 };
}

/* --- walking --- */

void lm_evdb_rewind(struct lm_evdb_table *t)
{
    (void)sqlite3_reset(t->walk);
    t->from = INT64_MIN;
    t->over = t->stepping = false;
    t->row = NULL;
}

enum found { FOUND_ROW, FOUND_END, FOUND_DAMAGE };

/* SQLite says "no memory" to some damaged rows as well. */
static bool short_of_memory(void)
{
    void *p = sqlite3_malloc(MEMORY_TRIED);
    sqlite3_free(p);
    return p == NULL;
}

static lm_err step(struct lm_evdb_table *t, sqlite3_stmt *q, enum found *ret)
{
    t->db->ticks = 0;
    if (t->db->no_memory)
        return LM_ENOMEM;
    int rc = sqlite3_step(q);
    if (rc == SQLITE_NOMEM && short_of_memory())
        return LM_ENOMEM;
    *ret = rc == SQLITE_ROW ? FOUND_ROW : rc == SQLITE_DONE ? FOUND_END : FOUND_DAMAGE;
    return LM_OK;
}

/* Is there a way to the first row at or behind x? *ret_rowid: that row. */
static lm_err probe(struct lm_evdb_table *t, int64_t x, enum found *ret, int64_t *ret_rowid)
{
    (void)sqlite3_reset(t->probe);
    (void)sqlite3_bind_int64(t->probe, 1, x);
    lm_err err = step(t, t->probe, ret);
    if (err == LM_OK && *ret == FOUND_ROW) {
        *ret_rowid = sqlite3_column_int64(t->probe, 0);
        if (*ret_rowid < x) /* rows out of order */
            *ret = FOUND_DAMAGE;
    }
    (void)sqlite3_reset(t->probe);
    return err;
}

/* The way in between `bad`, from which there is none, and `good`, both counted from `from`. */
static lm_err halve(struct lm_evdb_table *t, int64_t from, uint64_t bad, uint64_t good, int64_t *ret)
{
    lm_err err = LM_OK;
    while (err == LM_OK && good - bad > 1) {
        enum found f = FOUND_DAMAGE;
        int64_t row;
        uint64_t middle = bad + (good - bad) / 2;
        err = probe(t, (int64_t)((uint64_t)from + middle), &f, &row);
        if (f == FOUND_DAMAGE)
            bad = middle;
        else
            good = middle;
    }
    *ret = (int64_t)((uint64_t)from + good);
    return err;
}

/* The smallest rowid above `from`, at which there is no way in, from which there is one; *ret_found = false: none up to the
 * end. First one by one (below zero, where hardly a row is, not), then in doubling steps and halving back. */
static lm_err find_way(struct lm_evdb_table *t, int64_t from, bool *ret_found, int64_t *ret)
{
    uint64_t room = (uint64_t)INT64_MAX - (uint64_t)from, bad = 0, jump = from < 0 ? (uint64_t)0 - (uint64_t)from : 1;
    *ret_found = false;
    for (unsigned singles = 0; bad < room;) {
        enum found f = FOUND_DAMAGE;
        int64_t row;
        jump = jump > room - bad ? room - bad : jump;
        lm_err err = probe(t, (int64_t)((uint64_t)from + bad + jump), &f, &row);
        if (err != LM_OK)
            return err;
        if (f != FOUND_DAMAGE) {
            *ret_found = true;
            return halve(t, from, bad, bad + jump, ret);
        }
        bad += jump;
        bool single = singles < STEPS_ONE_BY_ONE && t->steps_left > 0;
        singles += single;
        t->steps_left -= single;
        jump = single ? 1 : jump > room / 2 ? room : jump * 2;
    }
    return LM_OK;
}

static void go_on_from(struct lm_evdb_table *t, int64_t behind)
{
    t->stepping = false;
    t->over = behind == INT64_MAX;
    t->from = t->over ? behind : behind + 1;
}

/* The walk came upon damage: what is lost, and where it goes on. */
static lm_err pass_damage(struct lm_evdb_table *t, enum lm_evdb_step *ret, int64_t *ret_first, int64_t *ret_last)
{
    enum found f;
    int64_t row = 0, way = 0;
    bool any = false;
    t->row = NULL;
    lm_err err = probe(t, t->from, &f, &row);
    if (err == LM_OK && f == FOUND_ROW) { /* the row can be reached, its values cannot */
        *ret = LM_EVDB_LOST_ROW;
        *ret_first = *ret_last = row;
        go_on_from(t, row);
        return LM_OK;
    }
    if (err == LM_OK && f == FOUND_DAMAGE)
        err = find_way(t, t->from, &any, &way);
    if (err != LM_OK)
        return err;
    *ret = LM_EVDB_LOST_RANGE;
    *ret_first = t->from;
    *ret_last = any ? way - 1 : INT64_MAX;
    go_on_from(t, *ret_last);
    return LM_OK;
}

lm_err lm_evdb_next(struct lm_evdb_table *t, enum lm_evdb_step *ret, int64_t *ret_first, int64_t *ret_last)
{
    enum found f = FOUND_END;
    if (!t->over && !t->stepping) {
        (void)sqlite3_reset(t->walk);
        (void)sqlite3_bind_int64(t->walk, 1, t->from);
        t->stepping = true;
    }
    lm_err err = t->over ? LM_OK : step(t, t->walk, &f);
    if (err != LM_OK)
        return err;
    if (f == FOUND_ROW && sqlite3_column_int64(t->walk, 0) < t->from)
        f = FOUND_DAMAGE; /* rows out of order: a tree that leads back into itself */
    if (f == FOUND_DAMAGE)
        return pass_damage(t, ret, ret_first, ret_last);
    t->row = f == FOUND_ROW ? t->walk : NULL;
    t->rows++;
    *ret = f == FOUND_ROW ? LM_EVDB_ROW : LM_EVDB_END;
    t->over = t->over || f == FOUND_END;
    if (f == FOUND_ROW) {
        *ret_first = *ret_last = sqlite3_column_int64(t->walk, 0);
        if (*ret_first == INT64_MAX)
            t->over = true;
        else
            t->from = *ret_first + 1;
    }
    return LM_OK;
}

lm_err lm_evdb_fetch(struct lm_evdb_table *t, int64_t rowid, enum lm_evdb_step *ret)
{
    enum found f;
    (void)sqlite3_reset(t->one);
    (void)sqlite3_bind_int64(t->one, 1, rowid);
    lm_err err = step(t, t->one, &f);
    t->row = err == LM_OK && f == FOUND_ROW ? t->one : NULL;
    t->rows++;
    if (err == LM_OK)
        *ret = f == FOUND_ROW ? LM_EVDB_ROW : f == FOUND_END ? LM_EVDB_END : LM_EVDB_LOST_ROW;
    return err;
}

/* --- values --- */

static enum lm_evdb_type type_of(sqlite3_value *v)
{
    switch (sqlite3_value_type(v)) {
    case SQLITE_INTEGER:
        return LM_EVDB_INTEGER;
    case SQLITE_FLOAT:
        return LM_EVDB_REAL;
    case SQLITE_TEXT:
        return LM_EVDB_TEXT;
    case SQLITE_BLOB:
        return LM_EVDB_BLOB;
    default:
        return LM_EVDB_NULL;
    }
}

/* NULL: the table lacks the column, or there is no row. SQLite's rule for a value that it does not protect is about threads:
 * there is one. */
static const struct value *value_of(const struct lm_evdb_table *t, size_t column)
{
    int place = t->row != NULL && column < t->n + t->n_unknown ? t->places[column] : -1;
    if (place <= 0)
        return NULL;
    struct value *x = &t->values[column];
    if (x->of != t->rows) {
        x->v = sqlite3_column_value(t->row, place);
        x->type = type_of(x->v);
        x->of = t->rows;
    }
    return x;
}

enum lm_evdb_type lm_evdb_type(const struct lm_evdb_table *t, size_t column)
{
    const struct value *x = value_of(t, column);
    return x != NULL ? x->type : LM_EVDB_NULL;
}

struct lm_str lm_evdb_bytes(const struct lm_evdb_table *t, size_t column)
{
    const struct value *x = value_of(t, column);
    if (x == NULL || x->type == LM_EVDB_NULL)
        return (struct lm_str){ NULL, 0 };
    /* a text is the bytes that it is; asked for as a text it would be copied for the NUL behind it */
    bool as_it_lies = x->type == LM_EVDB_BLOB || (x->type == LM_EVDB_TEXT && t->db->utf8);
    const char *p = as_it_lies ? sqlite3_value_blob(x->v) : (const char *)sqlite3_value_text(x->v);
    int n = sqlite3_value_bytes(x->v);
    return p != NULL && n > 0 ? (struct lm_str){ p, (size_t)n } : (struct lm_str){ NULL, 0 };
}

bool lm_evdb_double(const struct lm_evdb_table *t, size_t column, double *ret)
{
    const struct value *x = value_of(t, column);
    double d = 0;
    if (x == NULL || x->type == LM_EVDB_NULL || x->type == LM_EVDB_BLOB)
        return false;
    if (x->type != LM_EVDB_TEXT)
        d = sqlite3_value_double(x->v);
    else if (!lm_str_to_double(lm_str_trim(lm_evdb_bytes(t, column)), &d))
        return false;
    if (!isfinite(d))
        return false;
    *ret = d;
    return true;
}

bool lm_evdb_i64(const struct lm_evdb_table *t, size_t column, int64_t *ret)
{
    const struct value *x = value_of(t, column);
    double d;
    if (x == NULL)
        return false;
    if (x->type == LM_EVDB_INTEGER) {
        *ret = sqlite3_value_int64(x->v);
        return true;
    }
    if (x->type == LM_EVDB_TEXT)
        return lm_str_to_i64(lm_str_trim(lm_evdb_bytes(t, column)), ret);
    if (x->type != LM_EVDB_REAL || !lm_evdb_double(t, column, &d) || d != floor(d) || fabs(d) > 9007199254740992.0)
        return false;
    *ret = (int64_t)d;
    return true;
}

/* --- for evidence_db_index.c --- */

lm_err evdb_again(struct lm_evdb_table *t, const char *const columns[], size_t n, struct lm_evdb_table **ret)
{
    return lm_evdb_table_open(t->db, t->name.p, columns, n, ret, NULL);
}

void evdb_seek(struct lm_evdb_table *t, int64_t rowid)
{
    lm_evdb_rewind(t);
    t->from = rowid;
    t->steps_left = STEPS_PER_TABLE; /* what was found behind damage is found again */
}

void evdb_no_memory(struct lm_evdb_table *t)
{
    t->db->no_memory = true;
}

void evdb_links_cut(struct lm_evdb_table *t)
{
    t->db->state.links_cut = true;
}
