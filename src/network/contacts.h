/* contacts.h - who was in contact with whom, and when: an array of contacts in order of time.
 *
 * A contact is one real event between two names, with the row that says so. It takes no time. Names stand in byte
 * order, so nothing that is computed depends on the order of a file's lines.
 *
 * Only moments that can be compared have an order. When all are wall clocks without a zone they are taken as one clock; when
 * some are and others are known in UTC, the wall clocks are kept as undated, and counted (local_apart).
 *
 * test      tests/unit/test_network_contacts.c
 */
#ifndef LM_NETWORK_CONTACTS_H
#define LM_NETWORK_CONTACTS_H

#include "model/when.h"
#include "model/words.h"
#include "network/graph.h"

struct lm_timed_contact {
    uint32_t from, to; /* indices into names */
    struct lm_when at; /* quality none: undated */
    double weight;     /* above 0; 1 where nothing is stated */
    uint64_t row;      /* where it stands: the caller's */
    enum lm_link_class link;
};

struct lm_contacts {
    const struct lm_str *names;
    size_t n;
    struct lm_timed_contact *list; /* the dated ones in order of (moment, from, to, row); then the others, of (from, to, row) */
    size_t m, dated;
    bool local;              /* the moments are wall clocks */
    uint64_t self, machine, local_apart, outside; /* left out: of a name to itself, inferred; undated by the rule above; not in
                                                     the window */
};

#define LM_CONTACTS_MAX ((size_t)1 << 30) /* positions fit into 31 bits */

/* Puts a list into that order, in place: self-contacts and, unless asked for, machine links go out. names and list as the
 * source has them; names must be distinct.
 * cost      O(n log n + m log m)
 * errors    LM_ELIMIT, LM_EINTERNAL for an index outside the names, LM_ENOMEM */
lm_err lm_contacts_order(struct lm_arena *a, const struct lm_str *names, size_t n, struct lm_timed_contact *list, size_t m,
                         bool with_machine, struct lm_contacts *ret, struct lm_error *e);

/* The contacts in [from_us, to_us), which share the list; INT64_MIN and INT64_MAX leave an end open. With either end stated
 * the undated ones are left out as well. O(log m). */
struct lm_contacts lm_contacts_window(const struct lm_contacts *c, int64_t from_us, int64_t to_us);

/* The name's index, or UINT32_MAX. O(log n). */
uint32_t lm_contacts_find(const struct lm_contacts *c, struct lm_str name);

/* The ties between all names: vertex = index of the name, weight = sum over the contacts. */
lm_err lm_contacts_graph(struct lm_arena *a, const struct lm_contacts *c, bool directed, struct lm_graph *ret,
                         struct lm_error *e);

#endif
