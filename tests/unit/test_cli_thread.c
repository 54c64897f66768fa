/* `thread` as text and as JSON: how times are shown. */
#include "store_fixture.h"

#include "cli/command.h"

extern const struct lm_command lm_cmd_thread;

static void run(struct fx *x, bool json, struct lm_cli *cli)
{
    char i[] = "-i", id[] = "I1", *argv[] = { i, id };
    struct lm_args args;
    *cli = (struct lm_cli){ .workspace = x->path, .json = json };
    lm_arena_init(&cli->run, 0);
    lm_buf_init(&cli->out, 1 << 20);
    OK(lm_args_parse(&cli->run, lm_cmd_thread.options, 2, argv, &args, e));
    assert_int_equal(lm_cmd_thread.run(cli, &args), LM_OK);
    lm_buf_putc(&cli->out, '\0');
}

static void has(const struct lm_cli *cli, const char *what)
{
    if (strstr(cli->out.p, what) == NULL)
        fail_msg("not there: %s\nin: %s", what, cli->out.p);
}

static void done(struct lm_cli *cli)
{
    assert_null(strstr(cli->out.p, "1970"));
    lm_buf_free(&cli->out);
    lm_arena_free(&cli->run);
}

static void times_stand_as_their_source_states_them(void **state)
{
    (void)state;
    struct fx x;
    struct lm_cli cli;
    struct lm_account_ref a = fx_native(LM_PLATFORM_WHATSAPP, "+13035550101", "Ana"),
                          b = fx_native(LM_PLATFORM_WHATSAPP, "+13035550102", "Beto");
    static const enum lm_time_quality qualities[] = { LM_TIME_NONE, LM_TIME_LOCAL, LM_TIME_ZONE, LM_TIME_UTC };
    static const char *const threads[] = { "none", "local", "zone", "utc" };
    fx_usual(&x);
    fx_begin(&x, "A1", "one", "");
    for (size_t i = 0; i < 4; i++) {
        struct lm_fact f = fx_message(a, &b, 1, 0, "uno");
        f.event.at.quality = qualities[i];
        f.event.at.offset_s = -6 * 3600;
        f.event.thread.native = f.event.thread.title = lm_str(threads[i]);
        (void)fx_put(&x, i * 10, &f);
    }
    (void)fx_end(&x);
    run(&x, false, &cli);
    has(&cli, "1 events  no time                   none  (");
    has(&cli, "1 events  2023-05-02 to 2023-05-02  local  (");
    has(&cli, "1 events  2023-05-01 to 2023-05-01  zone  ("); /* the day in its own zone */
    done(&cli);
    run(&x, true, &cli);
    has(&cli, "\"events\":1,\"first\":null,\"last\":null}");
    has(&cli, "\"first\":\"2023-05-02T04:00:00\",");
    has(&cli, "\"first\":\"2023-05-01T22:00:00-06:00\",");
    has(&cli, "\"first\":\"2023-05-02T04:00:00Z\",");
    done(&cli);
    fx_remove(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(times_stand_as_their_source_states_them) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
