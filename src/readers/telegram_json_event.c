/* telegram_json_event.c - what the members of one message add up to: its kind, its moment, its ends. */
#include "readers/telegram_json.h"

#define QUARTER_HOUR_US (INT64_C(900) * LM_SECOND_US)
#define STARS "XTR" /* Telegram's own currency, without a minor unit (core.telegram.org/api/stars) */

static const struct {
    const char *action;
    enum lm_event_kind kind;
} actions[] = {
    { "phone_call", LM_EVENT_CALL },
    { "group_call", LM_EVENT_CALL },
    { "conference_call", LM_EVENT_CALL },
    { "send_payment", LM_EVENT_PAYMENT },
    { "refunded_payment", LM_EVENT_PAYMENT },
    { "send_stars_gift", LM_EVENT_PAYMENT },
    { "send_star_gift", LM_EVENT_PAYMENT },
    { "create_group", LM_EVENT_GROUP_CHANGE },
    { "create_channel", LM_EVENT_GROUP_CHANGE },
    { "invite_members", LM_EVENT_GROUP_CHANGE },
    { "remove_members", LM_EVENT_GROUP_CHANGE },
    { "join_group_by_link", LM_EVENT_GROUP_CHANGE },
    { "join_group_by_request", LM_EVENT_GROUP_CHANGE },
    { "migrate_to_supergroup", LM_EVENT_GROUP_CHANGE },
    { "migrate_from_group", LM_EVENT_GROUP_CHANGE },
    { "edit_group_title", LM_EVENT_GROUP_CHANGE },
    { "edit_group_photo", LM_EVENT_GROUP_CHANGE },
    { "delete_group_photo", LM_EVENT_GROUP_CHANGE },
    { "topic_created", LM_EVENT_GROUP_CHANGE },
    { "topic_edit", LM_EVENT_GROUP_CHANGE },
};

static bool is(struct lm_str s, const char *word)
{
    return lm_str_is(s, word);
}

static void kind_of(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    struct lm_str type = tg_take(v, TG_TYPE), action = tg_take(v, TG_ACTION);
    ev->kind = LM_EVENT_MESSAGE;
    if (type.n == 0 ? action.n == 0 : is(type, "message"))
        return;
    ev->kind = LM_EVENT_OTHER;
    ev->detail = action.n != 0 ? action : type;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (is(action, actions[i].action))
            ev->kind = actions[i].kind;
    if (ev->kind != LM_EVENT_CALL && ev->kind != LM_EVENT_PAYMENT)
        ev->flags |= LM_EVENT_SYSTEM;
    if (type.n != 0 && !is(type, "service") && !is(type, "unsupported"))
        lm_jread_doubt(&tg->r, "a type of message that is not known");
}

/* --- time --- */

static void moment(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    struct lm_str unixtime = tg_take(v, TG_DATE_UNIX), date = tg_take(v, TG_DATE);
    struct lm_when local = { .quality = LM_TIME_NONE };
    int64_t number;
    ev->at = tg_when(unixtime, date);
    bool readable = date.n == 0 || lm_when_parse_iso(date, &local);
    if (!readable || (unixtime.n != 0 && ev->at.quality != LM_TIME_UTC)) {
        if (unixtime.n == 0 || !lm_str_to_i64(unixtime, &number) || number != 0)
            lm_jread_doubt(&tg->r, "one of the two dates of the message cannot be read");
        v->used &= ~((uint64_t)1 << TG_DATE | (uint64_t)1 << TG_DATE_UNIX);
    }
    if (ev->at.quality == LM_TIME_NONE) {
        if (!is(tg_take(v, TG_TYPE), "unsupported")) /* of which tdesktop writes nothing but the id */
            lm_jread_reject(&tg->r, "no date that can be read");
        return;
    }
    /* `date` is the same moment by the clock of the exporting computer. */
    if (ev->at.quality == LM_TIME_UTC && local.quality == LM_TIME_LOCAL) {
        int64_t apart = local.us - ev->at.us;
        if (apart < -12 * 3600 * LM_SECOND_US || apart > 14 * 3600 * LM_SECOND_US
            || apart % QUARTER_HOUR_US != 0) {
            lm_jread_doubt(&tg->r, "date and date_unixtime are not the same moment in any zone");
            v->used &= ~((uint64_t)1 << TG_DATE);
        }
    }
}

static void edited(struct tg_values *v, struct lm_event *ev)
{
    struct lm_str unixtime = tg_has(v, TG_EDITED_UNIX) ? v->slot[TG_EDITED_UNIX].text : LM_STR("");
    struct lm_str local = tg_has(v, TG_EDITED) ? v->slot[TG_EDITED].text : LM_STR("");
    struct lm_when w = tg_when(unixtime, local);
    /* Old exports write the first hours of 1970 for "never". */
    if (w.quality != LM_TIME_NONE && w.us > 2 * LM_DAY_US) {
        ev->flags |= LM_EVENT_EDITED;
        return;
    }
    (void)tg_take(v, TG_EDITED);
    (void)tg_take(v, TG_EDITED_UNIX);
}

/* --- ids --- */

static lm_err native_id(struct tg *tg, struct lm_str thread, struct lm_str id, struct lm_str *ret)
{
    if (id.n == 0)
        return LM_OK;
    *ret = lm_arena_printf(tg->r.ctx->record, "%.*s:%.*s", LM_STR_ARG(thread), LM_STR_ARG(id));
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err ids(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    int64_t n;
    struct lm_str id = tg_take(v, TG_ID), thread = tg_str(&tg->chat.thread);
    ev->thread =
        (struct lm_thread_ref){ .native = thread, .title = tg_str(&tg->chat.name), .kind = tg->chat.kind };
    if (id.n != 0 && !lm_str_to_i64(id, &n))
        lm_jread_reject(&tg->r, "the id of the message is not a number");
    lm_err e = native_id(tg, thread, id, &ev->native_id);
    if (e != LM_OK || !tg_has(v, TG_REPLY))
        return e;
    struct lm_str peer = tg_has(v, TG_REPLY_PEER) ? v->slot[TG_REPLY_PEER].text : thread;
    while (tg_has(v, TG_REPLY_PEER) && peer.n != 0 && (peer.p[0] < '0' || peer.p[0] > '9'))
        peer = lm_str_skip(peer, 1); /* "channel123": chats are known by the bare number */
    return native_id(tg, peer, tg_take(v, TG_REPLY), &ev->reply_to);
}

/* --- the two ends --- */

static lm_err sender(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    const struct tg_chat *c = &tg->chat;
    enum tg_slot name = TG_FROM, id = TG_FROM_ID;
    if (!tg_has(v, TG_FROM) && !tg_has(v, TG_FROM_ID)) {
        name = TG_ACTOR;
        id = TG_ACTOR_ID;
    }
    struct lm_str display = tg_take(v, name), native = tg_take(v, id);
    lm_err e = tg_account(tg, native, display, &ev->from);
    if (e != LM_OK || ev->from.form != LM_ACCOUNT_NAME || c->kind != LM_THREAD_DIRECT)
        return e;
    /* A name without an id in a chat of two is one of the two. */
    bool is_peer = !c->saved && lm_str_eq(display, tg_str(&c->name));
    ev->from = is_peer ? c->peer : tg_owner(tg);
    ev->from.display = display;
    return e;
}

static lm_err one_leg(struct tg *tg, struct lm_event *ev, struct lm_account_ref to)
{
    struct lm_account_ref *a = lm_arena_alloc(tg->r.ctx->record, sizeof *a);
    if (a == NULL)
        return LM_ENOMEM;
    *a = to;
    ev->to = a;
    ev->n_to = 1;
    return LM_OK;
}

static lm_err legs(struct tg *tg, struct lm_event *ev)
{
    const struct tg_chat *c = &tg->chat;
    struct lm_account_ref owner = tg_owner(tg);
    if (ev->n_to != 0)
        return LM_OK;
    if (c->kind != LM_THREAD_DIRECT || ev->from.form == LM_ACCOUNT_NONE || c->peer.form == LM_ACCOUNT_NONE) {
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    if (c->saved || tg_same(&ev->from, &c->peer))
        return one_leg(tg, ev, owner);
    if (ev->from.form == LM_ACCOUNT_NATIVE && tg->owner_known && !tg_same(&ev->from, &owner)) {
        lm_jread_doubt(&tg->r, "somebody else writes in a chat of two");
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
        return LM_OK;
    }
    return one_leg(tg, ev, c->peer);
}

static lm_err named_ends(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    struct lm_account_ref other;
    lm_err e = LM_OK;
    if (v->n_members != 0) {
        ev->to = v->members;
        ev->n_to = v->n_members;
        ev->flags |= LM_EVENT_MEMBERS_UNKNOWN;
    }
    if (is(ev->detail, "proximity_reached") && (tg_has(v, TG_TO) || tg_has(v, TG_TO_ID))) {
        struct lm_str name = tg_take(v, TG_TO), id = tg_take(v, TG_TO_ID);
        e = tg_account(tg, id, name, &other);
        return e == LM_OK && other.form != LM_ACCOUNT_NONE ? one_leg(tg, ev, other) : e;
    }
    if (is(ev->detail, "refunded_payment") && (tg_has(v, TG_PEER_NAME) || tg_has(v, TG_PEER_ID))) {
        struct lm_str name = tg_take(v, TG_PEER_NAME), id = tg_take(v, TG_PEER_ID);
        e = tg_account(tg, id, name, &other);
        if (e == LM_OK && other.form != LM_ACCOUNT_NONE) {
            ev->from = other;
            e = one_leg(tg, ev, tg_owner(tg));
        }
        return e;
    }
    /* Only the payer's own history holds this action
     * (core.telegram.org/constructor/messageActionPaymentSent). */
    if (is(ev->detail, "send_payment") && ev->from.form == LM_ACCOUNT_NONE
        && tg->chat.kind == LM_THREAD_DIRECT)
        ev->from = tg_owner(tg);
    return e;
}

/* --- what is particular to a kind --- */

static void call(struct tg_values *v, struct lm_event *ev)
{
    enum tg_slot s = tg_has(v, TG_DURATION) ? TG_DURATION : TG_DURATION_GROUP;
    int64_t n;
    if (tg_has(v, s) && lm_str_to_i64(v->slot[s].text, &n) && n >= 0) {
        ev->duration_s = n;
        (void)tg_take(v, s);
    }
    if (!is(ev->detail, "phone_call"))
        return; /* a group call without a duration is one that had begun */
    struct lm_str reason = tg_take(v, TG_DISCARD);
    /* tdesktop leaves a duration of 0 out: nobody took the call. */
    if (ev->duration_s <= 0 || is(reason, "missed") || is(reason, "busy"))
        ev->flags |= LM_EVENT_ATTEMPT;
    if (reason.n != 0)
        ev->detail = reason;
}

static void payment(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    bool gift = tg_has(v, TG_STARS);
    enum tg_slot s = gift ? TG_STARS : TG_AMOUNT;
    struct lm_str currency = gift                     ? LM_STR(STARS)
                             : tg_has(v, TG_CURRENCY) ? v->slot[TG_CURRENCY].text
                                                      : LM_STR("");
    int64_t minor = 0;
    bool code = currency.n == 3;
    for (size_t i = 0; code && i < 3; i++)
        code = currency.p[i] >= 'A' && currency.p[i] <= 'Z';
    if (!tg_has(v, s) || !code || !lm_str_to_i64(v->slot[s].text, &minor) || minor < 0) {
        lm_jread_doubt(&tg->r, "a payment whose amount cannot be read");
        return;
    }
    (void)tg_take(v, s);
    if (!gift)
        (void)tg_take(v, TG_CURRENCY);
    ev->has_amount = true;
    ev->amount.minor = minor;
    memcpy(ev->amount.currency, currency.p, 3);
    ev->amount.currency[3] = '\0';
    ev->amount.exponent = lm_str_eq(currency, LM_STR(STARS)) ? 0 : lm_currency_exponent(currency);
}

/* A path, or "name (File not included. …)" and its like: then the sentence is a note. */
static void path_or_note(struct lm_str s, struct lm_attachment *a)
{
    size_t at = lm_str_find(s, LM_STR("(File "));
    if (at == SIZE_MAX)
        at = lm_str_find(s, LM_STR("(Photo "));
    a->name = s;
    if (at != SIZE_MAX && lm_str_ends(s, LM_STR(")"))) {
        a->name = lm_str_trim(lm_str_take(s, at));
        a->note = lm_str_skip(s, at);
    }
}

static int64_t size_of(struct tg_values *v, enum tg_slot s)
{
    int64_t n;
    if (!tg_has(v, s) || !lm_str_to_i64(v->slot[s].text, &n) || n < 0)
        return -1;
    (void)tg_take(v, s);
    return n;
}

static lm_err attachments(struct tg *tg, struct tg_values *v, struct lm_event *ev)
{
    struct lm_attachment *a = lm_arena_array(tg->r.ctx->record, 3, sizeof *a);
    size_t n = 0;
    if (a == NULL)
        return LM_ENOMEM;
    if (tg_has(v, TG_PHOTO)) {
        path_or_note(tg_take(v, TG_PHOTO), &a[n]);
        a[n].type = LM_STR("photo");
        a[n++].bytes = size_of(v, TG_PHOTO_SIZE);
    }
    if (tg_has(v, TG_FILE)) {
        path_or_note(tg_take(v, TG_FILE), &a[n]);
        if (a[n].name.n == 0)
            a[n].name = tg_take(v, TG_FILE_NAME);
        a[n].type = tg_take(v, tg_has(v, TG_MIME) ? TG_MIME : TG_MEDIA_TYPE);
        a[n++].bytes = size_of(v, TG_FILE_SIZE);
    }
    if (tg_has(v, TG_VCARD)) {
        path_or_note(tg_take(v, TG_VCARD), &a[n]);
        a[n].type = LM_STR("contact_vcard");
        a[n++].bytes = size_of(v, TG_VCARD_SIZE);
    }
    ev->attachments = a;
    ev->n_attachments = n;
    return LM_OK;
}

lm_err tg_event(struct tg *tg, struct tg_values *v, struct lm_event *ret)
{
    struct lm_event ev = { .platform = LM_PLATFORM_TELEGRAM,
                           .duration_s = -1,
                           .text = v->text,
                           .reactions = v->reactions,
                           .n_reactions = v->n_reactions };
    kind_of(tg, v, &ev);
    moment(tg, v, &ev);
    edited(v, &ev);
    lm_err e = ids(tg, v, &ev);
    if (e == LM_OK)
        e = sender(tg, v, &ev);
    if (e == LM_OK)
        e = named_ends(tg, v, &ev);
    if (e == LM_OK)
        e = legs(tg, &ev);
    if (e == LM_OK)
        e = attachments(tg, v, &ev);
    if (e != LM_OK)
        return e;
    if (ev.kind == LM_EVENT_CALL)
        call(v, &ev);
    else if (ev.kind == LM_EVENT_PAYMENT)
        payment(tg, v, &ev);
    if (v->slot[TG_FORWARDED].type != LM_JSON_END)
        ev.flags |= LM_EVENT_FORWARDED;
    if (v->invoice)
        ev.flags |= LM_EVENT_PAYMENT_HINT;
    if (v->has_latitude && v->has_longitude) {
        ev.has_place = true;
        ev.latitude = v->latitude;
        ev.longitude = v->longitude;
    }
    *ret = ev;
    return LM_OK;
}
