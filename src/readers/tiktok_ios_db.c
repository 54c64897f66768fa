/* tiktok_ios_db.c - TikTok on iOS: ChatFiles/<uid>/db.sqlite (messages) and AwemeIM.db (contacts). docs/readers/tiktok_db.md. */
#include "readers/shared/tiktok_db.h"

static const char *const columns[LM_TTDB_N] = { "servercreatedat", "localcreatedat", "sender", "content", "type", "deleted", "belongingConversationIdentifier",
                                                "identifier" };
static const char *const name_columns[3] = { "uid", "customid", "nickname" };

static const struct lm_ttdb_form form = { .messages = "TIMMessageORM", .columns = columns,
                                          .users = { "contacts", "AwemeContacts", "AwemeContactsV2", "AwemeContactsV3", "AwemeContactsV4", "AwemeContactsV5" },
                                          .user_columns = name_columns, .beside = { "AwemeIM.db", "../AwemeIM.db", "../../AwemeIM.db" }, .by_size = true };

static const char *const signs[] = { "TIMMessageORM.servercreatedat", "contacts.customid", "AwemeContacts.customid", "AwemeContactsV2.customid",
                                     "AwemeContactsV3.customid", "AwemeContactsV4.customid", "AwemeContactsV5.customid" };

static int bid(const struct lm_input *in, struct lm_str head)
{
    if (lm_dbread_peek(in, head, signs, 7) != 0)
        return 168;
    return lm_dbread_named(in, "AwemeIM.db") ? 8 : 0;
}

/* ".../ChatFiles/7000000000000000001/db.sqlite" */
static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str folder = lm_ttdb_component(ctx->in->path, 1);
    int64_t uid;
    return lm_ttdb_read(ctx, sink, &form, lm_str_to_i64(folder, &uid) && uid > 0 ? folder : (struct lm_str){ NULL, 0 });
}

const struct lm_reader lm_reader_tiktok_ios_db = {
    .name = "tiktok_ios_db",
    .title = "TikTok on iOS: messages and contacts",
    .reference = "columns as iLEAPP reads them (tikTok.py); the unit of servercreatedat is in no source; checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
