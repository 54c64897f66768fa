/* network_nodes.h - what a table of the user says about the nodes of a network: costs, cities, roles.
 *
 * A table with a row of column names: `name` and any of `cost`, `city`, `role` (source, customer, both or nothing); other
 * columns are passed over. With two columns and no such row they are name and cost. A row about a node that the network
 * does not have is counted; one node twice, a cost that is not a number above zero, or a node without a cost in a table
 * that has costs, and the table is refused: a cost is never guessed.
 *
 * test      tests/cli/network_key.sh
 */
#ifndef LM_CLI_NETWORK_NODES_H
#define LM_CLI_NETWORK_NODES_H

#include "cli/command.h"
#include "network/goal.h"

struct lm_network_nodes {
    struct lm_node_data data;
    uint64_t not_in_network; /* rows */
    uint32_t n_sources, n_customers, n_in_cities;
};

/* Adds what the table says to *nodes (all zero at first); everything lives in cli->run. */
lm_err lm_network_nodes_read(struct lm_cli *cli, const char *path, const struct lm_graph *g, struct lm_network_nodes *nodes);

#endif
