/* next.h - the next process list: numbers that a subscriber record could put a name to, letters and orders that run out,
 * authorities that run out.
 *
 * Order of the numbers (LM_NEXT_RULE says it to the reader): those that look like a service last; then more suspected persons
 * in contact with it first; then more accounts asked for (covered by a live authority, or stated as owner of an exhibit); then
 * more exhibits that report it; then more occurrences; then the later last one; then the number. It is an order of numbers
 * in the data held, not a rank of persons. Nobody's name is printed: those on the other side are counts.
 * A service: a short code (up to six digits), a toll-free number (+1 and 800, 833, 844, 855, 866, 877 or 888: North American
 * Numbering Plan), or a number in contact with more than `many` others whose own records are not what was asked for.
 *
 * Dates are days. What expires on a day holds on that day; it is expired on the next. Every date is one that a person
 * entered; nothing is derived from a statute but one flag: a pen_trap that covers more than 60 days (18 U.S.C. 3123(c)).
 *
 * lifetime  everything lives in the arena given
 * errors    those of the store
 * test      tests/unit/test_next.c, tests/cli/next.sh
 */
#ifndef LM_REPORT_NEXT_H
#define LM_REPORT_NEXT_H

#include "base/arena.h"
#include "report/warning.h"
#include "store/next.h"
#include "store/process.h"

#define LM_NEXT_WITHIN 30
#define LM_NEXT_MANY 50
#define LM_NEXT_TOP 25
#define LM_PEN_TRAP_DAYS 60
#define LM_NEXT_RULE                                                                                         \
    "what looks like a service last; then more suspected persons in contact with it, more accounts asked for, more exhibits " \
    "that report it, more occurrences, the later last one; then the number"
#define LM_NEXT_BASIS                                                                                        \
    "An order of numbers in the data held, not a rank of persons. A record proves number to number; it does not prove who held the phone."
#define LM_NEXT_PROCESS                                                                                      \
    "The subscriber record of the carrier (name, address, length and types of service, means of payment) is within reach of an " \
    "admin_subpoena or a grand_jury_subpoena, 18 U.S.C. 2703(c)(2). Which carrier has the number, and whether it still has the " \
    "record, is not in the data held."

struct lm_next_wish {
    int32_t as_of;  /* day */
    uint32_t within; /* days */
    uint32_t many;
    const atomic_bool *cancel; /* or NULL */
};

enum lm_next_service { LM_NEXT_NO_SERVICE, LM_NEXT_SHORT_CODE, LM_NEXT_TOLL_FREE, LM_NEXT_MANY_OTHERS };
const char *lm_next_service_word(enum lm_next_service s); /* NULL, "short_code", "toll_free", "many_others" */

enum lm_next_due { LM_DUE_EXPIRED, LM_DUE_WITHIN, LM_DUE_LATER, LM_DUE_UNKNOWN };
const char *lm_next_due_word(enum lm_next_due d); /* "expired", "within", "later", "no_date" */

struct lm_next_row {
    const struct lm_next_number *number;
    enum lm_next_service service;
};

struct lm_next_process {
    struct lm_process p;
    enum lm_next_due due;
    int64_t days;   /* from as_of to the day: negative when expired */
};

struct lm_next_authority {
    struct lm_authority a;
    enum lm_next_due due;
    int32_t day;       /* expiry; for pen_trap and title_iii the earlier of expiry and last day covered */
    bool covered;      /* day is the last day covered */
    int64_t days;
    int32_t span_days; /* of a pen_trap: days from its first to its last; 0: not known */
    bool over_60, open_ended; /* of a pen_trap: its dates say so; they do not say where it ends */
};

struct lm_next_counts {
    uint64_t expired, within, later, no_date, gone; /* gone: withdrawn, revoked: not listed */
};

struct lm_next {
    struct lm_investigation investigation;
    struct lm_next_wish wish;
    struct lm_next_data data;
    struct lm_next_row *rows; /* in order */
    size_t n_rows;
    uint64_t services;
    struct lm_next_process *processes; /* expired and within, by day, then id */
    size_t n_processes;
    struct lm_next_counts process_counts;
    struct lm_next_authority *authorities; /* expired, within, and pen_traps that are flagged; by day, then id */
    size_t n_authorities;
    struct lm_next_counts authority_counts;
    struct lm_warnings warnings;
};

lm_err lm_next_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const struct lm_next_wish *wish,
                    const struct lm_next **ret, struct lm_error *e);

/* top: numbers listed; 0: all. */
void lm_next_text(const struct lm_next *x, size_t top, struct lm_buf *out);
void lm_next_json(const struct lm_next *x, size_t top, struct lm_buf *out); /* docs/json/next.json */

#endif
