/* Plain text as signal-export writes it: one folder a conversation, in it chat.md.
 *
 *     [2023-03-11, 22:14] Beto: ya esta el hielo
 *     and a second line of the same message
 *
 * and, since 2025, "[2023-03-11 22:14:05] Beto: …". The exporting person is "Me". Times are that computer's wall clock. Nothing in a line
 * tells a message from a body that looks like one: a line of either form is a header. docs/readers/signal_text.md
 */
#include "base/utf8.h"
#include "lastmile/reader.h"
#include "readers/shared/text.h"

struct header {
    struct lm_when at;
    bool possible; /* a date and time that can be */
    struct lm_str author;
    struct lm_str body; /* rest of the line */
};

/* The two forms of a date; the length of the one that the line begins with, or 0. */
static size_t date_form(struct lm_str line)
{
    static const char *const forms[] = { "[dddd-dd-dd, dd:dd] ", "[dddd-dd-dd dd:dd:dd] " };
    for (size_t f = 0; f < 2; f++) {
        size_t n = strlen(forms[f]), i = 0;
        for (; i < n && i < line.n; i++)
            if (forms[f][i] == 'd' ? line.p[i] < '0' || line.p[i] > '9' : line.p[i] != forms[f][i])
                break;
        if (i == n)
            return n;
    }
    return 0;
}

static bool parse_header(struct lm_str line, struct header *ret)
{
    size_t n = date_form(line);
    struct lm_str rest = lm_str_skip(line, n);
    size_t colon = n != 0 ? lm_str_find(rest, LM_STR(": ")) : SIZE_MAX;
    if (n == 0 || rest.n < 2)
        return false;
    if (colon == SIZE_MAX && rest.p[rest.n - 1] == ':')
        colon = rest.n - 1;
    if (colon == SIZE_MAX || colon == 0)
        return false;
    char iso[] = "dddd-dd-ddTdd:dd:dd";
    bool seconds = line.p[11] != ',';
    memcpy(iso, line.p + 1, 10);
    memcpy(iso + 11, line.p + (seconds ? 12 : 13), seconds ? 8 : 5);
    iso[seconds ? 19 : 16] = '\0';
    *ret = (struct header){ .author = lm_str_take(rest, colon), .body = lm_str_skip(rest, colon + 2) };
    ret->possible = lm_when_parse_iso(lm_str(iso), &ret->at);
    return true;
}

/* --- what the export writes into the text: it stays there, and is told as well --- */

#define MOST 256

/* "[photo.jpg](./media/photo.jpg)": links to files of the export. */
static lm_err files(struct lm_arena *a, struct lm_str text, struct lm_event *ev)
{
    struct lm_attachment *list = NULL;
    size_t cap = 0, at;
    while (ev->n_attachments < MOST && (at = lm_str_find(text, LM_STR("](./"))) != SIZE_MAX) {
        struct lm_str path = lm_str_skip(text, at + 4);
        size_t end = 0;
        while (end < path.n && path.p[end] != ')' && path.p[end] != '\n')
            end++;
        text = lm_str_skip(path, end);
        if (end == path.n || path.p[end] != ')')
            continue;
        list = lm_arena_grow(a, list, ev->n_attachments, &cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        list[ev->n_attachments++] = (struct lm_attachment){ .name = lm_str_take(path, end), .bytes = -1 };
        ev->attachments = list;
    }
    return LM_OK;
}

/* A line of its own: "(- Ana: +1, Beto: ok -)" */
static lm_err reactions(struct lm_arena *a, struct lm_str text, struct lm_event *ev)
{
    struct lm_reaction *list = NULL;
    size_t cap = 0, from = lm_str_find(text, LM_STR("\n(- "));
    struct lm_str rest = from != SIZE_MAX ? lm_str_skip(text, from + 4) : (struct lm_str){ NULL, 0 };
    size_t end = from != SIZE_MAX ? lm_str_find(rest, LM_STR(" -)")) : SIZE_MAX;
    if (end == SIZE_MAX)
        return LM_OK;
    rest = lm_str_take(rest, end);
    while (rest.n != 0 && ev->n_reactions < MOST) {
        size_t comma = lm_str_find(rest, LM_STR(", "));
        struct lm_str one = lm_str_take(rest, comma != SIZE_MAX ? comma : rest.n);
        size_t colon = lm_str_find(one, LM_STR(": "));
        rest = comma != SIZE_MAX ? lm_str_skip(rest, comma + 2) : (struct lm_str){ NULL, 0 };
        if (colon == SIZE_MAX || colon == 0)
            continue;
        list = lm_arena_grow(a, list, ev->n_reactions, &cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        struct lm_str name = lm_str_take(one, colon);
        bool mine = lm_str_eq(name, LM_STR("Me"));
        list[ev->n_reactions++] = (struct lm_reaction){
            .by = { LM_PLATFORM_SIGNAL, mine ? LM_ACCOUNT_OWNER : LM_ACCOUNT_NAME, { NULL, 0 }, mine ? (struct lm_str){ NULL, 0 } : name },
            .what = lm_str_skip(one, colon + 2),
        };
        ev->reactions = list;
    }
    return LM_OK;
}

/* Export folders are named after the other side: "Beto/chat.md". */
static struct lm_str thread_title(struct lm_str path)
{
    struct lm_str title = { NULL, 0 };
    size_t start = 0;
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] == '/') {
            title = (struct lm_str){ path.p + start, i - start };
            start = i + 1;
        }
    }
    return title;
}

static lm_err emit(struct lm_read *ctx, struct lm_sink *sink, struct lm_locator at, const struct header *h,
                   struct lm_str text)
{
    if (!h->possible)
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "the date or time of the header cannot be");
    struct lm_str author = h->author;
    lm_arena_reset(ctx->record);
    if (!lm_utf8_is_text(text) || !lm_utf8_is_text(author)) {
        text = lm_utf8_repaired(ctx->record, text, NULL);
        author = lm_utf8_repaired(ctx->record, author, NULL);
        if (text.p == NULL || author.p == NULL)
            return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
        lm_err err = lm_sink_problem(sink, LM_PROBLEM_ALTERED, 0, at, "bytes that are not text in UTF-8 became U+FFFD");
        if (err != LM_OK)
            return err;
    }
    bool mine = lm_str_eq(author, LM_STR("Me"));
    struct lm_account_ref owner = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER };
    struct lm_account_ref other = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NAME, .display = author };
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    f.event = (struct lm_event){
        .kind = LM_EVENT_MESSAGE,
        .platform = LM_PLATFORM_SIGNAL,
        .flags = LM_EVENT_MEMBERS_UNKNOWN, /* nothing says whether it is a group */
        .at = h->at,
        .thread = { .native = ctx->in->path, .title = thread_title(ctx->in->path) },
        .from = mine ? owner : other,
        .text = text,
        .duration_s = -1,
    };
    if (lm_str_eq(author, LM_STR("No-Sender"))) /* the export's word for nobody */
        f.event.from = (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
    if (lm_str_eq(lm_str_trim(text), LM_STR("(This message was deleted)")))
        f.event.flags |= LM_EVENT_DELETED;
    lm_err err = files(ctx->record, text, &f.event);
    if (err == LM_OK)
        err = reactions(ctx->record, text, &f.event);
    return err == LM_OK ? lm_sink_fact(sink, at, &f) : lm_fail(ctx->error, LM_ENOMEM, "out of memory");
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str all = ctx->in->bytes, rest = all;
    struct header h = { 0 };
    bool open = false;
    size_t start = 0, end = 0; /* of the record at hand */
    lm_err err = LM_OK;
    if (lm_str_trim(all).n == 0)
        return sink->empty(sink);
    while (err == LM_OK && rest.n != 0) {
        size_t at = (size_t)(rest.p - all.p);
        struct lm_str line = lm_text_line(&rest);
        struct header next;
        if (parse_header(line, &next)) {
            struct lm_locator where = { .kind = LM_LOCATOR_BYTES, .a = start, .b = end - start };
            struct lm_str text = { h.body.p, open ? (size_t)(all.p + end - h.body.p) : 0 };
            if (open)
                err = emit(ctx, sink, where, &h, text);
            else if (at != 0)
                err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .b = at },
                                      "%zu bytes before the first message", at);
            h = next;
            start = at;
            open = true;
        }
        end = (size_t)(line.p + line.n - all.p);
    }
    if (err == LM_OK && open)
        err = emit(ctx, sink, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = start, .b = end - start }, &h,
                   (struct lm_str){ h.body.p, (size_t)(all.p + end - h.body.p) });
    if (err == LM_OK && !open) {
        (void)lm_fail(ctx->error, LM_EINPUT, "no line begins with [YYYY-MM-DD, hh:mm] NAME: or [YYYY-MM-DD hh:mm:ss] NAME:");
        lm_fail_at(ctx->error, NULL, "byte %d", 0);
        return LM_EINPUT;
    }
    return err;
}

/* Eighteen fixed signs or more and a colon in the first line: 20 bits; the file's usual name: 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    struct header h;
    if (!parse_header(lm_text_line(&head), &h) || !h.possible)
        return 0;
    return 20 + (lm_str_ends(in->path, LM_STR("chat.md")) ? 8 : 0);
}

const struct lm_reader lm_reader_signal_text = {
    .name = "signal_text",
    .title = "Signal Desktop, as text by signal-export",
    .reference = "carderne/signal-export 40939211 and 1143c229 (output forms), checked 2026-11",
    .tested_on = "one file of another project; our own files",
    .lookahead = 4096,
    .bid = bid,
    .read = read_all,
};
