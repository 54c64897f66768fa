/* test_mime.c - parts, names, encodings and damage of multipart messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "formats/mime.h"

static const char message[] = "From: Rosa <rosa@example.org>\r\n"
                              "X-Folded: one\r\n\ttwo\r\n"
                              "Content-Type: multipart/mixed;\r\n boundary=\"b;1\"\r\n\r\n"
                              "before\r\n"
                              "--b;1\r\n\r\nplain, no field\r\n"
                              "--b;1  \r\nContent-Type: text/plain; name=\"a;b.txt\"\r\ncontent-transfer-encoding: Quoted-Printable\r\n\r\n"
                              "x=3Dy=\r\nz=zz\r\n"
                              "--b;1x is text\r\n"
                              "--b;1\r\nContent-Type: application/octet-stream\r\n"
                              "Content-Disposition: attachment; filename=rsmf.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                              "aGll\r\nbG8h\r\nIQ==\r\n"
                              "--b;1--\r\nbehind\r\n";

static lm_err put(void *user, const char *p, size_t n)
{
    lm_buf_put(user, (struct lm_str){ p, n });
    return LM_OK;
}

static void decoded(const struct lm_mime_part *part, const char *want, bool want_clean)
{
    struct lm_buf b;
    bool clean = !want_clean;
    lm_buf_init(&b, 1 << 20);
    assert_int_equal(lm_mime_decode(part, put, &b, &clean), LM_OK);
    assert_int_equal(b.n, strlen(want));
    assert_true(lm_str_eq(lm_buf_str(&b), lm_str(want)));
    assert_true(clean == want_clean);
    lm_buf_free(&b);
}

static void parts(void **state)
{
    struct lm_mime m;
    struct lm_mime_part p;
    (void)state;
    assert_true(lm_mime_open(lm_str(message), &m));
    assert_true(lm_mime_next(&m, &p));
    assert_int_equal(p.name.n, 0);
    decoded(&p, "plain, no field", true);
    assert_true(lm_mime_next(&m, &p));
    assert_true(lm_str_eq(p.name, LM_STR("a;b.txt")) && lm_str_eq(p.type, LM_STR("text/plain")));
    assert_int_equal(p.encoding, LM_MIME_QUOTED_PRINTABLE);
    decoded(&p, "x=yz=zz\r\n--b;1x is text", false); /* "=zz" is no code: it stays, and is told */
    assert_true(lm_mime_next(&m, &p));
    assert_true(lm_str_eq(p.name, LM_STR("rsmf.zip")) && p.whole);
    decoded(&p, "hielo!!", true);
    assert_false(lm_mime_next(&m, &p));
    assert_false(lm_mime_next(&m, &p));
}

static void fields(void **state)
{
    (void)state;
    assert_true(lm_str_eq(lm_mime_field(lm_str(message), LM_STR("x-folded")), LM_STR("one\r\n\ttwo")));
    assert_int_equal(lm_mime_field(lm_str(message), LM_STR("before")).n, 0);
    assert_true(lm_str_eq(lm_mime_parameter(LM_STR("a; X=\"b; name=c\"; Name=d"), LM_STR("name")), LM_STR("d")));
    assert_int_equal(lm_mime_parameter(LM_STR("a; names=1"), LM_STR("name")).n, 0);
}

static void no_multipart(void **state)
{
    static const char *const all[] = { "", "\n", "Content-Type: text/plain; boundary=x\n\n--x\n", "Content-Type: multipart/mixed\n\n",
                                       "no fields at all", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n" };
    struct lm_mime m;
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        assert_false(lm_mime_open(lm_str(all[i]), &m));
}

/* Cut anywhere: never more than what is there, and the cut part says so. */
static void cut(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof message - 1; n++) {
        struct lm_mime m;
        struct lm_mime_part p = { .whole = true };
        struct lm_buf b;
        bool clean;
        unsigned broken = 0, count = 0;
        lm_buf_init(&b, 1 << 20);
        if (!lm_mime_open(lm_str_take(lm_str(message), n), &m))
            continue;
        while (lm_mime_next(&m, &p)) {
            count++;
            broken += !p.whole;
            assert_int_equal(lm_mime_decode(&p, put, &b, &clean), LM_OK);
        }
        assert_true(count <= 4 && broken <= 1 && b.n < n); /* a cut inside "--b;1x" makes a boundary of it */
        lm_buf_free(&b);
    }
}

static void base64_damage(void **state)
{
    (void)state;
    decoded(&(struct lm_mime_part){ .body = LM_STR("aGll*bG8="), .encoding = LM_MIME_BASE64 }, "hielo", false);
    decoded(&(struct lm_mime_part){ .body = LM_STR("aGllb"), .encoding = LM_MIME_BASE64 }, "hie", false);
    decoded(&(struct lm_mime_part){ .body = LM_STR("aGllbG8"), .encoding = LM_MIME_BASE64 }, "hielo", false);
    decoded(&(struct lm_mime_part){ .body = LM_STR("as it is"), .encoding = LM_MIME_UNKNOWN }, "as it is", false);
    decoded(&(struct lm_mime_part){ .body = LM_STR(""), .encoding = LM_MIME_BASE64 }, "", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts), cmocka_unit_test(fields),        cmocka_unit_test(no_multipart),
        cmocka_unit_test(cut),   cmocka_unit_test(base64_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
