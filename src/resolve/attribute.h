/* attribute.h - proposes whose an identifier is, from what the records say. Arrays in, arrays out; lm_attribute_run reads and
 * writes the store around them.
 *
 * A card is what one record says of one account; what the account says of itself, or its provider of it, may stand in several
 * records of one source. Each of its names goes with each of its telephone numbers, e-mail addresses, handles and ids, and with
 * the account's own native id:
 *   own_contact_card      the account says it of itself ("own_profile")
 *   subscriber_record     its provider says it ("subscriber_record")
 *   others_contact_cards  somebody else's address book or message says it ("contact_list", "shared_contact")
 *   login                 an account that is named by itself or its provider logged in from that address or with that
 *                         device ("login"); the window runs from the first to the last such login
 * Records that say the same name (lm_identifier_key) for the same identifier on the same basis are one proposal; how many
 * different devices (exhibits, or stated owners) say so is counted. Different names for one identifier are different proposals,
 * and a conflict: nothing is chosen. Proposals of one name are one person where they share an identifier or an account.
 *
 * Passed over: names without a letter and names that are the identifier itself; cards with more than LM_CARD_MOST_NAMES names
 * or LM_CARD_MOST_IDS identifiers (counted).
 *
 * The answer depends on what is in the records, not on their order. Nothing is proposed twice: what is proposed is brought
 * up to date, what is decided stays, what was refused stays refused as long as no other record says it as well.
 *
 * cost     O(n log n) for n rows; about 300 bytes for each in memory, at most 1 GiB (LM_ELIMIT)
 * test     tests/unit/test_attribute.c, tests/cli/attribution.sh
 */
#ifndef LM_RESOLVE_ATTRIBUTE_H
#define LM_RESOLVE_ATTRIBUTE_H

#include "store/attribution.h"

#define LM_CARD_MOST_NAMES 16
#define LM_CARD_MOST_IDS 256

struct lm_proposals {
    struct lm_attribution_proposal *p; /* in order of type, key, basis, name */
    uint32_t *group;                   /* proposals of one person have one number: 0 … n_groups - 1 */
    size_t n;
    uint32_t n_groups;
    uint64_t skipped; /* cards that were passed over because of their size */
};
/* rows: in order of account, then of record. What is returned lives in a and points into rows. LM_ENOMEM. */
lm_err lm_attribute(struct lm_arena *a, const struct lm_card_row *rows, size_t n, struct lm_proposals *ret);

enum lm_attribution_act {
    LM_ATTRIBUTE_NOTHING,  /* it is there as it is */
    LM_ATTRIBUTE_PROPOSE,
    LM_ATTRIBUTE_REFRESH,  /* the proposal `row` rests on other records, names or persons now */
    LM_ATTRIBUTE_POINT,    /* `row` is decided; the record it points at is gone, another of its records is here */
    LM_ATTRIBUTE_DECIDED,  /* a person has decided the same */
    LM_ATTRIBUTE_REFUSED,  /* a person has refused the same records */
};
struct lm_attribution_step {
    enum lm_attribution_act act;
    int64_t row;
};
struct lm_proposed_person {
    int64_t id;          /* 0: to be made */
    struct lm_str label; /* the first of the group's names in byte order, whatever came in first */
};
/* What is to be done with each proposal, given the rows that are stored (those that are undone do not count), and the person of
 * each group among them (0: a new one). stored: marks as text. LM_ENOMEM, LM_EDAMAGED. */
lm_err lm_attribute_compare(struct lm_arena *a, const struct lm_proposals *p, const struct lm_stored_attribution *stored,
                            size_t n_stored, struct lm_attribution_step **ret_steps, struct lm_proposed_person **ret_persons,
                            struct lm_error *e);

struct lm_attributed {
    uint64_t rows;       /* of cards that were read */
    uint64_t proposals;  /* that follow from them */
    uint64_t proposed, refreshed, decided, refused; /* of these: new, changed, and those a person has spoken about */
    uint64_t skipped;
};
/* Reads, compares and writes; nothing else comes in meanwhile. Errors of the store; LM_ELOCKED: an import is running. */
lm_err lm_attribute_run(struct lm_store *st, struct lm_str investigation, struct lm_attributed *ret, struct lm_error *e);

#endif
