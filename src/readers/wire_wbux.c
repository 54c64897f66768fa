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
#define MAX_PAGE ((size_t)256 << 20)

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    if (head.n < 64 || memcmp(head.p, "WBUX\0", 5) != 0)
        return 0;
    return 40 + (lm_wire_be((const unsigned char *)head.p + 5, 2) == VERSION ? 16 : 0);
}

static lm_err unpacked(struct wbx *w, struct lm_str zip, struct lm_str name, struct lm_buf *page)
{
    struct lm_zip_member *m;
    struct lm_str piece = { NULL, 0 };
    lm_err err = lm_zip_open(zip, name, &m, w->ctx->error);
    if (err != LM_OK)
        return err;
    lm_buf_clear(page);
    do {
        err = lm_zip_read(m, &piece, w->ctx->error);
        if (err == LM_OK)
            lm_buf_put(page, piece);
    } while (err == LM_OK && piece.n != 0 && !page->failed);
    lm_zip_close(m);
    return err == LM_OK && page->failed ? LM_ELIMIT : err;
}

static bool is_page(struct lm_str name)
{
    static const char *const starts[] = { "users_", "conversations_", "messages_" };
    for (size_t i = 0; i < 3; i++)
        if (lm_str_starts(name, lm_str(starts[i])) && lm_str_ends(name, LM_STR(".binpb")))
            return true;
    return false;
}

/* Looks at or reads every page; what cannot be unpacked is told in the second round. */
static lm_err each_page(struct wbx *w, struct lm_str zip, const struct lm_str *names, size_t n, bool read, struct lm_buf *page)
{
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < n; i++) {
        struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = names[i] };
        bool messages = lm_str_starts(names[i], LM_STR("messages_"));
        if (!is_page(names[i])) {
            if (read)
                err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "a member of the backup that is not a page: not read");
            continue;
        }
        if (!read && messages && w->owner.n != 0)
            continue; /* only the others have names */
        lm_err got = unpacked(w, zip, names[i], page);
        if (got == LM_ENOMEM)
            return got;
        if (got != LM_OK && read) {
            w->lost = true;
            err = lm_sink_problem(w->sink, LM_PROBLEM_LOST, 0, at, got == LM_ELIMIT ? "the page is too large to be unpacked"
                                                                                    : "the page cannot be unpacked to its end");
        }
        w->page = names[i];
        if (err == LM_OK && (got == LM_OK || page->n != 0) && !page->failed)
            err = read ? wbx_page(w, lm_buf_str(page)) : wbx_look(w, lm_buf_str(page));
    }
    return err;
}

static lm_err read_zip(struct wbx *w, struct lm_str zip)
{
    struct lm_str *names = NULL;
    struct lm_buf page;
    size_t n = 0;
    lm_err err = lm_zip_names(w->ctx->file, zip, &names, &n, w->ctx->error);
    if (err != LM_OK && (err != LM_EINPUT || n == 0))
        return err;
    w->lost = err != LM_OK;
    err = w->lost ? lm_sink_problem(w->sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the zip in the backup is damaged: %zu members are there", n)
                  : LM_OK;
    if (err != LM_OK)
        return err;
    lm_buf_init(&page, MAX_PAGE);
    err = each_page(w, zip, names, n, false, &page);
    if (err == LM_OK && w->owner.n == 0 && n != 0)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, (struct lm_locator){ 0 }, "no page says whose backup it is");
    if (err == LM_OK)
        err = each_page(w, zip, names, n, true, &page);
    lm_buf_free(&page);
    return err;
}

/* The zip: as it stands, or opened with a password. */
static lm_err data_of(struct lm_read *ctx, struct lm_str *ret, bool *ret_whole)
{
    struct lm_str in = ctx->in->bytes;
    const unsigned char *p = (const unsigned char *)in.p;
    if (in.n < DATA)
        return lm_fail(ctx->error, LM_EINPUT, "the file ends inside its header");
    if (memcmp(p, "WBUX\0", 5) != 0)
        return lm_fail(ctx->error, LM_EINPUT, "not a cross-platform backup of Wire");
    if (lm_wire_be(p + 5, 2) != VERSION)
        return lm_fail(ctx->error, LM_EINPUT, "version %u of the backup is not known here: only %d is", (unsigned)lm_wire_be(p + 5, 2), VERSION);
    *ret = lm_str_skip(in, DATA);
    *ret_whole = true;
    if (p[63] == 0)
        return LM_OK;
    struct lm_wire_seal s = { .kind = LM_PASSWORD_ARGON2ID, .salt = p + 7, .passes = lm_wire_be(p + 55, 4), .memory_bytes = lm_wire_be(p + 59, 4),
                              .header = p + HEADER, .message_bytes = MESSAGE, .extra = lm_str_take(in, HEADER), .sealed = *ret };
    return lm_wire_unseal(ctx, &s, ret, ret_whole);
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wbx w = { .ctx = ctx, .sink = sink };
    struct lm_str zip;
    bool whole = true;
    lm_err err = data_of(ctx, &zip, &whole);
    if (err != LM_OK)
        return err;
    lm_map_init(&w.names, ctx->file);
    lm_buf_init(&w.raw, (size_t)64 << 10);
    if (!whole)
        err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, (struct lm_locator){ 0 }, "the sealed stream is damaged or cut: what is behind byte %zu of its"
                                                                                " text is not read", zip.n);
    if (err == LM_OK)
        err = read_zip(&w, zip);
    lm_buf_free(&w.raw);
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
