/* command.h - what a verb of the command line is.
 *
 * One file per verb, cmd_<verb>.c, ending in one `const struct lm_command lm_cmd_<verb>`; the word in
 * the list in src/cli/meson.build puts it into the table and into the help.
 */
#ifndef LM_CLI_COMMAND_H
#define LM_CLI_COMMAND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/args.h"

struct lm_cli {
    const char *workspace; /* -w; NULL when not given */
    bool json;             /* --json, anywhere */
    bool problems;         /* set by the verb: done, with problems that it lists: exit status 1 */
    bool refused;          /* set by the verb: it prints its answer, but nothing could be read: exit status 3 */
    bool damaged;          /* set by the verb: it prints its findings, and the workspace is damaged: exit status 4 */
    struct lm_arena run;   /* lives as long as the command */
    struct lm_buf out;     /* printed to stdout at the end, and only on success; with --json exactly
                              one document. A verb that must print earlier calls lm_cli_flush. */
    struct lm_error error; /* filled by whoever fails; main prints it in the right form */
};

struct lm_command {
    const char *name;
    const char *title;               /* one line for `lastmile --help` */
    const char *usage;               /* what follows the verb: "--authority A1 PATH…" */
    const char *help;                /* paragraphs under the options; may be NULL */
    const struct lm_option *options; /* ends with {0} */
    bool hidden;                     /* not listed (the reader process and the like) */
    lm_err (*run)(struct lm_cli *cli, const struct lm_args *args);
};

/* Writes what is in cli->out to stdout now; without --json through lm_terminal_put, line by line. */
lm_err lm_cli_flush(struct lm_cli *cli);

/* The table made from src/cli/meson.build, ended by NULL. */
extern const struct lm_command *const lm_commands[];

#endif
