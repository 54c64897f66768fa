#include "network/contacts.h"

#include <stdlib.h>

static lm_err no_memory(struct lm_error *e)
{
    return lm_fail(e, LM_ENOMEM, "no memory for the contacts");
}

/* --- names --- */

struct named {
    struct lm_str name;
    uint32_t was;
};

static int by_name(const void *x, const void *y)
{
    const struct named *p = x, *q = y;
    int c = lm_str_cmp(p->name, q->name);
    return c != 0 ? c : p->was < q->was ? -1 : p->was > q->was;
}

static lm_err order_names(struct lm_arena *a, const struct lm_str *names, size_t n, struct lm_str **ret_names,
                          uint32_t **ret_now, struct lm_error *e)
{
    struct named *order = lm_arena_array(a, n, sizeof *order);
    struct lm_str *sorted = lm_arena_array(a, n, sizeof *sorted);
    uint32_t *now = lm_arena_array(a, n, sizeof *now);
    if (order == NULL || sorted == NULL || now == NULL)
        return no_memory(e);
    for (size_t i = 0; i < n; i++)
        order[i] = (struct named){ names[i], (uint32_t)i };
    if (n > 1)
        qsort(order, n, sizeof *order, by_name);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = order[i].name;
        now[order[i].was] = (uint32_t)i;
    }
    *ret_names = sorted;
    *ret_now = now;
    return LM_OK;
}

uint32_t lm_contacts_find(const struct lm_contacts *c, struct lm_str name)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lm_str_cmp(c->names[middle], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && lm_str_eq(c->names[low], name) ? (uint32_t)low : UINT32_MAX;
}

/* --- order --- */

static int by_ends(const struct lm_timed_contact *p, const struct lm_timed_contact *q)
{
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->to != q->to)
        return p->to < q->to ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

static int by_time(const void *x, const void *y)
{
    const struct lm_timed_contact *p = x, *q = y;
    bool p_none = p->at.quality == LM_TIME_NONE, q_none = q->at.quality == LM_TIME_NONE;
    if (p_none != q_none)
        return p_none ? 1 : -1;
    if (!p_none && p->at.us != q->at.us)
        return p->at.us < q->at.us ? -1 : 1;
    return by_ends(p, q);
}

/* Wall clocks beside moments that are known in UTC have no order with them. */
static void settle_clocks(struct lm_contacts *c)
{
    size_t local = 0, known = 0;
    for (size_t i = 0; i < c->m; i++) {
        local += c->list[i].at.quality == LM_TIME_LOCAL;
        known += c->list[i].at.quality == LM_TIME_UTC || c->list[i].at.quality == LM_TIME_ZONE;
    }
    c->local = known == 0 && local != 0;
    c->dated = c->local ? local : known;
    if (c->local || local == 0)
        return;
    c->local_apart = local;
    for (size_t i = 0; i < c->m; i++)
        if (c->list[i].at.quality == LM_TIME_LOCAL)
            c->list[i].at.quality = LM_TIME_NONE;
}

lm_err lm_contacts_order(struct lm_arena *a, const struct lm_str *names, size_t n, struct lm_timed_contact *list, size_t m,
                         bool with_machine, struct lm_contacts *ret, struct lm_error *e)
{
    struct lm_contacts c = { .n = n, .list = list };
    struct lm_str *sorted = NULL;
    uint32_t *now = NULL;
    if (n >= LM_CONTACTS_MAX || m >= LM_CONTACTS_MAX)
        return lm_fail(e, LM_ELIMIT, "more than %zu names or contacts", LM_CONTACTS_MAX);
    for (size_t i = 0; i < m; i++)
        if (list[i].from >= n || list[i].to >= n)
            return lm_fail(e, LM_EINTERNAL, "a contact of a name that is not there");
    lm_err err = order_names(a, names, n, &sorted, &now, e);
    if (err != LM_OK)
        return err;
    for (size_t i = 0; i < m; i++) {
        struct lm_timed_contact x = list[i];
        bool inferred = x.link == LM_LINK_MACHINE && !with_machine;
        c.self += x.from == x.to;
        c.machine += x.from != x.to && inferred;
        if (x.from == x.to || inferred)
            continue;
        x.from = now[x.from];
        x.to = now[x.to];
        list[c.m++] = x;
    }
    c.names = sorted;
    settle_clocks(&c);
    if (c.m > 1)
        qsort(list, c.m, sizeof *list, by_time);
    *ret = c;
    return LM_OK;
}

/* The first dated contact that is not before us. */
static size_t first_from(const struct lm_contacts *c, int64_t us)
{
    size_t low = 0, high = c->dated;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->list[middle].at.us < us)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct lm_contacts lm_contacts_window(const struct lm_contacts *c, int64_t from_us, int64_t to_us)
{
    struct lm_contacts w = *c;
    if (from_us == INT64_MIN && to_us == INT64_MAX)
        return w;
    size_t from = first_from(c, from_us), to = to_us == INT64_MAX ? c->dated : first_from(c, to_us);
    to = to < from ? from : to;
    w.list = c->list + from;
    w.m = w.dated = to - from;
    w.outside = c->outside + (c->m - w.m);
    return w;
}

lm_err lm_contacts_graph(struct lm_arena *a, const struct lm_contacts *c, bool directed, struct lm_graph *ret,
                         struct lm_error *e)
{
    struct lm_edge_in *edges = lm_arena_array(a, c->m, sizeof *edges);
    if (edges == NULL)
        return no_memory(e);
    for (size_t i = 0; i < c->m; i++)
        edges[i] = (struct lm_edge_in){ c->list[i].from, c->list[i].to, c->list[i].weight };
    return lm_graph_build(a, c->names, c->n, edges, c->m, directed, ret, NULL, e);
}
