#include "readers/shared/return_section.h"

static const struct lm_when no_time = { .quality = LM_TIME_NONE };

static const char *const moments[] = { "time", "timestamp", "date", "date created", "created", "creation time", "sent", "taken", "uploaded",
                                       "upload date", "date uploaded", "posted", "date posted", "updated", "last updated", "start time", NULL };
static const char *const texts[] = { "text", "body", "caption", "comment", "message", "status", "status update", "content", "note",
                                     "description", "search", "query", "search text", NULL };
static const char *const authors[] = { "author", "owner", "from", "user", "commenter", NULL };
static const char *const request_labels[] = { "service", "account type", "generated", "date range", "internal ticket number", NULL };
static const char *const connection_labels[] = { "ip address", "ip", "ip addresses", "registration ip", "port", NULL };

static bool listed(struct lm_str label, const char *const *names)
{
    for (; *names != NULL; names++)
        if (lm_retrec_is(label, *names))
            return true;
    return false;
}

static struct lm_str take_first(struct lm_retrec *r, const char *const *names)
{
    for (; *names != NULL; names++) {
        struct lm_str s = lm_retrec_take(r, *names);
        if (s.n != 0)
            return s;
    }
    return (struct lm_str){ NULL, 0 };
}

/* What was not used, beside `ev`; columns that are all known are no content. */
void lm_retsec_rest(struct lm_retsec *m, struct lm_event *ev, const char *const *known)
{
    bool all = true;
    for (size_t i = 0; i < m->r.n; i++)
        all = all && (m->r.fields[i].used || (m->r.fields[i].value.n == 0 && m->r.fields[i].media.n == 0) || listed(m->r.fields[i].label, known));
    ev->raw = lm_retrec_raw(&m->r);
    ev->flags |= all && ev->raw.n != 0 ? LM_EVENT_TRAFFIC : 0;
}

/* A record of its own beside the one in hand, which stays. */
static lm_err entry(struct lm_retsec *m, const struct lm_retfacts *f, struct lm_locator at)
{
    struct lm_entry e = { .records = &at, .n_records = 1, .facts = f->items, .n_facts = f->n };
    if (f->n == 0)
        return LM_OK;
    m->r.records++;
    return m->r.sink->entry(m->r.sink, &e);
}

lm_err lm_retsec_with_rest(struct lm_retsec *m, struct lm_retfacts *f, const char *const *known)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts other = { .a = r->ctx->record };
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = r->fields[0].at }, rest = at;
    if (f->failed)
        return LM_ENOMEM;
    if (!lm_retrec_has_unused(r))
        return lm_retrec_emit(r, f->items, f->n, NULL, 0);
    for (size_t i = r->n; i > 0; i--) {
        const struct lm_retfield *v = &r->fields[i - 1];
        at.b = v->end > at.a + at.b ? v->end - at.a : at.b;
        if (!v->used && (v->value.n != 0 || v->media.n != 0))
            rest = (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = i == 1 ? v->value_at : v->at, .b = v->end - (i == 1 ? v->value_at : v->at) };
    }
    lm_err err = entry(m, f, at);
    struct lm_event *ev = lm_retfacts_event(&other, LM_EVENT_OTHER, m->platform, m->section_word, no_time, m->owner);
    if (err != LM_OK || ev == NULL)
        return err != LM_OK ? err : LM_ENOMEM;
    lm_retsec_rest(m, ev, known);
    return lm_retrec_emit(r, other.items, other.n, f->n != 0 ? &rest : NULL, f->n != 0 ? 1 : 0);
}

/* --- the account --- */

static enum lm_identifier_type type_of(struct lm_str s)
{
    if (lm_return_email(s).n != 0)
        return LM_IDENTIFIER_EMAIL;
    return s.n > 0 && s.p[0] == '+' && lm_return_phone(s).n == s.n ? LM_IDENTIFIER_PHONE : LM_IDENTIFIER_HANDLE;
}

/* The account's id and name are a record, the request's other parameters are another: the reach of the first is narrower. */
lm_err lm_retsec_request(struct lm_retsec *m)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES };
    size_t kept = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct lm_retfield *v = &r->fields[i];
        bool target = lm_retrec_is(v->label, "target"), account = lm_retrec_is(v->label, "account identifier");
        if ((!target && !account) || v->value.n == 0) {
            r->fields[kept++] = *v;
            continue;
        }
        lm_retfacts_identifier(&f, m->owner, target ? LM_IDENTIFIER_ACCOUNT_ID : type_of(v->value), v->value, "own_profile", no_time);
        at.a = f.n == 1 ? v->at : at.a;
        at.b = v->end - at.a;
    }
    if (f.failed)
        return LM_ENOMEM;
    r->n = kept;
    lm_err err = entry(m, &f, at);
    if (err != LM_OK || kept == 0)
        return err;
    f.n = 0;
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_OTHER, m->platform, "request_parameters", no_time, m->owner);
    if (ev == NULL)
        return LM_ENOMEM;
    ev->flags = LM_EVENT_SYSTEM;
    for (size_t i = 0; i < kept; i++)
        r->fields[i].group = 0;
    lm_retsec_rest(m, ev, request_labels);
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

lm_err lm_retsec_name(struct lm_retsec *m)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_str first = lm_retrec_take(r, "first"), middle = lm_retrec_take(r, "middle"), last = lm_retrec_take(r, "last");
    struct lm_str full = lm_retrec_take(r, "full name");
    if (first.n != 0 || middle.n != 0 || last.n != 0) {
        struct lm_str s = lm_arena_printf(r->ctx->record, "%.*s%s%.*s%s%.*s", LM_STR_ARG(first), middle.n != 0 ? " " : "", LM_STR_ARG(middle),
                                          last.n != 0 ? " " : "", LM_STR_ARG(last));
        if (s.p == NULL)
            return LM_ENOMEM;
        lm_retfacts_identifier(&f, m->owner, LM_IDENTIFIER_NAME, s, "own_profile", no_time);
    } else {
        lm_retfacts_identifier(&f, m->owner, LM_IDENTIFIER_NAME, full.n != 0 ? full : lm_retrec_take(r, "name"), "own_profile", no_time);
    }
    return lm_retsec_with_rest(m, &f, (const char *const[]){ NULL });
}

struct lm_str lm_return_whole(struct lm_str line)
{
    return lm_str_trim(line);
}

/* Each line of each value; what is said beside an address or number ("Cell Verified on …") stays in raw. */
lm_err lm_retsec_lines(struct lm_retsec *m, enum lm_identifier_type type, lm_retsec_pick *find, const char *basis)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    for (size_t i = 0; i < r->n; i++) {
        struct lm_str s = r->fields[i].value;
        bool all = true;
        while (s.n > 0) {
            const char *nl = memchr(s.p, '\n', s.n);
            struct lm_str line = lm_str_trim(lm_str_take(s, nl != NULL ? (size_t)(nl - s.p) : s.n));
            s = lm_str_skip(s, nl != NULL ? (size_t)(nl - s.p) + 1 : s.n);
            struct lm_str found = find(line);
            all = all && found.n == line.n;
            lm_retfacts_identifier(&f, m->owner, type, found, basis, no_time);
        }
        r->fields[i].used = all;
    }
    return lm_retsec_with_rest(m, &f, (const char *const[]){ "phone numbers", "emails", "registered email addresses", "phone", "email", "verified", NULL });
}

lm_err lm_retsec_device(struct lm_retsec *m)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    lm_retfacts_identifier(&f, m->owner, LM_IDENTIFIER_DEVICE,
                           take_first(r, (const char *const[]){ "device id", "id", "uuid", "device identifier", NULL }), "device", no_time);
    lm_retfacts_identifier(&f, m->owner, LM_IDENTIFIER_DEVICE,
                           take_first(r, (const char *const[]){ "type", "device type", "device", "model", "devices", NULL }), "device", no_time);
    return lm_retsec_with_rest(m, &f, (const char *const[]){ "active", NULL });
}

/* The day an account began is subscriber data (18 U.S.C. 2703(c)(2)), like a login. */
lm_err lm_retsec_date(struct lm_retsec *m)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_when at = no_time;
    for (size_t i = 0; i < r->n && at.quality == LM_TIME_NONE; i++)
        r->fields[i].used = lm_retrec_parse_when(r->fields[i].value, &at);
    bool ends = lm_str_ends(m->section_id, LM_STR("end_date"));
    struct lm_event *ev = lm_retfacts_event(&f, ends ? LM_EVENT_OTHER : LM_EVENT_LOGIN, m->platform, m->section_word, at, m->owner);
    if (ev == NULL)
        return LM_ENOMEM;
    if (at.quality == LM_TIME_NONE)
        lm_retrec_doubt(r, "a date that cannot be read");
    lm_retsec_rest(m, ev, (const char *const[]){ "registration date", "account end date", NULL });
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- connections --- */

lm_err lm_retsec_login(struct lm_retsec *m)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_when at = lm_retrec_when(r, moments);
    struct lm_retfield *address = NULL;
    for (const char *const *p = connection_labels; *p != NULL && address == NULL; p++)
        address = lm_retrec_find(r, *p);
    struct lm_str ip = address != NULL ? lm_return_ip(address->value) : (struct lm_str){ NULL, 0 };
    struct lm_str action = lm_retrec_take(r, "action");
    if (at.quality == LM_TIME_NONE && ip.n == 0)
        lm_retrec_doubt(r, "a login without moment and address");
    else if (at.quality == LM_TIME_NONE)
        lm_retrec_doubt(r, "a login without a moment that can be read");
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_LOGIN, m->platform, m->section_word, at, m->owner);
    if (ev == NULL)
        return LM_ENOMEM;
    if (action.n != 0)
        ev->detail = action;
    if (address != NULL && ip.n != 0 && ip.n == lm_str_trim(address->value).n)
        address->used = true; /* with a port, the whole stays */
    lm_retsec_rest(m, ev, connection_labels);
    lm_retfacts_identifier(&f, m->owner, LM_IDENTIFIER_IP, ip, "login", at);
    return f.failed ? LM_ENOMEM : lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- what was posted, and what nobody knows --- */

static bool coordinate(struct lm_str s, double limit, double *ret)
{
    double d;
    if (!lm_str_to_double(lm_str_trim(s), &d) || d < -limit || d > limit)
        return false;
    *ret = d;
    return true;
}

static void place(struct lm_retrec *r, struct lm_event *ev)
{
    struct lm_retfield *a = lm_retrec_find(r, "latitude"), *b = lm_retrec_find(r, "longitude");
    if (a == NULL || b == NULL || !coordinate(a->value, 90, &ev->latitude) || !coordinate(b->value, 180, &ev->longitude))
        return;
    ev->has_place = a->used = b->used = true;
}

static lm_err media(struct lm_retrec *r, struct lm_event *ev)
{
    struct lm_attachment *v = lm_arena_array(r->ctx->record, r->n + 1, sizeof *v);
    size_t n = 0;
    if (v == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < r->n; i++) {
        struct lm_retfield *f = &r->fields[i];
        if (!f->used && lm_retrec_is(f->label, "linked media file") && (f->value.n != 0 || f->media.n != 0)) {
            v[n++] = (struct lm_attachment){ .name = f->value.n != 0 ? f->value : f->media, .bytes = -1 };
            f->used = true;
        }
    }
    ev->attachments = v;
    ev->n_attachments = n;
    return LM_OK;
}

lm_err lm_retsec_thing(struct lm_retsec *m, enum lm_event_kind kind)
{
    struct lm_retrec *r = &m->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_when at = lm_retrec_when(r, moments);
    struct lm_account_ref from = m->account(m, take_first(r, authors));
        struct lm_event *ev = lm_retfacts_event(&f, kind, m->platform, m->section_word, at, from.form != LM_ACCOUNT_NONE ? from : m->owner);
    if (ev == NULL)
        return LM_ENOMEM;
    place(r, ev);
    ev->text = take_first(r, texts);
    lm_err err = media(r, ev);
    if (err != LM_OK)
        return err;
    lm_retsec_rest(m, ev, (const char *const[]){ NULL });
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- sections and records --- */

lm_err lm_retsec_enter(struct lm_retsec *m, struct lm_str id)
{
    m->section_id = lm_arena_copy(m->r.ctx->file, lm_str_take(id, 200));
    if (m->section_id.p == NULL)
        return LM_ENOMEM;
    m->in_definition = false;
    size_t n = id.n < sizeof m->section_word - 1 ? id.n : sizeof m->section_word - 1;
    memcpy(m->section_word, id.p, n);
    m->section_word[lm_utf8_valid_prefix((struct lm_str){ m->section_word, n })] = '\0';
    return LM_OK;
}

bool lm_retsec_passes_over(struct lm_retsec *m, const struct lm_return_field *f)
{
    static const struct lm_str definition = { " definition", 11 };
    size_t n = f->label.n;
    if (n > definition.n && lm_str_eq_nocase(lm_str_skip(f->label, n - definition.n), definition)) {
        m->in_definition = true;
        m->definition_level = f->level;
        return true;
    }
    m->in_definition = m->in_definition && (f->level > m->definition_level || f->colon);
    if (m->in_definition || lm_retrec_is(f->label, "additional properties"))
        return true;
    return m->r.n == 0 && f->level == 0 && f->value.n == 0 && f->media.n == 0;
}

bool lm_retsec_begins_anew(const struct lm_retsec *m, const struct lm_return_field *f)
{
    if (m->r.n == 0)
        return false;
    const struct lm_retfield *first = &m->r.fields[0];
    if (f->level != first->level)
        return f->level < first->level;
    for (size_t i = m->r.n; i > 0; i--)
        if (m->r.fields[i - 1].level == f->level && lm_str_eq_nocase(m->r.fields[i - 1].label, f->label))
            return true;
    return false;
}

lm_err lm_retsec_outcome(struct lm_retsec *m, const struct lm_return_end *end, bool proven_empty)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = end->at };
    lm_err err = LM_OK;
    if (!end->complete)
        err = lm_sink_problem(m->r.sink, LM_PROBLEM_LOST, 0, at, "the file stops before its end: what came behind is missing");
    if (err != LM_OK || m->r.records != 0)
        return err;
    if (end->complete && proven_empty)
        return m->r.sink->empty(m->r.sink);
    err = lm_fail(m->r.ctx->error, LM_EINPUT, "no section of the return holds anything that can be read");
    lm_fail_at(m->r.ctx->error, "", "byte %llu", (unsigned long long)end->at);
    return err;
}
