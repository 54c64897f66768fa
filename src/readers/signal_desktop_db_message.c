/* signal_desktop_db_message.c - one row of `messages` or of `callsHistory` is one record. */
#include "readers/signal_desktop_db.h"

#include <stdio.h>

enum { M_ID, M_CONVERSATION, M_TYPE, M_JSON, M_BODY, M_SERVICE, M_UUID, M_SOURCE, M_SENT, M_AT, M_RECEIVED, M_CALL, M_N = M_CALL + 2 };
static const char *const message_columns[] = { "id",     "conversationId", "type",      "json",           "body",   "sourceServiceId", "sourceUuid",
                                               "source", "sent_at",        "timestamp", "received_at_ms", "callId", "-rowid" };
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "a name for each column");
enum { F_MESSAGE, F_EDIT, F_KIND, F_TYPE, F_NAME, F_PATH, F_BYTES, F_N = F_BYTES + 4 };
static const char *const file_columns[] = { "messageId", "editHistoryIndex", "attachmentType", "contentType", "fileName", "path", "size",
                                            "-conversationId", "-sentAt", "-orderInMessage" };
_Static_assert(sizeof file_columns / sizeof *file_columns == F_N, "a name for each column");

struct message {
    struct sdd *d;
    const struct lm_evdb_table *t;
    struct lm_jnode *root;
    struct lm_str id, type, call;
    const struct lm_signal_chat *chat;
    struct lm_attachment *files;
    size_t cap_files;
    struct lm_reaction *reactions;
    size_t cap_reactions;
    struct lm_edit *edits;
    size_t cap_edits;
    struct lm_account_ref *to;
    size_t cap_to;
};

/* A column, or where there is none or it is NULL the member of the JSON. */
static lm_err text_of(struct lm_dbread *r, struct message *m, size_t column, struct lm_str *ret)
{
    lm_err err = lm_dbread_text(r, r->ctx->record, m->t, column, ret);
    if (err == LM_OK && ret->n == 0)
        *ret = lm_jtree_text(lm_jtree_get(m->root, message_columns[column]));
    (void)lm_jtree_take(m->root, message_columns[column]);
    return err;
}

static int64_t whole_of(struct message *m, size_t column)
{
    int64_t v = 0;
    if (!lm_evdb_i64(m->t, column, &v) || v == 0)
        (void)lm_jtree_i64(lm_jtree_get(m->root, message_columns[column]), &v);
    return v;
}

/* --- who --- */

static lm_err leg(struct lm_dbread *r, struct message *m, struct lm_account_ref one, struct lm_event *ev)
{
    if (one.form == LM_ACCOUNT_NONE)
        return LM_OK;
    lm_err err = lm_dbread_push(r, (void **)&m->to, ev->n_to, &m->cap_to, sizeof *m->to);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    m->to[ev->n_to++] = one;
    ev->to = m->to;
    return LM_OK;
}

/* What the owner sent: a state of sending for each conversation that it went to. */
static lm_err sent_to(struct lm_dbread *r, struct message *m, struct lm_event *ev, bool *ret_any)
{
    struct lm_jnode *states = lm_jtree_get(m->root, "sendStateByConversationId");
    size_t n = 0, failed = 0;
    lm_err err = LM_OK;
    for (struct lm_jnode *s = states != NULL && states->type == LM_JSON_OBJECT ? states->first : NULL; s != NULL && err == LM_OK; s = s->next) {
        struct lm_account_ref one;
        err = sdd_account(m->d, r->ctx->record, s->key, &one);
        if (err != LM_OK)
            return err;
        if (lm_signal_same(&one, &m->d->owner))
            continue;
        n++;
        failed += lm_str_eq(lm_jtree_text(lm_jtree_get(s, "status")), LM_STR("Failed"));
        if (n == 1)
            ev->n_to = 0;
        *ret_any = true;
        ev->flags |= one.form == LM_ACCOUNT_NONE ? LM_EVENT_MEMBERS_UNKNOWN : 0;
        err = leg(r, m, one, ev);
    }
    if (n != 0 && failed == n)
        ev->flags |= LM_EVENT_ATTEMPT;
    return err;
}

static lm_err ends(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_str source[3], name = { NULL, 0 };
    struct lm_account_ref by;
    bool any = false, mine = lm_str_eq(m->type, LM_STR("outgoing"));
    lm_err err = LM_OK;
    for (size_t i = 0; i < 3 && err == LM_OK; i++) {
        err = text_of(r, m, M_SERVICE + i, &source[i]);
        if (err == LM_OK && name.n == 0)
            name = source[i];
    }
    if (err == LM_OK) /* a column of type STRING keeps a number without its '+' */
        err = lm_signal_phone(r->ctx->record, name, &name);
    if (err == LM_OK)
        err = sdd_account(m->d, r->ctx->record, name, &by);
    if (err != LM_OK)
        return err;
    mine |= by.form != LM_ACCOUNT_NONE && lm_signal_same(&by, &m->d->owner);
    err = lm_signal_ends(r, &m->d->owner, m->chat, mine, &by, ev);
    if (err == LM_OK && mine)
        err = sent_to(r, m, ev, &any);
    if (err == LM_OK && !mine && ev->from.form == LM_ACCOUNT_NONE && (ev->flags & LM_EVENT_SYSTEM) == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    return err;
}

/* --- what it holds --- */

static lm_err attach(struct lm_dbread *r, struct message *m, const struct lm_attachment *one, struct lm_event *ev)
{
    lm_err err = lm_dbread_push(r, (void **)&m->files, ev->n_attachments, &m->cap_files, sizeof *m->files);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    m->files[ev->n_attachments++] = *one;
    ev->attachments = m->files;
    return LM_OK;
}

/* Before there was a table of them; one without anything is a row of that table. */
static lm_err attachments_in_json(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_jnode *list = lm_jtree_get(m->root, "attachments");
    lm_err err = LM_OK;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL && err == LM_OK; n = n->next) {
        struct lm_attachment one = { .bytes = -1 };
        int64_t bytes;
        one.type = lm_jtree_text(lm_jtree_take(n, "contentType"));
        one.name = lm_jtree_text(lm_jtree_get(n, "path"));
        if (one.name.n == 0)
            one.name = lm_jtree_text(lm_jtree_get(n, "fileName"));
        if (lm_jtree_i64(lm_jtree_take(n, "size"), &bytes) && bytes >= 0)
            one.bytes = bytes;
        if (lm_jtree_true(lm_jtree_get(n, "pending")) || one.name.n == 0)
            one.note = LM_STR("not downloaded");
        err = attach(r, m, &one, ev);
    }
    return err;
}

static lm_err attachments_in_table(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    const uint64_t *first = m->id.n != 0 ? lm_map_get(&m->d->first_file, m->id) : NULL;
    struct lm_evdb_table *t = m->d->attachments;
    size_t at = first != NULL ? (size_t)*first : 0, n = 0;
    lm_err err = LM_OK;
    while (at != 0 && t != NULL && err == LM_OK && n < LM_DBREAD_MAX_LIST) {
        struct lm_attachment one = { .bytes = -1 };
        enum lm_evdb_step step;
        struct lm_str file;
        char prefix[48];
        int64_t bytes;
        err = lm_evdb_fetch(t, m->d->files[at - 1].row, &step);
        at = m->d->files[at - 1].next;
        if (err == LM_OK && step != LM_EVDB_ROW)
            lm_dbread_doubt(r, "an attachment that belongs to it cannot be read");
        if (err != LM_OK || step != LM_EVDB_ROW)
            continue;
        if ((err = lm_dbread_text(r, r->ctx->record, t, F_TYPE, &one.type)) != LM_OK
            || (err = lm_dbread_text(r, r->ctx->record, t, F_PATH, &one.name)) != LM_OK
            || (err = lm_dbread_text(r, r->ctx->record, t, F_NAME, &file)) != LM_OK
            || (err = lm_dbread_text(r, r->ctx->record, t, F_KIND, &one.note)) != LM_OK)
            return err;
        (void)snprintf(prefix, sizeof prefix, n == 0 ? "message_attachments" : "message_attachments %zu", n + 1);
        n++;
        if (one.name.n == 0)
            one.name = file;
        if (lm_str_eq(one.note, LM_STR("attachment")))
            one.note = lm_dbread_int(t, F_EDIT) > 0 ? LM_STR("of an earlier state") : (struct lm_str){ NULL, 0 };
        if (lm_evdb_i64(t, F_BYTES, &bytes) && bytes >= 0)
            one.bytes = bytes;
        char key[64];
        (void)snprintf(key, sizeof key, "%s.fileName", prefix);
        lm_dbread_raw_text(r, key, file);
        lm_dbread_raw_as(r, t, prefix);
        err = attach(r, m, &one, ev);
    }
    return err;
}

static lm_err reactions(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_jnode *list = lm_jtree_get(m->root, "reactions");
    lm_err err = LM_OK;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL && err == LM_OK; n = n->next) {
        struct lm_str what = lm_jtree_text(lm_jtree_get(n, "emoji"));
        if (what.n == 0)
            continue; /* taken back */
        err = lm_dbread_push(r, (void **)&m->reactions, ev->n_reactions, &m->cap_reactions, sizeof *m->reactions);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        struct lm_reaction *to = &m->reactions[ev->n_reactions++];
        to->what = what;
        ev->reactions = m->reactions;
        err = sdd_account(m->d, r->ctx->record, lm_jtree_text(lm_jtree_get(n, "fromId")), &to->by);
    }
    return err;
}

/* The list of states, the newest of which is the message itself. */
static lm_err edits(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_jnode *list = lm_jtree_get(m->root, "editHistory"), *newest = NULL;
    int64_t latest = INT64_MIN;
    if (list == NULL || list->type != LM_JSON_ARRAY)
        return LM_OK;
    for (struct lm_jnode *n = list->first; n != NULL; n = n->next) {
        int64_t at = 0;
        (void)lm_jtree_i64(lm_jtree_get(n, "timestamp"), &at);
        if (at > latest) {
            latest = at;
            newest = n;
        }
    }
    for (struct lm_jnode *n = list->first; n != NULL; n = n->next) {
        int64_t at = 0;
        if (n == newest)
            continue;
        lm_err err = lm_dbread_push(r, (void **)&m->edits, ev->n_edits, &m->cap_edits, sizeof *m->edits);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        (void)lm_jtree_i64(lm_jtree_get(n, "timestamp"), &at);
        struct lm_edit one = { .at = lm_signal_when(r, at), .text = lm_jtree_text(lm_jtree_take(n, "body")) };
        size_t to = ev->n_edits++;
        for (; to > 0 && m->edits[to - 1].at.us > one.at.us; to--) /* oldest first */
            m->edits[to] = m->edits[to - 1];
        m->edits[to] = one;
        ev->edits = m->edits;
        ev->flags |= LM_EVENT_EDITED;
    }
    if (newest != NULL)
        (void)lm_jtree_take(newest, "body");
    return LM_OK;
}

/* --- what the app wrote --- */

lm_err sdd_call_words(struct lm_dbread *r, struct lm_str kind, struct lm_str status, struct lm_event *ev)
{
    static const char *const failed[] = { "Missed", "MissedNotificationProfile", "Declined", "Pending" };
    ev->kind = LM_EVENT_CALL;
    for (size_t i = 0; i < 4; i++)
        ev->flags |= lm_str_is(status, failed[i]) ? LM_EVENT_ATTEMPT : 0;
    ev->flags |= lm_str_eq(status, LM_STR("Deleted")) ? LM_EVENT_DELETED : 0;
    ev->detail = lm_arena_printf(r->ctx->record, "%.*s, %.*s", LM_STR_ARG(kind), LM_STR_ARG(status));
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* Before there was callsHistory, the message had all that is known of the call. */
static lm_err old_call(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_jnode *c = lm_jtree_get(m->root, "callHistoryDetails");
    struct lm_str mode = lm_jtree_text(lm_jtree_get(c, "callMode"));
    int64_t accepted = 0, ended = 0;
    bool group = lm_str_eq(mode, LM_STR("Group")), incoming = lm_jtree_true(lm_jtree_get(c, "wasIncoming"));
    bool taken = lm_jtree_i64(lm_jtree_get(c, "acceptedTime"), &accepted) && accepted > 0;
    struct lm_account_ref by;
    lm_err err = sdd_account(m->d, r->ctx->record, lm_jtree_text(lm_jtree_get(c, "creatorUuid")), &by);
    if (err == LM_OK)
        err = lm_signal_ends(r, &m->d->owner, m->chat, !group && !incoming, &by, ev);
    if (err != LM_OK)
        return err;
    ev->flags |= LM_EVENT_SYSTEM;
    ev->native_id = m->call;
    if (taken && lm_jtree_i64(lm_jtree_get(c, "endedTime"), &ended) && ended >= accepted)
        ev->duration_s = (ended - accepted) / 1000;
    if (group)
        return sdd_call_words(r, LM_STR("Group"), LM_STR("GenericGroupCall"), ev);
    struct lm_str kind = lm_jtree_true(lm_jtree_get(c, "wasVideoCall")) ? LM_STR("Video") : LM_STR("Audio");
    return sdd_call_words(r, kind, taken ? LM_STR("Accepted") : lm_jtree_true(lm_jtree_get(c, "wasDeclined")) ? LM_STR("Declined") : LM_STR("Missed"),
                          ev);
}

static lm_err group_change(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    static const char *const who[] = { "aci", "uuid", "serviceId", "pni" };
    struct lm_jnode *change = lm_jtree_get(m->root, "groupV2Change"), *list = lm_jtree_get(change, "details");
    struct lm_jnode *first = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL;
    ev->kind = LM_EVENT_GROUP_CHANGE;
    if (lm_jtree_text(lm_jtree_get(first, "type")).n != 0)
        ev->detail = lm_jtree_text(lm_jtree_get(first, "type"));
    lm_err err = sdd_account(m->d, r->ctx->record, lm_jtree_text(lm_jtree_get(change, "from")), &ev->from);
    for (; first != NULL && err == LM_OK; first = first->next) {
        struct lm_account_ref one = { .form = LM_ACCOUNT_NONE };
        for (size_t i = 0; i < 4 && err == LM_OK && one.form == LM_ACCOUNT_NONE; i++)
            err = sdd_account(m->d, r->ctx->record, lm_jtree_text(lm_jtree_get(first, who[i])), &one);
        if (err == LM_OK)
            err = leg(r, m, one, ev);
    }
    return err;
}

static lm_err system_message(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    ev->kind = LM_EVENT_OTHER;
    ev->detail = m->type.n != 0 ? m->type : LM_STR("message without a type");
    if (lm_str_eq(m->type, LM_STR("call-history")))
        return old_call(r, m, ev);
    lm_signal_system(ev);
    if (lm_str_eq(m->type, LM_STR("group-v2-change")))
        return group_change(r, m, ev);
    if (lm_str_eq(m->type, LM_STR("group")) || lm_str_eq(m->type, LM_STR("group-v1-migration")))
        ev->kind = LM_EVENT_GROUP_CHANGE;
    return LM_OK;
}

/* --- messages --- */

static lm_err contents(struct lm_dbread *r, struct message *m, struct lm_event *ev)
{
    struct lm_jnode *payment = lm_jtree_get(m->root, "payment");
    lm_err err = attachments_in_table(r, m, ev);
    if (err == LM_OK && ev->n_attachments == 0)
        err = attachments_in_json(r, m, ev);
    if (err == LM_OK)
        err = reactions(r, m, ev);
    if (err == LM_OK)
        err = edits(r, m, ev);
    ev->reply_to = lm_jtree_text(lm_jtree_get(lm_jtree_get(m->root, "quote"), "id"));
    if (payment != NULL) {
        ev->flags |= LM_EVENT_PAYMENT_HINT;
        if (ev->text.n == 0)
            ev->text = lm_jtree_text(lm_jtree_take(payment, "note"));
    }
    if (lm_jtree_true(lm_jtree_get(m->root, "deletedForEveryone")))
        ev->flags |= LM_EVENT_DELETED;
    return err;
}

/* A row that tells of a call which callsHistory has with more words. */
static bool told_elsewhere(const struct message *m)
{
    return lm_str_eq(m->type, LM_STR("call-history")) && m->call.n != 0 && lm_map_get(&m->d->calls, m->call) != NULL;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct message m = { .d = d, .t = t };
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_SIGNAL, .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    struct lm_str conversation;
    bool odd, broken;
    lm_err err = lm_jtree_parse(r->ctx->record, lm_evdb_bytes(t, M_JSON), &m.root, &odd, &broken);
    (void)rowid;
    if (err != LM_OK)
        return err;
    if (broken)
        lm_dbread_doubt(r, "the JSON of the row breaks off or is too large: what stands before that is kept");
    r->altered |= odd;
    int64_t sent = whole_of(&m, M_SENT), at = sent != 0 ? sent : whole_of(&m, M_AT);
    if (at == 0)
        at = whole_of(&m, M_RECEIVED);
    ev->at = lm_signal_when(r, at);
    (void)lm_jtree_take(m.root, "sent_at");
    if ((err = text_of(r, &m, M_ID, &m.id)) != LM_OK || (err = text_of(r, &m, M_CONVERSATION, &conversation)) != LM_OK
        || (err = text_of(r, &m, M_TYPE, &m.type)) != LM_OK || (err = text_of(r, &m, M_BODY, &ev->text)) != LM_OK
        || (err = text_of(r, &m, M_CALL, &m.call)) != LM_OK || (err = lm_signal_stamp(r, sent, &ev->native_id)) != LM_OK)
        return err;
    if (told_elsewhere(&m)) {
        lm_dbread_pass(r);
        return LM_OK;
    }
    err = sdd_chat(d, sdd_find(d, conversation), &m.chat);
    if (m.chat == NULL) {
        ev->thread.native = conversation;
        lm_dbread_doubt(r, "the conversation of the message is not in the database");
    }
    bool people = lm_str_eq(m.type, LM_STR("incoming")) || lm_str_eq(m.type, LM_STR("outgoing")) || lm_str_eq(m.type, LM_STR("story"));
    if (err == LM_OK && !people)
        ev->flags |= LM_EVENT_SYSTEM;
    if (err == LM_OK)
        err = ends(r, &m, ev);
    if (err == LM_OK && !people)
        err = system_message(r, &m, ev);
    else if (err == LM_OK && lm_str_eq(m.type, LM_STR("story")))
        ev->detail = LM_STR("story");
    if (err == LM_OK)
        err = contents(r, &m, ev);
    if (err != LM_OK)
        return err;
    lm_dbread_raw_column(r, t, M_ID, "id");
    lm_dbread_raw_column(r, t, M_AT, "timestamp");
    lm_dbread_raw_column(r, t, M_RECEIVED, "received_at_ms");
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "json", m.root);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sdd_messages(struct sdd *d)
{
    static const size_t expected[] = { M_ID, M_CONVERSATION, M_TYPE, M_JSON, M_BODY, M_SENT };
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(&d->r, "messages", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&d->r, t, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "message_attachments", file_columns, F_N, &d->attachments);
    if (err == LM_OK)
        err = lm_dbread_highest(&d->r, "messages", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&d->r, t, highest, message, d) : err;
}

/* --- calls --- */

enum { K_ID, K_PEER, K_RINGER, K_STARTED, K_MODE, K_TYPE, K_DIRECTION, K_STATUS, K_AT, K_ENDED };
static const char *const call_columns[] = { "callId", "peerId", "ringerId", "startedById", "mode", "type", "direction", "status", "timestamp",
                                            "endedTimestamp", "-rowid" };

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_str text[K_AT];
    struct lm_account_ref by = { .form = LM_ACCOUNT_NONE };
    const struct lm_signal_chat *chat;
    int64_t at = lm_dbread_int(t, K_AT), ended = lm_dbread_int(t, K_ENDED);
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .at = lm_signal_when(r, at) } };
    struct lm_event *ev = &f.event;
    lm_err err = LM_OK;
    (void)rowid;
    for (size_t i = 0; i < K_AT && err == LM_OK; i++)
        err = lm_dbread_text(r, r->ctx->record, t, i, &text[i]);
    if (err == LM_OK)
        err = sdd_call_words(r, text[K_TYPE], text[K_STATUS], ev);
    struct sdd_conversation *c = err == LM_OK ? sdd_find(d, text[K_PEER]) : NULL;
    if (err == LM_OK)
        err = sdd_chat(d, c, &chat);
    if (err == LM_OK)
        err = sdd_account(d, r->ctx->record, text[K_STARTED].n != 0 ? text[K_STARTED] : text[K_RINGER], &by);
    if (err == LM_OK && by.form == LM_ACCOUNT_NONE && c == NULL)
        err = sdd_account(d, r->ctx->record, text[K_PEER], &by);
    if (err != LM_OK)
        return err;
    bool mine = lm_str_eq(text[K_DIRECTION], LM_STR("Outgoing")) || lm_signal_same(&by, &d->owner);
    err = lm_signal_ends(r, &d->owner, chat, mine, &by, ev);
    if (c == NULL) {
        ev->thread.native = text[K_PEER];
        ev->flags |= lm_str_eq(text[K_MODE], LM_STR("Adhoc")) ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    }
    if (c == NULL && !lm_str_eq(text[K_MODE], LM_STR("Adhoc")))
        lm_dbread_doubt(r, "the other end of the call is no conversation of the database");
    ev->native_id = text[K_ID];
    if (ended > at && at > 0)
        ev->duration_s = (ended - at) / 1000;
    lm_dbread_raw_text(r, "mode", text[K_MODE]);
    lm_dbread_raw_text(r, "direction", text[K_DIRECTION]);
    lm_dbread_raw_text(r, "ringerId", text[K_RINGER]);
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return err == LM_OK ? lm_dbread_emit(r, &f, 1) : err;
}

lm_err sdd_calls(struct sdd *d)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, "callsHistory", call_columns, sizeof call_columns / sizeof *call_columns, &t);
    return err == LM_OK ? lm_dbread_records(&d->r, t, 0, call, d) : err;
}
