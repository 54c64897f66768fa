/* signal_backup_item.c - items of chats: messages, calls, payments, what the app wrote; calls by link. */
#include "readers/signal_backup.h"

#include <inttypes.h>

enum { I_CHAT = 1, I_AUTHOR, I_SENT, I_REVISIONS = 6, I_SMS, I_INCOMING, I_OUTGOING, I_DIRECTIONLESS };
enum { I_STANDARD = 11, I_CONTACT, I_STICKER, I_DELETED, I_UPDATE, I_PAYMENT, I_GIFT, I_VIEW_ONCE, I_STORY_REPLY, I_POLL };

struct item {
    struct lm_str m, inner; /* the item, and what it is */
    uint32_t what;
    uint64_t sent;
    bool incoming, outgoing;
    struct sbk_recipient *author, *chat;
    struct lm_account_ref *to;
    size_t cap_to;
    struct lm_attachment *files;
    size_t cap_files;
    struct lm_reaction *reactions;
    size_t cap_reactions;
    struct lm_edit *edits;
    size_t cap_edits;
};

static lm_err stamp(struct sbk *s, uint64_t ms, struct lm_str *ret)
{
    if (ms == 0)
        return LM_OK;
    *ret = lm_arena_printf(s->ctx->record, "%" PRIu64, ms);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- who --- */

static lm_err leg(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_account_ref one)
{
    if (one.form == LM_ACCOUNT_NONE)
        return LM_OK;
    lm_err err = sbk_push(s, (void **)&it->to, ev->n_to, &it->cap_to, sizeof *it->to);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    it->to[ev->n_to++] = one;
    ev->to = it->to;
    return LM_OK;
}

/* Those to whom the owner's message went: the backup has one state of delivery for each. */
static lm_err sent_to(struct sbk *s, struct item *it, struct lm_event *ev, bool *ret_any)
{
    struct lm_str details = lm_pb_bytes(it->m, I_OUTGOING);
    struct lm_pb_field v;
    size_t failed = 0, n = 0;
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&details, &v)) {
        uint64_t id = 0;
        if (v.number != 1 || !v.has_bytes || !sbk_uint(v.bytes, 1, &id))
            continue;
        struct sbk_recipient *r = sbk_find(s, id);
        failed += sbk_has(v.bytes, 9) || sbk_has(v.bytes, 8);
        n++;
        *ret_any = true;
        if (r == NULL)
            sbk_doubt(s, "it was sent to a recipient that no frame before it names");
        else if (r->kind != SBK_SELF)
            err = leg(s, it, ev, sbk_account_of(s, r));
    }
    if (n != 0 && failed == n)
        ev->flags |= LM_EVENT_ATTEMPT; /* it reached nobody */
    return err;
}

static lm_err members(struct sbk *s, struct item *it, struct lm_event *ev, bool from_owner)
{
    struct sbk_recipient *c = it->chat;
    lm_err err = sbk_members(s, c);
    ev->flags |= c->who_partial ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    if (err == LM_OK && !from_owner)
        err = leg(s, it, ev, s->owner);
    for (size_t i = 0; i < c->n_who && err == LM_OK; i++)
        if (ev->from.form != c->who[i].form || !lm_str_eq(ev->from.native, c->who[i].native))
            err = leg(s, it, ev, c->who[i]);
    return err;
}

/* SMS and MMS that Signal for Android kept go from number to number. */
static struct lm_account_ref by_number(const struct sbk_recipient *r, struct lm_account_ref one)
{
    if (r == NULL || r->kind != SBK_CONTACT || r->phone.n == 0)
        return one;
    return (struct lm_account_ref){ LM_PLATFORM_PHONE, LM_ACCOUNT_NATIVE, r->phone, one.display };
}

static lm_err ends(struct sbk *s, struct item *it, struct lm_event *ev)
{
    uint64_t sms = 0;
    bool sent = false, from_owner = it->outgoing || (it->author != NULL && it->author->kind == SBK_SELF);
    lm_err err = LM_OK;
    ev->from = from_owner ? s->owner : sbk_account_of(s, it->author);
    if (it->chat != NULL)
        ev->thread = it->chat->thread;
    if (it->outgoing)
        err = sent_to(s, it, ev, &sent);
    if (err != LM_OK || it->chat == NULL || sent)
        ;
    else if (it->chat->kind == SBK_GROUP || it->chat->kind == SBK_LIST)
        err = members(s, it, ev, from_owner);
    else if (from_owner && it->chat->kind != SBK_SELF)
        err = leg(s, it, ev, sbk_account_of(s, it->chat));
    else if (!from_owner)
        err = leg(s, it, ev, s->owner);
    if (sbk_uint(it->m, I_SMS, &sms) && sms != 0 && it->chat != NULL) {
        ev->detail = LM_STR("sms");
        ev->from = from_owner ? ev->from : by_number(it->author, ev->from);
        if (it->chat->kind == SBK_CONTACT && from_owner && ev->n_to == 1)
            it->to[0] = by_number(it->chat, it->to[0]);
    }
    return err;
}

/* --- what it holds --- */

static lm_err attach(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str pointer, const char *note)
{
    struct lm_attachment one = { .bytes = -1, .note = lm_str(note) };
    uint64_t bytes;
    lm_err err = sbk_text(s, s->ctx->record, lm_pb_bytes(pointer, 7), &one.name);
    if (err == LM_OK)
        err = sbk_text(s, s->ctx->record, lm_pb_bytes(pointer, 4), &one.type);
    if (err == LM_OK)
        err = sbk_push(s, (void **)&it->files, ev->n_attachments, &it->cap_files, sizeof *it->files);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    if (sbk_uint(lm_pb_bytes(pointer, 13), 3, &bytes) && bytes <= INT64_MAX)
        one.bytes = (int64_t)bytes;
    it->files[ev->n_attachments++] = one;
    ev->attachments = it->files;
    return LM_OK;
}

static lm_err message_attachment(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    uint64_t flag = 0;
    (void)sbk_uint(m, 2, &flag);
    return attach(s, it, ev, lm_pb_bytes(m, 1), flag == 1 ? "voice message" : NULL);
}

static lm_err add_reaction(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    struct lm_reaction one = { .what = { NULL, 0 } };
    uint64_t author = 0;
    lm_err err = sbk_text(s, s->ctx->record, lm_pb_bytes(m, 1), &one.what);
    if (err == LM_OK)
        err = sbk_push(s, (void **)&it->reactions, ev->n_reactions, &it->cap_reactions, sizeof *it->reactions);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    if (sbk_uint(m, 2, &author))
        one.by = sbk_account_of(s, sbk_find(s, author));
    it->reactions[ev->n_reactions++] = one;
    ev->reactions = it->reactions;
    return LM_OK;
}

/* Every field `number` of m to one of the above. */
static lm_err each(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m, uint32_t number,
                   lm_err (*one)(struct sbk *, struct item *, struct lm_event *, struct lm_str))
{
    struct lm_pb_field v;
    lm_err err = LM_OK;
    while (err == LM_OK && lm_pb_next(&m, &v))
        if (v.number == number && v.has_bytes)
            err = one(s, it, ev, v.bytes);
    return err;
}

static lm_err standard(struct sbk *s, struct item *it, struct lm_event *ev)
{
    struct lm_str quote = lm_pb_bytes(it->inner, 1), longer = lm_pb_bytes(it->inner, 5);
    uint64_t target = 0;
    lm_err err = sbk_text(s, s->ctx->record, lm_pb_bytes(lm_pb_bytes(it->inner, 2), 1), &ev->text);
    if (err == LM_OK && sbk_uint(quote, 1, &target))
        err = stamp(s, target, &ev->reply_to);
    if (err == LM_OK)
        err = each(s, it, ev, it->inner, 3, message_attachment);
    if (err == LM_OK && longer.p != NULL)
        err = attach(s, it, ev, longer, "the whole text, of which the message holds the beginning");
    return err == LM_OK ? each(s, it, ev, it->inner, 6, add_reaction) : err;
}

/* "12.5" MOB, in millionths of millionths. */
static bool mob(struct lm_str text, struct lm_money *ret)
{
    int64_t v = 0;
    int decimals = -1;
    if (text.n == 0)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (text.p[i] < '0' || text.p[i] > '9' || decimals == 12 || __builtin_mul_overflow(v, 10, &v)
            || __builtin_add_overflow(v, text.p[i] - '0', &v))
            return false;
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 12; i++)
        if (__builtin_mul_overflow(v, 10, &v))
            return false;
    *ret = (struct lm_money){ .minor = v, .currency = "MOB", .exponent = 12 };
    return true;
}

static lm_err payment(struct sbk *s, struct item *it, struct lm_event *ev)
{
    struct lm_str amount = lm_pb_bytes(it->inner, 1), details = lm_pb_bytes(it->inner, 4);
    ev->kind = LM_EVENT_PAYMENT;
    ev->has_amount = mob(amount, &ev->amount);
    if (amount.n != 0 && !ev->has_amount)
        sbk_doubt(s, "the amount of the payment is no decimal number of at most 12 places, or too large: it is kept in the raw text only");
    ev->flags &= ~(unsigned)LM_EVENT_ATTEMPT; /* whether the message arrived says nothing of the money */
    if (sbk_has(details, 2))
        ev->flags |= LM_EVENT_ATTEMPT;
    return sbk_text(s, s->ctx->record, lm_pb_bytes(it->inner, 3), &ev->text);
}

/* --- calls --- */

/* detail: "audio, missed" */
static lm_err call_detail(struct sbk *s, struct lm_event *ev, const char *kind, const char *state)
{
    ev->kind = LM_EVENT_CALL;
    ev->detail = lm_arena_printf(s->ctx->record, "%s, %s", kind, state);
    return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
}

/* "NOT_ACCEPTED" → "not accepted" */
static const char *lower(struct sbk *s, const char *word)
{
    size_t n = word != NULL ? strlen(word) : 0;
    char *copy = lm_arena_alloc(s->ctx->record, n + 1);
    if (word == NULL || copy == NULL)
        return "state not known";
    for (size_t i = 0; i < n; i++)
        copy[i] = word[i] == '_' ? ' ' : word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
    return copy;
}

static lm_err individual_call(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    uint64_t id = 0, type = 0, direction = 0, state = 0, started = 0;
    (void)sbk_uint(m, 2, &type);
    (void)sbk_uint(m, 3, &direction);
    (void)sbk_uint(m, 4, &state);
    (void)sbk_uint(m, 5, &started);
    lm_err err = call_detail(s, ev, type == 2 ? "video" : "audio", state == 0 ? "accepted" : lower(s, sbk_word(&sbk_individual_call, 4, state)));
    ev->flags |= state >= 2 ? LM_EVENT_ATTEMPT : 0;
    if (started != 0)
        ev->at = sbk_when(s, started);
    if (err == LM_OK && sbk_uint(m, 1, &id))
        err = stamp(s, id, &ev->native_id);
    struct lm_account_ref peer = sbk_account_of(s, it->chat);
    ev->n_to = 0;
    ev->from = direction == 2 ? s->owner : peer;
    return err == LM_OK ? leg(s, it, ev, direction == 2 ? peer : s->owner) : err;
}

static lm_err group_call(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    uint64_t id = 0, state = 0, ringer = 0, starter = 0, started = 0, ended = 0;
    (void)sbk_uint(m, 2, &state);
    (void)sbk_uint(m, 5, &started);
    lm_err err = call_detail(s, ev, "group", state == 0 ? "generic" : lower(s, sbk_word(&sbk_group_call, 2, state)));
    ev->flags |= state == 5 || state == 6 || state == 7 ? LM_EVENT_ATTEMPT : 0;
    if (started != 0)
        ev->at = sbk_when(s, started);
    if (sbk_uint(m, 6, &ended) && started != 0 && ended >= started && ended - started < UINT64_C(1) << 40)
        ev->duration_s = (int64_t)((ended - started) / 1000);
    if (err == LM_OK && sbk_uint(m, 1, &id))
        err = stamp(s, id, &ev->native_id);
    struct sbk_recipient *by = sbk_uint(m, 4, &starter) ? sbk_find(s, starter) : sbk_uint(m, 3, &ringer) ? sbk_find(s, ringer) : NULL;
    ev->n_to = 0;
    ev->from = sbk_account_of(s, by);
    if (by == NULL && state == 8)
        ev->from = s->owner;
    if (err == LM_OK && it->chat != NULL && it->chat->kind == SBK_GROUP)
        err = members(s, it, ev, ev->from.form == LM_ACCOUNT_OWNER);
    return err;
}

/* --- what the app wrote --- */

/* The two accounts that an update of a group names first: who did it, and to whom. */
static lm_err group_change(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    struct lm_pb_field update, v;
    struct lm_str first = lm_pb_bytes(m, 1);
    const struct sbk_field *f = NULL;
    lm_err err = LM_OK;
    ev->kind = LM_EVENT_GROUP_CHANGE;
    ev->from = (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
    while (f == NULL && lm_pb_next(&first, &update))
        f = update.has_bytes ? sbk_field_of(&sbk_group_update, update.number) : NULL;
    ev->detail = f != NULL ? lm_str(f->name) : LM_STR("groupChange");
    if (f == NULL)
        return LM_OK;
    bool turned = f->number == 22; /* the one who asked stands before the one who decided */
    while (err == LM_OK && lm_pb_next(&update.bytes, &v)) {
        struct lm_account_ref one;
        if (!v.has_bytes || (v.number != 1 && v.number != 2) || (v.bytes.n != 16 && v.bytes.n != 17))
            continue;
        err = sbk_by_aci(s, s->ctx->record, v.bytes, &one);
        if (err == LM_OK && (v.number == 1) != turned)
            ev->from = one;
        else if (err == LM_OK)
            err = leg(s, it, ev, one);
    }
    return err;
}

static lm_err update(struct sbk *s, struct item *it, struct lm_event *ev)
{
    struct lm_pb_field v;
    struct lm_str m = it->inner;
    uint64_t type = 0;
    const struct sbk_field *f = NULL;
    ev->kind = LM_EVENT_OTHER;
    ev->flags |= LM_EVENT_SYSTEM;
    ev->native_id = (struct lm_str){ NULL, 0 };
    while (f == NULL && lm_pb_next(&m, &v))
        f = v.has_bytes ? sbk_field_of(&sbk_chat_update, v.number) : NULL;
    ev->detail = f != NULL ? lm_str(f->name) : LM_STR("update of a kind that is not known");
    if (f == NULL)
        return LM_OK;
    if (f->number == 7)
        return individual_call(s, it, ev, v.bytes);
    if (f->number == 8)
        return group_call(s, it, ev, v.bytes);
    ev->n_to = 0; /* the thread is the other end */
    if (f->number == 2)
        return group_change(s, it, ev, v.bytes);
    if (f->number == 1 && sbk_uint(v.bytes, 1, &type) && sbk_word(&sbk_simple_update, 1, type) != NULL)
        ev->detail = lm_str(lower(s, sbk_word(&sbk_simple_update, 1, type)));
    return LM_OK;
}

/* --- items --- */

/* An earlier state of the message: when it was sent, and what it said. */
static lm_err revision(struct sbk *s, struct item *it, struct lm_event *ev, struct lm_str m)
{
    struct lm_edit one = { .at = { .quality = LM_TIME_NONE } };
    uint64_t sent = 0;
    lm_err err = sbk_text(s, s->ctx->record, lm_pb_bytes(lm_pb_bytes(lm_pb_bytes(m, I_STANDARD), 2), 1), &one.text);
    if (err == LM_OK)
        err = sbk_push(s, (void **)&it->edits, ev->n_edits, &it->cap_edits, sizeof *it->edits);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    if (sbk_uint(m, I_SENT, &sent))
        one.at = sbk_when(s, sent);
    it->edits[ev->n_edits++] = one;
    ev->edits = it->edits;
    ev->flags |= LM_EVENT_EDITED;
    return LM_OK;
}

static lm_err contents(struct sbk *s, struct item *it, struct lm_event *ev)
{
    lm_err err = LM_OK;
    struct lm_str sticker;
    switch (it->what) {
    case I_STANDARD:
        return standard(s, it, ev);
    case I_CONTACT:
        ev->detail = LM_STR("contactMessage");
        return each(s, it, ev, it->inner, 2, add_reaction);
    case I_STICKER:
        ev->detail = LM_STR("stickerMessage");
        sticker = lm_pb_bytes(it->inner, 1);
        err = attach(s, it, ev, lm_pb_bytes(sticker, 5), "sticker");
        return err == LM_OK ? each(s, it, ev, it->inner, 2, add_reaction) : err;
    case I_DELETED:
        ev->detail = LM_STR("remoteDeletedMessage");
        ev->flags |= LM_EVENT_DELETED;
        return LM_OK;
    case I_UPDATE:
        return update(s, it, ev);
    case I_PAYMENT:
        return payment(s, it, ev);
    case I_GIFT:
        ev->detail = LM_STR("giftBadge");
        return LM_OK;
    case I_VIEW_ONCE:
        ev->detail = LM_STR("viewOnceMessage");
        err = each(s, it, ev, it->inner, 1, message_attachment);
        return err == LM_OK ? each(s, it, ev, it->inner, 2, add_reaction) : err;
    case I_STORY_REPLY:
        ev->detail = LM_STR("directStoryReplyMessage");
        err = sbk_text(s, s->ctx->record, lm_pb_bytes(lm_pb_bytes(lm_pb_bytes(it->inner, 1), 1), 1), &ev->text);
        if (err == LM_OK && ev->text.n == 0)
            err = sbk_text(s, s->ctx->record, lm_pb_bytes(it->inner, 2), &ev->text);
        return err == LM_OK ? each(s, it, ev, it->inner, 3, add_reaction) : err;
    case I_POLL:
        ev->detail = LM_STR("poll");
        err = sbk_text(s, s->ctx->record, lm_pb_bytes(it->inner, 1), &ev->text);
        return err == LM_OK ? each(s, it, ev, it->inner, 5, add_reaction) : err;
    default:
        ev->detail = LM_STR("item of a kind that is not known");
        sbk_doubt(s, "a message of a kind that is not known: its fields are kept by number");
        return LM_OK;
    }
}

lm_err sbk_item(struct sbk *s, struct lm_str m, struct lm_str raw)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_SIGNAL, .raw = raw, .duration_s = -1 } };
    struct lm_event *ev = &f.event;
    struct item it = { .m = m };
    struct lm_pb_field v;
    struct lm_str rest = m;
    uint64_t chat = 0, author = 0;
    (void)sbk_uint(m, I_CHAT, &chat);
    (void)sbk_uint(m, I_AUTHOR, &author);
    (void)sbk_uint(m, I_SENT, &it.sent);
    while (lm_pb_next(&rest, &v)) {
        it.incoming |= v.has_bytes && v.number == I_INCOMING;
        it.outgoing |= v.has_bytes && v.number == I_OUTGOING;
        if (v.has_bytes && v.number >= I_STANDARD && v.number <= I_POLL) {
            it.what = v.number;
            it.inner = v.bytes;
        }
    }
    it.chat = sbk_find_chat(s, chat);
    it.author = sbk_find(s, author);
    if (it.chat == NULL)
        sbk_doubt(s, "the chat of the item is in no frame before it");
    if (it.author == NULL)
        sbk_doubt(s, "the author of the item is in no frame before it");
    ev->at = sbk_when(s, it.sent);
    lm_err err = stamp(s, it.sent, &ev->native_id);
    if (err == LM_OK)
        err = ends(s, &it, ev);
    if (err == LM_OK)
        err = contents(s, &it, ev);
    if (err == LM_OK)
        err = each(s, &it, ev, m, I_REVISIONS, revision);
    return err == LM_OK ? sbk_emit(s, &f, 1) : err;
}

lm_err sbk_ad_hoc_call(struct sbk *s, struct lm_str m, struct lm_str raw)
{
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_SIGNAL, .detail = LM_STR("call by link"), .raw = raw,
                                    .duration_s = -1, .flags = LM_EVENT_MEMBERS_UNKNOWN, .from = s->owner } };
    uint64_t id = 0, recipient = 0, ms = 0;
    (void)sbk_uint(m, 2, &recipient);
    struct sbk_recipient *r = sbk_find(s, recipient);
    if (sbk_uint(m, 4, &ms))
        f.event.at = sbk_when(s, ms);
    if (r != NULL)
        f.event.thread = r->thread;
    else
        sbk_doubt(s, "the link of the call is in no frame before it");
    lm_err err = sbk_uint(m, 1, &id) ? stamp(s, id, &f.event.native_id) : LM_OK;
    return err == LM_OK ? sbk_emit(s, &f, 1) : err;
}
