/* test_json.c - the JSON pull reader: tokens, offsets, oddities, damage, ceilings, skipping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "formats/json.h"

/* --- helpers --- */

/* A copy that ends where a page that cannot be read begins: a load past the end is a crash. */
struct fenced {
    char *map;
    size_t map_bytes;
    struct lm_str s;
};

static struct fenced fence(struct lm_str s)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct fenced f = { .map_bytes = (s.n / page + 2) * page };
    f.map = mmap(NULL, f.map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(f.map != MAP_FAILED);
    assert_int_equal(mprotect(f.map + f.map_bytes - page, page, PROT_NONE), 0);
    char *p = f.map + f.map_bytes - page - s.n;
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    f.s = (struct lm_str){ p, s.n };
    return f;
}

static void unfence(struct fenced *f)
{
    assert_int_equal(munmap(f->map, f->map_bytes), 0);
}

/* One line per token: `type at-end depth oddities text`. */
static void put_token(struct lm_buf *b, const struct lm_json_token *t)
{
    static const char letters[] = "E{}[]ks#tfn";
    lm_buf_printf(b, "%c %llu-%llu %u", letters[t->type], (unsigned long long)t->at,
                  (unsigned long long)t->end, (unsigned)t->depth);
    if (t->oddities != 0)
        lm_buf_printf(b, " !%u", t->oddities);
    if (t->type == LM_JSON_KEY || t->type == LM_JSON_STRING || t->type == LM_JSON_NUMBER) {
        lm_buf_putc(b, ' ');
        lm_buf_put(b, t->text);
    }
    lm_buf_putc(b, '\n');
}

/* Reads everything; the tokens are in b, the last line says how it ended. */
static lm_err trace(struct lm_buf *b, struct lm_str doc)
{
    struct fenced f = fence(doc);
    struct lm_json j;
    struct lm_json_token t = { .type = LM_JSON_NULL };
    lm_err e;
    lm_buf_clear(b);
    lm_json_init(&j, f.s);
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END)
        put_token(b, &t);
    if (e == LM_OK) {
        assert_int_equal(t.at, doc.n);
        assert_int_equal(lm_json_next(&j, &t), LM_OK);
        assert_int_equal(t.type, LM_JSON_END);
    } else {
        assert_non_null(j.why);
        assert_true(lm_json_offset(&j) <= doc.n);
        lm_buf_printf(b, "%s at %llu: %s\n", lm_err_name(e), (unsigned long long)lm_json_offset(&j), j.why);
        struct lm_json_token untouched = t;
        assert_int_equal(lm_json_next(&j, &t), e);
        assert_memory_equal(&untouched, &t, sizeof t);
        assert_int_equal(lm_json_skip(&j, &t, NULL), e);
    }
    lm_json_free(&j);
    unfence(&f);
    lm_buf_putc(b, '\0');
    return e;
}

static void reads_as(struct lm_str doc, const char *expected)
{
    struct lm_buf b;
    lm_buf_init(&b, (size_t)1 << 20);
    (void)trace(&b, doc);
    assert_string_equal(b.p, expected);
    lm_buf_free(&b);
}

#define READS(doc, expected) reads_as(LM_STR(doc), expected)

/* --- what it reads --- */

static void every_kind_has_its_offsets(void **state)
{
    (void)state;
    READS("{\"a\": [1, -2.5e+3, \"x\"], \"b\" : {}, \"c\":[ ],\"d\":[true,false,null]}", "{ 0-1 0\n"
                                                                                         "k 1-4 1 a\n"
                                                                                         "[ 6-7 1\n"
                                                                                         "# 7-8 2 1\n"
                                                                                         "# 10-17 2 -2.5e+3\n"
                                                                                         "s 19-22 2 x\n"
                                                                                         "] 22-23 1\n"
                                                                                         "k 25-28 1 b\n"
                                                                                         "{ 31-32 1\n"
                                                                                         "} 32-33 1\n"
                                                                                         "k 35-38 1 c\n"
                                                                                         "[ 39-40 1\n"
                                                                                         "] 41-42 1\n"
                                                                                         "k 43-46 1 d\n"
                                                                                         "[ 47-48 1\n"
                                                                                         "t 48-52 2\n"
                                                                                         "f 53-58 2\n"
                                                                                         "n 59-63 2\n"
                                                                                         "] 63-64 1\n"
                                                                                         "} 64-65 0\n");
    READS(" \t\r\n7 \n", "# 4-5 0 7\n");
    READS("\"\"", "s 0-2 0 \n");
    READS("\xef\xbb\xbf[\"é\"]", "[ 3-4 0\ns 4-8 1 é\n] 8-9 0\n");
    READS("                    [                                 0 ]", "[ 20-21 0\n# 54-55 1 0\n] 56-57 0\n");
}

static void escapes_are_decoded(void **state)
{
    (void)state;
    READS("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "s 0-20 0 a\"\\/\b\f\n\r\tz\n");
    READS("\"\\u00e9\\u20AC\\uD83D\\uDE00\\u0041\"", "s 0-32 0 é€😀A\n");
    READS("{\"k\\n\":\"\\\\n\"}", "{ 0-1 0\nk 1-6 1 k\n\ns 7-12 1 \\n\n} 12-13 0\n");
    struct lm_json j;
    struct lm_json_token t;
    lm_json_init(&j, LM_STR("\"a\\u0000b\""));
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(t.text.n, 3);
    assert_memory_equal(t.text.p, "a\0b", 3);
    assert_int_equal(t.oddities, 0);
    lm_json_free(&j);
}

static void clean_text_is_not_copied(void **state)
{
    (void)state;
    struct lm_str doc = LM_STR("[\"plain Кириллица 😀 ñandú\"]");
    struct lm_json j;
    struct lm_json_token t;
    lm_json_init(&j, doc);
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_ptr_equal(t.text.p, doc.p + 2);
    assert_int_equal(t.text.n, doc.n - 4);
    assert_int_equal(j.scratch.cap, 0);
    lm_json_free(&j);
}

static void oddities_are_flagged(void **state)
{
    (void)state;
    /* Telegram Desktop: control characters as \xNN */
    READS("\"a\\x0Bb\\xe9\"", "s 0-12 0 !1 a\x0b"
                              "b\xc3\xa9\n");
    READS("\"\\x0\"", "s 0-5 0 !16 \\x0\n");
    READS("\"\\x\"", "s 0-4 0 !16 \\x\n");
    READS("\"\\xg1\"", "s 0-6 0 !16 \\xg1\n");
    READS("\"\\q\\'\"", "s 0-6 0 !16 \\q\\'\n");
    READS("\"\\u12g4\"", "s 0-8 0 !16 \\u12g4\n");
    READS("\"\\U0041\"", "s 0-8 0 !16 \\U0041\n");
    READS("\"\\\xc3\xa9\"", "s 0-5 0 !16 \\é\n");
    READS("\"\\\n\"", "s 0-4 0 !24 \\\n\n");
    READS("\"a\nb\tc\"", "s 0-7 0 !8 a\nb\tc\n");
    READS("\"\x1f\x7f\"", "s 0-4 0 !8 \x1f\x7f\n");
    /* lone surrogates */
    READS("\"\\ud800\"", "s 0-8 0 !4 \xef\xbf\xbd\n");
    READS("\"\\udc00x\"", "s 0-9 0 !4 \xef\xbf\xbdx\n");
    READS("\"\\ud83d\\n\"", "s 0-10 0 !4 \xef\xbf\xbd\n\n");
    READS("\"\\ud83d\\ud83d\\ude00\"", "s 0-20 0 !4 \xef\xbf\xbd😀\n");
    READS("\"\\ud83d\\u0041\"", "s 0-14 0 !4 \xef\xbf\xbd"
                                "A\n");
    READS("\"\\ud83d\\uzzzz\"", "s 0-14 0 !20 \xef\xbf\xbd\\uzzzz\n");
    /* several in one, keys as well */
    READS("{\"\\x01\xff\":\"\\z\x01\"}",
          "{ 0-1 0\nk 1-8 1 !3 \x01\xef\xbf\xbd\ns 9-14 1 !24 \\z\x01\n} 14-15 0\n");
    READS("[\"\\x41\",\"A\"]", "[ 0-1 0\ns 1-7 1 !1 A\ns 8-11 1 A\n] 11-12 0\n");
}

static void invalid_utf8_becomes_replacement(void **state)
{
    (void)state;
#define R "\xef\xbf\xbd"
    READS("\"a\x80z\"", "s 0-5 0 !2 a" R "z\n");
    READS("\"\xc0\xaf\"", "s 0-4 0 !2 " R R "\n"); /* overlong */
    READS("\"\xe0\x80\xaf\"", "s 0-5 0 !2 " R R R "\n");
    READS("\"\xe0\x9f\xbf\"", "s 0-5 0 !2 " R R R "\n");
    READS("\"\xf0\x8f\xbf\xbf\"", "s 0-6 0 !2 " R R R R "\n");
    READS("\"\xed\xa0\x80\"", "s 0-5 0 !2 " R R R "\n");       /* surrogate */
    READS("\"\xf4\x90\x80\x80\"", "s 0-6 0 !2 " R R R R "\n"); /* above U+10FFFF */
    READS("\"\xf5\x80\"", "s 0-4 0 !2 " R R "\n");
    READS("\"\xff\xfe\"", "s 0-4 0 !2 " R R "\n");
    READS("\"\xe2\x82\"", "s 0-4 0 !2 " R "\n"); /* cut short: one part */
    READS("\"\xf0\x9f\x98\"", "s 0-5 0 !2 " R "\n");
    READS("\"\xf0\x9f\x98x\"", "s 0-6 0 !2 " R "x\n");
    READS("\"\xe2\x82\xe2\x82\xac\"", "s 0-7 0 !2 " R "€\n");
    READS("\"\xd0\"", "s 0-3 0 !2 " R "\n");
    /* Unicode 15, table 3-8 */
    READS("\"\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64\"",
          "s 0-15 0 !2 a" R R R "b" R "c" R R "d\n");
#undef R
}

/* Every sequence of two bytes, and of three and four with the bytes at the edges, at every place of a
 * block: the reader agrees with lm_utf8_valid_prefix on which are valid. */
static void utf8_agrees_with_base(void **state)
{
    (void)state;
    static const unsigned char edges[] = { 0x22 + 1, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                           0xc0,     0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed,
                                           0xee,     0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff };
    enum { N = sizeof edges };
    char doc[64];
    long compared = 0, invalid = 0;
    for (unsigned k = 0; k < N * N * N * N; k++) {
        char seq[4] = { (char)edges[k % N], (char)edges[k / N % N], (char)edges[k / N / N % N],
                        (char)edges[k / N / N / N] };
        size_t at = 1 + k % 23, n = 48;
        memset(doc, 'x', sizeof doc);
        doc[0] = doc[n - 1] = '"';
        memcpy(doc + at, seq, 4);
        struct lm_json j;
        struct lm_json_token t;
        lm_json_init(&j, (struct lm_str){ doc, n });
        assert_int_equal(lm_json_next(&j, &t), LM_OK);
        bool valid = lm_utf8_valid_prefix((struct lm_str){ doc + 1, n - 2 }) == n - 2;
        if (valid != (t.oddities == 0))
            fail_msg("%02x %02x %02x %02x at %zu", (unsigned char)seq[0], (unsigned char)seq[1],
                     (unsigned char)seq[2], (unsigned char)seq[3], at);
        assert_int_equal(lm_utf8_valid_prefix(t.text), t.text.n);
        compared++;
        invalid += !valid;
        lm_json_free(&j);
    }
    print_message("# %ld sequences compared, %ld invalid\n", compared, invalid);
}

/* --- what it refuses --- */

static void damage_is_placed(void **state)
{
    (void)state;
    READS("", "input at 0: the input ends before the document does\n");
    READS("  ", "input at 2: the input ends before the document does\n");
    READS("\xef\xbb\xbf", "input at 3: the input ends before the document does\n");
    READS("[1,2", "[ 0-1 0\n# 1-2 1 1\ninput at 4: the input ends inside a number\n");
    READS("[1,2 ", "[ 0-1 0\n# 1-2 1 1\n# 3-4 1 2\ninput at 5: the input ends before the document does\n");
    READS("{\"a\":\"bc", "{ 0-1 0\nk 1-4 1 a\ninput at 8: the input ends inside a string\n");
    READS("{\"a\":\"b\\", "{ 0-1 0\nk 1-4 1 a\ninput at 8: the input ends inside a string\n");
    READS("{\"a\":\"b\\\"", "{ 0-1 0\nk 1-4 1 a\ninput at 9: the input ends inside a string\n");
    READS("{\"a\":tru", "{ 0-1 0\nk 1-4 1 a\ninput at 8: the input ends inside a word\n");
    READS("{\"a\" 1}", "{ 0-1 0\nk 1-4 1 a\ninput at 5: a colon must follow\n");
    READS("{\"a\":1,}", "{ 0-1 0\nk 1-4 1 a\n# 5-6 1 1\ninput at 7: a key must follow\n");
    READS("{,}", "{ 0-1 0\ninput at 1: a key must follow\n");
    READS("{1:2}", "{ 0-1 0\ninput at 1: a key must follow\n");
    READS("[1 2]", "[ 0-1 0\n# 1-2 1 1\ninput at 3: a comma or an end must follow\n");
    READS("[1,]", "[ 0-1 0\n# 1-2 1 1\ninput at 3: a value must follow\n");
    READS("[,1]", "[ 0-1 0\ninput at 1: a value must follow\n");
    READS("[1}", "[ 0-1 0\n# 1-2 1 1\ninput at 2: an array ends with }\n");
    READS("{\"a\":1]", "{ 0-1 0\nk 1-4 1 a\n# 5-6 1 1\ninput at 6: an object ends with ]\n");
    READS("{\"a\":}", "{ 0-1 0\nk 1-4 1 a\ninput at 5: a value must follow\n");
    READS("{]", "{ 0-1 0\ninput at 1: a key must follow\n");
    READS("[}", "[ 0-1 0\ninput at 1: a value must follow\n");
    READS("]", "input at 0: a value must follow\n");
    READS("1 2", "# 0-1 0 1\ninput at 2: something follows the document\n");
    READS("[] x", "[ 0-1 0\n] 1-2 0\ninput at 3: something follows the document\n");
    READS("'a'", "input at 0: a value must follow\n");
    READS("[\0]", "[ 0-1 0\ninput at 1: a value must follow\n");
    READS("nul", "input at 3: the input ends inside a word\n");
    READS("nulL", "input at 3: not true, false or null\n");
    READS("[nullx]", "[ 0-1 0\ninput at 5: not true, false or null\n");
    READS("[1/**/]", "[ 0-1 0\ninput at 2: not a number\n");
    READS("\x0b[]", "input at 0: a value must follow\n");
    READS("[\xc2\xa0]", "[ 0-1 0\ninput at 1: a value must follow\n");
}

static void numbers_follow_the_grammar(void **state)
{
    (void)state;
    static const char *const good[] = { "0",    "-0",    "10",     "1234567890123456789012345678901234567890",
                                        "0.5",  "-1.25", "1e5",    "1E+05",
                                        "1e-5", "0e0",   "12.0E1", "0.0000000000000000000000001" };
    static const char *const bad[] = { "-",     "+1",   "01",       "-01",       "1.",    ".5",  "1e",
                                       "1e+",   "1.e1", "0x1",      "1_0",       "1-2",   "--1", "00",
                                       "1.2.3", "NaN",  "Infinity", "-Infinity", "1e5.5", "1a",  "1\"a\"" };
    struct lm_buf b;
    lm_buf_init(&b, 4096);
    struct lm_buf doc, expected;
    lm_buf_init(&doc, 256);
    lm_buf_init(&expected, 256);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct lm_str text = lm_str(good[i]);
        lm_buf_clear(&expected);
        lm_buf_printf(&expected, "# 0-%zu 0 ", text.n);
        lm_buf_put(&expected, text);
        lm_buf_put(&expected, LM_STR("\n\0"));
        assert_int_equal(trace(&b, text), LM_OK);
        assert_string_equal(b.p, expected.p);
        lm_buf_clear(&doc);
        lm_buf_putc(&doc, '[');
        lm_buf_put(&doc, text);
        lm_buf_put(&doc, LM_STR("\t]"));
        assert_int_equal(trace(&b, lm_buf_str(&doc)), LM_OK);
    }
    lm_buf_free(&doc);
    lm_buf_free(&expected);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(trace(&b, lm_str(bad[i])), LM_EINPUT);
        assert_null(strstr(b.p, "# "));
    }
    READS("[01]", "[ 0-1 0\ninput at 2: a number starts with 0\n");
    READS("[1.x]", "[ 0-1 0\ninput at 3: not a number\n");
    lm_buf_free(&b);
}

/* Everything up to the break is delivered: what a cut document gives is the beginning of what the
 * whole one gives. */
static void every_truncation_point_is_survived(void **state)
{
    (void)state;
    struct lm_str doc = LM_STR(
        "\xef\xbb\xbf{\n \"name\": \"Иван \\u00e9\\uD83D\\uDE00\\x0b\",\n \"list\": [\n  {\"id\": -12.5e+3,"
        " \"t\": true, \"f\": false, \"n\": null, \"e\": {}, \"a\": []},\n  \"😀 ñ\"\n ]\n} \n");
    struct lm_buf whole, cut;
    lm_buf_init(&whole, 1 << 16);
    lm_buf_init(&cut, 1 << 16);
    assert_int_equal(trace(&whole, doc), LM_OK);
    size_t root_end = doc.n - 2;
    for (size_t n = 0; n < doc.n; n++) {
        lm_err e = trace(&cut, lm_str_take(doc, n));
        assert_int_equal(e, n >= root_end ? LM_OK : LM_EINPUT);
        if (e == LM_EINPUT) {
            char *last = strstr(cut.p, "input at ");
            assert_non_null(last);
            /* inside the mark, or `-` alone: the break is where the input ends, or at the mark's byte */
            assert_true(n < 3 || (size_t)strtoull(last + 9, NULL, 10) == n);
            assert_memory_equal(cut.p, whole.p, (size_t)(last - cut.p));
        }
    }
    lm_buf_free(&whole);
    lm_buf_free(&cut);
}

static void depth_has_a_ceiling(void **state)
{
    (void)state;
    char doc[2 * (LM_JSON_MAX_DEPTH + 1)];
    struct lm_json j;
    struct lm_json_token t;
    memset(doc, '[', LM_JSON_MAX_DEPTH);
    memset(doc + LM_JSON_MAX_DEPTH, ']', LM_JSON_MAX_DEPTH);
    lm_json_init(&j, (struct lm_str){ doc, 2 * LM_JSON_MAX_DEPTH });
    for (unsigned i = 0; i < 2 * LM_JSON_MAX_DEPTH; i++) {
        assert_int_equal(lm_json_next(&j, &t), LM_OK);
        assert_int_equal(t.depth, i < LM_JSON_MAX_DEPTH ? i : 2 * LM_JSON_MAX_DEPTH - 1 - i);
    }
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(t.type, LM_JSON_END);
    memset(doc, '[', LM_JSON_MAX_DEPTH + 1);
    memset(doc + LM_JSON_MAX_DEPTH + 1, ']', LM_JSON_MAX_DEPTH + 1);
    lm_json_init(&j, (struct lm_str){ doc, sizeof doc });
    for (unsigned i = 0; i < LM_JSON_MAX_DEPTH; i++)
        assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(lm_json_next(&j, &t), LM_ELIMIT);
    assert_int_equal(lm_json_offset(&j), LM_JSON_MAX_DEPTH);
    assert_int_equal(lm_json_next(&j, &t), LM_ELIMIT);
    lm_json_init(&j, (struct lm_str){ doc, sizeof doc });
    assert_int_equal(lm_json_next(&j, &t), LM_OK);
    assert_int_equal(lm_json_skip(&j, &t, NULL), LM_ELIMIT);
    lm_json_free(&j);
}

static void strings_have_a_ceiling(void **state)
{
    (void)state;
    size_t n = LM_JSON_MAX_STRING + 4;
    char *doc = malloc(n);
    assert_non_null(doc);
    struct lm_json j;
    struct lm_json_token t;
    for (int escaped = 0; escaped < 2; escaped++) {
        for (size_t over = 0; over < 2; over++) {
            size_t text = LM_JSON_MAX_STRING + over, raw = text + (size_t)escaped;
            memset(doc, 'a', n);
            doc[0] = doc[raw + 1] = '"';
            if (escaped)
                memcpy(doc + 1 + raw / 2, "\\n", 2);
            lm_json_init(&j, (struct lm_str){ doc, raw + 2 });
            assert_int_equal(lm_json_next(&j, &t), over ? LM_ELIMIT : LM_OK);
            if (over) {
                assert_int_equal(lm_json_offset(&j), 0);
                assert_non_null(j.why);
            } else {
                assert_int_equal(t.text.n, LM_JSON_MAX_STRING);
                assert_int_equal(t.end, raw + 2);
            }
            lm_json_free(&j);
        }
    }
    /* three bytes for one: the ceiling is on the text, not on the input */
    memset(doc, 0xff, n);
    doc[0] = doc[n - 1] = '"';
    lm_json_init(&j, (struct lm_str){ doc, n });
    assert_int_equal(lm_json_next(&j, &t), LM_ELIMIT);
    assert_true(j.scratch.cap <= LM_JSON_MAX_STRING + 64);
    lm_json_free(&j);
    free(doc);
}

/* --- skipping --- */

static void next_is(struct lm_json *j, struct lm_json_token *t, enum lm_json_type type)
{
    assert_int_equal(lm_json_next(j, t), LM_OK);
    assert_int_equal(t->type, type);
}

static void skip_passes_one_value(void **state)
{
    (void)state;
    struct lm_str doc =
        LM_STR("{\"o\":{\"x\":[1,{\"]\":\"}\\\"\"}]},\"a\":[[],{},\"\\\\\"],\"s\":\"v\",\"n\":12,"
               "\"k\": {\"deep\":[0]} ,\"z\":null}");
    struct lm_json j;
    struct lm_json_token t;
    uint64_t end = 0;
    lm_json_init(&j, doc);
    next_is(&j, &t, LM_JSON_OBJECT);
    next_is(&j, &t, LM_JSON_KEY);
    next_is(&j, &t, LM_JSON_OBJECT);
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    assert_true(
        lm_str_eq((struct lm_str){ doc.p + t.at, end - t.at }, LM_STR("{\"x\":[1,{\"]\":\"}\\\"\"}]}")));
    assert_int_equal(lm_json_offset(&j), end);
    next_is(&j, &t, LM_JSON_KEY);
    next_is(&j, &t, LM_JSON_ARRAY);
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    assert_true(lm_str_eq((struct lm_str){ doc.p + t.at, end - t.at }, LM_STR("[[],{},\"\\\\\"]")));
    next_is(&j, &t, LM_JSON_KEY);
    next_is(&j, &t, LM_JSON_STRING);
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    assert_int_equal(end, t.end);
    next_is(&j, &t, LM_JSON_KEY); /* a key with a scalar */
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    assert_true(lm_str_eq((struct lm_str){ doc.p + t.end, end - t.end }, LM_STR(":12")));
    next_is(&j, &t, LM_JSON_KEY); /* a key with a container; the end may be left out */
    assert_true(lm_str_eq(t.text, LM_STR("k")));
    assert_int_equal(lm_json_skip(&j, &t, NULL), LM_OK);
    next_is(&j, &t, LM_JSON_KEY);
    assert_true(lm_str_eq(t.text, LM_STR("z")));
    next_is(&j, &t, LM_JSON_NULL);
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    next_is(&j, &t, LM_JSON_OBJECT_END);
    assert_int_equal(lm_json_skip(&j, &t, &end), LM_OK);
    assert_int_equal(end, doc.n);
    next_is(&j, &t, LM_JSON_END);
    lm_json_free(&j);
}

static void skip_can_start_half_way(void **state)
{
    (void)state;
    struct lm_json j;
    struct lm_json_token outer, key, t;
    uint64_t end = 0;
    lm_json_init(&j, LM_STR("[{\"a\":[1,[2,3]],\"b\":4},5]"));
    next_is(&j, &t, LM_JSON_ARRAY);
    next_is(&j, &outer, LM_JSON_OBJECT);
    next_is(&j, &key, LM_JSON_KEY);
    next_is(&j, &t, LM_JSON_ARRAY);
    next_is(&j, &t, LM_JSON_NUMBER);
    assert_int_equal(lm_json_skip(&j, &key, &end), LM_OK);
    assert_int_equal(end, 15);
    assert_int_equal(lm_json_skip(&j, &outer, &end), LM_OK);
    assert_int_equal(end, 22);
    assert_int_equal(lm_json_skip(&j, &outer, &end), LM_OK); /* again: nothing left of it */
    assert_int_equal(end, 22);
    next_is(&j, &t, LM_JSON_NUMBER);
    assert_true(lm_str_eq(t.text, LM_STR("5")));
    lm_json_free(&j);
}

static void skip_of_damage_fails_where_reading_does(void **state)
{
    (void)state;
    static const char *const docs[] = { "[[1,2",       "[{\"a\":[}]", "[[\"abc", "[[\"abc\\",     "[[1 2]]",
                                        "[{\"a\" 1}]", "[[nul]]",     "[[01]]",  "[[\"\\u12\",]]" };
    for (size_t i = 0; i < sizeof docs / sizeof docs[0]; i++) {
        struct lm_json a, b;
        struct lm_json_token t;
        uint64_t end = 77;
        lm_json_init(&a, lm_str(docs[i]));
        lm_json_init(&b, lm_str(docs[i]));
        while (lm_json_next(&a, &t) == LM_OK)
            ;
        next_is(&b, &t, LM_JSON_ARRAY);
        assert_int_equal(lm_json_skip(&b, &t, &end), LM_EINPUT);
        assert_int_equal(end, 77);
        assert_int_equal(lm_json_offset(&b), lm_json_offset(&a));
        assert_string_equal(b.why, a.why);
        lm_json_free(&a);
        lm_json_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_its_offsets),
        cmocka_unit_test(escapes_are_decoded),
        cmocka_unit_test(clean_text_is_not_copied),
        cmocka_unit_test(oddities_are_flagged),
        cmocka_unit_test(invalid_utf8_becomes_replacement),
        cmocka_unit_test(utf8_agrees_with_base),
        cmocka_unit_test(damage_is_placed),
        cmocka_unit_test(numbers_follow_the_grammar),
        cmocka_unit_test(every_truncation_point_is_survived),
        cmocka_unit_test(depth_has_a_ceiling),
        cmocka_unit_test(strings_have_a_ceiling),
        cmocka_unit_test(skip_passes_one_value),
        cmocka_unit_test(skip_can_start_half_way),
        cmocka_unit_test(skip_of_damage_fails_where_reading_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
