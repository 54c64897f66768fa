/* look_json.h - an event and a conversation of a look as JSON: the command line and the web workspace print the
 * same document, because both call this.
 *
 * test      tests/unit/test_look_json.c, tests/web/schemas.mjs
 */
#ifndef LASTMILE_LOOK_JSON_H
#define LASTMILE_LOOK_JSON_H

#include "formats/json_out.h"

struct lm_hit;
struct lm_thread_row;
struct lm_identifier_hit;

/* One member of `hits` or `events` (docs/json/search.json); why is written when it is not empty. */
void lm_hit_json(struct lm_json_out *o, const struct lm_hit *hit);

/* One member of `identifiers` (docs/json/search.json). */
void lm_identifier_json(struct lm_json_out *o, const struct lm_identifier_hit *hit);

/* One member of `threads` (docs/json/web_threads.json); first and last are null when no event has a time. */
void lm_thread_json(struct lm_json_out *o, const struct lm_thread_row *t);

#endif
