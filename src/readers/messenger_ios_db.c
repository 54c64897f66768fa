/* Facebook Messenger on iOS: lightspeed-userDatabases/<user id>.db. All of it is in shared/msys.c; docs/readers/messenger_db.md has the rules. */
#include "readers/shared/msys.h"

/* The magic (128 bits) and columns that no other family has (40). */
static int bid(const struct lm_input *in, struct lm_str head)
{
    return lm_msys_which(in, head) == LM_MSYS_MESSENGER_IOS ? 168 : 0;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_dbread r;
    struct lm_people p;
    lm_err err = lm_dbread_open(&r, ctx, sink);
    lm_people_init(&p, &r, LM_PLATFORM_FACEBOOK);
    if (err == LM_OK && !lm_evdb_has_table(r.db, "messages") && !lm_evdb_has_table(r.db, "thread_messages") && !lm_evdb_has_table(r.db, "contacts")
        && !lm_evdb_has_table(r.db, "client_messages") && !lm_evdb_has_table(r.db, "secure_messages"))
        err = lm_fail(ctx->error, LM_EINPUT, "none of the tables messages, thread_messages, client_messages, secure_messages and contacts is in it");
    if (err == LM_OK)
        err = lm_msys_read(&p);
    return lm_dbread_finish(&r, err);
}

const struct lm_reader lm_reader_messenger_ios_db = {
    .name = "messenger_ios_db",
    .title = "Facebook Messenger on iOS: lightspeed-userDatabases/<user id>.db",
    .reference = "abrignoni/iLEAPP 003d1a4f facebookMessenger (names), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
