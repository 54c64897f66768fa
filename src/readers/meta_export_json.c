/* meta_export_json.c - Facebook's and Instagram's "Download your information", JSON: threads, logins,
 * profile. */
#include "readers/meta_export_json.h"

#include "readers/shared/json_sniff.h"

enum {
    CLUE_MESSAGES,
    CLUE_LOGINS,
    CLUE_LOGOUTS,
    CLUE_PROFILE_FB,
    CLUE_PROFILE_OLD,
    CLUE_PROFILE_IG
}; /* the first ones below */

static const struct lm_sniff_clue clues[] = {
    [CLUE_MESSAGES] = { "/messages", LM_SNIFF_ARRAY, 0, NULL },
    [CLUE_LOGINS] = { "/account_history_login_history", LM_SNIFF_ARRAY, 32, NULL },
    [CLUE_LOGOUTS] = { "/account_history_logout_history", LM_SNIFF_ARRAY, 32, NULL },
    [CLUE_PROFILE_FB] = { "/profile_v2/name", LM_SNIFF_OBJECT, 24, NULL },
    [CLUE_PROFILE_OLD] = { "/profile/name/full_name", LM_SNIFF_STRING, 24, NULL },
    [CLUE_PROFILE_IG] = { "/profile_user/[]/string_map_data", LM_SNIFF_OBJECT, 32, NULL },
    /* what other forms of evidence hold, and Meta's never does */
    { "/@context", LM_SNIFF_ANY, -1, NULL },
    { "/messages/[]/date_unixtime", LM_SNIFF_ANY, -1, NULL },
    { "/messages/[]/from_id", LM_SNIFF_ANY, -1, NULL },
    { "/events", LM_SNIFF_ARRAY, -1, NULL },
    { "/conversations", LM_SNIFF_ARRAY, -1, NULL },
    { "/participants/[]/name", LM_SNIFF_STRING, 8, NULL },
    { "/participants/[]", LM_SNIFF_STRING, 4, NULL },
    { "/messages/[]/sender_name", LM_SNIFF_STRING, 16, NULL },
    { "/messages/[]/timestamp_ms", LM_SNIFF_NUMBER | LM_SNIFF_STRING, 16, NULL },
    { "/messages/[]/content", LM_SNIFF_STRING, 2, NULL },
    { "/title", LM_SNIFF_STRING, 4, NULL },
    { "/thread_path", LM_SNIFF_STRING, 16, NULL },
    { "/thread_type", LM_SNIFF_STRING, 8, NULL },
    { "/is_still_participant", LM_SNIFF_OTHER, 16, NULL },
    { "/magic_words", LM_SNIFF_ARRAY, 12, NULL },
    { "/joinable_mode", LM_SNIFF_OBJECT, 8, NULL },
    { "/threadName", LM_SNIFF_STRING, 16, NULL },
    { "/messages/[]/senderName", LM_SNIFF_STRING, 16, NULL },
    { "/messages/[]/isUnsent", LM_SNIFF_OTHER, 16, NULL },
    { "/messages/[]/timestamp", LM_SNIFF_NUMBER, 4, NULL },
    { "/messages/[]/media", LM_SNIFF_ARRAY, 4, NULL },
};

static bool has(uint64_t found, unsigned clue)
{
    return (found >> clue & 1) != 0;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    uint64_t found;
    (void)in;
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof clues[0], &found);
    bool known = has(found, CLUE_MESSAGES) || has(found, CLUE_LOGINS) || has(found, CLUE_LOGOUTS)
                 || has(found, CLUE_PROFILE_FB) || has(found, CLUE_PROFILE_OLD)
                 || has(found, CLUE_PROFILE_IG);
    return known && bits >= 20 ? bits : 0;
}

/* Read by meta_look_ahead. */
static bool header(struct lm_str key)
{
    static const char *const keys[] = { "participants", "title", "thread_path", "thread_type", "is_still_participant", "threadName" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (lm_str_is(key, keys[i]))
            return true;
    return false;
}

/* Of the thread, not of a message: a record of its own, where it says something. */
static bool of_thread(struct lm_str key)
{
    static const char *const keys[] = { "magic_words", "image", "joinable_mode", "is_pending" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (lm_str_eq(key, lm_str(keys[i])))
            return true;
    return false;
}

static bool says_nothing(struct lm_str json)
{
    static const char *const words[] = { "[]", "{}", "null", "false", "\"\"" };
    json = lm_str_trim(json);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (lm_str_eq(json, lm_str(words[i])))
            return true;
    return false;
}

static lm_err thread_member(struct meta *m, struct lm_str key, const struct lm_json_token *v)
{
    struct lm_jread *r = &m->r;
    uint64_t at = v->at;
    key = lm_arena_copy(r->ctx->file, key);
    if (key.p == NULL)
        return LM_ENOMEM;
    lm_buf_clear(&r->raw);
    lm_err e = lm_jread_raw(r, key, v);
    uint64_t end = lm_json_offset(&r->j);
    if (e != LM_OK || says_nothing(lm_str_take(lm_str_skip(r->j.in, (size_t)at), (size_t)(end - at)))) {
        lm_buf_clear(&r->raw);
        return e;
    }
    struct lm_fact fact = { .kind = LM_FACT_EVENT,
                            .event = { .kind = LM_EVENT_OTHER, .platform = m->platform, .flags = LM_EVENT_SYSTEM, .duration_s = -1,
                                       .detail = LM_STR("thread"), .thread = m->thread, .raw = lm_jread_raw_done(r) } };
    e = lm_jread_emit_range(r, at, end, 0, &fact, 1);
    lm_buf_clear(&r->raw);
    return e;
}

static lm_err list(struct meta *m, const struct lm_json_token *v, lm_jread_one one)
{
    m->list_seen = m->list_seen || v->type == LM_JSON_ARRAY;
    return lm_jread_array(&m->r, v, one, m);
}

static lm_err root_member(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v, void *user)
{
    struct meta *m = user;
    (void)r;
    if (lm_str_eq(key, LM_STR("messages")))
        return list(m, v, meta_message);
    if (lm_str_eq(key, LM_STR("account_history_login_history")))
        return list(m, v, meta_login);
    if (lm_str_eq(key, LM_STR("account_history_logout_history")))
        return list(m, v, meta_logout);
    bool profile = lm_str_eq(key, LM_STR("profile_v2")) || lm_str_eq(key, LM_STR("profile_user"))
                   || lm_str_eq(key, LM_STR("profile"));
    bool known = header(key);
    if (of_thread(key))
        return thread_member(m, key, v);
    lm_err e = lm_jread_skip(&m->r, v);
    if (e != LM_OK || known || v->type == LM_JSON_NULL)
        return e;
    if (profile)
        return meta_profile(m, v->at);
    return lm_jread_notice(&m->r, v->at, lm_json_offset(&m->r.j), "a part of the export that is not read");
}

static lm_err root(struct meta *m)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&m->r, "not an export of Meta", &t);
    if (e == LM_OK)
        e = meta_look_ahead(m);
    return e == LM_OK ? lm_jread_members(&m->r, root_member, m) : e;
}

static lm_err read_export(struct lm_read *ctx, struct lm_sink *sink)
{
    struct meta *m = lm_arena_alloc(ctx->file, sizeof *m);
    if (m == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    lm_jread_init(&m->r, ctx, sink);
    lm_err e = root(m);
    return lm_jread_end(&m->r, e, m->list_seen, "no messages, logins or profile in this export");
}

const struct lm_reader lm_reader_meta_export_json = {
    .name = "meta_export_json",
    .title = "Facebook or Instagram \"Download your information\", JSON",
    .reference =
        "no document of Meta's; member names as open parsers of the export read them (RLEAPP, chat-miner, "
        "chat-analytics), checked 2026-11",
    .tested_on = "files of other projects (one minimal one), and our own",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_export,
};
