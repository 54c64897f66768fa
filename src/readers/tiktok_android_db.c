/* tiktok_android_db.c - TikTok on Android: <uid>_im.db (messages) and db_im_xx (users). docs/readers/tiktok_db.md. */
#include "readers/shared/tiktok_db.h"

static const char *const columns[LM_TTDB_N] = { "created_time", NULL, "sender", "content", "type", "deleted", "conversation_id", "uuid" };
static const char *const name_columns[3] = { "UID", "UNIQUE_ID", "NICK_NAME" };

static const struct lm_ttdb_form form = { .messages = "msg", .columns = columns, .users = { "SIMPLE_USER" }, .user_columns = name_columns,
                                          .beside = { "db_im_xx", "db_im_xx.db" }, .by_size = false };

static const char *const signs[] = { "msg.created_time", "msg.conversation_id", "msg.sender", "SIMPLE_USER.UNIQUE_ID", "SIMPLE_USER.NICK_NAME" };

static int bid(const struct lm_input *in, struct lm_str head)
{
    uint32_t found = lm_dbread_peek(in, head, signs, 5);
    return (found & 7) == 7 || (found & 24) == 24 ? 168 : 0;
}

/* ".../7000000000000000001_im.db" */
static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_str name = lm_ttdb_component(ctx->in->path, 0);
    size_t n = 0;
    while (n < name.n && name.p[n] >= '0' && name.p[n] <= '9')
        n++;
    bool named = n != 0 && lm_str_starts(lm_str_skip(name, n), LM_STR("_im.db"));
    return lm_ttdb_read(ctx, sink, &form, lm_str_take(name, named ? n : 0));
}

const struct lm_reader lm_reader_tiktok_android_db = {
    .name = "tiktok_android_db",
    .title = "TikTok on Android: messages and users",
    .reference = "columns as ALEAPP reads them (tikTok.py), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
