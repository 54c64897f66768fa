/* contact_net.h - who was in contact with whom in one investigation, as a network in memory.
 *
 * Messages and calls between accounts (communication), payments between them (money), as the store's edges give them;
 * edges to threads and to oneself are not in it. All of them are evidenced: a record says so. An account is called by its identifier; by a number when only a display name is known, because nobody is named
 * in a ranking until a named person records a suspicion.
 *
 * A phone that was searched stands in the middle of what it recorded. So the network knows how much of it each exhibit
 * (a device, or what a provider returned about an account) supplies, from all rows of every pair, however many sources
 * the exhibit has, and warns above 30 %.
 *
 * test  tests/unit/test_contact_net.c, tests/unit/test_web_brief.c, tests/cli/sample.sh
 */
#ifndef LM_REPORT_CONTACT_NET_H
#define LM_REPORT_CONTACT_NET_H

#include <stdatomic.h>

#include "network/tie.h"
#include "report/warning.h"
#include "store/store.h"
#include "store/summary.h"

/* Two accounts in contact. Undirected: the one seen first is a. Directed: from a to b. */
struct lm_contact_pair {
    uint32_t a, b; /* indices into nodes */
    uint64_t contacts;
    double weight; /* group messages weigh 1/(members - 1) */
};

struct lm_contact_node {
    int64_t account;
    struct lm_str label;
    uint64_t contacts;
};

/* What one exhibit supplies. A pair that several exhibits record counts for each of them. */
struct lm_contact_exhibit {
    struct lm_str sha256, name;
    uint64_t pairs, contacts;
};

#define LM_SHARE_WARNING 30 /* per cent that one exhibit may supply without a warning */

struct lm_contact_net {
    struct lm_contact_node *nodes;
    size_t n;
    struct lm_contact_pair *pairs;
    size_t m;
    struct lm_contact_exhibit *exhibits; /* most pairs first, then contacts, then SHA-256 */
    size_t n_exhibits;
    uint64_t contacts;
    uint64_t left_out; /* groups above 20 and threads whose members are not known */
};

/* layers: a bit for each enum lm_layer; 0: communication. What the store has no edges of brings none.
 * Everything in a; cancel may be NULL. The look is the store's: bound to f, and an audit entry.
 * errors  the store's; LM_ELIMIT above 2^30 accounts; LM_ECANCELLED; LM_ENOMEM */
lm_err lm_contact_net_load(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, uint32_t layers, bool directed,
                           const atomic_bool *cancel, struct lm_contact_net *ret, struct lm_error *e);

/* one_device for each exhibit that supplies more than LM_SHARE_WARNING per cent of the pairs or of the contacts (the
 * first three; then a count), and groups_left_out. */
void lm_contact_net_warn(const struct lm_contact_net *n, struct lm_warnings *w);

/* exhibits: [{exhibit, name, pairs, contacts}], as one member. */
void lm_contact_net_json_exhibits(const struct lm_contact_net *n, struct lm_json_out *o);

/* What a ranking may call an account. p = NULL without memory. */
struct lm_str lm_contact_label(struct lm_arena *a, int64_t account, enum lm_account_form form, struct lm_str name);

/* ret_vertex_of (may be NULL): node → vertex. Slices of ret point into n's labels. */
lm_err lm_contact_net_graph(struct lm_arena *a, const struct lm_contact_net *n, bool directed, struct lm_graph *ret,
                            uint32_t **ret_vertex_of, struct lm_error *e);

#endif
