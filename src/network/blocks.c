#include "network/blocks.h"

#include <stdlib.h>

struct lm_blocks {
    struct lm_adjacency near;
    uint32_t *found, *low; /* order of discovery, 1 first; 0 not yet */
    uint32_t *parent, *arc;
    uint32_t *open; /* vertices found and not yet in their first block */
    uint32_t n_found, n_open, at;
    bool done;
    uint64_t *hanging;    /* 1 + vertices in the finished blocks below */
    uint64_t *squares;    /* sum over v's blocks of (vertices reached through it)² */
    uint32_t *mark, *local; /* block last met in, and number there */
    uint32_t n_blocks;
    uint32_t *vertex, *to, *start;
    double *weight;
};

lm_err lm_blocks_open(struct lm_arena *a, uint32_t n_max, uint64_t arcs_max, struct lm_blocks **ret)
{
    size_t n = (size_t)n_max + 1;
    struct lm_blocks *b = lm_arena_alloc(a, sizeof *b);
    if (b == NULL)
        return LM_ENOMEM;
    uint32_t **const words[] = { &b->found, &b->low,   &b->parent, &b->arc,  &b->open,
                                 &b->mark,  &b->local, &b->vertex, &b->start };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *words[i] = lm_arena_array(a, n + 1, sizeof(uint32_t));
        if (*words[i] == NULL)
            return LM_ENOMEM;
    }
    b->hanging = lm_arena_array(a, n, sizeof *b->hanging);
    b->squares = lm_arena_array(a, n, sizeof *b->squares);
    b->weight = lm_arena_array(a, n, sizeof *b->weight);
    b->to = lm_arena_array(a, arcs_max, sizeof *b->to);
    if (b->hanging == NULL || b->squares == NULL || b->weight == NULL || b->to == NULL)
        return LM_ENOMEM;
    *ret = b;
    return LM_OK;
}

static void find(struct lm_blocks *b, uint32_t v, uint32_t parent)
{
    b->found[v] = b->low[v] = ++b->n_found;
    b->parent[v] = parent;
    b->arc[v] = b->near.at[v];
    b->open[b->n_open++] = v;
    b->at = v;
}

void lm_blocks_start(struct lm_blocks *b, const struct lm_adjacency *near)
{
    b->near = *near;
    b->n_found = b->n_open = b->n_blocks = 0;
    b->done = near->n == 0;
    for (uint32_t v = 0; v < near->n; v++) {
        b->found[v] = b->mark[v] = 0;
        b->hanging[v] = 1;
        b->squares[v] = 0;
    }
    if (near->n != 0)
        find(b, 0, UINT32_MAX);
}

static int ascending(const void *x, const void *y)
{
    uint32_t p = *(const uint32_t *)x, q = *(const uint32_t *)y;
    return (p > q) - (p < q);
}

/* Members ascending. A large block is listed by a walk over all vertices, a small one is sorted. */
static void list_members(struct lm_blocks *b, uint32_t first_open, uint32_t top, uint32_t n)
{
    uint32_t k = 0;
    for (uint32_t i = first_open; i < b->n_open; i++)
        b->mark[b->open[i]] = b->n_blocks;
    b->mark[top] = b->n_blocks;
    if (n > b->near.n / 16) {
        for (uint32_t v = 0; v < b->near.n; v++)
            if (b->mark[v] == b->n_blocks)
                b->vertex[k++] = v;
    } else {
        memcpy(b->vertex, b->open + first_open, (n - 1) * sizeof *b->vertex);
        b->vertex[n - 1] = top;
        qsort(b->vertex, n, sizeof *b->vertex, ascending);
    }
    for (uint32_t i = 0; i < n; i++)
        b->local[b->vertex[i]] = i;
}

/* Every edge of the block has an end other than its top, and each vertex is below the top of one block
 * only: walking those ends keeps all blocks together at O(m), however many meet at the top. */
static void list_arcs(struct lm_blocks *b, uint32_t top, uint32_t n)
{
    uint32_t *start = b->start, top_local = b->local[top];
    memset(start, 0, ((size_t)n + 2) * sizeof *start);
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < n; i++) {
            uint32_t v = b->vertex[i];
            if (v == top)
                continue;
            for (uint32_t j = b->near.at[v]; j < b->near.at[v + 1]; j++) {
                uint32_t w = b->near.to[j];
                if (b->mark[w] != b->n_blocks)
                    continue;
                if (pass == 1)
                    b->to[start[i + 1]] = b->local[w];
                start[i + (pass == 0 ? 2 : 1)]++;
                if (w != top)
                    continue;
                if (pass == 1)
                    b->to[start[top_local + 1]] = i;
                start[top_local + (pass == 0 ? 2 : 1)]++;
            }
        }
        for (uint32_t i = 0; pass == 0 && i < n; i++)
            start[i + 2] += start[i + 1];
    }
}

/* The block below `top` whose first vertex under it is `child`. True when it has three vertices or
 * more; then it is in ret. */
static bool close_block(struct lm_blocks *b, uint32_t top, uint32_t child, struct lm_block *ret)
{
    uint32_t first = b->n_open;
    uint64_t below = 0, all = b->near.n;
    do {
        uint32_t v = b->open[--first];
        below += b->hanging[v];
        b->squares[v] += (all - b->hanging[v]) * (all - b->hanging[v]);
    } while (b->open[first] != child);
    b->squares[top] += below * below;
    uint32_t n = b->n_open - first + 1;
    if (n > 2) {
        b->n_blocks++;
        list_members(b, first, top, n);
        list_arcs(b, top, n);
        for (uint32_t i = 0; i < n; i++)
            b->weight[i] = (double)(b->vertex[i] == top ? all - below : b->hanging[b->vertex[i]]);
        *ret = (struct lm_block){ .n = n, .vertex = b->vertex, .inside = { n, b->start, b->to }, .weight = b->weight };
    }
    b->hanging[top] += below;
    b->n_open = first;
    return n > 2;
}

bool lm_blocks_next(struct lm_blocks *b, struct lm_block *ret)
{
    while (!b->done) {
        uint32_t v = b->at;
        if (b->arc[v] < b->near.at[v + 1]) {
            uint32_t w = b->near.to[b->arc[v]++];
            if (b->found[w] == 0)
                find(b, w, v);
            else if (w != b->parent[v] && b->found[w] < b->low[v])
                b->low[v] = b->found[w];
            continue;
        }
        uint32_t up = b->parent[v];
        if (up == UINT32_MAX) {
            b->done = true;
            break;
        }
        b->at = up;
        if (b->low[v] < b->low[up])
            b->low[up] = b->low[v];
        if (b->low[v] >= b->found[up] && close_block(b, up, v, ret))
            return true;
    }
    return false;
}

uint64_t lm_blocks_separated(const struct lm_blocks *b, uint32_t v)
{
    uint64_t others = b->near.n - 1;
    return (others * others - b->squares[v]) / 2;
}
