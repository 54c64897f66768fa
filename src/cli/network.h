/* network.h - what the words after `network` have in common: where the network comes from, and what each of
 * them prints around its answer.
 *
 * One file per word, network_<word>.c, each ending in one function `lm_network_<word>`; cmd_network.c has the
 * table. test      tests/cli/network.sh
 */
#ifndef LM_CLI_NETWORK_H
#define LM_CLI_NETWORK_H

#include "cli/command.h"
#include "formats/json_out.h"
#include "network/edges_file.h"
#include "network/graph.h"
#include "network/node_table.h"
#include "network/ranking.h"
#include "report/contact_net.h"

struct lm_network_source {
    struct lm_graph graph;
    const char *file;            /* NULL: the workspace */
    struct lm_tie_choice choice; /* which ties were asked for */
    struct lm_tie_counts ties;   /* what the file holds of each; meaningful with edges.ties */
    struct lm_edges edges;       /* what reading the file found; meaningful with a file */
    struct lm_str investigation; /* workspace: whose contacts they are */
    struct lm_contact_net net;   /* workspace: what supplies them */
    struct lm_warnings warnings;
};

/* The network that the words ask for: --edges FILE, or the contacts of an investigation. */
lm_err lm_network_load(struct lm_cli *cli, const struct lm_args *args, struct lm_network_source *ret);

/* The warnings that stand under every answer. ranks may be NULL: the answer has none. */
lm_err lm_network_warned(struct lm_cli *cli, struct lm_network_source *s, const struct lm_ranks *ranks);

/* Lines of the file that could not be used, to standard error. */
void lm_network_say_source(const struct lm_network_source *s);

/* basis, directed, input, warnings, problems: in every document. */
void lm_network_json_source(struct lm_json_out *o, const struct lm_network_source *s);
void lm_network_json_rank(struct lm_json_out *o, const struct lm_ranks *r, uint32_t v);

void lm_network_text_head(struct lm_buf *b, const struct lm_network_source *s);
void lm_network_text_rank(struct lm_buf *b, const struct lm_ranks *r, uint32_t v);
void lm_network_text_foot(struct lm_buf *b, const struct lm_network_source *s, const struct lm_ranks *ranks);
/* The wider of a column's width so far and a name's. */
size_t lm_network_widest(size_t width, struct lm_str name);

/* --nodes FILE: what is said of the nodes. file NULL: the option was not given, and the table is empty. */
struct lm_network_table {
    const char *file;
    struct lm_node_table table;
};
lm_err lm_network_read_table(struct lm_cli *cli, const struct lm_args *args, const struct lm_network_source *s,
                        struct lm_network_table *ret);
/* Rows that could not be used, to standard error. */
void lm_network_say_table(const struct lm_network_table *n);
/* node_table, as one member. */
void lm_network_json_table(struct lm_json_out *o, const struct lm_network_table *n);

lm_err lm_network_show(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_key(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_remove(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_path(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_common(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_compare(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_change(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_groups(struct lm_cli *cli, const struct lm_args *args);
lm_err lm_network_roles(struct lm_cli *cli, const struct lm_args *args);

#endif
