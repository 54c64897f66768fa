#include <inttypes.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/components.h"
#include "network/cuts.h"
#include "network/leiden.h"
#include "network/measure.h"
#include "network/sampled.h"

#define TOP_DEFAULT 20
#define BRIDGES_LISTED 100
#define SEED 42
#define LEIDEN_ROUNDS 10
#define LEIDEN_ROUNDS_LARGE 1 /* above WORK_EXACT: half a minute each with 10 million ties */
/* Above so many nodes × ties a measure that goes through all paths is left out unless it is the one asked for. */
#define WORK_UNASKED 300000000u
/* Above it betweenness is drawn unless somebody asks for all of it: minutes to hours (docs/network.md). */
#define WORK_EXACT 10000000000.0
#define EPSILON 0.01
#define DELTA 0.1

struct shown {
    struct lm_components parts;
    enum lm_node_measure by;
    struct lm_sampled sampled; /* draws 0: betweenness is exact */
    const double *of[LM_MEASURES]; /* NULL: not computed, or a measure of directions on a network without */
    uint32_t *component;
    struct lm_cuts cuts;
    struct lm_communities communities;
    uint32_t *order; /* highest `by` first */
    size_t n_top;
    struct lm_ranks ranks;
};

static void json_node(struct lm_json_out *o, const struct lm_network_source *s, const struct shown *x, uint32_t v)
{
    lm_json_object(o);
    lm_json_kv_str(o, "node", s->graph.names[v]);
    for (int m = 0; m < LM_MEASURES; m++) {
        const char *word = lm_measure_words[m];
        if (x->of[m] == NULL)
            lm_json_kv_null(o, word);
        else if (lm_measure_whole((enum lm_node_measure)m))
            lm_json_kv_u64(o, word, (uint64_t)x->of[m][v]);
        else
            lm_json_kv_double(o, word, x->of[m][v]);
    }
    lm_json_kv_u64(o, "component", x->component[v]);
    lm_json_kv_u64(o, "community", x->communities.of[v]);
    lm_json_kv_bool(o, "cut_vertex", x->cuts.cut_vertex[v]);
    lm_network_json_rank(o, &x->ranks, v);
    lm_json_object_end(o);
}

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
    lm_json_kv_u64(&o, "cut_vertices", x->cuts.n_cut_vertices);
    lm_json_kv_u64(&o, "bridges", x->cuts.n_bridges);
    lm_json_kv_u64(&o, "communities", x->communities.n);
    if (s->graph.n_edges != 0)
        lm_json_kv_double(&o, "modularity", x->communities.modularity);
    else
        lm_json_kv_null(&o, "modularity");
    lm_json_kv_z(&o, "measure", lm_measure_words[x->by]);
    lm_json_kv_z(&o, "method", x->sampled.draws != 0 ? "sampled" : "exact");
    if (x->sampled.draws != 0) {
        lm_json_kv_u64(&o, "sampled_paths", x->sampled.draws);
        lm_json_kv_double(&o, "betweenness_error", x->sampled.error_pairs);
    } else {
        lm_json_kv_null(&o, "sampled_paths");
        lm_json_kv_null(&o, "betweenness_error");
    }
    lm_json_kv_u64(&o, "rank_runs", x->ranks.runs);
    lm_json_key(&o, "top");
    lm_json_array(&o);
    for (size_t i = 0; i < x->n_top; i++)
        json_node(&o, s, x, x->order[i]);
    lm_json_array_end(&o);
    lm_json_key(&o, "bridge_list");
    lm_json_array(&o);
    for (uint32_t i = 0; i < x->cuts.n_bridges && i < BRIDGES_LISTED; i++) {
        lm_json_array(&o);
        lm_json_str(&o, s->graph.names[x->cuts.bridges[i][0]]);
        lm_json_str(&o, s->graph.names[x->cuts.bridges[i][1]]);
        lm_json_array_end(&o);
    }
    lm_json_array_end(&o);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

static int decimals(enum lm_node_measure m)
{
    return lm_measure_whole(m) ? 0 : m == LM_MEASURE_PAGERANK ? 6 : m == LM_MEASURE_EFFECTIVE_SIZE ? 2 : 1;
}

static void text_show(struct lm_cli *cli, const struct lm_network_source *s, const struct shown *x)
{
    struct lm_buf *b = &cli->out;
    const char *word = lm_measure_words[x->by];
    bool beside = x->by != LM_MEASURE_DEGREE && x->by != LM_MEASURE_BETWEENNESS;
    size_t width = 4;
    for (size_t i = 0; i < x->n_top; i++)
        width = lm_network_widest(width, s->graph.names[x->order[i]]);
    lm_network_text_head(b, s);
    lm_buf_printf(b, "components: %" PRIu32 ", nodes in the largest: %" PRIu32 ", connected pairs: %" PRIu64 "\n"
                     "cut vertices: %" PRIu32 ", bridges: %" PRIu32 ", communities: %" PRIu32 " (modularity %.3f)\n\n",
                  x->parts.n, x->parts.lcc, x->parts.pairs, x->cuts.n_cut_vertices, x->cuts.n_bridges,
                  x->communities.n, x->communities.modularity);
    lm_terminal_cell(b, LM_STR("node"), width, LM_CUT_END);
    if (beside)
        lm_buf_printf(b, "  %20s", word);
    lm_buf_printf(b, "  %8s  %14s  %12s\n", "degree", "betweenness", "rank range");
    for (size_t i = 0; i < x->n_top; i++) {
        uint32_t v = x->order[i];
        lm_terminal_cell(b, s->graph.names[v], width, LM_CUT_END);
        if (beside)
            lm_buf_printf(b, "  %20.*f", decimals(x->by), x->of[x->by][v]);
        lm_buf_printf(b, "  %8" PRIu64 "  %14.1f", lm_graph_degree(&s->graph, v), x->of[LM_MEASURE_BETWEENNESS][v]);
        lm_network_text_rank(b, &x->ranks, v);
        lm_buf_putc(b, '\n');
    }
    if (x->sampled.draws != 0)
        lm_buf_printf(b, "\nBetweenness from %" PRIu32 " shortest paths drawn by chance (seed %d): every value is within %.0f, with a "
                         "chance of %.0f %%.\n",
                      x->sampled.draws, SEED, x->sampled.error_pairs, 100 * (1 - DELTA));
    lm_network_text_foot(b, s, &x->ranks);
}

static lm_err measure_asked(struct lm_cli *cli, const struct lm_args *args, enum lm_node_measure *ret)
{
    const char *word = lm_args_get(args, "--measure");
    *ret = word != NULL ? lm_measure_called(lm_str(word)) : LM_MEASURE_BETWEENNESS;
    if (*ret != LM_MEASURES)
        return LM_OK;
    struct lm_str list = LM_STR("");
    for (int m = 0; m < LM_MEASURES; m++)
        list = lm_arena_printf(&cli->run, "%.*s%s%s", LM_STR_ARG(list), m != 0 ? ", " : "", lm_measure_words[m]);
    (void)lm_fail(&cli->error, LM_EUSAGE, "unknown measure: %.60s", word);
    lm_fail_hint(&cli->error, "there are: %.*s", LM_STR_ARG(list));
    return LM_EUSAGE;
}

static bool is_large(const struct lm_graph *g)
{
    return (double)g->n * (double)g->n_edges > WORK_EXACT;
}

/* ret_epsilon: 0 for all shortest paths. */
static lm_err epsilon_asked(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g, double *ret)
{
    bool exact = lm_args_get(args, "--exact") != NULL, given = lm_args_get(args, "--sample") != NULL;
    if (exact && given)
        return lm_fail(&cli->error, LM_EUSAGE, "--exact and --sample exclude each other");
    if (!given && (exact || !is_large(g))) {
        *ret = 0;
        return LM_OK;
    }
    return lm_args_double(args, "--sample", 1e-4, 0.5, EPSILON, ret, &cli->error);
}

static lm_err between(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g, struct shown *x)
{
    struct lm_sampling how = { .delta = DELTA, .seed = SEED };
    double *score = NULL;
    lm_err err = epsilon_asked(cli, args, g, &how.epsilon);
    if (err == LM_OK && how.epsilon > 0) {
        err = lm_betweenness_sampled(&cli->run, g, &how, NULL, &x->sampled, &cli->error);
        score = x->sampled.score;
    } else if (err == LM_OK) {
        err = lm_node_measure(&cli->run, g, LM_MEASURE_BETWEENNESS, NULL, &score, &cli->error);
    }
    x->of[LM_MEASURE_BETWEENNESS] = score;
    return err;
}

/* Without weights the weighted paths are the others. */
static lm_err measure_all(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g, struct shown *x)
{
    lm_err drawn = between(cli, args, g, x);
    if (drawn != LM_OK)
        return drawn;
    bool large = (double)g->n * (double)g->n_edges > WORK_UNASKED;
    for (int i = 0; i < LM_MEASURES; i++) {
        enum lm_node_measure m = (enum lm_node_measure)i;
        bool plain = m == LM_MEASURE_BETWEENNESS_WEIGHTED && !g->weighted;
        if (m == LM_MEASURE_BETWEENNESS)
            continue;
        if (plain) {
            x->of[m] = x->of[LM_MEASURE_BETWEENNESS];
            continue;
        }
        if (x->by != m && (lm_measure_directed(m) ? !g->directed : m == LM_MEASURE_BETWEENNESS_WEIGHTED && large))
            continue;
        double *score;
        lm_err err = lm_node_measure(&cli->run, g, m, NULL, &score, &cli->error);
        if (err != LM_OK)
            return err;
        x->of[m] = score;
    }
    return LM_OK;
}

lm_err lm_network_show(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct shown x = { 0 };
    int64_t n_top;
    uint32_t n;
    lm_err err = lm_args_i64(args, "--top", 0, UINT32_MAX, TOP_DEFAULT, &n_top, &cli->error);
    if (err == LM_OK && args->n_operands > 1)
        err = lm_fail(&cli->error, LM_EUSAGE, "network show takes no operands");
    if (err == LM_OK)
        err = measure_asked(cli, args, &x.by);
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = lm_components(&s.graph, NULL, &x.parts, &cli->error);
    if (err == LM_OK)
        err = lm_component_numbers(&cli->run, &s.graph, &x.component, &n, &cli->error);
    if (err == LM_OK)
        err = lm_cuts(&cli->run, &s.graph, &x.cuts, &cli->error);
    if (err == LM_OK)
        err = lm_leiden(&cli->run, &s.graph, SEED, is_large(&s.graph) ? LEIDEN_ROUNDS_LARGE : LEIDEN_ROUNDS, NULL, &x.communities, &cli->error);
    if (err == LM_OK)
        err = measure_all(cli, args, &s.graph, &x);
    if (err == LM_OK)
        err = lm_ranking(&cli->run, &s.graph, x.of[x.by], &x.order, &cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(&cli->run, &s.graph, s.graph.directed, NULL, &x.ranks, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, &x.ranks);
    if (err != LM_OK)
        return err;
    x.n_top = n_top < s.graph.n ? (size_t)n_top : s.graph.n;
    lm_network_say_source(&s);
    if (cli->json)
        json_show(cli, &s, &x);
    else
        text_show(cli, &s, &x);
    return LM_OK;
}
