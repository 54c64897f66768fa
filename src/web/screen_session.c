#include "lastmile/brief.h"
#include "store/summary.h"
#include "web/screens.h"

/* The last component: the page shows which workspace it is, not where it lies. */
static struct lm_str name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return lm_str(slash != NULL ? slash + 1 : path);
}

lm_err lm_web_session(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    const struct lm_brief *brief;
    struct lm_audit_head head;
    struct lm_filter f = lm_request_filter(r);
    struct lm_brief_wish wish = { .parts = LM_BRIEF_RECORDS, .cancel = &r->cancel };
    lm_err err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_brief_make(&r->a, st, &f, &wish, &brief, &r->error);
    if (err == LM_OK)
        err = lm_store_head(st, &head, &r->error);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_brief_json_head(brief, o);
    lm_json_kv_str(o, "purpose", f.purpose);
    lm_json_kv_str(o, "workspace", name_of(r->options->workspace));
    lm_json_kv_z(o, "version", LM_VERSION);
    lm_json_key(o, "audit");
    lm_json_object(o);
    lm_json_kv_u64(o, "entries", head.entries);
    lm_json_kv_z(o, "head", head.hex);
    lm_json_object_end(o);
    lm_json_object_end(o);
    return LM_OK;
}
