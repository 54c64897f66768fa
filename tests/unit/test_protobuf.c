/* test_protobuf.c - the wire walker on messages written by hand (protobuf.dev/programming-guides/encoding). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "formats/protobuf.h"

static void test_fields(void **state)
{
    (void)state;
    struct lm_str m = LM_STR("\x08\x96\x01\x12\x07testing\x1d\x01\x00\x00\x80\x21\x02\x00\x00\x00\x00\x00\x00\x00\x2a\x00");
    struct lm_pb_field f;
    assert_true(lm_pb_next(&m, &f) && f.number == 1 && f.value == 150 && !f.has_bytes);
    assert_true(lm_pb_next(&m, &f) && f.number == 2 && f.has_bytes && lm_str_eq(f.bytes, LM_STR("testing")));
    assert_true(lm_pb_next(&m, &f) && f.number == 3 && f.value == 0x80000001);
    assert_true(lm_pb_next(&m, &f) && f.number == 4 && f.value == 2);
    assert_true(lm_pb_next(&m, &f) && f.number == 5 && f.has_bytes && f.bytes.n == 0);
    assert_true(!lm_pb_next(&m, &f) && m.n == 0);
    m = LM_STR("\x0a\x01" "a\x12\x01" "b\x0a\x01" "c");
    assert_true(lm_str_eq(lm_pb_bytes(m, 1), LM_STR("a")) && lm_str_eq(lm_pb_bytes(m, 2), LM_STR("b")));
    assert_true(lm_pb_bytes(m, 3).p == NULL);
}

static void test_damage(void **state)
{
    (void)state;
    static const struct lm_str bad[] = {
        { "\x08", 1 }, { "\x08\x80", 2 }, { "\x12\x05" "abc", 5 }, { "\x1d\x01\x02", 3 }, { "\x0b\x0c", 2 }, { "\x00\x01", 2 },
        { "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11 }, { "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11 },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct lm_str m = bad[i];
        struct lm_pb_field f = { .number = 77 };
        assert_false(lm_pb_next(&m, &f));
        assert_true(m.n == bad[i].n && f.number == 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_fields), cmocka_unit_test(test_damage) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
