/* An event and a conversation as JSON, the same for the command line and the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lastmile/look_json.h"
#include "store/store.h"

static void is(struct lm_buf *b, const char *expected)
{
    lm_buf_putc(b, '\0');
    assert_false(b->failed);
    assert_string_equal(b->p, expected);
    lm_buf_free(b);
}

static void an_event(void **state)
{
    struct lm_buf b;
    struct lm_json_out o;
    struct lm_hit h = { .event = 7, .thread = 3, .kind = LM_EVENT_CALL, .platform = LM_PLATFORM_SIGNAL,
                        .flags = LM_EVENT_ATTEMPT, .at = { 1683000000 * LM_SECOND_US, 0, LM_TIME_UTC },
                        .from = LM_STR("+13035550101"), .to = LM_STR("Beto \"B\""), .detail = LM_STR("missed"),
                        .exhibit = LM_STR("ab"), .source = LM_STR("chat.txt"), .locator = LM_STR("byte 10"),
                        .authority = LM_STR("A1"), .duration_s = -1, .reports = 1, .records = 2 };
    (void)state;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    lm_hit_json(&o, &h);
    is(&b, "{\"event\":7,\"thread\":3,\"kind\":\"call\",\"time\":\"2023-05-02T04:00:00Z\",\"quality\":\"utc\","
           "\"platform\":\"signal\",\"flags\":[\"attempt\"],\"from\":\"+13035550101\",\"to\":\"Beto \\\"B\\\"\",\"text\":\"\","
           "\"detail\":\"missed\",\"exhibit\":\"ab\",\"source\":\"chat.txt\",\"locator\":\"byte 10\",\"authority\":\"A1\","
           "\"duration_s\":null,\"occurrence\":null,\"reports\":1,\"records\":2}");
}

static void a_conversation_without_a_time_has_none(void **state)
{
    struct lm_buf b;
    struct lm_json_out o;
    struct lm_thread_row t = { .id = 3, .platform = LM_PLATFORM_SIGNAL, .kind = LM_THREAD_DIRECT, .title = LM_STR("Beto"),
                               .native = LM_STR("t1"), .exhibit = LM_STR("ab"), .source = LM_STR("chat.txt"), .events = 2 };
    (void)state;
    lm_buf_init(&b, 4096);
    lm_json_out_init(&o, &b);
    lm_thread_json(&o, &t);
    is(&b, "{\"thread\":3,\"platform\":\"signal\",\"kind\":\"direct\",\"title\":\"Beto\",\"native\":\"t1\",\"exhibit\":\"ab\","
           "\"source\":\"chat.txt\",\"events\":2,\"first\":null,\"last\":null}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event),
        cmocka_unit_test(a_conversation_without_a_time_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
