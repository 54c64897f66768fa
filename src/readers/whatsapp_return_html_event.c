/* whatsapp_return_html_event.c - the message log, calls with their events, contacts and groups. */
#include "readers/whatsapp_return_html.h"

#include "formats/json_out.h"

#define MAX_CALL_EVENTS 1024

static const struct lm_when no_time = { .quality = LM_TIME_NONE };
static const char *const moments[] = { "timestamp", "time", "sent", NULL };

/* --- accounts --- */

static size_t digits_of(struct lm_str s, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9' && n < size)
            out[n++] = c;
        else if (c == '\0' || strchr("+-.() ", c) == NULL)
            return 0;
    }
    return n;
}

struct lm_account_ref wret_account(struct lm_retsec *s, struct lm_str written)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_NONE };
    char digits[20];
    written = lm_str_trim(written);
    if (written.n == 0)
        return a;
    size_t n = digits_of(written, digits, sizeof digits);
    if (n >= 5 && n <= 17) {
        a.native = lm_arena_printf(s->r.ctx->record, "%.*s@s.whatsapp.net", (int)n, digits);
        a.form = a.native.p != NULL ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE;
    } else if (memchr(written.p, '@', written.n) != NULL) {
        a.form = LM_ACCOUNT_NATIVE;
        a.native = written;
    } else {
        a.form = LM_ACCOUNT_NAME;
        a.display = written;
    }
    if (s->owner.form == LM_ACCOUNT_NATIVE && lm_str_eq(a.native, s->owner.native))
        a = s->owner;
    return a;
}

struct lm_str wret_group(struct lm_retsec *s, struct lm_str written)
{
    written = lm_str_trim(written);
    if (written.n == 0 || memchr(written.p, '@', written.n) != NULL)
        return written;
    return lm_arena_printf(s->r.ctx->record, "%.*s@g.us", LM_STR_ARG(written));
}

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    return a->form == b->form && lm_str_eq(a->native, b->native) && lm_str_eq(a->display, b->display);
}

static lm_err add_person(struct lm_retsec *s, struct lm_str one, const struct lm_account_ref *but, struct lm_account_ref **v, size_t *n, size_t *cap)
{
    struct lm_account_ref a = wret_account(s, one);
    if (a.form == LM_ACCOUNT_NONE)
        return one.n == 0 ? LM_OK : LM_ENOMEM;
    if (same(&a, but))
        return LM_OK;
    for (size_t i = 0; i < *n; i++)
        if (same(&(*v)[i], &a))
            return LM_OK;
    if (*n == WRET_MAX_PEOPLE) {
        lm_retrec_doubt(&s->r, "more recipients than are read: the rest has no leg");
        return LM_OK;
    }
    struct lm_account_ref *grown = lm_arena_grow(s->r.ctx->record, *v, *n, cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    *v = grown;
    grown[(*n)++] = a;
    return LM_OK;
}

lm_err wret_people(struct lm_retsec *s, struct lm_str list, const struct lm_account_ref *but, struct lm_account_ref **v, size_t *n, size_t *cap)
{
    lm_err err = LM_OK;
    while (list.n > 0 && err == LM_OK) {
        size_t i = 0;
        while (i < list.n && list.p[i] != ',' && list.p[i] != ';' && list.p[i] != '\n')
            i++;
        struct lm_str one = lm_str_trim(lm_str_take(list, i));
        list = lm_str_skip(list, i + 1);
        if (one.n != 0)
            err = add_person(s, one, but, v, n, cap);
    }
    return err;
}

/* The other end of the owner's conversation. */
static struct lm_str other_end(const struct lm_retsec *s, const struct lm_event *ev)
{
    bool mine = s->owner.form == LM_ACCOUNT_NATIVE && lm_str_eq(ev->from.native, s->owner.native);
    return mine || ev->from.form != LM_ACCOUNT_NATIVE ? (ev->n_to != 0 ? ev->to[0].native : (struct lm_str){ NULL, 0 }) : ev->from.native;
}

/* --- message log --- */

lm_err wret_message(struct wret *w)
{
    static const char *const known[] = { "sender ip", "sender port", "sender device", "message style", "message size", "message",
                                         "recipients", "group id", "sender", "type", "message id", "timestamp", "subtype", NULL };
    struct lm_retsec *s = &w->s;
    struct lm_retrec *r = &s->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_account_ref *to = NULL;
    size_t n_to = 0, cap = 0;
    struct lm_when at = lm_retrec_when(r, moments);
    struct lm_str id = lm_retrec_take(r, "message id"), sender = lm_retrec_take(r, "sender"), group = lm_retrec_take(r, "group id");
    struct lm_str recipients = lm_retrec_take(r, "recipients"), type = lm_retrec_take(r, "type");
    /* the log of messages that were not delivered has other words */
    id = id.n != 0 ? id : lm_retrec_take(r, "id");
    sender = sender.n != 0 ? sender : lm_retrec_take(r, "from");
    type = type.n != 0 ? type : lm_retrec_take(r, "event");
    bool offline = lm_str_eq(s->section_id, LM_STR("offline_log_info"));
    struct lm_retfield *style = lm_retrec_find(r, "message style");
    struct lm_account_ref from = wret_account(s, sender);
    lm_err err = wret_people(s, recipients, &from, &to, &n_to, &cap);
    if (err == LM_OK && offline && n_to == 0 && s->owner.form == LM_ACCOUNT_NATIVE && !same(&from, &s->owner))
        err = add_person(s, s->owner.native, &from, &to, &n_to, &cap); /* what was not delivered was for the owner */
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_MESSAGE, LM_PLATFORM_WHATSAPP, "", at, from);
    bool grouped = lm_str_trim(group).n != 0;
    group = wret_group(s, group);
    if (err != LM_OK || ev == NULL || (grouped && group.p == NULL))
        return LM_ENOMEM;
    bool is_group = grouped || (style != NULL && lm_str_eq_nocase(lm_str_trim(style->value), LM_STR("group")));
    ev->native_id = id;
    ev->detail = type;
    ev->text = lm_retrec_take(r, "content");
    ev->to = to;
    ev->n_to = n_to;
    ev->thread.kind = is_group ? LM_THREAD_GROUP : n_to == 1 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
    ev->thread.native = is_group ? group : ev->thread.kind == LM_THREAD_DIRECT ? other_end(s, ev) : (struct lm_str){ NULL, 0 };
    if (n_to == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    if (at.quality == LM_TIME_NONE)
        lm_retrec_doubt(r, "a message without a moment that can be read");
    if (from.form == LM_ACCOUNT_NONE && n_to == 0)
        lm_retrec_reject(r, "a message without sender and recipients");
    lm_retsec_rest(s, ev, known);
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- calls --- */

struct call_event {
    struct lm_when at;
    struct lm_str type, media;
    struct lm_locator place;
    unsigned seen; /* bit per label */
};

struct call {
    uint32_t *of; /* per field of the record: 1 + its event */
    struct call_event *events;
    size_t n, cap;
    struct lm_account_ref creator, *others;
    size_t n_others, cap_others;
    bool more;
};

static const char *const event_labels[] = { "type", "timestamp", "from", "to", "from ip", "from port", "media type", NULL };
static const char *const call_known[] = { "call", "events", "event", "participants", "participant", "type", "timestamp", "from", "to", "from ip",
                                          "from port", "media type", "phone number", "state", "platform", "call creator", "call id", NULL };

static bool listed(struct lm_str label)
{
    for (const char *const *k = call_known; *k != NULL; k++)
        if (lm_retrec_is(label, *k))
            return true;
    return false;
}

static int event_label(struct lm_str label)
{
    for (int i = 0; event_labels[i] != NULL; i++)
        if (lm_retrec_is(label, event_labels[i]))
            return i;
    return -1;
}

static struct call_event *new_event(struct lm_retrec *r, struct call *c, uint64_t at)
{
    if (c->n == MAX_CALL_EVENTS) {
        c->more = true;
        return &c->events[c->n - 1];
    }
    struct call_event *v = lm_arena_grow(r->ctx->record, c->events, c->n, &c->cap, sizeof *v);
    if (v == NULL)
        return NULL;
    c->events = v;
    v[c->n] = (struct call_event){ .place = { .kind = LM_LOCATOR_BYTES, .a = at } };
    return &v[c->n++];
}

/* The event that field i belongs to; NULL for none yet, *ret_err when memory ends. */
static lm_err event_field(struct lm_retsec *s, struct call *c, size_t i, bool *new_one)
{
    struct lm_retrec *r = &s->r;
    const struct lm_retfield *f = &r->fields[i];
    int label = event_label(f->label);
    struct call_event *e = c->n != 0 ? &c->events[c->n - 1] : NULL;
    if (f->value.n == 0 && (lm_retrec_is(f->label, "events") || lm_retrec_is(f->label, "event"))) {
        *new_one = true;
        return LM_OK;
    }
    if (label >= 0 && (e == NULL || *new_one || (e->seen & 1u << label))) {
        e = new_event(r, c, f->at);
        *new_one = false;
    }
    if (e == NULL)
        return label >= 0 ? LM_ENOMEM : LM_OK;
    c->of[i] = (uint32_t)(e - c->events) + 1;
    if (f->end > e->place.a)
        e->place.b = f->end - e->place.a;
    if (label >= 0)
        e->seen |= 1u << label;
    if (label == 0)
        e->type = f->value;
    else if (label == 1 && !lm_retrec_parse_when(f->value, &e->at))
        lm_retrec_doubt(r, "the moment of an event of the call cannot be read");
    else if (label == 6)
        e->media = f->value;
    else if (label == 2 || label == 3 || lm_retrec_is(f->label, "phone number"))
        return wret_people(s, f->value, &c->creator, &c->others, &c->n_others, &c->cap_others);
    return LM_OK;
}

/* --- raw: {"Events": [{"Type": "offer", …, "Participants": [{"Phone Number": …}]}], and what else was not used} --- */

static void member(struct lm_json_out *o, struct lm_str key, struct lm_str value)
{
    lm_json_str(o, key);
    lm_buf_putc(o->b, ':');
    o->after_key = true;
    lm_json_str(o, value);
}

static bool of_participant(struct lm_str label)
{
    return lm_retrec_is(label, "phone number") || lm_retrec_is(label, "state") || lm_retrec_is(label, "platform");
}

static void event_raw(struct lm_retrec *r, const struct call *c, uint32_t event, struct lm_json_out *o)
{
    unsigned in_list = 0, seen = 0; /* 1: in the list, 2: in one of it */
    lm_json_object(o);
    for (size_t i = 0; i < r->n; i++) {
        struct lm_retfield *f = &r->fields[i];
        if (c->of[i] != event || f->value.n == 0 || f->used)
            continue;
        f->used = true;
        bool person = of_participant(f->label);
        unsigned bit = !person ? 0 : lm_retrec_is(f->label, "phone number") ? 1 : lm_retrec_is(f->label, "state") ? 2 : 4;
        if (in_list == 2 && (!person || (seen & bit))) {
            lm_json_object_end(o);
            in_list = 1;
        }
        if (in_list == 1 && !person) {
            lm_json_array_end(o);
            in_list = 0;
        }
        if (person && in_list == 0) {
            lm_json_key(o, "Participants");
            lm_json_array(o);
            in_list = 1;
        }
        if (person && in_list == 1) {
            lm_json_object(o);
            in_list = 2;
            seen = 0;
        }
        seen |= bit;
        member(o, f->label, f->value);
    }
    if (in_list == 2)
        lm_json_object_end(o);
    if (in_list != 0)
        lm_json_array_end(o);
    lm_json_object_end(o);
}

static struct lm_str call_raw(struct lm_retrec *r, const struct call *c)
{
    struct lm_json_out o;
    lm_buf_clear(&r->raw);
    lm_json_out_init(&o, &r->raw);
    lm_json_object(&o);
    lm_json_key(&o, "Events");
    lm_json_array(&o);
    for (uint32_t e = 1; e <= c->n && r->raw.n < LM_RETREC_MAX_RAW / 2; e++)
        event_raw(r, c, e, &o);
    lm_json_array_end(&o);
    for (size_t i = 0; i < r->n; i++)
        if (!r->fields[i].used && r->fields[i].value.n != 0 && c->of[i] == 0 && r->raw.n < LM_RETREC_MAX_RAW)
            member(&o, r->fields[i].label, lm_str_take(r->fields[i].value, lm_utf8_valid_prefix(lm_str_take(r->fields[i].value, 4096))));
    lm_json_object_end(&o);
    if (r->raw.n >= LM_RETREC_MAX_RAW / 2)
        lm_retrec_doubt(r, "fields of the record that have no member here are too large to keep: see the source");
    return r->raw.failed ? (struct lm_str){ NULL, 0 } : lm_buf_str(&r->raw);
}

static const struct call_event *first_of(const struct call *c, const char *type)
{
    for (size_t i = 0; i < c->n; i++)
        if (type == NULL ? c->events[i].at.quality != LM_TIME_NONE : lm_str_is_nocase(lm_str_trim(c->events[i].type), type))
            return &c->events[i];
    return NULL;
}

static lm_err what_became_of_it(struct lm_retrec *r, const struct call *c, struct lm_event *ev)
{
    const struct call_event *offer = first_of(c, "offer"), *accept = first_of(c, "accept"), *end = first_of(c, "terminate");
    const struct call_event *begin = offer != NULL && offer->at.quality != LM_TIME_NONE ? offer : first_of(c, NULL);
    struct lm_str media = { NULL, 0 };
    for (size_t i = 0; i < c->n && media.n == 0; i++)
        media = c->events[i].media;
    if (begin != NULL)
        ev->at = begin->at;
    if (accept != NULL && end != NULL && accept->at.quality == LM_TIME_UTC && end->at.quality == LM_TIME_UTC && end->at.us >= accept->at.us)
        ev->duration_s = (end->at.us - accept->at.us) / LM_SECOND_US;
    bool attempt = accept == NULL && offer != NULL && (end != NULL || first_of(c, "reject") != NULL);
    if (attempt)
        ev->flags |= LM_EVENT_ATTEMPT;
    const char *word = lm_str_eq_nocase(media, LM_STR("video")) ? "video" : lm_str_eq_nocase(media, LM_STR("audio")) ? "voice" : NULL;
    ev->detail = word != NULL ? lm_arena_printf(r->ctx->record, "%s%s", word, attempt ? ", not accepted" : "")
                              : lm_arena_printf(r->ctx->record, "%.*s%s", LM_STR_ARG(media), attempt ? "not accepted" : "");
    if (offer == NULL && c->n != 0)
        lm_retrec_doubt(r, "a call of which only later events are here");
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err wret_call(struct wret *w)
{
    struct lm_retsec *s = &w->s;
    struct lm_retrec *r = &s->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct call c = { .n = 0 };
    bool new_one = false;
    lm_err err = LM_OK;
    struct lm_str id = lm_retrec_take(r, "call id");
    struct lm_retfield *creator = lm_retrec_find(r, "call creator"), *from = lm_retrec_find(r, "from");
    c.creator = wret_account(s, creator != NULL ? creator->value : from != NULL ? from->value : (struct lm_str){ NULL, 0 });
    if (creator != NULL)
        creator->used = true;
    c.of = lm_arena_array(r->ctx->record, r->n + 1, sizeof *c.of);
    if (c.of == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < r->n && err == LM_OK; i++)
        if (!r->fields[i].used)
            err = event_field(s, &c, i, &new_one);
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_CALL, LM_PLATFORM_WHATSAPP, "", no_time, c.creator);
    if (err != LM_OK || ev == NULL)
        return LM_ENOMEM;
    /* A call that is not over yet will come again, with more events: it must not be taken for the same. */
    ev->native_id = id;
    if (id.n != 0 && c.n != 0 && first_of(&c, "terminate") == NULL)
        ev->native_id = lm_arena_printf(r->ctx->record, "%.*s:%.*s", LM_STR_ARG(id), LM_STR_ARG(c.events[c.n - 1].type));
    if (id.n != 0 && ev->native_id.p == NULL)
        return LM_ENOMEM;
    ev->to = c.others;
    ev->n_to = c.n_others;
    ev->thread.kind = c.n_others > 1 ? LM_THREAD_GROUP : c.n_others == 1 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
    if (c.n_others == 1)
        ev->thread.native = other_end(s, ev);
    err = what_became_of_it(r, &c, ev);
    if (err != LM_OK)
        return err;
    if (ev->at.quality == LM_TIME_NONE)
        lm_retrec_doubt(r, "a call without a moment that can be read");
    if (c.creator.form == LM_ACCOUNT_NONE && c.n_others == 0)
        lm_retrec_reject(r, "a call of nobody");
    if (c.more)
        lm_retrec_doubt(r, "a call with more events than are read apart");
    bool all = true;
    for (size_t i = 0; i < r->n; i++)
        all = all && (r->fields[i].used || r->fields[i].value.n == 0 || listed(r->fields[i].label));
    ev->raw = call_raw(r, &c);
    ev->flags |= all && ev->raw.n != 0 ? LM_EVENT_TRAFFIC : 0;
    struct lm_locator *places = lm_arena_array(r->ctx->record, c.n + 1, sizeof *places);
    if (places == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < c.n; i++)
        places[i] = c.events[i].place;
    return lm_retrec_emit(r, f.items, f.n, places, c.n);
}

/* --- contacts, groups --- */

lm_err wret_contact(struct wret *w, struct lm_str line, uint64_t at, uint64_t end)
{
    struct lm_retsec *s = &w->s;
    struct lm_retrec *r = &s->r;
    struct lm_return_field field = { .label = LM_STR("contact"), .value = line, .at = at, .end = end };
    lm_retrec_clear(r);
    lm_err err = lm_retrec_add(r, &field);
    if (err != LM_OK || r->n == 0)
        return err;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, 1, sizeof *to);
    struct lm_str number = lm_return_phone(r->fields[0].value);
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_OTHER, LM_PLATFORM_WHATSAPP, w->group_word[0] != '\0' ? w->group_word : "contact",
                                            no_time, s->owner);
    if (to == NULL || ev == NULL)
        return LM_ENOMEM;
    *to = wret_account(s, number.n != 0 ? number : r->fields[0].value);
    ev->to = to;
    ev->n_to = to->form != LM_ACCOUNT_NONE;
    r->fields[0].used = number.n == r->fields[0].value.n || to->form == LM_ACCOUNT_NAME;
    lm_retsec_rest(s, ev, (const char *const[]){ NULL });
    lm_retfacts_identifier(&f, *to, LM_IDENTIFIER_PHONE, number, "contact_list", no_time);
    return f.failed ? LM_ENOMEM : lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

lm_err wret_group_record(struct wret *w)
{
    struct lm_retsec *s = &w->s;
    struct lm_retrec *r = &s->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_attachment files[2];
    size_t n = 0;
    static const char *const pictures[] = { "picture", "thumbnail" };
    struct lm_when at = lm_retrec_when(r, (const char *const[]){ "creation", "created", "creation time", NULL });
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_OTHER, LM_PLATFORM_WHATSAPP, w->group_word[0] != '\0' ? w->group_word : "group", at, s->owner);
    if (ev == NULL)
        return LM_ENOMEM;
    struct lm_str id = lm_retrec_take(r, "id");
    if (id.n == 0)
        id = lm_retrec_take(r, "group id");
    ev->thread = (struct lm_thread_ref){ .native = wret_group(s, id), .title = lm_retrec_take(r, "subject"), .kind = LM_THREAD_GROUP };
    ev->text = lm_retrec_take(r, "description");
    for (size_t i = 0; i < 2; i++) {
        struct lm_retfield *p = lm_retrec_find(r, pictures[i]);
        if (p != NULL && (p->value.n != 0 || p->media.n != 0)) {
            struct lm_str none = { NULL, 0 };
            bool file = p->media.n == 0 && p->value.n != 0 && memchr(p->value.p, '.', p->value.n) != NULL;
            files[n++] = (struct lm_attachment){ .name = file ? p->value : p->media, .type = lm_str(pictures[i]), .bytes = -1,
                                                 .note = file ? none : p->value };
            p->used = true;
        }
    }
    ev->attachments = files;
    ev->n_attachments = n;
    if (ev->thread.native.n == 0 && ev->thread.title.n == 0)
        lm_retrec_doubt(r, "a group without its id");
    lm_retsec_rest(s, ev, (const char *const[]){ "size", "group", NULL });
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}
