/* Columns and lines for people: widths, what is left out, what never reaches a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/terminal.h"

static void is(struct lm_buf *b, const char *expected)
{
    lm_buf_putc(b, '\0');
    assert_false(b->failed);
    assert_string_equal(b->p, expected);
    lm_buf_clear(b);
}

static void a_cell_has_its_width(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, 4096);
    lm_terminal_cell(&b, LM_STR("abc"), 6, LM_CUT_END);
    is(&b, "abc   ");
    lm_terminal_cell(&b, LM_STR("abcdef"), 6, LM_CUT_MIDDLE);
    is(&b, "abcdef");
    lm_terminal_cell(&b, LM_STR("abcdefg"), 6, LM_CUT_END);
    is(&b, "abcde…");
    lm_terminal_cell(&b, LM_STR("a/long/path/message_1.json"), 16, LM_CUT_MIDDLE);
    is(&b, "a/lon…age_1.json");
    lm_terminal_cell(&b, LM_STR("ñandú ñandú"), 6, LM_CUT_MIDDLE); /* letters, not bytes */
    is(&b, "ña…ndú");
    lm_terminal_cell(&b, LM_STR("abcdef"), 3, LM_CUT_MIDDLE);
    is(&b, "a…f");
    assert_int_equal(lm_terminal_width(LM_STR("ñandú")), 5);
    lm_buf_free(&b);
}

static void evidence_does_not_drive_it(void **state)
{
    struct lm_buf b;
    (void)state;
    lm_buf_init(&b, 4096);
    assert_int_equal(lm_terminal_put(&b, LM_STR("a\x1b[31m\xc2\x9b" "b\xe2\x80\xae\nc\xff")), 12);
    is(&b, "a\uFFFD[31m\uFFFDb\uFFFD\uFFFDc\uFFFD");
    lm_terminal_wrap(&b, LM_STR("one\ttwo\x1b"), 0, 0);
    is(&b, "one\uFFFDtwo\uFFFD\n");
    lm_buf_free(&b);
}

static void lines_are_wrapped(void **state)
{
    struct lm_buf b, text;
    (void)state;
    lm_buf_init(&b, 1 << 16);
    lm_buf_init(&text, 1 << 16);
    for (int i = 0; i < 100; i++)
        lm_buf_printf(&text, "word%d ", i);
    lm_terminal_wrap(&b, lm_buf_str(&text), 50, 4);
    lm_buf_putc(&b, '\0');
    lm_buf_free(&text);
    size_t words = 0;
    for (const char *line = b.p, *end; *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        assert_non_null(end);
        bool first = line == b.p, last = end[1] == '\0';
        size_t width = (size_t)(end - line) + (first ? 50 : 0);
        assert_true(width <= LM_TERMINAL_WIDTH);
        assert_true(last || width > LM_TERMINAL_WIDTH - strlen(" word99"));
        assert_true(first || strncmp(line, "    word", 8) == 0);
        for (const char *p = line; (p = strstr(p, "word")) != NULL && p < end; p++)
            words++;
    }
    assert_int_equal(words, 100);
    lm_buf_clear(&b);
    lm_terminal_wrap(&b, LM_STR(""), 0, 0);
    is(&b, "\n");
    lm_buf_free(&b);
}

static void numbers_are_grouped(void **state)
{
    char g[LM_GROUPED_TEXT];
    (void)state;
    assert_string_equal(lm_grouped(0, g), "0");
    assert_string_equal(lm_grouped(999, g), "999");
    assert_string_equal(lm_grouped(1000, g), "1,000");
    assert_string_equal(lm_grouped(UINT64_MAX, g), "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_has_its_width),
        cmocka_unit_test(evidence_does_not_drive_it),
        cmocka_unit_test(lines_are_wrapped),
        cmocka_unit_test(numbers_are_grouped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
