/* contacts_file.h - reads a table of contacts: two names, when, and what else is known of each.
 *
 * One contact per row; tab, semicolon, comma, `|` or spaces between the cells, as the first row has them. The first row may
 * name its columns (in any case, in any order; others are passed over and counted):
 *   source    source, from, src, ego, sender, caller, person1, node1         target    target, to, dst, alter, receiver, callee, …
 *   time      time, timestamp, datetime, date, at, start, t                  weight    weight, w, count, n, calls, contacts, …
 *   class     class, link: evidenced, reported, machine                      row       row, ref, reference, locator
 * A first row whose third cell names a time or a weight names columns as well: then the first two cells are the names.
 * Without such a row the first two cells are names and the third, if there is one, is the weight. So every edge list is a table of
 * contacts without times.
 *
 * A time is ISO 8601 (without a zone: a wall clock), a day (its first moment), or a whole number of seconds since 1970, negative
 * before it; an empty cell is a contact without a time. An empty class is evidenced. Empty rows and rows that begin with `#` or `%`
 * are passed over. A row that cannot be used is a problem with its number and byte, as in edges_file.h.
 *
 * lifetime  everything returned lives in `a`
 * memory    the file is mapped while it is read; 56 bytes for each contact; ceiling LM_EDGES_MAX_BYTES
 * errors    LM_ENOTFOUND; LM_EINPUT a folder, a pipe, UTF-16 text, no usable contact; LM_ELIMIT; LM_EIO; LM_ENOMEM
 * test      tests/unit/test_network_contacts.c; fuzz/fuzz_contacts_file.c
 */
#ifndef LM_NETWORK_CONTACTS_FILE_H
#define LM_NETWORK_CONTACTS_FILE_H

#include "network/contacts.h"
#include "network/edges_file.h"

struct lm_contacts_file {
    struct lm_str *names; /* distinct, in order of appearance */
    size_t n_names;
    struct lm_timed_contact *list; /* in order of rows; row: the number of the row, 1 for the file's first */
    size_t n;
    struct lm_str *refs;  /* what the column `row` says of each; NULL without the column */
    uint64_t *ref_rows;   /* beside refs: the numbers of their rows, rising (list may be put into another order) */
    uint64_t n_rows;
    char separator;
    bool header, timed, weighted, classed; /* it has such a column */
    size_t columns_ignored;
    uint64_t n_damaged;
    struct lm_edges_problem *problems; /* the first LM_EDGES_MAX_PROBLEMS; line: number of the row */
    size_t n_problems;
};

lm_err lm_contacts_file_read(struct lm_arena *a, const char *path, struct lm_contacts_file *ret, struct lm_error *e);
/* The same for text in memory. */
lm_err lm_contacts_parse(struct lm_arena *a, struct lm_str text, struct lm_contacts_file *ret, struct lm_error *e);

/* "2023-05-01T10:00:00Z", "2023-05-01", "1682935200": as in the column of times. */
bool lm_contact_time(struct lm_str s, struct lm_when *ret);

#endif
