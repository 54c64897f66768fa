#include "web/assets.h"

#include <stdio.h>

#include "base/embedded.h"
#include "base/hash.h"

/* The first of two entries with the same path that the binary carries is served. */
static const struct lm_asset known[] = {
    { .path = "/index.html", .type = "text/html; charset=utf-8", .file = "ui/index.html" },
    { .path = "/app.js", .type = "text/javascript; charset=utf-8", .file = "ui/app.js.gz", .gzip = true },
    { .path = "/app.css", .type = "text/css; charset=utf-8", .file = "ui/app.css.gz", .gzip = true },
    { .path = "/app.css", .type = "text/css; charset=utf-8", .file = "ui/src/style.css" },
};

lm_err lm_assets_init(struct lm_assets *ret, struct lm_error *e)
{
    struct lm_assets r = { 0 };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct lm_asset a = known[i];
        a.bytes = lm_embedded(lm_str(a.file));
        if (a.bytes.p == NULL || lm_asset_find(&r, lm_str(a.path)) != NULL)
            continue;
        struct lm_sha256 hash;
        char hex[65];
        lm_err err = lm_sha256_of(a.bytes, &hash);
        if (err != LM_OK)
            return lm_fail(e, err, "out of memory");
        (void)snprintf(a.etag, sizeof a.etag, "\"%.16s\"", lm_sha256_hex(&hash, hex));
        r.list[r.n++] = a;
    }
    r.script = lm_asset_find(&r, LM_STR("/app.js")) != NULL && lm_asset_find(&r, LM_STR("/index.html")) != NULL;
    *ret = r;
    return LM_OK;
}

const struct lm_asset *lm_asset_find(const struct lm_assets *a, struct lm_str path)
{
    for (size_t i = 0; i < a->n; i++)
        if (lm_str_eq(lm_str(a->list[i].path), path))
            return &a->list[i];
    return NULL;
}
