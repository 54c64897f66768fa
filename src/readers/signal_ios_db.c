/* Signal on iOS: grdb/signal.sqlite, decrypted. Recipients with their profiles, threads, interactions (messages, calls, what the app wrote).
 *
 * Times are milliseconds since 1970 UTC. Rows are joined by hand, so that a message without a thread or an author stays. Encrypted files
 * are recognised and not read. docs/readers/signal_ios_db.md has the rules and what is not kept.
 */
#include "readers/signal_ios_db.h"

#include "base/utf8.h"

/* --- people --- */

static lm_err lower(struct lm_arena *a, struct lm_str s, struct lm_str *ret)
{
    char *p = lm_arena_alloc(a, s.n + 1);
    if (p == NULL)
        return LM_ENOMEM;
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    *ret = (struct lm_str){ p, s.n };
    return LM_OK;
}

static struct sid_person *person(const struct sid *d, struct lm_str key)
{
    const uint64_t *at = key.n != 0 ? lm_map_get(&d->person_of, key) : NULL;
    return at != NULL ? &d->people[*at] : NULL;
}

/* By id, else by number; made when there is none. NULL: neither is given, or no memory (*ret_err). */
static struct sid_person *meet(struct sid *d, struct lm_str aci, struct lm_str phone, lm_err *ret_err)
{
    struct lm_arena *a = d->r.ctx->file;
    struct lm_str id = { NULL, 0 };
    uint64_t *ignored;
    *ret_err = aci.n != 0 && aci.n < 64 ? lower(a, aci, &id) : LM_OK;
    struct sid_person *p = person(d, id);
    if (p == NULL)
        p = person(d, phone);
    if (p == NULL && *ret_err == LM_OK && (id.n != 0 || phone.n != 0)) {
        struct sid_person *grown = lm_arena_grow(a, d->people, d->n_people, &d->cap_people, sizeof *grown);
        if (grown == NULL) {
            *ret_err = LM_ENOMEM;
            return NULL;
        }
        d->people = grown;
        p = &grown[d->n_people++];
        *p = (struct sid_person){ .aci = { NULL, 0 } };
    }
    if (p == NULL || *ret_err != LM_OK)
        return NULL;
    p->aci = p->aci.n == 0 ? id : p->aci;
    p->phone = p->phone.n == 0 ? phone : p->phone;
    size_t place = (size_t)(p - d->people);
    if (id.n != 0)
        *ret_err = lm_map_put(&d->person_of, id, place, &ignored, NULL);
    if (*ret_err == LM_OK && phone.n != 0)
        *ret_err = lm_map_put(&d->person_of, phone, place, &ignored, NULL);
    return *ret_err == LM_OK ? &d->people[place] : NULL;
}

lm_err sid_account(struct sid *d, struct lm_arena *a, struct lm_str aci, struct lm_str phone, struct lm_account_ref *ret)
{
    char text[64];
    size_t n = 0;
    for (; n < aci.n && n < sizeof text; n++)
        text[n] = aci.p[n] >= 'A' && aci.p[n] <= 'Z' ? (char)(aci.p[n] + 32) : aci.p[n];
    struct lm_str id = { text, n };
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE };
    if ((n != 0 && lm_str_eq(id, d->own_aci)) || (phone.n != 0 && lm_str_eq(phone, d->own_phone))) {
        *ret = d->owner;
        return LM_OK;
    }
    struct sid_person *p = n != 0 ? person(d, id) : NULL;
    if (p == NULL)
        p = person(d, phone);
    if (p != NULL) {
        *ret = p->account;
        return LM_OK;
    }
    return aci.n != 0 || phone.n != 0 ? lm_signal_account(a, &(struct lm_signal_who){ .aci = aci, .phone = phone }, ret) : LM_OK;
}

enum { P_UUID, P_PHONE, P_FIRST };
#define OWN_PROFILE "kLocalProfileUniqueId"

static lm_err texts(struct lm_dbread *r, struct lm_arena *a, const struct lm_evdb_table *t, size_t n, struct lm_str ret[])
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < n && err == LM_OK; i++)
        err = lm_dbread_text(r, a, t, i, &ret[i]);
    return err;
}

static lm_err on_recipient(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_str text[3];
    (void)rowid;
    lm_err err = texts(r, r->ctx->file, t, 3, text);
    struct sid_person *p = err == LM_OK ? meet(user, text[P_UUID], text[P_PHONE], &err) : NULL;
    if (p != NULL)
        p->pni = text[P_FIRST];
    return err;
}

static lm_err on_profile(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_str text[5];
    (void)rowid;
    lm_err err = texts(r, r->ctx->file, t, 5, text);
    if (err != LM_OK)
        return err;
    if (lm_str_eq(text[P_PHONE], LM_STR(OWN_PROFILE)) || lm_str_eq(text[4], LM_STR(OWN_PROFILE))) {
        text[P_UUID] = text[P_UUID].n != 0 ? text[P_UUID] : d->own_aci;
        text[P_PHONE] = d->own_phone;
        if (d->own_aci.n == 0)
            err = lower(r->ctx->file, text[P_UUID], &d->own_aci);
        struct lm_str name = { NULL, 0 };
        if (err == LM_OK)
            err = lm_signal_name(r->ctx->file, text[P_FIRST], text[3], &name);
        d->owner.display = name;
    }
    struct sid_person *p = err == LM_OK ? meet(d, text[P_UUID], text[P_PHONE], &err) : NULL;
    return p != NULL ? lm_signal_name(r->ctx->file, text[P_FIRST], text[3], &p->profile) : err;
}

static lm_err on_contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_str text[5];
    (void)rowid;
    lm_err err = texts(r, r->ctx->file, t, 5, text);
    struct sid_person *p = err == LM_OK ? meet(user, text[P_UUID], text[P_PHONE], &err) : NULL;
    if (p == NULL)
        return err;
    p->contact = text[P_FIRST];
    return p->contact.n == 0 ? lm_signal_name(r->ctx->file, text[3], text[4], &p->contact) : LM_OK;
}

static lm_err on_username(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct lm_str text[2];
    (void)rowid;
    lm_err err = texts(r, r->ctx->file, t, 2, text);
    struct sid_person *p = err == LM_OK ? meet(user, text[0], (struct lm_str){ NULL, 0 }, &err) : NULL;
    if (p != NULL)
        p->username = text[1];
    return err;
}

/* --- the owner --- */

/* The first run of bytes with the form of a UUID, or of '+' and 7 to 15 digits: settings are archives whose texts stand in the clear. */
static struct lm_str inside(struct lm_str blob, bool uuid)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    blob = lm_str_take(blob, 4096);
    for (size_t i = 0; i < blob.n; i++) {
        size_t n = 0;
        if (uuid) {
            for (; n < 36 && i + n < blob.n; n++) {
                char c = blob.p[i + n];
                bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
                if (form[n] == '-' ? c != '-' : !hex)
                    break;
            }
            if (n == 36)
                return (struct lm_str){ blob.p + i, n };
        } else if (blob.p[i] == '+') {
            for (n = 1; i + n < blob.n && n < 16 && blob.p[i + n] >= '0' && blob.p[i + n] <= '9'; n++)
                ;
            if (n >= 8)
                return (struct lm_str){ blob.p + i, n };
        }
    }
    return (struct lm_str){ NULL, 0 };
}

static lm_err on_setting(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_str key = lm_evdb_bytes(t, 0);
    bool uuid = lm_str_eq(key, LM_STR("TSStorageRegisteredUUIDKey"));
    (void)rowid;
    if (!uuid && !lm_str_eq(key, LM_STR("TSStorageRegisteredNumberKey")))
        return LM_OK;
    struct lm_str value = inside(lm_evdb_bytes(t, 1), uuid);
    return value.n != 0 ? lower(r->ctx->file, value, uuid ? &d->own_aci : &d->own_phone) : LM_OK;
}

static lm_err settle(struct sid *d)
{
    lm_err err = LM_OK;
    struct lm_account_ref known;
    for (size_t i = 0; i < d->n_people && err == LM_OK; i++) {
        struct sid_person *p = &d->people[i];
        struct lm_signal_who w = { .aci = p->aci, .pni = p->pni, .phone = p->phone, .username = p->username,
                                   .name = p->contact.n != 0 ? p->contact : p->profile };
        err = lm_signal_account(d->r.ctx->file, &w, &p->account);
    }
    struct lm_signal_who w = { .aci = d->own_aci, .phone = d->own_phone, .name = d->owner.display };
    if (err == LM_OK)
        err = lm_signal_account(d->r.ctx->file, &w, &known);
    if (err == LM_OK && known.form == LM_ACCOUNT_NATIVE)
        d->owner = known;
    return err;
}

/* --- threads --- */

enum { T_ID, T_TYPE, T_UUID, T_PHONE, T_NAME, T_N = T_NAME + 2 };
static const char *const thread_columns[] = { "uniqueId", "recordType", "contactUUID", "contactPhoneNumber", "name", "-id" };
enum { THREAD_GROUP = 26, THREAD_CONTACT = 27, THREAD_STORY = 72 };

struct lm_signal_chat *sid_chat(struct sid *d, struct lm_str id)
{
    const uint64_t *at = id.n != 0 ? lm_map_get(&d->chat_of, id) : NULL;
    return at != NULL ? &d->chats[*at] : NULL;
}

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_str id, uuid, phone, name;
    uint64_t *ignored;
    int64_t type = lm_dbread_int(t, T_TYPE);
    lm_err err;
    (void)rowid;
    struct lm_signal_chat *grown = lm_arena_grow(r->ctx->file, d->chats, d->n_chats, &d->cap_chats, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    d->chats = grown;
    struct lm_signal_chat *c = &grown[d->n_chats];
    *c = (struct lm_signal_chat){ .n = 0 };
    if ((err = lm_dbread_text(r, r->ctx->file, t, T_ID, &id)) != LM_OK || (err = lm_dbread_text(r, r->ctx->file, t, T_UUID, &uuid)) != LM_OK
        || (err = lm_dbread_text(r, r->ctx->file, t, T_PHONE, &phone)) != LM_OK || (err = lm_dbread_text(r, r->ctx->file, t, T_NAME, &name)) != LM_OK)
        return err;
    bool direct = type == THREAD_CONTACT || uuid.n != 0 || phone.n != 0;
    c->thread = (struct lm_thread_ref){ .native = id, .title = name,
                                        .kind = direct ? LM_THREAD_DIRECT : type == THREAD_STORY ? LM_THREAD_CHANNEL : LM_THREAD_GROUP };
    if (direct) {
        err = sid_account(d, r->ctx->file, uuid, phone, &c->other);
        c->thread.native = c->other.native.n != 0 ? c->other.native : id;
        c->thread.title = c->other.display;
    }
    if (err == LM_OK)
        err = lm_map_put(&d->chat_of, id, d->n_chats, &ignored, NULL);
    d->n_chats += err == LM_OK;
    return err;
}

static lm_err on_member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_str text[3];
    struct lm_account_ref one;
    (void)rowid;
    lm_err err = texts(r, r->ctx->record, t, 3, text);
    struct lm_signal_chat *c = err == LM_OK ? sid_chat(d, text[0]) : NULL;
    if (c == NULL)
        return err;
    err = sid_account(d, r->ctx->file, text[1], text[2], &one);
    return err == LM_OK ? lm_signal_member(r->ctx->file, c, &d->owner, &one) : err;
}

lm_err sid_load(struct sid *d)
{
    static const char *const setting[] = { "KEY", "VALUE" }, *const recipient[] = { "recipientUUID", "recipientPhoneNumber", "pni" };
    static const char *const profile[] = { "recipientUUID", "recipientPhoneNumber", "profileName", "familyName", "uniqueId" };
    static const char *const account[] = { "recipientUUID", "recipientPhoneNumber", "fullName", "givenName", "familyName" };
    static const char *const username[] = { "recipientAci", "username" }, *const member[] = { "groupThreadId", "uuidString", "phoneNumber" };
    const struct {
        const char *name;
        const char *const *columns;
        size_t n;
        lm_dbread_row one;
    } tables[] = { { "keyvalue", setting, 2, on_setting },
                   { "model_OWSUserProfile", profile, 5, on_profile },
                   { "model_SignalRecipient", recipient, 3, on_recipient },
                   { "model_SignalAccount", account, 5, on_contact },
                   { "UsernameLookupRecord", username, 2, on_username },
                   { "model_TSThread", thread_columns, T_N, on_thread },
                   { "model_TSGroupMember", member, 3, on_member } };
    struct lm_evdb_table *t = NULL;
    lm_err err = LM_OK;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && err == LM_OK; i++) {
        if (i == 5)
            err = settle(d); /* accounts, before threads name them */
        if (err == LM_OK)
            err = lm_dbread_table(&d->r, tables[i].name, tables[i].columns, tables[i].n, &t);
        if (err == LM_OK)
            err = lm_dbread_rows(&d->r, t, tables[i].one, d);
    }
    return err;
}

/* --- records --- */

static lm_err recipient(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_signal_facts f = { .n = 0 };
    struct lm_str text[3];
    struct lm_account_ref a;
    (void)rowid;
    lm_err err = texts(r, r->ctx->record, t, 3, text);
    if (err == LM_OK)
        err = sid_account(d, r->ctx->record, text[P_UUID], text[P_PHONE], &a);
    if (err != LM_OK)
        return err;
    bool own = lm_signal_same(&a, &d->owner);
    const char *basis = own ? "own_profile" : "contact_list";
    struct lm_str id = { NULL, 0 };
    err = lower(r->ctx->record, text[P_UUID], &id);
    struct sid_person *p = person(d, id);
    p = p != NULL ? p : person(d, text[P_PHONE]);
    if (err == LM_OK && a.form != LM_ACCOUNT_NONE) {
        lm_signal_identifier(&f, a, LM_IDENTIFIER_PHONE, text[P_PHONE], basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, id, basis);
        lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, text[P_FIRST], basis);
        if (p != NULL) {
            lm_signal_identifier(&f, a, LM_IDENTIFIER_HANDLE, p->username, basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, p->contact, "contact_list");
            lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, p->profile, "own_profile");
        }
    }
    lm_dbread_raw(r, t, false);
    f.items[f.n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                       .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .from = a,
                                                  .detail = own ? LM_STR("account") : LM_STR("contact"), .duration_s = -1,
                                                  .raw = lm_dbread_raw_done(r) } };
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

static lm_err thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sid *d = user;
    struct lm_str id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, T_ID, &id);
    struct lm_signal_chat *c = err == LM_OK ? sid_chat(d, id) : NULL;
    if (err != LM_OK || c == NULL)
        return err == LM_OK ? lm_dbread_emit(r, NULL, 0) : err;
    bool group = c->thread.kind == LM_THREAD_GROUP;
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .from = d->owner,
                                    .detail = group ? LM_STR("group") : LM_STR("chat"), .thread = c->thread, .to = c->members, .n_to = c->n,
                                    .duration_s = -1 } };
    f.event.flags |= group && (c->partial || c->n == 0) ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    lm_dbread_raw_column(r, t, T_ID, "uniqueId");
    lm_dbread_raw_column(r, t, T_TYPE, "recordType");
    lm_dbread_raw(r, t, false);
    f.event.raw = lm_dbread_raw_done(r);
    return lm_dbread_emit(r, &f, 1);
}

lm_err sid_people(struct sid *d)
{
    static const char *const columns[] = { "recipientUUID", "recipientPhoneNumber", "pni", "-id", "-recordType" };
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(&d->r, "model_SignalRecipient", columns, 5, &t);
    if (err == LM_OK)
        err = lm_dbread_highest(&d->r, "model_SignalRecipient", NULL, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(&d->r, t, highest, recipient, d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "model_TSThread", thread_columns, T_N, &t);
    if (err == LM_OK)
        err = lm_dbread_highest(&d->r, "model_TSThread", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&d->r, t, highest, thread, d) : err;
}

/* --- the reader --- */

/* The magic (128 bits) and tables with columns that no other app has (40); an encrypted file by its name and its look 12, by its name alone 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "model_TSInteraction.uniqueThreadId", "model_TSThread.uniqueId" };
    uint32_t found = lm_dbread_peek(in, head, tables, 2);
    if (found != 0)
        return 168;
    if (!lm_dbread_named(in, "signal.sqlite"))
        return 0;
    return lm_dbread_looks_encrypted(head) ? 12 : 8;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct sid d = { .owner = { .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER } };
    bool noise = lm_dbread_looks_encrypted(ctx->in->bytes); /* the first 32 bytes may stand in the clear */
    if (!lm_evdb_is_sqlite(ctx->in->bytes) && noise)
        return lm_dbread_encrypted(ctx, sink, "Signal");
    lm_map_init(&d.person_of, ctx->file);
    lm_map_init(&d.chat_of, ctx->file);
    lm_err err = lm_dbread_open(&d.r, ctx, sink);
    if (err == LM_EINPUT && noise)
        return lm_dbread_encrypted(ctx, sink, "Signal");
    if (err == LM_OK && !lm_evdb_has_table(d.r.db, "model_TSInteraction") && !lm_evdb_has_table(d.r.db, "model_TSThread"))
        err = noise ? lm_dbread_encrypted(ctx, sink, "Signal") : lm_fail(ctx->error, LM_EINPUT, "neither of the tables model_TSInteraction and model_TSThread is in it");
    if (err == LM_OK)
        err = sid_load(&d);
    if (err == LM_OK)
        err = sid_people(&d);
    if (err == LM_OK)
        err = sid_messages(&d);
    return lm_dbread_finish(&d.r, err);
}

const struct lm_reader lm_reader_signal_ios_db = {
    .name = "signal_ios_db",
    .title = "Signal on iOS: grdb/signal.sqlite, decrypted",
    .reference = "signalapp/Signal-iOS schema.sql and 037aa10e SDSRecordType (names and values), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
