/* store.h - the workspace: NAME.lastmile (SQLite) and NAME.lastmile.d/{exhibits,segments,keys}.
 *
 * This header is the seam to a second engine: analysis verbs, not SQL. One writer at a time (a lock
 * file), any number of snapshot readers. Every look is bound to an investigation and a purpose: the
 * store derives the authorities from the filter itself, and a caller cannot widen it.
 *
 * ownership  slices handed to a callback live until it returns; a callback returns LM_OK to go on, anything
 *            else stops the verb, which passes that code on; it does not look again through the same lm_store
 * errors     LM_EDAMAGED (the workspace), LM_ELOCKED (a writer holds it longer than 5 s), LM_EDENIED
 *            (authority, reach, purpose), LM_ENOTFOUND, LM_EIO, LM_ENOMEM
 * threads    one lm_store per thread
 * audit      every change is an entry written in its transaction. The entry of a look (what, by whom, why) is committed
 *            before its first row is read; the rows then stream from one snapshot, so that a look keeps nobody waiting
 *            and holds no more than a row; how it ended (how many rows, failed, what was denied) is a second entry
 * test       tests/unit/test_store*.c
 */
#ifndef LM_STORE_STORE_H
#define LM_STORE_STORE_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "model/fact.h"

struct lm_store;

/* --- the workspace --- */

/* Makes NAME.lastmile and its folder; LM_EEXIST when either is there, LM_ENOTFOUND when the folder above is not.
 * actor: the operating system's user. */
lm_err lm_store_create(const char *path, const char *actor, struct lm_error *e);

enum lm_store_mode { LM_STORE_READ, LM_STORE_WRITE };
/* Opens any older schema (migrating it needs LM_STORE_WRITE). LM_STORE_READ still writes audit entries for
 * looks, in short transactions. LM_ENOTFOUND when there is no such file; LM_EDAMAGED when it is not ours. */
lm_err lm_store_open(const char *path, enum lm_store_mode mode, const char *actor, struct lm_store **ret,
                     struct lm_error *e);
void lm_store_close(struct lm_store *st);
/* Looks end with LM_ECANCELLED soon after *cancel is set, also in the middle of one long statement; the audit entry that
 * says so is still written. cancel: borrowed, another thread may set it; NULL: looks run to their end. */
void lm_store_set_cancel(struct lm_store *st, const atomic_bool *cancel);

/* --- legal basis: entered by a person, never by evidence --- */

struct lm_investigation {
    struct lm_str id, title, agency, division;
};
lm_err lm_store_add_investigation(struct lm_store *st, const struct lm_investigation *i, struct lm_error *e);
lm_err lm_store_investigations(struct lm_store *st, lm_err (*each)(void *user, const struct lm_investigation *i),
                               void *user, struct lm_error *e);

struct lm_covered_account {
    enum lm_platform platform;
    struct lm_str id; /* as the authority writes it */
};

struct lm_authority {
    struct lm_str id, investigation, number, court, offences, seizure_terms;
    enum lm_authority_kind kind;
    enum lm_reach reach;
    bool reaches_location;       /* location is a reach of its own: given beside another one */
    int32_t issued_day, from_day, to_day, expires_day; /* LM_DAY_NONE: not stated; from and to inclusive */
    bool sealed, revoked;
    const struct lm_covered_account *accounts; /* none: every account in the exhibit */
    size_t n_accounts;
};
/* LM_EDENIED when the reach is wider than the kind allows (a subpoena or d_order or pen_trap never reaches content). */
lm_err lm_store_add_authority(struct lm_store *st, const struct lm_authority *a, struct lm_error *e);
lm_err lm_store_authority(struct lm_store *st, struct lm_arena *a, struct lm_str id, struct lm_authority *ret,
                          struct lm_error *e);
lm_err lm_store_authorities(struct lm_store *st, struct lm_str investigation,
                            lm_err (*each)(void *user, const struct lm_authority *a), void *user, struct lm_error *e);
/* Revoking: nothing under it is returned any more; nothing is deleted. Records that were imported under another authority
 * of the investigation as well, and folded as duplicates, are kept on under that one (rehome.h). LM_ELOCKED while an
 * import is running. */
lm_err lm_store_revoke_authority(struct lm_store *st, struct lm_str id, struct lm_str reason, struct lm_error *e);

/* --- intake: one import at a time; the caller has already decided what is in scope --- */

enum lm_outcome { LM_OUTCOME_KEPT, LM_OUTCOME_DUPLICATE };

struct lm_counts {
    uint64_t seen, kept, duplicate, held, rejected; /* source records; seen = the other four */
    uint64_t facts;                                 /* facts written (events, identifiers, operation rows) */
    uint64_t problems;
};
void lm_counts_add(struct lm_counts *sum, const struct lm_counts *c);

struct lm_import;

/* Takes the writer lock. LM_EDENIED: authority unknown to a person's entry, revoked or expired. */
lm_err lm_import_begin(struct lm_store *st, struct lm_str authority, struct lm_import **ret, struct lm_error *e);

/* Copies the bytes of fd into exhibits/ under their SHA-256 (kept once). What stands under that name already is hashed;
 * other bytes than those are set aside (NAME.damaged-1, an audit entry) and the fresh copy takes their place. On the disk
 * before a row that points at them is committed. */
lm_err lm_import_blob(struct lm_import *im, int fd, struct lm_sha256 *ret_hash, uint64_t *ret_bytes,
                      struct lm_error *e);
/* Whether other bytes stood in the place of a blob of this import. */
bool lm_import_blob_replaced(const struct lm_import *im, const struct lm_sha256 *hash);
/* A read-only descriptor on a kept blob. LM_EDAMAGED when it is not those bytes any more; it is hashed again only when
 * the file was touched since this import kept it. */
lm_err lm_import_open_blob(struct lm_import *im, const struct lm_sha256 *hash, int *ret_fd, struct lm_error *e);

/* Tables of this import are read by that map (docs/maps.md), kept as a blob before: an entry of the audit chain says so. */
lm_err lm_import_map(struct lm_import *im, struct lm_str name, const struct lm_sha256 *sha256, struct lm_error *e);

struct lm_exhibit {
    struct lm_sha256 sha256; /* of the file; for a folder, of its manifest */
    struct lm_str name;      /* last component of the path as given */
    bool folder;
    uint64_t bytes;
    struct lm_str zone;      /* stated by a person; empty: unknown */
    struct lm_str owner;     /* stated by a person, "PLATFORM:ID" or "PLATFORM:ID=NAME" (NAME, where a thread shows it, is
                                the owner); empty: unknown */
};
/* *ret_known: the same bytes are already an exhibit under this investigation (its records will be duplicates). */
lm_err lm_import_exhibit(struct lm_import *im, const struct lm_exhibit *x, int64_t *ret_id, bool *ret_known,
                         struct lm_error *e);

struct lm_source {
    int64_t exhibit;
    struct lm_str path;       /* inside the exhibit; for a single file its name */
    struct lm_sha256 sha256;
    uint64_t bytes;
    struct lm_str reader;     /* empty: nobody claimed it */
};
lm_err lm_import_source(struct lm_import *im, const struct lm_source *s, int64_t *ret_id, struct lm_error *e);

/* Writes an entry that is in scope; tells kept from duplicate. Duplicate = the same source bytes (SHA-256) at the same
 * locator, or the same platform message id, leg and time, within one investigation; never equal text alone.
 * Commits every 20,000 entries on its own, or 100 ms when somebody waits to write, or 1 s. */
lm_err lm_import_entry(struct lm_import *im, int64_t source, const struct lm_entry *entry, enum lm_outcome *ret,
                       struct lm_error *e);
#define LM_IMPORT_DIFFERS                                                                                    \
    "the same message id, ends and time as a record that was kept before, but not the same content"
/* Whether the last entry was a duplicate by message id of a record that does not say the same. The store wrote the
 * problem (doubted, LM_IMPORT_DIFFERS, at its first record) itself. */
bool lm_import_entry_differed(const struct lm_import *im);
/* Out of scope: only the locators and the reason are kept. */
lm_err lm_import_held(struct lm_import *im, int64_t source, const struct lm_entry *entry, struct lm_str reason,
                      struct lm_error *e);
lm_err lm_import_problem(struct lm_import *im, int64_t source, const struct lm_problem *p, struct lm_error *e);

enum lm_source_state {
    LM_SOURCE_READ,      /* to the end */
    LM_SOURCE_BROKEN,    /* up to a break; what was read is kept */
    LM_SOURCE_EMPTY,     /* its structure proves that it holds nothing */
    LM_SOURCE_UNCLAIMED,
    LM_SOURCE_CONTAINER, /* peeled: its members are sources of their own */
    LM_SOURCE_ENCRYPTED, /* listed, not read */
    LM_SOURCE_INTERRUPTED, /* never given by a caller: the import ended before the source did; what was kept is kept */
};
/* "read", "broken", …; static text, "?" outside the enum. */
const char *lm_source_state_word(enum lm_source_state state);
/* Writes the counts of the source; *ret_counts must close, or LM_EINTERNAL. */
lm_err lm_import_source_end(struct lm_import *im, int64_t source, enum lm_source_state state,
                            struct lm_counts *ret_counts, struct lm_error *e);

/* Commits what is written so far, when anything is. A caller that is about to wait (for a reader process) calls it, so
 * that others can look meanwhile. */
lm_err lm_import_flush(struct lm_import *im, struct lm_error *e);

/* Commits, rebuilds the contact edges that changed, writes the audit entry with the digest of what was written, lets
 * the lock go. im is gone afterwards, whatever is returned. After a crash everything that was committed is there and
 * the next import says that one was interrupted. */
lm_err lm_import_end(struct lm_import *im, struct lm_counts *ret_totals, struct lm_error *e);
void lm_import_abandon(struct lm_import *im);

/* --- looks --- */

struct lm_filter {
    struct lm_str investigation; /* required; LM_ENOTFOUND when there is none of that id */
    struct lm_str purpose;       /* one line, goes into the audit entry; "search" when a person gave none */
};

struct lm_hit {
    int64_t event, thread;
    enum lm_event_kind kind;
    enum lm_platform platform;
    unsigned flags;
    struct lm_when at;
    struct lm_str from, to;      /* display name or id; several recipients joined by ", "; groups by their title */
    struct lm_str text;
    struct lm_str detail;        /* the source's own word for the event */
    struct lm_str why;           /* "word \"hielo\" in the text", "phone +13035550101 is the sender" */
    struct lm_str exhibit;       /* SHA-256 in hex */
    struct lm_str source;        /* member path */
    struct lm_str locator;
    struct lm_str authority;
    int64_t duration_s;          /* -1: not stated */
    int64_t occurrence;          /* that it is a record of, with others (occurrence.h); 0: it stands alone */
    uint64_t reports, records;   /* events of that occurrence, and the source records behind them; alone: 1, and its own */
};

struct lm_search {
    struct lm_str query; /* words (all must occur, diacritics folded), "a phrase", a phone in any spelling, an e-mail, @handle */
    uint64_t limit, offset;
};
/* Hits in order of time. *ret_total counts all of them. Held, revoked and other investigations' rows never appear. */
lm_err lm_store_search(struct lm_store *st, const struct lm_filter *f, const struct lm_search *s,
                       lm_err (*each)(void *user, const struct lm_hit *hit), void *user, uint64_t *ret_total,
                       struct lm_error *e);

/* What a live source says that an account is called: an entry of an address book, a name, a number. */
struct lm_identifier_hit {
    int64_t account;
    enum lm_platform platform;
    enum lm_identifier_type type;
    struct lm_str value;         /* that matched, as written */
    struct lm_str name, id;      /* of the account: display name, else id; id, else display name */
    struct lm_str basis;         /* "contact_list", "own_profile", "native_id": the account's own id */
    struct lm_str exhibit;       /* SHA-256 in hex */
    struct lm_str source, locator, authority; /* locator: of this, else of another identifier of the account in the
                                                 source; "": its events say where it stands */
};
/* Identifiers that a term of the query is (a phone, an address, a handle), or contains (words: in names, handles, addresses
 * and ids; case does not matter, accents do), of accounts that each term matches; with or without events. In order of the
 * identifier; limit and offset as above. An audit entry of its own ("search", "identifiers: …"). cost: words walk over all
 * identifiers. */
lm_err lm_store_search_identifiers(struct lm_store *st, const struct lm_filter *f, const struct lm_search *s,
                                   lm_err (*each)(void *user, const struct lm_identifier_hit *hit), void *user,
                                   uint64_t *ret_total, struct lm_error *e);

struct lm_thread_row {
    int64_t id;
    enum lm_platform platform;
    enum lm_thread_kind kind;
    struct lm_str title, native, exhibit, source;
    uint64_t events;
    struct lm_when first, last; /* as the first and the last dated event state it; quality none: no event is dated */
};
/* In order of id. */
lm_err lm_store_threads(struct lm_store *st, const struct lm_filter *f,
                        lm_err (*each)(void *user, const struct lm_thread_row *t), void *user, struct lm_error *e);
/* The row of one thread. LM_ENOTFOUND, LM_EDENIED. */
lm_err lm_store_thread_row(struct lm_store *st, const struct lm_filter *f, int64_t thread,
                           lm_err (*each)(void *user, const struct lm_thread_row *t), void *user, struct lm_error *e);

struct lm_thread_page {
    uint64_t limit, offset; /* limit 0: to the end */
    int64_t event;          /* not 0: the page of limit events that holds this one; offset is set to its start */
    uint64_t total;         /* set: all events of the thread that are returned */
};
/* A page of the conversation as it ran: in order of time, then as it was read; undated events after the dated ones.
 * why stays empty. LM_EDENIED, and an audit entry, when the thread lies under another investigation. Costs a walk over
 * `offset` entries of an index, then `limit` events. */
lm_err lm_store_thread_page(struct lm_store *st, const struct lm_filter *f, int64_t thread,
                            struct lm_thread_page *page, lm_err (*each)(void *user, const struct lm_hit *event),
                            void *user, struct lm_error *e);
/* The same by limit and offset. */
lm_err lm_store_thread(struct lm_store *st, const struct lm_filter *f, int64_t thread, uint64_t limit, uint64_t offset,
                       lm_err (*each)(void *user, const struct lm_hit *event), void *user, uint64_t *ret_total,
                       struct lm_error *e);

/* Contacts between accounts, in order of (from, to, kind, month, authority, exhibit), a row for each. Group messages are weighed 1/(members - 1); groups
 * above 20 and threads with unknown members are counted in *ret_left_out, not returned. */
struct lm_edge_row {
    int64_t from, to;                 /* account ids */
    struct lm_str from_name, to_name; /* identifier first, display name only when there is no identifier */
    bool from_masked, to_masked;      /* mask.h: the name stands for somebody who is never named */
    enum lm_event_kind kind;
    int32_t month;                    /* months since 1970-01; INT32_MIN: unknown */
    struct lm_str authority;
    uint64_t occurrences;             /* that are counted here: real events whose lead record this exhibit supplies */
    uint64_t events, records;         /* what the exhibit reports, and the source records behind it */
    uint64_t attempts, voicemails, forwards; /* occurrences, never added to the others */
    double weight;                    /* of occurrences */
    struct lm_when first, last;       /* quality none: undated; see lm_store_account_edges */
    int64_t source;                   /* the source of the exhibit that supplies most of it */
    struct lm_str exhibit;            /* SHA-256 in hex: the device or account that supplies it */
    struct lm_str exhibit_name;
};
/* first and last are given as wall clocks that claim no zone: how a source states a moment costs a look into its event. */
lm_err lm_store_edges(struct lm_store *st, const struct lm_filter *f,
                      lm_err (*each)(void *user, const struct lm_edge_row *row), void *user, uint64_t *ret_left_out,
                      struct lm_error *e);

/* Those of one account, from or to it; first and last as the first and the last event state them. */
lm_err lm_store_account_edges(struct lm_store *st, const struct lm_filter *f, int64_t account,
                              lm_err (*each)(void *user, const struct lm_edge_row *row), void *user,
                              struct lm_error *e);

/* Operation rows, with the reference that stands in every figure ("seizures.csv row 3 (byte 120)"). Without an
 * f->investigation: those of all investigations, which the audit entry names one by one (several entries when they are
 * very many). The filter itself, with its purpose, is always required. */
lm_err lm_store_op_rows(struct lm_store *st, const struct lm_filter *f,
                        lm_err (*each)(void *user, const struct lm_op_row *row, struct lm_str reference), void *user,
                        struct lm_error *e);

struct lm_ledger_row {
    int64_t source;
    struct lm_str exhibit, path, reader, authority, investigation;
    struct lm_sha256 sha256;
    enum lm_source_state state;
    bool revoked;            /* its authority is: the counts stay, the path (it may hold a name) is "(revoked)" */
    struct lm_counts counts;
};
lm_err lm_store_ledger(struct lm_store *st, const struct lm_filter *f,
                       lm_err (*each)(void *user, const struct lm_ledger_row *row), void *user, struct lm_error *e);

struct lm_problem_row { /* under a revoked authority path, locator and reason are "(revoked)" */
    struct lm_str path, reader, kind, locator, reason;
    uint64_t records;
};
lm_err lm_store_problems(struct lm_store *st, const struct lm_filter *f,
                         lm_err (*each)(void *user, const struct lm_problem_row *row), void *user, struct lm_error *e);

/* --- integrity --- */

struct lm_verify {
    uint64_t exhibits, exhibits_bad; /* blobs re-hashed, and those missing or changed */
    uint64_t audit_entries;
    bool audit_ok;
    uint64_t audit_broken_at;        /* seq, when not ok */
    uint64_t sources, sources_open;  /* ledgers walked, and those whose counts do not close */
    bool batches_ok;                 /* the digests of what was written */
    bool database_ok;                /* PRAGMA integrity_check, foreign keys */
    enum { LM_HEAD_NOT_CHECKED, LM_HEAD_FOUND, LM_HEAD_MISSING } head;
    char audit_head[65];
};
/* Nothing is damaged, and a head that was given is in the chain. */
bool lm_check_sound(const struct lm_verify *v);
/* head empty: truncation cannot be found and the answer says "not checked". Each finding also goes to each(). */
lm_err lm_store_verify(struct lm_store *st, struct lm_str head, struct lm_verify *ret,
                       lm_err (*each)(void *user, const char *what, const char *detail), void *user,
                       struct lm_error *e);

/* Copies the workspace as it is now to `path` (and path.d), which must not be there (LM_EEXIST); others may go on
 * reading and importing. The copy is verified; LM_EDAMAGED, and the copy stays for inspection, when it is not sound:
 * then the workspace itself is damaged, or the copy went wrong (each() tells). */
lm_err lm_store_backup(struct lm_store *st, const char *path, struct lm_verify *ret,
                       lm_err (*each)(void *user, const char *what, const char *detail), void *user,
                       struct lm_error *e);

/* One entry of the chain, in a transaction of its own (for looks and acts outside the store's own verbs). */
lm_err lm_store_audit(struct lm_store *st, const char *action, struct lm_str object, const char *outcome,
                      struct lm_error *e);

#endif
