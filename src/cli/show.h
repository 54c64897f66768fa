/* show.h - an event of a look as lines for a terminal; lastmile/look_json.h has it as JSON. */
#ifndef LM_CLI_SHOW_H
#define LM_CLI_SHOW_H

#include "cli/command.h"
#include "store/store.h"

/* After each row of a look: prints what is written so far once it is 64 MiB, so that an answer of any length fits
 * into memory, a shorter one is all or nothing, and no slow terminal holds up the workspace for it. LM_ELIMIT,
 * LM_EIO. */
lm_err lm_show_pass_on(struct lm_cli *cli);

/* "2023-05-02 10:00:00Z  Ana -> Beto: text"; control characters of evidence are neutralised, later lines of a text are
 * set in. */
void lm_show_hit_text(struct lm_buf *b, const struct lm_hit *h);
/* Where it stands, and why it matched when h says so, on lines of their own. */
void lm_show_source_text(struct lm_buf *b, const struct lm_hit *h);
/* One identifier, the account that it is of, and where it stands. */
void lm_show_identifier_text(struct lm_buf *b, const struct lm_identifier_hit *h);

#endif
