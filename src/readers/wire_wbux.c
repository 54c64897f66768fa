/* wire_wbux.c - the cross-platform backup of Wire: 1,024 bytes of header, 24 of a stream's, then a zip of protobuf pages, sealed or not.
 *
 * "WBUX", 0, version (2 bytes), salt 16, hashed user id 32, passes 4, memory 4, sealed 1; big endian. The sealed form authenticates the whole
 * header beside each message of 4,096 bytes. docs/readers/wire.md has the rules.
 */
#include "readers/wire_wbux.h"

#include "formats/zip_memory.h"
#include "readers/shared/wire_sealed.h"

#define HEADER 1024
#define DATA (HEADER + LM_SEALED_HEADER_BYTES)
#define MESSAGE 4096
#define VERSION 4
#define PIECE ((size_t)256 << 10)

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    if (head.n < 64 || memcmp(head.p, "WBUX\0", 5) != 0)
        return 0;
    return 40 + (lm_wire_be((const unsigned char *)head.p + 5, 2) == VERSION ? 16 : 0);
}

static void more(struct wbx_stream *s)
{
    if (s->piece.n == 0 && !s->end) {
        s->err = lm_zip_read(s->m, &s->piece, NULL);
        s->end = s->err != LM_OK || s->piece.n == 0;
        s->bytes += s->end ? 0 : s->piece.n;
        if (s->end)
            s->piece.n = 0;
    }
    if (s->used != 0) {
        memmove(s->window->p, s->window->p + s->used, s->window->n - s->used);
        s->window->n -= s->used;
        s->used = 0;
    }
    struct lm_str some = lm_str_take(s->piece, PIECE);
    lm_buf_put(s->window, some);
    s->piece = lm_str_skip(s->piece, some.n);
}

bool wbx_next(struct wbx_stream *s, struct lm_pb_field *ret)
{
    for (;;) {
        struct lm_str rest = lm_str_skip(lm_buf_str(s->window), s->used), behind = rest;
        if (lm_pb_next(&behind, ret)) {
            s->used += rest.n - behind.n;
            s->read += rest.n - behind.n;
            return true;
        }
        bool over = rest.n >= WBX_MAX_RECORD || s->window->failed;
        if ((s->end && s->piece.n == 0) || over) {
            while (over && !s->end) { /* how much it is */
                s->err = lm_zip_read(s->m, &s->piece, NULL);
                s->end = s->err != LM_OK || s->piece.n == 0;
                s->bytes += s->end ? 0 : s->piece.n;
            }
            return false;
        }
        more(s);
    }
}

static bool is_page(struct lm_str name)
{
    static const char *const starts[] = { "users_", "conversations_", "messages_" };
    for (size_t i = 0; i < 3; i++)
        if (lm_str_starts(name, lm_str(starts[i])) && lm_str_ends(name, LM_STR(".binpb")))
            return true;
    return false;
}

/* Goes through the members of the zip in their order. */
struct walk {
    struct lm_zip_bytes zip;
    struct lm_zip_member *m; /* NULL: not begun, or broken */
    size_t behind;           /* how many were gone to */
};

/* To the member with this number. A damaged member ends a walk: then another one begins. */
static lm_err go_to(struct walk *g, size_t i)
{
    lm_err err = LM_OK;
    if (g->m == NULL || g->behind > i) {
        lm_zip_close(g->m);
        g->m = NULL;
        g->behind = 0;
        err = lm_zip_walk(g->zip, &g->m, NULL);
    }
    while (err == LM_OK && g->behind <= i) {
        err = lm_zip_next(g->m, NULL);
        g->behind++;
    }
    return err;
}

static void give_up(struct walk *g)
{
    lm_zip_close(g->m);
    g->m = NULL;
}

/* Looks at a page, or reads it. */
static lm_err one_page(struct wbx *w, struct walk *g, size_t i, bool read, struct lm_buf *window)
{
    struct wbx_stream s = { .window = window };
    struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = w->page };
    lm_err err = LM_OK;
    s.err = go_to(g, i);
    s.m = g->m;
    lm_buf_clear(window);
    if (s.err == LM_OK)
        err = read ? wbx_page(w, &s) : wbx_look(w, &s);
    if (s.err != LM_OK)
        give_up(g);
    if (err != LM_OK || s.err == LM_OK || s.err == LM_ENOMEM || !read)
        return err == LM_OK && s.err == LM_ENOMEM ? LM_ENOMEM : err;
    w->lost = true;
    return lm_sink_problem(w->sink, LM_PROBLEM_LOST, 0, at, s.err == LM_ELIMIT ? "the page is too large to be unpacked"
                                                                               : "the page cannot be unpacked to its end");
}

/* Looks at or reads every page; what cannot be unpacked is told in the second round. */
static lm_err each_page(struct wbx *w, struct lm_zip_bytes zip, const struct lm_str *names, size_t n, bool read, struct lm_buf *window)
{
    struct walk g = { .zip = zip };
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < n; i++) {
        struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = names[i] };
        bool messages = lm_str_starts(names[i], LM_STR("messages_"));
        w->page = names[i];
        if (!is_page(names[i]) && read)
            err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "a member of the backup that is not a page: not read");
        else if (is_page(names[i]) && (read || !messages || w->owner.n == 0)) /* only the others have names */
            err = one_page(w, &g, i, read, window);
    }
    give_up(&g);
    return err;
}

static lm_err read_zip(struct wbx *w, struct lm_zip_bytes zip)
{
    struct lm_str *names = NULL;
    struct lm_buf window;
    size_t n = 0;
    lm_err err = lm_zip_names(w->ctx->file, zip, &names, &n, w->ctx->error);
    if (err != LM_OK && (err != LM_EINPUT || n == 0))
        return err;
    w->lost = err != LM_OK;
    err = w->lost ? lm_sink_problem(w->sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the zip in the backup is damaged: %zu members are there", n)
                  : LM_OK;
    if (err != LM_OK)
        return err;
    lm_buf_init(&window, WBX_MAX_RECORD + 2 * PIECE);
    err = each_page(w, zip, names, n, false, &window);
    if (err == LM_OK && w->owner.n == 0 && n != 0)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, (struct lm_locator){ 0 }, "no page says whose backup it is");
    if (err == LM_OK && w->more_names)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, (struct lm_locator){ 0 }, "more than %zu users and conversations: the names of those beyond"
                                                                                      " stand only where they are listed", WBX_MAX_NAMES);
    if (err == LM_OK)
        err = each_page(w, zip, names, n, true, &window);
    lm_buf_free(&window);
    return err;
}

/* The zip: as it stands, or opened with a password. text: of the second. */
static lm_err data_of(struct lm_read *ctx, struct lm_sealed *text, struct lm_zip_bytes *ret)
{
    struct lm_str in = ctx->in->bytes;
    const unsigned char *p = (const unsigned char *)in.p;
    if (in.n < DATA)
        return lm_fail(ctx->error, LM_EINPUT, "the file ends inside its header");
    if (memcmp(p, "WBUX\0", 5) != 0)
        return lm_fail(ctx->error, LM_EINPUT, "not a cross-platform backup of Wire");
    if (lm_wire_be(p + 5, 2) != VERSION)
        return lm_fail(ctx->error, LM_EINPUT, "version %u of the backup is not known here: only %d is", (unsigned)lm_wire_be(p + 5, 2), VERSION);
    struct lm_str data = lm_str_skip(in, DATA);
    *ret = lm_zip_in(data);
    if (p[63] == 0)
        return LM_OK;
    struct lm_wire_seal s = { .kind = LM_PASSWORD_ARGON2ID, .salt = p + 7, .passes = lm_wire_be(p + 55, 4), .memory_bytes = lm_wire_be(p + 59, 4),
                              .header = p + HEADER, .message_bytes = MESSAGE, .extra = lm_str_take(in, HEADER), .sealed = data };
    lm_err err = lm_wire_unseal(ctx, &s, text);
    if (err == LM_OK)
        *ret = lm_wire_zip(text);
    return err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wbx w = { .ctx = ctx, .sink = sink };
    struct lm_sealed text = { .whole = true };
    struct lm_zip_bytes zip;
    lm_err err = data_of(ctx, &text, &zip);
    if (err != LM_OK)
        return err == LM_ENOMEM && ctx->error->message[0] == '\0' ? lm_fail(ctx->error, err, "out of memory") : err;
    bool whole = text.whole;
    lm_map_init(&w.names, ctx->file);
    lm_buf_init(&w.raw, (size_t)64 << 10);
    if (!whole)
        err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the sealed stream is damaged or cut: what is behind byte %llu of its"
                                                                                " text is not read", (unsigned long long)text.n);
    if (err == LM_OK)
        err = read_zip(&w, zip);
    lm_buf_free(&w.raw);
    lm_sealed_close(&text);
    if (err == LM_ENOMEM)
        return lm_fail(ctx->error, err, "out of memory");
    return err == LM_OK && w.records == 0 && !w.lost && whole ? sink->empty(sink) : err;
}

const struct lm_reader lm_reader_wire_wbux = {
    .name = "wire_wbux",
    .title = "Wire cross-platform backup (WBUX), with its password when it has one",
    .reference = "wireapp/kalium backup/README.md and protobuf-codegen backup.proto, checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = 64,
    .bid = bid,
    .read = read_all,
};
