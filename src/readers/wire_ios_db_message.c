/* wire_ios_db_message.c - one row of ZMESSAGE is one record; so is what is left in ZGENERICMESSAGEDATA of a message that is gone. */
#include "readers/wire_ios_db.h"

#include <stdio.h>

enum {
    M_AT, M_SENDER, M_VISIBLE, M_HIDDEN, M_SYSTEM, M_NONCE, M_TEXT, M_TEXT1, M_NORMAL, M_DURATION, M_UPDATED, M_QUOTE, M_ENTITY, M_EXPIRED, M_DOMAINS,
    M_N = M_DOMAINS + 28
};
static const char *const message_columns[] = {
    "ZSERVERTIMESTAMP", "ZSENDER", "ZVISIBLEINCONVERSATION", "ZHIDDENINCONVERSATION", "ZSYSTEMMESSAGETYPE", "ZNONCE_DATA", "ZTEXT", "ZTEXT1",
    "ZNORMALIZEDTEXT", "ZDURATION", "ZUPDATEDTIMESTAMP", "ZQUOTE", "Z_ENT", "ZISEXPIRED", "ZDOMAINS",
    /* what the app keeps for itself, and copies of what stands elsewhere */
    "-Z_PK", "-Z_OPT", "-Z_FOK_VISIBLEINCONVERSATION", "-Z_FOK_HIDDENINCONVERSATION", "-ZMODIFIEDKEYS", "-ZMODIFIEDDATAFIELDS",
    "-ZCACHEDCATEGORY", "-ZNEEDSTOBEUPDATEDFROMBACKEND", "-ZNEEDSUPDATINGUSERS", "-ZNEEDSLINKATTACHMENTSUPDATE", "-ZORIGINALDATAPROCESSED",
    "-ZMEDIUMDATALOADED", "-ZLOADEDMEDIUMDATA", "-ZNEEDSTOUPLOADMEDIUM", "-ZNEEDSTOUPLOADPREVIEW", "-ZISENCRYPTED", "-ZISPLAINTEXT",
    "-Z10_QUOTE", "-ZPROGRESS", "-ZISDOWNLOADING", "-ZASSOCIATEDTASKIDENTIFIER_DATA", "-ZRELEVANTFORCONVERSATIONSTATUS", "-ZVERSION",
    "-ZLINKPREVIEWSTATE", "-ZEVENTID_DATA", "-ZPREPROCESSEDSIZE_DATA", "-ZORIGINALSIZE_DATA",
};
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "one name for each column");
enum { G_MESSAGE, G_ASSET, G_DATA, G_N };
static const char *const generic_columns[] = { "ZMESSAGE", "ZASSET", "ZDATA" };
enum { R_MESSAGE, R_WHAT, R_N };
static const char *const reaction_columns[] = { "ZMESSAGE", "ZUNICODEVALUE" };
enum { F_MESSAGE, F_TYPE, F_USER, F_AT, F_N };
static const char *const confirmation_columns[] = { "ZMESSAGE", "ZTYPE", "ZUSER", "ZSERVERTIMESTAMP" };

enum { TYPE_ADDED = 1, TYPE_REMOVED = 2, TYPE_RENAMED = 3, TYPE_MISSED_CALL = 6, TYPE_NEW = 13, TYPE_DELETED = 16, TYPE_CALL = 17, TYPE_LEFT = 18 };
#define WIRE_BEGAN_US (INT64_C(1325376000) * LM_SECOND_US) /* 2012: Wire's server cannot have given an earlier time */
#define MAX_RECEIPTS 64

struct messages {
    struct wio *w;
    struct lm_evdb_table *generic, *reactions, *confirmations, *others; /* others: ZMESSAGE again, for what a row points at */
    struct lm_evdb_index text_of, asset_of, reaction_of, reacted, confirmation_of, users_of;
};

static const char *system_word(int64_t type)
{
    static const char *const words[] = {
        NULL, "members_added", "members_removed", "renamed", "connection_request", "connection_update", "missed_call", "new_device",
        "device_ignored", "conversation_secure", "messages_may_be_missing", "not_decrypted", "not_decrypted_identity_changed",
        "new_conversation", "device_reactivated", "using_new_device", "deleted_for_everyone", "call", "team_member_left",
        "message_timer_changed", "read_receipts_enabled", "read_receipts_disabled", "read_receipts_on", "legal_hold_enabled",
        "legal_hold_disabled", "session_reset", "decryption_resolved",
    };
    return type > 0 && type < (int64_t)(sizeof words / sizeof *words) ? words[type] : NULL;
}

/* --- the two ends --- */

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    if (a->form != b->form)
        return false;
    return a->form == LM_ACCOUNT_NATIVE ? lm_str_eq(a->native, b->native)
           : a->form == LM_ACCOUNT_NAME ? lm_str_eq(a->display, b->display)
                                        : true;
}

static lm_err legs(struct lm_dbread *r, struct wio *w, const struct wio_conversation *c, struct lm_event *ev)
{
    struct lm_account_ref own = wio_account(w, w->owner);
    if (own.form == LM_ACCOUNT_NONE)
        own = (struct lm_account_ref){ .platform = LM_PLATFORM_WIRE, .form = LM_ACCOUNT_OWNER };
    if (c == NULL || c->self)
        return LM_OK;
    if (c->over || (c->n == 0 && c->kind != LM_THREAD_DIRECT)) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, c->n + 1, sizeof *to);
    bool owner_listed = false;
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < c->n; i++) {
        struct lm_account_ref m = wio_account(w, c->members[i]);
        owner_listed = owner_listed || c->members[i] == w->owner;
        if (m.form == LM_ACCOUNT_NONE)
            ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        else if (!same(&m, &ev->from))
            to[ev->n_to++] = m;
    }
    if (!owner_listed && c->owner_in && !same(&own, &ev->from))
        to[ev->n_to++] = own;
    ev->to = to;
    return LM_OK;
}

/* --- what hangs on it --- */

static lm_err generic_of(struct lm_dbread *r, struct messages *m, struct lm_evdb_index *x, int64_t row, struct lm_wire *g,
                         struct lm_event *ev)
{
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(x, row, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < n; i++) {
        enum lm_evdb_step s;
        err = lm_evdb_fetch(m->generic, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_wire_generic(r, g, lm_evdb_bytes(m->generic, G_DATA), ev);
        else if (err == LM_OK && s == LM_EVDB_LOST_ROW)
            lm_dbread_doubt(r, "what the message says cannot be read");
    }
    return err;
}

static lm_err reactions_of(struct lm_dbread *r, struct messages *m, int64_t row, struct lm_event *ev)
{
    struct lm_reaction *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&m->reaction_of, row, &n);
    for (size_t i = 0; i < n; i++) {
        enum lm_evdb_step s;
        struct lm_str what = { NULL, 0 };
        size_t n_users;
        lm_err err = lm_evdb_fetch(m->reactions, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, m->reactions, R_WHAT, &what);
        if (err != LM_OK)
            return err;
        const struct lm_evdb_link *u = lm_evdb_index_find(&m->reacted, l[i].rowid, &n_users);
        for (size_t k = 0; k < n_users; k++) { /* nobody: taken back */
            err = lm_dbread_push(r, (void **)&list, ev->n_reactions, &cap, sizeof *list);
            if (err != LM_OK)
                return err == LM_ELIMIT ? LM_OK : err;
            list[ev->n_reactions++] = (struct lm_reaction){ wio_account(m->w, u[k].rowid), what };
            ev->reactions = list;
        }
    }
    return LM_OK;
}

/* "read 0ab2… 2016-03-31T10:00:00Z, delivered …" */
static lm_err receipts_of(struct lm_dbread *r, struct messages *m, int64_t row)
{
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(&m->confirmation_of, row, &n);
    struct lm_str all = { NULL, 0 };
    lm_err err = LM_OK;
    for (size_t i = 0; err == LM_OK && i < n && i < MAX_RECEIPTS; i++) {
        enum lm_evdb_step s;
        char text[LM_WHEN_TEXT];
        err = lm_evdb_fetch(m->confirmations, l[i].rowid, &s);
        if (err != LM_OK || s != LM_EVDB_ROW)
            continue;
        struct lm_when at = lm_dbread_when(r, m->confirmations, F_AT, LM_EPOCH_COCOA_S);
        struct lm_account_ref who = wio_account(m->w, lm_dbread_int(m->confirmations, F_USER));
        struct lm_str one = lm_arena_printf(r->ctx->record, "%s %.*s %s", lm_dbread_int(m->confirmations, F_TYPE) == 1 ? "read" : "delivered",
                                            LM_STR_ARG(who.native.n != 0 ? who.native : who.display), lm_when_format(&at, text));
        err = one.p != NULL ? lm_wire_join(r, &all, one) : LM_ENOMEM;
    }
    if (n > MAX_RECEIPTS)
        lm_dbread_doubt(r, "more than 64 receipts: the rest is left out");
    lm_dbread_raw_text(r, "receipts", all);
    return err;
}

static lm_err quote_of(struct lm_dbread *r, struct messages *m, const struct lm_evdb_table *t, struct lm_event *ev)
{
    int64_t row = 0;
    enum lm_evdb_step s = LM_EVDB_END;
    lm_err err = LM_OK;
    if (ev->reply_to.n != 0 || m->others == NULL || !lm_evdb_i64(t, M_QUOTE, &row))
        return LM_OK;
    err = lm_evdb_fetch(m->others, row, &s);
    return err == LM_OK && s == LM_EVDB_ROW ? lm_wire_uuid(r->ctx->record, m->others, 0, &ev->reply_to) : err;
}

/* --- what kind of row --- */

static lm_err affected(struct lm_dbread *r, struct messages *m, int64_t row, struct lm_event *ev)
{
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(&m->users_of, row, &n);
    n = n < LM_DBREAD_MAX_LIST ? n : LM_DBREAD_MAX_LIST;
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, n, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    ev->to = to;
    for (size_t i = 0; i < n; i++) {
        struct lm_account_ref a = wio_account(m->w, l[i].rowid);
        if (a.form != LM_ACCOUNT_NONE)
            to[ev->n_to++] = a;
    }
    return LM_OK;
}

static lm_err system_row(struct lm_dbread *r, struct messages *m, const struct lm_evdb_table *t, int64_t row, int64_t type,
                         const struct wio_conversation *c, struct lm_event *ev)
{
    double seconds;
    const char *word = system_word(type);
    ev->detail = word != NULL ? lm_str(word) : lm_arena_printf(r->ctx->record, "system message type %lld", (long long)type);
    if (ev->detail.p == NULL)
        return LM_ENOMEM;
    if (type == TYPE_MISSED_CALL || type == TYPE_CALL) {
        ev->kind = LM_EVENT_CALL;
        ev->flags |= type == TYPE_MISSED_CALL ? LM_EVENT_ATTEMPT : 0;
        if (lm_evdb_double(t, M_DURATION, &seconds) && seconds >= 0 && seconds < 1e9 && type == TYPE_CALL)
            ev->duration_s = (int64_t)seconds;
        return legs(r, m->w, c, ev);
    }
    if (type == TYPE_DELETED) { /* stands where the message stood */
        ev->flags |= LM_EVENT_DELETED;
        return legs(r, m->w, c, ev);
    }
    bool change = type == TYPE_ADDED || type == TYPE_REMOVED || type == TYPE_RENAMED || type == TYPE_NEW || type == TYPE_LEFT;
    ev->kind = change ? LM_EVENT_GROUP_CHANGE : LM_EVENT_OTHER;
    ev->flags |= LM_EVENT_SYSTEM;
    return change ? affected(r, m, row, ev) : LM_OK;
}

/* Text from whichever place this version keeps it. */
static lm_err text_of(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    lm_err err = LM_OK;
    for (size_t i = M_TEXT; err == LM_OK && i <= M_NORMAL && ev->text.n == 0; i++) {
        err = lm_dbread_text(r, r->ctx->record, t, i, &ev->text);
        if (i == M_NORMAL && ev->text.n != 0)
            lm_dbread_doubt(r, "only the text as it was kept for searching is there: without capitals, accents and signs");
    }
    return err;
}

static lm_err said_row(struct lm_dbread *r, struct messages *m, const struct lm_evdb_table *t, int64_t row, const struct wio_conversation *c,
                       struct lm_event *ev)
{
    struct lm_wire g = { 0 };
    int64_t kind = lm_dbread_int(t, M_ENTITY);
    lm_err err = generic_of(r, m, &m->text_of, row, &g, ev);
    if (err == LM_OK)
        err = generic_of(r, m, &m->asset_of, row, &g, ev);
    if (err == LM_OK)
        err = text_of(r, t, ev);
    if (err == LM_OK)
        err = quote_of(r, m, t, ev);
    if (err == LM_OK && (ev->flags & LM_EVENT_SYSTEM) == 0)
        err = legs(r, m->w, c, ev);
    if (ev->detail.n == 0 && kind != 0)
        ev->detail = kind == m->w->n_knock ? LM_STR("ping") : kind == m->w->n_image ? LM_STR("image") : ev->detail;
    if (!g.any && ev->text.n == 0 && ev->detail.n == 0 && (ev->flags & LM_EVENT_DELETED) == 0)
        lm_dbread_doubt(r, "what the message says is not in the database");
    return err;
}

/* --- the record --- */

static void moment(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    double d;
    struct lm_when at = { .quality = LM_TIME_NONE };
    if (lm_evdb_double(t, M_AT, &d) && d > 1) /* 0 and 0.01 stand for "before everything else" */
        at = lm_dbread_when(r, t, M_AT, LM_EPOCH_COCOA_S);
    if (at.quality != LM_TIME_NONE && at.us < WIRE_BEGAN_US)
        lm_dbread_doubt(r, "the time is earlier than Wire");
    if (at.quality == LM_TIME_NONE)
        lm_dbread_raw_column(r, t, M_AT, "ZSERVERTIMESTAMP");
    ev->at = at;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct messages *m = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_WIRE, .duration_s = -1 } };
    struct lm_event *ev = &fact.event;
    int64_t type = lm_dbread_int(t, M_SYSTEM), visible = lm_dbread_int(t, M_VISIBLE), hidden = lm_dbread_int(t, M_HIDDEN);
    const struct wio_conversation *c = wio_conversation(m->w, visible != 0 ? visible : hidden);
    moment(r, t, ev);
    ev->from = wio_account(m->w, lm_dbread_int(t, M_SENDER));
    if (visible == 0)
        ev->flags |= LM_EVENT_DELETED; /* hidden here, deleted by its sender, or expired */
    if (lm_dbread_int(t, M_EXPIRED) != 0)
        ev->flags |= LM_EVENT_ATTEMPT; /* never sent */
    if (c != NULL)
        ev->thread = (struct lm_thread_ref){ c->id, c->title, c->kind };
    else
        lm_dbread_doubt(r, "the conversation of the message is not in the database");
    lm_err err = lm_wire_uuid(r->ctx->record, t, M_NONCE, &ev->native_id);
    if (err == LM_OK)
        err = type != 0 ? system_row(r, m, t, rowid, type, c, ev) : said_row(r, m, t, rowid, c, ev);
    if (err == LM_OK && type != 0)
        err = text_of(r, t, ev);
    if (err == LM_OK)
        err = reactions_of(r, m, rowid, ev);
    if (err == LM_OK)
        err = receipts_of(r, m, rowid);
    if (err != LM_OK)
        return err;
    if (ev->from.form == LM_ACCOUNT_NONE && type == 0 && (ev->flags & LM_EVENT_DELETED) == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    if (lm_dbread_when(r, t, M_UPDATED, LM_EPOCH_COCOA_S).quality != LM_TIME_NONE && type == 0)
        ev->flags |= LM_EVENT_EDITED;
    lm_dbread_raw_column(r, t, M_UPDATED, "ZUPDATEDTIMESTAMP");
    lm_dbread_raw_column(r, t, M_DOMAINS, "ZDOMAINS");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

/* What a message said whose own row is gone: no sender, no conversation, no time. */
static lm_err orphan(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct messages *m = user;
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_WIRE, .flags = LM_EVENT_DELETED, .duration_s = -1 } };
    struct lm_wire g = { 0 };
    enum lm_evdb_step s = LM_EVDB_END;
    int64_t of = 0;
    lm_err err = LM_OK;
    (void)rowid;
    if (!lm_evdb_i64(t, G_MESSAGE, &of))
        (void)lm_evdb_i64(t, G_ASSET, &of);
    if (of != 0 && m->others != NULL)
        err = lm_evdb_fetch(m->others, of, &s);
    if (err != LM_OK)
        return err;
    if (s != LM_EVDB_END) {
        lm_dbread_pass(r); /* read with its message */
        return LM_OK;
    }
    err = lm_wire_generic(r, &g, lm_evdb_bytes(t, G_DATA), &fact.event);
    if (err != LM_OK)
        return err;
    lm_dbread_doubt(r, "the row of the message is gone: who sent it, where and when is not known");
    fact.event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, g.any ? 1 : 0);
}

static lm_err open_tables(struct messages *m)
{
    struct lm_dbread *r = &m->w->r;
    static const char *const nonce[] = { "ZNONCE_DATA" };
    lm_err err = lm_dbread_table(r, "ZMESSAGE", nonce, 1, &m->others);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZGENERICMESSAGEDATA", generic_columns, G_N, &m->generic);
    if (err == LM_OK)
        err = lm_dbread_index(r, m->generic, G_MESSAGE, LM_EVDB_ROWID, &m->text_of);
    if (err == LM_OK && m->generic != NULL) /* its damage has just been told */
        err = lm_evdb_index(r->ctx->file, m->generic, G_ASSET, LM_EVDB_ROWID, &m->asset_of);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZREACTION", reaction_columns, R_N, &m->reactions);
    if (err == LM_OK)
        err = lm_dbread_index(r, m->reactions, R_MESSAGE, LM_EVDB_ROWID, &m->reaction_of);
    if (err == LM_OK)
        err = wio_join(m->w, m->w->n_reaction, "USERS", "REACTIONS", m->w->n_user, "USERS", &m->reacted);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ZMESSAGECONFIRMATION", confirmation_columns, F_N, &m->confirmations);
    if (err == LM_OK)
        err = lm_dbread_index(r, m->confirmations, F_MESSAGE, LM_EVDB_ROWID, &m->confirmation_of);
    if (err == LM_OK)
        err = wio_join(m->w, m->w->n_system, "USERS", "SYSTEMMESSAGES", m->w->n_user, "USERS", &m->users_of);
    return err;
}

lm_err wio_messages(struct wio *w)
{
    static const size_t expected[] = { M_AT, M_SENDER, M_VISIBLE, M_SYSTEM, M_NONCE };
    struct messages m = { .w = w };
    struct lm_dbread *r = &w->r;
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0, highest_data = 0;
    lm_err err = lm_dbread_table(r, "ZMESSAGE", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(r, t, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK && t != NULL && lm_evdb_has_column(t, M_DOMAINS)) /* wire-ios of 2023 and later: the list of kinds got one in the middle */
        err = lm_dbread_notice(r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "a store of a newer app: the numbers of system messages may have moved"
                                                                            " by one, and a call may be read as its neighbour in the list");
    if (err == LM_OK)
        err = open_tables(&m);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "ZMESSAGE", "Message", &highest);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "ZGENERICMESSAGEDATA", "GenericMessageData", &highest_data);
    if (err == LM_OK)
        err = lm_dbread_records(r, t, highest, message, &m);
    return err == LM_OK ? lm_dbread_records(r, m.generic, highest_data, orphan, &m) : err;
}
