#include "lastmile/brief.h"
#include "web/screens.h"

lm_err lm_web_ledger(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    const struct lm_brief *brief;
    struct lm_filter f = lm_request_filter(r);
    struct lm_brief_wish wish = { .parts = LM_BRIEF_LEDGER, .cancel = &r->cancel };
    uint64_t limit, offset;
    lm_err err = lm_request_page(r, &limit, &offset);
    if (err == LM_OK)
        err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_brief_make(&r->a, st, &f, &wish, &brief, &r->error);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_brief_json_ledger(brief, o, limit, offset);
    lm_json_object_end(o);
    return LM_OK;
}

struct page {
    struct lm_request *r;
    struct lm_json_out *o;
    uint64_t limit, offset, total;
};

static lm_err put_problem(void *user, const struct lm_problem_row *p)
{
    struct page *page = user;
    lm_err err = lm_request_alive(page->r);
    page->total++;
    if (err != LM_OK || page->total <= page->offset || page->total - page->offset > page->limit)
        return err;
    lm_json_object(page->o);
    lm_json_kv_str(page->o, "path", p->path);
    lm_json_kv_text(page->o, "reader", p->reader);
    lm_json_kv_str(page->o, "kind", p->kind);
    lm_json_kv_str(page->o, "locator", p->locator);
    lm_json_kv_str(page->o, "reason", p->reason);
    lm_json_kv_u64(page->o, "records", p->records);
    lm_json_object_end(page->o);
    return LM_OK;
}

lm_err lm_web_problems(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    struct page page = { .r = r, .o = o };
    lm_err err = lm_request_page(r, &page.limit, &page.offset);
    if (err == LM_OK)
        err = lm_request_store(r, &st);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_key(o, "problems");
    lm_json_array(o);
    err = lm_store_problems(st, &f, put_problem, &page, &r->error);
    lm_json_array_end(o);
    lm_json_kv_u64(o, "total", page.total);
    lm_json_object_end(o);
    return err;
}
