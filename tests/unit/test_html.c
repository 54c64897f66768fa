/* test_html.c - formats/html: tokens, offsets, tag soup, what is repaired. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "formats/html.h"

/* "<a x=1>text</a>" … one line; an implied end is "</a ~>"; other oddities in digits behind the token. */
static void walk(struct lm_str in, struct lm_buf *out)
{
    struct lm_html *h = lm_html_new(in);
    struct lm_html_token t;
    uint32_t depth = 0;
    lm_err err;
    assert_non_null(h);
    lm_buf_clear(out);
    while ((err = lm_html_next(h, &t)) == LM_OK && t.type != LM_HTML_END) {
        unsigned odd = t.oddities & ~(unsigned)LM_HTML_IMPLIED;
        assert_true(t.at <= t.end && t.end <= in.n);
        if (t.type == LM_HTML_OPEN) {
            assert_int_equal(in.p[t.at], '<');
            assert_int_equal(t.depth, depth++);
            lm_buf_printf(out, "<%.*s", LM_STR_ARG(t.name));
            for (size_t i = 0; i < t.n_attributes; i++)
                lm_buf_printf(out, " %.*s=%.*s", LM_STR_ARG(t.attributes[i].name), LM_STR_ARG(t.attributes[i].value));
            lm_buf_putc(out, '>');
        } else if (t.type == LM_HTML_CLOSE) {
            assert_int_equal(t.depth, --depth);
            lm_buf_printf(out, "</%.*s%s>", LM_STR_ARG(t.name), t.oddities & LM_HTML_IMPLIED ? " ~" : "");
        } else {
            assert_int_equal(t.depth, depth);
            lm_buf_put(out, t.text);
        }
        if (odd != 0)
            lm_buf_printf(out, "%u", odd);
    }
    if (err != LM_OK) {
        lm_buf_printf(out, " (%s)", lm_err_name(err));
        assert_non_null(lm_html_why(h));
        assert_int_equal(lm_html_next(h, &t), err);
    } else {
        assert_int_equal(depth, 0);
        if (t.oddities & LM_HTML_TRUNCATED)
            lm_buf_put(out, LM_STR(" (truncated)"));
        assert_int_equal(lm_html_next(h, &t), LM_OK);
        assert_int_equal(t.type, LM_HTML_END);
    }
    lm_html_free(h);
    lm_buf_putc(out, '\0');
}

static void expect_n(struct lm_str in, const char *want)
{
    struct lm_buf out;
    lm_buf_init(&out, (size_t)1 << 20);
    walk(in, &out);
    assert_string_equal(out.p, want);
    lm_buf_free(&out);
}

static void expect(const char *in, const char *want)
{
    expect_n(lm_str(in), want);
}

static void reads_elements_attributes_and_text(void **state)
{
    (void)state;
    expect("", "");
    expect("plain", "plain");
    expect("<!DOCTYPE html><p>a</p>", "<p>a</p>");
    expect("<DIV ID=\"x\" Class='t o' hidden data-n=7>a</DIV >", "<div id=x class=t o hidden= data-n=7>a</div>");
    expect("<a href=x/y>z</a>", "<a href=x/y>z</a>");
    expect("<a\nb = \"1\"c='2'/d>z</a>", "<a b=1 c=2 d=>z</a>");
    expect("a<br>b<br/>c", "a<br></br>b<br></br>c");
    expect("<img alt='a>b'>x", "<img alt=a>b></img>x");
    expect("<x-card>y</X-Card>", "<x-card>y</x-card>");
    expect("<div/>x", "<div>x</div ~>");
    expect("<svg><path d=1 /><g/></svg>x", "<svg><path d=1></path><g></g></svg>x");
}

static void merges_text_around_comments(void **state)
{
    (void)state;
    expect("a<!-- x > y -->b<!-->c<!--->d", "abcd");
    expect("a<!bogus>b<?php x ?>c</ 3>d", "abcd");
    expect("a<!--x--!>b<!--x", "ab (truncated)");
    expect("1 < 2 <3 <", "1 < 2 <3 <");
}

static void resolves_references(void **state)
{
    (void)state;
    expect("&lt;&gt;&amp;&quot;&apos;&nbsp;&eacute;&#233;&#xE9;&#xe9 &#65", "<>&\"'\xc2\xa0\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 A");
    expect("a&b &c; AT&T &copy=1 &", "a&b &c; AT&T &copy=1 &2");
    expect("&#128;", "\xe2\x82\xac");
    expect("&#0;", "\xef\xbf\xbd" "2");
    expect("&#xD800;&#x110000;&#99999999999;", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "2");
    expect("<a href='?a=1&amp;b=2&lt=3'>x</a>", "<a href=?a=1&b=2&lt=3>x</a>");
}

static void repairs_bytes(void **state)
{
    (void)state;
    expect("\xef\xbb\xbf<p>a</p>", "<p>a</p>");
    expect("a\xff\xc3\xa9", "a\xef\xbf\xbd\xc3\xa9" "1");
    expect_n(LM_STR("a\0b"), "a\xef\xbf\xbd" "b1");
    expect("<a b='\x80'>x</a>", "<a b=\xef\xbf\xbd>1x</a>");
    expect_n(LM_STR("\xff\xfe<\0p\0"), " (input)");
}

static void reads_raw_text(void **state)
{
    (void)state;
    expect("<script>if (a<b) '</div>' &amp;</script>x", "<script>if (a<b) '</div>' &amp;</script>x");
    expect("<style>a</styles></STYLE >x", "<style>a</styles></style>x");
    expect("<title>a<b>&amp;</title>x", "<title>a<b>&</title>x");
    expect("<textarea></textarea>x", "<textarea></textarea>x");
    expect("<script>never", "<script>never</script ~> (truncated)");
}

static void closes_what_is_not_closed(void **state)
{
    (void)state;
    expect("<p>a<p>b<div>c</div>", "<p>a</p ~><p>b</p ~><div>c</div>");
    expect("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", "<ul><li>a</li ~><li>b<ul><li>c</li ~></ul></li ~><li>d</li ~></ul>");
    expect("<table><tr><th>a<td>b<tr><th>c</table>d",
           "<table><tr><th>a</th ~><td>b</td ~></tr ~><tr><th>c</th ~></tr ~></table>d");
    expect("<table><tr><td><table><tr><td>x</table>y<td>z</table>",
           "<table><tr><td><table><tr><td>x</td ~></tr ~></table>y</td ~><td>z</td ~></tr ~></table>");
    expect("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt ~><dd>b</dd ~><dt>c</dt ~></dl>");
    expect("<div><b>a</div>b", "<div><b>a</b ~></div>b");
    expect("<b><div>a</b>b</div></b>", "<b><div>ab</div></b>");
    expect("<td>a</div>b</td>", "<td>ab</td>");
    expect("<div><td>a</div>b</td></div>", "<div><td>ab</td></div>");
    expect("</p></x>a</div>", "a");
    expect("<html><body><div>a</html><p>b", "<html><body><div>a</div ~></body ~></html><p>b</p ~>");
}

static void tells_where_it_stops(void **state)
{
    (void)state;
    expect("<p>a<div cla", "<p>a</p ~> (truncated)");
    expect("<p>a<div class=\"x", "<p>a</p ~> (truncated)");
    expect("<p>a</p", "<p>a</p ~> (truncated)");
    expect("<p>a", "<p>a</p ~>");
}

static void keeps_depth_and_attributes_below_their_ceilings(void **state)
{
    (void)state;
    struct lm_buf in;
    lm_buf_init(&in, (size_t)1 << 20);
    for (int i = 0; i < LM_HTML_MAX_DEPTH + 88; i++)
        lm_buf_printf(&in, "<i>%d", i);
    struct lm_html *h = lm_html_new(lm_buf_str(&in));
    struct lm_html_token t;
    int opens = 0, closes = 0, deep = 0;
    assert_non_null(h);
    while (lm_html_next(h, &t) == LM_OK && t.type != LM_HTML_END) {
        assert_true(t.depth <= LM_HTML_MAX_DEPTH);
        opens += t.type == LM_HTML_OPEN;
        closes += t.type == LM_HTML_CLOSE;
        deep += (t.oddities & LM_HTML_TOO_DEEP) != 0;
    }
    assert_int_equal(opens, LM_HTML_MAX_DEPTH + 88);
    assert_int_equal(closes, opens);
    assert_int_equal(deep, 88);
    lm_html_free(h);
    lm_buf_clear(&in);
    lm_buf_put(&in, LM_STR("<a"));
    for (int i = 0; i <= LM_HTML_MAX_ATTRIBUTES; i++)
        lm_buf_printf(&in, " A%d='&lt;'", i);
    lm_buf_put(&in, LM_STR(">x"));
    h = lm_html_new(lm_buf_str(&in));
    assert_non_null(h);
    assert_int_equal(lm_html_next(h, &t), LM_OK);
    assert_int_equal(t.n_attributes, LM_HTML_MAX_ATTRIBUTES);
    assert_int_equal(t.oddities, LM_HTML_CUT);
    assert_true(lm_str_eq(lm_html_attribute(&t, "a63"), LM_STR("<")));
    assert_null(lm_html_attribute(&t, "a64").p);
    lm_html_free(h);
    lm_buf_free(&in);
}

static void gives_offsets_and_skips(void **state)
{
    (void)state;
    struct lm_str in = LM_STR("ab<div>&lt;x<p>y</p></div>z");
    struct lm_html *h = lm_html_new(in);
    struct lm_html_token t;
    uint64_t end;
    assert_non_null(h);
    assert_int_equal(lm_html_next(h, &t), LM_OK);
    assert_true(t.at == 0 && t.end == 2);
    assert_int_equal(lm_html_next(h, &t), LM_OK);
    assert_true(t.at == 2 && t.end == 7);
    assert_int_equal(lm_html_next(h, &t), LM_OK);
    assert_true(t.at == 7 && t.end == 12);
    assert_int_equal(lm_html_skip(h, 0, &end), LM_OK);
    assert_int_equal(end, 26);
    assert_int_equal(lm_html_next(h, &t), LM_OK);
    assert_true(lm_str_eq(t.text, LM_STR("z")) && t.at == 26);
    lm_html_free(h);
}

static void cuts_a_text_that_is_too_long(void **state)
{
    (void)state;
    for (int amp = 0; amp < 2; amp++) {
        size_t n = LM_HTML_MAX_TEXT + 100;
        char *p = malloc(n);
        assert_non_null(p);
        for (size_t i = 0; i + 1 < n; i += 2)
            memcpy(p + i, "\xc3\xa9", 2);
        memcpy(p, amp ? "&;" : "a;", 2);
        struct lm_html *h = lm_html_new((struct lm_str){ p, n });
        struct lm_html_token t;
        assert_non_null(h);
        assert_int_equal(lm_html_next(h, &t), LM_OK);
        assert_int_equal(t.oddities, LM_HTML_CUT);
        assert_int_equal(t.text.n, LM_HTML_MAX_TEXT);
        assert_int_equal(lm_utf8_valid_prefix(t.text), t.text.n);
        assert_int_equal(t.end, n);
        lm_html_free(h);
        free(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_elements_attributes_and_text),
        cmocka_unit_test(merges_text_around_comments),
        cmocka_unit_test(resolves_references),
        cmocka_unit_test(repairs_bytes),
        cmocka_unit_test(reads_raw_text),
        cmocka_unit_test(closes_what_is_not_closed),
        cmocka_unit_test(tells_where_it_stops),
        cmocka_unit_test(keeps_depth_and_attributes_below_their_ceilings),
        cmocka_unit_test(gives_offsets_and_skips),
        cmocka_unit_test(cuts_a_text_that_is_too_long),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
