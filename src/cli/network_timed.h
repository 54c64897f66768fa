/* network_timed.h - what the words after `network` that ask about time have in common (path, common, compare, change): where the
 * contacts come from, and what stands around each answer.
 *
 * From a table (--edges FILE, network/contacts_file.h) or from an investigation (-i ID, report/timed_contacts.h); a look stays open
 * until lm_network_timed_end.
 *
 * test      tests/cli/network_time.sh
 */
#ifndef LM_CLI_NETWORK_TIMED_H
#define LM_CLI_NETWORK_TIMED_H

#include "cli/command.h"
#include "formats/json_out.h"
#include "network/contacts.h"
#include "network/contacts_file.h"
#include "report/timed_contacts.h"

struct lm_network_timed {
    struct lm_cli *cli;
    const char *file;              /* NULL: the workspace */
    struct lm_contacts_file table; /* with a file */
    struct lm_store *st;           /* workspace, while the look is open */
    struct lm_timed held;
    struct lm_str investigation;
    bool directed, machine;
    int64_t from_us, to_us;        /* the window asked for; INT64_MIN, INT64_MAX: open */
    struct lm_contacts all, contacts; /* contacts: in the window */
    struct lm_warnings warnings;
};

/* Reads --edges or -i, --directed, --machine, --from and --to. action: the word of the audit entry ("path"); words: what it is about. */
lm_err lm_network_timed_load(struct lm_cli *cli, const struct lm_args *args, const char *action, struct lm_network_timed *ret);
/* The contacts of another file (--with), in the same way; a workspace has no second one. */
lm_err lm_network_timed_load_file(struct lm_cli *cli, const char *file, const struct lm_network_timed *like,
                                  struct lm_network_timed *ret);
/* Ends the look. Returns err, or why it could not be ended. */
lm_err lm_network_timed_end(struct lm_network_timed *s, lm_err err);

/* The name that an operand means. LM_EUSAGE: nobody is called so in the data held. */
lm_err lm_network_timed_name(struct lm_network_timed *s, const char *text, uint32_t *ret);

/* The moment of an option; *ret_given false, and *ret untouched, without it. LM_EUSAGE. */
lm_err lm_network_time(struct lm_cli *cli, const struct lm_args *args, const char *option, int64_t *ret, bool *ret_given);
/* "90s", "15m", "36h", "2d". */
lm_err lm_network_duration(struct lm_cli *cli, const struct lm_args *args, const char *option, int64_t fallback, int64_t *ret);

/* A moment of the data's clock, for what has none of its own. */
struct lm_when lm_network_timed_when(const struct lm_network_timed *s, int64_t us);

/* Warnings that stand under every answer; the word may have given some before. LM_ENOMEM. */
lm_err lm_network_timed_warned(struct lm_network_timed *s);
/* Damaged rows, to standard error; cli->problems. */
void lm_network_timed_say(const struct lm_network_timed *s);

/* Where a contact stands, as one object. Takes a moment of the store's in a workspace. */
lm_err lm_network_timed_json_row(struct lm_network_timed *s, struct lm_json_out *o, const struct lm_timed_contact *x);
/* The same on one line, without its end. */
lm_err lm_network_timed_text_row(struct lm_network_timed *s, struct lm_buf *b, const struct lm_timed_contact *x);

/* A tie of an answer, and the contacts that make it. */
struct lm_tie_rows {
    uint32_t a, b;       /* names; a → b when directions count */
    uint64_t n;
    size_t first, last;  /* of the dated ones; SIZE_MAX: none */
    size_t *rows;        /* indices of the first `most` */
    size_t n_rows, cap;
};
/* Room for n of them. */
lm_err lm_network_timed_ties(struct lm_network_timed *s, size_t n, struct lm_tie_rows **ret);
/* Fills them (a and b are set, no two alike) in one walk over the contacts. */
lm_err lm_network_timed_gather(struct lm_network_timed *s, struct lm_tie_rows *ties, size_t n, bool directed, size_t most);
/* contacts, rows_not_listed, rows: as members. */
lm_err lm_network_timed_json_rows(struct lm_network_timed *s, struct lm_json_out *o, const struct lm_tie_rows *t);
/* A line for each row. */
lm_err lm_network_timed_text_rows(struct lm_network_timed *s, struct lm_buf *b, const struct lm_tie_rows *t);

/* basis, directed, input, warnings, problems, problem_list. */
void lm_network_timed_json(const struct lm_network_timed *s, struct lm_json_out *o);
/* "12 names, 340 contacts (12 undated)". */
void lm_network_timed_text_head(const struct lm_network_timed *s);
void lm_network_timed_text_foot(const struct lm_network_timed *s);

#endif
