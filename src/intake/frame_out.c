/* The writing side: runs in the reader process. */
#include <errno.h>
#include <unistd.h>

#include "intake/frame.h"
#include "intake/frame_bits.h"

#define FLUSH_BYTES ((size_t)64 << 10)

void lm_frame_out_init(struct lm_frame_out *o, int fd, size_t frame_ceiling_bytes)
{
    *o = (struct lm_frame_out){ .fd = fd, .ceiling_bytes = frame_ceiling_bytes };
    lm_buf_init(&o->buf, frame_ceiling_bytes + 2 * FLUSH_BYTES);
}

void lm_frame_out_free(struct lm_frame_out *o)
{
    lm_buf_free(&o->buf);
    o->whole_bytes = 0;
}

lm_err lm_frame_flush(struct lm_frame_out *o)
{
    size_t done = 0, n = o->whole_bytes;
    while (o->fd >= 0 && done < n) {
        ssize_t k = write(o->fd, o->buf.p + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return LM_EIO;
        done += (size_t)k;
    }
    if (o->fd >= 0) {
        o->whole_bytes = 0;
        lm_buf_clear(&o->buf);
    }
    return LM_OK;
}

static void put_u8(struct lm_buf *b, unsigned v)
{
    lm_buf_putc(b, (char)v);
}

static void put_u64(struct lm_buf *b, uint64_t v)
{
    char *p = lm_buf_reserve(b, 10);
    if (p == NULL)
        return;
    size_t n = 0;
    for (; v >= 0x80; v >>= 7)
        p[n++] = (char)(v | 0x80);
    p[n++] = (char)v;
    b->n += n;
}

static void put_i64(struct lm_buf *b, int64_t v)
{
    put_u64(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

static void put_text(struct lm_buf *b, struct lm_str s)
{
    put_u64(b, s.n);
    lm_buf_put(b, s);
}

static void put_double(struct lm_buf *b, double v)
{
    char raw[sizeof v];
    memcpy(raw, &v, sizeof raw);
    lm_buf_put(b, (struct lm_str){ raw, sizeof raw });
}

static void frame_begin(struct lm_frame_out *o, enum lm_frame_type type)
{
    static const char room[4] = { 0 };
    lm_buf_put(&o->buf, (struct lm_str){ room, sizeof room });
    put_u8(&o->buf, type);
}

static lm_err frame_end(struct lm_frame_out *o)
{
    size_t n = o->buf.n - o->whole_bytes;
    bool too_large = o->buf.failed || n - LM_FRAME_HEADER_BYTES > o->ceiling_bytes;
    if (too_large) {
        o->buf.n = o->whole_bytes;
        o->buf.failed = false;
        return LM_ELIMIT;
    }
    uint32_t payload = (uint32_t)(n - LM_FRAME_HEADER_BYTES);
    for (int i = 0; i < 4; i++)
        o->buf.p[o->whole_bytes + (size_t)i] = (char)(payload >> 8 * i);
    o->whole_bytes = o->buf.n;
    return o->whole_bytes >= FLUSH_BYTES ? lm_frame_flush(o) : LM_OK;
}

static void put_locator(struct lm_buf *b, const struct lm_locator *l)
{
    put_u8(b, l->kind);
    if (l->kind == LM_LOCATOR_NONE)
        return;
    put_u64(b, l->a);
    put_u64(b, l->b);
    put_text(b, l->name);
}

static void put_when(struct lm_buf *b, const struct lm_when *w)
{
    put_u8(b, w->quality);
    if (w->quality == LM_TIME_NONE)
        return;
    put_i64(b, w->us);
    if (w->quality == LM_TIME_ZONE)
        put_i64(b, w->offset_s);
}

static void put_account(struct lm_buf *b, const struct lm_account_ref *a)
{
    put_u8(b, a->platform);
    put_u8(b, a->form);
    put_text(b, a->native);
    put_text(b, a->display);
}

static void put_lists(struct lm_buf *b, const struct lm_event *e)
{
    if (e->n_to != 0) {
        put_u64(b, e->n_to);
        for (size_t i = 0; i < e->n_to; i++)
            put_account(b, &e->to[i]);
    }
    if (e->n_attachments != 0) {
        put_u64(b, e->n_attachments);
        for (size_t i = 0; i < e->n_attachments; i++) {
            const struct lm_attachment *t = &e->attachments[i];
            put_text(b, t->name);
            put_text(b, t->type);
            put_i64(b, t->bytes);
            put_text(b, t->note);
        }
    }
    if (e->n_reactions != 0) {
        put_u64(b, e->n_reactions);
        for (size_t i = 0; i < e->n_reactions; i++) {
            put_account(b, &e->reactions[i].by);
            put_text(b, e->reactions[i].what);
        }
    }
    if (e->n_edits != 0) {
        put_u64(b, e->n_edits);
        for (size_t i = 0; i < e->n_edits; i++) {
            put_when(b, &e->edits[i].at);
            put_text(b, e->edits[i].text);
        }
    }
}

static bool on_the_globe(const struct lm_event *e)
{
    return e->latitude >= -90 && e->latitude <= 90 && e->longitude >= -180 && e->longitude <= 180;
}

static uint64_t event_mask(const struct lm_event *e)
{
    uint64_t m = 0;
    m |= e->native_id.n != 0 ? HAS_NATIVE_ID : 0;
    m |= e->detail.n != 0 ? HAS_DETAIL : 0;
    m |= e->thread.native.n != 0 || e->thread.title.n != 0 || e->thread.kind != LM_THREAD_UNKNOWN ? HAS_THREAD : 0;
    m |= e->from.form != LM_ACCOUNT_NONE || e->from.native.n != 0 || e->from.display.n != 0 ? HAS_FROM : 0;
    m |= e->text.n != 0 ? HAS_TEXT : 0;
    m |= e->duration_s >= 0 ? HAS_DURATION : 0;
    m |= e->has_amount ? HAS_AMOUNT : 0;
    m |= e->reply_to.n != 0 ? HAS_REPLY_TO : 0;
    m |= e->has_place && on_the_globe(e) ? HAS_PLACE : 0;
    m |= e->raw.n != 0 ? HAS_RAW : 0;
    m |= e->n_to != 0 ? HAS_TO : 0;
    m |= e->n_attachments != 0 ? HAS_ATTACHMENTS : 0;
    m |= e->n_reactions != 0 ? HAS_REACTIONS : 0;
    m |= e->n_edits != 0 ? HAS_EDITS : 0;
    return m;
}

static void put_event(struct lm_buf *b, const struct lm_event *e)
{
    uint64_t m = event_mask(e);
    put_u64(b, m);
    put_u8(b, e->kind);
    put_u8(b, e->platform);
    put_u64(b, e->flags);
    put_when(b, &e->at);
    if (m & HAS_NATIVE_ID)
        put_text(b, e->native_id);
    if (m & HAS_DETAIL)
        put_text(b, e->detail);
    if (m & HAS_THREAD) {
        put_text(b, e->thread.native);
        put_text(b, e->thread.title);
        put_u8(b, e->thread.kind);
    }
    if (m & HAS_FROM)
        put_account(b, &e->from);
    if (m & HAS_TEXT)
        put_text(b, e->text);
    if (m & HAS_DURATION)
        put_i64(b, e->duration_s);
    if (m & HAS_AMOUNT) {
        put_i64(b, e->amount.minor);
        lm_buf_put(b, (struct lm_str){ e->amount.currency, 3 });
        put_u8(b, (unsigned char)e->amount.exponent);
    }
    if (m & HAS_REPLY_TO)
        put_text(b, e->reply_to);
    if (m & HAS_PLACE) {
        put_double(b, e->latitude);
        put_double(b, e->longitude);
    }
    if (m & HAS_RAW)
        put_text(b, e->raw);
    put_lists(b, e);
}

static void put_quantity(struct lm_buf *b, const struct lm_quantity *q)
{
    put_u8(b, q->dimension);
    if (q->dimension == LM_DIMENSION_NONE)
        return;
    put_i64(b, q->value);
    put_u8(b, q->unit);
    put_u8(b, q->qualifier);
    put_text(b, q->original);
}

static void put_op_row(struct lm_buf *b, const struct lm_op_row *r)
{
    const struct lm_str texts[] = OP_ROW_TEXTS(r);
    uint64_t m = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        m |= texts[i].n != 0 ? UINT64_C(1) << i : 0;
    put_u8(b, r->table);
    put_u64(b, m);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].n != 0)
            put_text(b, texts[i]);
    put_i64(b, r->day);
    put_quantity(b, &r->amount);
    put_quantity(b, &r->net);
    put_i64(b, r->purity_ppm);
    put_i64(b, r->ug_per_pill);
    put_u64(b, r->platforms);
    put_i64(b, r->social_media);
    put_i64(b, r->encrypted);
    put_u8(b, r->fatal);
}

static void put_fact(struct lm_buf *b, const struct lm_fact *f)
{
    put_u8(b, f->kind);
    switch (f->kind) {
    case LM_FACT_EVENT:
        put_event(b, &f->event);
        break;
    case LM_FACT_IDENTIFIER:
        put_account(b, &f->identifier.account);
        put_u8(b, f->identifier.type);
        put_text(b, f->identifier.value);
        put_text(b, f->identifier.basis);
        put_when(b, &f->identifier.at);
        break;
    case LM_FACT_OP_ROW:
        put_op_row(b, &f->op_row);
        break;
    }
}

lm_err lm_frame_put_entry(struct lm_frame_out *o, const struct lm_entry *e)
{
    frame_begin(o, LM_FRAME_ENTRY);
    put_u64(&o->buf, e->n_records);
    for (size_t i = 0; i < e->n_records; i++)
        put_locator(&o->buf, &e->records[i]);
    put_u64(&o->buf, e->n_facts);
    for (size_t i = 0; i < e->n_facts; i++)
        put_fact(&o->buf, &e->facts[i]);
    return frame_end(o);
}

lm_err lm_frame_put_problem(struct lm_frame_out *o, const struct lm_problem *p)
{
    frame_begin(o, LM_FRAME_PROBLEM);
    put_u8(&o->buf, p->kind);
    put_u64(&o->buf, p->records);
    put_locator(&o->buf, &p->at);
    put_text(&o->buf, p->reason);
    return frame_end(o);
}

lm_err lm_frame_put_empty(struct lm_frame_out *o)
{
    frame_begin(o, LM_FRAME_EMPTY);
    return frame_end(o);
}

lm_err lm_frame_put_ready(struct lm_frame_out *o, const struct lm_frame_ready *r)
{
    frame_begin(o, LM_FRAME_READY);
    put_u8(&o->buf, r->no_new_privs);
    put_u8(&o->buf, r->limits);
    put_u8(&o->buf, r->landlock);
    put_u8(&o->buf, r->seccomp);
    return frame_end(o);
}

lm_err lm_frame_put_hello(struct lm_frame_out *o, const struct lm_frame_hello *h)
{
    frame_begin(o, LM_FRAME_HELLO);
    put_text(&o->buf, h->reader);
    put_u64(&o->buf, h->bid);
    put_text(&o->buf, h->second);
    put_u64(&o->buf, h->second_bid);
    return frame_end(o);
}

lm_err lm_frame_put_end(struct lm_frame_out *o, const struct lm_frame_end *e)
{
    frame_begin(o, LM_FRAME_END);
    put_u8(&o->buf, e->code);
    put_text(&o->buf, e->locator);
    put_text(&o->buf, e->message);
    put_text(&o->buf, e->hint);
    return frame_end(o);
}

lm_err lm_frame_put_member(struct lm_frame_out *o, const struct lm_frame_member *m)
{
    frame_begin(o, LM_FRAME_MEMBER);
    put_u8(&o->buf, m->kind);
    put_u8(&o->buf, m->encrypted);
    put_text(&o->buf, m->name);
    return frame_end(o);
}

lm_err lm_frame_put_data(struct lm_frame_out *o, struct lm_str bytes)
{
    frame_begin(o, LM_FRAME_DATA);
    put_text(&o->buf, bytes);
    return frame_end(o);
}

lm_err lm_frame_put_member_end(struct lm_frame_out *o, const struct lm_frame_member_end *m)
{
    frame_begin(o, LM_FRAME_MEMBER_END);
    put_u8(&o->buf, m->state);
    put_text(&o->buf, m->reason);
    return frame_end(o);
}
