/* wickr_retention_json.c - what the data-retention bot of AWS Wickr (and the compliance bot of Wickr Enterprise) writes: a JSON object for
 * each message, one after the other or in a list.
 *
 * An organisation's own archive: messages are complete, members of rooms are not (only changes of rooms name them). Edits, reactions and deletions
 * are messages of their own and stay so, each with the id of the message that it is about. docs/readers/wickr.md has the rules.
 */
#include "readers/shared/json_read.h"
#include "readers/shared/json_sniff.h"

struct said {
    struct lm_jread *r;
    struct lm_event *ev;
    int64_t type, status, duration;
    bool has_type, has_status, has_duration, has_latitude, has_longitude, added, has_added, recalled;
    struct lm_str time, time_iso, sender, receiver, group, edit_type, name;
    double latitude, longitude;
    struct lm_account_ref *people;
    size_t n_people, cap_people;
    struct lm_attachment file;
    bool has_file;
    struct lm_buf *key;
};

static bool is(struct lm_str s, const char *z)
{
    return lm_str_is(s, z);
}

static struct lm_account_ref account(struct lm_str id)
{
    return (struct lm_account_ref){ .platform = LM_PLATFORM_WICKR, .native = id, .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE };
}

/* --- members --- */

static lm_err raw_below(struct said *s, const char *above, struct lm_str key, const struct lm_json_token *v)
{
    lm_buf_clear(s->key);
    lm_buf_printf(s->key, "%s.%.*s", above, LM_STR_ARG(lm_str_take(key, 128)));
    struct lm_str name = lm_buf_str(s->key);
    return lm_jread_raw(s->r, lm_str_take(name, lm_utf8_valid_prefix(name)), v);
}

/* ["user001", …], or objects with a name. */
static lm_err people(struct said *s, const struct lm_json_token *list)
{
    struct lm_json_token v;
    struct lm_str id, key;
    lm_err err;
    if (list->type != LM_JSON_ARRAY)
        return lm_jread_skip(s->r, list);
    while ((err = lm_jread_next(s->r, &v)) == LM_OK && v.type != LM_JSON_ARRAY_END) {
        struct lm_json_token m;
        id = (struct lm_str){ NULL, 0 };
        if (v.type == LM_JSON_OBJECT) {
            while ((err = lm_jread_member(s->r, &key, &m)) == LM_OK && key.p != NULL) {
                err = is(key, "name") && m.type == LM_JSON_STRING ? lm_jread_keep(s->r, s->r->ctx->record, &m, &id) : lm_jread_skip(s->r, &m);
                if (err != LM_OK)
                    return err;
            }
        } else if (v.type == LM_JSON_STRING) {
            err = lm_jread_keep(s->r, s->r->ctx->record, &v, &id);
        } else {
            err = lm_jread_skip(s->r, &v);
        }
        if (err != LM_OK)
            return err;
        err = id.n != 0 ? lm_jread_push(s->r, (void **)&s->people, s->n_people, &s->cap_people, sizeof *s->people) : LM_ELIMIT;
        if (err == LM_OK)
            s->people[s->n_people++] = account(id);
        else if (err != LM_ELIMIT)
            return err;
    }
    return err;
}

static lm_err control_member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    if (is(key, "members") || is(key, "addedusers") || is(key, "deletedusers")) {
        uint64_t at = v->at;
        lm_err err = people(s, v);
        lm_buf_clear(s->key);
        lm_buf_printf(s->key, "control.%.*s", LM_STR_ARG(key));
        return err == LM_OK ? lm_jread_raw_span(s->r, lm_buf_str(s->key), at, lm_json_offset(&s->r->j)) : err;
    }
    if (is(key, "title"))
        return lm_jread_text(s->r, v, &s->name);
    if (is(key, "msgid"))
        return lm_jread_text(s->r, v, &s->ev->reply_to);
    if (is(key, "isrecall"))
        return lm_jread_bool(s->r, v, &s->recalled);
    return is(key, "msgtype") ? lm_jread_skip(s->r, v) : raw_below(s, "control", key, v);
}

static lm_err edit_member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    if (is(key, "originalmessageid"))
        return lm_jread_text(s->r, v, &s->ev->reply_to);
    if (is(key, "text") || is(key, "reaction"))
        return lm_jread_text(s->r, v, &s->ev->text);
    if (is(key, "type"))
        return lm_jread_text(s->r, v, &s->edit_type);
    if (is(key, "reactAdded")) {
        s->has_added = true;
        return lm_jread_bool(s->r, v, &s->added);
    }
    if (is(key, "latitude"))
        return lm_jread_double(s->r, v, &s->latitude, &s->has_latitude);
    if (is(key, "longitude"))
        return lm_jread_double(s->r, v, &s->longitude, &s->has_longitude);
    return raw_below(s, "edit", key, v);
}

static lm_err call_member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    if (is(key, "status"))
        return lm_jread_i64(s->r, v, &s->status, &s->has_status);
    if (is(key, "duration"))
        return lm_jread_i64(s->r, v, &s->duration, &s->has_duration);
    if (is(key, "startmsgid"))
        return lm_jread_text(s->r, v, &s->ev->reply_to);
    return raw_below(s, "call", key, v); /* participants are hashes of names, and nothing leads from them to an account */
}

static lm_err file_member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    s->has_file = true;
    if (is(key, "filename"))
        return lm_jread_text(s->r, v, &s->file.name);
    if (is(key, "localfilename"))
        return lm_jread_text(s->r, v, &s->file.note);
    return raw_below(s, "file", key, v);
}

static lm_err place_member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    if (is(key, "latitude"))
        return lm_jread_double(s->r, v, &s->latitude, &s->has_latitude);
    if (is(key, "longitude"))
        return lm_jread_double(s->r, v, &s->longitude, &s->has_longitude);
    return raw_below(s, "location", key, v);
}

static const struct {
    const char *key;
    lm_err (*member)(struct said *s, struct lm_str key, const struct lm_json_token *v);
} objects[] = { { "control", control_member }, { "edit", edit_member }, { "call", call_member }, { "file", file_member }, { "location", place_member } };

static lm_err object(struct said *s, lm_err (*one)(struct said *s, struct lm_str key, const struct lm_json_token *v))
{
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    while ((err = lm_jread_member(s->r, &key, &v)) == LM_OK && key.p != NULL) {
        err = one(s, key, &v);
        if (err != LM_OK)
            return err;
    }
    return err;
}

static lm_err member(struct said *s, struct lm_str key, const struct lm_json_token *v)
{
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
        if (is(key, objects[i].key) && v->type == LM_JSON_OBJECT)
            return object(s, objects[i].member);
    struct lm_str *to = is(key, "message_id") || (is(key, "id") && s->ev->native_id.n == 0) ? &s->ev->native_id
                        : is(key, "message")  ? &s->ev->text
                        : is(key, "msg_ts")   ? &s->time
                        : is(key, "time_iso") ? &s->time_iso
                        : is(key, "sender")   ? &s->sender
                        : is(key, "receiver") ? &s->receiver
                        : is(key, "vgroupid") ? &s->group
                                              : NULL;
    if (to != NULL)
        return lm_jread_text(s->r, v, to);
    if (is(key, "msgtype"))
        return lm_jread_i64(s->r, v, &s->type, &s->has_type);
    return lm_jread_raw(s->r, key, v);
}

/* --- what it adds up to --- */

enum { CALL_STARTED, CALL_COMPLETED, CALL_MISSED, CALL_CANCELLED };

static const struct {
    int64_t type;
    const char *detail;
    enum lm_event_kind kind;
    unsigned flags;
} types[] = {
    { 1000, NULL, LM_EVENT_MESSAGE, 0 },
    { 3000, "verification", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 4001, "room_created", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM },
    { 4002, "members_changed", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM },
    { 4003, "member_left", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM },
    { 4004, "room_changed", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM },
    { 4005, "room_deleted", LM_EVENT_GROUP_CHANGE, LM_EVENT_SYSTEM },
    { 4011, "message_deleted", LM_EVENT_OTHER, 0 },
    { 4012, "message_attributes", LM_EVENT_OTHER, 0 },
    { 4013, "attributes_sync", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 4014, "pinned", LM_EVENT_OTHER, 0 },
    { 4015, "room_key_request", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 4016, "room_key_response", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 6000, "file", LM_EVENT_MESSAGE, 0 },
    { 7001, "call_started", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 7002, "call", LM_EVENT_CALL, 0 },
    { 7003, "call_sync", LM_EVENT_OTHER, LM_EVENT_SYSTEM },
    { 7004, "missed_call", LM_EVENT_CALL, LM_EVENT_ATTEMPT },
    { 7005, "declined_call", LM_EVENT_CALL, LM_EVENT_ATTEMPT },
    { 8000, "location", LM_EVENT_MESSAGE, 0 },
    { 9000, "edit", LM_EVENT_OTHER, LM_EVENT_EDITED },
    { 9100, "reaction", LM_EVENT_OTHER, 0 },
};

/* A call is what ended, was missed or cancelled; that it started is said once more then. */
static void call_kind(struct said *s)
{
    struct lm_event *ev = s->ev;
    ev->kind = !s->has_status || s->status == CALL_STARTED ? LM_EVENT_OTHER : LM_EVENT_CALL;
    ev->detail = !s->has_status                 ? LM_STR("call_message")
                 : s->status == CALL_STARTED   ? LM_STR("call_started")
                 : s->status == CALL_COMPLETED ? LM_STR("call")
                 : s->status == CALL_MISSED    ? LM_STR("missed_call")
                 : s->status == CALL_CANCELLED ? LM_STR("cancelled_call")
                                               : LM_STR("call, unknown status");
    if (ev->kind == LM_EVENT_CALL && s->status != CALL_COMPLETED)
        ev->flags |= LM_EVENT_ATTEMPT;
    if (ev->kind == LM_EVENT_OTHER)
        ev->flags |= LM_EVENT_SYSTEM;
}

static lm_err kind_of(struct said *s)
{
    struct lm_event *ev = s->ev;
    bool known = s->type == 7000;
    if (s->type == 7000)
        call_kind(s);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].type != s->type)
            continue;
        known = true;
        ev->kind = types[i].kind;
        ev->flags |= types[i].flags;
        ev->detail = lm_str(types[i].detail);
    }
    if (s->type == 4011 && s->recalled)
        ev->detail = LM_STR("message_recalled");
    if (s->type == 9100 && s->has_added && !s->added)
        ev->detail = LM_STR("reaction_taken_back");
    if (s->type == 9000 && is(s->edit_type, "location"))
        ev->detail = LM_STR("location_update");
    if (!known) {
        ev->kind = LM_EVENT_OTHER;
        ev->detail = lm_arena_printf(s->r->ctx->record, "msgtype %lld", (long long)s->type);
    }
    if (s->has_duration && s->duration >= 0 && ev->kind == LM_EVENT_CALL)
        ev->duration_s = s->duration;
    if (ev->kind == LM_EVENT_GROUP_CHANGE)
        ev->text = s->name;
    return known || ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* "1510777143.738976": seconds since 1970 UTC, exactly; without it the displayed time, of an unknown zone. */
static void moment(struct said *s)
{
    int64_t seconds = 0, us = 0, scale = 100000;
    const char *dot = s->time.n != 0 ? memchr(s->time.p, '.', s->time.n) : NULL;
    struct lm_str whole = lm_str_take(s->time, dot != NULL ? (size_t)(dot - s->time.p) : s->time.n);
    bool good = lm_str_to_i64(whole, &seconds) && seconds > 0 && seconds < INT64_C(7258118400);
    for (size_t i = whole.n + 1; good && i < s->time.n; i++, scale /= 10) {
        good = s->time.p[i] >= '0' && s->time.p[i] <= '9';
        us += good ? (s->time.p[i] - '0') * scale : 0;
    }
    if (good)
        s->ev->at = (struct lm_when){ .us = seconds * LM_SECOND_US + us, .quality = LM_TIME_UTC };
    else if (s->time_iso.n == 0 || !lm_when_parse_iso(s->time_iso, &s->ev->at))
        lm_jread_doubt(s->r, "the time is missing, or is none");
    if (!good && s->time.n != 0)
        lm_jread_raw_text(s->r, LM_STR("msg_ts"), s->time);
    lm_jread_raw_text(s->r, LM_STR("time_iso"), s->time_iso);
}

static lm_err ends(struct said *s)
{
    struct lm_event *ev = s->ev;
    ev->from = account(s->sender);
    ev->thread = (struct lm_thread_ref){ .native = s->group, .kind = s->receiver.n != 0 ? LM_THREAD_DIRECT : s->group.n != 0 ? LM_THREAD_GROUP : LM_THREAD_UNKNOWN };
    if (s->sender.n == 0)
        lm_jread_doubt(s->r, "who sent it is not said");
    if (ev->kind == LM_EVENT_GROUP_CHANGE) {
        ev->to = s->people;
        ev->n_to = s->n_people;
        return LM_OK;
    }
    if (s->receiver.n == 0) {
        ev->flags |= (ev->flags & LM_EVENT_SYSTEM) == 0 ? LM_EVENT_MEMBERS_UNKNOWN : 0;
        return LM_OK;
    }
    struct lm_account_ref *to = lm_arena_alloc(s->r->ctx->record, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    *to = account(s->receiver);
    ev->to = to;
    ev->n_to = 1;
    return LM_OK;
}

static void place(struct said *s)
{
    struct lm_event *ev = s->ev;
    if (s->has_latitude && s->has_longitude && s->latitude >= -90 && s->latitude <= 90 && s->longitude >= -180 && s->longitude <= 180) {
        ev->has_place = true;
        ev->latitude = s->latitude;
        ev->longitude = s->longitude;
    } else if (s->type == 8000 || s->has_latitude) {
        lm_jread_doubt(s->r, "a place without coordinates, or outside the earth");
    }
}

static lm_err one(struct lm_jread *r, void *user)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_WICKR, .duration_s = -1 } };
    struct said s = { .r = r, .ev = &f.event, .key = user, .file = { .bytes = -1 } };
    struct lm_str key;
    struct lm_json_token v;
    lm_err err;
    while ((err = lm_jread_member(r, &key, &v)) == LM_OK && key.p != NULL) {
        err = member(&s, key, &v);
        if (err != LM_OK)
            return err;
    }
    if (err != LM_OK)
        return err;
    if (!s.has_type)
        lm_jread_reject(r, "an object without a msgtype");
    err = kind_of(&s);
    if (err == LM_OK)
        err = ends(&s);
    if (err != LM_OK)
        return err;
    moment(&s);
    place(&s);
    if (s.has_file) {
        f.event.attachments = &s.file;
        f.event.n_attachments = 1;
    }
    f.event.raw = lm_jread_raw_done(r);
    return lm_jread_emit(r, &f, 1);
}

/* --- values one after the other --- */

/* Behind white space and commas. */
static size_t next_value(struct lm_str in, size_t at)
{
    while (at < in.n && (in.p[at] == ' ' || in.p[at] == '\t' || in.p[at] == '\n' || in.p[at] == '\r' || in.p[at] == ','))
        at++;
    return at;
}

/* After a break inside an object: the next line that begins with '{'. False when reading cannot go on. */
static bool pick_up(struct lm_jread *r, uint64_t from, size_t *ret)
{
    struct lm_str in = r->j.in;
    uint64_t broke = lm_json_offset(&r->j);
    for (size_t at = (size_t)from + 1; at < in.n;) {
        const char *nl = memchr(in.p + at, '\n', in.n - at);
        if (nl == NULL)
            return false;
        at = (size_t)(nl - in.p) + 1;
        if (at < in.n && in.p[at] == '{') {
            uint64_t again = broke > at ? broke - at : 0;
            if (again > r->budget)
                return false;
            r->budget -= again;
            *ret = at;
            return true;
        }
    }
    return false;
}

static lm_err broken(struct lm_jread *r, uint64_t from, lm_err err, size_t *ret_next)
{
    const char *why = r->j.why != NULL ? r->j.why : "it breaks";
    if ((err != LM_EINPUT && err != LM_ELIMIT) || r->j.failed == LM_OK || !pick_up(r, from, ret_next))
        return err;
    r->resumed = true;
    r->records++;
    return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, (struct lm_locator){ LM_LOCATOR_BYTES, from, *ret_next - from, { NULL, 0 } },
                           "not JSON (%s): the record was passed over", why);
}

static lm_err read_values(struct lm_jread *r, struct lm_buf *key)
{
    struct lm_str in = r->j.in;
    size_t at = (size_t)lm_json_offset(&r->j);
    while ((at = next_value(in, at)) < in.n) {
        struct lm_json_token t = { .at = at };
        lm_json_again(&r->j, at);
        lm_err err = lm_jread_next(r, &t);
        if (err == LM_OK)
            err = t.type == LM_JSON_ARRAY ? lm_jread_array(r, &t, one, key) : lm_jread_object(r, &t, one, key);
        at = (size_t)lm_json_offset(&r->j);
        if (err != LM_OK)
            err = broken(r, t.at, err, &at);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

/* --- the reader --- */

static const struct lm_sniff_clue clues[] = {
    { "/msgtype", LM_SNIFF_NUMBER, 16, NULL },       { "/vgroupid", LM_SNIFF_STRING, 24, NULL },     { "/msg_ts", LM_SNIFF_STRING, 12, NULL },
    { "/[]/msgtype", LM_SNIFF_NUMBER, 16, NULL },    { "/[]/vgroupid", LM_SNIFF_STRING, 24, NULL },  { "/[]/msg_ts", LM_SNIFF_STRING, 12, NULL },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    uint64_t found = 0;
    (void)in;
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof *clues, &found);
    return (found & 3) == 3 || (found >> 3 & 3) == 3 ? bits : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_jread *r = lm_arena_alloc(ctx->file, sizeof *r);
    struct lm_buf key;
    if (r == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    lm_jread_init(r, ctx, sink);
    lm_buf_init(&key, 512);
    lm_err err = read_values(r, &key);
    err = lm_jread_end(r, err, true, "");
    lm_buf_free(&key);
    return err;
}

const struct lm_reader lm_reader_wickr_retention_json = {
    .name = "wickr_retention_json",
    .title = "AWS Wickr data retention (and Wickr Enterprise compliance), JSON",
    .reference = "docs.aws.amazon.com/wickr: adminguide dataretention-*, wickrio message-formats, checked 2026-11",
    .tested_on = "our own files only, after the documented examples",
    .lookahead = 65536,
    .bid = bid,
    .read = read_all,
};
