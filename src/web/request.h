/* request.h - one question to the server, as an endpoint sees it.
 *
 * An endpoint is a function in the file of its screen; the table in src/web/endpoints.c gives it a path and the
 * parameters that it takes. It opens the workspace when it needs it (lm_request_store), writes one JSON
 * document, and returns; server.c turns the code into a status. It runs on a thread of its own and must
 * pass on LM_ECANCELLED: a request is cancelled when it takes longer than LM_REQUEST_LIMIT_US.
 */
#ifndef LM_WEB_REQUEST_H
#define LM_WEB_REQUEST_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buf.h"
#include "formats/json_out.h"
#include "store/store.h"
#include "web/web.h"

#define LM_REQUEST_LIMIT_US (INT64_C(30) * 1000000)
#define LM_REQUEST_PARAMS_MAX 8
#define LM_REQUEST_VALUE_MAX 400 /* bytes of one value */
#define LM_PAGE_DEFAULT 200
#define LM_PAGE_MAX 500

struct lm_param {
    struct lm_str name, value; /* valid UTF-8, no control characters */
};

struct lm_request {
    const struct lm_web_options *options;
    struct lm_arena a; /* lives as long as the request */
    struct lm_buf out;
    struct lm_param params[LM_REQUEST_PARAMS_MAX];
    size_t n_params;
    struct lm_store *store;
    atomic_bool cancel;
    int64_t deadline_us; /* monotonic */
    struct lm_error error;
};

struct lm_endpoint {
    const char *path;   /* "/api/search" */
    const char *params; /* names it takes, each with a space behind it: "q limit offset " */
    lm_err (*answer)(struct lm_request *r, struct lm_json_out *o);
};

/* Ended by path = NULL. */
extern const struct lm_endpoint lm_endpoints[];

/* The value, or {NULL, 0}. */
struct lm_str lm_request_param(const struct lm_request *r, const char *name);
/* As a whole number in [min, max]; LM_EUSAGE names the parameter. */
lm_err lm_request_number(struct lm_request *r, const char *name, int64_t min, int64_t max, int64_t fallback,
                         int64_t *ret);
/* The number of a row; LM_EUSAGE when it is not there. */
lm_err lm_request_id(struct lm_request *r, const char *name, int64_t *ret);
/* limit and offset of a page. */
lm_err lm_request_page(struct lm_request *r, uint64_t *ret_limit, uint64_t *ret_offset);

/* Opens the workspace for a short read; closed with the request. Its looks end when the request is cancelled. */
lm_err lm_request_store(struct lm_request *r, struct lm_store **ret);
/* The investigation and purpose that were fixed when the server started. */
struct lm_filter lm_request_filter(const struct lm_request *r);

/* LM_ECANCELLED once the request has run out of time: what a callback returns first. */
lm_err lm_request_alive(struct lm_request *r);

#endif
