/* identity.h - who is who: evidence edges between accounts, what a person said of them, and the persons that follow. What the store
 * gives to the floor that resolves (resolve/identify.h), keeps of its answer, and tells of it.
 *
 * An edge says "these two accounts are one person's, because …". It is added once and ended when it follows no longer; never changed.
 * Two kinds join by themselves: account_number (the same number is the own number of both) and sim (both used one SIM). likeness is
 * a proposal and joins nobody. A person's word is a judgement over pairs of accounts: same, not_same, unsure; withdrawn, never lost.
 *
 * Everything else is derived: whose an account is (identity_member), what became of an edge (identity_fate). A person that the program
 * makes follows the account it was made for, its anchor, so that numbers of persons are stable: sets that fall together become the
 * person with the lowest number and the others are "merged into" it; when they come apart each has its old number back. Where a
 * person was decided for a number (attribution.h), that one stands for the set.
 *
 * Live: an account that a record under a live authority of the investigation names. Others take no part.
 *
 * errors  those of store.h
 * audit   a run, each judgement and its withdrawal, each person and each change of "merged into" are entries; looks are looks
 * test    tests/unit/test_identify.c, tests/cli/person.sh
 */
#ifndef LM_STORE_IDENTITY_H
#define LM_STORE_IDENTITY_H

#include "store/store.h"

/* --- for the program's own work --- */

/* Where a run stands: the highest account, link (account_identifier) and event that were looked at, and what else could change it. */
struct lm_identity_state {
    int64_t account, link, event, revoked, attributions;
    bool built;
};
/* As stored, and as it would be now. */
lm_err lm_store_identity_state(struct lm_store *st, struct lm_str investigation, struct lm_identity_state *ret_stored,
                               struct lm_identity_state *ret_now, struct lm_error *e);

/* One account that holds a hard identifier which another one holds as well. */
struct lm_holder_row {
    enum lm_identity_kind kind; /* ACCOUNT_NUMBER, SIM */
    struct lm_str key;
    int64_t identifier, account;
};
/* In order of kind, key, account: all holders of each identifier that an account or link above `since` holds. */
lm_err lm_store_holders(struct lm_store *st, struct lm_str investigation, const struct lm_identity_state *since,
                        lm_err (*each)(void *user, const struct lm_holder_row *row), void *user, struct lm_error *e);

/* What is known of one account: names, numbers, addresses, handles, ids, devices, in live records. In order of account. */
struct lm_known_row {
    int64_t account;
    enum lm_identifier_type type;
    struct lm_str raw, key, basis;
};
lm_err lm_store_known(struct lm_store *st, struct lm_str investigation, lm_err (*each)(void *user, const struct lm_known_row *row),
                      void *user, struct lm_error *e);

/* Accounts that an edge, a word or a decided attribution connects, and what each of these says. Indexes into accounts. */
struct lm_component_edge {
    int64_t edge; /* 0: a person's word, or a decision about both */
    uint32_t a, b;
    bool word;
    enum lm_identity_kind kind; /* of an edge */
};
struct lm_component_account {
    int64_t id, person; /* person: whose it is now; 0: nobody's */
    bool live, dated;
    int64_t first_us, last_us; /* of its live events */
    int64_t holder;  /* whom a person decided it to be; LM_HOLDER_… of resolve/identity.h: 0 nobody, -1 different ones in time */
};
struct lm_component {
    struct lm_component_account *accounts; /* in order of what they stand for (key, platform): the same whatever came first */
    uint32_t n;
    struct lm_component_edge *edges; /* no likeness, no edge with an end that is not live */
    uint32_t n_edges;
    uint32_t (*apart)[2];   /* kept apart by a person's word */
    uint32_t n_apart;
    uint32_t (*unsure)[2];  /* a person could not say */
    uint32_t n_unsure;
};
#define LM_COMPONENT_MOST 100000u /* accounts; LM_ELIMIT */
struct lm_identity_reader; /* for any number of components, one after the other */
lm_err lm_identity_reader_open(struct lm_store *st, struct lm_str investigation, struct lm_identity_reader **ret, struct lm_error *e);
void lm_identity_reader_close(struct lm_identity_reader *r); /* NULL allowed */
/* Of these accounts and everything connected with them. Lives in a. */
lm_err lm_store_component(struct lm_identity_reader *r, struct lm_arena *a, const int64_t *accounts, size_t n,
                          struct lm_component *ret, struct lm_error *e);

/* Accounts whose component has to be looked at again: those with an edge or a word that have contacts above since->event; all of
 * them when `all`. In order of id. */
lm_err lm_store_touched(struct lm_store *st, struct lm_str investigation, const struct lm_identity_state *since, bool all,
                        lm_err (*each)(void *user, int64_t account), void *user, struct lm_error *e);

/* --- writing --- */

struct lm_identity_writer;
/* Takes the import lock: nothing comes in, nothing is revoked, nobody else resolves meanwhile. whole: one transaction, all or nothing;
 * else it commits every 100 ms, and a run that was cut off is done again by the next one (no state is stored). */
lm_err lm_identity_begin(struct lm_store *st, struct lm_str investigation, bool whole, struct lm_identity_writer **ret, struct lm_error *e);
/* w is gone afterwards. err LM_OK: the state is stored (NULL: it stays) with an entry of what was done (NULL: no entry), and all is
 * committed; else what was not committed is undone. Returns err, or why it could not be written. */
lm_err lm_identity_end(struct lm_identity_writer *w, const struct lm_identity_state *state, const char *done, lm_err err,
                       struct lm_error *e);

struct lm_new_edge {
    enum lm_identity_kind kind;
    int64_t a, b;
    int64_t identifier; /* 0: none */
    double bits;        /* of a likeness */
};
/* *ret_new false: it is there. A likeness whose bits changed is ended and added anew. */
lm_err lm_identity_put(struct lm_identity_writer *w, const struct lm_new_edge *x, bool *ret_new, struct lm_error *e);
/* Likenesses that were not put since lm_identity_begin have ended. */
lm_err lm_identity_end_likenesses(struct lm_identity_writer *w, uint64_t *ret_ended, struct lm_error *e);

struct lm_placed {
    const struct lm_component *component;
    const uint32_t *set;   /* [account] */
    const uint8_t *fate;   /* [edge] enum lm_edge_fate */
    const bool *bridge;    /* [edge] */
};
/* The members, persons and fates of a component, with its history. *ret_changed: accounts that are another person's now. */
lm_err lm_identity_place(struct lm_identity_writer *w, const struct lm_placed *p, uint64_t *ret_changed, struct lm_error *e);

/* --- a person's word --- */

struct lm_account_pair_of {
    int64_t a, b;
};
/* LM_EUSAGE: no reason, or an account with itself; LM_ENOTFOUND. */
lm_err lm_identity_judge(struct lm_identity_writer *w, enum lm_identity_verdict verdict, const struct lm_account_pair_of *pairs, size_t n,
                         struct lm_str reason, int64_t *ret_judgement, struct lm_error *e);
/* The person follows another one of its accounts from now on, when it followed `from`. */
lm_err lm_identity_follow(struct lm_identity_writer *w, int64_t person, int64_t from, int64_t to, struct lm_error *e);
/* Withdraws it; its accounts go to each. LM_ENOTFOUND; LM_EUSAGE: no reason, or withdrawn already. */
lm_err lm_identity_unjudge(struct lm_identity_writer *w, int64_t judgement, struct lm_str reason,
                           lm_err (*each)(void *user, int64_t account), void *user, struct lm_error *e);

/* --- looks --- */

/* In all of these: accounts that no live record names are left out, and where a row of history or a person's word names one, it is
 * "(withheld)". */

/* The account that a person means: "PLATFORM:ID", or an identifier in any spelling that only one account has. LM_ENOTFOUND;
 * LM_EUSAGE, with their platforms, when several have it. */
lm_err lm_store_account_find(struct lm_store *st, struct lm_arena *a, struct lm_str investigation, struct lm_str text, int64_t *ret,
                             struct lm_error *e);

struct lm_person_row {
    int64_t person, merged_into; /* merged_into 0: it stands for itself */
    struct lm_str name;          /* what is shown: of a person whom nobody decided "person 12"; masked as mask.h says */
    struct lm_str standing;
    bool masked, decided;        /* decided: a person decided the name */
    uint64_t accounts;
};
/* Those with accounts, in order of number; person 0: all, else that one, merged or not. LM_ENOTFOUND. */
lm_err lm_store_persons(struct lm_store *st, const struct lm_filter *f, int64_t person,
                        lm_err (*each)(void *user, const struct lm_person_row *row), void *user, struct lm_error *e);

struct lm_person_account {
    int64_t account;
    enum lm_platform platform;
    struct lm_str name, id; /* masked as mask.h says */
    bool masked;
    uint64_t records;       /* live rows of evidence about it: identifiers and events */
};
lm_err lm_store_person_accounts(struct lm_store *st, const struct lm_filter *f, int64_t person,
                                lm_err (*each)(void *user, const struct lm_person_account *row), void *user, struct lm_error *e);

struct lm_change_row {
    int64_t person, account, other; /* account, other: 0 when it has none */
    struct lm_str change, name, who; /* name: of the account, masked */
    int64_t at_us;
};
/* Oldest first. */
lm_err lm_store_person_history(struct lm_store *st, const struct lm_filter *f, int64_t person,
                               lm_err (*each)(void *user, const struct lm_change_row *row), void *user, struct lm_error *e);

struct lm_identity_edge_row {
    int64_t edge;
    enum lm_identity_kind kind;
    int64_t a, b, a_person, b_person;
    struct lm_str a_name, b_name, shared; /* shared: the identifier, as written; masked */
    bool masked;
    int fate; /* enum lm_edge_fate; -1: a proposal */
    bool bridge;
    double bits; /* likeness */
    int64_t added_us;
    struct { struct lm_str exhibit, source, locator, authority; } record[2]; /* empty: none that is live */
};
struct lm_identity_edge_query {
    bool joins;              /* only those that join */
    bool proposals;          /* those that do not join: likenesses between different persons, and what is kept apart */
    int64_t a, b;            /* both not 0: between these two */
    int64_t person;          /* not 0: inside of this one, proposals aside */
    uint64_t limit, offset;  /* limit 0: all */
};
/* Proposals by bits, the most first; else in order of id. */
lm_err lm_store_identity_edges(struct lm_store *st, const struct lm_filter *f, const struct lm_identity_edge_query *q,
                               lm_err (*each)(void *user, const struct lm_identity_edge_row *row), void *user, struct lm_error *e);

struct lm_identity_word_row {
    int64_t judgement;
    struct lm_str verdict, reason, who, withdrawn_by;
    int64_t at_us, withdrawn_us; /* withdrawn_us 0: it holds */
    int64_t a, b;
    struct lm_str a_name, b_name;
    bool masked;
};
/* One row for each pair, in order of judgement. a, b not 0: only about these two; a alone: about it. */
lm_err lm_store_identity_words(struct lm_store *st, const struct lm_filter *f, int64_t a, int64_t b,
                               lm_err (*each)(void *user, const struct lm_identity_word_row *row), void *user, struct lm_error *e);

/* One value that is known of an account, with the first live record that says it. */
struct lm_value_row {
    enum lm_identifier_type type;
    struct lm_str value, key, basis, exhibit, source, locator, authority;
    bool masked;
    uint64_t records;
};
lm_err lm_store_account_values(struct lm_store *st, const struct lm_filter *f, int64_t account,
                               lm_err (*each)(void *user, const struct lm_value_row *row), void *user, struct lm_error *e);

#endif
