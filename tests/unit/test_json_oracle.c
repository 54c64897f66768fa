/* test_json_oracle.c - libyajl and the pull reader on the same documents, whole and mutated.
 *
 * Both must accept or refuse the same documents and give the same values. The exceptions, on purpose:
 *  - our reader goes on, with a flag, over `\xNN` and other unknown escapes, raw control characters and
 *    invalid UTF-8, where yajl refuses;
 *  - a surrogate without its half is U+FFFD with a flag for us and `?` for yajl;
 *  - yajl looks only at the shape of UTF-8: it takes overlong forms, surrogates and code points above
 *    U+10FFFF as they are, where we flag and replace them;
 *  - yajl does not mind an unfinished string or word after the root value; we refuse it;
 *  - yajl takes vertical tabs and form feeds for white space; we refuse them (both: ret_yajl_looser). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <yajl/yajl_parse.h>

#include "base/buf.h"
#include "formats/json.h"
#include "formats/json_out.h"

#define MAX_DOC ((size_t)1 << 20)

static uint64_t roll(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s * 0x2545f4914f6cdd1du >> 11;
}

static uint64_t below(uint64_t *s, uint64_t n)
{
    return roll(s) % n;
}

/* --- the two flattened forms: `<letter><length>:<text>` --- */

static void flat(struct lm_buf *b, char letter, const void *p, size_t n)
{
    lm_buf_printf(b, "%c%zu:", letter, n);
    lm_buf_put(b, (struct lm_str){ p, n });
}

static int on_null(void *b)
{
    flat(b, 'n', "", 0);
    return 1;
}
static int on_bool(void *b, int v)
{
    flat(b, v ? 't' : 'f', "", 0);
    return 1;
}
static int on_number(void *b, const char *p, size_t n)
{
    flat(b, '#', p, n);
    return 1;
}
static int on_string(void *b, const unsigned char *p, size_t n)
{
    flat(b, 's', p, n);
    return 1;
}
static int on_key(void *b, const unsigned char *p, size_t n)
{
    flat(b, 'k', p, n);
    return 1;
}
static int on_map(void *b)
{
    flat(b, '{', "", 0);
    return 1;
}
static int on_map_end(void *b)
{
    flat(b, '}', "", 0);
    return 1;
}
static int on_array(void *b)
{
    flat(b, '[', "", 0);
    return 1;
}
static int on_array_end(void *b)
{
    flat(b, ']', "", 0);
    return 1;
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_bool,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_map_key = on_key,
    .yajl_start_map = on_map,
    .yajl_end_map = on_map_end,
    .yajl_start_array = on_array,
    .yajl_end_array = on_array_end,
};

static bool yajl_reads(struct lm_buf *b, struct lm_str doc)
{
    lm_buf_clear(b);
    yajl_handle h = yajl_alloc(&callbacks, NULL, b);
    assert_non_null(h);
    bool ok = yajl_parse(h, (const unsigned char *)doc.p, doc.n) == yajl_status_ok
              && yajl_complete_parse(h) == yajl_status_ok;
    yajl_free(h);
    return ok;
}

static bool we_read(struct lm_buf *b, struct lm_str doc, unsigned *ret_oddities, bool *ret_yajl_looser)
{
    static const char letters[] = "E{}[]ks#tfn";
    struct lm_json j;
    struct lm_json_token t;
    lm_err e;
    uint64_t before = 0;
    lm_buf_clear(b);
    *ret_oddities = 0;
    lm_json_init(&j, doc);
    while ((e = lm_json_next(&j, &t)) == LM_OK && t.type != LM_JSON_END) {
        bool has_text = t.type == LM_JSON_KEY || t.type == LM_JSON_STRING || t.type == LM_JSON_NUMBER;
        flat(b, letters[t.type], has_text ? t.text.p : "", has_text ? t.text.n : 0);
        *ret_oddities |= t.oddities;
        assert_true(t.at >= before && t.end > t.at && t.end <= doc.n);
        before = t.end;
    }
    size_t broke = lm_json_offset(&j);
    *ret_yajl_looser = e != LM_OK && broke > 0
                       && (j.depth == 0 || (broke < doc.n && (doc.p[broke] == '\v' || doc.p[broke] == '\f')));
    lm_json_free(&j);
    assert_true(e == LM_OK || e == LM_EINPUT);
    return e == LM_OK;
}

/* --- documents --- */

static void space(struct lm_buf *b, uint64_t *s)
{
    static const char kinds[] = " \n\t\r";
    for (uint64_t k = below(s, 4) == 0 ? below(s, 24) : 0; k > 0; k--)
        lm_buf_putc(b, kinds[below(s, 4)]);
}

static void string(struct lm_buf *b, uint64_t *s)
{
    static const char *const pieces[] = { "a",
                                          "plain text of some length",
                                          "é",
                                          "Приве́т",
                                          "漢字",
                                          "😀",
                                          "\\n",
                                          "\\\"",
                                          "\\\\",
                                          "\\/",
                                          "\\u00e9",
                                          "\\ud83d\\ude00",
                                          "\\u0000",
                                          "\\t",
                                          " ",
                                          "x",
                                          "0123456789abcdef",
                                          "\x7f",
                                          "{",
                                          "]",
                                          "ñ",
                                          "\\b\\f\\r" };
    lm_buf_putc(b, '"');
    for (uint64_t k = below(s, 12); k > 0; k--)
        lm_buf_put(b, lm_str(pieces[below(s, sizeof pieces / sizeof pieces[0])]));
    lm_buf_putc(b, '"');
}

static void value(struct lm_buf *b, uint64_t *s, unsigned depth)
{
    static const char *const scalars[] = { "true", "false", "null",  "0",           "-0.5",
                                           "1e10", "12",    "-3E-2", "123456789.25" };
    uint64_t kind = below(s, depth < 6 ? 5 : 3);
    space(b, s);
    if (kind < 2) {
        string(b, s);
    } else if (kind == 2) {
        lm_buf_put(b, lm_str(scalars[below(s, sizeof scalars / sizeof scalars[0])]));
    } else {
        uint64_t members = below(s, 5);
        lm_buf_putc(b, kind == 3 ? '[' : '{');
        for (uint64_t k = 0; k < members; k++) {
            if (k > 0)
                lm_buf_putc(b, ',');
            space(b, s);
            if (kind == 4) {
                string(b, s);
                space(b, s);
                lm_buf_putc(b, ':');
            }
            value(b, s, depth + 1);
        }
        space(b, s);
        lm_buf_putc(b, kind == 3 ? ']' : '}');
    }
    space(b, s);
}

/* A few random changes; bytes that matter to the grammar are the likelier ones. */
static void mutate(struct lm_buf *b, uint64_t *s)
{
    static const char likely[] = "\"\\{}[],:-+.0eEtfnux \n\x01\x80\xc3\xe2\xf0\xff";
    for (uint64_t k = 1 + below(s, 3); k > 0 && b->n > 0; k--) {
        size_t at = below(s, b->n);
        char c = below(s, 4) == 0 ? (char)below(s, 256) : likely[below(s, sizeof likely - 1)];
        switch (below(s, 4)) {
        case 0:
            b->p[at] = c;
            break;
        case 1:
            memmove(b->p + at, b->p + at + 1, b->n - at - 1);
            b->n--;
            break;
        case 2:
            lm_buf_putc(b, 0);
            memmove(b->p + at + 1, b->p + at, b->n - at - 1);
            b->p[at] = c;
            break;
        default:
            if (below(s, 4) == 0)
                b->n = at;
            break;
        }
    }
}

/* --- tests --- */

struct tally {
    long whole, refused, odd, shape;
};

static void compare(struct lm_str doc, struct lm_buf *a, struct lm_buf *b, struct tally *tally)
{
    unsigned oddities;
    bool looser, ours = we_read(a, doc, &oddities, &looser), theirs = yajl_reads(b, doc);
    bool same = a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
    bool fine;
    if (oddities == 0) {
        fine = (ours == theirs || looser) && (!ours || same);
        tally->whole += ours;
        tally->refused += !ours;
    } else if ((oddities & ~(unsigned)(LM_JSON_LONE_SURROGATE | LM_JSON_BAD_UTF8)) != 0) {
        fine = !theirs;
        tally->odd++;
    } else {
        fine = ours || !theirs;
        tally->shape++;
    }
    if (a->failed || b->failed || !fine)
        fail_msg("ours %d (oddities %u), yajl %d, same values %d: %.*s", ours, oddities, theirs, same,
                 LM_STR_ARG(doc));
}

static void agrees_with_yajl(void **state)
{
    (void)state;
    struct lm_buf doc, a, b;
    struct tally plain = { 0 }, mutated = { 0 };
    uint64_t s = 0x1a57317e;
    lm_buf_init(&doc, MAX_DOC);
    lm_buf_init(&a, 4 * MAX_DOC);
    lm_buf_init(&b, 4 * MAX_DOC);
    lm_buf_putc(&a, ' ');
    lm_buf_putc(&b, ' ');
    for (int k = 0; k < 30000; k++) {
        lm_buf_clear(&doc);
        value(&doc, &s, 0);
        assert_false(doc.failed);
        compare(lm_buf_str(&doc), &a, &b, &plain);
        mutate(&doc, &s);
        compare(lm_buf_str(&doc), &a, &b, &mutated);
    }
    assert_int_equal(plain.whole, 30000);
    assert_true(mutated.whole > 1000 && mutated.refused > 1000 && mutated.odd > 100 && mutated.shape > 100);
    print_message("# 30000 documents as generated: %ld accepted by both\n"
                  "# 30000 mutated: %ld accepted and %ld refused by both, %ld where we go on with a flag,"
                  " %ld with odd UTF-8 or surrogates\n",
                  plain.whole, mutated.whole, mutated.refused, mutated.odd, mutated.shape);
    lm_buf_free(&doc);
    lm_buf_free(&a);
    lm_buf_free(&b);
}

/* Skipping any container or key ends where reading it does, and fails where reading does. */
static void skip_agrees_with_reading(void **state)
{
    (void)state;
    struct lm_buf doc;
    uint64_t s = 0x5eed;
    long skipped = 0;
    lm_buf_init(&doc, MAX_DOC);
    for (int k = 0; k < 3000; k++) {
        lm_buf_clear(&doc);
        value(&doc, &s, 0);
        if (k % 2 == 1)
            mutate(&doc, &s);
        struct lm_json a, b;
        struct lm_json_token t, u;
        lm_json_init(&a, lm_buf_str(&doc));
        while (lm_json_next(&a, &t) == LM_OK && t.type != LM_JSON_END) {
            if (t.type != LM_JSON_OBJECT && t.type != LM_JSON_ARRAY && t.type != LM_JSON_KEY)
                continue;
            uint64_t end = 0;
            lm_err e;
            b = a;
            struct lm_json c = a; /* copies that own no buffer */
            lm_buf_init(&b.scratch, a.scratch.ceiling_bytes);
            lm_buf_init(&c.scratch, a.scratch.ceiling_bytes);
            lm_err skip = lm_json_skip(&b, &t, &end);
            do
                e = lm_json_next(&c, &u);
            while (e == LM_OK && c.depth > t.depth);
            assert_int_equal(skip, e);
            assert_int_equal(lm_json_offset(&b), lm_json_offset(&c));
            if (e == LM_OK)
                assert_int_equal(end, u.end);
            else
                assert_string_equal(b.why, c.why);
            lm_json_free(&b);
            lm_json_free(&c);
            skipped++;
        }
        lm_json_free(&a);
    }
    assert_true(skipped > 1000);
    print_message("# %ld skips compared\n", skipped);
    lm_buf_free(&doc);
}

/* What the writer writes, yajl and our reader read back alike. */
static void writer_is_read_back(void **state)
{
    (void)state;
    struct lm_buf doc, a, b;
    uint64_t s = 77;
    lm_buf_init(&doc, MAX_DOC);
    lm_buf_init(&a, MAX_DOC);
    lm_buf_init(&b, MAX_DOC);
    for (int k = 0; k < 2000; k++) {
        char text[48];
        size_t n = below(&s, sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = (char)(below(&s, 2) == 0 ? below(&s, 128) : below(&s, 256));
        struct lm_json_out o;
        unsigned oddities;
        bool looser;
        lm_buf_clear(&doc);
        lm_json_out_init(&o, &doc);
        lm_json_array(&o);
        lm_json_str(&o, (struct lm_str){ text, n });
        lm_json_array_end(&o);
        assert_true(we_read(&a, lm_buf_str(&doc), &oddities, &looser));
        assert_int_equal(oddities, 0);
        assert_true(yajl_reads(&b, lm_buf_str(&doc)));
        assert_true(lm_str_eq(lm_buf_str(&a), lm_buf_str(&b)));
        if (lm_utf8_valid_prefix((struct lm_str){ text, n }) == n)
            assert_true(lm_str_find(lm_buf_str(&a), (struct lm_str){ text, n }) != SIZE_MAX);
    }
    lm_buf_free(&doc);
    lm_buf_free(&a);
    lm_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_yajl),
        cmocka_unit_test(skip_agrees_with_reading),
        cmocka_unit_test(writer_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
