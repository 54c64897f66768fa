#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/betweenness.h"
#include "network/components.h"

#define TOP_DEFAULT 20

struct shown {
    struct lm_components parts;
    const double *score;
    const uint32_t *order; /* highest betweenness first */
    size_t n_top;
    struct lm_ranks ranks;
};

static void json_show(struct lm_cli *cli, const struct lm_network_source *s, const struct shown *x)
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
        lm_network_json_rank(&o, &x->ranks, v);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static void text_show(struct lm_cli *cli, const struct lm_network_source *s, const struct shown *x)
{
    struct lm_buf *b = &cli->out;
    size_t width = 4;
    for (size_t i = 0; i < x->n_top; i++)
        width = lm_network_widest(width, s->graph.names[x->order[i]]);
    lm_network_text_head(b, s);
    lm_buf_printf(
        b, "components: %" PRIu32 ", nodes in the largest: %" PRIu32 ", connected pairs: %" PRIu64 "\n\n",
        x->parts.n, x->parts.lcc, x->parts.pairs);
    lm_terminal_cell(b, LM_STR("node"), width, LM_CUT_END);
    lm_buf_printf(b, "  %8s  %14s  %12s\n", "degree", "betweenness", "rank range");
    for (size_t i = 0; i < x->n_top; i++) {
        uint32_t v = x->order[i];
        lm_terminal_cell(b, s->graph.names[v], width, LM_CUT_END);
        lm_buf_printf(b, "  %8" PRIu64 "  %14.1f", lm_graph_degree(&s->graph, v), x->score[v]);
        lm_network_text_rank(b, &x->ranks, v);
        lm_buf_putc(b, '\n');
    }
    lm_network_text_foot(b, s, &x->ranks);
}

lm_err lm_network_show(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct shown x;
    int64_t n_top;
    double *score;
    uint32_t *order;
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &n_top, &cli->error);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network show takes no operands");
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = lm_components(&s.graph, NULL, &x.parts, &cli->error);
    if (err == LM_OK)
        err = lm_betweenness(&cli->run, &s.graph, s.graph.directed, NULL, &score, &cli->error);
    if (err == LM_OK)
        err = lm_ranking(&cli->run, &s.graph, score, &order, &cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(&cli->run, &s.graph, s.graph.directed, NULL, &x.ranks, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, &x.ranks);
    if (err != LM_OK)
        return err;
    x.score = score;
    x.order = order;
    x.n_top = n_top < s.graph.n ? (size_t)n_top : s.graph.n;
    lm_network_say_source(&s);
    if (cli->json)
        json_show(cli, &s, &x);
    else
        text_show(cli, &s, &x);
    return LM_OK;
}
