/* assets.h - what the browser loads: from the binary, never from a folder.
 *
 * test  tests/web/run.mjs, tests/cli/serve.sh
 */
#ifndef LM_WEB_ASSETS_H
#define LM_WEB_ASSETS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct lm_asset {
    const char *path; /* "/app.js" */
    const char *type;
    const char *file; /* name among the embedded files */
    bool gzip;        /* stored compressed */
    struct lm_str bytes;
    char etag[24]; /* with its quotes */
};

#define LM_ASSETS_MAX 4
struct lm_assets {
    struct lm_asset list[LM_ASSETS_MAX];
    size_t n;
    bool script; /* the front end is in this binary; without it the plain page is served */
};

/* Looks the files up and computes their entity tags. LM_ENOMEM only. */
lm_err lm_assets_init(struct lm_assets *ret, struct lm_error *e);

/* NULL when nothing of that path is served. */
const struct lm_asset *lm_asset_find(const struct lm_assets *a, struct lm_str path);

#endif
