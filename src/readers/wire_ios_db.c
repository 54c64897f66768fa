/* Wire on iOS: store.wiredatabase, of every version.
 *
 * Core Data: Z_PK is the rowid, times are seconds since 2001-01-01 UTC, ids are 16 bytes. Tables between two entities carry the
 * entities' numbers in their names (Z_15USERS), and these differ from version to version: they are asked of Z_PRIMARYKEY.
 * docs/readers/wire_ios_db.md has the rules and what is not kept.
 */
#include "readers/wire_ios_db.h"

#include <stdio.h>

/* --- who and where: rows that are asked for by their numbers --- */

struct lm_account_ref wio_account(const struct wio *w, int64_t row)
{
    struct lm_account_ref a = { .platform = LM_PLATFORM_WIRE };
    size_t low = 0, high = w->n_users;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->users[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    const struct wio_user *u = low < w->n_users && w->users[low].row == row ? &w->users[low] : NULL;
    if (u != NULL) {
        a.native = u->id;
        a.display = u->name;
    }
    if (a.native.n != 0)
        a.form = LM_ACCOUNT_NATIVE;
    else if (row != 0 && row == w->owner)
        a.form = LM_ACCOUNT_OWNER;
    else if (a.display.n != 0)
        a.form = LM_ACCOUNT_NAME;
    return a;
}

const struct wio_conversation *wio_conversation(const struct wio *w, int64_t row)
{
    size_t low = 0, high = w->n_conversations;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->conversations[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_conversations && w->conversations[low].row == row ? &w->conversations[low] : NULL;
}

lm_err wio_join(struct wio *w, int64_t left, const char *table, const char *left_column, int64_t right, const char *right_column,
                struct lm_evdb_index *ret)
{
    struct lm_arena *a = w->r.ctx->file;
    struct lm_evdb_table *t = NULL;
    const char *columns[5];
    struct lm_str name = lm_arena_printf(a, "Z_%lld%s", (long long)left, table);
    struct lm_str key = lm_arena_printf(a, "Z_%lld%s", (long long)left, left_column);
    *ret = (struct lm_evdb_index){ 0 };
    if (name.p == NULL || key.p == NULL)
        return LM_ENOMEM;
    columns[0] = key.p;
    for (int i = 0; i < 4; i++) { /* a number behind the name where two relations have the same */
        struct lm_str c = i == 0 ? lm_arena_printf(a, "Z_%lld%s", (long long)right, right_column)
                                 : lm_arena_printf(a, "Z_%lld%s%d", (long long)right, right_column, i);
        if (c.p == NULL)
            return LM_ENOMEM;
        columns[1 + i] = c.p;
    }
    lm_err err = left > 0 && right > 0 ? lm_dbread_table(&w->r, name.p, columns, 5, &t) : LM_OK;
    for (size_t i = 1; err == LM_OK && t != NULL && i < 5; i++)
        if (lm_evdb_has_column(t, i))
            return lm_dbread_index(&w->r, t, 0, i, ret);
    return err;
}

/* --- Z_PRIMARYKEY, ZSESSION --- */

static lm_err entity(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const names[] = { "Reaction", "SystemMessage", "Conversation", "User", "KnockMessage", "ImageMessage" };
    struct wio *w = user;
    int64_t *const numbers[] = { &w->n_reaction, &w->n_system, &w->n_conversation, &w->n_user, &w->n_knock, &w->n_image };
    (void)r;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (lm_str_is(lm_evdb_bytes(t, 0), names[i]))
            *numbers[i] = rowid;
    return LM_OK;
}

static lm_err session(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wio *w = user;
    (void)r;
    (void)rowid;
    if (w->owner == 0)
        w->owner = lm_dbread_int(t, 0);
    return LM_OK;
}

/* --- ZUSER --- */

enum { U_ID, U_NAME, U_HANDLE, U_EMAIL, U_PHONE, U_N, U_ALL = U_N + 24 };
static const char *const user_columns[] = {
    "ZREMOTEIDENTIFIER_DATA", "ZNAME", "ZHANDLE", "ZEMAILADDRESS", "ZPHONENUMBER",
    /* what the app keeps for itself, copies for searching, pictures */
    "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZMODIFIEDKEYS", "-ZMODIFIEDDATAFIELDS", "-ZACCENTCOLORVALUE", "-ZNORMALIZEDNAME", "-ZNORMALIZEDEMAILADDRESS",
    "-ZNEEDSPROPERTIESUPDATE", "-ZNEEDSRICHPROFILEUPDATE", "-ZNEEDSTOBEUPDATEDFROMBACKEND", "-ZNEEDSTOREFETCHLABELS", "-ZCONNECTION",
    "-ZADDRESSBOOKENTRY", "-ZMEMBERSHIP", "-ZIMAGECORRELATIONIDENTIFIER_DATA", "-ZIMAGEMEDIUMDATA", "-ZIMAGESMALLPROFILEDATA",
    "-ZORIGINALPROFILEIMAGEDATA", "-ZLOCALMEDIUMREMOTEIDENTIFIER_DATA", "-ZLOCALSMALLPROFILEREMOTEIDENTIFIER_DATA",
    "-ZMEDIUMREMOTEIDENTIFIER_DATA", "-ZSMALLPROFILEREMOTEIDENTIFIER_DATA", "-ZREADRECEIPTSENABLEDCHANGEDREMOTELY",
};
_Static_assert(sizeof user_columns / sizeof *user_columns == U_ALL, "one name for each column");

static lm_err known_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wio *w = user;
    struct wio_user *grown = lm_arena_grow(r->ctx->file, w->users, w->n_users, &w->cap_users, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    w->users = grown;
    struct wio_user *u = &grown[w->n_users++];
    *u = (struct wio_user){ .row = rowid };
    lm_err err = lm_wire_uuid(r->ctx->file, t, U_ID, &u->id);
    return err == LM_OK ? lm_dbread_text(r, r->ctx->file, t, U_NAME, &u->name) : err;
}

static lm_err one_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const enum lm_identifier_type types[U_N] = { LM_IDENTIFIER_ACCOUNT_ID, LM_IDENTIFIER_NAME, LM_IDENTIFIER_HANDLE,
                                                        LM_IDENTIFIER_EMAIL, LM_IDENTIFIER_PHONE };
    struct wio *w = user;
    struct lm_fact facts[U_N + 1];
    size_t n = 0;
    struct lm_account_ref a = wio_account(w, rowid);
    for (size_t i = U_NAME; i < U_N; i++) {
        struct lm_str value;
        lm_err err = lm_dbread_text(r, r->ctx->record, t, i, &value);
        if (err != LM_OK)
            return err;
        if (value.n != 0)
            facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = a, .type = types[i], .value = value } };
    }
    if (n == 0 && a.native.n != 0)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                       .identifier = { .account = a, .type = LM_IDENTIFIER_ACCOUNT_ID, .value = a.native } };
    for (size_t i = 0; i < n; i++)
        facts[i].identifier.basis = rowid == w->owner ? LM_STR("own_profile") : LM_STR("contact_list");
    if (n != 0 && a.form == LM_ACCOUNT_NONE) { /* neither id nor name: what there is stands for the account */
        for (size_t i = 0; i < n; i++) {
            facts[i].identifier.account.form = LM_ACCOUNT_NAME;
            facts[i].identifier.account.display = facts[0].identifier.value;
        }
    }
    lm_dbread_raw(r, t, false);
    struct lm_str raw = lm_dbread_raw_done(r);
    if (raw.n != 0 && n != 0)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WIRE, .detail = LM_STR("profile"),
                                                  .from = facts[0].identifier.account, .duration_s = -1, .raw = raw } };
    return lm_dbread_emit(r, facts, n);
}

/* --- ZUSERCLIENT: the devices --- */

enum { C_USER, C_AT, C_LATITUDE, C_LONGITUDE, C_ADDRESS, C_CLASS, C_LABEL, C_MODEL, C_ID, C_TYPE, C_FOUND, C_N = C_FOUND + 21 };
static const char *const client_columns[] = {
    "ZUSER", "ZACTIVATIONDATE", "ZACTIVATIONLOCATIONLATITUDE", "ZACTIVATIONLOCATIONLONGITUDE", "ZACTIVATIONADDRESS", "ZDEVICECLASS",
    "ZLABEL", "ZMODEL", "ZREMOTEIDENTIFIER", "ZTYPE", "ZDISCOVERYDATE",
    /* keys, and what the app still has to do */
    "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZMODIFIEDKEYS", "-ZMODIFIEDDATAFIELDS", "-ZAPSDECRYPTIONKEY", "-ZAPSVERIFICATIONKEY", "-ZPUSHTOKEN",
    "-ZNUMBEROFKEYSREMAINING", "-ZPREKEYSRANGEMAX", "-ZNEEDSTONOTIFYUSER", "-ZNEEDSSESSIONMIGRATION", "-ZNEEDSTOBEUPDATEDFROMBACKEND",
    "-ZNEEDSTONOTIFYOTHERUSERABOUTSESSIONRESET", "-ZNEEDSTOUPDATECAPABILITIES", "-ZNEEDSTOUPLOADSIGNALINGKEYS",
    "-ZNEEDSTOUPLOADMLSPUBLICKEYS", "-Z10_DISCOVEREDBYMESSAGE", "-ZDISCOVEREDBYMESSAGE", "-ZMISSEDBYCLIENT",
};
_Static_assert(sizeof client_columns / sizeof *client_columns == C_N, "one name for each column");

/* The place is that of the address, as Wire's server saw it: it stays in raw, it is not where anyone was. */
static lm_err one_client(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wio *w = user;
    struct lm_str id, address, model;
    struct lm_account_ref a = wio_account(w, lm_dbread_int(t, C_USER));
    struct lm_when at = lm_dbread_when(r, t, C_AT, LM_EPOCH_COCOA_S);
    struct lm_fact facts[3];
    size_t n = 1;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, C_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, C_ADDRESS, &address);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, C_MODEL, &model);
    if (err != LM_OK)
        return err;
    if (a.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "whose device it is is not said");
    facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                 .event = { .kind = LM_EVENT_LOGIN, .platform = LM_PLATFORM_WIRE, .at = at, .native_id = id,
                                            .detail = at.quality != LM_TIME_NONE ? LM_STR("device_registered") : LM_STR("device_known"),
                                            .from = a, .duration_s = -1 } };
    if (id.n != 0 && a.form != LM_ACCOUNT_NONE)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                       .identifier = { .account = a, .type = LM_IDENTIFIER_DEVICE, .value = id, .basis = LM_STR("login"), .at = at } };
    if (address.n != 0 && a.form != LM_ACCOUNT_NONE)
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                       .identifier = { .account = a, .type = LM_IDENTIFIER_IP, .value = address, .basis = LM_STR("login"), .at = at } };
    for (size_t i = C_LATITUDE; i <= C_FOUND; i++)
        if (i != C_ID)
            lm_dbread_raw_column(r, t, i, client_columns[i]);
    lm_dbread_raw(r, t, false);
    facts[0].event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, facts, n);
}

/* --- ZCONNECTION: who asked whom to be a contact --- */

enum { N_TO, N_CONVERSATION, N_STATUS, N_AT, N_TEXT, N_N = N_TEXT + 8 };
static const char *const connection_columns[] = {
    "ZTO", "ZCONVERSATION", "ZSTATUS", "ZLASTUPDATEDATEINGMT", "ZMESSAGE",
    "-Z_PK", "-Z_ENT", "-Z_OPT", "-ZEXISTSONBACKEND", "-ZMODIFIEDDATAFIELDS", "-ZMODIFIEDKEYS", "-ZNEEDSTOBEUPDATEDFROMBACKEND",
};
_Static_assert(sizeof connection_columns / sizeof *connection_columns == N_N, "one name for each column");

/* ZMConnectionStatus: the words are ours. Only "sent" and "pending" say who asked. */
static lm_err one_connection(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const words[] = { "invalid", "accepted", "pending", "ignored", "blocked", "sent", "cancelled", "blocked_missing_consent" };
    struct wio *w = user;
    int64_t status = lm_dbread_int(t, N_STATUS);
    const struct wio_conversation *c = wio_conversation(w, lm_dbread_int(t, N_CONVERSATION));
    struct lm_account_ref to = wio_account(w, lm_dbread_int(t, N_TO)), own = wio_account(w, w->owner);
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_CONTACT_ADDED, .platform = LM_PLATFORM_WIRE, .from = own, .to = &to, .n_to = 1,
                                    .at = lm_dbread_when(r, t, N_AT, LM_EPOCH_COCOA_S), .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    (void)rowid;
    if (own.form == LM_ACCOUNT_NONE)
        own = (struct lm_account_ref){ .platform = LM_PLATFORM_WIRE, .form = LM_ACCOUNT_OWNER };
    ev->from = own;
    if (to.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "the other end of the connection is not in the database");
    ev->n_to = to.form != LM_ACCOUNT_NONE;
    if (status >= 0 && status < (int64_t)(sizeof words / sizeof *words))
        ev->detail = lm_str(words[status]);
    else
        ev->detail = lm_arena_printf(r->ctx->record, "status %lld", (long long)status);
    if (c != NULL)
        ev->thread = (struct lm_thread_ref){ c->id, c->title, c->kind };
    if (status == 5 || status == 2) {
        lm_err err = lm_dbread_text(r, r->ctx->record, t, N_TEXT, &ev->text);
        if (err != LM_OK)
            return err;
    } else {
        lm_dbread_raw_column(r, t, N_TEXT, "ZMESSAGE");
    }
    if (status == 2 && ev->n_to != 0) { /* somebody asked the owner */
        ev->from = to;
        to = own;
    }
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return ev->detail.p != NULL ? lm_dbread_emit(r, &f, 1) : LM_ENOMEM;
}

/* --- ZCONVERSATION --- */

enum { V_ID, V_TYPE, V_TITLE, V_SELF_IN, V_N };
static const char *const conversation_columns[] = { "ZREMOTEIDENTIFIER_DATA", "ZCONVERSATIONTYPE", "ZUSERDEFINEDNAME", "ZISSELFANACTIVEMEMBER" };

static lm_err conversation(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wio *w = user;
    struct wio_conversation *grown = lm_arena_grow(r->ctx->file, w->conversations, w->n_conversations, &w->cap_conversations, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    w->conversations = grown;
    struct wio_conversation *c = &grown[w->n_conversations++];
    int64_t type = lm_dbread_int(t, V_TYPE), in = 1;
    (void)lm_evdb_i64(t, V_SELF_IN, &in);
    *c = (struct wio_conversation){ .row = rowid, .self = type == 1, .owner_in = in != 0 };
    c->kind = type == 2 || type == 4 ? LM_THREAD_DIRECT : type == 3 ? LM_THREAD_GROUP : LM_THREAD_UNKNOWN;
    lm_err err = lm_wire_uuid(r->ctx->file, t, V_ID, &c->id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, V_TITLE, &c->title);
    if (err == LM_OK && c->id.n == 0) {
        c->id = lm_arena_printf(r->ctx->file, "ZCONVERSATION %lld", (long long)rowid);
        err = c->id.p != NULL ? LM_OK : LM_ENOMEM;
    }
    return err;
}

static lm_err add_members(struct wio *w, struct wio_conversation *c, struct lm_evdb_index *from)
{
    size_t found, cap = c->n;
    const struct lm_evdb_link *l = lm_evdb_index_find(from, c->row, &found);
    int64_t *list = c->members;
    for (size_t i = 0; i < found && !c->over; i++) {
        bool there = false;
        for (size_t k = 0; k < c->n && !there; k++)
            there = list[k] == l[i].rowid;
        if (there)
            continue;
        c->over = c->n == WIO_MAX_MEMBERS;
        list = c->over ? list : lm_arena_grow(w->r.ctx->file, list, c->n, &cap, sizeof *list);
        if (list == NULL)
            return LM_ENOMEM;
        if (!c->over)
            list[c->n++] = l[i].rowid;
    }
    c->members = list;
    return LM_OK;
}

/* Of two people the other's name: what the server keeps as a title is often the owner's. */
static void direct_title(struct wio *w, struct wio_conversation *c)
{
    for (size_t i = 0; c->kind == LM_THREAD_DIRECT && i < c->n; i++) {
        struct lm_account_ref a = wio_account(w, c->members[i]);
        if (c->members[i] != w->owner && a.display.n != 0) {
            c->title = a.display;
            return;
        }
    }
}

/* Members: roles (newer), what the server said, what older apps kept, and the other end of a connection. */
static lm_err members(struct wio *w)
{
    static const char *const role_columns[] = { "ZCONVERSATION", "ZUSER" };
    struct lm_evdb_table *t = NULL;
    struct lm_evdb_index lists[4] = { 0 };
    lm_err err = lm_dbread_table(&w->r, "ZPARTICIPANTROLE", role_columns, 2, &t);
    if (err == LM_OK)
        err = lm_dbread_index(&w->r, t, 0, 1, &lists[0]);
    if (err == LM_OK)
        err = wio_join(w, w->n_conversation, "LASTSERVERSYNCEDACTIVEPARTICIPANTS", "LASTSERVERSYNCEDACTIVECONVERSATIONS", w->n_user,
                       "LASTSERVERSYNCEDACTIVEPARTICIPANTS", &lists[1]);
    if (err == LM_OK)
        err = wio_join(w, w->n_conversation, "OTHERACTIVEPARTICIPANTS", "ACTIVECONVERSATIONS", w->n_user, "OTHERACTIVEPARTICIPANTS", &lists[2]);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZCONNECTION", connection_columns, N_N, &t);
    if (err == LM_OK)
        err = lm_dbread_index(&w->r, t, N_CONVERSATION, N_TO, &lists[3]);
    for (size_t i = 0; err == LM_OK && i < w->n_conversations; i++) {
        for (size_t k = 0; err == LM_OK && k < 4; k++)
            err = add_members(w, &w->conversations[i], &lists[k]);
        direct_title(w, &w->conversations[i]);
    }
    return err;
}

/* Older apps and damaged files: the owner's own conversation has his id. */
static void owner_by_conversation(struct wio *w)
{
    for (size_t i = 0; w->owner == 0 && i < w->n_conversations; i++)
        for (size_t k = 0; w->conversations[i].self && k < w->n_users; k++)
            if (w->users[k].id.n != 0 && lm_str_eq(w->users[k].id, w->conversations[i].id))
                w->owner = w->users[k].row;
}

/* --- the reader --- */

static lm_err read_store(struct wio *w)
{
    static const char *const entity_columns[] = { "Z_NAME" }, *const session_columns[] = { "ZSELFUSER" };
    lm_err err = lm_dbread_table_rows(&w->r, "Z_PRIMARYKEY", entity_columns, 1, entity, w);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&w->r, "ZSESSION", session_columns, 1, session, w);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&w->r, "ZUSER", user_columns, U_ALL, known_user, w);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&w->r, "ZCONVERSATION", conversation_columns, V_N, conversation, w);
    if (err != LM_OK)
        return err;
    owner_by_conversation(w);
    if (w->owner == 0)
        err = lm_dbread_notice(&w->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "whose account this is is not said in ZSESSION: the owner is"
                                                                                " unknown");
    if (err == LM_OK)
        err = members(w);
    if (err == LM_OK)
        err = wio_messages(w);
    if (err == LM_OK)
        err = lm_dbread_table_records(&w->r, "ZUSER", "User", user_columns, U_ALL, one_user, w);
    if (err == LM_OK)
        err = lm_dbread_table_records(&w->r, "ZUSERCLIENT", "UserClient", client_columns, C_N, one_client, w);
    if (err == LM_OK)
        err = lm_dbread_table_records(&w->r, "ZCONNECTION", "Connection", connection_columns, N_N, one_connection, w);
    return err;
}

static const char *const tables[] = { "ZMESSAGE.ZVISIBLEINCONVERSATION", "ZGENERICMESSAGEDATA.ZDATA" };

/* The magic (128 bits) and a table that no other app has (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    if (lm_dbread_peek(in, head, tables, 2) != 0)
        return 168;
    return lm_dbread_named(in, "store.wiredatabase") ? 8 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wio w = { .owner = 0 };
    lm_err err = lm_dbread_open(&w.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(w.r.db, "ZMESSAGE") && !lm_evdb_has_table(w.r.db, "ZUSER"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables ZMESSAGE and ZUSER is in it");
    if (err == LM_OK)
        err = read_store(&w);
    return lm_dbread_finish(&w.r, err);
}

const struct lm_reader lm_reader_wire_ios_db = {
    .name = "wire_ios_db",
    .title = "Wire on iOS: store.wiredatabase",
    .reference = "wireapp/wire-ios-data-model bf5946e7 (columns, kinds), wireapp/generic-message-proto 06fc4939, checked 2026-11",
    .tested_on = "two stores of another project (versions 1.28 and 2.101); edits, reactions and calls: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
