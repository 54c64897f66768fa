/* whatsapp_return_html.c - what WhatsApp returns to legal process ("WhatsApp Business Record"), HTML and tab-separated text, also the
 * small ones that a pen register brings every day. There is no message text in them. */
#include "readers/whatsapp_return_html.h"

#include "readers/operation_csv_table.h"

static const struct {
    const char *id;
    enum wret_section section;
} sections[] = {
    { "request_parameters", WRET_REQUEST }, { "home", WRET_REQUEST }, { "offline_log_info", WRET_MESSAGES }, { "message_log", WRET_MESSAGES }, { "message_logs", WRET_MESSAGES }, { "call_logs", WRET_CALLS },
    { "call_log", WRET_CALLS }, { "prospective_login_ips", WRET_LOGINS }, { "ip_addresses", WRET_LOGINS }, { "logins", WRET_LOGINS },
    { "address_book_info", WRET_CONTACTS }, { "address_book", WRET_CONTACTS }, { "contacts", WRET_CONTACTS },
    { "groups_info", WRET_GROUPS }, { "groups", WRET_GROUPS }, { "emails", WRET_EMAILS }, { "connection_info", WRET_CONNECTION },
    { "web_info", WRET_CONNECTION }, { "device_info", WRET_CONNECTION }, { "small_medium_business", WRET_THINGS },
    { "ncmec_reports", WRET_THINGS }, { "offline_info", WRET_THINGS }, { "registrations_info", WRET_THINGS },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_return_service s;
    struct lm_arena a;
    int bits = 0;
    (void)in;
    if (!lm_return_possible(head))
        return 0;
    lm_arena_init(&a, 4 << 20);
    if (lm_return_service(&a, head, &s) == LM_OK && lm_return_is_whatsapp(&s, head)) {
        bits = s.any_section || s.any_label ? 40 : 0;
        bits += bits != 0 && s.service.n != 0 ? 24 : 0;
        bits += bits != 0 && lm_return_is_titled(head) ? 24 : 0;
    }
    lm_arena_free(&a);
    return bits;
}

/* --- records --- */

/* "Device Id", "Last seen", "Last IP" …: what is known of the phone. */
static lm_err connection(struct wret *w)
{
    static const char *const known[] = { "device id", "service start", "device type", "app version", "device os build number",
                                         "connection state", "last seen", "last ip", "availability", "online since", "platform", "version",
                                         "device manufacturer", "device model", "os version", "device os", "push name", "connected from",
                                         "inactive since", "online", "connection device id", NULL };
    struct lm_retsec *s = &w->s;
    struct lm_retrec *r = &s->r;
    struct lm_retfacts f = { .a = r->ctx->record };
    struct lm_when none = { .quality = LM_TIME_NONE }, start = none, seen = none;
    struct lm_retfield *v;
    if ((v = lm_retrec_find(r, "service start")) != NULL)
        v->used = lm_retrec_parse_when(v->value, &start);
    if ((v = lm_retrec_find(r, "last seen")) != NULL || (v = lm_retrec_find(r, "online since")) != NULL)
        v->used = lm_retrec_parse_when(v->value, &seen);
    if (start.quality != LM_TIME_NONE)
        (void)lm_retfacts_event(&f, LM_EVENT_LOGIN, s->platform, "service_start", start, s->owner);
    if (seen.quality != LM_TIME_NONE)
        (void)lm_retfacts_event(&f, LM_EVENT_LOGIN, s->platform, "last_seen", seen, s->owner);
    lm_retfacts_identifier(&f, s->owner, LM_IDENTIFIER_DEVICE, lm_retrec_take(r, "device type"), "device", none);
    v = lm_retrec_find(r, "last ip");
    struct lm_str ip = v != NULL ? lm_return_ip(v->value) : (struct lm_str){ NULL, 0 };
    if (v != NULL && ip.n == v->value.n)
        v->used = true;
    lm_retfacts_identifier(&f, s->owner, LM_IDENTIFIER_IP, ip, "login", seen);
    return lm_retsec_with_rest(s, &f, known);
}

static lm_err finish_record(struct wret *w)
{
    if (w->s.r.n == 0)
        return LM_OK;
    switch (w->section) {
    case WRET_OUTSIDE:
    case WRET_REQUEST:
        return lm_retsec_request(&w->s);
    case WRET_MESSAGES:
        return wret_message(w);
    case WRET_CALLS:
        return wret_call(w);
    case WRET_LOGINS:
        return lm_retsec_login(&w->s);
    case WRET_GROUPS:
        return wret_group_record(w);
    case WRET_EMAILS:
        return lm_retsec_lines(&w->s, LM_IDENTIFIER_EMAIL, lm_return_email, "own_profile");
    case WRET_CONNECTION:
        return connection(w);
    case WRET_CONTACTS:
    case WRET_THINGS:
    case WRET_UNKNOWN:
    case WRET_REFUSED:
        break;
    }
    return lm_retsec_thing(&w->s, LM_EVENT_OTHER);
}

/* The address book says how many it lists. */
static lm_err check_total(struct wret *w)
{
    bool differs = w->total_said && w->total != w->listed;
    w->total_said = false;
    w->listed = 0;
    return differs ? lm_retrec_notice(&w->s.r, LM_PROBLEM_DOUBTED, w->total_at, w->total_at,
                                      "the address book says another total than the contacts that it lists")
                   : LM_OK;
}

static lm_err enter(struct wret *w, struct lm_str id, uint64_t at)
{
    lm_err err = lm_retsec_enter(&w->s, id);
    if (err != LM_OK)
        return err;
    w->any_section = true;
    w->section = WRET_UNKNOWN;
    w->group_word[0] = '\0';
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (lm_retrec_is(id, sections[i].id))
            w->section = sections[i].section;
    if (lm_table_protected(id)) {
        w->section = WRET_REFUSED;
        return lm_retrec_notice(&w->s.r, LM_PROBLEM_ALTERED, at, at,
                                "a section of a kind that is not kept (race, religion, politics, citizenship, birthplace and the like) is left out");
    }
    if (w->section != WRET_UNKNOWN || lm_str_eq(id, LM_STR("end")))
        return LM_OK;
    bool fresh = false;
    uint64_t *ignored;
    if (lm_map_put(&w->unknown, w->s.section_id, 1, &ignored, &fresh) != LM_OK)
        return LM_ENOMEM;
    return fresh ? lm_retrec_notice(&w->s.r, LM_PROBLEM_DOUBTED, at, at, "a section of a kind that is not known is kept as it stands") : LM_OK;
}

static lm_err on_section(void *user, struct lm_str id, uint64_t at)
{
    struct wret *w = user;
    lm_err err = finish_record(w);
    if (err == LM_OK)
        err = check_total(w);
    w->section = WRET_OUTSIDE;
    w->s.section_word[0] = '\0';
    return err == LM_OK && id.n != 0 ? enter(w, id, at) : err;
}

static void set_word(struct wret *w, const char *word)
{
    struct lm_str s = lm_str(word);
    memcpy(w->group_word, s.p, s.n);
    w->group_word[s.n] = '\0';
}

/* "Symmetric contacts" | "2 Total" and then a number a line. */
static lm_err contacts(struct wret *w, const struct lm_return_field *f)
{
    lm_err err = LM_OK;
    if (lm_retrec_is(f->label, "symmetric contacts") || lm_retrec_is(f->label, "asymmetric contacts")) {
        err = check_total(w);
        set_word(w, lm_retrec_is(f->label, "symmetric contacts") ? "symmetric_contact" : "asymmetric_contact");
    }
    for (size_t i = 0; i <= f->n_lines && err == LM_OK; i++) {
        size_t from = i == 0 ? 0 : f->lines[i - 1].in_value, to = i == f->n_lines ? f->value.n : f->lines[i].in_value;
        uint64_t at = i == 0 ? f->at : f->lines[i - 1].at, end = i == f->n_lines ? f->end : f->lines[i].at;
        struct lm_str line = lm_str_trim((struct lm_str){ f->value.p + from, to - from });
        int64_t total;
        size_t word = lm_str_find(line, LM_STR(" Total"));
        if (word != SIZE_MAX && lm_str_to_i64(lm_str_take(line, word), &total) && total >= 0) {
            w->total = (uint64_t)total;
            w->total_said = true;
            w->total_at = at;
        } else if (line.n != 0) {
            w->listed++;
            err = wret_contact(w, line, at, end);
        }
    }
    return err;
}

static bool is_wrapper(const struct lm_return_field *f, const char *name)
{
    return f->value.n == 0 && lm_retrec_is(f->label, name);
}

/* Does this field begin another call? A call repeats the labels of its events. */
static bool next_call(const struct wret *w, const struct lm_return_field *f)
{
    if (is_wrapper(f, "call"))
        return true;
    if (!lm_retrec_is(f->label, "call id"))
        return false;
    for (size_t i = 0; i < w->s.r.n; i++)
        if (lm_retrec_is(w->s.r.fields[i].label, "call id"))
            return true;
    return false;
}

static lm_err in_groups(struct wret *w, const struct lm_return_field *f, bool *ret_done)
{
    bool owned = is_wrapper(f, "groups owned") || is_wrapper(f, "owned groups") || is_wrapper(f, "owned");
    bool part = is_wrapper(f, "groups participating") || is_wrapper(f, "participating groups") || is_wrapper(f, "participating");
    *ret_done = owned || part;
    if (!owned && !part)
        return LM_OK;
    lm_err err = finish_record(w);
    set_word(w, owned ? "group_owned" : "group_participating");
    return err;
}

static lm_err on_field(void *user, const struct lm_return_field *f)
{
    struct wret *w = user;
    bool done = false;
    lm_err err = LM_OK;
    if ((f->label.n == 0 && f->value.n == 0 && f->media.n == 0) || w->section == WRET_REFUSED)
        return LM_OK;
    bool group = w->section == WRET_GROUPS && f->value.n == 0; /* "Groups Owned": no title */
    if (!group && lm_retsec_passes_over(&w->s, f))
        return LM_OK;
    if (lm_return_says_none(f->value)) /* of a section, or of one field of a record */
        return f->level == 0 ? finish_record(w) : LM_OK;
    if (w->s.section_word[0] != '\0' && f->value.n == 0 && lm_retrec_is(f->label, w->s.section_word))
        return finish_record(w);
    bool listed = lm_retrec_is(f->label, "symmetric contacts") || lm_retrec_is(f->label, "asymmetric contacts");
    if (w->section == WRET_CONTACTS || (listed && w->section != WRET_MESSAGES && w->section != WRET_CALLS)) {
        err = finish_record(w);
        return err == LM_OK ? contacts(w, f) : err;
    }
    if (f->label.n == 0 && w->s.r.n != 0)
        return lm_retrec_go_on(&w->s.r, f);
    if (w->section == WRET_GROUPS)
        err = in_groups(w, f, &done);
    if (err != LM_OK || done)
        return err;
    if (w->section == WRET_CALLS ? next_call(w, f) : lm_retsec_begins_anew(&w->s, f) || (w->section == WRET_MESSAGES && is_wrapper(f, "message")))
        err = finish_record(w);
    return err == LM_OK ? lm_retrec_add(&w->s.r, f) : err;
}

/* --- the file --- */

static void set_owner(struct wret *w)
{
    struct lm_str number = w->service.target.n != 0 ? w->service.target : w->service.account;
    w->s.platform = LM_PLATFORM_WHATSAPP;
    w->s.owner = wret_account(&w->s, number);
    if (w->s.owner.form != LM_ACCOUNT_NATIVE)
        w->s.owner = (struct lm_account_ref){ .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER };
    struct lm_str kept = lm_arena_copy(w->s.r.ctx->file, w->s.owner.native);
    if (kept.p != NULL)
        w->s.owner.native = kept;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    static const struct lm_return_on on = { on_section, on_field };
    struct wret w = { .section = WRET_OUTSIDE, .s.account = wret_account, .s.platform = LM_PLATFORM_WHATSAPP };
    struct lm_return_end end = { .complete = false };
    lm_retrec_init(&w.s.r, ctx, sink);
    lm_map_init(&w.unknown, ctx->file);
    lm_err err = lm_return_service(ctx->file, ctx->in->bytes, &w.service);
    if (err == LM_OK) {
        set_owner(&w);
        err = w.service.text_form ? lm_return_text(ctx->in->bytes, &on, &w, &end, ctx->error)
                                  : lm_return_html(ctx->in->bytes, &on, &w, &end, ctx->error);
    }
    if (err == LM_OK)
        err = finish_record(&w);
    if (err == LM_OK)
        err = check_total(&w);
    if (err == LM_OK)
        err = lm_retsec_outcome(&w.s, &end, w.any_section);
    lm_retrec_free(&w.s.r);
    return err;
}

const struct lm_reader lm_reader_whatsapp_return_html = {
    .name = "whatsapp_return_html",
    .title = "WhatsApp legal return (\"WhatsApp Business Record\"), HTML or tab-separated text",
    .reference = "sections, labels and markup as open readers of returns know them, checked 2026-11; no public return exists",
    .tested_on = "our own files only",
    .lookahead = 262144,
    .bid = bid,
    .read = read_all,
};
