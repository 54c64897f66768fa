/* whatsapp_account_json.c - WhatsApp "Request account info": contacts, groups, communities and the account's own data as JSON.
 *
 * Only the lists' names are known from open parsers, not what their items hold: an item that is a whole telephone number, or has
 * one under a name that says so, is an identifier; everything else is kept as it stands, and that is said once per file.
 */
#include "readers/shared/json_read.h"
#include "readers/shared/json_sniff.h"
#include "readers/shared/text.h"
#include "readers/shared/whatsapp_id.h"

#define MAX_NUMBERS 8 /* of one item */

struct account {
    struct lm_jread r;
    const char *list;    /* what the list in hand is of: "contact_list", "group" */
    bool listed;         /* a list was there, perhaps empty */
    bool told;
};

static const struct lm_sniff_clue clues[] = {
    { "/wa_contacts", LM_SNIFF_ARRAY | LM_SNIFF_OBJECT, 40, NULL },
    { "/wa_groups", LM_SNIFF_ARRAY | LM_SNIFF_OBJECT, 40, NULL },
    { "/wa_communities", LM_SNIFF_ARRAY | LM_SNIFF_OBJECT, 40, NULL },
    { "/contacts", LM_SNIFF_ARRAY, 6, NULL },
    { "/groups", LM_SNIFF_ARRAY, 6, NULL },
    { "/messages", LM_SNIFF_ANY, -1, NULL },
    { "/chats", LM_SNIFF_ANY, -1, NULL },
    { "/@context", LM_SNIFF_ANY, -1, NULL },
};

/* "whatsapp_connections/", "whatsapp_account_information/": folders of the newer layout. */
static bool in_its_folder(struct lm_str path)
{
    return lm_str_find(path, LM_STR("whatsapp_connections/")) != SIZE_MAX
           || lm_str_find(path, LM_STR("whatsapp_account_information/")) != SIZE_MAX;
}

static bool object_head(struct lm_str head)
{
    struct lm_json j;
    struct lm_json_token t;
    lm_json_init(&j, head);
    bool is_object = lm_json_next(&j, &t) == LM_OK && t.type == LM_JSON_OBJECT;
    lm_json_free(&j);
    return is_object;
}

static int bid(const struct lm_input *in, struct lm_str head)
{
    uint64_t found;
    int bits = lm_json_sniff(head, clues, sizeof clues / sizeof clues[0], &found);
    bool own = (found & 7) != 0, both = (found & 24) == 24;
    bool whatsapp = lm_str_find(in->path, LM_STR("hatsApp")) != SIZE_MAX || lm_str_find(in->path, LM_STR("whatsapp")) != SIZE_MAX;
    if (own)
        return bits;
    if ((found & 224) != 0)
        return 0;
    if (both && whatsapp) /* the older layout: one document */
        return bits + 8;
    return in_its_folder(in->path) && lm_str_ends(in->path, LM_STR(".json")) && object_head(head) ? 12 : 0;
}

/* --- items --- */

struct item {
    struct lm_str numbers[MAX_NUMBERS];
    size_t n;
};

/* "phone_number", "phoneNumber", "Phone": the name says that a telephone number stands there. */
static bool says_number(struct lm_str key)
{
    for (size_t i = 0; i + 5 <= key.n; i++)
        if (lm_str_eq_nocase((struct lm_str){ key.p + i, 5 }, LM_STR("phone")))
            return true;
    return lm_str_eq_nocase(key, LM_STR("number")) || lm_str_eq_nocase(key, LM_STR("contact"));
}

static void take_number(struct item *item, struct lm_str s)
{
    if (item->n < MAX_NUMBERS && lm_text_is_whole_number(s))
        item->numbers[item->n++] = s;
}

/* The account of a number, named as WhatsApp's databases name it: "12025550101@s.whatsapp.net". */
static struct lm_str native_of(struct lm_arena *a, struct lm_str number)
{
    char *p = lm_arena_alloc(a, number.n + sizeof "@s.whatsapp.net");
    size_t n = 0;
    if (p == NULL)
        return (struct lm_str){ NULL, 0 };
    for (size_t i = 0; i < number.n; i++)
        if (number.p[i] >= '0' && number.p[i] <= '9')
            p[n++] = number.p[i];
    memcpy(p + n, "@s.whatsapp.net", sizeof "@s.whatsapp.net");
    return (struct lm_str){ p, n + sizeof "@s.whatsapp.net" - 1 };
}

static lm_err tell_once(struct account *m, uint64_t at)
{
    if (m->told)
        return LM_OK;
    m->told = true;
    return lm_jread_notice(&m->r, at, lm_json_offset(&m->r.j),
                           "what the items of this file hold is documented nowhere: kept as they stand");
}

static lm_err emit_item(struct account *m, const struct item *item, struct lm_str raw)
{
    struct lm_fact facts[MAX_NUMBERS + 1];
    size_t n = 0;
    bool contact = lm_str_eq(lm_str(m->list), LM_STR("contact_list"));
    struct lm_account_ref other = { .platform = LM_PLATFORM_WHATSAPP };
    if (contact && item->n != 0) {
        other.form = LM_ACCOUNT_NATIVE;
        other.native = native_of(m->r.ctx->record, item->numbers[0]);
        if (other.native.p == NULL)
            return LM_ENOMEM;
    }
    for (size_t i = 0; other.form != LM_ACCOUNT_NONE && i < item->n; i++) {
        struct lm_identifier_fact f = { .account = other, .type = LM_IDENTIFIER_PHONE, .value = item->numbers[i],
                                        .basis = LM_STR("contact_list") };
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
    }
    struct lm_event ev = { .kind = contact ? LM_EVENT_CONTACT_ADDED : LM_EVENT_OTHER, .platform = LM_PLATFORM_WHATSAPP,
                           .detail = lm_str(m->list),
                           .from = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER }, .duration_s = -1, .raw = raw };
    ev.flags = contact ? 0 : LM_EVENT_SYSTEM;
    if (other.form != LM_ACCOUNT_NONE) {
        ev.to = &other;
        ev.n_to = 1;
    }
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return lm_jread_emit(&m->r, facts, n);
}

/* An item that is an object: its members in raw, and the telephone numbers among them. */
static lm_err one_object(struct lm_jread *r, void *user)
{
    struct account *m = user;
    struct item item = { .n = 0 };
    struct lm_str key;
    struct lm_json_token t;
    lm_err e;
    while ((e = lm_jread_member(r, &key, &t)) == LM_OK && key.p != NULL) {
        struct lm_str text = { NULL, 0 };
        if (says_number(key) && (t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER))
            e = lm_jread_keep(r, r->ctx->record, &t, &text);
        if (e == LM_OK)
            e = lm_jread_raw(r, key, &t);
        if (e != LM_OK)
            return e;
        if (text.n != 0)
            take_number(&item, text);
    }
    return e != LM_OK ? e : emit_item(m, &item, lm_jread_raw_done(r));
}

/* An item that is a text or a number: a record as well, but no object. */
static lm_err one_text(struct account *m, const struct lm_json_token *t)
{
    struct item item = { .n = 0 };
    struct lm_str text = { NULL, 0 };
    struct lm_fact facts[2];
    size_t n = 0;
    bool contact = lm_str_eq(lm_str(m->list), LM_STR("contact_list"));
    lm_arena_reset(m->r.ctx->record);
    lm_err e = lm_jread_keep(&m->r, m->r.ctx->record, t, &text);
    if (e != LM_OK)
        return e;
    take_number(&item, text);
    struct lm_account_ref other = { .platform = LM_PLATFORM_WHATSAPP };
    other.form = item.n != 0 ? LM_ACCOUNT_NATIVE : LM_ACCOUNT_NAME;
    *(item.n != 0 ? &other.native : &other.display) = item.n != 0 ? native_of(m->r.ctx->record, text) : text;
    if (item.n != 0 && other.native.p == NULL)
        return LM_ENOMEM;
    struct lm_event ev = { .platform = LM_PLATFORM_WHATSAPP, .from = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER },
                           .detail = lm_str(m->list), .duration_s = -1 };
    ev.kind = contact ? LM_EVENT_CONTACT_ADDED : LM_EVENT_OTHER;
    if (contact && text.n != 0) {
        struct lm_identifier_fact f = { .account = other, .type = item.n != 0 ? LM_IDENTIFIER_PHONE : LM_IDENTIFIER_NAME,
                                        .value = text, .basis = LM_STR("contact_list") };
        facts[n++] = (struct lm_fact){ .kind = LM_FACT_IDENTIFIER, .identifier = f };
        ev.to = &other;
        ev.n_to = 1;
    } else if (text.n != 0) {
        ev.flags = LM_EVENT_SYSTEM;
        ev.thread = (struct lm_thread_ref){ text, text, LM_THREAD_GROUP };
    } else {
        m->r.records++;
        return lm_sink_problem(m->r.sink, LM_PROBLEM_REJECTED, 1,
                               (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = t->at, .b = t->end - t->at }, "an empty item");
    }
    facts[n++] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return lm_jread_emit_range(&m->r, t->at, t->end, t->oddities, facts, n);
}

/* --- the document --- */

static lm_err one_list(struct account *m, const struct lm_json_token *list)
{
    struct lm_json_token t;
    lm_err e;
    m->listed = true;
    while ((e = lm_jread_next(&m->r, &t)) == LM_OK && t.type != LM_JSON_ARRAY_END) {
        e = tell_once(m, list->at);
        if (e == LM_OK && t.type == LM_JSON_OBJECT)
            e = lm_jread_object(&m->r, &t, one_object, m);
        else if (e == LM_OK && (t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER))
            e = one_text(m, &t);
        else if (e == LM_OK && (e = lm_jread_skip(&m->r, &t)) == LM_OK) {
            m->r.records++;
            e = lm_sink_problem(m->r.sink, LM_PROBLEM_REJECTED, 1,
                                (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = t.at, .b = lm_json_offset(&m->r.j) - t.at },
                                "an item that is neither an object nor a text");
        }
        if (e != LM_OK)
            return e;
    }
    return e;
}

static const char *list_name(struct lm_str key)
{
    static const struct { const char *key, *name; } lists[] = {
        { "wa_contacts", "contact_list" }, { "contacts", "contact_list" }, { "wa_groups", "group" },
        { "groups", "group" },             { "wa_communities", "community" },
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lm_str_is(key, lists[i].key))
            return lists[i].name;
    return NULL;
}

/* A member of the document that is a text, number or truth: a record, kept under its key. */
static lm_err one_scalar(struct account *m, struct lm_str key, const struct lm_json_token *t)
{
    struct lm_buf raw;
    struct lm_json_out o;
    struct lm_str value = { m->r.j.in.p + t->at, t->end - t->at };
    lm_buf_init(&raw, LM_JREAD_MAX_RAW);
    lm_json_out_init(&o, &raw);
    lm_json_object(&o);
    lm_json_kv_str(&o, "key", key);
    lm_json_key(&o, "value");
    if (t->type == LM_JSON_STRING)
        lm_json_str(&o, t->text);
    else
        lm_json_value(&o, value);
    lm_json_object_end(&o);
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .platform = LM_PLATFORM_WHATSAPP, .flags = LM_EVENT_SYSTEM, .duration_s = -1,
                           .from = { .platform = LM_PLATFORM_WHATSAPP, .form = LM_ACCOUNT_OWNER },
                           .detail = LM_STR("account_information"), .raw = lm_buf_str(&raw) };
    struct lm_fact fact = { .kind = LM_FACT_EVENT, .event = ev };
    lm_err e = raw.failed ? lm_jread_notice(&m->r, t->at, t->end, "a text that is too long to be kept")
                          : lm_jread_emit_range(&m->r, t->at, t->end, t->oddities, &fact, 1);
    lm_buf_free(&raw);
    return e;
}

static lm_err root_member(struct lm_jread *r, struct lm_str key, const struct lm_json_token *t, void *user)
{
    struct account *m = user;
    (void)r;
    const char *name = list_name(key);
    /* lm_jread_object resets the record arena, where a key with escapes lives: the list's name is static */
    m->list = name != NULL ? name : "account_information";
    if (t->type == LM_JSON_ARRAY)
        return one_list(m, t);
    if (t->type == LM_JSON_OBJECT)
        return lm_jread_object(&m->r, t, one_object, m);
    if (t->type != LM_JSON_NULL)
        return one_scalar(m, key, t);
    m->listed = m->listed || name != NULL;
    return LM_OK;
}

static lm_err root(struct account *m)
{
    struct lm_json_token t;
    lm_err e = lm_jread_root(&m->r, "not account information of WhatsApp", &t);
    return e == LM_OK ? lm_jread_members(&m->r, root_member, m) : e;
}

static lm_err read_account(struct lm_read *ctx, struct lm_sink *sink)
{
    struct account *m = lm_arena_alloc(ctx->file, sizeof *m);
    if (m == NULL)
        return lm_fail(ctx->error, LM_ENOMEM, "no memory for the reader");
    *m = (struct account){ .list = NULL };
    lm_jread_init(&m->r, ctx, sink);
    lm_err e = root(m);
    return lm_jread_end(&m->r, e, m->listed, "no contacts, groups or account data in this file");
}

const struct lm_reader lm_reader_whatsapp_account_json = {
    .name = "whatsapp_account_json",
    .title = "WhatsApp \"Request account info\", JSON: contacts, groups, account",
    .reference = "no document of WhatsApp's; names of lists as open parsers read them (Eyra/UU port), items not documented, checked 2026-11",
    .tested_on = "our own files only",
    .lookahead = (size_t)64 << 10,
    .bid = bid,
    .read = read_account,
};
