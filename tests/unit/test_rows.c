/* test_rows.c - rows of a table, separated text or a workbook: separators, damage, places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "readers/shared/rows.h"

static void trace(struct lm_buf *b, struct lm_str bytes)
{
    struct lm_arena file, record;
    struct lm_rows rows;
    char where[LM_LOCATOR_TEXT];
    lm_arena_init(&file, 0);
    lm_arena_init(&record, 0);
    assert_int_equal(lm_rows_open(&rows, &file, bytes, NULL), LM_OK);
    for (;;) {
        struct lm_rows_row r;
        bool done = false;
        lm_arena_reset(&record);
        assert_int_equal(lm_rows_next(&rows, &record, &r, &done, NULL), LM_OK);
        if (done)
            break;
        lm_buf_printf(b, "%s%s%s%s:", lm_locator_format(&r.at, where), r.bad ? " bad" : "", r.altered ? " altered" : "",
                      r.cut ? " cut" : "");
        for (size_t i = 0; i < r.n; i++)
            lm_buf_printf(b, " <%.*s>", LM_STR_ARG(r.cells[i]));
        lm_buf_putc(b, '\n');
    }
    lm_rows_close(&rows);
    lm_arena_free(&file);
    lm_arena_free(&record);
}

static void reads_as(const char *doc, const char *expected)
{
    struct lm_buf b;
    lm_buf_init(&b, (size_t)1 << 20);
    trace(&b, lm_str(doc));
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, expected);
    lm_buf_free(&b);
}

static void separators_are_those_of_the_rows(void **state)
{
    (void)state;
    reads_as("a,b\n1,2\n", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4): <1> <2>\n");
    reads_as("a;b\n1;2,5\n", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4): <1> <2,5>\n");
    reads_as("a|b\n1|2\n", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4): <1> <2>\n");
    reads_as("a\tb\n1\t2\n", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4): <1> <2>\n");
    /* a sentence with commas above the table does not decide */
    reads_as("As asked, herewith, the calls\na;b;c;d\n1;2;3;4\n",
             "row 1 (byte 0): <As asked, herewith, the calls>\nrow 2 (byte 30): <a> <b> <c> <d>\nrow 3 (byte 38): <1> <2> <3> <4>\n");
    reads_as("\xef\xbb\xbf" "a,b\r\n1,2\r\n", "row 1 (byte 3): <a> <b>\nrow 2 (byte 8): <1> <2>\n");
}

static void blanks_and_damage(void **state)
{
    (void)state;
    reads_as("a,b\n\n , \n 1 ,\"2\"\n", "row 1 (byte 0): <a> <b>\nrow 4 (byte 9): <1> <2>\n");
    reads_as("a,b\n\xff,2\n", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4) altered: <\xef\xbf\xbd> <2>\n");
    reads_as("a,b\n1,2", "row 1 (byte 0): <a> <b>\nrow 2 (byte 4) cut: <1> <2>\n");
}

static void what_can_be_a_table(void **state)
{
    (void)state;
    assert_true(lm_rows_possible(LM_STR("a,b\n")));
    assert_true(lm_rows_possible(LM_STR("\xef\xbb\xbf" "a,b\n")));
    assert_false(lm_rows_possible(LM_STR("{\"a\":1}")));
    assert_false(lm_rows_possible(LM_STR("<html>")));
    assert_false(lm_rows_possible(LM_STR("%PDF-1.4")));
    assert_false(lm_rows_possible(LM_STR("ab\0cd")));
    assert_false(lm_rows_possible(LM_STR("  \n ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(separators_are_those_of_the_rows),
        cmocka_unit_test(blanks_and_damage),
        cmocka_unit_test(what_can_be_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
