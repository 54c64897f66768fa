/* WhatsApp "Export chat", the text file. Rules in words: docs/readers/whatsapp_text.md. */
#include "readers/whatsapp_text.h"

#include <stdio.h>

#define RECORD_MAX ((size_t)64 << 20) /* longer records are rejected: no message is that long */
#define FAR_BACK_US LM_DAY_US
#define BACKS_MAX 100 /* problems about time that runs backwards, before they are only counted */

struct run {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct lm_wa_survey survey;
    struct lm_wa_thread thread;
    struct lm_wa_filter filter;
    bool clean;          /* the whole file is UTF-8 without NUL */
    bool marks;          /* U+200E may be in it */
    struct lm_fact fact; /* the record at hand; what all records have in common is filled once */
    struct lm_wa_shapes shapes;
    uint16_t day_v[3]; /* the last date, and its day */
    bool day_known, day_possible, day_buddhist;
    int32_t day;
    int64_t last_us;
    bool has_last, said_buddhist, said_year;
    uint64_t n_backs;
};

/* One header line and the lines below it. */
struct record {
    size_t start;
    size_t rest;     /* where the text behind the header starts */
    size_t text_end; /* end of the last line, without its line end */
    struct lm_wa_header h;
    uint64_t n_lines;
    uint64_t n_foreign;        /* lines that look like headers of another form */
    struct lm_locator foreign; /* the first of them */
    bool has_cr;               /* a "\r\n" inside the text */
};

static struct lm_locator bytes_at(size_t from, size_t to)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = from, .b = to - from };
}

static const char *order_word(const struct lm_wa_order *o)
{
    static const char *const words[3][3] = { { "", "year/month/day", "year/day/month" },
                                             { "month/year/day", "", "day/year/month" },
                                             { "month/day/year", "day/month/year", "" } };
    return words[o->year][o->month];
}

/* --- time --- */

/* False when there is no such day or time. */
static bool moment(struct run *r, const struct lm_wa_header *h, int64_t *ret_us)
{
    if (!r->day_known || memcmp(r->day_v, h->v, sizeof r->day_v) != 0) {
        memcpy(r->day_v, h->v, sizeof r->day_v);
        r->day_known = true;
        r->day_possible = lm_wa_day(h->v, r->survey.order, &r->day, &r->day_buddhist);
    }
    if (!r->day_possible || h->hour > 23 || h->minute > 59 || h->second > 59)
        return false;
    *ret_us = r->day * LM_DAY_US + ((int64_t)h->hour * 3600 + h->minute * 60 + h->second) * LM_SECOND_US;
    return true;
}

static lm_err once_per_file(struct run *r, int64_t us, const struct lm_locator *at)
{
    const int64_t first = INT64_C(1230768000) * LM_SECOND_US, last = INT64_C(4102444800) * LM_SECOND_US;
    lm_err err = LM_OK;
    if (r->day_buddhist && !r->said_buddhist) {
        r->said_buddhist = true;
        err = lm_sink_problem(
            r->sink, LM_PROBLEM_ALTERED, 0, *at,
            "years are of the Buddhist era: 543 was taken from them, here and in the whole file");
    }
    if (err == LM_OK && (us < first || us >= last) && !r->said_year) {
        r->said_year = true;
        err = lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, *at,
            "a year outside 2009 to 2099: WhatsApp did not exist, or the file counts years in another way "
            "(said once per file)");
    }
    return err;
}

/* A line of a message may imitate a header of its own file: only its time can give it away. */
static lm_err check_backwards(struct run *r, int64_t us, const struct lm_locator *at)
{
    bool back = r->has_last && us < r->last_us - FAR_BACK_US;
    long long days = back ? (long long)((r->last_us - us) / LM_DAY_US) : 0;
    r->last_us = us;
    r->has_last = true;
    if (!back || r->n_backs++ >= BACKS_MAX)
        return LM_OK;
    return lm_sink_problem(
        r->sink, LM_PROBLEM_DOUBTED, 0, *at,
        "time goes back %lld days against the record before: this may be text of that message, written "
        "to look like a header",
        days);
}

/* --- what goes out --- */

static void event_init(struct run *r)
{
    r->fact.kind = LM_FACT_EVENT;
    r->fact.event = (struct lm_event){
        .platform = LM_PLATFORM_WHATSAPP,
        .at = { .quality = LM_TIME_LOCAL },
        .thread = { .native = r->ctx->in->path, .title = r->thread.title, .kind = r->thread.kind },
    };
}

/* Everything that a record may have set. */
static void event_reset(struct run *r, int64_t us, unsigned flags)
{
    struct lm_event *e = &r->fact.event;
    e->kind = LM_EVENT_MESSAGE;
    e->flags = flags;
    e->at.us = us;
    e->detail = (struct lm_str){ NULL, 0 };
    e->text = (struct lm_str){ NULL, 0 };
    e->from = (struct lm_account_ref){ 0 };
    e->to = NULL;
    e->attachments = NULL;
    e->n_to = e->n_attachments = 0;
    e->duration_s = -1;
    e->has_place = false;
    e->latitude = e->longitude = 0;
}

static lm_err notice_event(struct run *r, const struct lm_wa_notice *n, struct lm_str text,
                           struct lm_event *e)
{
    e->kind = n->kind;
    e->flags |= LM_EVENT_SYSTEM | n->flags;
    e->duration_s = n->duration_s;
    if (n->kind == LM_EVENT_CALL || (n->flags & LM_EVENT_DELETED) != 0) {
        e->detail = text; /* nobody wrote it */
        return LM_OK;
    }
    e->text = text;
    e->detail = n->word != NULL ? lm_str(n->word) : (struct lm_str){ NULL, 0 };
    if (n->by_owner) {
        e->from = (struct lm_account_ref){ .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER };
    } else if (n->actor.n != 0) {
        const struct lm_wa_author *a = lm_wa_author_find(&r->survey, n->actor);
        if (a == NULL)
            return lm_wa_account(r->ctx->record, n->actor, &e->from);
        e->from = a->ref;
    }
    return LM_OK;
}

static lm_err system_record(struct run *r, const struct lm_locator *at, struct lm_str text,
                            struct lm_event *e)
{
    struct lm_wa_notice n = { .kind = LM_EVENT_OTHER, .duration_s = -1 };
    (void)lm_wa_notice_find(text, true, &n);
    if (notice_event(r, &n, lm_wa_trim(text), e) != LM_OK)
        return LM_ENOMEM;
    return lm_sink_fact(r->sink, *at, &r->fact);
}

static lm_err person_record(struct run *r, const struct lm_locator *at, const struct lm_wa_author *from,
                            struct lm_str raw, bool one_line, struct lm_event *e)
{
    struct lm_wa_body b;
    lm_wa_body_read(raw, one_line, r->marks, &r->filter, &b);
    e->flags |= b.flags;
    if (b.has_notice && b.notice.kind != LM_EVENT_MESSAGE && b.notice.kind != LM_EVENT_CALL) {
        e->from = (struct lm_account_ref){
            0
        }; /* iOS puts the group's name or whoever is at hand before a notice */
        if (notice_event(r, &b.notice, b.notice_text, e) != LM_OK)
            return LM_ENOMEM;
        return lm_sink_fact(r->sink, *at, &r->fact);
    }
    e->text = b.text;
    if (b.has_notice) {
        e->kind = b.notice.kind;
        e->flags |= b.notice.flags;
        e->duration_s = b.notice.duration_s;
        e->detail = b.notice_text;
        e->text = (struct lm_str){ NULL, 0 };
    }
    if (b.has_attachment) {
        e->attachments = &b.attachment;
        e->n_attachments = 1;
    }
    if (b.has_place) {
        e->has_place = true;
        e->latitude = b.latitude;
        e->longitude = b.longitude;
    }
    e->to = lm_wa_other_end(&r->thread, from);
    e->n_to = e->to != NULL;
    if (e->to == NULL)
        e->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    return lm_sink_fact(r->sink, *at, &r->fact);
}

/* The text of a record, in one piece: from the input when it stands there, else a copy. */
static lm_err record_text(struct run *r, struct lm_str s, bool has_cr, struct lm_str *ret, uint64_t *altered)
{
    if (!has_cr && (r->clean || lm_wa_is_clean(s, NULL))) {
        *ret = s;
        return LM_OK;
    }
    uint64_t n = 0;
    *ret = lm_wa_repair(r->ctx->record, s, &n);
    *altered += n;
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err record_problems(struct run *r, const struct record *rec, const struct lm_locator *at,
                              uint64_t altered)
{
    lm_err err = LM_OK;
    if (altered != 0)
        err = lm_sink_problem(r->sink, LM_PROBLEM_ALTERED, 0, *at,
                              "bytes that are not UTF-8 text, replaced by U+FFFD: %llu",
                              (unsigned long long)altered);
    if (err == LM_OK && rec->n_foreign != 0)
        err = lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, rec->foreign,
            "lines of the message that look like headers of messages in another form, kept as text: %llu",
            (unsigned long long)rec->n_foreign);
    return err;
}

/* author + body of the record, or NULL author and the whole text. */
static lm_err record_out(struct run *r, const struct record *rec, const struct lm_locator *at,
                         struct lm_event *e)
{
    struct lm_str rest = { r->ctx->in->bytes.p + rec->rest, rec->text_end - rec->rest }, author, text;
    struct lm_wa_author *a = NULL;
    size_t body = 0;
    uint64_t altered = 0;
    const char *nl = rec->n_lines > 1 ? memchr(rest.p, '\n', rest.n) : NULL;
    struct lm_str head =
        nl != NULL ? (struct lm_str){ rest.p, (size_t)(nl - rest.p) - (nl > rest.p && nl[-1] == '\r') }
                   : rest;
    bool person = lm_wa_author_split(head, &author, &body);
    if (person) {
        a = lm_wa_author_find(&r->survey, author);
        person = a == NULL || !a->notice;
    }
    if (!person)
        body = 0;
    else if (a != NULL && a->longer.n != 0)
        body = (size_t)(author.p - rest.p) + a->longer.n + 2;
    lm_err err = record_text(r, lm_str_skip(rest, body), rec->has_cr, &text, &altered);
    if (err == LM_OK && person) {
        if (a != NULL)
            e->from = a->ref;
        else
            err = lm_wa_account(r->ctx->record, author, &e->from);
        altered += !r->clean && !lm_wa_is_clean(author, NULL);
    }
    if (err != LM_OK)
        return lm_fail(r->ctx->error, LM_ENOMEM, "no memory for a record of %zu bytes", rest.n);
    err = person ? person_record(r, at, a, text, rec->n_lines == 1, e) : system_record(r, at, text, e);
    return err == LM_OK ? record_problems(r, rec, at, altered) : err;
}

static lm_err record_end(struct run *r, struct record *rec, size_t end)
{
    struct lm_locator at = bytes_at(rec->start, end);
    struct lm_str bytes = r->ctx->in->bytes;
    int64_t us;
    if (!moment(r, &rec->h, &us))
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, at,
                               "there is no such date or time, read as %s like the rest of the file",
                               order_word(&r->survey.order));
    if (rec->text_end - rec->rest > RECORD_MAX)
        return lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, at, "a message of more than %zu MiB",
                               RECORD_MAX >> 20);
    /* Only in a body of several lines can the last line end of the file belong to the text. */
    if (end == bytes.n && rec->n_lines > 1 && bytes.p[end - 1] == '\n') {
        rec->text_end = end;
        rec->has_cr |= end >= 2 && bytes.p[end - 2] == '\r';
    }
    lm_err err = once_per_file(r, us, &at);
    if (err == LM_OK)
        err = check_backwards(r, us, &at);
    if (err != LM_OK)
        return err;
    event_reset(r, us, rec->n_foreign != 0 ? LM_EVENT_HEADER_IN_BODY : 0);
    err = record_out(r, rec, &at, &r->fact.event);
    if (r->ctx->record->used_bytes != 0)
        lm_arena_reset(r->ctx->record);
    return err;
}

/* --- the second pass --- */

static void body_line(const struct run *r, struct record *rec, struct lm_str line,
                      const struct lm_wa_header *h)
{
    const char *base = r->ctx->in->bytes.p;
    size_t at = (size_t)(line.p - base);
    rec->has_cr |= at >= 2 && base[at - 2] == '\r';
    rec->text_end = at + line.n;
    rec->n_lines++;
    if (h == NULL)
        return;
    /* Of another style; or of the bare style of this file, but without a name. */
    if (h->style != r->survey.style && !lm_wa_header_counts(h, line))
        return;
    if (rec->n_foreign++ == 0)
        rec->foreign = bytes_at(at, at + line.n);
}

static lm_err second_pass(struct run *r)
{
    struct lm_str bytes = r->ctx->in->bytes;
    struct record rec = { 0 };
    bool open = false;
    for (size_t at = r->survey.first_header; at < bytes.n;) {
        struct lm_str line;
        struct lm_wa_header h;
        size_t here = at;
        at = lm_wa_line(bytes, at, &line);
        bool header = lm_wa_header_next(&r->shapes, line, &h);
        if (!header || h.style != r->survey.style || !lm_wa_header_counts(&h, line)) {
            body_line(r, &rec, line, header ? &h : NULL);
            continue;
        }
        lm_err err = open ? record_end(r, &rec, here) : LM_OK;
        if (err != LM_OK)
            return err;
        open = true;
        rec = (struct record){
            .start = here, .rest = here + h.rest, .text_end = here + line.n, .h = h, .n_lines = 1
        };
    }
    lm_err err = record_end(r, &rec, bytes.n);
    if (err == LM_OK && r->n_backs > BACKS_MAX)
        err = lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, bytes_at(0, bytes.n),
                              "time goes back by more than a day in %llu places; the first %d are listed",
                              (unsigned long long)r->n_backs, BACKS_MAX);
    return err;
}

/* --- problems of the whole file --- */

static lm_err order_problem(struct run *r)
{
    struct lm_str line;
    size_t next = lm_wa_line(r->ctx->in->bytes, r->survey.first_header, &line);
    struct lm_locator at = bytes_at(r->survey.first_header, next);
    if (r->survey.told == LM_WA_NOT_TOLD)
        return lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, at,
            "the order of day and month cannot be told: no number is above 12 and times do not decide; "
            "read as %s",
            order_word(&r->survey.order));
    if (r->survey.told == LM_WA_GUESSED_US)
        return lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, at,
            "the order of day and month cannot be told from the numbers; read as %s because the app's "
            "notices are English and dates have the form that it writes in the U.S.",
            order_word(&r->survey.order));
    return LM_OK;
}

static lm_err name_problems(struct run *r)
{
    for (size_t i = 0; i < r->survey.n_authors; i++) {
        const struct lm_wa_author *a = &r->survey.authors[i];
        struct lm_str line;
        if (a->longer.n == 0)
            continue;
        size_t next = lm_wa_line(r->ctx->in->bytes, a->first_offset, &line);
        lm_err err = lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, bytes_at(a->first_offset, next),
            "all %llu lines that start with this name go on with the same word and ': ': taken as "
            "a name that holds ': '",
            (unsigned long long)a->n_lines);
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err file_problems(struct run *r)
{
    struct lm_str bytes = r->ctx->in->bytes, line;
    bool text = false;
    lm_err err = LM_OK;
    for (size_t at = 0; at < r->survey.first_header && !text;) {
        at = lm_wa_line(bytes, at, &line);
        text = lm_wa_trim(line).n != 0;
    }
    if (text)
        err = lm_sink_problem(r->sink, LM_PROBLEM_REJECTED, 1, bytes_at(0, r->survey.first_header),
                              "text before the first header: its date and author are not in the file");
    if (err == LM_OK)
        err = order_problem(r);
    if (err == LM_OK)
        err = name_problems(r);
    if (err == LM_OK && r->thread.stranger)
        err = lm_sink_problem(
            r->sink, LM_PROBLEM_DOUBTED, 0, bytes_at(0, bytes.n),
            "two people write and the file is named after neither: perhaps a group; no recipients given");
    if (err == LM_OK && r->survey.authors_overflow)
        err = lm_sink_problem(r->sink, LM_PROBLEM_DOUBTED, 0, bytes_at(0, bytes.n),
                              "more than %d different authors", LM_WA_AUTHORS_MAX);
    return err;
}

/* --- the reader --- */

static bool is_utf16(struct lm_str s)
{
    if (s.n < 4)
        return false;
    return memcmp(s.p, "\xff\xfe", 2) == 0 || memcmp(s.p, "\xfe\xff", 2) == 0
           || (s.p[0] != 0 && s.p[1] == 0 && s.p[2] != 0 && s.p[3] == 0)
           || (s.p[0] == 0 && s.p[1] != 0 && s.p[2] == 0 && s.p[3] != 0);
}

static bool is_empty(struct lm_str s)
{
    struct lm_str line;
    for (size_t at = 0; at < s.n;) {
        at = lm_wa_line(s, at, &line);
        if (lm_wa_trim(line).n != 0)
            return false;
    }
    return true;
}

static lm_err refuse(struct lm_read *ctx, const char *why, const char *hint)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%.*s", LM_STR_ARG(ctx->in->path));
    (void)lm_fail(ctx->error, LM_EINPUT, "%s", why);
    lm_fail_at(ctx->error, path, "byte 0");
    lm_fail_hint(ctx->error, "%s", hint);
    return LM_EINPUT;
}

static lm_err read_export(struct lm_read *ctx, struct lm_sink *sink)
{
    struct run r = { .ctx = ctx, .sink = sink };
    if (is_empty(ctx->in->bytes))
        return sink->empty(sink);
    if (is_utf16(ctx->in->bytes))
        return refuse(ctx,
                      "this chat export is UTF-16; WhatsApp writes UTF-8, so the file was saved again by "
                      "another program",
                      "import the file as it was exported");
    lm_wa_filter_init(&r.filter);
    lm_err err = lm_wa_survey_run(ctx, &r.filter, &r.survey);
    if (err == LM_EINPUT)
        return refuse(
            ctx, "no line of this file starts like a message of a WhatsApp chat export (date, time, name)",
            "name another reader with --reader, see `lastmile formats`");
    if (err == LM_OK)
        err = lm_wa_thread_init(ctx, &r.survey, &r.thread);
    if (err != LM_OK)
        return lm_fail(ctx->error, err, "no memory to survey the file");
    r.clean = lm_wa_is_clean(ctx->in->bytes, &r.marks);
    event_init(&r);
    r.shapes.style = r.survey.style;
    err = file_problems(&r);
    return err == LM_OK ? second_pass(&r) : err;
}

/* --- bid --- */

/* "[2020-01-01 10:00:00] local.ERROR: …", "2020-01-01 10:00 INFO: …" */
static bool is_log_level(struct lm_str author)
{
    static const char *const levels[] = { "info",      "warn",    "warning",  "error", "debug",
                                          "trace",     "notice",  "critical", "fatal", "alert",
                                          "emergency", "verbose", "severe",   "err",   "crit" };
    const char *dot = author.p != NULL ? memrchr(author.p, '.', author.n) : NULL;
    if (dot != NULL)
        author = lm_str_skip(author, (size_t)(dot + 1 - author.p));
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (lm_str_is_nocase(author, levels[i]))
            return true;
    return false;
}

struct evidence {
    uint64_t n_names, n_levels, n_words;
};

/* What stands behind the headers: names, log levels, words that only the app writes. */
static struct evidence look_behind(struct lm_str head, uint32_t style)
{
    struct evidence ev = { 0 };
    struct lm_wa_filter f;
    lm_wa_filter_init(&f);
    for (size_t at = 0; at < head.n;) {
        struct lm_str line, author;
        struct lm_wa_header h;
        struct lm_wa_notice notice;
        struct lm_wa_body b;
        size_t body;
        at = lm_wa_line(head, at, &line);
        if (!lm_wa_header_parse(line, &h) || h.style != style || !lm_wa_header_counts(&h, line))
            continue;
        struct lm_str rest = lm_str_skip(line, h.rest);
        if (!lm_wa_author_split(rest, &author, &body)) {
            ev.n_words += lm_wa_notice_find(rest, true, &notice);
            continue;
        }
        ev.n_names++;
        ev.n_levels += is_log_level(author);
        lm_wa_body_read(lm_str_skip(rest, body), true, true, &f, &b);
        ev.n_words += b.has_notice || b.has_attachment || (b.flags & LM_EVENT_EDITED) != 0;
    }
    return ev;
}

/* A UTF-16 file that would be ours is claimed, so that read() can say what is wrong with it. */
static int bid_utf16(struct lm_str head)
{
    char narrow[2048];
    size_t n = 0;
    for (size_t i = 0; i + 1 < head.n && n < sizeof narrow; i += 2) {
        unsigned char a = (unsigned char)head.p[i], b = (unsigned char)head.p[i + 1];
        if ((a == 0xff && b == 0xfe) || (a == 0xfe && b == 0xff))
            continue;
        narrow[n++] = a == 0 ? (char)b : b == 0 ? (char)a : '?';
    }
    struct lm_wa_style_choice choice;
    return lm_wa_style_choose((struct lm_str){ narrow, n }, &choice) && choice.first_line ? 20 : 0;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_wa_style_choice choice;
    bool named = lm_str_find(in->path, LM_STR("WhatsApp")) != SIZE_MAX
                 || lm_str_ends(in->path, LM_STR("_chat.txt"));
    if (is_empty(head))
        return named && head.n == in->bytes.n ? 4 : 0;
    if (is_utf16(head))
        return bid_utf16(head);
    if (head.n < in->bytes.n) { /* the last line may be cut */
        const char *nl = memrchr(head.p, '\n', head.n);
        head.n = nl != NULL ? (size_t)(nl + 1 - head.p) : head.n;
    }
    if (!lm_wa_style_choose(head, &choice))
        return 0;
    /* "[2020-01-02, 10:00] Name: " is the form of signal-export and of many logs, and rare in WhatsApp. */
    bool iso = (choice.style & (LM_WA_YEAR | LM_WA_SEPARATOR)) == LM_WA_HYPHEN;
    bool bare = (choice.style & LM_WA_TAIL) == LM_WA_BARE;
    if (!choice.first_line && choice.n_headers < (iso || bare ? 8 : 2))
        return 0;
    struct lm_str start = lm_wa_trim(head);
    if (start.n == 0 || start.p[0] == '<' || start.p[0] == '{' || lm_str_starts(start, LM_STR("From ")))
        return 0;
    struct evidence ev = look_behind(head, choice.style);
    if (ev.n_levels * 2 > ev.n_names)
        return 0;
    bool closed = (choice.style & LM_WA_TAIL) == LM_WA_CLOSED;
    int bits = iso && (bare || closed) ? 6 : iso || bare ? 10 : 18;
    bits += choice.first_line && !iso ? 4 : 0;
    bits += ev.n_words != 0 ? 16 : 0;
    bits += named ? 8 : 0;
    if (!iso && !bare)
        bits += ev.n_names < 9 ? (int)ev.n_names * 2 : 16;
    return bits;
}

const struct lm_reader lm_reader_whatsapp_text = {
    .name = "whatsapp_text",
    .title = "WhatsApp chat export, text",
    .reference = "no specification; layouts as open parsers (chatistics, chat-miner, whatsapp-chat-parser) "
                 "test them and "
                 "CLDR 42 writes dates; checked 2026-11",
    .tested_on = "files of other projects",
    .lookahead = 16384,
    .bid = bid,
    .read = read_export,
};
