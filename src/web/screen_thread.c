#include "lastmile/look_json.h"
#include "web/screens.h"

/* --- the list --- */

struct list {
    struct lm_request *r;
    struct lm_json_out *o;
    uint64_t limit, offset, total;
};

static lm_err put_thread(void *user, const struct lm_thread_row *t)
{
    struct list *l = user;
    l->total++;
    if (l->total > l->offset && l->total - l->offset <= l->limit)
        lm_thread_json(l->o, t);
    return lm_request_alive(l->r);
}

lm_err lm_web_threads(struct lm_request *r, struct lm_json_out *o)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    struct list l = { .r = r, .o = o };
    lm_err err = lm_request_page(r, &l.limit, &l.offset);
    if (err == LM_OK)
        err = lm_request_store(r, &st);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_key(o, "threads");
    lm_json_array(o);
    err = lm_store_threads(st, &f, put_thread, &l, &r->error);
    lm_json_array_end(o);
    lm_json_kv_u64(o, "total", l.total);
    lm_json_object_end(o);
    return err;
}

/* --- one conversation --- */

struct page {
    struct lm_request *r;
    struct lm_buf rows; /* a JSON array */
    struct lm_json_out o;
};

static lm_err put_event(void *user, const struct lm_hit *hit)
{
    struct page *p = user;
    lm_hit_json(&p->o, hit);
    return lm_request_alive(p->r);
}

static lm_err put_row(void *user, const struct lm_thread_row *t)
{
    lm_thread_json(user, t);
    return LM_OK;
}

/* The row stands before the events and is asked for after them: nobody pays for it when the page fails. */
static lm_err put_conversation(struct lm_request *r, struct lm_json_out *o, int64_t thread,
                               struct lm_thread_page *where, struct page *p)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    lm_err err = lm_request_store(r, &st);
    lm_json_array(&p->o);
    if (err == LM_OK)
        err = lm_store_thread_page(st, &f, thread, where, put_event, p, &r->error);
    lm_json_array_end(&p->o);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_key(o, "thread");
    err = lm_store_thread_row(st, &f, thread, put_row, o, &r->error);
    lm_json_kv_u64(o, "offset", where->offset);
    lm_json_kv_u64(o, "total", where->total);
    lm_json_key(o, "events");
    lm_json_value(o, lm_buf_str(&p->rows));
    lm_json_object_end(o);
    o->b->failed = o->b->failed || p->rows.failed;
    return err;
}

lm_err lm_web_thread(struct lm_request *r, struct lm_json_out *o)
{
    struct page p = { .r = r };
    struct lm_thread_page where = { .limit = 0 };
    int64_t thread;
    lm_err err = lm_request_page(r, &where.limit, &where.offset);
    if (err == LM_OK)
        err = lm_request_id(r, "id", &thread);
    if (err == LM_OK)
        err = lm_request_number(r, "event", 1, INT64_MAX, 0, &where.event);
    if (err != LM_OK)
        return err;
    lm_buf_init(&p.rows, r->out.ceiling_bytes);
    lm_json_out_init(&p.o, &p.rows);
    err = put_conversation(r, o, thread, &where, &p);
    lm_buf_free(&p.rows);
    return err;
}
