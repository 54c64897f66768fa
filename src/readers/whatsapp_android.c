/* WhatsApp on Android: msgstore.db (messages and calls, old and new layout), wa.db (contacts), preferences (the owner).
 *
 * Times are milliseconds since 1970 UTC. Rows are joined by hand, so that a message without a chat, a contact or a number stays. A
 * file is read by the tables it has. docs/readers/whatsapp_android.md has the rules and what is not kept.
 */
#include "readers/whatsapp_android.h"

#include "base/utf8.h"
#include "formats/xml.h"

/* --- tables beside messages --- */

lm_err waa_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct waa_side *ret)
{
    *ret = (struct waa_side){ .t = NULL };
    lm_err err = lm_dbread_table(r, name, columns, n, &ret->t);
    return err == LM_OK ? lm_dbread_index(r, ret->t, 0, LM_EVDB_ROWID, &ret->of) : err;
}

lm_err waa_side_fetch(struct lm_dbread *r, struct waa_side *s, int64_t key, bool *ret_any)
{
    enum lm_evdb_step step = LM_EVDB_END;
    size_t n;
    const struct lm_evdb_link *l = lm_evdb_index_find(&s->of, key, &n);
    lm_err err = s->t != NULL && l != NULL ? lm_evdb_fetch(s->t, l->rowid, &step) : LM_OK;
    if (err == LM_OK && step == LM_EVDB_LOST_ROW)
        lm_dbread_doubt(r, "a row that belongs to it cannot be read");
    *ret_any = step == LM_EVDB_ROW;
    return err;
}

/* --- ids --- */

static lm_err on_jid(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    struct lm_str name, server;
    struct waa_jid *grown = lm_arena_grow(r->ctx->file, w->jids, w->n_jids, &w->cap_jids, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    w->jids = grown;
    struct waa_jid *one = &grown[w->n_jids];
    *one = (struct waa_jid){ .row = rowid };
    lm_err err = lm_dbread_text(r, r->ctx->file, t, 0, &one->id);
    if (err == LM_OK && one->id.n == 0) { /* older rows have the two parts only */
        err = lm_dbread_text(r, r->ctx->record, t, 1, &name);
        if (err == LM_OK)
            err = lm_dbread_text(r, r->ctx->record, t, 2, &server);
        if (err == LM_OK && name.n != 0 && server.n != 0) {
            one->id = lm_arena_printf(r->ctx->file, "%.*s@%.*s", LM_STR_ARG(name), LM_STR_ARG(server));
            err = one->id.p != NULL ? LM_OK : LM_ENOMEM;
        }
    }
    w->n_jids += err == LM_OK;
    return err;
}

struct lm_str waa_jid(const struct waa *w, int64_t row)
{
    size_t low = 0, high = w->n_jids;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (w->jids[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < w->n_jids && w->jids[low].row == row ? w->jids[low].id : (struct lm_str){ NULL, 0 };
}

static lm_err on_map(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    (void)r;
    (void)rowid;
    return lm_waid_map(&w->ids, waa_jid(w, lm_dbread_int(t, 0)), waa_jid(w, lm_dbread_int(t, 1)));
}

lm_err waa_jids(struct lm_dbread *r, struct waa *w)
{
    static const char *const jid_columns[] = { "raw_string", "user", "server" }, *const map_columns[] = { "lid_row_id", "jid_row_id" };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(r, "jid", jid_columns, 3, &t);
    if (err == LM_OK)
        err = lm_dbread_rows(r, t, on_jid, w);
    if (err == LM_OK)
        err = lm_dbread_table(r, "jid_map", map_columns, 2, &t);
    return err == LM_OK ? lm_dbread_rows(r, t, on_map, w) : err;
}

/* --- wa.db --- */

enum { C_ID, C_NUMBER, C_NAME, C_PUSH, C_GIVEN, C_FAMILY, C_NICKNAME, C_STATUS, C_STATUS_AT, C_N = C_STATUS_AT + 4 };
static const char *const contact_columns[] = { "jid",      "number", "display_name",     "wa_name", "given_name", "family_name",
                                               "nickname", "status", "status_timestamp", "-_id",    "-sort_name", "-raw_contact_id" };
_Static_assert(sizeof contact_columns / sizeof *contact_columns == C_N, "a name for each column");

static lm_err on_name(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    struct lm_str id, name;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, C_ID, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, C_NAME, &name);
    if (err == LM_OK && name.n == 0)
        err = lm_dbread_text(r, r->ctx->record, t, C_PUSH, &name);
    return err == LM_OK ? lm_waid_name(&w->ids, id, name) : err;
}

static lm_err read_names(struct lm_dbread *other, void *user)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(other, "wa_contacts", contact_columns, C_N, &t);
    return err == LM_OK ? lm_dbread_rows(other, t, on_name, user) : err;
}

lm_err waa_names_beside(struct waa *w)
{
    return lm_dbread_beside(&w->r, "wa.db", read_names, w);
}

static lm_err contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct waa *w = user;
    struct lm_waid_facts f = { .n = 0 };
    struct lm_str text[C_STATUS_AT] = { 0 };
    struct lm_account_ref a;
    lm_err err = LM_OK;
    (void)rowid;
    for (size_t i = 0; i < C_STATUS_AT && err == LM_OK; i++)
        err = lm_dbread_text(r, r->ctx->record, t, i, &text[i]);
    if (err != LM_OK)
        return err;
    if (text[C_ID].n != 0 && !lm_waid_is_person(text[C_ID])) {
        lm_dbread_pass(r); /* groups and lists: msgstore.db has them */
        return LM_OK;
    }
    err = lm_waid_account(&w->ids, r->ctx->record, text[C_ID], &a);
    if (err != LM_OK)
        return err;
    struct lm_str name = text[C_NAME], parts = { NULL, 0 };
    if (text[C_GIVEN].n != 0 || text[C_FAMILY].n != 0) {
        parts = lm_arena_printf(r->ctx->record, "%.*s%s%.*s", LM_STR_ARG(text[C_GIVEN]),
                                text[C_GIVEN].n != 0 && text[C_FAMILY].n != 0 ? " " : "", LM_STR_ARG(text[C_FAMILY]));
        if (parts.p == NULL)
            return LM_ENOMEM;
    }
    a.display = name.n != 0 ? name : parts.n != 0 ? parts : text[C_PUSH];
    if (a.form == LM_ACCOUNT_NONE && text[C_NUMBER].n != 0)
        a = (struct lm_account_ref){ LM_PLATFORM_PHONE, LM_ACCOUNT_NATIVE, text[C_NUMBER], a.display };
    else if (a.form == LM_ACCOUNT_NONE && a.display.n != 0)
        a = (struct lm_account_ref){ LM_PLATFORM_PHONE, LM_ACCOUNT_NAME, { NULL, 0 }, a.display };
    else if (a.form == LM_ACCOUNT_NONE)
        return lm_dbread_emit(r, NULL, 0);
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, name, "contact_list");
    if (!lm_str_eq(parts, name))
        lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, parts, "contact_list");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, text[C_NICKNAME], "contact_list");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_PHONE, text[C_NUMBER], "contact_list");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, text[C_PUSH], "own_profile");
    if (f.n == 0)
        lm_waid_identifier(&f, a, LM_IDENTIFIER_ACCOUNT_ID, a.native, "contact_list");
    if (text[C_STATUS].n != 0)
        f.items[f.n++] = (struct lm_fact){
            .kind = LM_FACT_EVENT,
            .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WHATSAPP, .detail = LM_STR("about"), .from = a,
                       .at = lm_dbread_when(r, t, C_STATUS_AT, LM_EPOCH_UNIX_MS), .text = text[C_STATUS], .duration_s = -1 },
        };
    return lm_dbread_emit(r, f.items, f.n);
}

static lm_err read_map(struct lm_dbread *other, void *user)
{
    return waa_jids(other, user);
}

lm_err waa_contacts(struct waa *w)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_beside(&w->r, "msgstore.db", read_map, w); /* numbers behind hidden ids */
    if (err == LM_OK)
        err = lm_dbread_table(&w->r, "wa_contacts", contact_columns, C_N, &t);
    if (err == LM_OK)
        err = lm_dbread_highest(&w->r, "wa_contacts", NULL, &highest);
    return err == LM_OK ? lm_dbread_records(&w->r, t, highest, contact, w) : err;
}

#define PREFERENCES_LOOK ((size_t)1 << 20)

/* --- the owner: shared_prefs of the app, <map><string name="ph">…</string>…</map> --- */

enum { O_JID, O_COUNTRY, O_NUMBER, O_NAME, O_N };

static int preference(struct lm_str name)
{
    static const char *const names[O_N] = { "registration_jid", "cc", "ph", "push_name" };
    for (int i = 0; i < O_N; i++)
        if (lm_str_is(name, names[i]))
            return i;
    return -1;
}

static lm_err read_preferences(struct lm_arena *a, struct lm_str xml, struct lm_str own[O_N])
{
    struct lm_xml_token token;
    int field = -1;
    lm_err err = LM_OK;
    struct lm_xml *x = lm_xml_new(xml, false);
    if (x == NULL)
        return LM_ENOMEM;
    while (err == LM_OK && lm_xml_next(x, &token) == LM_OK && token.type != LM_XML_END) {
        if (token.type == LM_XML_OPEN)
            field = lm_str_eq(token.name, LM_STR("string")) ? preference(lm_xml_attribute(&token, LM_STR("name"))) : -1;
        else if (token.type == LM_XML_CLOSE)
            field = -1;
        else if (token.type == LM_XML_TEXT && field >= 0 && own[field].n == 0 && token.text.n < 256) {
            own[field] = lm_arena_copy(a, lm_str_trim(token.text));
            err = own[field].p != NULL ? LM_OK : LM_ENOMEM;
        }
    }
    lm_xml_free(x);
    return err;
}

static bool is_digits(struct lm_str s, size_t least, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n >= least && s.n <= most;
}

/* The id that was registered; else country code and number; else the number, when it is long enough to have the code in it. */
static lm_err owner_id(struct lm_arena *a, const struct lm_str own[O_N], struct lm_str *ret)
{
    struct lm_str id = own[O_JID], number = own[O_NUMBER];
    size_t at = lm_str_find(id, LM_STR("@"));
    if (at != SIZE_MAX)
        id = lm_str_take(id, at);
    if (is_digits(id, 6, 15))
        *ret = lm_arena_printf(a, "%.*s@s.whatsapp.net", LM_STR_ARG(id));
    else if (is_digits(own[O_COUNTRY], 1, 3) && is_digits(number, 4, 15 - own[O_COUNTRY].n))
        *ret = lm_arena_printf(a, "%.*s%.*s@s.whatsapp.net", LM_STR_ARG(own[O_COUNTRY]), LM_STR_ARG(number));
    else if (is_digits(number, 10, 15))
        *ret = lm_arena_printf(a, "%.*s@s.whatsapp.net", LM_STR_ARG(number));
    else
        return LM_OK;
    return ret->p != NULL ? LM_OK : LM_ENOMEM;
}

lm_err waa_owner_beside(struct waa *w)
{
    static const char *const names[] = { "com.whatsapp_preferences_light.xml", "startup_prefs.xml", "com.whatsapp_preferences.xml",
                                         "registration.RegisterPhone.xml", "com.whatsapp.w4b_preferences_light.xml" };
    struct lm_dbread *r = &w->r;
    struct lm_str own[O_N] = { 0 }, id = { NULL, 0 };
    lm_err err = LM_OK;
    for (size_t i = 0; i < 2 * (sizeof names / sizeof *names) && err == LM_OK; i++) {
        struct lm_str xml, path = lm_str(names[i / 2]);
        if (i % 2 == 0)
            path = lm_arena_printf(r->ctx->file, "../shared_prefs/%s", names[i / 2]); /* else beside the database */
        if (path.p == NULL)
            return LM_ENOMEM;
        if (lm_input_sibling(r->ctx->in, path, &xml) == LM_OK)
            err = read_preferences(r->ctx->file, xml, own);
    }
    if (err == LM_OK)
        err = owner_id(r->ctx->file, own, &id);
    if (err != LM_OK || id.n == 0)
        return err;
    w->ids.owner = (struct lm_account_ref){ LM_PLATFORM_WHATSAPP, LM_ACCOUNT_NATIVE, id, own[O_NAME] };
    return LM_OK;
}

/* --- the reader --- */

/* --- the preferences as a source of their own: one record --- */

static bool is_preferences(struct lm_str head)
{
    static const char *const marks[] = { "<map>", "<string name=\"registration_jid\">", "<string name=\"push_name\">", "<string name=\"ph\">" };
    bool found[4];
    head = lm_str_take(head, PREFERENCES_LOOK);
    for (size_t i = 0; i < 4; i++)
        found[i] = lm_str_find(head, lm_str(marks[i])) != SIZE_MAX;
    return lm_str_starts(lm_str_trim(head), LM_STR("<")) && found[0] && (found[1] || (found[2] && found[3]));
}

static lm_err read_owner(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str own[O_N] = { 0 }, id = { NULL, 0 }, number = { NULL, 0 };
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = ctx->in->bytes.n };
    struct lm_waid_facts f = { .n = 0 };
    lm_err err = read_preferences(ctx->file, ctx->in->bytes, own);
    if (err == LM_OK)
        err = owner_id(ctx->file, own, &id);
    if (err == LM_OK && id.n != 0) {
        number = lm_arena_printf(ctx->file, "+%.*s", (int)(id.n - LM_STR("@s.whatsapp.net").n), id.p);
        err = number.p != NULL ? LM_OK : LM_ENOMEM;
    }
    if (err != LM_OK)
        return err;
    struct lm_account_ref a = { LM_PLATFORM_WHATSAPP, id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_OWNER, id, own[O_NAME] };
    lm_waid_identifier(&f, a, LM_IDENTIFIER_PHONE, number, "own_profile");
    lm_waid_identifier(&f, a, LM_IDENTIFIER_NAME, own[O_NAME], "own_profile");
    if (f.n == 0)
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "neither a number nor a name of the owner can be read in it");
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = f.items, .n_facts = f.n };
    return sink->entry(sink, &entry);
}

/* The magic (128 bits) and a table that no other app has, with its column (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "message.chat_row_id", "message.text_data", "messages.key_remote_jid", "wa_contacts.jid",
                                          "call_log.call_result", "call_log.jid_row_id" };
    if (is_preferences(head))
        return 120; /* three names of settings */
    uint32_t found = lm_dbread_peek(in, head, tables, 6);
    if ((found & 3) == 3 || (found & 12) != 0 || (found & 48) == 48)
        return 168;
    return lm_dbread_named(in, "msgstore.db") || lm_dbread_named(in, "wa.db") ? 8 : 0;
}

static lm_err read_store(struct waa *w)
{
    lm_err err = waa_owner_beside(w);
    if (err == LM_OK)
        err = waa_names_beside(w);
    if (err == LM_OK)
        err = waa_jids(&w->r, w);
    if (err == LM_OK)
        err = waa_chats(w);
    if (err == LM_OK)
        err = waa_old_messages(w);
    if (err == LM_OK)
        err = waa_messages(w);
    return err == LM_OK ? waa_calls(w) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct waa w = { .n_jids = 0 };
    if (is_preferences(ctx->in->bytes))
        return read_owner(ctx, sink);
    lm_waid_init(&w.ids, ctx->file);
    lm_map_init(&w.chat_of, ctx->file);
    lm_err err = lm_dbread_open(&w.r, ctx, sink);
    bool contacts = false, store = false;
    if (err == LM_OK) {
        contacts = lm_evdb_has_table(w.r.db, "wa_contacts");
        store = lm_evdb_has_table(w.r.db, "message") || lm_evdb_has_table(w.r.db, "messages") || lm_evdb_has_table(w.r.db, "call_log");
    }
    if (err == LM_OK && !contacts && !store)
        err = lm_fail(ctx->error, LM_EINPUT, "none of the tables message, messages, call_log and wa_contacts is in it");
    if (err == LM_OK && store)
        err = read_store(&w);
    if (err == LM_OK && contacts)
        err = waa_contacts(&w);
    return lm_dbread_finish(&w.r, err);
}

const struct lm_reader lm_reader_whatsapp_android = {
    .name = "whatsapp_android",
    .title = "WhatsApp on Android: msgstore.db, wa.db and the owner's preferences",
    .reference = "sepinf-inc/IPED ad1a8364 ExtractorAndroid and ExtractorAndroidNew, KnugiHK/WhatsApp-Chat-Exporter a0719bc2 (names and values)",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
