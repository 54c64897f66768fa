#include "network/missing.h"

#include "base/rng.h"

static lm_err lose_supplier(struct lm_arena *a, const struct lm_graph *g, const struct lm_loss *loss, uint32_t run,
                            struct lm_graph *ret)
{
    struct lm_edge_in *kept = lm_arena_array(a, loss->n_supplied, sizeof *kept);
    size_t n = 0;
    if (kept == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < loss->n_supplied; i++) {
        const struct lm_supplied *s = &loss->supplied[i];
        if (s->supplier != run)
            kept[n++] = (struct lm_edge_in){ s->a, s->b, s->w };
    }
    return lm_graph_build(a, g->names, g->n, kept, n, g->directed, ret, NULL, NULL);
}

lm_err lm_lose(struct lm_arena *a, const struct lm_graph *g, const struct lm_loss *loss, uint32_t run,
               struct lm_graph *ret, const bool **ret_gone)
{
    bool *gone = NULL;
    *ret_gone = NULL;
    if (loss->kind == LM_LOSS_SUPPLIER)
        return lose_supplier(a, g, loss, run, ret);
    struct lm_rng random = { run };
    struct lm_edge_in *kept = lm_arena_array(a, g->n_edges, sizeof *kept);
    size_t n_kept = 0;
    if (kept == NULL)
        return LM_ENOMEM;
    random.state = lm_rng_next(&random); /* far from that of the next run */
    if (loss->kind == LM_LOSS_NODES) {
        gone = lm_arena_array(a, g->n, sizeof *gone);
        if (gone == NULL)
            return LM_ENOMEM;
        for (uint32_t v = 0; v < g->n; v++)
            gone[v] = lm_rng_below(&random, 100) < LM_LOSS_NODES_PERCENT;
    }
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t j = g->out.at[v]; j < g->out.at[v + 1]; j++) {
            uint32_t w = g->out.to[j];
            if (!g->directed && v >= w)
                continue;
            if (gone != NULL ? !gone[v] && !gone[w] : lm_rng_below(&random, 100) >= LM_LOSS_TIES_PERCENT)
                kept[n_kept++] = (struct lm_edge_in){ v, w, lm_weight(g->w_out, j) };
        }
    *ret_gone = gone;
    /* the names are in order already: a vertex keeps its number */
    return lm_graph_build(a, g->names, g->n, kept, n_kept, g->directed, ret, NULL, NULL);
}
