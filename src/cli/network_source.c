#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/terminal.h"
#include "cli/look.h"
#include "cli/network.h"

#define BASIS "position in the data held, never guilt or rank"

/* An edge list of the largest size that is read, and its graph. */
#define CEILING_BYTES ((size_t)16 << 30)

static lm_err choice_asked(struct lm_cli *cli, const struct lm_args *args, struct lm_tie_choice *ret)
{
    const char *word;
    struct lm_tie_choice c = { .machine = lm_args_get(args, "--machine") != NULL };
    for (size_t k = 0; (word = lm_args_nth(args, "--layer", k)) != NULL; k++) {
        enum lm_layer l = lm_layer_called(lm_str(word));
        if (l == LM_LAYERS) {
            (void)lm_fail(&cli->error, LM_EUSAGE, "unknown layer: %.60s", word);
            lm_fail_hint(&cli->error, "there are: communication, drug_transfer, money, co_travel, laboratory, firearm, "
                                      "overdose, unstated");
            return LM_EUSAGE;
        }
        c.layers |= 1u << l;
    }
    *ret = c;
    return LM_OK;
}

/* A file without a column of layers or classes holds ties of no stated layer, and none of a machine. */
static lm_err choose_ties(struct lm_cli *cli, struct lm_network_source *s)
{
    struct lm_edges *d = &s->edges;
    if (d->ties == NULL) {
        if (s->choice.layers != 0 && (s->choice.layers & 1u << LM_LAYER_UNSTATED) == 0)
            return lm_fail(&cli->error, LM_EUSAGE, "the edge list has no column of layers");
        return LM_OK;
    }
    lm_err err = lm_ties_choose(d->names, d->n_names, d->edges, d->ties, d->n_edges, s->choice, &d->n_names, &d->n_edges,
                                &s->ties, &cli->error);
    if (err == LM_OK && d->n_edges == 0)
        return lm_fail(&cli->error, LM_ENOTFOUND, "no tie of the layers and classes asked for");
    return err;
}

static lm_err load_file(struct lm_cli *cli, bool directed, struct lm_network_source *s)
{
    cli->run.ceiling_bytes = CEILING_BYTES;
    lm_err err = lm_edges_file_read(&cli->run, s->file, &s->edges, &cli->error);
    if (err == LM_OK)
        err = choose_ties(cli, s);
    if (err == LM_OK)
        err = lm_graph_build(&cli->run, s->edges.names, s->edges.n_names, s->edges.edges, s->edges.n_edges,
                             directed, &s->graph, NULL, &cli->error);
    if (err == LM_OK)
        cli->problems = s->edges.n_damaged > 0;
    return err;
}

static lm_err load_workspace(struct lm_cli *cli, const struct lm_args *args, bool directed,
                             struct lm_network_source *s)
{
    struct lm_store *st;
    struct lm_filter f;
    if ((s->choice.layers & ~(1u << LM_LAYER_COMMUNICATION | 1u << LM_LAYER_MONEY)) != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "between the accounts of a workspace there are communication and money");
    lm_err err = lm_cli_look(cli, args, "network", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = lm_contact_net_load(&cli->run, st, &f, s->choice.layers, directed, NULL, &s->net, &cli->error);
    lm_store_close(st);
    if (err == LM_OK && s->net.m == 0)
        return lm_fail(&cli->error, LM_ENOTFOUND, "no contacts between accounts in the data held");
    if (err == LM_OK)
        err = lm_contact_net_graph(&cli->run, &s->net, directed, &s->graph, NULL, &cli->error);
    s->investigation = f.investigation;
    return err;
}

lm_err lm_network_load(struct lm_cli *cli, const struct lm_args *args, struct lm_network_source *ret)
{
    struct lm_network_source s = { .file = lm_args_get(args, "--edges") };
    bool directed = lm_args_get(args, "--directed") != NULL;
    lm_err err = choice_asked(cli, args, &s.choice);
    if (err != LM_OK)
        return err;
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

static void json_ties(struct lm_json_out *o, const struct lm_network_source *s)
{
    const struct lm_tie_counts *t = &s->ties;
    lm_json_key(o, "layers");
    lm_json_object(o);
    for (int l = 0; l < LM_LAYERS; l++)
        if (t->layer[l] != 0)
            lm_json_kv_u64(o, lm_layer_words[l], t->layer[l]);
    lm_json_object_end(o);
    lm_json_key(o, "classes");
    lm_json_object(o);
    for (int c = 0; c < LM_TIE_CLASSES; c++)
        lm_json_kv_u64(o, lm_link_class_word((enum lm_link_class)c), t->link[c]);
    lm_json_object_end(o);
    lm_json_kv_u64(o, "dated", t->dated);
    lm_json_kv_u64(o, "placed", t->placed);
    lm_json_kv_u64(o, "places", s->edges.n_places);
    lm_json_kv_u64(o, "machine_left_out", t->machine_left_out);
    lm_json_kv_u64(o, "layers_left_out", t->layers_left_out);
}

void lm_network_json_source(struct lm_json_out *o, const struct lm_network_source *s)
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
        if (d->ties != NULL)
            json_ties(o, s);
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

void lm_network_say_source(const struct lm_network_source *s)
{
    const struct lm_edges *d = &s->edges;
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    for (size_t i = 0; i < d->n_problems; i++)
        lm_log_line(&log, "%s: line %" PRIu64 ", byte %" PRIu64 ": %s", s->file, d->problems[i].line,
                    d->problems[i].byte, d->problems[i].reason);
    if (d->n_damaged > d->n_problems)
        lm_log_line(&log, "%s: %" PRIu64 " more damaged lines", s->file, d->n_damaged - d->n_problems);
    if (d->n_damaged > 0)
        lm_log_line(&log, "%s: %" PRIu64 " lines are not in the network", s->file, d->n_damaged);
    if (d->columns_ignored > 0)
        lm_log_line(&log, "%s: %zu columns were not read", s->file, d->columns_ignored);
    if (d->header)
        lm_log_line(&log, "%s: the first line was read as column names", s->file);
}

static void warn(struct lm_network_source *s, struct lm_arena *a, const struct lm_ranks *ranks)
{
    char sentence[LM_RANK_SENTENCE];
    s->warnings = (struct lm_warnings){ .a = a };
    if (s->file == NULL)
        lm_contact_net_warn(&s->net, &s->warnings);
    else
        lm_warn(&s->warnings, "devices_unknown",
                "An edge list does not say which device or account supplied a tie: no share of one device is "
                "checked.");
    if (s->file != NULL && s->ties.machine_left_out != 0)
        lm_warn(&s->warnings, "machine_left_out", "%" PRIu64 " ties are inferred by a machine: they enter no measure.",
                s->ties.machine_left_out);
    if (s->choice.machine && s->ties.link[LM_LINK_MACHINE] != 0)
        lm_warn(&s->warnings, "machine_included", "%" PRIu64 " ties are inferred by a machine, and were asked for.",
                s->ties.link[LM_LINK_MACHINE]);
    if (ranks != NULL && ranks->runs == 0)
        lm_warn(&s->warnings, "ranks_not_simulated", "%s", lm_rank_sentence(ranks, sentence));
    lm_warn(&s->warnings, "no_data", "No data held is not no contact.");
}

lm_err lm_network_warned(struct lm_cli *cli, struct lm_network_source *s, const struct lm_ranks *ranks)
{
    warn(s, &cli->run, ranks);
    return s->warnings.failed ? lm_fail(&cli->error, LM_ENOMEM, "no memory for the warnings") : LM_OK;
}

void lm_network_json_rank(struct lm_json_out *o, const struct lm_ranks *r, uint32_t v)
{
    if (r->runs != 0) {
        lm_json_kv_u64(o, "rank_low", r->of[v].low);
        lm_json_kv_u64(o, "rank_high", r->of[v].high);
    } else {
        lm_json_kv_null(o, "rank_low");
        lm_json_kv_null(o, "rank_high");
    }
}

void lm_network_text_rank(struct lm_buf *b, const struct lm_ranks *r, uint32_t v)
{
    char range[32] = "-";
    if (r->runs != 0)
        (void)snprintf(range, sizeof range, "%" PRIu32 "-%" PRIu32, r->of[v].low, r->of[v].high);
    lm_buf_printf(b, "  %12s", range);
}

void lm_network_text_head(struct lm_buf *b, const struct lm_network_source *s)
{
    const struct lm_graph *g = &s->graph;
    lm_buf_printf(b, "%" PRIu32 " nodes, %" PRIu64 " %s", g->n, g->n_edges,
                  g->directed ? "directed ties" : "ties");
    if (g->n_merged > 0)
        lm_buf_printf(b, ", %" PRIu64 " repeated ties merged", g->n_merged);
    if (g->n_loops > 0)
        lm_buf_printf(b, ", %" PRIu64 " ties of a node to itself left out", g->n_loops);
    lm_buf_printf(b, "\n");
}

void lm_network_text_foot(struct lm_buf *b, const struct lm_network_source *s, const struct lm_ranks *ranks)
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

size_t lm_network_widest(size_t width, struct lm_str name)
{
    size_t mine = lm_terminal_width(name);
    return mine > width ? mine : width;
}
