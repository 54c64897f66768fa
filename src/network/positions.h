/* positions.h - what the rows say that somebody does: sends, receives, moves, holds, passes money, connects.
 *
 * A position is a reading of rows, with a probability under a model that is stated; never a label, and never a legal finding.
 *
 * goods   rows of the layer of transfers, as who gave and who took. An arrival is paired with the first later departure that
 *         is free (first in, first out, one for one): within LM_POSITION_DAYS both rows count for *moves*, later for *holds*;
 *         a departure without an arrival counts for *sends*, an arrival without a departure for *receives*. When a row of a
 *         node has no time, its rows are paired whatever their order, count for moves, and holds is not known.
 * money   the same; both rows of a pair within LM_POSITION_DAYS count for *passes money*.
 * communication   *connects*: pairs of contacts of a node that are in no contact with each other, of all pairs of its contacts.
 *
 * The shares of the kinds have a flat prior (Dirichlet, one for each kind: sends, receives, moves and holds; pays, is
 * paid and passes; open and closed). probability is the posterior that more than half of what is counted is of this
 * kind. It takes the rows as independent, which they are not: read it as an order of magnitude.
 *
 * cost      O(rows log rows) and, for connects, the pairs of contacts: those of the first LM_POSITION_CONTACTS of a node
 * errors    LM_ENOMEM
 * test      tests/unit/test_network_positions.c
 */
#ifndef LM_NETWORK_POSITIONS_H
#define LM_NETWORK_POSITIONS_H

#include "base/arena.h"
#include "base/err.h"

#define LM_POSITION_DAYS 7
#define LM_POSITION_CONTACTS 1000
#define LM_POSITION_ROWS 10 /* references that are given for each */
#define LM_NO_MOMENT INT64_MIN

enum lm_flow_kind { LM_FLOW_GOODS, LM_FLOW_MONEY, LM_FLOW_COMMUNICATION, LM_FLOWS };
extern const char *const lm_flow_words[LM_FLOWS];

struct lm_flow {
    uint32_t from, to; /* nodes; not the same */
    enum lm_flow_kind layer;
    int64_t at_us;     /* LM_NO_MOMENT: not known */
    uint32_t count;    /* how many of them the row stands for; at least 1 */
    uint32_t row;      /* what the caller calls it */
};

enum lm_position {
    LM_POSITION_SENDS,
    LM_POSITION_RECEIVES,
    LM_POSITION_MOVES,
    LM_POSITION_HOLDS,
    LM_POSITION_PASSES_MONEY,
    LM_POSITION_CONNECTS,
    LM_POSITIONS
};
extern const char *const lm_position_words[LM_POSITIONS]; /* "sends", … "passes money", "connects" */

struct lm_positioned {
    uint64_t counted, of;     /* of this kind, of all kinds of its layer; of 0: nothing is known */
    double probability;       /* NaN when of is 0, or the kind is not known */
    uint32_t rows[LM_POSITION_ROWS];
    uint32_t n_rows;          /* given */
    uint64_t rows_all;
};

/* n nodes. ret: [node × LM_POSITIONS + position], in a. */
lm_err lm_positions(struct lm_arena *a, uint32_t n, const struct lm_flow *flows, size_t n_flows, struct lm_positioned **ret,
                    struct lm_error *e);

/* The probability that a share is above one half, counted `of` times and `counted` of them so, when there are `kinds` kinds. */
double lm_more_than_half(uint64_t counted, uint64_t of, unsigned kinds);

#endif
