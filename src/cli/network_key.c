#include <math.h>

#include "cli/network_key.h"
#include "network/core_order.h"

#define SEED 1
/* `exact` without --k proves the fewest; on more nodes than this the order it starts from takes too long. */
#define EXACT_NODES_MAX 5000

static const struct {
    const char *name;
    int value;
} methods[] = { { "adaptive", LM_KEY_ADAPTIVE }, { "search", LM_KEY_SEARCH }, { "exact", LM_KEY_EXACT } },
  goals[] = { { "lcc", LM_GOAL_LCC },
              { "pairs", LM_GOAL_PAIRS },
              { "reach", LM_GOAL_REACH },
              { "between-cities", LM_GOAL_CITIES } };

static lm_err read_words(struct lm_cli *cli, const struct lm_args *args, struct lm_key *k)
{
    const char *method = lm_args_get(args, "--method"), *goal = lm_args_get(args, "--goal");
    size_t m = 0, g = 0;
    if (args->n_operands > 1)
        return lm_fail(&cli->error, LM_EUSAGE, "network key takes no operands");
    while (method != NULL && m < sizeof methods / sizeof methods[0] && strcmp(method, methods[m].name) != 0)
        m++;
    if (m == sizeof methods / sizeof methods[0])
        return lm_fail(&cli->error, LM_EUSAGE, "unknown method %.60s; there are: adaptive, search, exact",
                       method);
    while (goal != NULL && g < sizeof goals / sizeof goals[0] && strcmp(goal, goals[g].name) != 0)
        g++;
    if (g == sizeof goals / sizeof goals[0])
        return lm_fail(&cli->error, LM_EUSAGE,
                       "unknown goal %.60s; there are: lcc, pairs, reach, between-cities", goal);
    k->method = (enum lm_key_method)methods[m].value;
    k->wish.goal = (enum lm_goal)goals[g].value;
    return LM_OK;
}

static lm_err read_wish(struct lm_cli *cli, const struct lm_args *args, struct lm_key *ret)
{
    struct lm_key k = { .wish.directed = lm_args_get(args, "--directed") != NULL };
    int64_t most;
    lm_err err = read_words(cli, args, &k);
    if (err == LM_OK)
        err = lm_args_i64(args, "--k", 1, UINT32_MAX, UINT32_MAX, &most, &cli->error);
    if (err == LM_OK)
        err = lm_args_double(args, "--until", 0, 1, 0, &k.wish.until, &cli->error);
    if (err != LM_OK)
        return err;
    k.wish.k_max = (uint32_t)most;
    k.k_given = lm_args_get(args, "--k") != NULL;
    k.until_given = lm_args_get(args, "--until") != NULL;
    k.reinsert = lm_args_get(args, "--reinsert") != NULL;
    if (k.reinsert && (k.method == LM_KEY_EXACT || k.k_given)) {
        (void)lm_fail(&cli->error, LM_EUSAGE,
                      "--reinsert goes with an order down to a size of the largest component");
        lm_fail_hint(&cli->error, "--method adaptive or search, with --until S or without, and without --k");
        return LM_EUSAGE;
    }
    *ret = k;
    return LM_OK;
}

static lm_err read_nodes(struct lm_cli *cli, const struct lm_args *args, const struct lm_graph *g,
                         struct lm_key *k)
{
    static const char *const options[] = { "--costs", "--nodes" };
    lm_err err = LM_OK;
    for (int i = 0; err == LM_OK && i < 2; i++)
        if (lm_args_get(args, options[i]) != NULL)
            err = lm_network_nodes_read(cli, lm_args_get(args, options[i]), g, &k->nodes);
    if (err != LM_OK)
        return err;
    if (lm_args_get(args, "--costs") != NULL && k->nodes.data.cost == NULL)
        return lm_fail(&cli->error, LM_EUSAGE, "the table of --costs has no column cost");
    if (k->wish.goal == LM_GOAL_REACH && (k->nodes.n_sources == 0 || k->nodes.n_customers == 0)) {
        (void)lm_fail(&cli->error, LM_EUSAGE,
                      "the goal reach needs at least one source and one customer in the network");
        lm_fail_hint(&cli->error, "--nodes FILE with the columns name and role (source, customer, both)");
        return LM_EUSAGE;
    }
    if (k->wish.goal == LM_GOAL_CITIES && k->nodes.data.n_cities < 2) {
        (void)lm_fail(&cli->error, LM_EUSAGE, "the goal between-cities needs nodes in at least two cities");
        lm_fail_hint(&cli->error, "--nodes FILE with the columns name and city");
        return LM_EUSAGE;
    }
    return LM_OK;
}

/* The largest component that is allowed: below S × N as --until says, else a tenth of N. */
static uint32_t allowed(const struct lm_key *k, uint32_t n)
{
    if (!k->until_given)
        return n / 10;
    double below = ceil(k->wish.until * n) - 1;
    return below > 0 ? (uint32_t)below : 0;
}

static uint32_t steps_to(const struct lm_removal *r, uint32_t largest)
{
    uint32_t n = 0;
    while (n < r->n_steps && (n == 0 ? r->lcc0 : r->steps[n - 1].lcc) > largest)
        n++;
    return n;
}

static lm_err order_of(struct lm_cli *cli, const struct lm_removal *r, uint32_t **ret)
{
    uint32_t *order = lm_arena_array(&cli->run, r->n_steps, sizeof *order);
    if (order == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the order");
    for (uint32_t i = 0; i < r->n_steps; i++)
        order[i] = r->steps[i].vertex;
    *ret = order;
    return LM_OK;
}

static lm_err adaptive(struct lm_cli *cli, const struct lm_graph *g, const struct lm_removal_wish *wish,
                       struct lm_removal *ret)
{
    return lm_removal_adaptive(&cli->run, g, wish, NULL, ret, &cli->error);
}

/* How many removals the search works on: those that the wish asks for, and a few more than a tenth needs. */
static uint32_t depth_of(const struct lm_key *k, const struct lm_graph *g, const struct lm_removal *r)
{
    uint32_t n = steps_to(r, k->until_given ? k->largest : (g->n + 9) / 10 - (g->n > 0));
    if (k->k_given && k->wish.k_max < n)
        return k->wish.k_max;
    uint64_t more = (uint64_t)n + n / 8 + (k->until_given ? 0 : 1);
    return more < r->n_steps ? (uint32_t)more : r->n_steps;
}

static bool no_worse(const struct lm_key *k, const struct lm_removal_measures *x,
                     const struct lm_removal_measures *y)
{
    if (k->wish.goal != LM_GOAL_LCC)
        return true;
    if (k->nodes.data.cost != NULL)
        return !(x->r_cost > y->r_cost);
    return !(x->auc10 > y->auc10) && !(x->r > y->r) && isnan(x->auc10) == isnan(y->auc10);
}

/* Where betweenness was sampled an order by degrees is often better: order becomes that, then the rest as it
 * was. */
static lm_err begin_with_degrees(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k,
                                 const struct lm_removal *base, uint32_t *order)
{
    double best = base->measures.auc10;
    for (int by_core = 0; by_core < 2; by_core++) {
        uint32_t *first, n, at = 0;
        bool *in = lm_arena_array(&cli->run, g->n, sizeof *in);
        if (in == NULL)
            return lm_fail(&cli->error, LM_ENOMEM, "no memory for the order");
        lm_err err = lm_core_order(&cli->run, g, &k->nodes.data, by_core, (g->n + 9) / 10 - 1, NULL, &first,
                                   &n, &cli->error);
        struct lm_removal r = { 0 };
        struct lm_removal_wish curve = { .nodes = &k->nodes.data, .k_max = n, .first = first, .n_first = n };
        if (err == LM_OK)
            err = adaptive(cli, g, &curve, &r);
        if (err != LM_OK)
            return err;
        if (!(r.measures.auc10 < best))
            continue;
        best = r.measures.auc10;
        k->from_core = true;
        for (uint32_t i = 0; i < n; i++) {
            in[first[i]] = true;
            order[at++] = first[i];
        }
        for (uint32_t i = 0; i < base->n_steps; i++)
            if (!in[base->steps[i].vertex])
                order[at++] = base->steps[i].vertex;
    }
    return LM_OK;
}

/* An order that begins with these; what follows, the adaptive order of what is left. */
static lm_err follow(struct lm_cli *cli, const struct lm_graph *g, const struct lm_removal_wish *wish,
                     const uint32_t *order, uint32_t n, struct lm_removal *ret)
{
    struct lm_removal_wish w = *wish;
    w.first = order;
    w.n_first = n;
    return adaptive(cli, g, &w, ret);
}

/* From the adaptive order; behind the part that was searched betweenness decides again. For the goal LCC the
 * answer is no worse than the adaptive order by AUC10 and by R (with costs: by R over cost), or it is the
 * adaptive order. */
static lm_err improve(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k)
{
    struct lm_removal_wish all = k->wish;
    struct lm_removal base, found;
    uint32_t *order, *given;
    all.k_max = UINT32_MAX;
    all.until = 0;
    lm_err err = adaptive(cli, g, &all, &base);
    if (err == LM_OK)
        err = order_of(cli, &base, &order);
    if (err == LM_OK)
        err = order_of(cli, &base, &given);
    if (err == LM_OK && base.sampled > 0 && k->wish.goal == LM_GOAL_LCC)
        err = begin_with_degrees(cli, g, k, &base, order);
    if (err != LM_OK)
        return err;
    const struct lm_anneal_wish wish = {
        .goal = k->wish.goal, .nodes = &k->nodes.data, .depth = depth_of(k, g, &base), .seed = SEED
    };
    err = lm_anneal(g, &wish, NULL, order, &k->search, &cli->error);
    if (err == LM_OK)
        err = follow(cli, g, &k->wish, order, wish.depth, &found);
    if (err == LM_OK)
        err = follow(cli, g, &k->wish, given, g->n, &k->r);
    if (err != LM_OK)
        return err;
    for (uint32_t i = 0; i < k->r.n_steps; i++)
        k->r.steps[i].score = base.steps[i].score;
    k->r.sampled = base.sampled;
    k->r.batch = base.batch;
    k->adaptive = k->r.measures;
    if (no_worse(k, &found.measures, &k->r.measures) && (k->from_core || k->search.area < k->search.area0)) {
        found.sampled = base.sampled;
        found.batch = base.batch;
        k->r = found;
    } else {
        k->search.area = k->search.area0;
        k->from_core = false;
    }
    return LM_OK;
}

static lm_err put_back(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k)
{
    struct lm_removal_wish again = k->wish;
    struct lm_removal r;
    uint32_t *order, *changed = lm_arena_array(&cli->run, k->r.n_steps, sizeof *changed);
    uint32_t n = steps_to(&k->r, k->largest), at = 0;
    lm_err err = changed != NULL ? order_of(cli, &k->r, &order) : LM_ENOMEM;
    if (err == LM_OK)
        err = lm_reinsert(&cli->run, g, &k->nodes.data, order, n, k->largest, &k->put_back, &cli->error);
    if (err != LM_OK)
        return err;
    for (uint32_t i = 0; i < k->put_back.n_kept; i++)
        changed[at++] = k->put_back.kept[i];
    for (uint32_t i = k->put_back.n_back; i-- > 0;)
        changed[at++] = k->put_back.back[i];
    for (uint32_t i = n; i < k->r.n_steps; i++)
        changed[at++] = order[i];
    again.first = changed;
    again.n_first = at;
    again.k_max = at;
    again.until = 0;
    err = adaptive(cli, g, &again, &r);
    k->with = r.measures;
    return err;
}

static lm_err best(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k)
{
    struct lm_best_wish wish = { .goal = k->wish.goal, .nodes = &k->nodes.data, .largest = k->largest };
    struct lm_removal_wish from = k->wish;
    uint32_t *order;
    k->has_fewest = k->wish.goal == LM_GOAL_LCC && (!k->k_given || k->until_given);
    wish.fewest = k->has_fewest;
    wish.k_max = k->k_given ? k->wish.k_max : k->has_fewest ? 0 : 4;
    wish.k_max = wish.k_max < g->n ? wish.k_max : g->n;
    if (k->has_fewest && g->n > EXACT_NODES_MAX) {
        (void)lm_fail(&cli->error, LM_ELIMIT,
                      "%u nodes are too many to prove the fewest removals; the limit is %u", g->n,
                      EXACT_NODES_MAX);
        lm_fail_hint(&cli->error, "--method adaptive or search, or exact with a small --k");
        return LM_ELIMIT;
    }
    from.until = 0;
    from.k_max = k->has_fewest ? UINT32_MAX : wish.k_max;
    lm_err err = adaptive(cli, g, &from, &k->r);
    if (err == LM_OK)
        err = order_of(cli, &k->r, &order);
    if (err != LM_OK)
        return err;
    wish.order = order;
    wish.n_order = k->r.n_steps;
    return lm_best_sets(&cli->run, g, &wish, NULL, &k->best, &cli->error);
}

static lm_err find(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k)
{
    lm_err err;
    if (k->method == LM_KEY_EXACT)
        return best(cli, g, k);
    err = k->method == LM_KEY_SEARCH ? improve(cli, g, k) : adaptive(cli, g, &k->wish, &k->r);
    uint32_t *order;
    if (err == LM_OK)
        err = order_of(cli, &k->r, &order);
    if (err != LM_OK)
        return err;
    k->left = lm_arena_array(&cli->run, k->r.n_steps, sizeof *k->left);
    if (k->left == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the curve");
    err = lm_measure_order(g, &k->nodes.data, order, k->r.n_steps, k->left, &cli->error);
    return err == LM_OK && k->reinsert ? put_back(cli, g, k) : err;
}

static lm_err measure_whole(struct lm_cli *cli, const struct lm_graph *g, struct lm_key *k)
{
    struct lm_measurer *m;
    bool *none = lm_arena_array(&cli->run, g->n, sizeof *none);
    if (none == NULL || lm_measurer_open(&cli->run, g, &k->nodes.data, &m) != LM_OK)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the network's measures");
    k->left0 = lm_left_after(m, none);
    return LM_OK;
}

/* Its neighbours that are left are all tied to each other: it stands between nobody. */
static bool between_nobody(const struct lm_graph *g, const bool *gone, uint32_t v)
{
    const struct lm_adjacency *near = &g->near;
    for (uint32_t i = near->at[v]; i < near->at[v + 1]; i++)
        for (uint32_t j = i + 1; !gone[near->to[i]] && j < near->at[v + 1]; j++) {
            uint32_t x = near->to[i], at = near->at[x];
            if (gone[near->to[j]])
                continue;
            while (at < near->at[x + 1] && near->to[at] != near->to[j])
                at++;
            if (at == near->at[x + 1])
                return false;
        }
    return true;
}

/* In a workspace no account is listed that stands between nobody: its place in the order says nothing about
 * it. */
static lm_err list(struct lm_cli *cli, const struct lm_network_source *s, struct lm_key *k)
{
    const struct lm_graph *g = &s->graph;
    bool *gone = lm_arena_array(&cli->run, g->n, sizeof *gone);
    uint32_t n = 0;
    if (gone == NULL)
        return lm_fail(&cli->error, LM_ENOMEM, "no memory for the list");
    if (k->method == LM_KEY_EXACT) {
        for (bool fit = true; fit && n < k->best.n_steps; n += fit) {
            const struct lm_best_set *b = &k->best.steps[n];
            for (uint32_t i = 0; i < b->n; i++)
                gone[b->vertex[i]] = true;
            for (uint32_t i = 0; s->file == NULL && i < b->n; i++)
                fit = fit && !between_nobody(g, gone, b->vertex[i]);
            for (uint32_t i = 0; i < b->n; i++)
                gone[b->vertex[i]] = false;
        }
    } else if (s->file != NULL) {
        n = k->r.n_steps;
    } else {
        uint32_t most = k->method == LM_KEY_ADAPTIVE && k->wish.goal <= LM_GOAL_PAIRS
                            ? lm_removal_ranked(&k->r)
                            : k->r.n_steps;
        while (n < most && !between_nobody(g, gone, k->r.steps[n].vertex))
            gone[k->r.steps[n++].vertex] = true;
    }
    k->n_listed = n;
    return LM_OK;
}

lm_err lm_network_key(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_network_source s;
    struct lm_key k;
    lm_err err = read_wish(cli, args, &k);
    if (err == LM_OK)
        err = lm_network_load(cli, args, &s);
    if (err == LM_OK)
        err = read_nodes(cli, args, &s.graph, &k);
    if (err != LM_OK)
        return err;
    k.wish.nodes = &k.nodes.data;
    k.largest = allowed(&k, s.graph.n);
    err = measure_whole(cli, &s.graph, &k);
    if (err == LM_OK)
        err = find(cli, &s.graph, &k);
    if (err == LM_OK && k.method != LM_KEY_EXACT)
        err = lm_rank_ranges(&cli->run, &s.graph, k.wish.directed, NULL, &k.ranks, &cli->error);
    if (err == LM_OK)
        err = lm_network_warned(cli, &s, k.method != LM_KEY_EXACT ? &k.ranks : NULL);
    if (err == LM_OK)
        err = list(cli, &s, &k);
    if (err != LM_OK)
        return err;
    lm_network_say_source(&s);
    if (cli->json)
        lm_key_json(cli, &s, &k);
    else
        lm_key_text(cli, &s, &k);
    return LM_OK;
}
