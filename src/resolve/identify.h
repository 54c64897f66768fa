/* identify.h - brings the identities of an investigation up to date: edges from the records, sets from the edges (identity.h), persons
 * from the sets (store/identity.h); and a person's word, which recomputes only what it touches.
 *
 * By themselves join: accounts with the same number as their own number, and numbers that used one SIM; neither where the times
 * of both exclude each other, nor above LM_HOLDERS_MOST holders. Everything else is proposed. So a telephone, a mailbox, a name or
 * a device that people share joins nobody.
 *
 * Incremental: new accounts, links and contacts since the last run, and what is connected with them. A revocation or a
 * decided attribution looks at everything that has an edge. The same records in any order give the same sets.
 *
 * cost    for each account touched a few steps into indexes; likenesses: linkage.h over all accounts of the investigation
 * errors  those of the store; LM_ELOCKED: an import is running
 * test    tests/unit/test_identify.c, tests/cli/person.sh, bench/bench_identify.c
 */
#ifndef LM_RESOLVE_IDENTIFY_H
#define LM_RESOLVE_IDENTIFY_H

#include "resolve/identity.h"
#include "store/identity.h"

struct lm_identified {
    uint64_t accounts;   /* looked at */
    uint64_t edges;      /* new ones that may join */
    uint64_t apart;      /* edges, of those looked at, that join nobody because something speaks against it */
    uint64_t changed;    /* accounts that are another person's now */
    uint64_t too_many;   /* identifiers with more holders than LM_HOLDERS_MOST: they join nobody */
    uint32_t most;       /* holders of one identifier, at most */
    uint32_t largest;    /* accounts of one person, at most, of those looked at */
    uint64_t likenesses, likenesses_ended; /* proposals that are new, or changed; that follow no longer */
};
/* anew: everything is looked at. */
lm_err lm_identify(struct lm_store *st, struct lm_str investigation, bool anew, struct lm_identified *ret, struct lm_error *e);

/* Judges, and places what is touched, in one transaction. LM_EUSAGE when it contradicts what persons have said before. */
lm_err lm_identify_judge(struct lm_store *st, struct lm_str investigation, enum lm_identity_verdict verdict,
                         const struct lm_account_pair_of *pairs, size_t n, struct lm_str reason, int64_t *ret_judgement,
                         uint64_t *ret_changed, struct lm_error *e);
/* Takes one back. */
lm_err lm_identify_unjudge(struct lm_store *st, struct lm_str investigation, int64_t judgement, struct lm_str reason,
                           uint64_t *ret_changed, struct lm_error *e);
/* "This account is not the others' of the person": a judgement about each pair. LM_EUSAGE: it is the only one; LM_ENOTFOUND. */
lm_err lm_identify_split(struct lm_store *st, struct lm_str investigation, int64_t person, int64_t account, struct lm_str reason,
                         int64_t *ret_judgement, uint64_t *ret_changed, struct lm_error *e);

/* The sets of a component, and what became of its edges. Lives in a. */
lm_err lm_identify_component(struct lm_arena *a, const struct lm_component *c, struct lm_placed *ret, uint32_t *ret_contradictions,
                             struct lm_error *e);

/* How many accounts are not the person's that follows from what is stored; for verify. */
lm_err lm_identify_check(struct lm_store *st, struct lm_str investigation, uint64_t *ret_wrong, struct lm_error *e);

#endif
