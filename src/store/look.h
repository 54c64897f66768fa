/* look.h - what every look has in common: the investigation, the live authorities, the audit entry, the rows of a hit.
 *
 * A look collects its answer inside one short BEGIN IMMEDIATE together with its audit entry; the callbacks run after
 * the commit, so a slow caller holds up nobody. Live: same investigation, authority not revoked. An authority's expiry
 * ends acquiring, not reading what was acquired in time (docs/decisions/0011-expiry-and-revocation.md). Not returned:
 * what review found non-responsive or privileged, or held.
 */
#ifndef LM_STORE_LOOK_H
#define LM_STORE_LOOK_H

#include "base/map.h"
#include "store/db.h"

#define LM_LOOK_LIVE " a.investigation = ?1 AND a.revoked_us IS NULL"
#define LM_LOOK_REVIEWED                                                                                     \
    " NOT EXISTS (SELECT 1 FROM review v WHERE v.event = e.id"                                               \
    " AND v.state IN ('non_responsive', 'privileged', 'held'))"

/* From the event to its source, exhibit, authority and record, with the columns that lm_look_hit reads. */
#define LM_LOOK_HIT_COLUMNS                                                                                  \
    "e.id, e.thread, e.kind, e.platform, e.flags, e.at_us, e.offset_s, e.quality, e.frm,"                    \
    " iif(a.reach = 0, m.text, NULL), e.detail, x.sha256, s.path, r.kind, r.a, r.b, r.name, a.code,"         \
    " e.duration_s, t.kind"
#define LM_LOOK_HIT_TABLES                                                                                   \
    " event e JOIN source s ON s.id = e.source JOIN authority a ON a.id = s.authority"                       \
    " JOIN exhibit x ON x.id = s.exhibit JOIN record r ON r.id = e.record"                                   \
    " LEFT JOIN msg m ON m.event = e.id LEFT JOIN thread t ON t.id = e.thread"

enum lm_look_query { LM_LOOK_ACCOUNT, LM_LOOK_TITLE, LM_LOOK_RECIPIENTS, LM_LOOK_QUERIES };

struct lm_look {
    struct lm_store *st;
    int64_t investigation;
    struct lm_arena arena; /* the answer */
    struct lm_map names;
    struct lm_hit *hits;
    size_t n_hits, cap_hits;
    sqlite3_stmt *q[LM_LOOK_QUERIES];
};

/* Opens the transaction and finds the investigation. LM_ENOTFOUND. On failure nothing is left open. */
lm_err lm_look_begin(struct lm_store *st, const struct lm_filter *f, struct lm_look *look, struct lm_error *e);
/* Writes the audit entry (unless err is a failure other than LM_EDENIED), ends the transaction; returns err, or why the
 * entry could not be written. detail: what was looked at; outcome: NULL when denied. */
lm_err lm_look_commit(struct lm_look *look, const struct lm_filter *f, const char *action, struct lm_str detail,
                      const char *outcome, lm_err err, struct lm_error *e);
void lm_look_free(struct lm_look *look);

/* Reads the row on which q stands into the next hit. */
lm_err lm_look_hit(struct lm_look *look, sqlite3_stmt *q, struct lm_hit **ret, struct lm_error *e);

/* The name shown for an account (by_identifier false: display name, else id; true: id, else display name), in the
 * look's arena. Only names from live sources. */
lm_err lm_look_name(struct lm_look *look, int64_t account, bool by_identifier, struct lm_str *ret, struct lm_error *e);
lm_err lm_look_title(struct lm_look *look, int64_t thread, struct lm_str *ret, struct lm_error *e);

/* "investigation I1; purpose …; " and detail, for audit entries of looks. */
lm_err lm_look_audit(struct lm_store *st, struct lm_arena *a, const struct lm_filter *f, const char *action,
                     struct lm_str detail, const char *outcome, struct lm_error *e);

#endif
