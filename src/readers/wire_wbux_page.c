/* wire_wbux_page.c - one page: a BackupData of wireapp/kalium protobuf-codegen backup.proto.
 *
 * 1 info, 2 conversations, 3 messages, 4 users. A qualified id is 1 value, 2 domain.
 */
#include "readers/wire_wbux.h"

#include "base/utf8.h"
#include "formats/json_out.h"

#define MAX_RAW_FIELD 512
#define LATEST_MS INT64_C(7258118400000) /* 2200 */

enum { D_INFO = 1, D_CONVERSATION = 2, D_MESSAGE = 3, D_USER = 4 };

/* --- values --- */

static lm_err text(struct wbx *w, struct lm_arena *a, struct lm_str s, struct lm_str *ret)
{
    if (s.n == 0)
        return LM_OK;
    bool clean = lm_utf8_is_text(s);
    w->altered = w->altered || !clean;
    struct lm_str own = clean ? lm_arena_copy(a, s) : lm_utf8_repaired(a, s, NULL);
    if (own.p == NULL)
        return LM_ENOMEM;
    *ret = own;
    return LM_OK;
}

static void raw_key(struct wbx *w, struct lm_json_out *o, const char *key)
{
    if (w->raw.n == 0) {
        lm_json_out_init(o, &w->raw);
        lm_json_object(o);
    }
    lm_json_key(o, key);
}

static void raw_str(struct wbx *w, struct lm_json_out *o, const char *key, struct lm_str s)
{
    if (s.n == 0)
        return;
    raw_key(w, o, key);
    lm_json_str(o, s);
}

static void raw_hex(struct wbx *w, struct lm_json_out *o, const char *key, struct lm_str s)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * MAX_RAW_FIELD];
    size_t n = 0;
    for (size_t i = 0; i < s.n && i < MAX_RAW_FIELD; i++) {
        hex[n++] = digits[(unsigned char)s.p[i] >> 4];
        hex[n++] = digits[s.p[i] & 15];
    }
    raw_str(w, o, key, (struct lm_str){ hex, n });
}

static void raw_number(struct wbx *w, struct lm_json_out *o, const char *key, uint64_t v)
{
    raw_key(w, o, key);
    lm_json_u64(o, v);
}

/* A field that this reader does not know, by its number. */
static void unknown(struct wbx *w, struct lm_json_out *o, const char *of, const struct lm_pb_field *f)
{
    struct lm_str key = lm_arena_printf(w->ctx->record, "%s.%u", of, (unsigned)f->number);
    if (key.p == NULL)
        return;
    if (!f->has_bytes)
        raw_number(w, o, key.p, f->value);
    else if (f->bytes.n <= MAX_RAW_FIELD && lm_utf8_is_text(f->bytes))
        raw_str(w, o, key.p, f->bytes);
    else
        raw_hex(w, o, key.p, f->bytes);
}

static struct lm_str raw_done(struct wbx *w, struct lm_json_out *o)
{
    if (w->raw.n == 0)
        return (struct lm_str){ NULL, 0 };
    lm_json_object_end(o);
    return w->raw.failed ? (struct lm_str){ NULL, 0 } : lm_buf_str(&w->raw);
}

static struct lm_when when_ms(struct wbx *w, uint64_t ms)
{
    struct lm_when at = { .quality = LM_TIME_NONE };
    if (ms == 0)
        return at;
    if (ms >= (uint64_t)LATEST_MS) {
        w->doubted = "a time before 1970 or after 2200 is left out";
        return at;
    }
    return (struct lm_when){ .us = (int64_t)ms * 1000, .quality = LM_TIME_UTC };
}

/* --- names --- */

static struct lm_str name_of(const struct wbx *w, struct lm_str id)
{
    const uint64_t *i = id.n != 0 ? lm_map_get(&w->names, id) : NULL;
    return i != NULL ? w->shown[*i] : (struct lm_str){ NULL, 0 };
}

static lm_err set_name(struct wbx *w, struct lm_str id, struct lm_str name)
{
    uint64_t *at;
    bool fresh = false;
    if (id.n == 0 || name.n == 0 || !lm_utf8_is_text(id))
        return LM_OK;
    if (w->n_shown == WBX_MAX_NAMES) {
        w->more_names = w->more_names || lm_map_get(&w->names, id) == NULL;
        return LM_OK;
    }
    struct lm_str *grown = lm_arena_grow(w->ctx->file, w->shown, w->n_shown, &w->cap_shown, sizeof *grown);
    if (grown == NULL || lm_map_put(&w->names, id, w->n_shown, &at, &fresh) != LM_OK)
        return LM_ENOMEM;
    w->shown = grown;
    grown[w->n_shown] = (struct lm_str){ NULL, 0 };
    lm_err err = fresh ? text(w, w->ctx->file, name, &grown[w->n_shown]) : LM_OK;
    w->n_shown += fresh;
    return err;
}

lm_err wbx_look(struct wbx *w, struct wbx_stream *page)
{
    struct lm_pb_field f;
    lm_err err = LM_OK;
    while (err == LM_OK && wbx_next(page, &f)) {
        if (f.number == D_INFO && f.has_bytes && w->owner.n == 0)
            err = text(w, w->ctx->file, lm_pb_bytes(lm_pb_bytes(f.bytes, 3), 1), &w->owner);
        else if ((f.number == D_USER || f.number == D_CONVERSATION) && f.has_bytes)
            err = set_name(w, lm_pb_bytes(lm_pb_bytes(f.bytes, 1), 1), lm_pb_bytes(f.bytes, 2));
    }
    return err;
}

static lm_err account(struct wbx *w, struct lm_str qualified, struct lm_account_ref *ret)
{
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_WIRE };
    lm_err err = text(w, w->ctx->record, lm_pb_bytes(qualified, 1), &ret->native);
    ret->form = ret->native.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE;
    ret->display = name_of(w, ret->native);
    return err;
}

/* --- records --- */

static void begin(struct wbx *w)
{
    lm_arena_reset(w->ctx->record);
    lm_buf_clear(&w->raw);
    w->item++;
    w->altered = false;
    w->doubted = NULL;
}

static lm_err emit(struct wbx *w, const struct lm_fact *facts, size_t n, bool broken)
{
    struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = w->page, .a = w->item };
    lm_err err = LM_OK;
    w->records++;
    if (n == 0)
        return lm_sink_problem(w->sink, LM_PROBLEM_REJECTED, 1, at, "the record says nothing that has a meaning here");
    if (w->altered)
        err = lm_sink_problem(w->sink, LM_PROBLEM_ALTERED, 0, at, "bytes that are not text in UTF-8 became U+FFFD");
    if (err == LM_OK && broken)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "the record's protobuf is damaged: the rest of it is not read");
    if (err == LM_OK && w->doubted != NULL)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "%s", w->doubted);
    if (err == LM_OK && w->raw.failed)
        err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "what is not understood is too large to be kept");
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = facts, .n_facts = n };
    return err == LM_OK ? w->sink->entry(w->sink, &entry) : err;
}

static void identify(struct lm_fact *facts, size_t *n, struct lm_account_ref a, enum lm_identifier_type type, struct lm_str value,
                     const char *basis, struct lm_when at)
{
    if (value.n != 0 && a.form != LM_ACCOUNT_NONE)
        facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                          .identifier = { .account = a, .type = type, .value = value, .basis = lm_str(basis), .at = at } };
}

/* 1 platform, 2 version, 3 user, 4 time, 5 device: the same on every page, told once. */
static lm_err info(struct wbx *w, struct lm_str m)
{
    struct lm_fact facts[4];
    struct lm_json_out o;
    struct lm_pb_field f;
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE };
    struct lm_when at = { .quality = LM_TIME_NONE };
    struct lm_str client = { NULL, 0 }, value = { NULL, 0 };
    size_t n = 0;
    lm_err err = LM_OK;
    begin(w);
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        value = (struct lm_str){ NULL, 0 };
        if (f.number == 3 && f.has_bytes)
            err = account(w, f.bytes, &a);
        else if (f.number == 4 && !f.has_bytes)
            at = when_ms(w, f.value);
        else if (f.number == 5 && f.has_bytes)
            err = text(w, w->ctx->record, f.bytes, &client);
        else if (f.number <= 4 && f.has_bytes) {
            err = text(w, w->ctx->record, f.bytes, &value);
            raw_str(w, &o, f.number == 1 ? "platform" : f.number == 2 ? "version" : "creation_time", value);
        } else
            unknown(w, &o, "info", &f);
    }
    if (err != LM_OK)
        return err;
    if (a.form == LM_ACCOUNT_NONE)
        a.form = LM_ACCOUNT_OWNER;
    identify(facts, &n, a, LM_IDENTIFIER_ACCOUNT_ID, a.native, "own_profile", at);
    identify(facts, &n, a, LM_IDENTIFIER_DEVICE, client, "own_profile", at);
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                   .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WIRE, .at = at, .detail = LM_STR("backup_made"),
                                              .from = a, .duration_s = -1, .raw = raw_done(w, &o) } };
    return emit(w, facts, n, m.n != 0);
}

static lm_err conversation(struct wbx *w, struct lm_str m)
{
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_OTHER, .flags = LM_EVENT_SYSTEM, .platform = LM_PLATFORM_WIRE,
                                       .detail = LM_STR("conversation"), .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    struct lm_json_out o;
    struct lm_pb_field f;
    struct lm_str domain = { NULL, 0 };
    lm_err err = LM_OK;
    begin(w);
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1 && f.has_bytes) {
            err = text(w, w->ctx->record, lm_pb_bytes(f.bytes, 1), &ev->thread.native);
            if (err == LM_OK)
                err = text(w, w->ctx->record, lm_pb_bytes(f.bytes, 2), &domain);
            raw_str(w, &o, "domain", domain);
        } else if (f.number == 2 && f.has_bytes) {
            err = text(w, w->ctx->record, f.bytes, &ev->thread.title);
        } else {
            unknown(w, &o, "conversation", &f);
        }
    }
    if (err != LM_OK)
        return err;
    ev->raw = raw_done(w, &o);
    return emit(w, &fact, ev->thread.native.n != 0 ? 1 : 0, m.n != 0);
}

static lm_err user(struct wbx *w, struct lm_str m)
{
    struct lm_fact facts[4];
    struct lm_json_out o;
    struct lm_pb_field f;
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE };
    struct lm_when none = { .quality = LM_TIME_NONE };
    struct lm_str name = { NULL, 0 }, handle = { NULL, 0 }, domain = { NULL, 0 };
    size_t n = 0;
    lm_err err = LM_OK;
    begin(w);
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1 && f.has_bytes) {
            err = account(w, f.bytes, &a);
            if (err == LM_OK)
                err = text(w, w->ctx->record, lm_pb_bytes(f.bytes, 2), &domain);
            raw_str(w, &o, "domain", domain);
        } else if (f.number <= 3 && f.has_bytes) {
            err = text(w, w->ctx->record, f.bytes, f.number == 2 ? &name : &handle);
        } else {
            unknown(w, &o, "user", &f);
        }
    }
    if (err != LM_OK)
        return err;
    const char *basis = a.native.n != 0 && lm_str_eq(a.native, w->owner) ? "own_profile" : "contact_list";
    a.display = name;
    identify(facts, &n, a, LM_IDENTIFIER_NAME, name, basis, none);
    identify(facts, &n, a, LM_IDENTIFIER_HANDLE, handle, basis, none);
    if (n == 0)
        identify(facts, &n, a, LM_IDENTIFIER_ACCOUNT_ID, a.native, basis, none);
    struct lm_str raw = raw_done(w, &o);
    if (n != 0 && raw.n != 0)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WIRE, .detail = LM_STR("profile"), .from = a,
                                                  .duration_s = -1, .raw = raw } };
    return emit(w, facts, n, m.n != 0);
}

/* --- messages --- */

static double from_float(uint64_t bits)
{
    uint32_t b = (uint32_t)bits;
    float v;
    memcpy(&v, &b, sizeof v);
    return (double)v;
}

/* 10 image (1 width, 2 height, 3 tag), 11 video (1 width, 2 height, 3 ms), 12 audio (1 ms, 2 loudness), 13 generic (1 name) */
static lm_err asset_meta(struct wbx *w, struct lm_json_out *o, const struct lm_pb_field *meta, struct lm_event *ev)
{
    struct lm_str m = meta->bytes, name = { NULL, 0 };
    struct lm_pb_field f;
    uint32_t millis = meta->number == 11 ? 3 : meta->number == 12 ? 1 : 0;
    lm_err err = LM_OK;
    ev->detail = meta->number == 10 ? LM_STR("image") : meta->number == 11 ? LM_STR("video") : meta->number == 12 ? LM_STR("audio") : ev->detail;
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (millis != 0 && f.number == millis && !f.has_bytes) {
            ev->duration_s = f.value < UINT64_C(1000000000000) ? (int64_t)(f.value / 1000) : -1;
        } else if (f.number <= 2 && !f.has_bytes) {
            raw_number(w, o, f.number == 1 ? "width" : "height", f.value);
        } else if (f.has_bytes && meta->number != 12) {
            err = text(w, w->ctx->record, f.bytes, &name);
            raw_str(w, o, meta->number == 10 ? "tag" : "generic_name", name);
        }
    }
    return err;
}

static lm_err asset(struct wbx *w, struct lm_json_out *o, struct lm_str m, struct lm_event *ev)
{
    struct lm_attachment *a = lm_arena_alloc(w->ctx->record, sizeof *a);
    struct lm_pb_field f;
    struct lm_str value = { NULL, 0 };
    lm_err err = a != NULL ? LM_OK : LM_ENOMEM;
    if (a == NULL)
        return err;
    *a = (struct lm_attachment){ .bytes = -1, .note = LM_STR("not in the backup") };
    ev->attachments = a;
    ev->n_attachments = 1;
    ev->detail = LM_STR("file");
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1)
            err = text(w, w->ctx->record, f.bytes, &a->type);
        else if (f.number == 2)
            a->bytes = f.value <= INT64_MAX ? (int64_t)f.value : -1;
        else if (f.number == 3)
            err = text(w, w->ctx->record, f.bytes, &a->name);
        else if (f.number == 5)
            raw_hex(w, o, "asset_sha256_encrypted", f.bytes);
        else if (f.number == 6 || f.number == 8) {
            value = (struct lm_str){ NULL, 0 };
            err = text(w, w->ctx->record, f.bytes, &value);
            raw_str(w, o, f.number == 6 ? "asset_id" : "asset_domain", value);
        } else if (f.number == 9)
            raw_str(w, o, "asset_encryption", f.value == 0 ? LM_STR("AES_CBC") : LM_STR("AES_GCM"));
        else if (f.number >= 10 && f.number <= 13 && f.has_bytes)
            err = asset_meta(w, o, &f, ev);
        else if (f.number != 4 && f.number != 7) /* the key and the token that open it on Wire's servers */
            unknown(w, o, "asset", &f);
    }
    return err;
}

static lm_err location(struct wbx *w, struct lm_json_out *o, struct lm_str m, struct lm_event *ev)
{
    struct lm_pb_field f;
    double longitude = 1000, latitude = 1000;
    lm_err err = LM_OK;
    ev->detail = LM_STR("location");
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1 && !f.has_bytes)
            longitude = from_float(f.value);
        else if (f.number == 2 && !f.has_bytes)
            latitude = from_float(f.value);
        else if (f.number == 3 && f.has_bytes)
            err = text(w, w->ctx->record, f.bytes, &ev->text);
        else if (f.number == 4)
            raw_number(w, o, "zoom", f.value);
        else
            unknown(w, o, "location", &f);
    }
    if (longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90) {
        ev->has_place = true;
        ev->longitude = longitude;
        ev->latitude = latitude;
    } else {
        w->doubted = "a place without coordinates, or outside the earth";
    }
    return err;
}

static lm_err message_field(struct wbx *w, struct lm_json_out *o, const struct lm_pb_field *f, struct lm_event *ev)
{
    struct lm_str value = { NULL, 0 };
    lm_err err = LM_OK;
    switch (f->number) {
    case 1:
        return text(w, w->ctx->record, f->bytes, &ev->native_id);
    case 2:
        if (f->has_bytes) { /* the first versions wrote ISO text */
            if (!lm_when_parse_iso(f->bytes, &ev->at))
                w->doubted = "the time cannot be read";
        } else {
            ev->at = when_ms(w, f->value);
        }
        return LM_OK;
    case 3:
        return account(w, f->bytes, &ev->from);
    case 4:
        err = text(w, w->ctx->record, f->bytes, &value);
        raw_str(w, o, "sender_client_id", value);
        return err;
    case 5:
        err = text(w, w->ctx->record, lm_pb_bytes(f->bytes, 1), &ev->thread.native);
        ev->thread.title = name_of(w, ev->thread.native);
        return err;
    case 6:
        return text(w, w->ctx->record, lm_pb_bytes(f->bytes, 1), &ev->text);
    case 7:
        return asset(w, o, f->bytes, ev);
    case 8:
        return location(w, o, f->bytes, ev);
    case 9:
        return LM_OK; /* a row number of the web app */
    case 10: /* [inferred]: the last field that was added is lastEditTime */
        if (f->has_bytes || f->value == 0)
            return LM_OK;
        ev->flags |= LM_EVENT_EDITED;
        raw_number(w, o, "last_edit_time", f->value);
        return LM_OK;
    default:
        unknown(w, o, "message", f);
        return LM_OK;
    }
}

/* The members of a conversation are not in the backup; that the owner has the message is. */
static lm_err message(struct wbx *w, struct lm_str m)
{
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_MESSAGE, .flags = LM_EVENT_MEMBERS_UNKNOWN, .platform = LM_PLATFORM_WIRE, .duration_s = -1 } };
    struct lm_account_ref own = { .platform = LM_PLATFORM_WIRE, .form = LM_ACCOUNT_NATIVE, .native = w->owner, .display = name_of(w, w->owner) };
    struct lm_json_out o;
    struct lm_pb_field f;
    bool any = false;
    lm_err err = LM_OK;
    begin(w);
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        any = true;
        err = message_field(w, &o, &f, &fact.event);
    }
    if (err != LM_OK)
        return err;
    if (w->owner.n != 0 && fact.event.from.form != LM_ACCOUNT_NONE && !lm_str_eq(fact.event.from.native, w->owner)) {
        fact.event.to = &own;
        fact.event.n_to = 1;
    }
    if (fact.event.from.form == LM_ACCOUNT_NONE && w->doubted == NULL)
        w->doubted = "who sent it is not said";
    fact.event.raw = raw_done(w, &o);
    return emit(w, &fact, any ? 1 : 0, m.n != 0);
}

lm_err wbx_page(struct wbx *w, struct wbx_stream *page)
{
    struct lm_pb_field f;
    struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = w->page };
    lm_err err = LM_OK;
    w->item = 0;
    while (err == LM_OK && wbx_next(page, &f)) {
        if (f.number == D_INFO && f.has_bytes) {
            if (!w->told_info)
                err = info(w, f.bytes);
            w->told_info = true;
        } else if (f.number == D_CONVERSATION && f.has_bytes) {
            err = conversation(w, f.bytes);
        } else if (f.number == D_MESSAGE && f.has_bytes) {
            err = message(w, f.bytes);
        } else if (f.number == D_USER && f.has_bytes) {
            err = user(w, f.bytes);
        } else {
            err = lm_sink_problem(w->sink, LM_PROBLEM_DOUBTED, 0, at, "a part of the page (field %u) is not understood", (unsigned)f.number);
        }
    }
    if (err != LM_OK || page->read == page->bytes)
        return err;
    w->lost = true;
    at.a = w->item;
    uint64_t left = page->bytes - page->read;
    return lm_sink_problem(w->sink, LM_PROBLEM_LOST, 0, at, "the page is damaged behind this record%s: %llu of %llu bytes are not read",
                           left < WBX_MAX_RECORD ? "" : ", or the next one is too large", (unsigned long long)left, (unsigned long long)page->bytes);
}
