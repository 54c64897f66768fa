/* signal_android_db_message.c - one row of `message` (older: `sms`, `mms`), of `call` or of `payments` is one record. */
#include "readers/signal_android_db.h"

#include <inttypes.h>
#include <stdio.h>

#include "formats/protobuf.h"

enum {
    M_SENT, M_DATE, M_THREAD, M_TYPE, M_BOX, M_BODY, M_FROM, M_RECIPIENT, M_ADDRESS, M_TO, M_DELETED, M_QUOTE, M_LATEST, M_ORIGINAL, M_N = M_ORIGINAL + 6
};
static const char *const message_columns[] = {
    "date_sent", "date", "thread_id", "type", "msg_box", "body", "from_recipient_id", "recipient_id", "address", "to_recipient_id", "remote_deleted",
    "quote_id", "latest_revision_id", "original_message_id", "-_id", "-reactions_last_seen", "-reactions_unread", "-notified", "-subscription_id",
};
_Static_assert(sizeof message_columns / sizeof *message_columns == M_N, "a name for each column");
enum { F_MESSAGE, F_TYPE, F_NAME, F_PATH, F_BYTES, F_QUOTE, F_VOICE, F_N = F_VOICE + 2 };
static const char *const file_columns[] = { "message_id", "content_type", "file_name", "data_file", "data_size", "quote", "voice_note", "-_id" };
static const char *const part_columns[] = { "mid", "ct", "file_name", "_data", "data_size", "quote", "voice_note", "-_id" };
enum { E_MESSAGE, E_AUTHOR, E_WHAT, E_SENT, E_MMS, E_N };
static const char *const reaction_columns[] = { "message_id", "author_id", "emoji", "date_sent", "is_mms" };

struct walk {
    struct sad *d;
    bool mms, sms; /* the older tables */
};

/* --- words --- */

static const char *const base_words[] = { NULL, "audio, incoming", "audio, outgoing", "audio, missed", "joined Signal", "unsupported message",
                                          "invalid message", "profile changed", "video, missed", "group migrated", "video, incoming",
                                          "video, outgoing", "group call", "message that could not be decrypted", "number changed",
                                          "donation request", "threads merged", "sms exported", "session switched over" };
#define BASE_INBOX 20
#define BASE_FAILED 24
#define BASE_DRAFT 27
#define UNSENT(base) ((base) == 21 || (base) == 22 || (base) == BASE_FAILED || (base) == 25 || (base) == 26)

static bool is_call(int64_t base)
{
    return (base >= 1 && base <= 3) || base == 8 || (base >= 10 && base <= 12);
}

/* What the bits above the base say; NULL: an ordinary message. */
static const char *bits(int64_t type, bool *ret_group)
{
    static const struct {
        int64_t bit;
        const char *word;
    } words[] = { { 0x200, "safety number changed" }, { 0x4000, "safety number verified" }, { 0x2000, "safety number not verified" },
                  { 0x8000, "key exchange" },         { 0x400000, "session ended" },        { 0x40000, "timer changed" },
                  { 0x10000000, "chat session refreshed" } };
    static const char *const special[16] = { NULL, NULL, NULL, NULL, "payments asked for", "reported as spam", "message request accepted", "blocked",
                                             "payments activated", NULL, NULL, "unblocked" };
    *ret_group = (type & 0x30000) != 0;
    if ((type & 0x20000) != 0)
        return "member left";
    if ((type & 0x10000) != 0)
        return "group updated";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((type & words[i].bit) != 0)
            return words[i].word;
    return special[(type >> 32) & 15];
}

static lm_err kind(struct lm_dbread *r, int64_t type, struct lm_event *ev)
{
    int64_t base = type & 0x1f, special = (type >> 32) & 15;
    bool group = false;
    const char *word = base < 20 ? (base < 19 ? base_words[base] : NULL) : bits(type, &group);
    ev->kind = LM_EVENT_MESSAGE;
    if (base < 20 || word != NULL) {
        ev->kind = is_call(base) ? LM_EVENT_CALL : group || base == 9 ? LM_EVENT_GROUP_CHANGE : LM_EVENT_OTHER;
        ev->flags |= LM_EVENT_SYSTEM | (base == 3 || base == 8 ? LM_EVENT_ATTEMPT : 0);
        ev->detail = word != NULL ? lm_str(word) : lm_arena_printf(r->ctx->record, "type %" PRId64, type);
        return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
    }
    ev->flags |= UNSENT(base) || base == BASE_DRAFT ? LM_EVENT_ATTEMPT : 0;
    if (base == BASE_DRAFT)
        ev->detail = LM_STR("draft");
    else if (special == 1)
        ev->detail = LM_STR("reaction to a story");
    else if (special == 2)
        ev->detail = LM_STR("gift badge");
    else if (special == 3 || special == 9) {
        ev->detail = LM_STR("payment");
        ev->flags |= LM_EVENT_PAYMENT_HINT;
    } else if (base > BASE_DRAFT) {
        ev->detail = lm_arena_printf(r->ctx->record, "type %" PRId64, type);
        return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
    }
    return LM_OK;
}

/* --- what it holds --- */

static lm_err files(struct lm_dbread *r, struct walk *w, int64_t rowid, struct lm_event *ev)
{
    struct sad_side *s = &w->d->files;
    struct lm_attachment *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->of, rowid, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; s->t != NULL && !w->sms && i < n && err == LM_OK; i++) {
        struct lm_attachment one = { .bytes = -1 };
        enum lm_evdb_step step;
        struct lm_str name;
        char prefix[32];
        err = lm_evdb_fetch(s->t, l[i].rowid, &step);
        if (err == LM_OK && step != LM_EVDB_ROW)
            lm_dbread_doubt(r, "an attachment that belongs to it cannot be read");
        if (err != LM_OK || step != LM_EVDB_ROW)
            continue;
        if ((err = lm_dbread_text(r, r->ctx->record, s->t, F_TYPE, &one.type)) != LM_OK
            || (err = lm_dbread_text(r, r->ctx->record, s->t, F_PATH, &one.name)) != LM_OK
            || (err = lm_dbread_text(r, r->ctx->record, s->t, F_NAME, &name)) != LM_OK)
            return err;
        if (lm_evdb_i64(s->t, F_BYTES, &one.bytes) && one.bytes <= 0)
            one.bytes = -1;
        if (lm_dbread_int(s->t, F_QUOTE) != 0)
            one.note = LM_STR("of the message that it quotes");
        else if (lm_dbread_int(s->t, F_VOICE) != 0)
            one.note = LM_STR("voice message");
        else if (one.name.n == 0)
            one.note = LM_STR("not downloaded");
        (void)snprintf(prefix, sizeof prefix, i == 0 ? "attachment" : "attachment %zu", i + 1);
        if (one.name.n == 0) {
            one.name = name;
        } else if (name.n != 0) {
            char key[64];
            (void)snprintf(key, sizeof key, "%s.file_name", prefix);
            lm_dbread_raw_text(r, key, name);
        }
        lm_dbread_raw_as(r, s->t, prefix);
        err = lm_dbread_push(r, (void **)&list, ev->n_attachments, &cap, sizeof *list);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        list[ev->n_attachments++] = one;
        ev->attachments = list;
    }
    return err;
}

static lm_err reactions(struct lm_dbread *r, struct walk *w, int64_t rowid, struct lm_event *ev)
{
    struct sad_side *s = &w->d->reactions;
    struct lm_reaction *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->of, rowid, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; s->t != NULL && i < n && err == LM_OK; i++) {
        enum lm_evdb_step step;
        struct lm_str what;
        err = lm_evdb_fetch(s->t, l[i].rowid, &step);
        if (err != LM_OK || step != LM_EVDB_ROW || (lm_evdb_has_column(s->t, E_MMS) && (lm_dbread_int(s->t, E_MMS) != 0) == w->sms))
            continue;
        if ((err = lm_dbread_text(r, r->ctx->record, s->t, E_WHAT, &what)) != LM_OK || what.n == 0)
            continue;
        err = lm_dbread_push(r, (void **)&list, ev->n_reactions, &cap, sizeof *list);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        list[ev->n_reactions++] = (struct lm_reaction){ sad_account(w->d, lm_dbread_int(s->t, E_AUTHOR)), what };
        ev->reactions = list;
    }
    return err;
}

/* Earlier states are rows of their own that name the row of the newest: they become its history, and its time is theirs. */
static lm_err edits(struct lm_dbread *r, struct walk *w, int64_t rowid, int64_t *sent, struct lm_event *ev)
{
    struct sad_side *s = &w->d->revisions;
    struct lm_edit *list = NULL;
    size_t n, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->of, rowid, &n);
    lm_err err = LM_OK;
    for (size_t i = 0; s->t != NULL && i < n && err == LM_OK; i++) {
        enum lm_evdb_step step;
        if (l[i].rowid == rowid)
            continue;
        err = lm_evdb_fetch(s->t, l[i].rowid, &step);
        if (err != LM_OK || step != LM_EVDB_ROW)
            continue;
        err = lm_signal_edit(r, s->t, 1, 2, &list, &cap, sent, ev);
    }
    return err;
}

/* --- messages --- */

static lm_err ends(struct lm_dbread *r, struct walk *w, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    struct sad *d = w->d;
    struct sad_recipient *c = sad_thread(d, lm_dbread_int(t, M_THREAD));
    int64_t base = type & 0x1f, from = lm_dbread_int(t, M_FROM);
    bool mine = (base >= 21 && base <= BASE_DRAFT) || base == 2 || base == 11;
    if (from == 0)
        from = lm_dbread_int(t, lm_evdb_has_column(t, M_RECIPIENT) ? M_RECIPIENT : M_ADDRESS);
    struct lm_account_ref by = sad_account(d, from);
    mine |= lm_signal_same(&by, &d->owner) && !w->sms && !w->mms;
    lm_err err = lm_signal_ends(r, &d->owner, c != NULL ? &c->chat : NULL, mine, &by, ev);
    if (c == NULL)
        lm_dbread_doubt(r, "the thread of the message is not in the database");
    if (c == NULL && mine && err == LM_OK) { /* the recipient is the other end all the same */
        struct lm_account_ref *to = lm_arena_alloc(r->ctx->record, sizeof *to);
        if (to == NULL)
            return LM_ENOMEM;
        *to = sad_account(d, lm_evdb_has_column(t, M_TO) ? lm_dbread_int(t, M_TO) : from);
        ev->to = to;
        ev->n_to = to->form != LM_ACCOUNT_NONE;
    }
    if (!mine && ev->from.form == LM_ACCOUNT_NONE && (ev->flags & LM_EVENT_SYSTEM) == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    return err;
}

/* A row whose event another row tells: an earlier state, or a call that `call` has with more words. */
static bool told_elsewhere(struct walk *w, const struct lm_evdb_table *t, int64_t rowid, int64_t base)
{
    int64_t latest = lm_dbread_int(t, M_LATEST);
    size_t n = 0;
    if (is_call(base) && w->d->calls.t != NULL && !w->mms && !w->sms)
        (void)lm_evdb_index_find(&w->d->calls.of, rowid, &n);
    return (latest != 0 && latest != rowid) || n != 0;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct walk *w = user;
    int64_t type = lm_dbread_int(t, lm_evdb_has_column(t, M_TYPE) ? M_TYPE : M_BOX), quote = lm_dbread_int(t, M_QUOTE);
    int64_t sent = lm_dbread_int(t, lm_evdb_has_column(t, M_SENT) ? M_SENT : M_DATE);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_SIGNAL, .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    bool latest_is_there = true;
    if (told_elsewhere(w, t, rowid, type & 0x1f)) {
        int64_t latest = lm_dbread_int(t, M_LATEST);
        size_t n = 0;
        if (latest != 0 && w->d->revisions.t != NULL) {
            enum lm_evdb_step step;
            lm_err err = lm_evdb_fetch(w->d->revisions.t, latest, &step);
            if (err != LM_OK)
                return err;
            latest_is_there = step == LM_EVDB_ROW;
            n = !latest_is_there;
        }
        if (n == 0) {
            lm_dbread_pass(r);
            return LM_OK;
        }
        ev->flags |= LM_EVENT_EDITED;
        lm_dbread_doubt(r, "an earlier state of a message whose newest is not in the database");
    }
    if (sent <= 0)
        sent = lm_dbread_int(t, M_DATE);
    lm_err err = kind(r, type, ev);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_BODY, &ev->text);
    if (err == LM_OK)
        err = ends(r, w, t, type, ev);
    if (err == LM_OK)
        err = edits(r, w, rowid, &sent, ev);
    if (err == LM_OK)
        err = lm_signal_stamp(r, sent, &ev->native_id);
    if (err == LM_OK && quote > 0)
        err = lm_signal_stamp(r, quote, &ev->reply_to);
    if (err == LM_OK)
        err = files(r, w, rowid, ev);
    if (err == LM_OK)
        err = reactions(r, w, rowid, ev);
    if (err != LM_OK)
        return err;
    ev->at = lm_signal_when(r, sent);
    if ((ev->flags & LM_EVENT_SYSTEM) != 0 && ev->kind != LM_EVENT_CALL)
        lm_signal_system(ev);
    else if (ev->kind == LM_EVENT_CALL)
        ev->native_id = (struct lm_str){ NULL, 0 };
    if (ev->kind == LM_EVENT_GROUP_CHANGE || (ev->flags & LM_EVENT_SYSTEM) != 0) { /* what the app keeps there for itself */
        lm_dbread_raw_text(r, "body", ev->text);
        ev->text = (struct lm_str){ NULL, 0 };
    }
    ev->flags |= lm_dbread_int(t, M_DELETED) != 0 ? LM_EVENT_DELETED : 0;
    lm_dbread_raw_column(r, t, lm_evdb_has_column(t, M_TYPE) ? M_TYPE : M_BOX, "type");
    if (ev->n_edits != 0)
        lm_dbread_raw_column(r, t, M_SENT, "date_sent");
    lm_dbread_raw_column(r, t, M_ORIGINAL, "original_message_id");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sad_messages(struct sad *d)
{
    static const char *const names[] = { "message", "sms", "mms" }, *const revision[] = { "latest_revision_id", "date_sent", "body" };
    static const char *const call[] = { "message_id" };
    static const size_t expected[] = { M_THREAD, M_BODY };
    lm_err err = sad_side(&d->r, "attachment", file_columns, F_N, &d->files);
    if (err == LM_OK && d->files.t == NULL)
        err = sad_side(&d->r, "part", part_columns, F_N, &d->files);
    if (err == LM_OK)
        err = sad_side(&d->r, "reaction", reaction_columns, E_N, &d->reactions);
    if (err == LM_OK)
        err = sad_side(&d->r, "call", call, 1, &d->calls);
    if (err == LM_OK)
        err = sad_side(&d->r, "message", revision, 3, &d->revisions);
    for (size_t i = 0; i < 3 && err == LM_OK; i++) {
        struct walk w = { .d = d, .sms = i == 1, .mms = i == 2 };
        struct lm_evdb_table *t = NULL;
        int64_t highest = 0;
        err = lm_dbread_table(&d->r, names[i], message_columns, M_N, &t);
        if (err == LM_OK)
            err = lm_dbread_expect(&d->r, t, message_columns, expected, 2);
        if (err == LM_OK)
            err = lm_dbread_highest(&d->r, names[i], NULL, &highest);
        if (err == LM_OK)
            err = lm_dbread_records(&d->r, t, highest, message, &w);
    }
    return err;
}

/* --- calls --- */

enum { K_ID, K_PEER, K_TYPE, K_DIRECTION, K_EVENT, K_AT, K_RINGER, K_DELETED, K_N = K_DELETED + 2 };
static const char *const call_columns[] = { "call_id", "peer", "type", "direction", "event", "timestamp", "ringer", "deletion_timestamp", "-_id" };

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const types[] = { "audio", "video", NULL, "group", "by link" };
    static const char *const events[] = { "ongoing", "accepted", "not accepted", "missed", "deleted", "generic", "joined", "declined", "ringing",
                                          "outgoing ring", "missed, notification profile" };
    struct sad *d = user;
    int64_t type = lm_dbread_int(t, K_TYPE), event = lm_dbread_int(t, K_EVENT), ringer = lm_dbread_int(t, K_RINGER);
    struct sad_recipient *c = sad_recipient(d, lm_dbread_int(t, K_PEER));
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .duration_s = -1,
                                    .at = lm_signal_when(r, lm_dbread_int(t, K_AT)) } };
    struct lm_event *ev = &f.event;
    bool mine = lm_dbread_int(t, K_DIRECTION) != 0;
    struct lm_account_ref by = sad_account(d, ringer);
    (void)rowid;
    const char *a = type >= 0 && type < 5 ? types[type] : NULL, *b = event >= 0 && event < 11 ? events[event] : NULL;
    ev->detail = a != NULL && b != NULL ? lm_arena_printf(r->ctx->record, "%s, %s", a, b)
                                        : lm_arena_printf(r->ctx->record, "type %" PRId64 ", event %" PRId64, type, event);
    if (ev->detail.p == NULL)
        return LM_ENOMEM;
    ev->flags |= event == 2 || event == 3 || event == 7 || event == 10 ? LM_EVENT_ATTEMPT : 0;
    ev->flags |= event == 4 || lm_dbread_int(t, K_DELETED) > 0 ? LM_EVENT_DELETED : 0;
    if (c == NULL)
        lm_dbread_doubt(r, "the other end of the call is not in the database");
    lm_err err = lm_dbread_text(r, r->ctx->record, t, K_ID, &ev->native_id);
    if (err == LM_OK)
        err = lm_signal_ends(r, &d->owner, c != NULL ? &c->chat : NULL, mine, &by, ev);
    if (err != LM_OK)
        return err;
    lm_dbread_raw_column(r, t, K_DIRECTION, "direction");
    lm_dbread_raw_column(r, t, K_RINGER, "ringer");
    lm_dbread_raw_column(r, t, K_DELETED, "deletion_timestamp");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sad_calls(struct sad *d)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, "call", call_columns, K_N, &t);
    return err == LM_OK ? lm_dbread_records(&d->r, t, 0, call, d) : err;
}

/* --- payments --- */

enum { P_ID, P_WHO, P_AT, P_NOTE, P_DIRECTION, P_STATE, P_AMOUNT, P_FEE, P_N = P_FEE + 2 };
static const char *const payment_columns[] = { "uuid", "recipient", "timestamp", "note", "direction", "state", "amount", "fee", "-_id" };

/* A message that holds a message that holds the amount in millionths of millionths of MOB, in decimal. */
static bool pico(struct lm_str blob, int64_t *ret)
{
    return lm_str_to_i64(lm_pb_bytes(lm_pb_bytes(blob, 1), 1), ret) && *ret >= 0;
}

static lm_err payment(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const states[] = { "initial", "submitted", "successful", "failed" };
    struct sad *d = user;
    int64_t amount = 0, fee, state = lm_dbread_int(t, P_STATE);
    struct sad_recipient *c = sad_recipient(d, lm_dbread_int(t, P_WHO));
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_PAYMENT, .platform = LM_PLATFORM_SIGNAL, .duration_s = -1,
                                    .at = lm_signal_when(r, lm_dbread_int(t, P_AT)),
                                    .detail = state >= 0 && state < 4 ? lm_str(states[state]) : LM_STR("state not known") } };
    struct lm_event *ev = &f.event;
    static const struct lm_account_ref nobody = { .form = LM_ACCOUNT_NONE };
    (void)rowid;
    ev->has_amount = pico(lm_evdb_bytes(t, P_AMOUNT), &amount);
    ev->amount = (struct lm_money){ .minor = amount, .currency = "MOB", .exponent = 12 };
    ev->flags |= state == 3 ? LM_EVENT_ATTEMPT : 0;
    if (!ev->has_amount && lm_evdb_type(t, P_AMOUNT) != LM_EVDB_NULL)
        lm_dbread_doubt(r, "the amount of the payment is not understood: it is kept in the raw text only");
    lm_err err = lm_dbread_text(r, r->ctx->record, t, P_ID, &ev->native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, P_NOTE, &ev->text);
    if (err == LM_OK)
        err = lm_signal_ends(r, &d->owner, c != NULL ? &c->chat : NULL, lm_dbread_int(t, P_DIRECTION) == 0, &nobody, ev);
    if (err != LM_OK)
        return err;
    if (c == NULL)
        lm_dbread_doubt(r, "the other end of the payment is not in the database");
    if (pico(lm_evdb_bytes(t, P_FEE), &fee)) {
        struct lm_str text = lm_arena_printf(r->ctx->record, "%" PRId64, fee);
        if (text.p == NULL)
            return LM_ENOMEM;
        lm_dbread_raw_text(r, "fee (pico MOB)", text);
    }
    if (!ev->has_amount)
        lm_dbread_raw_column(r, t, P_AMOUNT, "amount");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sad_payments(struct sad *d)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, "payments", payment_columns, P_N, &t);
    return err == LM_OK ? lm_dbread_records(&d->r, t, 0, payment, d) : err;
}
