/* web.h - the web workspace: an HTTP server for one person on one machine.
 *
 * Bound to 127.0.0.1 and nothing else. Investigation and purpose are fixed when it starts. Only GET. A request
 * whose Host is not 127.0.0.1:PORT or localhost:PORT is refused (421): another site's name that resolves to
 * this machine is another site. Data needs a session (session.h). Everything served comes from the binary; the
 * policy allows no other source, no inline script or style, and no script text (Trusted Types).
 *
 * threads   one per connection, at most LM_WEB_CONNECTIONS; signals stay with the caller
 * errors    LM_EIO (port in use or not allowed), LM_ENOMEM
 * test      tests/web/run.mjs, tests/cli/serve.sh, tests/unit/test_web_*.c
 */
#ifndef LM_WEB_WEB_H
#define LM_WEB_WEB_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define LM_WEB_PORT 8420
#define LM_WEB_CONNECTIONS 32
#define LM_WEB_POLICY                                                                                        \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "    \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

struct lm_web_options { /* borrowed; must outlive the server */
    const char *workspace;
    const char *actor;
    struct lm_str investigation, purpose;
    uint16_t port; /* 0: a free one */
};

struct lm_web;

lm_err lm_web_start(const struct lm_web_options *options, struct lm_web **ret, struct lm_error *e);
/* Waits for nothing longer than a request's limit: those that run are cancelled. NULL is ignored. */
void lm_web_stop(struct lm_web *web);

uint16_t lm_web_port(const struct lm_web *web);
#define LM_WEB_LINK_MAX 128
/* The link that opens the workspace once; the number grows when a new link is there. */
uint64_t lm_web_link(struct lm_web *web, char ret_link[LM_WEB_LINK_MAX]);

/* Cancels what has run out of time. The caller says it about five times a second. */
void lm_web_tick(struct lm_web *web);

#endif
