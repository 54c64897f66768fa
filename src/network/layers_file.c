#include "network/layers_file.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/os.h"
#include "formats/csv.h"
#include "model/when.h"

#define NAME_BYTES 1024

enum column { SOURCE, TARGET, LAYER, WEIGHT, TIME, CLASS, ROW, N_COLUMNS };

struct reading {
    struct lm_arena *a;
    struct lm_error *e;
    size_t at[N_COLUMNS];
    struct lm_map ids;
    size_t flows_cap, refs_cap;
    struct lm_layers_file f;
};

static lm_err header(struct reading *r, const struct lm_csv_row *row)
{
    static const char *const names[N_COLUMNS] = { "source", "target", "layer", "weight", "time", "class", "row" };
    for (size_t k = 0; k < N_COLUMNS; k++)
        r->at[k] = SIZE_MAX;
    for (size_t i = 0; i < row->n; i++) {
        size_t k = 0;
        while (k < N_COLUMNS && !lm_str_eq_nocase(lm_str_trim(row->cells[i]), lm_str(names[k])))
            k++;
        if (k < N_COLUMNS && r->at[k] == SIZE_MAX)
            r->at[k] = i;
        else
            r->f.columns_ignored++;
    }
    for (size_t k = SOURCE; k <= LAYER; k++)
        if (r->at[k] == SIZE_MAX) {
            (void)lm_fail(r->e, LM_EINPUT, "the table has no column \"%s\"", names[k]);
            lm_fail_hint(r->e, "the first row names the columns: source,target,layer,time,weight,class,row");
            return LM_EINPUT;
        }
    return LM_OK;
}

static struct lm_str cell_of(const struct reading *r, const struct lm_csv_row *row, enum column k)
{
    return r->at[k] < row->n ? lm_str_trim(row->cells[r->at[k]]) : (struct lm_str){ NULL, 0 };
}

/* LM_FLOWS: another one. */
static enum lm_flow_kind layer_of(struct lm_str s)
{
    static const struct {
        const char *word;
        enum lm_flow_kind layer;
    } words[] = {
        { "goods", LM_FLOW_GOODS },          { "drug", LM_FLOW_GOODS },          { "drugs", LM_FLOW_GOODS },
        { "supply", LM_FLOW_GOODS },         { "transfer", LM_FLOW_GOODS },      { "drug_transfer", LM_FLOW_GOODS },
        { "money", LM_FLOW_MONEY },          { "payment", LM_FLOW_MONEY },       { "payments", LM_FLOW_MONEY },
        { "call", LM_FLOW_COMMUNICATION },   { "calls", LM_FLOW_COMMUNICATION }, { "message", LM_FLOW_COMMUNICATION },
        { "messages", LM_FLOW_COMMUNICATION }, { "contact", LM_FLOW_COMMUNICATION },
        { "communication", LM_FLOW_COMMUNICATION },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lm_str_eq_nocase(s, lm_str(words[i].word)))
            return words[i].layer;
    return LM_FLOWS;
}

static bool is_name(struct lm_str s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t cp;
        size_t k = lm_utf8_decode(lm_str_skip(s, i), &cp);
        if (k == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
            return false;
        i += k;
    }
    return s.n != 0 && s.n <= NAME_BYTES;
}

/* False: it is no time. */
static bool time_of(struct lm_str s, int64_t *ret)
{
    struct lm_when w = { 0 };
    int32_t day;
    int64_t seconds;
    *ret = LM_NO_MOMENT;
    if (s.n == 0)
        return true;
    if (lm_day_parse(s, &day))
        *ret = (int64_t)day * INT64_C(86400000000);
    else if (lm_str_to_i64(s, &seconds)) {
        if (seconds > INT64_MAX / 4000000 || seconds < INT64_MIN / 4000000)
            return false;
        *ret = seconds * 1000000;
    } else if (lm_when_parse_iso(s, &w))
        *ret = w.us;
    else
        return false;
    return true;
}

static const char *fault_of(const struct reading *r, const struct lm_csv_row *row, struct lm_flow *f, bool *machine)
{
    struct lm_str weight = cell_of(r, row, WEIGHT), class = cell_of(r, row, CLASS), ref = cell_of(r, row, ROW);
    double w = 1;
    *machine = lm_str_eq_nocase(class, LM_STR("machine"));
    if (row->oddities != 0)
        return "damaged quoting, or a NUL byte";
    if (!is_name(cell_of(r, row, SOURCE)) || !is_name(cell_of(r, row, TARGET)))
        return "a name is empty, too long, not UTF-8, or has a control character";
    if (ref.n != 0 && !is_name(ref))
        return "the name of the row is too long, not UTF-8, or has a control character";
    if (!time_of(cell_of(r, row, TIME), &f->at_us))
        return "the time is none that is read here";
    if (weight.n != 0 && (!lm_str_to_double(weight, &w) || !(w > 0)))
        return "the weight is not a number above zero";
    if (class.n != 0 && !*machine && !lm_str_eq_nocase(class, LM_STR("evidenced"))
        && !lm_str_eq_nocase(class, LM_STR("reported")))
        return "the class is none of evidenced, reported, machine";
    f->count = w >= 1 && w <= INT32_MAX && w == (double)(uint32_t)w ? (uint32_t)w : 1;
    f->layer = layer_of(cell_of(r, row, LAYER));
    return NULL;
}

static lm_err id_of(struct reading *r, struct lm_str name, uint32_t *ret)
{
    uint64_t *id;
    lm_err err = r->ids.n < UINT32_MAX / 4 ? lm_map_put(&r->ids, name, r->ids.n, &id, NULL) : LM_ENOMEM;
    if (err == LM_OK)
        *ret = (uint32_t)*id;
    return err;
}

static void problem(struct reading *r, uint64_t row, uint64_t at, const char *reason)
{
    r->f.n_damaged++;
    if (r->f.n_problems < LM_EDGES_MAX_PROBLEMS)
        r->f.problems[r->f.n_problems++] = (struct lm_edges_problem){ row, at, reason };
}

static lm_err take(struct reading *r, const struct lm_csv_row *row)
{
    struct lm_flow f = { 0 };
    bool machine;
    if (row->n == 1 && lm_str_trim(row->cells[0]).n == 0)
        return LM_OK;
    r->f.rows++;
    const char *fault = fault_of(r, row, &f, &machine);
    if (fault != NULL) {
        problem(r, row->number, row->at, fault);
        return LM_OK;
    }
    if (machine || f.layer == LM_FLOWS) {
        *(machine ? &r->f.machine : &r->f.other_layers) += 1;
        return LM_OK;
    }
    struct lm_str ref = cell_of(r, row, ROW);
    lm_err err = id_of(r, cell_of(r, row, SOURCE), &f.from);
    if (err == LM_OK)
        err = id_of(r, cell_of(r, row, TARGET), &f.to);
    if (err == LM_OK && f.from == f.to) {
        r->f.loops++;
        return LM_OK;
    }
    struct lm_flow *flows = lm_arena_grow(r->a, r->f.flows, r->f.n_flows, &r->flows_cap, sizeof *flows);
    struct lm_str *refs = lm_arena_grow(r->a, r->f.refs, r->f.n_flows, &r->refs_cap, sizeof *refs);
    if (err != LM_OK || flows == NULL || refs == NULL || r->f.n_flows >= UINT32_MAX / 4)
        return LM_ENOMEM;
    r->f.flows = flows;
    r->f.refs = refs;
    f.row = (uint32_t)r->f.n_flows;
    refs[f.row] = ref.n != 0 ? lm_arena_copy(r->a, ref)
                             : lm_arena_printf(r->a, "row %llu", (unsigned long long)row->number);
    flows[r->f.n_flows++] = f;
    return refs[f.row].p != NULL ? LM_OK : LM_ENOMEM;
}

struct named {
    struct lm_str name;
    uint32_t given;
};

static int by_name(const void *x, const void *y)
{
    return lm_str_cmp(((const struct named *)x)->name, ((const struct named *)y)->name);
}

/* Nodes in the order of their names, so that the order of the rows does not show. */
static lm_err name_all(struct reading *r)
{
    size_t n = r->ids.n;
    struct named *order = lm_arena_array(r->a, n, sizeof *order);
    uint32_t *now = lm_arena_array(r->a, n, sizeof *now);
    r->f.names = lm_arena_array(r->a, n, sizeof *r->f.names);
    if (order == NULL || now == NULL || r->f.names == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct named){ r->ids.entries[i].key, (uint32_t)i };
    if (n > 1)
        qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n; i++) {
        r->f.names[i] = order[i].name;
        now[order[i].given] = (uint32_t)i;
    }
    for (size_t i = 0; i < r->f.n_flows; i++) {
        r->f.flows[i].from = now[r->f.flows[i].from];
        r->f.flows[i].to = now[r->f.flows[i].to];
    }
    r->f.n_names = (uint32_t)n;
    return LM_OK;
}

static lm_err rows(struct reading *r, struct lm_csv *csv)
{
    struct lm_csv_row row = { 0 };
    bool done = false;
    lm_err err = lm_csv_next(csv, &row, &done);
    if (err == LM_OK && done)
        return lm_fail(r->e, LM_EINPUT, "the table is empty");
    if (err == LM_ELIMIT)
        return lm_fail(r->e, LM_EINPUT, "the first row is too long to be the names of columns");
    if (err == LM_OK)
        err = header(r, &row);
    while (err == LM_OK && !done) {
        err = lm_csv_next(csv, &row, &done);
        if (err == LM_ELIMIT) { /* the reader stands behind the row */
            problem(r, csv->number, csv->pos, "a row that is too long");
            err = LM_OK;
        } else if (err == LM_OK && !done) {
            err = take(r, &row);
        }
    }
    if (err == LM_OK && r->f.n_flows == 0)
        return lm_fail(r->e, LM_EINPUT, "no row of the table is a flow between two nodes in a layer that is known");
    return err;
}

lm_err lm_layers_parse(struct lm_arena *a, struct lm_str text, struct lm_layers_file *ret, struct lm_error *e)
{
    struct reading r = { .a = a, .e = e };
    struct lm_csv csv;
    lm_map_init(&r.ids, a);
    r.f.problems = lm_arena_array(a, LM_EDGES_MAX_PROBLEMS, sizeof *r.f.problems);
    lm_csv_init(&csv, text, 0);
    lm_err err = r.f.problems != NULL ? rows(&r, &csv) : LM_ENOMEM;
    lm_csv_free(&csv);
    if (err == LM_OK)
        err = name_all(&r);
    if (err == LM_ENOMEM)
        return lm_fail(e, err, "no memory for the table");
    if (err == LM_OK)
        *ret = r.f;
    return err;
}

lm_err lm_layers_file_read(struct lm_arena *a, const char *path, struct lm_layers_file *ret, struct lm_error *e)
{
    int fd = -1;
    enum lm_os_kind kind;
    uint64_t bytes = 0;
    struct lm_str text = { NULL, 0 };
    lm_err err = lm_os_open_input(path, &fd, &kind, e);
    if (err != LM_OK)
        return err;
    if (kind == LM_OS_FOLDER)
        err = lm_fail(e, LM_EINPUT, "is a directory, not a table");
    else if (lm_os_size(fd, &bytes) != LM_OK)
        err = lm_fail(e, LM_EIO, "cannot look at the file");
    else if (bytes > LM_EDGES_MAX_BYTES)
        err = lm_fail(e, LM_ELIMIT, "larger than %zu bytes", LM_EDGES_MAX_BYTES);
    else if (lm_os_map(fd, bytes, &text) != LM_OK)
        err = lm_fail(e, LM_EIO, "cannot read the file");
    if (err == LM_OK) {
        err = lm_layers_parse(a, text, ret, e);
        lm_os_unmap(text);
    }
    lm_os_close(&fd);
    if (err != LM_OK)
        lm_fail_at(e, path, "%s", "");
    return err;
}
