#include "lastmile/look_json.h"
#include "web/screens.h"

struct hits {
    struct lm_request *r;
    struct lm_json_out *o;
};

static lm_err put_hit(void *user, const struct lm_hit *hit)
{
    struct hits *h = user;
    lm_hit_json(h->o, hit);
    return lm_request_alive(h->r);
}

static lm_err put_identifier(void *user, const struct lm_identifier_hit *hit)
{
    struct hits *h = user;
    lm_identifier_json(h->o, hit);
    return lm_request_alive(h->r);
}

lm_err lm_web_search(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    struct lm_search s = { .query = lm_str_trim(lm_request_param(r, "q")) };
    struct hits h = { r, o };
    uint64_t total = 0, identifiers = 0;
    lm_err err = lm_request_page(r, &s.limit, &s.offset);
    if (err == LM_OK && s.query.n == 0)
        err = lm_fail(&r->error, LM_EUSAGE, "q is what to search for");
    if (err == LM_OK)
        err = lm_request_store(r, &st);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_key(o, "hits");
    lm_json_array(o);
    err = lm_store_search(st, &f, &s, put_hit, &h, &total, &r->error);
    lm_json_array_end(o);
    lm_json_kv_u64(o, "total", total);
    lm_json_key(o, "identifiers");
    lm_json_array(o);
    if (err == LM_OK)
        err = lm_store_search_identifiers(st, &f, &s, put_identifier, &h, &identifiers, &r->error);
    lm_json_array_end(o);
    lm_json_kv_u64(o, "identifiers_total", identifiers);
    lm_json_object_end(o);
    return err;
}
