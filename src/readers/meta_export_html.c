/* meta_export_html.c - Facebook's and Instagram's "Download your information" as HTML: threads of both generations.
 *
 * Old (Facebook until about 2017): one messages.htm, div.thread > div.message (span.user, span.meta), each followed by its <p>.
 * New: message_1.html, div._a6-g > ._a6-h (sender), ._a6-p (body), ._a6-o (moment). docs/readers/meta_export_html.md.
 */
#include "formats/html.h"
#include "formats/json_out.h"
#include "lastmile/reader.h"
#include "readers/shared/cell.h"
#include "readers/shared/month_words.h"

#define FIELD_BYTES ((size_t)4 << 20)
#define MAX_ITEMS 256
#define MAX_MEMBERS 1024

enum field { F_NONE, F_TITLE, F_THREAD, F_SENDER, F_WHEN, F_BODY, F_REACTION, FIELDS };

struct meta_page {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_html *html;
    bool old_form, container_seen;
    enum lm_platform platform;
    uint64_t records;
    struct lm_str title, owner_name; /* in the file arena */
    struct lm_account_ref *members;
    size_t n_members;
    uint32_t thread_depth;

    /* the record in hand */
    bool open, has_body;
    uint64_t at;
    uint32_t depth;
    unsigned oddities;
    struct lm_buf gathered[FIELDS];
    enum field field;
    uint32_t field_depth;
    struct lm_attachment *attachments;
    size_t n_attachments;
    struct lm_reaction *reactions;
    size_t n_reactions;
    struct lm_str links[MAX_ITEMS];
    size_t n_links;
};

static bool has(struct lm_str s, const char *what)
{
    return lm_str_find(s, lm_str(what)) != SIZE_MAX;
}

static bool class_word(const struct lm_html_token *k, const char *w)
{
    struct lm_str classes = lm_html_attribute(k, "class"), want = lm_str(w);
    for (size_t i = 0; i + want.n <= classes.n; i++) {
        bool starts = i == 0 || classes.p[i - 1] == ' ', ends = i + want.n == classes.n || classes.p[i + want.n] == ' ';
        if (starts && ends && memcmp(classes.p + i, want.p, want.n) == 0)
            return true;
    }
    return false;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    bool old = has(head, "class=\"thread\"") && has(head, "class=\"message_header\"") && has(head, "class=\"meta\"");
    bool new = has(head, "_a6-g") && (has(head, "_a6-p") || has(head, "_a6-o"));
    bool in_messages = has(in->path, "messages/") && !has(in->path, "login");
    if (old)
        return 40;
    return new ? 28 + (in_messages ? 8 : 0) : 0;
}

/* --- people --- */

static struct lm_account_ref by_name(const struct meta_page *m, struct lm_str name)
{
    struct lm_account_ref a = { .platform = m->platform, .display = name, .form = name.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE };
    struct lm_str at_facebook = LM_STR("@facebook.com");
    if (lm_str_ends(name, at_facebook)) { /* a closed account of the old form: only its id is left */
        a.form = LM_ACCOUNT_NATIVE;
        a.native = lm_str_take(name, name.n - at_facebook.n);
    }
    if (m->owner_name.n != 0 && lm_str_eq(name, m->owner_name))
        a.form = LM_ACCOUNT_OWNER;
    return a;
}

/* "Ana, Beto, Carla", "Participants: Ana, Beto and Carla": names that hold a comma or an "and" cannot be told apart. */
static lm_err set_members(struct meta_page *m, struct lm_str line, bool with_and)
{
    struct lm_str s = lm_arena_copy(m->ctx->file, line);
    m->members = lm_arena_array(m->ctx->file, MAX_MEMBERS, sizeof *m->members);
    m->n_members = 0;
    if (s.p == NULL || m->members == NULL)
        return LM_ENOMEM;
    while (s.n != 0 && m->n_members < MAX_MEMBERS) {
        size_t comma = lm_str_find(s, LM_STR(", ")), and = with_and ? lm_str_find(s, LM_STR(" and ")) : SIZE_MAX;
        size_t n = comma < and ? comma : and;
        struct lm_str name = lm_str_trim(lm_str_take(s, n != SIZE_MAX ? n : s.n));
        if (name.n != 0)
            m->members[m->n_members++] = by_name(m, name);
        s = n == SIZE_MAX ? (struct lm_str){ NULL, 0 } : lm_str_skip(s, n + (n == comma ? 2 : 5));
    }
    return LM_OK;
}

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    return a->form == b->form && (a->form == LM_ACCOUNT_OWNER || lm_str_eq(a->display, b->display));
}

/* With a list of members: everybody else. Without one: the page of a chat of two is titled with the other one's name. */
static lm_err ends(struct meta_page *m, struct lm_str sender, struct lm_event *ev, const char **doubt)
{
    ev->from = by_name(m, sender);
    if (m->n_members != 0) {
        struct lm_account_ref *to = lm_arena_array(m->ctx->record, m->n_members, sizeof *to);
        if (to == NULL)
            return LM_ENOMEM;
        bool listed = false;
        for (size_t i = 0; i < m->n_members; i++)
            if (same(&m->members[i], &ev->from))
                listed = true;
            else
                to[ev->n_to++] = m->members[i];
        if (m->old_form && !listed && ev->from.form == LM_ACCOUNT_OWNER)
            listed = true; /* later files of the old form leave the owner out of the list */
        ev->to = to;
        ev->flags |= listed ? 0 : LM_EVENT_MEMBERS_UNKNOWN;
        ev->thread.kind = m->n_members > 2 ? LM_THREAD_GROUP : listed && m->n_members == 2 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
        return LM_OK;
    }
    struct lm_account_ref *to = lm_arena_alloc(m->ctx->record, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    bool other = lm_str_eq(sender, m->title);
    if (!other && m->owner_name.n == 0 && sender.n != 0) {
        m->owner_name = lm_arena_copy(m->ctx->file, sender);
        ev->from = by_name(m, sender);
    }
    if (m->title.n == 0 || sender.n == 0 || (!other && ev->from.form != LM_ACCOUNT_OWNER)) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        *doubt = sender.n == 0 ? "a message without its sender" : "somebody else writes in a chat of two";
        return LM_OK;
    }
    *to = other ? (struct lm_account_ref){ .platform = m->platform, .form = LM_ACCOUNT_OWNER, .display = m->owner_name }
                : by_name(m, m->title);
    ev->to = to;
    ev->n_to = 1;
    ev->thread.kind = LM_THREAD_DIRECT;
    return LM_OK;
}

/* --- moments --- */

/* "Friday, October 4, 2013 at 10:05pm PDT", "Sep 22, 2017 6:33 am", "Sep 22, 2017, 6:33 AM". Only PDT and its like say a zone. */
static bool parse_when(struct lm_str s, struct lm_when *ret)
{
    static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    struct lm_cell_form form = { .order = LM_ORDER_MDY };
    struct lm_cell_moment moment;
    size_t comma = lm_str_find(s, LM_STR(", "));
    for (size_t i = 0; comma != SIZE_MAX && i < 7; i++)
        if (lm_str_starts(s, lm_str(days[i]))) {
            s = lm_str_skip(s, comma + 2);
            break;
        }
    size_t at = lm_str_find(s, LM_STR(" at "));
    struct lm_str day = at != SIZE_MAX ? lm_str_take(s, at) : s;
    struct lm_str time = at != SIZE_MAX ? lm_str_skip(s, at + 4) : (struct lm_str){ NULL, 0 };
    size_t last = SIZE_MAX;
    for (size_t i = 0; at == SIZE_MAX && i + 5 < s.n && last == SIZE_MAX; i++) /* behind the year */
        if (s.p[i] >= '0' && s.p[i] <= '9' && s.p[i + 1] >= '0' && s.p[i + 1] <= '9' && s.p[i + 2] >= '0' && s.p[i + 2] <= '9'
            && s.p[i + 3] >= '0' && s.p[i + 3] <= '9' && (s.p[i + 4] == ' ' || s.p[i + 4] == ','))
            last = i + 4;
    if (last != SIZE_MAX) {
        day = lm_str_take(s, last);
        time = lm_str_trim(lm_str_skip(s, last + 1));
    }
    if (!lm_cell_moment(day, time, &form, &moment) || !moment.timed || moment.exchanged)
        return false;
    *ret = moment.when;
    return true;
}

/* "…/messages/inbox/beto_1/message_2.html" -> "inbox/beto_1", as the JSON export names the thread; else empty. */
static struct lm_str thread_of_path(struct lm_str path)
{
    size_t at = lm_str_find(path, LM_STR("messages/")), n = path.n;
    while (n != 0 && path.p[n - 1] != '/')
        n--;
    if (at == SIZE_MAX || n < at + 10)
        return (struct lm_str){ NULL, 0 };
    return lm_str_take(lm_str_skip(path, at + 9), n - at - 10);
}

/* --- a record --- */

static struct lm_str text_of(struct meta_page *m, enum field f)
{
    struct lm_str s = lm_arena_copy(m->ctx->record, lm_str_trim(lm_buf_str(&m->gathered[f])));
    return s.p != NULL ? s : LM_STR("");
}

static void begin(struct meta_page *m, const struct lm_html_token *k)
{
    lm_arena_reset(m->ctx->record);
    m->open = true;
    m->has_body = false;
    m->at = k->at;
    m->depth = k->depth;
    m->oddities = 0;
    m->n_attachments = m->n_reactions = m->n_links = 0;
    m->attachments = NULL;
    m->reactions = NULL;
    for (size_t f = F_SENDER; f < FIELDS; f++)
        lm_buf_clear(&m->gathered[f]);
}

static struct lm_str raw_of(struct meta_page *m, struct lm_buf *b, struct lm_str unread_when)
{
    struct lm_json_out o;
    lm_json_out_init(&o, b);
    lm_json_object(&o);
    if (unread_when.n != 0)
        lm_json_kv_str(&o, "date", unread_when);
    if (m->n_links != 0) {
        lm_json_key(&o, "links");
        lm_json_array(&o);
        for (size_t i = 0; i < m->n_links; i++)
            lm_json_str(&o, m->links[i]);
        lm_json_array_end(&o);
    }
    if (m->gathered[F_REACTION].n != 0)
        lm_json_kv_str(&o, "reactions", lm_str_trim(lm_buf_str(&m->gathered[F_REACTION])));
    lm_json_object_end(&o);
    return b->n > 2 && !b->failed ? lm_buf_str(b) : (struct lm_str){ NULL, 0 };
}

static bool participants_line(struct meta_page *m, struct lm_str body, struct lm_str *ret)
{
    struct lm_str prefix = LM_STR("Participants:");
    if (m->old_form || m->n_members != 0 || !lm_str_starts(body, prefix))
        return false;
    *ret = lm_str_trim(lm_str_skip(body, prefix.n));
    return true;
}

static void kind_of(struct lm_str text, struct lm_event *ev)
{
    static const char *const calls[] = { " called ", "missed a call", "You called", "audio call", "video chat" };
    bool short_line = text.n < 120;
    if (lm_str_eq(text, LM_STR("Liked a message")) || (lm_str_starts(text, LM_STR("Reacted ")) && short_line)) {
        ev->kind = LM_EVENT_OTHER;
        ev->detail = LM_STR("reaction");
    }
    for (size_t i = 0; short_line && i < sizeof calls / sizeof *calls; i++)
        if (has(text, calls[i]) && ev->detail.n == 0)
            ev->detail = LM_STR("perhaps a call"); /* the page has a sentence for it and no mark */
}

static lm_err finish(struct meta_page *m, uint64_t end)
{
    struct lm_str sender = text_of(m, F_SENDER), when = text_of(m, F_WHEN), body = text_of(m, F_BODY), members;
    struct lm_locator where = { .kind = LM_LOCATOR_BYTES, .a = m->at, .b = end - m->at };
    struct lm_buf raw;
    const char *doubt = NULL;
    m->open = false;
    if (when.n == 0 && participants_line(m, body, &members))
        return set_members(m, members, true);
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = m->platform, .text = body, .duration_s = -1,
                           .thread = { .native = thread_of_path(m->ctx->in->path), .title = m->title } };
    if (m->old_form || ev.thread.native.n == 0)
        ev.thread.native = m->title;
    lm_err e = ends(m, sender, &ev, &doubt);
    if (e != LM_OK)
        return e;
    bool timed = parse_when(when, &ev.at) || lm_month_words(when, &ev.at);
    if (!timed && doubt == NULL)
        doubt = when.n != 0 ? "the moment of a message cannot be read: it may be in another language" : "a message without a moment";
    kind_of(body, &ev);
    ev.attachments = m->attachments;
    ev.n_attachments = m->n_attachments;
    ev.reactions = m->reactions;
    ev.n_reactions = m->n_reactions;
    lm_buf_init(&raw, FIELD_BYTES);
    ev.raw = raw_of(m, &raw, timed ? (struct lm_str){ NULL, 0 } : when);
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = ev };
    m->records++;
    e = lm_sink_fact(m->sink, where, &fact);
    lm_buf_free(&raw);
    if (e == LM_OK && doubt != NULL)
        e = lm_sink_problem(m->sink, LM_PROBLEM_DOUBTED, 0, where, "%s", doubt);
    if (e == LM_OK && (m->oddities & (LM_HTML_BAD_BYTES | LM_HTML_BAD_REFERENCE | LM_HTML_CUT)) != 0)
        e = lm_sink_problem(m->sink, LM_PROBLEM_ALTERED, 0, where, "bytes or character references that are none: replaced");
    return e;
}

/* --- media, links, reactions --- */

static bool is_link(struct lm_str href)
{
    return lm_str_starts(href, LM_STR("http://")) || lm_str_starts(href, LM_STR("https://")) || lm_str_starts(href, LM_STR("mailto:"));
}

static lm_err reference(struct meta_page *m, const struct lm_html_token *k)
{
    bool a = lm_str_eq(k->name, LM_STR("a"));
    struct lm_str target = lm_html_attribute(k, a ? "href" : "src");
    if (target.n == 0 || !m->open)
        return LM_OK;
    struct lm_str copy = lm_arena_copy(m->ctx->record, target);
    if (copy.p == NULL)
        return LM_ENOMEM;
    if (is_link(copy)) {
        if (m->n_links < MAX_ITEMS)
            m->links[m->n_links++] = copy;
        return LM_OK;
    }
    for (size_t i = 0; i < m->n_attachments; i++) /* a picture inside a link to itself */
        if (lm_str_eq(m->attachments[i].name, copy)) {
            if (lm_str_eq(k->name, LM_STR("img")))
                m->attachments[i].type = LM_STR("photo");
            return LM_OK;
        }
    if (m->attachments == NULL)
        m->attachments = lm_arena_array(m->ctx->record, MAX_ITEMS, sizeof *m->attachments);
    if (m->attachments == NULL)
        return LM_ENOMEM;
    if (m->n_attachments < MAX_ITEMS)
        m->attachments[m->n_attachments++] = (struct lm_attachment){
            .name = copy, .bytes = -1,
            .type = lm_str_eq(k->name, LM_STR("img")) ? LM_STR("photo") : lm_str_eq(k->name, LM_STR("video")) ? LM_STR("video")
                    : lm_str_eq(k->name, LM_STR("audio")) ? LM_STR("audio") : LM_STR("file") };
    return LM_OK;
}

/* --- the walk --- */

static void open_field(struct meta_page *m, enum field f, uint32_t depth)
{
    m->field = f;
    m->field_depth = depth;
}

static lm_err open_old(struct meta_page *m, const struct lm_html_token *k)
{
    if (class_word(k, "thread")) {
        m->container_seen = true;
        m->thread_depth = k->depth;
        lm_buf_clear(&m->gathered[F_THREAD]);
        open_field(m, F_THREAD, k->depth);
        return LM_OK;
    }
    if (m->thread_depth == 0) {
        if (lm_str_eq(k->name, LM_STR("h1")) && m->owner_name.n == 0) {
            lm_buf_clear(&m->gathered[F_TITLE]);
            open_field(m, F_TITLE, k->depth);
        }
        return LM_OK;
    }
    if (class_word(k, "message")) {
        lm_err e = m->open ? finish(m, k->at) : LM_OK;
        if (e == LM_OK && m->field == F_THREAD) {
            m->title = lm_arena_copy(m->ctx->file, lm_str_trim(lm_buf_str(&m->gathered[F_THREAD])));
            e = m->title.p != NULL ? set_members(m, m->title, false) : LM_ENOMEM;
        }
        m->field = F_NONE;
        if (e == LM_OK)
            begin(m, k);
        return e;
    }
    if (class_word(k, "user"))
        open_field(m, F_SENDER, k->depth);
    else if (class_word(k, "meta"))
        open_field(m, F_WHEN, k->depth);
    else if (lm_str_eq(k->name, LM_STR("p")) && m->open && !m->has_body)
        open_field(m, F_BODY, k->depth);
    return reference(m, k);
}

static lm_err open_new(struct meta_page *m, const struct lm_html_token *k)
{
    if (class_word(k, "_a6-g") && !m->open) {
        m->container_seen = true;
        begin(m, k);
        return LM_OK;
    }
    if (!m->open) {
        if (lm_str_eq(k->name, LM_STR("title")) && m->title.n == 0) {
            lm_buf_clear(&m->gathered[F_TITLE]);
            open_field(m, F_TITLE, k->depth);
        }
        return LM_OK;
    }
    if (m->field == F_BODY && (class_word(k, "_a6-q") || lm_str_eq(k->name, LM_STR("ul"))))
        open_field(m, F_REACTION, k->depth);
    else if (class_word(k, "_a6-h"))
        open_field(m, F_SENDER, k->depth);
    else if (class_word(k, "_a6-p"))
        open_field(m, F_BODY, k->depth);
    else if (class_word(k, "_a6-o"))
        open_field(m, F_WHEN, k->depth);
    else if (lm_str_eq(k->name, LM_STR("div")) && m->field == F_BODY && m->gathered[F_BODY].n != 0
             && m->gathered[F_BODY].p[m->gathered[F_BODY].n - 1] != '\n')
        lm_buf_putc(&m->gathered[F_BODY], '\n'); /* each part of a body is a block */
    return reference(m, k);
}

static lm_err close_title(struct meta_page *m)
{
    struct lm_str s = lm_arena_copy(m->ctx->file, lm_str_trim(lm_buf_str(&m->gathered[F_TITLE])));
    if (s.p == NULL)
        return LM_ENOMEM;
    *(m->old_form ? &m->owner_name : &m->title) = s;
    return LM_OK;
}

static lm_err on_close(struct meta_page *m, const struct lm_html_token *k)
{
    lm_err e = LM_OK;
    if (m->field != F_NONE && k->depth <= m->field_depth) {
        enum field f = m->field;
        m->field = F_NONE;
        if (f == F_TITLE)
            e = close_title(m);
        else if (f == F_BODY)
            m->has_body = true;
        else if (f == F_REACTION && k->depth > m->depth + 1)
            open_field(m, F_BODY, m->depth + 1);
    }
    if (e != LM_OK)
        return e;
    if (m->old_form && m->open && m->has_body && lm_str_eq(k->name, LM_STR("p")))
        return finish(m, k->end);
    if (m->old_form && m->thread_depth != 0 && k->depth == m->thread_depth) {
        m->thread_depth = 0;
        m->n_members = 0;
        return m->open ? finish(m, k->at) : LM_OK;
    }
    return !m->old_form && m->open && k->depth == m->depth ? finish(m, k->end) : LM_OK;
}

static void on_text(struct meta_page *m, const struct lm_html_token *k)
{
    if (m->field == F_NONE)
        return;
    m->oddities |= k->oddities;
    lm_buf_put(&m->gathered[m->field], k->text);
}

static lm_err walk(struct meta_page *m)
{
    struct lm_html_token k;
    for (;;) {
        lm_err e = lm_html_next(m->html, &k);
        if (e != LM_OK)
            return lm_fail(m->ctx->error, e, "%s", lm_html_why(m->html));
        if (k.type == LM_HTML_END)
            break;
        if (k.type == LM_HTML_OPEN && lm_str_eq(k.name, LM_STR("br")) && m->field != F_NONE)
            lm_buf_putc(&m->gathered[m->field], '\n');
        e = k.type == LM_HTML_CLOSE ? on_close(m, &k) : k.type != LM_HTML_OPEN ? LM_OK : m->old_form ? open_old(m, &k) : open_new(m, &k);
        if (k.type == LM_HTML_TEXT)
            on_text(m, &k);
        if (e != LM_OK)
            return e;
    }
    if ((k.oddities & LM_HTML_TRUNCATED) != 0)
        return lm_sink_problem(m->sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = k.at },
                               "the page stops inside a tag: what follows is missing");
    return LM_OK;
}

static lm_err read_page(struct lm_read *ctx, struct lm_sink *sink)
{
    struct meta_page *m = lm_arena_alloc(ctx->file, sizeof *m);
    struct lm_str head = lm_str_take(ctx->in->bytes, (size_t)64 << 10), path = ctx->in->path;
    if (m == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    *m = (struct meta_page){ .ctx = ctx, .sink = sink };
    m->old_form = has(head, "class=\"thread\"") && !has(head, "_a6-g");
    bool instagram = has(path, "instagram"), facebook = has(path, "facebook") || has(path, "messenger");
    m->platform = m->old_form || facebook ? LM_PLATFORM_FACEBOOK : instagram ? LM_PLATFORM_INSTAGRAM : LM_PLATFORM_NONE;
    for (size_t f = 0; f < FIELDS; f++)
        lm_buf_init(&m->gathered[f], FIELD_BYTES);
    m->html = lm_html_new(ctx->in->bytes);
    lm_err e = m->html != NULL ? walk(m) : lm_fail(ctx->error, LM_ENOMEM, "no memory for the page");
    lm_html_free(m->html);
    for (size_t f = 0; f < FIELDS; f++)
        lm_buf_free(&m->gathered[f]);
    if (e == LM_OK && m->records != 0 && m->platform == LM_PLATFORM_NONE)
        e = lm_sink_problem(sink, LM_PROBLEM_DOUBTED, 0, (struct lm_locator){ .kind = LM_LOCATOR_BYTES },
                            "neither the page nor its path says whether this is Facebook or Instagram");
    if (e == LM_OK && m->records == 0)
        e = m->container_seen ? sink->empty(sink) : lm_fail(ctx->error, LM_EINPUT, "no messages on this page");
    return e;
}

const struct lm_reader lm_reader_meta_export_html = {
    .name = "meta_export_html",
    .title = "Facebook or Instagram \"Download your information\", HTML",
    .reference = "no document of Meta's; classes as open parsers read them (fbchat-archive-parser f1e66cea, descriptions of the 2023 form), "
                 "checked 2026-11",
    .tested_on = "a made-up file of another project (old form); our own files",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_page,
};
