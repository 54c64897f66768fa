#include <inttypes.h>
#include <math.h>

#include "base/terminal.h"
#include "cli/network.h"
#include "network/removal.h"

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

static void json_key(struct lm_cli *cli, const struct lm_network_source *s, const struct order *k)
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
        lm_network_json_rank(&o, &k->ranks, r->steps[i].vertex);
        lm_json_object_end(&o);
    }
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "steps_not_listed", r->n_steps - k->n_listed);
    lm_json_kv_double(&o, "auc10", r->measures.auc10); /* NaN is written as null */
    lm_json_kv_double(&o, "r", r->measures.r);
    json_count(&o, "n10", r->measures.n10);
    json_count(&o, "n1", r->measures.n1);
    lm_network_json_source(&o, s);
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

static void text_key(struct lm_cli *cli, const struct lm_network_source *s, const struct order *k)
{
    struct lm_buf *b = &cli->out;
    const struct lm_removal *r = &k->r;
    size_t width = 7;
    for (uint32_t i = 0; i < k->n_listed; i++)
        width = lm_network_widest(width, s->graph.names[r->steps[i].vertex]);
    lm_network_text_head(b, s);
    lm_buf_printf(b, "largest component %" PRIu32 " nodes, %" PRIu64 " connected pairs\n", r->lcc0,
                  r->pairs0);
    lm_buf_printf(b, "order: betweenness, computed anew after every removal, %s\n\n",
                  k->wish.goal == LM_GOAL_PAIRS ? "over all components" : "inside the largest component");
    lm_buf_printf(b, "%6s  ", "k");
    lm_terminal_cell(b, LM_STR("removed"), width, LM_CUT_END);
    lm_buf_printf(b, "  %12s  %12s  %10s  %8s  %14s\n", "betweenness", "rank range", "largest", "of first",
                  "pairs");
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_removal_step *step = &r->steps[i];
        lm_buf_printf(b, "%6" PRIu32 "  ", i + 1);
        lm_terminal_cell(b, s->graph.names[step->vertex], width, LM_CUT_END);
        lm_buf_printf(b, "  %12.1f", step->score);
        lm_network_text_rank(b, &k->ranks, step->vertex);
        lm_buf_printf(b, "  %10" PRIu32 "  %8.4f  %14" PRIu64 "\n", step->lcc, (double)step->lcc / r->lcc0,
                      step->pairs);
    }
    if (k->n_listed < r->n_steps)
        lm_buf_printf(
            b, "%6s  %" PRIu32 " more, not listed: from here on the order says nothing about an account\n",
            "", r->n_steps - k->n_listed);
    text_measures(b, &r->measures);
    lm_network_text_foot(b, s, &k->ranks);
}

lm_err lm_network_key(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct order k;
    lm_err err = read_wish(cli, args, &k.wish);
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = lm_removal_adaptive(&cli->run, &s.graph, &k.wish, NULL, &k.r, &cli->error);
    if (err == LM_OK)
        err = lm_rank_ranges(&cli->run, &s.graph, k.wish.directed, NULL, &k.ranks, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, &k.ranks);
    if (err != LM_OK)
        return err;
    k.n_listed = s.file != NULL ? k.r.n_steps : lm_removal_ranked(&k.r);
    lm_network_say_source(&s);
    if (cli->json)
        json_key(cli, &s, &k);
    else
        text_key(cli, &s, &k);
    return LM_OK;
}
