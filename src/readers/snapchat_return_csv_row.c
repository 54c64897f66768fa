/* snapchat_return_csv_row.c - one row of a section: what all kinds share, and the kinds that stand alone. */
#include "readers/snapchat_return_csv.h"

#define MAX_FACTS 8

static const char *const doubt_words[SNAP_N_DOUBTS] = {
    [SNAP_D_NOTES] = "a line outside the columns of its table; not a record",
    [SNAP_D_CELLS] = "the row has more or fewer cells than its header: read by the columns it has",
    [SNAP_D_TIME] = "a moment that cannot be read; kept as written",
    [SNAP_D_QUOTES] = "the quoting is damaged: a quote stands inside a cell; read as it stands",
    [SNAP_D_RAW] = "cells beyond 64 KiB are left out: see the source",
    [SNAP_D_LIST] = "a list of more items than are kept: the rest is left out",
    [SNAP_D_PLACE] = "a place that cannot be read; kept as written",
};

lm_err snap_doubt(struct snap *s, enum snap_doubt what)
{
    uint64_t n = ++s->doubts[what];
    if (n == SNAP_SAID + 1)
        s->doubt_at[what] = s->at;
    return n <= SNAP_SAID ? lm_sink_problem(s->sink, LM_PROBLEM_DOUBTED, 0, s->at, "%s", doubt_words[what]) : LM_OK;
}

lm_err snap_push(struct snap *s, void **items, size_t n, size_t *cap, size_t size)
{
    void *grown = n < *cap ? *items : lm_arena_grow(s->a, *items, n, cap, size);
    if (grown == NULL)
        return lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
    *items = grown;
    memset((char *)grown + n * size, 0, size);
    return LM_OK;
}

struct lm_str snap_cell(const struct snap *s, const struct snap_section *x, enum snap_role role)
{
    size_t at = x->at[role];
    return at != 0 && at <= s->n_cells ? s->cells[at - 1] : (struct lm_str){ NULL, 0 };
}

lm_err snap_when(struct snap *s, const struct snap_section *x, enum snap_role role, struct lm_when *ret)
{
    struct lm_str text = snap_cell(s, x, role);
    *ret = (struct lm_when){ .quality = LM_TIME_NONE };
    if (text.n == 0 || lm_snapchat_when(text, ret))
        return LM_OK;
    s->odd_roles |= UINT64_C(1) << role;
    return snap_doubt(s, SNAP_D_TIME);
}

lm_err snap_raw(struct snap *s, const struct snap_section *x, struct lm_str *ret)
{
    bool any = false;
    s->content = false;
    lm_buf_clear(&s->raw);
    lm_json_out_init(&s->out, &s->raw);
    lm_json_object(&s->out);
    for (size_t i = 0; i < s->n_cells; i++) {
        bool beyond = i >= x->n;
        if (s->cells[i].n == 0 || (!beyond && !x->raw[i] && (s->odd_roles >> x->role[i] & 1) == 0))
            continue;
        size_t before = s->raw.n;
        struct lm_json_out out = s->out;
        lm_json_kv_str(&s->out, beyond ? "(beyond the header)" : x->names[i].p, s->cells[i]);
        if (s->raw.failed || s->raw.n > SNAP_MAX_RAW) {
            s->raw.failed = false;
            s->raw.n = before;
            s->out = out;
            lm_err e = snap_doubt(s, SNAP_D_RAW);
            if (e != LM_OK)
                return e;
            continue;
        }
        any = true;
        s->content = s->content || beyond || !x->traffic[i];
    }
    lm_json_object_end(&s->out);
    s->odd_roles = 0;
    *ret = (struct lm_str){ NULL, 0 };
    if (any) {
        *ret = lm_arena_copy(s->a, lm_buf_str(&s->raw));
        if (ret->p == NULL)
            return lm_fail(s->ctx->error, LM_ENOMEM, "out of memory");
    }
    return LM_OK;
}

lm_err snap_files(struct snap *s, struct lm_str list, const struct lm_attachment **ret, size_t *ret_n)
{
    struct lm_attachment *items = NULL;
    size_t n = 0, cap = 0;
    while (list.n != 0) {
        const char *end = memchr(list.p, ';', list.n);
        size_t k = end != NULL ? (size_t)(end - list.p) : list.n;
        struct lm_str name = lm_str_trim(lm_str_take(list, k));
        list = lm_str_skip(list, k + 1);
        if (name.n == 0)
            continue;
        if (n == SNAP_MAX_MEDIA)
            return snap_doubt(s, SNAP_D_LIST);
        lm_err e = snap_push(s, (void **)&items, n, &cap, sizeof *items);
        if (e != LM_OK)
            return e;
        items[n].name = name;
        items[n].bytes = -1;
        *ret = items;
        *ret_n = ++n;
    }
    return LM_OK;
}

/* --- the kinds that stand alone --- */

struct row {
    struct lm_fact facts[MAX_FACTS + 1];
    size_t n;
};

static void identifier(struct row *r, struct lm_account_ref account, enum lm_identifier_type type, struct lm_str value, const char *basis)
{
    if (value.n == 0 || account.form == LM_ACCOUNT_NONE || r->n == MAX_FACTS)
        return;
    r->facts[r->n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                         .identifier = { .account = account, .type = type, .value = value, .basis = lm_str(basis) } };
}

static lm_err emit(struct snap *s, const struct row *r)
{
    struct lm_entry entry = { .records = &s->at, .n_records = 1, .facts = r->facts, .n_facts = r->n };
    return s->sink->entry(s->sink, &entry);
}

/* An event of the owner's with the moment, the detail and the raw of the row. */
static lm_err event(struct snap *s, const struct snap_section *x, enum lm_event_kind kind, struct lm_str detail, struct lm_event *ret)
{
    *ret = (struct lm_event){ .kind = kind, .platform = LM_PLATFORM_SNAPCHAT, .from = s->owner, .duration_s = -1, .detail = detail };
    lm_err e = snap_when(s, x, SNAP_TIME, &ret->at);
    if (e == LM_OK)
        e = snap_raw(s, x, &ret->raw);
    if (ret->raw.n != 0 && !s->content)
        ret->flags |= LM_EVENT_TRAFFIC;
    return e;
}

/* "34.47359 ± 39.66 meters" or "34.47359". */
static bool degrees(struct lm_str s, double limit, double *ret)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != ' ' && (unsigned char)s.p[n] != 0xc2)
        n++;
    double v;
    if (!lm_str_to_double(lm_str_take(s, n), &v) || v < -limit || v > limit)
        return false;
    *ret = v;
    return true;
}

static lm_err place(struct snap *s, const struct snap_section *x, struct lm_event *ev)
{
    struct lm_str lat = snap_cell(s, x, SNAP_LATITUDE), lon = snap_cell(s, x, SNAP_LONGITUDE);
    static const uint64_t both = UINT64_C(1) << SNAP_LATITUDE | UINT64_C(1) << SNAP_LONGITUDE;
    if (lat.n == 0 && lon.n == 0)
        return LM_OK;
    ev->has_place = degrees(lat, 90, &ev->latitude) && degrees(lon, 180, &ev->longitude);
    if (!ev->has_place || memchr(lat.p, ' ', lat.n) != NULL || memchr(lon.p, ' ', lon.n) != NULL)
        s->odd_roles |= both; /* the accuracy stands behind the figures */
    return ev->has_place ? LM_OK : snap_doubt(s, SNAP_D_PLACE);
}

/* Who the account is, and when it was made: two records, because an order with dates reaches the one without the other. */
static lm_err subscriber(struct snap *s, const struct snap_section *x)
{
    struct row r = { .n = 0 };
    struct lm_str name = snap_cell(s, x, SNAP_USERNAME);
    struct lm_account_ref a = lm_snapchat_account(name, snap_cell(s, x, SNAP_USER_ID));
    if (a.form == LM_ACCOUNT_NONE)
        a = s->owner;
    identifier(&r, a, LM_IDENTIFIER_HANDLE, name, "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_ACCOUNT_ID, snap_cell(s, x, SNAP_USER_ID), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_EMAIL, snap_cell(s, x, SNAP_EMAIL), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_EMAIL, snap_cell(s, x, SNAP_EMAIL_2), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_PHONE, snap_cell(s, x, SNAP_PHONE), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_PHONE, snap_cell(s, x, SNAP_PHONE_2), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_PHONE, snap_cell(s, x, SNAP_PHONE_3), "subscriber_record");
    identifier(&r, a, LM_IDENTIFIER_NAME, snap_cell(s, x, SNAP_NAME), "subscriber_record");
    lm_err e = r.n != 0 ? emit(s, &r) : LM_OK;
    if (e != LM_OK)
        return e;
    struct lm_locator row = s->at;
    if (r.n != 0) {
        s->at = (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = row.b, .b = s->end - row.b };
        s->records++;
    }
    r.n = 1;
    r.facts[0].kind = LM_FACT_EVENT;
    e = event(s, x, LM_EVENT_LOGIN, LM_STR("registration"), &r.facts[0].event);
    r.facts[0].event.from = a;
    identifier(&r, a, LM_IDENTIFIER_IP, snap_cell(s, x, SNAP_ADDRESS), "login");
    if (e == LM_OK)
        e = emit(s, &r);
    s->at = row;
    return e;
}

static bool says(struct lm_str s, const char *word)
{
    for (struct lm_str w = lm_str(word); s.n >= w.n; s = lm_str_skip(s, 1))
        if (lm_str_eq_nocase(lm_str_take(s, w.n), w))
            return true;
    return false;
}

/* A change of an address, a number or a name: both values belonged to the account. */
static void changed(struct snap *s, const struct snap_section *x, struct row *r)
{
    static const struct {
        const char *word;
        enum lm_identifier_type type;
    } words[] = { { "email", LM_IDENTIFIER_EMAIL }, { "phone", LM_IDENTIFIER_PHONE }, { "display", LM_IDENTIFIER_NAME }, { "username", LM_IDENTIFIER_HANDLE } };
    struct lm_str action = snap_cell(s, x, SNAP_ACTION);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (says(action, words[i].word)) {
            identifier(r, s->owner, words[i].type, snap_cell(s, x, SNAP_OLD), "subscriber_record");
            identifier(r, s->owner, words[i].type, snap_cell(s, x, SNAP_NEW), "subscriber_record");
            return;
        }
    }
}

/* A friend, or (a list without columns) whatever stands in the row. */
static lm_err friend_row(struct snap *s, const struct snap_section *x, struct row *r, struct lm_account_ref *to)
{
    struct lm_event *ev = &r->facts[0].event;
    *to = lm_snapchat_account(snap_cell(s, x, SNAP_USERNAME), snap_cell(s, x, SNAP_USER_ID));
    to->display = snap_cell(s, x, SNAP_NAME);
    lm_err e = event(s, x, LM_EVENT_CONTACT_ADDED, LM_STR("friend"), ev);
    ev->to = to;
    ev->n_to = to->form != LM_ACCOUNT_NONE;
    return e;
}

static lm_err login(struct snap *s, const struct snap_section *x, struct row *r)
{
    struct lm_event *ev = &r->facts[0].event;
    lm_err e = event(s, x, LM_EVENT_LOGIN, LM_STR("ip_data"), ev);
    if (e == LM_OK && snap_cell(s, x, SNAP_TIME).n == 0) /* an address with the first and the last time it was seen */
        e = snap_when(s, x, SNAP_END, &ev->at);
    identifier(r, s->owner, LM_IDENTIFIER_IP, snap_cell(s, x, SNAP_ADDRESS), "login");
    return e;
}

static lm_err media(struct snap *s, const struct snap_section *x, struct row *r)
{
    struct lm_event *ev = &r->facts[0].event, shown = { .latitude = 0 };
    int64_t seconds;
    struct lm_str duration = snap_cell(s, x, SNAP_DURATION);
    bool whole = lm_str_to_i64(duration, &seconds) && seconds >= 0;
    lm_err e = place(s, x, &shown);
    if (duration.n != 0 && !whole)
        s->odd_roles |= UINT64_C(1) << SNAP_DURATION;
    if (e == LM_OK)
        e = event(s, x, LM_EVENT_OTHER, s->stem, ev);
    ev->has_place = shown.has_place;
    ev->latitude = shown.latitude;
    ev->longitude = shown.longitude;
    ev->native_id = snap_cell(s, x, SNAP_ID);
    ev->duration_s = whole ? seconds : -1;
    return e != LM_OK ? e : snap_files(s, snap_cell(s, x, SNAP_FILES), &ev->attachments, &ev->n_attachments);
}

static lm_err notice(struct snap *s, const struct snap_section *x, struct row *r)
{
    struct lm_event *ev = &r->facts[0].event;
    struct lm_account_ref from = lm_snapchat_account(snap_cell(s, x, SNAP_FROM), snap_cell(s, x, SNAP_FROM_ID));
    lm_err e = event(s, x, LM_EVENT_OTHER, s->stem, ev);
    if (from.form != LM_ACCOUNT_NONE)
        ev->from = from;
    ev->native_id = snap_cell(s, x, SNAP_ID);
    ev->text = snap_cell(s, x, SNAP_TEXT);
    identifier(r, ev->from, LM_IDENTIFIER_EMAIL, snap_cell(s, x, SNAP_EMAIL), "subscriber_record");
    identifier(r, ev->from, LM_IDENTIFIER_PHONE, snap_cell(s, x, SNAP_PHONE), "subscriber_record");
    return e;
}

lm_err snap_row(struct snap *s, const struct snap_section *x)
{
    struct row r = { .n = 1 };
    struct lm_event *ev = &r.facts[0].event;
    struct lm_account_ref to;
    struct lm_event shown = { .latitude = 0 };
    lm_err e;
    s->odd_roles = 0;
    r.facts[0].kind = LM_FACT_EVENT;
    switch (x->kind) {
    case SNAP_MESSAGE: case SNAP_REPORTED:
        return snap_message(s, x);
    case SNAP_CALL:
        return snap_call(s, x);
    case SNAP_CALL_MEMBER:
        return snap_call_member(s, x);
    case SNAP_THREAD:
        return snap_thread(s, x);
    case SNAP_SUBSCRIBER:
        return subscriber(s, x);
    case SNAP_FRIEND:
        e = friend_row(s, x, &r, &to);
        break;
    case SNAP_CHANGE:
        e = event(s, x, LM_EVENT_OTHER, x->at[SNAP_ACTION] != 0 ? snap_cell(s, x, SNAP_ACTION) : LM_STR("value_change"), ev);
        changed(s, x, &r);
        break;
    case SNAP_IP:
        e = login(s, x, &r);
        break;
    case SNAP_GEO:
        e = place(s, x, &shown);
        if (e == LM_OK)
            e = event(s, x, LM_EVENT_LOCATION, (struct lm_str){ NULL, 0 }, ev);
        ev->has_place = shown.has_place;
        ev->latitude = shown.latitude;
        ev->longitude = shown.longitude;
        break;
    case SNAP_MEDIA:
        e = media(s, x, &r);
        break;
    case SNAP_NOTICE:
        e = notice(s, x, &r);
        break;
    case SNAP_PROFILE: case SNAP_SETTING: case SNAP_OTHER: case SNAP_N_KINDS:
    default:
        e = event(s, x, LM_EVENT_OTHER, s->stem, ev);
        break;
    }
    return e != LM_OK ? e : emit(s, &r);
}
