/* layers_file.h - reads a table of flows in layers: who, to whom, in what layer, when.
 *
 * A CSV (separator as formats/csv.h sniffs it) whose first row names its columns, in any order and case: source, target and layer
 * are required; weight, time, class and row may be there; others are passed over and counted.
 *   layer   goods: goods, drug, drugs, supply, transfer, drug_transfer. money: money, payment, payments. communication:
 *           communication, call, calls, message, messages, contact. A row of any other layer is counted and not used
 *   time    ISO 8601 (without a zone: as if it were UTC), a day, or whole seconds since 1970; empty: not known
 *   weight  a whole number from 1: how many of them the row stands for; 1 without the column or where it is empty or above 2^31
 *   class   evidenced, reported or machine; machine rows are counted and not used
 *   row     what the row is called where it is cited; its number where nothing is said
 * A row that cannot be used is a problem, as in edges_file.h; one from a node to itself is counted and left out.
 *
 * test    tests/unit/test_network_positions.c; fuzz: random bytes in it
 */
#ifndef LM_NETWORK_LAYERS_FILE_H
#define LM_NETWORK_LAYERS_FILE_H

#include "network/edges_file.h"
#include "network/positions.h"

struct lm_layers_file {
    struct lm_str *names; /* distinct, in byte order */
    uint32_t n_names;
    struct lm_flow *flows; /* row: an index into refs */
    size_t n_flows;
    struct lm_str *refs;
    uint64_t rows, loops, machine, other_layers, columns_ignored;
    uint64_t n_damaged;
    struct lm_edges_problem *problems;
    size_t n_problems;
};

/* Everything in a. errors  LM_ENOTFOUND; LM_EINPUT a folder, a column is missing, nothing usable; LM_ELIMIT; LM_EIO; LM_ENOMEM */
lm_err lm_layers_file_read(struct lm_arena *a, const char *path, struct lm_layers_file *ret, struct lm_error *e);
lm_err lm_layers_parse(struct lm_arena *a, struct lm_str text, struct lm_layers_file *ret, struct lm_error *e);

#endif
