#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/look.h"
#include "formats/json_out.h"
#include "network/betweenness.h"
#include "network/edges_file.h"
#include "network/ranking.h"
#include "network/removal.h"
#include "report/contact_net.h"
#include "base/terminal.h"

#define TOP_DEFAULT 20
#define BASIS "position in the data held, never guilt or rank"

static const struct lm_option options[] = {
    { "--edges", "FILE", "an edge list: two names per line, optionally a weight" },
    { "-i", "ID", "the investigation of the workspace whose messages and calls are the ties" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry" },
    { "--directed", NULL, "ties have a direction, from the first name to the second" },
    { "--top", "N", "show: how many nodes to list (20)" },
    { "--k", "K", "key: stop after K removals (until nothing is left)" },
    { "--method", "M", "key: adaptive (betweenness, computed anew after every removal)" },
    { "--goal", "G", "key: lcc (inside the largest component) or pairs (over all components)" },
    { "--until", "S", "key: stop when the largest component is below S × nodes" },
    { 0 },
};

/* --- where the network comes from --- */

struct source {
    struct lm_graph graph;
    const char *file;      /* NULL: the workspace */
    struct lm_edges edges; /* what reading the file found; meaningful with a file */
    struct lm_str investigation; /* workspace: whose contacts they are */
    struct lm_contact_net net;   /* workspace: what supplies them */
    struct lm_warnings warnings;
};

static lm_err load_file(struct lm_cli *cli, bool directed, struct source *s)
{
    lm_err err = lm_edges_file_read(&cli->run, s->file, &s->edges, &cli->error);
    if (err == LM_OK)
        err = lm_graph_build(&cli->run, s->edges.names, s->edges.n_names, s->edges.edges, s->edges.n_edges, directed,
                             &s->graph, NULL, &cli->error);
    if (err == LM_OK)
        cli->problems = s->edges.n_damaged > 0;
    return err;
}

static lm_err load_workspace(struct lm_cli *cli, const struct lm_args *args, bool directed, struct source *s)
{
    struct lm_store *st;
    struct lm_filter f;
    lm_err err = lm_cli_look(cli, args, "network", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = lm_contact_net_load(&cli->run, st, &f, directed, NULL, &s->net, &cli->error);
    lm_store_close(st);
    if (err == LM_OK && s->net.m == 0)
        return lm_fail(&cli->error, LM_ENOTFOUND, "no contacts between accounts in the data held");
    if (err == LM_OK)
        err = lm_contact_net_graph(&cli->run, &s->net, directed, &s->graph, NULL, &cli->error);
    s->investigation = f.investigation;
    return err;
}

/* The network the words ask for. */
static lm_err load(struct lm_cli *cli, const struct lm_args *args, struct source *ret)
{
    struct source s = { .file = lm_args_get(args, "--edges") };
    bool directed = lm_args_get(args, "--directed") != NULL;
    lm_err err;
    if (s.file != NULL) {
        err = lm_cli_no_look(cli, args, "--edges");
        if (err == LM_OK)
            err = load_file(cli, directed, &s);
    } else if (cli->workspace != NULL) {
        err = load_workspace(cli, args, directed, &s);
    } else {
        err = lm_fail(&cli->error, LM_EUSAGE, "no network is named");
        lm_fail_hint(&cli->error, "--edges FILE, or -w WORKSPACE before the verb and -i ID");
    }
    if (err == LM_OK)
        *ret = s;
    return err;
}

/* --- what every sub-verb prints --- */

static void json_source(struct lm_json_out *o, const struct source *s)
{
    const struct lm_edges *d = &s->edges;
    const char separator[2] = { d->separator, '\0' };
    lm_json_kv_z(o, "basis", BASIS);
    lm_json_kv_bool(o, "directed", s->graph.directed);
    lm_json_key(o, "input");
    lm_json_object(o);
    if (s->file == NULL) {
        lm_json_kv_str(o, "investigation", s->investigation);
        lm_json_kv_u64(o, "left_out", s->net.left_out);
        lm_contact_net_json_exhibits(&s->net, o);
    } else {
        lm_json_kv_z(o, "file", s->file);
        lm_json_kv_u64(o, "lines", d->n_lines);
        lm_json_kv_z(o, "separator", separator);
        lm_json_kv_bool(o, "header", d->header);
        lm_json_kv_bool(o, "weighted", d->weighted);
        lm_json_kv_u64(o, "columns_ignored", d->columns_ignored);
    }
    lm_json_kv_u64(o, "loops", s->graph.n_loops);
    lm_json_kv_u64(o, "merged", s->graph.n_merged);
    lm_json_kv_double(o, "weight", s->graph.weight_sum);
    lm_json_object_end(o);
    lm_warnings_json(&s->warnings, o);
    lm_json_kv_u64(o, "problems", d->n_damaged);
    lm_json_key(o, "problem_list");
    lm_json_array(o);
    for (size_t i = 0; i < d->n_problems; i++) {
        lm_json_object(o);
        lm_json_kv_u64(o, "line", d->problems[i].line);
        lm_json_kv_u64(o, "byte", d->problems[i].byte);
        lm_json_kv_z(o, "reason", d->problems[i].reason);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}

static void say_source(const struct source *s)
{
    const struct lm_edges *d = &s->edges;
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    for (size_t i = 0; i < d->n_problems; i++)
        lm_log_line(&log, "%s: line %" PRIu64 ", byte %" PRIu64 ": %s", s->file, d->problems[i].line, d->problems[i].byte,
                    d->problems[i].reason);
    if (d->n_damaged > d->n_problems)
        lm_log_line(&log, "%s: %" PRIu64 " more damaged lines", s->file, d->n_damaged - d->n_problems);
    if (d->n_damaged > 0)
        lm_log_line(&log, "%s: %" PRIu64 " lines are not in the network", s->file, d->n_damaged);
    if (d->columns_ignored > 0)
        lm_log_line(&log, "%s: %zu columns after the third were not read", s->file, d->columns_ignored);
    if (d->header)
        lm_log_line(&log, "%s: the first line was read as column names", s->file);
}

static void warn(struct source *s, struct lm_arena *a, const struct lm_ranks *ranks)
{
    char sentence[LM_RANK_SENTENCE];
    s->warnings = (struct lm_warnings){ .a = a };
    if (s->file == NULL)
        lm_contact_net_warn(&s->net, &s->warnings);
    else
        lm_warn(&s->warnings, "devices_unknown",
                "An edge list does not say which device or account supplied a tie: no share of one device is checked.");
    if (ranks != NULL && ranks->runs == 0)
        lm_warn(&s->warnings, "ranks_not_simulated", "%s", lm_rank_sentence(ranks, sentence));
    lm_warn(&s->warnings, "no_data", "No data held is not no contact.");
}

static lm_err warned(struct lm_cli *cli, struct source *s, const struct lm_ranks *ranks)
{
    warn(s, &cli->run, ranks);
    return s->warnings.failed ? lm_fail(&cli->error, LM_ENOMEM, "no memory for the warnings") : LM_OK;
}

static void json_rank(struct lm_json_out *o, const struct lm_ranks *r, uint32_t v)
{
    if (r->runs != 0) {
        lm_json_kv_u64(o, "rank_low", r->of[v].low);
        lm_json_kv_u64(o, "rank_high", r->of[v].high);
    } else {
        lm_json_kv_null(o, "rank_low");
        lm_json_kv_null(o, "rank_high");
    }
}

static void text_rank(struct lm_buf *b, const struct lm_ranks *r, uint32_t v)
{
    char range[32] = "-";
    if (r->runs != 0)
        (void)snprintf(range, sizeof range, "%" PRIu32 "-%" PRIu32, r->of[v].low, r->of[v].high);
    lm_buf_printf(b, "  %12s", range);
}

static void text_head(struct lm_buf *b, const struct source *s)
{
    const struct lm_graph *g = &s->graph;
    lm_buf_printf(b, "%" PRIu32 " nodes, %" PRIu64 " %s", g->n, g->n_edges, g->directed ? "directed ties" : "ties");
    if (g->n_merged > 0)
        lm_buf_printf(b, ", %" PRIu64 " repeated ties merged", g->n_merged);
    if (g->n_loops > 0)
        lm_buf_printf(b, ", %" PRIu64 " ties of a node to itself left out", g->n_loops);
    lm_buf_printf(b, "\n");
}

static void text_foot(struct lm_buf *b, const struct source *s, const struct lm_ranks *ranks)
{
    char sentence[LM_RANK_SENTENCE];
    lm_buf_printf(b, "\nA measure describes the position in the data held, never guilt or rank.\n");
    if (ranks != NULL && ranks->runs != 0)
        lm_terminal_wrap(b, lm_str(lm_rank_sentence(ranks, sentence)), 0, 0);
    for (size_t i = 0; i < s->warnings.n; i++) {
        lm_buf_put(b, LM_STR("* "));
        lm_terminal_wrap(b, s->warnings.list[i].text, 2, 2);
    }
}

static size_t widest(size_t width, struct lm_str name)
{
    size_t mine = lm_terminal_width(name);
    return mine > width ? mine : width;
}

/* --- network show --- */

struct shown {
    struct lm_components parts;
    const double *score;
    const uint32_t *order; /* highest betweenness first */
    size_t n_top;
    struct lm_ranks ranks;
};

static void json_show(struct lm_cli *cli, const struct source *s, const struct shown *x)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_kv_u64(&o, "components", x->parts.n);
    lm_json_kv_u64(&o, "lcc", x->parts.lcc);
    lm_json_kv_u64(&o, "pairs", x->parts.pairs);
    lm_json_kv_u64(&o, "rank_runs", x->ranks.runs);
    lm_json_key(&o, "top");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n_top; i++) {
        uint32_t v = x->order[i];
        lm_json_object(&o);
        lm_json_kv_str(&o, "node", s->graph.names[v]);
        lm_json_kv_u64(&o, "degree", lm_graph_degree(&s->graph, v));
        lm_json_kv_double(&o, "betweenness", x->score[v]);
        json_rank(&o, &x->ranks, v);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_show(struct lm_cli *cli, const struct source *s, const struct shown *x)
{
    struct lm_buf *b = &cli->out;
    size_t width = 4;
    for (size_t i = 0; i < x->n_top; i++)
        width = widest(width, s->graph.names[x->order[i]]);
    text_head(b, s);
    lm_buf_printf(b, "components: %" PRIu32 ", nodes in the largest: %" PRIu32 ", connected pairs: %" PRIu64 "\n\n",
                  x->parts.n, x->parts.lcc, x->parts.pairs);
    lm_terminal_cell(b, LM_STR("node"), width, LM_CUT_END);
    lm_buf_printf(b, "  %8s  %14s  %12s\n", "degree", "betweenness", "rank range");
    for (size_t i = 0; i < x->n_top; i++) {
        uint32_t v = x->order[i];
        lm_terminal_cell(b, s->graph.names[v], width, LM_CUT_END);
        lm_buf_printf(b, "  %8" PRIu64 "  %14.1f", lm_graph_degree(&s->graph, v), x->score[v]);
        text_rank(b, &x->ranks, v);
        lm_buf_putc(b, '\n');
    }
    text_foot(b, s, &x->ranks);
}

static lm_err show(struct lm_cli *cli, const struct lm_args *args)
{
    struct source s;
    struct shown x;
    int64_t n_top;
    double *score;
    uint32_t *order;
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &n_top, &cli->error);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network show takes no operands");
    if (err == LM_OK)
        err = load(cli, args, &s);
    if (err == LM_OK)
        err = lm_components(&s.graph, NULL, &x.parts, &cli->error);
    if (err == LM_OK)
        err = lm_betweenness(&cli->run, &s.graph, s.graph.directed, NULL, &score, &cli->error);
    if (err == LM_OK)
        err = lm_ranking(&cli->run, &s.graph, score, &order, &cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(&cli->run, &s.graph, s.graph.directed, NULL, &x.ranks, &cli->error);
    if (err == LM_OK)
        err = warned(cli, &s, &x.ranks);
    if (err != LM_OK)
        return err;
    x.score = score;
    x.order = order;
    x.n_top = n_top < s.graph.n ? (size_t)n_top : s.graph.n;
    say_source(&s);
    if (cli->json)
        json_show(cli, &s, &x);
    else
        text_show(cli, &s, &x);
    return LM_OK;
}

/* --- network key --- */

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct lm_removal_wish *ret)
{
    struct lm_removal_wish w = { .directed = lm_args_get(args, "--directed") != NULL };
    const char *method = lm_args_get(args, "--method"), *goal = lm_args_get(args, "--goal");
    int64_t k;
    lm_err err = LM_OK;
    if (args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network key takes no operands");
    if (err == LM_OK && method != NULL && strcmp(method, "adaptive") != 0)
        err = lm_fail(&cli->error, LM_EUSAGE, "unknown method %.60s; there is: adaptive", method);
    if (err == LM_OK && goal != NULL && strcmp(goal, "lcc") != 0 && strcmp(goal, "pairs") != 0)
        err = lm_fail(&cli->error, LM_EUSAGE, "unknown goal %.60s; there are: lcc, pairs", goal);
    if (err == LM_OK)
        err = lm_args_i64(args, "--k", 1, UINT32_MAX, UINT32_MAX, &k, &cli->error);
    if (err == LM_OK)
        err = lm_args_double(args, "--until", 0, 1, 0, &w.until, &cli->error);
    if (err != LM_OK)
        return err;
    w.goal = goal != NULL && strcmp(goal, "pairs") == 0 ? LM_GOAL_PAIRS : LM_GOAL_LCC;
    w.k_max = (uint32_t)k;
    *ret = w;
    return LM_OK;
}

static void json_count(struct lm_json_out *o, const char *key, int64_t v)
{
    if (v == LM_NOT_REACHED)
        lm_json_kv_null(o, key);
    else
        lm_json_kv_i64(o, key, v);
}

struct order {
    struct lm_removal_wish wish;
    struct lm_removal r;
    uint32_t n_listed; /* an edge list: the whole order; a workspace: those that a ranking may show */
    struct lm_ranks ranks;
};

static void json_key(struct lm_cli *cli, const struct source *s, const struct order *k)
{
    const struct lm_removal *r = &k->r;
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_kv_u64(&o, "lcc0", r->lcc0);
    lm_json_kv_u64(&o, "pairs0", r->pairs0);
    lm_json_kv_z(&o, "method", "adaptive");
    lm_json_kv_z(&o, "goal", k->wish.goal == LM_GOAL_PAIRS ? "pairs" : "lcc");
    lm_json_kv_u64(&o, "rank_runs", k->ranks.runs);
    lm_json_key(&o, "steps");
    lm_json_array(&o);
    for (uint32_t i = 0; i < k->n_listed; i++) {
        lm_json_object(&o);
        lm_json_kv_u64(&o, "k", (uint64_t)i + 1);
        lm_json_key(&o, "removed");
        lm_json_array(&o);
        lm_json_str(&o, s->graph.names[r->steps[i].vertex]);
        lm_json_array_end(&o);
        lm_json_kv_u64(&o, "lcc", r->steps[i].lcc);
        lm_json_kv_u64(&o, "pairs", r->steps[i].pairs);
        lm_json_kv_double(&o, "betweenness", r->steps[i].score);
        json_rank(&o, &k->ranks, r->steps[i].vertex);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "steps_not_listed", r->n_steps - k->n_listed);
    lm_json_kv_double(&o, "auc10", r->measures.auc10); /* NaN is written as null */
    lm_json_kv_double(&o, "r", r->measures.r);
    json_count(&o, "n10", r->measures.n10);
    json_count(&o, "n1", r->measures.n1);
    json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_measures(struct lm_buf *b, const struct lm_removal_measures *m)
{
    lm_buf_printf(b, "\nremovals until the largest component holds at most 10 %% of the nodes: ");
    if (m->n10 != LM_NOT_REACHED)
        lm_buf_printf(b, "%" PRId64 "\n", m->n10);
    else
        lm_buf_printf(b, "not reached\n");
    lm_buf_printf(b, "removals until it holds at most 1 %%: ");
    if (m->n1 != LM_NOT_REACHED)
        lm_buf_printf(b, "%" PRId64 "\n", m->n1);
    else
        lm_buf_printf(b, "not reached\n");
    if (!isnan(m->auc10))
        lm_buf_printf(b, "AUC10 %.3f (area under the curve down to 10 %%; lower is better)\n", m->auc10);
    if (!isnan(m->r))
        lm_buf_printf(b, "R %.4f (mean share left in the largest component over all removals)\n", m->r);
}

static void text_key(struct lm_cli *cli, const struct source *s, const struct order *k)
{
    struct lm_buf *b = &cli->out;
    const struct lm_removal *r = &k->r;
    size_t width = 7;
    for (uint32_t i = 0; i < k->n_listed; i++)
        width = widest(width, s->graph.names[r->steps[i].vertex]);
    text_head(b, s);
    lm_buf_printf(b, "largest component %" PRIu32 " nodes, %" PRIu64 " connected pairs\n", r->lcc0, r->pairs0);
    lm_buf_printf(b, "order: betweenness, computed anew after every removal, %s\n\n",
                  k->wish.goal == LM_GOAL_PAIRS ? "over all components" : "inside the largest component");
    lm_buf_printf(b, "%6s  ", "k");
    lm_terminal_cell(b, LM_STR("removed"), width, LM_CUT_END);
    lm_buf_printf(b, "  %12s  %12s  %10s  %8s  %14s\n", "betweenness", "rank range", "largest", "of first", "pairs");
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_removal_step *step = &r->steps[i];
        lm_buf_printf(b, "%6" PRIu32 "  ", i + 1);
        lm_terminal_cell(b, s->graph.names[step->vertex], width, LM_CUT_END);
        lm_buf_printf(b, "  %12.1f", step->score);
        text_rank(b, &k->ranks, step->vertex);
        lm_buf_printf(b, "  %10" PRIu32 "  %8.4f  %14" PRIu64 "\n", step->lcc, (double)step->lcc / r->lcc0, step->pairs);
    }
    if (k->n_listed < r->n_steps)
        lm_buf_printf(b, "%6s  %" PRIu32 " more, not listed: from here on the order says nothing about an account\n", "",
                      r->n_steps - k->n_listed);
    text_measures(b, &r->measures);
    text_foot(b, s, &k->ranks);
}

static lm_err key(struct lm_cli *cli, const struct lm_args *args)
{
    struct source s;
    struct order k;
    lm_err err = read_wish(cli, args, &k.wish);
    if (err == LM_OK)
        err = load(cli, args, &s);
    if (err == LM_OK)
        err = lm_removal_adaptive(&cli->run, &s.graph, &k.wish, NULL, &k.r, &cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(&cli->run, &s.graph, k.wish.directed, NULL, &k.ranks, &cli->error);
    if (err == LM_OK)
        err = warned(cli, &s, &k.ranks);
    if (err != LM_OK)
        return err;
    k.n_listed = s.file != NULL ? k.r.n_steps : lm_removal_ranked(&k.r);
    say_source(&s);
    if (cli->json)
        json_key(cli, &s, &k);
    else
        text_key(cli, &s, &k);
    return LM_OK;
}

/* --- network remove --- */

static void json_parts(struct lm_json_out *o, const char *key, const struct lm_components *c)
{
    lm_json_key(o, key);
    lm_json_object(o);
    lm_json_kv_u64(o, "components", c->n);
    lm_json_kv_u64(o, "lcc", c->lcc);
    lm_json_kv_u64(o, "pairs", c->pairs);
    lm_json_object_end(o);
}

static void json_remove(struct lm_cli *cli, const struct source *s, const bool *gone,
                        const struct lm_components *before, const struct lm_components *after)
{
    struct lm_json_out o;
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_key(&o, "removed");
    lm_json_array(&o);
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (gone[v])
            lm_json_str(&o, s->graph.names[v]);
    lm_json_array_end(&o);
    json_parts(&o, "before", before);
    json_parts(&o, "after", after);
    json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_remove(struct lm_cli *cli, const struct source *s, const bool *gone,
                        const struct lm_components *before, const struct lm_components *after)
{
    struct lm_buf *b = &cli->out;
    text_head(b, s);
    lm_buf_printf(b, "removed:");
    for (uint32_t v = 0; v < s->graph.n; v++)
        if (gone[v]) {
            lm_buf_putc(b, ' ');
            lm_terminal_put(b, s->graph.names[v]);
        }
    lm_buf_printf(b, "\n\n%-18s  %14s  %14s\n", "", "before", "after");
    lm_buf_printf(b, "%-18s  %14" PRIu32 "  %14" PRIu32 "\n", "components", before->n, after->n);
    lm_buf_printf(b, "%-18s  %14" PRIu32 "  %14" PRIu32 "\n", "largest component", before->lcc, after->lcc);
    lm_buf_printf(b, "%-18s  %14" PRIu64 "  %14" PRIu64 "\n", "connected pairs", before->pairs, after->pairs);
    text_foot(b, s, NULL);
}

static lm_err mark(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g, bool *gone)
{
    for (size_t i = 1; i < args->n_operands; i++) {
        uint32_t v = lm_graph_find(g, lm_str(args->operands[i]));
        if (v == UINT32_MAX) {
            (void)lm_fail(&cli->error, LM_EUSAGE, "the network has no node named %.200s", args->operands[i]);
            lm_fail_hint(&cli->error, "names are compared byte for byte");
            return LM_EUSAGE;
        }
        gone[v] = true;
    }
    return LM_OK;
}

static lm_err take_away(struct lm_cli *cli, const struct lm_args *args)
{
    struct source s;
    struct lm_components before, after;
    if (args->n_operands < 2)
        return lm_fail(&cli->error, LM_EUSAGE, "network remove wants the names of the nodes to remove");
    lm_err err = load(cli, args, &s);
    if (err != LM_OK)
        return err;
    bool *gone = lm_arena_array(&cli->run, s.graph.n, sizeof *gone);
    if (gone == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the nodes");
    err = mark(cli, args, &s.graph, gone);
    if (err == LM_OK)
        err = lm_components(&s.graph, NULL, &before, &cli->error);
    if (err == LM_OK)
        err = lm_components(&s.graph, gone, &after, &cli->error);
    if (err == LM_OK)
        err = warned(cli, &s, NULL);
    if (err != LM_OK)
        return err;
    say_source(&s);
    if (cli->json)
        json_remove(cli, &s, gone, &before, &after);
    else
        text_remove(cli, &s, gone, &before, &after);
    return LM_OK;
}

/* --- the verb --- */

static const struct sub_verb {
    const char *name;
    const char *options; /* those it takes beside the source's, each followed by a space */
    lm_err (*run)(struct lm_cli *cli, const struct lm_args *args);
} sub_verbs[] = {
    { "show", "--top ", show },
    { "key", "--k --method --goal --until ", key },
    { "remove", "", take_away },
};

static bool takes(const struct sub_verb *v, const char *option)
{
    static const char *const source[] = { "--edges", "--directed", "-i", "--purpose" };
    struct lm_str all = lm_str(v->options), name = lm_str(option);
    for (size_t i = 0; i < sizeof source / sizeof source[0]; i++)
        if (strcmp(option, source[i]) == 0)
            return true;
    for (size_t at; (at = lm_str_find(all, name)) != SIZE_MAX; all = lm_str_skip(all, at + name.n))
        if (at + name.n < all.n && all.p[at + name.n] == ' ')
            return true;
    return false;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *word = args->n_operands > 0 ? args->operands[0] : NULL;
    for (size_t i = 0; word != NULL && i < sizeof sub_verbs / sizeof sub_verbs[0]; i++) {
        if (strcmp(sub_verbs[i].name, word) != 0)
            continue;
        for (size_t k = 0; k < args->n_values; k++)
            if (!takes(&sub_verbs[i], args->values[2 * k]))
                return lm_fail(&cli->error, LM_EUSAGE, "network %s takes no %s", word, args->values[2 * k]);
        return sub_verbs[i].run(cli, args);
    }
    if (word != NULL)
        (void)lm_fail(&cli->error, LM_EUSAGE, "unknown word after network: %.60s", word);
    else
        (void)lm_fail(&cli->error, LM_EUSAGE, "network wants a word after it");
    lm_fail_hint(&cli->error, "there are: show, key, remove");
    return LM_EUSAGE;
}

const struct lm_command lm_cmd_network = {
    .name = "network",
    .title = "who stands where in the network, and what falls apart without whom",
    .usage = "show|key|remove … (--edges FILE | -i ID)",
    .help = "show    nodes by betweenness: how many shortest paths between others run through them\n"
            "key     which nodes hold the network together: taken out one after the other, with the size of\n"
            "        the largest component and the connected pairs left after each\n"
            "remove  A B …: components, largest component and connected pairs before and after\n\n"
            "A measure describes the position in the data held, never guilt or rank. Each rank comes with its range when\n"
            "a tenth of the ties is missing, and with a warning when one device supplies more than 30 % of the data.\n",
    .options = options,
    .run = run,
};
