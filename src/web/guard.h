/* guard.h - small decisions about a request, apart from the HTTP library so that they can be tested.
 *
 * test  tests/unit/test_web_guard.c
 */
#ifndef LM_WEB_GUARD_H
#define LM_WEB_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Is this Host header ours: 127.0.0.1:PORT or localhost:PORT (names in any case)? */
bool lm_host_ours(struct lm_str host, uint16_t port);

/* May a request with this Sec-Fetch-Site header read data? Absent (older browsers, curl), same-origin and
 * none (typed by a person) may. */
bool lm_fetch_site_ours(struct lm_str site);

/* Printable UTF-8 of at most max bytes: what a parameter may hold. */
bool lm_param_clean(struct lm_str value, size_t max);

/* Does `words` ("q limit offset ") hold this name? */
bool lm_word_listed(const char *words, struct lm_str name);

/* Does an If-None-Match header name this entity tag (with its quotes)? "*" does. */
bool lm_etag_listed(struct lm_str if_none_match, struct lm_str etag);

#endif
