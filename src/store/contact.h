/* contact.h - the contact edge roll-up, brought up to date in the transaction that writes the events.
 *
 * Counted: events between two different accounts that a person could have made (no system lines). Attempts, voicemails
 * and forwardings are counted apart (outcome.h). What is counted are events: how many of them are another record of one
 * that is counted already stands in the joined_ columns (occurrence.h). Weight is 1/(members - 1). Left out, and counted: groups above 20 members, threads whose members are
 * not all known. Sums are exact integers, so the roll-up does not depend on where commits fall.
 *
 * amount_minor: NULL when no counted event states one; LM_CONTACT_REFUSED when the sum does not fit, whatever the order
 * in which it was added up. Never summed across currencies, nor across exponents of one (lm_contact_currency).
 */
#ifndef LM_STORE_CONTACT_H
#define LM_STORE_CONTACT_H

#include "base/map.h"
#include "store/db.h"

#define LM_CONTACT_WEIGHT_ONE INT64_C(232792560) /* least common multiple of 1 … 20 */
#define LM_CONTACT_MOST_TO 19
#define LM_CONTACT_REFUSED INT64_MIN
#define LM_CONTACT_CURRENCY 8

__extension__ typedef __int128 lm_contact_amount;

struct lm_contact_sum {
    /* the key: */
    int64_t from, to, source; /* to 0: left out of measures */
    int32_t kind, month;
    char currency[LM_CONTACT_CURRENCY];
    int64_t authority; /* follows from the source */
    /* what is counted: */
    int64_t occurrences, attempts, voicemails, forwards, records, weight, first_us, last_us;
    lm_contact_amount amount;
    bool dated, has_amount;
};

struct lm_contacts {
    struct lm_store *st;
    int64_t authority;
    struct lm_arena arena; /* map and sums of one batch */
    struct lm_map map;
    struct lm_contact_sum *sums;
    size_t n, cap;
    sqlite3_stmt *edge, *left_out, *amount, *amounts;
};

void lm_contacts_init(struct lm_contacts *c, struct lm_store *st, int64_t authority);
void lm_contacts_free(struct lm_contacts *c);

struct lm_contact_ends {
    int64_t from; /* 0: nobody */
    const int64_t *to;
    size_t n_to;
    bool has_thread; /* the event lies in a thread */
};
lm_err lm_contacts_add(struct lm_contacts *c, int64_t source, const struct lm_event *ev, size_t n_records,
                       const struct lm_contact_ends *x, struct lm_error *e);
/* Writes the sums since the last flush; the legs of their events are written before it. */
lm_err lm_contacts_flush(struct lm_contacts *c, struct lm_error *e);

/* Derives all of contact_edge again from the events; the joined_ columns are 0 afterwards. Inside the caller's
 * transaction. */
lm_err lm_contacts_rebuild(struct lm_store *st, struct lm_error *e);

/* --- for verify, which derives the roll-up again --- */

/* Counts one leg of an event of n_records source records with n_to recipients under the key. */
lm_err lm_contacts_count(struct lm_contacts *c, const struct lm_contact_sum *key, const struct lm_event *ev,
                         size_t n_records, size_t n_to, struct lm_error *e);
/* Into the order of the table's key. */
void lm_contacts_sort(struct lm_contacts *c);
/* Forgets the sums. */
void lm_contacts_clear(struct lm_contacts *c);
/* Months since 1970-01; INT32_MIN when the event is not dated. */
int32_t lm_contact_month(const struct lm_when *at);
/* "USD"; with the exponent, "XTR/0", where it is not the usual one of that code; "" without an amount. */
void lm_contact_currency(const struct lm_event *ev, char out[LM_CONTACT_CURRENCY]);
/* As stored. */
int64_t lm_contact_stored(lm_contact_amount amount);

#endif
