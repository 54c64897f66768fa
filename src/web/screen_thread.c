#include <inttypes.h>

#include "lastmile/look_json.h"
#include "web/screens.h"

/* --- the list --- */

struct list {
    struct lm_request *r;
    struct lm_json_out *o;
    uint64_t limit, offset, total;
    int64_t wanted; /* one thread only; 0: a page of them */
};

static lm_err put_thread(void *user, const struct lm_thread_row *t)
{
    struct list *l = user;
    lm_err err = lm_request_alive(l->r);
    if (err != LM_OK || (l->wanted != 0 && t->id != l->wanted))
        return err;
    l->total++;
    if (l->total <= l->offset || l->total - l->offset > l->limit)
        return LM_OK;
    lm_thread_json(l->o, t);
    return LM_OK;
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

/* A page that starts at an offset, or the page that holds an event: pages are written one after the other into the
 * same buffer, and a page without the event is thrown away when the next one begins. */
struct page {
    struct lm_request *r;
    struct lm_buf rows; /* a JSON array, still open */
    uint64_t limit, seen, start;
    int64_t event; /* 0: the page as asked */
    bool found;
};

static lm_err put_event(void *user, const struct lm_hit *hit)
{
    struct page *p = user;
    uint64_t at = p->seen++;
    if (p->event != 0 && !p->found && at % p->limit == 0) {
        lm_buf_clear(&p->rows);
        lm_buf_putc(&p->rows, '[');
        p->start = at;
    }
    if (p->event == 0 || !p->found || at - p->start < p->limit) {
        struct lm_json_out one;
        if (p->rows.n > 1)
            lm_buf_putc(&p->rows, ',');
        lm_json_out_init(&one, &p->rows);
        lm_hit_json(&one, hit);
        p->found = p->found || hit->event == p->event;
    }
    return lm_request_alive(p->r);
}

static lm_err put_conversation(struct lm_request *r, struct lm_json_out *o, int64_t thread, struct page *p)
{
    struct lm_store *st;
    struct lm_filter f = lm_request_filter(r);
    struct list l = { .r = r, .o = o, .limit = 1, .wanted = thread };
    uint64_t total = 0, offset = p->event != 0 ? 0 : p->start;
    lm_err err = lm_request_store(r, &st);
    if (err == LM_OK)
        err = lm_store_thread(st, &f, thread, p->event != 0 ? INT64_MAX : p->limit, offset, put_event, p, &total, &r->error);
    if (err == LM_OK && p->event != 0 && !p->found)
        err = lm_fail(&r->error, LM_ENOTFOUND, "no event %" PRId64 " in this thread", p->event);
    if (err != LM_OK)
        return err;
    lm_json_object(o);
    lm_json_key(o, "thread");
    err = lm_store_threads(st, &f, put_thread, &l, &r->error);
    if (err == LM_OK && l.total == 0)
        err = lm_fail(&r->error, LM_ENOTFOUND, "no thread %" PRId64 " in this investigation", thread);
    lm_json_kv_u64(o, "offset", p->start);
    lm_json_kv_u64(o, "total", total);
    lm_json_key(o, "events");
    lm_buf_putc(&p->rows, ']');
    lm_json_value(o, lm_buf_str(&p->rows));
    lm_json_object_end(o);
    o->b->failed = o->b->failed || p->rows.failed;
    return err;
}

lm_err lm_web_thread(struct lm_request *r, struct lm_json_out *o)
{
    struct page p = { .r = r };
    int64_t thread;
    lm_err err = lm_request_page(r, &p.limit, &p.start);
    if (err == LM_OK)
        err = lm_request_id(r, "id", &thread);
    if (err == LM_OK)
        err = lm_request_number(r, "event", 1, INT64_MAX, 0, &p.event);
    if (err != LM_OK)
        return err;
    lm_buf_init(&p.rows, r->out.ceiling_bytes);
    lm_buf_putc(&p.rows, '[');
    err = put_conversation(r, o, thread, &p);
    lm_buf_free(&p.rows);
    return err;
}
