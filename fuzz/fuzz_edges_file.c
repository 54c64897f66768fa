/* fuzz_edges_file.c - an edge list of any bytes, then the graph and its measures.
 *
 * Besides not crashing: indices lie inside the names, weights are positive, problems lie inside the text,
 * and the whole removal of a small network ends with nothing. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "network/edges_file.h"
#include "network/removal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_edges(const struct lm_edges *r, size_t size)
{
    require(r->n_edges > 0 && r->n_names > 0 && r->n_problems <= r->n_damaged);
    for (size_t i = 0; i < r->n_edges; i++)
        require(r->edges[i].a < r->n_names && r->edges[i].b < r->n_names && r->edges[i].w > 0
                && isfinite(r->edges[i].w));
    for (size_t i = 0; i < r->n_names; i++)
        require(r->names[i].n > 0 && lm_utf8_valid_prefix(r->names[i]) == r->names[i].n);
    for (size_t i = 0; i < r->n_problems; i++)
        require(r->problems[i].byte <= size && r->problems[i].line >= 1 && r->problems[i].line <= r->n_lines);
}

static void check_network(struct lm_arena *a, const struct lm_edges *r, bool directed, enum lm_goal goal)
{
    struct lm_graph g;
    struct lm_removal removal;
    const struct lm_removal_wish wish = { .goal = goal, .directed = directed, .k_max = UINT32_MAX };
    const struct lm_effort one = { .threads = 1 };
    require(lm_graph_build(a, r->names, r->n_names, r->edges, r->n_edges, directed, &g, NULL, NULL) == LM_OK);
    require(g.n_edges + g.n_loops + g.n_merged == r->n_edges);
    for (uint32_t v = 1; v < g.n; v++)
        require(lm_str_cmp(g.names[v - 1], g.names[v]) < 0);
    if (g.n > 64)
        return;
    require(lm_removal_adaptive(a, &g, &wish, &one, &removal, NULL) == LM_OK);
    require(removal.n_steps == g.n && removal.steps[g.n - 1].lcc == 0 && removal.steps[g.n - 1].pairs == 0);
    for (uint32_t k = 0; k < g.n; k++)
        require(removal.steps[k].lcc <= (k == 0 ? removal.lcc0 : removal.steps[k - 1].lcc)
                && removal.steps[k].score >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lm_arena a;
    struct lm_edges r;
    struct lm_error e;
    lm_arena_init(&a, (size_t)64 << 20);
    if (lm_edges_parse(&a, (struct lm_str){ (const char *)data, size }, &r, &e) == LM_OK) {
        check_edges(&r, size);
        check_network(&a, &r, false, LM_GOAL_LCC);
        check_network(&a, &r, true, LM_GOAL_PAIRS);
    }
    lm_arena_free(&a);
    return 0;
}
