/* mask.h - who is never named, and what stands for them: the one rule that every answer follows.
 *
 * Masked is a person who is protected (the last standing entered), a minor, or known under a pseudonym, and whoever is one
 * person with somebody masked, through mergers in either direction. The name of all of them is the pseudonym, else
 * "protected person 3": 3 is the number of the person that the others were merged into, and stays.
 *
 * An identifier is masked when it is attributed to such a person, proposed or decided; refused or undone it is not. Windows
 * do not count: whose number was hers once is masked at all times. Whether the authority of the attribution is live does not
 * count either: what was withdrawn may not show her. An account is masked when such an identifier goes with it or the
 * attribution names it; through it so are its other numbers, addresses, handles and ids, and the accounts that have one of
 * these, and every account that is one person's with one of them (identity.h). No further: two steps. Names lead from nobody to anybody, and neither do IP addresses, which many people share.
 *
 * ownership  everything lives in the mask; borrowed texts until lm_mask_free
 * cost       nobody is masked: one walk over persons. Else a few steps into indexes for each of their identifiers
 * errors     LM_ENOMEM, those of store.h
 * test       tests/unit/test_mask.c, tests/cli/mask.sh
 */
#ifndef LM_STORE_MASK_H
#define LM_STORE_MASK_H

#include "base/map.h"
#include "model/words.h"
#include "store/db.h"

#define LM_MASK_TYPES ((size_t)LM_IDENTIFIER_DEVICE + 1)

struct lm_mask_person {
    int64_t id, root;          /* root: the person that it was merged into, at last */
    struct lm_str name;
};
struct lm_mask_identifier {
    enum lm_identifier_type type;
    struct lm_str key;
    uint32_t person;           /* index */
};
struct lm_mask {
    struct lm_arena a;
    struct lm_mask_person *persons; /* in order of id */
    size_t n_persons;
    struct lm_mask_identifier *identifiers;
    size_t n_identifiers, cap_identifiers;
    int64_t *accounts;
    size_t n_accounts, cap_accounts;
    struct lm_map by_account, by_identifier[LM_MASK_TYPES]; /* id, key of a type → index of a person */
};

void lm_mask_init(struct lm_mask *m);
/* Reads on the connection as it is, in its transaction when it is in one. investigation: its row; 0: nobody is masked. */
lm_err lm_mask_load(struct lm_mask *m, struct lm_store *st, int64_t investigation, struct lm_error *e);
void lm_mask_free(struct lm_mask *m);

/* False: not masked, ret_name untouched. */
bool lm_mask_has_person(const struct lm_mask *m, int64_t person, struct lm_str *ret_name);
bool lm_mask_account(const struct lm_mask *m, int64_t account, struct lm_str *ret_name);
bool lm_mask_identifier(const struct lm_mask *m, enum lm_identifier_type type, struct lm_str key, struct lm_str *ret_name);
/* A text that is one identifier, in any spelling, "PLATFORM:ID" and "NUMBER@host" included. */
bool lm_mask_text(const struct lm_mask *m, struct lm_arena *scratch, struct lm_str text, struct lm_str *ret_name);

#endif
