#include "network/core_order.h"

#include "network/reinsert.h"
#include "network/removal.h"

struct core {
    const struct lm_graph *g;
    uint32_t peel;    /* vertices of a lower degree are peeled off: 2, or 0 */
    uint32_t *degree; /* inside the core */
    bool *out;        /* peeled off or gone */
    uint32_t *stack;
    uint32_t *first, *next, *previous; /* vertices of each degree, ascending at first */
};

static void unlink_vertex(struct core *c, uint32_t v)
{
    if (c->previous[v] != UINT32_MAX)
        c->next[c->previous[v]] = c->next[v];
    else
        c->first[c->degree[v]] = c->next[v];
    if (c->next[v] != UINT32_MAX)
        c->previous[c->next[v]] = c->previous[v];
}

static void link_vertex(struct core *c, uint32_t v)
{
    uint32_t *head = &c->first[c->degree[v]];
    c->previous[v] = UINT32_MAX;
    c->next[v] = *head;
    if (*head != UINT32_MAX)
        c->previous[*head] = v;
    *head = v;
}

/* v leaves the core, and after it everything that has less than two neighbours in it. */
static void take_out(struct core *c, uint32_t v)
{
    const struct lm_adjacency *near = &c->g->near;
    uint32_t n = 0;
    c->stack[n++] = v;
    c->out[v] = true;
    unlink_vertex(c, v);
    while (n > 0) {
        uint32_t x = c->stack[--n];
        for (uint32_t j = near->at[x]; j < near->at[x + 1]; j++) {
            uint32_t y = near->to[j];
            if (c->out[y])
                continue;
            unlink_vertex(c, y);
            c->degree[y]--;
            if (c->degree[y] < c->peel) {
                c->out[y] = true;
                c->stack[n++] = y;
            } else {
                link_vertex(c, y);
            }
        }
    }
}

static lm_err by_degree(struct lm_arena *tmp, const struct lm_graph *g, bool core, uint32_t *order,
                        uint32_t *ret_n)
{
    struct core c = { .g = g, .peel = core ? 2 : 0 };
    size_t n = g->n;
    uint32_t most = 0, k = 0;
    c.degree = lm_arena_array(tmp, n, sizeof *c.degree);
    c.out = lm_arena_array(tmp, n, sizeof *c.out);
    c.stack = lm_arena_array(tmp, n, sizeof *c.stack);
    c.next = lm_arena_array(tmp, n, sizeof *c.next);
    c.previous = lm_arena_array(tmp, n, sizeof *c.previous);
    c.first = lm_arena_array(tmp, n + 1, sizeof *c.first);
    if (c.degree == NULL || c.out == NULL || c.stack == NULL || c.next == NULL || c.previous == NULL
        || c.first == NULL)
        return LM_ENOMEM;
    memset(c.first, 0xff, (n + 1) * sizeof *c.first);
    for (uint32_t v = g->n; v-- > 0;) {
        c.degree[v] = lm_degree(&g->near, v);
        most = c.degree[v] > most ? c.degree[v] : most;
        link_vertex(&c, v);
    }
    for (uint32_t v = 0; v < g->n; v++)
        if (!c.out[v] && c.degree[v] < c.peel)
            take_out(&c, v);
    for (; most >= 2; most--)
        while (c.first[most] != UINT32_MAX) {
            order[k++] = c.first[most];
            take_out(&c, c.first[most]);
        }
    *ret_n = k;
    return LM_OK;
}

lm_err lm_core_order(struct lm_arena *a, const struct lm_graph *g, const struct lm_node_data *d, bool core,
                     uint32_t largest, const struct lm_effort *effort, uint32_t **ret_order, uint32_t *ret_n,
                     struct lm_error *e)
{
    struct lm_arena tmp;
    struct lm_removal r;
    struct lm_reinsert kept, back;
    lm_arena_init(&tmp, SIZE_MAX / 2);
    struct lm_removal_wish wish = { .nodes = d,
                                    .k_max = UINT32_MAX,
                                    .until = (largest + 1.0) / (g->n > 0 ? g->n : 1) };
    uint32_t *order = lm_arena_array(&tmp, g->n, sizeof *order);
    lm_err err = order != NULL ? by_degree(&tmp, g, core, order, &wish.n_first) : LM_ENOMEM;
    if (err != LM_OK)
        err = lm_fail(e, err, "no memory for the core of %u vertices", g->n);
    /* Trees are left: betweenness breaks them, which is quick in trees. */
    wish.first = order;
    if (err == LM_OK)
        err = lm_removal_adaptive(&tmp, g, &wish, effort, &r, e);
    for (uint32_t k = 0; err == LM_OK && k < r.n_steps; k++)
        order[k] = r.steps[k].vertex;
    if (err == LM_OK)
        err = lm_reinsert(&tmp, g, d, order, r.n_steps, largest, &kept, e);
    if (err == LM_OK)
        err = lm_reinsert(a, g, d, kept.kept, kept.n_kept, UINT32_MAX, &back, e);
    for (uint32_t i = 0; err == LM_OK && i < back.n_back / 2; i++) {
        uint32_t t = back.back[i];
        back.back[i] = back.back[back.n_back - 1 - i];
        back.back[back.n_back - 1 - i] = t;
    }
    if (err == LM_OK) {
        *ret_order = back.back;
        *ret_n = back.n_back;
    }
    lm_arena_free(&tmp);
    return err;
}
