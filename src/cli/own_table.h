/* own_table.h - the agency's own tables that are named on the command line, read as intake reads them: by the reader, in a
 * process of its own (intake/proc.h), which is started with the first of them and takes one after the other.
 *
 * test  tests/cli/rollup.sh
 */
#ifndef LM_CLI_OWN_TABLE_H
#define LM_CLI_OWN_TABLE_H

#include "intake/proc.h"

struct lm_own_tables {
    struct lm_proc *proc; /* NULL: not started */
    void *user;
    /* Valid until it returns; what it returns other than LM_OK ends the reading and is passed on. */
    lm_err (*entry)(void *user, const struct lm_entry *entry);
    lm_err (*problem)(void *user, const struct lm_problem *problem);
};

/* name: as shown in problems. *ret_own false: the first row is not the header of such a table, and nothing was read.
 * LM_EINPUT: it breaks off, or the process did (locator filled). */
lm_err lm_own_table_read(struct lm_own_tables *t, struct lm_str bytes, struct lm_str name, bool *ret_own, struct lm_error *e);
void lm_own_tables_end(struct lm_own_tables *t);

#endif
