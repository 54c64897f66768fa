/* whatsapp_android_call.c - msgstore.db: the words for kinds of messages, and calls: one row of `call_log` is one record. */
#include "readers/whatsapp_android.h"

#include <inttypes.h>

/* --- words --- */

static const struct {
    int64_t type;
    const char *word;
} type_words[] = {
    { 0, "text" },          { 1, "image" },          { 2, "audio" },           { 3, "video" },           { 4, "contact" },
    { 5, "location" },      { 8, "voice, call" },    { 9, "file" },            { 10, "voice, missed" },  { 11, "not received yet" },
    { 13, "gif" },          { 14, "contacts" },      { 15, "deleted" },        { 16, "live location" },  { 20, "sticker" },
    { 24, "group_invitation" }, { 42, "image, view once" }, { 43, "video, view once" }, { 64, "deleted by admin" }, { 66, "poll" },
    { 82, "audio, view once" }, { 90, "call" },
}, action_words[] = {
    { 1, "group_renamed" },      { 4, "member_added" },     { 5, "member_left" },      { 6, "icon_changed" },
    { 7, "member_removed" },     { 10, "number_changed" },  { 11, "group_created" },   { 12, "member_added" },
    { 14, "member_removed" },    { 15, "admin_added" },     { 18, "security_code_changed" }, { 19, "messages_encrypted" },
    { 20, "joined_by_link" },    { 27, "description_changed" }, { 28, "number_changed" }, { 46, "business_chat" },
    { 58, "contact_blocked" },   { 67, "messages_encrypted" },
};

static bool of_a_group(int64_t action)
{
    return action == 1 || (action >= 4 && action <= 7) || action == 11 || action == 12 || action == 14 || action == 15 || action == 20
           || action == 27;
}

lm_err waa_kind(struct lm_dbread *r, int64_t type, bool system, int64_t action, struct lm_event *ev)
{
    const char *word = NULL;
    ev->kind = LM_EVENT_MESSAGE;
    if (system) {
        ev->flags |= LM_EVENT_SYSTEM;
        ev->kind = of_a_group(action) ? LM_EVENT_GROUP_CHANGE : LM_EVENT_OTHER;
        for (size_t i = 0; i < sizeof action_words / sizeof *action_words; i++)
            word = action_words[i].type == action ? action_words[i].word : word;
    } else {
        for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
            word = type_words[i].type == type ? type_words[i].word : word;
    }
    if (!system && (type == 8 || type == 10 || type == 90)) {
        ev->kind = LM_EVENT_CALL;
        ev->flags |= LM_EVENT_SYSTEM | (type == 10 ? LM_EVENT_ATTEMPT : 0);
    }
    if (!system && (type == 15 || type == 64))
        ev->flags |= LM_EVENT_DELETED;
    if (word != NULL)
        ev->detail = lm_str(word);
    else
        ev->detail = system ? lm_arena_printf(r->ctx->record, "action %" PRId64, action) : lm_arena_printf(r->ctx->record, "type %" PRId64, type);
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- call_log --- */

enum { K_PEER, K_MINE, K_ID, K_AT, K_VIDEO, K_SECONDS, K_RESULT, K_GROUP, K_N = K_GROUP + 4 };
static const char *const call_columns[] = { "jid_row_id", "from_me",     "call_id",          "timestamp", "video_call", "duration",
                                            "call_result", "group_jid_row_id", "-_id", "-transaction_id", "-is_dnd_mode_on" };
_Static_assert(sizeof call_columns / sizeof *call_columns == K_N, "a name for each column");

struct calls {
    struct waa *w;
    struct waa_side participants;
};

static lm_err add(struct lm_dbread *r, struct calls *c, struct lm_str id, struct lm_account_ref **list, size_t *n, size_t *cap)
{
    struct lm_account_ref one;
    lm_err err = lm_waid_account(&c->w->ids, r->ctx->record, id, &one);
    if (err != LM_OK || one.form == LM_ACCOUNT_NONE)
        return err;
    const struct lm_account_ref *own = &c->w->ids.owner;
    if (own->form == LM_ACCOUNT_NATIVE && lm_str_eq(one.native, own->native))
        return LM_OK;
    for (size_t i = 0; i < *n; i++)
        if (lm_str_eq((*list)[i].native, one.native))
            return LM_OK;
    err = lm_dbread_push(r, (void **)list, *n, cap, sizeof **list);
    if (err == LM_OK)
        (*list)[(*n)++] = one;
    return err == LM_ELIMIT ? LM_OK : err;
}

/* Everybody but the owner: the other end first, then those who are listed. */
static lm_err others(struct lm_dbread *r, struct calls *c, int64_t rowid, struct lm_str peer, struct lm_account_ref **ret, size_t *ret_n)
{
    size_t found, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&c->participants.of, rowid, &found);
    lm_err err = lm_waid_is_person(peer) ? add(r, c, peer, ret, ret_n, &cap) : LM_OK;
    for (size_t i = 0; c->participants.t != NULL && i < found && err == LM_OK; i++) {
        enum lm_evdb_step s;
        err = lm_evdb_fetch(c->participants.t, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = add(r, c, waa_jid(c->w, lm_dbread_int(c->participants.t, 1)), ret, ret_n, &cap);
        else if (err == LM_OK)
            lm_dbread_doubt(r, "a participant of the call cannot be read");
    }
    return err;
}

static lm_err detail(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_event *ev)
{
    int64_t result = lm_dbread_int(t, K_RESULT);
    const char *kind = lm_dbread_int(t, K_VIDEO) != 0 ? "video" : "voice";
    const char *word = result == 5 ? "connected" : result == 4 ? "missed" : result == 3 ? "unavailable" : result == 2 ? "refused" : NULL;
    if (word != NULL)
        ev->detail = lm_arena_printf(r->ctx->record, "%s, %s", kind, word);
    else
        ev->detail = lm_arena_printf(r->ctx->record, "%s, result %" PRId64, kind, result);
    int64_t seconds;
    if (lm_evdb_i64(t, K_SECONDS, &seconds) && seconds >= 0)
        ev->duration_s = seconds;
    if (result != 5 && ev->duration_s <= 0)
        ev->flags |= LM_EVENT_ATTEMPT;
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct calls *c = user;
    struct waa *w = c->w;
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1,
                                       .at = lm_dbread_when(r, t, K_AT, LM_EPOCH_UNIX_MS) } };
    struct lm_event *ev = &fact.event;
    struct lm_account_ref *list = NULL;
    size_t n = 0;
    bool mine = lm_dbread_int(t, K_MINE) != 0;
    struct lm_str peer = waa_jid(w, lm_dbread_int(t, K_PEER)), group = waa_jid(w, lm_dbread_int(t, K_GROUP));
    if (group.n == 0 && lm_waid_thread_kind(peer) == LM_THREAD_GROUP)
        group = peer;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, K_ID, &ev->native_id);
    if (err == LM_OK)
        err = detail(r, t, ev);
    if (err == LM_OK)
        err = others(r, c, rowid, peer, &list, &n);
    if (err != LM_OK)
        return err;
    if (lm_str_starts(ev->native_id, LM_STR("call:")))
        ev->native_id = lm_str_skip(ev->native_id, 5);
    const struct lm_waid_chat *chat = waa_chat_of(w, group.n != 0 ? group : n != 0 ? list[0].native : peer);
    ev->thread = (struct lm_thread_ref){ .native = group.n != 0 ? group : n != 0 ? list[0].native : (struct lm_str){ NULL, 0 },
                                         .title = chat != NULL ? chat->title : (struct lm_str){ NULL, 0 },
                                         .kind = group.n != 0 ? LM_THREAD_GROUP : n != 0 ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN };
    if (n == 0)
        lm_dbread_doubt(r, "nobody is listed as the other end of the call");
    ev->to = list;
    ev->n_to = n;
    if (mine) {
        ev->from = w->ids.owner;
    } else if (n != 0) {
        ev->from = list[0];
        list[0] = w->ids.owner; /* the leg to the phone, in place of the caller's */
    }
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &fact, 1);
}

lm_err waa_calls(struct waa *w)
{
    static const char *const columns[] = { "call_log_row_id", "jid_row_id" };
    struct calls c = { .w = w };
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    static const size_t expected[] = { K_PEER, K_MINE, K_AT, K_SECONDS, K_RESULT };
    lm_err err = lm_dbread_table(&w->r, "call_log", call_columns, K_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&w->r, t, call_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = waa_side(&w->r, "call_log_participant_v2", columns, 2, &c.participants);
    if (err == LM_OK)
        err = lm_dbread_highest(&w->r, "call_log", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&w->r, t, highest, call, &c) : err;
}
