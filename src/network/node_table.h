/* node_table.h - what a person says of the nodes of a network: a CSV with the columns name, city, role, cost.
 *
 * The first row names the columns, in any order and case; name is required, others are passed over and counted. Separator as
 * formats/csv.h sniffs it; cells are trimmed. role is "source", "customer", "both" or anything else (kept as it is); cost a
 * finite number above 0. A row that cannot be used (damaged quoting, no name, text that is not UTF-8 or holds control
 * characters, a cost that is no number) is a problem with its row and byte, and so is a node named twice: the first row
 * holds. A name that the network does not have is counted, and the first are listed. A column that this program has no
 * field for on principle (readers/operation_csv_table.h) refuses the file.
 *
 * test      tests/unit/test_network_node_table.c
 */
#ifndef LM_NETWORK_NODE_TABLE_H
#define LM_NETWORK_NODE_TABLE_H

#include "formats/csv.h"
#include "network/edges_file.h"
#include "network/graph.h"

#define LM_NODE_TABLE_BYTES ((size_t)256 << 20)

#define LM_NO_CITY UINT32_MAX

enum lm_node_role { LM_NODE_OTHER, LM_NODE_SOURCE = 1, LM_NODE_CUSTOMER = 2, LM_NODE_BOTH = 3 }; /* bits */

struct lm_node_table {
    uint32_t *city;            /* [vertex] index into cities; LM_NO_CITY: not said */
    struct lm_str *cities;     /* in order of appearance, each as it was spelled first; equal but for A to Z is equal */
    uint32_t n_cities;
    enum lm_node_role *role;   /* [vertex] */
    struct lm_str *role_name;  /* [vertex] as written, trimmed; empty: not said */
    double *cost;              /* [vertex]; 1 where nothing is said */
    bool has_city, has_role, has_cost; /* the column is there */
    uint64_t rows;             /* that were used */
    uint64_t unknown;          /* rows whose name the network does not have */
    uint64_t columns_ignored;
    uint64_t n_damaged;
    struct lm_edges_problem *problems; /* line: the row, 1 is that of the column names */
    size_t n_problems;         /* at most LM_EDGES_MAX_PROBLEMS; rows with unknown names are among them */
};

/* LM_EINPUT: one of these names of columns is refused on principle. */
lm_err lm_node_table_permits(const struct lm_csv_row *names, struct lm_error *e);

/* Everything in a. errors  LM_ENOTFOUND; LM_EINPUT no column of names, a refused column; LM_ELIMIT; LM_EIO; LM_ENOMEM */
lm_err lm_node_table_read(struct lm_arena *a, const char *path, const struct lm_graph *g, struct lm_node_table *ret,
                          struct lm_error *e);
/* The same for text already in memory, which must outlive the table. */
lm_err lm_node_table_parse(struct lm_arena *a, struct lm_str text, const struct lm_graph *g, struct lm_node_table *ret,
                           struct lm_error *e);

#endif
