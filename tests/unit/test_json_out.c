/* test_json_out.c - the JSON writer: escapes, numbers that read back the same, nesting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "formats/json_out.h"

static void is_text(struct lm_buf *b, const char *expected)
{
    assert_false(b->failed);
    lm_buf_putc(b, '\0');
    assert_string_equal(b->p, expected);
    lm_buf_clear(b);
}

static void commas_and_nesting_are_kept(void **state)
{
    (void)state;
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    lm_json_key(&o, "a");
    lm_json_array(&o);
    lm_json_i64(&o, INT64_MIN);
    lm_json_u64(&o, UINT64_MAX);
    lm_json_object(&o);
    lm_json_object_end(&o);
    lm_json_array(&o);
    lm_json_null(&o);
    lm_json_array_end(&o);
    lm_json_array_end(&o);
    lm_json_kv_z(&o, "z", NULL);
    lm_json_kv_z(&o, "y", "text");
    lm_json_kv_str(&o, "s", (struct lm_str){ NULL, 0 });
    lm_json_kv_i64(&o, "i", -1);
    lm_json_kv_u64(&o, "u", 1);
    lm_json_kv_double(&o, "d", 0.1);
    lm_json_kv_bool(&o, "t", true);
    lm_json_kv_bool(&o, "f", false);
    lm_json_kv_null(&o, "n");
    lm_json_kv_text(&o, "e", LM_STR(""));
    lm_json_kv_text(&o, "w", LM_STR("word"));
    lm_json_object_end(&o);
    is_text(
        &b,
        "{\"a\":[-9223372036854775808,18446744073709551615,{},[null]],\"z\":null,\"y\":\"text\",\"s\":\"\","
        "\"i\":-1,\"u\":1,\"d\":0.1,\"t\":true,\"f\":false,\"n\":null,\"e\":null,\"w\":\"word\"}");
    lm_buf_free(&b);
}

static void nesting_has_a_ceiling(void **state)
{
    (void)state;
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    for (int k = 0; k < 63; k++)
        lm_json_array(&o);
    lm_json_i64(&o, 1);
    lm_json_i64(&o, 2);
    assert_false(b.failed);
    for (int k = 0; k < 63; k++)
        lm_json_array_end(&o);
    assert_int_equal(b.n, 2 * 63 + 3);
    lm_buf_clear(&b);
    lm_json_out_init(&o, &b);
    for (int k = 0; k < 64; k++)
        lm_json_array(&o);
    assert_true(b.failed);
    lm_buf_free(&b);
}

static void unsafe_text_is_escaped(void **state)
{
    (void)state;
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    lm_json_str(&o, LM_STR("a\"\\/\n\t\r\x01\x1f\x7f\0z"));
    is_text(&b, "\"a\\\"\\\\/\\n\\u0009\\u000d\\u0001\\u001f\\u007f\\u0000z\"");
    lm_json_out_init(&o, &b);
    lm_json_str(&o, LM_STR("</script>&\xe2\x80\xa8\xe2\x80\xa9 é漢😀"));
    is_text(&b, "\"\\u003c/script\\u003e\\u0026\\u2028\\u2029 é漢😀\"");
    lm_json_out_init(&o, &b);
    lm_json_str(&o, LM_STR("\xff\xc0\x80x\xed\xa0\x80\xe2\x82"));
    is_text(&b, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef"
                "\xbf\xbd\"");
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    lm_json_kv_i64(&o, "k\"\n", 1);
    lm_json_object_end(&o);
    is_text(&b, "{\"k\\\"\\n\":1}");
    lm_buf_free(&b);
}

static void doubles_read_back_the_same(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *text;
    } known[] = { { 0, "0" },
                  { -0.0, "-0" },
                  { 1, "1" },
                  { 0.1, "0.1" },
                  { 1e21, "1e+21" },
                  { -2.5, "-2.5" },
                  { 1.0 / 3, "0.3333333333333333" },
                  { 5e-324, "5e-324" } };
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, 4096);
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
        lm_json_out_init(&o, &b);
        lm_json_double(&o, known[k].v);
        is_text(&b, known[k].text);
    }
    uint64_t s = 12345;
    long compared = 0;
    for (int k = 0; k < 20000; k++) {
        double v;
        s = s * 6364136223846793005u + 1442695040888963407u;
        memcpy(&v, &s, sizeof v);
        lm_buf_clear(&b);
        lm_json_out_init(&o, &b);
        lm_json_double(&o, v);
        lm_buf_putc(&b, '\0');
        if (!isfinite(v)) {
            assert_string_equal(b.p, "null");
            continue;
        }
        assert_true(strtod(b.p, NULL) == v);
        compared++;
    }
    print_message("# %ld doubles read back\n", compared);
    lm_buf_clear(&b);
    lm_json_out_init(&o, &b);
    lm_json_array(&o);
    lm_json_double(&o, (double)NAN);
    lm_json_double(&o, (double)INFINITY);
    lm_json_double(&o, -(double)INFINITY);
    lm_json_array_end(&o);
    is_text(&b, "[null,null,null]");
    lm_buf_free(&b);
}

/* The shortest that reads back, by trying them all: what short numbers are written as without trying. */
static void doubles_are_the_shortest(void **state)
{
    struct lm_buf b;
    struct lm_json_out o;
    uint64_t s = 99;
    (void)state;
    lm_buf_init(&b, 4096);
    for (int k = 0; k < 400000; k++) {
        static const double tens[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e12, 1e15, 1e18, 1e22 };
        char text[40];
        s = s * 6364136223846793005u + 1442695040888963407u;
        double v = (double)(int64_t)(s >> 11 >> (s >> 5) % 53) * ((s & 1) != 0 ? -1 : 1);
        v = (k & 1) != 0 ? v / tens[(s >> 20) % 14] : (k & 2) != 0 ? v * tens[(s >> 20) % 8] : v;
        for (int digits = 1; digits <= 17; digits++) {
            (void)snprintf(text, sizeof text, "%.*g", digits, v);
            if (strtod(text, NULL) == v)
                break;
        }
        lm_buf_clear(&b);
        lm_json_out_init(&o, &b);
        lm_json_double(&o, v);
        lm_buf_putc(&b, '\0');
        assert_string_equal(b.p, text);
    }
    lm_buf_free(&b);
}

static void numbers_of_any_size(void **state)
{
    struct lm_buf b;
    struct lm_json_out o;
    (void)state;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    lm_json_array(&o);
    lm_json_i64(&o, INT64_MIN);
    lm_json_i64(&o, 0);
    lm_json_i64(&o, -7);
    lm_json_u64(&o, UINT64_MAX);
    lm_json_array_end(&o);
    is_text(&b, "[-9223372036854775808,0,-7,18446744073709551615]");
    lm_buf_free(&b);
}

static void a_full_buffer_fails(void **state)
{
    (void)state;
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, 8);
    lm_json_out_init(&o, &b);
    lm_json_str(&o, LM_STR("longer than that"));
    assert_true(b.failed);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_nesting_are_kept), cmocka_unit_test(nesting_has_a_ceiling),
        cmocka_unit_test(unsafe_text_is_escaped),      cmocka_unit_test(doubles_read_back_the_same),
        cmocka_unit_test(doubles_are_the_shortest),
        cmocka_unit_test(numbers_of_any_size),
        cmocka_unit_test(a_full_buffer_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
