#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/terminal.h"
#include "cli/look.h"
#include "cli/network.h"
#include "network/layers_file.h"
#include "store/attribution.h"
#include "store/identity.h"

#define TOP_DEFAULT 20
#define SAID_FROM 0.5 /* in the text; the document has all */

struct node {
    struct lm_str label;
    bool masked, suspected;
    struct lm_str name; /* of the person, when suspected; else empty */
};

struct roles {
    const char *file;             /* NULL: the workspace */
    struct lm_layers_file table;  /* flows and what rows are called, from either */
    struct lm_str investigation;
    uint64_t left_out, unread;    /* workspace: of groups that are too large; rows of other kinds */
    struct node *nodes;
    uint32_t n;
    struct lm_positioned *p;
    uint32_t *order;              /* those with a position that are listed */
    uint32_t n_order, listed, masked;
    struct lm_warnings warnings;
};

/* --- from a workspace --- */

struct load {
    struct lm_arena *a;
    struct roles *x;
    struct lm_store *st;
    const struct lm_filter *f;
    struct lm_map node_of, form_of;
    size_t nodes_cap, flows_cap, refs_cap;
    const struct lm_person_row *person;
    struct lm_error *e;
};

static struct lm_str bytes_of(const int64_t *id)
{
    return (struct lm_str){ (const char *)id, sizeof *id };
}

static lm_err take_form(void *user, const struct lm_account_row *row)
{
    struct load *w = user;
    uint64_t *value;
    return lm_map_put(&w->form_of, bytes_of(&row->id), (uint64_t)row->form, &value, NULL);
}

static lm_err node_index(struct load *w, int64_t account, struct lm_str name, bool masked, uint32_t *ret)
{
    uint64_t *at;
    bool fresh;
    lm_err err = lm_map_put(&w->node_of, bytes_of(&account), w->x->n, &at, &fresh);
    if (err != LM_OK)
        return err;
    if (fresh) {
        struct node *list = lm_arena_grow(w->a, w->x->nodes, w->x->n, &w->nodes_cap, sizeof *list);
        const uint64_t *form = lm_map_get(&w->form_of, bytes_of(&account));
        struct lm_str label =
            lm_contact_label(w->a, account, form != NULL ? (enum lm_account_form)*form : LM_ACCOUNT_NONE, name);
        if (list == NULL || label.p == NULL || w->x->n >= UINT32_MAX / 4)
            return LM_ENOMEM;
        w->x->nodes = list;
        list[w->x->n++] = (struct node){ .label = label, .masked = masked };
    }
    *ret = (uint32_t)*at;
    return LM_OK;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct load *w = user;
    struct lm_layers_file *t = &w->x->table;
    bool contact = row->kind == LM_EVENT_MESSAGE || row->kind == LM_EVENT_CALL;
    if (row->from == row->to || row->occurrences == 0)
        return LM_OK;
    if (!contact && row->kind != LM_EVENT_PAYMENT) {
        w->x->unread += row->occurrences;
        return LM_OK;
    }
    struct lm_flow f = { .layer = contact ? LM_FLOW_COMMUNICATION : LM_FLOW_MONEY, .at_us = LM_NO_MOMENT,
                         .count = row->occurrences < INT32_MAX ? (uint32_t)row->occurrences : INT32_MAX,
                         .row = (uint32_t)t->n_flows };
    lm_err err = node_index(w, row->from, row->from_name, row->from_masked, &f.from);
    if (err == LM_OK)
        err = node_index(w, row->to, row->to_name, row->to_masked, &f.to);
    struct lm_flow *flows = lm_arena_grow(w->a, t->flows, t->n_flows, &w->flows_cap, sizeof *flows);
    struct lm_str *refs = lm_arena_grow(w->a, t->refs, t->n_flows, &w->refs_cap, sizeof *refs);
    char month[32] = "undated";
    if (row->month != INT32_MIN)
        (void)snprintf(month, sizeof month, "%04d-%02d", 1970 + (row->month >= 0 ? row->month / 12 : -((11 - row->month) / 12)),
                       1 + (row->month % 12 + 12) % 12);
    struct lm_str ref = lm_arena_printf(w->a, "%.*s %.*s… %s: %" PRIu64 " %s", LM_STR_ARG(lm_str_take(row->exhibit_name, 60)),
                                        LM_STR_ARG(lm_str_take(row->exhibit, 12)), month, row->occurrences,
                                        row->kind == LM_EVENT_MESSAGE ? "messages"
                                        : row->kind == LM_EVENT_CALL ? "calls" : "payments");
    if (err != LM_OK || flows == NULL || refs == NULL || ref.p == NULL || t->n_flows >= UINT32_MAX / 4)
        return lm_fail(w->e, LM_ENOMEM, "no memory for the flows");
    t->flows = flows;
    t->refs = refs;
    flows[t->n_flows] = f;
    refs[t->n_flows++] = ref;
    return LM_OK;
}

/* Only the name of somebody who is suspected is given. */
static lm_err take_account(void *user, const struct lm_person_account *row)
{
    struct load *w = user;
    const uint64_t *at = lm_map_get(&w->node_of, bytes_of(&row->account));
    if (at == NULL)
        return LM_OK;
    struct node *node = &w->x->nodes[*at];
    node->masked |= row->masked || w->person->masked;
    node->suspected = !node->masked && lm_str_eq(w->person->standing, lm_str(lm_standing_word(LM_STANDING_SUSPECTED)));
    if (node->suspected)
        node->name = lm_arena_copy(w->a, w->person->name);
    return node->suspected && node->name.p == NULL ? lm_fail(w->e, LM_ENOMEM, "no memory for the names") : LM_OK;
}

struct person_list {
    struct lm_arena *a;
    struct lm_person_row *list;
    size_t n, cap;
};

static lm_err take_person(void *user, const struct lm_person_row *row)
{
    struct person_list *l = user;
    struct lm_person_row *list = lm_arena_grow(l->a, l->list, l->n, &l->cap, sizeof *list);
    if (list == NULL)
        return LM_ENOMEM;
    l->list = list;
    list[l->n] = *row;
    list[l->n].name = lm_arena_copy(l->a, row->name);
    list[l->n].standing = lm_arena_copy(l->a, row->standing);
    return list[l->n].name.p != NULL && list[l->n++].standing.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err load_store(struct lm_cli *cli, struct load *w)
{
    struct person_list persons = { .a = w->a };
    lm_err err = lm_store_accounts(w->st, w->f, take_form, w, &cli->error);
    if (err == LM_OK)
        err = lm_store_edges(w->st, w->f, take_edge, w, &w->x->left_out, &cli->error);
    if (err == LM_OK)
        err = lm_store_persons(w->st, w->f, 0, take_person, &persons, &cli->error);
    for (size_t i = 0; err == LM_OK && i < persons.n; i++) {
        w->person = &persons.list[i];
        err = lm_store_person_accounts(w->st, w->f, w->person->person, take_account, w, &cli->error);
    }
    return err;
}

static lm_err load_workspace(struct lm_cli *cli, const struct lm_args *args, struct roles *x)
{
    struct lm_filter f;
    struct load w = { .a = &cli->run, .x = x, .f = &f, .e = &cli->error };
    lm_err err = lm_cli_look(cli, args, "network roles", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &w.st);
    if (err != LM_OK)
        return err;
    lm_map_init(&w.node_of, &cli->run);
    lm_map_init(&w.form_of, &cli->run);
    err = load_store(cli, &w);
    lm_store_close(w.st);
    x->investigation = f.investigation;
    if (err == LM_OK && x->table.n_flows == 0)
        return lm_fail(&cli->error, LM_ENOTFOUND, "no messages, calls or payments between accounts in the data held");
    return err;
}

static lm_err load_file(struct lm_cli *cli, struct roles *x)
{
    lm_err err = lm_layers_file_read(&cli->run, x->file, &x->table, &cli->error);
    if (err != LM_OK)
        return err;
    cli->problems |= x->table.n_damaged > 0;
    x->n = x->table.n_names;
    x->nodes = lm_arena_array(&cli->run, x->n, sizeof *x->nodes);
    for (uint32_t v = 0; x->nodes != NULL && v < x->n; v++)
        x->nodes[v].label = x->table.names[v];
    return x->nodes != NULL ? LM_OK : lm_fail(&cli->error, LM_ENOMEM, "no memory for the nodes");
}

/* --- who is listed --- */

struct placed {
    uint64_t rows;
    struct lm_str label;
    uint32_t node;
};

static int by_rows(const void *x, const void *y)
{
    const struct placed *p = x, *q = y;
    if (p->rows != q->rows)
        return p->rows > q->rows ? -1 : 1;
    int c = lm_str_cmp(p->label, q->label);
    return c != 0 ? c : (p->node > q->node) - (p->node < q->node);
}

static lm_err arrange(struct lm_cli *cli, struct roles *x, int64_t top)
{
    struct placed *list = lm_arena_array(&cli->run, x->n, sizeof *list);
    x->order = lm_arena_array(&cli->run, x->n, sizeof *x->order);
    if (list == NULL || x->order == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the positions");
    for (uint32_t v = 0; v < x->n; v++) {
        struct placed one = { 0, x->nodes[v].label, v };
        x->masked += x->nodes[v].masked; /* whether she has a position is not said */
        for (size_t k = 0; k < LM_POSITIONS; k++)
            one.rows += x->p[(size_t)v * LM_POSITIONS + k].rows_all;
        if (one.rows == 0)
            continue;
        if (!x->nodes[v].masked)
            list[x->n_order++] = one;
    }
    if (x->n_order > 1)
        qsort(list, x->n_order, sizeof *list, by_rows);
    for (uint32_t i = 0; i < x->n_order; i++)
        x->order[i] = list[i].node;
    x->listed = top < x->n_order ? (uint32_t)top : x->n_order;
    return LM_OK;
}

static void warn(struct roles *x, struct lm_arena *a)
{
    char left_out[LM_GROUPED_TEXT];
    x->warnings = (struct lm_warnings){ .a = a };
    lm_warn(&x->warnings, "positions_are_readings",
            "A position says with what the rows held are consistent. It is no finding about a person: who organises, leads or "
            "launders, a person enters with a basis, never this program.");
    if (x->file == NULL)
        lm_warn(&x->warnings, "no_goods", "The workspace holds no layer of transfers of goods: sends, receives, moves and holds "
                                          "are not looked at, and months of contacts have no order.");
    else
        lm_warn(&x->warnings, "devices_unknown", "A table does not say which device or account supplied a row: no share of one "
                                                 "device is checked.");
    if (x->left_out != 0)
        lm_warn(&x->warnings, "groups_left_out",
                "%s messages or calls in groups above 20, or with members that are not all known, enter no position.",
                lm_grouped(x->left_out, left_out));
    if (x->table.other_layers != 0)
        lm_warn(&x->warnings, "layers_not_read", "%s rows are of layers that are not read here.",
                lm_grouped(x->table.other_layers, left_out));
    if (x->table.machine != 0)
        lm_warn(&x->warnings, "machine_left_out", "%s rows of the class machine enter no position.",
                lm_grouped(x->table.machine, left_out));
    lm_warn(&x->warnings, "no_data", "No data held is not no contact.");
}

/* --- out --- */

static void json_positions(struct lm_json_out *o, const struct roles *x, uint32_t v)
{
    lm_json_key(o, "consistent_with");
    lm_json_array(o);
    for (size_t k = 0; k < LM_POSITIONS; k++) {
        const struct lm_positioned *p = &x->p[(size_t)v * LM_POSITIONS + k];
        if (p->counted == 0)
            continue;
        lm_json_object(o);
        lm_json_kv_z(o, "position", lm_position_words[k]);
        lm_json_kv_u64(o, "counted", p->counted);
        lm_json_kv_u64(o, "of", p->of);
        if (isnan(p->probability))
            lm_json_kv_null(o, "probability");
        else
            lm_json_kv_double(o, "probability", floor(p->probability * 1e4 + 0.5) / 1e4);
        lm_json_key(o, "rows");
        lm_json_array(o);
        for (uint32_t i = 0; i < p->n_rows; i++)
            lm_json_str(o, x->table.refs[p->rows[i]]);
        lm_json_array_end(o);
        lm_json_kv_u64(o, "rows_not_listed", p->rows_all - p->n_rows);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void json_input(struct lm_json_out *o, const struct roles *x)
{
    lm_json_key(o, "input");
    lm_json_object(o);
    if (x->file != NULL) {
        lm_json_kv_z(o, "file", x->file);
        lm_json_kv_u64(o, "rows", x->table.rows);
        lm_json_kv_u64(o, "loops", x->table.loops);
        lm_json_kv_u64(o, "machine", x->table.machine);
        lm_json_kv_u64(o, "other_layers", x->table.other_layers);
        lm_json_kv_u64(o, "columns_ignored", x->table.columns_ignored);
    } else {
        lm_json_kv_str(o, "investigation", x->investigation);
        lm_json_kv_u64(o, "left_out", x->left_out);
        lm_json_kv_u64(o, "other_kinds", x->unread);
    }
    lm_json_object_end(o);
}

static void json_roles(struct lm_cli *cli, const struct roles *x)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", x->n);
    lm_json_kv_u64(&o, "flows", x->table.n_flows);
    lm_json_kv_u64(&o, "within_days", LM_POSITION_DAYS);
    lm_json_key(&o, "positions");
    lm_json_array(&o);
    for (uint32_t i = 0; i < x->listed; i++) {
        const struct node *node = &x->nodes[x->order[i]];
        lm_json_object(&o);
        lm_json_kv_str(&o, "node", node->label);
        lm_json_kv_z(&o, "standing", x->file != NULL ? NULL : node->suspected ? "suspected" : "unassessed");
        lm_json_kv_text(&o, "name", node->name);
        json_positions(&o, x, x->order[i]);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "not_listed", x->n_order - x->listed);
    lm_json_kv_u64(&o, "protected", x->masked);
    lm_json_kv_z(&o, "basis", "position in the data held, never guilt or rank");
    json_input(&o, x);
    lm_warnings_json(&x->warnings, &o);
    lm_json_kv_u64(&o, "problems", x->table.n_damaged);
    lm_json_key(&o, "problem_list");
    lm_json_array(&o);
    for (size_t i = 0; i < x->table.n_problems; i++) {
        lm_json_object(&o);
        lm_json_kv_u64(&o, "row", x->table.problems[i].line);
        lm_json_kv_u64(&o, "byte", x->table.problems[i].byte);
        lm_json_kv_z(&o, "reason", x->table.problems[i].reason);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_node(struct lm_cli *cli, const struct roles *x, uint32_t v)
{
    struct lm_buf *b = &cli->out, line;
    const struct node *node = &x->nodes[v];
    bool any = false;
    lm_buf_putc(b, '\n');
    lm_terminal_put(b, node->label);
    if (x->file == NULL) {
        lm_buf_printf(b, " (%s", node->suspected ? "suspected: " : "unassessed");
        lm_terminal_put(b, node->name);
        lm_buf_putc(b, ')');
    }
    lm_buf_putc(b, '\n');
    for (size_t k = 0; k < LM_POSITIONS; k++) {
        const struct lm_positioned *p = &x->p[(size_t)v * LM_POSITIONS + k];
        if (p->counted == 0 || isnan(p->probability) || p->probability < SAID_FROM)
            continue;
        lm_buf_init(&line, (size_t)1 << 20);
        lm_buf_printf(&line, "%s (probability %.2f; %" PRIu64 " of %" PRIu64 "%s): ", lm_position_words[k], p->probability,
                      p->counted, p->of, k == LM_POSITION_CONNECTS ? " pairs of contacts" : "");
        for (uint32_t i = 0; i < p->n_rows; i++) {
            lm_buf_put(&line, i > 0 ? LM_STR(", ") : LM_STR(""));
            lm_buf_put(&line, x->table.refs[p->rows[i]]);
        }
        if (p->rows_all > p->n_rows)
            lm_buf_printf(&line, " and %" PRIu64 " more", p->rows_all - p->n_rows);
        lm_buf_put(b, LM_STR("  consistent with: "));
        lm_terminal_wrap(b, lm_buf_str(&line), 19, 6);
        b->failed |= line.failed;
        lm_buf_free(&line);
        any = true;
    }
    if (!any)
        lm_buf_printf(b, "  no position has a probability of one half\n");
}

static void text_roles(struct lm_cli *cli, const struct roles *x)
{
    struct lm_buf *b = &cli->out;
    lm_buf_printf(b, "%" PRIu32 " nodes, %zu rows of flows\n", x->n, x->table.n_flows);
    for (uint32_t i = 0; i < x->listed; i++)
        text_node(cli, x, x->order[i]);
    if (x->n_order > x->listed)
        lm_buf_printf(b, "\n%" PRIu32 " more nodes have rows\n", x->n_order - x->listed);
    if (x->masked > 0)
        lm_buf_printf(b, "\n%" PRIu32 " protected nodes are not listed\n", x->masked);
    lm_buf_putc(b, '\n');
    lm_terminal_wrap(b, LM_STR("Probability: that more than half of what is counted in the layer is of this kind, with a flat prior "
                               "over the kinds (docs/network.md). It takes rows as independent, which they are not."),
                     0, 0);
    for (size_t i = 0; i < x->warnings.n; i++) {
        lm_buf_put(b, LM_STR("* "));
        lm_terminal_wrap(b, x->warnings.list[i].text, 2, 2);
    }
}

static void say_problems(const struct roles *x)
{
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    for (size_t i = 0; i < x->table.n_problems; i++)
        lm_log_line(&log, "%s: row %" PRIu64 ", byte %" PRIu64 ": %s", x->file, x->table.problems[i].line,
                    x->table.problems[i].byte, x->table.problems[i].reason);
    if (x->table.n_damaged > 0)
        lm_log_line(&log, "%s: %" PRIu64 " rows were not used", x->file, x->table.n_damaged);
}

lm_err lm_network_roles(struct lm_cli *cli, const struct lm_args *args)
{
    struct roles x = { .file = lm_args_get(args, "--edges") };
    int64_t top;
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network roles takes no operands");
    if (err == LM_OK && lm_args_get(args, "--directed") != NULL)
        err = lm_fail(&cli->error, LM_EUSAGE, "network roles takes no --directed: flows have their directions");
    if (err == LM_OK && x.file == NULL && cli->workspace == NULL) {
        err = lm_fail(&cli->error, LM_EUSAGE, "no network is named");
        lm_fail_hint(&cli->error, "--edges FILE, or -w WORKSPACE before the verb and -i ID");
    }
    if (err == LM_OK && x.file != NULL)
        err = lm_cli_no_look(cli, args, "--edges");
    if (err == LM_OK)
        err = x.file != NULL ? load_file(cli, &x) : load_workspace(cli, args, &x);
    if (err == LM_OK)
        err = lm_positions(&cli->run, x.n, x.table.flows, x.table.n_flows, &x.p, &cli->error);
    if (err == LM_OK)
        err = arrange(cli, &x, top);
    if (err != LM_OK)
        return err;
    warn(&x, &cli->run);
    if (x.warnings.failed)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the warnings");
    say_problems(&x);
    if (cli->json)
        json_roles(cli, &x);
    else
        text_roles(cli, &x);
    return LM_OK;
}
