#include "network/betweenness.h"
#include "network/removal.h"
#include "report/brief_data.h"

struct work {
    struct lm_arena *a;
    struct lm_error *e;
    struct lm_effort effort;
    struct lm_brief_network *n;
};

/* The keys, from the removals that a ranking may show. */
static lm_err take_keys(const struct work *w, const struct lm_graph *g, const uint32_t *vertex_of, const double *score,
                        const struct lm_removal *r)
{
    struct lm_brief_network *n = w->n;
    uint32_t n_keys = lm_removal_ranked(r);
    uint32_t *node_of = lm_arena_array(w->a, g->n, sizeof *node_of);
    n->keys = lm_arena_array(w->a, n_keys, sizeof *n->keys);
    if (n->keys == NULL || node_of == NULL)
        return lm_fail(w->e, LM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < g->n; i++)
        node_of[vertex_of[i]] = i;
    for (uint32_t i = 0; i < n_keys; i++) {
        const struct lm_removal_step *s = &r->steps[i];
        const struct lm_contact_node *node = &n->net.nodes[node_of[s->vertex]];
        n->keys[n->n_keys++] = (struct lm_brief_key){
            .account = node->account, .label = node->label, .degree = lm_graph_degree(g, s->vertex),
            .contacts = node->contacts, .betweenness = score[s->vertex], .score = s->score,
            .largest_after = s->lcc, .pairs_after = s->pairs,
            .rank = n->ranks.runs != 0 ? n->ranks.of[s->vertex] : (struct lm_rank_range){ 0, 0 },
        };
    }
    return LM_OK;
}

static lm_err measure(const struct work *w)
{
    struct lm_graph g;
    struct lm_components whole;
    struct lm_removal r;
    uint32_t *vertex_of;
    double *score;
    struct lm_removal_wish wish = { .goal = LM_GOAL_LCC, .k_max = LM_BRIEF_KEYS };
    lm_err err = lm_contact_net_graph(w->a, &w->n->net, false, &g, &vertex_of, w->e);
    if (err == LM_OK)
        err = lm_components(&g, NULL, &whole, w->e);
    if (err == LM_OK)
        err = lm_betweenness(w->a, &g, false, &w->effort, &score, w->e);
    if (err == LM_OK)
        err = lm_removal_adaptive(w->a, &g, &wish, &w->effort, &r, w->e);
    if (err == LM_OK)
        err = lm_rank_ranges(w->a, &g, false, &w->effort, &w->n->ranks, w->e);
    if (err != LM_OK)
        return err;
    w->n->pairs = g.n_pairs;
    w->n->components = whole.n;
    w->n->largest = whole.lcc;
    return take_keys(w, &g, vertex_of, score, &r);
}

static lm_err say_method(const struct work *w)
{
    char ranks[LM_RANK_SENTENCE];
    w->n->method = lm_arena_printf(w->a,
                                   "Messages and calls, both directions as one. Betweenness, computed anew after every "
                                   "removal, inside the largest component; ties go to the higher degree, then the "
                                   "identifier. %s", lm_rank_sentence(&w->n->ranks, ranks));
    return w->n->method.p != NULL ? LM_OK : lm_fail(w->e, LM_ENOMEM, "out of memory");
}

lm_err lm_brief_add_network(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                            const atomic_bool *cancel, struct lm_brief *b, struct lm_error *e)
{
    struct work w = { .a = a, .e = e, .effort = { .cancel = cancel }, .n = &b->network };
    lm_err err = lm_contact_net_load(a, st, f, 0, false, cancel, &w.n->net, e);
    if (err == LM_OK && w.n->net.m != 0)
        err = measure(&w);
    return err == LM_OK ? say_method(&w) : err;
}
