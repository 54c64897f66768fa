/* fact.h - what a reader says that a source record reports.
 *
 * Everything is borrowed: slices point into the input or into the reader's record arena and are valid
 * until the sink's call returns. Text is UTF-8 (readers replace what is not, and report it). Empty
 * slices mean "the source does not say".
 */
#ifndef LM_MODEL_FACT_H
#define LM_MODEL_FACT_H

#include "base/str.h"
#include "model/quantity.h"
#include "model/when.h"
#include "model/words.h"

/* Where a row stands in its source, so that anyone can find it again with other tools. */
enum lm_locator_kind {
    LM_LOCATOR_NONE,
    LM_LOCATOR_BYTES, /* a: offset of the first byte, b: length */
    LM_LOCATOR_ROW,   /* a: row number, header row = 1, b: offset of its first byte; name: what of it, when it is several records */
    LM_LOCATOR_TABLE, /* name: SQL table, a: rowid, which may be negative: an int64_t */
    LM_LOCATOR_SHEET, /* name: sheet, a: row number as the spreadsheet program shows it; without a name, a page: lm_locator_page */
};

struct lm_locator {
    enum lm_locator_kind kind;
    uint64_t a, b;
    struct lm_str name;
};

/* A place on a page of a document: page and line of text count from 1 (line 0: the page), column is the characters before it in its
 * line. a holds all three, in their order: 19 bits, 20 bits, 24 bits. A kind of its own would be one that workspaces of today refuse. */
struct lm_locator lm_locator_page(uint32_t page, uint32_t line, uint32_t column);

#define LM_LOCATOR_TEXT 160
/* "byte 512", "row 3 (byte 120)", "table message row 7", "sheet Calls row 9",
 * "page 3 line 12", "page 3 line 12 column 20"; "" for NONE. Returns out. */
const char *lm_locator_format(const struct lm_locator *l, char out[LM_LOCATOR_TEXT]);

/* How an account is known. Accounts without a native id are never joined across threads. */
enum lm_account_form {
    LM_ACCOUNT_NONE,
    LM_ACCOUNT_NATIVE, /* native: the platform's own id (user id, phone number, handle) */
    LM_ACCOUNT_NAME,   /* only a display name; becomes name:<exhibit>:<thread>:<display> */
    LM_ACCOUNT_OWNER,  /* the owner of the export or phone, id unknown; becomes owner:<exhibit>:<app> */
};

struct lm_account_ref {
    enum lm_platform platform;
    enum lm_account_form form;
    struct lm_str native;
    struct lm_str display; /* name as shown, when the source has one */
};

struct lm_thread_ref {
    struct lm_str native; /* platform's id, or the reader's own stable name for it within the source */
    struct lm_str title;
    enum lm_thread_kind kind;
};

struct lm_attachment {
    struct lm_str name; /* file name or path as the source writes it */
    struct lm_str type; /* MIME type or the source's own word */
    int64_t bytes;      /* -1: not stated */
    struct lm_str note; /* "not included", "<Media omitted>"… as the source writes it */
};

struct lm_reaction {
    struct lm_account_ref by;
    struct lm_str what;
};

/* An earlier state of a message that the source still holds. */
struct lm_edit {
    struct lm_when at;
    struct lm_str text;
};

enum { /* bits of lm_event.flags; bit n has the word lm_event_flag_word(n) */
    LM_EVENT_SYSTEM = 1 << LM_EVENT_FLAG_SYSTEM,   /* written by the app, not by a person */
    LM_EVENT_DELETED = 1 << LM_EVENT_FLAG_DELETED, /* the source says it was deleted or unsent */
    LM_EVENT_EDITED = 1 << LM_EVENT_FLAG_EDITED,
    LM_EVENT_ATTEMPT = 1 << LM_EVENT_FLAG_ATTEMPT, /* missed, busy, rejected: no conversation took place */
    LM_EVENT_FORWARDED = 1 << LM_EVENT_FLAG_FORWARDED,
    LM_EVENT_MEMBERS_UNKNOWN = 1 << LM_EVENT_FLAG_MEMBERS_UNKNOWN, /* not all known: legs are not complete */
    LM_EVENT_HEADER_IN_BODY = 1 << LM_EVENT_FLAG_HEADER_IN_BODY,   /* a line looks like another message's header */
    LM_EVENT_PAYMENT_HINT = 1 << LM_EVENT_FLAG_PAYMENT_HINT,       /* the platform marked the text as about money */
    LM_EVENT_TRAFFIC = 1 << LM_EVENT_FLAG_TRAFFIC,     /* raw holds known columns of a carrier's record: no content */
    LM_EVENT_CELL_SITE = 1 << LM_EVENT_FLAG_CELL_SITE, /* and among them cell sites: location */
};

struct lm_event {
    enum lm_event_kind kind;
    enum lm_platform platform;
    unsigned flags;
    struct lm_when at;
    struct lm_str native_id; /* the platform's id of the message or call */
    struct lm_str detail;    /* the source's own word for what it was: "missed", "invite_members", … */
    struct lm_thread_ref thread;
    struct lm_account_ref from;
    const struct lm_account_ref *to; /* one leg each; none: the thread itself is the other end */
    size_t n_to;
    struct lm_str text; /* content */
    int64_t duration_s; /* -1: not stated */
    bool has_amount;
    struct lm_money amount;
    struct lm_str reply_to; /* native id */
    bool has_place;
    double latitude, longitude;
    const struct lm_attachment *attachments;
    size_t n_attachments;
    const struct lm_reaction *reactions;
    size_t n_reactions;
    const struct lm_edit *edits;
    size_t n_edits;
    struct lm_str raw; /* keys and columns that the reader does not know, as one JSON object; content unless LM_EVENT_TRAFFIC */
};

/* "This account goes with this identifier", as one source says. The account needs a form and the fact a value. There is no
 * thread here: equal display names of LM_ACCOUNT_NAME in one exhibit are one account. An address book is a list of others:
 * "contact_list" needs the reach non_content, the account's own identifiers need subscriber. */
struct lm_identifier_fact {
    struct lm_account_ref account;
    enum lm_identifier_type type;
    struct lm_str value; /* as written */
    struct lm_str basis; /* "own_profile", "contact_list", "login" */
    struct lm_when at;
};

/* One row of the agency's own tables. One flat shape for all; what a table does not have stays empty.
 * Columns: docs/operation_csv.md. */
struct lm_op_row {
    enum lm_op_table table;
    struct lm_str id;            /* the agency's own number of the row: seizure, exhibit, arrest, … */
    struct lm_str investigation;
    struct lm_str operation;
    struct lm_str agency;
    struct lm_str division;
    struct lm_str city, state;
    int32_t day;                 /* LM_DAY_NONE when not stated */
    struct lm_str drug;          /* "fentanyl", "methamphetamine", … lower case */
    struct lm_str form;          /* "pills", "powder", …; organization: an lm_org_scope word */
    struct lm_str kind;          /* firearm kind; money kind: currency, assets, proceeds; charge; finding; pill press kind;
                                    organization: an lm_org_measure word; firearm_link: an lm_firearm_link word */
    struct lm_quantity amount;   /* count, mass or money of this row */
    struct lm_quantity net;      /* lab_result: net mass */
    int64_t purity_ppm;          /* lab_result: parts per million by mass; -1 not stated */
    int64_t ug_per_pill;         /* lab_result: micrograms of drug per tablet; -1 not stated */
    struct lm_str seizure;       /* lab_result: the seizure's id; overdose: a linked seizure; charge: the arrest's id;
                                    firearm_link: the firearm's id */
    struct lm_str profile;       /* lab_result: the laboratory's profile id; firearm_link: what it is linked to */
    struct lm_str exhibit_number;/* the exhibit number on the evidence bag: two agencies may claim it */
    struct lm_str cartel;        /* investigation */
    uint32_t platforms;          /* investigation: bit 1 << lm_platform */
    int8_t social_media;         /* investigation: 1 yes, 0 no, -1 not stated */
    int8_t encrypted;            /* the same */
    bool fatal;                  /* overdose */
    struct lm_str note;
};

enum lm_fact_kind {
    LM_FACT_EVENT,
    LM_FACT_IDENTIFIER,
    LM_FACT_OP_ROW,
};

struct lm_fact {
    enum lm_fact_kind kind;
    union {
        struct lm_event event;
        struct lm_identifier_fact identifier;
        struct lm_op_row op_row;
    };
};

/* One or more source records that together report the same thing (several rows of one call), with the
 * facts read from them. The ledger counts the records, not the facts. */
struct lm_entry {
    const struct lm_locator *records; /* at least one; the first names the entry */
    size_t n_records;
    const struct lm_fact *facts;      /* at least one */
    size_t n_facts;
};

enum lm_problem_kind {
    LM_PROBLEM_REJECTED,  /* source records that could not be read: they count in the ledger */
    LM_PROBLEM_ALTERED,   /* kept, but not as written: bad escape, bad UTF-8, unknown unit spelled out */
    LM_PROBLEM_DOUBTED,   /* kept as written, but a person should look: ambiguous date, header in body */
    LM_PROBLEM_LOST,      /* a range that cannot be counted in records: truncated, damaged container */
};
const char *lm_problem_kind_word(enum lm_problem_kind k);

struct lm_problem {
    enum lm_problem_kind kind;
    uint64_t records;       /* how many source records were rejected; 0 for the other kinds */
    struct lm_locator at;
    struct lm_str reason;   /* for people; never quotes content */
};

#endif
