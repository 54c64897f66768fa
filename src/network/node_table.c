#include "network/node_table.h"

#include <math.h>

#include "base/map.h"
#include "base/os.h"
#include "formats/csv.h"
#include "readers/operation_csv_table.h"

enum column { NAME, CITY, ROLE, COST, N_COLUMNS };

struct reading {
    struct lm_arena *a;
    const struct lm_graph *g;
    struct lm_error *e;
    size_t at[N_COLUMNS]; /* SIZE_MAX: not there */
    bool *said;           /* [vertex] */
    struct lm_map cities; /* folded → index */
    struct lm_node_table t;
};

static void problem(struct reading *r, const struct lm_csv_row *row, const char *reason)
{
    if (r->t.n_problems < LM_EDGES_MAX_PROBLEMS)
        r->t.problems[r->t.n_problems++] = (struct lm_edges_problem){ row->number, row->at, reason };
}

lm_err lm_node_table_permits(const struct lm_csv_row *names, struct lm_error *e)
{
    for (size_t i = 0; i < names->n; i++)
        if (lm_table_protected(lm_str_trim(names->cells[i]))) {
            (void)lm_fail(e, LM_EINPUT,
                          "column %zu is refused, and the file with it: this program has no field for race, religion, "
                          "views, citizenship, immigration status, birthplace or nationality", i + 1);
            lm_fail_hint(e, "take the column out of the file");
            return LM_EINPUT;
        }
    return LM_OK;
}

static lm_err header(struct reading *r, const struct lm_csv_row *row)
{
    static const char *const names[N_COLUMNS] = { "name", "city", "role", "cost" };
    lm_err err = lm_node_table_permits(row, r->e);
    if (err != LM_OK)
        return err;
    for (size_t k = 0; k < N_COLUMNS; k++)
        r->at[k] = SIZE_MAX;
    for (size_t i = 0; i < row->n; i++) {
        struct lm_str cell = lm_str_trim(row->cells[i]);
        size_t k = 0;
        while (k < N_COLUMNS && !lm_str_eq_nocase(cell, lm_str(names[k])))
            k++;
        if (k < N_COLUMNS && r->at[k] == SIZE_MAX)
            r->at[k] = i;
        else
            r->t.columns_ignored++;
    }
    if (r->at[NAME] == SIZE_MAX) {
        (void)lm_fail(r->e, LM_EINPUT, "the node table has no column \"name\"");
        lm_fail_hint(r->e, "the first row names the columns: name,city,role,cost");
        return LM_EINPUT;
    }
    r->t.has_city = r->at[CITY] != SIZE_MAX;
    r->t.has_role = r->at[ROLE] != SIZE_MAX;
    r->t.has_cost = r->at[COST] != SIZE_MAX;
    return LM_OK;
}

static struct lm_str cell_of(const struct reading *r, const struct lm_csv_row *row, enum column k)
{
    return r->at[k] < row->n ? lm_str_trim(row->cells[r->at[k]]) : (struct lm_str){ NULL, 0 };
}

static bool is_text(struct lm_str s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return false;
        i += k;
    }
    return true;
}

static lm_err keep_city(struct reading *r, uint32_t v, struct lm_str city)
{
    uint64_t *id;
    bool fresh;
    char folded[256];
    struct lm_str key = { folded, city.n < sizeof folded ? city.n : 0 };
    for (size_t i = 0; i < key.n; i++)
        folded[i] = city.p[i] >= 'A' && city.p[i] <= 'Z' ? (char)(city.p[i] + 32) : city.p[i];
    if (key.n == 0)
        key = city; /* a very long one: as it is */
    lm_err err = lm_map_put(&r->cities, key, r->t.n_cities, &id, &fresh);
    if (err != LM_OK)
        return err;
    r->t.city[v] = (uint32_t)*id;
    if (fresh)
        r->t.cities[r->t.n_cities++] = lm_arena_copy(r->a, city);
    return r->t.cities[*id].p == NULL ? LM_ENOMEM : LM_OK;
}

static lm_err take(struct reading *r, const struct lm_csv_row *row)
{
    struct lm_str name = cell_of(r, row, NAME), city = cell_of(r, row, CITY), role = cell_of(r, row, ROLE);
    struct lm_str cost = cell_of(r, row, COST);
    double price = 1;
    const char *fault = NULL;
    if (row->n == 1 && lm_str_trim(row->cells[0]).n == 0)
        return LM_OK;
    if (row->oddities != 0)
        fault = "damaged quoting, or a NUL byte";
    else if (name.n == 0)
        fault = "the name is empty";
    else if (!is_text(name) || !is_text(city) || !is_text(role))
        fault = "text that is not UTF-8, or a control character";
    else if (cost.n != 0 && (!lm_str_to_double(cost, &price) || !(price > 0) || !isfinite(price)))
        fault = "the cost is not a number above zero";
    uint32_t v = fault == NULL ? lm_graph_find(r->g, name) : UINT32_MAX;
    if (fault == NULL && v != UINT32_MAX && r->said[v])
        fault = "the node has a row above already";
    if (fault != NULL) {
        r->t.n_damaged++;
        problem(r, row, fault);
        return LM_OK;
    }
    if (v == UINT32_MAX) {
        r->t.unknown++;
        problem(r, row, "the network has no node of this name");
        return LM_OK;
    }
    r->said[v] = true;
    r->t.rows++;
    r->t.cost[v] = price;
    if (lm_str_eq_nocase(role, LM_STR("source")))
        r->t.role[v] = LM_NODE_SOURCE;
    else if (lm_str_eq_nocase(role, LM_STR("customer")))
        r->t.role[v] = LM_NODE_CUSTOMER;
    else if (lm_str_eq_nocase(role, LM_STR("both")))
        r->t.role[v] = LM_NODE_BOTH;
    r->t.role_name[v] = lm_arena_copy(r->a, role);
    if (r->t.role_name[v].p == NULL)
        return LM_ENOMEM;
    return city.n != 0 ? keep_city(r, v, city) : LM_OK;
}

static lm_err rows(struct reading *r, struct lm_csv *csv)
{
    struct lm_csv_row row = { 0 };
    bool done = false;
    lm_err err = lm_csv_next(csv, &row, &done);
    if (err == LM_OK && done)
        return lm_fail(r->e, LM_EINPUT, "the node table is empty");
    if (err == LM_ELIMIT)
        return lm_fail(r->e, LM_EINPUT, "the first row is too long to be the names of columns");
    if (err == LM_OK)
        err = header(r, &row);
    while (err == LM_OK && !done) {
        err = lm_csv_next(csv, &row, &done);
        if (err == LM_ELIMIT) { /* the reader stands behind the row */
            r->t.n_damaged++;
            problem(r, &(struct lm_csv_row){ .number = csv->number, .at = csv->pos }, "a row that is too long");
            err = LM_OK;
        } else if (err == LM_OK && !done) {
            err = take(r, &row);
        }
    }
    return err;
}

lm_err lm_node_table_parse(struct lm_arena *a, struct lm_str text, const struct lm_graph *g, struct lm_node_table *ret,
                           struct lm_error *e)
{
    struct reading r = { .a = a, .g = g, .e = e };
    struct lm_csv csv;
    lm_map_init(&r.cities, a);
    r.said = lm_arena_array(a, g->n, sizeof *r.said);
    r.t.city = lm_arena_array(a, g->n, sizeof *r.t.city);
    r.t.cities = lm_arena_array(a, g->n, sizeof *r.t.cities);
    r.t.role = lm_arena_array(a, g->n, sizeof *r.t.role);
    r.t.role_name = lm_arena_array(a, g->n, sizeof *r.t.role_name);
    r.t.cost = lm_arena_array(a, g->n, sizeof *r.t.cost);
    r.t.problems = lm_arena_array(a, LM_EDGES_MAX_PROBLEMS, sizeof *r.t.problems);
    lm_err err = LM_ENOMEM;
    if (r.said != NULL && r.t.city != NULL && r.t.cities != NULL && r.t.role != NULL
        && r.t.role_name != NULL && r.t.cost != NULL && r.t.problems != NULL) {
        for (uint32_t v = 0; v < g->n; v++) {
            r.t.cost[v] = 1;
            r.t.city[v] = LM_NO_CITY;
        }
        lm_csv_init(&csv, text, 0);
        err = rows(&r, &csv);
        lm_csv_free(&csv);
    }
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "no memory for the node table");
    if (err == LM_OK)
        *ret = r.t;
    return err;
}

lm_err lm_node_table_read(struct lm_arena *a, const char *path, const struct lm_graph *g, struct lm_node_table *ret,
                          struct lm_error *e)
{
    int fd = -1;
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    struct lm_str text = { NULL, 0 };
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err != LM_OK)
        return err;
    if (kind == LM_OS_FOLDER)
        err = lm_fail(e, LM_EINPUT, "is a directory, not a node table");
    else if (lm_os_size(fd, &bytes) != LM_OK)
        err = lm_fail(e, LM_EIO, "cannot look at the file");
    else if (bytes > LM_NODE_TABLE_BYTES)
        err = lm_fail(e, LM_ELIMIT, "larger than %zu bytes", LM_NODE_TABLE_BYTES);
    else if (lm_os_map(fd, bytes, &text) != LM_OK)
        err = lm_fail(e, LM_EIO, "cannot read the file");
    if (err == LM_OK) {
        err = lm_node_table_parse(a, text, g, ret, e);
        lm_os_unmap(text);
    }
    lm_os_close(&fd);
    if (err != LM_OK)
        lm_fail_at(e, path, "%s", "");
    return err;
}
