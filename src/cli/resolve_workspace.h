/* resolve_workspace.h - resolve on a workspace: brings identities up to date, lists proposals, explains two accounts.
 *
 * test  tests/cli/person.sh
 */
#ifndef LM_CLI_RESOLVE_WORKSPACE_H
#define LM_CLI_RESOLVE_WORKSPACE_H

#include "cli/command.h"

/* Operands: none, "list", or "explain A B". */
lm_err lm_cli_resolve_workspace(struct lm_cli *cli, const struct lm_args *args);

#endif
