/* blocks.h - the blocks (2-connected components) of a connected network, each small enough to be
 * measured alone.
 *
 * A shortest path between two vertices of one block stays in it; a path that leaves it does so through a
 * cut vertex. So betweenness is the sum of (1) weighted betweenness inside each block, a cut vertex
 * weighing as much as everything that hangs onto it outside, and (2) for every cut vertex the pairs that
 * it separates. Trees, tails and bridges cost nothing but (2). After Puzis et al. 2012,
 * doi:10.3233/AIC-2012-0513, and Sarıyüce et al. 2013, doi:10.1137/1.9781611972832.28; blocks by Hopcroft
 * and Tarjan 1973, without recursion.
 *
 * cost      O(n + m) for all blocks together
 * test      tests/unit/test_network_betweenness.c
 */
#ifndef LM_NETWORK_BLOCKS_H
#define LM_NETWORK_BLOCKS_H

#include "network/graph.h"

/* Valid until the next call. */
struct lm_block {
    uint32_t n;
    const uint32_t *vertex;     /* vertex i of the block is vertex[i] of the network; those with the
                                   most neighbours inside first, so that loops over them are steady */
    const uint32_t *by_number;  /* the block's vertices in the order of their numbers in the network */
    struct lm_adjacency inside; /* numbered within the block */
    const double *weight;       /* 1 + what hangs onto it outside the block */
};

struct lm_blocks;

/* Room for networks of up to n_max vertices and arcs_max arcs (twice the edges). LM_ENOMEM only. */
lm_err lm_blocks_open(struct lm_arena *a, uint32_t n_max, uint64_t arcs_max, struct lm_blocks **ret);

/* near is borrowed until the last block was taken; it must be connected. */
void lm_blocks_start(struct lm_blocks *b, const struct lm_adjacency *near);

/* The next block of three vertices or more; false after the last. */
bool lm_blocks_next(struct lm_blocks *b, struct lm_block *ret);

/* After the last block: unordered pairs of other vertices that v alone connects. */
uint64_t lm_blocks_separated(const struct lm_blocks *b, uint32_t v);

#endif
