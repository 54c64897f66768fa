/* meta_return.c - Facebook, Messenger and Instagram: what Meta returns to legal process, from labels and values, whatever form they came in. */
#include "readers/meta_return.h"

#include "readers/operation_csv_table.h"

static const struct {
    const char *id;
    enum mret_section section;
} sections[] = {
    { "request_parameters", MRET_REQUEST }, { "home", MRET_REQUEST }, { "unified_messages", MRET_MESSAGES }, { "threads_unified_messages", MRET_MESSAGES },
    { "reported_conversations", MRET_MESSAGES }, { "reported_disappearing_messages", MRET_MESSAGES }, { "logins", MRET_LOGINS },
    { "ip_addresses", MRET_LOGINS }, { "following", MRET_PEOPLE }, { "followers", MRET_PEOPLE }, { "threads_following", MRET_PEOPLE },
    { "threads_followers", MRET_PEOPLE }, { "incoming_follow_requests", MRET_PEOPLE }, { "name", MRET_NAME }, { "emails", MRET_EMAILS },
    { "phone_numbers", MRET_PHONES }, { "vanity", MRET_VANITY }, { "registration_ip", MRET_IP }, { "devices", MRET_DEVICES },
    { "registration_date", MRET_DATE }, { "threads_registration_date", MRET_DATE }, { "account_end_date", MRET_DATE },
    { "last_location", MRET_PLACE }, { "last_location_area", MRET_PLACE }, { "ncmec_reports", MRET_THINGS }, { "photos", MRET_THINGS },
    { "profile_picture", MRET_THINGS }, { "threads_profile_picture", MRET_THINGS }, { "comments", MRET_THINGS }, { "videos", MRET_THINGS },
    { "live_videos", MRET_THINGS }, { "archived_live_videos", MRET_THINGS }, { "notes", MRET_THINGS }, { "archived_stories", MRET_THINGS },
    { "unarchived_stories", MRET_THINGS }, { "threads_archived_stories", MRET_THINGS }, { "encrypted_groups_info", MRET_THINGS },
    { "threads_posts_and_replies", MRET_THINGS }, { "threads_community_notes", MRET_THINGS }, { "community_notes", MRET_THINGS },
    { "archived_quicksnap", MRET_THINGS }, { "shared_access", MRET_THINGS }, { "status_updates", MRET_THINGS }, { "likes", MRET_THINGS },
    { "searches", MRET_THINGS }, { "direct_stories", MRET_THINGS }, { "privacy_settings", MRET_THINGS }, { "popular_block", MRET_THINGS },
    { "gender", MRET_THINGS }, { "date_of_birth", MRET_THINGS }, { "website", MRET_THINGS },
};

/* --- accounts --- */

static enum lm_platform platform_of(struct lm_str word, enum lm_platform otherwise)
{
    enum lm_platform p;
    char lower[16];
    word = lm_str_trim(word);
    if (word.n == 0 || word.n > sizeof lower)
        return otherwise;
    for (size_t i = 0; i < word.n; i++)
        lower[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] | 0x20) : word.p[i];
    struct lm_str s = { lower, word.n };
    if (lm_str_eq(s, LM_STR("messenger")))
        return LM_PLATFORM_FACEBOOK;
    if (lm_str_eq(s, LM_STR("threads")))
        return LM_PLATFORM_INSTAGRAM; /* Threads has Instagram's accounts */
    return lm_platform_parse(s, &p) ? p : otherwise;
}

static bool all_digits(struct lm_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

struct lm_account_ref mret_account(const struct mret *m, struct lm_str s)
{
    struct lm_account_ref a = { .platform = m->s.platform, .form = LM_ACCOUNT_NONE };
    s = lm_str_trim(s);
    size_t paren = s.n;
    while (paren > 0 && s.p[paren - 1] != '(')
        paren--;
    struct lm_str inside = { NULL, 0 };
    if (paren > 0 && lm_str_ends(s, LM_STR(")")))
        inside = lm_str_take(lm_str_skip(s, paren), s.n - paren - 1);
    size_t colon = lm_str_find(inside, LM_STR(":"));
    struct lm_str id = lm_str_trim(colon != SIZE_MAX ? lm_str_skip(inside, colon + 1) : inside);
    if (all_digits(id)) {
        a.form = LM_ACCOUNT_NATIVE;
        a.native = id;
        a.display = lm_str_trim(lm_str_take(s, paren - 1));
        if (colon != SIZE_MAX)
            a.platform = platform_of(lm_str_take(inside, colon), m->s.platform);
    } else if (all_digits(s)) {
        a.form = LM_ACCOUNT_NATIVE;
        a.native = s;
    } else if (s.n != 0) {
        a.form = LM_ACCOUNT_NAME;
        a.display = s;
    }
    if (m->s.owner.form == LM_ACCOUNT_NATIVE && a.form == LM_ACCOUNT_NATIVE && lm_str_eq(a.native, m->s.owner.native))
        a = m->s.owner;
    return a;
}

/* A comma ends an entry only behind its ')': names have commas. */
bool mret_next_person(struct lm_str *list, struct lm_str *ret)
{
    struct lm_str s = lm_str_trim(*list);
    while (s.n > 0 && (s.p[0] == ',' || s.p[0] == '\n'))
        s = lm_str_trim(lm_str_skip(s, 1));
    if (s.n == 0)
        return false;
    size_t i = 0;
    bool parens = memchr(s.p, '(', s.n) != NULL;
    int depth = 0; /* a line that was wrapped inside brackets ends nothing */
    for (; i < s.n && (s.p[i] != '\n' || depth > 0); i++) {
        size_t before = i;
        depth += s.p[i] == '(' ? 1 : s.p[i] == ')' && depth > 0 ? -1 : 0;
        while (before > 0 && s.p[before - 1] == ' ')
            before--;
        if (s.p[i] == ',' && (!parens || (before > 0 && s.p[before - 1] == ')')))
            break;
    }
    *ret = lm_str_trim(lm_str_take(s, i));
    *list = lm_str_skip(s, i);
    return true;
}

static struct lm_account_ref by_section(struct lm_retsec *s, struct lm_str written)
{
    return mret_account((const struct mret *)(const void *)s, written);
}

/* --- what is a record --- */

static lm_err other_record(struct mret *m)
{
    switch (m->section) {
    case MRET_OUTSIDE:
    case MRET_REQUEST:
        return lm_retsec_request(&m->s);
    case MRET_LOGINS:
        return lm_retsec_login(&m->s);
    case MRET_NAME:
        return lm_retsec_name(&m->s);
    case MRET_EMAILS:
        return lm_retsec_lines(&m->s, LM_IDENTIFIER_EMAIL, lm_return_email, "own_profile");
    case MRET_PHONES:
        return lm_retsec_lines(&m->s, LM_IDENTIFIER_PHONE, lm_return_phone, "own_profile");
    case MRET_VANITY:
        return lm_retsec_lines(&m->s, LM_IDENTIFIER_HANDLE, lm_return_whole, "own_profile");
    case MRET_IP:
        return lm_retsec_lines(&m->s, LM_IDENTIFIER_IP, lm_return_ip, "registration");
    case MRET_DEVICES:
        return lm_retsec_device(&m->s);
    case MRET_DATE:
        return lm_retsec_date(&m->s);
    case MRET_PEOPLE:
    case MRET_PLACE:
    case MRET_THINGS:
    case MRET_MESSAGES:
    case MRET_UNKNOWN:
    case MRET_REFUSED:
        break;
    }
    return lm_retsec_thing(&m->s, m->section == MRET_PLACE ? LM_EVENT_LOCATION : LM_EVENT_OTHER);
}

static lm_err finish_record(struct mret *m)
{
    if (m->s.r.n == 0)
        return LM_OK;
    if (m->section != MRET_MESSAGES)
        return other_record(m);
    if (m->message_open) {
        m->message_open = false;
        return mret_message(m);
    }
    return mret_thread(m);
}

static lm_err enter(struct mret *m, struct lm_str id, uint64_t at)
{
    if (lm_retsec_enter(&m->s, id) != LM_OK)
        return LM_ENOMEM;
    m->any_section = true;
    m->section = MRET_UNKNOWN;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (lm_retrec_is(id, sections[i].id))
            m->section = sections[i].section;
    if (lm_table_protected(id)) {
        m->section = MRET_REFUSED;
        return lm_retrec_notice(&m->s.r, LM_PROBLEM_ALTERED, at, at,
                                "a section of a kind that is not kept (race, religion, politics, citizenship, birthplace and the like) is left out");
    }
    if (m->section != MRET_UNKNOWN || lm_str_eq(id, LM_STR("end")))
        return LM_OK;
    bool fresh = false;
    uint64_t *ignored;
    if (lm_map_put(&m->unknown, m->s.section_id, 1, &ignored, &fresh) != LM_OK)
        return LM_ENOMEM;
    return fresh ? lm_retrec_notice(&m->s.r, LM_PROBLEM_DOUBTED, at, at, "a section of a kind that is not known is kept as it stands") : LM_OK;
}

static lm_err on_section(void *user, struct lm_str id, uint64_t at)
{
    struct mret *m = user;
    lm_err err = finish_record(m);
    m->section = MRET_OUTSIDE;
    m->s.section_word[0] = '\0';
    m->n_members = m->n_past = 0;
    m->members_listed = m->ai = false;
    m->thread = (struct lm_thread_ref){ .kind = LM_THREAD_UNKNOWN };
    return err == LM_OK && id.n != 0 ? enter(m, id, at) : err;
}

/* Without an id, a section's title says where it begins: "Unified Messages". */
static lm_err by_title(struct mret *m, const struct lm_return_field *f, bool *ret_title)
{
    *ret_title = false;
    if (f->level != 0 || f->value.n != 0 || f->label.n == 0 || m->section != MRET_OUTSIDE)
        return LM_OK;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (lm_retrec_is(f->label, sections[i].id)) {
            *ret_title = true;
            lm_err err = finish_record(m);
            return err != LM_OK ? err : enter(m, lm_str(sections[i].id), f->at);
        }
    return LM_OK;
}

struct lm_str mret_section_titled(struct lm_str label)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (sections[i].section != MRET_REQUEST && lm_retrec_is(label, sections[i].id))
            return lm_str(sections[i].id);
    return (struct lm_str){ NULL, 0 };
}

static lm_err people(struct mret *m, const struct lm_return_field *f)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i <= f->n_lines && err == LM_OK; i++) {
        size_t from = i == 0 ? 0 : f->lines[i - 1].in_value, to = i == f->n_lines ? f->value.n : f->lines[i].in_value;
        uint64_t at = i == 0 ? f->at : f->lines[i - 1].at, end = i == f->n_lines ? f->end : f->lines[i].at;
        struct lm_str line = lm_str_trim((struct lm_str){ f->value.p + from, to - from });
        if (line.n != 0)
            err = mret_person(m, line, at, end);
    }
    return err;
}

static lm_err in_messages(struct mret *m, const struct lm_return_field *f)
{
    lm_err err = LM_OK;
    if (lm_retrec_is(f->label, "thread")) {
        err = finish_record(m);
        if (err == LM_OK) {
            lm_arena_reset(&m->thread_arena);
            m->members = m->past = NULL;
            m->n_members = m->n_past = m->cap_members = m->cap_past = 0;
            m->members_listed = m->ai = false;
            m->thread = (struct lm_thread_ref){ .kind = LM_THREAD_UNKNOWN };
        }
    } else if (lm_retrec_is(f->label, "author")
               || (lm_retrec_is(f->label, "sent") && (!m->message_open || lm_retrec_find(&m->s.r, "sent") != NULL))) {
        err = finish_record(m);
        m->message_open = true;
    } else if (m->message_open
               && (lm_retrec_is(f->label, "current participants") || lm_retrec_is(f->label, "past participants")
                   || lm_retrec_is(f->label, "thread name"))) {
        err = finish_record(m);
    }
    return err == LM_OK ? lm_retrec_add(&m->s.r, f) : err;
}

static bool begins_something(const struct lm_return_field *f)
{
    return lm_retrec_is(f->label, "thread") || lm_retrec_is(f->label, "author") || lm_retrec_is(f->label, "sent");
}

static lm_err on_field(void *user, const struct lm_return_field *f)
{
    struct mret *m = user;
    bool title;
    if ((f->label.n == 0 && f->value.n == 0 && f->media.n == 0) || m->section == MRET_REFUSED)
        return LM_OK;
    lm_err err = by_title(m, f, &title);
    if (err != LM_OK || title)
        return err;
    if (lm_retsec_passes_over(&m->s, f))
        return LM_OK;
    if (lm_return_says_none(f->value)) /* of a section, or of one field of a record */
        return f->level == 0 ? finish_record(m) : LM_OK;
    bool is_title = m->s.section_word[0] != '\0' && lm_retrec_is(f->label, m->s.section_word);
    if (is_title && f->value.n == 0)
        return finish_record(m);
    if (f->value.n == 0 && f->media.n == 0 && m->section == MRET_MESSAGES && m->s.r.n == 0 && !begins_something(f))
        return LM_OK;
    if (f->label.n == 0 && m->s.r.n != 0 && f->media.n == 0)
        return lm_retrec_go_on(&m->s.r, f);
    if (m->section == MRET_MESSAGES)
        return in_messages(m, f);
    if (m->section == MRET_PEOPLE && f->value.n != 0)
        return people(m, f);
    if (lm_retsec_begins_anew(&m->s, f))
        err = finish_record(m);
    return err == LM_OK ? lm_retrec_add(&m->s.r, f) : err;
}

/* --- the file --- */

static void set_owner(struct mret *m, const struct lm_return_service *s, enum lm_platform otherwise)
{
    m->s.platform = platform_of(s->service, otherwise);
    m->s.owner = (struct lm_account_ref){ .platform = m->s.platform, .form = LM_ACCOUNT_OWNER, .display = s->account };
    if (all_digits(s->target)) {
        m->s.owner.form = LM_ACCOUNT_NATIVE;
        m->s.owner.native = s->target;
    }
}

lm_err mret_read(const struct mret_form *form, struct lm_read *ctx, struct lm_sink *sink)
{
    static const struct lm_return_on on = { on_section, on_field };
    struct mret m = { .section = MRET_OUTSIDE, .s.account = by_section };
    struct lm_return_end end = { .complete = false };
    lm_retrec_init(&m.s.r, ctx, sink);
    lm_arena_init(&m.thread_arena, (size_t)64 << 20);
    lm_map_init(&m.unknown, ctx->file);
    set_owner(&m, form->service, form->otherwise);
    lm_err err = form->walk(form->user, &on, &m, &end, ctx->error);
    if (err == LM_OK)
        err = finish_record(&m);
    if (err == LM_OK)
        err = lm_retsec_outcome(&m.s, &end, m.any_section);
    lm_arena_free(&m.thread_arena);
    lm_retrec_free(&m.s.r);
    return err;
}
