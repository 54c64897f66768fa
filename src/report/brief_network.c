#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/rng.h"
#include "network/betweenness.h"
#include "network/removal.h"
#include "report/brief_data.h"

#define SIMULATIONS 50
#define SIMULATED_LOSS_PERCENT 10
#define SIMULATION_COST_MAX (UINT64_C(40) * 1000 * 1000) /* accounts × pairs of one run: a few seconds for all */

/* One pair of accounts in contact, lower index first. */
struct pair {
    uint32_t a, b;
    uint64_t contacts, from_source; /* from_source: contacts of the row that supplies most */
    int64_t source;
    double weight;
};

struct node {
    int64_t account;
    enum lm_account_form form;
    struct lm_str name;
    uint64_t contacts;
};

struct net {
    struct lm_arena *a;
    struct lm_error *e;
    const atomic_bool *cancel;
    struct lm_map node_of, pair_of, form_of;
    struct node *nodes;
    size_t n, nodes_cap;
    struct pair *pairs;
    size_t m, pairs_cap;
    uint64_t contacts;
};

static struct lm_str bytes_of(const void *p, size_t n)
{
    return (struct lm_str){ p, n };
}

struct lm_str lm_brief_label(struct lm_arena *a, int64_t account, enum lm_account_form form, struct lm_str name)
{
    if (form == LM_ACCOUNT_NATIVE && name.n != 0)
        return lm_arena_copy(a, name);
    return lm_arena_printf(a, "account %" PRId64 " (%s)", account,
                           form == LM_ACCOUNT_OWNER ? "owner of an export, no identifier" : "display name only");
}

static lm_err take_form(void *user, const struct lm_account_row *row)
{
    struct net *w = user;
    uint64_t *value;
    return lm_map_put(&w->form_of, bytes_of(&row->id, sizeof row->id), (uint64_t)row->form, &value, NULL);
}

static enum lm_account_form form_of(const struct net *w, int64_t account)
{
    const uint64_t *form = lm_map_get(&w->form_of, bytes_of(&account, sizeof account));
    return form != NULL ? (enum lm_account_form)*form : LM_ACCOUNT_NONE;
}

static lm_err node_index(struct net *w, int64_t account, struct lm_str name, uint32_t *ret)
{
    uint64_t *at;
    bool fresh;
    lm_err err = lm_map_put(&w->node_of, bytes_of(&account, sizeof account), w->n, &at, &fresh);
    if (err != LM_OK)
        return err;
    if (fresh) {
        struct node *list = lm_brief_grow(w->a, w->nodes, w->n, &w->nodes_cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        enum lm_account_form form = form_of(w, account);
        w->nodes = list;
        list[w->n++] = (struct node){ account, form, lm_brief_label(w->a, account, form, name), 0 };
    }
    *ret = (uint32_t)*at;
    return LM_OK;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct net *w = user;
    uint32_t from, to;
    if (w->cancel != NULL && atomic_load_explicit(w->cancel, memory_order_relaxed))
        return lm_fail(w->e, LM_ECANCELLED, "stopped");
    if ((row->kind != LM_EVENT_MESSAGE && row->kind != LM_EVENT_CALL) || row->from == row->to)
        return LM_OK;
    if (w->n >= UINT32_MAX / 4)
        return lm_fail(w->e, LM_ELIMIT, "the network has too many accounts");
    lm_err err = node_index(w, row->from, row->from_name, &from);
    if (err == LM_OK)
        err = node_index(w, row->to, row->to_name, &to);
    if (err != LM_OK)
        return lm_fail(w->e, err, "out of memory");
    uint32_t ends[2] = { from < to ? from : to, from < to ? to : from };
    uint64_t *at;
    bool fresh;
    err = lm_map_put(&w->pair_of, bytes_of(ends, sizeof ends), w->m, &at, &fresh);
    if (err == LM_OK && fresh) {
        struct pair *list = lm_brief_grow(w->a, w->pairs, w->m, &w->pairs_cap, sizeof *list);
        err = list == NULL ? LM_ENOMEM : LM_OK;
        if (list != NULL) {
            w->pairs = list;
            list[w->m++] = (struct pair){ .a = ends[0], .b = ends[1] };
        }
    }
    if (err != LM_OK)
        return lm_fail(w->e, err, "out of memory");
    struct pair *p = &w->pairs[*at];
    p->contacts += row->occurrences;
    p->weight += row->weight;
    if (row->occurrences > p->from_source) {
        p->from_source = row->occurrences;
        p->source = row->source;
    }
    w->nodes[from].contacts += row->occurrences;
    w->nodes[to].contacts += row->occurrences;
    w->contacts += row->occurrences;
    return LM_OK;
}

static lm_err build(struct net *w, struct lm_graph *ret, uint32_t **ret_vertex_of)
{
    struct lm_str *names = lm_arena_array(w->a, w->n, sizeof *names);
    struct lm_edge_in *edges = lm_arena_array(w->a, w->m, sizeof *edges);
    if (names == NULL || edges == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < w->n; i++)
        names[i] = w->nodes[i].name;
    for (size_t i = 0; i < w->m; i++)
        edges[i] = (struct lm_edge_in){ w->pairs[i].a, w->pairs[i].b, w->pairs[i].weight };
    return lm_graph_build(w->a, names, w->n, edges, w->m, false, ret, ret_vertex_of, w->e);
}

/* Which source supplies most pairs, and how many per cent. */
static lm_err weigh_sources(struct net *w, struct lm_brief *b)
{
    struct lm_map count_of;
    lm_map_init(&count_of, w->a);
    uint64_t most = 0;
    int64_t top = 0;
    for (size_t i = 0; i < w->m; i++) {
        uint64_t *count;
        lm_err err = lm_map_put(&count_of, bytes_of(&w->pairs[i].source, sizeof w->pairs[i].source), 0, &count, NULL);
        if (err != LM_OK)
            return lm_fail(w->e, err, "out of memory");
        if (++*count > most) {
            most = *count;
            top = w->pairs[i].source;
        }
    }
    struct lm_brief_network *n = &b->network;
    n->top_percent = w->m != 0 ? (unsigned)(most * 100 / w->m) : 0;
    n->top_source = lm_arena_printf(w->a, "source %" PRId64, top);
    for (size_t i = 0; i < b->n_sources; i++)
        if (b->sources[i].id == top)
            n->top_source = b->sources[i].path;
    return LM_OK;
}

/* One run: betweenness with a tenth of the pairs left out, then the rank of each key. Everything in `run`. */
static lm_err simulate_once(const struct net *w, struct lm_arena *run, struct lm_rng *random, struct lm_brief_network *n,
                            const uint32_t *node_of_key, const struct lm_effort *effort)
{
    struct lm_str *names = lm_arena_array(run, w->n, sizeof *names);
    struct lm_edge_in *edges = lm_arena_array(run, w->m, sizeof *edges);
    if (names == NULL || edges == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    size_t m = 0;
    for (size_t i = 0; i < w->n; i++)
        names[i] = w->nodes[i].name;
    for (size_t i = 0; i < w->m; i++)
        if (lm_rng_below(random, 100) >= SIMULATED_LOSS_PERCENT)
            edges[m++] = (struct lm_edge_in){ w->pairs[i].a, w->pairs[i].b, 1 };
    struct lm_graph g;
    uint32_t *vertex_of;
    double *score;
    lm_err err = lm_graph_build(run, names, w->n, edges, m, false, &g, &vertex_of, w->e);
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

static lm_err simulate(const struct net *w, struct lm_brief_network *n, const uint32_t *node_of_key,
                       const struct lm_effort *effort)
{
    if (n->n_keys == 0 || (uint64_t)w->n * w->m > SIMULATION_COST_MAX)
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

static lm_err measure(struct net *w, struct lm_brief_network *n)
{
    struct lm_graph g;
    struct lm_components whole;
    struct lm_removal r;
    uint32_t *vertex_of;
    double *score;
    struct lm_effort effort = { .cancel = w->cancel };
    struct lm_removal_wish wish = { .goal = LM_GOAL_LCC, .k_max = LM_BRIEF_KEYS };
    lm_err err = build(w, &g, &vertex_of);
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
        const struct node *node = &w->nodes[node_of[s->vertex]];
        node_of_key[i] = node_of[s->vertex];
        n->keys[n->n_keys++] = (struct lm_brief_key){
            .account = node->account, .label = node->name, .degree = lm_graph_degree(&g, s->vertex),
            .contacts = node->contacts, .betweenness = score[s->vertex], .score = s->score,
            .largest_after = s->lcc, .pairs_after = s->pairs,
        };
    }
    return simulate(w, n, node_of_key, &effort);
}

lm_err lm_brief_add_network(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                            const atomic_bool *cancel, struct lm_brief *b, struct lm_error *e)
{
    struct net w = { .a = a, .e = e, .cancel = cancel };
    lm_map_init(&w.node_of, a);
    lm_map_init(&w.pair_of, a);
    lm_map_init(&w.form_of, a);
    lm_err err = lm_store_accounts(st, f, take_form, &w, e);
    if (err == LM_OK)
        err = lm_store_edges(st, f, take_edge, &w, &b->network.left_out, e);
    b->network.accounts = w.n;
    b->network.contacts = w.contacts;
    if (err == LM_OK && w.m != 0)
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
