#include <inttypes.h>

#include "base/map.h"
#include "base/rng.h"
#include "network/betweenness.h"
#include "network/removal.h"
#include "report/brief_data.h"
#include "report/contact_net.h"

#define SIMULATIONS 50
#define SIMULATED_LOSS_PERCENT 10
#define SIMULATION_COST_MAX (UINT64_C(40) * 1000 * 1000) /* accounts × pairs of one run: a few seconds for all */

struct work {
    struct lm_arena *a;
    struct lm_error *e;
    const atomic_bool *cancel;
    struct lm_contact_net net;
};

/* Which source supplies most pairs, and how many per cent. */
static lm_err weigh_sources(struct work *w, struct lm_brief *b)
{
    struct lm_map count_of;
    lm_map_init(&count_of, w->a);
    uint64_t most = 0;
    int64_t top = 0;
    for (size_t i = 0; i < w->net.m; i++) {
        uint64_t *count;
        struct lm_str key = { (const char *)&w->net.pairs[i].source, sizeof w->net.pairs[i].source };
        lm_err err = lm_map_put(&count_of, key, 0, &count, NULL);
        if (err != LM_OK)
            return lm_fail(w->e, err, "out of memory");
        if (++*count > most) {
            most = *count;
            top = w->net.pairs[i].source;
        }
    }
    struct lm_brief_network *n = &b->network;
    n->top_percent = w->net.m != 0 ? (unsigned)(most * 100 / w->net.m) : 0;
    n->top_source = lm_arena_printf(w->a, "source %" PRId64, top);
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i].id == top)
            n->top_source = b->sources[i].path;
    return LM_OK;
}

/* One run: betweenness with a tenth of the pairs left out, then the rank of each key. Everything in `run`. */
static lm_err simulate_once(const struct work *w, struct lm_arena *run, struct lm_rng *random, struct lm_brief_network *n,
                            const uint32_t *node_of_key, const struct lm_effort *effort)
{
    struct lm_str *names = lm_arena_array(run, w->net.n, sizeof *names);
    struct lm_edge_in *edges = lm_arena_array(run, w->net.m, sizeof *edges);
    if (names == NULL || edges == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    size_t m = 0;
    for (size_t i = 0; i < w->net.n; i++)
        names[i] = w->net.nodes[i].label;
    for (size_t i = 0; i < w->net.m; i++)
        if (lm_rng_below(random, 100) >= SIMULATED_LOSS_PERCENT)
            edges[m++] = (struct lm_edge_in){ w->net.pairs[i].a, w->net.pairs[i].b, 1 };
    struct lm_graph g;
    uint32_t *vertex_of;
    double *score;
    lm_err err = lm_graph_build(run, names, w->net.n, edges, m, false, &g, &vertex_of, w->e);
    if (err == LM_OK)
        err = lm_betweenness(run, &g, false, effort, &score, w->e);
    for (uint32_t k = 0; err == LM_OK && k < n->n_keys; k++) {
        double mine = score[vertex_of[node_of_key[k]]];
        uint32_t rank = 1;
        for (uint32_t v = 0; v < g.n; v++)
            rank += score[v] > mine * (1 + 1e-9);
        struct lm_brief_key *key = &n->keys[k];
        key->rank_low = key->rank_low == 0 || rank < key->rank_low ? rank : key->rank_low;
        key->rank_high = rank > key->rank_high ? rank : key->rank_high;
    }
    return err;
}

static lm_err simulate(const struct work *w, struct lm_brief_network *n, const uint32_t *node_of_key,
                       const struct lm_effort *effort)
{
    if (n->n_keys == 0 || (uint64_t)w->net.n * w->net.m > SIMULATION_COST_MAX)
        return LM_OK;
    struct lm_arena run;
    struct lm_rng random = { 1 };
    lm_err err = LM_OK;
    lm_arena_init(&run, 0);
    for (int i = 0; i < SIMULATIONS && err == LM_OK; i++) {
        err = simulate_once(w, &run, &random, n, node_of_key, effort);
        lm_arena_reset(&run);
    }
    lm_arena_free(&run);
    n->simulated = err == LM_OK;
    return err;
}

static lm_err measure(struct work *w, struct lm_brief_network *n)
{
    struct lm_graph g;
    struct lm_components whole;
    struct lm_removal r;
    uint32_t *vertex_of;
    double *score;
    struct lm_effort effort = { .cancel = w->cancel };
    struct lm_removal_wish wish = { .goal = LM_GOAL_LCC, .k_max = LM_BRIEF_KEYS };
    lm_err err = lm_contact_net_graph(w->a, &w->net, false, &g, &vertex_of, w->e);
    if (err == LM_OK)
        err = lm_components(&g, NULL, &whole, w->e);
    if (err == LM_OK)
        err = lm_betweenness(w->a, &g, false, &effort, &score, w->e);
    if (err == LM_OK)
        err = lm_removal_adaptive(w->a, &g, &wish, &effort, &r, w->e);
    if (err != LM_OK)
        return err;
    n->pairs = g.n_pairs;
    n->components = whole.n;
    n->largest = whole.lcc;
    n->keys = lm_arena_array(w->a, r.n_steps, sizeof *n->keys);
    uint32_t *node_of = lm_arena_array(w->a, g.n, sizeof *node_of);
    uint32_t *node_of_key = lm_arena_array(w->a, r.n_steps, sizeof *node_of_key);
    if (n->keys == NULL || node_of == NULL || node_of_key == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < g.n; i++)
        node_of[vertex_of[i]] = i;
    /* A betweenness of 0 connects nobody: the order says nothing from there on. */
    for (uint32_t i = 0; i < r.n_steps && r.steps[i].score > 0; i++) {
        const struct lm_removal_step *s = &r.steps[i];
        const struct lm_contact_node *node = &w->net.nodes[node_of[s->vertex]];
        node_of_key[i] = node_of[s->vertex];
        n->keys[n->n_keys++] = (struct lm_brief_key){
            .account = node->account, .label = node->label, .degree = lm_graph_degree(&g, s->vertex),
            .contacts = node->contacts, .betweenness = score[s->vertex], .score = s->score,
            .largest_after = s->lcc, .pairs_after = s->pairs,
        };
    }
    return simulate(w, n, node_of_key, &effort);
}

lm_err lm_brief_add_network(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                            const atomic_bool *cancel, struct lm_brief *b, struct lm_error *e)
{
    struct work w = { .a = a, .e = e, .cancel = cancel };
    lm_err err = lm_contact_net_load(a, st, f, false, cancel, &w.net, e);
    if (err != LM_OK)
        return err;
    b->network.accounts = w.net.n;
    b->network.contacts = w.net.contacts;
    b->network.left_out = w.net.left_out;
    if (err == LM_OK && w.net.m != 0)
        err = measure(&w, &b->network);
    if (err == LM_OK)
        err = weigh_sources(&w, b);
    return err;
}

struct lm_str lm_brief_method(const struct lm_brief *b)
{
    return b->network.simulated
               ? LM_STR("Messages and calls, both directions as one. Betweenness, computed anew after every removal, "
                        "inside the largest component; ties go to the higher degree, then the identifier. Rank range: "
                        "rank by betweenness over 50 simulations that delete 10 % of the pairs (fixed seed).")
               : LM_STR("Messages and calls, both directions as one. Betweenness, computed anew after every removal, "
                        "inside the largest component; ties go to the higher degree, then the identifier. Rank ranges "
                        "were not simulated: the network is empty or too large for it.");
}
