#include "web/request.h"

#include <stdio.h>
#include <time.h>

#include "web/clock.h"

int64_t lm_web_now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct lm_str lm_request_param(const struct lm_request *r, const char *name)
{
    for (size_t i = 0; i < r->n_params; i++)
        if (lm_str_eq(r->params[i].name, lm_str(name)))
            return r->params[i].value;
    return (struct lm_str){ NULL, 0 };
}

lm_err lm_request_number(struct lm_request *r, const char *name, int64_t min, int64_t max, int64_t fallback,
                         int64_t *ret)
{
    struct lm_str given = lm_request_param(r, name);
    int64_t v = fallback;
    if (given.p != NULL && (!lm_str_to_i64(given, &v) || v < min || v > max))
        return lm_fail(&r->error, LM_EUSAGE, "%s wants a whole number from %lld to %lld", name, (long long)min,
                       (long long)max);
    *ret = v;
    return LM_OK;
}

lm_err lm_request_id(struct lm_request *r, const char *name, int64_t *ret)
{
    if (lm_request_param(r, name).p == NULL)
        return lm_fail(&r->error, LM_EUSAGE, "%s is missing", name);
    return lm_request_number(r, name, 1, INT64_MAX, 0, ret);
}

lm_err lm_request_page(struct lm_request *r, uint64_t *ret_limit, uint64_t *ret_offset)
{
    int64_t limit, offset;
    lm_err err = lm_request_number(r, "limit", 1, LM_PAGE_MAX, LM_PAGE_DEFAULT, &limit);
    if (err == LM_OK)
        err = lm_request_number(r, "offset", 0, INT64_MAX / 2, 0, &offset);
    if (err != LM_OK)
        return err;
    *ret_limit = (uint64_t)limit;
    *ret_offset = (uint64_t)offset;
    return LM_OK;
}

lm_err lm_request_store(struct lm_request *r, struct lm_store **ret)
{
    if (r->store == NULL) {
        lm_err err = lm_store_open(r->options->workspace, LM_STORE_READ, r->options->actor, &r->store, &r->error);
        if (err != LM_OK)
            return err;
        lm_store_set_cancel(r->store, &r->cancel);
    }
    *ret = r->store;
    return LM_OK;
}

struct lm_filter lm_request_filter(const struct lm_request *r)
{
    return (struct lm_filter){ .investigation = r->options->investigation, .purpose = r->options->purpose };
}

lm_err lm_request_alive(struct lm_request *r)
{
    if (!atomic_load_explicit(&r->cancel, memory_order_relaxed))
        return LM_OK;
    return lm_fail(&r->error, LM_ECANCELLED, "this took longer than %d seconds and was stopped",
                   (int)(LM_REQUEST_LIMIT_US / 1000000));
}
