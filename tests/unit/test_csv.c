/* test_csv.c - the table reader: cells, places, damaged quoting, ceilings; libcsv is the oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>
#include <csv.h>

#include "base/buf.h"
#include "formats/csv.h"

/* --- helpers --- */

/* Per row: `number at-end !oddities` and one <cell> each; how a refused row ended. */
static void trace(struct lm_buf *b, struct lm_str doc, char separator)
{
    /* The copy ends where a page that cannot be read begins: a load past the end is a crash. */
    size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (doc.n / page + 2) * page;
    char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(map != MAP_FAILED);
    assert_int_equal(mprotect(map + bytes - page, page, PROT_NONE), 0);
    char *copy = map + bytes - page - doc.n;
    if (doc.n != 0)
        memcpy(copy, doc.p, doc.n);
    struct lm_csv c;
    struct lm_csv_row r;
    bool done = false;
    uint64_t number = 0, before = 0;
    lm_buf_clear(b);
    lm_csv_init(&c, (struct lm_str){ copy, doc.n }, separator);
    for (;;) {
        assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
        if (done)
            break;
        assert_true(r.number == ++number && r.at >= before && r.end >= r.at && r.end <= doc.n && r.n > 0);
        before = r.end;
        lm_buf_printf(b, "%llu %llu-%llu", (unsigned long long)r.number, (unsigned long long)r.at,
                      (unsigned long long)r.end);
        if (r.oddities != 0)
            lm_buf_printf(b, " !%u", r.oddities);
        for (size_t k = 0; k < r.n; k++) {
            lm_buf_put(b, LM_STR(" <"));
            lm_buf_put(b, r.cells[k]);
            lm_buf_putc(b, '>');
        }
        lm_buf_putc(b, '\n');
    }
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_true(done);
    lm_csv_free(&c);
    assert_int_equal(munmap(map, bytes), 0);
}

static void reads_as(struct lm_str doc, char separator, struct lm_str expected)
{
    struct lm_buf b;
    lm_buf_init(&b, (size_t)1 << 20);
    trace(&b, doc, separator);
    lm_buf_putc(&b, '\0');
    assert_string_equal(b.p, expected.p);
    assert_int_equal(b.n, expected.n + 1);
    assert_memory_equal(b.p, expected.p, expected.n);
    lm_buf_free(&b);
}

#define READS(doc, expected) reads_as(LM_STR(doc), ',', LM_STR(expected))
#define SNIFFS(doc, expected) reads_as(LM_STR(doc), 0, LM_STR(expected))

/* --- well-formed tables --- */

static void rows_and_cells_have_their_places(void **state)
{
    (void)state;
    READS("", "");
    READS("\xef\xbb\xbf", "");
    READS("a", "1 0-1 <a>\n");
    READS("a,b\nc,d\n", "1 0-3 <a> <b>\n2 4-7 <c> <d>\n");
    READS("a,b\r\nc,d\r\n", "1 0-3 <a> <b>\n2 5-8 <c> <d>\n");
    READS("a,b\rc,d\r", "1 0-3 <a> <b>\n2 4-7 <c> <d>\n");
    READS("a\r\n\nb\r\rc", "1 0-1 <a>\n2 3-3 <>\n3 4-5 <b>\n4 6-6 <>\n5 7-8 <c>\n");
    READS("\n", "1 0-0 <>\n");
    READS(",\n,,", "1 0-1 <> <>\n2 2-4 <> <> <>\n");
    READS("a,", "1 0-2 <a> <>\n");
    READS("a,\r\n", "1 0-2 <a> <>\n");
    READS(" a , b ", "1 0-7 < a > < b >\n");
    READS("\xef\xbb\xbfid,\"n\"\n", "1 3-9 <id> <n>\n");
    READS("a, long cell of more than sixteen bytes,and another that is as long\nx",
          "1 0-67 <a> < long cell of more than sixteen bytes> <and another that is as long>\n2 68-69 <x>\n");
}

static void quotes_are_taken_out(void **state)
{
    (void)state;
    READS("\"a\",\"b,c\"\n", "1 0-9 <a> <b,c>\n");
    READS("\"\",\"\"\"\",\"a\"\"b\",\"\"\"a\"\"\"", "1 0-22 <> <\"> <a\"b> <\"a\">\n");
    READS("\"two\nlines\",x\r\n\"cr\r\nlf\"\ny",
          "1 0-13 <two\nlines> <x>\n2 15-23 <cr\r\nlf>\n3 24-25 <y>\n");
    READS("\"a\"\"\"\"b\",\"c\"\"\"\n", "1 0-14 <a\"\"b> <c\">\n");
    READS("\"a\"\r\"b\"", "1 0-3 <a>\n2 4-7 <b>\n");
}

static void clean_cells_are_not_copied(void **state)
{
    (void)state;
    struct lm_str doc = LM_STR("plain,\"quoted, too\"\n");
    struct lm_csv c;
    struct lm_csv_row r;
    bool done;
    lm_csv_init(&c, doc, ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_ptr_equal(r.cells[0].p, doc.p);
    assert_ptr_equal(r.cells[1].p, doc.p + 7);
    assert_int_equal(c.scratch.cap, 0);
    lm_csv_free(&c);
}

static void separator_is_sniffed(void **state)
{
    (void)state;
    SNIFFS("a;b;c,d\n1;2;3\n", "1 0-7 <a> <b> <c,d>\n2 8-13 <1> <2> <3>\n");
    SNIFFS("a\tb\n", "1 0-3 <a> <b>\n");
    SNIFFS("a|b|c\n1;2;3;4\n", "1 0-5 <a> <b> <c>\n2 6-13 <1;2;3;4>\n");
    SNIFFS("\"x;y;z\",b\n", "1 0-9 <x;y;z> <b>\n");
    SNIFFS("\"x\n;;;\",b\n", "1 0-9 <x\n;;;> <b>\n");
    SNIFFS("alone\n1,2\n", "1 0-5 <alone>\n2 6-9 <1> <2>\n");
    SNIFFS("\xef\xbb\xbf"
           "a;b\n",
           "1 3-6 <a> <b>\n");
    SNIFFS("a,b;c\n", "1 0-5 <a> <b;c>\n"); /* a tie goes to the comma */
    SNIFFS("", "");
    reads_as(LM_STR("a,b;c"), ';', LM_STR("1 0-5 <a,b> <c>\n"));
    reads_as(LM_STR("a,b\t\"c\td\""), '\t', LM_STR("1 0-9 <a,b> <c\td>\n"));
}

/* --- damage --- */

static void damaged_quoting_is_read_on(void **state)
{
    (void)state;
    READS("\"ab\"cd,e\nf", "1 0-8 !1 <abcd> <e>\n2 9-10 <f>\n");
    READS("\"ab\" ,e", "1 0-7 !1 <ab > <e>\n");
    READS("\"a\"b\"c,d\n", "1 0-8 !1 <ab\"c> <d>\n");
    READS("\"a\"\"b\"c\"\"d,e\n", "1 0-12 !1 <a\"bc\"\"d> <e>\n");
    READS("a\"b,c\nd", "1 0-5 !2 <a\"b> <c>\n2 6-7 <d>\n");
    READS(" \"a,b\"", "1 0-6 !2 < \"a> <b\">\n");
    READS("x,\"open\nto,the end", "1 0-18 !4 <x> <open\nto,the end>\n");
    READS("\"", "1 0-1 !4 <>\n");
    READS("\"\"\"", "1 0-3 !4 <\">\n");
    READS("a,\"b\"\"", "1 0-6 !4 <a> <b\">\n");
}

static void nul_is_kept_and_flagged(void **state)
{
    (void)state;
    READS("a\0b,c\nd\n", "1 0-5 !8 <a\0b> <c>\n2 6-7 <d>\n");
    READS("\"a\0b\",c", "1 0-7 !8 <a\0b> <c>\n");
    READS("\"a\"\0,c\n", "1 0-6 !9 <a\0> <c>\n");
    READS("\0", "1 0-1 !8 <\0>\n");
}

static void every_truncation_point_is_survived(void **state)
{
    (void)state;
    struct lm_str doc =
        LM_STR("\xef\xbb\xbfname;\"quantity\";note\r\n\"Ivan \"\"I\"\"\";1,5 kg;\"two\r\nlines\"\r"
               "\"\"x;a\"b;\0\n;;\n\"end\"");
    struct lm_buf b;
    lm_buf_init(&b, 1 << 16);
    for (size_t n = 0; n <= doc.n; n++) {
        trace(&b, lm_str_take(doc, n), ';');
        trace(&b, lm_str_take(doc, n), 0);
        assert_false(b.failed);
    }
    lm_buf_free(&b);
}

/* --- ceilings --- */

static char *filled(size_t n, char with)
{
    char *p = malloc(n);
    assert_non_null(p);
    memset(p, with, n);
    return p;
}

static void long_lines_are_read_and_longer_ones_refused(void **state)
{
    (void)state;
    size_t ten = (size_t)10 << 20, over = LM_CSV_MAX_ROW + 1, n = ten + 1 + over + 1 + LM_CSV_MAX_ROW + 1 + 3;
    char *doc = filled(n, 'x');
    struct lm_csv c;
    struct lm_csv_row r;
    bool done = true;
    doc[1] = ',';
    doc[ten] = doc[ten + 1 + over] = doc[n - 4] = '\n';
    lm_csv_init(&c, (struct lm_str){ doc, n }, 0);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_false(done);
    assert_int_equal(r.n, 2);
    assert_int_equal(r.cells[1].n, ten - 2);
    struct lm_csv_row before = r;
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_ELIMIT);
    assert_memory_equal(&before, &r, sizeof r);
    assert_int_equal(c.number, 2);
    assert_int_equal(c.pos, ten + 1 + over + 1);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_int_equal(r.end - r.at, LM_CSV_MAX_ROW);
    assert_int_equal(r.number, 3);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_true(lm_str_eq(r.cells[0], LM_STR("xxx")));
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_true(done);
    lm_csv_free(&c);
    free(doc);
}

static void an_open_quote_is_cut_at_the_line_end(void **state)
{
    (void)state;
    size_t n = LM_CSV_MAX_ROW + 64;
    char *doc = filled(n, 'x');
    struct lm_csv c;
    struct lm_csv_row r;
    bool done;
    memcpy(doc, "a,\"open\r\nsecond,row\nthird", 25);
    for (size_t at = 99; at < n; at += 100)
        doc[at] = '\n';
    lm_csv_init(&c, (struct lm_str){ doc, n }, ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_int_equal(r.n, 2);
    assert_true(lm_str_eq(r.cells[1], LM_STR("open")));
    assert_int_equal(r.oddities, LM_CSV_OPEN_QUOTE);
    assert_int_equal(r.end, 7);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_int_equal(r.at, 9);
    assert_true(r.n == 2 && lm_str_eq(r.cells[0], LM_STR("second")) && lm_str_eq(r.cells[1], LM_STR("row")));
    size_t rows = 2;
    while (lm_csv_next(&c, &r, &done) == LM_OK && !done)
        rows++;
    assert_int_equal(c.pos, n);
    assert_int_equal(rows, 2 + 1 + (n - 100) / 100 + ((n - 100) % 100 != 0));
    lm_csv_free(&c);

    /* no line end in reach either: refused, and what follows is read */
    memset(doc, 'x', n);
    doc[0] = '"';
    doc[n - 4] = '\n';
    lm_csv_init(&c, (struct lm_str){ doc, n }, ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_ELIMIT);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_true(lm_str_eq(r.cells[0], LM_STR("xxx")));
    lm_csv_free(&c);
    free(doc);
}

static void wide_rows_have_a_ceiling(void **state)
{
    (void)state;
    size_t n = LM_CSV_MAX_CELLS;
    char *doc = filled(2 * n + 3, ',');
    struct lm_csv c;
    struct lm_csv_row r;
    bool done;
    doc[n - 1] = '\n'; /* as many cells as allowed */
    doc[2 * n] = '\n'; /* one more */
    memcpy(doc + 2 * n + 1, "ok", 2);
    lm_csv_init(&c, (struct lm_str){ doc, 2 * n + 3 }, ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_int_equal(r.n, LM_CSV_MAX_CELLS);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_ELIMIT);
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_true(r.n == 1 && r.number == 3 && lm_str_eq(r.cells[0], LM_STR("ok")));
    assert_true(c.cells_cap <= LM_CSV_MAX_CELLS);
    lm_csv_free(&c);
    free(doc);
}

static void many_cells_are_rewritten_in_one_row(void **state)
{
    (void)state;
    struct lm_buf doc;
    struct lm_csv c;
    struct lm_csv_row r;
    bool done;
    lm_buf_init(&doc, (size_t)1 << 20);
    for (int k = 0; k < 3000; k++)
        lm_buf_printf(&doc, "%s\"%d\"\"%d\",%d", k > 0 ? "," : "", k, k, k);
    lm_csv_init(&c, lm_buf_str(&doc), ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_ELIMIT);
    lm_csv_free(&c);
    lm_buf_clear(&doc);
    for (int k = 0; k < 2000; k++)
        lm_buf_printf(&doc, "%s\"%d\"\"%d\",%d", k > 0 ? "," : "", k, k, k);
    lm_csv_init(&c, lm_buf_str(&doc), ',');
    assert_int_equal(lm_csv_next(&c, &r, &done), LM_OK);
    assert_int_equal(r.n, 4000);
    for (int k = 0; k < 2000; k++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "%d\"%d", k, k);
        assert_true(lm_str_eq(r.cells[2 * k], lm_str(expected)));
        (void)snprintf(expected, sizeof expected, "%d", k);
        assert_true(lm_str_eq(r.cells[2 * k + 1], lm_str(expected)));
    }
    lm_csv_free(&c);
    lm_buf_free(&doc);
}

/* --- libcsv on the same well-formed tables --- */

static uint64_t below(uint64_t *s, uint64_t n)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return (*s * 0x2545f4914f6cdd1du >> 11) % n;
}

static void on_cell(void *p, size_t n, void *b)
{
    lm_buf_printf(b, "<%zu:", n);
    lm_buf_put(b, (struct lm_str){ p, p != NULL ? n : 0 });
}

static void on_row(int c, void *b)
{
    (void)c;
    lm_buf_putc(b, '\n');
}

/* Bare cells have no spaces at their ends and rows are not empty: libcsv trims and drops those, we
 * keep them. */
static void random_table(struct lm_buf *doc, uint64_t *s, char separator)
{
    static const char *const bare[] = {
        "", "a", "12.5", "two words", "José", "Приве́т", "0123456789abcdef0123456789"
    };
    static const char *const quoted[] = { "",  "a",  "\"\"", "\n", "\r\n",  ",",
                                          ";", "\t", "|",    " ",  "текст", "long long long text" };
    static const char *const ends[] = { "\n", "\r\n", "\r" };
    const char *end = ends[below(s, 3)];
    uint64_t rows = below(s, 8), columns = 1 + below(s, 9);
    for (uint64_t i = 0; i < rows; i++) {
        for (uint64_t k = 0; k < columns; k++) {
            if (k > 0)
                lm_buf_putc(doc, separator);
            if (below(s, 2) == 0) {
                lm_buf_put(doc, lm_str(bare[k == 0 ? 1 + below(s, 6) : below(s, 7)]));
                continue;
            }
            lm_buf_putc(doc, '"');
            for (uint64_t pieces = below(s, 6); pieces > 0; pieces--)
                lm_buf_put(doc, lm_str(quoted[below(s, sizeof quoted / sizeof quoted[0])]));
            lm_buf_putc(doc, '"');
        }
        if (i + 1 < rows || below(s, 2) == 0)
            lm_buf_put(doc, lm_str(end));
    }
}

static void agrees_with_libcsv(void **state)
{
    (void)state;
    static const char separators[] = { ',', ';', '\t', '|' };
    struct lm_buf doc, a, b;
    uint64_t s = 0xc5f;
    long rows = 0, cells = 0;
    lm_buf_init(&doc, (size_t)1 << 20);
    lm_buf_init(&a, (size_t)1 << 20);
    lm_buf_init(&b, (size_t)1 << 20);
    for (int round = 0; round < 20000; round++) {
        char separator = separators[round % 4];
        lm_buf_clear(&doc);
        lm_buf_clear(&a);
        lm_buf_clear(&b);
        lm_buf_put(&a, LM_STR("."));
        lm_buf_put(&b, LM_STR("."));
        random_table(&doc, &s, separator);
        struct csv_parser oracle;
        assert_int_equal(csv_init(&oracle, CSV_STRICT), 0);
        csv_set_delim(&oracle, (unsigned char)separator);
        assert_int_equal(csv_parse(&oracle, doc.p, doc.n, on_cell, on_row, &a), doc.n);
        assert_int_equal(csv_fini(&oracle, on_cell, on_row, &a), 0);
        csv_free(&oracle);
        struct lm_csv c;
        struct lm_csv_row r;
        bool done;
        lm_csv_init(&c, lm_buf_str(&doc), separator);
        while (lm_csv_next(&c, &r, &done) == LM_OK && !done) {
            assert_int_equal(r.oddities, 0);
            for (size_t k = 0; k < r.n; k++)
                on_cell((void *)(uintptr_t)r.cells[k].p, r.cells[k].n, &b);
            on_row(0, &b);
            rows++;
            cells += (long)r.n;
        }
        assert_true(done);
        lm_csv_free(&c);
        if (!lm_str_eq(lm_buf_str(&a), lm_buf_str(&b)))
            fail_msg("libcsv: %.*s\nours: %.*s", LM_STR_ARG(lm_buf_str(&a)), LM_STR_ARG(lm_buf_str(&b)));
    }
    print_message("# 20000 tables, %ld rows, %ld cells compared\n", rows, cells);
    lm_buf_free(&doc);
    lm_buf_free(&a);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_cells_have_their_places),
        cmocka_unit_test(quotes_are_taken_out),
        cmocka_unit_test(clean_cells_are_not_copied),
        cmocka_unit_test(separator_is_sniffed),
        cmocka_unit_test(damaged_quoting_is_read_on),
        cmocka_unit_test(nul_is_kept_and_flagged),
        cmocka_unit_test(every_truncation_point_is_survived),
        cmocka_unit_test(long_lines_are_read_and_longer_ones_refused),
        cmocka_unit_test(an_open_quote_is_cut_at_the_line_end),
        cmocka_unit_test(wide_rows_have_a_ceiling),
        cmocka_unit_test(many_cells_are_rewritten_in_one_row),
        cmocka_unit_test(agrees_with_libcsv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
