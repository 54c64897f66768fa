/* document_file.h - documents as files: written beside, then put in place, for their owner alone.
 *
 * test  tests/cli/toll.sh, tests/cli/report_operation.sh
 */
#ifndef LM_CLI_DOCUMENT_FILE_H
#define LM_CLI_DOCUMENT_FILE_H

#include "cli/command.h"
#include "report/document.h"

#define LM_DOCUMENT_CEILING ((size_t)1 << 30)

lm_err lm_cli_write_file(struct lm_cli *cli, const char *path, struct lm_str bytes);
/* As HTML, or as PDF. */
lm_err lm_cli_write_document(struct lm_cli *cli, const char *path, bool pdf, const struct lm_document *d);

#endif
