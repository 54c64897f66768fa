#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "network/edges_file.h"

/* What a text gives, as one line: "ok SEPARATOR header weighted | a-b:1 … | line@byte reason; …" or the error. */
static const char *read_as_line(struct lm_arena *a, struct lm_str text)
{
    struct lm_edges r;
    struct lm_error e;
    struct lm_buf b;
    lm_err err = lm_edges_parse(a, text, &r, &e);
    if (err != LM_OK)
        return lm_arena_printf(a, "%s %s: %s", lm_err_name(err), e.locator, e.message).p;
    lm_buf_init(&b, 1 << 20);
    lm_buf_printf(&b, "%s%s%s |", r.separator == '\t' ? "tab" : r.separator == ' ' ? "space" : "",
                  r.separator == ';' ? "semicolon" : r.separator == ',' ? "comma" : "", r.header ? " header" : "");
    for (size_t i = 0; i < r.n_edges; i++)
        lm_buf_printf(&b, " %.*s-%.*s:%g", LM_STR_ARG(r.names[r.edges[i].a]), LM_STR_ARG(r.names[r.edges[i].b]),
                      r.edges[i].w);
    for (size_t i = 0; i < r.n_problems; i++)
        lm_buf_printf(&b, " | %u@%u %s", (unsigned)r.problems[i].line, (unsigned)r.problems[i].byte,
                      r.problems[i].reason);
    const char *line = lm_arena_copy(a, lm_buf_str(&b)).p;
    lm_buf_free(&b);
    return line;
}

#define T(text) { "" text, sizeof(text) - 1 }

static const struct {
    struct lm_str text;
    const char *expected;
} cases[] = {
    { T("a\tb\nb\tc\n"), "tab | a-b:1 b-c:1" },
    { T("a b\nb  c"), "space | a-b:1 b-c:1" },
    { T("  1 \t 2  \r\n\r\n2\t3\r\n"), "tab | 1-2:1 2-3:1" },
    { T("1 2\r2 3\r"), "space | 1-2:1 2-3:1" },
    { T("a,b,2.5\nb,c,1e2\n"), "comma | a-b:2.5 b-c:100" },
    { T("a;b;2\n"), "semicolon | a-b:2" },
    { T("\xef\xbb\xbf# note\n% note\nsource,target,weight\na,b,3\n"), "comma header | a-b:3" },
    { T("From;To\na;b\n"), "semicolon header | a-b:1" },
    { T("from\tto\tfrom\nx\ty\tz\n"), "input line 2, byte 13: no line is a usable tie; the first fault: "
                                            "the weight is not a number" },
    { T("\"Kay, J.\",\"the \"\"Cook\"\"\"\n"), "comma | Kay, J.-the \"Cook\":1" },
    { T("\"a b\" \"c d\" 4\n"), "space | a b-c d:4" },
    { T("\"#1\"\t\"%2\"\n"), "tab | #1-%2:1" },
    { T("a b c,d\n"), "comma | a b c-d:1" },
    { T("a\ta\nb\ta\na\tb\n"), "tab | a-a:1 b-a:1 a-b:1" },
    { T("\xc3\xa9ric\tzo\xc3\xab\n"), "tab | \xc3\xa9ric-zo\xc3\xab:1" },
    /* damage */
    { T("a\tb\nonly\nb\tc\n"), "tab | a-b:1 b-c:1 | 2@4 only one cell: a tie has two names" },
    { T("a\tb\t1\nb\tc\nc\td\t2\t9\nc\td\t3\n"),
      "tab | a-b:1 c-d:3 | 2@6 fewer cells than the first tie | 3@10 more cells than the first tie" },
    { T("a,b,1\nb,c,x\nb,c,-1\nb,c,0\nb,c,nan\nb,c,\n"),
      "comma | a-b:1 | 2@6 the weight is not a number | 3@12 the weight is not above zero"
      " | 4@19 the weight is not above zero | 5@25 the weight is not a number | 6@33 the weight is not a number" },
    { T("a\tb\nb\t\n\tc\n"), "tab | a-b:1 | 2@4 a name is empty | 3@7 a name is empty" },
    { T("a\tb\nc\0d\te\nb\tc\n"), "tab | a-b:1 b-c:1 | 2@5 a NUL byte" },
    { T("a\tb\n\xff\tc\n"), "tab | a-b:1 | 2@4 a name is not valid UTF-8" },
    { T("a\tb\n\x1b[2J\tc\n\xc2\x9b\tc\n"),
      "tab | a-b:1 | 2@4 a control character in a name | 3@11 a control character in a name" },
    { T("a,b\n\"c,d\n\"c\"x,d\n"), "comma | a-b:1 | 2@4 a quote is left open | 3@9 text after a closing quote" },
    { T("junk\na b\nsource target\n"), "space | a-b:1 source-target:1 | 1@0 only one cell: a tie has two names" },
    { T(""), "input : the file is empty" },
    { T("\n\n# nothing\n"), "input : the file holds no tie" },
    { T("source\ttarget\n"), "input : the file holds no tie" },
    { T("\0\0\0"), "input line 1, byte 0: no line is a usable tie; the first fault: a NUL byte" },
    { T("\xff\xfe" "a\0\t\0b\0\n\0"), "input : the file is UTF-16 text" },
};

static void texts_give_what_they_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lm_arena a;
        lm_arena_init(&a, 0);
        assert_string_equal(read_as_line(&a, cases[i].text), cases[i].expected);
        lm_arena_free(&a);
    }
}

static void long_things_are_problems(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_edges r;
    struct lm_buf b;
    lm_arena_init(&a, 0);
    lm_buf_init(&b, 32 << 20);
    lm_buf_put(&b, LM_STR("a\tb\n"));
    for (size_t i = 0; i < 10u << 20; i++)
        lm_buf_putc(&b, 'x');
    lm_buf_put(&b, LM_STR("\tb\n"));
    for (int i = 0; i < 1100; i++)
        lm_buf_putc(&b, 'y');
    lm_buf_put(&b, LM_STR("\tb\n"));
    for (int i = 0; i < 300; i++)
        lm_buf_put(&b, LM_STR("bad\n"));
    assert_int_equal(lm_edges_parse(&a, lm_buf_str(&b), &r, NULL), LM_OK);
    assert_int_equal(r.n_edges, 1);
    assert_int_equal(r.n_damaged, 302);
    assert_int_equal(r.n_problems, LM_EDGES_MAX_PROBLEMS);
    assert_string_equal(r.problems[0].reason, "a line longer than 64 KiB");
    assert_string_equal(r.problems[1].reason, "a name is longer than 1024 bytes");
    assert_int_equal(r.n_lines, 303);
    lm_buf_free(&b);
    lm_arena_free(&a);
}

static void columns_after_the_third_are_told(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_edges r;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_edges_parse(&a, LM_STR("a b 2 1999 x\nb c 3 2000 y\n"), &r, NULL), LM_OK);
    assert_int_equal(r.columns_ignored, 2);
    assert_true(r.weighted);
    assert_int_equal(r.n_damaged, 0);
    lm_arena_free(&a);
}

static void paths_that_cannot_be_read(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_edges r;
    struct lm_error e;
    lm_arena_init(&a, 0);
    assert_int_equal(lm_edges_file_read(&a, "/no/such/file.tsv", &r, &e), LM_ENOTFOUND);
    assert_string_equal(e.file, "/no/such/file.tsv");
    assert_int_equal(lm_edges_file_read(&a, "/", &r, &e), LM_EINPUT);
    assert_int_equal(lm_edges_file_read(&a, "/dev/null", &r, &e), LM_EINPUT);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_give_what_they_hold),
        cmocka_unit_test(long_things_are_problems),
        cmocka_unit_test(columns_after_the_third_are_told),
        cmocka_unit_test(paths_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
