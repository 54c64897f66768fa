/* wickr_ios_db.c - Wickr on iOS: wickrLocal.sqlite. Metadata only: bodies, names of people, rooms and files are encrypted in it, and stay so.
 *
 * Core Data. Messages count seconds since 2001-01-01 UTC, conversations and users since 1970. A person is the hash of his id. What is encrypted is
 * told once for each kind, with how many rows have it. docs/readers/wickr.md has the rules.
 */
#include "readers/shared/db_read.h"

#include <inttypes.h>

enum kind { K_BODY, K_ROOM, K_USER, K_FILE, K_ACCOUNT, K_N };

struct wickr {
    struct lm_dbread r;
    struct lm_evdb_table *users, *conversations;
    int64_t n_room; /* Core Data's number of a room; 0: not said */
    uint64_t sealed[K_N];
};

static bool sealed(const struct lm_evdb_table *t, size_t column)
{
    return lm_evdb_bytes(t, column).n != 0;
}

static struct lm_account_ref owner(void)
{
    return (struct lm_account_ref){ .platform = LM_PLATFORM_WICKR, .form = LM_ACCOUNT_OWNER };
}

/* --- users --- */

enum { U_HASH, U_ALIAS, U_SEEN, U_NAME, U_ALIAS_SEALED, U_N = U_ALIAS_SEALED + 6 };
static const char *const user_columns[] = { "ZUSERIDHASH", "ZUSERALIASHASH", "ZLASTACTIVITYTIME", "ZUSERNAME", "ZUSERALIAS",
                                            "-ZUSERID", "-ZUSERIMAGE", "-Z_PK", "-Z_ENT", "-Z_OPT" };
_Static_assert(sizeof user_columns / sizeof *user_columns == U_N, "one name for each column");

static lm_err user_of(struct wickr *w, int64_t row, struct lm_account_ref *ret)
{
    enum lm_evdb_step s = LM_EVDB_END;
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_WICKR };
    lm_err err = w->users != NULL && row != 0 ? lm_evdb_fetch(w->users, row, &s) : LM_OK;
    if (err == LM_OK && s == LM_EVDB_ROW)
        err = lm_dbread_text(&w->r, w->r.ctx->record, w->users, U_HASH, &ret->native);
    ret->form = ret->native.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE;
    return err;
}

static lm_err one_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wickr *w = user;
    struct lm_account_ref a = { .platform = LM_PLATFORM_WICKR, .form = LM_ACCOUNT_NATIVE };
    struct lm_fact facts[3];
    struct lm_str alias;
    size_t n = 0;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, U_HASH, &a.native);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, U_ALIAS, &alias);
    if (err != LM_OK)
        return err;
    w->sealed[K_USER] += sealed(t, U_NAME) || sealed(t, U_ALIAS_SEALED);
    if (a.native.n == 0)
        return lm_dbread_emit(r, NULL, 0);
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                   .identifier = { .account = a, .type = LM_IDENTIFIER_ACCOUNT_ID, .value = a.native, .basis = LM_STR("contact_list") } };
    lm_dbread_raw_text(r, "ZUSERALIASHASH", alias);
    lm_dbread_raw(r, t, false);
    struct lm_when at = lm_dbread_when(r, t, U_SEEN, LM_EPOCH_UNIX_S);
    struct lm_str raw = lm_dbread_raw_done(r);
    if (raw.n != 0 || at.quality != LM_TIME_NONE)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WICKR, .at = at, .detail = LM_STR("last_activity"),
                                                  .from = a, .duration_s = -1, .raw = raw } };
    return lm_dbread_emit(r, facts, n);
}

/* --- conversations --- */

enum { C_GROUP, C_LAST, C_SYNC, C_MESSAGE_SYNC, C_ENTITY, C_NAME, C_ABOUT, C_N = C_ABOUT + 3 };
static const char *const conversation_columns[] = { "ZVGROUPID", "ZLASTTIMESTAMP", "ZLASTSYNCTIMESTAMP", "ZMSGSYNTIMESTAMP", "Z_ENT",
                                                    "ZNAME", "ZDESC", "-Z_PK", "-Z_OPT" };
_Static_assert(sizeof conversation_columns / sizeof *conversation_columns == C_N, "one name for each column");

static lm_err thread_of(struct wickr *w, int64_t row, struct lm_thread_ref *ret)
{
    enum lm_evdb_step s = LM_EVDB_END;
    lm_err err = w->conversations != NULL && row != 0 ? lm_evdb_fetch(w->conversations, row, &s) : LM_OK;
    *ret = (struct lm_thread_ref){ .kind = LM_THREAD_UNKNOWN };
    if (err != LM_OK || s != LM_EVDB_ROW)
        return err;
    if (w->n_room != 0 && lm_dbread_int(w->conversations, C_ENTITY) == w->n_room)
        ret->kind = LM_THREAD_GROUP;
    return lm_dbread_text(&w->r, w->r.ctx->record, w->conversations, C_GROUP, &ret->native);
}

/* Columns that hold texts are blobs here, whatever they are called in this version. */
static bool any_blob(const struct lm_evdb_table *t)
{
    size_t first = lm_evdb_unknown_first(t), n = lm_evdb_unknown_columns(t);
    for (size_t i = 0; i < first + n; i++)
        if (lm_evdb_type(t, i) == LM_EVDB_BLOB && lm_evdb_bytes(t, i).n != 0)
            return true;
    return false;
}

/* Like lm_dbread_raw, without blobs: they are encrypted, and say nothing. */
static void raw_clear(struct lm_dbread *r, const struct lm_evdb_table *t)
{
    size_t first = lm_evdb_unknown_first(t), n = lm_evdb_unknown_columns(t);
    for (size_t i = first; i < first + n; i++) {
        char key[128];
        struct lm_str name = lm_str_take(lm_evdb_column_name(t, i), sizeof key - 1);
        if (lm_evdb_type(t, i) == LM_EVDB_BLOB)
            continue;
        memcpy(key, name.p, name.n);
        key[name.n] = '\0';
        key[lm_utf8_valid_prefix(lm_str(key))] = '\0';
        lm_dbread_raw_column(r, t, i, key);
    }
}

static lm_err one_conversation(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wickr *w = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .flags = LM_EVENT_SYSTEM, .platform = LM_PLATFORM_WICKR, .detail = LM_STR("conversation"),
                                    .at = lm_dbread_when(r, t, C_LAST, LM_EPOCH_UNIX_S), .duration_s = -1 } };
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, C_GROUP, &f.event.thread.native);
    w->sealed[K_ROOM] += any_blob(t);
    if (w->n_room != 0 && lm_dbread_int(t, C_ENTITY) == w->n_room)
        f.event.thread.kind = LM_THREAD_GROUP;
    lm_dbread_raw_column(r, t, C_SYNC, "ZLASTSYNCTIMESTAMP");
    lm_dbread_raw_column(r, t, C_MESSAGE_SYNC, "ZMSGSYNTIMESTAMP");
    raw_clear(r, t);
    f.event.raw = lm_dbread_raw_done(r);
    return err == LM_OK ? lm_dbread_emit(r, &f, f.event.thread.native.n != 0 ? 1 : 0) : err;
}

/* --- messages --- */

enum { M_AT, M_ID, M_CONVERSATION, M_SENDER, M_TYPE, M_BODY, M_N = M_BODY + 4 };
static const char *const message_columns[] = { "ZTIMESTAMP", "ZMSGID", "ZCONVO", "ZUSERSENDER", "ZFULLTYPE", "ZBODY", "-Z_PK", "-Z_ENT", "-Z_OPT" };
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "one name for each column");

/* The numbers are those of the retention bot's messages [inferred]; a call says here only that it was about a call. */
static lm_err type_of(struct lm_dbread *r, int64_t type, struct lm_event *ev)
{
    const char *word = type == 1000 ? "text" : type == 6000 ? "file" : type == 7000 ? "call message" : type == 8000 ? "location" : NULL;
    ev->kind = type == 0 || type == 1000 || type == 6000 || type == 8000 ? LM_EVENT_MESSAGE : LM_EVENT_OTHER;
    ev->flags |= ev->kind == LM_EVENT_OTHER ? LM_EVENT_SYSTEM : LM_EVENT_MEMBERS_UNKNOWN;
    ev->detail = lm_arena_printf(r->ctx->record, "type %" PRId64 "%s%s", type, word != NULL ? ", " : "", word != NULL ? word : "");
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err one_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wickr *w = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .platform = LM_PLATFORM_WICKR, .at = lm_dbread_when(r, t, M_AT, LM_EPOCH_COCOA_S), .duration_s = -1 } };
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, M_ID, &f.event.native_id);
    if (err == LM_OK)
        err = type_of(r, lm_dbread_int(t, M_TYPE), &f.event);
    if (err == LM_OK)
        err = thread_of(w, lm_dbread_int(t, M_CONVERSATION), &f.event.thread);
    if (err == LM_OK)
        err = user_of(w, lm_dbread_int(t, M_SENDER), &f.event.from);
    if (err != LM_OK)
        return err;
    if (f.event.thread.native.n == 0)
        lm_dbread_doubt(r, "the conversation of the message is not in the database");
    if (lm_evdb_type(t, M_BODY) == LM_EVDB_TEXT) {
        err = lm_dbread_text(r, r->ctx->record, t, M_BODY, &f.event.text);
        lm_dbread_doubt(r, "a body in the clear, where Wickr's are encrypted");
    }
    if (err != LM_OK)
        return err;
    w->sealed[K_BODY] += lm_evdb_type(t, M_BODY) == LM_EVDB_BLOB && sealed(t, M_BODY);
    raw_clear(r, t);
    f.event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

/* --- files, the account, devices, searches --- */

static lm_err simple(struct lm_dbread *r, struct lm_evdb_table *t, const char *detail, struct lm_account_ref from, struct lm_event *ev)
{
    *ev = (struct lm_event){ .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WICKR, .detail = lm_str(detail), .from = from, .duration_s = -1 };
    raw_clear(r, t);
    ev->raw = lm_dbread_raw_done(r);
    return LM_OK;
}

/* Which message a file belongs to stands in a table whose names differ from version to version: it is not followed. */
static lm_err one_file(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wickr *w = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    struct lm_attachment file = { .bytes = -1, .note = LM_STR("encrypted, not read") };
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, 0, &file.name);
    w->sealed[K_FILE] += any_blob(t);
    if (err == LM_OK)
        err = simple(r, t, "file", (struct lm_account_ref){ 0 }, &f.event);
    f.event.flags = LM_EVENT_SYSTEM;
    f.event.attachments = &file;
    f.event.n_attachments = 1;
    return err == LM_OK ? lm_dbread_emit(r, &f, file.name.n != 0 ? 1 : 0) : err;
}

static lm_err one_account(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wickr *w = user;
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    (void)rowid;
    w->sealed[K_ACCOUNT] += any_blob(t);
    lm_err err = simple(r, t, "account", owner(), &f.event);
    return err == LM_OK ? lm_dbread_emit(r, &f, 1) : err;
}

enum { A_ID, A_USER };
static lm_err one_device(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_fact facts[2] = { { .kind = LM_FACT_EVENT } };
    struct lm_account_ref a;
    struct lm_str id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, A_ID, &id);
    if (err == LM_OK)
        err = user_of(user, lm_dbread_int(t, A_USER), &a);
    if (err == LM_OK)
        err = simple(r, t, "device_known", a, &facts[0].event);
    if (err != LM_OK)
        return err;
    facts[0].event.kind = LM_EVENT_LOGIN;
    facts[0].event.native_id = id;
    bool known = id.n != 0 && a.form != LM_ACCOUNT_NONE;
    if (a.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "whose device it is is not said");
    facts[1] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                 .identifier = { .account = a, .type = LM_IDENTIFIER_DEVICE, .value = id, .basis = LM_STR("login") } };
    return lm_dbread_emit(r, facts, known ? 2 : 1);
}

static lm_err one_search(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT };
    struct lm_when at = lm_dbread_when(r, t, 0, LM_EPOCH_COCOA_S);
    struct lm_str query;
    (void)rowid;
    (void)user;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, 1, &query);
    if (err == LM_OK)
        err = simple(r, t, "search", owner(), &f.event);
    f.event.at = at;
    f.event.text = query;
    return err == LM_OK ? lm_dbread_emit(r, &f, 1) : err;
}

/* --- the reader --- */

static lm_err entity(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)r;
    if (lm_str_eq(lm_evdb_bytes(t, 0), LM_STR("Secex_Secure_Room")))
        ((struct wickr *)user)->n_room = rowid;
    return LM_OK;
}

static const char *const file_columns[] = { "ZGUID", "ZTITLE", "ZMIMETYPE", "-Z_PK", "-Z_ENT", "-Z_OPT" };
static const char *const account_columns[] = { "-Z_PK", "-Z_ENT", "-Z_OPT" };
static const char *const device_columns[] = { "ZAPPIDHASH", "ZUSER", "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZSAPPID", "-ZPUBS", "-ZPUBSIG" };
static const char *const search_columns[] = { "ZTIMESTAMP", "ZSEARCHQUERY", "-Z_PK", "-Z_ENT", "-Z_OPT" };

static const struct {
    const char *table, *entity;
    const char *const *columns;
    size_t n;
    lm_dbread_row one;
} walks[] = {
    { "ZWICKR_MESSAGE", "Wickr_Message", message_columns, M_N, one_message },
    { "ZSECEX_CONVO", "Secex_Convo", conversation_columns, C_N, one_conversation },
    { "ZSECEX_USER", "Secex_User", user_columns, U_N, one_user },
    { "ZWICKR_FILE", "Wickr_file", file_columns, 6, one_file },
    { "ZSECEX_ACCOUNT", "Secex_Account", account_columns, 3, one_account },
    { "ZSECEX_APP", "Secex_App", device_columns, 8, one_device },
    { "ZRECENT_SEARCH", "Recent_Search", search_columns, 5, one_search },
};

static lm_err tell_sealed(struct wickr *w)
{
    static const char *const kinds[K_N] = { "what messages say", "names of conversations", "names of users", "names and types of files",
                                            "the account's name and keys" };
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < K_N; i++)
        if (w->sealed[i] != 0)
            err = lm_dbread_notice(&w->r, LM_PROBLEM_LOST, (struct lm_locator){ 0 }, "encrypted, not read: %s (%" PRIu64 " rows); what is told of them"
                                                                                  " is metadata", kinds[i], w->sealed[i]);
    return err;
}

static lm_err read_database(struct wickr *w)
{
    static const char *const entity_columns[] = { "Z_NAME" };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&w->r, "Z_PRIMARYKEY", entity_columns, 1, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&w->r, t, entity, w);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZSECEX_USER", user_columns, U_N, &w->users);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZSECEX_CONVO", conversation_columns, C_N, &w->conversations);
    for (size_t i = 0; err == LM_OK && i < sizeof walks / sizeof *walks; i++) {
        int64_t highest = 0;
        err = lm_dbread_table(&w->r, walks[i].table, walks[i].columns, walks[i].n, &t);
        if (err == LM_OK)
            err = lm_dbread_highest(&w->r, walks[i].table, walks[i].entity, &highest);
        if (err == LM_OK)
            err = lm_dbread_records(&w->r, t, highest, walks[i].one, w);
    }
    return err == LM_OK ? tell_sealed(w) : err;
}

static const char *const tables[] = { "ZWICKR_MESSAGE.ZMSGID", "ZSECEX_CONVO.ZVGROUPID", "ZSECEX_USER.ZUSERIDHASH" };

/* The magic (128 bits) and a table that no other app has (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    if (lm_dbread_peek(in, head, tables, 3) != 0)
        return 168;
    return lm_dbread_named(in, "wickrLocal.sqlite") ? 8 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wickr w = { .n_room = 0 };
    lm_err err = lm_dbread_open(&w.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(w.r.db, "ZWICKR_MESSAGE") && !lm_evdb_has_table(w.r.db, "ZSECEX_USER"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables ZWICKR_MESSAGE and ZSECEX_USER is in it");
    if (err == LM_OK)
        err = read_database(&w);
    return lm_dbread_finish(&w.r, err);
}

const struct lm_reader lm_reader_wickr_ios_db = {
    .name = "wickr_ios_db",
    .title = "Wickr on iOS: wickrLocal.sqlite, metadata only (the rest is encrypted)",
    .reference = "abrignoni/iLEAPP wickr.py of 2026-08 (tables, columns, epochs), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
