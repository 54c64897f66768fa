/* WhatsApp on iOS: ChatStorage.sqlite (messages), CallHistory.sqlite (calls), ContactsV2.sqlite (address book).
 *
 * Core Data: Z_PK is the rowid, times are seconds since 2001-01-01 UTC. A file is read by the tables it has; the three are
 * different files of one app. docs/readers/whatsapp_ios.md has the rules and what is not kept.
 */
#include "readers/whatsapp_ios.h"

/* --- ContactsV2.sqlite --- */

enum { C_NAME, C_PHONE, C_ID, C_LID, C_ABOUT, C_ABOUT_AT, C_PUSH, C_N };
static const char *const contact_columns[] = { "ZFULLNAME",       "ZPHONENUMBER",   "ZWHATSAPPID", "ZLID",
                                               "ZABOUTTEXT",      "ZABOUTTIMESTAMP", "ZPUSHNAME" };

static lm_err beside_row(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wai *w = user;
    struct lm_str id, lid, name;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, C_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, C_LID, &lid);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, C_NAME, &name);
    if (err == LM_OK)
        err = lm_waid_map(&w->ids, lid, id);
    if (err == LM_OK)
        err = lm_waid_name(&w->ids, id, name);
    return err;
}

static lm_err read_contacts_beside(struct lm_dbread *other, void *user)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(other, "ZWAADDRESSBOOKCONTACT", contact_columns, C_N, &t);
    return err == LM_OK ? lm_dbread_rows(other, t, beside_row, user) : err;
}

lm_err wai_contacts_beside(struct wai *w)
{
    return lm_dbread_beside(&w->r, "ContactsV2.sqlite", read_contacts_beside, w);
}

/* One row is one number of one contact. Without WhatsApp it is a telephone, without a number a name. */
static lm_err contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct wai *w = user;
    struct lm_waid_facts f = { .n = 0 };
    struct lm_str text[C_N] = { 0 };
    struct lm_account_ref a;
    (void)rowid;
    for (size_t i = 0; i < C_N; i++) {
        lm_err err = i != C_ABOUT_AT ? lm_dbread_text(r, r->ctx->record, t, i, &text[i]) : LM_OK;
        if (err != LM_OK)
            return err;
    }
    struct lm_str id = text[C_ID].n != 0 ? text[C_ID] : text[C_LID];
    lm_err err = lm_waid_account(&w->ids, r->ctx->record, id, &a);
    if (err != LM_OK)
        return err;
    a.display = text[C_NAME];
    if (a.form == LM_ACCOUNT_NONE && text[C_PHONE].n != 0)
        a = (struct lm_account_ref){ LM_PLATFORM_PHONE, LM_ACCOUNT_NATIVE, text[C_PHONE], text[C_NAME] };
    else if (a.form == LM_ACCOUNT_NONE && text[C_NAME].n != 0)
        a = (struct lm_account_ref){ LM_PLATFORM_PHONE, LM_ACCOUNT_NAME, { NULL, 0 }, text[C_NAME] };
    else if (a.form == LM_ACCOUNT_NONE)
        return lm_dbread_emit(r, NULL, 0);
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, text[C_NAME], "contact_list");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_PHONE, text[C_PHONE], "contact_list");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, text[C_PUSH], "own_profile");
    if (text[C_ID].n != 0 && text[C_LID].n != 0)
        lm_waid_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, text[C_LID], "platform");
    if (f.n == 0)
        lm_waid_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, a.native, "contact_list");
    if (text[C_ABOUT].n != 0)
        f.items[f.n++] = (struct lm_fact){
            .kind = LM_FACT_EVENT,
            .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WHATSAPP, .detail = LM_STR("about"), .from = a,
                       .at = lm_dbread_when(r, t, C_ABOUT_AT, LM_EPOCH_COCOA_S), .text = text[C_ABOUT], .duration_s = -1 },
        };
    return lm_dbread_emit(r, f.items, f.n);
}

static lm_err contacts(struct wai *w)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(&w->r, "ZWAADDRESSBOOKCONTACT", contact_columns, C_N, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&w->r, t, beside_row, w);
    if (err == LM_OK)
        err = lm_dbread_highest(&w->r, "ZWAADDRESSBOOKCONTACT", "WAAddressBookContact", &highest);
    return err == LM_OK ? lm_dbread_records(&w->r, t, highest, contact, w) : err;
}

/* --- CallHistory.sqlite --- */

enum { E_AT, E_DURATION, E_OUTCOME, E_ID, E_GROUP, E_CREATOR, E_AGGREGATE, E_N = E_AGGREGATE + 4 };
static const char *const event_columns[] = { "ZDATE",      "ZDURATION", "ZOUTCOME", "ZCALLIDSTRING", "ZGROUPJIDSTRING",
                                             "ZGROUPCALLCREATORUSERJIDSTRING", "Z1CALLEVENTS", "-Z_PK", "-Z_ENT", "-Z_OPT" };
enum { A_INCOMING, A_VIDEO, A_MISSED, A_N };
static const char *const aggregate_columns[] = { "ZINCOMING", "ZVIDEO", "ZMISSED" };
enum { P_EVENT, P_ID, P_N };
static const char *const participant_columns[] = { "Z1PARTICIPANTS", "ZJIDSTRING" };

struct calls {
    struct wai *w;
    struct lm_evdb_table *aggregates, *participants;
    struct lm_evdb_index by_event;
};

static const char *outcome_word(int64_t outcome, bool video, bool *ret_attempt)
{
    *ret_attempt = outcome != 0;
    switch (outcome) {
    case 0:
        return video ? "video, ended" : "voice, ended";
    case 1:
        return video ? "video, missed" : "voice, missed";
    case 4:
        return video ? "video, rejected" : "voice, rejected";
    default:
        return video ? "video, not answered" : "voice, not answered";
    }
}

static lm_err call_others(struct lm_dbread *r, struct calls *c, int64_t rowid, struct lm_account_ref **ret, size_t *ret_n)
{
    size_t found, n = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&c->by_event, rowid, &found);
    found = found < LM_DBREAD_MAX_LIST ? found : LM_DBREAD_MAX_LIST;
    struct lm_account_ref *to = lm_arena_array(r->ctx->record, found, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < found; i++) {
        enum lm_evdb_step s;
        struct lm_str id;
        lm_err err = lm_evdb_fetch(c->participants, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, c->participants, P_ID, &id);
        if (err != LM_OK)
            return err;
        if (s != LM_EVDB_ROW || id.n == 0)
            continue;
        err = lm_waid_account(&c->w->ids, r->ctx->record, id, &to[n]);
        if (err != LM_OK)
            return err;
        n++;
    }
    *ret = to;
    *ret_n = n;
    return LM_OK;
}

static bool is_one_of(const struct lm_account_ref *a, const struct lm_account_ref *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a->form == list[i].form && lm_str_eq(a->native, list[i].native))
            return true;
    return false;
}

/* Who called: the aggregate says whether the call came in; else the creator of the call does, when there is one. */
static lm_err call_direction(struct lm_dbread *r, struct calls *c, struct lm_evdb_table *t, struct lm_account_ref *others, size_t n,
                             struct lm_event *ev, bool *ret_video)
{
    struct lm_account_ref creator;
    struct lm_str id;
    int64_t incoming = -1, row = 0;
    enum lm_evdb_step s = LM_EVDB_END;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, E_CREATOR, &id);
    if (err == LM_OK)
        err = lm_waid_account(&c->w->ids, r->ctx->record, id, &creator);
    if (err == LM_OK && c->aggregates != NULL && lm_evdb_i64(t, E_AGGREGATE, &row))
        err = lm_evdb_fetch(c->aggregates, row, &s);
    if (err != LM_OK)
        return err;
    if (s == LM_EVDB_ROW) {
        (void)lm_evdb_i64(c->aggregates, A_INCOMING, &incoming);
        *ret_video = lm_dbread_int(c->aggregates, A_VIDEO) != 0;
    }
    bool by_other = creator.form == LM_ACCOUNT_NATIVE && is_one_of(&creator, others, n);
    if (incoming < 0 && creator.form != LM_ACCOUNT_NONE)
        incoming = by_other ? 1 : 0;
    if (incoming < 0)
        lm_dbread_doubt(r, "whether the call came in or went out is not said");
    ev->to = others;
    ev->n_to = n;
    if (incoming == 0) {
        ev->from = c->w->ids.owner;
    } else if (incoming > 0) {
        ev->from = by_other || n == 0 ? creator : others[0];
        for (size_t i = 0; i < n; i++)
            if (is_one_of(&ev->from, &others[i], 1))
                others[i] = c->w->ids.owner; /* the leg to the phone, in place of the caller's */
    }
    return LM_OK;
}

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct calls *c = user;
    struct lm_account_ref *others = NULL;
    struct lm_str group;
    size_t n = 0;
    double seconds;
    bool video = false, attempt = false;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_WHATSAPP, .duration_s = -1,
                                    .at = lm_dbread_when(r, t, E_AT, LM_EPOCH_COCOA_S) } };
    struct lm_event *ev = &f.event;
    lm_err err = call_others(r, c, rowid, &others, &n);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, E_ID, &ev->native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, E_GROUP, &group);
    if (err == LM_OK)
        err = call_direction(r, c, t, others, n, ev, &video);
    if (err != LM_OK)
        return err;
    if (lm_evdb_double(t, E_DURATION, &seconds) && seconds >= 0 && seconds < 1e9)
        ev->duration_s = (int64_t)seconds;
    ev->detail = lm_str(outcome_word(lm_dbread_int(t, E_OUTCOME), video, &attempt));
    ev->flags |= attempt ? LM_EVENT_ATTEMPT : 0;
    if (group.n != 0)
        ev->thread = (struct lm_thread_ref){ .native = group, .kind = LM_THREAD_GROUP };
    else if (n != 0)
        ev->thread = (struct lm_thread_ref){ .native = ev->from.form == LM_ACCOUNT_NATIVE && ev->n_to == 1
                                                       && ev->from.native.p != c->w->ids.owner.native.p ? ev->from.native : others[0].native,
                                             .kind = LM_THREAD_DIRECT };
    if (n == 0)
        lm_dbread_doubt(r, "nobody is listed as the other end of the call");
    lm_dbread_raw(r, t, false);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

static lm_err calls(struct wai *w)
{
    struct calls c = { .w = w };
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = wai_owner_beside(w);
    if (err == LM_OK)
        err = wai_contacts_beside(w);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZWACDCALLEVENT", event_columns, E_N, &t);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZWAAGGREGATECALLEVENT", aggregate_columns, A_N, &c.aggregates);
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "ZWACDCALLEVENTPARTICIPANT", participant_columns, P_N, &c.participants);
    if (err == LM_OK)
        err = lm_dbread_index(&w->r, c.participants, P_EVENT, LM_EVDB_ROWID, &c.by_event);
    if (err == LM_OK)
        err = lm_dbread_highest(&w->r, "ZWACDCALLEVENT", "WACDCallEvent", &highest);
    return err == LM_OK ? lm_dbread_records(&w->r, t, highest, call, &c) : err;
}

/* --- the reader --- */

static const char *const tables[] = { "ZWAMESSAGE.ZCHATSESSION", "ZWACDCALLEVENT.ZDATE", "ZWAADDRESSBOOKCONTACT.ZFULLNAME" };

/* The magic (128 bits) and a table that no other app has (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    uint32_t found = lm_dbread_peek(in, head, tables, 3);
    if (found != 0)
        return 168;
    return lm_dbread_named(in, "ChatStorage.sqlite") || lm_dbread_named(in, "CallHistory.sqlite") || lm_dbread_named(in, "ContactsV2.sqlite")
               ? 8
               : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct wai w;
    lm_waid_init(&w.ids, ctx->file);
    w.chats = (struct lm_waid_chats){ 0 };
    lm_err err = lm_dbread_open(&w.r, ctx, sink);
    bool any = false;
    if (err == LM_OK && lm_evdb_has_table(w.r.db, "ZWAMESSAGE")) {
        any = true;
        err = wai_chat(&w);
    }
    if (err == LM_OK && lm_evdb_has_table(w.r.db, "ZWACDCALLEVENT")) {
        any = true;
        err = calls(&w);
    }
    if (err == LM_OK && lm_evdb_has_table(w.r.db, "ZWAADDRESSBOOKCONTACT")) {
        any = true;
        err = contacts(&w);
    }
    if (err == LM_OK && !any)
        err = lm_fail(ctx->error, LM_EINPUT, "none of the tables ZWAMESSAGE, ZWACDCALLEVENT and ZWAADDRESSBOOKCONTACT is in it");
    return lm_dbread_finish(&w.r, err);
}

const struct lm_reader lm_reader_whatsapp_ios = {
    .name = "whatsapp_ios",
    .title = "WhatsApp on iOS: ChatStorage, CallHistory and ContactsV2",
    .reference = "sepinf-inc/IPED ad1a8364 ExtractorIOS, abrignoni/iLEAPP 423798fa whatsApp.py (names and values), checked 2026-11",
    .tested_on = "messages and contacts: a public research phone; calls: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
