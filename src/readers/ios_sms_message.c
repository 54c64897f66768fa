/* ios_sms_message.c - one row of `message` as an event. */
#include "readers/ios_sms.h"

#include "base/utf8.h"

#define TAPBACK_FIRST 2000 /* 2000 … 2006 set, 3000 … 3006 taken back */
#define TAPBACK_LAST 2006

const char *const ios_attachment_columns[IOS_A_N] = { "filename", "mime_type", "total_bytes", "transfer_name" };

/* The text inside a typedstream of NSAttributedString: behind the class name NSString, '+', a length, UTF-8. */
static struct lm_str typedstream_text(struct lm_str s)
{
    size_t at = lm_str_find(s, LM_STR("NSString"));
    if (at == SIZE_MAX)
        return (struct lm_str){ NULL, 0 };
    s = lm_str_skip(s, at + 8);
    const char *plus = s.n != 0 ? memchr(s.p, '+', s.n < 16 ? s.n : 16) : NULL;
    if (plus == NULL)
        return (struct lm_str){ NULL, 0 };
    s = lm_str_skip(s, (size_t)(plus - s.p) + 1);
    const unsigned char *u = (const unsigned char *)s.p;
    size_t n = 0, head = 1;
    if (s.n >= 3 && u[0] == 0x81) {
        n = (size_t)u[1] | (size_t)u[2] << 8;
        head = 3;
    } else if (s.n >= 5 && u[0] == 0x82) {
        n = (size_t)u[1] | (size_t)u[2] << 8 | (size_t)u[3] << 16 | (size_t)u[4] << 24;
        head = 5;
    } else if (s.n >= 1 && u[0] < 0x80) {
        n = u[0];
    }
    return n != 0 && n <= s.n - head ? lm_str_take(lm_str_skip(s, head), n) : (struct lm_str){ NULL, 0 };
}

static lm_err text_of(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_str *ret)
{
    lm_err err = lm_dbread_text(r, r->ctx->record, t, IOS_M_TEXT, ret);
    if (err != LM_OK || ret->n != 0 || lm_evdb_type(t, IOS_M_BODY) != LM_EVDB_BLOB)
        return err;
    struct lm_str body = typedstream_text(lm_evdb_bytes(t, IOS_M_BODY));
    if (body.n == 0 || !lm_utf8_is_text(body)) {
        lm_dbread_doubt(r, "the formatted text cannot be read");
        return LM_OK;
    }
    *ret = lm_arena_copy(r->ctx->record, body);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* --- the two ends --- */

static bool same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    return a->form == b->form && a->platform == b->platform && lm_str_eq(a->native, b->native);
}

static lm_err ends(struct lm_dbread *r, struct ios_sms *s, const struct lm_evdb_table *t, const struct ios_chat *c, bool mine,
                   struct lm_event *ev)
{
    struct lm_str id = ios_handle(s, lm_dbread_int(t, IOS_M_HANDLE));
    bool direct = c == NULL || c->kind == LM_THREAD_DIRECT || (c->kind == LM_THREAD_UNKNOWN && c->n <= 1);
    if (id.n == 0 && direct && c != NULL)
        id = c->n != 0 ? c->members[0].native : c->identifier;
    struct lm_account_ref other = ios_account(id), *to = lm_arena_array(r->ctx->record, (c != NULL ? c->n : 0) + 2, sizeof *to);
    if (to == NULL)
        return LM_ENOMEM;
    ev->from = mine ? s->owner : other;
    ev->to = to;
    if (c != NULL)
        ev->thread = (struct lm_thread_ref){ c->guid.n != 0 ? c->guid : c->identifier, c->title, direct ? LM_THREAD_DIRECT : LM_THREAD_GROUP };
    else
        ev->thread = (struct lm_thread_ref){ .native = id, .kind = LM_THREAD_UNKNOWN };
    if (!mine && other.form == LM_ACCOUNT_NONE && lm_dbread_int(t, IOS_M_ITEM) == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    if (direct) {
        to[ev->n_to] = mine ? other : s->owner;
        ev->n_to += to[ev->n_to].form != LM_ACCOUNT_NONE;
        return LM_OK;
    }
    for (size_t i = 0; i < c->n; i++)
        if (!same(&c->members[i], &ev->from))
            to[ev->n_to++] = c->members[i];
    if (!mine)
        to[ev->n_to++] = s->owner;
    ev->flags |= c->n == 0 ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    return LM_OK;
}

/* --- kinds --- */

static void tapback(int64_t type, struct lm_event *ev)
{
    static const char *const words[] = { "loved", "liked", "disliked", "laughed at", "emphasized", "questioned", "reacted to" };
    static const char *const undone[] = { "took back loved",      "took back liked",      "took back disliked",  "took back laughed at",
                                          "took back emphasized", "took back questioned", "took back reacted to" };
    ev->kind = LM_EVENT_OTHER;
    ev->detail = lm_str(type >= 3000 ? undone[type - 3000] : words[type - TAPBACK_FIRST]);
}

static bool is_tapback(int64_t type)
{
    return (type >= TAPBACK_FIRST && type <= TAPBACK_LAST) || (type >= TAPBACK_FIRST + 1000 && type <= TAPBACK_LAST + 1000);
}

/* item_type: 1 somebody added or removed, 2 renamed, 3 somebody left or a picture changed, 4 location shared, 5 audio kept, 6 a call */
static lm_err item(struct lm_dbread *r, struct ios_sms *s, const struct lm_evdb_table *t, int64_t type, struct lm_event *ev)
{
    int64_t action = lm_dbread_int(t, IOS_M_ACTION);
    struct lm_str whom = ios_handle(s, lm_dbread_int(t, IOS_M_OTHER));
    struct lm_account_ref *to;
    ev->kind = type <= 3 ? LM_EVENT_GROUP_CHANGE : LM_EVENT_OTHER;
    ev->flags |= LM_EVENT_SYSTEM;
    ev->n_to = 0;
    switch (type) {
    case 1:
        ev->detail = action == 1 ? LM_STR("member_removed") : LM_STR("member_added");
        to = lm_arena_alloc(r->ctx->record, sizeof *to);
        if (to == NULL)
            return LM_ENOMEM;
        *to = ios_account(whom);
        ev->to = to;
        ev->n_to = whom.n != 0;
        return LM_OK;
    case 2:
        ev->detail = LM_STR("group_renamed");
        return lm_dbread_text(r, r->ctx->record, t, IOS_M_TITLE, &ev->text);
    case 3:
        ev->detail = action == 0 ? LM_STR("member_left") : LM_STR("icon_changed");
        return LM_OK;
    case 4:
        ev->detail = LM_STR("location_sharing");
        return LM_OK;
    case 5:
        ev->detail = LM_STR("audio_kept");
        return LM_OK;
    case 6:
        ev->detail = LM_STR("call_notice");
        return LM_OK;
    default:
        ev->detail = lm_arena_printf(r->ctx->record, "item type %lld", (long long)type);
        return ev->detail.p != NULL ? LM_OK : LM_ENOMEM;
    }
}

static lm_err kind_of(struct lm_dbread *r, struct ios_sms *s, const struct lm_evdb_table *t, struct lm_event *ev)
{
    int64_t type = lm_dbread_int(t, IOS_M_ITEM), tapped = lm_dbread_int(t, IOS_M_TAPBACK);
    struct lm_str id;
    ev->kind = LM_EVENT_MESSAGE;
    if (type != 0)
        return item(r, s, t, type, ev);
    lm_err err = lm_dbread_text(r, r->ctx->record, t, IOS_M_SERVICE, &ev->detail);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, is_tapback(tapped) ? IOS_M_TAPPED : IOS_M_ORIGINATOR, &id);
    if (err != LM_OK)
        return err;
    if (is_tapback(tapped)) { /* "p:0/GUID", "bp:GUID" */
        tapback(tapped, ev);
        size_t slash = lm_str_find(id, LM_STR("/")), colon = lm_str_find(id, LM_STR(":"));
        id = lm_str_skip(id, slash != SIZE_MAX ? slash + 1 : colon != SIZE_MAX ? colon + 1 : 0);
    } else if (tapped != 0) {
        lm_dbread_raw_column(r, t, IOS_M_TAPBACK, "associated_message_type");
    }
    ev->reply_to = id;
    return LM_OK;
}

/* --- what hangs on it --- */

static lm_err attach(struct lm_dbread *r, struct ios_sms *s, int64_t rowid, struct lm_event *ev)
{
    struct lm_attachment *list = NULL;
    size_t found, cap = 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->attachment_of, rowid, &found);
    for (size_t i = 0; s->attachments != NULL && i < found; i++) {
        struct lm_attachment one = { .bytes = -1 };
        enum lm_evdb_step step;
        struct lm_str sent;
        int64_t bytes;
        lm_err err = lm_evdb_fetch(s->attachments, l[i].rowid, &step);
        if (err == LM_OK && step == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, s->attachments, IOS_A_FILE, &one.name);
        if (err == LM_OK && step == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, s->attachments, IOS_A_TYPE, &one.type);
        if (err == LM_OK && step == LM_EVDB_ROW)
            err = lm_dbread_text(r, r->ctx->record, s->attachments, IOS_A_NAME, &sent);
        if (err != LM_OK)
            return err;
        if (step != LM_EVDB_ROW) {
            one.note = LM_STR("its row is not in the database");
        } else {
            if (lm_evdb_i64(s->attachments, IOS_A_BYTES, &bytes) && bytes >= 0)
                one.bytes = bytes;
            one.note = one.name.n != 0 && lm_str_ends(one.name, sent) ? (struct lm_str){ NULL, 0 } : sent;
        }
        err = lm_dbread_push(r, (void **)&list, ev->n_attachments, &cap, sizeof *list);
        if (err == LM_ELIMIT)
            return LM_OK;
        if (err != LM_OK)
            return err;
        list[ev->n_attachments++] = one;
        ev->attachments = list;
    }
    return LM_OK;
}

/* An address of the owner that has not been told yet. */
static lm_err own_address(struct lm_dbread *r, struct ios_sms *s, const struct lm_evdb_table *t, struct lm_when at, struct lm_fact *facts,
                          size_t *n)
{
    struct lm_str id = ios_own_address(t);
    uint64_t *ignored;
    bool fresh = false;
    if (id.n == 0 || id.n >= 256 || lm_utf8_valid_prefix(id) != id.n || memchr(id.p, '\0', id.n) != NULL)
        return LM_OK;
    if (lm_map_put(&s->own, id, 1, &ignored, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (!fresh)
        return LM_OK;
    struct lm_str own = lm_arena_copy(r->ctx->record, id);
    bool mail = lm_str_find(own, LM_STR("@")) != SIZE_MAX;
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                      .identifier = { .account = s->owner, .type = mail ? LM_IDENTIFIER_EMAIL : LM_IDENTIFIER_PHONE,
                                                      .value = own, .basis = LM_STR("own_profile"), .at = at } };
    return own.p != NULL ? LM_OK : LM_ENOMEM;
}

static void states(struct lm_dbread *r, struct ios_sms *s, const struct lm_evdb_table *t, int64_t rowid, bool mine, struct lm_event *ev)
{
    size_t n;
    if (lm_dbread_int(t, IOS_M_EDITED) != 0)
        ev->flags |= LM_EVENT_EDITED;
    if (lm_dbread_int(t, IOS_M_RETRACTED) != 0 || lm_evdb_index_find(&s->recoverable, rowid, &n) != NULL)
        ev->flags |= LM_EVENT_DELETED;
    if (lm_dbread_int(t, IOS_M_FORWARD) != 0)
        ev->flags |= LM_EVENT_FORWARDED;
    if (mine && lm_dbread_int(t, IOS_M_ERROR) != 0)
        ev->flags |= LM_EVENT_ATTEMPT; /* not delivered */
    if (lm_str_find(lm_evdb_bytes(t, IOS_M_BALLOON), LM_STR("PeerPayment")) != SIZE_MAX)
        ev->flags |= LM_EVENT_PAYMENT_HINT;
    lm_dbread_raw_column(r, t, IOS_M_SUBJECT, "subject");
    lm_dbread_raw_column(r, t, IOS_M_ERROR, "error");
    lm_dbread_raw_column(r, t, IOS_M_READ, "date_read");
    lm_dbread_raw_column(r, t, IOS_M_DELIVERED, "date_delivered");
    lm_dbread_raw_column(r, t, IOS_M_EDITED, "date_edited");
    lm_dbread_raw_column(r, t, IOS_M_RETRACTED, "date_retracted");
    lm_dbread_raw_column(r, t, IOS_M_BALLOON, "balloon_bundle_id");
    lm_dbread_raw(r, t, false);
}

lm_err ios_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct ios_sms *s = user;
    struct lm_fact facts[2] = { { .kind = LM_FACT_EVENT, .event = { .platform = LM_PLATFORM_PHONE, .duration_s = -1 } } };
    struct lm_event *ev = &facts[0].event;
    size_t n_facts = 1, n;
    bool mine = lm_dbread_int(t, IOS_M_MINE) != 0;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->chat_of, rowid, &n);
    if (l == NULL)
        l = lm_evdb_index_find(&s->recoverable, rowid, &n);
    const struct ios_chat *c = l != NULL ? ios_chat(s, l->rowid) : NULL;
    ev->at = lm_dbread_when(r, t, IOS_M_DATE, LM_EPOCH_COCOA);
    lm_err err = lm_dbread_text(r, r->ctx->record, t, IOS_M_GUID, &ev->native_id);
    if (err == LM_OK)
        err = text_of(r, t, &ev->text);
    if (err == LM_OK)
        err = ends(r, s, t, c, mine, ev);
    if (err == LM_OK)
        err = kind_of(r, s, t, ev);
    if (err == LM_OK)
        err = attach(r, s, rowid, ev);
    if (err == LM_OK)
        err = own_address(r, s, t, ev->at, facts, &n_facts);
    if (err != LM_OK)
        return err;
    states(r, s, t, rowid, mine, ev);
    ev->raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, facts, n_facts);
}
