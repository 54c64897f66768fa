/* Messages as signal-export writes them beside chat.md: data.json, one JSON object a line, one folder a conversation.
 *
 *     {"date": "2023-03-11T22:14:05.123000", "sender": "Beto", "body": "…", "quote": "", "sticker": null, "reactions": [["Ana", "+"]],
 *      "attachments": [{"name": "photo.jpg", "path": "media/photo.jpg"}], "deleted": false, "call": false, "missed": false}
 *
 * The exporting person is "Me", a sender that is not known "No-Sender". Times are that computer's wall clock. docs/readers/signal_text.md
 */
#include "lastmile/reader.h"
#include "readers/shared/json_tree.h"
#include "readers/shared/text.h"

#define MAX_RAW ((size_t)64 << 10)
#define MOST 1024

static struct lm_str folder(struct lm_str path)
{
    struct lm_str title = { NULL, 0 };
    size_t start = 0;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '/') {
            title = (struct lm_str){ path.p + start, i - start };
            start = i + 1;
        }
    return title;
}

static struct lm_account_ref who(struct lm_str name)
{
    bool mine = lm_str_eq(name, LM_STR("Me")), none = name.n == 0 || lm_str_eq(name, LM_STR("No-Sender"));
    return (struct lm_account_ref){ LM_PLATFORM_SIGNAL, none ? LM_ACCOUNT_NONE : mine ? LM_ACCOUNT_OWNER : LM_ACCOUNT_NAME, { NULL, 0 },
                                    none || mine ? (struct lm_str){ NULL, 0 } : name };
}

static lm_err lists(struct lm_arena *a, struct lm_jnode *root, struct lm_event *ev)
{
    struct lm_jnode *files = lm_jtree_get(root, "attachments"), *reactions = lm_jtree_get(root, "reactions");
    struct lm_attachment *f = NULL;
    struct lm_reaction *r = NULL;
    size_t cap_f = 0, cap_r = 0;
    for (struct lm_jnode *n = files != NULL && files->type == LM_JSON_ARRAY ? files->first : NULL; n != NULL && ev->n_attachments < MOST; n = n->next) {
        if ((f = lm_arena_grow(a, f, ev->n_attachments, &cap_f, sizeof *f)) == NULL)
            return LM_ENOMEM;
        f[ev->n_attachments++] = (struct lm_attachment){ .name = lm_jtree_text(lm_jtree_take(n, "path")), .bytes = -1 };
        ev->attachments = f;
    }
    for (struct lm_jnode *n = reactions != NULL && reactions->type == LM_JSON_ARRAY ? reactions->first : NULL; n != NULL && ev->n_reactions < MOST;
         n = n->next) {
        struct lm_jnode *name = n->type == LM_JSON_ARRAY ? n->first : lm_jtree_get(n, "name");
        struct lm_jnode *emoji = n->type == LM_JSON_ARRAY && name != NULL ? name->next : lm_jtree_get(n, "emoji");
        if (lm_jtree_text(emoji).n == 0)
            continue;
        if ((r = lm_arena_grow(a, r, ev->n_reactions, &cap_r, sizeof *r)) == NULL)
            return LM_ENOMEM;
        r[ev->n_reactions++] = (struct lm_reaction){ who(lm_jtree_text(name)), lm_jtree_text(emoji) };
        ev->reactions = r;
    }
    if (reactions != NULL && reactions->type == LM_JSON_ARRAY)
        reactions->taken = true;
    return LM_OK;
}

static lm_err emit(struct lm_read *ctx, struct lm_sink *sink, struct lm_locator at, struct lm_jnode *root, bool odd, struct lm_buf *raw)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_MEMBERS_UNKNOWN, .duration_s = -1,
                                    .thread = { .native = ctx->in->path, .title = folder(ctx->in->path) } } };
    struct lm_event *ev = &f.event;
    struct lm_json_out o;
    if (!lm_when_parse_iso(lm_jtree_text(lm_jtree_take(root, "date")), &ev->at))
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "the date of the message cannot be");
    ev->text = lm_str_trim(lm_jtree_text(lm_jtree_take(root, "body")));
    ev->from = who(lm_jtree_text(lm_jtree_take(root, "sender")));
    ev->flags |= lm_jtree_true(lm_jtree_take(root, "deleted")) ? LM_EVENT_DELETED : 0;
    if (lm_jtree_true(lm_jtree_take(root, "call"))) {
        ev->kind = LM_EVENT_CALL;
        ev->detail = ev->text; /* "Missed voice call" */
        ev->text = (struct lm_str){ NULL, 0 };
        ev->flags |= lm_jtree_true(lm_jtree_take(root, "missed")) ? LM_EVENT_ATTEMPT : 0;
    }
    lm_err err = lists(ctx->record, root, ev);
    if (err != LM_OK)
        return lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    lm_buf_clear(raw);
    lm_json_out_init(&o, raw);
    lm_json_object(&o);
    lm_jtree_rest(&o, root);
    lm_json_object_end(&o);
    if (!raw->failed && raw->n > 2)
        ev->raw = lm_buf_str(raw);
    err = lm_sink_fact(sink, at, &f);
    if (err == LM_OK && raw->failed)
        err = lm_sink_problem(sink, LM_PROBLEM_DOUBTED, 0, at, "members that are not understood are too large to be kept");
    if (err == LM_OK && odd)
        err = lm_sink_problem(sink, LM_PROBLEM_ALTERED, 0, at, "text that is not UTF-8, or escapes that cannot be, became U+FFFD");
    return err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str all = ctx->in->bytes, rest = all;
    struct lm_buf raw;
    lm_err err = LM_OK;
    if (lm_str_trim(all).n == 0)
        return sink->empty(sink);
    lm_buf_init(&raw, MAX_RAW);
    while (err == LM_OK && rest.n != 0) {
        size_t from = (size_t)(rest.p - all.p);
        struct lm_str line = lm_text_line(&rest);
        struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = from, .b = line.n };
        struct lm_jnode *root;
        bool odd, broken;
        if (lm_str_trim(line).n == 0)
            continue;
        lm_arena_reset(ctx->record);
        err = lm_jtree_parse(ctx->record, line, &root, &odd, &broken);
        if (err != LM_OK)
            (void)lm_fail(ctx->error, err, "out of memory");
        else if (broken || root->type != LM_JSON_OBJECT)
            err = lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "the line is no JSON object, or it breaks off");
        else
            err = emit(ctx, sink, at, root, odd, &raw);
    }
    lm_buf_free(&raw);
    return err;
}

/* The members that every line has, in their order: 40 bits; the file's name 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_str line = lm_str_trim(lm_text_line(&head));
    size_t sender = lm_str_find(line, LM_STR("\"sender\": ")), quote = lm_str_find(line, LM_STR("\"quote\": "));
    if (!lm_str_starts(line, LM_STR("{\"date\": \"")) || sender == SIZE_MAX || lm_str_find(line, LM_STR("\"body\": ")) == SIZE_MAX || quote == SIZE_MAX)
        return 0;
    return 60 + (lm_str_ends(in->path, LM_STR("data.json")) ? 8 : 0);
}

const struct lm_reader lm_reader_signal_export_json = {
    .name = "signal_export_json",
    .title = "Signal Desktop, as JSON lines by signal-export (data.json)",
    .reference = "carderne/signal-export 1143c229 sigexport/models.py (output form), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = 65536,
    .bid = bid,
    .read = read_all,
};
