/* network_key.h - what `network key` found, between the file that finds it and the file that prints it. */
#ifndef LM_CLI_NETWORK_KEY_H
#define LM_CLI_NETWORK_KEY_H

#include "cli/network.h"
#include "cli/network_nodes.h"
#include "network/best.h"
#include "network/reinsert.h"
#include "network/removal.h"
#include "network/anneal.h"

enum lm_key_method { LM_KEY_ADAPTIVE, LM_KEY_SEARCH, LM_KEY_EXACT };

struct lm_key {
    enum lm_key_method method;
    struct lm_removal_wish wish;
    bool k_given, until_given, reinsert;
    uint32_t largest; /* what `until`, or a tenth, lets a component have */
    struct lm_network_nodes nodes;
    struct lm_left left0;
    /* adaptive, search */
    struct lm_removal r;
    struct lm_left *left;      /* after each of r.steps */
    uint32_t n_listed;         /* an edge list: all steps; a workspace: those that a ranking may show */
    struct lm_ranks ranks;
    struct lm_removal_measures adaptive; /* search: what it began with */
    struct lm_anneal search;
    bool from_core;            /* search: it began with core_order.h, which is better here */
    /* --reinsert: the order that takes out what stays out, then what was put back, then the rest */
    struct lm_reinsert put_back;
    struct lm_removal_measures with;
    /* exact */
    struct lm_best best;
    bool has_fewest;
};

void lm_key_json(struct lm_cli *cli, const struct lm_network_source *s, const struct lm_key *k);
void lm_key_text(struct lm_cli *cli, const struct lm_network_source *s, const struct lm_key *k);

#endif
