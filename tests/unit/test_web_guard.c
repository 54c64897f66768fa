/* What the server decides about a request before it looks at any data, and how evidence becomes HTML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/guard.h"
#include "web/html.h"

static void only_our_host_names(void **state)
{
    static const char *const ours[] = { "127.0.0.1:8420", "localhost:8420", "LocalHost:8420" };
    static const char *const others[] = {
        "", "127.0.0.1", "localhost", "127.0.0.1:80", "127.0.0.1:84200", "127.0.0.1:8420 ", " 127.0.0.1:8420",
        "127.0.0.2:8420", "[::1]:8420", "localhost.:8420", "localhost.example.org:8420", "example.org:8420",
        "127.0.0.1:8420@example.org", "example.org", "127.0.0.1:08420", "0x7f000001:8420", "127.1:8420",
    };
    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        assert_true(lm_host_ours(lm_str(ours[i]), 8420));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(lm_host_ours(lm_str(others[i]), 8420));
    assert_false(lm_host_ours(LM_STR("127.0.0.1:8420\0x"), 8420));
}

static void other_sites_may_not_ask(void **state)
{
    (void)state;
    assert_true(lm_fetch_site_ours(LM_STR("")));
    assert_true(lm_fetch_site_ours(LM_STR("same-origin")));
    assert_true(lm_fetch_site_ours(LM_STR("none")));
    assert_false(lm_fetch_site_ours(LM_STR("cross-site")));
    assert_false(lm_fetch_site_ours(LM_STR("same-site"))); /* another port of this machine */
}

static void parameters_are_printable_text(void **state)
{
    (void)state;
    assert_true(lm_param_clean(LM_STR(""), 10));
    assert_true(lm_param_clean(LM_STR("est\xc3\xa1"), 5));
    assert_false(lm_param_clean(LM_STR("est\xc3\xa1"), 4));
    assert_false(lm_param_clean(LM_STR("a\0b"), 10));
    assert_false(lm_param_clean(LM_STR("a\nb"), 10));
    assert_false(lm_param_clean(LM_STR("a\x7f"), 10));
    assert_false(lm_param_clean(LM_STR("\xc3"), 10));
    assert_false(lm_param_clean(LM_STR("\xed\xa0\x80"), 10));
}

static void a_word_is_listed_whole(void **state)
{
    (void)state;
    assert_true(lm_word_listed("q limit offset ", LM_STR("limit")));
    assert_true(lm_word_listed("q limit offset ", LM_STR("offset")));
    assert_false(lm_word_listed("q limit offset ", LM_STR("lim")));
    assert_false(lm_word_listed("q limit offset ", LM_STR("")));
    assert_false(lm_word_listed("q limit offset ", LM_STR("q limit")));
    assert_false(lm_word_listed("", LM_STR("q")));
}

static void entity_tags_are_compared_weakly(void **state)
{
    (void)state;
    assert_true(lm_etag_listed(LM_STR("\"a\""), LM_STR("\"a\"")));
    assert_true(lm_etag_listed(LM_STR("\"b\" , W/\"a\""), LM_STR("\"a\"")));
    assert_true(lm_etag_listed(LM_STR("*"), LM_STR("\"a\"")));
    assert_false(lm_etag_listed(LM_STR(""), LM_STR("\"a\"")));
    assert_false(lm_etag_listed(LM_STR("a"), LM_STR("\"a\"")));
    assert_false(lm_etag_listed(LM_STR("\"aa\""), LM_STR("\"a\"")));
}

static void evidence_is_text_in_html(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, 4096);
    lm_html_text(&b, LM_STR("<script>\"a\" & 'b'</script>\n\x1b[31m\tend"));
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;\n\xef\xbf\xbd[31m\tend");
    lm_buf_clear(&b);
    lm_html_text(&b, LM_STR(""));
    assert_int_equal(b.n, 0);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_our_host_names),     cmocka_unit_test(other_sites_may_not_ask),
        cmocka_unit_test(parameters_are_printable_text), cmocka_unit_test(a_word_is_listed_whole),
        cmocka_unit_test(entity_tags_are_compared_weakly), cmocka_unit_test(evidence_is_text_in_html),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
