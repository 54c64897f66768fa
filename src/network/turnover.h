/* turnover.h - numbers that appear and numbers that fall silent, and numbers that take another one's place.
 *
 * Falls silent: from its last contact to the end of the data more time passes than it ever was silent before. Appears: the same
 * from the other end. Chance: when a name's n gaps (those between its contacts and the one at the end) come in any order with
 * equal chance, the last is the longest in one of n cases; so names with less than LM_TURNOVER_LEAST contacts are not looked
 * at, and by_chance = the sum of 1 / n over those that are. Contacts that come in clusters are not in any order: it is a
 * yardstick, no proof.
 *
 * Takes the place: Y is first seen within `gap` of when X is last seen (before it or after), outlives it and began later, they have at
 * least LM_HANDSET_SHARED contacts in common, and none with each other. score: the weight of what they share over the weight of all
 * their contacts, a contact weighing 1 / ln(others) (common.h); contacts of more than LM_HANDSET_CAP others do not count. X must not
 * be last seen within `gap` of the end of the data, nor Y first seen within it of the beginning; a number that is neither, because it is
 * there all the time, is no candidate.
 * Chance: people of one circle share contacts anyway. So the contact sets stay, and the times from first to last are dealt out anew
 * among the candidates that were there about as long (up to eight classes of equal size); so what begins or ends for many at once, with a
 * source, is in the chance as well. The chance p that a pair fits in time then needs no simulation: it is the share of the pairs of
 * times of their classes that do. Of the pairs of at least some score those that do not fit tell how many do by chance:
 * expected = the sum of their p / (1 - p), and once that of the pair at hand. false_share = expected / (pairs of at least this score
 * that fit), the lowest of this score and all lower ones: how large a part of the list down to here chance alone explains (Selective
 * SeqStep+, Barber and Candès 2015, doi:10.1214/15-AOS1337). Listed at LM_HANDSET_FALSE or less: in a network without replacements
 * anything is listed in one case of ten at most, as far as the null holds.
 *
 * cost      O(m + pairs of candidates with a common contact + candidates²)
 * errors    LM_ENOMEM; LM_ELIMIT above LM_HANDSET_PAIRS pairs
 * test      tests/unit/test_network_change.c (planted replacements; the false alarms of 400 networks without any)
 */
#ifndef LM_NETWORK_TURNOVER_H
#define LM_NETWORK_TURNOVER_H

#include "network/contacts.h"

#define LM_TURNOVER_LEAST 20
#define LM_HANDSET_LEAST 5        /* contacts of a number that is looked at */
#define LM_HANDSET_SHARED 3
#define LM_HANDSET_CAP 1000
#define LM_HANDSET_CANDIDATES 20000 /* those with the most contacts */
#define LM_HANDSET_PAIRS 8000000
#define LM_HANDSET_FALSE 0.1

/* What each name did in the dated contacts. */
struct lm_activity {
    size_t first, last;  /* indices into the list; SIZE_MAX: none */
    uint32_t contacts;
    int64_t longest_us;  /* silence between two contacts */
};

struct lm_turnover_name {
    uint32_t name;
    int64_t silent_us;   /* to the end, or from the beginning */
    int64_t longest_us;
};

struct lm_handset {
    uint32_t from, to;   /* X, Y */
    uint32_t shared;
    int64_t gap_us;      /* first contact of Y minus last of X */
    double score, expected, false_share;
    bool listed;
};

struct lm_turnover {
    struct lm_activity *activity; /* by name */
    int64_t from_us, to_us;       /* of the data looked at */
    uint32_t tested;
    double by_chance;             /* of each list */
    struct lm_turnover_name *silent, *appeared; /* longest silence in multiples of the longest before first, then name */
    size_t n_silent, n_appeared;
    struct lm_handset *handsets;  /* highest score first, then names */
    size_t n_handsets, n_listed;
    uint32_t candidates, candidates_left_out;
    double fitting;               /* share of the ordered pairs of times that fit */
};

/* from_us, to_us: what the data covers, where somebody knows; INT64_MIN, INT64_MAX: its first and last contact. */
lm_err lm_turnover_find(struct lm_arena *a, const struct lm_contacts *c, int64_t from_us, int64_t to_us, int64_t gap_us,
                        struct lm_turnover *ret, struct lm_error *e);

/* The names that both are in contact with. *ret_n of them, rising. */
lm_err lm_handset_shared(struct lm_arena *a, const struct lm_contacts *c, const struct lm_handset *h, uint32_t **ret,
                         size_t *ret_n, struct lm_error *e);

#endif
