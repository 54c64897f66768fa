/* look.h - what every look has in common: the investigation, the live authorities, the audit entries, the rows of a hit.
 *
 * A look is a short write, then a read: its audit entry is committed first, in a BEGIN IMMEDIATE of its own that also
 * says whether the look is denied; the rows are read, and handed out one by one, in a read transaction; how it ended is
 * a second entry ("look 12": "found 3, returned 3"). Between the two nobody waits for it, however slow its caller is,
 * and an entry that nothing follows is a look that was cut off. Live: same investigation, authority not revoked. An
 * authority's expiry ends acquiring, not reading what was acquired in time
 * (docs/decisions/0011-expiry-and-revocation.md). Not returned: what review found non-responsive or privileged, or held.
 */
#ifndef LM_STORE_LOOK_H
#define LM_STORE_LOOK_H

#include "base/map.h"
#include "store/db.h"
#include "store/mask.h"

#define LM_LOOK_LIVE " a.investigation = ?1 AND a.revoked_us IS NULL"
#define LM_LOOK_REVIEWED                                                                                     \
    " NOT EXISTS (SELECT 1 FROM review v WHERE v.event = e.id"                                               \
    " AND v.state IN ('non_responsive', 'privileged', 'held'))"

enum lm_look_query { LM_LOOK_HIT, LM_LOOK_ACCOUNT, LM_LOOK_TITLE, LM_LOOK_RECIPIENTS, LM_LOOK_ENDS, LM_LOOK_QUERIES };

struct lm_look {
    struct lm_store *st;
    struct lm_store *beside; /* a second connection in the same state, for one thread; NULL: there is none */
    const char *action;
    int64_t investigation;
    int64_t entry;         /* seq of its first audit entry */
    bool reading, own;     /* in a read transaction; it is ours */
    bool hides;            /* review keeps something back: LM_LOOK_REVIEWED must be asked */
    uint64_t n_given;      /* rows handed out */
    struct lm_arena arena; /* as long as the look */
    struct lm_arena names_arena;
    struct lm_map names;
    struct lm_mask mask;
    bool masked;           /* the mask is loaded */
    struct lm_buf to;      /* of the hit at hand */
    char hex[65], locator[LM_LOCATOR_TEXT];
    sqlite3_stmt *q[LM_LOOK_QUERIES];
};

/* What is looked at, for the audit entry. */
struct lm_look_at {
    const char *action;
    struct lm_str detail;
    int64_t thread;      /* must lie under a live authority of the investigation; 0: no thread */
    const char *outcome; /* NULL: "asked", and lm_look_end says what came of it */
    bool beside;         /* a second connection is wanted; the look goes on without it when it cannot be had */
    bool every;          /* no investigation named: all of them, named in the entry; look->investigation is 0 */
};

/* Writes the entry and starts reading. LM_ENOTFOUND: no such investigation or thread, no entry. LM_EDENIED: the entry
 * says so. On failure the look is ended; lm_look_free is still due. */
lm_err lm_look_begin(struct lm_store *st, const struct lm_filter *f, const struct lm_look_at *at, struct lm_look *look,
                     struct lm_error *e);
/* Ends reading and writes the second entry: outcome, when it is given, or that err stopped the look. Returns err, or why
 * the entry could not be written. Statements of the caller's are finalized before. */
lm_err lm_look_end(struct lm_look *look, const char *outcome, lm_err err, struct lm_error *e);
void lm_look_free(struct lm_look *look);

/* The hit of an event; its slices are valid until the next one. LM_EDAMAGED when the event does not lie under a live
 * authority of the investigation: whoever found it had asked for that. */
lm_err lm_look_hit(struct lm_look *look, int64_t event, struct lm_hit *ret, int64_t *ret_from, struct lm_error *e);

/* Who is never named under this investigation (mask.h); read when first asked for, lives as long as the look. */
lm_err lm_look_mask(struct lm_look *look, const struct lm_mask **ret, struct lm_error *e);

/* The name shown for an account (by_identifier false: display name, else id; true: id, else display name); valid until
 * lm_look_forget or the next hit. Only names from live sources; of a protected person what the mask says, either way. */
lm_err lm_look_name(struct lm_look *look, int64_t account, bool by_identifier, struct lm_str *ret, struct lm_error *e);
/* The title; where it is a protected person's identifier, or the thread is between two of whom one is protected, what the
 * mask says of her. lm_look_native: the thread's id, masked likewise. */
lm_err lm_look_title(struct lm_look *look, int64_t thread, struct lm_str *ret, struct lm_error *e);
lm_err lm_look_native(struct lm_look *look, int64_t thread, struct lm_str native, struct lm_str *ret, struct lm_error *e);
/* Lets go of remembered names when there are very many. */
void lm_look_forget(struct lm_look *look);

/* LM_OK and a prepared statement: the look's own, reset it after use. */
lm_err lm_look_query(struct lm_look *look, enum lm_look_query which, sqlite3_stmt **ret, struct lm_error *e);

/* The moment in columns i (us), i + 1 (offset), i + 2 (quality). */
struct lm_when lm_look_when(sqlite3_stmt *q, int i);

/* "investigation I1; purpose: …; " and detail as one entry, inside the caller's transaction. */
lm_err lm_look_audit(struct lm_store *st, struct lm_arena *a, struct lm_str investigations, struct lm_str purpose,
                     const char *action, struct lm_str detail, const char *outcome, struct lm_error *e);

#endif
