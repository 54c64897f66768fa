/* snapchat_return_csv_message.c - messages, calls and conversations: rows that make one event together.
 *
 * A message has a row for each recipient. Rows with one message id, conversation, sender and moment wait in snap.pending until
 * the moment is over; they become one entry with a record for each row and a leg for each recipient. A row that names a
 * recipient of the message again is an entry of its own: the store tells it as a duplicate.
 */
#include "readers/snapchat_return_csv.h"

#define PENDING_SOFT 16

/* --- what waits --- */

/* {"rows":[…]} of the records' raws where they differ. */
static lm_err joined_raw(struct snap *s, struct snap_pending *p)
{
    bool same = true;
    for (size_t i = 1; i < p->n_records; i++)
        same = same && lm_str_eq(p->raws[i], p->raws[0]);
    if (same)
        return LM_OK;
    lm_buf_clear(&s->raw);
    lm_json_out_init(&s->out, &s->raw);
    lm_json_object(&s->out);
    lm_json_key(&s->out, "rows");
    lm_json_array(&s->out);
    for (size_t i = 0; i < p->n_records; i++) {
        if (s->raw.n + p->raws[i].n + 16 > SNAP_MAX_RAW) {
            lm_err e = snap_doubt(s, SNAP_D_RAW);
            if (e != LM_OK)
                return e;
            break;
        }
        if (p->raws[i].n != 0)
            lm_json_value(&s->out, p->raws[i]);
        else
            lm_json_null(&s->out);
    }
    lm_json_array_end(&s->out);
    lm_json_object_end(&s->out);
    p->ev.raw = lm_arena_copy(s->a, lm_buf_str(&s->raw));
    return p->ev.raw.p != NULL && !s->raw.failed ? LM_OK : lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
}

lm_err snap_flush(struct snap *s)
{
    lm_err e = LM_OK;
    for (size_t i = 0; e == LM_OK && i < s->n_pending; i++) {
        struct snap_pending *p = &s->pending[i];
        if (p->n_records > 1)
            e = joined_raw(s, p);
        p->ev.to = p->to;
        if (p->ev.thread.kind == LM_THREAD_UNKNOWN && p->ev.kind == LM_EVENT_MESSAGE && p->ev.n_to > 1)
            p->ev.thread.kind = LM_THREAD_GROUP;
        struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = p->ev };
        struct lm_entry entry = { .records = p->records, .n_records = p->n_records, .facts = &fact, .n_facts = 1 };
        if (e == LM_OK)
            e = s->sink->entry(s->sink, &entry);
    }
    s->n_pending = 0;
    return e;
}

lm_err snap_turn(struct snap *s)
{
    struct lm_arena *other = s->a == &s->spare ? s->ctx->record : &s->spare;
    const char *in = s->table.csv.in.p;
    lm_arena_reset(other);
    struct lm_str *cells = lm_arena_array(other, s->n_cells, sizeof *cells);
    if (cells == NULL)
        return lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n_cells; i++) {
        bool borrowed = s->cells[i].p >= in && s->cells[i].p <= in + s->table.csv.in.n;
        cells[i] = s->cells[i].n == 0 || borrowed ? s->cells[i] : lm_arena_copy(other, s->cells[i]);
        if (cells[i].p == NULL && cells[i].n != 0)
            return lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
    }
    lm_err e = snap_flush(s);
    lm_arena_reset(s->a);
    s->a = other;
    s->cells = cells;
    return e;
}

/* A place for one more event, zeroed; what waited is sent when it is over. */
static lm_err wait_for_more(struct snap *s, const struct lm_when *at, struct snap_pending **ret)
{
    bool over = s->n_pending >= PENDING_SOFT && s->pending[s->n_pending - 1].ev.at.us != at->us;
    lm_err e = over || s->n_pending == SNAP_MAX_PENDING ? snap_turn(s) : LM_OK;
    if (e != LM_OK)
        return e;
    struct snap_pending *p = &s->pending[s->n_pending++];
    *p = (struct snap_pending){ .ev = { .duration_s = -1 } };
    *ret = p;
    return LM_OK;
}

static lm_err add_record(struct snap *s, struct snap_pending *p, struct lm_str raw)
{
    size_t cap = p->cap_records;
    lm_err e = snap_push(s, (void **)&p->records, p->n_records, &p->cap_records, sizeof *p->records);
    if (e == LM_OK)
        e = snap_push(s, (void **)&p->raws, p->n_records, &cap, sizeof *p->raws);
    if (e == LM_OK) {
        p->records[p->n_records] = s->at;
        p->raws[p->n_records++] = raw;
    }
    return e;
}

static bool has_leg(const struct snap_pending *p, struct lm_str native)
{
    for (size_t i = 0; i < p->ev.n_to; i++)
        if (lm_str_eq(p->to[i].native, native))
            return true;
    return false;
}

static lm_err add_leg(struct snap *s, struct snap_pending *p, struct lm_account_ref to)
{
    if (to.form == LM_ACCOUNT_NONE || has_leg(p, to.native))
        return LM_OK;
    if (p->ev.n_to == SNAP_MAX_LEGS)
        return snap_doubt(s, SNAP_D_LIST);
    lm_err e = snap_push(s, (void **)&p->to, p->ev.n_to, &p->cap_to, sizeof *p->to);
    if (e == LM_OK)
        p->to[p->ev.n_to++] = to;
    return e;
}

/* Names (or, where there are none, ids) of a list, without `from`. */
static lm_err add_members(struct snap *s, const struct snap_section *x, struct snap_pending *p)
{
    struct lm_str list = snap_cell(s, x, SNAP_MEMBERS);
    if (list.n == 0)
        list = snap_cell(s, x, SNAP_MEMBER_IDS);
    lm_err e = LM_OK;
    while (e == LM_OK && list.n != 0) {
        size_t k = 0;
        if (p->ev.n_to == SNAP_MAX_LEGS)
            return snap_doubt(s, SNAP_D_LIST);
        while (k < list.n && list.p[k] != ';' && list.p[k] != ',' && list.p[k] != '|')
            k++;
        struct lm_str one = lm_str_trim(lm_str_take(list, k));
        list = lm_str_skip(list, k + 1);
        while (one.n != 0 && strchr("[]'\" ", one.p[0]) != NULL) /* lists are written in more than one way */
            one = lm_str_skip(one, 1);
        while (one.n != 0 && strchr("[]'\" ", one.p[one.n - 1]) != NULL)
            one.n--;
        if (!lm_str_eq(one, p->ev.from.native))
            e = add_leg(s, p, lm_snapchat_account(one, (struct lm_str){ NULL, 0 }));
    }
    return e;
}

/* --- messages --- */

/* The message of this row among those that wait. */
static struct snap_pending *waiting(struct snap *s, struct lm_str id, struct lm_str thread, struct lm_str from, const struct lm_when *at)
{
    for (size_t i = s->n_pending; id.n != 0 && i > 0; i--) {
        struct snap_pending *p = &s->pending[i - 1];
        if (!p->repeated && p->ev.kind == LM_EVENT_MESSAGE && p->ev.at.us == at->us && lm_str_eq(p->ev.native_id, id)
            && lm_str_eq(p->ev.thread.native, thread) && lm_str_eq(p->ev.from.native, from))
            return p;
    }
    return NULL;
}

static enum lm_thread_kind thread_kind(struct snap *s, const struct snap_section *x)
{
    struct lm_str one = snap_cell(s, x, SNAP_ONE_ON_ONE);
    if (lm_str_eq_nocase(one, LM_STR("true")) || lm_str_eq(one, LM_STR("1")))
        return LM_THREAD_DIRECT;
    if (one.n != 0 || snap_cell(s, x, SNAP_TITLE).n != 0)
        return LM_THREAD_GROUP;
    return LM_THREAD_UNKNOWN;
}

lm_err snap_message(struct snap *s, const struct snap_section *x)
{
    struct lm_when at;
    struct lm_str raw, id = snap_cell(s, x, SNAP_ID), thread = snap_cell(s, x, SNAP_THREAD_ID);
    struct lm_account_ref from = lm_snapchat_account(snap_cell(s, x, SNAP_FROM), snap_cell(s, x, SNAP_FROM_ID));
    struct lm_account_ref to = lm_snapchat_account(snap_cell(s, x, SNAP_TO), snap_cell(s, x, SNAP_TO_ID));
    struct snap_pending *p = NULL, *known = NULL;
    lm_err e = snap_when(s, x, SNAP_TIME, &at);
    uint64_t odd = s->odd_roles;
    if (e == LM_OK)
        known = waiting(s, id, thread, from.native, &at);
    bool same_text = known != NULL && lm_str_eq(known->ev.text, snap_cell(s, x, SNAP_TEXT));
    if (known != NULL && same_text && to.form != LM_ACCOUNT_NONE && !has_leg(known, to.native) && known->ev.n_to < SNAP_MAX_LEGS) {
        e = snap_raw(s, x, &raw);
        if (s->content)
            known->ev.flags &= ~(unsigned)LM_EVENT_TRAFFIC;
        if (e == LM_OK)
            e = add_leg(s, known, to);
        return e != LM_OK ? e : add_record(s, known, raw);
    }
    if (e == LM_OK)
        e = wait_for_more(s, &at, &p);
    if (e != LM_OK)
        return e;
    /* the row may stand in the other arena now */
    s->odd_roles = odd;
    from = lm_snapchat_account(snap_cell(s, x, SNAP_FROM), snap_cell(s, x, SNAP_FROM_ID));
    to = lm_snapchat_account(snap_cell(s, x, SNAP_TO), snap_cell(s, x, SNAP_TO_ID));
    p->repeated = known != NULL;
    p->ev = (struct lm_event){ .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_SNAPCHAT, .at = at, .from = from, .duration_s = -1,
                               .native_id = snap_cell(s, x, SNAP_ID), .detail = snap_cell(s, x, SNAP_DETAIL), .text = snap_cell(s, x, SNAP_TEXT),
                               .reply_to = snap_cell(s, x, SNAP_REPLY) };
    p->ev.thread = (struct lm_thread_ref){ snap_cell(s, x, SNAP_THREAD_ID), snap_cell(s, x, SNAP_TITLE), thread_kind(s, x) };
    e = snap_files(s, snap_cell(s, x, SNAP_FILES), &p->ev.attachments, &p->ev.n_attachments);
    if (e == LM_OK)
        e = to.form != LM_ACCOUNT_NONE ? add_leg(s, p, to) : add_members(s, x, p);
    if (e == LM_OK)
        e = snap_raw(s, x, &raw);
    if (e != LM_OK)
        return e;
    p->ev.raw = raw;
    p->ev.flags |= (p->ev.n_to == 0 ? (unsigned)LM_EVENT_MEMBERS_UNKNOWN : 0) | (raw.n != 0 && !s->content ? (unsigned)LM_EVENT_TRAFFIC : 0);
    return add_record(s, p, raw);
}

/* --- calls --- */

static bool is_attempt(struct lm_str outcome)
{
    static const char *const words[] = { "miss", "declin", "cancel", "busy", "fail", "reject", "no_answer", "no answer", "not_connected", "unanswered" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        for (struct lm_str s = outcome, w = lm_str(words[i]); s.n >= w.n; s = lm_str_skip(s, 1))
            if (lm_str_eq_nocase(lm_str_take(s, w.n), w))
                return true;
    return false;
}

/* "65", "65.4", "65 seconds", "00:01:05"; -1: none of them. */
static int64_t seconds_of(struct lm_str s)
{
    int64_t part = 0, total = 0;
    int parts = 1;
    size_t i = 0;
    for (; i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ':'); i++) {
        if (s.p[i] == ':') {
            total = (total + part) * 60;
            part = 0;
            parts++;
        } else if ((part = part * 10 + (s.p[i] - '0')) > 100000000) {
            return -1;
        }
    }
    bool unit = i == s.n || s.p[i] == '.' || s.p[i] == 's' || lm_str_starts(lm_str_skip(s, i), LM_STR(" s"));
    return i == 0 || parts > 3 || !unit ? -1 : total + part;
}

lm_err snap_call(struct snap *s, const struct snap_section *x)
{
    struct lm_when at, end;
    struct snap_pending *p;
    struct lm_str raw, duration = snap_cell(s, x, SNAP_DURATION);
    lm_err e = snap_when(s, x, SNAP_TIME, &at);
    if (e == LM_OK)
        e = snap_when(s, x, SNAP_END, &end);
    uint64_t odd = s->odd_roles;
    int64_t seconds = seconds_of(duration);
    if (duration.n != 0 && seconds < 0)
        odd |= UINT64_C(1) << SNAP_DURATION;
    if (seconds < 0 && at.quality != LM_TIME_NONE && end.quality == at.quality && end.us >= at.us)
        seconds = (end.us - at.us) / LM_SECOND_US;
    if (e == LM_OK)
        e = wait_for_more(s, &at, &p);
    if (e != LM_OK)
        return e;
    s->odd_roles = odd;
    p->ev = (struct lm_event){ .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_SNAPCHAT, .at = at, .duration_s = seconds,
                               .from = lm_snapchat_account(snap_cell(s, x, SNAP_FROM), snap_cell(s, x, SNAP_FROM_ID)),
                               .native_id = snap_cell(s, x, SNAP_ID), .detail = snap_cell(s, x, SNAP_DETAIL) };
    p->ev.thread.native = snap_cell(s, x, SNAP_THREAD_ID);
    e = add_members(s, x, p);
    if (e == LM_OK)
        e = snap_raw(s, x, &raw);
    if (e != LM_OK)
        return e;
    p->ev.raw = raw;
    p->ev.flags = (is_attempt(snap_cell(s, x, SNAP_OUTCOME)) ? (unsigned)LM_EVENT_ATTEMPT : 0)
                  | (p->ev.n_to == 0 ? (unsigned)LM_EVENT_MEMBERS_UNKNOWN : 0) | (raw.n != 0 && !s->content ? (unsigned)LM_EVENT_TRAFFIC : 0);
    return add_record(s, p, raw);
}

/* One person of the call above. */
lm_err snap_call_member(struct snap *s, const struct snap_section *x)
{
    struct lm_account_ref who = lm_snapchat_account(snap_cell(s, x, SNAP_USERNAME), snap_cell(s, x, SNAP_USER_ID));
    struct snap_pending *p = s->n_pending != 0 ? &s->pending[s->n_pending - 1] : NULL;
    struct lm_str raw;
    lm_err e = snap_raw(s, x, &raw);
    if (e != LM_OK)
        return e;
    if (p == NULL || p->ev.kind != LM_EVENT_CALL || p->n_records > SNAP_MAX_LEGS)
        return lm_sink_problem(s->sink, LM_PROBLEM_REJECTED, 1, s->at, "a person of a call that stands below no call, or below too many persons");
    if (!lm_str_eq(who.native, p->ev.from.native))
        e = add_leg(s, p, who);
    if (p->ev.n_to != 0)
        p->ev.flags &= ~(unsigned)LM_EVENT_MEMBERS_UNKNOWN;
    if (s->content || (raw.n != 0 && p->ev.raw.n == 0))
        p->ev.flags = s->content ? p->ev.flags & ~(unsigned)LM_EVENT_TRAFFIC : p->ev.flags | LM_EVENT_TRAFFIC;
    return e != LM_OK ? e : add_record(s, p, raw);
}

/* --- conversations: who is in one, since when --- */

lm_err snap_thread(struct snap *s, const struct snap_section *x)
{
    struct snap_pending p = { .ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SNAPCHAT, .from = s->owner, .duration_s = -1,
                                      .detail = LM_STR("conversation") } };
    lm_err e = snap_when(s, x, SNAP_TIME, &p.ev.at);
    p.ev.thread = (struct lm_thread_ref){ snap_cell(s, x, SNAP_THREAD_ID), snap_cell(s, x, SNAP_TITLE), thread_kind(s, x) };
    if (e == LM_OK)
        e = add_members(s, x, &p);
    if (e == LM_OK)
        e = snap_raw(s, x, &p.ev.raw);
    if (e != LM_OK)
        return e;
    if (p.ev.thread.kind == LM_THREAD_UNKNOWN && p.ev.n_to > 1)
        p.ev.thread.kind = LM_THREAD_GROUP;
    p.ev.to = p.to;
    p.ev.flags = (p.ev.n_to == 0 ? (unsigned)LM_EVENT_MEMBERS_UNKNOWN : 0) | (p.ev.raw.n != 0 && !s->content ? (unsigned)LM_EVENT_TRAFFIC : 0);
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = p.ev };
    return lm_sink_fact(s->sink, s->at, &fact);
}
