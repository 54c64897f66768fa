/* Signal Desktop: sql/db.sqlite, decrypted. Conversations, messages (JSON beside columns), calls; who is the owner.
 *
 * Times are milliseconds since 1970 UTC. Rows are joined by hand, so that a message without a conversation stays. Encrypted files are
 * recognised and not read. docs/readers/signal_desktop_db.md has the rules and what is not kept.
 */
#include "readers/signal_desktop_db.h"

#include "base/utf8.h"

/* --- looking up --- */

struct sdd_conversation *sdd_find(struct sdd *d, struct lm_str name)
{
    const uint64_t *at = name.n != 0 ? lm_map_get(&d->by_name, name) : NULL;
    return at != NULL ? &d->list[*at] : NULL;
}

lm_err sdd_account(struct sdd *d, struct lm_arena *a, struct lm_str name, struct lm_account_ref *ret)
{
    struct sdd_conversation *c = sdd_find(d, name);
    *ret = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_NONE };
    if (name.n != 0 && (lm_str_eq(name, d->own_aci) || lm_str_eq(name, d->own_pni) || lm_str_eq(name, d->own_phone)))
        *ret = d->owner;
    else if (c != NULL)
        *ret = c->own ? d->owner : c->chat.other;
    else if (name.n == 36 || lm_str_starts(name, LM_STR("PNI:")))
        return lm_signal_account(a, &(struct lm_signal_who){ .aci = name }, ret);
    else if (lm_str_starts(name, LM_STR("+")))
        return lm_signal_account(a, &(struct lm_signal_who){ .phone = name }, ret);
    return LM_OK;
}

lm_err sdd_chat(struct sdd *d, struct sdd_conversation *c, const struct lm_signal_chat **ret)
{
    lm_err err = LM_OK;
    struct lm_account_ref one;
    *ret = c != NULL ? &c->chat : NULL;
    if (c == NULL || c->members_done)
        return LM_OK;
    for (size_t i = 0; i < c->n_names && err == LM_OK; i++) {
        err = sdd_account(d, d->r.ctx->file, c->names[i], &one);
        if (err == LM_OK)
            err = lm_signal_member(d->r.ctx->file, &c->chat, &d->owner, &one);
    }
    c->members_done = err == LM_OK;
    return err;
}

/* --- the owner --- */

enum { ITEM_ID, ITEM_JSON };
static const char *const item_columns[] = { "id", "json" };

/* "303f….1": the device's number stands behind the last point */
static struct lm_str without_device(struct lm_str s)
{
    const char *point = s.p != NULL ? memrchr(s.p, '.', s.n) : NULL;
    return point != NULL ? lm_str_take(s, (size_t)(point - s.p)) : s;
}

static lm_err on_item(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_str id = lm_evdb_bytes(t, ITEM_ID), *to = NULL;
    struct lm_jnode *root;
    bool odd, broken;
    (void)rowid;
    if (lm_str_eq(id, LM_STR("uuid_id")))
        to = &d->own_aci;
    else if (lm_str_eq(id, LM_STR("pni")))
        to = &d->own_pni;
    else if (lm_str_eq(id, LM_STR("number_id")))
        to = &d->own_phone;
    if (to == NULL)
        return LM_OK;
    lm_err err = lm_jtree_parse(r->ctx->record, lm_evdb_bytes(t, ITEM_JSON), &root, &odd, &broken);
    if (err != LM_OK)
        return err;
    struct lm_str value = lm_jtree_text(lm_jtree_get(root, "value"));
    value = to == &d->own_pni ? value : without_device(value);
    if (value.n == 0 || value.n > 64)
        return LM_OK;
    *to = lm_arena_copy(r->ctx->file, value);
    return to->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err on_session(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_str id = lm_evdb_bytes(t, lm_evdb_has_column(t, 0) ? 0 : 1);
    (void)rowid;
    struct lm_str *to = lm_str_starts(id, LM_STR("PNI:")) ? &d->own_pni : &d->own_aci;
    if (to->n != 0 || id.n < 36 || id.n > 40 || !lm_utf8_is_text(id))
        return LM_OK;
    *to = lm_arena_copy(r->ctx->file, id);
    return to->p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err find_owner(struct sdd *d)
{
    static const char *const session[] = { "ourServiceId", "ourUuid" };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, "items", item_columns, 2, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&d->r, t, on_item, d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "sessions", session, 2, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&d->r, t, on_session, d);
    d->owner = (struct lm_account_ref){ .platform = LM_PLATFORM_SIGNAL, .form = LM_ACCOUNT_OWNER };
    struct lm_signal_who w = { .aci = d->own_aci, .pni = d->own_pni, .phone = d->own_phone };
    struct lm_account_ref known;
    if (err == LM_OK)
        err = lm_signal_account(d->r.ctx->file, &w, &known);
    if (err == LM_OK && known.form == LM_ACCOUNT_NATIVE)
        d->owner = known;
    return err;
}

/* --- conversations --- */

enum { C_ID, C_JSON, C_TYPE, C_MEMBERS, C_NAME, C_PROFILE, C_FAMILY, C_PHONE, C_SERVICE, C_UUID, C_GROUP, C_N = C_GROUP + 3 };
static const char *const conversation_columns[] = { "id",   "json",      "type", "members", "name",    "profileName",    "profileFamilyName",
                                                    "e164", "serviceId", "uuid", "groupId", "-rowid", "-profileFullName" };
_Static_assert(sizeof conversation_columns / sizeof *conversation_columns == C_N, "a name for each column");

struct row { /* of one conversation, in arena a */
    struct lm_str text[C_N];
    struct lm_str pni, username, nickname;
    struct lm_jnode *root;
    bool group, broken, odd;
};

static lm_err read_row(struct lm_dbread *r, struct lm_arena *a, const struct lm_evdb_table *t, struct row *w)
{
    static const char *const twice[] = { "id", "type", "name", "profileName", "profileFamilyName", "e164", "serviceId", "uuid", "groupId", "pni",
                                         "username", "members" };
    *w = (struct row){ .group = false };
    lm_err err = LM_OK;
    for (size_t i = 0; i <= C_GROUP && err == LM_OK; i++)
        if (i != C_JSON)
            err = lm_dbread_text(r, a, t, i, &w->text[i]);
    if (err == LM_OK)
        err = lm_jtree_parse(a, lm_evdb_bytes(t, C_JSON), &w->root, &w->odd, &w->broken);
    if (err != LM_OK)
        return err;
    /* before a column was there, and where it is NULL, the JSON has it */
    for (size_t i = 0; i <= C_GROUP; i++)
        if (w->text[i].n == 0 && i != C_JSON && i != C_MEMBERS)
            w->text[i] = lm_jtree_text(lm_jtree_get(w->root, conversation_columns[i]));
    w->pni = lm_jtree_text(lm_jtree_get(w->root, "pni"));
    w->username = lm_jtree_text(lm_jtree_get(w->root, "username"));
    if (w->text[C_SERVICE].n == 0)
        w->text[C_SERVICE] = w->text[C_UUID];
    w->group = lm_str_eq(w->text[C_TYPE], LM_STR("group"));
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++)
        (void)lm_jtree_take(w->root, twice[i]);
    struct lm_str given = lm_jtree_text(lm_jtree_get(w->root, "nicknameGivenName"));
    return lm_signal_name(a, given, lm_jtree_text(lm_jtree_get(w->root, "nicknameFamilyName")), &w->nickname);
}

static lm_err add_name(struct lm_arena *a, struct sdd_conversation *c, struct lm_str name)
{
    if (name.n == 0)
        return LM_OK;
    struct lm_str *grown = lm_arena_grow(a, c->names, c->n_names, &c->cap_names, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    c->names = grown;
    grown[c->n_names++] = name;
    return LM_OK;
}

static lm_err members(struct lm_arena *a, struct row *w, struct sdd_conversation *c)
{
    static const char *const keys[] = { "aci", "serviceId", "uuid" };
    struct lm_jnode *list = lm_jtree_get(w->root, "membersV2");
    lm_err err = LM_OK;
    if (list != NULL && list->type == LM_JSON_ARRAY) {
        for (struct lm_jnode *n = list->first; n != NULL && err == LM_OK; n = n->next) {
            struct lm_str id = { NULL, 0 };
            for (size_t k = 0; k < 3 && id.n == 0; k++)
                id = lm_jtree_text(lm_jtree_get(n, keys[k]));
            err = add_name(a, c, id);
        }
    }
    struct lm_str rest = c->n_names == 0 ? w->text[C_MEMBERS] : (struct lm_str){ NULL, 0 };
    while (rest.n != 0 && err == LM_OK) {
        size_t blank = lm_str_find(rest, LM_STR(" "));
        err = add_name(a, c, lm_str_take(rest, blank != SIZE_MAX ? blank : rest.n));
        rest = blank != SIZE_MAX ? lm_str_skip(rest, blank + 1) : (struct lm_str){ NULL, 0 };
    }
    return err;
}

static lm_err naming(struct sdd *d, struct lm_str name, size_t place)
{
    uint64_t *ignored;
    return name.n != 0 ? lm_map_put(&d->by_name, name, place, &ignored, NULL) : LM_OK;
}

static lm_err on_conversation(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct row w;
    struct lm_str profile;
    struct lm_arena *a = r->ctx->file;
    (void)rowid;
    struct sdd_conversation *grown = lm_arena_grow(a, d->list, d->n, &d->cap, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    d->list = grown;
    struct sdd_conversation *c = &grown[d->n];
    *c = (struct sdd_conversation){ .own = false };
    lm_err err = read_row(r, a, t, &w);
    if (err == LM_OK)
        err = lm_signal_name(a, w.text[C_PROFILE], w.text[C_FAMILY], &profile);
    if (err != LM_OK)
        return err;
    struct lm_signal_who who = { .aci = w.text[C_SERVICE], .pni = w.pni, .phone = w.text[C_PHONE], .username = w.username };
    who.name = w.nickname.n != 0 ? w.nickname : w.text[C_NAME].n != 0 ? w.text[C_NAME] : profile;
    c->chat.thread = (struct lm_thread_ref){ .title = who.name, .kind = w.group ? LM_THREAD_GROUP : LM_THREAD_DIRECT };
    if (w.group) {
        c->chat.thread.native = w.text[C_GROUP].n != 0 ? w.text[C_GROUP] : w.text[C_ID];
        err = members(a, &w, c);
    } else {
        err = lm_signal_account(a, &who, &c->chat.other);
        c->chat.thread.native = c->chat.other.native.n != 0 ? c->chat.other.native : w.text[C_ID];
        c->own = d->owner.form == LM_ACCOUNT_NATIVE && (lm_signal_same(&c->chat.other, &d->owner)
                 || (d->own_phone.n != 0 && lm_str_eq(w.text[C_PHONE], d->own_phone)));
        if (c->own)
            d->owner.display = who.name.n != 0 ? who.name : d->owner.display;
    }
    const struct lm_str named[] = { w.text[C_ID], w.text[C_SERVICE], w.text[C_PHONE], w.text[C_GROUP], w.pni };
    for (size_t i = 0; i < 5 && err == LM_OK; i++)
        err = naming(d, named[i], d->n);
    d->n += err == LM_OK;
    return err;
}

static lm_err conversation(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_signal_facts f = { .n = 0 };
    struct row w;
    struct lm_str profile;
    const struct lm_signal_chat *chat;
    (void)rowid;
    lm_err err = read_row(r, r->ctx->record, t, &w);
    if (err == LM_OK)
        err = lm_signal_name(r->ctx->record, w.text[C_PROFILE], w.text[C_FAMILY], &profile);
    struct sdd_conversation *c = err == LM_OK ? sdd_find(d, w.text[C_ID]) : NULL;
    if (err == LM_OK)
        err = sdd_chat(d, c, &chat);
    if (err != LM_OK || c == NULL)
        return err == LM_OK ? lm_dbread_emit(r, NULL, 0) : err;
    if (w.broken)
        lm_dbread_doubt(r, "the JSON of the row breaks off or is too large: what stands before that is kept");
    r->altered |= w.odd;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_SIGNAL, .flags = LM_EVENT_SYSTEM, .from = d->owner, .duration_s = -1,
                           .detail = w.group ? LM_STR("group") : c->own ? LM_STR("account") : LM_STR("contact"), .thread = chat->thread };
    if (!w.group) {
        const char *basis = c->own ? "own_profile" : "contact_list";
        struct lm_account_ref a = c->own ? d->owner : c->chat.other;
        ev.from = a;
        if (a.form != LM_ACCOUNT_NONE) {
            lm_signal_identifier(&f, a, LM_IDENTIFIER_PHONE, w.text[C_PHONE].n != 0 ? w.text[C_PHONE] : c->own ? d->own_phone : w.text[C_PHONE], basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_HANDLE, w.username, basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, w.text[C_SERVICE], basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, w.pni.n != 0 ? w.pni : c->own ? d->own_pni : w.pni, basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, w.nickname, "contact_list");
            lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, w.text[C_NAME], basis);
            lm_signal_identifier(&f, a, LM_IDENTIFIER_NAME, profile, "own_profile");
        } else {
            lm_dbread_doubt(r, "the conversation has neither an id nor a number nor a name");
        }
    } else {
        ev.to = chat->members;
        ev.n_to = chat->n;
        ev.flags |= chat->partial || chat->n == 0 ? LM_EVENT_MEMBERS_UNKNOWN : 0;
    }
    lm_dbread_raw_column(r, t, C_ID, "id");
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "json", w.root);
    ev.raw = lm_dbread_raw_done(r);
    f.items[f.n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, f.items, f.n);
}

lm_err sdd_conversations(struct sdd *d)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&d->r, "conversations", conversation_columns, C_N, &t);
    return err == LM_OK ? lm_dbread_records(&d->r, t, 0, conversation, d) : err;
}

/* --- what hangs on messages --- */

static lm_err on_call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_str id = lm_evdb_bytes(t, 0);
    uint64_t *ignored;
    (void)r;
    (void)rowid;
    return id.n != 0 && id.n < 256 ? lm_map_put(&d->calls, id, 1, &ignored, NULL) : LM_OK;
}

static lm_err on_file(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct sdd *d = user;
    struct lm_str message = lm_evdb_bytes(t, 0);
    uint64_t *first;
    bool is_new;
    if (message.n == 0 || message.n > 256)
        return LM_OK;
    struct sdd_link *grown = lm_arena_grow(r->ctx->file, d->files, d->n_files, &d->cap_files, sizeof *grown);
    if (grown == NULL || lm_map_put(&d->first_file, message, d->n_files + 1, &first, &is_new) != LM_OK)
        return LM_ENOMEM;
    d->files = grown;
    grown[d->n_files] = (struct sdd_link){ rowid, 0 };
    if (!is_new) { /* behind the last: a message has few */
        size_t at = (size_t)*first - 1;
        for (unsigned i = 0; grown[at].next != 0 && i < LM_DBREAD_MAX_LIST; i++)
            at = grown[at].next - 1;
        if (grown[at].next == 0)
            grown[at].next = d->n_files + 1;
    }
    d->n_files++;
    return LM_OK;
}

lm_err sdd_load(struct sdd *d)
{
    static const char *const call[] = { "callId" }, *const file[] = { "messageId" };
    struct lm_evdb_table *t = NULL;
    lm_err err = find_owner(d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "conversations", conversation_columns, C_N, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&d->r, t, on_conversation, d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "callsHistory", call, 1, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(&d->r, t, on_call, d);
    if (err == LM_OK)
        err = lm_dbread_table(&d->r, "message_attachments", file, 1, &t);
    return err == LM_OK ? lm_dbread_rows(&d->r, t, on_file, d) : err;
}

/* --- the reader --- */

static bool in_its_folder(struct lm_str path)
{
    return lm_str_ends(path, LM_STR("sql/db.sqlite")) || lm_str_eq(path, LM_STR("db.sqlite"));
}

/* The magic (128 bits) and tables with columns that no other app has (40); an encrypted file by its name and its look 12, by its name alone 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages.conversationId", "messages.json", "conversations.json", "callsHistory.peerId" };
    uint32_t found = lm_dbread_peek(in, head, tables, 4);
    if ((found & 7) == 7 || (found & 8) != 0)
        return 168;
    if (!in_its_folder(in->path) || found != 0)
        return 0;
    return lm_dbread_looks_encrypted(head) ? 12 : 8;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct sdd d = { .list = NULL };
    if (!lm_evdb_is_sqlite(ctx->in->bytes) && lm_dbread_looks_encrypted(ctx->in->bytes))
        return lm_dbread_encrypted(ctx, sink, "Signal");
    lm_map_init(&d.by_name, ctx->file);
    lm_map_init(&d.calls, ctx->file);
    lm_map_init(&d.first_file, ctx->file);
    lm_err err = lm_dbread_open(&d.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(d.r.db, "messages") && !lm_evdb_has_table(d.r.db, "callsHistory"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables messages and callsHistory is in it");
    if (err == LM_OK)
        err = sdd_load(&d);
    if (err == LM_OK)
        err = sdd_conversations(&d);
    if (err == LM_OK)
        err = sdd_messages(&d);
    if (err == LM_OK)
        err = sdd_calls(&d);
    return lm_dbread_finish(&d.r, err);
}

const struct lm_reader lm_reader_signal_desktop_db = {
    .name = "signal_desktop_db",
    .title = "Signal Desktop: sql/db.sqlite, decrypted",
    .reference = "signalapp/Signal-Desktop 00cfd92d model-types, b22ea5e1 migration 1360, 16498087 CallDisposition (names and values), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
