/* Cells that a spreadsheet program would run stay text; what is written reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "formats/csv.h"
#include "formats/csv_out.h"

static void is(const char *cell, const char *want)
{
    struct lm_buf b;
    lm_buf_init(&b, 4096);
    lm_csv_put(&b, lm_str(cell), true);
    assert_int_equal(b.n, strlen(want));
    assert_memory_equal(b.p != NULL ? b.p : "", want, b.n);
    lm_buf_free(&b);
}

static void test_cells(void **state)
{
    (void)state;
    is("", "");
    is("plain", "plain");
    is("-12", "-12");
    is("-3.5", "-3.5");
    is("12", "12");
    is("+13035550101", "\"'+13035550101\"");
    is("=1+1", "\"'=1+1\"");
    is("=HYPERLINK(\"http://192.0.2.1\")", "\"'=HYPERLINK(\"\"http://192.0.2.1\"\")\"");
    is("@SUM(A1)", "\"'@SUM(A1)\"");
    is("-2+3", "\"'-2+3\"");
    is("-", "\"'-\"");
    is("1.2.3", "1.2.3");
    is("\tx", "\"'\tx\"");
    is("\rx", "\"'\rx\"");
    is("\nx", "\"'\nx\"");
    is("  =1", "\"'  =1\"");
    is("|calc", "\"'|calc\"");
    is("\xef\xbc\x9d" "1", "\"'\xef\xbc\x9d" "1\"");
    is("a,b", "\"a,b\"");
    is("a\"b", "\"a\"\"b\"");
    is("a;b", "\"a;b\"");
    is("\xff", "\xef\xbf\xbd");
    is("M\xc3\xbcller", "M\xc3\xbcller");
}

static void test_reads_back(void **state)
{
    (void)state;
    static const char *const cells[] = { "a", "b,c", "d\"e", "f\ng", "-5", "h i" };
    struct lm_buf b;
    struct lm_csv c;
    struct lm_csv_row row;
    bool done = false;
    lm_buf_init(&b, 4096);
    for (size_t i = 0; i < 6; i++)
        lm_csv_put(&b, lm_str(cells[i]), i == 0);
    lm_csv_end_row(&b);
    lm_csv_init(&c, lm_buf_str(&b), ',');
    assert_int_equal(lm_csv_next(&c, &row, &done), LM_OK);
    assert_int_equal(row.n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_true(lm_str_eq(row.cells[i], lm_str(cells[i])));
    lm_csv_free(&c);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_cells), cmocka_unit_test(test_reads_back) };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
