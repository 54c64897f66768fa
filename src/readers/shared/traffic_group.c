/* Rows of one event: see traffic_parts.h. */
#include "readers/shared/traffic_parts.h"

#define DEVICES_CEILING 200000

/* --- the devices of a number --- */

static bool is_device_number(struct lm_str s)
{
    if (s.n < 14 || s.n > 20)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return true;
}

/* The same number with the same device as in the row before: nothing to look up, and nothing that changed. */
static bool seen_just_now(struct traffic_device *d, struct lm_str number, struct lm_str id)
{
    if (id.n != 0 && lm_str_eq((struct lm_str){ d->number, d->n_number }, number) && lm_str_eq((struct lm_str){ d->id, d->n_id }, id))
        return true;
    bool fits = number.n <= sizeof d->number && id.n <= sizeof d->id;
    d->n_number = fits ? number.n : 0;
    d->n_id = fits ? id.n : 0;
    if (fits && number.n != 0)
        memcpy(d->number, number.p, number.n);
    if (fits && id.n != 0)
        memcpy(d->id, id.p, id.n);
    return false;
}

/* Is this not what the number had when it was seen last? */
static lm_err device_changed(struct traffic *t, char what, struct lm_str number, struct lm_str id, bool *ret)
{
    char room[32];
    size_t n = 0;
    uint64_t *last, hash = lm_hash64(id, 1) | 1;
    *ret = false;
    room[n++] = what;
    for (size_t i = 0; i < number.n && n < sizeof room; i++)
        if (number.p[i] >= '0' && number.p[i] <= '9')
            room[n++] = number.p[i];
    if (n == 1)
        return LM_OK;
    bool national = n == 12 && room[1] == '1'; /* with the country code, or without it */
    room[national] = what;
    struct lm_str key = { room + national, n - national };
    last = lm_map_get(&t->devices, key);
    if (last == NULL && t->devices.n >= DEVICES_CEILING)
        return LM_OK;
    if (last == NULL && lm_map_put(&t->devices, key, 0, &last, NULL) != LM_OK)
        return LM_ENOMEM;
    *ret = *last != hash;
    *last = hash;
    return LM_OK;
}

static lm_err device_fact(struct traffic *t, const struct traffic_group *g, size_t i, bool imsi, struct lm_fact *facts,
                          size_t *n)
{
    struct lm_str id = imsi ? g->imsi[i] : g->imei[i], number = g->device_of[i].native;
    bool changed = false;
    if (g->device_of[i].form != LM_ACCOUNT_NATIVE || !is_device_number(id) || seen_just_now(&t->seen[imsi], number, id))
        return LM_OK;
    lm_err err = device_changed(t, imsi ? 's' : 'e', number, id, &changed);
    if (err != LM_OK || !changed)
        return err;
    struct lm_identifier_fact f = { .account = g->device_of[i], .type = LM_IDENTIFIER_DEVICE, .basis = LM_STR("network"),
                                    .at = g->ev.at };
    f.account.display = (struct lm_str){ NULL, 0 };
    f.value = lm_arena_printf(t->ctx->record, "%s:%.*s", imsi ? "imsi" : "imei", LM_STR_ARG(id));
    if (f.value.p == NULL)
        return LM_ENOMEM;
    facts[*n].kind = LM_FACT_IDENTIFIER;
    facts[(*n)++].identifier = f;
    return LM_OK;
}

/* --- sending --- */

/* Of one row as it is; of several, when they differ, {"rows":[…]}. Empty without memory. */
static lm_err joined_raw(struct traffic *t, const struct traffic_group *g, struct lm_str *ret)
{
    bool same = true;
    for (size_t i = 1; i < g->n_legs; i++)
        same = same && lm_str_eq(g->raw[0], g->raw[i]);
    *ret = g->raw[0];
    if (same)
        return LM_OK;
    lm_buf_clear(&t->joined);
    lm_buf_put(&t->joined, LM_STR("{\"rows\":["));
    for (size_t i = 0; i < g->n_legs; i++) {
        if (i != 0)
            lm_buf_putc(&t->joined, ',');
        lm_buf_put(&t->joined, g->raw[i].n != 0 ? g->raw[i] : LM_STR("{}"));
    }
    lm_buf_put(&t->joined, LM_STR("]}"));
    if (t->joined.failed)
        return traffic_doubt(t, DOUBT_RAW, &g->legs[0]); /* the first row's stays */
    struct lm_str s = lm_arena_copy(t->ctx->record, lm_buf_str(&t->joined));
    *ret = s;
    return s.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err send_group(struct traffic *t, struct traffic_group *g)
{
    struct lm_fact facts[1 + 8]; /* not emptied for each record: the first n are made */
    size_t n = 1;
    facts[0].kind = LM_FACT_EVENT;
    lm_err err = joined_raw(t, g, &g->ev.raw);
    for (size_t i = 0; i < g->n_devices && err == LM_OK; i++) {
        err = device_fact(t, g, i, false, facts, &n);
        if (err == LM_OK)
            err = device_fact(t, g, i, true, facts, &n);
    }
    if (err != LM_OK)
        return err;
    g->ev.to = &g->to;
    g->ev.n_to = g->to.form != LM_ACCOUNT_NONE ? 1 : 0;
    facts[0].event = g->ev;
    struct lm_entry entry = { .records = g->legs, .n_records = g->n_legs, .facts = facts, .n_facts = n };
    return t->sink->entry(t->sink, &entry);
}

lm_err traffic_flush(struct traffic *t)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < t->n_pending && err == LM_OK; i++)
        err = send_group(t, &t->pending[i]);
    t->n_pending = 0;
    lm_arena_reset(t->ctx->record);
    return err;
}

/* --- joining --- */

static bool same_account(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form != b->form || a->platform != b->platform)
        return false;
    return a->form == LM_ACCOUNT_NATIVE ? lm_cell_same_number(a->native, b->native) : lm_str_eq(a->display, b->display);
}

static bool same_event(const struct traffic_group *g, const struct traffic_row *r)
{
    const struct lm_event *a = &g->ev, *b = &r->ev;
    if (g->kind != r->kind || a->kind != b->kind)
        return false;
    if (a->native_id.n != 0 && b->native_id.n != 0)
        return lm_str_eq(a->native_id, b->native_id) && same_account(&a->from, &b->from) && same_account(&g->to, &r->to);
    if (a->at.quality == LM_TIME_NONE || a->at.us != b->at.us || a->at.quality != b->at.quality)
        return false;
    if (!same_account(&a->from, &b->from) || !same_account(&g->to, &r->to) || a->platform != b->platform)
        return false;
    if (a->kind == LM_EVENT_CALL)
        return a->from.form == LM_ACCOUNT_NATIVE || g->to.form == LM_ACCOUNT_NATIVE;
    return a->kind == LM_EVENT_MESSAGE && g->digest == r->digest;
}

static bool copy(struct lm_arena *a, struct lm_str *s)
{
    if (s->n == 0)
        return true;
    *s = lm_arena_copy(a, *s);
    return s->p != NULL;
}

static bool copy_account(struct lm_arena *a, struct lm_account_ref *r)
{
    return copy(a, &r->native) && copy(a, &r->display);
}

static bool add_device(struct lm_arena *a, struct traffic_group *g, const struct traffic_row *r)
{
    if ((r->imei.n == 0 && r->imsi.n == 0) || r->device_of.form != LM_ACCOUNT_NATIVE || g->n_devices == 4)
        return true;
    size_t i = g->n_devices++;
    g->imei[i] = r->imei;
    g->imsi[i] = r->imsi;
    g->device_of[i] = r->device_of;
    return copy(a, &g->imei[i]) && copy(a, &g->imsi[i]) && copy_account(a, &g->device_of[i]);
}

static lm_err add_leg(struct traffic *t, struct traffic_group *g, const struct traffic_row *r)
{
    struct lm_str raw = r->ev.raw;
    lm_err err = LM_OK;
    if (!copy(t->ctx->record, &raw) || !add_device(t->ctx->record, g, r))
        return LM_ENOMEM;
    g->legs[g->n_legs] = r->at;
    g->raw[g->n_legs++] = raw;
    if (r->ev.duration_s > g->ev.duration_s)
        g->ev.duration_s = r->ev.duration_s;
    unsigned all = LM_EVENT_ATTEMPT | LM_EVENT_TRAFFIC, a = g->ev.flags, b = r->ev.flags;
    a |= g->ev.raw.n == 0 ? (unsigned)LM_EVENT_TRAFFIC : 0; /* what keeps nothing keeps no content */
    b |= raw.n == 0 ? (unsigned)LM_EVENT_TRAFFIC : 0;
    g->ev.flags = (a & b) | ((a | b) & ~all);
    if (g->ev.raw.n == 0)
        g->ev.raw = raw; /* of the legs so far, something is kept */
    if (g->ev.raw.n == 0)
        g->ev.flags &= ~(unsigned)LM_EVENT_TRAFFIC;
    if (r->ev.kind == LM_EVENT_MESSAGE)
        err = traffic_doubt(t, DOUBT_SAME, &r->at);
    return err;
}

static lm_err add_group(struct traffic *t, const struct traffic_row *r)
{
    struct lm_arena *a = t->ctx->record;
    struct traffic_group *g = &t->pending[t->n_pending];
    g->ev = r->ev; /* field by field: most of a group is room for more rows */
    g->to = r->to;
    g->kind = r->kind;
    g->digest = r->digest;
    g->n_devices = 0;
    g->n_legs = 1;
    g->legs[0] = r->at;
    g->raw[0] = r->ev.raw;
    bool done = copy(a, &g->raw[0]) && copy(a, &g->ev.native_id) && copy(a, &g->ev.detail) && copy(a, &g->ev.text)
                && copy(a, &g->ev.thread.native) && copy_account(a, &g->ev.from) && copy_account(a, &g->to)
                && add_device(a, g, r);
    t->n_pending += done;
    return done ? LM_OK : LM_ENOMEM;
}

lm_err traffic_take(struct traffic *t, const struct traffic_row *r)
{
    struct traffic_group *last = t->n_pending != 0 ? &t->pending[t->n_pending - 1] : NULL;
    bool same_id = last != NULL && r->ev.native_id.n != 0 && lm_str_eq(last->ev.native_id, r->ev.native_id);
    bool same_moment = last != NULL && last->ev.at.us == r->ev.at.us && last->ev.at.quality == r->ev.at.quality;
    lm_err err = LM_OK;
    if (!same_id && !same_moment)
        err = traffic_flush(t);
    for (size_t i = 0; i < t->n_pending && err == LM_OK; i++) {
        if (!same_event(&t->pending[i], r))
            continue;
        if (t->pending[i].n_legs < TRAFFIC_LEGS)
            return add_leg(t, &t->pending[i], r);
        err = traffic_doubt(t, DOUBT_LEGS, &r->at);
        if (err == LM_OK)
            err = traffic_flush(t);
        break;
    }
    if (err == LM_OK && t->n_pending == TRAFFIC_PENDING)
        err = traffic_flush(t);
    return err != LM_OK ? err : add_group(t, r);
}
