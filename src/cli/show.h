/* show.h - an event of a look, as JSON and as lines for a terminal. */
#ifndef LM_CLI_SHOW_H
#define LM_CLI_SHOW_H

#include "formats/json_out.h"
#include "store/store.h"

/* One member of `hits` or `events` (docs/json/search.json). */
void lm_show_hit_json(struct lm_json_out *o, const struct lm_hit *h);

/* "2023-05-02 10:00:00Z  Ana -> Beto: text"; control characters of evidence are neutralised, later lines of a text are
 * set in. */
void lm_show_hit_text(struct lm_buf *b, const struct lm_hit *h);
/* Where it stands, and why it matched when h says so, on lines of their own. */
void lm_show_source_text(struct lm_buf *b, const struct lm_hit *h);

#endif
