/* occurrence.h - which records report the same real call or message.
 *
 * Two carriers and two phones report one call up to four times; counting it four times is the commonest error in
 * a chart. Records of *different* sources are one occurrence when both ends, the kind and the outcome are the same, and time
 * and duration agree within what the two sources can state. Never by text. Attempts, voicemail and forwarding are kept apart:
 * they only meet their own kind. A source never meets itself: its rows are its own account of separate events.
 *
 * time      Each source has a granularity (1 s, or 60 s when all its times are whole minutes; the same for durations) and
 *           a clock. The offset between two clocks is estimated from the events they share: the densest window of the
 *           time differences of all candidate pairs, which noise cannot fill (support of at least LM_CLOCK_SUPPORT pairs
 *           and three in ten of the candidates). Offsets are joined by a spanning forest of the best supported pairs; in each
 *           tree the source with the finest granularity and most records is the reference. Two records may be
 *           one when their corrected times differ by at most half of each granularity plus LM_CLOCK_JITTER_US; without an
 *           estimate by the whole granularities plus the jitter.
 * duration  may differ by the larger granularity plus the larger of 5 s and 3 %; a side that does not state one
 *           agrees with all.
 * joining   Between two ends one call follows the other, and every source lists them so: the sources of a pair are
 *           aligned one after the other, finest granularity first, without crossings, at the least cost (differences of time
 *           and duration, each as a share of what is tolerated). Rows of one source with the same coarse time are taken
 *           to lie in it in the order of the source. A record joins only where it may be every record that is
 *           there (complete linkage), and no person has said that it is not.
 * order     The answer depends on the stable keys only, not on the order of the input.
 *
 * cost      O(n log n) time; about 110 bytes a record in `a`
 * errors    LM_ELIMIT above 2^32 - 2 records, LM_ENOMEM, LM_ECANCELLED
 * test      tests/unit/test_occurrence.c
 */
#ifndef LM_RESOLVE_OCCURRENCE_H
#define LM_RESOLVE_OCCURRENCE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"

#define LM_END_UNKNOWN UINT32_MAX /* a blank or withheld number: such a record stays alone */
#define LM_CLOCK_SUPPORT 8
#define LM_CLOCK_REACH_US INT64_C(900000000) /* offsets above 15 minutes are not looked for: a zone is a person's to state */
#define LM_CLOCK_JITTER_US INT64_C(3000000)

/* One record of an event, as one source reports it. */
struct lm_report {
    uint64_t key;       /* stable, rising in the order of the source's rows */
    int64_t at_us;
    uint32_t source;    /* index; numbered in an order that does not depend on the import's */
    uint32_t from, to;  /* index of the number's match key, or LM_END_UNKNOWN */
    int32_t duration_s; /* -1: not stated */
    uint8_t kind;       /* platform and enum lm_event_kind as one number: only equal ones meet */
    uint8_t outcome;    /* enum lm_event_outcome: the same */
};

/* "These two are not the same", as a person said; indexes of two reports. */
struct lm_not_same {
    uint32_t a, b;
};

struct lm_source_clock {
    int64_t granularity_us;
    int32_t duration_granularity_s;
    int64_t offset_us;     /* this clock minus the reference of its tree; 0 when not known */
    uint32_t reference;    /* source whose clock it is compared with; itself when none */
    uint32_t support;      /* shared events behind the estimate; 0: not estimated */
    uint64_t records;
};

struct lm_occurrence {
    uint32_t first; /* member that gives the time: finest granularity, then lowest source */
    uint32_t n;     /* at least 2 */
    int64_t spread_us; /* largest difference of the members' corrected times */
    bool durations;    /* every member states a duration: "numbers, time and duration"; else "numbers and time" */
};

struct lm_occurrences {
    struct lm_occurrence *list; /* those of two or more records */
    uint32_t n;
    uint32_t *of;               /* per report: index into list, or UINT32_MAX when it stands alone */
    uint64_t total;             /* real events: list and lone reports together */
    const struct lm_source_clock *clocks; /* n_sources: found, or the given ones */
    const uint32_t *next;       /* per report: the next member of its occurrence, in a ring */
};

/* What two clocks differ by: b's minus a's, from `shared` events that both report; a < b. Depends on the reports of these two
 * sources alone. */
struct lm_clock_pair {
    uint32_t a, b, shared;
    int64_t offset_us;
};

struct lm_clocks {
    struct lm_source_clock *of; /* n_sources */
    struct lm_clock_pair *pairs;
    size_t n_pairs;
};

/* Clocks that were estimated before from all reports of their sources. A new source adds its own: reports then need to hold
 * all of its reports, and of the known sources at least those between the same ends. */
struct lm_known_clocks {
    const bool *is_known;             /* n_sources */
    const struct lm_source_clock *of; /* granularities and records of those that are */
    const struct lm_clock_pair *pairs;
    size_t n_pairs;
};
/* known NULL: none. */
lm_err lm_clocks_find(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t n_sources,
                      const struct lm_known_clocks *known, struct lm_clocks *ret, struct lm_error *e);
/* Whether the sources that is_known stand among themselves as they did, so that what was joined of them stays. */
bool lm_clocks_unmoved(const struct lm_source_clock *before, const struct lm_source_clock *now, const bool *is_known,
                       uint32_t n_sources);

/* reports, clocks (NULL: found from the reports) and apart are borrowed; apart need not be sorted, cancel may be NULL. With
 * clocks given, reports may be those between some pairs of ends only: pairs do not touch each other. */
lm_err lm_occurrences_find(struct lm_arena *a, const struct lm_report *reports, size_t n, uint32_t n_sources,
                           const struct lm_source_clock *clocks, const struct lm_not_same *apart, size_t n_apart,
                           const atomic_bool *cancel, struct lm_occurrences *ret, struct lm_error *e);

/* Why two reports are, or are not, one: the same tests that joining uses. */
struct lm_pair_reason {
    bool ends, outcome, sources, time, duration, judged_apart;
    int64_t difference_us, tolerance_us; /* corrected */
    int64_t offset_us;                   /* between the two clocks */
    int32_t duration_difference_s, duration_tolerance_s; /* -1: one does not state it */
};
void lm_occurrence_explain(const struct lm_report *a, const struct lm_report *b, const struct lm_source_clock *clocks,
                           struct lm_pair_reason *ret);

#endif
