#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"
#include "model/phone_e164.h"
#include "model/selector.h"

static struct lm_arena arena;

static void same_phone(const char *a, const char *b, bool same)
{
    struct lm_str ka, kb;
    assert_true(lm_phone_key(&arena, lm_str(a), &ka));
    assert_true(lm_phone_key(&arena, lm_str(b), &kb));
    if (lm_str_eq(ka, kb) != same)
        fail_msg("%s and %s: keys %.*s and %.*s", a, b, LM_STR_ARG(ka), LM_STR_ARG(kb));
}

static void phones_meet_in_any_spelling(void **state)
{
    (void)state;
    same_phone("+1 303-555-0101", "(303) 555-0101", true);
    same_phone("303.555.0101", "13035550101", true);
    same_phone("tel:+13035550101", "\xe2\x80\xaa+1 303\xc2\xa0" "555\xe2\x80\x91" "0101\xe2\x80\xac", true);
    same_phone("303-555-0101", "303-555-0102", false);
    same_phone("+52 1 868 555 0188", "+52 868 555 0188", true);
    same_phone("5218685550188", "+528685550188", true);
    same_phone("+54 9 11 5555-0101", "+54 11 5555-0101", true);
    same_phone("+55 11 95555-0101", "+55 11 5555-0101", true);
    same_phone("262966", "262966", true);
}

/* Numbers that are not given to libphonenumber: it must say the same of them. */
static void the_short_way_agrees_with_libphonenumber(void **state)
{
    (void)state;
    uint64_t seed = 20240601;
    size_t compared = 0, differ = 0;
    for (size_t i = 0; i < 40000; i++) {
        char text[16], want[LM_PHONE_NUMBER], got[LM_PHONE_NUMBER];
        size_t n = 0, k;
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        uint64_t v = seed >> 20;
        if (i % 3 == 0)
            text[n++] = '+';
        if (i % 2 == 1) {
            text[n++] = '5';
            text[n++] = '2';
        }
        if (i % 5 != 1)
            text[n++] = '1';
        for (size_t d = 0; d < 10; d++, v /= 10)
            text[n++] = (char)('0' + v % 10);
        bool there = lm_phone_number((struct lm_str){ text, n }, "US", got, &k);
        size_t m = lm_phone_e164(text, n, "US", want, sizeof want);
        if (m == 0 && text[0] != '+' && n >= 11) { /* as selector.c does */
            memmove(text + 1, text, n);
            text[0] = '+';
            m = lm_phone_e164(text, n + 1, "US", want, sizeof want);
        }
        differ += there != (m != 0) || (there && !lm_str_eq((struct lm_str){ want, m }, (struct lm_str){ got, k }));
        compared++;
    }
    assert_int_equal(differ, 0);
    print_message("# %zu numbers compared\n", compared);
}

/* Keys that workspaces hold. A line of this table never changes: docs/decisions/0080-normal-forms.md. */
static void stored_keys_stay(void **state)
{
    (void)state;
    static const struct {
        enum lm_identifier_type type;
        const char *raw, *key; /* NULL: none, the raw text is stored */
    } kept[] = {
        { LM_IDENTIFIER_PHONE, "(303) 555-0101", "+13035550101" },
        { LM_IDENTIFIER_PHONE, "5218685550188", "+528685550188" },
        { LM_IDENTIFIER_PHONE, "+54 11 15 5555-0101", "+541155550101" },
        { LM_IDENTIFIER_PHONE, "+55 11 95555-0101", "+551155550101" },
        { LM_IDENTIFIER_PHONE, "555-0101", "+15550101" },
        { LM_IDENTIFIER_PHONE, "0000000000", "+10000000000" },
        { LM_IDENTIFIER_PHONE, "262966", "262966" },
        { LM_IDENTIFIER_PHONE, "303-555-0101 x12", NULL },
        { LM_IDENTIFIER_PHONE, "anonymous", NULL },
        { LM_IDENTIFIER_EMAIL, "Juan.Garcia+x@GMail.com", "juan.garcia+x@gmail.com" },
        { LM_IDENTIFIER_EMAIL, "mailto:Beto@Example.ORG", "beto@example.org" },
        { LM_IDENTIFIER_HANDLE, "@El.Chuy", "el.chuy" },
        { LM_IDENTIFIER_NAME, "Jos\xc3\xa9 Garc\xc3\xad" "a", "jos\xc3\xa9 garc\xc3\xad" "a" },
        { LM_IDENTIFIER_DEVICE, " 49-015420-323751-8", "49-015420-323751-8" },
        { LM_IDENTIFIER_IP, "2001:DB8::1", "2001:db8::1" },
        { LM_IDENTIFIER_ACCOUNT_ID, "User4711", "user4711" },
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        struct lm_str key = { NULL, 0 };
        bool there = lm_identifier_key(&arena, kept[i].type, lm_str(kept[i].raw), &key);
        if (there != (kept[i].key != NULL) || (there && !lm_str_eq(key, lm_str(kept[i].key))))
            fail_msg("%s: '%.*s'", kept[i].raw, LM_STR_ARG(key));
    }
}

static void what_is_no_phone_is_refused(void **state)
{
    (void)state;
    struct lm_str key = LM_STR("kept");
    assert_false(lm_phone_key(&arena, LM_STR("hello"), &key));
    assert_false(lm_phone_key(&arena, LM_STR("+"), &key));
    assert_false(lm_phone_key(&arena, LM_STR(""), &key));
    assert_false(lm_phone_key(&arena, LM_STR("12345678901234567890123456789"), &key));
    assert_true(lm_str_eq(key, LM_STR("kept")));
}

static void mail_and_handles_fold(void **state)
{
    (void)state;
    struct lm_str a, b;
    assert_true(lm_email_key(&arena, LM_STR(" mailto:Beto@Example.ORG "), &a));
    assert_true(lm_str_eq(a, LM_STR("beto@example.org")));
    assert_false(lm_email_key(&arena, LM_STR("a@b@c"), &a));
    assert_false(lm_email_key(&arena, LM_STR("no mail@example.org"), &a));
    assert_true(lm_handle_key(&arena, LM_STR("@El_Güero"), &a));
    assert_true(lm_handle_key(&arena, LM_STR("el_gu\xcc\x88" "ero"), &b));
    assert_true(lm_str_eq(a, b));
}

static void words_are_guessed(void **state)
{
    (void)state;
    enum lm_identifier_type t;
    assert_true(lm_selector_guess(LM_STR("(303) 555-0101"), &t) && t == LM_IDENTIFIER_PHONE);
    assert_true(lm_selector_guess(LM_STR("x@example.org"), &t) && t == LM_IDENTIFIER_EMAIL);
    assert_true(lm_selector_guess(LM_STR("@beto"), &t) && t == LM_IDENTIFIER_HANDLE);
    assert_false(lm_selector_guess(LM_STR("hielo"), &t));
    assert_false(lm_selector_guess(LM_STR("2023"), &t));
}

static void sha256_gives_the_published_digest(void **state)
{
    (void)state;
    struct lm_sha256 h, back;
    char hex[65];
    assert_int_equal(lm_sha256_of(LM_STR("abc"), &h), LM_OK); /* FIPS 180-4, example of one block */
    assert_string_equal(lm_sha256_hex(&h, hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(lm_sha256_parse(lm_str(hex), &back));
    assert_memory_equal(&h, &back, sizeof h);
    assert_false(lm_sha256_parse(LM_STR("ba78"), &back));
}

static int set_up(void **state)
{
    (void)state;
    lm_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    lm_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_short_way_agrees_with_libphonenumber), cmocka_unit_test(stored_keys_stay),
        cmocka_unit_test(phones_meet_in_any_spelling), cmocka_unit_test(what_is_no_phone_is_refused),
        cmocka_unit_test(mail_and_handles_fold), cmocka_unit_test(words_are_guessed),
        cmocka_unit_test(sha256_gives_the_published_digest),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
