/* brief_data.h - the brief as data, shared by the files of this folder. */
#ifndef LM_REPORT_BRIEF_DATA_H
#define LM_REPORT_BRIEF_DATA_H

#include "base/terminal.h"
#include "lastmile/brief.h"
#include "network/ranking.h"
#include "report/contact_net.h"
#include "report/warning.h"
#include "rollup/rollup.h"
#include "store/occurrence.h"
#include "store/store.h"
#include "store/summary.h"

#define LM_BRIEF_SENTENCE                                                                                    \
    "A measure describes the position in the data held, never guilt or rank."

struct lm_brief_source {
    int64_t id;
    struct lm_str path, reader, authority, exhibit;
    char sha256[65];
    enum lm_source_state state;
    struct lm_counts counts;
    bool closes, revoked;
};

struct lm_brief_key {
    int64_t account;
    struct lm_str label;
    uint64_t degree, contacts;
    double betweenness; /* in the whole network */
    double score;       /* betweenness at the moment it was taken out */
    uint32_t largest_after;
    uint64_t pairs_after;
    struct lm_rank_range rank; /* 0: not simulated */
};

struct lm_brief_network {
    struct lm_contact_net net;
    uint64_t pairs;
    uint32_t components, largest;
    struct lm_brief_key *keys;
    uint32_t n_keys;
    struct lm_ranks ranks;
    struct lm_str method; /* how the key components were found, for the foot of the table */
};

struct lm_brief {
    unsigned parts;
    struct lm_investigation investigation;
    struct lm_summary summary;
    struct lm_occurrence_totals occurrences;
    struct lm_brief_source *sources;
    size_t n_sources, n_open, n_unclaimed, n_encrypted, n_broken;
    struct lm_counts totals;
    struct lm_rollup rollup;
    struct lm_rollup_options rollup_options;
    struct lm_brief_network network;
    struct lm_warnings warnings;
};

/* brief_totals.c, brief_network.c, brief_warnings.c: each fills its part. */
lm_err lm_brief_add_totals(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_brief *b,
                           struct lm_error *e);
lm_err lm_brief_add_network(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                            const atomic_bool *cancel, struct lm_brief *b, struct lm_error *e);
lm_err lm_brief_add_warnings(struct lm_arena *a, struct lm_brief *b, struct lm_error *e);

#endif
