/* toll.h - the contact pack of some numbers: with whom, how often, when, from which devices, and what they share.
 *
 * Everything counts occurrences (real events) and says how many records report them. A call or message that took place is an
 * occurrence; attempts, voicemail and forwarding stand apart. Only events between the number and one other end count as
 * contacts; events with several recipients, and those whose other end is nobody, are counted and left out. Numbers are
 * compared by match key. Contacts stand in order of occurrences, which is an order of numbers in the data held, not a rank of
 * persons; protected numbers are not listed, only counted.
 *
 * names      a number's decided attributions (store/attribution.h: not undone, under a live authority) stand beside it. A person is
 *            named when she is suspected, otherwise the attribution is there without a name; proposals never are, and of
 *            protected persons nothing is. person_link: of a contact whose attributions and those of the number both name
 *            somebody for all its occurrences: model/link.h, the weakest of the records (evidenced) and both attributions.
 *
 * common     numbers in contact with at least two of the numbers asked for. Weight: 1 / (distinct others in the data held),
 *            the resource allocation index (Zhou, Lü, Zhang 2009, doi:10.1140/epjb/e2009-00335-8): a number that everybody
 *            calls joins nobody. Beside it 1 / ln(others) (Adamic, Adar 2003, doi:10.1016/S0378-8733(03)00009-1).
 *            Others are counted up to LM_TOLL_OTHERS.
 * hours      hour × weekday in the stated zone; an event whose zone is not known has no hour and is counted apart.
 * days       see enum lm_toll_day. A source is the number's own records when a person stated that (the owner at
 *            intake), when it names the number's device, or when the number is an end of nine in ten of its facts, with
 *            several others.
 * sequences  network/sequence.h, with the number in the middle.
 *
 * lifetime  everything lives in the arena given
 * errors    those of the store; LM_EUSAGE for what is not a phone number; LM_ELIMIT above LM_TOLL_NUMBERS; LM_ECANCELLED
 * test      tests/unit/test_toll.c, tests/cli/toll.sh
 */
#ifndef LM_REPORT_TOLL_H
#define LM_REPORT_TOLL_H

#include <stdatomic.h>

#include "model/outcome.h"
#include "model/zone.h"
#include "network/sequence.h"
#include "report/document.h"
#include "report/warning.h"
#include "store/attribution.h"
#include "store/toll.h"

#define LM_TOLL_NUMBERS 100
#define LM_TOLL_OTHERS 5000
#define LM_TOLL_SENTENCE "A record proves number to number; it does not prove who held the phone."

struct lm_toll_wish {
    const struct lm_str *numbers; /* as typed */
    size_t n;
    int32_t from_day, to_day;     /* in the zone, inclusive; LM_DAY_NONE: open */
    struct lm_str zone;           /* "America/Denver"; empty: UTC */
    int32_t covered_from, covered_to; /* a person says that the records held cover these days; LM_DAY_NONE: nobody does */
    uint32_t within_minutes, least, runs;
    uint64_t seed;
    bool records;                 /* look up where every record stands */
    const atomic_bool *cancel;    /* or NULL */
};

struct lm_toll_way {
    uint64_t out, in;
};

struct lm_toll_tally {
    struct lm_toll_way calls, messages, attempts, voicemails, forwards; /* occurrences */
    uint64_t records;       /* behind calls and messages */
    uint64_t other_records; /* behind attempts, voicemails, forwards */
    int64_t talk_s;         /* of calls that state a duration */
    uint64_t no_duration;   /* calls that do not */
    struct lm_when first, last; /* of all of them; quality none: undated */
};

/* One occurrence. */
struct lm_toll_event {
    int64_t occurrence, event, source, record; /* of the event that leads, or the first that is seen */
    struct lm_when at;
    int64_t duration_s;
    uint32_t contact;  /* index */
    uint32_t reports;  /* events of the store: how many sources tell of it */
    uint32_t records;
    uint32_t first_leg; /* into lm_toll_number.legs: `reports` of them */
    uint8_t kind, outcome;
    bool out;
};

struct lm_toll_name { /* a decided attribution of a number */
    int64_t id;
    struct lm_str key, name;      /* name: of a suspected person; empty: somebody who is not */
    enum lm_attribution_basis basis;
    enum lm_link_class link;
    struct lm_str scheme, grade;  /* empty: none */
    int64_t from_us, to_us;       /* LM_WINDOW_OPEN_* */
};

struct lm_toll_contact {
    struct lm_str key;   /* phone key; empty: known otherwise */
    struct lm_str label; /* what is printed */
    int64_t account;     /* one of its accounts */
    struct lm_toll_tally tally;
    uint64_t occurrences; /* calls and messages, both ways */
    bool is_protected, has_country;
    uint32_t target;     /* index + 1 of the number asked for that it is; 0: none */
    const struct lm_toll_name *names;
    size_t n_names;
    bool has_link;
    enum lm_link_class person_link;
};

enum lm_toll_day {
    LM_DAY_ACTIVE,  /* at least one record of the number */
    LM_DAY_QUIET,   /* none, between the first and the last record of a source of its own, or in days a person calls covered */
    LM_DAY_UNKNOWN, /* none, in the dates of the authority of such a source, but before its first or after its last record:
                       the return may end there, or nothing happened */
    LM_DAY_NO_DATA, /* none of these: nothing can be said */
};
const char *lm_toll_day_word(enum lm_toll_day d); /* "active", "quiet", "unknown", "no_data" */

struct lm_toll_days {
    int32_t from, to;
    enum lm_toll_day state;
};

struct lm_toll_span { /* a source that tells of the number */
    uint32_t source;  /* index into lm_toll_pack.sources */
    uint64_t events;
    int32_t first_day, last_day; /* LM_DAY_NONE: nothing in it is dated */
    bool own;
};

struct lm_toll_handset {
    struct lm_str id; /* digits */
    bool imsi;
    uint32_t source;
    struct lm_when first, last; /* last: of the number's last record in the source before another of its kind is named */
    struct lm_str locator;      /* of the first */
    uint64_t also;              /* other numbers asked for that were seen with it */
};

struct lm_toll_number {
    struct lm_str typed, key, label;
    bool is_protected;
    const struct lm_toll_name *names; /* none of a protected number */
    size_t n_names;
    int64_t *accounts;
    size_t n_accounts;
    struct lm_toll_leg *legs; /* all, in order of occurrence; the lead first */
    size_t n_legs;
    struct lm_toll_event *events; /* in order of time; undated last */
    size_t n_events;
    struct lm_toll_contact *contacts; /* most occurrences first, then key */
    size_t n_contacts;
    struct lm_toll_tally tally;
    uint64_t nobody, group, undated_left_out, outside; /* occurrences not in the contacts, and why */
    uint64_t local, no_country;                        /* of the events counted: no zone; of the contacts: no country */
    uint64_t protected_contacts, protected_occurrences;
    uint32_t hours[7][24]; /* Monday first; calls and messages that took place */
    uint32_t hours_total, hours_unknown;
    struct lm_toll_days *days;
    size_t n_days;
    uint32_t day_count[4];
    bool has_own;
    struct lm_toll_span *spans;
    size_t n_spans;
    struct lm_toll_handset *handsets;
    size_t n_handsets;
    uint32_t changes_imei, changes_imsi;
    struct lm_sequences sequences; /* who: index of a contact */
    struct lm_sequence_event *sequence_events;
    size_t *sequence_of; /* their index into events */
    size_t n_sequence_events;
};

struct lm_toll_common {
    struct lm_str key, label;
    uint32_t n_targets;
    uint64_t *occurrences; /* per number asked for */
    uint64_t total, others;
    bool others_capped;
    double weight, adamic_adar;
};

struct lm_toll_pair { /* two of the numbers asked for */
    uint32_t a, b, shared;
    double weight;
    uint64_t direct; /* occurrences between them */
};

struct lm_toll_pack {
    struct lm_investigation investigation;
    struct lm_toll_wish wish;
    struct lm_zone zone;
    bool utc;
    struct lm_toll_number *numbers;
    size_t n;
    struct lm_toll_name *names; /* in order of key, then of id */
    size_t n_names;
    uint64_t names_withheld; /* attributions whose authority is not live */
    struct lm_toll_common *common; /* highest weight first */
    size_t n_common;
    struct lm_toll_pair *pairs;
    size_t n_pairs;
    struct lm_toll_source *sources; /* live ones of the investigation */
    size_t n_sources;
    struct lm_authority *authorities; /* of those that tell of a number asked for */
    size_t n_authorities;
    struct lm_str *locators; /* with wish.records: per record asked, see lm_toll_locator_of */
    struct lm_map *locator_of;
    uint64_t held, rejected;
    struct lm_when cutoff;   /* the latest record of any number asked for */
    struct lm_warnings warnings;
};

lm_err lm_toll_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, const struct lm_toll_wish *wish,
                    const struct lm_toll_pack **ret, struct lm_error *e);

/* Where a record stands; "" when the pack was made without records. */
struct lm_str lm_toll_locator_of(const struct lm_toll_pack *p, int64_t record);
/* Index into p->sources; UINT32_MAX when it is not live. */
uint32_t lm_toll_source_index(const struct lm_toll_pack *p, int64_t source);

/* The pack as one JSON document (docs/json/toll.json); top: contacts listed per number, 0: all. */
void lm_toll_json(const struct lm_toll_pack *p, size_t top, struct lm_buf *out);

/* The pack as a document, for text, HTML, PDF and CSV. Tables: numbers, attributions, authorities, sources, common, pairs; of each number
 * contacts, hours, days, handsets, sequences, and with wish.records records (at most `records` of a number; 0: all). */
lm_err lm_toll_document(struct lm_arena *a, const struct lm_toll_pack *p, size_t top, size_t records,
                        struct lm_document *ret, struct lm_error *e);

#endif
