/* Telegram on iOS (and the app of the same code on macOS): postbox/db/db_sqlite, a store of keyed blobs.
 *
 * t0 holds the state of the account (whose it is), t2 peers, t6 media, t7 messages; a peer and a message are
 * one record each. Values are objects in Postbox's own encoding (formats/postbox.h); what is not known here
 * is kept in raw and counted. docs/readers/telegram_ios_db.md
 */
#include "readers/telegram_ios_db.h"

#include <stdio.h>

#include "base/utf8.h"

static const char *const pair_columns[TGI_N] = { "key", "value" };
static const struct lm_str none = { NULL, 0 };

/* Hashes of class names (lm_pbx_hash): a test computes them anew. */
static const struct {
    uint32_t hash;
    const char *name;
} classes[] = {
    { 0x9e68a52b, "TelegramUser" },
    { 0x66a17d51, "TelegramGroup" },
    { 0x636b11da, "TelegramChannel" },
    { 0x21c96e5a, "TelegramSecretChat" },
    { 0x5f710306, "AuthorizedAccountState" },
    { 0x8bae2094, "TelegramMediaImage" },
    { 0x27ae4838, "TelegramMediaFile" },
    { 0xbc780781, "TelegramMediaAction" },
    { 0x02f30fcd, "TelegramMediaContact" },
    { 0xbc27cb8f, "TelegramMediaMap" },
    { 0xd8950654, "TelegramMediaWebpage" },
    { 0xf61ea3d6, "TelegramMediaPoll" },
    { 0x04727712, "TelegramMediaInvoice" },
    { 0x7b22f477, "TelegramMediaGame" },
    { 0xcaaf3f1f, "TelegramMediaDice" },
    { 0x03b7d68f, "TelegramMediaExpiredContent" },
    { 0x4979736b, "TelegramMediaUnsupported" },
    { 0x21a5dbb7, "TelegramMediaStory" },
    { 0x5da7bc24, "TelegramMediaGiveaway" },
    { 0x9debeb41, "TelegramMediaTodo" },
    { 0x729529e7, "TelegramMediaFileAttribute" },
    { 0x69c9877e, "TelegramMediaImageRepresentation" },
    { 0x1d005a46, "CloudDocumentMediaResource" },
    { 0x491f5c16, "CloudPhotoSizeMediaResource" },
    { 0xdfdbbb5c, "CloudFileMediaResource" },
    { 0x2a6d2dd5, "LocalFileMediaResource" },
    { 0x7af39691, "SecretFileMediaResource" },
    { 0x924f2119, "EditedMessageAttribute" },
    { 0x1c7dc1fd, "ReplyMessageAttribute" },
    { 0x18b10932, "QuotedReplyMessageAttribute" },
    { 0x0c936946, "ReactionsMessageAttribute" },
    { 0xf0ebb0e3, "TextEntitiesMessageAttribute" },
    { 0x801ecc4b, "AutoremoveTimeoutMessageAttribute" },
    { 0x5a18f7fc, "AutoclearTimeoutMessageAttribute" },
    { 0x7f3c9c0d, "ForwardSourceInfoAttribute" },
    { 0x8bfa17a7, "ForwardCountMessageAttribute" },
    { 0xc6c667fd, "ViewCountMessageAttribute" },
    { 0x60573013, "AuthorSignatureMessageAttribute" },
    { 0x37edc020, "InlineBotMessageAttribute" },
    { 0x398498e3, "NotificationInfoMessageAttribute" },
    { 0xc0eb89dc, "OutgoingMessageInfoAttribute" },
    { 0xdc69abb0, "ConsumableContentMessageAttribute" },
    { 0xe632adbd, "ReplyMarkupMessageAttribute" },
    { 0x6c45b234, "ReplyThreadMessageAttribute" },
    { 0x7d520d1e, "MessageTextEntity" },
};

const char *tgi_class(uint32_t hash)
{
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].hash == hash)
            return classes[i].name;
    return NULL;
}

const char *tgi_class_at(size_t i)
{
    return i < sizeof classes / sizeof *classes ? classes[i].name : NULL;
}

/* --- peers --- */

struct tgi_peer tgi_peer_of(int64_t number)
{
    uint64_t n = (uint64_t)number, low = n & 0xffffffff, high = n >> 35 & 0x1fffffff;
    struct tgi_peer p = { .kind = TGI_NOBODY, .id = (int64_t)(high << 32 | low) };
    if ((n >> 32 & 7) <= TGI_SECRET)
        p.kind = (enum tgi_kind)(n >> 32 & 7);
    if (p.kind == TGI_SECRET && high == 0)
        p.id = (int32_t)(uint32_t)low;
    if (p.id == 0)
        p.kind = TGI_NOBODY;
    return p;
}

lm_err tgi_id(struct tgi *g, struct lm_arena *a, struct tgi_peer peer, struct lm_str *ret)
{
    static const char *const kinds[] = { "user", "chat", "channel", "secret chat " };
    (void)g;
    *ret = none;
    if (peer.kind == TGI_NOBODY)
        return LM_OK;
    *ret = lm_arena_printf(a, "%s%lld", kinds[peer.kind], (long long)peer.id);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* The thread is known inside by kind and number; it is written as exports write it, by the number. */
lm_err tgi_thread(struct tgi *g, struct tgi_peer peer, bool keep, struct lm_people_thread **ret)
{
    struct lm_str id;
    lm_err err = tgi_id(g, g->r.ctx->record, peer, &id);
    if (err == LM_OK)
        err = keep ? lm_people_thread(&g->p, id, ret) : lm_people_thread_here(&g->p, id, ret);
    if (err != LM_OK || *ret == NULL || peer.kind == TGI_SECRET)
        return err;
    if ((*ret)->ref.kind == LM_THREAD_UNKNOWN) {
        (*ret)->ref.kind = peer.kind == TGI_USER ? LM_THREAD_DIRECT : LM_THREAD_GROUP;
        (*ret)->ref.native = lm_arena_printf(lm_people_arena(&g->p, *ret), "%lld", (long long)peer.id);
        if ((*ret)->ref.native.p == NULL)
            return LM_ENOMEM;
    }
    return peer.kind == TGI_USER && (*ret)->n == 0 ? lm_people_member(&g->p, *ret, id) : LM_OK;
}

lm_err tgi_text(struct tgi *g, struct lm_str s, struct lm_str *ret)
{
    *ret = none;
    if (s.n == 0)
        return LM_OK;
    bool clean = lm_utf8_valid_prefix(s) == s.n && memchr(s.p, '\0', s.n) == NULL;
    g->r.altered |= !clean;
    *ret = clean ? lm_arena_copy(g->r.ctx->record, s) : lm_utf8_repaired(g->r.ctx->record, s, NULL);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

void tgi_raw(struct tgi *g, const char *key, struct lm_str entries, const char *const taken[])
{
    struct lm_json_out o;
    lm_buf_clear(&g->json);
    lm_json_out_init(&o, &g->json);
    lm_json_object(&o);
    lm_pbx_json(&o, entries, taken, tgi_class);
    lm_json_object_end(&o);
    if (g->json.failed)
        lm_dbread_doubt(&g->r, "what is not understood is too large to be kept");
    else if (g->json.n > 2)
        lm_dbread_raw_value(&g->r, key, lm_buf_str(&g->json));
}

/* A name of two parts, or a title. */
static lm_err name_of(struct tgi *g, struct tgi_peer peer, struct lm_str entries, struct lm_str *ret)
{
    struct lm_str first, last, joined;
    lm_err err = tgi_text(g, lm_pbx_text(entries, peer.kind == TGI_USER ? "fn" : "t"), &first);
    if (err == LM_OK)
        err = tgi_text(g, peer.kind == TGI_USER ? lm_pbx_text(entries, "ln") : none, &last);
    if (err != LM_OK)
        return err;
    *ret = first.n != 0 ? first : last;
    if (first.n == 0 || last.n == 0)
        return LM_OK;
    joined = lm_arena_printf(g->r.ctx->record, "%.*s %.*s", LM_STR_ARG(first), LM_STR_ARG(last));
    *ret = joined;
    return joined.p != NULL ? LM_OK : LM_ENOMEM;
}

/* First walk: names, titles, who is at the other end of a secret chat. */
static lm_err on_peer(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tgi *g = user;
    struct tgi_peer peer = tgi_peer_of(rowid), other;
    struct lm_people_thread *one;
    struct lm_pbx_value root;
    struct lm_str name, id;
    int64_t regular;
    if (peer.kind == TGI_NOBODY || !lm_pbx_root(lm_evdb_bytes(t, TGI_VALUE), &root))
        return LM_OK;
    lm_err err = name_of(g, peer, root.s, &name);
    if (err == LM_OK)
        err = tgi_id(g, r->ctx->record, peer, &id);
    if (err == LM_OK && peer.kind == TGI_USER)
        return lm_people_name(&g->p, id, name);
    if (err == LM_OK)
        err = tgi_thread(g, peer, true, &one);
    if (err != LM_OK || one == NULL)
        return err;
    if (peer.kind != TGI_SECRET) {
        int64_t broadcast;
        one->ref.title = lm_arena_copy(lm_people_arena(&g->p, one), name);
        if (peer.kind == TGI_CHANNEL && lm_pbx_int(root.s, "i.t", &broadcast) && broadcast == 0)
            one->ref.kind = LM_THREAD_CHANNEL;
        return one->ref.title.p != NULL ? LM_OK : LM_ENOMEM;
    }
    one->ref.kind = LM_THREAD_DIRECT;
    if (!lm_pbx_int(root.s, "r", &regular))
        return LM_OK;
    other = tgi_peer_of(regular);
    err = tgi_id(g, r->ctx->record, other, &id);
    return err == LM_OK && other.kind == TGI_USER && one->n == 0 ? lm_people_member(&g->p, one, id) : err;
}

static lm_err person(struct tgi *g, struct tgi_peer peer, struct lm_str entries, struct lm_people_facts *f,
                     struct lm_event *ev)
{
    struct lm_str id, name, handle, phone;
    lm_err err = tgi_id(g, g->r.ctx->record, peer, &id);
    if (err == LM_OK)
        err = name_of(g, peer, entries, &name);
    if (err == LM_OK)
        err = tgi_text(g, lm_pbx_text(entries, "un"), &handle);
    if (err == LM_OK)
        err = tgi_text(g, lm_pbx_text(entries, "p"), &phone);
    if (err == LM_OK && phone.n != 0 && phone.p[0] != '+') {
        phone = lm_arena_printf(g->r.ctx->record, "+%.*s", LM_STR_ARG(phone));
        err = phone.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, id, LM_IDENTIFIER_NAME, name);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, id, LM_IDENTIFIER_HANDLE, handle);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, id, LM_IDENTIFIER_PHONE, phone);
    ev->from = lm_people_is_owner(&g->p, id) ? g->p.owner : lm_people_account(&g->p, id);
    return err;
}

static struct lm_when moment(struct tgi *g, int64_t seconds)
{
    struct lm_when w = { .quality = LM_TIME_NONE };
    if (seconds <= 0)
        return w;
    (void)g;
    w.us = seconds * LM_SECOND_US;
    w.quality = LM_TIME_UTC;
    return w;
}

/* A row of t2: one peer. */
static lm_err peer_record(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const taken_user[] = { "i", "fn", "ln", "un", "p", NULL }, *const taken_other[] = {
        "i", "t", "d", "r", NULL
    };
    static const char *const details[] = { "account", "chat", "channel", "secret chat", "peer" };
    struct tgi *g = user;
    struct tgi_peer peer = tgi_peer_of(rowid);
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev = { .kind = LM_EVENT_OTHER,
                           .platform = LM_PLATFORM_TELEGRAM,
                           .flags = LM_EVENT_SYSTEM,
                           .duration_s = -1,
                           .detail = lm_str(details[peer.kind]) };
    struct lm_people_thread *one = NULL;
    struct lm_pbx_value root;
    int64_t created;
    lm_err err = LM_OK;
    bool known = lm_pbx_root(lm_evdb_bytes(t, TGI_VALUE), &root);
    if (!known) {
        lm_dbread_doubt(r, "an object of a layout that is not known here: not decoded");
        lm_dbread_raw_column(r, t, TGI_VALUE, "value");
        g->undecoded++;
        root.s = none;
    }
    if (peer.kind == TGI_USER)
        err = person(g, peer, root.s, &f, &ev);
    else
        err = tgi_thread(g, peer, false, &one);
    if (err == LM_OK && peer.kind != TGI_USER)
        err = lm_people_ends(&g->p, one, none, true, &ev);
    if (err != LM_OK)
        return err;
    if (peer.kind != TGI_USER && lm_pbx_int(root.s, "d", &created))
        ev.at = moment(g, created);
    tgi_raw(g, known && tgi_class(root.hash) != NULL ? tgi_class(root.hash) : "object", root.s,
            peer.kind == TGI_USER ? taken_user : taken_other);
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

/* --- the file --- */

/* The state of the account stands in t0 under 2. */
static lm_err on_state(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tgi *g = user;
    struct lm_pbx_value root;
    struct lm_str id;
    int64_t number;
    if (rowid != 2 || !lm_pbx_root(lm_evdb_bytes(t, TGI_VALUE), &root)
        || !lm_pbx_int(root.s, "peerId", &number))
        return LM_OK;
    lm_err err = tgi_id(g, r->ctx->file, tgi_peer_of(number), &id);
    return err == LM_OK ? lm_people_owner(&g->p, id) : err;
}

static lm_err on_media(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tgi *g = user;
    struct lm_str key = lm_evdb_bytes(t, TGI_KEY);
    uint64_t *ignored;
    (void)r;
    return key.n == 12 && rowid > 0 ? lm_map_put(&g->media_row, key, (uint64_t)rowid, &ignored, NULL) : LM_OK;
}

static lm_err table(struct tgi *g, const char *name, struct lm_evdb_table **ret)
{
    *ret = NULL;
    return lm_evdb_has_table(g->r.db, name) ? lm_dbread_table(&g->r, name, pair_columns, TGI_N, ret) : LM_OK;
}

static lm_err walk(struct tgi *g, const char *name, bool records, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = table(g, name, &t);
    if (err != LM_OK)
        return err;
    /* keys are ids, or rows were given anew whenever they were replaced: what is between them says nothing */
    return records ? lm_dbread_records(&g->r, t, -1, one, g) : lm_dbread_rows(&g->r, t, one, g);
}

static lm_err all(struct tgi *g)
{
    static const size_t expected[] = { TGI_KEY, TGI_VALUE };
    struct lm_evdb_table *t = NULL;
    lm_err err = walk(g, "t0", false, on_state);
    if (err == LM_OK)
        err = walk(g, "t2", false, on_peer);
    if (err == LM_OK)
        err = walk(g, "t6", false, on_media);
    if (err == LM_OK)
        err = table(g, "t6", &g->media);
    if (err == LM_OK)
        err = table(g, "t7", &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&g->r, t, pair_columns, expected, 2);
    if (err == LM_OK)
        err = walk(g, "t2", true, peer_record);
    if (err == LM_OK)
        err = walk(g, "t7", true, tgi_message);
    if (err == LM_OK && g->p.owner.form == LM_ACCOUNT_OWNER)
        err = lm_dbread_notice(&g->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 },
                               "the state of the account (t0) does not say whose it is");
    if (err == LM_OK && g->unknown + g->undecoded != 0)
        err = lm_dbread_notice(
            &g->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 },
            "of a layout that is not known here, kept as they stand: %llu messages, %llu peers and media",
            (unsigned long long)g->unknown, (unsigned long long)g->undecoded);
    return err;
}

/* Tables that Postbox makes, and the fulltext table beside them; what is in them is looked at when it is
 * read. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const names[] = { "t2.value",
                                         "t7.value",
                                         "t6.value",
                                         "t0.value",
                                         "__meta_tables",
                                         "__meta_tables.keyType",
                                         "__meta_fulltext_tables" };
    uint32_t found = lm_dbread_peek(in, head, names, 7);
    if ((found & 3) == 3 && ((found & 0x50) != 0 || (found & 0xc) == 0xc))
        return (found & 0x50) != 0 ? 168 : 150;
    if (!lm_dbread_named(in, "db_sqlite"))
        return 0;
    return lm_dbread_looks_encrypted(head) ? 12 : 8;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    static const char *const media_folders[] = { "media/", "../media/", "postbox/media/", NULL };
    struct tgi g = { .unknown = 0 };
    bool noise = lm_dbread_looks_encrypted(ctx->in->bytes); /* the first 32 bytes may stand in the clear */
    if (!lm_evdb_is_sqlite(ctx->in->bytes) && noise)
        return lm_dbread_encrypted(ctx, sink, "Telegram");
    lm_err err = lm_dbread_open(&g.r, ctx, sink);
    if (err == LM_EINPUT && noise)
        return lm_dbread_encrypted(ctx, sink, "Telegram");
    lm_people_init(&g.p, &g.r, LM_PLATFORM_TELEGRAM);
    lm_map_init(&g.media_row, ctx->file);
    lm_beside_init(&g.beside, ctx->in, media_folders);
    lm_buf_init(&g.json, LM_DBREAD_MAX_RAW);
    if (err == LM_OK && !lm_evdb_has_table(g.r.db, "t7") && !lm_evdb_has_table(g.r.db, "t2"))
        err = noise ? lm_dbread_encrypted(ctx, sink, "Telegram")
                    : lm_fail(ctx->error, LM_EINPUT, "neither of the tables t2 and t7 is in it");
    if (err == LM_OK)
        err = all(&g);
    lm_buf_free(&g.json);
    return lm_dbread_finish(&g.r, err);
}

const struct lm_reader lm_reader_telegram_ios_db = {
    .name = "telegram_ios_db",
    .title = "Telegram on iOS: postbox/db/db_sqlite",
    .reference = "TelegramMessenger/Telegram-iOS submodules/Postbox and TelegramCore/Sources/SyncCore "
                 "(tables, encoding, fields), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
