/* telegram_html.c - Telegram Desktop's export as HTML pages: messages.html, messages2.html …, lists/contacts.html and the like. */
#include "readers/telegram_html.h"

static bool has(struct lm_str head, const char *what)
{
    return lm_str_find(head, lm_str(what)) != SIZE_MAX;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    bool page = has(head, "class=\"page_wrap") && has(head, "class=\"page_header");
    if (!page)
        return 0;
    return 16 + (has(head, "<title>Exported Data</title>") ? 16 : 0) + (has(head, "class=\"history\"") ? 12 : 0)
           + (has(head, "class=\"message ") ? 8 : 0) + (has(head, "class=\"entry clearfix") ? 8 : 0);
}

/* --- classes --- */

/* One word of a class attribute. */
static bool word(struct lm_str classes, const char *w)
{
    struct lm_str want = lm_str(w);
    for (size_t i = 0; i + want.n <= classes.n; i++) {
        bool starts = i == 0 || classes.p[i - 1] == ' ', ends = i + want.n == classes.n || classes.p[i + want.n] == ' ';
        if (starts && ends && memcmp(classes.p + i, want.p, want.n) == 0)
            return true;
    }
    return false;
}

/* The word that starts with a prefix, without it: "media_" of "media clearfix media_photo" is "photo". */
static struct lm_str word_after(struct lm_str classes, const char *prefix)
{
    struct lm_str want = lm_str(prefix), rest = classes;
    while (rest.n != 0) {
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ' ')
            n++;
        struct lm_str one = lm_str_take(rest, n);
        if (lm_str_starts(one, want))
            return lm_str_skip(one, want.n);
        rest = lm_str_skip(rest, n + 1);
    }
    return (struct lm_str){ NULL, 0 };
}

static const struct {
    const char *class;
    enum tgh_field field;
} field_classes[] = {
    { "from_name", TGH_FROM },       { "signature", TGH_SIGNATURE }, { "reply_to", TGH_REPLY },
    { "title", TGH_TITLE },          { "status", TGH_STATUS },       { "description", TGH_DESCRIPTION },
    { "emoji", TGH_EMOJI },          { "count", TGH_COUNT },         { "question", TGH_QUESTION },
    { "answer", TGH_ANSWER },        { "total", TGH_VOTES },         { "name", TGH_NAME },
    { "info", TGH_INFO },            { "details_entry", TGH_DETAIL }, { "initials", TGH_NOTHING },
    { "date", TGH_NOTHING },         { "userpic", TGH_NOTHING },
};

static bool field_of(const struct tgh *t, struct lm_str classes, enum tgh_field *ret)
{
    if (word(classes, "text")) { /* a page's heading stands before the first record */
        *ret = t->r.depth == 0 ? TGH_CHAT : TGH_TEXT;
        return true;
    }
    if (t->r.service && word(classes, "body")) {
        *ret = TGH_SERVICE;
        return true;
    }
    if (lm_str_eq(classes, LM_STR("details"))) { /* of a poll; in an answer it is part of that */
        *ret = TGH_DETAIL;
        return t->r.depth != 0 && (t->n_open == 0 || t->open[t->n_open - 1].field != TGH_ANSWER);
    }
    for (size_t i = 0; i < sizeof field_classes / sizeof *field_classes; i++)
        if (word(classes, field_classes[i].class)) {
            *ret = field_classes[i].field;
            if (*ret == TGH_FROM && t->r.in_forward)
                *ret = TGH_FORWARDED;
            return t->r.depth != 0;
        }
    return false;
}

/* --- gathering --- */

static struct lm_str kept(struct tgh *t, struct lm_str s)
{
    return lm_arena_copy(t->ctx->record, s);
}

/* What was gathered in a field since its element opened, without the white space that the page's layout puts around it. */
static lm_err take_field(struct tgh *t, enum tgh_field f, struct lm_str *ret)
{
    struct lm_buf *b = &t->gathered[f];
    t->r.cut = t->r.cut || b->failed;
    *ret = kept(t, lm_str_trim(lm_buf_str(b)));
    lm_buf_clear(b);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err add_line(struct tgh *t, struct lm_str **lines, size_t *n, struct lm_str line)
{
    if (*n == TGH_MAX_ITEMS) {
        t->r.cut = true;
        return LM_OK;
    }
    if (*lines == NULL)
        *lines = lm_arena_array(t->ctx->record, TGH_MAX_ITEMS, sizeof **lines);
    if (*lines == NULL)
        return LM_ENOMEM;
    (*lines)[(*n)++] = line;
    return LM_OK;
}

static lm_err close_field(struct tgh *t, enum tgh_field f)
{
    struct lm_str s;
    if (f == TGH_NOTHING)
        return LM_OK;
    lm_err e = take_field(t, f, &s);
    if (e != LM_OK)
        return e;
    if (f == TGH_CHAT) {
        if (t->chat.n == 0)
            t->chat = lm_arena_copy(t->ctx->file, s);
        return t->chat.p != NULL || s.n == 0 ? LM_OK : LM_ENOMEM;
    }
    if (f == TGH_ANSWER || f == TGH_VOTES || f == TGH_DETAIL) {
        size_t k = f == TGH_ANSWER ? 0 : f == TGH_VOTES ? 1 : 2;
        return add_line(t, &t->r.lines[k], &t->r.n_lines[k], s);
    }
    if (f == TGH_STATUS && t->r.n_attachments != 0 && t->r.attachments[t->r.n_attachments - 1].note.n == 0)
        t->r.attachments[t->r.n_attachments - 1].note = s;
    if (f == TGH_EMOJI && t->r.n_reactions < TGH_MAX_ITEMS) {
        if (t->r.reactions == NULL)
            t->r.reactions = lm_arena_array(t->ctx->record, TGH_MAX_ITEMS, sizeof *t->r.reactions);
        if (t->r.reactions == NULL)
            return LM_ENOMEM;
        t->r.reactions[t->r.n_reactions++] = (struct lm_reaction){ .what = s };
    }
    if (s.n != 0)
        t->r.field[f] = s;
    return LM_OK;
}

static void open_field(struct tgh *t, enum tgh_field f, uint32_t depth)
{
    if (t->n_open == sizeof t->open / sizeof *t->open)
        return;
    t->open[t->n_open].field = f;
    t->open[t->n_open++].depth = depth;
}

static lm_err add_attachment(struct tgh *t, struct lm_str type, struct lm_str href)
{
    struct tgh_record *r = &t->r;
    if (r->n_attachments == TGH_MAX_ITEMS) {
        r->cut = true;
        return LM_OK;
    }
    if (r->attachments == NULL)
        r->attachments = lm_arena_array(t->ctx->record, TGH_MAX_ITEMS, sizeof *r->attachments);
    struct lm_str name = kept(t, href), kind = kept(t, type);
    if (r->attachments == NULL || name.p == NULL || kind.p == NULL)
        return LM_ENOMEM;
    r->attachments[r->n_attachments++] = (struct lm_attachment){ .name = name, .type = kind, .bytes = -1 };
    return LM_OK;
}

/* A medium's element: <div class="media … media_call"> without a file, <a class="… media_file" href>, <a class="photo_wrap" href>. */
static lm_err medium(struct tgh *t, const struct lm_html_token *k, struct lm_str classes, bool *ret_taken)
{
    static const char *const wraps[] = { "photo_wrap", "video_file_wrap", "animated_wrap", "sticker_wrap" };
    struct lm_str type = word_after(classes, "media_"), href = lm_html_attribute(k, "href");
    *ret_taken = false;
    for (size_t i = 0; type.n == 0 && i < sizeof wraps / sizeof *wraps; i++)
        if (word(classes, wraps[i]))
            type = lm_str_take(lm_str(wraps[i]), strlen(wraps[i]) - 5);
    if (type.n == 0 || lm_str_eq(type, LM_STR("wrap")))
        return LM_OK;
    *ret_taken = true;
    if (lm_str_eq(type, LM_STR("location")) || lm_str_eq(type, LM_STR("live_location")) || lm_str_eq(type, LM_STR("venue"))) {
        t->r.place = kept(t, href);
        return t->r.place.p != NULL ? LM_OK : LM_ENOMEM;
    }
    return add_attachment(t, type, href);
}

static lm_err start_record(struct tgh *t, const struct lm_html_token *k, struct lm_str classes, bool message)
{
    struct lm_str id = lm_html_attribute(k, "id");
    lm_arena_reset(t->ctx->record);
    for (size_t f = 0; f < TGH_FIELDS; f++)
        lm_buf_clear(&t->gathered[f]);
    t->n_open = 0;
    t->r = (struct tgh_record){ .is_message = message, .at = k->at, .depth = k->depth, .service = message && word(classes, "service"),
                                .joined = message && word(classes, "joined") };
    if (lm_str_starts(id, LM_STR("message")))
        id = lm_str_skip(id, 7);
    t->r.ruler = t->r.service && id.n != 0 && id.p[0] == '-'; /* a day between messages */
    t->r.id = kept(t, id);
    return t->r.id.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err reply(struct tgh *t, const struct lm_html_token *k)
{
    struct lm_str href = lm_html_attribute(k, "href");
    size_t at = lm_str_find(href, LM_STR("#go_to_message"));
    if (at == SIZE_MAX || t->r.reply_to.n != 0)
        return LM_OK;
    t->r.reply_to = kept(t, lm_str_skip(href, at + 14));
    return t->r.reply_to.p != NULL ? LM_OK : LM_ENOMEM;
}

static bool inside(const struct tgh *t, enum tgh_field f)
{
    for (size_t i = 0; i < t->n_open; i++)
        if (t->open[i].field == f)
            return true;
    return false;
}

static lm_err link_in_text(struct tgh *t, const struct lm_html_token *k)
{
    struct lm_str href = lm_html_attribute(k, "href");
    if (href.n == 0 || !inside(t, TGH_TEXT))
        return LM_OK;
    href = kept(t, href);
    return href.p != NULL ? add_line(t, &t->r.links, &t->r.n_links, href) : LM_ENOMEM;
}

/* Who reacted stands in the title of the picture that shows them. */
static lm_err reactor(struct tgh *t, const struct lm_html_token *k)
{
    struct lm_str name = lm_html_attribute(k, "title");
    if (name.n == 0 || t->r.n_reactions == 0)
        return LM_OK;
    struct lm_reaction *last = &t->r.reactions[t->r.n_reactions - 1];
    name = kept(t, name);
    if (name.p == NULL)
        return LM_ENOMEM;
    struct lm_reaction one = { .what = last->what, .by = { LM_PLATFORM_TELEGRAM, LM_ACCOUNT_NAME, { NULL, 0 }, name } };
    if (last->by.form == LM_ACCOUNT_NONE)
        *last = one;
    else if (t->r.n_reactions < TGH_MAX_ITEMS)
        t->r.reactions[t->r.n_reactions++] = one;
    else
        t->r.cut = true;
    return LM_OK;
}

static lm_err in_record(struct tgh *t, const struct lm_html_token *k, struct lm_str classes)
{
    enum tgh_field f;
    bool taken = false;
    lm_err e = LM_OK;
    if (word(classes, "date")) { /* the zone stands in the title only */
        struct lm_str *when = t->r.in_forward ? &t->r.forwarded_when : &t->r.when;
        if (when->n == 0)
            *when = kept(t, lm_html_attribute(k, "title"));
        e = when->p != NULL ? LM_OK : LM_ENOMEM;
    } else if (word(classes, "forwarded")) {
        t->r.in_forward = true;
    } else if (word(classes, "initials")) {
        e = reactor(t, k);
    } else {
        e = medium(t, k, classes, &taken);
    }
    if (e == LM_OK && !taken && lm_str_eq(k->name, LM_STR("a")))
        e = inside(t, TGH_REPLY) ? reply(t, k) : link_in_text(t, k);
    if (e == LM_OK && field_of(t, classes, &f))
        open_field(t, f, k->depth);
    if (lm_str_eq(k->name, LM_STR("br")) && t->n_open != 0 && t->open[t->n_open - 1].field != TGH_NOTHING)
        lm_buf_putc(&t->gathered[t->open[t->n_open - 1].field], '\n');
    return e;
}

static lm_err on_open(struct tgh *t, const struct lm_html_token *k)
{
    struct lm_str classes = lm_html_attribute(k, "class");
    enum tgh_field f;
    bool message = word(classes, "message") && lm_str_starts(lm_html_attribute(k, "id"), LM_STR("message"));
    bool entry = word(classes, "entry") && !word(classes, "entry_list");
    t->history_seen = t->history_seen || word(classes, "history") || word(classes, "entry_list");
    if (t->r.depth != 0)
        return in_record(t, k, classes);
    if ((message || entry) && k->depth != 0)
        return start_record(t, k, classes, message);
    if (t->chat.n == 0 && field_of(t, classes, &f))
        open_field(t, f, k->depth);
    return LM_OK;
}

static lm_err on_close(struct tgh *t, const struct lm_html_token *k)
{
    lm_err e = LM_OK;
    while (e == LM_OK && t->n_open != 0 && t->open[t->n_open - 1].depth >= k->depth)
        e = close_field(t, t->open[--t->n_open].field);
    if (e != LM_OK || t->r.depth == 0 || k->depth != t->r.depth)
        return e;
    e = tgh_emit(t, k->end);
    t->r.depth = 0;
    return e;
}

/* Line breaks of the page's source are its layout; those of a text are <br>. */
static void on_text(struct tgh *t, const struct lm_html_token *k)
{
    if (t->n_open == 0 || t->open[t->n_open - 1].field == TGH_NOTHING)
        return;
    t->r.oddities |= k->oddities;
    struct lm_buf *b = &t->gathered[t->open[t->n_open - 1].field];
    struct lm_str s = k->text;
    while (s.n != 0) {
        const char *nl = memchr(s.p, '\n', s.n);
        size_t n = nl != NULL ? (size_t)(nl - s.p) : s.n;
        lm_buf_put(b, lm_str_take(s, n));
        s = lm_str_skip(s, n + (nl != NULL));
        if (nl == NULL)
            break;
        if (b->n != 0 && b->p[b->n - 1] != '\n' && lm_str_trim(s).n != 0)
            lm_buf_putc(b, ' ');
        while (s.n != 0 && (s.p[0] == ' ' || s.p[0] == '\n' || s.p[0] == '\r'))
            s = lm_str_skip(s, 1);
    }
}

static lm_err walk(struct tgh *t)
{
    struct lm_html_token k;
    for (;;) {
        lm_err e = lm_html_next(t->html, &k);
        if (e != LM_OK)
            return lm_fail(t->ctx->error, e, "%s", lm_html_why(t->html));
        if (k.type == LM_HTML_END)
            break;
        e = k.type == LM_HTML_OPEN ? on_open(t, &k) : k.type == LM_HTML_CLOSE ? on_close(t, &k) : LM_OK;
        if (k.type == LM_HTML_TEXT)
            on_text(t, &k);
        if (e != LM_OK)
            return e;
    }
    if ((k.oddities & LM_HTML_TRUNCATED) != 0)
        return lm_sink_problem(t->sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = k.at },
                               "the page stops inside a tag: what follows is missing");
    return LM_OK;
}

/* The folder is the chat's: "chats/chat_001"; a page that stands alone is known by its heading. */
static struct lm_str folder_of(struct lm_str path)
{
    size_t n = path.n;
    while (n != 0 && path.p[n - 1] != '/')
        n--;
    return lm_str_take(path, n != 0 ? n - 1 : 0);
}

static lm_err read_page(struct lm_read *ctx, struct lm_sink *sink)
{
    struct tgh *t = lm_arena_alloc(ctx->file, sizeof *t);
    if (t == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    *t = (struct tgh){ .ctx = ctx, .sink = sink, .thread = folder_of(ctx->in->path) };
    for (size_t f = 0; f < TGH_FIELDS; f++)
        lm_buf_init(&t->gathered[f], TGH_FIELD_BYTES);
    t->html = lm_html_new(ctx->in->bytes);
    lm_err e = t->html != NULL ? walk(t) : lm_fail(ctx->error, LM_ENOMEM, "no memory for the page");
    lm_html_free(t->html);
    for (size_t f = 0; f < TGH_FIELDS; f++)
        lm_buf_free(&t->gathered[f]);
    if (e == LM_OK && t->records == 0)
        e = t->history_seen ? sink->empty(sink) : lm_fail(ctx->error, LM_EINPUT, "no messages and no entries on this page");
    return e;
}

const struct lm_reader lm_reader_telegram_html = {
    .name = "telegram_html",
    .title = "Telegram Desktop export, HTML",
    .reference = "classes of the pages that Telegram Desktop writes, as open parsers describe them, checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = (size_t)16 << 10,
    .bid = bid,
    .read = read_page,
};
