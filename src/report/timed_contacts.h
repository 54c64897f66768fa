/* timed_contacts.h - every contact of an investigation with its moment and its row, for network/contacts.h.
 *
 * Messages and calls between two accounts that took place, each real event once for each recipient (occurrences: of the
 * reports of one event the lead's moment counts). Events to more than 20 recipients and threads whose members are not
 * known are left out (net.left_out counts them).
 *
 * A name is what contact_net.h calls the account: its identifier, or a number when only a display name is known; of protected
 * persons what mask.h says. Accounts that one telephone number names are one name, and so are those of one protected person; other
 * accounts of the same name are told apart by their number.
 *
 * The look (an audit entry that says what was asked, and one that says how it ended) stays open until lm_timed_close, so that
 * the rows of an answer come from the state that it was computed from.
 *
 * lifetime  everything lives in the arena given
 * cost      two steps into indexes and one read for each event; 96 bytes for each contact
 * errors    those of the store; LM_ELIMIT; LM_ENOMEM
 * test      tests/cli/network_time.sh
 */
#ifndef LM_REPORT_TIMED_CONTACTS_H
#define LM_REPORT_TIMED_CONTACTS_H

#include "network/contacts.h"
#include "report/contact_net.h"
#include "store/toll.h"

struct lm_timed_row { /* what a contact's `row` is the index of */
    int64_t occurrence, source, record;
    uint32_t reports, records; /* that tell of it */
};

struct lm_timed {
    struct lm_arena *a;
    struct lm_toll_look *look;
    struct lm_contact_net net; /* what supplies the contacts, for its warnings */
    struct lm_str *names;      /* distinct */
    size_t n_names;
    struct lm_timed_contact *list;
    size_t n;
    struct lm_timed_row *rows;
    struct lm_toll_source *sources;
    size_t n_sources;
};

/* action: the word of the audit entry; what: what was asked. After an error nothing is open. */
lm_err lm_timed_open(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const char *action,
                     struct lm_str what, struct lm_timed *ret, struct lm_error *e);

/* "row 8 (byte 307)" of a row's record, and its source (never NULL). */
lm_err lm_timed_locate(struct lm_timed *t, const struct lm_timed_row *row, struct lm_str *ret_locator,
                       const struct lm_toll_source **ret_source, struct lm_error *e);

/* The name that a person means by a text: the name itself, or one of its identifiers in any spelling; of a protected person's what
 * stands for her. text when nothing else is known. */
lm_err lm_timed_meant(struct lm_timed *t, struct lm_str text, struct lm_str *ret, struct lm_error *e);

/* Returns err, or why the look could not be ended. */
lm_err lm_timed_close(struct lm_timed *t, lm_err err, struct lm_error *e);

#endif
