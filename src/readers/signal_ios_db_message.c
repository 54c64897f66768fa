/* signal_ios_db_message.c - one row of `model_TSInteraction` is one record. */
#include "readers/signal_ios_db.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    I_ID, I_TYPE, I_AT, I_THREAD, I_UUID, I_PHONE, I_BODY, I_CALL, I_OFFER, I_DELETED, I_CREATOR, I_EDIT, I_PAYMENT, I_MESSAGE_TYPE, I_N = I_MESSAGE_TYPE + 4
};
static const char *const columns[] = {
    "uniqueId", "recordType", "timestamp", "uniqueThreadId", "authorUUID", "authorPhoneNumber", "body", "callType", "offerType", "wasRemotelyDeleted",
    "creatorUuid", "editState", "paymentNotification", "messageType", "-id", "-expireTimerVersion", "-storedShouldStartExpireTimer",
};
_Static_assert(sizeof columns / sizeof *columns == I_N, "a name for each column");
enum { A_MESSAGE, A_TYPE, A_NAME, A_PATH, A_BYTES, A_N = A_BYTES + 3 };
static const char *const file_columns[] = { "albumMessageId", "contentType", "sourceFilename", "localRelativeFilePath", "byteCount", "-id", "-recordType",
                                            "-uniqueId" };
enum { W_MESSAGE, W_UUID, W_PHONE, W_WHAT, W_N };
static const char *const reaction_columns[] = { "uniqueMessageId", "reactorUUID", "reactorE164", "emoji" };
enum { F_OWNER, F_ROW, F_NAME, F_KIND, F_N };
static const char *const reference_columns[] = { "ownerRowId", "attachmentRowId", "sourceFilename", "ownerType" };
enum { N_PATH, N_TYPE, N_BYTES, N_HASH, N_N };
static const char *const attachment_columns[] = { "localRelativeFilePath", "mimeType", "unencryptedByteCount", "sha256ContentHash" };
enum { K_ROW, K_ID, K_ENDED, K_BEGAN };
static const char *const call_columns[] = { "interactionRowId", "callId", "callEndedTimestamp", "callBeganTimestamp", "-id" };

enum { INCOMING = 19, CALL = 20, OUTGOING = 21, GROUP_CALL = 65, PAYMENT = 68 };

struct walk {
    struct sid *d;
    struct lm_attachment *files;
    size_t cap_files;
};

/* --- words --- */

static const struct {
    int64_t type;
    const char *word;
} words[] = {
    { 1, "safety number changed" }, { 4, "unread" },           { 5, "unknown contact" },         { 7, "profile shared" },
    { 9, "error" },                 { 10, "info" },            { 13, "verification changed" },   { 17, "safety number changed" },
    { 22, "contact offers" },       { 23, "safety number changed" }, { 25, "contact offer" },    { 28, "timer changed" },
    { 54, "unknown protocol version" }, { 70, "message that could not be decrypted" },
};

static lm_err call_kind(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    static const char *const types[] = { NULL, "incoming", "outgoing", "incoming, missed", "outgoing, not connected", "incoming, not connected",
                                         "incoming, missed, safety number changed", "incoming, declined", "outgoing, missed",
                                         "incoming, answered on another device", "incoming, declined on another device",
                                         "incoming, busy on another device", "incoming, missed, do not disturb", "incoming, missed, blocked" };
    int64_t type = lm_dbread_int(t, I_CALL);
    const char *kind = lm_dbread_int(t, I_OFFER) == 1 ? "video" : "audio";
    ev->kind = LM_EVENT_CALL;
    ev->flags |= LM_EVENT_SYSTEM | (type >= 3 && type != 9 && type <= 13 ? LM_EVENT_ATTEMPT : 0);
    ev->detail = type > 0 && type < 14 ? lm_arena_printf(r->ctx->record, "%s, %s", kind, types[type])
                                       : lm_arena_printf(r->ctx->record, "%s, type %" PRId64, kind, type);
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err kind(struct lm_dbread *r, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    ev->kind = LM_EVENT_MESSAGE;
    if (type == INCOMING || type == OUTGOING || type == PAYMENT) {
        if (type == PAYMENT || lm_evdb_type(t, I_PAYMENT) != LM_EVDB_NULL) {
            ev->detail = LM_STR("payment");
            ev->flags |= LM_EVENT_PAYMENT_HINT;
        }
        return LM_OK;
    }
    if (type == CALL)
        return call_kind(r, t, ev);
    ev->flags |= LM_EVENT_SYSTEM;
    ev->kind = type == GROUP_CALL ? LM_EVENT_CALL : LM_EVENT_OTHER;
    ev->detail = type == GROUP_CALL ? LM_STR("group call") : (struct lm_str){ NULL, 0 };
    for (size_t i = 0; i < sizeof words / sizeof *words && ev->detail.n == 0; i++)
        if (words[i].type == type)
            ev->detail = lm_str(words[i].word);
    if (type == 10)
        ev->detail = lm_arena_printf(r->ctx->record, "info %" PRId64, lm_dbread_int(t, I_MESSAGE_TYPE));
    else if (ev->detail.n == 0)
        ev->detail = lm_arena_printf(r->ctx->record, "record type %" PRId64, type);
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- what hangs on it --- */

static lm_err side(struct sid *d, const char *name, const char *const of[], size_t n, struct lm_by_text *ret)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, name, of, n, &t);
    return err == LM_OK ? lm_by_text(&d->r, t, ret) : err;
}

/* What a row that hangs on a message is added to. */
struct hanging {
    struct walk *w;
    struct lm_event *ev;
    struct lm_reaction *list;
    size_t cap;
};


static lm_err attach(struct lm_dbread *r, struct walk *w, const struct lm_attachment *one, struct lm_event *ev)
{
    lm_err err = lm_dbread_push(r, (void **)&w->files, ev->n_attachments, &w->cap_files, sizeof *w->files);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    w->files[ev->n_attachments++] = *one;
    ev->attachments = w->files;
    return LM_OK;
}

static lm_err one_file(struct lm_dbread *r, struct walk *w, struct lm_evdb_table *t, size_t path, size_t type, size_t bytes, struct lm_str name,
                       struct lm_event *ev)
{
    struct lm_attachment one = { .bytes = -1 };
    char prefix[32], key[64];
    lm_err err = lm_dbread_text(r, r->ctx->record, t, path, &one.name);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, type, &one.type);
    if (err != LM_OK)
        return err;
    if (lm_evdb_i64(t, bytes, &one.bytes) && one.bytes < 0)
        one.bytes = -1;
    (void)snprintf(prefix, sizeof prefix, ev->n_attachments == 0 ? "attachment" : "attachment %zu", ev->n_attachments + 1);
    (void)snprintf(key, sizeof key, "%s.sourceFilename", prefix);
    if (one.name.n == 0) {
        one.note = LM_STR("not downloaded");
        one.name = name;
    } else {
        lm_dbread_raw_text(r, key, name);
    }
    lm_dbread_raw_as(r, t, prefix);
    return attach(r, w, &one, ev);
}

static lm_err on_file(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct hanging *h = user;
    struct lm_str name;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, A_NAME, &name);
    return err == LM_OK ? one_file(r, h->w, t, A_PATH, A_TYPE, A_BYTES, name, h->ev) : err;
}

static lm_err files(struct lm_dbread *r, struct walk *w, struct lm_str id, int64_t rowid, struct lm_event *ev)
{
    struct sid *d = w->d;
    struct hanging h = { .w = w, .ev = ev };
    size_t links;
    enum lm_evdb_step step;
    struct lm_str name;
    lm_err err = lm_by_text_each(r, &d->files, id, on_file, &h);
    const struct lm_evdb_link *l = lm_evdb_index_find(&d->references_of, rowid, &links);
    for (size_t i = 0; d->references != NULL && d->attachments != NULL && i < links && err == LM_OK; i++) {
        err = lm_evdb_fetch(d->references, l[i].rowid, &step);
        if (err != LM_OK || step != LM_EVDB_ROW)
            continue;
        err = lm_dbread_text(r, r->ctx->record, d->references, F_NAME, &name);
        if (err == LM_OK)
            err = lm_evdb_fetch(d->attachments, lm_dbread_int(d->references, F_ROW), &step);
        if (err == LM_OK && step == LM_EVDB_ROW) {
            char key[64];
            (void)snprintf(key, sizeof key, ev->n_attachments == 0 ? "attachment.sha256ContentHash" : "attachment %zu.sha256ContentHash",
                           ev->n_attachments + 1);
            lm_dbread_raw_column(r, d->attachments, N_HASH, key);
            err = one_file(r, w, d->attachments, N_PATH, N_TYPE, N_BYTES, name, ev);
        }
    }
    return err;
}

static lm_err on_reaction(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct hanging *h = user;
    struct lm_str uuid, phone;
    struct lm_reaction one;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, W_UUID, &uuid);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, W_PHONE, &phone);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, W_WHAT, &one.what);
    if (err == LM_OK)
        err = sid_account(h->w->d, r->ctx->record, uuid, phone, &one.by);
    if (err == LM_OK)
        err = lm_dbread_push(r, (void **)&h->list, h->ev->n_reactions, &h->cap, sizeof *h->list);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    h->list[h->ev->n_reactions++] = one;
    h->ev->reactions = h->list;
    return LM_OK;
}

static lm_err reactions(struct lm_dbread *r, struct walk *w, struct lm_str id, struct lm_event *ev)
{
    struct hanging h = { .w = w, .ev = ev };
    return lm_by_text_each(r, &w->d->reactions, id, on_reaction, &h);
}

/* Earlier states are rows of their own, named by EditRecord. */
static lm_err edits(struct lm_dbread *r, struct walk *w, int64_t rowid, int64_t *sent, struct lm_event *ev)
{
    struct sid *d = w->d;
    struct lm_edit *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&d->past_of, rowid, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; d->revised != NULL && i < n && err == LM_OK; i++) {
        enum lm_evdb_step step;
        err = lm_evdb_fetch(d->revised, l[i].rowid, &step);
        if (err != LM_OK || step != LM_EVDB_ROW)
            continue;
        err = lm_signal_edit(r, d->revised, 0, 1, &list, &cap, sent, ev);
    }
    return err;
}

static lm_err call(struct lm_dbread *r, struct walk *w, int64_t rowid, struct lm_event *ev)
{
    struct lm_evdb_table *t = w->d->calls;
    enum lm_evdb_step step = LM_EVDB_END;
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(&w->d->calls_of, rowid, &n);
    lm_err err = t != NULL && l != NULL && n != 0 ? lm_evdb_fetch(t, l->rowid, &step) : LM_OK;
    if (err != LM_OK || step != LM_EVDB_ROW)
        return err;
    int64_t began = lm_dbread_int(t, K_BEGAN), ended = lm_dbread_int(t, K_ENDED);
    if (began > 0 && ended > began && (ev->flags & LM_EVENT_ATTEMPT) == 0)
        ev->duration_s = (ended - began) / 1000;
    lm_dbread_raw_column(r, t, K_BEGAN, "callBeganTimestamp");
    lm_dbread_raw_column(r, t, K_ENDED, "callEndedTimestamp");
    lm_dbread_raw_as(r, t, "CallRecord");
    return lm_dbread_text(r, r->ctx->record, t, K_ID, &ev->native_id);
}

/* --- messages --- */

static lm_err ends(struct lm_dbread *r, struct walk *w, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    struct sid *d = w->d;
    struct lm_str uuid, phone, thread;
    struct lm_account_ref by;
    int64_t call_type = lm_dbread_int(t, I_CALL);
    bool mine = type == OUTGOING || type == PAYMENT || (type == CALL && (call_type == 2 || call_type == 4 || call_type == 8));
    lm_err err;
    if ((err = lm_dbread_text(r, r->ctx->record, t, type == GROUP_CALL ? I_CREATOR : I_UUID, &uuid)) != LM_OK
        || (err = lm_dbread_text(r, r->ctx->record, t, I_PHONE, &phone)) != LM_OK
        || (err = lm_dbread_text(r, r->ctx->record, t, I_THREAD, &thread)) != LM_OK
        || (err = sid_account(d, r->ctx->record, uuid, phone, &by)) != LM_OK)
        return err;
    const struct lm_signal_chat *c = sid_chat(d, thread);
    mine |= type == GROUP_CALL && lm_signal_same(&by, &d->owner);
    err = lm_signal_ends(r, &d->owner, c, mine, &by, ev);
    if (c == NULL) {
        ev->thread.native = thread;
        lm_dbread_doubt(r, "the thread of the message is not in the database");
    }
    if (type == INCOMING && ev->from.form == LM_ACCOUNT_NONE)
        lm_dbread_doubt(r, "who sent it is not said");
    return err;
}

static lm_err interaction(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct walk w = { .d = user };
    int64_t type = lm_dbread_int(t, I_TYPE), sent = lm_dbread_int(t, I_AT), edit = lm_dbread_int(t, I_EDIT), at = sent;
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_SIGNAL, .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    struct lm_str id;
    size_t n = 0;
    if (edit == 2 || edit == 3) { /* an earlier state, read or unread, that its newest tells */
        (void)lm_evdb_index_find(&w.d->newest_of, rowid, &n);
        if (n != 0) {
            lm_dbread_pass(r);
            return LM_OK;
        }
        ev->flags |= LM_EVENT_EDITED;
        lm_dbread_doubt(r, "an earlier state of a message whose newest is not in the database");
    }
    lm_err err = lm_dbread_text(r, r->ctx->record, t, I_ID, &id);
    if (err == LM_OK)
        err = kind(r, t, type, ev);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, I_BODY, &ev->text);
    if (err == LM_OK)
        err = ends(r, &w, t, type, ev);
    if (err == LM_OK)
        err = edits(r, &w, rowid, &sent, ev);
    if (err == LM_OK && (ev->flags & LM_EVENT_SYSTEM) == 0)
        err = lm_signal_stamp(r, sent, &ev->native_id);
    if (err == LM_OK && ev->kind == LM_EVENT_CALL)
        err = call(r, &w, rowid, ev);
    if (err == LM_OK)
        err = files(r, &w, id, rowid, ev);
    if (err == LM_OK)
        err = reactions(r, &w, id, ev);
    if (err != LM_OK)
        return err;
    ev->at = lm_signal_when(r, sent);
    if ((ev->flags & LM_EVENT_SYSTEM) != 0 && ev->kind != LM_EVENT_CALL)
        lm_signal_system(ev);
    ev->flags |= lm_dbread_int(t, I_DELETED) != 0 ? LM_EVENT_DELETED : 0;
    lm_dbread_raw_column(r, t, I_ID, "uniqueId");
    lm_dbread_raw_column(r, t, I_TYPE, "recordType");
    lm_dbread_raw_column(r, t, I_EDIT, "editState");
    if (at != sent)
        lm_dbread_raw_column(r, t, I_AT, "timestamp");
    lm_dbread_raw_column(r, t, I_PAYMENT, "paymentNotification");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sid_messages(struct sid *d)
{
    static const char *const edit[] = { "latestRevisionId", "pastRevisionId" }, *const revised[] = { "timestamp", "body" };
    static const size_t expected[] = { I_TYPE, I_AT, I_THREAD, I_BODY };
    struct lm_dbread *r = &d->r;
    struct lm_evdb_table *t = NULL, *records = NULL;
    int64_t highest = 0;
    lm_err err = side(d, "model_TSAttachment", file_columns, A_N, &d->files);
    if (err == LM_OK)
        err = side(d, "model_OWSReaction", reaction_columns, W_N, &d->reactions);
    if (err == LM_OK)
        err = lm_dbread_table(r, "MessageAttachmentReference", reference_columns, F_N, &d->references);
    if (err == LM_OK)
        err = lm_dbread_index(r, d->references, F_OWNER, LM_EVDB_ROWID, &d->references_of);
    if (err == LM_OK)
        err = lm_dbread_table(r, "Attachment", attachment_columns, N_N, &d->attachments);
    if (err == LM_OK)
        err = lm_dbread_table(r, "CallRecord", call_columns, sizeof call_columns / sizeof *call_columns, &d->calls);
    if (err == LM_OK)
        err = lm_dbread_index(r, d->calls, K_ROW, LM_EVDB_ROWID, &d->calls_of);
    if (err == LM_OK)
        err = lm_dbread_table(r, "EditRecord", edit, 2, &records);
    if (err == LM_OK)
        err = lm_dbread_index(r, records, 0, 1, &d->past_of);
    if (err == LM_OK)
        err = lm_dbread_index(r, records, 1, 0, &d->newest_of);
    if (err == LM_OK)
        err = lm_dbread_table(r, "model_TSInteraction", revised, 2, &d->revised);
    if (err == LM_OK)
        err = lm_dbread_table(r, "model_TSInteraction", columns, I_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(r, t, columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "model_TSInteraction", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(r, t, highest, interaction, d) : err;
}
