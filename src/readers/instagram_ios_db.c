/* Instagram on iOS: DirectSQLiteDatabase/<user id>.db, whose rows hold NSKeyedArchiver archives.
 *
 * One row of messages, threads, mutations, thread_client_state, quick_reply or inbox_metadata is one record. The owner is threads.viewer_id, else the
 * number in the file's name. docs/readers/instagram_ios_db.md has the rules and what is not kept.
 */
#include <stdio.h>

#include "readers/shared/archive_tree.h"
#include "readers/shared/people.h"
#include "readers/shared/text.h"

#define MAX_SEARCH 4096 /* values looked at for a picture's address */
#define CALL_STARTED 1
#define CALL_ENDED 4

enum { M_ID, M_THREAD, M_ARCHIVE, M_CLASS, M_N = M_CLASS + 2 };
static const char *const message_columns[] = { "message_id", "thread_id", "archive", "class_name", "-row_id" };
enum { T_ID, T_VIEWER, T_METADATA, T_RANGE, T_VISUAL, T_N = T_VISUAL + 2 };
static const char *const thread_columns[] = { "thread_id", "viewer_id", "metadata", "thread_messages_range", "visual_message_info", "-row_id" };

#define METADATA "IGDirectPublishedMessageMetadata*metadata"
#define CONTENT "IGDirectPublishedMessageContent*content"
#define ACTIVITY "IGDirectThreadActivityAnnouncement*threadActivity"
#define USERS "NSArray<IGUser *>*users"
#define LEFT_USERS "NSArray<IGUser *>*leftUsers"

struct call {
    int64_t started, ended; /* microseconds; 0: not in the file */
};

struct igi {
    struct lm_dbread r;
    struct lm_people p;
    struct lm_map call_of; /* videoCallId → place in calls */
    struct call *calls;
    size_t n_calls, cap_calls;
};

static const struct lm_str none = { NULL, 0 };

static lm_err tree_of(struct lm_dbread *r, const struct lm_evdb_table *t, size_t column, struct lm_jnode **ret)
{
    bool odd = false, broken = false;
    lm_err err = lm_archive_tree(r->ctx->record, lm_evdb_bytes(t, column), ret, &odd, &broken);
    if (err == LM_OK && lm_evdb_bytes(t, column).n == 0)
        return LM_OK;
    r->altered |= err == LM_OK && odd;
    if (err == LM_OK && broken)
        lm_dbread_doubt(r, "an archive in it is damaged, too large or too deep: what can be read of it is kept");
    if (err == LM_OK && (*ret)->type == LM_JSON_NULL) {
        char key[64];
        (void)snprintf(key, sizeof key, "%.*s", LM_STR_ARG(lm_evdb_column_name(t, column)));
        lm_dbread_raw_column(r, t, column, key);
    }
    return err;
}

/* The first of several names that a member has had; marked as taken. */
static struct lm_str either(struct lm_jnode *object, const char *a, const char *b)
{
    struct lm_str s = lm_jtree_text(lm_jtree_take(object, a)), older = lm_jtree_text(lm_jtree_take(object, b));
    return s.n != 0 ? s : older;
}

/* --- people --- */

struct user {
    struct lm_str id, handle, name, email, phone, public_phone;
};

static struct user user_of(struct lm_jnode *n)
{
    struct lm_jnode *older = lm_jtree_get(n, "NSDictionary<NSString *, id>*userDict");
    struct user u = { .id = lm_jtree_text(lm_jtree_take(n, "pk")), .handle = either(n, "userName", "username"), .name = either(n, "fullName", "full_name"),
                      .email = lm_jtree_text(lm_jtree_take(n, "public_email")), .phone = lm_jtree_text(lm_jtree_take(n, "contact_phone_number")),
                      .public_phone = lm_jtree_text(lm_jtree_get(n, "public_phone_number")) };
    if (older != NULL && u.id.n == 0) {
        u = user_of(older);
        if (u.id.n == 0)
            u.id = lm_jtree_text(lm_jtree_take(older, "strong_id__"));
    }
    return u;
}

static lm_err learn(struct igi *g, struct lm_jnode *n, struct lm_people_thread *t)
{
    struct user u = user_of(n);
    lm_err err = lm_people_name(&g->p, u.id, u.name.n != 0 ? u.name : u.handle);
    return err == LM_OK ? lm_people_member(&g->p, t, u.id) : err;
}

static lm_err learn_list(struct igi *g, struct lm_jnode *list, struct lm_people_thread *t)
{
    lm_err err = LM_OK;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL && err == LM_OK; n = n->next)
        err = learn(g, n, t);
    return err;
}

static lm_err tell_user(struct igi *g, struct lm_people_facts *f, struct lm_jnode *n)
{
    struct user u = user_of(n);
    struct lm_str code = lm_jtree_text(lm_jtree_get(n, "public_phone_country_code"));
    lm_err err = lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_HANDLE, u.handle);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_NAME, u.name);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_EMAIL, u.email);
    if (err == LM_OK)
        err = lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_PHONE, u.phone);
    if (err == LM_OK && u.public_phone.n != 0 && code.n != 0) {
        struct lm_str whole = lm_arena_printf(g->r.ctx->record, "%s%.*s%.*s", code.p[0] == '+' ? "" : "+", LM_STR_ARG(code), LM_STR_ARG(u.public_phone));
        return whole.p != NULL ? lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_PHONE, whole) : LM_ENOMEM;
    }
    return err == LM_OK ? lm_people_identifier(&g->p, f, u.id, LM_IDENTIFIER_PHONE, u.public_phone) : err;
}

/* --- threads --- */

static lm_err on_viewer(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct igi *g = user;
    struct lm_str id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->file, t, T_VIEWER, &id);
    return err == LM_OK && g->p.owner.form == LM_ACCOUNT_OWNER ? lm_people_owner(&g->p, id) : err;
}

static lm_err on_thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct igi *g = user;
    struct lm_people_thread *thread;
    struct lm_jnode *root;
    struct lm_str id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, T_ID, &id);
    if (err == LM_OK)
        err = tree_of(r, t, T_METADATA, &root);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, id, &thread);
    if (err != LM_OK || thread == NULL)
        return err;
    err = learn(g, lm_jtree_get(root, "IGUser*inviter"), NULL);
    if (err == LM_OK)
        err = learn(g, lm_jtree_get(root, "IGUser*inviter_DEPRECATED"), NULL);
    if (err == LM_OK)
        err = learn_list(g, lm_jtree_get(root, USERS), thread);
    if (err == LM_OK)
        err = learn_list(g, lm_jtree_get(root, LEFT_USERS), NULL);
    if (err != LM_OK)
        return err;
    struct lm_str title = either(root, "NSString*title", "NSString*threadName");
    thread->ref.kind = lm_jtree_true(lm_jtree_get(root, "BOOLisGroup")) || thread->n > 1 ? LM_THREAD_GROUP
                       : thread->n == 1                                                   ? LM_THREAD_DIRECT
                                                                                          : LM_THREAD_UNKNOWN;
    if (title.n != 0) {
        thread->ref.title = lm_arena_copy(lm_people_arena(&g->p, thread), title);
        err = thread->ref.title.p != NULL ? LM_OK : LM_ENOMEM;
    }
    return err;
}

static lm_err thread(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    static const char *const people[] = { USERS, LEFT_USERS, "IGUser*inviter", "IGUser*inviter_DEPRECATED" };
    struct igi *g = user;
    struct lm_people_thread *thread;
    struct lm_people_facts f = { .n = 0 };
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_INSTAGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .detail = LM_STR("thread") };
    struct lm_jnode *root, *range, *visual;
    struct lm_str id;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, T_ID, &id);
    if (err == LM_OK)
        err = tree_of(r, t, T_METADATA, &root);
    if (err == LM_OK)
        err = tree_of(r, t, T_RANGE, &range);
    if (err == LM_OK)
        err = tree_of(r, t, T_VISUAL, &visual);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, id, &thread);
    if (err == LM_OK)
        err = lm_people_ends(&g->p, thread, none, true, &ev);
    for (size_t i = 0; i < sizeof people / sizeof *people && err == LM_OK; i++) {
        struct lm_jnode *n = lm_jtree_get(root, people[i]);
        if (n != NULL && n->type == LM_JSON_OBJECT)
            err = tell_user(g, &f, n);
        for (n = n != NULL && n->type == LM_JSON_ARRAY ? n->first : NULL; n != NULL && err == LM_OK; n = n->next)
            err = tell_user(g, &f, n);
    }
    if (err != LM_OK)
        return err;
    if (lm_evdb_bytes(t, T_METADATA).n == 0)
        lm_dbread_doubt(r, "nothing is said of the thread: its members are not known");
    (void)either(root, "NSString*title", "NSString*threadName");
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "thread_messages_range", range);
    lm_dbread_raw_tree(r, "visual_message_info", visual);
    lm_dbread_raw_tree(r, "metadata", root);
    ev.raw = lm_dbread_raw_done(r);
    err = lm_people_event(&g->p, &f, &ev);
    return err == LM_OK ? lm_dbread_emit(r, f.items, f.n) : err;
}

/* --- calls: one row says that a call began, another that it ended --- */

static lm_err on_call(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct igi *g = user;
    struct lm_jnode *root;
    struct lm_when at;
    uint64_t *place;
    int64_t type = 0;
    bool fresh;
    (void)rowid;
    if (lm_str_find(lm_evdb_bytes(t, M_ARCHIVE), LM_STR("videoCallId")) == SIZE_MAX)
        return LM_OK;
    lm_err err = tree_of(r, t, M_ARCHIVE, &root);
    struct lm_jnode *activity = err == LM_OK ? lm_jtree_get(lm_jtree_get(root, CONTENT), ACTIVITY) : NULL;
    struct lm_str id = lm_jtree_text(lm_jtree_get(activity, "NSString*videoCallId"));
    if (err != LM_OK || id.n == 0 || !lm_jtree_i64(lm_jtree_get(activity, "IGDirectVideoCallEventTypevoipEventType"), &type)
        || !lm_archive_date(lm_jtree_get(lm_jtree_get(root, METADATA), "NSDate*serverTimestamp"), &at))
        return err;
    if (lm_map_put(&g->call_of, id, g->n_calls, &place, &fresh) != LM_OK)
        return LM_ENOMEM;
    if (fresh) {
        struct call *grown = lm_arena_grow(r->ctx->file, g->calls, g->n_calls, &g->cap_calls, sizeof *grown);
        if (grown == NULL)
            return LM_ENOMEM;
        g->calls = grown;
        grown[g->n_calls++] = (struct call){ 0, 0 };
    }
    if (type == CALL_STARTED)
        g->calls[*place].started = at.us;
    else if (type == CALL_ENDED)
        g->calls[*place].ended = at.us;
    return LM_OK;
}

static void call(struct igi *g, struct lm_jnode *activity, struct lm_str title, struct lm_event *ev)
{
    struct lm_str id = lm_jtree_text(lm_jtree_get(activity, "NSString*videoCallId"));
    const uint64_t *place = lm_map_get(&g->call_of, id);
    int64_t type = 0;
    (void)lm_jtree_i64(lm_jtree_get(activity, "IGDirectVideoCallEventTypevoipEventType"), &type);
    const struct call *c = place != NULL ? &g->calls[*place] : NULL;
    ev->detail = title;
    ev->kind = LM_EVENT_CALL;
    if (type == CALL_ENDED && c != NULL && c->started != 0) { /* the call itself is the row that says that it began */
        ev->kind = LM_EVENT_OTHER;
        ev->flags |= LM_EVENT_SYSTEM;
        return;
    }
    if (type == CALL_STARTED && c != NULL && c->ended > c->started)
        ev->duration_s = (c->ended - c->started + LM_SECOND_US / 2) / LM_SECOND_US;
    if (lm_str_find(title, LM_STR("issed")) != SIZE_MAX)
        ev->flags |= LM_EVENT_ATTEMPT;
}

/* --- messages --- */

/* The first text with this start below n. */
static struct lm_str find_text(const struct lm_jnode *n, const char *start, unsigned *budget)
{
    struct lm_str found = none;
    for (const struct lm_jnode *c = n->first; c != NULL && found.n == 0 && *budget != 0; c = c->next) {
        (*budget)--;
        if (c->type == LM_JSON_STRING && lm_str_starts(c->text, lm_str(start)))
            return c->text;
        found = find_text(c, start, budget);
    }
    return found;
}

static lm_err one_file(struct igi *g, struct lm_jnode *n, struct lm_str class, struct lm_event *ev, struct lm_attachment **list, size_t *cap)
{
    unsigned budget = MAX_SEARCH;
    struct lm_jnode *version = lm_jtree_get(n, "imageVersions");
    struct lm_str id = lm_jtree_text(lm_jtree_take(n, "kIGPhotoMediaID"));
    struct lm_attachment one = { .bytes = -1, .type = class };
    one.name = lm_jtree_text(lm_jtree_get(lm_jtree_get(version != NULL ? version->first : NULL, "url"), "NS.relative"));
    if (one.name.n == 0)
        one.name = find_text(n, "http", &budget);
    one.note = lm_arena_printf(g->r.ctx->record, "not included%s%.*s", id.n != 0 ? "; media id " : "", LM_STR_ARG(id));
    if (one.note.p == NULL)
        return LM_ENOMEM;
    lm_err err = lm_dbread_push(&g->r, (void **)list, ev->n_attachments, cap, sizeof **list);
    if (err == LM_OK) {
        (*list)[ev->n_attachments++] = one;
        ev->attachments = *list;
    }
    return err == LM_ELIMIT ? LM_OK : err;
}

/* Every object of a class of pictures, films and sounds below n. */
static lm_err files(struct igi *g, struct lm_jnode *n, struct lm_event *ev, struct lm_attachment **list, size_t *cap)
{
    static const char *const classes[] = { "IGPhoto", "IGVideo", "IGAudio", "IGDirectAudio", "IGDirectAnimatedMedia" };
    lm_err err = LM_OK;
    for (struct lm_jnode *c = n != NULL ? n->first : NULL; c != NULL && err == LM_OK; c = c->next) {
        struct lm_str class = lm_jtree_text(lm_jtree_get(c, "$class"));
        bool is_file = false;
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
            is_file |= lm_str_is(class, classes[i]);
        err = is_file ? one_file(g, c, class, ev, list, cap) : files(g, c, ev, list, cap);
    }
    return err;
}

static lm_err reactions(struct igi *g, struct lm_jnode *list, struct lm_event *ev)
{
    struct lm_reaction *all = NULL;
    size_t cap = 0;
    for (struct lm_jnode *n = list != NULL && list->type == LM_JSON_ARRAY ? list->first : NULL; n != NULL; n = n->next) {
        struct lm_str by = either(n, "USER_BASED_REACTION_USER_ID", "userId");
        struct lm_str what = either(n, "USER_BASED_REACTION_EMOJI_UNICODE", "emojiUnicode");
        if (by.n == 0 && what.n == 0)
            continue;
        lm_err err = lm_dbread_push(&g->r, (void **)&all, ev->n_reactions, &cap, sizeof *all);
        if (err != LM_OK)
            return err == LM_ELIMIT ? LM_OK : err;
        all[ev->n_reactions++] = (struct lm_reaction){ lm_people_is_owner(&g->p, by) ? g->p.owner : lm_people_account(&g->p, by), what };
        ev->reactions = all;
    }
    return LM_OK;
}

static lm_err content_of(struct igi *g, struct lm_jnode *root, struct lm_event *ev)
{
    struct lm_jnode *content = lm_jtree_get(root, CONTENT), *activity = lm_jtree_get(content, ACTIVITY);
    struct lm_attachment *list = NULL;
    size_t cap = 0;
    struct lm_str subtype = lm_jtree_text(lm_jtree_get(content, "codedSubtype"));
    struct lm_str title = lm_jtree_text(lm_jtree_take(activity, "NSString*voipTitle"));
    struct lm_str action = lm_jtree_text(lm_jtree_take(activity, "NSString*actionLogTitle"));
    ev->kind = LM_EVENT_MESSAGE;
    ev->text = lm_jtree_text(lm_jtree_take(content, "NSString*string"));
    ev->detail = lm_str_eq(subtype, LM_STR("SUBTYPE_TEXT")) ? none : subtype;
    lm_err err = files(g, content, ev, &list, &cap);
    if (err == LM_OK)
        err = reactions(g, lm_jtree_get(root, "NSArray<IGDirectMessageReaction *>*reactions"), ev);
    if (err != LM_OK || activity == NULL)
        return err;
    if (title.n != 0 || lm_jtree_get(activity, "NSString*videoCallId") != NULL) {
        call(g, activity, title, ev);
    } else { /* "Liked a message", somebody joined … */
        ev->kind = LM_EVENT_OTHER;
        ev->detail = action.n != 0 ? action : subtype;
    }
    return LM_OK;
}

static lm_err message(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct igi *g = user;
    struct lm_people_thread *thread;
    struct lm_event ev = { .kind = LM_EVENT_MESSAGE, .platform = LM_PLATFORM_INSTAGRAM, .duration_s = -1 };
    struct lm_jnode *root, *quoted;
    struct lm_str in_thread, class;
    (void)rowid;
    lm_err err = lm_dbread_text(r, r->ctx->record, t, M_ID, &ev.native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_THREAD, &in_thread);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, M_CLASS, &class);
    if (err == LM_OK)
        err = tree_of(r, t, M_ARCHIVE, &root);
    if (err != LM_OK)
        return err;
    struct lm_jnode *metadata = lm_jtree_get(root, METADATA);
    struct lm_str sender = lm_jtree_text(lm_jtree_take(metadata, "NSString*senderPk"));
    struct lm_str server = lm_jtree_text(lm_jtree_get(metadata, "NSString*serverId")), other = lm_jtree_text(lm_jtree_get(metadata, "NSString*threadId"));
    if (lm_archive_date(lm_jtree_get(metadata, "NSDate*serverTimestamp"), &ev.at))
        (void)lm_jtree_take(metadata, "NSDate*serverTimestamp");
    else if (lm_jtree_get(metadata, "NSDate*serverTimestamp") != NULL)
        lm_dbread_doubt(r, "a time before 1970 or after 2200 is left out");
    if (lm_str_eq(server, ev.native_id) || ev.native_id.n == 0)
        ev.native_id = lm_jtree_text(lm_jtree_take(metadata, "NSString*serverId"));
    if (lm_str_eq(other, in_thread) || in_thread.n == 0)
        in_thread = lm_jtree_text(lm_jtree_take(metadata, "NSString*threadId"));
    err = lm_people_thread(&g->p, in_thread, &thread);
    if (err == LM_OK)
        err = lm_people_ends(&g->p, thread, sender, false, &ev);
    if (err == LM_OK)
        err = content_of(g, root, &ev);
    if (err != LM_OK)
        return err;
    if (sender.n == 0)
        lm_dbread_doubt(r, "who sent it is not said, or its archive cannot be read");
    quoted = lm_jtree_get(root, "IGDirectEmbeddedPublishedMessage*quotedMessage");
    ev.reply_to = lm_jtree_text(lm_jtree_get(lm_jtree_get(quoted, METADATA), "NSString*serverId"));
    if (ev.reply_to.n == 0)
        ev.reply_to = either(quoted, "NSString*serverId", "NSString*messageId");
    if (lm_jtree_get(root, "IGDirectForwardMetadata*forwardMetadata") != NULL)
        ev.flags |= LM_EVENT_FORWARDED;
    if (!lm_str_eq(class, LM_STR("IGDirectPublishedMessage")))
        lm_dbread_raw_text(r, "class_name", class);
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "archive", root);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- what else the app keeps: outgoing changes not yet sent, a thread's state on this phone, ready replies, the inbox --- */

enum { O_ARCHIVE, O_CURSORS, O_THREAD, O_MUTATION, O_MESSAGE, O_QUICK, O_SNAPSHOT, O_N = O_SNAPSHOT + 2 };
static const char *const other_columns[] = { "archive", "cursors", "thread_id", "mutation_id", "message", "quickReplyId", "snapshot_at_ms", "-row_id" };
static const char *const other_tables[] = { "mutations", "thread_client_state", "quick_reply", "inbox_metadata" };

static lm_err other(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct igi *g = user;
    struct lm_people_thread *thread;
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_INSTAGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1,
                           .from = g->p.owner, .detail = lm_evdb_table_name(t) };
    struct lm_jnode *archive, *cursors;
    struct lm_str id;
    (void)rowid;
    lm_err err = tree_of(r, t, O_ARCHIVE, &archive);
    if (err == LM_OK)
        err = tree_of(r, t, O_CURSORS, &cursors);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, O_THREAD, &id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, lm_evdb_has_column(t, O_MUTATION) ? O_MUTATION : O_QUICK, &ev.native_id);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, O_MESSAGE, &ev.text);
    if (err == LM_OK)
        err = lm_people_thread(&g->p, id, &thread);
    if (err != LM_OK)
        return err;
    if (thread != NULL)
        ev.thread = thread->ref;
    ev.at = lm_dbread_when(r, t, O_SNAPSHOT, LM_EPOCH_UNIX_MS);
    lm_dbread_raw(r, t, false);
    lm_dbread_raw_tree(r, "archive", archive);
    lm_dbread_raw_tree(r, "cursors", cursors);
    ev.raw = lm_dbread_raw_done(r);
    struct lm_fact f = { .kind = LM_FACT_EVENT, .event = ev };
    return lm_dbread_emit(r, &f, 1);
}

/* --- the reader --- */

/* "9368974384.db": the owner's id, when no thread says it */
static lm_err owner_by_name(struct igi *g)
{
    struct lm_str name = lm_text_file_name(g->r.ctx->in->path);
    size_t digits = 0;
    while (digits < name.n && name.p[digits] >= '0' && name.p[digits] <= '9')
        digits++;
    bool is_id = digits >= 4 && digits <= 20 && lm_str_eq(lm_str_skip(name, digits), LM_STR(".db"));
    return is_id && g->p.owner.form == LM_ACCOUNT_OWNER ? lm_people_owner(&g->p, lm_str_take(name, digits)) : LM_OK;
}

static lm_err prepare(struct igi *g)
{
    static const size_t thread_expected[] = { T_ID, T_VIEWER, T_METADATA }, message_expected[] = { M_ID, M_THREAD, M_ARCHIVE };
    struct lm_evdb_table *threads = NULL, *messages = NULL;
    lm_err err = lm_dbread_table(&g->r, "threads", thread_columns, T_N, &threads);
    if (err == LM_OK)
        err = lm_dbread_expect(&g->r, threads, thread_columns, thread_expected, 3);
    if (err == LM_OK)
        err = lm_dbread_rows(&g->r, threads, on_viewer, g);
    if (err == LM_OK)
        err = owner_by_name(g);
    if (err == LM_OK)
        err = lm_dbread_rows(&g->r, threads, on_thread, g);
    if (err == LM_OK)
        err = lm_dbread_table(&g->r, "messages", message_columns, M_N, &messages);
    if (err == LM_OK)
        err = lm_dbread_expect(&g->r, messages, message_columns, message_expected, 3);
    return err == LM_OK ? lm_dbread_rows(&g->r, messages, on_call, g) : err;
}

/* The magic (128 bits) and columns that no other app has together (40). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "messages.archive", "messages.thread_id", "threads.viewer_id", "threads.metadata" };
    return lm_dbread_peek(in, head, tables, 4) == 15 ? 168 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct igi g = { .n_calls = 0 };
    lm_err err = lm_dbread_open(&g.r, ctx, sink);
    lm_people_init(&g.p, &g.r, LM_PLATFORM_INSTAGRAM);
    lm_map_init(&g.call_of, ctx->file);
    if (err == LM_OK && !lm_evdb_has_table(g.r.db, "messages") && !lm_evdb_has_table(g.r.db, "threads"))
        err = lm_fail(ctx->error, LM_EINPUT, "neither of the tables messages and threads is in it");
    if (err == LM_OK)
        err = prepare(&g);
    if (err == LM_OK)
        err = lm_dbread_table_records(&g.r, "threads", NULL, thread_columns, T_N, thread, &g);
    if (err == LM_OK)
        err = lm_dbread_table_records(&g.r, "messages", NULL, message_columns, M_N, message, &g);
    for (size_t i = 0; i < sizeof other_tables / sizeof *other_tables && err == LM_OK; i++)
        err = lm_dbread_table_records(&g.r, other_tables[i], NULL, other_columns, O_N, other, &g);
    return lm_dbread_finish(&g.r, err);
}

const struct lm_reader lm_reader_instagram_ios_db = {
    .name = "instagram_ios_db",
    .title = "Instagram on iOS: DirectSQLiteDatabase/<user id>.db",
    .reference = "log2timeline/plaso 4ea03ef9 (one file, names), abrignoni/iLEAPP instagramThreads (older names), checked 2026-11",
    .tested_on = "one file of another project; our own files",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
