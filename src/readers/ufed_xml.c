/* Cellebrite Physical Analyzer's report.xml, alone or in a .ufdr: chats, calls, contacts, accounts, places, payments.
 *
 * A record is a `<model>` of a modelType, and each message of a Chat besides the Chat; docs/readers/ufed_xml.md has
 * the rules. The file is read once and never held: what is kept is one record and the header of one chat.
 */
#include "readers/ufed_xml.h"

#include <inttypes.h>

#define NS "http://pa.cellebrite.com/report/2.0"
#define NOWHERE UINT64_MAX
#define REREAD_BUDGET ((uint64_t)256 << 20)

static const struct {
    const char *type;
    lm_err (*read)(struct uf_record *r, struct lm_event *ev);
} readings[] = {
    { "Chat", uf_chat },
    { "InstantMessage", uf_message },
    { "SMS", uf_sms },
    { "MMS", uf_sms },
    { "Email", uf_email },
    { "Call", uf_call },
    { "Contact", uf_contact },
    { "UserAccount", uf_user_account },
    { "Location", uf_location },
    { "CellTower", uf_location },
    { "TransferOfFunds", uf_transfer },
};

static const char *const count_words[UF_N_COUNTS] = {
    [UF_TAGGED_FILES] = "files that the report lists (taggedFiles) are not kept",
    [UF_EXTRA_INFOS] = "notes on where in the phone a record was found (extraInfos) are not kept",
    [UF_DEVICE_ITEMS] = "facts about the device and the extraction (metadata) are not kept",
    [UF_SECTIONS] = "other sections of the report are not kept",
    [UF_SECRETS] = "passwords and keys are not kept; they stand in the report",
    [UF_LATE_FIELDS] = "fields of chats stand behind their messages and are not kept",
};

void uf_count(struct uf *u, enum uf_count what, uint64_t at)
{
    struct uf_tally *t = &u->counts[what];
    if (t->n == 0)
        t->first = at;
    t->n++;
}

static struct lm_locator range(uint64_t at, uint64_t end)
{
    return (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = at, .b = end > at ? end - at : 0 };
}

/* --- one record --- */

static lm_err tell_oddities(struct uf_record *r, struct lm_locator at)
{
    unsigned odd = r->tree->oddities;
    lm_err err = LM_OK;
    if ((odd & (LM_XML_BAD_BYTES | LM_XML_BAD_REFERENCE)) != 0)
        err = lm_sink_problem(r->u->sink, LM_PROBLEM_ALTERED, 0, at, "%s",
                              (odd & LM_XML_BAD_BYTES) != 0 ? "bytes that are not text became U+FFFD"
                                                            : "references to characters that XML does not have became U+FFFD");
    if (err == LM_OK && ((odd & LM_XML_CUT) != 0 || r->tree->over))
        err = lm_sink_problem(r->u->sink, LM_PROBLEM_DOUBTED, 0, at,
                              "more in one record than is kept (64 MiB a text, 128 MiB and 262144 parts a record, 512 fields a model)");
    if (err == LM_OK && r->tree->swallowed)
        err = lm_sink_problem(r->u->sink, LM_PROBLEM_DOUBTED, 0, at, "a text holds the XML of a report: records may be hidden in it");
    if (err == LM_OK && r->doubted != NULL)
        err = lm_sink_problem(r->u->sink, LM_PROBLEM_DOUBTED, 0, at, "%s", r->doubted);
    return err;
}

static lm_err make_facts(struct uf_record *r, bool in_chat)
{
    struct lm_event ev = { .kind = LM_EVENT_OTHER, .duration_s = -1, .at = { .quality = LM_TIME_NONE } };
    lm_err (*read)(struct uf_record *, struct lm_event *) = in_chat ? uf_message : uf_any;
    for (size_t i = 0; i < sizeof readings / sizeof *readings && !in_chat; i++)
        if (lm_str_is(r->m->type, readings[i].type))
            read = readings[i].read;
    r->facts = lm_arena_grow(r->u->ctx->record, NULL, 0, &r->cap, sizeof *r->facts);
    if (r->facts == NULL)
        return uf_no_memory(r->u);
    r->n = 1;
    lm_err err = read(r, &ev);
    uf_deleted(r->m, &ev);
    if (err == LM_OK)
        err = uf_raw(r, &ev.raw);
    r->facts[0] = (struct lm_fact){ .kind = LM_FACT_EVENT, .event = ev };
    return err;
}

static lm_err emit(struct uf *u, struct uf_model *m, struct uf_tree *tree, bool in_chat)
{
    struct uf_record r = { .u = u, .m = m, .tree = tree };
    struct lm_locator at = range(m->at, m->end);
    u->records++;
    if (m->type.n == 0)
        return lm_sink_problem(u->sink, LM_PROBLEM_REJECTED, 1, at, "a model without a type");
    lm_err err = make_facts(&r, in_chat);
    if (err == LM_OK)
        err = tell_oddities(&r, at);
    struct lm_entry entry = { .records = &at, .n_records = 1, .facts = r.facts, .n_facts = r.n };
    return err == LM_OK ? u->sink->entry(u->sink, &entry) : err;
}

/* Blanks before the place when it begins its line. */
static size_t indent(const struct uf *u, uint64_t at)
{
    size_t n = 0;
    while (n < at && (u->ctx->in->bytes.p[at - n - 1] == ' ' || u->ctx->in->bytes.p[at - n - 1] == '\t'))
        n++;
    return n < at && u->ctx->in->bytes.p[at - n - 1] == '\n' ? n : SIZE_MAX;
}

static lm_err read_record(struct uf *u, const struct lm_xml_token *open, bool in_chat)
{
    struct uf_tree tree = { .a = u->ctx->record };
    struct uf_model *m = NULL;
    lm_arena_reset(u->ctx->record);
    u->record_at = u->base + open->at;
    *(in_chat ? &u->message_indent : &u->record_indent) = indent(u, u->record_at);
    lm_err err = uf_read_model(u, &tree, open, &m);
    if (err != LM_OK)
        return err;
    u->record_at = NOWHERE;
    return emit(u, m, &tree, in_chat);
}

/* --- a chat: its header, then its messages one by one --- */

static lm_err read_messages(struct uf *u, uint32_t depth)
{
    struct lm_xml_token k;
    lm_err err;
    while ((err = lm_xml_next(u->x, &k)) == LM_OK) {
        if (k.type == LM_XML_END || (k.type == LM_XML_CLOSE && k.depth == depth))
            break;
        if (k.type == LM_XML_OPEN && lm_str_eq(k.name, LM_STR("model")))
            err = read_record(u, &k, true);
        else if (k.type == LM_XML_OPEN)
            err = lm_xml_skip(u->x, k.depth, NULL);
        if (err != LM_OK)
            break;
    }
    return err;
}

static lm_err emit_chat(struct uf *u, struct uf_tree *tree, uint64_t end)
{
    u->chat->end = end;
    u->record_at = NOWHERE;
    lm_arena_reset(u->ctx->record);
    return emit(u, u->chat, tree, false);
}

static void leave_chat(struct uf *u)
{
    lm_arena_reset(&u->chat_a);
    u->chat = NULL;
    u->members = NULL;
    u->n_members = 0;
}

static lm_err read_chat(struct uf *u, const struct lm_xml_token *open)
{
    const uint32_t depth = open->depth;
    struct uf_tree tree = { .a = &u->chat_a };
    struct lm_xml_token k;
    bool told = false;
    leave_chat(u);
    u->record_at = u->base + open->at;
    u->record_indent = indent(u, u->record_at);
    lm_err err = uf_begin_model(u, &tree, open, &u->chat);
    while (err == LM_OK && (err = lm_xml_next(u->x, &k)) == LM_OK) {
        if (k.type == LM_XML_END || (k.type == LM_XML_CLOSE && k.depth == depth))
            break;
        if (k.type != LM_XML_OPEN)
            continue;
        if (lm_str_eq(lm_xml_attribute(&k, LM_STR("name")), LM_STR("Messages"))) {
            const uint32_t list = k.depth;
            if (!told)
                err = emit_chat(u, &tree, u->base + k.at);
            told = true;
            err = err == LM_OK ? read_messages(u, list) : err;
        } else if (told) {
            uf_count(u, UF_LATE_FIELDS, u->base + k.at);
            err = lm_xml_skip(u->x, k.depth, NULL);
        } else {
            err = uf_read_field(u, &tree, &k, u->chat);
        }
    }
    if (err == LM_OK && !told)
        err = emit_chat(u, &tree, u->base + k.at);
    if (err == LM_OK)
        leave_chat(u);
    return err;
}

/* --- what stands around the records --- */

static enum lm_identifier_type device_item_type(struct lm_str name, bool *ret_known)
{
    static const struct {
        const char *name;
        enum lm_identifier_type type;
    } items[] = {
        { "MSISDN", LM_IDENTIFIER_PHONE },       { "LastUsedMSISDN", LM_IDENTIFIER_PHONE }, { "IMEI", LM_IDENTIFIER_DEVICE },
        { "IMEI2", LM_IDENTIFIER_DEVICE },       { "MEID", LM_IDENTIFIER_DEVICE },          { "IMSI", LM_IDENTIFIER_DEVICE },
        { "ICCID", LM_IDENTIFIER_DEVICE },
    };
    if (lm_str_starts(name, LM_STR("DeviceInfo")))
        name = lm_str_skip(name, 10);
    *ret_known = true;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (uf_is(name, items[i].name))
            return items[i].type;
    *ret_known = false;
    return LM_IDENTIFIER_DEVICE;
}

/* `<item name="IMEI">` about the device: a record of one identifier of the phone's owner. */
static lm_err read_item(struct uf *u, const struct lm_xml_token *open)
{
    struct uf_tree tree = { .a = u->ctx->record };
    struct lm_str text;
    bool known;
    uint64_t at = u->base + open->at;
    enum lm_identifier_type type = device_item_type(lm_xml_attribute(open, LM_STR("name")), &known);
    lm_arena_reset(u->ctx->record);
    lm_err err = uf_read_text(u, &tree, open, &text);
    text = lm_str_trim(text);
    if (err != LM_OK || text.n == 0)
        return err;
    if (!known || !u->device_info) {
        uf_count(u, UF_DEVICE_ITEMS, at);
        return LM_OK;
    }
    struct lm_fact fact = {
        .kind = LM_FACT_IDENTIFIER,
        .identifier = { .account = { .platform = LM_PLATFORM_PHONE, .form = LM_ACCOUNT_OWNER },
                        .type = type,
                        .value = text,
                        .basis = LM_STR("device_info") },
    };
    u->records++;
    return lm_sink_fact(u->sink, (struct lm_locator){ .kind = LM_LOCATOR_BYTES, .a = at }, &fact);
}

static bool is_root(struct lm_str name)
{
    return lm_str_eq(name, LM_STR("project")) || lm_str_eq(name, LM_STR("report")) || lm_str_eq(name, LM_STR("model"))
           || lm_str_eq(name, LM_STR("decodedData")) || lm_str_eq(name, LM_STR("modelType"));
}

static lm_err pass(struct uf *u, const struct lm_xml_token *k, enum uf_count what)
{
    uf_count(u, what, u->base + k->at);
    return lm_xml_skip(u->x, k->depth, NULL);
}

static lm_err read_element(struct uf *u, const struct lm_xml_token *k)
{
    struct lm_str name = k->name;
    if (lm_str_eq(name, LM_STR("model"))) {
        u->decoded_seen = true;
        bool message = u->chat != NULL && k->depth == 0; /* gone on after damage among a chat's messages */
        if (!message && lm_str_eq(lm_xml_attribute(k, LM_STR("type")), LM_STR("Chat")))
            return read_chat(u, k);
        return read_record(u, k, message);
    }
    if (lm_str_eq(name, LM_STR("decodedData")) || lm_str_eq(name, LM_STR("modelType"))) {
        u->decoded_seen = true;
        return LM_OK;
    }
    if (lm_str_eq(name, LM_STR("metadata"))) {
        u->device_info = lm_str_eq(lm_xml_attribute(k, LM_STR("section")), LM_STR("Device Info"));
        return LM_OK;
    }
    if (lm_str_eq(name, LM_STR("item")))
        return read_item(u, k);
    if (lm_str_eq(name, LM_STR("file")))
        return pass(u, k, UF_TAGGED_FILES);
    if (lm_str_eq(name, LM_STR("extraInfo")))
        return pass(u, k, UF_EXTRA_INFOS);
    if (is_root(name) || lm_str_eq(name, LM_STR("taggedFiles")) || lm_str_eq(name, LM_STR("extraInfos")))
        return LM_OK;
    return pass(u, k, UF_SECTIONS);
}

static lm_err walk(struct uf *u)
{
    struct lm_xml_token k;
    lm_err err;
    while ((err = lm_xml_next(u->x, &k)) == LM_OK && k.type != LM_XML_END) {
        if (k.type != LM_XML_OPEN)
            continue;
        if (k.depth == 0 && !u->resumed && !is_root(k.name)) {
            (void)lm_fail(u->ctx->error, LM_EINPUT, "its first element is none that a report of Physical Analyzer begins with");
            lm_fail_at(u->ctx->error, NULL, "byte %" PRIu64, k.at);
            return LM_EINPUT;
        }
        err = read_element(u, &k);
        if (err != LM_OK)
            break;
    }
    return err;
}

/* --- damage --- */

static uint64_t past_blanks(struct lm_str in, uint64_t at)
{
    while (at < in.n && (in.p[at] == ' ' || in.p[at] == '\t'))
        at++;
    return at;
}

/* The header of a chat broke before a message was met: its list tells how messages are indented. */
static void learn_indent(struct uf *u, struct lm_str list)
{
    const char *lf = list.n != 0 ? memchr(list.p, '\n', list.n) : NULL;
    if (lf != NULL) {
        uint64_t line = (uint64_t)(lf - list.p) + 1;
        u->message_indent = past_blanks(list, line) - line;
    }
}

/* Where the next record begins, as far as its line tells: indented like the records before it. */
static bool next_record(struct uf *u, uint64_t from, uint64_t *ret_at, bool *ret_message)
{
    struct lm_str in = u->ctx->in->bytes;
    while (from < in.n) {
        const char *lf = memchr(in.p + from, '\n', in.n - from);
        if (lf == NULL)
            return false;
        uint64_t line = (uint64_t)(lf - in.p) + 1, at = past_blanks(in, line);
        struct lm_str rest = lm_str_skip(in, (size_t)at);
        if (u->chat != NULL && lm_str_starts(rest, LM_STR("<multiModelField name=\"Messages\"")))
            learn_indent(u, rest);
        bool message = u->chat != NULL && at - line == u->message_indent
                       && lm_str_starts(rest, LM_STR("<model type=\"InstantMessage\""));
        bool record = at - line == u->record_indent && lm_str_starts(rest, LM_STR("<model type=\""));
        if (message || record) {
            *ret_at = at;
            *ret_message = message;
            return true;
        }
        from = at;
    }
    return false;
}

/* Reading went on inside and met the end of what it stood in: no damage. */
static bool is_way_out(const struct uf *u, uint64_t broke)
{
    struct lm_str in = u->ctx->in->bytes;
    size_t at = (size_t)broke;
    if (!u->resumed || u->record_at != NOWHERE)
        return false;
    while (at > 0 && in.p[at - 1] != '<')
        at--;
    return at > 0 && at < in.n && in.p[at] == '/';
}

static lm_err tell_damage(struct uf *u, uint64_t broke, uint64_t until, bool goes_on)
{
    lm_err err = LM_OK;
    const char *why = lm_xml_why(u->x);
    if (u->record_at != NOWHERE) {
        u->records++;
        err = lm_sink_problem(u->sink, LM_PROBLEM_REJECTED, 1, range(u->record_at, goes_on ? until : broke),
                              "the XML breaks at byte %" PRIu64 ": %s", broke, why);
    }
    if (err == LM_OK && (u->record_at == NOWHERE || !goes_on) && until > broke)
        err = lm_sink_problem(u->sink, LM_PROBLEM_LOST, 0, range(broke, until), "%s%s", why,
                              goes_on ? "; reading goes on with the next record" : "; the rest is not read");
    return err;
}

/* The XML broke: goes on with the next record, or ends the run. *ret_go: walk again. */
static lm_err go_on(struct uf *u, lm_err failure, bool *ret_go)
{
    struct lm_str in = u->ctx->in->bytes;
    uint64_t broke = u->base + lm_xml_offset(u->x), at = 0, from = u->record_at != NOWHERE ? u->record_at + 1 : broke;
    bool message = false, way_out = is_way_out(u, broke);
    bool found = failure == LM_EINPUT && next_record(u, from, &at, &message);
    if (found && at < broke && broke - at > u->budget)
        found = false;
    lm_err err = way_out ? LM_OK : tell_damage(u, broke, found ? at : in.n, found);
    *ret_go = false;
    if (err != LM_OK)
        return err;
    if (!found) {
        if (way_out)
            return LM_OK;
        (void)lm_fail(u->ctx->error, failure, "%s", lm_xml_why(u->x));
        lm_fail_at(u->ctx->error, NULL, "byte %" PRIu64, broke);
        return failure;
    }
    u->budget -= at < broke ? broke - at : 0;
    if (!message)
        leave_chat(u);
    lm_xml_free(u->x);
    u->x = lm_xml_new(lm_str_skip(in, (size_t)at), true);
    u->base = at;
    u->record_at = NOWHERE;
    u->resumed = true;
    *ret_go = true;
    return u->x != NULL ? LM_OK : uf_no_memory(u);
}

/* --- the run --- */

static lm_err tell_counts(struct uf *u)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < UF_N_COUNTS && err == LM_OK; i++) {
        const struct uf_tally *t = &u->counts[i];
        struct lm_locator at = { .kind = LM_LOCATOR_BYTES, .a = t->first };
        if (t->n != 0)
            err = lm_sink_problem(u->sink, LM_PROBLEM_DOUBTED, 0, at, "%s: %" PRIu64 ", the first here", count_words[i], t->n);
    }
    return err;
}

static lm_err run(struct uf *u)
{
    lm_err err;
    bool again = true;
    do {
        err = walk(u);
        again = (err == LM_EINPUT || err == LM_ELIMIT) && lm_xml_why(u->x) != NULL;
        if (again)
            err = go_on(u, err, &again);
    } while (again);
    if (err != LM_OK && err != LM_EINPUT && err != LM_ELIMIT)
        return err;
    lm_err told = tell_counts(u);
    if (told != LM_OK || err != LM_OK || u->records != 0)
        return told != LM_OK ? told : err;
    if (u->decoded_seen)
        return u->sink->empty(u->sink);
    (void)lm_fail(u->ctx->error, LM_EINPUT, "no decoded data in it");
    lm_fail_at(u->ctx->error, NULL, "byte %d", 0);
    return LM_EINPUT;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct uf u = { .ctx = ctx, .sink = sink, .record_at = NOWHERE, .record_indent = SIZE_MAX, .message_indent = SIZE_MAX,
                    .budget = REREAD_BUDGET };
    lm_arena_init(&u.chat_a, (size_t)512 << 20);
    lm_buf_init(&u.raw, (size_t)1 << 20);
    lm_map_init(&u.owners, ctx->file);
    u.x = lm_xml_new(ctx->in->bytes, false);
    lm_err err = u.x != NULL ? run(&u) : uf_no_memory(&u);
    lm_xml_free(u.x);
    lm_buf_free(&u.raw);
    lm_arena_free(&u.chat_a);
    return err;
}

/* The namespace in the first tag: 34 signs, far more than enough. Without it (older reports, pieces of one) what a
 * first tag of Physical Analyzer holds. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    int named = in->path.n >= 10 && lm_str_eq_nocase(lm_str_skip(in->path, in->path.n - 10), LM_STR("report.xml")) ? 8 : 0;
    if (lm_str_starts(head, LM_STR("\xef\xbb\xbf")))
        head = lm_str_skip(head, 3);
    head = lm_str_trim(head);
    if (!lm_str_starts(head, LM_STR("<")))
        return 0;
    size_t project = lm_str_find(head, LM_STR("<project ")), model = lm_str_find(head, LM_STR("<model type=\""));
    size_t at = project < model ? project : model;
    if (at == SIZE_MAX)
        return 0;
    struct lm_str tag = lm_str_skip(head, at);
    tag = lm_str_take(tag, lm_str_find(tag, LM_STR(">")));
    bool pa = lm_str_find(tag, LM_STR("=\"" NS "\"")) != SIZE_MAX;
    bool old = at == project && lm_str_find(tag, LM_STR(" extractionType=\"")) != SIZE_MAX && lm_str_find(tag, LM_STR(" id=\"")) != SIZE_MAX;
    bool piece = at == 0 && at == model && lm_str_find(tag, LM_STR(" deleted_state=\"")) != SIZE_MAX;
    return pa ? 128 + named : old || piece ? 64 + named : 0;
}

const struct lm_reader lm_reader_ufed_xml = {
    .name = "ufed_xml",
    .title = "Cellebrite Physical Analyzer report.xml (.ufdr)",
    .reference = "SEilers/UFEDLib, sepinf-inc/IPED UfedXmlReader, casework/CASE-Implementation-UFED-XML; no public specification; checked 2026-11",
    .tested_on = "one piece of a report from another project; our own files",
    .lookahead = 16384,
    .bid = bid,
    .read = read_all,
};
