/* calea_text.c - call data of pen registers and intercepts (CALEA) as text: blocks of one call are one event.
 *
 * calea_text.h has the layout. Blocks with the same case and call identity are records of one call, in whatever order calls are
 * mixed: up to OPEN_CALLS are held open, the oldest is sent first. Texts, digits after cut-through and signals that carry content
 * are entries of their own, so that an order without content holds them and not the call.
 *
 * memory  OPEN_CALLS × BLOCKS locators; texts stay in the input
 */
#include "readers/calea_text.h"

#include "base/map.h"
#include "readers/shared/cell.h"
#include "readers/shared/text.h"

#define OPEN_CALLS 1024
#define BLOCKS 32
#define BUCKETS 2048
#define RAW_CEILING ((size_t)64 << 10)
#define SAID 20

struct call {
    struct lm_str case_id, id, calling, called, answering, redirected; /* into the input, or "" */
    struct lm_when begin, first, answer, release;
    bool begun, answered, released, content, cell;
    struct lm_locator at[BLOCKS];
    size_t n;
    uint32_t next; /* of its bucket, 1 + index */
};

enum doubt { NO_MOMENT, BAD_MOMENT, UNKNOWN_KEY, LEFT_OUT, NO_CALL, AGAIN, MANY, BIG, ROUNDED, BYTES, CUT, BACKWARDS, N_DOUBTS };
static const struct {
    enum lm_problem_kind kind;
    const char *text;
} said[N_DOUBTS] = {
    [NO_MOMENT] = { LM_PROBLEM_REJECTED, "the block states no moment" },
    [BAD_MOMENT] = { LM_PROBLEM_REJECTED, "the moment of the block cannot be read" },
    [UNKNOWN_KEY] = { LM_PROBLEM_DOUBTED, "a line that this reader does not know; the record counts as content" },
    [LEFT_OUT] = { LM_PROBLEM_DOUBTED, "session descriptions or SIP headers that neither address nor route are left out" },
    [NO_CALL] = { LM_PROBLEM_DOUBTED, "the block names no call; it stands alone" },
    [AGAIN] = { LM_PROBLEM_DOUBTED, "the same block as one before it; taken as a further record of the same event" },
    [MANY] = { LM_PROBLEM_DOUBTED, "more than 32 blocks of one call; a further event begins" },
    [BIG] = { LM_PROBLEM_DOUBTED, "the lines to be kept beside the event are longer than 64 KiB; left out" },
    [ROUNDED] = { LM_PROBLEM_DOUBTED, "a number was rounded by a spreadsheet program: it names nobody" },
    [BYTES] = { LM_PROBLEM_ALTERED, "bytes that are not UTF-8 text; each became U+FFFD" },
    [CUT] = { LM_PROBLEM_DOUBTED, "the file ends in this block without a line end; it may be cut" },
    [BACKWARDS] = { LM_PROBLEM_DOUBTED, "the release is before the answer, or one of them states no zone; no duration" },
};

struct calea {
    struct lm_read *ctx;
    struct lm_sink *sink;
    struct call *calls; /* a ring */
    uint64_t head, tail;
    uint32_t buckets[BUCKETS];
    struct lm_arena scratch; /* of the block at hand */
    struct lm_buf raw;
    uint64_t doubts[N_DOUBTS];
    struct lm_locator over[N_DOUBTS];
};

static lm_err doubt(struct calea *c, enum doubt d, struct lm_locator at)
{
    if (c->doubts[d]++ == SAID)
        c->over[d] = at;
    return c->doubts[d] > SAID ? LM_OK
                               : lm_sink_problem(c->sink, said[d].kind, said[d].kind == LM_PROBLEM_REJECTED, at, "%s", said[d].text);
}

static lm_err tell(struct calea *c)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < N_DOUBTS && err == LM_OK; i++) {
        uint64_t more = c->doubts[i] > SAID ? c->doubts[i] - SAID : 0;
        if (more != 0)
            err = lm_sink_problem(c->sink, said[i].kind, said[i].kind == LM_PROBLEM_REJECTED ? more : 0, c->over[i],
                                  "%s; %llu more blocks, the first here", said[i].text, (unsigned long long)more);
    }
    return err;
}

/* --- events --- */

static lm_err account(struct calea *c, struct lm_str uri, struct lm_locator at, struct lm_account_ref *ret)
{
    char room[LM_NUMBER_ROOM];
    struct lm_cell_number n = lm_cell_number(uri, room);
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_PHONE };
    if (n.kind == LM_NUMBER_ROUNDED)
        return doubt(c, ROUNDED, at);
    if (n.kind != LM_NUMBER_PHONE && n.kind != LM_NUMBER_ADDRESS)
        return LM_OK; /* withheld, or a name that is no number: it stays in the lines */
    ret->form = LM_ACCOUNT_NATIVE;
    ret->native = lm_arena_copy(c->ctx->record, n.value);
    if (n.kind == LM_NUMBER_ADDRESS)
        ret->platform = LM_PLATFORM_EMAIL;
    return ret->native.p != NULL ? LM_OK : LM_ENOMEM;
}

/* The lines of the blocks, as traffic data unless one of them is content. */
static lm_err lines(struct calea *c, struct lm_event *ev, const struct lm_locator *at, size_t n, bool content, bool cell)
{
    struct lm_json_out o;
    struct cx_block b;
    lm_err err = LM_OK;
    lm_buf_clear(&c->raw);
    lm_json_out_init(&o, &c->raw);
    lm_json_object(&o);
    lm_json_key(&o, "blocks");
    lm_json_array(&o);
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = cx_read(c->ctx->record, (struct lm_str){ c->ctx->in->bytes.p + at[i].a, at[i].b }, &b, &o);
    lm_json_array_end(&o);
    lm_json_object_end(&o);
    if (err != LM_OK)
        return err;
    ev->flags |= (content ? 0u : (unsigned)LM_EVENT_TRAFFIC) | (cell ? (unsigned)LM_EVENT_CELL_SITE : 0u);
    if (c->raw.failed)
        return doubt(c, BIG, at[0]);
    ev->raw = lm_buf_str(&c->raw);
    return LM_OK;
}

static lm_err send(struct calea *c, struct lm_event *ev, struct lm_str from, struct lm_str to, const struct lm_locator *at, size_t n)
{
    struct lm_account_ref leg;
    ev->platform = LM_PLATFORM_PHONE;
    lm_err err = account(c, from, at[0], &ev->from);
    if (err == LM_OK)
        err = account(c, to, at[0], &leg);
    if (err != LM_OK)
        return err;
    ev->to = &leg;
    ev->n_to = leg.form != LM_ACCOUNT_NONE;
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = *ev };
    struct lm_entry entry = { .records = at, .n_records = n, .facts = &f, .n_facts = 1 };
    err = c->sink->entry(c->sink, &entry);
    lm_arena_reset(c->ctx->record);
    return err;
}

static bool same_clock(const struct lm_when *a, const struct lm_when *b)
{
    return (a->quality == LM_TIME_LOCAL) == (b->quality == LM_TIME_LOCAL);
}

static lm_err send_call(struct calea *c, struct call *k)
{
    struct lm_event ev = { .kind = k->begun || k->answered || k->released || k->redirected.n != 0 ? LM_EVENT_CALL : LM_EVENT_OTHER, .duration_s = -1,
                           .at = k->begun ? k->begin : k->first, .native_id = k->id };
    lm_err err = LM_OK;
    if (k->answered && k->released && k->release.us >= k->answer.us && same_clock(&k->answer, &k->release))
        ev.duration_s = (k->release.us - k->answer.us) / LM_SECOND_US;
    else if (k->answered && k->released)
        err = doubt(c, BACKWARDS, k->at[0]);
    if (k->begun && k->released && !k->answered)
        ev.flags |= LM_EVENT_ATTEMPT;
    if (k->redirected.n != 0) {
        ev.flags |= LM_EVENT_FORWARDED;
        ev.detail = LM_STR("redirected");
    } else if (ev.kind == LM_EVENT_OTHER) {
        ev.detail = LM_STR("signal");
    } else if (!k->begun) {
        ev.detail = LM_STR("no origination in the data held");
    } else if (!k->released) {
        ev.detail = LM_STR("no release in the data held");
    }
    if (err == LM_OK)
        err = lines(c, &ev, k->at, k->n, k->content, k->cell);
    return err != LM_OK ? err : send(c, &ev, k->calling, k->called.n != 0 ? k->called : k->answering, k->at, k->n);
}

/* A block that is no part of a call's traffic. */
static lm_err send_alone(struct calea *c, const struct cx_block *b, struct lm_locator at)
{
    static const char *const words[] = {
#define WORD(id, word) word,
        CX_TYPES(WORD)
    };
    struct lm_event ev = { .kind = b->type == CX_MESSAGE ? LM_EVENT_MESSAGE : LM_EVENT_OTHER, .at = b->at, .duration_s = -1,
                           .text = b->text, .reply_to = b->call_id };
    ev.detail = b->type == CX_MESSAGE ? ev.detail : lm_str(words[b->type]);
    lm_err err = lines(c, &ev, &at, 1, b->content, b->cell || b->type == CX_SERVING);
    return err != LM_OK ? err : send(c, &ev, b->calling, b->called, &at, 1);
}

/* --- calls --- */

static uint32_t *bucket_of(struct calea *c, struct lm_str id)
{
    return &c->buckets[lm_hash64(id, 7) % BUCKETS];
}

static struct call *find(struct calea *c, const struct cx_block *b, struct lm_str id)
{
    for (uint32_t i = *bucket_of(c, id); i != 0; i = c->calls[i - 1].next)
        if (lm_str_eq(c->calls[i - 1].id, id) && lm_str_eq(c->calls[i - 1].case_id, b->case_id))
            return &c->calls[i - 1];
    return NULL;
}

static lm_err send_oldest(struct calea *c)
{
    uint32_t i = (uint32_t)(c->tail % OPEN_CALLS) + 1;
    uint32_t *p = bucket_of(c, c->calls[i - 1].id);
    while (*p != 0 && *p != i)
        p = &c->calls[*p - 1].next;
    if (*p == i)
        *p = c->calls[i - 1].next;
    c->tail++;
    return send_call(c, &c->calls[i - 1]);
}

/* New ones stand first in their bucket: a call identity that is used again finds the later call. */
static lm_err begin(struct calea *c, const struct cx_block *b, struct lm_str id, struct call **ret)
{
    lm_err err = c->head - c->tail == OPEN_CALLS ? send_oldest(c) : LM_OK;
    if (err != LM_OK)
        return err;
    uint32_t i = (uint32_t)(c->head++ % OPEN_CALLS);
    uint32_t *p = bucket_of(c, id);
    c->calls[i] = (struct call){ .case_id = b->case_id, .id = id, .first = b->at, .next = *p };
    *p = i + 1;
    *ret = &c->calls[i];
    return LM_OK;
}

static void first(struct lm_str *at, struct lm_str s)
{
    if (at->n == 0)
        *at = s;
}

static bool begins(const struct cx_block *b)
{
    return b->type == CX_ORIGINATION || b->type == CX_TERMINATION;
}

static void add(struct call *k, const struct cx_block *b, struct lm_locator at)
{
    k->at[k->n++] = at;
    k->content = k->content || b->content;
    k->cell = k->cell || b->cell;
    if (begins(b) || !k->begun) {
        first(&k->calling, b->calling);
        first(&k->called, b->called);
    }
    if (begins(b) && !k->begun) {
        k->begun = true;
        k->begin = b->at;
    } else if (b->type == CX_ANSWER && !k->answered) {
        k->answered = true;
        k->answer = b->at;
        first(&k->answering, b->answering);
    } else if (b->type == CX_RELEASE) {
        k->released = true;
        k->release = b->at;
    } else if (b->type == CX_REDIRECTION) {
        first(&k->redirected, b->redirected);
    }
}

static bool repeats(const struct calea *c, const struct call *k, struct lm_locator at)
{
    const char *p = c->ctx->in->bytes.p;
    for (size_t i = 0; i < k->n; i++)
        if (lm_str_eq(lm_str_trim((struct lm_str){ p + k->at[i].a, k->at[i].b }), lm_str_trim((struct lm_str){ p + at.a, at.b })))
            return true;
    return false;
}

static lm_err take_call(struct calea *c, const struct cx_block *b, struct lm_locator at)
{
    struct lm_str id = b->call_id.n != 0 ? b->call_id : b->correlation;
    struct call *k = find(c, b, id);
    lm_err err = LM_OK;
    if (k != NULL && repeats(c, k, at) && k->n < BLOCKS) {
        err = doubt(c, AGAIN, at);
    } else {
        if (k != NULL && k->n == BLOCKS)
            err = doubt(c, MANY, at);
        bool reused = k != NULL && begins(b) && k->released;
        if (err == LM_OK && (k == NULL || k->n == BLOCKS || reused))
            err = begin(c, b, id, &k);
    }
    if (err == LM_OK)
        add(k, b, at);
    return err;
}

/* --- the walk --- */

static bool joins(const struct cx_block *b)
{
    if (b->type <= CX_REDIRECTION)
        return true;
    return !b->content && (b->type == CX_CC || b->type == CX_SIGNAL || b->type == CX_DIGITS);
}

/* Identities are kept while the call is open: into the input, or copied where the bytes had to be made text. */
static lm_err steady(struct calea *c, struct lm_str *s)
{
    const struct lm_str in = c->ctx->in->bytes;
    if (s->n == 0 || (s->p >= in.p && s->p + s->n <= in.p + in.n && lm_utf8_valid_prefix(*s) == s->n && memchr(s->p, 0, s->n) == NULL))
        return LM_OK;
    struct lm_str copy = lm_arena_copy(c->ctx->file, lm_str_take(*s, 256));
    for (size_t i = 0; i < copy.n; i++)
        if ((copy.p[i] & 0x80) != 0 || copy.p[i] == '\0')
            copy.n = i;
    *s = copy;
    return copy.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err block(struct calea *c, struct lm_locator at, bool cut)
{
    struct lm_str bytes = { c->ctx->in->bytes.p + at.a, at.b };
    struct cx_block b;
    lm_arena_reset(&c->scratch);
    lm_err err = cx_read(&c->scratch, bytes, &b, NULL);
    struct lm_str *const ids[] = { &b.case_id, &b.call_id, &b.correlation, &b.calling, &b.called, &b.answering, &b.redirected };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0] && err == LM_OK; i++)
        err = steady(c, ids[i]);
    if (err != LM_OK)
        return err;
    if (!b.timed)
        return doubt(c, b.bad_time ? BAD_MOMENT : NO_MOMENT, at);
    bool alone = joins(&b) && b.call_id.n == 0 && b.correlation.n == 0;
    const bool about[N_DOUBTS] = { [UNKNOWN_KEY] = b.unknown.n != 0, [LEFT_OUT] = b.left_out != 0, [NO_CALL] = alone, [CUT] = cut,
                                   [BYTES] = lm_utf8_valid_prefix(bytes) != bytes.n };
    for (size_t i = 0; i < N_DOUBTS && err == LM_OK; i++)
        if (about[i])
            err = doubt(c, (enum doubt)i, at);
    if (err != LM_OK)
        return err;
    return joins(&b) && !alone ? take_call(c, &b, at) : send_alone(c, &b, at);
}

static lm_err walk(struct calea *c)
{
    struct lm_str all = c->ctx->in->bytes, rest = all, name;
    uint64_t start = 0;
    bool open = false, known;
    enum cx_type type;
    lm_err err = LM_OK;
    while (rest.n != 0 && err == LM_OK) {
        uint64_t at = (uint64_t)(rest.p - all.p);
        if (!cx_head(lm_text_line(&rest), &type, &name, &known))
            continue;
        struct lm_locator where = { .kind = LM_LOCATOR_BYTES, .a = start, .b = at - start };
        if (open)
            err = block(c, where, false);
        else if (lm_str_trim(lm_str_take(all, at)).n != 0)
            err = lm_sink_problem(c->sink, LM_PROBLEM_LOST, 0, where, "%llu bytes before the first block", (unsigned long long)at);
        start = at;
        open = true;
    }
    if (err == LM_OK && open)
        err = block(c, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = start, .b = all.n - start }, all.p[all.n - 1] != '\n');
    while (err == LM_OK && c->head != c->tail)
        err = send_oldest(c);
    if (err == LM_OK)
        err = tell(c);
    if (err != LM_OK || open)
        return err;
    (void)lm_fail(c->ctx->error, LM_EINPUT, "no line names a message of call data");
    lm_fail_at(c->ctx->error, NULL, "byte %d", 0);
    return LM_EINPUT;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    if (lm_str_trim(ctx->in->bytes).n == 0)
        return sink->empty(sink);
    struct calea *c = lm_arena_alloc(ctx->file, sizeof *c);
    if (c == NULL)
        return LM_ENOMEM;
    *c = (struct calea){ .ctx = ctx, .sink = sink };
    c->calls = lm_arena_array(ctx->file, OPEN_CALLS, sizeof *c->calls);
    if (c->calls == NULL)
        return LM_ENOMEM;
    lm_arena_init(&c->scratch, 0);
    lm_buf_init(&c->raw, RAW_CEILING);
    lm_err err = walk(c);
    lm_buf_free(&c->raw);
    lm_arena_free(&c->scratch);
    return err;
}

/* A known head, 12 bits; case, moment and call behind it, 12 each. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    enum cx_type type;
    struct lm_str name;
    bool known = false, found = false;
    (void)in;
    if (memchr(head.p != NULL ? head.p : "", '\0', head.n) != NULL)
        return 0;
    for (struct lm_str rest = head; rest.n != 0 && !found;) {
        struct lm_str line = lm_text_line(&rest);
        found = cx_head(line, &type, &name, &known) && known;
        head = found ? (struct lm_str){ line.p, line.n + rest.n } : head;
    }
    struct lm_arena a;
    struct cx_block b;
    if (!found)
        return 0;
    lm_arena_init(&a, (size_t)1 << 20);
    lm_err err = cx_read(&a, head, &b, NULL);
    int bits = err == LM_OK && (b.case_id.n != 0 || b.call_id.n != 0) && b.timed
                   ? 24 + 12 * (b.case_id.n != 0) + 12 * (b.call_id.n != 0) : 0;
    lm_arena_free(&a);
    return bits;
}

const struct lm_reader lm_reader_calea_text = {
    .name = "calea_text",
    .title = "Call data of pen registers and intercepts (CALEA, T1.678, 3GPP IMS), as text",
    .reference = "names of ANSI T1.678 / J-STD-025 messages and of text dumps as summarised in our notes, 2026-11; no file is public",
    .tested_on = "our own files only",
    .lookahead = 8192,
    .bid = bid,
    .read = read_all,
};
