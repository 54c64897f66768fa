#include "cli/network_nodes.h"

#include <math.h>

#include "base/map.h"
#include "base/os.h"
#include "formats/csv.h"
#include "network/node_table.h"

#define BYTES_MAX ((uint64_t)256 << 20)

enum { NAME, COST, CITY, ROLE, N_COLUMNS };

struct table {
    struct lm_cli *cli;
    const struct lm_graph *g;
    struct lm_network_nodes *nodes;
    const char *path;
    size_t column[N_COLUMNS]; /* SIZE_MAX: not there */
    double *cost;             /* NaN: not said */
    bool *source, *customer, *met;
    uint32_t *city;
    struct lm_map cities;
};

static lm_err refuse(struct table *t, uint64_t row, const char *reason)
{
    (void)lm_fail(&t->cli->error, LM_EINPUT, "%s", reason);
    lm_fail_at(&t->cli->error, t->path, "row %llu", (unsigned long long)row);
    return LM_EINPUT;
}

/* True when the row names columns. */
static bool is_header(struct table *t, const struct lm_csv_row *row)
{
    static const char *const names[N_COLUMNS] = { "name", "cost", "city", "role" };
    for (int c = 0; c < N_COLUMNS; c++) {
        t->column[c] = SIZE_MAX;
        for (size_t i = row->n; i-- > 0;)
            if (lm_str_is_nocase(lm_str_trim(row->cells[i]), names[c]))
                t->column[c] = i;
    }
    return t->column[NAME] != SIZE_MAX
           && (t->column[COST] != SIZE_MAX || t->column[CITY] != SIZE_MAX || t->column[ROLE] != SIZE_MAX);
}

static struct lm_str cell(const struct table *t, const struct lm_csv_row *row, int column)
{
    size_t i = t->column[column];
    return i < row->n ? lm_str_trim(row->cells[i]) : LM_STR("");
}

static lm_err take_cost(struct table *t, const struct lm_csv_row *row, uint32_t v)
{
    double x;
    struct lm_str text = cell(t, row, COST);
    if (!lm_str_to_double(text, &x) || !isfinite(x) || x <= 0)
        return refuse(t, row->number, "the cost is not a number above zero");
    t->cost[v] = x;
    return LM_OK;
}

static lm_err take_role(struct table *t, const struct lm_csv_row *row, uint32_t v)
{
    struct lm_str role = cell(t, row, ROLE);
    bool both = lm_str_is_nocase(role, "both");
    t->source[v] = both || lm_str_is_nocase(role, "source");
    t->customer[v] = both || lm_str_is_nocase(role, "customer");
    if (role.n > 0 && !t->source[v] && !t->customer[v])
        return refuse(t, row->number, "the role is not one of source, customer, both");
    return LM_OK;
}

static lm_err take_city(struct table *t, const struct lm_csv_row *row, uint32_t v)
{
    struct lm_str city = cell(t, row, CITY);
    uint64_t *number;
    if (city.n == 0)
        return LM_OK;
    lm_err err = lm_map_put(&t->cities, city, t->cities.n, &number, NULL);
    if (err != LM_OK)
        return lm_fail(&t->cli->error, err, "no memory for the cities");
    t->city[v] = (uint32_t)*number;
    return LM_OK;
}

static lm_err take_row(struct table *t, const struct lm_csv_row *row)
{
    struct lm_str name = cell(t, row, NAME);
    if (row->n == 1 && row->cells[0].n == 0)
        return LM_OK; /* an empty line */
    if (row->oddities != 0)
        return refuse(t, row->number, "a quote is not closed, or stands in the middle of a cell");
    if (name.n == 0)
        return refuse(t, row->number, "there is no name");
    uint32_t v = lm_graph_find(t->g, name);
    if (v == UINT32_MAX) {
        t->nodes->not_in_network++;
        return LM_OK;
    }
    if (t->met[v])
        return refuse(t, row->number, "the node stands in the table twice");
    t->met[v] = true;
    lm_err err = t->column[COST] != SIZE_MAX ? take_cost(t, row, v) : LM_OK;
    if (err == LM_OK && t->column[ROLE] != SIZE_MAX)
        err = take_role(t, row, v);
    if (err == LM_OK && t->column[CITY] != SIZE_MAX)
        err = take_city(t, row, v);
    return err;
}

static lm_err no_header(struct table *t, const struct lm_csv_row *row)
{
    if (row->n != 2)
        return refuse(t, row->number,
                      "the first row does not name the columns: name and any of cost, city, role");
    t->column[NAME] = 0;
    t->column[COST] = 1;
    t->column[CITY] = t->column[ROLE] = SIZE_MAX;
    return take_row(t, row);
}

/* A second table adds to the first, and never says a thing again. */
static lm_err add(struct table *t)
{
    struct lm_network_nodes *n = t->nodes;
    uint32_t without = 0, first = 0;
    if ((t->column[COST] != SIZE_MAX && n->data.cost != NULL)
        || (t->column[ROLE] != SIZE_MAX && n->data.source != NULL)
        || (t->column[CITY] != SIZE_MAX && n->data.city != NULL))
        return lm_fail(&t->cli->error, LM_EUSAGE,
                       "two tables say the costs, the cities or the roles of the nodes");
    for (uint32_t v = t->g->n; v-- > 0;) {
        if (isnan(t->cost[v])) {
            without++;
            first = v;
        }
        n->n_sources += t->source[v];
        n->n_customers += t->customer[v];
        n->n_in_cities += t->city[v] != LM_NO_CITY;
    }
    if (t->column[COST] != SIZE_MAX && without > 0) {
        struct lm_str name = t->g->names[first];
        (void)lm_fail(&t->cli->error, LM_EINPUT, "no cost for %u of the %u nodes; the first is %.*s", without,
                      t->g->n, (int)(name.n < 60 ? name.n : lm_utf8_valid_prefix(lm_str_take(name, 60))),
                      name.p);
        lm_fail_at(&t->cli->error, t->path, "%s", "");
        return LM_EINPUT;
    }
    if (t->column[COST] != SIZE_MAX)
        n->data.cost = t->cost;
    if (t->column[ROLE] != SIZE_MAX) {
        n->data.source = t->source;
        n->data.customer = t->customer;
    }
    if (t->column[CITY] != SIZE_MAX) {
        n->data.city = t->city;
        n->data.n_cities = (uint32_t)t->cities.n;
    }
    return LM_OK;
}

static lm_err read_rows(struct table *t, struct lm_str text)
{
    struct lm_csv csv;
    struct lm_csv_row row;
    bool done = false, any = false;
    lm_err err = LM_OK;
    lm_csv_init(&csv, text, 0);
    while (err == LM_OK) {
        err = lm_csv_next(&csv, &row, &done);
        if (err != LM_OK)
            err = refuse(t, csv.number, "the row is too long");
        if (err != LM_OK || done)
            break;
        if (!any && row.n == 1 && row.cells[0].n == 0)
            continue;
        if (any)
            err = take_row(t, &row);
        else if (!is_header(t, &row))
            err = no_header(t, &row);
        else
            err = lm_node_table_permits(&row, &t->cli->error);
        any = true;
    }
    lm_csv_free(&csv);
    if (err == LM_OK && !any)
        err = refuse(t, 1, "the table is empty");
    return err == LM_OK ? add(t) : err;
}

static lm_err open_table(struct table *t)
{
    size_t n = t->g->n;
    struct lm_arena *a = &t->cli->run;
    t->cost = lm_arena_array(a, n, sizeof *t->cost);
    t->source = lm_arena_array(a, n, sizeof *t->source);
    t->customer = lm_arena_array(a, n, sizeof *t->customer);
    t->met = lm_arena_array(a, n, sizeof *t->met);
    t->city = lm_arena_array(a, n, sizeof *t->city);
    if (t->cost == NULL || t->source == NULL || t->customer == NULL || t->met == NULL || t->city == NULL)
        return lm_fail(&t->cli->error, LM_ENOMEM, "no memory for the table of nodes");
    for (size_t v = 0; v < n; v++) {
        t->cost[v] = NAN;
        t->city[v] = LM_NO_CITY;
    }
    lm_map_init(&t->cities, a);
    return LM_OK;
}

lm_err lm_network_nodes_read(struct lm_cli *cli, const char *path, const struct lm_graph *g,
                             struct lm_network_nodes *nodes)
{
    struct table t = { .cli = cli, .g = g, .nodes = nodes, .path = path };
    struct lm_str text = { NULL, 0 };
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    int fd = -1;
    lm_err err = lm_os_open_input(path, &fd, &kind, &cli->error);
    if (err != LM_OK)
        return err;
    if (kind != LM_OS_FILE)
        err = lm_fail(&cli->error, LM_EINPUT, "is not a file");
    else if (lm_os_size(fd, &bytes) != LM_OK)
        err = lm_fail(&cli->error, LM_EIO, "cannot be read");
    else if (bytes == 0)
        err = lm_fail(&cli->error, LM_EINPUT, "the table is empty");
    else if (bytes > BYTES_MAX)
        err = lm_fail(&cli->error, LM_ELIMIT, "larger than %llu MB", (unsigned long long)(BYTES_MAX >> 20));
    else if (lm_os_map(fd, bytes, &text) != LM_OK)
        err = lm_fail(&cli->error, LM_EIO, "cannot be read");
    lm_os_close(&fd);
    if (err != LM_OK) {
        lm_fail_at(&cli->error, path, "%s", "");
        return err;
    }
    err = open_table(&t);
    if (err == LM_OK)
        err = read_rows(&t, text);
    lm_os_unmap(text);
    return err;
}
