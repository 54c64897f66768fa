/* identities.h - what the verbs resolve (on a workspace), person and judge share: opening, and the rows they print.
 *
 * test  tests/cli/person.sh
 */
#ifndef LM_CLI_IDENTITIES_H
#define LM_CLI_IDENTITIES_H

#include "cli/look.h"
#include "formats/json_out.h"
#include "resolve/identify.h"

struct lm_identities {
    struct lm_cli *cli;
    const struct lm_args *args;
    struct lm_store *st;
    struct lm_filter f;
    struct lm_json_out o;
    uint64_t n; /* rows of the list at hand */
};

/* One object of JSON is open until lm_identities_end. -i is required; writes: to change the workspace. */
lm_err lm_identities_begin(struct lm_identities *t, struct lm_cli *cli, const struct lm_args *args, bool writes);
/* Says whether what was shown is up to date. Returns err. */
lm_err lm_identities_end(struct lm_identities *t, lm_err err);

/* The account that operand i names. */
lm_err lm_identities_account(struct lm_identities *t, size_t i, int64_t *ret);
/* The number that operand i is. LM_EUSAGE. */
lm_err lm_identities_number(struct lm_identities *t, size_t i, const char *what, int64_t *ret);

/* Callbacks of the looks: a row of a list that the caller has opened. */
lm_err lm_identities_edge(void *user, const struct lm_identity_edge_row *r);
lm_err lm_identities_word(void *user, const struct lm_identity_word_row *r);
lm_err lm_identities_value(void *user, const struct lm_value_row *r);

/* key: [ … ], around a look. */
void lm_identities_list(struct lm_identities *t, const char *key, const char *title);
void lm_identities_list_end(struct lm_identities *t, const char *none);

void lm_identities_kv_us(struct lm_json_out *o, const char *key, int64_t us); /* 0: null */

#endif
