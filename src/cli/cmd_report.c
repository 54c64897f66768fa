#include "cli/command.h"
#include "cli/look.h"
#include "lastmile/brief.h"

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation" },
    { "--purpose", "TEXT", "one line for the audit entry: why you look (\"report\")" },
    { 0 },
};

/* A report: its name on the command line, and who writes it. */
struct report {
    const char *name;
    lm_err (*write)(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f);
};

static lm_err write_brief(struct lm_cli *cli, struct lm_store *st, const struct lm_filter *f)
{
    const struct lm_brief *brief;
    struct lm_brief_wish wish = { .parts = LM_BRIEF_ALL };
    lm_err err = lm_brief_make(&cli->run, st, f, &wish, &brief, &cli->error);
    if (err != LM_OK)
        return err;
    if (cli->json) {
        struct lm_json_out o;
        lm_json_out_init(&o, &cli->out);
        lm_brief_json(brief, &o, UINT64_MAX);
        lm_buf_putc(&cli->out, '\n');
    } else {
        lm_brief_text(brief, &cli->out);
    }
    return LM_OK;
}

static const struct report reports[] = {
    { "brief", write_brief },
};

static lm_err find_report(struct lm_cli *cli, const struct lm_args *args, const struct report **ret)
{
    const char *name = args->n_operands == 1 ? args->operands[0] : NULL;
    for (size_t i = 0; name != NULL && i < sizeof reports / sizeof reports[0]; i++)
        if (strcmp(reports[i].name, name) == 0) {
            *ret = &reports[i];
            return LM_OK;
        }
    if (name != NULL)
        (void)lm_fail(&cli->error, LM_EUSAGE, "no report is called %s", name);
    else
        (void)lm_fail(&cli->error, LM_EUSAGE, "one report is named");
    lm_fail_hint(&cli->error, "report brief -i ID");
    return LM_EUSAGE;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    const struct report *report;
    struct lm_filter f;
    struct lm_store *st;
    lm_err err = find_report(cli, args, &report);
    if (err == LM_OK)
        err = lm_cli_look(cli, args, "report", &f);
    if (err == LM_OK)
        err = lm_cli_open(cli, &st);
    if (err != LM_OK)
        return err;
    err = report->write(cli, st, &f);
    if (err == LM_OK)
        err = lm_cli_say_head(cli, st);
    lm_store_close(st);
    return err;
}

const struct lm_command lm_cmd_report = {
    .name = "report",
    .title = "reports of an investigation",
    .usage = "brief -i ID",
    .help = "brief  what was read (with the five counts of every source), totals of the operation, key components,\n"
            "       and what to beware of. Its date is the data cut-off: the same workspace gives the same bytes.\n",
    .options = options,
    .run = run,
};
