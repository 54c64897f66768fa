/* screens.h - the endpoints, one file per screen. Each writes one JSON document; schemas in docs/json/. */
#ifndef LM_WEB_SCREENS_H
#define LM_WEB_SCREENS_H

#include "web/request.h"

lm_err lm_web_session(struct lm_request *r, struct lm_json_out *o);    /* screen_session.c */
lm_err lm_web_brief(struct lm_request *r, struct lm_json_out *o);      /* screen_brief.c */
lm_err lm_web_ledger(struct lm_request *r, struct lm_json_out *o);     /* screen_ledger.c */
lm_err lm_web_problems(struct lm_request *r, struct lm_json_out *o);   /* screen_ledger.c */
lm_err lm_web_search(struct lm_request *r, struct lm_json_out *o);     /* screen_search.c */
lm_err lm_web_threads(struct lm_request *r, struct lm_json_out *o);    /* screen_thread.c */
lm_err lm_web_thread(struct lm_request *r, struct lm_json_out *o);     /* screen_thread.c */
lm_err lm_web_components(struct lm_request *r, struct lm_json_out *o); /* screen_network.c */
lm_err lm_web_account(struct lm_request *r, struct lm_json_out *o);    /* screen_network.c */
lm_err lm_web_rollup(struct lm_request *r, struct lm_json_out *o);     /* screen_rollup.c */

#endif
