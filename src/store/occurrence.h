/* occurrence.h - real events and the records that report them: what the store gives to the floor that joins
 * them, keeps of its answer, and tells of it.
 *
 * An occurrence is one real event with all its records. Only those that several events of the store report
 * have a row; an event in none is an occurrence of its own. The id of an occurrence is the id of its lead,
 * the event that gives the time: SELECT count(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM
 * occurrence_event o WHERE o.event = e.id AND o.occurrence <> e.id)                                   --
 * occurrences SELECT sum(e.n_records) FROM event e …                             -- the records behind them
 * Where review hides some events, count the distinct values of ifnull(o.occurrence, e.id) instead, because
 * the lead may be hidden. frm, dst, platform, kind and outcome are the same for all events of an occurrence.
 *
 * Which events take part (lm_store_reports): messages and calls from one account to one other, with a moment
 * in UTC or a stated zone, without an amount, not written by the app, under a live authority. The rest stand
 * alone.
 *
 * Everything here is derived, except what a person said (lm_store_not_same). It is brought up to date by
 * resolve/join.h after an import, a revocation, a judgement; lm_occurrence_state says whether it is. A
 * person's word "these are not the same" is kept for records (SHA-256 of the source's bytes, place in it,
 * which event of that record), not for rows of the store, so it holds after the same bytes were imported
 * again, in whatever order.
 *
 * errors   those of store.h
 * audit    a build, a judgement and its withdrawal are entries; so are looks (lm_store_occurrence*)
 * test     tests/unit/test_join.c, tests/cli/occurrence.sh
 */
#ifndef LM_STORE_OCCURRENCE_H
#define LM_STORE_OCCURRENCE_H

#include "store/store.h"

/* --- reading what is joined: no look at content, no audit entry; for the program's own work --- */

/* One event, as a source reports it. */
struct lm_event_report {
    int64_t event;
    int64_t from, to;   /* account ids */
    int64_t at_us;
    int64_t place;      /* first number of its locator: rises with the source's rows */
    int64_t source_row; /* id in the table source */
    uint32_t source;    /* index into lm_report_sources */
    int32_t duration_s; /* -1: not stated */
    uint32_t n_records;
    uint8_t kind, platform, outcome; /* enum lm_event_kind, lm_platform, lm_event_outcome */
};

/* Sources by the hash of their bytes (a source imported twice, in parts, is one), in order of it: the
 * numbering does not depend on the order of imports. */
struct lm_report_sources {
    struct lm_sha256 *sha256;
    uint32_t n;
    uint32_t *of_row; /* by id in the table source: index, or UINT32_MAX: not live */
    int64_t n_rows;
};
lm_err lm_store_report_sources(struct lm_store *st, struct lm_arena *a, struct lm_str investigation,
                               struct lm_report_sources *ret, struct lm_error *e);

struct lm_account_pair {
    int64_t from, to;
};
/* Which reports: those of events above `after` (0: all), or, when pairs is given, all of these pairs. */
struct lm_report_scope {
    int64_t after;
    const struct lm_account_pair *pairs;
    size_t n_pairs;
};
/* In order of event id, or pair by pair in order of time. */
lm_err lm_store_reports(struct lm_store *st, const struct lm_report_sources *sources,
                        const struct lm_report_scope *scope,
                        lm_err (*each)(void *user, const struct lm_event_report *r), void *user,
                        struct lm_error *e);
/* Sorts distinct account ids by what they stand for (key, platform, form), which does not depend on the order
 * of imports. */
lm_err lm_store_order_accounts(struct lm_store *st, int64_t *ids, size_t n, struct lm_error *e);

/* --- what they were derived from --- */

struct lm_occurrence_state {
    int64_t imports, revoked,
        judgements;  /* latest import; how many revocations and judgements (withdrawn: twice) */
    int64_t events;  /* the highest event id */
    int64_t reports; /* how many events took part */
    bool built;      /* once, to the end */
};
/* As stored, and as it would be now: equal in imports, revoked and judgements, and built, when all is up to
 * date. */
lm_err lm_store_occurrence_state(struct lm_store *st, struct lm_str investigation,
                                 struct lm_occurrence_state *ret_stored, struct lm_occurrence_state *ret_now,
                                 struct lm_error *e);
bool lm_occurrences_current(const struct lm_occurrence_state *stored, const struct lm_occurrence_state *now);

struct lm_stored_clock {
    struct lm_sha256 source, reference; /* equal: its own */
    int64_t granularity_us, offset_us;  /* this clock minus the reference's; 0 when not known */
    int32_t duration_granularity_s;
    uint32_t support;                   /* shared events behind the offset; 0: not estimated */
    uint64_t records;
};
struct lm_stored_clock_pair {
    struct lm_sha256 a, b; /* a < b */
    int64_t offset_us;     /* clock b minus clock a */
    uint32_t shared;       /* events that both report */
};
/* In order of the hashes. */
lm_err lm_store_clocks(struct lm_store *st, struct lm_arena *a, struct lm_str investigation,
                       struct lm_stored_clock **ret_clocks, size_t *ret_n,
                       struct lm_stored_clock_pair **ret_pairs, size_t *ret_n_pairs, struct lm_error *e);

/* What is stored, for checking it. */
lm_err lm_store_occurrence_events(struct lm_store *st, struct lm_str investigation,
                                  lm_err (*each)(void *user, int64_t event, int64_t occurrence), void *user,
                                  struct lm_error *e);

/* --- writing the answer --- */

enum lm_occurrence_rule {
    LM_RULE_NUMBERS_TIME_DURATION = 1,
    LM_RULE_NUMBERS_TIME = 2, /* not every record states a duration */
};
/* "numbers, time and duration", "numbers and time" */
const char *lm_occurrence_rule_said(int rule);

struct lm_occurrence_writer;
/* Takes the import lock, so that nothing comes in meanwhile; not inside a transaction. Commits every 200,000
 * rows, and after 100 ms when somebody waits to write; from the first change until lm_occurrence_end the
 * state says "not built". investigation: borrowed until the end. */
lm_err lm_occurrence_begin(struct lm_store *st, struct lm_str investigation,
                           struct lm_occurrence_writer **ret, struct lm_error *e);
/* What is there goes: of the investigation, or between two accounts. */
lm_err lm_occurrence_clear_all(struct lm_occurrence_writer *w, struct lm_error *e);
lm_err lm_occurrence_clear(struct lm_occurrence_writer *w, const struct lm_account_pair *pair,
                           struct lm_error *e);
/* The answer is written in three goes, so that neighbours in a table come one after the other: the members
 * that are not the lead, pair by pair in order of their account ids (those that the contacts count
 * elsewhere); then the occurrences in order of the lead's event id; then all members, the lead as well, in
 * order of event id. Other orders are only slower. */
lm_err lm_occurrence_count(struct lm_occurrence_writer *w, const struct lm_event_report *member,
                           struct lm_error *e);
lm_err lm_occurrence_put(struct lm_occurrence_writer *w, const struct lm_event_report *lead, uint32_t n,
                         int64_t records, int64_t spread_us, enum lm_occurrence_rule rule,
                         struct lm_error *e);
lm_err lm_occurrence_member(struct lm_occurrence_writer *w, int64_t event, int64_t occurrence,
                            struct lm_error *e);
struct lm_occurrence_built {
    const struct lm_stored_clock *clocks; /* all of the investigation's; NULL: as they were */
    size_t n_clocks;
    const struct lm_stored_clock_pair *pairs;
    size_t n_pairs;
    struct lm_occurrence_state state;
};
/* w is gone afterwards, whatever is returned. */
lm_err lm_occurrence_end(struct lm_occurrence_writer *w, const struct lm_occurrence_built *built,
                         struct lm_error *e);
void lm_occurrence_abandon(struct lm_occurrence_writer *w);

/* --- a person's word --- */

/* "Event is not the same as the others of its occurrence." LM_ENOTFOUND: no such event under the
 * investigation; LM_EUSAGE: it stands alone already, or no reason is given. The caller joins again afterwards
 * (resolve/join.h). */
lm_err lm_store_split(struct lm_store *st, const struct lm_filter *f, int64_t event, struct lm_str reason,
                      int64_t *ret_judgement, struct lm_error *e);
/* Takes a judgement back. LM_ENOTFOUND, LM_EUSAGE (withdrawn already, no reason). */
lm_err lm_store_unsplit(struct lm_store *st, const struct lm_filter *f, int64_t judgement,
                        struct lm_str reason, struct lm_error *e);
struct lm_split_row {
    int64_t judgement, event; /* event: as it was when it was said */
    struct lm_str who, reason, withdrawn_by;
    int64_t at_us, withdrawn_us; /* withdrawn_us 0: it holds */
    uint64_t pairs;
};
lm_err lm_store_splits(struct lm_store *st, const struct lm_filter *f,
                       lm_err (*each)(void *user, const struct lm_split_row *row), void *user,
                       struct lm_error *e);
/* The pairs of live events that a judgement speaks of, and between whom they are. */
struct lm_not_same_row {
    int64_t a, b; /* events */
    struct lm_account_pair ends;
    bool in_force; /* not withdrawn: the two are kept apart */
};
lm_err lm_store_not_same(struct lm_store *st, struct lm_str investigation,
                         lm_err (*each)(void *user, const struct lm_not_same_row *row), void *user,
                         struct lm_error *e);

/* --- looks --- */

struct lm_occurrence_row {
    int64_t id; /* of the lead event */
    enum lm_event_kind kind;
    enum lm_platform platform;
    enum lm_event_outcome outcome;
    int64_t from, to;
    struct lm_str from_name, to_name;
    struct lm_when at;          /* as the lead states it */
    int64_t duration_s;         /* of the lead; -1: not stated */
    uint64_t events, records;   /* events: how many sources' reports */
    int64_t spread_us;
    int rule;                   /* enum lm_occurrence_rule */
};
struct lm_occurrence_page {
    int64_t account;        /* 0: all */
    uint64_t limit, offset; /* limit 0: all */
};
struct lm_occurrence_totals {
    uint64_t occurrences,
        records; /* all messages and calls of the investigation between two accounts that took place */
    uint64_t attempts, voicemails, forwards; /* occurrences, apart */
    uint64_t joined;                /* rows of `occurrence` */
    bool current;
};
/* Those that several events report, in order of time. */
lm_err lm_store_occurrences(struct lm_store *st, const struct lm_filter *f,
                            const struct lm_occurrence_page *page,
                            lm_err (*each)(void *user, const struct lm_occurrence_row *row), void *user,
                            struct lm_error *e);
/* The figures alone; no audit entry. */
lm_err lm_store_occurrence_totals(struct lm_store *st, struct lm_str investigation,
                                  struct lm_occurrence_totals *ret, struct lm_error *e);

struct lm_occurrence_member {
    struct lm_hit hit;
    struct lm_event_report report; /* source: not numbered */
    struct lm_sha256 source;       /* of the source's bytes */
    struct lm_str exhibit_name;
    bool dated; /* its moment can be compared */
};
/* All records of the occurrence that the event belongs to (the event alone when it is in none; rule is 0
 * then), lead first; row is the same for each of them. Members that review hides are not among them, row
 * counts them. */
lm_err lm_store_occurrence(struct lm_store *st, const struct lm_filter *f, int64_t event,
                           lm_err (*each)(void *user, const struct lm_occurrence_row *row,
                                          const struct lm_occurrence_member *m),
                           void *user, struct lm_error *e);

#endif
