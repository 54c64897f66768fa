/* next.h - the numbers of an investigation that nobody has a name for, and what the data held says of each.
 *
 * One look (look.h): only rows of live authorities of the investigation, one audit entry. A number is every account of the
 * investigation on platform phone, whatsapp or signal whose phone key it is; what is not a number ("unknown", "restricted") is
 * not one. Not given: a number
 *   - with an attribution that a person decided and nobody undid (state 'decided'),
 *   - with a name from a contact card, an own profile or a subscriber record of a live source (basis contact_list,
 *     shared_contact, own_profile, participant_list, subscriber_record), at an account that has the number,
 *   - of a person who is never named (mask.h).
 * A name that is only shown beside a number in a conversation or a list of calls is no contact card: the number is given, and
 * says so. What a number did is read from contact_edge: messages, calls, payments between two accounts; groups above 20 and
 * threads whose members are not all known are not in it.
 *
 * ownership  everything lives in the arena given
 * cost       one walk over contact_edge, one over the numbers, one over the identifiers; 32 bytes for each row of contact_edge;
 *            no event is read
 * errors     those of store.h
 * test       tests/unit/test_next.c, tests/cli/next.sh
 */
#ifndef LM_STORE_NEXT_H
#define LM_STORE_NEXT_H

#include "store/store.h"

struct lm_next_source {
    int64_t id;
    struct lm_str path, exhibit_name, authority;
};

struct lm_next_number {
    struct lm_str key;      /* phone key */
    unsigned platforms;     /* bit per enum lm_platform */
    uint64_t occurrences, records; /* calls, messages, payments that took place, and the records behind them */
    uint64_t other_occurrences;    /* attempts, voicemails, forwards */
    int64_t first_us, last_us;     /* of what took place, as contact_edge has them: UTC, or the wall clock where no zone is known */
    bool dated;
    uint32_t others;        /* distinct numbers or accounts that it was in contact with */
    uint32_t suspected;     /* distinct suspected persons behind them, by decided attributions */
    uint32_t asked_for;     /* of the others: those that a live authority covers, or that a person stated as owner of an exhibit */
    uint32_t exhibits;      /* distinct exhibits that report it */
    bool own;               /* it is itself an account that is asked for */
    bool proposed;          /* the program proposes a person for it; nobody decided */
    bool shown;             /* a name is shown beside it somewhere; no card has it */
    const uint32_t *sources; /* indices into lm_next_data.sources, rising */
    uint32_t n_sources;
};

struct lm_next_data {
    struct lm_next_number *numbers; /* unidentified, with at least one occurrence or attempt; in order of key */
    size_t n;
    struct lm_next_source *sources; /* the live ones */
    size_t n_sources;
    uint64_t in_contact;  /* numbers in contact with anybody, of which: */
    uint64_t decided, named, protected_numbers;
    uint64_t n_suspected, n_asked_for; /* suspected persons; accounts asked for that are in the data */
};

lm_err lm_store_next_numbers(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_next_data *ret,
                             struct lm_error *e);

#endif
