/* contact.h - the contact edge roll-up, brought up to date in the transaction that writes the events.
 *
 * Counted: events between two different accounts that a person could have made (no system lines). Attempts are
 * counted apart. Weight is 1/(members - 1). Left out, and counted: groups above 20 members, threads whose members are
 * not all known. Sums are integers, so the roll-up does not depend on where commits fall.
 */
#ifndef LM_STORE_CONTACT_H
#define LM_STORE_CONTACT_H

#include "base/map.h"
#include "store/db.h"

#define LM_CONTACT_WEIGHT_ONE INT64_C(232792560) /* least common multiple of 1 … 20 */
#define LM_CONTACT_MOST_TO 19

struct lm_contact_sum;

struct lm_contacts {
    struct lm_store *st;
    int64_t authority;
    struct lm_arena arena; /* map and sums of one batch */
    struct lm_map map;
    struct lm_contact_sum *sums;
    size_t n, cap;
    sqlite3_stmt *edge, *left_out;
};

void lm_contacts_init(struct lm_contacts *c, struct lm_store *st, int64_t authority);
void lm_contacts_free(struct lm_contacts *c);

/* from 0: nobody. to: n_to account ids. has_thread: the event lies in a thread. */
lm_err lm_contacts_add(struct lm_contacts *c, int64_t source, const struct lm_event *ev, int64_t from,
                       const int64_t *to, size_t n_to, bool has_thread, struct lm_error *e);
/* Writes the sums since the last flush. */
lm_err lm_contacts_flush(struct lm_contacts *c, struct lm_error *e);

#endif
