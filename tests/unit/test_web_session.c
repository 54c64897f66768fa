/* Who may ask: the one-time token, the cookie it buys, idle time, and what happens when there are many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/session.h"

#define MINUTE_US (INT64_C(60) * 1000000)

static struct lm_sessions s;

static int start(void **state)
{
    (void)state;
    return lm_sessions_init(&s, NULL) == LM_OK ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    lm_sessions_destroy(&s);
    return 0;
}

static void a_token_opens_one_session(void **state)
{
    char token[LM_SESSION_SECRET], id[LM_SESSION_SECRET], again[LM_SESSION_SECRET];
    (void)state;
    assert_int_equal(lm_sessions_token(&s, token), 1);
    assert_int_equal(strlen(token), 64);
    assert_false(lm_sessions_check(&s, lm_str(token), 0)); /* the token itself is no session */
    assert_true(lm_sessions_redeem(&s, lm_str(token), 0, id));
    assert_string_not_equal(id, token);
    assert_true(lm_sessions_check(&s, lm_str(id), 1));
    assert_false(lm_sessions_redeem(&s, lm_str(token), 2, again));
    assert_int_equal(lm_sessions_token(&s, again), 2);
    assert_string_not_equal(again, token);
}

static void wrong_secrets_open_nothing(void **state)
{
    char token[LM_SESSION_SECRET], id[LM_SESSION_SECRET] = "untouched";
    (void)state;
    (void)lm_sessions_token(&s, token);
    assert_false(lm_sessions_check(&s, LM_STR(""), 0));
    assert_false(lm_sessions_redeem(&s, LM_STR(""), 0, id));
    assert_false(lm_sessions_redeem(&s, (struct lm_str){ token, 63 }, 0, id));
    token[63] = token[63] == '0' ? '1' : '0';
    assert_false(lm_sessions_redeem(&s, lm_str(token), 0, id));
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    assert_false(lm_sessions_check(&s, lm_str(zeros), 0));
    assert_string_equal(id, "untouched");
}

static void a_session_ends_after_thirty_idle_minutes(void **state)
{
    char token[LM_SESSION_SECRET], id[LM_SESSION_SECRET];
    (void)state;
    (void)lm_sessions_token(&s, token);
    assert_true(lm_sessions_redeem(&s, lm_str(token), 0, id));
    assert_true(lm_sessions_check(&s, lm_str(id), 29 * MINUTE_US));
    assert_true(lm_sessions_check(&s, lm_str(id), 58 * MINUTE_US)); /* every use counts */
    assert_true(lm_sessions_check(&s, lm_str(id), 88 * MINUTE_US));
    assert_false(lm_sessions_check(&s, lm_str(id), 118 * MINUTE_US + 1));
    assert_false(lm_sessions_check(&s, lm_str(id), 119 * MINUTE_US)); /* and stays ended */
}

static void the_longest_unused_gives_way(void **state)
{
    char ids[LM_SESSION_MAX + 1][LM_SESSION_SECRET];
    (void)state;
    for (int i = 0; i < LM_SESSION_MAX; i++) {
        char token[LM_SESSION_SECRET];
        (void)lm_sessions_token(&s, token);
        assert_true(lm_sessions_redeem(&s, lm_str(token), i, ids[i]));
    }
    assert_true(lm_sessions_check(&s, lm_str(ids[0]), 100)); /* so that 1 is the oldest */
    char token[LM_SESSION_SECRET];
    (void)lm_sessions_token(&s, token);
    assert_true(lm_sessions_redeem(&s, lm_str(token), 101, ids[LM_SESSION_MAX]));
    assert_false(lm_sessions_check(&s, lm_str(ids[1]), 102));
    assert_true(lm_sessions_check(&s, lm_str(ids[0]), 102));
    for (int i = 2; i <= LM_SESSION_MAX; i++)
        assert_true(lm_sessions_check(&s, lm_str(ids[i]), 103));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_token_opens_one_session, start, stop),
        cmocka_unit_test_setup_teardown(wrong_secrets_open_nothing, start, stop),
        cmocka_unit_test_setup_teardown(a_session_ends_after_thirty_idle_minutes, start, stop),
        cmocka_unit_test_setup_teardown(the_longest_unused_gives_way, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
