#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "store/audit.h"
#include "store/cbor.h"

static const char *hex(const struct lm_buf *b, char out[128])
{
    for (size_t i = 0; i < b->n && i < 60; i++)
        (void)snprintf(out + i * 2, 3, "%02x", (unsigned char)b->p[i]);
    return out;
}

/* RFC 8949, appendix A. */
static void integers_as_in_the_rfc(void **state)
{
    (void)state;
    static const struct {
        int64_t v;
        const char *bytes;
    } cases[] = { { 0, "00" },          { 1, "01" },          { 10, "0a" },         { 23, "17" },
                  { 24, "1818" },       { 100, "1864" },      { 1000, "1903e8" },   { 1000000, "1a000f4240" },
                  { 1000000000000, "1b000000e8d4a51000" },    { -1, "20" },         { -10, "29" },
                  { -100, "3863" },     { -1000, "3903e7" },  { INT64_MIN, "3b7fffffffffffffff" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lm_buf b;
        char out[128] = "";
        int64_t back = 7;
        lm_buf_init(&b, 100);
        lm_cbor_i64(&b, cases[i].v);
        assert_string_equal(hex(&b, out), cases[i].bytes);
        struct lm_str in = lm_buf_str(&b);
        assert_true(lm_cbor_read_i64(&in, &back));
        assert_int_equal(back, cases[i].v);
        assert_int_equal(in.n, 0);
        lm_buf_free(&b);
    }
}

static void floats_take_the_fewest_bytes(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *bytes;
    } cases[] = { { 0.0, "f90000" },      { -0.0, "f98000" },       { 1.0, "f93c00" },
                  { 1.1, "fb3ff199999999999a" },                    { 1.5, "f93e00" },
                  { 65504.0, "f97bff" },  { 100000.0, "fa47c35000" }, { 3.4028234663852886e+38, "fa7f7fffff" },
                  { 1.0e+300, "fb7e37e43c8800759c" },               { 5.960464477539063e-8, "f90001" },
                  { 0.00006103515625, "f90400" },                   { -4.0, "f9c400" },
                  { -4.1, "fbc010666666666666" },                   { 65505.0, "fa477fe100" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lm_buf b;
        char out[128] = "";
        lm_buf_init(&b, 100);
        lm_cbor_double(&b, cases[i].v);
        assert_string_equal(hex(&b, out), cases[i].bytes);
        lm_buf_free(&b);
    }
}

static void only_the_deterministic_form_is_read(void **state)
{
    (void)state;
    static const struct lm_str bad[] = { { "\x18\x17", 2 },         /* 23 in two bytes */
                                         { "\x19\x00\xff", 3 },     /* 255 in three */
                                         { "\x1a\x00\x00\xff\xff", 5 },
                                         { "\x1b\x00\x00\x00\x00\xff\xff\xff\xff", 9 },
                                         { "\x18", 1 },             /* cut short */
                                         { "", 0 },
                                         { "\x1f", 1 },             /* indefinite */
                                         { "\x1b\x80\x00\x00\x00\x00\x00\x00\x00", 9 }, /* does not fit */
                                         { "\x61" "a", 2 } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct lm_str in = bad[i];
        int64_t v;
        assert_false(lm_cbor_read_i64(&in, &v));
    }
    struct lm_str text = { "\x62\xc3\x28", 3 }, out; /* not UTF-8 */
    assert_false(lm_cbor_read_text(&text, &out));
    struct lm_str huge = { "\x5b\xff\xff\xff\xff\xff\xff\xff\xff", 9 };
    assert_false(lm_cbor_read_bytes(&huge, &out));
}

static void every_cut_of_an_entry_is_refused(void **state)
{
    (void)state;
    struct lm_buf b;
    struct lm_audit_entry x;
    char zero[32] = { 0 };
    lm_buf_init(&b, 1000);
    lm_cbor_array(&b, 7);
    lm_cbor_i64(&b, 3);
    lm_cbor_i64(&b, 1683000000000000);
    lm_cbor_text(&b, LM_STR("ana"));
    lm_cbor_text(&b, LM_STR("search"));
    lm_cbor_text(&b, LM_STR("hielo"));
    lm_cbor_text(&b, LM_STR("found 1"));
    lm_cbor_bytes(&b, (struct lm_str){ zero, 32 });
    assert_true(lm_audit_decode(lm_buf_str(&b), &x));
    assert_int_equal(x.seq, 3);
    assert_true(lm_str_eq(x.object, LM_STR("hielo")));
    for (size_t n = 0; n < b.n; n++)
        assert_false(lm_audit_decode(lm_str_take(lm_buf_str(&b), n), &x));
    lm_cbor_null(&b);
    assert_false(lm_audit_decode(lm_buf_str(&b), &x)); /* something behind it */
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_as_in_the_rfc),
        cmocka_unit_test(floats_take_the_fewest_bytes),
        cmocka_unit_test(only_the_deterministic_form_is_read),
        cmocka_unit_test(every_cut_of_an_entry_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
