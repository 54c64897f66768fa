/* attribution.h - identifier to person: what the records held say of it, what was proposed, and what a person decided.
 *
 * A proposal is made by resolve/attribute.h from the records; only a person decides or refuses. What is undone stays as a row.
 * Every row, as it is after each change, has an entry in the audit chain (anchor.h), written in the same transaction; the
 * reason of a person stands as a judgement about the row.
 *
 * Bound use: a row that rests on records is given only while the authority of the record that it points at is live under the
 * investigation of the look; the others are counted as withheld, with nothing of their content. An identifier is known by
 * type and key, so two spellings of a number are one.
 *
 * Windows are half-open, in microseconds UTC; LM_WINDOW_OPEN_* where an end is not stated.
 *
 * mark: 64 bits of a SHA-256 over what names a record for good (the hash of its source's bytes and its place in it), so that
 * what was refused is known again after the same bytes were imported anew. A row keeps the marks of its records as text in
 * `reason`: "named by 2: 8c1f… 9d02…".
 *
 * docs/decisions/0021-attributions.md says why it is so.
 *
 * errors   those of store.h
 * test     tests/unit/test_attribution.c, tests/cli/attribution.sh
 */
#ifndef LM_STORE_ATTRIBUTION_H
#define LM_STORE_ATTRIBUTION_H

#include "model/grade.h"
#include "model/link.h"
#include "store/store.h"

#define LM_WINDOW_OPEN_FROM INT64_MIN
#define LM_WINDOW_OPEN_TO INT64_MAX

/* --- for the program's own work, inside lm_attributions_begin … end; no audit entry of a look --- */

/* "This account goes with this identifier", as one live record says; record 0: the account's own native id, which holds
 * whatever becomes of the source that showed it first. Slices are valid until the callback returns. */
struct lm_card_row {
    int64_t account, record, source, identifier;
    enum lm_platform platform;
    enum lm_account_form form;
    enum lm_identifier_type type;
    struct lm_str account_key, raw, key;
    struct lm_str basis;     /* the source's: "own_profile", "contact_list", … "native_id" */
    struct lm_when at;
    uint64_t mark;           /* of the record */
    struct lm_sha256 device; /* of the exhibit, or of its stated owner: two acquisitions of one telephone are one */
};

/* A row as it is stored; slices until the callback returns. */
struct lm_stored_attribution {
    int64_t id, person, account, source, record; /* 0: none */
    enum lm_identifier_type type;
    struct lm_str key, label;
    enum lm_attribution_basis basis;
    enum lm_attribution_state state;
    bool undone, live;       /* live: it points at no record, or at one under a live authority */
    int64_t from_us, to_us;
    struct lm_str marks;     /* text, see above; empty: none */
};

struct lm_attribution_proposal {
    enum lm_identifier_type type;
    struct lm_str key;
    int64_t identifier, account, source, record;
    enum lm_attribution_basis basis;
    struct lm_str label;     /* the name, as one of the records writes it */
    int64_t from_us, to_us;
    uint64_t mark;           /* of that record */
    const uint64_t *marks;   /* of all of them, ascending */
    size_t n_marks;
    uint32_t devices;        /* how many different ones say so */
};

struct lm_attribution_writer;
/* Takes the import lock, so that nothing comes in, nothing is revoked and nobody else proposes meanwhile. Commits every 100 ms;
 * what was written before a failure stays, and the next run goes on from there. */
lm_err lm_attributions_begin(struct lm_store *st, struct lm_attribution_writer **ret, struct lm_error *e);
/* w is gone afterwards. Returns err, or why the last part was not written. */
lm_err lm_attributions_end(struct lm_attribution_writer *w, lm_err err, struct lm_error *e);
/* In order of account, then of record. */
lm_err lm_store_cards(struct lm_store *st, struct lm_str investigation,
                      lm_err (*each)(void *user, const struct lm_card_row *row), void *user, struct lm_error *e);
/* In order of id. */
lm_err lm_store_attribution_rows(struct lm_store *st, struct lm_str investigation,
                                 lm_err (*each)(void *user, const struct lm_stored_attribution *row), void *user,
                                 struct lm_error *e);
/* A person of that label, unassessed. */
lm_err lm_attributions_person(struct lm_attribution_writer *w, struct lm_str investigation, struct lm_str label, int64_t *ret,
                              struct lm_error *e);
/* Writes a proposal: id 0 anew, otherwise in place of what the row said, unless a person has spoken of it meanwhile. */
lm_err lm_attributions_put(struct lm_attribution_writer *w, int64_t id, int64_t person, const struct lm_attribution_proposal *p,
                           struct lm_error *e);
/* The row points at this record from now on, another one of those that it rests on; nothing else changes. */
lm_err lm_attributions_point(struct lm_attribution_writer *w, int64_t id, int64_t source, int64_t record, struct lm_error *e);
/* The numbers in `marks` text, ascending; LM_EDAMAGED when it is not such a text. */
lm_err lm_attribution_marks(struct lm_arena *a, struct lm_str text, uint64_t **ret, size_t *ret_n, struct lm_error *e);

/* --- a person's word --- */

struct lm_attribution_word {
    struct lm_str reason;    /* required */
    struct lm_grade grade;   /* scheme NULL: none */
    bool has_window;
    int64_t from_us, to_us;
};
struct lm_attribution_added {
    struct lm_str identifier; /* in any spelling; a record under the investigation must name it */
    struct lm_str person;     /* its number, or a name: of the one of whom something is decided or who is proposed
                                for this identifier, otherwise of a new one */
    bool is_protected;        /* the new person is (victim, witness, bystander, informant): never named in an answer */
    bool is_minor;            /* the new person is: never named, whatever her standing */
    struct lm_str pseudonym;  /* of the new person: shown in place of her name; empty: none */
    struct lm_attribution_word word; /* with a grade */
};
/* Basis persons_word, link reported, decided. LM_EUSAGE: no reason, no grade, a window that overlaps with that of a decided
 * attribution to somebody else, a label that several persons have; LM_ENOTFOUND. */
lm_err lm_store_attribution_add(struct lm_store *st, const struct lm_filter *f, const struct lm_attribution_added *x,
                                int64_t *ret_id, struct lm_error *e);
/* LM_ENOTFOUND; LM_EUSAGE: it is not a proposal, it is undone, an overlap (hint); LM_EDENIED: its record is not live. */
lm_err lm_store_attribution_decide(struct lm_store *st, const struct lm_filter *f, int64_t id,
                                   const struct lm_attribution_word *w, struct lm_error *e);
/* The same records are not proposed again for that basis and name. LM_ENOTFOUND, LM_EUSAGE. */
lm_err lm_store_attribution_refuse(struct lm_store *st, const struct lm_filter *f, int64_t id, struct lm_str reason,
                                   struct lm_error *e);
/* Of a decision or a refusal; what the records say may be proposed again. LM_ENOTFOUND, LM_EUSAGE. */
lm_err lm_store_attribution_undo(struct lm_store *st, const struct lm_filter *f, int64_t id, struct lm_str reason,
                                 struct lm_error *e);

/* The standing of a person from now on; the earlier ones stay. reason: for LM_STANDING_SUSPECTED the documented suspicion. Her
 * number when she was merged into somebody: LM_EUSAGE, naming the other one's. LM_ENOTFOUND; LM_EUSAGE: no reason, or it is
 * her standing already. */
enum lm_standing { LM_STANDING_SUSPECTED, LM_STANDING_UNASSESSED, LM_STANDING_PROTECTED };
const char *lm_standing_word(enum lm_standing s); /* "suspected", … */
bool lm_standing_parse(struct lm_str word, enum lm_standing *ret);
lm_err lm_store_standing_set(struct lm_store *st, const struct lm_filter *f, int64_t person, enum lm_standing to,
                             struct lm_str reason, struct lm_error *e);

/* --- looks --- */

/* What was said of a person's standing, oldest first; one row with an empty standing when nothing was. name: masked where
 * mask.h says so, and then reasons are "(masked)". LM_ENOTFOUND. */
struct lm_standing_row {
    struct lm_str name, standing, reason, who;
    bool masked;
    int64_t at_us;
};
lm_err lm_store_standings(struct lm_store *st, const struct lm_filter *f, int64_t person,
                          lm_err (*each)(void *user, const struct lm_standing_row *row), void *user, struct lm_error *e);

struct lm_attribution_row {
    int64_t id, person;
    enum lm_identifier_type type;
    struct lm_str identifier; /* its key */
    struct lm_str label;      /* of whom is never named: what mask.h says; of another one at her number: "person 12" */
    struct lm_str standing;   /* "suspected", "unassessed", "protected" */
    bool masked;              /* also where the identifier is a protected person's: any name could be hers */
    enum lm_attribution_basis basis;
    enum lm_attribution_state state;
    enum lm_link_class link;
    bool undone;
    int64_t from_us, to_us;
    struct lm_str scheme, grade, decided_by, undone_by;
    int64_t proposed_us, decided_us, undone_us; /* 0: not */
    uint64_t records, devices;  /* that it rests on; 0: a person's word */
    uint64_t conflicts;       /* other persons for this identifier in an overlapping window, proposed or decided */
};
struct lm_attribution_query {
    struct lm_str identifier; /* in any spelling; empty: all */
    int64_t person;           /* 0: all */
    bool has_state;
    enum lm_attribution_state state;
    bool undone;              /* those that are undone as well */
};
/* In order of identifier, basis, name, id. */
lm_err lm_store_attributions(struct lm_store *st, const struct lm_filter *f, const struct lm_attribution_query *q,
                             lm_err (*each)(void *user, const struct lm_attribution_row *row), void *user,
                             uint64_t *ret_withheld, struct lm_error *e);

/* A record that the row rests on. */
struct lm_attribution_record {
    struct lm_str exhibit; /* SHA-256 in hex */
    struct lm_str exhibit_name, source, reader, locator, authority, says; /* says: the source's word, "contact_list" */
};
struct lm_attribution_said {
    struct lm_str verdict, reason, who, withdrawn_by; /* reason is "(masked)" beside a masked row */
    int64_t at_us, withdrawn_us;
};
struct lm_attribution_why {
    void *user;
    lm_err (*row)(void *user, const struct lm_attribution_row *row); /* first, once */
    lm_err (*record)(void *user, const struct lm_attribution_record *r);
    lm_err (*said)(void *user, const struct lm_attribution_said *s);
};
/* *ret_withheld: records of it whose authority is not live any more. LM_ENOTFOUND; LM_EDENIED, with an audit entry, when the
 * row itself is withheld. */
lm_err lm_store_attribution_why(struct lm_store *st, const struct lm_filter *f, int64_t id,
                                const struct lm_attribution_why *to, uint64_t *ret_withheld, struct lm_error *e);

#endif
