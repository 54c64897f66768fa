#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/terminal.h"
#include "base/map.h"
#include "base/str.h"
#include "base/utf8.h"

static void arena_keeps_its_ceiling(void **state)
{
    (void)state;
    struct lm_arena a;
    lm_arena_init(&a, 100000);
    assert_non_null(lm_arena_alloc(&a, 60000));
    assert_non_null(lm_arena_alloc(&a, 30000));
    assert_null(lm_arena_alloc(&a, 30000));
    assert_null(lm_arena_array(&a, SIZE_MAX / 2, 8));
    lm_arena_reset(&a);
    assert_non_null(lm_arena_alloc(&a, 60000));
    lm_arena_free(&a);
}

static void buf_failure_is_sticky(void **state)
{
    (void)state;
    struct lm_buf b;
    lm_buf_init(&b, 10);
    lm_buf_put(&b, LM_STR("12345"));
    assert_false(b.failed);
    lm_buf_put(&b, LM_STR("123456"));
    assert_true(b.failed);
    lm_buf_put(&b, LM_STR("1"));
    assert_int_equal(b.n, 5);
    lm_buf_clear(&b);
    assert_false(b.failed);
    lm_buf_free(&b);
}

static void map_finds_what_was_put(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_map m;
    lm_arena_init(&a, 0);
    lm_map_init(&m, &a);
    for (int i = 0; i < 5000; i++) {
        uint64_t *v;
        bool fresh;
        struct lm_str key = lm_arena_printf(&a, "key %d", i);
        assert_int_equal(lm_map_put(&m, key, (uint64_t)i, &v, &fresh), LM_OK);
        assert_true(fresh);
    }
    assert_int_equal(*lm_map_get(&m, LM_STR("key 4321")), 4321);
    assert_null(lm_map_get(&m, LM_STR("key 5000")));
    assert_true(lm_str_eq(m.entries[17].key, LM_STR("key 17")));
    lm_arena_free(&a);
}

static void numbers_are_whole_or_nothing(void **state)
{
    (void)state;
    int64_t v = 7;
    double d = 0;
    assert_true(lm_str_to_i64(LM_STR("-9223372036854775807"), &v));
    assert_int_equal(v, -INT64_MAX);
    assert_false(lm_str_to_i64(LM_STR("9223372036854775808"), &v));
    assert_false(lm_str_to_i64(LM_STR("12 "), &v));
    assert_false(lm_str_to_i64(LM_STR(""), &v));
    assert_true(lm_str_to_double(LM_STR("1.25e2"), &d));
    assert_true(d == 125.0);
    assert_false(lm_str_to_double(LM_STR("nan"), &d));
    assert_false(lm_str_to_double(LM_STR("0x10"), &d));
}

static void utf8_refuses_what_the_rfc_refuses(void **state)
{
    (void)state;
    assert_int_equal(lm_utf8_valid_prefix(LM_STR("aé漢😀")), 10);
    assert_int_equal(lm_utf8_valid_prefix(LM_STR("ab\xc0\x80")), 2);         /* overlong */
    assert_int_equal(lm_utf8_valid_prefix(LM_STR("\xed\xa0\x80")), 0);       /* surrogate */
    assert_int_equal(lm_utf8_valid_prefix(LM_STR("\xf4\x90\x80\x80")), 0);   /* above U+10FFFF */
    assert_int_equal(lm_utf8_valid_prefix(LM_STR("12345678\xe2\x82")), 8);   /* cut short */
}

static void errors_keep_their_place(void **state)
{
    (void)state;
    struct lm_error e;
    assert_int_equal(lm_fail(&e, LM_EINPUT, "broken %d", 3), LM_EINPUT);
    lm_fail_at(&e, "chat.txt", "byte %d", 12);
    lm_fail_hint(&e, "ask for it again");
    assert_string_equal(e.message, "broken 3");
    assert_string_equal(e.locator, "byte 12");
    assert_int_equal(lm_err_exit_status(LM_EINPUT), 3);
    assert_int_equal(lm_err_exit_status(LM_ELOCKED), 4);
    assert_int_equal(lm_fail(NULL, LM_EIO, "nobody listens"), LM_EIO);
}

/* width 0: all of it */
static void safe(const char *given, size_t width, const char *want, size_t shown)
{
    struct lm_buf b;
    lm_buf_init(&b, 1000);
    if (width != 0)
        lm_terminal_cell(&b, lm_str(given), width, LM_CUT_END);
    else
        assert_int_equal(lm_terminal_put(&b, lm_str(given)), shown);
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, want);
    lm_buf_free(&b);
}

/* What can drive a terminal, end a line or turn text around, each at the two ends of its range. */
static void a_terminal_obeys_nothing(void **state)
{
    static const uint32_t active[] = { 0x1, 0x7, 0x8, 0xa, 0xd, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028,
                                       0x2029, 0x202a, 0x202e, 0x2066, 0x2069, 0xfeff };
    static const uint32_t harmless[] = { 0x20, 0x7e, 0xa0, 0xe9, 0x61b, 0x61d, 0x200d, 0x2010, 0x2027, 0x202f, 0x2065, 0x206a, 0xfefe, 0x1f600 };
    char text[8];
    (void)state;
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
        text[lm_utf8_encode(active[i], text)] = '\0';
        safe(text, 0, "\xef\xbf\xbd", 1);
    }
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        text[lm_utf8_encode(harmless[i], text)] = '\0';
        safe(text, 0, text, 1);
    }
    safe("a\xff\xc3(", 0, "a\xef\xbf\xbd\xef\xbf\xbd(", 4);
    safe("abcd", 4, "abcd", 4);
    safe("abcde", 4, "abc…", 4);
    safe("\x1b[2J!", 4, "\xef\xbf\xbd[2…", 4);
    safe("ab", 1, "…", 1);
    assert_int_equal(lm_terminal_width(LM_STR("é\x1b\xff")), 3);
}

static void repaired_as(struct lm_str given, const char *want, uint64_t altered)
{
    struct lm_arena a;
    uint64_t n = 99;
    lm_arena_init(&a, 4096);
    struct lm_str s = lm_utf8_repaired(&a, given, &n);
    assert_true(lm_str_eq(s, lm_str(want)));
    assert_int_equal(n, altered);
    assert_int_equal(lm_utf8_is_text(given), altered == 0);
    assert_true(lm_utf8_is_text(s));
    lm_arena_free(&a);
}

static void what_is_no_text_is_repaired(void **state)
{
    struct lm_arena a;
    (void)state;
    repaired_as(LM_STR(""), "", 0);
    repaired_as(LM_STR("a\xc3\xa9"), "a\xc3\xa9", 0);
    repaired_as(LM_STR("a\0b"), "a\xef\xbf\xbd" "b", 1);
    repaired_as(LM_STR("\xc3"), "\xef\xbf\xbd", 1);
    repaired_as(LM_STR("\xed\xa0\x80!"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!", 3); /* a surrogate */
    lm_arena_init(&a, 8);
    assert_null(lm_utf8_repaired(&a, LM_STR("12345678901234567890"), NULL).p);
    lm_arena_free(&a);
}

static void numbers_are_grouped(void **state)
{
    static const char *const pairs[][2] = { { "", "" }, { "0", "0" }, { "999", "999" }, { "1000", "1,000" }, { "-100", "-100" },
                                            { "-1234567.8901", "-1,234,567.8901" }, { "1234.5", "1,234.5" }, { ".12345", ".12345" },
                                            { "18446744073709551615", "18,446,744,073,709,551,615" } };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct lm_buf b;
        lm_buf_init(&b, 100);
        lm_buf_grouped(&b, lm_str(pairs[i][0]));
        assert_int_equal(b.n, lm_decimal_width(lm_str(pairs[i][0])));
        assert_true(lm_str_eq(lm_buf_str(&b), lm_str(pairs[i][1])));
        lm_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_obeys_nothing),
        cmocka_unit_test(numbers_are_grouped),
        cmocka_unit_test(what_is_no_text_is_repaired),
        cmocka_unit_test(arena_keeps_its_ceiling), cmocka_unit_test(buf_failure_is_sticky),
        cmocka_unit_test(map_finds_what_was_put), cmocka_unit_test(numbers_are_whole_or_nothing),
        cmocka_unit_test(utf8_refuses_what_the_rfc_refuses), cmocka_unit_test(errors_keep_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
