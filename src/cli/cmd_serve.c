#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"
#include "web/web.h"

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation: fixed as long as the server runs" },
    { "--purpose", "TEXT", "one line: why you look; shown on the page and in every audit entry (\"review\")" },
    { "--port", "N", "the port on 127.0.0.1 (8420); 0 takes a free one" },
    { 0 },
};

static lm_err print_start(struct lm_cli *cli, const struct lm_filter *f, uint16_t port, const char *link)
{
    if (cli->json) {
        struct lm_json_out o;
        lm_json_out_init(&o, &cli->out);
        lm_json_object(&o);
        lm_json_kv_z(&o, "url", link);
        lm_json_kv_u64(&o, "port", port);
        lm_json_kv_str(&o, "investigation", f->investigation);
        lm_json_kv_str(&o, "purpose", f->purpose);
        lm_json_object_end(&o);
        lm_buf_putc(&cli->out, '\n');
    } else {
        lm_buf_printf(&cli->out, "Open %s\nThe link works once. Ctrl-C ends the server.\n", link);
    }
    return lm_cli_flush(cli);
}

/* Until SIGINT or SIGTERM; a link that was used is followed by the next one. */
static void wait_for_end(struct lm_web *web, const sigset_t *ends, uint64_t shown)
{
    const struct timespec step = { .tv_nsec = 200 * 1000 * 1000 };
    struct lm_log log;
    lm_log_init(&log, STDERR_FILENO);
    while (sigtimedwait(ends, NULL, &step) < 0) {
        char link[LM_WEB_LINK_MAX];
        uint64_t number = lm_web_link(web, link);
        lm_web_tick(web);
        if (number != shown)
            lm_log_line(&log, "opened; the next link, should you need one: %s", link);
        shown = number;
    }
}

/* The look must be possible at all before a server says that it is there. */
static lm_err try_look(struct lm_cli *cli, const struct lm_filter *f)
{
    struct lm_store *st;
    lm_err err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = lm_cli_check_investigation(cli, st, f);
    lm_store_close(st);
    return err;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct lm_filter f;
    struct lm_web *web = NULL;
    char link[LM_WEB_LINK_MAX];
    int64_t port;
    sigset_t ends;
    lm_err err = lm_cli_look(cli, args, "review", &f);
    if (err == LM_OK)
        err = lm_args_i64(args, "--port", 0, 65535, LM_WEB_PORT, &port, &cli->error);
    if (err == LM_OK && args->n_operands != 0)
        err = lm_fail(&cli->error, LM_EUSAGE, "serve takes no operands");
    if (err == LM_OK)
        err = try_look(cli, &f);
    if (err != LM_OK)
        return err;
    struct lm_web_options o = { .workspace = cli->workspace, .actor = lm_cli_actor(cli),
                                .investigation = f.investigation, .purpose = f.purpose, .port = (uint16_t)port };
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ends, NULL); /* before the server's threads are there: they inherit it */
    err = lm_web_start(&o, &web, &cli->error);
    if (err != LM_OK)
        return err;
    uint64_t shown = lm_web_link(web, link);
    err = print_start(cli, &f, lm_web_port(web), link);
    if (err == LM_OK)
        wait_for_end(web, &ends, shown);
    lm_web_stop(web);
    return err;
}

const struct lm_command lm_cmd_serve = {
    .name = "serve",
    .title = "the web workspace on 127.0.0.1",
    .usage = "-i ID [--purpose TEXT] [--port N]",
    .help = "Serves one investigation for one purpose to this machine only, until Ctrl-C. The printed link opens it\n"
            "once; after that the browser holds a session, which ends after 30 minutes without use.\n",
    .options = options,
    .run = run,
};
