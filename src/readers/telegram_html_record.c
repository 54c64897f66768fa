/* telegram_html_record.c - one message, or one entry of a list, as facts. */
#include "readers/telegram_html.h"

#include "readers/shared/text.h"

#define MAX_FACTS 8

static struct lm_locator place_of(const struct tgh *t, uint64_t end)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = t->r.at, .b = end - t->r.at };
}

/* "05.02.2021 23:59:01 UTC-06:00", in older exports without a zone. */
static bool parse_when(struct lm_arena *a, struct lm_str s, struct lm_when *ret)
{
    if (s.n < 19 || s.p[2] != '.' || s.p[5] != '.')
        return false;
    struct lm_str zone = lm_str_trim(lm_str_skip(s, 19));
    if (lm_str_starts(zone, LM_STR("UTC")))
        zone = zone.n == 3 ? LM_STR("Z") : lm_str_skip(zone, 3);
    struct lm_str iso = lm_arena_printf(a, "%.4s-%.2s-%.2sT%.8s%.*s", s.p + 6, s.p + 3, s.p, s.p + 11, LM_STR_ARG(zone));
    return iso.p != NULL && lm_when_parse_iso(iso, ret);
}

static struct lm_account_ref by_name(struct lm_str name)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_TELEGRAM, .display = name };
    a.form = name.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE;
    return a;
}

/* --- raw --- */

static void raw_text(struct lm_json_out *o, const char *key, struct lm_str s)
{
    if (s.n != 0)
        lm_json_kv_str(o, key, s);
}

static void raw_lines(struct lm_json_out *o, const char *key, const struct lm_str *lines, size_t n)
{
    if (n == 0)
        return;
    lm_json_key(o, key);
    lm_json_array(o);
    for (size_t i = 0; i < n; i++)
        lm_json_str(o, lines[i]);
    lm_json_array_end(o);
}

/* All that has no member of its own. */
static struct lm_str raw_of(struct tgh *t, struct lm_buf *b)
{
    const struct tgh_record *r = &t->r;
    struct lm_json_out o;
    lm_json_out_init(&o, b);
    lm_json_object(&o);
    raw_text(&o, "forwarded_from", r->field[TGH_FORWARDED]);
    raw_text(&o, "forwarded_date", r->forwarded_when);
    raw_text(&o, "signature", r->field[TGH_SIGNATURE]);
    raw_text(&o, "title", r->field[TGH_TITLE]);
    raw_text(&o, "status", r->field[TGH_STATUS]);
    raw_text(&o, "description", r->field[TGH_DESCRIPTION]);
    raw_text(&o, "question", r->field[TGH_QUESTION]);
    raw_lines(&o, "answers", r->lines[0], r->n_lines[0]);
    raw_lines(&o, "votes", r->lines[1], r->n_lines[1]);
    raw_text(&o, "reaction_count", r->field[TGH_COUNT]);
    raw_lines(&o, "links", r->links, r->n_links);
    raw_text(&o, "location", r->place);
    raw_text(&o, "name", r->field[TGH_NAME]);
    raw_text(&o, "info", r->field[TGH_INFO]);
    raw_lines(&o, "details", r->lines[2], r->n_lines[2]);
    if (r->service && t->ruler_n != 0)
        raw_text(&o, "day", (struct lm_str){ t->ruler, t->ruler_n });
    lm_json_object_end(&o);
    t->r.cut = t->r.cut || b->failed;
    return b->n > 2 && !b->failed ? lm_buf_str(b) : (struct lm_str){ NULL, 0 };
}

/* --- messages --- */

/* "Outgoing (65 seconds)", "Incoming", "Missed", "Declined", "Cancelled". */
static void call(const struct tgh_record *r, struct lm_event *ev)
{
    struct lm_str status = r->field[TGH_STATUS];
    size_t open = lm_str_find(status, LM_STR("("));
    ev->kind = LM_EVENT_CALL;
    ev->detail = lm_str_trim(lm_str_take(status, open != SIZE_MAX ? open : status.n));
    if (open != SIZE_MAX) {
        struct lm_str digits = lm_str_skip(status, open + 1);
        size_t n = 0;
        while (n < digits.n && digits.p[n] >= '0' && digits.p[n] <= '9')
            n++;
        int64_t s;
        if (n != 0 && lm_str_to_i64(lm_str_take(digits, n), &s))
            ev->duration_s = s;
    }
    if (ev->duration_s < 0) /* what was taken has a length here */
        ev->flags |= LM_EVENT_ATTEMPT;
}

/* "https://maps.google.com/maps?q=31.0,-106.4&ll=…" */
static bool map_place(struct lm_str href, double *ret_latitude, double *ret_longitude)
{
    size_t at = lm_str_find(href, LM_STR("q="));
    struct lm_str q = at != SIZE_MAX ? lm_str_skip(href, at + 2) : (struct lm_str){ NULL, 0 };
    size_t n = 0;
    while (n < q.n && q.p[n] != '&')
        n++;
    q = lm_str_take(q, n);
    size_t comma = lm_str_find(q, LM_STR(","));
    double lat, lon;
    if (comma == SIZE_MAX || !lm_str_to_double(lm_str_take(q, comma), &lat) || !lm_str_to_double(lm_str_skip(q, comma + 1), &lon)
        || lat < -90 || lat > 90 || lon < -180 || lon > 180)
        return false;
    *ret_latitude = lat;
    *ret_longitude = lon;
    return true;
}

static bool of_type(const struct tgh_record *r, const char *type)
{
    return r->n_attachments != 0 && lm_str_is(r->attachments[0].type, type);
}

static void media(struct tgh_record *r, struct lm_event *ev)
{
    ev->has_place = r->place.n != 0 && map_place(r->place, &ev->latitude, &ev->longitude);
    if (of_type(r, "call")) {
        call(r, ev);
    } else if (of_type(r, "invoice")) {
        ev->flags |= LM_EVENT_PAYMENT_HINT;
    } else if (!of_type(r, "contact") && !of_type(r, "poll")) {
        ev->attachments = r->attachments;
        ev->n_attachments = r->n_attachments;
        return;
    }
    if (!of_type(r, "call"))
        ev->detail = r->attachments[0].type;
}

static void sender(struct tgh *t, struct lm_event *ev)
{
    struct tgh_record *r = &t->r;
    if (r->service)
        return;
    if (r->field[TGH_FROM].n == 0 && r->joined)
        r->field[TGH_FROM] = (struct lm_str){ t->from, t->from_n };
    ev->from = by_name(r->field[TGH_FROM]);
    if (r->field[TGH_FROM].p != t->from) {
        t->from_n = r->field[TGH_FROM].n < sizeof t->from ? r->field[TGH_FROM].n : 0;
        if (t->from_n != 0)
            memcpy(t->from, r->field[TGH_FROM].p, t->from_n);
    }
}

static void shared_contact(const struct tgh_record *r, const struct lm_event *ev, struct lm_fact *facts, size_t *n)
{
    if (!of_type(r, "contact") || r->field[TGH_STATUS].n == 0)
        return;
    struct lm_identifier_fact f = { .account = by_name(r->field[TGH_TITLE].n != 0 ? r->field[TGH_TITLE] : r->field[TGH_STATUS]),
                                    .type = LM_IDENTIFIER_PHONE, .value = r->field[TGH_STATUS], .basis = LM_STR("shared_contact"),
                                    .at = ev->at };
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
}

static const char *message_facts(struct tgh *t, struct lm_fact *facts, size_t *n)
{
    struct tgh_record *r = &t->r;
    const char *doubt = NULL;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_TELEGRAM, .duration_s = -1, .native_id = r->id,
                           .flags = LM_EVENT_MEMBERS_UNKNOWN, .text = r->field[TGH_TEXT], .reply_to = r->reply_to,
                           .thread = { t->thread.n != 0 ? t->thread : t->chat, t->chat, LM_THREAD_UNKNOWN } };
    sender(t, &ev);
    media(r, &ev);
    if (r->service) {
        ev.kind = LM_EVENT_OTHER;
        ev.flags |= LM_EVENT_SYSTEM;
        ev.text = r->field[TGH_SERVICE];
        ev.detail = LM_STR("service");
    } else if (!parse_when(t->ctx->record, r->when, &ev.at)) {
        doubt = "the moment of a message cannot be read";
    } else if (ev.from.form == LM_ACCOUNT_NONE) {
        doubt = "a message without its sender";
    }
    if (r->in_forward)
        ev.flags |= LM_EVENT_FORWARDED;
    ev.reactions = r->reactions;
    ev.n_reactions = r->n_reactions;
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    shared_contact(r, &ev, facts, n);
    return doubt;
}

/* --- lists --- */

static bool looks_like_ip(struct lm_str s)
{
    unsigned dots = 0, colons = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool hex = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f') || (s.p[i] >= 'A' && s.p[i] <= 'F');
        dots += s.p[i] == '.';
        colons += s.p[i] == ':';
        if (!hex && s.p[i] != '.' && s.p[i] != ':')
            return false;
    }
    return (dots == 3 && colons == 0 && s.n >= 7 && s.n <= 15) || (dots == 0 && colons >= 2 && s.n >= 3 && s.n <= 39);
}

/* The first word of a line of a session that is an IP address. */
static struct lm_str ip_in(struct lm_str line)
{
    while (line.n != 0) {
        size_t n = 0;
        while (n < line.n && line.p[n] != ' ' && line.p[n] != ',')
            n++;
        if (looks_like_ip(lm_str_take(line, n)))
            return lm_str_take(line, n);
        line = lm_str_skip(line, n + 1);
    }
    return (struct lm_str){ NULL, 0 };
}

static void identifier(struct lm_fact *facts, size_t *n, const struct lm_identifier_fact *f)
{
    if (f->value.n != 0 && *n < MAX_FACTS - 1)
        facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = *f };
}

static void contact_facts(const struct tgh_record *r, struct lm_event *ev, struct lm_account_ref *contact, struct lm_fact *facts,
                          size_t *n)
{
    struct lm_str phone = { NULL, 0 };
    for (size_t i = 0; i < r->n_lines[2] && phone.n == 0; i++)
        if (lm_text_is_whole_number(r->lines[2][i]))
            phone = r->lines[2][i];
    *contact = by_name(r->field[TGH_NAME].n != 0 ? r->field[TGH_NAME] : phone);
    if (contact->form == LM_ACCOUNT_NONE)
        return;
    struct lm_identifier_fact f = { .account = *contact, .type = LM_IDENTIFIER_PHONE, .value = phone, .basis = LM_STR("contact_list"),
                                    .at = ev->at };
    identifier(facts, n, &f);
    f.type = LM_IDENTIFIER_NAME;
    f.value = r->field[TGH_NAME];
    identifier(facts, n, &f);
    ev->kind = LM_EVENT_CONTACT_ADDED;
    ev->to = contact;
    ev->n_to = 1;
}

static void entry_facts(struct tgh *t, struct lm_account_ref *contact, struct lm_fact *facts, size_t *n)
{
    const struct tgh_record *r = &t->r;
    struct lm_account_ref owner = { .platform = LM_PLATFORM_TELEGRAM, .form = LM_ACCOUNT_OWNER };
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TELEGRAM, .duration_s = -1, .from = owner, .detail = t->chat };
    (void)parse_when(t->ctx->record, r->field[TGH_INFO], &ev.at);
    if (lm_str_eq_nocase(t->chat, LM_STR("Contacts"))) {
        contact_facts(r, &ev, contact, facts, n);
    } else if (lm_str_eq_nocase(t->chat, LM_STR("Sessions")) || lm_str_eq_nocase(t->chat, LM_STR("Web sessions"))) {
        ev.kind = LM_EVENT_LOGIN;
        for (size_t i = 0; i < r->n_lines[2]; i++) {
            struct lm_identifier_fact f = { .account = owner, .type = LM_IDENTIFIER_IP, .value = ip_in(r->lines[2][i]),
                                            .basis = LM_STR("login"), .at = ev.at };
            identifier(facts, n, &f);
        }
    } else {
        ev.flags = LM_EVENT_SYSTEM;
    }
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
}

/* --- the entry --- */

static lm_err tell(struct tgh *t, enum lm_problem_kind kind, uint64_t end, const char *why)
{
    return lm_sink_problem(t->sink, kind, 0, place_of(t, end), "%s", why);
}

lm_err tgh_emit(struct tgh *t, uint64_t end)
{
    struct tgh_record *r = &t->r;
    struct lm_fact facts[MAX_FACTS];
    struct lm_account_ref contact;
    struct lm_buf raw;
    size_t n = 0;
    const char *doubt = NULL;
    if (r->ruler) { /* no record: it only says which day follows */
        struct lm_str day = r->field[TGH_SERVICE];
        t->ruler_n = day.n < sizeof t->ruler ? day.n : 0;
        if (t->ruler_n != 0)
            memcpy(t->ruler, day.p, t->ruler_n);
        return LM_OK;
    }
    if (r->is_message)
        doubt = message_facts(t, facts, &n);
    else
        entry_facts(t, &contact, facts, &n);
    lm_buf_init(&raw, TGH_FIELD_BYTES * 2);
    for (size_t i = 0; i < n; i++)
        if (facts[i].kind == LM_FACT_EVENT)
            facts[i].event.raw = raw_of(t, &raw);
    struct lm_locator where = place_of(t, end);
    struct lm_entry entry = { .records = &where, .n_records = 1, .facts = facts, .n_facts = n };
    t->records++;
    lm_err e = t->sink->entry(t->sink, &entry);
    lm_buf_free(&raw);
    if (e == LM_OK && doubt != NULL)
        e = tell(t, LM_PROBLEM_DOUBTED, end, doubt);
    if (e == LM_OK && r->cut)
        e = tell(t, LM_PROBLEM_ALTERED, end, "a text or list that is too long: its beginning is kept");
    if (e == LM_OK && (r->oddities & (LM_HTML_BAD_BYTES | LM_HTML_BAD_REFERENCE | LM_HTML_CUT)) != 0)
        e = tell(t, LM_PROBLEM_ALTERED, end, "bytes or character references that are none: replaced");
    return e;
}
