/* Instagram on Android: direct.db, whose rows hold messages and threads as JSON, and ig_msys_database_<id> (shared/msys.c).
 *
 * Times of direct.db are microseconds since 1970 UTC. One row of messages or threads is one record; the owner is session.user_id, else what the
 * threads say. docs/readers/instagram_android_db.md has the rules.
 */
#include <stdio.h>

#include "readers/shared/msys.h"

#define LATEST_US (INT64_C(7258118400) * LM_SECOND_US) /* 2200 */
#define MAX_SEARCH 4096                                /* values looked at for a file's address */

enum { M_THREAD, M_AT, M_TYPE, M_TEXT, M_JSON, M_N };
static const char *const message_columns[M_N] = { "thread_id", "timestamp", "message_type", "text", "message" };
enum { T_ID, T_INFO, T_OWNER, T_N };
static const char *const thread_columns[T_N] = { "thread_id", "thread_info", "user_id" };

struct iga {
    struct lm_dbread r;
    struct lm_people p;
};

static const struct lm_str none = { NULL, 0 };

static lm_err text_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_str *ret)
{
    return lm_dbread_text(r, r->ctx->record, t, column, ret);
}

static lm_err json_at(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_jnode **ret)
{
    bool odd = false, broken = false;
    lm_err err = lm_jtree_parse(r->ctx->record, lm_evdb_bytes(t, column), ret, &odd, &broken);
    r->altered |= err == LM_OK && odd;
    if (err == LM_OK && broken) { /* the whole as it stands as well */
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s_damaged", LM_STR_ARG(lm_evdb_column_name(t, column)));
        lm_dbread_raw_column(r, t, column, key);
        lm_dbread_doubt(r, "JSON in it breaks off or is too large: what stands before that is kept");
    }
    return err;
}

/* --- people and threads --- */

static lm_err on_owner(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct iga *g = user;
    struct lm_str id;
    (void)rowid;
    lm_err err = text_at(r, t, 0, &id);
    return err == LM_OK && g->p.owner.form == LM_ACCOUNT_OWNER ? lm_people_owner(&g->p, id) : err;
}

static struct lm_str id_of(struct lm_jnode *user)
{
    struct lm_str id = lm_jtree_text(lm_jtree_get(user, "id"));
    return id.n != 0 ? id : lm_jtree_text(lm_jtree_get(user, "pk"));
}

static struct lm_str thread_id_of(struct lm_str column, struct lm_jnode *root)
{
    struct lm_str id = lm_jtree_text(lm_jtree_get(lm_jtree_get(root, "key"), "thread_id"));
    if (id.n == 0)
        id = lm_jtree_text(lm_jtree_get(lm_jtree_get(root, "thread_key"), "thread_id"));
    return column.n != 0 ? column : id;
}

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct iga *g = user;
    struct lm_people_thread *thread;
    struct lm_jnode *root;
    struct lm_str column, title;
    (void)rowid;
    lm_err err = text_at(r, t, T_ID, &column);
    if (err == LM_OK)
        err = json_at(r, t, T_INFO, &root);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, thread_id_of(column, root), &thread);
    struct lm_jnode *list = err == LM_OK ? lm_jtree_get(root, "recipients") : NULL;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL && err == LM_OK; n = n->next) {
        struct lm_str name = lm_jtree_text(lm_jtree_get(n, "full_name"));
        err = lm_people_name(&g->p, id_of(n), name.n != 0 ? name : lm_jtree_text(lm_jtree_get(n, "username")));
        if (err == LM_OK)
            err = lm_people_member(&g->p, thread, id_of(n));
    }
    if (err != LM_OK || thread == NULL)
        return err;
    title = lm_jtree_text(lm_jtree_get(root, "thread_title"));
    thread->ref.kind = thread->n > 1 || lm_jtree_true(lm_jtree_get(root, "is_group")) ? LM_THREAD_GROUP
                       : thread->n == 1                                                ? LM_THREAD_DIRECT
                                                                                       : LM_THREAD_UNKNOWN;
    if (title.n != 0)
        thread->ref.title = lm_arena_copy(lm_people_arena(&g->p, thread), title);
    return title.n == 0 || thread->ref.title.p != NULL ? LM_OK : LM_ENOMEM;
}

static lm_err thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct iga *g = user;
    struct lm_people_thread *one;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_INSTAGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("thread") };
    struct lm_jnode *root;
    struct lm_str column;
    (void)rowid;
    lm_err err = text_at(r, t, T_ID, &column);
    if (err == LM_OK)
        err = json_at(r, t, T_INFO, &root);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, thread_id_of(column, root), &one);
    if (err == LM_OK)
        err = lm_people_ends(&g->p, one, none, true, &ev);
    struct lm_jnode *list = err == LM_OK ? lm_jtree_get(root, "recipients") : NULL;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL && err == LM_OK; n = n->next) {
        struct lm_str id = id_of(n);
        err = lm_people_identifier(&g->p, &f, id, LM_IDENTIFIER_HANDLE, lm_jtree_text(lm_jtree_take(n, "username")));
        if (err == LM_OK)
            err = lm_people_identifier(&g->p, &f, id, LM_IDENTIFIER_NAME, lm_jtree_text(lm_jtree_take(n, "full_name")));
    }
    if (err != LM_OK)
        return err;
    (void)lm_jtree_take(root, "thread_title");
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "thread_info", root);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

/* --- messages --- */

static struct lm_str find_address(const struct lm_jnode *n, unsigned *budget)
{
    struct lm_str found = none;
    for (const struct lm_jnode *c = n != NULL ? n->first : NULL; c != NULL && found.n == 0 && *budget != 0; c = c->next) {
        (*budget)--;
        if (c->type == LM_JSON_STRING && lm_str_starts(c->text, LM_STR("http")))
            return c->text;
        found = find_address(c, budget);
    }
    return found;
}

/* Pictures, films and sounds: the member of the JSON that holds one is named by its kind. */
static lm_err files(struct iga *g, struct lm_jnode *root, struct lm_event *ev)
{
    static const char *const keys[] = { "media", "visual_media", "voice_media", "raven_media", "animated_media", "media_share", "clip", "story_share", "felix_share" };
    struct lm_attachment *list = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        unsigned budget = MAX_SEARCH;
        struct lm_jnode *n = lm_jtree_get(root, keys[i]);
        if (n == NULL)
            continue;
        struct lm_attachment one = { .bytes = -1, .name = find_address(n, &budget), .type = lm_str(keys[i]), .note = lm_jtree_text(lm_jtree_get(n, "id")) };
        lm_err err = lm_dbread_push(&g->r, (void **)&list, ev->n_attachments, &cap, sizeof *list);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        list[ev->n_attachments++] = one;
        ev->attachments = list;
    }
    return LM_OK;
}

/* reactions {emojis: [{sender_id, emoji, timestamp}], likes: [{sender_id, timestamp}]} */
static lm_err reactions(struct iga *g, struct lm_jnode *root, struct lm_event *ev)
{
    static const char *const lists[] = { "emojis", "likes" };
    struct lm_reaction *all = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < 2; i++) {
        struct lm_jnode *list = lm_jtree_get(lm_jtree_get(root, "reactions"), lists[i]);
        for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL; n = n->next) {
            struct lm_str by = lm_jtree_text(lm_jtree_take(n, "sender_id")), what = lm_jtree_text(lm_jtree_take(n, "emoji"));
            if (by.n == 0)
                continue;
            lm_err err = lm_dbread_push(&g->r, (void **)&all, ev->n_reactions, &cap, sizeof *all);
            if (err != LM_OK)
                return err == LM_ELIMIT ? LM_OK : err;
            all[ev->n_reactions++] = (struct lm_reaction){ lm_people_is_owner(&g->p, by) ? g->p.owner : lm_people_account(&g->p, by),
                                                           what.n != 0 ? what : LM_STR("like") };
            ev->reactions = all;
        }
    }
    return LM_OK;
}

static void kind_of(struct lm_jnode *root, struct lm_str type, struct lm_event *ev)
{
    struct lm_jnode *call = lm_jtree_get(root, "video_call_event"), *action = lm_jtree_get(root, "action_log");
    ev->detail = lm_str_eq(type, LM_STR("text")) ? none : type;
    if (call != NULL) { /* a call that began; one that ended is told as such, not as another call */
        struct lm_str what = lm_jtree_text(lm_jtree_take(call, "action")), said = lm_jtree_text(lm_jtree_take(call, "description"));
        bool ended = lm_str_find(what, LM_STR("ended")) != SIZE_MAX;
        ev->kind = ended ? LM_EVENT_OTHER : LM_EVENT_CALL;
        ev->flags |= (ended ? LM_EVENT_SYSTEM : 0) | (lm_str_find(what, LM_STR("missed")) != SIZE_MAX ? LM_EVENT_ATTEMPT : 0);
        ev->detail = what.n != 0 ? what : type;
        ev->text = ev->text.n != 0 ? ev->text : said;
    } else if (action != NULL || lm_str_eq(type, LM_STR("action_log"))) {
        struct lm_str said = lm_jtree_text(lm_jtree_take(action, "description"));
        ev->kind = LM_EVENT_OTHER;
        ev->detail = said.n != 0 ? said : LM_STR("action_log");
    }
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct iga *g = user;
    struct lm_people_thread *one;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_INSTAGRAM, .duration_s = -1 };
    struct lm_jnode *root;
    struct lm_str column, type;
    int64_t us = 0;
    (void)rowid;
    lm_err err = text_at(r, t, M_THREAD, &column);
    if (err == LM_OK)
        err = text_at(r, t, M_TYPE, &type);
    if (err == LM_OK)
        err = text_at(r, t, M_TEXT, &ev.text);
    if (err == LM_OK)
        err = json_at(r, t, M_JSON, &root);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, thread_id_of(column, root), &one);
    struct lm_str sender = err == LM_OK ? lm_jtree_text(lm_jtree_take(root, "user_id")) : none;
    if (err == LM_OK)
        err = lm_people_ends(&g->p, one, sender, false, &ev);
    if (err != LM_OK)
        return err;
    struct lm_str said = lm_jtree_text(lm_jtree_get(root, "text")), kind = lm_jtree_text(lm_jtree_take(root, "item_type"));
    if (ev.text.n == 0 || lm_str_eq(said, ev.text))
        (void)lm_jtree_take(root, "text");
    ev.text = ev.text.n != 0 ? ev.text : said;
    if (ev.text.n == 0)
        ev.text = lm_jtree_text(lm_jtree_take(lm_jtree_get(root, "reel_share"), "text"));
    if (lm_evdb_i64(t, M_AT, &us) || lm_jtree_i64(lm_jtree_get(root, "timestamp"), &us)) {
        if (us > 0 && us < LATEST_US)
            ev.at = (struct lm_when){ .us = us, .quality = LM_TIME_UTC };
        else if (us != 0)
            lm_dbread_doubt(r, "a time before 1970 or after 2200 is left out");
    }
    int64_t again;
    if (lm_jtree_i64(lm_jtree_get(root, "timestamp"), &again) && again == us)
        (void)lm_jtree_take(root, "timestamp");
    ev.native_id = lm_jtree_text(lm_jtree_take(root, "item_id"));
    ev.reply_to = lm_jtree_text(lm_jtree_take(lm_jtree_get(root, "replied_to_message"), "item_id"));
    kind_of(root, kind.n != 0 ? kind : type, &ev);
    err = files(g, root, &ev);
    if (err == LM_OK)
        err = reactions(g, root, &ev);
    if (err != LM_OK)
        return err;
    if (sender.n == 0)
        lm_dbread_doubt(r, "who sent it is not said, or its JSON cannot be read");
    if (!lm_str_eq(type, kind))
        lm_dbread_raw_text(r, "message_type", type);
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "message", root);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- the reader --- */

static lm_err read_direct(struct iga *g)
{
    static const char *const session[] = { "user_id" };
    static const size_t expected[] = { M_THREAD, M_AT, M_JSON };
    struct lm_evdb_table *t = NULL;
    lm_err err = lm_dbread_table_rows(&g->r, "session", session, 1, on_owner, g);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&g->r, "threads", session, 1, on_owner, g);
    if (err == LM_OK)
        err = lm_dbread_table_rows(&g->r, "threads", thread_columns, T_N, on_thread, g);
    if (err == LM_OK)
        err = lm_dbread_table(&g->r, "messages", message_columns, M_N, &t);
    if (err == LM_OK)
        err = lm_dbread_expect(&g->r, t, message_columns, expected, 3);
    if (err == LM_OK)
        err = lm_dbread_table_records(&g->r, "threads", NULL, thread_columns, T_N, thread, g);
    return err == LM_OK ? lm_dbread_table_records(&g->r, "messages", NULL, message_columns, M_N, message, g) : err;
}

/* The magic (128 bits) and columns that no other app has together (40). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages.message_type", "messages.message", "messages.thread_id", "threads.thread_info" };
    uint32_t found = lm_dbread_peek(in, head, tables, 4);
    return (found & 7) == 7 || (found & 8) != 0 || lm_msys_which(in, head) == LM_MSYS_INSTAGRAM_ANDROID ? 168 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct iga g = { .p = { .n = 0 } };
    lm_err err = lm_dbread_open(&g.r, ctx, sink);
    lm_people_init(&g.p, &g.r, LM_PLATFORM_INSTAGRAM);
    bool messages = err == LM_OK && lm_evdb_has_table(g.r.db, "messages"), threads = err == LM_OK && lm_evdb_has_table(g.r.db, "threads");
    bool msys = err == LM_OK && lm_msys_which(ctx->in, ctx->in->bytes) != LM_MSYS_NONE;
    if (err == LM_OK && !messages && !threads && !msys)
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables messages and threads is in it");
    if (err == LM_OK)
        err = msys ? lm_msys_read(&g.p) : read_direct(&g);
    return lm_dbread_finish(&g.r, err);
}

const struct lm_reader lm_reader_instagram_android_db = {
    .name = "instagram_android_db",
    .title = "Instagram on Android: direct.db, ig_msys_database_<id>",
    .reference = "karlicoss/HPI 03f59883 my/instagram/android (names of the JSON), abrignoni/ALEAPP (tables), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
