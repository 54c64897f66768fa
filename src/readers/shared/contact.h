/* contact.h - one card of an address book, from whatever form: its identifiers and the account they belong to.
 *
 * The account is the card's first whole number (text.h), on the platform phone; a card without one is known by its name, a card without a
 * name by the first thing it holds. Two cards that share a number are one account with two names.
 *
 * test  the fixtures of android_contacts and ios_addressbook
 */
#ifndef LM_READERS_SHARED_CONTACT_H
#define LM_READERS_SHARED_CONTACT_H

#include "base/arena.h"
#include "base/err.h"
#include "model/fact.h"

#define LM_CONTACT_MAX_FACTS 4096

struct lm_contact {
    struct lm_arena *a; /* the record arena */
    struct lm_str basis;
    struct lm_when at;
    struct lm_fact *facts;
    size_t n, cap;
    struct lm_str number;   /* the account's */
    bool many;              /* more than LM_CONTACT_MAX_FACTS: the rest is left out */
};

/* Empty values and repeated ones are passed over; a PHONE that is whole may become the account's. LM_ENOMEM. */
lm_err lm_contact_add(struct lm_contact *c, enum lm_identifier_type type, struct lm_str value);
/* Gives every fact its account. shown: the best name, may be empty. */
void lm_contact_settle(struct lm_contact *c, struct lm_str shown);

#endif
