/* Telegram on Android: shared_prefs/userconfing.xml (spelled so by the app) and userconfig1.xml …: the account that is signed in.
 *
 * One record: the setting `user`, an object as it came over the wire, in base64. docs/readers/telegram_android_db.md
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "formats/json_out.h"
#include "formats/xml.h"
#include "lastmile/reader.h"
#include "readers/shared/telegram_tl.h"
#include "readers/shared/text.h"

#define MAX_FACTS 6
#define MAX_SETTINGS ((size_t)64 << 10)

/* The name (8 bits), and settings that only this app has. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    struct lm_str name = lm_text_file_name(in->path);
    bool named = lm_str_starts(name, LM_STR("userconf")) && lm_str_ends(name, LM_STR(".xml"));
    bool map = lm_str_find(head, LM_STR("<map")) != SIZE_MAX;
    bool user = lm_str_find(head, LM_STR("<string name=\"user\">")) != SIZE_MAX;
    bool other = lm_str_find(head, LM_STR("name=\"lastSendMessageId\"")) != SIZE_MAX || lm_str_find(head, LM_STR("name=\"selfUserId\"")) != SIZE_MAX
                 || lm_str_find(head, LM_STR("name=\"registeredForPush\"")) != SIZE_MAX || lm_str_find(head, LM_STR("name=\"lastContactsSyncTime\"")) != SIZE_MAX;
    if (!map || !(user || other) || !(named || (user && other)))
        return 0;
    return (named ? 8 : 0) + (user ? 40 : 0) + (other ? 60 : 0);
}

static lm_err add(struct lm_read *ctx, struct lm_fact *facts, size_t *n, struct lm_account_ref a, enum lm_identifier_type type, struct lm_str value, bool *altered)
{
    if (value.n == 0)
        return LM_OK;
    bool clean = lm_utf8_is_text(value);
    struct lm_str own = clean ? value : lm_utf8_repaired(ctx->file, value, NULL);
    *altered |= !clean;
    if (own.p == NULL)
        return LM_ENOMEM;
    facts[(*n)++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = { .account = a, .type = type, .value = own, .basis = LM_STR("own_profile") } };
    return LM_OK;
}

/* All other settings, as one JSON object. */
static lm_err settings(struct lm_read *ctx, struct lm_json_out *o, bool *ret_whole)
{
    struct lm_xml_token token;
    struct lm_str name = { NULL, 0 };
    lm_err err = LM_OK;
    struct lm_xml *x = lm_xml_new(ctx->in->bytes, false);
    if (x == NULL)
        return LM_ENOMEM;
    while (err == LM_OK && (*ret_whole = lm_xml_next(x, &token) == LM_OK) && token.type != LM_XML_END) {
        struct lm_str value = { NULL, 0 };
        if (token.type == LM_XML_OPEN) {
            name = lm_arena_copy(ctx->file, lm_xml_attribute(&token, LM_STR("name")));
            err = name.p != NULL ? LM_OK : LM_ENOMEM;
            value = lm_xml_attribute(&token, LM_STR("value"));
        } else if (token.type == LM_XML_TEXT) {
            value = lm_str_trim(token.text);
        }
        if (err == LM_OK && value.n != 0 && name.n != 0 && !lm_str_eq(name, LM_STR("user")) && o->b->n + name.n + 6 * value.n < MAX_SETTINGS)
            lm_json_kv_str(o, name.p, value);
    }
    lm_xml_free(x);
    return err;
}

static lm_err with_settings(struct lm_read *ctx, struct lm_sink *sink, struct lm_locator at, struct lm_account_ref a, struct lm_fact *facts, size_t n)
{
    struct lm_buf raw;
    struct lm_json_out o;
    lm_buf_init(&raw, 2 * MAX_SETTINGS);
    lm_json_out_init(&o, &raw);
    lm_json_object(&o);
    bool whole = true;
    lm_err err = settings(ctx, &o, &whole);
    lm_json_object_end(&o);
    if (err == LM_OK && raw.failed)
        err = LM_ENOMEM;
    if (err == LM_OK && !whole)
        err = lm_sink_problem(sink, LM_PROBLEM_LOST, 0, at, "the file breaks off: what settings stood behind that is not known");
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT,
                                   .event = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_TELEGRAM, .flags = LM_EVENT_SYSTEM, .duration_s = -1, .from = a,
                                              .detail = LM_STR("settings of the account"), .raw = lm_buf_str(&raw) } };
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = facts, .n_facts = n };
    if (err == LM_OK)
        err = sink->entry(sink, &entry);
    lm_buf_free(&raw);
    return err;
}

static lm_err tell(struct lm_read *ctx, struct lm_sink *sink, struct lm_locator at, const struct lm_tl_user *u)
{
    struct lm_fact facts[MAX_FACTS];
    size_t n = 0;
    bool altered = false;
    struct lm_str id = lm_arena_printf(ctx->file, "user%lld", (long long)u->id), name = lm_str_trim(u->first), phone = { NULL, 0 };
    if (u->first.n != 0 && u->last.n != 0)
        name = lm_arena_printf(ctx->file, "%.*s %.*s", LM_STR_ARG(u->first), LM_STR_ARG(u->last));
    else if (u->first.n == 0)
        name = u->last;
    if (u->phone.n != 0)
        phone = lm_arena_printf(ctx->file, "+%.*s", LM_STR_ARG(u->phone));
    if (id.p == NULL || (name.n != 0 && name.p == NULL) || (u->phone.n != 0 && phone.p == NULL))
        return LM_ENOMEM;
    struct lm_account_ref a = { LM_PLATFORM_TELEGRAM, LM_ACCOUNT_NATIVE, id, lm_utf8_is_text(name) ? name : (struct lm_str){ NULL, 0 } };
    lm_err err = add(ctx, facts, &n, a, LM_IDENTIFIER_ACCOUNT_ID, lm_str_skip(id, 4), &altered);
    if (err == LM_OK)
        err = add(ctx, facts, &n, a, LM_IDENTIFIER_NAME, name, &altered);
    if (err == LM_OK)
        err = add(ctx, facts, &n, a, LM_IDENTIFIER_HANDLE, u->handle, &altered);
    if (err == LM_OK)
        err = add(ctx, facts, &n, a, LM_IDENTIFIER_PHONE, phone, &altered);
    if (err == LM_OK && altered)
        err = lm_sink_problem(sink, LM_PROBLEM_ALTERED, 0, at, "bytes that are not text in UTF-8 became U+FFFD");
    return err == LM_OK ? with_settings(ctx, sink, at, a, facts, n) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = 0, .b = ctx->in->bytes.n };
    struct lm_str user;
    struct lm_tl_user u;
    uint32_t constructor;
    lm_err err = lm_tl_config_user(ctx->file, ctx->in->bytes, &user);
    if (err != LM_OK)
        return err;
    if (user.n == 0 && lm_str_find(ctx->in->bytes, LM_STR("</map>")) != SIZE_MAX && lm_str_find(ctx->in->bytes, LM_STR("name=\"user\"")) == SIZE_MAX)
        return sink->empty(sink); /* a slot that nobody is signed in to */
    if (user.n == 0)
        return lm_sink_problem(sink, LM_PROBLEM_REJECTED, 1, at, "the setting of the user cannot be read");
    if (!lm_tl_user(user, &u, &constructor)) {
        struct lm_fact facts[1];
        err = lm_sink_problem(sink, LM_PROBLEM_DOUBTED, 0, at, "the account is in a layer not known here (0x%08x): not decoded", constructor);
        return err == LM_OK ? with_settings(ctx, sink, at, (struct lm_account_ref){ .platform = LM_PLATFORM_TELEGRAM, .form = LM_ACCOUNT_OWNER }, facts, 0) : err;
    }
    return tell(ctx, sink, at, &u);
}

const struct lm_reader lm_reader_telegram_android_xml = {
    .name = "telegram_android_xml",
    .title = "Telegram on Android: userconfing.xml, userconfig1.xml …, the account that is signed in",
    .reference = "abrignoni/ALEAPP telegramAndroid (layers 184 and 227 of the user), checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_all,
};
