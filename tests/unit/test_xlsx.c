/* test_xlsx.c - rows of workbooks: libxlsxwriter writes them, we read them; damaged and hostile ones end with a place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "formats/xlsx.h"
#include "formats/xlsx_parts.h"
#include "formats/zip_memory.h"

/* --- helpers --- */

static char path[64];

static lxw_workbook *begin(void)
{
    (void)snprintf(path, sizeof path, "/tmp/test_xlsx.XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    return workbook_new(path);
}

static struct lm_buf load(const char *name)
{
    struct lm_buf b;
    lm_buf_init(&b, (size_t)64 << 20);
    FILE *f = fopen(name, "rb");
    if (f == NULL)
        fail_msg("%s is not there", name);
    for (size_t n = 1; n != 0;) {
        char *p = lm_buf_reserve(&b, 65536);
        assert_non_null(p);
        n = fread(p, 1, 65536, f);
        b.n += n;
    }
    (void)fclose(f);
    return b;
}

static struct lm_buf end(lxw_workbook *w)
{
    assert_int_equal(workbook_close(w), LXW_NO_ERROR);
    struct lm_buf b = load(path);
    (void)unlink(path);
    return b;
}

/* "sheet!row <cell><cell>"; a mark N, D or R behind a cell. Ends with how it ended. */
static void trace(struct lm_str bytes, struct lm_buf *out, struct lm_error *e)
{
    struct lm_arena a;
    struct lm_xlsx *x = NULL;
    struct lm_xlsx_row r;
    bool done = false;
    lm_arena_init(&a, (size_t)256 << 20);
    lm_err err = lm_xlsx_open(&a, bytes, &x, e);
    while (err == LM_OK) {
        err = lm_xlsx_next(x, &r, &done, e);
        if (err != LM_OK || done)
            break;
        lm_buf_printf(out, "%.*s!%llu ", LM_STR_ARG(r.sheet_name), (unsigned long long)r.number);
        for (size_t i = 0; i < r.n; i++) {
            lm_buf_printf(out, "<%.*s>%s%s%s", LM_STR_ARG(r.cells[i]), r.marks[i] & LM_XLSX_NUMBER ? "N" : "",
                          r.marks[i] & LM_XLSX_DATE ? "D" : "", r.marks[i] & LM_XLSX_ROUNDED ? "R" : "");
            assert_int_equal(lm_utf8_valid_prefix(r.cells[i]), r.cells[i].n);
        }
        lm_buf_putc(out, '\n');
    }
    lm_buf_printf(out, "%s\n", lm_err_name(err));
    if (x != NULL && err != LM_OK) { /* sticky */
        assert_int_equal(lm_xlsx_next(x, &r, &done, NULL), err);
    }
    lm_xlsx_close(x);
    lm_arena_free(&a);
}

static void reads_as(struct lm_buf *book, const char *expected)
{
    struct lm_buf b;
    struct lm_error e = { 0 };
    lm_buf_init(&b, (size_t)1 << 20);
    trace(lm_buf_str(book), &b, &e);
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, expected);
    lm_buf_free(&b);
    lm_buf_free(book);
}

/* --- against libxlsxwriter --- */

static void texts_numbers_and_gaps(void **state)
{
    (void)state;
    lxw_workbook *w = begin();
    lxw_worksheet *s = workbook_add_worksheet(w, "Calls & more");
    worksheet_write_string(s, 0, 0, "Number", NULL);
    worksheet_write_string(s, 0, 3, "a <b> & \"c\"\nd \xc3\xa9 \xf0\x9f\x98\x80", NULL);
    worksheet_write_number(s, 2, 1, 13035550101.0, NULL);
    worksheet_write_number(s, 2, 2, 0.1, NULL);
    worksheet_write_number(s, 2, 3, 310260111111111.0, NULL);
    worksheet_write_boolean(s, 3, 0, 1, NULL);
    worksheet_write_formula_num(s, 3, 1, "=A1+1", NULL, 42);
    lxw_worksheet *t = workbook_add_worksheet(w, "Second");
    worksheet_write_string(t, 9, 0, "Number", NULL);
    struct lm_buf book = end(w);
    reads_as(&book, "Calls & more!1 <Number><><><a <b> & \"c\"\nd \xc3\xa9 \xf0\x9f\x98\x80>\n"
                    "Calls & more!3 <><13035550101>N<0.1>N<310260111111111>N\nCalls & more!4 <TRUE><42>N\n"
                    "Second!10 <Number>\nok\n");
}

static void dates_and_times_by_their_format(void **state)
{
    (void)state;
    lxw_workbook *w = begin();
    lxw_worksheet *s = workbook_add_worksheet(w, "T");
    static const struct {
        const char *format;
        double value;
    } cells[] = { { "yyyy-mm-dd", 45717 },      { "mm/dd/yyyy hh:mm:ss", 45717.75 }, { "h:mm:ss AM/PM", 0.5 },
                  { "[h]:mm:ss", 1.104166666666667 }, { "mm:ss", 135.0 / 86400 },    { "0.00E+00", 13035550101.0 },
                  { "\"day\" 0", 45717 },       { "d.m.yy", 59 } };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        lxw_format *f = workbook_add_format(w);
        format_set_num_format(f, cells[i].format);
        worksheet_write_number(s, 0, (lxw_col_t)i, cells[i].value, f);
    }
    struct lm_buf book = end(w);
    reads_as(&book, "T!1 <2025-03-01>D<2025-03-01 18:00:00>D<12:00:00>D<26:30:00>D<2:15>D<13035550101>N<45717>N<1900-02-28>D\nok\n");
}

static void long_numbers_are_marked(void **state)
{
    (void)state;
    char room[XLSX_VALUE_ROOM];
    unsigned char marks;
    static const struct {
        const char *stored, *text;
        unsigned marks;
    } cells[] = {
        { "13035550101", "13035550101", LM_XLSX_NUMBER },
        { "1.3035550101E+10", "13035550101", LM_XLSX_NUMBER },
        { "353918051234560", "353918051234560", LM_XLSX_NUMBER },
        { "3539180512345601", "3539180512345601", LM_XLSX_NUMBER | LM_XLSX_ROUNDED }, /* 16 figures: the last is not the phone's */
        { "3.53918051234560E+17", "3.53918051234560E+17", LM_XLSX_NUMBER | LM_XLSX_ROUNDED },
        { "abc", "abc", 0 },
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct lm_str got = xlsx_number(lm_str(cells[i].stored), 0, false, room, &marks);
        if (!lm_str_eq(got, lm_str(cells[i].text)) || marks != cells[i].marks)
            fail_msg("%s: %.*s, marks %u", cells[i].stored, LM_STR_ARG(got), marks);
    }
}

static void many_rows_come_in_order(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    lxw_workbook *w = begin();
    lxw_worksheet *s = workbook_add_worksheet(w, "L");
    char text[32];
    for (unsigned i = 0; i < ROWS; i++) {
        (void)snprintf(text, sizeof text, "caller %u", i * 7919 % 5003);
        worksheet_write_string(s, i, 0, text, NULL);
        worksheet_write_number(s, i, 1, i, NULL);
    }
    struct lm_buf book = end(w);
    struct lm_arena a;
    struct lm_xlsx *x;
    struct lm_xlsx_row r;
    bool done = false;
    lm_arena_init(&a, (size_t)256 << 20);
    assert_int_equal(lm_xlsx_open(&a, lm_buf_str(&book), &x, NULL), LM_OK);
    assert_int_equal(lm_xlsx_n_sheets(x), 1);
    for (unsigned i = 0; i < ROWS; i++) {
        int64_t v = -1;
        assert_int_equal(lm_xlsx_next(x, &r, &done, NULL), LM_OK);
        assert_false(done);
        (void)snprintf(text, sizeof text, "caller %u", i * 7919 % 5003);
        assert_true(r.n == 2 && r.number == i + 1 && lm_str_eq(r.cells[0], lm_str(text)));
        assert_true(lm_str_to_i64(r.cells[1], &v) && v == (int64_t)i);
    }
    assert_int_equal(lm_xlsx_next(x, &r, &done, NULL), LM_OK);
    assert_true(done);
    lm_xlsx_close(x);
    lm_arena_free(&a);
    lm_buf_free(&book);
}

/* --- what is not whole --- */

static void cut_anywhere_it_ends_with_a_word(void **state)
{
    (void)state;
    lxw_workbook *w = begin();
    lxw_worksheet *s = workbook_add_worksheet(w, "Cut");
    for (unsigned i = 0; i < 400; i++)
        worksheet_write_number(s, i, 0, i * 7919.0, NULL);
    struct lm_buf book = end(w), whole, part;
    lm_buf_init(&whole, (size_t)1 << 20);
    lm_buf_init(&part, (size_t)1 << 20);
    struct lm_error e = { 0 };
    trace(lm_buf_str(&book), &whole, &e);
    assert_true(lm_str_ends(lm_buf_str(&whole), LM_STR("ok\n")));
    size_t refused = 0;
    for (size_t n = 0; n < book.n; n += 61) {
        e = (struct lm_error){ 0 };
        lm_buf_clear(&part);
        trace(lm_str_take(lm_buf_str(&book), n), &part, &e);
        bool ok = lm_str_ends(lm_buf_str(&part), LM_STR("ok\n"));
        assert_true(ok || e.message[0] != '\0');
        refused += !ok;
        /* what came before the break is what the whole has */
        size_t rows = part.n;
        while (rows > 0 && (rows == part.n || part.p[rows - 1] != '\n'))
            rows--;
        assert_true(rows <= whole.n && memcmp(part.p, whole.p, rows) == 0);
    }
    assert_true(refused > 50);
    lm_buf_free(&part);
    lm_buf_free(&whole);
    lm_buf_free(&book);
}

static void bombs_are_refused(void **state)
{
    (void)state;
    char name[4096];
    const char *top = getenv("LM_TOP");
    assert_non_null(top);
    (void)snprintf(name, sizeof name, "%s/tests/fixtures/call_detail/bomb.xlsx", top);
    struct lm_buf book = load(name), b;
    struct lm_error e = { 0 };
    lm_buf_init(&b, (size_t)1 << 20);
    trace(lm_buf_str(&book), &b, &e);
    assert_true(lm_str_eq(lm_buf_str(&b), LM_STR("input\n")));
    assert_non_null(strstr(e.message, "document type"));
    assert_string_equal(e.locator, "sheet Calls row 1");
    lm_buf_free(&b);
    lm_buf_free(&book);
}

static void what_is_no_workbook_is_refused(void **state)
{
    (void)state;
    static const char *const not[] = { "", "PK", "PK\3\4", "PK\3\4 and then some other bytes that are not a zip", "a,b\n1,2\n" };
    for (size_t i = 0; i < sizeof not / sizeof *not; i++) {
        struct lm_arena a;
        struct lm_xlsx *x = NULL;
        struct lm_error e = { 0 };
        lm_arena_init(&a, (size_t)64 << 20);
        assert_int_equal(lm_xlsx_open(&a, lm_str(not[i]), &x, &e), LM_EINPUT);
        assert_null(x);
        assert_true(e.message[0] != '\0');
        lm_arena_free(&a);
    }
    assert_false(lm_xlsx_possible(LM_STR("PK\3\4")));
}

static void members_of_a_zip_by_name(void **state)
{
    (void)state;
    lxw_workbook *w = begin();
    worksheet_write_string(workbook_add_worksheet(w, NULL), 0, 0, "x", NULL);
    struct lm_buf book = end(w);
    struct lm_arena a;
    struct lm_str part;
    lm_arena_init(&a, (size_t)64 << 20);
    assert_int_equal(lm_zip_whole(&a, lm_zip_in(lm_buf_str(&book)), LM_STR("XL/Workbook.xml"), 1 << 20, &part, NULL), LM_OK);
    assert_true(lm_str_find(part, LM_STR("<workbook")) != SIZE_MAX);
    assert_int_equal(lm_zip_whole(&a, lm_zip_in(lm_buf_str(&book)), LM_STR("xl/nothing.xml"), 1 << 20, &part, NULL), LM_ENOTFOUND);
    assert_int_equal(lm_zip_whole(&a, lm_zip_in(lm_buf_str(&book)), LM_STR("xl/workbook.xml"), 10, &part, NULL), LM_ELIMIT);
    lm_arena_free(&a);
    lm_buf_free(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_numbers_and_gaps),
        cmocka_unit_test(dates_and_times_by_their_format),
        cmocka_unit_test(long_numbers_are_marked),
        cmocka_unit_test(many_rows_come_in_order),
        cmocka_unit_test(cut_anywhere_it_ends_with_a_word),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(what_is_no_workbook_is_refused),
        cmocka_unit_test(members_of_a_zip_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
