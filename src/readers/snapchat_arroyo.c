/* snapchat_arroyo.c - Snapchat on a device: arroyo.db (messages, conversations, the feed) and main.db (friends).
 *
 * The text of a message stands in its protobuf at 4 > 4 > 2 > 1. The -wal matters: most of a small database may stand in it.
 * docs/readers/snapchat_arroyo.md.
 */
#include "base/utf8.h"
#include "formats/protobuf.h"
#include "readers/shared/user_names.h"

#define MAX_HEX 4096 /* bytes of a message that is not text, kept as figures */

static const char *const name_columns[3] = { "userId", "username", "displayName" };

enum { M_THREAD, M_CLIENT, M_SERVER, M_AT, M_SENDER, M_TYPE, M_CONTENT, M_N };
static const char *const message_columns[] = { "client_conversation_id", "client_message_id", "server_message_id", "creation_timestamp",
                                               "sender_id",              "content_type",      "message_content" };

struct arroyo {
    struct lm_dbread r;
    struct lm_user_names names;
    const char *table;
};

static lm_err names_beside(struct lm_dbread *other, void *user)
{
    struct arroyo *a = user;
    return lm_user_names_read(&a->names, other, "Friend", name_columns);
}

/* 4 > 4 > 2 > 1 */
static struct lm_str text_of(struct lm_str content)
{
    static const uint32_t path[] = { 4, 4, 2, 1 };
    for (size_t i = 0; i < 4 && content.n != 0; i++)
        content = lm_pb_bytes(content, path[i]);
    return content;
}

/* What is no text: its bytes as figures. */
static lm_err keep_bytes(struct lm_dbread *r, struct lm_str content)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = content.n < MAX_HEX ? content.n : MAX_HEX;
    char *hex = lm_arena_alloc(r->ctx->record, 2 * n + 1);
    if (hex == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[(unsigned char)content.p[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)content.p[i] & 15];
    }
    lm_dbread_raw_text(r, n < content.n ? "message_content (first bytes)" : "message_content", (struct lm_str){ hex, 2 * n });
    return LM_OK;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct arroyo *a = user;
    struct lm_str sender, server, client;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_SNAPCHAT, .duration_s = -1, .flags = LM_EVENT_MEMBERS_UNKNOWN,
                                    .at = lm_dbread_when(r, t, M_AT, LM_EPOCH_UNIX_MS) } };
    struct lm_event *ev = &f.event;
    struct lm_arena *record = r->ctx->record;
    (void)rowid;
    lm_err e = lm_dbread_text(r, record, t, M_SENDER, &sender);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, M_THREAD, &ev->thread.native);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, M_SERVER, &server);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, M_CLIENT, &client);
    if (e == LM_OK)
        e = lm_dbread_text(r, record, t, M_TYPE, &ev->detail);
    if (e != LM_OK)
        return e;
    ev->native_id = server.n != 0 ? server : client;
    if (server.n != 0 && client.n != 0)
        lm_dbread_raw_text(r, "client_message_id", client);
    ev->from = lm_user_names_account(&a->names, sender);
    if (sender.n != 0 && !lm_str_eq(ev->from.native, sender))
        lm_dbread_raw_text(r, "sender_id", sender);
    struct lm_str content = lm_evdb_bytes(t, M_CONTENT), text = text_of(content);
    if (text.n != 0) {
        uint64_t altered = 0;
        ev->text = lm_utf8_repaired(record, text, &altered);
        if (ev->text.p == NULL)
            return LM_ENOMEM;
        r->altered = r->altered || altered != 0;
    } else if (content.n != 0) {
        e = keep_bytes(r, content);
    }
    if (e != LM_OK)
        return e;
    if (ev->from.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "the row names no sender");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

/* A row of a table about conversations: kept as it stands. */
static lm_err about(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct arroyo *a = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SNAPCHAT, .duration_s = -1, .from = a->names.owner, .detail = lm_str(a->table) } };
    (void)rowid;
    lm_err e = lm_dbread_text(r, r->ctx->record, t, 0, &f.event.thread.native);
    if (e != LM_OK)
        return e;
    lm_dbread_raw(r, t, false);
    f.event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

enum { F_ID, F_USERNAME, F_SHOWN, F_PHONE, F_N };
static const char *const friend_columns[] = { "userId", "username", "displayName", "phone" };

static lm_err friend_row(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const enum lm_identifier_type types[F_N] = { LM_IDENTIFIER_ACCOUNT_ID, LM_IDENTIFIER_HANDLE, LM_IDENTIFIER_NAME, LM_IDENTIFIER_PHONE };
    struct arroyo *a = user;
    struct lm_str text[F_N];
    struct lm_fact f[F_N + 1];
    size_t n = 1;
    (void)rowid;
    for (size_t i = 0; i < F_N; i++) {
        lm_err e = lm_dbread_text(r, r->ctx->record, t, i, &text[i]);
        if (e != LM_OK)
            return e;
    }
    struct lm_str native = text[F_USERNAME].n != 0 ? text[F_USERNAME] : text[F_ID];
    struct lm_account_ref to = { .platform = LM_PLATFORM_SNAPCHAT, .form = LM_ACCOUNT_NATIVE, .native = native, .display = text[F_SHOWN] };
    if (native.n == 0)
        lm_dbread_reject(r, "the row has neither user name nor user id");
    f[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                             .event = { .kind = LM_EVENT_CONTACT_ADDED, .platform = LM_PLATFORM_SNAPCHAT, .duration_s = -1, .from = a->names.owner, .to = &to,
                                        .n_to = 1, .detail = LM_STR("Friend") } };
    for (size_t i = 0; i < F_N; i++)
        if (text[i].n != 0)
            f[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                       .identifier = { .account = to, .type = types[i], .value = text[i], .basis = LM_STR("contact_list") } };
    lm_dbread_raw(r, t, false);
    f[0].event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, f, n);
}

static lm_err walk(struct arroyo *a, const char *table, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    if (!lm_evdb_has_table(a->r.db, table))
        return LM_OK;
    a->table = table;
    lm_err e = lm_dbread_table(&a->r, table, columns, n, &t);
    return e == LM_OK ? lm_dbread_records(&a->r, t, 0, one, a) : e;
}

static const char *const signs[] = { "conversation_message.client_conversation_id", "conversation_message.message_content", "Friend.userId",
                                     "Friend.displayName" };

static int bid(const struct lm_input *in, struct lm_str head)
{
    uint32_t found = lm_dbread_peek(in, head, signs, 4);
    if ((found & 3) == 3 || (found & 12) == 12)
        return 168;
    return lm_dbread_named(in, "arroyo.db") ? 8 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    static const char *const conversation[] = { "client_conversation_id" };
    struct arroyo a = { .table = NULL };
    lm_user_names_init(&a.names, ctx->file, LM_PLATFORM_SNAPCHAT);
    lm_err e = lm_dbread_open(&a.r, ctx, sink);
    bool messages = e == LM_OK && lm_evdb_has_table(a.r.db, "conversation_message"), friends = e == LM_OK && lm_evdb_has_table(a.r.db, "Friend");
    if (messages) {
        e = lm_dbread_beside(&a.r, "main.db", names_beside, &a);
        if (e == LM_OK && a.names.n == 0)
            e = lm_dbread_beside(&a.r, "../main.db", names_beside, &a);
        if (e == LM_OK)
            e = walk(&a, "conversation_message", message_columns, M_N, message);
        if (e == LM_OK)
            e = walk(&a, "conversation", conversation, 1, about);
        if (e == LM_OK)
            e = walk(&a, "feed_entry", conversation, 1, about);
    }
    if (e == LM_OK && friends)
        e = walk(&a, "Friend", friend_columns, F_N, friend_row);
    if (e == LM_OK && !messages && !friends)
        e = lm_fail(ctx->error, LM_EINPUT, "neither of the tables conversation_message and Friend is in it");
    return lm_dbread_finish(&a.r, e);
}

const struct lm_reader lm_reader_snapchat_arroyo = {
    .name = "snapchat_arroyo",
    .title = "Snapchat on a device: arroyo.db, main.db",
    .reference = "columns and the place of the text as iLEAPP and ALEAPP read them (snapchat*.py), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
