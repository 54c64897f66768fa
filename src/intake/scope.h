/* scope.h - is a record within its authority's dates, accounts and reach?
 *
 * The rules, in the order in which they are asked (docs/intake.md gives the law behind each):
 *
 *  kind      area_request: everything is held until an order names intersections.
 *            Rows of the agency's own tables: only under own_records, open_source or consent.
 *  reach     content (text, earlier texts, attachments, reactions, unknown columns, a group's title): reach content.
 *            a place: a location reach, or content reach under a kind that covers what a device holds (not title_iii);
 *            a place inside a message counts as its content. Cell sites beside a call are a place; the other columns of a
 *            carrier's record that its map knows (LM_EVENT_TRAFFIC) are neither content nor a place.
 *            logins, and calls in the telephone network: subscriber or wider. Other events: non_content or wider.
 *            identifiers: subscriber or wider; those from an address book: non_content or wider.
 *  dates     the whole interval in which the record can lie must be inside [from 00:00 UTC, to 24:00 UTC). No time
 *            at all under a dated authority is outside. Operation rows by their day.
 *  accounts  when the authority lists accounts: the sender, a leg, or the stated owner of the exhibit is one of them, on
 *            the same platform: by native id, by telephone key, by handle key, or by display name as written.
 *
 * One entry has one answer: it is held when any of its facts is outside. Everything here only reads.
 *
 * memory  one remembered answer per account seen, in the arena
 * test    tests/unit/test_intake_scope.c (one per rule)
 */
#ifndef LM_INTAKE_SCOPE_H
#define LM_INTAKE_SCOPE_H

#include "base/arena.h"
#include "base/map.h"
#include "model/fact.h"
#include "store/store.h"

struct lm_scope {
    const struct lm_authority *authority; /* borrowed */
    struct lm_arena *a;
    struct lm_str *phone_keys, *handle_keys; /* of the authority's accounts, empty when there is none */
    struct lm_map known[64];                 /* per platform: id or name as written → 1 covered, 0 not */
    bool owner_covered[64];                  /* per platform */
};

/* owner: what a person stated of the exhibit; platform NONE and empty when nothing. LM_ENOMEM only. */
lm_err lm_scope_init(struct lm_scope *s, struct lm_arena *a, const struct lm_authority *authority,
                     const struct lm_covered_account *owner);

/* *ret_why: NULL when the entry is in scope, else static text. LM_ENOMEM only. */
lm_err lm_scope_check(struct lm_scope *s, const struct lm_entry *entry, const char **ret_why);

#endif
