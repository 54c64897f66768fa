/* test_telegram_tl.c - objects of Telegram's wire, written by hand: read when number and time are right, told as unknown otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "readers/shared/telegram_tl.h"

/* message#94345242 flags (from_id) flags2 id=7, from user 5, peer user 5, date 1000, "hola" */
static const char plain[] = "\x42\x52\x34\x94\x00\x01\x00\x00\x00\x00\x00\x00\x07\x00\x00\x00\x22\x17\x51\x59\x05\0\0\0\0\0\0\0\x22\x17\x51\x59\x05\0\0\0\0\0\0\0\xe8\x03\0\0\x04hola\0\0\0";
/* messageService#2b085862, peer chat 9, date 1000, phone call: missed */
static const char missed[] = "\x62\x58\x08\x2b\0\0\0\0\x07\0\0\0\x9a\x01\xc6\x36\x09\0\0\0\0\0\0\0\xe8\x03\0\0\x7f\x1a\xe1\x80\x01\0\0\0\x01\0\0\0\0\0\0\0\x01\x23\xe4\x85";
/* user#215c4438 id 5, first name "Ana", phone "13035550101" */
static const char ana[] = "\x38\x44\x5c\x21\x12\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x03" "Ana\x0b" "13035550101";

#define BYTES(x) ((struct lm_str){ x, sizeof x - 1 })

static void test_messages(void **state)
{
    (void)state;
    struct lm_tl_message m;
    lm_tl_message(BYTES(plain), 7, 1000, &m);
    assert_true(m.known == LM_TL_MESSAGE && lm_str_eq(m.text, LM_STR("hola")) && m.from.kind == LM_TL_USER && m.from.id == 5 && m.media == 0);
    lm_tl_message(BYTES(plain), 8, 1000, &m); /* another row's number */
    assert_true(m.known == LM_TL_UNKNOWN && m.text.n == 0 && m.constructor == 0x94345242);
    lm_tl_message(BYTES(plain), 7, 1001, &m);
    assert_true(m.known == LM_TL_UNKNOWN);
    for (size_t n = 0; n < sizeof plain - 4; n++) { /* cut before its last sign: the filling behind it does not matter */
        lm_tl_message((struct lm_str){ plain, n }, 7, 1000, &m);
        assert_true(m.known == LM_TL_UNKNOWN && m.text.n == 0);
    }
    lm_tl_message(BYTES(missed), 7, 1000, &m);
    assert_true(m.known == LM_TL_SERVICE && m.is_call && !m.is_video && strcmp(m.reason, "missed") == 0 && m.duration_s == -1);
}

static void test_users(void **state)
{
    (void)state;
    struct lm_tl_user u = { .id = 1 };
    uint32_t constructor = 0;
    assert_true(lm_tl_user(BYTES(ana), &u, &constructor));
    assert_true(u.id == 5 && lm_str_eq(u.first, LM_STR("Ana")) && lm_str_eq(u.phone, LM_STR("13035550101")) && u.handle.n == 0);
    u.id = 1;
    for (size_t n = 0; n < sizeof ana - 1; n++)
        assert_false(lm_tl_user((struct lm_str){ ana, n }, &u, &constructor));
    assert_true(u.id == 1);
}

static void test_settings(void **state)
{
    (void)state;
    struct lm_arena a;
    struct lm_str s;
    lm_arena_init(&a, 1 << 20);
    assert_int_equal(lm_tl_config_user(&a, LM_STR("<map><string name=\"user\">aG9&#10;sYQ==&#10;</string></map>"), &s), LM_OK);
    assert_true(lm_str_eq(s, LM_STR("hola")));
    assert_int_equal(lm_tl_config_user(&a, LM_STR("<map><string name=\"other\">aG9sYQ==</string>"), &s), LM_OK);
    assert_true(s.n == 0);
    lm_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_messages), cmocka_unit_test(test_users), cmocka_unit_test(test_settings) };
    return cmocka_run_group_tests_name("telegram_tl", tests, NULL, NULL);
}
