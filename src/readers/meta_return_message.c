/* meta_return_message.c - unified messages: threads with their participants, messages with what hangs on them. */
#include "readers/meta_return.h"

static const struct lm_when none_time = { .quality = LM_TIME_NONE };

#define PAYMENT "A payment request was auto-detected"

static struct lm_str keep(struct mret *m, struct lm_str s, bool *failed)
{
    if (s.n == 0)
        return (struct lm_str){ NULL, 0 };
    struct lm_str c = lm_arena_copy(&m->thread_arena, s);
    *failed |= c.p == NULL;
    return c;
}

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form != b->form || a->platform != b->platform)
        return false;
    return a->form == LM_ACCOUNT_NAME ? lm_str_eq(a->display, b->display) : lm_str_eq(a->native, b->native);
}

/* Facebook writes a moment above the names: it stays in raw with them. */
static lm_err add_people(struct mret *m, struct lm_retfield *f, struct lm_account_ref **v, size_t *n, size_t *cap)
{
    struct lm_str one, list = f->value;
    struct lm_when moment;
    f->used = true;
    while (mret_next_person(&list, &one)) {
        if (lm_retrec_parse_when(one, &moment)) {
            f->used = false;
            continue;
        }
        struct lm_account_ref a = mret_account(m, one);
        bool failed = false, known = a.form == LM_ACCOUNT_NONE;
        for (size_t i = 0; i < *n && !known; i++)
            known = same(&(*v)[i], &a);
        if (known)
            continue;
        if (*n == MRET_MAX_MEMBERS) {
            lm_retrec_doubt(&m->s.r, "a thread has more participants than are read: messages get no legs to the rest");
            return LM_OK;
        }
        struct lm_account_ref *grown = lm_arena_grow(&m->thread_arena, *v, *n, cap, sizeof *grown);
        a.native = keep(m, a.native, &failed);
        a.display = keep(m, a.display, &failed);
        if (grown == NULL || failed)
            return LM_ENOMEM;
        *v = grown;
        grown[(*n)++] = a;
    }
    return LM_OK;
}

/* "Name (123)": the id is in the last brackets. */
static lm_err thread_ref(struct mret *m, struct lm_str value, struct lm_str name)
{
    struct lm_str s = lm_str_trim(value);
    size_t paren = s.n;
    bool failed = false;
    while (paren > 0 && s.p[paren - 1] != '(')
        paren--;
    struct lm_str id = s, title = { NULL, 0 };
    if (paren > 0 && lm_str_ends(s, LM_STR(")"))) {
        id = lm_str_trim(lm_str_take(lm_str_skip(s, paren), s.n - paren - 1));
        title = lm_str_trim(lm_str_take(s, paren - 1));
    }
    m->thread.native = keep(m, id, &failed);
    m->thread.title = keep(m, name.n != 0 ? name : title, &failed);
    return failed ? LM_ENOMEM : LM_OK;
}

static void handles(struct mret *m, struct lm_retfacts *f, const struct lm_account_ref *v, size_t n)
{
    struct lm_when none = { .quality = LM_TIME_NONE };
    for (size_t i = 0; i < n; i++)
        if (v[i].form == LM_ACCOUNT_NATIVE && v[i].display.n != 0)
            lm_retfacts_identifier(f, v[i], memchr(v[i].display.p, ' ', v[i].display.n) != NULL ? LM_IDENTIFIER_NAME : LM_IDENTIFIER_HANDLE,
                                   v[i].display, "participants", none);
    (void)m;
}

lm_err mret_thread(struct mret *m)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_when none = { .quality = LM_TIME_NONE };
    struct lm_retfield *t = lm_retrec_find(r, "thread");
    struct lm_str name = lm_retrec_take(r, "thread name");
    lm_err err = LM_OK;
    if (t != NULL) {
        t->used = true;
        err = thread_ref(m, t->value, name);
    } else if (name.n != 0) {
        bool failed = false;
        m->thread.title = keep(m, name, &failed);
        err = failed ? LM_ENOMEM : LM_OK;
    }
    for (size_t i = 0; i < r->n && err == LM_OK; i++) {
        struct lm_retfield *people = &r->fields[i];
        bool current = lm_retrec_is(people->label, "current participants");
        m->members_listed |= current;
        if (current)
            err = add_people(m, people, &m->members, &m->n_members, &m->cap_members);
        else if (lm_retrec_is(people->label, "past participants"))
            err = add_people(m, people, &m->past, &m->n_past, &m->cap_past);
    }
    if (err != LM_OK)
        return err;
    m->thread.kind = m->n_members + m->n_past > 2 || (name.n != 0 && m->n_members != 2) ? LM_THREAD_GROUP
                     : m->members_listed                                                ? LM_THREAD_DIRECT
                                                                                        : LM_THREAD_UNKNOWN;
    handles(m, &f, m->members, m->n_members);
    handles(m, &f, m->past, m->n_past);
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_OTHER, m->s.platform, "thread", none, m->s.owner);
    if (ev == NULL)
        return f.failed ? LM_ENOMEM : LM_ELIMIT;
    ev->flags = LM_EVENT_SYSTEM;
    ev->thread = m->thread;
    ev->raw = lm_retrec_raw(r);
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- messages --- */

/* Everybody else. A past participant may have been there or not; of two, the other end is the other end. */
static lm_err legs(struct mret *m, struct lm_event *ev)
{
    bool with_past = m->n_members + m->n_past <= 2;
    struct lm_account_ref *to = lm_arena_array(m->s.r.ctx->record, m->n_members + m->n_past + 1, sizeof *to);
    size_t n = 0;
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < m->n_members; i++)
        if (!same(&m->members[i], &ev->from))
            to[n++] = m->members[i];
    for (size_t i = 0; i < m->n_past && with_past; i++)
        if (!same(&m->past[i], &ev->from))
            to[n++] = m->past[i];
    if (n == 0 && m->n_members + m->n_past <= 1 && !same(&m->s.owner, &ev->from) && m->s.owner.form != LM_ACCOUNT_NONE)
        to[n++] = m->s.owner; /* the return is of the owner's own threads */
    if (!m->members_listed || (m->n_past != 0 && !with_past) || m->n_members == MRET_MAX_MEMBERS || n == 0)
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    ev->to = to;
    ev->n_to = n;
    return LM_OK;
}

static struct lm_str base_word(struct lm_str s)
{
    return lm_str_eq_nocase(s, LM_STR("video")) ? LM_STR("video") : lm_str_eq_nocase(s, LM_STR("audio")) ? LM_STR("voice") : s;
}

static struct lm_str take_in(struct lm_retrec *r, uint32_t group, const char *name)
{
    struct lm_retfield *f = lm_retrec_find_in(r, group, name);
    if (f == NULL)
        return (struct lm_str){ NULL, 0 };
    f->used = true;
    return f->value;
}

static lm_err call_record(struct mret *m, struct lm_retfield *call, struct lm_event *ev)
{
    struct lm_retrec *r = &m->s.r;
    uint32_t group = (uint32_t)(call - r->fields) + 1;
    call->used = call->value.n == 0;
    struct lm_str type = take_in(r, group, "type"), missed = take_in(r, group, "missed");
    struct lm_retfield *duration = lm_retrec_find_in(r, group, "duration");
    int64_t seconds;
    ev->kind = LM_EVENT_CALL;
    bool is_missed = lm_str_eq_nocase(missed, LM_STR("true"));
    if (duration != NULL && lm_str_to_i64(lm_str_trim(duration->value), &seconds) && seconds >= 0) {
        duration->used = true;
        ev->duration_s = seconds;
    }
    ev->flags |= is_missed ? LM_EVENT_ATTEMPT : 0;
    struct lm_str word = base_word(type);
    ev->detail = lm_arena_printf(r->ctx->record, "%.*s%s", LM_STR_ARG(word), is_missed ? ", missed" : "");
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

struct files {
    struct lm_attachment *v;
    size_t n, cap;
    bool failed;
};

static struct lm_attachment *add_file(struct mret *m, struct files *f, struct lm_str name)
{
    struct lm_attachment *v = f->n < LM_RETREC_MAX_FIELDS ? lm_arena_grow(m->s.r.ctx->record, f->v, f->n, &f->cap, sizeof *v) : NULL;
    if (v == NULL) {
        f->failed = true;
        return NULL;
    }
    f->v = v;
    v[f->n] = (struct lm_attachment){ .name = name, .bytes = -1 };
    return &v[f->n++];
}

/* "photo_1.jpg" {Type, Size, URL}: the address stays in raw. */
static void attachments(struct mret *m, struct files *files)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_retfield *f;
    while ((f = lm_retrec_find(r, "attachments")) != NULL || (f = lm_retrec_find(r, "attachment")) != NULL) {
        uint32_t group = (uint32_t)(f - r->fields) + 1;
        f->used = true;
        struct lm_str type;
        struct lm_attachment *a = NULL;
        if (f->value.n != 0)
            a = add_file(m, files, f->value);
        while ((type = take_in(r, group, "type")).n != 0 || a != NULL) {
            int64_t bytes;
            a = a != NULL ? a : add_file(m, files, (struct lm_str){ NULL, 0 });
            if (a == NULL)
                return;
            a->type = type;
            struct lm_retfield *size = lm_retrec_find_in(r, group, "size");
            if (size != NULL && lm_str_to_i64(lm_str_trim(size->value), &bytes) && bytes >= 0) {
                size->used = true;
                a->bytes = bytes;
            }
            struct lm_retfield *url = lm_retrec_find_in(r, group, "url");
            if (url != NULL) {
                url->used = true;
                a->note = url->value;
            }
            a = NULL;
        }
    }
}

/* A linked media file and an attachment are one thing when there are as many of the one as of the other: then the attachment is called by its
 * file, and what it was called stays in raw. */
static void linked_media(struct mret *m, struct files *files)
{
    struct lm_retrec *r = &m->s.r;
    size_t n_linked = 0, n_attached = files->n, at = 0;
    for (size_t i = 0; i < r->n; i++)
        n_linked += !r->fields[i].used && lm_retrec_is(r->fields[i].label, "linked media file");
    bool paired = n_linked == n_attached;
    for (size_t i = 0; i < r->n && paired; i++)
        if (lm_retrec_is(r->fields[i].label, "attachments") || lm_retrec_is(r->fields[i].label, "attachment"))
            r->fields[i].used = r->fields[i].value.n == 0;
    for (size_t i = 0; i < r->n; i++) {
        struct lm_retfield *f = &r->fields[i];
        if (f->used || !lm_retrec_is(f->label, "linked media file"))
            continue;
        f->used = true;
        struct lm_str name = f->value.n != 0 ? f->value : f->media;
        if (paired && name.n != 0)
            files->v[at].name = name;
        else if (name.n != 0)
            (void)add_file(m, files, name);
        at++;
    }
}

static void share(struct mret *m, struct files *files)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_retfield *f = lm_retrec_find(r, "share");
    if (f == NULL)
        return;
    uint32_t group = (uint32_t)(f - r->fields) + 1;
    f->used = f->value.n == 0;
    struct lm_str url = take_in(r, group, "url"), text = take_in(r, group, "text");
    struct lm_attachment *a = url.n != 0 || text.n != 0 ? add_file(m, files, url) : NULL;
    if (a != NULL) {
        a->type = LM_STR("share");
        a->note = text;
    }
}

static void what_it_was(struct mret *m, struct lm_event *ev)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_retfield *f = lm_retrec_find(r, "subscription event");
    if (lm_str_starts(ev->text, LM_STR(PAYMENT)))
        ev->flags |= LM_EVENT_PAYMENT_HINT;
    if (lm_str_eq(ev->text, LM_STR("Liked a message")) || lm_str_starts(ev->text, LM_STR("Reacted ")))
        ev->detail = LM_STR("reaction");
    f = lm_retrec_find(r, "removed by sender");
    if (f != NULL && !lm_str_eq_nocase(f->value, LM_STR("false")) && !lm_str_eq_nocase(f->value, LM_STR("no")))
        ev->flags |= LM_EVENT_DELETED; /* its value is often the moment: it stays in raw */
    f = lm_retrec_find(r, "subscription event");
    if (f != NULL) {
        struct lm_retfield *type = lm_retrec_find_in(r, (uint32_t)(f - r->fields) + 1, "type");
        ev->kind = LM_EVENT_GROUP_CHANGE;
        ev->flags |= LM_EVENT_SYSTEM;
        ev->detail = f->value.n != 0 ? f->value : type != NULL ? type->value : LM_STR("subscription event");
        (type != NULL && f->value.n == 0 ? type : f)->used = true;
    }
}

lm_err mret_message(struct mret *m)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct files files = { .n = 0 };
    struct lm_str author = lm_retrec_take(r, "author");
    struct lm_when at = lm_retrec_when(r, (const char *const[]){ "sent", "timestamp", "time", NULL });
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_MESSAGE, m->s.platform, m->s.section_word, at, mret_account(m, author));
    if (ev == NULL)
        return LM_ENOMEM;
    if (lm_str_ends(ev->detail, LM_STR("unified_messages")))
        ev->detail = (struct lm_str){ NULL, 0 }; /* the others were reported: said */
    ev->thread = m->thread;
    ev->text = lm_retrec_take(r, "body");
    if (at.quality == LM_TIME_NONE)
        lm_retrec_doubt(r, "a message without a moment that can be read");
    if (ev->from.form == LM_ACCOUNT_NONE)
        lm_retrec_doubt(r, "a message without its author");
    struct lm_retfield *call = lm_retrec_find(r, "call record");
    lm_err err = call != NULL ? call_record(m, call, ev) : LM_OK;
    if (err == LM_OK)
        err = legs(m, ev);
    if (err != LM_OK)
        return err;
    what_it_was(m, ev);
    attachments(m, &files);
    linked_media(m, &files);
    share(m, &files);
    if (files.failed)
        return LM_ENOMEM;
    ev->attachments = files.v;
    ev->n_attachments = files.n;
    bool said = ev->text.n != 0 || ev->n_attachments != 0 || call != NULL || at.quality != LM_TIME_NONE || lm_retrec_has_unused(r);
    if (!said)
        lm_retrec_reject(r, "a message that says nothing");
    ev->raw = lm_retrec_raw(r);
    return lm_retrec_emit(r, f.items, f.n, NULL, 0);
}

/* --- lists of people --- */

lm_err mret_person(struct mret *m, struct lm_str line, uint64_t at, uint64_t end)
{
    struct lm_retrec *r = &m->s.r;
    struct lm_return_field field = { .label = lm_str(m->s.section_word), .value = line, .at = at, .end = end };
    lm_retrec_clear(r);
    lm_err err = lm_retrec_add(r, &field);
    if (err != LM_OK || r->n == 0)
        return err;
    struct lm_retfacts f = { .a = r->ctx->record };
    /* "ana.sample (instagram: 100) [Ana Sample]" */
    struct lm_str written = r->fields[0].value, shown = { NULL, 0 };
    size_t bracket = lm_str_find(written, LM_STR(" ["));
    if (bracket != SIZE_MAX && lm_str_ends(written, LM_STR("]"))) {
        shown = lm_str_take(lm_str_skip(written, bracket + 2), written.n - bracket - 3);
        written = lm_str_take(written, bracket);
    }
    struct lm_account_ref other = mret_account(m, written);
    bool towards = lm_str_find(m->s.section_id, LM_STR("followers")) != SIZE_MAX || lm_str_find(m->s.section_id, LM_STR("incoming")) != SIZE_MAX;
    struct lm_event *ev = lm_retfacts_event(&f, LM_EVENT_OTHER, m->s.platform, m->s.section_word, none_time, towards ? other : m->s.owner);
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, 1, sizeof *to);
    if (ev == NULL || to == NULL)
        return LM_ENOMEM;
    *to = towards ? m->s.owner : other;
    ev->to = to;
    ev->n_to = 1;
    if (other.form == LM_ACCOUNT_NATIVE)
        lm_retfacts_identifier(&f, other, LM_IDENTIFIER_HANDLE, other.display, "contact_list", none_time);
    lm_retfacts_identifier(&f, other, LM_IDENTIFIER_NAME, shown, "contact_list", none_time);
    r->fields[0].used = true;
    return f.failed ? LM_ENOMEM : lm_retrec_emit(r, f.items, f.n, NULL, 0);
}
