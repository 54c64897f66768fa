/* brief.h - the brief of an investigation: what was read, what it adds up to, who stands where in the network,
 * and what to beware of. Made from the store's looks, rendered as text or JSON (docs/json/brief.json).
 *
 * The brief is data first; text, JSON and the web workspace are renderings of it. It reads no clock and no machine:
 * the same workspace content gives the same bytes. Its date is the data cut-off, the latest moment of any event, as that
 * event states it: without a zone when it has none.
 * Rankings name nobody: an account is shown by its identifier and stands as "unassessed"; an account that is known
 * by a display name only is shown as a number.
 *
 * lifetime  everything lives in the arena given
 * errors    those of the looks; LM_ECANCELLED
 * test      tests/unit/test_web_brief.c, tests/cli/report.sh
 */
#ifndef LASTMILE_BRIEF_H
#define LASTMILE_BRIEF_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "formats/json_out.h"

struct lm_store;
struct lm_filter;
struct lm_brief;

enum { /* parts; what a part needs is looked up, nothing else */
    LM_BRIEF_LEDGER = 1,
    LM_BRIEF_TOTALS = 2,
    LM_BRIEF_NETWORK = 4,
    LM_BRIEF_RECORDS = 8, /* how many events, from when to when, which have no zone; reads every event */
    LM_BRIEF_ALL = 15,
};

#define LM_BRIEF_KEYS 20 /* removals that the key components show */

struct lm_brief_wish {
    unsigned parts;
    const atomic_bool *cancel; /* polled; NULL: never cancelled */
};

/* f is borrowed. LM_ENOTFOUND when there is no such investigation. */
lm_err lm_brief_make(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f,
                     const struct lm_brief_wish *wish, const struct lm_brief **ret, struct lm_error *e);

/* The whole brief; max_sources limits the list of sources, never the totals. */
void lm_brief_text(const struct lm_brief *b, struct lm_buf *out);
void lm_brief_json(const struct lm_brief *b, struct lm_json_out *o, uint64_t max_sources);

/* One part each, as the members of the object that the caller has open. */
void lm_brief_json_head(const struct lm_brief *b, struct lm_json_out *o); /* investigation, cutoff, records: RECORDS */
void lm_brief_json_ledger(const struct lm_brief *b, struct lm_json_out *o, uint64_t limit, uint64_t offset);
void lm_brief_json_network(const struct lm_brief *b, struct lm_json_out *o);

/* The totals as a document of their own: docs/json/rollup.json. */
void lm_brief_json_totals(const struct lm_brief *b, struct lm_buf *out);

/* The rows behind one account of the key components: its contacts by month and direction, as members
 * identifier, contacts, total. LM_ENOTFOUND when the account has none in this investigation. */
lm_err lm_brief_account(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, int64_t account,
                        uint64_t limit, uint64_t offset, struct lm_json_out *o, struct lm_error *e);

#endif
