/* html.h - the two pages that are made here: without a session, and without scripts. */
#ifndef LM_WEB_HTML_H
#define LM_WEB_HTML_H

#include "web/request.h"

/* How to open the workspace; says nothing of what is in it. */
void lm_html_locked(struct lm_buf *out);

/* The brief with its ledger as one page without scripts: for a binary built without Node, a browser with scripts
 * off, and printing. Into r->out. */
lm_err lm_html_plain(struct lm_request *r);

/* `&`, `<`, `>`, `"` and `'` as entities; control characters other than line feed and tab as U+FFFD. */
void lm_html_text(struct lm_buf *out, struct lm_str s);

#endif
