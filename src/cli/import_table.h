/* import_table.h - import --authorities: a person's table of authorities is entered, and each exhibit imported under its own.
 *
 * The table is CSV with a header; columns stand in any order, and one that is not known refuses the table:
 *   id, investigation, kind, reach, path   required; path: a file or a folder below FOLDER, one exhibit
 *   title, agency, division                of the investigation, which is entered when it is not there yet
 *   number, court, issued, from, to, expires, accounts (PLATFORM:ID, blanks between them), owner, zone
 * The table is read and checked to its end before anything is entered. It must not stand inside FOLDER: evidence cannot
 * authorise itself. An authority that is there already is an error (LM_EEXIST), as it is when entered by hand.
 * Occurrences are brought up to date once for each run of rows of one investigation.
 *
 * test  tests/cli/import_authorities.sh
 */
#ifndef LM_CLI_IMPORT_TABLE_H
#define LM_CLI_IMPORT_TABLE_H

#include "cli/command.h"
#include "intake/intake.h"

/* Writes the answer to cli->out; schema docs/json/import_authorities.json. o: what all imports have in common. */
lm_err lm_cli_import_table(struct lm_cli *cli, struct lm_store *st, const char *table, const char *folder,
                           struct lm_intake_options *o);

#endif
