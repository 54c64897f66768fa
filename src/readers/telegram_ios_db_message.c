/* telegram_ios_db_message.c - a row of t7: the key says where and when, the value what (Postbox,
 * MessageHistoryTable.swift). */
#include <stdio.h>

#include "readers/telegram_ios_db.h"

enum {
    CLOUD,
    LOCAL,
    SECRET_INCOMING,
    SCHEDULED,
    SCHEDULED_LOCAL,
    QUICK_REPLY,
    QUICK_REPLY_LOCAL
};                                             /* namespaces of messages */
enum { UNSENT = 1, FAILED = 2, INCOMING = 4 }; /* flags */

static const struct lm_str none = { NULL, 0 };

/* --- the value, byte by byte --- */

struct bytes {
    struct lm_str rest;
    bool bad;
};

static uint64_t le(struct bytes *b, size_t n)
{
    uint64_t v = 0;
    if (b->bad || b->rest.n < n) {
        b->bad = true;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(unsigned char)b->rest.p[i] << (8 * i);
    b->rest = lm_str_skip(b->rest, n);
    return v;
}

static struct lm_str counted(struct bytes *b)
{
    uint64_t n = le(b, 4);
    if (b->bad || n > b->rest.n) {
        b->bad = true;
        return none;
    }
    struct lm_str s = lm_str_take(b->rest, (size_t)n);
    b->rest = lm_str_skip(b->rest, (size_t)n);
    return s;
}

/* A count and so many pieces, each behind its length; the pieces. */
static struct lm_str pieces(struct bytes *b, size_t *ret_n)
{
    uint64_t n = le(b, 4);
    struct lm_str start = b->rest;
    if (n > INT32_MAX)
        b->bad = true;
    for (uint64_t i = 0; !b->bad && i < n; i++)
        (void)counted(b);
    *ret_n = b->bad ? 0 : (size_t)n;
    return lm_str_take(start, start.n - b->rest.n);
}

struct message {
    struct tgi_peer peer, author, forward_author, forward_source;
    uint32_t name_space, flags, tags;
    int32_t id, at, forward_at;
    bool forwarded;
    int64_t global_id, group, thread;
    bool has_global_id, has_group, has_thread;
    struct lm_str text, signature, attributes, media, references;
    size_t n_attributes, n_media, n_references;
};

static uint64_t be(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static bool read_key(struct lm_str key, struct message *m)
{
    if (key.n != 20)
        return false;
    m->peer = tgi_peer_of((int64_t)be(key.p, 8));
    m->name_space = (uint32_t)be(key.p + 8, 4);
    m->at = (int32_t)(uint32_t)be(key.p + 12, 4);
    m->id = (int32_t)(uint32_t)be(key.p + 16, 4);
    return true;
}

static void read_forward(struct bytes *b, struct message *m)
{
    uint64_t has = le(b, 1);
    m->forwarded = has != 0;
    if (has == 0)
        return;
    m->forward_author = tgi_peer_of((int64_t)le(b, 8));
    m->forward_at = (int32_t)(uint32_t)le(b, 4);
    if ((has & 2) != 0)
        m->forward_source = tgi_peer_of((int64_t)le(b, 8));
    if ((has & 4) != 0)
        (void)le(b, 8), (void)le(b, 4), (void)le(b, 4); /* the message that it was */
    if ((has & 8) != 0)
        m->signature = counted(b);
    if ((has & 16) != 0)
        (void)counted(b);
    if ((has & 32) != 0)
        (void)le(b, 4);
}

/* Read only when it fits to its last byte: another layout does not. */
static bool read_value(struct lm_str value, struct message *m)
{
    struct bytes b = { .rest = value };
    bool good = le(&b, 1) == 0;
    (void)le(&b, 8); /* stable id and version */
    uint64_t has = le(&b, 1);
    m->has_global_id = (has & 1) != 0;
    if (m->has_global_id)
        m->global_id = (int64_t)le(&b, 8);
    if ((has & 2) != 0)
        (void)le(&b, 4); /* calls, missed calls: they are told by what hangs on the message */
    m->has_group = (has & 4) != 0;
    if (m->has_group)
        m->group = (int64_t)le(&b, 8);
    if ((has & 8) != 0)
        (void)le(&b, 4);
    if ((has & 16) != 0)
        (void)le(&b, 4);
    m->has_thread = (has & 32) != 0;
    if (m->has_thread)
        m->thread = (int64_t)le(&b, 8);
    m->flags = (uint32_t)le(&b, 4);
    m->tags = (uint32_t)le(&b, 4);
    read_forward(&b, m);
    m->author.kind = TGI_NOBODY;
    if (le(&b, 1) == 1)
        m->author = tgi_peer_of((int64_t)le(&b, 8));
    m->text = counted(&b);
    m->attributes = pieces(&b, &m->n_attributes);
    m->media = pieces(&b, &m->n_media);
    m->n_references = (size_t)le(&b, 4);
    m->references = b.rest;
    if (m->n_references > b.rest.n / 12)
        return false;
    m->references = lm_str_take(b.rest, 12 * m->n_references);
    b.rest = lm_str_skip(b.rest, 12 * m->n_references);
    if (b.rest.n != 0) { /* since 2024 */
        size_t ignored;
        (void)pieces(&b, &ignored);
    }
    return good && !b.bad && b.rest.n == 0;
}

/* --- what hangs on it --- */

struct filling {
    struct tgi *g;
    struct message m;
    struct lm_event *ev;
    struct lm_people_facts f; /* of the message's facts, the event comes last */
    struct lm_attachment *files;
    size_t n_files, cap_files;
    struct lm_account_ref *to;
    size_t n_to, cap_to;
    struct lm_str thread; /* as written in ids */
    size_t n_raw;
};

static bool is_class(uint32_t hash, const char *name)
{
    const char *known = tgi_class(hash);
    return known != NULL && strcmp(known, name) == 0;
}

/* "telegram-cloud-document-2-77": as the file is called in postbox/media. */
static lm_err file_of(struct tgi *g, const struct lm_pbx_value *resource, struct lm_str *ret)
{
    struct lm_arena *a = g->r.ctx->record;
    int64_t dc = 0, id = 0, local = 0, secret = 0;
    struct lm_str size = lm_pbx_text(resource->s, "s");
    *ret = none;
    (void)lm_pbx_int(resource->s, "d", &dc);
    if (is_class(resource->hash, "CloudDocumentMediaResource") && lm_pbx_int(resource->s, "f", &id))
        *ret = lm_arena_printf(a, "telegram-cloud-document-%lld-%lld", (long long)dc, (long long)id);
    else if (is_class(resource->hash, "CloudPhotoSizeMediaResource") && lm_pbx_int(resource->s, "i", &id))
        *ret = lm_arena_printf(a, "telegram-cloud-photo-size-%lld-%lld-%.*s", (long long)dc, (long long)id,
                               LM_STR_ARG(size));
    else if (is_class(resource->hash, "LocalFileMediaResource") && lm_pbx_int(resource->s, "f", &id))
        *ret = lm_arena_printf(a, "telegram-local-file-%lld", (long long)id);
    else if (is_class(resource->hash, "SecretFileMediaResource") && lm_pbx_int(resource->s, "i", &id))
        *ret = lm_arena_printf(a, "secret-file-%lld-%lld", (long long)id, (long long)dc);
    else if (is_class(resource->hash, "CloudFileMediaResource") && lm_pbx_int(resource->s, "v", &id)
             && lm_pbx_int(resource->s, "l", &local) && lm_pbx_int(resource->s, "s", &secret))
        *ret = lm_arena_printf(a, "telegram-cloud-file-%lld-%lld-%lld-%lld", (long long)dc, (long long)id,
                               (long long)local, (long long)secret);
    else
        return LM_OK;
    return ret->p != NULL ? tgi_text(g, *ret, ret) : LM_ENOMEM;
}

static lm_err add_file(struct filling *x, struct lm_attachment one, struct lm_str file)
{
    struct tgi *g = x->g;
    lm_err err = lm_dbread_push(&g->r, (void **)&x->files, x->n_files, &x->cap_files, sizeof *x->files);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    if (one.name.n == 0)
        one.name = file;
    err = lm_beside_hash_as(&g->beside, g->r.ctx->record, file, &one);
    x->files[x->n_files++] = one;
    return err;
}

/* A document: its name, type and size; a voice message or a video how long. */
static lm_err document(struct filling *x, struct lm_str entries)
{
    struct tgi *g = x->g;
    struct lm_attachment one = { .bytes = -1 };
    struct lm_pbx_value list, item, resource;
    struct lm_str file = none;
    int64_t kind, seconds;
    lm_err err = tgi_text(g, lm_pbx_text(entries, "mt"), &one.type);
    if (!lm_pbx_int(entries, "s64", &one.bytes))
        (void)lm_pbx_int(entries, "s", &one.bytes);
    one.bytes = one.bytes < 0 ? -1 : one.bytes;
    if (err == LM_OK && lm_pbx_find(entries, "r", LM_PBX_OBJECT, &resource))
        err = file_of(g, &resource, &file);
    if (!lm_pbx_find(entries, "at", LM_PBX_OBJECT_ARRAY, &list))
        list.s = none;
    while (err == LM_OK && lm_pbx_item(&list.s, &item)) {
        if (!lm_pbx_int(item.s, "t", &kind))
            kind = 0;
        if (kind == 0 && lm_pbx_text(item.s, "fn").n != 0)
            err = tgi_text(g, lm_pbx_text(item.s, "fn"), &one.name);
        else if (kind == 5 && lm_pbx_int(item.s, "du", &seconds) && seconds >= 0)
            x->ev->duration_s = seconds;
    }
    return err == LM_OK ? add_file(x, one, file) : err;
}

/* A picture: the largest of its sizes. */
static lm_err picture(struct filling *x, struct lm_str entries)
{
    struct lm_attachment one = { .bytes = -1, .type = LM_STR("photo") };
    struct lm_pbx_value list, item, best = { .i = 0 }, resource;
    int64_t width, largest = -1;
    struct lm_str file = none;
    if (!lm_pbx_find(entries, "r", LM_PBX_OBJECT_ARRAY, &list))
        list.s = none;
    while (lm_pbx_item(&list.s, &item))
        if (lm_pbx_int(item.s, "dx", &width) && width > largest) {
            largest = width;
            best = item;
        }
    lm_err err = LM_OK;
    if (largest >= 0 && lm_pbx_find(best.s, "r", LM_PBX_OBJECT, &resource)) {
        (void)lm_pbx_int(resource.s, "n", &one.bytes);
        one.bytes = one.bytes < 0 ? -1 : one.bytes;
        err = file_of(x->g, &resource, &file);
    }
    return err == LM_OK ? add_file(x, one, file) : err;
}

static lm_err add_end(struct filling *x, struct tgi_peer peer)
{
    struct tgi *g = x->g;
    struct lm_str id;
    lm_err err = tgi_id(g, g->r.ctx->record, peer, &id);
    if (err != LM_OK || id.n == 0)
        return err;
    err = lm_dbread_push(&g->r, (void **)&x->to, x->n_to, &x->cap_to, sizeof *x->to);
    if (err == LM_OK)
        x->to[x->n_to++] = lm_people_is_owner(&g->p, id) ? g->p.owner : lm_people_account(&g->p, id);
    return err == LM_ELIMIT ? LM_OK : err;
}

/* Those who were added, removed or asked: 64-bit numbers in an array, or behind their count in bytes. */
static lm_err named_ends(struct filling *x, struct lm_str entries)
{
    static const char *const single[] = { "inviter", "peerId" };
    struct lm_pbx_value v;
    struct bytes b = { .rest = none };
    uint64_t n = 0;
    int64_t number;
    lm_err err = LM_OK;
    if (lm_pbx_find(entries, "peerIds", LM_PBX_BYTES, &v)) {
        b.rest = v.s;
        n = le(&b, 4);
    } else if (lm_pbx_find(entries, "peerIds", LM_PBX_INT64_ARRAY, &v)) {
        b.rest = v.s;
        n = (uint64_t)v.i;
    }
    for (uint64_t i = 0; i < n && err == LM_OK; i++) {
        number = (int64_t)le(&b, 8);
        if (b.bad)
            break;
        err = add_end(x, tgi_peer_of(number));
    }
    for (size_t i = 0; i < 2 && err == LM_OK; i++)
        if (lm_pbx_int(entries, single[i], &number))
            err = add_end(x, tgi_peer_of(number));
    return err;
}

static void call(struct filling *x, struct lm_str entries)
{
    static const char *const reasons[] = { "missed", "disconnect", "hangup", "busy" };
    int64_t reason = -1, seconds = 0, video = 0;
    struct lm_event *ev = x->ev;
    (void)lm_pbx_int(entries, "dr", &reason);
    (void)lm_pbx_int(entries, "d", &seconds);
    (void)lm_pbx_int(entries, "vc", &video);
    ev->kind = LM_EVENT_CALL;
    ev->flags &= ~(unsigned)LM_EVENT_SYSTEM;
    ev->duration_s = seconds > 0 ? seconds : -1;
    ev->detail = reason >= 0 && reason <= 3 ? lm_str(reasons[reason]) : LM_STR("phone_call");
    if (seconds <= 0 || reason == 0 || reason == 3)
        ev->flags |= LM_EVENT_ATTEMPT;
    lm_dbread_raw_text(&x->g->r, "call", video != 0 ? LM_STR("video") : LM_STR("audio"));
}

/* Only the payer's own history has it, as in exports. */
static void payment(struct filling *x, struct lm_str entries)
{
    struct lm_str currency = lm_pbx_text(entries, "currency");
    int64_t minor = -1;
    bool code = currency.n == 3;
    for (size_t i = 0; code && i < 3; i++)
        code = currency.p[i] >= 'A' && currency.p[i] <= 'Z';
    if (!code || !lm_pbx_int(entries, "ta", &minor) || minor < 0) {
        lm_dbread_doubt(&x->g->r, "a payment whose amount cannot be read");
        return;
    }
    x->ev->kind = LM_EVENT_PAYMENT;
    x->ev->has_amount = true;
    x->ev->amount.minor = minor;
    memcpy(x->ev->amount.currency, currency.p, 3);
    x->ev->amount.currency[3] = '\0';
    x->ev->amount.exponent = lm_currency_exponent(currency);
    if (x->m.peer.kind == TGI_USER && x->m.author.kind == TGI_NOBODY)
        x->ev->from = x->g->p.owner;
}

/* Numbers of TelegramMediaActionType; words as exports of Telegram write them. */
static const struct {
    const char *word;
    bool group;
} actions[] = {
    [1] = { "create_group", true },
    [2] = { "invite_members", true },
    [3] = { "remove_members", true },
    [4] = { "edit_group_photo", true },
    [5] = { "edit_group_title", true },
    [6] = { "pin_message", false },
    [7] = { "join_group_by_link", true },
    [8] = { "migrate_from_group", true },
    [9] = { "migrate_to_supergroup", true },
    [10] = { "clear_history", false },
    [11] = { "take_screenshot", false },
    [12] = { "set_messages_ttl", false },
    [13] = { "score_in_game", false },
    [14] = { "phone_call", false },
    [15] = { "send_payment", false },
    [16] = { "custom_text", false },
    [17] = { "allow_sending_messages", false },
    [18] = { "send_passport_values", false },
    [19] = { "joined_telegram", false },
    [20] = { "requested_phone_number", false },
    [21] = { "proximity_reached", false },
    [22] = { "group_call", false },
    [23] = { "invite_to_group_call", false },
    [24] = { "edit_chat_theme", false },
};
#define N_ACTIONS (int64_t)(sizeof actions / sizeof *actions)

static lm_err action(struct filling *x, struct lm_str entries)
{
    struct tgi *g = x->g;
    struct lm_event *ev = x->ev;
    int64_t number = 0;
    char text[48];
    (void)lm_pbx_int(entries, "_rawValue", &number);
    ev->kind = LM_EVENT_OTHER;
    ev->flags |= LM_EVENT_SYSTEM;
    if (number <= 0 || number >= N_ACTIONS) {
        (void)snprintf(text, sizeof text, "action %lld", (long long)number);
        ev->detail = lm_arena_copy(g->r.ctx->record, lm_str(text));
        return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
    }
    ev->detail = lm_str(actions[number].word);
    if (actions[number].group)
        ev->kind = LM_EVENT_GROUP_CHANGE;
    if (number == 14)
        call(x, entries);
    if (number == 15)
        payment(x, entries);
    lm_err err = ev->text.n == 0
                     ? tgi_text(g, lm_pbx_text(entries, number == 16 ? "text" : "title"), &ev->text)
                     : LM_OK;
    return err == LM_OK ? named_ends(x, entries) : err;
}

/* A card that was sent: whose number it is. */
static lm_err card(struct filling *x, struct lm_str entries)
{
    struct tgi *g = x->g;
    struct lm_arena *a = g->r.ctx->record;
    struct lm_str first, last, phone, id = none;
    int64_t number;
    lm_err err = tgi_text(g, lm_pbx_text(entries, "n.f"), &first);
    if (err == LM_OK)
        err = tgi_text(g, lm_pbx_text(entries, "n.l"), &last);
    if (err == LM_OK)
        err = tgi_text(g, lm_pbx_text(entries, "pn"), &phone);
    if (err == LM_OK && lm_pbx_int(entries, "p", &number))
        err = tgi_id(g, a, tgi_peer_of(number), &id);
    if (err != LM_OK || phone.n == 0)
        return err;
    struct lm_str name = lm_arena_printf(a, "%.*s%s%.*s", LM_STR_ARG(first),
                                         first.n != 0 && last.n != 0 ? " " : "", LM_STR_ARG(last));
    if (name.p == NULL)
        return LM_ENOMEM;
    struct lm_account_ref who = { LM_PLATFORM_TELEGRAM, id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME, id,
                                  name.n != 0 ? name : phone };
    struct lm_fact fact = { .kind = LM_FACT_IDENTIFIER,
                            .identifier = { .account = who,
                                            .type = LM_IDENTIFIER_PHONE,
                                            .value = phone,
                                            .basis = LM_STR("shared_contact") } };
    err = lm_dbread_push(&g->r, (void **)&x->f.items, x->f.n, &x->f.cap, sizeof *x->f.items);
    if (err == LM_OK)
        x->f.items[x->f.n++] = fact;
    return err == LM_ELIMIT ? LM_OK : err;
}

static void place(struct filling *x, struct lm_str entries)
{
    struct lm_pbx_value a, b;
    if (!lm_pbx_find(entries, "la", LM_PBX_DOUBLE, &a) || !lm_pbx_find(entries, "lo", LM_PBX_DOUBLE, &b)
        || !(a.d >= -90 && a.d <= 90) || !(b.d >= -180 && b.d <= 180))
        return;
    x->ev->has_place = true;
    x->ev->latitude = a.d;
    x->ev->longitude = b.d;
}

/* An object of a message in raw, under its class; of several of one class with their number. */
static void keep(struct filling *x, const struct lm_pbx_value *v, const char *const taken[])
{
    char key[64], hash[16];
    const char *name = tgi_class(v->hash);
    (void)snprintf(hash, sizeof hash, "0x%08x", v->hash);
    (void)snprintf(key, sizeof key, x->n_raw != 0 ? "%s (%zu)" : "%s", name != NULL ? name : hash,
                   x->n_raw + 1);
    tgi_raw(x->g, key, v->s, taken);
}

static lm_err medium(struct filling *x, struct lm_str bytes)
{
    static const char *const of_file[] = { "i", "mt", "s", "s64", "itd", "pr", "vr", NULL },
                             *const of_image[] = { "i", "itd", "r", "vr", NULL },
                             *const of_map[] = { "la", "lo", NULL },
                             *const of_card[] = { "pn", "n.f", "n.l", NULL }, *const nothing[] = { NULL };
    struct tgi *g = x->g;
    struct lm_pbx_value v;
    if (!lm_pbx_root(bytes, &v)) {
        g->undecoded++;
        lm_dbread_doubt(&g->r, "what hangs on it is of a layout that is not known here: not decoded");
        return LM_OK;
    }
    const char *const *taken = nothing;
    lm_err err = LM_OK;
    if (is_class(v.hash, "TelegramMediaFile")) {
        err = document(x, v.s);
        taken = of_file;
    } else if (is_class(v.hash, "TelegramMediaImage")) {
        err = picture(x, v.s);
        taken = of_image;
    } else if (is_class(v.hash, "TelegramMediaAction")) {
        err = action(x, v.s);
    } else if (is_class(v.hash, "TelegramMediaContact")) {
        err = card(x, v.s);
        taken = of_card;
    } else if (is_class(v.hash, "TelegramMediaMap")) {
        place(x, v.s);
        taken = of_map;
    } else if (is_class(v.hash, "TelegramMediaInvoice")) {
        x->ev->flags |= LM_EVENT_PAYMENT_HINT;
    } else if (tgi_class(v.hash) == NULL) {
        g->undecoded++;
    }
    keep(x, &v, taken);
    x->n_raw++;
    return err;
}

static lm_err all_media(struct filling *x)
{
    struct tgi *g = x->g;
    struct bytes b = { .rest = x->m.media };
    lm_err err = LM_OK;
    for (size_t i = 0; i < x->m.n_media && err == LM_OK; i++)
        err = medium(x, counted(&b));
    for (size_t i = 0; i < x->m.n_references && err == LM_OK; i++) {
        char key[12], text[48];
        uint64_t id = 0;
        enum lm_evdb_step step = LM_EVDB_END;
        const unsigned char *p = (const unsigned char *)x->m.references.p + 12 * i;
        for (size_t k = 0; k < 4; k++) /* little-endian here, big-endian in the key of t6 */
            key[k] = (char)p[3 - k];
        for (size_t k = 0; k < 8; k++)
            key[4 + k] = (char)p[11 - k];
        id = be(key + 4, 8);
        const uint64_t *row = lm_map_get(&g->media_row, (struct lm_str){ key, 12 });
        if (row != NULL && g->media != NULL)
            err = lm_evdb_fetch(g->media, (int64_t)*row, &step);
        struct bytes value = { .rest = err == LM_OK && step == LM_EVDB_ROW
                                           ? lm_evdb_bytes(g->media, TGI_VALUE)
                                           : none };
        if (err == LM_OK && value.rest.n != 0 && le(&value, 1) == 0) {
            err = medium(x, counted(&value));
            continue;
        }
        struct lm_attachment gone = { .bytes = -1, .note = LM_STR("not in the database") };
        (void)snprintf(text, sizeof text, "media %u-%lld", (unsigned)be(key, 4), (long long)id);
        gone.name = lm_arena_copy(g->r.ctx->record, lm_str(text));
        if (err == LM_OK)
            err = gone.name.p != NULL ? add_file(x, gone, none) : LM_ENOMEM;
    }
    return err;
}

/* --- what is said of it --- */

static lm_err message_id(struct filling *x, uint32_t name_space, int32_t id, struct lm_str *ret)
{
    struct lm_arena *a = x->g->r.ctx->record;
    if (x->thread.n == 0)
        return LM_OK;
    *ret = name_space == CLOUD ? lm_arena_printf(a, "%.*s:%d", LM_STR_ARG(x->thread), id)
                               : lm_arena_printf(a, "%.*s:%u/%d", LM_STR_ARG(x->thread), name_space, id);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err attributes(struct filling *x)
{
    static const char *const nothing[] = { NULL }, *const of_reply[] = { "i", "p", NULL };
    struct tgi *g = x->g;
    struct bytes b = { .rest = x->m.attributes };
    lm_err err = LM_OK;
    for (size_t i = 0; i < x->m.n_attributes && err == LM_OK; i++) {
        struct lm_pbx_value v;
        int64_t number, peer;
        if (!lm_pbx_root(counted(&b), &v)) {
            lm_dbread_doubt(&g->r, "a part of it is of a layout that is not known here: not decoded");
            g->undecoded++;
            continue;
        }
        bool reply = is_class(v.hash, "ReplyMessageAttribute") && lm_pbx_int(v.s, "i", &number)
                     && lm_pbx_int(v.s, "p", &peer);
        struct tgi_peer where = reply ? tgi_peer_of(peer) : (struct tgi_peer){ TGI_NOBODY, 0 };
        if (reply && where.kind == x->m.peer.kind && where.id == x->m.peer.id)
            err = message_id(x, (uint32_t)number, (int32_t)(uint32_t)((uint64_t)number >> 32),
                             &x->ev->reply_to);
        else
            reply = false; /* to another chat: as it stands */
        if (is_class(v.hash, "EditedMessageAttribute") && (!lm_pbx_int(v.s, "h", &number) || number == 0))
            x->ev->flags |= LM_EVENT_EDITED;
        keep(x, &v, reply ? of_reply : nothing);
        x->n_raw++;
    }
    return err;
}

static lm_err forward(struct filling *x)
{
    struct tgi *g = x->g;
    struct lm_str who, from, signature;
    struct lm_json_out o;
    if (!x->m.forwarded)
        return LM_OK;
    x->ev->flags |= LM_EVENT_FORWARDED;
    lm_err err = tgi_id(g, g->r.ctx->record, x->m.forward_author, &who);
    if (err == LM_OK)
        err = tgi_id(g, g->r.ctx->record, x->m.forward_source, &from);
    if (err == LM_OK)
        err = tgi_text(g, x->m.signature, &signature);
    if (err != LM_OK)
        return err;
    lm_buf_clear(&g->json);
    lm_json_out_init(&o, &g->json);
    lm_json_object(&o);
    if (who.n != 0)
        lm_json_kv_str(&o, "author", who);
    if (from.n != 0)
        lm_json_kv_str(&o, "source", from);
    lm_json_kv_i64(&o, "date", x->m.forward_at);
    if (signature.n != 0)
        lm_json_kv_str(&o, "signature", signature);
    lm_json_object_end(&o);
    lm_dbread_raw_value(&g->r, "forwarded", lm_buf_str(&g->json));
    return LM_OK;
}

static void numbers(struct filling *x)
{
    struct lm_dbread *r = &x->g->r;
    char text[32];
    const struct {
        const char *key;
        bool has;
        int64_t value;
    } list[] = { { "flags", true, x->m.flags },
                 { "tags", x->m.tags != 0, x->m.tags },
                 { "groupingKey", x->m.has_group, x->m.group },
                 { "threadId", x->m.has_thread, x->m.thread },
                 { "globallyUniqueId", x->m.has_global_id, x->m.global_id } };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].has) {
            (void)snprintf(text, sizeof text, "%lld", (long long)list[i].value);
            lm_dbread_raw_value(r, list[i].key, lm_str(text));
        }
}

static lm_err fill(struct filling *x)
{
    struct lm_event *ev = x->ev;
    lm_err err = tgi_text(x->g, x->m.text, &ev->text);
    if (err == LM_OK)
        err = forward(x);
    if (err == LM_OK)
        err = attributes(x);
    if (err == LM_OK)
        err = all_media(x);
    if (err != LM_OK)
        return err;
    numbers(x);
    ev->attachments = x->files;
    ev->n_attachments = x->n_files;
    if (x->n_to != 0) {
        ev->to = x->to;
        ev->n_to = x->n_to;
    }
    if ((x->m.flags & (UNSENT | FAILED)) != 0) {
        ev->flags |= LM_EVENT_ATTEMPT;
        lm_dbread_raw_text(&x->g->r, "state",
                           (x->m.flags & FAILED) != 0 ? LM_STR("failed") : LM_STR("not sent yet"));
    }
    if (x->m.name_space >= SCHEDULED && x->m.name_space <= QUICK_REPLY_LOCAL) {
        ev->kind = LM_EVENT_OTHER;
        ev->detail = x->m.name_space <= SCHEDULED_LOCAL ? LM_STR("scheduled: not sent")
                                                        : LM_STR("quick reply: kept, not sent");
    }
    return LM_OK;
}

/* --- the record --- */

static lm_err ends(struct filling *x, bool known)
{
    struct tgi *g = x->g;
    struct lm_people_thread *one = NULL;
    struct lm_str from = none;
    bool mine = known && (x->m.flags & INCOMING) == 0;
    lm_err err = tgi_thread(g, x->m.peer, false, &one);
    if (err == LM_OK)
        err = tgi_id(g, g->r.ctx->record, x->m.author, &from);
    if (err != LM_OK)
        return err;
    x->thread = one != NULL ? one->ref.native : none;
    if (one == NULL)
        lm_dbread_doubt(&g->r, "in which conversation it stands is not said");
    if (!mine && from.n == 0 && known && one != NULL && one->ref.kind == LM_THREAD_DIRECT && one->n != 0)
        from = one->members[0];                  /* of two, the one who is not the owner */
    if (mine && x->m.author.kind == TGI_CHANNEL) /* a channel's own posts name nobody */
        mine = false;
    if (!mine && from.n == 0)
        lm_dbread_doubt(&g->r, "who sent it is not said");
    return lm_people_ends(&g->p, one, mine ? none : from, mine, x->ev);
}

lm_err tgi_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tgi *g = user;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_TELEGRAM, .duration_s = -1 };
    struct filling x = { .g = g, .ev = &ev };
    (void)rowid;
    if (!read_key(lm_evdb_bytes(t, TGI_KEY), &x.m)) {
        lm_dbread_reject(r, "its key is not one of messages: where and when it was cannot be told");
        return lm_dbread_emit(r, NULL, 0);
    }
    struct message key = x.m;
    bool known = read_value(lm_evdb_bytes(t, TGI_VALUE), &x.m);
    if (!known) {
        x.m = key;
        x.m.author.kind = TGI_NOBODY;
    }
    lm_err err = ends(&x, known);
    if (err == LM_OK)
        err = message_id(&x, x.m.name_space, x.m.id, &ev.native_id);
    if (err == LM_OK && known)
        err = fill(&x);
    if (err != LM_OK)
        return err;
    if (!known) {
        r->doubted = "a layout that is not known here: not decoded"; /* it says why nobody is named, too */
        lm_dbread_raw_column(r, t, TGI_VALUE, "value");
        g->unknown++;
    }
    if (x.m.at > 0)
        ev.at = (struct lm_when){ .us = (int64_t)x.m.at * LM_SECOND_US, .quality = LM_TIME_UTC };
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &x.f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, x.f.items, x.f.n) : err;
}
