/* look.h - what the verbs that look into a workspace share. */
#ifndef LM_CLI_LOOK_H
#define LM_CLI_LOOK_H

#include "cli/command.h"
#include "store/store.h"

/* The filter from -i (required) and --purpose (purpose when a person gave none). LM_EUSAGE. */
lm_err lm_cli_look(struct lm_cli *cli, const struct lm_args *args, const char *purpose, struct lm_filter *ret);

/* The same without -i as well: investigation stays empty, for looks that go across all of them. */
lm_err lm_cli_look_any(struct lm_cli *cli, const struct lm_args *args, const char *purpose, struct lm_filter *ret);

/* What option names is outside every workspace: LM_EUSAGE when -i or --purpose stands beside it, which would bind nothing. */
lm_err lm_cli_no_look(struct lm_cli *cli, const struct lm_args *args, const char *option);

/* The operating system's user, for the audit entries. */
const char *lm_cli_actor(struct lm_cli *cli);

/* Opens the workspace of -w for looking. LM_EUSAGE when none was named. */
lm_err lm_cli_open(struct lm_cli *cli, struct lm_store **ret);
/* The same for changing it. */
lm_err lm_cli_open_write(struct lm_cli *cli, struct lm_store **ret);

/* LM_ENOTFOUND when the workspace has no such investigation. */
lm_err lm_cli_check_investigation(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f);

/* The head of the audit chain, on standard error: it stands beside a report, not in it, because every look moves it and a
 * report has the same bytes every time. */
lm_err lm_cli_say_head(struct lm_cli *cli, struct lm_store *st);

#endif
