#include "readers/shared/wire_generic.h"

#include <stdio.h>

#include "base/utf8.h"
#include "formats/protobuf.h"

#define MAX_NUMBER_PATH 48
#define MAX_RAW_FIELD 512
#define MAX_LIST_TEXT 4096 /* what is joined is copied each time */

enum { /* GenericMessage */
    G_ID = 1, G_TEXT = 2, G_IMAGE = 3, G_KNOCK = 4, G_LAST_READ = 6, G_CLEARED = 7, G_EXTERNAL = 8, G_ACTION = 9, G_CALLING = 10,
    G_ASSET = 11, G_HIDDEN = 12, G_LOCATION = 13, G_DELETED = 14, G_EDITED = 15, G_CONFIRMATION = 16, G_REACTION = 17, G_EPHEMERAL = 18,
    G_AVAILABILITY = 19, G_COMPOSITE = 20, G_BUTTON = 21, G_BUTTON_SEEN = 22, G_TRANSFER = 23,
};

lm_err lm_wire_uuid(struct lm_arena *a, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    static const char digits[] = "0123456789abcdef";
    struct lm_str s = lm_evdb_bytes(t, column);
    char text[36];
    size_t n = 0;
    bool any = false;
    *ret = (struct lm_str){ NULL, 0 };
    for (size_t i = 0; s.n == 16 && i < 16; i++)
        any = any || s.p[i] != 0;
    if (!any)
        return LM_OK;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        text[n++] = digits[(unsigned char)s.p[i] >> 4];
        text[n++] = digits[s.p[i] & 15];
    }
    *ret = lm_arena_copy(a, (struct lm_str){ text, n });
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err lm_wire_join(struct lm_dbread *r, struct lm_str *list, struct lm_str one)
{
    if (list->n > MAX_LIST_TEXT || one.n > MAX_LIST_TEXT) {
        lm_dbread_doubt(r, "a list is too long to be kept whole");
        return LM_OK;
    }
    struct lm_str both = lm_arena_printf(r->ctx->record, "%.*s%s%.*s", LM_STR_ARG(*list), list->n != 0 ? ", " : "", LM_STR_ARG(one));
    if (both.p == NULL)
        return LM_ENOMEM;
    *list = both;
    return LM_OK;
}

/* Bytes of a field as text. */
static lm_err as_text(struct lm_dbread *r, struct lm_str s, struct lm_str *ret)
{
    if (s.n == 0)
        return LM_OK;
    bool clean = lm_utf8_is_text(s);
    r->altered = r->altered || !clean;
    struct lm_str own = clean ? lm_arena_copy(r->ctx->record, s) : lm_utf8_repaired(r->ctx->record, s, NULL);
    if (own.p == NULL)
        return LM_ENOMEM;
    *ret = own;
    return LM_OK;
}

static lm_err raw_bytes(struct lm_dbread *r, const char *key, struct lm_str s)
{
    struct lm_str text = { NULL, 0 };
    lm_err err = as_text(r, s, &text);
    lm_dbread_raw_text(r, key, text);
    return err;
}

static void raw_number(struct lm_dbread *r, const char *key, uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)v);
    lm_dbread_raw_text(r, key, lm_str(text));
}

static void raw_hex(struct lm_dbread *r, const char *key, struct lm_str s)
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * MAX_RAW_FIELD + 4];
    size_t n = 0;
    for (size_t i = 0; i < s.n && i < MAX_RAW_FIELD; i++) {
        text[n++] = digits[(unsigned char)s.p[i] >> 4];
        text[n++] = digits[s.p[i] & 15];
    }
    if (s.n > MAX_RAW_FIELD)
        n += (size_t)snprintf(text + n, 4, "...");
    lm_dbread_raw_text(r, key, (struct lm_str){ text, n });
}

/* A field that nobody here knows. */
static void unknown(struct lm_dbread *r, const char *of, const struct lm_pb_field *f)
{
    char key[MAX_NUMBER_PATH];
    (void)snprintf(key, sizeof key, "GenericMessage%s.%u", of, (unsigned)f->number);
    if (!f->has_bytes)
        raw_number(r, key, f->value);
    else if (lm_utf8_is_text(f->bytes) && f->bytes.n <= MAX_RAW_FIELD)
        lm_dbread_raw_text(r, key, f->bytes);
    else
        raw_hex(r, key, f->bytes);
}

/* --- text --- */

static lm_err new_text(struct lm_dbread *r, struct lm_wire *g, struct lm_str bytes, struct lm_event *ev)
{
    struct lm_str text = { NULL, 0 };
    lm_err err = as_text(r, bytes, &text);
    if (err == LM_OK && ev->text.n != 0 && text.n != 0 && !lm_str_eq(text, ev->text)) {
        err = lm_dbread_push(r, (void **)&g->edits, ev->n_edits, &g->cap_edits, sizeof *g->edits);
        if (err == LM_OK) {
            g->edits[ev->n_edits++] = (struct lm_edit){ .text = ev->text };
            ev->edits = g->edits;
            ev->flags |= LM_EVENT_EDITED;
        }
    }
    if (text.n != 0)
        ev->text = text;
    return err == LM_ELIMIT ? LM_OK : err;
}

static lm_err link_preview(struct lm_dbread *r, struct lm_str m)
{
    lm_err err = raw_bytes(r, "link", lm_pb_bytes(m, 1));
    struct lm_str article = lm_pb_bytes(m, 3), tweet = lm_pb_bytes(m, 9);
    struct lm_str title = lm_pb_bytes(m, 6), summary = lm_pb_bytes(m, 7), lasting = lm_pb_bytes(m, 5);
    if (err == LM_OK)
        err = raw_bytes(r, "link_permanent", lasting.n != 0 ? lasting : lm_pb_bytes(article, 1));
    if (err == LM_OK)
        err = raw_bytes(r, "link_title", title.n != 0 ? title : lm_pb_bytes(article, 2));
    if (err == LM_OK)
        err = raw_bytes(r, "link_summary", summary.n != 0 ? summary : lm_pb_bytes(article, 3));
    if (err == LM_OK)
        err = raw_bytes(r, "link_author", lm_pb_bytes(tweet, 1));
    return err;
}

static lm_err on_text(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    struct lm_pb_field f;
    struct lm_str mentions = { NULL, 0 }, one = { NULL, 0 };
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1 && f.has_bytes) {
            err = new_text(r, g, f.bytes, ev);
        } else if (f.number == 3 && f.has_bytes) {
            err = link_preview(r, f.bytes);
        } else if (f.number == 4 && f.has_bytes) {
            one = (struct lm_str){ NULL, 0 };
            err = as_text(r, lm_pb_bytes(f.bytes, 3), &one);
            if (err == LM_OK && one.n != 0)
                err = lm_wire_join(r, &mentions, one);
        } else if (f.number == 5 && f.has_bytes) {
            err = as_text(r, lm_pb_bytes(f.bytes, 1), &ev->reply_to);
        } else if (f.number == 7) {
            if (f.value > 1) /* 1: none */
                raw_number(r, "legal_hold_status", f.value);
        } else if (f.number != 6) { /* 6: whether the sender wants to know that it was read */
            unknown(r, ".2", &f);
        }
    }
    if (err == LM_OK)
        lm_dbread_raw_text(r, "mentions", mentions);
    if (err == LM_OK && m.n != 0)
        lm_dbread_doubt(r, "the text's protobuf is damaged: what follows is not read");
    return err;
}

static lm_err on_composite(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    struct lm_pb_field f;
    struct lm_str buttons = { NULL, 0 }, one = { NULL, 0 };
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number != 1 || !f.has_bytes)
            continue; /* 2 and 3: read confirmation, legal hold */
        struct lm_str text = lm_pb_bytes(f.bytes, 1), button = lm_pb_bytes(f.bytes, 2);
        if (text.n != 0)
            err = on_text(r, g, text, ev);
        one = (struct lm_str){ NULL, 0 };
        if (err == LM_OK && button.n != 0)
            err = as_text(r, lm_pb_bytes(button, 1), &one);
        if (err == LM_OK && one.n != 0)
            err = lm_wire_join(r, &buttons, one);
    }
    lm_dbread_raw_text(r, "buttons", buttons);
    ev->detail = LM_STR("poll");
    return err;
}

/* --- files and places --- */

static lm_err one_file(struct lm_dbread *r, struct lm_wire *g, bool another, struct lm_event *ev, struct lm_attachment **ret)
{
    if (ev->n_attachments == 0 || another) {
        lm_err err = lm_dbread_push(r, (void **)&g->files, ev->n_attachments, &g->cap_files, sizeof *g->files);
        if (err != LM_OK)
            return err;
        g->files[ev->n_attachments++] = (struct lm_attachment){ .bytes = -1 };
        ev->attachments = g->files;
    }
    *ret = &g->files[ev->n_attachments - 1];
    return LM_OK;
}

static void dimensions(struct lm_dbread *r, struct lm_str m, uint32_t width, uint32_t height)
{
    struct lm_pb_field f;
    while (lm_pb_next(&m, &f)) {
        if (!f.has_bytes && f.number == width)
            raw_number(r, "width", f.value);
        if (!f.has_bytes && f.number == height)
            raw_number(r, "height", f.value);
    }
}

static void lasts(struct lm_str m, uint32_t millis, struct lm_event *ev)
{
    struct lm_pb_field f;
    while (lm_pb_next(&m, &f))
        if (!f.has_bytes && f.number == millis && f.value < UINT64_C(1000000000000))
            ev->duration_s = (int64_t)(f.value / 1000);
}

/* Asset.Original */
static lm_err original(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev, struct lm_attachment *a)
{
    struct lm_pb_field f;
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        switch (f.number) {
        case 1:
            err = as_text(r, f.bytes, &a->type);
            break;
        case 2:
            a->bytes = f.value <= INT64_MAX ? (int64_t)f.value : -1;
            break;
        case 3:
            err = as_text(r, f.bytes, &a->name);
            break;
        case 4:
            ev->detail = LM_STR("image");
            dimensions(r, f.bytes, 1, 2);
            break;
        case 5:
            ev->detail = LM_STR("video");
            dimensions(r, f.bytes, 1, 2);
            lasts(f.bytes, 3, ev);
            break;
        case 6:
            ev->detail = LM_STR("audio");
            lasts(f.bytes, 1, ev);
            break;
        case 7:
            err = raw_bytes(r, "source", f.bytes);
            break;
        case 8:
            err = new_text(r, g, f.bytes, ev);
            break;
        default:
            unknown(r, ".11.1", &f);
        }
    }
    return err;
}

static lm_err remote(struct lm_dbread *r, struct lm_str m)
{
    lm_err err = raw_bytes(r, "asset_id", lm_pb_bytes(m, 3));
    struct lm_str hash = lm_pb_bytes(m, 2);
    if (hash.n != 0)
        raw_hex(r, "asset_sha256_encrypted", hash);
    return err;
}

static lm_err on_asset(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    struct lm_pb_field f;
    struct lm_attachment *a = NULL;
    lm_err err = one_file(r, g, false, ev, &a);
    if (ev->detail.n == 0)
        ev->detail = LM_STR("file");
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1 && f.has_bytes)
            err = original(r, g, f.bytes, ev, a);
        else if (f.number == 3)
            a->note = f.value == 0 ? LM_STR("upload cancelled") : LM_STR("upload failed");
        else if (f.number == 4 && f.has_bytes)
            err = remote(r, f.bytes);
        else if (f.number != 2 && f.number != 5 && f.number != 6 && f.number != 7) /* previews, read confirmation, legal hold */
            unknown(r, ".11", &f);
    }
    if (err == LM_OK && a->note.n == 0)
        a->note = LM_STR("not in the database");
    return err == LM_ELIMIT ? LM_OK : err;
}

/* ImageAsset of old apps: one for the preview, one for the picture. */
static lm_err on_image(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    struct lm_pb_field f;
    struct lm_attachment *a = NULL;
    lm_err err = one_file(r, g, g->image, ev, &a);
    g->image = true;
    ev->detail = LM_STR("image");
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1)
            err = as_text(r, f.bytes, &a->note);
        else if (f.number == 6)
            err = as_text(r, f.bytes, &a->type);
        else if (f.number == 7)
            a->bytes = f.value <= INT64_MAX ? (int64_t)f.value : -1;
        else if (f.number == 11 && f.has_bytes)
            raw_hex(r, ev->n_attachments == 1 ? "asset_sha256_encrypted" : "second_asset_sha256_encrypted", f.bytes);
        else if (f.number > 11)
            unknown(r, ".3", &f);
    }
    return err == LM_ELIMIT ? LM_OK : err;
}

static double from_float(uint64_t bits)
{
    uint32_t b = (uint32_t)bits;
    float v;
    memcpy(&v, &b, sizeof v);
    return (double)v;
}

static lm_err on_location(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
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
            err = new_text(r, g, f.bytes, ev);
        else if (f.number == 4)
            raw_number(r, "zoom", f.value);
        else if (f.number > 6)
            unknown(r, ".13", &f);
    }
    if (longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90) {
        ev->has_place = true;
        ev->longitude = longitude;
        ev->latitude = latitude;
    } else if (err == LM_OK) {
        lm_dbread_doubt(r, "a place without coordinates, or outside the earth");
    }
    return err;
}

/* --- what is about other messages, and what the app says to itself --- */

static lm_err about(struct lm_dbread *r, struct lm_event *ev, const char *detail, struct lm_str id)
{
    ev->kind = LM_EVENT_OTHER;
    ev->detail = lm_str(detail);
    return as_text(r, id, &ev->reply_to);
}

static lm_err to_itself(struct lm_dbread *r, struct lm_event *ev, const char *detail, struct lm_str conversation)
{
    ev->kind = LM_EVENT_OTHER;
    ev->flags |= LM_EVENT_SYSTEM;
    ev->detail = lm_str(detail);
    return raw_bytes(r, "conversation", conversation);
}

static uint64_t number_of(struct lm_str m, uint32_t number)
{
    struct lm_pb_field f;
    while (lm_pb_next(&m, &f))
        if (f.number == number && !f.has_bytes)
            return f.value;
    return 0;
}

static lm_err on_edited(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    struct lm_str text = lm_pb_bytes(m, 2), composite = lm_pb_bytes(m, 3);
    ev->flags |= LM_EVENT_EDITED;
    lm_err err = raw_bytes(r, "replaces", lm_pb_bytes(m, 1));
    if (err == LM_OK && text.n != 0)
        err = on_text(r, g, text, ev);
    if (err == LM_OK && composite.n != 0)
        err = on_composite(r, g, composite, ev);
    return err;
}

static lm_err on_marks(struct lm_dbread *r, const struct lm_pb_field *f, struct lm_event *ev)
{
    struct lm_str m = f->bytes;
    lm_err err = LM_OK;
    switch (f->number) {
    case G_LAST_READ:
    case G_CLEARED:
        raw_number(r, "timestamp_ms", number_of(m, 2));
        return to_itself(r, ev, f->number == G_CLEARED ? "cleared" : "last_read", lm_pb_bytes(m, 1));
    case G_HIDDEN:
        err = raw_bytes(r, "conversation", lm_pb_bytes(m, 1));
        return err == LM_OK ? about(r, ev, "message_hidden", lm_pb_bytes(m, 2)) : err;
    case G_DELETED:
        return about(r, ev, "message_deleted", lm_pb_bytes(m, 1));
    case G_CONFIRMATION:
        ev->flags |= LM_EVENT_SYSTEM;
        return about(r, ev, number_of(m, 2) == 1 ? "read" : "delivered", lm_pb_bytes(m, 1));
    case G_REACTION:
        err = about(r, ev, "reaction", lm_pb_bytes(m, 2));
        return err == LM_OK ? as_text(r, lm_pb_bytes(m, 1), &ev->text) : err;
    case G_AVAILABILITY:
        raw_number(r, "availability", number_of(m, 1));
        return to_itself(r, ev, "availability", (struct lm_str){ NULL, 0 });
    case G_BUTTON:
        err = raw_bytes(r, "button", lm_pb_bytes(m, 1));
        return err == LM_OK ? about(r, ev, "button_pressed", lm_pb_bytes(m, 2)) : err;
    case G_BUTTON_SEEN:
        err = raw_bytes(r, "button", lm_pb_bytes(m, 2));
        return err == LM_OK ? about(r, ev, "button_confirmed", lm_pb_bytes(m, 1)) : err;
    case G_CALLING:
        err = raw_bytes(r, "calling", lm_pb_bytes(m, 1));
        return err == LM_OK ? to_itself(r, ev, "call_signal", (struct lm_str){ NULL, 0 }) : err;
    case G_ACTION:
        return to_itself(r, ev, "session_reset", (struct lm_str){ NULL, 0 });
    case G_TRANSFER:
        return to_itself(r, ev, "data_transfer", (struct lm_str){ NULL, 0 });
    default:
        unknown(r, "", f);
        return LM_OK;
    }
}

static lm_err content(struct lm_dbread *r, struct lm_wire *g, uint32_t number, struct lm_str m, struct lm_event *ev, bool *ret_known)
{
    *ret_known = true;
    switch (number) {
    case G_TEXT:
        return on_text(r, g, m, ev);
    case G_IMAGE:
        return on_image(r, g, m, ev);
    case G_KNOCK:
        ev->detail = LM_STR("ping");
        return LM_OK;
    case G_ASSET:
        return on_asset(r, g, m, ev);
    case G_LOCATION:
        return on_location(r, g, m, ev);
    case G_EDITED:
        return on_edited(r, g, m, ev);
    case G_COMPOSITE:
        return on_composite(r, g, m, ev);
    case G_EXTERNAL:
        lm_dbread_doubt(r, "the content was sent apart and is not in the database");
        return LM_OK;
    default:
        *ret_known = false;
        return LM_OK;
    }
}

/* The same contents under other numbers: 2 text, 3 image, 4 knock, 5 asset, 6 location. */
static lm_err on_ephemeral(struct lm_dbread *r, struct lm_wire *g, struct lm_str m, struct lm_event *ev)
{
    static const uint32_t as[] = { 0, 0, G_TEXT, G_IMAGE, G_KNOCK, G_ASSET, G_LOCATION };
    struct lm_pb_field f;
    bool known;
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&m, &f)) {
        if (f.number == 1)
            raw_number(r, "expire_after_ms", f.value);
        else if (f.number < sizeof as / sizeof *as && as[f.number] != 0)
            err = content(r, g, as[f.number], f.bytes, ev, &known);
        else
            unknown(r, ".18", &f);
    }
    return err;
}

lm_err lm_wire_generic(struct lm_dbread *r, struct lm_wire *g, struct lm_str message, struct lm_event *ev)
{
    struct lm_pb_field f;
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&message, &f)) {
        bool known = false;
        if (f.number == G_ID) {
            if (ev->native_id.n == 0)
                err = as_text(r, f.bytes, &ev->native_id);
            continue;
        }
        g->any = true;
        if (f.number == G_EPHEMERAL)
            err = on_ephemeral(r, g, f.bytes, ev);
        else
            err = content(r, g, f.number, f.bytes, ev, &known);
        if (err == LM_OK && !known && f.number != G_EPHEMERAL)
            err = on_marks(r, &f, ev);
    }
    if (err == LM_OK && message.n != 0)
        lm_dbread_doubt(r, "the message's protobuf is damaged: what follows is not read");
    return err;
}
