/* test_ufed_xml.c - ufed_xml: whose files it claims, its ceilings, and what damage costs. The mapping of fields is in
 * the fixtures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"

#include "../reader_capture.h"

#define NS "http://pa.cellebrite.com/report/2.0"
#define PROJECT "<project id=\"1\" name=\"x\" xmlns=\"" NS "\">\n  <decodedData>\n"
#define END "  </decodedData>\n</project>\n"

static int bid_of(const char *path, const char *text)
{
    return capture_bid("ufed_xml", path, lm_str(text));
}

static void claims_reports_only(void **state)
{
    (void)state;
    assert_int_equal(bid_of("report.xml", PROJECT), 136);
    assert_int_equal(bid_of("a/Report.xml", "\xef\xbb\xbf<?xml version=\"1.0\"?>\n" PROJECT), 136);
    assert_int_equal(bid_of("x.bin", "<?xml version='1.0'?><!-- y --><project id=\"1\" name=\"x\" extractionType=\"Physical\">"), 64);
    assert_int_equal(bid_of("x.xml", "<model type=\"Chat\" id=\"1\" deleted_state=\"Intact\">"), 64);
    assert_int_equal(bid_of("pom.xml", "<project xmlns=\"http://maven.apache.org/POM/4.0.0\" id=\"1\"><modelVersion>"), 0);
    assert_int_equal(bid_of("build.xml", "<project name=\"ant\" default=\"dist\" id=\"1\">"), 0);
    assert_int_equal(bid_of("report.xml", "<report><model type=\"car\"/></report>"), 0);
    assert_int_equal(bid_of("report.xml", "talk of <project id=\"1\" xmlns=\"" NS "\">"), 0);
    assert_int_equal(bid_of("report.xml", ""), 0);
    assert_int_equal(bid_of("report.xml", "<"), 0);
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        struct lm_input in = { .bytes = LM_STR(PROJECT END), .path = LM_STR("report.xml") };
        int bits = lm_readers[i]->bid(&in, in.bytes);
        assert_true(bits == 0 || lm_str_eq(lm_str(lm_readers[i]->name), LM_STR("ufed_xml")));
    }
}

static void add_message(struct lm_buf *b, const char *indent, const char *body)
{
    lm_buf_printf(b, "%s<model type=\"InstantMessage\" id=\"m\">\n%s  <field name=\"Body\"><value>%s</value></field>\n%s</model>\n",
                  indent, indent, body, indent);
}

/* Ten thousand messages whose every second one is broken: all others are read, in time that does not grow as the square. */
static void goes_on_behind_every_break(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR(PROJECT "    <modelType type=\"InstantMessage\">\n"));
    for (int i = 0; i < 10001; i++)
        add_message(&b, "      ", i % 2 == 0 ? "good" : "bad</value></field></broken>");
    lm_buf_put(&b, LM_STR("    </modelType>\n" END));
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(c->n_events, 5001);
    assert_int_equal(capture_problems(c, LM_PROBLEM_REJECTED, "the XML breaks"), 5000);
    assert_int_equal(c->n_problems, 5000);
    capture_free(c);
    lm_buf_free(&b);
}

/* Every record breaks at the end of the file only: what may be read a second time has an end. */
static void reading_again_has_a_budget(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR(PROJECT "    <modelType type=\"Note\">\n"));
    for (int i = 0; i < 20000; i++)
        lm_buf_put(&b, LM_STR("      <model type=\"Note\"><field name=\"Body\"><value>x\n"));
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
    assert_int_equal(c->n_events, 0);
    assert_true(c->err == LM_EINPUT || c->err == LM_ELIMIT);
    assert_int_equal(capture_problems(c, LM_PROBLEM_LOST, "the rest is not read") + capture_problems(c, LM_PROBLEM_REJECTED, NULL),
                     c->n_problems);
    capture_free(c);
    lm_buf_free(&b);
}

static void a_break_in_a_file_of_one_line_loses_the_rest(void **state)
{
    static const char text[] = "<project id=\"1\" xmlns=\"" NS "\"><decodedData><modelType type=\"Note\"><model type=\"Note\"><field name=\"Body\">"
                               "<value>one</value></field></model><model type=\"Note\"><field name=\"Body\"><value>two</field></model>"
                               "<model type=\"Note\"></model></modelType></decodedData></project>";
    (void)state;
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_str(text));
    assert_int_equal(c->err, LM_EINPUT);
    assert_int_equal(c->n_events, 1);
    assert_int_equal(capture_problems(c, LM_PROBLEM_REJECTED, "another element"), 1);
    assert_int_equal(capture_problems(c, LM_PROBLEM_LOST, "the rest is not read"), 1);
    assert_true(lm_str_starts(lm_str(c->error.locator), LM_STR("byte ")));
    capture_free(c);
}

static void a_text_that_swallowed_records_is_doubted(void **state)
{
    static const char text[] = PROJECT "<modelType type=\"Note\"><model type=\"Note\"><field name=\"Body\"><value><![CDATA[the end of this one was lost"
                               "</value></field></model><model type=\"Note\"><field name=\"Body\"><value><![CDATA[two]]></value></field></model>"
                               "</modelType>" END;
    (void)state;
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_str(text));
    assert_int_equal(c->n_events, 1);
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "records may be hidden"), 1);
    capture_free(c);
}

/* Large groups: up to 1024 members each has a leg, above that the thread is the other end. */
static void legs_have_a_ceiling(void **state)
{
    struct lm_buf b;
    (void)state;
    for (int members = 1024; members <= 1025; members++) {
        lm_buf_init(&b, (size_t)64 << 20);
        lm_buf_put(&b, LM_STR(PROJECT "<modelType type=\"Chat\"><model type=\"Chat\"><field name=\"Source\"><value>Telegram</value></field>"
                                      "<multiModelField name=\"Participants\">"));
        for (int i = 0; i < members; i++)
            lm_buf_printf(&b, "<model type=\"Party\"><field name=\"Identifier\"><value>%d</value></field></model>", i);
        lm_buf_put(&b, LM_STR("</multiModelField><multiModelField name=\"Messages\"><model type=\"InstantMessage\"><modelField name=\"From\">"
                              "<model type=\"Party\"><field name=\"Identifier\"><value>7</value></field></model></modelField></model>"
                              "</multiModelField></model></modelType>" END));
        struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
        assert_int_equal(c->n_events, 2);
        assert_int_equal(c->events[0].e.n_to, members == 1024 ? 1024 : 0);
        assert_int_equal(c->events[1].e.n_to, members == 1024 ? 1023 : 0);
        assert_int_equal((c->events[1].e.flags & LM_EVENT_MEMBERS_UNKNOWN) != 0, members != 1024);
        capture_free(c);
        lm_buf_free(&b);
    }
}

static void raw_has_a_ceiling(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR(PROJECT "<modelType type=\"Note\"><model type=\"Note\" id=\"n\"><field name=\"Big\"><value>"));
    for (int i = 0; i < 70000; i++)
        lm_buf_putc(&b, 'x');
    lm_buf_put(&b, LM_STR("</value></field><field name=\"Small\"><value>y</value></field></model></modelType>" END));
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
    assert_int_equal(c->n_events, 1);
    assert_true(lm_str_eq(c->events[0].e.raw, LM_STR("{\"id\":\"n\",\"Small\":\"y\"}")));
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "64 KiB"), 1);
    capture_free(c);
    lm_buf_free(&b);
}

/* A model of a hundred thousand fields: some are kept, the record is doubted, nothing grows beyond it. */
static void a_record_has_a_ceiling(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, (size_t)64 << 20);
    lm_buf_put(&b, LM_STR(PROJECT "<modelType type=\"Note\"><model type=\"Note\" id=\"n\">"));
    for (int i = 0; i < 100000; i++)
        lm_buf_put(&b, LM_STR("<field name=\"A\"><value>1</value></field>"));
    lm_buf_put(&b, LM_STR("</model><model type=\"Note\" id=\"o\"></model></modelType>" END));
    struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
    assert_int_equal(c->err, LM_OK);
    assert_int_equal(c->n_events, 2);
    assert_int_equal(capture_problems(c, LM_PROBLEM_DOUBTED, "more in one record"), 1);
    capture_free(c);
    lm_buf_free(&b);
}

/* What is kept between records does not grow with their number. */
static void memory_does_not_grow(void **state)
{
    struct lm_buf b;
    size_t used[2];
    (void)state;
    for (int round = 0; round < 2; round++) {
        lm_buf_init(&b, (size_t)64 << 20);
        lm_buf_put(&b, LM_STR(PROJECT "<modelType type=\"Chat\">\n"));
        for (int i = 0; i < (round == 0 ? 50 : 2000); i++) {
            lm_buf_printf(&b, "<model type=\"Chat\" id=\"%d\"><field name=\"Source\"><value>Signal</value></field><multiModelField name=\"Participants\">"
                              "<model type=\"Party\"><field name=\"Identifier\"><value>%d</value></field></model></multiModelField>"
                              "<multiModelField name=\"Messages\">\n", i, i);
            for (int k = 0; k < 10; k++)
                add_message(&b, "  ", "text");
            lm_buf_put(&b, LM_STR("</multiModelField></model>\n"));
        }
        lm_buf_put(&b, LM_STR("</modelType>" END));
        struct capture *c = capture_run("ufed_xml", "report.xml", lm_buf_str(&b));
        assert_int_equal(c->n_events, round == 0 ? 550 : 22000);
        used[round] = c->file.used_bytes + c->record.used_bytes;
        capture_free(c);
        lm_buf_free(&b);
    }
    assert_int_equal(used[0], used[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_reports_only),
        cmocka_unit_test(goes_on_behind_every_break),
        cmocka_unit_test(reading_again_has_a_budget),
        cmocka_unit_test(a_break_in_a_file_of_one_line_loses_the_rest),
        cmocka_unit_test(a_text_that_swallowed_records_is_doubted),
        cmocka_unit_test(legs_have_a_ceiling),
        cmocka_unit_test(raw_has_a_ceiling),
        cmocka_unit_test(a_record_has_a_ceiling),
        cmocka_unit_test(memory_does_not_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
