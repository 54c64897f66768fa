#include "report/contact_net.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/terminal.h"

struct load {
    struct lm_arena *a;
    struct lm_error *e;
    const atomic_bool *cancel;
    bool directed;
    uint32_t layers;
    struct lm_map node_of, pair_of, form_of, exhibit_of, supply;
    size_t nodes_cap, pairs_cap, exhibits_cap;
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

static lm_err exhibit_index(struct load *w, const struct lm_edge_row *row, uint32_t *ret)
{
    uint64_t *at;
    bool fresh;
    lm_err err = lm_map_put(&w->exhibit_of, row->exhibit, w->net.n_exhibits, &at, &fresh);
    if (err == LM_OK && fresh) {
        struct lm_contact_exhibit *list =
            lm_arena_grow(w->a, w->net.exhibits, w->net.n_exhibits, &w->exhibits_cap, sizeof *list);
        struct lm_contact_exhibit x = { .sha256 = lm_arena_copy(w->a, row->exhibit),
                                        .name = lm_arena_copy(w->a, row->exhibit_name) };
        if (list == NULL || x.sha256.p == NULL || x.name.p == NULL)
            return LM_ENOMEM;
        w->net.exhibits = list;
        list[w->net.n_exhibits++] = x;
    }
    if (err == LM_OK)
        *ret = (uint32_t)*at;
    return err;
}

/* The row counts for its exhibit; the pair does when it is the exhibit's first row of it. */
static lm_err count_supply(struct load *w, const struct lm_edge_row *row, uint32_t pair)
{
    uint32_t key[2] = { pair, 0 };
    uint64_t *value;
    bool fresh = false;
    lm_err err = exhibit_index(w, row, &key[1]);
    if (err == LM_OK)
        err = lm_map_put(&w->supply, bytes_of(key, sizeof key), 1, &value, &fresh);
    if (err == LM_OK) {
        w->net.exhibits[key[1]].pairs += fresh;
        w->net.exhibits[key[1]].contacts += row->events; /* also what another exhibit reports as well */
    }
    return err;
}

static int by_supply(const void *x, const void *y)
{
    const struct lm_contact_exhibit *p = x, *q = y;
    if (p->pairs != q->pairs)
        return p->pairs > q->pairs ? -1 : 1;
    if (p->contacts != q->contacts)
        return p->contacts > q->contacts ? -1 : 1;
    return lm_str_cmp(p->sha256, q->sha256);
}

static bool is_wanted(const struct load *w, enum lm_event_kind kind)
{
    enum lm_layer layer = kind == LM_EVENT_MESSAGE || kind == LM_EVENT_CALL ? LM_LAYER_COMMUNICATION
                          : kind == LM_EVENT_PAYMENT                        ? LM_LAYER_MONEY
                                                                            : LM_LAYERS;
    return (w->layers >> layer & 1) != 0;
}

static lm_err take_edge(void *user, const struct lm_edge_row *row)
{
    struct load *w = user;
    uint32_t from = 0, to = 0;
    struct lm_contact_pair *p = NULL;
    if (w->cancel != NULL && atomic_load_explicit(w->cancel, memory_order_relaxed))
        return lm_fail(w->e, LM_ECANCELLED, "stopped");
    if (!is_wanted(w, row->kind) || row->from == row->to || row->events == 0)
        return LM_OK;
    if (w->net.n >= UINT32_MAX / 4)
        return lm_fail(w->e, LM_ELIMIT, "the network has too many accounts");
    lm_err err = node_index(w, row->from, row->from_name, &from);
    if (err == LM_OK)
        err = node_index(w, row->to, row->to_name, &to);
    if (err == LM_OK)
        err = pair_index(w, from, to, &p);
    if (err == LM_OK)
        err = count_supply(w, row, (uint32_t)(p - w->net.pairs));
    if (err != LM_OK)
        return lm_fail(w->e, err, "out of memory");
    p->contacts += row->occurrences;
    p->weight += row->weight;
    w->net.nodes[from].contacts += row->occurrences;
    w->net.nodes[to].contacts += row->occurrences;
    w->net.contacts += row->occurrences;
    return LM_OK;
}

lm_err lm_contact_net_load(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, uint32_t layers, bool directed,
                           const atomic_bool *cancel, struct lm_contact_net *ret, struct lm_error *e)
{
    struct load w = { .a = a, .e = e, .cancel = cancel, .directed = directed,
                      .layers = layers != 0 ? layers : 1u << LM_LAYER_COMMUNICATION };
    lm_map_init(&w.node_of, a);
    lm_map_init(&w.pair_of, a);
    lm_map_init(&w.form_of, a);
    lm_map_init(&w.exhibit_of, a);
    lm_map_init(&w.supply, a);
    lm_err err = lm_store_accounts(st, f, take_form, &w, e);
    if (err == LM_OK)
        err = lm_store_edges(st, f, take_edge, &w, &w.net.left_out, e);
    if (err != LM_OK)
        return err;
    if (w.net.n_exhibits > 1)
        qsort(w.net.exhibits, w.net.n_exhibits, sizeof *w.net.exhibits, by_supply);
    *ret = w.net;
    return LM_OK;
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

/* --- what to beware of --- */

#define DEVICES_NAMED 3
#define NAME_SHOWN_BYTES 120

static unsigned percent(uint64_t part, uint64_t whole)
{
    part = part < whole ? part : whole; /* an exhibit may report an event twice, in two files of it */
    return whole != 0 ? (unsigned)((double)part * 100 / (double)whole + 0.5) : 0;
}

static bool is_large(uint64_t part, uint64_t whole)
{
    return (double)part * 100 > (double)whole * LM_SHARE_WARNING;
}

static void warn_device(const struct lm_contact_net *n, const struct lm_contact_exhibit *x, struct lm_warnings *w)
{
    char g[4][LM_GROUPED_TEXT];
    struct lm_str name = lm_str_take(x->name, NAME_SHOWN_BYTES);
    name.n = lm_utf8_valid_prefix(name);
    lm_warn(w, "one_device",
            "The exhibit %.*s (SHA-256 %.*s…) supplies %s of %s pairs in contact (%u %%) and %s of %s messages and calls "
            "(%u %%): whoever used that device or account stands in the middle because of it.",
            LM_STR_ARG(name), LM_STR_ARG(lm_str_take(x->sha256, 12)), lm_grouped(x->pairs, g[0]), lm_grouped(n->m, g[1]),
            percent(x->pairs, n->m), lm_grouped(x->contacts, g[2]), lm_grouped(n->contacts, g[3]),
            percent(x->contacts, n->contacts));
}

void lm_contact_net_warn(const struct lm_contact_net *n, struct lm_warnings *w)
{
    size_t large = 0;
    char left_out[LM_GROUPED_TEXT];
    for (size_t i = 0; i < n->n_exhibits; i++) {
        const struct lm_contact_exhibit *x = &n->exhibits[i];
        if ((is_large(x->pairs, n->m) || is_large(x->contacts, n->contacts)) && ++large <= DEVICES_NAMED)
            warn_device(n, x, w);
    }
    if (large > DEVICES_NAMED)
        lm_warn(w, "one_device", "%zu more exhibits supply more than %d %% each.", large - DEVICES_NAMED,
                LM_SHARE_WARNING);
    const char *s = n->left_out == 1 ? "" : "s";
    if (n->left_out != 0)
        lm_warn(w, "groups_left_out",
                "%s message%s or call%s in groups above 20, or with members that are not all known, enter no "
                "measure.", lm_grouped(n->left_out, left_out), s, s);
}

void lm_contact_net_json_exhibits(const struct lm_contact_net *n, struct lm_json_out *o)
{
    lm_json_key(o, "exhibits");
    lm_json_array(o);
    for (size_t i = 0; i < n->n_exhibits; i++) {
        const struct lm_contact_exhibit *x = &n->exhibits[i];
        lm_json_object(o);
        lm_json_kv_str(o, "exhibit", x->sha256);
        lm_json_kv_str(o, "name", x->name);
        lm_json_kv_u64(o, "pairs", x->pairs);
        lm_json_kv_u64(o, "contacts", x->contacts);
        lm_json_object_end(o);
    }
    lm_json_array_end(o);
}
