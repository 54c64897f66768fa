#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/terminal.h"
#include "cli/network_key.h"

static const char *method_name(const struct lm_key *k)
{
    static const char *const names[] = { "adaptive", "search", "exact" };
    return names[k->method];
}

static const char *goal_name(const struct lm_key *k)
{
    static const char *const names[] = { "lcc", "pairs", "reach", "between-cities" };
    return names[k->wish.goal];
}

static bool has_costs(const struct lm_key *k)
{
    return k->nodes.data.cost != NULL;
}

/* The fewest removals to components of at most so many, as far as the sets of each k prove it. */
static int64_t proved(const struct lm_best *b, uint32_t lcc0, uint32_t largest)
{
    if (lcc0 <= largest)
        return 0;
    for (uint32_t i = 0; i < b->n_steps; i++) {
        if (b->steps[i].left.lcc <= largest)
            return (int64_t)i + 1;
        if (b->steps[i].known.bound <= largest)
            break;
    }
    return LM_NOT_REACHED;
}

static struct lm_removal_measures measures_of(const struct lm_network_source *s, const struct lm_key *k)
{
    struct lm_removal_measures m = {
        .auc10 = NAN, .r = NAN, .r_cost = NAN, .n10 = LM_NOT_REACHED, .n1 = LM_NOT_REACHED
    };
    uint32_t n = s->graph.n;
    if (k->method != LM_KEY_EXACT)
        return k->r.measures;
    if (k->wish.goal == LM_GOAL_LCC) {
        m.n10 = proved(&k->best, k->left0.lcc, n / 10);
        m.n1 = proved(&k->best, k->left0.lcc, n / 100);
    }
    if (k->has_fewest && k->largest == n / 10 && !has_costs(k) && k->best.fewest.known.gap == 0)
        m.n10 = k->best.fewest.n;
    return m;
}

#define HOW 256
/* What the order was computed from. Returns out. */
static const char *how(const struct lm_key *k, char out[HOW])
{
    const char *rest = k->from_core ? "; the search began with an order by degrees" : "";
    if (k->r.sampled == 0)
        (void)snprintf(out, HOW, "exact recomputation after every removal");
    else
        (void)snprintf(out, HOW,
                       "betweenness sampled from %d sources for %" PRIu32
                       " removals, in batches of at most %" PRIu32 "; exact recomputation for the others%s",
                       LM_REMOVAL_SOURCES, k->r.sampled, k->r.batch, rest);
    return out;
}

/* --- JSON --- */

static void json_count(struct lm_json_out *o, const char *key, int64_t v)
{
    if (v == LM_NOT_REACHED)
        lm_json_kv_null(o, key);
    else
        lm_json_kv_i64(o, key, v);
}

static void json_names(struct lm_json_out *o, const char *key, const struct lm_graph *g, const uint32_t *v,
                       uint32_t n)
{
    lm_json_key(o, key);
    lm_json_array(o);
    for (uint32_t i = 0; i < n; i++)
        lm_json_str(o, g->names[v[i]]);
    lm_json_array_end(o);
}

static void json_left(struct lm_json_out *o, const struct lm_key *k, const struct lm_left *l, double cost)
{
    lm_json_kv_u64(o, "lcc", l->lcc);
    lm_json_kv_u64(o, "pairs", l->pairs);
    if (k->nodes.data.source != NULL) {
        lm_json_kv_u64(o, "reach", l->reach);
        lm_json_kv_u64(o, "supplied", l->supplied);
    }
    if (k->nodes.data.city != NULL)
        lm_json_kv_u64(o, "between_cities", l->cities);
    if (has_costs(k))
        lm_json_kv_double(o, "cost", cost);
}

static void json_optimality(struct lm_json_out *o, const struct lm_optimality *q)
{
    lm_json_key(o, "optimality");
    lm_json_object(o);
    lm_json_kv_z(o, "kind", q->kind == LM_KNOWN_ENUMERATION ? "enumeration" : "bound");
    lm_json_kv_u64(o, "sets", q->sets);
    lm_json_kv_double(o, "bound", q->bound);
    lm_json_kv_double(o, "gap", q->gap);
    lm_json_object_end(o);
}

static void json_order(struct lm_json_out *o, const struct lm_network_source *s, const struct lm_key *k)
{
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_removal_step *step = &k->r.steps[i];
        lm_json_object(o);
        lm_json_kv_u64(o, "k", (uint64_t)i + 1);
        json_names(o, "removed", &s->graph, &step->vertex, 1);
        json_left(o, k, &k->left[i], step->cost);
        lm_json_kv_double(o, "betweenness", step->score); /* NaN is written as null */
        lm_network_json_rank(o, &k->ranks, step->vertex);
        lm_json_object_end(o);
    }
}

static void json_best(struct lm_json_out *o, const struct lm_network_source *s, const struct lm_key *k)
{
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_best_set *b = &k->best.steps[i];
        lm_json_object(o);
        lm_json_kv_u64(o, "k", b->n);
        json_names(o, "removed", &s->graph, b->vertex, b->n);
        json_left(o, k, &b->left, b->cost);
        lm_json_kv_null(o, "betweenness");
        lm_json_kv_null(o, "rank_low");
        lm_json_kv_null(o, "rank_high");
        json_optimality(o, &b->known);
        lm_json_object_end(o);
    }
}

static void json_measures(struct lm_json_out *o, const struct lm_key *k, const struct lm_removal_measures *m)
{
    lm_json_kv_double(o, "auc10", m->auc10); /* NaN is written as null */
    lm_json_kv_double(o, "r", m->r);
    if (has_costs(k))
        lm_json_kv_double(o, "r_cost", m->r_cost);
    json_count(o, "n10", m->n10);
    json_count(o, "n1", m->n1);
}

static void json_extras(struct lm_json_out *o, const struct lm_network_source *s, const struct lm_key *k)
{
    bool names = s->file != NULL;
    if (k->method == LM_KEY_SEARCH) {
        lm_json_key(o, "search");
        lm_json_object(o);
        lm_json_kv_u64(o, "moves", k->search.moves);
        lm_json_kv_u64(o, "chains", LM_ANNEAL_CHAINS);
        lm_json_kv_double(o, "area_before", k->search.area0);
        lm_json_kv_double(o, "area", k->search.area);
        lm_json_key(o, "adaptive");
        lm_json_object(o);
        json_measures(o, k, &k->adaptive);
        lm_json_object_end(o);
        lm_json_object_end(o);
    }
    if (k->reinsert) {
        lm_json_key(o, "reinsertion");
        lm_json_object(o);
        lm_json_kv_u64(o, "largest", k->largest);
        lm_json_kv_u64(o, "removed", (uint64_t)k->put_back.n_kept + k->put_back.n_back);
        lm_json_kv_u64(o, "put_back", k->put_back.n_back);
        lm_json_kv_u64(o, "still_removed", k->put_back.n_kept);
        json_names(o, "put_back_names", &s->graph, k->put_back.back, names ? k->put_back.n_back : 0);
        json_names(o, "still_removed_names", &s->graph, k->put_back.kept, names ? k->put_back.n_kept : 0);
        lm_json_key(o, "measures");
        lm_json_object(o);
        json_measures(o, k, &k->with);
        lm_json_object_end(o);
        lm_json_object_end(o);
    }
    if (k->has_fewest) {
        const struct lm_best_set *f = &k->best.fewest;
        lm_json_key(o, "fewest");
        lm_json_object(o);
        lm_json_kv_u64(o, "largest", k->largest);
        lm_json_kv_u64(o, "k", f->n);
        json_names(o, "removed", &s->graph, f->vertex, names ? f->n : 0);
        json_left(o, k, &f->left, f->cost);
        json_optimality(o, &f->known);
        lm_json_object_end(o);
    }
}

static void json_nodes(struct lm_json_out *o, const struct lm_key *k)
{
    const struct lm_network_nodes *n = &k->nodes;
    if (n->data.source != NULL) {
        lm_json_kv_u64(o, "sources", n->n_sources);
        lm_json_kv_u64(o, "customers", n->n_customers);
        lm_json_kv_u64(o, "reach0", k->left0.reach);
        lm_json_kv_u64(o, "supplied0", k->left0.supplied);
    }
    if (n->data.city != NULL) {
        lm_json_kv_u64(o, "cities", n->data.n_cities);
        lm_json_kv_u64(o, "nodes_in_cities", n->n_in_cities);
        lm_json_kv_u64(o, "between_cities0", k->left0.cities);
    }
    lm_json_kv_u64(o, "rows_not_in_network", n->not_in_network);
}

void lm_key_json(struct lm_cli *cli, const struct lm_network_source *s, const struct lm_key *k)
{
    struct lm_json_out o;
    const struct lm_removal_measures m = measures_of(s, k);
    uint32_t n_steps = k->method == LM_KEY_EXACT ? k->best.n_steps : k->r.n_steps;
    char sentence[HOW];
    lm_json_out_init(&o, &cli->out);
    lm_json_object(&o);
    lm_json_kv_u64(&o, "nodes", s->graph.n);
    lm_json_kv_u64(&o, "edges", s->graph.n_edges);
    lm_json_kv_u64(&o, "lcc0", k->left0.lcc);
    lm_json_kv_u64(&o, "pairs0", k->left0.pairs);
    json_nodes(&o, k);
    lm_json_kv_z(&o, "method", method_name(k));
    lm_json_kv_z(&o, "goal", goal_name(k));
    lm_json_kv_u64(&o, "rank_runs", k->ranks.runs);
    lm_json_key(&o, "steps");
    lm_json_array(&o);
    if (k->method == LM_KEY_EXACT)
        json_best(&o, s, k);
    else
        json_order(&o, s, k);
    lm_json_array_end(&o);
    lm_json_kv_u64(&o, "steps_not_listed", n_steps - k->n_listed);
    json_measures(&o, k, &m);
    if (k->method != LM_KEY_EXACT)
        lm_json_kv_z(&o, "how", how(k, sentence));
    json_extras(&o, s, k);
    lm_network_json_source(&o, s);
    lm_json_object_end(&o);
    lm_buf_putc(&cli->out, '\n');
}

/* --- text --- */

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

/* Names one after the other; the line ends. */
static void text_names(struct lm_buf *b, const struct lm_graph *g, const uint32_t *v, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        lm_buf_printf(b, i > 0 ? ", " : "");
        (void)lm_terminal_put(b, g->names[v[i]]);
    }
    lm_buf_putc(b, '\n');
}

/* Columns that are there only when the nodes say something. */
static void text_more_head(struct lm_buf *b, const struct lm_key *k)
{
    if (k->nodes.data.source != NULL)
        lm_buf_printf(b, "  %12s  %9s", "reach", "supplied");
    if (k->nodes.data.city != NULL)
        lm_buf_printf(b, "  %14s", "between cities");
    if (has_costs(k))
        lm_buf_printf(b, "  %12s", "cost");
}

static void text_more(struct lm_buf *b, const struct lm_key *k, const struct lm_left *l, double cost)
{
    if (k->nodes.data.source != NULL)
        lm_buf_printf(b, "  %12" PRIu64 "  %9" PRIu64, l->reach, l->supplied);
    if (k->nodes.data.city != NULL)
        lm_buf_printf(b, "  %14" PRIu64, l->cities);
    if (has_costs(k))
        lm_buf_printf(b, "  %12.2f", cost);
}

static void text_order(struct lm_buf *b, const struct lm_network_source *s, const struct lm_key *k)
{
    size_t width = 7;
    for (uint32_t i = 0; i < k->n_listed; i++)
        width = lm_network_widest(width, s->graph.names[k->r.steps[i].vertex]);
    lm_buf_printf(b, "%6s  ", "k");
    lm_terminal_cell(b, LM_STR("removed"), width, LM_CUT_END);
    lm_buf_printf(b, "  %12s  %12s  %10s  %8s  %14s", "betweenness", "rank range", "largest", "of first",
                  "pairs");
    text_more_head(b, k);
    lm_buf_putc(b, '\n');
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_removal_step *step = &k->r.steps[i];
        lm_buf_printf(b, "%6" PRIu32 "  ", i + 1);
        lm_terminal_cell(b, s->graph.names[step->vertex], width, LM_CUT_END);
        if (isnan(step->score))
            lm_buf_printf(b, "  %12s", "-");
        else
            lm_buf_printf(b, "  %12.1f", step->score);
        lm_network_text_rank(b, &k->ranks, step->vertex);
        lm_buf_printf(b, "  %10" PRIu32 "  %8.4f  %14" PRIu64, step->lcc, (double)step->lcc / k->r.lcc0,
                      step->pairs);
        text_more(b, k, &k->left[i], step->cost);
        lm_buf_putc(b, '\n');
    }
}

static void text_known(struct lm_buf *b, const struct lm_optimality *q)
{
    char sets[LM_GROUPED_TEXT];
    if (q->kind == LM_KNOWN_ENUMERATION)
        lm_buf_printf(b, "checked all %s sets", lm_grouped(q->sets, sets));
    else if (q->gap == 0)
        lm_buf_printf(b, "no set is better: branch and bound over %s partial sets",
                      lm_grouped(q->sets, sets));
    else
        lm_buf_printf(b, "best found, not proved best: bound %g, gap %g (%s sets looked at)", q->bound,
                      q->gap, lm_grouped(q->sets, sets));
}

static void text_best(struct lm_buf *b, const struct lm_network_source *s, const struct lm_key *k)
{
    lm_buf_printf(b, "%6s  %10s  %8s  %14s", "k", "largest", "of first", "pairs");
    text_more_head(b, k);
    lm_buf_printf(b, "  removed\n");
    for (uint32_t i = 0; i < k->n_listed; i++) {
        const struct lm_best_set *t = &k->best.steps[i];
        lm_buf_printf(b, "%6" PRIu32 "  %10" PRIu32 "  %8.4f  %14" PRIu64, t->n, t->left.lcc,
                      (double)t->left.lcc / k->left0.lcc, t->left.pairs);
        text_more(b, k, &t->left, t->cost);
        lm_buf_printf(b, "  ");
        text_names(b, &s->graph, t->vertex, t->n);
        lm_buf_printf(b, "%6s  ", "");
        text_known(b, &t->known);
        lm_buf_putc(b, '\n');
    }
}

static void text_fewest(struct lm_buf *b, const struct lm_network_source *s, const struct lm_key *k)
{
    const struct lm_best_set *f = &k->best.fewest;
    lm_buf_printf(b, "\n%s so that no component holds more than %" PRIu32 " nodes: %" PRIu32 " removals",
                  has_costs(k) ? "the least cost" : "the fewest", k->largest, f->n);
    if (has_costs(k))
        lm_buf_printf(b, ", cost %.2f", f->cost);
    lm_buf_printf(b, "\n  ");
    text_known(b, &f->known);
    lm_buf_putc(b, '\n');
    if (s->file == NULL)
        return;
    lm_buf_printf(b, "  ");
    text_names(b, &s->graph, f->vertex, f->n);
}

static void text_put_back(struct lm_buf *b, const struct lm_network_source *s, const struct lm_key *k)
{
    const struct lm_reinsert *p = &k->put_back;
    lm_buf_printf(b,
                  "\nreinsertion: of the %" PRIu32 " removals down to %" PRIu32 " nodes, %" PRIu32
                  " can be put back without the largest component rising above that; %" PRIu32
                  " stay removed\n",
                  p->n_kept + p->n_back, k->largest, p->n_back, p->n_kept);
    if (s->file != NULL && p->n_back > 0) {
        lm_buf_printf(b, "  put back: ");
        text_names(b, &s->graph, p->back, p->n_back);
    }
    lm_buf_printf(b, "with reinsertion:");
    text_measures(b, &k->with);
}

static void text_how(struct lm_buf *b, const struct lm_key *k)
{
    static const char *const where[] = { "inside the largest component", "over all components",
                                         "counting pairs of a source and a customer",
                                         "counting pairs of nodes in different cities" };
    char sentence[HOW];
    if (k->method == LM_KEY_EXACT)
        lm_buf_printf(b, "each k has its own best set; goal %s\n\n", goal_name(k));
    else
        lm_buf_printf(b, "order: betweenness%s, %s%s\n%s\n\n", has_costs(k) ? " for its cost" : "",
                      where[k->wish.goal],
                      k->method == LM_KEY_SEARCH ? "; then improved by local search" : "", how(k, sentence));
}

void lm_key_text(struct lm_cli *cli, const struct lm_network_source *s, const struct lm_key *k)
{
    struct lm_buf *b = &cli->out;
    const struct lm_removal_measures m = measures_of(s, k);
    lm_network_text_head(b, s);
    lm_buf_printf(b, "largest component %" PRIu32 " nodes, %" PRIu64 " connected pairs\n", k->left0.lcc,
                  k->left0.pairs);
    if (k->nodes.data.source != NULL)
        lm_buf_printf(b, "%" PRIu32 " sources, %" PRIu32 " customers, %" PRIu64 " connected pairs of them\n",
                      k->nodes.n_sources, k->nodes.n_customers, k->left0.reach);
    if (k->nodes.data.city != NULL)
        lm_buf_printf(b,
                      "%" PRIu32 " nodes in %" PRIu32 " cities, %" PRIu64 " connected pairs between cities\n",
                      k->nodes.n_in_cities, k->nodes.data.n_cities, k->left0.cities);
    if (k->nodes.not_in_network > 0)
        lm_buf_printf(b, "%" PRIu64 " rows about nodes that the network does not have\n",
                      k->nodes.not_in_network);
    text_how(b, k);
    if (k->method == LM_KEY_EXACT)
        text_best(b, s, k);
    else
        text_order(b, s, k);
    uint32_t n_steps = k->method == LM_KEY_EXACT ? k->best.n_steps : k->r.n_steps;
    if (k->n_listed < n_steps)
        lm_buf_printf(
            b, "%6s  %" PRIu32 " more, not listed: from here on the order says nothing about an account\n",
            "", n_steps - k->n_listed);
    text_measures(b, &m);
    if (k->method == LM_KEY_SEARCH)
        lm_buf_printf(b, "local search: %" PRIu64 " moves; area under the curve %.0f, %.0f before it\n",
                      k->search.moves, k->search.area, k->search.area0);
    if (k->reinsert)
        text_put_back(b, s, k);
    if (k->has_fewest)
        text_fewest(b, s, k);
    lm_network_text_foot(b, s, k->method != LM_KEY_EXACT ? &k->ranks : NULL);
}
