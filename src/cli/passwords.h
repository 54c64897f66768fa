/* passwords.h - passwords on the command line: only in a file, never as a word (words are seen by every user of the machine). */
#ifndef LM_CLI_PASSWORDS_H
#define LM_CLI_PASSWORDS_H

#include "cli/command.h"

#define LM_CLI_MAX_PASSWORDS 16
#define LM_CLI_MAX_PASSWORD_BYTES 1024

/* The file's lines as they stand, mapped and not copied; lm_os_unmap when done. LM_EUSAGE: none in it, too many or too long (says which
 * line, never what is on it); LM_ENOTFOUND, LM_EIO. */
lm_err lm_cli_passwords_load(struct lm_cli *cli, const char *path, struct lm_str *ret);

#endif
