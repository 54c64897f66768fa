/* test_return_html.c - readers/shared/return_html, return_service, return_record; the bids of the two readers against all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "readers/shared/return_record.h"
#include "readers/shared/return_service.h"

#include "../reader_capture.h"

static lm_err put_section(void *user, struct lm_str id, uint64_t at)
{
    (void)at;
    lm_buf_printf(user, "{%.*s}", LM_STR_ARG(id));
    return LM_OK;
}

static lm_err put_field(void *user, const struct lm_return_field *f)
{
    lm_buf_printf(user, "%u %.*s%s", f->level, LM_STR_ARG(f->label), f->heading ? "" : "=");
    for (size_t i = 0; i < f->value.n; i++)
        lm_buf_putc(user, f->value.p[i] == '\n' ? '/' : f->value.p[i]);
    if (f->media.n != 0)
        lm_buf_printf(user, " <%.*s>", LM_STR_ARG(f->media));
    lm_buf_printf(user, "%s%s;", f->after_break ? " ..." : "", f->altered ? " !" : "");
    return LM_OK;
}

static const struct lm_return_on putting = { put_section, put_field };

static void expect(const char *html, bool complete, const char *want)
{
    struct lm_buf out;
    struct lm_return_end end;
    lm_buf_init(&out, 1 << 20);
    assert_int_equal(lm_return_html(lm_str(html), &putting, &out, &end, NULL), LM_OK);
    lm_buf_putc(&out, '\0');
    assert_string_equal(out.p, want);
    assert_int_equal(end.complete, complete);
    lm_buf_free(&out);
}

#define S "<div id=\"property-x\">"

static void reads_each_generation_alike(void **state)
{
    (void)state;
    static const char want[] = "{x}0 A=1;0 B=2/3;1 C=4;0 D=5;{}";
    expect("<html>" S "<table><tr><th>A<td>1<tr><th>B<td>2<br>3<table><tr><th>C<td>4</table><tr><th>D<td>5</table></div></html>", true, want);
#define G2(l, v) "<div class=\"div_table\" style=\"font-weight: bold; display:table;\">" l "<div style=\"display: table-cell;\"><div>" v "</div></div></div>"
    expect("<html>" S G2("A", "1") G2("B", "2<br>3" G2("C", "4")) G2("D", "5") "</div></html>", true, want);
#define G3(l, v) "<div class=\"div_table outer\"><div class=\"div_table inner\">" l "<div class=\"most_inner\"><div>" v "</div></div></div></div>"
    expect("<html>" S G3("A", "1") G3("B", "2<br>3" G3("C", "4")) G3("D", "5") "</div></html>", true, want);
#define G4(l, v) "<div class=\"t o\"><div class=\"t i\">" l "<div class=\"m\"><div>" v "<div class=\"p\"></div></div></div></div></div>"
    expect("<html>" S G4("A", "1") G4("B", "2<br>3" G4("C", "4")) G4("D:", "5") "</div></html>", true, want);
}

#define BREAK "<div class=\"pageBreak\">Meta Platforms Business Record<span>Page 3</span></div>"

static void looks_through_page_breaks(void **state)
{
    (void)state;
    expect("<html>" S G4("A" BREAK, "1") G4("B", "two" BREAK " halves") "</div></html>", true, "{x}0 A=1;0 B=two halves;{}");
    expect("<html>" S G4("A", "1") BREAK G4("", "and more") "</div></html>", true, "{x}0 A=1;0 =and more ...;{}");
    expect("<html>" S G4("A", "1<div class=\"p\">not a page</div>") "</div></html>", true, "{x}0 A=1/not a page;{}");
    expect("<html>" S "<table><tr><th>A" BREAK "<td>1" BREAK "2</table></div></html>", true, "{x}0 A=12;{}");
}

static void reads_bare_labels_and_unclosed_cells(void **state)
{
    (void)state;
    expect("<html>" S "Thread<div class=m><div>Name (1)\n Author<div class=m><div>a</div></div>\nCall Record\nType<div class=m>Video</div></div></html>", true,
           "{x}0 Thread=Name (1);1 Author=a;1 Call Record;1 Type=Video;{}");
    expect(S G4("A", "1<div class=t>B<div class=m>2") "<div id='property-y'>text", false, "{x}0 A=1;1 B=2;{y}0 =text;{}");
    expect("<html><a href='#x'>menu</a>" S G4("A", "<img src='linked_media/a.png'><img src='data:xx'>") "</div></html>", true,
           "{x}0 A= <linked_media/a.png>;{}");
    expect("<html>" S G4("A", "x\xff") "</div></html>", true, "{x}0 A=x\xef\xbf\xbd !;{}");
    expect("<html>" S "<script>no</script><div class=t>Heading</div>" G4("A", "1") "</div></html>", true, "{x}0 Heading;0 A=1;{}");
}

static void never_nests_too_deep(void **state)
{
    (void)state;
    struct lm_buf in, out;
    struct lm_return_end end;
    lm_buf_init(&in, 1 << 20);
    lm_buf_init(&out, 1 << 20);
    lm_buf_put(&in, LM_STR(S));
    for (int i = 0; i < 400; i++)
        lm_buf_printf(&in, "<div class=t>L%d<div class=m>v%d", i, i);
    assert_int_equal(lm_return_html(lm_buf_str(&in), &putting, &out, &end, NULL), LM_OK);
    assert_true(lm_str_find(lm_buf_str(&out), LM_STR("31 L31=v31")) != SIZE_MAX);
    assert_true(lm_str_find(lm_buf_str(&out), LM_STR("v399")) != SIZE_MAX);
    lm_buf_free(&in);
    lm_buf_free(&out);
}



/* As the made-up returns of another project have it: the cell of a thread is never closed. */
static void reads_many_threads_that_are_never_closed(void **state)
{
    (void)state;
    struct lm_buf in;
    lm_buf_init(&in, 1 << 20);
    lm_buf_put(&in, LM_STR("<html><div id=\"property-unified_messages\">"));
    for (int i = 0; i < 700; i++)
        lm_buf_printf(&in, "Thread<div class=\"m\"><div>T (%d)\nCurrent Participants<div class=\"m\"><div>a (instagram: 1), b (instagram: 2)</div></div>\n"
                           "Author<div class=\"m\"><div>a (instagram: 1)</div></div>\nSent<div class=\"m\"><div>2024-01-01 00:00:00 UTC</div></div>\n"
                           "Body<div class=\"m\"><div>text %d</div></div>\n", 1000 + i, i);
    struct capture *c = capture_run("meta_return_html", "records.html", lm_buf_str(&in));
    size_t messages = 0;
    for (size_t i = 0; i < c->n_events; i++) {
        char text[32], thread[32];
        if (c->events[i].e.kind != LM_EVENT_MESSAGE)
            continue;
        (void)snprintf(text, sizeof text, "text %zu", messages);
        (void)snprintf(thread, sizeof thread, "%zu", 1000 + messages);
        assert_true(lm_str_eq(c->events[i].e.text, lm_str(text)) && lm_str_eq(c->events[i].e.thread.native, lm_str(thread)));
        assert_int_equal(c->events[i].e.n_to, 1);
        messages++;
    }
    assert_int_equal(messages, 700);
    assert_int_equal(c->n_events, 1400);
    capture_free(c);
    lm_buf_free(&in);
}

struct place {
    uint64_t at, line_at;
    size_t n_lines;
};

static lm_err note_place(void *user, const struct lm_return_field *f)
{
    struct place *p = user;
    *p = (struct place){ .at = f->at, .n_lines = f->n_lines, .line_at = f->n_lines != 0 ? f->lines[0].at : 0 };
    return LM_OK;
}

static lm_err no_section(void *user, struct lm_str id, uint64_t at)
{
    (void)user, (void)id, (void)at;
    return LM_OK;
}

static void tells_where_lines_begin(void **state)
{
    (void)state;
    static const char html[] = S "<div class=t>\n  Label<div class=m> one<br>two</div></div>";
    struct place p = { .n_lines = 9 };
    struct lm_return_end end;
    assert_int_equal(lm_return_html(lm_str(html), &(struct lm_return_on){ no_section, note_place }, &p, &end, NULL), LM_OK);
    assert_int_equal(p.n_lines, 1);
    assert_memory_equal(html + p.line_at, "two", 3);
    assert_int_equal(html[p.at], '\n'); /* the text that the label stands in */
}

static void reads_the_text_form(void **state)
{
    (void)state;
    struct lm_buf out;
    struct lm_return_end end;
    lm_buf_init(&out, 1 << 20);
    struct lm_str in = LM_STR("\xef\xbb\xbfService\tWhatsApp\r\nMessage Log\nMessage\n\tType:\ttext\n\t\tX\ty\tz\n\nCall Logs\nCut");
    assert_true(lm_return_is_text(in));
    assert_false(lm_return_is_text(LM_STR("Service,WhatsApp\n")));
    assert_int_equal(lm_return_text(in, &putting, &out, &end, NULL), LM_OK);
    lm_buf_putc(&out, '\0');
    assert_string_equal(out.p, "0 Service=WhatsApp;{message_log}0 Message;1 Type=text;2 X=y\tz;{call_logs}0 Cut;");
    assert_false(end.complete);
    lm_buf_free(&out);
}

static void takes_addresses_apart(void **state)
{
    (void)state;
    static const struct {
        const char *written, *ip;
    } ips[] = { { "192.0.2.1:443", "192.0.2.1" }, { "192.0.2.1", "192.0.2.1" }, { "[2001:db8::1]:443", "2001:db8::1" },
                { "2001:db8::1", "2001:db8::1" }, { "nowhere", "" }, { "12:34", "" }, { "1.2.3", "" }, { "[2001:db8::1", "" }, { "", "" } };
    for (size_t i = 0; i < sizeof ips / sizeof *ips; i++)
        assert_true(lm_str_eq(lm_return_ip(lm_str(ips[i].written)), lm_str(ips[i].ip)));
    assert_true(lm_str_eq(lm_return_email(LM_STR("Ana <ana@example.org> (verified)")), LM_STR("ana@example.org")));
    assert_int_equal(lm_return_email(LM_STR("@ana")).n, 0);
    assert_true(lm_str_eq(lm_return_phone(LM_STR(" +1 303-555-0101 Cell")), LM_STR("+1 303-555-0101")));
    assert_int_equal(lm_return_phone(LM_STR("5550")).n, 0);
    assert_true(lm_retrec_is(LM_STR("IP Address"), "ip_address") && !lm_retrec_is(LM_STR("IP Addresses"), "ip address"));
    assert_true(lm_return_says_none(LM_STR("No responsive records located")) && !lm_return_says_none(LM_STR("No")));
}

static void finds_out_whose_return_it_is(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_return_service s;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_return_service(&a, LM_STR("<div id=\"property-request_parameters\">" G4("Service", "WhatsApp") G4("Target", "1") "</div>"), &s), LM_OK);
    assert_true(lm_return_is_whatsapp(&s, LM_STR("")) && lm_str_eq(s.target, LM_STR("1")) && s.any_section && s.any_label);
    assert_int_equal(lm_return_service(&a, LM_STR("<div id=\"property-message_log\">"), &s), LM_OK);
    assert_true(lm_return_is_whatsapp(&s, LM_STR("")));
    assert_int_equal(lm_return_service(&a, LM_STR("<div id=\"property-unified_messages\">"), &s), LM_OK);
    assert_false(lm_return_is_whatsapp(&s, LM_STR("")));
    lm_arena_free(&a);
}

/* The one reader that bids; NULL: none does. No other comes within 8 bits. */
static const char *bidder(const char *path, const char *text)
{
    struct lm_input in = { .bytes = lm_str(text), .path = lm_str(path) };
    const char *best = NULL;
    int bits = 0, second = 0;
    for (size_t i = 0; lm_readers[i] != NULL; i++) {
        int b = lm_readers[i]->bid(&in, lm_str_take(in.bytes, lm_readers[i]->lookahead));
        if (b > bits) {
            second = bits;
            bits = b;
            best = lm_readers[i]->name;
        } else if (b > second) {
            second = b;
        }
    }
    assert_true(best == NULL || bits - second > 8);
    return best;
}

static void bids_for_its_own_and_nothing_else(void **state)
{
    (void)state;
    assert_string_equal(bidder("records.html", "<html><div id=\"property-request_parameters\">" G4("Service", "Instagram") "</div>"), "meta_return_html");
    assert_string_equal(bidder("index.html", "<html><div id='property-unified_messages'></div>"), "meta_return_html");
    assert_string_equal(bidder("records.html", "<html><div id=\"property-request_parameters\">" G4("Service", "WhatsApp") "</div>"), "whatsapp_return_html");
    assert_string_equal(bidder("a.txt", "Service\tWhatsApp\nAccount Identifier\t+13035550100\n"), "whatsapp_return_html");
    assert_null(bidder("messages.html", "<html><body><div class=\"message default\" id=\"message1\"><div class=\"text\">hi</div></div></body></html>"));
    assert_null(bidder("message_1.html", "<html><body><div class=\"pam _3-95 _2ph- _a6-g\"><h2>Ana</h2></div></body></html>"));
    assert_null(bidder("index.html", "<html><body><div id=\"home\"><table><tr><th>Service<td>x</table></div></body></html>"));
    assert_string_equal(bidder("index.html", "<html><title>Facebook Legal Request</title><div id=\"home\"><table><tr><th>Service</th><td>WhatsApp"),
                        "whatsapp_return_html");
    assert_string_equal(bidder("index.html", "<html><title>Facebook Legal Request</title><div id=\"home\"><table><tr><th>Service</th><td>Facebook"),
                        "meta_return_html");
    assert_null(bidder("a.txt", "Service\tOther\nAccount Identifier\tx\n"));
    assert_null(bidder("a.html", "<p>They sent a Business Record, I read property- in it</p>"));
}

static void survives_what_has_no_end(void **state)
{
    (void)state;
    struct capture *c = capture_run("meta_return_html", "records.html", LM_STR("<div id=\"property-unified_messages\">"));
    assert_int_equal(c->err, LM_EINPUT);
    assert_false(c->empty);
    assert_int_equal(capture_problems(c, LM_PROBLEM_LOST, "stops"), 1);
    capture_free(c);
    c = capture_run("meta_return_html", "records.html", LM_STR("\xff\xfe<\0h\0"));
    assert_int_equal(c->err, LM_EINPUT);
    capture_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_generation_alike),
        cmocka_unit_test(looks_through_page_breaks),
        cmocka_unit_test(reads_bare_labels_and_unclosed_cells),
        cmocka_unit_test(never_nests_too_deep),
        cmocka_unit_test(reads_many_threads_that_are_never_closed),
        cmocka_unit_test(tells_where_lines_begin),
        cmocka_unit_test(reads_the_text_form),
        cmocka_unit_test(takes_addresses_apart),
        cmocka_unit_test(finds_out_whose_return_it_is),
        cmocka_unit_test(bids_for_its_own_and_nothing_else),
        cmocka_unit_test(survives_what_has_no_end),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
