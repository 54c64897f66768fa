/* show.h - an event of a look as lines for a terminal; lastmile/look_json.h has it as JSON. */
#ifndef LM_CLI_SHOW_H
#define LM_CLI_SHOW_H

#include "base/buf.h"
#include "store/store.h"

/* "2023-05-02 10:00:00Z  Ana -> Beto: text"; control characters of evidence are neutralised, later lines of a text are
 * set in. */
void lm_show_hit_text(struct lm_buf *b, const struct lm_hit *h);
/* Where it stands, and why it matched when h says so, on lines of their own. */
void lm_show_source_text(struct lm_buf *b, const struct lm_hit *h);

#endif
