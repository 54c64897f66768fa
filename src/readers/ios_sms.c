/* Messages on iOS and macOS: sms.db and chat.db (SMS, MMS, iMessage).
 *
 * One row of `message` is one record. Rows are joined by hand and never dropped: a message without a handle, a chat or an
 * attachment stays. Times count from 2001-01-01 UTC, in seconds before iOS 11 and in nanoseconds since. docs/readers/ios_sms.md
 * has the rules and what is not kept.
 */
#include "readers/ios_sms.h"

#include <stdio.h>

static const char *const message_columns[IOS_M_N] = {
    "guid", "text", "subject", "attributedBody", "handle_id", "other_handle", "service", "account", "destination_caller_id", "error",
    "date", "date_read", "date_delivered", "date_edited", "date_retracted", "is_from_me", "item_type", "group_action_type",
    "group_title", "associated_message_type", "associated_message_guid", "thread_originator_guid", "balloon_bundle_id", "is_forward",
    "-ROWID", "-replace", "-version", "-type", "-account_guid", "-is_finished", "-is_empty", "-is_delayed", "-is_prepared", "-is_sent",
    "-is_delivered", "-has_dd_results", "-cache_has_attachments", "-was_data_detected", "-was_deduplicated", "-country",
};
static const char *const handle_columns[] = { "id" };
enum { CHAT_GUID, CHAT_STYLE, CHAT_IDENTIFIER, CHAT_NAME, CHAT_ADDRESSED, CHAT_N };
static const char *const chat_columns[] = { "guid", "style", "chat_identifier", "display_name", "last_addressed_handle" };
#define STYLE_GROUP 43
#define STYLE_DIRECT 45

/* --- accounts --- */

struct lm_account_ref ios_account(struct lm_str id)
{
    bool mail = lm_str_find(id, LM_STR("@")) != SIZE_MAX;
    return (struct lm_account_ref){ .platform = mail ? LM_PLATFORM_EMAIL : LM_PLATFORM_PHONE,
                                    .form = id.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NONE,
                                    .native = id };
}

/* "E:ana@example.org", "P:+13035550101" and the bare forms */
static struct lm_str bare_account(struct lm_str s)
{
    if (s.n > 2 && s.p[1] == ':' && (s.p[0] == 'E' || s.p[0] == 'e' || s.p[0] == 'P' || s.p[0] == 'p'))
        s = lm_str_skip(s, 2);
    return lm_str_trim(s);
}

struct lm_str ios_own_address(const struct lm_evdb_table *t)
{
    struct lm_str s = bare_account(lm_evdb_bytes(t, IOS_M_DESTINATION));
    return s.n != 0 ? s : bare_account(lm_evdb_bytes(t, IOS_M_ACCOUNT));
}

/* --- handles and chats --- */

static lm_err on_handle(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct ios_sms *s = user;
    struct ios_handle *grown = lm_arena_grow(r->ctx->file, s->handles, s->n_handles, &s->cap_handles, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    s->handles = grown;
    grown[s->n_handles] = (struct ios_handle){ .row = rowid };
    return lm_dbread_text(r, r->ctx->file, t, 0, &grown[s->n_handles++].id);
}

struct lm_str ios_handle(const struct ios_sms *s, int64_t row)
{
    size_t low = 0, high = s->n_handles;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->handles[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n_handles && s->handles[low].row == row ? s->handles[low].id : (struct lm_str){ NULL, 0 };
}

const struct ios_chat *ios_chat(const struct ios_sms *s, int64_t row)
{
    size_t low = 0, high = s->n_chats;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->chats[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->n_chats && s->chats[low].row == row ? &s->chats[low] : NULL;
}

static lm_err on_chat(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct ios_sms *s = user;
    struct ios_chat *grown = lm_arena_grow(r->ctx->file, s->chats, s->n_chats, &s->cap_chats, sizeof *grown);
    if (grown == NULL)
        return LM_ENOMEM;
    s->chats = grown;
    struct ios_chat *c = &grown[s->n_chats++];
    *c = (struct ios_chat){ .row = rowid };
    int64_t style = lm_dbread_int(t, CHAT_STYLE);
    lm_err err = lm_dbread_text(r, r->ctx->file, t, CHAT_GUID, &c->guid);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, CHAT_IDENTIFIER, &c->identifier);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, CHAT_NAME, &c->title);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->file, t, CHAT_ADDRESSED, &c->addressed);
    c->kind = style == STYLE_GROUP ? LM_THREAD_GROUP : style == STYLE_DIRECT ? LM_THREAD_DIRECT : LM_THREAD_UNKNOWN;
    return err;
}

/* Members of each chat: what chat_handle_join says. */
static lm_err add_members(struct ios_sms *s)
{
    static const char *const columns[] = { "chat_id", "handle_id" };
    struct lm_evdb_table *t = NULL;
    struct lm_evdb_index all;
    lm_err err = lm_dbread_table(&s->r, "chat_handle_join", columns, 2, &t);
    if (err == LM_OK)
        err = lm_dbread_index(&s->r, t, 0, 1, &all);
    for (size_t i = 0; err == LM_OK && i < s->n_chats; i++) {
        struct ios_chat *c = &s->chats[i];
        size_t n;
        const struct lm_evdb_link *l = lm_evdb_index_find(&all, c->row, &n);
        n = n < LM_DBREAD_MAX_LIST ? n : LM_DBREAD_MAX_LIST;
        c->members = lm_arena_array(s->r.ctx->file, n, sizeof *c->members);
        if (c->members == NULL)
            return LM_ENOMEM;
        for (size_t k = 0; k < n; k++) {
            struct lm_str id = ios_handle(s, l[k].rowid);
            if (id.n != 0)
                c->members[c->n++] = ios_account(id);
        }
    }
    return err;
}

/* --- the owner --- */

/* The address that most messages were sent from or came to; a telephone number before a mail address. */
static lm_err find_owner(struct ios_sms *s)
{
    struct lm_map seen;
    enum lm_evdb_step step = LM_EVDB_ROW;
    int64_t first, last;
    uint64_t best[2] = { 0, 0 }, *count;
    struct lm_str best_id[2] = { { NULL, 0 }, { NULL, 0 } };
    lm_map_init(&seen, s->r.ctx->file);
    lm_err err = LM_OK;
    if (s->messages == NULL)
        return LM_OK;
    lm_evdb_rewind(s->messages);
    while (err == LM_OK && step != LM_EVDB_END) {
        err = lm_evdb_next(s->messages, &step, &first, &last);
        struct lm_str id = err == LM_OK && step == LM_EVDB_ROW ? ios_own_address(s->messages) : (struct lm_str){ NULL, 0 };
        if (err == LM_OK && id.n != 0 && id.n < 256 && (err = lm_map_put(&seen, id, 0, &count, NULL)) == LM_OK)
            ++*count;
    }
    for (size_t i = 0; err == LM_OK && i < s->n_chats; i++)
        if (s->chats[i].addressed.n != 0)
            err = lm_map_put(&seen, s->chats[i].addressed, 1, &count, NULL);
    for (size_t i = 0; err == LM_OK && i < seen.n; i++) {
        size_t mail = lm_str_find(seen.entries[i].key, LM_STR("@")) != SIZE_MAX;
        if (seen.entries[i].value > best[mail] && lm_utf8_valid_prefix(seen.entries[i].key) == seen.entries[i].key.n) {
            best[mail] = seen.entries[i].value;
            best_id[mail] = seen.entries[i].key;
        }
    }
    struct lm_str own = best_id[0].n != 0 ? best_id[0] : best_id[1];
    s->owner = own.n != 0 ? ios_account(own) : (struct lm_account_ref){ .platform = LM_PLATFORM_PHONE, .form = LM_ACCOUNT_OWNER };
    return err;
}

/* --- what is deleted --- */

/* Messages that chats still name and that are gone; and those that a list of deletions names. */
static lm_err tell_deleted(struct ios_sms *s)
{
    static const char *const guid[] = { "guid" };
    struct lm_evdb_table *t = NULL;
    enum lm_evdb_step step;
    uint64_t gone = 0, listed = 0;
    int64_t first, last;
    lm_err err = LM_OK;
    const struct lm_evdb_link *l;
    size_t n;
    for (int64_t from = INT64_MIN; s->messages != NULL && err == LM_OK && (l = lm_evdb_index_from(&s->chat_of, from, &n)) != NULL; from = l->key + 1) {
        err = lm_evdb_fetch(s->messages, l->key, &step);
        gone += err == LM_OK && step == LM_EVDB_END;
        if (l->key == INT64_MAX)
            break;
    }
    if (err == LM_OK)
        err = lm_dbread_table(&s->r, "deleted_messages", guid, 1, &t);
    for (step = LM_EVDB_ROW; err == LM_OK && t != NULL && step != LM_EVDB_END;) {
        err = lm_evdb_next(t, &step, &first, &last);
        listed += err == LM_OK && step == LM_EVDB_ROW;
    }
    if (err == LM_OK && gone != 0)
        err = lm_dbread_notice(&s->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "messages that chat_message_join names and that are"
                               " not in the database any more: %llu", (unsigned long long)gone);
    if (err == LM_OK && listed != 0)
        err = lm_dbread_notice(&s->r, LM_PROBLEM_DOUBTED, (struct lm_locator){ 0 }, "messages that are listed in deleted_messages: %llu",
                               (unsigned long long)listed);
    return err;
}

/* --- the reader --- */

static lm_err pairs(struct ios_sms *s, const char *table, const char *key, const char *value, struct lm_evdb_index *ret)
{
    const char *const columns[] = { key, value };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(&s->r, table, columns, 2, &t);
    return err == LM_OK ? lm_dbread_index(&s->r, t, 0, 1, ret) : err;
}

static lm_err prepare(struct ios_sms *s, int64_t *ret_highest)
{
    static const size_t expected[] = { IOS_M_GUID, IOS_M_TEXT, IOS_M_HANDLE, IOS_M_SERVICE, IOS_M_DATE, IOS_M_MINE };
    struct lm_evdb_table *handles = NULL, *chats = NULL;
    struct lm_dbread *r = &s->r;
    lm_err err = lm_dbread_table(r, "message", message_columns, IOS_M_N, &s->messages);
    if (err == LM_OK)
        err = lm_dbread_expect(r, s->messages, message_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table(r, "attachment", ios_attachment_columns, IOS_A_N, &s->attachments);
    if (err == LM_OK)
        err = lm_dbread_table(r, "handle", handle_columns, 1, &handles);
    if (err == LM_OK)
        err = lm_dbread_rows(r, handles, on_handle, s);
    if (err == LM_OK)
        err = lm_dbread_table(r, "chat", chat_columns, CHAT_N, &chats);
    if (err == LM_OK)
        err = lm_dbread_rows(r, chats, on_chat, s);
    if (err == LM_OK)
        err = add_members(s);
    if (err == LM_OK)
        err = pairs(s, "chat_message_join", "message_id", "chat_id", &s->chat_of);
    if (err == LM_OK)
        err = pairs(s, "message_attachment_join", "message_id", "attachment_id", &s->attachment_of);
    if (err == LM_OK)
        err = pairs(s, "chat_recoverable_message_join", "message_id", "chat_id", &s->recoverable);
    if (err == LM_OK)
        err = find_owner(s);
    return err == LM_OK ? lm_dbread_highest(r, "message", NULL, ret_highest) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct ios_sms s = { .n_handles = 0 };
    int64_t highest = 0;
    lm_map_init(&s.own, ctx->file);
    lm_err err = lm_dbread_open(&s.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(s.r.db, "message"))
        err = lm_fail(ctx->error, LM_EINPUT, "there is no table message in it");
    if (err == LM_OK)
        err = prepare(&s, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(&s.r, s.messages, highest, ios_message, &s);
    if (err == LM_OK)
        err = tell_deleted(&s);
    return lm_dbread_finish(&s.r, err);
}

/* The magic (128 bits) and three tables of Messages (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "message.handle_id", "handle.id", "chat_message_join" };
    if (lm_dbread_peek(in, head, tables, 3) == 7)
        return 168;
    return lm_dbread_named(in, "sms.db") || lm_dbread_named(in, "chat.db") ? 8 : 0;
}

const struct lm_reader lm_reader_ios_sms = {
    .name = "ios_sms",
    .title = "Messages on iOS and macOS: sms.db, chat.db",
    .reference = "log2timeline/plaso 4ea03ef9 imessage, ReagentX/imessage-exporter (values of item_type, tapbacks, typedstream), checked 2026-11",
    .tested_on = "one file of another project (macOS, seconds); nanoseconds, groups and tapbacks: our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
