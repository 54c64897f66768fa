#include "lastmile/brief.h"
#include "web/screens.h"

lm_err lm_web_components(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    const struct lm_brief *brief;
    struct lm_filter f = lm_request_filter(r);
    /* the ledger as well: what is held or broken off is missing in a network, and the warnings say so; the records:
     * whether their times have a zone */
    struct lm_brief_wish wish = { .parts = LM_BRIEF_NETWORK | LM_BRIEF_LEDGER | LM_BRIEF_RECORDS,
                                  .cancel = &r->cancel };
    lm_err err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_brief_make(&r->a, st, &f, &wish, &brief, &r->error);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_brief_json_network(brief, o);
    lm_json_object_end(o);
    return LM_OK;
}

lm_err lm_web_account(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    uint64_t limit, offset;
    int64_t account;
    lm_err err = lm_request_page(r, &limit, &offset);
    if (err == LM_OK)
        err = lm_request_id(r, "account", &account);
    if (err == LM_OK)
        err = lm_request_store(r, &st);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    err = lm_brief_account(&r->a, st, &f, account, limit, offset, o, &r->error);
    lm_json_object_end(o);
    return err;
}
