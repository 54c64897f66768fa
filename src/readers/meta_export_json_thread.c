/* meta_export_json_thread.c - which thread a file is part of, who is in it, whose export and which platform
 * it is. */
#include "readers/meta_export_json.h"

#include "readers/shared/mojibake.h"

#define REPEATED LM_ACCOUNT_NATIVE /* of a member while the list is read: the name stands there twice */

/* --- people --- */

static bool is_owner(const struct meta *m, struct lm_str name)
{
    for (size_t i = 0; i < m->n_owner_names; i++)
        if (name.n != 0 && lm_str_eq(name, m->owner_names[i]))
            return true;
    return false;
}

struct lm_account_ref meta_account(const struct meta *m, struct lm_str name)
{
    struct lm_account_ref a = { .platform = m->platform, .display = name };
    a.form = is_owner(m, name) ? LM_ACCOUNT_OWNER : name.n != 0 ? LM_ACCOUNT_NAME : LM_ACCOUNT_NONE;
    return a;
}

bool meta_same(const struct lm_account_ref *a, const struct lm_account_ref *b)
{
    return a->form == b->form && (a->form == LM_ACCOUNT_OWNER || lm_str_eq(a->display, b->display));
}

static lm_err add_member(struct meta *m, struct lm_str name)
{
    struct lm_arena *a = m->r.ctx->file;
    for (size_t i = 0; i < m->n_members; i++) {
        if (lm_str_eq(m->members[i].display, name)) {
            m->members_doubtful = true; /* two of one name, or several deleted accounts */
            m->members[i].form = REPEATED;
            return LM_OK;
        }
    }
    if (name.n == 0 || m->n_members == META_MAX_MEMBERS) {
        m->members_doubtful = true;
        return LM_OK;
    }
    if (m->n_members == m->cap_members) {
        size_t cap = m->cap_members == 0 ? 8 : m->cap_members * 2;
        struct lm_account_ref *more = lm_arena_array(a, cap, sizeof *more);
        if (more == NULL)
            return LM_ENOMEM;
        if (m->n_members != 0)
            memcpy(more, m->members, m->n_members * sizeof *more);
        m->members = more;
        m->cap_members = cap;
    }
    m->members[m->n_members++] = (struct lm_account_ref){ .display = name };
    return LM_OK;
}

/* --- which platform --- */

static bool mentions(struct lm_str s, const char *word)
{
    return lm_str_find(s, lm_str(word)) != SIZE_MAX;
}

static void platform_is(struct meta *m, enum lm_platform p)
{
    if (!m->platform_told) {
        m->platform = p;
        m->platform_told = true;
    }
}

static void platform_from_path(struct meta *m)
{
    struct lm_str path = m->r.ctx->in->path;
    bool ig = mentions(path, "instagram"), fb = mentions(path, "facebook") || mentions(path, "messenger");
    if (ig != fb)
        platform_is(m, ig ? LM_PLATFORM_INSTAGRAM : LM_PLATFORM_FACEBOOK);
}

/* Members that only one of the two writes; threadName is Messenger's. */
static void platform_from_key(struct meta *m, struct lm_str key)
{
    if (lm_str_starts(key, LM_STR("account_history_log")) || lm_str_eq(key, LM_STR("profile_user")))
        platform_is(m, LM_PLATFORM_INSTAGRAM);
    else if (lm_str_eq(key, LM_STR("profile_v2")) || lm_str_eq(key, LM_STR("threadName")))
        platform_is(m, LM_PLATFORM_FACEBOOK);
}

/* --- the root object, looked through --- */

/* Text of a token, repaired, in the file arena. */
static lm_err file_text(struct meta *m, const struct lm_json_token *t, struct lm_str *ret)
{
    struct lm_str copy = lm_arena_copy(m->r.ctx->file, t->text);
    return copy.p == NULL ? LM_ENOMEM : lm_mojibake_repair(m->r.ctx->file, copy, ret);
}

static lm_err participant(struct meta *m, struct lm_json *j, const struct lm_json_token *t)
{
    struct lm_json_token k, v;
    struct lm_str name = { NULL, 0 };
    lm_err e = LM_OK;
    if (t->type == LM_JSON_STRING) {
        m->encrypted_form = true;
        e = file_text(m, t, &name);
        if (e == LM_OK && m->n_members == 0 && m->n_owner_names < META_MAX_OWNER_NAMES)
            m->owner_names[m->n_owner_names++] = name;
    } else if (t->type == LM_JSON_OBJECT) {
        while (lm_json_next(j, &k) == LM_OK && k.type == LM_JSON_KEY) {
            bool is_name = lm_str_eq(k.text, LM_STR("name"));
            if (lm_json_next(j, &v) != LM_OK)
                break;
            if (is_name && v.type == LM_JSON_STRING)
                e = file_text(m, &v, &name);
            if (e != LM_OK || lm_json_skip(j, &v, NULL) != LM_OK)
                break;
        }
    } else {
        (void)lm_json_skip(j, t, NULL);
    }
    return e != LM_OK ? e : add_member(m, name);
}

static lm_err participants(struct meta *m, struct lm_json *j, const struct lm_json_token *array)
{
    struct lm_json_token t;
    if (array->type != LM_JSON_ARRAY)
        return LM_OK;
    m->members_listed = true;
    while (lm_json_next(j, &t) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        lm_err e = participant(m, j, &t);
        if (e != LM_OK)
            return e;
    }
    return LM_OK;
}

static lm_err look_at_root(struct meta *m)
{
    struct lm_json j;
    struct lm_json_token k, v;
    lm_err e = LM_OK;
    lm_json_init(&j, m->r.j.in);
    bool more = lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_OBJECT;
    while (more && e == LM_OK && lm_json_next(&j, &k) == LM_OK && k.type == LM_JSON_KEY) {
        struct lm_str *text = lm_str_eq(k.text, LM_STR("title"))         ? &m->title
                              : lm_str_eq(k.text, LM_STR("threadName"))  ? &m->title
                              : lm_str_eq(k.text, LM_STR("thread_path")) ? &m->path
                              : lm_str_eq(k.text, LM_STR("thread_type")) ? &m->type
                                                                         : NULL;
        platform_from_key(m, k.text);
        bool people = lm_str_eq(k.text, LM_STR("participants"));
        bool still = lm_str_eq(k.text, LM_STR("is_still_participant"));
        bool lists = lm_str_eq(k.text, LM_STR("messages"));
        if (lm_json_next(&j, &v) != LM_OK)
            break;
        if (text != NULL && v.type == LM_JSON_STRING)
            e = file_text(m, &v, text);
        else if (people)
            e = participants(m, &j, &v);
        else if (still && v.type == LM_JSON_FALSE)
            m->left = true;
        more = lists ? lm_jread_pass_list(&j, &v) == LM_OK : lm_json_skip(&j, &v, NULL) == LM_OK;
    }
    lm_json_free(&j);
    return e;
}

/* --- the thread's name --- */

/* Without its last component and the slash before that. */
static struct lm_str folder_of(struct lm_str path)
{
    size_t n = path.n;
    while (n != 0 && path.p[n - 1] != '/')
        n--;
    return lm_str_take(path, n != 0 ? n - 1 : 0);
}

/* "…/messages/inbox/jane_1/message_2.json" → "inbox/jane_1", which is what thread_path says in whole files.
 */
static struct lm_str thread_from_path(struct lm_str path)
{
    struct lm_str folder = folder_of(path), top = folder_of(folder_of(folder));
    struct lm_str name = lm_str_skip(path, folder.n != 0 ? folder.n + 1 : 0);
    bool usual = lm_str_starts(name, LM_STR("message")) && lm_str_ends(top, LM_STR("messages"));
    return usual ? lm_str_skip(folder, top.n + 1) : path;
}

static struct lm_str native_of(const struct meta *m)
{
    struct lm_str path = m->r.ctx->in->path;
    if (m->path.n != 0)
        return m->path;
    if (m->encrypted_form && m->title.n != 0)
        return m->title; /* "Jane Doe_7": the number keeps threads of one name apart */
    return thread_from_path(path);
}

static enum lm_thread_kind kind_of(const struct meta *m)
{
    if (lm_str_eq(m->type, LM_STR("RegularGroup")))
        return LM_THREAD_GROUP;
    if (m->members_doubtful || m->n_members < 2)
        return LM_THREAD_UNKNOWN;
    return m->n_members == 2 ? LM_THREAD_DIRECT : LM_THREAD_GROUP;
}

/* --- whose export --- */

static lm_err owner_and_platform_from_neighbours(struct meta *m)
{
    static const struct {
        const char *path;
        enum lm_platform platform;
    } files[] = {
        { "personal_information/profile_information/profile_information.json", LM_PLATFORM_FACEBOOK },
        { "profile_information/profile_information.json", LM_PLATFORM_FACEBOOK },
        { "personal_information/personal_information/personal_information.json", LM_PLATFORM_INSTAGRAM },
        { "personal_information/personal_information.json", LM_PLATFORM_INSTAGRAM },
        { "account_information/personal_information.json", LM_PLATFORM_INSTAGRAM },
    };
    static const char *const tops[] = { "../../../../", "../../../" };
    for (size_t t = 0; t < 2; t++) {
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            struct lm_str bytes, path = lm_arena_printf(m->r.ctx->file, "%s%s", tops[t], files[i].path);
            if (path.p == NULL)
                return LM_ENOMEM;
            if (lm_input_sibling(m->r.ctx->in, path, &bytes) != LM_OK)
                continue;
            platform_is(m, files[i].platform);
            return meta_owner_names(m, bytes);
        }
    }
    return LM_OK;
}

/* Names of media files, and the words that stand for deleted accounts. */
static void platform_from_text(struct meta *m)
{
    struct lm_str in = lm_str_take(m->r.j.in, (size_t)1 << 20);
    bool ig = mentions(in, "\"your_instagram_activity/"), fb = mentions(in, "\"your_facebook_activity/");
    for (size_t i = 0; i < m->n_members; i++) {
        ig = ig || lm_str_eq_nocase(m->members[i].display, LM_STR("instagram user"));
        fb = fb || lm_str_eq_nocase(m->members[i].display, LM_STR("facebook user"));
    }
    ig = ig || mentions(m->path, "/instagramuser_");
    fb = fb || mentions(m->path, "/facebookuser_");
    if (ig != fb)
        platform_is(m, ig ? LM_PLATFORM_INSTAGRAM : LM_PLATFORM_FACEBOOK);
}

static lm_err settle(struct meta *m)
{
    size_t owners = 0;
    for (size_t i = 0; i < m->n_members; i++)
        if (is_owner(m, m->members[i].display))
            owners += m->members[i].form == REPEATED ? 2 : 1;
    if (owners > 1)
        m->n_owner_names = 0; /* two people of the owner's name in one thread: neither is surely the owner */
    for (size_t i = 0; i < m->n_members; i++)
        m->members[i] = meta_account(m, m->members[i].display);
    m->thread = (struct lm_thread_ref){ .native = native_of(m), .title = m->title, .kind = kind_of(m) };
    lm_err e = LM_OK;
    if (!m->platform_told)
        e = lm_jread_notice(&m->r, 0, m->r.j.in.n,
                            "nothing says whether this is Facebook or Instagram: read as Facebook");
    if (e == LM_OK && m->members_doubtful)
        e = lm_jread_notice(
            &m->r, 0, m->r.j.in.n,
            "participants without a name or of the same name: legs may stand for several people");
    if (e == LM_OK && m->left)
        e = lm_jread_notice(
            &m->r, 0, m->r.j.in.n,
            "the owner is no longer in this thread: its list of participants may be incomplete");
    m->members_doubtful = m->members_doubtful || m->left;
    return e;
}

lm_err meta_look_ahead(struct meta *m)
{
    m->platform = LM_PLATFORM_FACEBOOK;
    platform_from_path(m);
    lm_err e = look_at_root(m);
    if (e == LM_OK && (m->members_listed || m->path.n != 0) && !m->encrypted_form)
        e = owner_and_platform_from_neighbours(m);
    if (e != LM_OK)
        return e;
    platform_from_text(m);
    return settle(m);
}
