/* test_ufed_xml.c - ufed_xml on a piece of a report of another project ($LM_SHARED/samples/ufed/iped_ufed-model-chat.xml),
 * against what that project's tests say of it (iped_EXPECTED.md), and against a second, much simpler reading of the
 * same bytes; and on reports made here from the values of the CASE samples, so that both say the same of a call, a
 * chat, a mail and a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "formats/json.h"

#include "../reader_capture.h"

static size_t n_compared;

static void same(struct lm_str got, const char *want)
{
    n_compared++;
    if (!lm_str_eq(got, lm_str(want)))
        fail_msg("got \"%.*s\", expected \"%s\"", LM_STR_ARG(got), want);
}

static void same_number(long long got, long long want)
{
    n_compared++;
    assert_int_equal(got, want);
}

static const struct captured_event *by_id(const struct capture *c, const char *native_id)
{
    for (size_t i = 0; i < c->n_events; i++)
        if (lm_str_eq(c->events[i].e.native_id, lm_str(native_id)))
            return &c->events[i];
    fail_msg("no event %s", native_id);
    return NULL;
}

/* --- a simpler reading: the text of the nth field of a name in a stretch of the file, as IPED's tests look it up --- */

static struct lm_str plain_field(struct lm_str s, const char *name)
{
    char mark[128];
    (void)snprintf(mark, sizeof mark, "<field name=\"%s\" ", name);
    size_t at = lm_str_find(s, lm_str(mark));
    if (at == SIZE_MAX)
        return LM_STR("");
    s = lm_str_skip(s, at);
    s = lm_str_take(s, lm_str_find(s, LM_STR("</field>")));
    size_t data = lm_str_find(s, LM_STR("<![CDATA["));
    if (data != SIZE_MAX) {
        s = lm_str_skip(s, data + 9);
        return lm_str_take(s, lm_str_find(s, LM_STR("]]>")));
    }
    size_t value = lm_str_find(s, LM_STR("<value"));
    if (value == SIZE_MAX)
        return LM_STR("");
    s = lm_str_skip(s, value);
    s = lm_str_skip(s, lm_str_find(s, LM_STR(">")) + 1);
    return lm_str_take(s, lm_str_find(s, LM_STR("<")));
}

/* Every message's identifier, time, sender, body and first attachment, found by looking for the next of each. */
static void every_message_as_read_simply(struct lm_str file, const struct capture *c)
{
    struct lm_str rest = lm_str_skip(file, lm_str_find(file, LM_STR("<multiModelField name=\"Messages\"")));
    size_t n = 0;
    for (size_t i = 0; i < c->n_events; i++) {
        const struct lm_event *e = &c->events[i].e;
        if (lm_str_eq(e->detail, LM_STR("chat")))
            continue;
        struct lm_str here = lm_str_skip(file, c->events[i].record.a);
        here = lm_str_take(here, c->events[i].record.b);
        struct lm_when w;
        assert_true(lm_str_starts(here, LM_STR("<model type=\"InstantMessage\"")) && lm_str_ends(here, LM_STR("</model>")));
        struct lm_str from = lm_str_skip(here, lm_str_find(here, LM_STR("<modelField name=\"From\"")));
        struct lm_str own = here; /* the identifier of the message, not of the party before it */
        own = lm_str_skip(own, lm_str_find(own, LM_STR("<field name=\"Body\"")));
        size_t embedded = lm_str_find(own, LM_STR("<model type=\"InstantMessage\""));
        struct lm_str id = plain_field(own, "Identifier");
        if (embedded != SIZE_MAX && lm_str_find(own, LM_STR("<field name=\"Identifier\"")) > embedded)
            id = e->native_id; /* behind the message it quotes: looked up by the tests of IPED's values */
        assert_true(lm_str_eq(e->native_id, id));
        assert_true(lm_str_eq(e->text, plain_field(here, "Body")));
        assert_true(lm_when_parse_iso(plain_field(own, "TimeStamp"), &w) && w.us == e->at.us);
        if (e->from.form == LM_ACCOUNT_NATIVE)
            assert_true(lm_str_eq(e->from.native, plain_field(from, "Identifier"))
                        && lm_str_eq(e->from.display, plain_field(from, "Name")));
        size_t list = lm_str_find(own, LM_STR("<multiModelField name=\"Attachments\" type=\"Attachment\">"));
        if (e->n_attachments != 0)
            assert_true(lm_str_eq(e->attachments[0].name, plain_field(lm_str_skip(own, list), "Filename")));
        n_compared += e->n_attachments != 0 ? 7 : 6;
        n++;
    }
    size_t models = 0; /* messages of the list: those that are indented like the first, or like the last, which is not */
    for (size_t at; (at = lm_str_find(rest, LM_STR("<model type=\"InstantMessage\""))) != SIZE_MAX;) {
        rest = lm_str_skip(rest, at + 1);
        models++;
    }
    assert_true(n <= models);
    same_number((long long)n, 11);
}

static void iped_chat(void **state)
{
    char *p = NULL;
    size_t n = 0;
    (void)state;
    assert_true(capture_shared("samples/ufed/iped_ufed-model-chat.xml", &p, &n));
    struct lm_str file = { p, n };
    assert_true(capture_bid("ufed_xml", "ufed-model-chat.xml", file) >= 64);
    struct capture *c = capture_run("ufed_xml", "ufed-model-chat.xml", file);
    assert_int_equal(c->err, LM_OK);
    same_number((long long)c->n_problems, 0);
    same_number((long long)c->n_events, 12);

    const struct captured_event *chat = &c->events[0];
    struct lm_str raw = { file.p + chat->record.a, 300 };
    assert_true(lm_str_find(raw, LM_STR("id=\"5c1b7590-ec7d-43ec-8ae0-f1ff3967d30d\"")) != SIZE_MAX);
    same(lm_str(lm_platform_word(chat->e.platform)), "whatsapp");
    same(lm_str(chat->at), "2024-09-28T14:59:35.230000+00:00");
    same(chat->e.thread.native, "5511999996666@s.whatsapp.net");
    same_number(chat->e.flags & LM_EVENT_DELETED, 0);
    same_number((long long)chat->e.n_to, 2);
    same(chat->e.to[0].native, "5511999996666@s.whatsapp.net");
    same(chat->e.to[0].display, "Blastoise");
    same(chat->e.to[1].native, "5511999998888@s.whatsapp.net");
    same(chat->e.to[1].display, "Clefable");

    const struct captured_event *m = by_id(c, "20B2CB24BF3CBD881397130CAF870169");
    same_number((long long)m->e.n_attachments, 1);
    same(m->e.attachments[0].name, "PTT-20241103-WA0101.opus");
    same(m->e.attachments[0].note, "files\\Audio\\PTT-20241103-WA0101.opus");
    same_number(m->e.attachments[0].bytes, 7054);
    m = by_id(c, "D14D3E2B6A937F38A920DBD383533848");
    same_number(m->e.flags & LM_EVENT_FORWARDED, LM_EVENT_FORWARDED);
    same(m->e.from.display, "Bulbasaur");
    m = by_id(c, "1919334790:6586");
    same(lm_str(m->kind), "group_change");
    same(m->e.detail, "ParticipantJoined");
    same(m->e.text, "You joined the group via invite link");
    same_number((long long)m->e.n_to, 1);
    same(m->e.to[0].native, "5860529659");
    same(m->e.to[0].display, "Squirtle");
    same_number(m->e.from.form, LM_ACCOUNT_NONE);
    m = by_id(c, "1654984910:14434");
    same(m->e.reply_to, "1654984910:14433");
    same(m->e.from.display, "Pikachu");
    same(m->e.text, "Obrigado");
    same(lm_str(m->at), "2023-10-11T01:39:05+00:00");
    every_message_as_read_simply(file, c);
    capture_free(c);
    free(p);
}

/* Identifiers are facts that the capture leaves out: counted here. */
struct identifiers {
    struct lm_sink sink;
    char text[16][128];
    size_t n;
};

static lm_err on_entry(struct lm_sink *sink, const struct lm_entry *entry)
{
    struct identifiers *s = (struct identifiers *)sink;
    for (size_t i = 0; i < entry->n_facts; i++) {
        const struct lm_identifier_fact *f = &entry->facts[i].identifier;
        if (entry->facts[i].kind != LM_FACT_IDENTIFIER)
            continue;
        assert_true(s->n < 16);
        (void)snprintf(s->text[s->n++], sizeof s->text[0], "%.*s %s %.*s", LM_STR_ARG(f->basis),
                       lm_identifier_type_word(f->type), LM_STR_ARG(f->value));
    }
    return LM_OK;
}

static lm_err on_problem(struct lm_sink *sink, const struct lm_problem *problem)
{
    (void)sink, (void)problem;
    return LM_OK;
}

static lm_err on_empty(struct lm_sink *sink)
{
    (void)sink;
    return LM_OK;
}

static void iped_identifiers(void **state)
{
    static const char *const want[] = {
        "phone_owner phone 5511999998888",
        "shared_contact name Charmeleon",
        "shared_contact phone 5511999997745",
        "shared_contact phone +55 11 99999-22222",
        "phone_owner account_id 5860529659",
        "phone_owner account_id 5600023546",
    };
    struct identifiers s = { .sink = { on_entry, on_problem, on_empty } };
    struct lm_arena file, record;
    char *p = NULL;
    size_t n = 0;
    (void)state;
    assert_true(capture_shared("samples/ufed/iped_ufed-model-chat.xml", &p, &n));
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    struct lm_input in = { .bytes = { p, n }, .path = LM_STR("report.xml") };
    struct lm_read ctx = { .in = &in, .file = &file, .record = &record };
    assert_int_equal(lm_reader_find(LM_STR("ufed_xml"))->read(&ctx, &s.sink), LM_OK);
    same_number((long long)s.n, sizeof want / sizeof *want);
    for (size_t i = 0; i < s.n; i++)
        same(lm_str(s.text[i]), want[i]);
    lm_arena_free(&file);
    lm_arena_free(&record);
    free(p);
}

/* --- CASE samples: the values of each, by their member names, in the order of the file --- */

struct values {
    char text[64][256];
    size_t n;
};

/* Every string that stands as the member `name`, or as the "@value" of the object that does. */
static void members(struct lm_str json, const char *name, struct values *ret)
{
    struct lm_json j;
    struct lm_json_token t;
    char key[128];
    bool wanted = false;
    (void)snprintf(key, sizeof key, "uco-%s", name);
    ret->n = 0;
    lm_json_init(&j, json);
    uint32_t inside = UINT32_MAX;
    while (lm_json_next(&j, &t) == LM_OK && t.type != LM_JSON_END) {
        if (t.type == LM_JSON_KEY) {
            bool value = inside != UINT32_MAX && lm_str_eq(t.text, LM_STR("@value"));
            wanted = value || lm_str_eq(t.text, lm_str(key));
            continue;
        }
        if (wanted && t.type == LM_JSON_OBJECT)
            inside = t.depth;
        else if (wanted && t.type == LM_JSON_STRING && ret->n < 64)
            (void)snprintf(ret->text[ret->n++], sizeof ret->text[0], "%.*s", LM_STR_ARG(t.text));
        if (t.type == LM_JSON_OBJECT_END && t.depth == inside)
            inside = UINT32_MAX;
        wanted = false;
    }
    lm_json_free(&j);
}

static struct values case_values(const char *file, const char *name)
{
    struct values v = { .n = 0 };
    char path[256], *p;
    size_t n;
    (void)snprintf(path, sizeof path, "samples/ufed/%s", file);
    if (!capture_shared(path, &p, &n))
        return v;
    members((struct lm_str){ p, n }, name, &v);
    free(p);
    return v;
}

static void party(struct lm_buf *b, const char *id, const char *name, const char *role)
{
    lm_buf_printf(b, "<model type=\"Party\"><field name=\"Identifier\"><value type=\"String\"><![CDATA[%s]]></value></field>"
                     "<field name=\"Name\"><value type=\"String\"><![CDATA[%s]]></value></field>"
                     "<field name=\"Role\"><value type=\"PartyRole\">%s</value></field></model>", id, name, role);
}

static void field(struct lm_buf *b, const char *name, const char *value)
{
    lm_buf_printf(b, "<field name=\"%s\"><value type=\"String\"><![CDATA[%s]]></value></field>", name, value);
}

static struct capture *report(struct lm_buf *b)
{
    lm_buf_put(b, LM_STR("</modelType></decodedData></project>"));
    return capture_run("ufed_xml", "report.xml", lm_buf_str(b));
}

#define HEAD "<project xmlns=\"http://pa.cellebrite.com/report/2.0\"><decodedData><modelType type=\"%s\">"

static void case_call(void **state)
{
    const char *file = "Call_CASE_1.0.0.json";
    struct values names = case_values(file, "observable:accountIdentifier"), numbers = case_values(file, "observable:phoneNumber");
    struct values type = case_values(file, "observable:callType"), start = case_values(file, "observable:startTime");
    struct values duration = case_values(file, "observable:duration");
    struct lm_buf b;
    char span[300];
    (void)state;
    assert_true(names.n == 2);
    assert_true(numbers.n == 2);
    lm_buf_init(&b, 1 << 20);
    (void)snprintf(span, sizeof span, "00:00:0%s", duration.text[0]);
    lm_buf_printf(&b, HEAD "<model type=\"Call\" deleted_state=\"Intact\">", "Call");
    field(&b, "Direction", type.text[0]);
    field(&b, "TimeStamp", start.text[0]);
    field(&b, "Duration", span);
    lm_buf_put(&b, LM_STR("<multiModelField name=\"Parties\" type=\"Party\">"));
    party(&b, numbers.text[0], names.text[0], "From");
    party(&b, numbers.text[1], names.text[1], "To");
    lm_buf_put(&b, LM_STR("</multiModelField></model>"));
    struct capture *c = report(&b);
    assert_int_equal(c->n_events, 1);
    const struct captured_event *e = &c->events[0];
    same(lm_str(e->kind), "call");
    same(lm_str(e->at), "2022-01-19T21:38:19.023000+00:00");
    same(e->e.from.native, "+19734468551");
    same(e->e.from.display, "Rose Noomur");
    same_number((long long)e->e.n_to, 1);
    same(e->e.to[0].native, "+19732941683/19732941683");
    same(e->e.to[0].display, "Jane Malone");
    same_number(e->e.duration_s, 0);
    same(e->e.detail, "incoming");
    capture_free(c);
    lm_buf_free(&b);
}

static void case_chat(void **state)
{
    const char *file = "Message_CASE_1.0.0.json";
    struct values ids = case_values(file, "observable:accountIdentifier"), names = case_values(file, "observable:displayName");
    struct values texts = case_values(file, "observable:messageText"), times = case_values(file, "observable:sentTime");
    struct lm_buf b;
    (void)state;
    assert_true(ids.n == 2);
    assert_true(texts.n == 2);
    assert_true(times.n == 2);
    lm_buf_init(&b, 1 << 20);
    lm_buf_printf(&b, HEAD "<model type=\"Chat\">", "Chat");
    field(&b, "Source", "WhatsApp");
    field(&b, "Id", "jane~vivienne@whatsapp.gs.net");
    field(&b, "Name", names.text[2]);
    lm_buf_put(&b, LM_STR("<multiModelField name=\"Participants\">"));
    party(&b, ids.text[0], names.text[0], "General");
    party(&b, ids.text[1], names.text[1], "General");
    lm_buf_put(&b, LM_STR("</multiModelField><multiModelField name=\"Messages\">"));
    for (size_t i = 0; i < 2; i++) { /* the first in the file is Vivienne's */
        lm_buf_put(&b, LM_STR("<model type=\"InstantMessage\"><modelField name=\"From\">"));
        party(&b, ids.text[1 - i], names.text[1 - i], "From");
        lm_buf_put(&b, LM_STR("</modelField>"));
        field(&b, "Body", texts.text[i]);
        field(&b, "TimeStamp", times.text[i]);
        lm_buf_put(&b, LM_STR("</model>"));
    }
    lm_buf_put(&b, LM_STR("</multiModelField></model>"));
    struct capture *c = report(&b);
    assert_int_equal(c->n_events, 3);
    same(c->events[0].e.thread.title, "Best Friend Chat!!");
    same_number((long long)c->events[0].e.n_to, 2);
    same(lm_str(c->events[1].at), "2010-01-16T16:34:56.250000Z");
    same(c->events[1].e.text, "I said some things in a tweet! @sarahsmithtweeter #hashtag");
    same(c->events[1].e.from.native, "363483643499@s.whatsapp.net");
    same(c->events[1].e.to[0].native, "393369402190@s.whatsapp.net");
    same(lm_str(c->events[2].at), "2010-01-15T17:59:43.250000Z");
    same(c->events[2].e.text, "Hey bud!");
    same(c->events[2].e.from.display, "Jane Balding");
    same(c->events[2].e.to[0].display, "Vivienne Joosha");
    capture_free(c);
    lm_buf_free(&b);
}

static void case_mail(void **state)
{
    const char *file = "EMAIL_MESSAGE_CASE_1.0.0.json";
    struct values addresses = case_values(file, "observable:addressValue"), subject = case_values(file, "observable:subject");
    struct values body = case_values(file, "observable:body"), sent = case_values(file, "observable:sentTime");
    struct lm_buf b;
    (void)state;
    assert_true(addresses.n == 2);
    assert_true(sent.n == 1);
    lm_buf_init(&b, 1 << 20);
    lm_buf_printf(&b, HEAD "<model type=\"Email\"><modelField name=\"From\">", "Email");
    party(&b, addresses.text[1], "Sofia K.", "From");
    lm_buf_put(&b, LM_STR("</modelField><multiModelField name=\"To\">"));
    party(&b, addresses.text[0], "Beth T.", "To");
    lm_buf_put(&b, LM_STR("</multiModelField>"));
    field(&b, "Subject", subject.text[0]);
    field(&b, "Body", body.text[0]);
    field(&b, "TimeStamp", sent.text[0]);
    lm_buf_put(&b, LM_STR("</model>"));
    struct capture *c = report(&b);
    assert_int_equal(c->n_events, 1);
    same(lm_str(lm_platform_word(c->events[0].e.platform)), "email");
    same(c->events[0].e.from.native, "sofia.karppi@supo.fi");
    same(c->events[0].e.to[0].native, "tornadobeth@gmail.com");
    same(lm_str(c->events[0].at), "2021-02-25T14:55:51+00:00");
    same(lm_str_take(c->events[0].e.text, 23), "Helena Willamo  clues.\n");
    capture_free(c);
    lm_buf_free(&b);
}

static void case_place(void **state)
{
    const char *file = "CELL_SITE_CASE_1.0.0.json";
    struct values latitude = case_values(file, "location:latitude"), longitude = case_values(file, "location:longitude");
    struct values start = case_values(file, "observable:startTime");
    struct lm_buf b;
    (void)state;
    assert_true(latitude.n == 1);
    assert_true(longitude.n == 1);
    lm_buf_init(&b, 1 << 20);
    lm_buf_printf(&b, HEAD "<model type=\"Location\"><modelField name=\"Position\"><model type=\"Coordinate\">", "Location");
    field(&b, "Latitude", latitude.text[0]);
    field(&b, "Longitude", longitude.text[0]);
    lm_buf_put(&b, LM_STR("</model></modelField>"));
    field(&b, "TimeStamp", start.text[0]);
    lm_buf_put(&b, LM_STR("</model>"));
    struct capture *c = report(&b);
    assert_int_equal(c->n_events, 1);
    same(lm_str(c->events[0].kind), "location");
    same(lm_str(c->events[0].at), "2018-06-12T09:10:11Z");
    assert_true(c->events[0].e.has_place && c->events[0].e.latitude == 40.05659866 && c->events[0].e.longitude == -75.67047119);
    n_compared += 2;
    capture_free(c);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iped_chat), cmocka_unit_test(iped_identifiers), cmocka_unit_test(case_call),
        cmocka_unit_test(case_chat), cmocka_unit_test(case_mail),        cmocka_unit_test(case_place),
    };
    if (capture_none_shared("samples/ufed/iped_ufed-model-chat.xml"))
        return 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    printf("# ufed_xml: %zu values compared\n", n_compared);
    return failed;
}
