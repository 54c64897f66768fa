#include "report/contact_net.h"

#include <inttypes.h>

#include "base/map.h"

struct load {
    struct lm_arena *a;
    struct lm_error *e;
    const atomic_bool *cancel;
    bool directed;
    struct lm_map node_of, pair_of, form_of;
    size_t nodes_cap, pairs_cap;
    struct lm_contact_net net;
};

static struct lm_str bytes_of(const void *p, size_t n)
{
    return (struct lm_str){ p, n };
}

struct lm_str lm_contact_label(struct lm_arena *a, int64_t account, enum lm_account_form form, struct lm_str name)
{
    if (form == LM_ACCOUNT_NATIVE && name.n != 0)
        return lm_arena_copy(a, name);
    return lm_arena_printf(a, "account %" PRId64 " (%s)", account,
                           form == LM_ACCOUNT_OWNER ? "owner of an export, no identifier" : "display name only");
}

static lm_err take_form(void *user, const struct lm_account_row *row)
{
    struct load *w = user;
    uint64_t *value;
    return lm_map_put(&w->form_of, bytes_of(&row->id, sizeof row->id), (uint64_t)row->form, &value, NULL);
}

static lm_err node_index(struct load *w, int64_t account, struct lm_str name, uint32_t *ret)
{
    uint64_t *at;
    bool fresh;
    lm_err err = lm_map_put(&w->node_of, bytes_of(&account, sizeof account), w->net.n, &at, &fresh);
    if (err != LM_OK)
        return err;
    if (fresh) {
        struct lm_contact_node *list = lm_arena_grow(w->a, w->net.nodes, w->net.n, &w->nodes_cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        w->net.nodes = list;
        const uint64_t *form = lm_map_get(&w->form_of, bytes_of(&account, sizeof account));
        struct lm_str label =
            lm_contact_label(w->a, account, form != NULL ? (enum lm_account_form)*form : LM_ACCOUNT_NONE, name);
        if (label.p == NULL)
            return LM_ENOMEM;
        list[w->net.n++] = (struct lm_contact_node){ account, label, 0 };
    }
    *ret = (uint32_t)*at;
    return LM_OK;
}

static lm_err pair_index(struct load *w, uint32_t from, uint32_t to, struct lm_contact_pair **ret)
{
    uint32_t ends[2] = { from, to };
    if (!w->directed && from > to) {
        ends[0] = to;
        ends[1] = from;
    }
    uint64_t *at;
    bool fresh;
    lm_err err = lm_map_put(&w->pair_of, bytes_of(ends, sizeof ends), w->net.m, &at, &fresh);
    if (err == LM_OK && fresh) {
        struct lm_contact_pair *list = lm_arena_grow(w->a, w->net.pairs, w->net.m, &w->pairs_cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        w->net.pairs = list;
        list[w->net.m++] = (struct lm_contact_pair){ .a = ends[0], .b = ends[1] };
    }
    if (err == LM_OK)
        *ret = &w->net.pairs[*at];
    return err;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct load *w = user;
    uint32_t from = 0, to = 0;
    struct lm_contact_pair *p = NULL;
    if (w->cancel != NULL && atomic_load_explicit(w->cancel, memory_order_relaxed))
        return lm_fail(w->e, LM_ECANCELLED, "stopped");
    if ((row->kind != LM_EVENT_MESSAGE && row->kind != LM_EVENT_CALL) || row->from == row->to)
        return LM_OK;
    if (w->net.n >= UINT32_MAX / 4)
        return lm_fail(w->e, LM_ELIMIT, "the network has too many accounts");
    lm_err err = node_index(w, row->from, row->from_name, &from);
    if (err == LM_OK)
        err = node_index(w, row->to, row->to_name, &to);
    if (err == LM_OK)
        err = pair_index(w, from, to, &p);
    if (err != LM_OK)
        return lm_fail(w->e, err, "out of memory");
    p->contacts += row->occurrences;
    p->weight += row->weight;
    if (row->occurrences > p->from_source) {
        p->from_source = row->occurrences;
        p->source = row->source;
    }
    w->net.nodes[from].contacts += row->occurrences;
    w->net.nodes[to].contacts += row->occurrences;
    w->net.contacts += row->occurrences;
    return LM_OK;
}

lm_err lm_contact_net_load(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, bool directed,
                           const atomic_bool *cancel, struct lm_contact_net *ret, struct lm_error *e)
{
    struct load w = { .a = a, .e = e, .cancel = cancel, .directed = directed };
    lm_map_init(&w.node_of, a);
    lm_map_init(&w.pair_of, a);
    lm_map_init(&w.form_of, a);
    lm_err err = lm_store_accounts(st, f, take_form, &w, e);
    if (err == LM_OK)
        err = lm_store_edges(st, f, take_edge, &w, &w.net.left_out, e);
    if (err == LM_OK)
        *ret = w.net;
    return err;
}

lm_err lm_contact_net_graph(struct lm_arena *a, const struct lm_contact_net *n, bool directed, struct lm_graph *ret,
                            uint32_t **ret_vertex_of, struct lm_error *e)
{
    struct lm_str *names = lm_arena_array(a, n->n, sizeof *names);
    struct lm_edge_in *edges = lm_arena_array(a, n->m, sizeof *edges);
    if (names == NULL || edges == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < n->n; i++)
        names[i] = n->nodes[i].label;
    for (size_t i = 0; i < n->m; i++)
        edges[i] = (struct lm_edge_in){ n->pairs[i].a, n->pairs[i].b, n->pairs[i].weight };
    return lm_graph_build(a, names, n->n, edges, n->m, directed, ret, ret_vertex_of, e);
}
