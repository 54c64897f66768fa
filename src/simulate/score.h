/* score.h - a workspace compared with the truth that the simulator planted beside its evidence (operation.h).
 *
 * Intake: every record that was written must be found at its place, kept or held as planted, and say what was planted (a
 * hash of kind, ends, moment, duration and text). Occurrences: all records of one real event are one occurrence, and no
 * occurrence holds two real events. Claims: what two agencies both claim is set aside, and nothing else. Roll-up: each figure,
 * whole and by division and cartel, to the unit, with none missing and none that the truth does not have.
 *
 * Identities: accounts with an id of their own, both in the workspace and in the truth; two of one person are a pair. closure counts
 * pairs; B³ (Bagga, Baldwin 1998) is the mean over accounts. Telephones that two persons use are left out.
 *
 * memory  one investigation's truth at a time, the operation's rows, and a word for each source
 * errors  the store's; LM_ENOTFOUND, LM_EINPUT: the truth cannot be read
 * test    tests/cli/sample.sh
 */
#ifndef LM_SIMULATE_SCORE_H
#define LM_SIMULATE_SCORE_H

#include "base/arena.h"
#include "store/store.h"

struct sim_score {
    uint64_t right, wrong, lost;                    /* records that must be kept: as planted; not as planted or not planted; gone */
    uint64_t held_right, held_missed, held_wrong;   /* planted outside and held; planted outside and kept; held though inside */
    uint64_t events, once, split, merged;           /* real calls and messages with a record; in one occurrence of their own; … */
    uint64_t claims, claims_found, claims_wrong;    /* claimed by two agencies; set aside; set aside and not planted */
    uint64_t figures, figures_exact;
    uint64_t figures_not_planted; /* figures of the roll-up that the truth says nothing of */
    struct lm_str first_wrong_figure;               /* by, place, name; empty: none */
    uint64_t accounts, pairs_true, pairs_found, pairs_right; /* of accounts: of one person; said to be; both */
    double b3_precision, b3_recall;                          /* sums over accounts */
    uint64_t investigations;
};
/* f: for the audit entry of the operation's rows. Texts of *ret live in a. */
lm_err sim_score_workspace(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *truth,
                           struct sim_score *ret, struct lm_error *e);

#endif
