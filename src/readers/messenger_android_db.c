/* Facebook Messenger on Android: msys_database_<user id> (shared/msys.c), the older threads_db2, and threads_db2-uid, which names the owner.
 *
 * threads_db2 keeps sender, attachments and shares of a message as JSON; keys are "FACEBOOK:100", "ONE_TO_ONE:100:200", "GROUP:300". Times are
 * milliseconds since 1970 UTC. docs/readers/messenger_db.md has the rules.
 */
#include <stdio.h>

#include "readers/shared/msys.h"

#define NOT_A_MESSAGE (-1)

enum { M_ID, M_THREAD, M_SENDER, M_AT, M_TEXT, M_TYPE, M_ADMIN, M_FILES, M_SHARES, M_N };
static const char *const message_columns[M_N] = { "msg_id", "thread_key", "sender", "timestamp_ms", "text", "msg_type", "generic_admin_message_extensible_data",
                                                  "attachments", "shares" };
enum { U_KEY, U_FIRST, U_LAST, U_NAME, U_HANDLE, U_N };
static const char *const user_columns[U_N] = { "user_key", "first_name", "last_name", "name", "username" };
enum { R_OF, R_BY, R_WHAT, R_AT, R_AT_MS, R_AT_CREATED, R_AT_CREATED_MS, R_N };
static const char *const reaction_columns[R_N] = { "msg_id", "user_key", "reaction", "reaction_timestamp", "reaction_timestamp_ms", "reaction_creation_timestamp_ms",
                                                   "reaction_creation_time_ms" };

struct old {
    struct lm_dbread r;
    struct lm_people p;
    struct lm_by_text reactions;
    struct lm_event *ev;
    struct lm_reaction *list;
    size_t cap;
};

static const struct lm_str none = { NULL, 0 };

/* "FACEBOOK:100" → "100" */
static struct lm_str bare(struct lm_str key)
{
    size_t colon = lm_str_find(key, LM_STR(":"));
    return colon != SIZE_MAX ? lm_str_skip(key, colon + 1) : key;
}

static lm_err text_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    return lm_dbread_text(r, r->ctx->record, t, column, ret);
}

static lm_err json_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_jnode **ret)
{
    bool odd = false, broken = false;
    lm_err err = lm_jtree_parse(r->ctx->record, lm_evdb_bytes(t, column), ret, &odd, &broken);
    r->altered |= err == LM_OK && odd;
    if (err == LM_OK && broken) { /* the whole as it stands as well */
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s_damaged", LM_STR_ARG(lm_evdb_column_name(t, column)));
        lm_dbread_raw_column(r, t, column, key);
        lm_dbread_doubt(r, "JSON in it breaks off or is too large: what stands before that is kept");
    }
    return err;
}

/* --- people --- */

static lm_err name_of(struct lm_dbread *r, struct lm_evdb_table *t, struct lm_str *ret_id, struct lm_str *ret_name)
{
    struct lm_str key, first, last;
    lm_err err = text_at(r, t, U_KEY, &key);
    if (err == LM_OK)
        err = text_at(r, t, U_NAME, ret_name);
    if (err == LM_OK)
        err = text_at(r, t, U_FIRST, &first);
    if (err == LM_OK)
        err = text_at(r, t, U_LAST, &last);
    if (err != LM_OK)
        return err;
    *ret_id = bare(key);
    if (ret_name->n == 0 && (first.n != 0 || last.n != 0)) {
        *ret_name = lm_arena_printf(r->ctx->record, "%.*s%s%.*s", LM_STR_ARG(first), first.n != 0 && last.n != 0 ? " " : "", LM_STR_ARG(last));
        return ret_name->p != NULL ? LM_OK : LM_ENOMEM;
    }
    return LM_OK;
}

static lm_err on_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_str id, name;
    (void)rowid;
    lm_err err = name_of(r, t, &id, &name);
    return err == LM_OK ? lm_people_name(&o->p, id, name) : err;
}

static lm_err person(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_FACEBOOK, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("contact") };
    struct lm_str id, name, handle;
    (void)rowid;
    lm_err err = name_of(r, t, &id, &name);
    if (err == LM_OK)
        err = text_at(r, t, U_HANDLE, &handle);
    if (err == LM_OK)
        err = lm_people_identifier(&o->p, &f, id, LM_IDENTIFIER_NAME, name);
    if (err == LM_OK)
        err = lm_people_identifier(&o->p, &f, id, LM_IDENTIFIER_HANDLE, handle);
    if (err != LM_OK)
        return err;
    ev.from = lm_people_is_owner(&o->p, id) ? o->p.owner : lm_people_account(&o->p, id);
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&o->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, id.n != 0 ? f.n : 0) : err;
}

/* --- threads --- */

/* keep: a table tells of it what its key does not say. */
static lm_err thread_of(struct old *o, struct lm_str key, bool keep, struct lm_people_thread **ret)
{
    lm_err err = keep ? lm_people_thread(&o->p, key, ret) : lm_people_thread_here(&o->p, key, ret);
    if (err != LM_OK || *ret == NULL || (*ret)->ref.kind != LM_THREAD_UNKNOWN)
        return err;
    if (lm_str_starts(key, LM_STR("GROUP:"))) {
        (*ret)->ref.kind = LM_THREAD_GROUP;
    } else if (lm_str_starts(key, LM_STR("ONE_TO_ONE:")) || lm_str_starts(key, LM_STR("TINCAN:"))) {
        struct lm_str both = bare(key);
        size_t colon = lm_str_find(both, LM_STR(":"));
        (*ret)->ref.kind = LM_THREAD_DIRECT;
        err = lm_people_member(&o->p, *ret, lm_str_take(both, colon));
        if (err == LM_OK && colon != SIZE_MAX)
            err = lm_people_member(&o->p, *ret, lm_str_skip(both, colon + 1));
    }
    return err;
}

static lm_err on_member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_people_thread *one;
    struct lm_str key, id;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &key);
    if (err == LM_OK)
        err = text_at(r, t, 1, &id);
    if (err == LM_OK)
        err = thread_of(o, key, true, &one);
    return err == LM_OK ? lm_people_member(&o->p, one, bare(id)) : err;
}

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_people_thread *one;
    struct lm_str key;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &key);
    if (err == LM_OK)
        err = thread_of(o, key, true, &one);
    return err == LM_OK && one != NULL ? lm_dbread_text(r, lm_people_arena(&o->p, one), t, 1, &one->ref.title) : err;
}

static const char *const thread_columns[] = { "thread_key", "name" };

static lm_err thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_FACEBOOK, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("thread") };
    struct lm_str key;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &key);
    if (err == LM_OK)
        err = thread_of(o, key, false, &one);
    if (err == LM_OK)
        err = lm_people_ends(&o->p, one, none, true, &ev);
    if (err != LM_OK)
        return err;
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- messages --- */

static lm_err on_reaction(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_str by, what;
    (void)rowid;
    lm_err err = text_at(r, t, R_BY, &by);
    if (err == LM_OK)
        err = text_at(r, t, R_WHAT, &what);
    if (err == LM_OK)
        err = lm_dbread_push(r, (void **)&o->list, o->ev->n_reactions, &o->cap, sizeof *o->list);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    by = bare(by);
    o->list[o->ev->n_reactions++] = (struct lm_reaction){ lm_people_is_owner(&o->p, by) ? o->p.owner : lm_people_account(&o->p, by), what };
    o->ev->reactions = o->list;
    char prefix[64], key[128];
    (void)snprintf(prefix, sizeof prefix, "message_reactions[%zu]", o->ev->n_reactions);
    for (size_t i = R_AT; i < R_N; i++) {
        (void)snprintf(key, sizeof key, "%s.%s", prefix, reaction_columns[i]);
        lm_dbread_raw_column(r, t, i, key);
    }
    lm_dbread_raw_as(r, t, prefix);
    return LM_OK;
}

/* [{"filename": …}], and shares [{"name", "description", "href"}] */
static lm_err hang_on(struct old *o, struct lm_jnode *files, struct lm_jnode *shares, struct lm_event *ev)
{
    struct lm_attachment *list = NULL;
    struct lm_jnode *both[] = { files, shares };
    size_t cap = 0;
    for (size_t k = 0; k < 2; k++)
        for (struct lm_jnode *n = both[k]->type == LM_JSON_ARRAY ? both[k]->first : NULL; n != NULL; n = n->next) {
            int64_t bytes;
            struct lm_attachment one = { .bytes = -1, .name = lm_jtree_text(lm_jtree_take(n, k == 0 ? "filename" : "href")),
                                         .type = k == 0 ? lm_jtree_text(lm_jtree_take(n, "mime_type")) : LM_STR("share"),
                                         .note = lm_jtree_text(lm_jtree_take(n, k == 0 ? "id" : "name")) };
            if (k == 0 && lm_jtree_i64(lm_jtree_take(n, "file_size"), &bytes) && bytes >= 0)
                one.bytes = bytes;
            lm_err err = lm_dbread_push(&o->r, (void **)&list, ev->n_attachments, &cap, sizeof *list);
            if (err != LM_OK)
                return err == LM_ELIMIT ? LM_OK : err;
            list[ev->n_attachments++] = one;
            ev->attachments = list;
            char key[64];
            (void)snprintf(key, sizeof key, "%s[%zu]", k == 0 ? "attachments" : "shares", ev->n_attachments);
            lm_dbread_raw_tree(&o->r, key, n);
        }
    return LM_OK;
}

/* What the app wrote itself: of a call, who called and for how long. The row stands at the end of the call. */
static void admin(struct lm_jnode *data, bool has_caller, struct lm_event *ev)
{
    int64_t seconds = -1;
    struct lm_jnode *duration = lm_jtree_take(data, "call_duration");
    if (duration == NULL && !has_caller) {
        ev->kind = LM_EVENT_OTHER;
        ev->flags |= LM_EVENT_SYSTEM;
        ev->detail = LM_STR("generic_admin_message");
        return;
    }
    ev->kind = LM_EVENT_CALL;
    ev->detail = lm_jtree_true(lm_jtree_take(data, "video")) ? LM_STR("video") : LM_STR("audio");
    if (lm_jtree_i64(duration, &seconds) && seconds >= 0) {
        ev->duration_s = seconds;
        ev->flags |= seconds == 0 ? LM_EVENT_ATTEMPT : 0;
        if (ev->at.quality == LM_TIME_UTC && seconds < ev->at.us / LM_SECOND_US)
            ev->at.us -= seconds * LM_SECOND_US;
    }
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct old *o = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_FACEBOOK, .duration_s = -1 };
    struct lm_jnode *sender, *data, *files, *shares;
    struct lm_str key;
    (void)rowid;
    o->ev = &ev;
    o->list = NULL;
    o->cap = 0;
    lm_err err = text_at(r, t, M_ID, &ev.native_id);
    if (err == LM_OK)
        err = text_at(r, t, M_THREAD, &key);
    if (err == LM_OK)
        err = text_at(r, t, M_TEXT, &ev.text);
    if (err == LM_OK)
        err = json_at(r, t, M_SENDER, &sender);
    if (err == LM_OK)
        err = json_at(r, t, M_ADMIN, &data);
    if (err == LM_OK)
        err = json_at(r, t, M_FILES, &files);
    if (err == LM_OK)
        err = json_at(r, t, M_SHARES, &shares);
    if (err == LM_OK)
        err = thread_of(o, key, false, &one);
    if (err != LM_OK)
        return err;
    struct lm_str by = bare(lm_jtree_text(lm_jtree_take(sender, "user_key"))), name = lm_jtree_text(lm_jtree_take(sender, "name"));
    struct lm_str caller = lm_jtree_text(lm_jtree_take(data, "caller_id"));
    ev.at = lm_dbread_when(r, t, M_AT, LM_EPOCH_UNIX_MS);
    err = lm_people_ends(&o->p, one, caller.n != 0 ? caller : by, false, &ev);
    if (err == LM_OK)
        err = hang_on(o, files, shares, &ev);
    if (err == LM_OK)
        err = lm_by_text_each(r, &o->reactions, ev.native_id, on_reaction, o);
    if (err != LM_OK)
        return err;
    if (ev.from.display.n == 0 && caller.n == 0 && ev.from.form == LM_ACCOUNT_NATIVE)
        ev.from.display = name;
    if (data->type == LM_JSON_OBJECT) {
        lm_dbread_raw_column(r, t, M_AT, "timestamp_ms");
        admin(data, caller.n != 0, &ev);
    } else if (lm_dbread_int(t, M_TYPE) == NOT_A_MESSAGE) { /* a mark of how far the list was fetched */
        ev.kind = LM_EVENT_OTHER;
        ev.flags |= LM_EVENT_SYSTEM;
        ev.detail = LM_STR("msg_type -1");
    } else if (ev.from.form == LM_ACCOUNT_NONE) {
        lm_dbread_doubt(r, "who sent it is not said");
    }
    lm_dbread_raw_column(r, t, M_TYPE, "msg_type");
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "sender", sender);
    lm_dbread_raw_tree(r, "generic_admin_message_extensible_data", data);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- the files --- */

static lm_err read_threads_db2(struct old *o)
{
    static const char *const members[] = { "thread_key", "user_key" };
    static const size_t expected[] = { M_ID, M_THREAD, M_SENDER, M_AT, M_TEXT };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table_rows(&o->r, "thread_users", user_columns, U_N, on_user, o);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&o->r, "threads", thread_columns, 2, on_thread, o);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&o->r, "thread_participants", members, 2, on_member, o);
    if (err == LM_OK)
        err = lm_msys_side(&o->r, "message_reactions", reaction_columns, R_N, &o->reactions);
    if (err == LM_OK)
        err = lm_dbread_table(&o->r, "messages", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&o->r, t, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table_records(&o->r, "thread_users", NULL, user_columns, U_N, person, o);
    if (err == LM_OK)
        err = lm_dbread_table_records(&o->r, "threads", NULL, thread_columns, 2, thread, o);
    return err == LM_OK ? lm_dbread_table_records(&o->r, "messages", NULL, message_columns, M_N, message, o) : err;
}

/* threads_db2-uid: the owner's id and nothing else */
static struct lm_str owner_file(struct lm_str bytes)
{
    struct lm_str id = lm_str_trim(lm_str_take(bytes, 64));
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] < '0' || id.p[i] > '9')
            return none;
    return bytes.n <= 64 && id.n >= 4 ? id : none;
}

static lm_err read_owner(struct lm_read *ctx, struct lm_sink *sink, struct lm_str id)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = ctx->in->bytes.n };
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER,
                         .identifier = { .account = { LM_PLATFORM_FACEBOOK, LM_ACCOUNT_NATIVE, id, none }, .type = LM_IDENTIFIER_ACCOUNT_ID, .value = id,
                                         .basis = LM_STR("own_profile") } };
    return lm_sink_fact(sink, at, &f);
}

/* The magic (128 bits) and columns that no other family has (40); the owner's file by its name and its digits. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages.msg_id", "messages.sender", "messages.thread_key", "thread_users.user_key" };
    if (lm_dbread_named(in, "threads_db2-uid"))
        return owner_file(head).n != 0 ? 24 : 8;
    uint32_t found = lm_dbread_peek(in, head, tables, 4);
    return (found & 7) == 7 || (found & 8) != 0 || lm_msys_which(in, head) == LM_MSYS_MESSENGER_ANDROID ? 168 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct old o = { .list = NULL };
    struct lm_str uid;
    if (!lm_evdb_is_sqlite(ctx->in->bytes) && lm_dbread_named(ctx->in, "threads_db2-uid")) {
        struct lm_str id = owner_file(ctx->in->bytes);
        return id.n != 0 ? read_owner(ctx, sink, id) : lm_fail(ctx->error, LM_EINPUT, "there is no id of an account in it");
    }
    lm_err err = lm_dbread_open(&o.r, ctx, sink);
    lm_people_init(&o.p, &o.r, LM_PLATFORM_FACEBOOK);
    if (err == LM_OK && lm_input_sibling(ctx->in, LM_STR("threads_db2-uid"), &uid) == LM_OK)
        err = lm_people_owner(&o.p, owner_file(uid));
    if (err == LM_OK && !lm_evdb_has_table(o.r.db, "messages") && !lm_evdb_has_table(o.r.db, "contacts") && !lm_evdb_has_table(o.r.db, "call_log")
        && !lm_evdb_has_table(o.r.db, "thread_users") && !lm_evdb_has_table(o.r.db, "client_messages") && !lm_evdb_has_table(o.r.db, "secure_messages"))
        err = lm_fail(ctx->error, LM_EINPUT, "none of Messenger's tables is in it");
    if (err == LM_OK)
        err = lm_evdb_has_table(o.r.db, "thread_users") ? read_threads_db2(&o) : lm_msys_read(&o.p);
    return lm_dbread_finish(&o.r, err);
}

const struct lm_reader lm_reader_messenger_android_db = {
    .name = "messenger_android_db",
    .title = "Facebook Messenger on Android: msys_database_<user id>, threads_db2, threads_db2-uid",
    .reference = "abrignoni/ALEAPP 061660f0 FacebookMessenger (names), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
