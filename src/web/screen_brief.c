#include "lastmile/brief.h"
#include "web/screens.h"

lm_err lm_web_brief(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    const struct lm_brief *brief;
    struct lm_filter f = lm_request_filter(r);
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL, .cancel = &r->cancel };
    lm_err err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_brief_make(&r->a, st, &f, &wish, &brief, &r->error);
    if (err == LM_OK)
        lm_brief_json(brief, o, LM_PAGE_MAX);
    return err;
}
