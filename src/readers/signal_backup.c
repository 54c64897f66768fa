/* Signal's backups, version 2, decrypted: a stream of messages of protocol buffers, each behind its length; the first says what the backup
 * is, every further one is a frame: the account, a recipient, a chat, a message. Encrypted ones are recognised and not read.
 * docs/readers/signal_backup.md has the rules. */
#include "readers/signal_backup.h"

#include "base/utf8.h"

#define LATEST_MS UINT64_C(7258118400000)   /* 2200-01-01 */
#define EARLIEST_MS UINT64_C(1262304000000) /* 2010-01-01: before there was Signal */

bool sbk_uint(struct lm_str m, uint32_t number, uint64_t *ret)
{
    struct lm_pb_field f;
    bool found = false;
    while (lm_pb_next(&m, &f))
        if (f.number == number && !f.has_bytes) {
            *ret = f.value;
            found = true;
        }
    return found;
}

bool sbk_has(struct lm_str m, uint32_t number)
{
    struct lm_pb_field f;
    while (lm_pb_next(&m, &f))
        if (f.number == number)
            return true;
    return false;
}

void sbk_doubt(struct sbk *s, const char *why)
{
    if (s->doubted == NULL)
        s->doubted = why;
}

lm_err sbk_text(struct sbk *s, struct lm_arena *a, struct lm_str bytes, struct lm_str *ret)
{
    *ret = bytes;
    if (lm_utf8_is_text(bytes))
        return LM_OK;
    s->altered = true;
    *ret = lm_utf8_repaired(a, bytes, NULL);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

struct lm_when sbk_when(struct sbk *s, uint64_t ms)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    if (ms == 0)
        return w;
    if (ms >= LATEST_MS) {
        sbk_doubt(s, "a time after 2200 is left out");
        return w;
    }
    w.us = (int64_t)ms * 1000;
    w.quality = LM_TIME_UTC;
    return w;
}

lm_err sbk_raw(struct sbk *s, const struct sbk_message *m, struct lm_str bytes, struct lm_str *ret)
{
    struct lm_json_out o;
    lm_buf_clear(&s->raw);
    lm_json_out_init(&o, &s->raw);
    if (!sbk_json(&o, m, bytes, true) && !s->raw.failed)
        sbk_doubt(s, "a field inside the frame is broken: what stands behind it is kept as bytes");
    *ret = lm_buf_str(&s->raw);
    if (s->raw.failed) {
        sbk_doubt(s, "more than 256 KiB of fields that have no member of their own: they are left out");
        *ret = (struct lm_str){ NULL, 0 };
    } else if (ret->n == 2) {
        *ret = (struct lm_str){ NULL, 0 };
    }
    return LM_OK;
}

lm_err sbk_push(struct sbk *s, void **items, size_t n, size_t *cap, size_t size)
{
    if (n >= SBK_MAX_LIST) {
        sbk_doubt(s, "more than 4096 items in one list: the rest is left out");
        return LM_ELIMIT;
    }
    void *grown = lm_arena_grow(s->ctx->record, *items, n, cap, size);
    if (grown == NULL)
        return LM_ENOMEM;
    *items = grown;
    return LM_OK;
}

lm_err sbk_emit(struct sbk *s, const struct lm_fact *facts, size_t n)
{
    struct lm_entry entry = { .records = &s->at, .n_records = 1, .facts = facts, .n_facts = n };
    lm_err err = s->sink->entry(s->sink, &entry);
    if (err == LM_OK && s->altered)
        err = lm_sink_problem(s->sink, LM_PROBLEM_ALTERED, 0, s->at, "bytes that are not text in UTF-8 became U+FFFD");
    if (err == LM_OK && s->doubted != NULL)
        err = lm_sink_problem(s->sink, LM_PROBLEM_DOUBTED, 0, s->at, "%s", s->doubted);
    return err;
}

/* --- the stream --- */

/* The length before a message: at most 32 bits. */
static bool length(struct lm_str *s, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 5 && i < s->n; i++) {
        unsigned char c = (unsigned char)s->p[i];
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            *s = lm_str_skip(*s, i + 1);
            *ret = v;
            return v <= INT32_MAX;
        }
    }
    return false;
}

static bool next_message(struct lm_str *s, struct lm_str *ret)
{
    struct lm_str rest = *s;
    uint64_t n;
    if (!length(&rest, &n) || n > rest.n)
        return false;
    *ret = lm_str_take(rest, (size_t)n);
    *s = lm_str_skip(rest, (size_t)n);
    return true;
}

/* --- encrypted forms --- */

enum cipher { PLAIN, STREAM, ANDROID_BACKUP };

/* "signal-2026-01-31-12-30-00.backup": four bytes of length, then a frame that holds only a header with an initialisation vector of 16 bytes
 * and a salt of 32 (signalapp/Signal-Android, Backups.proto). "SBACKUP" begins the files of signalapp/libsignal, message-backup. */
static enum cipher encrypted(struct lm_str s)
{
    if (lm_str_starts(s, LM_STR("SBACKUP\x01")))
        return STREAM;
    if (s.n < 4 || s.p[0] != 0 || s.p[1] != 0 || s.p[2] != 0)
        return PLAIN;
    struct lm_str frame = lm_str_take(lm_str_skip(s, 4), (unsigned char)s.p[3]), header = lm_pb_bytes(frame, 1);
    return lm_pb_bytes(header, 1).n == 16 && lm_pb_bytes(header, 2).n == 32 ? ANDROID_BACKUP : PLAIN;
}

/* --- frames --- */

static lm_err other(struct sbk *s, const char *detail, struct lm_str raw, struct lm_when at)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .detail = lm_str(detail),
                                    .from = s->owner, .at = at, .raw = raw, .duration_s = -1 } };
    return sbk_emit(s, &f, 1);
}

static lm_err rejected(struct sbk *s, uint64_t n, const char *why)
{
    return lm_sink_problem(s->sink, LM_PROBLEM_REJECTED, n, s->at, "%s", why);
}

static lm_err one_frame(struct sbk *s, struct lm_str frame)
{
    struct lm_pb_field v, item = { 0 };
    const struct sbk_field *f = NULL;
    struct lm_str rest = frame, raw;
    while (lm_pb_next(&rest, &v))
        if (v.has_bytes && (f == NULL || sbk_field_of(&sbk_frame, v.number) != NULL)) {
            item = v;
            f = sbk_field_of(&sbk_frame, v.number);
            if (f != NULL)
                break;
        }
    if (f == NULL) {
        if (rest.n != 0)
            return rejected(s, 1, "the frame is no message of protocol buffers");
        lm_err err = sbk_raw(s, &sbk_frame, frame, &raw);
        sbk_doubt(s, "a frame of a kind that is not known: its fields are kept by number");
        return err == LM_OK ? other(s, "unknown frame", raw, (struct lm_when){ 0 }) : err;
    }
    lm_err err = sbk_raw(s, f->message, item.bytes, &raw);
    if (err != LM_OK)
        return err;
    if (item.bytes.n + (size_t)(item.bytes.p - frame.p) != frame.n)
        sbk_doubt(s, "the frame holds more than one thing: only the first is read");
    switch (item.number) {
    case 1:
        return sbk_account(s, item.bytes, raw);
    case 2:
        return sbk_recipient(s, item.bytes, raw);
    case 3:
        return sbk_chat(s, item.bytes, raw);
    case 4:
        return sbk_item(s, item.bytes, raw);
    case 6:
        return sbk_ad_hoc_call(s, item.bytes, raw);
    default:
        return other(s, f->name, raw, (struct lm_when){ 0 });
    }
}

static lm_err frames(struct sbk *s)
{
    struct lm_str all = s->ctx->in->bytes, rest = all, m;
    lm_err err = LM_OK;
    uint64_t empty = 0;
    for (bool first = true; err == LM_OK && rest.n != 0; first = false) {
        size_t from = (size_t)(rest.p - all.p);
        lm_arena_reset(s->ctx->record);
        s->altered = false;
        s->doubted = NULL;
        if (empty == 0)
            s->at = (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = from };
        bool whole = next_message(&rest, &m);
        if (empty != 0 && (!whole || m.n != 0)) {
            err = rejected(s, empty, "empty frames");
            empty = 0;
            s->at.a = from;
        }
        s->at.b = all.n - rest.n - s->at.a;
        if (err != LM_OK)
            break;
        if (!whole) {
            s->at.b = all.n - from;
            err = lm_sink_problem(s->sink, LM_PROBLEM_LOST, 0, s->at, "%zu bytes: the length before the next frame does not hold, or the file"
                                  " ends inside it", all.n - from);
            if (err == LM_OK)
                err = lm_fail(s->ctx->error, LM_EINPUT, "the stream of frames breaks off");
            lm_fail_at(s->ctx->error, NULL, "byte %zu", from);
            return err;
        }
        if (m.n == 0) {
            empty++;
        } else if (first) {
            uint64_t ms = 0;
            struct lm_str raw;
            (void)sbk_uint(m, 2, &ms);
            struct lm_when at = sbk_when(s, ms);
            err = sbk_raw(s, &sbk_backup_info, m, &raw);
            if (err == LM_OK)
                err = other(s, "backup", raw, at);
        } else {
            err = one_frame(s, m);
        }
    }
    return err == LM_OK && empty != 0 ? rejected(s, empty, "empty frames") : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct sbk s = { .ctx = ctx, .sink = sink, .owner = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER } };
    enum cipher c = encrypted(ctx->in->bytes);
    if (c != PLAIN) {
        struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = ctx->in->bytes.n };
        lm_err err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, at, "encrypted, not read: %s",
                                     c == STREAM ? "a backup of Signal, version 2" : "a backup of Signal for Android, version 1");
        return err == LM_OK ? lm_fail(ctx->error, LM_EINPUT, "encrypted, not read") : err;
    }
    lm_map_init(&s.by_id, ctx->file);
    lm_map_init(&s.by_account, ctx->file);
    lm_map_init(&s.chats, ctx->file);
    lm_buf_init(&s.raw, SBK_MAX_RAW);
    lm_err err = frames(&s);
    if (err == LM_OK && ctx->in->bytes.n == 0)
        err = lm_fail(ctx->error, LM_EINPUT, "the file is empty");
    if (err == LM_ENOMEM)
        (void)lm_fail(ctx->error, LM_ENOMEM, "out of memory");
    lm_buf_free(&s.raw);
    return err;
}

/* Version 1 (16 bits), a time of the last decades (20), and behind it a frame with the account whose length fits (24 and more). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_str info, first, rest = head;
    uint64_t version = 0, ms = 0, n;
    (void)in;
    enum cipher c = encrypted(head);
    if (c != PLAIN)
        return c == STREAM ? 64 : 56;
    if (!next_message(&rest, &info) || !sbk_uint(info, 1, &version) || !sbk_uint(info, 2, &ms) || version != 1 || ms < EARLIEST_MS
        || ms >= LATEST_MS)
        return 0;
    if (rest.n == 0)
        return 36;
    first = rest;
    if (!length(&first, &n) || first.n < 2 || first.p[0] != 0x0a)
        return 0;
    first = lm_str_skip(first, 1);
    uint64_t inside;
    size_t before = first.n;
    return length(&first, &inside) && inside + (before - first.n) + 1 <= n ? 64 : 0;
}

const struct lm_reader lm_reader_signal_backup = {
    .name = "signal_backup",
    .title = "Signal backup, version 2, decrypted: frames of protocol buffers",
    .reference = "signalapp/Signal-Desktop 09c71ad3 protos/Backups.proto; vectors of signalapp/Signal-Message-Backup-Tests a0f90024; checked 2026-11",
    .tested_on = "official vectors; our own files; no backup of a real phone",
    .lookahead = 4096,
    .bid = bid,
    .read = read_all,
};
