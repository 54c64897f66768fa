#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "cli/network_timed.h"
#include "network/path.h"
#include "network/temporal.h"

#define ROWS_DEFAULT 10
#define HOPS_DEFAULT 3
#define HOPS_MOST 10
#define TOP_DEFAULT 20

struct asked {
    struct lm_network_timed s;
    struct lm_temporal_wish wish;
    uint32_t from, to;
    int64_t before_us;
    size_t rows, top;  /* rows: of a tie, at most */
    struct lm_graph graph;
    struct lm_path fewest, strongest;
    struct lm_chain earliest;
    struct lm_temporal_back *back;
    struct lm_temporal_reach *reach;
    size_t n_reach;
};

/* --- ties of a path, with their contacts --- */

static lm_err ties_of(struct asked *x, const struct lm_path *p, struct lm_tie_rows **ret)
{
    uint32_t n = p->n - 1;
    lm_err err = lm_network_timed_ties(&x->s, n, ret);
    for (uint32_t i = 0; err == LM_OK && i < n; i++) {
        (*ret)[i].a = p->vertices[i];
        (*ret)[i].b = p->vertices[i + 1];
    }
    return err == LM_OK ? lm_network_timed_gather(&x->s, *ret, n, x->s.directed, x->rows) : err;
}

static double weight_of(const struct asked *x, uint32_t from, uint32_t to)
{
    const struct lm_adjacency *j = &x->graph.out;
    for (uint32_t i = j->at[from]; i < j->at[from + 1]; i++)
        if (j->to[i] == to)
            return lm_weight(x->graph.w_out, i);
    return 0;
}

/* --- JSON --- */

static void json_moment(struct asked *x, struct lm_json_out *o, const char *key, size_t contact)
{
    if (contact == SIZE_MAX)
        lm_json_kv_null(o, key);
    else
        lm_json_kv_when(o, key, &x->s.contacts.list[contact].at);
}

static void json_names(struct asked *x, struct lm_json_out *o, const uint32_t *names, uint32_t n)
{
    lm_json_key(o, "names");
    lm_json_array(o);
    for (uint32_t i = 0; i < n; i++)
        lm_json_str(o, x->s.all.names[names[i]]);
    lm_json_array_end(o);
}

static lm_err json_tie(struct asked *x, struct lm_json_out *o, const struct lm_tie_rows *t)
{
    lm_json_object(o);
    lm_json_kv_str(o, "from", x->s.all.names[t->a]);
    lm_json_kv_str(o, "to", x->s.all.names[t->b]);
    lm_json_kv_double(o, "weight", weight_of(x, t->a, t->b));
    json_moment(x, o, "first", t->first);
    json_moment(x, o, "last", t->last);
    lm_err err = lm_network_timed_json_rows(&x->s, o, t);
    lm_json_object_end(o);
    return err;
}

static lm_err json_path(struct asked *x, struct lm_json_out *o, const char *by, const struct lm_path *p)
{
    struct lm_tie_rows *ties = NULL;
    lm_err err = p->found ? ties_of(x, p, &ties) : LM_OK;
    lm_json_key(o, by);
    lm_json_object(o);
    lm_json_kv_bool(o, "found", p->found);
    if (p->found && err == LM_OK) {
        lm_json_kv_u64(o, "hops", p->n - 1);
        lm_json_kv_double(o, "weakest", p->weakest);
        json_names(x, o, p->vertices, p->n);
        lm_json_key(o, "ties");
        lm_json_array(o);
        for (uint32_t i = 0; i + 1 < p->n && err == LM_OK; i++)
            err = json_tie(x, o, &ties[i]);
        lm_json_array_end(o);
    }
    lm_json_object_end(o);
    return err;
}

static lm_err json_chain_members(struct asked *x, struct lm_json_out *o, const struct lm_chain *p)
{
    lm_err err = LM_OK;
    lm_json_kv_u64(o, "hops", p->n);
    json_moment(x, o, "departs", p->n > 0 ? p->contacts[0] : SIZE_MAX);
    json_moment(x, o, "arrives", p->n > 0 ? p->contacts[p->n - 1] : SIZE_MAX);
    lm_json_kv_bool(o, "repeats", p->repeats);
    json_names(x, o, p->names, p->n + 1);
    lm_json_key(o, "contacts");
    lm_json_array(o);
    for (uint32_t i = 0; i < p->n && err == LM_OK; i++)
        err = lm_network_timed_json_row(&x->s, o, &x->s.contacts.list[p->contacts[i]]);
    lm_json_array_end(o);
    return err;
}

static lm_err json_between(struct asked *x, struct lm_json_out *o)
{
    lm_json_kv_str(o, "to", x->s.all.names[x->to]);
    lm_err err = json_path(x, o, "fewest", &x->fewest);
    if (err == LM_OK)
        err = json_path(x, o, "strongest", &x->strongest);
    if (err != LM_OK)
        return err;
    lm_json_key(o, "in_time");
    lm_json_object(o);
    lm_json_kv_bool(o, "found", x->earliest.found);
    if (x->earliest.found)
        err = json_chain_members(x, o, &x->earliest);
    lm_json_object_end(o);
    return err;
}

static lm_err json_before(struct asked *x, struct lm_json_out *o)
{
    struct lm_when before = lm_network_timed_when(&x->s, x->before_us);
    lm_err err = LM_OK;
    lm_json_kv_when(o, "before", &before);
    lm_json_kv_u64(o, "hops_most", x->wish.hops);
    lm_json_kv_u64(o, "reached", x->n_reach);
    lm_json_key(o, "list");
    lm_json_array(o);
    for (size_t i = 0; i < x->n_reach && i < x->top && err == LM_OK; i++) {
        struct lm_chain p;
        lm_json_object(o);
        lm_json_kv_str(o, "name", x->s.all.names[x->reach[i].name]);
        json_moment(x, o, "direct_last", x->reach[i].direct);
        err = lm_temporal_chain(&x->s.cli->run, x->back, &x->reach[i], &p, &x->s.cli->error);
        if (err == LM_OK)
            err = json_chain_members(x, o, &p);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
    return err;
}

static lm_err json_answer(struct asked *x)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &x->s.cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "names_held", x->s.all.n);
    lm_json_kv_str(&o, "from", x->s.all.names[x->from]);
    if (x->wish.wait_us == LM_WAIT_ANY)
        lm_json_kv_null(&o, "wait_s");
    else
        lm_json_kv_i64(&o, "wait_s", x->wish.wait_us / LM_SECOND_US);
    lm_err err = x->back != NULL ? json_before(x, &o) : json_between(x, &o);
    lm_network_timed_json(&x->s, &o);
    lm_json_object_end(&o);
    lm_buf_putc(&x->s.cli->out, '\n');
    return err;
}

/* --- text --- */

static void text_names(struct asked *x, const uint32_t *names, uint32_t n)
{
    struct lm_buf *b = &x->s.cli->out;
    for (uint32_t i = 0; i < n; i++) {
        lm_buf_printf(b, "%s", i > 0 ? " > " : "");
        lm_terminal_put(b, x->s.all.names[names[i]]);
    }
}

static lm_err text_path(struct asked *x, const char *title, const struct lm_path *p)
{
    struct lm_buf *b = &x->s.cli->out;
    struct lm_tie_rows *ties = NULL;
    lm_buf_printf(b, "\n%s: ", title);
    if (!p->found) {
        lm_buf_printf(b, "no path in the data held\n");
        return LM_OK;
    }
    lm_err err = ties_of(x, p, &ties);
    text_names(x, p->vertices, p->n);
    lm_buf_printf(b, "  (%" PRIu32 " hop%s, weakest tie %g)\n", p->n - 1, p->n == 2 ? "" : "s", p->weakest);
    for (uint32_t i = 0; i + 1 < p->n && err == LM_OK; i++) {
        lm_buf_printf(b, "  ");
        text_names(x, p->vertices + i, 2);
        lm_buf_printf(b, ": %" PRIu64 " contact%s, weight %g\n", ties[i].n, ties[i].n == 1 ? "" : "s",
                      weight_of(x, p->vertices[i], p->vertices[i + 1]));
        err = lm_network_timed_text_rows(&x->s, b, &ties[i]);
    }
    return err;
}

static lm_err text_chain(struct asked *x, const struct lm_chain *p)
{
    struct lm_buf *b = &x->s.cli->out;
    lm_err err = LM_OK;
    text_names(x, p->names, p->n + 1);
    lm_buf_printf(b, "%s\n", p->repeats ? "  (passes a name twice: no shorter chain keeps within the wait)" : "");
    for (uint32_t i = 0; i < p->n && err == LM_OK; i++) {
        lm_buf_printf(b, "    ");
        err = lm_network_timed_text_row(&x->s, b, &x->s.contacts.list[p->contacts[i]]);
        lm_buf_putc(b, '\n');
    }
    return err;
}

static lm_err text_between(struct asked *x)
{
    struct lm_buf *b = &x->s.cli->out;
    lm_err err = text_path(x, "fewest hops", &x->fewest);
    if (err == LM_OK)
        err = text_path(x, "strongest ties", &x->strongest);
    if (err != LM_OK)
        return err;
    lm_buf_printf(b, "\nin order of time, first to arrive: ");
    if (x->earliest.found)
        return text_chain(x, &x->earliest);
    lm_buf_printf(b, "%s\n", x->s.contacts.dated == 0 ? "no contact held has a time" : "no chain in the data held");
    return LM_OK;
}

static lm_err text_before(struct asked *x)
{
    struct lm_buf *b = &x->s.cli->out;
    struct lm_when before = lm_network_timed_when(&x->s, x->before_us);
    char at[LM_WHEN_TEXT];
    lm_err err = LM_OK;
    lm_buf_printf(b, "\nbefore %s, in at most %" PRIu32 " hops: %zu names from whom contacts lead to ", lm_when_format(&before, at),
                  x->wish.hops, x->n_reach);
    lm_terminal_put(b, x->s.all.names[x->from]);
    lm_buf_printf(b, "\n(last to leave first; a chain says that something could have come this way, not that it did)\n");
    for (size_t i = 0; i < x->n_reach && i < x->top && err == LM_OK; i++) {
        struct lm_chain p;
        err = lm_temporal_chain(&x->s.cli->run, x->back, &x->reach[i], &p, &x->s.cli->error);
        if (err != LM_OK)
            break;
        lm_buf_printf(b, "\n  ");
        err = text_chain(x, &p);
        if (err == LM_OK && x->reach[i].direct != SIZE_MAX && p.n > 1)
            lm_buf_printf(b, "    last direct contact: %s\n", lm_when_format(&x->s.contacts.list[x->reach[i].direct].at, at));
    }
    if (x->n_reach > x->top)
        lm_buf_printf(b, "\nand %zu more (--top)\n", x->n_reach - x->top);
    return err;
}

static lm_err text_answer(struct asked *x)
{
    lm_network_timed_text_head(&x->s);
    lm_err err = x->back != NULL ? text_before(x) : text_between(x);
    lm_network_timed_text_foot(&x->s);
    return err;
}

/* --- the question --- */

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct asked *x, bool *ret_back)
{
    int64_t rows, hops, top;
    bool before = false;
    lm_err err = lm_network_time(cli, args, "--before", &x->before_us, &before);
    if (err == LM_OK)
        err = lm_network_duration(cli, args, "--wait", LM_WAIT_ANY, &x->wish.wait_us);
    if (err == LM_OK)
        err = lm_args_i64(args, "--rows", 0, INT32_MAX, ROWS_DEFAULT, &rows, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--hops", 1, HOPS_MOST, HOPS_DEFAULT, &hops, &cli->error);
    if (err == LM_OK)
        err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &top, &cli->error);
    if (err == LM_OK && args->n_operands != (before ? 2u : 3u)) {
        err = lm_fail(&cli->error, LM_EUSAGE, "network path wants two names, or one and --before TIME");
        lm_fail_hint(&cli->error, "network path A B …; network path A --before 2023-05-01T10:00:00Z …");
    }
    if (err == LM_OK && !before && lm_args_get(args, "--hops") != NULL)
        err = lm_fail(&cli->error, LM_EUSAGE, "--hops goes with --before");
    if (err != LM_OK)
        return err;
    x->rows = (size_t)rows;
    x->top = (size_t)top;
    x->wish.hops = (uint32_t)hops;
    *ret_back = before;
    return LM_OK;
}

static lm_err answer(struct asked *x, const struct lm_args *args, bool back)
{
    struct lm_cli *cli = x->s.cli;
    struct lm_arena *a = &cli->run;
    const struct lm_contacts *c = &x->s.contacts;
    x->wish.directed = x->s.directed;
    lm_err err = lm_network_timed_name(&x->s, args->operands[1], &x->from);
    if (err != LM_OK)
        return err;
    if (back)
        return lm_temporal_before(a, c, x->from, x->before_us, &x->wish, &x->back, &x->reach, &x->n_reach, &cli->error);
    err = lm_network_timed_name(&x->s, args->operands[2], &x->to);
    if (err == LM_OK && x->from == x->to)
        err = lm_fail(&cli->error, LM_EUSAGE, "both names are the same");
    if (err == LM_OK)
        err = lm_contacts_graph(a, c, x->s.directed, &x->graph, &cli->error);
    if (err == LM_OK)
        err = lm_path_fewest(a, &x->graph, x->from, x->to, &x->fewest, &cli->error);
    if (err == LM_OK)
        err = lm_path_strongest(a, &x->graph, x->from, x->to, &x->strongest, &cli->error);
    if (err == LM_OK)
        err = lm_temporal_earliest(a, c, x->from, x->to, &x->wish, &x->earliest, &cli->error);
    return err;
}

lm_err lm_network_path(struct lm_cli *cli, const struct lm_args *args)
{
    struct asked x = { .before_us = 0 };
    bool back = false;
    lm_err err = read_wish(cli, args, &x, &back);
    if (err == LM_OK)
        err = lm_network_timed_load(cli, args, "path", &x.s);
    if (err != LM_OK)
        return err;
    err = answer(&x, args, back);
    if (err == LM_OK)
        err = lm_network_timed_warned(&x.s);
    if (err == LM_OK)
        err = cli->json ? json_answer(&x) : text_answer(&x);
    err = lm_network_timed_end(&x.s, err);
    if (err == LM_OK)
        lm_network_timed_say(&x.s);
    return err;
}
