/* signal_account.h - accounts of Signal, as all its forms know them.
 *
 * An account is known by its ACI (a UUID), which no change of the number changes; where that is missing by its PNI, which is bound to
 * the number ("PNI:" and a UUID), else by the number with '+'. All forms of Signal give the same account the same native id, and a
 * message the time of its sending in milliseconds as its id: that is what quotes, edits and receipts name on the wire.
 * test  tests/unit/test_signal_readers.c
 */
#ifndef LM_READERS_SHARED_SIGNAL_ACCOUNT_H
#define LM_READERS_SHARED_SIGNAL_ACCOUNT_H

#include "base/arena.h"
#include "base/err.h"
#include "model/fact.h"

/* 16 bytes: a UUID in lower case; 17 bytes, the first being 1: "PNI:" and a UUID. {NULL, 0} for anything else, p = NULL and n = 1
 * when there is no memory. */
struct lm_str lm_signal_uuid(struct lm_arena *a, struct lm_str bytes);

/* What a source says of one account; empty: it does not say. */
struct lm_signal_who {
    struct lm_str aci, pni; /* as text, in any case, the PNI with or without its prefix */
    struct lm_str phone;    /* as written: with or without '+' */
    struct lm_str username;
    struct lm_str name;     /* as the owner sees it */
};

/* Form NONE when nothing tells one account from another; a name alone gives LM_ACCOUNT_NAME. Copies into a. */
lm_err lm_signal_account(struct lm_arena *a, const struct lm_signal_who *w, struct lm_account_ref *ret);

/* "15035550101" → "+15035550101"; anything that is not 7 to 15 digits stays as it is. */
lm_err lm_signal_phone(struct lm_arena *a, struct lm_str digits, struct lm_str *ret);
/* Given and family name with a blank between them. */
lm_err lm_signal_name(struct lm_arena *a, struct lm_str given, struct lm_str family, struct lm_str *ret);

/* Identifier facts about one account, gathered; empty values and repetitions are left out. */
#define LM_SIGNAL_MAX_FACTS 16
struct lm_signal_facts {
    struct lm_fact items[LM_SIGNAL_MAX_FACTS];
    size_t n;
};
void lm_signal_identifier(struct lm_signal_facts *f, struct lm_account_ref a, enum lm_identifier_type type, struct lm_str value,
                          const char *basis);

#endif
