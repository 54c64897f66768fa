#include "base/log.h"
#include "base/terminal.h"
#include "cli/command.h"
#include "cli/look.h"
#include "formats/json_out.h"

static lm_err each(void *user, const char *what, const char *detail)
{
    struct lm_buf *b = user;
    lm_buf_printf(b, "  %s: ", what);
    lm_terminal_put(b, lm_str(detail));
    lm_buf_putc(b, '\n');
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const char *to = lm_args_get(args, "--to");
    struct lm_store *st;
    struct lm_verify v = { 0 };
    struct lm_buf findings;
    if (to == NULL || to[0] == '\0' || args->n_operands != 0)
        return lm_fail(&cli->error, LM_EUSAGE, "backup wants --to FILE");
    lm_err err = lm_cli_open_write(cli, &st);
    if (err != LM_OK)
        return err;
    lm_buf_init(&findings, (size_t)64 << 20);
    err = lm_store_backup(st, to, &v, each, &findings, &cli->error);
    lm_store_close(st);
    if (err == LM_OK && cli->json) {
        struct lm_json_out o;
        lm_json_out_init(&o, &cli->out);
        lm_json_object(&o);
        lm_json_kv_z(&o, "workspace", to);
        lm_json_kv_u64(&o, "exhibits", v.exhibits);
        lm_json_kv_u64(&o, "audit_entries", v.audit_entries);
        lm_json_kv_z(&o, "audit_head", v.audit_head);
        lm_json_object_end(&o);
        lm_buf_putc(&cli->out, '\n');
    } else if (err == LM_OK) {
        lm_buf_printf(&cli->out, "Copied to %s and verified: %llu exhibits, %llu audit entries\naudit head %s\n", to,
                      (unsigned long long)v.exhibits, (unsigned long long)v.audit_entries, v.audit_head);
    } else if (findings.n != 0) {
        lm_fail_hint(&cli->error, "%.*s", LM_STR_ARG(lm_str_trim(lm_buf_str(&findings))));
    }
    lm_buf_free(&findings);
    return err;
}

static const struct lm_option options[] = {
    { "--to", "FILE", "the copy: a file that is not there yet; its folder gets .d behind the name" },
    { 0 },
};

const struct lm_command lm_cmd_backup = {
    .name = "backup",
    .title = "copy the workspace while it is in use, and verify the copy",
    .usage = "--to FILE",
    .options = options,
    .run = run,
};
