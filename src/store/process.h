/* process.h - letters and orders that run out: to preserve (18 U.S.C. 2703(f)) and not to disclose (2705(b)).
 *
 * They are no authorities, because nothing is acquired under them. Every date is what a person entered: no length is taken
 * from a statute. Append-only: what becomes of one is a change, an extension to a later day or a withdrawal (with a
 * reason, and the end of it). Both are vouched for by the audit chain (anchor.h), and `verify` compares them.
 *
 * ownership  slices of a callback's row live until it returns
 * errors     those of store.h; LM_EUSAGE for what cannot be entered, LM_EEXIST for an id that is taken or a process that
 *            was withdrawn before
 * test       tests/unit/test_process.c, tests/cli/process.sh
 */
#ifndef LM_STORE_PROCESS_H
#define LM_STORE_PROCESS_H

#include "store/store.h"

#define LM_PROCESS_TEXT_BYTES 500 /* of provider, account, reference and reason, each */

enum lm_process_kind { LM_PROCESS_PRESERVATION, LM_PROCESS_NON_DISCLOSURE };
/* "preservation", "non_disclosure"; static text, "?" outside the enum. */
const char *lm_process_kind_word(enum lm_process_kind kind);
bool lm_process_kind_parse(struct lm_str word, enum lm_process_kind *ret);

struct lm_process_change {
    bool withdrawn;       /* else: extended */
    int32_t expires_day;  /* of an extension */
    struct lm_str reference, reason, who;
    int64_t at_us;
};

struct lm_process {
    struct lm_str id, investigation, provider, account, reference; /* account, reference: may be empty */
    struct lm_str authority;  /* that it belongs to; empty: to the investigation */
    enum lm_process_kind kind;
    int32_t served_day;
    int32_t expires_day;      /* last day on which it holds, as entered at first; LM_DAY_NONE: none was entered */
    /* set by the store: */
    int32_t until_day;        /* the same after its extensions */
    bool withdrawn, authority_revoked;
    bool masked;              /* the account is a protected person's: account says what the mask does, reasons are "(masked)" */
    struct lm_str who;
    int64_t at_us;
    const struct lm_process_change *changes; /* in order of entry */
    size_t n_changes;
};

lm_err lm_store_add_process(struct lm_store *st, const struct lm_process *p, struct lm_error *e);
/* To a day later than the one that holds now. reference: of the new letter or order; may be empty. */
lm_err lm_store_extend_process(struct lm_store *st, struct lm_str id, int32_t expires_day, struct lm_str reference,
                               struct lm_error *e);
lm_err lm_store_withdraw_process(struct lm_store *st, struct lm_str id, struct lm_str reason, struct lm_error *e);

/* In order of entry; investigation empty: of all; id empty: each, else that one (LM_ENOTFOUND). Accounts of protected
 * persons are masked (mask.h). No look at content, no audit entry. */
lm_err lm_store_processes(struct lm_store *st, struct lm_str investigation, struct lm_str id,
                          lm_err (*each)(void *user, const struct lm_process *p), void *user, struct lm_error *e);

#endif
