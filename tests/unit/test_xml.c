/* test_xml.c - formats/xml: tokens, offsets, what is tolerated, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "formats/xml.h"

/* "<a x=1>text</a>!" … one line; oddities in digits behind the token; ends in "" or " (input at 12)". */
static void walk(struct lm_str in, bool inside, struct lm_buf *out)
{
    struct lm_xml *x = lm_xml_new(in, inside);
    struct lm_xml_token t;
    lm_err err;
    assert_non_null(x);
    lm_buf_clear(out);
    while ((err = lm_xml_next(x, &t)) == LM_OK && t.type != LM_XML_END) {
        if (t.type == LM_XML_OPEN) {
            assert_true(t.at < in.n && in.p[t.at] == '<');
            lm_buf_printf(out, "<%.*s", LM_STR_ARG(t.name));
            for (size_t i = 0; i < t.n_attributes; i++)
                lm_buf_printf(out, " %.*s=%.*s", LM_STR_ARG(t.attributes[i].name), LM_STR_ARG(t.attributes[i].value));
            lm_buf_putc(out, '>');
        } else if (t.type == LM_XML_CLOSE) {
            assert_true(t.at <= in.n && in.p[t.at - 1] == '>');
            lm_buf_printf(out, "</%.*s>", LM_STR_ARG(t.name));
        } else {
            lm_buf_put(out, t.text);
        }
        if (t.oddities != 0)
            lm_buf_printf(out, "%u", t.oddities);
    }
    if (err != LM_OK) {
        lm_buf_printf(out, " (%s at %llu)", lm_err_name(err), (unsigned long long)lm_xml_offset(x));
        assert_non_null(lm_xml_why(x));
        assert_int_equal(lm_xml_next(x, &t), err);
    } else {
        assert_int_equal(lm_xml_next(x, &t), LM_OK);
        assert_int_equal(t.type, LM_XML_END);
    }
    lm_xml_free(x);
    lm_buf_putc(out, '\0');
}

static void expect(const char *in, const char *want)
{
    struct lm_buf out;
    lm_buf_init(&out, (size_t)1 << 20);
    walk(lm_str(in), false, &out);
    assert_string_equal(out.p, want);
    lm_buf_free(&out);
}

static void reads_elements_text_and_attributes(void **state)
{
    (void)state;
    expect("<a/>", "<a></a>");
    expect("\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a b=\"1\" c='x &amp; y'>t<b>u</b>v</a>\n<!-- end -->",
           "<a b=1 c=x & y>t<b>u</b>v</a>");
    expect("\r\n <a>one<!-- no -->two<![CDATA[ <three> & ]]>four</a>", "<a>onetwo <three> & four</a>");
    expect("<a>&lt;&#65;&#x42;&gt;\r\nnext</a>", "<a><AB>\nnext</a>");
    expect("<!DOCTYPE plist PUBLIC \"-//x//y\" \"http://192.0.2.1/[p].dtd\"><plist> </plist>", "<plist> </plist>");
}

static void knows_namespaces(void **state)
{
    struct lm_str in = LM_STR("<p:a xmlns:p=\"urn:one\" xmlns=\"urn:two\"><b p:c=\"d\" e=\"f\"/></p:a>");
    struct lm_xml *x = lm_xml_new(in, false);
    struct lm_xml_token t;
    (void)state;
    assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_true(lm_str_eq(t.name, LM_STR("a")) && lm_str_eq(t.ns, LM_STR("urn:one")));
    assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_true(lm_str_eq(t.name, LM_STR("b")) && lm_str_eq(t.ns, LM_STR("urn:two")));
    assert_int_equal(t.depth, 1);
    assert_true(lm_str_eq(t.attributes[0].ns, LM_STR("urn:one")) && t.attributes[1].ns.n == 0);
    assert_true(lm_str_eq(lm_xml_attribute(&t, LM_STR("e")), LM_STR("f")));
    assert_null(lm_xml_attribute(&t, LM_STR("g")).p);
    lm_xml_free(x);
    expect("<a><p:b/></a>", "<a><b></b></a>"); /* no such namespace: as if without */
}

static void passes_over_what_xml_forbids(void **state)
{
    (void)state;
    expect("<a>x&#x1F;y</a>", "<a>x\xef\xbf\xbdy2</a>");
    expect("<a>x&#0;y&#xFFFF;</a>", "<a>x\xef\xbf\xbdy\xef\xbf\xbd" "2</a>");
    expect("<a b=\"x&#x1F;y\">z</a>", "<a b=xy>2z</a>");
    expect("<a>x\x01y\x7f</a>", "<a>x\xef\xbf\xbdy\xef\xbf\xbd" "1</a>");
    expect("<a>x\xffy\xc3</a>", "<a>x\xef\xbf\xbdy\xef\xbf\xbd" "1</a>");
    expect("<a b=\"\xe9\">caf\xc3\xa9</a>", "<a b=\xef\xbf\xbd>1caf\xc3\xa9</a>");
    expect("<a>\xed\xa0\x80</a>", "<a>\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "1</a>");
    expect("<a><![CDATA[&#x1F;\x02]]></a>", "<a>&#x1F;\xef\xbf\xbd" "1</a>");
    expect("<a>1 &nbsp; 2</a>", "<a>1 &nbsp; 22</a>");
    expect("<a>fish & chips</a>", "<a>fish & chips2</a>");
    expect("<a b=\"&nbsp;\"/>", "<a b=>2</a>");
    expect("<a>\xef\xbf\xbe</a>", "<a>\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" "1</a>");
}

static void says_where_it_breaks(void **state)
{
    (void)state;
    expect("", " (input at 0)");
    expect("  ", " (input at 2)");
    expect("hello", " (input at 0)");
    expect("<?xml version=\"1.0\"?>", " (input at 21)");
    expect("<a><b>text</a>", "<a><b> (input at 14)");
    expect("<a>x ]]> y</a>", "<a> (input at 3)");
    expect("<a><b>te", "<a><b> (input at 8)");
    expect("<a><b>text</b", "<a><b> (input at 13)");
    expect("<a><b c=\"d", "<a> (input at 10)");
    expect("<a><b c=\"d\"", "<a> (input at 11)");
    expect("<a><![CDATA[te", "<a> (input at 14)");
    expect("<a/><b/>", "<a></a> (input at 4)");
    expect("<a b=\"1\" b=\"2\"/>", " (input at 14)");
}

static void refuses_document_types_and_encodings(void **state)
{
    (void)state;
    expect("<!DOCTYPE a [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;\">]><a>&m;</a>", " (input at 12)");
    expect("<!-- x --><!DOCTYPE a SYSTEM 'b[c' [ ]><a/>", " (input at 35)");
    expect("<a><!DOCTYPE b [<!ENTITY c \"d\">]>&c;</a>", "<a> (input at 3)");
    expect("<?xml version=\"1.0\" encoding=\"windows-1252\"?><a/>", " (input at 0)");
    expect("\xff\xfe<\0a\0", " (input at 0)");
    expect("<?xml version='1.0' encoding='UTF-8'?><a/>", "<a></a>");
}

static void goes_on_inside(void **state)
{
    struct lm_buf out;
    (void)state;
    lm_buf_init(&out, 1 << 20);
    walk(LM_STR("<b c=\"1\">x</b> <b>y</b>"), true, &out);
    assert_string_equal(out.p, "<b c=1>x</b><b>y</b>");
    walk(LM_STR("<b>x</b></a>"), true, &out);
    assert_string_equal(out.p, "<b>x</b> (input at 12)");
    walk(LM_STR("<b>x"), true, &out);
    assert_string_equal(out.p, "<b> (input at 4)");
    lm_buf_free(&out);
}

static void keeps_its_ceilings(void **state)
{
    struct lm_buf in;
    struct lm_xml_token t;
    lm_err err;
    (void)state;
    lm_buf_init(&in, (size_t)256 << 20);
    for (int i = 0; i < 300; i++)
        lm_buf_put(&in, LM_STR("<a>"));
    struct lm_xml *x = lm_xml_new(lm_buf_str(&in), false);
    for (int i = 0; i < LM_XML_MAX_DEPTH; i++)
        assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_int_equal(lm_xml_next(x, &t), LM_ELIMIT);
    assert_int_equal(lm_xml_offset(x), LM_XML_MAX_DEPTH * 3 + 2);
    lm_xml_free(x);

    lm_buf_clear(&in);
    lm_buf_put(&in, LM_STR("<a><b>"));
    char *p = lm_buf_reserve(&in, LM_XML_MAX_TEXT + 10);
    memset(p, 'x', LM_XML_MAX_TEXT + 10);
    in.n += LM_XML_MAX_TEXT + 10;
    lm_buf_put(&in, LM_STR("</b><b>y</b></a>"));
    x = lm_xml_new(lm_buf_str(&in), false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_int_equal(t.type, LM_XML_TEXT);
    assert_int_equal(t.oddities, LM_XML_CUT);
    assert_true(t.text.n > LM_XML_MAX_TEXT - 1024 && t.text.n <= LM_XML_MAX_TEXT);
    for (int i = 0; i < 3; i++)
        assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_true(t.type == LM_XML_TEXT && lm_str_eq(t.text, LM_STR("y")));
    lm_xml_free(x);

    lm_buf_clear(&in);
    lm_buf_put(&in, LM_STR("<a b=\""));
    p = lm_buf_reserve(&in, 11000000);
    memset(p, 'x', 11000000);
    in.n += 11000000;
    lm_buf_put(&in, LM_STR("\"/>"));
    x = lm_xml_new(lm_buf_str(&in), false);
    while ((err = lm_xml_next(x, &t)) == LM_OK && t.type != LM_XML_END)
        continue;
    assert_int_equal(err, LM_ELIMIT);
    lm_xml_free(x);
    lm_buf_free(&in);
}

/* One document behind blanks of any length: where libxml2's steps end must not be seen. */
static void does_not_depend_on_steps(void **state)
{
    static const char document[] = "<r><m id=\"1\">caf\xc3\xa9 \xf0\x9f\x98\x80<![CDATA[x]y]]z]]>&amp;&#x1f600;\r\nq</m>\xff"
                                   "<e/><n a='&lt;' b=\"\x01\">&#1;</n></r>";
    struct lm_buf in, out, want;
    (void)state;
    lm_buf_init(&in, 1 << 20);
    lm_buf_init(&out, 1 << 20);
    lm_buf_init(&want, 1 << 20);
    walk(lm_str(document), false, &want);
    for (size_t pad = 16384 - sizeof document - 8; pad < 16384 + 4; pad++) {
        lm_buf_clear(&in);
        lm_buf_put(&in, LM_STR("<!--"));
        for (size_t i = 0; i < pad; i++)
            lm_buf_putc(&in, 'x');
        lm_buf_put(&in, LM_STR("-->"));
        lm_buf_put(&in, lm_str(document));
        walk(lm_buf_str(&in), false, &out);
        assert_string_equal(out.p, want.p);
    }
    lm_buf_free(&in);
    lm_buf_free(&out);
    lm_buf_free(&want);
}

static void skips_whole_elements(void **state)
{
    struct lm_str in = LM_STR("<a><b><c>1</c><b/></b><d>2</d></a>");
    struct lm_xml *x = lm_xml_new(in, false);
    struct lm_xml_token t;
    uint64_t end;
    (void)state;
    assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_int_equal(lm_xml_skip(x, t.depth, &end), LM_OK);
    assert_int_equal(end, 22);
    assert_int_equal(lm_xml_next(x, &t), LM_OK);
    assert_true(lm_str_eq(t.name, LM_STR("d")));
    assert_int_equal(t.at, 22);
    lm_xml_free(x);
    lm_xml_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_elements_text_and_attributes),
        cmocka_unit_test(knows_namespaces),
        cmocka_unit_test(passes_over_what_xml_forbids),
        cmocka_unit_test(says_where_it_breaks),
        cmocka_unit_test(refuses_document_types_and_encodings),
        cmocka_unit_test(goes_on_inside),
        cmocka_unit_test(keeps_its_ceilings),
        cmocka_unit_test(does_not_depend_on_steps),
        cmocka_unit_test(skips_whole_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
