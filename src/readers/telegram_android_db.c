/* Telegram on Android: files/cache4.db (of a second account files/account1/cache4.db).
 *
 * Rows hold what came over the wire (shared/telegram_tl.h): a message of a layout that is not known here keeps all that the columns say, and is told as
 * not decoded. One row of messages_v2, scheduled_messages_v2, users, chats, enc_chats, dialogs, user_contacts_v7 (and of user_phones_v7, when no
 * contact has its key) is one record. Times are seconds since 1970 UTC. docs/readers/telegram_android_db.md has the rules.
 */
#include <stdio.h>

#include "base/utf8.h"
#include "readers/shared/msys.h"
#include "readers/shared/telegram_tl.h"

#define SECRET (INT64_C(1) << 62) /* dialogs of secret chats: this bit and the number of the chat */

enum { M_ID, M_DIALOG, M_READ, M_SENT, M_AT, M_DATA, M_OUT, M_N };
static const char *const message_columns[M_N] = { "mid", "uid", "read_state", "send_state", "date", "data", "out" };
enum { U_ID, U_NAME, U_DATA, U_N };
static const char *const user_columns[U_N] = { "uid", "name", "data" };
enum { E_ID, E_USER, E_NAME, E_N };
static const char *const secret_columns[E_N] = { "uid", "user", "name" };
enum { D_ID, D_AT, D_N };
static const char *const dialog_columns[D_N] = { "did", "date" };
enum { C_KEY, C_ID, C_FIRST, C_LAST, C_N };
static const char *const contact_columns[C_N] = { "key", "uid", "fname", "sname" };
enum { P_KEY, P_PHONE, P_SHORT, P_DELETED, P_N };
static const char *const phone_columns[P_N] = { "key", "phone", "sphone", "deleted" };

struct tga {
    struct lm_dbread r;
    struct lm_people p;
    struct lm_map contacts; /* key → 1 */
    struct lm_by_text phones;
    struct lm_evdb_table *users;
    struct lm_people_facts *f;
    struct lm_account_ref card; /* the contact in hand */
    struct lm_str name;
    bool scheduled;
    uint64_t unknown; /* messages of layouts that are not known here */
};

static const struct lm_str none = { NULL, 0 };

static lm_err text_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    return lm_dbread_text(r, r->ctx->record, t, column, ret);
}

/* "user7", as exports of Telegram write it, in a */
static lm_err id_text(struct lm_arena *a, const char *kind, int64_t id, struct lm_str *ret)
{
    *ret = lm_arena_printf(a, "%s%lld", kind, (long long)id);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err peer_text(struct lm_dbread *r, struct lm_tl_peer peer, struct lm_str *ret)
{
    static const char *const kinds[] = { "", "user", "chat", "channel" };
    *ret = none;
    return peer.kind != LM_TL_NOBODY ? id_text(r->ctx->record, kinds[peer.kind], peer.id, ret) : LM_OK;
}

/* A text of a TL object, repaired where it is no text. */
static lm_err own_text(struct lm_dbread *r, struct lm_str s, struct lm_str *ret)
{
    *ret = none;
    if (s.n == 0)
        return LM_OK;
    bool clean = lm_utf8_valid_prefix(s) == s.n && memchr(s.p, '\0', s.n) == NULL;
    r->altered |= !clean;
    *ret = clean ? lm_arena_copy(r->ctx->record, s) : lm_utf8_repaired(r->ctx->record, s, NULL);
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

/* "Beto Example;;;beto": name and handle */
static void name_parts(struct lm_str s, struct lm_str *ret_name, struct lm_str *ret_handle)
{
    size_t at = lm_str_find(s, LM_STR(";;;"));
    *ret_name = lm_str_trim(lm_str_take(s, at != SIZE_MAX ? at : s.n));
    *ret_handle = at != SIZE_MAX ? lm_str_trim(lm_str_skip(s, at + 3)) : none;
}

/* --- people and threads --- */

/* The table has ids for rowids: more people than are kept are asked for there. */
static struct lm_str name_of(void *user, struct lm_str id)
{
    struct tga *g = user;
    struct lm_str both, name, handle;
    enum lm_evdb_step s;
    int64_t uid;
    if (g->users == NULL && lm_dbread_table(&g->r, "users", user_columns, U_N, &g->users) != LM_OK)
        return none;
    if (g->users == NULL || !lm_str_to_i64(lm_str_skip(id, 4), &uid) || lm_evdb_fetch(g->users, uid, &s) != LM_OK || s != LM_EVDB_ROW
        || lm_dbread_int(g->users, U_ID) != uid || text_at(&g->r, g->users, U_NAME, &both) != LM_OK)
        return none;
    name_parts(both, &name, &handle);
    return name.n != 0 ? name : handle;
}

static lm_err on_user(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_str id, both, name, handle;
    (void)rowid;
    lm_err err = id_text(r->ctx->record, "user", lm_dbread_int(t, U_ID), &id);
    if (err == LM_OK)
        err = text_at(r, t, U_NAME, &both);
    name_parts(err == LM_OK ? both : none, &name, &handle);
    return err == LM_OK ? lm_people_name(&g->p, id, name.n != 0 ? name : handle) : err;
}

/* keep: a table tells of it what no other row can say. */
static lm_err thread_of(struct tga *g, int64_t dialog, bool keep, struct lm_people_thread **ret)
{
    struct lm_str id, other;
    lm_err err = id_text(g->r.ctx->record, "", dialog < 0 ? -dialog : dialog, &id);
    if (dialog == 0 || dialog == INT64_MIN)
        id = none;
    if (err == LM_OK && (dialog & SECRET) != 0 && dialog > 0)
        err = id_text(g->r.ctx->record, "secret chat ", (int32_t)dialog, &id);
    if (err == LM_OK)
        err = keep ? lm_people_thread(&g->p, id, ret) : lm_people_thread_here(&g->p, id, ret);
    if (err != LM_OK || *ret == NULL || dialog <= 0 || (dialog & SECRET) != 0)
        return err;
    (*ret)->ref.kind = LM_THREAD_DIRECT;
    err = id_text(g->r.ctx->record, "user", dialog, &other);
    return err == LM_OK && (*ret)->n == 0 ? lm_people_member(&g->p, *ret, other) : err;
}

static lm_err on_chat(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_thread *one;
    int64_t id = lm_dbread_int(t, U_ID);
    (void)rowid;
    lm_err err = thread_of(g, id > 0 ? -id : id, true, &one);
    if (err != LM_OK || one == NULL)
        return err;
    one->ref.kind = LM_THREAD_GROUP;
    return lm_dbread_text(r, lm_people_arena(&g->p, one), t, U_NAME, &one->ref.title);
}

static lm_err on_secret(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_thread *one;
    struct lm_str other;
    (void)rowid;
    lm_err err = thread_of(g, SECRET | (int64_t)(uint32_t)lm_dbread_int(t, E_ID), true, &one);
    if (err == LM_OK)
        err = id_text(r->ctx->record, "user", lm_dbread_int(t, E_USER), &other);
    if (err == LM_OK && one != NULL) {
        one->ref.kind = LM_THREAD_DIRECT;
        err = lm_people_member(&g->p, one, other);
    }
    return err;
}

/* Who sent what went out is the owner, where nothing else says who that is. */
static lm_err on_own(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_tl_message m;
    struct lm_str id;
    (void)rowid;
    if (g->p.owner.form != LM_ACCOUNT_OWNER || lm_dbread_int(t, M_OUT) == 0)
        return LM_OK;
    lm_tl_message(lm_evdb_bytes(t, M_DATA), lm_dbread_int(t, M_ID), lm_dbread_int(t, M_AT), &m);
    if (m.known != LM_TL_MESSAGE || m.from.kind != LM_TL_USER)
        return LM_OK;
    lm_err err = peer_text(r, m.from, &id);
    return err == LM_OK ? lm_people_owner(&g->p, id) : err;
}

static lm_err account_event(struct tga *g, const char *detail, struct lm_account_ref a, struct lm_event *ev)
{
    *ev = (struct lm_event){ .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TELEGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .from = a, .detail = lm_str(detail) };
    (void)g;
    return LM_OK;
}

static lm_err person(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev;
    struct lm_tl_user u;
    struct lm_str id, both, name, handle, phone = none;
    uint32_t constructor;
    (void)rowid;
    lm_err err = id_text(r->ctx->record, "user", lm_dbread_int(t, U_ID), &id);
    if (err == LM_OK)
        err = text_at(r, t, U_NAME, &both);
    if (err != LM_OK)
        return err;
    name_parts(both, &name, &handle);
    bool known = lm_tl_user(lm_evdb_bytes(t, U_DATA), &u, &constructor) && u.id == lm_dbread_int(t, U_ID);
    if (known && u.phone.n != 0) {
        phone = lm_arena_printf(r->ctx->record, "+%.*s", (int)(u.phone.n < 32 ? u.phone.n : 32), u.phone.p);
        if (phone.p == NULL)
            return LM_ENOMEM;
        err = own_text(r, phone, &phone);
    }
    if (!known && lm_evdb_bytes(t, U_DATA).n != 0)
        lm_dbread_doubt(r, "the profile is in a layer that is not known here: a telephone number in it is not decoded");
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, &f, id, LM_IDENTIFIER_NAME, name);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, &f, id, LM_IDENTIFIER_HANDLE, handle);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, &f, id, LM_IDENTIFIER_PHONE, phone);
    if (err == LM_OK)
        err = account_event(g, "account", lm_people_is_owner(&g->p, id) ? g->p.owner : lm_people_account(&g->p, id), &ev);
    if (err != LM_OK)
        return err;
    if (!known)
        lm_dbread_raw_column(r, t, U_DATA, "data");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

static lm_err thread_record(struct tga *g, struct lm_evdb_table *t, int64_t dialog, const char *detail, struct lm_when at)
{
    struct lm_dbread *r = &g->r;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TELEGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = lm_str(detail), .at = at };
    lm_err err = thread_of(g, dialog, false, &one);
    if (err == LM_OK)
        err = lm_people_ends(&g->p, one, none, true, &ev);
    if (err != LM_OK)
        return err;
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

static lm_err chat(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    int64_t id = lm_dbread_int(t, U_ID);
    (void)rowid;
    lm_dbread_raw_column(r, t, U_DATA, "data");
    return thread_record(user, t, id > 0 ? -id : id, "chat", (struct lm_when){ .quality = LM_TIME_NONE });
}

static lm_err secret(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)rowid;
    lm_dbread_raw_column(r, t, E_NAME, "name");
    return thread_record(user, t, SECRET | (int64_t)(uint32_t)lm_dbread_int(t, E_ID), "secret chat", (struct lm_when){ .quality = LM_TIME_NONE });
}

static lm_err dialog(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)rowid;
    return thread_record(user, t, lm_dbread_int(t, D_ID), "dialog", lm_dbread_when(r, t, D_AT, LM_EPOCH_UNIX_S));
}

/* --- the telephone's address book, as the app took it over --- */

static lm_err card_fact(struct tga *g, enum lm_identifier_type type, struct lm_str value)
{
    struct lm_people_facts *f = g->f;
    if (value.n == 0)
        return LM_OK;
    lm_err err = lm_dbread_push(&g->r, (void **)&f->items, f->n, &f->cap, sizeof *f->items);
    if (err == LM_OK)
        f->items[f->n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER,
                                             .identifier = { .account = g->card, .type = type, .value = value, .basis = LM_STR("contact_list") } };
    return err == LM_ELIMIT ? LM_OK : err;
}

static lm_err on_phone(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_str phone;
    char key[64];
    (void)rowid;
    lm_err err = text_at(r, t, P_PHONE, &phone);
    if (err == LM_OK)
        err = card_fact(g, LM_IDENTIFIER_PHONE, phone);
    if (lm_dbread_int(t, P_DELETED) != 0) {
        (void)snprintf(key, sizeof key, "deleted number %zu", g->f->n);
        lm_dbread_raw_text(r, key, phone);
        lm_dbread_doubt(r, "a number of it is marked as deleted");
    }
    return err;
}

static lm_err contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev;
    struct lm_str key, first, last, id = none;
    int64_t uid = lm_dbread_int(t, C_ID);
    (void)rowid;
    g->f = &f;
    lm_err err = text_at(r, t, C_KEY, &key);
    if (err == LM_OK)
        err = text_at(r, t, C_FIRST, &first);
    if (err == LM_OK)
        err = text_at(r, t, C_LAST, &last);
    if (err == LM_OK && uid != 0)
        err = id_text(r->ctx->record, "user", uid, &id);
    if (err != LM_OK)
        return err;
    struct lm_str name = first.n == 0 ? last : first;
    if (first.n != 0 && last.n != 0)
        name = lm_arena_printf(r->ctx->record, "%.*s %.*s", LM_STR_ARG(first), LM_STR_ARG(last));
    g->card = id.n != 0 ? lm_people_account(&g->p, id) : (struct lm_account_ref){ LM_PLATFORM_TELEGRAM, LM_ACCOUNT_NAME, none, name.n != 0 ? name : key };
    err = card_fact(g, LM_IDENTIFIER_NAME, name);
    if (err == LM_OK)
        err = lm_by_text_each(r, &g->phones, key, on_phone, g);
    if (err == LM_OK)
        err = account_event(g, "contact", g->card, &ev);
    if (err != LM_OK)
        return err;
    lm_dbread_raw_column(r, t, C_KEY, "key");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

static lm_err on_key(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_str key = lm_evdb_bytes(t, C_KEY);
    uint64_t *ignored;
    (void)r;
    (void)rowid;
    return key.n != 0 && key.n <= 256 ? lm_map_put(&g->contacts, key, 1, &ignored, NULL) : LM_OK;
}

/* Numbers whose contact is gone. */
static lm_err lone_phone(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_facts f = { .n = 0 };
    struct lm_str key;
    g->f = &f;
    lm_err err = text_at(r, t, P_KEY, &key);
    if (err != LM_OK || lm_map_get(&g->contacts, key) != NULL) {
        lm_dbread_pass(r);
        return err;
    }
    g->card = (struct lm_account_ref){ LM_PLATFORM_TELEGRAM, LM_ACCOUNT_NAME, none, key };
    lm_dbread_doubt(r, "the contact that this number belongs to is not in the database");
    err = on_phone(r, t, rowid, g);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

/* --- messages --- */

static void service(struct lm_dbread *r, const struct lm_tl_message *m, struct lm_event *ev)
{
    char constructor[32];
    ev->flags |= LM_EVENT_SYSTEM;
    ev->kind = LM_EVENT_OTHER;
    if (m->is_call) {
        ev->kind = LM_EVENT_CALL;
        ev->flags &= ~(unsigned)LM_EVENT_SYSTEM;
        ev->duration_s = m->duration_s;
        ev->detail = lm_str(m->reason != NULL ? m->reason : "phone_call");
        if (m->duration_s <= 0)
            ev->flags |= LM_EVENT_ATTEMPT;
        lm_dbread_raw_text(r, "call", m->is_video ? LM_STR("video") : LM_STR("audio"));
        return;
    }
    (void)snprintf(constructor, sizeof constructor, "0x%08x", m->action);
    lm_dbread_raw_text(r, "action", lm_str(constructor));
    ev->detail = m->action_word != NULL ? lm_str(m->action_word) : LM_STR("an action that is not known here");
    if (m->action_word != NULL && (strstr(m->action_word, "group") != NULL || strstr(m->action_word, "members") != NULL))
        ev->kind = LM_EVENT_GROUP_CHANGE;
    if (m->action_word != NULL && strstr(m->action_word, "payment") != NULL)
        ev->flags |= LM_EVENT_PAYMENT_HINT;
}

static lm_err fill(struct tga *g, const struct lm_tl_message *m, struct lm_evdb_table *t, struct lm_event *ev)
{
    struct lm_dbread *r = &g->r;
    lm_err err = own_text(r, m->known == LM_TL_SERVICE ? m->title : m->text, &ev->text);
    if (err == LM_OK && m->reply_to != 0)
        err = id_text(r->ctx->record, "", m->reply_to, &ev->reply_to);
    ev->flags |= (m->forwarded ? LM_EVENT_FORWARDED : 0) | (m->edited ? LM_EVENT_EDITED : 0);
    if (m->known == LM_TL_SERVICE)
        service(r, m, ev);
    if (m->known == LM_TL_SERVICE && m->action_word == NULL && !m->is_call)
        lm_dbread_raw_column(r, t, M_DATA, "data");
    if (m->known == LM_TL_UNKNOWN) {
        char constructor[32];
        (void)snprintf(constructor, sizeof constructor, "0x%08x", m->constructor);
        lm_dbread_doubt(r, "text in a layer not known here: not decoded");
        lm_dbread_raw_text(r, "constructor", lm_str(constructor));
        lm_dbread_raw_column(r, t, M_DATA, "data");
        g->unknown++;
    } else if (m->media != 0) { /* stands behind the text, and is not read */
        struct lm_attachment *one = lm_arena_alloc(r->ctx->record, sizeof *one);
        struct lm_str word = m->media_word != NULL ? lm_str(m->media_word) : lm_arena_printf(r->ctx->record, "media 0x%08x", m->media);
        if (one == NULL || word.p == NULL)
            return LM_ENOMEM;
        *one = (struct lm_attachment){ .bytes = -1, .type = word, .note = LM_STR("not decoded") };
        ev->attachments = one;
        ev->n_attachments = 1;
        lm_dbread_raw_column(r, t, M_DATA, "data");
    }
    return err;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct tga *g = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_TELEGRAM, .duration_s = -1 };
    struct lm_tl_message m;
    struct lm_str from;
    int64_t id = lm_dbread_int(t, M_ID), where = lm_dbread_int(t, M_DIALOG);
    bool mine = lm_dbread_int(t, M_OUT) != 0 || g->scheduled;
    (void)rowid;
    lm_tl_message(lm_evdb_bytes(t, M_DATA), id, lm_dbread_int(t, M_AT), &m);
    lm_err err = peer_text(r, m.from, &from);
    if (err == LM_OK)
        err = id_text(r->ctx->record, "", id, &ev.native_id);
    if (err == LM_OK)
        err = thread_of(g, where, false, &one);
    if (err == LM_OK && from.n == 0 && !mine && one != NULL && one->ref.kind == LM_THREAD_DIRECT && one->n != 0)
        from = one->members[0]; /* of two, the one who is not the owner */
    if (err == LM_OK)
        err = lm_people_ends(&g->p, one, mine ? none : from, mine, &ev);
    if (err == LM_OK)
        err = fill(g, &m, t, &ev);
    if (err != LM_OK)
        return err;
    ev.at = lm_dbread_when(r, t, M_AT, LM_EPOCH_UNIX_S);
    if (!mine && from.n == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    if (g->scheduled) {
        ev.kind = LM_EVENT_OTHER;
        ev.detail = LM_STR("scheduled: not sent");
    }
    lm_dbread_raw_column(r, t, M_READ, "read_state");
    lm_dbread_raw_column(r, t, M_SENT, "send_state");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- the file --- */

static lm_err walk(struct tga *g, const char *name, const char *const columns[], size_t n, bool records, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&g->r, name, columns, n, &t);
    if (err != LM_OK)
        return err;
    /* rowids are ids, or were given anew whenever a row was replaced: what is between them says nothing */
    return records ? lm_dbread_records(&g->r, t, -1, one, g) : lm_dbread_rows(&g->r, t, one, g);
}

/* The settings of the account: slot 0 in userconfing.xml, beside the database or in ../shared_prefs; slot n, whose database stands in account<n>, in
 * userconfig<n>.xml. */
static lm_err owner_beside(struct tga *g)
{
    struct lm_read *ctx = g->r.ctx;
    struct lm_str xml, user, path = ctx->in->path, id;
    struct lm_tl_user u;
    uint32_t ignored;
    char names[2][96] = { "../shared_prefs/userconfing.xml", "userconfing.xml" };
    size_t at = lm_str_find(path, LM_STR("account"));
    if (at != SIZE_MAX && at + 7 < path.n && path.p[at + 7] >= '1' && path.p[at + 7] <= '9') {
        (void)snprintf(names[0], sizeof names[0], "../../shared_prefs/userconfig%c.xml", path.p[at + 7]);
        (void)snprintf(names[1], sizeof names[1], "userconfig%c.xml", path.p[at + 7]);
    }
    for (size_t i = 0; i < 2 && g->p.owner.form == LM_ACCOUNT_OWNER; i++) {
        if (lm_input_sibling(ctx->in, lm_str(names[i]), &xml) != LM_OK)
            continue;
        lm_err err = lm_tl_config_user(ctx->file, xml, &user);
        if (err == LM_OK && lm_tl_user(user, &u, &ignored)) {
            err = id_text(ctx->file, "user", u.id, &id);
            if (err == LM_OK)
                err = lm_people_owner(&g->p, id);
        }
        if (err != LM_OK)
            return err;
    }
    return LM_OK;
}

static lm_err load(struct tga *g, const char *messages)
{
    lm_err err = owner_beside(g);
    if (err == LM_OK)
        err = walk(g, messages, message_columns, M_N, false, on_own);
    if (err == LM_OK)
        err = walk(g, "users", user_columns, U_N, false, on_user);
    if (err == LM_OK)
        err = walk(g, "chats", user_columns, U_N, false, on_chat);
    if (err == LM_OK)
        err = walk(g, "enc_chats", secret_columns, E_N, false, on_secret);
    if (err == LM_OK)
        err = walk(g, "user_contacts_v7", contact_columns, C_N, false, on_key);
    return err == LM_OK ? lm_msys_side(&g->r, "user_phones_v7", phone_columns, P_N, &g->phones) : err;
}

static lm_err all(struct tga *g)
{
    static const size_t expected[] = { M_ID, M_DIALOG, M_AT, M_DATA, M_OUT };
    const char *messages = lm_evdb_has_table(g->r.db, "messages_v2") ? "messages_v2" : "messages";
    struct lm_evdb_table *t = NULL;
    lm_err err = load(g, messages);
    if (err == LM_OK)
        err = lm_dbread_table(&g->r, messages, message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&g->r, t, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = walk(g, "users", user_columns, U_N, true, person);
    if (err == LM_OK)
        err = walk(g, "chats", user_columns, U_N, true, chat);
    if (err == LM_OK)
        err = walk(g, "enc_chats", secret_columns, E_N, true, secret);
    if (err == LM_OK)
        err = walk(g, "dialogs", dialog_columns, D_N, true, dialog);
    if (err == LM_OK)
        err = walk(g, "user_contacts_v7", contact_columns, C_N, true, contact);
    if (err == LM_OK)
        err = walk(g, "user_phones_v7", phone_columns, P_N, true, lone_phone);
    if (err == LM_OK)
        err = walk(g, messages, message_columns, M_N, true, message);
    g->scheduled = true;
    if (err == LM_OK)
        err = walk(g, "scheduled_messages_v2", message_columns, M_N, true, message);
    if (err == LM_OK && g->unknown != 0)
        err = lm_dbread_notice(&g->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "messages in a layer not known here, whose text is not decoded: %llu",
                               (unsigned long long)g->unknown);
    return err;
}

/* The magic (128 bits) and columns that no other app has together (40). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages_v2.mid", "messages_v2.data", "user_contacts_v7.fname", "messages.mid", "messages.read_state", "dialogs.did" };
    uint32_t found = lm_dbread_peek(in, head, tables, 6);
    if ((found & 3) == 3 || (found & 4) != 0 || (found & 0x38) == 0x38)
        return 168;
    return lm_dbread_named(in, "cache4.db") ? 8 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct tga g = { .unknown = 0 };
    lm_err err = lm_dbread_open(&g.r, ctx, sink);
    lm_people_init(&g.p, &g.r, LM_PLATFORM_TELEGRAM);
    g.p.name_of = name_of;
    g.p.name_user = &g;
    lm_map_init(&g.contacts, ctx->file);
    if (err == LM_OK && !lm_evdb_has_table(g.r.db, "messages_v2") && !lm_evdb_has_table(g.r.db, "messages") && !lm_evdb_has_table(g.r.db, "user_contacts_v7"))
        err = lm_fail(ctx->error, LM_EINPUT, "none of the tables messages_v2, messages and user_contacts_v7 is in it");
    if (err == LM_OK)
        err = all(&g);
    return lm_dbread_finish(&g.r, err);
}

const struct lm_reader lm_reader_telegram_android_db = {
    .name = "telegram_android_db",
    .title = "Telegram on Android: files/cache4.db",
    .reference = "DrKLO/Telegram MessagesStorage (tables), core.telegram.org/schema and abrignoni/ALEAPP telegramAndroid (layers), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
