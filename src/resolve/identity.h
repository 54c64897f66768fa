/* identity.h - which accounts are one person's: sets from statements that two are the same, and from what speaks against it.
 *
 * Two kinds of statement join: a person's word, and a record about a hard identifier (the same number as the account's own number, the
 * same SIM). Three things keep apart: a person's word, holders that a person decided to be different people, and times
 * that exclude each other (a number that went quiet and came back may have been given to somebody else).
 *
 * The rule, in this order, so that the answer depends on the statements and never on their order:
 *   1. a person's word "same" joins;
 *   2. an edge between two who are themselves kept apart does not join;
 *   3. where two who are kept apart are still connected, no edge on any way between them joins: either of them may be the wrong
 *      one, and nobody is guessed at. (The blocks of the graph that lie on the ways between the two: Hopcroft and Tarjan 1973.)
 * What does not join is left as a proposal, with the reason.
 *
 * Contradictions are counted, and the word "same" holds: two who are one by the words of persons, and kept apart by another word or decided to
 * be different people.
 *
 * cost    O(n + m), and O(size of the component) for each pair that is kept apart inside of one
 * errors  LM_ENOMEM
 * test    tests/unit/test_identity.c
 */
#ifndef LM_RESOLVE_IDENTITY_H
#define LM_RESOLVE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

/* --- from holders of an identifier to edges --- */

#define LM_HOLDERS_MOST 12 /* accounts of one hard identifier; more: it says nothing, and is reported */
/* A number rests at least so long before it is given to somebody else (47 CFR 52.15(f)(1)(ii), for disconnected numbers). */
#define LM_NUMBER_RESTS_US (INT64_C(45) * 86400 * 1000000)

struct lm_holding {
    uint32_t account;
    bool dated;
    int64_t first_us, last_us; /* of what the account is known to have done */
};
/* Whether both can be the same holder's: the quiet time between them is shorter than a number rests, or not known. */
bool lm_holdings_meet(const struct lm_holding *a, const struct lm_holding *b);

/* --- from edges to sets --- */

enum lm_edge_fate {
    LM_EDGE_JOINS,
    LM_EDGE_APART,   /* the two themselves are kept apart */
    LM_EDGE_BETWEEN, /* it lies on a way between two who are */
};

struct lm_identity_edge {
    uint32_t a, b;
    bool word;               /* a person says so */
    enum lm_edge_fate fate;  /* answer */
    bool bridge;             /* answer: without it the set falls apart */
};
struct lm_identity_apart {
    uint32_t a, b;
    bool word; /* a person says so */
};

#define LM_HOLDER_NONE 0
#define LM_HOLDER_SEVERAL (-1) /* decided for different people at different times: joins nobody by records */

struct lm_identity_graph {
    uint32_t n; /* accounts: 0 … n - 1 */
    struct lm_identity_edge *edges;
    uint32_t n_edges;
    const struct lm_identity_apart *apart;
    uint32_t n_apart;
    const int64_t *holder; /* [account] whom a person decided it to be, LM_HOLDER_…; NULL: nothing is decided */
    uint32_t *set;         /* answer: [account] the smallest account of its set */
    uint32_t contradictions; /* answer */
};

/* Answers live in a. */
lm_err lm_identity_sets(struct lm_arena *a, struct lm_identity_graph *g);

#endif
