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
    uint32_t *sorted, *vertex, *by_number, *bucket, *to, *start;
    double *weight;
};

lm_err lm_blocks_open(struct lm_arena *a, uint32_t n_max, uint64_t arcs_max, struct lm_blocks **ret)
{
    size_t n = (size_t)n_max + 1;
    struct lm_blocks *b = lm_arena_alloc(a, sizeof *b);
    if (b == NULL)
        return LM_ENOMEM;
    uint32_t **const words[] = { &b->found, &b->low,    &b->parent, &b->arc,       &b->open,   &b->mark,
                                 &b->local, &b->sorted, &b->vertex, &b->by_number, &b->bucket, &b->start };
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

/* Members ascending, in b->sorted. A large block is listed by a walk over all vertices, a small one is
 * sorted. */
static void list_members(struct lm_blocks *b, uint32_t first_open, uint32_t top, uint32_t n)
{
    uint32_t k = 0;
    for (uint32_t i = first_open; i < b->n_open; i++)
        b->mark[b->open[i]] = b->n_blocks;
    b->mark[top] = b->n_blocks;
    if (n > b->near.n / 16) {
        for (uint32_t v = 0; v < b->near.n; v++)
            if (b->mark[v] == b->n_blocks)
                b->sorted[k++] = v;
    } else {
        memcpy(b->sorted, b->open + first_open, (n - 1) * sizeof *b->sorted);
        b->sorted[n - 1] = top;
        qsort(b->sorted, n, sizeof *b->sorted, ascending);
    }
    for (uint32_t i = 0; i < n; i++)
        b->local[b->sorted[i]] = i;
}

/* Numbers the members by falling degree; degree[i] is that of sorted[i]. */
static void number_members(struct lm_blocks *b, const uint32_t *degree, uint32_t n)
{
    memset(b->bucket, 0, ((size_t)n + 1) * sizeof *b->bucket);
    for (uint32_t i = 0; i < n; i++)
        b->bucket[n - degree[i]]++; /* a degree is 2 … n - 1 */
    for (uint32_t k = 0, sum = 0; k <= n; k++) {
        uint32_t here = b->bucket[k];
        b->bucket[k] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = b->bucket[n - degree[i]]++;
        b->vertex[place] = b->sorted[i];
        b->by_number[i] = place;
        b->local[b->sorted[i]] = place;
    }
}

/* Every edge of the block has an end other than its top, and each vertex is below the top of one block
 * only: walking those ends keeps all blocks together at O(m), however many meet at the top. */
static void count_degrees(struct lm_blocks *b, uint32_t top, uint32_t n, uint32_t *degree)
{
    memset(degree, 0, (size_t)n * sizeof *degree);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = b->sorted[i];
        for (uint32_t j = b->near.at[v]; v != top && j < b->near.at[v + 1]; j++) {
            uint32_t w = b->near.to[j];
            degree[i] += b->mark[w] == b->n_blocks;
            degree[b->local[top]] += w == top;
        }
    }
}

static void list_arcs(struct lm_blocks *b, uint32_t top, uint32_t n)
{
    uint32_t *start = b->start; /* start[i + 1]: where the next arc of i goes; shifts into place as it fills */
    memset(start, 0, ((size_t)n + 2) * sizeof *start);
    count_degrees(b, top, n, start + 2);
    number_members(b, start + 2, n);
    /* The counts move from the order of numbers to the new one. */
    for (uint32_t i = 0; i < n; i++)
        b->bucket[b->by_number[i]] = start[i + 2];
    for (uint32_t i = 0; i < n; i++)
        start[i + 2] = start[i + 1] + b->bucket[i];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = b->sorted[i];
        for (uint32_t j = b->near.at[v]; v != top && j < b->near.at[v + 1]; j++) {
            uint32_t w = b->near.to[j];
            if (b->mark[w] != b->n_blocks)
                continue;
            b->to[start[b->local[v] + 1]++] = b->local[w];
            if (w == top)
                b->to[start[b->local[top] + 1]++] = b->local[v];
        }
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
        *ret = (struct lm_block){ n, b->vertex, b->by_number, { n, b->start, b->to }, b->weight };
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
