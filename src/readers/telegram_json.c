/* telegram_json.c - Telegram Desktop's "machine-readable JSON" export: whole accounts and single chats. */
#include "readers/telegram_json.h"

#include "readers/shared/json_sniff.h"

#define CHAT_TYPES                                                                                        \
    " saved_messages replies verification_codes personal_chat bot_chat private_group private_supergroup " \
    "public_supergroup private_channel public_channel "

/* What other forms of evidence hold, and Telegram's never does, comes first. */
static const struct lm_sniff_clue clues[] = {
    { "/@context", LM_SNIFF_ANY, -1, NULL },
    { "/participants", LM_SNIFF_ANY, -1, NULL },
    { "/messages/[]/sender_name", LM_SNIFF_ANY, -1, NULL },
    { "/messages/[]/timestamp_ms", LM_SNIFF_ANY, -1, NULL },
    { "/messages/[]/senderName", LM_SNIFF_ANY, -1, NULL },
    { "/events", LM_SNIFF_ARRAY, -1, NULL },
    { "/type", LM_SNIFF_STRING, 24, CHAT_TYPES },
    { "/messages/[]/date_unixtime", LM_SNIFF_STRING | LM_SNIFF_NUMBER, 24, NULL },
    { "/messages/[]/from_id", LM_SNIFF_STRING | LM_SNIFF_NUMBER, 12, NULL },
    { "/messages/[]/actor_id", LM_SNIFF_STRING | LM_SNIFF_NUMBER, 12, NULL },
    { "/messages/[]/type", LM_SNIFF_STRING, 8, " message service unsupported " },
    { "/messages/[]/text_entities", LM_SNIFF_ARRAY, 16, NULL },
    { "/messages/[]/date", LM_SNIFF_STRING, 4, NULL },
    { "/messages/[]/from", LM_SNIFF_ANY, 4, NULL },
    { "/messages/[]/text", LM_SNIFF_STRING | LM_SNIFF_ARRAY, 4, NULL },
    { "/chats/list", LM_SNIFF_ARRAY, 16, NULL },
    { "/left_chats/list", LM_SNIFF_ARRAY, 24, NULL },
    { "/chats/list/[]/messages", LM_SNIFF_ARRAY, 8, NULL },
    { "/chats/list/[]/type", LM_SNIFF_STRING, 24, CHAT_TYPES },
    { "/personal_information/user_id", LM_SNIFF_STRING | LM_SNIFF_NUMBER, 24, NULL },
    { "/contacts/list", LM_SNIFF_ARRAY, 12, NULL },
    { "/contacts/list/[]/phone_number", LM_SNIFF_STRING, 8, NULL },
    { "/frequent_contacts/list", LM_SNIFF_ARRAY, 16, NULL },
    { "/sessions/list/[]/last_ip", LM_SNIFF_STRING, 16, NULL },
    { "/web_sessions/list", LM_SNIFF_ARRAY, 16, NULL },
};

static int bid(const struct lm_input *in, struct lm_str head)
{
    (void)in;
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof clues[0], NULL);
    return bits >= 16 ? bits : 0;
}

/* A section is {"about": …, "list": […]}; the list alone is taken as well. */
typedef lm_err (*section_list)(struct tg *tg, const struct lm_json_token *list);

static lm_err section(struct tg *tg, const struct lm_json_token *value, section_list list)
{
    struct lm_str key;
    struct lm_json_token v;
    if (value->type == LM_JSON_ARRAY)
        return list(tg, value);
    if (value->type != LM_JSON_OBJECT) {
        lm_err e = lm_jread_skip(&tg->r, value);
        return e != LM_OK || value->type == LM_JSON_NULL
                   ? e
                   : lm_jread_notice(&tg->r, value->at, value->end, "a section that is not an object");
    }
    for (;;) {
        lm_arena_reset(tg->r.ctx->record);
        lm_err e = lm_jread_member(&tg->r, &key, &v);
        if (e != LM_OK || key.p == NULL)
            return e;
        if (lm_str_eq(key, LM_STR("list"))) {
            tg->list_seen = true;
            e = list(tg, &v);
        } else {
            e = lm_jread_skip(&tg->r, &v);
            if (e == LM_OK && !lm_str_eq(key, LM_STR("about")))
                e = lm_jread_notice(&tg->r, v.at, lm_json_offset(&tg->r.j),
                                    "a member of the section that is not read");
        }
        if (e != LM_OK)
            return e;
    }
}

static lm_err contacts(struct tg *tg, const struct lm_json_token *list)
{
    return lm_jread_array(&tg->r, list, tg_contact, tg);
}

static lm_err frequent(struct tg *tg, const struct lm_json_token *list)
{
    return lm_jread_array(&tg->r, list, tg_frequent, tg);
}

static lm_err sessions(struct tg *tg, const struct lm_json_token *list)
{
    return lm_jread_array(&tg->r, list, tg_session, tg);
}

static lm_err media(struct tg *tg, const struct lm_json_token *list)
{
    tg->list_seen = true;
    return lm_jread_array(&tg->r, list, tg_media, tg);
}

static lm_err chats(struct tg *tg, const struct lm_json_token *list)
{
    if (list->type != LM_JSON_ARRAY) {
        lm_err e = lm_jread_skip(&tg->r, list);
        return e != LM_OK || list->type == LM_JSON_NULL
                   ? e
                   : lm_jread_notice(&tg->r, list->at, lm_json_offset(&tg->r.j),
                                     "a list of chats that is no list");
    }
    for (;;) {
        struct lm_json_token t;
        lm_err e = lm_jread_next(&tg->r, &t);
        if (e != LM_OK || t.type == LM_JSON_ARRAY_END)
            return e;
        e = tg_chat_one(tg, &t);
        if (e != LM_OK)
            return e;
    }
}

static const struct {
    const char *key;
    section_list list;
} sections[] = {
    { "contacts", contacts },     { "frequent_contacts", frequent }, { "sessions", sessions },
    { "web_sessions", sessions }, { "profile_pictures", media },     { "stories", media },
    { "chats", chats },           { "left_chats", chats },
};

static lm_err root_member(struct lm_jread *r, struct lm_str key, const struct lm_json_token *v, void *user)
{
    struct tg *tg = user;
    (void)r;
    bool taken = false;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (lm_str_is(key, sections[i].key)) {
            tg_root_hints(tg);
            return section(tg, v, sections[i].list);
        }
    }
    if (lm_str_eq(key, LM_STR("personal_information"))) {
        tg->profile_seen = true;
        return lm_jread_object(&tg->r, v, tg_profile, tg);
    }
    if (lm_str_eq(key, LM_STR("messages"))) {
        if (!tg->chat.has_type || !tg->chat.has_id)
            tg_root_hints(tg);
        return tg_chat_messages(tg, v);
    }
    lm_err e = tg_chat_header(tg, key, v, &taken);
    if (e != LM_OK || taken)
        return e;
    e = lm_jread_skip(&tg->r, v);
    if (e != LM_OK || lm_str_eq(key, LM_STR("about")))
        return e;
    return lm_jread_notice(&tg->r, v->at, lm_json_offset(&tg->r.j), "a part of the export that is not read");
}

static lm_err root(struct tg *tg)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&tg->r, "not an export of Telegram", &t);
    if (e == LM_OK)
        tg_chat_begin(tg, t.at);
    return e == LM_OK ? lm_jread_members(&tg->r, root_member, tg) : e;
}

static lm_err read_export(struct lm_read *ctx, struct lm_sink *sink)
{
    struct tg *tg = lm_arena_alloc(ctx->file, sizeof *tg);
    if (tg == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    lm_jread_init(&tg->r, ctx, sink);
    lm_buf_init(&tg->pieces, LM_JREAD_MAX_TEXT);
    lm_err e = root(tg);
    e = lm_jread_end(&tg->r, e, tg->list_seen, "no messages, contacts or sessions in this export");
    lm_buf_free(&tg->pieces);
    return e;
}

const struct lm_reader lm_reader_telegram_json = {
    .name = "telegram_json",
    .title = "Telegram Desktop export, JSON",
    .reference =
        "github.com/telegramdesktop/tdesktop, Telegram/SourceFiles/export/output/export_output_json.cpp, "
        "checked 2026-11",
    .tested_on = "files of other projects (two minimal ones), and our own",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_export,
};
