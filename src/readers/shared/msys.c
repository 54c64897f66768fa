#include "readers/shared/msys.h"

#include <stdio.h>

#define SELF 0 /* contacts.friendship_status */
#define CALL_OUT 1
#define CALL_VIDEO 2
#define THREAD_DIRECT 1
#define THREAD_GROUP 2

struct msys {
    struct lm_people *p;
    struct lm_dbread *r;
    struct lm_by_text files, items, ctas, reactions, client_files, keys;
    bool has_calls; /* a table of calls: a message about one is not the call */
    struct lm_event *ev;
    struct lm_attachment *list;
    struct lm_reaction *reacted;
    size_t cap, cap_reacted;
    size_t n_items, n_ctas;
    struct lm_str title, subtitle; /* of what hangs on the message: a call says so there */
};

static const struct lm_str none = { NULL, 0 };

/* --- whose file --- */

static struct lm_str base_name(const struct lm_input *in)
{
    const char *slash = in->path.n != 0 ? memrchr(in->path.p, '/', in->path.n) : NULL;
    return slash != NULL ? lm_str_skip(in->path, (size_t)(slash - in->path.p) + 1) : in->path;
}

enum lm_msys_app lm_msys_which(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages.thread_key", "messages.sender_id", "messages.timestamp_ms", "client_messages.thread_pk",
                                          "contacts.friendship_status", "contacts.is_messenger_user", "call_log.call_timestamp_ms",
                                          "thread_messages.sender_id", "_user_info.facebook_user_id", "secure_messages.thread_key" };
    uint32_t found = lm_dbread_peek(in, head, tables, sizeof tables / sizeof *tables);
    struct lm_str name = base_name(in);
    if ((found & 7) != 7 && (found & 0x3f8) == 0)
        return LM_MSYS_NONE;
    if (lm_str_starts(name, LM_STR("ig_msys_database")))
        return LM_MSYS_INSTAGRAM_ANDROID;
    if (lm_str_starts(name, LM_STR("msys_database")))
        return LM_MSYS_MESSENGER_ANDROID;
    bool ios = (found & 0x180) != 0 || lm_str_ends(name, LM_STR(".db")) || lm_str_find(in->path, LM_STR("lightspeed")) != SIZE_MAX;
    return ios ? LM_MSYS_MESSENGER_IOS : LM_MSYS_MESSENGER_ANDROID;
}

struct lm_str lm_msys_id_of_name(const struct lm_input *in)
{
    struct lm_str name = base_name(in);
    if (lm_str_ends(name, LM_STR(".db")))
        name = lm_str_take(name, name.n - 3);
    size_t digits = 0;
    while (digits < name.n && name.p[name.n - 1 - digits] >= '0' && name.p[name.n - 1 - digits] <= '9')
        digits++;
    return digits >= 4 && digits <= 20 ? lm_str_skip(name, name.n - digits) : none;
}

/* --- rows by text --- */

static lm_err pass(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)r;
    (void)t;
    (void)rowid;
    (void)user;
    return LM_OK;
}

lm_err lm_msys_side(struct lm_dbread *r, const char *name, const char *const columns[], size_t n, struct lm_by_text *ret)
{
    struct lm_evdb_table *t = NULL;
    *ret = (struct lm_by_text){ .t = NULL };
    lm_err err = lm_dbread_table(r, name, columns, n, &t);
    if (err == LM_OK)
        err = lm_by_text(r, t, ret);
    return err == LM_OK && ret->damaged ? lm_dbread_rows(r, t, pass, NULL) : err;
}

/* --- people and threads --- */

enum { C_ID, C_NAME, C_HANDLE, C_MAIL, C_PHONE, C_STATUS, C_N };
static const char *const contact_columns[C_N] = { "id", "name", "username", "email_address", "phone_number", "friendship_status" };
enum { T_KEY, T_TYPE, T_NAME, T_AT, T_N };
static const char *const thread_columns[T_N] = { "thread_key", "thread_type", "thread_name", "last_activity_timestamp_ms" };

static lm_err text_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    return lm_dbread_text(r, r->ctx->record, t, column, ret);
}

static lm_err on_owner(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_str id;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &id);
    return err == LM_OK && m->p->owner.form == LM_ACCOUNT_OWNER ? lm_people_owner(m->p, id) : err;
}

static lm_err on_self(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    int64_t status;
    return lm_evdb_i64(t, C_STATUS, &status) && status == SELF ? on_owner(r, t, rowid, user) : LM_OK;
}

static lm_err on_name(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_str id, name, handle;
    (void)rowid;
    lm_err err = text_at(r, t, C_ID, &id);
    if (err == LM_OK)
        err = text_at(r, t, C_NAME, &name);
    if (err == LM_OK)
        err = text_at(r, t, C_HANDLE, &handle);
    return err == LM_OK ? lm_people_name(m->p, id, name.n != 0 ? name : handle) : err;
}

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *thread;
    struct lm_str key;
    int64_t type = lm_dbread_int(t, T_TYPE);
    (void)rowid;
    lm_err err = text_at(r, t, T_KEY, &key);
    if (err == LM_OK)
        err = lm_people_thread(m->p, key, &thread);
    if (err == LM_OK && thread != NULL)
        err = lm_dbread_text(r, lm_people_arena(m->p, thread), t, T_NAME, &thread->ref.title);
    if (err != LM_OK || thread == NULL)
        return err;
    thread->ref.kind = type == THREAD_DIRECT ? LM_THREAD_DIRECT : type == THREAD_GROUP ? LM_THREAD_GROUP : thread->ref.kind;
    return type == THREAD_DIRECT ? lm_people_member(m->p, thread, key) : LM_OK; /* its key is the other's id */
}

static lm_err on_member(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *thread;
    struct lm_str key, id, other, name;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &key);
    if (err == LM_OK)
        err = text_at(r, t, 1, &id);
    if (err == LM_OK)
        err = text_at(r, t, 2, &other);
    if (err == LM_OK)
        err = text_at(r, t, 3, &name);
    if (err == LM_OK)
        err = lm_people_thread(m->p, key, &thread);
    if (err == LM_OK)
        err = lm_people_member(m->p, thread, id.n != 0 ? id : other);
    return err == LM_OK ? lm_people_name(m->p, id.n != 0 ? id : other, name) : err;
}

static lm_err rows(struct msys *m, const char *name, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(m->r, name, columns, n, &t);
    return err == LM_OK ? lm_dbread_rows(m->r, t, one, m) : err;
}

static lm_err people(struct msys *m)
{
    static const char *const owner[] = { "facebook_user_id" }, *const member[] = { "thread_key", "contact_id", "id", "name" };
    lm_err err = rows(m, "_user_info", owner, 1, on_owner);
    if (err == LM_OK)
        err = rows(m, "contacts", contact_columns, C_N, on_self);
    if (err == LM_OK && m->p->owner.form == LM_ACCOUNT_OWNER)
        err = lm_people_owner(m->p, lm_msys_id_of_name(m->r->ctx->in));
    if (err == LM_OK)
        err = rows(m, "contacts", contact_columns, C_N, on_name);
    if (err == LM_OK)
        err = rows(m, "threads", thread_columns, T_N, on_thread);
    if (err == LM_OK)
        err = rows(m, "participants", member, 4, on_member);
    if (err == LM_OK)
        err = rows(m, "thread_participant_detail", member, 4, on_member);
    /* a thread without a row of its own whose key is somebody's id is that person's */
    for (size_t i = 0; err == LM_OK && i < m->p->n_threads; i++) {
        struct lm_people_thread *t = &m->p->threads[i];
        if (t->ref.kind == LM_THREAD_UNKNOWN)
            t->ref.kind = lm_map_get(&m->p->by_id, t->ref.native) != NULL ? LM_THREAD_DIRECT : t->n > 2 ? LM_THREAD_GROUP : LM_THREAD_UNKNOWN;
    }
    return err;
}

/* A thread that no table lists: when its key is somebody's id it is theirs. */
static lm_err thread_of(struct msys *m, struct lm_str key, struct lm_people_thread **ret)
{
    lm_err err = lm_people_thread(m->p, key, ret);
    if (err == LM_OK && *ret != NULL && (*ret)->n == 0 && lm_map_get(&m->p->by_id, key) != NULL) {
        (*ret)->ref.kind = LM_THREAD_DIRECT;
        err = lm_people_member(m->p, *ret, key);
    }
    return err;
}

static lm_err contact(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const words[] = { "self", "friend", "request received", "request sent", "not a friend" };
    static const enum lm_identifier_type types[] = { [C_NAME] = LM_IDENTIFIER_NAME, [C_HANDLE] = LM_IDENTIFIER_HANDLE, [C_MAIL] = LM_IDENTIFIER_EMAIL,
                                                     [C_PHONE] = LM_IDENTIFIER_PHONE };
    struct msys *m = user;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = m->p->platform, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("contact") };
    struct lm_str id, text;
    int64_t status;
    (void)rowid;
    lm_err err = text_at(r, t, C_ID, &id);
    for (size_t i = C_NAME; i <= C_PHONE && err == LM_OK; i++) {
        err = text_at(r, t, i, &text);
        if (err == LM_OK)
            err = lm_people_identifier(m->p, &f, id, types[i], text);
    }
    if (err != LM_OK)
        return err;
    bool said = lm_evdb_i64(t, C_STATUS, &status);
    if (said && status >= 0 && status < (int64_t)(sizeof words / sizeof *words))
        lm_dbread_raw_text(r, "friendship", lm_str(words[status]));
    else if (said)
        lm_dbread_raw_column(r, t, C_STATUS, "friendship_status");
    ev.from = lm_people_is_owner(m->p, id) ? m->p->owner : lm_people_account(m->p, id);
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(m->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, id.n != 0 ? f.n : 0) : err;
}

static lm_err thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = m->p->platform, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("thread") };
    struct lm_str key;
    (void)rowid;
    lm_err err = text_at(r, t, T_KEY, &key);
    if (err == LM_OK)
        err = lm_people_thread(m->p, key, &one);
    if (err == LM_OK)
        err = lm_people_ends(m->p, one, none, true, &ev);
    if (err != LM_OK)
        return err;
    ev.at = lm_dbread_when(r, t, T_AT, LM_EPOCH_UNIX_MS);
    lm_dbread_raw_column(r, t, T_TYPE, "thread_type");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- what hangs on messages --- */

enum { A_OF, A_FILE, A_TITLE, A_SUBTITLE, A_URL, A_TYPE, A_BYTES, A_N };
static const char *const file_columns[A_N] = { "message_id", "filename", "title_text", "subtitle_text", "playable_url", "playable_url_mime_type", "filesize" };
static const char *const item_columns[] = { "message_id", "title_text", "subtitle_text" };
static const char *const cta_columns[] = { "message_id", "native_url" };
enum { R_OF, R_BY, R_WHAT, R_AT, R_N };
static const char *const reaction_columns[R_N] = { "message_id", "actor_id", "reaction", "reaction_creation_timestamp_ms" };
enum { K_OF, K_FILE, K_BYTES, K_TOKEN, K_N };
static const char *const client_file_columns[K_N] = { "message_pk", "filename", "filesize", "content_token" };
static const char *const key_columns[] = { "content_token", "persisted_path" };

static lm_err add_file(struct msys *m, const struct lm_attachment *one)
{
    lm_err err = lm_dbread_push(m->r, (void **)&m->list, m->ev->n_attachments, &m->cap, sizeof *m->list);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    m->list[m->ev->n_attachments++] = *one;
    m->ev->attachments = m->list;
    return LM_OK;
}

/* Columns of one of several rows under keys of their own: "attachments.x", "attachments[2].x". */
static void kept(struct msys *m, const struct lm_evdb_table *t, const char *table, size_t i, const size_t columns[], size_t n)
{
    char prefix[64], key[128];
    (void)snprintf(prefix, sizeof prefix, "%s", table);
    if (i != 0)
        (void)snprintf(prefix, sizeof prefix, "%s[%zu]", table, i + 1);
    for (size_t k = 0; k < n; k++) {
        (void)snprintf(key, sizeof key, "%s.%.*s", prefix, LM_STR_ARG(lm_evdb_column_name(t, columns[k])));
        lm_dbread_raw_column(m->r, t, columns[k], key);
    }
    lm_dbread_raw_as(m->r, t, prefix);
}

static lm_err titles(struct msys *m, struct lm_evdb_table *t, size_t title_column, size_t subtitle_column, struct lm_str *ret_note)
{
    struct lm_str title, subtitle;
    lm_err err = text_at(m->r, t, title_column, &title);
    if (err == LM_OK)
        err = text_at(m->r, t, subtitle_column, &subtitle);
    if (err != LM_OK)
        return err;
    if (m->title.n == 0) {
        m->title = title;
        m->subtitle = subtitle;
    }
    *ret_note = title;
    if (title.n != 0 && subtitle.n != 0)
        *ret_note = lm_arena_printf(m->r->ctx->record, "%.*s: %.*s", LM_STR_ARG(title), LM_STR_ARG(subtitle));
    else if (title.n == 0)
        *ret_note = subtitle;
    return ret_note->p != NULL || ret_note->n == 0 ? LM_OK : LM_ENOMEM;
}

static lm_err on_file(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_attachment one = { .bytes = -1 };
    struct lm_str url;
    int64_t bytes;
    (void)rowid;
    lm_err err = text_at(r, t, A_FILE, &one.name);
    if (err == LM_OK)
        err = text_at(r, t, A_TYPE, &one.type);
    if (err == LM_OK)
        err = text_at(r, t, A_URL, &url);
    if (err == LM_OK)
        err = titles(m, t, A_TITLE, A_SUBTITLE, &one.note);
    if (err != LM_OK)
        return err;
    if (one.name.n == 0)
        one.name = url;
    if (lm_evdb_i64(t, A_BYTES, &bytes) && bytes >= 0)
        one.bytes = bytes;
    kept(m, t, "attachments", m->ev->n_attachments, (const size_t[]){ A_URL }, lm_evdb_bytes(t, A_FILE).n != 0);
    return add_file(m, &one);
}

static lm_err on_item(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_str ignored;
    (void)r;
    (void)rowid;
    kept(m, t, "attachment_items", m->n_items++, (const size_t[]){ 1, 2 }, 2);
    return titles(m, t, 1, 2, &ignored);
}

static lm_err on_cta(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    (void)r;
    (void)rowid;
    kept(m, t, "attachment_ctas", m->n_ctas++, (const size_t[]){ 1 }, 1);
    return LM_OK;
}

static lm_err on_reaction(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_str by, what;
    (void)rowid;
    lm_err err = text_at(r, t, R_BY, &by);
    if (err == LM_OK)
        err = text_at(r, t, R_WHAT, &what);
    if (err == LM_OK)
        err = lm_dbread_push(r, (void **)&m->reacted, m->ev->n_reactions, &m->cap_reacted, sizeof *m->reacted);
    if (err != LM_OK)
        return err == LM_ELIMIT ? LM_OK : err;
    m->reacted[m->ev->n_reactions++] = (struct lm_reaction){ lm_people_is_owner(m->p, by) ? m->p->owner : lm_people_account(m->p, by), what };
    m->ev->reactions = m->reacted;
    kept(m, t, "reactions", m->ev->n_reactions - 1, (const size_t[]){ R_AT }, 1);
    return LM_OK;
}

static lm_err on_key(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)rowid;
    return text_at(r, t, 1, user);
}

static lm_err on_client_file(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_attachment one = { .bytes = -1 };
    struct lm_str token, path = none;
    int64_t bytes;
    (void)rowid;
    lm_err err = text_at(r, t, K_FILE, &one.note);
    if (err == LM_OK)
        err = text_at(r, t, K_TOKEN, &token);
    if (err == LM_OK && token.n != 0)
        err = lm_by_text_each(r, &m->keys, token, on_key, &path);
    if (err != LM_OK)
        return err;
    one.name = path.n != 0 ? path : one.note;
    one.note = path.n != 0 ? one.note : none;
    if (lm_evdb_i64(t, K_BYTES, &bytes) && bytes >= 0)
        one.bytes = bytes;
    kept(m, t, "client_attachments", m->ev->n_attachments, NULL, 0);
    return add_file(m, &one);
}

static void begin(struct msys *m, struct lm_event *ev)
{
    m->ev = ev;
    m->list = NULL;
    m->reacted = NULL;
    m->cap = m->cap_reacted = m->n_items = m->n_ctas = 0;
    m->title = m->subtitle = none;
}

/* --- messages --- */

static bool has_word(struct lm_str text, const char *lower)
{
    size_t n = strlen(lower);
    for (size_t i = 0; i + n <= text.n; i++)
        if (lm_str_is_nocase(lm_str_take(lm_str_skip(text, i), n), lower))
            return true;
    return false;
}

/* "45 secs", "12 mins", "1 hr 3 mins"; -1: something else */
static int64_t duration_of(struct lm_str s)
{
    int64_t all = -1, n = 0;
    bool any = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c >= '0' && c <= '9') {
            n = n < 1000000 ? n * 10 + (c - '0') : n;
            any = true;
        } else if (any && (c == 's' || c == 'm' || c == 'h')) {
            all = (all < 0 ? 0 : all) + n * (c == 's' ? 1 : c == 'm' ? 60 : 3600);
            any = false;
            n = 0;
        } else if (c != ' ' && any) {
            return -1;
        }
    }
    return any ? -1 : all;
}

/* A message whose attachment is titled "… call" stands for a call: the call itself, unless the file has a table of calls. */
static void call_by_title(struct msys *m, struct lm_event *ev)
{
    if (!has_word(m->title, "call"))
        return;
    ev->detail = m->title;
    ev->kind = m->has_calls ? LM_EVENT_OTHER : LM_EVENT_CALL;
    ev->flags |= m->has_calls ? LM_EVENT_SYSTEM : 0;
    ev->duration_s = duration_of(m->subtitle);
    if (has_word(m->title, "missed") || has_word(m->subtitle, "missed") || has_word(m->title, "declined"))
        ev->flags |= LM_EVENT_ATTEMPT;
}

enum { M_ID, M_THREAD, M_SENDER, M_AT, M_TEXT, M_ADMIN, M_UNSENT, M_REPLY, M_FORWARDED, M_EDITS, M_N };
static const char *const message_columns[M_N] = { "message_id", "thread_key", "sender_id", "timestamp_ms", "text", "is_admin_message",
                                                  "is_unsent", "reply_source_id", "is_forwarded", "edit_count" };

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = m->p->platform, .duration_s = -1 };
    struct lm_str key, sender;
    (void)rowid;
    begin(m, &ev);
    lm_err err = text_at(r, t, M_ID, &ev.native_id);
    if (err == LM_OK)
        err = text_at(r, t, M_THREAD, &key);
    if (err == LM_OK)
        err = text_at(r, t, M_SENDER, &sender);
    if (err == LM_OK)
        err = text_at(r, t, M_TEXT, &ev.text);
    if (err == LM_OK)
        err = text_at(r, t, M_REPLY, &ev.reply_to);
    if (err == LM_OK)
        err = thread_of(m, key, &one);
    if (err == LM_OK)
        err = lm_people_ends(m->p, one, sender, false, &ev);
    if (err == LM_OK)
        err = lm_by_text_each(r, &m->files, ev.native_id, on_file, m);
    if (err == LM_OK)
        err = lm_by_text_each(r, &m->items, ev.native_id, on_item, m);
    if (err == LM_OK)
        err = lm_by_text_each(r, &m->ctas, ev.native_id, on_cta, m);
    if (err == LM_OK)
        err = lm_by_text_each(r, &m->reactions, ev.native_id, on_reaction, m);
    if (err != LM_OK)
        return err;
    if (sender.n == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    ev.at = lm_dbread_when(r, t, M_AT, LM_EPOCH_UNIX_MS);
    call_by_title(m, &ev);
    if (lm_dbread_int(t, M_ADMIN) != 0) {
        ev.kind = ev.kind == LM_EVENT_MESSAGE ? LM_EVENT_OTHER : ev.kind;
        ev.flags |= ev.kind == LM_EVENT_OTHER ? LM_EVENT_SYSTEM : 0;
        ev.detail = ev.detail.n != 0 ? ev.detail : LM_STR("is_admin_message");
    }
    ev.flags |= (lm_dbread_int(t, M_UNSENT) != 0 ? LM_EVENT_DELETED : 0) | (lm_dbread_int(t, M_FORWARDED) != 0 ? LM_EVENT_FORWARDED : 0)
                | (lm_dbread_int(t, M_EDITS) != 0 ? LM_EVENT_EDITED : 0);
    lm_dbread_raw_column(r, t, M_EDITS, "edit_count");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

enum { L_PK, L_THREAD, L_SENDER, L_AT, L_TEXT, L_KIND, L_ID, L_N };
static const char *const client_columns[L_N] = { "pk", "thread_pk", "sender_contact_pk", "display_ts_ms", "text", "message_content_type", "message_id" };

static lm_err client_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = m->p->platform, .duration_s = -1, .detail = LM_STR("client_messages") };
    struct lm_str pk, key, sender;
    (void)rowid;
    begin(m, &ev);
    lm_err err = text_at(r, t, L_PK, &pk);
    if (err == LM_OK)
        err = text_at(r, t, L_THREAD, &key);
    if (err == LM_OK)
        err = text_at(r, t, L_SENDER, &sender);
    if (err == LM_OK)
        err = text_at(r, t, L_TEXT, &ev.text);
    if (err == LM_OK)
        err = text_at(r, t, L_ID, &ev.native_id);
    if (err == LM_OK)
        err = thread_of(m, key, &one);
    if (err == LM_OK)
        err = lm_people_ends(m->p, one, sender, false, &ev);
    if (err == LM_OK)
        err = lm_by_text_each(r, &m->client_files, pk, on_client_file, m);
    if (err != LM_OK)
        return err;
    if (sender.n == 0)
        lm_dbread_doubt(r, "who sent it is not said");
    ev.at = lm_dbread_when(r, t, L_AT, LM_EPOCH_UNIX_MS);
    lm_dbread_raw_column(r, t, L_PK, "pk");
    lm_dbread_raw_column(r, t, L_KIND, "message_content_type");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

enum { S_AT, S_THREAD, S_SENDER, S_TEXT, S_FILES, S_ID, S_N };
static const char *const secure_columns[S_N] = { "timestamp_ms", "thread_key", "sender_id", "text", "secure_message_attachments_encrypted", "message_id" };

static lm_err secure_message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = m->p->platform, .duration_s = -1, .detail = LM_STR("encrypted, not read") };
    struct lm_str key, sender;
    (void)rowid;
    lm_err err = text_at(r, t, S_THREAD, &key);
    if (err == LM_OK)
        err = text_at(r, t, S_SENDER, &sender);
    if (err == LM_OK)
        err = text_at(r, t, S_ID, &ev.native_id);
    if (err == LM_OK)
        err = thread_of(m, key, &one);
    if (err == LM_OK)
        err = lm_people_ends(m->p, one, sender, false, &ev);
    if (err != LM_OK)
        return err;
    ev.at = lm_dbread_when(r, t, S_AT, LM_EPOCH_UNIX_MS);
    lm_dbread_doubt(r, "encrypted, not read");
    lm_dbread_raw_column(r, t, S_TEXT, "text_encrypted");
    lm_dbread_raw_column(r, t, S_FILES, "secure_message_attachments_encrypted");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

enum { V_AT, V_DURATION, V_DIRECTION, V_MEDIA, V_THREAD, V_ID, V_N };
static const char *const call_columns[V_N] = { "call_timestamp_ms", "call_duration", "call_direction", "call_media_type", "thread_key", "call_id" };

static lm_err call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct msys *m = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_CALL, .platform = m->p->platform, .duration_s = -1 };
    struct lm_str key;
    int64_t direction = lm_dbread_int(t, V_DIRECTION), seconds;
    (void)rowid;
    lm_err err = text_at(r, t, V_THREAD, &key);
    if (err == LM_OK)
        err = text_at(r, t, V_ID, &ev.native_id);
    if (err == LM_OK)
        err = thread_of(m, key, &one);
    bool direct = err == LM_OK && one != NULL && one->ref.kind != LM_THREAD_GROUP; /* its key is the other's id */
    bool known = direction == CALL_OUT || direction == CALL_OUT + 1;
    if (err == LM_OK && direct)
        err = lm_people_member(m->p, one, key);
    if (err == LM_OK)
        err = lm_people_ends(m->p, one, direction != CALL_OUT && known && direct ? key : none, direction == CALL_OUT, &ev);
    if (err != LM_OK)
        return err;
    if (!known)
        lm_dbread_doubt(r, "which way the call went is not said");
    ev.at = lm_dbread_when(r, t, V_AT, LM_EPOCH_UNIX_MS);
    ev.detail = lm_dbread_int(t, V_MEDIA) == CALL_VIDEO ? LM_STR("video") : LM_STR("audio");
    if (lm_evdb_i64(t, V_DURATION, &seconds) && seconds >= 0) {
        ev.duration_s = seconds;
        ev.flags |= seconds == 0 ? LM_EVENT_ATTEMPT : 0;
    }
    lm_dbread_raw_column(r, t, V_DIRECTION, "call_direction");
    lm_dbread_raw_column(r, t, V_MEDIA, "call_media_type");
    lm_dbread_raw(r, t, false);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- the file --- */

static lm_err records(struct msys *m, const char *name, const char *const columns[], size_t n, lm_dbread_row one)
{
    struct lm_evdb_table *t = NULL;
    int64_t highest = 0;
    lm_err err = lm_dbread_table(m->r, name, columns, n, &t);
    if (err == LM_OK && (one == contact || one == thread))
        highest = -1;
    else if (err == LM_OK)
        err = lm_dbread_highest(m->r, name, NULL, &highest);
    return err == LM_OK ? lm_dbread_records(m->r, t, highest, one, m) : err;
}

static lm_err expect(struct msys *m, const char *name)
{
    static const size_t expected[] = { M_ID, M_THREAD, M_SENDER, M_AT, M_TEXT };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table(m->r, name, message_columns, M_N, &t);
    return err == LM_OK ? lm_dbread_expect(m->r, t, message_columns, expected, sizeof expected / sizeof *expected) : err;
}

lm_err lm_msys_read(struct lm_people *p)
{
    struct msys m = { .p = p, .r = p->r };
    const char *messages = lm_evdb_has_table(m.r->db, "messages") ? "messages" : "thread_messages";
    m.has_calls = lm_evdb_has_table(m.r->db, "call_log");
    lm_err err = people(&m);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "attachments", file_columns, A_N, &m.files);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "attachment_items", item_columns, 3, &m.items);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "attachment_ctas", cta_columns, 2, &m.ctas);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "reactions", reaction_columns, R_N, &m.reactions);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "client_attachments", client_file_columns, K_N, &m.client_files);
    if (err == LM_OK)
        err = lm_msys_side(m.r, "client_attachment_store_keys", key_columns, 2, &m.keys);
    if (err == LM_OK)
        err = expect(&m, messages);
    if (err == LM_OK)
        err = records(&m, "contacts", contact_columns, C_N, contact);
    if (err == LM_OK)
        err = records(&m, "threads", thread_columns, T_N, thread);
    if (err == LM_OK)
        err = records(&m, messages, message_columns, M_N, message);
    if (err == LM_OK)
        err = records(&m, "client_messages", client_columns, L_N, client_message);
    if (err == LM_OK)
        err = records(&m, "secure_messages", secure_columns, S_N, secure_message);
    return err == LM_OK ? records(&m, "call_log", call_columns, V_N, call) : err;
}
